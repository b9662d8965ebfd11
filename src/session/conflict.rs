//! Filing one row, and ON CONFLICT: IRIS has no such clause, so the INSERT is tried, and when a
//! unique constraint refuses it the row that stands in the way is looked for.

use super::failure::Failure;
use super::plan::{RowId, Work};
use super::{Session, cause};
use crate::engine::{Answer, Status};
use crate::protocol::report::Report;
use crate::sql::{IrisStatement, OnConflict};

/// SQLCODE of an INSERT that a unique constraint refused (facts iris-sql §1.7).
const NOT_UNIQUE: i64 = -119;

/// How often one row is tried: again when the row in its way has gone by the time it is looked for.
/// Somebody would have to file and delete it as often for a right INSERT to fail.
const TRIES_MAX: usize = 5;

/// What became of a row.
enum Met {
    /// The row in the way is left alone.
    Left,
    /// It was changed.
    Changed(RowId),
    /// It is not there any more, or another row is.
    Gone,
}

impl Session {
    /// Files a row, or does what ON CONFLICT says; gives the id of the row that was filed or
    /// changed.
    ///
    /// # Errors
    ///
    /// What IRIS refused, and 21000 for a row that DO UPDATE meets twice.
    pub(super) fn file(
        &mut self,
        insert: &IrisStatement,
        conflict: Option<&OnConflict>,
        cells: &[&[u8]],
        work: &Work<'_>,
    ) -> Result<Option<RowId>, Failure> {
        let mut tries = 0;
        loop {
            let answer = self.try_step(insert, work.scope(cells, &[]))?;
            match (answer.status, conflict) {
                (Status::Done, _) => return filed(&answer, work.needs_id()),
                (Status::SqlError, Some(conflict)) if answer.sqlcode == NOT_UNIQUE => {
                    match self.meet(conflict, cells, work)? {
                        Met::Left => return Ok(None),
                        Met::Changed(id) => return Ok(Some(id)),
                        Met::Gone => {}
                    }
                }
                _ => return Err(cause::report(&answer, &insert.causes).into()),
            }
            tries += 1;
            if tries == TRIES_MAX {
                // No row has the key's values: it was another constraint that refused the row.
                return Err(cause::report(&answer, &insert.causes).into());
            }
        }
    }

    /// A unique constraint refused the row: does what ON CONFLICT says with the one in its way.
    fn meet(
        &mut self,
        conflict: &OnConflict,
        cells: &[&[u8]],
        work: &Work<'_>,
    ) -> Result<Met, Failure> {
        let Some(find) = &conflict.find else {
            return Ok(Met::Left);
        };
        let Some(id) = self.find(find, cells, work)? else {
            return Ok(Met::Gone);
        };
        let Some(update) = &conflict.update else {
            return Ok(Met::Left);
        };
        if work.touched.contains(&id) {
            return Err(met_twice().into());
        }
        let answer = self.step(update, work.scope(cells, id.as_element()))?;
        if answer.row_count > 0 {
            return Ok(Met::Changed(id));
        }
        // Either the WHERE of DO UPDATE leaves the row alone, or it was changed in between.
        match self.find(find, cells, work)? {
            Some(still) if still == id => Ok(Met::Left),
            _ => Ok(Met::Gone),
        }
    }

    fn find(
        &mut self,
        find: &IrisStatement,
        cells: &[&[u8]],
        work: &Work<'_>,
    ) -> Result<Option<RowId>, Failure> {
        let rows = self.gather(find, work.scope(cells, &[]), 1)?;
        RowId::first_of(&rows)
    }
}

/// The id of a row that an INSERT filed; none if it filed none.
fn filed(answer: &Answer, needed: bool) -> Result<Option<RowId>, Failure> {
    if answer.row_count <= 0 {
        return Ok(None);
    }
    if answer.row_id.is_empty() && needed {
        tracing::error!("IRIS filed a row and gave no id for it");
        return Err(Report::error("XX000", "internal error").into());
    }
    Ok(Some(RowId::new(&answer.row_id)))
}

fn met_twice() -> Report {
    Report::error("21000", "ON CONFLICT DO UPDATE command cannot affect row a second time")
        .with_hint(
            "Ensure that no rows proposed for insertion within the same command have duplicate \
             constrained values.",
        )
}

//! Counters that only go forward: row numbers, SERIAL, ROWVERSION. They are no part of any
//! transaction, as `$INCREMENT` is none (DESIGN §5): neither a rollback nor a failed statement
//! gives a number back.

use std::sync::atomic::Ordering;

use rusqlite::Connection;

use super::super::api::SqlFailure;
use super::broken;
use super::death::point;
use super::page::{COUNTERS, Counter, Page};

/// The counter of a table's row numbers stands under this column number.
pub(in crate::sql) const ROW_NUMBER: i64 = -1;

/// A place whose table is gone.
const FREED: i64 = -1;

/// What a counter belongs to.
#[derive(Debug, Clone, Copy)]
pub(in crate::sql) struct Counted {
    pub(in crate::sql) table: i64,
    pub(in crate::sql) column: i64,
}

impl Counted {
    /// The SQLite column that holds the numbers given so far; ROWVERSION's counter has none.
    fn stored(self) -> Option<String> {
        match (self.table, self.column) {
            (0, _) => None,
            (_, ROW_NUMBER) => Some("rid".to_owned()),
            (_, column) => Some(format!("c{column}")),
        }
    }

    /// Where the search for its place begins.
    fn place(self) -> usize {
        let mixed = (self.table as u64)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .wrapping_add((self.column as u64).wrapping_mul(0xBF58_476D_1CE4_E5B9));
        (mixed >> 40) as usize % COUNTERS
    }
}

/// The next number; inside of a write transaction.
pub(in crate::sql) fn next(
    connection: &Connection,
    page: &Page,
    counted: Counted,
) -> Result<i64, SqlFailure> {
    match place(connection, page, counted)? {
        Some(counter) => {
            let number = counter.last.fetch_add(1, Ordering::AcqRel) + 1;
            point("counted");
            Ok(number)
        }
        None => by_file(connection, counted, "last + 1", 1),
    }
}

/// Numbers given later are greater than this one; inside of a write transaction.
pub(in crate::sql) fn at_least(
    connection: &Connection,
    page: &Page,
    counted: Counted,
    value: i64,
) -> Result<(), SqlFailure> {
    match place(connection, page, counted)? {
        Some(counter) => {
            counter.last.fetch_max(value, Ordering::AcqRel);
        }
        None => {
            by_file(connection, counted, "max(last, ?3)", value)?;
        }
    }
    Ok(())
}

/// How far a table's counter has come, if it has a place.
pub(in crate::sql) fn reached(page: &Page, counted: Counted) -> Option<i64> {
    let mut counters = page.shared().counters.iter();
    let found = counters.find(|counter| {
        counter.table.load(Ordering::Acquire) == counted.table + 1
            && counter.column.load(Ordering::Acquire) == counted.column
    });
    found.map(|counter| counter.last.load(Ordering::Acquire))
}

/// Begins all of a table's counters again, as TRUNCATE does, after its rows are gone for good;
/// inside of a write transaction.
pub(in crate::sql) fn reset(page: &Page, table: i64) {
    for counter in &page.shared().counters {
        if counter.table.load(Ordering::Acquire) == table + 1 {
            counter.last.store(0, Ordering::Release);
            point("counter reset");
        }
    }
}

/// Gives the places of a table's counters back, after the table is gone for good: its number is
/// never given again.
pub(in crate::sql) fn free(page: &Page, table: i64) {
    for counter in &page.shared().counters {
        let place = &counter.table;
        place.compare_exchange(table + 1, FREED, Ordering::AcqRel, Ordering::Acquire).ok();
    }
}

/// The counter's place, made where it is missing; `None` when there is no room.
fn place<'p>(
    connection: &Connection,
    page: &'p Page,
    counted: Counted,
) -> Result<Option<&'p Counter>, SqlFailure> {
    let counters = &page.shared().counters;
    let first = counted.place();
    let mut room: Option<&Counter> = None;
    for by in 0..COUNTERS {
        let Some(counter) = counters.get((first + by) % COUNTERS) else { break };
        let table = counter.table.load(Ordering::Acquire);
        if table == counted.table + 1 && counter.column.load(Ordering::Acquire) == counted.column {
            return Ok(Some(counter));
        }
        if table == FREED || table == 0 {
            room = room.or(Some(counter));
        }
        if table == 0 {
            break;
        }
    }
    let Some(counter) = room else { return Ok(None) };
    counter.last.store(present(connection, counted)?, Ordering::Release);
    point("counter begun");
    counter.column.store(counted.column, Ordering::Release);
    point("counter half written");
    counter.table.store(counted.table + 1, Ordering::Release);
    point("counter made");
    Ok(Some(counter))
}

/// The greatest number in use.
fn present(connection: &Connection, counted: Counted) -> Result<i64, SqlFailure> {
    let Some(stored) = counted.stored() else { return Ok(0) };
    let sql = format!("SELECT coalesce(max({stored}), 0) FROM t{}", counted.table);
    connection.query_row(&sql, [], |row| row.get(0)).map_err(|e| broken(&e))
}

/// Counts in the data file, where shared memory has no room.
fn by_file(
    connection: &Connection,
    counted: Counted,
    next: &str,
    value: i64,
) -> Result<i64, SqlFailure> {
    let least = present(connection, counted)?.max(0);
    let first = if value == 1 { least + 1 } else { value.max(least) };
    let sql = format!(
        "INSERT INTO counters(tab, col, last) VALUES (?1, ?2, ?3)
         ON CONFLICT(tab, col) DO UPDATE SET last = {next} RETURNING last"
    );
    let mut statement = connection.prepare_cached(&sql).map_err(|e| broken(&e))?;
    statement
        .query_row((counted.table, counted.column, first), |row| row.get(0))
        .map_err(|e| broken(&e))
}

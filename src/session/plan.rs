//! Statements of the client that take several of IRIS's ([`Plan`]): queries whose values are bound,
//! RETURNING, ON CONFLICT, rows that pass through the gateway.
//!
//! A plan that fails needs no savepoint of its own, though IRIS undoes only the statement that
//! failed: in a block of the client's the block has failed with it, and whatever leads out undoes
//! at least as much; the transaction that a plan opens for itself is undone whole.

use std::collections::HashSet;
use std::rc::Rc;

use super::binding::{Bound, Scope};
use super::execute::{Ran, changed, codecs, tag};
use super::failure::Failure;
use super::kept::{Lease, lease};
use super::portal;
use super::statement::{Known, Translated};
use super::{Session, cause};
use crate::engine::{self, Answer, Status, Want};
use crate::protocol::report::Report;
use crate::sql::{Causes, Creation, Each, IrisStatement, Plan, Rows, Verb};
use crate::types::encode::Codec;
use crate::types::list::{Item, Reader, Writer};

/// Bytes that the rows of a plan may take, those that it works on and those that it returns each:
/// they wait in the worker's memory until the statement is done, as no cursor of IRIS holds them.
const ROWS_BYTES_MAX: usize = 64 << 20;

/// A plan at work.
pub(super) struct Work<'a> {
    known: &'a Known,
    arguments: Vec<&'a [u8]>,
    firsts: Vec<Vec<u8>>,
    returning: Option<&'a IrisStatement>,
    /// What RETURNING gave: a list of rows.
    returned: Writer,
    /// Whether rows in the way are changed.
    updates: bool,
    /// The rows that were filed or changed.
    pub(super) touched: HashSet<RowId>,
    /// Their number, or that of the rows deleted.
    count: u64,
}

impl<'a> Work<'a> {
    /// Whether the ids of the rows that are filed must be known.
    pub(super) fn needs_id(&self) -> bool {
        self.returning.is_some() || self.updates
    }

    /// What the statements of the plan may name while this row is worked on.
    pub(super) fn scope<'s>(&'s self, cells: &'s [&'s [u8]], row_id: &'s [u8]) -> Scope<'s> {
        Scope {
            types: &self.known.parameters,
            arguments: &self.arguments,
            firsts: &self.firsts,
            cells,
            row_id,
        }
    }
}

/// The id of a row, one element of a list: a number where it is one, so that equal ids are equal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct RowId(Vec<u8>);

impl RowId {
    /// The id in IRIS's words.
    pub(super) fn new(text: &str) -> Self {
        let mut list = Writer::new();
        match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => list.integer(number),
            _ => list.text(text),
        }
        Self(list.into_bytes())
    }

    /// The id in a cell.
    fn of(cell: &[u8]) -> Result<Self, Failure> {
        match Reader::new(cell).next() {
            Some(Ok(Item::Integer(number))) => Ok(Self::new(&number.to_string())),
            Some(Ok(Item::Bytes(bytes))) if !bytes.is_empty() => {
                Ok(Self::new(&bytes.iter().map(|&byte| char::from(byte)).collect::<String>()))
            }
            Some(Ok(item)) if !item.is_null() => Ok(Self(cell.to_vec())),
            _ => Err(Report::error("XX000", "internal error").into()),
        }
    }

    /// The id in the first row of a query of one column.
    pub(super) fn first_of(rows: &[u8]) -> Result<Option<Self>, Failure> {
        match Reader::new(rows).next() {
            None => Ok(None),
            Some(Ok(Item::Bytes(row))) => {
                Self::of(elements(row).first().copied().unwrap_or_default()).map(Some)
            }
            _ => Err(Report::error("XX000", "internal error").into()),
        }
    }

    pub(super) fn as_element(&self) -> &[u8] {
        &self.0
    }
}

/// The elements of a list, each still a list of one.
pub(super) fn elements(list: &[u8]) -> Vec<&[u8]> {
    let mut reader = Reader::new(list);
    let mut found = Vec::new();
    let mut start = 0;
    while matches!(reader.skip_one(), Ok(true)) {
        found.extend(list.get(start..reader.position()));
        start = reader.position();
    }
    found
}

/// The rows that a plan works on, as lists.
enum Source<'a> {
    One,
    Values(&'a [Vec<crate::sql::Place>]),
    Fetched(Vec<u8>),
}

impl Plan {
    /// Whether what it does must be undone together, so that it cannot be left to IRIS to commit
    /// each statement.
    fn needs_transaction(&self) -> bool {
        match &self.each {
            Each::Give(_) | Each::Run(_) => false,
            Each::Insert { .. } => {
                let one = matches!(self.rows, Rows::One);
                !one || self.updates_conflicts() || self.returning.is_some()
            }
            Each::Update(_) | Each::Delete { .. } => true,
        }
    }

    /// Whether there is an ON CONFLICT DO UPDATE.
    fn updates_conflicts(&self) -> bool {
        match &self.each {
            Each::Insert { conflict: Some(conflict), .. } => conflict.update.is_some(),
            _ => false,
        }
    }
}

impl Session {
    /// Carries out a plan with the parameters that Bind read.
    pub(super) fn run_plan(
        &mut self,
        statement: &Translated,
        plan: &Plan,
        parameters: &[u8],
        formats: &[i16],
    ) -> Result<Ran, Failure> {
        let Some(known) = statement.known(self.generation()) else {
            return Err(Report::error("XX000", "internal error").into());
        };
        let codecs = codecs(&known.shape, formats, self.settings.facts().zone)?;
        if let Some(creation) = &plan.creation {
            self.define(&creation.create)?;
        }
        let ran = self.run_known(plan, known, codecs, parameters);
        match (&plan.creation, ran) {
            (Some(creation), Err(Failure::Statement(report))) => {
                Err(self.withdraw(creation, report))
            }
            (_, ran) => ran,
        }
    }

    /// Runs a definition that is part of a plan.
    fn define(&mut self, definition: &IrisStatement) -> Result<(), Failure> {
        let answer =
            self.engine.run(engine::Source::Text(&definition.text), &[], Want::default())?;
        self.judge(&answer, &definition.causes)?;
        self.after_change(definition.verb);
        Ok(())
    }

    /// Drops the table that could not be filled; gives the failure that the client is told.
    fn withdraw(&mut self, creation: &Creation, report: Report) -> Failure {
        match self.define(&creation.drop) {
            Ok(()) => report.into(),
            Err(Failure::Statement(why)) => {
                tracing::error!(message = %why.message, "a table was created and stays");
                report.with_hint("The table was created and could not be dropped again.").into()
            }
            Err(fatal) => fatal,
        }
    }

    /// Does what a plan says, but for the definition before it.
    fn run_known(
        &mut self,
        plan: &Plan,
        known: Rc<Known>,
        codecs: Vec<Codec>,
        parameters: &[u8],
    ) -> Result<Ran, Failure> {
        if plan.needs_transaction() && self.transaction.is_none() {
            self.transaction.begin_implicit(self.engine.as_mut())?;
        }
        let mut work = Work {
            known: &known,
            arguments: elements(parameters),
            firsts: Vec::with_capacity(plan.firsts.len()),
            returning: plan.returning.as_ref(),
            returned: Writer::new(),
            updates: plan.updates_conflicts(),
            touched: HashSet::new(),
            count: 0,
        };
        for first in &plan.firsts {
            let value = self.first(first, &work)?;
            work.firsts.push(value);
        }
        let shape = Rc::clone(&known.shape);
        if let Each::Give(query) = &plan.each {
            let (answer, lease) = self.give(query, &work)?;
            let (verb, causes) = (Verb::Select, Rc::clone(&query.causes));
            let rows = portal::Rows { answer, offset: 0, row: 0, codecs, verb, causes, lease };
            return Ok(Ran::Rows(Box::new(rows), shape));
        }
        self.carry_out(plan, &mut work)?;
        if shape.fields.is_empty() {
            return Ok(Ran::Tag(tag(plan.verb, work.count)));
        }
        let answer = Answer::of_rows(work.returned.into_bytes());
        let verb = plan.verb;
        let causes = Rc::default();
        let rows = portal::Rows { answer, offset: 0, row: 0, codecs, verb, causes, lease: None };
        Ok(Ran::Rows(Box::new(rows), shape))
    }

    /// Does for every row what the plan says.
    fn carry_out(&mut self, plan: &Plan, work: &mut Work<'_>) -> Result<(), Failure> {
        if let Each::Run(change) = &plan.each {
            work.count = changed(&self.step(change, work.scope(&[], &[]))?);
            return Ok(());
        }
        let source = match &plan.rows {
            Rows::One => Source::One,
            Rows::Values(values) => Source::Values(values),
            Rows::Query(query) => {
                let scope = work.scope(&[], &[]);
                Source::Fetched(self.gather(query, scope, query.outputs.len())?)
            }
        };
        match &source {
            Source::One => self.each(plan, 0, &[], work),
            Source::Values(values) => {
                let mut cells = Writer::new();
                for (number, places) in values.iter().enumerate() {
                    cells.clear();
                    let binder = self.binder(Bound::NONE, Some(work.scope(&[], &[])));
                    binder.places(places, &mut cells)?;
                    self.each(plan, number, cells.as_bytes(), work)?;
                }
                Ok(())
            }
            Source::Fetched(rows) => {
                for (number, row) in Reader::new(rows).enumerate() {
                    let Ok(Item::Bytes(row)) = row else {
                        return Err(Report::error("XX000", "internal error").into());
                    };
                    self.each(plan, number, row, work)?;
                }
                Ok(())
            }
        }
    }

    /// Does for one row what the plan says.
    fn each(
        &mut self,
        plan: &Plan,
        number: usize,
        row: &[u8],
        work: &mut Work<'_>,
    ) -> Result<(), Failure> {
        let cells = elements(row);
        match &plan.each {
            Each::Insert { inserts, conflict } => {
                let insert = match &inserts[..] {
                    [one] => one,
                    each => {
                        each.get(number).ok_or_else(|| Report::error("XX000", "internal error"))?
                    }
                };
                match self.file(insert, conflict.as_ref(), &cells, work)? {
                    Some(id) => self.affected(&cells, id, work),
                    None => Ok(()),
                }
            }
            Each::Update(update) => self.change(update, &cells, work),
            Each::Delete { lock, delete } => self.delete(lock, delete, &cells, work),
            Each::Give(_) | Each::Run(_) => Ok(()),
        }
    }

    /// Changes the row whose id is the first cell, unless it was changed before.
    fn change(
        &mut self,
        update: &IrisStatement,
        cells: &[&[u8]],
        work: &mut Work<'_>,
    ) -> Result<(), Failure> {
        let id = RowId::of(cells.first().copied().unwrap_or_default())?;
        if work.touched.contains(&id) {
            return Ok(());
        }
        let answer = self.step(update, work.scope(cells, id.as_element()))?;
        match answer.row_count > 0 {
            true => self.affected(cells, id, work),
            false => Ok(()),
        }
    }

    /// Deletes the row whose id is the first cell, if the statement's condition still holds.
    fn delete(
        &mut self,
        lock: &IrisStatement,
        delete: &IrisStatement,
        cells: &[&[u8]],
        work: &mut Work<'_>,
    ) -> Result<(), Failure> {
        let id = RowId::of(cells.first().copied().unwrap_or_default())?;
        let locked = self.step(lock, work.scope(cells, id.as_element()))?;
        if locked.row_count <= 0 {
            return Ok(());
        }
        let before = work.returned.len();
        self.give_back(cells, &id, work)?;
        let deleted = self.step(delete, work.scope(cells, id.as_element()))?;
        if deleted.row_count > 0 {
            work.count = work.count.saturating_add(1);
        } else {
            work.returned.truncate(before);
        }
        Ok(())
    }

    /// A row was filed or changed: it counts, and RETURNING reads it.
    fn affected(&mut self, cells: &[&[u8]], id: RowId, work: &mut Work<'_>) -> Result<(), Failure> {
        work.count = work.count.saturating_add(1);
        self.give_back(cells, &id, work)?;
        work.touched.insert(id);
        Ok(())
    }

    /// Reads the row of RETURNING.
    fn give_back(
        &mut self,
        cells: &[&[u8]],
        id: &RowId,
        work: &mut Work<'_>,
    ) -> Result<(), Failure> {
        let Some(returning) = work.returning else {
            return Ok(());
        };
        let columns = work.known.shape.fields.len();
        let rows = self.gather(returning, work.scope(cells, id.as_element()), columns)?;
        // The transaction holds the row's lock, so only code inside IRIS can have removed it.
        if Reader::new(&rows).count_elements() != Ok(1) {
            let message = "the row to be returned was changed by code inside InterSystems IRIS";
            return Err(Report::error("27000", message).into());
        }
        if work.returned.len().saturating_add(rows.len()) > ROWS_BYTES_MAX {
            return Err(too_many_rows("return").into());
        }
        work.returned.append(&rows);
        Ok(())
    }

    /// The value of a scalar subquery.
    fn first(&mut self, query: &IrisStatement, work: &Work<'_>) -> Result<Vec<u8>, Failure> {
        let answer = self.step(query, work.scope(&[], &[]))?;
        let outcome = self.only_value(&answer, &query.causes);
        self.abandon(answer.cursor);
        outcome
    }

    /// The only value of an answer, NULL without rows. The first block has two rows if there are
    /// two, unless a large one ends it.
    fn only_value(&mut self, answer: &Answer, causes: &Causes) -> Result<Vec<u8>, Failure> {
        let mut rows = Reader::new(answer.block());
        let row = match rows.next() {
            None => {
                let mut null = Writer::new();
                null.null();
                return Ok(null.into_bytes());
            }
            Some(Ok(Item::Bytes(row))) => row.to_vec(),
            Some(Ok(Item::Undefined)) => self.assemble(answer, 0, 1)?,
            _ => return Err(Failure::Fatal(Report::fatal("XX000", "internal error"))),
        };
        let more = match rows.is_at_end() && answer.cursor != 0 {
            true => {
                let next = self.engine.fetch(answer.cursor)?;
                self.judge(&next, causes)?;
                !next.block().is_empty()
            }
            false => !rows.is_at_end(),
        };
        if more {
            let message = "more than one row returned by a subquery used as an expression";
            return Err(Report::error("21000", message).into());
        }
        let value = elements(&row).first().map(|value| value.to_vec());
        value.ok_or_else(|| Report::error("XX000", "internal error").into())
    }

    /// Runs the query whose rows are the result; its cursor stays open behind them.
    fn give(
        &mut self,
        query: &IrisStatement,
        work: &Work<'_>,
    ) -> Result<(Answer, Option<Lease>), Failure> {
        let answer = self.step(query, work.scope(&[], &[]))?;
        let kept = self.cache.kept.of(&query.text, self.engine.as_mut())?;
        let lease = lease(&kept, &answer);
        Ok((answer, lease))
    }

    /// All rows of a query, as one list.
    pub(super) fn gather(
        &mut self,
        query: &IrisStatement,
        scope: Scope<'_>,
        columns: usize,
    ) -> Result<Vec<u8>, Failure> {
        let mut answer = self.step(query, scope)?;
        let mut rows = Writer::new();
        let mut cursor = answer.cursor;
        let outcome = loop {
            let kept = self.keep_rows(&answer, columns, &mut rows);
            if kept.is_err() || cursor == 0 {
                break kept;
            }
            let next = self.engine.fetch(cursor).map_err(Failure::from);
            match next.and_then(|next| self.judge(&next, &query.causes).map(|()| next)) {
                Ok(next) => answer = next,
                Err(failure) => break Err(failure),
            }
            cursor = answer.cursor;
        };
        if let Err(Failure::Statement(_)) = &outcome {
            self.abandon(cursor);
        }
        outcome.map(|()| rows.into_bytes())
    }

    /// Adds the rows of a block.
    fn keep_rows(
        &mut self,
        answer: &Answer,
        columns: usize,
        rows: &mut Writer,
    ) -> Result<(), Failure> {
        for (number, item) in Reader::new(answer.block()).enumerate() {
            match item {
                Ok(Item::Bytes(row)) => rows.list(row),
                Ok(Item::Undefined) => {
                    let number = i64::try_from(number).unwrap_or(i64::MAX);
                    rows.list(&self.assemble(answer, number, columns)?);
                }
                _ => return Err(Failure::Fatal(Report::fatal("XX000", "internal error"))),
            }
            if rows.len() > ROWS_BYTES_MAX {
                return Err(too_many_rows("work on").into());
            }
        }
        Ok(())
    }

    /// Runs one statement of a plan.
    ///
    /// # Errors
    ///
    /// What IRIS refused.
    pub(super) fn step(
        &mut self,
        iris: &IrisStatement,
        scope: Scope<'_>,
    ) -> Result<Answer, Failure> {
        let answer = self.try_step(iris, scope)?;
        match answer.status {
            Status::Done => Ok(answer),
            _ => Err(cause::report(&answer, &iris.causes).into()),
        }
    }

    /// Runs one statement of a plan and leaves it to the caller to judge what IRIS answered.
    pub(super) fn try_step(
        &mut self,
        iris: &IrisStatement,
        scope: Scope<'_>,
    ) -> Result<Answer, Failure> {
        let mut list = Writer::new();
        self.binder(Bound::NONE, Some(scope)).one(iris, &mut list)?;
        let kept = self.cache.kept.of(&iris.text, self.engine.as_mut())?;
        let keep = self.may_keep(&kept);
        let source = self.source(&kept, &iris.text)?;
        let want = Want { metadata: false, keep };
        let answer = self.engine.run(source, list.as_bytes(), want)?;
        self.note(&kept, &answer)?;
        Ok(answer)
    }
}

/// The refusal of rows that would take too much memory.
fn too_many_rows(what: &str) -> Report {
    Report::error("54000", format!("the statement has too many rows to {what}"))
        .with_detail(format!("They may take {} MiB together.", ROWS_BYTES_MAX >> 20))
        .with_hint("Do it in several statements of fewer rows, or without RETURNING.")
}

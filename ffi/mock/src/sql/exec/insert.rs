//! INSERT and INSERT OR UPDATE (iris-sql §1.3).

use rusqlite::types::{ToSqlOutput, Value};
use rusqlite::{CachedStatement, ffi};

use super::super::api::{Execution, SqlFailure};
use super::super::bind::{InsertPlan, Plan, ROW_ID};
use super::super::core::{Core, NEW_ROW, Trouble, Verb};
use super::super::sqlcode::{bare, fail};
use super::super::store::catalog::{Column, Fallback, Table};
use super::super::store::{broken, counters::ROW_NUMBER};
use super::super::types::{Filled, Ty};
use super::super::validation;
use super::super::value::{self, Input};
use super::{Values, change, counters, keys};

pub(in crate::sql) fn run(
    core: &Core,
    plan: &Plan,
    insert: &InsertPlan,
    values: &Values<'_>,
) -> Result<Execution, SqlFailure> {
    core.changing(|| {
        core.still_planned()?;
        let rows = match &insert.query {
            Some(sql) => super::rows_of(core, plan, values, sql)?,
            None => vec![Vec::new()],
        };
        let filer = Filer { core, insert, values, plan };
        let mut statement = prepare(core, &insert.sql)?;
        let mut last = 0;
        for row in &rows {
            core.check_interrupt()?;
            last = filer.file(&mut statement, row)?;
        }
        Ok(change::done(i64::try_from(rows.len()).unwrap_or(i64::MAX), last))
    })
}

fn prepare<'c>(core: &'c Core, sql: &str) -> Result<CachedStatement<'c>, SqlFailure> {
    core.connection.prepare_cached(sql).map_err(|e| broken(&e))
}

/// Files rows of one statement.
struct Filer<'f> {
    core: &'f Core,
    insert: &'f InsertPlan,
    values: &'f Values<'f>,
    plan: &'f Plan,
}

impl<'f> Filer<'f> {
    fn given<'v>(&self, place: usize, ty: Ty, computed: &'v [Value]) -> Option<Input<'v>>
    where
        'f: 'v,
    {
        let cell = self.insert.cell(place)?;
        Some(super::cell_input(cell, self.values, computed, ty))
    }

    /// Files one row; the checks stand in the filer's order: −111, −104 for every field, −108,
    /// −119, −121 (iris-sql §1.3).
    fn file<'v>(
        &self,
        statement: &mut CachedStatement<'_>,
        computed: &'v [Value],
    ) -> Result<i64, Trouble>
    where
        'f: 'v,
    {
        let (core, table) = (self.core, &*self.insert.table);
        if core.others() {
            core.check_row(table, NEW_ROW, Verb::Insert)?;
        }
        let explicit = self.row_id(computed)?;
        let mut new: Vec<ToSqlOutput<'v>> = Vec::with_capacity(table.columns.len());
        for (place, column) in table.columns.iter().enumerate() {
            if column.filled != Filled::Identity {
                new.push(self.filled(column, self.given(place, column.ty, computed))?);
            }
        }
        required(table.stored_columns().zip(&new), table)?;
        let value = |id: i64| {
            let place = table.stored_columns().position(|column| column.id == id);
            match place.and_then(|place| new.get(place)) {
                Some(value) => value::to_owned(value),
                None => explicit.map_or(Value::Null, Value::Integer),
            }
        };
        if self.insert.or_update
            && let Some(found) = self.existing(explicit, &value)?
        {
            return self.update(found, &new);
        }
        if core.others() && table.unique_sets().next().is_some() {
            let rules = core.rules(table)?;
            keys::unique(core, table, &rules, i64::MIN, &value, &|_| true, Verb::Insert)?;
        }
        let row = self.write(statement, explicit, &new, &value)?;
        change::checked(core, self.plan, self.values, &self.insert.checks, row, Verb::Insert)?;
        if table.keys.iter().any(|key| key.target.is_some()) && !self.insert.options.no_check {
            let rules = core.rules(table)?;
            keys::references(core, table, &rules, &value, &|_| true, Verb::Insert)?;
        }
        change::claim(core, table, row, Verb::Insert, self.insert.options)?;
        if change::logged(core, table) {
            core.keep(table, row, None)?;
        }
        Ok(row)
    }

    /// −111 for a RowID or IDENTITY that is given; NULL there is ignored. With
    /// ALLOWIDENTITYINSERT it is taken, and NULL is −108 (iris-sql §1.3, §1.4).
    fn row_id(&self, computed: &[Value]) -> Result<Option<i64>, SqlFailure> {
        let table = &*self.insert.table;
        let identity = table.columns.iter().position(|c| c.filled == Filled::Identity);
        for place in [Some(ROW_ID), identity].into_iter().flatten() {
            let Some(input) = self.given(place, Ty::BigInt, computed) else { continue };
            let missing = input.is_null();
            if !table.identity_insert {
                if missing {
                    continue;
                }
                return Err(bare(-111));
            }
            let name = table.row_id_name();
            if missing {
                return Err(missing_field(table, &name));
            }
            let whole = match &input {
                Input::Text(text) if text.trim().parse::<f64>().is_err() => None,
                input => input.decimal().truncated(),
            };
            // UNVERIFIED(iris): a RowID is a positive integer, anything else fails validation.
            return match whole {
                Some(row) if row > 0 => Ok(Some(row)),
                _ => {
                    let text = input.text();
                    let full = table.full();
                    let text = format!("Field '{full}.{name}' (value '{text}') failed validation");
                    Err(fail(-104, text))
                }
            };
        }
        Ok(None)
    }

    /// The value of a column: given, counted, or its default.
    fn filled<'v>(
        &self,
        column: &Column,
        input: Option<Input<'v>>,
    ) -> Result<ToSqlOutput<'v>, SqlFailure> {
        let (core, table) = (self.core, &*self.insert.table);
        match column.filled {
            Filled::RowVersion => {
                return counters::version(core).map(value::integer);
            }
            Filled::Counter => return self.counter(column, input.as_ref()),
            Filled::Given | Filled::Identity => {}
        }
        match input {
            Some(input) if !defaulted(column, &input) => {
                validation::stored(table, column, &input, self.plan.mode, true)
            }
            _ if column.default == Fallback::None => Ok(value::null()),
            _ => Ok(ToSqlOutput::Owned(super::default_value(core, column))),
        }
    }

    /// SERIAL and AUTO_INCREMENT count when nothing, NULL, 0 or no number is given; a higher value
    /// raises SERIAL's counter and leaves that of AUTO_INCREMENT alone. UNVERIFIED(iris): the
    /// vendor's pages on the two types say so, no collected fact does.
    fn counter<'v>(
        &self,
        column: &Column,
        input: Option<&Input<'v>>,
    ) -> Result<ToSqlOutput<'v>, SqlFailure> {
        let (core, table) = (self.core, &*self.insert.table);
        let counts = input.is_none_or(|input| input.is_null() || input.decimal().is_zero());
        if counts {
            return core.next_number(table.id, column.id).map(value::integer);
        }
        let Some(input) = input else { return Ok(value::null()) };
        let stored = validation::stored(table, column, input, self.plan.mode, true)?;
        if column.class != "%Library.AutoIncrement"
            && let Value::Integer(n) = value::to_owned(&stored)
        {
            core.number_at_least(table.id, column.id, n)?;
        }
        Ok(stored)
    }

    fn write(
        &self,
        statement: &mut CachedStatement<'_>,
        explicit: Option<i64>,
        new: &[ToSqlOutput<'_>],
        value: keys::NewRow<'_>,
    ) -> Result<i64, Trouble> {
        let (core, table) = (self.core, &*self.insert.table);
        let row = match explicit {
            Some(row) => row,
            None => core.next_number(table.id, ROW_NUMBER)?,
        };
        statement.raw_bind_parameter(1, row).map_err(|e| broken(&e))?;
        for (at, value) in new.iter().enumerate() {
            statement.raw_bind_parameter(at + 2, value).map_err(|e| broken(&e))?;
        }
        match statement.raw_execute() {
            Ok(_) => {
                if explicit.is_some() {
                    core.number_at_least(table.id, ROW_NUMBER, row)?;
                }
                Ok(row)
            }
            Err(error) if explicit.is_none() && row_taken(&error) => {
                // A truncated table's rows came back, and its counter had begun again.
                let sql = format!("SELECT max(rid) FROM t{}", table.id);
                let last = core
                    .connection
                    .query_row(&sql, [], |row| row.get(0))
                    .map_err(|e| broken(&e))?;
                core.number_at_least(table.id, ROW_NUMBER, last)?;
                self.write(statement, None, new, value)
            }
            Err(error) => {
                // SQLite says that some constraint failed; which one, and its text, is found here.
                let rules = core.rules(table)?;
                keys::unique(core, table, &rules, i64::MIN, value, &|_| true, Verb::Insert)?;
                Err(Trouble::Fail(taken(table, explicit, &error)))
            }
        }
    }

    /// The row that INSERT OR UPDATE changes: one that has the values of a unique key, be they
    /// given or defaults (iris-sql §1.3). The first key in order of definition decides.
    fn existing(
        &self,
        explicit: Option<i64>,
        value: keys::NewRow<'_>,
    ) -> Result<Option<i64>, Trouble> {
        let (core, table) = (self.core, &*self.insert.table);
        if let Some(row) = explicit {
            let sql = format!("SELECT 1 FROM t{} WHERE rid = ?1", table.id);
            if prepare(core, &sql)?.exists([row]).map_err(|e| broken(&e))? {
                return Ok(Some(row));
            }
        }
        for set in &core.rules(table)?.unique {
            if let Some(row) = keys::twin(core, set, i64::MIN, value)? {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    /// The update half of INSERT OR UPDATE sets the columns that were given.
    fn update(&self, row: i64, new: &[ToSqlOutput<'_>]) -> Result<i64, Trouble> {
        let table = &self.insert.table;
        let mut sets: Vec<(i64, Value)> = Vec::new();
        let mut stored = new.iter();
        for (place, column) in table.columns.iter().enumerate() {
            if column.filled == Filled::Identity {
                continue;
            }
            let Some(value) = stored.next() else { break };
            if column.filled == Filled::Given && self.insert.cell(place).is_some() {
                sets.push((column.id, value::to_owned(value)));
            }
        }
        let change = change::Change::of(self.core, self.insert.options);
        change.update(table, row, sets)?;
        let checks = &self.insert.checks;
        change::checked(self.core, self.plan, self.values, checks, row, Verb::Insert)?;
        Ok(row)
    }
}

/// An explicit NULL for a NOT NULL column with a default stores the default (iris-sql §1.3).
pub(super) fn defaulted(column: &Column, input: &Input<'_>) -> bool {
    input.is_null() && column.not_null && column.default != Fallback::None
}

/// Whether a row was refused because another has its number.
fn row_taken(error: &rusqlite::Error) -> bool {
    matches!(error, rusqlite::Error::SqliteFailure(code, _)
        if code.extended_code == ffi::SQLITE_CONSTRAINT_ROWID
            || code.extended_code == ffi::SQLITE_CONSTRAINT_PRIMARYKEY)
}

/// −119 for a RowID that is taken. UNVERIFIED(iris): the constraint's name in the text.
fn taken(table: &Table, explicit: Option<i64>, error: &rusqlite::Error) -> SqlFailure {
    let (Some(row), true) = (explicit, row_taken(error)) else { return broken(error) };
    let (full, name) = (table.full(), table.row_id_name());
    let text = format!(
        "Table '{full}', Constraint 'IDKEY', Field(s) {name}=\"{row}\"; failed unique check"
    );
    fail(-119, text)
}

/// −108 for the first required field that is missing (iris-sql §1.7).
pub(super) fn required<'r, 'v: 'r>(
    fields: impl Iterator<Item = (&'r Column, &'r ToSqlOutput<'v>)>,
    table: &Table,
) -> Result<(), SqlFailure> {
    for (column, value) in fields {
        if column.not_null && matches!(value, ToSqlOutput::Owned(Value::Null)) {
            return Err(missing_field(table, &column.name));
        }
    }
    Ok(())
}

/// −108 (iris-sql §1.7).
pub(super) fn missing_field(table: &Table, name: &str) -> SqlFailure {
    let full = table.full();
    fail(-108, format!("'{name}' in table '{full}' is a required field"))
}

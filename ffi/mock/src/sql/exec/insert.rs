//! INSERT (iris-sql §1.3).

use rusqlite::types::Value;

use super::super::api::{Execution, SqlFailure};
use super::super::bind::{Cell, InsertPlan, Plan};
use super::super::core::{Core, NEW_ROW, Trouble, Verb};
use super::super::sqlcode::{bare, fail};
use super::super::store::catalog::{Column, Fallback, Table};
use super::super::store::{broken, counters};
use super::super::types::{Filled, Ty};
use super::super::value::{self, Input};
use super::{Values, keys};

/// The namespace-wide counter of ROWVERSION stands under this table number.
const NAMESPACE_COUNTER: i64 = 0;

pub(in crate::sql) fn run(
    core: &Core,
    plan: &Plan,
    insert: &InsertPlan,
    values: &Values<'_>,
) -> Result<Execution, SqlFailure> {
    core.changing(|| {
        let rows = match &insert.query {
            Some(sql) => super::rows_of(core, plan, values, sql)?,
            None => vec![Vec::new()],
        };
        let mut last = 0;
        for row in &rows {
            core.check_interrupt()?;
            last = one(core, insert, values, row)?;
        }
        let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        if count > 0 {
            core.last_row.set(last);
        }
        Ok(Execution {
            // No rows to insert: 100, as for UPDATE and DELETE (iris-sql §1.3).
            sqlcode: if count == 0 { 100 } else { 0 },
            row_count: count,
            row_id: if count == 0 { String::new() } else { last.to_string() },
            ..Execution::default()
        })
    })
}

/// Files one row; the checks stand in the filer's order: −111, −104 for every field, −108, −119,
/// −121 (iris-sql §1.3).
fn one(
    core: &Core,
    insert: &InsertPlan,
    values: &Values<'_>,
    computed: &[Value],
) -> Result<i64, Trouble> {
    let table = &*insert.table;
    if core.others() {
        core.check_row(table, NEW_ROW, Verb::Insert)?;
    }
    let given = |place: usize, ty: Ty| {
        let cell = insert.cells.iter().find(|(at, _)| *at == place).map(|(_, cell)| cell);
        cell.and_then(|cell: &Cell| super::cell_input(cell, values, computed, ty))
    };
    row_id_refused(table, &given)?;
    let mut new: Vec<(i64, Value)> = Vec::with_capacity(table.columns.len());
    for (place, column) in table.columns.iter().enumerate() {
        if column.filled == Filled::Identity {
            continue;
        }
        new.push((column.id, filled(core, table, column, given(place, column.ty))?));
    }
    required(table, &new)?;
    let value = |id: i64| {
        new.iter().find(|(other, _)| *other == id).map_or(Value::Null, |(_, v)| v.clone())
    };
    let constrained = table.unique_sets().next().is_some();
    if constrained && core.others() {
        keys::unique(core, table, i64::MIN, &value, &|_| true, Verb::Insert)?;
    }
    let row = file(core, table, &new, &value)?;
    keys::references(core, table, &value, &|_| true, Verb::Insert)?;
    if core.in_transaction() {
        core.claim(table, row, Verb::Insert)?;
        core.keep(table, row, None)?;
    }
    Ok(row)
}

/// −111 for a RowID or IDENTITY that is given; NULL there is ignored. ROWVERSION is −138 (iris-sql
/// §1.3).
fn row_id_refused(
    table: &Table,
    given: &dyn Fn(usize, Ty) -> Option<Input>,
) -> Result<(), SqlFailure> {
    let present = |place: usize| !matches!(given(place, Ty::BigInt), None | Some(Input::Null));
    if present(crate::sql::bind::ROW_ID) {
        return Err(bare(-111));
    }
    for (place, column) in table.columns.iter().enumerate() {
        match column.filled {
            Filled::Identity if present(place) => return Err(bare(-111)),
            Filled::RowVersion if present(place) => {
                let name = &column.name;
                let text = format!("Cannot INSERT/UPDATE a value for read only field '{name}'");
                return Err(fail(-138, text));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The value of a column: given, counted, or its default.
fn filled(
    core: &Core,
    table: &Table,
    column: &Column,
    input: Option<Input>,
) -> Result<Value, SqlFailure> {
    let explicit_null = matches!(input, Some(Input::Null));
    match column.filled {
        Filled::RowVersion => return next(core, NAMESPACE_COUNTER, 0).map(Value::Integer),
        Filled::Counter => {
            let value = match &input {
                Some(input) => value::stored(table, column, input, true)?,
                None => Value::Null,
            };
            return match value {
                // SERIAL counts when nothing, NULL or 0 is given.
                Value::Null | Value::Integer(0) => {
                    next(core, table.id, column.id).map(Value::Integer)
                }
                value => {
                    if let Value::Integer(n) = value {
                        at_least(core, table.id, column.id, n)?;
                    }
                    Ok(value)
                }
            };
        }
        Filled::Given | Filled::Identity => {}
    }
    // An explicit NULL for a NOT NULL column with a default stores the default (iris-sql §1.3).
    let replaced = explicit_null && column.not_null && column.default != Fallback::None;
    match input {
        Some(input) if !replaced => value::stored(table, column, &input, true),
        _ => value::stored(table, column, &super::default_input(core, column), true),
    }
}

/// −108 for the first required field that is missing (iris-sql §1.7).
pub(super) fn required(table: &Table, new: &[(i64, Value)]) -> Result<(), SqlFailure> {
    for (id, value) in new {
        if let (Value::Null, Some(column)) = (value, table.column(*id))
            && column.not_null
        {
            let (name, full) = (&column.name, table.full());
            return Err(fail(-108, format!("'{name}' in table '{full}' is a required field")));
        }
    }
    Ok(())
}

/// The next value of a counter; counters are not rolled back with their transaction.
pub(super) fn next(core: &Core, table: i64, column: i64) -> Result<i64, SqlFailure> {
    core.next_number(table, column)
}

fn at_least(core: &Core, table: i64, column: i64, value: i64) -> Result<(), SqlFailure> {
    core.number_at_least(table, column, value)
}

/// ROWVERSION's next value.
pub(super) fn next_version(core: &Core) -> Result<i64, SqlFailure> {
    next(core, NAMESPACE_COUNTER, 0)
}

fn file(
    core: &Core,
    table: &Table,
    new: &[(i64, Value)],
    value: keys::NewRow<'_>,
) -> Result<i64, Trouble> {
    let mut sql = format!("INSERT INTO t{}(rid", table.id);
    let mut marks = String::new();
    for (at, (id, _)) in new.iter().enumerate() {
        sql.push_str(&format!(",c{id}"));
        marks.push_str(&format!(",?{}", at + 2));
    }
    sql.push_str(&format!(") VALUES (?1{marks})"));
    let row = core.next_number(table.id, counters::ROW_NUMBER)?;
    let mut statement = core.connection.prepare_cached(&sql).map_err(|e| broken(&e))?;
    statement.raw_bind_parameter(1, row).map_err(|e| broken(&e))?;
    for (at, (_, value)) in new.iter().enumerate() {
        statement.raw_bind_parameter(at + 2, value).map_err(|e| broken(&e))?;
    }
    match statement.raw_execute() {
        Ok(_) => Ok(row),
        Err(error) => {
            // SQLite says that some constraint failed; which one, and its text, is found here.
            keys::unique(core, table, i64::MIN, value, &|_| true, Verb::Insert)?;
            Err(Trouble::Fail(broken(&error)))
        }
    }
}

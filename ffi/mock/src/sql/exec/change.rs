//! UPDATE, DELETE and TRUNCATE (iris-sql §1.3).

use rusqlite::types::Value;

use super::super::api::{Execution, SqlFailure};
use super::super::bind::{Cell, DeletePlan, Plan, UpdatePlan};
use super::super::core::{Core, Trouble, Verb};
use super::super::store::catalog::{Fallback, Table};
use super::super::store::{broken, undo};
use super::super::types::Filled;
use super::super::value::{self, Input};
use super::insert::{next_version, required};
use super::{Values, keys};

fn done(count: i64, last: i64) -> Execution {
    Execution {
        // No row found is 100, a success (iris-sql §1.3).
        sqlcode: if count == 0 { 100 } else { 0 },
        row_count: count,
        row_id: if count == 0 { String::new() } else { last.to_string() },
        ..Execution::default()
    }
}

fn number(row: &[Value]) -> i64 {
    match row.first() {
        Some(Value::Integer(row)) => *row,
        _ => 0,
    }
}

pub(in crate::sql) fn update(
    core: &Core,
    plan: &Plan,
    update: &UpdatePlan,
    values: &Values<'_>,
) -> Result<Execution, SqlFailure> {
    let table = &*update.table;
    let versions: Vec<i64> =
        table.columns.iter().filter(|c| c.filled == Filled::RowVersion).map(|c| c.id).collect();
    core.changing(|| {
        let rows = super::rows_of(core, plan, values, &update.query)?;
        let referenced = !rows.is_empty() && keys::is_referenced(core, table)?;
        let mut last = 0;
        for row in &rows {
            core.check_interrupt()?;
            last = number(row);
            let mut new = new_values(core, table, &update.cells, values, row)?;
            required(table, &new)?;
            for id in &versions {
                new.push((*id, Value::Integer(next_version(core)?)));
            }
            change(core, table, last, &new, referenced)?;
        }
        Ok(done(i64::try_from(rows.len()).unwrap_or(i64::MAX), last))
    })
}

fn new_values(
    core: &Core,
    table: &Table,
    cells: &[(usize, Cell)],
    values: &Values<'_>,
    row: &[Value],
) -> Result<Vec<(i64, Value)>, SqlFailure> {
    let mut new = Vec::with_capacity(cells.len() + 1);
    for (place, cell) in cells {
        let Some(column) = table.columns.get(*place) else { continue };
        let input = super::cell_input(cell, values, row, column.ty);
        let replaced = matches!(input, Some(Input::Null))
            && column.not_null
            && column.default != Fallback::None;
        let input = match input {
            Some(input) if !replaced => input,
            _ => super::default_input(core, column),
        };
        new.push((column.id, value::stored(table, column, &input, false)?));
    }
    Ok(new)
}

fn change(
    core: &Core,
    table: &Table,
    row: i64,
    new: &[(i64, Value)],
    referenced: bool,
) -> Result<(), Trouble> {
    core.claim(table, row, Verb::Update)?;
    let image = if core.in_transaction() || referenced {
        undo::image_of(&core.connection, table, row)?
    } else {
        None
    };
    if core.in_transaction() {
        core.keep(table, row, image.as_deref())?;
    }
    let touched = |id: i64| new.iter().any(|(other, _)| *other == id);
    if referenced {
        let old = undo::values(table, image.as_deref().unwrap_or_default());
        let before = |id: i64| lookup(&old, id);
        let changed = |id: i64| touched(id) && lookup(new, id) != lookup(&old, id);
        keys::referenced(core, table, row, &before, &changed, Verb::Update)?;
    }
    let keyed = table.unique_sets().any(|(_, ids)| ids.iter().any(|id| touched(*id)));
    if keyed && core.others() {
        whole_unique(core, table, row, new)?;
    }
    let sets: Vec<String> =
        new.iter().enumerate().map(|(at, (id, _))| format!("c{id} = ?{}", at + 2)).collect();
    let sql = format!("UPDATE t{} SET {} WHERE rid = ?1", table.id, sets.join(", "));
    let mut statement = core.connection.prepare_cached(&sql).map_err(|e| broken(&e))?;
    statement.raw_bind_parameter(1, row).map_err(|e| broken(&e))?;
    for (at, (_, value)) in new.iter().enumerate() {
        statement.raw_bind_parameter(at + 2, value).map_err(|e| broken(&e))?;
    }
    if let Err(error) = statement.raw_execute() {
        whole_unique(core, table, row, new)?;
        return Err(Trouble::Fail(broken(&error)));
    }
    let foreign = table.keys.iter().any(|key| key.target.is_some());
    if foreign {
        let all = undo::image_of(&core.connection, table, row)?.unwrap_or_default();
        let now = undo::values(table, &all);
        keys::references(core, table, &|id| lookup(&now, id), &touched, Verb::Update)?;
    }
    Ok(())
}

fn lookup(values: &[(i64, Value)], id: i64) -> Value {
    values.iter().find(|(other, _)| *other == id).map_or(Value::Null, |(_, v)| v.clone())
}

/// Unique sets need the values that do not change, too.
fn whole_unique(core: &Core, table: &Table, row: i64, new: &[(i64, Value)]) -> Result<(), Trouble> {
    let image = undo::image_of(&core.connection, table, row)?.unwrap_or_default();
    let old = undo::values(table, &image);
    let touched = |id: i64| new.iter().any(|(other, _)| *other == id);
    let value = |id: i64| if touched(id) { lookup(new, id) } else { lookup(&old, id) };
    keys::unique(core, table, row, &value, &touched, Verb::Update)
}

pub(in crate::sql) fn delete(
    core: &Core,
    plan: &Plan,
    delete: &DeletePlan,
    values: &Values<'_>,
) -> Result<Execution, SqlFailure> {
    let table = &*delete.table;
    core.changing(|| {
        let rows = super::rows_of(core, plan, values, &delete.query)?;
        let referenced = !rows.is_empty() && keys::is_referenced(core, table)?;
        let mut last = 0;
        for row in &rows {
            core.check_interrupt()?;
            last = number(row);
            remove(core, table, last, referenced)?;
        }
        Ok(done(i64::try_from(rows.len()).unwrap_or(i64::MAX), last))
    })
}

fn remove(core: &Core, table: &Table, row: i64, referenced: bool) -> Result<(), Trouble> {
    core.claim(table, row, Verb::Delete)?;
    if core.in_transaction() || referenced {
        let image = undo::image_of(&core.connection, table, row)?;
        if referenced {
            let old = undo::values(table, image.as_deref().unwrap_or_default());
            let before = |id: i64| lookup(&old, id);
            keys::referenced(core, table, row, &before, &|_| true, Verb::Delete)?;
        }
        if core.in_transaction() {
            core.keep(table, row, image.as_deref())?;
        }
    }
    let sql = format!("DELETE FROM t{} WHERE rid = ?1", table.id);
    let mut statement = core.connection.prepare_cached(&sql).map_err(|e| broken(&e))?;
    statement.execute([row]).map_err(|e| broken(&e))?;
    Ok(())
}

/// TRUNCATE TABLE: row count −1, counters begin again, not undone (iris-sql §1.3).
pub(in crate::sql) fn truncate(core: &Core, table: &Table) -> Result<Execution, SqlFailure> {
    core.changing(|| {
        core.check_table(table)?;
        if keys::is_referenced(core, table)? {
            let sql = format!("SELECT rid FROM t{}", table.id);
            let mut statement = core.connection.prepare_cached(&sql).map_err(|e| broken(&e))?;
            let rows: Result<Vec<i64>, _> =
                statement.query_map([], |row| row.get(0)).and_then(Iterator::collect);
            for row in rows.map_err(|e| broken(&e))? {
                let image = undo::image_of(&core.connection, table, row)?.unwrap_or_default();
                let old = undo::values(table, &image);
                let before = |id: i64| lookup(&old, id);
                keys::referenced(core, table, row, &before, &|_| true, Verb::Delete)?;
            }
        }
        let sql = format!("DELETE FROM t{}", table.id);
        core.connection.execute(&sql, []).map_err(|e| broken(&e))?;
        core.forget_rows(table)?;
        Ok(Execution { row_count: -1, ..Execution::default() })
    })
}

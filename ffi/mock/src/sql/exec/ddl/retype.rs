//! ALTER COLUMN to another type or collation (iris-sql §1.4).

use rusqlite::types::Value;

use super::super::super::api::SqlFailure;
use super::super::super::core::Core;
use super::super::super::sqlcode::{bare, fail};
use super::super::super::store::catalog::{self, Column, Table};
use super::super::super::store::{broken, image, temporary, undo};
use super::super::super::types::{DdlType, Filled};
use super::super::super::{validation, value};
use super::{changed, column, execute, has_rows, key, stored_names};
use crate::list::ListWriter;

pub(super) fn run(
    core: &Core,
    table: &mut Table,
    at: usize,
    ty: &DdlType,
) -> Result<(), SqlFailure> {
    let Some(old) = table.columns.get(at).cloned() else { return Ok(()) };
    let rows = has_rows(core, table)?;
    if old.ty.is_stream() != ty.ty.is_stream() && rows {
        // iris-sql Appendix A.
        return Err(bare(-374));
    }
    if old.filled != ty.filled {
        let name = &old.name;
        // UNVERIFIED(iris): the code for a change to or from a counter.
        return Err(fail(-300, format!("Field '{name}' cannot become or cease to be a counter")));
    }
    let mut new = old.clone();
    new.ty = ty.ty;
    ty.class.clone_into(&mut new.class);
    new.medium = ty.medium;
    let written = old.ty.is_text().then_some(old.collation.as_str());
    (new.upper, new.collation) = column::collated(ty.ty, written);
    replace(core, table, at, new)
}

/// Puts a column in the place of one of the same name. Where it is kept alike, the rows stay as
/// they are. UNVERIFIED(iris): then no value is validated anew; else one that does not convert
/// refuses the statement with −104.
pub(super) fn replace(
    core: &Core,
    table: &mut Table,
    at: usize,
    mut new: Column,
) -> Result<(), SqlFailure> {
    let Some(old) = table.columns.get(at).cloned() else { return Ok(()) };
    let collated = |column: &Column| column.upper && column.ty.is_text();
    let alike = old.ty.kept() == new.ty.kept()
        && old.ty.is_text() == new.ty.is_text()
        && collated(&old) == collated(&new);
    if alike || old.filled == Filled::Identity {
        if let Some(column) = table.columns.get_mut(at) {
            *column = new;
        }
        return Ok(());
    }
    // A number of its own: before-images of the old form must not come back into the new one.
    new.id = table.next;
    table.next += 1;
    unindex(core, table, old.id)?;
    let (id, sql) = (table.id, column::sql(&new));
    execute(core, &format!("ALTER TABLE main.t{id} ADD COLUMN {sql}"))?;
    temporary::ready(&core.connection, table)?;
    convert(core, table, &old, &new)?;
    execute(core, &format!("ALTER TABLE main.t{id} DROP COLUMN {}", old.stored()))?;
    let (from, to) = (old.id, new.id);
    if let Some(column) = table.columns.get_mut(at) {
        *column = new;
    }
    renumber(core, table, from, to)?;
    reindex(core, table, to)
}

fn convert(core: &Core, table: &Table, old: &Column, new: &Column) -> Result<(), SqlFailure> {
    let sql = format!("SELECT rid, {} FROM t{}", old.stored(), table.id);
    let mut statement = core.connection.prepare(&sql).map_err(|e| broken(&e))?;
    let rows: Result<Vec<(i64, Value)>, _> =
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).and_then(Iterator::collect);
    let sql = format!("UPDATE t{} SET {} = ?2 WHERE rid = ?1", table.id, new.stored());
    let mut statement = core.connection.prepare(&sql).map_err(|e| broken(&e))?;
    let form = |value: Value| {
        let input = value::kept(&value, old.ty);
        let stored = validation::stored(table, new, &input, core.select_mode, true)?;
        Ok::<Value, SqlFailure>(value::to_owned(&stored))
    };
    for (row, value) in rows.map_err(|e| broken(&e))? {
        core.check_interrupt()?;
        statement.execute((row, form(value)?)).map_err(|e| broken(&e))?;
    }
    images(core, table, |values| {
        for (id, value) in values.iter_mut().filter(|(id, _)| *id == old.id) {
            (*id, *value) = (new.id, form(std::mem::replace(value, Value::Null))?);
        }
        Ok(())
    })
}

/// Changes this session's before-images of a table as its rows are changed: a definition is not
/// rolled back, and the rows that come back must have its form. Others have none, see
/// [`super::exclusive`].
pub(super) fn images(
    core: &Core,
    table: &Table,
    mut change: impl FnMut(&mut Vec<(i64, Value)>) -> Result<(), SqlFailure>,
) -> Result<(), SqlFailure> {
    let sql = "SELECT owner, seq, image FROM undo
               WHERE owner = ?1 AND tab = ?2 AND image IS NOT NULL";
    let mut statement = core.connection.prepare(sql).map_err(|e| broken(&e))?;
    let all: Result<Vec<(i64, i64, Vec<u8>)>, _> = statement
        .query_map([core.transaction(), table.id], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .and_then(Iterator::collect);
    for (owner, seq, bytes) in all.map_err(|e| broken(&e))? {
        let mut values = undo::values(table, &bytes);
        change(&mut values)?;
        let mut out = ListWriter::new();
        for (id, value) in &values {
            out.integer(*id);
            image::put(&mut out, value.into());
        }
        let sql = "UPDATE undo SET image = ?3 WHERE owner = ?1 AND seq = ?2";
        core.connection.execute(sql, (owner, seq, out.as_bytes())).map_err(|e| broken(&e))?;
    }
    Ok(())
}

/// Drops the SQLite indexes over a column.
fn unindex(core: &Core, table: &Table, column: i64) -> Result<(), SqlFailure> {
    let id = table.id;
    for key in table.keys.iter().filter(|key| key.columns.contains(&column)) {
        execute(core, &format!("DROP INDEX main.t{id}_k{}", key.id))?;
    }
    for index in table.indexes.iter().filter(|index| index.columns.contains(&column)) {
        execute(core, &format!("DROP INDEX main.t{id}_i{}", index.id))?;
    }
    Ok(())
}

/// Makes them again; −125 where rows became equal.
fn reindex(core: &Core, table: &Table, column: i64) -> Result<(), SqlFailure> {
    for key in table.keys.iter().filter(|key| key.columns.contains(&column)) {
        key::make_unique(core, table, &key.name, &key::sql(table, key))?;
    }
    for index in table.indexes.iter().filter(|index| index.columns.contains(&column)) {
        let unique = if index.unique { "UNIQUE " } else { "" };
        let (id, columns) = (table.id, stored_names(table, &index.columns));
        let sql = format!("CREATE {unique}INDEX main.t{id}_i{} ON t{id}({columns})", index.id);
        key::make_unique(core, table, &index.name, &sql)?;
    }
    Ok(())
}

/// Gives the column's number to all that names it, in this table and in those that point to it.
fn renumber(core: &Core, table: &mut Table, from: i64, to: i64) -> Result<(), SqlFailure> {
    let swap = |ids: &mut Vec<i64>| {
        ids.iter_mut().filter(|id| **id == from).for_each(|id| *id = to);
    };
    let number = table.id;
    let targets = |table: &mut Table| {
        for key in &mut table.keys {
            if let Some((target, ids)) = &mut key.target
                && *target == number
            {
                swap(ids);
            }
        }
    };
    for key in &mut table.keys {
        swap(&mut key.columns);
    }
    for index in &mut table.indexes {
        swap(&mut index.columns);
        swap(&mut index.data);
    }
    targets(table);
    core.forget();
    let others = core.references_to(table)?;
    core.forget();
    for (other, _) in others {
        if other.id == table.id {
            continue;
        }
        // Several keys of one table may point here: its definition is read anew each time.
        if let Some(mut other) = catalog::by_id(&core.connection, other.id)? {
            targets(&mut other);
            changed(core, &other)?;
        }
    }
    Ok(())
}

//! ALTER TABLE (iris-sql §1.4).

use rusqlite::types::Value;

use super::super::super::api::SqlFailure;
use super::super::super::ast::Name;
use super::super::super::ast::ddl::{
    Change, ColumnChange, ColumnDef, ConstraintKind, DefaultSpec, TableConstraint,
};
use super::super::super::core::{Core, Trouble};
use super::super::super::sqlcode::{bare, fail};
use super::super::super::store::catalog::{self, Column, Key, KeyKind, Table, same};
use super::super::super::store::{broken, temporary};
use super::super::super::types::Filled;
use super::{
    changed, column, column_at, exclusive, execute, found, has_rows, key, retype, untaken,
};

pub(super) fn run(core: &Core, name: &Name, change: &Change) -> Result<bool, Trouble> {
    let table = found(core, name)?;
    exclusive(core, &table)?;
    let mut table = (*table).clone();
    match change {
        Change::Add { columns, constraints } => {
            add(core, &mut table, columns, constraints)?;
        }
        Change::AddDefault { column, default } => set_default(core, &mut table, column, default)?,
        Change::Alter(changes) => {
            for (name, change) in changes {
                alter(core, &mut table, name, change)?;
            }
        }
        Change::DropColumns(columns) => drop_columns(core, &mut table, columns)?,
        Change::DropConstraint { name } => {
            drop_key(core, &mut table, |key| same(&key.name, name), name)?;
        }
        Change::DropPrimaryKey => {
            drop_key(core, &mut table, |key| key.kind == KeyKind::Primary, "PRIMARY KEY")?;
        }
        Change::DropForeignKey { name } => {
            let foreign = |key: &Key| key.kind == KeyKind::Foreign && same(&key.name, name);
            drop_key(core, &mut table, foreign, name)?;
        }
        Change::Rename(name) => rename(core, &mut table, name)?,
        Change::Convert => return Ok(false),
    }
    Ok(changed(core, &table)?)
}

fn add(
    core: &Core,
    table: &mut Table,
    columns: &[ColumnDef],
    constraints: &[TableConstraint],
) -> Result<(), SqlFailure> {
    let filled = has_rows(core, table)?;
    let mut keys = Vec::new();
    for definition in columns {
        column::add(core, table, definition)?;
        keys.extend(key::of_column(table, definition));
        let Some(column) = table.columns.last().cloned() else { continue };
        // IDENTITY is a name for the RowID, which every row has.
        if column.filled != Filled::Identity {
            let sql = column::sql(&column);
            execute(core, &format!("ALTER TABLE main.t{} ADD COLUMN {sql}", table.id))?;
            if filled {
                temporary::ready(&core.connection, table)?;
                fill(core, table, &column)?;
            }
        }
    }
    for constraint in constraints {
        keys.push(key::named(table, constraint));
    }
    keys.sort_by_key(|constraint| constraint.kind == ConstraintKind::Foreign);
    for constraint in &keys {
        let made = key::add(core, table, constraint)?;
        key::impose(core, table, &made)?;
    }
    Ok(())
}

/// Existing rows: a default is stored only with NOT NULL; NOT NULL without default is −304
/// (iris-sql §1.4).
fn fill(core: &Core, table: &Table, column: &Column) -> Result<(), SqlFailure> {
    if !column.not_null {
        return Ok(());
    }
    let (id, number) = (table.id, column.id);
    if column.filled != Filled::Given {
        // UNVERIFIED(iris): a new counter column of an old row gets the RowID.
        execute(core, &format!("UPDATE t{id} SET c{number} = rid"))?;
        let sql = format!("SELECT max(rid) FROM t{id}");
        let last: i64 =
            core.connection.query_row(&sql, [], |row| row.get(0)).map_err(|e| broken(&e))?;
        return core.number_at_least(id, number, last);
    }
    let value = super::super::default_value(core, column);
    if value == Value::Null {
        return Err(bare(-304));
    }
    let sql = format!("UPDATE t{id} SET c{number} = ?1");
    core.connection.execute(&sql, [&value]).map_err(|e| broken(&e))?;
    retype::images(core, table, |values| {
        values.push((number, value.clone()));
        Ok(())
    })
}

fn set_default(
    core: &Core,
    table: &mut Table,
    name: &str,
    spec: &DefaultSpec,
) -> Result<(), SqlFailure> {
    let at = column_at(table, name)?;
    let fallback = column::fallback(core, spec)?;
    if let Some(column) = table.columns.get_mut(at) {
        column.default = fallback;
    }
    Ok(())
}

fn alter(
    core: &Core,
    table: &mut Table,
    name: &str,
    change: &ColumnChange,
) -> Result<(), SqlFailure> {
    let at = column_at(table, name)?;
    match change {
        ColumnChange::Rename(new) => {
            if !same(name, new) {
                column::unique_name(table, new)?;
            }
            if let Some(column) = table.columns.get_mut(at) {
                column.name.clone_from(new);
            }
            Ok(())
        }
        ColumnChange::SetDefault(spec) => set_default(core, table, name, spec),
        ColumnChange::DropDefault => set_default(core, table, name, &DefaultSpec::Null),
        ColumnChange::Nullable(nullable) => set_nullable(core, table, at, *nullable),
        ColumnChange::Collate(collation) => {
            let Some(mut column) = table.columns.get(at).cloned() else { return Ok(()) };
            (column.upper, column.collation) = column::collated(column.ty, Some(collation));
            retype::replace(core, table, at, column)
        }
        ColumnChange::Type(definition) => {
            let ty = column::typed(core, table, name, &definition.ty)?;
            retype::run(core, table, at, &ty)
        }
    }
}

/// −305 for NOT NULL over a NULL (iris-sql Appendix A).
fn set_nullable(
    core: &Core,
    table: &mut Table,
    at: usize,
    nullable: bool,
) -> Result<(), SqlFailure> {
    let primary =
        |id| table.keys.iter().any(|key| key.kind == KeyKind::Primary && key.columns.contains(&id));
    let Some(column) = table.columns.get(at) else { return Ok(()) };
    if nullable && (primary(column.id) || column.filled != Filled::Given) {
        // UNVERIFIED(iris): a primary key's column stays required, by a refusal.
        let (full, name) = (table.full(), &column.name);
        return Err(fail(-300, format!("Field '{full}.{name}' is part of the primary key")));
    }
    if !nullable && column.filled == Filled::Given {
        let sql =
            format!("SELECT EXISTS(SELECT 1 FROM t{} WHERE {} IS NULL)", table.id, column.stored());
        if core.connection.query_row(&sql, [], |row| row.get(0)).map_err(|e| broken(&e))? {
            return Err(bare(-305));
        }
    }
    if let Some(column) = table.columns.get_mut(at) {
        column.not_null = !nullable;
    }
    Ok(())
}

/// −322 for a column with an index or constraint (iris-sql §1.8).
fn drop_columns(core: &Core, table: &mut Table, names: &[String]) -> Result<(), SqlFailure> {
    for name in names {
        let at = column_at(table, name)?;
        let id = table.columns.get(at).map_or(0, |c| c.id);
        let used = table.keys.iter().any(|key| key.columns.contains(&id))
            || table
                .indexes
                .iter()
                .any(|index| index.columns.contains(&id) || index.data.contains(&id));
        if used {
            return Err(bare(-322));
        }
        if table.columns.len() == 1 {
            // UNVERIFIED(iris): a table keeps one field.
            return Err(super::no_fields());
        }
        let gone = table.columns.remove(at);
        if gone.filled != Filled::Identity {
            execute(core, &format!("ALTER TABLE main.t{} DROP COLUMN c{id}", table.id))?;
        }
    }
    Ok(())
}

/// −315 for a constraint that is not there (iris-sql Appendix A).
fn drop_key(
    core: &Core,
    table: &mut Table,
    which: impl Fn(&Key) -> bool,
    name: &str,
) -> Result<(), SqlFailure> {
    let Some(at) = table.keys.iter().position(which) else {
        let full = table.full();
        return Err(fail(-315, format!("Table '{full}', Constraint '{name}' not found")));
    };
    key::remove(core, table, at)
}

/// The schema stays; −201 for a name that is taken (iris-sql §1.4, Appendix A).
fn rename(core: &Core, table: &mut Table, name: &str) -> Result<(), SqlFailure> {
    untaken(core, &table.schema, name, table.id)?;
    name.clone_into(&mut table.name);
    catalog::rename(&core.connection, table)
}

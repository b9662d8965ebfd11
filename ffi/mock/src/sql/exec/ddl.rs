//! CREATE, ALTER and DROP: not transactional, without undo (iris-sql §1.4). Each is one SQLite
//! transaction, so that a process that dies leaves either all of it or nothing.

mod alter;
mod column;
mod create;
mod drop;
mod index;
mod key;
mod retype;
mod schema;
mod view;

use std::rc::Rc;

use super::super::api::{Execution, SqlFailure};
use super::super::ast::ddl::Ddl;
use super::super::ast::{Name, Statement};
use super::super::bind::missing_table;
use super::super::core::{Core, Trouble};
use super::super::sqlcode::{bare, fail};
use super::super::store::broken;
use super::super::store::catalog::{self, Column, Table, same};

pub(in crate::sql) fn run(core: &Core, statement: &Statement) -> Result<Execution, SqlFailure> {
    if let Statement::Truncate { name, options } = statement {
        return super::truncate::run(core, name, *options);
    }
    let Statement::Ddl(ddl) = statement else { return Ok(Execution::default()) };
    let mut told = false;
    let outcome = core.changing(|| {
        let changed = change(core, ddl)?;
        if changed {
            core.page.unsettle_schema();
            told = true;
        }
        Ok(())
    });
    if told {
        core.page.raise_schema();
    }
    outcome?;
    Ok(Execution::default())
}

/// Gives whether anything changed.
fn change(core: &Core, ddl: &Ddl) -> Result<bool, Trouble> {
    match ddl {
        Ddl::CreateTable(create) => create::table(core, create),
        Ddl::DropTable { name, if_exists, cascade } => {
            drop::table(core, name, *if_exists, *cascade)
        }
        Ddl::AlterTable { table, change } => alter::run(core, table, change),
        Ddl::CreateIndex(create) => index::create(core, create),
        Ddl::DropIndex { name, table, if_exists } => {
            index::drop(core, name, table.as_ref(), *if_exists)
        }
        Ddl::CreateView(create) => view::create(core, create),
        Ddl::DropView { name, if_exists, cascade } => view::drop(core, name, *if_exists, *cascade),
        Ddl::CreateSchema { name, if_not_exists } => schema::create(core, name, *if_not_exists),
        Ddl::DropSchema { name, if_exists, cascade } => {
            schema::drop(core, name, *if_exists, *cascade)
        }
        Ddl::DropRoutine { .. } => Ok(false),
    }
}

fn execute(core: &Core, sql: &str) -> Result<(), SqlFailure> {
    core.connection.execute_batch(sql).map_err(|e| broken(&e))
}

fn schema_of<'n>(core: &'n Core, name: &'n Name) -> &'n str {
    name.schema.as_deref().unwrap_or(&core.default_schema)
}

/// A table or view.
fn find(core: &Core, name: &Name) -> Result<Option<Rc<Table>>, SqlFailure> {
    catalog::find(&core.connection, &core.identity.namespace, schema_of(core, name), &name.name)
}

/// A table; a view is none. UNVERIFIED(iris): −30 also where a view has the name.
fn found(core: &Core, name: &Name) -> Result<Rc<Table>, SqlFailure> {
    find(core, name)?
        .filter(|table| table.view.is_none())
        .ok_or_else(|| missing_table(schema_of(core, name), &name.name))
}

/// −201 where a table or view other than `id` has the name (iris-sql §1.1, §1.7).
fn untaken(core: &Core, schema: &str, name: &str, id: i64) -> Result<(), SqlFailure> {
    match catalog::is_taken(&core.connection, &core.identity.namespace, schema, name, id)? {
        true => Err(taken(schema, name)),
        false => Ok(()),
    }
}

/// −201 for a name that a table or view has (iris-sql §1.7).
fn taken(schema: &str, name: &str) -> SqlFailure {
    fail(-201, format!("Table '{schema}.{name}' already exists"))
}

/// Writes a changed definition and raises the generation.
fn changed(core: &Core, table: &Table) -> Result<bool, SqlFailure> {
    catalog::update(&core.connection, table)?;
    catalog::raise(&core.connection, &core.identity.namespace)?;
    Ok(true)
}

/// Whether the table has rows.
fn has_rows(core: &Core, table: &Table) -> Result<bool, SqlFailure> {
    let sql = format!("SELECT EXISTS(SELECT 1 FROM t{})", table.id);
    core.connection.query_row(&sql, [], |row| row.get(0)).map_err(|e| broken(&e))
}

/// Views that name one of these tables or views, the nearest first; `Err` never means "none".
fn views_over(core: &Core, ids: &[i64]) -> Result<Vec<Table>, SqlFailure> {
    let mut all = catalog::all(&core.connection, &core.identity.namespace)?;
    all.retain(|table| table.view.is_some());
    let mut known = ids.to_vec();
    let mut out = Vec::new();
    while let Some(at) = all.iter().position(|table| {
        let uses = table.view.as_ref().map(|view| view.uses.as_slice()).unwrap_or_default();
        uses.iter().any(|id| known.contains(id))
    }) {
        let view = all.swap_remove(at);
        known.push(view.id);
        out.push(view);
    }
    out.retain(|view| !ids.contains(&view.id));
    Ok(out)
}

/// DDL on a table waits for other sessions' locks. UNVERIFIED(iris): −110 after the time-out.
fn exclusive(core: &Core, table: &Table) -> Result<(), Trouble> {
    core.check_table(table)
}

/// Positions of named columns. UNVERIFIED(iris): −31 for one that is missing in a constraint.
fn columns_named(table: &Table, names: &[String]) -> Result<Vec<i64>, SqlFailure> {
    names
        .iter()
        .map(|name| {
            table.named(name).map(|column| column.id).ok_or_else(|| {
                let (name, full) = (name.to_uppercase(), table.full());
                fail(-31, format!("Field '{name}' not found in table '{full}'"))
            })
        })
        .collect()
}

/// −29 for a column that a statement about columns names. UNVERIFIED(iris): the code.
fn column_at(table: &Table, name: &str) -> Result<usize, SqlFailure> {
    table.columns.iter().position(|column| same(&column.name, name)).ok_or_else(|| {
        let (name, full) = (name.to_uppercase(), table.full());
        fail(-29, format!(" Field '{name}' not found in table '{full}'"))
    })
}

/// SQLite's names of columns.
fn stored_names(table: &Table, ids: &[i64]) -> String {
    let all: Vec<String> =
        ids.iter().filter_map(|id| table.column(*id)).map(Column::stored).collect();
    all.join(", ")
}

/// −33: a table without fields (iris-sql Appendix A).
fn no_fields() -> SqlFailure {
    bare(-33)
}

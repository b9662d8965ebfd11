//! CREATE TABLE (iris-sql §1.4).

use super::super::super::ast::ddl::{ConstraintKind, CreateTable};
use super::super::super::bind;
use super::super::super::core::{Core, Trouble};
use super::super::super::store::catalog::{self, Column, Table};
use super::super::super::store::{broken, counters::ROW_NUMBER, temporary};
use super::super::super::{validation, value};
use super::super::Values;
use super::{column, execute, find, key, no_fields, schema, schema_of, taken, untaken};

pub(super) fn table(core: &Core, create: &CreateTable) -> Result<bool, Trouble> {
    let schema = schema::defined(core, schema_of(core, &create.name))?;
    let name = &create.name.name;
    if find(core, &create.name)?.is_some() {
        if create.if_not_exists {
            return Ok(false);
        }
        return Err(taken(&schema, name).into());
    }
    untaken(core, &schema, name, 0)?;
    let mut table = Table {
        id: 0,
        schema,
        name: name.clone(),
        columns: Vec::new(),
        keys: Vec::new(),
        indexes: Vec::new(),
        next: 1,
        unnamed: 0,
        identity_insert: create.options.identity_insert,
        public_row_id: create.options.public_row_id,
        temporary: create.temporary,
        description: create.options.description.clone().unwrap_or_default(),
        view: None,
    };
    if create.query.is_some() {
        return from_query(core, create, table);
    }
    elements(core, create, &mut table)?;
    file(core, &mut table)?;
    Ok(true)
}

/// Columns and constraints. Names are given in the order of the text; foreign keys come last, as
/// they may point to a key that stands after them.
fn elements(core: &Core, create: &CreateTable, table: &mut Table) -> Result<(), Trouble> {
    let mut keys = Vec::new();
    for definition in &create.columns {
        column::add(core, table, definition)?;
        keys.extend(key::of_column(table, definition));
    }
    if table.columns.is_empty() {
        return Err(no_fields().into());
    }
    for constraint in &create.constraints {
        keys.push(key::named(table, constraint));
    }
    keys.sort_by_key(|constraint| constraint.kind == ConstraintKind::Foreign);
    for constraint in &keys {
        key::add(core, table, constraint)?;
    }
    Ok(())
}

/// Writes the definition and makes the table in SQLite.
fn file(core: &Core, table: &mut Table) -> Result<(), Trouble> {
    table.id = catalog::insert(&core.connection, &core.identity.namespace, table)?;
    let columns: String =
        table.stored_columns().map(|column| format!(", {}", column::sql(column))).collect();
    let id = table.id;
    execute(core, &format!("CREATE TABLE t{id}(rid INTEGER PRIMARY KEY{columns}) STRICT"))?;
    // A table that references itself learned its own number only now.
    for key in &mut table.keys {
        if let Some((target, _)) = &mut key.target
            && *target == 0
        {
            *target = id;
        }
    }
    for key in &table.keys {
        execute(core, &key::sql(table, key))?;
    }
    catalog::update(&core.connection, table)?;
    catalog::raise(&core.connection, &core.identity.namespace)?;
    Ok(())
}

/// AS SELECT: names and types of the query, then its rows (iris-sql §1.4).
fn from_query(core: &Core, create: &CreateTable, mut table: Table) -> Result<bool, Trouble> {
    let Some(query) = &create.query else { return Ok(false) };
    let namespace = &core.identity.namespace;
    let mut lookup =
        |schema: &str, name: &str| catalog::find(&core.connection, namespace, schema, name);
    let bound = bind::query_alone(
        query,
        create.echo.clone(),
        core.version,
        &core.default_schema,
        &mut lookup,
    )?;
    for (output, upper) in &bound.columns {
        // UNVERIFIED(iris): every column may be NULL, whatever the query's tables say.
        column::unique_name(&table, &output.name)?;
        let column = column::of_output(&mut table, output, *upper, true);
        table.columns.push(column);
    }
    file(core, &mut table)?;
    temporary::ready(&core.connection, &table)?;
    let values = Values { elements: Vec::new() };
    let rows = super::super::rows_of(core, &bound.plan, &values, &bound.sql)?;
    let names: Vec<String> = table.columns.iter().map(Column::stored).collect();
    let marks: Vec<String> = (2..=names.len() + 1).map(|n| format!("?{n}")).collect();
    let (id, names, marks) = (table.id, names.join(", "), marks.join(", "));
    let sql = format!("INSERT INTO t{id}(rid, {names}) VALUES (?1, {marks})");
    let mut statement = core.connection.prepare(&sql).map_err(|e| broken(&e))?;
    for row in rows {
        core.check_interrupt()?;
        let mut cells = Vec::with_capacity(row.len() + 1);
        cells.push(value::integer(core.next_number(id, ROW_NUMBER)?));
        for ((column, (output, _)), cell) in table.columns.iter().zip(&bound.columns).zip(&row) {
            let input = value::kept(cell, output.ty);
            cells.push(validation::stored(&table, column, &input, core.select_mode, true)?);
        }
        statement.execute(rusqlite::params_from_iter(cells)).map_err(|e| broken(&e))?;
    }
    Ok(true)
}

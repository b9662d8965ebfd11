//! CREATE SCHEMA and DROP SCHEMA (iris-sql §1.4).

use super::super::super::api::SqlFailure;
use super::super::super::bind::DEFAULT_SCHEMA;
use super::super::super::core::{Core, Trouble};
use super::super::super::sqlcode::{bare, fail};
use super::super::super::store::broken;
use super::super::super::store::catalog::{self, Table, same};
use super::{drop, exclusive, views_over};

/// The schema's name as first defined.
pub(super) fn defined(core: &Core, schema: &str) -> Result<String, SqlFailure> {
    if same(schema, DEFAULT_SCHEMA) {
        return Ok(DEFAULT_SCHEMA.to_owned());
    }
    let all = catalog::all(&core.connection, &core.identity.namespace)?;
    if let Some(table) = all.iter().find(|table| same(&table.schema, schema)) {
        return Ok(table.schema.clone());
    }
    Ok(made(core, schema)?.unwrap_or_else(|| schema.to_owned()))
}

/// The name of a schema that CREATE SCHEMA made.
fn made(core: &Core, schema: &str) -> Result<Option<String>, SqlFailure> {
    let sql = "SELECT name FROM schemas WHERE ns = ?1 AND key = ?2";
    let values = (&core.identity.namespace, catalog::key(schema));
    let mut statement = core.connection.prepare_cached(sql).map_err(|e| broken(&e))?;
    let mut rows = statement.query(values).map_err(|e| broken(&e))?;
    match rows.next().map_err(|e| broken(&e))? {
        Some(row) => row.get(0).map(Some).map_err(|e| broken(&e)),
        None => Ok(None),
    }
}

/// A schema exists when it was made, and otherwise while it has objects (iris-sql §1.4): else
/// −476.
pub(super) fn create(core: &Core, name: &str, if_not_exists: bool) -> Result<bool, Trouble> {
    let all = catalog::all(&core.connection, &core.identity.namespace)?;
    let exists = same(name, DEFAULT_SCHEMA)
        || all.iter().any(|table| same(&table.schema, name))
        || made(core, name)?.is_some();
    if exists {
        if if_not_exists {
            return Ok(false);
        }
        return Err(fail(-476, format!("Schema '{name}' already exists")).into());
    }
    let sql = "INSERT INTO schemas(ns, key, name) VALUES (?1, ?2, ?3)";
    let values = (&core.identity.namespace, catalog::key(name), name);
    core.connection.execute(sql, values).map_err(|e| broken(&e))?;
    catalog::raise(&core.connection, &core.identity.namespace)?;
    Ok(true)
}

/// −473 for an unknown schema, −482 for one with objects (iris-sql §1.4).
pub(super) fn drop(
    core: &Core,
    name: &str,
    if_exists: bool,
    cascade: bool,
) -> Result<bool, Trouble> {
    let all = catalog::all(&core.connection, &core.identity.namespace)?;
    let tables: Vec<&Table> = all.iter().filter(|table| same(&table.schema, name)).collect();
    if tables.is_empty() && made(core, name)?.is_none() {
        if if_exists {
            return Ok(false);
        }
        return Err(fail(-473, format!("Schema '{name}' not found")).into());
    }
    if !tables.is_empty() && !cascade {
        return Err(fail(-482, format!("Schema '{name}' is not empty")).into());
    }
    core.forget();
    for table in &tables {
        exclusive(core, table)?;
        let outside =
            core.references_to(table)?.iter().any(|(other, _)| !same(&other.schema, name));
        if outside {
            return Err(bare(-320).into());
        }
    }
    core.forget();
    let ids: Vec<i64> = tables.iter().map(|table| table.id).collect();
    // UNVERIFIED(iris): views of other schemas go with the tables under them.
    for view in views_over(core, &ids)? {
        drop::remove(core, &view)?;
    }
    for table in tables {
        drop::remove(core, table)?;
    }
    let sql = "DELETE FROM schemas WHERE ns = ?1 AND key = ?2";
    let values = (&core.identity.namespace, catalog::key(name));
    core.connection.execute(sql, values).map_err(|e| broken(&e))?;
    catalog::raise(&core.connection, &core.identity.namespace)?;
    Ok(true)
}

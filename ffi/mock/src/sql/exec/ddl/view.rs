//! CREATE VIEW, ALTER VIEW and DROP VIEW (iris-sql §1.4).

use super::super::super::api::SqlFailure;
use super::super::super::ast::Name;
use super::super::super::ast::ddl::{CreateView, ViewVerb};
use super::super::super::bind::{self, missing_table};
use super::super::super::core::{Core, Trouble};
use super::super::super::sqlcode::{bare, fail};
use super::super::super::store::catalog::{self, Table, View, ViewMode, same};
use super::{changed, column, drop, find, schema, schema_of, taken, untaken, views_over};

pub(super) fn create(core: &Core, create: &CreateView) -> Result<bool, Trouble> {
    let schema = schema::defined(core, schema_of(core, &create.name))?;
    let name = &create.name.name;
    let known = find(core, &create.name)?;
    let old = match (create.verb, known) {
        (ViewVerb::Replace | ViewVerb::Alter, Some(old)) if old.view.is_some() => Some(old),
        (ViewVerb::Alter, None) => {
            return Err(missing_table(schema_of(core, &create.name), name).into());
        }
        // iris-sql Appendix A: −201 also speaks of views.
        (_, Some(_)) => return Err(taken(&schema, name).into()),
        (_, None) => None,
    };
    let mut table = Table {
        id: old.as_ref().map_or(0, |old| old.id),
        schema: old.as_ref().map_or(schema, |old| old.schema.clone()),
        name: old.as_ref().map_or_else(|| name.clone(), |old| old.name.clone()),
        columns: Vec::new(),
        keys: Vec::new(),
        indexes: Vec::new(),
        next: 1,
        unnamed: 0,
        identity_insert: false,
        public_row_id: false,
        temporary: false,
        description: String::new(),
        view: None,
    };
    define(core, create, &mut table)?;
    if table.id == 0 {
        untaken(core, &table.schema, name, 0)?;
        catalog::insert(&core.connection, &core.identity.namespace, &table)?;
        catalog::raise(&core.connection, &core.identity.namespace)?;
        return Ok(true);
    }
    Ok(changed(core, &table)?)
}

/// Binds the query and takes over its columns.
fn define(core: &Core, create: &CreateView, table: &mut Table) -> Result<(), SqlFailure> {
    let namespace = &core.identity.namespace;
    let mut lookup =
        |schema: &str, name: &str| catalog::find(&core.connection, namespace, schema, name);
    let bound = bind::query_alone(
        &create.query,
        create.echo.clone(),
        core.version,
        &core.default_schema,
        &mut lookup,
    )?;
    let over = views_over(core, &[table.id])?;
    if table.id != 0
        && bound.uses.iter().any(|id| *id == table.id || over.iter().any(|view| view.id == *id))
    {
        // UNVERIFIED(iris): a view that would contain itself.
        return Err(fail(-400, "ERROR #5540: the view's query contains the view itself"));
    }
    for (output, upper) in &bound.columns {
        let column = column::of_output(table, output, *upper, false);
        table.columns.push(column);
    }
    if let Some(names) = &create.columns {
        if names.len() != table.columns.len() {
            // iris-sql Appendix A.
            return Err(bare(-142));
        }
        for (column, name) in table.columns.iter_mut().zip(names) {
            column.name.clone_from(name);
        }
    }
    for (at, column) in table.columns.iter().enumerate() {
        if table.columns.iter().skip(at + 1).any(|other| same(&other.name, &column.name)) {
            // iris-sql Appendix A.
            return Err(bare(-97));
        }
    }
    let checks = matches!(create.mode, ViewMode::LocalCheck | ViewMode::CascadedCheck);
    if checks && !bind::is_updatable(&create.query) {
        // iris-sql Appendix A.
        return Err(bare(-36));
    }
    table.view = Some(View {
        text: create.text.clone(),
        schema: core.default_schema.clone(),
        mode: create.mode,
        uses: bound.uses,
    });
    Ok(())
}

pub(super) fn drop(
    core: &Core,
    name: &Name,
    if_exists: bool,
    cascade: bool,
) -> Result<bool, Trouble> {
    let Some(view) = find(core, name)?.filter(|table| table.view.is_some()) else {
        if if_exists {
            return Ok(false);
        }
        return Err(missing_table(schema_of(core, name), &name.name).into());
    };
    let over = views_over(core, &[view.id])?;
    if !(over.is_empty() || cascade) {
        // iris-sql Appendix A.
        return Err(bare(-321).into());
    }
    for view in &over {
        drop::remove(core, view)?;
    }
    drop::remove(core, &view)?;
    catalog::raise(&core.connection, &core.identity.namespace)?;
    Ok(true)
}

//! DROP TABLE (iris-sql §1.4).

use super::super::super::api::SqlFailure;
use super::super::super::ast::Name;
use super::super::super::bind::missing_table;
use super::super::super::core::{Core, Trouble};
use super::super::super::sqlcode::bare;
use super::super::super::store::catalog::{self, Table};
use super::{exclusive, execute, find, schema_of, views_over};

pub(super) fn table(
    core: &Core,
    name: &Name,
    if_exists: bool,
    cascade: bool,
) -> Result<bool, Trouble> {
    let Some(table) = find(core, name)?.filter(|table| table.view.is_none()) else {
        if if_exists {
            return Ok(false);
        }
        return Err(missing_table(schema_of(core, name), &name.name).into());
    };
    exclusive(core, &table)?;
    core.forget();
    let foreign = core.references_to(&table)?;
    core.forget();
    if foreign.iter().any(|(other, _)| other.id != table.id) {
        // iris-sql §1.4. UNVERIFIED(iris): also with CASCADE, which is about views.
        return Err(bare(-320).into());
    }
    let views = views_over(core, &[table.id])?;
    if !(views.is_empty() || cascade) {
        // iris-sql §1.8.
        return Err(bare(-321).into());
    }
    for view in &views {
        remove(core, view)?;
    }
    remove(core, &table)?;
    catalog::raise(&core.connection, &core.identity.namespace)?;
    Ok(true)
}

/// Removes a table or view with all that belongs to it.
pub(super) fn remove(core: &Core, table: &Table) -> Result<(), SqlFailure> {
    let id = table.id;
    if table.view.is_some() {
        return execute(core, &format!("DELETE FROM tables WHERE id = {id}"));
    }
    execute(
        core,
        &format!(
            "DROP TABLE IF EXISTS temp.t{id}; DROP TABLE main.t{id};
             DELETE FROM tables WHERE id = {id}; DELETE FROM counters WHERE tab = {id};"
        ),
    )?;
    core.forget_rows(table)
}

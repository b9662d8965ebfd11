//! CREATE INDEX and DROP INDEX (iris-sql §1.4).

use super::super::super::api::SqlFailure;
use super::super::super::ast::Name;
use super::super::super::ast::ddl::CreateIndex;
use super::super::super::core::{Core, Trouble};
use super::super::super::sqlcode::{bare, fail};
use super::super::super::store::catalog::{self, Index, IndexKind, Table, same};
use super::{changed, exclusive, execute, find, found, key, schema_of, stored_names};

pub(super) fn create(core: &Core, create: &CreateIndex) -> Result<bool, Trouble> {
    let known = find(core, &create.table)?.filter(|table| table.view.is_none());
    let Some(table) = known else {
        // iris-sql §1.7: CREATE INDEX says "does not exist".
        let schema = schema_of(core, &create.table).to_uppercase();
        let full = format!("{schema}.{}", create.table.name.to_uppercase());
        return Err(fail(-30, format!("Table '{full}' does not exist")).into());
    };
    exclusive(core, &table)?;
    let mut table = (*table).clone();
    let (full, name) = (table.full(), &create.name);
    let taken = table.indexes.iter().any(|index| same(&index.name, name))
        || table.keys.iter().any(|key| same(&key.name, name));
    if taken {
        // iris-sql Appendix A.
        return Err(fail(-324, format!("Index '{name}' already defined for table '{full}'")).into());
    }
    let columns = columns(&table, &create.columns)?;
    let data = self::columns(&table, &create.data)?;
    known_class(create)?;
    if create.kind == IndexKind::Vector {
        // iris-sql §1.4: HNSW is for VECTOR columns. UNVERIFIED(iris): the code.
        return Err(
            fail(-400, format!("ERROR #15806: Vector index '{name}' needs a vector")).into()
        );
    }
    let id = table.next;
    table.next += 1;
    if create.kind != IndexKind::BitmapExtent {
        let unique = if create.unique { "UNIQUE " } else { "" };
        let (number, columns) = (table.id, stored_names(&table, &columns));
        let sql = format!("CREATE {unique}INDEX main.t{number}_i{id} ON t{number}({columns})");
        key::make_unique(core, &table, name, &sql)?;
    }
    let (name, unique, kind) = (name.clone(), create.unique, create.kind);
    table.indexes.push(Index { id, name, unique, kind, columns, data });
    Ok(changed(core, &table)?)
}

/// −29 for an unknown column, −37 for a stream. UNVERIFIED(iris): the second code.
fn columns(table: &Table, names: &[String]) -> Result<Vec<i64>, SqlFailure> {
    let mut out = Vec::new();
    for name in names {
        let at = super::column_at(table, name)?;
        let Some(column) = table.columns.get(at) else { continue };
        if column.ty.is_stream() {
            return Err(bare(-37));
        }
        out.push(column.id);
    }
    Ok(out)
}

/// `AS class`: text indexes and HNSW exist; another class is not found when the table's class
/// compiles. UNVERIFIED(iris): −400 for it.
fn known_class(create: &CreateIndex) -> Result<(), SqlFailure> {
    let Some(class) = &create.class else { return Ok(()) };
    if create.kind == IndexKind::Vector || class.starts_with("%IFIND.INDEX.") {
        return Ok(());
    }
    Err(fail(-400, format!("ERROR #5351: Class '{class}' does not exist")))
}

pub(super) fn drop(
    core: &Core,
    name: &str,
    table: Option<&Name>,
    if_exists: bool,
) -> Result<bool, Trouble> {
    let tables: Vec<Table> = match table {
        Some(table) => vec![(*found(core, table)?).clone()],
        None => catalog::all(&core.connection, &core.identity.namespace)?,
    };
    let mut holders: Vec<Table> = tables
        .into_iter()
        .filter(|table| table.indexes.iter().any(|index| same(&index.name, name)))
        .collect();
    if holders.len() > 1 {
        // iris-sql Appendix A.
        return Err(bare(-334).into());
    }
    let Some(mut table) = holders.pop() else {
        if if_exists {
            return Ok(false);
        }
        // iris-sql Appendix A.
        return Err(fail(-333, format!("Index '{name}' does not exist")).into());
    };
    exclusive(core, &table)?;
    let Some(at) = table.indexes.iter().position(|index| same(&index.name, name)) else {
        return Err(bare(-333).into());
    };
    let index = table.indexes.remove(at);
    if index.unique {
        needed(core, &table, &index)?;
    }
    execute(core, &format!("DROP INDEX IF EXISTS main.t{}_i{}", table.id, index.id))?;
    Ok(changed(core, &table)?)
}

/// A unique index to which foreign keys point stays: −317 (iris-sql Appendix A).
fn needed(core: &Core, table: &Table, index: &Index) -> Result<(), SqlFailure> {
    core.forget();
    let referencing = core.references_to(table)?;
    core.forget();
    let covers = |ids: &[i64]| {
        ids.len() == index.columns.len() && ids.iter().all(|id| index.columns.contains(id))
    };
    let other = table.unique_sets().any(|(_, ids)| covers(ids));
    let points =
        referencing.iter().any(|(_, key)| key.target.as_ref().is_some_and(|(_, ids)| covers(ids)));
    if points && !other { Err(bare(-317)) } else { Ok(()) }
}

//! Constraints of a definition (iris-sql §1.4).

use super::super::super::api::SqlFailure;
use super::super::super::ast::ddl::{ColumnDef, ConstraintKind, Reference, TableConstraint};
use super::super::super::core::Core;
use super::super::super::sqlcode::{bare, fail};
use super::super::super::store::broken;
use super::super::super::store::catalog::{self, Column, Key, KeyAction, KeyKind, Table, same};
use super::super::super::types::{Filled, Kept};
use super::{columns_named, execute, find, schema_of, stored_names};

/// The index under a constraint.
pub(super) fn sql(table: &Table, key: &Key) -> String {
    let kind = if key.kind == KeyKind::Foreign { "" } else { "UNIQUE " };
    let (id, columns) = (table.id, stored_names(table, &key.columns));
    format!("CREATE {kind}INDEX main.t{id}_k{} ON t{id}({columns})", key.id)
}

/// The constraints that a column's definition holds, with computed names in upper case: `T_PKEY1`
/// (iris-sql §1.4).
pub(super) fn of_column(table: &mut Table, definition: &ColumnDef) -> Vec<TableConstraint> {
    let mut out = Vec::new();
    let mut push = |kind, name: &Option<String>, reference: Option<Reference>| {
        let word = match kind {
            ConstraintKind::Primary => "PKEY",
            ConstraintKind::Unique => "UNIQUE",
            ConstraintKind::Foreign => "FKEY",
        };
        let name = name.clone().unwrap_or_else(|| {
            table.unnamed += 1;
            format!("{}_{word}{}", table.name.to_uppercase(), table.unnamed)
        });
        let columns = vec![definition.name.clone()];
        out.push(TableConstraint { name: Some(name), kind, columns, reference });
    };
    if let Some(name) = &definition.primary {
        push(ConstraintKind::Primary, name, None);
    }
    if let Some(name) = &definition.unique {
        push(ConstraintKind::Unique, name, None);
    }
    if let Some((name, reference)) = &definition.references {
        push(ConstraintKind::Foreign, name, Some(reference.clone()));
    }
    out
}

/// A table constraint with its name, computed if none was written: `TPKey1` (iris-sql §1.4).
pub(super) fn named(table: &mut Table, constraint: &TableConstraint) -> TableConstraint {
    let word = match constraint.kind {
        ConstraintKind::Primary => "PKey",
        ConstraintKind::Unique => "Unique",
        ConstraintKind::Foreign => "FKey",
    };
    let mut constraint = constraint.clone();
    constraint.name.get_or_insert_with(|| {
        table.unnamed += 1;
        format!("{}{word}{}", table.name.to_uppercase(), table.unnamed)
    });
    constraint
}

/// Adds a constraint to the definition; its index is the caller's.
pub(super) fn add(
    core: &Core,
    table: &mut Table,
    constraint: &TableConstraint,
) -> Result<Key, SqlFailure> {
    let columns = columns_named(table, &constraint.columns)?;
    let kind = match constraint.kind {
        ConstraintKind::Primary => KeyKind::Primary,
        ConstraintKind::Unique => KeyKind::Unique,
        ConstraintKind::Foreign => KeyKind::Foreign,
    };
    let name = constraint.name.clone().unwrap_or_default();
    checked(table, kind, &name, &columns)?;
    let reference = constraint.reference.as_ref();
    let target = match reference {
        Some(reference) => Some(target_of(core, table, reference, columns.len())?),
        None => None,
    };
    let key = Key {
        id: table.next,
        kind,
        name,
        columns,
        target,
        on_delete: reference.map_or(KeyAction::NoAction, |r| r.on_delete),
        on_update: reference.map_or(KeyAction::NoAction, |r| r.on_update),
        no_check: reference.is_some_and(|r| r.no_check),
    };
    table.next += 1;
    if kind == KeyKind::Primary {
        for column in &mut table.columns {
            if key.columns.contains(&column.id) {
                column.not_null = true;
            }
        }
    }
    table.keys.push(key.clone());
    Ok(key)
}

/// The rules that hold for any constraint of a table (iris-sql Appendix A).
fn checked(table: &Table, kind: KeyKind, name: &str, columns: &[i64]) -> Result<(), SqlFailure> {
    let full = table.full();
    if table.keys.iter().any(|other| same(&other.name, name))
        || table.indexes.iter().any(|other| same(&other.name, name))
    {
        let code = if kind == KeyKind::Foreign { -311 } else { -324 };
        return Err(fail(code, format!("Table '{full}', Constraint '{name}' already exists")));
    }
    if kind == KeyKind::Primary && table.keys.iter().any(|k| k.kind == KeyKind::Primary) {
        return Err(fail(-307, format!("Primary key already defined for table '{full}'")));
    }
    let stream = |id: &i64| table.column(*id).is_some_and(|c| c.ty.is_stream());
    if columns.iter().any(stream) {
        // UNVERIFIED(iris): the code for a key over a stream.
        return Err(bare(-37));
    }
    Ok(())
}

/// The table and columns that a foreign key points to: −310, −316, −314, −319, −79 (iris-sql
/// Appendix A).
fn target_of(
    core: &Core,
    table: &Table,
    reference: &Reference,
    width: usize,
) -> Result<(i64, Vec<i64>), SqlFailure> {
    let schema = schema_of(core, &reference.table);
    let itself = same(schema, &table.schema) && same(&reference.table.name, &table.name);
    let other = if itself {
        None
    } else {
        let known = find(core, &reference.table)?.filter(|table| table.view.is_none());
        Some(known.ok_or_else(|| bare(-310))?)
    };
    let target = other.as_deref().unwrap_or(table);
    let ids = if reference.columns.is_empty() {
        match target.keys.iter().find(|key| key.kind == KeyKind::Primary) {
            Some(key) => key.columns.clone(),
            // Without a primary key the IDENTITY is meant.
            None if target.columns.iter().any(|c| c.filled == Filled::Identity) => Vec::new(),
            None => return Err(bare(-319)),
        }
    } else {
        let ids: Option<Vec<i64>> =
            reference.columns.iter().map(|name| target.named(name).map(|c| c.id)).collect();
        ids.ok_or_else(|| bare(-316))?
    };
    if width != ids.len().max(1) {
        return Err(bare(-79));
    }
    let identity =
        |id: &i64| target.column(*id).is_some_and(|column| column.filled == Filled::Identity);
    let unique = target.unique_sets().any(|(_, columns)| {
        columns.len() == ids.len() && ids.iter().all(|id| columns.contains(id))
    });
    let row = ids.is_empty() || ids.len() == 1 && ids.iter().all(identity);
    if !(unique || row) {
        return Err(bare(-314));
    }
    Ok((if itself { table.id } else { target.id }, if row { Vec::new() } else { ids }))
}

/// Makes a unique index; −125 where the rows do not allow it (iris-sql Appendix A), those included
/// that a rollback of the session's own transaction would bring back. UNVERIFIED(iris): it may let
/// that rollback make two rows of one key.
pub(super) fn make_unique(
    core: &Core,
    table: &Table,
    name: &str,
    sql: &str,
) -> Result<(), SqlFailure> {
    let twins = || {
        let full = table.full();
        fail(-125, format!("Table '{full}', Constraint '{name}' failed unique check"))
    };
    core.connection.execute_batch(sql).map_err(|error| match &error {
        rusqlite::Error::SqliteFailure(code, _)
            if code.code == rusqlite::ErrorCode::ConstraintViolation =>
        {
            twins()
        }
        other => broken(other),
    })?;
    core.mark_given_up(table);
    if core.could_roll_back()? { Ok(()) } else { Err(twins()) }
}

/// Makes a new constraint hold for the rows that are there: −125, −127 and, for NULL in a primary
/// key, −305. UNVERIFIED(iris): that −305 comes here, too.
pub(super) fn impose(core: &Core, table: &Table, key: &Key) -> Result<(), SqlFailure> {
    if key.kind == KeyKind::Primary {
        let nulls: Vec<String> = key
            .columns
            .iter()
            .filter_map(|id| table.column(*id))
            .map(|column| format!("{} IS NULL", column.stored()))
            .collect();
        let sql =
            format!("SELECT EXISTS(SELECT 1 FROM t{} WHERE {})", table.id, nulls.join(" OR "));
        if core.connection.query_row(&sql, [], |row| row.get(0)).map_err(|e| broken(&e))? {
            return Err(bare(-305));
        }
    }
    make_unique(core, table, &key.name, &sql(table, key))?;
    if key.kind == KeyKind::Foreign && !key.no_check {
        referenced(core, table, key)?;
    }
    Ok(())
}

/// −127 where a row points to nothing (iris-sql Appendix A).
fn referenced(core: &Core, table: &Table, key: &Key) -> Result<(), SqlFailure> {
    let Some((target, ids)) = &key.target else { return Ok(()) };
    let other = catalog::by_id(&core.connection, *target)?;
    let mine = stored_names(table, &key.columns);
    let pairs: Vec<String> = key
        .columns
        .iter()
        .enumerate()
        .map(|(at, id)| {
            let theirs = ids.get(at).and_then(|id| other.as_ref()?.column(*id));
            let places = |column: Option<&Column>| match column.map(|column| column.ty.kept()) {
                Some(Kept::Whole(places)) => u32::from(places),
                _ => 0,
            };
            let (from, to) = (places(table.column(*id)), places(theirs));
            // Whole numbers of other scales are brought to the finer one.
            let times = |by: u32| {
                if by == 0 { String::new() } else { format!(" * 1{:0>by$}", "", by = by as usize) }
            };
            let theirs = theirs.map_or_else(|| "rid".to_owned(), Column::stored);
            let (a, b) = (times(to.saturating_sub(from)), times(from.saturating_sub(to)));
            format!("b.{theirs}{b} = a.c{id}{a}")
        })
        .collect();
    let given: Vec<String> = mine.split(", ").map(|c| format!("a.{c} IS NOT NULL")).collect();
    let sql = format!(
        "SELECT EXISTS(SELECT 1 FROM t{} AS a WHERE {} AND NOT EXISTS(SELECT 1 FROM t{target} AS \
         b WHERE {}))",
        table.id,
        given.join(" AND "),
        pairs.join(" AND "),
    );
    let orphan: bool =
        core.connection.query_row(&sql, [], |row| row.get(0)).map_err(|e| broken(&e))?;
    if orphan {
        let (full, name) = (table.full(), &key.name);
        let text = "failed referential integrity check";
        return Err(fail(-127, format!("Table '{full}', Foreign Key Constraint '{name}' {text}")));
    }
    Ok(())
}

/// Drops a constraint: −317 for one to which foreign keys point (iris-sql Appendix A).
pub(super) fn remove(core: &Core, table: &mut Table, at: usize) -> Result<(), SqlFailure> {
    let Some(key) = table.keys.get(at).cloned() else { return Err(bare(-315)) };
    if key.kind != KeyKind::Foreign {
        core.forget();
        let referencing = core.references_to(table)?;
        core.forget();
        let points = |other: &Key| {
            other.target.as_ref().is_some_and(|(_, ids)| {
                ids.len() == key.columns.len() && ids.iter().all(|id| key.columns.contains(id))
            })
        };
        let alone = !table.unique_sets().any(|(name, ids)| {
            name != key.name
                && ids.len() == key.columns.len()
                && ids.iter().all(|id| key.columns.contains(id))
        });
        if alone && referencing.iter().any(|(_, other)| points(other)) {
            return Err(bare(-317));
        }
    }
    execute(core, &format!("DROP INDEX main.t{}_k{}", table.id, key.id))?;
    table.keys.remove(at);
    Ok(())
}

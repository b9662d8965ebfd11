//! Before-images: what a rolled back transaction puts back.

use rusqlite::Connection;
use rusqlite::types::Value;

use super::super::api::SqlFailure;
use super::super::types::Kept;
use super::catalog::{self, Table};
use super::image;
use super::locks;
use super::page::Page;
use super::{broken, writing};
use crate::list::{ListReader, ListWriter};

/// Keeps what a row is before it changes; `None` for a row that did not exist. Inside of a write
/// transaction.
pub(in crate::sql) fn keep(
    connection: &Connection,
    owner: i64,
    seq: i64,
    table: &Table,
    row: i64,
    image: Option<&[u8]>,
) -> Result<(), SqlFailure> {
    let sql = "INSERT INTO undo(owner, seq, tab, rid, image) VALUES (?1, ?2, ?3, ?4, ?5)";
    let mut statement = connection.prepare_cached(sql).map_err(|e| broken(&e))?;
    statement.execute((owner, seq, table.id, row, image)).map_err(|e| broken(&e))?;
    Ok(())
}

/// The image of a row as it is now, `None` when there is no such row.
pub(in crate::sql) fn image_of(
    connection: &Connection,
    table: &Table,
    row: i64,
) -> Result<Option<Vec<u8>>, SqlFailure> {
    let names: Vec<String> = table.stored_columns().map(catalog::Column::stored).collect();
    let list = if names.is_empty() { "NULL".to_owned() } else { names.join(",") };
    let sql = format!("SELECT {list} FROM t{} WHERE rid = ?1", table.id);
    let mut statement = connection.prepare_cached(&sql).map_err(|e| broken(&e))?;
    let mut rows = statement.query([row]).map_err(|e| broken(&e))?;
    let Some(found) = rows.next().map_err(|e| broken(&e))? else { return Ok(None) };
    let mut out = ListWriter::new();
    for (at, column) in table.stored_columns().enumerate() {
        out.integer(column.id);
        image::put(&mut out, found.get_ref(at).map_err(|e| broken(&e))?);
    }
    Ok(Some(out.into_bytes()))
}

/// An image's columns and values, those that the table still has.
pub(in crate::sql) fn values(table: &Table, image: &[u8]) -> Vec<(i64, Value)> {
    let mut reader = ListReader::new(image);
    let mut out = Vec::new();
    while let (Ok(Some(crate::list::Element::Integer(id))), Ok(Some(element))) =
        (reader.read(), reader.read())
    {
        if let Some(column) = table.column(id) {
            let text = matches!(column.ty.kept(), Kept::Text | Kept::Number);
            out.push((id, image::take(element, text)));
        }
    }
    out
}

/// Undoes the owner's changes from `from` on, the last first. Inside of a write transaction.
pub(in crate::sql) fn apply(
    connection: &Connection,
    owner: i64,
    from: i64,
) -> Result<(), SqlFailure> {
    let sql = "SELECT tab, rid, image FROM undo WHERE owner = ?1 AND seq >= ?2 ORDER BY seq DESC";
    let mut statement = connection.prepare_cached(sql).map_err(|e| broken(&e))?;
    let mut rows = statement.query((owner, from)).map_err(|e| broken(&e))?;
    let mut table: Option<Table> = None;
    while let Some(row) = rows.next().map_err(|e| broken(&e))? {
        let id: i64 = row.get(0).map_err(|e| broken(&e))?;
        let rid: i64 = row.get(1).map_err(|e| broken(&e))?;
        let image: Option<Vec<u8>> = row.get(2).map_err(|e| broken(&e))?;
        if table.as_ref().is_none_or(|t| t.id != id) {
            table = catalog::by_id(connection, id)?;
        }
        // A table that was dropped since then has nothing to put back.
        let Some(table) = &table else { continue };
        restore(connection, table, rid, image.as_deref())?;
    }
    drop(rows);
    let sql = "DELETE FROM undo WHERE owner = ?1 AND seq >= ?2";
    let mut statement = connection.prepare_cached(sql).map_err(|e| broken(&e))?;
    statement.execute((owner, from)).map_err(|e| broken(&e))?;
    Ok(())
}

fn restore(
    connection: &Connection,
    table: &Table,
    rid: i64,
    image: Option<&[u8]>,
) -> Result<(), SqlFailure> {
    let sql = format!("DELETE FROM t{} WHERE rid = ?1", table.id);
    let mut statement = connection.prepare_cached(&sql).map_err(|e| broken(&e))?;
    statement.execute([rid]).map_err(|e| broken(&e))?;
    let Some(image) = image else { return Ok(()) };
    let values = values(table, image);
    let names: String = values.iter().map(|(id, _)| format!(", c{id}")).collect();
    let marks: String = (0..values.len()).map(|n| format!(", ?{}", n + 2)).collect();
    let sql = format!("INSERT INTO t{}(rid{names}) VALUES (?1{marks})", table.id);
    let mut statement = connection.prepare_cached(&sql).map_err(|e| broken(&e))?;
    let all = std::iter::once(Value::Integer(rid)).chain(values.into_iter().map(|(_, v)| v));
    statement.execute(rusqlite::params_from_iter(all)).map_err(|e| broken(&e))?;
    Ok(())
}

/// Rolls an owner back whole. The owner's entry goes in a second transaction, so that the page's
/// counter never says "no locks" while a reader may still see undone changes.
pub(in crate::sql) fn roll_back(
    connection: &Connection,
    page: &Page,
    owner: i64,
) -> Result<(), SqlFailure> {
    writing(connection, || {
        apply(connection, owner, 0)?;
        locks::release(connection, owner)
    })?;
    writing(connection, || locks::unregister(connection, page, owner))
}

//! Before-images: what a rolled back transaction puts back.

use std::sync::atomic::{AtomicI64, Ordering};

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension};

use super::super::api::SqlFailure;
use super::super::types::Kept;
use super::catalog::{self, Table};
use super::death::point;
use super::image;
use super::page::{Page, Slot, slot_number};
use super::{broken, writing};
use crate::list::{ListReader, ListWriter};

/// Keeps what a row is before it changes; `None` for a row that did not exist. Inside of a write
/// transaction. What an earlier transaction of the slot left under this number is replaced.
pub(in crate::sql) fn keep(
    connection: &Connection,
    owner: i64,
    seq: i64,
    table: &Table,
    row: i64,
    image: Option<&[u8]>,
) -> Result<(), SqlFailure> {
    let sql = "INSERT OR REPLACE INTO undo(slot, seq, owner, tab, rid, image)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let mut statement = connection.prepare_cached(sql).map_err(|e| broken(&e))?;
    statement
        .execute((slot_of(owner), seq, owner, table.id, row, image))
        .map_err(|e| broken(&e))?;
    Ok(())
}

fn slot_of(owner: i64) -> i64 {
    i64::try_from(slot_number(owner)).unwrap_or(0)
}

/// Keeps the insertion of a row in shared memory, where it follows the one before it with nothing
/// else between. A range may name a row that was not filed after all when the process was killed;
/// its lock keeps others from that number until the range is undone. Gives whether there was room,
/// and whether a range was begun under `seq`. `level` is where the innermost level began.
pub(in crate::sql) fn keep_inserted(
    slot: &Slot,
    seq: i64,
    level: i64,
    table: i64,
    row: i64,
) -> Option<bool> {
    let used = usize::try_from(slot.ranges_used.load(Ordering::Acquire)).unwrap_or(0);
    if let Some(range) = used.checked_sub(1).and_then(|last| slot.ranges.get(last))
        && range.table.load(Ordering::Acquire) == table
        && range.last.load(Ordering::Acquire) + 1 == row
        && range.seq.load(Ordering::Acquire) >= level
        && range.seq.load(Ordering::Acquire) + 1 == seq
    {
        range.last.store(row, Ordering::Release);
        point("range longer");
        return Some(false);
    }
    let range = slot.ranges.get(used)?;
    range.table.store(table, Ordering::Release);
    range.first.store(row, Ordering::Release);
    range.last.store(row, Ordering::Release);
    range.seq.store(seq, Ordering::Release);
    point("range written");
    slot.ranges_used.fetch_add(1, Ordering::AcqRel);
    point("range kept");
    Some(true)
}

/// The ranges of inserted rows from `from` on: table, first and last row, and their place.
fn inserted(slot: &Slot, from: i64) -> Vec<[i64; 4]> {
    let used = usize::try_from(slot.ranges_used.load(Ordering::Acquire)).unwrap_or(0);
    let ranges = slot.ranges.iter().take(used);
    ranges
        .filter(|range| range.seq.load(Ordering::Acquire) >= from)
        .map(|range| {
            let of = |field: &AtomicI64| field.load(Ordering::Acquire);
            [of(&range.table), of(&range.first), of(&range.last), of(&range.seq)]
        })
        .collect()
}

/// Forgets the before-images of a table whose rows are gone for good; inside of a write
/// transaction.
pub(in crate::sql) fn forget(connection: &Connection, table: i64) -> Result<(), SqlFailure> {
    let sql = "DELETE FROM undo WHERE tab = ?1";
    connection.execute(sql, [table]).map(|_| ()).map_err(|e| broken(&e))
}

/// Forgets ranges of inserted rows of a table whose rows are gone for good. Not before that is
/// final: without their range, rows that came back would stay.
pub(in crate::sql) fn forget_ranges(page: &Page, table: i64) {
    for (_, slot) in page.slots() {
        for range in &slot.ranges {
            let place = &range.table;
            // 0 is no table: the range undoes nothing, wherever its session goes back to.
            place.compare_exchange(table, 0, Ordering::AcqRel, Ordering::Acquire).ok();
        }
    }
}

/// The image of a row as it is now, `None` when there is no such row.
pub(in crate::sql) fn image_of(
    connection: &Connection,
    table: &Table,
    row: i64,
) -> Result<Option<Vec<u8>>, SqlFailure> {
    image_by(connection, &image_text(table), table, row)
}

/// The text that reads a row for its image.
pub(in crate::sql) fn image_text(table: &Table) -> String {
    let names: Vec<String> = table.stored_columns().map(catalog::Column::stored).collect();
    let list = if names.is_empty() { "NULL".to_owned() } else { names.join(",") };
    format!("SELECT {list} FROM t{} WHERE rid = ?1", table.id)
}

/// [`image_of`] by a text that was made before.
pub(in crate::sql) fn image_by(
    connection: &Connection,
    sql: &str,
    table: &Table,
    row: i64,
) -> Result<Option<Vec<u8>>, SqlFailure> {
    let mut statement = connection.prepare_cached(sql).map_err(|e| broken(&e))?;
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

/// Undoes the owner's changes from `from` on, the last first. Inside of a write transaction. Gives
/// whether all rows are back: those stay away that cannot stand beside others, so that nothing a
/// session defined in its transaction keeps its rollback from its end.
pub(in crate::sql) fn apply(
    connection: &Connection,
    page: &Page,
    owner: i64,
    from: i64,
) -> Result<bool, SqlFailure> {
    let mut whole = true;
    // Inserted rows go first, since they may stand on keys that come back.
    let slot = page.slot_of(owner);
    let mut inserted = inserted(slot, from);
    let level = slot.undone.load(Ordering::Acquire);
    // Those that a process undid that died before it could say so, or that is just about to: a row
    // of the same number may stand there again.
    if let Some(done) = undone(connection, owner, level)? {
        inserted.retain(|[.., seq]| *seq < done);
    }
    for [id, first, last, _] in &inserted {
        if catalog::by_id(connection, *id)?.is_some() {
            let sql = format!("DELETE FROM t{id} WHERE rid BETWEEN ?1 AND ?2");
            let mut statement = connection.prepare_cached(&sql).map_err(|e| broken(&e))?;
            statement.execute((first, last)).map_err(|e| broken(&e))?;
        }
    }
    point("inserted rows undone");
    let gone = |id: i64, row: i64, at: i64| {
        inserted.iter().any(|[table, first, last, seq]| {
            *table == id && (*first..=*last).contains(&row) && at > *seq
        })
    };
    let sql = "SELECT tab, rid, image, seq FROM undo
               WHERE slot = ?1 AND owner = ?2 AND seq >= ?3 ORDER BY seq DESC";
    let mut statement = connection.prepare_cached(sql).map_err(|e| broken(&e))?;
    let mut rows = statement.query((slot_of(owner), owner, from)).map_err(|e| broken(&e))?;
    let mut table: Option<Table> = None;
    while let Some(row) = rows.next().map_err(|e| broken(&e))? {
        let id: i64 = row.get(0).map_err(|e| broken(&e))?;
        let rid: i64 = row.get(1).map_err(|e| broken(&e))?;
        let image: Option<Vec<u8>> = row.get(2).map_err(|e| broken(&e))?;
        // What became of a row after it was inserted does not matter any more.
        if gone(id, rid, row.get(3).map_err(|e| broken(&e))?) {
            continue;
        }
        if table.as_ref().is_none_or(|t| t.id != id) {
            table = catalog::by_id(connection, id)?;
        }
        // A table that was dropped since then has nothing to put back.
        let Some(table) = &table else { continue };
        whole &= restore(connection, table, rid, image.as_deref())?;
    }
    drop(rows);
    point("images undone");
    discard(connection, owner, from, i64::MAX)?;
    if !inserted.is_empty() {
        let sql = "INSERT OR REPLACE INTO undo(slot, seq, owner, tab, rid, image)
                   VALUES (?1, ?2, ?3, ?4, ?5, NULL)";
        let mut statement = connection.prepare_cached(sql).map_err(|e| broken(&e))?;
        let mark = (slot_of(owner), UNDONE, owner, -1 - level, from);
        statement.execute(mark).map_err(|e| broken(&e))?;
    }
    Ok(whole)
}

/// The place of the mark which says that ranges of inserted rows are undone: they stand in shared
/// memory, so that they cannot go in the SQLite transaction that deletes their rows.
const UNDONE: i64 = -1;

/// From where on the owner's ranges are undone already, at this count of levels.
fn undone(connection: &Connection, owner: i64, level: i64) -> Result<Option<i64>, SqlFailure> {
    let sql = "SELECT rid FROM undo WHERE slot = ?1 AND seq = ?2 AND owner = ?3 AND tab = ?4";
    let mut statement = connection.prepare_cached(sql).map_err(|e| broken(&e))?;
    let mark = (slot_of(owner), UNDONE, owner, -1 - level);
    statement.query_row(mark, |row| row.get(0)).optional().map_err(|e| broken(&e))
}

/// Deletes before-images; inside of a write transaction.
pub(in crate::sql) fn discard(
    connection: &Connection,
    owner: i64,
    from: i64,
    to: i64,
) -> Result<(), SqlFailure> {
    let sql = "DELETE FROM undo WHERE slot = ?1 AND seq >= ?2 AND seq < ?3";
    let mut statement = connection.prepare_cached(sql).map_err(|e| broken(&e))?;
    statement.execute((slot_of(owner), from, to)).map(|_| ()).map_err(|e| broken(&e))
}

/// Before-images of other sessions' open transactions in which keys of the table may have been
/// given up: row and image.
pub(in crate::sql) fn given_up(
    connection: &Connection,
    page: &Page,
    table: i64,
    me: Option<usize>,
) -> Result<Vec<(i64, Vec<u8>)>, SqlFailure> {
    let mut out = Vec::new();
    for (at, slot) in page.slots() {
        let owner = slot.transaction.load(Ordering::Acquire);
        let marked = slot.given_up.load(Ordering::Acquire) & (1 << (table & 63)) != 0;
        if owner == 0 || !marked || me == Some(at) {
            continue;
        }
        let sql = "SELECT rid, image FROM undo
                   WHERE slot = ?1 AND owner = ?2 AND tab = ?3 AND image IS NOT NULL";
        let mut statement = connection.prepare_cached(sql).map_err(|e| broken(&e))?;
        let rows = statement
            .query_map((slot_of(owner), owner, table), |row| Ok((row.get(0)?, row.get(1)?)))
            .map_err(|e| broken(&e))?;
        for row in rows {
            out.push(row.map_err(|e| broken(&e))?);
        }
    }
    Ok(out)
}

/// Puts a row back as it was; gives whether it could be.
fn restore(
    connection: &Connection,
    table: &Table,
    rid: i64,
    image: Option<&[u8]>,
) -> Result<bool, SqlFailure> {
    let sql = format!("DELETE FROM t{} WHERE rid = ?1", table.id);
    let mut statement = connection.prepare_cached(&sql).map_err(|e| broken(&e))?;
    statement.execute([rid]).map_err(|e| broken(&e))?;
    let Some(image) = image else { return Ok(true) };
    let values = values(table, image);
    let names: String = values.iter().map(|(id, _)| format!(", c{id}")).collect();
    let marks: String = (0..values.len()).map(|n| format!(", ?{}", n + 2)).collect();
    let sql = format!("INSERT INTO t{}(rid{names}) VALUES (?1{marks})", table.id);
    let mut statement = connection.prepare_cached(&sql).map_err(|e| broken(&e))?;
    let all = std::iter::once(Value::Integer(rid)).chain(values.into_iter().map(|(_, v)| v));
    match statement.execute(rusqlite::params_from_iter(all)) {
        Err(error)
            if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) =>
        {
            Ok(false)
        }
        done => done.map(|_| true).map_err(|e| broken(&e)),
    }
}

/// Rolls an owner back whole. The transaction ends after the changes are undone, so that nobody
/// sees one of them without its lock. `still` is asked inside of the write transaction.
pub(in crate::sql) fn roll_back(
    connection: &Connection,
    page: &Page,
    owner: i64,
    still: impl Fn() -> bool,
) -> Result<(), SqlFailure> {
    let undone = writing::<_, SqlFailure>(connection, || {
        let due = still();
        if due {
            apply(connection, page, owner, 0)?;
        }
        Ok(due)
    })?;
    if undone {
        page.end_rolled_back(owner);
    }
    Ok(())
}

//! Row and table locks, and their owners: processes that may die (iris-sql §1.6).

use rusqlite::{Connection, OptionalExtension};

use super::super::api::SqlFailure;
use super::broken;
use super::page::Page;

/// The lock of a whole table stands under this row number.
pub(in crate::sql) const WHOLE_TABLE: i64 = i64::MIN;

/// More row locks of one table than this become a table lock: 1 000 (iris-sql §1.6).
pub(in crate::sql) const ESCALATION: u64 = 1_000;

/// A session that may own locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) struct Holder {
    pub(in crate::sql) pid: u32,
    /// The process's start time in clock ticks since boot, so that a reused pid is another process.
    pub(in crate::sql) start: i64,
    /// Distinguishes sessions of one process.
    pub(in crate::sql) session: i64,
}

/// When a process started, 0 when there is none: field 22 of its `stat`.
pub(in crate::sql) fn start_time(pid: u32) -> i64 {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else { return 0 };
    // The second field is the program's name in parentheses and may hold anything.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let dead = fields.split_whitespace().next().is_some_and(|state| matches!(state, "Z" | "X"));
    if dead {
        return 0;
    }
    fields.split_whitespace().nth(19).and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// Writes a new owner; inside of a write transaction.
pub(in crate::sql) fn register(
    connection: &Connection,
    page: &Page,
    holder: Holder,
) -> Result<i64, SqlFailure> {
    let sql = "INSERT INTO owners(pid, start, session) VALUES (?1, ?2, ?3)";
    let mut statement = connection.prepare_cached(sql).map_err(|e| broken(&e))?;
    statement.execute((holder.pid, holder.start, holder.session)).map_err(|e| broken(&e))?;
    let id = connection.last_insert_rowid();
    count(connection, page)?;
    Ok(id)
}

/// Sets the page's counter right; inside of a write transaction.
pub(in crate::sql) fn count(connection: &Connection, page: &Page) -> Result<(), SqlFailure> {
    let mut statement =
        connection.prepare_cached("SELECT count(*) FROM owners").map_err(|e| broken(&e))?;
    let owners: i64 = statement.query_row([], |row| row.get(0)).map_err(|e| broken(&e))?;
    page.set_owners(owners);
    Ok(())
}

/// Forgets an owner with its locks; inside of a write transaction.
pub(in crate::sql) fn release(connection: &Connection, owner: i64) -> Result<(), SqlFailure> {
    let mut statement =
        connection.prepare_cached("DELETE FROM locks WHERE owner = ?1").map_err(|e| broken(&e))?;
    statement.execute([owner]).map_err(|e| broken(&e))?;
    Ok(())
}

/// Removes the owner's entry and sets the counter right; inside of a write transaction.
pub(in crate::sql) fn unregister(
    connection: &Connection,
    page: &Page,
    owner: i64,
) -> Result<(), SqlFailure> {
    let mut statement =
        connection.prepare_cached("DELETE FROM owners WHERE id = ?1").map_err(|e| broken(&e))?;
    statement.execute([owner]).map_err(|e| broken(&e))?;
    count(connection, page)
}

/// The other owner that keeps `me` from the row, if any.
pub(in crate::sql) fn blocker(
    connection: &Connection,
    table: i64,
    row: i64,
    me: i64,
) -> Result<Option<i64>, SqlFailure> {
    let sql = "SELECT owner FROM locks WHERE tab = ?1 AND rid IN (?2, ?3) AND owner <> ?4 LIMIT 1";
    let mut statement = connection.prepare_cached(sql).map_err(|e| broken(&e))?;
    statement
        .query_row((table, row, WHOLE_TABLE, me), |row| row.get(0))
        .optional()
        .map_err(|e| broken(&e))
}

/// The other owner of any lock of the table, if any.
pub(in crate::sql) fn table_blocker(
    connection: &Connection,
    table: i64,
    me: i64,
) -> Result<Option<i64>, SqlFailure> {
    let sql = "SELECT owner FROM locks WHERE tab = ?1 AND owner <> ?2 LIMIT 1";
    let mut statement = connection.prepare_cached(sql).map_err(|e| broken(&e))?;
    statement.query_row((table, me), |row| row.get(0)).optional().map_err(|e| broken(&e))
}

/// Takes a row's lock; inside of a write transaction, after [`blocker`] gave none. Gives whether it
/// is new.
pub(in crate::sql) fn take(
    connection: &Connection,
    table: i64,
    row: i64,
    me: i64,
) -> Result<bool, SqlFailure> {
    let sql = "INSERT OR IGNORE INTO locks(tab, rid, owner) VALUES (?1, ?2, ?3)";
    let mut statement = connection.prepare_cached(sql).map_err(|e| broken(&e))?;
    statement.execute((table, row, me)).map(|n| n > 0).map_err(|e| broken(&e))
}

/// Turns the owner's row locks into a table lock where nobody else holds one.
pub(in crate::sql) fn escalate(
    connection: &Connection,
    table: i64,
    me: i64,
) -> Result<bool, SqlFailure> {
    if table_blocker(connection, table, me)?.is_some() {
        return Ok(false);
    }
    let sql = "DELETE FROM locks WHERE tab = ?1 AND owner = ?2";
    connection.execute(sql, (table, me)).map_err(|e| broken(&e))?;
    take(connection, table, WHOLE_TABLE, me)?;
    Ok(true)
}

/// Who an owner is, `None` when it is gone.
pub(in crate::sql) fn holder(
    connection: &Connection,
    owner: i64,
) -> Result<Option<Holder>, SqlFailure> {
    let sql = "SELECT pid, start, session FROM owners WHERE id = ?1";
    let mut statement = connection.prepare_cached(sql).map_err(|e| broken(&e))?;
    statement
        .query_row([owner], |row| {
            Ok(Holder { pid: row.get(0)?, start: row.get(1)?, session: row.get(2)? })
        })
        .optional()
        .map_err(|e| broken(&e))
}

/// All owners.
pub(in crate::sql) fn all(connection: &Connection) -> Result<Vec<i64>, SqlFailure> {
    let mut statement =
        connection.prepare_cached("SELECT id FROM owners").map_err(|e| broken(&e))?;
    let rows = statement.query_map([], |row| row.get(0)).map_err(|e| broken(&e))?;
    rows.collect::<Result<_, _>>().map_err(|e| broken(&e))
}

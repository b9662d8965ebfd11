//! Where rows, locks and before-images live: one SQLite file per instance, shared by all processes.
//!
//! SQLite gives no transactions to IRIS programs; every IRIS statement is one short SQLite
//! transaction, and none stays open between two calls.

pub(in crate::sql) mod catalog;
pub(in crate::sql) mod counters;
pub(in crate::sql) mod image;
pub(in crate::sql) mod locks;
pub(in crate::sql) mod page;
pub(in crate::sql) mod temporary;
pub(in crate::sql) mod undo;

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::api::{OpenError, SqlFailure};
use super::sqlcode::fail;

/// The data file's name.
const FILE: &str = "iris.sqlite";

/// Prepared SQLite statements kept per session: 256, above what a client's working set needs.
const STATEMENTS_KEPT: usize = 256;

/// Waits of the busy handler before it gives up: 20 s of at most 200 µs each. Every SQLite write
/// transaction is short, so that this means a stopped process.
const BUSY_TRIES: i32 = 100_000;

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS tables(
  id INTEGER PRIMARY KEY AUTOINCREMENT, ns TEXT NOT NULL, schema TEXT NOT NULL,
  name TEXT NOT NULL, key_schema TEXT NOT NULL, key_name TEXT NOT NULL, definition BLOB NOT NULL,
  UNIQUE(ns, key_schema, key_name)) STRICT;
CREATE TABLE IF NOT EXISTS schemas(
  ns TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY(ns, key)) STRICT;
CREATE TABLE IF NOT EXISTS generations(ns TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS counters(
  tab INTEGER NOT NULL, col INTEGER NOT NULL, last INTEGER NOT NULL,
  PRIMARY KEY(tab, col)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS undo(
  slot INTEGER NOT NULL, seq INTEGER NOT NULL, owner INTEGER NOT NULL, tab INTEGER NOT NULL,
  rid INTEGER NOT NULL, image BLOB, PRIMARY KEY(slot, seq)) STRICT, WITHOUT ROWID;
";

/// A trouble of SQLite itself, as IRIS would report a fatal error: −400 (iris-sql Appendix A).
pub(in crate::sql) fn broken(error: &rusqlite::Error) -> SqlFailure {
    if let rusqlite::Error::SqliteFailure(code, message) = error {
        if code.code == rusqlite::ErrorCode::OperationInterrupted {
            return interrupted();
        }
        // Registered functions say their SQLCODE in front of the message.
        if let Some((code, text)) = message.as_deref().and_then(|m| m.split_once('|'))
            && let Ok(sqlcode) = code.parse::<i32>()
        {
            return fail(sqlcode, text);
        }
        if message.as_deref().is_some_and(|m| m.contains("integer overflow")) {
            return fail(-400, "Unexpected error occurred: <MAXNUMBER>");
        }
    }
    fail(-400, format!("Unexpected error occurred: <DATABASE>{error}"))
}

/// −456, iris-sql §6 (cancelling).
pub(in crate::sql) fn interrupted() -> SqlFailure {
    fail(-456, "SQL query execution interrupted by user")
}

fn busy(tries: i32) -> bool {
    let step = u64::try_from(tries).unwrap_or(0).min(3);
    std::thread::sleep(Duration::from_micros(50 + 50 * step));
    tries < BUSY_TRIES
}

/// Opens a connection with the settings that every session uses.
pub(in crate::sql) fn connect(dir: &Path) -> Result<Connection, OpenError> {
    let store = |error: rusqlite::Error| OpenError::Store(error.to_string());
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(dir.join(FILE), flags).map_err(store)?;
    connection.busy_handler(Some(busy)).map_err(store)?;
    connection
        .execute_batch(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA mmap_size=268435456;
             PRAGMA cache_size=-4000; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=OFF;
             PRAGMA journal_size_limit=16777216;",
        )
        .map_err(store)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    Ok(connection)
}

/// Makes the tables of the store where they are missing.
pub(in crate::sql) fn initialise(connection: &Connection) -> Result<(), OpenError> {
    let store = |error: rusqlite::Error| OpenError::Store(error.to_string());
    // Every worker opens the instance: only the first one needs the write lock.
    let sql = "SELECT count(*) FROM sqlite_schema WHERE name = 'undo'";
    if connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(store)? > 0 {
        return Ok(());
    }
    connection.execute_batch("BEGIN IMMEDIATE").map_err(store)?;
    let made = connection.execute_batch(SCHEMA);
    let end = if made.is_ok() { "COMMIT" } else { "ROLLBACK" };
    connection.execute_batch(end).map_err(store)?;
    made.map_err(store)
}

/// Runs `work` in one SQLite write transaction, undone when it fails.
pub(in crate::sql) fn writing<T, E: From<SqlFailure>>(
    connection: &Connection,
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    run(connection, "BEGIN IMMEDIATE")?;
    let outcome = work();
    match outcome {
        Ok(value) => match run(connection, "COMMIT") {
            Ok(()) => Ok(value),
            Err(error) => {
                // The first failure is the one to tell.
                run(connection, "ROLLBACK").ok();
                Err(error.into())
            }
        },
        Err(error) => {
            if !connection.is_autocommit() {
                run(connection, "ROLLBACK")?;
            }
            Err(error)
        }
    }
}

/// Runs `work` on one snapshot.
pub(in crate::sql) fn reading<T, E: From<SqlFailure>>(
    connection: &Connection,
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    run(connection, "BEGIN")?;
    let outcome = work();
    if !connection.is_autocommit() {
        run(connection, "COMMIT")?;
    }
    outcome
}

/// Runs a statement without parameters and rows.
pub(in crate::sql) fn run(connection: &Connection, sql: &str) -> Result<(), SqlFailure> {
    let mut statement = connection.prepare_cached(sql).map_err(|e| broken(&e))?;
    statement.raw_execute().map(|_| ()).map_err(|e| broken(&e))
}

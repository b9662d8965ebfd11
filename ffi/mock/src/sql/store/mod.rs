//! Where rows, locks and before-images live: one SQLite file per instance, shared by all processes.
//!
//! SQLite gives no transactions to IRIS programs; every IRIS statement is one short SQLite
//! transaction, and none stays open between two calls.

pub(in crate::sql) mod catalog;
pub(in crate::sql) mod counters;
pub(in crate::sql) mod death;
pub(in crate::sql) mod image;
pub(in crate::sql) mod locks;
pub(in crate::sql) mod page;
pub(in crate::sql) mod temporary;
pub(in crate::sql) mod undo;

use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::api::{OpenError, SqlFailure};
use super::sqlcode::fail;
use death::point;
use page::Page;

/// The data file's name.
const FILE: &str = "iris.sqlite";

/// Prepared SQLite statements kept per session: 256, above what a client's working set needs.
const STATEMENTS_KEPT: usize = 256;

/// Waits of the busy handler before it gives up: 20 s of at most 200 µs each. Every SQLite write
/// transaction is short, so that this means a stopped process.
const BUSY_TRIES: i32 = 100_000;

/// The number of the data file's layout, its `user_version`; every change of [`SCHEMA`], or of what
/// the rows mean, raises it. 0 stood in files of builds that had no number yet.
const LAYOUT: i64 = 1;

const SCHEMA: &str = "
CREATE TABLE instance(id INTEGER NOT NULL, paired INTEGER NOT NULL) STRICT;
INSERT INTO instance VALUES ((random() & 0x7FFFFFFFFFFFFFFF) | 1, 0);
CREATE TABLE tables(
  id INTEGER PRIMARY KEY AUTOINCREMENT, ns TEXT NOT NULL, schema TEXT NOT NULL,
  name TEXT NOT NULL, key_schema TEXT NOT NULL, key_name TEXT NOT NULL, definition BLOB NOT NULL,
  UNIQUE(ns, key_schema, key_name)) STRICT;
CREATE TABLE schemas(
  ns TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY(ns, key)) STRICT;
CREATE TABLE generations(ns TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
CREATE TABLE counters(
  tab INTEGER NOT NULL, col INTEGER NOT NULL, last INTEGER NOT NULL,
  PRIMARY KEY(tab, col)) STRICT, WITHOUT ROWID;
CREATE TABLE undo(
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
    let settings = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA mmap_size=268435456;
         PRAGMA cache_size=-4000; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=OFF;
         PRAGMA journal_size_limit=16777216;";
    let mut tries = 0;
    // A new file becomes one with a WAL by a step for which SQLite does not ask the busy handler.
    while let Err(error) = connection.execute_batch(settings) {
        let locked = error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy);
        if !(locked && busy(tries)) {
            return Err(store(error));
        }
        tries += 1;
    }
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    Ok(connection)
}

/// Opens the data file and the page that belongs to it, making what is missing. Both are checked:
/// a file of another layout is refused, and so is a page of another data file.
pub(in crate::sql) fn open(dir: &Path) -> Result<(Connection, Page), OpenError> {
    let connection = connect(dir)?;
    initialise(&connection)?;
    let (_, paired) = instance(&connection).map_err(unusable)?;
    let page = Page::open(dir, paired)?;
    pair(&connection, &page)?;
    Ok((connection, page))
}

/// Makes the tables of the store where they are missing.
fn initialise(connection: &Connection) -> Result<(), OpenError> {
    let store = |error: rusqlite::Error| OpenError::Store(error.to_string());
    // Every worker opens the instance: only the first one needs the write lock.
    if layout(connection)? {
        return Ok(());
    }
    connection.execute_batch("BEGIN IMMEDIATE").map_err(store)?;
    let made = make(connection);
    point("data file made");
    let end = if made.is_ok() { "COMMIT" } else { "ROLLBACK" };
    connection.execute_batch(end).map_err(store)?;
    point("data file there");
    made
}

fn make(connection: &Connection) -> Result<(), OpenError> {
    let store = |error: rusqlite::Error| OpenError::Store(error.to_string());
    if !layout(connection)? {
        connection.execute_batch(SCHEMA).map_err(store)?;
        connection.pragma_update(None, "user_version", LAYOUT).map_err(store)?;
    }
    Ok(())
}

/// Whether the data file is one of this layout; `false` for a new one.
fn layout(connection: &Connection) -> Result<bool, OpenError> {
    let store = |error: rusqlite::Error| OpenError::Store(error.to_string());
    let sql = "SELECT user_version, (SELECT count(*) FROM sqlite_schema) FROM pragma_user_version";
    let (found, tables): (i64, i64) =
        connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).map_err(store)?;
    match found {
        LAYOUT => Ok(true),
        0 if tables == 0 => Ok(false),
        _ => Err(OpenError::Store(format!(
            "{FILE} has the layout {found} instead of {LAYOUT}: another build of the simulator \
             made it; remove the directory to begin anew"
        ))),
    }
}

/// The data file's own number, and whether a page belongs to it.
fn instance(connection: &Connection) -> Result<(i64, bool), SqlFailure> {
    let sql = "SELECT id, paired FROM instance";
    connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).map_err(|e| broken(&e))
}

fn unusable(failure: SqlFailure) -> OpenError {
    OpenError::Store(failure.message)
}

/// Sees to it that data file and page belong together. The page is told first: a process that dies
/// behind that leaves a page that names the data file, and the next one goes on.
fn pair(connection: &Connection, page: &Page) -> Result<(), OpenError> {
    let place = &page.shared().instance;
    let (id, paired) = instance(connection).map_err(unusable)?;
    if paired && place.load(Ordering::SeqCst) == id {
        return Ok(());
    }
    let mut foreign = false;
    writing::<_, SqlFailure>(connection, || {
        let paired = instance(connection)?.1;
        let found = place.load(Ordering::SeqCst);
        foreign = found != id && (paired || found != 0);
        if !foreign {
            place.store(id, Ordering::SeqCst);
            point("page named");
            run(connection, "UPDATE instance SET paired = 1")?;
        }
        Ok(())
    })
    .map_err(unusable)?;
    if foreign {
        return Err(OpenError::Store(format!(
            "iris.page does not belong to {FILE}: only both together are an instance, since one \
             knows which rows of the other belong to open transactions"
        )));
    }
    Ok(())
}

/// Runs `work` in one SQLite write transaction, undone when it fails.
pub(in crate::sql) fn writing<T, E: From<SqlFailure>>(
    connection: &Connection,
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    run(connection, "BEGIN IMMEDIATE")?;
    point("begun");
    let outcome = work();
    point("worked");
    match outcome {
        Ok(value) => match run(connection, "COMMIT") {
            Ok(()) => {
                point("committed");
                Ok(value)
            }
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

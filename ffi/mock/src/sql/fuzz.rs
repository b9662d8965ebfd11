//! The targets of `fuzz/` as plain functions: they also run in the ordinary tests, under random
//! words of the grammar. Each panics when an invariant of the engine does not hold.

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::api::{ColumnMeta, Identity, Interrupter, SqlFailure, Version};
use super::session::{Instance, SqlSession};
use super::token::Kind;
use super::{lexer, parser, sqlcode};
use crate::list::{Element, ListReader};

/// A statement is interrupted after this: 300 ms, so that a join of all with all stops.
const LONGEST: Duration = Duration::from_millis(300);

/// A world is made anew after as many statements, since what they leave adds up: 5 000.
const STATEMENTS: usize = 5_000;

/// Bytes of rows that are shipped at once, the contract's first block (session contract §4).
const BLOCK: usize = 32 << 10;

const TABLES: [&str; 12] = [
    "CREATE TABLE t (i INT PRIMARY KEY, ti TINYINT, si SMALLINT, me MEDIUMINT, bi BIGINT, bt BIT,
     n NUMERIC(9,2), nn NUMERIC(18,6), m MONEY, db DOUBLE, c CHAR(3), v VARCHAR(20),
     e VARCHAR(20) COLLATE EXACT, vu VARCHAR(''), tx LONGVARCHAR, vb VARBINARY(20),
     bl LONGVARBINARY, d DATE, tm TIME, tp TIME(3), ts TIMESTAMP, t2 TIMESTAMP2, dt DATETIME,
     px POSIXTIME, g UNIQUEIDENTIFIER)",
    "CREATE TABLE u (k BIGINT IDENTITY, r INT REFERENCES t(i), s SERIAL, rv ROWVERSION,
     name VARCHAR(10) DEFAULT 'x' NOT NULL UNIQUE, UNIQUE (r, name))",
    "CREATE TABLE o (k INT PRIMARY KEY, p INT REFERENCES t(i) ON DELETE SET NULL ON UPDATE CASCADE,
     s VARCHAR(9) REFERENCES u(name) ON DELETE CASCADE)",
    "CREATE INDEX vn ON TABLE t (v, n)",
    "CREATE VIEW w (a, b, c) AS SELECT i, v, n FROM t WHERE n IS NOT NULL",
    "CREATE VIEW x AS SELECT r, COUNT(*) AS many FROM u GROUP BY r",
    "INSERT INTO t (i, n, v, e, d, tm, ts, db) VALUES
     (1, 2.5, 'Abc', 'Abc', '2020-02-29', '12:34:56', '2020-02-29 12:34:56', 1.5)",
    "INSERT INTO t (i, bi, nn, v, e, tx) VALUES (2, 9223372036854775807, -0.000001, '', 'b ', 'x')",
    "INSERT INTO t (i) VALUES (-3)",
    "INSERT INTO u (r, name) VALUES (1, 'one')",
    "INSERT INTO u (name) VALUES ('none')",
    "INSERT INTO o VALUES (7, 1, 'one')",
];

/// Statements whose parameters meet every column type.
pub const WITH_PARAMETERS: [&str; 8] = [
    "INSERT INTO t (i, ti, si, me, bi, bt, n, nn, m, db) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "INSERT INTO t (i, c, v, e, vu, tx, vb, bl) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    "INSERT INTO t (i, d, tm, tp, ts, t2, dt, px, g) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "UPDATE t SET n = ?, nn = n * ?, db = ?, v = v || ?, ts = ?, bi = bi + ? WHERE i < ?",
    "SELECT TOP ? i, ?, ? + 1, ? || v FROM t WHERE n > ? OR d = ? OR ts < ? OR v LIKE ?",
    "SELECT COUNT(*), SUM(n * ?), MAX(?) FROM t WHERE db <> ? AND bi BETWEEN ? AND ? OR tm = ?",
    "SELECT CAST(? AS DATE), CAST(? AS NUMERIC(9,2)), CAST(? AS TIMESTAMP), UPPER(?), ROUND(?, ?)",
    "DELETE FROM u WHERE k IN (?, ?) OR name %STARTSWITH ? OR r = ?",
];

/// Any text becomes tokens or an SQLCODE.
pub fn fuzz_lexer(text: &str) {
    match lexer::tokens(text) {
        Ok(tokens) => {
            let ends = tokens.iter().filter(|token| token.kind == Kind::End);
            assert_eq!(ends.count(), 1, "one end: {text}");
        }
        Err(failure) => check(text, &failure),
    }
}

/// A token as IRIS sees it, for tests that ask what a printed statement is to its reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// A simple identifier or keyword, as written.
    Word(String),
    /// A delimited identifier, unescaped.
    Quoted(String),
    /// A string literal, unescaped.
    Text(String),
    /// A numeric literal, as written.
    Number(String),
    /// `?`
    Param,
    /// An operator or a mark.
    Symbol(String),
}

/// The tokens of a statement.
///
/// # Errors
///
/// What IRIS says of a text that it cannot cut into tokens.
pub fn seen(text: &str) -> Result<Vec<Seen>, SqlFailure> {
    let tokens = lexer::tokens(text)?;
    let shown = tokens.into_iter().filter_map(|token| match token.kind {
        Kind::Word(word) => Some(Seen::Word(word)),
        Kind::Quoted(name) => Some(Seen::Quoted(name)),
        Kind::Text(text) => Some(Seen::Text(text)),
        Kind::Number(number) => Some(Seen::Number(number)),
        Kind::Param(_) => Some(Seen::Param),
        Kind::Symbol(mark) => Some(Seen::Symbol(mark.to_owned())),
        Kind::Other(other) => Some(Seen::Symbol(other.to_string())),
        Kind::End => None,
    });
    Ok(shown.collect())
}

/// Whether a release reads a statement's form; names and types are not looked at.
///
/// # Errors
///
/// What IRIS says of a text that is no statement.
pub fn reads(text: &str, major: u16, minor: u16) -> Result<(), SqlFailure> {
    parser::parse(text, Version::new(major, minor)).map(|_| ())
}

/// Any text becomes a statement or an SQLCODE, in every version.
pub fn fuzz_parser(text: &str) {
    for version in [Version::new(2022, 1), Version::new(2025, 1)] {
        if let Err(failure) = parser::parse(text, version) {
            check(text, &failure);
        }
    }
}

/// A failure has a code of the table and is none of the store's: what SQLite refuses was generated
/// wrongly.
fn check(text: &str, failure: &SqlFailure) {
    assert!(sqlcode::text(failure.sqlcode).is_some(), "{failure}: {text}");
    let own = failure.message.strip_prefix("Unexpected error occurred: ").unwrap_or_default();
    let marks = ["<DATABASE>", "<WRITE>", "<READ>"];
    assert!(!marks.iter().any(|mark| own.starts_with(mark)), "{failure}: {text}");
}

/// The session that runs now, and since when.
type Running = Mutex<Option<(Instant, Interrupter)>>;

/// Interrupts what runs too long, until the world that made it is gone.
fn watch(running: &Weak<Running>) {
    while let Some(running) = running.upgrade() {
        let now = running.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((since, interrupter)) = now
            && since.elapsed() > LONGEST
        {
            interrupter.interrupt();
        }
        drop(running);
        std::thread::sleep(LONGEST / 10);
    }
}

/// An instance with two tables of all column types, and a session.
pub struct FuzzWorld {
    session: SqlSession,
    dir: PathBuf,
    statements: usize,
    running: Arc<Running>,
}

impl fmt::Debug for FuzzWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FuzzWorld").field("dir", &self.dir).finish_non_exhaustive()
    }
}

static NEXT: AtomicU64 = AtomicU64::new(0);

/// A directory of the world's own, with the two tables.
fn begin() -> Result<(SqlSession, PathBuf), String> {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("iris-mock-fuzz-{}-{number}", std::process::id());
    let dir = std::env::temp_dir().join(name);
    let identity = Identity {
        user: "_SYSTEM".to_owned(),
        pid: std::process::id(),
        namespace: "USER".to_owned(),
        zversion: "IRIS (Simulator) 2025.1".to_owned(),
    };
    let instance = Instance::open(&dir, Version::new(2025, 1)).map_err(|e| e.to_string())?;
    let mut session = instance.session(identity).map_err(|e| e.to_string())?;
    session.set_lock_timeout(0.0);
    for text in TABLES {
        let said = |failure: SqlFailure| format!("{failure}: {text}");
        let prepared = session.prepare(text).map_err(said)?;
        session.execute(&prepared, &[], &mut Vec::new(), BLOCK).map_err(said)?;
    }
    Ok((session, dir))
}

impl FuzzWorld {
    /// Makes the tables.
    ///
    /// # Errors
    /// What the engine says against them.
    pub fn new() -> Result<FuzzWorld, String> {
        let (session, dir) = begin()?;
        let running = Arc::new(Mutex::new(None));
        let watched = Arc::downgrade(&running);
        std::thread::spawn(move || watch(&watched));
        Ok(FuzzWorld { session, dir, statements: 0, running })
    }

    /// Runs a text with these parameters, a `$LIST`, and undoes it.
    ///
    /// # Errors
    /// What the engine says against the tables of the next world.
    pub fn run(&mut self, text: &str, parameters: &[u8]) -> Result<(), String> {
        let interrupter = self.session.interrupter();
        *self.now() = Some((Instant::now(), interrupter.clone()));
        let lasting = self.statement(text, parameters);
        *self.now() = None;
        interrupter.clear();
        self.statements += 1;
        if lasting || self.statements >= STATEMENTS {
            self.statements = 0;
            let (session, dir) = begin()?;
            self.session = session;
            // What is left of a directory of its own harms nobody.
            std::fs::remove_dir_all(std::mem::replace(&mut self.dir, dir)).ok();
        }
        Ok(())
    }

    fn now(&self) -> MutexGuard<'_, Option<(Instant, Interrupter)>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the statement left something behind that a rollback does not undo.
    fn statement(&mut self, text: &str, parameters: &[u8]) -> bool {
        let session = &mut self.session;
        let prepared = match session.prepare(text) {
            Ok(prepared) => prepared,
            Err(failure) => {
                check(text, &failure);
                return false;
            }
        };
        if let Err(failure) = session.tstart() {
            check(text, &failure);
        }
        let mut block = Vec::new();
        let done = session.execute(&prepared, parameters, &mut block, BLOCK);
        match done {
            Ok(done) => {
                assert!(done.oversized.is_some() || rows(&block) == done.rows, "rows: {text}");
                cells(&block, &prepared.columns, text);
            }
            Err(failure) => check(text, &failure),
        }
        if let Err(failure) = session.trollback() {
            check(text, &failure);
        }
        let open = session.report();
        assert_eq!((open.locks, open.undo_rows), (0, 0), "left behind: {text}");
        !matches!(prepared.statement_type, 1..=4) || is_truncate(text)
    }
}

fn is_truncate(text: &str) -> bool {
    text.to_ascii_uppercase().contains("TRUNCATE")
}

fn rows(block: &[u8]) -> i64 {
    i64::try_from(ListReader::new(block).count()).unwrap_or(i64::MAX)
}

/// Every row has as many elements as the statement has columns, each of its column's type.
fn cells(block: &[u8], columns: &[ColumnMeta], text: &str) {
    for row in ListReader::new(block) {
        match row {
            Ok(Element::Bytes(row)) => {
                let cells: Vec<Element<'_>> = ListReader::new(row).map_while(Result::ok).collect();
                assert_eq!(cells.len(), columns.len(), "cells: {text}");
                for (cell, column) in cells.iter().zip(columns) {
                    assert!(fits(cell, column), "{cell:?} in {column:?}: {text}");
                }
            }
            other => assert!(matches!(other, Ok(Element::Undefined)), "{other:?}: {text}"),
        }
    }
}

/// Whether a value is one of its column's ODBC type (iris-sql §4.1, §5.3).
fn fits(cell: &Element<'_>, column: &ColumnMeta) -> bool {
    match (cell, column.odbc) {
        (Element::Undefined | Element::Bytes([]), _) => column.nullable != 0,
        // No fact says that a CAST refuses what its type has no room for.
        (Element::Integer(_), -7..=-5 | 2 | 4 | 5) if column.table.is_empty() => true,
        (Element::Integer(n), -7) => matches!(n, 0 | 1),
        (Element::Integer(n), -6) => i8::try_from(*n).is_ok(),
        (Element::Integer(n), 5) => i16::try_from(*n).is_ok(),
        (Element::Integer(n), 4) => i32::try_from(*n).is_ok(),
        (Element::Integer(_), -5 | 2) => true,
        // An expression may have more digits than its scale: 17/7 has 18 (iris-sql §1.1).
        (Element::Decimal { exponent, .. }, 2) => {
            column.table.is_empty() || -i64::from(*exponent) <= column.scale
        }
        // What a decimal element cannot hold is a double.
        (Element::Double(_), 8) => true,
        (Element::Double(_), 2) => column.table.is_empty(),
        (Element::Bytes(_) | Element::Wide(_), odbc) => {
            !matches!(odbc, -7 | -6 | 5 | 4 | -5 | 2 | 8)
        }
        _ => false,
    }
}

impl Drop for FuzzWorld {
    fn drop(&mut self) {
        // What is left of a directory of its own harms nobody.
        std::fs::remove_dir_all(&self.dir).ok();
    }
}

//! What the Callin side of the simulator sees of the SQL engine.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The version that the simulator pretends to be, such as 2025.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The year.
    pub major: u16,
    /// The release within the year.
    pub minor: u16,
}

impl Version {
    /// A version by its two numbers.
    #[must_use]
    pub const fn new(major: u16, minor: u16) -> Self {
        Version { major, minor }
    }

    /// LIMIT, OFFSET and FETCH exist since 2025.1 (iris-sql §1.2).
    #[must_use]
    pub fn has_limit(self) -> bool {
        self >= Version::new(2025, 1)
    }

    /// The DDL keyword TIMESTAMP means %PosixTime in current versions and meant %TimeStamp before.
    /// UNVERIFIED(iris): the change is taken to be 2024.1 (iris-sql §1.5 says "2023 or older").
    #[must_use]
    pub fn timestamp_is_posix(self) -> bool {
        self >= Version::new(2024, 1)
    }

    /// IF EXISTS and IF NOT EXISTS. UNVERIFIED(iris): their first version is taken to be 2023.1
    /// (iris-sql §1.4 says "since 2021.2–2023.1").
    #[must_use]
    pub fn has_if_exists(self) -> bool {
        self >= Version::new(2023, 1)
    }

    /// Indexes AS HNSW exist since 2025.1 (iris-sql §1.4).
    #[must_use]
    pub fn has_hnsw(self) -> bool {
        self >= Version::new(2025, 1)
    }

    /// Common table expressions exist since 2023.x (iris-sql §1.8).
    #[must_use]
    pub fn has_cte(self) -> bool {
        self >= Version::new(2023, 1)
    }
}

/// How values go in and come out (iris-sql §4.1, §5.1 `%SelectMode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SelectMode {
    /// 0, as values are stored: `$HOROLOG` days, seconds, encoded microseconds.
    Logical,
    /// 1, what the session contract uses.
    #[default]
    Odbc,
    /// 2, as people read them.
    Display,
}

/// Who a session is and where it begins.
#[derive(Debug, Clone)]
pub struct Identity {
    /// `$USERNAME`.
    pub user: String,
    /// `$JOB`, the process's pid.
    pub pid: u32,
    /// `$NAMESPACE`.
    pub namespace: String,
    /// `$ZVERSION`.
    pub zversion: String,
}

/// Why an instance or a session cannot be opened.
#[derive(Debug)]
pub enum OpenError {
    /// The data directory cannot be used.
    Directory(std::io::Error),
    /// The data file cannot be used.
    Store(String),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::Directory(error) => write!(f, "data directory: {error}"),
            OpenError::Store(text) => write!(f, "data file: {text}"),
        }
    }
}

impl std::error::Error for OpenError {}

/// A statement that failed: SQLCODE (negative) and `%Message`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlFailure {
    /// SQLCODE, −456 when interrupted.
    pub sqlcode: i32,
    /// `%Message` (iris-sql §1.7).
    pub message: String,
}

impl fmt::Display for SqlFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[SQLCODE: <{}>] [%msg: <{}>]", self.sqlcode, self.message)
    }
}

impl std::error::Error for SqlFailure {}

/// One result column (session contract §3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnMeta {
    /// `colName`, in the table's case, or the alias.
    pub name: String,
    /// ODBC type number; 9, 10, 11 for DATE, TIME, TIMESTAMP.
    pub odbc: i64,
    /// Digits, or characters.
    pub precision: i64,
    /// Digits after the point.
    pub scale: i64,
    /// 0 no, 1 yes, 2 unknown.
    pub nullable: i64,
    /// The label, equal to the name.
    pub label: String,
    /// Schema of the table that the column comes from, or empty.
    pub schema: String,
    /// That table, or empty.
    pub table: String,
    /// `typeClass.Name`, such as `%Library.Boolean`.
    pub type_class: String,
    /// 1 identity or RowID, 2 key, 4 auto-increment, 8 ROWVERSION, 16 expression, 32 stream.
    pub flags: i64,
}

/// One `?` (session contract §3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterMeta {
    /// ODBC type number, 12 when nothing is known.
    pub odbc: i64,
    /// Digits, or characters.
    pub precision: i64,
    /// Digits after the point.
    pub scale: i64,
    /// 0 no, 1 yes, 2 unknown.
    pub nullable: i64,
    /// The column it is compared with or stored in, or empty.
    pub column: String,
}

/// A statement that was read, bound and typed. Shared by `Rc`, immutable.
#[derive(Debug)]
pub struct Prepared {
    /// `%StatementType` (iris-sql §5.4).
    pub statement_type: i64,
    /// Result columns; empty for anything but queries.
    pub columns: Vec<ColumnMeta>,
    /// One per `?`, in source order.
    pub parameters: Vec<ParameterMeta>,
    /// The text it was prepared from.
    pub text: String,
    pub(in crate::sql) plan: super::bind::Plan,
    pub(in crate::sql) schema: i64,
}

/// What a statement did.
#[derive(Debug, Default)]
pub struct Execution {
    /// 0, or 100 when nothing was found to change.
    pub sqlcode: i32,
    /// `%ROWCOUNT`: rows changed; for queries the rows in the block.
    pub row_count: i64,
    /// `%ROWID` of the last row filed, else empty.
    pub row_id: String,
    /// Rows that were appended to the block.
    pub rows: i64,
    /// The rows that did not fit, `None` when the result is complete.
    pub rest: Option<super::spool::SpooledRows>,
    /// The bytes of the last row of the block, when it is shipped as an undefined element because
    /// it passes 1 MiB.
    pub oversized: Option<Vec<u8>>,
}

/// A row of more bytes than this is shipped column by column (session contract §4). 1 MiB.
pub(in crate::sql) const OVERSIZED_ROW: usize = 1 << 20;

/// A table or view as `Describe` reports it (session contract §7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableDescription {
    /// Schema, in defined case.
    pub schema: String,
    /// Name, in defined case.
    pub table: String,
    /// TABLE or VIEW.
    pub kind: TableKind,
    /// Visible columns in order.
    pub columns: Vec<ColumnDescription>,
    /// Keys in order of definition.
    pub keys: Vec<KeyDescription>,
}

/// What a described name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableKind {
    /// A base table.
    Table,
    /// A view.
    View,
}

/// A column as `Describe` reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnDescription {
    /// Name, in defined case.
    pub name: String,
    /// ODBC type number.
    pub odbc: i64,
    /// Characters or digits.
    pub precision: i64,
    /// Digits after the point.
    pub scale: i64,
    /// May hold NULL.
    pub nullable: bool,
    /// Default as ObjectScript text (`"abc"`, `$c(0)`, `5`), or empty.
    pub default: String,
    /// Data type class, such as `%Library.String`.
    pub type_class: String,
    /// `EXACT`, `SQLUPPER` or empty.
    pub collation: String,
    /// Filled by the table itself: IDENTITY, SERIAL, AUTO_INCREMENT, ROWVERSION.
    pub auto_increment: bool,
    /// The RowID under this name.
    pub identity: bool,
    /// UNIQUE or PRIMARY KEY by itself.
    pub unique: bool,
}

/// A key as `Describe` reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyDescription {
    /// Primary, unique or foreign.
    pub kind: KeyKind,
    /// Constraint name.
    pub name: String,
    /// Columns in order.
    pub columns: Vec<String>,
    /// For foreign keys: schema, table, columns.
    pub references: Option<(String, String, Vec<String>)>,
}

/// Kinds of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// PRIMARY KEY.
    Primary,
    /// UNIQUE.
    Unique,
    /// FOREIGN KEY.
    Foreign,
    /// FOREIGN KEY of a table that points here.
    Incoming,
}

/// What a session holds open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OpenThings {
    /// Results with rows that were not fetched; they belong to the caller, so always 0 here.
    pub cursors: u64,
    /// Row and table locks.
    pub locks: u64,
    /// Before-images.
    pub undo_rows: u64,
}

/// Stops what a session does, from any thread.
#[derive(Clone)]
pub struct Interrupter {
    pub(in crate::sql) flag: Arc<AtomicBool>,
    pub(in crate::sql) handle: Arc<rusqlite::InterruptHandle>,
    /// A rollback runs, which nothing stops.
    pub(in crate::sql) firm: Arc<AtomicBool>,
}

impl Interrupter {
    /// Stops the running statement or lock wait, which then fails with −456. Without one, the next
    /// statement fails so: whoever interrupts knows whether one runs. A rollback goes through.
    pub fn interrupt(&self) {
        self.flag.store(true, Ordering::SeqCst);
        if !self.firm.load(Ordering::SeqCst) {
            self.handle.interrupt();
        }
    }

    /// Takes an interrupt back that came late; whether there was one.
    pub fn clear(&self) -> bool {
        self.flag.swap(false, Ordering::SeqCst)
    }
}

impl fmt::Debug for Interrupter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interrupter").field("flag", &self.flag).finish_non_exhaustive()
    }
}

//! The one trait through which the rest sees IRIS, and its Callin implementation.
//!
//! `docs/session-contract.md` says what each call means; this room encodes the arguments, decodes
//! the answers, and knows nothing of PostgreSQL's protocol.

#![forbid(unsafe_code)]

mod answer;
mod description;
mod error;
mod gate;
mod iris;

pub use crate::callin::{Library, LoadError, signals};
pub use answer::{Answer, AnswerBytes, ColumnMeta, Metadata, ParameterMeta, Status};
pub use description::{TableColumn, TableKey, TableMeta};
pub use error::{EngineError, LoginError};
pub use gate::{Gate, Verdict};
pub use iris::{BlockSizes, Interrupt, IrisEngine, LoginRequest};

/// Bytes of the rows of one `Batch` at most; more rows are given in several calls. Below the
/// longest string of IRIS by a row of the same size as the largest block.
pub const BATCH_BYTES_MAX: usize = 2 << 20;

/// What a call shall bring besides its result (contract §6, `want`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Want {
    /// Ship the metadata of the statement.
    pub metadata: bool,
    /// Keep the prepared statement and give its handle.
    pub keep: bool,
}

impl Want {
    /// The sum that travels.
    pub(crate) fn bits(self) -> i64 {
        i64::from(self.metadata) | (i64::from(self.keep) << 1)
    }
}

/// A statement as the engine is asked to run it: by handle, or by its text.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// A statement kept by an earlier call.
    Handle(i64),
    /// IRIS SQL that is prepared in the same call.
    Text(&'a str),
}

impl<'a> Source<'a> {
    /// Handle and text as the contract wants them side by side.
    fn parts(self) -> (i64, &'a str) {
        match self {
            Source::Handle(handle) => (handle, ""),
            Source::Text(text) => (0, text),
        }
    }
}

/// How a namespace is to be entered.
#[derive(Clone, Debug)]
pub struct OpenRequest<'a> {
    /// The namespace, PostgreSQL's database.
    pub namespace: &'a str,
    /// The client's address, for IRIS's own records.
    pub address: &'a str,
    /// READ COMMITTED if true, else READ UNCOMMITTED.
    pub read_committed: bool,
    /// Seconds a statement waits for a row lock.
    pub lock_timeout_s: i64,
}

/// What is to be forgotten inside IRIS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forget {
    /// A kept statement.
    Statement(i64),
    /// An open cursor.
    Cursor(i64),
    /// Every statement and cursor of the session.
    Everything,
}

/// One IRIS session as the rest of the gateway sees it. All calls are answered by one [`Answer`];
/// an [`EngineError`] means that the session itself failed or was interrupted.
pub trait Engine {
    /// Enters a namespace and sets the session up. First call of a session.
    fn open(&mut self, request: &OpenRequest<'_>) -> Result<Answer, EngineError>;
    /// Prepares if needed, executes, and ships the first block.
    fn run(
        &mut self,
        source: Source<'_>,
        parameters: &[u8],
        want: Want,
    ) -> Result<Answer, EngineError>;
    /// Prepares without executing; the answer always carries metadata.
    fn prepare(&mut self, text: &str, keep: bool) -> Result<Answer, EngineError>;
    /// The next block of a cursor.
    fn fetch(&mut self, cursor: i64) -> Result<Answer, EngineError>;
    /// Executes a statement once per parameter list of `rows`, all or nothing.
    fn batch(&mut self, source: Source<'_>, rows: &[u8], keep: bool)
    -> Result<Answer, EngineError>;
    /// Forgets a statement, a cursor or everything.
    fn close(&mut self, what: Forget) -> Result<Answer, EngineError>;
    /// Opens a transaction.
    fn begin(&mut self) -> Result<Answer, EngineError>;
    /// Opens one more level.
    fn savepoint(&mut self) -> Result<Answer, EngineError>;
    /// Commits levels down to `level` − 1.
    fn release(&mut self, level: u32) -> Result<Answer, EngineError>;
    /// Undoes levels down to `level` − 1 and opens `level` anew.
    fn rollback_to(&mut self, level: u32) -> Result<Answer, EngineError>;
    /// Commits all levels. Not interruptible.
    fn commit(&mut self) -> Result<Answer, EngineError>;
    /// Undoes all levels. Not interruptible.
    fn rollback(&mut self) -> Result<Answer, EngineError>;
    /// What a table is made of; the answer's [`Answer::tables`] has it.
    fn describe(&mut self, schema: &str, table: &str) -> Result<Answer, EngineError>;
    /// One piece of a value of the last block; `row` counts from 0, `column` from 1.
    fn stream(
        &mut self,
        cursor: i64,
        row: i64,
        column: i64,
        offset: i64,
    ) -> Result<Answer, EngineError>;
}

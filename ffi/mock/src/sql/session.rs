//! Instances and sessions.

use std::path::Path;
use std::rc::Rc;

use super::api::{
    Execution, Identity, Interrupter, OpenError, OpenThings, Prepared, SqlFailure,
    TableDescription, Version,
};

/// One data directory, opened.
#[derive(Debug)]
pub struct Instance {
    version: Version,
}

impl Instance {
    /// Opens or makes the data file in `dir` and rolls back what dead processes left.
    ///
    /// # Errors
    /// [`OpenError`] when the directory or the file cannot be used.
    pub fn open(dir: &Path, version: Version) -> Result<Instance, OpenError> {
        std::fs::create_dir_all(dir).map_err(OpenError::Directory)?;
        Ok(Instance { version })
    }

    /// A new session.
    ///
    /// # Errors
    /// [`OpenError`] when the data file cannot be used.
    pub fn session(&self, identity: Identity) -> Result<SqlSession, OpenError> {
        Err(OpenError::Store(format!("{identity:?} {:?}", self.version)))
    }
}

/// Rows of a result that did not fit into the first block.
#[derive(Debug)]
pub struct SpooledRows {
    oversized: Option<Vec<u8>>,
}

impl SpooledRows {
    /// Appends rows to `block` until it holds `limit` bytes or more; gives the number of rows and
    /// whether that was the last.
    ///
    /// # Errors
    /// −400 when the spool file cannot be read.
    pub fn fill(&mut self, _block: &mut Vec<u8>, _limit: usize) -> Result<(i64, bool), SqlFailure> {
        Ok((0, true))
    }

    /// The bytes of the last filled row, when it was shipped as an undefined element.
    #[must_use]
    pub fn oversized(&self) -> Option<&[u8]> {
        self.oversized.as_deref()
    }
}

/// One IRIS process's view of SQL.
#[derive(Debug)]
pub struct SqlSession {
    level: u32,
}

impl SqlSession {
    /// Switches the namespace; each has tables of its own.
    pub fn set_namespace(&mut self, _namespace: &str) {}

    /// READ COMMITTED, or READ UNCOMMITTED, the default (iris-sql §1.6).
    pub fn set_isolation(&mut self, _read_committed: bool) {}

    /// How long a lock is waited for; 10 s by default (iris-sql §1.6).
    pub fn set_lock_timeout(&mut self, _seconds: f64) {}

    /// Reads, binds and types one statement.
    ///
    /// # Errors
    /// The SQLCODE that IRIS would give at `%Prepare`.
    pub fn prepare(&mut self, text: &str) -> Result<Rc<Prepared>, SqlFailure> {
        Err(SqlFailure { sqlcode: -400, message: text.to_owned() })
    }

    /// Runs a prepared statement. Appends rows to `block` until it has grown by `limit` bytes.
    ///
    /// # Errors
    /// The SQLCODE that IRIS would give at `%Execute`; the statement is undone as a whole.
    pub fn execute(
        &mut self,
        prepared: &Rc<Prepared>,
        _params: &[u8],
        _block: &mut Vec<u8>,
        _limit: usize,
    ) -> Result<Execution, SqlFailure> {
        Err(SqlFailure { sqlcode: -400, message: prepared.text.clone() })
    }

    /// `$TLEVEL`.
    #[must_use]
    pub fn level(&self) -> u32 {
        self.level
    }

    /// TSTART.
    ///
    /// # Errors
    /// `<TRANSACTION LEVEL>` beyond 255 levels.
    pub fn tstart(&mut self) -> Result<(), SqlFailure> {
        self.level += 1;
        Ok(())
    }

    /// TCOMMIT: one level down; the last one makes the changes final. Without a transaction nothing
    /// happens.
    ///
    /// # Errors
    /// −400 when the store fails.
    pub fn tcommit(&mut self) -> Result<(), SqlFailure> {
        Ok(())
    }

    /// TROLLBACK 1.
    ///
    /// # Errors
    /// −400 when the store fails.
    pub fn trollback_one(&mut self) -> Result<(), SqlFailure> {
        Ok(())
    }

    /// TROLLBACK of all levels.
    ///
    /// # Errors
    /// −400 when the store fails.
    pub fn trollback(&mut self) -> Result<(), SqlFailure> {
        Ok(())
    }

    /// A table of this namespace, by names in any case.
    pub fn describe(&mut self, _schema: &str, _table: &str) -> Option<TableDescription> {
        None
    }

    /// The namespace's schema generation, 0 when no DDL ran yet. Every DDL raises it.
    #[must_use]
    pub fn generation(&self) -> i64 {
        0
    }

    /// What stops this session's statements from another thread.
    #[must_use]
    pub fn interrupter(&self) -> Interrupter {
        todo_interrupter()
    }

    /// What this session holds.
    #[must_use]
    pub fn report(&self) -> OpenThings {
        OpenThings::default()
    }
}

fn todo_interrupter() -> Interrupter {
    // The connection arrives with the store.
    std::process::abort()
}

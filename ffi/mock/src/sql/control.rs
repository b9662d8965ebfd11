//! Statements that steer the process: transactions, table locks, options (iris-sql §1.6).

use super::ast::Name;

/// One such statement.
#[derive(Debug, Clone)]
pub(in crate::sql) enum Control {
    /// START TRANSACTION and %BEGTRANS.
    Start {
        begtrans: bool,
        modes: TransactionModes,
    },
    /// SET TRANSACTION.
    SetTransaction(TransactionModes),
    Commit,
    Rollback,
    Savepoint(String),
    RollbackTo(String),
    /// %INTRANSACTION, or %INTRANS.
    InTransaction {
        short: bool,
    },
    /// LOCK TABLE; the wait is in seconds.
    Lock {
        table: Name,
        mode: LockMode,
        wait: Option<u32>,
    },
    /// UNLOCK TABLE.
    Unlock {
        table: Name,
        mode: LockMode,
        immediate: bool,
    },
    /// SET OPTION.
    SetOption(Setting),
}

/// What START TRANSACTION and SET TRANSACTION may set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::sql) struct TransactionModes {
    pub(in crate::sql) isolation: Option<Isolation>,
    pub(in crate::sql) commit: Option<CommitMode>,
}

/// Isolation levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum Isolation {
    Uncommitted,
    Committed,
    /// READ VERIFIED. UNVERIFIED(iris): it looks at each row again before it gives it; as a
    /// statement here reads one snapshot, the row is still the same.
    Verified,
}

/// Who opens and ends the transaction of a changing statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum CommitMode {
    /// Each statement is a transaction of its own.
    Implicit,
    /// The first change opens one, which needs COMMIT.
    Explicit,
    /// Only START TRANSACTION opens one.
    None,
}

/// How a table is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum LockMode {
    Share,
    Exclusive,
}

/// COMPILEMODE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum Compile {
    Deferred,
    Immediate,
    Install,
    NoCheck,
}

/// SET OPTION's keyword and value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sql) enum Setting {
    ParallelThreshold(u32),
    CompileMode(Compile),
    DefaultSchema(String),
    ExactDistinct(bool),
    LockEscalation(u32),
    LockTimeout(u32),
    KeyIsId(bool),
    Delimited(bool),
}

impl Control {
    /// Its statement type (iris-sql §5.4).
    pub(in crate::sql) fn statement_type(&self) -> i64 {
        match self {
            Control::Commit => 5,
            // UNVERIFIED(iris): ROLLBACK TO SAVEPOINT has no number of its own.
            Control::Rollback | Control::RollbackTo(_) => 6,
            Control::SetTransaction(_) => 20,
            Control::Start { begtrans: false, .. } => 21,
            Control::InTransaction { short: false } => 22,
            Control::Start { begtrans: true, .. } => 23,
            Control::InTransaction { short: true } => 24,
            Control::SetOption(_) => 26,
            Control::Savepoint(_) => 46,
            Control::Lock { .. } => 47,
            Control::Unlock { .. } => 48,
        }
    }

    /// The table that it names.
    pub(in crate::sql) fn table(&self) -> Option<&Name> {
        match self {
            Control::Lock { table, .. } | Control::Unlock { table, .. } => Some(table),
            _ => None,
        }
    }
}

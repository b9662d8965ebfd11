//! Transactions by SQL statements, and options of the process (iris-sql §1.6).

use std::time::Duration;

use super::super::api::{Execution, SqlFailure};
use super::super::control::{CommitMode, Control, Isolation, Setting, TransactionModes};
use super::super::core::Core;
use super::super::sqlcode::{bare, fail};
use super::super::store::catalog;

/// IRIS ends at 255 levels (iris-sql §1.6).
const LEVEL_MAX: usize = 255;

/// Runs one statement.
pub(in crate::sql) fn run(core: &mut Core, control: &Control) -> Result<Execution, SqlFailure> {
    let mut execution = Execution::default();
    match control {
        // No nested transactions through SQL: an extra START is ignored (iris-sql §1.6).
        // UNVERIFIED(iris): its settings are ignored, too.
        Control::Start { modes, .. } if !core.in_transaction() => {
            set_modes(core, *modes);
            core.start()?;
        }
        Control::Start { .. } => {}
        // UNVERIFIED(iris): −78 by its text, as SQL-92 has it for an open transaction.
        Control::SetTransaction(_) if core.in_transaction() => return Err(bare(-78)),
        Control::SetTransaction(modes) => set_modes(core, *modes),
        // COMMIT without a transaction is no error (iris-sql §1.6).
        Control::Commit => core.finish(true)?,
        Control::Rollback => core.finish(false)?,
        Control::Savepoint(name) => core.set_savepoint(name)?,
        Control::RollbackTo(name) => core.roll_back_to(name)?,
        // SQLCODE 0 in a transaction, 100 outside (iris-sql §1.6).
        Control::InTransaction { .. } if core.in_transaction() => {}
        Control::InTransaction { .. } => execution.sqlcode = 100,
        Control::Lock { table, mode, wait } => {
            let table = core.lockable(table)?;
            let wait = wait.map(|seconds| Duration::from_secs(u64::from(seconds)));
            // One's own rows need no lock: the vendor's page says that nothing is done.
            if !table.temporary {
                core.lock_table(&table, *mode, wait)?;
            }
        }
        Control::Unlock { table, mode, immediate } => {
            let table = core.lockable(table)?;
            core.unlock_table(&table, *mode, *immediate);
        }
        Control::SetOption(setting) => set_option(core, setting)?,
    }
    Ok(execution)
}

/// Both kinds of settings stay with the process until they are set again. UNVERIFIED(iris): whether
/// those of START TRANSACTION end with its transaction.
fn set_modes(core: &mut Core, modes: TransactionModes) {
    if let Some(isolation) = modes.isolation {
        core.read_committed = isolation == Isolation::Committed;
    }
    if let Some(commit) = modes.commit {
        core.commit_mode = commit;
    }
}

/// SET OPTION (iris-sql §1.6). What would change how the simulator works, and does not, is refused.
/// UNVERIFIED(iris): all but the escalation threshold belong to the process.
fn set_option(core: &mut Core, setting: &Setting) -> Result<(), SqlFailure> {
    let unlike = |name: &str, value: bool| {
        let value = if value { "TRUE" } else { "FALSE" };
        Err(fail(-400, format!("Unexpected error occurred: <UNIMPLEMENTED>{name} = {value}")))
    };
    match setting {
        Setting::LockTimeout(seconds) => {
            core.lock_timeout = Duration::from_secs(u64::from(*seconds).min(LOCK_TIMEOUT_MAX));
        }
        Setting::LockEscalation(rows) => core.page.set_escalation(i64::from(*rows)),
        Setting::DefaultSchema(name) => name.clone_into(&mut core.default_schema),
        // How queries are divided and classes are compiled shows in no result.
        Setting::ParallelThreshold(_) | Setting::CompileMode(_) => {}
        Setting::ExactDistinct(true) => return unlike("EXACT_DISTINCT", true),
        Setting::KeyIsId(true) => return unlike("PKEY_IS_IDKEY", true),
        Setting::Delimited(false) => return unlike("SUPPORT_DELIMITED_IDENTIFIERS", false),
        Setting::ExactDistinct(false) | Setting::KeyIsId(false) | Setting::Delimited(true) => {}
    }
    Ok(())
}

/// The longest lock time-out in seconds: 32 767, the option's largest value.
const LOCK_TIMEOUT_MAX: u64 = 32_767;

impl Core {
    /// TSTART (iris-sql §1.6).
    pub(in crate::sql) fn start(&self) -> Result<(), SqlFailure> {
        let mut levels = self.levels.borrow_mut();
        if levels.len() >= LEVEL_MAX {
            return Err(fail(-400, "Unexpected error occurred: <TRANSACTION LEVEL>"));
        }
        levels.push(self.seq.get());
        Ok(())
    }

    /// The transaction that a change opens in the commit mode EXPLICIT (iris-sql §1.6).
    pub(in crate::sql) fn start_for_change(&self) -> Result<(), SqlFailure> {
        if self.commit_mode == CommitMode::Explicit && !self.in_transaction() {
            self.start()?;
        }
        Ok(())
    }

    /// TCOMMIT: one level down; the last one makes the changes final.
    pub(in crate::sql) fn commit_level(&self) -> Result<(), SqlFailure> {
        if self.levels.borrow().len() <= 1 {
            return self.finish(true);
        }
        self.levels.borrow_mut().pop();
        self.forget_savepoints();
        Ok(())
    }

    /// TROLLBACK 1.
    pub(in crate::sql) fn roll_back_level(&self) -> Result<(), SqlFailure> {
        if self.levels.borrow().len() <= 1 {
            return self.finish(false);
        }
        let from = self.levels.borrow().last().copied().unwrap_or(0);
        self.undo_level(from)?;
        self.levels.borrow_mut().pop();
        self.forget_savepoints();
        Ok(())
    }

    /// Forgets savepoints of levels that are gone.
    pub(in crate::sql) fn forget_savepoints(&self) {
        let present = self.levels.borrow().len();
        self.savepoints.borrow_mut().retain(|(level, _)| *level <= present);
    }

    /// SAVEPOINT raises `$TLEVEL` and starts a transaction where there is none (iris-sql §1.6).
    /// UNVERIFIED(iris): the savepoint then is its second level.
    fn set_savepoint(&self, name: &str) -> Result<(), SqlFailure> {
        if !self.in_transaction() {
            self.start()?;
        }
        self.start()?;
        let level = self.levels.borrow().len();
        let key = catalog::key(name);
        let mut savepoints = self.savepoints.borrow_mut();
        // The newest of a name hides the older ones for good (iris-sql §1.6): the vendor's page on
        // SAVEPOINT says that it overwrites them, and that going back twice is −375.
        savepoints.retain(|(_, older)| *older != key);
        savepoints.push((level, key));
        Ok(())
    }

    /// ROLLBACK TO SAVEPOINT takes the savepoint and all later ones away; one that is not there is
    /// −375 and ends the whole transaction (iris-sql §1.6, §1.7).
    fn roll_back_to(&self, name: &str) -> Result<(), SqlFailure> {
        let key = catalog::key(name);
        let found = self.savepoints.borrow().iter().rev().find(|(_, k)| *k == key).map(|(l, _)| *l);
        let Some(level) = found else {
            self.finish(false)?;
            return Err(fail(-375, format!("Cannot ROLLBACK to unestablished savepoint '{name}'")));
        };
        while self.levels.borrow().len() >= level {
            self.roll_back_level()?;
        }
        Ok(())
    }
}

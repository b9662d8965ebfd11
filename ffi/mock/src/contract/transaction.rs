//! Transactions: TSTART, TCOMMIT and TROLLBACK (contract §6).

use super::answer::{Answer, Trap};
use super::arguments::Arguments;
use super::{CLASS, Session};
use crate::callin::errors;
use crate::process::Environment;
use crate::sql::SqlFailure;

/// An error of a transaction command is one of ObjectScript, but for an interrupt (contract §2).
/// `place` is the method.
fn failed(failure: &SqlFailure, number: i32, place: &str) -> Trap {
    if matches!(failure.sqlcode, -456 | -450) {
        return failure.clone().into();
    }
    Trap::error(number, &format!("z{place}^{CLASS}.1"))
}

/// `TSTART`.
pub(super) fn start(environment: &mut Environment, place: &str) -> Result<(), Trap> {
    environment.sql.tstart().map_err(|f| failed(&f, errors::TRANSACTION_LEVEL, place))
}

/// One `TCOMMIT`.
pub(super) fn end(environment: &mut Environment, place: &str) -> Result<(), Trap> {
    environment.sql.tcommit().map_err(|f| failed(&f, errors::COMMIT_FAILED, place))
}

/// `Begin`.
pub(super) fn begin(environment: &mut Environment) -> Result<(), Trap> {
    let level = environment.sql.level();
    if level > 0 {
        return Err(Trap::misuse(format!("a transaction is open already, at level {level}")));
    }
    start(environment, "Begin")
}

/// `Savepoint`.
pub(super) fn savepoint(environment: &mut Environment, answer: &mut Answer) -> Result<(), Trap> {
    start(environment, "Savepoint")?;
    answer.extra = i64::from(environment.sql.level());
    Ok(())
}

/// The level of a savepoint, from the first argument.
fn level(environment: &Environment, arguments: &Arguments<'_>) -> Result<u32, Trap> {
    let (asked, present) = (arguments.integer(0), environment.sql.level());
    match u32::try_from(asked) {
        Ok(level) if level >= 2 && level <= present => Ok(level),
        _ => Err(Trap::misuse(format!(
            "level {asked} is not that of a savepoint; the transaction is at level {present}"
        ))),
    }
}

/// `Release`.
pub(super) fn release(
    environment: &mut Environment,
    arguments: &Arguments<'_>,
) -> Result<(), Trap> {
    let level = level(environment, arguments)?;
    while environment.sql.level() >= level {
        end(environment, "Release")?;
    }
    Ok(())
}

/// Brings the transaction down to a level, for a call that failed. What cannot be undone shows in
/// element 8.
pub(super) fn unwind(environment: &mut Environment, level: u32) {
    environment.take_interrupt();
    while environment.sql.level() > level {
        if environment.sql.trollback_one().is_err() {
            return;
        }
    }
}

impl Session {
    /// `RollbackTo`.
    pub(super) fn roll_back_to(
        &mut self,
        environment: &mut Environment,
        arguments: &Arguments<'_>,
    ) -> Result<(), Trap> {
        let level = level(environment, arguments)?;
        self.close_cursors_from(level);
        while environment.sql.level() >= level {
            environment
                .sql
                .trollback_one()
                .map_err(|f| failed(&f, errors::ROLLBACK_FAILED, "RollbackTo"))?;
        }
        start(environment, "RollbackTo")
    }

    /// `Commit`.
    pub(super) fn commit(&mut self, environment: &mut Environment) -> Result<(), Trap> {
        self.close_cursors_from(0);
        while environment.sql.level() > 0 {
            end(environment, "Commit")?;
        }
        Ok(())
    }

    /// `Rollback`.
    pub(super) fn roll_back(&mut self, environment: &mut Environment) -> Result<(), Trap> {
        self.close_cursors_from(0);
        if environment.sql.level() > 0 {
            environment
                .sql
                .trollback()
                .map_err(|f| failed(&f, errors::ROLLBACK_FAILED, "Rollback"))?;
        }
        Ok(())
    }
}

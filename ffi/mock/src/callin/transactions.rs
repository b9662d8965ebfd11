//! Transactions and locks.
#![allow(non_snake_case)]

use super::errors;
use super::gate;
use super::raise::{Outcome, Raise};
use crate::sql::SqlFailure;
use std::ffi::c_int;

/// Levels that IRIS allows (facts, DESIGN §4).
const LEVELS: u32 = 255;

fn done(outcome: Result<(), SqlFailure>, number: c_int) -> Outcome {
    outcome.map_err(|failure| match failure.sqlcode {
        -456 | -450 => Raise::Interrupted,
        _ => Raise::error(number, ""),
    })
}

/// TSTART. 0, −4, −7, 173 beyond 255 levels.
#[unsafe(no_mangle)]
pub extern "C" fn IrisTStart() -> c_int {
    gate::run("IrisTStart", |process| {
        if process.environment.sql.level() >= LEVELS {
            return Err(Raise::error(errors::TRANSACTION_LEVEL, ""));
        }
        done(process.environment.sql.tstart(), errors::TRANSACTION_LEVEL)
    })
}

/// TCOMMIT. 0, −4, −7, 12 without a transaction.
#[unsafe(no_mangle)]
pub extern "C" fn IrisTCommit() -> c_int {
    gate::run("IrisTCommit", |process| {
        if process.environment.sql.level() == 0 {
            return Err(Raise::error(errors::COMMAND, ""));
        }
        done(process.environment.sql.tcommit(), errors::COMMIT_FAILED)
    })
}

/// TROLLBACK of all levels (0) or of one (1). 0, −4, −7; without a transaction nothing happens.
#[unsafe(no_mangle)]
pub extern "C" fn IrisTRollback(levels: c_int) -> c_int {
    gate::run("IrisTRollback", |process| {
        let sql = &mut process.environment.sql;
        if sql.level() == 0 {
            return Ok(());
        }
        let outcome = if levels == 0 { sql.trollback() } else { sql.trollback_one() };
        done(outcome, errors::ROLLBACK_FAILED)
    })
}

/// `$TLEVEL` itself, or −4, −7.
#[unsafe(no_mangle)]
pub extern "C" fn IrisTLevel() -> c_int {
    gate::measure("IrisTLevel", |process| {
        Ok(c_int::try_from(process.environment.sql.level()).unwrap_or(c_int::MAX))
    })
}

/// LOCK without arguments. The locks of this simulator are those of SQL, which belong to
/// statements and transactions; there are no others to release. 0, −4, −7.
#[unsafe(no_mangle)]
pub extern "C" fn IrisReleaseAllLocks() -> c_int {
    gate::enter("IrisReleaseAllLocks", |_| Ok(()))
}

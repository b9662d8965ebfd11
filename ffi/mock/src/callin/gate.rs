//! The one way from C into the simulator: the session, its lock, panics, planned faults, and what
//! an error does to the session.

use super::abi::code;
use super::control::{self, Running};
use super::errors;
use super::raise::{Outcome, Raise};
use crate::fault;
use crate::process::Process;
use std::ffi::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The session of this process, if there is one: `libirisdb` has one for all threads (facts,
/// callin §3).
pub(crate) struct Slot(pub(crate) Option<Box<Process>>);

// SAFETY: a `Process` shares nothing outside of itself: its reference counts are cloned, used and
// dropped only by whoever holds the lock around the slot, so one thread at a time touches them.
unsafe impl Send for Slot {}

static SESSION: Mutex<Slot> = Mutex::new(Slot(None));

/// The session, locked.
pub(crate) fn session() -> MutexGuard<'static, Slot> {
    SESSION.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The session if nobody is inside; for what runs while the process ends.
pub(crate) fn idle_session() -> Option<MutexGuard<'static, Slot>> {
    SESSION.try_lock().ok()
}

/// A call that needs no session: `body` gives its code.
pub(crate) fn outside(name: &'static str, body: impl FnOnce() -> c_int) -> c_int {
    let call = || match fault::strike(name) {
        Some(planned) => planned.code,
        None => body(),
    };
    guarded(call).unwrap_or(code::FAILURE)
}

/// A call that works on the session but runs no code in it: pushes, pops, reference counts.
pub(crate) fn enter(name: &'static str, body: impl FnOnce(&mut Process) -> Outcome) -> c_int {
    within(name, body)
}

/// A call that runs ObjectScript or SQL, and that `IrisAbort` therefore reaches.
pub(crate) fn run(name: &'static str, body: impl FnOnce(&mut Process) -> Outcome) -> c_int {
    within(name, |process| {
        let _running = Running::begin();
        body(process)
    })
}

/// A call whose success is a number.
pub(crate) fn measure(
    name: &'static str,
    body: impl FnOnce(&mut Process) -> Outcome<c_int>,
) -> c_int {
    let mut answer = code::SUCCESS;
    let status = within(name, |process| {
        answer = body(process)?;
        Ok(())
    });
    if status == code::SUCCESS { answer } else { status }
}

fn within(name: &'static str, body: impl FnOnce(&mut Process) -> Outcome) -> c_int {
    guarded(|| inside(name, body)).unwrap_or(code::FAILURE)
}

fn inside(name: &'static str, body: impl FnOnce(&mut Process) -> Outcome) -> c_int {
    let planned = fault::strike(name);
    let mut session = session();
    let Some(process) = session.0.as_deref_mut() else {
        return planned.map_or(code::NOT_CONNECTED, |p| p.code);
    };
    process.calls = process.calls.saturating_add(1);
    if let Some(planned) = planned {
        return fail_as_planned(process, &planned);
    }
    if control::is_broken() {
        return break_connection(process);
    }
    let outcome = guarded(|| body(process))
        .unwrap_or_else(|| Err(Raise::error(errors::SYSTEM, " in the simulator")));
    if control::is_broken() {
        return break_connection(process);
    }
    match outcome {
        Ok(()) => code::SUCCESS,
        Err(raise) => fail(process, raise),
    }
}

/// The code of a failed call. Without IRIS_PROGMODE a run-time error breaks the connection
/// (facts, callin §4); a refusal of the interface is none.
fn fail(process: &mut Process, raise: Raise) -> c_int {
    let status = match raise {
        Raise::Interface(status) => return status,
        Raise::Broken => return break_connection(process),
        Raise::Interrupted => {
            process.zerror = "<INTERRUPT>".to_owned();
            code::INTERRUPTED
        }
        Raise::Error { number, text } => {
            process.zerror = text;
            number
        }
    };
    if process.programmer_mode { status } else { break_connection(process) }
}

fn fail_as_planned(process: &mut Process, planned: &fault::Planned) -> c_int {
    if let Some(text) = &planned.zerror {
        process.zerror.clone_from(text);
    } else if let Some(name) = errors::name(planned.code) {
        process.zerror = name.to_owned();
    }
    if planned.code == code::CONNECTION_BROKEN {
        return break_connection(process);
    }
    planned.code
}

/// The connection is broken: IRIS has already undone what was open.
fn break_connection(process: &mut Process) -> c_int {
    if !control::set_broken() {
        process.abandon();
    }
    code::CONNECTION_BROKEN
}

/// Runs `body`; `None` when it panicked. No panic may reach C.
pub(crate) fn guarded<T>(body: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(body)).ok()
}

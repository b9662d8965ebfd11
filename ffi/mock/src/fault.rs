//! Planned faults: a file makes any function fail, wait, hang or crash at its nth call, so that a
//! test of a failure is data (facts, reliability §8.2; `README.md` has the format).

mod plan;

pub(crate) use plan::{Effect, Plan};

use crate::callin::abi::code;
use crate::callin::control::{self, Running};
use crate::callin::raise::Raise;
use std::ffi::c_int;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// Names the file of the plan.
const VARIABLE: &str = "IRIS_MOCK_FAULTS";

/// How often a hanging call looks whether it was interrupted.
const LOOK: Duration = Duration::from_millis(1);

/// What a struck call answers instead of doing its work.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Planned {
    /// The return code.
    pub(crate) code: c_int,
    /// `$ZERROR`, where the plan names one.
    pub(crate) zerror: Option<String>,
}

impl Planned {
    /// The failure of a method that a plan strikes.
    pub(crate) fn into_raise(self) -> Raise {
        match self.code {
            code::INTERRUPTED => Raise::Interrupted,
            code::CONNECTION_BROKEN => Raise::Broken,
            number if number > 0 => match self.zerror {
                Some(text) => Raise::Error { number, text },
                None => Raise::error(number, ""),
            },
            other => Raise::Interface(other),
        }
    }
}

/// The SQL error that a struck statement reports instead of running.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlannedSql {
    /// `%SQLCODE`.
    pub(crate) sqlcode: i64,
    /// `%Message`.
    pub(crate) message: String,
}

static PLAN: OnceLock<Option<Mutex<Plan>>> = OnceLock::new();

fn plan() -> Option<&'static Mutex<Plan>> {
    PLAN.get_or_init(|| {
        let path = std::env::var_os(VARIABLE)?;
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => refuse(&format!("{}: {error}", path.display())),
        };
        match text.parse() {
            Ok(plan) => Some(Mutex::new(plan)),
            Err(error) => refuse(&format!("{}: {error}", path.display())),
        }
    })
    .as_ref()
}

/// A plan that cannot be read ends the process: a test must not pass because its fault was lost.
fn refuse(reason: &str) -> ! {
    eprintln!("simulator: {VARIABLE}: {reason}");
    std::process::exit(78)
}

/// Counts a call and does what the plan has for it; the answer if the call is not to be carried
/// out.
pub(crate) fn strike(function: &str) -> Option<Planned> {
    let plan = plan()?;
    // The lock is not held over the effect: a hanging call must not stop the other threads.
    let effect = plan.lock().unwrap_or_else(PoisonError::into_inner).strike(function)?;
    carry_out(effect)
}

/// The same for a method of the session class: the plan names it by `method=`.
pub(crate) fn strike_method(method: &str) -> Option<Planned> {
    let plan = plan()?;
    let effect = plan.lock().unwrap_or_else(PoisonError::into_inner).strike_method(method)?;
    carry_out(effect)
}

/// The SQL error planned for this statement, if any.
pub(crate) fn strike_statement() -> Option<PlannedSql> {
    let plan = plan()?;
    plan.lock().unwrap_or_else(PoisonError::into_inner).strike_statement()
}

fn carry_out(effect: Effect) -> Option<Planned> {
    match effect {
        Effect::Return { code, zerror } => Some(Planned { code, zerror }),
        Effect::Delay(time) => {
            std::thread::sleep(time);
            None
        }
        Effect::Hang => {
            let _running = Running::begin();
            while !control::interrupted() {
                std::thread::sleep(LOOK);
            }
            control::take_control_c().then(|| Planned {
                code: code::INTERRUPTED,
                zerror: Some("<INTERRUPT>".to_owned()),
            })
        }
        Effect::HangForEver => loop {
            std::thread::sleep(Duration::from_secs(3_600));
        },
        Effect::Abort => std::process::abort(),
        Effect::Exit(status) => std::process::exit(status),
        Effect::ExitAtOnce(status) => {
            // SAFETY: `_exit` ends the process; nothing of ours is used afterwards.
            unsafe { libc::_exit(status) }
        }
        Effect::Signal(number) => {
            loop {
                // SAFETY: raising a signal has no precondition; what it does is the plan's purpose.
                let _sent = unsafe { libc::raise(number) };
                // A handler that returns from a fault comes back to the faulting instruction.
                if !matches!(number, libc::SIGSEGV | libc::SIGBUS | libc::SIGFPE | libc::SIGILL) {
                    return None;
                }
            }
        }
    }
}

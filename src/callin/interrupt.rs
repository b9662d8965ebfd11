//! Interrupting a call from another thread.

use std::os::raw::c_ulong;
use std::sync::{Arc, Mutex, PoisonError};

use super::bindings as c;
use super::error::CallinError;
use super::library::Library;

/// How hard a call is interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Abort {
    /// As Ctrl-C would: the call fails with [`CallinError::Interrupted`], or its ObjectScript traps
    /// `<INTERRUPT>`.
    ControlC,
    /// Ends the job: the call fails with [`CallinError::ConnectionBroken`].
    ResetJob,
}

/// Lets another thread interrupt the session, and may outlive it.
///
/// `IrisAbort` takes no handle: in `libirisdb.so`, which holds one session per process, it can only
/// mean that one. Whether a thread without a session may call it at all is not documented, so that
/// an answer of [`NotConnected`](CallinError::NotConnected) or
/// [`NotInIris`](CallinError::NotInIris) is to be expected and no defect: the caller goes on to its
/// next means.
// UNVERIFIED(iris): facts/callin.md §9, items 1 and 8. The simulator accepts it from any thread.
#[derive(Debug, Clone)]
pub struct Interrupter(pub(super) Arc<Gate>);

impl Interrupter {
    /// Interrupts what the session does at this moment. It may come late; then the *next* call is
    /// interrupted, and [`Connection::swallow_interrupt`](super::Connection::swallow_interrupt) is
    /// for that.
    ///
    /// # Errors
    ///
    /// [`CallinError::NotConnected`] after the session's end, otherwise what the interface answers.
    pub fn abort(&self, how: Abort) -> Result<(), CallinError> {
        self.0.abort(how)
    }
}

/// The session as another thread may see it. The lock is held while an abort runs and while the
/// session is closed, so that none runs on a session that has ended: it would strike the next one
/// of this process, or freed memory. Calls do not take it: an abort has to run beside them.
#[derive(Debug)]
pub(super) struct Gate {
    library: &'static Library,
    open: Mutex<bool>,
}

impl Gate {
    pub(super) const fn open(library: &'static Library) -> Self {
        Self { library, open: Mutex::new(true) }
    }

    pub(super) fn close(&self) {
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = false;
    }

    fn abort(&self, how: Abort) -> Result<(), CallinError> {
        const FUNCTION: &str = "IrisAbort";
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if !*open {
            return Err(CallinError::NotConnected);
        }
        let Ok(abort) = &self.library.api.IrisAbort else {
            return Err(CallinError::NotExported { function: FUNCTION });
        };
        let kind = match how {
            Abort::ControlC => c::IRIS_CTRLC,
            Abort::ResetJob => c::IRIS_RESJOB,
        };
        // SAFETY: it takes no pointers, is made for another thread than the one in a call, and the
        // session exists while the lock is held.
        let code = unsafe { abort(kind as c_ulong) };
        match code {
            c::IRIS_SUCCESS => Ok(()),
            code if code < 0 => Err(CallinError::from_negative(FUNCTION, code)),
            code => Err(CallinError::Unknown { function: FUNCTION, code }),
        }
    }
}

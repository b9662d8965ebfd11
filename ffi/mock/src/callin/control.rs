//! What another thread may know and do while a call runs: the state of the session in one word,
//! and the interrupt. Nothing here waits for the session, so `IrisAbort` never blocks.

use super::abi::{abort, code};
use std::ffi::{c_int, c_ulong};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A session exists.
const CONNECTED: u32 = 1;
/// Its connection is broken.
const BROKEN: u32 = 2;
/// ObjectScript or SQL runs.
const RUNNING: u32 = 4;
/// Ctrl-C came and nobody took it yet.
const CONTROL_C: u32 = 8;
/// The job was reset and the call has not noticed yet.
const RESET_JOB: u32 = 16;

static STATE: AtomicU32 = AtomicU32::new(0);

/// How the SQL engine hears of an interrupt, from any thread.
pub(crate) struct Wake {
    /// Stops a running statement, which then looks at [`interrupted`].
    pub(crate) stop: Box<dyn Fn() + Send + Sync>,
    /// Takes that back, when the interrupt was taken elsewhere.
    pub(crate) calm: Box<dyn Fn() + Send + Sync>,
}

static WAKE: Mutex<Option<Arc<Wake>>> = Mutex::new(None);

/// A session begins; a running statement is reached by `wake`.
pub(crate) fn connect(wake: Wake) {
    *WAKE.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(wake));
    STATE.store(CONNECTED, Ordering::SeqCst);
}

/// The session ended.
pub(crate) fn disconnect() {
    STATE.store(0, Ordering::SeqCst);
    *WAKE.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

/// The connection broke; whether it was broken before.
pub(crate) fn set_broken() -> bool {
    STATE.fetch_or(BROKEN, Ordering::SeqCst) & BROKEN != 0
}

/// Whether the connection is broken, or was told to break.
pub(crate) fn is_broken() -> bool {
    STATE.load(Ordering::SeqCst) & (BROKEN | RESET_JOB) != 0
}

/// Whether a session exists.
pub(crate) fn is_connected() -> bool {
    STATE.load(Ordering::SeqCst) & CONNECTED != 0
}

/// While it lives, `IrisAbort` finds something running.
#[derive(Debug)]
pub(crate) struct Running;

impl Running {
    /// From here on something runs.
    pub(crate) fn begin() -> Self {
        STATE.fetch_or(RUNNING, Ordering::SeqCst);
        Self
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        STATE.fetch_and(!RUNNING, Ordering::SeqCst);
    }
}

/// Whether an interrupt of either kind waits to be taken.
pub(crate) fn interrupted() -> bool {
    STATE.load(Ordering::SeqCst) & (CONTROL_C | RESET_JOB) != 0
}

/// Takes a Ctrl-C that waits. One that came when the call was already over stays until the next
/// call that runs code. UNVERIFIED(iris): where a late interrupt goes is not documented; a caller
/// that does not reckon with this is to find out here.
pub(crate) fn take_control_c() -> bool {
    let taken = interrupted() && STATE.fetch_and(!CONTROL_C, Ordering::SeqCst) & CONTROL_C != 0;
    if taken && let Some(wake) = wake() {
        (wake.calm)();
    }
    taken
}

/// Only the start and the end of a session hold this lock for long, and then nothing runs; a
/// signal handler that comes in the middle of one must not wait for the thread it stopped.
fn wake() -> Option<Arc<Wake>> {
    WAKE.try_lock().ok().and_then(|wake| wake.clone())
}

/// `IrisAbort`: −12, −7, −4, −11 or 0 (facts, callin §1.3 and §5).
pub(crate) fn request(kind: c_ulong) -> c_int {
    let bit = match kind {
        abort::CONTROL_C => CONTROL_C,
        abort::RESET_JOB => RESET_JOB,
        _ => return code::BAD_ARGUMENT,
    };
    let state = STATE.load(Ordering::SeqCst);
    if state & CONNECTED == 0 {
        return code::NOT_CONNECTED;
    }
    if state & (BROKEN | RESET_JOB) != 0 {
        return code::CONNECTION_BROKEN;
    }
    if state & RUNNING == 0 {
        return code::NOT_IN_IRIS;
    }
    // A reset must be known when the engine stops. A Ctrl-C comes after the engine has heard of
    // it: whoever takes it then takes it from both.
    STATE.fetch_or(bit & RESET_JOB, Ordering::SeqCst);
    if let Some(wake) = wake() {
        (wake.stop)();
    }
    STATE.fetch_or(bit, Ordering::SeqCst);
    code::SUCCESS
}

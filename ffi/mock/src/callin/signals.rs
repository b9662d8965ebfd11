//! What a session does to the signals of its process (facts, callin §3): those that end a process
//! are ignored unless the program has a handler, and blocked in the connected thread.

use std::mem::MaybeUninit;
use std::ptr;

/// Signals that are ignored while nobody handles them.
const IGNORED: [i32; 4] = [libc::SIGINT, libc::SIGQUIT, libc::SIGHUP, libc::SIGPIPE];

/// Signals that a connected thread does not receive.
const BLOCKED: [i32; 6] =
    [libc::SIGINT, libc::SIGQUIT, libc::SIGHUP, libc::SIGPIPE, libc::SIGTERM, libc::SIGCHLD];

/// What the signals were before the session; dropping it on the connected thread restores them.
pub(crate) struct Signals {
    mask: libc::sigset_t,
    ignored: Vec<i32>,
}

impl Signals {
    /// Sets the signals as a session has them. `None` when the system refuses, which it has no
    /// reason to.
    pub(crate) fn set() -> Option<Self> {
        let mut ignored = Vec::new();
        for number in IGNORED {
            if !is_handled(number) {
                // SAFETY: ignoring a signal that had its default effect installs no code.
                let before = unsafe { libc::signal(number, libc::SIG_IGN) };
                if before != libc::SIG_ERR {
                    ignored.push(number);
                }
            }
        }
        let mut blocked = MaybeUninit::uninit();
        // SAFETY: the set is initialised by this call.
        unsafe { libc::sigemptyset(blocked.as_mut_ptr()) };
        // SAFETY: it was initialised just now.
        let mut blocked = unsafe { blocked.assume_init() };
        for number in BLOCKED {
            // SAFETY: the set is initialised and the number is a signal's.
            unsafe { libc::sigaddset(&mut blocked, number) };
        }
        let mut mask = MaybeUninit::uninit();
        // SAFETY: both sets are valid for the call; the second is written by it.
        let status = unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &blocked, mask.as_mut_ptr()) };
        // SAFETY: the call succeeded, so it wrote the set.
        (status == 0).then(|| Self { mask: unsafe { mask.assume_init() }, ignored })
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        // SAFETY: the set is the one that the system gave when the session began.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &self.mask, ptr::null_mut()) };
        for &number in &self.ignored {
            // SAFETY: the default effect is what the signal had before.
            unsafe { libc::signal(number, libc::SIG_DFL) };
        }
    }
}

fn is_handled(number: i32) -> bool {
    let mut action = MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: a null action asks for the present one, which is written to valid memory.
    let status = unsafe { libc::sigaction(number, ptr::null(), action.as_mut_ptr()) };
    if status != 0 {
        return true;
    }
    // SAFETY: the call succeeded, so it wrote the action.
    let action = unsafe { action.assume_init() };
    action.sa_sigaction != libc::SIG_DFL
}

//! The one atomic word that says what the main thread does, so that a cancel request meets
//! exactly the call it was meant for.
//!
//! The second thread moves «in a call» to «cancelling» by compare-and-swap and only then
//! interrupts; the main thread leaves a call by compare-and-swap too, and when it finds
//! «cancelling» it waits until the interrupt has been sent. An interrupt that comes late is
//! swallowed by a harmless call before the next statement.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

/// No statement runs; a cancel request has nothing to cancel and is dropped, as in PostgreSQL.
const IDLE: u32 = 0;
/// A statement runs, but the main thread is not inside IRIS right now.
const WORKING: u32 = 1;
/// The main thread is inside an interruptible call.
const IN_CALL: u32 = 2;
/// The main thread is inside a call that must not be interrupted: COMMIT, ROLLBACK, login.
const FIRM: u32 = 3;
/// The second thread is about to interrupt the call.
const CANCELLING: u32 = 4;
/// The statement has been cancelled; the main thread has to notice.
const CANCELLED: u32 = 5;

/// What became of a request to cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing runs that could be cancelled.
    NothingToDo,
    /// The statement will notice at its next step.
    Noted,
    /// The call in IRIS was interrupted.
    Interrupted,
}

/// The word, shared by both threads of a worker.
#[derive(Debug, Default)]
pub struct Gate {
    word: AtomicU32,
    /// An interrupt was sent into the present call.
    struck: AtomicBool,
}

impl Gate {
    /// A gate at rest.
    pub fn new() -> Self {
        Self { word: AtomicU32::new(IDLE), struck: AtomicBool::new(false) }
    }

    /// Main thread: a statement begins.
    pub fn begin_statement(&self) {
        self.word.store(WORKING, Ordering::Release);
    }

    /// Main thread: the statement is over. A cancel that nobody noticed is dropped with it.
    pub fn end_statement(&self) {
        while self.word.load(Ordering::Acquire) == CANCELLING {
            thread::yield_now();
        }
        self.word.store(IDLE, Ordering::Release);
    }

    /// Whether no statement runs.
    pub fn is_idle(&self) -> bool {
        self.word.load(Ordering::Acquire) == IDLE
    }

    /// Main thread: the statement was cancelled while it was not inside IRIS.
    pub fn is_cancelled(&self) -> bool {
        self.word.load(Ordering::Acquire) == CANCELLED
    }

    /// Second thread: an interrupt was sent into a call that has not ended yet.
    pub fn is_struck(&self) -> bool {
        self.struck.load(Ordering::Acquire)
    }

    /// Main thread: enters an interruptible call and gives the state to return to; nothing if the
    /// statement was cancelled already.
    pub(super) fn enter(&self) -> Option<u32> {
        loop {
            let before = self.word.load(Ordering::Acquire);
            if before == CANCELLED {
                return None;
            }
            if self
                .word
                .compare_exchange(before, IN_CALL, Ordering::AcqRel, Ordering::Acquire)
                .is_ok()
            {
                return Some(before);
            }
        }
    }

    /// Main thread: leaves an interruptible call. True if an interrupt was sent into it; then
    /// the caller makes one harmless call before it goes on.
    pub(super) fn leave(&self, before: u32) -> bool {
        if self.word.compare_exchange(IN_CALL, before, Ordering::AcqRel, Ordering::Acquire).is_ok()
        {
            return false;
        }
        while self.word.load(Ordering::Acquire) == CANCELLING {
            thread::yield_now();
        }
        self.struck.store(false, Ordering::Release);
        self.word.store(before, Ordering::Release);
        true
    }

    /// Main thread: enters a call that must not be interrupted; gives the state to return to.
    pub(super) fn enter_firm(&self) -> u32 {
        loop {
            let before = self.word.load(Ordering::Acquire);
            if before == CANCELLING {
                thread::yield_now();
            } else if self
                .word
                .compare_exchange(before, FIRM, Ordering::AcqRel, Ordering::Acquire)
                .is_ok()
            {
                return before;
            }
        }
    }

    /// Main thread: leaves a firm call.
    pub(super) fn leave_firm(&self, before: u32) {
        self.word.store(before, Ordering::Release);
    }

    /// Second thread: cancels the running statement; `interrupt` is called only while the main
    /// thread is inside an interruptible call and cannot leave it unnoticed.
    pub fn cancel(&self, interrupt: impl FnOnce()) -> Verdict {
        loop {
            let now = self.word.load(Ordering::Acquire);
            let next = match now {
                WORKING => CANCELLED,
                IN_CALL => CANCELLING,
                _ => return Verdict::NothingToDo,
            };
            if self.word.compare_exchange(now, next, Ordering::AcqRel, Ordering::Acquire).is_err() {
                continue;
            }
            if next == CANCELLED {
                return Verdict::Noted;
            }
            self.struck.store(true, Ordering::Release);
            interrupt();
            self.word.store(CANCELLED, Ordering::Release);
            return Verdict::Interrupted;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_gate_drops_a_cancel() {
        let gate = Gate::new();
        assert_eq!(gate.cancel(|| panic!("nothing runs")), Verdict::NothingToDo);
        assert!(gate.is_idle());
    }

    #[test]
    fn a_cancel_between_two_calls_stops_the_next() {
        let gate = Gate::new();
        gate.begin_statement();
        assert_eq!(gate.cancel(|| panic!("not inside a call")), Verdict::Noted);
        assert!(gate.enter().is_none());
        gate.end_statement();
        gate.begin_statement();
        assert!(gate.enter().is_some());
    }

    #[test]
    fn a_cancel_inside_a_call_is_seen_when_leaving() {
        let gate = Gate::new();
        gate.begin_statement();
        let before = gate.enter().unwrap();
        let mut sent = false;
        assert_eq!(gate.cancel(|| sent = true), Verdict::Interrupted);
        assert!(sent);
        assert!(gate.is_struck());
        assert!(gate.leave(before));
        assert!(!gate.is_struck());
        assert!(!gate.is_cancelled());
    }

    #[test]
    fn a_firm_call_is_left_alone() {
        let gate = Gate::new();
        gate.begin_statement();
        let before = gate.enter_firm();
        assert_eq!(gate.cancel(|| panic!("firm")), Verdict::NothingToDo);
        gate.leave_firm(before);
        assert!(gate.enter().is_some());
    }
}

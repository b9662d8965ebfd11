//! What the main thread tells the second thread without a system call: what it does and since
//! when, and what the second thread tells it: that the session has to end.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, eventfd};

use crate::engine::Gate;
use crate::session::Timeouts;

/// What the main thread is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// From the hand-over to the first ReadyForQuery.
    Login,
    /// Waiting for the client, outside of a transaction.
    Idle,
    /// Waiting for the client, inside a transaction.
    IdleInTransaction,
    /// Running a statement.
    Running,
    /// Waiting for a client that does not take its answer.
    Writing,
}

impl Phase {
    const ALL: [Phase; 5] =
        [Phase::Login, Phase::Idle, Phase::IdleInTransaction, Phase::Running, Phase::Writing];

    fn code(self) -> u64 {
        match self {
            Phase::Login => 0,
            Phase::Idle => 1,
            Phase::IdleInTransaction => 2,
            Phase::Running => 3,
            Phase::Writing => 4,
        }
    }
}

/// Why the session has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// An operator's command, or the end of a drain.
    Administrator,
    /// A shutdown at once.
    Immediate,
    /// The login took too long.
    LoginTimeout,
    /// The transaction was idle for too long.
    IdleInTransaction,
    /// The session was idle for too long.
    IdleSession,
    /// The client does not read.
    WriteStall,
}

impl Ending {
    const ALL: [Ending; 6] = [
        Ending::Administrator,
        Ending::Immediate,
        Ending::LoginTimeout,
        Ending::IdleInTransaction,
        Ending::IdleSession,
        Ending::WriteStall,
    ];

    fn code(self) -> u8 {
        match self {
            Ending::Administrator => 1,
            Ending::Immediate => 2,
            Ending::LoginTimeout => 3,
            Ending::IdleInTransaction => 4,
            Ending::IdleSession => 5,
            Ending::WriteStall => 6,
        }
    }
}

/// Bits of the word that hold milliseconds; the phase stands above them. 2^56 ms are two million
/// years.
const TIME_BITS: u32 = 56;

/// The shared state of both threads of a worker.
#[derive(Debug)]
pub(super) struct Pulse {
    start: Instant,
    /// Phase and the millisecond at which it began.
    word: AtomicU64,
    ending: AtomicU8,
    draining: AtomicBool,
    /// The running statement was cancelled because of its time, not because somebody asked.
    timed_out: AtomicBool,
    /// Milliseconds; 0 is none.
    statement_timeout: AtomicU64,
    idle_in_transaction_timeout: AtomicU64,
    idle_timeout: AtomicU64,
    nudge: OwnedFd,
    pub(super) gate: Arc<Gate>,
}

impl Pulse {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            start: Instant::now(),
            word: AtomicU64::new(0),
            ending: AtomicU8::new(0),
            draining: AtomicBool::new(false),
            timed_out: AtomicBool::new(false),
            statement_timeout: AtomicU64::new(0),
            idle_in_transaction_timeout: AtomicU64::new(0),
            idle_timeout: AtomicU64::new(0),
            nudge: eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?,
            gate: Arc::new(Gate::new()),
        })
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Main thread: enters a phase.
    pub(super) fn enter(&self, phase: Phase) {
        self.word.store(phase.code() << TIME_BITS | self.now_ms(), Ordering::Release);
    }

    /// The present phase and how long it has lasted.
    pub(super) fn phase(&self) -> (Phase, Duration) {
        let word = self.word.load(Ordering::Acquire);
        let code = word >> TIME_BITS;
        let since = word & ((1 << TIME_BITS) - 1);
        let phase = Phase::ALL.into_iter().find(|phase| phase.code() == code);
        let lasted = self.now_ms().saturating_sub(since);
        (phase.unwrap_or(Phase::Login), Duration::from_millis(lasted))
    }

    /// Main thread: the time-outs that hold from now on.
    pub(super) fn limit(&self, timeouts: Timeouts) {
        self.statement_timeout.store(timeouts.statement_ms, Ordering::Release);
        self.idle_in_transaction_timeout.store(timeouts.idle_in_transaction_ms, Ordering::Release);
        self.idle_timeout.store(timeouts.idle_ms, Ordering::Release);
    }

    /// How long a phase may last by the session's settings, if they say.
    pub(super) fn time_out_of(&self, phase: Phase) -> Option<Duration> {
        let limit = match phase {
            Phase::Running => &self.statement_timeout,
            Phase::IdleInTransaction => &self.idle_in_transaction_timeout,
            Phase::Idle => &self.idle_timeout,
            Phase::Login | Phase::Writing => return None,
        };
        match limit.load(Ordering::Acquire) {
            0 => None,
            ms => Some(Duration::from_millis(ms)),
        }
    }

    /// Main thread: a timed statement begins; the second thread has to look at its watch anew.
    pub(super) fn nudge(&self) {
        if let Err(error) = rustix::io::write(&self.nudge, &1_u64.to_ne_bytes()) {
            tracing::debug!(%error, "the second thread was nudged already");
        }
    }

    /// What the second thread polls to be nudged.
    pub(super) fn nudged(&self) -> &OwnedFd {
        &self.nudge
    }

    /// Second thread: the nudge was noticed.
    pub(super) fn settle(&self) {
        let mut count = [0; 8];
        if let Err(error) = rustix::io::read(&self.nudge, &mut count) {
            tracing::trace!(%error, "nobody had nudged");
        }
    }

    /// Second thread: the session has to end; the first reason stays.
    pub(super) fn end(&self, ending: Ending) {
        if let Err(earlier) =
            self.ending.compare_exchange(0, ending.code(), Ordering::AcqRel, Ordering::Acquire)
        {
            tracing::debug!(earlier, "the session is ending already");
        }
    }

    /// Why the session has to end, if it has to.
    pub(super) fn ending(&self) -> Option<Ending> {
        let code = self.ending.load(Ordering::Acquire);
        Ending::ALL.into_iter().find(|ending| ending.code() == code)
    }

    /// Second thread: no new work is to be begun.
    pub(super) fn drain(&self) {
        self.draining.store(true, Ordering::Release);
    }

    /// Whether a session outside of a transaction has to end now.
    pub(super) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// Second thread: the cancel that follows is for the statement's time.
    pub(super) fn time_is_over(&self) {
        self.timed_out.store(true, Ordering::Release);
    }

    /// Main thread: whether the last cancel was for time; asks once.
    pub(super) fn take_timed_out(&self) -> bool {
        self.timed_out.swap(false, Ordering::AcqRel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phase_comes_back_with_its_age() {
        let pulse = Pulse::new().unwrap();
        for phase in Phase::ALL {
            pulse.enter(phase);
            let (found, age) = pulse.phase();
            assert_eq!(found, phase);
            assert!(age < Duration::from_secs(1));
        }
    }

    #[test]
    fn the_first_ending_stays() {
        let pulse = Pulse::new().unwrap();
        assert_eq!(pulse.ending(), None);
        pulse.end(Ending::IdleSession);
        pulse.end(Ending::Administrator);
        assert_eq!(pulse.ending(), Some(Ending::IdleSession));
    }
}

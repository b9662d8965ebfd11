//! The second thread of a worker: control socket, timers, cancel, and the client's hang-up.
//!
//! It blocks all signals and never connects to IRIS; it owns no state that the main thread
//! waits for.

use std::os::fd::OwnedFd;
use std::sync::mpsc;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{Shutdown, shutdown};

use super::pulse::{Ending, Phase, Pulse};
use crate::config::Settings;
use crate::control::{Admission, LinkError, Message, Receiver, Termination};
use crate::engine::{Interrupt, Verdict, signals};

/// How often timers are looked at when nothing else happens.
pub(super) const TICK: Duration = Duration::from_secs(1);
/// How long the main thread may take to end after it was told to, before the process exits.
const LAST_RESORT: Duration = Duration::from_secs(5);
/// Exit status when the main thread did not end by itself.
const STATUS_FORCED: i32 = 70;

/// What the second thread works with.
pub(super) struct Attendant {
    pub(super) receiver: Receiver,
    /// Signals that an operator sends to this process.
    pub(super) terminations: signals::Terminations,
    /// The client's socket, to shut it down and to see the client hang up.
    pub(super) socket: OwnedFd,
    pub(super) pulse: Arc<Pulse>,
    /// How the session can be interrupted, once there is one.
    pub(super) interrupt: Arc<OnceLock<Interrupt>>,
    /// Answers to `Admit` for the main thread.
    pub(super) admissions: mpsc::Sender<Admission>,
    pub(super) login_until: Instant,
    pub(super) settings: Settings,
}

/// How far the cancelling of a call has gone (DESIGN §1, Cancel). The step between the two, a
/// helper session that says `CANCEL QUERY`, needs a service account.
#[derive(Debug, Default)]
struct Ladder {
    /// When the last step was taken.
    since: Option<Instant>,
    /// The IRIS job was told to end.
    job_ended: bool,
}

impl Attendant {
    /// Runs until the process ends.
    pub(super) fn run(mut self) {
        if let Err(error) = signals::block_all_signals() {
            tracing::error!(%error, "signals cannot be blocked");
        }
        let mut watch_client = !self.settings.client_connection_check_interval.is_zero();
        let mut ladder = Ladder::default();
        let mut kill_at: Option<Instant> = None;
        loop {
            let wait = self.next_look(kill_at);
            let hung_up = self.wait(wait, watch_client);
            if hung_up {
                watch_client = false;
                self.cancel_on_request();
            }
            if !self.listen() {
                kill_at.get_or_insert_with(|| Instant::now() + LAST_RESORT);
            }
            self.hear_signals();
            self.look_at_the_watch();
            self.climb(&mut ladder);
            if self.pulse.ending().is_some() {
                kill_at.get_or_insert_with(|| Instant::now() + LAST_RESORT);
            }
            if kill_at.is_some_and(|at| Instant::now() >= at) {
                tracing::error!("the main thread does not end; the process does");
                std::process::exit(STATUS_FORCED);
            }
        }
    }

    /// Waits for a message, a nudge, the client's hang-up, or time. True: the client hung up.
    fn wait(&self, timeout: Duration, watch_client: bool) -> bool {
        let timeout = Timespec {
            tv_sec: i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(timeout.subsec_nanos()),
        };
        let mut wanted = vec![
            PollFd::new(&self.receiver, PollFlags::IN),
            PollFd::new(self.pulse.nudged(), PollFlags::IN),
            PollFd::new(&self.terminations, PollFlags::IN),
        ];
        if watch_client {
            wanted.push(PollFd::new(&self.socket, PollFlags::RDHUP));
        }
        if poll(&mut wanted, Some(&timeout)).is_err() {
            return false;
        }
        if wanted.get(1).is_some_and(|nudge| !nudge.revents().is_empty()) {
            self.pulse.settle();
        }
        wanted.get(3).is_some_and(|client| !client.revents().is_empty())
    }

    /// When the watch has to be looked at next.
    fn next_look(&self, kill_at: Option<Instant>) -> Duration {
        let (phase, age) = self.pulse.phase();
        let limit = match phase {
            Phase::Login => Some(self.login_until.saturating_duration_since(Instant::now())),
            other => self.pulse.time_out_of(other).map(|all| all.saturating_sub(age)),
        };
        let kill = kill_at.map(|at| at.saturating_duration_since(Instant::now()));
        let least = [limit, kill].into_iter().flatten().min().unwrap_or(TICK);
        least.clamp(Duration::from_millis(1), TICK)
    }

    /// Takes the next, harder step when the main thread has not left the call that was
    /// interrupted: IrisAbort of the job, then the end of the process.
    fn climb(&self, ladder: &mut Ladder) {
        let Some(interrupt) = self.interrupt.get().filter(|_| self.pulse.gate.is_struck()) else {
            *ladder = Ladder::default();
            return;
        };
        let step = ladder.since.get_or_insert_with(Instant::now);
        if step.elapsed() < self.settings.cancel_wait_timeout {
            return;
        }
        if ladder.job_ended {
            tracing::error!("a call heeds no interrupt; the process ends");
            std::process::exit(STATUS_FORCED);
        }
        tracing::warn!("a call heeds no interrupt; the IRIS job is ended");
        interrupt.end_job();
        *ladder = Ladder { since: Some(Instant::now()), job_ended: true };
    }

    /// Handles every message that has arrived. False: the supervisor is gone.
    fn listen(&mut self) -> bool {
        loop {
            match self.receiver.try_recv() {
                Ok(None) => return true,
                Ok(Some(message)) => self.obey(message),
                Err(LinkError::SupervisorGone) => {
                    self.terminate(Ending::Administrator);
                    return false;
                }
                Err(error) => {
                    tracing::error!(%error, "the control socket is broken");
                    self.terminate(Ending::Administrator);
                    return false;
                }
            }
        }
    }

    /// Signals mean what they mean to a PostgreSQL backend: SIGINT cancels, SIGTERM ends.
    fn hear_signals(&self) {
        while let Ok(Some(signal)) = self.terminations.next() {
            match signal {
                libc::SIGINT => self.cancel_on_request(),
                libc::SIGTERM => self.terminate(Ending::Administrator),
                libc::SIGQUIT => self.terminate(Ending::Immediate),
                _ => tracing::debug!(signal, "signal"),
            }
        }
    }

    fn obey(&mut self, message: Message) {
        match message {
            Message::Cancel { asker } => {
                self.cancel_on_request();
                // Now the one who asked sees its connection close.
                drop(asker);
            }
            Message::Terminate(Termination::Immediate) => self.terminate(Ending::Immediate),
            Message::Terminate(Termination::LoginTimeout) => self.terminate(Ending::LoginTimeout),
            Message::Terminate(Termination::Administrator | Termination::NotNeeded) => {
                self.terminate(Ending::Administrator);
            }
            Message::Drain { .. } => {
                self.pulse.drain();
                if matches!(self.pulse.phase().0, Phase::Idle | Phase::Login) {
                    self.stop_reading();
                }
            }
            Message::Admit(admission) => {
                if self.admissions.send(admission).is_err() {
                    tracing::debug!("nobody waits for an admission");
                }
            }
            Message::Reload { .. } => tracing::debug!("settings of a running session stay"),
            Message::Client(_) => tracing::error!("a second client was handed over"),
        }
    }

    fn look_at_the_watch(&self) {
        let (phase, age) = self.pulse.phase();
        let over = self.pulse.time_out_of(phase).is_some_and(|limit| age >= limit);
        let stall = self.settings.write_stall_timeout;
        match phase {
            Phase::Login if Instant::now() >= self.login_until => {
                self.terminate(Ending::LoginTimeout);
            }
            Phase::Running if over => {
                self.pulse.time_is_over();
                if !self.cancel() && self.pulse.take_timed_out() {
                    tracing::trace!("no statement ran out of time");
                }
            }
            Phase::IdleInTransaction if over => self.terminate(Ending::IdleInTransaction),
            Phase::Idle if over => self.terminate(Ending::IdleSession),
            Phase::Writing if !stall.is_zero() && age >= stall => {
                self.terminate(Ending::WriteStall);
            }
            _ => {}
        }
    }

    /// Cancels what somebody asked to cancel; nothing is said when nothing runs.
    fn cancel_on_request(&self) {
        if !self.cancel() {
            tracing::debug!("a cancel request found nothing to cancel");
        }
    }

    /// Cancels the running statement. False: none runs, or there is no session yet.
    fn cancel(&self) -> bool {
        let Some(interrupt) = self.interrupt.get() else {
            return false;
        };
        let verdict = self.pulse.gate.cancel(|| interrupt.strike());
        tracing::debug!(?verdict, "cancel");
        verdict != Verdict::NothingToDo
    }

    /// Ends the session: a running statement is cancelled, a wait for the client is cut short.
    fn terminate(&self, ending: Ending) {
        if self.pulse.ending().is_some() {
            return;
        }
        self.pulse.end(ending);
        self.cancel_on_request();
        match ending {
            // Nothing is said to a client that did not log in, or does not read.
            Ending::LoginTimeout | Ending::WriteStall => self.shut(Shutdown::Both),
            _ => self.stop_reading(),
        }
    }

    /// The main thread's read comes back empty; what it says last can still be sent.
    fn stop_reading(&self) {
        self.shut(Shutdown::Read);
    }

    fn shut(&self, how: Shutdown) {
        if let Err(error) = shutdown(&self.socket, how) {
            tracing::debug!(%error, "the client had gone");
        }
    }
}

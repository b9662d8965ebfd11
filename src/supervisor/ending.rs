//! The end: graceful, hurried, at once.

use super::Supervisor;
use crate::control::{Message, Termination};
use rustix::process::{Pid, Signal, kill_process};
use std::time::{Duration, Instant};

/// After the grace time workers are told to end; this long after that they are killed. Source:
/// facts/reliability.md §6, `shutdown_grace`: 5 s more, then kill.
const KILL_AFTER: Duration = Duration::from_secs(5);
/// The same when the end is at once.
const KILL_AT_ONCE_AFTER: Duration = Duration::from_millis(500);

/// The stages of a server's life.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// The first worker has not said that it is ready.
    Starting,
    /// Clients come and go.
    Serving,
    /// New clients are refused, running work may go on until then.
    Draining {
        /// The end of the grace time.
        until: Instant,
    },
    /// All workers have been told to end; whoever comes now is closed without a word.
    Ending {
        /// When those that did not are killed.
        kill_at: Instant,
    },
    /// The first worker failed; why.
    Failed(String),
    /// The last worker is gone.
    Over,
}

impl Life {
    pub(super) fn is_ending(&self) -> bool {
        matches!(self, Self::Draining { .. } | Self::Ending { .. } | Self::Over)
    }
}

impl Supervisor {
    /// A graceful stop; asked for a second time, the grace time is over.
    pub(super) fn stop(&mut self, by: &str) {
        match self.life {
            Life::Starting | Life::Serving => {
                let grace = self.settings.shutdown_grace;
                let clients = self.places.clients();
                tracing::info!("{by}: stopping, {} clients have {grace:?}", clients.len());
                self.life = Life::Draining { until: Instant::now() + grace };
                for pid in self.places.spares() {
                    self.dismiss(pid);
                }
                let deadline_ms = u32::try_from(grace.as_millis()).unwrap_or(u32::MAX);
                for pid in clients {
                    self.say(pid, Message::Drain { deadline_ms });
                }
                self.seat_waiting();
                self.end_if_alone();
            }
            Life::Draining { .. } => {
                tracing::info!("{by} again: the grace time is over");
                self.terminate(Termination::Administrator, KILL_AFTER);
            }
            Life::Ending { .. } | Life::Failed(_) | Life::Over => {}
        }
    }

    /// A stop without grace.
    pub(super) fn stop_at_once(&mut self, by: &str) {
        if !matches!(self.life, Life::Failed(_) | Life::Over) {
            tracing::info!("{by}: stopping at once");
            self.terminate(Termination::Immediate, KILL_AT_ONCE_AFTER);
        }
    }

    fn terminate(&mut self, reason: Termination, kill_after: Duration) {
        self.life = Life::Ending { kill_at: Instant::now() + kill_after };
        for pid in self.places.spares() {
            self.dismiss(pid);
        }
        for pid in self.places.clients() {
            self.say(pid, Message::Terminate(reason));
        }
        self.end_if_alone();
    }

    /// Goes on to the next stage when nobody is left for whom this one waits. Clients who are only
    /// refused are not waited for: with enough of them the end would never come.
    pub(super) fn end_if_alone(&mut self) {
        if self.places.is_empty() {
            self.life = Life::Over;
        } else if matches!(self.life, Life::Draining { .. }) && self.places.count().serving == 0 {
            self.terminate(Termination::Administrator, KILL_AFTER);
        }
    }

    /// The deadlines of the end.
    pub(super) fn hurry(&mut self, now: Instant) {
        match self.life {
            Life::Draining { until } if now >= until => {
                tracing::info!("the grace time is over");
                self.terminate(Termination::Administrator, KILL_AFTER);
            }
            // Whoever did not die of it, in an uninterruptible wait, is tried again.
            Life::Ending { kill_at } if now >= kill_at => {
                for pid in self.places.all() {
                    kill(pid);
                }
            }
            _ => {}
        }
    }
}

/// The last resort. Not reaped yet, so the process id is still this worker's.
fn kill(pid: u32) {
    let Some(process) = i32::try_from(pid).ok().and_then(Pid::from_raw) else { return };
    match kill_process(process, Signal::KILL) {
        Ok(()) => tracing::warn!("worker {pid} did not end and was killed"),
        Err(errno) => tracing::debug!("worker {pid} cannot be killed: {errno}"),
    }
}

//! Places for clients: the table of workers, the queue at the door, the spares.

use super::listen::Knock;
use super::spawn::{self, Handle};
use super::{Life, Supervisor};
use crate::config::Settings;
use crate::control::{
    CANCEL_KEY_BYTES, CancelKey, Client, LoggedIn, Message, Peer, Purpose, Refusal, Termination,
};
use rustix::net::sockopt;
use std::collections::{HashMap, VecDeque};
use std::io::{self, Read};
use std::net::IpAddr;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

/// Workers beyond `connections_max` that exist only to refuse properly. Source: the design.
pub(super) const REFUSING_MAX: usize = 8;
/// The worker itself ends a late login; after this much more time it is told to.
const LATE_LOGIN: Duration = Duration::from_secs(1);
/// Demand is the number of hand-overs in this span.
const DEMAND_SPAN: Duration = Duration::from_secs(1);
/// Hand-overs per second that one more spare is kept for: an exec takes some milliseconds, so a
/// spare is replaced in time when fewer than about a hundred of them are taken per second.
const DEMAND_PER_SPARE: u32 = 4;
/// Spares beyond the need are dismissed this long after the last hand-over.
const SPARE_PATIENCE: Duration = Duration::from_secs(10);
/// The pause after a worker that could not start, doubled each time …
const SPAWN_PAUSE_FIRST: Duration = Duration::from_millis(100);
/// … up to this.
const SPAWN_PAUSE_MAX: Duration = Duration::from_secs(10);

/// A client's record.
pub(super) struct Seated {
    pub(super) peer: Peer,
    pub(super) slot: u32,
    pub(super) key: CancelKey,
    pub(super) purpose: Purpose,
    pub(super) deadline: Instant,
    pub(super) login: Option<LoggedIn>,
    late: bool,
}

/// What a worker is there for.
pub(super) enum Stage {
    /// It waits for a client.
    Spare {
        /// The library is loaded.
        ready: bool,
    },
    /// It has, or had, a client.
    Client(Box<Seated>),
}

/// A worker process.
pub(super) struct Worker {
    /// `None` once it was given up: it ends, or has ended.
    pub(super) handle: Option<Handle>,
    pub(super) stage: Stage,
    /// Its last words.
    pub(super) bye: Option<String>,
    /// Spares are taken in the order of their birth.
    born: u64,
}

impl Worker {
    /// The session, if there is one, and its cancel key.
    pub(super) fn login(worker: &mut Self) -> Option<(&LoggedIn, &CancelKey)> {
        match &worker.stage {
            Stage::Client(seated) => seated.login.as_ref().map(|login| (login, &seated.key)),
            Stage::Spare { .. } => None,
        }
    }
}

/// The table of workers and the queue at the door.
pub(super) struct Places {
    workers: HashMap<u32, Worker>,
    free_slots: Vec<u32>,
    waiting: VecDeque<Knock>,
    born: u64,
    handed_over: u32,
    demand: u32,
    demand_since: Instant,
    last_hand_over: Instant,
    spawn_pause: Duration,
    spawn_after: Instant,
}

/// How many there are of each kind.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count {
    /// Clients being served, logged in or not.
    pub(super) serving: usize,
    /// Of these, those that have not logged in yet.
    pub(super) unauthenticated: usize,
    /// Clients being refused.
    pub(super) refusing: usize,
    /// Spares, ready or not.
    pub(super) spares: usize,
}

/// Clients that are served and have not logged in yet.
#[derive(Default)]
struct Strangers {
    all: usize,
    from: HashMap<IpAddr, usize>,
}

impl Strangers {
    /// Whether one more from there may have a worker now.
    fn leave_room_for(&self, peer: &Peer, settings: &Settings) -> bool {
        let all = usize::try_from(settings.unauthenticated_connections_max).unwrap_or(usize::MAX);
        let each = usize::try_from(settings.unauthenticated_per_address_max).unwrap_or(usize::MAX);
        let from = peer.ip().and_then(|ip| self.from.get(&ip)).copied().unwrap_or(0);
        self.all < all && (peer.is_local() || from < each)
    }
}

impl Places {
    /// Slots in the shared page: one for every client that may be there at once.
    pub(super) fn slots(settings: &Settings) -> u32 {
        settings.connections_max.saturating_add(u32::try_from(REFUSING_MAX).unwrap_or(u32::MAX))
    }

    pub(super) fn new(slots: u32) -> Self {
        let now = Instant::now();
        Self {
            workers: HashMap::new(),
            free_slots: (0..slots).rev().collect(),
            waiting: VecDeque::new(),
            born: 0,
            handed_over: 0,
            demand: 0,
            demand_since: now,
            last_hand_over: now,
            spawn_pause: SPAWN_PAUSE_FIRST,
            spawn_after: now,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.workers.is_empty()
    }

    pub(super) fn get_mut(&mut self, pid: u32) -> Option<&mut Worker> {
        self.workers.get_mut(&pid)
    }

    /// A dead worker's place is free again.
    pub(super) fn remove(&mut self, pid: u32) -> Option<Worker> {
        let worker = self.workers.remove(&pid)?;
        if let Stage::Client(seated) = &worker.stage {
            self.free_slots.push(seated.slot);
        }
        Some(worker)
    }

    /// All workers' process ids.
    pub(super) fn all(&self) -> Vec<u32> {
        self.workers.keys().copied().collect()
    }

    /// The spares that have not been dismissed, oldest first.
    pub(super) fn spares(&self) -> Vec<u32> {
        let mut spares: Vec<(bool, u64, u32)> = self
            .workers
            .iter()
            .filter_map(|(pid, worker)| match worker.stage {
                Stage::Spare { ready } if worker.handle.is_some() => {
                    Some((!ready, worker.born, *pid))
                }
                _ => None,
            })
            .collect();
        spares.sort_unstable();
        spares.into_iter().map(|(_, _, pid)| pid).collect()
    }

    /// The workers that have a client.
    pub(super) fn clients(&self) -> Vec<u32> {
        self.seated().map(|(pid, _)| pid).collect()
    }

    fn seated(&self) -> impl Iterator<Item = (u32, &Seated)> {
        self.workers.iter().filter_map(|(pid, worker)| match &worker.stage {
            Stage::Client(seated) => Some((*pid, &**seated)),
            Stage::Spare { .. } => None,
        })
    }

    /// How many clients wait at the door for a place.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn count(&self) -> Count {
        let mut count = Count::default();
        for worker in self.workers.values() {
            match &worker.stage {
                Stage::Client(seated) if seated.purpose != Purpose::Serve => count.refusing += 1,
                Stage::Client(seated) => {
                    count.serving += 1;
                    count.unauthenticated += usize::from(seated.login.is_none());
                }
                Stage::Spare { .. } if worker.handle.is_some() => count.spares += 1,
                Stage::Spare { .. } => {}
            }
        }
        count
    }

    /// How many strangers there are, in all and per address.
    fn strangers(&self) -> Strangers {
        let mut strangers = Strangers::default();
        for (_, seated) in self.seated() {
            if seated.purpose == Purpose::Serve && seated.login.is_none() {
                strangers.all += 1;
                if let Some(ip) = seated.peer.ip() {
                    *strangers.from.entry(ip).or_default() += 1;
                }
            }
        }
        strangers
    }

    /// Workers whose client should have been logged in by now; each is named once.
    pub(super) fn late_logins(&mut self, now: Instant) -> Vec<u32> {
        let mut late = Vec::new();
        for (pid, worker) in &mut self.workers {
            if let Stage::Client(seated) = &mut worker.stage
                && seated.login.is_none()
                && !seated.late
                && now > seated.deadline + LATE_LOGIN
            {
                seated.late = true;
                late.push(*pid);
            }
        }
        late
    }

    /// Closes those who waited at the door for longer than a login may take.
    pub(super) fn drop_late_waiting(&mut self, now: Instant) {
        while self.waiting.front().is_some_and(|knock| now > knock.deadline) {
            self.waiting.pop_front();
        }
    }

    /// A worker could not start: the next try comes later.
    pub(super) fn spawn_failed(&mut self) {
        self.spawn_after = Instant::now() + self.spawn_pause;
        self.spawn_pause = (self.spawn_pause * 2).min(SPAWN_PAUSE_MAX);
    }

    fn note_hand_over(&mut self, now: Instant) {
        self.spawn_pause = SPAWN_PAUSE_FIRST;
        self.last_hand_over = now;
        self.handed_over = self.handed_over.saturating_add(1);
        self.measure_demand(now);
    }

    fn measure_demand(&mut self, now: Instant) {
        if now.saturating_duration_since(self.demand_since) >= DEMAND_SPAN {
            self.demand = self.handed_over;
            self.handed_over = 0;
            self.demand_since = now;
        }
    }

    /// How many spares there should be.
    fn spares_wanted(&self, settings: &Settings) -> usize {
        let demand = self.demand.max(self.handed_over) / DEMAND_PER_SPARE;
        let (low, high) = (settings.spare_workers_min, settings.spare_workers_max);
        let wanted = low.saturating_add(demand).clamp(low, high.max(low));
        // Spares that connections_max would never let anybody have are of no use, except those
        // that refuse.
        usize::try_from(wanted).unwrap_or(usize::MAX)
    }
}

impl Supervisor {
    /// Finds a place for a client, or a way to refuse it, or lets it wait.
    pub(super) fn place(&mut self, knock: Knock) {
        if matches!(self.life, Life::Ending { .. } | Life::Over) {
            return;
        }
        let count = self.places.count();
        let full = usize::try_from(self.settings.connections_max).unwrap_or(usize::MAX);
        let refusal = if self.life.is_ending() {
            Some(Refusal::ShuttingDown)
        } else if count.serving >= full {
            Some(Refusal::TooManyConnections)
        } else {
            None
        };
        match refusal {
            Some(reason) if count.refusing < REFUSING_MAX => {
                self.hand_over(knock, Purpose::Refuse(reason));
            }
            Some(reason) => tracing::info!("{}: {reason:?}: closed", knock.peer),
            None if self.places.strangers().leave_room_for(&knock.peer, &self.settings) => {
                self.hand_over(knock, Purpose::Serve);
            }
            None if self.strangers_at_the_door() < self.rules.borrow().silent_max => {
                self.places.waiting.push_back(knock);
            }
            None => tracing::info!("{}: too many wait to log in: closed", knock.peer),
        }
    }

    /// Peers that cost a descriptor and nothing else: those who said nothing and those who wait.
    fn strangers_at_the_door(&self) -> usize {
        self.lobby.len().saturating_add(self.places.waiting.len())
    }

    /// Gives places that became free to those who wait, in their order, passing over addresses
    /// that have their share.
    pub(super) fn seat_waiting(&mut self) {
        while !self.places.waiting.is_empty() {
            let strangers = self.places.strangers();
            let next = self.places.waiting.iter().position(|knock| {
                self.life.is_ending() || strangers.leave_room_for(&knock.peer, &self.settings)
            });
            let Some(knock) = next.and_then(|next| self.places.waiting.remove(next)) else {
                return;
            };
            self.place(knock);
        }
    }

    fn hand_over(&mut self, knock: Knock, purpose: Purpose) {
        let now = Instant::now();
        let spare = match self.places.spares().first() {
            Some(spare) => *spare,
            None if now < self.places.spawn_after => {
                tracing::error!("{}: workers cannot be started: closed", knock.peer);
                return;
            }
            None => match self.spawn_worker() {
                Ok(pid) => pid,
                Err(error) => {
                    tracing::error!("cannot start a worker: {error}");
                    self.places.spawn_failed();
                    return;
                }
            },
        };
        let (Some(slot), Ok(key)) = (self.places.free_slots.pop(), self.cancel_key()) else {
            tracing::error!("{}: no slot or no randomness left: closed", knock.peer);
            return;
        };
        if let Err(error) = prepare(&knock, &self.settings) {
            // The client went already; its worker will find out.
            tracing::debug!("{}: {error}", knock.peer);
        }
        let left = knock.deadline.saturating_duration_since(now).as_millis();
        let seated = Seated {
            peer: knock.peer,
            slot,
            key: key.clone(),
            purpose,
            deadline: knock.deadline,
            login: None,
            late: false,
        };
        if let Some(worker) = self.places.get_mut(spare) {
            worker.stage = Stage::Client(Box::new(seated));
        }
        self.say(
            spare,
            Message::Client(Client {
                socket: knock.socket,
                slot,
                cancel_key: key,
                peer: knock.peer,
                purpose,
                login_ms: u32::try_from(left).unwrap_or(u32::MAX),
            }),
        );
        self.places.note_hand_over(now);
        self.refill();
    }

    fn cancel_key(&mut self) -> io::Result<CancelKey> {
        let mut key = [0; CANCEL_KEY_BYTES];
        self.random.read_exact(&mut key)?;
        Ok(CancelKey(key))
    }

    /// Starts one worker, as a spare.
    pub(super) fn spawn_worker(&mut self) -> io::Result<u32> {
        let page: OwnedFd = self.page_fd.try_clone()?;
        let events = self.events.clone();
        let handle = spawn::spawn(&self.recipe, self.hello.clone(), page, events)?;
        let pid = handle.pid;
        self.places.born += 1;
        let born = self.places.born;
        let stage = Stage::Spare { ready: false };
        let worker = Worker { handle: Some(handle), stage, bye: None, born };
        self.places.workers.insert(pid, worker);
        Ok(pid)
    }

    /// Starts as many spares as there should be.
    pub(super) fn refill(&mut self) {
        let now = Instant::now();
        if !matches!(self.life, Life::Serving) || now < self.places.spawn_after {
            return;
        }
        self.places.measure_demand(now);
        let wanted = self.places.spares_wanted(&self.settings);
        for _ in self.places.count().spares..wanted {
            if let Err(error) = self.spawn_worker() {
                tracing::error!("cannot start a worker: {error}");
                self.places.spawn_failed();
                return;
            }
        }
    }

    /// Dismisses spares that are no longer needed.
    pub(super) fn shrink(&mut self) {
        let now = Instant::now();
        self.places.measure_demand(now);
        if now.saturating_duration_since(self.places.last_hand_over) < SPARE_PATIENCE {
            return;
        }
        let wanted = self.places.spares_wanted(&self.settings);
        for pid in self.places.spares().into_iter().skip(wanted) {
            self.dismiss(pid);
        }
    }

    /// Ends a spare.
    pub(super) fn dismiss(&mut self, pid: u32) {
        self.say(pid, Message::Terminate(Termination::NotNeeded));
        self.give_up(pid);
    }
}

/// Sets what every client socket has: no waiting for full packets, probes while it is silent.
fn prepare(knock: &Knock, settings: &Settings) -> io::Result<()> {
    if !matches!(knock.peer, Peer::Tcp(_)) {
        return Ok(());
    }
    let socket = &knock.socket;
    sockopt::set_tcp_nodelay(socket, true)?;
    sockopt::set_socket_keepalive(socket, true)?;
    if !settings.tcp_keepalives_idle.is_zero() {
        sockopt::set_tcp_keepidle(socket, settings.tcp_keepalives_idle)?;
    }
    if !settings.tcp_keepalives_interval.is_zero() {
        sockopt::set_tcp_keepintvl(socket, settings.tcp_keepalives_interval)?;
    }
    if settings.tcp_keepalives_count != 0 {
        sockopt::set_tcp_keepcnt(socket, settings.tcp_keepalives_count)?;
    }
    Ok(())
}

//! The process that accepts, admits, spawns and counts; it runs no SQL and never calls Callin.
//!
//! One thread, one state: tasks for listeners, visitors at the door, workers and operators send
//! [`Event`]s to [`Supervisor`], whose methods change the tables and never wait.
//!
//! A connection's way: [`listen`] accepts it, [`door`] looks at its first bytes without consuming
//! them, [`Supervisor`] finds it a place and a worker, [`spawn`] sends the socket over and closes
//! our copy. From then on the supervisor knows the client only by what its worker says and by the
//! worker's death.

#![forbid(unsafe_code)]

mod admin;
mod door;
mod ending;
mod listen;
mod places;
mod run_directory;
mod spawn;
mod start;
mod throttle;

pub use listen::ListenError;
pub use run_directory::{Operator, RunError};
pub use start::{StartError, serve};

use crate::config::library::Located;
use crate::config::log::Wire;
use crate::config::{Settings, Sources};
use crate::control::page::Page;
use crate::control::{Admission, CodecError, Hello, Message, Outgoing, Peer, Refusal, Termination};
use door::Rules;
use ending::Life;
use listen::{Knock, Listener, Lobby};
use places::{Places, Stage, Worker};
use spawn::Recipe;
use start::descriptors_for_strangers;
use std::fs::File;
use std::os::fd::OwnedFd;
use std::process::ExitStatus;
use std::time::{Duration, Instant, SystemTime};
use throttle::{Cancels, Logins};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, oneshot, watch};

/// How often deadlines are looked at.
const TICK: Duration = Duration::from_millis(200);
/// Events that may wait. Their senders wait when there are more.
const EVENTS_MAX: usize = 1024;
/// Something happened that concerns the whole.
enum Event {
    /// A client that a worker must answer.
    Knock(Knock),
    /// A CancelRequest, read whole. The socket is closed when the event is dropped.
    CancelRequest { peer: Peer, pid: i32, key: Vec<u8>, socket: OwnedFd },
    /// A worker said something.
    Said { pid: u32, said: Outgoing },
    /// A worker is dead.
    Exited { pid: u32, status: ExitStatus },
    /// An operator's command, and where the answer goes.
    Command { command: String, answer: oneshot::Sender<String> },
}

/// All that the server knows.
struct Supervisor {
    sources: Sources,
    settings: Settings,
    located: Located,
    listeners: Vec<Listener>,
    addresses: Vec<String>,
    events: mpsc::Sender<Event>,
    rules: watch::Sender<Rules>,
    lobby: Lobby,
    places: Places,
    page: Page,
    page_fd: OwnedFd,
    hello: Vec<u8>,
    recipe: Recipe,
    generation: u64,
    logins: Logins,
    cancels: Cancels,
    random: File,
    life: Life,
    since: SystemTime,
    /// `$ZVERSION` as the first login told it.
    version: Option<String>,
    accepted: u64,
}

impl Supervisor {
    fn new(
        sources: Sources,
        settings: Settings,
        located: Located,
        listeners: Vec<Listener>,
        events: mpsc::Sender<Event>,
    ) -> Result<Self, StartError> {
        let slots = Places::slots(&settings);
        let (page, page_fd) = Page::create(slots)?;
        let strangers = descriptors_for_strangers(&settings);
        if strangers < usize::try_from(settings.silent_connections_max).unwrap_or(usize::MAX) {
            tracing::warn!(
                "the system's limit of descriptors is low for connections_max and \
                 silent_connections_max: at most {strangers} peers may wait at the door"
            );
        }
        let rules = Rules::new(&settings, strangers);
        let recipe = Recipe::new(std::env::current_exe()?, located.directory());
        let mut supervisor = Self {
            sources,
            places: Places::new(slots),
            addresses: listeners.iter().map(|listener| listener.name.clone()).collect(),
            listeners,
            events,
            rules: watch::channel(rules).0,
            lobby: Lobby::default(),
            page,
            page_fd,
            hello: Vec::new(),
            recipe,
            generation: 1,
            logins: Logins::new(),
            cancels: Cancels::new(),
            random: File::open("/dev/urandom")?,
            life: Life::Starting,
            since: SystemTime::now(),
            version: None,
            accepted: 0,
            settings,
            located,
        };
        supervisor.hello = supervisor.hello()?;
        Ok(supervisor)
    }

    /// The first message to a worker with the present settings.
    fn hello(&self) -> Result<Vec<u8>, CodecError> {
        let hello = Hello {
            generation: self.generation,
            library: self.located.library.clone(),
            manager_directory: self.located.manager_directory.clone(),
            settings: self.settings.pairs(),
        };
        hello.encode()
    }

    async fn run(mut self, mut inbox: mpsc::Receiver<Event>) -> Result<(), StartError> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut quit = signal(SignalKind::quit())?;
        let mut hangup = signal(SignalKind::hangup())?;
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        self.spawn_worker()?;
        loop {
            tokio::select! {
                event = inbox.recv() => match event {
                    Some(event) => self.handle(event),
                    None => return Ok(()),
                },
                _ = tick.tick() => self.tick(),
                _ = terminate.recv() => self.stop("SIGTERM"),
                _ = interrupt.recv() => self.stop("SIGINT"),
                _ = quit.recv() => self.stop_at_once("SIGQUIT"),
                _ = hangup.recv() => {
                    let told = self.reload();
                    tracing::debug!("SIGHUP: {told}");
                }
            }
            match &mut self.life {
                Life::Failed(reason) => return Err(StartError::Worker(std::mem::take(reason))),
                Life::Over => return Ok(()),
                _ => {}
            }
        }
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Knock(knock) => {
                self.accepted = self.accepted.saturating_add(1);
                self.place(knock);
            }
            Event::CancelRequest { peer, pid, key, socket } => {
                self.cancel(&peer, pid, &key, Some(socket));
            }
            Event::Said { pid, said } => self.hear(pid, said),
            Event::Exited { pid, status } => self.bury(pid, status),
            Event::Command { command, answer } => {
                let text = self.command(&command);
                if answer.send(text).is_err() {
                    tracing::debug!("an operator did not wait for the answer");
                }
            }
        }
    }

    /// The first worker is ready: the library can be loaded, so clients may come.
    fn open_doors(&mut self) {
        self.life = Life::Serving;
        for listener in std::mem::take(&mut self.listeners) {
            tracing::info!("listening on {}", listener.name);
            let rules = self.rules.subscribe();
            tokio::spawn(listen::accept(listener, rules, self.lobby.clone(), self.events.clone()));
        }
        self.refill();
    }

    fn hear(&mut self, pid: u32, said: Outgoing) {
        let Some(worker) = self.places.get_mut(pid) else { return };
        match said {
            Outgoing::Ready => {
                if let Stage::Spare { ready, .. } = &mut worker.stage {
                    *ready = true;
                }
                if matches!(self.life, Life::Starting) {
                    self.open_doors();
                }
            }
            Outgoing::Admit { user, database } => self.admit(pid, &user, &database),
            Outgoing::LoggedIn(login) => {
                if let Stage::Client(client) = &mut worker.stage {
                    tracing::debug!(
                        "worker {pid}: {} logged in to {} from {}",
                        Wire(&login.user),
                        Wire(&login.namespace),
                        client.peer
                    );
                    if self.version.is_none() && !login.version.is_empty() {
                        tracing::info!("the library is {}", Wire(&login.version));
                        self.version = Some(login.version.clone());
                    }
                    client.login = Some(login);
                }
                self.seat_waiting();
            }
            Outgoing::LoginFailed { user } => {
                if let Stage::Client(client) = &worker.stage {
                    let peer = client.peer;
                    tracing::warn!("login of {} from {peer} failed", Wire(&user));
                    self.logins.failed(peer.ip(), &user, Instant::now());
                }
            }
            Outgoing::Cancel { pid: target, key } => {
                if let Stage::Client(client) = &worker.stage {
                    let peer = client.peer;
                    self.cancel(&peer, target, &key, None);
                }
            }
            Outgoing::Bye { reason } => worker.bye = Some(reason),
        }
    }

    fn admit(&mut self, pid: u32, user: &str, database: &str) {
        let per_minute = self.settings.login_failures_per_minute;
        let shutting_down = self.life.is_ending();
        let Some(worker) = self.places.get_mut(pid) else { return };
        let Stage::Client(client) = &worker.stage else { return };
        let admission = if shutting_down {
            Admission::Refuse(Refusal::ShuttingDown)
        } else {
            match self.logins.delay(client.peer.ip(), user, per_minute, Instant::now()) {
                0 => Admission::Go,
                ms => Admission::Wait { ms },
            }
        };
        tracing::debug!("worker {pid}: {} asks for {}: {admission:?}", Wire(user), Wire(database));
        self.say(pid, Message::Admit(admission));
    }

    /// Acts on a CancelRequest. Whether it hit anything is told to nobody.
    fn cancel(&mut self, peer: &Peer, pid: i32, key: &[u8], asker: Option<OwnedFd>) {
        let limit = self.settings.cancel_requests_per_second;
        if !self.cancels.allow(peer.ip(), limit, Instant::now()) {
            tracing::info!("too many wrong cancel requests from {peer}: this one is ignored");
            return;
        }
        let target = u32::try_from(pid).ok();
        let login = target.and_then(|pid| self.places.get_mut(pid)).and_then(Worker::login);
        let right = login.is_some_and(|(login, secret)| {
            let bytes = secret.0.get(..usize::from(login.key_bytes)).unwrap_or_default();
            throttle::same_secret(bytes, key)
        });
        match target {
            Some(target) if right => self.say(target, Message::Cancel { asker }),
            _ => {
                self.cancels.wrong(peer.ip(), Instant::now());
                tracing::info!("cancel request from {peer} for process {pid}: no such key");
            }
        }
    }

    /// Sends to a worker; one that cannot take it is given up.
    fn say(&mut self, pid: u32, message: Message) {
        let Some(handle) = self.places.get_mut(pid).and_then(|worker| worker.handle.as_ref())
        else {
            return;
        };
        if let Err(unsent) = handle.send(message) {
            tracing::error!("worker {pid} cannot be told: {unsent}: given up");
            self.give_up(pid);
        }
    }

    /// Closes a worker's control socket, which ends it.
    fn give_up(&mut self, pid: u32) {
        if let Some(worker) = self.places.get_mut(pid) {
            worker.handle = None;
        }
    }

    fn bury(&mut self, pid: u32, status: ExitStatus) {
        let Some(worker) = self.places.remove(pid) else { return };
        let last_words = worker.bye.clone().unwrap_or_default();
        match &worker.stage {
            // Dismissed.
            Stage::Spare { .. } if worker.handle.is_none() => {}
            Stage::Spare { .. } => {
                tracing::error!("worker {pid} ended while waiting: {status} {last_words}");
                if matches!(self.life, Life::Starting) {
                    let reason =
                        if last_words.is_empty() { status.to_string() } else { last_words };
                    self.life = Life::Failed(reason);
                }
                self.places.spawn_failed();
            }
            Stage::Client(client) => {
                self.page.clear(client.slot);
                let user = client.login.as_ref().map_or("", |login| &login.user);
                if status.success() {
                    tracing::debug!("worker {pid} of {} ended {last_words}", client.peer);
                } else {
                    tracing::warn!(
                        "worker {pid} of {} at {} died: {status} {last_words}",
                        Wire(user),
                        client.peer
                    );
                }
            }
        }
        self.seat_waiting();
        if !self.life.is_ending() {
            self.refill();
        } else {
            self.end_if_alone();
        }
    }

    fn tick(&mut self) {
        let now = Instant::now();
        for pid in self.places.late_logins(now) {
            tracing::info!("worker {pid}: login took too long");
            self.say(pid, Message::Terminate(Termination::LoginTimeout));
        }
        self.places.drop_late_waiting(now);
        if self.life.is_ending() {
            self.hurry(now);
        } else if matches!(self.life, Life::Serving) {
            self.shrink();
            self.refill();
        }
    }

    /// Reads the settings again. A wrong one keeps the old settings and says so.
    fn reload(&mut self) -> String {
        let mut settings = match self.sources.settings() {
            Ok(settings) => settings,
            Err(error) => {
                tracing::error!("reload: {error}; the settings stay as they were");
                return format!("error: {error}");
            }
        };
        for name in settings.keep_until_start(&self.settings) {
            tracing::warn!("setting \"{name}\" changed, which needs a restart");
        }
        let old = std::mem::replace(&mut self.settings, settings);
        self.generation = self.generation.saturating_add(1);
        match self.hello() {
            Ok(hello) => self.hello = hello,
            Err(error) => {
                tracing::error!("reload: {error}; the settings stay as they were");
                self.settings = old;
                return format!("error: {error}");
            }
        }
        let strangers = descriptors_for_strangers(&self.settings);
        self.rules.send_replace(Rules::new(&self.settings, strangers));
        for pid in self.places.spares() {
            self.dismiss(pid);
        }
        for pid in self.places.clients() {
            let (generation, settings) = (self.generation, self.settings.pairs());
            self.say(pid, Message::Reload { generation, settings });
        }
        self.refill();
        tracing::info!("settings read again: generation {}", self.generation);
        format!("reloaded: generation {}", self.generation)
    }
}

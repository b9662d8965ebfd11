//! The start: limits, library, run directory, listeners, and what may be wrong with them.

use super::listen::{self, ListenError};
use super::places;
use super::run_directory::{RunDirectory, RunError};
use super::{EVENTS_MAX, Supervisor, admin};
use crate::config::library::{self, NotFound, Surroundings};
use crate::config::{SettingError, Settings, Sources};
use crate::control::CodecError;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::fmt;
use std::io;
use tokio::sync::mpsc;

/// Descriptors kept free besides those of peers at the door: for control sockets, workers' pidfds
/// and the system (facts/reliability.md §6, fd head-room).
const DESCRIPTORS_RESERVED: usize = 64;

/// Why a server does not start, or ended badly.
#[derive(Debug)]
pub enum StartError {
    /// The settings.
    Setting(SettingError),
    /// The library.
    Library(NotFound),
    /// The run directory.
    Run(RunError),
    /// A listener.
    Listen(ListenError),
    /// The settings do not fit into a message to a worker.
    Hello(CodecError),
    /// The first worker did not become ready; why, if it said so.
    Worker(String),
    /// The system.
    Io(io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setting(error) => write!(f, "{error}"),
            Self::Library(error) => write!(f, "{error}"),
            Self::Run(error) => write!(f, "{error}"),
            Self::Listen(error) => write!(f, "{error}"),
            Self::Hello(error) => write!(f, "settings: {error}"),
            Self::Worker(reason) => write!(f, "the first worker did not start: {reason}"),
            Self::Io(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for StartError {}

macro_rules! from {
    ($($variant:ident($error:ty)),+) => { $(
        impl From<$error> for StartError {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        }
    )+ };
}
from!(Setting(SettingError), Library(NotFound), Run(RunError), Listen(ListenError));
from!(Hello(CodecError), Io(io::Error));

/// Serves until it is stopped: the whole life of `irispg serve`. Logging must have been started.
///
/// # Errors
/// Why it could not start; an ordered stop is `Ok`.
pub fn serve(sources: Sources, settings: Settings) -> Result<(), StartError> {
    let located = library::locate(&settings, &Surroundings::of_process())?;
    tracing::info!("library {} ({})", located.library.display(), located.found_by);
    let run = RunDirectory::take(&settings.data)?;
    prepare_limits(&settings);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let result = runtime.block_on(async {
        let (events, inbox) = mpsc::channel(EVENTS_MAX);
        let listeners = listen::open(&settings)?;
        tokio::spawn(admin::listen(run.listen()?, events.clone())?);
        Supervisor::new(sources, settings, located, listeners, events)?.run(inbox).await
    });
    // Operators who wait for the end see it when their connection closes with the runtime.
    drop(run);
    drop(runtime);
    result
}

/// As many descriptors as may be needed and are allowed; no core files. Workers inherit both.
fn prepare_limits(settings: &Settings) {
    let files = getrlimit(Resource::Nofile);
    let strangers = usize::try_from(settings.silent_connections_max).unwrap_or(usize::MAX);
    let needed = descriptors_of_our_own(settings).saturating_add(strangers);
    let needed = u64::try_from(needed).unwrap_or(u64::MAX);
    let wanted = files.current.map(|now| now.max(needed.min(files.maximum.unwrap_or(u64::MAX))));
    if let Err(errno) = setrlimit(Resource::Nofile, Rlimit { current: wanted, ..files }) {
        tracing::warn!("cannot raise the limit of descriptors: {errno}");
    }
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    if !settings.core_files
        && let Err(errno) = setrlimit(Resource::Core, none)
    {
        tracing::warn!("cannot forbid core files: {errno}");
    }
}

/// Descriptors that are not for peers at the door: a control socket and a pidfd per worker, and
/// the reserve.
fn descriptors_of_our_own(settings: &Settings) -> usize {
    let workers = settings.connections_max.saturating_add(settings.spare_workers_max);
    let workers = usize::try_from(workers).unwrap_or(usize::MAX).saturating_mul(2);
    workers.saturating_add(2 * places::REFUSING_MAX + DESCRIPTORS_RESERVED)
}

/// Descriptors that peers at the door may take.
pub(super) fn descriptors_for_strangers(settings: &Settings) -> usize {
    let all = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let all = usize::try_from(all).unwrap_or(usize::MAX);
    all.saturating_sub(descriptors_of_our_own(settings)).max(16)
}

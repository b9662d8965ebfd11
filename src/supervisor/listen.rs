//! Listening sockets: TCP and unix, and the loop that accepts from them.

use super::Event;
use super::door::{self, Rules, Verdict, Visit};
use crate::config::Settings;
use crate::control::Peer;
use crate::control::descriptor::{defer_accept, watch};
use rustix::io::Errno;
use rustix::net::sockopt::{set_ipv6_v6only, set_socket_reuseaddr, socket_peercred};
use rustix::net::{
    AddressFamily, SocketAddrAny, SocketAddrUnix, SocketFlags, SocketType, acceptfrom_with, bind,
    getsockname, listen, socket_with,
};
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

/// Connections the kernel may keep for us. Source: Linux's `somaxconn`, 4 096: with a deferred
/// accept the silent ones wait there too, and must not fill it.
const BACKLOG: i32 = 4096;
/// How long the kernel keeps a silent connection before we see it. Short, so that silent ones
/// leave the kernel's queue, where they would compete with honest ones, for our own list.
const DEFER: Duration = Duration::from_secs(3);
/// Accepts in a row before other work gets its turn.
const ACCEPT_BURST: usize = 32;
/// The pause after the kernel had no descriptor left (facts/reliability.md I1).
const EXHAUSTED_PAUSE: Duration = Duration::from_millis(100);
/// Silent peers that are closed when there is no descriptor left.
const EXHAUSTED_CLOSE: usize = 64;

/// Why a listener cannot be opened.
#[derive(Debug)]
pub enum ListenError {
    /// The TCP address.
    Tcp(SocketAddr, io::Error),
    /// The unix socket.
    Unix(PathBuf, io::Error),
    /// Another server listens on this unix socket.
    UnixInUse(PathBuf),
    /// A file that is no socket has this name.
    NotASocket(PathBuf),
}

impl fmt::Display for ListenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address, error) if error.kind() == io::ErrorKind::AddrInUse => write!(
                f,
                "cannot listen on {address}: the port is in use; is another server running? \
                 (choose another with --listen)"
            ),
            Self::Tcp(address, error) => write!(f, "cannot listen on {address}: {error}"),
            Self::Unix(path, error) => {
                write!(f, "cannot listen on unix socket {}: {error}", path.display())
            }
            Self::UnixInUse(path) => write!(
                f,
                "cannot listen on unix socket {}: another server listens there",
                path.display()
            ),
            Self::NotASocket(path) => write!(
                f,
                "cannot listen on unix socket {}: a file that is no socket has this name",
                path.display()
            ),
        }
    }
}

impl std::error::Error for ListenError {}

/// An open listener. A unix socket's file is removed when it is dropped.
#[derive(Debug)]
pub(super) struct Listener {
    socket: OwnedFd,
    /// What it listens on, for people: the real port where 0 was asked for.
    pub(super) name: String,
    file: Option<PathBuf>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some(file) = &self.file
            && let Err(error) = std::fs::remove_file(file)
        {
            tracing::debug!("cannot remove {}: {error}", file.display());
        }
    }
}

/// Opens all listeners of the settings.
pub(super) fn open(settings: &Settings) -> Result<Vec<Listener>, ListenError> {
    let mut listeners = Vec::new();
    for address in &settings.listen {
        listeners.push(open_tcp(*address).map_err(|error| ListenError::Tcp(*address, error))?);
    }
    let port = settings.listen.first().map_or(5432, SocketAddr::port);
    for path in &settings.unix.0 {
        let path = if path.is_dir() { path.join(format!(".s.PGSQL.{port}")) } else { path.clone() };
        listeners.push(open_unix(&path)?);
    }
    Ok(listeners)
}

fn open_tcp(address: SocketAddr) -> io::Result<Listener> {
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = socket_with(family, SocketType::STREAM, flags, None)?;
    set_socket_reuseaddr(&socket, true)?;
    if address.is_ipv6() {
        // `*` is the IPv6 any-address and means IPv4 as well; every other address means itself.
        set_ipv6_v6only(&socket, !address.ip().is_unspecified())?;
    }
    bind(&socket, &address)?;
    defer_accept(&socket, DEFER)?;
    listen(&socket, BACKLOG)?;
    let name = SocketAddr::try_from(getsockname(&socket)?).map_or(address, |real| real);
    Ok(Listener { socket, name: name.to_string(), file: None })
}

fn open_unix(path: &Path) -> Result<Listener, ListenError> {
    let failed = |error: io::Error| ListenError::Unix(path.to_owned(), error);
    match std::fs::symlink_metadata(path) {
        Ok(found) if !found.file_type().is_socket() => {
            return Err(ListenError::NotASocket(path.to_owned()));
        }
        Ok(_) if UnixStream::connect(path).is_ok() => {
            return Err(ListenError::UnixInUse(path.to_owned()));
        }
        // Nobody listens: a server that was killed left it.
        Ok(_) => std::fs::remove_file(path).map_err(failed)?,
        Err(_) => {}
    }
    let opened = || -> io::Result<OwnedFd> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
        bind(&socket, &SocketAddrUnix::new(path)?)?;
        // As PostgreSQL's `unix_socket_permissions`: everybody may knock, the login decides.
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777))?;
        listen(&socket, BACKLOG)?;
        Ok(socket)
    };
    let socket = opened().map_err(failed)?;
    let file = Some(path.to_owned());
    Ok(Listener { socket, name: path.display().to_string(), file })
}

/// Peers that have not yet said what they are, oldest first.
#[derive(Default, Clone)]
pub(super) struct Lobby(Arc<Mutex<Visitors>>);

#[derive(Default)]
struct Visitors {
    next: u64,
    present: BTreeMap<u64, AbortHandle>,
}

impl Lobby {
    fn with<T>(&self, change: impl FnOnce(&mut Visitors) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.with(|visitors| visitors.present.len())
    }

    /// Closes the `count` that have been there longest.
    fn close_oldest(&self, count: usize) {
        self.with(|visitors| {
            for _ in 0..count {
                if let Some((_, oldest)) = visitors.present.pop_first() {
                    oldest.abort();
                }
            }
        });
    }

    /// Starts a task for a visitor and forgets it when the task is over.
    fn admit(&self, max: usize, visit: impl Future<Output = ()> + Send + 'static) {
        let number = self.with(|visitors| {
            visitors.next = visitors.next.wrapping_add(1);
            visitors.next
        });
        let lobby = self.clone();
        let task = tokio::spawn(async move {
            visit.await;
            lobby.with(|visitors| visitors.present.remove(&number));
        });
        // The runtime has one thread, so the task cannot have ended before it is noted here.
        let present = self.with(|visitors| {
            visitors.present.insert(number, task.abort_handle());
            visitors.present.len()
        });
        self.close_oldest(present.saturating_sub(max));
    }
}

/// A peer that a worker must answer.
#[derive(Debug)]
pub(super) struct Knock {
    pub(super) socket: OwnedFd,
    pub(super) peer: Peer,
    /// When the login must be over, counted from the accept.
    pub(super) deadline: Instant,
}

/// Accepts from a listener until the process ends; it survives every error of accept.
pub(super) async fn accept(
    listener: Listener,
    rules: watch::Receiver<Rules>,
    lobby: Lobby,
    events: mpsc::Sender<Event>,
) {
    let Ok(socket) = listener.socket.try_clone().and_then(watch) else {
        tracing::error!("cannot wait for connections on {}", listener.name);
        return;
    };
    let mut complained = None;
    loop {
        let Ok(mut ready) = socket.readable().await else { return };
        for _ in 0..ACCEPT_BURST {
            match acceptfrom_with(socket.get_ref(), SocketFlags::CLOEXEC) {
                Ok((client, address)) => {
                    let rules = *rules.borrow();
                    greet(client, address, rules, &lobby, &events).await;
                }
                Err(Errno::AGAIN) => {
                    ready.clear_ready();
                    break;
                }
                Err(Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM) => {
                    lobby.close_oldest(EXHAUSTED_CLOSE);
                    if complained.is_none_or(|at: Instant| at.elapsed() > Duration::from_secs(60)) {
                        tracing::error!("no descriptor or memory left to accept a connection");
                        complained = Some(Instant::now());
                    }
                    tokio::time::sleep(EXHAUSTED_PAUSE).await;
                }
                // The peer went, or the network says something that concerns this peer only.
                Err(errno) => tracing::debug!("accept: {errno}"),
            }
        }
        tokio::task::yield_now().await;
    }
}

async fn greet(
    socket: OwnedFd,
    address: Option<SocketAddrAny>,
    rules: Rules,
    lobby: &Lobby,
    events: &mpsc::Sender<Event>,
) {
    let deadline = Instant::now() + rules.login_timeout;
    let peer = match address.map(SocketAddr::try_from) {
        // An IPv4 client of an IPv6 listener is an IPv4 client.
        Some(Ok(address)) => {
            Peer::Tcp(SocketAddr::new(address.ip().to_canonical(), address.port()))
        }
        _ => match socket_peercred(&socket) {
            Ok(credentials) => Peer::Local { uid: credentials.uid.as_raw() },
            Err(_) => return,
        },
    };
    // With a deferred accept the bytes of an honest client are there already.
    match door::look(&socket, rules.packet_max) {
        Ok((Verdict::Worker, _)) => {
            report(events, Event::Knock(Knock { socket, peer, deadline })).await;
        }
        Ok((Verdict::Nonsense, head)) => report_nonsense(&peer, &head),
        Ok((Verdict::More | Verdict::Cancel { .. }, _)) | Err(Errno::AGAIN | Errno::INTR) => {
            let events = events.clone();
            lobby.admit(rules.silent_max, async move {
                match door::visit(socket, rules.packet_max, deadline).await {
                    Visit::Worker(socket) => {
                        report(&events, Event::Knock(Knock { socket, peer, deadline })).await;
                    }
                    Visit::Cancel(socket, pid, key) => {
                        report(&events, Event::CancelRequest { peer, pid, key, socket }).await;
                    }
                    Visit::Nonsense(head) => report_nonsense(&peer, &head),
                    Visit::Gone => tracing::debug!("{peer} closed before its first packet"),
                }
            });
        }
        Err(errno) => tracing::debug!("{peer}: {errno}"),
    }
}

fn report_nonsense(peer: &Peer, head: &[u8]) {
    tracing::info!("{peer} sent no PostgreSQL packet but \"{}\": closed", head.escape_ascii());
}

async fn report(events: &mpsc::Sender<Event>, event: Event) {
    if events.send(event).await.is_err() {
        tracing::debug!("a connection came while the server was ending");
    }
}

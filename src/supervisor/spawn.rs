//! Worker processes: how one is started, and the task that owns its control socket.

use super::Event;
use crate::control::descriptor::watch;
use crate::control::{self, LinkError, MESSAGE_BYTES_MAX, Message, Outgoing};
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags};
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::unix::AsyncFd;
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

/// Bytes that may wait for one worker. Source: the design. A worker that leaves more unread has
/// stopped reading and is given up.
const QUEUE_BYTES_MAX: usize = 1 << 20;

/// What every worker process is started with.
pub(super) struct Recipe {
    program: PathBuf,
    library_path: OsString,
}

impl Recipe {
    /// `libraries` is the directory of the library, from which it loads others.
    pub(super) fn new(program: PathBuf, libraries: &Path) -> Self {
        let mut library_path = libraries.as_os_str().to_owned();
        if let Some(inherited) = std::env::var_os("LD_LIBRARY_PATH").filter(|p| !p.is_empty()) {
            library_path.push(":");
            library_path.push(inherited);
        }
        Self { program, library_path }
    }

    /// Starts a process whose standard input is `control`.
    fn start(&self, control: OwnedFd) -> io::Result<Child> {
        Command::new(&self.program)
            .arg("worker")
            .env("LD_LIBRARY_PATH", &self.library_path)
            .env_remove("IRISPG_PASSWORD")
            .stdin(Stdio::from(control))
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            // A Ctrl-C at the terminal is for the supervisor, which ends its workers in order.
            .process_group(0)
            .spawn()
    }
}

/// A packet on its way to a worker.
struct Packet {
    bytes: Vec<u8>,
    descriptor: Option<OwnedFd>,
}

/// Why a message was not taken.
#[derive(Debug)]
pub(super) enum Unsent {
    /// The worker leaves too much unread.
    Stuck,
    /// The worker's socket is closed, or closing.
    Closed,
    /// The message cannot be encoded.
    Malformed(control::CodecError),
}

impl fmt::Display for Unsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stuck => f.write_str("it leaves too much unread"),
            Self::Closed => f.write_str("its control socket is closed"),
            Self::Malformed(error) => write!(f, "{error}"),
        }
    }
}

/// The supervisor's side of one worker. Dropping it closes the control socket, which ends the
/// worker.
pub(super) struct Handle {
    pub(super) pid: u32,
    packets: mpsc::UnboundedSender<Packet>,
    queued: Arc<AtomicUsize>,
}

impl Handle {
    /// Queues a message; never waits.
    pub(super) fn send(&self, message: Message) -> Result<(), Unsent> {
        let (bytes, descriptor) = message.encode().map_err(Unsent::Malformed)?;
        self.queue(Packet { bytes, descriptor })
    }

    fn queue(&self, packet: Packet) -> Result<(), Unsent> {
        let length = packet.bytes.len();
        if self.queued.load(Ordering::Relaxed).saturating_add(length) > QUEUE_BYTES_MAX {
            return Err(Unsent::Stuck);
        }
        self.queued.fetch_add(length, Ordering::Relaxed);
        self.packets.send(packet).map_err(|_| Unsent::Closed)
    }
}

/// Starts a worker: its first packet is `hello` with the page's descriptor.
pub(super) fn spawn(
    recipe: &Recipe,
    hello: Vec<u8>,
    page: OwnedFd,
    events: mpsc::Sender<Event>,
) -> io::Result<Handle> {
    let (ours, theirs) = control::pair()?;
    let child = recipe.start(theirs)?;
    let pid = child.id().ok_or(io::ErrorKind::NotFound)?;
    let (packets, queue) = mpsc::unbounded_channel();
    let queued = Arc::new(AtomicUsize::new(0));
    let handle = Handle { pid, packets, queued: Arc::clone(&queued) };
    if handle.queue(Packet { bytes: hello, descriptor: Some(page) }).is_err() {
        tracing::error!("worker {pid}: the first message does not fit");
    }
    let link = Link { pid, socket: watch(ours)?, queue, queued, events };
    tokio::spawn(link.tend(child));
    Ok(handle)
}

/// Who ended a conversation.
#[derive(PartialEq, Eq)]
enum End {
    /// The worker, which may have said something before.
    Theirs,
    /// The supervisor, which listens no more.
    Ours,
}

struct Link {
    pid: u32,
    socket: AsyncFd<OwnedFd>,
    queue: mpsc::UnboundedReceiver<Packet>,
    queued: Arc<AtomicUsize>,
    events: mpsc::Sender<Event>,
}

impl Link {
    /// Carries messages both ways until the process is dead.
    async fn tend(mut self, mut child: Child) {
        let pid = self.pid;
        let events = self.events.clone();
        let status = tokio::select! {
            status = child.wait() => {
                // What it said before it died is still in the socket.
                self.hear_all().await;
                status
            }
            end = self.converse() => {
                if end == End::Theirs {
                    self.hear_all().await;
                }
                // Closed, by it or by us: for the worker that means to end.
                drop(self);
                child.wait().await
            }
        };
        let status = status.unwrap_or_else(|error| {
            tracing::error!("worker {pid}: cannot wait for it: {error}");
            ExitStatus::default()
        });
        tell(&events, Event::Exited { pid, status }).await;
    }

    /// Returns when either side closes the conversation.
    async fn converse(&mut self) -> End {
        loop {
            tokio::select! {
                ready = self.socket.readable() => {
                    let Ok(mut ready) = ready else { return End::Ours };
                    // Room for the event comes first: when this is dropped while it waits, the
                    // message is still in the socket.
                    let Ok(room) = self.events.reserve().await else { return End::Ours };
                    match hear(self.socket.get_ref()) {
                        Ok(Some(said)) => room.send(Event::Said { pid: self.pid, said }),
                        Ok(None) => ready.clear_ready(),
                        Err(LinkError::SupervisorGone) => return End::Theirs,
                        Err(error) => {
                            tracing::error!("worker {}: {error}: given up", self.pid);
                            return End::Ours;
                        }
                    }
                }
                packet = self.queue.recv() => {
                    let Some(packet) = packet else { return End::Ours };
                    let length = packet.bytes.len();
                    let sent = write(&self.socket, &packet).await;
                    self.queued.fetch_sub(length, Ordering::Relaxed);
                    if sent.is_err() {
                        return End::Theirs;
                    }
                }
            }
        }
    }

    async fn hear_all(&mut self) {
        while let Ok(Some(said)) = hear(self.socket.get_ref()) {
            tell(&self.events, Event::Said { pid: self.pid, said }).await;
        }
    }
}

async fn write(socket: &AsyncFd<OwnedFd>, packet: &Packet) -> io::Result<()> {
    loop {
        let descriptor = packet.descriptor.as_ref().map(AsFd::as_fd);
        let flags = SendFlags::DONTWAIT;
        match control::send_packet(socket.as_fd(), &packet.bytes, descriptor, flags) {
            Ok(()) => return Ok(()),
            Err(Errno::AGAIN) => socket.writable().await?.clear_ready(),
            Err(errno) => return Err(errno.into()),
        }
    }
}

/// A message that is already there. A worker is not trusted: descriptors it sends are closed.
fn hear(socket: &OwnedFd) -> Result<Option<Outgoing>, LinkError> {
    let mut packet = [0; MESSAGE_BYTES_MAX];
    match control::receive_packet(socket.as_fd(), &mut packet, RecvFlags::DONTWAIT) {
        Ok((0, _)) => Err(LinkError::SupervisorGone),
        Ok((length, _)) => Ok(Some(Outgoing::decode(packet.get(..length).unwrap_or_default())?)),
        Err(LinkError::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(error),
    }
}

async fn tell(events: &mpsc::Sender<Event>, event: Event) {
    if events.send(event).await.is_err() {
        tracing::debug!("a worker spoke while the server was ending");
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::control::page::Page;
    use std::os::unix::fs::PermissionsExt;
    use std::time::Duration;

    /// Lets a shell script be the worker; its standard input is the control socket.
    async fn with_script<T>(
        name: &str,
        script: &str,
        test: impl AsyncFnOnce(Handle, mpsc::Receiver<Event>) -> T,
    ) -> T {
        let path = std::env::temp_dir().join(format!("irispg-{name}-{}", std::process::id()));
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        let recipe = Recipe::new(path.clone(), Path::new("/nowhere"));
        let (events, inbox) = mpsc::channel(16);
        let (_, page) = Page::create(1).unwrap();
        let handle = spawn(&recipe, b"hello".to_vec(), page, events).unwrap();
        let patience = Duration::from_secs(20);
        let result = tokio::time::timeout(patience, test(handle, inbox)).await.unwrap();
        std::fs::remove_file(path).unwrap();
        result
    }

    #[tokio::test]
    async fn last_words_come_before_the_news_of_the_death() {
        let script = "printf 'B\\003\\000bye' >&0; exit 3";
        with_script("last-words", script, async |handle, mut inbox| {
            let Some(Event::Said { pid, said }) = inbox.recv().await else { panic!("silent") };
            assert_eq!((pid, said), (handle.pid, Outgoing::Bye { reason: "bye".to_owned() }));
            let Some(Event::Exited { status, .. }) = inbox.recv().await else { panic!("alive") };
            assert_eq!(status.code(), Some(3));
        })
        .await;
    }

    #[tokio::test]
    async fn who_talks_nonsense_is_given_up() {
        // `cat` ends with the control socket.
        let script = "printf '?nonsense' >&0; printf 'R' >&0; cat >/dev/null; exit 4";
        with_script("nonsense", script, async |_handle, mut inbox| {
            let Some(Event::Exited { status, .. }) = inbox.recv().await else { panic!("heard") };
            assert_eq!(status.code(), Some(4));
        })
        .await;
    }

    #[tokio::test]
    async fn who_does_not_listen_cannot_make_the_queue_grow() {
        with_script("deaf", "exec sleep 60", async |handle, mut inbox| {
            let reload = || Message::Reload {
                generation: 1,
                settings: vec![("log".to_owned(), "x".repeat(10_000))],
            };
            let sent = (0..1000).take_while(|_| handle.send(reload()).is_ok()).count();
            assert!((100..=QUEUE_BYTES_MAX / 10_000).contains(&sent), "{sent}");
            assert!(matches!(handle.send(reload()), Err(Unsent::Stuck)));
            let pid = rustix::process::Pid::from_raw(i32::try_from(handle.pid).unwrap()).unwrap();
            rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
            assert!(matches!(inbox.recv().await, Some(Event::Exited { .. })));
            assert!(matches!(
                handle.send(Message::Cancel { asker: None }),
                Err(Unsent::Closed | Unsent::Stuck)
            ));
        })
        .await;
    }
}

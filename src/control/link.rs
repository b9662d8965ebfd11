//! The control socket itself: packets with at most one descriptor, and the worker's end of it.

use super::MESSAGE_BYTES_MAX;
use super::codec::CodecError;
use super::message::{Hello, Message, Outgoing};
use super::page::Page;
use crate::config::Settings;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socketpair,
};
use std::fmt;
use std::fs::File;
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Why the control socket gives no message.
#[derive(Debug)]
pub enum LinkError {
    /// The other end is closed: the supervisor is gone, or has given this worker up.
    SupervisorGone,
    /// The kernel refused.
    Io(io::Error),
    /// The bytes are no message.
    Malformed(CodecError),
    /// The settings in the first message are not valid.
    Settings(String),
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SupervisorGone => f.write_str("the supervisor closed the control socket"),
            Self::Io(error) => write!(f, "control socket: {error}"),
            Self::Malformed(error) => write!(f, "{error}"),
            Self::Settings(text) => write!(f, "settings from the supervisor: {text}"),
        }
    }
}

impl std::error::Error for LinkError {}

impl From<Errno> for LinkError {
    fn from(errno: Errno) -> Self {
        match errno {
            Errno::PIPE | Errno::CONNRESET | Errno::NOTCONN => Self::SupervisorGone,
            other => Self::Io(other.into()),
        }
    }
}

impl From<io::Error> for LinkError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<CodecError> for LinkError {
    fn from(error: CodecError) -> Self {
        Self::Malformed(error)
    }
}

/// A new control socket: (supervisor's end, worker's end), both closed on exec.
///
/// # Errors
/// When the kernel has no descriptors left.
pub fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
    let flags = SocketFlags::CLOEXEC;
    Ok(socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?)
}

/// Sends one packet with at most one descriptor; `flags` beyond `NOSIGNAL` choose the waiting.
pub(crate) fn send_packet(
    socket: BorrowedFd<'_>,
    packet: &[u8],
    descriptor: Option<BorrowedFd<'_>>,
    flags: SendFlags,
) -> Result<(), Errno> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let descriptors: Option<[BorrowedFd<'_>; 1]> = descriptor.map(|one| [one]);
    if let Some(descriptors) = &descriptors
        && !control.push(SendAncillaryMessage::ScmRights(descriptors))
    {
        return Err(Errno::NOBUFS);
    }
    let flags = flags | SendFlags::NOSIGNAL;
    loop {
        match sendmsg(socket, &[IoSlice::new(packet)], &mut control, flags) {
            Ok(_) => return Ok(()),
            Err(Errno::INTR) => {}
            Err(errno) => return Err(errno),
        }
    }
}

/// Receives one packet into `packet` and returns its length (0: the other end is closed) and the
/// descriptor beside it. Descriptors beyond the first are closed by the kernel.
pub(crate) fn receive_packet(
    socket: BorrowedFd<'_>,
    packet: &mut [u8],
    flags: RecvFlags,
) -> Result<(usize, Option<OwnedFd>), LinkError> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let flags = flags | RecvFlags::CMSG_CLOEXEC;
    let mut reset = false;
    let received = loop {
        match recvmsg(socket, &mut [IoSliceMut::new(packet)], &mut control, flags) {
            Ok(received) => break received,
            Err(Errno::INTR) => {}
            // The other end closed with something of ours unread. The kernel says so once, before
            // it gives out what that end had sent, which may be its last words.
            Err(Errno::CONNRESET) if !reset => reset = true,
            Err(errno) => return Err(errno.into()),
        }
    };
    let mut descriptor = None;
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(descriptors) = message {
            for one in descriptors {
                descriptor.get_or_insert(one);
            }
        }
    }
    if received.flags.contains(rustix::net::ReturnFlags::TRUNC) {
        return Err(LinkError::Malformed(CodecError::TooLong));
    }
    Ok((received.bytes, descriptor))
}

/// The worker's end of the control socket, with what came in the first message.
pub struct WorkerLink {
    socket: Arc<OwnedFd>,
    hello: Hello,
    settings: Settings,
    page: &'static Page,
}

impl WorkerLink {
    /// Takes the control socket that is this process's standard input, puts `/dev/null` there
    /// instead, and reads the first message. Call it once, first thing in a worker.
    ///
    /// # Errors
    /// When standard input is no control socket, or its first message is not what it must be.
    pub fn adopt() -> Result<Self, LinkError> {
        let socket = io::stdin().as_fd().try_clone_to_owned()?;
        rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
        Self::over(socket)
    }

    /// The same over any control socket (the worker's end of [`pair`]).
    ///
    /// # Errors
    /// As [`WorkerLink::adopt`].
    pub fn over(socket: OwnedFd) -> Result<Self, LinkError> {
        let mut packet = vec![0; MESSAGE_BYTES_MAX];
        let (length, page) = receive_packet(socket.as_fd(), &mut packet, RecvFlags::empty())?;
        if length == 0 {
            return Err(LinkError::SupervisorGone);
        }
        let hello = Hello::decode(packet.get(..length).unwrap_or_default())?;
        let settings = Settings::from_pairs(&hello.settings)
            .map_err(|error| LinkError::Settings(error.to_string()))?;
        let page = Page::open(page.ok_or(CodecError::NoDescriptor)?)?;
        // The page lives as long as the process: slots and generations are borrowed from it
        // by both threads without a counter.
        let page = Box::leak(Box::new(page));
        Ok(Self { socket: Arc::new(socket), hello, settings, page })
    }

    /// The settings, as the supervisor has them.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The library to load.
    pub fn library(&self) -> &Path {
        &self.hello.library
    }

    /// What `IrisSetDir` gets.
    pub fn manager_directory(&self) -> &Path {
        &self.hello.manager_directory
    }

    /// The configuration's generation.
    pub fn generation(&self) -> u64 {
        self.hello.generation
    }

    /// The page shared by all processes.
    pub fn page(&self) -> &'static Page {
        self.page
    }

    /// The two directions, for two threads.
    pub fn split(&self) -> (Sender, Receiver) {
        let sender = Sender { socket: Arc::clone(&self.socket) };
        let receiver =
            Receiver { socket: Arc::clone(&self.socket), packet: vec![0; MESSAGE_BYTES_MAX] };
        (sender, receiver)
    }
}

/// Worker → supervisor. May be used from any thread.
#[derive(Clone)]
pub struct Sender {
    socket: Arc<OwnedFd>,
}

impl Sender {
    /// Sends a message. It waits while the socket's buffer is full, which means that the
    /// supervisor is stopped: messages are few and small, and the supervisor always reads.
    ///
    /// # Errors
    /// [`LinkError::SupervisorGone`] when nobody will read it; [`LinkError::Malformed`] when a
    /// text is too long for one message.
    pub fn send(&self, message: &Outgoing) -> Result<(), LinkError> {
        let packet = message.encode()?;
        send_packet(self.socket.as_fd(), &packet, None, SendFlags::empty())?;
        Ok(())
    }
}

/// Supervisor → worker. For the one thread that owns the worker's timers.
pub struct Receiver {
    socket: Arc<OwnedFd>,
    packet: Vec<u8>,
}

impl AsFd for Receiver {
    /// For `poll` together with the client's socket; then [`Receiver::try_recv`].
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Receiver {
    /// Waits for a message, at most `timeout` long when one is given; `None` when it is over.
    ///
    /// # Errors
    /// [`LinkError::SupervisorGone`] when the supervisor closed its end or died: roll back, end
    /// the IRIS session, exit.
    pub fn recv(&mut self, timeout: Option<Duration>) -> Result<Option<Message>, LinkError> {
        let until = timeout.map(|timeout| Instant::now() + timeout);
        loop {
            let rest = until.map(|until| until.saturating_duration_since(Instant::now()));
            let rest = rest.map(|rest| Timespec {
                tv_sec: i64::try_from(rest.as_secs()).unwrap_or(i64::MAX),
                tv_nsec: i64::from(rest.subsec_nanos()),
            });
            let mut wanted = [PollFd::new(&*self.socket, PollFlags::IN)];
            match poll(&mut wanted, rest.as_ref()) {
                Ok(0) => return Ok(None),
                Ok(_) => {
                    if let Some(message) = self.try_recv()? {
                        return Ok(Some(message));
                    }
                }
                Err(Errno::INTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    /// A message that is already there, or `None`.
    ///
    /// # Errors
    /// As [`Receiver::recv`].
    pub fn try_recv(&mut self) -> Result<Option<Message>, LinkError> {
        let socket = self.socket.as_fd();
        match receive_packet(socket, &mut self.packet, RecvFlags::DONTWAIT) {
            Ok((0, _)) => Err(LinkError::SupervisorGone),
            Ok((length, descriptor)) => {
                let packet = self.packet.get(..length).unwrap_or_default();
                Ok(Some(Message::decode(packet, descriptor)?))
            }
            Err(LinkError::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }
}

//! The client's socket: one buffer in, one out, and no system call more than needed.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;

use bytes::BytesMut;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, Shutdown, recv, send, shutdown};

use super::pulse::{Phase, Pulse};
use crate::protocol::outbox::Outbox;
use crate::session::{Client, Timeouts};

/// Bytes read at once. PostgreSQL reads 8 KiB; larger reads save calls for pipelines and COPY.
const READ_BYTES: usize = 32 * 1024;
/// The connection to the client.
pub(super) struct Wire {
    socket: OwnedFd,
    /// What has been received and not yet been read.
    pub(super) input: BytesMut,
    outbox: Outbox,
    scratch: Box<[u8]>,
    pulse: Arc<Pulse>,
    /// Bytes in the send buffer from which on rows are sent while the statement still runs.
    relief_bytes: usize,
    /// Something in the send buffer is due before the next wait.
    due: bool,
}

impl Wire {
    pub(super) fn new(socket: OwnedFd, pulse: Arc<Pulse>, relief_bytes: u64) -> Self {
        Self {
            socket,
            input: BytesMut::with_capacity(READ_BYTES),
            outbox: Outbox::new(),
            scratch: vec![0; READ_BYTES].into_boxed_slice(),
            pulse,
            relief_bytes: usize::try_from(relief_bytes).unwrap_or(usize::MAX),
            due: false,
        }
    }

    /// Waits for bytes. False: the client has closed its side.
    pub(super) fn receive(&mut self) -> io::Result<bool> {
        loop {
            match recv(&self.socket, &mut *self.scratch, RecvFlags::empty()) {
                Ok((0, _)) => return Ok(false),
                Ok((count, _)) => {
                    let got = self.scratch.get(..count).unwrap_or_default();
                    self.input.extend_from_slice(got);
                    return Ok(true);
                }
                Err(Errno::INTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    /// Sends what is due, before the main thread waits for the client.
    pub(super) fn flush_due(&mut self) -> io::Result<()> {
        if self.due {
            self.flush()?;
        }
        Ok(())
    }

    /// Sends everything.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.due = false;
        while !self.outbox.is_empty() {
            let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
            match send(&self.socket, self.outbox.as_bytes(), flags) {
                Ok(sent) => self.outbox.advance(sent),
                Err(Errno::AGAIN) => self.wait_for_reader()?,
                Err(Errno::INTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
        Ok(())
    }

    /// The client's window is full: waits, and lets the second thread watch how long.
    fn wait_for_reader(&self) -> io::Result<()> {
        self.pulse.enter(Phase::Writing);
        let mut wanted = [PollFd::new(&self.socket, PollFlags::OUT)];
        match poll(&mut wanted, None) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
        self.pulse.enter(Phase::Running);
        Ok(())
    }

    /// Sends what is left and closes the sending side, so that the last message arrives even if
    /// the client still sends.
    pub(super) fn farewell(&mut self) {
        if let Err(error) = self.flush() {
            tracing::debug!(%error, "the last message could not be sent");
        } else if let Err(error) = shutdown(self.socket.as_fd(), Shutdown::Write) {
            tracing::debug!(%error, "the client had gone");
        }
    }
}

impl Client for Wire {
    fn outbox(&mut self) -> &mut Outbox {
        &mut self.outbox
    }

    fn relieve(&mut self) -> io::Result<()> {
        match self.outbox.len() >= self.relief_bytes {
            true => self.flush(),
            false => Ok(()),
        }
    }

    fn urge(&mut self) {
        self.due = true;
    }

    fn limit(&mut self, timeouts: Timeouts) {
        self.pulse.limit(timeouts);
    }

    fn take_timed_out(&mut self) -> bool {
        self.pulse.take_timed_out()
    }

    fn next_is(&self, message_type: u8) -> bool {
        self.input.first() == Some(&message_type)
    }
}

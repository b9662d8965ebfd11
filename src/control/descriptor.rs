//! Two things about descriptors for which no crate of ours has a safe call: registering one with
//! the runtime, and `TCP_DEFER_ACCEPT`.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::time::Duration;
use tokio::io::unix::AsyncFd;

/// Lets the runtime watch a descriptor of any kind.
///
/// # Errors
/// When the kernel cannot watch it, or no runtime runs.
pub fn watch(descriptor: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: an `OwnedFd` names the same open descriptor until it is dropped, and the `AsyncFd`
    // takes it out of the runtime before it drops it.
    Ok(unsafe { AsyncFd::register(descriptor) }?)
}

/// Lets the kernel keep a connection of a listening socket to itself until its first byte comes,
/// or until about `time` (whole seconds, rounded up to the next retransmission) is over.
///
/// # Errors
/// When the socket is no TCP socket.
pub fn defer_accept(listener: impl AsFd, time: Duration) -> io::Result<()> {
    let seconds = libc::c_int::try_from(time.as_secs()).unwrap_or(libc::c_int::MAX);
    let length = libc::socklen_t::try_from(size_of_val(&seconds)).unwrap_or(0);
    let socket = listener.as_fd().as_raw_fd();
    // SAFETY: the descriptor is open for as long as it is borrowed, and the value is an int of
    // this frame with its own length, which the kernel only reads.
    let result = unsafe {
        libc::setsockopt(
            socket,
            libc::IPPROTO_TCP,
            libc::TCP_DEFER_ACCEPT,
            (&raw const seconds).cast(),
            length,
        )
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

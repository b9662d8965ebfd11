//! The door: what the first eight bytes of a connection say, without consuming one of them.

use crate::config::Settings;
use crate::control::descriptor::watch;
use rustix::io::Errno;
use rustix::net::{RecvFlags, recv};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};
use tokio::io::unix::AsyncFd;

/// Bytes the door looks at: length and code of a first packet.
pub(super) const HEAD_BYTES: usize = 8;
/// PostgreSQL's code of a CancelRequest (protocol documentation, message formats).
const CANCEL_CODE: u32 = 80_877_102;
/// A CancelRequest: 12 bytes and a key of 4 … 256 (PostgreSQL's limit since protocol 3.2).
const CANCEL_BYTES: std::ops::RangeInclusive<u32> = 16..=268;
/// The highest major version that is answered rather than dropped. 1234 begins SSLRequest,
/// GSSENCRequest and whatever PostgreSQL may add there; nobody's protocol version is above it.
const MAJOR_MAX: u32 = 1234;
/// The first byte of TLS without a request before it, as since PostgreSQL 17.
const TLS_HANDSHAKE: u8 = 0x16;

/// What the first bytes of a connection are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Too few to tell.
    More,
    /// The beginning of something a worker must answer.
    Worker,
    /// A CancelRequest of this length.
    Cancel {
        /// Bytes of the whole packet.
        length: usize,
    },
    /// Nothing of ours: close without a word.
    Nonsense,
}

/// Classifies the first bytes; `packet_max` is the longest startup packet without its length.
pub(super) fn classify(head: &[u8], packet_max: u64) -> Verdict {
    match head {
        [TLS_HANDSHAKE, ..] => Verdict::Worker,
        [a, b, c, d, rest @ ..] => {
            let length = u32::from_be_bytes([*a, *b, *c, *d]);
            if length < 8 || u64::from(length) > packet_max.saturating_add(4) {
                return Verdict::Nonsense;
            }
            let [e, f, g, h, ..] = rest else { return Verdict::More };
            match u32::from_be_bytes([*e, *f, *g, *h]) {
                CANCEL_CODE if CANCEL_BYTES.contains(&length) => {
                    Verdict::Cancel { length: usize::try_from(length).unwrap_or(0) }
                }
                CANCEL_CODE => Verdict::Nonsense,
                code if code >> 16 <= MAJOR_MAX => Verdict::Worker,
                _ => Verdict::Nonsense,
            }
        }
        // The length of every startup packet begins with two zeroes, so the first byte of
        // `GET / HTTP/1.1` is enough to tell.
        [first, ..] if *first != 0 => Verdict::Nonsense,
        _ => Verdict::More,
    }
}

/// A CancelRequest's process id and key; `None` when the packet is none.
pub(super) fn cancel_request(packet: &[u8]) -> Option<(i32, &[u8])> {
    let (_, rest) = packet.split_at_checked(HEAD_BYTES)?;
    let (pid, key) = rest.split_first_chunk::<4>()?;
    Some((i32::from_be_bytes(*pid), key))
}

/// How a visit at the door ended.
#[derive(Debug)]
pub(super) enum Visit {
    /// A worker must answer; not one byte is consumed.
    Worker(OwnedFd),
    /// It was a CancelRequest: process id and key. The socket is still open, to be closed.
    Cancel(OwnedFd, i32, Vec<u8>),
    /// It sent something that is none of ours; its first bytes.
    Nonsense(Vec<u8>),
    /// It went, or said nothing for too long.
    Gone,
}

/// Looks once, without waiting.
pub(super) fn look(socket: &OwnedFd, packet_max: u64) -> Result<(Verdict, Vec<u8>), Errno> {
    let mut head = [0; HEAD_BYTES];
    let flags = RecvFlags::PEEK | RecvFlags::DONTWAIT;
    let (_, length) = recv(socket.as_fd(), &mut head, flags)?;
    if length == 0 {
        return Err(Errno::CONNRESET);
    }
    let head = head.get(..length).unwrap_or_default();
    Ok((classify(head, packet_max), head.to_vec()))
}

/// Waits until the first bytes tell what the connection is, at most until `until`.
///
/// Not cancel-safe in the sense that matters elsewhere: dropping it closes the connection, which
/// is what whoever drops it wants.
pub(super) async fn visit(socket: OwnedFd, packet_max: u64, until: Instant) -> Visit {
    let Ok(socket) = watch(socket) else { return Visit::Gone };
    let looked = tokio::time::timeout_at(until.into(), wait(&socket, packet_max)).await;
    match looked {
        Ok(Ok((Verdict::Worker, _))) => Visit::Worker(socket.into_inner()),
        Ok(Ok((Verdict::Cancel { length }, _))) => {
            match tokio::time::timeout_at(until.into(), read(&socket, length)).await {
                Ok(Ok(packet)) => match cancel_request(&packet) {
                    Some((pid, key)) => Visit::Cancel(socket.into_inner(), pid, key.to_vec()),
                    None => Visit::Gone,
                },
                _ => Visit::Gone,
            }
        }
        Ok(Ok((Verdict::Nonsense, head))) => Visit::Nonsense(head),
        _ => Visit::Gone,
    }
}

async fn wait(socket: &AsyncFd<OwnedFd>, packet_max: u64) -> io::Result<(Verdict, Vec<u8>)> {
    loop {
        let mut ready = socket.readable().await?;
        match look(socket.get_ref(), packet_max) {
            Ok((Verdict::More, _)) if ready.ready().is_read_closed() => {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            Ok((Verdict::More, _)) | Err(Errno::AGAIN) => ready.clear_ready(),
            Ok(told) => return Ok(told),
            Err(Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
}

/// Reads exactly `length` bytes.
async fn read(socket: &AsyncFd<OwnedFd>, length: usize) -> io::Result<Vec<u8>> {
    let mut packet = vec![0; length];
    let mut filled = 0;
    while let Some(rest) = packet.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match recv(socket.get_ref(), rest, RecvFlags::DONTWAIT) {
            Ok((_, 0)) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok((_, count)) => filled += count,
            Err(Errno::AGAIN) => socket.readable().await?.clear_ready(),
            Err(Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(packet)
}

/// How long a peer may take, and how long its packet may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub(super) login_timeout: Duration,
    pub(super) packet_max: u64,
    pub(super) silent_max: usize,
}

impl Rules {
    pub(super) fn new(settings: &Settings, descriptors: usize) -> Self {
        let wanted = usize::try_from(settings.silent_connections_max).unwrap_or(usize::MAX);
        Self {
            login_timeout: settings.login_timeout,
            packet_max: settings.startup_packet_bytes_max.0,
            silent_max: wanted.min(descriptors),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn packet(length: u32, code: u32) -> Vec<u8> {
        [length.to_be_bytes(), code.to_be_bytes()].concat()
    }

    #[test]
    fn first_packets_of_clients_go_to_a_worker() {
        for (length, code) in [
            (41, 196_608),     // 3.0
            (41, 196_610),     // 3.2
            (8, 196_608),      // no parameters: 08P01 from the worker
            (41, 131_072),     // 2.0: 0A000 from the worker
            (41, 262_144),     // 4.0
            (8, 80_877_103),   // SSLRequest
            (8, 80_877_104),   // GSSENCRequest
            (10_004, 196_608), // the longest
        ] {
            assert_eq!(classify(&packet(length, code), 10_000), Verdict::Worker, "{length} {code}");
        }
        assert_eq!(classify(&[0x16], 10_000), Verdict::Worker);
    }

    #[test]
    fn cancel_requests_are_told_by_length_and_code() {
        for length in [16, 44, 268] {
            let verdict = classify(&packet(length, CANCEL_CODE), 10_000);
            assert_eq!(verdict, Verdict::Cancel { length: usize::try_from(length).unwrap() });
        }
        for length in [8, 15, 269, 10_004] {
            assert_eq!(classify(&packet(length, CANCEL_CODE), 10_000), Verdict::Nonsense);
        }
    }

    #[test]
    fn nonsense_is_told_from_as_few_bytes_as_possible() {
        for bytes in [&b"G"[..], b"GET / HTTP/1.1\r\n", b"\x80", b"\xff\xff\xff\xff"] {
            assert_eq!(classify(bytes, 10_000), Verdict::Nonsense, "{bytes:?}");
        }
        for length in [0u32, 3, 7, 10_005, 0x7fff_ffff, u32::MAX] {
            assert_eq!(classify(&length.to_be_bytes(), 10_000), Verdict::Nonsense, "{length}");
        }
        assert_eq!(classify(&packet(41, 0x7fff_0000), 10_000), Verdict::Nonsense);
    }

    #[test]
    fn a_beginning_waits_for_more() {
        let startup = packet(41, 196_608);
        for length in 0..8 {
            assert_eq!(classify(&startup[..length], 10_000), Verdict::More, "{length}");
        }
    }

    #[test]
    fn a_cancel_request_gives_pid_and_key() {
        let mut request = packet(16, CANCEL_CODE);
        request.extend([0, 0, 0x12, 0x34, 1, 2, 3, 4]);
        assert_eq!(cancel_request(&request), Some((0x1234, &[1, 2, 3, 4][..])));
        assert_eq!(cancel_request(&request[..11]), None);
    }

    proptest! {
        /// More bytes never change a verdict that was given.
        #[test]
        fn verdicts_are_final(bytes in proptest::collection::vec(any::<u8>(), 0..12)) {
            let mut told = Verdict::More;
            for length in 0..=bytes.len() {
                let verdict = classify(&bytes[..length], 10_000);
                if told != Verdict::More {
                    prop_assert_eq!(verdict, told);
                }
                told = verdict;
            }
            prop_assert!(bytes.len() < 8 || told != Verdict::More);
        }
    }
}

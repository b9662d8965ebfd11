//! What supervisor and workers say to each other: the control socket and the shared page.
//!
//! A worker finds its end of the control socket as standard input ([`WorkerLink::adopt`]). The
//! socket is a `SOCK_SEQPACKET` pair, one message per packet, at most [`MESSAGE_BYTES_MAX`] bytes.
//! The first message to a worker carries its settings and the descriptor of the shared page; a
//! worker then loads the library, says [`Outgoing::Ready`] and waits for [`Message::Client`].
//!
//! When the supervisor dies, even by `kill -9`, the kernel closes its ends: the receiver gives
//! [`LinkError::SupervisorGone`], and the worker must roll back, end its IRIS session and exit.
//!
//! A worker is not trusted: what it sends is checked for type, length and text, and malformed
//! bytes end that worker only.

mod codec;
pub mod descriptor;
mod link;
mod message;
pub mod page;

pub use codec::CodecError;
pub use link::{LinkError, Receiver, Sender, WorkerLink, pair};
pub(crate) use link::{receive_packet, send_packet};
pub use message::{
    Admission, CANCEL_KEY_BYTES, CancelKey, Client, Hello, LoggedIn, Message, Outgoing, Peer,
    Purpose, Refusal, Termination,
};

/// The most bytes of one control message. Source: the design's control socket (16 KiB), far below
/// the kernel's default socket buffer of 208 KiB, so that a packet is never split or refused.
pub const MESSAGE_BYTES_MAX: usize = 16 * 1024;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;

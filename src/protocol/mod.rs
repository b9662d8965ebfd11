//! The PostgreSQL protocol, version 3: frames, limits, messages and the state of a pipeline. It
//! knows nothing of IRIS, SQL or sockets: bytes go in, messages come out, and the other way round.
//!
//! * [`startup`] reads the packets before the login, [`options`] the settings in one of their
//!   parameters, [`frame`] reads what comes after the login;
//! * [`message`] says what a client can say, [`violation`] what it can do wrong and what the answer
//!   is;
//! * [`report`] is an error or a notice, [`outbox`] the buffer of everything that is sent;
//! * [`pipeline`] knows when messages are to be skipped and when ReadyForQuery is due.
//!
//! Nothing here may panic on any bytes: the lints below and the property tests see to it.

#![forbid(unsafe_code)]
#![deny(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

mod body;
pub mod encoding;
pub mod frame;
pub mod fuzz;
pub mod limits;
pub mod message;
pub mod options;
pub mod outbox;
mod pgwire;
pub mod pipeline;
pub mod report;
pub mod startup;
pub mod violation;

#[cfg(test)]
mod tests;

pub use frame::Phase;
pub use limits::Limits;
pub use message::{Frontend, Kind};
pub use outbox::{Field, Outbox, Status};
pub use pipeline::Pipeline;
pub use report::{Report, Severity};
pub use startup::{FirstPacket, Startup};
pub use violation::{Fate, Violation};

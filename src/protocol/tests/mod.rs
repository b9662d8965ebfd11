//! Tests of the room as a whole: rows of the catalogue of hostile situations, and properties.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

mod frames;
mod outgoing;
mod properties;
mod startups;

use bytes::BytesMut;

use super::frame::{self, Limits, Phase};
use super::message::Frontend;
use super::violation::{Fate, Violation};

/// A frame of this type with this body.
fn frame(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind];
    bytes.extend(u32::try_from(body.len() + 4).unwrap().to_be_bytes());
    bytes.extend(body);
    bytes
}

/// Reads the first message of these bytes, and says how many bytes are left.
fn read(bytes: &[u8], phase: Phase) -> (Result<Option<Frontend>, Violation>, usize) {
    let mut buf = BytesMut::from(bytes);
    let result = frame::next(&mut buf, phase, &Limits::default());
    (result, buf.len())
}

/// The SQLSTATE, the message and the fate of a violation; empty when it is silent.
fn answered(violation: &Violation) -> (&'static str, String, Fate) {
    match violation.answer() {
        (Some(report), fate) => (report.sqlstate, report.message.to_string(), fate),
        (None, fate) => ("", String::new(), fate),
    }
}

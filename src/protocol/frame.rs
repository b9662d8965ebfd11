//! Frames after the startup packet: a type byte, a length, a body.
//!
//! They are judged in PostgreSQL's order: first the type, which may end the connection before a
//! length is there; then the length, by the limit of the type, before any of the body is waited
//! for; then, when the whole frame has come, its body. A frame takes exactly its own bytes from the
//! buffer, whatever is in it: the rest of a body is never read as the next message.

use bytes::{Buf, Bytes, BytesMut};

use super::body::Body;
pub use super::limits::Limits;
use super::limits::{AUTH_TOKEN_BYTES_MAX, LARGE_MESSAGE_BYTES_MAX, SMALL_MESSAGE_BYTES_MAX};
use super::message::{Frontend, Kind};
use super::pgwire;
use super::violation::Violation;

/// Type byte and length word.
const HEADER_BYTES: usize = 5;

/// What a client may say at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The password is due.
    Password,
    /// Everything of the query protocols.
    Ready,
    /// An error was reported and everything up to the next Sync is skipped: bodies are not looked
    /// at, and only Sync and Terminate come out.
    Skip,
    /// The client sends data for COPY.
    Copy,
}

/// Takes the next message out of the buffer; `None` while it is not complete. After a violation
/// that leaves the connection open, the frame is gone from the buffer; after another one the
/// buffer's content has no meaning.
pub fn next(
    buf: &mut BytesMut,
    phase: Phase,
    limits: &Limits,
) -> Result<Option<Frontend>, Violation> {
    loop {
        let Some(kind) = buf.first().copied() else { return Ok(None) };
        check_type(kind, phase)?;
        let Some(length) = length_word(buf) else { return Ok(None) };
        check_length(kind, length, phase, limits)?;
        let total = usize::try_from(length).unwrap_or(usize::MAX).saturating_add(1);
        if buf.len() < total {
            return Ok(None);
        }
        if phase == Phase::Skip && !matches!(kind, b'S' | b'X') {
            buf.advance(total);
            continue;
        }
        return message(kind, buf, total, phase).map(Some);
    }
}

fn length_word(buf: &[u8]) -> Option<u32> {
    let (_, rest) = buf.split_first()?;
    rest.first_chunk().map(|word| u32::from_be_bytes(*word))
}

fn check_type(kind: u8, phase: Phase) -> Result<(), Violation> {
    let known = matches!(
        kind,
        b'Q' | b'P' | b'B' | b'D' | b'E' | b'C' | b'S' | b'H' | b'X' | b'F' | b'd' | b'c' | b'f'
    );
    match phase {
        Phase::Password if kind == b'p' => Ok(()),
        Phase::Password => Err(Violation::NotPassword(kind)),
        Phase::Ready | Phase::Skip if known => Ok(()),
        Phase::Ready | Phase::Skip => Err(Violation::UnknownType(kind)),
        Phase::Copy if matches!(kind, b'd' | b'c' | b'f' | b'S' | b'H') => Ok(()),
        Phase::Copy => Err(Violation::DuringCopy(kind)),
    }
}

fn check_length(kind: u8, length: u32, phase: Phase, limits: &Limits) -> Result<(), Violation> {
    if phase == Phase::Password {
        return match length {
            0..4 => Err(Violation::PasswordLength(length)),
            _ if length > AUTH_TOKEN_BYTES_MAX => Err(Violation::PasswordLength(length)),
            _ if length > limits.auth_message_bytes_max => Err(Violation::PasswordTooLong(length)),
            _ => Ok(()),
        };
    }
    let large = matches!(kind, b'Q' | b'P' | b'B' | b'F' | b'd');
    let lawful_max = if large { LARGE_MESSAGE_BYTES_MAX } else { SMALL_MESSAGE_BYTES_MAX };
    let limit = limits.message_bytes_max;
    if length < 4 || length > lawful_max {
        Err(Violation::Length { kind, length })
    } else if large && length > limit {
        Err(Violation::TooLarge { kind, length, limit })
    } else {
        Ok(())
    }
}

/// Decodes the frame of `total` bytes that stands at the start of the buffer, and takes it out.
fn message(
    kind: u8,
    buf: &mut BytesMut,
    total: usize,
    phase: Phase,
) -> Result<Frontend, Violation> {
    match kind {
        b'B' => bind(&buf.split_to(total).freeze()),
        b'Q' | b'P' | b'D' | b'E' | b'S' => {
            let bytes = buf.get(HEADER_BYTES..total).unwrap_or_default();
            let decoded = by_hand(Body::new(kind, bytes), kind);
            buf.advance(total);
            decoded
        }
        _ => by_library(kind, buf.split_to(total), phase),
    }
}

/// The messages of the hot path that need no slices of the frame.
fn by_hand(mut body: Body<'_>, kind: u8) -> Result<Frontend, Violation> {
    let message = match kind {
        b'Q' => Frontend::Query(body.string()?.to_owned()),
        b'P' => {
            let name = body.string()?.to_owned();
            let sql = body.string()?.to_owned();
            let count = body.count()?;
            let mut types = Vec::with_capacity(body.plausible(count, 4)?);
            for _ in 0..count {
                types.push(body.uint32()?);
            }
            Frontend::Parse { name, sql, types }
        }
        b'D' => {
            let target = body.byte()?;
            let name = body.string()?.to_owned();
            body.end()?;
            let kind = target_kind(target).ok_or(Violation::DescribeTarget(target))?;
            Frontend::Describe { kind, name }
        }
        b'E' => {
            let portal = body.string()?.to_owned();
            Frontend::Execute { portal, max_rows: body.int32()? }
        }
        _ => Frontend::Sync,
    };
    body.end()?;
    Ok(message)
}

/// Bind. Its parameters are slices of the frame: nothing of them is copied.
fn bind(frame: &Bytes) -> Result<Frontend, Violation> {
    let bytes = frame.slice(HEADER_BYTES.min(frame.len())..);
    let mut body = Body::new(b'B', &bytes);
    let portal = body.string()?.to_owned();
    let statement = body.string()?.to_owned();
    let parameter_formats = body.int16s()?;
    let count = body.count()?;
    let mut parameters = Vec::with_capacity(body.plausible(count, 4)?);
    for _ in 0..count {
        let length = body.int32()?;
        parameters.push(if length == -1 {
            None
        } else {
            let from = body.offset();
            body.bytes(length)?;
            Some(bytes.slice(from..body.offset()))
        });
    }
    let result_formats = body.int16s()?;
    body.end()?;
    Ok(Frontend::Bind { portal, statement, parameter_formats, parameters, result_formats })
}

/// The other messages: the body is validated here, for the library's decoders panic on short ones
/// and stop before long ones, and then read by the library from this very frame.
fn by_library(kind: u8, frame: BytesMut, phase: Phase) -> Result<Frontend, Violation> {
    let bytes = frame.get(HEADER_BYTES..).unwrap_or_default();
    let mut body = Body::new(kind, bytes);
    match kind {
        b'p' => {
            // PostgreSQL looks at the whole body: one terminator, and that at the end.
            match memchr::memchr(0, bytes) {
                Some(end) if end.saturating_add(1) == bytes.len() => {}
                _ => return Err(Violation::PasswordSize),
            }
            if bytes.len() == 1 {
                return Err(Violation::EmptyPassword);
            }
            Ok(pgwire::password(frame))
        }
        b'C' => {
            let target = body.byte()?;
            body.string()?;
            body.end()?;
            let kind = target_kind(target).ok_or(Violation::CloseTarget(target))?;
            Ok(pgwire::close(frame, kind))
        }
        b'H' => {
            body.end()?;
            Ok(Frontend::Flush)
        }
        b'F' => Ok(Frontend::FunctionCall),
        b'd' => Ok(pgwire::copy_data(frame)),
        b'c' => Ok(Frontend::CopyDone),
        b'f' if phase == Phase::Copy => {
            body.string()?;
            body.end()?;
            Ok(pgwire::copy_fail(frame))
        }
        b'f' => Ok(Frontend::CopyFail(String::new())),
        // PostgreSQL does not look at what a leaving client may have added.
        _ => Ok(Frontend::Terminate),
    }
}

fn target_kind(byte: u8) -> Option<Kind> {
    match byte {
        b'S' => Some(Kind::Statement),
        b'P' => Some(Kind::Portal),
        _ => None,
    }
}

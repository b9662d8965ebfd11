//! The only place that names the `pgwire` crate. Its message structs are used for what is rare;
//! what is on the hot path is written by hand in [`super::frame`] and [`super::outbox`], because
//! the crate copies parameters' names and tags and wants an owned string for each.
//!
//! Its decoders panic on short bodies and replace bad UTF-8 in silence: each frame that comes here
//! was cut out exactly and validated before. Should one be refused all the same, the fields are
//! empty.

use ::pgwire::messages::copy::{CopyData, CopyFail};
use ::pgwire::messages::extendedquery::Close;
use ::pgwire::messages::response::{EmptyQueryResponse, ErrorResponse, NoticeResponse};
use ::pgwire::messages::startup::{
    Authentication, BackendKeyData, NegotiateProtocolVersion, ParameterStatus,
    PasswordMessageFamily, SecretKey,
};
use ::pgwire::messages::{DecodeContext, Message, ProtocolVersion};
use bytes::{Bytes, BytesMut};

use super::message::{Frontend, Kind};
use super::report::Report;

fn decode<M: Message>(mut frame: BytesMut) -> Option<M> {
    let context = DecodeContext::new(ProtocolVersion::PROTOCOL3_2);
    M::decode(&mut frame, &context).ok().flatten().filter(|_| frame.is_empty())
}

/// The password, without its terminator.
pub(super) fn password(frame: BytesMut) -> Frontend {
    let body = match decode(frame) {
        Some(PasswordMessageFamily::Raw(body)) => body.freeze(),
        _ => Bytes::new(),
    };
    Frontend::Password(body.slice(..body.len().saturating_sub(1)))
}

/// Close.
pub(super) fn close(frame: BytesMut, kind: Kind) -> Frontend {
    let name = decode(frame).and_then(|close: Close| close.name).unwrap_or_default();
    Frontend::Close { kind, name }
}

/// CopyData: its bytes are a slice of the frame.
pub(super) fn copy_data(frame: BytesMut) -> Frontend {
    Frontend::CopyData(decode(frame).map(|copy: CopyData| copy.data).unwrap_or_default())
}

/// CopyFail.
pub(super) fn copy_fail(frame: BytesMut) -> Frontend {
    Frontend::CopyFail(decode(frame).map(|copy: CopyFail| copy.message).unwrap_or_default())
}

/// Writes a message. One that the library refuses, because it is longer than any client takes it,
/// leaves no trace.
fn encode(buf: &mut BytesMut, message: &impl Message) {
    let before = buf.len();
    if message.encode(buf).is_err() {
        buf.truncate(before);
    }
}

/// AuthenticationOk.
pub(super) fn authentication_ok(buf: &mut BytesMut) {
    encode(buf, &Authentication::Ok);
}

/// AuthenticationCleartextPassword.
pub(super) fn authentication_cleartext(buf: &mut BytesMut) {
    encode(buf, &Authentication::CleartextPassword);
}

/// ParameterStatus.
pub(super) fn parameter_status(buf: &mut BytesMut, name: String, value: String) {
    encode(buf, &ParameterStatus::new(name, value));
}

/// BackendKeyData.
pub(super) fn backend_key_data(buf: &mut BytesMut, pid: i32, key: &[u8]) {
    let key = SecretKey::Bytes(Bytes::copy_from_slice(key));
    encode(buf, &BackendKeyData::new(pid, key));
}

/// NegotiateProtocolVersion. The version is the whole number (3.2 is 196610), as PostgreSQL sends
/// it.
pub(super) fn negotiate_protocol_version(buf: &mut BytesMut, minor: u16, options: Vec<String>) {
    const VERSION_3_0: i32 = 3 << 16;
    let version = VERSION_3_0.saturating_add(i32::from(minor));
    encode(buf, &NegotiateProtocolVersion::new(version, options));
}

/// EmptyQueryResponse.
pub(super) fn empty_query(buf: &mut BytesMut) {
    encode(buf, &EmptyQueryResponse::new());
}

/// ErrorResponse or NoticeResponse, by the report's severity.
pub(super) fn report(buf: &mut BytesMut, report: &Report, clean: fn(&str) -> String) {
    let fields = report.fields().into_iter().map(|(code, value)| (code, clean(&value))).collect();
    if report.is_error() {
        encode(buf, &ErrorResponse::new(fields));
    } else {
        encode(buf, &NoticeResponse::new(fields));
    }
}

//! The packets before the login: a length, a code, and what belongs to it. They have no type byte.
//!
//! The layout is that of PostgreSQL's `ProcessStartupPacket`; lengths are judged before anything of
//! the body is waited for, and no packet takes more than its own bytes from the buffer.

use bytes::{Buf, Bytes, BytesMut};

use super::encoding;
use super::limits::{
    CANCEL_KEY_BYTES_MAX, CANCEL_KEY_BYTES_MIN, STARTUP_PACKET_BYTES_MAX, STARTUP_PACKET_BYTES_MIN,
    USER_NAME_BYTES_MAX,
};
use super::violation::{PROTOCOL_MINOR_MAX, Violation};

/// The major "version" of the packets that are none: CancelRequest and requests for encryption.
const REQUEST_MAJOR: u16 = 1234;
const CANCEL_MINOR: u16 = 5678;
const SSL_MINOR: u16 = 5679;
const GSSENC_MINOR: u16 = 5680;

/// The only major version that is spoken here.
const PROTOCOL_MAJOR: u16 = 3;

/// A packet before the login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FirstPacket {
    /// SSLRequest: answered by one byte, `S` or `N`.
    Ssl,
    /// GSSENCRequest: answered by one byte, `G` or `N`.
    GssEnc,
    /// CancelRequest: never answered.
    Cancel {
        /// Process id of the session whose statement is to be cancelled.
        pid: i32,
        /// Its secret key, 4 to 256 bytes.
        key: Bytes,
    },
    /// StartupMessage.
    Startup(Startup),
}

/// A StartupMessage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Startup {
    /// Major version, always 3.
    pub major: u16,
    /// Minor version that the client asks for; [`Startup::minor_spoken`] is what it gets.
    pub minor: u16,
    /// Names and values in their order; of a name that stands there twice, the last value.
    pub parameters: Vec<(String, String)>,
    /// Names of protocol options (`_pq_.…`), none of which is known here.
    pub unknown_options: Vec<String>,
}

impl Startup {
    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The user, never empty.
    pub fn user(&self) -> &str {
        self.get("user").unwrap_or_default()
    }

    /// The database; it is the user's name when the client gives none, as in PostgreSQL.
    pub fn database(&self) -> &str {
        self.get("database").filter(|name| !name.is_empty()).unwrap_or_else(|| self.user())
    }

    /// The minor version that both sides speak.
    pub fn minor_spoken(&self) -> u16 {
        self.minor.min(PROTOCOL_MINOR_MAX)
    }

    /// Whether NegotiateProtocolVersion must be sent before anything else.
    pub fn must_negotiate(&self) -> bool {
        self.minor > PROTOCOL_MINOR_MAX || !self.unknown_options.is_empty()
    }

    /// Whether the client takes cancel keys of any length; otherwise they have four bytes.
    pub fn takes_long_keys(&self) -> bool {
        self.minor_spoken() >= 2
    }
}

/// The way to the login: each kind of encryption may be asked for once, and nothing may stand
/// behind the question before it is answered. Recorded from PostgreSQL 15.18.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opening {
    ssl: bool,
    gssenc: bool,
    pending: Option<Violation>,
}

impl Opening {
    /// As [`first_packet`], with these rules. A request for encryption is still given out when
    /// bytes stand behind it, and must be answered: the violation comes with the next call, as in
    /// PostgreSQL.
    pub fn next(&mut self, buf: &mut BytesMut) -> Result<Option<FirstPacket>, Violation> {
        if let Some(violation) = self.pending.take() {
            return Err(violation);
        }
        let packet = first_packet(buf)?;
        let gssenc = match packet {
            Some(FirstPacket::Ssl) => false,
            Some(FirstPacket::GssEnc) => true,
            _ => return Ok(packet),
        };
        let (asked, minor) =
            if gssenc { (&mut self.gssenc, GSSENC_MINOR) } else { (&mut self.ssl, SSL_MINOR) };
        if std::mem::replace(asked, true) {
            // Inside of TLS and the second time the request reads as a protocol version.
            return Err(Violation::UnsupportedProtocol { major: REQUEST_MAJOR, minor });
        }
        if !buf.is_empty() {
            self.pending = Some(Violation::DataBehindRequest { gssenc });
        }
        Ok(packet)
    }

    /// The connection is encrypted now: no other encryption may be asked for.
    pub fn encrypted(&mut self) {
        self.ssl = true;
        self.gssenc = true;
    }
}

/// Takes the next packet of a client that has not logged in yet; `None` while it is not complete.
/// After an error the buffer's content has no meaning.
pub fn first_packet(buf: &mut BytesMut) -> Result<Option<FirstPacket>, Violation> {
    let Some((word, rest)) = buf.split_first_chunk::<4>() else { return Ok(None) };
    let length = u32::from_be_bytes(*word);
    let body_length = usize::try_from(length)
        .ok()
        .and_then(|length| length.checked_sub(4))
        .filter(|body| (STARTUP_PACKET_BYTES_MIN..=STARTUP_PACKET_BYTES_MAX).contains(body))
        .ok_or(Violation::StartupLength(length))?;
    let Some(body) = rest.get(..body_length) else { return Ok(None) };
    let packet = packet(body, length)?;
    buf.advance(body_length.saturating_add(4));
    Ok(Some(packet))
}

fn packet(body: &[u8], length: u32) -> Result<FirstPacket, Violation> {
    let Some(([major_high, major_low, minor_high, minor_low], rest)) = body.split_first_chunk()
    else {
        return Err(Violation::StartupLength(length));
    };
    let major = u16::from_be_bytes([*major_high, *major_low]);
    let minor = u16::from_be_bytes([*minor_high, *minor_low]);
    match (major, minor) {
        (REQUEST_MAJOR, CANCEL_MINOR) => cancel(rest, length),
        (REQUEST_MAJOR, SSL_MINOR) => Ok(FirstPacket::Ssl),
        (REQUEST_MAJOR, GSSENC_MINOR) => Ok(FirstPacket::GssEnc),
        (PROTOCOL_MAJOR, _) => startup(minor, rest).map(FirstPacket::Startup),
        _ => Err(Violation::UnsupportedProtocol { major, minor }),
    }
}

fn cancel(body: &[u8], length: u32) -> Result<FirstPacket, Violation> {
    match body.split_first_chunk::<4>() {
        Some((pid, key)) if (CANCEL_KEY_BYTES_MIN..=CANCEL_KEY_BYTES_MAX).contains(&key.len()) => {
            Ok(FirstPacket::Cancel {
                pid: i32::from_be_bytes(*pid),
                key: Bytes::copy_from_slice(key),
            })
        }
        _ => Err(Violation::CancelLength(length)),
    }
}

fn startup(minor: u16, body: &[u8]) -> Result<Startup, Violation> {
    let mut startup = Startup {
        major: PROTOCOL_MAJOR,
        minor,
        parameters: Vec::new(),
        unknown_options: Vec::new(),
    };
    let mut rest = body;
    loop {
        let (name, after_name) = until_nul(rest)?;
        if name.is_empty() {
            if !after_name.is_empty() {
                return Err(Violation::StartupLayout);
            }
            break;
        }
        let (value, after_value) = until_nul(after_name)?;
        accept(&mut startup, name, value)?;
        rest = after_value;
    }
    match startup.user() {
        "" => Err(Violation::NoUserName),
        user if user.len() > USER_NAME_BYTES_MAX => Err(Violation::UserNameTooLong),
        _ => Ok(startup),
    }
}

/// Splits at the first NUL, which belongs to neither part.
fn until_nul(bytes: &[u8]) -> Result<(&[u8], &[u8]), Violation> {
    let end = memchr::memchr(0, bytes).ok_or(Violation::StartupLayout)?;
    let (text, terminated) = bytes.split_at(end);
    Ok((text, terminated.get(1..).unwrap_or_default()))
}

fn accept(startup: &mut Startup, name: &[u8], value: &[u8]) -> Result<(), Violation> {
    let name = encoding::text(name).map_err(Violation::ParameterEncoding)?;
    if name.starts_with("_pq_.") {
        startup.unknown_options.push(name.to_owned());
        return Ok(());
    }
    let value = match name {
        "user" | "database" => encoding::text(value).map_err(Violation::NameEncoding)?.to_owned(),
        "application_name" => printable(value),
        _ => encoding::text(value).map_err(Violation::ParameterEncoding)?.to_owned(),
    };
    match startup.parameters.iter_mut().find(|(known, _)| known == name) {
        Some((_, present)) => *present = value,
        None => startup.parameters.push((name.to_owned(), value)),
    }
    Ok(())
}

/// The application's name as PostgreSQL keeps it: each byte that is not printable ASCII becomes a
/// question mark (recorded: `a?b??`), so that it can stand in a log and a list of sessions.
pub fn printable(value: &[u8]) -> String {
    value
        .iter()
        .map(|byte| if (b' '..=b'~').contains(byte) { char::from(*byte) } else { '?' })
        .collect()
}

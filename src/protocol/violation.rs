//! What clients do against the protocol, and what PostgreSQL says to it. The answers were recorded
//! from PostgreSQL 15.18 unless a variant says otherwise.

use super::encoding::InvalidBytes;
use super::message::is_extended;
use super::report::Report;

/// The newest minor version of protocol 3 that is spoken here.
pub const PROTOCOL_MINOR_MAX: u16 = 2;

/// What happens to the connection after a violation. To the transaction it is an error like any
/// other: a block has failed, and what a pipeline did since its last Sync is undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Send the report and ReadyForQuery, then read the next message.
    Continue,
    /// Send the report, then skip every message up to the next Sync, which is answered.
    SkipToSync,
    /// Send the report and close.
    CloseAfterMessage,
    /// Close without a word, as PostgreSQL does where an answer would help nobody but a prober.
    CloseSilently,
}

/// A breach of the protocol. `kind` is the type byte of the message that it was found in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// A startup packet whose length is none; so are HTTP, TLS and other protocols.
    StartupLength(u32),
    /// A CancelRequest with a key of impossible length.
    CancelLength(u32),
    /// A protocol version that is not spoken here; also a second request for encryption, whose code
    /// then reads as version 1234.5679 or 1234.5680.
    UnsupportedProtocol {
        /// Major version asked for.
        major: u16,
        /// Minor version asked for.
        minor: u16,
    },
    /// Names and values of a startup packet do not end where it ends.
    StartupLayout,
    /// No user in the startup packet, or an empty one.
    NoUserName,
    /// A user name longer than PostgreSQL's names. It truncates; we refuse (our decision).
    UserNameTooLong,
    /// A user or database name that is not UTF-8. PostgreSQL fails to find such a user, with the
    /// same SQLSTATE and another text.
    NameEncoding(InvalidBytes),
    /// Another startup parameter that is not UTF-8. PostgreSQL does not look; we do (our decision).
    ParameterEncoding(InvalidBytes),
    /// Bytes stood right behind a request for encryption, granted or not: somebody on the way may
    /// have put them there.
    DataBehindRequest {
        /// It was a GSSENCRequest, not an SSLRequest.
        gssenc: bool,
    },
    /// Another message where the password was due.
    NotPassword(u8),
    /// A password message whose length is none.
    PasswordLength(u32),
    /// A password above our own limit. PostgreSQL's is higher; we answer in words (our decision).
    PasswordTooLong(u32),
    /// A NUL in the password, or none at its end.
    PasswordSize,
    /// A password of no characters.
    EmptyPassword,
    /// A type byte that no message has in this phase.
    UnknownType(u8),
    /// A length that no message of this type can have.
    Length {
        /// Type byte.
        kind: u8,
        /// Length word.
        length: u32,
    },
    /// A length above the operator's limit. PostgreSQL has none below 1 GiB; we say why we close.
    TooLarge {
        /// Type byte.
        kind: u8,
        /// Length word.
        length: u32,
        /// The limit, `message_bytes_max`.
        limit: u32,
    },
    /// A string without its terminator.
    Unterminated {
        /// Type byte.
        kind: u8,
    },
    /// Text that is not UTF-8.
    Encoding {
        /// Type byte.
        kind: u8,
        /// The bytes that PostgreSQL would name.
        bytes: InvalidBytes,
    },
    /// A body without the byte that says what it is about.
    Empty {
        /// Type byte.
        kind: u8,
    },
    /// A body that ends before its fields do.
    Short {
        /// Type byte.
        kind: u8,
    },
    /// A body that goes on after its fields.
    Trailing {
        /// Type byte.
        kind: u8,
    },
    /// Describe of something that is neither a statement nor a portal.
    DescribeTarget(u8),
    /// Close of something that is neither a statement nor a portal.
    CloseTarget(u8),
    /// Another message while the client is sending data for COPY.
    DuringCopy(u8),
}

impl Violation {
    /// The report that the client gets, if any, and what becomes of the connection.
    pub fn answer(&self) -> (Option<Report>, Fate) {
        match self.report() {
            None => (None, Fate::CloseSilently),
            Some(report) => (Some(report), self.fate()),
        }
    }

    fn fate(&self) -> Fate {
        match self {
            Violation::Unterminated { kind }
            | Violation::Encoding { kind, .. }
            | Violation::Empty { kind }
            | Violation::Short { kind }
            | Violation::Trailing { kind } => {
                if is_extended(*kind) {
                    Fate::SkipToSync
                } else {
                    Fate::Continue
                }
            }
            Violation::DescribeTarget(_) | Violation::CloseTarget(_) => Fate::SkipToSync,
            _ => Fate::CloseAfterMessage,
        }
    }

    fn report(&self) -> Option<Report> {
        let report = match self {
            Violation::StartupLength(_)
            | Violation::CancelLength(_)
            | Violation::PasswordLength(_)
            | Violation::Length { .. } => return None,
            Violation::UnsupportedProtocol { major, minor } => Report::fatal(
                "0A000",
                format!(
                    "unsupported frontend protocol {major}.{minor}: \
                     server supports 3.0 to 3.{PROTOCOL_MINOR_MAX}"
                ),
            ),
            Violation::StartupLayout => Report::fatal(
                "08P01",
                "invalid startup packet layout: expected terminator as last byte",
            ),
            Violation::NoUserName => {
                Report::fatal("28000", "no PostgreSQL user name specified in startup packet")
            }
            Violation::UserNameTooLong => Report::fatal("28000", "user name is too long")
                .with_detail("User names may have at most 63 bytes."),
            Violation::NameEncoding(bytes) => {
                Report::fatal("28000", "user or database name is not valid UTF-8")
                    .with_detail(format!("{}.", capitalized(&bytes.to_string())))
            }
            Violation::ParameterEncoding(bytes) => Report::fatal("22021", bytes.to_string()),
            Violation::DataBehindRequest { gssenc } => {
                let request = if *gssenc { "GSSAPI encryption" } else { "SSL" };
                Report::fatal("08P01", format!("received unencrypted data after {request} request"))
                    .with_detail(
                        "This could be either a client-software bug or evidence of an attempted \
                         man-in-the-middle attack.",
                    )
            }
            Violation::NotPassword(kind) => Report::fatal(
                "08P01",
                format!("expected password response, got message type {kind}"),
            ),
            Violation::PasswordTooLong(_) => Report::fatal("28P01", "password is too long"),
            Violation::PasswordSize => Report::fatal("08P01", "invalid password packet size"),
            Violation::EmptyPassword => Report::fatal("28P01", "empty password returned by client"),
            Violation::UnknownType(kind) => {
                Report::fatal("08P01", format!("invalid frontend message type {kind}"))
            }
            Violation::TooLarge { length, limit, .. } => {
                Report::fatal("08P01", "message too large").with_detail(format!(
                    "The message has {length} bytes, the limit message_bytes_max is {limit}."
                ))
            }
            Violation::Unterminated { .. } => Report::error("08P01", "invalid string in message"),
            Violation::Encoding { bytes, .. } => Report::error("22021", bytes.to_string()),
            Violation::Empty { .. } => Report::error("08P01", "no data left in message"),
            Violation::Short { .. } => Report::error("08P01", "insufficient data left in message"),
            Violation::Trailing { .. } => Report::error("08P01", "invalid message format"),
            Violation::DescribeTarget(byte) => {
                Report::error("08P01", format!("invalid DESCRIBE message subtype {byte}"))
            }
            Violation::CloseTarget(byte) => {
                Report::error("08P01", format!("invalid CLOSE message subtype {byte}"))
            }
            Violation::DuringCopy(kind) => Report::fatal(
                "08P01",
                format!("unexpected message type 0x{kind:02X} during COPY from stdin"),
            ),
        };
        Some(report)
    }

    /// Whether the client speaks a protocol before 3.0, in which an error is the letter E, a text
    /// and a NUL; [`super::Outbox::refusal`] knows how.
    pub fn is_before_version_3(&self) -> bool {
        matches!(self, Violation::UnsupportedProtocol { major, .. } if *major < 3)
    }
}

/// The answer to [`super::Frontend::FunctionCall`], which is lawful and not supported (C12).
/// ReadyForQuery follows it. PostgreSQL runs such calls; libpq makes one only for large objects.
pub fn function_call() -> Report {
    Report::error("0A000", "function calls by number are not supported")
        .with_hint("Call the function in a SELECT.")
}

/// A detail is a sentence.
fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

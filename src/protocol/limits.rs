//! The limits of the protocol. Lengths are those of the length word: the body and its own four
//! bytes.

/// Longest startup packet without its length word, in bytes. PostgreSQL's
/// `MAX_STARTUP_PACKET_LENGTH` (`libpq/pqcomm.h`); recorded: 10 004 on the wire is read, 10 005
/// closes the connection.
pub const STARTUP_PACKET_BYTES_MAX: usize = 10_000;

/// Shortest startup packet without its length word, in bytes: the protocol version.
pub const STARTUP_PACKET_BYTES_MIN: usize = 4;

/// Longest user name, in bytes. PostgreSQL's `NAMEDATALEN` is 64 with the terminator; it truncates
/// longer names, we refuse them, because a truncated name may be another account.
pub const USER_NAME_BYTES_MAX: usize = 63;

/// Shortest secret key in a CancelRequest, in bytes: that of protocol 3.0.
pub const CANCEL_KEY_BYTES_MIN: usize = 4;

/// Longest secret key in a CancelRequest, in bytes, as the description of protocol 3.2 has it.
pub const CANCEL_KEY_BYTES_MAX: usize = 256;

/// Longest message of the types that are short by nature (Sync, Describe, Execute …), in bytes.
/// PostgreSQL's `PQ_SMALL_MESSAGE_LIMIT` (`libpq/libpq.h`).
pub const SMALL_MESSAGE_BYTES_MAX: u32 = 10_000;

/// Longest message at all, in bytes. PostgreSQL's `PQ_LARGE_MESSAGE_LIMIT` (`MaxAllocSize - 1`).
pub const LARGE_MESSAGE_BYTES_MAX: u32 = 0x3fff_fffe;

/// Longest password message that is answered in words, in bytes; beyond it the connection is closed
/// as PostgreSQL does. Its `PG_MAX_AUTH_TOKEN_LENGTH` (`libpq/auth.h`).
pub const AUTH_TOKEN_BYTES_MAX: u32 = 65_535;

/// Default of [`Limits::message_bytes_max`], in bytes: 64 MiB, our own choice.
pub const MESSAGE_BYTES_DEFAULT: u32 = 64 * 1024 * 1024;

/// Default of [`Limits::auth_message_bytes_max`], in bytes: PostgreSQL's
/// `PG_MAX_SASL_MESSAGE_LENGTH`.
pub const AUTH_MESSAGE_BYTES_DEFAULT: u32 = 1_024;

/// The limits that an operator may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest Query, Parse, Bind, FunctionCall or CopyData, in bytes; above it the client is told
    /// so and disconnected. Never more than [`LARGE_MESSAGE_BYTES_MAX`].
    pub message_bytes_max: u32,
    /// Longest message of a client that has not logged in, in bytes.
    pub auth_message_bytes_max: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            message_bytes_max: MESSAGE_BYTES_DEFAULT,
            auth_message_bytes_max: AUTH_MESSAGE_BYTES_DEFAULT,
        }
    }
}

//! Everything that is sent: one buffer, one method per message. It only grows while it is written
//! to; the connection loop sends [`Outbox::as_bytes`], says how much went with [`Outbox::advance`],
//! and the buffer's memory is used again.

use bytes::{Buf, BufMut, BytesMut};

use super::pgwire;
use super::report::Report;
use super::violation::{Fate, Violation};

/// How much may have waited at once for the buffer to be kept when it is empty, in bytes: a block
/// of rows (256 KiB) as text. A larger one, left by a large row, is given back.
pub const RETAINED_BYTES_MAX: usize = 512 * 1024;

/// Transaction status in ReadyForQuery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Not in a transaction block (`I`).
    Idle,
    /// In a transaction block (`T`).
    InTransaction,
    /// In a failed one (`E`): only its end is accepted.
    Failed,
}

impl Status {
    /// The byte on the wire.
    pub const fn as_byte(self) -> u8 {
        match self {
            Status::Idle => b'I',
            Status::InTransaction => b'T',
            Status::Failed => b'E',
        }
    }
}

/// A column in RowDescription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Name of the column.
    pub name: String,
    /// OID of the table that it comes from, else 0.
    pub table_oid: u32,
    /// Number of the column in that table, else 0.
    pub attnum: i16,
    /// OID of its type.
    pub type_oid: u32,
    /// Length of its type in bytes; negative for lengths that vary.
    pub type_len: i16,
    /// Modifier of its type, -1 for none.
    pub typmod: i32,
    /// Format code: 0 text, 1 binary.
    pub format: i16,
}

/// Where a DataRow begins: given by [`Outbox::begin_row`], taken by [`Outbox::end_row`].
#[derive(Debug)]
#[must_use = "a row that is begun must be ended or abandoned"]
pub struct RowMark {
    start: usize,
}

/// A row of 2 GiB or more, which no message can hold. It is not in the buffer any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("row is too long for a message")]
pub struct RowTooLong;

/// The send buffer.
#[derive(Debug, Default)]
pub struct Outbox {
    buffer: BytesMut,
    /// The most that waited at once since the memory was given back last. The buffer itself cannot
    /// tell: what was sent of it no longer counts in its capacity.
    peak: usize,
}

impl Outbox {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// The buffer itself, for those who write rows straight into it.
    pub fn buffer(&mut self) -> &mut BytesMut {
        &mut self.buffer
    }

    /// Bytes waiting to be sent.
    pub fn len(&self) -> usize {
        self.buffer.len()
    }

    /// Whether nothing waits to be sent.
    pub fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// What waits to be sent.
    pub fn as_bytes(&self) -> &[u8] {
        &self.buffer
    }

    /// The first `sent` bytes went out.
    pub fn advance(&mut self, sent: usize) {
        self.peak = self.peak.max(self.buffer.len());
        self.buffer.advance(sent.min(self.buffer.len()));
        if self.buffer.is_empty() {
            self.clear();
        }
    }

    /// Forgets what waits, and keeps the memory if it is not too much.
    pub fn clear(&mut self) {
        self.peak = self.peak.max(self.buffer.len());
        if self.peak > RETAINED_BYTES_MAX {
            *self = Self::new();
        } else {
            self.buffer.clear();
        }
    }

    /// Forgets what was written after the buffer had `len` bytes: an answer that is not to be
    /// given.
    pub fn truncate(&mut self, len: usize) {
        self.buffer.truncate(len);
    }

    /// Takes what waits to be sent.
    pub fn take(&mut self) -> BytesMut {
        self.buffer.split()
    }

    /// The one byte that answers SSLRequest and GSSENCRequest with no.
    pub fn encryption_refused(&mut self) {
        self.buffer.put_u8(b'N');
    }

    /// AuthenticationOk.
    pub fn authentication_ok(&mut self) {
        pgwire::authentication_ok(&mut self.buffer);
    }

    /// AuthenticationCleartextPassword.
    pub fn authentication_cleartext(&mut self) {
        pgwire::authentication_cleartext(&mut self.buffer);
    }

    /// ParameterStatus.
    pub fn parameter_status(&mut self, name: &str, value: &str) {
        pgwire::parameter_status(&mut self.buffer, without_nul(name), without_nul(value));
    }

    /// BackendKeyData: the process id and a key of 4 to 256 bytes (4 before protocol 3.2).
    pub fn backend_key_data(&mut self, pid: i32, key: &[u8]) {
        pgwire::backend_key_data(&mut self.buffer, pid, key);
    }

    /// NegotiateProtocolVersion: the newest minor version spoken, and options that are not known.
    pub fn negotiate_protocol_version(&mut self, minor: u16, unknown_options: &[String]) {
        pgwire::negotiate_protocol_version(&mut self.buffer, minor, unknown_options.to_vec());
    }

    /// ReadyForQuery.
    pub fn ready(&mut self, status: Status) {
        self.buffer.put_slice(&[b'Z', 0, 0, 0, 5, status.as_byte()]);
    }

    /// RowDescription.
    pub fn row_description(&mut self, fields: &[Field]) {
        let message = self.begin(b'T');
        self.buffer.put_u16(count(fields.len()));
        for field in fields.iter().take(usize::from(u16::MAX)) {
            put_string(&mut self.buffer, &field.name);
            self.buffer.put_u32(field.table_oid);
            self.buffer.put_i16(field.attnum);
            self.buffer.put_u32(field.type_oid);
            self.buffer.put_i16(field.type_len);
            self.buffer.put_i32(field.typmod);
            self.buffer.put_i16(field.format);
        }
        self.end(message);
    }

    /// Begins a DataRow; its body (count of columns, then lengths and values) is then written into
    /// [`Outbox::buffer`].
    pub fn begin_row(&mut self) -> RowMark {
        RowMark { start: self.begin(b'D') }
    }

    /// Ends a DataRow.
    ///
    /// # Errors
    /// The row is too long for any message; it was taken out of the buffer.
    pub fn end_row(&mut self, mark: RowMark) -> Result<(), RowTooLong> {
        let start = mark.start;
        if self.end(start) {
            Ok(())
        } else {
            self.buffer.truncate(start);
            Err(RowTooLong)
        }
    }

    /// Takes back a DataRow that was begun, and what was written since.
    pub fn abandon_row(&mut self, mark: RowMark) {
        self.buffer.truncate(mark.start);
    }

    /// CommandComplete.
    pub fn command_complete(&mut self, tag: &str) {
        let message = self.begin(b'C');
        put_string(&mut self.buffer, tag);
        self.end(message);
    }

    /// EmptyQueryResponse.
    pub fn empty_query(&mut self) {
        pgwire::empty_query(&mut self.buffer);
    }

    /// NoData.
    pub fn no_data(&mut self) {
        self.bare(b'n');
    }

    /// ParseComplete.
    pub fn parse_complete(&mut self) {
        self.bare(b'1');
    }

    /// BindComplete.
    pub fn bind_complete(&mut self) {
        self.bare(b'2');
    }

    /// CloseComplete.
    pub fn close_complete(&mut self) {
        self.bare(b'3');
    }

    /// PortalSuspended.
    pub fn portal_suspended(&mut self) {
        self.bare(b's');
    }

    /// ParameterDescription: the OIDs of `$1`, `$2` …
    pub fn parameter_description(&mut self, types: &[u32]) {
        let message = self.begin(b't');
        self.buffer.put_u16(count(types.len()));
        for oid in types.iter().take(usize::from(u16::MAX)) {
            self.buffer.put_u32(*oid);
        }
        self.end(message);
    }

    /// ErrorResponse; a report that is a notice becomes a NoticeResponse.
    pub fn error(&mut self, report: &Report) {
        pgwire::report(&mut self.buffer, report, without_nul);
    }

    /// NoticeResponse; a report that is an error becomes an ErrorResponse.
    pub fn notice(&mut self, report: &Report) {
        pgwire::report(&mut self.buffer, report, without_nul);
    }

    /// Writes the answer to a violation, in the form that its client understands, and says what
    /// becomes of the connection. ReadyForQuery is not written.
    pub fn refusal(&mut self, violation: &Violation) -> Fate {
        let (report, fate) = violation.answer();
        match report {
            Some(report) if violation.is_before_version_3() => {
                self.buffer.put_slice(b"EFATAL:  ");
                self.buffer.put_slice(report.message.as_bytes());
                self.buffer.put_slice(b"\n\0");
            }
            Some(report) => {
                self.error(&report);
                if let Violation::DuringCopy(_) = violation {
                    self.error(&Report::fatal(
                        "08P01",
                        "terminating connection because protocol synchronization was lost",
                    ));
                }
            }
            None => {}
        }
        fate
    }

    /// A message of a type and nothing else.
    fn bare(&mut self, kind: u8) {
        self.buffer.put_slice(&[kind, 0, 0, 0, 4]);
    }

    fn begin(&mut self, kind: u8) -> usize {
        let start = self.buffer.len();
        self.buffer.put_slice(&[kind, 0, 0, 0, 0]);
        start
    }

    /// Writes the length of the message that began at `start`: all of it but the type byte.
    fn end(&mut self, start: usize) -> bool {
        let length = self.buffer.len().saturating_sub(start).saturating_sub(1);
        let word = start
            .checked_add(1)
            .and_then(|from| self.buffer.get_mut(from..))
            .and_then(|message| message.first_chunk_mut::<4>());
        match (i32::try_from(length), word) {
            (Ok(length), Some(word)) => {
                *word = length.to_be_bytes();
                true
            }
            _ => false,
        }
    }
}

/// A count on the wire. Whoever writes more elements than it can say writes that many only; limits
/// above this room keep it from coming to that.
fn count(elements: usize) -> u16 {
    u16::try_from(elements).unwrap_or(u16::MAX)
}

/// A NUL would end the string early and shift all that follows; no PostgreSQL text has one.
fn put_string(buf: &mut BytesMut, text: &str) {
    if memchr::memchr(0, text.as_bytes()).is_none() {
        buf.put_slice(text.as_bytes());
    } else {
        buf.put_slice(without_nul(text).as_bytes());
    }
    buf.put_u8(0);
}

fn without_nul(text: &str) -> String {
    text.replace('\0', "?")
}

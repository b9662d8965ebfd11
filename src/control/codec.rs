//! The bytes of a control message: little-endian integers, texts with a 16-bit length.

use std::fmt;

/// Why bytes are not a control message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodecError {
    /// The message ends inside a field.
    Truncated,
    /// Bytes follow the last field.
    Trailing,
    /// No message has this type byte.
    UnknownType(u8),
    /// A field holds a number that has no meaning there.
    BadValue(&'static str),
    /// A text is not UTF-8.
    NotText,
    /// A text or the whole message is longer than the format allows.
    TooLong,
    /// The message must come with a descriptor and came without one.
    NoDescriptor,
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => f.write_str("control message ends inside a field"),
            Self::Trailing => f.write_str("control message has bytes after its last field"),
            Self::UnknownType(byte) => write!(f, "control message of unknown type {byte}"),
            Self::BadValue(field) => write!(f, "control message has a bad value in {field}"),
            Self::NotText => f.write_str("control message has a text that is not UTF-8"),
            Self::TooLong => f.write_str("control message is too long"),
            Self::NoDescriptor => f.write_str("control message came without its descriptor"),
        }
    }
}

impl std::error::Error for CodecError {}

/// Reads fields from the front of a packet.
pub(super) struct Decoder<'a> {
    rest: &'a [u8],
}

impl<'a> Decoder<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], CodecError> {
        let (head, rest) = self.rest.split_at_checked(count).ok_or(CodecError::Truncated)?;
        self.rest = rest;
        Ok(head)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], CodecError> {
        self.take(N)?.try_into().map_err(|_| CodecError::Truncated)
    }

    pub(super) fn u8(&mut self) -> Result<u8, CodecError> {
        Ok(u8::from_le_bytes(self.array()?))
    }

    pub(super) fn u16(&mut self) -> Result<u16, CodecError> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    pub(super) fn u32(&mut self) -> Result<u32, CodecError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(super) fn i32(&mut self) -> Result<i32, CodecError> {
        Ok(i32::from_le_bytes(self.array()?))
    }

    pub(super) fn u64(&mut self) -> Result<u64, CodecError> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    pub(super) fn bytes(&mut self) -> Result<&'a [u8], CodecError> {
        let length = self.u16()?;
        self.take(usize::from(length))
    }

    pub(super) fn text(&mut self) -> Result<String, CodecError> {
        let bytes = self.bytes()?;
        std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| CodecError::NotText)
    }

    /// The packet must be used up.
    pub(super) fn finish(self) -> Result<(), CodecError> {
        if self.rest.is_empty() { Ok(()) } else { Err(CodecError::Trailing) }
    }
}

/// Writes fields to the end of a packet. A field that does not fit is remembered, and
/// [`Encoder::finish`] refuses the packet.
pub(super) struct Encoder {
    packet: Vec<u8>,
    overflow: bool,
}

impl Encoder {
    pub(super) fn new(kind: u8) -> Self {
        Self { packet: vec![kind], overflow: false }
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.packet.extend_from_slice(bytes);
        self
    }

    pub(super) fn u8(&mut self, value: u8) -> &mut Self {
        self.raw(&[value])
    }

    pub(super) fn u16(&mut self, value: u16) -> &mut Self {
        self.raw(&value.to_le_bytes())
    }

    pub(super) fn u32(&mut self, value: u32) -> &mut Self {
        self.raw(&value.to_le_bytes())
    }

    pub(super) fn i32(&mut self, value: i32) -> &mut Self {
        self.raw(&value.to_le_bytes())
    }

    pub(super) fn u64(&mut self, value: u64) -> &mut Self {
        self.raw(&value.to_le_bytes())
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        match u16::try_from(bytes.len()) {
            Ok(length) => self.u16(length).raw(bytes),
            Err(_) => {
                self.overflow = true;
                self
            }
        }
    }

    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    pub(super) fn finish(self) -> Result<Vec<u8>, CodecError> {
        if self.overflow || self.packet.len() > super::MESSAGE_BYTES_MAX {
            Err(CodecError::TooLong)
        } else {
            Ok(self.packet)
        }
    }
}

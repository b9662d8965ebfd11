//! Reading the body of one message, field by field, with PostgreSQL's errors in PostgreSQL's order.

use super::encoding;
use super::violation::Violation;

/// A reader over the body of one message. Whatever the bytes are, it answers or names the
/// violation.
pub(crate) struct Body<'a> {
    kind: u8,
    whole: usize,
    rest: &'a [u8],
}

impl<'a> Body<'a> {
    /// The body of a message of this type: its bytes behind the length word.
    pub(crate) fn new(kind: u8, bytes: &'a [u8]) -> Self {
        Body { kind, whole: bytes.len(), rest: bytes }
    }

    /// How many bytes were read so far.
    pub(crate) fn offset(&self) -> usize {
        self.whole.saturating_sub(self.rest.len())
    }

    /// One byte.
    pub(crate) fn byte(&mut self) -> Result<u8, Violation> {
        let (byte, rest) = self.rest.split_first().ok_or(Violation::Empty { kind: self.kind })?;
        self.rest = rest;
        Ok(*byte)
    }

    /// An unsigned 16-bit number: a count.
    pub(crate) fn count(&mut self) -> Result<usize, Violation> {
        Ok(usize::from(u16::from_be_bytes(self.array()?)))
    }

    /// A signed 16-bit number.
    pub(crate) fn int16(&mut self) -> Result<i16, Violation> {
        Ok(i16::from_be_bytes(self.array()?))
    }

    /// A signed 32-bit number.
    pub(crate) fn int32(&mut self) -> Result<i32, Violation> {
        Ok(i32::from_be_bytes(self.array()?))
    }

    /// An unsigned 32-bit number.
    pub(crate) fn uint32(&mut self) -> Result<u32, Violation> {
        Ok(u32::from_be_bytes(self.array()?))
    }

    /// The next `length` bytes. A negative length is one that is not there, as in PostgreSQL.
    pub(crate) fn bytes(&mut self, length: i32) -> Result<&'a [u8], Violation> {
        let short = Violation::Short { kind: self.kind };
        let Ok(length) = usize::try_from(length) else { return Err(short) };
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(short)?;
        self.rest = rest;
        Ok(bytes)
    }

    /// Text up to a NUL, which is read too.
    pub(crate) fn string(&mut self) -> Result<&'a str, Violation> {
        let end =
            memchr::memchr(0, self.rest).ok_or(Violation::Unterminated { kind: self.kind })?;
        let (text, terminated) = self.rest.split_at(end);
        self.rest = terminated.get(1..).unwrap_or_default();
        encoding::text(text).map_err(|bytes| Violation::Encoding { kind: self.kind, bytes })
    }

    /// A counted list of 16-bit numbers.
    pub(crate) fn int16s(&mut self) -> Result<Vec<i16>, Violation> {
        let count = self.count()?;
        let mut numbers = Vec::with_capacity(self.plausible(count, 2)?);
        for _ in 0..count {
            numbers.push(self.int16()?);
        }
        Ok(numbers)
    }

    /// `count`, if that many fields of at least `width` bytes can still be in the body: what is
    /// reserved for a list is never more than what came over the wire.
    pub(crate) fn plausible(&self, count: usize, width: usize) -> Result<usize, Violation> {
        match count.checked_mul(width) {
            Some(needed) if needed <= self.rest.len() => Ok(count),
            _ => Err(Violation::Short { kind: self.kind }),
        }
    }

    /// The body must end here.
    pub(crate) fn end(&self) -> Result<(), Violation> {
        if self.rest.is_empty() { Ok(()) } else { Err(Violation::Trailing { kind: self.kind }) }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Violation> {
        let (array, rest) =
            self.rest.split_first_chunk().ok_or(Violation::Short { kind: self.kind })?;
        self.rest = rest;
        Ok(*array)
    }
}

#[cfg(test)]
mod tests {
    use super::{Body, Violation};

    /// A count of 65 535 in a message of a few bytes reserves nothing.
    #[test]
    fn what_cannot_be_there_is_not_reserved_for() {
        let body = Body::new(b'P', b"1234567");
        assert_eq!(body.plausible(1, 4), Ok(1));
        assert_eq!(body.plausible(2, 4), Err(Violation::Short { kind: b'P' }));
        assert_eq!(body.plausible(usize::MAX, 4), Err(Violation::Short { kind: b'P' }));
    }
}

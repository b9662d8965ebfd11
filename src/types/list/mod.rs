//! IRIS's `$LIST`: a concatenation of elements, each with its length and type in front.
//!
//! An element is one of (`L` counts the type byte and the data):
//!
//! ```text
//! 01                          undefined, no type byte
//! n  type data…               n = 2…255 counts itself too
//! 00 lo hi  type data…        16-bit L
//! 00 00 00 b0 b1 b2 b3  type data…   32-bit L
//! ```
//!
//! Types: 1 8-bit characters, 2 UTF-16LE, 4 and 5 integers from zero up and below zero, 6 and 7
//! decimals likewise with a power of ten in front, 8 double or compacted single, 9 compacted
//! double. Concatenating two lists gives the list of all their elements. Source: `$LIST` as the
//! vendor's own drivers read and write it.

mod reader;
mod writer;

pub use reader::{Raw, Reader};
pub use writer::Writer;

/// The longest string of IRIS, in characters (for an 8-bit string: bytes). A list is such a string.
pub const STRING_LENGTH_MAX: usize = 3_641_144;

/// The type byte of an element.
mod code {
    pub(super) const BYTES: u8 = 1;
    pub(super) const WIDE: u8 = 2;
    pub(super) const INTEGER: u8 = 4;
    pub(super) const INTEGER_NEGATIVE: u8 = 5;
    pub(super) const DECIMAL: u8 = 6;
    pub(super) const DECIMAL_NEGATIVE: u8 = 7;
    pub(super) const DOUBLE: u8 = 8;
    pub(super) const DOUBLE_COMPACT: u8 = 9;
}

/// One element of a list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Item<'a> {
    /// No value at all: a hole. SQL's NULL.
    Undefined,
    /// Characters 0 to 255. The empty one is SQL's NULL, the single character 0 SQL's `''`.
    Bytes(&'a [u8]),
    /// UTF-16, little endian; the length is even.
    Wide(&'a [u8]),
    /// An integer.
    Integer(i64),
    /// `mantissa` × 10^`exponent`.
    Decimal {
        /// The significant digits, with the sign.
        mantissa: i64,
        /// The power of ten.
        exponent: i8,
    },
    /// An IEEE double.
    Double(f64),
}

impl Item<'_> {
    /// True for what SQL calls NULL: an undefined element or a string of length zero.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        match self {
            Self::Undefined => true,
            Self::Bytes(bytes) | Self::Wide(bytes) => bytes.is_empty(),
            _ => false,
        }
    }
}

/// Why bytes are no list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// An element is longer than what is left of the list.
    #[error("element at byte {at} is longer than the list")]
    Truncated {
        /// Where the element begins, in bytes from the start of the list.
        at: usize,
    },
    /// A long header announces an element without even a type byte.
    #[error("element at byte {at} has no type")]
    Typeless {
        /// Where the element begins.
        at: usize,
    },
    /// A type byte that is not documented.
    #[error("element at byte {at} has the unknown type {code}")]
    UnknownType {
        /// Where the element begins.
        at: usize,
        /// The type byte.
        code: u8,
    },
    /// Data of a length that its type cannot have.
    #[error("element at byte {at} of type {code} cannot have {length} bytes")]
    Length {
        /// Where the element begins.
        at: usize,
        /// The type byte.
        code: u8,
        /// The number of data bytes.
        length: usize,
    },
}

/// Reads any bytes as a list and, when they are one, writes it again: both readings must agree.
///
/// For fuzzing: it ends the process when the reader and the writer disagree.
#[doc(hidden)]
pub fn fuzz_list(bytes: &[u8]) {
    let mut writer = Writer::new();
    let mut items = Vec::new();
    for item in Reader::new(bytes) {
        let Ok(item) = item else { break };
        writer.item(item);
        items.push(item);
    }
    let again: Result<Vec<_>, _> = Reader::new(writer.as_bytes()).collect();
    let same = again.is_ok_and(|again| {
        again.len() == items.len() && again.iter().zip(&items).all(|(a, b)| same_item(a, b))
    });
    if !same {
        std::process::abort();
    }
}

/// Equality that takes a NaN for equal to itself.
fn same_item(a: &Item<'_>, b: &Item<'_>) -> bool {
    match (a, b) {
        (Item::Double(a), Item::Double(b)) => {
            a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests;

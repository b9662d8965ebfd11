//! Writing a list.

use super::{Item, code};

/// A list being written, in a buffer that is used again and again.
///
/// Integers are written in minimal signed width (255 is `04 04 FF 00`) as the vendor's driver does.
/// UNVERIFIED(iris): which of the two forms the server's own `$LISTBUILD` writes is not documented;
/// every documented reader takes both.
///
/// An element's length has 32 bits. Nothing that reaches the gateway is that long: a message ends
/// at 1 GiB and IRIS's strings at [`super::STRING_LENGTH_MAX`].
#[derive(Debug, Clone, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// An empty list.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: Vec::new() }
    }

    /// Forgets the elements and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    /// The list so far.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The list, without its writer.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Bytes of the list so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// True while no element was written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Takes back everything after the first `length` bytes, which must end an element.
    pub fn truncate(&mut self, length: usize) {
        self.bytes.truncate(length);
    }

    /// Appends all elements of another list.
    pub fn append(&mut self, list: &[u8]) {
        self.bytes.extend_from_slice(list);
    }

    /// Writes an element as it was read.
    pub fn item(&mut self, item: Item<'_>) {
        match item {
            Item::Undefined => self.undefined(),
            Item::Bytes(bytes) => self.bytes(bytes),
            Item::Wide(units) => {
                self.header(code::WIDE, units.len());
                self.bytes.extend_from_slice(units);
            }
            Item::Integer(value) => self.integer(value),
            Item::Decimal { mantissa, exponent } => self.decimal(mantissa, exponent),
            Item::Double(value) => self.double(value),
        }
    }

    /// A hole.
    pub fn undefined(&mut self) {
        self.bytes.push(1);
    }

    /// SQL's NULL: the string of length zero.
    pub fn null(&mut self) {
        self.bytes(&[]);
    }

    /// SQL's `''`: the one character 0.
    pub fn empty_text(&mut self) {
        self.bytes(&[0]);
    }

    /// Characters 0 to 255, as they are.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.header(code::BYTES, bytes.len());
        self.bytes.extend_from_slice(bytes);
    }

    /// Another list as one element.
    pub fn list(&mut self, list: &[u8]) {
        self.bytes(list);
    }

    /// Text: 8-bit where every character allows it, else UTF-16. `""` becomes SQL's `''`.
    pub fn text(&mut self, text: &str) {
        if text.is_empty() {
            self.empty_text();
        } else if text.is_ascii() {
            self.bytes(text.as_bytes());
        } else {
            self.text_beyond_ascii(text);
        }
    }

    fn text_beyond_ascii(&mut self, text: &str) {
        let narrow = text.chars().all(|c| u8::try_from(c).is_ok());
        if narrow {
            self.header(code::BYTES, text.chars().count());
            self.bytes.extend(text.chars().filter_map(|c| u8::try_from(c).ok()));
        } else {
            let units = text.encode_utf16().count();
            self.header(code::WIDE, units.saturating_mul(2));
            self.bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        }
    }

    /// An integer.
    pub fn integer(&mut self, value: i64) {
        let bytes = value.to_le_bytes();
        let data = significant(value, &bytes);
        let code = if value < 0 { code::INTEGER_NEGATIVE } else { code::INTEGER };
        self.header(code, data.len());
        self.bytes.extend_from_slice(data);
    }

    /// `mantissa` × 10^`exponent`.
    pub fn decimal(&mut self, mantissa: i64, exponent: i8) {
        let bytes = mantissa.to_le_bytes();
        let data = significant(mantissa, &bytes);
        let code = if mantissa < 0 { code::DECIMAL_NEGATIVE } else { code::DECIMAL };
        self.header(code, data.len().saturating_add(1));
        self.bytes.extend_from_slice(&exponent.to_le_bytes());
        self.bytes.extend_from_slice(data);
    }

    /// A double, in eight bytes.
    pub fn double(&mut self, value: f64) {
        let bytes = value.to_le_bytes();
        self.header(code::DOUBLE, bytes.len());
        self.bytes.extend_from_slice(&bytes);
    }

    /// The shortest header for `length` bytes of data, and the type byte.
    fn header(&mut self, code: u8, length: usize) {
        let counted = length.saturating_add(1);
        match (u8::try_from(length.saturating_add(2)), u16::try_from(counted)) {
            (Ok(short), _) => self.bytes.push(short),
            (_, Ok(middle)) => {
                self.bytes.push(0);
                self.bytes.extend_from_slice(&middle.to_le_bytes());
            }
            _ => {
                let long = u32::try_from(counted).unwrap_or(u32::MAX);
                self.bytes.extend_from_slice(&[0, 0, 0]);
                self.bytes.extend_from_slice(&long.to_le_bytes());
            }
        }
        self.bytes.push(code);
    }
}

/// The little-endian bytes that say what `value` is once its sign is known.
///
/// Below zero all high `FF` bytes go (−1 keeps none). From zero up the highest kept byte must have
/// its top bit clear, so that the width is a signed one; zero keeps none.
fn significant(value: i64, bytes: &[u8; 8]) -> &[u8] {
    let drop = if value < 0 {
        value.leading_ones().checked_div(8)
    } else if value == 0 {
        Some(8)
    } else {
        value.leading_zeros().saturating_sub(1).checked_div(8)
    };
    let drop = usize::try_from(drop.unwrap_or(0)).unwrap_or(0);
    bytes.get(..bytes.len().saturating_sub(drop)).unwrap_or(bytes)
}

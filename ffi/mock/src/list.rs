//! `$LIST`: the byte layout of InterSystems lists (iris-sql §4.3), the simulator's own reader and
//! writer. A list is a plain concatenation of elements, each with a length, a type code and data.

use std::fmt;

/// One element of a list, borrowing its bytes from the list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Element<'a> {
    /// A hole, `01`: `$LISTBUILD(,)`.
    Undefined,
    /// An 8-bit string, one byte per character (type 1). Zero length is SQL NULL.
    Bytes(&'a [u8]),
    /// A wide string of UTF-16LE code units (type 2).
    Wide(&'a [u8]),
    /// A whole number (types 4 and 5).
    Integer(i64),
    /// `mantissa` times ten to the `exponent` (types 6 and 7).
    Decimal {
        /// The digits with their sign.
        mantissa: i64,
        /// The power of ten.
        exponent: i8,
    },
    /// An IEEE double (types 8 and 9).
    Double(f64),
}

/// Why bytes are no list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListError {
    /// An element's length runs past the end of the list.
    Truncated,
    /// A length that no element can have.
    BadLength,
    /// A type code outside of the documented ones.
    BadType(u8),
}

impl fmt::Display for ListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ListError::Truncated => f.write_str("list element is truncated"),
            ListError::BadLength => f.write_str("list element has an impossible length"),
            ListError::BadType(code) => write!(f, "list element has unknown type {code}"),
        }
    }
}

impl std::error::Error for ListError {}

/// Reads the elements of a list one after the other; fused after an error.
#[derive(Debug, Clone)]
pub struct ListReader<'a> {
    rest: &'a [u8],
}

impl<'a> ListReader<'a> {
    /// A reader at the first element of `list`.
    #[must_use]
    pub const fn new(list: &'a [u8]) -> Self {
        ListReader { rest: list }
    }

    /// The bytes that are not read yet.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next element, `None` at the end.
    ///
    /// # Errors
    /// [`ListError`] when the bytes are no list.
    pub fn read(&mut self) -> Result<Option<Element<'a>>, ListError> {
        let outcome = self.advance();
        if outcome.is_err() {
            self.rest = &[];
        }
        outcome
    }

    fn advance(&mut self) -> Result<Option<Element<'a>>, ListError> {
        let Some((&first, after)) = self.rest.split_first() else { return Ok(None) };
        let (length, after) = match first {
            1 => {
                self.rest = after;
                return Ok(Some(Element::Undefined));
            }
            0 => {
                let (head, tail) = after.split_at_checked(2).ok_or(ListError::Truncated)?;
                let short = usize::from(u16::from_le_bytes([head[0], head[1]]));
                if short > 0 {
                    (short, tail)
                } else {
                    let (head, tail) = tail.split_at_checked(4).ok_or(ListError::Truncated)?;
                    let long = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
                    (usize::try_from(long).map_err(|_| ListError::BadLength)?, tail)
                }
            }
            n => (usize::from(n) - 1, after),
        };
        if length == 0 {
            return Err(ListError::BadLength);
        }
        let (item, tail) = after.split_at_checked(length).ok_or(ListError::Truncated)?;
        self.rest = tail;
        decode(item[0], &item[1..]).map(Some)
    }
}

impl<'a> Iterator for ListReader<'a> {
    type Item = Result<Element<'a>, ListError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

fn decode(code: u8, data: &[u8]) -> Result<Element<'_>, ListError> {
    match code {
        1 => Ok(Element::Bytes(data)),
        2 if data.len().is_multiple_of(2) => Ok(Element::Wide(data)),
        4 | 5 => Ok(Element::Integer(integer(data, code == 5)?)),
        6 | 7 => {
            let (&exponent, digits) = data.split_first().ok_or(ListError::BadLength)?;
            let mantissa = integer(digits, code == 7)?;
            Ok(Element::Decimal { mantissa, exponent: i8::from_le_bytes([exponent]) })
        }
        8 => match data.len() {
            8 => Ok(Element::Double(f64::from_bits(padded(data, 0)))),
            0..=4 => {
                // A compacted single: the low-order side is padded to four bytes.
                let bits = padded(data, 4 - data.len());
                #[allow(clippy::cast_possible_truncation)]
                Ok(Element::Double(f64::from(f32::from_bits(bits as u32))))
            }
            _ => Err(ListError::BadLength),
        },
        9 if data.len() <= 8 => Ok(Element::Double(f64::from_bits(padded(data, 8 - data.len())))),
        2 | 9 => Err(ListError::BadLength),
        other => Err(ListError::BadType(other)),
    }
}

/// Little-endian bytes with `skip` zero bytes below them. At most eight bytes in all.
fn padded(data: &[u8], skip: usize) -> u64 {
    let mut bytes = [0_u8; 8];
    for (slot, byte) in bytes.iter_mut().skip(skip).zip(data) {
        *slot = *byte;
    }
    u64::from_le_bytes(bytes)
}

fn integer(data: &[u8], negative: bool) -> Result<i64, ListError> {
    if data.len() > 8 {
        return Err(ListError::BadLength);
    }
    let fill = if negative { 0xFF } else { 0 };
    let mut bytes = [fill; 8];
    bytes[..data.len()].copy_from_slice(data);
    Ok(i64::from_le_bytes(bytes))
}

/// Builds a list in a buffer that is kept between uses.
#[derive(Debug, Default, Clone)]
pub struct ListWriter {
    out: Vec<u8>,
}

impl ListWriter {
    /// An empty list.
    #[must_use]
    pub const fn new() -> Self {
        ListWriter { out: Vec::new() }
    }

    /// Forgets the elements and keeps the memory.
    pub fn clear(&mut self) {
        self.out.clear();
    }

    /// The list so far.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.out
    }

    /// The list's bytes, owned.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    /// A hole.
    pub fn undefined(&mut self) {
        self.out.push(1);
    }

    /// The zero-length string: SQL NULL.
    pub fn null(&mut self) {
        put_null(&mut self.out);
    }

    /// An 8-bit string, one byte per character.
    pub fn bytes(&mut self, data: &[u8]) {
        put_bytes(&mut self.out, data);
    }

    /// Text in the narrowest form that holds it; the empty text is `$CHAR(0)` (iris-sql §4.2).
    pub fn text(&mut self, text: &str) {
        put_text(&mut self.out, text.as_bytes());
    }

    /// A whole number.
    pub fn integer(&mut self, value: i64) {
        put_integer(&mut self.out, value);
    }

    /// `mantissa` times ten to the `exponent`.
    pub fn decimal(&mut self, mantissa: i64, exponent: i8) {
        put_decimal(&mut self.out, mantissa, exponent);
    }

    /// An IEEE double.
    pub fn double(&mut self, value: f64) {
        put_double(&mut self.out, value);
    }

    /// A list as one element: an 8-bit string that holds its bytes.
    pub fn list(&mut self, inner: &[u8]) {
        put_bytes(&mut self.out, inner);
    }
}

/// Appends the header of an element with `length` bytes of data and the type code.
pub fn put_header(out: &mut Vec<u8>, length: usize, code: u8) {
    let total = length + 1;
    if total < 255 {
        #[allow(clippy::cast_possible_truncation)]
        out.extend_from_slice(&[total as u8 + 1, code]);
    } else if let Ok(short) = u16::try_from(total) {
        let [low, high] = short.to_le_bytes();
        out.extend_from_slice(&[0, low, high, code]);
    } else {
        #[allow(clippy::cast_possible_truncation)]
        let [a, b, c, d] = (total as u32).to_le_bytes();
        out.extend_from_slice(&[0, 0, 0, a, b, c, d, code]);
    }
}

/// Appends the zero-length string.
pub fn put_null(out: &mut Vec<u8>) {
    out.extend_from_slice(&[2, 1]);
}

/// Appends an 8-bit string.
pub fn put_bytes(out: &mut Vec<u8>, data: &[u8]) {
    put_header(out, data.len(), 1);
    out.extend_from_slice(data);
}

/// Appends text given as UTF-8 (surrogates encoded like other code units are kept); the empty text
/// becomes `$CHAR(0)`.
pub fn put_text(out: &mut Vec<u8>, text: &[u8]) {
    if text.is_empty() {
        out.extend_from_slice(&[3, 1, 0]);
    } else if text.is_ascii() {
        put_bytes(out, text);
    } else {
        put_wide_or_latin(out, text);
    }
}

fn put_wide_or_latin(out: &mut Vec<u8>, text: &[u8]) {
    let narrow = Units::new(text).all(|unit| unit < 256);
    let count = Units::new(text).count();
    if narrow {
        put_header(out, count, 1);
        #[allow(clippy::cast_possible_truncation)]
        out.extend(Units::new(text).map(|unit| unit as u8));
    } else {
        put_header(out, count * 2, 2);
        for unit in Units::new(text) {
            out.extend_from_slice(&unit.to_le_bytes());
        }
    }
}

/// Appends a whole number in the fewest bytes.
pub fn put_integer(out: &mut Vec<u8>, value: i64) {
    let bytes = value.to_le_bytes();
    let used = significant(value);
    put_header(out, used, if value < 0 { 5 } else { 4 });
    out.extend_from_slice(&bytes[..used]);
}

/// Appends a decimal; with exponent 0 it is a whole number.
pub fn put_decimal(out: &mut Vec<u8>, mantissa: i64, exponent: i8) {
    if exponent == 0 || mantissa == 0 {
        return put_integer(out, mantissa);
    }
    let bytes = mantissa.to_le_bytes();
    let used = significant(mantissa);
    put_header(out, used + 1, if mantissa < 0 { 7 } else { 6 });
    out.extend_from_slice(&exponent.to_le_bytes());
    out.extend_from_slice(&bytes[..used]);
}

/// Appends a double in its uncompressed form (`ListFormat(0)`).
pub fn put_double(out: &mut Vec<u8>, value: f64) {
    put_header(out, 8, 8);
    out.extend_from_slice(&value.to_le_bytes());
}

fn significant(value: i64) -> usize {
    let spare = if value < 0 { value.leading_ones() } else { value.leading_zeros() };
    8 - (spare as usize) / 8
}

/// UTF-16 code units of UTF-8 bytes. Three-byte forms of surrogates come out as they went in;
/// bytes that are no UTF-8 come out one by one.
pub struct Units<'a> {
    bytes: &'a [u8],
    low: Option<u16>,
}

impl<'a> Units<'a> {
    /// The code units of `bytes`.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Units { bytes, low: None }
    }
}

impl Iterator for Units<'_> {
    type Item = u16;

    fn next(&mut self) -> Option<u16> {
        if let Some(low) = self.low.take() {
            return Some(low);
        }
        let tail = |byte: u8| u32::from(byte & 0x3F);
        #[allow(clippy::cast_possible_truncation)]
        match *self.bytes {
            [] => None,
            [a, b, ref rest @ ..] if a & 0xE0 == 0xC0 => {
                self.bytes = rest;
                Some((u32::from(a & 0x1F) << 6 | tail(b)) as u16)
            }
            [a, b, c, ref rest @ ..] if a & 0xF0 == 0xE0 => {
                self.bytes = rest;
                Some((u32::from(a & 0x0F) << 12 | tail(b) << 6 | tail(c)) as u16)
            }
            [a, b, c, d, ref rest @ ..] if a & 0xF8 == 0xF0 => {
                self.bytes = rest;
                let code = u32::from(a & 7) << 18 | tail(b) << 12 | tail(c) << 6 | tail(d);
                let code = code.saturating_sub(0x1_0000);
                self.low = Some(0xDC00 | (code & 0x3FF) as u16);
                Some(0xD800 | ((code >> 10) & 0x3FF) as u16)
            }
            [a, ref rest @ ..] => {
                self.bytes = rest;
                Some(u16::from(a))
            }
        }
    }
}

/// Appends UTF-16 code units as UTF-8; a surrogate without its partner keeps its three-byte form,
/// so that the code unit is not lost.
pub fn units_to_utf8(units: impl Iterator<Item = u16>, out: &mut Vec<u8>) {
    for item in char::decode_utf16(units) {
        match item {
            Ok(c) => {
                let mut buffer = [0; 4];
                out.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
            }
            Err(lone) => {
                let unit = u32::from(lone.unpaired_surrogate());
                #[allow(clippy::cast_possible_truncation)]
                out.extend_from_slice(&[
                    0xE0 | (unit >> 12) as u8,
                    0x80 | ((unit >> 6) & 0x3F) as u8,
                    0x80 | (unit & 0x3F) as u8,
                ]);
            }
        }
    }
}

/// The text of an 8-bit string, in UTF-8.
#[must_use]
pub fn latin_to_utf8(bytes: &[u8]) -> Vec<u8> {
    if bytes.is_ascii() {
        return bytes.to_vec();
    }
    let mut out = Vec::with_capacity(bytes.len() + 8);
    units_to_utf8(bytes.iter().map(|b| u16::from(*b)), &mut out);
    out
}

/// The text of a wide string, in UTF-8.
#[must_use]
pub fn wide_to_utf8(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    units_to_utf8(units, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(build: impl Fn(&mut ListWriter)) -> Vec<u8> {
        let mut writer = ListWriter::new();
        build(&mut writer);
        writer.into_bytes()
    }

    #[test]
    fn worked_examples_of_the_facts() {
        // iris-sql §4.3, worked examples.
        assert_eq!(written(|w| w.text("A")), [3, 1, 0x41]);
        assert_eq!(written(|w| w.integer(1)), [3, 4, 1]);
        assert_eq!(written(|w| w.integer(255)), [3, 4, 0xFF]);
        assert_eq!(written(|w| w.integer(256)), [4, 4, 0, 1]);
        assert_eq!(written(|w| w.integer(-5)), [3, 5, 0xFB]);
        assert_eq!(written(|w| w.integer(0)), [2, 4]);
        assert_eq!(written(|w| w.integer(-1)), [2, 5]);
        assert_eq!(written(|w| w.integer(-256)), [3, 5, 0]);
        assert_eq!(written(|w| w.integer(-257)), [4, 5, 0xFF, 0xFE]);
        assert_eq!(written(|w| w.decimal(125, -2)), [4, 6, 0xFE, 0x7D]);
        assert_eq!(written(|w| w.decimal(5, -1)), [4, 6, 0xFF, 5]);
        assert_eq!(written(|w| w.null()), [2, 1]);
        assert_eq!(written(|w| w.text("")), [3, 1, 0]);
        assert_eq!(written(|w| w.text("\u{4F60}")), [4, 2, 0x60, 0x4F]);
        // The long header is a zero byte, a zero 16-bit length and the 32-bit length: seven bytes.
        let long = written(|w| w.bytes(&[b'x'; 70_000]));
        assert_eq!(long[..9], [0, 0, 0, 0x71, 0x11, 1, 0, 1, b'x']);
        assert_eq!(long.len(), 7 + 70_001);
        assert_eq!(written(|w| w.double(1.5)), [0x0A, 8, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F]);
    }

    #[test]
    fn both_integer_widths_and_compacted_doubles_are_read() {
        let read = |bytes: &'static [u8]| ListReader::new(bytes).next().unwrap().unwrap();
        assert_eq!(read(&[4, 4, 0xFF, 0]), Element::Integer(255));
        assert_eq!(read(&[4, 8, 0xC0, 0x3F]), Element::Double(1.5));
        assert_eq!(read(&[2, 8]), Element::Double(0.0));
        assert_eq!(read(&[4, 9, 0xF8, 0x3F]), Element::Double(1.5));
        assert_eq!(read(&[1]), Element::Undefined);
        assert!(ListReader::new(&[9, 1, 2]).next().unwrap().is_err());
        assert!(ListReader::new(&[3, 77, 2]).next().unwrap().is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_end_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            for item in ListReader::new(&bytes) {
                if let Ok(Element::Wide(wide)) = item {
                    prop_assert!(wide_to_utf8(wide).len() <= wide.len() * 2);
                }
            }
        }

        #[test]
        fn text_survives(text in "\\PC{0,400}") {
            let list = written(|w| w.text(&text));
            let back = match ListReader::new(&list).next().unwrap().unwrap() {
                Element::Bytes([0]) if text.is_empty() => Vec::new(),
                Element::Bytes(bytes) => latin_to_utf8(bytes),
                Element::Wide(bytes) => wide_to_utf8(bytes),
                other => panic!("{other:?}"),
            };
            prop_assert_eq!(back, text.as_bytes());
        }

        #[test]
        fn numbers_survive(value in any::<i64>(), exponent in -20_i8..20) {
            let list = written(|w| { w.integer(value); w.decimal(value, exponent) });
            let items: Vec<_> = ListReader::new(&list).map(Result::unwrap).collect();
            prop_assert_eq!(items[0], Element::Integer(value));
            if exponent != 0 && value != 0 {
                prop_assert_eq!(items[1], Element::Decimal { mantissa: value, exponent });
            }
        }

        #[test]
        fn undefined_and_long_elements(size in 0_usize..70_000) {
            let data = vec![7_u8; size];
            let list = written(|w| { w.undefined(); w.bytes(&data); w.integer(3) });
            let items: Vec<_> = ListReader::new(&list).map(Result::unwrap).collect();
            let expected = [Element::Undefined, Element::Bytes(&data[..]), Element::Integer(3)];
            prop_assert_eq!(items, expected);
        }
    }
}

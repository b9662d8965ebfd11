//! Arrays of one dimension: `{a,"b c",NULL}` and the binary form. Source: `array_in`, `array_recv`.
//!
//! IRIS gets a list of the elements, each as a parameter of its type would be. A list of one hole
//! stands for the empty array, because a list of length zero is NULL.

use super::super::error::ValueError;
use super::super::list::{STRING_LENGTH_MAX, Writer};
use super::super::pg::{Format, PgType};
use super::{Decoder, is_space};

/// The most dimensions of PostgreSQL's arrays (`MAXDIM`).
const DIMENSIONS_MAX: i32 = 6;

const UNEXPECTED_END: &str = "Unexpected end of input.";
const UNEXPECTED_ELEMENT: &str = "Unexpected array element.";
const WRONG_QUOTES: &str = "Incorrectly quoted array element.";

/// The elements so far, and how they are read.
struct Elements {
    decoder: Decoder,
    ty: PgType,
    list: Writer,
    count: usize,
}

impl Elements {
    const fn new(decoder: Decoder, ty: PgType) -> Self {
        Self { decoder, ty, list: Writer::new(), count: 0 }
    }

    fn push(&mut self, format: Format, bytes: Option<&[u8]>) -> Result<(), ValueError> {
        self.count = self.count.saturating_add(1);
        self.decoder.parameter(self.ty, format, bytes, &mut self.list)
    }

    fn append_to(mut self, list: &mut Writer) -> Result<(), ValueError> {
        if self.count == 0 {
            self.list.undefined();
        }
        if self.list.len() > STRING_LENGTH_MAX {
            return Err(ValueError::TooLong { length: self.list.len() });
        }
        list.list(self.list.as_bytes());
        Ok(())
    }
}

/// What is left of an array's text.
struct Scan<'a> {
    /// What errors quote: all of it, and from the brace on nothing before that.
    quoted: &'a str,
    rest: &'a [u8],
}

impl Scan<'_> {
    fn fault(&self, detail: &'static str) -> ValueError {
        ValueError::ArrayText { text: self.quoted.to_owned(), detail }
    }

    fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    fn skip(&mut self) {
        self.rest = self.rest.get(1..).unwrap_or_default();
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.skip();
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.skip();
        }
        found
    }

    fn number(&mut self) -> Option<i64> {
        let sign = self.rest.iter().take_while(|byte| matches!(byte, b'+' | b'-')).count().min(1);
        let digits = self.rest.iter().skip(sign).take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) = self.rest.split_at_checked(sign.saturating_add(digits))?;
        self.rest = rest;
        std::str::from_utf8(number).ok()?.parse().ok()
    }
}

/// Reads an array's text.
pub(super) fn text(
    decoder: Decoder,
    element: PgType,
    text: &str,
    list: &mut Writer,
) -> Result<(), ValueError> {
    let mut scan = Scan { quoted: text, rest: text.as_bytes() };
    let length = bounds(&mut scan)?;
    scan.blanks();
    let before = text.len().saturating_sub(scan.rest.len());
    if !scan.take(b'{') {
        return Err(scan.fault("Array value must start with \"{\" or dimension information."));
    }
    scan.quoted = text.get(before..).unwrap_or(text);
    let mut elements = Elements::new(decoder, element);
    scan.blanks();
    if !scan.take(b'}') {
        loop {
            value(&mut scan, &mut elements)?;
            match scan.peek() {
                Some(b',') => scan.skip(),
                Some(b'}') => break,
                None => return Err(scan.fault(UNEXPECTED_END)),
                Some(_) => return Err(scan.fault(UNEXPECTED_ELEMENT)),
            }
        }
        scan.skip();
    }
    scan.blanks();
    if !scan.rest.is_empty() {
        return Err(scan.fault("Junk after closing right brace."));
    }
    if length.is_some_and(|length| length != elements.count) {
        scan.quoted = text;
        return Err(scan.fault("Specified array dimensions do not match array contents."));
    }
    elements.append_to(list)
}

/// `[1:3]=` or `[3]=`; gives the number of elements that it announces.
fn bounds(scan: &mut Scan<'_>) -> Result<Option<usize>, ValueError> {
    scan.blanks();
    if !scan.take(b'[') {
        return Ok(None);
    }
    let missing = "\"[\" must introduce explicitly-specified array dimensions.";
    let mut lower = 1;
    let mut upper = scan.number().ok_or_else(|| scan.fault(missing))?;
    if scan.take(b':') {
        lower = upper;
        upper = scan.number().ok_or_else(|| scan.fault("Missing array dimension value."))?;
    }
    if !scan.take(b']') {
        return Err(scan.fault("Missing \"]\" after array dimensions."));
    }
    scan.blanks();
    if scan.peek() == Some(b'[') {
        return Err(ValueError::ArrayShape { dimensions: true });
    }
    if !scan.take(b'=') {
        return Err(scan.fault("Missing \"=\" after array dimensions."));
    }
    if upper < lower {
        return Err(ValueError::ArrayBounds);
    }
    if lower != 1 {
        return Err(ValueError::ArrayShape { dimensions: false });
    }
    Ok(usize::try_from(upper).ok())
}

/// One element and the blanks around it.
fn value(scan: &mut Scan<'_>, elements: &mut Elements) -> Result<(), ValueError> {
    scan.blanks();
    let mut bytes = Vec::new();
    match scan.peek() {
        None => Err(scan.fault(UNEXPECTED_END)),
        Some(b'{') => Err(ValueError::ArrayShape { dimensions: true }),
        Some(b',') => Err(scan.fault("Unexpected \",\" character.")),
        Some(b'}') => Err(scan.fault("Unexpected \"}\" character.")),
        Some(b'"') => {
            quoted(scan, &mut bytes)?;
            scan.blanks();
            elements.push(Format::Text, Some(&bytes))
        }
        Some(_) => {
            let plain = bare(scan, &mut bytes)?;
            let is_null = plain && bytes.eq_ignore_ascii_case(b"NULL");
            elements.push(Format::Text, (!is_null).then_some(bytes.as_slice()))
        }
    }
}

fn quoted(scan: &mut Scan<'_>, bytes: &mut Vec<u8>) -> Result<(), ValueError> {
    scan.skip();
    loop {
        match scan.peek() {
            None => return Err(scan.fault(UNEXPECTED_END)),
            Some(b'"') => break,
            Some(b'\\') => scan.skip(),
            Some(_) => {}
        }
        let byte = scan.peek().ok_or_else(|| scan.fault(UNEXPECTED_END))?;
        bytes.push(byte);
        scan.skip();
    }
    scan.skip();
    Ok(())
}

/// An element without quotes, up to a comma or brace; blanks at its end do not belong to it. True
/// when it has no backslash, and may be NULL therefore.
fn bare(scan: &mut Scan<'_>, bytes: &mut Vec<u8>) -> Result<bool, ValueError> {
    let (mut plain, mut kept) = (true, 0);
    loop {
        match scan.peek() {
            None => return Err(scan.fault(UNEXPECTED_END)),
            Some(b',' | b'}') => break,
            Some(b'"') => return Err(scan.fault(WRONG_QUOTES)),
            Some(b'{') => return Err(scan.fault("Unexpected \"{\" character.")),
            Some(b'\\') => {
                plain = false;
                scan.skip();
                let byte = scan.peek().ok_or_else(|| scan.fault(UNEXPECTED_END))?;
                bytes.push(byte);
                kept = bytes.len();
            }
            Some(byte) => {
                bytes.push(byte);
                kept = if is_space(byte) { kept } else { bytes.len() };
            }
        }
        scan.skip();
    }
    bytes.truncate(kept);
    Ok(plain)
}

/// Reads an array in binary format.
pub(super) fn binary(
    decoder: Decoder,
    element: PgType,
    bytes: &[u8],
    list: &mut Writer,
) -> Result<(), ValueError> {
    let mut rest = bytes;
    let dimensions = i32::from_be_bytes(take(&mut rest)?);
    if dimensions < 0 {
        return Err(ValueError::ArrayField { field: "number of dimensions" });
    }
    if dimensions > DIMENSIONS_MAX {
        return Err(ValueError::ArrayShape { dimensions: true });
    }
    if !matches!(i32::from_be_bytes(take(&mut rest)?), 0 | 1) {
        return Err(ValueError::ArrayField { field: "array flags" });
    }
    if u32::from_be_bytes(take(&mut rest)?) != element.oid() {
        return Err(ValueError::ArrayElement);
    }
    let mut elements = Elements::new(decoder, element);
    if dimensions > 1 {
        return Err(ValueError::ArrayShape { dimensions: true });
    }
    if dimensions == 1 {
        let count = i32::from_be_bytes(take(&mut rest)?);
        let lower = i32::from_be_bytes(take(&mut rest)?);
        if count < 0 {
            return Err(ValueError::ArrayBounds);
        }
        if lower != 1 && count > 0 {
            return Err(ValueError::ArrayShape { dimensions: false });
        }
        for _ in 0..count {
            let length = i32::from_be_bytes(take(&mut rest)?);
            if length == -1 {
                elements.push(Format::Binary, None)?;
                continue;
            }
            let length = usize::try_from(length).map_err(|_| ValueError::InsufficientData)?;
            let (value, tail) =
                rest.split_at_checked(length).ok_or(ValueError::InsufficientData)?;
            elements.push(Format::Binary, Some(value))?;
            rest = tail;
        }
    }
    if !rest.is_empty() {
        return Err(ValueError::TrailingData { parameter: 0 });
    }
    elements.append_to(list)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], ValueError> {
    let (value, tail) = rest.split_first_chunk::<N>().ok_or(ValueError::InsufficientData)?;
    *rest = tail;
    Ok(*value)
}

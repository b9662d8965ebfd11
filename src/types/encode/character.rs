//! Text, byte strings and UUIDs.

use bytes::{BufMut, BytesMut};

use super::super::error::ValueError;
use super::super::iris::character_length;
use super::super::list::Item;
use super::super::pg::{Format, PgType};
use super::super::uuid;
use super::{length, measured, number, sized, unfit};

/// Bytes of the length before a value.
const LENGTH_BYTES: usize = 4;

/// Text as UTF-8; the same in both formats.
#[inline]
pub(super) fn text(out: &mut BytesMut, item: Item<'_>) -> Result<(), ValueError> {
    match item {
        Item::Bytes([0]) | Item::Wide([0, 0]) => length(out, 0),
        Item::Bytes(bytes) => {
            refuse_nul(memchr::memchr(0, bytes).is_some())?;
            if bytes.is_ascii() { sized(out, bytes) } else { latin(out, bytes) }
        }
        Item::Wide(bytes) => wide(out, bytes),
        other => number::canonical(out, other),
    }
}

/// A `char(n)`, which is kept without the blanks that fill it up, and shown with them.
pub(super) fn padded(out: &mut BytesMut, typmod: i32, item: Item<'_>) -> Result<(), ValueError> {
    let start = out.len();
    text(out, item)?;
    let Some(wanted) = character_length(typmod) else { return Ok(()) };
    let body = start.saturating_add(LENGTH_BYTES);
    let written = out.get(body..).unwrap_or_default();
    // What follows the first byte of a character begins with the bits 10.
    let characters = written.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
    let missing = wanted.saturating_sub(characters);
    out.put_bytes(b' ', missing);
    let whole = out.len().saturating_sub(body);
    let prefix = i32::try_from(whole).map_err(|_| ValueError::TooLong { length: whole })?;
    if let Some(place) = out.get_mut(start..body) {
        place.copy_from_slice(&prefix.to_be_bytes());
    }
    Ok(())
}

/// PostgreSQL's text has no character 0, and clients would take it for the end of the text.
#[inline]
fn refuse_nul(found: bool) -> Result<(), ValueError> {
    if found { Err(ValueError::InvalidUtf8 { bytes: vec![0] }) } else { Ok(()) }
}

/// Places for bytes at the end of the send buffer, all of them there before the first is written:
/// characters that are not copied as a whole would else each ask for room.
struct Places<'a> {
    rest: std::slice::IterMut<'a, u8>,
}

impl Places<'_> {
    #[inline]
    fn put(&mut self, byte: u8) {
        if let Some(place) = self.rest.next() {
            *place = byte;
        }
    }

    #[inline]
    fn put_char(&mut self, c: char) {
        if c.is_ascii() {
            self.put(u8::try_from(c).unwrap_or_default());
        } else {
            c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| self.put(byte));
        }
    }
}

/// A 32-bit length and what `write` puts into at most `most` places.
fn placed(
    out: &mut BytesMut,
    most: usize,
    write: impl FnOnce(&mut Places<'_>) -> Result<(), ValueError>,
) -> Result<(), ValueError> {
    let mut result = Ok(());
    measured(out, |out| {
        let start = out.len();
        out.resize(start.saturating_add(most), 0);
        let places = out.get_mut(start..).unwrap_or_default();
        let mut places = Places { rest: places.iter_mut() };
        result = write(&mut places);
        let unused = places.rest.len();
        out.truncate(out.len().saturating_sub(unused));
    })?;
    result
}

/// Characters 0 to 255: those from 128 on take two bytes.
fn latin(out: &mut BytesMut, bytes: &[u8]) -> Result<(), ValueError> {
    placed(out, bytes.len().saturating_mul(2), |places| {
        for &byte in bytes {
            if byte.is_ascii() {
                places.put(byte);
            } else {
                places.put(0xC0 | (byte >> 6));
                places.put(0x80 | (byte & 0x3F));
            }
        }
        Ok(())
    })
}

/// The code units of a wide element.
pub(super) fn units(bytes: &[u8]) -> impl Iterator<Item = u16> + Clone + '_ {
    bytes.chunks_exact(2).map(|pair| match pair {
        [low, high] => u16::from_le_bytes([*low, *high]),
        _ => 0,
    })
}

/// UTF-16: a unit takes at most three bytes, a pair of them four.
fn wide(out: &mut BytesMut, bytes: &[u8]) -> Result<(), ValueError> {
    let most = bytes.len().div_euclid(2).saturating_mul(3);
    placed(out, most, |places| {
        for unit in char::decode_utf16(units(bytes)) {
            match unit {
                Ok('\0') => refuse_nul(true)?,
                Ok(c) => places.put_char(c),
                Err(lone) => {
                    return Err(ValueError::LoneSurrogate { unit: lone.unpaired_surrogate() });
                }
            }
        }
        Ok(())
    })
}

const HEX: &[u8; 16] = b"0123456789abcdef";

fn hex_digit(nibble: u8) -> u8 {
    HEX.get(usize::from(nibble & 0x0F)).copied().unwrap_or(b'0')
}

/// A byte string, as `\x…` in text format. Bytes are IRIS's characters 0 to 255.
pub(super) fn bytea(out: &mut BytesMut, format: Format, item: Item<'_>) -> Result<(), ValueError> {
    match item {
        Item::Bytes(bytes) if format == Format::Binary => sized(out, bytes),
        Item::Bytes(bytes) => hex(out, bytes.iter().copied()),
        Item::Wide(wide) if units(wide).all(|unit| unit <= 0xFF) => {
            let narrow = units(wide).filter_map(|unit| u8::try_from(unit).ok());
            match format {
                Format::Text => hex(out, narrow),
                Format::Binary => measured(out, |out| narrow.for_each(|byte| out.put_u8(byte))),
            }
        }
        Item::Wide(_) => Err(unfit(PgType::Bytea, item)),
        number => digits_as_bytes(out, format, number),
    }
}

fn hex(out: &mut BytesMut, bytes: impl Iterator<Item = u8>) -> Result<(), ValueError> {
    let (_, most) = bytes.size_hint();
    let most = most.unwrap_or(0).saturating_mul(2).saturating_add(2);
    placed(out, most, |places| {
        places.put(b'\\');
        places.put(b'x');
        for byte in bytes {
            places.put(hex_digit(byte >> 4));
            places.put(hex_digit(byte));
        }
        Ok(())
    })
}

/// A byte string that happens to spell a canonical number may come as that number.
fn digits_as_bytes(out: &mut BytesMut, format: Format, item: Item<'_>) -> Result<(), ValueError> {
    if format == Format::Binary {
        return number::canonical(out, item);
    }
    let mut spelled = BytesMut::new();
    number::canonical(&mut spelled, item)?;
    let bytes = spelled.get(4..).unwrap_or_default();
    hex(out, bytes.iter().copied())
}

/// A UUID; text is shown as PostgreSQL shows it, in lower case.
pub(super) fn uuid(out: &mut BytesMut, format: Format, item: Item<'_>) -> Result<(), ValueError> {
    let Item::Bytes(text) = item else { return Err(unfit(PgType::Uuid, item)) };
    let bytes = uuid::parse(text).ok_or_else(|| unfit(PgType::Uuid, item))?;
    match format {
        Format::Text => sized(out, &uuid::text(bytes)),
        Format::Binary => sized(out, &bytes),
    }
}

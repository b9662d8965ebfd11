//! Text, byte strings and UUIDs.

use bytes::{BufMut, BytesMut};

use super::super::error::ValueError;
use super::super::list::Item;
use super::super::pg::{Format, PgType};
use super::super::uuid;
use super::{length, measured, number, sized, unfit};

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

/// PostgreSQL's text has no character 0, and clients would take it for the end of the text.
#[inline]
fn refuse_nul(found: bool) -> Result<(), ValueError> {
    if found { Err(ValueError::InvalidUtf8 { bytes: vec![0] }) } else { Ok(()) }
}

/// Characters 0 to 255: those from 128 on take two bytes.
fn latin(out: &mut BytesMut, bytes: &[u8]) -> Result<(), ValueError> {
    let high = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    let size = bytes.len().saturating_add(high);
    length(out, size)?;
    out.reserve(size);
    let mut rest = bytes;
    while let Some(end) = rest.iter().position(|byte| !byte.is_ascii()) {
        let (plain, tail) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        out.put_slice(plain);
        if let Some((&byte, tail)) = tail.split_first() {
            out.put_slice(&[0xC0 | (byte >> 6), 0x80 | (byte & 0x3F)]);
            rest = tail;
        }
    }
    out.put_slice(rest);
    Ok(())
}

/// The code units of a wide element.
pub(super) fn units(bytes: &[u8]) -> impl Iterator<Item = u16> + Clone + '_ {
    bytes.chunks_exact(2).map(|pair| match pair {
        [low, high] => u16::from_le_bytes([*low, *high]),
        _ => 0,
    })
}

fn wide(out: &mut BytesMut, bytes: &[u8]) -> Result<(), ValueError> {
    let mut fault = None;
    measured(out, |out| {
        out.reserve(bytes.len().saturating_add(bytes.len().div_euclid(2)));
        let mut buffer = [0; 4];
        for unit in char::decode_utf16(units(bytes)) {
            match unit {
                Ok('\0') => fault = Some(ValueError::InvalidUtf8 { bytes: vec![0] }),
                Ok(c) => out.put_slice(c.encode_utf8(&mut buffer).as_bytes()),
                Err(lone) => {
                    fault = Some(ValueError::LoneSurrogate { unit: lone.unpaired_surrogate() });
                }
            }
            if fault.is_some() {
                return;
            }
        }
    })?;
    fault.map_or(Ok(()), Err)
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
    measured(out, |out| {
        out.reserve(bytes.size_hint().0.saturating_mul(2).saturating_add(2));
        out.put_slice(b"\\x");
        for byte in bytes {
            out.put_slice(&[hex_digit(byte >> 4), hex_digit(byte)]);
        }
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

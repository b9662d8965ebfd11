//! IRIS values as PostgreSQL sends them: text and binary, straight into the send buffer.
//!
//! A row costs no allocation: numbers are formatted on the stack, text is copied once, ASCII text
//! by `memcpy`. A value that its announced type cannot hold is an error, never another value.
//!
//! Values may come in several shapes: a number as integer, decimal, double or canonical text, text
//! that looks like a number as a number. Source: contract §4, `$LIST` as IRIS builds it.

mod array;
mod character;
mod moment;
mod number;
mod quotient;

#[cfg(test)]
mod tests;

use bytes::{BufMut, BytesMut};

use super::error::ValueError;
use super::list::{Item, Reader};
use super::pg::{Format, PgType};
use super::zone::Zone;

/// How one column is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Codec {
    /// The type that RowDescription announced.
    pub ty: PgType,
    /// Its modifier, −1 for none.
    pub typmod: i32,
    /// The format that Bind asked for.
    pub format: Format,
    /// The session's time zone, in which `timestamptz` is shown.
    pub zone: Zone,
}

/// Writes the body of a DataRow: a 16-bit count, then for each column a 32-bit length and the
/// bytes, or −1 for NULL. `row` is a `$LIST` with one element per column.
///
/// # Errors
/// [`ValueError`] when a value does not fit its type or the row is malformed. What was written so
/// far stays in `out`: the caller cuts it off.
pub fn row(out: &mut BytesMut, codecs: &[Codec], row: &[u8]) -> Result<(), ValueError> {
    let mismatch = ValueError::ColumnCount { expected: codecs.len() };
    let Ok(count) = i16::try_from(codecs.len()) else { return Err(mismatch) };
    out.put_i16(count);
    let mut items = Reader::new(row);
    for codec in codecs {
        match items.next() {
            Some(item) => value(out, codec, item?)?,
            None => return Err(mismatch),
        }
    }
    if items.is_at_end() { Ok(()) } else { Err(mismatch) }
}

/// Writes one column: its 32-bit length and its bytes, or −1 for NULL.
///
/// # Errors
/// [`ValueError`] when the value does not fit the type.
#[inline]
pub fn value(out: &mut BytesMut, codec: &Codec, item: Item<'_>) -> Result<(), ValueError> {
    if item.is_null() {
        out.put_i32(-1);
        return Ok(());
    }
    let ty = codec.ty;
    match ty {
        PgType::Text
        | PgType::Varchar
        | PgType::Name
        | PgType::Json
        | PgType::Void
        | PgType::Unknown => character::text(out, item),
        PgType::Bpchar => character::padded(out, codec.typmod, item),
        PgType::Int2 | PgType::Int4 | PgType::Int8 | PgType::Oid => {
            number::integer(out, ty, codec.format, item)
        }
        PgType::Numeric => number::numeric(out, codec.typmod, codec.format, item),
        PgType::Float4 => number::single(out, codec.format, item),
        PgType::Float8 => number::double(out, codec.format, item),
        PgType::Bool => boolean(out, codec.format, item),
        PgType::Bytea => character::bytea(out, codec.format, item),
        PgType::Uuid => character::uuid(out, codec.format, item),
        PgType::Date => moment::date(out, codec.format, item),
        PgType::Time => moment::time(out, codec.format, item),
        PgType::Timestamp => moment::timestamp(out, codec.format, item),
        PgType::Timestamptz => moment::zoned(out, codec, item),
        PgType::Interval => moment::interval(out, codec.format, item),
        _ => match ty.element() {
            Some(element) => array::array(out, codec, element, item),
            None => Err(ValueError::NoCodec { ty }),
        },
    }
}

/// IRIS's `%Boolean` is 0 or 1, nothing else.
fn boolean(out: &mut BytesMut, format: Format, item: Item<'_>) -> Result<(), ValueError> {
    let value = match item {
        Item::Integer(0) | Item::Bytes(b"0") => false,
        Item::Integer(1) | Item::Bytes(b"1") => true,
        other => return Err(unfit(PgType::Bool, other)),
    };
    let byte = match format {
        Format::Text if value => b't',
        Format::Text => b'f',
        Format::Binary => u8::from(value),
    };
    sized(out, &[byte])
}

/// A 32-bit length and the bytes.
#[inline]
fn sized(out: &mut BytesMut, bytes: &[u8]) -> Result<(), ValueError> {
    length(out, bytes.len())?;
    out.put_slice(bytes);
    Ok(())
}

/// A 32-bit length.
#[inline]
fn length(out: &mut BytesMut, length: usize) -> Result<(), ValueError> {
    let length = i32::try_from(length).map_err(|_| ValueError::TooLong { length })?;
    out.put_i32(length);
    Ok(())
}

/// Lets `write` append the bytes, then puts their length in front.
fn measured(out: &mut BytesMut, write: impl FnOnce(&mut BytesMut)) -> Result<(), ValueError> {
    let start = out.len();
    out.put_i32(0);
    let body = out.len();
    write(out);
    let length = out.len().saturating_sub(body);
    let prefix = i32::try_from(length).map_err(|_| ValueError::TooLong { length })?;
    if let Some(place) = out.get_mut(start..body) {
        place.copy_from_slice(&prefix.to_be_bytes());
    }
    Ok(())
}

/// A value from IRIS that is no value of `ty` at all.
#[cold]
fn unfit(ty: PgType, item: Item<'_>) -> ValueError {
    ValueError::InvalidText { ty, text: shown(item) }
}

/// A number from IRIS that `ty` cannot hold.
#[cold]
fn beyond(ty: PgType, item: Item<'_>) -> ValueError {
    ValueError::OutOfRange { ty, text: shown(item) }
}

/// A value as a message shows it. Only here may characters be replaced.
#[cold]
fn shown(item: Item<'_>) -> String {
    match item {
        Item::Undefined => String::new(),
        Item::Bytes(bytes) => bytes.iter().map(|byte| char::from(*byte)).collect(),
        Item::Wide(bytes) => char::decode_utf16(character::units(bytes))
            .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect(),
        Item::Integer(value) => value.to_string(),
        Item::Decimal { mantissa, exponent } => format!("{mantissa}e{exponent}"),
        Item::Double(value) => value.to_string(),
    }
}

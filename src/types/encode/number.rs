//! Integers, `numeric` and floating point.

use bytes::{BufMut, BytesMut};

use super::super::digits::Digits;
use super::super::error::ValueError;
use super::super::float;
use super::super::iris::numeric_scale;
use super::super::list::Item;
use super::super::pg::{Format, PgType};
use super::{beyond, measured, quotient, sized, unfit};

/// An integer type: the value must be whole and within the type's range.
#[inline]
pub(super) fn integer(
    out: &mut BytesMut,
    ty: PgType,
    format: Format,
    item: Item<'_>,
) -> Result<(), ValueError> {
    let value = match item {
        Item::Integer(value) => value,
        other => whole(ty, other)?,
    };
    let range = match ty {
        PgType::Int2 => i64::from(i16::MIN)..=i64::from(i16::MAX),
        PgType::Int4 => i64::from(i32::MIN)..=i64::from(i32::MAX),
        PgType::Oid => 0..=i64::from(u32::MAX),
        _ => i64::MIN..=i64::MAX,
    };
    if !range.contains(&value) {
        return Err(beyond(ty, item));
    }
    let bytes = value.to_be_bytes();
    match (format, ty) {
        (Format::Text, _) => sized(out, itoa::Buffer::new().format(value).as_bytes()),
        (Format::Binary, PgType::Int2) => sized(out, bytes.last_chunk::<2>().unwrap_or(&[0; 2])),
        (Format::Binary, PgType::Int8) => sized(out, &bytes),
        (Format::Binary, _) => sized(out, bytes.last_chunk::<4>().unwrap_or(&[0; 4])),
    }
}

/// A whole number that did not come as an integer element.
fn whole(ty: PgType, item: Item<'_>) -> Result<i64, ValueError> {
    with_digits(ty, item, |digits| {
        if digits.is_integral() {
            digits.to_i64().ok_or_else(|| beyond(ty, item))
        } else {
            Err(unfit(ty, item))
        }
    })?
}

/// Shows a finite number from IRIS as digits, whatever shape it came in.
fn with_digits<T>(
    ty: PgType,
    item: Item<'_>,
    read: impl FnOnce(Digits<'_>) -> T,
) -> Result<T, ValueError> {
    let mut integer = itoa::Buffer::new();
    let mut double = ryu::Buffer::new();
    let (text, exponent): (&[u8], i64) = match item {
        Item::Integer(value) => (integer.format(value).as_bytes(), 0),
        Item::Decimal { mantissa, exponent } => {
            (integer.format(mantissa).as_bytes(), i64::from(exponent))
        }
        Item::Double(value) if value.is_finite() => (double.format_finite(value).as_bytes(), 0),
        Item::Bytes(bytes) => (bytes, 0),
        Item::Double(_) | Item::Wide(_) | Item::Undefined => return Err(unfit(ty, item)),
    };
    let digits = match exponent {
        0 => Digits::parse(text),
        power => {
            let (negative, whole) = match text.split_first() {
                Some((b'-', rest)) => (true, rest),
                _ => (false, text),
            };
            Some(Digits::new(negative, whole, &[], power))
        }
    };
    digits.map(read).ok_or_else(|| unfit(ty, item))
}

/// A `numeric`, with at least the digits after the point that its modifier says. More digits than
/// that are sent too: metadata may be wrong, values are not cut.
pub(super) fn numeric(
    out: &mut BytesMut,
    typmod: i32,
    format: Format,
    item: Item<'_>,
) -> Result<(), ValueError> {
    if let Item::Bytes(text) = item
        && quotient::is_quotient(text)
    {
        let (digits, scale) =
            quotient::divide(text)?.ok_or_else(|| unfit(PgType::Numeric, item))?;
        return shown_numeric(out, format, scale, Item::Bytes(&digits));
    }
    if let Item::Bytes(text) = item
        && let Some((digits, scale)) = scaled(text)
    {
        return shown_numeric(out, format, scale, Item::Bytes(digits));
    }
    let scale = numeric_scale(typmod).map_or(0, i64::from);
    if let (Item::Integer(value), Format::Text, 0) = (item, format, scale) {
        return sized(out, itoa::Buffer::new().format(value).as_bytes());
    }
    if let Some(special) = special(item) {
        return match format {
            Format::Text => sized(out, float::special_text(special)),
            Format::Binary => numeric_special(out, special),
        };
    }
    shown_numeric(out, format, scale, item)
}

/// A number that brings its scale along, as `digits:scale`: of several values of a column each may
/// show another number of digits, which IRIS does not keep.
fn scaled(text: &[u8]) -> Option<(&[u8], i64)> {
    let colon = text.iter().rposition(|byte| *byte == b':')?;
    let (digits, scale) = text.split_at_checked(colon)?;
    let scale = std::str::from_utf8(scale.get(1..)?).ok()?.parse::<u16>().ok()?;
    Some((digits, i64::from(scale)))
}

fn shown_numeric(
    out: &mut BytesMut,
    format: Format,
    scale: i64,
    item: Item<'_>,
) -> Result<(), ValueError> {
    with_digits(PgType::Numeric, item, |digits| match format {
        _ if !digits.fits_numeric() => Err(beyond(PgType::Numeric, item)),
        Format::Text => measured(out, |out| digits.plain(scale, true, |byte| out.put_u8(byte))),
        Format::Binary => measured(out, |out| numeric_binary(out, digits, scale)),
    })?
}

/// NaN or an infinity, as a double or in IRIS's spelling.
fn special(item: Item<'_>) -> Option<f64> {
    match item {
        Item::Double(value) if !value.is_finite() => Some(value),
        Item::Bytes(text) => float::iris_special(text),
        _ => None,
    }
}

/// Signs of the binary `numeric`. Source: `numeric.c`.
mod sign {
    pub(super) const POSITIVE: u16 = 0x0000;
    pub(super) const NEGATIVE: u16 = 0x4000;
    pub(super) const NAN: u16 = 0xC000;
    pub(super) const INFINITY: u16 = 0xD000;
    pub(super) const NEGATIVE_INFINITY: u16 = 0xF000;
}

fn numeric_special(out: &mut BytesMut, value: f64) -> Result<(), ValueError> {
    let sign = match value {
        value if value.is_nan() => sign::NAN,
        value if value > 0.0 => sign::INFINITY,
        _ => sign::NEGATIVE_INFINITY,
    };
    let [high, low] = sign.to_be_bytes();
    sized(out, &[0, 0, 0, 0, high, low, 0, 0])
}

/// Count of digits, weight, sign and scale, then the digits of base 10 000.
///
/// The group of weight `w` holds the decimal digits of weights 4w+3 to 4w; a digit's weight is its
/// distance from the point, and its index counts from the first significant digit.
fn numeric_binary(out: &mut BytesMut, digits: Digits<'_>, scale: i64) {
    let scale = u16::try_from(digits.scale().max(scale)).unwrap_or(u16::MAX);
    let sign = if digits.is_negative() { sign::NEGATIVE } else { sign::POSITIVE };
    let (first, last) = if digits.is_zero() {
        (0, 1)
    } else {
        let point = digits.point();
        let last = point.saturating_sub(digits.len()).div_euclid(4);
        (point.saturating_sub(1).div_euclid(4), last)
    };
    let groups = first.saturating_sub(last).saturating_add(1);
    out.put_i16(i16::try_from(groups).unwrap_or(0));
    out.put_i16(i16::try_from(first).unwrap_or(0));
    out.put_u16(sign);
    out.put_u16(scale);
    for group in (last..=first).rev() {
        let start = digits.point().saturating_sub(4).saturating_sub(group.saturating_mul(4));
        let value = (start..start.saturating_add(4)).fold(0_i16, |value, index| {
            value.saturating_mul(10).saturating_add(i16::from(digits.digit_value(index)))
        });
        out.put_i16(value);
    }
}

/// A number in a text column, in IRIS's canonical form (`.5`): the text it stands for.
pub(super) fn canonical(out: &mut BytesMut, item: Item<'_>) -> Result<(), ValueError> {
    match item {
        Item::Integer(value) => sized(out, itoa::Buffer::new().format(value).as_bytes()),
        Item::Double(value) if !value.is_finite() => sized(out, float::iris_text(value)),
        number => with_digits(PgType::Text, number, |digits| {
            measured(out, |out| digits.plain(0, false, |byte| out.put_u8(byte)))
        })?,
    }
}

pub(super) fn double(out: &mut BytesMut, format: Format, item: Item<'_>) -> Result<(), ValueError> {
    let value = to_double(PgType::Float8, item)?;
    match format {
        Format::Text => measured(out, |out| float::write_double(out, value)),
        Format::Binary => sized(out, &value.to_be_bytes()),
    }
}

pub(super) fn single(out: &mut BytesMut, format: Format, item: Item<'_>) -> Result<(), ValueError> {
    let value = to_double(PgType::Float4, item)?;
    let value = float::narrow(value).ok_or_else(|| beyond(PgType::Float4, item))?;
    match format {
        Format::Text => measured(out, |out| float::write_single(out, value)),
        Format::Binary => sized(out, &value.to_be_bytes()),
    }
}

/// The double nearest to a number from IRIS.
fn to_double(ty: PgType, item: Item<'_>) -> Result<f64, ValueError> {
    let parsed = match item {
        Item::Double(value) => return Ok(value),
        Item::Integer(value) => return Ok(float::from_integer(value)),
        Item::Bytes(text) => match float::iris_special(text) {
            Some(value) => return Ok(value),
            None => Digits::parse(text).and_then(|_| float::parse(text)),
        },
        Item::Decimal { mantissa, exponent } => float::from_decimal(mantissa, exponent),
        Item::Wide(_) | Item::Undefined => None,
    };
    match parsed {
        Some(value) if value.is_finite() => Ok(value),
        Some(_) => Err(beyond(ty, item)),
        None => Err(unfit(ty, item)),
    }
}

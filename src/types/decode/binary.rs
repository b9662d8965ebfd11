//! Parameters in binary format. Source: PostgreSQL's receive functions.

use super::super::calendar::{DAY, Stamp};
use super::super::digits::Digits;
use super::super::error::ValueError;
use super::super::interval::Interval;
use super::super::list::Writer;
use super::super::pg::PgType;
use super::super::uuid;
use super::moment::{FIRST_DAY, LAST_DAY};
use super::{append_bytes, json, number, text};

/// Reads `bytes` as the type's receive function does; all of them must belong to the value.
pub(super) fn parameter(ty: PgType, bytes: &[u8], list: &mut Writer) -> Result<(), ValueError> {
    match ty {
        PgType::Text | PgType::Varchar | PgType::Unknown => {
            text::append(text::utf8(bytes)?, list)?;
        }
        PgType::Bpchar => text::append(text::unpadded(text::utf8(bytes)?), list)?,
        PgType::Name => text::append(text::name(text::utf8(bytes)?), list)?,
        PgType::Json => {
            let text = text::utf8(bytes)?;
            json::check(text)?;
            text::append(text, list)?;
        }
        PgType::Bool => list.integer(i64::from(u8::from_be_bytes(exact(bytes)?) != 0)),
        PgType::Int2 => list.integer(i64::from(i16::from_be_bytes(exact(bytes)?))),
        PgType::Int4 => list.integer(i64::from(i32::from_be_bytes(exact(bytes)?))),
        PgType::Int8 => list.integer(i64::from_be_bytes(exact(bytes)?)),
        PgType::Oid => list.integer(i64::from(u32::from_be_bytes(exact(bytes)?))),
        PgType::Float4 => {
            number::append_double(ty, f64::from(f32::from_be_bytes(exact(bytes)?)), list)?;
        }
        PgType::Float8 => number::append_double(ty, f64::from_be_bytes(exact(bytes)?), list)?,
        PgType::Numeric => numeric(bytes, list)?,
        PgType::Bytea => append_bytes(bytes, list)?,
        PgType::Uuid => list.bytes(&uuid::text(exact(bytes)?)),
        PgType::Date => date(i32::from_be_bytes(exact(bytes)?), list)?,
        PgType::Time => time(i64::from_be_bytes(exact(bytes)?), list)?,
        PgType::Timestamp | PgType::Timestamptz => {
            timestamp(ty, i64::from_be_bytes(exact(bytes)?), list)?;
        }
        PgType::Interval => list.bytes(Interval::from_bytes(exact(bytes)?).kept().as_bytes()),
        _ => return Err(ValueError::NoCodec { ty }),
    }
    Ok(())
}

/// Exactly `N` bytes.
fn exact<const N: usize>(bytes: &[u8]) -> Result<[u8; N], ValueError> {
    let (value, rest) = bytes.split_first_chunk::<N>().ok_or(ValueError::InsufficientData)?;
    if rest.is_empty() { Ok(*value) } else { Err(ValueError::TrailingData { parameter: 0 }) }
}

fn date(days: i32, list: &mut Writer) -> Result<(), ValueError> {
    let ty = PgType::Date;
    if let Some(text) = infinity(days == i32::MAX, days == i32::MIN) {
        return Err(ValueError::NoSuchValue { ty, text });
    }
    let days = i64::from(days);
    if !(FIRST_DAY..=LAST_DAY).contains(&days) {
        return Err(ValueError::DateRange { ty, text: String::new() });
    }
    let mut stamp = Stamp::new();
    stamp.date(days);
    list.bytes(stamp.as_bytes());
    Ok(())
}

fn infinity(above: bool, below: bool) -> Option<String> {
    match (above, below) {
        (true, _) => Some("infinity".to_owned()),
        (_, true) => Some("-infinity".to_owned()),
        _ => None,
    }
}

/// IRIS's day has no second 86 400, which PostgreSQL's `24:00:00` is.
fn time(micros: i64, list: &mut Writer) -> Result<(), ValueError> {
    if !(0..DAY).contains(&micros) {
        let text = if micros == DAY { "24:00:00".to_owned() } else { String::new() };
        return Err(ValueError::DateRange { ty: PgType::Time, text });
    }
    let mut stamp = Stamp::new();
    stamp.time(micros);
    list.bytes(stamp.as_bytes());
    Ok(())
}

fn timestamp(ty: PgType, micros: i64, list: &mut Writer) -> Result<(), ValueError> {
    if let Some(text) = infinity(micros == i64::MAX, micros == i64::MIN) {
        return Err(ValueError::NoSuchValue { ty, text });
    }
    if !(FIRST_DAY..=LAST_DAY).contains(&micros.div_euclid(DAY)) {
        return Err(ValueError::DateRange { ty, text: String::new() });
    }
    let mut stamp = Stamp::new();
    stamp.timestamp(micros);
    list.bytes(stamp.as_bytes());
    Ok(())
}

/// The greatest digit of base 10 000.
const GROUP_MAX: i16 = 9999;

/// Count, weight, sign, scale, then the digits of base 10 000. Source: `numeric_recv`.
///
/// Digits beyond the scale are cut off, as PostgreSQL does.
fn numeric(bytes: &[u8], list: &mut Writer) -> Result<(), ValueError> {
    let mut rest = bytes;
    let count = u16::from_be_bytes(take(&mut rest)?);
    let weight = i16::from_be_bytes(take(&mut rest)?);
    let sign = u16::from_be_bytes(take(&mut rest)?);
    let scale = u16::from_be_bytes(take(&mut rest)?);
    let special = match sign {
        0x0000 | 0x4000 => None,
        0xC000 => Some("NaN"),
        0xD000 => Some("Infinity"),
        0xF000 => Some("-Infinity"),
        _ => return Err(ValueError::NumericField { field: "sign" }),
    };
    if scale > 0x3FFF {
        return Err(ValueError::NumericField { field: "scale" });
    }
    let mut digits =
        Vec::with_capacity(usize::from(count).saturating_mul(4).min(bytes.len().saturating_mul(2)));
    for _ in 0..count {
        let group = i16::from_be_bytes(take(&mut rest)?);
        if !(0..=GROUP_MAX).contains(&group) {
            return Err(ValueError::NumericField { field: "digit" });
        }
        digits.extend_from_slice(format!("{group:04}").as_bytes());
    }
    if !rest.is_empty() {
        return Err(ValueError::TrailingData { parameter: 0 });
    }
    if let Some(text) = special {
        return Err(ValueError::NoSuchValue { ty: PgType::Numeric, text: text.to_owned() });
    }
    let whole = i64::from(weight).saturating_add(1).saturating_mul(4);
    let kept = whole.saturating_add(i64::from(scale)).max(0);
    digits.truncate(usize::try_from(kept).unwrap_or(usize::MAX));
    let length = i64::try_from(digits.len()).unwrap_or(i64::MAX);
    let number = Digits::new(sign == 0x4000, &digits, &[], whole.saturating_sub(length));
    let mut shown = String::new();
    if number.fits_numeric() && number.to_decimal().is_none() {
        number.plain(0, true, |byte| shown.push(char::from(byte)));
    }
    number::append_numeric(number, &shown, list)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], ValueError> {
    let (value, tail) = rest.split_first_chunk::<N>().ok_or(ValueError::InsufficientData)?;
    *rest = tail;
    Ok(*value)
}

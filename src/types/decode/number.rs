//! Numbers and booleans in text format.

use super::super::digits::Digits;
use super::super::error::ValueError;
use super::super::float;
use super::super::list::Writer;
use super::super::pg::PgType;
use super::{invalid, is_space, out_of_range, trimmed};

/// `smallint`, `integer`, `bigint` and `oid`. Source: `pg_strtoint16` and its kin.
///
/// As there, the number is built below zero, where one more value exists: digits beyond the least
/// value are out of range even before letters, letters come before a greatest value passed by one.
pub(super) fn integer(ty: PgType, text: &str) -> Result<i64, ValueError> {
    let rest = text.trim_start_matches(|c: char| u8::try_from(c).is_ok_and(is_space));
    let (negative, rest) = match rest.as_bytes().split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, rest.as_bytes()),
    };
    let end = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, tail) = rest.split_at_checked(end).unwrap_or((rest, &[]));
    if digits.is_empty() {
        return Err(invalid(ty, text));
    }
    let least = match ty {
        PgType::Int2 => i64::from(i16::MIN),
        PgType::Int4 => i64::from(i32::MIN),
        _ => i64::MIN,
    };
    let below = digits.iter().try_fold(0_i64, |value, byte| {
        let digit = i64::from(byte.saturating_sub(b'0'));
        value.checked_mul(10)?.checked_sub(digit).filter(|value| *value >= least)
    });
    let below = below.ok_or_else(|| out_of_range(ty, text))?;
    if !tail.iter().all(|byte| is_space(*byte)) {
        return Err(invalid(ty, text));
    }
    let value = if negative { Some(below) } else { below.checked_neg() };
    value.and_then(|value| in_range(ty, value)).ok_or_else(|| out_of_range(ty, text))
}

/// The value if the type holds it. `oid` takes negative numbers as 32-bit patterns: `oidin`.
fn in_range(ty: PgType, value: i64) -> Option<i64> {
    let (min, max) = match ty {
        PgType::Int2 => (i64::from(i16::MIN), i64::from(i16::MAX)),
        PgType::Int4 => (i64::from(i32::MIN), i64::from(i32::MAX)),
        PgType::Oid => (i64::from(i32::MIN), i64::from(u32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    if !(min..=max).contains(&value) {
        return None;
    }
    match ty {
        PgType::Oid if value < 0 => value.checked_add(1 << 32),
        _ => Some(value),
    }
}

/// `numeric`: exactly, or not at all.
pub(super) fn numeric(text: &str, list: &mut Writer) -> Result<(), ValueError> {
    let body = trimmed(text);
    if special(body).is_some() {
        return Err(ValueError::NoSuchValue { ty: PgType::Numeric, text: body.to_owned() });
    }
    let digits = Digits::parse(body.as_bytes()).ok_or_else(|| invalid(PgType::Numeric, text))?;
    append_numeric(digits, text, list)
}

/// Appends a decimal number as an integer where it is one, else as mantissa and power of ten.
pub(super) fn append_numeric(
    digits: Digits<'_>,
    text: &str,
    list: &mut Writer,
) -> Result<(), ValueError> {
    if !digits.fits_numeric() {
        return Err(ValueError::NumericOverflow);
    }
    if let Some(value) = digits.to_i64() {
        list.integer(value);
        return Ok(());
    }
    let (mantissa, exponent) =
        digits.to_decimal().ok_or_else(|| ValueError::Precision { text: text.to_owned() })?;
    list.decimal(mantissa, exponent);
    Ok(())
}

/// Appends a double. NaN, which equals itself in PostgreSQL and sorts behind all others, does
/// neither in IRIS. UNVERIFIED(iris): whether a column takes it, and what a CAST makes of it.
pub(super) fn append_double(ty: PgType, value: f64, list: &mut Writer) -> Result<(), ValueError> {
    if value.is_nan() {
        return Err(ValueError::NoSuchValue { ty, text: "NaN".to_owned() });
    }
    list.double(value);
    Ok(())
}

/// `double precision`. Source: `float8in_internal`; hexadecimal floats are not read.
pub(super) fn double(text: &str) -> Result<f64, ValueError> {
    let ty = PgType::Float8;
    if let Some(value) = special(trimmed(text)) {
        return Ok(value);
    }
    let (number, tail) = float_prefix(text);
    let digits = Digits::parse(number.as_bytes()).ok_or_else(|| invalid(ty, text))?;
    let value: f64 = number.parse().map_err(|_| invalid(ty, text))?;
    if value.is_infinite() || (value == 0.0 && !digits.is_zero()) {
        return Err(out_of_range(ty, number));
    }
    if tail.is_empty() { Ok(value) } else { Err(invalid(ty, text)) }
}

/// `real`: rounded once, from the text.
pub(super) fn single(text: &str) -> Result<f32, ValueError> {
    let ty = PgType::Float4;
    if let Some(value) = special(trimmed(text)) {
        return float::narrow(value).ok_or_else(|| out_of_range(ty, text));
    }
    let (number, tail) = float_prefix(text);
    let digits = Digits::parse(number.as_bytes()).ok_or_else(|| invalid(ty, text))?;
    let value: f32 = number.parse().map_err(|_| invalid(ty, text))?;
    if value.is_infinite() || (value == 0.0 && !digits.is_zero()) {
        return Err(out_of_range(ty, text));
    }
    if tail.is_empty() { Ok(value) } else { Err(invalid(ty, text)) }
}

/// What C's `strtod` takes of a text as a number, blanks before it left out, and what follows it,
/// blanks left out. A number beyond the type is reported before what follows it.
fn float_prefix(text: &str) -> (&str, &str) {
    let body = trimmed(text);
    let digits_from = |from: usize| {
        let rest = body.as_bytes().get(from..).unwrap_or_default();
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        from.saturating_add(count)
    };
    let byte = |at: usize| body.as_bytes().get(at).copied();
    let sign = usize::from(matches!(byte(0), Some(b'+' | b'-')));
    let mut end = digits_from(sign);
    if byte(end) == Some(b'.') {
        end = digits_from(end.saturating_add(1));
    }
    if matches!(byte(end), Some(b'e' | b'E')) {
        let mut power = end.saturating_add(1);
        power = power.saturating_add(usize::from(matches!(byte(power), Some(b'+' | b'-'))));
        let after = digits_from(power);
        end = if after > power { after } else { end };
    }
    body.split_at_checked(end).unwrap_or((body, ""))
}

/// NaN and the infinities in PostgreSQL's spellings, in any case.
fn special(text: &str) -> Option<f64> {
    const SPELLINGS: [(&str, f64); 7] = [
        ("nan", f64::NAN),
        ("infinity", f64::INFINITY),
        ("+infinity", f64::INFINITY),
        ("-infinity", f64::NEG_INFINITY),
        ("inf", f64::INFINITY),
        ("+inf", f64::INFINITY),
        ("-inf", f64::NEG_INFINITY),
    ];
    SPELLINGS
        .into_iter()
        .find(|(spelling, _)| text.eq_ignore_ascii_case(spelling))
        .map(|(_, value)| value)
}

/// `boolean`: any beginning of true, false, yes, no that is not ambiguous, on, off, 1, 0.
pub(super) fn boolean(text: &str) -> Result<bool, ValueError> {
    let body = trimmed(text).to_ascii_lowercase();
    let begins = |word: &str, least: usize| body.len() >= least && word.starts_with(&body);
    if begins("true", 1) || begins("yes", 1) || body == "on" || body == "1" {
        Ok(true)
    } else if begins("false", 1) || begins("no", 1) || begins("off", 2) || body == "0" {
        Ok(false)
    } else {
        Err(invalid(PgType::Bool, text))
    }
}

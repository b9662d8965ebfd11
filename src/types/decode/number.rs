//! Numbers and booleans in text format.

use super::super::digits::Digits;
use super::super::error::ValueError;
use super::super::float;
use super::super::list::Writer;
use super::super::pg::PgType;
use super::{invalid, is_space, out_of_range, trimmed};

/// `smallint`, `integer`, `bigint` and `oid`. Source: `pg_strtoint16` and its kin.
///
/// A number too large is reported as such even when letters follow it, as PostgreSQL does.
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
    let value = digits.iter().try_fold(0_i64, |value, byte| {
        let digit = i64::from(byte.saturating_sub(b'0'));
        let signed = if negative { digit.saturating_neg() } else { digit };
        value.checked_mul(10)?.checked_add(signed)
    });
    let value =
        value.and_then(|value| in_range(ty, value)).ok_or_else(|| out_of_range(ty, text))?;
    if tail.iter().all(|byte| is_space(*byte)) { Ok(value) } else { Err(invalid(ty, text)) }
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

/// `double precision`. Source: `float8in_internal`; hexadecimal floats are not read.
pub(super) fn double(text: &str) -> Result<f64, ValueError> {
    let ty = PgType::Float8;
    let body = trimmed(text);
    if let Some(value) = special(body) {
        return Ok(value);
    }
    let digits = Digits::parse(body.as_bytes()).ok_or_else(|| invalid(ty, text))?;
    let value: f64 = body.parse().map_err(|_| invalid(ty, text))?;
    let vanished = value == 0.0 && !digits.is_zero();
    if value.is_infinite() || vanished { Err(out_of_range(ty, body)) } else { Ok(value) }
}

/// `real`: rounded once, from the text.
pub(super) fn single(text: &str) -> Result<f32, ValueError> {
    let ty = PgType::Float4;
    let body = trimmed(text);
    if let Some(value) = special(body) {
        return float::narrow(value).ok_or_else(|| out_of_range(ty, body));
    }
    let digits = Digits::parse(body.as_bytes()).ok_or_else(|| invalid(ty, text))?;
    let value: f32 = body.parse().map_err(|_| invalid(ty, text))?;
    let vanished = value == 0.0 && !digits.is_zero();
    if value.is_infinite() || vanished { Err(out_of_range(ty, body)) } else { Ok(value) }
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

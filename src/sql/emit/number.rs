//! Numbers of the text: plain digits, ranges, rounding.

use super::refuse;
use crate::sql::error::SqlError;
use crate::types::pg::PgType;

/// How many significant digits IRIS keeps exactly.
const EXACT_DIGITS: usize = 18;

/// The number behind the greatest bigint. With a minus it is the least one; without, it has more
/// digits than IRIS keeps.
const BEHIND_GREATEST: &str = "9223372036854775808";

/// A numeric literal as PostgreSQL types it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sql) struct Number {
    /// Plain digits, with a point where there is a fraction, with a minus if negative.
    pub(in crate::sql) digits: String,
    /// `integer`, `bigint` or `numeric`.
    pub(in crate::sql) ty: PgType,
}

impl Number {
    /// Reads a literal as the lexer found it.
    pub(in crate::sql) fn read(written: &str, negative: bool) -> Result<Self, SqlError> {
        let whole = written.bytes().all(|b| b.is_ascii_digit());
        let plain = plain_digits(written)
            .filter(|plain| negative || plain != BEHIND_GREATEST)
            .ok_or_else(|| refuse("numeric constants of more than 18 digits are not supported"))?;
        let digits = if negative && plain != "0" { format!("-{plain}") } else { plain };
        let ty = match digits.parse::<i64>() {
            Ok(value) if whole && i32::try_from(value).is_ok() => PgType::Int4,
            Ok(_) if whole => PgType::Int8,
            _ => PgType::Numeric,
        };
        Ok(Self { digits, ty })
    }
}

/// A number's digits as IRIS keeps them, without needless zeros.
pub(in crate::sql) fn exact(digits: &str) -> Result<String, SqlError> {
    match digits.strip_prefix('-') {
        Some(body) => Number::read(body, true),
        None => Number::read(digits, false),
    }
    .map(|number| number.digits)
}

/// Digits without exponent and without needless zeros; `None` when there are too many.
///
/// The two literals at the border of 64 bits have 19 digits and are kept, for they are integers.
fn plain_digits(written: &str) -> Option<String> {
    let (mantissa, exponent) = match written.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (written, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut digits = format!("{whole}{fraction}");
    let mut point = i64::try_from(whole.len()).ok()?.checked_add(exponent)?;
    let leading = digits.bytes().take_while(|b| *b == b'0').count();
    digits.drain(..leading);
    point = point.checked_sub(i64::try_from(leading).ok()?)?;
    let kept = digits.trim_end_matches('0').len();
    digits.truncate(kept);
    if digits.is_empty() {
        return Some("0".to_owned());
    }
    let integer = written.parse::<u64>().is_ok_and(|value| value <= 1 << 63);
    if (digits.len() > EXACT_DIGITS && !integer) || !(-30..=30).contains(&point) {
        return None;
    }
    let count = i64::try_from(digits.len()).ok()?;
    Some(if point <= 0 {
        let zeros = usize::try_from(point.checked_neg()?).ok()?;
        format!("0.{}{digits}", "0".repeat(zeros))
    } else if point >= count {
        let zeros = usize::try_from(point.checked_sub(count)?).ok()?;
        format!("{digits}{}", "0".repeat(zeros))
    } else {
        digits.insert(usize::try_from(point).ok()?, '.');
        digits
    })
}

fn invalid(ty: PgType, text: &str) -> SqlError {
    let message = format!("invalid input syntax for type {}: \"{text}\"", ty.name());
    SqlError::new("22P02", message)
}

/// Reads a text as input of an integer type.
pub(in crate::sql) fn integer(ty: PgType, text: &str) -> Result<i64, SqlError> {
    let trimmed = text.trim_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
    let digits = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(invalid(ty, text));
    }
    let value = trimmed.strip_prefix('+').unwrap_or(trimmed).parse::<i64>().ok();
    value.filter(|value| fits(ty, *value)).ok_or_else(|| {
        let message = format!("value \"{text}\" is out of range for type {}", ty.name());
        SqlError::new("22003", message)
    })
}

/// Whether an integer type holds the value.
pub(in crate::sql) fn fits(ty: PgType, value: i64) -> bool {
    match ty {
        PgType::Int2 => i16::try_from(value).is_ok(),
        PgType::Int4 => i32::try_from(value).is_ok(),
        _ => true,
    }
}

/// Rounds plain digits to `scale` places, half away from zero, as PostgreSQL's numeric does.
pub(in crate::sql) fn round(digits: &str, scale: usize) -> String {
    let (sign, body) = match digits.strip_prefix('-') {
        Some(body) => ("-", body),
        None => ("", digits),
    };
    let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
    if fraction.len() <= scale {
        return digits.to_owned();
    }
    let up = fraction.as_bytes().get(scale).is_some_and(|b| *b >= b'5');
    let kept = fraction.get(..scale).unwrap_or_default();
    let mut bytes: Vec<u8> = format!("{whole}{kept}").into_bytes();
    let mut carry = up;
    for byte in bytes.iter_mut().rev() {
        if !carry {
            break;
        }
        carry = *byte == b'9';
        *byte = if carry { b'0' } else { byte.saturating_add(1) };
    }
    let mut all = String::from_utf8(bytes).unwrap_or_default();
    if carry {
        all.insert(0, '1');
    }
    let point = all.len().saturating_sub(scale);
    let (whole, fraction) = all.split_at_checked(point).unwrap_or((&all, ""));
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = fraction.trim_end_matches('0');
    let zero = whole == "0" && fraction.is_empty();
    let sign = if zero { "" } else { sign };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// Reads a text as input of `numeric`: plain digits, or `None` for NaN and infinities.
pub(in crate::sql) fn decimal(text: &str) -> Result<Option<String>, SqlError> {
    let trimmed = text.trim();
    let lower = trimmed.to_ascii_lowercase();
    if matches!(lower.trim_start_matches(['+', '-']), "nan" | "inf" | "infinity") {
        return Ok(None);
    }
    let negative = trimmed.starts_with('-');
    let body = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
    let (mantissa, exponent) = match body.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (body, None),
    };
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    let points = mantissa.bytes().filter(|b| *b == b'.').count();
    let good = digits > 0 && points <= 1 && digits.saturating_add(points) == mantissa.len();
    let good_exponent = exponent.is_none_or(|e| {
        let e = e.strip_prefix(['+', '-']).unwrap_or(e);
        !e.is_empty() && e.bytes().all(|b| b.is_ascii_digit())
    });
    if !good || !good_exponent {
        return Err(invalid(PgType::Numeric, text));
    }
    Number::read(body, negative).map(|number| Some(number.digits))
}

/// Reads a text as input of `boolean`: unique prefixes of true, yes, on, false, no, off, and 1, 0.
pub(in crate::sql) fn boolean(text: &str) -> Result<bool, SqlError> {
    let word = text.trim().to_ascii_lowercase();
    let prefix = |full: &str, least: usize| word.len() >= least && full.starts_with(word.as_str());
    if word == "1" || prefix("true", 1) || prefix("yes", 1) || prefix("on", 2) {
        return Ok(true);
    }
    if word == "0" || prefix("false", 1) || prefix("no", 1) || prefix("off", 2) {
        return Ok(false);
    }
    Err(invalid(PgType::Bool, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_plain_and_typed() {
        for (written, digits, ty) in [
            ("1", "1", PgType::Int4),
            ("007", "7", PgType::Int4),
            ("2147483648", "2147483648", PgType::Int8),
            ("9223372036854775807", "9223372036854775807", PgType::Int8),
            ("1.50", "1.5", PgType::Numeric),
            (".5", "0.5", PgType::Numeric),
            ("1e3", "1000", PgType::Numeric),
            ("12.5E-3", "0.0125", PgType::Numeric),
            ("0.0", "0", PgType::Numeric),
        ] {
            let number = Number::read(written, false).unwrap();
            assert_eq!((number.digits.as_str(), number.ty), (digits, ty), "{written}");
        }
        assert!(Number::read("1234567890.123456780", false).is_ok());
        assert!(Number::read("1234567890.1234567891", false).is_err());
        assert!(Number::read("1e400", false).is_err());
        assert!(Number::read("9223372036854775808", false).is_err());
        assert_eq!(Number::read("9223372036854775808", true).unwrap().ty, PgType::Int8);
    }

    #[test]
    fn rounding_is_half_away_from_zero() {
        for (digits, scale, rounded) in [
            ("2.5", 0, "3"),
            ("-2.5", 0, "-3"),
            ("0.4", 0, "0"),
            ("-0.4", 0, "0"),
            ("9.995", 2, "10"),
            ("1.005", 2, "1.01"),
            ("12", 3, "12"),
        ] {
            assert_eq!(round(digits, scale), rounded, "{digits} {scale}");
        }
    }

    #[test]
    fn booleans_have_unique_prefixes() {
        assert_eq!(boolean(" TRU "), Ok(true));
        assert_eq!(boolean("of"), Ok(false));
        assert!(boolean("o").is_err() && boolean("").is_err() && boolean("2").is_err());
    }
}

//! Constants.

use crate::sql::bound::{At, Expr, Literal, Node};
use crate::sql::error::SqlError;
use crate::types::decode;
use crate::types::error::ValueError;
use crate::types::list::Writer;
use crate::types::pg::PgType;

use super::typename::NO_TYPMOD;

/// The most digits that `numeric` shows after the point (`NUMERIC_MAX_DISPLAY_SCALE` and, for
/// input, `NUMERIC_DSCALE_MAX`).
const SCALE_MAX: i64 = 16_383;

/// The most digits of a `numeric` before the point.
const WHOLE_MAX: i64 = 131_072;

/// A constant of a type.
pub(super) fn constant(literal: Literal, ty: PgType, at: At) -> Expr {
    let scale = match &literal {
        Literal::Decimal(digits) => scale_of(digits),
        _ => None,
    };
    let nullable = literal == Literal::Null;
    Expr { node: Node::Literal(literal), ty, typmod: NO_TYPMOD, scale, nullable, at }
}

/// A numeric literal as PostgreSQL types it: `integer`, `bigint`, or `numeric`.
pub(super) fn number(written: &str, negative: bool, at: At) -> Result<Expr, SqlError> {
    let sign = if negative { "-" } else { "" };
    let whole = written.bytes().all(|b| b.is_ascii_digit());
    if whole && let Ok(value) = format!("{sign}{written}").parse::<i64>() {
        let ty = if i32::try_from(value).is_ok() { PgType::Int4 } else { PgType::Int8 };
        return Ok(constant(Literal::Integer(value), ty, at));
    }
    match plain_digits(written) {
        Some(digits) => {
            let zero = digits.bytes().all(|b| matches!(b, b'0' | b'.'));
            let digits = if negative && !zero { format!("-{digits}") } else { digits };
            Ok(constant(Literal::Decimal(digits), PgType::Numeric, at))
        }
        None => Err(super::at(SqlError::new("22003", "value overflows numeric format"), at)),
    }
}

/// A number with the other sign, as PostgreSQL's grammar makes it of a minus before a literal.
pub(super) fn negated(literal: &Literal, at: At) -> Option<Expr> {
    match literal {
        Literal::Integer(value) => {
            let value = value.checked_neg()?;
            let ty = if i32::try_from(value).is_ok() { PgType::Int4 } else { PgType::Int8 };
            Some(constant(Literal::Integer(value), ty, at))
        }
        Literal::Decimal(digits) => {
            let turned = match digits.strip_prefix('-') {
                Some(digits) => digits.to_owned(),
                None if digits.bytes().all(|b| matches!(b, b'0' | b'.')) => digits.clone(),
                None => format!("-{digits}"),
            };
            // The least bigint is a literal of its own.
            if let Ok(value) = turned.parse::<i64>()
                && scale_of(&turned) == Some(0)
                && !turned.contains('.')
                && turned == i64::MIN.to_string()
            {
                return Some(constant(Literal::Integer(value), PgType::Int8, at));
            }
            Some(constant(Literal::Decimal(turned), PgType::Numeric, at))
        }
        _ => None,
    }
}

/// The digits after the point.
pub(super) fn scale_of(digits: &str) -> Option<u16> {
    let count = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    u16::try_from(count).ok()
}

/// Digits without exponent and leading zeros; those after the point stay, as `numeric_in` keeps
/// them for showing.
fn plain_digits(written: &str) -> Option<String> {
    let (mantissa, exponent) = match written.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (written, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let scale = i64::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
    let all = format!("{whole}{fraction}");
    let digits = all.trim_start_matches('0');
    let point = i64::try_from(digits.len()).ok()?.checked_sub(scale)?;
    if scale > SCALE_MAX || point > WHOLE_MAX {
        return None;
    }
    if digits.is_empty() && scale <= 0 {
        return Some("0".to_owned());
    }
    if scale <= 0 {
        let zeros = usize::try_from(scale.checked_neg()?).ok()?;
        return Some(format!("{digits}{}", "0".repeat(zeros)));
    }
    let scale = usize::try_from(scale).ok()?;
    let padded = format!("{}{digits}", "0".repeat(scale.saturating_sub(digits.len())));
    let (whole, fraction) = padded.split_at_checked(padded.len().checked_sub(scale)?)?;
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(format!("{whole}.{fraction}"))
}

/// Reads the text of a literal as input of a type.
pub(super) fn read(ty: PgType, text: &str) -> Result<Literal, SqlError> {
    match ty {
        PgType::Text | PgType::Varchar | PgType::Bpchar | PgType::Unknown => {
            return Ok(Literal::Text(text.to_owned()));
        }
        PgType::Name => return Ok(Literal::Text(cut(text).to_owned())),
        PgType::Numeric => return numeric(text),
        _ => {}
    }
    let mut list = Writer::default();
    match decode::literal_text(ty, text, &mut list) {
        // Types without values here: what can be done with the text, the emitter says.
        Ok(()) | Err(ValueError::NoCodec { .. }) => {}
        Err(wrong) => return Err(refused(&wrong)),
    }
    let trimmed = text.trim_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
    match ty {
        PgType::Int2 | PgType::Int4 | PgType::Int8 | PgType::Oid => {
            let digits = trimmed.strip_prefix('+').unwrap_or(trimmed);
            match digits.parse() {
                Ok(value) => Ok(Literal::Integer(value)),
                Err(_) => Ok(Literal::Text(text.to_owned())),
            }
        }
        PgType::Bool => {
            let first = trimmed.as_bytes().first().map(u8::to_ascii_lowercase);
            let second = trimmed.as_bytes().get(1).map(u8::to_ascii_lowercase);
            Ok(Literal::Boolean(matches!(first, Some(b't' | b'y' | b'1')) || (first, second) == ON))
        }
        _ => Ok(Literal::Text(text.to_owned())),
    }
}

/// How `on` begins, as opposed to `off`.
const ON: (Option<u8>, Option<u8>) = (Some(b'o'), Some(b'n'));

fn numeric(text: &str) -> Result<Literal, SqlError> {
    let trimmed = text.trim_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
    let invalid =
        || refused(&ValueError::InvalidText { ty: PgType::Numeric, text: text.to_owned() });
    let body = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
    if matches!(body.to_ascii_lowercase().as_str(), "inf" | "infinity")
        || trimmed.eq_ignore_ascii_case("nan")
    {
        return Ok(Literal::Text(trimmed.to_owned()));
    }
    let (mantissa, exponent) = match body.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (body, None),
    };
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    let points = mantissa.bytes().filter(|b| *b == b'.').count();
    let sound = digits > 0 && points <= 1 && digits.saturating_add(points) == mantissa.len();
    let sound_exponent = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    });
    if !sound || !sound_exponent {
        return Err(invalid());
    }
    let plain = plain_digits(body);
    let digits = plain.ok_or_else(|| SqlError::new("22003", "value overflows numeric format"))?;
    let zero = digits.bytes().all(|b| matches!(b, b'0' | b'.'));
    let sign = if trimmed.starts_with('-') && !zero { "-" } else { "" };
    Ok(Literal::Decimal(format!("{sign}{digits}")))
}

/// The bytes that a `name` keeps.
fn cut(text: &str) -> &str {
    let mut end = text.len().min(63);
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    text.get(..end).unwrap_or(text)
}

/// An error of a value as an error of the statement.
fn refused(wrong: &ValueError) -> SqlError {
    let mut error = SqlError::new(wrong.sqlstate(), wrong.to_string());
    if let Some(detail) = wrong.detail() {
        error = error.detail(detail);
    }
    match wrong.hint() {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(expr: &Expr) -> String {
        match &expr.node {
            Node::Literal(Literal::Integer(value)) => format!("{value} {}", expr.ty.name()),
            Node::Literal(Literal::Decimal(digits)) => {
                format!("{digits} {} {:?}", expr.ty.name(), expr.scale.unwrap())
            }
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn numbers_have_postgres_types() {
        for (written, negative, expected) in [
            ("1", false, "1 integer"),
            ("007", false, "7 integer"),
            ("2147483648", false, "2147483648 bigint"),
            ("2147483648", true, "-2147483648 integer"),
            ("9223372036854775808", false, "9223372036854775808 numeric 0"),
            ("9223372036854775808", true, "-9223372036854775808 bigint"),
            ("1.50", false, "1.50 numeric 2"),
            (".5", true, "-0.5 numeric 1"),
            ("1e3", false, "1000 numeric 0"),
            ("12.5E-3", false, "0.0125 numeric 4"),
            ("0.0", true, "0.0 numeric 1"),
            ("5.", false, "5 numeric 0"),
            ("1.25e1", false, "12.5 numeric 1"),
        ] {
            let found = number(written, negative, At::default()).unwrap();
            assert_eq!(shown(&found), expected, "{written}");
        }
        assert!(number("1e200000", false, At::default()).is_err());
    }

    #[test]
    fn texts_are_read_as_their_types() {
        assert_eq!(read(PgType::Int4, " +42 "), Ok(Literal::Integer(42)));
        assert_eq!(read(PgType::Bool, " oN"), Ok(Literal::Boolean(true)));
        assert_eq!(read(PgType::Bool, "of"), Ok(Literal::Boolean(false)));
        assert_eq!(read(PgType::Numeric, "-1.50"), Ok(Literal::Decimal("-1.50".to_owned())));
        for (ty, text, sqlstate) in [
            (PgType::Int4, "x", "22P02"),
            (PgType::Int4, "2147483648", "22003"),
            (PgType::Date, "2024-13-01", "22008"),
            (PgType::Date, "soon", "22007"),
            (PgType::Bool, "o", "22P02"),
            (PgType::Numeric, "1.2.3", "22P02"),
            (PgType::Uuid, "abc", "22P02"),
        ] {
            assert_eq!(read(ty, text).unwrap_err().sqlstate, sqlstate, "{text}");
        }
    }
}

//! Values on their way in: parameters, literals and computed values, in the select mode of their
//! statement (iris-sql §4.1).

use std::borrow::Cow;

use rusqlite::types::{ToSqlOutput, Value, ValueRef};

use super::api::{SelectMode, SqlFailure};
use super::bind::Slot;
use super::calendar;
use super::decimal::Decimal;
use super::sqlcode::fail;
use super::types::{Kept, Ty};
use crate::list::{Element, latin_to_utf8, wide_to_utf8};

/// A value before it is converted to a column's type.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::sql) enum Input<'a> {
    Null,
    Text(Cow<'a, str>),
    Number(Decimal),
    Real(f64),
    Bytes(Cow<'a, [u8]>),
    /// As kept in SQLite, of this type.
    Kept(ValueRef<'a>, Ty),
}

/// A parameter's value. NULL is an undefined element or the zero-length string, `$CHAR(0)` is the
/// empty string (iris-sql §4.2).
pub(in crate::sql) fn input(element: Element<'_>, binary: bool) -> Input<'_> {
    match element {
        Element::Undefined | Element::Bytes([]) | Element::Wide([]) => Input::Null,
        Element::Bytes(bytes) if binary => Input::Bytes(Cow::Borrowed(bytes)),
        Element::Bytes([0]) => Input::Text(Cow::Borrowed("")),
        Element::Bytes(bytes) => Input::Text(latin(bytes)),
        Element::Wide(bytes) => Input::Text(Cow::Owned(owned(wide_to_utf8(bytes)))),
        Element::Integer(value) => Input::Kept(ValueRef::Integer(value), Ty::BigInt),
        Element::Decimal { mantissa, exponent } => {
            Input::Number(Decimal::new(i128::from(mantissa), -i32::from(exponent)))
        }
        Element::Double(value) => Input::Real(value),
    }
}

/// The text of an 8-bit string; ASCII is borrowed.
fn latin(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) if bytes.is_ascii() => Cow::Borrowed(text),
        _ => Cow::Owned(owned(latin_to_utf8(bytes))),
    }
}

/// UNVERIFIED(iris): a lone surrogate is replaced; IRIS keeps any code unit.
fn owned(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}

impl<'a> Input<'a> {
    /// The number that ObjectScript's `+` makes of the value.
    pub(in crate::sql) fn decimal(&self) -> Decimal {
        match self {
            Input::Number(value) => *value,
            Input::Real(value) => Decimal::of_double(*value),
            Input::Text(text) => Decimal::prefix(text),
            Input::Kept(ValueRef::Integer(value), ty) => match ty.kept() {
                Kept::Whole(s) => Decimal::new(i128::from(*value), i32::from(s)),
                _ => Decimal::new(i128::from(*value), 0),
            },
            Input::Kept(ValueRef::Real(value), _) => Decimal::of_double(*value),
            Input::Kept(ValueRef::Text(text), _) => {
                Decimal::prefix(std::str::from_utf8(text).unwrap_or_default())
            }
            Input::Null | Input::Bytes(_) | Input::Kept(..) => Decimal::ZERO,
        }
    }

    /// The value as text in ODBC form.
    pub(in crate::sql) fn text(&self) -> Cow<'a, str> {
        match self {
            Input::Text(text) => text.clone(),
            Input::Kept(ValueRef::Text(text), _) => String::from_utf8_lossy(text),
            Input::Real(value) | Input::Kept(ValueRef::Real(value), _) => {
                Cow::Owned(shown_double(*value))
            }
            Input::Bytes(bytes) => Cow::Owned(owned(latin_to_utf8(bytes))),
            Input::Kept(ValueRef::Blob(bytes), _) => latin(bytes),
            Input::Kept(ValueRef::Integer(value), ty) => Cow::Owned(match ty {
                Ty::Date => shown(|out| calendar::put_date(out, *value)),
                Ty::Time(_) => shown(|out| calendar::put_time(out, *value)),
                Ty::PosixTime => shown(|out| {
                    let (date, nanos) = calendar::of_posix(*value);
                    calendar::put_timestamp(out, date, nanos);
                }),
                ty if ty.is_integer() => value.to_string(),
                _ => self.decimal().to_string(),
            }),
            Input::Number(value) => Cow::Owned(value.to_string()),
            Input::Null | Input::Kept(ValueRef::Null, _) => Cow::Borrowed(""),
        }
    }

    pub(in crate::sql) fn is_null(&self) -> bool {
        matches!(self, Input::Null | Input::Kept(ValueRef::Null, _))
    }

    /// The logical integer, where one was given for a date or time (iris-sql §4.1).
    pub(in crate::sql) fn logical(&self) -> Option<i64> {
        match self {
            Input::Number(value) => value.truncated(),
            Input::Kept(ValueRef::Integer(value), ty) if ty.is_integer() => Some(*value),
            Input::Text(text) if Decimal::is_number(text) => Decimal::prefix(text).truncated(),
            _ => None,
        }
    }

    /// The bytes of a value for a binary column: characters 0 to 255 are bytes, others keep their
    /// UTF-8.
    pub(in crate::sql) fn bytes(&self) -> Cow<'a, [u8]> {
        match self {
            Input::Bytes(bytes) => bytes.clone(),
            Input::Kept(ValueRef::Blob(bytes), _) => Cow::Borrowed(bytes),
            other => {
                let text = other.text();
                let narrow: Option<Vec<u8>> =
                    text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
                Cow::Owned(narrow.unwrap_or_else(|| text.into_owned().into_bytes()))
            }
        }
    }

    /// The nearest double; `INF`, `-INF` and `NAN` are words of it (iris-sql §4.1).
    pub(in crate::sql) fn double(&self) -> f64 {
        match self {
            Input::Real(value) | Input::Kept(ValueRef::Real(value), _) => *value,
            Input::Text(text) => match text.to_ascii_uppercase().as_str() {
                "INF" => f64::INFINITY,
                "-INF" => f64::NEG_INFINITY,
                "NAN" => f64::NAN,
                _ => text.trim().parse().unwrap_or_else(|_| Decimal::prefix(text).to_double()),
            },
            other => other.decimal().to_double(),
        }
    }
}

/// A value that SQLite gave, as input of this type.
pub(in crate::sql) fn kept(value: &Value, ty: Ty) -> Input<'_> {
    match value {
        Value::Null => Input::Null,
        value => Input::Kept(ValueRef::from(value), ty),
    }
}

/// The text that `put` writes.
pub(in crate::sql) fn shown(put: impl Fn(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    put(&mut out);
    owned(out)
}

/// Canonical text of a double: 20 significant digits, the rest cut off, no leading zero (iris-sql
/// §4.1: SIN(1) ends in 487 where rounding would give 488).
pub(in crate::sql) fn shown_double(value: f64) -> String {
    if value.is_nan() {
        return "NAN".to_owned();
    }
    let sign = if value < 0.0 { "-" } else { "" };
    if value.is_infinite() {
        return format!("{sign}INF");
    }
    let scientific = format!("{:.40e}", value.abs());
    let Some((digits, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits = digits.replace('.', "");
    let digits = digits.get(..20).unwrap_or(&digits).trim_end_matches('0');
    let places = |n: i32| usize::try_from(n).unwrap_or(0);
    match digits {
        "" => "0".to_owned(),
        _ if exponent < 0 => format!("{sign}.{}{digits}", "0".repeat(places(-1 - exponent))),
        _ if digits.len() <= places(exponent) + 1 => {
            format!("{sign}{digits}{}", "0".repeat(places(exponent) + 1 - digits.len()))
        }
        _ => {
            let (whole, fraction) = digits.split_at(places(exponent) + 1);
            format!("{sign}{whole}.{fraction}")
        }
    }
}

/// What a moment's text could not be read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum Moment {
    Date,
    Time,
}

/// −146 and −147 with the select mode's name (iris-sql §1.7, §4.1).
pub(in crate::sql) fn unreadable(moment: Moment, mode: SelectMode, text: &str) -> SqlFailure {
    let name = if mode == SelectMode::Display { "DISPLAY" } else { "ODBC/JDBC" };
    match moment {
        Moment::Date => fail(-146, format!("Error: '{text}' is an invalid {name} Date value")),
        Moment::Time => fail(-147, format!("Error: '{text}' is an invalid {name} Time value")),
    }
}

/// A logical date of what was given in this mode; logical integers are taken in every mode
/// (iris-sql §4.1). `None` when the text is no date of the mode.
pub(in crate::sql) fn date(mode: SelectMode, input: &Input<'_>) -> Option<i64> {
    if let Some(day) = input.logical() {
        return Some(day);
    }
    match mode {
        SelectMode::Logical => None,
        SelectMode::Odbc => calendar::parse_date(input.text().trim()),
        SelectMode::Display => calendar::parse_display_date(input.text().trim()),
    }
}

/// Nanoseconds since midnight of what was given in this mode; a number is logical seconds.
pub(in crate::sql) fn time(mode: SelectMode, input: &Input<'_>) -> Option<i64> {
    if input.logical().is_some() {
        return input.decimal().scaled(9).map(|(nanos, _)| nanos);
    }
    match mode {
        SelectMode::Logical => None,
        SelectMode::Odbc | SelectMode::Display => calendar::parse_time(input.text().trim()),
    }
}

/// Date and nanoseconds of a timestamp's text in this mode. UNVERIFIED(iris): the display form is
/// taken to be the display date and the time, as `$ZDATETIME` has it.
pub(in crate::sql) fn timestamp(mode: SelectMode, text: &str) -> Option<(i64, i64)> {
    if mode != SelectMode::Display {
        return calendar::parse_timestamp(text);
    }
    let (date, time) = text.trim().split_once(' ').unwrap_or((text.trim(), "00:00"));
    Some((calendar::parse_display_date(date)?, calendar::parse_time(time)?))
}

/// A parameter as SQLite gets it.
///
/// # Errors
/// −146 or −147 where a date or time cannot be read (iris-sql §4.1). In Logical mode what is no
/// logical value matches nothing.
pub(in crate::sql) fn parameter<'a>(
    input: &Input<'a>,
    slot: &Slot,
    mode: SelectMode,
) -> Result<ToSqlOutput<'a>, SqlFailure> {
    if input.is_null() {
        return Ok(null());
    }
    let moment = |value: Option<i64>, what| match (value, mode) {
        (Some(value), _) => Ok(integer(value)),
        (None, SelectMode::Logical) => Ok(null()),
        (None, _) => Err(unreadable(what, mode, &input.text())),
    };
    Ok(match slot.ty {
        Ty::Unknown | Ty::Varchar(_) | Ty::LongVarchar | Ty::Guid => text(input.text()),
        Ty::Date => {
            // A timestamp's text beside a date, in ODBC mode: its day.
            let found = date(mode, input);
            let day = || timestamp(mode, &input.text()).map(|(day, _)| day);
            moment(
                found.or_else(|| if mode == SelectMode::Logical { None } else { day() }),
                Moment::Date,
            )?
        }
        Ty::Time(_) => moment(time(mode, input), Moment::Time)?,
        Ty::PosixTime => {
            let found = input.logical().or_else(|| match mode {
                SelectMode::Logical => None,
                _ => timestamp(mode, &input.text()).map(|(day, nanos)| calendar::posix(day, nanos)),
            });
            moment(found, Moment::Date)?
        }
        // %TimeStamp is the same text in every mode (iris-sql §4.1).
        Ty::TimeStamp => match timestamp(SelectMode::Odbc, &input.text()) {
            Some((date, nanos)) => {
                text(Cow::Owned(shown(|out| calendar::put_timestamp(out, date, nanos))))
            }
            None => return Err(unreadable(Moment::Date, mode, &input.text())),
        },
        Ty::Double => ToSqlOutput::Owned(Value::Real(input.double())),
        Ty::VarBinary(_) | Ty::LongVarBinary | Ty::List => blob(input.bytes()),
        Ty::Decimal { .. } => text(Cow::Owned(input.decimal().to_string())),
        ty => match ty.kept() {
            Kept::Whole(s) if slot.compared => among(input.decimal(), s),
            Kept::Whole(s) => integer(input.decimal().scaled(s).map_or(i64::MAX, |(n, _)| n)),
            _ => text(input.text()),
        },
    })
}

pub(in crate::sql) fn null<'a>() -> ToSqlOutput<'a> {
    ToSqlOutput::Owned(Value::Null)
}

pub(in crate::sql) fn integer<'a>(value: i64) -> ToSqlOutput<'a> {
    ToSqlOutput::Owned(Value::Integer(value))
}

pub(in crate::sql) fn text(value: Cow<'_, str>) -> ToSqlOutput<'_> {
    match value {
        Cow::Borrowed(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        Cow::Owned(text) => ToSqlOutput::Owned(Value::Text(text)),
    }
}

pub(in crate::sql) fn blob(value: Cow<'_, [u8]>) -> ToSqlOutput<'_> {
    match value {
        Cow::Borrowed(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        Cow::Owned(bytes) => ToSqlOutput::Owned(Value::Blob(bytes)),
    }
}

/// A value to be bound, as one that stands by itself.
pub(in crate::sql) fn to_owned(value: &ToSqlOutput<'_>) -> Value {
    match value {
        ToSqlOutput::Borrowed(value) => Value::try_from(*value).unwrap_or(Value::Null),
        ToSqlOutput::Owned(value) => value.clone(),
        _ => Value::Null,
    }
}

/// A number among kept ones: one that lies between two of them stays there as a REAL, which SQLite
/// compares exactly with integers.
fn among<'a>(value: Decimal, s: u8) -> ToSqlOutput<'a> {
    if let Some((n, true)) = value.scaled(s) {
        return integer(n);
    }
    let shifted = value.multiply(Decimal::new(10_i128.pow(u32::from(s.min(18))), 0));
    ToSqlOutput::Owned(match shifted.floor().scaled(0) {
        #[allow(clippy::cast_precision_loss)]
        Some((n, true)) => Value::Real(n as f64 + 0.5),
        _ if value.is_negative() => Value::Real(-1e300),
        _ => Value::Real(1e300),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_print_twenty_digits() {
        // iris-sql §4.1: `.1` prints `.10000000000000000555`, SIN(1) `.84147098480789650487`.
        assert_eq!(shown_double(0.1), ".10000000000000000555");
        assert_eq!(shown_double(1.0_f64.sin()), ".84147098480789650487");
        assert_eq!(shown_double(-2.5), "-2.5");
        assert_eq!(shown_double(1200.0), "1200");
        assert_eq!(shown_double(0.0), "0");
        assert_eq!(shown_double(f64::NEG_INFINITY), "-INF");
        assert_eq!(shown_double(0.0625), ".0625");
    }

    #[test]
    fn moments_are_read_by_mode() {
        // iris-sql §4.1.
        let text = |text: &'static str| Input::Text(Cow::Borrowed(text));
        assert_eq!(date(SelectMode::Odbc, &text("2000-01-01")), Some(58_074));
        assert_eq!(date(SelectMode::Odbc, &text("01/01/2000")), None);
        assert_eq!(date(SelectMode::Display, &text("01/01/2000")), Some(58_074));
        assert_eq!(date(SelectMode::Display, &text("2000-01-01")), None);
        assert_eq!(date(SelectMode::Logical, &text("2000-01-01")), None);
        assert_eq!(date(SelectMode::Logical, &text("58074")), Some(58_074));
        assert_eq!(time(SelectMode::Logical, &text("61.5")), Some(61_500_000_000));
        assert_eq!(time(SelectMode::Odbc, &text("00:01:01.5")), Some(61_500_000_000));
    }
}

//! Values on their way in: parameters of statements and values to be stored, with IRIS's
//! validation.

use rusqlite::types::Value;

use super::api::SqlFailure;
use super::bind::Slot;
use super::calendar;
use super::decimal::Decimal;
use super::sqlcode::fail;
use super::store::catalog::{Column, Table};
use super::types::{Kept, Ty};
use crate::list::{Element, latin_to_utf8, wide_to_utf8};

/// A value before it is converted to a column's type.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::sql) enum Input {
    Null,
    Text(String),
    Number(Decimal),
    Real(f64),
    Bytes(Vec<u8>),
    /// As kept in SQLite, of this type.
    Kept(Value, Ty),
}

/// A parameter's value. NULL is an undefined element or the zero-length string, `$CHAR(0)` is the
/// empty string (iris-sql §4.2).
pub(in crate::sql) fn input(element: Element<'_>, binary: bool) -> Input {
    match element {
        Element::Undefined | Element::Bytes([]) | Element::Wide([]) => Input::Null,
        Element::Bytes(bytes) if binary => Input::Bytes(bytes.to_vec()),
        Element::Bytes([0]) => Input::Text(String::new()),
        Element::Bytes(bytes) => Input::Text(owned(latin_to_utf8(bytes))),
        Element::Wide(bytes) => Input::Text(owned(wide_to_utf8(bytes))),
        Element::Integer(value) => Input::Number(Decimal::new(i128::from(value), 0)),
        Element::Decimal { mantissa, exponent } => {
            Input::Number(Decimal::new(i128::from(mantissa), -i32::from(exponent)))
        }
        Element::Double(value) => Input::Real(value),
    }
}

/// UNVERIFIED(iris): a lone surrogate is replaced; IRIS keeps any code unit.
fn owned(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}

impl Input {
    fn decimal(&self) -> Decimal {
        match self {
            Input::Number(value) => *value,
            Input::Real(value) => Decimal::of_double(*value),
            Input::Text(text) => Decimal::prefix(text),
            Input::Kept(Value::Integer(value), ty) => match ty.kept() {
                Kept::Whole(s) => Decimal::new(i128::from(*value), i32::from(s)),
                _ => Decimal::new(i128::from(*value), 0),
            },
            Input::Kept(Value::Real(value), _) => Decimal::of_double(*value),
            Input::Kept(Value::Text(text), _) => Decimal::prefix(text),
            Input::Null | Input::Bytes(_) | Input::Kept(..) => Decimal::ZERO,
        }
    }

    /// The value as text in ODBC form.
    pub(in crate::sql) fn text(&self) -> String {
        match self {
            Input::Text(text) | Input::Kept(Value::Text(text), _) => text.clone(),
            Input::Real(value) => shown_double(*value),
            Input::Kept(Value::Real(value), _) => shown_double(*value),
            Input::Bytes(bytes) | Input::Kept(Value::Blob(bytes), _) => owned(latin_to_utf8(bytes)),
            Input::Kept(Value::Integer(value), ty) => match ty {
                Ty::Date => shown(|out| calendar::put_date(out, *value)),
                Ty::Time(_) => shown(|out| calendar::put_time(out, *value)),
                Ty::PosixTime => shown(|out| {
                    let (date, nanos) = calendar::of_posix(*value);
                    calendar::put_timestamp(out, date, nanos);
                }),
                _ => self.decimal().to_string(),
            },
            Input::Number(value) => value.to_string(),
            Input::Null | Input::Kept(Value::Null, _) => String::new(),
        }
    }

    fn is_null(&self) -> bool {
        matches!(self, Input::Null | Input::Kept(Value::Null, _))
    }

    /// The logical integer, where one was given for a date or time (iris-sql §4.1).
    fn logical(&self) -> Option<i64> {
        match self {
            Input::Number(value) => value.truncated(),
            Input::Kept(Value::Integer(value), ty) if ty.is_integer() => Some(*value),
            Input::Text(text) if Decimal::is_number(text) => Decimal::prefix(text).truncated(),
            _ => None,
        }
    }
}

fn shown(put: impl Fn(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    put(&mut out);
    owned(out)
}

/// Canonical text of a double.
pub(in crate::sql) fn shown_double(value: f64) -> String {
    if value.is_nan() {
        "NAN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "INF".to_owned() } else { "-INF".to_owned() }
    } else {
        Decimal::of_double(value).to_string()
    }
}

/// A parameter as SQLite gets it (iris-sql §1.7, Appendix A).
///
/// # Errors
/// −146 or −147 where a date or time cannot be read.
pub(in crate::sql) fn parameter(input: &Input, slot: &Slot) -> Result<Value, SqlFailure> {
    if input.is_null() {
        return Ok(Value::Null);
    }
    Ok(match slot.ty {
        Ty::Unknown | Ty::Varchar(_) | Ty::LongVarchar | Ty::Guid => Value::Text(input.text()),
        Ty::Date => match (input.logical(), calendar::parse_timestamp(&input.text())) {
            (Some(day), _) | (None, Some((day, _))) => Value::Integer(day),
            _ => return Err(bad_date(input)),
        },
        Ty::Time(_) => match (calendar::parse_time(&input.text()), input.logical()) {
            (Some(nanos), _) => Value::Integer(nanos),
            (None, Some(_)) => Value::Integer(input.decimal().scaled(9).map_or(0, |(n, _)| n)),
            _ => {
                let text = input.text();
                let text = format!("Error: '{text}' is an invalid ODBC/JDBC Time value");
                return Err(fail(-147, text));
            }
        },
        Ty::PosixTime => match (input.logical(), calendar::parse_timestamp(&input.text())) {
            (Some(logical), _) => Value::Integer(logical),
            (None, Some((date, nanos))) => Value::Integer(calendar::posix(date, nanos)),
            _ => return Err(bad_date(input)),
        },
        Ty::TimeStamp => match calendar::parse_timestamp(&input.text()) {
            Some((date, nanos)) => {
                Value::Text(shown(|out| calendar::put_timestamp(out, date, nanos)))
            }
            None => return Err(bad_date(input)),
        },
        Ty::Double => Value::Real(double(input)),
        Ty::VarBinary(_) | Ty::LongVarBinary | Ty::List => Value::Blob(binary(input)),
        Ty::Decimal { .. } => Value::Text(input.decimal().to_string()),
        ty => match ty.kept() {
            Kept::Whole(s) if slot.compared => among(input.decimal(), s),
            Kept::Whole(s) => {
                Value::Integer(input.decimal().scaled(s).map_or(i64::MAX, |(n, _)| n))
            }
            _ => Value::Text(input.text()),
        },
    })
}

/// −146 (iris-sql §1.7).
fn bad_date(input: &Input) -> SqlFailure {
    fail(-146, format!("Error: '{}' is an invalid ODBC/JDBC Date value", input.text()))
}

/// A number among kept ones: one that lies between two of them stays there as a REAL, which SQLite
/// compares exactly with integers.
fn among(value: Decimal, s: u8) -> Value {
    if let Some((n, true)) = value.scaled(s) {
        return Value::Integer(n);
    }
    let shifted = value.multiply(Decimal::new(10_i128.pow(u32::from(s.min(18))), 0));
    match shifted.floor().scaled(0) {
        #[allow(clippy::cast_precision_loss)]
        Some((n, true)) => Value::Real(n as f64 + 0.5),
        _ if value.is_negative() => Value::Real(-1e300),
        _ => Value::Real(1e300),
    }
}

fn double(input: &Input) -> f64 {
    match input {
        Input::Real(value) | Input::Kept(Value::Real(value), _) => *value,
        Input::Text(text) => match text.to_ascii_uppercase().as_str() {
            "INF" => f64::INFINITY,
            "-INF" => f64::NEG_INFINITY,
            "NAN" => f64::NAN,
            _ => text.trim().parse().unwrap_or_else(|_| Decimal::prefix(text).to_double()),
        },
        other => other.decimal().to_double(),
    }
}

fn binary(input: &Input) -> Vec<u8> {
    match input {
        Input::Bytes(bytes) | Input::Kept(Value::Blob(bytes), _) => bytes.clone(),
        // Characters 0 to 255 are bytes; others keep their UTF-8.
        other => {
            let text = other.text();
            let narrow: Option<Vec<u8>> =
                text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
            narrow.unwrap_or_else(|| text.into_bytes())
        }
    }
}

/// Converts a value for storing; the error is that it does not fit (iris-sql §1.5, §4.1).
fn convert(column: &Column, input: &Input) -> Option<Value> {
    let number = || match input {
        Input::Text(text) | Input::Kept(Value::Text(text), Ty::Varchar(_)) => {
            Decimal::is_number(text.trim()).then(|| Decimal::prefix(text.trim()))
        }
        Input::Bytes(_) => None,
        Input::Real(value) if !value.is_finite() => None,
        other => Some(other.decimal()),
    };
    // A fraction is truncated, not refused and not rounded (iris-sql §1.3).
    let integer = |low: i64, high: i64| {
        let value = number()?.truncated()?;
        (low..=high).contains(&value).then_some(Value::Integer(value))
    };
    match column.ty {
        Ty::Bit => integer(0, 1),
        Ty::TinyInt => integer(-128, 127),
        Ty::SmallInt => integer(-32_768, 32_767),
        Ty::Integer if column.medium => integer(-8_388_607, 8_388_607),
        Ty::Integer => integer(-2_147_483_648, 2_147_483_647),
        Ty::BigInt => integer(i64::MIN, i64::MAX),
        Ty::Numeric { p, s } => {
            let (value, _) = number()?.scaled(s)?;
            let limit = 10_i128.pow(u32::from(p));
            (i128::from(value).abs() < limit).then_some(Value::Integer(value))
        }
        Ty::Double => {
            let finite = matches!(input, Input::Text(text)
                if !Decimal::is_number(text.trim())
                    && !matches!(text.to_ascii_uppercase().as_str(), "INF" | "-INF" | "NAN"));
            // SQLite keeps NaN as NULL; UNVERIFIED(iris): NAN is refused here for that.
            let value = double(input);
            (!finite && !value.is_nan()).then_some(Value::Real(value))
        }
        Ty::Varchar(limit) => {
            let text = input.text();
            let fits = limit == 0
                || text.len() <= usize::try_from(limit).unwrap_or(usize::MAX)
                || text.encode_utf16().count() <= usize::try_from(limit).unwrap_or(usize::MAX);
            fits.then_some(Value::Text(text))
        }
        Ty::LongVarchar => Some(Value::Text(input.text())),
        Ty::VarBinary(limit) => {
            let bytes = binary(input);
            let fits = limit == 0 || bytes.len() <= usize::try_from(limit).unwrap_or(usize::MAX);
            fits.then_some(Value::Blob(bytes))
        }
        Ty::LongVarBinary | Ty::List => Some(Value::Blob(binary(input))),
        Ty::Guid => {
            let text = input.text();
            let valid = text.len() == 36
                && text.bytes().enumerate().all(|(at, b)| match at {
                    8 | 13 | 18 | 23 => b == b'-',
                    _ => b.is_ascii_hexdigit(),
                });
            valid.then_some(Value::Text(text))
        }
        Ty::Date | Ty::Time(_) | Ty::PosixTime | Ty::TimeStamp => moment(column.ty, input),
        Ty::Unknown | Ty::Decimal { .. } => Some(Value::Text(input.text())),
    }
}

fn moment(ty: Ty, input: &Input) -> Option<Value> {
    match ty {
        Ty::Date => {
            let day = match input {
                Input::Kept(Value::Integer(day), Ty::Date) => *day,
                Input::Kept(..) if input.logical().is_none() => {
                    calendar::parse_timestamp(&input.text())?.0
                }
                _ => input.logical().or_else(|| calendar::parse_date(input.text().trim()))?,
            };
            // A DDL column's MINVAL is 0, 1840-12-31 (iris-sql §4.1).
            (0..=calendar::DATE_MAX).contains(&day).then_some(Value::Integer(day))
        }
        Ty::Time(precision) => {
            let text = input.text();
            let nanos = match calendar::parse_time(&text) {
                Some(nanos) => nanos,
                None if input.logical().is_some() => input.decimal().scaled(9)?.0,
                None => calendar::parse_timestamp(&text)?.1,
            };
            let valid = (0..calendar::DAY_NANOS).contains(&nanos);
            valid.then(|| Value::Integer(calendar::cut(nanos, precision)))
        }
        Ty::PosixTime => {
            if let Some(logical) = input.logical() {
                let range = -6_979_664_624_441_081_856..=1_406_323_805_406_846_975;
                return range.contains(&logical).then_some(Value::Integer(logical));
            }
            let (date, nanos) = calendar::parse_timestamp(&input.text())?;
            Some(Value::Integer(calendar::posix(date, nanos)))
        }
        _ => {
            let (date, nanos) = calendar::parse_timestamp(&input.text())?;
            Some(Value::Text(shown(|out| calendar::put_timestamp(out, date, nanos))))
        }
    }
}

/// A value for a column.
///
/// # Errors
/// −104 in INSERT, −105 in UPDATE, with the filer's text (iris-sql §1.7).
pub(in crate::sql) fn stored(
    table: &Table,
    column: &Column,
    input: &Input,
    insert: bool,
) -> Result<Value, SqlFailure> {
    if input.is_null() {
        return Ok(Value::Null);
    }
    convert(column, input).ok_or_else(|| {
        let text = input.text();
        let mut shown: String = text.chars().take(40).collect();
        if text.chars().count() > 40 {
            shown.push_str("...");
        }
        let shown =
            if text.is_empty() { "<EMPTY STRING>".to_owned() } else { format!("'{shown}'") };
        let full = table.full();
        let name = &column.name;
        let code = if insert { -104 } else { -105 };
        fail(code, format!("Field '{full}.{name}' (value {shown}) failed validation"))
    })
}

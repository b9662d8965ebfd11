//! What the filer takes for a column: validation and conversion of values to be stored.

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use std::borrow::Cow;

use super::api::{SelectMode, SqlFailure};
use super::calendar;
use super::decimal::Decimal;
use super::sqlcode::fail;
use super::store::catalog::{Column, Table};
use super::types::{Kept, Ty};
use super::value::{self, Input, Moment};

/// Why a value is not taken.
enum Misfit {
    /// −104 in INSERT, −105 in UPDATE.
    Invalid,
    /// −146 or −147: the text has not the form of the select mode (iris-sql §4.1).
    Unreadable(Moment),
}

/// A value for a column.
///
/// # Errors
/// −104 in INSERT, −105 in UPDATE, with the filer's text (iris-sql §1.7); −146 and −147 for dates
/// and times that cannot be read in the select mode (iris-sql §4.1).
pub(in crate::sql) fn stored<'a>(
    table: &Table,
    column: &Column,
    input: &Input<'a>,
    mode: SelectMode,
    insert: bool,
) -> Result<ToSqlOutput<'a>, SqlFailure> {
    if input.is_null() {
        return Ok(value::null());
    }
    convert(column, input, mode).map_err(|misfit| match misfit {
        Misfit::Unreadable(moment) => value::unreadable(moment, mode, &input.text()),
        Misfit::Invalid => invalid(table, column, &input.text(), insert),
    })
}

/// −104 or −105 with the filer's text: the value cut at 40 characters (iris-sql §1.7).
pub(in crate::sql) fn invalid(
    table: &Table,
    column: &Column,
    text: &str,
    insert: bool,
) -> SqlFailure {
    let shown = match text.char_indices().nth(40) {
        None if text.is_empty() => "<EMPTY STRING>".to_owned(),
        None => format!("'{text}'"),
        Some((at, _)) => format!("'{}...'", text.get(..at).unwrap_or_default()),
    };
    let (full, name) = (table.full(), &column.name);
    let code = if insert { -104 } else { -105 };
    fail(code, format!("Field '{full}.{name}' (value {shown}) failed validation"))
}

/// The default of a column as it is stored: not validated (iris-sql §1.3). What cannot be kept in
/// the column's form becomes the number that it begins with. UNVERIFIED(iris): for those.
pub(in crate::sql) fn fallback(column: &Column, input: &Input<'_>) -> Value {
    if input.is_null() {
        return Value::Null;
    }
    if let Ok(value) = convert(column, input, SelectMode::Odbc) {
        return value::to_owned(&value);
    }
    match column.ty.kept() {
        Kept::Text | Kept::Number => Value::Text(input.text().into_owned()),
        Kept::Blob => Value::Blob(input.bytes().into_owned()),
        Kept::Real => Value::Real(input.decimal().to_double()),
        Kept::Whole(s) => Value::Integer(input.decimal().scaled(s).map_or(0, |(n, _)| n)),
    }
}

/// The number that a value is, `None` for text that is none.
fn number(input: &Input<'_>) -> Option<Decimal> {
    match input {
        Input::Text(text) => text_number(text),
        Input::Kept(ValueRef::Text(text), Ty::Varchar(_)) => {
            text_number(std::str::from_utf8(text).ok()?)
        }
        Input::Bytes(_) => None,
        Input::Real(value) if !value.is_finite() => None,
        other => Some(other.decimal()),
    }
}

fn text_number(text: &str) -> Option<Decimal> {
    let text = text.trim();
    Decimal::is_number(text).then(|| Decimal::prefix(text))
}

/// The value in the column's form (iris-sql §1.5, §4.1).
fn convert<'a>(
    column: &Column,
    input: &Input<'a>,
    mode: SelectMode,
) -> Result<ToSqlOutput<'a>, Misfit> {
    let simple = match column.ty {
        Ty::Date => return date(input, mode),
        Ty::Time(precision) => return time(input, precision, mode),
        Ty::Bit if mode == SelectMode::Display => {
            // Display to logical: a number other than 0 is 1, no number is 0 (iris-sql §4.1).
            Some(value::integer(i64::from(number(input).is_some_and(|n| !n.is_zero()))))
        }
        Ty::Bit => integer(input, 0, 1),
        Ty::TinyInt => integer(input, -128, 127),
        Ty::SmallInt => integer(input, -32_768, 32_767),
        Ty::Integer if column.medium => integer(input, -8_388_607, 8_388_607),
        Ty::Integer => integer(input, -2_147_483_648, 2_147_483_647),
        // UNVERIFIED(iris): whether %BigInt takes the least 64-bit number; iris-sql §1.5 gives
        // no bounds. Refused, since IRIS reads its digits as a positive number of more than it
        // can hold exactly.
        Ty::BigInt => integer(input, -i64::MAX, i64::MAX),
        Ty::Numeric { p, s } => numeric(input, p, s),
        Ty::Double => double(input),
        Ty::Varchar(limit) => {
            let text = input.text();
            fits(&text, limit).then(|| value::text(text))
        }
        Ty::LongVarchar => Some(value::text(input.text())),
        Ty::VarBinary(limit) => {
            let bytes = input.bytes();
            let fits = limit == 0 || bytes.len() <= usize::try_from(limit).unwrap_or(usize::MAX);
            fits.then(|| value::blob(bytes))
        }
        Ty::LongVarBinary | Ty::List => Some(value::blob(input.bytes())),
        Ty::Guid => {
            let text = input.text();
            is_guid(&text).then(|| value::text(text))
        }
        Ty::PosixTime => posix(input, mode),
        Ty::TimeStamp => timestamp(input),
        Ty::Unknown | Ty::Decimal { .. } => Some(value::text(input.text())),
    };
    simple.ok_or(Misfit::Invalid)
}

/// A fraction is truncated, not refused and not rounded (iris-sql §1.3).
fn integer<'a>(input: &Input<'_>, low: i64, high: i64) -> Option<ToSqlOutput<'a>> {
    let whole = match input {
        Input::Kept(ValueRef::Integer(whole), ty) if ty.is_integer() => *whole,
        input => number(input)?.truncated()?,
    };
    (low..=high).contains(&whole).then(|| value::integer(whole))
}

/// Rounded to the scale; beyond the precision is an overflow (iris-sql §1.5).
fn numeric<'a>(input: &Input<'_>, p: u8, s: u8) -> Option<ToSqlOutput<'a>> {
    let scaled = match input {
        Input::Kept(ValueRef::Integer(whole), ty) if ty.is_integer() => {
            whole.checked_mul(10_i64.checked_pow(u32::from(s))?)?
        }
        input => number(input)?.scaled(s)?.0,
    };
    let limit = 10_i128.pow(u32::from(p));
    (i128::from(scaled).abs() < limit).then(|| value::integer(scaled))
}

/// SQLite keeps NaN as NULL; UNVERIFIED(iris): NAN is refused here for that.
fn double<'a>(input: &Input<'_>) -> Option<ToSqlOutput<'a>> {
    let known = match input {
        Input::Text(text) => {
            Decimal::is_number(text.trim())
                || matches!(text.to_ascii_uppercase().as_str(), "INF" | "-INF")
        }
        Input::Bytes(_) => false,
        _ => true,
    };
    let double = input.double();
    (known && !double.is_nan()).then_some(ToSqlOutput::Owned(Value::Real(double)))
}

/// Lengths count UTF-16 code units (iris-sql §1.5); 0 is unlimited.
fn fits(text: &str, limit: u32) -> bool {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    limit == 0 || text.len() <= limit || text.encode_utf16().count() <= limit
}

fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// A computed text, which no select mode converts (iris-sql §4.1): it is no logical date or time.
/// Rows of a SELECT need CAST for that (iris-sql §1.3).
fn unconverted(input: &Input<'_>) -> bool {
    matches!(input, Input::Kept(ValueRef::Text(_), Ty::Varchar(_) | Ty::Unknown))
}

/// A DDL column's MINVAL is 0, 1840-12-31 (iris-sql §4.1).
fn date<'a>(input: &Input<'_>, mode: SelectMode) -> Result<ToSqlOutput<'a>, Misfit> {
    let day = match input {
        Input::Kept(ValueRef::Integer(day), Ty::Date) => Some(*day),
        // A computed moment: its day.
        Input::Kept(..) if input.logical().is_none() => {
            if unconverted(input) {
                return Err(Misfit::Invalid);
            }
            calendar::parse_timestamp(&input.text()).map(|(day, _)| day)
        }
        _ => value::date(mode, input),
    };
    let Some(day) = day else {
        // In Logical mode nothing is converted: the text itself fails validation.
        let unconverted = mode == SelectMode::Logical;
        return Err(if unconverted { Misfit::Invalid } else { Misfit::Unreadable(Moment::Date) });
    };
    let valid = (0..=calendar::DATE_MAX).contains(&day);
    if valid { Ok(value::integer(day)) } else { Err(Misfit::Invalid) }
}

fn time<'a>(input: &Input<'_>, precision: u8, mode: SelectMode) -> Result<ToSqlOutput<'a>, Misfit> {
    let nanos = match input {
        Input::Kept(ValueRef::Integer(nanos), Ty::Time(_)) => Some(*nanos),
        Input::Kept(..) if input.logical().is_none() => {
            if unconverted(input) {
                return Err(Misfit::Invalid);
            }
            let text = input.text();
            calendar::parse_time(&text)
                .or_else(|| calendar::parse_timestamp(&text).map(|(_, nanos)| nanos))
        }
        _ => value::time(mode, input),
    };
    let Some(nanos) = nanos else {
        let unconverted = mode == SelectMode::Logical;
        return Err(if unconverted { Misfit::Invalid } else { Misfit::Unreadable(Moment::Time) });
    };
    let valid = (0..calendar::DAY_NANOS).contains(&nanos);
    if valid { Ok(value::integer(calendar::cut(nanos, precision))) } else { Err(Misfit::Invalid) }
}

/// Logical values are taken in every mode, within the range of iris-sql §4.1.
fn posix<'a>(input: &Input<'_>, mode: SelectMode) -> Option<ToSqlOutput<'a>> {
    let logical = match input {
        Input::Kept(ValueRef::Integer(logical), Ty::PosixTime) => *logical,
        _ => match (input.logical(), input) {
            (Some(logical), _) => logical,
            (None, Input::Text(_)) if mode == SelectMode::Logical => return None,
            _ if unconverted(input) => return None,
            _ => {
                let computed = matches!(input, Input::Kept(..));
                let mode = if computed { SelectMode::Odbc } else { mode };
                let (date, nanos) = value::timestamp(mode, &input.text())?;
                calendar::posix(date, nanos)
            }
        },
    };
    let range = -6_979_664_624_441_081_856..=1_406_323_805_406_846_975;
    range.contains(&logical).then(|| value::integer(logical))
}

/// %TimeStamp is the same text in every mode (iris-sql §4.1).
fn timestamp<'a>(input: &Input<'_>) -> Option<ToSqlOutput<'a>> {
    let (date, nanos) = value::timestamp(SelectMode::Odbc, &input.text())?;
    Some(value::text(Cow::Owned(value::shown(|out| calendar::put_timestamp(out, date, nanos)))))
}

//! The styles of CONVERT (iris-sql §2).

use rusqlite::Result;
use rusqlite::functions::Context;
use rusqlite::types::Value;

use super::super::calendar;
use super::super::decimal::Decimal;
use super::dates::moment;
use super::formats::{Moment, formatted, posix, read, stamp};
use super::{Body, failure, integer, null, text};

/// What the binder calls for CONVERT (iris-sql §2).
pub(super) const LIST: &[(&str, i32, Body)] = &[
    ("i_styled", 3, styled),
    ("i_convdate", 2, |c| {
        converted(c, calendar::parse_timestamp, |(date, _)| Value::Integer(date))
    }),
    ("i_convtime", 2, |c| converted(c, time_of_day, |(_, nanos)| Value::Integer(nanos))),
    ("i_convstamp", 2, |c| converted(c, calendar::parse_timestamp, stamp)),
    ("i_convposix", 2, |c| converted(c, calendar::parse_timestamp, posix)),
    ("i_convnumber", 1, converted_number),
];

/// The formats of CONVERT's styles, MS codes 100 to 131 (iris-sql §2), and those of the same styles
/// with two digits for the year.
fn style_format(style: i64) -> Option<&'static str> {
    Some(match style {
        0 | 100 => "MON DD YYYY HH12:MIAM",
        1 => "MM/DD/YY",
        101 => "MM/DD/YYYY",
        2 => "YY.MM.DD",
        102 => "YYYY.MM.DD",
        3 => "DD/MM/YY",
        103 => "DD/MM/YYYY",
        4 => "DD.MM.YY",
        104 => "DD.MM.YYYY",
        5 => "DD-MM-YY",
        105 => "DD-MM-YYYY",
        6 => "DD MON YY",
        106 => "DD MON YYYY",
        7 => "MON DD, YY",
        107 => "MON DD, YYYY",
        8 | 108 => "HH24:MI:SS",
        9 | 109 => "MON DD YYYY HH12:MI:SS:FF3AM",
        10 => "MM-DD-YY",
        110 => "MM-DD-YYYY",
        11 => "YY/MM/DD",
        111 => "YYYY/MM/DD",
        12 => "YYMMDD",
        112 => "YYYYMMDD",
        13 | 113 => "DD MON YYYY HH24:MI:SS:FF3",
        14 | 114 => "HH24:MI:SS:FF3",
        20 | 120 => "YYYY-MM-DD HH24:MI:SS",
        21 | 121 => "YYYY-MM-DD HH24:MI:SS.FF3",
        126 => "YYYY-MM-DDTHH24:MI:SS:FF3",
        130 => "DD MON YYYY HH12:MI:SS:FF3AM",
        131 => "DD/MM/YYYY HH12:MI:SS:FF3AM",
        _ => return None,
    })
}

/// −141 (iris-sql §2, Appendix A).
fn not_convertible() -> rusqlite::Error {
    failure(-141, "Invalid input value passed to the CONVERT function")
}

/// A moment as text in a style. UNVERIFIED(iris): a style that no one knows is −141.
fn styled(c: &Context<'_>) -> Result<Value> {
    if null(c, 2) {
        return Ok(Value::Null);
    }
    let Some(at) = moment(c, 0)? else { return Ok(Value::Null) };
    let format = style_format(integer(c, 2)).ok_or_else(not_convertible)?;
    Ok(Value::Text(formatted(at, format)))
}

fn time_of_day(text: &str) -> Option<Moment> {
    match calendar::parse_time(text.trim()) {
        Some(nanos) => Some((0, nanos)),
        None => calendar::parse_timestamp(text),
    }
}

/// CONVERT of text to a date or time: in ODBC format, or in the format of its style; what cannot be
/// read is −141 (iris-sql §2).
fn converted(
    c: &Context<'_>,
    plain: fn(&str) -> Option<Moment>,
    give: fn(Moment) -> Value,
) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Null);
    }
    let given = text(c, 0);
    let found = if null(c, 1) {
        plain(given.trim())
    } else {
        let format = style_format(integer(c, 1)).ok_or_else(not_convertible)?;
        read(&given, format)
    };
    found.map(give).ok_or_else(not_convertible)
}

fn converted_number(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Null);
    }
    let given = text(c, 0);
    if Decimal::is_number(given.trim()) {
        Ok(Value::Text(Decimal::prefix(given.trim()).to_string()))
    } else {
        Err(not_convertible())
    }
}

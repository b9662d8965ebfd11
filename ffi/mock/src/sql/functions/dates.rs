//! Dates, times and timestamps.

use rusqlite::Result;
use rusqlite::functions::Context;
use rusqlite::types::Value;

use super::super::calendar;
use super::{Body, any_null, failure, integer, null, text};

/// What the binder calls for the functions of iris-sql §2 over dates.
pub(super) const LIST: &[(&str, i32, Body)] = &[
    ("i_todate", 1, to_date),
    ("i_totime", 1, to_time),
    ("i_toposix", 1, to_posix),
    ("i_posixof", 1, posix_of),
    ("i_posixtime", 1, posix_of_time),
    ("i_dateof", 1, date_of),
    ("i_timeof", 1, time_of),
    ("i_datetext", 1, date_text),
    ("i_timetext", 1, time_text),
    ("i_posixtext", 1, posix_text),
    ("i_part", 2, part),
    ("i_dateadd", 3, date_add),
    ("i_datediff", 3, date_diff),
];

/// An invalid date casts to 1840-12-31 without error (iris-sql §2).
fn to_date(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Null);
    }
    let day = calendar::parse_timestamp(&text(c, 0)).map_or(0, |(date, _)| date);
    Ok(Value::Integer(day))
}

/// An invalid time casts to midnight (iris-sql §2).
fn to_time(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Null);
    }
    let text = text(c, 0);
    let time = calendar::parse_time(&text)
        .or_else(|| calendar::parse_timestamp(&text).map(|(_, time)| time));
    Ok(Value::Integer(time.unwrap_or(0)))
}

/// An invalid date casts to a timestamp with −400 (iris-sql §2).
fn to_posix(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Null);
    }
    match calendar::parse_timestamp(&text(c, 0)) {
        Some((date, nanos)) => Ok(Value::Integer(calendar::posix(date, nanos))),
        None => Err(failure(-400, "Unexpected error occurred: <ILLEGAL VALUE>")),
    }
}

fn posix_of(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Null);
    }
    let date = integer(c, 0).clamp(-672_045, calendar::DATE_MAX);
    Ok(Value::Integer(calendar::posix(date, 0)))
}

/// A time of the current day.
fn posix_of_time(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Null);
    }
    Ok(Value::Integer(calendar::posix(calendar::now().0, integer(c, 0))))
}

fn date_of(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Null);
    }
    Ok(Value::Integer(calendar::of_posix(integer(c, 0)).0))
}

fn time_of(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Null);
    }
    Ok(Value::Integer(calendar::of_posix(integer(c, 0)).1))
}

fn shown(c: &Context<'_>, put: fn(&mut Vec<u8>, i64)) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Null);
    }
    let mut out = Vec::new();
    put(&mut out, integer(c, 0));
    Ok(Value::Text(String::from_utf8_lossy(&out).into_owned()))
}

fn date_text(c: &Context<'_>) -> Result<Value> {
    shown(c, calendar::put_date)
}

fn time_text(c: &Context<'_>) -> Result<Value> {
    shown(c, calendar::put_time)
}

fn posix_text(c: &Context<'_>) -> Result<Value> {
    shown(c, |out, value| {
        let (date, nanos) = calendar::of_posix(value);
        calendar::put_timestamp(out, date, nanos);
    })
}

/// The date parts of iris-sql §2, in one letter form each.
pub(in crate::sql) fn part_code(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "year" | "yyyy" | "yy" => "yy",
        "quarter" | "qq" | "q" => "qq",
        "month" | "mm" | "m" => "mm",
        "week" | "wk" | "ww" => "ww",
        "weekday" | "dw" | "w" => "dw",
        "day" | "dd" | "d" => "dd",
        "dayofyear" | "dy" | "y" => "dy",
        "hour" | "hh" => "hh",
        "minute" | "mi" | "n" => "mi",
        "second" | "ss" | "s" => "ss",
        "millisecond" | "ms" => "ms",
        "microsecond" | "mcs" => "mcs",
        "nanosecond" | "ns" => "ns",
        _ => return None,
    })
}

/// DATEPART and its relatives (iris-sql §2). UNVERIFIED(iris): weeks begin on Sunday, which is day
/// 1, and 1 January lies in week 1.
fn part(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let (date, nanos) = calendar::of_posix(integer(c, 1));
    let (year, month, day) = calendar::civil(date);
    let Some(code) = part_code(&text(c, 0)) else { return Ok(Value::Null) };
    let of_year = date - calendar::days(year, 1, 1) + 1;
    // Day 0, 1840-12-31, was a Thursday; Sunday is 1.
    let weekday = (date + 4).rem_euclid(7) + 1;
    Ok(Value::Integer(match code {
        "yy" => year,
        "qq" => (month + 2) / 3,
        "mm" => month,
        "ww" => (of_year + (calendar::days(year, 1, 1) + 4).rem_euclid(7) - 1) / 7 + 1,
        "dw" => weekday,
        "dd" => day,
        "dy" => of_year,
        "hh" => nanos / 3_600_000_000_000,
        "mi" => nanos / 60_000_000_000 % 60,
        "ss" => nanos / 1_000_000_000 % 60,
        "ms" => nanos / 1_000_000 % 1_000,
        "mcs" => nanos / 1_000 % 1_000_000,
        _ => nanos % 1_000_000_000,
    }))
}

const DAY: i128 = calendar::DAY_NANOS as i128;

/// Parts of a fixed length; weekday and dayofyear count days (iris-sql §2).
fn unit(code: &str) -> Option<i128> {
    Some(match code {
        "ww" => 7 * DAY,
        "dw" | "dd" | "dy" => DAY,
        "hh" => 3_600_000_000_000,
        "mi" => 60_000_000_000,
        "ss" => 1_000_000_000,
        "ms" => 1_000_000,
        "mcs" => 1_000,
        "ns" => 1,
        _ => return None,
    })
}

fn date_add(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let Some(code) = part_code(&text(c, 0)) else { return Ok(Value::Null) };
    let (count, (date, nanos)) = (integer(c, 1), calendar::of_posix(integer(c, 2)));
    if let Some(unit) = unit(code) {
        let all = i128::from(date) * DAY + i128::from(nanos) + i128::from(count) * unit;
        let (date, nanos) = (all.div_euclid(DAY), all.rem_euclid(DAY));
        let date = i64::try_from(date).unwrap_or(0);
        return Ok(bounded(date, i64::try_from(nanos).unwrap_or(0)));
    }
    let months = match code {
        "yy" => count.saturating_mul(12),
        "qq" => count.saturating_mul(3),
        _ => count,
    };
    let (year, month, day) = calendar::civil(date);
    let all = (year * 12 + month - 1).saturating_add(months.clamp(-200_000, 200_000));
    let (year, month) = (all.div_euclid(12), all.rem_euclid(12) + 1);
    let day = day.min(calendar::month_length(year, month));
    Ok(bounded(calendar::days(year, month, day), nanos))
}

fn bounded(date: i64, nanos: i64) -> Value {
    if (-672_045..=calendar::DATE_MAX).contains(&date) {
        Value::Integer(calendar::posix(date, nanos))
    } else {
        Value::Null
    }
}

/// Counts boundaries between two moments; quarters are not supported (iris-sql §2).
fn date_diff(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let Some(code) = part_code(&text(c, 0)) else { return Ok(Value::Null) };
    let (a, b) = (calendar::of_posix(integer(c, 1)), calendar::of_posix(integer(c, 2)));
    let ((y1, m1, _), (y2, m2, _)) = (calendar::civil(a.0), calendar::civil(b.0));
    let count = |unit: i128, shift: i128| {
        let place = |(date, nanos): (i64, i64)| {
            (i128::from(date) * DAY + i128::from(nanos) + shift).div_euclid(unit)
        };
        i64::try_from(place(b) - place(a)).unwrap_or(0)
    };
    Ok(match code {
        "yy" => Value::Integer(y2 - y1),
        "mm" => Value::Integer((y2 - y1) * 12 + m2 - m1),
        "qq" => Value::Null,
        "ww" => Value::Integer(count(7 * DAY, 4 * DAY)),
        other => unit(other).map_or(Value::Null, |unit| Value::Integer(count(unit, 0))),
    })
}

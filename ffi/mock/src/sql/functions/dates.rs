//! Dates, times and timestamps. A moment is two arguments: the value and how it is kept, `d` for a
//! logical date, `t` for nanoseconds, `p` for a logical %PosixTime, `s` for text.

use std::ops::RangeInclusive;

use rusqlite::Result;
use rusqlite::functions::Context;
use rusqlite::types::Value;

use super::super::calendar;
use super::super::decimal::Decimal;
use super::{Body, any_null, decimal, illegal_value, integer, null, number, text, too_large};

/// What the binder calls for the functions of iris-sql §2 over dates.
pub(super) const LIST: &[(&str, i32, Body)] = &[
    // Of one kept value.
    ("i_todate", 1, |c| silent(c, 's', |(date, _)| date)),
    ("i_totime", 1, |c| silent(c, 's', |(_, nanos)| nanos)),
    ("i_toposix", 1, |c| one(c, 's', |(date, nanos)| Value::Integer(calendar::posix(date, nanos)))),
    ("i_posixof", 1, |c| one(c, 'd', |(date, nanos)| Value::Integer(calendar::posix(date, nanos)))),
    ("i_posixtime", 1, |c| {
        one(c, 't', |(date, nanos)| Value::Integer(calendar::posix(date, nanos)))
    }),
    ("i_dateof", 1, |c| one(c, 'p', |(date, _)| Value::Integer(date))),
    ("i_timeof", 1, |c| one(c, 'p', |(_, nanos)| Value::Integer(nanos))),
    ("i_datetext", 1, |c| one(c, 'd', |(date, _)| shown(|out| calendar::put_date(out, date)))),
    ("i_timetext", 1, |c| one(c, 't', |(_, nanos)| shown(|out| calendar::put_time(out, nanos)))),
    ("i_posixtext", 1, |c| one(c, 'p', stamp)),
    ("i_displaydate", 1, |c| one(c, 'd', display_date)),
    ("i_daynumber", 1, |c| in_range(c, 0, calendar::DATE_MIN..=calendar::DATE_MAX)),
    ("i_timenumber", 1, |c| in_range(c, 9, 0..=calendar::DAY_NANOS - 1)),
    // Of a moment.
    ("i_date", 2, |c| moment_or_zero(c, |(date, _)| date)),
    ("i_time", 2, |c| moment_or_zero(c, |(_, nanos)| nanos)),
    ("i_castdate", 2, |c| moment_or_zero(c, |(date, _)| date)),
    ("i_casttime", 3, cast_time),
    ("i_stamp", 2, |c| of(c, stamp)),
    ("i_posix", 2, |c| of(c, |(date, nanos)| Value::Integer(calendar::posix(date, nanos)))),
    ("i_year", 2, |c| of(c, |m| number_part("yy", m))),
    ("i_quarter", 2, |c| of(c, |m| number_part("qq", m))),
    ("i_month", 2, |c| of(c, |m| number_part("mm", m))),
    ("i_week", 2, |c| of(c, |m| number_part("ww", m))),
    ("i_day", 2, |c| of(c, |m| number_part("dd", m))),
    ("i_dayofweek", 2, |c| of(c, |m| number_part("dw", m))),
    ("i_dayofyear", 2, |c| of(c, |m| number_part("dy", m))),
    ("i_hour", 2, |c| of(c, |m| number_part("hh", m))),
    ("i_minute", 2, |c| of(c, |m| number_part("mi", m))),
    ("i_second", 2, |c| of(c, |m| number_part("ss", m))),
    ("i_dayname", 2, |c| of(c, |m| name_part("dw", m))),
    ("i_monthname", 2, |c| of(c, |m| name_part("mm", m))),
    ("i_lastday", 2, |c| of(c, last_day)),
    ("i_unix", 2, |c| of(c, unix)),
    // Of a date part and moments.
    ("i_datepart", 3, |c| with_part(c, number_part)),
    ("i_datename", 3, |c| with_part(c, name_part)),
    ("i_datetrunc", 3, date_trunc),
    ("i_dateadd", 4, date_add),
    ("i_tsadd", 4, date_add),
    ("i_datediff", 5, |c| date_diff(c, false)),
    ("i_tsdiff", 5, |c| date_diff(c, true)),
];

/// A number that is cast to a date or a time. UNVERIFIED(iris): one that is none becomes 0, as a
/// text that is none does (iris-sql §2).
fn in_range(c: &Context<'_>, scale: u8, range: RangeInclusive<i64>) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Null);
    }
    let value = number(c, 0);
    let whole = match scale {
        0 => value.truncated(),
        _ => value.scaled(scale).map(|(value, _)| value),
    };
    Ok(Value::Integer(whole.filter(|value| range.contains(value)).unwrap_or(0)))
}

/// A logical date and nanoseconds since midnight.
type Moment = (i64, i64);

/// Reads a value that is kept as `kind` says; text that is no date is `<ILLEGAL VALUE>` (iris-sql
/// §1.8, §2).
fn read(c: &Context<'_>, at: usize, kind: char) -> Result<Option<Moment>> {
    if null(c, at) {
        return Ok(None);
    }
    Ok(Some(match kind {
        'd' => (integer(c, at).clamp(calendar::DATE_MIN, calendar::DATE_MAX), 0),
        // A time alone is one of the present day.
        't' => (calendar::now().0, integer(c, at)),
        'p' => calendar::of_posix(integer(c, at)),
        _ => calendar::parse_moment(&text(c, at)).ok_or_else(illegal_value)?,
    }))
}

/// The moment that begins at argument `at`.
pub(super) fn moment(c: &Context<'_>, at: usize) -> Result<Option<Moment>> {
    let kind = text(c, at + 1).chars().next().unwrap_or('s');
    read(c, at, kind)
}

fn one(c: &Context<'_>, kind: char, f: fn(Moment) -> Value) -> Result<Value> {
    Ok(read(c, 0, kind)?.map_or(Value::Null, f))
}

fn of(c: &Context<'_>, f: fn(Moment) -> Value) -> Result<Value> {
    Ok(moment(c, 0)?.map_or(Value::Null, f))
}

/// An invalid date casts to 1840-12-31 and an invalid time to midnight, in silence (iris-sql §2).
fn silent(c: &Context<'_>, kind: char, f: fn(Moment) -> i64) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Null);
    }
    let found = read(c, 0, kind).ok().flatten();
    Ok(Value::Integer(found.map_or(0, f)))
}

/// The same of a moment.
fn moment_or_zero(c: &Context<'_>, f: fn(Moment) -> i64) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Null);
    }
    let found = moment(c, 0).ok().flatten();
    Ok(Value::Integer(found.map_or(0, f)))
}

/// CAST AS TIME(p). UNVERIFIED(iris): without p the fraction is cut off.
fn cast_time(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Null);
    }
    let nanos = moment(c, 0).ok().flatten().map_or(0, |(_, nanos)| nanos);
    Ok(Value::Integer(calendar::cut(nanos, u8::try_from(integer(c, 2)).unwrap_or(0))))
}

fn shown(put: impl Fn(&mut Vec<u8>)) -> Value {
    let mut out = Vec::new();
    put(&mut out);
    Value::Text(String::from_utf8_lossy(&out).into_owned())
}

/// A timestamp's text (iris-sql §4.1).
fn stamp((date, nanos): Moment) -> Value {
    shown(|out| calendar::put_timestamp(out, date, nanos))
}

/// `MM/DD/YYYY`, Display mode (iris-sql §4.1).
fn display_date((date, _): Moment) -> Value {
    let (year, month, day) = calendar::civil(date);
    Value::Text(format!("{month:02}/{day:02}/{year:04}"))
}

fn last_day((date, _): Moment) -> Value {
    let (year, month, _) = calendar::civil(date);
    Value::Integer(calendar::days(year, month, calendar::month_length(year, month)))
}

/// Seconds since 1970; the simulator's zone is UTC.
fn unix((date, nanos): Moment) -> Value {
    let days = i128::from(date) - i128::from(calendar::DAYS_TO_EPOCH);
    let all = days * i128::from(calendar::DAY_NANOS) + i128::from(nanos);
    decimal(Decimal::new(all, 9))
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
        "sqltimestamp" | "sts" => "sts",
        _ => return None,
    })
}

/// A part as a number; `sts` is the whole timestamp. UNVERIFIED(iris): weeks begin on Sunday, and
/// the first one has January 1st; days of the week count from Sunday, 1.
pub(super) fn number_part(code: &str, (date, nanos): Moment) -> Value {
    let (year, month, day) = calendar::civil(date);
    let first = calendar::days(year, 1, 1);
    let of_year = date - first + 1;
    Value::Integer(match code {
        "yy" => year,
        "qq" => (month + 2) / 3,
        "mm" => month,
        "ww" => (of_year + calendar::weekday(first) - 2) / 7 + 1,
        "dw" => calendar::weekday(date),
        "dd" => day,
        "dy" => of_year,
        "hh" => nanos / 3_600_000_000_000,
        "mi" => nanos / 60_000_000_000 % 60,
        "ss" => nanos / 1_000_000_000 % 60,
        "ms" => nanos / 1_000_000 % 1_000,
        "mcs" => nanos / 1_000 % 1_000_000,
        "ns" => nanos % 1_000_000_000,
        _ => return stamp((date, nanos)),
    })
}

/// A part as text: months and days of the week by their names (iris-sql §2).
pub(super) fn name_part(code: &str, at: Moment) -> Value {
    match (code, number_part(code, at)) {
        ("mm", Value::Integer(month)) => named(&calendar::MONTHS, month),
        ("dw", Value::Integer(day)) => named(&calendar::WEEKDAYS, day),
        (_, Value::Integer(value)) => Value::Text(value.to_string()),
        (_, other) => other,
    }
}

fn named(names: &[&str], place: i64) -> Value {
    let index = usize::try_from(place - 1).unwrap_or(usize::MAX);
    Value::Text(names.get(index).copied().unwrap_or_default().to_owned())
}

/// A part that no one knows gives NULL: it came in a host variable (iris-sql §1.8).
fn with_part(c: &Context<'_>, f: fn(&str, Moment) -> Value) -> Result<Value> {
    let (at, code) = (moment(c, 1)?, text(c, 0));
    Ok(match (part_code(&code), at) {
        (Some(code), Some(at)) => f(code, at),
        _ => Value::Null,
    })
}

const DAY: i128 = calendar::DAY_NANOS as i128;

/// Nanoseconds of a part that has a fixed length; `weekday` and `dayofyear` act as `day` (iris-sql
/// §2).
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

/// A timestamp as it came: %PosixTime stays one (iris-sql §2). There is none outside of the years
/// 0001 to 9999 (iris-sql §4.1): `<ILLEGAL VALUE>`.
fn like(c: &Context<'_>, kind_at: usize, (date, nanos): Moment) -> Result<Value> {
    if !(calendar::DATE_MIN..=calendar::DATE_MAX).contains(&date) {
        return Err(illegal_value());
    }
    Ok(match text(c, kind_at).as_str() {
        "p" => Value::Integer(calendar::posix(date, nanos)),
        _ => stamp((date, nanos)),
    })
}

/// DATEADD and TIMESTAMPADD (iris-sql §2).
fn date_add(c: &Context<'_>) -> Result<Value> {
    let (at, code) = (moment(c, 2)?, text(c, 0));
    let (Some(code), Some((date, nanos)), false) = (part_code(&code), at, null(c, 1)) else {
        return Ok(Value::Null);
    };
    let count = integer(c, 1);
    if let Some(unit) = unit(code) {
        let all = i128::from(date) * DAY + i128::from(nanos) + i128::from(count) * unit;
        let date = i64::try_from(all.div_euclid(DAY)).unwrap_or(i64::MAX);
        let nanos = i64::try_from(all.rem_euclid(DAY)).unwrap_or(0);
        return like(c, 3, (date, nanos));
    }
    let months = match code {
        "yy" => count.saturating_mul(12),
        "qq" => count.saturating_mul(3),
        "mm" => count,
        _ => return Ok(Value::Null),
    };
    let (year, month, day) = calendar::civil(date);
    // 200 000 months are more than all years that there are.
    let all = (year * 12 + month - 1).saturating_add(months.clamp(-200_000, 200_000));
    let (year, month) = (all.div_euclid(12), all.rem_euclid(12) + 1);
    let day = day.min(calendar::month_length(year, month));
    like(c, 3, (calendar::days(year, month, day), nanos))
}

/// DATE_TRUNC: the first moment of the part (iris-sql §2).
fn date_trunc(c: &Context<'_>) -> Result<Value> {
    let (at, code) = (moment(c, 1)?, text(c, 0));
    let (Some(code), Some((date, nanos))) = (part_code(&code), at) else {
        return Ok(Value::Null);
    };
    let (year, month, _) = calendar::civil(date);
    let cut = match code {
        "yy" => (calendar::days(year, 1, 1), 0),
        "qq" => (calendar::days(year, (month - 1) / 3 * 3 + 1, 1), 0),
        "mm" => (calendar::days(year, month, 1), 0),
        "ww" => (date - calendar::weekday(date) + 1, 0),
        "dw" | "dd" | "dy" => (date, 0),
        _ => {
            let unit = unit(code).and_then(|unit| i64::try_from(unit).ok()).unwrap_or(1);
            (date, nanos - nanos.rem_euclid(unit))
        }
    };
    like(c, 2, cut)
}

/// Counts boundaries between two moments. DATEDIFF does not know quarters, TIMESTAMPDIFF does
/// (iris-sql §2). UNVERIFIED(iris): TIMESTAMPDIFF counts boundaries, too.
fn date_diff(c: &Context<'_>, quarters: bool) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let Some(code) = part_code(&text(c, 0)) else { return Ok(Value::Null) };
    let (Some(a), Some(b)) = (moment(c, 1)?, moment(c, 3)?) else { return Ok(Value::Null) };
    let ((y1, m1, _), (y2, m2, _)) = (calendar::civil(a.0), calendar::civil(b.0));
    let count = |unit: i128, shift: i128| {
        let place = |(date, nanos): Moment| {
            (i128::from(date) * DAY + i128::from(nanos) + shift).div_euclid(unit)
        };
        i64::try_from(place(b) - place(a)).map(Value::Integer).map_err(|_| too_large())
    };
    match code {
        "yy" => Ok(Value::Integer(y2 - y1)),
        "mm" => Ok(Value::Integer((y2 - y1) * 12 + m2 - m1)),
        "qq" if quarters => Ok(Value::Integer((y2 - y1) * 4 + (m2 - 1) / 3 - (m1 - 1) / 3)),
        // Day 0 was a Thursday: four days later the week ends.
        "ww" => count(7 * DAY, 4 * DAY),
        other => unit(other).map_or(Ok(Value::Null), |unit| count(unit, 0)),
    }
}

//! Dates, times and timestamps. IRIS sends them as ISO text in ODBC mode.
//!
//! IRIS keeps a `timestamptz` in UTC; its text is in the session's time zone.

use bytes::BytesMut;

use super::super::calendar::{DAY, Date, SECOND, Stamp};
use super::super::error::ValueError;
use super::super::interval::Interval;
use super::super::list::Item;
use super::super::pg::{Format, PgType};
use super::{Codec, sized, unfit};

pub(super) fn date(out: &mut BytesMut, format: Format, item: Item<'_>) -> Result<(), ValueError> {
    let text = iso_text(PgType::Date, item)?;
    let date = read_date(text).ok_or_else(|| unfit(PgType::Date, item))?;
    match format {
        Format::Text => sized(out, text),
        Format::Binary => {
            let days = i32::try_from(date.to_days()).map_err(|_| unfit(PgType::Date, item))?;
            sized(out, &days.to_be_bytes())
        }
    }
}

pub(super) fn time(out: &mut BytesMut, format: Format, item: Item<'_>) -> Result<(), ValueError> {
    let text = iso_text(PgType::Time, item)?;
    let micros = read_time(text).ok_or_else(|| unfit(PgType::Time, item))?;
    match format {
        Format::Text => {
            let mut stamp = Stamp::new();
            stamp.time(micros);
            sized(out, stamp.as_bytes())
        }
        Format::Binary => sized(out, &micros.to_be_bytes()),
    }
}

pub(super) fn timestamp(
    out: &mut BytesMut,
    format: Format,
    item: Item<'_>,
) -> Result<(), ValueError> {
    let ty = PgType::Timestamp;
    let text = iso_text(ty, item)?;
    let micros = read_timestamp(text).ok_or_else(|| unfit(ty, item))?;
    match format {
        Format::Text if is_canonical(text) => sized(out, text),
        Format::Text => {
            let mut stamp = Stamp::new();
            stamp.timestamp(micros);
            sized(out, stamp.as_bytes())
        }
        Format::Binary => sized(out, &micros.to_be_bytes()),
    }
}

/// `timestamptz`: UTC in IRIS, the session's zone in PostgreSQL's text. Source: `EncodeDateTime`.
pub(super) fn zoned(out: &mut BytesMut, codec: &Codec, item: Item<'_>) -> Result<(), ValueError> {
    let text = iso_text(codec.ty, item)?;
    let micros = read_timestamp(text).ok_or_else(|| unfit(codec.ty, item))?;
    if codec.format == Format::Binary {
        return sized(out, &micros.to_be_bytes());
    }
    let mut stamp = Stamp::new();
    if codec.zone.is_utc() && is_canonical(text) {
        stamp.extend(text);
        stamp.extend(b"+00");
        return sized(out, stamp.as_bytes());
    }
    let east = codec.zone.offset(micros);
    let local = micros.saturating_add(east.saturating_mul(SECOND));
    stamp.timestamp(local);
    offset(&mut stamp, east);
    if Date::from_days(local.div_euclid(DAY)).year <= 0 {
        stamp.extend(b" BC");
    }
    sized(out, stamp.as_bytes())
}

/// `+HH`, with minutes and seconds where there are some. Source: `EncodeTimezone`.
fn offset(stamp: &mut Stamp, east: i64) {
    stamp.push(if east < 0 { b'-' } else { b'+' });
    let seconds = east.saturating_abs();
    let (minutes, second) = (seconds.div_euclid(60).rem_euclid(60), seconds.rem_euclid(60));
    stamp.number(seconds.div_euclid(3600), 2);
    if minutes != 0 || second != 0 {
        stamp.push(b':');
        stamp.number(minutes, 2);
    }
    if second != 0 {
        stamp.push(b':');
        stamp.number(second, 2);
    }
}

/// An interval, which IRIS keeps as a text that the gateway wrote.
pub(super) fn interval(
    out: &mut BytesMut,
    format: Format,
    item: Item<'_>,
) -> Result<(), ValueError> {
    let text = iso_text(PgType::Interval, item)?;
    let interval = Interval::of_kept(text).ok_or_else(|| unfit(PgType::Interval, item))?;
    match format {
        Format::Text => sized(out, interval.text().as_bytes()),
        Format::Binary => sized(out, &interval.to_bytes()),
    }
}

/// True for a timestamp's text that PostgreSQL would print alike: with a time, and no fraction or
/// one of up to six digits without a zero at the end.
fn is_canonical(text: &[u8]) -> bool {
    text.len() == 19 || ((21..=26).contains(&text.len()) && text.last() != Some(&b'0'))
}

fn iso_text(ty: PgType, item: Item<'_>) -> Result<&[u8], ValueError> {
    match item {
        Item::Bytes(text) => Ok(text),
        other => Err(unfit(ty, other)),
    }
}

/// `YYYY-MM-DD`, an existing day.
fn read_date(text: &[u8]) -> Option<Date> {
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = text else { return None };
    let date = Date {
        year: number(&[*y0, *y1, *y2, *y3])?,
        month: number(&[*m0, *m1])?,
        day: number(&[*d0, *d1])?,
    };
    date.exists().then_some(date)
}

/// `HH:MM:SS` with up to nine digits of a fraction, rounded to microseconds.
fn read_time(text: &[u8]) -> Option<i64> {
    let ([h0, h1, b':', m0, m1, b':', s0, s1], rest) = text.split_first_chunk::<8>()? else {
        return None;
    };
    let hours = number(&[*h0, *h1]).filter(|hours| *hours < 24)?;
    let minutes = number(&[*m0, *m1]).filter(|minutes| *minutes < 60)?;
    let seconds = number(&[*s0, *s1]).filter(|seconds| *seconds < 60)?;
    let whole = hours.saturating_mul(60).saturating_add(minutes);
    let whole = whole.saturating_mul(60).saturating_add(seconds).saturating_mul(SECOND);
    let fraction = match rest.split_first() {
        None => 0,
        Some((b'.', digits)) if (1..=9).contains(&digits.len()) => {
            let missing = u32::try_from(9_usize.saturating_sub(digits.len())).ok()?;
            let nanos = number(digits)?.saturating_mul(10_i64.saturating_pow(missing));
            nanos.saturating_add(500).div_euclid(1000)
        }
        Some(_) => return None,
    };
    Some(whole.saturating_add(fraction))
}

/// Date, blank, time; a date alone is its midnight.
fn read_timestamp(text: &[u8]) -> Option<i64> {
    let (date, rest) = text.split_at_checked(10)?;
    let days = read_date(date)?.to_days();
    let time = match rest.split_first() {
        None => 0,
        Some((b' ', time)) => read_time(time)?,
        Some(_) => return None,
    };
    Some(days.saturating_mul(DAY).saturating_add(time))
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0_i64, |value, byte| {
        let digit = byte.is_ascii_digit().then(|| i64::from(byte.saturating_sub(b'0')))?;
        Some(value.saturating_mul(10).saturating_add(digit))
    })
}

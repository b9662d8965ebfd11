//! PostgreSQL's own form of intervals: `1 year 2 days -3:04`. Source: `DecodeInterval`.

use super::fields::{Field, Kind, split};
use super::iso;
use super::span::{Fault, Span, whole};
use super::{Interval, ValueError};
use crate::types::pg::PgType;

/// Characters of a word that PostgreSQL compares (`TOKMAXLEN`).
const WORD_LENGTH: usize = 10;

/// What the numbers of an interval count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Microsecond,
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
    Decade,
    Century,
    Millennium,
    /// What PostgreSQL's table says of the word `ago`: no unit that a number could have.
    Nothing,
}

/// The bits of a mask of units.
mod mask {
    pub(super) const MICROSECOND: u16 = 1;
    pub(super) const MILLISECOND: u16 = 2;
    pub(super) const SECOND: u16 = 4;
    pub(super) const SECONDS: u16 = MICROSECOND | MILLISECOND | SECOND;
    pub(super) const MINUTE: u16 = 8;
    pub(super) const HOUR: u16 = 16;
    pub(super) const TIME: u16 = SECONDS | MINUTE | HOUR;
    pub(super) const DAY: u16 = 32;
    pub(super) const WEEK: u16 = 64;
    pub(super) const MONTH: u16 = 128;
    pub(super) const YEAR: u16 = 256;
    pub(super) const DECADE: u16 = 512;
    pub(super) const CENTURY: u16 = 1024;
    pub(super) const MILLENNIUM: u16 = 2048;
}

pub(super) fn read(text: &str) -> Result<Interval, ValueError> {
    let named = |fault| match fault {
        Fault::Format => ValueError::InvalidText { ty: PgType::Interval, text: text.to_owned() },
        Fault::Overflow => ValueError::IntervalField { text: text.to_owned() },
    };
    let span = match postgres(text.as_bytes()) {
        Err(Fault::Format) => iso::read(text.as_bytes()),
        other => other,
    };
    span.map_err(named)?.interval().ok_or(ValueError::IntervalRange)
}

fn postgres(text: &[u8]) -> Result<Span, Fault> {
    let fields = split(text).ok_or(Fault::Format)?;
    let mut reading = Reading { span: Span::default(), unit: None, ago: false };
    let mut seen: u16 = 0;
    // Units follow their numbers: the last field comes first.
    for field in fields.iter().rev() {
        let mask = reading.field(field)?;
        if mask & seen != 0 {
            return Err(Fault::Format);
        }
        seen |= mask;
    }
    if seen == 0 {
        return Err(Fault::Format);
    }
    if reading.ago { reading.span.negated() } else { Ok(reading.span) }
}

struct Reading {
    span: Span,
    /// The unit of the number that comes next; at the beginning none.
    unit: Option<Unit>,
    ago: bool,
}

impl Reading {
    /// Takes one field and gives the units that it filled.
    fn field(&mut self, field: &Field) -> Result<u16, Fault> {
        match field.kind {
            Kind::Time => self.time(&field.text, false),
            Kind::Signed if field.text.contains(&b':') => {
                let (sign, time) = field.text.split_at_checked(1).ok_or(Fault::Format)?;
                self.time(time, sign == b"-").or_else(|_| self.number(&field.text))
            }
            Kind::Signed | Kind::Date | Kind::Number => self.number(&field.text),
            Kind::Word | Kind::Special => self.word(&field.text),
        }
    }

    fn time(&mut self, text: &[u8], negative: bool) -> Result<u16, Fault> {
        let micros = clock(text)?;
        let signed = if negative { micros.checked_neg() } else { Some(micros) };
        self.span.micros = signed.ok_or(Fault::Overflow)?;
        // A number before a time counts days.
        self.unit = Some(Unit::Day);
        Ok(mask::TIME)
    }

    fn word(&mut self, text: &[u8]) -> Result<u16, Fault> {
        let word = text.get(..WORD_LENGTH).unwrap_or(text);
        if word == b"ago" {
            self.ago = true;
            self.unit = Some(Unit::Nothing);
            return Ok(0);
        }
        self.unit = Some(unit(word).ok_or(Fault::Format)?);
        Ok(0)
    }

    fn number(&mut self, text: &[u8]) -> Result<u16, Fault> {
        let unit = self.unit.unwrap_or(Unit::Second);
        self.unit = Some(unit);
        let negative = text.first() == Some(&b'-');
        let (number, rest) = integer(text)?;
        let (number, fraction) = match rest.split_first() {
            None => (number, 0.0),
            Some((b'-', months)) => {
                self.unit = Some(Unit::Month);
                return self.years_and_months(number, months, negative);
            }
            Some((b'.', _)) => (number, self::fraction(rest)?),
            Some(_) => return Err(Fault::Format),
        };
        self.count(unit, number, if negative { -fraction } else { fraction })
    }

    /// `1-2`: years and months.
    fn years_and_months(
        &mut self,
        years: i64,
        months: &[u8],
        negative: bool,
    ) -> Result<u16, Fault> {
        let (months, rest) = small(months)?;
        if !(0..12).contains(&months) {
            return Err(Fault::Overflow);
        }
        if !rest.is_empty() {
            return Err(Fault::Format);
        }
        let months = if negative { months.saturating_neg() } else { months };
        let months = years.checked_mul(12).and_then(|years| years.checked_add(months));
        self.span.months(months.ok_or(Fault::Overflow)?, 0.0)?;
        Ok(mask::MONTH)
    }

    fn count(&mut self, unit: Unit, number: i64, fraction: f64) -> Result<u16, Fault> {
        let span = &mut self.span;
        let filled = match unit {
            Unit::Microsecond => span.micros(number, fraction, 1).map(|()| mask::MICROSECOND),
            Unit::Millisecond => span.micros(number, fraction, 1_000).map(|()| mask::MILLISECOND),
            Unit::Second => span
                .micros(number, fraction, 1_000_000)
                .map(|()| if fraction == 0.0 { mask::SECOND } else { mask::SECONDS }),
            Unit::Minute => span.micros(number, fraction, 60_000_000).map(|()| mask::MINUTE),
            Unit::Hour => span.hours(number, fraction).map(|()| mask::HOUR),
            Unit::Day => span.days(number, fraction).map(|()| mask::DAY),
            Unit::Week => span.weeks(number, fraction).map(|()| mask::WEEK),
            Unit::Month => span.months(number, fraction).map(|()| mask::MONTH),
            Unit::Year => span.years(number, fraction, 1).map(|()| mask::YEAR),
            Unit::Decade => span.years(number, fraction, 10).map(|()| mask::DECADE),
            Unit::Century => span.years(number, fraction, 100).map(|()| mask::CENTURY),
            Unit::Millennium => span.years(number, fraction, 1000).map(|()| mask::MILLENNIUM),
            Unit::Nothing => Err(Fault::Format),
        }?;
        if unit == Unit::Hour {
            self.unit = Some(Unit::Day);
        }
        Ok(filled)
    }
}

/// The unit of a word of at most ten letters. Source: `deltatktbl`.
fn unit(word: &[u8]) -> Option<Unit> {
    Some(match word {
        b"us" | b"usec" | b"usecs" | b"usecond" | b"useconds" | b"microsecon" => Unit::Microsecond,
        b"ms" | b"msec" | b"msecs" | b"msecond" | b"mseconds" | b"millisecon" => Unit::Millisecond,
        b"s" | b"sec" | b"secs" | b"second" | b"seconds" => Unit::Second,
        b"m" | b"min" | b"mins" | b"minute" | b"minutes" => Unit::Minute,
        b"h" | b"hr" | b"hrs" | b"hour" | b"hours" => Unit::Hour,
        b"d" | b"day" | b"days" => Unit::Day,
        b"w" | b"week" | b"weeks" => Unit::Week,
        b"mon" | b"mons" | b"month" | b"months" => Unit::Month,
        b"y" | b"yr" | b"yrs" | b"year" | b"years" => Unit::Year,
        b"dec" | b"decs" | b"decade" | b"decades" => Unit::Decade,
        b"c" | b"cent" | b"century" | b"centuries" => Unit::Century,
        b"mil" | b"mils" | b"millennia" | b"millennium" => Unit::Millennium,
        _ => return None,
    })
}

/// `H:M[:S[.f]]` or `M:S.f`. Source: `DecodeTimeForInterval`.
fn clock(text: &[u8]) -> Result<i64, Fault> {
    let (mut hours, rest) = integer(text)?;
    let rest = rest.strip_prefix(b":").ok_or(Fault::Format)?;
    let (mut minutes, rest) = small(rest)?;
    let (mut seconds, mut micros) = (0, 0);
    match rest.split_first() {
        None => {}
        Some((b'.', _)) => {
            micros = rounded(rest)?;
            if i32::try_from(hours).is_err() {
                return Err(Fault::Overflow);
            }
            (hours, minutes, seconds) = (0, hours, minutes);
        }
        Some((b':', tail)) => {
            let (number, tail) = small(tail)?;
            seconds = number;
            match tail.first() {
                None => {}
                Some(b'.') => micros = rounded(tail)?,
                Some(_) => return Err(Fault::Format),
            }
        }
        Some(_) => return Err(Fault::Format),
    }
    if hours < 0 || !(0..60).contains(&minutes) || !(0..=60).contains(&seconds) {
        return Err(Fault::Overflow);
    }
    let mut span = Span::default();
    span.micros = micros;
    span.hours(hours, 0.0)?;
    span.micros(minutes, 0.0, 60_000_000)?;
    span.micros(seconds, 0.0, 1_000_000)?;
    Ok(span.micros)
}

/// A fraction of a second in microseconds, a half rounded to the even one.
fn rounded(text: &[u8]) -> Result<i64, Fault> {
    whole((fraction(text)? * 1_000_000.0).round_ties_even())
}

/// `.digits` as a number; a point alone is zero.
fn fraction(text: &[u8]) -> Result<f64, Fault> {
    if text == b"." {
        return Ok(0.0);
    }
    let digits = text.strip_prefix(b".").ok_or(Fault::Format)?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return Err(Fault::Format);
    }
    std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).ok_or(Fault::Format)
}

/// What C's `strtol` makes of the text, with a limit of 64 bits, and what it leaves. Without a
/// digit the number is 0 and all is left.
fn integer(text: &[u8]) -> Result<(i64, &[u8]), Fault> {
    let (sign, digits) = match text.split_first() {
        Some((b'-', rest)) => (-1, rest),
        Some((b'+', rest)) => (1, rest),
        _ => (1_i64, text),
    };
    let end = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    if end == 0 {
        return Ok((0, text));
    }
    let (digits, rest) = digits.split_at_checked(end).unwrap_or((digits, &[]));
    let value = digits.iter().try_fold(0_i64, |value, byte| {
        let digit = i64::from(byte.saturating_sub(b'0')).saturating_mul(sign);
        value.checked_mul(10)?.checked_add(digit)
    });
    value.map(|value| (value, rest)).ok_or(Fault::Overflow)
}

/// The same with a limit of 32 bits.
fn small(text: &[u8]) -> Result<(i64, &[u8]), Fault> {
    let (value, rest) = integer(text)?;
    if i32::try_from(value).is_err() {
        return Err(Fault::Overflow);
    }
    Ok((value, rest))
}

//! ISO 8601's forms of intervals: `P1Y2DT3H` and `P0001-02-03T04:05:06`.
//!
//! Source: `DecodeISO8601Interval`.

use super::span::{Fault, Span, whole};

/// The greatest number of a field (PostgreSQL: ±10¹⁵).
const NUMBER_MAX: f64 = 1.0e15;

/// A number with its sign and fraction, and the width of its digits before the point.
struct Number {
    whole: i64,
    fraction: f64,
    width: usize,
}

pub(super) fn read(text: &[u8]) -> Result<Span, Fault> {
    let rest = text.strip_prefix(b"P").filter(|rest| !rest.is_empty()).ok_or(Fault::Format)?;
    let mut reading = Reading { rest, span: Span::default() };
    let (mut date, mut any) = (true, false);
    while !reading.rest.is_empty() {
        if reading.take(b'T') {
            (date, any) = (false, false);
            continue;
        }
        let number = reading.number()?;
        let unit = reading.unit();
        match (date, unit) {
            (true, Some(b'Y')) => reading.span.years(number.whole, number.fraction, 1)?,
            (true, Some(b'M')) => reading.span.months(number.whole, number.fraction)?,
            (true, Some(b'W')) => reading.span.weeks(number.whole, number.fraction)?,
            (true, Some(b'D')) => reading.span.days(number.whole, number.fraction)?,
            (true, Some(b'T' | b'-') | None) => {
                if reading.date(&number, unit, any)? {
                    return Ok(reading.span);
                }
                (date, any) = (false, false);
                continue;
            }
            (false, Some(b'H')) => reading.span.hours(number.whole, number.fraction)?,
            (false, Some(b'M')) => {
                reading.span.micros(number.whole, number.fraction, 60_000_000)?;
            }
            (false, Some(b'S')) => reading.span.micros(number.whole, number.fraction, 1_000_000)?,
            (false, Some(b':') | None) => {
                reading.time(&number, unit, any)?;
                return Ok(reading.span);
            }
            _ => return Err(Fault::Format),
        }
        any = true;
    }
    Ok(reading.span)
}

struct Reading<'a> {
    rest: &'a [u8],
    span: Span,
}

impl Reading<'_> {
    fn take(&mut self, byte: u8) -> bool {
        let found = self.rest.first() == Some(&byte);
        if found {
            self.rest = self.rest.get(1..).unwrap_or_default();
        }
        found
    }

    fn unit(&mut self) -> Option<u8> {
        let (unit, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*unit)
    }

    /// `YYYYMMDD`, or what follows the year of `Y-M-D`. True at the end of the text, false where
    /// the time begins.
    fn date(&mut self, first: &Number, unit: Option<u8>, any: bool) -> Result<bool, Fault> {
        if first.width == 8 && !any && unit != Some(b'-') {
            self.span.years(hundredth(first.whole, 10_000), 0.0, 1)?;
            self.span.months(hundredth(first.whole, 100).checked_rem(100).unwrap_or(0), 0.0)?;
            self.span.days(first.whole.checked_rem(100).unwrap_or(0), first.fraction)?;
            return Ok(unit.is_none());
        }
        if any {
            return Err(Fault::Format);
        }
        self.span.years(first.whole, first.fraction, 1)?;
        if unit != Some(b'-') {
            return Ok(unit.is_none());
        }
        let months = self.number()?;
        self.span.months(months.whole, months.fraction)?;
        if self.rest.is_empty() || self.rest.first() == Some(&b'T') {
            return Ok(self.ends());
        }
        if !self.take(b'-') {
            return Err(Fault::Format);
        }
        let days = self.number()?;
        self.span.days(days.whole, days.fraction)?;
        if self.rest.is_empty() || self.rest.first() == Some(&b'T') {
            return Ok(self.ends());
        }
        Err(Fault::Format)
    }

    /// True at the end; the letter `T` is left to the caller.
    fn ends(&self) -> bool {
        self.rest.is_empty()
    }

    /// `HHMMSS`, or what follows the hours of `H:M:S`; it ends the text.
    fn time(&mut self, first: &Number, unit: Option<u8>, any: bool) -> Result<(), Fault> {
        if first.width == 6 && !any && unit.is_none() {
            self.span.hours(hundredth(first.whole, 10_000), 0.0)?;
            let minutes = hundredth(first.whole, 100).checked_rem(100).unwrap_or(0);
            self.span.micros(minutes, 0.0, 60_000_000)?;
            let seconds = first.whole.checked_rem(100).unwrap_or(0);
            self.span.micros(seconds, 0.0, 1_000_000)?;
            return self.span.part_of_micros(first.fraction, 1.0);
        }
        if any {
            return Err(Fault::Format);
        }
        self.span.hours(first.whole, first.fraction)?;
        if unit.is_none() {
            return Ok(());
        }
        let minutes = self.number()?;
        self.span.micros(minutes.whole, minutes.fraction, 60_000_000)?;
        if self.rest.is_empty() {
            return Ok(());
        }
        if !self.take(b':') {
            return Err(Fault::Format);
        }
        let seconds = self.number()?;
        self.span.micros(seconds.whole, seconds.fraction, 1_000_000)?;
        if self.rest.is_empty() { Ok(()) } else { Err(Fault::Format) }
    }

    /// `[-]digits[.digits][e[±]digits]`. Source: `ParseISO8601Number`, which uses `strtod`.
    fn number(&mut self) -> Result<Number, Fault> {
        let start = self.rest;
        self.take(b'-');
        let width = self.digits();
        let point = self.take(b'.');
        let fraction = if point { self.digits() } else { 0 };
        if width == 0 && fraction == 0 {
            return Err(Fault::Format);
        }
        self.power();
        let length = start.len().saturating_sub(self.rest.len());
        let text = start.get(..length).and_then(|text| std::str::from_utf8(text).ok());
        let text = text.ok_or(Fault::Format)?;
        let value: f64 = text.parse().map_err(|_| Fault::Format)?;
        // `strtod` sets errno for what no double can be near.
        let is_zero = || text.split(['e', 'E']).next().is_some_and(|t| !t.contains(is_not_zero));
        if value.is_infinite() || value.is_subnormal() || (value == 0.0 && !is_zero()) {
            return Err(Fault::Format);
        }
        if !(-NUMBER_MAX..=NUMBER_MAX).contains(&value) {
            return Err(Fault::Overflow);
        }
        Ok(Number { whole: whole(value)?, fraction: value - value.trunc(), width })
    }

    fn digits(&mut self) -> usize {
        let end = self.rest.iter().position(|byte| !byte.is_ascii_digit());
        let end = end.unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, &[]));
        self.rest = rest;
        digits.len()
    }

    /// A power of ten, where the letter has digits after it.
    fn power(&mut self) {
        let Some((b'e' | b'E', tail)) = self.rest.split_first() else { return };
        let digits = match tail.split_first() {
            Some((b'+' | b'-', digits)) => digits,
            _ => tail,
        };
        if digits.first().is_some_and(u8::is_ascii_digit) {
            self.rest = digits;
            self.digits();
        }
    }
}

/// A digit that makes a number differ from zero.
fn is_not_zero(digit: char) -> bool {
    matches!(digit, '1'..='9')
}

/// A number without its last digits.
fn hundredth(number: i64, unit: i64) -> i64 {
    number.checked_div(unit).unwrap_or(0)
}

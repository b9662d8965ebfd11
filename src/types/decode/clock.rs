//! The time of day and the zone within a date/time text.

use super::super::calendar::{DAY, SECOND};
use super::moment::{Cursor, Fault};

/// Hours, minutes and seconds of a zone end below 16 hours. Source: `MAX_TZDISP_HOUR`.
const ZONE_HOURS_MAX: i64 = 15;

/// A time of day as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    hours: i64,
    minutes: i64,
    seconds: i64,
    /// 0 to 1 000 000, which a fraction of nines rounds to.
    micros: i64,
}

/// The two halves of a twelve-hour day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Half {
    Am,
    Pm,
}

impl Clock {
    /// `H:MM[:SS[.f]]`, or `HHMM` and `HHMMSS[.f]` run together.
    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
        let first = cursor.digits();
        let mut clock = Self { hours: 0, minutes: 0, seconds: 0, micros: 0 };
        if cursor.take(b':') {
            clock.hours = value(first)?;
            clock.minutes = value(cursor.digits())?;
            if !cursor.take(b':') {
                return Ok(clock);
            }
            clock.seconds = value(cursor.digits())?;
        } else {
            let (hours, rest) = first.split_at_checked(2).ok_or(Fault::Syntax)?;
            let (minutes, seconds) = rest.split_at_checked(2).ok_or(Fault::Syntax)?;
            clock.hours = value(hours)?;
            clock.minutes = value(minutes)?;
            match seconds.len() {
                0 => return Ok(clock),
                2 => clock.seconds = value(seconds)?,
                _ => return Err(Fault::Syntax),
            }
        }
        if cursor.take(b'.') {
            clock.micros = fraction(cursor.digits());
        }
        Ok(clock)
    }

    /// Microseconds since midnight: 24:00:00 is the end of the day, a 60th second the next minute.
    pub(super) fn micros(self, half: Option<Half>) -> Result<i64, Fault> {
        let hours = match half {
            Some(_) if self.hours > 12 => return Err(Fault::Field { order_hint: false }),
            Some(Half::Am) if self.hours == 12 => 0,
            Some(Half::Pm) if self.hours != 12 => self.hours.saturating_add(12),
            _ => self.hours,
        };
        let minutes = hours.saturating_mul(60).saturating_add(self.minutes);
        let seconds = minutes.saturating_mul(60).saturating_add(self.seconds);
        let micros = seconds.saturating_mul(SECOND).saturating_add(self.micros);
        if self.minutes > 59 || self.seconds > 60 || hours > 24 || micros > DAY {
            return Err(Fault::Field { order_hint: false });
        }
        Ok(micros)
    }
}

/// Six digits of a fraction, rounded half to even as `rint` does.
fn fraction(digits: &[u8]) -> i64 {
    let (kept, rest) = digits.split_at_checked(6).unwrap_or((digits, &[]));
    let missing = u32::try_from(6_usize.saturating_sub(kept.len())).unwrap_or(0);
    let micros = value(kept).unwrap_or(0).saturating_mul(10_i64.saturating_pow(missing));
    let up = match rest.split_first() {
        None => false,
        Some((b'5', tail)) if tail.iter().all(|digit| *digit == b'0') => micros.rem_euclid(2) == 1,
        Some((digit, _)) => *digit >= b'5',
    };
    micros.saturating_add(i64::from(up))
}

/// The value of at least one digit.
pub(super) fn value(digits: &[u8]) -> Result<i64, Fault> {
    if digits.is_empty() {
        return Err(Fault::Syntax);
    }
    Ok(digits.iter().fold(0_i64, |value, byte| {
        value.saturating_mul(10).saturating_add(i64::from(byte.saturating_sub(b'0')))
    }))
}

/// A numeric zone after its sign: `H`, `HH`, `HHMM`, `HH:MM` or `HH:MM:SS`; in seconds.
///
/// Source: `DecodeTimezone`.
pub(super) fn zone(cursor: &mut Cursor<'_>) -> Result<i64, Fault> {
    let digits = cursor.digits();
    let (mut hours, mut minutes, mut seconds) = (value(digits)?, 0, 0);
    if cursor.take(b':') {
        minutes = value(cursor.digits())?;
        if cursor.take(b':') {
            seconds = value(cursor.digits())?;
        }
    } else if digits.len() > 2 {
        minutes = hours.rem_euclid(100);
        hours = hours.div_euclid(100);
    }
    if hours > ZONE_HOURS_MAX || minutes > 59 || seconds > 59 {
        return Err(Fault::Zone);
    }
    Ok(hours
        .saturating_mul(3600)
        .saturating_add(minutes.saturating_mul(60))
        .saturating_add(seconds))
}

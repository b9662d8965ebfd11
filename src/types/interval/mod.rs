//! Intervals: months, days and microseconds that are kept apart, as PostgreSQL keeps them.
//!
//! IRIS has no such type. An interval is kept as text that begins with a key of fixed length, so
//! that IRIS sorts intervals as PostgreSQL does (a month counts as 30 days, a day as 24 hours),
//! followed by the three numbers themselves:
//!
//! ```text
//! i1000000000000086400000000 0 1 0        1 day
//! i1000000000000086400000000 0 0 86400000000   24:00:00, which PostgreSQL calls equal to it
//! ```

mod fields;
mod iso;
mod read;
mod span;

#[cfg(test)]
mod tests;

use super::calendar::{DAY, SECOND, Stamp};
use super::error::ValueError;

/// Days that count as a month where intervals are compared. Source: `interval_cmp_value`.
const MONTH_DAYS: i128 = 30;

/// Characters of the key that a kept interval begins with: a letter, so that IRIS takes it for no
/// number, and 25 digits.
pub const KEY_LENGTH: usize = 26;

/// Added to the microseconds that an interval counts for, so that the key is never negative. The
/// least interval counts for about −5.8 × 10²¹.
const KEY_ZERO: i128 = 1_000_000_000_000_000_000_000_000;

/// An interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Interval {
    /// Months, with years as twelve of them.
    pub months: i32,
    /// Days, with weeks as seven of them.
    pub days: i32,
    /// Microseconds.
    pub micros: i64,
}

impl Interval {
    /// Reads an interval as `interval_in` does.
    ///
    /// # Errors
    /// [`ValueError`] with PostgreSQL's words.
    pub fn read(text: &str) -> Result<Self, ValueError> {
        read::read(text)
    }

    /// The microseconds that PostgreSQL compares.
    #[must_use]
    pub fn count(self) -> i128 {
        let days = i128::from(self.months)
            .saturating_mul(MONTH_DAYS)
            .saturating_add(i128::from(self.days));
        days.saturating_mul(i128::from(DAY)).saturating_add(i128::from(self.micros))
    }

    /// The text that IRIS keeps.
    pub(super) fn kept(self) -> Stamp {
        let mut stamp = Stamp::new();
        stamp.push(b'i');
        stamp.wide(self.count().saturating_add(KEY_ZERO));
        for number in [i64::from(self.months), i64::from(self.days), self.micros] {
            stamp.push(b' ');
            stamp.signed(number);
        }
        stamp
    }

    /// Reads what IRIS kept; the key must be that of the numbers.
    pub(super) fn of_kept(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let mut parts = text.split(' ').skip(1);
        let interval = Self {
            months: parts.next()?.parse().ok()?,
            days: parts.next()?.parse().ok()?,
            micros: parts.next()?.parse().ok()?,
        };
        (interval.kept().as_bytes() == text.as_bytes()).then_some(interval)
    }

    /// The 16 bytes that PostgreSQL sends. Source: `interval_send`.
    pub(super) fn to_bytes(self) -> [u8; 16] {
        let micros = u128::from(u64::from_be_bytes(self.micros.to_be_bytes()));
        let days = u128::from(u32::from_be_bytes(self.days.to_be_bytes()));
        let months = u128::from(u32::from_be_bytes(self.months.to_be_bytes()));
        ((micros << 64) | (days << 32) | months).to_be_bytes()
    }

    /// Reads the bytes that PostgreSQL sends.
    pub(super) fn from_bytes(bytes: [u8; 16]) -> Self {
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = bytes;
        Self {
            micros: i64::from_be_bytes([a, b, c, d, e, f, g, h]),
            days: i32::from_be_bytes([i, j, k, l]),
            months: i32::from_be_bytes([m, n, o, p]),
        }
    }

    /// The text that PostgreSQL shows.
    #[must_use]
    pub fn shown(self) -> String {
        String::from_utf8_lossy(self.text().as_bytes()).into_owned()
    }

    /// PostgreSQL's text with `IntervalStyle = postgres`. Source: `EncodeInterval`.
    pub(super) fn text(self) -> Stamp {
        let mut stamp = Stamp::new();
        let mut before = false;
        let years = self.months.checked_div(12).unwrap_or(0);
        let months = self.months.checked_rem(12).unwrap_or(0);
        for (number, unit) in [(years, "year"), (months, "mon"), (self.days, "day")] {
            if number != 0 {
                part(&mut stamp, i64::from(number), unit, before);
                before = number < 0;
            }
        }
        let nothing = stamp.as_bytes().is_empty();
        if nothing || self.micros != 0 {
            if !nothing {
                stamp.push(b' ');
            }
            if self.micros < 0 {
                stamp.push(b'-');
            } else if before {
                stamp.push(b'+');
            }
            clock(&mut stamp, self.micros.unsigned_abs());
        }
        stamp
    }
}

/// A number with its unit; a positive one after a negative one has a sign.
fn part(stamp: &mut Stamp, number: i64, unit: &str, before: bool) {
    if !stamp.as_bytes().is_empty() {
        stamp.push(b' ');
    }
    if before && number > 0 {
        stamp.push(b'+');
    }
    stamp.signed(number);
    stamp.push(b' ');
    stamp.extend(unit.as_bytes());
    if number != 1 {
        stamp.push(b's');
    }
}

/// Hours, minutes and seconds; hours may have more than two digits.
fn clock(stamp: &mut Stamp, micros: u64) {
    // The least interval has one microsecond more than an i64 holds, and a clock knows no sign.
    let hours = micros.checked_div(3_600_000_000).unwrap_or(0);
    let rest = micros.checked_rem(3_600_000_000).unwrap_or(0);
    stamp.number(i64::try_from(hours).unwrap_or(i64::MAX), 2);
    let rest = i64::try_from(rest).unwrap_or(0);
    stamp.push(b':');
    stamp.number(rest.div_euclid(SECOND).div_euclid(60), 2);
    stamp.push(b':');
    stamp.number(rest.div_euclid(SECOND).rem_euclid(60), 2);
    stamp.fraction(rest.rem_euclid(SECOND));
}

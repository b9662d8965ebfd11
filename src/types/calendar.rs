//! Days and microseconds: PostgreSQL counts both from 2000-01-01.

/// Microseconds of a second.
pub(super) const SECOND: i64 = 1_000_000;
/// Microseconds of a day.
pub(super) const DAY: i64 = 86_400 * SECOND;

/// Days from 0000-03-01 to 2000-01-01 in the proleptic Gregorian calendar.
const EPOCH: i64 = 730_425;
/// Days of 400 years.
const ERA_DAYS: i64 = 146_097;

/// A day of the proleptic Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) year: i64,
    pub(super) month: i64,
    pub(super) day: i64,
}

/// The number of days of a month from 1 to 12; 0 for another number.
pub(super) const fn month_days(year: i64, month: i64) -> i64 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 0,
    }
}

const fn is_leap(year: i64) -> bool {
    year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0)
}

impl Date {
    /// True for a day that exists in the years 1 to 9999, which are IRIS's.
    pub(super) const fn exists(self) -> bool {
        self.year >= 1
            && self.year <= 9999
            && self.day >= 1
            && self.day <= month_days(self.year, self.month)
    }

    /// Days since 2000-01-01. The month must be 1 to 12.
    pub(super) const fn to_days(self) -> i64 {
        let early = self.month <= 2;
        let year = if early { self.year.saturating_sub(1) } else { self.year };
        let month = if early { self.month.saturating_add(9) } else { self.month.saturating_sub(3) };
        let of_year = year_days_before(month).saturating_add(self.day.saturating_sub(1));
        let leaps = year
            .div_euclid(4)
            .saturating_sub(year.div_euclid(100))
            .saturating_add(year.div_euclid(400));
        year.saturating_mul(365).saturating_add(leaps).saturating_add(of_year).saturating_sub(EPOCH)
    }

    /// The day that is `days` after 2000-01-01.
    pub(super) const fn from_days(days: i64) -> Self {
        let days = days.saturating_add(EPOCH);
        let era = days.div_euclid(ERA_DAYS);
        let of_era = days.rem_euclid(ERA_DAYS);
        let year_of_era = year_of_era(of_era);
        let of_year = of_era.saturating_sub(days_of_years(year_of_era));
        let month = of_year.saturating_mul(5).saturating_add(2).div_euclid(153);
        let day = of_year.saturating_sub(year_days_before(month)).saturating_add(1);
        let late = month >= 10;
        let month = if late { month.saturating_sub(9) } else { month.saturating_add(3) };
        let year = era.saturating_mul(400).saturating_add(year_of_era);
        Self { year: if late { year.saturating_add(1) } else { year }, month, day }
    }
}

/// Days of the year before a month, years and months counted from March (month 0).
const fn year_days_before(month: i64) -> i64 {
    month.saturating_mul(153).saturating_add(2).div_euclid(5)
}

/// Days of the first `years` years of a 400-year era that begins in March.
const fn days_of_years(years: i64) -> i64 {
    years
        .saturating_mul(365)
        .saturating_add(years.div_euclid(4))
        .saturating_sub(years.div_euclid(100))
}

/// The year of a 400-year era in which day number `of_era` lies.
const fn year_of_era(of_era: i64) -> i64 {
    of_era
        .saturating_sub(of_era.div_euclid(1460))
        .saturating_add(of_era.div_euclid(36_524))
        .saturating_sub(of_era.div_euclid(146_096))
        .div_euclid(365)
}

/// The longest text that [`Stamp`] writes, in bytes: a kept interval, its key of 26 bytes and three
/// numbers of at most 11, 11 and 20.
const STAMP_LENGTH: usize = 72;

/// A small text of a date, time or interval, built without the heap.
pub(super) struct Stamp {
    bytes: [u8; STAMP_LENGTH],
    length: usize,
}

impl Stamp {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; STAMP_LENGTH], length: 0 }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    pub(super) fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length = self.length.saturating_add(1);
        }
    }

    pub(super) fn extend(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.push(*byte));
    }

    /// `value` with a sign where it is negative.
    pub(super) fn signed(&mut self, value: i64) {
        let mut buffer = itoa::Buffer::new();
        self.extend(buffer.format(value).as_bytes());
    }

    /// `value`, which is not negative, with 25 digits.
    pub(super) fn wide(&mut self, value: i128) {
        let mut unit: i128 = 1_000_000_000_000_000_000_000_000;
        while unit > 0 {
            let digit = value.div_euclid(unit).rem_euclid(10);
            self.push(b'0'.saturating_add(u8::try_from(digit).unwrap_or(0)));
            unit = unit.div_euclid(10);
        }
    }

    /// `value` with at least `width` digits.
    pub(super) fn number(&mut self, value: i64, width: u32) {
        let mut unit = 10_i64.saturating_pow(width.saturating_sub(1));
        while value.div_euclid(unit) > 9 {
            unit = unit.saturating_mul(10);
        }
        while unit > 0 {
            let digit = value.div_euclid(unit).rem_euclid(10);
            self.push(b'0'.saturating_add(u8::try_from(digit).unwrap_or(0)));
            unit = unit.div_euclid(10);
        }
    }

    /// `YYYY-MM-DD` of a day since 2000-01-01. A year before the first is written as PostgreSQL
    /// does: the year before 1 is 1, and `BC` belongs behind it all.
    pub(super) fn date(&mut self, days: i64) {
        let date = Date::from_days(days);
        let year = if date.year > 0 { date.year } else { 1_i64.saturating_sub(date.year) };
        self.number(year, 4);
        self.push(b'-');
        self.number(date.month, 2);
        self.push(b'-');
        self.number(date.day, 2);
    }

    /// `HH:MM:SS[.ffffff]` of microseconds since midnight, without trailing zeros.
    pub(super) fn time(&mut self, micros: i64) {
        let seconds = micros.div_euclid(SECOND);
        self.number(seconds.div_euclid(3600), 2);
        self.push(b':');
        self.number(seconds.div_euclid(60).rem_euclid(60), 2);
        self.push(b':');
        self.number(seconds.rem_euclid(60), 2);
        self.fraction(micros.rem_euclid(SECOND));
    }

    /// `.ffffff` of less than a second, without trailing zeros; nothing of zero.
    pub(super) fn fraction(&mut self, micros: i64) {
        let mut fraction = micros;
        if fraction > 0 {
            let mut width: u32 = 6;
            while fraction.rem_euclid(10) == 0 {
                fraction = fraction.div_euclid(10);
                width = width.saturating_sub(1);
            }
            self.push(b'.');
            self.number(fraction, width);
        }
    }

    /// Date, blank, time of microseconds since 2000-01-01.
    pub(super) fn timestamp(&mut self, micros: i64) {
        self.date(micros.div_euclid(DAY));
        self.push(b' ');
        self.time(micros.rem_euclid(DAY));
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;

    #[test]
    fn known_days() {
        let days = |year, month, day| Date { year, month, day }.to_days();
        assert_eq!(days(2000, 1, 1), 0);
        assert_eq!(days(1970, 1, 1), -10_957);
        assert_eq!(days(1, 1, 1), -730_119);
        assert_eq!(days(9999, 12, 31), 2_921_939);
        assert_eq!(days(2000, 2, 29), 59);
    }

    #[test]
    fn every_day_of_iris_leads_back_to_itself() {
        let mut expected = Date { year: 1, month: 1, day: 1 };
        for days in -730_119..=2_921_939 {
            assert_eq!(Date::from_days(days), expected);
            assert_eq!(expected.to_days(), days);
            assert!(expected.exists());
            expected.day += 1;
            if expected.day > month_days(expected.year, expected.month) {
                expected = Date { day: 1, month: expected.month + 1, ..expected };
            }
            if expected.month > 12 {
                expected = Date { year: expected.year + 1, month: 1, day: 1 };
            }
        }
    }

    #[test]
    fn stamps_are_trimmed() {
        let text = |micros| {
            let mut stamp = Stamp::new();
            stamp.timestamp(micros);
            String::from_utf8_lossy(stamp.as_bytes()).into_owned()
        };
        assert_eq!(text(0), "2000-01-01 00:00:00");
        assert_eq!(text(-1), "1999-12-31 23:59:59.999999");
        assert_eq!(text(1_500_000), "2000-01-01 00:00:01.5");
        assert_eq!(text(DAY + 50), "2000-01-02 00:00:00.00005");
    }
}

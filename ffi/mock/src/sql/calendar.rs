//! IRIS's dates, times and timestamps, logical and ODBC (iris-sql §4.1).

/// Days from 1840-12-31, IRIS's day 0, to 1970-01-01.
pub(in crate::sql) const DAYS_TO_EPOCH: i64 = 47_117;

/// Logical %Date of 9999-12-31.
pub(in crate::sql) const DATE_MAX: i64 = 2_980_013;

/// Logical %Date of 0001-01-01 (iris-sql §4.1).
pub(in crate::sql) const DATE_MIN: i64 = -672_045;

/// The months of the year, as MONTHNAME and DATENAME say them (iris-sql Appendix C).
pub(in crate::sql) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The days of the week, as DAYNAME and DATENAME say them (iris-sql Appendix C).
pub(in crate::sql) const WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// Nanoseconds in a day; TIME is kept in nanoseconds since midnight.
pub(in crate::sql) const DAY_NANOS: i64 = 86_400_000_000_000;

const DAY_MICROS: i64 = 86_400_000_000;
const POSIX_OFFSET: i64 = 1 << 60;
const POSIX_NEGATIVE: i64 = 6_917_529_027_641_081_856;

/// Logical date of a civil date.
pub(in crate::sql) fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let shifted = (month + 9) % 12;
    let of_year = (153 * shifted + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468 + DAYS_TO_EPOCH
}

/// Civil date of a logical date.
pub(in crate::sql) fn civil(date: i64) -> (i64, i64, i64) {
    let shifted = date.clamp(-700_000, 3_000_000) - DAYS_TO_EPOCH + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Days of a month. 2021-02-29 is no date (iris-sql §2).
pub(in crate::sql) fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// `YYYY-MM-DD`, strictly. Dates before 1840-12-31 need a MINVAL below 0, which DDL columns lack.
pub(in crate::sql) fn parse_date(text: &str) -> Option<i64> {
    let (year, month, day) = parse_civil(text)?;
    Some(days(year, month, day))
}

fn parse_civil(text: &str) -> Option<(i64, i64, i64)> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    let number = |part: &str| {
        let fits = (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        if fits { part.parse::<i64>().ok() } else { None }
    };
    let (year, month, day) = (number(year)?, number(month)?, number(day)?);
    let valid =
        year > 0 && (1..=12).contains(&month) && (1..=month_length(year, month)).contains(&day);
    valid.then_some((year, month, day))
}

/// `MM/DD/YYYY`, the display form of the locale en-us (iris-sql §4.1).
pub(in crate::sql) fn parse_display_date(text: &str) -> Option<i64> {
    let mut parts = text.split('/');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (year, month, day) = parse_civil(&format!("{year}-{month}-{day}"))?;
    Some(days(year, month, day))
}

/// `MM/DD/YYYY`, appended.
pub(in crate::sql) fn put_display_date(out: &mut Vec<u8>, date: i64) {
    let (year, month, day) = civil(date);
    put_digits(out, month, 2);
    out.push(b'/');
    put_digits(out, day, 2);
    out.push(b'/');
    put_digits(out, year, 4);
}

/// `HH:MM[:SS[.f]]` in nanoseconds since midnight.
pub(in crate::sql) fn parse_time(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let (hour, minute) = (parts.next()?, parts.next()?);
    let second = parts.next().unwrap_or("0");
    let (second, fraction) = second.split_once('.').unwrap_or((second, ""));
    let number = |part: &str| {
        let fits = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        if fits { part.parse::<i64>().ok() } else { None }
    };
    let (hour, minute, second) = (number(hour)?, number(minute)?, number(second)?);
    let digits = fraction.bytes().all(|b| b.is_ascii_digit());
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 || !digits {
        return None;
    }
    let nanos: i64 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    Some(((hour * 60 + minute) * 60 + second) * 1_000_000_000 + nanos)
}

/// A timestamp's date and nanoseconds; a date alone is midnight.
pub(in crate::sql) fn parse_timestamp(text: &str) -> Option<(i64, i64)> {
    let text = text.trim_end();
    let (date, time) = match text.split_once([' ', 'T']) {
        Some((date, time)) => (date, parse_time(time)?),
        None => (text, 0),
    };
    Some((parse_date(date)?, time))
}

/// A moment as functions of dates take it: a timestamp, a date, a time of the present day, or a
/// `$HOROLOG` with its days alone or with seconds.
pub(in crate::sql) fn parse_moment(text: &str) -> Option<(i64, i64)> {
    let text = text.trim();
    if let Some(found) = parse_timestamp(text) {
        return Some(found);
    }
    if let Some(nanos) = parse_time(text) {
        return Some((now().0, nanos));
    }
    let (days, seconds) = text.split_once(',').unwrap_or((text, "0"));
    let (days, seconds) = (days.parse::<i64>().ok()?, seconds.parse::<i64>().ok()?);
    let valid = (DATE_MIN..=DATE_MAX).contains(&days) && (0..86_400).contains(&seconds);
    valid.then_some((days, seconds * 1_000_000_000))
}

/// The day of the week, 1 for Sunday; day 0, 1840-12-31, was a Thursday.
pub(in crate::sql) fn weekday(date: i64) -> i64 {
    (date + 4).rem_euclid(7) + 1
}

/// `YYYY-MM-DD`, appended.
pub(in crate::sql) fn put_date(out: &mut Vec<u8>, date: i64) {
    let (year, month, day) = civil(date);
    put_digits(out, year, 4);
    out.push(b'-');
    put_digits(out, month, 2);
    out.push(b'-');
    put_digits(out, day, 2);
}

/// `HH:MM:SS[.f]`, appended; zeros at the end of the fraction are left out.
pub(in crate::sql) fn put_time(out: &mut Vec<u8>, nanos: i64) {
    let nanos = nanos.clamp(0, DAY_NANOS - 1);
    let seconds = nanos / 1_000_000_000;
    put_digits(out, seconds / 3600, 2);
    out.push(b':');
    put_digits(out, seconds / 60 % 60, 2);
    out.push(b':');
    put_digits(out, seconds % 60, 2);
    let fraction = nanos % 1_000_000_000;
    if fraction != 0 {
        out.push(b'.');
        put_digits(out, fraction, 9);
        while out.last() == Some(&b'0') {
            out.pop();
        }
    }
}

/// `YYYY-MM-DD HH:MM:SS[.f]`, appended.
pub(in crate::sql) fn put_timestamp(out: &mut Vec<u8>, date: i64, nanos: i64) {
    put_date(out, date);
    out.push(b' ');
    put_time(out, nanos);
}

fn put_digits(out: &mut Vec<u8>, value: i64, width: u32) {
    for place in (0..width).rev() {
        let digit = value.unsigned_abs() / 10_u64.pow(place) % 10;
        #[allow(clippy::cast_possible_truncation)]
        out.push(b'0' + digit as u8);
    }
}

/// %PosixTime's logical form: microseconds since 1970, moved so that the sign shows.
pub(in crate::sql) fn posix(date: i64, nanos: i64) -> i64 {
    let micros = (date - DAYS_TO_EPOCH) * DAY_MICROS + nanos / 1_000;
    if micros >= 0 { micros + POSIX_OFFSET } else { micros - POSIX_NEGATIVE }
}

/// Date and nanoseconds of a logical %PosixTime.
pub(in crate::sql) fn of_posix(logical: i64) -> (i64, i64) {
    let micros = if logical >= 0 {
        logical.wrapping_sub(POSIX_OFFSET)
    } else {
        logical.wrapping_add(POSIX_NEGATIVE)
    };
    let date = micros.div_euclid(DAY_MICROS) + DAYS_TO_EPOCH;
    (date, micros.rem_euclid(DAY_MICROS) * 1_000)
}

/// The current local date and nanoseconds; the simulator's zone is UTC.
pub(in crate::sql) fn now() -> (i64, i64) {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let since = since.unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or(0);
    let nanos = seconds % 86_400 * 1_000_000_000 + i64::from(since.subsec_nanos());
    (seconds / 86_400 + DAYS_TO_EPOCH, nanos)
}

/// Cuts a fraction to `precision` digits.
pub(in crate::sql) fn cut(nanos: i64, precision: u8) -> i64 {
    let unit = 10_i64.pow(u32::from(9 - precision.min(9)));
    nanos - nanos % unit
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn logical_values_of_the_facts() {
        // iris-sql §4.1.
        assert_eq!(parse_date("1840-12-31"), Some(0));
        assert_eq!(parse_date("1970-01-01"), Some(47_117));
        assert_eq!(parse_date("2000-01-01"), Some(58_074));
        assert_eq!(parse_date("9999-12-31"), Some(DATE_MAX));
        assert_eq!(parse_date("0001-01-01"), Some(-672_045));
        assert_eq!(parse_date("2021-02-29"), None);
        assert_eq!(parse_date("0001-01-01"), Some(DATE_MIN));
        assert_eq!(parse_moment("58074,3600"), Some((58_074, 3_600_000_000_000)));
        assert_eq!(parse_moment("badval"), None);
        // 2000-01-01 was a Saturday.
        assert_eq!(weekday(58_074), 7);
        let (date, time) = parse_timestamp("2017-01-01 00:00:00").unwrap();
        assert_eq!(posix(date, time), 1_154_404_733_406_846_976);
        assert_eq!(posix(-672_045, 0), -6_979_664_624_441_081_856);
        assert_eq!(posix(DATE_MAX, DAY_NANOS - 1_000), 1_406_323_805_406_846_975);
    }

    proptest! {
        #[test]
        fn dates_survive(date in -672_045..=DATE_MAX, micros in 0..DAY_MICROS) {
            let mut out = Vec::new();
            put_timestamp(&mut out, date, micros * 1_000);
            let text = String::from_utf8(out).unwrap();
            prop_assert_eq!(parse_timestamp(&text), Some((date, micros * 1_000)));
            prop_assert_eq!(of_posix(posix(date, micros * 1_000)), (date, micros * 1_000));
        }

        #[test]
        fn civil_days_follow_one_another(date in DATE_MIN..DATE_MAX) {
            let (year, month, day) = civil(date);
            prop_assert_eq!(days(year, month, day), date);
            let next = civil(date + 1);
            let expected = if day < month_length(year, month) {
                (year, month, day + 1)
            } else if month < 12 {
                (year, month + 1, 1)
            } else {
                (year + 1, 1, 1)
            };
            prop_assert_eq!(next, expected);
            prop_assert_eq!(weekday(date) % 7 + 1, weekday(date + 1));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,30}") {
            let _ = (parse_date(&text), parse_time(&text), parse_timestamp(&text));
            let _ = parse_moment(&text);
        }

        #[test]
        fn no_number_panics(value in any::<i64>()) {
            let (date, nanos) = of_posix(value);
            put_timestamp(&mut Vec::new(), date, nanos);
        }
    }
}

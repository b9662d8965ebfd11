//! Intervals, with the answers of PostgreSQL 15.18 to the same inputs.

#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]

use proptest::prelude::*;

use super::*;

fn shown(stamp: &Stamp) -> String {
    String::from_utf8(stamp.as_bytes().to_vec()).unwrap()
}

fn text(given: &str) -> String {
    match Interval::read(given) {
        Ok(interval) => shown(&interval.text()),
        Err(error) => format!("{} {error}", error.sqlstate()),
    }
}

#[test]
fn texts_are_read_as_postgresql_reads_them() {
    for (given, expected) in [
        ("1 day", "1 day"),
        ("1.5 days", "1 day 12:00:00"),
        ("10:00 1.5 days", "1 day 10:00:00"),
        ("1 month 1 hour -5 min", "1 mon 00:55:00"),
        ("-1-2", "-1 years -2 mons"),
        ("P1Y2M3DT4H5M6.7S", "1 year 2 mons 3 days 04:05:06.7"),
        ("1 day ago 2 hours", "-1 days -02:00:00"),
        ("10:", "10:00:00"),
        ("1d2h", "1 day 02:00:00"),
        ("-1 day +2 hours", "-1 days +02:00:00"),
        ("-.5", "22007 invalid input syntax for type interval: \"-.5\""),
        ("1 ago", "22007 invalid input syntax for type interval: \"1 ago\""),
        ("2hours3", "22007 invalid input syntax for type interval: \"2hours3\""),
        ("", "22007 invalid input syntax for type interval: \"\""),
        ("3000000000 days", "22015 interval field value out of range: \"3000000000 days\""),
        ("2000000000 years", "22008 interval out of range"),
    ] {
        assert_eq!(text(given), expected, "{given:?}");
    }
}

#[test]
fn the_extremes_are_kept_and_shown() {
    let least = Interval { months: i32::MIN, days: i32::MIN, micros: i64::MIN };
    let most = Interval { months: i32::MAX, days: i32::MAX, micros: i64::MAX };
    assert_eq!(
        shown(&least.text()),
        "-178956970 years -8 mons -2147483648 days -2562047788:00:54.775808"
    );
    for interval in [least, most] {
        assert_eq!(Interval::of_kept(interval.kept().as_bytes()), Some(interval));
    }
    assert!(least.kept().as_bytes() < most.kept().as_bytes());
}

proptest! {
    #[test]
    fn kept_intervals_sort_as_postgresql_sorts(
        a in any::<(i32, i32, i64)>(),
        b in any::<(i32, i32, i64)>(),
    ) {
        let interval = |(months, days, micros)| Interval { months, days, micros };
        let (a, b) = (interval(a), interval(b));
        let key = |interval: Interval| interval.kept().as_bytes()[..KEY_LENGTH].to_vec();
        prop_assert_eq!(key(a).cmp(&key(b)), a.count().cmp(&b.count()));
        prop_assert_eq!(Interval::of_kept(a.kept().as_bytes()), Some(a));
        prop_assert_eq!(Interval::from_bytes(a.to_bytes()), a);
        prop_assert_eq!(Interval::read(&shown(&a.text())).ok(), Some(a));
    }

    #[test]
    fn no_text_is_too_strange(text in "[PYMDTHS0-9:. +a-z-]{0,24}") {
        if let Err(error) = Interval::read(&text) {
            prop_assert!(["22007", "22008", "22015"].contains(&error.sqlstate()));
        }
    }
}

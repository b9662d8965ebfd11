//! TO_CHAR, TO_DATE, TO_TIMESTAMP and TO_POSIXTIME (iris-sql §2).

use rusqlite::Result;
use rusqlite::functions::Context;
use rusqlite::types::Value;

use super::super::calendar;
use super::super::decimal::Decimal;
use super::dates::{moment, name_part, number_part};
use super::pictures::number_text;
use super::strings::fits;
use super::{Body, illegal_value, null, number, text};

/// What the binder calls for functions of iris-sql §2 and Appendix C.
pub(super) const LIST: &[(&str, i32, Body)] = &[
    ("i_tochar", 3, to_char),
    ("i_todate_f", -1, |c| {
        Ok(parsed(c, DATE_FORMAT)?.map_or(Value::Null, |(d, _)| Value::Integer(d)))
    }),
    ("i_tostamp_f", -1, |c| Ok(parsed(c, STAMP_FORMAT)?.map_or(Value::Null, stamp))),
    ("i_toposix_f", -1, |c| Ok(parsed(c, STAMP_FORMAT)?.map_or(Value::Null, posix))),
];

/// TO_DATE's default (iris-sql §2).
const DATE_FORMAT: &str = "DD MON YYYY";

/// TO_TIMESTAMP's default (iris-sql §2).
const STAMP_FORMAT: &str = "DD MON YYYY HH:MI:SS";

pub(super) type Moment = (i64, i64);

/// Julian day number of 1840-12-31.
const JULIAN_ZERO: i64 = 2_393_471;

/// What a format is made of; longer codes come before their beginnings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Code {
    Year(u8),
    RoundYear(bool),
    Month,
    Mon,
    MonthNumber,
    DayOfYear,
    Day,
    Weekday,
    WeekdayShort,
    WeekdayNumber,
    Julian,
    Hour24,
    Hour12,
    Minute,
    SecondOfDay,
    Second,
    /// Digits, 0 for as many as there are.
    Fraction(u8),
    /// AM or PM; with points.
    Half(bool),
    Char(char),
}

/// The codes of iris-sql §2.
const CODES: [(&str, Code); 33] = [
    ("YYYY", Code::Year(4)),
    ("YYY", Code::Year(3)),
    ("YY", Code::Year(2)),
    ("Y", Code::Year(1)),
    ("RRRR", Code::RoundYear(true)),
    ("RR", Code::RoundYear(false)),
    ("MONTH", Code::Month),
    ("MON", Code::Mon),
    ("MM", Code::MonthNumber),
    ("MI", Code::Minute),
    ("DDD", Code::DayOfYear),
    ("DD", Code::Day),
    ("DAY", Code::Weekday),
    ("DY", Code::WeekdayShort),
    ("D", Code::WeekdayNumber),
    ("J", Code::Julian),
    ("HH24", Code::Hour24),
    ("HH12", Code::Hour12),
    ("HH", Code::Hour12),
    ("SSSSS", Code::SecondOfDay),
    ("SS", Code::Second),
    ("FF1", Code::Fraction(1)),
    ("FF2", Code::Fraction(2)),
    ("FF3", Code::Fraction(3)),
    ("FF4", Code::Fraction(4)),
    ("FF5", Code::Fraction(5)),
    ("FF6", Code::Fraction(6)),
    ("FF7", Code::Fraction(7)),
    ("FF8", Code::Fraction(8)),
    ("FF9", Code::Fraction(9)),
    ("FF", Code::Fraction(0)),
    ("A.M.", Code::Half(true)),
    ("P.M.", Code::Half(true)),
];

/// AM and PM without points (iris-sql §2).
const HALVES: [(&str, Code); 2] = [("AM", Code::Half(false)), ("PM", Code::Half(false))];

fn codes(format: &str) -> Vec<Code> {
    let mut out = Vec::new();
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        let found = CODES.iter().chain(&HALVES).find(|(word, _)| {
            rest.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word))
        });
        let (code, length) = match found {
            Some((word, code)) => (*code, word.len()),
            // Other text passes through (iris-sql §2).
            None => (Code::Char(first), first.len_utf8()),
        };
        out.push(code);
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

pub(super) fn stamp((date, nanos): Moment) -> Value {
    let mut out = Vec::new();
    calendar::put_timestamp(&mut out, date, nanos);
    Value::Text(String::from_utf8_lossy(&out).into_owned())
}

pub(super) fn posix((date, nanos): Moment) -> Value {
    Value::Integer(calendar::posix(date, nanos))
}

fn number_at(code: &str, at: Moment) -> i64 {
    match number_part(code, at) {
        Value::Integer(value) => value,
        _ => 0,
    }
}

fn name_at(code: &str, at: Moment) -> String {
    match name_part(code, at) {
        Value::Text(text) => text,
        _ => String::new(),
    }
}

/// A moment in a format. Names have the case of the locale, whatever the code's (iris-sql §2).
pub(super) fn formatted(at: Moment, format: &str) -> String {
    let (year, month, day) = calendar::civil(at.0);
    let short = |name: String| name.chars().take(3).collect::<String>();
    let hour = number_at("hh", at);
    let pieces = codes(format).into_iter().map(|code| match code {
        Code::Year(4) => format!("{year:04}"),
        Code::Year(3) => format!("{:03}", year % 1_000),
        Code::Year(2) => format!("{:02}", year % 100),
        Code::Year(_) => (year % 10).to_string(),
        Code::RoundYear(true) => format!("{year:04}"),
        Code::RoundYear(false) => format!("{:02}", year % 100),
        Code::Month => name_at("mm", at),
        Code::Mon => short(name_at("mm", at)),
        Code::MonthNumber => format!("{month:02}"),
        Code::DayOfYear => format!("{:03}", number_at("dy", at)),
        Code::Day => format!("{day:02}"),
        Code::Weekday => name_at("dw", at),
        Code::WeekdayShort => short(name_at("dw", at)),
        Code::WeekdayNumber => number_at("dw", at).to_string(),
        Code::Julian => (at.0 + JULIAN_ZERO).to_string(),
        Code::Hour24 => format!("{hour:02}"),
        Code::Hour12 => format!("{:02}", (hour + 11) % 12 + 1),
        Code::Minute => format!("{:02}", number_at("mi", at)),
        Code::SecondOfDay => format!("{:05}", at.1 / 1_000_000_000),
        Code::Second => format!("{:02}", number_at("ss", at)),
        Code::Fraction(digits) => fraction(at.1, digits),
        Code::Half(points) => match (hour < 12, points) {
            (true, true) => "A.M.".to_owned(),
            (true, false) => "AM".to_owned(),
            (false, true) => "P.M.".to_owned(),
            (false, false) => "PM".to_owned(),
        },
        Code::Char(c) => c.to_string(),
    });
    pieces.collect()
}

/// UNVERIFIED(iris): FF without a number gives the digits that there are, at least one.
fn fraction(nanos: i64, digits: u8) -> String {
    let all = format!("{:09}", nanos % 1_000_000_000);
    match digits {
        0 => match all.trim_end_matches('0') {
            "" => "0".to_owned(),
            kept => kept.to_owned(),
        },
        digits => all.get(..usize::from(digits)).unwrap_or_default().to_owned(),
    }
}

/// What was read of a text.
#[derive(Default)]
struct Found {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    of_year: Option<i64>,
    date: Option<i64>,
    hour: i64,
    half: Option<bool>,
    minute: i64,
    second: i64,
    of_day: Option<i64>,
    nanos: i64,
}

/// Reads digits, at most so many.
fn digits<'a>(rest: &mut &'a str, most: usize) -> Option<&'a str> {
    let length = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let taken = rest.get(..length).filter(|taken| !taken.is_empty())?;
    *rest = rest.get(length..)?;
    Some(taken)
}

fn whole(rest: &mut &str, most: usize) -> Option<i64> {
    digits(rest, most)?.parse().ok()
}

/// Reads one of the names, whole or its first three letters; gives its place from 1.
fn name(rest: &mut &str, names: &[&str]) -> Option<i64> {
    for (place, name) in (1_i64..).zip(names) {
        for length in [name.len(), 3] {
            let begin = rest.get(..length)?.to_owned();
            if name.get(..length).is_some_and(|name| name.eq_ignore_ascii_case(&begin)) {
                *rest = rest.get(length..)?;
                return Some(place);
            }
        }
    }
    None
}

/// Reads a name where the text may be shorter than the longest one.
fn name_of(rest: &mut &str, names: &[&str]) -> Option<i64> {
    let padded = format!("{rest:<9}");
    let mut cursor = padded.as_str();
    let place = name(&mut cursor, names)?;
    let used = padded.len().checked_sub(cursor.len())?;
    *rest = rest.get(used..)?;
    Some(place)
}

/// The present year's century. UNVERIFIED(iris): years of fewer digits than four are of it; RR has
/// 50 to 99 in the last one.
fn full_year(value: i64, length: usize, round: bool) -> i64 {
    let (this, _, _) = calendar::civil(calendar::now().0);
    match length {
        1 => this / 10 * 10 + value,
        2 if round => this / 100 * 100 + value - if value >= 50 { 100 } else { 0 },
        2 => this / 100 * 100 + value,
        3 => this / 1_000 * 1_000 + value,
        _ => value,
    }
}

impl Found {
    /// Reads what one code stands for.
    fn take(&mut self, code: Code, rest: &mut &str) -> Option<()> {
        match code {
            Code::Year(most) => {
                let text = digits(rest, usize::from(most))?;
                self.year = Some(full_year(text.parse().ok()?, text.len(), false));
            }
            Code::RoundYear(four) => {
                let text = digits(rest, if four { 4 } else { 2 })?;
                self.year = Some(full_year(text.parse().ok()?, text.len(), true));
            }
            Code::Month | Code::Mon => self.month = Some(name_of(rest, &calendar::MONTHS)?),
            Code::MonthNumber => self.month = Some(whole(rest, 2)?),
            Code::DayOfYear => self.of_year = Some(whole(rest, 3)?),
            Code::Day => self.day = Some(whole(rest, 2)?),
            Code::Weekday | Code::WeekdayShort => {
                name_of(rest, &calendar::WEEKDAYS)?;
            }
            Code::WeekdayNumber => {
                whole(rest, 1)?;
            }
            Code::Julian => self.date = Some(whole(rest, 7)? - JULIAN_ZERO),
            Code::Hour24 | Code::Hour12 => self.hour = whole(rest, 2)?,
            Code::Minute => self.minute = whole(rest, 2)?,
            Code::Second => self.second = whole(rest, 2)?,
            Code::SecondOfDay => self.of_day = Some(whole(rest, 5)?),
            Code::Fraction(most) => {
                let text = digits(rest, if most == 0 { 9 } else { usize::from(most) })?;
                self.nanos = format!("{text:0<9}").parse().ok()?;
            }
            Code::Half(points) => {
                let length = if points { 4 } else { 2 };
                let text = rest.get(..length)?.to_ascii_uppercase();
                self.half = Some(match text.as_str() {
                    "AM" | "A.M." => false,
                    "PM" | "P.M." => true,
                    _ => return None,
                });
                *rest = rest.get(length..)?;
            }
            Code::Char(expected) => {
                let given = rest.chars().next()?;
                let alike = given.eq_ignore_ascii_case(&expected)
                    || !given.is_alphanumeric() && !expected.is_alphanumeric();
                if !alike {
                    return None;
                }
                *rest = rest.get(given.len_utf8()..)?;
            }
        }
        Some(())
    }

    fn moment(&self) -> Option<Moment> {
        let date = match (self.date, self.of_year) {
            (Some(date), _) => date,
            (None, Some(of_year)) => {
                let year = self.year.unwrap_or(calendar::civil(calendar::now().0).0);
                let first = calendar::days(year, 1, 1);
                let length = calendar::days(year + 1, 1, 1) - first;
                (1..=length).contains(&of_year).then_some(first + of_year - 1)?
            }
            (None, None) => {
                let (this, _, _) = calendar::civil(calendar::now().0);
                let (year, month) = (self.year.unwrap_or(this), self.month.unwrap_or(1));
                let day = self.day.unwrap_or(1);
                let valid = (1..=9_999).contains(&year)
                    && (1..=12).contains(&month)
                    && (1..=calendar::month_length(year, month)).contains(&day);
                valid.then(|| calendar::days(year, month, day))?
            }
        };
        let hour = match self.half {
            Some(_) if !(1..=12).contains(&self.hour) => return None,
            Some(afternoon) => self.hour % 12 + if afternoon { 12 } else { 0 },
            None => self.hour,
        };
        if hour > 23 || self.minute > 59 || self.second > 59 {
            return None;
        }
        let seconds = self.of_day.unwrap_or((hour * 60 + self.minute) * 60 + self.second);
        let valid = (calendar::DATE_MIN..=calendar::DATE_MAX).contains(&date) && seconds < 86_400;
        valid.then_some((date, seconds * 1_000_000_000 + self.nanos))
    }
}

/// Reads a text by a format. What stands at the end of the format may be missing in the text.
pub(super) fn read(given: &str, format: &str) -> Option<Moment> {
    let mut found = Found::default();
    let mut rest = given.trim();
    if rest.is_empty() {
        return None;
    }
    for code in codes(format.trim()) {
        if rest.is_empty() {
            break;
        }
        found.take(code, &mut rest)?;
    }
    if rest.trim().is_empty() { found.moment() } else { None }
}

/// TO_DATE and its kin: what cannot be read is `<ILLEGAL VALUE>` (iris-sql §2).
fn parsed(c: &Context<'_>, default: &str) -> Result<Option<Moment>> {
    if null(c, 0) || c.len() > 1 && null(c, 1) {
        return Ok(None);
    }
    let format = if c.len() > 1 { text(c, 1) } else { default.to_owned() };
    read(&text(c, 0), &format).map(Some).ok_or_else(illegal_value)
}

/// TO_CHAR; without a format the logical value, a `$HOROLOG` for a date with a time (iris-sql §2).
fn to_char(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Null);
    }
    let kind = text(c, 1);
    if null(c, 2) {
        return Ok(Value::Text(match (kind.as_str(), moment(c, 0)) {
            ("n" | "d", _) => text(c, 0),
            ("t", Ok(Some((_, nanos)))) => (nanos / 1_000_000_000).to_string(),
            (_, Ok(Some((date, nanos)))) => format!("{date},{}", nanos / 1_000_000_000),
            _ => text(c, 0),
        }));
    }
    let format = text(c, 2);
    if kind == "n" {
        fits(format.len())?;
        return Ok(Value::Text(number_text(number(c, 0), &format)));
    }
    let numeric = kind == "s"
        && Decimal::is_number(text(c, 0).trim())
        && codes(&format).iter().all(|code| matches!(code, Code::Char(_)));
    if numeric {
        return Ok(Value::Text(number_text(number(c, 0), &format)));
    }
    // No code gives more than 9 characters.
    fits(format.len().saturating_mul(9))?;
    Ok(moment(c, 0)?.map_or(Value::Null, |at| Value::Text(formatted(at, &format))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Moment {
        calendar::parse_timestamp(text).unwrap()
    }

    #[test]
    fn codes_of_the_facts_are_written() {
        // iris-sql §2.
        let moment = at("2018-02-05 15:04:09.123");
        for (format, expected) in [
            ("YYYY-MM-DD HH24:MI:SS", "2018-02-05 15:04:09"),
            ("D DD DY DAY", "2 05 Mon Monday"),
            ("month MON YYY YY Y RRRR RR", "February Feb 018 18 8 2018 18"),
            ("DDD J SSSSS", "036 2458155 54249"),
            ("HH12:MI:SS.FF3 PM p.m.", "03:04:09.123 PM P.M."),
            ("on DD", "on 05"),
        ] {
            assert_eq!(formatted(moment, format), expected, "{format}");
        }
    }

    #[test]
    fn texts_are_read_by_their_format() {
        // iris-sql §2.
        assert_eq!(read("05 FEB 2018", DATE_FORMAT), Some(at("2018-02-05")));
        assert_eq!(read("5 february 2018", DATE_FORMAT), Some(at("2018-02-05")));
        assert_eq!(read("2018-02-30", "YYYY-MM-DD"), None);
        assert_eq!(read("2018-02-05", DATE_FORMAT), None);
        assert_eq!(read("05 Feb 2018 03:04:09", STAMP_FORMAT), Some(at("2018-02-05 03:04:09")));
        assert_eq!(read("20180205", "YYYYMMDD"), Some(at("2018-02-05")));
        assert_eq!(read("036/2018", "DDD/YYYY"), Some(at("2018-02-05")));
        assert_eq!(read("03:04 PM", "HH:MI AM").map(|m| m.1), Some(54_240_000_000_000));
        assert_eq!(read("x", "YYYY"), None);
    }

    proptest! {
        #[test]
        fn what_is_written_can_be_read(
            date in calendar::DATE_MIN..=calendar::DATE_MAX,
            s in 0..86_400_i64,
        ) {
            let moment = (date, s * 1_000_000_000);
            for format in ["YYYY-MM-DD HH24:MI:SS", "DD MON YYYY SSSSS", "J HH12:MI:SS PM"] {
                prop_assert_eq!(read(&formatted(moment, format), format), Some(moment));
            }
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,20}", format in "\\PC{0,20}") {
            let _ = (read(&text, &format), number_text(Decimal::prefix(&text), &format));
            let _ = formatted((58_074, 1), &format);
        }

        #[test]
        fn no_format_panics(
            text in "[0-9a-zA-Z :/.-]{0,20}",
            format in "(YYYY|MM|DD|HH|MI|SS|FF|DDD|J|MON|DAY|[90$.,S /-]){0,8}",
        ) {
            let _ = (read(&text, &format), number_text(Decimal::prefix(&text), &format));
        }
    }
}

//! Dates, times and timestamps in text format: PostgreSQL's ISO forms, and those with the month
//! first (`01/31/2024`), as `DateStyle = ISO, MDY` reads them.
//!
//! Names of months, Julian days and zones by abbreviation are not read: they are errors, never
//! guesses. Zones by their names in the tz database are.

use super::super::calendar::{DAY, Date, SECOND, Stamp, month_days};
use super::super::error::ValueError;
use super::super::pg::PgType;
use super::super::zone::Zone;
use super::clock::{self, Clock, Half};
use super::{invalid, is_space, trimmed};

/// 0001-01-01 in days since 2000-01-01: IRIS's first day.
pub(super) const FIRST_DAY: i64 = -730_119;
/// 9999-12-31 in days since 2000-01-01: IRIS's last day.
pub(super) const LAST_DAY: i64 = 2_921_939;
/// 1970-01-01 in days since 2000-01-01.
const UNIX_DAY: i64 = -10_957;

/// Why a text is no date or time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// Not the form of one.
    Syntax,
    /// A field has a value that it cannot have.
    Field { order_hint: bool },
    /// The zone's offset is too large.
    Zone,
    /// A zone's name.
    ZoneName(String),
    /// A year before the first.
    Era,
}

/// A zone in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Seconds east of UTC.
    East(i64),
    /// By name.
    Named(Zone),
}

/// What a text says.
#[derive(Debug, Clone, Copy, Default)]
struct Parts {
    /// Year, month and day.
    date: Option<Date>,
    /// Microseconds since midnight, a whole day included.
    time: Option<i64>,
    /// The zone that the text names.
    zone: Option<Place>,
}

/// Reads `text` and gives what IRIS takes: `YYYY-MM-DD`, `HH:MM:SS[.f]`, or both with a blank.
/// A `timestamptz` becomes UTC; without a zone of its own it is taken to be in `zone`.
pub(super) fn read(ty: PgType, text: &str, zone: Zone) -> Result<Stamp, ValueError> {
    let body = trimmed(text);
    if let Some(special) = special(ty, body) {
        return special;
    }
    let parts = parse(ty, body).map_err(|fault| named(ty, text, fault))?;
    assemble(ty, parts, zone, text)
}

/// The words that stand for a date or time.
fn special(ty: PgType, body: &str) -> Option<Result<Stamp, ValueError>> {
    let word = body.to_ascii_lowercase();
    match (ty, word.as_str()) {
        (PgType::Time, "allballs") => Some(Ok(stamp(ty, 0))),
        (PgType::Date | PgType::Timestamp | PgType::Timestamptz, "epoch") => {
            Some(Ok(stamp(ty, UNIX_DAY.saturating_mul(DAY))))
        }
        (PgType::Time, "infinity" | "-infinity") => None,
        (_, "infinity" | "-infinity" | "now" | "today" | "tomorrow" | "yesterday") => {
            Some(Err(ValueError::NoSuchValue { ty, text: body.to_owned() }))
        }
        _ => None,
    }
}

fn named(ty: PgType, text: &str, fault: Fault) -> ValueError {
    let text = text.to_owned();
    match fault {
        Fault::Syntax => invalid(ty, &text),
        Fault::Field { order_hint } => ValueError::FieldRange { text, order_hint },
        Fault::Zone => ValueError::ZoneRange { text },
        Fault::ZoneName(zone) => ValueError::ZoneUnknown { zone },
        Fault::Era => ValueError::NoSuchValue { ty, text },
    }
}

/// Puts the parts together as the type wants them: a date forgets the time, a timestamp without
/// time zone forgets the zone, one with it becomes UTC.
fn assemble(ty: PgType, parts: Parts, zone: Zone, text: &str) -> Result<Stamp, ValueError> {
    let beyond = || ValueError::DateRange { ty, text: text.to_owned() };
    if ty == PgType::Time {
        let micros = parts.time.ok_or_else(|| invalid(ty, text))?;
        // IRIS's day has no second 86 400, which PostgreSQL's 24:00:00 is.
        return if micros < DAY { Ok(stamp(ty, micros)) } else { Err(beyond()) };
    }
    let date = parts.date.ok_or_else(|| invalid(ty, text))?;
    let days = date.to_days().saturating_mul(DAY);
    let micros = match ty {
        PgType::Date => days,
        _ => days.saturating_add(parts.time.unwrap_or(0)),
    };
    let micros = if ty == PgType::Timestamptz {
        let east = match parts.zone.unwrap_or(Place::Named(zone)) {
            Place::East(east) => east,
            Place::Named(zone) => zone.local_offset(micros),
        };
        micros.saturating_sub(east.saturating_mul(SECOND))
    } else {
        micros
    };
    if (FIRST_DAY..=LAST_DAY).contains(&micros.div_euclid(DAY)) {
        Ok(stamp(ty, micros))
    } else {
        Err(beyond())
    }
}

fn stamp(ty: PgType, micros: i64) -> Stamp {
    let mut stamp = Stamp::new();
    match ty {
        PgType::Date => stamp.date(micros.div_euclid(DAY)),
        PgType::Time => stamp.time(micros),
        _ => stamp.timestamp(micros),
    }
    stamp
}

/// What is left of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Takes one byte if it is the next.
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let found = self.rest.split_first().filter(|(first, _)| **first == byte);
        if let Some((_, rest)) = found {
            self.rest = rest;
        }
        found.is_some()
    }

    fn take_while(&mut self, keep: impl Fn(u8) -> bool) -> &'a [u8] {
        let end = self.rest.iter().position(|byte| !keep(*byte)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, &[]));
        self.rest = rest;
        taken
    }

    /// Takes the digits that come next, perhaps none.
    pub(super) fn digits(&mut self) -> &'a [u8] {
        self.take_while(|byte| byte.is_ascii_digit())
    }

    /// Takes blanks; true when there were some.
    fn blanks(&mut self) -> bool {
        !self.take_while(is_space).is_empty()
    }
}

/// Reads all of `body`. The date's fields are looked at last, as PostgreSQL does.
fn parse(ty: PgType, body: &str) -> Result<Parts, Fault> {
    let mut cursor = Cursor { rest: body.as_bytes() };
    let mut parts = Parts::default();
    let mut clock = None;
    if begins_with_date(ty, cursor) {
        parts.date = Some(date(&mut cursor)?);
        let marked = cursor.take(b'T') || cursor.take(b't');
        if !marked && !cursor.blanks() && !cursor.rest.is_empty() {
            return Err(Fault::Syntax);
        }
        if marked || cursor.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            clock = Some(Clock::read(&mut cursor)?);
        }
    } else {
        if !cursor.take(b'T') {
            cursor.take(b't');
        }
        clock = Some(Clock::read(&mut cursor)?);
    }
    let half = tail(&mut cursor, &mut parts)?;
    parts.time = clock.map(|clock| clock.micros(half)).transpose()?;
    if parts.time.is_none() && (half.is_some() || ty == PgType::Time) {
        return Err(Fault::Syntax);
    }
    parts.date.map_or(Ok(()), existing)?;
    Ok(parts)
}

/// A time begins with digits and a colon or with a `T`; for type time, digits alone do as well.
fn begins_with_date(ty: PgType, mut cursor: Cursor<'_>) -> bool {
    let digits = cursor.digits();
    match cursor.peek() {
        Some(b'-' | b'/') => true,
        Some(b'.') => ty != PgType::Time || digits.len() < 6,
        Some(b':') => false,
        _ if ty == PgType::Time => digits.len() == 8,
        _ => !digits.is_empty(),
    }
}

/// What may follow date and time: AM or PM, a zone, an era.
fn tail(cursor: &mut Cursor<'_>, parts: &mut Parts) -> Result<Option<Half>, Fault> {
    let mut half = None;
    loop {
        cursor.blanks();
        let Some(byte) = cursor.peek() else { return Ok(half) };
        let signed = matches!(byte, b'+' | b'-');
        if signed && parts.zone.is_none() {
            cursor.take(byte);
            let seconds = clock::zone(cursor)?;
            let east = if byte == b'-' { seconds.saturating_neg() } else { seconds };
            parts.zone = Some(Place::East(east));
            continue;
        }
        let word = zone_word(cursor);
        match word.to_ascii_lowercase().as_slice() {
            b"am" if half.is_none() => half = Some(Half::Am),
            b"pm" if half.is_none() => half = Some(Half::Pm),
            b"ad" => {}
            b"bc" => return Err(Fault::Era),
            b"z" | b"utc" | b"gmt" | b"ut" | b"zulu" if parts.zone.is_none() => {
                parts.zone = Some(Place::East(0));
            }
            name if name.contains(&b'/') && parts.zone.is_none() => {
                let name = String::from_utf8_lossy(name);
                let zone = Zone::of_name(&name).ok_or_else(|| Fault::ZoneName(name.into()))?;
                parts.zone = Some(Place::Named(zone));
            }
            _ => return Err(Fault::Syntax),
        }
    }
}

/// Letters, and after a stroke what else a zone's name may have: `America/Port-au-Prince`.
fn zone_word<'a>(cursor: &mut Cursor<'a>) -> &'a [u8] {
    let whole = cursor.rest;
    let letters = cursor.take_while(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    if cursor.peek() != Some(b'/') {
        return letters;
    }
    let more = cursor.take_while(|byte| byte.is_ascii_alphanumeric() || b"+-/_.:".contains(&byte));
    whole.get(..letters.len().saturating_add(more.len())).unwrap_or(letters)
}

/// `Y-M-D` with a year of three digits or more, `M-D-Y`, or `YYYYMMDD` and `YYMMDD`.
fn date(cursor: &mut Cursor<'_>) -> Result<Date, Fault> {
    let first = cursor.digits();
    let separator = match cursor.peek() {
        Some(byte @ (b'-' | b'/' | b'.')) => byte,
        _ => return run_together(first),
    };
    cursor.take(separator);
    let second = cursor.digits();
    if !cursor.take(separator) {
        return Err(Fault::Syntax);
    }
    let third = cursor.digits();
    if first.len() > 2 && second.len() > 2 {
        // Three digits after the year are a day of the year, which nothing may follow.
        return Err(Fault::Syntax);
    }
    if first.len() > 2 { fields(first, second, third) } else { fields(third, first, second) }
}

fn run_together(digits: &[u8]) -> Result<Date, Fault> {
    let year_length = match digits.len() {
        8 => 4,
        6 => 2,
        _ => return Err(Fault::Syntax),
    };
    let (year, rest) = digits.split_at_checked(year_length).ok_or(Fault::Syntax)?;
    let (month, day) = rest.split_at_checked(2).ok_or(Fault::Syntax)?;
    fields(year, month, day)
}

fn fields(year: &[u8], month: &[u8], day: &[u8]) -> Result<Date, Fault> {
    Ok(Date { year: full_year(year)?, month: clock::value(month)?, day: clock::value(day)? })
}

/// Two digits are a year from 1970 to 2069.
fn full_year(digits: &[u8]) -> Result<i64, Fault> {
    let year = clock::value(digits)?;
    Ok(match (digits.len(), year) {
        (1 | 2, 0..=69) => year.saturating_add(2000),
        (1 | 2, _) => year.saturating_add(1900),
        _ => year,
    })
}

/// Complains about a day that does not exist, in PostgreSQL's order (`ValidateDate`).
fn existing(date: Date) -> Result<(), Fault> {
    if date.year == 0 {
        return Err(Fault::Field { order_hint: false });
    }
    if !(1..=12).contains(&date.month) || !(1..=31).contains(&date.day) {
        return Err(Fault::Field { order_hint: true });
    }
    if date.day > month_days(date.year, date.month) {
        return Err(Fault::Field { order_hint: false });
    }
    Ok(())
}

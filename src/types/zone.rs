//! Time zones: what `TimeZone` may be set to, and the offset from UTC at a moment.
//!
//! Names are those of the tz database: of this machine where it has one, else of the copy that the
//! program carries. Source for the rest: PostgreSQL's `check_timezone` and `pg_tzset`.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{Span, Timestamp};

use super::calendar::{DAY, Date, SECOND};
use super::interval::Interval;

/// 2000-01-01 in seconds since 1970-01-01.
const EPOCH_SECONDS: i64 = 946_684_800;

/// The farthest offset of a zone given as hours, in seconds: PostgreSQL takes up to 168 hours, the
/// tz database's arithmetic up to a day.
const HOURS_SECONDS_MAX: i64 = 86_400;

/// A zone with its name as `SHOW TimeZone` gives it.
#[derive(Debug)]
struct Known {
    name: String,
    rules: TimeZone,
    /// Whether its clocks always show UTC.
    utc: bool,
}

static UTC: Known = Known { name: String::new(), rules: TimeZone::UTC, utc: true };

/// Zones that were asked for, by what was asked; they stay for the life of the process. There are
/// as many as the tz database has names, plus offsets.
static KNOWN: Mutex<BTreeMap<String, &'static Known>> = Mutex::new(BTreeMap::new());

/// The most zones given as an offset that a process keeps; a further one is not known. Each is a
/// different number of seconds, which clients have no reason to vary.
const KNOWN_MAX: usize = 4096;

/// A time zone; a copy costs nothing.
#[derive(Debug, Clone, Copy)]
pub struct Zone(&'static Known);

impl Default for Zone {
    fn default() -> Self {
        Self::UTC
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Zone {}

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(&UTC);

    /// The zone that `SET TimeZone` means by this text, if there is one.
    #[must_use]
    pub fn of_setting(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("UTC") {
            return Some(Self::UTC);
        }
        Self::kept(text, || {
            let found = interval(text).or_else(|| hours(text));
            found.or_else(|| named(text)).or_else(|| posix(text))
        })
    }

    /// The zone of the tz database with this name, whatever its case.
    #[must_use]
    pub fn of_name(text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case("UTC") {
            return Some(Self::UTC);
        }
        Self::kept(text, || named(text))
    }

    fn kept(text: &str, find: impl FnOnce() -> Option<Known>) -> Option<Self> {
        let key = text.to_ascii_lowercase();
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(&key) {
            return Some(Self(found));
        }
        if known.len() >= KNOWN_MAX {
            return None;
        }
        let found: &'static Known = Box::leak(Box::new(find()?));
        known.insert(key, found);
        Some(Self(found))
    }

    /// The name as PostgreSQL shows it.
    #[must_use]
    pub fn name(self) -> &'static str {
        if self.is_utc() { "UTC" } else { &self.0.name }
    }

    /// Whether it is UTC itself.
    #[must_use]
    pub fn is_utc(self) -> bool {
        self.0.name.is_empty()
    }

    /// Whether its clocks always show UTC, whatever its name: `Etc/UTC`, `GMT`, `0`.
    #[must_use]
    pub fn is_always_utc(self) -> bool {
        self.0.utc
    }

    /// Seconds east of UTC at a moment, in microseconds since 2000-01-01 UTC.
    pub(crate) fn offset(self, micros: i64) -> i64 {
        if self.is_utc() {
            return 0;
        }
        let seconds = micros.div_euclid(SECOND).saturating_add(EPOCH_SECONDS);
        // The arithmetic ends some hours before the year 9999 does; no offset changes there.
        let last = Timestamp::MAX.as_second();
        let moment = Timestamp::from_second(seconds.min(last)).unwrap_or(Timestamp::MIN);
        i64::from(self.0.rules.to_offset(moment).seconds())
    }

    /// Seconds east of UTC where clocks show this time, in microseconds since 2000-01-01 00:00.
    ///
    /// A time that clocks leave out or show twice is taken as PostgreSQL takes it: with the offset
    /// before the gap, with standard time of the two. Source: `DetermineTimeZoneOffset`.
    pub(crate) fn local_offset(self, micros: i64) -> i64 {
        if self.is_utc() {
            return 0;
        }
        let Some(local) = civil(micros) else { return 0 };
        let offset = match self.0.rules.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Gap { before, .. } => before,
            AmbiguousOffset::Fold { after, .. } => after,
        };
        i64::from(offset.seconds())
    }
}

fn civil(micros: i64) -> Option<DateTime> {
    let date = Date::from_days(micros.div_euclid(DAY));
    let midnight = DateTime::new(
        i16::try_from(date.year).ok()?,
        i8::try_from(date.month).ok()?,
        i8::try_from(date.day).ok()?,
        0,
        0,
        0,
        0,
    );
    let span = Span::new().try_microseconds(micros.rem_euclid(DAY)).ok()?;
    midnight.ok()?.checked_add(span).ok()
}

fn named(text: &str) -> Option<Known> {
    let rules = TimeZone::get(text).ok()?;
    let name = rules.iana_name()?.to_owned();
    let still = rules.following(Timestamp::MIN).next().is_none();
    let utc = still && rules.to_offset(Timestamp::UNIX_EPOCH) == Offset::UTC;
    Some(Known { name, rules, utc })
}

fn fixed(name: String, east: i64) -> Option<Known> {
    let offset = Offset::from_seconds(i32::try_from(east).ok()?).ok()?;
    Some(Known { name, rules: TimeZone::fixed(offset), utc: east == 0 })
}

/// `INTERVAL '-07:00'`, the form in which `SET TIME ZONE INTERVAL` hands its value on.
fn interval(text: &str) -> Option<Known> {
    let (word, rest) = text.split_at_checked(8)?;
    let quoted = rest.trim_start().strip_prefix('\'')?.strip_suffix('\'')?;
    if !word.eq_ignore_ascii_case("interval") {
        return None;
    }
    let span = Interval::read(quoted).ok().filter(|span| (span.months, span.days) == (0, 0))?;
    let east = span.micros.checked_div(SECOND)?;
    (east.checked_abs()? < HOURS_SECONDS_MAX).then(|| fixed(offset_name(east), east))?
}

/// Hours east of UTC: `2`, `-7`, `5.5`.
fn hours(text: &str) -> Option<Known> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || fraction.len() > 4 {
        return None;
    }
    let mut unit: i64 = 3600;
    let mut seconds = whole.parse::<i64>().ok()?.checked_mul(unit)?;
    // Four digits of an hour are whole multiples of 0.36 s: what is left is cut off as there.
    let mut part: i64 = 0;
    let mut scale: i64 = 1;
    for byte in fraction.bytes() {
        part = part.checked_mul(10)?.checked_add(i64::from(byte.checked_sub(b'0')?))?;
        scale = scale.checked_mul(10)?;
    }
    unit = unit.checked_mul(part)?.checked_div(scale)?;
    seconds = seconds.checked_add(unit)?;
    if seconds >= HOURS_SECONDS_MAX {
        return None;
    }
    let east = if text.starts_with('-') { seconds.checked_neg()? } else { seconds };
    fixed(offset_name(east), east)
}

/// `<+02>-02`, as PostgreSQL names a zone that has no name.
fn offset_name(east: i64) -> String {
    let (sign, other) = if east < 0 { ('-', '+') } else { ('+', '-') };
    let seconds = east.unsigned_abs();
    let part = |unit: u64| seconds.checked_div(unit).and_then(|n| n.checked_rem(60)).unwrap_or(0);
    let hours = seconds.checked_div(3600).unwrap_or(0);
    let shown = match (part(60), part(1)) {
        (0, 0) => format!("{hours:02}"),
        (minutes, 0) => format!("{hours:02}:{minutes:02}"),
        (minutes, seconds) => format!("{hours:02}:{minutes:02}:{seconds:02}"),
    };
    format!("<{sign}{shown}>{other}{shown}")
}

/// A POSIX zone without summer time, `GMT-01:00`: an abbreviation and hours *west* of UTC. JDBC's
/// driver sends it for a zone that the client has as an offset. In angle brackets the abbreviation
/// may have digits and signs, as in the names that PostgreSQL itself gives to offsets.
fn posix(text: &str) -> Option<Known> {
    let (letters, rest) = match text.strip_prefix('<') {
        Some(bracketed) => bracketed.split_once('>')?,
        None => {
            let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
            text.split_at_checked(end)?
        }
    };
    if letters.len() < 3 || rest.is_empty() {
        return None;
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | ':');
    if !letters.chars().all(plain) {
        return None;
    }
    let (west, digits) = match rest.strip_prefix('-') {
        Some(digits) => (false, digits),
        None => (true, rest.strip_prefix('+').unwrap_or(rest)),
    };
    let mut seconds: i64 = 0;
    let mut unit: i64 = 3600;
    for (index, part) in digits.split(':').enumerate() {
        let is_number = matches!(part.len(), 1 | 2) && part.bytes().all(|b| b.is_ascii_digit());
        let number = part.parse::<i64>().ok().filter(|_| is_number && index < 3)?;
        if number > if index == 0 { 23 } else { 59 } {
            return None;
        }
        seconds = seconds.checked_add(number.checked_mul(unit)?)?;
        unit = unit.checked_div(60)?;
    }
    let east = if west { seconds.checked_neg()? } else { seconds };
    fixed(text.to_ascii_uppercase(), east)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
mod tests {
    use super::*;

    fn at(year: i64, month: i64, day: i64, hour: i64) -> i64 {
        Date { year, month, day }.to_days() * DAY + hour * 3600 * SECOND
    }

    #[test]
    fn zones_have_the_names_that_postgresql_shows() {
        for (text, name) in [
            ("utc", "UTC"),
            ("europe/zurich", "Europe/Zurich"),
            ("2", "<+02>-02"),
            ("-7", "<-07>+07"),
            ("5.5", "<+05:30>-05:30"),
            ("GMT-01:00", "GMT-01:00"),
            ("<+02>-02", "<+02>-02"),
            ("<-07>+07", "<-07>+07"),
            ("0", "<+00>-00"),
            ("interval '-08:30'", "<-08:30>+08:30"),
        ] {
            assert_eq!(Zone::of_setting(text).map(Zone::name), Some(name), "{text}");
        }
        for unknown in ["", "Europe/Nowhere", "GMT-25", "1e3", "24", "+", "ab-1", "../../etc/x"] {
            assert_eq!(Zone::of_setting(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn some_names_are_utc_s() {
        for text in ["UTC", "etc/utc", "GMT", "Zulu", "0", "INTERVAL '00:00'", "GMT+0"] {
            assert!(Zone::of_setting(text).unwrap().is_always_utc(), "{text}");
        }
        for text in ["Europe/London", "Africa/Abidjan", "1", "Asia/Kolkata", "WET", "<-07>+07"] {
            assert!(!Zone::of_setting(text).unwrap().is_always_utc(), "{text}");
        }
    }

    #[test]
    fn a_name_that_is_shown_can_be_set() {
        for text in ["-7", "5.5", "europe/zurich", "<+02>-02", "interval '-08:30'"] {
            let zone = Zone::of_setting(text).unwrap();
            let again = Zone::of_setting(zone.name()).unwrap();
            assert_eq!((again.name(), again.offset(0)), (zone.name(), zone.offset(0)), "{text}");
        }
    }

    #[test]
    fn gaps_and_overlaps_are_taken_as_postgresql_takes_them() {
        let zurich = Zone::of_name("Europe/Zurich").unwrap();
        // 2024-03-31 02:00 to 03:00 is left out, 2024-10-27 02:00 to 03:00 comes twice.
        assert_eq!(zurich.local_offset(at(2024, 3, 31, 2) + 1), 3600);
        assert_eq!(zurich.local_offset(at(2024, 10, 27, 2) + 1), 3600);
        assert_eq!(zurich.local_offset(at(2024, 7, 1, 0)), 7200);
        assert_eq!(zurich.offset(at(2024, 3, 31, 1)), 7200);
        assert_eq!(zurich.offset(at(2024, 3, 31, 1) - 1), 3600);
        assert_eq!(zurich.offset(at(9999, 12, 31, 23)), 3600);
        assert_eq!(zurich.offset(at(1, 1, 1, 0)), 2048);
        assert_eq!(Zone::of_setting("GMT-01:00").unwrap().offset(0), 3600);
    }
}

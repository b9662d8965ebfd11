//! The values that a parameter takes: read, refused, and shown as PostgreSQL shows them.

use super::{Rule, Setting};
use crate::protocol::report::Report;
use crate::types::Zone;
use crate::types::interval::Interval;

/// The value in the form in which it is kept and shown, or why it cannot be.
pub(super) fn accept(entry: &Setting, value: &str) -> Result<String, Report> {
    let invalid = || {
        let message = format!("invalid value for parameter \"{}\": \"{value}\"", entry.name);
        Report::error("22023", message)
    };
    match entry.rule {
        Rule::Fixed => {
            let message = format!("parameter \"{}\" cannot be changed", entry.name);
            Err(Report::error("55P02", message))
        }
        Rule::Text => Ok(value.to_owned()),
        Rule::Boolean => boolean(value).map(str::to_owned).ok_or_else(|| {
            let message = format!("parameter \"{}\" requires a Boolean value", entry.name);
            Report::error("22023", message)
        }),
        Rule::Integer(low, high) | Rule::Memory(low, high) | Rule::Time(low, high) => {
            integer(value, units(entry.rule), low, high).ok_or_else(|| {
                invalid().with_hint(format!("The value must be between {low} and {high}."))
            })
        }
        Rule::Spellings(all) => match all.iter().any(|one| one.eq_ignore_ascii_case(value)) {
            true => Ok(all.first().copied().unwrap_or_default().to_owned()),
            false => Err(invalid().with_hint(format!(
                "Only {} is offered here.",
                all.first().copied().unwrap_or_default()
            ))),
        },
        Rule::Zone => {
            let found = Zone::of_setting(value).map(|zone| zone.name().to_owned());
            found.ok_or_else(|| match long_interval(value) {
                Some(unit) => {
                    invalid().with_detail(format!("Cannot specify {unit} in time zone interval."))
                }
                None => invalid(),
            })
        }
        Rule::Words(all) => all
            .iter()
            .find(|one| one.eq_ignore_ascii_case(value))
            .map(|one| (*one).to_owned())
            .ok_or_else(|| invalid().with_hint(format!("Available values: {}.", all.join(", ")))),
    }
}

/// What an interval has that no zone can be given in.
fn long_interval(value: &str) -> Option<&'static str> {
    let (_, quoted) = value.split_once('\'')?;
    let span = Interval::read(quoted.strip_suffix('\'')?).ok()?;
    match (span.months, span.days) {
        (0, 0) => None,
        (0, _) => Some("days"),
        _ => Some("months"),
    }
}

/// PostgreSQL's spellings of a Boolean: any unambiguous prefix.
fn boolean(value: &str) -> Option<&'static str> {
    let value = value.trim().to_ascii_lowercase();
    let prefix = |word: &str, least: usize| value.len() >= least && word.starts_with(&value);
    if value == "1" || prefix("on", 2) || prefix("true", 1) || prefix("yes", 1) {
        return Some("on");
    }
    if value == "0" || prefix("off", 2) || prefix("false", 1) || prefix("no", 1) {
        return Some("off");
    }
    None
}

/// PostgreSQL's units of memory in kilobytes, the greatest first.
const MEMORY: &[(&str, i64)] =
    &[("TB", 1_073_741_824), ("GB", 1_048_576), ("MB", 1_024), ("kB", 1)];
/// PostgreSQL's units of time in milliseconds, the greatest first.
const TIME: &[(&str, i64)] =
    &[("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000), ("ms", 1)];

/// The units that values of this rule may have.
fn units(rule: Rule) -> &'static [(&'static str, i64)] {
    match rule {
        Rule::Memory(..) => MEMORY,
        Rule::Time(..) => TIME,
        _ => &[],
    }
}

/// An integer; with a unit it is turned into the smallest one.
fn integer(value: &str, units: &[(&str, i64)], low: i64, high: i64) -> Option<String> {
    let value = value.trim();
    let digits = value.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let number: i64 = digits.trim().parse().ok()?;
    let factor = match value.strip_prefix(digits)? {
        "" => 1,
        unit => units.iter().find(|(name, _)| *name == unit)?.1,
    };
    let number = number.checked_mul(factor)?;
    (low..=high).contains(&number).then(|| number.to_string())
}

/// A value as SHOW gives it: times and memory have the greatest unit of which they are a multiple.
pub(super) fn shown(entry: &Setting, value: &str) -> String {
    let number: i64 = value.parse().unwrap_or(0);
    match units(entry.rule).iter().find(|(_, factor)| number % factor == 0) {
        Some((unit, factor)) if number != 0 => format!("{}{unit}", number / factor),
        _ => value.to_owned(),
    }
}

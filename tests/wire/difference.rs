//! Where the gateway is known to answer otherwise than PostgreSQL, and why: `differences.txt`.
//!
//! ```text
//! startup/protocol_4.pgt
//!   why: protocol 3.2 is spoken here
//!   - Error FATAL 0A000 "unsupported frontend protocol 4.0: server supports 3.0 to 3.0"
//!   + Error FATAL 0A000 "unsupported frontend protocol 4.0: server supports 3.0 to 3.2"
//! ```
//!
//! An entry for `everywhere` has a rule of this file instead of messages:
//!
//! ```text
//! everywhere
//!   why: what IRIS said helps to find out what happened there
//!   rule: details with SQLCODE
//! ```
//!
//! A script that fails by a defect that is to be mended stands there with the defect
//! alone:
//!
//! ```text
//! query/undefined.pgt
//!   defect: errors found by IRIS have no position
//! ```
//!
//! The messages with `-` stand in the script one after the other (on one connection); for the
//! gateway those with `+` take their place, wherever they stand (with `place: 2` only at the second
//! place). The list may only shrink: an entry that fits no script is an error, a script whose
//! defect is mended must leave it, and once the gateway answers as PostgreSQL does, what stands
//! there with `+` fails.

use crate::script::{Line, Step};
use crate::token::{self, Token};

/// One entry of the list.
#[derive(Debug, Clone)]
pub(crate) struct Difference {
    /// The script, relative to `tests/wire`.
    pub(crate) script: String,
    /// The reason.
    pub(crate) why: String,
    postgresql: Vec<Vec<Token>>,
    gateway: Vec<Vec<Token>>,
    rule: Option<Rule>,
    /// Which of the places where the messages stand is meant, from 1; all when it is not said.
    place: Option<usize>,
    /// A defect that makes the script fail until it is mended.
    pub(crate) defect: Option<String>,
}

/// A difference that shows in many scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// An error that comes from IRIS has its SQLCODE as the detail.
    SqlcodeDetails,
}

/// The name that stands in the place of a script for a rule.
const EVERYWHERE: &str = "everywhere";

impl Difference {
    /// What the entry is about, in one line.
    pub(crate) fn title(&self) -> String {
        let first = self.postgresql.first().map_or_else(String::new, |tokens| token::line(tokens));
        format!("{}: {first}", self.script)
    }
}

/// Reads the list.
pub(crate) fn parse(text: &str) -> Result<Vec<Difference>, String> {
    let mut differences: Vec<Difference> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let failed = |error: &str| format!("differences.txt, line {}: {error}", index + 1);
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        if !line.starts_with(' ') {
            let script = trimmed.to_owned();
            let (postgresql, gateway) = (Vec::new(), Vec::new());
            let why = String::new();
            let (rule, place, defect) = (None, None, None);
            differences.push(Difference { script, why, postgresql, gateway, rule, place, defect });
            continue;
        }
        let last = differences.last_mut().ok_or_else(|| failed("no script is named"))?;
        if let Some(why) = trimmed.strip_prefix("why:") {
            last.why.push_str(why.trim());
        } else if let Some(place) = trimmed.strip_prefix("place:") {
            last.place = Some(place.trim().parse().map_err(|_| failed("no number"))?);
        } else if let Some(defect) = trimmed.strip_prefix("defect:") {
            last.defect = Some(defect.trim().to_owned());
        } else if let Some(rule) = trimmed.strip_prefix("rule:") {
            last.rule = match rule.trim() {
                "details with SQLCODE" => Some(Rule::SqlcodeDetails),
                _ => return Err(failed("there is no such rule")),
            };
        } else if let Some(message) = trimmed.strip_prefix('-') {
            last.postgresql.push(token::tokens(message)?);
        } else if let Some(message) = trimmed.strip_prefix('+') {
            last.gateway.push(token::tokens(message)?);
        } else {
            return Err(failed("a line begins with why:, - or +"));
        }
    }
    for difference in &differences {
        let everywhere = difference.script == EVERYWHERE;
        if difference.defect.is_some() && !everywhere && difference.postgresql.is_empty() {
            continue;
        }
        if difference.why.is_empty()
            || everywhere != difference.rule.is_some()
            || everywhere != difference.postgresql.is_empty()
        {
            return Err(format!("{} has no reason or nothing to replace", difference.title()));
        }
        let (postgresql, gateway) = (&difference.postgresql, &difference.gateway);
        let same = gateway.iter().zip(postgresql).all(|(new, old)| token::matches(new, old));
        if !everywhere && gateway.len() == postgresql.len() && same {
            return Err(format!("{} is no difference", difference.title()));
        }
    }
    Ok(differences)
}

impl Difference {
    /// Whether it is about every script.
    pub(crate) fn is_everywhere(&self) -> bool {
        self.script == EVERYWHERE
    }

    /// Whether it is about this script.
    pub(crate) fn concerns(&self, script: &str) -> bool {
        self.script == script || self.script == EVERYWHERE
    }
}

/// The script as the gateway answers it, or `None` when the entry does not fit it.
pub(crate) fn apply(lines: &[Line], difference: &Difference) -> Option<Vec<Line>> {
    match difference.rule {
        Some(Rule::SqlcodeDetails) => return with_sqlcode(lines),
        None if difference.defect.is_some() => return Some(lines.to_vec()),
        None => {}
    }
    let mut changed = Vec::new();
    let mut rest = lines;
    let mut used = false;
    let mut places = 0;
    while let [first, after @ ..] = rest {
        let found = starts_with(rest, &difference.postgresql);
        places += usize::from(found);
        if found && difference.place.is_none_or(|place| place == places) {
            let put = difference.gateway.iter();
            changed.extend(put.map(|tokens| first.expecting(tokens.clone())));
            rest = &rest[difference.postgresql.len()..];
            used = true;
        } else {
            changed.push(first.clone());
            rest = after;
        }
    }
    used.then_some(changed)
}

/// The script in which errors without a detail may have one with a SQLCODE.
fn with_sqlcode(lines: &[Line]) -> Option<Vec<Line>> {
    let mut changed = lines.to_vec();
    for line in &mut changed {
        let Step::Expect(tokens) = &mut line.step else { continue };
        let detail = tokens.contains(&Token::word("detail="));
        if tokens.first() == Some(&Token::word("Error")) && !detail && tokens.len() >= 4 {
            tokens.insert(4, Token::SqlcodeDetail);
        }
    }
    Some(changed)
}

fn starts_with(lines: &[Line], messages: &[Vec<Token>]) -> bool {
    lines.len() >= messages.len()
        && lines.iter().zip(messages).all(|(line, message)| {
            line.connection == lines[0].connection
                && matches!(&line.step, Step::Expect(tokens) if tokens == message)
        })
}

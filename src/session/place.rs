//! The place in the client's text that an error of IRIS is about.
//!
//! IRIS does not say where a missing name stands. Where the name stands exactly once in the text
//! there is no doubt; otherwise no place is given, rather than a wrong one.

use std::ops::Range;

use super::failure::Failure;

/// The states with which a type's input function refuses a text.
const INPUT_ERRORS: &[&str] = &["22P02", "22003", "22007", "22008"];

impl Failure {
    /// Adds the place of the constant that the message quotes. The statement is the part `source`
    /// of `text` and has no parameters, whose values the message might quote too.
    pub(super) fn located_constant(mut self, text: &str, source: &Range<usize>) -> Self {
        let Failure::Statement(report) = &mut self else { return self };
        if report.position.is_some() || !INPUT_ERRORS.contains(&report.sqlstate) {
            return self;
        }
        let own = text.get(source.clone()).unwrap_or_default();
        let quoted = report.message.split_once('"').and_then(|(_, rest)| rest.rsplit_once('"'));
        report.position = quoted.and_then(|(value, _)| {
            let literal = format!("'{}'", value.replace('\'', "''"));
            let mut places = own.match_indices(&literal);
            let (start, _) = places.next().filter(|_| places.next().is_none())?;
            u32::try_from(own.get(..start)?.chars().count()).ok()?.checked_add(1)
        });
        self.moved(text, source.start)
    }

    /// Adds the place of the name that the message says does not exist. The statement is the part
    /// `source` of `text`.
    pub(super) fn located(mut self, text: &str, source: &Range<usize>) -> Self {
        let Failure::Statement(report) = &mut self else { return self };
        if report.position.is_some() {
            return self;
        }
        let name = match report.sqlstate {
            "42P01" | "42703" => report.message.split('"').nth(1),
            "42P02" => report.message.rsplit(' ').next(),
            _ => None,
        };
        let own = text.get(source.clone()).unwrap_or_default();
        report.position = name.and_then(|name| position(own, name));
        self.moved(text, source.start)
    }

    /// Turns a place in a part of `text` into one of the whole; the part begins at byte `start`.
    pub(super) fn moved(mut self, text: &str, start: usize) -> Self {
        if let Failure::Statement(report) = &mut self
            && let Some(position) = report.position
        {
            let before = text.get(..start).unwrap_or_default().chars().count();
            let before = u32::try_from(before).unwrap_or(u32::MAX);
            report.position = Some(position.saturating_add(before));
        }
        self
    }
}

/// Where `name` stands as a word of its own, if it does so once: characters, the first is 1. With
/// a qualifier before it, the place is the qualifier's.
fn position(text: &str, name: &str) -> Option<u32> {
    let (folded, name) = (text.to_ascii_lowercase(), name.to_ascii_lowercase());
    if name.is_empty() {
        return None;
    }
    let mut places = folded.match_indices(&name).filter(|(start, found)| {
        let before = folded.get(..*start).and_then(|before| before.chars().next_back());
        let end = start.saturating_add(found.len());
        let after = folded.get(end..).and_then(|after| after.chars().next());
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    });
    let (start, _) = places.next()?;
    if places.next().is_some() {
        return None;
    }
    let before = folded.get(..start)?;
    let before = before.strip_suffix('"').unwrap_or(before);
    let before = match before.strip_suffix('.') {
        Some(qualifier) => qualifier.trim_end_matches(|c| is_word(c) || c == '"' || c == '.'),
        None => before,
    };
    u32::try_from(before.chars().count()).ok()?.checked_add(1)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}

#[cfg(test)]
mod tests {
    use super::position;

    #[test]
    fn a_name_has_a_place_where_it_stands_once() {
        for (text, name, expected) in [
            ("select * from nope", "nope", Some(15)),
            ("select * from public.nope", "nope", Some(15)),
            ("select * from \"Nope\" n", "Nope", Some(15)),
            ("select 'ä', nope from t", "nope", Some(13)),
            ("select a as nope, nope from t", "nope", None),
            ("select nopes, _nope from t", "nope", None),
            ("select nopes from nope", "nope", Some(19)),
            ("select 1", "", None),
        ] {
            assert_eq!(position(text, name), expected, "{text}");
        }
    }
}

//! Settings that clients make: any name with a dot, any text (PostgreSQL, "Customized Options").

use super::{Rule, Setting, Settings};
use crate::protocol::report::Report;

/// What every one of them is like.
pub(super) const SETTING: Setting =
    Setting { name: "", default: "", rule: Rule::Text, reported: false };

/// How many of them a session keeps. PostgreSQL has no limit but its memory.
const CUSTOM_MAX: usize = 1_000;

/// The prefix of the gateway's own settings.
const RESERVED: &str = "irispg";

/// Refuses a name that nobody may make: an unknown one without a dot, parts that are no
/// identifiers, and a reserved prefix. Source: PostgreSQL's `find_option`.
pub(super) fn check(name: &str) -> Result<(), Report> {
    let Some((prefix, _)) = name.split_once('.') else {
        let message = format!("unrecognized configuration parameter \"{name}\"");
        return Err(Report::error("42704", message));
    };
    let invalid =
        || Report::error("42602", format!("invalid configuration parameter name \"{name}\""));
    if !name.split('.').all(is_identifier) {
        return Err(invalid().with_detail(
            "Custom parameter names must be two or more simple identifiers separated by dots.",
        ));
    }
    if prefix.eq_ignore_ascii_case(RESERVED) {
        return Err(invalid().with_detail(format!("\"{prefix}\" is a reserved prefix.")));
    }
    Ok(())
}

fn is_identifier(part: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_' || !c.is_ascii();
    part.starts_with(letter) && part.chars().all(|c| letter(c) || c.is_ascii_digit() || c == '$')
}

impl Settings {
    /// Where the values of a setting are that a client made.
    pub(super) fn custom(&self, name: &str) -> Option<usize> {
        let at = self.customs.iter().position(|custom| custom.eq_ignore_ascii_case(name))?;
        Some(super::TABLE.len().saturating_add(at))
    }

    /// Where the values of a setting are; one that there is not is made.
    pub(super) fn found(&mut self, name: &str) -> Result<usize, Report> {
        if let Ok(index) = self.find(name) {
            return Ok(index);
        }
        check(name)?;
        if self.customs.len() >= CUSTOM_MAX {
            let message = format!("cannot keep more than {CUSTOM_MAX} custom parameters");
            return Err(Report::error("54000", message));
        }
        self.customs.push(name.to_owned());
        let index = self.values.len();
        let marks = self
            .marks
            .iter_mut()
            .flat_map(|mark| std::iter::once(&mut mark.values).chain(mark.lasting.as_mut()));
        let all = [&mut self.values, &mut self.start, &mut self.told];
        let rest = self.before.iter_mut().chain(self.lasting.as_mut());
        all.into_iter().chain(rest).chain(marks).for_each(|values| values.push(String::new()));
        Ok(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_identifiers_with_dots() {
        for name in ["my.x", "a.b.c", "ä.ö1$", "_a._b"] {
            assert!(check(name).is_ok(), "{name}");
        }
        for (name, sqlstate) in
            [("x", "42704"), ("my.1", "42602"), ("my.", "42602"), ("irispg.x", "42602")]
        {
            assert_eq!(check(name).unwrap_err().sqlstate, sqlstate, "{name}");
        }
    }

    #[test]
    fn a_rollback_takes_the_value_but_not_the_name() {
        let mut settings = Settings::new();
        assert!(settings.show("my.x").is_err());
        settings.set("my.x", "1", false, true).unwrap();
        settings.mark();
        settings.set("my.y", "2", true, true).unwrap();
        settings.set("my.z", "3", false, true).unwrap();
        assert_eq!(settings.get("MY.Y"), Some("2"));
        settings.roll_back_to(1);
        let values = ["my.x", "my.y", "my.z"].map(|name| settings.get(name).unwrap().to_owned());
        assert_eq!(values, ["1", "", ""]);
        settings.end_transaction(false);
        assert_eq!(settings.show("my.x").unwrap().1, "");
        settings.set("my.z", "4", false, false).unwrap();
        assert_eq!(settings.get("my.z"), Some("4"));
        settings.reset_all(false);
        assert_eq!(settings.get("my.z"), Some(""));
        assert_eq!(settings.all().count(), super::super::TABLE.len());
    }
}

//! The parameters a session can SET and SHOW, and which of them are reported to the client.
//!
//! A value is accepted only if the gateway does what it says: a setting that would be ignored in
//! silence is refused, apart from those that only tune PostgreSQL's own planner or log.

mod custom;
mod modes;
mod value;

use self::value::{accept, shown};
use crate::protocol::report::Report;
use crate::types::Zone;

/// The PostgreSQL version whose behaviour and catalog the gateway shows (facts clients §1.1).
pub(crate) const SERVER_VERSION: &str = "15.18 (IrisPG)";
/// The same as a number.
const SERVER_VERSION_NUM: &str = "150018";

/// Which values a parameter takes.
#[derive(Clone, Copy, Debug)]
enum Rule {
    /// Cannot be changed.
    Fixed,
    /// Any text.
    Text,
    /// on or off in PostgreSQL's spellings.
    Boolean,
    /// An integer in this range, perhaps with a unit that PostgreSQL allows.
    Integer(i64, i64),
    /// Kilobytes in this range, with or without PostgreSQL's units, shown with the greatest one
    /// that leaves no rest.
    Memory(i64, i64),
    /// A time in milliseconds in this range, given with PostgreSQL's units or without, and shown
    /// with the greatest unit that leaves no rest.
    Time(i64, i64),
    /// One of these, compared without case; the first is what is shown.
    Spellings(&'static [&'static str]),
    /// One of these words, shown as written here.
    Words(&'static [&'static str]),
    /// A time zone, shown under its own name.
    Zone,
}

/// One parameter.
struct Setting {
    name: &'static str,
    default: &'static str,
    rule: Rule,
    reported: bool,
}

const fn setting(name: &'static str, default: &'static str, rule: Rule) -> Setting {
    Setting { name, default, rule, reported: false }
}

const fn reported(name: &'static str, default: &'static str, rule: Rule) -> Setting {
    Setting { name, default, rule, reported: true }
}

const ISOLATION: Rule = Rule::Words(&["read committed", "read uncommitted"]);
const LEVELS: Rule = Rule::Words(&[
    "debug5", "debug4", "debug3", "debug2", "debug1", "log", "notice", "warning", "error",
]);
/// Milliseconds up to PostgreSQL's INT_MAX.
const MILLISECONDS: Rule = Rule::Time(0, i32::MAX as i64);
/// PostgreSQL's least and greatest memory of an operation, in kilobytes.
const MEMORY: Rule = Rule::Memory(64, i32::MAX as i64);
/// Time-outs that the gateway does not keep can only be off.
const OFF: Rule = Rule::Time(0, 0);

/// Values that every statement needs, kept in the form in which they are used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Statements may not write.
    pub(crate) read_only: bool,
    /// IRIS SQL is spoken.
    pub(crate) iris_dialect: bool,
    /// The time-outs.
    pub(crate) timeouts: Timeouts,
    /// The time zone.
    pub(crate) zone: Zone,
}

/// The session's time-outs in milliseconds; 0 is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timeouts {
    /// A statement may run for this long.
    pub statement_ms: u64,
    /// A client may leave its transaction idle for this long.
    pub idle_in_transaction_ms: u64,
    /// A client may be idle outside of a transaction for this long.
    pub idle_ms: u64,
}

/// Every parameter, sorted by name without case.
const TABLE: &[Setting] = &[
    reported("application_name", "", Rule::Text),
    setting("bytea_output", "hex", Rule::Words(&["hex"])),
    setting("check_function_bodies", "on", Rule::Boolean),
    reported("client_encoding", "UTF8", Rule::Spellings(&["UTF8", "utf-8", "unicode", "'utf-8'"])),
    setting("client_min_messages", "notice", LEVELS),
    reported(
        "DateStyle",
        "ISO, MDY",
        Rule::Spellings(&["ISO, MDY", "iso", "iso,mdy", "mdy", "iso, us", "default"]),
    ),
    setting("default_table_access_method", "heap", Rule::Words(&["heap"])),
    setting("default_tablespace", "", Rule::Words(&[""])),
    setting("default_transaction_deferrable", "off", Rule::Boolean),
    setting("default_transaction_isolation", "read committed", ISOLATION),
    reported("default_transaction_read_only", "off", Rule::Boolean),
    setting("enable_bitmapscan", "on", Rule::Boolean),
    setting("enable_hashagg", "on", Rule::Boolean),
    setting("enable_hashjoin", "on", Rule::Boolean),
    setting("enable_indexonlyscan", "on", Rule::Boolean),
    setting("enable_indexscan", "on", Rule::Boolean),
    setting("enable_material", "on", Rule::Boolean),
    setting("enable_mergejoin", "on", Rule::Boolean),
    setting("enable_nestloop", "on", Rule::Boolean),
    setting("enable_seqscan", "on", Rule::Boolean),
    setting("enable_sort", "on", Rule::Boolean),
    setting("enable_tidscan", "on", Rule::Boolean),
    setting("extra_float_digits", "1", Rule::Integer(1, 3)),
    setting("idle_in_transaction_session_timeout", "0", MILLISECONDS),
    setting("idle_session_timeout", "0", MILLISECONDS),
    reported("in_hot_standby", "off", Rule::Fixed),
    reported("integer_datetimes", "on", Rule::Fixed),
    reported("IntervalStyle", "postgres", Rule::Words(&["postgres"])),
    setting("irispg.dialect", "postgres", Rule::Words(&["postgres", "iris"])),
    reported("is_superuser", "off", Rule::Fixed),
    setting("jit", "off", Rule::Boolean),
    setting("lc_messages", "C", Rule::Text),
    setting("lock_timeout", "0", OFF),
    setting("maintenance_work_mem", "65536", Rule::Memory(1024, i32::MAX as i64)),
    setting("max_identifier_length", "63", Rule::Fixed),
    setting("max_parallel_workers_per_gather", "2", Rule::Integer(0, 1024)),
    setting("role", "none", Rule::Words(&["none"])),
    setting("row_security", "on", Rule::Boolean),
    setting(
        "search_path",
        "public",
        Rule::Spellings(&["public", "\"$user\", public", "\"public\""]),
    ),
    reported("server_encoding", "UTF8", Rule::Fixed),
    reported("server_version", SERVER_VERSION, Rule::Fixed),
    setting("server_version_num", SERVER_VERSION_NUM, Rule::Fixed),
    reported("session_authorization", "", Rule::Fixed),
    reported("standard_conforming_strings", "on", Rule::Spellings(&["on", "true", "yes", "1"])),
    setting("statement_timeout", "0", MILLISECONDS),
    setting("synchronize_seqscans", "on", Rule::Boolean),
    setting("synchronous_commit", "on", Rule::Boolean),
    reported("TimeZone", "UTC", Rule::Zone),
    setting("timezone_abbreviations", "Default", Rule::Words(&["Default"])),
    setting("transaction_deferrable", "off", Rule::Boolean),
    setting("transaction_isolation", "read committed", ISOLATION),
    setting("transaction_read_only", "off", Rule::Boolean),
    setting("work_mem", "4096", MEMORY),
    setting("xmloption", "content", Rule::Words(&["content", "document"])),
];

/// The values at a savepoint.
#[derive(Debug, Clone)]
struct Mark {
    values: Vec<String>,
    lasting: Option<Vec<String>>,
}

/// The values of one session.
#[derive(Debug)]
pub(crate) struct Settings {
    values: Vec<String>,
    start: Vec<String>,
    /// Values before the transaction changed any, for its rollback.
    before: Option<Vec<String>>,
    /// Values that come back when the transaction ends, because SET LOCAL hid them.
    lasting: Option<Vec<String>>,
    /// One per open savepoint: what its ROLLBACK TO brings back.
    marks: Vec<Mark>,
    told: Vec<String>,
    /// The transaction's modes may not be the defaults.
    apart: bool,
    /// Values may have changed since the client was told.
    untold: bool,
    facts: Facts,
    /// The names of the settings that clients made; their values stand behind those of the table.
    customs: Vec<String>,
}

impl Settings {
    pub(crate) fn new() -> Self {
        let values: Vec<String> = TABLE.iter().map(|entry| entry.default.to_owned()).collect();
        let told = vec![String::new(); values.len()];
        let facts = Facts::default();
        Self {
            start: values.clone(),
            values,
            before: None,
            lasting: None,
            marks: Vec::new(),
            told,
            apart: false,
            untold: false,
            facts,
            customs: Vec::new(),
        }
    }

    fn find(&self, name: &str) -> Result<usize, Report> {
        let known = TABLE.iter().position(|entry| entry.name.eq_ignore_ascii_case(name));
        known.or_else(|| self.custom(name)).ok_or_else(|| {
            Report::error("42704", format!("unrecognized configuration parameter \"{name}\""))
        })
    }

    fn entry(index: usize) -> &'static Setting {
        TABLE.get(index).unwrap_or(&custom::SETTING)
    }

    /// A value by name; `None` for parameters that do not exist.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let index = self.find(name).ok()?;
        self.values.get(index).map(String::as_str)
    }

    /// What every statement needs.
    pub(crate) fn facts(&self) -> Facts {
        self.facts
    }

    fn gather(&mut self) {
        self.untold = true;
        let on = |name: &str| self.get(name) == Some("on");
        let ms = |name: &str| self.get(name).and_then(|text| text.parse().ok()).unwrap_or(0);
        self.facts = Facts {
            read_only: on("transaction_read_only"),
            iris_dialect: self.get("irispg.dialect") == Some("iris"),
            zone: self.get("TimeZone").and_then(Zone::of_setting).unwrap_or_default(),
            timeouts: Timeouts {
                statement_ms: ms("statement_timeout"),
                idle_in_transaction_ms: ms("idle_in_transaction_session_timeout"),
                idle_ms: ms("idle_session_timeout"),
            },
        };
    }

    /// The name as PostgreSQL writes it and the value, for SHOW.
    pub(crate) fn show(&self, name: &str) -> Result<(String, String), Report> {
        let index = self.find(name)?;
        let value = self.values.get(index).map(String::as_str).unwrap_or_default();
        let written = TABLE.get(index).map_or(name, |entry| entry.name);
        Ok((written.to_owned(), shown(Self::entry(index), value)))
    }

    /// What SHOW would give after a SET; without a value, after RESET.
    pub(crate) fn reads(&self, name: &str, value: Option<&str>) -> Result<String, Report> {
        let Ok(index) = self.find(name) else {
            custom::check(name)?;
            return Ok(value.unwrap_or_default().to_owned());
        };
        let entry = Self::entry(index);
        let value = match value {
            Some(value) => accept(entry, value)?,
            None => self.start.get(index).cloned().unwrap_or_default(),
        };
        Ok(shown(entry, &value))
    }

    /// Every name with its value, in order.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'static str, String)> {
        TABLE.iter().zip(&self.values).map(|(entry, value)| (entry.name, shown(entry, value)))
    }

    /// A value that the gateway itself decides, such as the session's user.
    pub(crate) fn fix(&mut self, name: &str, value: &str) {
        self.untold = true;
        if let Ok(index) = self.find(name) {
            for values in [&mut self.values, &mut self.start] {
                if let Some(place) = values.get_mut(index) {
                    value.clone_into(place);
                }
            }
        }
    }

    /// A value from the startup packet, which RESET returns to.
    pub(crate) fn start_with(&mut self, name: &str, value: &str) -> Result<(), Report> {
        let index = self.found(name)?;
        let value = accept(Self::entry(index), value)?;
        for values in [&mut self.values, &mut self.start] {
            if let Some(place) = values.get_mut(index) {
                value.clone_into(place);
            }
        }
        self.begin_with_defaults();
        self.gather();
        Ok(())
    }

    /// SET and SET LOCAL; a transaction remembers what it has to undo.
    pub(crate) fn set(
        &mut self,
        name: &str,
        value: &str,
        local: bool,
        in_transaction: bool,
    ) -> Result<(), Report> {
        let index = self.found(name)?;
        let value = accept(Self::entry(index), value)?;
        self.store(index, value, local, in_transaction);
        Ok(())
    }

    /// RESET, and SET … TO DEFAULT.
    pub(crate) fn reset(
        &mut self,
        name: &str,
        local: bool,
        in_transaction: bool,
    ) -> Result<(), Report> {
        let index = self.found(name)?;
        let entry = Self::entry(index);
        if matches!(entry.rule, Rule::Fixed) {
            accept(entry, "")?;
        }
        let start = self.start.get(index).cloned().unwrap_or_default();
        self.store(index, start, local, in_transaction);
        Ok(())
    }

    /// RESET ALL.
    pub(crate) fn reset_all(&mut self, in_transaction: bool) {
        for (index, value) in self.start.clone().into_iter().enumerate() {
            let entry = Self::entry(index);
            if !matches!(entry.rule, Rule::Fixed) && !modes::is_mode(entry.name) {
                self.store(index, value, false, in_transaction);
            }
        }
    }

    fn store(&mut self, index: usize, value: String, local: bool, in_transaction: bool) {
        if !in_transaction && TABLE.get(index).is_some_and(|entry| modes::is_mode(entry.name)) {
            // There is no transaction for which it could hold.
            return;
        }
        if in_transaction {
            self.before.get_or_insert_with(|| self.values.clone());
        }
        if local {
            if !in_transaction {
                return;
            }
            self.lasting.get_or_insert_with(|| self.values.clone());
        } else if let Some(place) = self.lasting.as_mut().and_then(|all| all.get_mut(index)) {
            value.clone_into(place);
        }
        if let Some(place) = self.values.get_mut(index) {
            *place = value;
        }
        match in_transaction {
            true => self.apart = true,
            false => self.begin_with_defaults(),
        }
        self.gather();
    }

    /// A savepoint was set.
    pub(crate) fn mark(&mut self) {
        self.marks.push(Mark { values: self.values.clone(), lasting: self.lasting.clone() });
    }

    /// Savepoints were released; this many are left.
    pub(crate) fn release(&mut self, left: usize) {
        self.marks.truncate(left);
    }

    /// A savepoint was rolled back to; it is the last of this many.
    pub(crate) fn roll_back_to(&mut self, left: usize) {
        self.marks.truncate(left);
        self.fail();
    }

    /// A statement of a block failed: PostgreSQL brings back what held at the last savepoint, or
    /// before the block, at once.
    pub(crate) fn fail(&mut self) {
        if let Some(mark) = self.marks.last() {
            self.values.clone_from(&mark.values);
            self.lasting.clone_from(&mark.lasting);
        } else if let Some(before) = &self.before {
            self.values.clone_from(before);
            self.lasting = None;
        } else {
            return;
        }
        self.gather();
    }

    /// The transaction ended.
    pub(crate) fn end_transaction(&mut self, committed: bool) {
        self.marks.clear();
        let before = self.before.take();
        let lasting = self.lasting.take();
        match (committed, before, lasting) {
            (true, _, Some(lasting)) => self.values = lasting,
            (false, Some(before), _) => self.values = before,
            _ if !self.apart => return,
            _ => {}
        }
        self.begin_with_defaults();
        self.gather();
    }

    /// Reported parameters whose value the client does not know yet.
    pub(crate) fn news(&mut self) -> Vec<(&'static str, String)> {
        if !std::mem::take(&mut self.untold) {
            return Vec::new();
        }
        let mut news = Vec::new();
        for ((entry, value), told) in TABLE.iter().zip(&self.values).zip(&mut self.told) {
            if entry.reported && value != told {
                news.push((entry.name, value.clone()));
            }
            value.clone_into(told);
        }
        news
    }

    /// Tells reported parameters even if they are empty; for the start of a session.
    pub(crate) fn all_reported(&mut self) -> Vec<(&'static str, String)> {
        self.told.clone_from(&self.values);
        TABLE
            .iter()
            .zip(&self.values)
            .filter(|(entry, _)| entry.reported)
            .map(|(entry, value)| (entry.name, value.clone()))
            .collect()
    }
}

/// A parameter's name as PostgreSQL writes it; the name itself when there is no such parameter.
pub(crate) fn written(name: &str) -> &str {
    TABLE
        .iter()
        .find(|entry| entry.name.eq_ignore_ascii_case(name))
        .map_or(name, |entry| entry.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rollback_undoes_set_and_a_commit_undoes_set_local() {
        let mut settings = Settings::new();
        settings.set("application_name", "one", false, false).unwrap();
        settings.set("application_name", "two", false, true).unwrap();
        settings.end_transaction(false);
        assert_eq!(settings.get("application_name"), Some("one"));
        settings.set("application_name", "three", true, true).unwrap();
        assert_eq!(settings.get("application_name"), Some("three"));
        settings.end_transaction(true);
        assert_eq!(settings.get("application_name"), Some("one"));
    }

    #[test]
    fn values_that_would_be_ignored_are_refused() {
        let mut settings = Settings::new();
        for (name, value, sqlstate) in [
            ("client_encoding", "LATIN1", "22023"),
            ("TimeZone", "Europe/Nowhere", "22023"),
            ("server_version", "99", "55P02"),
            ("no_such_thing", "1", "42704"),
            ("lock_timeout", "5s", "22023"),
        ] {
            let report = settings.set(name, value, false, false).unwrap_err();
            assert_eq!(report.sqlstate, sqlstate, "{name}");
        }
    }

    #[test]
    fn times_are_shown_with_the_unit_that_fits() {
        let mut settings = Settings::new();
        for (given, shown) in [
            ("7000", "7s"),
            ("300s", "5min"),
            ("90s", "90s"),
            ("7500", "7500ms"),
            ("48h", "2d"),
            ("0", "0"),
        ] {
            settings.set("statement_timeout", given, false, false).unwrap();
            assert_eq!(settings.show("statement_timeout").unwrap().1, shown, "{given}");
        }
        assert!(settings.set("extra_float_digits", "3s", false, false).is_err());
    }

    #[test]
    fn only_news_are_told() {
        let mut settings = Settings::new();
        assert_eq!(settings.all_reported().len(), 13);
        settings.set("statement_timeout", "5s", false, false).unwrap();
        assert!(settings.news().is_empty());
        assert_eq!(settings.get("statement_timeout"), Some("5000"));
        settings.set("application_name", "x", false, false).unwrap();
        assert_eq!(settings.news(), vec![("application_name", "x".to_owned())]);
        assert!(settings.news().is_empty());
    }
}

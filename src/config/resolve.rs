//! From flags, environment and file to settings; every refusal names the setting and its origin.

use super::file::{self, FileError};
use super::table::{Setting, Settings, TABLE};
use std::fmt;
use std::path::{Path, PathBuf};

/// Where a value was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// On the command line.
    Flag,
    /// In the environment.
    Environment,
    /// In this file.
    File(PathBuf),
    /// By the supervisor of this worker.
    Supervisor,
    /// Nowhere: the table's default.
    Default,
}

/// Why the settings cannot be used.
#[derive(Debug)]
pub enum SettingError {
    /// The table has no such name.
    Unknown {
        /// The name given.
        name: String,
        /// Where.
        origin: Origin,
        /// The name in the table that is most like it.
        similar: Option<&'static str>,
    },
    /// The value is not of the setting's kind or not in its range.
    Wrong {
        /// The setting.
        setting: &'static Setting,
        /// The value given.
        text: String,
        /// Where.
        origin: Origin,
    },
    /// Two settings contradict each other.
    Conflict(&'static str),
    /// The file cannot be used.
    File(FileError),
}

fn place(setting: Option<&Setting>, name: &str, origin: &Origin) -> String {
    match (origin, setting) {
        (Origin::Flag, Some(setting)) => format!("flag --{}", setting.flag()),
        (Origin::Flag, None) => format!("flag --{name}"),
        (Origin::Environment, Some(setting)) => {
            format!("environment variable {}", setting.variable())
        }
        (Origin::Environment, None) => format!("environment variable {name}"),
        (Origin::File(path), _) => format!("setting \"{name}\" in file {}", path.display()),
        (Origin::Supervisor, _) => format!("setting \"{name}\" from the supervisor"),
        (Origin::Default, _) => format!("default of setting \"{name}\""),
    }
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { name, origin, similar } => {
                write!(f, "{}: there is no such setting", place(None, name, origin))?;
                match similar {
                    Some(similar) => write!(f, "; did you mean \"{similar}\"?"),
                    None => Ok(()),
                }
            }
            Self::Wrong { setting, text, origin } => {
                let place = place(Some(setting), setting.name, origin);
                write!(f, "{place}: \"{}\" is not {}", text.escape_debug(), setting.expects)?;
                match setting.range {
                    Some((low, high)) => {
                        write!(f, " between {} and {}", unit(setting, low), unit(setting, high))
                    }
                    None => Ok(()),
                }
            }
            Self::Conflict(text) => f.write_str(text),
            Self::File(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for SettingError {}

impl From<FileError> for SettingError {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

/// A bound of a range as one would write it.
fn unit(setting: &Setting, number: u64) -> String {
    if setting.expects.starts_with("a time") { format!("{number}ms") } else { number.to_string() }
}

/// The three places where settings are given. What each gives is a list of texts per name; an
/// absent name is no entry.
#[derive(Debug, Default, Clone)]
pub struct Sources {
    /// From the command line: (name in the table, texts).
    pub flags: Vec<(String, Vec<String>)>,
    /// The whole environment: only `IRISPG_…` is looked at.
    pub environment: Vec<(String, String)>,
    /// The file, if one was named.
    pub file: Option<PathBuf>,
}

/// Variables with our prefix that are no settings: the file to read, and who `check` logs in as.
const OTHER_VARIABLES: [&str; 3] = ["IRISPG_CONFIG", "IRISPG_USER", "IRISPG_PASSWORD"];

impl Sources {
    /// The settings these sources give, checked.
    ///
    /// # Errors
    /// The first setting that is unknown, wrong or contradicts another, and where it was given.
    pub fn settings(&self) -> Result<Settings, SettingError> {
        let mut settings = Settings::default();
        if let Some(path) = &self.file {
            for (name, texts) in file::read(path)? {
                settings.assign(&name, &texts, Origin::File(path.clone()))?;
            }
        }
        for setting in TABLE {
            let variable = setting.variable();
            if let Some((_, text)) = self.environment.iter().find(|(name, _)| *name == variable) {
                settings.assign(setting.name, std::slice::from_ref(text), Origin::Environment)?;
            }
        }
        for (name, texts) in &self.flags {
            settings.assign(name, texts, Origin::Flag)?;
        }
        settings.agree()?;
        Ok(settings)
    }

    /// Variables of the environment that look like settings of ours and are none: worth a warning,
    /// not an error, since a variable may belong to somebody's script.
    pub fn stray_variables(&self) -> Vec<&str> {
        self.environment
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|name| name.starts_with("IRISPG_") && !OTHER_VARIABLES.contains(name))
            .filter(|name| !TABLE.iter().any(|setting| setting.variable() == *name))
            .collect()
    }

    /// The file's directory, from which nothing is relative: paths are relative to the working
    /// directory wherever they stand.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }
}

impl Settings {
    pub(super) fn assign(
        &mut self,
        name: &str,
        texts: &[String],
        origin: Origin,
    ) -> Result<(), SettingError> {
        let Some(setting) = TABLE.iter().find(|setting| setting.name == name) else {
            return Err(SettingError::Unknown {
                name: name.escape_debug().to_string(),
                origin,
                similar: similar(name),
            });
        };
        let in_range = |settings: &Self| match (setting.range, (setting.number)(settings)) {
            (Some((low, high)), Some(number)) => (low..=high).contains(&number),
            _ => true,
        };
        if (setting.assign)(self, texts) && in_range(self) {
            Ok(())
        } else {
            Err(SettingError::Wrong { setting, text: super::value::line(texts), origin })
        }
    }

    fn agree(&self) -> Result<(), SettingError> {
        if self.listen.is_empty() && self.unix.0.is_empty() {
            return Err(SettingError::Conflict(
                "settings \"listen\" and \"unix\" are both empty: no client could connect",
            ));
        }
        if self.spare_workers_min > self.spare_workers_max {
            return Err(SettingError::Conflict(
                "setting \"spare_workers_min\" is above \"spare_workers_max\"",
            ));
        }
        Ok(())
    }
}

/// The name that shares the most letters at beginning and end, if it shares more than half.
fn similar(name: &str) -> Option<&'static str> {
    let alike = |other: &str| {
        let front = name.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
        let back = name.bytes().rev().zip(other.bytes().rev()).take_while(|(a, b)| a == b).count();
        front + back
    };
    TABLE
        .iter()
        .map(|setting| (alike(setting.name), setting.name))
        .max()
        .filter(|(score, best)| score * 2 > best.len())
        .map(|(_, best)| best)
}

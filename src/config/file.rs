//! The TOML file: one level of keys, each the name of a setting.

use std::fmt;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// Why the file cannot be used.
#[derive(Debug)]
pub enum FileError {
    /// It cannot be read.
    Unreadable(PathBuf, std::io::Error),
    /// It is no TOML.
    Malformed(PathBuf, String),
    /// The value of this key is neither text, number, truth value nor a list of those.
    Shape(PathBuf, String),
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(path, error) => write!(f, "file {}: {error}", path.display()),
            Self::Malformed(path, text) => {
                write!(f, "file {}: {}", path.display(), text.trim_end())
            }
            Self::Shape(path, key) => write!(
                f,
                "setting \"{key}\" in file {}: a text, a number, true or false, or a list of \
                 texts is expected",
                path.display()
            ),
        }
    }
}

impl std::error::Error for FileError {}

/// A setting of the file: its name and the texts given for it.
pub(super) type Entry = (String, Vec<String>);

/// The settings of a file, in its order.
pub(super) fn read(path: &Path) -> Result<Vec<Entry>, FileError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| FileError::Unreadable(path.to_owned(), error))?;
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        FileError::Malformed(path.to_owned(), error.to_string())
    })?;
    let shape = |key: &str| FileError::Shape(path.to_owned(), key.escape_debug().to_string());
    table
        .iter()
        .map(|(key, value)| {
            let texts = match value {
                Value::Array(items) => items.iter().map(scalar).collect::<Option<Vec<String>>>(),
                other => scalar(other).map(|text| vec![text]),
            };
            Ok((key.clone(), texts.ok_or_else(|| shape(key))?))
        })
        .collect()
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Boolean(truth) => Some(truth.to_string()),
        _ => None,
    }
}

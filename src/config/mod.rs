//! One table of settings: flag, environment, file and documentation all come from it.
//!
//! A setting called `connections_max` is the flag `--connections-max`, the environment variable
//! `IRISPG_CONNECTIONS_MAX` and the key `connections_max` of the TOML file. A flag wins over the
//! environment, that over the file, that over the default; a list is taken whole from one place.

#![forbid(unsafe_code)]

mod document;
mod file;
pub mod library;
pub mod log;
mod resolve;
mod table;
mod value;

pub use document::markdown;
pub use file::FileError;
pub use resolve::{Origin, SettingError, Sources};
pub use table::{Scope, Setting, Settings, TABLE};
pub use value::{Bytes, CleartextPassword, Paths, Text, Value};

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

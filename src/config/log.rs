//! The log: one line per event on standard error, with nothing forged by strangers.

use std::fmt;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// Text from the wire, for a log line: control characters, quotes and backslashes are escaped and
/// the length is bounded, so that it can neither end the line nor flood the log.
pub struct Wire<'a>(pub &'a str);

/// Characters of one wire text in a log line. Twice IRIS's longest user name (160).
const WIRE_CHARACTERS_MAX: usize = 320;

impl fmt::Display for Wire<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for (index, character) in self.0.chars().enumerate() {
            if index == WIRE_CHARACTERS_MAX {
                f.write_str("…")?;
                break;
            }
            write!(f, "{}", character.escape_debug())?;
        }
        f.write_str("\"")
    }
}

/// Starts logging to standard error; `directives` is the setting `log`.
///
/// # Errors
/// When the directives cannot be read, or logging has been started before.
pub fn start(directives: &str) -> Result<(), String> {
    let lines =
        tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).with_target(false);
    // A plain level needs no directives, whose regular expressions would be compiled anew in each
    // worker.
    let started = match directives.parse::<LevelFilter>() {
        Ok(level) => lines.with_max_level(level).try_init(),
        Err(_) => {
            let filter = EnvFilter::try_new(directives)
                .map_err(|error| format!("setting \"log\": {error}"))?;
            lines.with_env_filter(filter).try_init()
        }
    };
    started.map_err(|error| error.to_string())
}

//! The kinds of values a setting may have, and how each is written.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// A kind of value: read from text, shown as text that reads back as the same value.
pub trait Value: Sized {
    /// Whether the setting may be given several times and is then a list.
    const MANY: bool = false;
    /// What it must look like, for messages: `a number`.
    const EXPECTS: &'static str;
    /// Reads the texts given: one, or any number for a list.
    fn read(texts: &[String]) -> Option<Self>;
    /// The texts that give this value.
    fn texts(&self) -> Vec<String>;
    /// The value as a number, for kinds that have a range.
    fn number(&self) -> Option<u64> {
        None
    }
}

fn one(texts: &[String]) -> Option<&str> {
    match texts {
        [text] => Some(text.trim()),
        _ => None,
    }
}

impl Value for u32 {
    const EXPECTS: &'static str = "a whole number";

    fn read(texts: &[String]) -> Option<Self> {
        one(texts)?.parse().ok()
    }

    fn texts(&self) -> Vec<String> {
        vec![self.to_string()]
    }

    fn number(&self) -> Option<u64> {
        Some(u64::from(*self))
    }
}

impl Value for bool {
    const EXPECTS: &'static str = "on or off";

    fn read(texts: &[String]) -> Option<Self> {
        match one(texts)?.to_ascii_lowercase().as_str() {
            "on" | "true" | "yes" | "1" => Some(true),
            "off" | "false" | "no" | "0" => Some(false),
            _ => None,
        }
    }

    fn texts(&self) -> Vec<String> {
        vec![if *self { "on" } else { "off" }.to_owned()]
    }
}

/// A number and the unit behind it; the unit may be missing.
fn split_unit(text: &str) -> Option<(u64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    Some((number.parse().ok()?, unit.trim()))
}

/// The units of time, largest first. Source: PostgreSQL's names of units in settings.
const TIME_UNITS: [(&str, u64); 5] =
    [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000), ("ms", 1)];

impl Value for Duration {
    const EXPECTS: &'static str = "a time with a unit (ms, s, min, h, d), such as 30s";

    /// A number without a unit is refused, except 0: nobody remembers which unit it would be.
    fn read(texts: &[String]) -> Option<Self> {
        let (number, unit) = split_unit(one(texts)?)?;
        if number == 0 && unit.is_empty() {
            return Some(Self::ZERO);
        }
        let (_, factor) = TIME_UNITS.iter().find(|(name, _)| *name == unit)?;
        Some(Self::from_millis(number.checked_mul(*factor)?))
    }

    fn texts(&self) -> Vec<String> {
        let ms = u64::try_from(self.as_millis()).unwrap_or(u64::MAX);
        let text = match TIME_UNITS.iter().find(|(_, factor)| ms != 0 && ms.is_multiple_of(*factor))
        {
            Some((name, factor)) => format!("{}{name}", ms / factor),
            None => "0".to_owned(),
        };
        vec![text]
    }

    fn number(&self) -> Option<u64> {
        u64::try_from(self.as_millis()).ok()
    }
}

/// A size in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

impl Bytes {
    /// As an index type; sizes of the table fit on every machine IRIS runs on.
    pub fn get(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// The units of size, largest first. Source: PostgreSQL's names of units in settings.
const SIZE_UNITS: [(&str, u64); 4] = [("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10), ("B", 1)];

impl Value for Bytes {
    const EXPECTS: &'static str = "a size in bytes or with a unit (B, kB, MB, GB), such as 64MB";

    fn read(texts: &[String]) -> Option<Self> {
        let (number, unit) = split_unit(one(texts)?)?;
        let unit = if unit.is_empty() { "B" } else { unit };
        let (_, factor) = SIZE_UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
        number.checked_mul(*factor).map(Self)
    }

    fn texts(&self) -> Vec<String> {
        let text = match SIZE_UNITS
            .iter()
            .find(|(_, factor)| self.0 != 0 && *factor > 1 && self.0.is_multiple_of(*factor))
        {
            Some((name, factor)) => format!("{}{name}", self.0 / factor),
            None => self.0.to_string(),
        };
        vec![text]
    }

    fn number(&self) -> Option<u64> {
        Some(self.0)
    }
}

/// Any text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(pub String);

impl Value for Text {
    const EXPECTS: &'static str = "a text";

    fn read(texts: &[String]) -> Option<Self> {
        one(texts).map(|text| Self(text.to_owned()))
    }

    fn texts(&self) -> Vec<String> {
        vec![self.0.clone()]
    }
}

impl Value for PathBuf {
    const EXPECTS: &'static str = "a path";

    fn read(texts: &[String]) -> Option<Self> {
        one(texts).filter(|text| !text.is_empty()).map(Self::from)
    }

    fn texts(&self) -> Vec<String> {
        vec![self.to_string_lossy().into_owned()]
    }
}

impl Value for Option<PathBuf> {
    const EXPECTS: &'static str = "a path, or nothing";

    fn read(texts: &[String]) -> Option<Self> {
        match texts {
            [] => Some(None),
            [text] => Some(Some(text.trim()).filter(|text| !text.is_empty()).map(PathBuf::from)),
            _ => None,
        }
    }

    fn texts(&self) -> Vec<String> {
        self.iter().map(|path| path.to_string_lossy().into_owned()).collect()
    }
}

/// Splits what one place gives for a list: commas separate, empty items vanish.
fn items(texts: &[String]) -> impl Iterator<Item = &str> {
    texts.iter().flat_map(|text| text.split(',')).map(str::trim).filter(|item| !item.is_empty())
}

impl Value for Vec<SocketAddr> {
    const MANY: bool = true;
    const EXPECTS: &'static str = "an address and port, such as 127.0.0.1:5432 or [::1]:5432";

    /// `*:5432` is every address, `localhost:5432` is 127.0.0.1; names are not looked up.
    fn read(texts: &[String]) -> Option<Self> {
        items(texts)
            .map(|item| match item.rsplit_once(':') {
                Some(("*", port)) => Some((IpAddr::from([0u16; 8]), port.parse().ok()?).into()),
                Some(("localhost", port)) => Some(([127, 0, 0, 1], port.parse().ok()?).into()),
                _ => item.parse().ok(),
            })
            .collect()
    }

    fn texts(&self) -> Vec<String> {
        self.iter().map(SocketAddr::to_string).collect()
    }
}

/// A list of paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths(pub Vec<PathBuf>);

impl Value for Paths {
    const MANY: bool = true;
    const EXPECTS: &'static str = "a path";

    fn read(texts: &[String]) -> Option<Self> {
        Some(Self(items(texts).map(PathBuf::from).collect()))
    }

    fn texts(&self) -> Vec<String> {
        self.0.iter().map(|path| path.to_string_lossy().into_owned()).collect()
    }
}

/// From where a password may come without TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CleartextPassword {
    /// Only from this machine: loopback addresses and unix sockets.
    Local,
    /// From anywhere; whoever is on the path reads the passwords.
    Anywhere,
}

impl Value for CleartextPassword {
    const EXPECTS: &'static str = "local or anywhere";

    fn read(texts: &[String]) -> Option<Self> {
        match one(texts)? {
            "local" => Some(Self::Local),
            "anywhere" => Some(Self::Anywhere),
            _ => None,
        }
    }

    fn texts(&self) -> Vec<String> {
        let text = match self {
            Self::Local => "local",
            Self::Anywhere => "anywhere",
        };
        vec![text.to_owned()]
    }
}

/// The texts of a value as one line, for `SHOW` and the documentation.
pub(super) fn line(texts: &[String]) -> String {
    let mut line = String::new();
    for (index, text) in texts.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let written = write!(line, "{comma}{text}");
        debug_assert!(written.is_ok(), "writing to a String cannot fail");
    }
    line
}

//! SET, RESET, SHOW and DISCARD.

use super::reader::Reader;
use super::transaction::modes;
use crate::sql::error::SqlError;
use crate::sql::lexer::{Kind, Token};
use crate::sql::statement::{Action, Discard, Scope, SettingVerb, TransactionVerb};
use crate::types::interval::Interval;

pub(super) fn read(reader: &mut Reader<'_>) -> Result<Action, SqlError> {
    let first = reader.peek_word().unwrap_or_default();
    reader.skip();
    let verb = match first {
        "set" => return set(reader),
        "reset" => {
            if reader.take("all") {
                SettingVerb::ResetAll
            } else if reader.take("role") {
                return Ok(Action::Nothing("RESET"));
            } else if reader.peek_word() == Some("session") && reader.second_is("authorization") {
                reader.skip();
                reader.skip();
                return Ok(Action::Nothing("RESET"));
            } else {
                SettingVerb::Reset(named(reader)?)
            }
        }
        "show" => {
            if reader.take("all") {
                SettingVerb::ShowAll
            } else {
                SettingVerb::Show(named(reader)?)
            }
        }
        _ => SettingVerb::Discard(discard(reader)?),
    };
    Ok(Action::Setting(verb))
}

fn discard(reader: &mut Reader<'_>) -> Result<Discard, SqlError> {
    let what = match reader.peek_word() {
        Some("all") => Discard::All,
        Some("plans") => Discard::Plans,
        Some("sequences") => Discard::Sequences,
        Some("temp" | "temporary") => Discard::Temp,
        _ => return Err(reader.unexpected()),
    };
    reader.skip();
    Ok(what)
}

/// A setting's name: dotted, or one of the names of several words.
fn named(reader: &mut Reader<'_>) -> Result<String, SqlError> {
    if reader.peek_word() == Some("time") && reader.second_is("zone") {
        reader.skip();
        reader.skip();
        return Ok("timezone".to_owned());
    }
    if reader.peek_word() == Some("session") && reader.second_is("authorization") {
        reader.skip();
        reader.skip();
        return Ok("session_authorization".to_owned());
    }
    if reader.peek_word() == Some("transaction") && reader.second_is("isolation") {
        reader.skip();
        reader.skip();
        reader.expect("level")?;
        return Ok("transaction_isolation".to_owned());
    }
    dotted(reader)
}

fn dotted(reader: &mut Reader<'_>) -> Result<String, SqlError> {
    let mut name = reader.name()?;
    while reader.take_mark(".") {
        name.push('.');
        name.push_str(&reader.name()?);
    }
    // Settings are compared without case, quoted or not.
    Ok(name.to_ascii_lowercase())
}

fn set(reader: &mut Reader<'_>) -> Result<Action, SqlError> {
    let mut scope = Scope::Session;
    // `SET session = …` and `SET local = …` would be settings of that name.
    let assigned = |reader: &Reader<'_>| reader.second_is("to");
    if reader.peek_word() == Some("local") && !assigned(reader) {
        reader.skip();
        scope = Scope::Local;
    } else if reader.peek_word() == Some("session") && !assigned(reader) {
        if reader.second_is("authorization") {
            reader.skip();
            reader.skip();
            return own_user(reader, "default", "SET SESSION AUTHORIZATION");
        }
        reader.skip();
        if reader.take("characteristics") {
            reader.expect("as")?;
            reader.expect("transaction")?;
            let modes = modes(reader, true)?;
            return Ok(Action::Transaction(TransactionVerb::SetCharacteristics(modes)));
        }
    }
    let (name, value) = match reader.peek_word() {
        Some("transaction") if !assigned(reader) => {
            reader.skip();
            if reader.take("snapshot") {
                return Err(SqlError::unsupported("SET TRANSACTION SNAPSHOT is not supported"));
            }
            let modes = modes(reader, true)?;
            return Ok(Action::Transaction(TransactionVerb::SetTransaction(modes)));
        }
        Some("time") if reader.second_is("zone") => {
            reader.skip();
            reader.skip();
            ("timezone".to_owned(), zone(reader)?)
        }
        Some("role") if !assigned(reader) => {
            reader.skip();
            return own_user(reader, "none", "SET ROLE");
        }
        Some(word @ ("constraints" | "xml")) if !assigned(reader) => {
            let word = word.to_uppercase();
            return Err(SqlError::unsupported(format!("SET {word} is not supported")));
        }
        Some("names") if !assigned(reader) => {
            reader.skip();
            ("client_encoding".to_owned(), optional_text(reader)?)
        }
        Some(word @ ("schema" | "catalog")) if !assigned(reader) => {
            if word == "catalog" {
                return Err(SqlError::unsupported("current database cannot be changed"));
            }
            reader.skip();
            let value = scalar(reader)?.map(|schema| quote(&schema));
            ("search_path".to_owned(), value)
        }
        _ => {
            let name = dotted(reader)?;
            if !reader.take("to") && !reader.take_mark("=") {
                return Err(reader.unexpected());
            }
            let value = list(reader, &name)?;
            (name, value)
        }
    };
    Ok(Action::Setting(SettingVerb::Set { name, value, scope }))
}

/// The user that logged in is the one that the session is: nothing is to be done to be it again.
fn own_user(reader: &mut Reader<'_>, word: &str, verb: &str) -> Result<Action, SqlError> {
    if reader.take(word) {
        return Ok(Action::Nothing("SET"));
    }
    Err(SqlError::unsupported(format!("{verb} is not supported"))
        .hint("Connect as the user whose rights are wanted."))
}

/// `SET NAMES ['x' | DEFAULT]`
fn optional_text(reader: &mut Reader<'_>) -> Result<Option<String>, SqlError> {
    if reader.peek().is_none() { Ok(None) } else { scalar(reader) }
}

/// The value of `SET TIME ZONE`.
fn zone(reader: &mut Reader<'_>) -> Result<Option<String>, SqlError> {
    if reader.take("local") {
        return Ok(None);
    }
    if reader.take("interval") {
        return interval(reader).map(Some);
    }
    scalar(reader)
}

/// `INTERVAL '…' [HOUR [TO MINUTE]]`, as PostgreSQL keeps it.
fn interval(reader: &mut Reader<'_>) -> Result<String, SqlError> {
    let Some(Token { kind: Kind::Text(text), .. }) = reader.peek() else {
        return Err(reader.unexpected());
    };
    reader.skip();
    let mut unit = "";
    if reader.take("hour") {
        unit = " hours";
        if reader.take("to") {
            reader.expect("minute")?;
            unit = " minutes";
        }
    } else if let Some(Token { kind: Kind::Word(_), start, .. }) = reader.peek() {
        let message = "time zone interval must be HOUR or HOUR TO MINUTE";
        return Err(SqlError::new("42601", message).at(*start));
    }
    // What a number without a unit means, the fields say.
    let plain = text.trim().trim_start_matches(['+', '-']).bytes().all(|b| b.is_ascii_digit());
    let read = match plain {
        true => Interval::read(&format!("{}{unit}", text.trim())),
        false => Interval::read(text),
    };
    let span = read.map_err(|_| {
        let message = format!("invalid input syntax for type interval: \"{text}\"");
        SqlError::new("22007", message)
    })?;
    Ok(format!("INTERVAL '{}'", span.shown()))
}

/// Settings that take several values.
const LISTS: [&str; 3] = ["datestyle", "search_path", "temp_tablespaces"];

/// One or several values; PostgreSQL keeps lists joined by a comma and a blank.
fn list(reader: &mut Reader<'_>, name: &str) -> Result<Option<String>, SqlError> {
    if reader.take("default") {
        return Ok(None);
    }
    let mut joined = String::new();
    loop {
        let value = scalar(reader)?.unwrap_or_default();
        if !joined.is_empty() {
            joined.push_str(", ");
        }
        if name == "search_path" {
            joined.push_str(&quote(&value));
        } else {
            joined.push_str(&value);
        }
        if !reader.take_mark(",") {
            return Ok(Some(joined));
        }
        if !LISTS.contains(&name) {
            let message = format!("SET {name} takes only one argument");
            return Err(SqlError::new("22023", message));
        }
    }
}

/// One value: a string, a word or a number with a sign; `None` for DEFAULT.
fn scalar(reader: &mut Reader<'_>) -> Result<Option<String>, SqlError> {
    if reader.take("default") {
        return Ok(None);
    }
    let minus = reader.take_mark("-");
    let plus = !minus && reader.take_mark("+");
    let value =
        match reader.peek() {
            Some(Token { kind: Kind::Number(number), .. }) => {
                let sign = if minus { "-" } else { "" };
                format!("{sign}{number}")
            }
            Some(Token {
                kind: Kind::Text(text) | Kind::Word(text) | Kind::Quoted(text), ..
            }) if !minus && !plus => text.clone(),
            _ => return Err(reader.unexpected()),
        };
    reader.skip();
    Ok(Some(value))
}

/// PostgreSQL's `quote_identifier`: quotes what is no plain lower-case name.
fn quote(name: &str) -> String {
    let plain = name.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b == b'_')
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if plain && name != "user" {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

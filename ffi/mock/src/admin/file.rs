//! The text of the administration file: one line per thing, words of the form `key=value`.

use super::{Admin, AdminError, Licence, Namespace, Password, User};
use std::path::Path;

/// The words of a line. A part in double quotes keeps its blanks; `#` at the beginning of a word
/// begins a remark.
pub(crate) fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut begun, mut quoted) = (Vec::new(), String::new(), false, false);
    for character in line.chars() {
        match character {
            '"' => (quoted, begun) = (!quoted, true),
            '#' if !begun && !quoted => break,
            blank if blank.is_whitespace() && !quoted => {
                if begun {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            other => {
                word.push(other);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}

/// A file's text, or `None` when there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<String>, AdminError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(AdminError::File { path: path.to_owned(), source }),
    }
}

/// Adds what the file says.
pub(super) fn apply(text: &str, admin: &mut Admin) -> Result<(), AdminError> {
    for (index, line) in text.lines().enumerate() {
        let words = words(line);
        let Some((kind, rest)) = words.split_first() else { continue };
        match kind.as_str() {
            "user" => user(rest, admin),
            "namespace" => namespace(rest, admin),
            "service" => service(rest, admin),
            "licence" => licence(rest, admin),
            other => Err(format!("\"{other}\" begins no line")),
        }
        .map_err(|reason| AdminError::Line { line: index + 1, reason })?;
    }
    Ok(())
}

type Read = Result<(), String>;

fn pair(word: &str) -> Result<(&str, &str), String> {
    word.split_once('=').ok_or_else(|| format!("\"{word}\" is not of the form key=value"))
}

fn switch(value: &str) -> Result<bool, String> {
    match value {
        "on" | "yes" => Ok(true),
        "off" | "no" => Ok(false),
        other => Err(format!("\"{other}\" is neither on nor off")),
    }
}

fn names(value: &str) -> Vec<String> {
    value.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn user(words: &[String], admin: &mut Admin) -> Read {
    let (name, rest) = words.split_first().ok_or("a user needs a name")?;
    let mut user = admin.user(name).cloned().unwrap_or_else(|| User::named(name));
    for word in rest {
        match pair(word)? {
            ("password", value) => user.password = Password::plain(value),
            ("hash", value) => user.password = Password::stored(value)?,
            ("roles", value) => user.roles = names(value),
            ("namespaces", "*") => user.namespaces = None,
            ("namespaces", value) => user.namespaces = Some(names(value)),
            ("startup", value) => user.startup = value.to_ascii_uppercase(),
            ("service_sql", value) => user.service_sql = switch(value)?,
            ("flags", value) => flags(&names(value), &mut user)?,
            (other, _) => return Err(format!("a user has no \"{other}\"")),
        }
    }
    admin.users.retain(|known| known.name.to_lowercase() != user.name.to_lowercase());
    admin.users.push(user);
    Ok(())
}

fn flags(flags: &[String], user: &mut User) -> Read {
    for flag in flags {
        match flag.as_str() {
            "disabled" => user.disabled = true,
            "expired" => user.expired = true,
            "change" => user.change = true,
            other => return Err(format!("a user has no flag \"{other}\"")),
        }
    }
    Ok(())
}

fn namespace(words: &[String], admin: &mut Admin) -> Read {
    let (name, rest) = words.split_first().ok_or("a namespace needs a name")?;
    let mut namespace = Namespace { name: name.to_ascii_uppercase(), package: true };
    for word in rest {
        match pair(word)? {
            ("package", value) => namespace.package = switch(value)?,
            (other, _) => return Err(format!("a namespace has no \"{other}\"")),
        }
    }
    admin.namespaces.retain(|known| known.name != namespace.name);
    admin.namespaces.push(namespace);
    Ok(())
}

fn service(words: &[String], admin: &mut Admin) -> Read {
    for word in words {
        match pair(word)? {
            ("callin", value) => admin.callin = switch(value)?,
            ("unauthenticated", value) => admin.unauthenticated = switch(value)?,
            (other, _) => return Err(format!("the service has no \"{other}\"")),
        }
    }
    Ok(())
}

fn licence(words: &[String], admin: &mut Admin) -> Read {
    let mut licence = Licence { units: 8, per_user: 25, release: 3_000, by_process: false };
    for word in words {
        let (key, value) = pair(word)?;
        let number = || value.parse::<u32>().map_err(|_| format!("\"{value}\" is no number"));
        let count = || number().map(|n| usize::try_from(n).unwrap_or(usize::MAX));
        match key {
            "units" => licence.units = count()?,
            "per_user" => licence.per_user = count()?,
            "release" => licence.release = number()?.into(),
            "key" if value == "process" => licence.by_process = true,
            "key" if value == "user" => licence.by_process = false,
            other => return Err(format!("a licence has no \"{other}={value}\"")),
        }
    }
    admin.licence = Some(licence);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_quoted_blanks_and_lose_remarks() {
        assert_eq!(words("  a=1 b=\"x y\"z #c"), ["a=1", "b=x yz"]);
        assert_eq!(words("a#b \"\" # end"), ["a#b", ""]);
        assert!(words("# only a remark").is_empty());
    }

    #[test]
    fn a_line_that_is_not_understood_is_named() {
        for (text, reason) in [
            ("\nusr A", "line 2: \"usr\" begins no line"),
            ("user", "line 1: a user needs a name"),
            ("user A flags=odd", "line 1: a user has no flag \"odd\""),
            ("user A hash=x", "line 1: a hash is of the form sha256:SALT:HEX"),
            ("namespace A package=perhaps", "line 1: \"perhaps\" is neither on nor off"),
            ("licence units=many", "line 1: \"many\" is no number"),
        ] {
            let mut admin = Admin::fresh(Path::new("/nowhere"));
            let refused = apply(text, &mut admin).map_err(|error| error.to_string());
            assert_eq!(refused, Err(reason.to_owned()), "{text}");
        }
    }
}

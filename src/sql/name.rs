//! Identifiers: folded and cut as PostgreSQL does, printed as IRIS reads them.

use super::error::SqlError;
use super::reserved;
use std::borrow::Cow;

/// PostgreSQL's NAMEDATALEN less one, in bytes.
const LENGTH: usize = 63;

/// Folds an unquoted name: ASCII letters only, as PostgreSQL does for UTF-8.
pub(crate) fn fold(word: &str) -> String {
    word.to_ascii_lowercase()
}

/// The name cut to 63 bytes at a character's border, when it is longer.
pub(crate) fn cut(full: &str) -> Option<String> {
    if full.len() <= LENGTH {
        return None;
    }
    let mut end = LENGTH;
    while !full.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    full.get(..end).map(str::to_owned)
}

/// How IRIS reads the name: bare when it is regular and not reserved, else delimited.
///
/// Bare are names of ASCII letters, digits and `_` that begin with a letter: IRIS takes more, but
/// delimiting does no harm.
pub(crate) fn printed(name: &str) -> Cow<'_, str> {
    let regular = name.bytes().next().is_some_and(|b| b.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if regular && !reserved::is_reserved(name) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(format!("\"{}\"", name.replace('"', "\"\"")))
}

/// Refuses names that IRIS cannot hold even when delimited.
///
/// # Errors
///
/// 42602, PostgreSQL's «invalid name».
pub(crate) fn check(name: &str) -> Result<(), SqlError> {
    let bad = name.chars().any(|c| c.is_control() || matches!(c, '.' | '^' | ',' | '"'))
        || name.contains("->")
        || !name.chars().any(char::is_alphanumeric);
    if bad {
        return Err(SqlError::new("42602", format!("invalid name \"{name}\"")).detail(
            "IRIS cannot hold names with a dot, a comma, a caret, a quote, an arrow or a control \
             character, or without a letter or digit.",
        ));
    }
    Ok(())
}

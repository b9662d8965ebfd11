//! The functions whose names begin with `$`: ObjectScript's own on text (iris-sql Appendix C).
//! UNVERIFIED(iris): where ObjectScript gives its empty string, which would be NULL, these give the
//! empty string, as the other functions of text do.

use std::collections::HashMap;

use rusqlite::Result;
use rusqlite::functions::Context;
use rusqlite::types::Value;

use super::strings::{fits, slice, units};
use super::{Body, any_null, integer, null, number, text};

/// What the binder calls for functions of iris-sql §2 and Appendix C.
pub(super) const LIST: &[(&str, i32, Body)] = &[
    ("i_extract", -1, extract),
    ("i_find", -1, find),
    ("i_justify", -1, justify),
    ("i_length", -1, length),
    ("i_piece", -1, piece),
    ("i_translate", -1, translate),
    ("i_str", -1, str_of),
    ("i_isnumeric", 1, is_numeric),
    ("i_sqlcode", 1, sqlcode_text),
    ("i_option", 1, option),
];

/// An index of a slice, from 0.
fn at(value: i64) -> usize {
    usize::try_from(value).unwrap_or(0)
}

/// `$EXTRACT(string[, from[, to]])`: one character, by default the first.
fn extract(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let from = if c.len() > 1 { integer(c, 1) } else { 1 };
    let to = if c.len() > 2 { integer(c, 2) } else { from };
    Ok(Value::Text(slice(&text(c, 0), at(from.max(1).saturating_sub(1)), at(to))))
}

/// `$FIND(string, sub[, start])`: the place after the found text, 0 when there is none.
fn find(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let (hay, needle) = (text(c, 0), text(c, 1));
    let start = if c.len() > 2 { integer(c, 2).max(1) } else { 1 };
    let skip = at(start.saturating_sub(1));
    let rest = slice(&hay, skip, usize::MAX);
    let before = rest.find(&needle).and_then(|found| rest.get(..found)).map(units);
    let after = before.map_or(0, |n| n.saturating_add(skip).saturating_add(units(&needle)) + 1);
    Ok(Value::Integer(i64::try_from(after).unwrap_or(0)))
}

/// `$JUSTIFY(value, width[, decimals])`: flush right; with decimals a number with a leading zero.
fn justify(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let width = at(integer(c, 1));
    fits(width)?;
    let text = if c.len() > 2 {
        number(c, 0).fixed(u8::try_from(integer(c, 2).clamp(0, 30)).unwrap_or(0))
    } else {
        text(c, 0)
    };
    let blanks = " ".repeat(width.saturating_sub(units(&text)));
    Ok(Value::Text(format!("{blanks}{text}")))
}

/// `$LENGTH(string[, delimiter])`: characters, or pieces (iris-sql §4.2).
fn length(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let whole = text(c, 0);
    let count = if c.len() > 1 {
        let delimiter = text(c, 1);
        if delimiter.is_empty() { 0 } else { whole.matches(&delimiter).count() + 1 }
    } else {
        units(&whole)
    };
    Ok(Value::Integer(i64::try_from(count).unwrap_or(i64::MAX)))
}

/// `$PIECE(string, delimiter[, from[, to]])` (iris-sql §2).
fn piece(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let (whole, delimiter) = (text(c, 0), text(c, 1));
    let from = if c.len() > 2 { integer(c, 2) } else { 1 };
    let to = if c.len() > 3 { integer(c, 3) } else { from };
    if delimiter.is_empty() || to < 1 || to < from {
        return Ok(Value::Text(String::new()));
    }
    let skip = at(from.max(1).saturating_sub(1));
    let taken = at(to).saturating_sub(skip);
    let pieces: Vec<&str> = whole.split(&delimiter).skip(skip).take(taken).collect();
    Ok(Value::Text(pieces.join(&delimiter)))
}

/// `$TRANSLATE(string, identifier[, associator])`: characters without a partner go away.
fn translate(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let to = if c.len() > 2 { text(c, 2) } else { String::new() };
    let partners = to.chars().map(Some).chain(std::iter::repeat(None));
    let mut map: HashMap<char, Option<char>> = HashMap::new();
    for (x, partner) in text(c, 1).chars().zip(partners) {
        map.entry(x).or_insert(partner);
    }
    let out: String =
        text(c, 0).chars().filter_map(|x| map.get(&x).copied().unwrap_or(Some(x))).collect();
    Ok(Value::Text(out))
}

/// STR(number[, length[, decimals]]): flush right, decimals cut. UNVERIFIED(iris): without a length
/// the canonical number; with one, no decimals unless they are asked for, and `#` where it is too
/// short.
fn str_of(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let value = number(c, 0);
    if c.len() < 2 {
        return Ok(Value::Text(value.to_string()));
    }
    let decimals = if c.len() > 2 { integer(c, 2).clamp(0, 30) } else { 0 };
    let cut = value.round(i32::try_from(decimals).unwrap_or(0), true);
    let text = cut.fixed(u8::try_from(decimals).unwrap_or(0));
    let width = at(integer(c, 1));
    fits(width)?;
    // `format!` takes no width beyond 16 bits.
    Ok(Value::Text(match width.checked_sub(text.len()) {
        Some(blanks) => format!("{}{text}", " ".repeat(blanks)),
        None => "#".repeat(width),
    }))
}

/// ISNUMERIC: 1 or 0. UNVERIFIED(iris): 0 for NULL.
fn is_numeric(c: &Context<'_>) -> Result<Value> {
    let numeric = !null(c, 0) && super::super::decimal::Decimal::is_number(text(c, 0).trim());
    Ok(Value::Integer(i64::from(numeric)))
}

/// `%SYSTEM_SQL.Functions_SQLCODE(n)`: the text of an SQLCODE (iris-sql §5.5, Appendix A).
/// UNVERIFIED(iris): NULL for a code that there is not.
fn sqlcode_text(c: &Context<'_>) -> Result<Value> {
    let code = i32::try_from(integer(c, 0)).unwrap_or(i32::MIN);
    let text = if null(c, 0) { None } else { super::super::sqlcode::text(code) };
    Ok(text.map_or(Value::Null, |text| Value::Text(text.to_owned())))
}

/// The options of the system with their defaults, which no statement changes (iris-sql §5.5).
const OPTIONS: [(&str, &str); 17] = [
    ("AdaptiveMode", "1"),
    ("AllowExtrinsicFunctions", "0"),
    ("ANSIPrecedence", "1"),
    ("AutoParallel", "1"),
    ("CachedQuerySaveSource", "0"),
    ("DDLDefineBitmapExtent", "1"),
    ("DDLDropTabDelData", "1"),
    ("DDLFinal", "1"),
    ("DDLUseExtentSet", "1"),
    ("DDLUseSequence", "1"),
    ("DefaultTimePrecision", "0"),
    ("DelimitedIdentifiers", "1"),
    ("ECPSync", "0"),
    ("FastDistinct", "1"),
    ("FilerRefIntegrity", "1"),
    ("RetainSQL", "1"),
    ("SQLSecurity", "1"),
];

/// `%SYSTEM_SQL.Util_GetOption(name)` (iris-sql §5.5). UNVERIFIED(iris): NULL for a name that there
/// is not, and here for the options of the process, too.
fn option(c: &Context<'_>) -> Result<Value> {
    let name = text(c, 0);
    let found = OPTIONS.iter().find(|(known, _)| known.eq_ignore_ascii_case(&name));
    Ok(found.map_or(Value::Null, |(_, value)| Value::Text((*value).to_owned())))
}

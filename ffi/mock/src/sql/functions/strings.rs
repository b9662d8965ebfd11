//! Text.

use std::cmp::Ordering;
use std::collections::HashSet;

use rusqlite::Result;
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};

use super::super::decimal::Decimal;
use super::{Body, any_null, failure, integer, null, text};

/// What the binder calls for the functions of iris-sql §2 over text.
pub(super) const LIST: &[(&str, i32, Body)] = &[
    ("i_text", 2, logical_text),
    ("i_same", 1, |c| map(c, str::to_owned)),
    ("i_upper", 1, |c| map(c, str::to_uppercase)),
    ("i_lower", 1, |c| map(c, str::to_lowercase)),
    ("i_sqlupper", 1, |c| map(c, str::to_uppercase)),
    ("i_key", 1, |c| map(c, upper_key)),
    ("i_reverse", 1, |c| map(c, |s| s.chars().rev().collect())),
    ("i_len", 1, |c| count(c, |s| s.trim_end_matches(' '))),
    ("i_clen", 1, |c| count(c, |s| s)),
    ("i_substr", -1, substr),
    ("i_substr_back", -1, substr_back),
    ("i_left", 2, left),
    ("i_right", 2, right),
    ("i_cut", 2, left),
    ("i_truncate", -1, |c| if c.len() > 1 { left(c) } else { map(c, str::to_owned) }),
    ("i_trim", -1, |c| trimmed(c, true, true)),
    ("i_ltrim", -1, |c| trimmed(c, true, false)),
    ("i_rtrim", -1, |c| trimmed(c, false, true)),
    ("i_lpad", -1, |c| padded(c, true)),
    ("i_rpad", -1, |c| padded(c, false)),
    ("i_replace", 3, replace),
    ("i_stuff", 4, stuff),
    ("i_index", -1, index),
    ("i_instr", -1, instr),
    ("i_repeat", 2, repeat),
    ("i_space", 1, space),
    ("i_ascii", 1, ascii),
    ("i_char", 1, char_of),
    ("i_concat", 2, concat),
    ("i_join", -1, join),
    ("i_bytes", 1, bytes),
];

/// Longest string: 3 641 144 characters (iris-sql §4.3).
const LONGEST: usize = 3_641_144;

/// SQLUPPER: upper case, blanks at the end do not count (iris-sql §1.1, §4.2).
pub(in crate::sql) fn upper_key(text: &str) -> String {
    text.trim_end_matches(' ').to_uppercase()
}

pub(super) fn compare_upper(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_end_matches(' '), b.trim_end_matches(' '));
    if a.is_ascii() && b.is_ascii() {
        let upper = |s: &str| s.len();
        let shorter = upper(a).min(upper(b));
        for (x, y) in a.bytes().zip(b.bytes()).take(shorter) {
            match x.to_ascii_uppercase().cmp(&y.to_ascii_uppercase()) {
                Ordering::Equal => {}
                other => return other,
            }
        }
        return a.len().cmp(&b.len());
    }
    a.chars().flat_map(char::to_uppercase).cmp(b.chars().flat_map(char::to_uppercase))
}

fn map(c: &Context<'_>, f: fn(&str) -> String) -> Result<Value> {
    if null(c, 0) { Ok(Value::Null) } else { Ok(Value::Text(f(&text(c, 0)))) }
}

fn count(c: &Context<'_>, f: fn(&str) -> &str) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Null);
    }
    let text = text(c, 0);
    Ok(Value::Integer(i64::try_from(units(f(&text))).unwrap_or(i64::MAX)))
}

/// The logical text of a number with its decimals (iris-sql §4.1).
fn logical_text(c: &Context<'_>) -> Result<Value> {
    let scale = i32::try_from(integer(c, 1)).unwrap_or(0);
    Ok(match c.get_raw(0) {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Text(Decimal::new(i128::from(value), scale).to_string()),
        _ => Value::Text(text(c, 0)),
    })
}

/// SUBSTRING: a start of 0 or below counts as places before the first (iris-sql §2); a negative
/// length is −140 (Appendix A).
fn substr(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let (start, text) = (integer(c, 1), text(c, 0));
    let end = if c.len() > 2 {
        let length = integer(c, 2);
        if length < 0 {
            return Err(failure(-140, "Invalid length parameter passed to the SUBSTRING function"));
        }
        start.saturating_add(length)
    } else {
        i64::MAX
    };
    Ok(Value::Text(slice(&text, place(start), place(end))))
}

/// SUBSTR: a negative start counts from the end (iris-sql §2). UNVERIFIED(iris): 0 is 1, a length
/// below 1 gives nothing.
fn substr_back(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let text = text(c, 0);
    let start = match integer(c, 1) {
        0 => 1,
        start if start < 0 => {
            let length = i64::try_from(units(&text)).unwrap_or(i64::MAX);
            length.saturating_add(start).saturating_add(1)
        }
        start => start,
    };
    if start < 1 {
        return Ok(Value::Text(String::new()));
    }
    let end = if c.len() > 2 { start.saturating_add(integer(c, 2).max(0)) } else { i64::MAX };
    Ok(Value::Text(slice(&text, place(start), place(end))))
}

/// The index, from 0, of a place that is counted from 1.
fn place(one_based: i64) -> usize {
    usize::try_from(one_based.saturating_sub(1)).unwrap_or(0)
}

/// The number of UTF-16 units, which is what lengths and places count (iris-sql §1.5).
pub(super) fn units(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

/// The units `from` to before `to`; half of a pair becomes the replacement character.
pub(super) fn slice(text: &str, from: usize, to: usize) -> String {
    if to <= from {
        return String::new();
    }
    if text.is_ascii() {
        let to = to.min(text.len());
        return text.get(from.min(to)..to).unwrap_or_default().to_owned();
    }
    let taken: Vec<u16> = text.encode_utf16().skip(from).take(to - from).collect();
    String::from_utf16_lossy(&taken)
}

/// A count that a number gives: what is below 0 is 0.
fn size(c: &Context<'_>, at: usize) -> usize {
    usize::try_from(integer(c, at)).unwrap_or(0)
}

/// `<MAXSTRING>` beyond the longest string (iris-sql §4.3).
pub(super) fn fits(length: usize) -> Result<()> {
    if length > LONGEST {
        return Err(failure(-400, "Unexpected error occurred: <MAXSTRING>"));
    }
    Ok(())
}

fn left(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    Ok(Value::Text(slice(&text(c, 0), 0, size(c, 1))))
}

fn right(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let text = text(c, 0);
    let length = units(&text);
    Ok(Value::Text(slice(&text, length.saturating_sub(size(c, 1)), length)))
}

fn trimmed(c: &Context<'_>, front: bool, back: bool) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let whole = text(c, 0);
    let set: HashSet<char> =
        if c.len() > 1 { text(c, 1).chars().collect() } else { HashSet::from([' ']) };
    let mut out = whole.as_str();
    if front {
        out = out.trim_start_matches(|x| set.contains(&x));
    }
    if back {
        out = out.trim_end_matches(|x| set.contains(&x));
    }
    Ok(Value::Text(out.to_owned()))
}

/// LPAD and RPAD: filled with blanks or a text, or cut to the length.
fn padded(c: &Context<'_>, front: bool) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let (whole, width) = (text(c, 0), size(c, 1));
    fits(width)?;
    let length = units(&whole);
    if length >= width {
        return Ok(Value::Text(slice(&whole, 0, width)));
    }
    let filler = if c.len() > 2 { text(c, 2) } else { " ".to_owned() };
    if filler.is_empty() {
        return Ok(Value::Text(whole));
    }
    let many = filler.repeat((width - length).div_ceil(units(&filler)));
    let filler = slice(&many, 0, width - length);
    Ok(Value::Text(if front { format!("{filler}{whole}") } else { format!("{whole}{filler}") }))
}

fn replace(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let (whole, old, new) = (text(c, 0), text(c, 1), text(c, 2));
    if old.is_empty() {
        return Ok(Value::Text(whole));
    }
    let grown = whole.matches(&old).count().saturating_mul(units(&new));
    fits(grown.saturating_add(units(&whole)))?;
    Ok(Value::Text(whole.replace(&old, &new)))
}

/// STUFF(string, start, length, new). UNVERIFIED(iris): a start outside of the string leaves it.
fn stuff(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let (whole, start, new) = (text(c, 0), integer(c, 1), text(c, 3));
    let length = units(&whole);
    let from = place(start);
    if start < 1 || from > length {
        return Ok(Value::Text(whole));
    }
    let to = from.saturating_add(size(c, 2)).min(length);
    fits(length.saturating_add(units(&new)))?;
    Ok(Value::Text(format!("{}{new}{}", slice(&whole, 0, from), slice(&whole, to, length))))
}

/// The place, from 1, of a text in another from a place on; 0 when absent (iris-sql §2).
fn found(needle: &str, hay: &str, start: i64) -> i64 {
    let skip = place(start);
    let from = if skip == 0 { hay.to_owned() } else { slice(hay, skip, usize::MAX) };
    let at = from.find(needle).and_then(|at| from.get(..at)).map(units);
    at.map_or(0, |n| i64::try_from(n.saturating_add(skip).saturating_add(1)).unwrap_or(0))
}

/// CHARINDEX(sub, string[, start]) and POSITION(sub IN string).
fn index(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let start = if c.len() > 2 { integer(c, 2) } else { 1 };
    Ok(Value::Integer(found(&text(c, 0), &text(c, 1), start)))
}

/// INSTR(string, sub[, start[, occurrence]]). UNVERIFIED(iris): occurrences do not overlap.
fn instr(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let (hay, needle) = (text(c, 0), text(c, 1));
    let start = if c.len() > 2 { integer(c, 2).max(1) } else { 1 };
    let occurrence = if c.len() > 3 { size(c, 3).saturating_sub(1) } else { 0 };
    let skip = place(start);
    let from = slice(&hay, skip, usize::MAX);
    let at = from.match_indices(&needle).nth(occurrence).and_then(|(at, _)| from.get(..at));
    let place = at.map_or(0, |before| units(before).saturating_add(skip).saturating_add(1));
    Ok(Value::Integer(i64::try_from(place).unwrap_or(0)))
}

fn repeat(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    repeated(&text(c, 0), size(c, 1))
}

fn space(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) { Ok(Value::Null) } else { repeated(" ", size(c, 0)) }
}

fn repeated(text: &str, times: usize) -> Result<Value> {
    fits(units(text).saturating_mul(times))?;
    Ok(Value::Text(text.repeat(times)))
}

/// ASCII: the code of the first unit. UNVERIFIED(iris): NULL for the empty string.
fn ascii(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Null);
    }
    let first = text(c, 0).encode_utf16().next();
    Ok(first.map_or(Value::Null, |x| Value::Integer(i64::from(x))))
}

/// CHAR: one unit by its code. UNVERIFIED(iris): NULL where there is none.
fn char_of(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Null);
    }
    let code = u16::try_from(integer(c, 0)).ok().and_then(|code| char::from_u32(code.into()));
    Ok(code.map_or(Value::Null, |x| Value::Text(x.to_string())))
}

fn concat(c: &Context<'_>) -> Result<Value> {
    if any_null(c) { Ok(Value::Null) } else { join(c) }
}

/// STRING(a, b, …): NULL counts as '' (iris-sql §2).
fn join(c: &Context<'_>) -> Result<Value> {
    let out: String = (0..c.len()).map(|at| text(c, at)).collect();
    fits(units(&out))?;
    Ok(Value::Text(out))
}

/// A text as bytes: characters 0 to 255 are one each (iris-sql §4.1). UNVERIFIED(iris): wider ones
/// are their UTF-8.
fn bytes(c: &Context<'_>) -> Result<Value> {
    Ok(match c.get_raw(0) {
        ValueRef::Null => Value::Null,
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
        _ => {
            let text = text(c, 0);
            let narrow: Option<Vec<u8>> =
                text.chars().map(|x| u8::try_from(u32::from(x)).ok()).collect();
            Value::Blob(narrow.unwrap_or_else(|| text.into_bytes()))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upper_collation_ignores_case_and_blanks_at_the_end() {
        assert_eq!(compare_upper("abc", "ABC  "), Ordering::Equal);
        assert_eq!(compare_upper("ä", "Ä"), Ordering::Equal);
        assert_eq!(compare_upper("", "   "), Ordering::Equal);
        assert_eq!(compare_upper("a", "B"), Ordering::Less);
    }
}

//! Text.

use std::cmp::Ordering;

use rusqlite::Result;
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};

use super::super::decimal::Decimal;
use super::{Body, any_null, failure, integer, null, number_of, text};

/// What the binder calls for the functions of iris-sql §2 over strings.
pub(super) const LIST: &[(&str, i32, Body)] = &[
    ("i_text", 2, logical_text),
    ("i_upper", 1, |c| map(c, |s| s.to_uppercase())),
    ("i_lower", 1, |c| map(c, |s| s.to_lowercase())),
    ("i_sqlupper", 1, |c| map(c, |s| s.to_uppercase())),
    ("i_reverse", 1, |c| map(c, |s| s.chars().rev().collect())),
    ("i_len", 1, |c| count(c, |s| s.trim_end_matches(' '))),
    ("i_clen", 1, |c| count(c, |s| s)),
    ("i_substr", 2, substr),
    ("i_substr", 3, substr),
    ("i_left", 2, left),
    ("i_right", 2, right),
    ("i_cut", 2, left),
    ("i_trim", 2, |c| trimmed(c, true, true)),
    ("i_ltrim", 2, |c| trimmed(c, true, false)),
    ("i_rtrim", 2, |c| trimmed(c, false, true)),
    ("i_replace", 3, replace),
    ("i_index", 3, index),
    ("i_repeat", 2, repeat),
    ("i_ascii", 1, ascii),
    ("i_char", 1, char_of),
    ("i_join", -1, join),
    ("i_like", 4, like),
    ("i_starts", 3, starts),
    ("i_contains", 2, contains),
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
    // Lengths count UTF-16 units (iris-sql §1.5).
    let units = f(&text).encode_utf16().count();
    Ok(Value::Integer(i64::try_from(units).unwrap_or(i64::MAX)))
}

/// The logical text of a number with its decimals (iris-sql §4.1).
fn logical_text(c: &Context<'_>) -> Result<Value> {
    let scale = i32::try_from(integer(c, 1)).unwrap_or(0);
    Ok(match c.get_raw(0) {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Text(Decimal::new(i128::from(value), scale).to_string()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            Value::Text(String::from_utf8_lossy(bytes).into_owned())
        }
        other => Value::Text(number_of(other).to_string()),
    })
}

/// SUBSTRING: a start of 0 or below counts as places before the first (iris-sql §2).
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
    let skip = usize::try_from(start.saturating_sub(1)).unwrap_or(0);
    let take = usize::try_from(end.saturating_sub(start.max(1))).unwrap_or(0);
    Ok(Value::Text(text.chars().skip(skip).take(take).collect()))
}

fn left(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let keep = usize::try_from(integer(c, 1)).unwrap_or(0);
    Ok(Value::Text(text(c, 0).chars().take(keep).collect()))
}

fn right(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let (text, keep) = (text(c, 0), usize::try_from(integer(c, 1)).unwrap_or(0));
    let skip = text.chars().count().saturating_sub(keep);
    Ok(Value::Text(text.chars().skip(skip).collect()))
}

fn trimmed(c: &Context<'_>, front: bool, back: bool) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let (whole, set) = (text(c, 0), text(c, 1));
    let mut out = whole.as_str();
    if front {
        out = out.trim_start_matches(|x| set.contains(x));
    }
    if back {
        out = out.trim_end_matches(|x| set.contains(x));
    }
    Ok(Value::Text(out.to_owned()))
}

/// Too long a result is `<MAXSTRING>` (iris-sql §1.7, §4.3).
fn replace(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let (whole, old, new) = (text(c, 0), text(c, 1), text(c, 2));
    if old.is_empty() {
        return Ok(Value::Text(whole));
    }
    let grown = whole.matches(&old).count().saturating_mul(new.len());
    if grown.saturating_add(whole.len()) > LONGEST * 4 {
        return Err(failure(-400, "Unexpected error occurred: <MAXSTRING>"));
    }
    Ok(Value::Text(whole.replace(&old, &new)))
}

/// CHARINDEX(sub, string, start): 1-based, 0 when absent.
fn index(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let (needle, hay) = (text(c, 0), text(c, 1));
    let skip = usize::try_from(integer(c, 2).saturating_sub(1)).unwrap_or(0);
    let from: String = hay.chars().skip(skip).collect();
    let found = from.find(&needle).map(|at| from.get(..at).unwrap_or("").chars().count());
    let place = found.map_or(0, |n| n + skip + 1);
    Ok(Value::Integer(i64::try_from(place).unwrap_or(0)))
}

/// Too long a result is `<MAXSTRING>` (iris-sql §1.7, §4.3).
fn repeat(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let (text, times) = (text(c, 0), usize::try_from(integer(c, 1)).unwrap_or(0));
    if text.len().saturating_mul(times) > LONGEST {
        return Err(failure(-400, "Unexpected error occurred: <MAXSTRING>"));
    }
    Ok(Value::Text(text.repeat(times)))
}

fn ascii(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Null);
    }
    let first = text(c, 0).chars().next();
    Ok(first.map_or(Value::Null, |x| Value::Integer(i64::from(u32::from(x)))))
}

fn char_of(c: &Context<'_>) -> Result<Value> {
    let code = u32::try_from(integer(c, 0)).ok().and_then(char::from_u32);
    Ok(code.map_or(Value::Null, |x| Value::Text(x.to_string())))
}

/// STRING(a, b, …): NULL counts as '' (iris-sql §2).
fn join(c: &Context<'_>) -> Result<Value> {
    Ok(Value::Text((0..c.len()).map(|at| text(c, at)).collect()))
}

fn folded(text: String, upper: bool) -> String {
    if upper { text.to_uppercase() } else { text }
}

/// LIKE with its escape character; the case follows the column's collation (iris-sql §2).
fn like(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) || null(c, 1) {
        return Ok(Value::Null);
    }
    let upper = integer(c, 3) != 0;
    let escape = if null(c, 2) {
        None
    } else {
        let all = text(c, 2);
        let mut chars = all.chars();
        match (chars.next(), chars.next()) {
            (Some(one), None) => Some(one),
            _ => return Err(failure(-63, "Data exception - invalid escape character")),
        }
    };
    let value: Vec<char> = folded(text(c, 0), upper).chars().collect();
    let pattern = parse_pattern(&folded(text(c, 1), upper), escape);
    Ok(Value::Integer(i64::from(matches(&value, &pattern))))
}

#[derive(Clone, Copy, PartialEq)]
enum Piece {
    Any,
    One,
    Char(char),
}

fn parse_pattern(pattern: &str, escape: Option<char>) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            c if Some(c) == escape => Piece::Char(chars.next().unwrap_or(c)),
            '%' => Piece::Any,
            '_' => Piece::One,
            c => Piece::Char(c),
        });
    }
    out
}

/// Greedy matching with one step back, linear in memory.
fn matches(value: &[char], pattern: &[Piece]) -> bool {
    let (mut v, mut p) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while v < value.len() {
        match (pattern.get(p), value.get(v)) {
            (Some(Piece::Any), _) => {
                star = Some((p, v));
                p += 1;
            }
            (Some(Piece::One), _) => {
                p += 1;
                v += 1;
            }
            (Some(Piece::Char(x)), Some(y)) if x == y => {
                p += 1;
                v += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    v = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|piece| *piece == Piece::Any)
}

fn starts(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) || null(c, 1) {
        return Ok(Value::Null);
    }
    let upper = integer(c, 2) != 0;
    let (value, prefix) = (folded(text(c, 0), upper), folded(text(c, 1), upper));
    Ok(Value::Integer(i64::from(value.starts_with(&prefix))))
}

/// `[` is always EXACT (iris-sql §1.1).
fn contains(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    Ok(Value::Integer(i64::from(text(c, 0).contains(&text(c, 1)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match() {
        let like = |value: &str, pattern: &str, escape| {
            matches(&value.chars().collect::<Vec<_>>(), &parse_pattern(pattern, escape))
        };
        assert!(like("abc", "a%", None) && like("abc", "%c", None) && like("abc", "_b_", None));
        assert!(like("", "%", None) && !like("", "_", None) && like("a%b", "a\\%b", Some('\\')));
        assert!(!like("abc", "a", None) && like("aXbXc", "a%b%c", None));
    }

    #[test]
    fn upper_collation_ignores_case_and_blanks_at_the_end() {
        assert_eq!(compare_upper("abc", "ABC  "), Ordering::Equal);
        assert_eq!(compare_upper("ä", "Ä"), Ordering::Equal);
        assert_eq!(compare_upper("", "   "), Ordering::Equal);
        assert_eq!(compare_upper("a", "B"), Ordering::Less);
    }
}

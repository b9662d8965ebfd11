//! LIKE, %STARTSWITH and `[`.

use rusqlite::Result;
use rusqlite::functions::Context;
use rusqlite::types::Value;

use super::{Body, any_null, failure, integer, null, text};

/// What the binder calls for functions of iris-sql §2 and Appendix C.
pub(super) const LIST: &[(&str, i32, Body)] =
    &[("i_like", 4, like), ("i_starts", 3, starts), ("i_contains", 2, contains)];

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
}

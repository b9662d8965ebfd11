//! Predicates that SQLite lacks: `%MATCHES`, `%PATTERN`, `%INLIST`, `]` and IS JSON (iris-sql §1.1,
//! §2, Appendix C).

use rusqlite::Result;
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};

use super::super::json;
use super::{Body, any_null, failure, integer, null, text};
use crate::list::{Element, ListReader, latin_to_utf8, wide_to_utf8};

/// What the binder calls for the predicates of Appendix C.
pub(super) const LIST: &[(&str, i32, Body)] = &[
    ("i_matches", 3, matches),
    ("i_pattern", 2, pattern),
    ("i_inlist", 3, in_list),
    ("i_follows", 2, follows),
    ("i_json", 2, is_json),
];

/// How many steps one %PATTERN may take: 20 million, some tenths of a second.
const STEPS_MAX: usize = 20_000_000;

/// How deep alternations of a pattern may nest: 20. The vendor's own limit is not published.
const NESTING_MAX: usize = 20;

fn truth(value: bool) -> Result<Value> {
    Ok(Value::Integer(i64::from(value)))
}

/// `a ] b`: a sorts after b. UNVERIFIED(iris): EXACT, as its sibling `[` is (iris-sql §1.1).
fn follows(c: &Context<'_>) -> Result<Value> {
    if any_null(c) { Ok(Value::Null) } else { truth(text(c, 0) > text(c, 1)) }
}

/// IS JSON of the kind 0 any, 1 scalar, 2 array, 3 object (iris-sql §2). UNVERIFIED(iris): NULL is
/// neither JSON nor not.
fn is_json(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Null);
    }
    let found = json::kind(&text(c, 0));
    truth(match integer(c, 1) {
        1 => found == Some(json::Kind::Scalar),
        2 => found == Some(json::Kind::Array),
        3 => found == Some(json::Kind::Object),
        _ => found.is_some(),
    })
}

/// `value %INLIST list`, by the collation of the value (iris-sql Appendix C).
fn in_list(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) || null(c, 1) {
        return Ok(Value::Null);
    }
    let upper = integer(c, 2) != 0;
    let folded = |text: String| if upper { super::upper_key(&text) } else { text };
    let wanted = folded(text(c, 0));
    let bytes: Vec<u8> = match c.get_raw(1) {
        ValueRef::Blob(bytes) => bytes.to_vec(),
        // A list that travels as text has its bytes as characters 0 to 255.
        _ => text(c, 1).chars().filter_map(|x| u8::try_from(u32::from(x)).ok()).collect(),
    };
    for element in ListReader::new(&bytes) {
        let Ok(element) = element else {
            return Err(failure(-400, "Unexpected error occurred: <LIST>"));
        };
        let shown = match element {
            Element::Undefined | Element::Bytes(b"") => continue,
            // The empty string of SQL is $CHAR(0), kept here as a text of no characters.
            Element::Bytes(b"\0") => String::new(),
            Element::Bytes(bytes) => String::from_utf8(latin_to_utf8(bytes)).unwrap_or_default(),
            Element::Wide(bytes) => String::from_utf8(wide_to_utf8(bytes)).unwrap_or_default(),
            Element::Integer(n) => n.to_string(),
            Element::Decimal { mantissa, exponent } => {
                super::Decimal::new(i128::from(mantissa), -i32::from(exponent)).to_string()
            }
            Element::Double(value) => super::Decimal::of_double(value).to_string(),
        };
        if folded(shown) == wanted {
            return truth(true);
        }
    }
    truth(false)
}

/// A piece of a %MATCHES pattern.
enum Glob {
    Any,
    One,
    Char(char),
    /// `[a-z]`, `[^a-z]`.
    Set(bool, Vec<(char, char)>),
}

/// `value %MATCHES pattern ESCAPE e`: `?`, `*`, `[…]`, a backslash before what stands for itself
/// (iris-sql §2). UNVERIFIED(iris): with regard to case.
fn matches(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) || null(c, 1) {
        return Ok(Value::Null);
    }
    let escape = if null(c, 2) {
        '\\'
    } else {
        let all = text(c, 2);
        let mut chars = all.chars();
        match (chars.next(), chars.next()) {
            (Some(one), None) => one,
            _ => return Err(failure(-63, "Data exception - invalid escape character")),
        }
    };
    let value: Vec<char> = text(c, 0).chars().collect();
    let pattern: Vec<char> = text(c, 1).chars().collect();
    truth(glob(&value, &globs(&pattern, escape)))
}

fn globs(pattern: &[char], escape: char) -> Vec<Glob> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&c) = pattern.get(at) {
        at += 1;
        out.push(match c {
            c if c == escape => {
                let literal = pattern.get(at).copied().unwrap_or(c);
                at += 1;
                Glob::Char(literal)
            }
            '*' => Glob::Any,
            '?' => Glob::One,
            '[' => {
                let Some(length) =
                    pattern.get(at..).and_then(|rest| rest.iter().position(|x| *x == ']'))
                else {
                    out.push(Glob::Char('['));
                    continue;
                };
                let inner = pattern.get(at..at + length).unwrap_or_default();
                at += length + 1;
                set(inner)
            }
            c => Glob::Char(c),
        });
    }
    out
}

fn set(inner: &[char]) -> Glob {
    let (negated, inner) = match inner {
        ['^', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let mut ranges = Vec::new();
    let mut rest = inner;
    loop {
        match rest {
            [from, '-', to, after @ ..] => {
                ranges.push((*from, *to));
                rest = after;
            }
            [one, after @ ..] => {
                ranges.push((*one, *one));
                rest = after;
            }
            [] => return Glob::Set(negated, ranges),
        }
    }
}

/// Greedy matching with one step back, linear in memory.
fn glob(value: &[char], pattern: &[Glob]) -> bool {
    let (mut v, mut p) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(c) = value.get(v) {
        let fits = match pattern.get(p) {
            Some(Glob::Any) => {
                star = Some((p, v));
                p += 1;
                continue;
            }
            Some(Glob::One) => true,
            Some(Glob::Char(x)) => x == c,
            Some(Glob::Set(negated, ranges)) => {
                ranges.iter().any(|(from, to)| (from..=to).contains(&c)) != *negated
            }
            None => false,
        };
        if fits {
            p += 1;
            v += 1;
        } else if let Some((at, from)) = star {
            star = Some((at, from + 1));
            p = at + 1;
            v = from + 1;
        } else {
            return false;
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|piece| matches!(piece, Glob::Any))
}

/// One atom of an ObjectScript pattern such as `3L1"-"2N` (iris-sql §2).
struct Atom {
    least: usize,
    most: usize,
    what: What,
}

enum What {
    /// Pattern codes: A, C, E, L, N, P, U.
    Codes(Vec<char>),
    Literal(Vec<char>),
    Either(Vec<Vec<Atom>>),
}

/// `value %PATTERN pattern` (iris-sql §2, Appendix C).
fn pattern(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let value: Vec<char> = text(c, 0).chars().collect();
    let source: Vec<char> = text(c, 1).chars().collect();
    let mut at = 0;
    let atoms = atoms(&source, &mut at, 0)
        .filter(|_| at == source.len())
        .ok_or_else(|| failure(-400, "Unexpected error occurred: <SYNTAX>"))?;
    let mut steps = 0;
    let mut reached = vec![false; value.len() + 1];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    let found = all(&value, &atoms, reached, &mut steps)
        .ok_or_else(|| failure(-400, "Unexpected error occurred: <FRAMESTACK>"))?;
    truth(found.last().copied().unwrap_or(false))
}

fn number(source: &[char], at: &mut usize) -> Option<usize> {
    let mut found = None;
    while let Some(digit) = source.get(*at).and_then(|c| c.to_digit(10)) {
        let so_far: usize = found.unwrap_or(0);
        found = Some(so_far.saturating_mul(10).saturating_add(digit as usize));
        *at += 1;
    }
    found
}

fn atoms(source: &[char], at: &mut usize, depth: usize) -> Option<Vec<Atom>> {
    if depth > NESTING_MAX {
        return None;
    }
    let mut out = Vec::new();
    while !matches!(source.get(*at), None | Some(',' | ')')) {
        let least = number(source, at);
        let (least, most) = if source.get(*at) == Some(&'.') {
            *at += 1;
            (least.unwrap_or(0), number(source, at).unwrap_or(usize::MAX))
        } else {
            let count = least?;
            (count, count)
        };
        out.push(Atom { least, most, what: what(source, at, depth)? });
    }
    Some(out)
}

fn what(source: &[char], at: &mut usize, depth: usize) -> Option<What> {
    match source.get(*at)? {
        '"' => {
            *at += 1;
            let mut literal = Vec::new();
            loop {
                let c = *source.get(*at)?;
                *at += 1;
                if c != '"' {
                    literal.push(c);
                } else if source.get(*at) == Some(&'"') {
                    literal.push('"');
                    *at += 1;
                } else {
                    return Some(What::Literal(literal));
                }
            }
        }
        '(' => {
            let mut every = Vec::new();
            while matches!(source.get(*at), Some('(' | ',')) {
                *at += 1;
                every.push(atoms(source, at, depth + 1)?);
            }
            (source.get(*at) == Some(&')')).then(|| {
                *at += 1;
                What::Either(every)
            })
        }
        _ => {
            let mut codes = Vec::new();
            while let Some(code) = source.get(*at).map(char::to_ascii_uppercase)
                && "ACELNPU".contains(code)
            {
                codes.push(code);
                *at += 1;
            }
            (!codes.is_empty()).then_some(What::Codes(codes))
        }
    }
}

/// The codes of a pattern, of which iris-sql §2 shows L and N. UNVERIFIED(iris): the others are
/// those that ObjectScript patterns are known for.
fn is_of(code: char, c: char) -> bool {
    match code {
        'A' => c.is_alphabetic(),
        'C' => c.is_control(),
        'L' => c.is_lowercase(),
        'N' => c.is_ascii_digit(),
        'U' => c.is_uppercase(),
        'P' => !c.is_alphanumeric() && !c.is_control(),
        _ => true,
    }
}

/// The places that a row of atoms leads to from those reached; `None` when it takes too long.
fn all(value: &[char], row: &[Atom], reached: Vec<bool>, steps: &mut usize) -> Option<Vec<bool>> {
    let mut reached = reached;
    for atom in row {
        let mut out = vec![false; reached.len()];
        let mut count = 0;
        loop {
            if count >= atom.least {
                out.iter_mut().zip(&reached).for_each(|(to, from)| *to |= *from);
            }
            if count >= atom.most || !reached.contains(&true) {
                break;
            }
            let next = once(value, &atom.what, &reached, steps)?;
            count += 1;
            // What adds nothing any more has been seen: a repetition of nothing.
            if next == reached {
                count = count.max(atom.least);
                if count >= atom.least {
                    out.iter_mut().zip(&next).for_each(|(to, from)| *to |= *from);
                }
                break;
            }
            reached = next;
        }
        reached = out;
    }
    Some(reached)
}

fn once(value: &[char], what: &What, reached: &[bool], steps: &mut usize) -> Option<Vec<bool>> {
    *steps = steps.saturating_add(reached.len());
    if *steps > STEPS_MAX {
        return None;
    }
    let mut out = vec![false; reached.len()];
    let mut mark = |place: usize| {
        if let Some(to) = out.get_mut(place) {
            *to = true;
        }
    };
    let places = reached.iter().enumerate().filter(|(_, seen)| **seen).map(|(at, _)| at);
    match what {
        What::Codes(codes) => {
            for at in places {
                if value.get(at).is_some_and(|c| codes.iter().any(|code| is_of(*code, *c))) {
                    mark(at + 1);
                }
            }
        }
        What::Literal(literal) => {
            for at in places {
                if value.get(at..).is_some_and(|rest| rest.starts_with(literal)) {
                    mark(at + literal.len());
                }
            }
        }
        What::Either(every) => {
            for row in every {
                let found = all(value, row, reached.to_vec(), steps)?;
                out.iter_mut().zip(&found).for_each(|(to, from)| *to |= *from);
            }
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matched(value: &str, source: &str) -> Option<bool> {
        let value: Vec<char> = value.chars().collect();
        let source: Vec<char> = source.chars().collect();
        let mut at = 0;
        let row = atoms(&source, &mut at, 0).filter(|_| at == source.len())?;
        let mut reached = vec![false; value.len() + 1];
        *reached.first_mut()? = true;
        all(&value, &row, reached, &mut 0).map(|found| found.last().copied().unwrap_or(false))
    }

    #[test]
    fn objectscript_patterns() {
        // iris-sql §2: `3L1"-"2N`.
        for (value, source, found) in [
            ("abc-12", "3L1\"-\"2N", Some(true)),
            ("abc-1", "3L1\"-\"2N", Some(false)),
            ("ABC-12", "3L1\"-\"2N", Some(false)),
            ("12", "1.3N", Some(true)),
            ("", ".N", Some(true)),
            ("1234", "1.3N", Some(false)),
            ("a1b", "1.AN", Some(true)),
            ("ababab", ".\"ab\"", Some(true)),
            ("x42", "1(1\"x\",1\"y\")2N", Some(true)),
            ("z42", "1(1\"x\",1\"y\")2N", Some(false)),
            ("", "999999999\"\"", Some(true)),
            ("a", "L", None),
            ("a", "1Q", None),
            ("a", "1\"a", None),
        ] {
            assert_eq!(matched(value, source), found, "{value} {source}");
        }
    }

    #[test]
    fn globs_of_matches() {
        // iris-sql §2.
        let fits = |value: &str, source: &str| {
            let value: Vec<char> = value.chars().collect();
            let source: Vec<char> = source.chars().collect();
            glob(&value, &globs(&source, '\\'))
        };
        assert!(fits("abc", "a*") && fits("abc", "a?c") && fits("abc", "[a-c]bc"));
        assert!(!fits("abc", "[^a-c]bc") && !fits("abc", "ab") && fits("a*c", "a\\*c"));
        assert!(!fits("abc", "a\\*c") && fits("", "*") && fits("[", "["));
    }
}

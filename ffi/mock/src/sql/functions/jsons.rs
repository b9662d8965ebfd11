//! The making of JSON texts, which have no blanks (iris-sql §1.8, §2).

use rusqlite::Result;
use rusqlite::functions::Context;
use rusqlite::types::Value;

use super::strings::fits;
use super::{Body, null, text};

/// What the binder calls for JSON_ARRAY, JSON_OBJECT and JSON_ARRAYAGG (iris-sql §2).
pub(super) const LIST: &[(&str, i32, Body)] = &[
    ("i_jsonarray", -1, array),
    ("i_jsonobject", -1, object),
    ("i_jsonnumber", 1, |c| Ok(shown(c, |text| whole_number(&text)))),
    ("i_jsontext", 1, |c| Ok(shown(c, |text| quoted(&text)))),
];

fn shown(c: &Context<'_>, f: fn(String) -> String) -> Value {
    if null(c, 0) { Value::Null } else { Value::Text(f(text(c, 0))) }
}

/// JSON wants a digit before the point.
fn whole_number(text: &str) -> String {
    match text.strip_prefix("-.") {
        Some(rest) => format!("-0.{rest}"),
        None if text.starts_with('.') => format!("0{text}"),
        None => text.to_owned(),
    }
}

/// A string by RFC 8259, as JSON_OBJECT and JSON_ARRAY give it (iris-sql §2).
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for x in text.chars() {
        match x {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            x if x < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(x))),
            x => out.push(x),
        }
    }
    out.push('"');
    out
}

/// NULL is `null`, or left out with ABSENT ON NULL. UNVERIFIED(iris): it is `null` when nothing is
/// said.
fn array(c: &Context<'_>) -> Result<Value> {
    let absent = text(c, 0) == "1";
    let all: Vec<String> = (1..c.len())
        .filter(|at| !(absent && null(c, *at)))
        .map(|at| if null(c, at) { "null".to_owned() } else { text(c, at) })
        .collect();
    let out = format!("[{}]", all.join(","));
    fits(out.len())?;
    Ok(Value::Text(out))
}

fn object(c: &Context<'_>) -> Result<Value> {
    let absent = text(c, 0) == "1";
    let all: Vec<String> = (1..c.len())
        .step_by(2)
        .filter(|at| at + 1 < c.len() && !(absent && null(c, at + 1)))
        .map(|at| {
            let value = if null(c, at + 1) { "null".to_owned() } else { text(c, at + 1) };
            format!("{}:{value}", quoted(&text(c, at)))
        })
        .collect();
    let out = format!("{{{}}}", all.join(","));
    fits(out.len())?;
    Ok(Value::Text(out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_numbers_are_json() {
        assert_eq!(quoted("a\"b\\\u{1}"), "\"a\\\"b\\\\\\u0001\"");
        assert_eq!(whole_number("-.5"), "-0.5");
        assert_eq!(whole_number("12"), "12");
    }
}

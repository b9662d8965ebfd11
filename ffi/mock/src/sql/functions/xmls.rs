//! The making of XML texts (iris-sql Appendix C).

use rusqlite::Result;
use rusqlite::functions::Context;
use rusqlite::types::Value;

use super::strings::fits;
use super::{Body, integer, null, text};

/// What the binder calls for XMLELEMENT and XMLFOREST (iris-sql Appendix C).
pub(super) const LIST: &[(&str, i32, Body)] = &[
    ("i_xmlelement", -1, element),
    ("i_xmlforest", -1, forest),
    ("i_xmltext", 1, |c| {
        Ok(if null(c, 0) { Value::Null } else { Value::Text(escaped(&text(c, 0))) })
    }),
];

/// Characters that mark something in XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The tag, the number of attributes, their names and values, the contents. UNVERIFIED(iris): an
/// attribute that is NULL is left out, contents that are NULL are nothing.
fn element(c: &Context<'_>) -> Result<Value> {
    let tag = text(c, 0);
    let attributes = usize::try_from(integer(c, 1)).unwrap_or(0);
    let first = attributes.saturating_mul(2).saturating_add(2).min(c.len());
    let mut out = format!("<{tag}");
    for at in (2..first).step_by(2).filter(|at| at + 1 < c.len() && !null(c, at + 1)) {
        out.push_str(&format!(" {}=\"{}\"", text(c, at), escaped(&text(c, at + 1))));
    }
    out.push('>');
    (first..c.len()).for_each(|at| out.push_str(&text(c, at)));
    out.push_str(&format!("</{tag}>"));
    fits(out.len())?;
    Ok(Value::Text(out))
}

/// Tags and values in turn. UNVERIFIED(iris): a value that is NULL makes no element.
fn forest(c: &Context<'_>) -> Result<Value> {
    let mut out = String::new();
    for at in (0..c.len()).step_by(2).filter(|at| at + 1 < c.len() && !null(c, at + 1)) {
        let tag = text(c, at);
        out.push_str(&format!("<{tag}>{}</{tag}>", text(c, at + 1)));
    }
    fits(out.len())?;
    Ok(Value::Text(out))
}

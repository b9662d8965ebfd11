//! LIKE, ILIKE and regular expressions.

use super::constant::is_text;
use super::{Emitter, refuse};
use crate::sql::bound::{Expr, Like, Literal, Node, Operation};
use crate::sql::error::SqlError;
use crate::sql::statement::Place;
use crate::types::pg::PgType;

/// The constant text that an expression is, cast or not.
pub(super) fn text_of(expr: &Expr) -> Option<&str> {
    match &expr.node {
        Node::Literal(Literal::Text(text)) => Some(text),
        Node::Cast(cast) if is_text(expr.ty) && expr.typmod < 0 => text_of(&cast.expr),
        _ => None,
    }
}

/// The parameter that a text is.
fn parameter_of(expr: &Expr) -> Option<usize> {
    match &expr.node {
        Node::Parameter(index) if is_text(expr.ty) => Some(*index),
        Node::Cast(cast) if is_text(expr.ty) && expr.typmod < 0 => parameter_of(&cast.expr),
        _ => None,
    }
}

impl Emitter<'_> {
    /// `[NOT] LIKE`, `[NOT] ILIKE`
    pub(super) fn like(&mut self, like: &Like) -> Result<(), SqlError> {
        let escape = match &like.escape {
            None => Some('\\'),
            Some(escape) => escape_character(escape)?,
        };
        self.like_parts(&like.expr, &like.pattern, escape, like.insensitive, like.negated)
    }

    /// PostgreSQL's escape character is the backslash unless told otherwise. ILIKE compares the
    /// lower cases of both sides, as PostgreSQL does.
    pub(super) fn like_parts(
        &mut self,
        text: &Expr,
        pattern: &Expr,
        escape: Option<char>,
        insensitive: bool,
        negated: bool,
    ) -> Result<(), SqlError> {
        if [text, pattern].into_iter().any(|side| side.ty == PgType::Bytea) {
            return Err(refuse("LIKE of type bytea is not supported"));
        }
        let written = text_of(pattern);
        if text.ty == PgType::Bpchar && !written.is_some_and(ignores_blanks) {
            let name = text.ty.name();
            return Err(refuse(format!("LIKE of type {name} is not supported with this pattern"))
                .detail("IRIS does not see the blanks at the end of such a value.")
                .hint("Cast the value to text, where those blanks do not count."));
        }
        if let (Some(written), Some(escape)) = (written, escape) {
            check_end(written, escape)?;
        }
        for (side, word) in
            [(text, Some(if negated { "NOT LIKE" } else { "LIKE" })), (pattern, None)]
        {
            if insensitive {
                self.out.call("LOWER");
            }
            match (word, escape, parameter_of(side)) {
                (None, Some(escape), Some(index)) => {
                    let value = Box::new(Place::Parameter(index, None));
                    self.out.place(Place::Pattern { value, escape });
                }
                _ => self.text(side)?,
            }
            if insensitive {
                self.out.close();
            }
            if let Some(word) = word {
                self.out.word(word);
            }
        }
        let needed = |c: char| written.is_none_or(|text| text.contains(c));
        if let Some(c) = escape.filter(|c| needed(*c)) {
            if insensitive && c.is_alphabetic() {
                return Err(refuse("a letter as escape character of ILIKE is not supported"));
            }
            self.out.word("ESCAPE").literal(c.encode_utf8(&mut [0; 4]));
        }
        Ok(())
    }

    /// `~` and its kin, of patterns that are a text between anchors.
    pub(super) fn regex(
        &mut self,
        operation: &Operation,
        insensitive: bool,
        negated: bool,
    ) -> Result<(), SqlError> {
        let [text, pattern] = operation.operands.as_slice() else {
            return Err(refuse("this form of the operator is not supported"));
        };
        let like = text_of(pattern).and_then(as_like).ok_or_else(|| {
            refuse("this regular expression is not supported")
                .detail("IRIS has none.")
                .hint("Plain text is supported, with ^ before and $ behind it. Use LIKE.")
        })?;
        self.rule("a regular expression without special characters is LIKE");
        let pattern = Expr { node: Node::Literal(Literal::Text(like)), ..pattern.clone() };
        self.like_parts(text, &pattern, Some('\\'), insensitive, negated)
    }

    /// True if one text begins with another, which `%STARTSWITH` would tell by the collation.
    pub(super) fn starts_with(&mut self, text: &Expr, start: &Expr) -> Result<(), SqlError> {
        if let Some(written) = text_of(start) {
            let mut pattern = escaped(written);
            pattern.push('%');
            let pattern = Expr { node: Node::Literal(Literal::Text(pattern)), ..start.clone() };
            return self.like_parts(text, &pattern, Some('\\'), false, false);
        }
        self.out.call("SUBSTRING");
        self.text(text)?;
        self.out.comma().count(1).comma().call("CHAR_LENGTH");
        self.text(start)?;
        self.out.close().close().word("=");
        self.text(start)
    }
}

/// Whether blanks at the end of a text make no difference to a pattern.
fn ignores_blanks(pattern: &str) -> bool {
    pattern.ends_with('%') && !pattern.contains(['_', ' ', '\\'])
}

/// 22025 for a pattern that ends with its escape character.
fn check_end(pattern: &str, escape: char) -> Result<(), SqlError> {
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        if c == escape && rest.next().is_none() {
            let message = "LIKE pattern must not end with escape character";
            return Err(SqlError::new("22025", message).late());
        }
    }
    Ok(())
}

/// A text as a LIKE pattern that means itself.
fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

/// The LIKE pattern of a regular expression that has no special characters but anchors.
fn as_like(regex: &str) -> Option<String> {
    // A pattern may begin with a director (`***`) or options (`(?i)`).
    let (open, rest) = match regex.strip_prefix('^') {
        Some(rest) => (false, rest),
        None => (true, regex),
    };
    let (end, body) = match rest.strip_suffix('$') {
        Some(body) => (false, body),
        None => (true, rest),
    };
    if body.contains(['.', '[', ']', '(', ')', '*', '+', '?', '{', '}', '|', '\\', '^', '$']) {
        return None;
    }
    let mut pattern = String::new();
    if open {
        pattern.push('%');
    }
    pattern.push_str(&escaped(body));
    if end {
        pattern.push('%');
    }
    Some(pattern)
}

/// The character that `ESCAPE` names; none for an empty string.
fn escape_character(escape: &Expr) -> Result<Option<char>, SqlError> {
    let text = text_of(escape).ok_or_else(|| refuse("an escape character must be a constant"))?;
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (c, None) => Ok(c),
        _ => Err(SqlError::new("22025", "invalid escape string")
            .hint("Escape string must be empty or one character.")
            .late()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_regular_expressions_are_patterns() {
        for (regex, like) in
            [("abc", "%abc%"), ("^a%b", "a\\%b%"), ("a_$", "%a\\_"), ("^$", ""), ("", "%%")]
        {
            assert_eq!(as_like(regex).as_deref(), Some(like), "{regex}");
        }
        for regex in ["a.c", "a*", "[ab]", "(?i)a", "***=a", "a\\d", "a$b", "x{2}", "a|b"] {
            assert_eq!(as_like(regex), None, "{regex}");
        }
    }

    #[test]
    fn patterns_do_not_end_with_an_escape() {
        assert!(check_end("a\\", '\\').is_err());
        assert!(check_end("a\\\\", '\\').is_ok());
        assert!(check_end("a\\%", '\\').is_ok());
    }
}

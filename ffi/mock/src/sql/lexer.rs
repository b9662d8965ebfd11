//! From text to tokens (iris-sql §1.1).

use super::api::SqlFailure;
use super::json;
use super::sqlcode::fail;
use super::token::{Kind, Token};

/// Two-character marks come before their first character. The operators and signs of iris-sql
/// §1.1.
const SYMBOLS: [&str; 29] = [
    "<>", "!=", "<=", ">=", "||", "->", "=*", "*=", "+", "-", "*", "/", "\\", "#", "=", "<", ">",
    "[", "]", "(", ")", ",", ".", "{", "}", "&", "!", ";", ":",
];

/// What follows `/*` in a hint.
const OPTIONS: &str = "#OPTIONS";

/// All tokens of a statement, the end mark last.
///
/// # Errors
/// −1, −2, −3, −7, −153 or −204 where the text breaks a lexical rule (iris-sql §1.1).
pub(in crate::sql) fn tokens(text: &str) -> Result<Vec<Token>, SqlFailure> {
    let mut lexer = Lexer { rest: text, parameters: 0, out: Vec::new() };
    while lexer.step()? {}
    lexer.push(Kind::End);
    Ok(lexer.out)
}

struct Lexer<'a> {
    rest: &'a str,
    parameters: usize,
    out: Vec<Token>,
}

impl<'a> Lexer<'a> {
    fn push(&mut self, kind: Kind) {
        self.out.push(Token { kind });
    }

    /// Cuts `length` bytes off; they end at a character's border.
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn step(&mut self) -> Result<bool, SqlFailure> {
        self.rest = self.rest.trim_start();
        let Some(first) = self.rest.chars().next() else { return Ok(false) };
        if self.rest.starts_with("--") {
            let end = self.rest.find(['\n', '\r']).unwrap_or(self.rest.len());
            self.take(end);
        } else if self.rest.starts_with("/*") {
            self.comment()?;
        } else if self.rest.starts_with("$$$") {
            // A macro, which no preprocessor expands in Dynamic SQL (iris-sql Appendix A, −204).
            return Err(fail(-204, "Macro preprocessor error in the statement text"));
        } else if first == '\'' {
            let value = self.quoted('\'')?;
            self.push(Kind::Text(value));
        } else if first == '"' {
            let value = self.quoted('"')?;
            if !value.chars().any(char::is_alphanumeric) {
                // iris-sql §1.1: `""` alone is −1, and a name is not just punctuation.
                return Err(fail(-1, format!("IDENTIFIER expected, \"{value}\" found")));
            }
            self.push(Kind::Quoted(value));
        } else if first.is_ascii_digit() || first == '.' && self.digit_at(1) {
            self.number()?;
        } else if first == '?' {
            self.take(1);
            self.push(Kind::Param(self.parameters));
            self.parameters += 1;
        } else if begins_word(first) || first == '$' && self.second_begins_word() {
            let end = self
                .rest
                .char_indices()
                .skip(1)
                .find(|(_, c)| !continues_word(*c))
                .map_or(self.rest.len(), |(at, _)| at);
            let word = self.take(end).to_owned();
            self.push(Kind::Word(word));
        } else if let Some(symbol) = SYMBOLS.iter().find(|s| self.rest.starts_with(**s)) {
            self.take(symbol.len());
            self.push(Kind::Symbol(symbol));
        } else {
            self.take(first.len_utf8());
            self.push(Kind::Other(first));
        }
        Ok(true)
    }

    fn digit_at(&self, at: usize) -> bool {
        self.rest.as_bytes().get(at).is_some_and(u8::is_ascii_digit)
    }

    fn second_begins_word(&self) -> bool {
        self.rest.chars().nth(1).is_some_and(|c| c.is_alphabetic() || c == '$')
    }

    /// Comments do not nest (iris-sql §1.1). UNVERIFIED(iris): one without an end is −1.
    fn comment(&mut self) -> Result<(), SqlFailure> {
        let end = self.rest.find("*/").ok_or_else(|| fail(-1, "*/ expected, <end> found"))?;
        let text = self.take(end + 2);
        let inner = text.get(2..end).unwrap_or_default();
        // `/*#OPTIONS {…} */` is a hint that changes no result, but its text is checked
        // (iris-sql §1.1, Appendix A).
        if let Some((head, options)) = inner.split_at_checked(OPTIONS.len())
            && head.eq_ignore_ascii_case(OPTIONS)
            && json::kind(options.trim()) != Some(json::Kind::Object)
        {
            let text = super::sqlcode::text(-153).unwrap_or_default();
            return Err(fail(-153, text));
        }
        Ok(())
    }

    /// A quoted run; the doubled mark stands for itself, backslash is nothing special.
    fn quoted(&mut self, mark: char) -> Result<String, SqlFailure> {
        self.take(1);
        let mut value = String::new();
        loop {
            let Some(end) = self.rest.find(mark) else {
                // UNVERIFIED(iris): −3 names the double quote; it is used for both.
                return Err(fail(-3, "Closing quote (\") missing"));
            };
            value.push_str(self.take(end));
            self.take(1);
            if !self.rest.starts_with(mark) {
                return Ok(value);
            }
            self.take(1);
            value.push(mark);
        }
    }

    /// A number with its exponent: −2 without digits there, −7 beyond 1.7E308 (iris-sql §1.1,
    /// Appendix A).
    fn number(&mut self) -> Result<(), SqlFailure> {
        let bytes = self.rest.as_bytes();
        let digits =
            |from: usize| bytes.iter().skip(from).take_while(|b| b.is_ascii_digit()).count() + from;
        let mut end = digits(0);
        if bytes.get(end) == Some(&b'.') {
            end = digits(end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let past = digits(end + 1 + sign);
            if past > end + 1 + sign {
                end = past;
            } else {
                // UNVERIFIED(iris): also when letters follow the E, as the number is read first.
                return Err(fail(-2, "Exponent digits missing after 'E'"));
            }
        }
        let text = self.take(end).to_owned();
        // iris-sql §1.1: beyond the range of a double.
        if text.parse::<f64>().is_ok_and(f64::is_infinite) {
            return Err(fail(-7, "Exponent out of range"));
        }
        self.push(Kind::Number(text));
        Ok(())
    }
}

/// iris-sql §1.1: a letter of any alphabet, `%` or `_`.
fn begins_word(c: char) -> bool {
    c.is_alphabetic() || c == '%' || c == '_'
}

/// iris-sql §1.1: letters, digits, `_ @ # $`.
fn continues_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '@' | '#' | '$')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Kind> {
        let mut all: Vec<_> = tokens(text).unwrap().into_iter().map(|t| t.kind).collect();
        assert_eq!(all.pop(), Some(Kind::End));
        all
    }

    #[test]
    fn literals_names_and_marks() {
        assert_eq!(
            kinds("a_1 %ID \"b\"\"c\" 'it''s' .5 7E3 ? -- x\n?/* y */<>"),
            [
                Kind::Word("a_1".into()),
                Kind::Word("%ID".into()),
                Kind::Quoted("b\"c".into()),
                Kind::Text("it's".into()),
                Kind::Number(".5".into()),
                Kind::Number("7E3".into()),
                Kind::Param(0),
                Kind::Param(1),
                Kind::Symbol("<>"),
            ]
        );
    }

    #[test]
    fn lexical_errors_have_their_codes() {
        // iris-sql §1.1 and Appendix A.
        for (text, code) in [
            ("\"\"", -1),
            ("\"--\"", -1),
            ("'x", -3),
            ("\"x", -3),
            ("1E", -2),
            ("1E+", -2),
            ("1E309", -7),
            ("/* x", -1),
            ("/*#OPTIONS {\"a\":} */", -153),
            ("/*#OPTIONS [1] */", -153),
            ("$$$MACRO", -204),
        ] {
            assert_eq!(tokens(text).unwrap_err().sqlcode, code, "{text}");
        }
    }

    #[test]
    fn comments_and_hints_are_no_tokens() {
        // iris-sql §1.1.
        assert_eq!(kinds("/*#OPTIONS {\"json\":1} */ a /* -- */ -- b"), [Kind::Word("a".into())]);
        assert_eq!(kinds("3--2\n"), [Kind::Number("3".into())]);
        assert_eq!(
            kinds("3- -2"),
            [
                Kind::Number("3".into()),
                Kind::Symbol("-"),
                Kind::Symbol("-"),
                Kind::Number("2".into())
            ]
        );
    }

    #[test]
    fn simple_identifiers_follow_their_alphabet() {
        // iris-sql §1.1: start letter, % or _; then letters, digits, _ @ # $.
        let word = |text: &str| Kind::Word(text.into());
        assert_eq!(
            kinds("a@b#c$1 _x %Id \u{e9}t\u{e9} a%b"),
            [
                word("a@b#c$1"),
                word("_x"),
                word("%Id"),
                word("\u{e9}t\u{e9}"),
                word("a"),
                word("%b")
            ]
        );
        assert_eq!(kinds(":hv ?"), [Kind::Symbol(":"), word("hv"), Kind::Param(0)]);
    }
}

//! Numbers and what begins with `$`.

use super::string::invalid;
use super::{Kind, Lexer, SqlError, continues_word, starts_word};

impl Lexer<'_> {
    /// A numeric literal: digits, a fraction, an exponent. Nothing may be glued to it.
    pub(super) fn number(&mut self) -> Result<Kind, SqlError> {
        let start = self.cursor.at();
        self.cursor.skip_while(|b| b.is_ascii_digit());
        // `1..2` is an integer, two dots, an integer.
        if self.cursor.byte(0) == Some(b'.') && self.cursor.byte(1) != Some(b'.') {
            self.cursor.skip(1);
            self.cursor.skip_while(|b| b.is_ascii_digit());
        }
        if matches!(self.cursor.byte(0), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.cursor.byte(1), Some(b'+' | b'-')));
            if self.cursor.byte(sign.saturating_add(1)).is_some_and(|b| b.is_ascii_digit()) {
                self.cursor.skip(sign.saturating_add(1));
                self.cursor.skip_while(|b| b.is_ascii_digit());
            }
        }
        if self.cursor.byte(0).is_some_and(starts_word) {
            return Err(self.junk(start, "numeric literal"));
        }
        Ok(Kind::Number(self.cursor.since(start).to_owned()))
    }

    fn junk(&mut self, start: usize, after: &str) -> SqlError {
        self.cursor.skip_while(continues_word);
        let token = self.cursor.since(start);
        let message = format!("trailing junk after {after} at or near \"{token}\"");
        SqlError::new("42601", message).at(start)
    }

    /// `$1`, `$$…$$` or `$tag$…$tag$`.
    pub(super) fn dollar(&mut self) -> Result<Kind, SqlError> {
        let start = self.cursor.at();
        if self.cursor.byte(1).is_some_and(|b| b.is_ascii_digit()) {
            self.cursor.skip(1);
            self.cursor.skip_while(|b| b.is_ascii_digit());
            let digits = self.cursor.since(start.saturating_add(1));
            let number = digits.parse::<u32>().ok();
            if self.cursor.byte(0).is_some_and(starts_word) {
                return Err(self.junk(start, "parameter"));
            }
            // PostgreSQL reads the number with atol and names what is left of it; what does not
            // fit is no parameter in any case.
            return number.map(Kind::Parameter).ok_or_else(|| {
                let message = format!("there is no parameter ${digits}");
                SqlError::new("42P02", message).at(start)
            });
        }
        self.cursor.skip(1);
        if self.cursor.byte(0).is_some_and(starts_word) {
            self.cursor.skip_while(|b| continues_word(b) && b != b'$');
        }
        if self.cursor.byte(0) != Some(b'$') {
            return Err(SqlError::syntax("$", start));
        }
        self.cursor.skip(1);
        let tag = self.cursor.since(start);
        let body = self.cursor.at();
        let Some(length) = self.cursor.rest().find(tag) else {
            let token = self.cursor.rest();
            return Err(invalid(
                &format!("unterminated dollar-quoted string at or near \"{tag}{token}\""),
                start,
            ));
        };
        let text = self.cursor.rest().get(..length).unwrap_or_default().to_owned();
        self.cursor.go(body.saturating_add(length).saturating_add(tag.len()));
        Ok(Kind::Text(text))
    }
}

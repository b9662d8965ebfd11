//! Prints IRIS SQL from a closed set of tokens.
//!
//! Keywords, function names and punctuation are `&'static str` of this program; names, strings and
//! numbers are quoted or checked here. There is no way to print other text, so nothing of the
//! client's can stand where it was not meant to. One blank separates tokens, so two minus signs
//! never meet.

use super::error::SqlError;
use super::name;
use super::statement::{Constant, Limit, LimitKind, Place};

/// The longest printed statement, in bytes: IRIS holds a statement in strings of at most 3 641 144
/// characters.
const MAX_PRINTED: usize = 3_000_000;

/// Literals longer than this, in bytes, are bound instead of printed: IRIS keys its cached queries
/// by text, and its lines are limited.
const MAX_LITERAL: usize = 1_000;

/// A statement being printed.
#[derive(Debug, Default)]
pub(crate) struct Printer {
    text: String,
    places: Vec<Place>,
    limits: Vec<Limit>,
    /// Whether the next token follows without a blank.
    glued: bool,
    overflow: bool,
    /// What was meant, token by token, for tests to compare with what a reader finds.
    #[cfg(test)]
    meant: Vec<meant::Token>,
}

impl Printer {
    /// Notes a token that is meant; only in tests.
    #[cfg(test)]
    fn mean(&mut self, token: meant::Token) {
        self.meant.push(token);
    }

    fn space(&mut self) {
        if !self.glued && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.glued = false;
        self.overflow |= self.text.len() > MAX_PRINTED;
    }

    /// A keyword, several of them, or an operator.
    pub(crate) fn word(&mut self, word: &'static str) -> &mut Self {
        self.space();
        self.text.push_str(word);
        #[cfg(test)]
        self.mean(meant::Token::Fixed(word));
        self
    }

    /// `(`
    pub(crate) fn open(&mut self) -> &mut Self {
        self.space();
        self.text.push('(');
        #[cfg(test)]
        self.mean(meant::Token::Fixed("("));
        self.glued = true;
        self
    }

    /// A function's name and its `(`.
    pub(crate) fn call(&mut self, function: &'static str) -> &mut Self {
        self.word(function);
        self.text.push('(');
        #[cfg(test)]
        self.mean(meant::Token::Fixed("("));
        self.glued = true;
        self
    }

    /// `)`
    pub(crate) fn close(&mut self) -> &mut Self {
        self.text.push(')');
        #[cfg(test)]
        self.mean(meant::Token::Fixed(")"));
        self.glued = false;
        self
    }

    /// `,`
    pub(crate) fn comma(&mut self) -> &mut Self {
        self.text.push(',');
        #[cfg(test)]
        self.mean(meant::Token::Fixed(","));
        self.glued = false;
        self
    }

    /// A comma unless this is the first element of a list.
    pub(crate) fn separate(&mut self, index: usize) {
        if index > 0 {
            self.comma();
        }
    }

    /// An identifier.
    pub(crate) fn name(&mut self, name: &str) -> Result<&mut Self, SqlError> {
        name::check(name)?;
        self.space();
        self.text.push_str(&name::printed(name));
        #[cfg(test)]
        self.mean(meant::Token::Name(name.to_owned()));
        Ok(self)
    }

    /// `.` between two names; the next token must be a name.
    pub(crate) fn dot(&mut self) -> &mut Self {
        self.text.push('.');
        #[cfg(test)]
        self.mean(meant::Token::Fixed("."));
        self.glued = true;
        self
    }

    /// A number: an optional sign, digits, an optional fraction.
    pub(crate) fn number(&mut self, number: &str) -> Result<&mut Self, SqlError> {
        let digits = number.strip_prefix('-').unwrap_or(number);
        let good = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        if !good {
            return Err(SqlError::new("XX000", "a number is not in plain digits"));
        }
        self.space();
        self.text.push_str(number);
        #[cfg(test)]
        self.mean(meant::Token::Number(number.to_owned()));
        Ok(self)
    }

    /// An unsigned number of this program.
    pub(crate) fn count(&mut self, number: u64) -> &mut Self {
        self.space();
        self.text.push_str(&number.to_string());
        #[cfg(test)]
        self.mean(meant::Token::Number(number.to_string()));
        self
    }

    /// A string literal: quotes are doubled, a backslash is data. Control characters and long
    /// texts are bound instead.
    pub(crate) fn string(&mut self, text: &str) -> &mut Self {
        if text.len() > MAX_LITERAL || text.chars().any(char::is_control) {
            return self.place(Place::Constant(Constant::Text(text.to_owned())));
        }
        self.literal(text)
    }

    /// A string literal that must not be bound, as in DDL.
    pub(crate) fn literal(&mut self, text: &str) -> &mut Self {
        self.space();
        self.text.push('\'');
        for part in text.split_inclusive('\'') {
            self.text.push_str(part);
            if part.ends_with('\'') {
                self.text.push('\'');
            }
        }
        self.text.push('\'');
        #[cfg(test)]
        self.mean(meant::Token::Text(text.to_owned()));
        self
    }

    /// `?`
    pub(crate) fn place(&mut self, place: Place) -> &mut Self {
        self.space();
        self.text.push('?');
        #[cfg(test)]
        self.mean(meant::Token::Place);
        self.places.push(place);
        self
    }

    /// `?` for a row count.
    pub(crate) fn limit(&mut self, place: Place, kind: LimitKind) -> &mut Self {
        self.limits.push(Limit { place: self.places.len(), kind });
        self.place(place)
    }

    /// Appends what was printed apart.
    pub(crate) fn append(&mut self, other: Printer) {
        if other.text.is_empty() {
            return;
        }
        self.space();
        self.text.push_str(&other.text);
        #[cfg(test)]
        self.meant.extend(other.meant);
        let shift = self.places.len();
        self.places.extend(other.places);
        self.limits.extend(
            other
                .limits
                .into_iter()
                .map(|limit| Limit { place: limit.place.saturating_add(shift), kind: limit.kind }),
        );
        self.overflow |= other.overflow;
        self.glued = other.glued;
    }

    /// What was printed.
    pub(crate) fn finish(self) -> Result<Printed, SqlError> {
        if self.overflow || self.text.len() > MAX_PRINTED {
            return Err(SqlError::new("54000", "statement is too long after translation"));
        }
        #[cfg(test)]
        meant::keep(&self.text, self.meant);
        Ok(Printed { text: self.text, places: self.places, limits: self.limits })
    }
}

/// A printed statement.
#[derive(Debug)]
pub(crate) struct Printed {
    /// The text.
    pub(crate) text: String,
    /// One per `?`.
    pub(crate) places: Vec<Place>,
    /// Which places are row counts.
    pub(crate) limits: Vec<Limit>,
}

/// What the printer meant, so that a test can ask an independent reader whether it reads that.
#[cfg(test)]
pub(crate) mod meant {
    use std::cell::RefCell;

    /// A token as it was meant.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) enum Token {
        /// Words and marks of this program.
        Fixed(&'static str),
        /// A name.
        Name(String),
        /// A string literal's contents.
        Text(String),
        /// A number with its sign.
        Number(String),
        /// `?`
        Place,
    }

    thread_local! {
        static KEPT: RefCell<Vec<(String, Vec<Token>)>> = const { RefCell::new(Vec::new()) };
    }

    /// Keeps a finished statement for [`take`].
    pub(super) fn keep(text: &str, tokens: Vec<Token>) {
        KEPT.with_borrow_mut(|kept| kept.push((text.to_owned(), tokens)));
    }

    /// Every statement that this thread finished since the last call.
    pub(crate) fn take() -> Vec<(String, Vec<Token>)> {
        KEPT.take()
    }
}

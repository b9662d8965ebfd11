//! Reads the words of a utility statement one after the other.

use crate::sql::error::SqlError;
use crate::sql::lexer::{Kind, Token};

/// A place in a statement's tokens.
#[derive(Debug)]
pub(in crate::sql) struct Reader<'a> {
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(in crate::sql) fn new(text: &'a str, tokens: &'a [Token]) -> Self {
        Self { text, tokens, at: 0 }
    }

    /// The token here.
    pub(in crate::sql) fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    /// The unquoted word here.
    pub(in crate::sql) fn peek_word(&self) -> Option<&'a str> {
        match self.peek() {
            Some(Token { kind: Kind::Word(word), .. }) => Some(word),
            _ => None,
        }
    }

    /// Whether the next token but one is this word.
    pub(in crate::sql) fn second_is(&self, word: &str) -> bool {
        self.tokens.get(self.at.saturating_add(1)).is_some_and(|t| t.kind.is_word(word))
    }

    /// Whether the next token but one is this punctuation or operator.
    pub(in crate::sql) fn second_is_mark(&self, mark: &str) -> bool {
        let second = self.tokens.get(self.at.saturating_add(1));
        second.is_some_and(|t| t.kind.is_mark(mark) || t.kind.is_operator(mark))
    }

    /// How many tokens were read.
    pub(in crate::sql) fn position(&self) -> usize {
        self.at
    }

    /// Whether there is a token behind the one here.
    pub(in crate::sql) fn has_second(&self) -> bool {
        self.at.saturating_add(1) < self.tokens.len()
    }

    /// Goes on by one token.
    pub(in crate::sql) fn skip(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    /// Takes the word if it stands here.
    pub(in crate::sql) fn take(&mut self, word: &str) -> bool {
        let here = self.peek_word() == Some(word);
        if here {
            self.skip();
        }
        here
    }

    /// Takes the punctuation or operator if it stands here.
    pub(in crate::sql) fn take_mark(&mut self, mark: &str) -> bool {
        let here = self.peek().is_some_and(|t| t.kind.is_mark(mark) || t.kind.is_operator(mark));
        if here {
            self.skip();
        }
        here
    }

    /// Takes the word, which must stand here.
    pub(in crate::sql) fn expect(&mut self, word: &str) -> Result<(), SqlError> {
        if self.take(word) { Ok(()) } else { Err(self.unexpected()) }
    }

    /// Takes a name, quoted or not.
    pub(in crate::sql) fn name(&mut self) -> Result<String, SqlError> {
        match self.peek() {
            Some(Token { kind: Kind::Word(name) | Kind::Quoted(name), .. }) => {
                self.skip();
                Ok(name.clone())
            }
            _ => Err(self.unexpected()),
        }
    }

    /// Nothing may be left.
    pub(in crate::sql) fn end(&self) -> Result<(), SqlError> {
        if self.peek().is_some() { Err(self.unexpected()) } else { Ok(()) }
    }

    /// PostgreSQL's syntax error at this token.
    pub(in crate::sql) fn unexpected(&self) -> SqlError {
        match self.peek() {
            Some(token) => {
                let written = self.text.get(token.start..token.end).unwrap_or_default();
                SqlError::syntax(written, token.start)
            }
            None => SqlError::syntax_end(self.text.trim_end().len()),
        }
    }
}

//! What the translator answers when it refuses a statement.

use std::borrow::Cow;
use std::fmt;

/// A refused statement, in the terms of PostgreSQL's error fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlError {
    /// Five characters of PostgreSQL's appendix A.
    pub sqlstate: &'static str,
    /// One line, lower case, no full stop.
    pub message: Cow<'static, str>,
    /// More about this case.
    pub detail: Option<Cow<'static, str>>,
    /// What the user may do.
    pub hint: Option<Cow<'static, str>>,
    /// Where in the query string, in characters, counted from 1.
    pub position: Option<usize>,
    /// The same place in bytes, counted from 0, until [`crate::sql::parse`] has counted characters.
    pub(crate) offset: Option<u32>,
    /// Whether PostgreSQL finds the error only when it runs the statement, and so names no place.
    late: bool,
}

impl SqlError {
    /// An error with a state and a message.
    #[must_use]
    pub fn new(sqlstate: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        let message = message.into();
        Self {
            sqlstate,
            message,
            detail: None,
            hint: None,
            position: None,
            offset: None,
            late: false,
        }
    }

    /// 42601 at the token that stands at `offset` and reads `token`.
    #[must_use]
    pub(crate) fn syntax(token: &str, offset: usize) -> Self {
        Self::new("42601", format!("syntax error at or near \"{token}\"")).at(offset)
    }

    /// 42601 because the text ended too early; PostgreSQL points behind the last character.
    #[must_use]
    pub(crate) fn syntax_end(offset: usize) -> Self {
        Self::new("42601", "syntax error at end of input").at(offset)
    }

    /// 0A000: PostgreSQL has it, this gateway does not translate it.
    #[must_use]
    pub(crate) fn unsupported(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new("0A000", message)
    }

    /// Sets the hint.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Sets the detail.
    #[must_use]
    pub(crate) fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Sets the place, in bytes, unless one is known already.
    #[must_use]
    pub(crate) fn at(mut self, offset: usize) -> Self {
        if self.offset.is_none() && !self.late {
            self.offset = u32::try_from(offset).ok();
        }
        self
    }

    /// Says that PostgreSQL meets the error only when it runs the statement.
    #[must_use]
    pub(crate) fn late(mut self) -> Self {
        self.late = true;
        self
    }

    /// Turns the byte offset into PostgreSQL's position.
    #[must_use]
    pub(crate) fn located(mut self, text: &str) -> Self {
        if let Some(offset) = self.offset.and_then(|offset| usize::try_from(offset).ok()) {
            let before = text.get(..offset).unwrap_or(text).chars().count();
            self.position = Some(before.saturating_add(1));
        }
        self
    }
}

impl fmt::Display for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SqlError {}

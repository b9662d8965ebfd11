//! Where operators and keywords stand in the query string.
//!
//! The grammar's tree keeps the places of names and constants only; PostgreSQL points at operators
//! and keywords as well. They are found from the tokens around the operands.

use crate::sql::lexer::{Kind, Token};
use irispg_grammar as grammar;
use irispg_grammar::ast::{self, Expr};

/// The tokens of the statement, without blanks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places<'a> {
    tokens: &'a [Token],
}

impl<'a> Places<'a> {
    /// Of a statement's tokens.
    pub(super) const fn new(tokens: &'a [Token]) -> Self {
        Self { tokens }
    }
}

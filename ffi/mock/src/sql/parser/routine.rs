//! Procedures and functions by name. The simulator knows no ObjectScript, so none is ever there.

use super::super::api::SqlFailure;
use super::super::ast::Statement;
use super::super::sqlcode::bare;
use super::super::token::Kind;
use super::Parser;

impl Parser {
    /// `CALL procedure(arguments)`: a missing procedure is −428 (iris-sql §1.8, Appendix A).
    pub(super) fn call_procedure(&mut self) -> Result<Statement, SqlFailure> {
        self.need_word("CALL")?;
        self.table_name()?;
        if self.symbol("(") && !self.symbol(")") {
            self.value()?;
            while self.symbol(",") {
                self.value()?;
            }
            self.need_symbol(")")?;
        }
        self.end_of_statement()?;
        Err(bare(-428))
    }

    /// What follows DROP when it is a routine: a missing one is −362 (iris-sql §1.8, Appendix A).
    pub(super) fn missing_routine(&mut self) -> Option<SqlFailure> {
        let Kind::Word(kind) = self.kind() else { return None };
        if !["FUNCTION", "PROCEDURE", "METHOD", "QUERY"]
            .contains(&kind.to_ascii_uppercase().as_str())
        {
            return None;
        }
        self.advance();
        let read = self.table_name().and_then(|_| self.end_of_statement());
        Some(read.err().unwrap_or_else(|| bare(-362)))
    }
}

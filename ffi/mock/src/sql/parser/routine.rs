//! Procedures and functions by name. The simulator knows no ObjectScript, so none is ever there.

use super::super::api::SqlFailure;
use super::super::ast::Statement;
use super::super::ast::ddl::Ddl;
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

    /// What follows DROP when it is a routine: a missing one is −362 (iris-sql §1.8, Appendix A),
    /// and no error with IF EXISTS (iris-sql §1.4).
    pub(super) fn missing_routine(&mut self) -> Option<Result<Statement, SqlFailure>> {
        let Kind::Word(kind) = self.kind() else { return None };
        // iris-sql §5.4.
        let statement_type = match kind.to_ascii_uppercase().as_str() {
            "FUNCTION" => 39,
            "METHOD" => 40,
            "PROCEDURE" => 41,
            "QUERY" => 42,
            _ => return None,
        };
        self.advance();
        Some(self.dropped_routine(statement_type))
    }

    /// −362, or nothing with IF EXISTS (iris-sql §1.4, §1.8).
    fn dropped_routine(&mut self, statement_type: i64) -> Result<Statement, SqlFailure> {
        let if_exists = self.if_exists();
        self.table_name()?;
        self.end_of_statement()?;
        if if_exists {
            return Ok(Statement::Ddl(Box::new(Ddl::DropRoutine { statement_type })));
        }
        Err(bare(-362))
    }
}

//! EXPLAIN (iris-sql §1.3).

use super::super::api::SqlFailure;
use super::super::ast::Statement;
use super::super::sqlcode;
use super::super::token::Kind;
use super::Parser;

/// Verbs of statements that EXPLAIN knows as such and does not take: −51. What is no verb at all,
/// and INSERT, is −481 (iris-sql §1.3).
const VERBS: [&str; 14] = [
    "ALTER",
    "CALL",
    "COMMIT",
    "CREATE",
    "DROP",
    "EXPLAIN",
    "GRANT",
    "LOCK",
    "REVOKE",
    "ROLLBACK",
    "SAVEPOINT",
    "SET",
    "START",
    "TRUNCATE",
];

impl Parser {
    /// `EXPLAIN [ALT|ALL] [STAT|STATS] query`; INTO is for Embedded SQL (Appendix A, −422).
    pub(super) fn explain(&mut self) -> Result<Statement, SqlFailure> {
        self.advance();
        let _ = self.word("ALT") || self.word("ALL");
        let _ = self.word("STAT") || self.word("STATS");
        if self.is_word("INTO") {
            return Err(self.error(-422, sqlcode::text(-422).unwrap_or_default()));
        }
        let verb = match self.kind() {
            Kind::Word(word) => word.to_ascii_uppercase(),
            _ => String::new(),
        };
        let from = self.at;
        let statement = match verb.as_str() {
            "SELECT" | "WITH" => Statement::Query(self.query(false)?),
            "UPDATE" => self.update()?,
            "DELETE" => self.delete()?,
            "" if self.is_symbol("(") => Statement::Query(self.query(false)?),
            verb if verb.is_empty() || VERBS.contains(&verb) => {
                return Err(self.error(-51, "SQL statement expected"));
            }
            verb => {
                let text = "Explain does not support the following SQL statement type";
                return Err(self.error(-481, &format!("{text}: {verb}")));
            }
        };
        let tokens = self.tokens.get(from..self.at).unwrap_or_default();
        let text = tokens.iter().map(super::Token::shown).collect::<Vec<_>>().join(" ");
        Ok(Statement::Explain(Box::new(statement), text))
    }
}

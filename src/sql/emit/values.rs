//! VALUES as a query, which IRIS does not have: a UNION ALL of one SELECT for each row.

use super::scope::Scope;
use super::{Emitter, refuse};
use crate::sql::bound::Expr;
use crate::sql::error::SqlError;

/// How many rows a VALUES list may have that is no INSERT's: IRIS gets one SELECT for each.
const MAX_ROWS: usize = 500;

impl Emitter<'_> {
    /// Prints the rows; the first one names the columns.
    pub(super) fn values(&mut self, rows: &[Vec<Expr>], names: &[String]) -> Result<(), SqlError> {
        if rows.len() > MAX_ROWS {
            let message =
                format!("VALUES of more than {MAX_ROWS} rows are supported in INSERT only");
            return Err(refuse(message));
        }
        self.rule("a list of VALUES is a UNION ALL");
        // VALUES has a level of its own in the bound tree, though it has no sources.
        self.scopes.push(Scope::default());
        for (index, row) in rows.iter().enumerate() {
            if index > 0 {
                self.out.word("UNION ALL");
            }
            self.out.word("SELECT");
            for (at, expr) in row.iter().enumerate() {
                self.out.separate(at);
                self.value(expr)?;
                if let Some(name) = names.get(at).filter(|_| index == 0) {
                    self.out.word("AS").name(name)?;
                }
            }
        }
        self.scopes.pop();
        Ok(())
    }
}

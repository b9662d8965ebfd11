//! A row among the rows of a query: `(a, b) IN (query)` and `(a, b) NOT IN (query)`. IRIS has no
//! rows, so the query stands in FROM of an EXISTS, which is true where PostgreSQL's comparison is;
//! where NULL and false must be told apart, no column may be NULL.

use super::expr::Null;
use super::query::Role;
use super::{Emitter, refuse};
use crate::sql::bound::{Expr, Node, Operation, Query};
use crate::sql::error::SqlError;
use crate::types::pg::PgType;

impl Emitter<'_> {
    /// Prints the condition.
    pub(super) fn row_among(
        &mut self,
        operator: &str,
        columns: &[Operation],
        all: bool,
        query: &Query,
        null: Null,
    ) -> Result<(), SqlError> {
        let sure = || columns.iter().flat_map(|one| &one.operands).all(|operand| !operand.nullable);
        if !matches!((operator, all), ("=", false) | ("<>", true)) {
            return Err(refuse("this comparison of a row with a query is not supported")
                .hint("Use EXISTS with a condition for each column."));
        }
        if null == Null::Kept && !sure() {
            return Err(refuse("a row beside a query that may give NULL is not supported here")
                .hint("Use EXISTS with a condition for each column."));
        }
        self.rule("a row among the rows of a query is an EXISTS");
        if all {
            self.out.word("NOT");
        }
        self.out.word("EXISTS").open().word("SELECT").count(1).word("FROM").open();
        let names = self.query(query, Role::Derived)?;
        let alias = self.fresh("q");
        self.out.close().word("AS").name(&alias)?;
        self.out.word("WHERE");
        let outputs = names.into_iter().map(|name| (alias.clone(), name)).collect();
        let before = match self.scopes.last_mut() {
            Some(scope) => std::mem::replace(&mut scope.outputs, outputs),
            None => Vec::new(),
        };
        if all {
            self.out.word("CASE WHEN");
        }
        for (index, operation) in columns.iter().enumerate() {
            if index > 0 {
                self.out.word(if all { "OR" } else { "AND" });
            }
            self.condition(&compared(operation))?;
        }
        if all {
            self.out.word("THEN").count(1).word("ELSE").count(0).word("END =").count(0);
        }
        self.out.close();
        if let Some(scope) = self.scopes.last_mut() {
            scope.outputs = before;
        }
        Ok(())
    }
}

/// The comparison of a column as an expression.
fn compared(operation: &Operation) -> Expr {
    Expr {
        nullable: operation.operands.iter().any(|operand| operand.nullable),
        node: Node::Operation(operation.clone()),
        ty: PgType::Bool,
        typmod: -1,
        scale: None,
        at: crate::sql::bound::At(None),
    }
}

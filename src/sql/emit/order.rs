//! ORDER BY. PostgreSQL puts NULL last unless told otherwise, IRIS first: where they differ, a key
//! that tells NULL from the rest goes before.

use super::Emitter;
use crate::sql::bound::{Expr, Node, SortKey};
use crate::sql::error::SqlError;

/// Whether sorting by an expression does nothing. IRIS would read a number as a position.
pub(super) fn constant(expr: &Expr) -> bool {
    match &expr.node {
        Node::Literal(_) | Node::Parameter(_) | Node::Session(_) => true,
        Node::Cast(cast) => constant(&cast.expr),
        _ => false,
    }
}

impl Emitter<'_> {
    /// Prints `ORDER BY` and its keys, as they stand in windows and behind a SELECT; nothing where
    /// all keys are constants.
    pub(super) fn order_by(&mut self, keys: &[SortKey]) -> Result<(), SqlError> {
        for (index, key) in keys.iter().filter(|key| !constant(&key.expr)).enumerate() {
            self.begin(index);
            self.sort_key(key, None)?;
        }
        Ok(())
    }

    /// `ORDER BY`, or the comma between two keys.
    pub(super) fn begin(&mut self, index: usize) {
        if index == 0 {
            self.out.word("ORDER BY");
        } else {
            self.out.comma();
        }
    }

    /// Prints a key: its expression, or the column of a query in FROM that holds it.
    pub(super) fn sort_key(
        &mut self,
        key: &SortKey,
        column: Option<(&str, &str)>,
    ) -> Result<(), SqlError> {
        if key.nulls_first == key.descending && key.expr.nullable {
            self.rule("NULLs are put where PostgreSQL sorts them");
            let (null, other) = if key.nulls_first { (0, 1) } else { (1, 0) };
            self.out.word("CASE WHEN");
            match column {
                Some((alias, name)) => self.qualified(alias, name)?,
                None => self.operand(&key.expr)?,
            }
            self.out.word("IS NULL THEN").count(null).word("ELSE").count(other).word("END").comma();
        }
        match column {
            Some((alias, name)) => self.qualified(alias, name)?,
            None => self.value(&key.expr)?,
        }
        if key.descending {
            self.out.word("DESC");
        }
        Ok(())
    }
}

//! ORDER BY. PostgreSQL puts NULL last unless told otherwise, IRIS first: where they differ, a key
//! that tells NULL from the rest goes before.

use super::{Emitter, refuse};
use crate::sql::bound::{Expr, Node, SortKey};
use crate::sql::error::SqlError;
use crate::types::interval::KEY_LENGTH;
use crate::types::pg::PgType;

/// Whether sorting by an expression does nothing. IRIS would read a number as a position.
pub(super) fn constant(expr: &Expr) -> bool {
    match &expr.node {
        Node::Literal(_) | Node::Parameter(_) | Node::Session(_) => true,
        Node::Cast(cast) => constant(&cast.expr),
        _ => false,
    }
}

/// Refuses intervals where IRIS would tell values apart that are equal.
pub(super) fn check_spans(mut types: impl Iterator<Item = PgType>) -> Result<(), SqlError> {
    if !types.any(|ty| ty == PgType::Interval) {
        return Ok(());
    }
    Err(refuse("telling different values of type interval apart is not supported here")
        .detail("IRIS would take a day and 24 hours for two values.")
        .hint("Use extract(epoch from …), which gives a number."))
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

    /// Prints what tells values apart and sorts them.
    pub(super) fn distinguished(&mut self, expr: &Expr) -> Result<(), SqlError> {
        match expr.ty {
            PgType::Interval => self.span_key(|own| own.plain(expr)),
            _ => self.value(expr),
        }
    }

    /// What is kept of an interval begins with a key that sorts, and is equal where PostgreSQL
    /// says so: a day and 24 hours are.
    pub(super) fn span_key(
        &mut self,
        span: impl FnOnce(&mut Self) -> Result<(), SqlError>,
    ) -> Result<(), SqlError> {
        let length = u64::try_from(KEY_LENGTH).unwrap_or(u64::MAX);
        self.out.call("SUBSTRING");
        span(self)?;
        self.out.comma().count(1).comma().count(length).close();
        Ok(())
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
            Some((alias, name)) if key.expr.ty == PgType::Interval => {
                self.span_key(|own| own.qualified(alias, name))?;
            }
            Some((alias, name)) => self.qualified(alias, name)?,
            None => self.distinguished(&key.expr)?,
        }
        if key.descending {
            self.out.word("DESC");
        }
        Ok(())
    }
}

//! Rows: `(a, b)`, and comparisons of them.

use super::coerce::value;
use super::operation::{can_be_null, joined};
use super::{Binder, at, literal, refuse};
use crate::sql::bound::{At, Expr, Literal, Node, Operation};
use crate::sql::error::SqlError;
use crate::types::pg::PgType;
use irispg_grammar::ast::Expr as Tree;

/// Row comparisons as they can be written.
const COMPARISONS: [&str; 6] = ["=", "<>", "<", "<=", ">", ">="];

/// The columns of a row.
pub(super) fn columns(row: Expr) -> Vec<Expr> {
    match row.node {
        Node::Row(columns) => columns,
        _ => vec![row],
    }
}

impl Binder<'_> {
    /// `(a, b)` and `ROW(a, b)`.
    pub(super) fn row<'t>(
        &mut self,
        all: impl IntoIterator<Item = &'t Tree>,
        place: At,
    ) -> Result<Expr, SqlError> {
        let columns =
            all.into_iter().map(|one| self.expression(one)).collect::<Result<Vec<_>, _>>()?;
        Ok(Expr { nullable: false, ..value(Node::Row(columns), PgType::Record, place) })
    }

    /// `row op row`
    pub(super) fn row_comparison(
        &mut self,
        name: &str,
        left: Expr,
        right: Expr,
        place: At,
    ) -> Result<Expr, SqlError> {
        let start = left.at;
        let (left, right) = (columns(left), columns(right));
        let columns = self.paired(name, left, right, place)?;
        row_compared(name, columns, start, place)
    }

    fn paired(
        &mut self,
        name: &str,
        left: Vec<Expr>,
        right: Vec<Expr>,
        place: At,
    ) -> Result<Vec<Operation>, SqlError> {
        if left.len() != right.len() {
            let message = "unequal number of entries in row expressions";
            return Err(at(SqlError::new("42601", message), place));
        }
        if left.is_empty() {
            let message = "cannot compare rows of zero length";
            return Err(at(SqlError::new("0A000", message), place));
        }
        let pairs = left.into_iter().zip(right);
        pairs.map(|(left, right)| self.comparison(name, left, right, "row", place)).collect()
    }

    /// `row op (query)`: one row of a query beside a row.
    pub(super) fn row_query(name: &str, place: At) -> SqlError {
        let message = format!("operator {name} between a row and a query is not supported");
        at(refuse(message).hint("Use IN, or compare the columns one by one."), place)
    }

    /// `row IS [NOT] DISTINCT FROM row`
    pub(super) fn row_distinct(
        &mut self,
        left: Expr,
        right: Expr,
        negated: bool,
        place: At,
    ) -> Result<Expr, SqlError> {
        let (left, right) = (columns(left), columns(right));
        if left.len() != right.len() {
            let message = "unequal number of entries in row expressions";
            return Err(at(SqlError::new("42601", message), place));
        }
        let mut found: Option<Expr> = None;
        for (left, right) in left.into_iter().zip(right) {
            let one = self.differs(left, right, negated, place)?;
            found = Some(match found {
                Some(before) => joined(before, negated, one),
                None => one,
            });
        }
        Ok(found
            .unwrap_or_else(|| literal::constant(Literal::Boolean(negated), PgType::Bool, place)))
    }

    /// `left IS [NOT] DISTINCT FROM right`
    pub(super) fn differs(
        &mut self,
        left: Expr,
        right: Expr,
        negated: bool,
        place: At,
    ) -> Result<Expr, SqlError> {
        if let (Node::Row(_), Node::Row(_)) = (&left.node, &right.node) {
            return self.row_distinct(left, right, negated, place);
        }
        // What differs from NULL is not NULL; whatever type it has.
        let null =
            |expr: &Expr| expr.node == Node::Literal(Literal::Null) && expr.ty == PgType::Unknown;
        if null(&right) {
            return self.null_test(left, !negated, place);
        }
        if null(&left) {
            return self.null_test(right, !negated, place);
        }
        let start = left.at;
        let equal = self.comparison("=", left, right, "IS DISTINCT FROM", place)?;
        let node = Node::Distinct { equal, negated };
        Ok(Expr { nullable: false, ..value(node, PgType::Bool, start) })
    }

    /// `expr IS [NOT] NULL`: of a row, what PostgreSQL says of its columns.
    pub(super) fn null_test(
        &mut self,
        expr: Expr,
        negated: bool,
        place: At,
    ) -> Result<Expr, SqlError> {
        let start = super::coerce::leftmost(expr.at, place);
        let Node::Row(columns) = expr.node else {
            let expr = Box::new(self.literal_decided(expr)?);
            let node = Node::IsNull { expr, negated };
            return Ok(Expr { nullable: false, ..value(node, PgType::Bool, start) });
        };
        let mut found = literal::constant(Literal::Boolean(true), PgType::Bool, start);
        for (index, column) in columns.into_iter().enumerate() {
            // A row within a row is a value, even when all its columns are NULL.
            let one = match column.node {
                Node::Row(_) => literal::constant(Literal::Boolean(negated), PgType::Bool, start),
                _ => self.null_test(column, negated, place)?,
            };
            found = if index == 0 { one } else { joined(found, true, one) };
        }
        Ok(found)
    }
}

/// A comparison of rows, column by column.
fn row_compared(
    name: &str,
    mut columns: Vec<Operation>,
    start: At,
    place: At,
) -> Result<Expr, SqlError> {
    if columns.len() == 1
        && let Some(only) = columns.pop()
    {
        return Ok(super::operation::operated(only, PgType::Bool, place));
    }
    let nullable = columns.iter().any(can_be_null);
    let Some(operator) = COMPARISONS.iter().find(|known| **known == name) else {
        let message =
            format!("could not determine interpretation of row comparison operator {name}");
        let hint = "Row comparison operators must be associated with btree operator families.";
        return Err(at(SqlError::new("0A000", message).hint(hint), place));
    };
    let node = Node::RowCompare { operator, columns };
    Ok(Expr { nullable, ..value(node, PgType::Bool, start) })
}

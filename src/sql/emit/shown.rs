//! Where the digits of a quotient of `numeric` would be shown that are not PostgreSQL's: IRIS has
//! fewer, and only the statement's own list gives both operands to the gateway.

use super::quotient::{divisible, is_quotient, unshown};
use super::scaled::varies;
use crate::sql::bound::{Body, Expr, Item, Node, Query, Source, SourceKind};
use crate::sql::error::SqlError;
use crate::types::pg::PgType;

/// Whether a quotient stands in an expression whose digits are all shown.
pub(super) fn hides(expr: &Expr, sources: &[Source]) -> bool {
    if expr.ty != PgType::Numeric || expr.scale.is_some() {
        return false;
    }
    expr.any(&|expr| match &expr.node {
        _ if is_quotient(expr) => true,
        Node::Column(column) if column.level == 0 && expr.ty == PgType::Numeric => {
            match sources.get(column.source).map(|source| &source.kind) {
                Some(SourceKind::Query(query) | SourceKind::Cte { query, .. }) => {
                    gives(query, column.column)
                }
                _ => false,
            }
        }
        Node::Subquery(subquery) if expr.ty == PgType::Numeric => gives(&subquery.query, 0),
        _ => false,
    })
}

/// Whether a column of a query holds quotients.
fn gives(query: &Query, column: usize) -> bool {
    match &query.body {
        Body::Select(select) => {
            select.items.get(column).is_some_and(|item| hides(&item.expr, &select.sources))
        }
        Body::Set(operation) => gives(&operation.left, column) || gives(&operation.right, column),
        Body::Values(rows) => {
            rows.iter().any(|row| row.get(column).is_some_and(|expr| hides(expr, &[])))
        }
    }
}

/// Refuses a result that shows quotients which it does not divide itself.
pub(super) fn check(query: &Query) -> Result<(), SqlError> {
    match (0..query.columns.len()).any(|column| gives(query, column)) {
        true => Err(unshown()),
        false => Ok(()),
    }
}

/// Which items of a statement's list are quotients that the gateway divides; refuses those in which
/// one hides.
pub(super) fn divided(items: &[Item], sources: &[Source]) -> Result<Vec<bool>, SqlError> {
    let mut divided = Vec::with_capacity(items.len());
    for item in items {
        let expr = &item.expr;
        let direct = (is_quotient(expr) && divisible(expr)) || varies(expr);
        if !direct && hides(expr, sources) {
            let error = unshown();
            return Err(match expr.at.0 {
                Some(offset) => error.at(offset),
                None => error,
            });
        }
        divided.push(direct);
    }
    Ok(divided)
}

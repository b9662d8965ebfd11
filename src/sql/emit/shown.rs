//! Results that IRIS does not show as PostgreSQL does.
//!
//! A `char(n)` is kept without the blanks at its end, and filled up where its length is known.
//!
//! Where the digits of a quotient of `numeric` would be shown that are not PostgreSQL's: IRIS has
//! fewer, and only the statement's own list gives both operands to the gateway.

use super::expr::is_null;
use super::pattern::text_of;
use super::quotient::{divisible, is_quotient, unshown};
use super::refuse;
use super::scaled::varies;
use crate::sql::bound::{
    Body, Change, Expr, Item, Kind, Literal, Node, Query, Source, SourceKind, Statement,
};
use crate::sql::error::SqlError;
use crate::types::pg::PgType;

/// Refuses results of type `char` whose length is not known.
pub(super) fn check_lengths(statement: &Statement) -> Result<(), SqlError> {
    let open =
        |ty: PgType, typmod: i32| matches!(ty, PgType::Bpchar | PgType::BpcharArray) && typmod < 0;
    let items = match &statement.kind {
        Kind::Query(query) => match &query.body {
            Body::Select(select) => &select.items,
            _ => {
                let found = query.columns.iter().any(|column| open(column.ty, column.typmod));
                return if found { Err(unmeasured()) } else { Ok(()) };
            }
        },
        Kind::Change(change) => match change.as_ref() {
            Change::Insert(insert) => &insert.returning,
            Change::Update(update) => &update.returning,
            Change::Delete(delete) => &delete.returning,
        },
    };
    let found = items.iter().find(|item| {
        // A constant without such blanks is shown as it is.
        let plain =
            is_null(&item.expr) || text_of(&item.expr).is_some_and(|text| !text.ends_with(' '));
        open(item.expr.ty, item.expr.typmod) && !plain
    });
    match found {
        None => Ok(()),
        Some(item) => Err(match item.expr.at.0 {
            Some(offset) => unmeasured().at(offset),
            None => unmeasured(),
        }),
    }
}

fn unmeasured() -> SqlError {
    refuse("results of type character without a length are not supported")
        .detail("IRIS keeps such values without the blanks at their end.")
        .hint("Cast the value to text, or to char(n).")
}

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

/// Whether a column of a set operation or of VALUES has a value that shows zeros at the end of its
/// fraction, where the column as a whole says nothing of its digits.
fn shows_zeros(query: &Query, column: usize) -> bool {
    match &query.body {
        Body::Select(select) => select.items.get(column).is_some_and(|item| has_zeros(&item.expr)),
        Body::Set(operation) => {
            shows_zeros(&operation.left, column) || shows_zeros(&operation.right, column)
        }
        Body::Values(rows) => rows.iter().filter_map(|row| row.get(column)).any(has_zeros),
    }
}

fn has_zeros(expr: &Expr) -> bool {
    match &expr.node {
        _ if is_null(expr) || expr.scale.is_none_or(|scale| scale == 0) => false,
        Node::Literal(Literal::Decimal(digits)) => digits.ends_with('0'),
        _ => true,
    }
}

/// Refuses a result that shows quotients which it does not divide itself.
pub(super) fn check(query: &Query) -> Result<(), SqlError> {
    for (index, column) in query.columns.iter().enumerate() {
        if column.ty == PgType::Numeric && column.scale.is_none() && shows_zeros(query, index) {
            let name = &column.name;
            let message =
                format!("numbers of different digits in column \"{name}\" are not supported");
            return Err(refuse(message)
                .detail("Behind the point PostgreSQL shows the digits of each value, IRIS as few as it can.")
                .hint("Cast the column to one numeric(p,s) in every query of the set operation."));
        }
    }
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

//! LIMIT, OFFSET, FETCH FIRST and TOP.

use super::clause::Clause;
use super::query::Tail;
use super::scope::place_of;
use super::{Binder, at, refuse};
use crate::sql::bound::{At, Expr, Literal, Node, Query};
use crate::sql::error::SqlError;
use crate::sql::resolve::{Context, cast};
use crate::types::pg::PgType;
use irispg_grammar::ast::{self, Fetch, LimitClause, Top, TopQuantity};

/// The row counts of a query as written.
#[derive(Debug, Default)]
struct Counts<'t> {
    limit: Option<Count<'t>>,
    offset: Option<&'t ast::Expr>,
    ties: bool,
}

#[derive(Debug)]
enum Count<'t> {
    Written(&'t ast::Expr),
    Rows(u64),
}

impl Binder<'_> {
    /// Binds the row counts of a query.
    pub(super) fn counts(
        &mut self,
        query: &mut Query,
        tail: Tail<'_>,
        top: Option<&Top>,
    ) -> Result<(), SqlError> {
        let counts = written(tail, top)?;
        if let Some(offset) = counts.offset {
            query.offset = self.count(offset, Clause::Offset, "OFFSET")?;
        }
        query.limit = match counts.limit {
            None => None,
            Some(Count::Rows(rows)) => Some(constant(rows)?),
            Some(Count::Written(expr)) => {
                let limit = self.count(expr, Clause::Limit, "LIMIT")?;
                if limit.is_none() && counts.ties {
                    let message = "row count cannot be null in FETCH FIRST ... WITH TIES clause";
                    return Err(SqlError::new("2201W", message));
                }
                limit
            }
        };
        if counts.ties && query.order.is_empty() {
            let message = "WITH TIES cannot be specified without ORDER BY clause";
            return Err(SqlError::new("42601", message));
        }
        query.ties = counts.ties;
        Ok(())
    }

    /// A count as `bigint`; `None` for ALL and NULL.
    fn count(
        &mut self,
        expr: &ast::Expr,
        clause: Clause,
        name: &'static str,
    ) -> Result<Option<Expr>, SqlError> {
        if is_all(expr) {
            return Ok(None);
        }
        let bound = self.inside(clause, |own| own.expression(expr))?;
        let place = place_of(Some(expr));
        let count = self.whole(bound, name, place)?;
        no_variables(&count, name)?;
        let absent = matches!(&count.node, Node::Literal(Literal::Null));
        Ok(Some(count).filter(|_| !absent))
    }

    /// Makes an expression `bigint`, as LIMIT and frames want it.
    pub(super) fn whole(&mut self, expr: Expr, name: &str, place: At) -> Result<Expr, SqlError> {
        if cast(expr.ty, PgType::Int8, Context::Assignment).is_none() {
            let message =
                format!("argument of {name} must be type bigint, not type {}", expr.ty.name());
            return Err(at(SqlError::new("42804", message), place));
        }
        self.coerce(expr, PgType::Int8, -1, Context::Assignment)
    }
}

/// 42P10 for a column of the query itself in a count.
pub(super) fn no_variables(expr: &Expr, name: &str) -> Result<(), SqlError> {
    let mut found: Option<At> = None;
    expr.deep(0, &mut |part, depth| {
        let own = match &part.node {
            Node::Column(column) => column.level == depth,
            Node::RowId { level, .. } => *level == depth,
            Node::Output(_) => depth == 0,
            _ => false,
        };
        if own && found.is_none() {
            found = Some(part.at);
        }
    });
    match found {
        None => Ok(()),
        Some(place) => {
            let message = format!("argument of {name} must not contain variables");
            Err(at(SqlError::new("42P10", message), place))
        }
    }
}

fn is_all(expr: &ast::Expr) -> bool {
    matches!(expr, ast::Expr::Identifier(all) if all.value == "all" && all.quote_style.is_none())
}

fn constant(rows: u64) -> Result<Expr, SqlError> {
    let rows = i64::try_from(rows).map_err(|_| SqlError::new("22003", "bigint out of range"))?;
    Ok(Expr {
        node: Node::Literal(Literal::Integer(rows)),
        ty: PgType::Int8,
        typmod: -1,
        scale: None,
        nullable: false,
        at: At(None),
    })
}

fn written<'t>(tail: Tail<'t>, top: Option<&'t Top>) -> Result<Counts<'t>, SqlError> {
    let mut counts = Counts::default();
    match tail.and_then(|query| query.limit_clause.as_ref()) {
        None => {}
        Some(LimitClause::LimitOffset { limit, offset, limit_by }) if limit_by.is_empty() => {
            counts.limit = limit.as_ref().map(Count::Written);
            counts.offset = offset.as_ref().map(|offset| &offset.value);
        }
        Some(_) => {
            return Err(SqlError::new("42601", "LIMIT #,# syntax is not supported")
                .hint("Use separate LIMIT and OFFSET clauses."));
        }
    }
    if let Some(Fetch { with_ties, percent, quantity }) = tail.and_then(|q| q.fetch.as_ref()) {
        if *percent {
            return Err(refuse("FETCH FIRST with PERCENT is not supported"));
        }
        if counts.limit.is_some() {
            return Err(SqlError::new("42601", "multiple LIMIT clauses not allowed"));
        }
        counts.ties = *with_ties;
        counts.limit = Some(quantity.as_ref().map_or(Count::Rows(1), Count::Written));
    }
    if let Some(Top { with_ties, percent, quantity }) = top {
        if *with_ties || *percent || counts.limit.is_some() || counts.offset.is_some() {
            return Err(refuse("TOP beside LIMIT, and its options, are not supported"));
        }
        counts.limit = match quantity {
            Some(TopQuantity::Expr(expr)) => Some(Count::Written(expr)),
            Some(TopQuantity::Constant(rows)) => Some(Count::Rows(*rows)),
            None => None,
        };
    }
    Ok(counts)
}

//! ORDER BY, and names and positions of the select list in it, in GROUP BY and DISTINCT ON.

use super::clause::Clause;
use super::query::Tail;
use super::scope::{Named, NamedColumn, Scope, located, place_of};
use super::select::Items;
use super::{Binder, at, refuse};
use crate::sql::bound::{At, Column, Expr, Node, Query, SortKey};
use crate::sql::error::SqlError;
use crate::types::pg::PgType;
use irispg_grammar::ast::{
    self, Ident, OrderByExpr, OrderByKind, OrderBySort, UnaryOperator, Value,
};

/// How a key sorts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Direction {
    descending: bool,
    nulls_first: bool,
}

impl Direction {
    /// What stands behind a key.
    fn read(key: &OrderByExpr) -> Result<Self, SqlError> {
        let descending = match &key.options.sort {
            None | Some(OrderBySort::Asc) => false,
            Some(OrderBySort::Desc) => true,
            Some(OrderBySort::Using(_)) => {
                return Err(at(
                    refuse("ORDER BY USING is not supported"),
                    place_of(Some(&key.expr)),
                )
                .hint("Use ASC or DESC."));
            }
        };
        if key.with_fill.is_some() {
            return Err(refuse("this form of ORDER BY is not supported"));
        }
        // NULL counts as greater than everything.
        Ok(Self { descending, nulls_first: key.options.nulls_first.unwrap_or(descending) })
    }

    fn key(self, item: Option<usize>, expr: Expr) -> Result<SortKey, SqlError> {
        if matches!(expr.ty, PgType::Json | PgType::JsonArray) {
            let message =
                format!("could not identify an ordering operator for type {}", expr.ty.name());
            let error = SqlError::new("42883", message)
                .hint("Use an explicit ordering operator or modify the query.");
            return Err(at(error, expr.at));
        }
        let Self { descending, nulls_first } = self;
        Ok(SortKey { expr, item, descending, nulls_first })
    }
}

/// A constant where only positions may be constants.
enum Constant {
    Position(i64),
    Other,
}

impl Binder<'_> {
    /// The sort keys of a SELECT.
    pub(super) fn keys(
        &mut self,
        tail: Tail<'_>,
        items: &mut Items,
    ) -> Result<Vec<SortKey>, SqlError> {
        let mut keys: Vec<SortKey> = Vec::new();
        for key in written(tail)? {
            let direction = Direction::read(key)?;
            let (item, expr) = self.target(&key.expr, items, Clause::OrderBy, "ORDER BY")?;
            let key = direction.key(item, expr)?;
            // A key that was there before decides nothing.
            if !keys.iter().any(|before| before.expr == key.expr) {
                keys.push(key);
            }
        }
        Ok(keys)
    }

    /// The sort keys of an aggregate or a window, whose constants are constants.
    pub(super) fn plain_keys(
        &mut self,
        written: &[OrderByExpr],
        clause: Clause,
    ) -> Result<Vec<SortKey>, SqlError> {
        let mut keys = Vec::with_capacity(written.len());
        for key in written {
            let direction = Direction::read(key)?;
            let expr = self.inside(clause, |own| own.expression(&key.expr))?;
            let expr = self.decided(expr)?;
            keys.push(direction.key(None, expr)?);
        }
        Ok(keys)
    }

    /// What a key of ORDER BY, GROUP BY or DISTINCT ON means: a name or position of the select
    /// list, or an expression; with the item that it is, if it is one.
    pub(super) fn target(
        &mut self,
        expr: &ast::Expr,
        items: &mut Items,
        clause: Clause,
        name: &str,
    ) -> Result<(Option<usize>, Expr), SqlError> {
        let inner = bare(expr);
        let place = match inner {
            ast::Expr::UnaryOp { .. } => self.places.before(inner, 0),
            _ => place_of(Some(expr)),
        };
        if let ast::Expr::Identifier(ident) = inner
            && let Some(index) = self.item_named(ident, items, clause, name)?
        {
            return self.item_key(items, index, place);
        }
        match constant(inner) {
            Some(Constant::Position(position)) => {
                let index = usize::try_from(position).ok().and_then(|at| at.checked_sub(1));
                if let Some(index) = index.filter(|index| *index < items.len()) {
                    return self.item_key(items, index, place);
                }
                let message = format!("{name} position {position} is not in select list");
                return Err(at(SqlError::new("42P10", message), place));
            }
            Some(Constant::Other) => {
                let message = format!("non-integer constant in {name}");
                return Err(at(SqlError::new("42601", message), place));
            }
            None => {}
        }
        let bound = self.inside(clause, |own| own.expression(expr))?;
        if let Some(index) = items.iter().position(|item| item.expr == bound) {
            return self.item_key(items, index, place);
        }
        Ok((None, self.decided(bound)?))
    }

    fn item_key(
        &mut self,
        items: &mut Items,
        index: usize,
        place: At,
    ) -> Result<(Option<usize>, Expr), SqlError> {
        self.decide_item(items, index)?;
        let expr = items.get(index).map(|item| item.expr.clone());
        let mut expr = expr.ok_or_else(|| SqlError::new("XX000", "an item is missing"))?;
        if !matches!(expr.node, Node::Aggregate(_) | Node::Window(_)) {
            expr.at = place;
        }
        Ok((Some(index), expr))
    }

    /// The item of a name. In GROUP BY a column of that name goes before.
    fn item_named(
        &self,
        ident: &Ident,
        items: &Items,
        clause: Clause,
        name: &str,
    ) -> Result<Option<usize>, SqlError> {
        if clause == Clause::GroupBy && self.has_column(&ident.value)? {
            return Ok(None);
        }
        let mut found: Option<usize> = None;
        for (index, item) in items.iter().enumerate() {
            if item.name != ident.value {
                continue;
            }
            let other = found.and_then(|found| items.get(found));
            if other.is_some_and(|other| other.expr != item.expr) {
                let message = format!("{name} \"{}\" is ambiguous", ident.value);
                let error = SqlError::new("42702", message);
                return Err(located(error, std::slice::from_ref(ident)));
            }
            found = found.or(Some(index));
        }
        Ok(found)
    }

    /// ORDER BY, LIMIT and OFFSET of a query without sources: they see its columns and no more.
    pub(super) fn tail_of_outputs(
        &mut self,
        query: &mut Query,
        tail: Tail<'_>,
        what: &'static str,
    ) -> Result<(), SqlError> {
        let columns = query.columns.clone();
        let names = Named {
            name: None,
            table: None,
            source: None,
            columns: outputs(&columns),
            qualified: false,
            bare: true,
        };
        let scope = Scope { names: vec![names], ..Scope::default() };
        let (order, _) = self.scoped(scope, |own| own.output_keys(tail, &columns, what))?;
        query.order = order;
        self.scoped(Scope::default(), |own| own.counts(query, tail, None))?;
        Ok(())
    }

    fn output_keys(
        &mut self,
        tail: Tail<'_>,
        columns: &[Column],
        what: &'static str,
    ) -> Result<Vec<SortKey>, SqlError> {
        let mut items: Items = outputs(columns)
            .into_iter()
            .map(|column| crate::sql::bound::Item { expr: column.expr, name: column.name })
            .collect();
        let mut keys = Vec::new();
        for key in written(tail)? {
            let direction = Direction::read(key)?;
            let (item, expr) = self.target(&key.expr, &mut items, Clause::OrderBy, "ORDER BY")?;
            if item.is_none() {
                let error = match what {
                    "VALUES" => refuse("ORDER BY an expression beside VALUES is not supported")
                        .hint("Use VALUES as a subquery in FROM."),
                    _ => refuse("invalid UNION/INTERSECT/EXCEPT ORDER BY clause")
                        .detail(
                            "Only result column names can be used, not expressions or functions.",
                        )
                        .hint(
                            "Add the expression/function to every SELECT, or move the UNION into \
                             a FROM clause.",
                        ),
                };
                return Err(at(error, place_of(Some(&key.expr))));
            }
            keys.push(direction.key(item, expr)?);
        }
        Ok(keys)
    }
}

/// The columns of a query as what its ORDER BY can name.
fn outputs(columns: &[Column]) -> Vec<NamedColumn> {
    let numbered = columns.iter().enumerate();
    numbered
        .map(|(index, column)| NamedColumn {
            name: column.name.clone(),
            expr: Expr {
                node: Node::Output(index),
                ty: column.ty,
                typmod: column.typmod,
                scale: column.scale,
                nullable: column.nullable,
                at: At(None),
            },
            stored: column.origin.is_some(),
        })
        .collect()
}

fn written<'t>(tail: Tail<'t>) -> Result<&'t [OrderByExpr], SqlError> {
    let Some(order) = tail.and_then(|query| query.order_by.as_ref()) else { return Ok(&[]) };
    match &order.kind {
        OrderByKind::Expressions(keys) if order.interpolate.is_none() => Ok(keys),
        OrderByKind::Expressions(_) => Err(refuse("this form of ORDER BY is not supported")),
        OrderByKind::All(_) => Err(refuse("ORDER BY ALL is not supported")),
    }
}

/// An expression without parentheses around it.
fn bare(mut expr: &ast::Expr) -> &ast::Expr {
    while let ast::Expr::Nested(inner) = expr {
        expr = inner;
    }
    expr
}

/// What kind of constant an expression is, if it is one. PostgreSQL's grammar makes one constant of
/// a number and the sign before it.
fn constant(expr: &ast::Expr) -> Option<Constant> {
    let (negative, expr) = match expr {
        ast::Expr::UnaryOp { op: UnaryOperator::Minus, expr } => (true, bare(expr)),
        other => (false, other),
    };
    let ast::Expr::Value(value) = expr else { return None };
    match &value.value {
        Value::Number(digits, _) => {
            let position = digits.parse::<i32>().ok().map(i64::from);
            let position = position.map(|at| if negative { at.saturating_neg() } else { at });
            Some(position.map_or(Constant::Other, Constant::Position))
        }
        _ if negative => None,
        Value::Placeholder(_) => None,
        _ => Some(Constant::Other),
    }
}

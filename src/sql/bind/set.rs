//! UNION, INTERSECT and EXCEPT.

use super::coerce::common_scale;
use super::from::source_of;
use super::select::comparable;
use super::{Binder, at, refuse};
use crate::sql::bound::{
    At, Body, Column, ColumnRef, Distinct, Expr, From, Item, Node, Query, Select, SetKind,
    SetOperation,
};
use crate::sql::error::SqlError;
use crate::types::pg::PgType;
use irispg_grammar::ast::{self, SetExpr, SetOperator, SetQuantifier};

/// A query of a set operation, with where each of its columns was written.
struct Leg {
    query: Query,
    places: Vec<At>,
}

impl Binder<'_> {
    /// A set operation with what stands behind it.
    pub(super) fn set_query(&mut self, query: &ast::Query) -> Result<Query, SqlError> {
        self.no_lock(Some(query), "UNION/INTERSECT/EXCEPT")?;
        let mut bound = self.leg(&query.body)?.query;
        self.tail_of_outputs(&mut bound, Some(query), "UNION")?;
        Ok(bound)
    }

    fn leg(&mut self, body: &SetExpr) -> Result<Leg, SqlError> {
        let query = match body {
            SetExpr::SetOperation { left, op, set_quantifier, right } => {
                return self.operation_of(left, *op, *set_quantifier, right);
            }
            SetExpr::Select(select) => self.within(|own| own.select(select, None))?,
            SetExpr::Query(query) => {
                if !query.locks.is_empty() {
                    self.no_lock(Some(query), "UNION/INTERSECT/EXCEPT")?;
                }
                self.open_query(query)?
            }
            SetExpr::Values(values) => self.values_query(values, None)?,
            _ => return Err(refuse("this form of query in a set operation is not supported")),
        };
        let places = places(&query);
        Ok(Leg { query, places })
    }

    fn operation_of(
        &mut self,
        left: &SetExpr,
        op: SetOperator,
        quantifier: SetQuantifier,
        right: &SetExpr,
    ) -> Result<Leg, SqlError> {
        let (kind, name) = match op {
            SetOperator::Union => (SetKind::Union, "UNION"),
            SetOperator::Intersect => (SetKind::Intersect, "INTERSECT"),
            SetOperator::Except | SetOperator::Minus => (SetKind::Except, "EXCEPT"),
        };
        let all = match quantifier {
            SetQuantifier::All => true,
            SetQuantifier::None | SetQuantifier::Distinct => false,
            _ => return Err(refuse(format!("{name} BY NAME is not supported"))),
        };
        // A long chain leans to the left.
        let mut left = self.within(|own| own.leg(left))?;
        let mut right = self.within(|own| own.leg(right))?;
        if left.query.columns.len() != right.query.columns.len() {
            let message = format!("each {name} query must have the same number of columns");
            let place = right.places.first().copied().unwrap_or_default();
            return Err(at(SqlError::new("42601", message), place));
        }
        let (mut of_left, mut of_right) =
            (placed(&left.query, &left.places), placed(&right.query, &right.places));
        let mut columns = Vec::with_capacity(of_left.len());
        let mut places = Vec::with_capacity(of_left.len());
        for (a, b) in of_left.iter_mut().zip(&mut of_right) {
            let both = self.common(vec![a.clone(), b.clone()], name)?;
            let Ok([new_a, new_b]) = <[Expr; 2]>::try_from(both) else {
                return Err(SqlError::new("XX000", "two columns became another number of them"));
            };
            let place = if a.ty == PgType::Unknown { b.at } else { a.at };
            if !all || kind != SetKind::Union {
                comparable(new_a.ty).map_err(|error| at(error, place))?;
            }
            columns.push(united(&new_a, &new_b, kind));
            places.push(place);
            (*a, *b) = (new_a, new_b);
        }
        for (column, named) in columns.iter_mut().zip(&left.query.columns) {
            column.name.clone_from(&named.name);
        }
        left.query = self.cast_leg(left.query, of_left);
        right.query = self.cast_leg(right.query, of_right);
        let operation = SetOperation { kind, all, left: left.query, right: right.query };
        Ok(Leg { query: Query::plain(Body::Set(Box::new(operation)), columns), places })
    }

    /// Gives the columns of a query the types that a set operation, or INSERT, wants: in its own
    /// list where nothing depends on it, else in a SELECT around the query.
    pub(super) fn cast_leg(&mut self, mut query: Query, exprs: Vec<Expr>) -> Query {
        let mut outside = Vec::with_capacity(exprs.len());
        let inside = is_open(&query);
        for (index, expr) in exprs.into_iter().enumerate() {
            let known = query.columns.get(index);
            let open = known.is_some_and(|column| column.ty == PgType::Unknown);
            if inside || open {
                self.redecide(&mut query, index, expr);
                outside.push(column_of(&query, index));
            } else {
                outside.push(expr);
            }
        }
        if inside || outside.iter().all(|expr| matches!(expr.node, Node::Column(_))) {
            return query;
        }
        let names = query.columns.iter().map(|column| column.name.clone());
        let items: Vec<Item> =
            outside.into_iter().zip(names).map(|(expr, name)| Item { expr, name }).collect();
        let columns = items.iter().map(|item| super::query::shown(item, &[])).collect();
        let select = Select {
            distinct: Distinct::No,
            items,
            sources: vec![source_of(query, "irispg_leg")],
            from: vec![From::Source(0)],
            filter: None,
            grouped: false,
            groups: Vec::new(),
            having: None,
        };
        Query::plain(Body::Select(Box::new(select)), columns)
    }
}

/// Whether the types of a query's items can be changed without changing what it gives otherwise:
/// DISTINCT compares them, ORDER BY keeps what it sorts by.
fn is_open(query: &Query) -> bool {
    match &query.body {
        Body::Select(select) => select.distinct == Distinct::No,
        _ => false,
    }
}

/// Where the columns of a query were written, of a set operation in its first query.
fn places(query: &Query) -> Vec<At> {
    match &query.body {
        Body::Select(select) => select.items.iter().map(|item| item.expr.at).collect(),
        Body::Values(rows) => rows.first().into_iter().flatten().map(|expr| expr.at).collect(),
        Body::Set(operation) => places(&operation.left),
    }
}

/// The columns of a query, as expressions that a cast can be put around.
pub(super) fn exprs_of(query: &Query) -> Vec<Expr> {
    placed(query, &places(query))
}

fn placed(query: &Query, places: &[At]) -> Vec<Expr> {
    let places = places.iter().copied().chain(std::iter::repeat(At(None)));
    placeless(query).into_iter().zip(places).map(|(expr, at)| Expr { at, ..expr }).collect()
}

fn placeless(query: &Query) -> Vec<Expr> {
    let inside = is_open(query);
    let numbered = query.columns.iter().enumerate();
    numbered
        .map(|(index, column)| {
            let item = match &query.body {
                Body::Select(select) => select.items.get(index),
                _ => None,
            };
            match item {
                Some(item) if inside || column.ty == PgType::Unknown => item.expr.clone(),
                _ => column_of(query, index),
            }
        })
        .collect()
}

/// A column of a query, seen from a SELECT around it.
fn column_of(query: &Query, index: usize) -> Expr {
    let column = query.columns.get(index);
    Expr {
        node: Node::Column(ColumnRef { level: 0, source: 0, column: index }),
        ty: column.map_or(PgType::Unknown, |column| column.ty),
        typmod: column.map_or(-1, |column| column.typmod),
        scale: column.and_then(|column| column.scale),
        nullable: column.is_none_or(|column| column.nullable),
        at: At(None),
    }
}

/// The column that two columns of one type make.
fn united(left: &Expr, right: &Expr, kind: SetKind) -> Column {
    let nullable = match kind {
        SetKind::Union => left.nullable || right.nullable,
        SetKind::Intersect => left.nullable && right.nullable,
        SetKind::Except => left.nullable,
    };
    Column {
        name: String::new(),
        ty: left.ty,
        typmod: if left.typmod == right.typmod { left.typmod } else { -1 },
        scale: common_scale([left, right]),
        nullable,
        origin: None,
    }
}

//! Queries in expressions.

use super::coerce::{leftmost, value};
use super::{Binder, at, refuse, rows};
use crate::sql::bound::{
    At, Body, Cast, Expr, From, Literal, Node, Query, Select, SourceKind, Subquery, SubqueryKind,
};
use crate::sql::error::SqlError;
use crate::sql::resolve;
use crate::types::pg::PgType;
use irispg_grammar::ast;
use irispg_grammar::ast::Expr as Tree;

impl Binder<'_> {
    /// A query in an expression, and whether it names a column of a query around it.
    pub(super) fn inner(&mut self, query: &ast::Query) -> Result<(Query, bool), SqlError> {
        let depth = self.scopes.len();
        let around = std::mem::replace(&mut self.outermost, usize::MAX);
        let bound = self.query(query);
        let reached = std::mem::replace(&mut self.outermost, around);
        self.outermost = self.outermost.min(reached);
        Ok((bound?, reached < depth))
    }

    /// `(SELECT …)` as a value.
    pub(super) fn scalar_query(&mut self, query: &ast::Query) -> Result<Expr, SqlError> {
        let place = self.places.query_parenthesis(query);
        let (query, correlated) = self.inner(query)?;
        let [column] = query.columns.as_slice() else {
            let message = "subquery must return only one column";
            return Err(at(SqlError::new("42601", message), place));
        };
        let (ty, typmod, scale) = (column.ty, column.typmod, column.scale);
        let single = self.is_single(&query);
        // An aggregate without GROUP BY gives a row always.
        let nullable = column.nullable || !gives_a_row(&query);
        let kind = SubqueryKind::Scalar { single };
        let node = Node::Subquery(Box::new(Subquery { kind, query, correlated }));
        Ok(Expr { typmod, scale, nullable, ..value(node, ty, place) })
    }

    /// EXISTS
    pub(super) fn exists(&mut self, query: &ast::Query, negated: bool) -> Result<Expr, SqlError> {
        let place = self.places.before_query(query, 2);
        let (query, correlated) = self.inner(query)?;
        let kind = SubqueryKind::Exists;
        let node = Node::Subquery(Box::new(Subquery { kind, query, correlated }));
        let found = Expr { nullable: false, ..value(node, PgType::Bool, place) };
        Ok(if negated { super::operation::not(found, place) } else { found })
    }

    /// `ARRAY(SELECT …)`
    pub(super) fn array_query(&mut self, query: &ast::Query, place: At) -> Result<Expr, SqlError> {
        let (query, correlated) = self.inner(query)?;
        let [column] = query.columns.as_slice() else {
            let message = "subquery must return only one column";
            return Err(at(SqlError::new("42601", message), place));
        };
        if column.ty.element().is_some() {
            return Err(at(refuse("arrays of arrays are not supported"), place));
        }
        let Some(ty) = column.ty.array() else {
            let message = format!("could not find array type for data type {}", column.ty.name());
            return Err(at(SqlError::new("42704", message), place));
        };
        let typmod = column.typmod;
        let kind = SubqueryKind::Array;
        let node = Node::Subquery(Box::new(Subquery { kind, query, correlated }));
        Ok(Expr { typmod, nullable: false, ..value(node, ty, place) })
    }

    /// `x [NOT] IN (SELECT …)`
    pub(super) fn in_query(
        &mut self,
        left: &Tree,
        query: &ast::Query,
        negated: bool,
    ) -> Result<Expr, SqlError> {
        let place = self.places.before_query(query, if negated { 3 } else { 2 });
        self.query_comparison(left, "=", query, negated, negated, place)
    }

    /// `x op ANY (SELECT …)` and ALL; `negated` is NOT IN, for which PostgreSQL looks `=` up.
    pub(super) fn query_comparison(
        &mut self,
        left: &Tree,
        name: &str,
        query: &ast::Query,
        all: bool,
        negated: bool,
        place: At,
    ) -> Result<Expr, SqlError> {
        let left = self.expression(left)?;
        let (query, correlated) = self.inner(query)?;
        let start = leftmost(left.at, place);
        let left = rows::columns(left);
        let few = match left.len().cmp(&query.columns.len()) {
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Less => Some("subquery has too many columns"),
            std::cmp::Ordering::Greater => Some("subquery has too few columns"),
        };
        if let Some(message) = few {
            return Err(at(SqlError::new("42601", message), place));
        }
        let stored = match COMPARISONS.iter().find(|known| **known == name) {
            Some(_) if negated => "<>",
            Some(known) => *known,
            None => {
                let message = format!("operator {name} with a query is not supported");
                return Err(at(refuse(message), place));
            }
        };
        let mut columns = Vec::with_capacity(left.len());
        for (index, (left, column)) in left.into_iter().zip(&query.columns).enumerate() {
            let right = Expr {
                typmod: column.typmod,
                scale: column.scale,
                nullable: column.nullable,
                ..value(Node::Output(index), column.ty, At::default())
            };
            if negated {
                self.comparison(name, left.clone(), right.clone(), "row", place)?;
            }
            columns.push(self.comparison(stored, left, right, "row", place)?);
        }
        let kind = SubqueryKind::Compare { operator: stored, columns, all };
        let node = Node::Subquery(Box::new(Subquery { kind, query, correlated }));
        Ok(value(node, PgType::Bool, start))
    }

    /// Whether a query cannot give two rows.
    pub(super) fn is_single(&self, query: &Query) -> bool {
        let one = |limit: &Expr| {
            let count = match &limit.node {
                Node::Cast(Cast { expr, explicit: false }) => &expr.node,
                node => node,
            };
            matches!(count, Node::Literal(Literal::Integer(0 | 1)))
        };
        if !query.ties && query.limit.as_ref().is_some_and(one) {
            return true;
        }
        match &query.body {
            Body::Values(rows) => rows.len() <= 1,
            Body::Select(select) => {
                (select.grouped && has_one_group(select))
                    || select.from.is_empty()
                    || is_one_group(select)
                    || self.has_key(select)
            }
            Body::Set(_) => false,
        }
    }

    /// Whether all columns of a key of the only source are set equal to something outside of it.
    fn has_key(&self, select: &Select) -> bool {
        let ([From::Source(0)], [source]) = (select.from.as_slice(), select.sources.as_slice())
        else {
            return false;
        };
        let (SourceKind::Table(table), Some(catalog)) = (&source.kind, self.options.columns) else {
            return false;
        };
        let parts = conditions(select);
        let fixed: Vec<&str> = parts
            .iter()
            .filter_map(fixed_column)
            .filter_map(|column| source.columns.get(column))
            .map(|column| column.inner.as_str())
            .collect();
        if parts.iter().any(fixes_row) {
            return true;
        }
        catalog.keys(table).iter().any(|key| {
            !key.columns.is_empty()
                && key
                    .columns
                    .iter()
                    .all(|column| fixed.iter().any(|fixed| fixed.eq_ignore_ascii_case(column)))
        })
    }
}

/// Whether there is one group at most: everything that is grouped by has one value.
fn has_one_group(select: &Select) -> bool {
    let fixed: Vec<&Expr> = conditions(select).iter().filter_map(fixed_side).collect();
    select.groups.iter().all(|group| is_outside(group) || fixed.contains(&group))
}

/// The conditions that all hold of a row.
fn conditions(select: &Select) -> &[Expr] {
    match &select.filter {
        Some(Expr { node: Node::And(all), .. }) => all,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}

/// The column that a condition sets equal to something outside of the query.
fn fixed_side(part: &Expr) -> Option<&Expr> {
    let [left, right] = equated(part)?.map(unconverted);
    let is_column = |expr: &Expr| matches!(expr.node, Node::Column(column) if column.level == 0);
    match (is_column(left), is_column(right)) {
        (true, false) if is_outside(right) => Some(left),
        (false, true) if is_outside(left) => Some(right),
        _ => None,
    }
}

/// Comparisons with queries.
const COMPARISONS: [&str; 6] = ["=", "<>", "<", "<=", ">", ">="];

/// Whether a query gives a row whatever the data.
fn gives_a_row(query: &Query) -> bool {
    let Body::Select(select) = &query.body else { return false };
    let always = select.grouped && select.groups.is_empty() && select.having.is_none()
        || select.from.is_empty() && select.filter.is_none() && select.having.is_none();
    always && query.limit.is_none() && query.offset.is_none()
}

/// Whether there is one group at most: each expression of GROUP BY is set equal to something
/// outside of the query.
fn is_one_group(select: &Select) -> bool {
    let parts = match select.filter.as_ref().map(|filter| (filter, &filter.node)) {
        None => &[],
        Some((_, Node::And(all))) => all.as_slice(),
        Some((filter, _)) => std::slice::from_ref(filter),
    };
    let fixed = |group: &Expr| {
        is_outside(group)
            || parts.iter().filter_map(equated).any(|[left, right]| {
                (left == group && is_outside(right)) || (right == group && is_outside(left))
            })
    };
    !select.groups.is_empty() && select.groups.iter().all(fixed)
}

/// The operands of `a = b`.
fn equated(part: &Expr) -> Option<[&Expr; 2]> {
    let Node::Operation(operation) = &part.node else { return None };
    match operation.operands.as_slice() {
        [left, right] if operation.operator.name == "=" => Some([left, right]),
        _ => None,
    }
}

/// Whether an expression has one value for all rows of the query that it stands in.
fn is_outside(expr: &Expr) -> bool {
    !expr.any(&|one| match &one.node {
        Node::Column(column) => column.level == 0,
        Node::RowId { level, .. } => *level == 0,
        Node::Subquery(query) => query.correlated,
        Node::Call(call) => call.function.volatility == resolve::Volatility::Volatile,
        _ => false,
    })
}

/// The column of the source that a condition sets equal to something outside.
fn fixed_column(part: &Expr) -> Option<usize> {
    let [left, right] = equated(part)?;
    match (own_column(left), own_column(right)) {
        (Some(column), _) if is_outside(right) => Some(column),
        (_, Some(column)) if is_outside(left) => Some(column),
        _ => None,
    }
}

/// Whether a condition sets the row's id equal to something outside.
fn fixes_row(part: &Expr) -> bool {
    let own = |expr: &Expr| matches!(expr.node, Node::RowId { level: 0, .. });
    equated(part).is_some_and(|[left, right]| {
        (own(left) && is_outside(right)) || (own(right) && is_outside(left))
    })
}

/// The column of the source that an expression is, below conversions that keep values apart.
fn own_column(expr: &Expr) -> Option<usize> {
    match &unconverted(expr).node {
        Node::Column(column) if column.level == 0 && column.source == 0 => Some(column.column),
        _ => None,
    }
}

/// An expression without the conversions around it that keep values apart.
fn unconverted(expr: &Expr) -> &Expr {
    use PgType as P;
    match &expr.node {
        Node::Cast(Cast { expr: inner, explicit: false }) => match (inner.ty, expr.ty) {
            (P::Varchar | P::Name, P::Text)
            | (P::Int2, P::Int4 | P::Int8 | P::Numeric | P::Float8)
            | (P::Int4, P::Int8 | P::Numeric | P::Float8)
            | (P::Int8, P::Numeric) => unconverted(inner),
            _ => expr,
        },
        _ => expr,
    }
}

//! IN, BETWEEN, LIKE, ANY and ALL of arrays.

use super::coerce::{self, value};
use super::operation::{bare, can_be_null, failed, joined, symbol};
use super::typename::NO_TYPMOD;
use super::{Binder, at, refuse};
use crate::sql::bound::{At, Expr, Like, List, Node, Quantified};
use crate::sql::error::SqlError;
use crate::sql::resolve::{self, Context, Operator, Resolved};
use crate::types::pg::PgType;
use irispg_grammar::ast::{self, BinaryOperator, Expr as Tree};

/// Whether an expression names a column of the present query.
fn has_columns(expr: &Expr) -> bool {
    expr.any(&|one| match &one.node {
        Node::Column(column) => column.level == 0,
        Node::RowId { level, .. } => *level == 0,
        Node::Subquery(query) => query.correlated,
        _ => false,
    })
}

/// What BETWEEN and its kin are made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range<'t> {
    pub(super) expr: &'t Tree,
    pub(super) low: &'t Tree,
    pub(super) high: &'t Tree,
    pub(super) symmetric: bool,
    pub(super) negated: bool,
}

/// What LIKE is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pattern<'t> {
    pub(super) expr: &'t Tree,
    pub(super) pattern: &'t Tree,
    pub(super) escape: Option<&'t Tree>,
    pub(super) insensitive: bool,
    pub(super) negated: bool,
    /// LIKE ANY
    pub(super) any: bool,
}

impl Binder<'_> {
    /// `x [NOT] IN (…)`: where several elements name no column, PostgreSQL makes one array of
    /// them, and they have one type.
    pub(super) fn in_list(
        &mut self,
        expr: &Tree,
        list: &[Tree],
        negated: bool,
    ) -> Result<Expr, SqlError> {
        let Some(first) = list.first() else { return Err(refuse("IN () is not supported")) };
        let place = self.places.before(first, if negated { 3 } else { 2 });
        let left = self.expression(expr)?;
        let elements =
            list.iter().map(|one| self.expression(one)).collect::<Result<Vec<_>, _>>()?;
        let rows = |one: &Expr| matches!(one.node, Node::Row(_));
        if rows(&left) || elements.iter().any(rows) {
            return self.in_rows(&left, elements, negated, place);
        }
        let (columns, constants): (Vec<Expr>, Vec<Expr>) =
            elements.into_iter().partition(has_columns);
        let mut ordered = constants;
        if ordered.len() > 1 {
            let types: Vec<PgType> =
                std::iter::once(&left).chain(&ordered).map(|one| one.ty).collect();
            if let Some(ty) = resolve::common_type(&types).filter(|ty| ty.array().is_some()) {
                let all = ordered.into_iter().map(|one| self.member(one, ty, "IN"));
                ordered = all.collect::<Result<_, _>>()?;
            }
        }
        ordered.extend(columns);
        let mut equals = Vec::with_capacity(ordered.len());
        // Lists are long, and of few types.
        let mut chosen: Vec<(PgType, Resolved<Operator>)> = Vec::new();
        for element in ordered {
            if !chosen.iter().any(|(ty, _)| *ty == element.ty) {
                self.check_operator(if negated { "<>" } else { "=" }, &left, &element, place)?;
                let found =
                    resolve::operator("=", Some(left.ty), element.ty).map_err(|failure| {
                        at(failed(failure, "=", Some(left.ty), element.ty), place)
                    })?;
                chosen.push((element.ty, found));
            }
            if let Some((_, found)) = chosen.iter().find(|(ty, _)| *ty == element.ty) {
                equals.push(self.applied(found, Some(left.clone()), element)?);
            }
        }
        let nullable = equals.iter().any(can_be_null);
        let start = left.at;
        Ok(Expr { nullable, ..value(Node::In(List { equals, negated }), PgType::Bool, start) })
    }

    /// The error of the operator that PostgreSQL uses where the tree has another one.
    fn check_operator(
        &self,
        name: &str,
        left: &Expr,
        right: &Expr,
        place: At,
    ) -> Result<(), SqlError> {
        match resolve::operator(name, Some(left.ty), right.ty) {
            Ok(_) => Ok(()),
            Err(failure) => Err(at(failed(failure, name, Some(left.ty), right.ty), place)),
        }
    }

    fn in_rows(
        &mut self,
        left: &Expr,
        elements: Vec<Expr>,
        negated: bool,
        place: At,
    ) -> Result<Expr, SqlError> {
        let name = if negated { "<>" } else { "=" };
        let mut found: Option<Expr> = None;
        for element in elements {
            let one = self.operation(name, Some(left.clone()), element, place)?;
            found = Some(match found {
                Some(before) => joined(before, negated, one),
                None => one,
            });
        }
        found.ok_or_else(|| refuse("IN () is not supported"))
    }

    /// `x [NOT] BETWEEN [SYMMETRIC] low AND high`
    pub(super) fn between(&mut self, range: Range<'_>) -> Result<Expr, SqlError> {
        let Range { expr, low, high, symmetric, negated } = range;
        let count = usize::from(negated).saturating_add(usize::from(symmetric)).saturating_add(1);
        let place = self.places.before(low, count);
        let left = self.expression(expr)?;
        // PostgreSQL binds the left side once for each comparison.
        let again = match bare(expr) {
            Tree::Value(_) => self.expression(expr)?,
            _ => left.clone(),
        };
        let low = self.expression(low)?;
        let (below, above) = if negated { ("<", ">") } else { (">=", "<=") };
        if matches!(left.node, Node::Row(_)) {
            if symmetric {
                return Err(at(refuse("BETWEEN SYMMETRIC of rows is not supported"), place));
            }
            let low = self.operation(below, Some(left), low, place)?;
            let high = self.expression(high)?;
            let high = self.operation(above, Some(again), high, place)?;
            return Ok(joined(low, !negated, high));
        }
        let start = left.at;
        self.check_operator(below, &left, &low, place)?;
        let low = self.comparison(">=", left, low, "BETWEEN", place)?;
        let again = match (again.ty, &again.node) {
            (PgType::Unknown, Node::Parameter(_)) => self.expression(expr)?,
            _ => again,
        };
        let high = self.expression(high)?;
        self.check_operator(above, &again, &high, place)?;
        let high = self.comparison("<=", again, high, "BETWEEN", place)?;
        let nullable = can_be_null(&low) || can_be_null(&high);
        let node = Node::Between { low, high, symmetric, negated };
        Ok(Expr { nullable, ..value(node, PgType::Bool, start) })
    }

    /// `[NOT] LIKE` and `ILIKE`
    pub(super) fn like(&mut self, written: Pattern<'_>) -> Result<Expr, SqlError> {
        let Pattern { expr, pattern, escape, insensitive, negated, any } = written;
        let name = match (insensitive, negated) {
            (false, false) => "~~",
            (false, true) => "!~~",
            (true, false) => "~~*",
            (true, true) => "!~~*",
        };
        let count = 1_usize.saturating_add(usize::from(negated)).saturating_add(usize::from(any));
        let place = self.places.before(pattern, count);
        let left = self.expression(expr)?;
        if any {
            let array = self.expression(pattern)?;
            return self.array_comparison(name, left, array, false, place);
        }
        let pattern = self.expression(pattern)?;
        let (pattern, escape) = match escape {
            None => (pattern, None),
            Some(escape) => {
                let escape = self.expression(escape)?;
                let (pattern, escape) = self.escaped(pattern, escape, place)?;
                (pattern, Some(escape))
            }
        };
        let (mut operation, ty) = self.resolved(name, Some(left), pattern, place)?;
        let nullable =
            can_be_null(&operation) || escape.as_ref().is_some_and(|escape: &Expr| escape.nullable);
        let (Some(pattern), Some(expr)) = (operation.operands.pop(), operation.operands.pop())
        else {
            return Err(refuse("this form of LIKE is not supported"));
        };
        if pattern.ty != PgType::Text {
            return Err(at(refuse("LIKE of type bytea is not supported"), place));
        }
        let start = expr.at;
        let node = Node::Like(Box::new(Like { expr, pattern, escape, insensitive, negated }));
        Ok(Expr { nullable, ..value(node, ty, start) })
    }

    /// The pattern and the character of ESCAPE (`like_escape`).
    fn escaped(
        &mut self,
        pattern: Expr,
        escape: Expr,
        place: At,
    ) -> Result<(Expr, Expr), SqlError> {
        let types = [pattern.ty, escape.ty];
        let found = resolve::function("like_escape", &types).map_err(|failure| {
            let shown = super::call::signature("pg_catalog.like_escape", &types);
            at(super::call::failed(failure, &shown), place)
        })?;
        let [first, second] = found.arguments.as_slice() else {
            return Err(refuse("this form of ESCAPE is not supported"));
        };
        let pattern = self.coerce(pattern, *first, NO_TYPMOD, Context::Implicit)?;
        let escape = self.coerce(escape, *second, NO_TYPMOD, Context::Implicit)?;
        Ok((pattern, escape))
    }

    /// `x op ANY (array or query)` and ALL.
    pub(super) fn quantified(
        &mut self,
        left: &Tree,
        op: &BinaryOperator,
        right: &Tree,
        all: bool,
    ) -> Result<Expr, SqlError> {
        let name = symbol(op)?;
        if let Tree::Subquery(query) = right {
            let place = self.places.before_query(query, 3);
            return self.query_comparison(left, &name, query, all, false, place);
        }
        let place = self.places.before(right, 3);
        let left = self.expression(left)?;
        let array = self.expression(right)?;
        self.array_comparison(&name, left, array, all, place)
    }

    fn array_comparison(
        &mut self,
        name: &str,
        left: Expr,
        array: Expr,
        all: bool,
        place: At,
    ) -> Result<Expr, SqlError> {
        let wrong = |message: &'static str| Err(at(SqlError::new("42809", message), place));
        let element = array.ty.element();
        if element.is_none() && array.ty != PgType::Unknown {
            return wrong("op ANY/ALL (array) requires array on right side");
        }
        let found = resolve::element_operator(name, left.ty, array.ty).map_err(|failure| {
            at(failed(failure, name, Some(left.ty), element.unwrap_or(array.ty)), place)
        })?;
        if found.result != PgType::Bool {
            return wrong("op ANY/ALL (array) requires operator to yield boolean");
        }
        let [first, second] = found.arguments.as_slice() else {
            return wrong("op ANY/ALL (array) requires operator to yield boolean");
        };
        let start = coerce::leftmost(left.at, place);
        let left = self.coerce(left, *first, NO_TYPMOD, Context::Implicit)?;
        let array = self.coerce(array, *second, NO_TYPMOD, Context::Implicit)?;
        let node = Node::Quantified(Box::new(Quantified { operator: found.row, left, array, all }));
        Ok(value(node, PgType::Bool, start))
    }

    /// `ARRAY[…]`; a cast around it gives the elements their type.
    pub(super) fn array(
        &mut self,
        written: &ast::Array,
        cast: Option<(PgType, i32)>,
        place: At,
    ) -> Result<Expr, SqlError> {
        let mut elements = Vec::with_capacity(written.elem.len());
        for one in &written.elem {
            if matches!(bare(one), Tree::Array(_)) {
                return Err(at(refuse("arrays of arrays are not supported"), place));
            }
            elements.push(self.expression(one)?);
        }
        if let Some((ty, typmod)) = cast {
            let element = ty.element().unwrap_or(ty);
            let mut cast = Vec::with_capacity(elements.len());
            for one in elements {
                cast.push(self.coerce(one, element, typmod, Context::Explicit)?);
            }
            return Ok(coerce::array(cast, ty, place));
        }
        if elements.is_empty() {
            let message = "cannot determine type of empty array";
            let hint = "Explicitly cast to the desired type, for example ARRAY[]::integer[].";
            let place = self.places.empty_array();
            return Err(at(SqlError::new("42P18", message).hint(hint), place));
        }
        let elements = self.common(elements, "ARRAY")?;
        let element = elements.first().map_or(PgType::Text, |one| one.ty);
        if element.element().is_some() {
            return Err(at(refuse("arrays of arrays are not supported"), place));
        }
        let ty = element.array().ok_or_else(|| {
            let message = format!("could not find array type for data type {}", element.name());
            at(SqlError::new("42704", message), place)
        })?;
        Ok(coerce::array(elements, ty, place))
    }
}

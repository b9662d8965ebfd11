//! SET, of UPDATE and of DO UPDATE.

use super::super::clause::Clause;
use super::super::scope::{located, place_of};
use super::super::{Binder, at, refuse};
use crate::sql::bound::{self, Assigned, Body, Distinct, Node, Subquery, SubqueryKind, Target};
use crate::sql::error::SqlError;
use irispg_grammar::ast::{
    Assignment, AssignmentTarget, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments,
    Ident, ObjectName, Query,
};

impl Binder<'_> {
    /// The columns that are set, and their values.
    pub(super) fn assignments(
        &mut self,
        list: &[Assignment],
        target: &Target,
    ) -> Result<Vec<(usize, Assigned)>, SqlError> {
        let mut set: Vec<(usize, Assigned)> = Vec::with_capacity(list.len());
        for assignment in list {
            let pairs = match (&assignment.target, &assignment.value) {
                (AssignmentTarget::ColumnName(name), value) => vec![(name, value)],
                (AssignmentTarget::Tuple(names), Expr::Subquery(query)) => {
                    self.set_from(names, query, target, &mut set)?;
                    continue;
                }
                (AssignmentTarget::Tuple(names), value) => self.pairs(names, value)?,
            };
            for (name, value) in pairs {
                let index = column(target, only(name)?)?;
                let value = self.assigned(value, target, index, Clause::Update)?;
                set.push((index, value));
            }
        }
        for (at, (index, _)) in set.iter().enumerate() {
            if set.iter().take(at).any(|(before, _)| before == index) {
                let name = target.columns.get(*index).map(|column| column.name.as_str());
                let name = name.unwrap_or_default();
                let message = format!("multiple assignments to same column \"{name}\"");
                return Err(SqlError::new("42601", message));
            }
        }
        Ok(set)
    }

    /// A value for a column.
    pub(super) fn assigned(
        &mut self,
        value: &Expr,
        target: &Target,
        index: usize,
        clause: Clause,
    ) -> Result<Assigned, SqlError> {
        if is_default(value) {
            return Ok(Assigned::Default);
        }
        let bound = self.inside(clause, |own| own.expression(value))?;
        let Some(column) = target.columns.get(index) else {
            return Err(SqlError::new("XX000", "a column is missing"));
        };
        self.assign(bound, column).map(Assigned::Value)
    }
}

/// Whether an expression is the word DEFAULT.
pub(super) fn is_default(expr: &Expr) -> bool {
    matches!(expr, Expr::Identifier(name) if name.value == "default" && name.quote_style.is_none())
}

/// The position of a column in the table; 42703 if it has none of that name.
pub(super) fn column(target: &Target, name: &Ident) -> Result<usize, SqlError> {
    let columns = || target.columns.iter();
    let found = columns()
        .position(|column| column.name == name.value)
        .or_else(|| columns().position(|column| column.name.eq_ignore_ascii_case(&name.value)));
    found.ok_or_else(|| {
        let table = &target.table.name;
        let message = format!("column \"{}\" of relation \"{table}\" does not exist", name.value);
        located(SqlError::new("42703", message), std::slice::from_ref(name))
    })
}

/// The name of a column that is set; `a.b` is field `b` of column `a` to PostgreSQL.
pub(super) fn only(name: &ObjectName) -> Result<&Ident, SqlError> {
    name.0
        .first()
        .and_then(|part| part.as_ident())
        .ok_or_else(|| refuse("this column name is not supported"))
}

impl Binder<'_> {
    /// `(a, b) = (SELECT x, y …)`: each column gets its value from the query without the others,
    /// which must give the same row each time.
    fn set_from(
        &mut self,
        names: &[ObjectName],
        query: &Query,
        target: &Target,
        set: &mut Vec<(usize, Assigned)>,
    ) -> Result<(), SqlError> {
        let place = self.places.query_parenthesis(query);
        let (whole, correlated) = self.inside(Clause::Update, |own| own.inner(query))?;
        if whole.columns.len() != names.len() {
            let error = SqlError::new("42601", "number of columns does not match number of values");
            return Err(at(error, place));
        }
        let single = self.is_single(&whole);
        for (nth, name) in names.iter().enumerate() {
            let index = column(target, only(name)?)?;
            let query = alone(&whole, nth).ok_or_else(|| {
                at(
                    refuse("this query for several columns of SET is not supported")
                        .hint("Set each column from a query of its own."),
                    place,
                )
            })?;
            let Some(given) = query.columns.first() else { continue };
            let own = match &query.body {
                Body::Select(select) => select.items.first().map(|item| item.expr.at),
                _ => None,
            };
            let own = own.unwrap_or(place);
            let (ty, typmod, scale) = (given.ty, given.typmod, given.scale);
            let kind = SubqueryKind::Scalar { single };
            let node = Node::Subquery(Box::new(Subquery { kind, query, correlated }));
            let expr = bound::Expr { node, ty, typmod, scale, nullable: true, at: own };
            if let Some(column) = target.columns.get(index) {
                set.push((index, Assigned::Value(self.assign(expr, column)?)));
            }
        }
        Ok(())
    }

    /// The columns and values of `(a, b) = (1, 2)`.
    fn pairs<'t>(
        &self,
        names: &'t [ObjectName],
        value: &'t Expr,
    ) -> Result<Vec<(&'t ObjectName, &'t Expr)>, SqlError> {
        let (values, place) = match value {
            Expr::Tuple(values) => (values.iter().collect(), self.places.before(value, 0)),
            Expr::Function(call) if is_row(call) => (members(call), place_of(Some(value))),
            other => {
                let message = "source for a multiple-column UPDATE item must be a sub-SELECT or \
                               ROW() expression";
                return Err(at(SqlError::new("0A000", message), place_of(Some(other))));
            }
        };
        if values.len() != names.len() {
            let error = SqlError::new("42601", "number of columns does not match number of values");
            return Err(at(error, place));
        }
        Ok(names.iter().zip(values).collect())
    }
}

/// A query with one of its columns only, where it gives the same rows without the others.
fn alone(query: &bound::Query, index: usize) -> Option<bound::Query> {
    let Body::Select(select) = &query.body else { return None };
    let same = select.distinct == Distinct::No && query.limit.is_none() && query.offset.is_none();
    let item = select.items.get(index).filter(|_| same)?.clone();
    let column = query.columns.get(index)?.clone();
    let mut select = select.clone();
    select.items = vec![item];
    // Without row counts the order decides nothing.
    let order = Vec::new();
    let body = Body::Select(select);
    Some(bound::Query { body, order, columns: vec![column], ..query.clone() })
}

/// Whether a call is `ROW(…)`.
fn is_row(call: &Function) -> bool {
    let name = match call.name.0.as_slice() {
        [part] => part.as_ident(),
        _ => None,
    };
    name.is_some_and(|name| name.value == "row" && name.quote_style.is_none())
}

/// The members of `ROW(…)`.
fn members(call: &Function) -> Vec<&Expr> {
    let FunctionArguments::List(list) = &call.args else { return Vec::new() };
    let member = |argument| match argument {
        &FunctionArg::Unnamed(FunctionArgExpr::Expr(ref expr)) => Some(expr),
        _ => None,
    };
    list.args.iter().filter_map(member).collect()
}

//! Aggregates and window functions.

use super::call::Details;
use super::clause::Clause;
use super::coerce::value;
use super::scope::Window;
use super::window::{
    CURRENT_PRECEDING, FOLLOWING_PRECEDING, FROM_FOLLOWING, FROM_UNBOUNDED, TO_UNBOUNDED,
};
use super::{Binder, at, refuse};
use crate::sql::bound::{Aggregate, At, Cast, Expr, Node, WindowCall};
use crate::sql::error::SqlError;
use crate::sql::resolve::{Function, Kind, Resolved};
use crate::types::pg::PgType;
use irispg_grammar::ast;

/// The first aggregate below an expression, or itself, outside of subqueries.
fn find<'e>(expr: &'e Expr, is: &dyn Fn(&Node) -> bool) -> Option<&'e Expr> {
    if is(&expr.node) {
        return Some(expr);
    }
    let mut found = None;
    expr.children(&mut |child| {
        if found.is_none() {
            found = find(child, is);
        }
    });
    found
}

fn is_aggregate(node: &Node) -> bool {
    matches!(node, Node::Aggregate(_))
}

fn is_window(node: &Node) -> bool {
    matches!(node, Node::Window(_))
}

/// Whether all columns of an aggregate's arguments are those of a query around its own.
fn is_outer<'e>(all: impl Iterator<Item = &'e Expr>) -> bool {
    let (mut own, mut outer) = (false, false);
    for expr in all {
        own |= expr.any(&|one| match &one.node {
            Node::Column(column) => column.level == 0,
            Node::RowId { level, .. } => *level == 0,
            Node::Subquery(query) => query.correlated,
            _ => false,
        });
        outer |= expr.any(&|one| match &one.node {
            Node::Column(column) => column.level > 0,
            Node::RowId { level, .. } => *level > 0,
            _ => false,
        });
    }
    outer && !own
}

impl Binder<'_> {
    /// FILTER of a call.
    pub(super) fn filter(&mut self, details: &Details<'_>) -> Result<Option<Expr>, SqlError> {
        match details.filter {
            None => Ok(None),
            Some(filter) => {
                self.inside(Clause::Filter, |binder| binder.condition(filter, "FILTER")).map(Some)
            }
        }
    }

    /// An aggregate over the rows of a group.
    pub(super) fn aggregate(
        &mut self,
        shown: &str,
        found: Resolved<Function>,
        arguments: Vec<Expr>,
        filter: Option<Expr>,
        details: &Details<'_>,
        place: At,
    ) -> Result<Expr, SqlError> {
        if arguments.is_empty() && !details.star {
            let message =
                format!("{shown}(*) must be used to call a parameterless aggregate function");
            return Err(at(SqlError::new("42809", message), place));
        }
        let mut order = self.plain_keys(details.order, Clause::OrderBy)?;
        for key in &mut order {
            // What is sorted by is the argument, where it is the same expression.
            if let Some(argument) = arguments.iter().find(|one| written(one) == &key.expr) {
                key.expr = argument.clone();
            }
        }
        if details.distinct {
            let missing = order.iter().find(|key| !arguments.contains(&key.expr));
            if let Some(key) = missing {
                let message = "in an aggregate with DISTINCT, ORDER BY expressions must appear in \
                               argument list";
                return Err(at(SqlError::new("42P10", message), key.expr.at));
            }
            for argument in &arguments {
                distinguishable(argument)?;
            }
        }
        let below = || arguments.iter().chain(order.iter().map(|key| &key.expr)).chain(&filter);
        if let Some(window) = below().find_map(|one| find(one, &is_window)) {
            let message = "aggregate function calls cannot contain window function calls";
            return Err(at(SqlError::new("42803", message), window.at));
        }
        if let Some(inner) = below().find_map(|one| find(one, &is_aggregate)) {
            let message = "aggregate function calls cannot be nested";
            return Err(at(SqlError::new("42803", message), inner.at));
        }
        if is_outer(below()) {
            let message = "aggregates of an outer query's columns are not supported";
            return Err(at(refuse(message).hint("Compute the aggregate in a subquery."), place));
        }
        if let Some(message) = self.clause.no_aggregates() {
            return Err(at(SqlError::new("42803", message), place));
        }
        let scale = scale(found.row, found.result, &arguments);
        let nullable = found.row.name != "count";
        let node = Node::Aggregate(Box::new(Aggregate {
            function: found.row,
            arguments,
            distinct: details.distinct,
            order,
            filter,
        }));
        Ok(Expr { scale, nullable, ..value(node, found.result, place) })
    }

    /// A window function, or an aggregate with OVER.
    #[expect(clippy::too_many_arguments, reason = "a call has that many parts")]
    pub(super) fn window_call(
        &mut self,
        shown: &str,
        found: Resolved<Function>,
        arguments: Vec<Expr>,
        filter: Option<Expr>,
        details: &Details<'_>,
        over: &ast::WindowType,
        place: At,
    ) -> Result<Expr, SqlError> {
        let unsupported = |message: &'static str| Err(at(refuse(message), place));
        let is_aggregate = found.row.kind == Kind::Aggregate;
        if details.distinct {
            return unsupported("DISTINCT is not implemented for window functions");
        }
        if is_aggregate && arguments.is_empty() && !details.star {
            let message =
                format!("{shown}(*) must be used to call a parameterless aggregate function");
            return Err(at(SqlError::new("42809", message), place));
        }
        if !details.order.is_empty() {
            return unsupported("aggregate ORDER BY is not implemented for window functions");
        }
        if !is_aggregate && filter.is_some() {
            return unsupported("FILTER is not implemented for non-aggregate window functions");
        }
        if let Some(inner) = arguments.iter().find_map(|one| find(one, &is_window)) {
            let message = "window function calls cannot be nested";
            return Err(at(SqlError::new("42P20", message), inner.at));
        }
        if let Some(message) = self.clause.no_windows() {
            return Err(at(SqlError::new("42P20", message), place));
        }
        let window = self.over(over).map_err(|error| self.placed(error, place))?;
        let Window { partition, order, frame, .. } = window;
        let nullable = match found.row.name {
            "count" | "row_number" | "rank" | "dense_rank" => false,
            "ntile" => arguments.iter().any(|one| one.nullable),
            _ => true,
        };
        let scale = scale(found.row, found.result, &arguments);
        let node = Node::Window(Box::new(WindowCall {
            function: found.row,
            arguments,
            filter,
            partition,
            order,
            frame,
        }));
        Ok(Expr { scale, nullable, ..value(node, found.result, place) })
    }

    /// The place of an error of the window behind OVER.
    fn placed(&self, error: SqlError, name: At) -> SqlError {
        let parenthesis = self.places.over(self.places.token(name.0));
        let bounds = self.places.frame(parenthesis);
        let token = match error.message.as_ref() {
            FROM_UNBOUNDED | FROM_FOLLOWING => bounds.map(|(first, _)| first),
            TO_UNBOUNDED | CURRENT_PRECEDING | FOLLOWING_PRECEDING => bounds.map(|(_, last)| last),
            _ => parenthesis,
        };
        at(error, self.places.at(token))
    }
}

/// An expression without the conversions that PostgreSQL adds by itself.
fn written(expr: &Expr) -> &Expr {
    match &expr.node {
        Node::Cast(Cast { expr: inner, explicit: false }) => written(inner),
        _ => expr,
    }
}

/// The digits after the point that all values of an aggregate show (`numeric.c`).
fn scale(function: &Function, result: PgType, arguments: &[Expr]) -> Option<u16> {
    if result != PgType::Numeric {
        return None;
    }
    let first = arguments.first()?;
    match function.name {
        "sum" if first.ty == PgType::Int8 => Some(0),
        "sum" | "min" | "max" | "first_value" | "last_value" | "nth_value" => first.scale,
        "lag" | "lead" => match arguments.get(2) {
            None => first.scale,
            Some(other) => super::coerce::common_scale([first, other]),
        },
        _ => None,
    }
}

/// Types that have no order in PostgreSQL.
fn distinguishable(expr: &Expr) -> Result<(), SqlError> {
    if expr.ty != PgType::Json && expr.ty != PgType::JsonArray {
        return Ok(());
    }
    let message = format!("could not identify an equality operator for type {}", expr.ty.name());
    Err(at(SqlError::new("42883", message), expr.at))
}

//! What depends on the session's time zone.
//!
//! IRIS keeps a `timestamptz` in UTC and computes with it there. Values that come and go are read
//! and shown by the session, in its zone; moments compared among themselves know no zone. All else
//! is exact in a session whose zone is UTC, and refused in any other. What depends on the zone is
//! what PostgreSQL calls stable rather than immutable.

use super::refuse;
use super::store::place_of;
use crate::sql::bound::{
    Assigned, Body, Call, Change, Distinct, Expr, FrameBound, FrameUnit, From, Kind, Literal, Node,
    Operation, Query, Resolution, Rows, Select, Source, SourceKind, Statement, SubqueryKind,
};
use crate::sql::error::SqlError;
use crate::sql::resolve::{Function, Operator, Slot, Volatility};
use crate::types::interval::Interval;
use crate::types::pg::PgType;
use std::rc::Rc;

/// Refuses a statement whose meaning depends on the zone.
///
/// # Errors
///
/// 0A000 at the first expression that does.
pub(super) fn check(statement: &Statement) -> Result<(), SqlError> {
    let mut judge = Judge { found: None, seen: Vec::new() };
    match &statement.kind {
        Kind::Query(query) => judge.query(query),
        Kind::Change(change) => judge.change(change),
    }
    match judge.found {
        None => Ok(()),
        Some(at) => {
            let error = refuse("this depends on the time zone, which is supported in UTC only")
                .detail("InterSystems IRIS computes with timestamps in UTC.")
                .hint("SET TimeZone TO 'UTC', or compute it in the client.");
            Err(match at {
                Some(at) => error.at(at),
                None => error,
            })
        }
    }
}

/// Looks at every expression of a statement.
struct Judge {
    /// Where the first one stands that depends on the zone.
    found: Option<Option<usize>>,
    /// WITH queries that were looked at; each stands wherever it is named.
    seen: Vec<*const Query>,
}

impl Judge {
    fn change(&mut self, change: &Change) {
        match change {
            Change::Insert(insert) => {
                match &insert.rows {
                    Rows::Defaults => {}
                    Rows::Values(rows) => rows.iter().flatten().for_each(|one| self.assigned(one)),
                    Rows::Query(query) => self.query(query),
                }
                if let Some(conflict) = &insert.conflict
                    && let Resolution::Update { set, filter } = &conflict.resolution
                {
                    set.iter().for_each(|(_, value)| self.assigned(value));
                    filter.iter().for_each(|expr| self.expr(expr));
                }
                insert.returning.iter().for_each(|item| self.expr(&item.expr));
            }
            Change::Update(update) => {
                update.set.iter().for_each(|(_, value)| self.assigned(value));
                self.sources(&update.sources);
                self.joins(&update.from);
                update.filter.iter().for_each(|expr| self.expr(expr));
                update.returning.iter().for_each(|item| self.expr(&item.expr));
            }
            Change::Delete(delete) => {
                self.sources(&delete.sources);
                self.joins(&delete.using);
                delete.filter.iter().for_each(|expr| self.expr(expr));
                delete.returning.iter().for_each(|item| self.expr(&item.expr));
            }
        }
    }

    /// What the session stores it converts itself, in its zone.
    fn assigned(&mut self, value: &Assigned) {
        if let Assigned::Value(expr) = value
            && place_of(expr).is_none()
        {
            self.expr(expr);
        }
    }

    fn query(&mut self, query: &Query) {
        irispg_grammar::deeper(|| match &query.body {
            Body::Select(select) => self.select(select),
            Body::Set(operation) => {
                self.query(&operation.left);
                self.query(&operation.right);
            }
            Body::Values(rows) => rows.iter().flatten().for_each(|expr| self.expr(expr)),
        });
        let keys = query.order.iter().map(|key| &key.expr);
        keys.chain(&query.limit).chain(&query.offset).for_each(|expr| self.expr(expr));
    }

    fn select(&mut self, select: &Select) {
        self.sources(&select.sources);
        self.joins(&select.from);
        select.items.iter().for_each(|item| self.expr(&item.expr));
        let clauses = select.filter.iter().chain(&select.groups).chain(&select.having);
        clauses.for_each(|expr| self.expr(expr));
        if let Distinct::On(keys) = &select.distinct {
            keys.iter().for_each(|expr| self.expr(expr));
        }
    }

    fn sources(&mut self, sources: &[Source]) {
        for source in sources {
            match &source.kind {
                SourceKind::Table(_) => {}
                SourceKind::Function(call) => {
                    self.call(call, None);
                    call.arguments.iter().for_each(|expr| self.expr(expr));
                }
                SourceKind::Query(query) | SourceKind::Cte { query, .. } => {
                    if !self.seen.contains(&Rc::as_ptr(query)) {
                        self.seen.push(Rc::as_ptr(query));
                        self.query(query);
                    }
                }
            }
        }
    }

    fn joins(&mut self, from: &[From]) {
        let mut rest: Vec<&From> = from.iter().collect();
        while let Some(from) = rest.pop() {
            if let From::Join(join) = from {
                join.on.iter().for_each(|expr| self.expr(expr));
                rest.extend([&join.left, &join.right]);
            }
        }
    }

    /// An expression and everything below it.
    fn expr(&mut self, expr: &Expr) {
        if self.found.is_some() {
            return;
        }
        irispg_grammar::deeper(|| {
            self.node(expr);
            expr.children(&mut |child| self.expr(child));
            if let Node::Subquery(subquery) = &expr.node {
                self.query(&subquery.query);
            }
        });
    }

    fn node(&mut self, expr: &Expr) {
        let at = expr.at.0;
        match &expr.node {
            Node::Call(call) => self.call(call, at),
            Node::Aggregate(aggregate) => {
                self.judge(called(aggregate.function, &aggregate.arguments), at);
            }
            Node::Window(call) => {
                let counts = |bound: &FrameBound| {
                    matches!(bound, FrameBound::Preceding(_) | FrameBound::Following(_))
                };
                let ranged = call.frame.unit == FrameUnit::Range
                    && (counts(&call.frame.start) || counts(&call.frame.end))
                    && call.order.iter().any(|key| key.expr.ty == PgType::Timestamptz);
                self.judge(ranged || called(call.function, &call.arguments), at);
            }
            Node::Cast(cast) => self.judge(converted(&cast.expr, expr.ty), at),
            Node::Operation(one) | Node::Distinct { equal: one, .. } => self.operation(one, at),
            Node::NullIf { equal, .. } => self.operation(equal, at),
            Node::Between { low, high, .. } => {
                [low, high].into_iter().for_each(|one| self.operation(one, at));
            }
            Node::In(list) => list.equals.iter().for_each(|one| self.operation(one, at)),
            Node::RowCompare { columns, .. } => {
                columns.iter().for_each(|one| self.operation(one, at));
            }
            Node::Quantified(quantified) => self.judge(mixed(quantified.operator), at),
            Node::Subquery(subquery) => {
                if let SubqueryKind::Compare { columns, .. } = &subquery.kind {
                    columns.iter().for_each(|one| self.operation(one, at));
                }
            }
            _ => {}
        }
    }

    fn judge(&mut self, depends: bool, at: Option<usize>) {
        if depends && self.found.is_none() {
            self.found = Some(at);
        }
    }

    fn call(&mut self, call: &Call, at: Option<usize>) {
        self.judge(called(call.function, &call.arguments), at);
    }

    fn operation(&mut self, operation: &Operation, at: Option<usize>) {
        let shown = operation.operator.name == "||"
            && operation.operands.iter().any(|operand| operand.ty == PgType::Timestamptz);
        let depends = shown || (mixed(operation.operator) && !is_timed(operation));
        self.judge(depends, at);
    }
}

/// Whether an operator takes a moment and something else.
fn mixed(operator: &Operator) -> bool {
    let moment = Slot::Is(PgType::Timestamptz);
    let right = operator.right == moment;
    operator.left.is_some_and(|left| (left == moment) != right)
}

/// Whether a constant number of hours, minutes and seconds is added or taken: these are as long
/// in every zone, while days and months are not.
fn is_timed(operation: &Operation) -> bool {
    let timed = |operand: &Expr| match &operand.node {
        Node::Literal(Literal::Text(text)) if operand.ty == PgType::Interval => {
            Interval::read(text).is_ok_and(|span| (span.months, span.days) == (0, 0))
        }
        _ => false,
    };
    operation.operands.iter().any(timed)
}

/// Whether a function's result depends on the zone.
fn called(function: &Function, arguments: &[Expr]) -> bool {
    let moments = arguments.iter().any(|argument| argument.ty == PgType::Timestamptz)
        || function.result == Slot::Is(PgType::Timestamptz);
    moments && function.volatility != Volatility::Immutable
}

/// Whether a conversion depends on the zone. The session reads the texts of literals and
/// parameters.
fn converted(inner: &Expr, to: PgType) -> bool {
    let from = inner.ty;
    let reads = matches!(from, PgType::Text | PgType::Varchar | PgType::Name | PgType::Bpchar)
        && matches!(inner.node, Node::Literal(_) | Node::Parameter(_));
    let null = matches!(inner.node, Node::Literal(Literal::Null));
    from != to && (from == PgType::Timestamptz || (to == PgType::Timestamptz && !reads)) && !null
}

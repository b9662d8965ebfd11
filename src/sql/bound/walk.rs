//! Walking expressions.

use super::expr::{Expr, Frame, FrameBound, Node, SubqueryKind};
use super::query::SortKey;

impl Expr {
    /// Shows every expression directly below this one. Of a subquery that is what stands beside it,
    /// not what stands in it.
    pub(crate) fn children<'e>(&'e self, visit: &mut dyn FnMut(&'e Self)) {
        match &self.node {
            Node::Literal(_)
            | Node::Parameter(_)
            | Node::Session(_)
            | Node::Column(_)
            | Node::RowId { .. }
            | Node::Excluded(_)
            | Node::Output(_) => {}
            Node::Call(call) => call.arguments.iter().for_each(visit),
            Node::Operation(operation) => operation.operands.iter().for_each(visit),
            Node::Aggregate(aggregate) => {
                aggregate.arguments.iter().for_each(&mut *visit);
                keys(&aggregate.order, visit);
                aggregate.filter.iter().for_each(visit);
            }
            Node::Window(call) => {
                call.arguments.iter().for_each(&mut *visit);
                call.filter.iter().for_each(&mut *visit);
                call.partition.iter().for_each(&mut *visit);
                keys(&call.order, visit);
                bounds(&call.frame, visit);
            }
            Node::Cast(cast) => visit(&cast.expr),
            Node::Not(expr) | Node::IsNull { expr, .. } | Node::IsTruth { expr, .. } => visit(expr),
            Node::And(all)
            | Node::Or(all)
            | Node::Coalesce(all)
            | Node::Extreme { arguments: all, .. }
            | Node::Array(all)
            | Node::Row(all) => all.iter().for_each(visit),
            Node::Distinct { equal, .. } => equal.operands.iter().for_each(visit),
            Node::Between { low, high, .. } => {
                low.operands.iter().chain(&high.operands).for_each(visit);
            }
            Node::In(list) => list.equals.iter().flat_map(|one| &one.operands).for_each(visit),
            Node::Like(like) => {
                visit(&like.expr);
                visit(&like.pattern);
                like.escape.iter().for_each(visit);
            }
            Node::Case(case) => {
                for (condition, result) in &case.branches {
                    visit(condition);
                    visit(result);
                }
                case.otherwise.iter().for_each(visit);
            }
            Node::NullIf { equal, result } => {
                equal.operands.iter().for_each(&mut *visit);
                visit(result);
            }
            Node::RowCompare { columns, .. } => {
                columns.iter().flat_map(|one| &one.operands).for_each(visit);
            }
            Node::Quantified(quantified) => {
                visit(&quantified.left);
                visit(&quantified.array);
            }
            Node::Subquery(subquery) => {
                if let SubqueryKind::Compare { columns, .. } = &subquery.kind {
                    columns.iter().flat_map(|one| &one.operands).for_each(visit);
                }
            }
        }
    }

    /// Whether this expression or one below it, outside of subqueries, is of a kind.
    pub(crate) fn any(&self, is: &dyn Fn(&Self) -> bool) -> bool {
        if is(self) {
            return true;
        }
        let mut found = false;
        self.children(&mut |child| found = found || child.any(is));
        found
    }
}

fn keys<'e>(keys: &'e [SortKey], visit: &mut dyn FnMut(&'e Expr)) {
    keys.iter().map(|key| &key.expr).for_each(visit);
}

fn bounds<'e>(frame: &'e Frame, visit: &mut dyn FnMut(&'e Expr)) {
    for bound in [&frame.start, &frame.end] {
        if let FrameBound::Preceding(count) | FrameBound::Following(count) = bound {
            visit(count);
        }
    }
}

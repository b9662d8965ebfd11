//! Walking expressions.

use super::expr::{Expr, Frame, FrameBound, Node, SubqueryKind};
use super::query::{Body, Distinct, From, Query, Select, SortKey, SourceKind};

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
        // Chains of operators are trees as deep as they are long.
        irispg_grammar::deeper(|| {
            self.children(&mut |child| found = found || child.any(is));
        });
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

impl Query {
    /// Shows the expressions that stand in this query, not what is below them, with the number of
    /// queries between this one and theirs plus `depth`; those of queries in FROM, too. WITH
    /// queries are left out, since none names anything of a query around it.
    pub(crate) fn roots<'q>(&'q self, depth: usize, visit: &mut dyn FnMut(&'q Expr, usize)) {
        irispg_grammar::deeper(|| match &self.body {
            Body::Select(select) => roots_of_select(select, depth, visit),
            Body::Set(operation) => {
                operation.left.roots(depth, visit);
                operation.right.roots(depth, visit);
            }
            Body::Values(rows) => rows.iter().flatten().for_each(|expr| visit(expr, depth)),
        });
        let keys = self.order.iter().map(|key| &key.expr);
        keys.chain(&self.limit).chain(&self.offset).for_each(|expr| visit(expr, depth));
    }
}

impl Expr {
    /// Shows this expression and everything below it, in subqueries as well, with the number of
    /// queries around it, `depth` for this one.
    pub(crate) fn deep<'e>(&'e self, depth: usize, visit: &mut dyn FnMut(&'e Self, usize)) {
        visit(self, depth);
        irispg_grammar::deeper(|| {
            self.children(&mut |child| child.deep(depth, visit));
            if let Node::Subquery(subquery) = &self.node {
                let inner = depth.saturating_add(1);
                subquery.query.roots(inner, &mut |root, depth| root.deep(depth, visit));
            }
        });
    }
}

fn roots_of_select<'q>(select: &'q Select, depth: usize, visit: &mut dyn FnMut(&'q Expr, usize)) {
    let items = select.items.iter().map(|item| &item.expr);
    let clauses = select.filter.iter().chain(&select.groups).chain(&select.having);
    items.chain(clauses).for_each(|expr| visit(expr, depth));
    if let Distinct::On(keys) = &select.distinct {
        keys.iter().for_each(|expr| visit(expr, depth));
    }
    for source in &select.sources {
        match &source.kind {
            SourceKind::Query(query) => query.roots(depth.saturating_add(1), visit),
            SourceKind::Function(call) => {
                call.arguments.iter().for_each(|expr| visit(expr, depth));
            }
            SourceKind::Table(_) | SourceKind::Cte { .. } => {}
        }
    }
    let mut rest: Vec<&From> = select.from.iter().collect();
    while let Some(from) = rest.pop() {
        if let From::Join(join) = from {
            join.on.iter().for_each(|expr| visit(expr, depth));
            rest.extend([&join.left, &join.right]);
        }
    }
}

//! GROUP BY, and what may stand beside it.

use super::clause::Clause;
use super::select::{Items, aggregated, comparable};
use super::{Binder, at, refuse};
use crate::sql::bound::{ColumnRef, Expr, Node, Select, SortKey, SourceKind};
use crate::sql::error::SqlError;
use irispg_grammar::ast::{self, GroupByExpr};

/// What the expressions of a grouped query may name.
struct Grouping<'b> {
    groups: &'b [Expr],
    /// Sources whose primary key is grouped: their columns are the same in all rows of a group.
    keyed: Vec<usize>,
}

impl Binder<'_> {
    /// The expressions of GROUP BY, each once.
    pub(super) fn groups(
        &mut self,
        group_by: &GroupByExpr,
        items: &mut Items,
    ) -> Result<Vec<Expr>, SqlError> {
        let GroupByExpr::Expressions(exprs, modifiers) = group_by else {
            return Err(refuse("GROUP BY ALL is not supported"));
        };
        if !modifiers.is_empty() {
            return Err(refuse("modifiers of GROUP BY are not supported"));
        }
        let mut groups = Vec::with_capacity(exprs.len());
        for expr in exprs {
            self.group(expr, items, &mut groups)?;
        }
        Ok(groups)
    }

    fn group(
        &mut self,
        expr: &ast::Expr,
        items: &mut Items,
        groups: &mut Vec<Expr>,
    ) -> Result<(), SqlError> {
        match expr {
            ast::Expr::GroupingSets(_) | ast::Expr::Cube(_) | ast::Expr::Rollup(_) => {
                return Err(refuse("grouping sets are not supported")
                    .hint("Use UNION ALL of a query for each of them."));
            }
            // A row without the word ROW is a list.
            ast::Expr::Tuple(members) => {
                for member in members {
                    self.group(member, items, groups)?;
                }
                return Ok(());
            }
            _ => {}
        }
        let (item, key) = self.target(expr, items, Clause::GroupBy, "GROUP BY")?;
        if item.is_some() {
            check_key(&key)?;
        }
        comparable(key.ty).map_err(|error| at(error, key.at))?;
        if !groups.contains(&key) {
            groups.push(key);
        }
        Ok(())
    }

    /// 42803 for a column that is neither grouped nor inside an aggregate.
    pub(super) fn check_groups(&self, select: &Select, order: &[SortKey]) -> Result<(), SqlError> {
        let grouping = Grouping { groups: &select.groups, keyed: self.keyed(&select.groups) };
        let items = select.items.iter().map(|item| &item.expr);
        let keys = order.iter().filter(|key| key.item.is_none()).map(|key| &key.expr);
        for expr in items.chain(keys).chain(&select.having) {
            self.check_grouped(expr, 0, &grouping)?;
        }
        Ok(())
    }

    /// The sources whose primary key is among the groups.
    fn keyed(&self, groups: &[Expr]) -> Vec<usize> {
        let sources = self.scopes.last().map(|scope| scope.sources.as_slice()).unwrap_or_default();
        let grouped = |source: usize, name: &str| {
            groups.iter().any(|group| match &group.node {
                Node::Column(ColumnRef { level: 0, source: own, column }) if *own == source => {
                    let found = sources.get(source).and_then(|one| one.columns.get(*column));
                    found.is_some_and(|column| column.inner.eq_ignore_ascii_case(name))
                }
                _ => false,
            })
        };
        let catalog = self.options.columns;
        let keyed = sources.iter().enumerate().filter(|(index, source)| {
            let SourceKind::Table(table) = &source.kind else { return false };
            let keys = catalog.map(|catalog| catalog.keys(table)).unwrap_or_default();
            keys.iter()
                .any(|key| key.primary && key.columns.iter().all(|column| grouped(*index, column)))
        });
        keyed.map(|(index, _)| index).collect()
    }

    fn check_grouped(
        &self,
        expr: &Expr,
        depth: usize,
        grouping: &Grouping<'_>,
    ) -> Result<(), SqlError> {
        if depth == 0 && grouping.groups.contains(expr) {
            return Ok(());
        }
        match &expr.node {
            Node::Aggregate(_) if depth == 0 => return Ok(()),
            Node::Column(column) if column.level == depth => {
                let own = Node::Column(ColumnRef { level: 0, ..*column });
                let grouped = grouping.groups.iter().any(|group| group.node == own);
                if grouped || grouping.keyed.contains(&column.source) {
                    return Ok(());
                }
                return Err(at(self.ungrouped(*column, depth), expr.at));
            }
            Node::RowId { level, source } if *level == depth => {
                if grouping.keyed.contains(source) {
                    return Ok(());
                }
                return Err(at(refuse("%ID in a grouped query is not supported"), expr.at));
            }
            _ => {}
        }
        let mut failed = Ok(());
        let mut check = |part: &Expr, depth: usize| {
            if failed.is_ok() {
                failed = irispg_grammar::deeper(|| self.check_grouped(part, depth, grouping));
            }
        };
        expr.children(&mut |child| check(child, depth));
        if let Node::Subquery(subquery) = &expr.node {
            subquery.query.roots(depth.saturating_add(1), &mut check);
        }
        failed
    }

    fn ungrouped(&self, column: ColumnRef, depth: usize) -> SqlError {
        let source = self.scopes.last().and_then(|scope| scope.sources.get(column.source));
        let table = source.map(|source| source.alias.as_str()).unwrap_or_default();
        let name = source.and_then(|source| source.columns.get(column.column));
        let name = name.map(|column| column.name.as_str()).unwrap_or_default();
        let message = if depth == 0 {
            format!(
                "column \"{table}.{name}\" must appear in the GROUP BY clause or be used in an \
                 aggregate function"
            )
        } else {
            format!("subquery uses ungrouped column \"{table}.{name}\" from outer query")
        };
        SqlError::new("42803", message)
    }
}

/// What an item of the select list must not be, when GROUP BY names it.
fn check_key(key: &Expr) -> Result<(), SqlError> {
    let windowed = key.any(&|part| matches!(part.node, Node::Window(_)));
    if aggregated(key) {
        let message = "aggregate functions are not allowed in GROUP BY";
        return Err(at(
            SqlError::new("42803", message),
            first(key, |node| matches!(node, Node::Aggregate(_))),
        ));
    }
    if windowed {
        let message = "window functions are not allowed in GROUP BY";
        return Err(at(
            SqlError::new("42P20", message),
            first(key, |node| matches!(node, Node::Window(_))),
        ));
    }
    Ok(())
}

/// Where the first part of a kind stands.
fn first(expr: &Expr, is: impl Fn(&Node) -> bool) -> crate::sql::bound::At {
    let mut place = None;
    expr.deep(0, &mut |part, depth| {
        if depth == 0 && place.is_none() && is(&part.node) {
            place = Some(part.at);
        }
    });
    place.unwrap_or_default()
}

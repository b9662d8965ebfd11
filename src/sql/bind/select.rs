//! One SELECT.

use super::clause::Clause;
use super::query::{Tail, decide, shown};
use super::scope::{Scope, place_of};
use super::{Binder, at, refuse};
use crate::sql::bound::{Body, Distinct, Expr, Item, Node, Query, Select, SortKey};
use crate::sql::error::SqlError;
use crate::types::pg::PgType;
use irispg_grammar::ast::{self, SelectFlavor};

/// The select list, with where each item was written.
pub(super) type Items = Vec<Item>;

impl Binder<'_> {
    /// A SELECT with what stands behind it. Its items may still be `unknown`.
    pub(super) fn select(
        &mut self,
        select: &ast::Select,
        tail: Tail<'_>,
    ) -> Result<Query, SqlError> {
        check(select)?;
        let (mut query, scope) =
            self.scoped(Scope::default(), |own| own.select_parts(select, tail))?;
        query.lock = self.lock(tail, &scope.sources)?;
        if let Body::Select(select) = &mut query.body {
            query.columns = select.items.iter().map(|item| shown(item, &scope.sources)).collect();
            select.sources = scope.sources;
        }
        Ok(query)
    }

    /// The parts in the order in which PostgreSQL reads them, which decides who errs first.
    fn select_parts(&mut self, select: &ast::Select, tail: Tail<'_>) -> Result<Query, SqlError> {
        let from = self.from(&select.from)?;
        self.name_windows(&select.named_window)?;
        let mut items = self.items(&select.projection)?;
        let filter = self.clause(select.selection.as_ref(), Clause::Where, "WHERE")?;
        let having = self.clause(select.having.as_ref(), Clause::Having, "HAVING")?;
        let order = self.keys(tail, &mut items)?;
        let groups = self.groups(&select.group_by, &mut items)?;
        let distinct = self.distinct(select.distinct.as_ref(), &mut items, &order)?;
        let mut query = Query::plain(Body::Values(Vec::new()), Vec::new());
        query.order = order;
        self.counts(&mut query, tail, select.top.as_ref())?;
        let grouped = !groups.is_empty()
            || having.is_some()
            || items.iter().map(|item| &item.expr).any(aggregated)
            || query.order.iter().map(|key| &key.expr).any(aggregated);
        let bound =
            Select { distinct, items, sources: Vec::new(), from, filter, grouped, groups, having };
        if grouped {
            self.check_groups(&bound, &query.order)?;
        }
        self.check_lock(tail, &bound)?;
        query.body = Body::Select(Box::new(bound));
        Ok(query)
    }

    fn clause(
        &mut self,
        condition: Option<&ast::Expr>,
        clause: Clause,
        name: &'static str,
    ) -> Result<Option<Expr>, SqlError> {
        condition.map(|expr| self.inside(clause, |own| own.condition(expr, name))).transpose()
    }

    /// DISTINCT and DISTINCT ON, whose keys must be the first of ORDER BY.
    fn distinct(
        &mut self,
        distinct: Option<&ast::Distinct>,
        items: &mut Items,
        order: &[SortKey],
    ) -> Result<Distinct, SqlError> {
        match distinct {
            None | Some(ast::Distinct::All) => Ok(Distinct::No),
            Some(ast::Distinct::Distinct) => {
                if let Some(key) = order.iter().find(|key| key.item.is_none()) {
                    let message =
                        "for SELECT DISTINCT, ORDER BY expressions must appear in select list";
                    return Err(at(SqlError::new("42P10", message), key.expr.at));
                }
                for index in 0..items.len() {
                    self.decide_item(items, index)?;
                }
                for item in items.iter() {
                    comparable(item.expr.ty).map_err(|error| at(error, item.expr.at))?;
                }
                Ok(Distinct::Yes)
            }
            Some(ast::Distinct::On(exprs)) => self.distinct_on(exprs, items, order),
        }
    }

    fn distinct_on(
        &mut self,
        exprs: &[ast::Expr],
        items: &mut Items,
        order: &[SortKey],
    ) -> Result<Distinct, SqlError> {
        let mut keys: Vec<Expr> = Vec::with_capacity(exprs.len());
        let mut places = Vec::with_capacity(exprs.len());
        for expr in exprs {
            let (_, key) = self.target(expr, items, Clause::DistinctOn, "DISTINCT ON")?;
            comparable(key.ty).map_err(|error| at(error, key.at))?;
            places.push(place_of(Some(expr)));
            keys.push(key);
        }
        let misplaced = |place| {
            let message = "SELECT DISTINCT ON expressions must match initial ORDER BY expressions";
            Err(at(SqlError::new("42P10", message), place))
        };
        let mut skipped = false;
        for key in order {
            match keys.iter().position(|one| *one == key.expr) {
                None => skipped = true,
                Some(index) if skipped => {
                    return misplaced(places.get(index).copied().unwrap_or_default());
                }
                Some(_) => {}
            }
        }
        let missing = keys.iter().position(|key| !order.iter().any(|one| one.expr == *key));
        if let Some(missing) = missing.filter(|_| skipped) {
            return misplaced(places.get(missing).copied().unwrap_or_default());
        }
        Ok(Distinct::On(keys))
    }

    /// Makes `text` of an item that is still `unknown`.
    pub(super) fn decide_item(&mut self, items: &mut Items, index: usize) -> Result<(), SqlError> {
        if let Some(item) = items.get_mut(index)
            && item.expr.ty == PgType::Unknown
        {
            item.expr = self.decided(item.expr.clone())?;
        }
        Ok(())
    }

    /// 0A000 for FOR UPDATE of rows that are no table's.
    fn check_lock(&self, tail: Tail<'_>, select: &Select) -> Result<(), SqlError> {
        let windowed = |expr: &Expr| expr.any(&|part| matches!(part.node, Node::Window(_)));
        let exprs = || select.items.iter().map(|item| &item.expr);
        if select.distinct != Distinct::No {
            self.no_lock(tail, "DISTINCT clause")?;
        }
        if !select.groups.is_empty() {
            self.no_lock(tail, "GROUP BY clause")?;
        }
        if select.having.is_some() {
            self.no_lock(tail, "HAVING clause")?;
        }
        if exprs().any(aggregated) {
            self.no_lock(tail, "aggregate functions")?;
        }
        if exprs().any(windowed) {
            self.no_lock(tail, "window functions")?;
        }
        Ok(())
    }
}

impl Binder<'_> {
    /// Gives the items of a SELECT their types at last, with the columns that they are.
    pub(super) fn redecide(&mut self, query: &mut Query, index: usize, expr: Expr) {
        if let Body::Select(select) = &mut query.body
            && let (Some(item), Some(column)) =
                (select.items.get_mut(index), query.columns.get_mut(index))
        {
            let changed = item.expr.ty != expr.ty || item.expr.typmod != expr.typmod;
            decide(item, column, expr);
            if changed {
                column.origin = None;
                let keys = query.order.iter_mut().filter(|key| key.item == Some(index));
                keys.for_each(|key| key.item = None);
            }
        }
    }
}

/// Whether an aggregate over the rows of a group stands in it.
pub(super) fn aggregated(expr: &Expr) -> bool {
    expr.any(&|part| matches!(part.node, Node::Aggregate(_)))
}

/// 42883 for a type whose values cannot be told equal.
pub(super) fn comparable(ty: PgType) -> Result<(), SqlError> {
    if !matches!(ty, PgType::Json | PgType::JsonArray) {
        return Ok(());
    }
    let message = format!("could not identify an equality operator for type {}", ty.name());
    Err(SqlError::new("42883", message))
}

/// Refuses the parts of a SELECT that PostgreSQL does not have; every part is named here.
fn check(select: &ast::Select) -> Result<(), SqlError> {
    let ast::Select {
        select_token: _,
        optimizer_hints,
        distinct: _,
        select_modifiers,
        top: _,
        top_before_distinct: _,
        projection,
        exclude,
        into,
        from: _,
        lateral_views,
        prewhere,
        selection: _,
        connect_by,
        group_by: _,
        cluster_by,
        distribute_by,
        sort_by,
        having: _,
        named_window: _,
        qualify,
        window_before_qualify: _,
        value_table_mode,
        flavor,
    } = select;
    if projection.is_empty() {
        return Err(refuse("SELECT without a select list is not supported"));
    }
    if into.is_some() {
        return Err(refuse("SELECT INTO is not supported").hint("Use CREATE TABLE AS."));
    }
    let foreign = exclude.is_some()
        || !optimizer_hints.is_empty()
        || select_modifiers.is_some()
        || !lateral_views.is_empty()
        || prewhere.is_some()
        || !connect_by.is_empty()
        || !cluster_by.is_empty()
        || !distribute_by.is_empty()
        || !sort_by.is_empty()
        || qualify.is_some()
        || value_table_mode.is_some()
        || *flavor != SelectFlavor::Standard;
    if foreign {
        return Err(refuse("this form of SELECT is not supported"));
    }
    Ok(())
}

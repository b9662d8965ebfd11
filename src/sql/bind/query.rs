//! Queries: WITH, what gives the rows, and what surrounds it.

use super::clause::Clause;
use super::{Binder, at, refuse};
use crate::sql::bound::{Body, Column, Expr, Item, Lock, Node, Origin, Query, Source};
use crate::sql::error::SqlError;
use crate::types::pg::PgType;
use irispg_grammar as grammar;
use irispg_grammar::ast::{self, LockType, NonBlock, SetExpr};

/// What stands behind the rows of a query: ORDER BY, LIMIT, OFFSET, FETCH, FOR UPDATE.
pub(super) type Tail<'t> = Option<&'t ast::Query>;

impl Binder<'_> {
    /// Binds a query; literals and parameters of its list that nothing decides are `text`.
    pub(super) fn query(&mut self, query: &ast::Query) -> Result<Query, SqlError> {
        let bound = self.open_query(query)?;
        self.closed(bound)
    }

    /// Binds a query whose columns may still be `unknown`, where something around it decides.
    pub(super) fn open_query(&mut self, query: &ast::Query) -> Result<Query, SqlError> {
        self.within(|own| own.inside(Clause::Select, |own| own.parts(query)))
    }

    /// Makes `text` of the columns that are still `unknown`.
    pub(super) fn closed(&mut self, mut query: Query) -> Result<Query, SqlError> {
        if let Body::Select(select) = &mut query.body {
            for (item, column) in select.items.iter_mut().zip(&mut query.columns) {
                if column.ty == PgType::Unknown {
                    let expr = self.decided(item.expr.clone())?;
                    decide(item, column, expr);
                }
            }
        }
        Ok(query)
    }

    fn parts(&mut self, query: &ast::Query) -> Result<Query, SqlError> {
        check(query)?;
        let known = self.ctes.len();
        if let Some(with) = &query.with {
            self.with(with)?;
        }
        let bound = match query.body.as_ref() {
            SetExpr::Select(select) => self.select(select, Some(query)),
            SetExpr::Query(inner) => self.parts(&merged(query, inner)?),
            SetExpr::SetOperation { .. } => self.set_query(query),
            SetExpr::Values(values) => self.values_query(values, Some(query)),
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => {
                Err(refuse("WITH before a change inside a query is not supported"))
            }
            SetExpr::Table(_) => {
                Err(refuse("TABLE is not supported").hint("Use SELECT * FROM the table."))
            }
        }?;
        self.ctes.truncate(known);
        Ok(bound)
    }

    /// FOR UPDATE and its kin.
    pub(super) fn lock(
        &self,
        query: Tail<'_>,
        sources: &[Source],
    ) -> Result<Option<Lock>, SqlError> {
        let mut lock: Option<Lock> = None;
        for clause in query.into_iter().flat_map(|query| &query.locks) {
            let word = lock_word(clause);
            if let Some(of) = &clause.of {
                let name = of.0.last().and_then(|part| part.as_ident());
                let name = name.map(|ident| ident.value.as_str()).unwrap_or_default();
                if !sources.iter().any(|source| source.alias == name) {
                    let message =
                        format!("relation \"{name}\" in {word} clause not found in FROM clause");
                    let error = SqlError::new("42P01", message);
                    return Err(grammar::start_of_name(of).map_or(error.clone(), |o| error.at(o)));
                }
            }
            let share = clause.lock_type == LockType::Share;
            let nowait = clause.nonblock == Some(NonBlock::Nowait);
            let skip_locked = clause.nonblock == Some(NonBlock::SkipLocked);
            // The strongest of several locks counts.
            let before = lock.take();
            lock = Some(Lock {
                share: share && before.as_ref().is_none_or(|before| before.share),
                nowait: nowait || before.as_ref().is_some_and(|before| before.nowait),
                skip_locked: skip_locked || before.as_ref().is_some_and(|one| one.skip_locked),
            });
        }
        Ok(lock)
    }

    /// 0A000 for FOR UPDATE beside what it cannot lock.
    pub(super) fn no_lock(&self, query: Tail<'_>, beside: &str) -> Result<(), SqlError> {
        match query.and_then(|query| query.locks.first()) {
            None => Ok(()),
            Some(clause) => {
                Err(refuse(format!("{} is not allowed with {beside}", lock_word(clause))))
            }
        }
    }
}

/// The words of a lock in messages.
pub(super) fn lock_word(clause: &ast::LockClause) -> &'static str {
    match clause.lock_type {
        LockType::Share => "FOR SHARE",
        LockType::Update => "FOR UPDATE",
    }
}

/// Gives an item of the select list its type at last.
pub(super) fn decide(item: &mut Item, column: &mut Column, expr: Expr) {
    column.ty = expr.ty;
    column.typmod = expr.typmod;
    column.scale = expr.scale;
    column.nullable = expr.nullable;
    item.expr = expr;
}

/// The result column that an item of a select list is.
pub(super) fn shown(item: &Item, sources: &[Source]) -> Column {
    let expr = &item.expr;
    let origin = match &expr.node {
        Node::Column(column) if column.level == 0 => origin(sources, column.source, column.column),
        _ => None,
    };
    Column {
        name: item.name.clone(),
        ty: expr.ty,
        typmod: expr.typmod,
        scale: expr.scale,
        nullable: expr.nullable,
        origin,
    }
}

fn origin(sources: &[Source], source: usize, column: usize) -> Option<Origin> {
    sources.get(source)?.columns.get(column)?.origin.clone()
}

/// A query in parentheses with what stands behind them, which must not stand inside as well.
fn merged(outer: &ast::Query, inner: &ast::Query) -> Result<ast::Query, SqlError> {
    let twice = |what: &str, place: Option<&ast::Expr>| {
        let message = format!("multiple {what} clauses not allowed");
        at(SqlError::new("42601", message), super::scope::place_of(place))
    };
    let mut query = inner.clone();
    // The WITH of the outer one is known already.
    if outer.with.is_some() && inner.with.is_some() {
        return Err(twice("WITH", None));
    }
    if let Some(order) = &outer.order_by {
        if inner.order_by.is_some() {
            let first = match &order.kind {
                ast::OrderByKind::Expressions(keys) => keys.first().map(|key| &key.expr),
                ast::OrderByKind::All(_) => None,
            };
            return Err(twice("ORDER BY", first));
        }
        query.order_by = outer.order_by.clone();
    }
    let limits = |query: &ast::Query| {
        let (limit, offset) = match &query.limit_clause {
            Some(ast::LimitClause::LimitOffset { limit, offset, .. }) => {
                (limit.is_some(), offset.is_some())
            }
            Some(_) => (true, true),
            None => (false, false),
        };
        (limit || query.fetch.is_some(), offset)
    };
    let (inside, outside) = (limits(inner), limits(outer));
    if inside.1 && outside.1 {
        let offset = match &outer.limit_clause {
            Some(ast::LimitClause::LimitOffset { offset, .. }) => offset.as_ref(),
            _ => None,
        };
        return Err(twice("OFFSET", offset.map(|offset| &offset.value)));
    }
    if inside.0 && outside.0 {
        let limit = match &outer.limit_clause {
            Some(ast::LimitClause::LimitOffset { limit, .. }) => limit.as_ref(),
            _ => outer.fetch.as_ref().and_then(|fetch| fetch.quantity.as_ref()),
        };
        return Err(twice("LIMIT", limit));
    }
    if outside.0 || outside.1 {
        if inside.0 || inside.1 {
            return Err(refuse(
                "LIMIT and OFFSET of one query on both sides of a parenthesis are \
                               not supported",
            ));
        }
        query.limit_clause = outer.limit_clause.clone();
        query.fetch = outer.fetch.clone();
    }
    query.locks.extend(outer.locks.iter().cloned());
    Ok(query)
}

/// Refuses the parts of a query that PostgreSQL does not have; every part is named here.
fn check(query: &ast::Query) -> Result<(), SqlError> {
    let ast::Query {
        with: _,
        body: _,
        order_by: _,
        limit_clause: _,
        fetch: _,
        locks: _,
        for_clause,
        settings,
        format_clause,
        pipe_operators,
    } = query;
    if for_clause.is_some()
        || settings.is_some()
        || format_clause.is_some()
        || !pipe_operators.is_empty()
    {
        return Err(refuse("this form of SELECT is not supported"));
    }
    Ok(())
}

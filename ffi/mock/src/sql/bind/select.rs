//! Queries.

use std::collections::HashMap;
use std::rc::Rc;

use super::super::api::SqlFailure;
use super::super::ast::{Body, Expr, Item, Limit, Order, Query, Select, Top};
use super::super::sqlcode::bare;
use super::super::store::catalog::Table;
use super::super::types::Ty;
use super::from::Derived;
use super::items::{Piece, is_ordinal, upper_by_index};
use super::survey::survey;
use super::{Aggregates, Binder, Bound, Coll, Origin, Output, QueryPlan, Scope};

/// A bound query inside another.
pub(super) struct Inner {
    pub(super) sql: String,
    pub(super) outputs: Vec<Output>,
    pub(super) colls: Vec<Coll>,
    pub(super) locked: Option<(String, Vec<Rc<Table>>)>,
}

/// What follows the select list.
#[derive(Default)]
struct Clauses {
    from: String,
    filter: Vec<String>,
    group: Vec<String>,
    having: Option<String>,
}

impl Clauses {
    fn text(&self) -> String {
        let mut out = String::new();
        if !self.from.is_empty() {
            out.push_str(&format!(" FROM {}", self.from));
        }
        if !self.filter.is_empty() {
            out.push_str(&format!(" WHERE {}", self.filter.join(" AND ")));
        }
        if !self.group.is_empty() {
            out.push_str(&format!(" GROUP BY {}", self.group.join(", ")));
        }
        if let Some(cond) = &self.having {
            out.push_str(&format!(" HAVING {cond}"));
        }
        out
    }
}

fn items_text(pieces: &[Piece], distinct: bool) -> String {
    let items = pieces.iter().enumerate().map(|(at, piece)| {
        let collate = if distinct { piece.bound.collate() } else { "" };
        format!("{}{collate} AS o{at}", piece.bound.sql)
    });
    items.collect::<Vec<_>>().join(", ")
}

impl Binder<'_> {
    pub(super) fn top_query(&mut self, query: &Query) -> Result<QueryPlan, SqlFailure> {
        let inner = self.subquery(query)?;
        Ok(QueryPlan { sql: inner.sql, outputs: inner.outputs, locked: inner.locked })
    }

    pub(super) fn scalar_subquery(&mut self, query: &Query) -> Result<Bound, SqlFailure> {
        let inner = self.subquery(query)?;
        let [output] = inner.outputs.as_slice() else { return Err(bare(-10)) };
        let mut bound = Bound::expression(format!("({})", inner.sql), output.ty);
        bound.coll = inner.colls.first().copied().unwrap_or(Coll::None);
        Ok(bound.with_origin(Origin::Subquery))
    }

    pub(super) fn subquery(&mut self, query: &Query) -> Result<Inner, SqlFailure> {
        let known = self.with.len();
        self.with.extend(query.with.iter().cloned());
        let saved = self.aggregates;
        let out = match &query.body {
            Body::Select(select) => self.select(select, &query.order, query.limit.as_ref()),
            Body::Union { all, legs } => self.union(*all, legs, query),
        };
        self.aggregates = saved;
        self.with.truncate(known);
        out
    }

    fn select(
        &mut self,
        select: &Select,
        order: &[Order],
        limit: Option<&Limit>,
    ) -> Result<Inner, SqlFailure> {
        self.scopes.push(Scope::default());
        let out = self.select_inside(select, order, limit);
        self.scopes.pop();
        out
    }

    fn select_inside(
        &mut self,
        select: &Select,
        order: &[Order],
        limit: Option<&Limit>,
    ) -> Result<Inner, SqlFailure> {
        let mut derived = HashMap::new();
        self.aggregates = Aggregates::Refused;
        let from = self.from(&select.from, &mut derived)?;
        let mut clauses = Clauses { from, ..Clauses::default() };
        if let Some(cond) = &select.filter {
            clauses.filter.push(self.condition(cond)?);
        }
        clauses.group = self.group(&select.group)?;
        let (aggregated, plain) = survey(select);
        let grouped = !select.group.is_empty();
        let repeated = aggregated && plain && !grouped;
        self.aggregates = if repeated { Aggregates::Repeated } else { Aggregates::Grouped };
        let pieces = self.pieces(&select.items, select.from.is_empty())?;
        let pieces = upper_by_index(pieces, &clauses.group, select.distinct);
        let mut after = None;
        match select.having.as_ref().map(|cond| self.condition(cond)).transpose()? {
            Some(cond) if repeated => after = Some(cond),
            // HAVING without GROUP BY and without aggregates filters rows (iris-sql §1.2).
            Some(cond) if !aggregated && !grouped => clauses.filter.push(cond),
            having => clauses.having = having,
        }
        self.aggregates = Aggregates::RefusedInOrder;
        let starred = select.items.iter().any(|item| matches!(item, Item::Star(..)));
        let sorts: Vec<String> =
            self.sorts(order, &pieces, starred)?.into_iter().map(|s| s.0).collect();
        let by = match sorts.as_slice() {
            [] => String::new(),
            _ => format!(" ORDER BY {}", sorts.join(", ")),
        };
        let tail = self.limit(select.top.as_ref(), limit, !order.is_empty());
        let rest = self.placed(clauses.text(), &derived, false);
        let items = items_text(&pieces, select.distinct);
        let word = if select.distinct { "DISTINCT " } else { "" };
        let width = pieces.len();
        let colls = pieces.iter().map(|piece| piece.bound.coll).collect();
        let outputs: Vec<Output> = pieces.into_iter().map(|piece| piece.output).collect();
        if let Some(cond) = after {
            let names: Vec<String> = (0..width).map(|at| format!("o{at}")).collect();
            let sql = format!(
                "SELECT {word}{} FROM (SELECT {items}, {cond} AS hv{rest}{by}) WHERE hv{tail}",
                names.join(", ")
            );
            return Ok(Inner { sql, outputs, colls, locked: None });
        }
        let simple = !aggregated && !grouped && !select.distinct && !select.no_lock;
        let watched = self.placed(clauses.text(), &derived, true);
        let locked = self.locked(simple, &items, &watched, &by, &tail);
        Ok(Inner { sql: format!("SELECT {word}{items}{rest}{by}{tail}"), outputs, colls, locked })
    }

    /// The same query with row numbers, for READ COMMITTED. Aggregates, DISTINCT and GROUP BY do
    /// not wait (iris-sql §1.6).
    fn locked(
        &self,
        simple: bool,
        items: &str,
        rest: &str,
        by: &str,
        tail: &str,
    ) -> Option<(String, Vec<Rc<Table>>)> {
        if !simple || self.scopes.len() != 1 {
            return None;
        }
        let sources = &self.scopes.last()?.sources;
        let mut tables = Vec::new();
        let mut numbers = String::new();
        for source in sources {
            if let Some(table) = &source.table {
                numbers.push_str(&format!(", {}.rid AS k{}", source.alias, tables.len()));
                tables.push(Rc::clone(table));
            }
            for (at, table) in source.behind.iter().enumerate() {
                numbers.push_str(&format!(", {}.k{at} AS k{}", source.alias, tables.len()));
                tables.push(Rc::clone(table));
            }
        }
        if tables.is_empty() {
            return None;
        }
        Some((format!("SELECT {items}{numbers}{rest}{by}{tail}"), tables))
    }

    /// Puts derived tables into their places, with row numbers where `%VID` is used.
    fn placed(&self, text: String, derived: &Derived, watched: bool) -> String {
        let numbered = self.scopes.last().map(|s| s.numbered.as_slice()).unwrap_or_default();
        let mut text = text;
        for (alias, (plain, numbers)) in derived {
            let inner = if watched { numbers } else { plain };
            let body = if numbered.contains(alias) {
                format!("(SELECT row_number() OVER () AS vid, v.* FROM ({inner}) AS v)")
            } else {
                format!("({inner})")
            };
            text = text.replace(&format!("\u{1}{alias}\u{1}"), &body);
        }
        text
    }

    fn group(&mut self, group: &[Expr]) -> Result<Vec<String>, SqlFailure> {
        let mut out = Vec::new();
        for expr in group {
            let bound = self.value(expr)?;
            out.push(match bound.origin {
                // A literal is no ordinal: everything falls into one group (iris-sql §1.2).
                Origin::Number(_) | Origin::Text(_) | Origin::Null | Origin::Param(_) => {
                    "NULL".to_owned()
                }
                _ if is_ordinal(&bound.sql) => "NULL".to_owned(),
                _ => format!("{}{}", bound.sql, bound.collate()),
            });
        }
        Ok(out)
    }

    /// TOP, or LIMIT and OFFSET. TOP ALL keeps the ORDER BY of a subquery alive.
    pub(super) fn limit(
        &mut self,
        top: Option<&Top>,
        limit: Option<&Limit>,
        ordered: bool,
    ) -> String {
        match (top, limit) {
            (Some(Top::All), _) if ordered => " LIMIT -1".to_owned(),
            (Some(Top::Count(count)), _) => format!(" LIMIT {}", self.row_count(count)),
            (_, Some(limit)) => {
                let count =
                    limit.count.as_ref().map_or("-1".to_owned(), |count| self.row_count(count));
                let offset =
                    limit.offset.as_ref().map_or("0".to_owned(), |count| self.row_count(count));
                format!(" LIMIT {count} OFFSET {offset}")
            }
            _ => String::new(),
        }
    }

    /// A negative count is 0 (iris-sql §1.2).
    fn row_count(&mut self, count: &Expr) -> String {
        match count {
            Expr::Param(n) => {
                if let Some(slot) = self.slots.get_mut(*n) {
                    slot.ty = Ty::BigInt;
                }
                format!("max(coalesce(?{},0),0)", n + 1)
            }
            Expr::Number(digits) => {
                let number = super::Decimal::prefix(digits).truncated().unwrap_or(i64::MAX);
                number.max(0).to_string()
            }
            _ => "0".to_owned(),
        }
    }
}

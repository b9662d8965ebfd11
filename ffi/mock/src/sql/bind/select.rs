//! Queries.

use std::collections::HashMap;
use std::rc::Rc;

use super::super::api::SqlFailure;
use super::super::ast::{Body, Distinct, Expr, Item, Limit, Order, Query, Select, Top};
use super::super::sqlcode::bare;
use super::super::store::catalog::Table;
use super::super::types::Ty;
use super::from::Derived;
use super::items::{is_ordinal, upper_by_index};
use super::parts::{Clauses, Parts};
use super::survey::survey;
use super::{
    Aggregates, Binder, Bound, Coll, NESTING_MAX, Origin, Output, PIECE_MAX, QUERIES_MAX,
    QueryPlan, Scope, too_deep,
};

/// How many columns a query may have, and terms GROUP BY and ORDER BY: 1 400, which with the row
/// numbers that are watched stays below SQLite's 2 000.
const TERMS_MAX: usize = 1_400;

/// How many parameters and string literals a statement may have: 32 766, SQLite's own limit.
const VALUES_MAX: usize = 32_766;

/// How many row numbers of subqueries one SELECT may watch: 500, below SQLite's 2 000 columns.
const WATCHES_MAX: usize = 500;

/// How long the text for them may get: 256 KiB.
const WATCHED_MAX: usize = 256 << 10;

/// A bound query inside another.
pub(super) struct Inner {
    pub(super) sql: String,
    pub(super) outputs: Vec<Output>,
    pub(super) colls: Vec<Coll>,
    pub(super) locked: Option<(String, Vec<Rc<Table>>)>,
}

/// The row of a SELECT's hoisted aggregates, by how deep the SELECT stands.
fn hoist_alias(depth: usize) -> String {
    format!("h{depth}")
}

impl Binder<'_> {
    pub(super) fn top_query(&mut self, query: &Query) -> Result<QueryPlan, SqlFailure> {
        let inner = self.subquery(query)?;
        Ok(QueryPlan { sql: inner.sql, outputs: inner.outputs, locked: inner.locked })
    }

    /// A subquery as a value. UNVERIFIED(iris): of several rows the first one counts, without an
    /// error; SQLite's own scalar subquery does just that, here and nowhere else. It has one item,
    /// else −10 (iris-sql Appendix A).
    pub(super) fn scalar_subquery(&mut self, query: &Query) -> Result<Bound, SqlFailure> {
        let inner = self.subquery(query)?;
        let [output] = inner.outputs.as_slice() else { return Err(bare(-10)) };
        self.watch(&inner, None);
        let mut bound = Bound::expression(format!("({})", inner.sql), output.ty);
        bound.coll = inner.colls.first().copied().unwrap_or(Coll::None);
        Ok(bound.with_origin(Origin::Subquery))
    }

    /// Binds a query that stands in another, or alone.
    pub(super) fn subquery(&mut self, query: &Query) -> Result<Inner, SqlFailure> {
        self.queries += 1;
        self.nesting += 1;
        if self.queries > QUERIES_MAX || self.nesting > NESTING_MAX {
            return Err(too_deep());
        }
        let known = self.with.len();
        self.with.extend(query.with.iter().cloned());
        let having = (std::mem::replace(&mut self.having, false), self.having_of.take());
        let saved = self.aggregates;
        let out = match &query.body {
            Body::Select(select) => self.select(select, &query.order, query.limit.as_ref()),
            Body::Union { all, legs } => self.union(*all, legs, query),
        };
        self.aggregates = saved;
        (self.having, self.having_of) = having;
        self.with.truncate(known);
        self.nesting -= 1;
        let values = self.slots.len() + self.constants.len();
        let fits = |inner: &Inner| {
            let terms = query.order.len().max(inner.outputs.len());
            inner.sql.len() <= PIECE_MAX && terms <= TERMS_MAX && values <= VALUES_MAX
        };
        out.and_then(|inner| if fits(&inner) { Ok(inner) } else { Err(too_deep()) })
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
        let from = self.from(&select.from, &select.hints, &mut derived)?;
        let mut clauses = Clauses { from, ..Clauses::default() };
        if let Some(cond) = &select.filter {
            clauses.filter.push(self.condition(cond)?);
        }
        if select.group.len() > TERMS_MAX {
            return Err(too_deep());
        }
        clauses.group = self.group(&select.group)?;
        let (aggregated, plain) = survey(select);
        let grouped = !select.group.is_empty();
        let repeated = aggregated && plain && !grouped;
        self.aggregates = if repeated { Aggregates::Repeated } else { Aggregates::Grouped };
        let distinct = matches!(select.distinct, Distinct::Rows);
        if let Some(having) = select.having.as_ref().filter(|_| repeated) {
            let rows = self.placed(clauses.text(), &derived, false);
            self.having_of = Some((having.clone(), rows));
        }
        let pieces = self.pieces(&select.items, select.from.is_empty())?;
        let pieces = upper_by_index(pieces, &clauses.group, distinct);
        let by = match &select.distinct {
            Distinct::By(columns) => self.group(columns)?,
            Distinct::No | Distinct::Rows => Vec::new(),
        };
        let mut after = None;
        self.having = true;
        let having = select.having.as_ref().map(|cond| self.condition(cond)).transpose()?;
        self.having = false;
        let (hoisted, windowed) = match self.scopes.last_mut() {
            Some(scope) => (std::mem::take(&mut scope.hoisted), scope.windowed),
            None => Default::default(),
        };
        if !hoisted.is_empty() {
            clauses.hoist(&hoisted, &hoist_alias(self.scopes.len()));
        }
        match having {
            Some(cond) if repeated && windowed => after = Some(cond),
            // HAVING without GROUP BY filters rows, while aggregates cover all (iris-sql §1.2).
            Some(cond) if repeated || !aggregated && !grouped => clauses.filter.push(cond),
            having => clauses.having = having,
        }
        self.aggregates = Aggregates::RefusedInOrder;
        let starred = select.items.iter().any(|item| matches!(item, Item::Star(..)));
        let sorts = self.sorts(order, &pieces, starred)?;
        let limit = limit.or(select.page.as_ref());
        let tail = self.limit(select.top.as_ref(), limit, !order.is_empty());
        let rest = self.placed(clauses.text(), &derived, false);
        let parts = Parts { pieces, sorts, distinct, by, after, rest, tail };
        let sql = parts.sql();
        // Aggregates, DISTINCT and GROUP BY do not wait for locks (iris-sql §1.6).
        let simple = !aggregated && !grouped && !distinct && parts.by.is_empty();
        let locked = if simple && !select.no_lock {
            let watched = self.placed(clauses.text(), &derived, true);
            self.locked(&parts, &watched)
        } else {
            None
        };
        let colls = parts.pieces.iter().map(|piece| piece.bound.coll).collect();
        let outputs: Vec<Output> = parts.pieces.into_iter().map(|piece| piece.output).collect();
        Ok(Inner { sql, outputs, colls, locked })
    }

    /// The same query with the row numbers of its tables, for READ COMMITTED (iris-sql §1.6).
    fn locked(&self, parts: &Parts, rest: &str) -> Option<(String, Vec<Rc<Table>>)> {
        let scope = self.scopes.last()?;
        let mut tables = Vec::new();
        let mut numbers = String::new();
        for (number, table) in &scope.watches {
            numbers.push_str(&format!(", {number} AS k{}", tables.len()));
            tables.push(Rc::clone(table));
        }
        for source in &scope.sources {
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
        let (items, order) = (parts.items(), parts.order());
        Some((format!("SELECT {items}{numbers}{rest}{order}{}", parts.tail), tables))
    }

    /// An aggregate over all rows that is to stand on every row: computed once, beside them.
    pub(super) fn hoist(&mut self, sql: String) -> String {
        let alias = hoist_alias(self.scopes.len());
        let Some(scope) = self.scopes.last_mut() else { return sql };
        let at = scope.hoisted.iter().position(|known| *known == sql).unwrap_or_else(|| {
            scope.hoisted.push(sql);
            scope.hoisted.len() - 1
        });
        format!("{alias}.g{at}")
    }

    /// Notes the row that a subquery of WHERE or of the select list decides by: its first, or the
    /// first of those that fit. UNVERIFIED(iris): a row that decides because it is not there, as
    /// with NOT EXISTS and ALL, is not waited for.
    pub(super) fn watch(&mut self, inner: &Inner, fits: Option<&str>) {
        let (Some((sql, tables)), Some(scope)) = (&inner.locked, self.scopes.last_mut()) else {
            return;
        };
        // Each number repeats the subquery: what nests too deep for that is not watched.
        let known: usize = scope.watches.iter().map(|(number, _)| number.len()).sum();
        let grown = known + tables.len() * sql.len();
        if scope.watches.len() + tables.len() > WATCHES_MAX || grown > WATCHED_MAX {
            return;
        }
        let filter = fits.map(|fits| format!(" WHERE {fits}")).unwrap_or_default();
        for (at, table) in tables.iter().enumerate() {
            let number = format!("(SELECT q.k{at} FROM ({sql}) AS q{filter} LIMIT 1)");
            scope.watches.push((number, Rc::clone(table)));
        }
    }

    /// Puts derived tables into their places, with row numbers where `%VID` is used.
    pub(super) fn placed(&self, text: String, derived: &Derived, watched: bool) -> String {
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

    /// GROUP BY. UNVERIFIED(iris): aliases of select items are not known here: the facts contradict
    /// one another (iris-sql §1.2).
    fn group(&mut self, group: &[Expr]) -> Result<Vec<String>, SqlFailure> {
        let mut out = Vec::new();
        for expr in group {
            let bound = self.value(expr)?;
            let bound = self.settled(bound, Ty::Varchar(0));
            out.push(match bound.origin {
                // A literal is no ordinal: everything falls into one group (iris-sql §1.2).
                Origin::Number(_)
                | Origin::Text(_)
                | Origin::Literal
                | Origin::Null
                | Origin::Param(_) => "NULL".to_owned(),
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

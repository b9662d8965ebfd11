//! Queries.

use std::collections::HashMap;
use std::rc::Rc;

use super::super::api::SqlFailure;
use super::super::ast::{
    Body, Cond, Expr, From, Item, JoinKind, Limit, Name, Order, Query, Select, Top, When,
};
use super::super::sqlcode::{bare, fail};
use super::super::store::catalog::{Table, same};
use super::super::types::{Filled, Ty};
use super::{Aggregates, Binder, Bound, Coll, Origin, Output, QueryPlan, Scope, Source};

/// A bound query inside another.
pub(super) struct Inner {
    pub(super) sql: String,
    pub(super) outputs: Vec<Output>,
    pub(super) colls: Vec<Coll>,
    locked: Option<(String, Vec<Rc<Table>>)>,
}

/// A bound select item.
struct Piece {
    bound: Bound,
    output: Output,
}

/// A bound ORDER BY item: its text with collation, and DESC.
struct Sorted(String);

/// Derived tables by alias: as they are, and with the row numbers behind them.
type Derived = HashMap<String, (String, String)>;

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

    fn union(&mut self, all: bool, legs: &[Query], query: &Query) -> Result<Inner, SqlFailure> {
        let mut bound = Vec::new();
        for leg in legs {
            bound.push(self.subquery(leg)?);
        }
        let Some(first) = bound.first() else { return Err(bare(-9)) };
        let width = first.outputs.len();
        if bound.iter().any(|leg| leg.outputs.len() != width) {
            // iris-sql §1.2: incompatible counts.
            return Err(bare(-9));
        }
        let (mut outputs, mut colls) = (first.outputs.clone(), first.colls.clone());
        for leg in bound.iter().skip(1) {
            for (at, output) in leg.outputs.iter().enumerate() {
                if let (Some(mine), Some(coll)) = (outputs.get_mut(at), colls.get_mut(at)) {
                    let ty = mine.ty.common(output.ty);
                    if ty != mine.ty {
                        mine.class = ty.class().to_owned();
                    }
                    mine.ty = ty;
                    mine.nullable = mine.nullable.max(output.nullable);
                    if leg.colls.get(at) != Some(coll) {
                        // String columns become EXACT when the legs differ.
                        *coll = Coll::None;
                    }
                }
            }
        }
        let word = if all { " UNION ALL " } else { " UNION " };
        let texts: Vec<String> = bound
            .iter()
            .map(|leg| {
                let alias = self.alias();
                let items: Vec<String> = outputs
                    .iter()
                    .enumerate()
                    .map(|(at, output)| {
                        let from = leg.outputs.get(at).map_or(Ty::Unknown, |o| o.ty);
                        let piece = Bound::expression(format!("{alias}.o{at}"), from);
                        let mut value = Bound::expression(piece.to(output.ty), output.ty);
                        value.coll = colls.get(at).copied().unwrap_or(Coll::None);
                        format!("{}{} AS o{at}", value.sql, value.collate())
                    })
                    .collect();
                format!("SELECT {} FROM ({}) AS {alias}", items.join(", "), leg.sql)
            })
            .collect();
        let mut sql = texts.join(word);
        let order = self.union_order(&query.order, &outputs, &colls)?;
        if !order.is_empty() {
            sql = format!("SELECT * FROM ({sql}) AS u ORDER BY {}", order.join(", "));
        }
        sql.push_str(&self.limit(None, query.limit.as_ref(), false));
        Ok(Inner { sql, outputs, colls, locked: None })
    }

    /// ORDER BY of a UNION takes numbers and column names only (iris-sql §1.2).
    fn union_order(
        &mut self,
        order: &[Order],
        outputs: &[Output],
        colls: &[Coll],
    ) -> Result<Vec<String>, SqlFailure> {
        let mut out = Vec::new();
        for item in order {
            let at = match &item.expr {
                Expr::Number(digits) => ordinal(digits, outputs.len())?,
                Expr::Column { table: None, name, .. } => outputs
                    .iter()
                    .position(|output| same(&output.name, name))
                    .ok_or_else(|| bare(-6))?,
                _ => return Err(bare(-6)),
            };
            let ty = outputs.get(at).map_or(Ty::Unknown, |o| o.ty);
            let mut bound = Bound::expression(format!("o{at}"), ty);
            bound.coll = colls.get(at).copied().unwrap_or(Coll::None);
            out.push(sorted(&bound, item.descending).0);
        }
        Ok(out)
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
                _ => format!("{}{}", bound.sql, bound.collate()),
            });
        }
        Ok(out)
    }

    fn pieces(&mut self, items: &[Item], no_from: bool) -> Result<Vec<Piece>, SqlFailure> {
        let mut out: Vec<Piece> = Vec::new();
        for item in items {
            match item {
                Item::Star(label, at) => {
                    if no_from {
                        return Err(bare(-26));
                    }
                    let found = self.star(label.as_deref());
                    if found.is_empty() {
                        let label = label.as_deref().unwrap_or("*");
                        return Err(self.missing_label(label, *at));
                    }
                    for bound in found {
                        let output = output(&bound, out.len() + 1, None);
                        out.push(Piece { bound, output });
                    }
                }
                Item::Value { expr, alias } => {
                    let bound = self.value(expr)?;
                    let bound = self.settled(bound, Ty::Varchar(0));
                    let output = output(&bound, out.len() + 1, alias.as_deref());
                    out.push(Piece { bound, output });
                }
            }
        }
        Ok(out)
    }

    /// The visible columns; the RowID of a DDL table is private (iris-sql §1.2).
    fn star(&mut self, label: Option<&str>) -> Vec<Bound> {
        let Some(scope) = self.scopes.last() else { return Vec::new() };
        let mut out = Vec::new();
        for source in &scope.sources {
            if label.is_some_and(|label| !same(label, &source.label)) {
                continue;
            }
            let names: Vec<String> = match &source.table {
                Some(table) => table.columns.iter().map(|c| c.name.clone()).collect(),
                None => Vec::new(),
            };
            for name in &names {
                out.extend(super::column_of(source, name, &mut Vec::new()));
            }
            for (at, output) in source.outputs.iter().enumerate() {
                let mut bound = Bound::expression(format!("{}.o{at}", source.alias), output.ty);
                bound.coll = source.colls.get(at).copied().unwrap_or(Coll::None);
                bound.nullable = output.nullable;
                bound.origin = Origin::Derived(Box::new(output.clone()));
                out.push(bound);
            }
        }
        out
    }

    fn sorts(
        &mut self,
        order: &[Order],
        pieces: &[Piece],
        starred: bool,
    ) -> Result<Vec<Sorted>, SqlFailure> {
        let mut out = Vec::new();
        for item in order {
            let place = match &item.expr {
                // iris-sql §1.2: no numbers after `SELECT *`.
                Expr::Number(_) if starred => return Err(bare(-22)),
                Expr::Number(digits) => Some(ordinal(digits, pieces.len())?),
                Expr::Column { table: None, name, .. } => {
                    pieces.iter().position(|piece| same(&piece.output.name, name))
                }
                _ => None,
            };
            let bound = match place.and_then(|at| pieces.get(at).map(|piece| (at, piece))) {
                Some((at, piece)) => Bound { sql: format!("o{at}"), ..piece.bound.clone() },
                None => {
                    let bound = self.value(&item.expr)?;
                    self.settled(bound, Ty::Varchar(0))
                }
            };
            if bound.ty.is_stream() {
                return Err(bare(-72));
            }
            out.push(sorted(&bound, item.descending));
        }
        Ok(out)
    }

    /// TOP, or LIMIT and OFFSET. TOP ALL keeps the ORDER BY of a subquery alive.
    fn limit(&mut self, top: Option<&Top>, limit: Option<&Limit>, ordered: bool) -> String {
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

    // FROM.

    fn from(&mut self, list: &[From], derived: &mut Derived) -> Result<String, SqlFailure> {
        let mut texts = Vec::new();
        for from in list {
            texts.push(self.source(from, false, derived)?);
        }
        Ok(texts.join(", "))
    }

    fn source(
        &mut self,
        from: &From,
        optional: bool,
        derived: &mut Derived,
    ) -> Result<String, SqlFailure> {
        match from {
            From::Table { name, alias } => {
                if let Some(query) = self.common_table(name) {
                    let label = alias.clone().unwrap_or_else(|| name.name.clone());
                    return self.derived(&query, label, optional, derived);
                }
                let table = self.table(name)?;
                let label = alias.clone().unwrap_or_else(|| table.name.clone());
                let sql_alias = self.alias();
                let text = format!("t{} AS {sql_alias}", table.id);
                self.add_source(Source {
                    label,
                    alias: sql_alias,
                    table: Some(table),
                    outputs: Vec::new(),
                    colls: Vec::new(),
                    optional,
                    behind: Vec::new(),
                })?;
                Ok(text)
            }
            From::Derived { query, alias } => {
                let label = alias.clone().unwrap_or_default();
                self.derived(query, label, optional, derived)
            }
            From::Join { left, right, kind, on } => {
                let left_optional = optional || matches!(kind, JoinKind::Right | JoinKind::Full);
                let right_optional = optional || matches!(kind, JoinKind::Left | JoinKind::Full);
                let left = self.source(left, left_optional, derived)?;
                let right_text = self.source(right, right_optional, derived)?;
                let nested = matches!(**right, From::Join { .. });
                let right = if nested { format!("({right_text})") } else { right_text };
                let word = match kind {
                    JoinKind::Inner | JoinKind::Cross => "JOIN",
                    JoinKind::Left => "LEFT JOIN",
                    JoinKind::Right => "RIGHT JOIN",
                    JoinKind::Full => "FULL JOIN",
                };
                let on = match on {
                    Some(cond) => format!(" ON {}", self.condition(cond)?),
                    None => String::new(),
                };
                Ok(format!("{left} {word} {right}{on}"))
            }
        }
    }

    /// A CTE by its name; those defined before it are known inside.
    fn common_table(&self, name: &Name) -> Option<Query> {
        if name.schema.is_some() {
            return None;
        }
        let at = self.with.iter().rposition(|(known, _)| same(known, &name.name))?;
        let mut query = self.with.get(at)?.1.clone();
        query.with = self.with.get(..at)?.to_vec();
        Some(query)
    }

    fn derived(
        &mut self,
        query: &Query,
        label: String,
        optional: bool,
        derived: &mut Derived,
    ) -> Result<String, SqlFailure> {
        // A derived table does not see the FROM list it stands in.
        let scope = self.scopes.pop().unwrap_or_default();
        let inner = self.subquery(query);
        self.scopes.push(scope);
        let inner = inner?;
        let alias = self.alias();
        let (numbers, behind) = inner.locked.unwrap_or_else(|| (inner.sql.clone(), Vec::new()));
        derived.insert(alias.clone(), (inner.sql, numbers));
        let text = format!("\u{1}{alias}\u{1} AS {alias}");
        self.add_source(Source {
            label,
            alias,
            table: None,
            outputs: inner.outputs,
            colls: inner.colls,
            optional,
            behind,
        })?;
        Ok(text)
    }

    fn add_source(&mut self, source: Source) -> Result<(), SqlFailure> {
        let Some(scope) = self.scopes.last_mut() else { return Err(bare(-26)) };
        let taken = !source.label.is_empty()
            && scope.sources.iter().any(|other| same(&other.label, &source.label));
        if taken {
            let label = source.label.to_uppercase();
            return Err(fail(-20, format!("Name conflict in the FROM list over label '{label}'")));
        }
        scope.sources.push(source);
        Ok(())
    }
}

fn sorted(bound: &Bound, descending: bool) -> Sorted {
    let word = if descending { " DESC" } else { "" };
    Sorted(format!("{}{}{word}", bound.sql, bound.collate()))
}

fn ordinal(digits: &str, width: usize) -> Result<usize, SqlFailure> {
    match digits.parse::<usize>() {
        Ok(n) if (1..=width).contains(&n) => Ok(n - 1),
        _ => Err(bare(-5)),
    }
}

/// DISTINCT and GROUP BY give upper case only when an index serves the column (iris-sql §1.1).
fn upper_by_index(pieces: Vec<Piece>, group: &[String], distinct: bool) -> Vec<Piece> {
    let alone = pieces.len() == 1 && distinct;
    let mut pieces = pieces;
    for piece in &mut pieces {
        let Origin::Column(table, id) = &piece.bound.origin else { continue };
        let grouped = group.contains(&format!("{} COLLATE SQLUPPER", piece.bound.sql));
        if piece.bound.coll == Coll::Column(true) && table.leads_index(*id) && (alone || grouped) {
            piece.bound.sql = format!("i_sqlupper({})", piece.bound.sql);
        }
    }
    pieces
}

/// Name and metadata of a result column (iris-sql §1.2, §5.3).
fn output(bound: &Bound, n: usize, alias: Option<&str>) -> Output {
    let mut out = Output {
        name: String::new(),
        ty: bound.ty,
        nullable: bound.nullable,
        schema: String::new(),
        table: String::new(),
        class: bound.ty.class().to_owned(),
        flags: if bound.ty.is_stream() { 32 } else { 0 },
    };
    match &bound.origin {
        Origin::Column(table, id) => {
            out.schema.clone_from(&table.schema);
            out.table.clone_from(&table.name);
            if let Some(column) = table.column(*id) {
                out.name.clone_from(&column.name);
                out.class.clone_from(&column.class);
                out.flags |= match column.filled {
                    Filled::Given => 0,
                    Filled::Counter => 4,
                    Filled::RowVersion => 8,
                    Filled::Identity => 1 | 4,
                };
            }
            let key = table.keys.iter().any(|key| {
                key.kind == super::super::store::catalog::KeyKind::Primary
                    && key.columns.contains(id)
            });
            out.flags |= if key { 2 } else { 0 };
        }
        Origin::RowId(table) => {
            out.schema.clone_from(&table.schema);
            out.table.clone_from(&table.name);
            out.name = table.row_id_name();
            out.flags |= 1;
        }
        Origin::Derived(inner) => {
            out = (**inner).clone();
            out.nullable = bound.nullable;
        }
        Origin::Param(_) | Origin::Number(_) | Origin::Text(_) => {
            out.name = format!("HostVar_{n}");
            out.flags |= 16;
        }
        Origin::Null => {
            out.name = format!("Literal_{n}");
            out.flags |= 16;
        }
        Origin::Aggregate => {
            out.name = format!("Aggregate_{n}");
            out.flags |= 16;
        }
        Origin::Subquery => {
            out.name = format!("Subquery_{n}");
            out.flags |= 16;
        }
        Origin::Expression => {
            out.name = format!("Expression_{n}");
            out.flags |= 16;
        }
    }
    if let Some(alias) = alias {
        out.name = alias.to_owned();
    }
    out
}

/// Whether a SELECT has aggregates, and whether plain columns stand outside of them.
fn survey(select: &Select) -> (bool, bool) {
    let mut found = (false, false);
    for item in &select.items {
        match item {
            Item::Star(..) => found.1 = true,
            Item::Value { expr, .. } => survey_value(expr, &mut found),
        }
    }
    if let Some(cond) = &select.having {
        survey_cond(cond, &mut found);
    }
    found
}

fn survey_value(expr: &Expr, found: &mut (bool, bool)) {
    match expr {
        Expr::Aggregate { .. } => found.0 = true,
        Expr::Column { .. } => found.1 = true,
        Expr::Negate(inner) | Expr::Cast(inner, _) | Expr::Collate(_, inner) => {
            survey_value(inner, found);
        }
        Expr::Binary(_, a, b) => {
            survey_value(a, found);
            survey_value(b, found);
        }
        Expr::Call { args, .. } => args.iter().for_each(|arg| survey_value(arg, found)),
        Expr::Case { operand, whens, other } => {
            operand.iter().chain(other).for_each(|e| survey_value(e, found));
            for (when, result) in whens {
                match when {
                    When::Value(value) => survey_value(value, found),
                    When::Cond(cond) => survey_cond(cond, found),
                }
                survey_value(result, found);
            }
        }
        _ => {}
    }
}

fn survey_cond(cond: &Cond, found: &mut (bool, bool)) {
    match cond {
        Cond::And(all) | Cond::Or(all) => all.iter().for_each(|c| survey_cond(c, found)),
        Cond::Not(inner) => survey_cond(inner, found),
        Cond::Compare(_, a, b) | Cond::StartsWith(a, b) | Cond::Contains(a, b) => {
            survey_value(a, found);
            survey_value(b, found);
        }
        Cond::Between(a, b, c) => [a, b, c].into_iter().for_each(|e| survey_value(e, found)),
        Cond::InList(value, list) => {
            std::iter::once(value).chain(list).for_each(|e| survey_value(e, found));
        }
        Cond::Like { value, pattern, .. } => {
            survey_value(value, found);
            survey_value(pattern, found);
        }
        Cond::InQuery(value, _) | Cond::Quantified(_, value, _, _) | Cond::IsNull(value) => {
            survey_value(value, found);
        }
        Cond::Exists(_) => {}
    }
}

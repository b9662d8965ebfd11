//! What tells the rows of a SELECT apart: where a window sorts by that, no row has peers.
//!
//! A source's key tells all rows apart when every other source has one row at most for each row of
//! that source: an equality with its key says so.

use super::Emitter;
use crate::sql::bound::{
    Body, Cast, Distinct, Expr, From, JoinKind, Node, Query, Select, Source, SourceKind,
};
use crate::sql::resolve::Volatility;
use crate::types::pg::PgType;

/// Column of a source.
type Column = (usize, usize);

/// `column = expression`, which holds of all rows, or decides which rows of some sources there are.
struct Equality<'t> {
    column: Column,
    other: &'t Expr,
    /// The sources that it can determine; none for all.
    only: Option<Vec<usize>>,
}

impl Emitter<'_> {
    /// Sets of expressions of which no two rows of a SELECT have all alike, NULLs being alike.
    pub(super) fn unique(&self, select: &Select) -> Vec<Vec<Expr>> {
        if select.grouped {
            return match select.groups.is_empty() {
                true => Vec::new(),
                false => vec![select.groups.clone()],
            };
        }
        let keys: Vec<Vec<Vec<usize>>> =
            select.sources.iter().map(|source| self.keys_of(source)).collect();
        let mut equalities = Vec::new();
        select.filter.iter().for_each(|filter| equate(filter, None, &mut equalities));
        let mut optional = Vec::new();
        select.from.iter().for_each(|from| joined(from, &mut optional, &mut equalities));
        let mut found = Vec::new();
        for (seed, own) in keys.iter().enumerate().filter(|(seed, _)| !optional.contains(seed)) {
            if determines_all(seed, &keys, &equalities) {
                let apart = own.iter().filter(|key| is_apart(select, seed, key));
                found.extend(apart.filter_map(|key| columns(select, seed, key)));
            }
        }
        found
    }

    /// The keys of a source, by the positions of their columns. A table may have several rows with
    /// NULL in one, which no equality finds.
    fn keys_of(&self, source: &Source) -> Vec<Vec<usize>> {
        match &source.kind {
            SourceKind::Table(table) => {
                let Some(catalog) = self.options.columns else { return Vec::new() };
                let position = |name: &String| {
                    source.columns.iter().position(|own| own.inner.eq_ignore_ascii_case(name))
                };
                let keys = catalog.keys(table).into_iter();
                let keys = keys.filter_map(|key| key.columns.iter().map(position).collect());
                keys.filter(|key: &Vec<usize>| !key.is_empty()).collect()
            }
            SourceKind::Query(query) | SourceKind::Cte { query, .. } => {
                result_key(query).into_iter().collect()
            }
            SourceKind::Function(_) => Vec::new(),
        }
    }
}

/// Whether a key of a source tells its rows apart when NULLs are alike.
fn is_apart(select: &Select, source: usize, key: &[usize]) -> bool {
    let Some(source) = select.sources.get(source) else { return false };
    let nullable = |at: &usize| source.columns.get(*at).is_none_or(|column| column.nullable);
    !matches!(source.kind, SourceKind::Table(_)) || !key.iter().any(nullable)
}

/// The result columns that tell the rows of a query apart.
fn result_key(query: &Query) -> Option<Vec<usize>> {
    let Body::Select(select) = &query.body else { return None };
    if matches!(select.distinct, Distinct::Yes) {
        return Some((0..select.items.len()).collect());
    }
    if !select.grouped || select.groups.is_empty() {
        return None;
    }
    let item = |group: &Expr| select.items.iter().position(|item| item.expr == *group);
    select.groups.iter().map(item).collect()
}

/// The columns of a key as expressions.
fn columns(select: &Select, source: usize, key: &[usize]) -> Option<Vec<Expr>> {
    let own = &select.sources.get(source)?.columns;
    let one = |at: &usize| {
        let column = own.get(*at)?;
        Some(Expr {
            node: Node::Column(crate::sql::bound::ColumnRef { level: 0, source, column: *at }),
            ty: column.ty,
            typmod: column.typmod,
            scale: column.scale,
            nullable: column.nullable,
            at: crate::sql::bound::At(None),
        })
    };
    key.iter().map(one).collect()
}

/// Whether every source has one row at most for each row of one of them.
fn determines_all(seed: usize, keys: &[Vec<Vec<usize>>], equalities: &[Equality<'_>]) -> bool {
    let mut known = vec![seed];
    while known.len() < keys.len() {
        let next = (0..keys.len()).find(|source| {
            let fixed = |column: &usize| {
                equalities.iter().any(|one| {
                    one.column == (*source, *column)
                        && one.only.as_ref().is_none_or(|only| only.contains(source))
                        && is_of(one.other, &known)
                })
            };
            let own = keys.get(*source).map(Vec::as_slice).unwrap_or_default();
            !known.contains(source) && own.iter().any(|key| key.iter().all(fixed))
        });
        match next {
            Some(source) => known.push(source),
            None => return false,
        }
    }
    true
}

/// Whether an expression has one value for a row of each of these sources.
fn is_of(expr: &Expr, known: &[usize]) -> bool {
    !expr.any(&|one| match &one.node {
        Node::Column(column) => column.level == 0 && !known.contains(&column.source),
        Node::RowId { level, source } => *level == 0 && !known.contains(source),
        Node::Subquery(_) => true,
        Node::Call(call) => call.function.volatility == Volatility::Volatile,
        _ => false,
    })
}

/// Gathers the conditions of joins, and the sources that may be absent from a row.
fn joined<'t>(from: &'t From, optional: &mut Vec<usize>, equalities: &mut Vec<Equality<'t>>) {
    let From::Join(join) = from else { return };
    let absent = match join.kind {
        JoinKind::Inner | JoinKind::Cross => Vec::new(),
        JoinKind::Left => sources(&join.right),
        JoinKind::Right => sources(&join.left),
        JoinKind::Full => {
            let mut both = sources(&join.left);
            both.extend(sources(&join.right));
            both
        }
    };
    if let Some(on) = &join.on {
        match join.kind {
            JoinKind::Inner | JoinKind::Cross => equate(on, None, equalities),
            JoinKind::Left | JoinKind::Right => equate(on, Some(&absent), equalities),
            JoinKind::Full => {}
        }
    }
    optional.extend(absent);
    joined(&join.left, optional, equalities);
    joined(&join.right, optional, equalities);
}

fn sources(from: &From) -> Vec<usize> {
    match from {
        From::Source(source) => vec![*source],
        From::Join(join) => {
            let mut both = sources(&join.left);
            both.extend(sources(&join.right));
            both
        }
    }
}

/// Gathers the equalities of a condition.
fn equate<'t>(condition: &'t Expr, only: Option<&[usize]>, found: &mut Vec<Equality<'t>>) {
    match &condition.node {
        Node::And(all) => all.iter().for_each(|one| equate(one, only, found)),
        Node::Operation(operation) if operation.operator.name == "=" => {
            let [left, right] = operation.operands.as_slice() else { return };
            for (side, other) in [(left, right), (right, left)] {
                if let Some(column) = column_of(side) {
                    found.push(Equality { column, other, only: only.map(<[usize]>::to_vec) });
                }
            }
        }
        _ => {}
    }
}

/// The column that an expression is, below conversions that keep values apart.
fn column_of(expr: &Expr) -> Option<Column> {
    use PgType as P;
    match &expr.node {
        Node::Column(column) if column.level == 0 => Some((column.source, column.column)),
        Node::Cast(Cast { expr: inner, explicit: false }) => match (inner.ty, expr.ty) {
            (P::Varchar | P::Name, P::Text)
            | (P::Int2, P::Int4 | P::Int8 | P::Numeric)
            | (P::Int4, P::Int8 | P::Numeric)
            | (P::Int8, P::Numeric) => column_of(inner),
            _ => None,
        },
        _ => None,
    }
}

//! INSERT … SELECT whose rows are those of a VALUES list in FROM, as SQLAlchemy files several rows:
//! it is the INSERT of those rows, in the order of the SELECT, and every value can be bound.

use crate::sql::bound::{
    Assigned, Body, Cast, ColumnRef, Distinct, Expr, From, Literal, Node, Query, Select, SortKey,
    SourceKind,
};

/// The rows of a query over nothing but a VALUES list; none where it does more than convert them
/// and put them in an order.
pub(super) fn rows(query: &Query) -> Option<Vec<Vec<Assigned>>> {
    // VALUES alone gains nothing.
    if matches!(query.body, Body::Values(_)) {
        return None;
    }
    let rows = listed(query)?;
    Some(rows.into_iter().map(|row| row.into_iter().map(Assigned::Value).collect()).collect())
}

fn listed(query: &Query) -> Option<Vec<Vec<Expr>>> {
    let Query { body, order, limit: None, offset: None, ties: false, lock: None, columns: _ } =
        query
    else {
        return None;
    };
    match body {
        Body::Values(rows) => {
            let plain = order.is_empty() && rows.iter().flatten().all(is_leaf);
            plain.then(|| rows.clone())
        }
        Body::Select(select) => {
            let inside = listed(source(select)?)?;
            let mut rows = Vec::with_capacity(inside.len());
            for row in &inside {
                let exprs = select.items.iter().map(|item| placed(&item.expr, row));
                let keys = order.iter().map(|key| rank(key, row));
                rows.push((keys.collect::<Option<Vec<_>>>()?, exprs.collect::<Option<Vec<_>>>()?));
            }
            rows.sort_by(|(one, _), (other, _)| one.cmp(other));
            Some(rows.into_iter().map(|(_, row)| row).collect())
        }
        Body::Set(_) => None,
    }
}

/// The only query in FROM of a SELECT that leaves its rows alone.
fn source(select: &Select) -> Option<&Query> {
    let Select {
        distinct: Distinct::No,
        items: _,
        sources,
        from,
        filter: None,
        grouped: false,
        groups: _,
        having: None,
    } = select
    else {
        return None;
    };
    match (from.as_slice(), sources.as_slice()) {
        ([From::Source(0)], [only]) => match &only.kind {
            SourceKind::Query(query) => Some(query),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a value is given rather than computed.
fn is_leaf(expr: &Expr) -> bool {
    match &expr.node {
        Node::Literal(_) | Node::Parameter(_) | Node::Session(_) => true,
        Node::Cast(cast) => is_leaf(&cast.expr),
        _ => false,
    }
}

/// An item with the values of a row in the place of the columns.
fn placed(item: &Expr, row: &[Expr]) -> Option<Expr> {
    match &item.node {
        Node::Column(ColumnRef { level: 0, source: 0, column }) => row.get(*column).cloned(),
        Node::Cast(cast) => {
            let expr = Box::new(placed(&cast.expr, row)?);
            let nullable = expr.nullable;
            let node = Node::Cast(Cast { expr, explicit: cast.explicit });
            Some(Expr { node, nullable, ..item.clone() })
        }
        _ => is_leaf(item).then(|| item.clone()),
    }
}

/// Where a sort key puts a row, where that is known: integers that stand in the text.
fn rank(key: &SortKey, row: &[Expr]) -> Option<i128> {
    let value = placed(&key.expr, row)?;
    let Node::Literal(Literal::Integer(whole)) = value.node else { return None };
    let whole = i128::from(whole);
    Some(if key.descending { whole.saturating_neg() } else { whole })
}

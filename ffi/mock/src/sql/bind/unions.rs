//! UNION (iris-sql §1.2).

use std::rc::Rc;

use super::super::api::SqlFailure;
use super::super::ast::{Expr, Order, Query};
use super::super::sqlcode::bare;
use super::super::store::catalog::{Table, same};
use super::super::types::Ty;
use super::items::{Sorted, ordinal};
use super::select::Inner;
use super::{Binder, Bound, Coll, Output};

impl Binder<'_> {
    pub(super) fn union(
        &mut self,
        all: bool,
        legs: &[Query],
        query: &Query,
    ) -> Result<Inner, SqlFailure> {
        let mut bound = Vec::new();
        for leg in legs {
            bound.push(self.subquery(leg)?);
        }
        let (outputs, colls) = columns(&bound)?;
        let tail = {
            let order = self.union_order(&query.order, &outputs, &colls)?;
            let limit = self.limit(None, query.limit.as_ref(), false);
            if order.is_empty() { limit } else { format!(" ORDER BY {}{limit}", order.join(", ")) }
        };
        let whole = |texts: Vec<String>, word: &str| match tail.as_str() {
            "" => texts.join(word),
            tail => format!("SELECT * FROM ({}) AS u{tail}", texts.join(word)),
        };
        let mut texts = Vec::new();
        for leg in &bound {
            let alias = self.alias();
            let items = leg_items(leg, &alias, &outputs, &colls);
            texts.push(format!("SELECT {items} FROM ({}) AS {alias}", leg.sql));
        }
        let sql = whole(texts, if all { " UNION ALL " } else { " UNION " });
        // UNVERIFIED(iris): UNION without ALL removes duplicates as DISTINCT does, and does not
        // wait for locks either (iris-sql §1.6).
        let locked = if all { self.watched(&bound, &outputs, &colls) } else { None };
        let locked = locked.map(|(texts, tables)| (whole(texts, " UNION ALL "), tables));
        Ok(Inner { sql, outputs, colls, locked })
    }

    /// The legs with the row numbers of the tables of all legs; each leg knows its own.
    fn watched(
        &mut self,
        legs: &[Inner],
        outputs: &[Output],
        colls: &[Coll],
    ) -> Option<(Vec<String>, Vec<Rc<Table>>)> {
        let of = |leg: &Inner| leg.locked.as_ref().map_or(0, |(_, tables)| tables.len());
        let total: usize = legs.iter().map(of).sum();
        let mut tables = Vec::new();
        let mut texts = Vec::new();
        for leg in legs {
            let alias = self.alias();
            let mut items = leg_items(leg, &alias, outputs, colls);
            let own = tables.len()..tables.len() + of(leg);
            for at in 0..total {
                let number = match own.contains(&at) {
                    true => format!("{alias}.k{}", at - own.start),
                    false => "NULL".to_owned(),
                };
                items.push_str(&format!(", {number} AS k{at}"));
            }
            let (sql, behind) = match &leg.locked {
                Some((sql, behind)) => (sql, behind.as_slice()),
                None => (&leg.sql, Default::default()),
            };
            tables.extend(behind.iter().cloned());
            texts.push(format!("SELECT {items} FROM ({sql}) AS {alias}"));
        }
        (total > 0).then_some((texts, tables))
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
            let sort = Sorted { place: Some(at), bound, descending: item.descending };
            out.push(sort.inside());
        }
        Ok(out)
    }
}

/// The columns of all legs: names from the first, types that hold all (iris-sql §1.2).
fn columns(legs: &[Inner]) -> Result<(Vec<Output>, Vec<Coll>), SqlFailure> {
    let Some((first, others)) = legs.split_first() else { return Err(bare(-9)) };
    let (mut outputs, mut colls) = (first.outputs.clone(), first.colls.clone());
    for leg in others {
        if leg.outputs.len() != outputs.len() {
            // iris-sql §1.2: incompatible counts.
            return Err(bare(-9));
        }
        for (at, output) in leg.outputs.iter().enumerate() {
            let (Some(mine), Some(coll)) = (outputs.get_mut(at), colls.get_mut(at)) else {
                continue;
            };
            let ty = common(mine.ty, output.ty)?;
            if ty != mine.ty {
                mine.class = ty.class().to_owned();
            }
            mine.ty = ty;
            mine.nullable = mine.nullable.max(output.nullable);
            if leg.colls.get(at) != Some(coll) {
                // String columns become EXACT when the legs differ (iris-sql §1.2).
                *coll = Coll::None;
            }
        }
    }
    Ok((outputs, colls))
}

/// The highest of VARCHAR, DOUBLE, NUMERIC, BIGINT, INTEGER, SMALLINT and TINYINT; other types need
/// a CAST when the legs differ (iris-sql §1.2). UNVERIFIED(iris): without it the code is −378; BIT
/// counts as the lowest number.
fn common(a: Ty, b: Ty) -> Result<Ty, SqlFailure> {
    let ranked = |ty: Ty| ty.is_number() || matches!(ty, Ty::Varchar(_) | Ty::Unknown);
    let alike = std::mem::discriminant(&a) == std::mem::discriminant(&b);
    let unknown = a == Ty::Unknown || b == Ty::Unknown;
    if alike || unknown || ranked(a) && ranked(b) { Ok(a.common(b)) } else { Err(bare(-378)) }
}

fn leg_items(leg: &Inner, alias: &str, outputs: &[Output], colls: &[Coll]) -> String {
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
    items.join(", ")
}

//! UNION (iris-sql §1.2).

use super::super::api::SqlFailure;
use super::super::ast::{Expr, Order, Query};
use super::super::sqlcode::bare;
use super::super::store::catalog::same;
use super::super::types::Ty;
use super::items::{ordinal, sorted};
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
}

//! Aggregate functions (iris-sql §1.1, §1.2, §2).

use super::super::api::SqlFailure;
use super::super::ast::{Aggregate, Expr, Place};
use super::super::sqlcode::{bare, fail};
use super::super::types::Ty;
use super::expr::ANY_NUMBER;
use super::{Aggregates, Binder, Bound, Origin};

impl Binder<'_> {
    pub(super) fn aggregate(
        &mut self,
        function: Aggregate,
        distinct: bool,
        arg: Option<&Expr>,
        _at: Place,
    ) -> Result<Bound, SqlFailure> {
        let over = match self.aggregates {
            Aggregates::Refused => return Err(bare(-19)),
            Aggregates::RefusedInOrder => return Err(bare(-73)),
            Aggregates::Grouped => "",
            Aggregates::Repeated if distinct => {
                // UNVERIFIED(iris): a DISTINCT aggregate that is repeated on every row.
                return Err(fail(-400, "DISTINCT aggregate beside plain columns"));
            }
            Aggregates::Repeated => " OVER ()",
        };
        let Some(arg) = arg else {
            let sql = format!("COUNT(*){over}");
            let mut out = Bound::expression(sql, Ty::BigInt).with_origin(Origin::Aggregate);
            out.nullable = 0;
            return Ok(out);
        };
        let before = std::mem::replace(&mut self.aggregates, Aggregates::Refused);
        let arg = self.value(arg);
        self.aggregates = before;
        let arg = arg?;
        let arg = match function {
            Aggregate::Count | Aggregate::Min | Aggregate::Max => self.settled(arg, Ty::Varchar(0)),
            Aggregate::Sum | Aggregate::Avg => self.settled(arg, ANY_NUMBER),
        };
        self.no_streams(&[&arg])?;
        let word = if distinct { "DISTINCT " } else { "" };
        let plain = format!("{word}{}{}", arg.sql, arg.collate());
        let bound = match function {
            Aggregate::Count => {
                let mut out = Bound::expression(format!("COUNT({plain}){over}"), Ty::BigInt);
                out.nullable = 0;
                out
            }
            Aggregate::Min => extreme("MIN", &plain, over, &arg),
            Aggregate::Max => extreme("MAX", &plain, over, &arg),
            Aggregate::Sum => sum(word, over, &arg),
            Aggregate::Avg => average(word, over, &arg),
        };
        Ok(bound.with_origin(Origin::Aggregate))
    }
}

fn extreme(name: &str, plain: &str, over: &str, arg: &Bound) -> Bound {
    let sql = format!("{name}({plain}){over}");
    // MIN and MAX of a SQLUPPER column give upper case (iris-sql §1.8).
    let upper = arg.ty.is_text() && arg.coll.is_upper();
    let sql = if upper { format!("i_sqlupper({sql})") } else { sql };
    let mut out = Bound::expression(sql, arg.ty);
    out.coll = arg.coll;
    out
}

/// UNVERIFIED(iris): SUM of integers is BIGINT, of NUMERIC(p,s) NUMERIC(18,s).
fn sum(word: &str, over: &str, arg: &Bound) -> Bound {
    match arg.ty {
        Ty::Double => Bound::expression(format!("SUM({word}{}){over}", arg.sql), Ty::Double),
        ty if ty.is_integer() || ty == Ty::Date => {
            Bound::expression(format!("SUM({word}{}){over}", arg.sql), Ty::BigInt)
        }
        Ty::Numeric { s, .. } => Bound::expression(
            format!("SUM({word}{}){over}", arg.sql),
            Ty::Numeric { p: 18.max(s), s },
        ),
        ty => {
            let s = ty.digits().1;
            let sql = format!("i_sum({word}{}){over}", arg.decimal());
            Bound::expression(sql, Ty::Decimal { p: 18, s })
        }
    }
}

/// AVG of integers has a fraction (iris-sql §2).
fn average(word: &str, over: &str, arg: &Bound) -> Bound {
    if arg.ty == Ty::Double {
        return Bound::expression(format!("AVG({word}{}){over}", arg.sql), Ty::Double);
    }
    let total = sum(word, over, arg);
    let count = format!("i_dec(NULLIF(COUNT({word}{}){over},0),0)", arg.sql);
    let sql = format!("i_div({},{count})", total.decimal());
    let (p, s) = arg.ty.digits();
    let scale = 6.max(s.saturating_add(2)).min(17);
    Bound::expression(
        sql,
        Ty::Decimal { p: p.saturating_sub(s).saturating_add(scale).min(36), s: scale },
    )
}

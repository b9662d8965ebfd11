//! Aggregate functions (iris-sql §1.1, §1.2, §2).

use super::super::api::SqlFailure;
use super::super::ast::{Aggregate, AggregateCall};
use super::super::sqlcode::{bare, fail};
use super::super::types::{Kept, Ty};
use super::expr::ANY_NUMBER;
use super::json::json_of;
use super::{Aggregates, Binder, Bound, Origin};

impl Binder<'_> {
    /// An aggregate is −19 in WHERE and GROUP BY, −73 in ORDER BY (iris-sql §1.2, Appendix A).
    pub(super) fn aggregate(&mut self, call: &AggregateCall) -> Result<Bound, SqlFailure> {
        match self.aggregates {
            Aggregates::Refused => return Err(bare(-19)),
            Aggregates::RefusedInOrder => return Err(bare(-73)),
            Aggregates::Grouped | Aggregates::Repeated | Aggregates::Apart => {}
        }
        let before = std::mem::replace(&mut self.aggregates, Aggregates::Refused);
        let alone = call.for_each.is_empty() && !call.after_having;
        let hoisted = before == Aggregates::Repeated && alone;
        let place = if hoisted { Aggregates::Grouped } else { before };
        let out = self.aggregate_inside(call, place);
        self.aggregates = before;
        let mut out = out?.with_origin(Origin::Aggregate);
        if hoisted {
            out.sql = self.hoist(out.sql);
        } else if let (Aggregates::Apart, Some((_, rows))) = (before, &self.having_of) {
            out.sql = format!("(SELECT {}{rows})", out.sql);
        } else if before == Aggregates::Repeated
            && let Some(scope) = self.scopes.last_mut()
        {
            scope.windowed = true;
        }
        Ok(out)
    }

    fn aggregate_inside(
        &mut self,
        call: &AggregateCall,
        place: Aggregates,
    ) -> Result<Bound, SqlFailure> {
        let over = self.over_rows(call, place)?;
        let Some(arg) = &call.arg else {
            let mut out = Bound::expression(format!("COUNT(*){over}"), Ty::BigInt);
            out.nullable = 0;
            return Ok(out);
        };
        let reached = std::mem::take(&mut self.reached);
        let arg = self.value(arg)?;
        // UNVERIFIED(iris): an aggregate over columns of an outer query alone is −19: it would be
        // one of that query, in a place where that query may have none.
        if (1..self.scopes.len()).contains(&self.reached) {
            return Err(bare(-19));
        }
        self.reached = self.reached.max(reached);
        let arg = match call.function {
            Aggregate::Sum | Aggregate::Avg | Aggregate::Spread { .. } => {
                self.settled(arg, ANY_NUMBER)
            }
            _ => self.settled(arg, Ty::Varchar(0)),
        };
        self.no_streams(&[&arg])?;
        let mut keys = Vec::new();
        for by in &call.by {
            let by = self.value(by)?;
            let by = self.settled(by, Ty::Varchar(0));
            self.no_streams(&[&by])?;
            keys.push(key(&by));
        }
        if call.distinct && call.by.is_empty() {
            keys.push(key(&arg));
        }
        let rows = Rows { distinct: call.distinct, keyed: false, keys, over };
        Ok(finish(call.function, &arg, rows.chosen(!call.by.is_empty())))
    }

    /// Over which rows an aggregate goes: the group, all rows of the query (iris-sql §1.2), those
    /// that are alike in %FOREACH's columns, or those that HAVING keeps (%AFTERHAVING).
    fn over_rows(&mut self, call: &AggregateCall, place: Aggregates) -> Result<String, SqlFailure> {
        if call.for_each.is_empty() && place != Aggregates::Repeated {
            return Ok(String::new());
        }
        if place != Aggregates::Repeated {
            // UNVERIFIED(iris): %FOREACH beside GROUP BY is refused; no fact says what it gives.
            return Err(fail(-400, "Unexpected error occurred: %FOREACH beside GROUP BY"));
        }
        let mut parts = Vec::new();
        for column in &call.for_each {
            let column = self.value(column)?;
            parts.push(format!("{}{}", column.sql, column.collate()));
        }
        let filter = match (call.after_having, self.having_of.clone()) {
            (true, Some((cond, _))) => {
                self.aggregates = Aggregates::Apart;
                let cond = self.condition(&cond);
                self.aggregates = Aggregates::Refused;
                format!(" FILTER (WHERE {})", cond?)
            }
            _ => String::new(),
        };
        Ok(match parts.as_slice() {
            [] => format!("{filter} OVER ()"),
            _ => format!("{filter} OVER (PARTITION BY {})", parts.join(", ")),
        })
    }
}

/// The rows that an aggregate goes over.
struct Rows {
    distinct: bool,
    /// Distinct rows are told apart by keys instead of by SQLite, which has no DISTINCT over a
    /// window and none by other columns.
    keyed: bool,
    keys: Vec<String>,
    over: String,
}

impl Rows {
    fn chosen(mut self, by: bool) -> Rows {
        self.keyed = self.distinct && (by || !self.over.is_empty());
        self
    }

    /// A call of SQLite's aggregate, or of the one with keys.
    fn call(&self, plain: &str, keyed: &str, value: &str) -> String {
        let over = &self.over;
        if self.keyed {
            return format!("{keyed}({value},{}){over}", self.keys.join(","));
        }
        let word = if self.distinct { "DISTINCT " } else { "" };
        format!("{plain}({word}{value}){over}")
    }
}

/// A value as a key of DISTINCT: those that are equal have one key. SQLUPPER columns go by their
/// collated value (iris-sql §2).
fn key(bound: &Bound) -> String {
    if bound.ty.is_text() && bound.coll.is_upper() {
        format!("i_key({})", bound.sql)
    } else {
        bound.sql.clone()
    }
}

fn finish(function: Aggregate, arg: &Bound, rows: Rows) -> Bound {
    let plain = format!("{}{}", arg.sql, arg.collate());
    match function {
        Aggregate::Count => {
            let value = if rows.keyed { &arg.sql } else { &plain };
            let sql = rows.call("COUNT", "i_by_count", value);
            let mut out = Bound::expression(sql, Ty::BigInt);
            out.nullable = 0;
            out
        }
        Aggregate::Approximate => {
            // The exact count is an approximation, too.
            let rows = Rows { distinct: true, keys: vec![key(arg)], ..rows }.chosen(false);
            let value = if rows.keyed { &arg.sql } else { &plain };
            let mut out = Bound::expression(rows.call("COUNT", "i_by_count", value), Ty::BigInt);
            out.nullable = 0;
            out
        }
        // DISTINCT changes no extreme. UNVERIFIED(iris): nor is DISTINCT BY taken to.
        Aggregate::Min => extreme("MIN", &plain, &rows.over, arg),
        Aggregate::Max => extreme("MAX", &plain, &rows.over, arg),
        Aggregate::Sum => sum(&rows, arg),
        Aggregate::Avg => average(&rows, arg),
        Aggregate::Spread { sample, root } => spread(sample, root, &rows, arg),
        Aggregate::List | Aggregate::DList | Aggregate::JsonArray | Aggregate::Xml => {
            let upper = rows.distinct && arg.ty.is_text() && arg.coll.is_upper();
            let text = match function {
                Aggregate::JsonArray => json_of(arg),
                _ => arg.logical_text(),
            };
            let value = if upper { format!("i_sqlupper({text})") } else { text };
            let (plain, keyed, ty) = match function {
                Aggregate::List => ("i_list_of", "i_by_list", Ty::Varchar(0)),
                Aggregate::JsonArray => ("i_jsons_of", "i_by_jsons", Ty::Varchar(0)),
                Aggregate::Xml => ("i_xml_of", "i_by_xml", Ty::Varchar(0)),
                _ => ("i_dlist_of", "i_by_dlist", Ty::List),
            };
            Bound::expression(rows.call(plain, keyed, &value), ty)
        }
    }
}

pub(super) fn extreme(name: &str, plain: &str, over: &str, arg: &Bound) -> Bound {
    let sql = format!("{name}({plain}){over}");
    // MIN and MAX of a SQLUPPER column give upper case (iris-sql §1.8).
    let upper = arg.ty.is_text() && arg.coll.is_upper();
    let sql = if upper { format!("i_sqlupper({sql})") } else { sql };
    let mut out = Bound::expression(sql, arg.ty);
    out.coll = arg.coll;
    out
}

/// The type of a sum. UNVERIFIED(iris): of integers BIGINT, of NUMERIC(p,s) NUMERIC(18,s).
pub(super) fn sum_type(ty: Ty) -> Ty {
    match ty {
        Ty::Double => Ty::Double,
        ty if ty.is_integer() || ty == Ty::Date => Ty::BigInt,
        Ty::Numeric { s, .. } => Ty::Numeric { p: 18.max(s), s },
        ty => Ty::Decimal { p: 18, s: ty.digits().1 },
    }
}

fn sum(rows: &Rows, arg: &Bound) -> Bound {
    let ty = sum_type(arg.ty);
    if rows.keyed {
        let out = Bound::expression(
            rows.call("", "i_by_sum", &arg.decimal()),
            Ty::Decimal { p: 18, s: 17 },
        );
        return Bound::expression(out.to(ty), ty);
    }
    let sql = match ty {
        Ty::Decimal { .. } => rows.call("i_sum", "", &arg.decimal()),
        _ => rows.call("SUM", "", &arg.sql),
    };
    Bound::expression(sql, ty)
}

/// AVG of integers has a fraction (iris-sql §2).
fn average(rows: &Rows, arg: &Bound) -> Bound {
    if arg.ty == Ty::Double && !rows.keyed {
        return Bound::expression(rows.call("AVG", "", &arg.sql), Ty::Double);
    }
    let count = Bound::expression(rows.call("COUNT", "i_by_count", &arg.sql), Ty::BigInt);
    quotient(&sum(rows, arg), &count, arg.ty)
}

/// A sum by its count. UNVERIFIED(iris): precision and scale are those of a division (iris-sql
/// §1.1) with two more decimals than the argument has, at least 6.
pub(super) fn quotient(total: &Bound, count: &Bound, from: Ty) -> Bound {
    let sql = format!("i_div({},i_dec(NULLIF({},0),0))", total.decimal(), count.sql);
    if from == Ty::Double {
        return Bound::expression(format!("i_real({sql})"), Ty::Double);
    }
    let (p, s) = from.digits();
    let scale = 6.max(s.saturating_add(2)).min(17);
    let p = p.saturating_sub(s).saturating_add(scale).min(36);
    Bound::expression(sql, Ty::Decimal { p, s: scale })
}

/// STDDEV and VARIANCE. UNVERIFIED(iris): NUMERIC like a quotient, and 0 for one value of a sample.
fn spread(sample: bool, root: bool, rows: &Rows, arg: &Bound) -> Bound {
    let (plain, keyed) = match (sample, root) {
        (true, true) => ("i_stddev_samp", "i_by_stddev_samp"),
        (false, true) => ("i_stddev_pop", "i_by_stddev_pop"),
        (true, false) => ("i_var_samp", "i_by_var_samp"),
        (false, false) => ("i_var_pop", "i_by_var_pop"),
    };
    let sql = rows.call(plain, keyed, &arg.decimal());
    if arg.ty.kept() == Kept::Real {
        return Bound::expression(format!("i_real({sql})"), Ty::Double);
    }
    Bound::expression(sql, Ty::Decimal { p: 36, s: 17 })
}

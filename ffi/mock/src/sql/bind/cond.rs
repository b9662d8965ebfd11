//! Conditions.

use std::borrow::Cow;

use super::super::api::{SelectMode, SqlFailure};
use super::super::ast::{Compare, Cond, Expr, Json, Quantifier, Query};
use super::super::calendar;
use super::super::decimal::Decimal;
use super::super::sqlcode::bare;
use super::super::types::{Kept, Ty};
use super::super::value::{self, Input, Moment};
use super::expr::number_literal;
use super::{Binder, Bound, Origin};

/// The comparison operators of iris-sql §1.1.
fn symbol(op: Compare) -> &'static str {
    match op {
        Compare::Equal => "=",
        Compare::NotEqual => "<>",
        Compare::Less => "<",
        Compare::LessEqual => "<=",
        Compare::Greater => ">",
        Compare::GreaterEqual => ">=",
    }
}

/// Joins conditions as a balanced tree, so that SQLite's limit on depth is not met.
fn balanced(word: &str, all: &[String]) -> String {
    match all {
        [] => "1".to_owned(),
        [one] => one.clone(),
        _ => {
            let (left, right) = all.split_at(all.len() / 2);
            format!("({} {word} {})", balanced(word, left), balanced(word, right))
        }
    }
}

impl Binder<'_> {
    pub(super) fn condition(&mut self, cond: &Cond) -> Result<String, SqlFailure> {
        let sql = self.condition_inside(cond)?;
        if sql.len() > super::PIECE_MAX { Err(super::too_deep()) } else { Ok(sql) }
    }

    /// The predicates of iris-sql §1.1 and Appendix C.
    fn condition_inside(&mut self, cond: &Cond) -> Result<String, SqlFailure> {
        match cond {
            Cond::And(all) => {
                let all: Result<Vec<_>, _> = all.iter().map(|c| self.condition(c)).collect();
                Ok(balanced("AND", &all?))
            }
            Cond::Or(all) => {
                let all: Result<Vec<_>, _> = all.iter().map(|c| self.condition(c)).collect();
                Ok(balanced("OR", &all?))
            }
            Cond::Not(inner) => Ok(format!("(NOT {})", self.condition(inner)?)),
            Cond::Compare(op, left, right) => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                self.compare(symbol(*op), left, right)
            }
            Cond::Between(value, low, high) => {
                let value = self.value(value)?;
                let (low, high) = (self.value(low)?, self.value(high)?);
                let above = self.compare(">=", value.clone(), low)?;
                let below = self.compare("<=", value, high)?;
                Ok(format!("({above} AND {below})"))
            }
            Cond::InList(value, list) => self.in_list(value, list),
            Cond::InQuery(value, query) => self.quantified("=", value, Quantifier::Any, query),
            Cond::Quantified(op, value, quantifier, query) => {
                self.quantified(symbol(*op), value, *quantifier, query)
            }
            Cond::Like { value, pattern, escape } => self.like(value, pattern, escape.as_ref()),
            Cond::StartsWith(value, prefix) => {
                let (value, prefix) = self.texts(value, prefix)?;
                let upper = i32::from(value.coll.is_upper());
                let (value, prefix) = (value.logical_text(), prefix.logical_text());
                Ok(format!("i_starts({value},{prefix},{upper})"))
            }
            Cond::Contains(value, part) => {
                let (value, part) = self.texts(value, part)?;
                Ok(format!("i_contains({},{})", value.logical_text(), part.logical_text()))
            }
            Cond::Follows(value, other) => {
                let (value, other) = self.texts(value, other)?;
                Ok(format!("i_follows({},{})", value.logical_text(), other.logical_text()))
            }
            Cond::InListValue(value, list) => {
                let (value, list) = self.texts(value, list)?;
                let upper = i32::from(value.coll.is_upper());
                Ok(format!("i_inlist({},{},{upper})", value.logical_text(), list.sql))
            }
            Cond::Matches { value, pattern, escape } => {
                let (value, pattern) = self.texts(value, pattern)?;
                let escape = self.escape_character(escape.as_ref())?;
                let (value, pattern) = (value.logical_text(), pattern.logical_text());
                Ok(format!("i_matches({value},{pattern},{escape})"))
            }
            Cond::Pattern(value, pattern) => {
                let (value, pattern) = self.texts(value, pattern)?;
                Ok(format!("i_pattern({},{})", value.logical_text(), pattern.logical_text()))
            }
            Cond::IsJson(value, kind) => {
                let value = self.value(value)?;
                let value = self.settled(value, Ty::Varchar(0)).logical_text();
                let kind = match kind {
                    Json::Any => 0,
                    Json::Scalar => 1,
                    Json::Array => 2,
                    Json::Object => 3,
                };
                Ok(format!("i_json({value},{kind})"))
            }
            Cond::IsNull(value) => {
                let value = self.value(value)?;
                let value = self.settled(value, Ty::Varchar(0));
                Ok(format!("({} IS NULL)", value.sql))
            }
            Cond::Exists(query) => {
                let inner = self.subquery(query)?;
                self.watch(&inner, None);
                Ok(format!("EXISTS({})", inner.sql))
            }
        }
    }

    /// Two operands as text; a stream is none (iris-sql §1.5, −313).
    fn texts(&mut self, a: &Expr, b: &Expr) -> Result<(Bound, Bound), SqlFailure> {
        let (a, b) = (self.value(a)?, self.value(b)?);
        if a.ty.is_stream() || b.ty.is_stream() {
            return Err(bare(-313));
        }
        Ok((self.settled(a, Ty::Varchar(0)), self.settled(b, Ty::Varchar(0))))
    }

    fn like(
        &mut self,
        value: &Expr,
        pattern: &Expr,
        escape: Option<&Expr>,
    ) -> Result<String, SqlFailure> {
        let (value, pattern) = self.texts(value, pattern)?;
        let escape = self.escape_character(escape)?;
        let upper = i32::from(value.coll.is_upper());
        let (value, pattern) = (value.logical_text(), pattern.logical_text());
        Ok(format!("i_like({value},{pattern},{escape},{upper})"))
    }

    fn escape_character(&mut self, escape: Option<&Expr>) -> Result<String, SqlFailure> {
        let Some(escape) = escape else { return Ok("NULL".to_owned()) };
        let escape = self.value(escape)?;
        Ok(self.settled(escape, Ty::Varchar(1)).logical_text())
    }

    fn in_list(&mut self, value: &Expr, list: &[Expr]) -> Result<String, SqlFailure> {
        let value = self.value(value)?;
        let mut left: Option<String> = None;
        let (mut members, mut apart) = (Vec::new(), Vec::new());
        for member in list {
            let member = self.value(member)?;
            let (a, b, collate) = self.pair(value.clone(), member)?;
            let whole = format!("{a}{collate}");
            if left.as_ref().is_none_or(|seen| *seen == whole) {
                left = Some(whole);
                members.push(b);
            } else {
                apart.push(format!("({whole} = {b})"));
            }
        }
        if let Some(left) = left {
            apart.push(format!("({left} IN ({}))", members.join(", ")));
        }
        Ok(balanced("OR", &apart))
    }

    fn quantified(
        &mut self,
        op: &str,
        value: &Expr,
        quantifier: Quantifier,
        query: &Query,
    ) -> Result<String, SqlFailure> {
        let value = self.value(value)?;
        let inner = self.subquery(query)?;
        if inner.outputs.len() != 1 {
            return Err(bare(-10));
        }
        let ty = inner.outputs.first().map_or(Ty::Unknown, |o| o.ty);
        let mut right = Bound::expression("q.o0".to_owned(), ty);
        right.coll = inner.colls.first().copied().unwrap_or(super::Coll::None);
        right.origin = Origin::Subquery;
        let (a, b, collate) = self.pair(value, right)?;
        let compared = format!("({a}{collate} {op} {b})");
        if quantifier == Quantifier::Any {
            self.watch(&inner, Some(&compared));
        }
        let from = inner.sql;
        if op == "=" && quantifier == Quantifier::Any {
            return Ok(if b == "q.o0" {
                format!("({a}{collate} IN ({from}))")
            } else {
                format!("({a}{collate} IN (SELECT {b} FROM ({from}) AS q))")
            });
        }
        // The operand stands outside of the subquery, because it may be an aggregate or a window
        // of this SELECT: the least or greatest value decides. Otherwise a NULL on either side
        // leaves it unknown (iris-sql §1.2: quantified comparisons are those of the standard).
        let to = |extreme: &str| {
            format!("({a}{collate} {op} (SELECT {extreme}({b}{collate}) FROM ({from}) AS q))")
        };
        let any = quantifier == Quantifier::Any;
        let decided = match op {
            "<>" if any => format!("({} OR {})", to("MIN"), to("MAX")),
            "=" => format!("({} AND {})", to("MIN"), to("MAX")),
            "<>" => {
                let fits = format!("({a}{collate} IN (SELECT {b} FROM ({from}) AS q))");
                return Ok(format!("(NOT {fits})"));
            }
            ">" | ">=" if any => to("MIN"),
            "<" | "<=" if !any => to("MIN"),
            _ => to("MAX"),
        };
        let nulls = format!("EXISTS(SELECT 1 FROM ({from}) AS q WHERE {b} IS NULL)");
        let rows = format!("EXISTS(SELECT 1 FROM ({from}) AS q)");
        Ok(match any {
            true => format!(
                "(CASE WHEN {decided} THEN 1 WHEN {nulls} OR {a} IS NULL AND {rows} THEN NULL \
                 ELSE 0 END)"
            ),
            false => format!(
                "(CASE WHEN NOT {decided} THEN 0 WHEN {nulls} OR {a} IS NULL AND {rows} THEN NULL \
                 ELSE 1 END)"
            ),
        })
    }

    pub(super) fn compare(
        &mut self,
        op: &str,
        left: Bound,
        right: Bound,
    ) -> Result<String, SqlFailure> {
        let (a, b, collate) = self.pair(left, right)?;
        Ok(format!("({a}{collate} {op} {b})"))
    }

    /// Two operands in one form, and the collation that compares them. It goes with the first one:
    /// SQLite would take what stands in a condition of a CASE there before that of the second.
    fn pair(
        &mut self,
        left: Bound,
        right: Bound,
    ) -> Result<(String, String, &'static str), SqlFailure> {
        if left.ty.is_stream() || right.ty.is_stream() {
            // iris-sql §1.5: streams are no operands of predicates.
            return Err(bare(-313));
        }
        let (left, right) = self.settled_pair(left, right);
        let left = literal_as(left, right.ty, self.mode)?;
        let right = literal_as(right, left.ty, self.mode)?;
        if let Some(pair) = literal_pair(&left, &right) {
            return Ok((pair.0, pair.1, ""));
        }
        if let Some(pair) = literal_pair(&right, &left) {
            return Ok((pair.1, pair.0, ""));
        }
        Ok(aligned(&left, &right))
    }

    /// A parameter takes the type of what it is compared with.
    fn settled_pair(&mut self, left: Bound, right: Bound) -> (Bound, Bound) {
        let target = |with: &Bound| match with.ty {
            Ty::Unknown => Ty::Varchar(0),
            ty => ty,
        };
        let (to_left, to_right) = (target(&right), target(&left));
        if let (Origin::Param(n), Ty::Unknown) = (&left.origin, left.ty) {
            self.hint(*n, &right, true);
        }
        if let (Origin::Param(n), Ty::Unknown) = (&right.origin, right.ty) {
            self.hint(*n, &left, true);
        }
        (self.settled(left, to_left), self.settled(right, to_right))
    }
}

/// A text literal beside a date or a number is converted in the select mode (iris-sql §4.1); in
/// Logical mode what is no logical value matches nothing.
fn literal_as(literal: Bound, ty: Ty, mode: SelectMode) -> Result<Bound, SqlFailure> {
    let Origin::Text(text) = &literal.origin else { return Ok(literal) };
    let input = Input::Text(Cow::Borrowed(text.as_str()));
    let as_moment = |value: Option<i64>, ty: Ty, what: Moment| match (value, mode) {
        (Some(value), _) => Ok(Bound::expression(format!("({value})"), ty)),
        (None, SelectMode::Logical) => Ok(Bound::expression("(NULL)".to_owned(), ty)),
        (None, _) => Err(value::unreadable(what, mode, text)),
    };
    let timestamp = || match mode {
        SelectMode::Logical => None,
        _ => value::timestamp(mode, text),
    };
    Ok(match ty {
        Ty::Date if Decimal::is_number(text) => number_literal(Decimal::prefix(text)),
        Ty::Date => {
            // A timestamp stands for its date in ODBC mode only (iris-sql §4.1).
            let of_timestamp = || timestamp().filter(|_| mode == SelectMode::Odbc);
            let day = value::date(mode, &input).or_else(|| of_timestamp().map(|(day, _)| day));
            as_moment(day, ty, Moment::Date)?
        }
        Ty::Time(_) => as_moment(value::time(mode, &input), ty, Moment::Time)?,
        Ty::PosixTime | Ty::TimeStamp => {
            let number = if ty == Ty::PosixTime { input.logical() } else { None };
            // %TimeStamp is text in every mode.
            let moment = match ty {
                Ty::TimeStamp => value::timestamp(SelectMode::Odbc, text),
                _ => timestamp(),
            };
            let logical =
                number.or_else(|| moment.map(|(date, nanos)| calendar::posix(date, nanos)));
            as_moment(logical, Ty::PosixTime, Moment::Date)?
        }
        ty if ty.is_number() => number_literal(Decimal::prefix(text)),
        _ => literal,
    })
}

/// A number literal beside a kept number: in the kept one's own form, so that indexes serve. A
/// value between two kept ones stays between them as a REAL, which SQLite compares exactly.
fn literal_pair(kept: &Bound, literal: &Bound) -> Option<(String, String)> {
    let (Kept::Whole(s), Origin::Number(value)) = (kept.ty.kept(), &literal.origin) else {
        return None;
    };
    if matches!(kept.origin, Origin::Number(_)) {
        return None;
    }
    Some((kept.sql.clone(), between(*value, s)))
}

/// A decimal among whole numbers with `s` decimals.
pub(super) fn between(value: Decimal, s: u8) -> String {
    match value.scaled(s) {
        Some((n, true)) => format!("({n})"),
        _ => {
            let shifted = value.multiply(Decimal::new(10_i128.pow(u32::from(s.min(18))), 0));
            match shifted.floor().scaled(0) {
                Some((n, true)) => format!("({n} + 0.5)"),
                _ if value.is_negative() => "(-1e300)".to_owned(),
                _ => "(1e300)".to_owned(),
            }
        }
    }
}

fn aligned(left: &Bound, right: &Bound) -> (String, String, &'static str) {
    let (a, b) = (left.ty, right.ty);
    if a == Ty::Double || b == Ty::Double {
        return (left.real(), right.real(), "");
    }
    let moment = |ty: Ty| matches!(ty, Ty::PosixTime | Ty::TimeStamp | Ty::Date);
    if moment(a) && moment(b) && a != b {
        // Equal only at midnight, the ANSI rule (iris-sql §2).
        return (left.posix(), right.posix(), "");
    }
    match (a.kept(), b.kept()) {
        (Kept::Whole(x), Kept::Whole(y)) if x == y => (left.sql.clone(), right.sql.clone(), ""),
        (Kept::Whole(_) | Kept::Number, Kept::Whole(_) | Kept::Number) => {
            (left.decimal(), right.decimal(), " COLLATE IRISDEC")
        }
        (Kept::Blob, Kept::Blob) => (left.sql.clone(), right.sql.clone(), ""),
        (Kept::Blob, _) => (left.sql.clone(), format!("CAST({} AS BLOB)", right.sql), ""),
        (_, Kept::Blob) => (format!("CAST({} AS BLOB)", left.sql), right.sql.clone(), ""),
        _ => {
            let collate =
                if left.coll.with(right.coll) { " COLLATE SQLUPPER" } else { " COLLATE BINARY" };
            // Operands are compared in logical form (iris-sql §4.1): only literals and parameters
            // are converted.
            (left.logical_text(), right.logical_text(), collate)
        }
    }
}

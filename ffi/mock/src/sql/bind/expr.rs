//! Values.

use super::super::api::SqlFailure;
use super::super::ast::{Collation, EscapeKind, Expr, Op, When};
use super::super::calendar;
use super::super::decimal::Decimal;
use super::super::sqlcode::{bare, fail};
use super::super::types::{self, Kept, Ty};
use super::scope::Label;
use super::{Binder, Bound, Coll, Constant, Origin};

impl Binder<'_> {
    pub(super) fn value(&mut self, expr: &Expr) -> Result<Bound, SqlFailure> {
        if self.depth >= super::HEIGHT_MAX {
            return Err(super::too_deep());
        }
        self.depth += 1;
        let out = self.value_inside(expr);
        self.depth -= 1;
        match out {
            Ok(bound) if bound.sql.len() > super::PIECE_MAX => Err(super::too_deep()),
            out => out,
        }
    }

    fn value_inside(&mut self, expr: &Expr) -> Result<Bound, SqlFailure> {
        match expr {
            Expr::Param(n) => {
                let bound = Bound::expression(format!("?{}", n + 1), Ty::Unknown);
                Ok(bound.with_origin(Origin::Param(*n)))
            }
            Expr::Text(text) => Ok(self.text_literal(text)),
            Expr::Number(digits) => Ok(number_literal(Decimal::prefix(digits))),
            Expr::Null => {
                Ok(Bound::expression("NULL".to_owned(), Ty::Unknown).with_origin(Origin::Null))
            }
            Expr::Escape(kind, text) => escape_literal(self, *kind, text),
            Expr::Column { schema, table, name, at } => {
                let (schema, table) = (schema.as_deref(), table.as_deref());
                self.column(Label { schema, table, at: *at }, name)
            }
            Expr::Arrow(column) => {
                self.value(column)?;
                // Columns of DDL tables are no references (iris-sql §1.1, Appendix A).
                Err(bare(-31))
            }
            Expr::Negate(inner) => self.negate(inner),
            Expr::Binary(op, left, right) => self.binary(*op, left, right),
            Expr::Case { operand, whens, other } => {
                self.case(operand.as_deref(), whens, other.as_deref())
            }
            Expr::Cast(inner, ty) => self.cast(inner, ty),
            Expr::Call { name, args, escape, at } => self.call(name, args, *escape, *at),
            Expr::Convert(conversion) => self.convert(conversion),
            Expr::Aggregate(call) => self.aggregate(call),
            Expr::Window(call) => self.window(call),
            Expr::Special { name, precision } => Ok(self.special(name, *precision)),
            Expr::Collate(collation, inner) => {
                let inner = self.value(inner)?;
                let inner = self.settled(inner, Ty::Varchar(0));
                let upper = *collation == Collation::SqlUpper;
                let sql = match upper {
                    true => format!("i_sqlupper({})", inner.logical_text()),
                    false => inner.sql.clone(),
                };
                // In upper case it is a text.
                let text = upper && inner.ty.kept() != Kept::Text;
                let ty = if text { Ty::Varchar(0) } else { inner.ty };
                let mut out = Bound::expression(sql, ty);
                out.coll = Coll::Explicit(upper);
                Ok(out)
            }
            Expr::Subquery(query) => self.scalar_subquery(query),
        }
    }

    fn text_literal(&mut self, text: &str) -> Bound {
        let sql = self.constant(Constant::Text(text.to_owned()));
        let length = u32::try_from(text.encode_utf16().count()).unwrap_or(0);
        let mut bound = Bound::expression(sql, Ty::Varchar(length.max(1)))
            .with_origin(Origin::Text(text.to_owned()));
        bound.nullable = 0;
        bound
    }

    /// Gives a parameter of unknown type one; anything else stays.
    pub(super) fn settled(&mut self, bound: Bound, ty: Ty) -> Bound {
        match bound.origin {
            Origin::Param(n) if bound.ty == Ty::Unknown => {
                if let Some(slot) = self.slots.get_mut(n) {
                    slot.ty = ty;
                }
                Bound { ty, ..bound }
            }
            _ => bound,
        }
    }

    /// Notes the column that a parameter is compared with or stored in.
    pub(super) fn hint(&mut self, param: usize, with: &Bound, compared: bool) {
        let (column, nullable) = match &with.origin {
            Origin::Column(table, id) => {
                let name = table.column(*id).map(|c| c.name.clone()).unwrap_or_default();
                (name, with.nullable)
            }
            Origin::Derived(output) => (output.name.clone(), with.nullable),
            Origin::RowId(table) => (table.row_id_name(), 0),
            _ => (String::new(), 1),
        };
        if let Some(slot) = self.slots.get_mut(param) {
            slot.column = column;
            slot.nullable = nullable;
            slot.compared = compared;
        }
    }

    fn negate(&mut self, inner: &Expr) -> Result<Bound, SqlFailure> {
        let inner = self.value(inner)?;
        let inner = self.settled(inner, ANY_NUMBER);
        self.no_streams(&[&inner])?;
        Ok(match inner.ty.kept() {
            Kept::Real => Bound::expression(format!("(-{})", inner.sql), Ty::Double),
            Kept::Whole(_) if inner.ty.is_number() => {
                Bound::expression(format!("i_isub(0,{})", inner.sql), inner.ty)
            }
            _ => {
                let (p, s) = inner.ty.digits();
                let sql = format!("i_neg({})", inner.decimal());
                Bound::expression(sql, Ty::Decimal { p, s })
            }
        })
    }

    fn binary(&mut self, op: Op, left: &Expr, right: &Expr) -> Result<Bound, SqlFailure> {
        let (a, b) = (self.value(left)?, self.value(right)?);
        if op == Op::Concat {
            let a = self.settled(a, Ty::Varchar(0));
            let b = self.settled(b, Ty::Varchar(0));
            self.no_streams(&[&a, &b])?;
            let length = match (a.ty, b.ty) {
                (Ty::Varchar(x), Ty::Varchar(y)) if x > 0 && y > 0 => x.saturating_add(y),
                _ => 0,
            };
            let sql = format!("({} || {})", a.logical_text(), b.logical_text());
            return Ok(Bound::expression(sql, Ty::Varchar(length.min(types::STRING_MAX))));
        }
        let (a, b) = (self.settled(a, ANY_NUMBER), self.settled(b, ANY_NUMBER));
        self.no_streams(&[&a, &b])?;
        Ok(arithmetic(op, &a, &b))
    }

    /// Streams are no operands: −37 (iris-sql §1.5).
    pub(super) fn no_streams(&self, all: &[&Bound]) -> Result<(), SqlFailure> {
        if all.iter().any(|b| b.ty.is_stream()) { Err(bare(-37)) } else { Ok(()) }
    }

    /// WHEN takes a condition where CASE has no operand, and a value is none: −12 (iris-sql §1.1,
    /// Appendix A).
    fn case(
        &mut self,
        operand: Option<&Expr>,
        whens: &[(When, Expr)],
        other: Option<&Expr>,
    ) -> Result<Bound, SqlFailure> {
        let operand = operand.map(|e| self.value(e)).transpose()?;
        let repeated = operand.as_ref().map_or(0, |operand| operand.sql.len() * whens.len());
        if repeated > super::PIECE_MAX {
            return Err(super::too_deep());
        }
        let mut conditions = Vec::new();
        let mut results = Vec::new();
        for (when, result) in whens {
            conditions.push(match (when, &operand) {
                (When::Cond(cond), _) => self.condition(cond)?,
                (When::Value(value), Some(operand)) => {
                    let value = self.value(value)?;
                    self.compare("=", operand.clone(), value)?
                }
                (When::Value(_), None) => return Err(bare(-12)),
            });
            results.push(self.value(result)?);
        }
        if let Some(other) = other {
            results.push(self.value(other)?);
        }
        let (ty, results) = self.unified(results);
        let mut sql = "CASE".to_owned();
        let mut results = results.into_iter();
        for condition in conditions {
            let result = results.next().unwrap_or_default();
            sql.push_str(&format!(" WHEN {condition} THEN {result}"));
        }
        if let Some(result) = results.next() {
            sql.push_str(&format!(" ELSE {result}"));
        }
        sql.push_str(" END");
        Ok(Bound::expression(sql, ty))
    }

    /// Brings alternatives to their common type (iris-sql §1.5, type precedence).
    pub(super) fn unified(&mut self, all: Vec<Bound>) -> (Ty, Vec<String>) {
        let ty = all.iter().fold(Ty::Unknown, |ty, bound| ty.common(bound.ty));
        let ty = if ty == Ty::Unknown { Ty::Varchar(0) } else { ty };
        let texts = all.into_iter().map(|bound| self.settled(bound, ty).to(ty)).collect();
        (ty, texts)
    }

    /// Keyword functions and special variables (iris-sql §2).
    fn special(&mut self, name: &str, precision: Option<u8>) -> Bound {
        let precision = precision.unwrap_or(0);
        let ty = match name {
            "CURRENT_DATE" => Ty::Date,
            "CURRENT_TIME" => Ty::Time(precision),
            "CURRENT_TIMESTAMP" | "SYSDATE" => Ty::TimeStamp,
            "$JOB" | "$ZJOB" | "$TLEVEL" => Ty::Integer,
            "$ZPI" => Ty::Decimal { p: 19, s: 17 },
            "$ZHOROLOG" => Ty::Decimal { p: 18, s: 6 },
            _ => Ty::Varchar(255),
        };
        let sql = self.constant(Constant::Special(name.to_owned(), precision));
        let mut out = Bound::expression(sql, ty);
        out.nullable = 0;
        out
    }
}

/// What a parameter becomes in arithmetic: any decimal.
pub(super) const ANY_NUMBER: Ty = Ty::Decimal { p: 18, s: 9 };

/// A number as written: INTEGER, BIGINT, or NUMERIC with its own precision and scale; beyond 19
/// digits it has lost precision already (iris-sql §1.1).
pub(super) fn number_literal(value: Decimal) -> Bound {
    if value.parts().is_none() {
        // UNVERIFIED(iris): what a decimal cannot hold (iris-sql §4.3, exponents −128 to 127) is a
        // double.
        let bound = Bound::expression(format!("({:e})", value.to_double()), Ty::Double);
        return Bound { nullable: 0, ..bound.with_origin(Origin::Number(value)) };
    }
    let shown = value.to_string();
    let digits = shown.trim_start_matches('-');
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let scale = u8::try_from(fraction.len()).unwrap_or(u8::MAX);
    let p = u8::try_from(whole.len() + fraction.len()).unwrap_or(u8::MAX);
    let bound = match value.scaled(0) {
        Some((n, true)) if i32::try_from(n).is_ok() => {
            Bound::expression(format!("({n})"), Ty::Integer)
        }
        Some((n, true)) => Bound::expression(format!("({n})"), Ty::BigInt),
        _ => match value.scaled(scale) {
            Some((n, true)) if scale <= 18 => {
                Bound::expression(format!("({n})"), Ty::Numeric { p, s: scale })
            }
            _ => Bound::expression(
                format!("'{shown}'"),
                Ty::Decimal { p: p.min(36), s: scale.min(17) },
            ),
        },
    };
    let mut bound = bound.with_origin(Origin::Number(value));
    bound.nullable = 0;
    bound
}

fn escape_literal(
    binder: &mut Binder<'_>,
    kind: EscapeKind,
    text: &str,
) -> Result<Bound, SqlFailure> {
    let literal = |sql: String, ty: Ty| {
        let mut bound = Bound::expression(sql, ty).with_origin(Origin::Literal);
        bound.nullable = 0;
        Ok(bound)
    };
    match kind {
        EscapeKind::Date => match calendar::parse_date(text) {
            Some(day) => literal(format!("({day})"), Ty::Date),
            None => Err(invalid_date(text)),
        },
        EscapeKind::Time => match calendar::parse_time(text) {
            Some(nanos) => literal(format!("({nanos})"), Ty::Time(0)),
            None => Err(invalid_time(text)),
        },
        EscapeKind::Timestamp => {
            let Some((date, nanos)) = calendar::parse_timestamp(text) else {
                return Err(invalid_date(text));
            };
            let mut out = Vec::new();
            calendar::put_timestamp(&mut out, date, nanos);
            let text = String::from_utf8_lossy(&out).into_owned();
            let sql = binder.constant(Constant::Text(text));
            literal(sql, Ty::TimeStamp)
        }
    }
}

/// −146 (iris-sql §1.7).
pub(in crate::sql) fn invalid_date(text: &str) -> SqlFailure {
    fail(-146, format!("Error: '{text}' is an invalid ODBC/JDBC Date value"))
}

/// −147 (iris-sql Appendix A), in the form of −146.
pub(in crate::sql) fn invalid_time(text: &str) -> SqlFailure {
    fail(-147, format!("Error: '{text}' is an invalid ODBC/JDBC Time value"))
}

/// Result types of iris-sql §1.1.
pub(super) fn arithmetic(op: Op, a: &Bound, b: &Bound) -> Bound {
    let plain = matches!(op, Op::Add | Op::Subtract);
    if a.ty == Ty::Double || b.ty == Ty::Double {
        let (x, y) = (a.real(), b.real());
        let sql = match op {
            Op::Add => format!("i_radd({x},{y})"),
            Op::Subtract => format!("i_rsub({x},{y})"),
            Op::Multiply => format!("i_rmul({x},{y})"),
            Op::Divide => format!("i_rdiv({x},{y})"),
            Op::Whole | Op::Modulo | Op::Concat => {
                let name = if op == Op::Whole { "i_whole" } else { "i_mod" };
                return Bound::expression(
                    format!("{name}({},{})", a.decimal(), b.decimal()),
                    Ty::Decimal { p: 18, s: 0 },
                );
            }
        };
        return Bound::expression(sql, Ty::Double);
    }
    let name = if op == Op::Add { "i_iadd" } else { "i_isub" };
    let whole = |ty: Ty| ty.is_integer() || ty == Ty::Date;
    if plain && whole(a.ty) && whole(b.ty) {
        let sql = format!("{name}({},{})", a.sql, b.sql);
        return Bound::expression(sql, sum_type(a.ty, b.ty));
    }
    let ((p1, s1), (p2, s2)) = (a.ty.digits(), b.ty.digits());
    let (i1, i2) = (p1.saturating_sub(s1), p2.saturating_sub(s2));
    let s = s1.max(s2);
    let p = i1.max(i2).saturating_add(s).saturating_add(1);
    let kept = |ty: Ty| matches!(ty.kept(), Kept::Whole(_)) && !matches!(ty, Ty::Time(_));
    if plain && kept(a.ty) && kept(b.ty) && p <= 18 {
        let sql = format!("{name}({},{})", a.whole(s), b.whole(s));
        return Bound::expression(sql, Ty::Numeric { p, s });
    }
    let (x, y) = (a.decimal(), b.decimal());
    let decimal = |p: u8, s: u8| Ty::Decimal { p: p.min(36), s: s.min(17) };
    match op {
        Op::Add => Bound::expression(format!("i_add({x},{y})"), decimal(p, s)),
        Op::Subtract | Op::Concat => Bound::expression(format!("i_sub({x},{y})"), decimal(p, s)),
        Op::Multiply => Bound::expression(
            format!("i_mul({x},{y})"),
            decimal(p1.saturating_add(p2), s1.saturating_add(s2)),
        ),
        Op::Divide => {
            let s = s1.saturating_add(p2).saturating_add(1).clamp(6, 17);
            let p = i1.saturating_add(s2).saturating_add(s);
            Bound::expression(format!("i_div({x},{y})"), decimal(p, s))
        }
        Op::Whole => Bound::expression(format!("i_trunc(i_whole({x},{y}))"), Ty::BigInt),
        Op::Modulo if whole(a.ty) && whole(b.ty) => {
            Bound::expression(format!("i_trunc(i_mod({x},{y}))"), b.ty.common(a.ty))
        }
        Op::Modulo => Bound::expression(format!("i_mod({x},{y})"), decimal(p2, s)),
    }
}

fn sum_type(a: Ty, b: Ty) -> Ty {
    match (a, b) {
        // A date with an integer is an INTEGER (iris-sql §2).
        (Ty::Date, _) | (_, Ty::Date) => Ty::Integer,
        _ => match a.common(b) {
            Ty::Bit | Ty::TinyInt => Ty::SmallInt,
            Ty::SmallInt => Ty::Integer,
            _ => Ty::BigInt,
        },
    }
}

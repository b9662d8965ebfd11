//! Results that have more digits than IRIS keeps, or more than their type holds.
//!
//! IRIS computes with decimals of 64 bits: beyond that it rounds in silence. PostgreSQL's `numeric`
//! is exact, and its integers raise 22003. So where the types of the operands do not say that a
//! result fits, the printed text says that one that does not is an error. What must not be is the
//! root of −1 (SQLCODE −400), for IRIS's SQL cannot raise an error of its own.

use super::constant::is_integer;
use super::expr::form_of;
use super::table::{self, Aggregate as Which, Form};
use super::{Emitter, cast};
use crate::sql::bound::{Aggregate, Expr, Literal, Node, Operation};
use crate::sql::error::SqlError;
use crate::sql::statement::Fault;
use crate::types::iris::numeric_digits;
use crate::types::pg::PgType;

/// How many significant digits every decimal of IRIS has.
const DIGITS: u32 = 18;

/// Sums of so many digits more than a value has are thought to fit: a million of the greatest
/// values.
const SUMMED_DIGITS: u32 = 6;

/// The greatest whole number that IRIS keeps exactly.
const GREATEST: i128 = 9_223_372_036_854_775_807;

/// What is known of the digits of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// At most so many digits before and after the point.
    Digits { whole: u32, scale: u32 },
    /// Exact, with digits that only the value tells, as a parameter.
    Value,
    /// Rounded anyhow, as a quotient.
    Rounded,
}

impl Extent {
    fn most(self, other: Self) -> Self {
        match (self, other) {
            (Self::Rounded, _) | (_, Self::Rounded) => Self::Rounded,
            (Self::Value, _) | (_, Self::Value) => Self::Value,
            (Self::Digits { whole: a, scale: s }, Self::Digits { whole: b, scale: t }) => {
                Self::Digits { whole: a.max(b), scale: s.max(t) }
            }
        }
    }

    /// What is left of a result after it was checked.
    fn checked(self) -> Self {
        match self {
            Self::Digits { whole, scale } if whole.saturating_add(scale) > DIGITS => Self::Value,
            other => other,
        }
    }
}

/// The range of an integer type.
fn bounds(ty: PgType) -> (i128, i128) {
    match ty {
        PgType::Int2 => (i128::from(i16::MIN), i128::from(i16::MAX)),
        PgType::Int4 => (i128::from(i32::MIN), i128::from(i32::MAX)),
        _ => (i128::from(i64::MIN), i128::from(i64::MAX)),
    }
}

/// Between which whole numbers an integer expression lies; those of its type at most.
fn range(expr: &Expr) -> (i128, i128) {
    let (low, high) = bounds(expr.ty);
    let (least, most) = match &expr.node {
        Node::Literal(Literal::Integer(value)) => (i128::from(*value), i128::from(*value)),
        Node::Operation(operation) => unbounded(operation).unwrap_or((low, high)),
        Node::Cast(cast) if is_integer(cast.expr.ty) => range(&cast.expr),
        _ => (low, high),
    };
    (least.max(low), most.min(high))
}

/// Between which whole numbers the result of an operation would lie without the limits of its
/// type; `None` where they cannot be passed.
fn unbounded(operation: &Operation) -> Option<(i128, i128)> {
    let form = form_of(operation)?;
    match (form, operation.operands.as_slice()) {
        (Form::Infix(symbol), [left, right]) => {
            let ((a, b), (c, d)) = (range(left), range(right));
            match symbol {
                "+" => Some((a.saturating_add(c), b.saturating_add(d))),
                "-" => Some((a.saturating_sub(d), b.saturating_sub(c))),
                "*" => {
                    let all = [(a, c), (a, d), (b, c), (b, d)].map(|(x, y)| x.saturating_mul(y));
                    Some((all.into_iter().min()?, all.into_iter().max()?))
                }
                // Only the least number divided by −1 is greater than what is divided.
                "\\" if c <= -1 && d >= -1 => {
                    let most = a.saturating_neg().max(b);
                    Some((most.saturating_neg(), most))
                }
                _ => None,
            }
        }
        (Form::Negate, [only]) => {
            let (a, b) = range(only);
            Some((b.saturating_neg(), a.saturating_neg()))
        }
        _ => None,
    }
}

/// Digits of the greatest number of a type.
fn extent(expr: &Expr) -> Extent {
    let of = |whole, scale| Extent::Digits { whole, scale };
    match expr.ty {
        PgType::Int2 | PgType::Int4 | PgType::Int8 => {
            let (low, high) = range(expr);
            let most = low.unsigned_abs().max(high.unsigned_abs());
            return of(most.checked_ilog10().map_or(1, |log| log.saturating_add(1)), 0);
        }
        PgType::Numeric => {}
        _ => return Extent::Rounded,
    }
    if let Some((precision, scale)) = numeric_digits(expr.typmod) {
        let digits = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        return of(digits(precision.saturating_sub(scale)), digits(scale));
    }
    match &expr.node {
        Node::Literal(Literal::Null) => of(0, 0),
        Node::Literal(Literal::Decimal(digits)) => {
            let body = digits.trim_start_matches('-');
            let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
            let count = |text: &str| u32::try_from(text.len()).unwrap_or(u32::MAX);
            of(count(whole.trim_start_matches('0')), count(fraction.trim_end_matches('0')))
        }
        Node::Operation(operation) => computed(operation).map_or(Extent::Rounded, Extent::checked),
        Node::Cast(cast) if cast::is_silent(expr) => extent(&cast.expr),
        Node::Cast(cast) if is_integer(cast.expr.ty) => extent(&cast.expr),
        Node::Coalesce(all) | Node::Extreme { arguments: all, .. } => widest(all.iter()),
        Node::Case(case) => {
            widest(case.branches.iter().map(|(_, result)| result).chain(case.otherwise.iter()))
        }
        Node::NullIf { result, .. } => extent(result),
        Node::Aggregate(aggregate) => aggregated(aggregate),
        Node::Call(call) => match table::function(call.function).map(|line| line.form) {
            Some(Form::Call("ABS")) => widest(call.arguments.iter()),
            Some(Form::Round { .. }) => Extent::Value,
            _ => Extent::Rounded,
        },
        Node::Column(_) | Node::Parameter(_) => Extent::Value,
        _ => Extent::Rounded,
    }
}

fn widest<'e>(all: impl Iterator<Item = &'e Expr>) -> Extent {
    all.map(extent).fold(Extent::Digits { whole: 0, scale: 0 }, Extent::most)
}

fn aggregated(aggregate: &Aggregate) -> Extent {
    let Some(Form::Aggregate(which)) = table::function(aggregate.function).map(|line| line.form)
    else {
        return Extent::Rounded;
    };
    let own = widest(aggregate.arguments.iter());
    match (which, own) {
        (Which::Sum, Extent::Digits { whole, scale }) => {
            Extent::Digits { whole: whole.saturating_add(SUMMED_DIGITS), scale }.checked()
        }
        (Which::Sum | Which::Min | Which::Max, own) => own,
        _ => Extent::Rounded,
    }
}

/// The digits of a result before any check; `None` for what is exact or rounded anyhow.
fn computed(operation: &Operation) -> Option<Extent> {
    let form = form_of(operation)?;
    match (form, operation.operands.as_slice()) {
        (Form::Infix(symbol @ ("+" | "-" | "*")), [left, right]) => {
            let (a, b) = (extent(left), extent(right));
            Some(match (a, b) {
                (Extent::Digits { whole, scale }, Extent::Digits { whole: w, scale: s }) => {
                    match symbol {
                        "*" => Extent::Digits {
                            whole: whole.saturating_add(w),
                            scale: scale.saturating_add(s),
                        },
                        _ => Extent::Digits {
                            whole: whole.max(w).saturating_add(1),
                            scale: scale.max(s),
                        },
                    }
                }
                _ => a.most(b),
            })
        }
        (Form::Negate | Form::Same, [only]) => Some(extent(only)),
        (Form::Modulo, [left, right]) => Some(extent(left).most(extent(right))),
        _ => None,
    }
}

/// `10^(18 - scale)`: what has fewer digits before the point is exact.
fn limit(scale: u32) -> String {
    match DIGITS.checked_sub(scale) {
        Some(whole) => format!("1{}", "0".repeat(usize::try_from(whole).unwrap_or(0))),
        None => {
            let zeros = scale.saturating_sub(DIGITS).saturating_sub(1);
            format!("0.{}1", "0".repeat(usize::try_from(zeros).unwrap_or(0)))
        }
    }
}

impl Emitter<'_> {
    /// Prints arithmetic so that what does not fit is an error. `checked` says that whoever takes
    /// the value checks the range of its type.
    pub(super) fn guarded(
        &mut self,
        expr: &Expr,
        operation: &Operation,
        checked: bool,
        print: impl Fn(&mut Self) -> Result<(), SqlError>,
    ) -> Result<(), SqlError> {
        if self.unguarded {
            return print(self);
        }
        if is_integer(expr.ty) {
            let (low, high) = bounds(expr.ty);
            let fits = unbounded(operation).is_none_or(|(a, b)| a >= low && b <= high);
            return if fits || checked { print(self) } else { self.ranged(expr.ty, print) };
        }
        let Some(Form::Infix(symbol @ ("+" | "-" | "*"))) = form_of(operation) else {
            return print(self);
        };
        let [left, right] = operation.operands.as_slice() else { return print(self) };
        if expr.ty != PgType::Numeric {
            return print(self);
        }
        let scale = match computed(operation) {
            Some(Extent::Digits { whole, scale }) if whole.saturating_add(scale) > DIGITS => {
                Some(scale)
            }
            Some(Extent::Value) => None,
            _ => return print(self),
        };
        self.rule("a number of more digits than IRIS keeps is an error");
        self.out.word("CASE WHEN");
        self.raw(|own| own.beyond(symbol, scale, left, right, &print))?;
        self.out.word("THEN");
        self.misfit(Fault::OutOfRange(expr.ty));
        self.out.word("ELSE");
        print(self)?;
        self.out.word("END");
        Ok(())
    }

    /// Prints the absolute value of a number: the least integer of a type has none.
    pub(super) fn absolute(
        &mut self,
        expr: &Expr,
        argument: &Expr,
        print: impl Fn(&mut Self) -> Result<(), SqlError>,
    ) -> Result<(), SqlError> {
        let (low, _) = bounds(expr.ty);
        if self.unguarded || !is_integer(expr.ty) || range(argument).0 > low {
            return print(self);
        }
        self.ranged(expr.ty, print)
    }

    /// Prints part of a check, in which nothing is checked again.
    fn raw(
        &mut self,
        part: impl FnOnce(&mut Self) -> Result<(), SqlError>,
    ) -> Result<(), SqlError> {
        let before = std::mem::replace(&mut self.unguarded, true);
        part(self)?;
        self.unguarded = before;
        Ok(())
    }

    /// Prints whether a result may have more digits than IRIS keeps.
    fn beyond(
        &mut self,
        symbol: &str,
        scale: Option<u32>,
        left: &Expr,
        right: &Expr,
        print: &impl Fn(&mut Self) -> Result<(), SqlError>,
    ) -> Result<(), SqlError> {
        if let Some(scale) = scale {
            self.out.call("ABS");
            print(self)?;
            self.out.close().word(">=").number(&limit(scale))?;
        }
        if symbol == "*" {
            // A product has as many digits as its factors at most.
            // UNVERIFIED(iris): that the length of a number is that of its canonical form.
            if scale.is_some() {
                self.out.word("AND");
            }
            for (index, factor) in [left, right].into_iter().enumerate() {
                if index > 0 {
                    self.out.word("+");
                }
                self.out.call("CHAR_LENGTH").call("ABS");
                self.value(factor)?;
                self.out.close().close();
            }
            self.out.word(">").count(u64::from(DIGITS));
            return Ok(());
        }
        if scale.is_some() {
            return Ok(());
        }
        for (index, term) in [left, right].into_iter().enumerate() {
            if index > 0 {
                self.out.word("OR");
            }
            self.out.call("CHAR_LENGTH").call("FLOOR").call("ABS");
            print(self)?;
            self.out.close().close().close().word("+");
            match extent(term) {
                Extent::Digits { scale, .. } => {
                    self.out.count(u64::from(scale)).word(">").count(u64::from(DIGITS));
                }
                _ => {
                    // The fraction's length counts its point.
                    self.out.call("CHAR_LENGTH").call("ABS");
                    self.value(term)?;
                    self.out.close().word("-").call("FLOOR").call("ABS");
                    self.value(term)?;
                    self.out.close().close().close().word(">");
                    self.out.count(u64::from(DIGITS.saturating_add(1)));
                }
            }
        }
        Ok(())
    }

    fn ranged(
        &mut self,
        ty: PgType,
        print: impl Fn(&mut Self) -> Result<(), SqlError>,
    ) -> Result<(), SqlError> {
        let (low, high) = bounds(ty);
        self.rule("a number that does not fit its type is an error");
        self.out.word("CASE WHEN");
        self.raw(&print)?;
        self.out.word("NOT BETWEEN").number(&low.to_string())?;
        self.out.word("AND").number(&high.to_string())?;
        self.out.word("THEN");
        self.misfit(Fault::OutOfRange(ty));
        self.out.word("ELSE");
        print(self)?;
        self.out.word("END");
        Ok(())
    }

    /// Prints a sum so that one that IRIS would round is an error.
    pub(super) fn sum(&mut self, aggregate: &Aggregate) -> Result<(), SqlError> {
        let print = |own: &mut Self| own.aggregated("SUM", aggregate);
        let [argument] = aggregate.arguments.as_slice() else { return print(self) };
        let limit = match extent(argument) {
            _ if self.unguarded => return print(self),
            Extent::Digits { whole, scale } => {
                let all = whole.saturating_add(scale).saturating_add(SUMMED_DIGITS);
                if all <= DIGITS {
                    return print(self);
                }
                match scale {
                    0 => GREATEST.to_string(),
                    scale => limit(scale),
                }
            }
            _ => return print(self),
        };
        self.rule("a number of more digits than IRIS keeps is an error");
        self.out.word("CASE WHEN");
        // Numbers of both signs may pass the limit before the last one is added.
        self.raw(|own| own.absolute_sum(aggregate))?;
        self.out.word(">").number(&limit)?;
        self.out.word("THEN");
        self.misfit(Fault::OutOfRange(PgType::Numeric));
        self.out.word("ELSE");
        print(self)?;
        self.out.word("END");
        Ok(())
    }

    fn absolute_sum(&mut self, aggregate: &Aggregate) -> Result<(), SqlError> {
        let Some(argument) = aggregate.arguments.first() else { return Ok(()) };
        self.out.call("SUM");
        match &aggregate.filter {
            Some(filter) => {
                self.out.word("CASE WHEN");
                self.predicate(filter, super::expr::Null::False)?;
                self.out.word("THEN").call("ABS");
                self.value(argument)?;
                self.out.close().word("END");
            }
            None => {
                self.out.call("ABS");
                self.value(argument)?;
                self.out.close();
            }
        }
        self.out.close();
        Ok(())
    }
}

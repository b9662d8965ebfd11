//! How PostgreSQL shows the values of an expression: its modifier, and the digits after the point
//! that a `numeric` has whatever its value.
//!
//! PostgreSQL keeps with every `numeric` how many digits it shows (`numeric.c`, `dscale`); IRIS
//! keeps the value alone. For most expressions that number follows from the text and the columns;
//! where it depends on the values (quotients, averages) there is none here.

use super::Translator;
use super::function;
use super::scope::{Known, Shown};
use super::types::{self, TypeSpec, is_integer};
use super::value::{bare, text};
use crate::types::iris::{character_typmod, numeric_typmod};
use crate::types::pg::PgType;
use irispg_grammar as grammar;
use irispg_grammar::ast::{BinaryOperator as B, Expr, UnaryOperator, Value};

impl Translator<'_> {
    /// What a client sees of an expression.
    pub(super) fn shown(&self, expr: &Expr) -> Option<Shown> {
        let ty = self.infer(expr)?;
        let typmod = self.modifier(expr, ty);
        let scale = if ty == PgType::Numeric { self.scale(expr) } else { None };
        Some(Shown { ty, typmod, scale })
    }

    /// What is known of the column that an expression is.
    pub(super) fn column_of(&self, expr: &Expr) -> Option<Known> {
        match bare(expr) {
            Expr::Identifier(name) => self.column(None, &name.value),
            Expr::CompoundIdentifier(parts) => match parts.as_slice() {
                [table, name] => self.column(Some(&table.value), &name.value),
                _ => None,
            },
            _ => None,
        }
    }

    /// The modifier of an expression of type `ty` (PostgreSQL's `exprTypmod`).
    fn modifier(&self, expr: &Expr, ty: PgType) -> i32 {
        let one = |expr: &Expr| match bare(expr) {
            Expr::Cast { data_type, .. } => types::spec(data_type).map_or(-1, typmod),
            other => self.column_of(other).map_or(-1, |known| known.typmod),
        };
        let common = |all: &mut dyn Iterator<Item = &Expr>| {
            let mut found: Option<i32> = None;
            for expr in all {
                let own = if self.infer(expr) == Some(ty) { one(expr) } else { -1 };
                if found.is_some_and(|found| found != own) {
                    return -1;
                }
                found = Some(own);
            }
            found.unwrap_or(-1)
        };
        match bare(expr) {
            Expr::Case { conditions, else_result: Some(otherwise), .. } => {
                let results = conditions.iter().map(|when| &when.result);
                common(&mut results.chain(std::iter::once(&**otherwise)))
            }
            Expr::Function(called) => match function::shared(called) {
                Some(arguments) => common(&mut arguments.into_iter()),
                None => -1,
            },
            other => one(other),
        }
    }

    /// The digits after the point that every value of a number has.
    pub(super) fn scale(&self, expr: &Expr) -> Option<u16> {
        grammar::deeper(|| self.scale_of(expr))
    }

    fn scale_of(&self, expr: &Expr) -> Option<u16> {
        if self.infer(expr).is_some_and(is_integer) {
            return Some(0);
        }
        match bare(expr) {
            Expr::Value(value) => match &value.value {
                Value::Number(written, _) => written_scale(written),
                _ => None,
            },
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => self.column_of(expr)?.scale,
            Expr::Cast { expr: inner, data_type, .. } => {
                let spec = types::spec(data_type).ok()?;
                match spec.digits {
                    Some((_, scale)) => u16::try_from(scale).ok(),
                    None => match text(inner) {
                        Some(written) => written_scale(written.trim()),
                        None => self.scale(inner),
                    },
                }
            }
            Expr::UnaryOp { op: UnaryOperator::Minus | UnaryOperator::Plus, expr } => {
                self.scale(expr)
            }
            Expr::BinaryOp { left, op, right } => {
                let (left, right) = (self.scale(left)?, self.scale(right)?);
                match op {
                    B::Plus | B::Minus | B::Modulo => Some(left.max(right)),
                    B::Multiply => left.checked_add(right),
                    _ => None,
                }
            }
            Expr::Case { conditions, else_result, .. } => {
                let results = conditions.iter().map(|when| &when.result);
                self.common_scale(results.chain(else_result.as_deref()))
            }
            // The only field with a fraction is refused.
            Expr::Ceil { .. } | Expr::Floor { .. } | Expr::Extract { .. } => Some(0),
            Expr::Function(called) => function::scale(self, called),
            _ => None,
        }
    }

    /// The scale that all of several expressions have; NULL has any.
    pub(super) fn common_scale<'e>(&self, all: impl Iterator<Item = &'e Expr>) -> Option<u16> {
        let null = |expr: &&Expr| match bare(expr) {
            Expr::Value(value) => value.value == Value::Null,
            _ => false,
        };
        let mut scales = all.filter(|expr| !null(expr)).map(|expr| self.scale(expr));
        let first = scales.next()??;
        scales.all(|scale| scale == Some(first)).then_some(first)
    }
}

/// The modifier of a type as it was written.
fn typmod(spec: TypeSpec) -> i32 {
    match (spec.ty, spec.digits) {
        (PgType::Numeric, Some((precision, scale))) => {
            let digits = i64::try_from(precision).ok().zip(i64::try_from(scale).ok());
            digits.map_or(-1, |(precision, scale)| numeric_typmod(precision, scale))
        }
        (PgType::Varchar | PgType::Bpchar, _) => character_typmod(spec.length),
        _ => -1,
    }
}

/// The digits after the point of a literal, as `numeric_in` counts them.
fn written_scale(written: &str) -> Option<u16> {
    let (mantissa, exponent) = match written.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (written, 0),
    };
    let digits = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let scale = i64::try_from(digits).ok()?.checked_sub(exponent)?;
    u16::try_from(scale.max(0)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_show_their_digits() {
        for (written, scale) in [("1", 0), ("1.50", 2), (".5", 1), ("1e3", 0), ("1.25e1", 1)] {
            assert_eq!(written_scale(written), Some(scale), "{written}");
        }
        assert_eq!(written_scale("1e-3"), Some(3));
    }
}

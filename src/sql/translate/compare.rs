//! Comparisons of two values.

use super::Translator;
use super::types::{is_number, is_text};
use super::value::is_column;
use crate::sql::error::SqlError;
use crate::types::pg::PgType;
use irispg_grammar::ast::{BinaryOperator as B, Expr};

/// An operator that compares, as IRIS writes it.
pub(super) fn symbol(op: &B) -> &'static str {
    match op {
        B::NotEq => "<>",
        B::Lt => "<",
        B::LtEq => "<=",
        B::Gt => ">",
        B::GtEq => ">=",
        _ => "=",
    }
}

/// Types whose values PostgreSQL compares with each other.
#[derive(PartialEq, Eq)]
enum Class {
    Number,
    Text,
    Moment,
    Other(PgType),
}

fn class(ty: PgType) -> Class {
    match ty {
        ty if is_number(ty) => Class::Number,
        ty if is_text(ty) || ty == PgType::Bpchar => Class::Text,
        PgType::Date | PgType::Timestamp | PgType::Timestamptz => Class::Moment,
        ty => Class::Other(ty),
    }
}

impl Translator<'_> {
    /// Prints `left op right`.
    pub(super) fn comparison(&mut self, left: &Expr, op: &B, right: &Expr) -> Result<(), SqlError> {
        let (a, b) = (self.infer(left), self.infer(right));
        self.check_comparable(a, symbol(op), b)?;
        if (a, b) == (Some(PgType::Unknown), Some(PgType::Unknown)) {
            self.settle(left, PgType::Text)?;
            self.settle(right, PgType::Text)?;
        }
        self.beside_typed(left, right, a, b)?;
        self.out.word(symbol(op));
        self.beside_typed(right, left, b, a)
    }

    fn beside_typed(
        &mut self,
        expr: &Expr,
        other: &Expr,
        own: Option<PgType>,
        ty: Option<PgType>,
    ) -> Result<(), SqlError> {
        if own == Some(PgType::Unknown) {
            return self.beside(expr, other, Self::compared(ty));
        }
        self.operand(expr, is_column(other))
    }

    /// The type that a parameter takes beside a value of type `ty` in a comparison: PostgreSQL has
    /// no operators of its own for `varchar`.
    pub(super) fn compared(ty: Option<PgType>) -> Option<PgType> {
        if ty == Some(PgType::Varchar) { Some(PgType::Text) } else { ty }
    }

    /// 42883 where PostgreSQL has no operator for two known types.
    pub(super) fn check_comparable(
        &self,
        a: Option<PgType>,
        symbol: &'static str,
        b: Option<PgType>,
    ) -> Result<(), SqlError> {
        let (Some(a), Some(b)) = (a, b) else { return Ok(()) };
        if a == PgType::Unknown || b == PgType::Unknown || a == b {
            return Ok(());
        }
        if class(a) != class(b) {
            let message = format!("operator does not exist: {} {symbol} {}", a.name(), b.name());
            return Err(SqlError::new("42883", message).hint(
                "No operator matches the given name and argument types. You might need to add \
                 explicit type casts.",
            ));
        }
        // The session's zone is UTC, in which a timestamp and a timestamptz are the same number.
        let dated = a == PgType::Date || b == PgType::Date;
        if class(a) == Class::Moment && dated {
            let message = format!("comparing {} with {} is not supported", a.name(), b.name());
            return Err(super::refuse(message).hint("Cast one side to the type of the other."));
        }
        Ok(())
    }
}

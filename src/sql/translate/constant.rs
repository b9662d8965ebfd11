//! Constants in definitions.

use crate::sql::emit::number::Number;
use crate::sql::error::SqlError;
use irispg_grammar::ast::{Expr, UnaryOperator, Value};

/// The expression inside parentheses.
pub(super) fn bare(expr: &Expr) -> &Expr {
    let mut inside = expr;
    while let Expr::Nested(inner) = inside {
        inside = inner;
    }
    inside
}

/// The string literal that an expression is.
pub(super) fn text(expr: &Expr) -> Option<&str> {
    match bare(expr) {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) => Some(text),
            _ => None,
        },
        _ => None,
    }
}

/// The number that an expression is, with its sign.
pub(super) fn number(expr: &Expr) -> Option<Result<Number, SqlError>> {
    let (expr, negative) = match expr {
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => (&**expr, true),
        other => (other, false),
    };
    match expr {
        Expr::Value(value) => match &value.value {
            Value::Number(written, _) => Some(Number::read(written, negative)),
            _ => None,
        },
        _ => None,
    }
}

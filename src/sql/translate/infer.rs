//! The PostgreSQL types of expressions, as far as the text and the catalog tell.

use super::Translator;
use super::function;
use super::interval::{self, Operand};
use super::literal::Number;
use super::predicate::is_predicate;
use super::scope::{self, Known};
use super::types::{self, promote};
use super::value::negated_number;
use crate::types::pg::PgType;
use irispg_grammar::ast::{BinaryOperator as B, Expr, UnaryOperator, Value};

impl Translator<'_> {
    /// The type of an expression: `None` when it is not known, `Unknown` for a literal or
    /// parameter that takes its type from the context.
    pub(super) fn infer(&self, expr: &Expr) -> Option<PgType> {
        if is_predicate(expr) {
            return Some(PgType::Bool);
        }
        match expr {
            Expr::Nested(inner) => self.infer(inner),
            Expr::Value(value) => self.infer_value(&value.value),
            Expr::Identifier(name) => self.column(None, &name.value).map(|known| known.ty),
            Expr::CompoundIdentifier(parts) => match parts.as_slice() {
                [table, name] => self.column(Some(&table.value), &name.value).map(|known| known.ty),
                _ => None,
            },
            Expr::Cast { data_type, .. } => types::spec(data_type).ok().map(|spec| spec.ty),
            Expr::TypedString(typed) => types::spec(&typed.data_type).ok().map(|spec| spec.ty),
            Expr::UnaryOp { op: UnaryOperator::Minus | UnaryOperator::Plus, expr: inner } => {
                match negated_number(expr) {
                    Some(number) => number.ok().map(|number| number.ty),
                    None => self.infer(inner),
                }
            }
            Expr::BinaryOp { left, op, right } => self.infer_operation(left, op, right),
            Expr::Case { conditions, else_result, .. } => {
                let results = conditions.iter().map(|when| &when.result);
                self.common(results.chain(else_result.as_deref()))
            }
            Expr::Function(function) => function::infer(self, function),
            Expr::Substring { .. } | Expr::Trim { .. } => Some(PgType::Text),
            Expr::Overlay { .. } => Some(PgType::Text),
            Expr::Position { .. } => Some(PgType::Int4),
            Expr::Extract { .. } => Some(PgType::Numeric),
            Expr::Ceil { expr, .. } | Expr::Floor { expr, .. } => match self.infer(expr)? {
                PgType::Numeric => Some(PgType::Numeric),
                ty if types::is_number(ty) => Some(PgType::Float8),
                _ => None,
            },
            _ => None,
        }
    }

    fn infer_value(&self, value: &Value) -> Option<PgType> {
        match value {
            Value::Number(written, _) => Number::read(written, false).ok().map(|n| n.ty),
            Value::Boolean(_) => Some(PgType::Bool),
            Value::Placeholder(written) => {
                Some(self.parameter_type(written).unwrap_or(PgType::Unknown))
            }
            _ => Some(PgType::Unknown),
        }
    }

    fn infer_operation(&self, left: &Expr, op: &B, right: &Expr) -> Option<PgType> {
        match op {
            B::StringConcat => Some(PgType::Text),
            B::Plus | B::Minus | B::Multiply | B::Divide | B::Modulo => {
                // A long chain leans to the left; its leaves are met from there without recursion.
                let mut chain = vec![(op, right)];
                let mut rest = left;
                while let Expr::BinaryOp {
                    left,
                    op: op @ (B::Plus | B::Minus | B::Multiply | B::Divide | B::Modulo),
                    right,
                } = rest
                {
                    chain.push((op, right));
                    rest = left;
                }
                let mut found = self.operand_of(rest);
                for (op, right) in chain.into_iter().rev() {
                    let operand = self.operand_of(right);
                    found = Operand::Value(match interval::combined(found, op, operand) {
                        Some(ty) => ty,
                        None => promote(found.ty(), operand.ty()),
                    });
                }
                found.ty()
            }
            _ => None,
        }
    }

    /// The type that several expressions share, as CASE and COALESCE find it.
    pub(super) fn common<'e>(&self, all: impl Iterator<Item = &'e Expr>) -> Option<PgType> {
        let mut found = PgType::Unknown;
        for expr in all {
            let ty = self.infer(expr)?;
            found = match (found, ty) {
                (known, PgType::Unknown) => known,
                (PgType::Unknown, ty) => ty,
                (a, b) if a == b => a,
                (a, b) if types::is_text(a) && types::is_text(b) => PgType::Text,
                (a, b) => promote(Some(a), Some(b))?,
            };
        }
        Some(if found == PgType::Unknown { PgType::Text } else { found })
    }

    /// What is known of a column.
    pub(super) fn column(&self, table: Option<&str>, name: &str) -> Option<Known> {
        scope::find(&self.scopes, table, name, self.options.columns)
    }

    /// Whether an expression is known never to be NULL.
    pub(super) fn never_null(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Nested(inner) => self.never_null(inner),
            Expr::Value(value) => !matches!(value.value, Value::Null | Value::Placeholder(_)),
            Expr::TypedString(_) => true,
            Expr::Identifier(name) => {
                self.column(None, &name.value).is_some_and(|known| !known.nullable)
            }
            Expr::CompoundIdentifier(parts) => match parts.as_slice() {
                [table, name] => self
                    .column(Some(&table.value), &name.value)
                    .is_some_and(|known| !known.nullable),
                _ => false,
            },
            Expr::Function(function) => function::never_null(self, function),
            Expr::IsNull(_) | Expr::IsNotNull(_) | Expr::Exists { .. } => true,
            Expr::IsDistinctFrom(..) | Expr::IsNotDistinctFrom(..) => true,
            Expr::IsTrue(_) | Expr::IsNotTrue(_) | Expr::IsFalse(_) | Expr::IsNotFalse(_) => true,
            Expr::IsUnknown(_) | Expr::IsNotUnknown(_) => true,
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => self.never_null(expr),
            _ => false,
        }
    }
}

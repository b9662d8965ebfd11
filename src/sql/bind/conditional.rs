//! CASE, COALESCE, NULLIF, GREATEST and LEAST.

use super::coerce::{common_scale, common_type, common_typmod, value};
use super::operation::operated;
use super::{Binder, at};
use crate::sql::bound::Literal;
use crate::sql::bound::{At, Case, Expr, Node};
use crate::sql::error::SqlError;
use crate::types::pg::PgType;
use irispg_grammar::ast::{CaseWhen, Expr as Tree};

impl Binder<'_> {
    /// CASE; with an operand, each condition is `operand = value`.
    pub(super) fn case(
        &mut self,
        operand: Option<&Tree>,
        whens: &[CaseWhen],
        otherwise: Option<&Tree>,
        place: At,
    ) -> Result<Expr, SqlError> {
        let operand = match operand {
            None => None,
            Some(operand) => {
                let operand = self.expression(operand)?;
                Some(self.decided(operand)?)
            }
        };
        let mut conditions = Vec::with_capacity(whens.len());
        // PostgreSQL puts ELSE first when it looks for the common type.
        let mut results = Vec::with_capacity(whens.len().saturating_add(1));
        for when in whens {
            let condition = self.expression(&when.condition)?;
            let condition = match &operand {
                None => condition,
                Some(operand) => {
                    let place = self.places.before(&when.condition, 1);
                    self.operation("=", Some(operand.clone()), condition, place)?
                }
            };
            conditions.push(self.specific(condition, PgType::Bool, "CASE/WHEN")?);
            results.push(self.expression(&when.result)?);
        }
        let otherwise = match otherwise {
            Some(otherwise) => self.expression(otherwise)?,
            None => super::literal::constant(Literal::Null, PgType::Unknown, At::default()),
        };
        let written = otherwise.at.0.is_some() || otherwise.node != Node::Literal(Literal::Null);
        results.insert(0, otherwise);
        let ty = common_type(&results, "CASE")?;
        let mut members = Vec::with_capacity(results.len());
        for (index, result) in results.into_iter().enumerate() {
            let construct = if index == 0 { "CASE/ELSE" } else { "CASE/WHEN" };
            members.push(self.member(result, ty, construct)?);
        }
        let (typmod, scale) = (common_typmod(&members), common_scale(&members));
        let nullable = members.iter().any(|one| one.nullable);
        let mut members = members.into_iter();
        let otherwise = members.next().filter(|_| written);
        let branches = conditions.into_iter().zip(members).collect();
        let node = Node::Case(Box::new(Case { branches, otherwise }));
        Ok(Expr { typmod, scale, nullable, ..value(node, ty, place) })
    }

    /// COALESCE
    pub(super) fn coalesce(&mut self, all: Vec<Expr>, place: At) -> Result<Expr, SqlError> {
        let all = self.common(all, "COALESCE")?;
        let nullable = all.iter().all(|one| one.nullable);
        Ok(shared(all, Node::Coalesce, nullable, place))
    }

    /// GREATEST and LEAST
    pub(super) fn extreme(
        &mut self,
        all: Vec<Expr>,
        least: bool,
        place: At,
    ) -> Result<Expr, SqlError> {
        let all = self.common(all, if least { "LEAST" } else { "GREATEST" })?;
        let nullable = all.iter().all(|one| one.nullable);
        let node = |arguments| Node::Extreme { least, arguments };
        let found = shared(all, node, nullable, place);
        if matches!(found.ty, PgType::Json) {
            let message =
                format!("could not identify a comparison function for type {}", found.ty.name());
            return Err(at(SqlError::new("42883", message), place));
        }
        Ok(found)
    }

    /// NULLIF: the left side, as it is compared.
    pub(super) fn nullif(&mut self, left: Expr, right: Expr, place: At) -> Result<Expr, SqlError> {
        if let (Node::Row(_), _) | (_, Node::Row(_)) = (&left.node, &right.node) {
            return Err(at(super::refuse("NULLIF of rows is not supported"), place));
        }
        let equal = self.comparison("=", left, right, "NULLIF", place)?;
        let Some(result) = equal.operands.first().cloned() else {
            return Ok(operated(equal, PgType::Bool, place));
        };
        let (ty, typmod, scale) = (result.ty, result.typmod, result.scale);
        let node = Node::NullIf { equal, result: Box::new(result) };
        Ok(Expr { typmod, scale, ..value(node, ty, place) })
    }
}

/// What is one of several values of one type.
fn shared(all: Vec<Expr>, node: impl FnOnce(Vec<Expr>) -> Node, nullable: bool, place: At) -> Expr {
    let ty = all.first().map_or(PgType::Text, |one| one.ty);
    let (typmod, scale) = (common_typmod(&all), common_scale(&all));
    Expr { typmod, scale, nullable, ..value(node(all), ty, place) }
}

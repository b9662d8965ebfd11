//! Operators.

use super::coerce::{leftmost, value};
use super::{Binder, at, literal, refuse};
use crate::sql::bound::{At, Expr, Node, Operation};
use crate::sql::error::SqlError;
use crate::sql::resolve::{self, Context, Failure, Operator, Resolved};
use crate::types::pg::PgType;
use irispg_grammar::ast::{self, BinaryOperator as B, Expr as Tree, UnaryOperator};

/// PostgreSQL's hints for operators that cannot be chosen.
const NO_MATCH: &str = "No operator matches the given name and argument types. You might need to \
                        add explicit type casts.";
const NO_MATCH_ONE: &str = "No operator matches the given name and argument type. You might need \
                            to add an explicit type cast.";
const NOT_UNIQUE: &str = "Could not choose a best candidate operator. You might need to add \
                          explicit type casts.";

/// The inside of parentheses.
pub(super) fn bare(expr: &Tree) -> &Tree {
    let mut inside = expr;
    while let Tree::Nested(inner) = inside {
        inside = inner;
    }
    inside
}

/// Comparisons, which PostgreSQL does not chain.
fn is_comparison(op: &B) -> bool {
    matches!(op, B::Eq | B::NotEq | B::Lt | B::LtEq | B::Gt | B::GtEq)
}

/// An operator's symbol.
pub(super) fn symbol(op: &B) -> Result<String, SqlError> {
    match op {
        B::PGCustomBinaryOperator(parts) => match parts.as_slice() {
            [only] => Ok(only.clone()),
            [schema, name] if schema == "pg_catalog" => Ok(name.clone()),
            _ => Err(refuse("operators of a schema are not supported")),
        },
        B::Overlaps => Err(refuse("OVERLAPS is not supported")),
        other => Ok(other.to_string()),
    }
}

impl Binder<'_> {
    /// An operator between two expressions, or before one.
    ///
    /// # Errors
    ///
    /// 42883 and 42725 at the operator.
    pub(super) fn operation(
        &mut self,
        name: &str,
        left: Option<Expr>,
        right: Expr,
        place: At,
    ) -> Result<Expr, SqlError> {
        if let (Some(Expr { node: Node::Row(_), .. }), Node::Row(_)) = (&left, &right.node)
            && let Some(left) = left
        {
            return self.row_comparison(name, left, right, place);
        }
        let (operation, ty) = self.resolved(name, left, right, place)?;
        Ok(operated(operation, ty, place))
    }

    /// The same, and what it gives.
    pub(super) fn resolved(
        &mut self,
        name: &str,
        left: Option<Expr>,
        right: Expr,
        place: At,
    ) -> Result<(Operation, PgType), SqlError> {
        let (first, second) = (left.as_ref().map(|left| left.ty), right.ty);
        let found = resolve::operator(name, first, second)
            .map_err(|failure| at(failed(failure, name, first, second), place))?;
        Ok((self.applied(&found, left, right)?, found.result))
    }

    /// A chosen operator with its operands.
    pub(super) fn applied(
        &mut self,
        found: &Resolved<Operator>,
        left: Option<Expr>,
        right: Expr,
    ) -> Result<Operation, SqlError> {
        let mut operands = Vec::with_capacity(2);
        let mut types = found.arguments.iter();
        for operand in left.into_iter().chain([right]) {
            let ty = types.next().copied().unwrap_or(operand.ty);
            operands.push(self.coerce(operand, ty, -1, Context::Implicit)?);
        }
        Ok(Operation { operator: found.row, operands })
    }

    /// A comparison, which must give a truth value.
    pub(super) fn comparison(
        &mut self,
        name: &str,
        left: Expr,
        right: Expr,
        construct: &str,
        place: At,
    ) -> Result<Operation, SqlError> {
        let (operation, ty) = self.resolved(name, Some(left), right, place)?;
        if ty == PgType::Bool {
            return Ok(operation);
        }
        let message = match construct {
            "row" => {
                format!("row comparison operator must yield type boolean, not type {}", ty.name())
            }
            _ => format!("{construct} requires = operator to yield boolean"),
        };
        Err(at(SqlError::new("42804", message), place))
    }

    /// Binary operators. A long chain leans to the left, so it is bound from there.
    pub(super) fn chain(&mut self, expr: &Tree) -> Result<Expr, SqlError> {
        let mut links: Vec<(&B, &Tree)> = Vec::new();
        let mut rest = expr;
        while let Tree::BinaryOp { left, op, right } = rest {
            if is_comparison(op)
                && let Some((outer, operand)) = links.last()
                && is_comparison(outer)
            {
                let place = self.places.operator(operand);
                return Err(at(
                    SqlError::new("42601", format!("syntax error at or near \"{outer}\"")),
                    place,
                ));
            }
            links.push((op, right));
            rest = left;
        }
        let mut first = rest;
        let mut found = None;
        for (op, right) in links.into_iter().rev() {
            let left = match found.take() {
                Some(left) => left,
                None => self.expression(first)?,
            };
            found = Some(self.link(first, left, op, right)?);
            first = expr;
        }
        found.ok_or_else(|| refuse("this expression is not supported"))
    }

    fn link(&mut self, tree: &Tree, left: Expr, op: &B, right: &Tree) -> Result<Expr, SqlError> {
        match op {
            B::And | B::Or => return self.junction(left, matches!(op, B::And), right),
            B::Xor => return Err(refuse("XOR is not supported")),
            _ => {}
        }
        let name = symbol(op)?;
        let place = self.places.operator(right);
        if let (Node::Row(_), Tree::Tuple(_) | Tree::Nested(_), Tree::Subquery(_)) =
            (&left.node, tree, bare(right))
        {
            return Err(Self::row_query(&name, place));
        }
        let right = self.expression(right)?;
        self.operation(&name, Some(left), right, place)
    }

    /// AND and OR, as flat as they were written.
    fn junction(&mut self, left: Expr, and: bool, right: &Tree) -> Result<Expr, SqlError> {
        let construct = if and { "AND" } else { "OR" };
        let left = self.specific(left, PgType::Bool, construct)?;
        let right = self.expression(right)?;
        let right = self.specific(right, PgType::Bool, construct)?;
        Ok(joined(left, and, right))
    }

    /// A prefix operator.
    pub(super) fn prefix(&mut self, op: UnaryOperator, operand: &Tree) -> Result<Expr, SqlError> {
        let place = self.places.before(operand, 1);
        let bound = match (op, bare(operand)) {
            (UnaryOperator::Not, _) => {
                let operand = self.expression(operand)?;
                let operand = self.specific(operand, PgType::Bool, "NOT")?;
                return Ok(not(operand, place));
            }
            (UnaryOperator::Minus, Tree::Value(written)) => match &written.value {
                ast::Value::Number(digits, _) => return literal::number(digits, true, place),
                _ => self.expression(operand)?,
            },
            (UnaryOperator::Minus, Tree::UnaryOp { op: UnaryOperator::Minus, .. }) => {
                let bound = self.expression(operand)?;
                if let Node::Literal(value) = &bound.node
                    && let Some(turned) = literal::negated(value, place)
                {
                    return Ok(turned);
                }
                bound
            }
            (UnaryOperator::PGPostfixFactorial, _) => {
                return Err(SqlError::new("42601", "syntax error at or near \"!\""));
            }
            _ => self.expression(operand)?,
        };
        self.operation(&op.to_string(), None, bound, place)
    }
}

/// AND or OR of two; those of the same kind on the left are taken up.
pub(super) fn joined(left: Expr, and: bool, right: Expr) -> Expr {
    let place = leftmost(left.at, right.at);
    let nullable = left.nullable || right.nullable;
    let node = match (left.node, and) {
        (Node::And(mut all), true) => {
            all.push(right);
            Node::And(all)
        }
        (Node::Or(mut all), false) => {
            all.push(right);
            Node::Or(all)
        }
        (node, and) => {
            let all = vec![Expr { node, ..left }, right];
            if and { Node::And(all) } else { Node::Or(all) }
        }
    };
    Expr { nullable, ..value(node, PgType::Bool, place) }
}

/// NOT of a condition.
pub(super) fn not(operand: Expr, place: At) -> Expr {
    let nullable = operand.nullable;
    let place = leftmost(place, operand.at);
    Expr { nullable, ..value(Node::Not(Box::new(operand)), PgType::Bool, place) }
}

/// An operation as an expression.
pub(super) fn operated(operation: Operation, ty: PgType, place: At) -> Expr {
    let operands = &operation.operands;
    let place = operands.iter().fold(place, |place, one| leftmost(place, one.at));
    let nullable = can_be_null(&operation);
    let scale = if ty == PgType::Numeric { scale(&operation) } else { None };
    Expr { nullable, scale, ..value(Node::Operation(operation), ty, place) }
}

/// Whether an operation can give NULL.
pub(super) fn can_be_null(operation: &Operation) -> bool {
    let operands = &operation.operands;
    // `->` and its kin give NULL for what is not there.
    let looks_up = operation.operator.name.starts_with(['-', '#'])
        && operands.iter().any(|one| matches!(one.ty, PgType::Json | PgType::Jsonb));
    !operation.operator.strict || looks_up || operands.iter().any(|operand| operand.nullable)
}

/// The digits after the point that all values of an operation show (`numeric.c`).
fn scale(operation: &Operation) -> Option<u16> {
    match (operation.operator.name, operation.operands.as_slice()) {
        ("+" | "-" | "@", [only]) => only.scale,
        ("+" | "-" | "%", [left, right]) => Some(left.scale?.max(right.scale?)),
        ("*", [left, right]) => left.scale?.checked_add(right.scale?),
        _ => None,
    }
}

/// Why no operator was chosen.
pub(super) fn failed(
    failure: Failure,
    name: &str,
    left: Option<PgType>,
    right: PgType,
) -> SqlError {
    let shown = match left {
        Some(left) => format!("{} {name} {}", left.name(), right.name()),
        None => format!("{name} {}", right.name()),
    };
    match failure {
        Failure::Missing => {
            let hint = if left.is_some() { NO_MATCH } else { NO_MATCH_ONE };
            SqlError::new("42883", format!("operator does not exist: {shown}")).hint(hint)
        }
        Failure::Ambiguous => {
            SqlError::new("42725", format!("operator is not unique: {shown}")).hint(NOT_UNIQUE)
        }
        other => unresolved(other, &format!("operator {shown}")),
    }
}

/// Failures that operators and functions have in common.
pub(super) fn unresolved(failure: Failure, shown: &str) -> SqlError {
    match failure {
        Failure::Undecided => SqlError::new(
            "42804",
            "could not determine polymorphic type because input has type unknown",
        )
        .late(),
        Failure::NoArray(ty) => {
            let message = format!("could not find array type for data type {}", ty.name());
            SqlError::new("42704", message)
        }
        Failure::Foreign(ty) => refuse(format!("{shown} is not supported"))
            .detail(format!("It would be one of type {ty}.")),
        Failure::NoVariadicArray => {
            SqlError::new("42804", "VARIADIC argument must be an array").late()
        }
        Failure::Missing => SqlError::new("42883", format!("{shown} does not exist")),
        Failure::Ambiguous => SqlError::new("42725", format!("{shown} is not unique")),
    }
}

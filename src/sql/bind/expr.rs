//! Expressions: which kind each is. The other rooms bind the kinds.

use super::operation::bare;
use super::predicate::{Pattern, Range};
use super::typename::{self, Named};
use super::{Binder, at, coerce, literal, refuse};
use crate::sql::bound::{At, Expr, Literal, Node, Truth};
use crate::sql::error::SqlError;
use crate::sql::resolve::Context;
use crate::types::pg::PgType;
use irispg_grammar as grammar;
use irispg_grammar::ast::{self, CastKind, DataType, Expr as Tree, Value};

impl Binder<'_> {
    /// Binds an expression. Its type may still be `unknown`.
    pub(super) fn expression(&mut self, expr: &Tree) -> Result<Expr, SqlError> {
        self.within(|binder| binder.kind_of(expr))
    }

    /// Binds a condition of `clause`, as messages name it.
    pub(super) fn condition(
        &mut self,
        expr: &Tree,
        clause: &'static str,
    ) -> Result<Expr, SqlError> {
        let bound = self.expression(expr)?;
        self.specific(bound, PgType::Bool, clause)
    }

    fn kind_of(&mut self, expr: &Tree) -> Result<Expr, SqlError> {
        match expr {
            Tree::Nested(inner) => self.expression(inner),
            Tree::Value(value) => self.constant(value),
            Tree::Identifier(name) => self.identifier(name),
            Tree::CompoundIdentifier(parts) => self.reached(parts),
            Tree::BinaryOp { .. } => self.chain(expr),
            Tree::UnaryOp { op, expr } => self.prefix(*op, expr),
            Tree::Function(function) => self.function(function),
            Tree::Cast { kind, expr, data_type, format: None } => {
                self.explicit_cast(kind, expr, data_type)
            }
            Tree::TypedString(typed) => self.typed(typed),
            Tree::Case { operand, conditions, else_result, .. } => {
                let place = At(grammar::start(expr));
                self.case(operand.as_deref(), conditions, else_result.as_deref(), place)
            }
            Tree::Tuple(all) => {
                let place = self.places.at(self.places.first(expr));
                self.row(all, place)
            }
            Tree::Array(array) if !array.named => {
                let place = self.places.at(self.places.first(expr));
                Err(at(SqlError::new("42601", "syntax error at or near \"[\""), place))
            }
            Tree::Array(array) => {
                let place = self.places.at(self.places.first(expr));
                self.array(array, None, place)
            }
            Tree::Subquery(query) => self.scalar_query(query),
            Tree::Exists { subquery, negated } => self.exists(subquery, *negated),
            _ => self.predicate(expr),
        }
    }

    fn predicate(&mut self, expr: &Tree) -> Result<Expr, SqlError> {
        match expr {
            Tree::IsNull(operand) => self.is_null(operand, false),
            Tree::IsNotNull(operand) => self.is_null(operand, true),
            Tree::IsTrue(operand) => self.truth(operand, Truth::True, false),
            Tree::IsNotTrue(operand) => self.truth(operand, Truth::True, true),
            Tree::IsFalse(operand) => self.truth(operand, Truth::False, false),
            Tree::IsNotFalse(operand) => self.truth(operand, Truth::False, true),
            Tree::IsUnknown(operand) => self.truth(operand, Truth::Unknown, false),
            Tree::IsNotUnknown(operand) => self.truth(operand, Truth::Unknown, true),
            Tree::IsDistinctFrom(left, right) => self.is_distinct(left, right, false),
            Tree::IsNotDistinctFrom(left, right) => self.is_distinct(left, right, true),
            Tree::InList { expr, list, negated } => self.in_list(expr, list, *negated),
            Tree::InSubquery { expr, subquery, negated } => self.in_query(expr, subquery, *negated),
            Tree::Between { expr, negated, low, high } => {
                let (low, symmetric) = match &**low {
                    Tree::Prefixed { prefix, value } if prefix.value == "symmetric" => {
                        (&**value, true)
                    }
                    low => (low, false),
                };
                self.between(Range { expr, low, high, symmetric, negated: *negated })
            }
            Tree::Like { negated, any, expr, pattern, escape_char } => self.like(Pattern {
                expr,
                pattern,
                escape: escape_char.as_deref(),
                insensitive: false,
                negated: *negated,
                any: *any,
            }),
            Tree::ILike { negated, any, expr, pattern, escape_char } => self.like(Pattern {
                expr,
                pattern,
                escape: escape_char.as_deref(),
                insensitive: true,
                negated: *negated,
                any: *any,
            }),
            Tree::AnyOp { left, compare_op, right, is_some: _ } => {
                self.quantified(left, compare_op, right, false)
            }
            Tree::AllOp { left, compare_op, right } => {
                self.quantified(left, compare_op, right, true)
            }
            other => self.keyword(other),
        }
    }

    fn constant(&mut self, written: &ast::ValueWithSpan) -> Result<Expr, SqlError> {
        let place = At(grammar::start_of_value(written));
        Ok(match &written.value {
            Value::Number(digits, _) => literal::number(digits, false, place)?,
            Value::SingleQuotedString(text) => {
                literal::constant(Literal::Text(text.clone()), PgType::Unknown, place)
            }
            Value::Boolean(truth) => {
                literal::constant(Literal::Boolean(*truth), PgType::Bool, place)
            }
            Value::Null => literal::constant(Literal::Null, PgType::Unknown, place),
            Value::Placeholder(number) => self.parameter(number, place)?,
            _ => return Err(at(refuse("this constant is not supported"), place)),
        })
    }

    fn parameter(&mut self, written: &str, place: At) -> Result<Expr, SqlError> {
        let number = written.strip_prefix('$').and_then(|digits| digits.parse::<usize>().ok());
        let index = number.and_then(|number| number.checked_sub(1)).ok_or_else(|| {
            at(SqlError::new("42P02", format!("there is no parameter {written}")), place)
        })?;
        let ty = self.parameters.named(index, place);
        Ok(coerce::value(Node::Parameter(index), ty, place))
    }

    fn identifier(&mut self, name: &ast::Ident) -> Result<Expr, SqlError> {
        const WORDS: [&str; 2] = ["current_role", "current_schema"];
        if name.quote_style.is_none() && WORDS.contains(&name.value.as_str()) {
            let place = super::scope::place_of(Some(&Tree::Identifier(name.clone())));
            return self.word(&name.value, place);
        }
        self.reached(std::slice::from_ref(name))
    }

    /// A column; notes how far out it stands.
    fn reached(&mut self, parts: &[ast::Ident]) -> Result<Expr, SqlError> {
        let found = self.column(parts)?;
        let mut outermost = 0;
        levels(&found, &mut outermost);
        let scope = self.scopes.len().saturating_sub(1).saturating_sub(outermost);
        self.outermost = self.outermost.min(scope);
        Ok(found)
    }

    /// `CAST(x AS t)` and `x::t`.
    fn explicit_cast(
        &mut self,
        kind: &CastKind,
        expr: &Tree,
        data_type: &DataType,
    ) -> Result<Expr, SqlError> {
        let (place, type_name) = match kind {
            CastKind::Cast => (self.places.call(expr), self.places.cast_type(expr)),
            CastKind::DoubleColon => {
                let colons = self.places.double_colon(expr);
                (self.places.at(colons), colons.and_then(|at| at.checked_add(1)))
            }
            CastKind::TryCast | CastKind::SafeCast => {
                return Err(refuse("casts that cannot fail are not supported"));
            }
        };
        let Named { ty, typmod } =
            typename::named(data_type).map_err(|error| at(error, self.places.at(type_name)))?;
        if let (Tree::Array(array), Some(_)) = (bare(expr), ty.element()) {
            let start = self.places.at(self.places.first(bare(expr)));
            return self.array(array, Some((ty, typmod)), start);
        }
        let bound = self.expression(expr)?;
        let from = bound.ty;
        let cast = self.coerced(bound, ty, typmod, Context::Explicit)?;
        let mut cast = cast.ok_or_else(|| at(coerce::cannot_cast(from, ty), place))?;
        if matches!(cast.node, Node::Cast(_)) {
            cast.at = coerce::leftmost(cast.at, place);
        }
        Ok(cast)
    }

    /// `date '2024-01-01'`
    fn typed(&mut self, typed: &ast::TypedString) -> Result<Expr, SqlError> {
        let place = At(grammar::start_of_value(&typed.value));
        let type_name = self.places.token(place.0).and_then(|text| self.places.type_name(text));
        let Named { ty, typmod } = typename::named(&typed.data_type)
            .map_err(|error| at(error, self.places.at(type_name)))?;
        let Value::SingleQuotedString(text) = &typed.value.value else {
            return Err(at(refuse("this constant is not supported"), place));
        };
        let bound = literal::constant(Literal::Text(text.clone()), PgType::Unknown, place);
        self.coerce(bound, ty, typmod, Context::Explicit)
    }

    fn is_null(&mut self, operand: &Tree, negated: bool) -> Result<Expr, SqlError> {
        let operand = self.expression(operand)?;
        let place = operand.at;
        self.null_test(operand, negated, place)
    }

    fn truth(&mut self, operand: &Tree, truth: Truth, negated: bool) -> Result<Expr, SqlError> {
        let operand = self.expression(operand)?;
        let construct = match (truth, negated) {
            (Truth::True, false) => "IS TRUE",
            (Truth::True, true) => "IS NOT TRUE",
            (Truth::False, false) => "IS FALSE",
            (Truth::False, true) => "IS NOT FALSE",
            (Truth::Unknown, false) => "IS UNKNOWN",
            (Truth::Unknown, true) => "IS NOT UNKNOWN",
        };
        let operand = self.specific(operand, PgType::Bool, construct)?;
        let place = operand.at;
        let node = Node::IsTruth { expr: Box::new(operand), truth, negated };
        Ok(Expr { nullable: false, ..coerce::value(node, PgType::Bool, place) })
    }

    fn is_distinct(&mut self, left: &Tree, right: &Tree, negated: bool) -> Result<Expr, SqlError> {
        // IS [NOT] DISTINCT FROM
        let place = self.places.before(right, if negated { 4 } else { 3 });
        let left = self.expression(left)?;
        let right = self.expression(right)?;
        self.differs(left, right, negated, place)
    }
}

/// The greatest level of the columns in what a name stands for.
fn levels(expr: &Expr, outermost: &mut usize) {
    match &expr.node {
        Node::Column(column) => *outermost = (*outermost).max(column.level),
        Node::RowId { level, .. } => *outermost = (*outermost).max(*level),
        _ => expr.children(&mut |child| levels(child, outermost)),
    }
}

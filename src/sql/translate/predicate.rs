//! Conditions. IRIS has no boolean values: a condition stands only where one is asked for, and a
//! BIT column is none.

use super::types::TypeSpec;
use super::value::{bare, is_column, placeholder, text};
use super::{Translator, literal, refuse};
use crate::sql::error::SqlError;
use crate::sql::statement::Place;
use crate::types::pg::PgType;
use irispg_grammar as grammar;
use irispg_grammar::ast::{BinaryOperator as B, Expr, Query, UnaryOperator, Value};

/// Whether an expression is a condition in IRIS's sense.
pub(super) fn is_predicate(expr: &Expr) -> bool {
    match expr {
        Expr::Nested(inner) => is_predicate(inner),
        Expr::BinaryOp { op, .. } => is_comparison(op) || matches!(op, B::And | B::Or),
        Expr::UnaryOp { op: UnaryOperator::Not, .. } => true,
        Expr::IsNull(_) | Expr::IsNotNull(_) | Expr::IsTrue(_) | Expr::IsNotTrue(_) => true,
        Expr::IsFalse(_) | Expr::IsNotFalse(_) | Expr::IsUnknown(_) => true,
        Expr::IsNotUnknown(_) | Expr::IsDistinctFrom(..) | Expr::IsNotDistinctFrom(..) => true,
        Expr::InList { .. } | Expr::InSubquery { .. } | Expr::Between { .. } => true,
        Expr::Like { .. } | Expr::ILike { .. } | Expr::Exists { .. } => true,
        Expr::AnyOp { .. } | Expr::AllOp { .. } => true,
        _ => false,
    }
}

/// Whether an operator compares.
pub(super) fn is_comparison(op: &B) -> bool {
    matches!(op, B::Eq | B::NotEq | B::Lt | B::LtEq | B::Gt | B::GtEq)
}

impl Translator<'_> {
    /// Prints a condition. `clause` names the place in PostgreSQL's messages.
    pub(super) fn predicate(&mut self, expr: &Expr, clause: &'static str) -> Result<(), SqlError> {
        self.enter()?;
        grammar::deeper(|| self.condition(expr, clause))?;
        self.leave();
        Ok(())
    }

    fn condition(&mut self, expr: &Expr, clause: &'static str) -> Result<(), SqlError> {
        match expr {
            Expr::Nested(inner) => self.predicate(inner, clause),
            Expr::BinaryOp { left, op: op @ (B::And | B::Or), right } => {
                self.connected(left, op, right)
            }
            Expr::BinaryOp { left, op, right } if is_comparison(op) => {
                match (bare(left), bare(right)) {
                    (Expr::Tuple(left), Expr::Tuple(right)) => self.row_compared(left, op, right),
                    _ => self.comparison(left, op, right),
                }
            }
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => {
                self.out.word("NOT").open();
                self.predicate(expr, "NOT")?;
                self.out.close();
                Ok(())
            }
            Expr::IsNull(inner) => self.null_test(inner, "IS NULL"),
            Expr::IsNotNull(inner) => self.null_test(inner, "IS NOT NULL"),
            Expr::IsTrue(inner) => self.truth_test(inner, true, true),
            Expr::IsNotTrue(inner) => self.truth_test(inner, true, false),
            Expr::IsFalse(inner) => self.truth_test(inner, false, true),
            Expr::IsNotFalse(inner) => self.truth_test(inner, false, false),
            Expr::IsUnknown(inner) => self.null_test(inner, "IS NULL"),
            Expr::IsNotUnknown(inner) => self.null_test(inner, "IS NOT NULL"),
            Expr::IsDistinctFrom(a, b) => self.distinct(a, b, 1),
            Expr::IsNotDistinctFrom(a, b) => self.distinct(a, b, 0),
            Expr::InList { expr, list, negated } => self.in_list(expr, list, *negated),
            Expr::InSubquery { expr, subquery, negated } => {
                self.left_side(expr)?;
                self.out.word(if *negated { "NOT IN" } else { "IN" });
                self.subquery(subquery)
            }
            Expr::Between { expr, negated, low, high } => self.between(expr, *negated, low, high),
            Expr::Like { negated, any: false, expr, pattern, escape_char } => {
                self.like(expr, pattern, escape_char.as_deref(), *negated, false)
            }
            Expr::ILike { negated, any: false, expr, pattern, escape_char } => {
                self.like(expr, pattern, escape_char.as_deref(), *negated, true)
            }
            Expr::Exists { subquery, negated } => {
                self.out.word(if *negated { "NOT EXISTS" } else { "EXISTS" });
                self.subquery(subquery)
            }
            Expr::AnyOp { left, compare_op, right, is_some: _ } => {
                self.quantified(left, compare_op, right, "ANY")
            }
            Expr::AllOp { left, compare_op, right } => {
                self.quantified(left, compare_op, right, "ALL")
            }
            other => self.boolean_value(other, clause),
        }
    }

    /// `AND` and `OR`, of as many conditions as follow each other.
    fn connected(&mut self, left: &Expr, op: &B, right: &Expr) -> Result<(), SqlError> {
        let (word, clause) = match op {
            B::And => ("AND", "AND"),
            _ => ("OR", "OR"),
        };
        let mut chain = vec![right];
        let mut rest = left;
        while let Expr::BinaryOp { left, op: same, right } = rest {
            if same != op {
                break;
            }
            chain.push(right);
            rest = left;
        }
        self.part(rest, clause)?;
        for expr in chain.into_iter().rev() {
            self.out.word(word);
            self.part(expr, clause)?;
        }
        Ok(())
    }

    /// A part of a connected condition, in parentheses unless it is one comparison.
    fn part(&mut self, expr: &Expr, clause: &'static str) -> Result<(), SqlError> {
        let inside = bare(expr);
        let single = match inside {
            Expr::BinaryOp { op, .. } => is_comparison(op),
            Expr::IsNull(_) | Expr::IsNotNull(_) | Expr::InList { .. } => true,
            Expr::InSubquery { .. } | Expr::Exists { .. } | Expr::Value(_) => true,
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) | Expr::Like { .. } => true,
            _ => false,
        };
        if single {
            return self.predicate(inside, clause);
        }
        self.out.open();
        self.predicate(inside, clause)?;
        self.out.close();
        Ok(())
    }

    /// A boolean value where a condition is asked for.
    fn boolean_value(&mut self, expr: &Expr, clause: &'static str) -> Result<(), SqlError> {
        if let Expr::Value(value) = expr {
            match &value.value {
                Value::Boolean(truth) => {
                    self.out.count(1).word("=").count(u64::from(*truth));
                    return Ok(());
                }
                Value::SingleQuotedString(text) => {
                    let truth = literal::boolean(text).map_err(|error| error.of(expr))?;
                    self.out.count(1).word("=").count(u64::from(truth));
                    return Ok(());
                }
                Value::Null => return Err(refuse("NULL as a condition is not supported")),
                _ => {}
            }
        }
        match self.infer(expr) {
            Some(PgType::Bool) | None => {}
            Some(PgType::Unknown) => self.settle(expr, PgType::Bool)?,
            Some(ty) => {
                let message =
                    format!("argument of {clause} must be type boolean, not type {}", ty.name());
                return Err(SqlError::new("42804", message).of(expr));
            }
        }
        self.rule("a boolean is compared with 0, as IRIS takes no value for a condition");
        self.operand(expr, true)?;
        self.out.word("<>").count(0);
        Ok(())
    }

    fn null_test(&mut self, inner: &Expr, test: &'static str) -> Result<(), SqlError> {
        self.operand(inner, true)?;
        self.out.word(test);
        Ok(())
    }

    /// `IS [NOT] TRUE` and `IS [NOT] FALSE`: never NULL themselves.
    fn truth_test(&mut self, inner: &Expr, truth: bool, same: bool) -> Result<(), SqlError> {
        self.rule("a condition in the place of a value is a CASE");
        self.out.word("CASE WHEN");
        if truth {
            self.predicate(inner, "IS TRUE")?;
        } else {
            self.out.word("NOT").open();
            self.predicate(inner, "IS FALSE")?;
            self.out.close();
        }
        self.out.word("THEN").count(1).word("ELSE").count(0).word("END =").count(u64::from(same));
        Ok(())
    }

    /// `IS DISTINCT FROM` (`wanted` 1) and `IS NOT DISTINCT FROM` (0).
    fn distinct(&mut self, a: &Expr, b: &Expr, wanted: u64) -> Result<(), SqlError> {
        let null = |expr: &Expr| match bare(expr) {
            Expr::Value(value) => value.value == Value::Null,
            _ => false,
        };
        if null(b) || null(a) {
            let other = if null(b) { a } else { b };
            return self.null_test(other, if wanted == 1 { "IS NOT NULL" } else { "IS NULL" });
        }
        self.rule("a condition in the place of a value is a CASE");
        self.out.word("CASE WHEN");
        self.comparison(a, &B::Eq, b)?;
        self.out.word("THEN").count(0).word("WHEN");
        self.null_test(a, "IS NULL")?;
        self.out.word("AND");
        self.null_test(b, "IS NULL")?;
        self.out.word("THEN").count(0).word("ELSE").count(1).word("END =").count(wanted);
        Ok(())
    }

    pub(super) fn in_list(
        &mut self,
        expr: &Expr,
        list: &[Expr],
        negated: bool,
    ) -> Result<(), SqlError> {
        if list.is_empty() {
            return Err(refuse("an empty IN list is not supported"));
        }
        if let Expr::Tuple(row) = bare(expr) {
            return self.rows_in(row, list, negated);
        }
        let ty = Self::compared(self.infer(expr));
        if ty == Some(PgType::Unknown)
            && let Some(first) = Self::compared(list.iter().find_map(|item| self.infer(item)))
        {
            self.settle(expr, first)?;
        }
        self.left_side(expr)?;
        self.out.word(if negated { "NOT IN" } else { "IN" }).open();
        for (index, item) in list.iter().enumerate() {
            self.out.separate(index);
            self.beside(item, expr, ty)?;
        }
        self.out.close();
        Ok(())
    }

    /// The left side of IN and its like.
    fn left_side(&mut self, expr: &Expr) -> Result<(), SqlError> {
        if matches!(bare(expr), Expr::Tuple(_)) {
            return Err(refuse("row constructors are not supported"));
        }
        self.operand(expr, false)
    }

    fn between(
        &mut self,
        expr: &Expr,
        negated: bool,
        low: &Expr,
        high: &Expr,
    ) -> Result<(), SqlError> {
        let ty = Self::compared(self.infer(expr));
        if ty == Some(PgType::Unknown)
            && let Some(bound) = Self::compared(self.infer(low).or_else(|| self.infer(high)))
        {
            self.settle(expr, bound)?;
        }
        self.check_comparable(ty, "<=", self.infer(low))?;
        self.check_comparable(ty, "<=", self.infer(high))?;
        self.operand(expr, is_column(low))?;
        self.out.word(if negated { "NOT BETWEEN" } else { "BETWEEN" });
        self.beside(low, expr, ty)?;
        self.out.word("AND");
        self.beside(high, expr, ty)
    }

    /// `LIKE`: PostgreSQL's escape character is the backslash unless told otherwise. `ILIKE`
    /// compares the lower cases of both sides, as PostgreSQL does.
    fn like(
        &mut self,
        expr: &Expr,
        pattern: &Expr,
        escape: Option<&Expr>,
        negated: bool,
        lower: bool,
    ) -> Result<(), SqlError> {
        let escape = match escape {
            None => Some('\\'),
            Some(escape) => escape_character(escape)?,
        };
        for side in [expr, pattern] {
            if lower {
                self.out.call("LOWER");
            }
            self.text_argument(side)?;
            if lower {
                self.out.close();
            }
            if std::ptr::eq(side, expr) {
                self.out.word(if negated { "NOT LIKE" } else { "LIKE" });
            }
        }
        let needed = |c: char| text(pattern).is_none_or(|text| text.contains(c));
        if let Some(c) = escape.filter(|c| needed(*c)) {
            if lower && c.is_alphabetic() {
                return Err(refuse("a letter as escape character of ILIKE is not supported"));
            }
            self.out.word("ESCAPE").literal(c.encode_utf8(&mut [0; 4]));
        }
        Ok(())
    }

    fn quantified(
        &mut self,
        left: &Expr,
        op: &B,
        right: &Expr,
        word: &'static str,
    ) -> Result<(), SqlError> {
        if !is_comparison(op) {
            return Err(refuse(format!("operator {op} is not supported")));
        }
        let query = match bare(right) {
            Expr::Subquery(query) => query,
            Expr::Array(array) if !array.elem.is_empty() => {
                return self.quantified_list(left, op, &array.elem, word);
            }
            _ => {
                return Err(refuse(format!("{word} of this array is not supported"))
                    .hint("Use IN with a list, or a subquery."));
            }
        };
        self.left_side(left)?;
        self.out.word(super::compare::symbol(op)).word(word);
        self.subquery(query)
    }

    fn subquery(&mut self, query: &Query) -> Result<(), SqlError> {
        self.out.open();
        self.scalar_query(query)?;
        self.out.close();
        Ok(())
    }

    /// Prints an expression that is compared with `other`, whose type is `ty`.
    pub(super) fn beside(
        &mut self,
        expr: &Expr,
        other: &Expr,
        ty: Option<PgType>,
    ) -> Result<(), SqlError> {
        if let Some(ty) = ty {
            self.settle(expr, ty)?;
        }
        if let Some(written) = placeholder(expr)
            && ty == Some(PgType::Bool)
        {
            let number = self.number(written)?;
            self.out.place(Place::Parameter(number, None));
            return Ok(());
        }
        if let (Some(written), Some(ty)) = (text(expr), ty)
            && ty != PgType::Unknown
            && !super::types::is_text(ty)
            && ty != PgType::Bpchar
        {
            let typed = self.typed_text(written, TypeSpec::plain(ty), true);
            return typed.map_err(|error| error.of(expr));
        }
        self.operand(expr, is_column(other))
    }
}

/// The character that `ESCAPE` names; none for an empty string.
fn escape_character(escape: &Expr) -> Result<Option<char>, SqlError> {
    let text = text(escape).ok_or_else(|| refuse("an escape character must be a constant"))?;
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (c, None) => Ok(c),
        _ => Err(SqlError::new("22025", "invalid escape string")
            .hint("Escape string must be empty or one character.")),
    }
}

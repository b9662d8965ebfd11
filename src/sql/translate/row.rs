//! Rows and lists that are compared member by member: IRIS has neither row values nor arrays.

use super::predicate::is_comparison;
use super::value::bare;
use super::{Translator, refuse};
use crate::sql::error::SqlError;
use irispg_grammar::ast::{BinaryOperator as B, Expr};

impl Translator<'_> {
    /// `(a, b) op (c, d)`, in parentheses.
    pub(super) fn row_compared(
        &mut self,
        left: &[Expr],
        op: &B,
        right: &[Expr],
    ) -> Result<(), SqlError> {
        if left.len() != right.len() {
            return Err(SqlError::new("42601", "unequal number of entries in row expressions"));
        }
        if left.is_empty() || !is_comparison(op) {
            return Err(refuse("this comparison of rows is not supported"));
        }
        self.out.open();
        match op {
            B::Eq | B::NotEq => {
                let word = if *op == B::Eq { "AND" } else { "OR" };
                for (index, (a, b)) in left.iter().zip(right).enumerate() {
                    if index > 0 {
                        self.out.word(word);
                    }
                    self.members(a, op, b)?;
                }
            }
            _ => self.ordered(left, op, right)?,
        }
        self.out.close();
        Ok(())
    }

    fn members(&mut self, a: &Expr, op: &B, b: &Expr) -> Result<(), SqlError> {
        match (bare(a), bare(b)) {
            (Expr::Tuple(a), Expr::Tuple(b)) => self.row_compared(a, op, b),
            _ => self.comparison(a, op, b),
        }
    }

    /// The first members that differ decide, the last ones by the operator itself.
    fn ordered(&mut self, left: &[Expr], op: &B, right: &[Expr]) -> Result<(), SqlError> {
        let strict = match op {
            B::Lt | B::LtEq => B::Lt,
            _ => B::Gt,
        };
        let last = left.len().saturating_sub(1);
        for (index, (a, b)) in left.iter().zip(right).enumerate() {
            if index > 0 {
                self.out.word("OR");
            }
            self.out.open();
            for (a, b) in left.iter().zip(right).take(index) {
                self.members(a, &B::Eq, b)?;
                self.out.word("AND");
            }
            self.members(a, if index == last { op } else { &strict }, b)?;
            self.out.close();
        }
        Ok(())
    }

    /// `(a, b) IN ((c, d), …)`
    pub(super) fn rows_in(
        &mut self,
        row: &[Expr],
        list: &[Expr],
        negated: bool,
    ) -> Result<(), SqlError> {
        if negated {
            self.out.word("NOT");
        }
        self.out.open();
        for (index, item) in list.iter().enumerate() {
            let Expr::Tuple(item) = bare(item) else {
                return Err(refuse("a row is supported beside rows only"));
            };
            if index > 0 {
                self.out.word("OR");
            }
            self.row_compared(row, &B::Eq, item)?;
        }
        self.out.close();
        Ok(())
    }

    /// `x op ANY (ARRAY[…])` and `x op ALL (ARRAY[…])`
    pub(super) fn quantified_list(
        &mut self,
        left: &Expr,
        op: &B,
        list: &[Expr],
        word: &'static str,
    ) -> Result<(), SqlError> {
        let any = word == "ANY";
        match op {
            B::Eq if any => return self.in_list(left, list, false),
            B::NotEq if !any => return self.in_list(left, list, true),
            _ => {}
        }
        self.out.open();
        for (index, item) in list.iter().enumerate() {
            if index > 0 {
                self.out.word(if any { "OR" } else { "AND" });
            }
            self.comparison(left, op, item)?;
        }
        self.out.close();
        Ok(())
    }
}

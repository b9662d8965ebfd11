//! Quotients and averages of `numeric` in the result.
//!
//! PostgreSQL chooses how many digits of a quotient it keeps by the operands' values, often more
//! than IRIS has. So IRIS gives both operands (`SUM(x) || '/' || COUNT(x) || '/' || scale`), and
//! `types::encode` divides. That serves where the quotient itself is the result; where it is a
//! part of something shown with all its digits, the query is refused.

use super::order::Key;
use super::output::Column;
use super::scope::Shown;
use super::select::Item;
use super::value::bare;
use super::{Translator, function, group, refuse};
use crate::sql::error::SqlError;
use crate::types::pg::PgType;
use irispg_grammar::ast::{BinaryOperator as B, Expr};

/// 0A000 for a quotient whose digits would not be PostgreSQL's.
pub(super) fn unshown() -> SqlError {
    refuse("a quotient of type numeric cannot be shown here with all its digits")
        .hint("Round it, as in round(x / y, 6), or cast it to double precision.")
}

impl Translator<'_> {
    /// Whether an expression is a quotient or an average of type `numeric` itself.
    pub(super) fn is_quotient(&self, expr: Option<&Expr>) -> bool {
        let Some(expr) = expr else { return false };
        let divides = match bare(expr) {
            Expr::BinaryOp { op: B::Divide, .. } => true,
            Expr::Function(called) => function::is_average(called),
            _ => false,
        };
        divides && self.infer(expr) == Some(PgType::Numeric)
    }

    /// Refuses results of type `numeric` in which a quotient hides.
    pub(super) fn check_shown(&self, items: &[Item<'_>]) -> Result<(), SqlError> {
        for item in items {
            let (Some(expr), Column::Named { shown, stored, .. }) = (item.expr, &item.column)
            else {
                continue;
            };
            let open =
                matches!(shown, Some(Shown { ty: PgType::Numeric, scale: None, .. }) if !stored);
            let direct = self.is_quotient(Some(expr)) && self.divisible(expr).is_some();
            if open && !direct && self.hides_quotient(expr) {
                return Err(unshown().of(expr));
            }
        }
        Ok(())
    }

    /// A quotient anywhere, or a column of a subquery, which may be one.
    fn hides_quotient(&self, expr: &Expr) -> bool {
        let mut rest = vec![expr];
        while let Some(expr) = rest.pop() {
            if self.is_quotient(Some(expr)) || self.column_of(expr).is_some_and(|own| !own.stored) {
                return true;
            }
            rest.extend(group::children(expr));
        }
        false
    }

    /// Marks the items that are quotients. Sorting goes by the quotient itself, so keys that are
    /// such items become keys of their own.
    pub(super) fn divide_here(
        &self,
        items: &mut [Item<'_>],
        keys: &mut [Key<'_>],
        distinct: bool,
    ) -> Result<(), SqlError> {
        for item in items.iter_mut() {
            item.divided = self.is_quotient(item.expr);
            if item.divided && distinct {
                return Err(unshown());
            }
        }
        for key in keys {
            if key.item.and_then(|at| items.get(at)).is_some_and(|item| item.divided) {
                key.item = None;
            }
        }
        Ok(())
    }

    /// The digits that the operands show; `None` where that depends on their values.
    fn divisible(&self, expr: &Expr) -> Option<u16> {
        match bare(expr) {
            Expr::BinaryOp { left, right, .. } => Some(self.scale(left)?.max(self.scale(right)?)),
            Expr::Function(called) => self.scale(function::average(called)?.argument),
            _ => None,
        }
    }

    /// Prints a quotient as the text of its operands.
    pub(super) fn quotient(&mut self, expr: &Expr) -> Result<(), SqlError> {
        self.rule("a quotient of numeric is divided by the gateway, with PostgreSQL's digits");
        let scale = self.divisible(expr).ok_or_else(unshown)?;
        match bare(expr) {
            Expr::BinaryOp { left, right, .. } => {
                self.operand(left, false)?;
                self.out.word("||").literal("/").word("||");
                self.operand(right, false)?;
            }
            Expr::Function(called) => {
                let average = function::average(called).ok_or_else(unshown)?;
                // The checks of the call itself.
                self.apart(|own| own.value(expr, false))?;
                self.aggregate_of("SUM", &average)?;
                self.out.word("||").literal("/").word("||");
                self.aggregate_of("COUNT", &average)?;
            }
            _ => return Err(unshown()),
        }
        let shown = format!("/{scale}");
        self.out.word("||").literal(&shown);
        Ok(())
    }

    fn aggregate_of(
        &mut self,
        name: &'static str,
        average: &function::Average<'_>,
    ) -> Result<(), SqlError> {
        self.out.call(name);
        if average.distinct {
            self.out.word("DISTINCT");
        }
        match average.filter {
            None => self.value(average.argument, false)?,
            Some(filter) => self.filtered(filter, Some(average.argument))?,
        }
        self.out.close();
        Ok(())
    }
}

//! Numbers that show as many digits after the point as the value at hand has.
//!
//! `coalesce(price, 0)` is `1.50` in one row and `0` in the next: PostgreSQL keeps with each
//! `numeric` how many digits it shows, IRIS the value alone. Where that number depends on the row
//! but follows from the expression, IRIS gives it along, as `value:digits`, and `types::encode`
//! shows it so.

use super::constant::is_integer;
use super::expr::{Null, form_of, is_null};
use super::quotient::is_quotient;
use super::table::{self, Aggregate as Which, Form};
use super::{Emitter, cast};
use crate::sql::bound::{Aggregate, Expr, Node};
use crate::sql::error::SqlError;
use crate::types::pg::PgType;

/// Whether the digits that a number shows depend on the row and can be told.
pub(super) fn varies(expr: &Expr) -> bool {
    expr.ty == PgType::Numeric && expr.scale.is_none() && !is_quotient(expr) && tells(expr)
}

/// Whether the digits of every value are known.
fn tells(expr: &Expr) -> bool {
    if is_null(expr) || expr.scale.is_some() || is_quotient(expr) {
        return true;
    }
    match &expr.node {
        Node::Coalesce(all) | Node::Extreme { arguments: all, .. } => all.iter().all(tells),
        Node::Case(case) => {
            case.branches.iter().all(|(_, result)| tells(result))
                && case.otherwise.iter().all(tells)
        }
        Node::NullIf { result, .. } => tells(result),
        Node::Cast(cast) if cast::is_silent(expr) => tells(&cast.expr),
        _ => counts(expr),
    }
}

/// Whether the digits of every value are known as a number that IRIS can compute.
pub(super) fn counts(expr: &Expr) -> bool {
    if is_null(expr) || expr.scale.is_some() {
        return true;
    }
    if is_quotient(expr) {
        return false;
    }
    match &expr.node {
        Node::Coalesce(all) => all.iter().all(counts),
        Node::Case(case) => {
            case.branches.iter().all(|(_, result)| counts(result))
                && case.otherwise.iter().all(counts)
        }
        Node::NullIf { result, .. } => counts(result),
        Node::Cast(cast) if cast::is_silent(expr) => counts(&cast.expr),
        Node::Operation(operation) => match form_of(operation) {
            Some(Form::Infix("+" | "-" | "*") | Form::Modulo | Form::Negate | Form::Same) => {
                operation.operands.iter().all(counts)
            }
            _ => false,
        },
        Node::Call(call) => {
            let form = table::function(call.function).map(|line| line.form);
            match (form, call.arguments.as_slice()) {
                (Some(Form::Call("ABS")), [only]) => counts(only),
                (Some(Form::Round { .. }), [_, _]) => true,
                _ => false,
            }
        }
        Node::Aggregate(aggregate) => {
            let line = table::function(aggregate.function);
            line.is_some_and(|line| line.form == Form::Aggregate(Which::Sum))
                && aggregate.arguments.iter().all(counts)
        }
        _ => false,
    }
}

impl Emitter<'_> {
    /// Prints a number with its digits: `value:digits`, or a quotient for the gateway.
    pub(super) fn scaled(&mut self, expr: &Expr) -> Result<(), SqlError> {
        self.rule("a number that may show other digits in each row brings their count along");
        if is_null(expr) {
            return self.value(expr);
        }
        if is_quotient(expr) {
            return self.quotient(expr);
        }
        if counts(expr) {
            self.operand(expr)?;
            self.out.word("||").literal(":").word("||");
            return self.digits(expr);
        }
        match &expr.node {
            Node::Coalesce(all) => {
                self.out.call("COALESCE");
                for (index, one) in all.iter().enumerate() {
                    self.out.separate(index);
                    self.scaled(one)?;
                }
                self.out.close();
                Ok(())
            }
            Node::Case(case) => {
                self.out.word("CASE");
                for (condition, result) in &case.branches {
                    self.out.word("WHEN");
                    self.predicate(condition, Null::False)?;
                    self.out.word("THEN");
                    self.scaled(result)?;
                }
                if let Some(otherwise) = &case.otherwise {
                    self.out.word("ELSE");
                    self.scaled(otherwise)?;
                }
                self.out.word("END");
                Ok(())
            }
            Node::Extreme { least, arguments } => self.extreme(*least, arguments, true),
            Node::NullIf { equal, result } => {
                self.out.word("CASE WHEN");
                self.compared(equal, "=")?;
                self.out.word("THEN NULL ELSE");
                self.scaled(result)?;
                self.out.word("END");
                Ok(())
            }
            Node::Cast(cast) => self.scaled(&cast.expr),
            _ => self.value(expr),
        }
    }

    /// Prints how many digits a number shows.
    fn digits(&mut self, expr: &Expr) -> Result<(), SqlError> {
        if is_integer(expr.ty) {
            self.out.count(0);
            return Ok(());
        }
        if let Some(scale) = expr.scale {
            self.out.count(u64::from(scale));
            return Ok(());
        }
        match &expr.node {
            Node::Coalesce(all) => {
                self.out.word("CASE");
                for one in all {
                    self.out.word("WHEN");
                    self.null_test(one, true)?;
                    self.out.word("THEN");
                    self.digits(one)?;
                }
                self.out.word("ELSE").count(0).word("END");
                Ok(())
            }
            Node::Case(case) => {
                self.out.word("CASE");
                for (condition, result) in &case.branches {
                    self.out.word("WHEN");
                    self.predicate(condition, Null::False)?;
                    self.out.word("THEN");
                    self.digits(result)?;
                }
                self.out.word("ELSE");
                match &case.otherwise {
                    Some(otherwise) => self.digits(otherwise)?,
                    None => {
                        self.out.count(0);
                    }
                }
                self.out.word("END");
                Ok(())
            }
            Node::NullIf { result, .. } => self.digits(result),
            Node::Cast(cast) => self.digits(&cast.expr),
            Node::Operation(operation) => match operation.operands.as_slice() {
                [left, right] if form_of(operation) == Some(Form::Infix("*")) => {
                    self.out.open();
                    self.digits(left)?;
                    self.out.word("+");
                    self.digits(right)?;
                    self.out.close();
                    Ok(())
                }
                [left, right] => self.most_digits(left, right),
                [only] => self.digits(only),
                _ => Ok(()),
            },
            Node::Call(call) => match call.arguments.as_slice() {
                [only] => self.digits(only),
                [_, scale, ..] => {
                    self.out.word("CASE WHEN");
                    self.operand(scale)?;
                    self.out.word(">").count(0).word("THEN");
                    self.value(scale)?;
                    self.out.word("ELSE").count(0).word("END");
                    Ok(())
                }
                [] => Ok(()),
            },
            Node::Aggregate(aggregate) => self.summed_digits(aggregate),
            _ => {
                self.out.count(0);
                Ok(())
            }
        }
    }
    /// Prints the digits of whichever shows more.
    pub(super) fn most_digits(&mut self, left: &Expr, right: &Expr) -> Result<(), SqlError> {
        self.out.word("CASE WHEN");
        self.digits(left)?;
        self.out.word(">");
        self.digits(right)?;
        self.out.word("THEN");
        self.digits(left)?;
        self.out.word("ELSE");
        self.digits(right)?;
        self.out.word("END");
        Ok(())
    }

    /// Prints the digits of a sum: the most that one of its values shows.
    pub(super) fn summed_digits(&mut self, aggregate: &Aggregate) -> Result<(), SqlError> {
        self.out.call("MAX");
        if let Some(argument) = aggregate.arguments.first() {
            self.out.word("CASE WHEN");
            self.null_test(argument, true)?;
            if let Some(filter) = &aggregate.filter {
                self.out.word("AND").open();
                self.predicate(filter, Null::False)?;
                self.out.close();
            }
            self.out.word("THEN");
            self.digits(argument)?;
            self.out.word("END");
        }
        self.out.close();
        Ok(())
    }
}

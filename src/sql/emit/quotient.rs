//! Quotients and averages of `numeric` in the result.
//!
//! PostgreSQL chooses how many digits of a quotient it keeps by the operands' values, often more
//! than IRIS has. So IRIS gives both operands (`SUM(x) || '/' || COUNT(x) || '/' || scale`), and
//! `types::encode` divides. That serves where the quotient itself is the result; where it is a
//! part of something shown with all its digits, the query is refused.

use super::expr::form_of;
use super::scaled::{counts, varies};
use super::table::{self, Aggregate as Which, Form};
use super::{Emitter, refuse};
use crate::sql::bound::{Expr, Node};
use crate::sql::error::SqlError;
use crate::sql::statement::Fault;
use crate::types::pg::PgType;

/// 0A000 for a quotient whose digits would not be PostgreSQL's.
pub(super) fn unshown() -> SqlError {
    refuse("a quotient of type numeric cannot be shown here with all its digits")
        .hint("Round it, as in round(x / y, 6), or cast it to double precision.")
}

/// Whether an expression is a quotient or an average of type `numeric` itself.
pub(super) fn is_quotient(expr: &Expr) -> bool {
    if expr.ty != PgType::Numeric {
        return false;
    }
    match &expr.node {
        Node::Operation(operation) => form_of(operation) == Some(Form::Divide),
        Node::Aggregate(aggregate) => {
            table::function(aggregate.function).map(|line| line.form)
                == Some(Form::Aggregate(Which::Avg))
        }
        _ => false,
    }
}

/// Whether it can be told how many digits the operands show.
pub(super) fn divisible(expr: &Expr) -> bool {
    match &expr.node {
        Node::Operation(operation) => operation.operands.iter().all(shows),
        Node::Aggregate(aggregate) => aggregate.arguments.iter().all(shows),
        _ => false,
    }
}

fn shows(expr: &Expr) -> bool {
    super::constant::is_integer(expr.ty) || counts(expr)
}

/// The digits that an operand shows in every row.
fn digits(expr: &Expr) -> Option<u16> {
    if super::constant::is_integer(expr.ty) { Some(0) } else { expr.scale }
}

/// Whether a quotient hides anywhere in a number that shows all its digits, or a column of a
/// subquery, which may be one.
fn hides_quotient(expr: &Expr) -> bool {
    expr.any(&|part| {
        let divides = match &part.node {
            Node::Window(call) => {
                table::function(call.function).map(|line| line.form)
                    == Some(Form::Aggregate(Which::Avg))
            }
            _ => is_quotient(part),
        };
        divides && part.ty == PgType::Numeric
    })
}

impl Emitter<'_> {
    /// Prints a value that the client sees: an item of the outermost select list. DISTINCT, and
    /// whatever else compares the items, must print a quotient with [`Self::value`]; so
    /// `comparing` refuses it.
    pub(super) fn result(&mut self, expr: &Expr, comparing: bool) -> Result<(), SqlError> {
        if self.is_computed(expr) {
            // What a query in FROM has computed is IRIS's quotient.
            return if hides_quotient(expr) { Err(unshown()) } else { self.value(expr) };
        }
        // Bound as it is, a time keeps its fraction, which CAST would cut.
        let leaf = matches!(expr.node, Node::Literal(_) | Node::Parameter(_) | Node::Session(_));
        if expr.ty == PgType::Time && leaf {
            return self.plain(expr);
        }
        if is_quotient(expr) && divisible(expr) {
            return if comparing { Err(unshown()) } else { self.quotient(expr) };
        }
        if varies(expr) && !comparing {
            return self.scaled(expr);
        }
        if expr.ty == PgType::Numeric && expr.scale.is_none() && hides_quotient(expr) {
            let error = unshown();
            return Err(match expr.at.0 {
                Some(offset) => error.at(offset),
                None => error,
            });
        }
        self.checked = true;
        self.value(expr)
    }

    /// Prints a quotient as the text of its operands.
    pub(super) fn quotient(&mut self, expr: &Expr) -> Result<(), SqlError> {
        self.rule("a quotient of numeric is divided by the gateway, with PostgreSQL's digits");
        super::note(&mut self.causes.divide, Fault::DivisionByZero);
        match &expr.node {
            Node::Operation(operation) => {
                let [left, right] = operation.operands.as_slice() else { return Err(unshown()) };
                self.operand(left)?;
                self.out.word("||").literal("/").word("||");
                self.operand(right)?;
                match (digits(left), digits(right)) {
                    (Some(left), Some(right)) => self.shown_digits(left.max(right)),
                    _ => {
                        self.out.word("||").literal("/").word("||");
                        self.most_digits(left, right)?;
                    }
                }
            }
            Node::Aggregate(average) => {
                let argument = average.arguments.first().ok_or_else(unshown)?;
                self.sum(average)?;
                self.out.word("||").literal("/").word("||");
                self.aggregated("COUNT", average)?;
                match digits(argument) {
                    Some(digits) => self.shown_digits(digits),
                    None => {
                        self.out.word("||").literal("/").word("||");
                        self.summed_digits(average)?;
                    }
                }
            }
            _ => return Err(unshown()),
        }
        Ok(())
    }

    fn shown_digits(&mut self, digits: u16) {
        let shown = format!("/{digits}");
        self.out.word("||").literal(&shown);
    }
}

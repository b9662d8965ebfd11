//! Expressions.
//!
//! What the rest of the room uses, and what it asks of [`Binder`]:
//!
//! * `self.options`, `self.places` ([`super::place::Places`], made of the statement's tokens);
//! * `self.clause` ([`super::clause::Clause`]): where the present expression stands; who binds a
//!   clause sets it and puts the old one back;
//! * `self.parameters` ([`super::parameter::Parameters`]);
//! * `self.query(&ast::Query) -> Result<bound::Query, SqlError>`, one scope further in;
//! * `self.column(&[Ident]) -> Result<Expr, SqlError>`;
//! * `self.window(&Ident) -> Option<ast::WindowSpec>`: WINDOW of the present SELECT;
//! * `self.depth`, `self.steps`.

use super::Binder;
use crate::sql::bound::{At, Expr, Operation};
use crate::sql::error::SqlError;
use crate::sql::resolve::Context;
use crate::sql::statement::Column;
use crate::types::pg::PgType;
use irispg_grammar::ast;

impl Binder<'_> {
    /// Binds an expression. Its type may still be `unknown`.
    pub(super) fn expression(&mut self, expr: &ast::Expr) -> Result<Expr, SqlError> {
        let _ = expr;
        Err(SqlError::unsupported("expressions are not supported"))
    }

    /// Binds a condition of `clause`, as messages name it.
    pub(super) fn condition(
        &mut self,
        expr: &ast::Expr,
        clause: &'static str,
    ) -> Result<Expr, SqlError> {
        let _ = clause;
        self.expression(expr)
    }

    /// Makes an expression one of another type, as PostgreSQL does in this context.
    pub(super) fn coerce(
        &mut self,
        expr: Expr,
        ty: PgType,
        typmod: i32,
        context: Context,
    ) -> Result<Expr, SqlError> {
        let _ = (ty, typmod, context);
        Ok(expr)
    }

    /// `text` for what is still `unknown`.
    pub(super) fn decided(&mut self, expr: Expr) -> Result<Expr, SqlError> {
        Ok(expr)
    }

    /// Gives several expressions their common type.
    pub(super) fn common(
        &mut self,
        all: Vec<Expr>,
        construct: &'static str,
    ) -> Result<Vec<Expr>, SqlError> {
        let _ = construct;
        Ok(all)
    }

    /// Makes an expression a value for a column.
    pub(super) fn assign(&mut self, expr: Expr, column: &Column) -> Result<Expr, SqlError> {
        let _ = column;
        Ok(expr)
    }

    /// An operator between two expressions, or before one.
    pub(super) fn operation(
        &mut self,
        name: &str,
        left: Option<Expr>,
        right: Expr,
        at: At,
    ) -> Result<Expr, SqlError> {
        let _ = (name, left, at);
        Ok(right)
    }
}

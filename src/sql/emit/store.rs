//! Values on their way into a column.
//!
//! IRIS cuts the fraction of a number that goes into an integer column, and rounds and measures in
//! its own ways. What the gateway binds, it rounds, measures and checks itself; what IRIS computes
//! is printed so that it fits, or refused.

use super::constant::{is_integer, is_text};
use super::expr::is_null;
use super::{Emitter, refuse};
use crate::sql::bound::{Expr, Literal, Node};
use crate::sql::error::SqlError;
use crate::sql::statement::{Constant, Place, Store, TableName};
use crate::types::pg::PgType;
use std::rc::Rc;

/// The place of a value that need not be computed, with the type that it has before assignment.
pub(super) fn place_of(expr: &Expr) -> Option<(Place, PgType)> {
    let constant = |constant: Constant| Place::Constant(constant);
    match &expr.node {
        Node::Literal(literal) => Some((
            constant(match literal {
                Literal::Null => Constant::Null,
                Literal::Boolean(truth) => Constant::Boolean(*truth),
                Literal::Integer(whole) if is_integer(expr.ty) => Constant::Integer(*whole),
                Literal::Integer(whole) => Constant::Typed(expr.ty, whole.to_string()),
                Literal::Decimal(digits) => Constant::Typed(expr.ty, digits.clone()),
                Literal::Text(text) => Constant::Typed(expr.ty, text.clone()),
            }),
            expr.ty,
        )),
        Node::Parameter(index) => Some((Place::Parameter(*index, None), expr.ty)),
        Node::Session(value) => Some((Place::Session(*value), expr.ty)),
        Node::Cast(cast) if !cast.explicit => place_of(&cast.expr),
        Node::Cast(cast) if expr.ty == PgType::Numeric && expr.typmod >= 0 => {
            let whole = Expr { typmod: -1, ..expr.clone() };
            let (value, ty) = match cast.expr.ty {
                PgType::Numeric => place_of(&cast.expr)?,
                _ => place_of(&whole)?,
            };
            Some((Place::Stored { value: Box::new(value), ty, store: limited(expr) }, expr.ty))
        }
        Node::Cast(cast) if expr.typmod < 0 => match &cast.expr.node {
            Node::Parameter(index) if is_text(cast.expr.ty) => {
                Some((Place::Parameter(*index, Some(expr.ty)), expr.ty))
            }
            Node::Parameter(_) if cast.expr.ty == expr.ty => place_of(&cast.expr),
            Node::Literal(Literal::Null) => Some((Place::Constant(Constant::Null), expr.ty)),
            Node::Literal(Literal::Text(text)) if is_text(cast.expr.ty) => {
                Some((constant(Constant::Typed(expr.ty, text.clone())), expr.ty))
            }
            _ => None,
        },
        _ => None,
    }
}

/// What keeps of a number what a cast keeps of it.
fn limited(cast: &Expr) -> Rc<Store> {
    let table = TableName { schema: None, name: String::new(), position: None };
    let column = String::new();
    Rc::new(Store { table, column, ty: cast.ty, typmod: cast.typmod, not_null: false })
}

impl Emitter<'_> {
    /// Prints a value for a column.
    pub(super) fn stored(&mut self, expr: &Expr, store: Rc<Store>) -> Result<(), SqlError> {
        if let Some(place) = self.stored_place(expr, &store) {
            self.out.place(place);
            return Ok(());
        }
        self.stored_value(expr, &store)
    }

    /// The place of a value for a column, if it need not be computed by IRIS.
    pub(super) fn stored_place(&self, expr: &Expr, store: &Rc<Store>) -> Option<Place> {
        let (value, ty) = place_of(expr)?;
        Some(Place::Stored { value: Box::new(value), ty, store: Rc::clone(store) })
    }

    /// A value that IRIS computes.
    fn stored_value(&mut self, expr: &Expr, store: &Store) -> Result<(), SqlError> {
        if is_null(expr) {
            self.out.word("NULL");
            return Ok(());
        }
        let inner = assigned(expr);
        let fits = match (inner.ty, store.ty) {
            (from, to) if is_text(from) && is_text(to) => {
                // IRIS refuses a text that is too long with SQLCODE −104, as PostgreSQL does.
                if to == PgType::Bpchar && from != to {
                    return self.unpadded(inner);
                }
                return self.value(inner);
            }
            // The column's own type checks the range; the fraction must be rounded before.
            (from, to) if is_integer(from) && is_integer(to) => return self.value(inner),
            (PgType::Numeric, to) if is_integer(to) => {
                self.out.call("ROUND");
                self.value(inner)?;
                self.out.comma().count(0).close();
                return Ok(());
            }
            (from, PgType::Numeric) if is_integer(from) || from == PgType::Numeric => {
                let scale = crate::types::iris::numeric_scale(store.typmod);
                return match scale {
                    Some(scale) if inner.scale.is_none_or(|own| own > scale) => {
                        self.out.call("ROUND");
                        self.value(inner)?;
                        self.out.comma().count(u64::from(scale)).close();
                        Ok(())
                    }
                    _ => self.value(inner),
                };
            }
            (from, to) => from == to || matches!(expr.node, Node::Cast(_)),
        };
        if fits {
            return self.value(expr);
        }
        Err(refuse(format!(
            "storing a computed value of type {} in a column of type {} is not supported",
            inner.ty.name(),
            store.ty.name()
        ))
        .hint("Cast the value to the column's type."))
    }
}

/// The value without the casts of its assignment.
fn assigned(expr: &Expr) -> &Expr {
    match &expr.node {
        Node::Cast(cast) if !cast.explicit => assigned(&cast.expr),
        _ => expr,
    }
}

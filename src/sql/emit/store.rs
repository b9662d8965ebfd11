//! Values on their way into a column.
//!
//! IRIS cuts the fraction of a number that goes into an integer column, and rounds and measures in
//! its own ways. What the gateway binds, it rounds, measures and checks itself; what IRIS computes
//! is printed so that it fits, or refused.

use super::constant::{is_integer, is_text, target};
use super::expr::is_null;
use super::{Emitter, refuse};
use crate::sql::bound::{Expr, Literal, Node};
use crate::sql::error::SqlError;
use crate::sql::statement::{Constant, Fault, Place, Store, TableName};
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
    Rc::new(Store {
        table,
        column,
        ty: cast.ty,
        typmod: cast.typmod,
        not_null: false,
        filled: false,
    })
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

    /// Prints a value that a query gives for a column. There a `?` has no type by itself, and the
    /// text of a moment would not be read.
    pub(super) fn stored_by_query(
        &mut self,
        expr: &Expr,
        store: Rc<Store>,
    ) -> Result<(), SqlError> {
        match self.stored_place(expr, &store) {
            Some(place) => {
                self.stored_place_by_query(place);
                Ok(())
            }
            None => self.stored_value(expr, &store),
        }
    }

    pub(super) fn stored_place_by_query(&mut self, place: Place) {
        match &place {
            Place::Stored { store, .. } if is_moment(store.ty) => {
                let ty = store.ty;
                self.typed(place, ty, false);
            }
            _ => {
                self.out.place(place);
            }
        }
    }

    /// The place of a value for a column, if it need not be computed by IRIS.
    pub(super) fn stored_place(&self, expr: &Expr, store: &Rc<Store>) -> Option<Place> {
        let (value, ty) = place_of(expr)?;
        Some(Place::Stored { value: Box::new(value), ty, store: Rc::clone(store) })
    }

    /// A value that IRIS computes.
    fn stored_value(&mut self, expr: &Expr, store: &Rc<Store>) -> Result<(), SqlError> {
        if !self.causes.stores.contains(store) {
            self.causes.stores.push(Rc::clone(store));
        }
        let refused = store.not_null && store.filled && expr.nullable;
        if is_null(expr) {
            if refused {
                let value = Box::new(Place::Constant(Constant::Null));
                self.out.place(Place::Stored { value, ty: store.ty, store: Rc::clone(store) });
            } else {
                self.out.word("NULL");
            }
            return Ok(());
        }
        if !refused {
            return self.fitted_value(expr, store);
        }
        self.rule("NULL for a column that IRIS would fill is an error");
        self.out.word("CASE WHEN");
        self.null_test(assigned(expr), false)?;
        self.out.word("THEN").call("CAST");
        self.misfit(Fault::Null(Rc::clone(store)));
        self.out.word("AS");
        if !target(&mut self.out, store.ty, -1) {
            // What IRIS has no type for is kept as text.
            target(&mut self.out, PgType::Text, -1);
        }
        self.out.close().word("ELSE");
        self.fitted_value(expr, store)?;
        self.out.word("END");
        Ok(())
    }

    fn fitted_value(&mut self, expr: &Expr, store: &Store) -> Result<(), SqlError> {
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
            (from, to) if is_integer(from) && is_integer(to) => {
                self.checked = from == to;
                return self.value(inner);
            }
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

fn is_moment(ty: PgType) -> bool {
    matches!(ty, PgType::Date | PgType::Time | PgType::Timestamp | PgType::Timestamptz)
}

/// The value without the casts of its assignment.
fn assigned(expr: &Expr) -> &Expr {
    match &expr.node {
        Node::Cast(cast) if !cast.explicit => assigned(&cast.expr),
        _ => expr,
    }
}

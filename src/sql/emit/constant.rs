//! Constants, parameters and what the session knows.
//!
//! To IRIS a `?` has no type but beside a column; elsewhere it stands in a CAST.

use super::moment::within;
use super::{Emitter, number, refuse};
use crate::sql::bound::{Expr, Literal, Node};
use crate::sql::error::SqlError;
use crate::sql::printer::Printer;
use crate::sql::statement::{Constant, Place};
use crate::types::interval::Interval;
use crate::types::iris::{character_length, numeric_digits};
use crate::types::pg::PgType;

/// The longest text, in characters: IRIS's longest string.
pub(super) const TEXT_LENGTH: u64 = 3_641_144;

/// Greatest precision of a `numeric` that IRIS keeps exactly, in digits.
const NUMERIC_DIGITS: u64 = 18;

/// How many constants are bound, besides parameters; further ones stand in the text. Far enough
/// below what IRIS binds that parameters named twice still have room.
const MAX_CONSTANTS: usize = 200;

/// The type of the column that an expression shows, with all texts as `text`.
fn stored_type(expr: &Expr) -> PgType {
    match &expr.node {
        Node::Cast(cast) => stored_type(&cast.expr),
        _ if matches!(expr.ty, PgType::Varchar | PgType::Name) => PgType::Text,
        _ => expr.ty,
    }
}

/// Whether values of the type are texts.
pub(super) const fn is_text(ty: PgType) -> bool {
    matches!(ty, PgType::Text | PgType::Varchar | PgType::Name | PgType::Bpchar)
}

/// Whether values of the type are whole numbers.
pub(super) const fn is_integer(ty: PgType) -> bool {
    matches!(ty, PgType::Int2 | PgType::Int4 | PgType::Int8)
}

/// Prints the target of an IRIS CAST; `false` when there is none that keeps the value.
pub(super) fn target(out: &mut Printer, ty: PgType, typmod: i32) -> bool {
    match ty {
        PgType::Bool => out.word("BIT"),
        PgType::Int2 => out.word("SMALLINT"),
        PgType::Int4 => out.word("INTEGER"),
        PgType::Int8 | PgType::Oid => out.word("BIGINT"),
        PgType::Float4 | PgType::Float8 => out.word("DOUBLE"),
        PgType::Numeric => match numeric_digits(typmod) {
            Some((p, s)) if p <= NUMERIC_DIGITS => {
                out.call("NUMERIC").count(p).comma().count(s).close()
            }
            _ => return false,
        },
        PgType::Text | PgType::Varchar => {
            let length = character_length(typmod).and_then(|length| u64::try_from(length).ok());
            out.call("VARCHAR").count(length.unwrap_or(TEXT_LENGTH).min(TEXT_LENGTH)).close()
        }
        PgType::Date => out.word("DATE"),
        PgType::Time => out.word("TIME"),
        PgType::Timestamp | PgType::Timestamptz => out.word("TIMESTAMP"),
        _ => return false,
    };
    true
}

impl Emitter<'_> {
    /// Prints a value where the place itself gives a `?` its type, as beside a column.
    pub(super) fn plain(&mut self, expr: &Expr) -> Result<(), SqlError> {
        match &expr.node {
            Node::Literal(_) | Node::Parameter(_) | Node::Session(_) => self.leaf(expr, true),
            Node::Cast(cast) => match self.read_parameter(expr, &cast.expr) {
                Some(place) => {
                    self.out.place(place);
                    Ok(())
                }
                None => self.operand(expr),
            },
            _ => self.operand(expr),
        }
    }

    /// The place of a constant beside a column of the same type, where constants are bound.
    pub(super) fn bindable(&mut self, expr: &Expr, other: &Expr) -> Option<Place> {
        let Node::Literal(literal) = &expr.node else { return None };
        let room = MAX_CONSTANTS.saturating_sub(self.bound.parameters.len());
        if !self.binding || self.constants >= room || stored_type(other) != expr.ty {
            return None;
        }
        let constant = match literal {
            Literal::Integer(whole) if is_integer(expr.ty) => Constant::Integer(*whole),
            Literal::Decimal(digits) => Constant::Decimal(number::exact(digits).ok()?),
            Literal::Text(text) if expr.ty == PgType::Text => Constant::Text(text.clone()),
            _ => return None,
        };
        self.constants = self.constants.saturating_add(1);
        Some(Place::Constant(constant))
    }

    /// The place of a parameter that is text and read as input of the type it is cast to.
    pub(super) fn read_parameter(&self, cast: &Expr, inner: &Expr) -> Option<Place> {
        let Node::Parameter(index) = inner.node else { return None };
        let texts = is_text(inner.ty) && !is_text(cast.ty);
        let modified = cast.typmod >= 0 && matches!(cast.ty, PgType::Numeric);
        (texts && !modified).then_some(Place::Parameter(index, Some(cast.ty)))
    }

    /// Prints a constant, a parameter or a value of the session.
    pub(super) fn leaf(&mut self, expr: &Expr, plain: bool) -> Result<(), SqlError> {
        match &expr.node {
            Node::Literal(literal) => {
                if expr.ty == PgType::Interval
                    && let Literal::Text(text) = literal
                    && let Ok(span) = Interval::read(text)
                    && within(span, expr.typmod) != Some(span)
                {
                    return Err(refuse("this form of an interval is not supported")
                        .hint("Write interval '1 day'."));
                }
                self.literal(literal, expr.ty, plain)
            }
            // UNVERIFIED(iris): CAST has a target TIME without digits, which may cut the fraction.
            Node::Parameter(_) | Node::Session(_) if expr.ty == PgType::Time && !plain => {
                Err(refuse("a time that is bound is not supported here")
                    .hint("Compare it with a column, or select it as it is."))
            }
            Node::Parameter(index) => {
                self.typed(Place::Parameter(*index, None), expr.ty, plain);
                Ok(())
            }
            Node::Session(value) => {
                self.typed(Place::Session(*value), expr.ty, plain);
                Ok(())
            }
            _ => self.value(expr),
        }
    }

    /// Prints `?`, in a CAST where it needs a type.
    pub(super) fn typed(&mut self, place: Place, ty: PgType, plain: bool) {
        let mut cast = Printer::default();
        cast.call("CAST").place(place.clone()).word("AS");
        if plain || is_text(ty) || !target(&mut cast, ty, -1) {
            self.out.place(place);
            return;
        }
        cast.close();
        self.out.append(cast);
    }

    /// Prints a constant bound as a value of a type.
    fn bound_text(&mut self, ty: PgType, text: &str, plain: bool) {
        self.typed(Place::Constant(Constant::Typed(ty, text.to_owned())), ty, plain);
    }

    fn literal(&mut self, literal: &Literal, ty: PgType, plain: bool) -> Result<(), SqlError> {
        match (literal, ty) {
            (Literal::Null, _) => {
                self.out.word("NULL");
            }
            (Literal::Boolean(truth), _) => {
                self.out.count(u64::from(*truth));
            }
            (Literal::Integer(whole), PgType::Float4 | PgType::Float8) => {
                self.bound_text(ty, &whole.to_string(), plain);
            }
            (Literal::Integer(whole), _) => {
                self.out.number(&whole.to_string())?;
            }
            (Literal::Decimal(digits), PgType::Float4 | PgType::Float8) => {
                self.bound_text(ty, digits, plain);
            }
            (Literal::Decimal(digits), _) => {
                self.out.number(&number::exact(digits)?)?;
            }
            (Literal::Text(text), PgType::Bpchar) => {
                self.out.string(text.trim_end_matches(' '));
            }
            (Literal::Text(text), _) if is_text(ty) => {
                self.out.string(text);
            }
            (Literal::Text(text), PgType::Int2 | PgType::Int4 | PgType::Int8) => {
                let whole = number::integer(ty, text)?;
                self.out.number(&whole.to_string())?;
            }
            // UNVERIFIED(iris): CAST has a target TIME without digits, which may cut the fraction.
            (Literal::Text(text), PgType::Time) if !plain && text.contains('.') => {
                return Err(refuse("a time with a fraction of a second is not supported here")
                    .hint("Compare it with a column, or leave out the fraction."));
            }
            (Literal::Text(text), PgType::Bool) => {
                self.out.count(u64::from(number::boolean(text)?));
            }
            (Literal::Text(text), PgType::Numeric) => match number::decimal(text)? {
                Some(digits) => {
                    self.out.number(&digits)?;
                }
                None => return Err(refuse("NaN and infinity of type numeric are not supported")),
            },
            (Literal::Text(_), ty) if ty.element().is_some() => {
                return Err(refuse("arrays are not supported here")
                    .hint("Arrays are supported beside ANY and ALL."));
            }
            (Literal::Text(text), _) => self.bound_text(ty, text, plain),
        }
        Ok(())
    }

    /// A `char(n)` without the blanks at its end, which do not count.
    pub(super) fn unpadded(&mut self, expr: &Expr) -> Result<(), SqlError> {
        if let Node::Literal(_) = expr.node {
            return self.leaf(expr, true);
        }
        self.out.call("TRIM").word("TRAILING").literal(" ").word("FROM");
        self.plain(expr)?;
        self.out.close();
        Ok(())
    }
}

//! Making expressions ones of another type.

use super::typename::NO_TYPMOD;
use super::{Binder, at, literal};
use crate::sql::bound::{At, Cast, Expr, Literal, Node};
use crate::sql::error::SqlError;
use crate::sql::resolve::{self, Context, Method, Mismatch};
use crate::sql::statement::Column;
use crate::types::iris::{character_length, numeric_digits, numeric_scale};
use crate::types::pg::PgType;

impl Binder<'_> {
    /// Makes an expression one of another type, as PostgreSQL does in this context.
    ///
    /// # Errors
    ///
    /// 42846 where there is no such cast; what is wrong with a literal's text.
    pub(super) fn coerce(
        &mut self,
        expr: Expr,
        ty: PgType,
        typmod: i32,
        context: Context,
    ) -> Result<Expr, SqlError> {
        let (from, place) = (expr.ty, expr.at);
        match self.coerced(expr, ty, typmod, context)? {
            Some(expr) => Ok(expr),
            None => Err(at(cannot_cast(from, ty), place)),
        }
    }

    /// The same; `None` where PostgreSQL has no such cast in this context.
    pub(super) fn coerced(
        &mut self,
        expr: Expr,
        ty: PgType,
        typmod: i32,
        context: Context,
    ) -> Result<Option<Expr>, SqlError> {
        let explicit = context == Context::Explicit;
        if let Node::Row(_) = expr.node {
            return Ok((ty == PgType::Record).then_some(expr));
        }
        if expr.ty == PgType::Unknown {
            let known = self.input(expr, ty)?;
            return Ok(Some(modified(known, typmod, explicit)));
        }
        let Some(method) = resolve::cast(expr.ty, ty, context) else { return Ok(None) };
        if method == Method::Same {
            // A cast without a modifier takes the value's away, for whoever describes the result.
            if typmod == NO_TYPMOD && explicit && expr.typmod != NO_TYPMOD {
                return Ok(Some(cast(expr, ty, NO_TYPMOD, true)));
            }
            return Ok(Some(modified(expr, typmod, explicit)));
        }
        Ok(Some(cast(expr, ty, typmod, explicit)))
    }

    /// A literal or parameter of unknown type as one of a type.
    fn input(&mut self, expr: Expr, ty: PgType) -> Result<Expr, SqlError> {
        match expr.node {
            Node::Parameter(index) => {
                self.parameters.decide(index, expr.at, ty)?;
                Ok(Expr { ty, ..expr })
            }
            Node::Literal(Literal::Null) => Ok(literal::constant(Literal::Null, ty, expr.at)),
            Node::Literal(Literal::Text(text)) if ty != PgType::Unknown => {
                let read = literal::read(ty, &text).map_err(|error| at(error, expr.at))?;
                Ok(literal::constant(read, ty, expr.at))
            }
            // A column of unknown type, as of a subquery, was made text where it arose.
            _ => Ok(Expr { ty, ..expr }),
        }
    }

    /// `text` for what is still `unknown`.
    pub(super) fn decided(&mut self, expr: Expr) -> Result<Expr, SqlError> {
        if expr.ty == PgType::Unknown {
            return self.coerce(expr, PgType::Text, NO_TYPMOD, Context::Implicit);
        }
        Ok(expr)
    }

    /// `text` for a literal of unknown type; a parameter stays open, since nothing decides it.
    pub(super) fn literal_decided(&mut self, expr: Expr) -> Result<Expr, SqlError> {
        match expr.node {
            Node::Parameter(_) => Ok(expr),
            _ => self.decided(expr),
        }
    }

    /// Gives several expressions their common type.
    ///
    /// # Errors
    ///
    /// 42804 and 42846 in the words of `construct`.
    pub(super) fn common(
        &mut self,
        all: Vec<Expr>,
        construct: &'static str,
    ) -> Result<Vec<Expr>, SqlError> {
        let ty = common_type(&all, construct)?;
        all.into_iter().map(|expr| self.member(expr, ty, construct)).collect()
    }

    /// An expression as one of the common type of several (`coerce_to_common_type`).
    pub(super) fn member(
        &mut self,
        expr: Expr,
        ty: PgType,
        construct: &'static str,
    ) -> Result<Expr, SqlError> {
        let (from, place) = (expr.ty, expr.at);
        self.coerced(expr, ty, NO_TYPMOD, Context::Implicit)?.ok_or_else(|| {
            let (from, to) = (from.name(), ty.name());
            let message = format!("{construct} could not convert type {from} to {to}");
            at(SqlError::new("42846", message), place)
        })
    }

    /// An expression where only one type will do (`coerce_to_specific_type`, `coerce_to_boolean`).
    pub(super) fn specific(
        &mut self,
        expr: Expr,
        ty: PgType,
        construct: &str,
    ) -> Result<Expr, SqlError> {
        let (from, place) = (expr.ty, expr.at);
        self.coerced(expr, ty, NO_TYPMOD, Context::Assignment)?.ok_or_else(|| {
            let (to, from) = (ty.name(), from.name());
            let message = format!("argument of {construct} must be type {to}, not type {from}");
            at(SqlError::new("42804", message), place)
        })
    }

    /// Makes an expression a value for a column.
    ///
    /// # Errors
    ///
    /// 42804 with PostgreSQL's hint, 22001 and 22003 for literals that do not fit.
    pub(super) fn assign(&mut self, expr: Expr, column: &Column) -> Result<Expr, SqlError> {
        let (from, place) = (expr.ty, expr.at);
        let stored = self.coerced(expr, column.ty, column.typmod, Context::Assignment)?;
        let stored = stored.ok_or_else(|| {
            let message = format!(
                "column \"{}\" is of type {} but expression is of type {}",
                column.name,
                column.ty.name(),
                from.name()
            );
            let hint = "You will need to rewrite or cast the expression.";
            at(SqlError::new("42804", message).hint(hint), place)
        })?;
        fits(&stored)?;
        Ok(stored)
    }
}

/// 42846
pub(super) fn cannot_cast(from: PgType, to: PgType) -> SqlError {
    SqlError::new("42846", format!("cannot cast type {} to {}", from.name(), to.name()))
}

/// The type that several expressions share.
pub(super) fn common_type(all: &[Expr], construct: &'static str) -> Result<PgType, SqlError> {
    let types: Vec<PgType> = all.iter().map(|expr| expr.ty).collect();
    resolve::match_types(&types).map_err(|mismatch| {
        let (sqlstate, message, index) = match mismatch {
            Mismatch::Category { left, right, at } => {
                let (left, right) = (left.name(), right.name());
                let message = format!("{construct} types {left} and {right} cannot be matched");
                ("42804", message, at)
            }
            Mismatch::Conversion { from, to, at } => {
                let (from, to) = (from.name(), to.name());
                ("42846", format!("{construct} could not convert type {from} to {to}"), at)
            }
        };
        let place = all.get(index).map(|expr| expr.at).unwrap_or_default();
        at(SqlError::new(sqlstate, message), place)
    })
}

/// The modifier that all of several expressions of one type share.
pub(super) fn common_typmod<'e>(all: impl IntoIterator<Item = &'e Expr>) -> i32 {
    let mut all = all.into_iter().map(|expr| expr.typmod);
    let first = all.next().unwrap_or(NO_TYPMOD);
    if all.all(|typmod| typmod == first) { first } else { NO_TYPMOD }
}

/// The digits after the point that all of several expressions show; NULL shows any.
pub(super) fn common_scale<'e>(all: impl IntoIterator<Item = &'e Expr>) -> Option<u16> {
    let null = |expr: &&Expr| !matches!(expr.node, Node::Literal(Literal::Null));
    let mut scales = all.into_iter().filter(null).map(|expr| expr.scale);
    let first = scales.next()??;
    scales.all(|scale| scale == Some(first)).then_some(first)
}

/// A value under a modifier of its type (`coerce_type_typmod`).
fn modified(expr: Expr, typmod: i32, explicit: bool) -> Expr {
    if typmod == NO_TYPMOD || typmod == expr.typmod {
        return expr;
    }
    let ty = expr.ty;
    cast(expr, ty, typmod, explicit)
}

/// A conversion.
pub(super) fn cast(expr: Expr, ty: PgType, typmod: i32, explicit: bool) -> Expr {
    let scale = match ty {
        PgType::Numeric => numeric_scale(typmod).or(match expr.ty {
            PgType::Int2 | PgType::Int4 | PgType::Int8 => Some(0),
            PgType::Numeric => expr.scale,
            _ => None,
        }),
        _ => None,
    };
    let (nullable, place) = (expr.nullable, expr.at);
    let node = Node::Cast(Cast { expr: Box::new(expr), explicit });
    Expr { node, ty, typmod, scale, nullable, at: place }
}

/// Whether a literal fits the column that it is stored in. PostgreSQL finds that out when it
/// plans the statement, so it names no place.
fn fits(stored: &Expr) -> Result<(), SqlError> {
    let Node::Cast(Cast { expr, explicit: false }) = &stored.node else { return Ok(()) };
    let Node::Literal(value) = &expr.node else { return Ok(()) };
    match (stored.ty, value) {
        (PgType::Varchar | PgType::Bpchar, Literal::Text(text)) => {
            let Some(length) = character_length(stored.typmod) else { return Ok(()) };
            // Blanks at the end are cut without a word.
            let kept = text.trim_end_matches(' ').chars().count();
            if kept <= length || text.chars().count() <= length {
                return Ok(());
            }
            let name = stored.ty.name();
            let message = format!("value too long for type {name}({length})");
            Err(SqlError::new("22001", message).late())
        }
        (PgType::Numeric, Literal::Decimal(digits)) => numeric_fits(digits, stored.typmod),
        (PgType::Numeric, Literal::Integer(value)) => {
            numeric_fits(&value.to_string(), stored.typmod)
        }
        _ => Ok(()),
    }
}

fn numeric_fits(digits: &str, typmod: i32) -> Result<(), SqlError> {
    let Some((precision, scale)) = numeric_digits(typmod) else { return Ok(()) };
    let body = digits.trim_start_matches('-');
    let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
    let whole = whole.trim_start_matches('0');
    let room = usize::try_from(precision.saturating_sub(scale)).unwrap_or(usize::MAX);
    let places = usize::try_from(scale).unwrap_or(usize::MAX);
    // 9.99 becomes 10.0 in numeric(2,1): nines carry over into a digit more.
    let carries = whole.len() == room
        && whole.bytes().all(|b| b == b'9')
        && fraction.bytes().take(places).all(|b| b == b'9')
        && fraction.as_bytes().get(places).is_some_and(|b| *b >= b'5')
        && fraction.len() >= places;
    if whole.len() <= room && !carries {
        return Ok(());
    }
    let limit = match room {
        0 => "1".to_owned(),
        room => format!("10^{room}"),
    };
    Err(SqlError::new("22003", "numeric field overflow")
        .detail(format!(
            "A field with precision {precision}, scale {scale} must round to an absolute value \
             less than {limit}."
        ))
        .late())
}

/// An expression of a type, of which nothing more is known.
pub(super) fn value(node: Node, ty: PgType, place: At) -> Expr {
    Expr { node, ty, typmod: NO_TYPMOD, scale: None, nullable: true, at: place }
}

/// The place that lies further to the left.
pub(super) fn leftmost(one: At, other: At) -> At {
    match (one.0, other.0) {
        (Some(a), Some(b)) => At(Some(a.min(b))),
        (a, b) => At(a.or(b)),
    }
}

/// An array of expressions of one type.
pub(super) fn array(elements: Vec<Expr>, ty: PgType, place: At) -> Expr {
    let typmod = common_typmod(&elements);
    Expr { typmod, nullable: false, ..value(Node::Array(elements), ty, place) }
}

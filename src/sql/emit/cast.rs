//! Conversions from one type to another.
//!
//! IRIS's own CAST makes 0 of a text that is no number and 1840-12-31 of one that is no date, and
//! shows numbers and moments in its own way: only conversions that cannot go wrong are printed.

use super::constant::{is_integer, is_text, target};
use super::expr::{Null, is_condition};
use super::{Emitter, number, refuse};
use crate::sql::bound::{Cast, Expr, Literal, Node};
use crate::sql::error::SqlError;
use crate::sql::printer::Printer;
use crate::sql::statement::Place;
use crate::types::iris::{character_length, numeric_digits};
use crate::types::pg::PgType;

/// How many digits a number shown as text may have: IRIS keeps 18 exactly.
const SHOWN_DIGITS: usize = 18;

/// Whether a conversion is printed as its operand: IRIS keeps both types alike.
pub(super) fn is_silent(expr: &Expr) -> bool {
    let Node::Cast(cast) = &expr.node else { return false };
    if matches!(cast.expr.node, Node::Literal(_) | Node::Parameter(_) | Node::Session(_)) {
        return false;
    }
    let (from, to) = (cast.expr.ty, expr.ty);
    let modified = expr.typmod >= 0 && expr.typmod != cast.expr.typmod;
    keeps(from, to) && !modified
}

/// Whether a value without a modifier is the same value in the other type.
fn keeps(from: PgType, to: PgType) -> bool {
    use PgType as P;
    match (from, to) {
        (from, to) if from == to => true,
        (P::Bpchar, _) | (_, P::Bpchar) => false,
        (from, P::Text | P::Varchar) if is_text(from) => true,
        (P::Int2, P::Int4 | P::Int8 | P::Numeric) => true,
        (P::Int4, P::Int8 | P::Numeric) | (P::Int8, P::Numeric) => true,
        (P::Float4, P::Float8) => true,
        (P::Bool, P::Int4) | (P::Oid, P::Int8) => true,
        (P::Timestamp, P::Timestamptz) | (P::Timestamptz, P::Timestamp) => true,
        _ => false,
    }
}

fn cannot_yet(from: PgType, to: PgType) -> SqlError {
    refuse(format!("casts from {} to {} are not supported", from.name(), to.name()))
}

fn out_of_range(ty: PgType) -> SqlError {
    SqlError::new("22003", format!("{} out of range", ty.name())).late()
}

/// The first `length` characters, as an explicit cast to `varchar(n)` leaves them.
fn shortened(text: &str, typmod: i32) -> &str {
    let Some(length) = character_length(typmod) else { return text };
    text.char_indices().nth(length).and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

impl Emitter<'_> {
    /// Prints a conversion.
    pub(super) fn cast(&mut self, expr: &Expr, cast: &Cast) -> Result<(), SqlError> {
        let inner = &*cast.expr;
        if is_silent(expr) {
            return self.value(inner);
        }
        match &inner.node {
            Node::Literal(literal) => self.cast_literal(expr, inner, literal),
            Node::Parameter(index) => self.cast_parameter(expr, inner, *index),
            _ => self.cast_value(expr, inner),
        }
    }

    fn cast_literal(
        &mut self,
        expr: &Expr,
        inner: &Expr,
        literal: &Literal,
    ) -> Result<(), SqlError> {
        let ty = expr.ty;
        match literal {
            Literal::Null => {
                self.out.word("NULL");
                Ok(())
            }
            Literal::Boolean(truth) if ty == PgType::Int4 => {
                self.out.count(u64::from(*truth));
                Ok(())
            }
            Literal::Boolean(truth) if is_text(ty) => {
                let shown = if *truth { "true" } else { "false" };
                self.out.string(shortened(shown, expr.typmod));
                Ok(())
            }
            Literal::Integer(whole) => self.cast_number(expr, inner, &whole.to_string()),
            Literal::Decimal(digits) => self.cast_number(expr, inner, digits),
            Literal::Text(text) if is_text(inner.ty) && is_text(ty) => {
                let text =
                    if inner.ty == PgType::Bpchar { text.trim_end_matches(' ') } else { text };
                let shown = shortened(text, expr.typmod);
                let shown = if ty == PgType::Bpchar { shown.trim_end_matches(' ') } else { shown };
                self.out.string(shown);
                Ok(())
            }
            // What the client writes as a text is read as input of the type.
            Literal::Text(text) if is_text(inner.ty) => {
                let read =
                    Expr { node: Node::Literal(Literal::Text(text.clone())), ty, ..expr.clone() };
                check_input(ty, text)?;
                match numeric_digits(expr.typmod).filter(|_| ty == PgType::Numeric) {
                    Some(_) => {
                        let digits = number::decimal(text)?.ok_or_else(|| {
                            refuse("NaN and infinity of type numeric are not supported")
                        })?;
                        self.cast_number(expr, inner, &digits)
                    }
                    None => self.leaf(&read, false),
                }
            }
            _ => self.cast_value(expr, inner),
        }
    }

    fn cast_number(&mut self, expr: &Expr, inner: &Expr, digits: &str) -> Result<(), SqlError> {
        let ty = expr.ty;
        match ty {
            _ if is_integer(ty) || ty == PgType::Oid => {
                let rounded = number::round(&number::exact(digits)?, 0);
                let whole = rounded.parse::<i64>().ok().filter(|whole| number::fits(ty, *whole));
                let whole = whole.ok_or_else(|| out_of_range(ty))?;
                self.out.number(&whole.to_string())?;
            }
            PgType::Numeric => {
                self.out.number(&limited(&number::exact(digits)?, expr.typmod)?)?;
            }
            PgType::Float4 | PgType::Float8 => {
                let read = Expr {
                    node: Node::Literal(Literal::Decimal(digits.to_owned())),
                    ..expr.clone()
                };
                return self.leaf(&read, false);
            }
            PgType::Bool if inner.ty == PgType::Int4 => {
                self.out.count(u64::from(number::exact(digits)? != "0"));
            }
            // PostgreSQL shows the digits as they were written.
            _ if is_text(ty) => {
                self.out.string(shortened(digits, expr.typmod));
            }
            _ => return Err(cannot_yet(inner.ty, ty)),
        }
        Ok(())
    }

    /// A parameter of another type than the one asked for.
    fn cast_parameter(&mut self, expr: &Expr, inner: &Expr, index: usize) -> Result<(), SqlError> {
        let (from, ty) = (inner.ty, expr.ty);
        let modified = expr.typmod >= 0;
        if let Some(place) = self.read_parameter(expr, inner) {
            self.typed(place, ty, false);
            return Ok(());
        }
        let place = Place::Parameter(index, None);
        if !modified && keeps(from, ty) {
            self.typed(place, ty, false);
            return Ok(());
        }
        self.cast_value(expr, inner)
    }

    /// A conversion of a value.
    fn cast_value(&mut self, expr: &Expr, inner: &Expr) -> Result<(), SqlError> {
        use PgType as P;
        let (from, to) = (inner.ty, expr.ty);
        let modified = expr.typmod >= 0 && expr.typmod != inner.typmod;
        match (from, to) {
            (P::Numeric, to) if is_integer(to) => {
                self.out.call("CAST").call("ROUND");
                self.value(inner)?;
                self.out.comma().count(0).close().word("AS");
                target(&mut self.out, to, -1);
                self.out.close();
                Ok(())
            }
            (P::Float4 | P::Float8, to) if is_integer(to) => {
                self.out.call("CAST");
                self.half_even(inner)?;
                self.out.word("AS");
                target(&mut self.out, to, -1);
                self.out.close();
                Ok(())
            }
            (from, to) if is_integer(from) && (is_integer(to) || to == P::Oid) => {
                self.wrapped(expr, inner)
            }
            (P::Oid, P::Int4) => self.wrapped(expr, inner),
            (from, P::Numeric) if from == P::Numeric || is_integer(from) => {
                if modified {
                    self.wrapped(expr, inner)
                } else {
                    self.operand(inner)
                }
            }
            (from, P::Float8) if is_integer(from) || from == P::Numeric => {
                self.wrapped(expr, inner)
            }
            (P::Bpchar, to) if is_text(to) && !modified => self.unpadded(inner),
            // The blanks at the end count for nothing, and are put there where they are shown.
            (from, P::Bpchar) if is_text(from) && !modified => self.operand(inner),
            (from, P::Text | P::Varchar)
                if is_integer(from) || is_text(from) || from == P::Date =>
            {
                self.wrapped(expr, inner)
            }
            (P::Numeric, P::Text | P::Varchar) if inner.scale == Some(0) => {
                self.wrapped(expr, inner)
            }
            (P::Bool, to) if is_text(to) && !modified => self.truth_text(inner),
            (P::Uuid, to) if is_text(to) && !modified => {
                self.out.call("LOWER");
                self.value(inner)?;
                self.out.close();
                Ok(())
            }
            (P::Int4, P::Bool) => {
                self.out.word("CASE WHEN");
                self.operand(inner)?;
                self.out.word("=").count(0).word("THEN").count(0).word("WHEN");
                self.operand(inner)?;
                self.out.word("<>").count(0).word("THEN").count(1).word("END");
                Ok(())
            }
            (P::Timestamp | P::Timestamptz, P::Date) | (P::Date, P::Timestamp | P::Timestamptz) => {
                self.wrapped(expr, inner)
            }
            (P::Numeric, P::Text | P::Varchar) if inner.scale.is_some() && !modified => {
                self.shown_decimal(inner, inner.scale.unwrap_or(0))
            }
            (P::Timestamp | P::Timestamptz, P::Text | P::Varchar) if !modified => {
                self.shown_timestamp(inner)
            }
            (P::Numeric | P::Float4 | P::Float8, to) if is_text(to) => {
                Err(cannot_yet(from, to).hint("IRIS shows such numbers with other digits."))
            }
            (from, _) if is_text(from) => Err(cannot_yet(from, to)
                .hint("IRIS takes a text that is no such value for zero; cast it in the client.")),
            _ => Err(cannot_yet(from, to)),
        }
    }

    fn wrapped(&mut self, expr: &Expr, inner: &Expr) -> Result<(), SqlError> {
        let mut shown = Printer::default();
        if !target(&mut shown, expr.ty, expr.typmod) {
            return Err(refuse(format!("casts to {} are not supported", expr.ty.name())));
        }
        self.out.call("CAST");
        self.value(inner)?;
        self.out.word("AS");
        self.out.append(shown);
        self.out.close();
        Ok(())
    }

    /// A number with all its digits after the point, as PostgreSQL shows it.
    fn shown_decimal(&mut self, inner: &Expr, scale: u16) -> Result<(), SqlError> {
        let whole = SHOWN_DIGITS.saturating_sub(usize::from(scale).min(SHOWN_DIGITS));
        if usize::from(scale) > SHOWN_DIGITS {
            return Err(cannot_yet(inner.ty, PgType::Text));
        }
        let picture = format!("{}0.{}", "9".repeat(whole), "0".repeat(usize::from(scale)));
        self.rule("a number is shown with all digits of its scale");
        self.out.call("TRIM").word("LEADING").literal(" ").word("FROM").call("TO_CHAR");
        self.value(inner)?;
        self.out.comma().literal(&picture).close().close();
        Ok(())
    }

    /// A timestamp without zeros at the end of its fraction.
    fn shown_timestamp(&mut self, inner: &Expr) -> Result<(), SqlError> {
        self.rule("a timestamp is shown without zeros at the end of its fraction");
        self.out.call("TRIM").word("TRAILING").literal(".").word("FROM");
        self.out.call("TRIM").word("TRAILING").literal("0").word("FROM").call("TO_CHAR");
        self.value(inner)?;
        self.out.comma().literal("YYYY-MM-DD HH24:MI:SS.FF6").close().close().close();
        if inner.ty == PgType::Timestamptz {
            self.out.word("||").literal("+00");
        }
        Ok(())
    }

    /// A truth value as `true` or `false`.
    pub(super) fn truth_text(&mut self, inner: &Expr) -> Result<(), SqlError> {
        self.out.word("CASE WHEN");
        self.predicate(inner, Null::False)?;
        self.out.word("THEN").literal("true").word("WHEN");
        if is_condition(inner) {
            self.out.word("NOT").open();
            self.predicate(inner, Null::Kept)?;
            self.out.close();
        } else {
            self.plain(inner)?;
            self.out.word("=").count(0);
        }
        self.out.word("THEN").literal("false").word("END");
        Ok(())
    }

    /// A double rounded to a whole number, halves to the even one, as PostgreSQL does it.
    pub(super) fn half_even(&mut self, inner: &Expr) -> Result<(), SqlError> {
        self.rule("double precision is rounded half to even");
        let floor = |own: &mut Self| -> Result<(), SqlError> {
            own.out.call("FLOOR");
            own.value(inner)?;
            own.out.close();
            Ok(())
        };
        self.out.word("CASE WHEN");
        self.operand(inner)?;
        self.out.word("-");
        floor(self)?;
        self.out.word("<").number("0.5")?.word("THEN");
        floor(self)?;
        self.out.word("WHEN");
        self.operand(inner)?;
        self.out.word("-");
        floor(self)?;
        self.out.word(">").number("0.5")?.word("OR").call("MOD");
        floor(self)?;
        self.out.comma().count(2).close().word("<>").count(0).word("THEN");
        floor(self)?;
        self.out.word("+").count(1).word("ELSE");
        floor(self)?;
        self.out.word("END");
        Ok(())
    }
}

/// Reads a text as input of a type, as PostgreSQL does before anything runs.
fn check_input(ty: PgType, text: &str) -> Result<(), SqlError> {
    let mut list = crate::types::list::Writer::new();
    crate::types::decode::literal_text(ty, text, &mut list)
        .map_err(|error| SqlError::new(error.sqlstate(), error.to_string()))
}

/// A number rounded and checked against `numeric(p,s)`.
fn limited(digits: &str, typmod: i32) -> Result<String, SqlError> {
    let Some((precision, scale)) = numeric_digits(typmod) else { return Ok(digits.to_owned()) };
    let rounded = number::round(digits, usize::try_from(scale).unwrap_or(usize::MAX));
    let whole = rounded.trim_start_matches('-').split('.').next().unwrap_or_default();
    let whole = if whole == "0" { 0 } else { whole.len() };
    if u64::try_from(whole).unwrap_or(u64::MAX) > precision.saturating_sub(scale) {
        return Err(SqlError::new("22003", "numeric field overflow")
            .detail(format!(
                "A field with precision {precision}, scale {scale} must round to an absolute \
                 value less than 10^{}.",
                precision.saturating_sub(scale)
            ))
            .late());
    }
    Ok(rounded)
}

//! Casts and typed literals.

use super::literal::{self, Number};
use super::types::{self, TypeSpec, is_integer, is_number, is_text};
use super::value::{bare, negated_number, placeholder, text};
use super::{Translator, refuse};
use crate::sql::error::SqlError;
use crate::sql::statement::Place;
use crate::types::decode;
use crate::types::list::Writer;
use crate::types::pg::PgType;
use irispg_grammar::ast::{Expr, Value};

impl Translator<'_> {
    /// Prints `expr::spec`.
    pub(super) fn cast(
        &mut self,
        expr: &Expr,
        spec: TypeSpec,
        plain: bool,
    ) -> Result<(), SqlError> {
        if spec.serial {
            return Err(SqlError::new("42704", "serial types exist for columns only"));
        }
        let inner = bare(expr);
        if let Some(text) = text(inner) {
            return self.typed_text(text, spec, plain).map_err(|error| error.of(inner));
        }
        if let Some(number) = negated_number(inner) {
            return self.cast_number(&number?, inner, spec);
        }
        if let Some(written) = placeholder(inner) {
            return self.cast_parameter(written, spec, plain);
        }
        if let Expr::Value(value) = inner {
            match value.value {
                Value::Null => {
                    self.out.word("NULL");
                    return Ok(());
                }
                Value::Boolean(truth) => return self.cast_truth(truth, spec),
                _ => {}
            }
        }
        match self.infer(inner) {
            Some(from) => self.cast_value(inner, from, spec),
            None => Err(refuse(format!(
                "cannot translate a cast to {} of a value whose type is not known",
                spec.ty.name()
            ))
            .hint("The type must follow from a column of a known table or an inner cast.")),
        }
    }

    fn cast_truth(&mut self, truth: bool, spec: TypeSpec) -> Result<(), SqlError> {
        match spec.ty {
            PgType::Bool | PgType::Int4 => self.out.count(u64::from(truth)),
            ty if is_text(ty) => {
                let shown = if truth { "true" } else { "false" };
                self.out.string(shortened(shown, spec.length))
            }
            ty => return Err(cannot(PgType::Bool, ty)),
        };
        Ok(())
    }

    fn cast_number(
        &mut self,
        number: &Number,
        written: &Expr,
        spec: TypeSpec,
    ) -> Result<(), SqlError> {
        let ty = spec.ty;
        if is_integer(ty) {
            let rounded = literal::round(&number.digits, 0);
            let value = rounded.parse::<i64>().ok().filter(|value| literal::fits(ty, *value));
            let value = value.ok_or_else(|| out_of_range(ty))?;
            self.out.number(&value.to_string())?;
            return Ok(());
        }
        match ty {
            PgType::Numeric => {
                let digits = limited(&number.digits, spec.digits)?;
                self.out.number(&digits)?;
            }
            PgType::Float8 => {
                self.out.call("CAST").number(&number.digits)?.word("AS DOUBLE").close();
            }
            PgType::Bool if number.ty == PgType::Int4 => {
                self.out.count(u64::from(number.digits != "0"));
            }
            ty if is_text(ty) => {
                let shown = shown(written, number)?;
                self.out.string(shortened(&shown, spec.length));
            }
            _ => return Err(cannot(number.ty, ty)),
        }
        Ok(())
    }

    /// A string literal with a type.
    pub(super) fn typed_text(
        &mut self,
        text: &str,
        spec: TypeSpec,
        plain: bool,
    ) -> Result<(), SqlError> {
        let ty = spec.ty;
        match ty {
            ty if is_integer(ty) => {
                let value = literal::integer(ty, text)?;
                self.out.number(&value.to_string())?;
            }
            PgType::Bool => {
                self.out.count(u64::from(literal::boolean(text)?));
            }
            PgType::Numeric => match literal::decimal(text)? {
                Some(digits) => {
                    self.out.number(&limited(&digits, spec.digits)?)?;
                }
                None => return Err(refuse("NaN and infinity of type numeric are not supported")),
            },
            PgType::Text | PgType::Varchar | PgType::Name => {
                self.out.string(shortened(text, spec.length));
            }
            PgType::Bpchar | PgType::Float4 | PgType::Oid | PgType::Json | PgType::Unknown => {
                return Err(refuse(format!("constants of type {} are not supported", ty.name())));
            }
            _ => {
                check_input(ty, text)?;
                if plain {
                    self.bound(ty, text);
                    return Ok(());
                }
                let cast = self.apart(|own| {
                    own.out.call("CAST");
                    own.bound(ty, text);
                    own.out.word("AS");
                    if types::cast_target(&mut own.out, spec) {
                        own.out.close();
                        return Ok(());
                    }
                    own.out = crate::sql::printer::Printer::default();
                    own.bound(ty, text);
                    Ok(())
                })?;
                self.out.append(cast);
            }
        }
        Ok(())
    }

    /// A parameter with a type: its own when none was declared, else read from its text.
    fn cast_parameter(
        &mut self,
        written: &str,
        spec: TypeSpec,
        plain: bool,
    ) -> Result<(), SqlError> {
        let number = self.number(written)?;
        let declared = self.parameters.get(number).copied().flatten();
        let ty = if spec.ty == PgType::Name { PgType::Text } else { spec.ty };
        if matches!(ty, PgType::Json | PgType::Oid | PgType::Bpchar) {
            return Err(refuse(format!("parameters of type {} are not supported", ty.name())));
        }
        let place = match declared {
            None => {
                if let Some(slot) = self.parameters.get_mut(number) {
                    *slot = Some(ty);
                }
                Place::Parameter(number, Some(ty))
            }
            Some(declared) if declared == ty || is_text(declared) => {
                Place::Parameter(number, Some(ty))
            }
            // A wider number, or an integer's text, is the same value to IRIS.
            Some(declared) if is_integer(declared) && keeps(declared, ty) => {
                Place::Parameter(number, None)
            }
            Some(declared) => return Err(cannot_yet(declared, ty)),
        };
        let modified = spec.length.is_some() || spec.digits.is_some();
        // Text is what IRIS takes a `?` to be, and beside a column the column decides.
        let cast = modified || !(plain || is_text(ty));
        if !cast {
            self.out.place(place);
            return Ok(());
        }
        let printed = self.apart(|own| {
            own.out.call("CAST").place(place.clone()).word("AS");
            if types::cast_target(&mut own.out, spec) {
                own.out.close();
                return Ok(());
            }
            if modified {
                return Err(refuse("this cast of a parameter is not supported"));
            }
            own.out = crate::sql::printer::Printer::default();
            own.out.place(place);
            Ok(())
        })?;
        self.out.append(printed);
        Ok(())
    }

    /// A cast of a value whose type is known.
    fn cast_value(&mut self, expr: &Expr, from: PgType, spec: TypeSpec) -> Result<(), SqlError> {
        let to = spec.ty;
        let modified = spec.length.is_some() || spec.digits.is_some();
        if (from == to || (is_text(from) && is_text(to))) && !modified {
            return self.operand(expr, false);
        }
        match (from, to) {
            // A number without modifiers is the same number as numeric.
            (from, PgType::Numeric) if from == PgType::Numeric || is_integer(from) => {
                if modified {
                    self.wrapped(expr, spec)
                } else {
                    self.operand(expr, false)
                }
            }
            (from, to) if is_integer(from) && is_integer(to) => self.wrapped(expr, spec),
            (PgType::Numeric, to) if is_integer(to) => {
                self.out.call("CAST").call("ROUND");
                self.value(expr, false)?;
                self.out.comma().count(0).close().word("AS");
                types::cast_target(&mut self.out, spec);
                self.out.close();
                Ok(())
            }
            (from, PgType::Float8) if is_number(from) => self.wrapped(expr, spec),
            (from, to) if is_text(to) && (is_integer(from) || is_text(from)) => {
                self.wrapped(expr, spec)
            }
            (PgType::Date, to) if is_text(to) => self.wrapped(expr, spec),
            (PgType::Bool, PgType::Int4) => self.operand(expr, false),
            (PgType::Bool, to) if is_text(to) && !modified => {
                self.out.word("CASE WHEN");
                self.predicate(expr, "CASE/WHEN")?;
                self.out.word("THEN").literal("true").word("WHEN NOT").open();
                self.predicate(expr, "CASE/WHEN")?;
                self.out.close().word("THEN").literal("false").word("END");
                Ok(())
            }
            (PgType::Int4, PgType::Bool) => {
                self.out.word("CASE WHEN");
                self.operand(expr, false)?;
                self.out.word("=").count(0).word("THEN").count(0).word("WHEN");
                self.operand(expr, false)?;
                self.out.word("<>").count(0).word("THEN").count(1).word("END");
                Ok(())
            }
            (PgType::Timestamp, PgType::Date) | (PgType::Date, PgType::Timestamp) => {
                self.wrapped(expr, spec)
            }
            (from, to) => Err(cannot_yet(from, to)),
        }
    }

    fn wrapped(&mut self, expr: &Expr, spec: TypeSpec) -> Result<(), SqlError> {
        self.out.call("CAST");
        self.value(expr, false)?;
        self.out.word("AS");
        if !types::cast_target(&mut self.out, spec) {
            return Err(refuse(format!("casts to {} are not supported", spec.ty.name())));
        }
        self.out.close();
        Ok(())
    }
}

/// Reads a text as input of a type, as PostgreSQL does before anything runs.
pub(super) fn check_input(ty: PgType, text: &str) -> Result<(), SqlError> {
    let mut list = Writer::new();
    decode::literal_text(ty, text, &mut list)
        .map_err(|error| SqlError::new(error.sqlstate(), error.to_string()))
}

/// Whether an integer keeps its value and text when read as another type.
fn keeps(from: PgType, to: PgType) -> bool {
    match to {
        PgType::Int8 | PgType::Numeric | PgType::Text | PgType::Varchar | PgType::Float8 => true,
        PgType::Int4 => from == PgType::Int2,
        _ => false,
    }
}

fn cannot(from: PgType, to: PgType) -> SqlError {
    SqlError::new("42846", format!("cannot cast type {} to {}", from.name(), to.name()))
}

fn cannot_yet(from: PgType, to: PgType) -> SqlError {
    refuse(format!("casts from {} to {} are not supported", from.name(), to.name()))
}

fn out_of_range(ty: PgType) -> SqlError {
    SqlError::new("22003", format!("{} out of range", ty.name()))
}

/// The first `length` characters, as an explicit cast to `varchar(n)` leaves them.
fn shortened(text: &str, length: Option<u64>) -> &str {
    let Some(length) = length.and_then(|length| usize::try_from(length).ok()) else { return text };
    text.char_indices().nth(length).and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// A number rounded and checked against `numeric(p,s)`.
fn limited(digits: &str, modifier: Option<(u64, u64)>) -> Result<String, SqlError> {
    let Some((precision, scale)) = modifier else { return Ok(digits.to_owned()) };
    let rounded = literal::round(digits, usize::try_from(scale).unwrap_or(usize::MAX));
    let whole = rounded.trim_start_matches('-').split('.').next().unwrap_or_default();
    let whole = if whole == "0" { 0 } else { whole.len() };
    if u64::try_from(whole).unwrap_or(u64::MAX) > precision.saturating_sub(scale) {
        return Err(SqlError::new("22003", "numeric field overflow").detail(format!(
            "A field with precision {precision}, scale {scale} must round to an absolute value \
             less than 10^{}.",
            precision.saturating_sub(scale)
        )));
    }
    Ok(rounded)
}

/// A number as PostgreSQL shows it: trailing zeros of the fraction stay.
fn shown(written: &Expr, number: &Number) -> Result<String, SqlError> {
    let original = match written {
        Expr::Value(value) => match &value.value {
            Value::Number(written, _) => written.as_str(),
            _ => "",
        },
        _ => "",
    };
    if is_integer(number.ty) {
        return Ok(number.digits.clone());
    }
    let plain = original.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    match original.split_once('.') {
        Some((whole, fraction)) if plain && !fraction.is_empty() => {
            let whole = whole.trim_start_matches('0');
            let whole = if whole.is_empty() { "0" } else { whole };
            Ok(format!("{whole}.{fraction}"))
        }
        _ => Err(refuse("this number cannot be shown as text")),
    }
}

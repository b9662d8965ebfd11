//! Functions with a grammar of their own: EXTRACT, SUBSTRING, TRIM and the like.

use super::literal;
use super::operation::bare;
use super::typename::{self, NO_TYPMOD};
use super::{Binder, at, refuse};
use crate::sql::bound::{At, Expr, Literal};
use crate::sql::error::SqlError;
use crate::sql::resolve::{self, Context};
use crate::types::pg::PgType;
use irispg_grammar::ast::{
    self, CeilFloorKind, DateTimeField, Expr as Tree, ExtractSyntax, IntervalFields,
    TrimWhereField, Value,
};

impl Binder<'_> {
    /// The functions that PostgreSQL's grammar reads by itself.
    pub(super) fn keyword(&mut self, expr: &Tree) -> Result<Expr, SqlError> {
        match expr {
            Tree::Extract { field, syntax: ExtractSyntax::From, expr } => self.extract(field, expr),
            Tree::Substring { expr, substring_from, substring_for, special, shorthand } => {
                let place = self.places.call(expr);
                let from = substring_from.as_deref();
                let length = substring_for.as_deref();
                let (shown, name) = match (shorthand, special) {
                    (true, _) => ("substr", "substr"),
                    (false, true) => ("substring", "substring"),
                    (false, false) if from.is_none() && length.is_none() => {
                        ("substring", "substring")
                    }
                    (false, false) => ("pg_catalog.substring", "substring"),
                };
                let mut arguments = vec![self.expression(expr)?];
                match (from, length) {
                    (None, Some(length)) => {
                        let length = self.expression(length)?;
                        let start = Literal::Integer(1);
                        arguments.push(literal::constant(start, PgType::Int4, At::default()));
                        let length =
                            self.coerce(length, PgType::Int4, NO_TYPMOD, Context::Explicit)?;
                        arguments.push(length);
                    }
                    (from, length) => {
                        for one in from.into_iter().chain(length) {
                            arguments.push(self.expression(one)?);
                        }
                    }
                }
                self.scalar(shown, name, arguments, place)
            }
            Tree::Trim { trim_where, trim_what, expr, trim_characters } => {
                let name = match trim_where {
                    None | Some(TrimWhereField::Both) => "btrim",
                    Some(TrimWhereField::Leading) => "ltrim",
                    Some(TrimWhereField::Trailing) => "rtrim",
                };
                let place = self.places.call(trim_what.as_deref().unwrap_or(expr));
                let mut arguments = vec![self.expression(expr)?];
                let more = trim_characters.iter().flatten();
                for one in trim_what.as_deref().into_iter().chain(more) {
                    arguments.push(self.expression(one)?);
                }
                self.scalar(&format!("pg_catalog.{name}"), name, arguments, place)
            }
            Tree::Position { expr, r#in } => {
                let place = self.places.call(expr);
                let what = self.expression(expr)?;
                let within = self.expression(r#in)?;
                self.scalar("pg_catalog.position", "position", vec![within, what], place)
            }
            Tree::Overlay { expr, overlay_what, overlay_from, overlay_for } => {
                let place = self.places.call(expr);
                let mut arguments = Vec::with_capacity(4);
                let all = [&**expr, overlay_what, overlay_from];
                for one in all.into_iter().chain(overlay_for.as_deref()) {
                    arguments.push(self.expression(one)?);
                }
                self.scalar("pg_catalog.overlay", "overlay", arguments, place)
            }
            Tree::Ceil { expr, field } => self.rounded("ceil", expr, field),
            Tree::Floor { expr, field } => self.rounded("floor", expr, field),
            Tree::AtTimeZone { timestamp, time_zone } => {
                let place = self.places.before(time_zone, 3);
                let moment = self.expression(timestamp)?;
                let zone = self.expression(time_zone)?;
                self.scalar("pg_catalog.timezone", "timezone", vec![zone, moment], place)
            }
            Tree::Interval(interval) => self.interval(interval),
            Tree::Collate { expr, collation } => self.collate(expr, collation),
            other => Err(refuse(unsupported(other))),
        }
    }

    fn extract(&mut self, field: &DateTimeField, expr: &Tree) -> Result<Expr, SqlError> {
        let place = self.places.call(expr);
        let name = match field {
            DateTimeField::Custom(name) => name.value.to_lowercase(),
            other => other.to_string().to_lowercase(),
        };
        let field = literal::constant(Literal::Text(name), PgType::Unknown, place);
        let moment = self.expression(expr)?;
        self.scalar("pg_catalog.extract", "extract", vec![field, moment], place)
    }

    fn rounded(
        &mut self,
        name: &'static str,
        expr: &Tree,
        field: &CeilFloorKind,
    ) -> Result<Expr, SqlError> {
        let place = self.places.call(expr);
        let mut arguments = vec![self.expression(expr)?];
        match field {
            CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) => {}
            CeilFloorKind::Scale(scale) => {
                arguments.push(self.expression(&Tree::Value(scale.clone()))?);
            }
            CeilFloorKind::DateTimeField(_) => {
                return Err(at(SqlError::new("42601", "syntax error at or near \"to\""), place));
            }
        }
        self.scalar(name, name, arguments, place)
    }

    /// `interval '1' day`
    fn interval(&mut self, written: &ast::Interval) -> Result<Expr, SqlError> {
        let Tree::Value(text) = bare(&written.value) else {
            return Err(refuse("this form of an interval is not supported")
                .hint("Write interval '1 day', or multiply an interval by a number."));
        };
        let Value::SingleQuotedString(digits) = &text.value else {
            return Err(
                refuse("this form of an interval is not supported").hint("Write interval '1 day'.")
            );
        };
        // The grammar takes the bare string before PRECEDING for an interval.
        let place = At(irispg_grammar::start_of_value(text));
        if !self.places.is_interval(place) {
            return self.expression(&written.value);
        }
        let fields = fields(written.leading_field.as_ref(), written.last_field.as_ref())?;
        let precision = written.fractional_seconds_precision.or(written.leading_precision);
        let named = typename::interval(fields.as_ref(), precision);
        // A bare number counts the last field.
        let number = digits.trim();
        let counts = !number.is_empty()
            && number.trim_start_matches(['+', '-']).parse::<f64>().is_ok()
            && number.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'+' | b'-'));
        let unit = written.last_field.as_ref().or(written.leading_field.as_ref());
        let text = match unit {
            Some(unit) if counts => format!("{number} {}", unit.to_string().to_lowercase()),
            _ => digits.clone(),
        };
        let read = literal::read(PgType::Interval, &text).map_err(|error| at(error, place))?;
        let bound = literal::constant(read, PgType::Interval, place);
        Ok(Expr { typmod: named.typmod, ..bound })
    }

    /// COLLATE, where it changes nothing.
    fn collate(&mut self, expr: &Tree, collation: &ast::ObjectName) -> Result<Expr, SqlError> {
        let name = self.places.token(irispg_grammar::start_of_name(collation));
        let place = self.places.at(name.and_then(|name| name.checked_sub(1)));
        let parts: Vec<&str> = collation
            .0
            .iter()
            .filter_map(|part| part.as_ident())
            .map(|i| i.value.as_str())
            .collect();
        let name = match parts.as_slice() {
            [name] | ["pg_catalog", name] => *name,
            _ => "",
        };
        let bound = self.expression(expr)?;
        let bound = self.literal_decided(bound)?;
        let text = matches!(resolve::category(bound.ty), 'S' | 'X');
        if !text {
            let message = format!("collations are not supported by type {}", bound.ty.name());
            return Err(at(SqlError::new("42804", message), place));
        }
        match name {
            "C" | "POSIX" | "default" | "ucs_basic" => Ok(bound),
            _ => Err(at(
                refuse(format!("collation \"{}\" is not supported", parts.join("."))),
                place,
            )
            .hint("Texts are compared by their characters' codes, as with COLLATE \"C\".")),
        }
    }
}

/// The fields of an interval.
fn fields(
    first: Option<&DateTimeField>,
    last: Option<&DateTimeField>,
) -> Result<Option<IntervalFields>, SqlError> {
    use DateTimeField as F;
    Ok(Some(match (first, last) {
        (None, None) => return Ok(None),
        (Some(F::Year), None) => IntervalFields::Year,
        (Some(F::Month), None) => IntervalFields::Month,
        (Some(F::Day), None) => IntervalFields::Day,
        (Some(F::Hour), None) => IntervalFields::Hour,
        (Some(F::Minute), None) => IntervalFields::Minute,
        (Some(F::Second), None) => IntervalFields::Second,
        (Some(F::Year), Some(F::Month)) => IntervalFields::YearToMonth,
        (Some(F::Day), Some(F::Hour)) => IntervalFields::DayToHour,
        (Some(F::Day), Some(F::Minute)) => IntervalFields::DayToMinute,
        (Some(F::Day), Some(F::Second)) => IntervalFields::DayToSecond,
        (Some(F::Hour), Some(F::Minute)) => IntervalFields::HourToMinute,
        (Some(F::Hour), Some(F::Second)) => IntervalFields::HourToSecond,
        (Some(F::Minute), Some(F::Second)) => IntervalFields::MinuteToSecond,
        _ => return Err(refuse("this form of an interval is not supported")),
    }))
}

/// What is refused, by name.
fn unsupported(expr: &Tree) -> &'static str {
    match expr {
        Tree::SimilarTo { .. } => "SIMILAR TO is not supported",
        Tree::RLike { .. } => "REGEXP is not supported",
        Tree::IsNormalized { .. } => "IS NORMALIZED is not supported",
        Tree::IsJson { .. } => "IS JSON is not supported",
        Tree::CompoundFieldAccess { .. } => {
            "array subscripts and fields of composite types are not supported"
        }
        Tree::GroupingSets(_) | Tree::Cube(_) | Tree::Rollup(_) => {
            "grouping sets are not supported"
        }
        _ => "this expression is not supported",
    }
}

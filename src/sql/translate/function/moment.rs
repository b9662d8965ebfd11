//! Functions of dates and times.
//!
//! The session's zone is UTC, in which a timestamptz has the fields of the timestamp that IRIS
//! keeps. Only those of IRIS's functions are used of which it is known what they give; which day a
//! week begins with is a setting of the instance, so days of the week are counted from a known one.

use super::table::{Form, Moment};
use super::{arguments, row};
use crate::sql::error::SqlError;
use crate::sql::translate::types::{self, TypeSpec};
use crate::sql::translate::value::{bare, negated_number, text};
use crate::sql::translate::{Translator, refuse};
use crate::types::pg::PgType;
use irispg_grammar::ast::{DateTimeField, Expr};

/// A part of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql::translate) enum Field {
    Year,
    Quarter,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Dow,
    Isodow,
    Doy,
    Isoyear,
    Epoch,
}

impl Field {
    /// The field that `extract` names.
    pub(in crate::sql::translate) fn of(field: &DateTimeField) -> Result<Self, SqlError> {
        Ok(match field {
            DateTimeField::Year | DateTimeField::Years => Self::Year,
            DateTimeField::Quarter => Self::Quarter,
            DateTimeField::Month | DateTimeField::Months => Self::Month,
            DateTimeField::Week(None) | DateTimeField::Weeks => Self::Week,
            DateTimeField::Day | DateTimeField::Days => Self::Day,
            DateTimeField::Hour | DateTimeField::Hours => Self::Hour,
            DateTimeField::Minute | DateTimeField::Minutes => Self::Minute,
            DateTimeField::Second | DateTimeField::Seconds => Self::Second,
            DateTimeField::Dow => Self::Dow,
            DateTimeField::Isodow => Self::Isodow,
            DateTimeField::Doy => Self::Doy,
            DateTimeField::Isoyear => Self::Isoyear,
            DateTimeField::Epoch => Self::Epoch,
            other => {
                let name = other.to_string().to_lowercase();
                return Err(refuse(format!(
                    "the field {name} of dates and times is not supported"
                )));
            }
        })
    }

    /// The field that a text names, as in `date_part`.
    fn named(name: &str) -> Result<Self, SqlError> {
        Ok(match name.to_lowercase().as_str() {
            "year" | "years" => Self::Year,
            "quarter" => Self::Quarter,
            "month" | "months" => Self::Month,
            "week" | "weeks" => Self::Week,
            "day" | "days" => Self::Day,
            "hour" | "hours" => Self::Hour,
            "minute" | "minutes" => Self::Minute,
            "second" | "seconds" => Self::Second,
            "dow" => Self::Dow,
            "isodow" => Self::Isodow,
            "doy" => Self::Doy,
            "isoyear" => Self::Isoyear,
            "epoch" => Self::Epoch,
            other => {
                return Err(refuse(format!(
                    "the field {other} of dates and times is not supported"
                )));
            }
        })
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Quarter => "quarter",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Minute => "minute",
            Self::Second => "second",
            Self::Dow => "dow",
            Self::Isodow => "isodow",
            Self::Doy => "doy",
            Self::Isoyear => "isoyear",
            Self::Epoch => "epoch",
        }
    }
}

fn field_of(argument: &Expr, function: &str) -> Result<Field, SqlError> {
    let name = text(argument).ok_or_else(|| {
        refuse(format!("{function} is supported with a constant field only"))
            .hint("Write the field into the statement.")
    })?;
    Field::named(name)
}

/// Whether values of a type have a date.
fn is_dated(ty: PgType) -> bool {
    matches!(ty, PgType::Date | PgType::Timestamp | PgType::Timestamptz)
}

impl Translator<'_> {
    pub(super) fn moment_function(
        &mut self,
        moment: Moment,
        arguments: &[&Expr],
    ) -> Result<(), SqlError> {
        match (moment, arguments) {
            (Moment::Part, [field, value]) => {
                let field = field_of(field, "date_part")?;
                self.out.call("CAST");
                self.field(field, value, false)?;
                self.out.word("AS DOUBLE").close();
                Ok(())
            }
            (Moment::Trunc, [field, value]) => {
                let field = field_of(field, "date_trunc")?;
                self.truncated(field, value)
            }
            (Moment::MakeDate, [year, month, day]) => self.make_date([year, month, day]),
            (Moment::ToChar, [value, format]) => self.in_characters(value, format),
            _ => Err(refuse("this form of the function is not supported")),
        }
    }

    /// The type of a moment; an error for anything else.
    fn moment_type(&self, expr: &Expr, what: &str) -> Result<PgType, SqlError> {
        match self.infer(expr) {
            Some(ty) if is_dated(ty) || ty == PgType::Time => Ok(ty),
            Some(PgType::Unknown) | None => {
                Err(refuse(format!("cannot translate {what} of a value whose type is not known"))
                    .hint("Cast the value to date or timestamp."))
            }
            Some(ty) => Err(refuse(format!("{what} of type {} is not supported", ty.name()))),
        }
    }

    /// A moment inside a function of IRIS, where a `?` of its own has no type.
    pub(in crate::sql::translate) fn moment(&mut self, expr: &Expr) -> Result<(), SqlError> {
        let session = match bare(expr) {
            Expr::Function(called) => {
                arguments(called).is_empty()
                    && matches!(row(called).map(|row| row.form), Some(Form::Session(_)))
            }
            _ => false,
        };
        let Some(ty) = self.infer(expr).filter(|_| session) else {
            return self.value(bare(expr), false);
        };
        self.out.call("CAST");
        self.value(expr, false)?;
        self.out.word("AS");
        types::cast_target(&mut self.out, TypeSpec::plain(ty));
        self.out.close();
        Ok(())
    }

    /// A part of a moment, as a whole number. `strict` is `extract`, which takes no part of a date
    /// that a date does not have.
    pub(in crate::sql::translate) fn field(
        &mut self,
        field: Field,
        expr: &Expr,
        strict: bool,
    ) -> Result<(), SqlError> {
        let ty = self.moment_type(expr, if strict { "extract" } else { "date_part" })?;
        let timed = matches!(field, Field::Hour | Field::Minute | Field::Second);
        if (ty == PgType::Date && timed && strict)
            || (ty == PgType::Time && !timed && field != Field::Epoch)
        {
            let (name, ty) = (field.name(), ty.name());
            let message = format!("unit \"{name}\" not supported for type {ty}");
            return Err(SqlError::new("0A000", message).late());
        }
        if ty == PgType::Date && timed {
            // A date is midnight, and NULL stays NULL.
            self.out.word("CASE WHEN");
            self.moment(expr)?;
            self.out.word("IS NOT NULL THEN").count(0).word("END");
            return Ok(());
        }
        match field {
            Field::Year => self.called("YEAR", expr, false),
            Field::Quarter => self.called("{fn QUARTER", expr, true),
            Field::Month => self.called("MONTH", expr, false),
            Field::Day => self.called("DAY", expr, false),
            Field::Hour => self.called("{fn HOUR", expr, true),
            Field::Minute => self.called("{fn MINUTE", expr, true),
            Field::Doy => self.called("{fn DAYOFYEAR", expr, true),
            Field::Dow => self.days_since("1899-12-31", expr),
            Field::Isodow => {
                self.out.open();
                self.days_since("1900-01-01", expr)?;
                self.out.word("+").count(1).close();
                Ok(())
            }
            Field::Isoyear => {
                self.out.call("YEAR");
                self.thursday(expr)?;
                self.out.close();
                Ok(())
            }
            Field::Week => {
                self.out.open().open().call("{fn DAYOFYEAR");
                self.thursday(expr)?;
                self.out.close().word("} -").count(1).close().word("\\").count(7);
                self.out.word("+").count(1).close();
                Ok(())
            }
            Field::Epoch if ty == PgType::Date => {
                self.out.open().call("DATEDIFF").literal("dd").comma().literal("1970-01-01");
                self.out.comma();
                self.moment(expr)?;
                self.out.close().word("*").count(86_400).close();
                Ok(())
            }
            Field::Second | Field::Epoch => Err(refuse(format!(
                "the field {} of type {} is not supported",
                field.name(),
                ty.name()
            ))
            .hint("IRIS's functions do not say whether they keep fractions of a second.")),
        }
    }

    fn called(
        &mut self,
        function: &'static str,
        expr: &Expr,
        escaped: bool,
    ) -> Result<(), SqlError> {
        self.out.call(function);
        self.moment(expr)?;
        self.out.close();
        if escaped {
            self.out.word("}");
        }
        Ok(())
    }

    /// 0 … 6: the days since a certain day, without whole weeks.
    fn days_since(&mut self, day: &'static str, expr: &Expr) -> Result<(), SqlError> {
        self.out.call("MOD").call("MOD").call("DATEDIFF").literal("dd").comma().literal(day);
        self.out.comma();
        self.moment(expr)?;
        self.out.close().comma().count(7).close().word("+").count(7).comma().count(7).close();
        Ok(())
    }

    /// The Thursday of a day's week, which lies in the year that the week belongs to.
    fn thursday(&mut self, expr: &Expr) -> Result<(), SqlError> {
        self.out.call("DATEADD").literal("dd").comma().count(3).word("-");
        self.days_since("1900-01-01", expr)?;
        self.out.comma();
        self.moment(expr)?;
        self.out.close();
        Ok(())
    }

    /// The day of a moment, at midnight.
    fn midnight(&mut self, expr: &Expr) -> Result<(), SqlError> {
        self.out.call("CAST");
        self.moment(expr)?;
        self.out.word("AS DATE").close();
        Ok(())
    }

    fn truncated(&mut self, field: Field, expr: &Expr) -> Result<(), SqlError> {
        let ty = self.moment_type(expr, "date_trunc")?;
        if ty == PgType::Time {
            return Err(refuse("date_trunc of type time is not supported"));
        }
        self.out.call("CAST");
        match field {
            Field::Year | Field::Month | Field::Week => {
                self.out.call("DATEADD").literal("dd").comma();
                match field {
                    Field::Year => {
                        self.out.count(1).word("-");
                        self.called("{fn DAYOFYEAR", expr, true)?;
                    }
                    Field::Month => {
                        self.out.count(1).word("-");
                        self.called("DAY", expr, false)?;
                    }
                    _ => {
                        self.out.word("-");
                        self.days_since("1900-01-01", expr)?;
                    }
                }
                self.out.comma();
                self.midnight(expr)?;
                self.out.close();
            }
            Field::Quarter => {
                // From the first of a month, so that no month is too short.
                self.out.call("DATEADD").literal("mm").comma().word("-").call("MOD");
                self.called("MONTH", expr, false)?;
                self.out.word("-").count(1).comma().count(3).close().comma();
                self.out.call("DATEADD").literal("dd").comma().count(1).word("-");
                self.called("DAY", expr, false)?;
                self.out.comma();
                self.midnight(expr)?;
                self.out.close().close();
            }
            Field::Day => self.midnight(expr)?,
            Field::Hour | Field::Minute | Field::Second => {
                // What counts boundaries passed since midnight leaves out what follows the last.
                let part = match field {
                    Field::Hour => "hh",
                    Field::Minute => "mi",
                    _ => "ss",
                };
                self.out.call("DATEADD").literal(part).comma().call("DATEDIFF").literal(part);
                self.out.comma();
                self.midnight(expr)?;
                self.out.comma();
                self.moment(expr)?;
                self.out.close().comma();
                self.midnight(expr)?;
                self.out.close();
            }
            _ => {
                let name = field.name();
                return Err(refuse(format!("date_trunc to {name} is not supported")));
            }
        }
        self.out.word("AS TIMESTAMP").close();
        Ok(())
    }

    /// The date itself, of constants.
    fn make_date(&mut self, parts: [&Expr; 3]) -> Result<(), SqlError> {
        let whole = |expr: &Expr| match negated_number(bare(expr)) {
            Some(Ok(number)) if types::is_integer(number.ty) => number.digits.parse::<i64>().ok(),
            _ => None,
        };
        let [Some(year), Some(month), Some(day)] = parts.map(whole) else {
            return Err(refuse("make_date is supported with constants only")
                .hint("Write the date as a literal, or pass it as a parameter."));
        };
        if year < 1 {
            return Err(refuse("years before Christ are not supported"));
        }
        let date = format!("{year:04}-{month:02}-{day:02}");
        self.typed_text(&date, TypeSpec::plain(PgType::Date), false).map_err(|_| {
            let message = format!("date field value out of range: {year}-{month:02}-{day:02}");
            SqlError::new("22008", message).late()
        })
    }

    /// Patterns of numbers and separators, which mean the same to both.
    fn in_characters(&mut self, expr: &Expr, format: &Expr) -> Result<(), SqlError> {
        let ty = self.moment_type(expr, "to_char")?;
        let pattern = text(format).filter(|pattern| is_plain(pattern)).ok_or_else(|| {
            refuse("this pattern of to_char is not supported")
                .hint("YYYY, MM, DD, HH24, MI and SS with separators between them are.")
        })?;
        if ty == PgType::Time {
            return Err(refuse("to_char of type time is not supported"));
        }
        self.out.call("TO_CHAR");
        if ty == PgType::Date {
            self.out.call("CAST");
        }
        self.moment(expr)?;
        if ty == PgType::Date {
            self.out.word("AS TIMESTAMP").close();
        }
        self.out.comma().literal(pattern).close();
        Ok(())
    }
}

/// Whether a pattern is made of codes of fixed width, none twice in a row, and separators.
fn is_plain(pattern: &str) -> bool {
    let mut rest = pattern;
    let mut before = "";
    while let Some(first) = rest.chars().next() {
        let codes = ["YYYY", "HH24", "MM", "DD", "MI", "SS"];
        if let Some(code) = codes.into_iter().find(|code| rest.starts_with(code)) {
            if code == before {
                return false;
            }
            before = code;
            rest = rest.strip_prefix(code).unwrap_or_default();
        } else if matches!(first, '-' | '/' | ':' | '.' | ' ') {
            before = "";
            rest = rest.strip_prefix(first).unwrap_or_default();
        } else {
            return false;
        }
    }
    !pattern.is_empty()
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn patterns_of_fixed_width_are_plain() {
        assert!(["YYYY-MM-DD", "YYYYMMDD HH24:MI:SS", "DD.MM.YYYY"].into_iter().all(is_plain));
        assert!(!["", "SSSS", "DDD", "Mon", "YYYY-MM-DDTHH24", "FMDD"].into_iter().any(is_plain));
    }
}

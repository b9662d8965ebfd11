//! Functions and arithmetic of dates and times.
//!
//! The session's zone is UTC, in which a timestamptz has the fields of the timestamp that IRIS
//! keeps. Only those of IRIS's functions are used of which it is known what they give; which day a
//! week begins with is a setting of the instance, so days of the week are counted from a known one.

mod elapsed;
mod field;
mod shift;

use super::pattern::text_of;
use super::text::whole;
use super::{Emitter, refuse};
use crate::sql::bound::Expr;
use crate::sql::error::SqlError;
use crate::sql::statement::{Constant, Place};
use crate::types::pg::PgType;
pub(super) use elapsed::within;
use field::Field;

/// Functions of dates and times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    MakeDate,
    /// `to_timestamp` of seconds
    Epoch,
    /// `extract`, or with `double` `date_part`.
    Part {
        double: bool,
    },
    ToChar,
    Trunc,
    /// `AT TIME ZONE`
    Zone,
}

/// Whether values of a type have a date.
const fn is_dated(ty: PgType) -> bool {
    matches!(ty, PgType::Date | PgType::Timestamp | PgType::Timestamptz)
}

impl Emitter<'_> {
    pub(super) fn moment_function(
        &mut self,
        moment: Moment,
        arguments: &[Expr],
    ) -> Result<(), SqlError> {
        match (moment, arguments) {
            (Moment::Part { double: true }, [field, value]) => {
                let (field, name) = Field::of(field, "date_part")?;
                self.out.call("CAST");
                self.field(field, &name, value, false)?;
                self.out.word("AS DOUBLE").close();
                Ok(())
            }
            (Moment::Part { double: false }, [field, value]) => {
                let (field, name) = Field::of(field, "extract")?;
                self.field(field, &name, value, true)
            }
            (Moment::Trunc, [field, value]) => {
                let (field, name) = Field::of(field, "date_trunc")?;
                self.truncated(field, &name, value)
            }
            (Moment::MakeDate, [year, month, day]) => self.make_date([year, month, day]),
            (Moment::Zone, [zone, value]) => {
                let known = text_of(zone).map(str::to_lowercase);
                match known.as_deref() {
                    // Both types keep UTC.
                    Some("utc" | "gmt" | "uct" | "zulu" | "z" | "etc/utc") => self.operand(value),
                    _ => Err(refuse("this time zone is not supported")
                        .hint("Timestamps are kept in UTC: AT TIME ZONE 'UTC' is supported.")),
                }
            }
            (Moment::Epoch, [seconds]) => self.since_epoch(seconds),
            (Moment::ToChar, [value, format]) => self.in_characters(value, format),
            _ => Err(refuse("this form of the function is not supported")),
        }
    }

    /// The day of a moment, at midnight.
    fn midnight(&mut self, expr: &Expr) -> Result<(), SqlError> {
        self.out.call("CAST");
        self.value(expr)?;
        self.out.word("AS DATE").close();
        Ok(())
    }

    fn truncated(&mut self, field: Field, name: &str, expr: &Expr) -> Result<(), SqlError> {
        if !is_dated(expr.ty) {
            return Err(refuse(format!("date_trunc of type {} is not supported", expr.ty.name())));
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
                self.value(expr)?;
                self.out.close().comma();
                self.midnight(expr)?;
                self.out.close();
            }
            _ => return Err(refuse(format!("date_trunc to {name} is not supported"))),
        }
        self.out.word("AS TIMESTAMP").close();
        Ok(())
    }

    /// The date itself, of constants.
    fn make_date(&mut self, parts: [&Expr; 3]) -> Result<(), SqlError> {
        let [Some(year), Some(month), Some(day)] = parts.map(whole) else {
            return Err(refuse("make_date is supported with constants only")
                .hint("Write the date as a literal, or pass it as a parameter."));
        };
        if year < 1 {
            return Err(refuse("years before Christ are not supported"));
        }
        let date = format!("{year:04}-{month:02}-{day:02}");
        let mut list = crate::types::list::Writer::new();
        crate::types::decode::literal_text(PgType::Date, &date, &mut list).map_err(|_| {
            let message = format!("date field value out of range: {year}-{month:02}-{day:02}");
            SqlError::new("22008", message).late()
        })?;
        let place = Place::Constant(Constant::Typed(PgType::Date, date));
        self.typed(place, PgType::Date, false);
        Ok(())
    }

    /// Patterns of numbers and separators, which mean the same to both, and quoted text between.
    fn in_characters(&mut self, expr: &Expr, format: &Expr) -> Result<(), SqlError> {
        let parts = text_of(format).and_then(pieces).ok_or_else(|| {
            refuse("this pattern of to_char is not supported").hint(
                "YYYY, MM, DD, HH24, MI and SS with separators or quoted text between them are.",
            )
        })?;
        if !is_dated(expr.ty) {
            return Err(refuse(format!("to_char of type {} is not supported", expr.ty.name())));
        }
        for (index, (quoted, part)) in parts.into_iter().enumerate() {
            if index > 0 {
                self.out.word("||");
            }
            if quoted {
                self.out.literal(part);
                continue;
            }
            self.out.call("TO_CHAR");
            self.value(expr)?;
            self.out.comma().literal(part).close();
        }
        Ok(())
    }
}

/// A pattern as plain parts and quoted texts (`true`), at least one of them plain.
fn pieces(pattern: &str) -> Option<Vec<(bool, &str)>> {
    if pattern.contains('\\') || pattern.matches('"').count().checked_rem(2) != Some(0) {
        return None;
    }
    let mut parts = Vec::new();
    for (index, part) in pattern.split('"').enumerate() {
        let quoted = index.checked_rem(2) == Some(1);
        if part.is_empty() {
            continue;
        }
        if !quoted && !is_plain(part) {
            return None;
        }
        parts.push((quoted, part));
    }
    parts.iter().any(|(quoted, _)| !quoted).then_some(parts)
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
    use super::*;

    #[test]
    fn patterns_of_fixed_width_are_plain() {
        assert!(["YYYY-MM-DD", "YYYYMMDD HH24:MI:SS", "DD.MM.YYYY"].into_iter().all(is_plain));
        assert!(!["", "SSSS", "DDD", "Mon", "YYYY-MM-DDTHH24", "FMDD"].into_iter().any(is_plain));
    }

    #[test]
    fn quoted_texts_stand_apart() {
        let parts = vec![(false, "YYYY"), (true, "T"), (false, "MI")];
        assert_eq!(pieces("YYYY\"T\"MI"), Some(parts));
        assert!(
            ["\"T\"", "YYYY\"T", "Y\\YYY", "MM\"a\"Mon"].into_iter().all(|p| pieces(p).is_none())
        );
    }
}

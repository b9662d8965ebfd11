//! Parts of dates and times: `extract` and `date_part`.

use super::super::pattern::text_of;
use super::super::{Emitter, refuse};
use super::elapsed::between;
use super::is_dated;
use crate::sql::bound::Expr;
use crate::sql::error::SqlError;
use crate::types::pg::PgType;

/// A part of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Year,
    Quarter,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
    Microsecond,
    Dow,
    Isodow,
    Doy,
    Isoyear,
    Epoch,
    Decade,
    Century,
    Millennium,
    Julian,
}

/// The fields under the names that PostgreSQL knows them by.
const FIELDS: &[(&str, Field)] = &[
    ("c", Field::Century),
    ("cent", Field::Century),
    ("centuries", Field::Century),
    ("century", Field::Century),
    ("d", Field::Day),
    ("day", Field::Day),
    ("days", Field::Day),
    ("dec", Field::Decade),
    ("decade", Field::Decade),
    ("decades", Field::Decade),
    ("decs", Field::Decade),
    ("dow", Field::Dow),
    ("doy", Field::Doy),
    ("epoch", Field::Epoch),
    ("h", Field::Hour),
    ("hour", Field::Hour),
    ("hours", Field::Hour),
    ("hr", Field::Hour),
    ("hrs", Field::Hour),
    ("isodow", Field::Isodow),
    ("isoyear", Field::Isoyear),
    ("j", Field::Julian),
    ("jd", Field::Julian),
    ("julian", Field::Julian),
    ("m", Field::Minute),
    ("microsecond", Field::Microsecond),
    ("microseconds", Field::Microsecond),
    ("mil", Field::Millennium),
    ("millennia", Field::Millennium),
    ("millennium", Field::Millennium),
    ("millisecond", Field::Millisecond),
    ("milliseconds", Field::Millisecond),
    ("min", Field::Minute),
    ("mins", Field::Minute),
    ("minute", Field::Minute),
    ("minutes", Field::Minute),
    ("mon", Field::Month),
    ("mons", Field::Month),
    ("month", Field::Month),
    ("months", Field::Month),
    ("msec", Field::Millisecond),
    ("qtr", Field::Quarter),
    ("quarter", Field::Quarter),
    ("s", Field::Second),
    ("sec", Field::Second),
    ("second", Field::Second),
    ("seconds", Field::Second),
    ("secs", Field::Second),
    ("usec", Field::Microsecond),
    ("w", Field::Week),
    ("week", Field::Week),
    ("weeks", Field::Week),
    ("y", Field::Year),
    ("year", Field::Year),
    ("years", Field::Year),
    ("yr", Field::Year),
    ("yrs", Field::Year),
];
impl Field {
    /// The field that a constant names.
    pub(super) fn of(argument: &Expr, function: &str) -> Result<(Self, String), SqlError> {
        let name = text_of(argument).ok_or_else(|| {
            refuse(format!("{function} is supported with a constant field only"))
                .hint("Write the field into the statement.")
        })?;
        let name = name.to_lowercase();
        let found = FIELDS.iter().find(|(own, _)| *own == name).map(|(_, field)| *field);
        let field = found.ok_or_else(|| {
            refuse(format!("the field {name} of dates and times is not supported"))
        })?;
        Ok((field, name))
    }

    const fn is_time(self) -> bool {
        matches!(
            self,
            Self::Hour | Self::Minute | Self::Second | Self::Millisecond | Self::Microsecond
        )
    }
}

impl Emitter<'_> {
    /// A part of a moment, as a number. `strict` is `extract`, which takes no part of a date that a
    /// date does not have.
    pub(super) fn field(
        &mut self,
        field: Field,
        name: &str,
        expr: &Expr,
        strict: bool,
    ) -> Result<(), SqlError> {
        let ty = expr.ty;
        let refused = || refuse(format!("the field {name} of type {} is not supported", ty.name()));
        if let Some((left, right)) = between(expr) {
            return self.elapsed_field(field, left, right);
        }
        if !is_dated(ty) && ty != PgType::Time {
            return Err(refused());
        }
        if (ty == PgType::Date && field.is_time() && strict)
            || (ty == PgType::Time && !field.is_time() && field != Field::Epoch)
        {
            let message = format!("unit \"{name}\" not supported for type {}", ty.name());
            return Err(SqlError::new("0A000", message).late());
        }
        if ty == PgType::Date && field.is_time() {
            // A date is midnight, and NULL stays NULL.
            self.out.word("CASE WHEN");
            self.null_test(expr, true)?;
            self.out.word("THEN").count(0).word("END");
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
            Field::Decade => self.year_by(expr, 0, 10),
            Field::Century => self.year_by(expr, 99, 100),
            Field::Millennium => self.year_by(expr, 999, 1_000),
            Field::Epoch if ty == PgType::Date => {
                self.out.open().call("DATEDIFF").literal("dd").comma().literal("1970-01-01");
                self.out.comma();
                self.value(expr)?;
                self.out.close().word("*").count(86_400).close();
                Ok(())
            }
            Field::Epoch if is_dated(ty) => {
                self.out.open();
                self.micros_since("1970-01-01", expr)?;
                self.out.word("/").count(1_000_000).close();
                Ok(())
            }
            Field::Second | Field::Millisecond | Field::Microsecond if is_dated(ty) => {
                self.out.open().call("MOD");
                self.micros_of_day(expr)?;
                self.out.comma().count(60_000_000).close();
                self.seconds_as(field);
                self.out.close();
                Ok(())
            }
            Field::Julian if ty == PgType::Date => {
                self.out.open().call("DATEDIFF").literal("dd").comma().literal("1970-01-01");
                self.out.comma();
                self.value(expr)?;
                // 1970-01-01 is day 2440588.
                self.out.close().word("+").count(2_440_588).close();
                Ok(())
            }
            _ => Err(refused()),
        }
    }

    /// Divides microseconds into what the field counts.
    pub(super) fn seconds_as(&mut self, field: Field) {
        match field {
            Field::Second => self.out.word("/").count(1_000_000),
            Field::Millisecond => self.out.word("/").count(1_000),
            _ => &mut self.out,
        };
    }

    /// Begins a count of microseconds, from a moment to another.
    ///
    /// UNVERIFIED(iris): that DATEDIFF counts `mcs` exactly between any two moments: the reference
    /// names the part and says neither from which releases on nor how large a count may be. That
    /// of 9999 years has 18 digits, which IRIS's integers hold.
    pub(super) fn count_micros(&mut self) {
        self.out.call("DATEDIFF").literal("mcs").comma();
    }

    /// The microseconds of a moment since its midnight.
    fn micros_of_day(&mut self, expr: &Expr) -> Result<(), SqlError> {
        self.count_micros();
        self.midnight(expr)?;
        self.out.comma();
        self.value(expr)?;
        self.out.close();
        Ok(())
    }

    fn micros_since(&mut self, day: &'static str, expr: &Expr) -> Result<(), SqlError> {
        self.count_micros();
        self.out.call("CAST").literal(day).word("AS TIMESTAMP").close().comma();
        self.value(expr)?;
        self.out.close();
        Ok(())
    }

    /// `(YEAR(x) + plus) \ by`
    fn year_by(&mut self, expr: &Expr, plus: u64, by: u64) -> Result<(), SqlError> {
        self.out.open().open();
        self.called("YEAR", expr, false)?;
        self.out.word("+").count(plus).close().word("\\").count(by).close();
        Ok(())
    }

    pub(super) fn called(
        &mut self,
        function: &'static str,
        expr: &Expr,
        escaped: bool,
    ) -> Result<(), SqlError> {
        self.out.call(function);
        self.value(expr)?;
        self.out.close();
        if escaped {
            self.out.word("}");
        }
        Ok(())
    }

    /// 0 … 6: the days since a certain day, without whole weeks.
    pub(super) fn days_since(&mut self, day: &'static str, expr: &Expr) -> Result<(), SqlError> {
        self.out.call("MOD").call("MOD").call("DATEDIFF").literal("dd").comma().literal(day);
        self.out.comma();
        self.value(expr)?;
        self.out.close().comma().count(7).close().word("+").count(7).comma().count(7).close();
        Ok(())
    }

    /// The Thursday of a day's week, which lies in the year that the week belongs to.
    pub(super) fn thursday(&mut self, expr: &Expr) -> Result<(), SqlError> {
        self.out.call("DATEADD").literal("dd").comma().count(3).word("-");
        self.days_since("1900-01-01", expr)?;
        self.out.comma();
        self.value(expr)?;
        self.out.close();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::FIELDS;

    #[test]
    fn fields_are_sorted() {
        assert!(FIELDS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}

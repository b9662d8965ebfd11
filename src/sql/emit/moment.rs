//! Functions and arithmetic of dates and times.
//!
//! The session's zone is UTC, in which a timestamptz has the fields of the timestamp that IRIS
//! keeps. Only those of IRIS's functions are used of which it is known what they give; which day a
//! week begins with is a setting of the instance, so days of the week are counted from a known one.

use super::pattern::text_of;
use super::text::whole;
use super::{Emitter, refuse};
use crate::sql::bound::{Expr, Literal, Node};
use crate::sql::error::SqlError;
use crate::sql::statement::{Constant, Place};
use crate::types::interval::Interval;
use crate::types::pg::PgType;

/// Microseconds of a day.
const DAY_MICROS: u64 = 86_400_000_000;

/// Functions of dates and times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    MakeDate,
    /// `extract`, or with `double` `date_part`.
    Part {
        double: bool,
    },
    ToChar,
    Trunc,
}

/// A part of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
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
    fn of(argument: &Expr, function: &str) -> Result<(Self, String), SqlError> {
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
            (Moment::ToChar, [value, format]) => self.in_characters(value, format),
            _ => Err(refuse("this form of the function is not supported")),
        }
    }

    /// A part of a moment, as a number. `strict` is `extract`, which takes no part of a date that a
    /// date does not have.
    fn field(
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
    fn seconds_as(&mut self, field: Field) {
        match field {
            Field::Second => self.out.word("/").count(1_000_000),
            Field::Millisecond => self.out.word("/").count(1_000),
            _ => &mut self.out,
        };
    }

    /// The microseconds of a moment since its midnight.
    fn micros_of_day(&mut self, expr: &Expr) -> Result<(), SqlError> {
        self.out.call("DATEDIFF").literal("mcs").comma();
        self.midnight(expr)?;
        self.out.comma();
        self.value(expr)?;
        self.out.close();
        Ok(())
    }

    fn micros_since(&mut self, day: &'static str, expr: &Expr) -> Result<(), SqlError> {
        self.out.call("DATEDIFF").literal("mcs").comma().call("CAST").literal(day);
        self.out.word("AS TIMESTAMP").close().comma();
        self.value(expr)?;
        self.out.close();
        Ok(())
    }

    /// The microseconds that passed between two moments.
    fn micros_between(&mut self, left: &Expr, right: &Expr) -> Result<(), SqlError> {
        self.out.call("DATEDIFF").literal("mcs").comma();
        self.value(right)?;
        self.out.comma();
        self.value(left)?;
        self.out.close();
        Ok(())
    }

    /// `timestamp - timestamp`: days and microseconds, in the form in which intervals are kept,
    /// which begins with the microseconds as digits that sort.
    pub(super) fn elapsed(&mut self, left: &Expr, right: &Expr) -> Result<(), SqlError> {
        self.rule("the time between two moments is put together as intervals are kept");
        // 10²⁴ plus the count has 25 digits; the count itself has less than 18.
        self.out.word("CASE WHEN");
        self.micros_between(left, right)?;
        self.out.word(">=").count(0).word("THEN").literal("i1000000").word("||");
        self.out.call("SUBSTRING").call("CAST").count(1_000_000_000_000_000_000).word("+");
        self.micros_between(left, right)?;
        self.out.word("AS").call("VARCHAR").count(20).close().close().comma().count(2).close();
        self.out.word("ELSE").literal("i0999999").word("||").call("CAST");
        self.out.count(1_000_000_000_000_000_000).word("+");
        self.micros_between(left, right)?;
        self.out.word("AS").call("VARCHAR").count(20).close().close().word("END");
        self.out.word("||").literal(" 0 ").word("||").open();
        self.micros_between(left, right)?;
        self.out.word("\\").count(DAY_MICROS).close().word("||").literal(" ").word("||");
        self.out.call("MOD");
        self.micros_between(left, right)?;
        self.out.comma().count(DAY_MICROS).close();
        Ok(())
    }

    /// A part of the time between two moments.
    fn elapsed_field(&mut self, field: Field, left: &Expr, right: &Expr) -> Result<(), SqlError> {
        let piece = |own: &mut Self, of: u64, by: u64| -> Result<(), SqlError> {
            own.out.open().call("MOD");
            own.micros_between(left, right)?;
            own.out.comma().count(of).close().word("\\").count(by).close();
            Ok(())
        };
        match field {
            Field::Epoch => {
                self.out.open();
                self.micros_between(left, right)?;
                self.out.word("/").count(1_000_000).close();
                Ok(())
            }
            Field::Day => {
                self.out.open();
                self.micros_between(left, right)?;
                self.out.word("\\").count(DAY_MICROS).close();
                Ok(())
            }
            Field::Hour => piece(self, DAY_MICROS, 3_600_000_000),
            Field::Minute => piece(self, 3_600_000_000, 60_000_000),
            Field::Second | Field::Millisecond | Field::Microsecond => {
                self.out.open().call("MOD");
                self.micros_between(left, right)?;
                self.out.comma().count(60_000_000).close();
                self.seconds_as(field);
                self.out.close();
                Ok(())
            }
            _ => Err(refuse("this field of the time between two moments is not supported")),
        }
    }

    /// `(YEAR(x) + plus) \ by`
    fn year_by(&mut self, expr: &Expr, plus: u64, by: u64) -> Result<(), SqlError> {
        self.out.open().open();
        self.called("YEAR", expr, false)?;
        self.out.word("+").count(plus).close().word("\\").count(by).close();
        Ok(())
    }

    fn called(
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
    fn days_since(&mut self, day: &'static str, expr: &Expr) -> Result<(), SqlError> {
        self.out.call("MOD").call("MOD").call("DATEDIFF").literal("dd").comma().literal(day);
        self.out.comma();
        self.value(expr)?;
        self.out.close().comma().count(7).close().word("+").count(7).comma().count(7).close();
        Ok(())
    }

    /// The Thursday of a day's week, which lies in the year that the week belongs to.
    fn thursday(&mut self, expr: &Expr) -> Result<(), SqlError> {
        self.out.call("DATEADD").literal("dd").comma().count(3).word("-");
        self.days_since("1900-01-01", expr)?;
        self.out.comma();
        self.value(expr)?;
        self.out.close();
        Ok(())
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

    /// `date + n`, `n + date`, `date - n`
    pub(super) fn days_added(
        &mut self,
        left: &Expr,
        minus: bool,
        right: &Expr,
    ) -> Result<(), SqlError> {
        let (date, days) = if left.ty == PgType::Date { (left, right) } else { (right, left) };
        self.out.call("CAST").call("DATEADD").literal("dd").comma();
        if minus {
            self.out.count(0).word("-");
        }
        self.operand(days)?;
        self.out.comma();
        self.value(date)?;
        self.out.close().word("AS DATE").close();
        Ok(())
    }

    /// `date - date`
    pub(super) fn days_between(&mut self, left: &Expr, right: &Expr) -> Result<(), SqlError> {
        self.out.call("DATEDIFF").literal("dd").comma();
        self.value(right)?;
        self.out.comma();
        self.value(left)?;
        self.out.close();
        Ok(())
    }

    /// A moment and an interval that is a constant.
    pub(super) fn moved_by(
        &mut self,
        left: &Expr,
        minus: bool,
        right: &Expr,
    ) -> Result<(), SqlError> {
        let (moment, interval) =
            if left.ty == PgType::Interval { (right, left) } else { (left, right) };
        let refused = || {
            refuse("this form of an interval is not supported")
                .hint("Constants such as interval '1 year 2 days 03:00:00' are.")
        };
        let mut span = span_of(interval).ok_or_else(refused)?;
        if minus {
            span = negated(span).ok_or_else(refused)?;
        }
        self.out.call("CAST");
        self.moved(moment, span)?;
        self.out.word("AS TIMESTAMP").close();
        Ok(())
    }

    fn moved(&mut self, moment: &Expr, span: Interval) -> Result<(), SqlError> {
        if span.micros != 0 {
            let by = |unit| (span.micros.checked_rem(unit) == Some(0)).then_some(unit);
            let (part, unit) = match (by(1_000_000), by(1_000)) {
                (Some(unit), _) => ("ss", unit),
                (_, Some(unit)) => ("ms", unit),
                _ => ("mcs", 1),
            };
            let count = span.micros.checked_div(unit).unwrap_or(0);
            self.out.call("DATEADD").literal(part).comma();
            self.out.number(&count.to_string())?.comma();
            self.moved(moment, Interval { micros: 0, ..span })?;
            self.out.close();
            return Ok(());
        }
        if span.days != 0 {
            self.out.call("DATEADD").literal("dd").comma();
            self.out.number(&span.days.to_string())?.comma();
            self.moved(moment, Interval { days: 0, ..span })?;
            self.out.close();
            return Ok(());
        }
        if span.months == 0 {
            return self.value(moment);
        }
        // The same day of another month, or that month's last: counted from the first, so that it
        // does not matter what IRIS does with a day that a month has not.
        self.out.call("DATEADD").literal("dd").comma().word("CASE WHEN").call("DAY");
        self.value(moment)?;
        self.out.close().word(">");
        self.last_day(moment, i64::from(span.months))?;
        self.out.word("THEN");
        self.last_day(moment, i64::from(span.months))?;
        self.out.word("ELSE").call("DAY");
        self.value(moment)?;
        self.out.close().word("END -").count(1).comma();
        self.first_of_month(moment, i64::from(span.months))?;
        self.out.close();
        Ok(())
    }

    /// The number of days of the month some months away.
    fn last_day(&mut self, moment: &Expr, months: i64) -> Result<(), SqlError> {
        self.out.call("DAY").call("LAST_DAY").call("CAST");
        self.first_of_month(moment, months)?;
        self.out.word("AS DATE").close().close().close();
        Ok(())
    }

    /// The first of the month some months away, at the same time of day.
    fn first_of_month(&mut self, moment: &Expr, months: i64) -> Result<(), SqlError> {
        self.out.call("DATEADD").literal("mm").comma().number(&months.to_string())?.comma();
        self.out.call("DATEADD").literal("dd").comma().count(1).word("-").call("DAY");
        self.value(moment)?;
        self.out.close().comma();
        self.value(moment)?;
        self.out.close().close();
        Ok(())
    }
}

/// The interval backwards; `None` where it does not fit.
fn negated(span: Interval) -> Option<Interval> {
    Some(Interval {
        months: span.months.checked_neg()?,
        days: span.days.checked_neg()?,
        micros: span.micros.checked_neg()?,
    })
}

/// The interval that an expression is.
fn span_of(expr: &Expr) -> Option<Interval> {
    match &expr.node {
        Node::Literal(Literal::Text(text)) if expr.typmod < 0 => Interval::read(text).ok(),
        Node::Cast(cast) if expr.typmod < 0 => match text_of(&cast.expr) {
            Some(text) => Interval::read(text).ok(),
            None => span_of(&cast.expr),
        },
        Node::Operation(operation) => {
            match (operation.operator.name, operation.operands.as_slice()) {
                ("-", [only]) => negated(span_of(only)?),
                ("*", [span, count]) if span.ty == PgType::Interval => times(span, count),
                ("*", [count, span]) => times(span, count),
                _ => None,
            }
        }
        _ => None,
    }
}

fn times(span: &Expr, count: &Expr) -> Option<Interval> {
    let count = match &count.node {
        Node::Literal(Literal::Integer(count)) => *count,
        Node::Literal(Literal::Text(text) | Literal::Decimal(text)) => text.parse().ok()?,
        Node::Cast(cast) => whole(&cast.expr)?,
        _ => return None,
    };
    let span = span_of(span)?;
    let narrow = i32::try_from(count).ok()?;
    Some(Interval {
        months: span.months.checked_mul(narrow)?,
        days: span.days.checked_mul(narrow)?,
        micros: span.micros.checked_mul(count)?,
    })
}

/// The two moments between which an expression is the time that passed.
fn between(expr: &Expr) -> Option<(&Expr, &Expr)> {
    let Node::Operation(operation) = &expr.node else { return None };
    match (super::expr::form_of(operation), operation.operands.as_slice()) {
        (Some(super::table::Form::Elapsed), [left, right]) => Some((left, right)),
        _ => None,
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

    #[test]
    fn fields_are_sorted() {
        assert!(FIELDS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}

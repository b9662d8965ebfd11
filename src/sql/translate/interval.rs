//! Arithmetic of dates and times: days, and intervals that are constants.

use super::types::{TypeSpec, is_integer};
use super::value::{bare, text};
use super::{Translator, refuse};
use crate::sql::error::SqlError;
use crate::types::pg::PgType;
use irispg_grammar::ast::{BinaryOperator as B, DataType, DateTimeField, Expr, Interval};

/// Months, days and milliseconds, which PostgreSQL adds in this order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Span {
    months: i64,
    days: i64,
    millis: i64,
}

/// An operand of `+` or `-` as its type is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operand {
    /// A value.
    Value(Option<PgType>),
    /// An interval.
    Span,
}

impl Operand {
    /// The type of a value.
    pub(super) fn ty(self) -> Option<PgType> {
        match self {
            Self::Value(ty) => ty,
            Self::Span => None,
        }
    }
}

/// Whether an expression is an interval.
pub(super) fn is_interval(expr: &Expr) -> bool {
    match bare(expr) {
        Expr::Interval(_) => true,
        Expr::Cast { data_type, .. } => matches!(data_type, DataType::Interval { .. }),
        _ => false,
    }
}

/// The type of `a op b` where one of them is a date or time; `None` if neither is.
pub(super) fn combined(a: Operand, op: &B, b: Operand) -> Option<Option<PgType>> {
    use Operand::{Span, Value};
    use PgType as P;
    let added = matches!(op, B::Plus);
    if !added && !matches!(op, B::Minus) {
        return None;
    }
    Some(match (a, b) {
        (Value(Some(P::Date)), Value(Some(ty))) if is_integer(ty) => Some(P::Date),
        (Value(Some(ty)), Value(Some(P::Date))) if is_integer(ty) && added => Some(P::Date),
        (Value(Some(P::Date)), Value(Some(P::Date | P::Unknown))) if !added => Some(P::Int4),
        (Value(Some(P::Unknown)), Value(Some(P::Date))) if !added => Some(P::Int4),
        (Value(Some(P::Date | P::Timestamp)), Span) => Some(P::Timestamp),
        (Span, Value(Some(P::Date | P::Timestamp))) if added => Some(P::Timestamp),
        (Value(Some(P::Timestamptz)), Span) => Some(P::Timestamptz),
        (Span, Value(Some(P::Timestamptz))) if added => Some(P::Timestamptz),
        (Span, _) | (_, Span) => None,
        _ => return None,
    })
}

/// One unit of an interval's text.
fn unit(name: &str) -> Option<Span> {
    let months = |months| Span { months, ..Span::default() };
    let days = |days| Span { days, ..Span::default() };
    let millis = |millis| Span { millis, ..Span::default() };
    Some(match name {
        "year" | "years" => months(12),
        "month" | "months" | "mon" | "mons" => months(1),
        "week" | "weeks" => days(7),
        "day" | "days" => days(1),
        "hour" | "hours" => millis(3_600_000),
        "minute" | "minutes" | "min" | "mins" => millis(60_000),
        "second" | "seconds" | "sec" | "secs" => millis(1_000),
        _ => return None,
    })
}

/// `n` times one unit; fractions only of seconds, down to milliseconds.
fn times(number: &str, unit: Span) -> Option<Span> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let count = whole.parse::<i64>().ok()?;
    let mut millis = unit.millis.checked_mul(count)?;
    if !fraction.is_empty() {
        if unit.millis != 1_000 || fraction.len() > 3 {
            return None;
        }
        let digits = format!("{fraction:0<3}").parse::<i64>().ok()?;
        let digits = if whole.starts_with('-') { digits.checked_neg()? } else { digits };
        millis = millis.checked_add(digits)?;
    }
    Some(Span {
        months: unit.months.checked_mul(count)?,
        days: unit.days.checked_mul(count)?,
        millis,
    })
}

/// Reads `1 year 2 days`, `01:30:00`, or a number with a unit that stands behind the literal.
fn read(written: &str, field: Option<&str>) -> Option<Span> {
    let mut span = Span::default();
    if let Some(field) = field {
        return times(written.trim(), unit(field)?);
    }
    let mut words = written.split_whitespace().peekable();
    words.peek()?;
    while let Some(word) = words.next() {
        let part = if word.contains(':') {
            clock(word)?
        } else {
            let letters = word.find(|c: char| c.is_ascii_alphabetic());
            let (number, name) = match letters {
                Some(at) => word.split_at_checked(at)?,
                None => (word, words.next()?),
            };
            times(number, unit(&name.to_lowercase())?)?
        };
        span = Span {
            months: span.months.checked_add(part.months)?,
            days: span.days.checked_add(part.days)?,
            millis: span.millis.checked_add(part.millis)?,
        };
    }
    Some(span)
}

/// `HH:MM` or `HH:MM:SS`.
fn clock(word: &str) -> Option<Span> {
    let sign = if word.starts_with('-') { -1 } else { 1 };
    let mut parts = word.strip_prefix(['-', '+']).unwrap_or(word).split(':');
    let mut number = |missing: &'static str| parts.next().unwrap_or(missing).parse::<u32>().ok();
    let (hours, minutes, seconds) = (number("")?, number("")?, number("0")?);
    if parts.next().is_some() || minutes > 59 || seconds > 59 {
        return None;
    }
    let seconds = i64::from(hours)
        .checked_mul(3_600)?
        .checked_add(i64::from(minutes).checked_mul(60)?.checked_add(i64::from(seconds))?)?;
    Some(Span { millis: seconds.checked_mul(1_000)?.checked_mul(sign)?, ..Span::default() })
}

fn span_of(expr: &Expr) -> Result<Span, SqlError> {
    let refused = || {
        refuse("this form of an interval is not supported")
            .hint("Constants such as interval '1 year 2 days 03:00:00' are.")
    };
    let (written, field) = match bare(expr) {
        Expr::Interval(Interval {
            value,
            leading_field,
            leading_precision: None,
            last_field: None,
            fractional_seconds_precision: None,
        }) => {
            let field = match leading_field {
                None => None,
                Some(DateTimeField::Year) => Some("year"),
                Some(DateTimeField::Month) => Some("month"),
                Some(DateTimeField::Day) => Some("day"),
                Some(DateTimeField::Hour) => Some("hour"),
                Some(DateTimeField::Minute) => Some("minute"),
                Some(DateTimeField::Second) => Some("second"),
                Some(_) => return Err(refused()),
            };
            (&**value, field)
        }
        Expr::Cast {
            expr,
            data_type: DataType::Interval { fields: None, precision: None },
            ..
        } => (&**expr, None),
        _ => return Err(refused()),
    };
    text(written).and_then(|written| read(written, field)).ok_or_else(refused)
}

impl Translator<'_> {
    /// How an operand of `+` and `-` counts.
    pub(super) fn operand_of(&self, expr: &Expr) -> Operand {
        if is_interval(expr) { Operand::Span } else { Operand::Value(self.infer(expr)) }
    }

    /// Prints `left op right` if it is arithmetic of dates and times; `false` if it is none.
    pub(super) fn moment_operation(
        &mut self,
        left: &Expr,
        op: &B,
        right: &Expr,
    ) -> Result<bool, SqlError> {
        let (a, b) = (self.operand_of(left), self.operand_of(right));
        let Some(ty) = combined(a, op, b) else { return Ok(false) };
        let Some(ty) = ty else {
            return Err(refuse("intervals are supported beside dates and timestamps only")
                .hint("Cast the other operand to date or timestamp."));
        };
        if ty == PgType::Int4 {
            self.out.call("DATEDIFF").literal("dd").comma();
            self.day(right)?;
            self.out.comma();
            self.day(left)?;
            self.out.close();
            return Ok(true);
        }
        let minus = matches!(op, B::Minus);
        if ty == PgType::Date {
            let (date, days) =
                if a == Operand::Value(Some(PgType::Date)) { (left, right) } else { (right, left) };
            self.out.call("CAST").call("DATEADD").literal("dd").comma();
            if minus {
                self.out.count(0).word("-");
            }
            self.operand(days, false)?;
            self.out.comma();
            self.moment(date)?;
            self.out.close().word("AS DATE").close();
            return Ok(true);
        }
        let (moment, interval) = if b == Operand::Span { (left, right) } else { (right, left) };
        let mut span = span_of(interval).map_err(|error| error.of(interval))?;
        if minus {
            let negated = |n: i64| n.checked_neg().unwrap_or(i64::MAX);
            span = Span {
                months: negated(span.months),
                days: negated(span.days),
                millis: negated(span.millis),
            };
        }
        self.out.call("CAST");
        self.moved(moment, span)?;
        self.out.word("AS TIMESTAMP").close();
        Ok(true)
    }

    /// A date, or a text beside one.
    fn day(&mut self, expr: &Expr) -> Result<(), SqlError> {
        self.settle(expr, PgType::Date)?;
        match text(expr) {
            Some(written) => self
                .typed_text(written, TypeSpec::plain(PgType::Date), false)
                .map_err(|error| error.of(expr)),
            None if super::value::placeholder(expr).is_some() => {
                self.cast(expr, TypeSpec::plain(PgType::Date), false)
            }
            None => self.moment(expr),
        }
    }

    fn moved(&mut self, moment: &Expr, span: Span) -> Result<(), SqlError> {
        if span.millis != 0 {
            let whole = span.millis.checked_rem(1_000) == Some(0);
            let (part, count) = if whole {
                ("ss", span.millis.checked_div(1_000))
            } else {
                ("ms", Some(span.millis))
            };
            self.out.call("DATEADD").literal(part).comma();
            self.out.number(&count.unwrap_or(0).to_string())?.comma();
            self.moved(moment, Span { millis: 0, ..span })?;
            self.out.close();
            return Ok(());
        }
        if span.days != 0 {
            self.out.call("DATEADD").literal("dd").comma();
            self.out.number(&span.days.to_string())?.comma();
            self.moved(moment, Span { days: 0, ..span })?;
            self.out.close();
            return Ok(());
        }
        if span.months == 0 {
            return self.moment(moment);
        }
        // The same day of another month, or that month's last: counted from the first, so that it
        // does not matter what IRIS does with a day that a month has not.
        self.out.call("DATEADD").literal("dd").comma().word("CASE WHEN").call("DAY");
        self.moment(moment)?;
        self.out.close().word(">");
        self.last_day(moment, span.months)?;
        self.out.word("THEN");
        self.last_day(moment, span.months)?;
        self.out.word("ELSE").call("DAY");
        self.moment(moment)?;
        self.out.close().word("END -").count(1).comma();
        self.first_of_month(moment, span.months)?;
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
        self.moment(moment)?;
        self.out.close().comma();
        self.moment(moment)?;
        self.out.close().close();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_read() {
        let span = |months, days, millis| Some(Span { months, days, millis });
        assert_eq!(read("1 year 2 mons -3 days", None), span(14, -3, 0));
        assert_eq!(read("1day 01:30", None), span(0, 1, 5_400_000));
        assert_eq!(read("-00:00:01", None), span(0, 0, -1_000));
        assert_eq!(read("-0.5 seconds", None), span(0, 0, -500));
        assert_eq!(read("3", Some("hour")), span(0, 0, 10_800_000));
        for wrong in ["", "1", "1 fortnight", "1.5 days", "1 day ago", "01:60", "0.1234 sec"] {
            assert_eq!(read(wrong, None), None, "{wrong}");
        }
    }
}

//! The time between two moments, and moments that an interval moves.

use super::super::expr::form_of;
use super::super::pattern::text_of;
use super::super::table::Form;
use super::super::text::whole;
use super::super::{Emitter, refuse};
use super::field::Field;
use super::shift::{Amount, Shift, sum};
use crate::sql::bound::{Expr, Literal, Node};
use crate::sql::error::SqlError;
use crate::types::interval::Interval;
use crate::types::pg::PgType;

/// Microseconds of a day.
const DAY_MICROS: u64 = 86_400_000_000;

impl Emitter<'_> {
    /// The microseconds that passed between two moments.
    fn micros_between(&mut self, left: &Expr, right: &Expr) -> Result<(), SqlError> {
        self.count_micros();
        self.value(right)?;
        self.out.comma();
        self.value(left)?;
        self.out.close();
        Ok(())
    }

    /// `timestamp - timestamp`: days and microseconds, in the form in which intervals are kept,
    /// which begins with the microseconds as digits that sort.
    pub(in super::super) fn elapsed(&mut self, left: &Expr, right: &Expr) -> Result<(), SqlError> {
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
    pub(super) fn elapsed_field(
        &mut self,
        field: Field,
        left: &Expr,
        right: &Expr,
    ) -> Result<(), SqlError> {
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

    /// `date + n`, `n + date`, `date - n`
    pub(in super::super) fn days_added(
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
    pub(in super::super) fn days_between(
        &mut self,
        left: &Expr,
        right: &Expr,
    ) -> Result<(), SqlError> {
        self.out.call("DATEDIFF").literal("dd").comma();
        self.value(right)?;
        self.out.comma();
        self.value(left)?;
        self.out.close();
        Ok(())
    }

    /// A moment and an interval.
    pub(in super::super) fn moved_by(
        &mut self,
        left: &Expr,
        minus: bool,
        right: &Expr,
    ) -> Result<(), SqlError> {
        let (moment, interval) =
            if left.ty == PgType::Interval { (right, left) } else { (left, right) };
        let shift = Shift::of(interval, minus).ok_or_else(|| {
            refuse("this form of an interval is not supported")
                .hint("Constants such as interval '1 year 2 days 03:00:00' are.")
        })?;
        self.out.call("CAST");
        self.moved(moment, shift)?;
        self.out.word("AS TIMESTAMP").close();
        Ok(())
    }

    fn moved(&mut self, moment: &Expr, shift: Shift<'_>) -> Result<(), SqlError> {
        if !shift.micros.is_none() {
            let (part, count) = shift.micros.unit();
            self.out.call("DATEADD").literal(part).comma();
            self.amount(count)?;
            self.out.comma();
            self.moved(moment, Shift { micros: Amount::NONE, ..shift })?;
            self.out.close();
            return Ok(());
        }
        if !shift.days.is_none() {
            self.out.call("DATEADD").literal("dd").comma();
            self.amount(shift.days)?;
            self.out.comma();
            self.moved(moment, Shift { days: Amount::NONE, ..shift })?;
            self.out.close();
            return Ok(());
        }
        if shift.months.is_none() {
            return self.value(moment);
        }
        // The same day of another month, or that month's last: counted from the first, so that it
        // does not matter what IRIS does with a day that a month has not.
        self.out.call("DATEADD").literal("dd").comma().word("CASE WHEN").call("DAY");
        self.value(moment)?;
        self.out.close().word(">");
        self.last_day(moment, shift.months)?;
        self.out.word("THEN");
        self.last_day(moment, shift.months)?;
        self.out.word("ELSE").call("DAY");
        self.value(moment)?;
        self.out.close().word("END -").count(1).comma();
        self.first_of_month(moment, shift.months)?;
        self.out.close();
        Ok(())
    }

    /// The number of days of the month some months away.
    fn last_day(&mut self, moment: &Expr, months: Amount<'_>) -> Result<(), SqlError> {
        self.out.call("DAY").call("LAST_DAY").call("CAST");
        self.first_of_month(moment, months)?;
        self.out.word("AS DATE").close().close().close();
        Ok(())
    }

    /// The first of the month some months away, at the same time of day.
    fn first_of_month(&mut self, moment: &Expr, months: Amount<'_>) -> Result<(), SqlError> {
        self.out.call("DATEADD").literal("mm").comma();
        self.amount(months)?;
        self.out.comma();
        self.out.call("DATEADD").literal("dd").comma().count(1).word("-").call("DAY");
        self.value(moment)?;
        self.out.close().comma();
        self.value(moment)?;
        self.out.close().close();
        Ok(())
    }
}

/// The interval backwards; `None` where it does not fit.
pub(super) fn negated(span: Interval) -> Option<Interval> {
    Some(Interval {
        months: span.months.checked_neg()?,
        days: span.days.checked_neg()?,
        micros: span.micros.checked_neg()?,
    })
}

/// An interval with the fields that its modifier names, and no others; `None` where a fraction
/// would have to be rounded. Source: `AdjustIntervalForTypmod`.
pub(in super::super) fn within(span: Interval, typmod: i32) -> Option<Interval> {
    const YEAR: i32 = 1 << 2;
    const MONTH: i32 = 1 << 1;
    const DAY: i32 = 1 << 3;
    const HOUR: i32 = 1 << 10;
    const MINUTE: i32 = 1 << 11;
    const DIGITS: u32 = 6;
    if typmod < 0 {
        return Some(span);
    }
    let whole = |unit: i64| span.micros.checked_div(unit)?.checked_mul(unit);
    let digits = u32::try_from(typmod & 0xFFFF).ok()?;
    if digits < DIGITS {
        let unit = 10_i64.checked_pow(DIGITS.checked_sub(digits)?)?;
        if whole(unit)? != span.micros {
            return None;
        }
    }
    let range = (typmod >> 16) & 0x7FFF;
    Some(if range == YEAR {
        let months = span.months.checked_div(12)?.checked_mul(12)?;
        Interval { months, days: 0, micros: 0 }
    } else if range == MONTH || range == YEAR | MONTH {
        Interval { days: 0, micros: 0, ..span }
    } else if range == DAY {
        Interval { micros: 0, ..span }
    } else if range == HOUR || range == DAY | HOUR {
        Interval { micros: whole(3_600_000_000)?, ..span }
    } else if [MINUTE, HOUR | MINUTE, DAY | HOUR | MINUTE].contains(&range) {
        Interval { micros: whole(60_000_000)?, ..span }
    } else {
        span
    })
}

/// The interval that an expression is.
pub(super) fn span_of(expr: &Expr) -> Option<Interval> {
    if expr.ty != PgType::Interval {
        return None;
    }
    match &expr.node {
        Node::Literal(Literal::Text(text)) => within(Interval::read(text).ok()?, expr.typmod),
        Node::Cast(cast) => {
            let span = match text_of(&cast.expr) {
                Some(text) => Interval::read(text).ok(),
                None => span_of(&cast.expr),
            };
            within(span?, expr.typmod)
        }
        Node::Operation(operation) => {
            match (operation.operator.name, operation.operands.as_slice()) {
                ("-", [only]) => negated(span_of(only)?),
                ("+", [left, right]) => sum(span_of(left)?, span_of(right)?),
                ("-", [left, right]) => sum(span_of(left)?, negated(span_of(right)?)?),
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
pub(super) fn between(expr: &Expr) -> Option<(&Expr, &Expr)> {
    let Node::Operation(operation) = &expr.node else { return None };
    match (form_of(operation), operation.operands.as_slice()) {
        (Some(Form::Elapsed), [left, right]) => Some((left, right)),
        _ => None,
    }
}

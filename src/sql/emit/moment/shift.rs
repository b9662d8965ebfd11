//! By how much a moment is moved: constants, counts of a constant interval, and intervals that are
//! values, of which IRIS takes the parts apart.

use super::super::pattern::text_of;
use super::super::{Emitter, constant, refuse};
use super::elapsed::{negated, span_of};
use crate::sql::bound::{Expr, Node, Operation};
use crate::sql::error::SqlError;
use crate::sql::statement::{Constant, Place};
use crate::types::interval::Interval;
use crate::types::pg::PgType;

/// A number of months, days or microseconds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Amount<'e> {
    Number(i64),
    /// So many of each.
    Times(&'e Expr, i64),
    /// A part of an interval as it is kept; `true`: backwards.
    Piece(&'e Expr, u64, bool),
}

/// The parts of an interval.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shift<'e> {
    pub(super) months: Amount<'e>,
    pub(super) days: Amount<'e>,
    pub(super) micros: Amount<'e>,
}

/// What an interval is kept as has its parts behind the key. Source: `Interval::kept`.
const MONTHS: u64 = 2;
const DAYS: u64 = 3;
const MICROS: u64 = 4;

impl Amount<'_> {
    pub(super) const NONE: Self = Self::Number(0);

    pub(super) const fn is_none(&self) -> bool {
        matches!(self, Self::Number(0) | Self::Times(_, 0))
    }

    /// The largest of IRIS's units in which a number of microseconds is whole.
    pub(super) fn unit(self) -> (&'static str, Self) {
        let part = |micros: i64, unit: i64| match micros.checked_rem(unit) {
            Some(0) => micros.checked_div(unit),
            _ => None,
        };
        for (name, unit) in [("ss", 1_000_000), ("ms", 1_000)] {
            match self {
                Self::Number(micros) => {
                    if let Some(count) = part(micros, unit) {
                        return (name, Self::Number(count));
                    }
                }
                Self::Times(count, micros) => {
                    if let Some(each) = part(micros, unit) {
                        return (name, Self::Times(count, each));
                    }
                }
                Self::Piece(..) => {}
            }
        }
        ("mcs", self)
    }
}

impl<'e> Shift<'e> {
    /// The parts of an interval; `None` where it cannot be taken apart.
    pub(super) fn of(interval: &'e Expr, minus: bool) -> Option<Self> {
        let turned = |span: Interval| if minus { negated(span) } else { Some(span) };
        if let Some(span) = span_of(interval) {
            let span = turned(span)?;
            return Some(Self {
                months: Amount::Number(i64::from(span.months)),
                days: Amount::Number(i64::from(span.days)),
                micros: Amount::Number(span.micros),
            });
        }
        if let Some((count, span)) = product(interval) {
            let span = turned(span)?;
            return Some(Self {
                months: Amount::Times(count, i64::from(span.months)),
                days: Amount::Times(count, i64::from(span.days)),
                micros: Amount::Times(count, span.micros),
            });
        }
        (interval.typmod < 0).then_some(Self {
            months: Amount::Piece(interval, MONTHS, minus),
            days: Amount::Piece(interval, DAYS, minus),
            micros: Amount::Piece(interval, MICROS, minus),
        })
    }
}

/// A whole number and the constant interval that it is multiplied by.
fn product(interval: &Expr) -> Option<(&Expr, Interval)> {
    match &interval.node {
        Node::Operation(operation) => {
            match (operation.operator.name, operation.operands.as_slice()) {
                ("*", [span, count]) if span.ty == PgType::Interval => {
                    Some((whole(count)?, span_of(span)?))
                }
                ("*", [count, span]) => Some((whole(count)?, span_of(span)?)),
                _ => None,
            }
        }
        // `(n || ' days')::interval`
        Node::Cast(cast) if interval.typmod < 0 => {
            let Node::Operation(Operation { operator, operands }) = &cast.expr.node else {
                return None;
            };
            let [count, unit] = operands.as_slice() else { return None };
            let unit = text_of(unit).map(str::trim)?;
            let named = operator.name == "||" && unit.bytes().all(|b| b.is_ascii_alphabetic());
            let count = match &count.node {
                Node::Cast(shown) if constant::is_text(count.ty) => &*shown.expr,
                _ => count,
            };
            if !named || !constant::is_integer(count.ty) {
                return None;
            }
            Some((count, Interval::read(&format!("1 {unit}")).ok()?))
        }
        _ => None,
    }
}

/// A number that is whole whatever it is: the operator takes double precision.
fn whole(count: &Expr) -> Option<&Expr> {
    match &count.node {
        Node::Cast(cast) if constant::is_integer(cast.expr.ty) => Some(&cast.expr),
        // The session refuses a fraction when it is bound.
        Node::Parameter(_) => Some(count),
        _ => None,
    }
}

/// The sum of two intervals.
pub(super) fn sum(left: Interval, right: Interval) -> Option<Interval> {
    Some(Interval {
        months: left.months.checked_add(right.months)?,
        days: left.days.checked_add(right.days)?,
        micros: left.micros.checked_add(right.micros)?,
    })
}

impl Emitter<'_> {
    /// An operation whose result is an interval.
    pub(in super::super) fn interval_operation(&mut self, expr: &Expr) -> Result<(), SqlError> {
        let Interval { months, days, micros } = span_of(expr).ok_or_else(|| {
            refuse("arithmetic of intervals is supported with constants only")
                .hint("Add each to the date or time by itself, or compute it in the client.")
        })?;
        let text = format!("{months} mons {days} days {micros} microseconds");
        self.out.place(Place::Constant(Constant::Typed(PgType::Interval, text)));
        Ok(())
    }

    /// `to_timestamp` of a whole number of seconds.
    pub(super) fn since_epoch(&mut self, seconds: &Expr) -> Result<(), SqlError> {
        let count = whole(seconds).ok_or_else(|| {
            refuse("to_timestamp is supported with whole numbers only")
                .hint("Cast the number to bigint.")
        })?;
        self.out.call("CAST").call("DATEADD").literal("ss").comma();
        self.amount(Amount::Times(count, 1))?;
        self.out.comma().call("CAST").literal("1970-01-01 00:00:00").word("AS TIMESTAMP").close();
        self.out.close().word("AS TIMESTAMP").close();
        Ok(())
    }

    pub(super) fn amount(&mut self, amount: Amount<'_>) -> Result<(), SqlError> {
        match amount {
            Amount::Number(number) => {
                self.out.number(&number.to_string())?;
            }
            Amount::Times(count, each) => {
                self.out.open();
                match count.node {
                    Node::Parameter(index) if count.ty == PgType::Float8 => {
                        let place = Place::Parameter(index, Some(PgType::Int8));
                        self.typed(place, PgType::Int8, false);
                    }
                    _ => self.operand(count)?,
                }
                self.out.word("*").open().number(&each.to_string())?.close().close();
            }
            Amount::Piece(interval, piece, minus) => {
                if minus {
                    self.out.open().count(0).word("-");
                }
                self.out.call("CAST").call("$PIECE");
                self.value(interval)?;
                self.out.comma().literal(" ").comma().count(piece).close();
                self.out.word("AS BIGINT").close();
                if minus {
                    self.out.close();
                }
            }
        }
        Ok(())
    }
}

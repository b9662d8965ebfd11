//! Typed pieces of SQLite's text, and how they are brought to one form.

use std::rc::Rc;

use super::super::decimal::Decimal;
use super::super::store::catalog::Table;
use super::super::types::{Kept, Ty};
use super::Output;

/// The collation of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum Coll {
    /// An expression or literal: EXACT, unless a column stands on the other side. UNVERIFIED(iris):
    /// EXACT sorts by bytes, where IRIS may put canonical numbers first.
    None,
    /// A column's own; true for SQLUPPER.
    Column(bool),
    /// Written: %EXACT, %SQLUPPER.
    Explicit(bool),
}

impl Coll {
    /// Whether comparing both ignores case.
    pub(in crate::sql) fn with(self, other: Coll) -> bool {
        match (self, other) {
            (Coll::Explicit(upper), _) | (_, Coll::Explicit(upper)) => upper,
            (Coll::Column(upper), _) | (_, Coll::Column(upper)) => upper,
            (Coll::None, Coll::None) => false,
        }
    }

    pub(in crate::sql) fn is_upper(self) -> bool {
        self.with(Coll::None)
    }
}

/// What an expression is made of.
#[derive(Debug, Clone)]
pub(in crate::sql) enum Origin {
    Param(usize),
    Number(Decimal),
    Text(String),
    /// `{d '…'}`, `{t '…'}`, `{ts '…'}`.
    Literal,
    Null,
    /// %TABLENAME, %CLASSNAME.
    Pseudo,
    Column(Rc<Table>, i64),
    RowId(Rc<Table>),
    Derived(Box<Output>),
    Aggregate,
    Window,
    Subquery,
    Expression,
}

/// An expression with its type.
#[derive(Debug, Clone)]
pub(in crate::sql) struct Bound {
    pub(in crate::sql) sql: String,
    pub(in crate::sql) ty: Ty,
    pub(in crate::sql) coll: Coll,
    pub(in crate::sql) nullable: i64,
    pub(in crate::sql) origin: Origin,
}

impl Bound {
    pub(in crate::sql) fn expression(sql: String, ty: Ty) -> Bound {
        Bound { sql, ty, coll: Coll::None, nullable: 2, origin: Origin::Expression }
    }

    pub(in crate::sql) fn with_origin(mut self, origin: Origin) -> Bound {
        self.origin = origin;
        self
    }

    /// As a decimal's canonical text.
    pub(in crate::sql) fn decimal(&self) -> String {
        match self.ty.kept() {
            Kept::Number => self.sql.clone(),
            Kept::Whole(s) => format!("i_dec({},{s})", self.sql),
            Kept::Real | Kept::Text | Kept::Blob => format!("i_dec({},0)", self.sql),
        }
    }

    /// As a whole number with `to` decimals, rounded.
    pub(in crate::sql) fn whole(&self, to: u8) -> String {
        match self.ty.kept() {
            Kept::Whole(s) if s == to => self.sql.clone(),
            Kept::Whole(s) => format!("i_scale({},{s},{to})", self.sql),
            _ => format!("i_scaled({},{to})", self.decimal()),
        }
    }

    /// As a double.
    pub(in crate::sql) fn real(&self) -> String {
        match self.ty.kept() {
            Kept::Real => self.sql.clone(),
            _ => format!("i_real({})", self.decimal()),
        }
    }

    /// As text in logical form: operands are never converted by the select mode (iris-sql §4.1).
    pub(in crate::sql) fn logical_text(&self) -> String {
        match self.ty.kept() {
            Kept::Text => self.sql.clone(),
            Kept::Whole(s) => format!("i_text({},{s})", self.sql),
            Kept::Number | Kept::Real | Kept::Blob => format!("i_text({},0)", self.sql),
        }
    }

    /// As text the way CAST makes it: dates as `YYYY-MM-DD` (iris-sql §1.5).
    pub(in crate::sql) fn shown_text(&self) -> String {
        match self.ty {
            Ty::Date => format!("i_datetext({})", self.sql),
            Ty::Time(_) => format!("i_timetext({})", self.sql),
            Ty::PosixTime => format!("i_posixtext({})", self.sql),
            _ => self.logical_text(),
        }
    }

    /// As a logical %PosixTime.
    pub(in crate::sql) fn posix(&self) -> String {
        match self.ty {
            Ty::PosixTime => self.sql.clone(),
            Ty::Time(_) => format!("i_posixtime({})", self.sql),
            ty if ty == Ty::Date || ty.is_integer() => format!("i_posixof({})", self.sql),
            _ => format!("i_toposix({})", self.logical_text()),
        }
    }

    /// As a logical date.
    pub(in crate::sql) fn date(&self) -> String {
        match self.ty {
            Ty::Date => self.sql.clone(),
            ty if ty.is_integer() => self.sql.clone(),
            Ty::PosixTime => format!("i_dateof({})", self.sql),
            _ => format!("i_todate({})", self.logical_text()),
        }
    }

    /// As nanoseconds since midnight.
    pub(in crate::sql) fn time(&self) -> String {
        match self.ty {
            Ty::Time(_) => self.sql.clone(),
            Ty::PosixTime => format!("i_timeof({})", self.sql),
            ty if ty.is_number() => self.whole(9),
            _ => format!("i_totime({})", self.logical_text()),
        }
    }

    /// As a value of `ty`, without the checks of storing.
    pub(in crate::sql) fn to(&self, ty: Ty) -> String {
        match ty {
            _ if self.ty == ty || matches!(self.origin, Origin::Null) => self.sql.clone(),
            Ty::Date => self.date(),
            Ty::Time(_) => self.time(),
            Ty::PosixTime => self.posix(),
            Ty::TimeStamp if self.ty != Ty::TimeStamp => {
                format!("i_posixtext({})", self.posix())
            }
            _ => match ty.kept() {
                Kept::Whole(s) => self.whole(s),
                Kept::Number => self.decimal(),
                Kept::Real => self.real(),
                // Operands keep their logical form (iris-sql §4.1): a DATE among texts is a number.
                Kept::Text => self.logical_text(),
                Kept::Blob => format!("CAST({} AS BLOB)", self.logical_text()),
            },
        }
    }

    /// `COLLATE …` for sorting and grouping, if any.
    pub(in crate::sql) fn collate(&self) -> &'static str {
        if self.ty.kept() == Kept::Number {
            " COLLATE IRISDEC"
        } else if self.coll.is_upper() && self.ty.is_text() {
            " COLLATE SQLUPPER"
        } else if self.ty.is_text() && self.coll != Coll::Column(false) {
            // SQLite would take the collation of a column that only passes through, while
            // expressions are EXACT (iris-sql §1.1).
            " COLLATE BINARY"
        } else {
            ""
        }
    }
}

//! How the tables write their rows.

use super::super::row::{Column, Function, Kind, Operator, Slot, Volatility};
use super::super::{Context, Method};
use crate::types::PgType;

/// A cast that is in PostgreSQL's catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Cast {
    pub(in super::super) from: PgType,
    pub(in super::super) to: Slot,
    /// The narrowest context in which it happens by itself.
    pub(in super::super) context: Context,
    pub(in super::super) method: Method,
}

pub(super) const fn row(from: PgType, to: Slot, context: Context, method: Method) -> Cast {
    Cast { from, to, context, method }
}

pub(super) const fn infix(
    name: &'static str,
    left: Slot,
    right: Slot,
    result: Slot,
    function: &'static str,
) -> Operator {
    let left = Some(left);
    Operator { name, left, right, result, function, strict: true, commutator: None, negator: None }
}

pub(super) const fn prefix(
    name: &'static str,
    right: Slot,
    result: Slot,
    function: &'static str,
) -> Operator {
    let left = None;
    Operator { name, left, right, result, function, strict: true, commutator: None, negator: None }
}

impl Operator {
    pub(super) const fn lax(mut self) -> Self {
        self.strict = false;
        self
    }

    pub(super) const fn commutator(mut self, name: &'static str) -> Self {
        self.commutator = Some(name);
        self
    }

    pub(super) const fn negator(mut self, name: &'static str) -> Self {
        self.negator = Some(name);
        self
    }
}

pub(super) const fn scalar(
    name: &'static str,
    arguments: &'static [Slot],
    result: Slot,
) -> Function {
    Function {
        name,
        arguments,
        names: &[],
        defaults: 0,
        variadic: false,
        result,
        columns: &[],
        set: false,
        kind: Kind::Scalar,
        strict: true,
        volatility: Volatility::Immutable,
    }
}

pub(super) const fn aggregate(
    name: &'static str,
    arguments: &'static [Slot],
    result: Slot,
) -> Function {
    let mut row = scalar(name, arguments, result);
    row.kind = Kind::Aggregate;
    row
}

pub(super) const fn window(
    name: &'static str,
    arguments: &'static [Slot],
    result: Slot,
) -> Function {
    let mut row = scalar(name, arguments, result);
    row.kind = Kind::Window;
    row
}

pub(super) const fn column(name: &'static str, slot: Slot) -> Column {
    Column { name, slot }
}

impl Function {
    pub(super) const fn cast(mut self) -> Self {
        self.kind = Kind::Cast;
        self
    }

    pub(super) const fn ordered_set(mut self, direct: u8) -> Self {
        self.kind = Kind::OrderedSet(direct);
        self
    }

    pub(super) const fn hypothetical(mut self) -> Self {
        self.kind = Kind::Hypothetical;
        self
    }

    pub(super) const fn variadic(mut self) -> Self {
        self.variadic = true;
        self
    }

    pub(super) const fn defaults(mut self, count: u8) -> Self {
        self.defaults = count;
        self
    }

    pub(super) const fn names(mut self, names: &'static [&'static str]) -> Self {
        self.names = names;
        self
    }

    pub(super) const fn columns(mut self, columns: &'static [Column]) -> Self {
        self.columns = columns;
        self
    }

    pub(super) const fn set(mut self) -> Self {
        self.set = true;
        self
    }

    pub(super) const fn lax(mut self) -> Self {
        self.strict = false;
        self
    }

    pub(super) const fn stable(mut self) -> Self {
        self.volatility = Volatility::Stable;
        self
    }

    pub(super) const fn volatile(mut self) -> Self {
        self.volatility = Volatility::Volatile;
        self
    }
}

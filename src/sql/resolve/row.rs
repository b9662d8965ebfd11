//! Rows of the tables.

use crate::types::PgType;

/// What a candidate says of an argument or result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Slot {
    /// A type.
    Is(PgType),
    /// `any`: every argument by itself, as it comes.
    Any,
    /// `anyelement`
    Element,
    /// `anyarray`
    Array,
    /// `anynonarray`
    NonArray,
    /// `anycompatible`
    Compatible,
    /// `anycompatiblearray`
    CompatibleArray,
    /// `anycompatiblenonarray`
    CompatibleNonArray,
    /// A type that the gateway does not know, or a polymorphic one that stands only for such. The
    /// row is there because it takes part in the choice.
    Foreign(&'static str),
}

/// An operator.
#[derive(Debug, PartialEq, Eq)]
pub struct Operator {
    /// Its symbol.
    pub name: &'static str,
    /// The left operand; `None` for a prefix operator.
    pub left: Option<Slot>,
    /// The right operand.
    pub right: Slot,
    /// The result.
    pub result: Slot,
    /// The function behind it (`pg_proc.proname`).
    pub function: &'static str,
    /// Whether it gives NULL for every NULL.
    pub strict: bool,
    /// The symbol that means the same with its operands exchanged.
    pub commutator: Option<&'static str>,
    /// The symbol that means the opposite.
    pub negator: Option<&'static str>,
}

/// What kind of function it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One value, or a set of them, for each call.
    Scalar,
    /// One value for a group of rows.
    Aggregate,
    /// `WITHIN GROUP`: so many direct arguments come first.
    OrderedSet(u8),
    /// `WITHIN GROUP` with a row that need not exist, such as `rank`; the direct arguments are as
    /// many as those of `ORDER BY`.
    Hypothetical,
    /// Only with `OVER`.
    Window,
    /// The name is a type's, and the call is an explicit cast of its one argument to the result.
    Cast,
}

/// When the same arguments give the same result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Volatility {
    /// Always.
    Immutable,
    /// Within a statement.
    Stable,
    /// Never for sure.
    Volatile,
}

/// A column of a function's result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub slot: Slot,
}

/// A function.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name, in lower case.
    pub name: &'static str,
    /// What it takes; of a variadic function the last one is the array, or [`Slot::Any`].
    pub arguments: &'static [Slot],
    /// The names of the arguments for calls with `=>`; empty, or one for each, some empty.
    pub names: &'static [&'static str],
    /// How many of the last arguments may be left out.
    pub defaults: u8,
    /// Whether the last argument stands for any number of them.
    pub variadic: bool,
    /// The result: of one row, when it is a set.
    pub result: Slot,
    /// The columns of the result, where it has several and names them, as `json_each` does.
    pub columns: &'static [Column],
    /// Whether the result is a set of rows.
    pub set: bool,
    /// What kind of function it is.
    pub kind: Kind,
    /// Whether it gives NULL (or no row) for every NULL.
    pub strict: bool,
    /// When the same arguments give the same result.
    pub volatility: Volatility,
}

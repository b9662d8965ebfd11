//! PostgreSQL's operators, functions and casts, and the rules by which it chooses among them.
//!
//! The rules are those of the manual's chapter "Type Conversion"; the rows are generated from a
//! running server by `scripts/resolve-tables`. Nothing here knows of trees, positions or IRIS: a
//! caller gives a name and types, and gets the row that PostgreSQL would run.
//!
//! * `row` says what a row of a table is, `table` has the rows;
//! * `coerce` answers for single types: [`cast()`], [`category`], [`is_preferred`];
//! * `supertype` finds the one type of several: [`common_type`], [`match_types`];
//! * `polymorphic` decides what `anyelement` and its kin stand for;
//! * `candidate` chooses the best of several rows;
//! * `operation` and `call` ask it for operators and functions: [`operator`], [`function`].

mod call;
mod candidate;
mod coerce;
mod operation;
mod polymorphic;
mod row;
mod supertype;
mod table;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;

use crate::types::PgType;

pub use call::{Call, call, function, functions_named, positions};
pub use coerce::{cast, category, is_preferred};
pub use operation::{element_operator, operator, operators_named};
pub use row::{Column, Function, Kind, Operator, Slot, Volatility};
pub use supertype::{Mismatch, common_type, match_types};

/// A chosen row, and what it makes of the types at hand.
#[derive(Debug, Clone)]
pub struct Resolved<T: 'static> {
    /// The row, which is the same one each time.
    pub row: &'static T,
    /// The type that each argument is to be coerced to, in the order in which they were given:
    /// variadic arguments one by one, polymorphic types decided. [`PgType::Unknown`] where the
    /// function takes an argument of any type and the literal stays as it is.
    pub arguments: Vec<PgType>,
    /// The type of the result. [`PgType::Record`] for rows of columns that the function names.
    pub result: PgType,
}

/// Why nothing was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// No candidate takes these types: 42883.
    Missing,
    /// Several candidates do, equally well: 42725.
    Ambiguous,
    /// A polymorphic result cannot be decided, because the arguments are of unknown type: 42804,
    /// `could not determine polymorphic type because input has type unknown`.
    Undecided,
    /// There is no type of arrays of this type, which the function gives or takes: 42704, `could
    /// not find array type for data type …`.
    NoArray(PgType),
    /// What is marked `VARIADIC` is no array, and the function takes one of any type: 42804,
    /// `VARIADIC argument must be an array`.
    NoVariadicArray,
    /// PostgreSQL would choose a candidate with a type that the gateway does not know: 0A000. The
    /// name is the type's.
    Foreign(&'static str),
}

/// Where a cast stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Context {
    /// Within an expression.
    Implicit,
    /// Into a column.
    Assignment,
    /// `CAST` and `::`.
    Explicit,
}

/// How a cast is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The types are the same.
    Same,
    /// The value is taken as it is.
    Relabel,
    /// By the function of this name.
    Function(&'static str),
    /// By the text form: output function of the one type, input function of the other.
    InOut,
    /// Each element of an array by itself; how, [`cast()`] says of the element types.
    Elements,
}

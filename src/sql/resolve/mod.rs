//! PostgreSQL's operators, functions and casts, and the rules by which it chooses among them.
//!
//! The rules are those of the manual's chapter "Type Conversion"; the rows are generated from a
//! running server by `scripts/resolve-tables`. Nothing here knows of trees, positions or IRIS: a
//! caller gives a name and types, and gets the row that PostgreSQL would run.
//!
//! * [`row`] says what a row of a table is;
//! * `table` has the rows;
//! * [`cast()`], [`category`] and [`is_preferred`] answer for single types;
//! * [`operator`], [`function`] and [`common_type`] choose.

pub mod row;
mod table;

use crate::types::PgType;

pub use row::{Column, Function, Kind, Operator, Slot, Volatility};

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

/// The operator that PostgreSQL would use; `left` is `None` for a prefix operator.
///
/// # Errors
///
/// [`Failure`], where PostgreSQL would refuse the expression.
pub fn operator(
    name: &str,
    left: Option<PgType>,
    right: PgType,
) -> Result<Resolved<Operator>, Failure> {
    let row = table::OPERATORS
        .iter()
        .find(|row| {
            row.name == name && row.left == left.map(Slot::Is) && row.right == Slot::Is(right)
        })
        .ok_or(Failure::Missing)?;
    let Slot::Is(result) = row.result else { return Err(Failure::Undecided) };
    Ok(Resolved { row, arguments: left.into_iter().chain([right]).collect(), result })
}

/// The function that PostgreSQL would call. `count(*)` has no arguments.
///
/// `date('2024-01-01')` and the like, where the name is a type's, are casts in PostgreSQL as well:
/// such a row is of [`Kind::Cast`].
///
/// # Errors
///
/// [`Failure`], where PostgreSQL would refuse the call.
pub fn function(name: &str, arguments: &[PgType]) -> Result<Resolved<Function>, Failure> {
    let row = functions_named(name)
        .iter()
        .find(|row| row.arguments.iter().copied().eq(arguments.iter().copied().map(Slot::Is)))
        .ok_or(Failure::Missing)?;
    let Slot::Is(result) = row.result else { return Err(Failure::Undecided) };
    Ok(Resolved { row, arguments: arguments.to_vec(), result })
}

/// Every function of this name.
#[must_use]
pub fn functions_named(name: &str) -> &'static [Function] {
    let start = table::FUNCTIONS.partition_point(|row| row.name < name);
    let end = table::FUNCTIONS.partition_point(|row| row.name <= name);
    table::FUNCTIONS.get(start..end).unwrap_or_default()
}

/// How a value of one type becomes one of another, if PostgreSQL does that in this context.
///
/// Of [`PgType::Unknown`] anything can be made.
#[must_use]
pub fn cast(from: PgType, to: PgType, _context: Context) -> Option<Method> {
    match from {
        _ if from == to => Some(Method::Same),
        PgType::Unknown => Some(Method::InOut),
        _ => None,
    }
}

/// The type of `UNION`, `CASE`, `COALESCE`, `ARRAY`, `GREATEST`, `VALUES`; `None` where PostgreSQL
/// says that the types cannot be matched (42804). Of nothing but literals it is `text`.
#[must_use]
pub fn common_type(types: &[PgType]) -> Option<PgType> {
    let first = types.iter().copied().find(|ty| *ty != PgType::Unknown).unwrap_or(PgType::Text);
    types.iter().all(|ty| [first, PgType::Unknown].contains(ty)).then_some(first)
}

/// `pg_type.typcategory`.
#[must_use]
pub const fn category(ty: PgType) -> char {
    match ty {
        _ if ty.element().is_some() => 'A',
        PgType::Bool => 'B',
        PgType::Name | PgType::Text | PgType::Bpchar | PgType::Varchar => 'S',
        PgType::Int2
        | PgType::Int4
        | PgType::Int8
        | PgType::Float4
        | PgType::Float8
        | PgType::Numeric
        | PgType::Oid => 'N',
        PgType::Date | PgType::Time | PgType::Timetz | PgType::Timestamp | PgType::Timestamptz => {
            'D'
        }
        PgType::Interval => 'T',
        PgType::Unknown => 'X',
        PgType::Record => 'P',
        _ => 'U',
    }
}

/// `pg_type.typispreferred`.
#[must_use]
pub const fn is_preferred(ty: PgType) -> bool {
    matches!(
        ty,
        PgType::Bool
            | PgType::Text
            | PgType::Float8
            | PgType::Oid
            | PgType::Timestamptz
            | PgType::Interval
    )
}

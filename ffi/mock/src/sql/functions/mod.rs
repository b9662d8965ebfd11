//! The functions and collations that bound statements use inside SQLite. Numbers are IRIS decimals,
//! never SQLite's REAL, unless the type is DOUBLE.

mod dates;
mod numbers;
mod predicates;
mod strings;

use std::cmp::Ordering;

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Error, Result};

use super::decimal::Decimal;

pub(in crate::sql) use dates::part_code;
pub(in crate::sql) use strings::upper_key;

type Body = fn(&Context<'_>) -> Result<Value>;

/// A failure with its SQLCODE in front, as `store::broken` reads it back.
fn failure(sqlcode: i32, message: &str) -> Error {
    Error::UserFunctionError(format!("{sqlcode}|{message}").into())
}

/// `<DIVIDE>`, iris-sql §1.1.
fn divide_error() -> Error {
    failure(-400, "Unexpected error occurred: <DIVIDE>")
}

/// UNVERIFIED(iris): a sum of integers that passes 64 bits is `<MAXNUMBER>`; IRIS may round it.
fn too_large() -> Error {
    failure(-400, "Unexpected error occurred: <MAXNUMBER>")
}

/// Registers everything.
pub(in crate::sql) fn register(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    for (name, arguments, body) in numbers::LIST
        .iter()
        .chain(strings::LIST)
        .chain(dates::LIST)
        .chain(predicates::LIST)
        .copied()
    {
        connection.create_scalar_function(name, arguments, flags, body)?;
    }
    numbers::register_sums(connection)?;
    connection.create_collation("SQLUPPER", strings::compare_upper)?;
    connection.create_collation("IRISDEC", |a: &str, b: &str| -> Ordering {
        Decimal::prefix(a).cmp(&Decimal::prefix(b))
    })?;
    Ok(())
}

/// Whether an argument is NULL.
fn null(context: &Context<'_>, at: usize) -> bool {
    matches!(context.get_raw(at), ValueRef::Null)
}

fn any_null(context: &Context<'_>) -> bool {
    (0..context.len()).any(|at| null(context, at))
}

/// A number in any form in which one may arrive.
fn number(context: &Context<'_>, at: usize) -> Decimal {
    number_of(context.get_raw(at))
}

fn number_of(value: ValueRef<'_>) -> Decimal {
    match value {
        ValueRef::Null => Decimal::ZERO,
        ValueRef::Integer(value) => Decimal::new(i128::from(value), 0),
        ValueRef::Real(value) => Decimal::of_double(value),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            Decimal::prefix(&String::from_utf8_lossy(bytes))
        }
    }
}

fn integer(context: &Context<'_>, at: usize) -> i64 {
    match context.get_raw(at) {
        ValueRef::Integer(value) => value,
        other => number_of(other).truncated().unwrap_or(0),
    }
}

fn text(context: &Context<'_>, at: usize) -> String {
    match context.get_raw(at) {
        ValueRef::Null => String::new(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            String::from_utf8_lossy(bytes).into_owned()
        }
        other => number_of(other).to_string(),
    }
}

fn decimal(value: Decimal) -> Value {
    Value::Text(value.to_string())
}

//! The functions and collations that bound statements use inside SQLite. Numbers are IRIS decimals,
//! never SQLite's REAL, unless the type is DOUBLE.

mod collections;
mod dates;
mod formats;
mod hashes;
mod jsons;
mod lists;
mod numbers;
mod patterns;
mod pictures;
mod pieces;
mod predicates;
mod strings;
mod styles;
pub(in crate::sql) mod table;
mod transcendental;
mod xmls;

use std::cmp::Ordering;

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Error, Result};

use super::decimal::Decimal;
use super::value::shown_double;
use crate::list::latin_to_utf8;

pub(in crate::sql) use dates::part_code;
pub(in crate::sql) use lists::shown_list;
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

/// `<MAXNUMBER>` (iris-sql §1.1: numbers have bounds). UNVERIFIED(iris): IRIS may round instead.
fn too_large() -> Error {
    failure(-400, "Unexpected error occurred: <MAXNUMBER>")
}

/// `<ILLEGAL VALUE>` (iris-sql §1.7): an argument outside of what a function is defined for, or a
/// date that cannot be read (iris-sql §1.8).
fn illegal_value() -> Error {
    failure(-400, "Unexpected error occurred: <ILLEGAL VALUE>")
}

/// Registers everything.
pub(in crate::sql) fn register(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    let lists = [
        numbers::LIST,
        transcendental::LIST,
        strings::LIST,
        patterns::LIST,
        predicates::LIST,
        pieces::LIST,
        jsons::LIST,
        xmls::LIST,
        lists::LIST,
        hashes::LIST,
        dates::LIST,
        formats::LIST,
        styles::LIST,
    ];
    for (name, arguments, body) in lists.into_iter().flatten().copied() {
        connection.create_scalar_function(name, arguments, flags, body)?;
    }
    // Each call gives another one.
    connection.create_scalar_function("i_newid", 0, FunctionFlags::SQLITE_UTF8, hashes::new_id)?;
    numbers::register_sums(connection)?;
    collections::register(connection)?;
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
        other => {
            let number = number_of(other);
            let bound = if number.is_negative() { i64::MIN } else { i64::MAX };
            number.truncated().unwrap_or(bound)
        }
    }
}

fn text(context: &Context<'_>, at: usize) -> String {
    text_of(context.get_raw(at))
}

/// A value as text; the bytes of a binary one are characters 0 to 255 (iris-sql §4.1).
fn text_of(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        ValueRef::Blob(bytes) => String::from_utf8_lossy(&latin_to_utf8(bytes)).into_owned(),
        ValueRef::Real(value) => shown_double(value),
        ValueRef::Integer(value) => value.to_string(),
    }
}

fn decimal(value: Decimal) -> Value {
    Value::Text(value.to_string())
}

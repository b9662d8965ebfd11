//! Functions whose values are no decimals. They are computed in IEEE doubles and given with their
//! shortest digits. UNVERIFIED(iris): IRIS gives a digit or two more.

use std::f64::consts::PI;

use rusqlite::Result;
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};

use super::super::decimal::Decimal;
use super::{Body, any_null, decimal, divide_error, illegal_value, null, number, number_of};

/// What the binder calls for functions of iris-sql §2 and Appendix C.
pub(super) const LIST: &[(&str, i32, Body)] = &[
    ("i_acos", 1, |c| one(c, f64::acos)),
    ("i_asin", 1, |c| one(c, f64::asin)),
    ("i_atan", 1, |c| one(c, f64::atan)),
    ("i_atan2", 2, |c| two(c, f64::atan2)),
    ("i_cos", 1, |c| one(c, f64::cos)),
    ("i_cot", 1, cot),
    ("i_degrees", 1, |c| one(c, |x| x / PI * 180.0)),
    ("i_exp", 1, |c| one(c, f64::exp)),
    ("i_log", 1, |c| one(c, f64::ln)),
    ("i_log10", 1, |c| one(c, f64::log10)),
    ("i_pi", 0, |_| Ok(Value::Text("3.141592653589793238".to_owned()))),
    ("i_power", 2, power),
    ("i_radians", 1, |c| one(c, |x| x / 180.0 * PI)),
    ("i_sin", 1, |c| one(c, f64::sin)),
    ("i_sqrt", 1, sqrt),
    ("i_tan", 1, |c| one(c, f64::tan)),
];

/// `<ILLEGAL VALUE>` where there is no value (iris-sql §1.7).
fn finite(value: f64) -> Result<Value> {
    if value.is_finite() { Ok(decimal(Decimal::of_double(value))) } else { Err(illegal_value()) }
}

fn real(value: ValueRef<'_>) -> f64 {
    match value {
        ValueRef::Real(value) => value,
        other => number_of(other).to_double(),
    }
}

fn one(c: &Context<'_>, f: fn(f64) -> f64) -> Result<Value> {
    if null(c, 0) { Ok(Value::Null) } else { finite(f(real(c.get_raw(0)))) }
}

fn two(c: &Context<'_>, f: fn(f64, f64) -> f64) -> Result<Value> {
    if any_null(c) { Ok(Value::Null) } else { finite(f(real(c.get_raw(0)), real(c.get_raw(1)))) }
}

/// The cotangent; of 0 it is a division by zero (iris-sql §1.1).
fn cot(c: &Context<'_>) -> Result<Value> {
    if !null(c, 0) && number(c, 0).is_zero() {
        return Err(divide_error());
    }
    one(c, |x| 1.0 / x.tan())
}

/// Whole powers are exact (iris-sql §1.1: numbers are decimals).
fn power(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let (base, exponent) = (number(c, 0), number(c, 1));
    if let Some(times) = exponent.truncated()
        && Decimal::new(i128::from(times), 0) == exponent
        && (-64..=64).contains(&times)
    {
        let mut out = Decimal::new(1, 0);
        for _ in 0..times.abs() {
            out = out.multiply(base);
        }
        if times >= 0 {
            return Ok(decimal(out));
        }
        return Decimal::new(1, 0).divide(out).map(decimal).ok_or_else(divide_error);
    }
    finite(base.to_double().powf(exponent.to_double()))
}

/// The root, to all digits that a number keeps; of a negative number `<ILLEGAL VALUE>` (iris-sql
/// §1.7).
fn sqrt(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Null);
    }
    number(c, 0).square_root().map(decimal).ok_or_else(illegal_value)
}

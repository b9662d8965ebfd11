//! Arithmetic.

use rusqlite::functions::{Aggregate, Context, FunctionFlags, WindowAggregate};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Result};

use super::super::decimal::Decimal;
use super::{
    Body, any_null, decimal, divide_error, illegal_value, integer, null, number, number_of,
    too_large,
};

/// What the binder calls for the functions of iris-sql §2 and the arithmetic of §1.1.
pub(super) const LIST: &[(&str, i32, Body)] = &[
    ("i_dec", 2, dec),
    ("i_add", 2, |c| two(c, |a, b| Ok(a.add(b)))),
    ("i_sub", 2, |c| two(c, |a, b| Ok(a.add(b.negate())))),
    ("i_mul", 2, |c| two(c, |a, b| Ok(a.multiply(b)))),
    ("i_div", 2, |c| two(c, |a, b| a.divide(b).ok_or_else(divide_error))),
    ("i_mod", 2, |c| two(c, |a, b| a.modulo(b).ok_or_else(divide_error))),
    ("i_whole", 2, |c| {
        two(c, |a, b| a.divide(b).map(|q| q.round(0, true)).ok_or_else(divide_error))
    }),
    ("i_neg", 1, |c| one(c, Decimal::negate)),
    ("i_abs", 1, |c| one(c, |a| if a.is_negative() { a.negate() } else { a })),
    ("i_floor", 1, |c| one(c, Decimal::floor)),
    ("i_ceil", 1, |c| one(c, |a| a.negate().floor().negate())),
    ("i_sign", 1, sign),
    ("i_round", 3, round),
    ("i_square", 1, |c| {
        if null(c, 0) { Ok(Value::Null) } else { bounded(number(c, 0).multiply(number(c, 0))) }
    }),
    ("i_plus", 1, |c| one(c, |a| a)),
    ("i_ratio", 2, ratio),
    ("i_positive", 1, positive),
    ("i_iadd", 2, |c| whole(c, i64::checked_add)),
    ("i_isub", 2, |c| whole(c, i64::checked_sub)),
    ("i_scale", 3, scale),
    ("i_scaled", 2, scaled),
    ("i_trunc", 1, trunc),
    ("i_real", 1, real),
    ("i_radd", 2, |c| reals(c, |a, b| a + b)),
    ("i_rsub", 2, |c| reals(c, |a, b| a - b)),
    ("i_rmul", 2, |c| reals(c, |a, b| a * b)),
    ("i_rdiv", 2, rdiv),
];

fn two(c: &Context<'_>, f: fn(Decimal, Decimal) -> Result<Decimal>) -> Result<Value> {
    if any_null(c) { Ok(Value::Null) } else { f(number(c, 0), number(c, 1)).and_then(bounded) }
}

/// A result beyond what a literal may be is `<MAXNUMBER>` (iris-sql §1.1).
fn bounded(value: Decimal) -> Result<Value> {
    if value.is_bounded() { Ok(decimal(value)) } else { Err(too_large()) }
}

/// UNVERIFIED(iris): what has no double any more is `<MAXNUMBER>`, as division by zero is
/// `<DIVIDE>` for doubles, too, and not INF (iris-sql §1.1).
fn reals(c: &Context<'_>, f: fn(f64, f64) -> f64) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let (a, b) = (as_real(c.get_raw(0)), as_real(c.get_raw(1)));
    let value = f(a, b);
    let lost = !value.is_finite() && a.is_finite() && b.is_finite();
    if lost { Err(too_large()) } else { Ok(Value::Real(value)) }
}

fn one(c: &Context<'_>, f: fn(Decimal) -> Decimal) -> Result<Value> {
    if null(c, 0) { Ok(Value::Null) } else { Ok(decimal(f(number(c, 0)))) }
}

fn whole(c: &Context<'_>, f: fn(i64, i64) -> Option<i64>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    f(integer(c, 0), integer(c, 1)).map(Value::Integer).ok_or_else(too_large)
}

/// A kept number with its decimals → decimal.
fn dec(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Null);
    }
    let scale = i32::try_from(integer(c, 1)).unwrap_or(0);
    Ok(decimal(match c.get_raw(0) {
        ValueRef::Integer(value) => Decimal::new(i128::from(value), scale),
        other => number_of(other),
    }))
}

/// Whole with `from` decimals → whole with `to` decimals.
fn scale(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Null);
    }
    let from = i32::try_from(integer(c, 1)).unwrap_or(0);
    let to = u8::try_from(integer(c, 2)).unwrap_or(0);
    let value = Decimal::new(i128::from(integer(c, 0)), from);
    value.scaled(to).map(|(v, _)| Value::Integer(v)).ok_or_else(too_large)
}

/// Decimal → whole with decimals, rounded.
fn scaled(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Null);
    }
    let to = u8::try_from(integer(c, 1)).unwrap_or(0);
    number(c, 0).scaled(to).map(|(v, _)| Value::Integer(v)).ok_or_else(too_large)
}

/// Decimal → whole, towards zero.
fn trunc(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Null);
    }
    number(c, 0).truncated().map(Value::Integer).ok_or_else(too_large)
}

fn real(c: &Context<'_>) -> Result<Value> {
    Ok(match c.get_raw(0) {
        ValueRef::Null => Value::Null,
        ValueRef::Real(value) => Value::Real(value),
        other => Value::Real(number_of(other).to_double()),
    })
}

fn rdiv(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    if as_real(c.get_raw(1)) == 0.0 { Err(divide_error()) } else { reals(c, |a, b| a / b) }
}

fn as_real(value: ValueRef<'_>) -> f64 {
    match value {
        ValueRef::Real(value) => value,
        other => number_of(other).to_double(),
    }
}

fn sign(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Null);
    }
    let value = number(c, 0);
    Ok(Value::Integer(match () {
        () if value.is_zero() => 0,
        () if value.is_negative() => -1,
        () => 1,
    }))
}

/// The number of NTILE's groups, or NTH_VALUE's row. UNVERIFIED(iris): one below 1 is
/// `<ILLEGAL VALUE>`.
fn positive(c: &Context<'_>) -> Result<Value> {
    match integer(c, 0) {
        n if n > 0 => Ok(Value::Integer(n)),
        _ => Err(illegal_value()),
    }
}

/// A share of rows: 0 of 0 is 0.
fn ratio(c: &Context<'_>) -> Result<Value> {
    Ok(decimal(number(c, 0).divide(number(c, 1)).unwrap_or(Decimal::ZERO)))
}

/// ROUND(x, places, truncate).
fn round(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let places = i32::try_from(integer(c, 1).clamp(-40, 40)).unwrap_or(0);
    Ok(decimal(number(c, 0).round(places, integer(c, 2) != 0)))
}

/// SUM over decimals.
struct Sum;

impl Aggregate<Option<Decimal>, Value> for Sum {
    fn init(&self, _: &mut Context<'_>) -> Result<Option<Decimal>> {
        Ok(None)
    }

    fn step(&self, c: &mut Context<'_>, sum: &mut Option<Decimal>) -> Result<()> {
        if !null(c, 0) {
            *sum = Some(sum.unwrap_or(Decimal::ZERO).add(number(c, 0)));
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, sum: Option<Option<Decimal>>) -> Result<Value> {
        Ok(sum.flatten().map_or(Value::Null, decimal))
    }
}

impl WindowAggregate<Option<Decimal>, Value> for Sum {
    fn value(&self, sum: Option<&mut Option<Decimal>>) -> Result<Value> {
        Ok(sum.and_then(|s| *s).map_or(Value::Null, decimal))
    }

    fn inverse(&self, c: &mut Context<'_>, sum: &mut Option<Decimal>) -> Result<()> {
        if !null(c, 0) {
            *sum = Some(sum.unwrap_or(Decimal::ZERO).add(number(c, 0).negate()));
        }
        Ok(())
    }
}

pub(super) fn register_sums(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_window_function("i_sum", 1, flags, Sum)
}

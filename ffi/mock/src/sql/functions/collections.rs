//! Aggregates that SQLite does not have, or not in every form: LIST, %DLIST, STDDEV, VARIANCE, and
//! those over rows that are distinct by other columns (iris-sql §2).

use std::collections::HashSet;

use rusqlite::functions::{Aggregate, Context, FunctionFlags, WindowAggregate};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Result};

use super::super::decimal::Decimal;
use super::lists::put_element;
use super::strings::fits;
use super::{decimal, failure, number, text_of};

/// What is made of the values.
#[derive(Debug, Clone, Copy)]
enum Makes {
    Count,
    Sum,
    List,
    DList,
    /// Texts side by side; with a comma they are a JSON array.
    Joined(&'static str),
    Spread {
        sample: bool,
        root: bool,
    },
}

/// The aggregates of iris-sql §2 that are made here.
const ALL: [(&str, Makes); 10] = [
    ("count", Makes::Count),
    ("sum", Makes::Sum),
    ("list", Makes::List),
    ("dlist", Makes::DList),
    ("jsons", Makes::Joined(",")),
    ("xml", Makes::Joined("")),
    ("stddev_samp", Makes::Spread { sample: true, root: true }),
    ("stddev_pop", Makes::Spread { sample: false, root: true }),
    ("var_samp", Makes::Spread { sample: true, root: false }),
    ("var_pop", Makes::Spread { sample: false, root: false }),
];

/// Registers each as `i_<name>` over a value and as `i_by_<name>` over a value and keys.
pub(super) fn register(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    for (name, makes) in ALL {
        let plain = match makes {
            Makes::List | Makes::DList | Makes::Joined(_) => format!("i_{name}_of"),
            _ => format!("i_{name}"),
        };
        if !matches!(makes, Makes::Count | Makes::Sum) {
            connection.create_window_function(plain.as_str(), 1, flags, Collection { makes })?;
        }
        let keyed = format!("i_by_{name}");
        connection.create_window_function(keyed.as_str(), -1, flags, Collection { makes })?;
    }
    Ok(())
}

struct Collection {
    makes: Makes,
}

/// What was seen so far.
#[derive(Default)]
struct Seen {
    keys: HashSet<Vec<u8>>,
    count: i64,
    sum: Option<Decimal>,
    text: String,
    list: Vec<u8>,
    numbers: Vec<Decimal>,
}

impl Collection {
    fn result(&self, seen: &Seen) -> Value {
        match self.makes {
            Makes::Count => Value::Integer(seen.count),
            Makes::Sum => seen.sum.map_or(Value::Null, decimal),
            // NULL is left out, and of no value the result is NULL (iris-sql §1.2).
            Makes::List | Makes::DList | Makes::Joined(_) if seen.count == 0 => Value::Null,
            Makes::List => Value::Text(seen.text.clone()),
            Makes::DList => Value::Blob(seen.list.clone()),
            Makes::Joined(",") => Value::Text(format!("[{}]", seen.text)),
            Makes::Joined(_) => Value::Text(seen.text.clone()),
            Makes::Spread { sample, root } => spread(&seen.numbers, sample, root),
        }
    }
}

/// Variance or its root. UNVERIFIED(iris): 0 for one value of a sample.
fn spread(numbers: &[Decimal], sample: bool, root: bool) -> Value {
    let Ok(count) = i128::try_from(numbers.len()) else { return Value::Null };
    if count == 0 {
        return Value::Null;
    }
    if count == 1 {
        return decimal(Decimal::ZERO);
    }
    let total = numbers.iter().fold(Decimal::ZERO, |sum, x| sum.add(*x));
    let mean = total.divide(Decimal::new(count, 0)).unwrap_or(Decimal::ZERO);
    let squares = numbers.iter().fold(Decimal::ZERO, |sum, x| {
        let apart = x.add(mean.negate());
        sum.add(apart.multiply(apart))
    });
    let degrees = Decimal::new(if sample { count - 1 } else { count }, 0);
    let variance = squares.divide(degrees).unwrap_or(Decimal::ZERO);
    decimal(if root { variance.square_root().unwrap_or(Decimal::ZERO) } else { variance })
}

/// The bytes that tell values apart.
fn key(c: &Context<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    for at in 1..c.len() {
        match c.get_raw(at) {
            ValueRef::Null => out.push(0),
            ValueRef::Integer(value) => {
                out.push(1);
                out.extend_from_slice(&value.to_be_bytes());
            }
            ValueRef::Real(value) => {
                out.push(2);
                out.extend_from_slice(&value.to_bits().to_be_bytes());
            }
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
                out.push(3);
                out.extend_from_slice(&bytes.len().to_be_bytes());
                out.extend_from_slice(bytes);
            }
        }
    }
    out
}

impl Aggregate<Seen, Value> for Collection {
    fn init(&self, _: &mut Context<'_>) -> Result<Seen> {
        Ok(Seen::default())
    }

    fn step(&self, c: &mut Context<'_>, seen: &mut Seen) -> Result<()> {
        let value = c.get_raw(0);
        if matches!(value, ValueRef::Null) || c.len() > 1 && !seen.keys.insert(key(c)) {
            return Ok(());
        }
        seen.count = seen.count.saturating_add(1);
        match self.makes {
            Makes::Count => {}
            Makes::Sum => seen.sum = Some(seen.sum.unwrap_or(Decimal::ZERO).add(number(c, 0))),
            Makes::List | Makes::Joined(_) => {
                if seen.count > 1 && !matches!(self.makes, Makes::Joined("")) {
                    seen.text.push(',');
                }
                seen.text.push_str(&text_of(value));
                fits(seen.text.len())?;
            }
            Makes::DList => {
                put_element(&mut seen.list, value);
                fits(seen.list.len())?;
            }
            Makes::Spread { .. } => seen.numbers.push(number(c, 0)),
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, seen: Option<Seen>) -> Result<Value> {
        Ok(self.result(&seen.unwrap_or_default()))
    }
}

impl WindowAggregate<Seen, Value> for Collection {
    fn value(&self, seen: Option<&mut Seen>) -> Result<Value> {
        Ok(self.result(seen.unwrap_or(&mut Seen::default())))
    }

    /// Rows never leave: these go over whole partitions only (iris-sql §1.2 names the functions
    /// with frames).
    fn inverse(&self, _: &mut Context<'_>, _: &mut Seen) -> Result<()> {
        Err(failure(-400, "Unexpected error occurred: <FUNCTION>"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreads_are_exact() {
        let all: Vec<Decimal> =
            ["2", "4", "4", "4", "5", "5", "7", "9"].map(Decimal::prefix).into();
        assert_eq!(spread(&all, false, true), Value::Text("2".to_owned()));
        assert_eq!(spread(&all, false, false), Value::Text("4".to_owned()));
        assert_eq!(spread(&all, true, false), Value::Text("4.571428571428571429".to_owned()));
        assert_eq!(spread(&[], true, true), Value::Null);
    }
}

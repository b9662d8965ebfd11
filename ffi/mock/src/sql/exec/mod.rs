//! Running bound statements.

pub(in crate::sql) mod change;
pub(in crate::sql) mod control;
mod counters;
pub(in crate::sql) mod ddl;
pub(in crate::sql) mod graph;
pub(in crate::sql) mod insert;
mod keys;
mod output;
pub(in crate::sql) mod query;
pub(in crate::sql) mod table_lock;
mod truncate;

use std::borrow::Cow;

use rusqlite::Statement;
use rusqlite::types::Value;

use super::api::SqlFailure;
use super::bind::{Cell, Constant, Plan};
use super::calendar;
use super::core::Core;
use super::decimal::Decimal;
use super::store::broken;
use super::store::catalog::{Column, Fallback};
use super::types::{Kept, Ty};
use super::validation;
use super::value::{self, Input};
use crate::list::{Element, ListReader};

/// The values of one execution.
pub(in crate::sql) struct Values<'a> {
    pub(in crate::sql) elements: Vec<Element<'a>>,
}

impl<'a> Values<'a> {
    /// Reads the parameter list; missing ones are NULL. UNVERIFIED(iris): too few are no error.
    pub(in crate::sql) fn read(params: &'a [u8], count: usize) -> Result<Values<'a>, SqlFailure> {
        let mut elements = Vec::with_capacity(count);
        for element in ListReader::new(params) {
            elements
                .push(element.map_err(|_| {
                    super::sqlcode::fail(-400, "Unexpected error occurred: <LIST>")
                })?);
        }
        elements.resize(count, Element::Undefined);
        Ok(Values { elements })
    }

    pub(in crate::sql) fn input(&self, param: usize, ty: Ty) -> Input<'a> {
        let binary = ty.kept() == Kept::Blob;
        self.elements.get(param).map_or(Input::Null, |e| value::input(*e, binary))
    }
}

/// Binds parameters and constants to a SQLite statement, as many as it has.
pub(in crate::sql) fn bind(
    core: &Core,
    plan: &Plan,
    values: &Values<'_>,
    statement: &mut Statement<'_>,
) -> Result<(), SqlFailure> {
    let count = statement.parameter_count();
    for (at, slot) in plan.slots.iter().enumerate().take(count) {
        let value = match values.elements.get(at) {
            Some(Element::Integer(n)) if matches!(slot.ty.kept(), Kept::Whole(0)) => {
                value::integer(*n)
            }
            _ => value::parameter(&values.input(at, slot.ty), slot, plan.mode)?,
        };
        statement.raw_bind_parameter(at + 1, value).map_err(|e| broken(&e))?;
    }
    let first = plan.slots.len();
    for (at, constant) in plan.constants.iter().enumerate() {
        let number = first + at + 1;
        if number > count {
            break;
        }
        match constant {
            Constant::Text(text) => statement.raw_bind_parameter(number, text.as_str()),
            Constant::Special(name, precision) => {
                statement.raw_bind_parameter(number, special(core, name, *precision))
            }
        }
        .map_err(|e| broken(&e))?;
    }
    Ok(())
}

/// The value of a keyword function or special variable (iris-sql §2).
fn special(core: &Core, name: &str, precision: u8) -> Value {
    let (date, nanos) = calendar::now();
    let identity = &core.identity;
    match name {
        "CURRENT_DATE" => Value::Integer(date),
        "CURRENT_TIME" => Value::Integer(calendar::cut(nanos, precision)),
        "CURRENT_TIMESTAMP" | "SYSDATE" => {
            let mut out = Vec::new();
            calendar::put_timestamp(&mut out, date, calendar::cut(nanos, precision));
            Value::Text(String::from_utf8_lossy(&out).into_owned())
        }
        "$JOB" | "$ZJOB" => Value::Integer(i64::from(identity.pid)),
        "$TLEVEL" => Value::Integer(i64::try_from(core.levels.borrow().len()).unwrap_or(0)),
        "$NAMESPACE" => Value::Text(identity.namespace.clone()),
        "$ZVERSION" => Value::Text(identity.zversion.clone()),
        "$HOROLOG" => Value::Text(format!("{date},{}", nanos / 1_000_000_000)),
        // With a fraction, and in UTC, which is the simulator's zone.
        "$ZTIMESTAMP" => {
            let seconds = Decimal::new(i128::from(nanos / 1_000), 6);
            Value::Text(format!("{date},{seconds}"))
        }
        // Seconds since some start. UNVERIFIED(iris): which one.
        "$ZHOROLOG" => Value::Text(Decimal::new(i128::from(nanos / 1_000), 6).to_string()),
        "$ZTIMEZONE" => Value::Text("0".to_owned()),
        "$ZPI" => Value::Text("3.141592653589793238".to_owned()),
        // Dynamic SQL does not set it (iris-sql §1.3): %ROWID tells the row.
        "LAST_IDENTITY" => Value::Null,
        "DEFAULT_SCHEMA" => Value::Text(core.default_schema.clone()),
        _ => Value::Text(identity.user.clone()),
    }
}

/// The default of a column as it is stored.
pub(in crate::sql) fn default_value(core: &Core, column: &Column) -> Value {
    fallback_value(core, column, &column.default)
}

/// A DEFAULT or ON UPDATE value of a column as it is stored (iris-sql §1.4).
pub(in crate::sql) fn fallback_value(core: &Core, column: &Column, fallback: &Fallback) -> Value {
    match fallback {
        Fallback::None => Value::Null,
        Fallback::Text(text) => {
            validation::fallback(column, &Input::Text(Cow::Borrowed(text.as_str())))
        }
        Fallback::Number(digits) => {
            validation::fallback(column, &Input::Number(Decimal::prefix(digits)))
        }
        Fallback::Special(name, precision) => {
            let ty = match name.as_str() {
                "CURRENT_DATE" => Ty::Date,
                "CURRENT_TIME" => Ty::Time(*precision),
                "CURRENT_TIMESTAMP" | "SYSDATE" => Ty::TimeStamp,
                _ => Ty::Varchar(0),
            };
            let special = special(core, name, *precision);
            validation::fallback(column, &value::kept(&special, ty))
        }
    }
}

/// A planned value. `row` holds the computed columns.
pub(in crate::sql) fn cell_input<'v>(
    cell: &'v Cell,
    values: &Values<'v>,
    row: &'v [Value],
    ty: Ty,
) -> Input<'v> {
    match cell {
        Cell::Null => Input::Null,
        Cell::Param(n) => values.input(*n, ty),
        Cell::Text(text) => Input::Text(Cow::Borrowed(text.as_str())),
        Cell::Number(number) => Input::Number(*number),
        Cell::Computed(at, from) => {
            row.get(*at).map_or(Input::Null, |value| value::kept(value, *from))
        }
    }
}

/// All rows of a query.
pub(in crate::sql) fn rows_of(
    core: &Core,
    plan: &Plan,
    values: &Values<'_>,
    sql: &str,
) -> Result<Vec<Vec<Value>>, SqlFailure> {
    let mut statement = core.connection.prepare_cached(sql).map_err(|e| broken(&e))?;
    bind(core, plan, values, &mut statement)?;
    let width = statement.column_count();
    let mut rows = statement.raw_query();
    let mut out = Vec::new();
    while let Some(row) = rows.next().map_err(|e| broken(&e))? {
        let mut cells = Vec::with_capacity(width);
        for at in 0..width {
            cells.push(row.get(at).map_err(|e| broken(&e))?);
        }
        out.push(cells);
    }
    Ok(out)
}

//! `$LIST` and its family (iris-sql §2, §4.3).

use rusqlite::Result;
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};

use super::super::decimal::Decimal;
use super::super::value::shown_double;
use super::{Body, any_null, failure, integer, null, number_of, text};
use crate::list::{
    Element, ListReader, ListWriter, latin_to_utf8, put_bytes, put_decimal, put_double,
    put_integer, put_null, put_text, wide_to_utf8,
};

/// What the binder calls for functions of iris-sql §2 and Appendix C.
pub(super) const LIST: &[(&str, i32, Body)] = &[
    ("i_listbuild", -1, build),
    ("i_listfrom", -1, from_string),
    ("i_listto", -1, to_string),
    ("i_list", -1, element),
    ("i_listget", -1, get),
    ("i_listpart", 3, part),
    ("i_listdata", -1, data),
    ("i_listfind", -1, find),
    ("i_listlength", 1, length),
    ("i_listsame", 2, same),
];

/// `<LIST>` for bytes that are no list (iris-sql §1.7).
fn elements<'a>(value: &'a ValueRef<'_>) -> Result<Vec<Element<'a>>> {
    let bytes: &[u8] = match value {
        ValueRef::Blob(bytes) | ValueRef::Text(bytes) => bytes,
        _ => &[],
    };
    ListReader::new(bytes)
        .map(|element| element.map_err(|_| failure(-400, "Unexpected error occurred: <LIST>")))
        .collect()
}

/// The text of an element, `None` for NULL; `$CHAR(0)` is the empty string (iris-sql §4.2).
fn shown(element: &Element<'_>) -> Option<String> {
    let owned = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Some(match element {
        Element::Undefined | Element::Bytes([]) | Element::Wide([]) => return None,
        Element::Bytes([0]) => String::new(),
        Element::Bytes(bytes) => owned(latin_to_utf8(bytes)),
        Element::Wide(bytes) => owned(wide_to_utf8(bytes)),
        Element::Integer(value) => value.to_string(),
        Element::Decimal { mantissa, exponent } => {
            Decimal::new(i128::from(*mantissa), -i32::from(*exponent)).to_string()
        }
        Element::Double(value) => shown_double(*value),
    })
}

/// A `$LIST` as ODBC mode shows it: its elements with commas (iris-sql §4.1).
pub(in crate::sql) fn shown_list(bytes: &[u8]) -> String {
    let all: Vec<String> = ListReader::new(bytes)
        .map_while(std::result::Result::ok)
        .map(|element| shown(&element).unwrap_or_default())
        .collect();
    all.join(",")
}

/// Appends a value with the letter that says how it is kept: `n` for the text of a number.
fn put(out: &mut Vec<u8>, value: ValueRef<'_>, decimal: bool) {
    match value {
        ValueRef::Null => put_null(out),
        ValueRef::Integer(value) => put_integer(out, value),
        ValueRef::Real(value) => put_double(out, value),
        ValueRef::Text(bytes) if decimal => match number_of(value).parts() {
            Some((mantissa, exponent)) => put_decimal(out, mantissa, exponent),
            None => put_text(out, bytes),
        },
        ValueRef::Text(bytes) => put_text(out, bytes),
        ValueRef::Blob(bytes) => put_bytes(out, bytes),
    }
}

/// `$LISTBUILD(…)`: each value with how it is kept.
fn build(c: &Context<'_>) -> Result<Value> {
    let mut out = Vec::new();
    for at in (0..c.len()).step_by(2) {
        let decimal = c.len() > at + 1 && text(c, at + 1) == "n";
        put(&mut out, c.get_raw(at), decimal);
    }
    Ok(Value::Blob(out))
}

/// One more text of a list that an aggregate makes.
pub(super) fn put_element(out: &mut Vec<u8>, value: ValueRef<'_>) {
    put(out, value, false);
}

/// `$LISTFROMSTRING(string[, delimiter])`, by default a comma.
fn from_string(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let (whole, delimiter) = (text(c, 0), delimiter(c));
    let mut out = ListWriter::new();
    if delimiter.is_empty() {
        out.text(&whole);
    } else {
        whole.split(&delimiter).for_each(|piece| out.text(piece));
    }
    Ok(Value::Blob(out.into_bytes()))
}

fn delimiter(c: &Context<'_>) -> String {
    if c.len() > 1 { text(c, 1) } else { ",".to_owned() }
}

/// `$LISTTOSTRING(list[, delimiter])`, by default a comma.
fn to_string(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let list = c.get_raw(0);
    let all: Vec<String> =
        elements(&list)?.iter().map(|element| shown(element).unwrap_or_default()).collect();
    Ok(Value::Text(all.join(&delimiter(c))))
}

/// The element at a place from 1; −1 is the last one.
fn at_place(c: &Context<'_>, place: i64) -> Result<Option<String>> {
    let list = c.get_raw(0);
    let all = elements(&list)?;
    let index = match place {
        -1 => all.len().checked_sub(1),
        place => usize::try_from(place.saturating_sub(1)).ok(),
    };
    Ok(index.and_then(|index| all.get(index)).and_then(shown))
}

/// `$LIST(list[, position])`. UNVERIFIED(iris): NULL for an element that is not there.
fn element(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let place = if c.len() > 1 { integer(c, 1) } else { 1 };
    Ok(at_place(c, place)?.map_or(Value::Null, Value::Text))
}

/// `$LISTGET(list[, position[, default]])`.
fn get(c: &Context<'_>) -> Result<Value> {
    let place = if c.len() > 1 { integer(c, 1) } else { 1 };
    if let Some(found) = at_place(c, place)? {
        return Ok(Value::Text(found));
    }
    if c.len() > 2 && !null(c, 2) { Ok(Value::Text(text(c, 2))) } else { Ok(Value::Null) }
}

/// `$LIST(list, position, end)`: the elements between, as a list.
fn part(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let list = c.get_raw(0);
    let all = elements(&list)?;
    let from = integer(c, 1).max(1);
    let to = if integer(c, 2) == -1 { i64::MAX } else { integer(c, 2) };
    let mut out = ListWriter::new();
    for (element, place) in all.iter().zip(1_i64..) {
        if place < from || place > to {
            continue;
        }
        match element {
            Element::Undefined => out.undefined(),
            Element::Bytes(bytes) => out.bytes(bytes),
            Element::Wide(_) => out.text(&shown(element).unwrap_or_default()),
            Element::Integer(value) => out.integer(*value),
            Element::Decimal { mantissa, exponent } => out.decimal(*mantissa, *exponent),
            Element::Double(value) => out.double(*value),
        }
    }
    Ok(Value::Blob(out.into_bytes()))
}

/// `$LISTDATA(list[, position])`: whether the element has a value.
fn data(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Integer(0));
    }
    let place = if c.len() > 1 { integer(c, 1) } else { 1 };
    let list = c.get_raw(0);
    let all = elements(&list)?;
    let index = usize::try_from(place.saturating_sub(1)).unwrap_or(usize::MAX);
    let there = all.get(index).is_some_and(|element| !matches!(element, Element::Undefined));
    Ok(Value::Integer(i64::from(there)))
}

/// `$LISTFIND(list, value[, startafter])`: the place of the value, 0 when there is none.
fn find(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let after = if c.len() > 2 { usize::try_from(integer(c, 2)).unwrap_or(0) } else { 0 };
    let (list, wanted) = (c.get_raw(0), text(c, 1));
    let all = elements(&list)?;
    let found = all
        .iter()
        .enumerate()
        .skip(after)
        .find(|(_, element)| shown(element).as_deref() == Some(wanted.as_str()));
    Ok(Value::Integer(found.map_or(0, |(at, _)| i64::try_from(at + 1).unwrap_or(0))))
}

fn length(c: &Context<'_>) -> Result<Value> {
    if null(c, 0) {
        return Ok(Value::Integer(0));
    }
    let list = c.get_raw(0);
    Ok(Value::Integer(i64::try_from(elements(&list)?.len()).unwrap_or(0)))
}

/// `$LISTSAME(list1, list2)`: the same elements in the same order.
fn same(c: &Context<'_>) -> Result<Value> {
    if any_null(c) {
        return Ok(Value::Null);
    }
    let (a, b) = (c.get_raw(0), c.get_raw(1));
    let texts = |list: &ValueRef<'_>| -> Result<Vec<Option<String>>> {
        Ok(elements(list)?.iter().map(shown).collect())
    };
    Ok(Value::Integer(i64::from(texts(&a)? == texts(&b)?)))
}

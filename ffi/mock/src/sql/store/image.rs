//! Rows as bytes, for before-images and definitions.

use rusqlite::types::{Value, ValueRef};

use crate::list::{Element, ListReader, ListWriter};

/// Appends a stored value. Text travels as its bytes; the column says whether it is text or binary.
pub(in crate::sql) fn put(out: &mut ListWriter, value: ValueRef<'_>) {
    match value {
        ValueRef::Null => out.undefined(),
        ValueRef::Integer(value) => out.integer(value),
        ValueRef::Real(value) => out.double(value),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => out.bytes(bytes),
    }
}

/// Takes a stored value back.
pub(in crate::sql) fn take(element: Element<'_>, text: bool) -> Value {
    match element {
        Element::Undefined => Value::Null,
        Element::Integer(value) => Value::Integer(value),
        Element::Decimal { mantissa, .. } => Value::Integer(mantissa),
        Element::Double(value) => Value::Real(value),
        Element::Bytes(bytes) | Element::Wide(bytes) if text => {
            Value::Text(String::from_utf8_lossy(bytes).into_owned())
        }
        Element::Bytes(bytes) | Element::Wide(bytes) => Value::Blob(bytes.to_vec()),
    }
}

/// Reads a list of whole numbers and texts, as definitions are made of.
#[derive(Debug)]
pub(in crate::sql) struct Fields<'a>(ListReader<'a>);

impl<'a> Fields<'a> {
    pub(in crate::sql) fn new(bytes: &'a [u8]) -> Self {
        Fields(ListReader::new(bytes))
    }

    pub(in crate::sql) fn more(&self) -> bool {
        !self.0.rest().is_empty()
    }

    pub(in crate::sql) fn integer(&mut self) -> Option<i64> {
        match self.0.read().ok()?? {
            Element::Integer(value) => Some(value),
            _ => None,
        }
    }

    pub(in crate::sql) fn bytes(&mut self) -> Option<&'a [u8]> {
        match self.0.read().ok()?? {
            Element::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(in crate::sql) fn text(&mut self) -> Option<String> {
        self.bytes().map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }
}

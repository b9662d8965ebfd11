//! Descriptions of tables (contract §7).

use super::Answer;
use super::answer::Fields;
use crate::types::list::{Item, Reader};

/// One table or view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableMeta {
    /// Schema as defined.
    pub schema: String,
    /// Name as defined.
    pub name: String,
    /// Its columns in order.
    pub columns: Vec<TableColumn>,
    /// The primary key and the unique constraints.
    pub keys: Vec<TableKey>,
    /// Schema and name of each table with a foreign key to this one.
    pub referencing: Vec<(String, String)>,
}

/// A primary key or unique constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableKey {
    /// The constraint's name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// Whether it is the primary key.
    pub primary: bool,
}

/// One column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableColumn {
    /// Name as defined.
    pub name: String,
    /// ODBC type number.
    pub odbc_type: i64,
    /// Length in characters, or precision in digits.
    pub length: i64,
    /// Digits after the point.
    pub scale: i64,
    /// Whether it may hold NULL.
    pub nullable: bool,
    /// Name of the data type class.
    pub type_class: String,
    /// Whether IRIS fills it where INSERT gives nothing: a default, a counter.
    pub filled: bool,
    /// Whether IRIS numbers it.
    pub counted: bool,
}

impl Answer {
    /// The tables of a `Describe`; one that does not exist, or is described in a form that this
    /// gateway does not know, is left out.
    pub fn tables(&self) -> Vec<TableMeta> {
        let tables = Reader::new(self.block());
        tables
            .filter_map(|item| match item {
                Ok(Item::Bytes(table)) if !table.is_empty() => table_of(table),
                _ => None,
            })
            .collect()
    }
}

fn table_of(list: &[u8]) -> Option<TableMeta> {
    let mut fields = Fields::new(list);
    let schema = fields.text().ok()?;
    let name = fields.text().ok()?;
    fields.skip().ok()?;
    let columns = Reader::new(fields.list().ok()?)
        .map(|item| match item {
            Ok(Item::Bytes(column)) => column_of(column),
            _ => None,
        })
        .collect::<Option<Vec<TableColumn>>>()?;
    let (mut keys, mut referencing) = (Vec::new(), Vec::new());
    for item in Reader::new(fields.list().ok()?) {
        match item {
            Ok(Item::Bytes(key)) => match key_of(key) {
                Some(Key::Unique(key)) => keys.push(key),
                Some(Key::Incoming(table)) => referencing.push(table),
                None => {}
            },
            _ => continue,
        }
    }
    Some(TableMeta { schema, name, columns, keys, referencing })
}

/// What the gateway asks of a table's keys.
enum Key {
    /// A primary key or unique constraint.
    Unique(TableKey),
    /// The table whose foreign key points here.
    Incoming((String, String)),
}

fn key_of(list: &[u8]) -> Option<Key> {
    let mut fields = Fields::new(list);
    let kind = fields.text().ok()?;
    let name = fields.text().ok()?;
    let columns = Reader::new(fields.list().ok()?)
        .map(|item| match item {
            Ok(Item::Bytes(name)) => std::str::from_utf8(name).ok().map(str::to_owned),
            _ => None,
        })
        .collect::<Option<Vec<String>>>()?;
    match kind.as_str() {
        "P" | "U" if !columns.is_empty() => {
            Some(Key::Unique(TableKey { name, columns, primary: kind == "P" }))
        }
        "R" => Some(Key::Incoming((fields.text().ok()?, fields.text().ok()?))),
        _ => None,
    }
}

fn column_of(list: &[u8]) -> Option<TableColumn> {
    let mut fields = Fields::new(list);
    let name = fields.text().ok()?;
    let odbc_type = fields.integer().ok()?;
    let length = fields.integer().ok()?;
    let scale = fields.integer().ok()?;
    let nullable = fields.integer().ok()? != 0;
    let default = fields.text().ok()?;
    let type_class = fields.text().ok()?;
    fields.skip().ok()?;
    let counted = fields.integer().ok()? != 0 || fields.integer().ok()? != 0;
    let filled = counted || !default.is_empty();
    Some(TableColumn { name, odbc_type, length, scale, nullable, type_class, filled, counted })
}

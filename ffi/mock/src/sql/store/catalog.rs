//! Definitions of tables, and how they are kept in the store.

use std::rc::Rc;

use rusqlite::{Connection, OptionalExtension};

use super::super::api::SqlFailure;
use super::super::types::{Filled, Ty};
use super::broken;
use super::image::Fields;
use crate::list::ListWriter;

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sql) struct Table {
    pub(in crate::sql) id: i64,
    pub(in crate::sql) schema: String,
    pub(in crate::sql) name: String,
    pub(in crate::sql) columns: Vec<Column>,
    pub(in crate::sql) keys: Vec<Key>,
    pub(in crate::sql) indexes: Vec<Index>,
    /// The next column, key or index gets this number.
    pub(in crate::sql) next: i64,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sql) struct Column {
    pub(in crate::sql) id: i64,
    pub(in crate::sql) name: String,
    pub(in crate::sql) ty: Ty,
    pub(in crate::sql) class: String,
    pub(in crate::sql) filled: Filled,
    pub(in crate::sql) not_null: bool,
    pub(in crate::sql) default: Fallback,
    /// Strings compare without case (SQLUPPER) unless defined otherwise (iris-sql §1.1).
    pub(in crate::sql) upper: bool,
    /// MEDIUMINT: ±8388607 (iris-sql §1.5).
    pub(in crate::sql) medium: bool,
}

/// The default of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sql) enum Fallback {
    None,
    Text(String),
    Number(String),
    /// USER, CURRENT_DATE, CURRENT_TIMESTAMP …, with a precision.
    Special(String, u8),
}

/// Kinds of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum KeyKind {
    Primary,
    Unique,
    Foreign,
}

/// A constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sql) struct Key {
    pub(in crate::sql) id: i64,
    pub(in crate::sql) kind: KeyKind,
    pub(in crate::sql) name: String,
    pub(in crate::sql) columns: Vec<i64>,
    /// The referenced table and its columns.
    pub(in crate::sql) target: Option<(i64, Vec<i64>)>,
}

/// An index that is no constraint, or a UNIQUE index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sql) struct Index {
    pub(in crate::sql) id: i64,
    pub(in crate::sql) name: String,
    pub(in crate::sql) unique: bool,
    pub(in crate::sql) columns: Vec<i64>,
}

impl Column {
    /// The column's name in SQLite; IDENTITY is the row's own number.
    pub(in crate::sql) fn stored(&self) -> String {
        if self.filled == Filled::Identity { "rid".to_owned() } else { format!("c{}", self.id) }
    }
}

impl Table {
    pub(in crate::sql) fn column(&self, id: i64) -> Option<&Column> {
        self.columns.iter().find(|column| column.id == id)
    }

    pub(in crate::sql) fn named(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| same(&column.name, name))
    }

    /// What the RowID is called: the IDENTITY column, else ID, else ID1 … (iris-sql §1.4).
    pub(in crate::sql) fn row_id_name(&self) -> String {
        if let Some(identity) = self.columns.iter().find(|c| c.filled == Filled::Identity) {
            return identity.name.clone();
        }
        let mut name = "ID".to_owned();
        let mut n = 0;
        while self.named(&name).is_some() {
            n += 1;
            name = format!("ID{n}");
        }
        name
    }

    /// `SCHEMA.TABLE`, in defined case.
    pub(in crate::sql) fn full(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    /// All that must be unique: constraint or index name, and columns.
    pub(in crate::sql) fn unique_sets(&self) -> impl Iterator<Item = (&str, &[i64])> {
        let keys = self.keys.iter().filter(|key| key.kind != KeyKind::Foreign);
        let indexes = self.indexes.iter().filter(|index| index.unique);
        keys.map(|key| (key.name.as_str(), key.columns.as_slice()))
            .chain(indexes.map(|index| (index.name.as_str(), index.columns.as_slice())))
    }

    /// Whether an index begins with the column; FastDistinct then gives collated values.
    pub(in crate::sql) fn leads_index(&self, column: i64) -> bool {
        self.unique_sets().any(|(_, columns)| columns.first() == Some(&column))
            || self.indexes.iter().any(|index| index.columns.first() == Some(&column))
    }

    /// Columns that SQLite stores beside the row's number.
    pub(in crate::sql) fn stored_columns(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.filled != Filled::Identity)
    }

    pub(in crate::sql) fn encode(&self) -> Vec<u8> {
        let mut out = ListWriter::new();
        out.integer(self.next);
        for column in &self.columns {
            out.list(&encode_column(column));
        }
        out.integer(0);
        for key in &self.keys {
            let mut item = ListWriter::new();
            item.integer(key.id);
            item.integer(match key.kind {
                KeyKind::Primary => 0,
                KeyKind::Unique => 1,
                KeyKind::Foreign => 2,
            });
            item.bytes(key.name.as_bytes());
            item.list(&numbers(&key.columns));
            let (table, columns) = key.target.clone().unwrap_or_default();
            item.integer(table);
            item.list(&numbers(&columns));
            out.list(item.as_bytes());
        }
        out.integer(0);
        for index in &self.indexes {
            let mut item = ListWriter::new();
            item.integer(index.id);
            item.bytes(index.name.as_bytes());
            item.integer(i64::from(index.unique));
            item.list(&numbers(&index.columns));
            out.list(item.as_bytes());
        }
        out.into_bytes()
    }

    fn decode(id: i64, schema: String, name: String, bytes: &[u8]) -> Option<Table> {
        let mut fields = Fields::new(bytes);
        let next = fields.integer()?;
        let mut table = Table {
            id,
            schema,
            name,
            columns: Vec::new(),
            keys: Vec::new(),
            indexes: Vec::new(),
            next,
        };
        while let Some(item) = fields.bytes() {
            table.columns.push(decode_column(item)?);
        }
        while let Some(item) = fields.bytes() {
            let mut item = Fields::new(item);
            let (id, kind) = (item.integer()?, item.integer()?);
            let (name, columns) = (item.text()?, list_of(item.bytes()?));
            let target = (item.integer()?, list_of(item.bytes()?));
            let kind = match kind {
                0 => KeyKind::Primary,
                1 => KeyKind::Unique,
                _ => KeyKind::Foreign,
            };
            let target = (kind == KeyKind::Foreign).then_some(target);
            table.keys.push(Key { id, kind, name, columns, target });
        }
        while fields.more() {
            let mut item = Fields::new(fields.bytes()?);
            table.indexes.push(Index {
                id: item.integer()?,
                name: item.text()?,
                unique: item.integer()? != 0,
                columns: list_of(item.bytes()?),
            });
        }
        Some(table)
    }
}

fn numbers(all: &[i64]) -> Vec<u8> {
    let mut out = ListWriter::new();
    all.iter().for_each(|n| out.integer(*n));
    out.into_bytes()
}

fn list_of(bytes: &[u8]) -> Vec<i64> {
    let mut fields = Fields::new(bytes);
    std::iter::from_fn(|| fields.integer()).collect()
}

fn encode_column(column: &Column) -> Vec<u8> {
    let mut out = ListWriter::new();
    let (code, a, b) = encode_type(column.ty);
    out.integer(column.id);
    out.bytes(column.name.as_bytes());
    out.integer(code);
    out.integer(a);
    out.integer(b);
    out.bytes(column.class.as_bytes());
    out.integer(match column.filled {
        Filled::Given => 0,
        Filled::Counter => 1,
        Filled::RowVersion => 2,
        Filled::Identity => 3,
    });
    out.integer(i64::from(column.not_null));
    out.integer(i64::from(column.upper));
    out.integer(i64::from(column.medium));
    let (kind, text, precision) = match &column.default {
        Fallback::None => (0, "", 0),
        Fallback::Text(text) => (1, text.as_str(), 0),
        Fallback::Number(text) => (2, text.as_str(), 0),
        Fallback::Special(text, precision) => (3, text.as_str(), *precision),
    };
    out.integer(kind);
    out.bytes(text.as_bytes());
    out.integer(i64::from(precision));
    out.into_bytes()
}

fn decode_column(bytes: &[u8]) -> Option<Column> {
    let mut fields = Fields::new(bytes);
    let id = fields.integer()?;
    let name = fields.text()?;
    let ty = decode_type(fields.integer()?, fields.integer()?, fields.integer()?)?;
    let class = fields.text()?;
    let filled = match fields.integer()? {
        0 => Filled::Given,
        1 => Filled::Counter,
        2 => Filled::RowVersion,
        _ => Filled::Identity,
    };
    let not_null = fields.integer()? != 0;
    let upper = fields.integer()? != 0;
    let medium = fields.integer()? != 0;
    let (kind, text) = (fields.integer()?, fields.text()?);
    let precision = u8::try_from(fields.integer()?).ok()?;
    let default = match kind {
        0 => Fallback::None,
        1 => Fallback::Text(text),
        2 => Fallback::Number(text),
        _ => Fallback::Special(text, precision),
    };
    Some(Column { id, name, ty, class, filled, not_null, default, upper, medium })
}

fn encode_type(ty: Ty) -> (i64, i64, i64) {
    match ty {
        Ty::Unknown => (0, 0, 0),
        Ty::Bit => (1, 0, 0),
        Ty::TinyInt => (2, 0, 0),
        Ty::SmallInt => (3, 0, 0),
        Ty::Integer => (4, 0, 0),
        Ty::BigInt => (5, 0, 0),
        Ty::Numeric { p, s } => (6, i64::from(p), i64::from(s)),
        Ty::Decimal { p, s } => (7, i64::from(p), i64::from(s)),
        Ty::Double => (8, 0, 0),
        Ty::Varchar(n) => (9, i64::from(n), 0),
        Ty::LongVarchar => (10, 0, 0),
        Ty::VarBinary(n) => (11, i64::from(n), 0),
        Ty::LongVarBinary => (12, 0, 0),
        Ty::Date => (13, 0, 0),
        Ty::Time(p) => (14, i64::from(p), 0),
        Ty::PosixTime => (15, 0, 0),
        Ty::TimeStamp => (16, 0, 0),
        Ty::Guid => (17, 0, 0),
    }
}

fn decode_type(code: i64, a: i64, b: i64) -> Option<Ty> {
    let (small, other) = (u8::try_from(a).unwrap_or(0), u8::try_from(b).unwrap_or(0));
    let length = u32::try_from(a).unwrap_or(0);
    Some(match code {
        1 => Ty::Bit,
        2 => Ty::TinyInt,
        3 => Ty::SmallInt,
        4 => Ty::Integer,
        5 => Ty::BigInt,
        6 => Ty::Numeric { p: small, s: other },
        7 => Ty::Decimal { p: small, s: other },
        8 => Ty::Double,
        9 => Ty::Varchar(length),
        10 => Ty::LongVarchar,
        11 => Ty::VarBinary(length),
        12 => Ty::LongVarBinary,
        13 => Ty::Date,
        14 => Ty::Time(small),
        15 => Ty::PosixTime,
        16 => Ty::TimeStamp,
        17 => Ty::Guid,
        _ => return None,
    })
}

/// Names are compared without case (iris-sql §1.1).
pub(in crate::sql) fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || !(a.is_ascii() && b.is_ascii()) && key(a) == key(b)
}

/// A name in the form under which it is found.
pub(in crate::sql) fn key(name: &str) -> String {
    name.to_uppercase()
}

/// Finds a table by its names.
pub(in crate::sql) fn find(
    connection: &Connection,
    namespace: &str,
    schema: &str,
    name: &str,
) -> Result<Option<Rc<Table>>, SqlFailure> {
    let sql = "SELECT id, schema, name, definition FROM tables
               WHERE ns = ?1 AND key_schema = ?2 AND key_name = ?3";
    let mut statement = connection.prepare_cached(sql).map_err(|e| broken(&e))?;
    let row = statement
        .query_row((namespace, key(schema), key(name)), from_row)
        .optional()
        .map_err(|e| broken(&e))?;
    Ok(row.flatten().map(Rc::new))
}

/// A table by its number, whatever its namespace.
pub(in crate::sql) fn by_id(connection: &Connection, id: i64) -> Result<Option<Table>, SqlFailure> {
    let sql = "SELECT id, schema, name, definition FROM tables WHERE id = ?1";
    let mut statement = connection.prepare_cached(sql).map_err(|e| broken(&e))?;
    let row = statement.query_row([id], from_row).optional().map_err(|e| broken(&e))?;
    Ok(row.flatten())
}

/// All tables of a namespace.
pub(in crate::sql) fn all(
    connection: &Connection,
    namespace: &str,
) -> Result<Vec<Table>, SqlFailure> {
    let sql = "SELECT id, schema, name, definition FROM tables WHERE ns = ?1 ORDER BY id";
    let mut statement = connection.prepare_cached(sql).map_err(|e| broken(&e))?;
    let rows = statement.query_map([namespace], from_row).map_err(|e| broken(&e))?;
    let mut out = Vec::new();
    for row in rows {
        out.extend(row.map_err(|e| broken(&e))?);
    }
    Ok(out)
}

fn from_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<Table>> {
    let bytes = row.get_ref(3)?.as_blob()?;
    Ok(Table::decode(row.get(0)?, row.get(1)?, row.get(2)?, bytes))
}

/// Writes a new definition and gives its number.
pub(in crate::sql) fn insert(
    connection: &Connection,
    namespace: &str,
    table: &Table,
) -> Result<i64, SqlFailure> {
    let sql = "INSERT INTO tables(ns, schema, name, key_schema, key_name, definition)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let values = (
        namespace,
        &table.schema,
        &table.name,
        key(&table.schema),
        key(&table.name),
        table.encode(),
    );
    connection.execute(sql, values).map_err(|e| broken(&e))?;
    Ok(connection.last_insert_rowid())
}

/// Writes a changed definition.
pub(in crate::sql) fn update(connection: &Connection, table: &Table) -> Result<(), SqlFailure> {
    let sql = "UPDATE tables SET definition = ?2 WHERE id = ?1";
    connection.execute(sql, (table.id, table.encode())).map_err(|e| broken(&e))?;
    Ok(())
}

/// Raises the namespace's generation.
pub(in crate::sql) fn raise(connection: &Connection, namespace: &str) -> Result<(), SqlFailure> {
    let sql = "INSERT INTO generations(ns, value) VALUES (?1, 1)
               ON CONFLICT(ns) DO UPDATE SET value = value + 1";
    connection.execute(sql, [namespace]).map_err(|e| broken(&e))?;
    Ok(())
}

/// The namespace's generation, 0 when none.
pub(in crate::sql) fn generation(connection: &Connection, namespace: &str) -> i64 {
    let sql = "SELECT value FROM generations WHERE ns = ?1";
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.query_row([namespace], |row| row.get(0)))
        .unwrap_or(0)
}

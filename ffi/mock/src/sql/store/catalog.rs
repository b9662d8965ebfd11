//! Definitions of tables, and how they are kept in the store.

use std::rc::Rc;

use rusqlite::{Connection, OptionalExtension};

use super::super::api::SqlFailure;
use super::super::types::{Filled, Ty};
use super::broken;

mod encoding;

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
    /// Unnamed constraints so far; computed names count all of them (iris-sql §1.4).
    pub(in crate::sql) unnamed: i64,
    /// ALLOWIDENTITYINSERT=1: IDENTITY may be given (iris-sql §1.4).
    pub(in crate::sql) identity_insert: bool,
    /// %PUBLICROWID: `SELECT *` shows the RowID (iris-sql §1.2, §1.4).
    pub(in crate::sql) public_row_id: bool,
    /// GLOBAL TEMPORARY: every process has rows of its own, without locks and undo.
    pub(in crate::sql) temporary: bool,
    pub(in crate::sql) description: String,
    /// A view has no rows; its columns are kept for catalogs only.
    pub(in crate::sql) view: Option<View>,
}

/// What makes a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sql) struct View {
    /// The query's text.
    pub(in crate::sql) text: String,
    /// The schema of its names without one.
    pub(in crate::sql) schema: String,
    pub(in crate::sql) mode: ViewMode,
    /// Numbers of the tables and views that the query names.
    pub(in crate::sql) uses: Vec<i64>,
}

/// What follows a view's query (iris-sql §1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum ViewMode {
    Plain,
    ReadOnly,
    /// WITH LOCAL CHECK OPTION.
    LocalCheck,
    /// WITH \[CASCADED\] CHECK OPTION.
    CascadedCheck,
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
    /// The collation's name as catalogs show it, empty for what is no text.
    pub(in crate::sql) collation: String,
    /// MEDIUMINT: ±8388607 (iris-sql §1.5).
    pub(in crate::sql) medium: bool,
    /// ON UPDATE: stored by every UPDATE that does not set the column (iris-sql §1.4).
    pub(in crate::sql) on_update: Fallback,
    /// PRIVATE: usable by name, not in `SELECT *`.
    pub(in crate::sql) private: bool,
    pub(in crate::sql) description: String,
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

/// What a foreign key does when the row it points to goes or changes (iris-sql §1.4).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::sql) enum KeyAction {
    #[default]
    NoAction,
    SetDefault,
    SetNull,
    Cascade,
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
    pub(in crate::sql) on_delete: KeyAction,
    pub(in crate::sql) on_update: KeyAction,
    /// NOCHECK: the foreign key is declared, not enforced (iris-sql §1.4).
    pub(in crate::sql) no_check: bool,
}

/// Kinds of indexes (iris-sql §1.4); UNIQUE is a property beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum IndexKind {
    Plain,
    Bitmap,
    BitmapExtent,
    Bitslice,
    Columnar,
    /// AS HNSW(…).
    Vector,
}

/// An index that is no constraint, or a UNIQUE index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sql) struct Index {
    pub(in crate::sql) id: i64,
    pub(in crate::sql) name: String,
    pub(in crate::sql) unique: bool,
    pub(in crate::sql) kind: IndexKind,
    pub(in crate::sql) columns: Vec<i64>,
    /// WITH DATA columns.
    pub(in crate::sql) data: Vec<i64>,
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

    /// What `SELECT *` shows: the RowID first where it is public, then what is not PRIVATE
    /// (iris-sql §1.2, §1.4).
    pub(in crate::sql) fn visible(&self) -> Vec<String> {
        let named = self.columns.iter().any(|column| column.filled == Filled::Identity);
        let row_id = (self.public_row_id && !named).then(|| self.row_id_name());
        let columns = self.columns.iter().filter(|column| !column.private);
        row_id.into_iter().chain(columns.map(|column| column.name.clone())).collect()
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
}

/// Names are compared without case (iris-sql §1.1).
pub(in crate::sql) fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || !(a.is_ascii() && b.is_ascii()) && key(a) == key(b)
}

/// A name in the form under which it is found.
pub(in crate::sql) fn key(name: &str) -> String {
    name.to_uppercase()
}

/// Characters of a name that must be its own: 189 (iris-sql §1.1).
const OWN_CHARACTERS: usize = 189;

/// Whether a table or view other than `id` has a name with the same first characters, which no
/// second one may have (iris-sql §1.1). UNVERIFIED(iris): its other characters still tell it from a
/// name that nothing has.
pub(in crate::sql) fn is_taken(
    connection: &Connection,
    namespace: &str,
    schema: &str,
    name: &str,
    id: i64,
) -> Result<bool, SqlFailure> {
    let sql = "SELECT EXISTS(SELECT 1 FROM tables WHERE ns = ?1 AND key_schema = ?2
               AND substr(key_name, 1, ?3) = ?4 AND id <> ?5)";
    let own: String = key(name).chars().take(OWN_CHARACTERS).collect();
    let length = i64::try_from(OWN_CHARACTERS).unwrap_or(i64::MAX);
    connection
        .query_row(sql, (namespace, key(schema), length, own, id), |row| row.get(0))
        .map_err(|e| broken(&e))
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
    Ok(encoding::decode(row.get(0)?, row.get(1)?, row.get(2)?, bytes))
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
        encoding::encode(table),
    );
    connection.execute(sql, values).map_err(|e| broken(&e))?;
    Ok(connection.last_insert_rowid())
}

/// Writes a changed definition.
pub(in crate::sql) fn update(connection: &Connection, table: &Table) -> Result<(), SqlFailure> {
    let sql = "UPDATE tables SET definition = ?2 WHERE id = ?1";
    connection.execute(sql, (table.id, encoding::encode(table))).map_err(|e| broken(&e))?;
    Ok(())
}

/// Writes a new name.
pub(in crate::sql) fn rename(connection: &Connection, table: &Table) -> Result<(), SqlFailure> {
    let sql = "UPDATE tables SET name = ?2, key_name = ?3 WHERE id = ?1";
    let values = (table.id, &table.name, key(&table.name));
    connection.execute(sql, values).map_err(|e| broken(&e))?;
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

//! Tables and views as `Describe` reports them (session contract §7, iris-sql §3).

use std::rc::Rc;

use super::api::{ColumnDescription, KeyDescription, KeyKind, TableDescription, TableKind};
use super::core::Core;
use super::store::catalog::{self, Column, Fallback, Key, Table};
use super::types::{Filled, Ty};

/// What the RowID of a table without a primary key is reported as (iris-sql §1.4).
const ROW_ID_KEY: &str = "RowIDField_As_PKey";

pub(in crate::sql) fn table(core: &Core, table: &Table) -> TableDescription {
    // Only what `SELECT *` shows is listed (iris-sql §3).
    let mut columns: Vec<ColumnDescription> = table
        .columns
        .iter()
        .filter(|column| !column.private)
        .map(|column| described(table, column))
        .collect();
    let identity = table.columns.iter().any(|column| column.filled == Filled::Identity);
    if table.public_row_id && !identity {
        columns.insert(0, row_id(table));
    }
    let mut keys: Vec<KeyDescription> = table
        .keys
        .iter()
        .filter(|key| {
            // A key over a column that is not shown is not shown either.
            let hidden = |id: &i64| table.column(*id).is_none_or(|column| column.private);
            !key.columns.iter().any(hidden)
        })
        .map(|key| key_of(core, table, key))
        .collect();
    let primary = table.keys.iter().any(|key| key.kind == catalog::KeyKind::Primary);
    if !primary && (identity || table.public_row_id) {
        keys.push(KeyDescription {
            kind: KeyKind::Primary,
            name: ROW_ID_KEY.to_owned(),
            columns: vec![table.row_id_name()],
            references: None,
        });
    }
    keys.extend(incoming(core, table));
    TableDescription {
        schema: table.schema.clone(),
        table: table.name.clone(),
        kind: if table.view.is_some() { TableKind::View } else { TableKind::Table },
        columns,
        keys,
    }
}

fn described(table: &Table, column: &Column) -> ColumnDescription {
    let (odbc, precision, scale) = column.ty.meta();
    // The collation without its arguments; a stream has none of its own.
    let collation = column.collation.split('(').next().unwrap_or_default();
    let default = collation == "SQLUPPER" && column.ty.is_stream();
    ColumnDescription {
        name: column.name.clone(),
        odbc,
        precision,
        scale,
        nullable: !column.not_null,
        default: default_text(&column.default),
        type_class: column.class.clone(),
        collation: if default { String::new() } else { collation.to_owned() },
        auto_increment: column.filled != Filled::Given,
        identity: column.filled == Filled::Identity,
        unique: table.unique_sets().any(|(_, ids)| ids == [column.id]),
    }
}

/// The RowID of a table with %PUBLICROWID.
fn row_id(table: &Table) -> ColumnDescription {
    let (odbc, precision, scale) = Ty::BigInt.meta();
    ColumnDescription {
        name: table.row_id_name(),
        odbc,
        precision,
        scale,
        nullable: false,
        default: String::new(),
        type_class: Ty::BigInt.class().to_owned(),
        collation: String::new(),
        auto_increment: true,
        identity: false,
        unique: true,
    }
}

fn names(table: &Table, ids: &[i64]) -> Vec<String> {
    ids.iter().filter_map(|id| table.column(*id)).map(|c| c.name.clone()).collect()
}

/// The foreign keys that point to the table, which KEY_COLUMN_USAGE names (iris-sql §3).
fn incoming(core: &Core, table: &Table) -> Vec<KeyDescription> {
    let pointing = core.references_to(table).unwrap_or_default();
    let key = |(other, key): (Rc<Table>, Key)| KeyDescription {
        kind: KeyKind::Incoming,
        name: key.name,
        columns: key.target.map_or_else(Vec::new, |(_, ids)| match ids.as_slice() {
            [] => vec![table.row_id_name()],
            ids => names(table, ids),
        }),
        references: Some((other.schema.clone(), other.name.clone(), names(&other, &key.columns))),
    };
    pointing.into_iter().map(key).collect()
}

fn key_of(core: &Core, table: &Table, key: &Key) -> KeyDescription {
    KeyDescription {
        kind: match key.kind {
            catalog::KeyKind::Primary => KeyKind::Primary,
            catalog::KeyKind::Unique => KeyKind::Unique,
            catalog::KeyKind::Foreign => KeyKind::Foreign,
        },
        name: key.name.clone(),
        columns: names(table, &key.columns),
        references: key.target.as_ref().and_then(|(id, ids)| {
            let target = catalog::by_id(&core.connection, *id).ok()??;
            let columns =
                if ids.is_empty() { vec![target.row_id_name()] } else { names(&target, ids) };
            Some((target.schema, target.name, columns))
        }),
    }
}

/// A default as ObjectScript text (iris-sql §3). UNVERIFIED(iris): the text of the functions.
fn default_text(default: &Fallback) -> String {
    match default {
        Fallback::None => String::new(),
        Fallback::Text(text) if text.is_empty() => "$c(0)".to_owned(),
        Fallback::Text(text) => format!("\"{}\"", text.replace('"', "\"\"")),
        Fallback::Number(digits) => digits.clone(),
        Fallback::Special(name, _) => match name.as_str() {
            "CURRENT_DATE" => "+$HOROLOG".to_owned(),
            "CURRENT_TIME" => "$PIECE($HOROLOG,\",\",2)".to_owned(),
            "CURRENT_TIMESTAMP" | "SYSDATE" => "$ZDATETIME($HOROLOG,3)".to_owned(),
            "$JOB" => "$JOB".to_owned(),
            _ => "$USERNAME".to_owned(),
        },
    }
}

//! Definitions as bytes. What a later version added stands at the end of its list and has a value
//! for those who wrote before it.

use super::super::super::types::{Filled, Ty};
use super::super::image::Fields;
use super::{Column, Fallback, Index, IndexKind, Key, KeyAction, KeyKind, Table, View, ViewMode};
use crate::list::ListWriter;

pub(super) fn encode(table: &Table) -> Vec<u8> {
    let mut out = ListWriter::new();
    out.integer(table.next);
    for column in &table.columns {
        out.list(&encode_column(column));
    }
    out.integer(0);
    for key in &table.keys {
        out.list(&encode_key(key));
    }
    out.integer(0);
    for index in &table.indexes {
        out.list(&encode_index(index));
    }
    out.integer(0);
    out.integer(table.unnamed);
    for switch in [table.identity_insert, table.public_row_id, table.temporary] {
        out.integer(i64::from(switch));
    }
    out.bytes(table.description.as_bytes());
    if let Some(view) = &table.view {
        out.bytes(view.text.as_bytes());
        out.integer(match view.mode {
            ViewMode::Plain => 0,
            ViewMode::ReadOnly => 1,
            ViewMode::LocalCheck => 2,
            ViewMode::CascadedCheck => 3,
        });
        out.list(&numbers(&view.uses));
        out.bytes(view.schema.as_bytes());
    }
    out.into_bytes()
}

pub(super) fn decode(id: i64, schema: String, name: String, bytes: &[u8]) -> Option<Table> {
    let mut fields = Fields::new(bytes);
    let next = fields.integer()?;
    let (mut columns, mut keys, mut indexes) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(item) = fields.bytes() {
        columns.push(decode_column(item)?);
    }
    while let Some(item) = fields.bytes() {
        keys.push(decode_key(item)?);
    }
    // A list ends with a number, or with the definition.
    while fields.more() {
        let Some(item) = fields.bytes() else { break };
        indexes.push(decode_index(item)?);
    }
    let unnamed = fields.integer().unwrap_or(0);
    let mut switch = || fields.integer().unwrap_or(0) != 0;
    let (identity_insert, public_row_id, temporary) = (switch(), switch(), switch());
    let description = fields.text().unwrap_or_default();
    let view = match fields.text() {
        None => None,
        Some(text) => Some(View {
            text,
            mode: match fields.integer()? {
                0 => ViewMode::Plain,
                1 => ViewMode::ReadOnly,
                2 => ViewMode::LocalCheck,
                _ => ViewMode::CascadedCheck,
            },
            uses: list_of(fields.bytes()?),
            schema: fields.text()?,
        }),
    };
    Some(Table {
        id,
        schema,
        name,
        columns,
        keys,
        indexes,
        next,
        unnamed,
        identity_insert,
        public_row_id,
        temporary,
        description,
        view,
    })
}

fn encode_key(key: &Key) -> Vec<u8> {
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
    item.integer(action_code(key.on_delete));
    item.integer(action_code(key.on_update));
    item.integer(i64::from(key.no_check));
    item.into_bytes()
}

fn decode_key(bytes: &[u8]) -> Option<Key> {
    let mut item = Fields::new(bytes);
    let (id, kind) = (item.integer()?, item.integer()?);
    let (name, columns) = (item.text()?, list_of(item.bytes()?));
    let target = (item.integer()?, list_of(item.bytes()?));
    let kind = match kind {
        0 => KeyKind::Primary,
        1 => KeyKind::Unique,
        _ => KeyKind::Foreign,
    };
    Some(Key {
        id,
        kind,
        name,
        columns,
        target: (kind == KeyKind::Foreign).then_some(target),
        on_delete: action_of(item.integer()),
        on_update: action_of(item.integer()),
        no_check: item.integer().unwrap_or(0) != 0,
    })
}

fn action_code(action: KeyAction) -> i64 {
    match action {
        KeyAction::NoAction => 0,
        KeyAction::SetDefault => 1,
        KeyAction::SetNull => 2,
        KeyAction::Cascade => 3,
    }
}

fn action_of(code: Option<i64>) -> KeyAction {
    match code {
        Some(1) => KeyAction::SetDefault,
        Some(2) => KeyAction::SetNull,
        Some(3) => KeyAction::Cascade,
        _ => KeyAction::NoAction,
    }
}

fn encode_index(index: &Index) -> Vec<u8> {
    let mut item = ListWriter::new();
    item.integer(index.id);
    item.bytes(index.name.as_bytes());
    item.integer(i64::from(index.unique));
    item.list(&numbers(&index.columns));
    item.integer(match index.kind {
        IndexKind::Plain => 0,
        IndexKind::Bitmap => 1,
        IndexKind::BitmapExtent => 2,
        IndexKind::Bitslice => 3,
        IndexKind::Columnar => 4,
        IndexKind::Vector => 5,
    });
    item.list(&numbers(&index.data));
    item.into_bytes()
}

fn decode_index(bytes: &[u8]) -> Option<Index> {
    let mut item = Fields::new(bytes);
    Some(Index {
        id: item.integer()?,
        name: item.text()?,
        unique: item.integer()? != 0,
        columns: list_of(item.bytes()?),
        kind: match item.integer() {
            Some(1) => IndexKind::Bitmap,
            Some(2) => IndexKind::BitmapExtent,
            Some(3) => IndexKind::Bitslice,
            Some(4) => IndexKind::Columnar,
            Some(5) => IndexKind::Vector,
            _ => IndexKind::Plain,
        },
        data: list_of(item.bytes().unwrap_or_default()),
    })
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
    put_fallback(&mut out, &column.default);
    out.bytes(column.collation.as_bytes());
    put_fallback(&mut out, &column.on_update);
    out.integer(i64::from(column.private));
    out.bytes(column.description.as_bytes());
    out.into_bytes()
}

fn put_fallback(out: &mut ListWriter, fallback: &Fallback) {
    let (kind, text, precision) = match fallback {
        Fallback::None => (0, "", 0),
        Fallback::Text(text) => (1, text.as_str(), 0),
        Fallback::Number(text) => (2, text.as_str(), 0),
        Fallback::Special(text, precision) => (3, text.as_str(), *precision),
    };
    out.integer(kind);
    out.bytes(text.as_bytes());
    out.integer(i64::from(precision));
}

fn fallback(fields: &mut Fields<'_>) -> Option<Fallback> {
    let (kind, text) = (fields.integer()?, fields.text()?);
    let precision = u8::try_from(fields.integer()?).ok()?;
    Some(match kind {
        0 => Fallback::None,
        1 => Fallback::Text(text),
        2 => Fallback::Number(text),
        _ => Fallback::Special(text, precision),
    })
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
    let default = fallback(&mut fields)?;
    let collation = fields.text().unwrap_or_else(|| match (ty.is_text(), upper) {
        (false, _) => String::new(),
        (true, true) => "SQLUPPER".to_owned(),
        (true, false) => "EXACT".to_owned(),
    });
    let on_update = fallback(&mut fields).unwrap_or(Fallback::None);
    let private = fields.integer().unwrap_or(0) != 0;
    let description = fields.text().unwrap_or_default();
    Some(Column {
        id,
        name,
        ty,
        class,
        filled,
        not_null,
        default,
        upper,
        collation,
        medium,
        on_update,
        private,
        description,
    })
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
        Ty::List => (18, 0, 0),
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
        18 => Ty::List,
        _ => return None,
    })
}

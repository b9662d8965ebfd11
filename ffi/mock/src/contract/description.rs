//! Descriptions of tables (contract §7).

use super::Session;
use super::answer::{Answer, Trap, put_string};
use super::arguments::{Arguments, element_text};
use crate::list::{ListReader, put_bytes, put_integer, put_null};
use crate::process::Environment;
use crate::sql::{ColumnDescription, KeyDescription, KeyKind, TableDescription, TableKind};

/// The schema of a name without one.
const DEFAULT_SCHEMA: &str = "SQLUser";

impl Session {
    /// `Describe`.
    pub(super) fn describe(
        &mut self,
        environment: &mut Environment,
        arguments: &Arguments<'_>,
        answer: &mut Answer,
    ) -> Result<(), Trap> {
        self.check_open()?;
        let (tables, _) = arguments.list(0, "the names of the tables are not a list")?;
        for name in ListReader::new(&tables).filter_map(Result::ok) {
            let name = element_text(&name);
            let (schema, table) = name.split_once('.').unwrap_or((DEFAULT_SCHEMA, &name));
            match environment.sql.describe(schema, table) {
                None => put_null(answer.block()),
                Some(description) => {
                    let mut list = Vec::new();
                    put_table(&mut list, &description);
                    put_bytes(answer.block(), &list);
                }
            }
        }
        Ok(())
    }
}

fn put_table(out: &mut Vec<u8>, table: &TableDescription) {
    put_string(out, &table.schema);
    put_string(out, &table.table);
    put_string(
        out,
        match table.kind {
            TableKind::Table => "TABLE",
            TableKind::View => "VIEW",
        },
    );
    let (mut list, mut item) = (Vec::new(), Vec::new());
    for column in &table.columns {
        item.clear();
        put_column(&mut item, column);
        put_bytes(&mut list, &item);
    }
    put_bytes(out, &list);
    list.clear();
    // The class reads the keys by kind and name.
    let mut keys: Vec<&KeyDescription> = table.keys.iter().collect();
    let order = |key: &KeyDescription| {
        // Two tables may give their keys one name.
        let from =
            key.references.as_ref().map(|(schema, table, _)| (schema.clone(), table.clone()));
        (rank(key.kind), key.name.clone(), from)
    };
    keys.sort_by_cached_key(|key| order(key));
    for key in keys {
        item.clear();
        put_key(&mut item, key);
        put_bytes(&mut list, &item);
    }
    put_bytes(out, &list);
}

fn put_column(out: &mut Vec<u8>, column: &ColumnDescription) {
    put_string(out, &column.name);
    for number in [column.odbc, column.precision, column.scale, i64::from(column.nullable)] {
        put_integer(out, number);
    }
    for text in [&column.default, &column.type_class, &column.collation] {
        put_string(out, text);
    }
    for switch in [column.auto_increment, column.identity, column.unique] {
        put_integer(out, i64::from(switch));
    }
}

/// The order of kinds (contract §7).
fn rank(kind: KeyKind) -> u8 {
    match kind {
        KeyKind::Primary => 1,
        KeyKind::Unique => 2,
        KeyKind::Foreign => 3,
        KeyKind::Incoming => 4,
    }
}

/// A key with the letter of its kind (contract §7).
fn put_key(out: &mut Vec<u8>, key: &KeyDescription) {
    put_string(
        out,
        match key.kind {
            KeyKind::Primary => "P",
            KeyKind::Unique => "U",
            KeyKind::Foreign => "F",
            KeyKind::Incoming => "R",
        },
    );
    put_string(out, &key.name);
    put_names(out, &key.columns);
    if let Some((schema, table, columns)) = &key.references {
        put_string(out, schema);
        put_string(out, table);
        put_names(out, columns);
    }
}

fn put_names(out: &mut Vec<u8>, names: &[String]) {
    let mut list = Vec::new();
    for name in names {
        put_string(&mut list, name);
    }
    put_bytes(out, &list);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::Element;

    #[test]
    fn keys_come_by_kind_and_name() {
        let key = |kind, name: &str| KeyDescription {
            kind,
            name: name.to_owned(),
            columns: vec!["A".to_owned()],
            references: None,
        };
        let table = TableDescription {
            schema: "SQLUser".to_owned(),
            table: "T".to_owned(),
            kind: TableKind::Table,
            columns: Vec::new(),
            keys: vec![
                key(KeyKind::Unique, "B"),
                key(KeyKind::Unique, "A"),
                key(KeyKind::Primary, "Z"),
            ],
        };
        let mut out = Vec::new();
        put_table(&mut out, &table);
        let elements: Vec<_> = ListReader::new(&out).collect::<Result<_, _>>().unwrap();
        assert_eq!(elements.len(), 5);
        let Element::Bytes(keys) = elements[4] else { panic!("{elements:?}") };
        let kinds: Vec<_> = ListReader::new(keys)
            .map(|key| match key.unwrap() {
                Element::Bytes(key) => key[..6].to_vec(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(kinds, [b"\x03\x01P\x03\x01Z", b"\x03\x01U\x03\x01A", b"\x03\x01U\x03\x01B"]);
    }
}

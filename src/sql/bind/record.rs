//! What the binder says of statements, against what PostgreSQL said of them.
//!
//! `tests/bind/*.txt` is recorded from a running PostgreSQL by `tests/bind/run.sh`.

use super::statement;
use crate::sql::bound::{Body, Change, Column, Item, Kind, Query, Source, SourceKind, Statement};
use crate::sql::error::SqlError;
use crate::sql::schema::Schema;
use crate::sql::statement::{Dialect, Options, Version};
use crate::sql::{lexer, split, translate};
use crate::types::iris::character_typmod;
use crate::types::pg::PgType;
use std::fmt::Write as _;

const SCHEMA: &str = include_str!("../../../tests/bind/schema.sql");

fn options(schema: &Schema) -> Options<'_> {
    Options {
        version: Version { major: 2025, minor: 1 },
        dialect: Dialect::Postgres,
        utc: true,
        declared: &[],
        columns: Some(schema),
    }
}

fn bind(text: &str, options: &Options<'_>) -> Result<Statement, SqlError> {
    let read = || {
        let lexed = lexer::lex(text)?;
        let tokens = split::statements(lexed.tokens).into_iter().next().unwrap();
        let tree = translate::read(text, &tokens, options)?;
        statement(&tree, &tokens, options)
    };
    read().map_err(|error| error.located(text))
}

fn bound(text: &str) -> Result<Statement, SqlError> {
    let schema = Schema::read(SCHEMA).unwrap();
    bind(text, &options(&schema))
}

/// The result columns of a statement.
fn columns(statement: &Statement) -> Vec<Column> {
    let returned = |items: &[Item], sources: Vec<&Source>| {
        let sources: Vec<Source> = sources.into_iter().cloned().collect();
        items.iter().map(|item| super::query::shown(item, &sources)).collect()
    };
    match &statement.kind {
        Kind::Query(query) => query.columns.clone(),
        Kind::Change(change) => match change.as_ref() {
            Change::Insert(insert) => returned(&insert.returning, vec![&insert.target.source]),
            Change::Update(update) => {
                let own = std::iter::once(&update.target.source);
                returned(&update.returning, own.chain(&update.sources).collect())
            }
            Change::Delete(delete) => {
                let own = std::iter::once(&delete.target.source);
                returned(&delete.returning, own.chain(&delete.sources).collect())
            }
        },
    }
}

/// The answer in the form of the record.
fn shown(answer: &Result<Statement, SqlError>) -> String {
    match answer {
        Err(error) => {
            let place = error.position.map_or_else(|| "-".to_owned(), |at| at.to_string());
            format!("{} {place} {}", error.sqlstate, error.message)
        }
        Ok(statement) => {
            let parameters: Vec<&str> = statement.parameters.iter().map(|ty| ty.name()).collect();
            let mut line = format!("ok | {}", parameters.join(", "));
            for column in columns(statement) {
                let origin = column.origin.map_or_else(
                    || "-".to_owned(),
                    |origin| format!("{}.{}", origin.table.name, origin.number),
                );
                let (name, ty, typmod) = (column.name, column.ty.name(), column.typmod);
                write!(line, " | {name} {ty} {typmod} {origin}").unwrap();
            }
            line
        }
    }
}

/// The statements of a file with the difference that is expected of each.
fn statements(file: &str) -> Vec<(String, Option<&str>)> {
    let (mut all, mut text, mut difference) = (Vec::new(), String::new(), None);
    for line in file.lines() {
        if text.is_empty() {
            if let Some(expected) = line.strip_prefix("--! ") {
                assert!(expected.contains(' '), "a difference needs a reason: {line}");
                difference = expected.split(' ').next();
            }
            if line.starts_with("--") || line.trim().is_empty() {
                continue;
            }
        } else {
            text.push('\n');
        }
        text.push_str(line);
        if text.ends_with(';') {
            text.pop();
            all.push((std::mem::take(&mut text), difference.take()));
        }
    }
    all
}

fn compare(file: &str, record: &str) {
    let schema = Schema::read(SCHEMA).unwrap();
    let options = options(&schema);
    let statements = statements(file);
    assert_eq!(statements.len(), record.lines().count(), "the record is of other statements");
    let mut wrong = String::new();
    for ((text, difference), recorded) in statements.iter().zip(record.lines()) {
        let own = shown(&bind(text, &options));
        let fits = match difference {
            None => own == recorded,
            Some("answer") => own != recorded && own.split(' ').next() == Some("ok"),
            Some(sqlstate) => own != recorded && own.split(' ').next() == Some(sqlstate),
        };
        if !fits {
            writeln!(wrong, "{text}\n    PostgreSQL: {recorded}\n    binder:     {own}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn queries_are_bound_as_postgresql_does() {
    compare(
        include_str!("../../../tests/bind/queries.sql"),
        include_str!("../../../tests/bind/queries.txt"),
    );
}

#[test]
fn changes_are_bound_as_postgresql_does() {
    compare(
        include_str!("../../../tests/bind/changes.sql"),
        include_str!("../../../tests/bind/changes.txt"),
    );
}

#[test]
fn expressions_are_bound_as_postgresql_does() {
    compare(
        include_str!("../../../tests/bind/expressions.sql"),
        include_str!("../../../tests/bind/expressions.txt"),
    );
}

#[test]
fn statements_of_applications_are_bound_as_postgresql_does() {
    compare(
        include_str!("../../../tests/bind/statements.sql"),
        include_str!("../../../tests/bind/statements.txt"),
    );
}

fn query(text: &str) -> Query {
    match bound(text).unwrap().kind {
        Kind::Query(query) => *query,
        Kind::Change(_) => panic!("{text} is no query"),
    }
}

fn nullable(text: &str) -> Vec<bool> {
    query(text).columns.iter().map(|column| column.nullable).collect()
}

#[test]
fn outer_joins_make_columns_null() {
    let join = |kind: &str| {
        nullable(&format!("SELECT c.id, o.id, id FROM customer c {kind} JOIN orders o USING (id)"))
    };
    assert_eq!(join(""), [false, false, false]);
    assert_eq!(join("LEFT"), [false, true, false]);
    assert_eq!(join("RIGHT"), [true, false, false]);
    assert_eq!(join("FULL"), [true, true, false]);
    let nested = "SELECT c.name, o.id, i.line FROM customer c LEFT JOIN (orders o JOIN item i \
                  ON i.order_id = o.id) ON o.customer_id = c.id";
    assert_eq!(nullable(nested), [false, true, true]);
    let derived = "SELECT s.name, s.n FROM customer c LEFT JOIN (SELECT name, 1 AS n FROM \
                   customer) s ON true";
    assert_eq!(nullable(derived), [true, true]);
}

#[test]
fn set_operations_join_what_is_null() {
    assert_eq!(nullable("SELECT id FROM customer UNION SELECT amount FROM item"), [true]);
    assert_eq!(nullable("SELECT id FROM customer EXCEPT SELECT amount FROM item"), [false]);
    assert_eq!(nullable("VALUES (1, 2), (3, NULL)"), [false, true]);
}

fn legs(text: &str) -> [Query; 2] {
    let Body::Set(operation) = query(text).body else { panic!("no set operation") };
    [operation.left, operation.right]
}

#[test]
fn a_sorted_leg_is_cast_and_sorted_as_before() {
    let text = "(SELECT id FROM customer ORDER BY id LIMIT 1) UNION SELECT total FROM orders";
    let [left, _] = legs(text);
    assert_eq!((left.order[0].item, left.order[0].expr.ty), (None, PgType::Int4));
    let Body::Select(select) = left.body else { panic!("the leg is no SELECT") };
    assert_eq!(select.items[0].expr.ty, PgType::Numeric);
    assert_eq!(select.sources[0].alias, "customer");
}

#[test]
fn a_distinct_leg_is_cast_from_outside() {
    let [left, right] = legs("SELECT DISTINCT id FROM customer UNION ALL SELECT total FROM orders");
    let Body::Select(outside) = left.body else { panic!("the leg is not wrapped") };
    assert_eq!(outside.items[0].expr.ty, PgType::Numeric);
    assert!(matches!(outside.sources[0].kind, SourceKind::Query(_)));
    let Body::Select(inside) = right.body else { panic!("the leg is no SELECT") };
    assert_eq!(inside.sources[0].alias, "orders", "the right leg needs no cast");
}

#[test]
fn a_catalog_is_needed_for_tables_only() {
    let schema = Schema::default();
    let options = Options { columns: None, ..options(&schema) };
    let refused = bind("SELECT a FROM t", &options).unwrap_err();
    assert_eq!((refused.sqlstate, refused.position), ("0A000", Some(15)));
    let hint = "Give the tables' definitions with --schema.";
    assert_eq!(refused.hint.as_deref(), Some(hint));
    assert!(bind("SELECT 1 FROM generate_series(1, 2)", &options).is_ok());
}

#[test]
fn tables_are_noted_once_with_their_place() {
    let bound = bound("SELECT 1 FROM orders, customer c, (SELECT 1 FROM orders) s").unwrap();
    let tables: Vec<(&str, Option<u32>)> =
        bound.tables.iter().map(|table| (table.name.as_str(), table.position)).collect();
    assert_eq!(tables, [("orders", Some(14)), ("customer", Some(22))]);
}

#[test]
fn the_modifier_of_a_column_is_kept() {
    let bound = query("SELECT code FROM orders");
    assert_eq!(bound.columns[0].typmod, character_typmod(Some(3)));
}

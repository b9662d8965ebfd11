//! Tests of the whole translation.

mod accepted;
mod golden;
mod iris_lexer;
mod property;
mod witness;

use super::*;
use crate::types::pg::PgType;
use std::rc::Rc;

/// A catalog with one table, `t`.
#[derive(Debug)]
pub(super) struct OneTable;

impl Columns for OneTable {
    fn columns(&self, table: &TableName) -> Option<Rc<[Column]>> {
        if table.name != "t" {
            return None;
        }
        let columns = [
            ("id", PgType::Int4, false),
            ("big", PgType::Int8, true),
            ("name", PgType::Text, true),
            ("flag", PgType::Bool, true),
            ("price", PgType::Numeric, true),
            ("f", PgType::Float8, true),
            ("d", PgType::Date, true),
            ("ts", PgType::Timestamp, true),
            ("u", PgType::Uuid, true),
        ];
        Some(
            columns
                .iter()
                .map(|(name, ty, nullable)| Column {
                    name: (*name).to_owned(),
                    ty: *ty,
                    typmod: if *name == "price" { 655_366 } else { -1 },
                    nullable: *nullable,
                    filled: false,
                    counted: false,
                })
                .collect(),
        )
    }
}

/// Options for IRIS 2025.2 and PostgreSQL's dialect.
pub(super) fn options() -> Options<'static> {
    Options {
        version: Version { major: 2025, minor: 2 },
        dialect: Dialect::Postgres,
        utc: true,
        declared: &[],
        columns: None,
    }
}

#[test]
fn empty_queries_have_no_statements() {
    for text in ["", " ", ";", ";;", "-- a", "/* a /* b */ ; */", " ; -- x\n ;\t"] {
        assert_eq!(parse(text, &options()), Ok(Vec::new()), "{text:?}");
    }
}

#[test]
fn statements_know_their_place() {
    let text = " select 1 ; /* ; */ begin;commit -- ;\n";
    let parsed = parse(text, &options()).unwrap();
    let sources: Vec<&str> = parsed.iter().map(|s| &text[s.source.clone()]).collect();
    assert_eq!(sources, ["select 1", "begin", "commit"]);
}

#[test]
fn a_later_refusal_waits_for_its_turn() {
    let parsed = parse("select 1; create temporary table x (a int); select 2", &options()).unwrap();
    assert_eq!(parsed.len(), 3);
    assert!(matches!(&parsed[1].action, Action::Refused(e) if e.sqlstate == "0A000"));
    assert_eq!(parse("select 1; selct 2", &options()).unwrap_err().sqlstate, "42601");
}

#[test]
fn long_texts_and_long_chains_are_refused() {
    let long = format!("select '{}'", "x".repeat(MAX_TEXT));
    assert_eq!(parse(&long, &options()).unwrap_err().sqlstate, "54000");
    for text in [
        format!("select {}1{}", "(".repeat(250), ")".repeat(250)),
        format!("select 1{}", " + 1".repeat(5_000)),
        format!("select {}1", "- ".repeat(5_000)),
        format!("select {}true", "not ".repeat(5_000)),
        format!("select {}1{}", "case when true then ".repeat(2_000), " end".repeat(2_000)),
        format!("select 1{}", "::int".repeat(5_000)),
    ] {
        assert_eq!(parse(&text, &options()).unwrap_err().sqlstate, "54001", "{}", &text[..40]);
    }
    let wide = format!("select id from t where id = 1{}", " or id = 1".repeat(1_000));
    assert!(parse(&wide, &Options { columns: Some(&OneTable), ..options() }).is_ok());
}

#[test]
fn deep_nesting_is_read_in_time() {
    let started = std::time::Instant::now();
    for text in [
        format!("select {}1{}", "(".repeat(150), ")".repeat(150)),
        format!("select * from {}t{}", "(".repeat(150), ")".repeat(150)),
        format!("select 1 where {}a = 1{}", "(".repeat(150), ")".repeat(150)),
        format!("select {}1{}", "lower(".repeat(150), ")".repeat(150)),
        format!("select {}1{}", "(select ".repeat(100), ")".repeat(100)),
        format!("select {}1", "(".repeat(150)),
        format!("select * from {}t", "(".repeat(150)),
        format!("select 1 where a in {}", "(".repeat(150)),
    ] {
        drop(parse(&text, &options()));
    }
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}

#[test]
fn names_are_cut_with_a_notice() {
    let name = "é".repeat(40);
    let parsed = parse(&format!("select 1 as {name}"), &options()).unwrap();
    assert_eq!(parsed[0].notices[0].sqlstate, "42622");
    let Action::Iris(statement) = &parsed[0].action else { panic!("not a statement") };
    let Output::Column { name, .. } = &statement.outputs[0] else { panic!("not a column") };
    assert_eq!(name.as_deref(), Some("é".repeat(31).as_str()));
}

#[test]
fn positions_are_in_characters() {
    let error = parse("select 'éé' 'x'", &options()).unwrap_err();
    assert_eq!((error.sqlstate, error.position), ("42601", Some(13)));
    let error = parse("select 'é' from", &options()).unwrap_err();
    assert_eq!(error.message, "syntax error at end of input");
    assert_eq!(error.position, Some(16));
}

#[test]
fn explain_shows_what_iris_is_sent_and_runs_nothing() {
    let options = Options { columns: Some(&OneTable), ..options() };
    let parsed = parse("explain (verbose) select name from t where id = 1", &options).unwrap();
    let Action::Explained(rows) = &parsed[0].action else { panic!("{parsed:?}") };
    assert!(rows[0].starts_with("IRIS 2025.2 SELECT"), "{rows:?}");
    let deleted = parse("explain delete from t", &options).unwrap();
    assert!(matches!(deleted[0].action, Action::Explained(_)));
    for text in ["explain analyze select 1", "explain (format json) select 1"] {
        assert_eq!(parse(text, &options).unwrap_err().sqlstate, "0A000", "{text}");
    }
}

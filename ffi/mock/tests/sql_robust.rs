//! No text and no bytes bring the engine down.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::let_underscore_must_use,
    missing_docs
)]

mod sql_support;

use proptest::prelude::*;
use sql_support::{code, sql, world};

const WORDS: [&str; 48] = [
    "SELECT",
    "FROM",
    "WHERE",
    "t",
    "a",
    "name",
    "(",
    ")",
    ",",
    "1",
    "'x'",
    "?",
    "*",
    "=",
    "<",
    "AND",
    "OR",
    "NOT",
    "IN",
    "GROUP BY",
    "ORDER BY",
    "HAVING",
    "COUNT(*)",
    "SUM",
    "CASE",
    "WHEN",
    "THEN",
    "END",
    "UNION",
    "ALL",
    "TOP",
    "LIMIT",
    "JOIN",
    "ON",
    "LEFT",
    "CAST",
    "AS",
    "INT",
    "INSERT INTO",
    "VALUES",
    "UPDATE",
    "SET",
    "DELETE",
    "||",
    "-",
    "/",
    "NULL",
    "EXISTS",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_is_answered(text in "\\PC{0,80}") {
        let mut w = world();
        let _ = code(&mut w.session, &text);
    }

    #[test]
    fn any_words_are_answered(picks in proptest::collection::vec(0..WORDS.len(), 0..25)) {
        let mut w = world();
        sql(&mut w.session, "CREATE TABLE t (a INT PRIMARY KEY, name VARCHAR(10), n NUMERIC(8,2))");
        sql(&mut w.session, "INSERT INTO t VALUES (1, 'x', 2.5)");
        let text: Vec<&str> = picks.into_iter().map(|n| WORDS[n]).collect();
        let text = text.join(" ");
        let outcome = sql_support::run(&mut w.session, &text, |_| {});
        if let Err(failure) = outcome {
            // A <DATABASE> error would be SQLite's own complaint about what was generated.
            prop_assert!(!failure.message.contains("<DATABASE>"), "{text}: {failure}");
        }
    }

    #[test]
    fn any_parameter_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        let mut w = world();
        let s = &mut w.session;
        sql(s, "CREATE TABLE t (a INT, n NUMERIC(8,2), d DATE, ts TIMESTAMP, c VARCHAR(9), b VARBINARY(9))");
        for text in [
            "SELECT ?, ? + 1 FROM t WHERE a = ? AND n < ? AND d = ? AND ts = ?",
            "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)",
            "SELECT TOP ? a FROM t WHERE c LIKE ?",
        ] {
            let p = s.prepare(text).unwrap();
            let _ = s.execute(&p, &bytes, &mut Vec::new(), 1 << 15);
        }
        prop_assert_eq!(code(s, "SELECT 1"), 0);
    }
}

#[test]
fn deep_texts_end_in_an_error() {
    let mut w = world();
    let s = &mut w.session;
    for text in [
        format!("SELECT {}1{}", "(".repeat(10_000), ")".repeat(10_000)),
        format!("SELECT 1{}", "+1".repeat(10_000)),
        format!("SELECT {}1", "- ".repeat(10_000)),
        format!("SELECT 1 WHERE {}1=1", "NOT ".repeat(10_000)),
        format!("SELECT 1 WHERE {}1=1{}", "(".repeat(10_000), ")".repeat(10_000)),
        format!("SELECT 1{}", " UNION SELECT 1".repeat(2_000)),
        format!("SELECT 1 FROM {}", "(SELECT 1 FROM ".repeat(5_000)),
        format!("SELECT {}1{}", "CASE WHEN 1=1 THEN ".repeat(5_000), " END".repeat(5_000)),
        format!("SELECT {}1{}", "UPPER(".repeat(5_000), ")".repeat(5_000)),
        format!("SELECT {}1", "%EXACT ".repeat(10_000)),
        format!("SELECT {}1{}", "(".repeat(60), format!("{})", "+1".repeat(249)).repeat(60)),
    ] {
        let _ = code(s, &text);
    }
    assert_eq!(code(s, &format!("SELECT 1 WHERE 1=1{}", " AND 1=1".repeat(800))), 0);
    assert_eq!(code(s, &format!("SELECT 1 WHERE 1 IN (1{})", ",1".repeat(5_000))), 0);
}

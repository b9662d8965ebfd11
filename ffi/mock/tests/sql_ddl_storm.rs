//! Definitions that change under other sessions: every statement sees them as they were before or
//! as they are after (iris-sql §1.4), and one that was prepared before is prepared anew, or refused
//! with −478 (Appendix A).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::let_underscore_must_use,
    missing_docs
)]

#[path = "sql_support/sessions.rs"]
mod sessions;
mod sql_support;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use irisdb::sql::SqlFailure;
use sessions::{Client, LONG, client};
use sql_support::{World, world};

/// How long a storm lasts.
const STORM: Duration = Duration::from_millis(2_500);

fn dir(w: &World) -> &Path {
    &w.data.0
}

/// The SQLCODE of a statement, 0 for a success.
fn outcome(client: &mut Client, text: &str) -> Result<(), SqlFailure> {
    let prepared = client.session.prepare(text)?;
    client.session.execute(&prepared, &[], &mut Vec::new(), 1 << 15).map(|_| ())
}

/// Runs the statements again and again until the end; counts codes, keeps a message of each.
fn storm(dir: &Path, texts: &[&str], end: Instant) -> BTreeMap<i32, String> {
    let mut me = client(dir, LONG);
    let mut seen = BTreeMap::new();
    while Instant::now() < end {
        for text in texts {
            if let Err(failure) = outcome(&mut me, text) {
                let SqlFailure { sqlcode, message, .. } = failure;
                seen.entry(sqlcode).or_insert(format!("{text}: {message}"));
            }
        }
    }
    seen
}

/// Runs several lists of statements at once; no list may be refused with another code than these.
fn all(w: &World, lists: &[(&[&str], &[i32])]) {
    let (end, dir) = (Instant::now() + STORM, dir(w));
    let seen: Vec<BTreeMap<i32, String>> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            lists.iter().map(|(texts, _)| scope.spawn(move || storm(dir, texts, end))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for (found, (_, allowed)) in seen.iter().zip(lists) {
        let strange: Vec<_> = found.iter().filter(|(code, _)| !allowed.contains(code)).collect();
        assert!(strange.is_empty(), "{strange:#?}");
    }
}

#[test]
fn columns_come_and_go_under_writers() {
    let mut w = world();
    sql_support::sql(&mut w.session, "CREATE TABLE t (a INT PRIMARY KEY, b VARCHAR(20))");
    let alter: &[&str] = &[
        "ALTER TABLE t ADD COLUMN extra INT DEFAULT 3 NOT NULL",
        "ALTER TABLE t ALTER COLUMN b NUMERIC(9,2)",
        "ALTER TABLE t ALTER COLUMN b VARCHAR(30)",
        "ALTER TABLE t DROP COLUMN extra",
        "ALTER TABLE t ALTER COLUMN b RENAME c",
        "ALTER TABLE t ALTER COLUMN c RENAME b",
    ];
    let change: &[&str] = &[
        "INSERT INTO t (a, b) VALUES (1, '12')",
        "UPDATE t SET b = '13' WHERE a = 1",
        "SELECT a, b FROM t",
        "SELECT * FROM t",
        "INSERT OR UPDATE INTO t (a, b) VALUES (2, '7')",
        "DELETE FROM t WHERE b = '13'",
        "INSERT INTO t (a, extra) VALUES (3, 5)",
        "SELECT COUNT(extra) FROM t",
        "DELETE FROM t WHERE a >= 2",
    ];
    let codes: &[i32] = &[-29, -119, -478];
    all(&w, &[(alter, &[]), (change, codes), (change, codes)]);
    let s = &mut w.session;
    let wrong = "SELECT COUNT(*) FROM t WHERE a IS NULL";
    assert_eq!(sql_support::sql(s, wrong), ["0"]);
    sql_support::sql(s, "INSERT INTO t VALUES (9, '1')");
}

#[test]
fn a_required_column_is_never_empty() {
    let mut w = world();
    sql_support::sql(&mut w.session, "CREATE TABLE t (a INT, b INT)");
    let end = Instant::now() + STORM;
    let dir = dir(&w);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(move || {
                let change = [
                    "INSERT INTO t (a) VALUES (1)",
                    "UPDATE t SET b = NULL",
                    "INSERT INTO t VALUES (1, 2)",
                ];
                let seen = storm(dir, &change, end);
                assert!(seen.keys().all(|code| *code == -108), "{seen:#?}");
            });
        }
        let mut me = client(dir, LONG);
        while Instant::now() < end {
            me.sql("DELETE FROM t WHERE b IS NULL");
            if outcome(&mut me, "ALTER TABLE t ALTER COLUMN b NOT NULL").is_ok() {
                assert_eq!(me.sql("SELECT COUNT(*) FROM t WHERE b IS NULL"), ["0"]);
                me.sql("ALTER TABLE t ALTER COLUMN b NULL");
            }
        }
    });
}

#[test]
fn keys_come_and_go_under_writers() {
    let mut w = world();
    sql_support::sql(&mut w.session, "CREATE TABLE p (a INT PRIMARY KEY, u INT)");
    sql_support::sql(&mut w.session, "CREATE TABLE c (r INT)");
    let alter: &[&str] = &[
        "DELETE FROM c",
        "ALTER TABLE c ADD CONSTRAINT f FOREIGN KEY (r) REFERENCES p (a) ON DELETE CASCADE",
        "CREATE UNIQUE INDEX i ON p (u)",
        "ALTER TABLE c DROP CONSTRAINT f",
        "DROP INDEX i ON p",
    ];
    let change: &[&str] = &[
        "INSERT INTO p VALUES (1, 1)",
        "INSERT INTO c VALUES (1)",
        "INSERT INTO c VALUES (2)",
        "UPDATE p SET u = 1",
        "DELETE FROM p WHERE a = 1",
        "INSERT INTO p VALUES (2, 1)",
        "DELETE FROM p WHERE a = 2",
        "DELETE FROM c WHERE r = 1",
    ];
    all(
        &w,
        &[
            (alter, &[-127, -125, -315, -333]),
            (change, &[-119, -120, -121, -124]),
            (change, &[-119, -120, -121, -124]),
        ],
    );
}

#[test]
fn tables_come_and_go_in_another_shape() {
    let w = world();
    let define: &[&str] = &[
        "CREATE TABLE t (a INT, b VARCHAR(5))",
        "INSERT INTO t VALUES (1, 'x')",
        "DROP TABLE t",
        "CREATE TABLE t (b INT, a INT, s SERIAL)",
        "INSERT INTO t (a, b) VALUES (1, 2)",
        "CREATE VIEW v AS SELECT a, b FROM t",
        "DROP VIEW v",
        "DROP TABLE t",
    ];
    let other: &[&str] = &[
        "CREATE TABLE t (c DATE)",
        "ALTER TABLE t ADD COLUMN z INT",
        "DROP TABLE IF EXISTS t CASCADE",
    ];
    let change: &[&str] = &[
        "INSERT INTO t VALUES (1, 2)",
        "SELECT * FROM t",
        "SELECT a, b FROM v",
        "UPDATE t SET a = 2",
        "DELETE FROM v",
        "TRUNCATE TABLE t",
    ];
    let codes: &[i32] = &[-29, -30, -62, -64, -104, -116, -146, -478];
    all(
        &w,
        &[
            (define, &[-29, -30, -62, -104, -116, -146, -201, -321]),
            (other, &[-30, -201, -306]),
            (change, codes),
        ],
    );
}

/// Every definition is one step: two sessions that make the same thing never both succeed.
#[test]
fn one_of_two_makes_it() {
    let w = world();
    let dir = dir(&w);
    for round in 0..30 {
        let texts = [
            format!("CREATE TABLE t{round} (a INT)"),
            format!("ALTER TABLE t{round} ADD COLUMN b INT"),
            format!("CREATE INDEX i ON t{round} (a)"),
            format!("ALTER TABLE t{round} ADD CONSTRAINT p PRIMARY KEY (a)"),
            format!("CREATE SCHEMA s{round}"),
            format!("DROP TABLE t{round}"),
        ];
        for text in &texts {
            let made: usize = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..2)
                    .map(|_| scope.spawn(|| outcome(&mut client(dir, LONG), text).is_ok()))
                    .collect();
                threads.into_iter().map(|thread| usize::from(thread.join().unwrap())).sum()
            });
            assert_eq!(made, 1, "{text}");
        }
    }
}

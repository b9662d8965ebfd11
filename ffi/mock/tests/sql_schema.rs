//! Definitions that need more than one session or more than SQL to be seen (iris-sql §1.4).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::let_underscore_must_use,
    missing_docs
)]

mod sql_support;

use irisdb::sql::{KeyKind, TableKind, Version};
use sql_support::{code, identity, run, sql, world, world_of};

#[test]
fn a_temporary_table_has_rows_of_its_own_in_every_process() {
    // iris-sql §1.4: GLOBAL TEMPORARY.
    let mut w = world();
    let mut other = w.instance.session(identity()).unwrap();
    sql(&mut w.session, "CREATE GLOBAL TEMPORARY TABLE g (a INT UNIQUE, b VARCHAR(5))");
    sql(&mut w.session, "INSERT INTO g VALUES (1, 'x')");
    assert!(sql(&mut other, "SELECT * FROM g").is_empty());
    sql(&mut other, "INSERT INTO g VALUES (1, 'y')");
    assert_eq!(code(&mut other, "INSERT INTO g VALUES (1, 'z')"), -119);
    assert_eq!(sql(&mut w.session, "SELECT b FROM g"), ["x"]);
    sql(&mut other, "ALTER TABLE g ADD COLUMN c INT DEFAULT 7 NOT NULL");
    assert_eq!(sql(&mut other, "SELECT a, b, c FROM g"), ["1|y|7"]);
    assert_eq!(sql(&mut w.session, "SELECT a, b FROM g"), ["1|x"]);
    assert_eq!(sql(&mut w.session, "SELECT a FROM g WHERE c IS NULL"), ["1"]);
    sql(&mut w.session, "ALTER TABLE g ALTER COLUMN a VARCHAR(9)");
    assert_eq!(sql(&mut w.session, "SELECT a FROM g"), ["1"]);
    sql(&mut w.session, "DELETE FROM g");
    assert_eq!(code(&mut w.session, "DROP TABLE g"), 0);
    assert_eq!(code(&mut other, "SELECT * FROM g"), -30);
}

#[test]
fn temporary_rows_take_no_locks_and_stay_at_a_rollback() {
    // UNVERIFIED: process-private rows are neither locked nor restored (iris-sql §1.4).
    let mut w = world();
    sql(&mut w.session, "CREATE GLOBAL TEMPORARY TABLE g (a INT)");
    w.session.tstart().unwrap();
    sql(&mut w.session, "INSERT INTO g VALUES (1)");
    assert_eq!(w.session.report().locks, 0);
    w.session.trollback().unwrap();
    assert_eq!(sql(&mut w.session, "SELECT a FROM g"), ["1"]);
    let mut later = w.instance.session(identity()).unwrap();
    assert!(sql(&mut later, "SELECT a FROM g").is_empty());
}

#[test]
fn a_view_is_described_with_its_columns() {
    // Session contract §7; iris-sql §1.4.
    let mut w = world();
    let s = &mut w.session;
    sql(s, "CREATE TABLE t (a INT NOT NULL PRIMARY KEY, b VARCHAR(9) COLLATE EXACT, c DATE)");
    sql(s, "CREATE VIEW v (x, y, n) AS SELECT a, b, a + 1 FROM t WHERE a > 1");
    let v = s.describe("sqluser", "V").unwrap();
    assert_eq!((v.kind, v.schema.as_str(), v.table.as_str()), (TableKind::View, "SQLUser", "v"));
    let columns: Vec<(&str, i64, i64, &str)> = v
        .columns
        .iter()
        .map(|c| (c.name.as_str(), c.odbc, c.precision, c.collation.as_str()))
        .collect();
    assert_eq!(columns, [("x", 4, 10, ""), ("y", 12, 9, "EXACT"), ("n", -5, 19, "")]);
    assert!(v.keys.is_empty());
    let prepared = s.prepare("SELECT * FROM v").unwrap();
    let names: Vec<_> = prepared.columns.iter().map(|c| (&c.name[..], &c.table[..])).collect();
    assert_eq!(names, [("x", "v"), ("y", "v"), ("n", "v")]);
}

#[test]
fn descriptions_follow_every_change() {
    // iris-sql §1.4, §3; session contract §7.
    let mut w = world();
    let s = &mut w.session;
    sql(s, "CREATE TABLE p (k INT PRIMARY KEY)");
    sql(s, "CREATE TABLE t (a VARCHAR(5) DEFAULT 'x', r INT REFERENCES p (k) ON DELETE CASCADE)");
    sql(s, "ALTER TABLE t ALTER COLUMN a VARCHAR(30)");
    sql(s, "ALTER TABLE t ALTER COLUMN a COLLATE %SQLSTRING");
    sql(s, "ALTER TABLE t ALTER COLUMN a RENAME named");
    sql(s, "ALTER TABLE p ALTER COLUMN k BIGINT");
    sql(s, "ALTER TABLE t ADD CONSTRAINT once UNIQUE (named)");
    let t = s.describe("", "t").unwrap();
    let a = &t.columns[0];
    assert_eq!((a.name.as_str(), a.precision, a.default.as_str()), ("named", 30, "\"x\""));
    assert_eq!((a.collation.as_str(), a.unique), ("SQLSTRING", true));
    let names: Vec<&str> = t.keys.iter().map(|k| k.name.as_str()).collect();
    assert_eq!(names, ["T_FKEY1", "once"]);
    let target = t.keys[0].references.clone().unwrap();
    assert_eq!((target.1.as_str(), target.2), ("p", vec!["k".to_owned()]));
}

#[test]
fn a_column_that_changes_its_form_keeps_values_keys_and_references() {
    // iris-sql §1.4: ALTER COLUMN type. INT and VARCHAR are kept differently.
    let mut w = world();
    let s = &mut w.session;
    sql(s, "CREATE TABLE p (k INT PRIMARY KEY, n NUMERIC(8,2))");
    sql(s, "CREATE TABLE c (r INT REFERENCES p (k))");
    sql(s, "INSERT INTO p VALUES (1, 1.25)");
    sql(s, "INSERT INTO c VALUES (1)");
    w.session.tstart().unwrap();
    let s = &mut w.session;
    sql(s, "UPDATE p SET n = 9");
    sql(s, "ALTER TABLE p ALTER COLUMN n VARCHAR(10)");
    assert_eq!(sql(s, "SELECT n FROM p"), ["9"]);
    sql(s, "ALTER TABLE c ALTER COLUMN r NUMERIC(9,2)");
    sql(s, "ALTER TABLE p ALTER COLUMN k NUMERIC(9,2)");
    assert_eq!(code(s, "INSERT INTO p VALUES (1, 'x')"), -119);
    assert_eq!(code(s, "INSERT INTO c VALUES (2)"), -121);
    assert_eq!(code(s, "DELETE FROM p"), -124);
    w.session.trollback().unwrap();
    let s = &mut w.session;
    // DDL is not undone; the before-image comes back in the column's new form.
    assert_eq!(sql(s, "SELECT k, n FROM p"), ["1|1.25"]);
    assert_eq!(code(s, "ALTER TABLE p ALTER COLUMN n INT"), 0);
    assert_eq!(sql(s, "SELECT n FROM p"), ["1"]);
    sql(s, "UPDATE p SET n = 5");
    assert_eq!(code(s, "ALTER TABLE p ALTER COLUMN n LONGVARCHAR"), -374);
}

#[test]
fn older_versions_know_less() {
    // iris-sql §1.4, §1.5.
    let mut old = world_of(Version::new(2022, 1));
    assert_eq!(code(&mut old.session, "CREATE TABLE IF NOT EXISTS t (a INT)"), -1);
    assert_eq!(code(&mut old.session, "CREATE TABLE t (a TIMESTAMP)"), 0);
    let t = old.session.describe("", "t").unwrap();
    assert_eq!(t.columns[0].type_class, "%Library.TimeStamp");
    assert_eq!(code(&mut old.session, "DROP TABLE IF EXISTS t"), -25);
}

#[test]
fn statement_types_and_generation() {
    // iris-sql §5.4; session contract §6.
    let mut w = world();
    let s = &mut w.session;
    sql(s, "CREATE TABLE t (a INT)");
    let mut generation = s.generation();
    for (text, number) in [
        ("CREATE VIEW v AS SELECT a FROM t", 12),
        ("ALTER VIEW v AS SELECT a, a + 1 AS b FROM t", 13),
        ("CREATE BITMAP INDEX i ON t (a)", 15),
        ("ALTER TABLE t MODIFY a BIGINT", 10),
        ("DROP INDEX i", 17),
        ("DROP VIEW v", 14),
        ("CREATE SCHEMA other", 70),
        ("DROP SCHEMA other", 71),
        ("DROP TABLE t", 11),
    ] {
        assert_eq!(s.prepare(text).unwrap().statement_type, number, "{text}");
        run(s, text, |_| {}).unwrap();
        assert!(s.generation() > generation, "{text}");
        generation = s.generation();
    }
}

#[test]
fn a_row_id_that_is_shown_is_the_primary_key_of_a_table_without_one() {
    // iris-sql §1.4: RowIDField_As_PKey; §3: only visible columns are listed.
    let mut w = world();
    let s = &mut w.session;
    let keys = |s: &mut irisdb::sql::SqlSession, table: &str| -> Vec<String> {
        let table = s.describe("", table).unwrap();
        table.keys.iter().map(|k| format!("{}({})", k.name, k.columns.join(","))).collect()
    };
    sql(s, "CREATE TABLE hidden (a INT)");
    sql(s, "CREATE TABLE shown (a INT, %PUBLICROWID)");
    sql(s, "CREATE TABLE named (id INT, n IDENTITY)");
    sql(s, "CREATE TABLE keyed (n IDENTITY, a INT PRIMARY KEY)");
    sql(s, "CREATE TABLE secret (a INT, b INT PRIVATE UNIQUE)");
    assert!(keys(s, "hidden").is_empty());
    assert_eq!(keys(s, "shown"), ["RowIDField_As_PKey(ID)"]);
    assert_eq!(keys(s, "named"), ["RowIDField_As_PKey(n)"]);
    assert_eq!(keys(s, "keyed"), ["KEYED_PKEY1(a)"]);
    assert!(keys(s, "secret").is_empty());
    let shown = s.describe("", "shown").unwrap();
    let names: Vec<&str> = shown.columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["ID", "a"]);
    assert_eq!(code(s, "INSERT INTO secret VALUES (1, 2)"), -116);
    sql(s, "INSERT INTO secret (a, b) VALUES (1, 2)");
    assert_eq!(sql(s, "SELECT * FROM secret"), ["1"]);
    assert_eq!(sql(s, "SELECT b FROM secret"), ["2"]);
}

#[test]
fn rows_of_a_created_copy_are_counted_on() {
    // iris-sql §1.4: AS SELECT; the RowID counter goes on behind its rows.
    let mut w = world();
    let s = &mut w.session;
    sql(s, "CREATE TABLE t (a INT, b VARCHAR(5), c NUMERIC(9,2))");
    sql(s, "INSERT INTO t VALUES (1, 'x', 1.5)");
    sql(s, "INSERT INTO t VALUES (2, 'y', 2.25)");
    sql(s, "CREATE TABLE u AS SELECT a + 1 AS n, b, c * 2 AS d, USER AS who FROM t");
    sql(s, "INSERT INTO u (n) VALUES (9)");
    assert_eq!(sql(s, "SELECT %ID, n FROM u ORDER BY 1"), ["1|2", "2|3", "3|9"]);
    assert_eq!(sql(s, "SELECT d FROM u WHERE who IS NOT NULL"), ["3", "45e-1"]);
    let u = s.describe("", "u").unwrap();
    let kinds: Vec<(i64, i64)> = u.columns.iter().map(|c| (c.odbc, c.scale)).collect();
    assert_eq!(kinds[..3], [(-5, 0), (12, 0), (2, 2)]);
    sql(s, "ALTER TABLE t ADD COLUMN n SERIAL");
    sql(s, "INSERT INTO t (a) VALUES (3)");
    assert_eq!(sql(s, "SELECT n FROM t ORDER BY a"), ["1", "2", "3"]);
}

#[test]
fn views_are_changed_through_parameters_and_nesting() {
    // iris-sql Appendix A: −35, −136, −137.
    let mut w = world();
    let s = &mut w.session;
    sql(s, "CREATE TABLE t (k INT PRIMARY KEY, v INT, w VARCHAR(5) NOT NULL DEFAULT 'd')");
    sql(s, "CREATE VIEW low (key1, val) AS SELECT k, v FROM t x WHERE x.v < 10");
    sql(s, "CREATE VIEW one (val, n) AS SELECT val, key1 FROM low WHERE val > 0 WITH CHECK OPTION");
    let two = |a: i64, b: i64| {
        move |p: &mut irisdb::list::ListWriter| {
            p.integer(a);
            p.integer(b);
        }
    };
    assert_eq!(run(s, "INSERT INTO one VALUES (?, ?)", two(5, 1)).unwrap().1, 1);
    assert_eq!(run(s, "INSERT INTO one VALUES (?, ?)", two(10, 2)).unwrap_err().sqlcode, -136);
    assert_eq!(run(s, "INSERT INTO one VALUES (?, ?)", two(0, 2)).unwrap_err().sqlcode, -136);
    assert_eq!(run(s, "UPDATE one SET val = ? WHERE n = ?", two(12, 1)).unwrap_err().sqlcode, -137);
    assert_eq!(run(s, "UPDATE one SET val = ? WHERE n = ?", two(7, 1)).unwrap().1, 1);
    assert_eq!(sql(s, "SELECT k, v, w FROM t"), ["1|7|d"]);
    assert_eq!(code(s, "UPDATE one SET w = 'x'"), -29);
    assert_eq!(code(s, "INSERT INTO one (k) VALUES (1)"), -29);
    let text = sql_support::failure(s, "INSERT INTO one VALUES (3, 1)");
    assert_eq!(text.sqlcode, -119);
    sql(s, "INSERT INTO t VALUES (2, 20, 'y')");
    assert_eq!(run(s, "DELETE FROM one", |_| {}).unwrap().1, 1);
    assert_eq!(sql(s, "SELECT k FROM t"), ["2"]);
    assert_eq!(code(s, "TRUNCATE TABLE one"), 0);
    assert_eq!(sql(s, "SELECT k FROM t"), ["2"]);
}

#[test]
fn definitions_are_seen_at_once_and_wait_for_locks() {
    // DESIGN §5, iris-sql §1.4, §1.6: DDL is not transactional; −110 after the time-out.
    let mut w = world();
    let mut other = w.instance.session(identity()).unwrap();
    other.set_lock_timeout(0.0);
    sql(&mut w.session, "CREATE TABLE t (a INT, b VARCHAR(5))");
    sql(&mut w.session, "CREATE VIEW v AS SELECT a FROM t WHERE a < 5");
    let held = other.prepare("SELECT * FROM v").unwrap();
    w.session.tstart().unwrap();
    sql(&mut w.session, "INSERT INTO t VALUES (1, 'x')");
    for text in [
        "ALTER TABLE t ADD COLUMN c INT",
        "ALTER TABLE t RENAME u",
        "CREATE INDEX i ON t (a)",
        "DROP TABLE t CASCADE",
    ] {
        assert_eq!(code(&mut other, text), -110, "{text}");
    }
    // A view has no rows of its own to wait for; its readers wait for those behind it.
    assert_eq!(code(&mut other, "CREATE OR REPLACE VIEW v AS SELECT a, b FROM t"), 0);
    other.set_isolation(true);
    assert_eq!(code(&mut other, "SELECT a FROM v"), -114);
    let failure = other.execute(&held, &[], &mut Vec::new(), 1 << 15).unwrap_err();
    assert_eq!(failure.sqlcode, -478);
    sql(&mut w.session, "ALTER TABLE t ADD COLUMN c INT DEFAULT 4 NOT NULL");
    w.session.trollback().unwrap();
    assert!(sql(&mut other, "SELECT a, b, c FROM t").is_empty());
    sql(&mut other, "INSERT INTO t (a) VALUES (2)");
    assert_eq!(sql(&mut w.session, "SELECT * FROM v"), ["2|<null>"]);
    assert_eq!(sql(&mut w.session, "SELECT c FROM t"), ["4"]);
    assert_eq!(code(&mut other, "DROP TABLE t CASCADE"), 0);
    assert_eq!(code(&mut w.session, "SELECT * FROM v"), -30);
}

#[test]
fn definitions_survive_the_instance() {
    // iris-sql §1.4: whatever a definition holds is the same after a restart.
    let w = world();
    let mut first = w.instance.session(identity()).unwrap();
    let s = &mut first;
    sql(s, "CREATE TABLE p (k INT, %DESCRIPTION 'x', PRIMARY KEY (k), %PUBLICROWID)");
    sql(s, "CREATE TABLE c (r INT REFERENCES p ON DELETE CASCADE, s VARCHAR(9) %EXACT PRIVATE)");
    sql(s, "CREATE UNIQUE INDEX i ON c (s)");
    sql(s, "CREATE VIEW v (q) AS SELECT r FROM c WITH CHECK OPTION");
    sql(s, "INSERT INTO p VALUES (1)");
    sql(s, "INSERT INTO c (r, s) VALUES (1, 'a')");
    let before = ["p", "c", "v"].map(|name| s.describe("", name).unwrap());
    drop(first);
    let again = irisdb::sql::Instance::open(&w.data.0, Version::new(2025, 1)).unwrap();
    let mut second = again.session(identity()).unwrap();
    let s = &mut second;
    assert_eq!(["p", "c", "v"].map(|name| s.describe("", name).unwrap()), before);
    assert_eq!(sql(s, "SELECT q FROM v"), ["1"]);
    assert_eq!(code(s, "INSERT INTO c (r, s) VALUES (1, 'a')"), -119);
    sql(s, "DELETE FROM p");
    assert!(sql(s, "SELECT q FROM v").is_empty());
}

#[test]
fn a_view_keeps_the_default_schema_it_was_made_in() {
    // iris-sql §1.1, §1.6: names without a schema belong to the default schema.
    let mut w = world();
    let s = &mut w.session;
    sql(s, "CREATE TABLE t (a INT)");
    sql(s, "CREATE VIEW v AS SELECT a FROM t WHERE a < 5 WITH CHECK OPTION");
    sql(s, "SET OPTION DEFAULT_SCHEMA = other");
    sql(s, "INSERT INTO SQLUser.v VALUES (1)");
    assert_eq!(code(s, "INSERT INTO SQLUser.v VALUES (7)"), -136);
    sql(s, "CREATE TABLE t (a VARCHAR(9))");
    assert_eq!(sql(s, "SELECT a FROM SQLUser.v"), ["1"]);
    assert!(sql(s, "SELECT a FROM t").is_empty());
    assert_eq!(s.describe("", "t").unwrap().schema, "other");
}

/// Session contract §7: type, precision and scale are those of `SELECT *`, also for dates, times
/// and bits, of which INFORMATION_SCHEMA tells none (iris-sql §3).
#[test]
fn a_description_has_the_metadata_of_a_query() {
    let mut w = world();
    let s = &mut w.session;
    sql(
        s,
        "CREATE TABLE every (a BIT, b TINYINT, c SMALLINT, d INT, e BIGINT, f NUMERIC(9,3), \
         g DOUBLE, h VARCHAR(40), i CHAR(3), j LONGVARCHAR, k VARBINARY(12), l LONGVARBINARY, \
         m DATE, n TIME, o TIME(3), p TIMESTAMP, q TIMESTAMP2, r DATETIME, s SERIAL, t MONEY, \
         u UNIQUEIDENTIFIER, v ROWVERSION, x IDENTITY)",
    );
    sql(s, "CREATE VIEW seen AS SELECT * FROM every");
    for table in ["every", "seen"] {
        let prepared = s.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let known = s.describe("", table).unwrap().columns;
        assert_eq!(known.len(), prepared.columns.len());
        for (column, meta) in known.iter().zip(&prepared.columns) {
            let told = (&column.name, column.odbc, column.precision, column.scale);
            assert_eq!(told, (&meta.name, meta.odbc, meta.precision, meta.scale));
            assert_eq!(column.type_class, meta.type_class, "{}", meta.name);
            assert!(meta.precision > 0 || meta.odbc == 12, "{}", meta.name);
        }
    }
}

/// Session contract §7: a table's keys end with the foreign keys that point to it.
#[test]
fn a_description_names_the_keys_that_point_to_the_table() {
    let mut w = world();
    let s = &mut w.session;
    sql(s, "CREATE TABLE p (a INT, b INT, UNIQUE (a, b))");
    sql(s, "CREATE TABLE c (x INT, y INT, CONSTRAINT f FOREIGN KEY (x, y) REFERENCES p (a, b))");
    let keys = s.describe("", "p").unwrap().keys;
    let incoming = keys.iter().find(|key| key.kind == KeyKind::Incoming).unwrap();
    assert_eq!(
        (incoming.name.as_str(), &incoming.columns[..]),
        ("f", &["a".to_owned(), "b".to_owned()][..])
    );
    let from = ("SQLUser".to_owned(), "c".to_owned(), vec!["x".to_owned(), "y".to_owned()]);
    assert_eq!(incoming.references, Some(from));
    assert!(s.describe("", "c").unwrap().keys.iter().all(|key| key.kind == KeyKind::Foreign));
    sql(s, "DROP TABLE c");
    assert_eq!(s.describe("", "p").unwrap().keys.len(), 1);
}

//! What INSERT, UPDATE and DELETE do to rows, keys and counters (iris-sql §1.3, §1.4, §4.1).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::let_underscore_must_use,
    missing_docs
)]

mod sql_support;

use irisdb::list::{Element, ListReader, ListWriter};
use irisdb::sql::{SelectMode, SqlSession};
use sql_support::{World, code, failure, identity, run, sql, world};

fn texts(s: &mut SqlSession, all: &[&str]) {
    for text in all {
        sql(s, text);
    }
}

#[test]
fn a_chain_of_cascades_may_be_long_and_may_be_a_circle() {
    // iris-sql §1.4: ON DELETE CASCADE, also to the table itself.
    let mut w = world();
    let s = &mut w.session;
    sql(s, "CREATE TABLE n (k INT PRIMARY KEY, up INT REFERENCES n (k) ON DELETE CASCADE)");
    s.tstart().unwrap();
    sql(s, "INSERT INTO n VALUES (0, NULL)");
    for k in 1..3_000 {
        run(s, "INSERT INTO n VALUES (?, ?)", |p| {
            p.integer(k);
            p.integer(k - 1);
        })
        .unwrap();
    }
    s.tcommit().unwrap();
    sql(s, "UPDATE n SET up = 2999 WHERE k = 0");
    assert_eq!(run(s, "DELETE FROM n WHERE k = 7", |_| {}).unwrap().1, 1);
    assert_eq!(sql(s, "SELECT COUNT(*) FROM n"), ["0"]);
}

#[test]
fn rows_that_a_key_changes_are_locked_and_undone() {
    // iris-sql §1.4, §1.6: a cascade is part of the statement, with its locks and its undo.
    let mut w = world();
    let mut other = w.instance.session(identity()).unwrap();
    other.set_lock_timeout(0.05);
    let s = &mut w.session;
    texts(
        s,
        &[
            "CREATE TABLE p (k INT PRIMARY KEY)",
            "CREATE TABLE c (a INT, r INT DEFAULT 5 REFERENCES p (k) ON DELETE SET NULL ON UPDATE \
             CASCADE)",
            "INSERT INTO p VALUES (1)",
            "INSERT INTO p VALUES (2)",
            "INSERT INTO c VALUES (10, 1)",
            "INSERT INTO c VALUES (20, 2)",
        ],
    );
    s.tstart().unwrap();
    sql(s, "DELETE FROM p WHERE k = 1");
    sql(s, "UPDATE p SET k = 3 WHERE k = 2");
    assert_eq!(sql(s, "SELECT a, r FROM c ORDER BY a"), ["10|<null>", "20|3"]);
    assert_eq!(failure(&mut other, "UPDATE c SET a = 11 WHERE a = 10").sqlcode, -110);
    assert_eq!(failure(&mut other, "UPDATE c SET a = 21 WHERE a = 20").sqlcode, -110);
    s.trollback().unwrap();
    assert_eq!(sql(s, "SELECT a, r FROM c ORDER BY a"), ["10|1", "20|2"]);
    assert_eq!(sql(s, "SELECT k FROM p ORDER BY k"), ["1", "2"]);
    assert_eq!(code(&mut other, "UPDATE c SET a = 11 WHERE a = 10"), 0);
}

#[test]
fn a_reference_waits_for_the_row_it_points_to() {
    // iris-sql §1.7: `Unable to acquire shared lock on table S.T for RowID value: n`, −114.
    let mut w = world();
    let mut other = w.instance.session(identity()).unwrap();
    other.set_lock_timeout(0.05);
    let s = &mut w.session;
    texts(
        s,
        &[
            "CREATE TABLE p (k INT PRIMARY KEY, v INT)",
            "CREATE TABLE c (r INT REFERENCES p (k))",
            "INSERT INTO p VALUES (1, 1)",
        ],
    );
    s.tstart().unwrap();
    sql(s, "INSERT INTO p VALUES (2, 2)");
    let failed = failure(&mut other, "INSERT INTO c VALUES (2)");
    assert_eq!(failed.sqlcode, -114);
    assert_eq!(
        failed.message,
        "Unable to acquire shared lock on table SQLUser.p for RowID value: 2"
    );
    assert_eq!(code(&mut other, "INSERT INTO c VALUES (1)"), 0);
    s.trollback().unwrap();
    assert_eq!(failure(&mut other, "INSERT INTO c VALUES (2)").sqlcode, -121);
}

#[test]
fn a_statement_that_fails_changes_no_row() {
    // iris-sql §1.3: multi-row DML is atomic. Row by row: 1 becomes 2 while 2 is still there.
    let mut w = world();
    let s = &mut w.session;
    sql(s, "CREATE TABLE t (k INT UNIQUE, v INT)");
    for k in 1..=3 {
        sql(s, &format!("INSERT INTO t VALUES ({k}, 0)"));
    }
    assert_eq!(failure(s, "UPDATE t SET v = 1, k = k + 1").sqlcode, -120);
    assert_eq!(sql(s, "SELECT k, v FROM t ORDER BY k"), ["1|0", "2|0", "3|0"]);
    assert_eq!(code(s, "UPDATE t SET k = k - 1"), 0);
    let text = "INSERT INTO t SELECT k + 5, v FROM t UNION ALL SELECT 1, 1";
    assert_eq!(failure(s, text).sqlcode, -119);
    assert_eq!(sql(s, "SELECT COUNT(*) FROM t"), ["3"]);
}

#[test]
fn counters_never_go_back() {
    // DESIGN §5: `$INCREMENT` leaves no undo.
    let mut w = world();
    let s = &mut w.session;
    sql(s, "CREATE TABLE t (i INT IDENTITY, n SERIAL, r ROWVERSION, k INT UNIQUE)");
    sql(s, "INSERT INTO t (k) VALUES (1)");
    s.tstart().unwrap();
    sql(s, "INSERT INTO t (k) VALUES (2)");
    s.trollback().unwrap();
    assert_eq!(failure(s, "INSERT INTO t (k) VALUES (1)").sqlcode, -119);
    sql(s, "INSERT INTO t (k) VALUES (3)");
    let rows = sql(s, "SELECT i, n, r FROM t ORDER BY i");
    let last: Vec<i64> = rows[1].split('|').map(|cell| cell.parse().unwrap()).collect();
    assert_eq!(rows[0], "1|1|1");
    assert!(last.iter().all(|n| *n >= 3), "{rows:?}");
    // A higher value raises SERIAL's counter; an update counts ROWVERSION on.
    sql(s, "INSERT INTO t (k, n) VALUES (4, 100)");
    sql(s, "INSERT INTO t (k) VALUES (5)");
    assert_eq!(sql(s, "SELECT n FROM t WHERE k = 5"), ["101"]);
    let before = sql(s, "SELECT r FROM t WHERE k = 5");
    sql(s, "UPDATE t SET k = 6 WHERE k = 5");
    let after = sql(s, "SELECT r FROM t WHERE k = 6");
    assert!(after[0].parse::<i64>().unwrap() > before[0].parse::<i64>().unwrap());
}

fn stream_world() -> (World, String) {
    let mut w = world();
    // 3 MB of text that is no ASCII, within the longest string (iris-sql §4.3).
    let long: String = "stream é ".repeat(300_000);
    sql(&mut w.session, "CREATE TABLE t (k INT, body LONGVARCHAR, raw LONGVARBINARY)");
    run(&mut w.session, "INSERT INTO t VALUES (?, ?, ?)", |p| {
        p.integer(1);
        p.text(&long);
        p.bytes(&vec![200; 2_000_000]);
    })
    .unwrap();
    (w, long)
}

/// The row that is too large for a block.
fn large_row(s: &mut SqlSession, text: &str) -> Vec<u8> {
    let prepared = s.prepare(text).unwrap();
    let mut block = Vec::new();
    let done = s.execute(&prepared, &[], &mut block, 32 << 10).unwrap();
    assert_eq!(block, [1]);
    done.oversized.unwrap()
}

#[test]
fn streams_of_megabytes_come_back_whole() {
    // Session contract §4: a row past 1 MiB is an undefined element, its columns are streamed.
    let (mut w, long) = stream_world();
    let s = &mut w.session;
    let row = large_row(s, "SELECT k, body, raw FROM t");
    let cells: Vec<Element<'_>> = ListReader::new(&row).map(Result::unwrap).collect();
    let mut expected = ListWriter::new();
    expected.text(&long);
    assert_eq!(ListReader::new(expected.as_bytes()).next().unwrap().unwrap(), cells[1]);
    assert_eq!(cells[2], Element::Bytes(&vec![200; 2_000_000]));
    s.tstart().unwrap();
    sql(s, "UPDATE t SET k = 2, body = 'short'");
    s.trollback().unwrap();
    assert_eq!(large_row(s, "SELECT k, body, raw FROM t"), row);
    assert_eq!(sql(s, "SELECT k FROM t WHERE body IS NOT NULL"), ["1"]);
}

#[test]
fn streams_are_handles_where_they_are_not_read() {
    // iris-sql §4.1: not the data but a handle; `%Display` shows `1@%Stream.GlobalCharacter`.
    let (mut w, _) = stream_world();
    let s = &mut w.session;
    for mode in [SelectMode::Logical, SelectMode::Display] {
        s.set_select_mode(mode);
        assert_eq!(
            sql(s, "SELECT body, raw FROM t"),
            ["1@%Stream.GlobalCharacter|2@%Stream.GlobalBinary"]
        );
    }
}

#[test]
fn values_are_cut_in_messages() {
    // iris-sql §1.7: the value is cut at 40 characters.
    let mut w = world();
    let s = &mut w.session;
    sql(s, "CREATE TABLE T1 (Name VARCHAR(5), n INT)");
    let long = "x".repeat(41);
    let failed = failure(s, &format!("insert into t1 (name) values ('{long}')"));
    assert_eq!(
        (failed.sqlcode, failed.message),
        (
            -104,
            format!("Field 'SQLUser.T1.Name' (value '{}...') failed validation", "x".repeat(40)),
        )
    );
    let failed = failure(s, "INSERT INTO T1 (n) VALUES ('')");
    assert_eq!(failed.message, "Field 'SQLUser.T1.n' (value <EMPTY STRING>) failed validation");
}

/// Every byte and the extremes of numbers and times come back as they were given, also from another
/// column and by a rollback (iris-sql §4.1, contract §4).
#[test]
fn extremes_come_back() {
    let mut w = world();
    let s = &mut w.session;
    sql(s, "CREATE TABLE x (k INT, b VARBINARY(256), c VARBINARY(256), d DOUBLE, t TIMESTAMP)");
    let bytes: Vec<u8> = (0..=255).collect();
    let doubles = [f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, 0.1, -1e-300];
    let times = ["0001-01-01 00:00:00", "9999-12-31 23:59:59.999999", "1970-01-01 00:00:00"];
    for (k, double) in (0_i64..).zip(doubles) {
        let time = times[usize::try_from(k).unwrap() % times.len()];
        let filed = run(s, "INSERT INTO x (k, b, d, t) VALUES (?, ?, ?, ?)", |p| {
            p.integer(k);
            p.bytes(&bytes);
            p.double(double);
            p.text(time);
        });
        assert_eq!(filed.unwrap().1, 1);
    }
    let text: String = bytes.iter().map(|b| char::from(*b)).collect();
    let expected: Vec<String> = (0..)
        .zip(doubles)
        .map(|(k, double)| format!("{k}|{text}|d{double}|{}", times[k % times.len()]))
        .collect();
    let query = "SELECT k, b, d, t FROM x ORDER BY k";
    assert_eq!(sql(s, query), expected);
    s.tstart().unwrap();
    sql(s, "UPDATE x SET c = b, d = d, t = t");
    assert_eq!(sql(s, query), expected);
    sql(s, "UPDATE x SET b = c, d = -d");
    sql(s, "DELETE FROM x WHERE k < 3");
    s.trollback().unwrap();
    assert_eq!(sql(s, query), expected);
    let found = run(s, "SELECT COUNT(*) FROM x WHERE b = ?", |p| p.bytes(&bytes)).unwrap().2;
    assert_eq!(found, ["6"]);
    let long = [&bytes[..], b"x"].concat();
    let refused = run(s, "UPDATE x SET b = ?", |p| p.bytes(&long)).unwrap_err();
    assert_eq!(refused.sqlcode, -105);
}

//! Transactions, table locks and options by SQL statements (iris-sql §1.6, §5.4).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::let_underscore_must_use,
    missing_docs
)]

mod sql_support;

use irisdb::sql::{OpenThings, SqlSession};
use sql_support::{World, code, failure, identity, sql, world};

fn two() -> (World, SqlSession) {
    let mut w = world();
    sql(&mut w.session, "CREATE TABLE t (a INT PRIMARY KEY, v INT)");
    for n in 1..=3 {
        sql(&mut w.session, &format!("INSERT INTO t VALUES ({n}, {n}0)"));
    }
    let mut other = w.instance.session(identity()).unwrap();
    other.set_lock_timeout(0.05);
    (w, other)
}

#[test]
fn start_commit_and_rollback() {
    let (mut w, _other) = two();
    let s = &mut w.session;
    assert_eq!(code(s, "%INTRANSACTION"), 100);
    assert_eq!(code(s, "COMMIT"), 0);
    assert_eq!(code(s, "ROLLBACK WORK"), 0);
    for (start, end, left) in [
        ("START TRANSACTION", "COMMIT WORK", "1"),
        ("%BEGTRANS", "ROLLBACK", "1"),
        ("start transaction", "rollback work", "1"),
    ] {
        sql(s, start);
        assert_eq!((code(s, "%INTRANSACTION"), code(s, "%INTRANS"), s.level()), (0, 0, 1));
        // An extra START is ignored.
        sql(s, "START TRANSACTION");
        assert_eq!(s.level(), 1);
        sql(s, "DELETE FROM t WHERE a = 3");
        sql(s, end);
        assert_eq!(s.level(), 0);
        assert_eq!(sql(s, "SELECT 3 - COUNT(*) FROM t"), [left]);
    }
    assert_eq!(s.report(), OpenThings::default());
}

#[test]
fn statement_types_are_those_of_the_list() {
    let (mut w, _other) = two();
    for (text, number) in [
        ("COMMIT", 5),
        ("ROLLBACK", 6),
        ("SET TRANSACTION %COMMITMODE NONE", 20),
        ("START TRANSACTION", 21),
        ("%INTRANSACTION", 22),
        ("%BEGTRANS", 23),
        ("%INTRANS", 24),
        ("SET OPTION LOCK_TIMEOUT = 5", 26),
        ("SAVEPOINT a", 46),
        ("LOCK TABLE t IN SHARE MODE", 47),
        ("UNLOCK TABLE t IN SHARE MODE", 48),
    ] {
        assert_eq!(w.session.prepare(text).unwrap().statement_type, number, "{text}");
    }
}

#[test]
fn what_other_systems_have_is_refused() {
    let (mut w, _other) = two();
    for (text, sqlcode) in [
        ("BEGIN", -51),
        ("BEGIN TRANSACTION", -51),
        ("END", -51),
        ("ABORT", -51),
        ("RELEASE SAVEPOINT a", -51),
        ("START", -1),
        ("START TRANSACTION ISOLATION LEVEL SERIALIZABLE", -96),
        ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", -96),
        ("START TRANSACTION ISOLATION LEVEL READ UNCOMMITTED, READ WRITE", -92),
        ("START TRANSACTION READ WRITE, ISOLATION LEVEL READ VERIFIED", -92),
        ("START TRANSACTION READ ONLY, READ WRITE", -91),
        ("START TRANSACTION ISOLATION LEVEL SNAPSHOT", -1),
        ("START TRANSACTION %COMMITMODE EXPLICIT, READ ONLY", -25),
        ("START TRANSACTION READ ONLY, %COMMITMODE NONE", -1),
        ("START TRANSACTION DEFERRABLE", -25),
        ("SET TRANSACTION", -1),
        ("SAVEPOINT", -301),
        ("ROLLBACK TO SAVEPOINT", -301),
        ("SAVEPOINT SysA", -302),
        ("ROLLBACK TO a", -1),
        ("COMMIT AND CHAIN", -25),
        ("SET SCHEMA x", -1),
        ("SET search_path TO x", -1),
        ("SET OPTION DATE_FORMAT = 99", -129),
        ("SET OPTION LOCK_TIMEOUT = 'x'", -80),
        ("SET OPTION NO_SUCH_THING = 1", -1),
        ("LOCK t", -1),
        ("LOCK TABLE t", -1),
        ("LOCK TABLE t IN ROW EXCLUSIVE MODE", -1),
        ("LOCK TABLE nowhere IN SHARE MODE", -30),
        ("UNLOCK TABLE nowhere IN SHARE MODE", -30),
    ] {
        assert_eq!(code(&mut w.session, text), sqlcode, "{text}");
    }
    for text in [
        "SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE",
        "SET TRANSACTION ISOLATION LEVEL READ VERIFIED",
        "SET TRANSACTION READ ONLY, ISOLATION LEVEL READ UNCOMMITTED",
        "SET OPTION COMPILEMODE = NOCHECK",
        "SET OPTION AUTO_PARALLEL_THRESHOLD = 3200",
        "SET OPTION EXACT_DISTINCT = FALSE",
    ] {
        assert_eq!(code(&mut w.session, text), 0, "{text}");
    }
    assert_eq!(code(&mut w.session, "START TRANSACTION"), 0);
    assert_eq!(code(&mut w.session, "SET TRANSACTION READ ONLY"), -78);
}

#[test]
fn savepoints_raise_the_level_and_go_with_their_rollback() {
    let (mut w, _other) = two();
    let s = &mut w.session;
    sql(s, "START TRANSACTION");
    sql(s, "SAVEPOINT one");
    sql(s, "UPDATE t SET v = 1 WHERE a = 1");
    sql(s, "SAVEPOINT two");
    assert_eq!(s.level(), 3);
    sql(s, "UPDATE t SET v = 2 WHERE a = 1");
    sql(s, "INSERT INTO t VALUES (4, 4)");
    sql(s, "ROLLBACK TO SAVEPOINT TWO");
    assert_eq!(sql(s, "SELECT v, $TLEVEL FROM t WHERE a IN (1, 4)"), ["1|2"]);
    // A name hides an older equal one for good (the vendor's page on SAVEPOINT: it overwrites it).
    sql(s, "SAVEPOINT one");
    sql(s, "DELETE FROM t");
    sql(s, "ROLLBACK TO SAVEPOINT one");
    assert_eq!(sql(s, "SELECT SUM(v) FROM t"), ["51"]);
    assert_eq!(s.level(), 2);
    sql(s, "UPDATE t SET v = 0");
    let refused = failure(s, "ROLLBACK TO SAVEPOINT one");
    assert_eq!(refused.sqlcode, -375);
    assert_eq!(refused.message, "Cannot ROLLBACK to unestablished savepoint 'one'");
    // The whole transaction is rolled back.
    assert_eq!((s.level(), sql(s, "SELECT SUM(v) FROM t")), (0, vec!["60".to_owned()]));
    // A savepoint starts a transaction.
    sql(s, "SAVEPOINT x");
    assert_eq!(code(s, "%INTRANSACTION"), 0);
    sql(s, "COMMIT");
    assert_eq!(s.level(), 0);
}

#[test]
fn levels_end_at_255() {
    let (mut w, _other) = two();
    let s = &mut w.session;
    sql(s, "START TRANSACTION");
    for n in 0..254 {
        sql(s, &format!("SAVEPOINT p{n}"));
    }
    assert_eq!(s.level(), 255);
    assert_eq!(code(s, "SAVEPOINT more"), -400);
    sql(s, "ROLLBACK TO SAVEPOINT p0");
    assert_eq!(s.level(), 1);
}

#[test]
fn the_commit_mode_says_who_opens_a_transaction() {
    let (mut w, _other) = two();
    let s = &mut w.session;
    sql(s, "SET TRANSACTION %COMMITMODE EXPLICIT");
    sql(s, "SELECT a FROM t");
    assert_eq!(s.level(), 0);
    sql(s, "UPDATE t SET v = 0");
    assert_eq!(s.level(), 1);
    sql(s, "ROLLBACK");
    assert_eq!(sql(s, "SELECT SUM(v) FROM t"), ["60"]);
    sql(s, "DELETE FROM t WHERE a = 1");
    sql(s, "COMMIT");
    assert_eq!(sql(s, "SELECT SUM(v) FROM t"), ["50"]);
    for mode in ["NONE", "IMPLICIT"] {
        sql(s, &format!("SET TRANSACTION %COMMITMODE {mode}"));
        sql(s, "UPDATE t SET v = v + 1");
        assert_eq!(s.level(), 0);
    }
    sql(s, "START TRANSACTION %COMMITMODE EXPLICIT");
    sql(s, "ROLLBACK");
    sql(s, "INSERT INTO t VALUES (9, 9)");
    assert_eq!(s.level(), 1);
}

#[test]
fn isolation_is_set_by_statements() {
    let (mut w, mut other) = two();
    sql(&mut w.session, "START TRANSACTION");
    sql(&mut w.session, "UPDATE t SET v = 77 WHERE a = 1");
    assert_eq!(sql(&mut other, "SELECT v FROM t WHERE a = 1"), ["77"]);
    sql(&mut other, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
    assert_eq!(code(&mut other, "SELECT v FROM t WHERE a = 1"), -114);
    // What was deleted is not met.
    sql(&mut w.session, "DELETE FROM t WHERE a = 1");
    assert_eq!(sql(&mut other, "SELECT a FROM t"), ["2", "3"]);
    sql(&mut other, "SET TRANSACTION ISOLATION LEVEL READ VERIFIED");
    assert_eq!(code(&mut other, "SELECT v FROM t WHERE a = 1"), 0);
}

#[test]
fn table_locks_keep_others_out() {
    let (mut w, mut other) = two();
    let s = &mut w.session;
    sql(s, "LOCK TABLE t IN EXCLUSIVE MODE");
    assert_eq!(s.report().locks, 1);
    let refused = failure(&mut other, "LOCK TABLE t IN EXCLUSIVE MODE WAIT 0");
    assert_eq!(refused.sqlcode, -110);
    assert_eq!(refused.message, "Unable to acquire exclusive table lock for table 'SQLUser.t'");
    for text in ["LOCK TABLE t IN SHARE MODE", "UPDATE t SET v = 0 WHERE a = 1", "DELETE FROM t"] {
        assert_eq!(code(&mut other, text), -110, "{text}");
    }
    assert_eq!(code(&mut other, "INSERT INTO t VALUES (7, 7)"), -110);
    sql(s, "UPDATE t SET v = 1 WHERE a = 1");
    // A lock that was taken outside of a transaction outlives one.
    sql(s, "START TRANSACTION");
    sql(s, "COMMIT");
    assert_eq!(code(&mut other, "UPDATE t SET v = 0 WHERE a = 1"), -110);
    sql(s, "UNLOCK TABLE t IN EXCLUSIVE MODE");
    assert_eq!(code(&mut other, "UPDATE t SET v = 0 WHERE a = 1"), 0);
    assert_eq!(s.report(), OpenThings::default());
}

#[test]
fn shared_locks_go_together_and_keep_writers_out() {
    let (mut w, mut other) = two();
    let s = &mut w.session;
    sql(s, "LOCK TABLE t IN SHARE MODE");
    sql(&mut other, "LOCK TABLE t IN SHARE MODE");
    assert_eq!(code(&mut other, "UPDATE t SET v = 0 WHERE a = 1"), -110);
    assert_eq!(code(&mut other, "LOCK TABLE t IN EXCLUSIVE MODE WAIT 0"), -110);
    other.set_isolation(true);
    assert_eq!(code(&mut other, "SELECT v FROM t"), 0);
    sql(s, "UNLOCK TABLE t IN SHARE MODE");
    assert_eq!(code(&mut other, "UPDATE t SET v = 0 WHERE a = 1"), 0);
}

#[test]
fn a_lock_of_a_transaction_ends_with_it() {
    let (mut w, mut other) = two();
    let s = &mut w.session;
    for end in ["COMMIT", "ROLLBACK"] {
        sql(s, "START TRANSACTION");
        sql(s, "LOCK TABLE t IN EXCLUSIVE MODE");
        sql(s, "UNLOCK TABLE t IN EXCLUSIVE MODE");
        assert_eq!(code(&mut other, "DELETE FROM t WHERE a = 3"), -110);
        sql(s, end);
        assert_eq!(code(&mut other, "UPDATE t SET v = 5 WHERE a = 3"), 0);
    }
    sql(s, "START TRANSACTION");
    sql(s, "LOCK TABLE t IN EXCLUSIVE MODE");
    sql(s, "UPDATE t SET v = 6 WHERE a = 3");
    sql(s, "UNLOCK TABLE t IN EXCLUSIVE MODE IMMEDIATE");
    assert_eq!(code(&mut other, "UPDATE t SET v = 5 WHERE a = 2"), 0);
    assert_eq!(code(&mut other, "UPDATE t SET v = 5 WHERE a = 3"), -110);
    sql(s, "COMMIT");
    assert_eq!(sql(&mut other, "SELECT v FROM t WHERE a = 3"), ["6"]);
}

#[test]
fn options_steer_locks() {
    let (mut w, mut other) = two();
    sql(&mut w.session, "SET OPTION LOCK_ESCALATION_THRESHOLD = 2");
    sql(&mut w.session, "START TRANSACTION");
    sql(&mut w.session, "UPDATE t SET v = 0 WHERE a < 3");
    assert_eq!(w.session.report().locks, 2);
    assert_eq!(code(&mut other, "UPDATE t SET v = 0 WHERE a = 3"), 0);
    sql(&mut w.session, "UPDATE t SET v = 0");
    assert_eq!(w.session.report().locks, 1);
    let begin = std::time::Instant::now();
    sql(&mut other, "SET OPTION LOCK_TIMEOUT = 0");
    assert_eq!(code(&mut other, "INSERT INTO t VALUES (8, 8)"), -110);
    assert!(begin.elapsed() < std::time::Duration::from_secs(5));
}

#[test]
fn numbers_never_go_back() {
    let (mut w, _other) = two();
    let s = &mut w.session;
    sql(s, "CREATE TABLE n (s SERIAL, k INT UNIQUE)");
    sql(s, "INSERT INTO n (k) VALUES (1)");
    sql(s, "START TRANSACTION");
    sql(s, "INSERT INTO n (k) VALUES (2)");
    sql(s, "INSERT INTO n (k) VALUES (3)");
    sql(s, "ROLLBACK");
    sql(s, "INSERT INTO n (k) VALUES (4)");
    assert_eq!(sql(s, "SELECT %ID, s FROM n WHERE k = 4"), ["4|4"]);
    // Nor after a statement that failed in its second row.
    let text = "INSERT INTO n (k) SELECT k + 10 FROM (SELECT 90 k UNION ALL SELECT -6 k) q";
    assert_eq!(code(s, &format!("{text} ORDER BY k DESC")).min(0), -119);
    sql(s, "INSERT INTO n (k) VALUES (5)");
    let row = sql(s, "SELECT %ID - s, s FROM n WHERE k = 5");
    assert!(row[0].starts_with("0|") && row[0][2..].parse::<i64>().unwrap() > 5, "{row:?}");
}

#[test]
fn a_row_that_was_deleted_and_inserted_again_comes_back() {
    let (mut w, _other) = two();
    let s = &mut w.session;
    sql(s, "CREATE TABLE i (n INT IDENTITY, v INT) WITH %CLASSPARAMETER ALLOWIDENTITYINSERT = 1");
    sql(s, "INSERT INTO i (v) VALUES (1)");
    sql(s, "INSERT INTO i (v) VALUES (2)");
    sql(s, "START TRANSACTION");
    sql(s, "DELETE FROM i WHERE n = 1");
    sql(s, "INSERT INTO i (n, v) VALUES (1, 11)");
    sql(s, "DELETE FROM i WHERE n = 2");
    sql(s, "INSERT INTO i (n, v) VALUES (2, 22)");
    sql(s, "UPDATE i SET v = 0");
    sql(s, "INSERT INTO i (v) VALUES (3)");
    sql(s, "ROLLBACK");
    assert_eq!(sql(s, "SELECT n, v FROM i ORDER BY n"), ["1|1", "2|2"]);
}

//! Transactions, locks, undo and dead owners (iris-sql §1.6, DESIGN §5).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::let_underscore_must_use,
    missing_docs
)]

mod sql_support;

use std::time::{Duration, Instant};

use irisdb::sql::{Identity, OpenThings};
use sql_support::{World, code, failure, identity, sql, world};

fn two() -> (World, irisdb::sql::SqlSession) {
    let mut w = world();
    sql(&mut w.session, "CREATE TABLE t (a INT PRIMARY KEY, v INT, s VARCHAR(20))");
    for n in 1..=3 {
        sql(&mut w.session, &format!("INSERT INTO t VALUES ({n}, {n}0, 'row {n}')"));
    }
    let mut other = w.instance.session(identity()).unwrap();
    other.set_lock_timeout(0.05);
    (w, other)
}

#[test]
fn rollback_puts_everything_back() {
    let (mut w, _other) = two();
    let s = &mut w.session;
    let before = sql(s, "SELECT %ID, a, v, s FROM t ORDER BY a");
    s.tstart().unwrap();
    sql(s, "UPDATE t SET v = v + 1");
    sql(s, "DELETE FROM t WHERE a = 2");
    sql(s, "INSERT INTO t VALUES (4, 40, NULL)");
    sql(s, "UPDATE t SET a = 9 WHERE a = 4");
    assert_eq!(sql(s, "SELECT a, v FROM t ORDER BY a"), ["1|11", "3|31", "9|40"]);
    assert!(s.report().locks > 0 && s.report().undo_rows > 0);
    s.trollback().unwrap();
    assert_eq!(sql(s, "SELECT %ID, a, v, s FROM t ORDER BY a"), before);
    assert_eq!((s.level(), s.report()), (0, OpenThings::default()));
}

#[test]
fn levels_nest() {
    let (mut w, _other) = two();
    let s = &mut w.session;
    s.tstart().unwrap();
    sql(s, "UPDATE t SET v = 1 WHERE a = 1");
    s.tstart().unwrap();
    sql(s, "UPDATE t SET v = 2 WHERE a = 1");
    s.tstart().unwrap();
    sql(s, "UPDATE t SET v = 3 WHERE a = 1");
    assert_eq!(sql(s, "SELECT $TLEVEL"), ["3"]);
    s.trollback_one().unwrap();
    assert_eq!(sql(s, "SELECT v FROM t WHERE a = 1"), ["2"]);
    s.tcommit().unwrap();
    assert_eq!(s.level(), 1);
    s.tstart().unwrap();
    sql(s, "DELETE FROM t");
    s.trollback_one().unwrap();
    assert_eq!(sql(s, "SELECT COUNT(*), SUM(v) FROM t"), ["3|52"]);
    s.tcommit().unwrap();
    assert_eq!((s.level(), s.report()), (0, OpenThings::default()));
    assert_eq!(sql(s, "SELECT v FROM t WHERE a = 1"), ["2"]);
}

#[test]
fn a_failed_statement_is_undone_whole_and_the_transaction_goes_on() {
    let (mut w, _other) = two();
    let s = &mut w.session;
    s.tstart().unwrap();
    sql(s, "UPDATE t SET v = 99 WHERE a = 1");
    // The second row meets the third.
    assert_eq!(code(s, "UPDATE t SET a = a + 1"), -120);
    assert_eq!(sql(s, "SELECT a, v FROM t ORDER BY a"), ["1|99", "2|20", "3|30"]);
    s.tcommit().unwrap();
    assert_eq!(sql(s, "SELECT v FROM t WHERE a = 1"), ["99"]);
}

#[test]
fn readers_and_writers_meet_locks() {
    let (mut w, mut other) = two();
    w.session.tstart().unwrap();
    sql(&mut w.session, "UPDATE t SET v = 77 WHERE a = 1");
    // READ UNCOMMITTED sees it at once (iris-sql §1.6).
    assert_eq!(sql(&mut other, "SELECT v FROM t WHERE a = 1"), ["77"]);
    other.set_isolation(true);
    let refused = failure(&mut other, "SELECT v FROM t WHERE a = 1");
    assert_eq!(refused.sqlcode, -114);
    assert_eq!(
        refused.message,
        "Unable to acquire shared lock on table SQLUser.t for RowID value: 1"
    );
    assert_eq!(sql(&mut other, "SELECT v FROM t WHERE a = 2"), ["20"]);
    // Also behind derived tables.
    let pages = "SELECT v FROM (SELECT TOP ALL a, v FROM t ORDER BY a) q WHERE %VID BETWEEN ";
    assert_eq!(code(&mut other, &format!("{pages} 1 AND 2")), -114);
    assert_eq!(sql(&mut other, &format!("{pages} 2 AND 3")), ["20", "30"]);
    // No effect on aggregates, DISTINCT, GROUP BY, and with %NOLOCK.
    assert_eq!(sql(&mut other, "SELECT MAX(v) FROM t"), ["77"]);
    assert_eq!(sql(&mut other, "SELECT %NOLOCK v FROM t WHERE a = 1"), ["77"]);
    let refused = failure(&mut other, "UPDATE t SET v = 5 WHERE a = 1");
    assert_eq!(refused.sqlcode, -110);
    assert_eq!(
        refused.message,
        "Unable to acquire lock for UPDATE of table 'SQLUser.t' on row with RowID = '1'"
    );
    assert_eq!(code(&mut other, "DELETE FROM t"), -110);
    assert_eq!(code(&mut other, "UPDATE t SET v = 5 WHERE a = 3"), 0);
    w.session.trollback().unwrap();
    assert_eq!(sql(&mut other, "SELECT v FROM t WHERE a = 1"), ["10"]);
    assert_eq!(code(&mut other, "DROP TABLE t"), 0);
}

#[test]
fn a_waiter_goes_on_when_the_lock_goes() {
    let (mut w, other) = two();
    drop(other);
    w.session.tstart().unwrap();
    sql(&mut w.session, "UPDATE t SET v = v + 1 WHERE a = 1");
    let path = w.data.0.clone();
    std::thread::scope(|scope| {
        let waiter = scope.spawn(|| {
            let version = irisdb::sql::Version::new(2025, 1);
            let instance = irisdb::sql::Instance::open(&path, version).unwrap();
            let mut s = instance.session(identity()).unwrap();
            s.set_isolation(true);
            let begin = Instant::now();
            assert_eq!(sql(&mut s, "SELECT v FROM t WHERE a = 1"), ["11"]);
            begin.elapsed()
        });
        std::thread::sleep(Duration::from_millis(200));
        w.session.tcommit().unwrap();
        assert!(waiter.join().unwrap() > Duration::from_millis(50));
    });
}

#[test]
fn keys_given_up_by_an_open_transaction_stay_taken() {
    let (mut w, mut other) = two();
    w.session.tstart().unwrap();
    sql(&mut w.session, "DELETE FROM t WHERE a = 1");
    sql(&mut w.session, "UPDATE t SET a = 22 WHERE a = 2");
    assert_eq!(code(&mut other, "INSERT INTO t VALUES (1, 0, '')"), -110);
    assert_eq!(code(&mut other, "INSERT INTO t VALUES (2, 0, '')"), -110);
    assert_eq!(code(&mut other, "INSERT INTO t VALUES (22, 0, '')"), -110);
    w.session.trollback().unwrap();
    assert_eq!(code(&mut other, "INSERT INTO t VALUES (1, 0, '')"), -119);
    assert_eq!(code(&mut other, "INSERT INTO t VALUES (22, 0, '')"), 0);
}

#[test]
fn many_row_locks_become_a_table_lock() {
    let (mut w, mut other) = two();
    sql(&mut w.session, "CREATE TABLE big (a INT)");
    w.session.tstart().unwrap();
    for n in 0..1_002 {
        sql(&mut w.session, &format!("INSERT INTO big VALUES ({n})"));
    }
    assert_eq!(w.session.report().locks, 1);
    assert_eq!(code(&mut other, "INSERT INTO big VALUES (1)"), -110);
    w.session.trollback().unwrap();
    assert_eq!(sql(&mut other, "SELECT COUNT(*) FROM big"), ["0"]);
    assert_eq!(code(&mut other, "INSERT INTO big VALUES (1)"), 0);
}

#[test]
fn an_escalation_that_fails_leaves_row_locks_working() {
    let (mut w, mut other) = two();
    let s = &mut w.session;
    sql(s, "CREATE TABLE many (a INT)");
    s.tstart().unwrap();
    for n in 0..1_100 {
        sql(s, &format!("INSERT INTO many VALUES ({n})"));
    }
    s.tcommit().unwrap();
    sql(s, "CREATE TABLE big (a INT UNIQUE, v INT)");
    sql(s, "INSERT INTO big VALUES (1099, 0)");
    s.tstart().unwrap();
    sql(s, "UPDATE t SET v = 0 WHERE a = 1");
    assert_eq!(code(s, "INSERT INTO big SELECT a, 1 FROM many"), -119);
    assert_eq!(code(&mut other, "INSERT INTO big VALUES (5000, 0)"), 0);
    sql(s, "UPDATE big SET v = 7 WHERE a = 1099");
    assert_eq!(code(&mut other, "UPDATE big SET v = 8 WHERE a = 1099"), -110);
}

#[test]
fn ddl_is_not_undone() {
    let (mut w, mut other) = two();
    w.session.tstart().unwrap();
    sql(&mut w.session, "CREATE TABLE made (a INT)");
    sql(&mut w.session, "INSERT INTO made VALUES (1)");
    w.session.trollback().unwrap();
    assert_eq!(sql(&mut other, "SELECT COUNT(*) FROM made"), ["0"]);
    let before = other.generation();
    sql(&mut w.session, "DROP TABLE made");
    assert!(other.generation() > before);
    assert_eq!(code(&mut other, "SELECT COUNT(*) FROM made"), -30);
}

#[test]
fn a_dead_process_is_rolled_back_by_whoever_meets_it() {
    let (mut w, mut other) = two();
    let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
    let ghost = Identity { pid: child.id(), ..identity() };
    let mut ghost = w.instance.session(ghost).unwrap();
    ghost.tstart().unwrap();
    sql(&mut ghost, "UPDATE t SET v = 0");
    std::mem::forget(ghost);
    assert_eq!(code(&mut other, "UPDATE t SET v = 1 WHERE a = 1"), -110);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(code(&mut other, "UPDATE t SET v = v + 1 WHERE a = 1"), 0);
    assert_eq!(sql(&mut w.session, "SELECT v FROM t ORDER BY a"), ["11", "20", "30"]);
}

#[test]
fn opening_rolls_dead_processes_back() {
    let (mut w, _other) = two();
    let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
    let mut ghost = w.instance.session(Identity { pid: child.id(), ..identity() }).unwrap();
    ghost.tstart().unwrap();
    sql(&mut ghost, "DELETE FROM t");
    std::mem::forget(ghost);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(sql(&mut w.session, "SELECT COUNT(*) FROM t"), ["0"]);
    irisdb::sql::Instance::open(&w.data.0, irisdb::sql::Version::new(2025, 1)).unwrap();
    assert_eq!(sql(&mut w.session, "SELECT COUNT(*) FROM t"), ["3"]);
}

#[test]
fn an_interrupt_ends_a_lock_wait_and_a_query() {
    let (mut w, mut other) = two();
    other.set_lock_timeout(30.0);
    w.session.tstart().unwrap();
    sql(&mut w.session, "UPDATE t SET v = 0");
    let stop = other.interrupter();
    let begin = Instant::now();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(50));
            stop.interrupt();
        });
        assert_eq!(code(&mut other, "UPDATE t SET v = 1"), -456);
    });
    assert!(begin.elapsed() < Duration::from_secs(5));
    let stop = other.interrupter();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(50));
            stop.interrupt();
        });
        let long = "SELECT COUNT(*) FROM t a, t b, t c, t d, t e, t f, t g, t h, t i, t j, t k, \
                    t l, t m, t n, t o, t p, t q WHERE a.v + q.v + c.v = -1";
        assert_eq!(code(&mut other, long), -456);
    });
    assert_eq!(code(&mut other, "SELECT 1"), 0);
}

#[test]
fn sessions_of_many_threads_count_right() {
    let w = two().0;
    let path = w.data.0.clone();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let path = path.clone();
            scope.spawn(move || {
                let instance =
                    irisdb::sql::Instance::open(&path, irisdb::sql::Version::new(2025, 1)).unwrap();
                let mut s = instance.session(identity()).unwrap();
                for n in 0..50 {
                    s.tstart().unwrap();
                    sql(&mut s, "UPDATE t SET v = v + 1 WHERE a = 1");
                    sql(&mut s, "UPDATE t SET v = v + 1 WHERE a = 2");
                    if n % 5 == 0 { s.trollback().unwrap() } else { s.tcommit().unwrap() }
                }
            });
        }
    });
    let mut s = w.instance.session(identity()).unwrap();
    assert_eq!(sql(&mut s, "SELECT v FROM t WHERE a < 3 ORDER BY a"), ["170", "180"]);
}

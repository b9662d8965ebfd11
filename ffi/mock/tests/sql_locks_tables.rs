//! Locks of whole tables: escalation beyond 1 000 rows, LOCK TABLE, DDL; and what keeps nothing
//! open (iris-sql §1.6, DESIGN §5).

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

use std::path::Path;
use std::time::Duration;

use irisdb::list::ListWriter;
use sessions::{LONG, SHORT, SOON, client, table, timed, two, while_waiting};
use sql_support::{rows, run};

/// §1.6: up to 1 000 row locks are row locks.
#[test]
fn a_thousand_row_locks_leave_the_others_free() {
    let w = table(1_100);
    let (mut a, mut b) = two(&w);
    a.session.tstart().unwrap();
    assert_eq!(a.done("UPDATE t SET v = 0 WHERE a <= 1000"), (0, 1000));
    assert_eq!(b.refused("UPDATE t SET v = 1 WHERE a = 1000").sqlcode, -110);
    assert_eq!(b.done("UPDATE t SET v = 1 WHERE a = 1001"), (0, 1));
    assert_eq!(b.done("INSERT INTO t VALUES (2000, 0)"), (0, 1));
    a.session.trollback().unwrap();
    assert_eq!(b.sql("SELECT COUNT(*) FROM t WHERE v < 2"), ["2"]);
}

/// §1.6: more than 1 000 on one table escalate to a table lock; a third session can change nothing
/// there, another table is free, and a reader that does not wait still reads.
#[test]
fn more_than_a_thousand_row_locks_lock_the_table() {
    let w = table(1_100);
    let (mut a, mut b) = two(&w);
    a.session.tstart().unwrap();
    assert_eq!(a.done("UPDATE t SET v = 0 WHERE a <= 1001"), (0, 1001));
    assert_eq!(b.refused("UPDATE t SET v = 1 WHERE a = 1050").sqlcode, -110);
    assert_eq!(b.refused("DELETE FROM t WHERE a = 1050").sqlcode, -110);
    assert_eq!(b.refused("INSERT INTO t VALUES (2000, 0)").sqlcode, -110);
    assert_eq!(b.done("INSERT INTO u VALUES (1, 'x')"), (0, 1));
    assert_eq!(b.sql("SELECT v FROM t WHERE a = 1050"), ["10500"]);
    assert_eq!(b.sql("SELECT v FROM t WHERE a = 1"), ["0"]);
    b.session.set_isolation(true);
    assert_eq!(b.refused("SELECT v FROM t WHERE a = 1").sqlcode, -114);
    assert_eq!(b.refused("SELECT v FROM t WHERE a = 1050").sqlcode, -114);
    assert_eq!(b.sql("SELECT COUNT(*) FROM t"), ["1100"]);
    a.session.tcommit().unwrap();
    assert_eq!(b.sql("SELECT v FROM t WHERE a = 1050"), ["10500"]);
    assert_eq!(b.done("UPDATE t SET v = 1 WHERE a = 1050"), (0, 1));
    assert_eq!(b.done("INSERT INTO t VALUES (2000, 0)"), (0, 1));
}

/// §1.6: the locks of one transaction add up, whatever statements took them.
#[test]
fn locks_of_many_statements_escalate() {
    let w = table(1_200);
    let (mut a, mut b) = two(&w);
    a.session.tstart().unwrap();
    for from in [0, 400, 800] {
        a.sql(&format!("UPDATE t SET v = 0 WHERE a > {from} AND a <= {}", from + 350));
    }
    assert_eq!(b.refused("UPDATE t SET v = 1 WHERE a = 1200").sqlcode, -110);
    a.session.trollback().unwrap();
    assert_eq!(b.done("UPDATE t SET v = 1 WHERE a = 1200"), (0, 1));
    assert_eq!(b.sql("SELECT COUNT(*) FROM t WHERE v = 0"), ["0"]);
}

/// §1.6: the threshold is one table's, not one transaction's.
#[test]
fn locks_of_two_tables_do_not_add_up() {
    let w = table(700);
    let (mut a, mut b) = two(&w);
    a.sql("INSERT INTO u SELECT a, 'x' FROM t");
    a.session.tstart().unwrap();
    a.sql("UPDATE t SET v = 0");
    a.sql("UPDATE u SET v = 'y'");
    assert_eq!(b.done("INSERT INTO t VALUES (1000, 0)"), (0, 1));
    assert_eq!(b.done("INSERT INTO u VALUES (1000, 'z')"), (0, 1));
    a.session.trollback().unwrap();
    assert_eq!(b.sql("SELECT COUNT(*) FROM u WHERE v = 'x'"), ["700"]);
}

/// A waiter of a table lock goes on when it goes.
#[test]
fn a_waiter_for_an_escalated_table_goes_on() {
    let w = table(1_100);
    let (mut a, mut b) = two(&w);
    a.session.tstart().unwrap();
    a.sql("UPDATE t SET v = 0");
    let path = w.data.0.clone();
    let write = move || client(&path, LONG).done("UPDATE t SET v = v + 1 WHERE a = 7");
    let done = while_waiting(write, |waits| {
        assert!(waits());
        a.session.tcommit().unwrap();
    });
    assert_eq!(done, (0, 1));
    assert_eq!(b.sql("SELECT v FROM t WHERE a = 7"), ["1"]);
}

/// §1.6: autocommit: each DML its own transaction. DESIGN §5: it needs neither lock nor undo row,
/// so it leaves none.
#[test]
fn an_autocommitted_statement_leaves_no_lock_and_no_undo() {
    let w = table(1_500);
    let (mut a, mut b) = two(&w);
    let statements = [
        "INSERT INTO u VALUES (1, 'x')",
        "INSERT INTO u SELECT a, 'y' FROM t",
        "UPDATE t SET v = v + 1",
        "UPDATE t SET v = 0 WHERE a = 3",
        "DELETE FROM u WHERE a > 700",
        "DELETE FROM t WHERE a = 99999",
    ];
    for text in statements {
        a.done(text);
        assert!(a.is_clean(), "{text}");
        assert_eq!(a.session.level(), 0, "{text}");
    }
    assert_eq!(a.refused("INSERT INTO t VALUES (1, 1)").sqlcode, -119);
    assert_eq!(a.refused("UPDATE t SET v = 1 / (3 - a)").sqlcode, -400);
    assert!(a.is_clean());
    assert_eq!(b.done("UPDATE t SET v = 1"), (0, 1500));
}

/// DESIGN §5: DDL leaves no undo, and is visible at once (iris-sql §1.4).
#[test]
fn ddl_of_an_open_transaction_is_everybodys() {
    let w = table(1);
    let (mut a, mut b) = two(&w);
    a.session.tstart().unwrap();
    a.sql("CREATE TABLE made (a INT)");
    assert_eq!(b.done("INSERT INTO made VALUES (1)"), (0, 1));
    a.sql("CREATE INDEX i ON made (a)");
    a.session.trollback().unwrap();
    assert_eq!(b.sql("SELECT a FROM made"), ["1"]);
    assert_eq!(b.refused("CREATE INDEX i ON made (a)").sqlcode, -324);
    a.session.tstart().unwrap();
    a.sql("DROP TABLE made");
    a.session.trollback().unwrap();
    assert_eq!(b.refused("SELECT a FROM made").sqlcode, -30);
}

/// DESIGN §5: `$INCREMENT` leaves no undo: numbers that a rollback gave up are not given again, in
/// no session.
#[test]
fn counters_never_go_back() {
    let w = table(1);
    let (mut a, mut b) = two(&w);
    a.sql("CREATE TABLE c (i IDENTITY, s SERIAL, v INT)");
    a.sql("INSERT INTO c (v) VALUES (1)");
    a.session.tstart().unwrap();
    a.sql("INSERT INTO c (v) VALUES (2)");
    b.sql("INSERT INTO c (v) VALUES (3)");
    a.sql("INSERT INTO c (v) VALUES (4)");
    a.session.trollback().unwrap();
    b.sql("INSERT INTO c (v) VALUES (5)");
    assert_eq!(a.sql("SELECT i, s, v FROM c ORDER BY i"), ["1|1|1", "3|3|3", "5|5|5"]);
    a.session.tstart().unwrap();
    a.session.tstart().unwrap();
    a.sql("INSERT INTO c (v) VALUES (6)");
    a.session.trollback_one().unwrap();
    a.sql("INSERT INTO c (v) VALUES (7)");
    a.session.tcommit().unwrap();
    assert_eq!(b.sql("SELECT i, s, v FROM c WHERE v > 5"), ["7|7|7"]);
}

/// The bytes of the write-ahead log in a data directory.
fn log_bytes(dir: &Path) -> u64 {
    let files = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap());
    files
        .filter(|entry| entry.file_name().to_string_lossy().ends_with("-wal"))
        .map(|entry| entry.metadata().unwrap().len())
        .sum()
}

/// DESIGN §5: no cursor stays open between two calls: a result that nobody fetches blocks no writer
/// and pins no log.
#[test]
fn a_long_result_that_is_not_fetched_blocks_nothing() {
    let w = table(3_000);
    let (mut a, mut b) = two(&w);
    a.sql("CREATE TABLE wide (a INT, b VARCHAR(32000))");
    for n in 0..100 {
        run(&mut a.session, "INSERT INTO wide VALUES (?, ?)", |list| {
            list.integer(n);
            list.text(&"x".repeat(30_000));
        })
        .unwrap();
    }
    let prepared = a.session.prepare("SELECT a, v FROM t").unwrap();
    let mut block = Vec::new();
    let empty = ListWriter::new();
    let mut open = a.session.execute(&prepared, empty.as_bytes(), &mut block, 1 << 10).unwrap();
    let mut count = rows(&block).len();
    assert!(open.rest.is_some() && count < 1_000);
    b.session.set_lock_timeout(LONG);
    let (_, took) = timed(|| {
        assert_eq!(b.done("UPDATE t SET v = 0"), (0, 3000));
        // About 3 MB each, 90 MB in all.
        for n in 0..30 {
            let wide = (b'a' + n % 26) as char;
            run(&mut b.session, "UPDATE wide SET b = ?", |list| {
                list.text(&wide.to_string().repeat(30_000));
            })
            .unwrap();
        }
    });
    assert!(took < Duration::from_secs(60), "{took:?}");
    assert!(log_bytes(&w.data.0) < 64 << 20, "{} bytes", log_bytes(&w.data.0));
    let rest = open.rest.as_mut().unwrap();
    loop {
        block.clear();
        let (more, last) = rest.fill(&mut block, 64 << 10).unwrap();
        count += usize::try_from(more).unwrap();
        if last {
            break;
        }
    }
    assert_eq!(count, 3_000);
    assert!(a.is_clean());
}

/// DESIGN §5: nor does an open transaction: others commit meanwhile, and the log stays small.
#[test]
fn an_open_transaction_pins_no_log() {
    let w = table(10);
    let (mut a, mut b) = two(&w);
    a.sql("CREATE TABLE wide (a INT, b VARCHAR(32000))");
    for n in 0..50 {
        run(&mut a.session, "INSERT INTO wide VALUES (?, ?)", |list| {
            list.integer(n);
            list.text(&"x".repeat(30_000));
        })
        .unwrap();
    }
    a.session.tstart().unwrap();
    a.sql("UPDATE t SET v = 0 WHERE a = 1");
    for _ in 0..60 {
        b.sql("UPDATE wide SET a = a + 1");
        b.sql("UPDATE wide SET b = b || ''");
    }
    assert!(log_bytes(&w.data.0) < 64 << 20, "{} bytes", log_bytes(&w.data.0));
    a.session.tcommit().unwrap();
    assert_eq!(b.sql("SELECT v FROM t WHERE a = 1"), ["0"]);
}

/// §1.6: LOCK TABLE ... IN EXCLUSIVE MODE keeps other writers and lockers out until UNLOCK TABLE.
#[test]
fn an_exclusive_table_lock_keeps_others_out() {
    let w = table(2);
    let (mut a, mut b) = two(&w);
    a.sql("LOCK TABLE t IN EXCLUSIVE MODE");
    assert_eq!(a.done("UPDATE t SET v = 1 WHERE a = 1"), (0, 1));
    assert_eq!(b.refused("UPDATE t SET v = 2 WHERE a = 2").sqlcode, -110);
    assert_eq!(b.refused("INSERT INTO t VALUES (3, 3)").sqlcode, -110);
    assert_eq!(b.refused("LOCK TABLE t IN SHARE MODE").sqlcode, -110);
    let refused = b.refused("LOCK TABLE t IN EXCLUSIVE MODE");
    assert_eq!(refused.sqlcode, -110);
    assert_eq!(refused.message, "Unable to acquire exclusive table lock for table 'SQLUser.t'");
    assert_eq!(b.sql("SELECT v FROM t ORDER BY a"), ["1", "20"]);
    assert_eq!(b.done("INSERT INTO u VALUES (1, 'x')"), (0, 1));
    a.sql("UNLOCK TABLE t IN EXCLUSIVE MODE");
    assert_eq!(b.done("UPDATE t SET v = 2 WHERE a = 2"), (0, 1));
    assert_eq!(b.done("LOCK TABLE t IN EXCLUSIVE MODE").0, 0);
    b.sql("UNLOCK TABLE t IN EXCLUSIVE MODE");
}

/// §1.6: a SHARE lock is shared by lockers and keeps writers out.
#[test]
fn share_locks_are_shared() {
    let w = table(2);
    let (mut a, mut b) = two(&w);
    let mut c = client(&w.data.0, SHORT);
    a.sql("LOCK TABLE t IN SHARE MODE");
    b.sql("LOCK TABLE t IN SHARE MODE");
    assert_eq!(c.refused("UPDATE t SET v = 2 WHERE a = 2").sqlcode, -110);
    assert_eq!(c.refused("LOCK TABLE t IN EXCLUSIVE MODE").sqlcode, -110);
    c.session.set_isolation(true);
    assert_eq!(c.sql("SELECT v FROM t WHERE a = 1"), ["10"]);
    a.sql("UNLOCK TABLE t IN SHARE MODE");
    assert_eq!(c.refused("DELETE FROM t").sqlcode, -110);
    b.sql("UNLOCK TABLE t IN SHARE MODE");
    assert_eq!(c.done("DELETE FROM t"), (0, 2));
}

/// §1.6: row locks and table locks meet.
#[test]
fn a_table_lock_waits_for_row_locks() {
    let w = table(2);
    let (mut a, mut b) = two(&w);
    a.session.tstart().unwrap();
    a.sql("UPDATE t SET v = 0 WHERE a = 1");
    assert_eq!(b.refused("LOCK TABLE t IN EXCLUSIVE MODE").sqlcode, -110);
    assert_eq!(b.refused("LOCK TABLE t IN SHARE MODE").sqlcode, -110);
    let path = w.data.0.clone();
    let lock = move || client(&path, LONG).done("LOCK TABLE t IN EXCLUSIVE MODE");
    let done = while_waiting(lock, |waits| {
        assert!(waits());
        a.session.tcommit().unwrap();
    });
    assert_eq!(done.0, 0);
}

/// §1.6: `WAIT n` is the time-out of one LOCK TABLE, whatever the session's is.
#[test]
fn a_table_lock_has_a_wait_of_its_own() {
    let w = table(1);
    let (mut a, mut b) = two(&w);
    a.sql("LOCK TABLE t IN EXCLUSIVE MODE");
    b.session.set_lock_timeout(LONG);
    let (refused, took) = timed(|| b.refused("LOCK TABLE t IN EXCLUSIVE MODE WAIT 0"));
    assert_eq!(refused.sqlcode, -110);
    assert!(took < SOON);
    let (refused, took) = timed(|| b.refused("LOCK TABLE t IN SHARE MODE WAIT 1"));
    assert_eq!(refused.sqlcode, -110);
    assert!(took >= Duration::from_millis(500) && took < SOON, "{took:?}");
}

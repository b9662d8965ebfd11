//! What two sessions see and take of each other: visibility, READ COMMITTED, row locks, escalation
//! (iris-sql §1.6, DESIGN §5).

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

use std::time::Duration;

use sessions::{LONG, SHORT, SOON, client, table, timed, two, while_waiting};

/// DESIGN §5: changes are visible to others at once; §1.6: READ UNCOMMITTED is the default.
#[test]
fn read_uncommitted_sees_everything_at_once() {
    let w = table(2);
    let (mut a, mut b) = two(&w);
    a.session.tstart().unwrap();
    a.sql("UPDATE t SET v = 77 WHERE a = 1");
    assert_eq!(b.sql("SELECT v FROM t ORDER BY a"), ["77", "20"]);
    a.sql("INSERT INTO t VALUES (3, 30)");
    assert_eq!(b.sql("SELECT a FROM t ORDER BY a"), ["1", "2", "3"]);
    a.sql("DELETE FROM t WHERE a = 2");
    assert_eq!(b.sql("SELECT a FROM t ORDER BY a"), ["1", "3"]);
    assert_eq!(b.sql("SELECT COUNT(*), SUM(v) FROM t"), ["2|107"]);
    a.session.trollback().unwrap();
    assert_eq!(b.sql("SELECT a, v FROM t ORDER BY a"), ["1|10", "2|20"]);
}

/// §1.6: the level can be asked for by name, too.
#[test]
fn read_uncommitted_by_name_does_not_wait() {
    let w = table(1);
    let (mut a, mut b) = two(&w);
    b.session.set_lock_timeout(LONG);
    b.session.set_isolation(true);
    b.session.set_isolation(false);
    a.session.tstart().unwrap();
    a.sql("UPDATE t SET v = 11");
    let (rows, took) = timed(|| b.sql("SELECT v FROM t"));
    assert_eq!(rows, ["11"]);
    assert!(took < SOON);
}

/// §1.6 and §1.7: −114 after the lock time-out, with table and RowID in %msg.
#[test]
fn read_committed_gives_up_after_the_timeout() {
    let w = table(3);
    let (mut a, mut b) = two(&w);
    b.session.set_isolation(true);
    a.session.tstart().unwrap();
    a.sql("UPDATE t SET v = 0 WHERE a = 2");
    let (refused, took) = timed(|| b.refused("SELECT v FROM t"));
    assert_eq!(refused.sqlcode, -114);
    assert_eq!(
        refused.message,
        "Unable to acquire shared lock on table SQLUser.t for RowID value: 2"
    );
    assert!(took >= Duration::from_secs_f64(SHORT / 2.0), "it did not wait");
    assert!(took < SOON);
    // Rows that nobody changed are read.
    assert_eq!(b.sql("SELECT v FROM t WHERE a = 1"), ["10"]);
    assert_eq!(b.sql("SELECT v FROM t WHERE a = 3"), ["30"]);
    // A row that was added is locked as well.
    a.sql("INSERT INTO t VALUES (4, 40)");
    assert_eq!(b.refused("SELECT v FROM t WHERE a = 4").sqlcode, -114);
    a.session.trollback().unwrap();
    assert_eq!(b.sql("SELECT v FROM t ORDER BY a"), ["10", "20", "30"]);
}

/// §1.6: a reader that waits goes on with what was committed.
#[test]
fn read_committed_goes_on_after_a_commit() {
    let w = table(2);
    let (mut a, _) = two(&w);
    a.session.tstart().unwrap();
    a.sql("UPDATE t SET v = 99 WHERE a = 1");
    let path = w.data.0.clone();
    let read = move || {
        let mut reader = client(&path, LONG);
        reader.session.set_isolation(true);
        timed(|| reader.sql("SELECT v FROM t ORDER BY a"))
    };
    let (rows, took) = while_waiting(read, |waits| {
        assert!(waits());
        a.session.tcommit().unwrap();
    });
    assert_eq!(rows, ["99", "20"]);
    assert!(took < SOON);
}

/// §1.6: or with what was there before.
#[test]
fn read_committed_goes_on_after_a_rollback() {
    let w = table(2);
    let (mut a, _) = two(&w);
    a.session.tstart().unwrap();
    a.sql("UPDATE t SET v = 99 WHERE a = 1");
    a.sql("INSERT INTO t VALUES (3, 30)");
    let path = w.data.0.clone();
    let read = move || {
        let mut reader = client(&path, LONG);
        reader.session.set_isolation(true);
        timed(|| reader.sql("SELECT v FROM t ORDER BY a"))
    };
    let (rows, took) = while_waiting(read, |waits| {
        assert!(waits());
        a.session.trollback().unwrap();
    });
    assert_eq!(rows, ["10", "20"]);
    assert!(took < SOON);
}

/// §1.6: READ COMMITTED has no effect on aggregates, DISTINCT and GROUP BY; §1.2: nor with %NOLOCK.
#[test]
fn read_committed_spares_aggregates_distinct_and_groups() {
    let w = table(3);
    let (mut a, mut b) = two(&w);
    b.session.set_isolation(true);
    b.session.set_lock_timeout(LONG);
    a.session.tstart().unwrap();
    a.sql("UPDATE t SET v = 0");
    let (_, took) = timed(|| {
        assert_eq!(b.sql("SELECT COUNT(*) FROM t"), ["3"]);
        assert_eq!(b.sql("SELECT MAX(v) FROM t WHERE a < 3"), ["0"]);
        assert_eq!(b.sql("SELECT DISTINCT v FROM t"), ["0"]);
        assert_eq!(b.sql("SELECT v, COUNT(*) FROM t GROUP BY v"), ["0|3"]);
        assert_eq!(b.sql("SELECT %NOLOCK v FROM t WHERE a = 1"), ["0"]);
    });
    assert!(took < SOON);
    b.session.set_lock_timeout(SHORT);
    assert_eq!(b.refused("SELECT v FROM t").sqlcode, -114);
}

/// §1.6: a session does not wait for itself, and a reader leaves nothing behind.
#[test]
fn read_committed_reads_its_own_changes() {
    let w = table(2);
    let (mut a, mut b) = two(&w);
    a.session.set_isolation(true);
    a.session.tstart().unwrap();
    a.sql("UPDATE t SET v = 5 WHERE a = 1");
    assert_eq!(a.sql("SELECT v FROM t ORDER BY a"), ["5", "20"]);
    a.session.tcommit().unwrap();
    b.session.set_isolation(true);
    assert_eq!(b.sql("SELECT v FROM t ORDER BY a"), ["5", "20"]);
    assert!(b.is_clean());
    assert_eq!(a.done("UPDATE t SET v = 6"), (0, 2));
}

/// §1.6: writers −110 after the time-out; §1.7: the text names table and RowID.
#[test]
fn writers_give_up_after_the_timeout() {
    let w = table(3);
    let (mut a, mut b) = two(&w);
    a.session.tstart().unwrap();
    a.sql("UPDATE t SET v = 0 WHERE a = 2");
    let (refused, took) = timed(|| b.refused("UPDATE t SET v = 1 WHERE a = 2"));
    assert_eq!(refused.sqlcode, -110);
    assert_eq!(
        refused.message,
        "Unable to acquire lock for UPDATE of table 'SQLUser.t' on row with RowID = '2'"
    );
    assert!(took >= Duration::from_secs_f64(SHORT / 2.0), "it did not wait");
    assert!(took < SOON);
    assert_eq!(b.refused("DELETE FROM t WHERE a = 2").sqlcode, -110);
    assert_eq!(b.refused("DELETE FROM t").sqlcode, -110);
    assert_eq!(b.done("UPDATE t SET v = 1 WHERE a = 1"), (0, 1));
    assert_eq!(b.done("DELETE FROM t WHERE a = 3"), (0, 1));
    a.session.tcommit().unwrap();
    assert_eq!(b.done("UPDATE t SET v = v + 1 WHERE a = 2"), (0, 1));
    assert_eq!(a.sql("SELECT a, v FROM t ORDER BY a"), ["1|1", "2|1"]);
}

/// §1.6: locks last until the end of the transaction: a writer waits for it and then sees its rows.
#[test]
fn a_writer_goes_on_with_what_was_committed() {
    let w = table(1);
    let (mut a, mut b) = two(&w);
    a.session.tstart().unwrap();
    a.sql("UPDATE t SET v = v + 100");
    let path = w.data.0.clone();
    let write = move || client(&path, LONG).done("UPDATE t SET v = v + 1");
    let done = while_waiting(write, |waits| {
        a.sql("UPDATE t SET v = v + 100");
        assert!(waits());
        a.session.tcommit().unwrap();
    });
    assert_eq!(done, (0, 1));
    assert_eq!(b.sql("SELECT v FROM t"), ["211"]);
}

#[test]
fn a_writer_goes_on_after_a_rollback() {
    let w = table(1);
    let (mut a, mut b) = two(&w);
    a.session.tstart().unwrap();
    a.sql("DELETE FROM t");
    a.sql("INSERT INTO t VALUES (1, 500)");
    a.sql("UPDATE t SET v = 600");
    let path = w.data.0.clone();
    let write = move || client(&path, LONG).done("UPDATE t SET v = v + 1 WHERE a = 1");
    let (_, count) = while_waiting(write, |waits| {
        assert!(waits());
        a.session.trollback().unwrap();
    });
    // The row that was deleted and came back may be met or not, the other one is gone.
    assert!(count <= 1);
    assert_eq!(b.sql("SELECT a, v FROM t"), [format!("1|{}", 10 + count)]);
}

/// §1.6: an error leaves the transaction, and so its locks, as they were.
#[test]
fn an_error_keeps_the_locks() {
    let w = table(2);
    let (mut a, mut b) = two(&w);
    a.session.tstart().unwrap();
    a.sql("UPDATE t SET v = 1 WHERE a = 1");
    assert_eq!(a.refused("UPDATE t SET a = 2 WHERE a = 1").sqlcode, -120);
    assert_eq!(a.refused("SELECT nosuch FROM t").sqlcode, -29);
    assert_eq!(a.session.level(), 1);
    assert_eq!(b.refused("UPDATE t SET v = 2 WHERE a = 1").sqlcode, -110);
    a.session.tcommit().unwrap();
    assert_eq!(b.sql("SELECT v FROM t ORDER BY a"), ["1", "20"]);
}

/// §1.6: −110 itself is such an error; §1.3: the statement leaves nothing.
#[test]
fn a_locking_conflict_undoes_the_statement_and_keeps_the_transaction() {
    let w = table(5);
    let (mut a, mut b) = two(&w);
    a.session.tstart().unwrap();
    a.sql("UPDATE t SET v = 0 WHERE a = 5");
    b.session.tstart().unwrap();
    b.sql("UPDATE t SET v = 1 WHERE a = 1");
    assert_eq!(b.refused("UPDATE t SET v = 9 WHERE a > 1").sqlcode, -110);
    assert_eq!(b.session.level(), 1);
    assert_eq!(a.sql("SELECT v FROM t ORDER BY a"), ["1", "20", "30", "40", "0"]);
    b.sql("UPDATE t SET v = 2 WHERE a = 2");
    b.session.tcommit().unwrap();
    a.session.trollback().unwrap();
    assert_eq!(a.sql("SELECT v FROM t ORDER BY a"), ["1", "2", "30", "40", "50"]);
    assert!(a.is_clean() && b.is_clean());
}

/// §1.3: a statement is atomic: what fails at the last row leaves nothing, within a transaction and
/// without.
#[test]
fn a_statement_that_fails_at_its_last_row_leaves_nothing() {
    let w = table(500);
    let (mut a, mut b) = two(&w);
    let sum = ["1252500"];
    // Only the last row meets a division by zero.
    let fails = "UPDATE t SET v = 1 / (500 - a)";
    assert_eq!(a.refused(fails).sqlcode, -400);
    assert_eq!(b.sql("SELECT SUM(v) FROM t"), sum);
    assert!(a.is_clean());
    a.session.tstart().unwrap();
    a.sql("INSERT INTO t VALUES (501, 0)");
    assert_eq!(
        a.refused("UPDATE t SET a = a + 1000 WHERE a < 501 OR 1 / (501 - a) = 1").sqlcode,
        -400
    );
    assert_eq!(a.refused("INSERT INTO t SELECT a + 1, 0 FROM t").sqlcode, -119);
    assert_eq!(b.sql("SELECT COUNT(*), SUM(v) FROM t"), ["501|1252500"]);
    a.session.trollback().unwrap();
    assert_eq!(b.sql("SELECT COUNT(*), SUM(v) FROM t"), ["500|1252500"]);
}

/// A lock time-out of 0: no wait at all.
#[test]
fn a_timeout_of_zero_refuses_at_once() {
    let w = table(1);
    let (mut a, mut b) = two(&w);
    a.session.tstart().unwrap();
    a.sql("UPDATE t SET v = 0");
    b.session.set_lock_timeout(0.0);
    let (_, took) = timed(|| {
        assert_eq!(b.refused("UPDATE t SET v = 1").sqlcode, -110);
        b.session.set_isolation(true);
        assert_eq!(b.refused("SELECT v FROM t").sqlcode, -114);
    });
    // The default would be ten seconds each.
    assert!(took < Duration::from_secs(5), "{took:?}");
}

/// §1.6: locks of different rows and tables do not meet.
#[test]
fn writers_of_different_rows_do_not_wait() {
    let w = table(4);
    let (mut a, mut b) = two(&w);
    a.session.set_lock_timeout(LONG);
    b.session.set_lock_timeout(LONG);
    let (_, took) = timed(|| {
        a.session.tstart().unwrap();
        b.session.tstart().unwrap();
        a.sql("UPDATE t SET v = 1 WHERE a = 1");
        b.sql("UPDATE t SET v = 2 WHERE a = 2");
        a.sql("UPDATE t SET v = 3 WHERE a = 3");
        b.sql("DELETE FROM t WHERE a = 4");
        a.sql("INSERT INTO t VALUES (5, 5)");
        b.sql("INSERT INTO t VALUES (6, 6)");
        a.session.tcommit().unwrap();
        b.session.trollback().unwrap();
    });
    assert!(took < SOON);
    assert_eq!(b.sql("SELECT a, v FROM t ORDER BY a"), ["1|1", "2|20", "3|3", "4|40", "5|5"]);
}

/// Two that wait for each other: the time-out frees one of them, the other goes on.
#[test]
fn a_circle_of_waits_is_broken_by_the_timeout() {
    let w = table(2);
    let (mut a, mut b) = two(&w);
    a.session.tstart().unwrap();
    a.sql("UPDATE t SET v = 1 WHERE a = 1");
    let path = w.data.0.clone();
    let other = move || {
        let mut c = client(&path, LONG);
        c.session.tstart().unwrap();
        c.sql("UPDATE t SET v = 2 WHERE a = 2");
        let done = c.done("UPDATE t SET v = 3 WHERE a = 1");
        c.session.tcommit().unwrap();
        done
    };
    let done = while_waiting(other, |waits| {
        assert!(waits());
        assert_eq!(a.refused("UPDATE t SET v = 4 WHERE a = 2").sqlcode, -110);
        a.session.trollback().unwrap();
    });
    assert_eq!(done, (0, 1));
    assert_eq!(b.sql("SELECT v FROM t ORDER BY a"), ["3", "2"]);
}

//! Two sessions and the statements of transactions: START TRANSACTION, savepoints, isolation,
//! commit modes, SET OPTION (iris-sql §1.6).

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

/// §1.6: the first 255 levels; the next savepoint is refused and the transaction goes on.
#[test]
fn levels_end_at_255() {
    let w = table(1);
    let (mut a, mut b) = two(&w);
    a.sql("START TRANSACTION");
    a.sql("UPDATE t SET v = 1");
    for n in 2..=255 {
        a.sql(&format!("SAVEPOINT p{n}"));
    }
    assert_eq!(a.sql("SELECT $TLEVEL"), ["255"]);
    // The vendor's page on SAVEPOINT names code and exception.
    let refused = a.refused("SAVEPOINT one_more");
    assert_eq!(refused.sqlcode, -400);
    assert!(refused.message.contains("<TRANSACTION LEVEL>"), "{refused}");
    assert!(a.session.tstart().is_err());
    assert_eq!(a.sql("SELECT $TLEVEL"), ["255"]);
    a.sql("UPDATE t SET v = 2");
    a.sql("ROLLBACK TO SAVEPOINT p255");
    assert_eq!(a.sql("SELECT v, $TLEVEL FROM t"), ["1|254"]);
    a.sql("COMMIT");
    assert_eq!(a.sql("SELECT $TLEVEL"), ["0"]);
    assert!(a.is_clean());
    assert_eq!(b.sql("SELECT v FROM t"), ["1"]);
}

/// The same by levels alone (DESIGN §4: BEGIN and SAVEPOINT are TSTART).
#[test]
fn tstart_ends_at_255() {
    let w = table(1);
    let (mut a, _) = two(&w);
    for level in 1..=255 {
        a.session.tstart().unwrap();
        assert_eq!(a.session.level(), level);
    }
    assert!(a.session.tstart().is_err());
    assert_eq!(a.session.level(), 255);
    a.sql("UPDATE t SET v = 1");
    a.session.trollback().unwrap();
    assert_eq!(a.session.level(), 0);
    assert_eq!(a.sql("SELECT v FROM t"), ["10"]);
}

/// §1.6: what ROLLBACK TO undoes is undone for everybody, and what it leaves stays locked.
#[test]
fn rollback_to_is_seen_by_others_and_keeps_older_locks() {
    let w = table(3);
    let (mut a, mut b) = two(&w);
    a.sql("START TRANSACTION");
    a.sql("UPDATE t SET v = 1 WHERE a = 1");
    a.sql("SAVEPOINT s");
    a.sql("UPDATE t SET v = 2 WHERE a = 2");
    a.sql("INSERT INTO t VALUES (4, 40)");
    assert_eq!(b.sql("SELECT v FROM t ORDER BY a"), ["1", "2", "30", "40"]);
    a.sql("ROLLBACK TO SAVEPOINT s");
    assert_eq!(b.sql("SELECT v FROM t ORDER BY a"), ["1", "20", "30"]);
    assert_eq!(b.refused("UPDATE t SET v = 9 WHERE a = 1").sqlcode, -110);
    a.sql("COMMIT");
    assert_eq!(b.done("UPDATE t SET v = 9"), (0, 3));
    assert!(a.is_clean());
}

/// §1.6: ROLLBACK TO an unknown savepoint undoes the whole transaction, so it frees its locks.
#[test]
fn an_unknown_savepoint_frees_all_locks() {
    let w = table(2);
    let (mut a, mut b) = two(&w);
    a.sql("START TRANSACTION");
    a.sql("UPDATE t SET v = 1");
    a.sql("SAVEPOINT s");
    a.sql("DELETE FROM t WHERE a = 2");
    let refused = a.refused("ROLLBACK TO SAVEPOINT nosuch");
    assert_eq!(refused.sqlcode, -375);
    assert_eq!(refused.message, "Cannot ROLLBACK to unestablished savepoint 'nosuch'");
    assert_eq!(a.session.level(), 0);
    assert!(a.is_clean());
    assert_eq!(b.sql("SELECT a, v FROM t ORDER BY a"), ["1|10", "2|20"]);
    assert_eq!(b.done("UPDATE t SET v = 2"), (0, 2));
}

/// §1.6: READ COMMITTED by SET TRANSACTION and by START TRANSACTION.
#[test]
fn isolation_is_set_by_statements() {
    let w = table(1);
    let (mut a, mut b) = two(&w);
    a.sql("START TRANSACTION");
    a.sql("UPDATE t SET v = 11");
    assert_eq!(b.sql("SELECT v FROM t"), ["11"]);
    b.sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
    assert_eq!(b.refused("SELECT v FROM t").sqlcode, -114);
    b.sql("SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED");
    assert_eq!(b.sql("SELECT v FROM t"), ["11"]);
    b.sql("START TRANSACTION ISOLATION LEVEL READ COMMITTED");
    assert_eq!(b.refused("SELECT v FROM t").sqlcode, -114);
    assert_eq!(b.session.level(), 1);
    b.sql("COMMIT");
    // A refused level changes nothing.
    b.sql("SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED");
    assert_eq!(b.refused("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE").sqlcode, -96);
    assert_eq!(b.sql("SELECT v FROM t"), ["11"]);
    a.sql("ROLLBACK");
}

/// §1.6: EXPLICIT: the first DML opens a transaction whose locks last until COMMIT.
#[test]
fn commit_mode_explicit_keeps_locks_until_commit() {
    let w = table(2);
    let (mut a, mut b) = two(&w);
    a.sql("SET TRANSACTION %COMMITMODE EXPLICIT");
    a.sql("UPDATE t SET v = 1 WHERE a = 1");
    assert!(a.session.level() > 0);
    assert_eq!(b.refused("UPDATE t SET v = 2 WHERE a = 1").sqlcode, -110);
    a.sql("COMMIT");
    assert_eq!(b.done("UPDATE t SET v = 2 WHERE a = 1"), (0, 1));
    a.sql("DELETE FROM t WHERE a = 2");
    a.sql("ROLLBACK");
    assert_eq!(b.sql("SELECT a, v FROM t ORDER BY a"), ["1|2", "2|20"]);
    a.sql("SET TRANSACTION %COMMITMODE IMPLICIT");
    a.sql("DELETE FROM t WHERE a = 2");
    assert!(a.is_clean());
    assert_eq!(b.sql("SELECT a FROM t"), ["1"]);
}

/// §1.6: NONE: no transaction without START, so nothing stays locked.
#[test]
fn commit_mode_none_keeps_no_locks() {
    let w = table(1);
    let (mut a, mut b) = two(&w);
    a.sql("SET TRANSACTION %COMMITMODE NONE");
    a.sql("UPDATE t SET v = 1");
    assert_eq!(a.session.level(), 0);
    assert_eq!(b.done("UPDATE t SET v = 2"), (0, 1));
    a.sql("ROLLBACK");
    assert_eq!(b.sql("SELECT v FROM t"), ["2"]);
    a.sql("START TRANSACTION");
    a.sql("UPDATE t SET v = 3");
    assert_eq!(b.refused("UPDATE t SET v = 4").sqlcode, -110);
    a.sql("ROLLBACK");
    assert_eq!(b.sql("SELECT v FROM t"), ["2"]);
}

/// §1.6: SET OPTION LOCK_TIMEOUT.
#[test]
fn the_lock_timeout_is_an_option() {
    let w = table(1);
    let (mut a, mut b) = two(&w);
    a.sql("START TRANSACTION");
    a.sql("UPDATE t SET v = 1");
    b.session.set_lock_timeout(LONG);
    b.sql("SET OPTION LOCK_TIMEOUT = 0");
    let (refused, took) = timed(|| b.refused("UPDATE t SET v = 2"));
    assert_eq!(refused.sqlcode, -110);
    assert!(took < Duration::from_secs(5), "{took:?}");
    a.sql("ROLLBACK");
}

/// §1.6: SET OPTION LOCK_ESCALATION_THRESHOLD moves the thousand rows.
#[test]
fn the_escalation_threshold_is_an_option() {
    let w = table(60);
    let (mut a, mut b) = two(&w);
    a.sql("SET OPTION LOCK_ESCALATION_THRESHOLD = 50");
    a.sql("START TRANSACTION");
    a.sql("UPDATE t SET v = 0 WHERE a <= 50");
    assert_eq!(b.done("UPDATE t SET v = 1 WHERE a = 60"), (0, 1));
    a.sql("UPDATE t SET v = 0 WHERE a = 51");
    assert_eq!(b.refused("UPDATE t SET v = 2 WHERE a = 60").sqlcode, -110);
    a.sql("ROLLBACK");
    assert_eq!(b.done("UPDATE t SET v = 2 WHERE a = 60"), (0, 1));
}

/// §1.6: COMMIT frees who waits, by SQL as by TCOMMIT.
#[test]
fn commit_and_rollback_free_a_waiter() {
    let w = table(1);
    let (mut a, mut b) = two(&w);
    for (end, expected) in [("COMMIT", "101"), ("ROLLBACK", "102")] {
        a.sql("START TRANSACTION");
        a.sql("UPDATE t SET v = 100");
        let path = w.data.0.clone();
        let write = move || timed(|| client(&path, LONG).done("UPDATE t SET v = v + 1"));
        let (done, took) = while_waiting(write, |waits| {
            assert!(waits());
            a.sql(end);
        });
        assert_eq!(done, (0, 1));
        assert!(took < SOON);
        assert_eq!(b.sql("SELECT v FROM t"), [expected]);
    }
}

/// §1.6: no nested transactions through SQL: the second START does not make a second COMMIT
/// necessary.
#[test]
fn one_commit_ends_two_starts() {
    let w = table(1);
    let (mut a, mut b) = two(&w);
    a.sql("START TRANSACTION");
    a.sql("UPDATE t SET v = 1");
    a.sql("START TRANSACTION");
    a.sql("COMMIT");
    assert_eq!(a.session.level(), 0);
    assert_eq!(b.done("UPDATE t SET v = 2"), (0, 1));
}

/// A session that ends without COMMIT is rolled back.
#[test]
fn a_session_that_ends_leaves_nothing() {
    let w = table(2);
    let mut b = client(&w.data.0, SHORT);
    {
        let mut a = client(&w.data.0, SHORT);
        a.session.tstart().unwrap();
        a.sql("UPDATE t SET v = 0");
        a.sql("INSERT INTO t VALUES (3, 30)");
        assert_eq!(b.refused("UPDATE t SET v = 1").sqlcode, -110);
    }
    assert_eq!(b.sql("SELECT a, v FROM t ORDER BY a"), ["1|10", "2|20"]);
    assert_eq!(b.done("UPDATE t SET v = 1"), (0, 2));
}

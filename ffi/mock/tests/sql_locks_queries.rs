//! Which queries READ COMMITTED makes wait, many who wait for one row, namespaces, and locks that
//! are shared (iris-sql §1.6, DESIGN §5).

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

use sessions::{LONG, SHORT, SOON, client, table, timed, two, while_waiting};

/// §1.6: any query without aggregate, DISTINCT and GROUP BY waits for the rows that it gives.
#[test]
fn joins_views_and_ordered_queries_wait() {
    let w = table(3);
    let (mut a, mut b) = two(&w);
    a.sql("INSERT INTO u VALUES (1, 'one')");
    a.sql("INSERT INTO u VALUES (3, 'three')");
    a.sql("CREATE VIEW all_of_t AS SELECT a, v FROM t");
    b.session.set_isolation(true);
    b.session.set_lock_timeout(0.05);
    a.session.tstart().unwrap();
    a.sql("UPDATE t SET v = 0 WHERE a = 3");
    let waiting = [
        "SELECT t.v FROM u JOIN t ON t.a = u.a",
        "SELECT t.v, u.v FROM t, u WHERE t.a = 3",
        "SELECT u.v, t.v FROM u LEFT JOIN t ON t.a = u.a",
        "SELECT v FROM all_of_t",
        "SELECT v FROM all_of_t WHERE a = 3",
        "SELECT v FROM t ORDER BY a DESC",
        "SELECT TOP 1 v FROM t WHERE a = 3",
        "SELECT v FROM t UNION ALL SELECT a FROM u",
        "SELECT CASE WHEN v = 0 THEN 1 ELSE 2 END FROM t",
        "SELECT a FROM t WHERE a = 3",
        "SELECT v FROM (SELECT v FROM t) x",
    ];
    for text in waiting {
        assert_eq!(b.refused(text).sqlcode, -114, "{text}");
    }
    let free = [
        "SELECT u.v FROM u JOIN t ON t.a = u.a WHERE t.a = 1",
        "SELECT v FROM all_of_t WHERE a < 3",
        "SELECT v FROM u",
        "SELECT MIN(v) FROM t",
        "SELECT COUNT(*) FROM t, u",
        "SELECT DISTINCT v FROM t",
        "SELECT v FROM t GROUP BY v",
        "SELECT %NOLOCK v FROM t",
    ];
    for text in free {
        b.sql(text);
    }
    assert!(b.is_clean());
    a.session.tcommit().unwrap();
    for text in waiting {
        b.sql(text);
    }
}

/// A result of many blocks waits as a whole, and before its first row.
#[test]
fn a_long_result_waits_before_its_first_row() {
    let w = table(2_000);
    let (mut a, mut b) = two(&w);
    b.session.set_isolation(true);
    a.session.tstart().unwrap();
    a.sql("UPDATE t SET v = 0 WHERE a = 2000");
    assert_eq!(b.refused("SELECT a, v FROM t").sqlcode, -114);
    let path = w.data.0.clone();
    let read = move || {
        let mut reader = client(&path, LONG);
        reader.session.set_isolation(true);
        reader.sql("SELECT a, v FROM t ORDER BY a")
    };
    let rows = while_waiting(read, |waits| {
        assert!(waits());
        a.session.tcommit().unwrap();
    });
    assert_eq!((rows.len(), rows[1_999].as_str()), (2_000, "2000|0"));
}

/// §1.6: a writer of a row that another session added waits as for any other.
#[test]
fn rows_that_were_added_are_locked() {
    let w = table(1);
    let (mut a, mut b) = two(&w);
    a.session.tstart().unwrap();
    a.sql("INSERT INTO t VALUES (2, 20)");
    assert_eq!(b.refused("UPDATE t SET v = 1 WHERE a = 2").sqlcode, -110);
    assert_eq!(b.refused("DELETE FROM t WHERE a = 2").sqlcode, -110);
    assert_eq!(b.done("UPDATE t SET v = 1 WHERE a = 1"), (0, 1));
    a.session.trollback().unwrap();
    assert_eq!(b.done("UPDATE t SET v = 1 WHERE a = 2"), (100, 0));
    a.session.tstart().unwrap();
    a.sql("INSERT INTO t VALUES (3, 30)");
    a.session.tcommit().unwrap();
    assert_eq!(b.done("UPDATE t SET v = 31 WHERE a = 3"), (0, 1));
}

/// Many who wait for one row all get it, one after the other, and none of them starves.
#[test]
fn everyone_who_waits_gets_the_row() {
    let w = table(1);
    let path = w.data.0.clone();
    let (_, took) = timed(|| {
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let mut c = client(&path, LONG);
                    for _ in 0..20 {
                        c.session.tstart().unwrap();
                        c.sql("UPDATE t SET v = v + 1");
                        c.sql("UPDATE t SET v = v + 1");
                        c.session.tcommit().unwrap();
                    }
                });
            }
        });
    });
    assert!(took < SOON, "{took:?}");
    let mut b = client(&w.data.0, SHORT);
    assert_eq!(b.sql("SELECT v FROM t"), ["330"]);
}

/// The same without transactions: autocommitted statements of many sessions lose nothing.
#[test]
fn autocommitted_increments_are_all_counted() {
    let w = table(3);
    let path = w.data.0.clone();
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                let mut c = client(&path, LONG);
                for _ in 0..50 {
                    c.sql("UPDATE t SET v = v + 1");
                }
                assert!(c.is_clean());
            });
        }
    });
    let mut b = client(&w.data.0, SHORT);
    assert_eq!(b.sql("SELECT v FROM t ORDER BY a"), ["310", "320", "330"]);
}

/// A key is given once, however many sessions ask for it at once (§1.3: −119).
#[test]
fn one_of_many_inserts_gets_the_key() {
    let w = table(1);
    let path = w.data.0.clone();
    let mut winners = 0;
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..6)
            .map(|_| {
                scope.spawn(|| {
                    let mut c = client(&path, LONG);
                    let text = "INSERT INTO t VALUES (77, 0)";
                    match sql_support::code(&mut c.session, text) {
                        0 => 1,
                        code => {
                            assert_eq!(code, -119);
                            0
                        }
                    }
                })
            })
            .collect();
        winners = all.into_iter().map(|one| one.join().unwrap()).sum();
    });
    assert_eq!(winners, 1);
}

/// Counters of many sessions give every number once (DESIGN §5: `$INCREMENT`).
#[test]
fn counters_give_every_number_once() {
    let w = table(1);
    let path = w.data.0.clone();
    let mut b = client(&w.data.0, SHORT);
    b.sql("CREATE TABLE c (i IDENTITY, s SERIAL, v INT)");
    std::thread::scope(|scope| {
        for n in 0..4 {
            let path = &path;
            scope.spawn(move || {
                let mut c = client(path, LONG);
                for k in 0..30 {
                    c.session.tstart().unwrap();
                    c.sql(&format!("INSERT INTO c (v) VALUES ({n})"));
                    if k % 3 == 0 {
                        c.session.trollback().unwrap();
                    } else {
                        c.session.tcommit().unwrap();
                    }
                }
            });
        }
    });
    let counts = b.sql("SELECT COUNT(*), COUNT(DISTINCT i), COUNT(DISTINCT s) FROM c");
    assert_eq!(counts, ["80|80|80"]);
    assert_eq!(b.sql("SELECT CASE WHEN MAX(i) <= 120 THEN 1 ELSE 0 END FROM c"), ["1"]);
    b.sql("INSERT INTO c (v) VALUES (9)");
    assert_eq!(b.sql("SELECT i, s FROM c WHERE v = 9"), ["121|121"]);
}

/// §1.6: who shares a table with another may not write it either, until the other lets go.
#[test]
fn a_shared_table_is_written_by_nobody() {
    let w = table(2);
    let (mut a, mut b) = two(&w);
    a.sql("LOCK TABLE t IN SHARE MODE");
    assert_eq!(a.done("UPDATE t SET v = 1 WHERE a = 1"), (0, 1));
    b.sql("LOCK TABLE t IN SHARE MODE");
    assert_eq!(a.refused("UPDATE t SET v = 2 WHERE a = 1").sqlcode, -110);
    assert_eq!(b.refused("INSERT INTO t VALUES (3, 3)").sqlcode, -110);
    assert_eq!(a.refused("LOCK TABLE t IN EXCLUSIVE MODE").sqlcode, -110);
    b.sql("UNLOCK TABLE t IN SHARE MODE");
    a.sql("LOCK TABLE t IN EXCLUSIVE MODE");
    assert_eq!(a.done("UPDATE t SET v = 2 WHERE a = 1"), (0, 1));
    assert_eq!(b.refused("UPDATE t SET v = 3 WHERE a = 2").sqlcode, -110);
    a.sql("UNLOCK TABLE t IN EXCLUSIVE MODE");
    a.sql("UNLOCK TABLE t IN SHARE MODE");
    assert_eq!(b.done("UPDATE t SET v = 3 WHERE a = 2"), (0, 1));
}

/// Tables of two namespaces are two tables, and so are their locks.
#[test]
fn namespaces_share_no_locks() {
    let w = table(1);
    let (mut a, mut b) = two(&w);
    b.session.set_namespace("OTHER");
    b.sql("CREATE TABLE t (a INT, v INT)");
    b.sql("INSERT INTO t VALUES (1, 500)");
    a.session.tstart().unwrap();
    a.sql("UPDATE t SET v = 0");
    assert_eq!(b.done("UPDATE t SET v = 501"), (0, 1));
    b.session.set_isolation(true);
    assert_eq!(b.sql("SELECT v FROM t"), ["501"]);
    b.sql("LOCK TABLE t IN EXCLUSIVE MODE WAIT 0");
    a.session.trollback().unwrap();
    assert_eq!(a.sql("SELECT v FROM t"), ["10"]);
    assert_eq!(a.done("UPDATE t SET v = 11"), (0, 1));
}

/// §1.6: savepoints take levels of one transaction: its locks stay until its end.
#[test]
fn locks_of_levels_last_until_the_end() {
    let w = table(3);
    let (mut a, mut b) = two(&w);
    a.session.tstart().unwrap();
    a.session.tstart().unwrap();
    a.sql("UPDATE t SET v = 1 WHERE a = 1");
    a.session.tcommit().unwrap();
    assert_eq!(a.session.level(), 1);
    assert_eq!(b.refused("UPDATE t SET v = 9 WHERE a = 1").sqlcode, -110);
    a.session.tstart().unwrap();
    a.sql("UPDATE t SET v = 2 WHERE a = 1");
    a.session.trollback_one().unwrap();
    assert_eq!(b.refused("UPDATE t SET v = 9 WHERE a = 1").sqlcode, -110);
    assert_eq!(b.sql("SELECT v FROM t WHERE a = 1"), ["1"]);
    a.session.tcommit().unwrap();
    assert_eq!(b.done("UPDATE t SET v = 9 WHERE a = 1"), (0, 1));
}

/// §1.6: LOCK TABLE lasts until UNLOCK TABLE, as often as it was taken, and longer than a
/// transaction.
#[test]
fn a_table_lock_lasts_until_it_is_given_back() {
    let w = table(1);
    let (mut a, mut b) = two(&w);
    a.sql("LOCK TABLE t IN EXCLUSIVE MODE");
    a.sql("LOCK TABLE t IN EXCLUSIVE MODE");
    a.session.tstart().unwrap();
    a.sql("UPDATE t SET v = 1");
    a.session.tcommit().unwrap();
    assert_eq!(b.refused("UPDATE t SET v = 2").sqlcode, -110);
    a.session.tstart().unwrap();
    a.sql("UPDATE t SET v = 3");
    a.session.trollback().unwrap();
    assert_eq!(b.refused("UPDATE t SET v = 2").sqlcode, -110);
    a.sql("UNLOCK TABLE t IN EXCLUSIVE MODE");
    assert_eq!(b.refused("UPDATE t SET v = 2").sqlcode, -110);
    a.sql("UNLOCK TABLE t IN EXCLUSIVE MODE");
    assert_eq!(b.done("UPDATE t SET v = 2"), (0, 1));
}

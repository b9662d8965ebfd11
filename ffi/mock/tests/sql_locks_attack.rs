//! What is left to break in locks and transactions (iris-sql §1.6, DESIGN §5): many sessions, keys
//! that are given up, references that are let go, interrupts, a rollback that meets a definition.

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

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use irisdb::sql::SqlSession;
use sessions::{Client, LONG, SHORT, SOON, client, table, timed, two, while_waiting};
use sql_support::{World, identity, run, sql};

const PLACE: &str = "IRIS_MOCK_ATTACK_PLACE";

/// The long form of the storms.
fn is_long() -> bool {
    std::env::var_os("IRISPG_LONG").is_some()
}

/// Slots in shared memory: 1 024 sessions that changed something.
const SLOTS: usize = 1_024;

/// A started process with many open transactions; without a place it is no test.
#[test]
fn child() {
    let Ok(place) = std::env::var(PLACE) else { return };
    let instance =
        irisdb::sql::Instance::open(Path::new(&place), irisdb::sql::Version::new(2025, 1)).unwrap();
    let mut all: Vec<SqlSession> = Vec::new();
    for n in 0..600 {
        let mut session = instance.session(identity()).unwrap();
        session.tstart().unwrap();
        sql(&mut session, &format!("INSERT INTO u VALUES ({n}, 'x')"));
        all.push(session);
    }
    std::fs::write(told(Path::new(&place)), b"").unwrap();
    std::thread::sleep(Duration::from_secs(120));
}

fn told(dir: &Path) -> PathBuf {
    dir.with_extension("attack-told")
}

struct Started(Child);

impl Started {
    fn many(dir: &Path) -> Started {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--nocapture", "--test-threads=1"])
            .env(PLACE, dir)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut started = Started(child);
        let end = Instant::now() + Duration::from_secs(60);
        while !told(dir).exists() {
            assert!(started.0.try_wait().unwrap().is_none(), "ended too early");
            assert!(Instant::now() < end);
            std::thread::sleep(Duration::from_millis(2));
        }
        std::fs::remove_file(told(dir)).unwrap();
        started
    }

    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// One session more than there are slots is told so at once; where the slots are those of the dead,
/// these are rolled back.
#[test]
fn the_slots_of_the_dead_serve_again() {
    let w = table(3);
    let dir = w.data.0.clone();
    let mut dead = Started::many(&dir);
    let mut mine: Vec<SqlSession> = Vec::new();
    let failure = loop {
        let mut session = w.instance.session(identity()).unwrap();
        session.set_lock_timeout(0.0);
        session.tstart().unwrap();
        let text = format!("INSERT INTO u VALUES ({}, 'y')", mine.len());
        match run(&mut session, &text, |_| {}) {
            Ok(_) => mine.push(session),
            Err(failure) => break failure,
        }
        assert!(mine.len() <= SLOTS);
    };
    assert_eq!(failure.sqlcode, -400, "{failure}");
    assert!(failure.message.contains("TOO MANY PROCESSES"), "{failure}");
    assert!(mine.len() >= SLOTS - 600 - 1, "{}", mine.len());
    dead.kill();
    // The dead keep their slots by open transactions until somebody needs one.
    let mut last = w.instance.session(identity()).unwrap();
    last.tstart().unwrap();
    let (done, took) = timed(|| run(&mut last, "INSERT INTO u VALUES (1, 'z')", |_| {}));
    assert!(done.is_ok(), "{done:?}");
    assert!(took < SOON, "{took:?}");
    assert_eq!(sql(&mut last, "SELECT COUNT(*) FROM u WHERE v = 'x'"), ["0"]);
    for session in &mut mine {
        session.tcommit().unwrap();
    }
    last.tcommit().unwrap();
    assert_eq!(sql(&mut last, "SELECT COUNT(*) FROM u"), [(mine.len() + 1).to_string()]);
}

/// A lock table that is full is an error of the statement; afterwards there is room.
#[test]
fn a_full_lock_table_is_told() {
    let w = table(1);
    let (mut a, mut b) = two(&w);
    a.sql("SET OPTION LOCK_ESCALATION_THRESHOLD = 1000000");
    a.session.tstart().unwrap();
    a.sql("INSERT INTO u VALUES (0, 'x')");
    let mut rows = 1;
    let failure = loop {
        match run(&mut a.session, &format!("INSERT INTO u SELECT a + {rows}, v FROM u"), |_| {}) {
            Ok(_) => rows *= 2,
            Err(failure) => break failure,
        }
        assert!(rows < 1 << 20);
    };
    assert_eq!(failure.sqlcode, -400, "{failure}");
    assert!(failure.message.contains("LOCK TABLE FULL"), "{failure}");
    assert_eq!(a.sql("SELECT COUNT(*) FROM u"), [rows.to_string()]);
    b.session.tstart().unwrap();
    b.session.tcommit().unwrap();
    a.session.trollback().unwrap();
    assert!(a.is_clean());
    b.session.tstart().unwrap();
    assert_eq!(b.done("UPDATE t SET v = 5"), (0, 1));
    b.session.tcommit().unwrap();
    assert_eq!(b.sql("SELECT COUNT(*) FROM u"), ["0"]);
}

/// Parent `p` with rows 1 to 3 and child `c`, whose row 1 points to 1.
fn family(on_delete: &str) -> World {
    let mut w = table(0);
    let s = &mut w.session;
    sql(s, "CREATE TABLE p (k INT PRIMARY KEY, v INT)");
    sql(
        s,
        &format!(
            "CREATE TABLE c (a INT PRIMARY KEY, r INT, FOREIGN KEY (r) REFERENCES p (k) {on_delete})"
        ),
    );
    for n in 1..=3 {
        sql(s, &format!("INSERT INTO p VALUES ({n}, 0)"));
    }
    sql(s, "INSERT INTO c VALUES (1, 1)");
    w
}

/// No row of `c` points nowhere.
fn is_whole(c: &mut Client) {
    let lost = "SELECT COUNT(*) FROM c WHERE r IS NOT NULL AND r NOT IN (SELECT k FROM p)";
    assert_eq!(c.sql(lost), ["0"]);
}

/// A child that an open transaction deleted, or pointed elsewhere, may come back: its parent stays
/// until that is decided.
#[test]
fn a_reference_that_was_let_go_keeps_its_parent() {
    for on_delete in ["", "ON DELETE CASCADE", "ON DELETE SET NULL"] {
        for change in ["DELETE FROM c", "UPDATE c SET r = 2", "UPDATE c SET r = NULL"] {
            for keep in [false, true] {
                let w = family(on_delete);
                let (mut a, mut b) = (client(&w.data.0, 0.0), client(&w.data.0, 0.0));
                a.session.tstart().unwrap();
                a.sql(change);
                assert_eq!(b.refused("DELETE FROM p WHERE k = 1").sqlcode, -110, "{change}");
                assert_eq!(b.refused("UPDATE p SET k = 9 WHERE k = 1").sqlcode, -110, "{change}");
                assert_eq!(b.done("DELETE FROM p WHERE k = 3"), (0, 1));
                if keep {
                    a.session.tcommit().unwrap()
                } else {
                    a.session.trollback().unwrap()
                }
                let code = run(&mut b.session, "DELETE FROM p WHERE k = 1", |_| {})
                    .map_or_else(|failure| failure.sqlcode, |(code, _, _)| code);
                let stays = !keep && on_delete.is_empty();
                assert_eq!(code, if stays { -124 } else { 0 }, "{change} {on_delete} {keep}");
                is_whole(&mut a);
            }
        }
    }
}

/// A parent that an open transaction deleted takes no child; one that it filed takes none yet.
#[test]
fn a_parent_that_is_not_sure_takes_no_child() {
    let w = family("");
    let (mut a, mut b) = two(&w);
    a.session.tstart().unwrap();
    a.sql("DELETE FROM p WHERE k = 2");
    a.sql("INSERT INTO p VALUES (7, 0)");
    assert!(b.refused("INSERT INTO c VALUES (2, 2)").sqlcode < 0);
    assert_eq!(b.refused("INSERT INTO c VALUES (7, 7)").sqlcode, -114);
    a.session.trollback().unwrap();
    assert_eq!(b.done("INSERT INTO c VALUES (2, 2)"), (0, 1));
    assert_eq!(b.refused("INSERT INTO c VALUES (7, 7)").sqlcode, -121);
    // The other way round: a child that is not sure keeps its parent.
    a.session.tstart().unwrap();
    a.sql("INSERT INTO c VALUES (3, 3)");
    assert_eq!(b.refused("DELETE FROM p WHERE k = 3").sqlcode, -110);
    a.session.trollback().unwrap();
    assert_eq!(b.done("DELETE FROM p WHERE k = 3"), (0, 1));
    is_whole(&mut a);
}

/// A key that an open transaction gave up, by whatever way, is nobody's until it ends.
#[test]
fn a_key_that_was_given_up_is_waited_for() {
    let ways: [&[&str]; 5] = [
        &["DELETE FROM t WHERE a = 1"],
        &["UPDATE t SET a = 50 WHERE a = 1"],
        &["UPDATE t SET a = 50 WHERE a = 1", "SAVEPOINT s", "UPDATE t SET a = 51 WHERE a = 50"],
        &["SAVEPOINT s", "DELETE FROM t WHERE a = 1", "INSERT INTO t VALUES (60, 0)"],
        &["DELETE FROM t WHERE a = 1", "INSERT INTO t VALUES (1, 1)", "DELETE FROM t WHERE a = 1"],
    ];
    for way in ways {
        for keep in [false, true] {
            let w = table(3);
            let (mut a, mut b) = (client(&w.data.0, 0.0), client(&w.data.0, 0.0));
            a.session.tstart().unwrap();
            way.iter().for_each(|text| drop(a.sql(text)));
            assert_eq!(b.refused("INSERT INTO t VALUES (1, 0)").sqlcode, -110, "{way:?}");
            assert_eq!(b.refused("UPDATE t SET a = 1 WHERE a = 2").sqlcode, -110, "{way:?}");
            let dir = w.data.0.clone();
            let code = while_waiting(
                move || {
                    let mut c = client(&dir, LONG);
                    run(&mut c.session, "INSERT INTO t VALUES (1, 7)", |_| {})
                        .map_or_else(|failure| failure.sqlcode, |(code, _, _)| code)
                },
                |waits| {
                    assert!(waits(), "{way:?}");
                    a.sql(if keep { "ROLLBACK" } else { "COMMIT" });
                },
            );
            assert_eq!(code, if keep { -119 } else { 0 }, "{way:?}");
            assert_eq!(b.sql("SELECT COUNT(*) FROM t WHERE a = 1"), ["1"]);
        }
    }
}

/// Two sessions swap keys of rows of their own; none loses a row.
#[test]
fn keys_are_swapped_beside_one_another() {
    let w = table(4);
    let (mut a, mut b) = two(&w);
    for (me, (low, high)) in [(&mut a, (1, 2)), (&mut b, (3, 4))] {
        me.session.tstart().unwrap();
        me.sql(&format!("UPDATE t SET a = 100 + {low} WHERE a = {low}"));
        me.sql(&format!("UPDATE t SET a = {low} WHERE a = {high}"));
        me.sql(&format!("UPDATE t SET a = {high} WHERE a = 100 + {low}"));
    }
    a.session.trollback().unwrap();
    b.session.tcommit().unwrap();
    assert_eq!(a.sql("SELECT a, v FROM t ORDER BY a"), ["1|10", "2|20", "3|40", "4|30"]);
}

/// UNLOCK … IMMEDIATE gives back what LOCK took, not what more than 1 000 row locks became.
#[test]
fn an_escalated_lock_is_not_unlocked() {
    let w = table(1_500);
    let (mut a, mut b) = two(&w);
    a.session.tstart().unwrap();
    a.sql("LOCK TABLE t IN EXCLUSIVE MODE");
    a.sql("UPDATE t SET v = 0");
    a.sql("UNLOCK TABLE t IN EXCLUSIVE MODE IMMEDIATE");
    for row in [1, 700, 1_400, 1_500] {
        let text = format!("UPDATE t SET v = 1 WHERE a = {row}");
        assert_eq!(b.refused(&text).sqlcode, -110, "{row}");
    }
    a.session.trollback().unwrap();
    assert_eq!(b.done("UPDATE t SET v = v + 1"), (0, 1_500));
    assert_eq!(b.sql("SELECT SUM(v) FROM t"), ["11259000"]);
}

/// What a transaction's own DDL forbids does not keep its rollback from coming through.
#[test]
fn a_rollback_comes_through_whatever_was_defined() {
    for (change, define) in [
        ("DELETE FROM u WHERE v = 'twin'", "ALTER TABLE u ADD CONSTRAINT one UNIQUE (a)"),
        ("DELETE FROM u WHERE a = 1", "CREATE UNIQUE INDEX one ON u (a)"),
        ("UPDATE u SET v = 'x' WHERE v IS NULL", "ALTER TABLE u ALTER COLUMN v NOT NULL"),
        ("DELETE FROM u WHERE a = 1", "ALTER TABLE u DROP COLUMN v"),
        ("DELETE FROM u WHERE a = 1", "ALTER TABLE u ADD COLUMN w INT DEFAULT 3 NOT NULL"),
        ("DELETE FROM u WHERE a = 1", "DROP TABLE u"),
        ("INSERT INTO u VALUES (9, 'x')", "DROP TABLE u"),
    ] {
        let w = table(1);
        let (mut a, mut b) = two(&w);
        a.sql("INSERT INTO u VALUES (1, 'one')");
        a.sql("INSERT INTO u VALUES (1, 'twin')");
        a.sql("INSERT INTO u VALUES (3, NULL)");
        a.session.tstart().unwrap();
        a.sql("UPDATE t SET v = 77");
        a.sql(change);
        let code = run(&mut a.session, define, |_| {}).map_or_else(|f| f.sqlcode, |_| 0);
        // Rows that may come back count (iris-sql Appendix A, −125).
        assert_eq!(code, if define.contains("UNIQUE") { -125 } else { 0 }, "{define}");
        a.session.trollback().unwrap();
        assert!(a.is_clean(), "{define}");
        assert_eq!(b.sql("SELECT v FROM t"), ["10"], "{define}");
        drop(client(&w.data.0, SHORT));
    }
}

/// A rollback is one command: an interrupt does not leave half of it (iris-sql §6).
#[test]
fn an_interrupt_does_not_end_a_rollback() {
    let mut w = table(0);
    let s = &mut w.session;
    s.tstart().unwrap();
    for n in 0..2_000 {
        sql(s, &format!("INSERT INTO u VALUES ({n}, 'x')"));
    }
    s.tcommit().unwrap();
    let interrupter = s.interrupter();
    for round in 0..5 {
        s.tstart().unwrap();
        sql(s, "UPDATE u SET v = 'y'");
        let over = AtomicBool::new(false);
        let done = std::thread::scope(|scope| {
            scope.spawn(|| {
                while !over.load(Ordering::SeqCst) {
                    interrupter.interrupt();
                    std::thread::sleep(Duration::from_micros(900));
                }
            });
            let done = s.trollback();
            over.store(true, Ordering::SeqCst);
            done
        });
        assert!(done.is_ok(), "round {round}: {done:?}");
        assert_eq!(s.level(), 0);
        // What is left of the interrupts strikes one statement at most.
        let _ = run(s, "SELECT 1", |_| {});
        assert_eq!(sql(s, "SELECT COUNT(*) FROM u WHERE v = 'y'"), ["0"]);
    }
}

/// An autocommitted statement that is interrupted half way changes nothing and locks nothing.
#[test]
fn an_interrupted_statement_changes_nothing() {
    let mut w = table(3_000);
    let mut b = client(&w.data.0, SHORT);
    let interrupter = w.session.interrupter();
    let mut struck = 0;
    for round in 0..20_u64 {
        let over = AtomicBool::new(false);
        let outcome = std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(Duration::from_micros(500 + round * 700));
                if !over.load(Ordering::SeqCst) {
                    interrupter.interrupt();
                }
            });
            let outcome = run(&mut w.session, "UPDATE t SET v = v + 1", |_| {});
            over.store(true, Ordering::SeqCst);
            outcome
        });
        let _ = run(&mut w.session, "SELECT 1", |_| {});
        let spread = b.sql("SELECT MAX(v - a * 10) - MIN(v - a * 10) FROM t");
        assert_eq!(spread, ["0"], "round {round}");
        assert_eq!(b.done("UPDATE t SET v = v WHERE a = 1"), (0, 1));
        if let Err(failure) = outcome {
            assert_eq!(failure.sqlcode, -456, "{failure}");
            struck += 1;
        }
    }
    assert!(struck > 0, "no interrupt came in time");
}

/// A long READ COMMITTED query ends, though others roll back all the time, and sees nothing of
/// what they roll back.
#[test]
fn a_query_ends_among_rollbacks() {
    let w = table(4_000);
    let dir = &w.data.0;
    let over = AtomicBool::new(false);
    let seconds = if is_long() { 60 } else { 3 };
    std::thread::scope(|scope| {
        for n in 0..3 {
            let over = &over;
            scope.spawn(move || {
                let mut me = client(dir, LONG);
                let row = 3_990 + n;
                while !over.load(Ordering::SeqCst) {
                    me.session.tstart().unwrap();
                    me.sql(&format!("UPDATE t SET v = -1 WHERE a = {row}"));
                    me.session.trollback().unwrap();
                }
            });
        }
        let mut reader = client(dir, LONG);
        reader.session.set_isolation(true);
        let end = Instant::now() + Duration::from_secs(seconds);
        let mut passes = 0;
        while Instant::now() < end {
            let (rows, took) = timed(|| reader.sql("SELECT a, v FROM t"));
            assert!(took < SOON, "{took:?}");
            assert_eq!(rows.len(), 4_000);
            assert!(!rows.iter().any(|row| row.ends_with("|-1")));
            passes += 1;
        }
        over.store(true, Ordering::SeqCst);
        assert!(passes > 0);
    });
}

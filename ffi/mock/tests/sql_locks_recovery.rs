//! Processes that die at any point: whoever meets what they left rolls them back first (DESIGN §5).
//!
//! The processes are this test binary again: `child` does what the environment orders.

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
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use irisdb::sql::{Instance, Version};
use sessions::{Client, LONG, SHORT, SOON, client, table, timed};
use sql_support::{World, code, run, sql};

const ORDER: &str = "IRIS_MOCK_LOCKS_ORDER";
const PLACE: &str = "IRIS_MOCK_LOCKS_PLACE";

/// A process of this binary, killed at the latest when the test ends.
struct Process(std::process::Child);

impl Process {
    /// Starts a process and waits until it says that it is where its order says.
    fn start(order: &str, dir: &Path) -> Process {
        let ready = ready(dir, order);
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--nocapture", "--test-threads=1"])
            .env(ORDER, order)
            .env(PLACE, dir)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut process = Process(child);
        let end = Instant::now() + Duration::from_secs(60);
        while !ready.exists() {
            assert!(process.0.try_wait().unwrap().is_none(), "{order}: ended too early");
            assert!(Instant::now() < end, "{order}: did not come to its point");
            std::thread::sleep(Duration::from_millis(2));
        }
        std::fs::remove_file(ready).unwrap();
        process
    }

    /// `kill -9`.
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn ready(dir: &Path, order: &str) -> PathBuf {
    dir.with_extension(format!("{order}-ready"))
}

/// What a started process does; without an order it is no test.
#[test]
fn child() {
    let Ok(order) = std::env::var(ORDER) else { return };
    let dir = PathBuf::from(std::env::var(PLACE).unwrap());
    let mut me = client(&dir, LONG);
    let tell = || std::fs::write(ready(&dir, &order), b"").unwrap();
    match order.as_str() {
        "transaction" => {
            me.session.tstart().unwrap();
            me.sql("UPDATE t SET v = 0");
            me.sql("DELETE FROM t WHERE a = 2");
            me.sql("INSERT INTO t VALUES (1001, 1)");
            tell();
        }
        "levels" => {
            me.session.tstart().unwrap();
            me.sql("UPDATE t SET v = 1 WHERE a = 1");
            me.session.tstart().unwrap();
            me.sql("UPDATE t SET v = 2 WHERE a <= 2");
            me.session.tstart().unwrap();
            me.sql("DELETE FROM t WHERE a <= 3");
            me.session.trollback_one().unwrap();
            me.session.tcommit().unwrap();
            tell();
        }
        "levels_elsewhere" => {
            me.sql("LOCK TABLE u IN EXCLUSIVE MODE");
            me.session.tstart().unwrap();
            me.sql("INSERT INTO u VALUES (1, 'x')");
            me.session.tstart().unwrap();
            me.sql("UPDATE u SET v = 'y'");
            tell();
        }
        "escalated" => {
            me.session.tstart().unwrap();
            me.sql("UPDATE t SET v = 0");
            me.sql("INSERT INTO u SELECT a, 'x' FROM t");
            tell();
        }
        "locked" => {
            me.sql("LOCK TABLE t IN EXCLUSIVE MODE");
            tell();
        }
        "counter" => {
            me.session.tstart().unwrap();
            for n in 0..10 {
                me.sql(&format!("INSERT INTO u VALUES ({n}, 'x')"));
            }
            tell();
        }
        "rollback" => {
            me.session.tstart().unwrap();
            me.sql("UPDATE t SET v = v + 1");
            me.sql("DELETE FROM t WHERE a > 500");
            tell();
            me.session.trollback().unwrap();
        }
        "savepoint" => {
            me.session.tstart().unwrap();
            me.sql("UPDATE t SET v = v + 1000");
            me.session.tstart().unwrap();
            me.sql("UPDATE t SET v = v + 1");
            tell();
            me.session.trollback_one().unwrap();
        }
        "commit" => {
            me.session.tstart().unwrap();
            me.sql("UPDATE t SET v = v + 1000");
            tell();
            me.session.tcommit().unwrap();
        }
        "statement" => {
            tell();
            me.sql("UPDATE t SET v = v + 1000");
        }
        "definitions" => {
            tell();
            define_for_ever(&mut me);
        }
        "ledger" => {
            tell();
            transfer_for_ever(&mut me);
        }
        other => panic!("no order {other}"),
    }
    std::thread::sleep(Duration::from_secs(120));
}

/// Makes and drops columns, indexes, tables and views.
fn define_for_ever(me: &mut Client) {
    loop {
        me.sql("ALTER TABLE t ADD COLUMN extra INT DEFAULT 3 NOT NULL");
        me.sql("CREATE INDEX i ON t (extra)");
        me.sql("CREATE TABLE made (k INT PRIMARY KEY, r INT REFERENCES t (a))");
        me.sql("CREATE VIEW seen AS SELECT k, r FROM made");
        me.sql("DROP VIEW seen");
        me.sql("DROP TABLE made");
        me.sql("DROP INDEX i ON t");
        me.sql("ALTER TABLE t DROP COLUMN extra");
    }
}

/// Moves amounts between rows, so that the sum stays.
fn transfer_for_ever(me: &mut Client) {
    let mut n = u64::from(std::process::id());
    loop {
        n = n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let (from, to) = ((n >> 33) % 20 + 1, (n >> 13) % 20 + 1);
        me.session.tstart().unwrap();
        // In one order, so that no two wait for each other.
        let moves = [(from.min(to), -7), (from.max(to), 7)];
        for (row, amount) in moves {
            me.sql(&format!("UPDATE t SET v = v + ({amount}) WHERE a = {row}"));
        }
        match n % 5 {
            0 => me.session.trollback().unwrap(),
            _ => me.session.tcommit().unwrap(),
        }
    }
}

fn sum(client: &mut Client) -> String {
    client.sql("SELECT SUM(v) FROM t").remove(0)
}

fn dir(w: &World) -> &Path {
    &w.data.0
}

/// A writer that waits for a dead owner's row goes on at once, and finds the old values.
#[test]
fn a_death_frees_a_waiting_writer() {
    let w = table(3);
    let mut owner = Process::start("transaction", dir(&w));
    let mut b = client(dir(&w), SHORT);
    assert_eq!(b.sql("SELECT a, v FROM t ORDER BY a"), ["1|0", "3|0", "1001|1"]);
    assert_eq!(b.refused("UPDATE t SET v = 1 WHERE a = 1").sqlcode, -110);
    let path = w.data.0.clone();
    let (done, took) = std::thread::scope(|scope| {
        let waiter = scope.spawn(move || {
            let mut c = client(&path, LONG);
            timed(|| c.done("UPDATE t SET v = v + 1 WHERE a = 1"))
        });
        std::thread::sleep(Duration::from_millis(200));
        assert!(!waiter.is_finished());
        owner.kill();
        waiter.join().unwrap()
    });
    assert_eq!(done, (0, 1));
    assert!(took < SOON, "{took:?}");
    assert_eq!(b.sql("SELECT a, v FROM t ORDER BY a"), ["1|11", "2|20", "3|30"]);
}

/// So does a reader under READ COMMITTED.
#[test]
fn a_death_frees_a_waiting_reader() {
    let w = table(3);
    let mut owner = Process::start("transaction", dir(&w));
    let path = w.data.0.clone();
    let (rows, took) = std::thread::scope(|scope| {
        let waiter = scope.spawn(move || {
            let mut c = client(&path, LONG);
            c.session.set_isolation(true);
            timed(|| c.sql("SELECT a, v FROM t ORDER BY a"))
        });
        std::thread::sleep(Duration::from_millis(200));
        assert!(!waiter.is_finished());
        owner.kill();
        waiter.join().unwrap()
    });
    assert_eq!(rows, ["1|10", "2|20", "3|30"]);
    assert!(took < SOON, "{took:?}");
}

/// The dead owner had levels, some ended, some not.
#[test]
fn levels_of_a_dead_process_are_undone() {
    let w = table(5);
    let mut owner = Process::start("levels", dir(&w));
    let mut b = client(dir(&w), SHORT);
    assert_eq!(b.sql("SELECT v FROM t ORDER BY a"), ["2", "2", "30", "40", "50"]);
    owner.kill();
    assert_eq!(b.done("UPDATE t SET v = v + 1 WHERE a = 1"), (0, 1));
    assert_eq!(b.sql("SELECT v FROM t ORDER BY a"), ["11", "20", "30", "40", "50"]);
}

/// A table lock that row locks became dies with its owner.
#[test]
fn an_escalated_lock_dies_with_its_owner() {
    let w = table(1_500);
    let mut owner = Process::start("escalated", dir(&w));
    let mut b = client(dir(&w), SHORT);
    assert_eq!(b.refused("INSERT INTO t VALUES (5000, 0)").sqlcode, -110);
    assert_eq!(b.refused("INSERT INTO u VALUES (5000, 'y')").sqlcode, -110);
    owner.kill();
    assert_eq!(b.done("INSERT INTO t VALUES (5000, 0)"), (0, 1));
    assert_eq!(b.done("INSERT INTO u VALUES (5000, 'y')"), (0, 1));
    assert_eq!(b.sql("SELECT COUNT(*), SUM(v) FROM t"), ["1501|11257500"]);
    assert_eq!(b.sql("SELECT a, v FROM u"), ["5000|y"]);
}

/// And one of LOCK TABLE (iris-sql §1.6).
#[test]
fn a_table_lock_dies_with_its_owner() {
    let w = table(2);
    let mut owner = Process::start("locked", dir(&w));
    let mut b = client(dir(&w), SHORT);
    assert_eq!(b.refused("UPDATE t SET v = 0").sqlcode, -110);
    owner.kill();
    assert_eq!(b.done("UPDATE t SET v = 0"), (0, 2));
    assert_eq!(b.done("LOCK TABLE t IN EXCLUSIVE MODE").0, 0);
}

/// Several dead owners, met by one writer.
#[test]
fn two_dead_owners_are_met_one_after_the_other() {
    let w = table(3);
    let mut first = Process::start("counter", dir(&w));
    let mut second = Process::start("transaction", dir(&w));
    first.kill();
    second.kill();
    let mut b = client(dir(&w), SHORT);
    assert_eq!(b.done("UPDATE t SET v = v + 1"), (0, 3));
    assert_eq!(b.done("DELETE FROM u"), (100, 0));
    assert_eq!(sum(&mut b), "63");
}

/// DESIGN §5: every start rolls dead owners back, before it sees anything.
#[test]
fn a_start_rolls_the_dead_back() {
    let mut w = table(3);
    let mut owner = Process::start("transaction", dir(&w));
    assert_eq!(sql(&mut w.session, "SELECT COUNT(*) FROM t WHERE v = 0"), ["2"]);
    owner.kill();
    drop(Instance::open(dir(&w), Version::new(2025, 1)).unwrap());
    assert_eq!(sql(&mut w.session, "SELECT a, v FROM t ORDER BY a"), ["1|10", "2|20", "3|30"]);
}

/// DESIGN §5: `$INCREMENT` leaves no undo, not even for the dead.
#[test]
fn counters_of_a_dead_process_are_not_given_again() {
    let w = table(1);
    let mut owner = Process::start("counter", dir(&w));
    owner.kill();
    let mut b = client(dir(&w), SHORT);
    assert_eq!(b.sql("SELECT COUNT(*) FROM u"), ["0"]);
    b.sql("INSERT INTO u VALUES (1, 'y')");
    assert_eq!(b.sql("SELECT %ID FROM u"), ["11"]);
}

/// Kills a process of `order` at different moments after its point, and gives the sums that others
/// then find.
fn sums_after_kills(order: &str) -> Vec<String> {
    let delays = [0, 200, 800, 2_000, 5_000, 12_000, 30_000, 60_000];
    let found = delays.map(|delay| {
        let w = table(1_000);
        let mut process = Process::start(order, dir(&w));
        std::thread::sleep(Duration::from_micros(delay));
        process.kill();
        let mut b = client(dir(&w), SHORT);
        assert_eq!(b.sql("SELECT COUNT(*) FROM t"), ["1000"], "{order} after {delay} µs");
        let sum = sum(&mut b);
        // Nothing of the dead is in the way.
        assert_eq!(b.done("UPDATE t SET v = v + 1"), (0, 1000));
        sum
    });
    found.to_vec()
}

const BEFORE: &str = "5005000";
const AFTER: &str = "6005000";

/// `kill -9` in the middle of a rollback: it is finished by whoever comes.
#[test]
fn a_rollback_that_was_cut_short_is_finished() {
    for sum in sums_after_kills("rollback") {
        assert_eq!(sum, BEFORE);
    }
}

/// In the middle of going back to a savepoint: the whole transaction goes.
#[test]
fn a_savepoint_that_was_cut_short_goes_with_its_transaction() {
    for sum in sums_after_kills("savepoint") {
        assert_eq!(sum, BEFORE);
    }
}

/// In the middle of a commit: all or nothing.
#[test]
fn a_commit_that_was_cut_short_is_whole_or_nothing() {
    for sum in sums_after_kills("commit") {
        assert!(sum == BEFORE || sum == AFTER, "{sum}");
    }
}

/// In the middle of an autocommitted statement: all or nothing.
#[test]
fn a_statement_that_was_cut_short_is_whole_or_nothing() {
    for sum in sums_after_kills("statement") {
        assert!(sum == BEFORE || sum == AFTER, "{sum}");
    }
}

/// Two processes move amounts, one after the other is killed and replaced: the sum stays.
#[test]
fn a_ledger_survives_deaths() {
    let w = table(20);
    let mut b = client(dir(&w), LONG);
    let mut quiet = Process::start("ledger", dir(&w));
    for round in 0..12_u64 {
        let mut victim = Process::start("ledger", dir(&w));
        std::thread::sleep(Duration::from_micros(3_000 + round * 1_700));
        victim.kill();
        // Takes every row's lock, so it waits for whoever lives and rolls back who does not.
        assert_eq!(b.done("UPDATE t SET v = v"), (0, 20));
    }
    quiet.kill();
    assert_eq!(b.done("UPDATE t SET v = v"), (0, 20));
    assert_eq!(sum(&mut b), "2100");
}

/// In the middle of DDL: a definition is there or it is not, and what is there works.
#[test]
fn definitions_that_were_cut_short_are_whole_or_nothing() {
    for delay in [300, 2_000, 5_000, 9_000, 14_000, 21_000, 33_000, 50_000] {
        let w = table(50);
        let mut process = Process::start("definitions", dir(&w));
        std::thread::sleep(Duration::from_micros(delay));
        process.kill();
        let mut b = client(dir(&w), SHORT);
        assert_eq!(b.sql("SELECT COUNT(*), SUM(v) FROM t"), ["50|12750"]);
        let made = run(&mut b.session, "INSERT INTO made VALUES (1, 7)", |_| {}).is_ok();
        let seen = run(&mut b.session, "SELECT k, r FROM seen", |_| {}).is_ok();
        assert!(made || !seen, "a view without its table");
        assert_eq!(code(&mut b.session, "DROP VIEW seen") == 0, seen);
        assert_eq!(code(&mut b.session, "DROP TABLE made") == 0, made);
        let extra = run(&mut b.session, "SELECT extra FROM t", |_| {});
        let index = code(&mut b.session, "DROP INDEX i ON t") == 0;
        match extra {
            Ok((_, _, rows)) => {
                assert_eq!(rows, vec!["3".to_owned(); 50]);
                b.sql("ALTER TABLE t DROP COLUMN extra");
            }
            Err(failure) => {
                assert_eq!(failure.sqlcode, -29);
                assert!(!index, "an index without its column");
            }
        }
        // Everything can be made once more.
        b.sql("ALTER TABLE t ADD COLUMN extra INT DEFAULT 4 NOT NULL");
        b.sql("CREATE INDEX i ON t (extra)");
        b.sql("CREATE TABLE made (k INT PRIMARY KEY, r INT REFERENCES t (a))");
        b.sql("CREATE VIEW seen AS SELECT k, r FROM made");
        assert_eq!(b.refused("INSERT INTO made VALUES (1, 51)").sqlcode, -121);
        assert_eq!(b.done("INSERT INTO made VALUES (1, 50)"), (0, 1));
        assert_eq!(b.sql("SELECT k, r FROM seen"), ["1|50"]);
    }
}

/// When nobody was left: the next start finds the dead one's transaction and rolls it back.
#[test]
fn the_last_process_to_die_is_rolled_back_by_the_next() {
    let w = table(3);
    let mut owner = Process::start("transaction", dir(&w));
    let mut locker = Process::start("levels_elsewhere", dir(&w));
    let World { session, instance, data } = w;
    drop((session, instance));
    owner.kill();
    locker.kill();
    let mut b = client(&data.0, SHORT);
    assert_eq!(b.sql("SELECT a, v FROM t ORDER BY a"), ["1|10", "2|20", "3|30"]);
    assert_eq!(b.sql("SELECT COUNT(*) FROM u"), ["0"]);
    assert_eq!(b.done("UPDATE t SET v = v + 1"), (0, 3));
    assert_eq!(b.done("LOCK TABLE u IN EXCLUSIVE MODE WAIT 0").0, 0);
}

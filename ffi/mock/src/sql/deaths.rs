//! Processes that die between any two steps of what is done in several (DESIGN §5): whoever comes
//! next finds the total unchanged, no lock and no before-image, and everything usable.
//!
//! The processes are this test binary again: `child` does what the environment orders, and dies at
//! the point that it is told, see [`point`](super::store::death::point). Every name of a point is
//! tried, and of all points those that [`chosen`] takes; `IRISPG_LONG=1` takes every one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use super::api::{Identity, SqlFailure, Version};
use super::session::{Instance, SqlSession};
use super::store::death::arm;
use super::store::page::Page;

const ORDER: &str = "IRIS_MOCK_DEATHS_ORDER";
const PLACE: &str = "IRIS_MOCK_DEATHS_PLACE";
const POINT: &str = "IRIS_MOCK_DEATHS_POINT";

/// A data directory that goes away with the test.
struct Data(PathBuf);

impl Data {
    fn new() -> Data {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("iris-mock-deaths-{}-{number}", std::process::id());
        Data(std::env::temp_dir().join(name))
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// A process's way in: a start rolls the dead back (DESIGN §5).
fn open(dir: &Path) -> (Instance, SqlSession) {
    let instance = Instance::open(dir, Version::new(2025, 1)).unwrap();
    let identity = Identity {
        user: "_SYSTEM".to_owned(),
        pid: std::process::id(),
        namespace: "USER".to_owned(),
        zversion: String::new(),
    };
    let mut session = instance.session(identity).unwrap();
    session.set_lock_timeout(0.0);
    (instance, session)
}

fn try_sql(session: &mut SqlSession, text: &str) -> Result<Vec<u8>, SqlFailure> {
    let prepared = session.prepare(text)?;
    let mut block = Vec::new();
    session.execute(&prepared, &[], &mut block, 1 << 20)?;
    Ok(block)
}

fn sql(session: &mut SqlSession, text: &str) {
    if let Err(failure) = try_sql(session, text) {
        panic!("{text}: {failure}");
    }
}

/// The integers of a result's rows.
fn numbers(session: &mut SqlSession, text: &str) -> Vec<i64> {
    let block = try_sql(session, text).unwrap();
    let rows = crate::list::ListReader::new(&block).map(|row| row.unwrap());
    let mut out = Vec::new();
    for row in rows {
        let crate::list::Element::Bytes(row) = row else { panic!("{row:?}") };
        for cell in crate::list::ListReader::new(row) {
            match cell.unwrap() {
                crate::list::Element::Integer(n) => out.push(n),
                other => panic!("{text}: {other:?}"),
            }
        }
    }
    out
}

/// Accounts 1 to 8 with 100 each, 12 rows that change together, and rows to truncate.
fn found(dir: &Path) {
    let (_instance, mut s) = open(dir);
    sql(&mut s, "CREATE TABLE account (a INT PRIMARY KEY, v INT)");
    sql(&mut s, "CREATE TABLE history (a INT, v INT)");
    sql(&mut s, "CREATE TABLE many (a INT UNIQUE, v INT)");
    sql(&mut s, "CREATE TABLE scratch (s SERIAL, v INT)");
    sql(&mut s, "CREATE TABLE kept (a INT PRIMARY KEY, v INT)");
    for n in 1..=8 {
        sql(&mut s, &format!("INSERT INTO account VALUES ({n}, 100)"));
    }
    for n in 1..=12 {
        sql(&mut s, &format!("INSERT INTO many VALUES ({n}, 0)"));
    }
    for n in 1..=3 {
        sql(&mut s, &format!("INSERT INTO scratch (v) VALUES ({n})"));
    }
    for n in 1..=40 {
        sql(&mut s, &format!("INSERT INTO kept VALUES ({n}, 0)"));
    }
    sql(&mut s, "SET OPTION LOCK_ESCALATION_THRESHOLD = 9");
}

/// Whatever can be done, in a way that leaves [`audit`]'s sums as they are.
fn work(s: &mut SqlSession) {
    s.tstart().unwrap();
    sql(s, "UPDATE account SET v = v - 7 WHERE a = 1");
    sql(s, "UPDATE account SET v = v + 7 WHERE a = 2");
    sql(s, "INSERT INTO history VALUES (1, -7)");
    sql(s, "SAVEPOINT one");
    sql(s, "INSERT INTO account VALUES (9, 5)");
    sql(s, "INSERT INTO account VALUES (10, 5)");
    sql(s, "DELETE FROM account WHERE a = 9");
    sql(s, "UPDATE account SET v = 1000 WHERE a = 10");
    sql(s, "ROLLBACK TO SAVEPOINT one");
    sql(s, "INSERT INTO history VALUES (2, 7)");
    s.tcommit().unwrap();
    // A key goes away and comes back, for good and not.
    for keep in [false, true] {
        s.tstart().unwrap();
        sql(s, "DELETE FROM account WHERE a = 3");
        sql(s, "INSERT INTO account VALUES (3, 100)");
        sql(s, "UPDATE account SET a = a + 100 WHERE a = 4");
        sql(s, "UPDATE account SET a = a - 100 WHERE a = 104");
        // One row stands, the next is refused: nothing of the statement stays.
        try_sql(s, "INSERT INTO account SELECT 95 - a * 47, v FROM many WHERE a < 3").unwrap_err();
        if keep { s.tcommit().unwrap() } else { s.trollback().unwrap() }
    }
    // Row locks become one of the table.
    s.tstart().unwrap();
    sql(s, "UPDATE many SET v = v + 1");
    s.tstart().unwrap();
    sql(s, "UPDATE many SET v = v + 100000");
    sql(s, "INSERT INTO many SELECT a + 100, 0 FROM many");
    s.trollback_one().unwrap();
    s.tcommit().unwrap();
    sql(s, "LOCK TABLE account IN EXCLUSIVE MODE");
    sql(s, "UPDATE account SET v = v + CASE WHEN a = 5 THEN 3 WHEN a = 6 THEN -3 ELSE 0 END");
    sql(s, "UNLOCK TABLE account IN EXCLUSIVE MODE");
    // TRUNCATE goes back with a transaction that was begun, and is final outside of one.
    s.tstart().unwrap();
    sql(s, "INSERT INTO scratch (v) VALUES (4)");
    sql(s, "DELETE FROM scratch WHERE v = 1");
    sql(s, "TRUNCATE TABLE scratch");
    sql(s, "INSERT INTO scratch (v) VALUES (5)");
    s.trollback().unwrap();
    // A savepoint in which a row went and another came under its number.
    s.tstart().unwrap();
    s.tstart().unwrap();
    sql(s, "TRUNCATE TABLE scratch");
    sql(s, "INSERT INTO scratch (v) VALUES (6)");
    s.trollback_one().unwrap();
    s.tcommit().unwrap();
    let left = numbers(s, "SELECT COUNT(*), COUNT(CASE WHEN v > 3 THEN 1 END) FROM scratch");
    assert!(left == [3, 0] || left == [0, 0], "{left:?}");
    sql(s, "TRUNCATE TABLE scratch");
    sql(s, "CREATE TABLE made (s SERIAL, a INT UNIQUE)");
    sql(s, "INSERT INTO made (a) VALUES (1)");
    sql(s, "DROP TABLE made");
    for keep in [true, false] {
        s.tstart().unwrap();
        s.keep_group().unwrap();
        sql(s, "INSERT INTO history VALUES (1, -3)");
        sql(s, "INSERT INTO history VALUES (1, 3)");
        s.end_group(keep).unwrap();
        s.tcommit().unwrap();
    }
}

/// What a started process does; without an order it is no test.
#[test]
fn child() {
    let Ok(order) = std::env::var(ORDER) else { return };
    let dir = PathBuf::from(std::env::var(PLACE).unwrap());
    let at = std::env::var(POINT).unwrap().parse().unwrap();
    if order == "open" {
        arm(at);
        let (_instance, mut s) = open(&dir);
        sql(&mut s, "CREATE TABLE t (a INT)");
        sql(&mut s, "INSERT INTO t VALUES (1)");
        return;
    }
    if order == "bury" {
        arm(at);
        drop(open(&dir));
        return;
    }
    let (instance, mut s) = open(&dir);
    // The lock table is made anew at once.
    instance.page().shared().locks_used.store(1 << 17, Ordering::SeqCst);
    arm(at);
    work(&mut s);
    if order == "die open" {
        s.tstart().unwrap();
        sql(&mut s, "UPDATE account SET v = v + 7");
        sql(&mut s, "INSERT INTO account VALUES (20, 1)");
        sql(&mut s, "INSERT INTO account VALUES (21, 1)");
        sql(&mut s, "DELETE FROM many WHERE a < 12");
        sql(&mut s, "INSERT INTO many VALUES (1, 99)");
        std::process::abort();
    }
    drop(s);
}

/// Runs a process that dies at its point number `at`; gives the names of those that it came to.
fn run(order: &str, dir: &Path, at: u64) -> Vec<String> {
    let out = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "sql::deaths::child", "--nocapture", "--test-threads=1"])
        .env(ORDER, order)
        .env(PLACE, dir)
        .env(POINT, at.to_string())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(!text.contains("panicked"), "{order} {at}: {text}");
    text.lines().map(str::to_owned).collect()
}

/// The points of a run at which it is tried.
fn chosen(names: &[String]) -> Vec<(u64, String)> {
    let all = std::env::var_os("IRISPG_LONG").is_some();
    let mut seen = BTreeSet::new();
    let numbered = (1..).zip(names.iter().cloned());
    numbered.filter(|(at, name)| seen.insert(name.clone()) || all || at % 41 == 0).collect()
}

/// No owner of a dead process is left, and no before-image of one.
fn nothing_left(page: &Page, dir: &Path, when: &str) {
    let connection = super::store::connect(dir).unwrap();
    let mut statement = connection.prepare("SELECT DISTINCT owner FROM undo").unwrap();
    let owners: Vec<i64> =
        statement.query_map([], |row| row.get(0)).unwrap().map(|owner| owner.unwrap()).collect();
    let mine = |owner: &i64| {
        let pid = page.slot_of(*owner).pid.load(Ordering::SeqCst);
        pid == i64::from(std::process::id())
    };
    assert!(!page.is_schema_unsettled(), "{when}");
    assert!(owners.iter().all(|o| !page.is_active(*o) || mine(o)), "{when}: {owners:?}");
}

fn audit(s: &mut SqlSession, when: &str) {
    assert_eq!(numbers(s, "SELECT COUNT(*), SUM(v), SUM(a) FROM account"), [8, 800, 36], "{when}");
    let history = numbers(s, "SELECT COUNT(*) FROM history")[0];
    assert_eq!(history % 2, 0, "{when}");
    if history > 0 {
        assert_eq!(numbers(s, "SELECT SUM(v) FROM history"), [0], "{when}");
    }
    let many = numbers(s, "SELECT COUNT(*), MAX(v) - MIN(v), MAX(v) \\ 50000 FROM many");
    assert_eq!(many, [12, 0, 0], "{when}");
    let scratch = numbers(s, "SELECT COUNT(*) FROM scratch")[0];
    assert!(scratch == 0 || scratch == 3, "{when}: {scratch}");
}

/// Two processes come at the same time (DESIGN §5); then all is as it was, and all can be done.
fn check(dir: &Path, when: &str) {
    std::thread::scope(|scope| {
        let start = || scope.spawn(|| drop(Instance::open(dir, Version::new(2025, 1)).unwrap()));
        let (one, two) = (start(), start());
        one.join().unwrap();
        two.join().unwrap();
    });
    let ((_, mut other), (instance, mut s)) = (open(dir), open(dir));
    nothing_left(instance.page(), dir, when);
    audit(&mut s, when);
    for text in [
        "UPDATE account SET v = v",
        "UPDATE many SET v = v",
        "INSERT INTO scratch (v) VALUES (7)",
        "DELETE FROM scratch WHERE v = 7",
        "INSERT INTO scratch (v) VALUES (8)",
        "DROP TABLE IF EXISTS made",
        "LOCK TABLE many IN EXCLUSIVE MODE",
        "UNLOCK TABLE many IN EXCLUSIVE MODE",
    ] {
        if let Err(failure) = try_sql(&mut other, text) {
            panic!("{when}: {text}: {failure}");
        }
    }
    sql(&mut s, "DELETE FROM scratch");
    work(&mut s);
    audit(&mut s, when);
}

/// A death at each point of a session that is alone.
#[test]
fn a_death_between_any_two_steps_changes_nothing() {
    let data = Data::new();
    found(&data.0);
    let names = run("work", &data.0, u64::MAX);
    for name in ["committed", "range kept", "escalating", "counter reset", "ending"] {
        assert!(names.iter().any(|n| n == name), "no {name} in {names:?}");
    }
    check(&data.0, "without a death");
    for (at, name) in chosen(&names) {
        let data = Data::new();
        found(&data.0);
        run("work", &data.0, at);
        check(&data.0, &format!("point {at}, {name}"));
    }
}

/// Beside another session, whose locks and changes stay.
#[test]
fn a_death_beside_a_living_owner_leaves_that_one_alone() {
    let data = Data::new();
    found(&data.0);
    let (_instance, mut keeper) = open(&data.0);
    keeper.tstart().unwrap();
    sql(&mut keeper, "UPDATE kept SET v = 1 WHERE a < 6");
    let names = run("work", &data.0, u64::MAX);
    assert!(names.iter().any(|name| name == "lock copied"), "{names:?}");
    for (at, name) in chosen(&names) {
        let when = format!("point {at}, {name}");
        run("work", &data.0, at);
        check(&data.0, &when);
        let (_instance, mut other) = open(&data.0);
        for row in 1..6 {
            let text = format!("UPDATE kept SET v = 2 WHERE a = {row}");
            assert_eq!(try_sql(&mut other, &text).unwrap_err().sqlcode, -110, "{when}");
        }
        sql(&mut other, "UPDATE kept SET v = v WHERE a > 5");
    }
    keeper.trollback().unwrap();
    assert_eq!(numbers(&mut keeper, "SELECT SUM(v) FROM kept"), [0]);
}

/// Whoever rolls a dead owner back may die of that, too.
#[test]
fn a_death_while_the_dead_are_rolled_back_is_made_good() {
    let data = Data::new();
    found(&data.0);
    run("die open", &data.0, u64::MAX);
    let names = run("bury", &data.0, u64::MAX);
    assert!(names.iter().any(|name| name == "images undone"), "{names:?}");
    check(&data.0, "without a death");
    for (at, name) in (1..).zip(names) {
        let data = Data::new();
        found(&data.0);
        run("die open", &data.0, u64::MAX);
        run("bury", &data.0, at);
        check(&data.0, &format!("point {at}, {name}"));
    }
}

/// Files that are half made are made whole.
#[test]
fn a_death_while_the_files_are_made_leaves_files_that_open() {
    let data = Data::new();
    let names = run("open", &data.0, u64::MAX);
    for name in ["data file made", "page made", "page named", "slot taken"] {
        assert_eq!(names.iter().any(|n| n == name), name != "slot taken", "{name} in {names:?}");
    }
    for (at, name) in (1..).zip(names) {
        let data = Data::new();
        run("open", &data.0, at);
        let (_instance, mut s) = open(&data.0);
        try_sql(&mut s, "DROP TABLE t").ok();
        sql(&mut s, "CREATE TABLE t (a INT)");
        sql(&mut s, "INSERT INTO t VALUES (1)");
        assert_eq!(numbers(&mut s, "SELECT COUNT(*) FROM t"), [1], "point {at}, {name}");
    }
}

//! Processes that transfer, lock tables, go back to savepoints and die, all at once: a ledger's
//! total is unchanged after 200 random `kill -9` of workers (DESIGN §5).
//!
//! The processes are this test binary again: `worker` does what the environment orders.

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
use std::time::{Duration, Instant};

use irisdb::sql::SqlFailure;
use sessions::{Client, LONG, client};
use sql_support::{run, sql, world};

const PLACE: &str = "IRIS_MOCK_STORM_PLACE";

/// Accounts, all of which begin with [`BALANCE`].
const ACCOUNTS: u64 = 40;
const BALANCE: u64 = 1_000;

/// Rows of the table whose change escalates (iris-sql §1.6: more than 1 000 row locks).
const MANY: u64 = 1_200;

/// A row of small numbers without a crate.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) % sides
    }
}

fn dice(salt: u64) -> Dice {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Dice((now.as_nanos() as u64 ^ (salt << 32)) | 1)
}

type Tried = Result<(), SqlFailure>;

fn try_sql(me: &mut Client, text: &str) -> Tried {
    run(&mut me.session, text, |_| {}).map(|_| ())
}

/// What a started process does until it is killed; without a place it is no test.
#[test]
fn worker() {
    let Ok(place) = std::env::var(PLACE) else { return };
    let mut me = client(Path::new(&place), 0.2);
    let mut dice = dice(u64::from(std::process::id()));
    loop {
        let done = match dice.roll(10) {
            0 => lock_the_table(&mut me, &mut dice),
            1 => change_many(&mut me),
            2 => read_committed(&mut me),
            3 | 4 => with_savepoints(&mut me, &mut dice),
            _ => transfer(&mut me, &mut dice),
        };
        if let Err(failure) = done {
            // Nothing but time-outs of locks (iris-sql §1.6).
            assert!(failure.sqlcode == -110 || failure.sqlcode == -114, "{failure}");
            // A statement's own autocommitted work has no transaction to end.
            me.session.trollback().unwrap();
        }
    }
}

/// One amount from one account to another, and what was done into the history.
fn move_amount(me: &mut Client, dice: &mut Dice) -> Tried {
    let (from, to) = (dice.roll(ACCOUNTS) + 1, dice.roll(ACCOUNTS) + 1);
    let amount = dice.roll(50) as i64;
    for (account, amount) in [(from, -amount), (to, amount)] {
        try_sql(me, &format!("UPDATE account SET v = v + ({amount}) WHERE a = {account}"))?;
        try_sql(me, &format!("INSERT INTO history VALUES ({account}, {amount})"))?;
    }
    Ok(())
}

fn transfer(me: &mut Client, dice: &mut Dice) -> Tried {
    me.session.tstart()?;
    move_amount(me, dice)?;
    match dice.roll(6) {
        0 => me.session.trollback(),
        _ => me.session.tcommit(),
    }
}

fn with_savepoints(me: &mut Client, dice: &mut Dice) -> Tried {
    me.session.tstart()?;
    move_amount(me, dice)?;
    me.session.tstart()?;
    move_amount(me, dice)?;
    me.session.trollback_one()?;
    me.session.tstart()?;
    move_amount(me, dice)?;
    me.session.tcommit()?;
    me.session.tcommit()
}

fn lock_the_table(me: &mut Client, dice: &mut Dice) -> Tried {
    try_sql(me, "LOCK TABLE account IN EXCLUSIVE MODE WAIT 0")?;
    let moved = transfer(me, dice);
    if moved.is_err() {
        me.session.trollback()?;
    }
    try_sql(me, "UNLOCK TABLE account IN EXCLUSIVE MODE")?;
    moved
}

/// Escalates, and goes half of the way back.
fn change_many(me: &mut Client) -> Tried {
    me.session.tstart()?;
    try_sql(me, "UPDATE many SET v = v + 1")?;
    me.session.tstart()?;
    try_sql(me, "UPDATE many SET v = v + 1000")?;
    me.session.trollback_one()?;
    me.session.tcommit()
}

fn read_committed(me: &mut Client) -> Tried {
    me.session.set_isolation(true);
    let read = try_sql(me, "SELECT a, v FROM account");
    me.session.set_isolation(false);
    read
}

/// Started workers, killed at the latest when the test ends.
struct Workers(Vec<Child>);

impl Workers {
    fn start(dir: &Path) -> Child {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "worker", "--nocapture", "--test-threads=1"])
            .env(PLACE, dir)
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(trouble(dir)).unwrap())
            .spawn()
            .unwrap()
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Where workers say why they failed; the last word of one is enough.
fn trouble(dir: &Path) -> PathBuf {
    dir.with_extension("trouble")
}

/// Each account has what its history says, and the total is what it was.
fn audit(me: &mut Client, when: &str) {
    let total = me.sql("SELECT COUNT(*), SUM(v) FROM account");
    assert_eq!(total, [format!("{ACCOUNTS}|{}", ACCOUNTS * BALANCE)], "{when}");
    let history = me.sql("SELECT a, SUM(v) FROM history GROUP BY a ORDER BY a");
    let mut moved = vec![0_i64; ACCOUNTS as usize + 1];
    for row in history {
        let (account, sum) = row.split_once('|').unwrap();
        moved[account.parse::<usize>().unwrap()] = sum.parse().unwrap();
    }
    for row in me.sql("SELECT a, v FROM account") {
        let (account, v) = row.split_once('|').unwrap();
        let account: usize = account.parse().unwrap();
        assert_eq!(v.parse::<i64>().unwrap(), BALANCE as i64 + moved[account], "{when} {account}");
    }
    // What escalated is whole: every row was changed equally often, and never by the thousand
    // that was taken back.
    let spread = me.sql("SELECT COUNT(*), MAX(v) - MIN(v) FROM many");
    assert_eq!(spread, [format!("{MANY}|0")], "{when}");
}

/// Takes every row, so that it waits for the living and rolls the dead back.
fn take_everything(me: &mut Client) {
    me.session.tstart().unwrap();
    let mut patience = 50;
    while let Err(failure) = try_sql(me, "UPDATE account SET v = v")
        .and_then(|()| try_sql(me, "UPDATE many SET v = v"))
        .and_then(|()| try_sql(me, "DELETE FROM history WHERE a = 0"))
    {
        assert_eq!(failure.sqlcode, -110, "{failure}");
        patience -= 1;
        assert!(patience > 0, "{failure}");
        me.session.trollback().unwrap();
        me.session.tstart().unwrap();
    }
}

#[test]
fn a_ledger_survives_two_hundred_deaths() {
    let mut w = world();
    let s = &mut w.session;
    sql(s, "CREATE TABLE account (a INT PRIMARY KEY, v INT)");
    sql(s, "CREATE TABLE history (a INT, v INT)");
    sql(s, "CREATE TABLE many (a INT, v INT)");
    s.tstart().unwrap();
    for n in 1..=ACCOUNTS {
        sql(s, &format!("INSERT INTO account VALUES ({n}, {BALANCE})"));
    }
    for n in 1..=MANY {
        sql(s, &format!("INSERT INTO many VALUES ({n}, 0)"));
    }
    s.tcommit().unwrap();
    let dir = &w.data.0;
    let mut workers = Workers((0..4).map(|_| Workers::start(dir)).collect());
    let mut me = client(dir, LONG);
    let mut dice = dice(7);
    let mut deaths = 0;
    let begin = Instant::now();
    while deaths < 200 {
        std::thread::sleep(Duration::from_micros(15_000 + dice.roll(45_000)));
        let victim = dice.roll(4) as usize;
        let slot = &mut workers.0[victim];
        if let Some(status) = slot.try_wait().unwrap() {
            let why = std::fs::read_to_string(trouble(dir)).unwrap_or_default();
            panic!("a worker ended by itself: {status}: {why}");
        }
        slot.kill().unwrap();
        slot.wait().unwrap();
        *slot = Workers::start(dir);
        deaths += 1;
        if deaths % 40 == 0 {
            take_everything(&mut me);
            audit(&mut me, &format!("after {deaths} deaths"));
            me.session.tcommit().unwrap();
        }
        assert!(begin.elapsed() < Duration::from_secs(300), "{deaths} deaths only");
    }
    drop(workers);
    take_everything(&mut me);
    audit(&mut me, "at the end");
    me.session.tcommit().unwrap();
    assert!(me.is_clean());
    let moved: u64 = me.sql("SELECT COUNT(*) FROM history")[0].parse().unwrap();
    let many: u64 = me.sql("SELECT MAX(v) FROM many")[0].parse().unwrap();
    assert!(moved > 200, "{moved} movements only");
    assert!(many > 0, "the escalating change never came through");
    let _ = std::fs::remove_file(trouble(dir));
}

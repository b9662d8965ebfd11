//! A bank whose clerks are processes: transactions like those of TPC-B, and transfers that leave
//! the total as it is.
#![allow(dead_code, unreachable_pub)]

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use irisdb::list::{Element, ListReader, ListWriter};
use irisdb::sql::{Identity, Instance, Prepared, SqlFailure, SqlSession, Version};
use std::rc::Rc;

/// Branches; as many as clerks, as TPC-B wants it.
pub const BRANCHES: i64 = 8;
/// Tellers of a branch.
pub const TELLERS: i64 = 10;
/// Accounts of a branch.
pub const ACCOUNTS: i64 = 1_000;
/// What an account has in the beginning.
pub const BALANCE: i64 = 1_000;

/// The variable that makes a process a clerk: directory, kind, number, milliseconds.
pub const CLERK: &str = "IRIS_MOCK_CLERK";

/// What a clerk tells at its end.
#[derive(Debug, Default, Clone, Copy)]
pub struct Report {
    pub transactions: u64,
    /// Statements that ended in −110 or −114.
    pub conflicts: u64,
    /// The longest a statement took, in microseconds.
    pub worst: u64,
}

pub fn session(dir: &Path) -> SqlSession {
    let instance = Instance::open(dir, Version::new(2025, 1)).expect("an instance");
    let identity = Identity {
        user: "_SYSTEM".to_owned(),
        pid: std::process::id(),
        namespace: "USER".to_owned(),
        zversion: String::new(),
    };
    instance.session(identity).expect("a session")
}

/// Runs a statement; gives the first row's first value, 0 for none.
pub fn run(
    session: &mut SqlSession,
    prepared: &Rc<Prepared>,
    values: &[i64],
) -> Result<i64, SqlFailure> {
    let mut params = ListWriter::new();
    values.iter().for_each(|value| params.integer(*value));
    let mut block = Vec::new();
    session.execute(prepared, params.as_bytes(), &mut block, 32 << 10)?;
    let row = ListReader::new(&block).next().and_then(Result::ok);
    let Some(Element::Bytes(row)) = row else { return Ok(0) };
    match ListReader::new(row).next() {
        Some(Ok(Element::Integer(value))) => Ok(value),
        Some(Ok(Element::Decimal { mantissa, exponent })) if exponent >= 0 => {
            Ok(mantissa * 10_i64.pow(exponent.unsigned_abs().into()))
        }
        _ => Ok(0),
    }
}

fn text(session: &mut SqlSession, text: &str, values: &[i64]) -> i64 {
    let prepared = session.prepare(text).expect(text);
    run(session, &prepared, values).expect(text)
}

/// Makes the bank.
pub fn found(dir: &Path) {
    let mut s = session(dir);
    for table in [
        "CREATE TABLE branches (bid INT PRIMARY KEY, bbalance INT, filler VARCHAR(88))",
        "CREATE TABLE tellers (tid INT PRIMARY KEY, bid INT, tbalance INT, filler VARCHAR(84))",
        "CREATE TABLE accounts (aid INT PRIMARY KEY, bid INT, abalance INT, filler VARCHAR(84))",
        "CREATE TABLE history (tid INT, bid INT, aid INT, delta INT, mtime TIMESTAMP)",
    ] {
        text(&mut s, table, &[]);
    }
    s.tstart().expect("a transaction");
    for branch in 0..BRANCHES {
        text(&mut s, "INSERT INTO branches (bid, bbalance) VALUES (?, 0)", &[branch]);
        for n in 0..TELLERS {
            let teller = branch * TELLERS + n;
            let insert = "INSERT INTO tellers (tid, bid, tbalance) VALUES (?, ?, 0)";
            text(&mut s, insert, &[teller, branch]);
        }
        for n in 0..ACCOUNTS {
            let insert = "INSERT INTO accounts (aid, bid, abalance) VALUES (?, ?, ?)";
            text(&mut s, insert, &[branch * ACCOUNTS + n, branch, BALANCE]);
        }
    }
    s.tcommit().expect("committed");
}

/// What all clerks together must have left as it was; `None` when the books agree.
pub fn audit(dir: &Path) -> Option<String> {
    let mut s = session(dir);
    let sum = |s: &mut SqlSession, what: &str| text(s, &format!("SELECT SUM({what}"), &[]);
    let accounts = sum(&mut s, "abalance) FROM accounts") - BRANCHES * ACCOUNTS * BALANCE;
    let tellers = sum(&mut s, "tbalance) FROM tellers");
    let branches = sum(&mut s, "bbalance) FROM branches");
    let history = sum(&mut s, "delta) FROM history");
    let rows = text(&mut s, "SELECT COUNT(*) FROM accounts", &[]);
    let agree = accounts == tellers && tellers == branches && branches == history;
    (!agree || rows != BRANCHES * ACCOUNTS).then(|| {
        format!("accounts {accounts} of {rows}, tellers {tellers}, branches {branches}, history {history}")
    })
}

struct Clerk {
    session: SqlSession,
    seed: u64,
    pause: Duration,
    report: Report,
}

impl Clerk {
    fn random(&mut self, below: i64) -> i64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        i64::try_from(self.seed >> 2).unwrap_or(0) % below
    }

    /// One statement with its pause; whether it went well. Any failure but a lock conflict ends the
    /// process.
    fn step(&mut self, prepared: &Rc<Prepared>, values: &[i64]) -> bool {
        let begin = Instant::now();
        let outcome = run(&mut self.session, prepared, values);
        let took = u64::try_from(begin.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.report.worst = self.report.worst.max(took);
        match outcome {
            Ok(_) => {}
            Err(failure) if matches!(failure.sqlcode, -110 | -114) => {
                self.report.conflicts += 1;
                return false;
            }
            Err(failure) => {
                println!("failed {failure}");
                std::process::exit(1);
            }
        }
        if !self.pause.is_zero() {
            std::thread::sleep(self.pause);
        }
        true
    }
}

/// The work of a clerk process.
pub fn clerk(order: &str) {
    let mut words = order.split('|');
    let mut word = || words.next().unwrap_or_default().to_owned();
    let (dir, kind, number, millis) = (word(), word(), word(), word());
    let number: u64 = number.parse().expect("a number");
    let millis: u64 = millis.parse().expect("a number");
    let mut session = session(Path::new(&dir));
    let prepared: Vec<Rc<Prepared>> = [
        "UPDATE accounts SET abalance = abalance + ? WHERE aid = ?",
        "SELECT abalance FROM accounts WHERE aid = ?",
        "UPDATE tellers SET tbalance = tbalance + ? WHERE tid = ?",
        "UPDATE branches SET bbalance = bbalance + ? WHERE bid = ?",
        "INSERT INTO history (tid, bid, aid, delta, mtime) VALUES (?, ?, ?, ?, CURRENT_TIMESTAMP)",
    ]
    .iter()
    .map(|text| session.prepare(text).expect(text))
    .collect();
    let [update, select, teller_of, branch_of, write] = prepared.as_slice() else { return };
    session.set_isolation(true);
    if kind == "wild" {
        session.set_lock_timeout(0.2);
    }
    let pause = Duration::from_micros(if kind == "tpcb" { 200 } else { 0 });
    let seed = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut clerk = Clerk { session, seed, pause, report: Report::default() };
    println!("ready");
    std::io::stdout().flush().ok();
    let end = Instant::now() + Duration::from_millis(millis);
    while Instant::now() < end {
        let account = clerk.random(BRANCHES * ACCOUNTS);
        let other = clerk.random(BRANCHES * ACCOUNTS);
        let teller = clerk.random(BRANCHES * TELLERS);
        let (branch, delta) = (teller / TELLERS, clerk.random(1_000) - 500);
        let wild = kind == "wild";
        clerk.session.tstart().expect("a transaction");
        let went = clerk.step(update, &[delta, account])
            && clerk.step(select, &[account])
            && (!wild || clerk.step(update, &[-7, account]) && clerk.step(update, &[7, other]))
            && clerk.step(teller_of, &[delta, teller])
            && clerk.step(branch_of, &[delta, branch])
            && clerk.step(write, &[teller, branch, account, delta]);
        let leave = wild && clerk.random(5) == 0;
        if went && !leave {
            clerk.session.tcommit().expect("committed");
            clerk.report.transactions += 1;
        } else {
            clerk.session.trollback().expect("rolled back");
        }
    }
    let Report { transactions, conflicts, worst } = clerk.report;
    println!("done {transactions} {conflicts} {worst}");
}

/// Starts a clerk: this very program with the order in its environment.
pub fn hire(dir: &Path, kind: &str, number: u64, millis: u64, arguments: &[&str]) -> Child {
    let program = std::env::current_exe().expect("this program");
    Command::new(program)
        .args(arguments)
        .env(CLERK, format!("{}|{kind}|{number}|{millis}", dir.display()))
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process")
}

/// Waits for a clerk's end and reads its report.
///
/// # Panics
/// When the clerk met an error that it should not.
pub fn report(child: Child) -> Report {
    let output = child.wait_with_output().expect("an end");
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find_map(|line| line.split_once("done ").map(|(_, rest)| rest));
    let line = line.unwrap_or_else(|| panic!("{text}"));
    let mut numbers = line.split(' ').map(|n| n.parse().expect("a number"));
    let mut next = || numbers.next().unwrap_or(0);
    Report { transactions: next(), conflicts: next(), worst: next() }
}

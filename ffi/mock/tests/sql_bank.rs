//! Many processes at once: throughput is measured by `examples/tpcb.rs`; here nothing may be lost
//! (DESIGN §5, iris-sql §1.6). `IRISPG_LONG=1` kills 200 processes instead of 20.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::let_underscore_must_use,
    missing_docs
)]

mod bank;
mod sql_support;

use std::io::Read;
use std::process::Child;
use std::time::Duration;

use bank::{audit, found, hire, report};
use sql_support::data;

/// How this program becomes a clerk.
const ARGUMENTS: [&str; 4] = ["--exact", "a_clerk", "--ignored", "--nocapture"];

#[test]
#[ignore = "started by the other tests as a process of its own"]
fn a_clerk() {
    if let Ok(order) = std::env::var(bank::CLERK) {
        bank::clerk(&order);
    }
}

#[test]
fn eight_processes_leave_the_books_right() {
    let data = data();
    found(&data.0);
    let clerks: Vec<Child> = (0..8).map(|n| hire(&data.0, "tpcb", n, 700, &ARGUMENTS)).collect();
    let reports: Vec<_> = clerks.into_iter().map(report).collect();
    assert_eq!(audit(&data.0), None);
    for report in &reports {
        // Nobody waits for the time-out of 10 s, and everybody gets on.
        assert!(report.transactions > 0 && report.conflicts == 0, "{reports:?}");
    }
}

/// No cursor of SQLite stays open between two calls: the log is begun anew again and again while a
/// result waits for its reader (DESIGN §5). A minute when `IRISPG_LONG` is set, else a second.
#[test]
fn a_suspended_result_lets_the_log_stay_small() {
    /// What the log may have, in bytes.
    const LOG_MAX: u64 = 64 << 20;
    let data = data();
    found(&data.0);
    let mut reader = bank::session(&data.0);
    let query = "SELECT a.aid, a.filler, b.aid FROM accounts a, accounts b WHERE b.aid < 30";
    let prepared = reader.prepare(query).unwrap();
    let mut block = Vec::new();
    let mut suspended = reader.execute(&prepared, &[], &mut block, 32 << 10).unwrap();
    let millis = if long() { 60_000 } else { 1_000 };
    let clerks: Vec<Child> = (0..4).map(|n| hire(&data.0, "wild", n, millis, &ARGUMENTS)).collect();
    let reports: Vec<_> = clerks.into_iter().map(report).collect();
    assert!(reports.iter().all(|report| report.transactions > 0), "{reports:?}");
    let log = std::fs::metadata(data.0.join("iris.sqlite-wal")).unwrap().len();
    assert!(log < LOG_MAX, "{log} bytes");
    // The result is as it was when the statement ran.
    let rest = suspended.rest.as_mut().unwrap();
    let mut rows = suspended.rows;
    loop {
        block.clear();
        let (more, last) = rest.fill(&mut block, 256 << 10).unwrap();
        rows += more;
        if last {
            break;
        }
    }
    assert_eq!(rows, bank::BRANCHES * bank::ACCOUNTS * 30);
}

/// Whether the long forms of tests run.
fn long() -> bool {
    std::env::var("IRISPG_LONG").is_ok_and(|value| value == "1")
}

/// Waits until the clerk has its statements prepared.
fn ready(child: &mut Child) {
    let out = child.stdout.as_mut().unwrap();
    let (mut text, mut byte) = (Vec::new(), [0]);
    while !text.ends_with(b"ready") && out.read(&mut byte).unwrap() == 1 {
        text.push(byte[0]);
    }
    assert!(text.ends_with(b"ready"), "{}", String::from_utf8_lossy(&text));
}

#[test]
fn killed_processes_leave_the_books_right() {
    let data = data();
    found(&data.0);
    let kills = if long() { 200 } else { 20 };
    let mut number = 0;
    let mut start = || {
        number += 1;
        let mut child = hire(&data.0, "wild", number, 600_000, &ARGUMENTS);
        ready(&mut child);
        child
    };
    let mut clerks: Vec<Child> = (0..4).map(|_| start()).collect();
    let mut seed = 0x9E37_79B9_u64;
    for kill in 0..kills {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_micros((seed >> 33) % 30_000));
        let at = usize::try_from(seed >> 40).unwrap() % clerks.len();
        clerks[at].kill().unwrap();
        let status = clerks[at].wait().unwrap();
        assert_eq!(status.code(), None, "a clerk ended by itself: {status}");
        if kill % 10 == 9 {
            // Whoever opens the instance rolls the dead back, while the others work.
            bank::session(&data.0);
        }
        clerks[at] = start();
    }
    for clerk in &mut clerks {
        clerk.kill().unwrap();
        clerk.wait().unwrap();
    }
    assert_eq!(audit(&data.0), None);
}

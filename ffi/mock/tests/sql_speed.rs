//! How long the hot path takes; run by hand in a release build with `--ignored --nocapture`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::let_underscore_must_use,
    missing_docs
)]

mod sql_support;

use irisdb::list::ListWriter;
use sql_support::{sql, world};

/// User and system CPU of this thread in microseconds.
fn cpu() -> (f64, f64) {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    let nanos: f64 = stat.split_whitespace().next().unwrap().parse().unwrap();
    let ticks = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
    let fields: Vec<&str> = ticks.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let user: f64 = fields[11].parse().unwrap();
    (user * 10_000.0, nanos / 1_000.0)
}

fn measure(name: &str, times: u32, mut work: impl FnMut(u32)) {
    for n in 0..1_000 {
        work(n);
    }
    let begin = cpu();
    for n in 0..times {
        work(n);
    }
    let end = cpu();
    let per = f64::from(times);
    println!(
        "{name}: {:.2} us user, {:.2} us all CPU",
        (end.0 - begin.0) / per,
        (end.1 - begin.1) / per
    );
}

#[test]
#[ignore = "a measurement, not a check"]
fn hot_path() {
    let mut w = world();
    let s = &mut w.session;
    s.set_isolation(true);
    sql(s, "CREATE TABLE acc (aid INT PRIMARY KEY, bal INT, filler VARCHAR(84))");
    s.tstart().unwrap();
    for n in 0..10_000 {
        sql(s, &format!("INSERT INTO acc VALUES ({n}, 0, 'filler text of some length')"));
    }
    s.tcommit().unwrap();
    let mut params = ListWriter::new();
    let mut block = Vec::new();
    let one = s.prepare("SELECT 1").unwrap();
    measure("SELECT 1", 300_000, |_| {
        block.clear();
        s.execute(&one, &[], &mut block, 32 << 10).unwrap();
    });
    let point = s.prepare("SELECT bal, filler FROM acc WHERE aid = ?").unwrap();
    measure("point SELECT", 300_000, |n| {
        block.clear();
        params.clear();
        params.integer(i64::from(n * 7_919 % 10_000));
        assert_eq!(s.execute(&point, params.as_bytes(), &mut block, 32 << 10).unwrap().rows, 1);
    });
    let again =
        |s: &mut irisdb::sql::SqlSession| s.prepare("SELECT bal FROM acc WHERE aid = ?").unwrap();
    again(s);
    measure("prepare from the cache", 300_000, |_| {
        again(s);
    });
    let update = s.prepare("UPDATE acc SET bal = bal + ? WHERE aid = ?").unwrap();
    measure("autocommitted UPDATE", 50_000, |n| {
        params.clear();
        params.integer(1);
        params.integer(i64::from(n * 7_919 % 10_000));
        s.execute(&update, params.as_bytes(), &mut block, 32 << 10).unwrap();
    });
    measure("UPDATE in a transaction", 30_000, |n| {
        s.tstart().unwrap();
        params.clear();
        params.integer(1);
        params.integer(i64::from(n * 7_919 % 10_000));
        s.execute(&update, params.as_bytes(), &mut block, 32 << 10).unwrap();
        s.tcommit().unwrap();
    });
}

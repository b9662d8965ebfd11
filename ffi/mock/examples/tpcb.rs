//! Transactions like those of TPC-B by one process and by eight, with 200 µs between statements:
//! `cargo run --release -p iris-mock --example tpcb [seconds]`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../tests/bank/mod.rs"]
mod bank;

use std::time::Instant;

fn main() {
    if let Ok(order) = std::env::var(bank::CLERK) {
        return bank::clerk(&order);
    }
    let seconds: u64 = std::env::args().nth(1).map_or(5, |n| n.parse().expect("a number"));
    let dir = std::env::temp_dir().join(format!("iris-mock-tpcb-{}", std::process::id()));
    bank::found(&dir);
    let mut alone = 0.0;
    for clerks in [1, 8] {
        let begin = Instant::now();
        let children: Vec<_> =
            (0..clerks).map(|n| bank::hire(&dir, "tpcb", n, seconds * 1_000, &[])).collect();
        let reports: Vec<_> = children.into_iter().map(bank::report).collect();
        let took = begin.elapsed().as_secs_f64();
        let transactions: u64 = reports.iter().map(|r| r.transactions).sum();
        let conflicts: u64 = reports.iter().map(|r| r.conflicts).sum();
        let worst = reports.iter().map(|r| r.worst).max().unwrap_or(0);
        let least = reports.iter().map(|r| r.transactions).min().unwrap_or(0);
        let rate = transactions as f64 / took;
        println!(
            "{clerks} processes: {rate:.0} transactions/s, the slowest process {least}, longest \
             statement {:.1} ms (at most 1000), {conflicts} lock time-outs",
            worst as f64 / 1_000.0
        );
        if clerks == 1 {
            alone = rate;
        } else {
            println!("{:.2} times the transactions of one (at least 3)", rate / alone);
        }
    }
    let log = std::fs::metadata(dir.join("iris.sqlite-wal")).map_or(0, |file| file.len());
    println!("the log has {} MiB", log >> 20);
    if let Some(trouble) = bank::audit(&dir) {
        println!("the books do not agree: {trouble}");
    }
    std::fs::remove_dir_all(&dir).ok();
}

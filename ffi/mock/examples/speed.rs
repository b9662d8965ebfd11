//! What the simulator's targets of speed are, and what this machine does, best of several passes:
//! `cargo run --release -p iris-mock --example speed [rows] [passes]`. CPU is that of the process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../tests/caller/mod.rs"]
mod caller;

use caller::*;
use irisdb::list::ListWriter;
use std::time::Instant;

/// Seconds of CPU that this process used.
fn cpu() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the place is writable.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// The session under measure.
struct Bench {
    oref: u32,
    passes: u32,
}

impl Bench {
    /// Runs `work` several times and prints the best pass; `unit` is how many seconds its unit has.
    fn measure(&self, name: &str, target: &str, unit: f64, mut work: impl FnMut(u32)) {
        let (mut wall, mut used) = (f64::MAX, f64::MAX);
        for pass in 0..self.passes {
            let (begin, before) = (Instant::now(), cpu());
            work(pass);
            wall = wall.min(begin.elapsed().as_secs_f64());
            used = used.min(cpu() - before);
        }
        let (wall, used) = (wall / unit, used / unit);
        println!("{name:44} {wall:8.2} elapsed {used:8.2} CPU   target {target}");
    }

    fn run(&self, text: &str, parameters: &[u8], want: i64) -> Answer {
        let (text, parameters) = (Arg::Bytes(text.as_bytes()), Arg::Bytes(parameters));
        let arguments = [Arg::Int(0), text, parameters, Arg::Int(want)];
        let answer = call(self.oref, "Run", &arguments).unwrap();
        assert_eq!(answer.integer(2), 0, "{:?}", answer.outcome());
        answer
    }

    /// `Run` of a kept statement, whose answer is taken as it is.
    fn kept(&self, handle: i64, parameters: &[u8]) {
        push_method(self.oref, "Run", 1);
        irisdb::callin::pushes::IrisPushInt64(handle);
        push(b"");
        push(parameters);
        irisdb::callin::calls::IrisInvokeMethod(3);
        let mut string = empty();
        assert_eq!(pop_into(&mut string), 0);
        kill(&mut string);
    }

    fn method(&self, name: &str) {
        let answer = call(self.oref, name, &[]).unwrap();
        assert_eq!(answer.integer(2), 0, "{:?}", answer.outcome());
    }
}

/// Five columns.
fn row(n: i64) -> Vec<u8> {
    let mut list = ListWriter::new();
    list.integer(n);
    list.integer(n * 7);
    list.text("a text of some length");
    list.decimal(n * 100 + 25, -2);
    list.integer(n % 1_000);
    list.into_bytes()
}

fn batches(bench: &Bench, rows: i64) {
    // Lists of at most 3 MiB: an answer or argument is a string of limited length.
    let mut lists = vec![ListWriter::new()];
    for n in 0..rows {
        let row = row(n);
        if lists.last().unwrap().as_bytes().len() + row.len() > 3 << 20 {
            lists.push(ListWriter::new());
        }
        lists.last_mut().unwrap().list(&row);
    }
    let lists: Vec<Vec<u8>> = lists.into_iter().map(ListWriter::into_bytes).collect();
    let insert = b"INSERT INTO big (a, b, c, d, e) VALUES (?, ?, ?, ?, ?)";
    bench.measure(&format!("Batch of {rows} rows, s"), "1.5", 1.0, |_| {
        bench.run("TRUNCATE TABLE big", b"", 0);
        bench.method("Begin");
        for list in &lists {
            let arguments = [Arg::Int(0), Arg::Bytes(insert), Arg::Bytes(list), Arg::Int(0)];
            let answer = call(bench.oref, "Batch", &arguments).unwrap();
            assert_eq!(answer.integer(2), 0, "{:?}", answer.outcome());
        }
        bench.method("Commit");
    });
}

fn scan(bench: &Bench, rows: i64) {
    bench.measure(&format!("scan of {rows} rows, s"), "0.5", 1.0, |_| {
        let first = bench.run("SELECT a, b, c, d, e FROM big", b"", 0);
        let (mut count, mut cursor) = (first.integer(6), first.integer(11));
        while cursor != 0 {
            let next = call(bench.oref, "Fetch", &[Arg::Int(cursor), Arg::Int(1 << 20)]).unwrap();
            count += next.integer(6);
            cursor = next.integer(11);
        }
        assert_eq!(count, rows);
    });
}

fn main() {
    let mut numbers = std::env::args().skip(1).map(|n| n.parse().expect("a number"));
    let rows: i64 = numbers.next().unwrap_or(1_000_000);
    let passes = u32::try_from(numbers.next().unwrap_or(3)).unwrap();
    let _session = started();
    let bench = Bench { oref: object(), passes };
    call(bench.oref, "Open", &[Arg::Int(1), Arg::Bytes(b"USER")]).unwrap();
    bench.run("CREATE TABLE acc (a INT PRIMARY KEY, b INT, c VARCHAR(80))", b"", 0);
    bench.run("CREATE TABLE one (a INT PRIMARY KEY, b VARCHAR(80))", b"", 0);
    let columns = "a INT, b BIGINT, c VARCHAR(40), d NUMERIC(12,2), e INT";
    bench.run(&format!("CREATE TABLE big ({columns})"), b"", 0);

    let one: Vec<Vec<u8>> = (0..100_000)
        .map(|n| {
            let mut list = ListWriter::new();
            list.integer(n);
            list.into_bytes()
        })
        .collect();
    let fill = bench.run("INSERT INTO acc (a, b, c) VALUES (?, 0, 'some text')", &one[0], 2);
    bench.method("Begin");
    one[1..10_000].iter().for_each(|parameters| bench.kept(fill.integer(10), parameters));
    bench.method("Commit");

    let calls = 100_000;
    let select = bench.run("SELECT b, c FROM acc WHERE a = ?", &one[1], 2).integer(10);
    let micro = f64::from(calls) / 1e6;
    bench.measure("SELECT by key, µs", "6", micro, |_| {
        (0..calls as usize).for_each(|n| bench.kept(select, &one[n * 7_919 % 10_000]));
    });
    let update = "UPDATE acc SET b = b + 1 WHERE a = ?";
    let update = bench.run(update, &one[1], 2).integer(10);
    let calls = 20_000;
    let micro = f64::from(calls) / 1e6;
    bench.measure("UPDATE by key, µs", "-", micro, |_| {
        (0..calls as usize).for_each(|n| bench.kept(update, &one[n * 7_919 % 10_000]));
    });
    bench.measure("Begin, UPDATE by key, Commit, µs", "-", micro, |_| {
        for n in 0..calls as usize {
            bench.method("Begin");
            bench.kept(update, &one[n * 7_919 % 10_000]);
            bench.method("Commit");
        }
    });
    let insert = "INSERT INTO one (a, b) VALUES (?, 'some text')";
    let insert = bench.run(insert, &one[0], 2).integer(10);
    bench.measure("100000 single INSERTs in a transaction, s", "2.5", 1.0, |_| {
        bench.run("TRUNCATE TABLE one", b"", 0);
        bench.method("Begin");
        one.iter().for_each(|parameters| bench.kept(insert, parameters));
        bench.method("Commit");
    });
    batches(&bench, rows);
    scan(&bench, rows);
}

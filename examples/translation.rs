//! How long the translator takes for a new statement: `benches/translation/run`.
//!
//! Every golden statement is translated many times, with the golden tables as its catalog; what
//! counts of a statement is the median of its runs. The last line is the median over statements.

use irispg::sql::{Dialect, Options, Schema, Version, parse};
use std::path::Path;
use std::time::{Duration, Instant};

/// How often each statement is translated.
const RUNS: usize = 201;
/// Slowest statements that are shown.
const SHOWN: usize = 5;

fn main() -> std::io::Result<()> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sql/golden");
    let definitions = std::fs::read_to_string(directory.join("schema.sql"))?;
    let schema = Schema::read(&definitions).map_err(std::io::Error::other)?;
    let options = Options {
        version: Version { major: 2025, minor: 1 },
        dialect: Dialect::Postgres,
        utc: true,
        declared: &[],
        columns: Some(&schema),
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&directory)? {
        files.push(entry?.path());
    }
    files.retain(|path| path.extension().is_some_and(|kind| kind == "txt"));
    files.sort();
    let mut all: Vec<(Duration, String)> = Vec::new();
    println!("file            statements   median µs");
    for file in files {
        let text = std::fs::read_to_string(&file)?;
        let mut own: Vec<(Duration, String)> = text
            .split("\n\n")
            .map(|block| {
                let lines = block.lines().filter_map(|line| line.strip_prefix("> "));
                lines.collect::<Vec<&str>>().join("\n")
            })
            .filter(|input| !input.is_empty() && parse(input, &options).is_ok())
            .map(|input| (measured(&input, &options), input))
            .collect();
        own.sort();
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        println!("{name:<16}{:>10}{:>12.1}", own.len(), micros(middle(&own)));
        all.append(&mut own);
    }
    all.sort();
    println!("{:<16}{:>10}{:>12.1}", "all", all.len(), micros(middle(&all)));
    for (time, input) in all.iter().rev().take(SHOWN) {
        println!("{:>8.1} µs  {}", micros(*time), input.replace('\n', " "));
    }
    Ok(())
}

/// The median of many runs.
fn measured(input: &str, options: &Options<'_>) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let begin = Instant::now();
            let parsed = parse(input, options);
            let time = begin.elapsed();
            drop(parsed);
            time
        })
        .collect();
    times.sort();
    times.get(RUNS / 2).copied().unwrap_or_default()
}

fn middle(sorted: &[(Duration, String)]) -> Duration {
    sorted.get(sorted.len() / 2).map(|(time, _)| *time).unwrap_or_default()
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

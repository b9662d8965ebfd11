//! Runs the wire scripts of `tests/wire` against PostgreSQL, the oracle, and against the gateway:
//! the answers must be the same up to `tests/wire/differences.txt`.
//!
//! `WIRE_ONLY=text` runs the scripts whose path has that text in it. `WIRE_RECORD=1` writes the
//! answers of PostgreSQL into the scripts instead of comparing them: no expectation is typed by
//! hand.
//!
//! Without PostgreSQL the comparison with it is skipped with a word; where `CI` is `true` it fails
//! instead.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]

#[path = "wire/connection.rs"]
mod connection;
#[path = "wire/difference.rs"]
mod difference;
#[path = "wire/message.rs"]
mod message;
#[path = "wire/script.rs"]
mod script;
#[path = "wire/server.rs"]
mod server;
#[path = "wire/token.rs"]
mod token;

use std::path::{Path, PathBuf};
use std::{env, fs};

use script::Line;

/// A script: its path below `tests/wire`, its file and its lines.
struct Script {
    name: String,
    file: PathBuf,
    lines: Vec<Line>,
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire")
}

/// All scripts in the order of their names, or those that `WIRE_ONLY` asks for.
fn scripts() -> Vec<Script> {
    let only = env::var("WIRE_ONLY").unwrap_or_default();
    let mut scripts = Vec::new();
    for theme in fs::read_dir(directory()).unwrap().map(|entry| entry.unwrap().path()) {
        if !theme.is_dir() {
            continue;
        }
        for file in fs::read_dir(&theme).unwrap().map(|entry| entry.unwrap().path()) {
            let name = file.strip_prefix(directory()).unwrap().display().to_string();
            if name.ends_with(".pgt") && name.contains(&only) {
                let text = fs::read_to_string(&file).unwrap();
                let lines = script::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
                scripts.push(Script { name, file, lines });
            }
        }
    }
    scripts.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(!scripts.is_empty(), "no script has {only:?} in its name");
    scripts
}

fn report(side: &str, count: usize, failures: &[String]) {
    println!("{side}: {count} wire scripts, {} failed", failures.len());
    assert!(failures.is_empty(), "{side}:\n{}", failures.join("\n"));
}

#[test]
fn postgresql_answers_as_the_scripts_say() {
    let Some(postgresql) = server::postgresql().expect("PostgreSQL starts") else {
        assert_ne!(env::var("CI").as_deref(), Ok("true"), "PostgreSQL 15 is not installed");
        println!(
            "skipped: PostgreSQL 15 is not installed, nobody can say whether the scripts are true"
        );
        return;
    };
    let recording = env::var_os("WIRE_RECORD").is_some();
    let scripts = scripts();
    let mut failures = Vec::new();
    for script in &scripts {
        let result = if recording {
            script::record(&script.lines, &postgresql.address)
                .and_then(|text| fs::write(&script.file, text).map_err(|error| error.to_string()))
        } else {
            script::run(&script.lines, &postgresql.address)
        };
        failures.extend(result.err().map(|error| format!("  {}: {error}", script.name)));
    }
    report("PostgreSQL", scripts.len(), &failures);
}

/// The gateway over the simulator, as its users start it.
#[test]
fn gateway_answers_as_the_scripts_say() {
    let program = Path::new(env!("CARGO_BIN_EXE_irispg"));
    let simulator = program.with_file_name("libirisdb.so");
    if !simulator.exists() {
        assert_ne!(env::var("CI").as_deref(), Ok("true"), "the simulator is not built");
        println!("skipped: the simulator is not built (cargo build -p iris-mock)");
        return;
    }
    let gateway = server::gateway(program).expect("the gateway starts");
    let (scripts, differences) = (scripts(), differences());
    let mut failures = Vec::new();
    for script in &scripts {
        let mut lines = script.lines.clone();
        for difference in differences.iter().filter(|entry| entry.concerns(&script.name)) {
            lines = difference::apply(&lines, difference).unwrap_or(lines);
        }
        let defect = differences
            .iter()
            .find(|entry| entry.script == script.name && entry.defect.is_some())
            .and_then(|entry| entry.defect.as_deref());
        match (script::run(&lines, &gateway.address), defect) {
            (Ok(()), None) => {}
            (Err(error), Some(defect)) => println!("  {} ({defect}): {error}", script.name),
            (Err(error), None) => failures.push(format!("  {}: {error}", script.name)),
            (Ok(()), Some(_)) => {
                failures.push(format!("  {}: it passes, take its defect off the list", script.name))
            }
        }
    }
    report("gateway", scripts.len(), &failures);
}

/// Every entry of the list of differences must have a place in a script.
#[test]
fn differences_fit_their_scripts() {
    if env::var_os("WIRE_ONLY").is_some() {
        return;
    }
    let scripts = scripts();
    for difference in differences() {
        let fits = scripts
            .iter()
            .filter(|script| difference.concerns(&script.name))
            .any(|script| difference::apply(&script.lines, &difference).is_some());
        assert!(fits, "{} is in no script", difference.title());
    }
}

/// The list, with what holds everywhere at its end: entries quote the scripts as they stand there.
fn differences() -> Vec<difference::Difference> {
    let text = fs::read_to_string(directory().join("differences.txt")).unwrap();
    let mut differences = difference::parse(&text).unwrap();
    differences.sort_by_key(difference::Difference::is_everywhere);
    differences
}

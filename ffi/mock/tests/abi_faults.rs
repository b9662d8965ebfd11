//! Planned faults, interrupts, and the report of what is open (facts, reliability §8.2; facts,
//! callin §5). Each script runs in a process of its own, because plan and counters are a process's.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod caller;

use caller::*;
use irisdb::callin::{calls, pushes, sessions};
use std::ffi::c_ulong;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Tells the process of its own which script to run.
const SCRIPT: &str = "IRISMOCK_TEST_SCRIPT";

/// Longest time that a script waits for a state.
const PATIENCE: Duration = Duration::from_secs(10);

/// A process that runs a script under a fault plan.
struct Run {
    output: Output,
    report: String,
    took: Duration,
}

fn run(script: &str, plan: &str) -> Run {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let own = format!("irismock-faults-{}-{number}", std::process::id());
    let directory: PathBuf = std::env::temp_dir().join(own);
    std::fs::create_dir_all(&directory).unwrap();
    let file = |name: &str| directory.join(name);
    std::fs::write(file("plan"), plan).unwrap();
    let began = Instant::now();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "script", "--ignored", "--nocapture", "--test-threads=1"])
        .env(SCRIPT, script)
        .env("IRIS_MOCK_FAULTS", file("plan"))
        .env("IRIS_MOCK_REPORT", file("report"))
        .env("IRIS_MOCK_DATA", file("data"))
        .env("RUST_BACKTRACE", "0")
        .output()
        .unwrap();
    let took = began.elapsed();
    let report = std::fs::read_to_string(file("report")).unwrap_or_default();
    std::fs::remove_dir_all(&directory).unwrap();
    Run { output, report, took }
}

impl Run {
    /// The lines that the script said.
    fn said(&self) -> Vec<String> {
        let text = String::from_utf8_lossy(&self.output.stdout);
        text.lines()
            .filter_map(|line| line.split_once("said: "))
            .map(|(_, s)| s.to_owned())
            .collect()
    }
}

fn say(what: &str, result: impl std::fmt::Debug) {
    println!("said: {what} {result:?}");
}

#[test]
#[ignore = "the other tests of this file run it, in a process of its own"]
fn script() {
    match std::env::var(SCRIPT).unwrap().as_str() {
        "numbers" => {
            say("start", start("_SYSTEM", "SYS", SERVER));
            for _ in 0..4 {
                say("push", pushes::IrisPushInt(1));
            }
            say("error", error_with(500, 500));
            say("end", sessions::IrisEnd());
        }
        "control-c" => aborted(1),
        "reset-job" => aborted(2),
        "open" => {
            say("start", start("_SYSTEM", "SYS", SERVER));
            let oref = object();
            say("begin", call(oref, "Begin", &[]).map(|answer| answer.integer(8)));
            say("push", push(b"left"));
            let string = long(b"left");
            say("long", string.len);
            say("end", sessions::IrisEnd());
        }
        "clean" => {
            say("start", start("_SYSTEM", "SYS", SERVER));
            let oref = object();
            say("commit", call(oref, "Commit", &[]).map(|answer| answer.outcome()));
            say("close", calls::IrisCloseOref(oref));
            say("end", sessions::IrisEnd());
        }
        "exit" => {
            say("start", start("_SYSTEM", "SYS", SERVER));
            say("oref", object());
            std::process::exit(0);
        }
        other => panic!("there is no script {other}"),
    }
}

/// A call that hangs, and another thread that aborts it.
fn aborted(kind: c_ulong) {
    say("start", start("_SYSTEM", "SYS", SERVER));
    let oref = object();
    let other = std::thread::spawn(move || {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match sessions::IrisAbort(kind) {
                -11 if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(1)),
                status => break status,
            }
        }
    });
    say("commit", call(oref, "Commit", &[]).map(|answer| answer.outcome()));
    say("abort", other.join().unwrap());
    say("commit", call(oref, "Commit", &[]).map(|answer| answer.outcome()));
    say("end", sessions::IrisEnd());
}

#[test]
fn a_call_fails_at_its_number() {
    let run = run("numbers", "fn=IrisPushInt nth=2 return=25 zerror=\"<ARGSTACK>planned\"\n");
    assert_eq!(
        run.said(),
        [
            "start 0",
            "push 0",
            "push 25",
            "push 0",
            "push 0",
            "error Ok(\"<ARGSTACK>planned\")",
            "end 0"
        ]
    );
}

#[test]
fn a_broken_connection_stays_broken() {
    let run = run("numbers", "fn=IrisPushInt nth=3 return=-4\n");
    assert_eq!(
        run.said(),
        ["start 0", "push 0", "push 0", "push -4", "push -4", "error Err(-4)", "end 0"]
    );
}

#[test]
fn every_counts_from_the_start_of_the_process() {
    let run = run("numbers", "fn=IrisPushInt every nth=2 return=10\nfn=IrisEnd return=-1\n");
    let said = run.said();
    assert_eq!(said[1..5], ["push 0", "push 10", "push 0", "push 10"]);
    assert_eq!(said[6], "end -1");
}

#[test]
fn a_start_can_be_refused_or_late() {
    assert_eq!(run("numbers", "fn=IrisSecureStartA return=-15").said()[0], "start -15");
    let late = run("numbers", "fn=IrisSecureStartA delay=300");
    assert_eq!(late.said()[0], "start 0");
    assert!(late.took >= Duration::from_millis(300), "{:?}", late.took);
}

#[test]
fn a_process_can_die_in_a_call() {
    let signal = |plan: &str| run("numbers", plan).output.status.signal();
    assert_eq!(signal("fn=IrisPushInt nth=2 signal=SEGV"), Some(libc::SIGSEGV));
    assert_eq!(signal("fn=IrisPushInt nth=2 abort"), Some(libc::SIGABRT));
    let code = |plan: &str| run("numbers", plan).output.status.code();
    assert_eq!(code("fn=IrisPushInt nth=2 exit=7"), Some(7));
    assert_eq!(code("fn=IrisPushInt nth=2 _exit=9"), Some(9));
}

#[test]
fn a_wrong_plan_ends_the_process() {
    let run = run("numbers", "fn=IrisPushInt retrun=25\n");
    assert_eq!(run.output.status.code(), Some(78));
    let complaint = String::from_utf8_lossy(&run.output.stderr).into_owned();
    assert!(complaint.contains("line 1: \"retrun\" is no part of a clause"), "{complaint}");
}

/// Callin §5: Ctrl-C interrupts the call and leaves the session; untrapped it is −6.
#[test]
fn a_hanging_call_is_interrupted_from_another_thread() {
    let run = run("control-c", "fn=IrisInvokeMethod nth=1 hang\n");
    assert_eq!(
        run.said(),
        ["start 0", "commit Err(-6)", "abort 0", "commit Ok((0, 0, \"\"))", "end 0"]
    );
}

/// Callin §5: RESJOB breaks the connection; the interrupted call returns −4.
#[test]
fn a_reset_breaks_the_connection() {
    let run = run("reset-job", "method=Commit nth=1 hang\n");
    assert_eq!(run.said(), ["start 0", "commit Err(-4)", "abort 0", "commit Err(-4)", "end 0"]);
}

#[test]
fn the_report_counts_what_is_open() {
    let run = run("open", "");
    assert_eq!(run.said()[1], "begin Ok(1)");
    let expected = "event=end orefs=1 exstrs=1 stack=1 statements=0 cursors=0 locks=0 level=1 ";
    assert!(run.report.contains(expected), "{}", run.report);
}

#[test]
fn the_report_of_an_orderly_session_is_all_zero() {
    let run = run("clean", "");
    let zero = "event=end orefs=0 exstrs=0 stack=0 statements=0 cursors=0 locks=0 level=0 ";
    assert!(run.report.contains(zero), "{}", run.report);
    assert_eq!(run.report.lines().count(), 1);
}

#[test]
fn a_process_that_exits_without_an_end_reports_too() {
    let run = self::run("exit", "");
    assert!(run.report.contains("event=exit orefs=1 "), "{}", run.report);
}

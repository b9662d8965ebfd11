//! What a worker does to its own process before it connects: each test runs in a process of its
//! own.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::os::fd::AsFd;
use std::process::Command;

use irispg::callin::signals;

/// Runs one of the ignored tests alone in a process.
fn assert_passes_alone(test: &str) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture", "--test-threads=1"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{}: {text}", output.status);
}

#[test]
fn terminations_arrive_as_bytes() {
    assert_passes_alone("alone_terminations_arrive_as_bytes");
}

#[test]
#[ignore = "changes its process's signals, so the test before it runs it alone"]
fn alone_terminations_arrive_as_bytes() {
    let terminations = signals::receive_terminations().unwrap();
    // The test harness has a thread that blocks nothing and might take what is sent to the process,
    // so signals are sent to this thread and to one made after it.
    let second = std::thread::spawn(|| {
        signals::block_all_signals().unwrap();
        // It would end the process if it were not blocked.
        raise(libc::SIGUSR1);
    });
    second.join().unwrap();
    assert_eq!(terminations.next().unwrap(), None);
    for signal in [libc::SIGTERM, libc::SIGINT, libc::SIGHUP, libc::SIGQUIT] {
        raise(signal);
        assert_eq!(terminations.next().unwrap(), Some(signal));
    }
    assert_eq!(terminations.next().unwrap(), None);
    assert!(rustix::io::fcntl_getfd(terminations.as_fd()).unwrap().bits() & 1 == 1);
    let third = std::thread::spawn(move || {
        raise(libc::SIGTERM);
        terminations.next().unwrap()
    });
    assert_eq!(third.join().unwrap(), Some(libc::SIGTERM));
}

/// Sends a signal to this thread alone.
fn raise(signal: i32) {
    // SAFETY: it touches no memory; the signal is blocked, or the test is to fail.
    assert_eq!(unsafe { libc::raise(signal) }, 0);
}

#[test]
fn a_closed_pipe_is_an_error_and_not_the_end() {
    assert_passes_alone("alone_a_closed_pipe_is_an_error");
}

#[test]
#[ignore = "changes its process's signals, so the test before it runs it alone"]
fn alone_a_closed_pipe_is_an_error() {
    // Rust's runtime ignores it from the start; a program that C started may not.
    // SAFETY: the default action is no handler, so none can be wrong.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
    signals::ignore_sigpipe().unwrap();
    let (read, write) = rustix::pipe::pipe().unwrap();
    drop(read);
    assert_eq!(rustix::io::write(&write, b"x").unwrap_err(), rustix::io::Errno::PIPE);
}

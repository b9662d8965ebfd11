//! The supervisor from outside, with the real program over the simulator: who is let in, who is
//! turned away, what survives whose death, how it ends.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod supervisor_harness;

use rustix::process::Signal;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use supervisor_harness::{Client, Server, program, startup, until};

/// Reads to the end; a reset is an end.
fn rest(mut stream: TcpStream) -> Vec<u8> {
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Err(error) if error.kind() != std::io::ErrorKind::ConnectionReset => panic!("{error}"),
        _ => bytes,
    }
}

#[test]
fn silent_connections_cost_neither_processes_nor_honest_clients_their_time() {
    let server = Server::start(&[]);
    until("two spares", || server.status("spares") == "2");
    let workers = server.workers();
    let silent: Vec<TcpStream> = (0..1000).map(|_| server.raw()).collect();
    let half: Vec<TcpStream> = (0..200)
        .map(|_| {
            let mut stream = server.raw();
            stream.write_all(&startup(&[("user", "x")])[..5]).unwrap();
            stream
        })
        .collect();
    until("the half packets at the door", || {
        server.status("at_the_door").parse::<u32>().unwrap() >= 200
    });
    assert_eq!(server.workers(), workers, "no worker was started or taken");
    let begin = Instant::now();
    let mut honest = Client::log_in(&server);
    assert_eq!(honest.query("SELECT 1").0, ["1"]);
    assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
    drop((silent, half));
    until("the door to be empty", || server.status("at_the_door") == "0");
}

#[test]
fn more_silent_peers_than_allowed_push_out_the_oldest() {
    let server = Server::start(&["--silent-connections-max", "16"]);
    let mut half = Vec::new();
    for _ in 0..40 {
        let mut stream = server.raw();
        stream.write_all(&[0, 0, 0]).unwrap();
        half.push(stream);
    }
    until("the door to be full", || server.status("at_the_door") == "16");
    assert_eq!(rest(half.remove(0)), b"");
    let mut honest = Client::log_in(&server);
    assert_eq!(honest.query("SELECT 1").0, ["1"]);
}

#[test]
fn who_says_nothing_is_closed_without_a_word() {
    let server = Server::start(&["--login-timeout", "500ms"]);
    let mut half = server.raw();
    half.write_all(&[0, 0]).unwrap();
    let begin = Instant::now();
    assert_eq!(rest(half), b"");
    assert!(begin.elapsed() >= Duration::from_millis(400), "{:?}", begin.elapsed());
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
}

#[test]
fn nonsense_is_closed_without_a_word_and_without_a_worker() {
    let server = Server::start(&[]);
    until("two spares", || server.status("spares") == "2");
    let workers = server.workers();
    for nonsense in [
        &b"GET / HTTP/1.1\r\n\r\n"[..],
        b"\0\0\0\0\0\0\0\0",
        b"\0\0\0\x07\0\x03\0\0",
        b"\x7f\xff\xff\xff\0\x03\0\0",
        b"\0\0\x27\x15\0\x03\0\0",
        b"\0\0\0\x0f\x04\xd2\x16\x2e\0\0\0\x01abc",
    ] {
        let mut stream = server.raw();
        stream.write_all(nonsense).unwrap();
        assert_eq!(rest(stream), b"", "{nonsense:?}");
    }
    assert_eq!(server.workers(), workers);
    assert!(server.log().contains("sent no PostgreSQL packet but \"GET / HT\""));
}

#[test]
fn a_cancel_request_needs_the_key_and_no_worker() {
    let server = Server::start(&[]);
    let client = Client::log_in(&server);
    until("two spares", || server.status("spares") == "2");
    let workers = server.workers();
    let mut wrong = client.key.clone();
    wrong[0] ^= 1;
    for key in [&wrong[..], &client.key[..], &[&client.key[..], &[0; 28]].concat()] {
        let mut stream = server.raw();
        let length = u32::try_from(12 + key.len()).unwrap();
        let mut packet = length.to_be_bytes().to_vec();
        packet.extend(80_877_102_u32.to_be_bytes());
        packet.extend(client.pid.to_be_bytes());
        packet.extend(key);
        stream.write_all(&packet).unwrap();
        assert_eq!(rest(stream), b"");
    }
    assert_eq!(server.workers(), workers);
    let refused = format!("for process {}: no such key", client.pid);
    assert_eq!(server.log().matches(&refused).count(), 2, "{}", server.log());
}

#[test]
fn one_client_too_many_is_told_so() {
    let server = Server::start(&["--connections-max", "2"]);
    let first = Client::log_in(&server);
    let _second = Client::log_in(&server);
    for _ in 0..20 {
        let refused = Client::refused(&server);
        assert!(refused.contains("C53300\0Msorry, too many clients already\0"), "{refused:?}");
    }
    drop(first);
    until("the first to be gone", || server.status("connections") == "1");
    assert_eq!(Client::log_in(&server).query("SELECT 1").0, ["1"]);
}

#[test]
fn strangers_wait_for_their_turn_rather_than_be_refused() {
    let server = Server::start(&["--unauthenticated-connections-max", "1"]);
    let mut stranger = server.raw();
    stranger.write_all(&startup(&[("user", "_SYSTEM"), ("database", "USER")])).unwrap();
    until("the stranger to have a worker", || server.status("unauthenticated") == "1");
    let mut next = server.raw();
    next.write_all(&startup(&[("user", "_SYSTEM"), ("database", "USER")])).unwrap();
    until("the next to wait", || server.status("waiting") == "1");
    drop(stranger);
    let mut byte = [0];
    next.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    next.read_exact(&mut byte).unwrap();
    assert_eq!(&byte, b"R", "it is asked for its password");
}

#[test]
fn a_dead_worker_costs_one_client() {
    let server = Server::start(&[]);
    let mut victim = Client::log_in(&server);
    let mut other = Client::log_in(&server);
    server.kill(victim.pid, Signal::KILL);
    assert_eq!(victim.rest(), b"");
    until("its place to be free", || server.status("connections") == "1");
    assert_eq!(other.query("SELECT 1").0, ["1"]);
    assert_eq!(Client::log_in(&server).query("SELECT 1").0, ["1"]);
    until("a line about it", || server.log().contains(&format!("worker {} of", victim.pid)));
    assert!(server.log().contains("signal: 9"), "{}", server.log());
}

#[test]
fn workers_end_with_a_supervisor_that_was_killed_and_the_next_one_starts() {
    let mut server = Server::start(&[]);
    let mut client = Client::log_in(&server);
    let workers = server.workers();
    assert!(workers.len() >= 2, "{workers:?}");
    server.kill_supervisor();
    let told = String::from_utf8_lossy(&client.rest()).into_owned();
    assert!(told.contains("C57P01\0"), "{told:?}");
    until("all workers to be gone", || {
        workers.iter().all(|pid| !std::path::Path::new(&format!("/proc/{pid}")).exists())
    });
    let mut server = server.restart();
    assert_eq!(Client::log_in(&server).query("SELECT 1").0, ["1"]);
    assert!(server.stop().success());
}

#[test]
fn a_graceful_stop_ends_idle_sessions_with_a_reason_and_leaves_nothing() {
    let mut server = Server::start(&["--shutdown-grace", "10s"]);
    let mut client = Client::log_in(&server);
    let workers = server.workers();
    let begin = Instant::now();
    assert!(server.stop().success());
    assert!(begin.elapsed() < Duration::from_secs(5), "idle sessions are not waited for");
    let told = String::from_utf8_lossy(&client.rest()).into_owned();
    assert!(
        told.contains("C57P01\0Mterminating connection due to administrator command\0"),
        "{told:?}"
    );
    assert!(workers.iter().all(|pid| !std::path::Path::new(&format!("/proc/{pid}")).exists()));
}

#[test]
fn a_transaction_has_the_grace_time_and_a_new_client_is_told_of_the_end() {
    let mut server = Server::start(&["--shutdown-grace", "2s"]);
    let mut client = Client::log_in(&server);
    client.query("BEGIN");
    server.signal(Signal::TERM);
    until("the stop to begin", || server.log().contains("SIGTERM: stopping"));
    let refused = Client::refused(&server);
    assert!(refused.contains("C57P03\0Mthe database system is shutting down\0"), "{refused:?}");
    assert_eq!(client.query("SELECT 1").0, ["1"], "the transaction goes on");
    let told = String::from_utf8_lossy(&client.rest()).into_owned();
    assert!(told.contains("C57P01\0"), "{told:?}");
    assert!(server.wait().success());
}

#[test]
fn a_second_signal_hurries_and_sigquit_is_at_once() {
    for signals in [&[Signal::TERM, Signal::TERM][..], &[Signal::QUIT]] {
        let mut server = Server::start(&["--shutdown-grace", "60s"]);
        let mut client = Client::log_in(&server);
        client.query("BEGIN");
        let begin = Instant::now();
        for signal in signals {
            server.signal(*signal);
            std::thread::sleep(Duration::from_millis(200));
        }
        assert!(server.wait().success());
        assert!(begin.elapsed() < Duration::from_secs(8), "{:?}", begin.elapsed());
    }
}

#[test]
fn a_second_server_on_the_same_data_or_port_is_refused_with_the_reason() {
    let mut server = Server::start(&[]);
    let data = server.data().to_str().unwrap().to_owned();
    let same_data = program(&["serve", "--listen", "127.0.0.1:0", "--data", &data]);
    assert_eq!(same_data.status.code(), Some(1));
    let told = String::from_utf8_lossy(&same_data.stderr).into_owned();
    assert!(told.contains(&format!("another irispg (process {})", server.pid())), "{told}");
    let other = format!("{data}-other");
    let listen = format!("127.0.0.1:{}", server.port());
    let same_port = program(&["serve", "--listen", &listen, "--data", &other]);
    assert_eq!(same_port.status.code(), Some(1));
    let told = String::from_utf8_lossy(&same_port.stderr).into_owned();
    assert!(told.contains(&format!("cannot listen on {listen}: the port is in use")), "{told}");
    std::fs::remove_dir_all(other).unwrap();
    assert_eq!(Client::log_in(&server).query("SELECT 1").0, ["1"], "the first is undisturbed");
    assert!(server.stop().success());
    let gone = program(&["status", "--data", &data]);
    assert_eq!(gone.status.code(), Some(3));
}

#[test]
fn a_reload_replaces_spares_and_a_wrong_file_changes_nothing() {
    let mut server = Server::with_file("spare_workers_min = 1\nspare_workers_max = 1\n", &[]);
    until("one spare", || server.status("spares") == "1");
    let before = server.workers();
    let mut client = Client::log_in(&server);
    server.write_file("spare_workers_min = 3\nspare_workers_max = 3\n");
    server.signal(Signal::HUP);
    until("three spares", || server.status("spares") == "3");
    assert_eq!(server.status("generation"), "2");
    assert!(
        before.iter().filter(|pid| **pid != client.pid).all(|pid| !server.workers().contains(pid))
    );
    server.write_file("spare_workers_min = many\n");
    let told = program(&["reload", "--data", server.data().to_str().unwrap()]);
    assert_eq!(told.status.code(), Some(1));
    assert_eq!(server.status("generation"), "2");
    assert_eq!(client.query("SELECT 1").0, ["1"]);
    assert!(server.stop().success());
}

#[test]
fn a_unix_socket_serves_is_removed_and_a_stale_one_is_replaced() {
    let mut server = Server::start(&["--unix", "@DATA@/.s.PGSQL.5432"]);
    let socket = server.data().join(".s.PGSQL.5432");
    assert_eq!(Client::over_unix(&socket).query("SELECT 1").0, ["1"]);
    server.kill_supervisor();
    assert!(socket.exists(), "a killed server leaves it");
    let mut server = server.restart();
    assert_eq!(Client::over_unix(&socket).query("SELECT 1").0, ["1"]);
    assert!(server.stop().success());
    assert!(!socket.exists());
}

#[test]
fn a_wrong_setting_is_named() {
    let wrong = program(&["serve", "--connections-max", "lots"]);
    assert_eq!(wrong.status.code(), Some(1));
    let told = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(told.contains("flag --connections-max: \"lots\" is not a whole number"), "{told}");
    let unknown = program(&["serve", "--conections-max", "5"]);
    assert_eq!(unknown.status.code(), Some(2));
    let told = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(told.contains("--connections-max"), "clap names the similar flag: {told}");
}

#[test]
fn a_worker_started_by_hand_says_that_it_is_none() {
    let worker = program(&["worker"]);
    assert_eq!(worker.status.code(), Some(1));
    let told = String::from_utf8_lossy(&worker.stderr).into_owned();
    assert!(told.starts_with("irispg: worker: "), "{told}");
}

//! The Callin room against the simulator, loaded as any IRIS library is.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use irispg::callin::{Abort, Arg, Block, CallinError, Connection, Library, Oref, StartOptions};
use irispg::types::list::{Item, Reader, Writer};

/// A process has one session, so that the tests take turns.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The simulator beside the program, as the program itself would find it.
fn library() -> &'static Library {
    static LIBRARY: OnceLock<&'static Library> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let path = Path::new(env!("CARGO_BIN_EXE_irispg")).with_file_name("libirisdb.so");
        assert!(path.exists(), "build the workspace first: there is no {}", path.display());
        Library::open(&path).unwrap()
    })
}

/// An instance for this run of the tests.
fn manager_dir() -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("callin-sim-{}", std::process::id()))
        .join("mgr");
    std::fs::create_dir_all(&directory).unwrap();
    directory
}

fn start(user: &str, password: &str) -> Result<Connection, CallinError> {
    let manager_dir = manager_dir();
    let options = StartOptions {
        manager_dir: Some(&manager_dir),
        user,
        password,
        exename: "irispg",
        timeout_seconds: 10,
    };
    Connection::start(library(), &options)
}

fn opened() -> (Connection, Oref) {
    let connection = start("_SYSTEM", "SYS").unwrap();
    let object = connection.new_object("IrisPG.Session").unwrap();
    let mut options = Writer::new();
    options.integer(1);
    options.integer(10);
    let arguments = [
        Arg::Integer(1),
        Arg::Bytes(b"USER"),
        Arg::Bytes(b"127.0.0.1"),
        Arg::Bytes(options.as_bytes()),
    ];
    let answer = connection.invoke(&object, "Open", &arguments).unwrap();
    assert_eq!(integer(&answer, 2), 0, "Open: {:?}", element(&answer, 4));
    (connection, object)
}

/// An element of an answer, by its number in the contract.
fn element(answer: &Block, number: usize) -> Item<'_> {
    Reader::new(answer).nth(number - 1).unwrap().unwrap()
}

fn integer(answer: &Block, number: usize) -> i64 {
    match element(answer, number) {
        Item::Integer(value) => value,
        other => panic!("element {number} is {other:?}"),
    }
}

fn run(connection: &Connection, object: &Oref, sql: &str) -> Result<Block, CallinError> {
    let arguments = [
        Arg::Integer(0),
        Arg::Bytes(sql.as_bytes()),
        Arg::Bytes(b""),
        Arg::Integer(0),
        Arg::Integer(0),
    ];
    connection.invoke(object, "Run", &arguments)
}

#[test]
fn a_session_runs_a_statement() {
    let _turn = turn();
    let (connection, object) = opened();
    assert!(connection.version().unwrap().starts_with("IRIS for UNIX"));
    let answer = run(&connection, &object, "SELECT 1").unwrap();
    assert_eq!(Reader::new(&answer).count(), 14);
    assert_eq!((integer(&answer, 2), integer(&answer, 6)), (0, 1));
    drop(answer);
    connection.close_object(object).unwrap();
    connection.end().unwrap();
}

#[test]
fn a_wrong_password_and_an_unknown_user_are_alike() {
    let _turn = turn();
    assert_eq!(start("_SYSTEM", "sys").unwrap_err(), CallinError::AccessDenied);
    assert_eq!(start("Nobody", "SYS").unwrap_err(), CallinError::AccessDenied);
    assert_eq!(start("Ωmega", "SYS").unwrap_err(), CallinError::AccessDenied);
    // User names have no case, and a refused start leaves nothing behind.
    start("_system", "SYS").unwrap().end().unwrap();
}

#[test]
fn a_process_has_one_session() {
    let _turn = turn();
    let first = start("_SYSTEM", "SYS").unwrap();
    assert_eq!(start("_SYSTEM", "SYS").unwrap_err(), CallinError::AlreadyConnected);
    first.end().unwrap();
    start("_SYSTEM", "SYS").unwrap().end().unwrap();
}

#[test]
fn errors_have_the_names_that_iris_gives_them() {
    let _turn = turn();
    let (connection, object) = opened();
    let name_of = |error: CallinError| match error {
        CallinError::Iris { code, name, zerror, .. } => {
            assert!(zerror.starts_with(&name), "{zerror}");
            (code, name)
        }
        other => panic!("{other:?}"),
    };
    let class = connection.new_object("No.Such.Class").unwrap_err();
    assert_eq!(name_of(class), (122, "<CLASS DOES NOT EXIST>".to_owned()));
    let method = connection.invoke(&object, "NoSuchMethod", &[]).unwrap_err();
    assert_eq!(name_of(method), (120, "<METHOD DOES NOT EXIST>".to_owned()));
    // The session goes on, and nothing of the failed calls is left on its stack.
    assert_eq!(integer(&run(&connection, &object, "SELECT 1").unwrap(), 2), 0);
}

#[test]
fn transactions_are_seen_from_both_sides() {
    let _turn = turn();
    let (connection, object) = opened();
    assert_eq!(connection.transaction_level().unwrap(), 0);
    let answer = connection.invoke(&object, "Begin", &[]).unwrap();
    assert_eq!((integer(&answer, 2), integer(&answer, 8)), (0, 1));
    assert_eq!(connection.transaction_level().unwrap(), 1);
    connection.roll_back().unwrap();
    connection.release_all_locks().unwrap();
    assert_eq!(connection.transaction_level().unwrap(), 0);
}

#[test]
fn long_arguments_and_answers_travel_whole() {
    let _turn = turn();
    let (connection, object) = opened();
    // A statement of 100 000 characters, most of them in a comment at its end.
    let mut sql = String::from("SELECT 42 -- ");
    sql.push_str(&"x".repeat(100_000));
    let answer = run(&connection, &object, &sql).unwrap();
    assert_eq!((integer(&answer, 2), integer(&answer, 6)), (0, 1), "{:?}", element(&answer, 4));
}

#[test]
fn an_interrupt_reaches_a_session_from_another_thread() {
    let _turn = turn();
    let (connection, object) = opened();
    let interrupter = connection.interrupter();
    // Nothing runs: whatever the answer is, the session goes on afterwards.
    match interrupter.abort(Abort::ControlC) {
        Ok(()) | Err(CallinError::NotInIris) => {}
        Err(other) => panic!("{other:?}"),
    }
    connection.swallow_interrupt().unwrap();
    assert_eq!(integer(&run(&connection, &object, "SELECT 1").unwrap(), 2), 0);
    connection.end().unwrap();
    assert_eq!(interrupter.abort(Abort::ControlC).unwrap_err(), CallinError::NotConnected);
}

#[test]
fn an_interrupt_reaches_a_call_that_runs() {
    let _turn = turn();
    let (connection, object) = opened();
    let done = |sql: &str| {
        assert_eq!(integer(&run(&connection, &object, sql).unwrap(), 2), 0, "{sql}");
    };
    done("CREATE TABLE SQLUser.many (id INTEGER PRIMARY KEY)");
    for id in 0..100 {
        done(&format!("INSERT INTO SQLUser.many (id) VALUES ({id})"));
    }
    let interrupter = connection.interrupter();
    let stopper = std::thread::spawn(move || {
        let deadline = Instant::now() + Duration::from_secs(30);
        // It says «nothing runs» until the call has begun. One that meets the beginning or the end
        // of a call may be lost, so the caller is interrupted until it has noticed.
        while Instant::now() < deadline && !NOTICED.load(Ordering::Acquire) {
            drop(interrupter.abort(Abort::ControlC));
            std::thread::sleep(Duration::from_millis(1));
        }
    });
    // Ten thousand million rows: it ends by the interrupt or not at all.
    let counted = "SELECT COUNT(*) FROM SQLUser.many a, SQLUser.many b, SQLUser.many c, \
                   SQLUser.many d, SQLUser.many e";
    // Either IRIS's own error, or the class trapped it and says so (status 3).
    match run(&connection, &object, counted) {
        Ok(answer) => assert_eq!(integer(&answer, 2), 3, "{:?}", element(&answer, 4)),
        Err(error) => assert_eq!(error, CallinError::Interrupted),
    }
    NOTICED.store(true, Ordering::Release);
    stopper.join().unwrap();
    connection.swallow_interrupt().unwrap();
    done("DROP TABLE SQLUser.many");
}

/// Whether the interrupted call has come back.
static NOTICED: AtomicBool = AtomicBool::new(false);

#[test]
fn what_is_committed_stays_and_what_is_left_open_goes() {
    let _turn = turn();
    let (connection, object) = opened();
    let call = |method| integer(&connection.invoke(&object, method, &[]).unwrap(), 2);
    let change = |sql| integer(&run(&connection, &object, sql).unwrap(), 2);
    assert_eq!(change("CREATE TABLE SQLUser.kept (id INTEGER PRIMARY KEY)"), 0);
    assert_eq!(call("Begin"), 0);
    assert_eq!(change("INSERT INTO SQLUser.kept (id) VALUES (1)"), 0);
    assert_eq!(call("Commit"), 0);
    assert_eq!(call("Begin"), 0);
    assert_eq!(change("INSERT INTO SQLUser.kept (id) VALUES (2)"), 0);
    connection.end().unwrap();

    let (connection, object) = opened();
    let answer = run(&connection, &object, "SELECT id FROM SQLUser.kept").unwrap();
    assert_eq!((integer(&answer, 2), integer(&answer, 6)), (0, 1), "only the row of the commit");
    drop(answer);
    assert_eq!(integer(&run(&connection, &object, "DROP TABLE SQLUser.kept").unwrap(), 2), 0);
}

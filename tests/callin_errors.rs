//! The Callin room against a library that does as it is told (`tests/callin/stub.c`): every code,
//! every scribbled buffer, every string freed exactly once.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::ffi::{CStr, CString, c_char, c_int};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use irispg::callin::{
    Abort, Arg, Block, CallinError, Connection, Library, LoadError, Oref, StartOptions, process,
};

/// The modes of the stub, in its order.
#[derive(Clone, Copy)]
enum Mode {
    Plain,
    HugeLength,
    NullWithLength,
    FailWithString,
    ScribbleError,
    LongError,
    NullEmpty,
    ThreadExit,
    NewFails,
}

/// One copy of the stub. Each test has its own, because the stub keeps its state in the library.
struct Stub {
    library: &'static Library,
    handle: libloading::Library,
}

impl Stub {
    fn new() -> Self {
        Self::compiled_with(&[])
    }

    fn compiled_with(flags: &[&str]) -> Self {
        let path = compile(flags);
        let library = Library::open(&path).unwrap();
        // SAFETY: the library is loaded already; this only gives another handle to it.
        let handle = unsafe { libloading::Library::new(&path) }.unwrap();
        Self { library, handle }
    }

    fn symbol<F: Copy>(&self, name: &str) -> F {
        // SAFETY: each caller below names the function's true type.
        *unsafe { self.handle.get::<F>(name.as_bytes()) }.unwrap()
    }

    fn fail(&self, function: &str, code: c_int) {
        self.fail_after(function, code, 0);
    }

    fn fail_after(&self, function: &str, code: c_int, calls: c_int) {
        let fail: unsafe extern "C" fn(*const c_char, c_int, c_int) = self.symbol("stub_fail");
        let function = CString::new(function).unwrap();
        // SAFETY: the name is terminated.
        unsafe { fail(function.as_ptr(), code, calls) }
    }

    fn calls(&self, function: &str) -> c_int {
        let calls: unsafe extern "C" fn(*const c_char) -> c_int = self.symbol("stub_calls");
        let function = CString::new(function).unwrap();
        // SAFETY: the name is terminated.
        unsafe { calls(function.as_ptr()) }
    }

    fn mode(&self, mode: Mode) {
        let set: unsafe extern "C" fn(c_int) = self.symbol("stub_mode");
        // SAFETY: it sets a variable.
        unsafe { set(mode as c_int) }
    }

    fn answer(&self, len: c_int) {
        let set: unsafe extern "C" fn(c_int) = self.symbol("stub_answer");
        // SAFETY: it sets a variable.
        unsafe { set(len) }
    }

    fn live_strings(&self) -> c_int {
        let live: unsafe extern "C" fn() -> c_int = self.symbol("stub_live_strings");
        // SAFETY: it reads a variable.
        unsafe { live() }
    }

    fn log(&self) -> String {
        let log: unsafe extern "C" fn() -> *const c_char = self.symbol("stub_log");
        // SAFETY: it gives a static buffer.
        let text = unsafe { log() };
        // SAFETY: the buffer is terminated and nobody writes to it here.
        unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
    }

    fn start(&self) -> Connection {
        Connection::start(self.library, &options()).unwrap()
    }

    fn object(&self) -> (Connection, Oref) {
        let connection = self.start();
        let object = connection.new_object("IrisPG.Session").unwrap();
        (connection, object)
    }
}

fn options() -> StartOptions<'static> {
    StartOptions {
        manager_dir: Some(Path::new("/some/mgr")),
        user: "Ann",
        password: "geheim",
        exename: "irispg",
        timeout_seconds: 0,
    }
}

/// Compiles the stub against our header, so that its prototypes are checked as well.
fn compile(flags: &[&str]) -> PathBuf {
    static SERIAL: AtomicU32 = AtomicU32::new(0);
    let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let out = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("libstub-{}-{serial}.so", std::process::id()));
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let status = Command::new(compiler)
        .args(["-std=gnu11", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror"])
        .args(flags)
        .arg(format!("-I{}", root.join("ffi/include").display()))
        .arg("-o")
        .arg(&out)
        .arg(root.join("tests/callin/stub.c"))
        .status()
        .unwrap();
    assert!(status.success(), "the stub does not compile");
    out
}

#[test]
fn a_session_starts_with_the_flags_and_the_names_it_was_given() {
    let stub = Stub::new();
    stub.start().end().unwrap();
    // 40 is PROGMODE and TTNEVER; the wait is never 0, which would be for ever.
    assert_eq!(stub.log(), "dir /some/mgr;startA Ann/geheim/irispg flags 40 timeout 1 devices 0;");
    assert_eq!(stub.calls("IrisEnd"), 1);
}

#[test]
fn names_beyond_latin_1_use_the_wide_form() {
    let stub = Stub::new();
    let options = StartOptions { user: "Ωß", password: "é\u{1F600}", ..options() };
    Connection::start(stub.library, &options).unwrap().end().unwrap();
    // The password's second character takes two units of UTF-16.
    assert!(stub.log().contains("startW 2/3/6 first 03a9 flags 40 timeout 1"), "{}", stub.log());

    let latin = StartOptions { user: "Jürgen", ..options };
    let latin = StartOptions { password: "é", ..latin };
    Connection::start(stub.library, &latin).unwrap().end().unwrap();
    assert_eq!(stub.calls("IrisSecureStartA"), 1);
    assert_eq!(stub.calls("IrisSecureStartW"), 1);
}

#[test]
fn a_start_without_a_user_or_with_endless_names_never_reaches_iris() {
    let stub = Stub::new();
    let nobody = StartOptions { user: "", ..options() };
    assert_eq!(Connection::start(stub.library, &nobody).unwrap_err(), CallinError::AccessDenied);
    for long in ["x".repeat(32_768), "Ω".repeat(32_768)] {
        let options = StartOptions { password: &long, ..options() };
        let error = Connection::start(stub.library, &options).unwrap_err();
        assert_eq!(error, CallinError::TooLong { function: "IrisSecureStart" });
    }
    assert_eq!(stub.calls("IrisSecureStartA") + stub.calls("IrisSecureStartW"), 0);

    let longest = "x".repeat(32_767);
    let options = StartOptions { password: &longest, ..options() };
    Connection::start(stub.library, &options).unwrap();
}

#[test]
fn every_refusal_of_a_start_has_its_name() {
    let stub = Stub::new();
    let start = |code| {
        stub.fail("IrisSecureStartA", code);
        Connection::start(stub.library, &options()).unwrap_err()
    };
    assert_eq!(start(-15), CallinError::AccessDenied);
    assert_eq!(start(-16), CallinError::MustChangePassword);
    assert_eq!(start(-2), CallinError::AlreadyConnected);
    assert_eq!(start(-17), CallinError::InvalidInstance);
    assert_eq!(start(-21), CallinError::CannotAttach);
    assert_eq!(start(-18), CallinError::Unknown { function: "IrisSecureStart", code: -18 });
    assert_eq!(
        start(i32::MIN).to_string(),
        "IrisSecureStart answered -2147483648, which is no known code"
    );
    assert!(start(104).is_licence_refusal());
    assert!(!start(105 - 88).is_licence_refusal());
    // No session was there to end, and none was ended.
    assert_eq!(stub.calls("IrisEnd"), 0);
    // What is left of a broken session is ended before the next attempt.
    assert_eq!(start(-4), CallinError::ConnectionBroken);
    assert_eq!(stub.calls("IrisEnd"), 1);
}

#[test]
fn every_code_of_a_call_becomes_an_error() {
    let stub = Stub::new();
    for code in (-40..=-1).chain(1..=300) {
        let (connection, object) = stub.object();
        stub.fail("IrisInvokeMethod", code);
        let error = connection.invoke(&object, "Run", &[]).unwrap_err();
        stub.fail("IrisInvokeMethod", 0);
        match (&error, code) {
            (CallinError::Iris { function, code: got, name, zerror }, 1..) => {
                assert_eq!((*function, *got), ("IrisInvokeMethod", code));
                let expected =
                    if code <= 207 { format!("<E{code}>") } else { format!("<ERROR {code}>") };
                assert_eq!(*name, expected);
                assert_eq!(zerror, "<DIVIDE>Entry+1^Test");
            }
            (CallinError::Unknown { code: got, .. }, -5 | -9 | -20..=-18 | ..=-22) => {
                assert_eq!(*got, code);
            }
            (CallinError::Iris { .. } | CallinError::Unknown { .. }, _) => {
                panic!("{code} became {error:?}")
            }
            (_, 1..) => panic!("{code} became {error:?}"),
            _ => {}
        }
        // Only these two leave nothing to be done; any other error leaves the session usable.
        assert_eq!(error.session_is_lost(), matches!(code, -4 | -7), "{code}");
        let again = connection.invoke(&object, "Run", &[]);
        assert_eq!(again.is_err(), error.session_is_lost(), "{code}");
    }
    assert_eq!(stub.live_strings(), 0);
}

#[test]
fn nothing_enters_c_after_the_connection_broke_but_the_end() {
    let stub = Stub::new();
    let (connection, object) = stub.object();
    stub.fail("IrisInvokeMethod", -4);
    assert_eq!(connection.invoke(&object, "Run", &[]).unwrap_err(), CallinError::ConnectionBroken);
    let before = stub.log();
    assert_eq!(connection.invoke(&object, "Run", &[]).unwrap_err(), CallinError::ConnectionBroken);
    assert_eq!(connection.transaction_level().unwrap_err(), CallinError::ConnectionBroken);
    assert_eq!(stub.log(), before);
    connection.end().unwrap();
    assert_eq!(stub.calls("IrisEnd"), 1);
}

#[test]
fn arguments_go_in_order_and_by_size() {
    let stub = Stub::new();
    stub.answer(9);
    let (connection, object) = stub.object();
    let start = stub.log().len();
    let short = vec![b'x'; 32_766];
    let mut long = vec![b'y'; 32_767];
    long[0] = 0;
    let arguments =
        [Arg::Integer(i64::MIN), Arg::Bytes(b""), Arg::Bytes(&short), Arg::Bytes(&long)];
    let answer = connection.invoke(&object, "Run", &arguments).unwrap();
    assert_eq!(&*answer, b"aaaaaaaaa");
    assert_eq!(
        &stub.log()[start..],
        "method 9.Run 1;int -9223372036854775808;str 0 ;str 32766 xxxxxxxxxxxxxxxxxxxx;\
         exstr 32767 00 79;invoke 4;"
    );
    drop(answer);
    let class = connection.invoke_class("A.B", "C", &[Arg::Integer(1)]).unwrap();
    assert_eq!(class.len(), 9);
    assert!(stub.log().ends_with("class A.B.C 1;int 1;invokeclass 1;"));
    connection.close_object(object).unwrap();
    assert!(stub.log().ends_with("close 9;"));
}

#[test]
fn every_long_string_is_freed_exactly_once() {
    let stub = Stub::new();
    let (connection, object) = stub.object();
    let long = vec![b'y'; 100_000];
    let arguments = [Arg::Bytes(&long), Arg::Integer(1), Arg::Bytes(&long)];
    let failures = [
        ("", 0, 0),
        ("IrisPushExStr", 20, 0),
        ("IrisPushExStr", -3, 1),
        ("IrisPushInt64", 25, 0),
        ("IrisPushMethod", -12, 0),
        ("IrisInvokeMethod", 5, 0),
        ("IrisPopExStr", -13, 0),
        ("IrisExStrKill", 22, 0),
    ];
    for (function, code, after) in failures {
        stub.fail_after(function, code, after);
        let answer = connection.invoke(&object, "Run", &arguments);
        assert_eq!(answer.is_err(), !function.is_empty() && function != "IrisExStrKill");
        drop(answer);
        stub.fail(function, 0);
        assert_eq!(stub.live_strings(), 0, "after {function} answered {code}");
    }
    // A call that is not made leaves nothing on the stack: the reference and what was pushed after
    // it are popped. In the cases above: 1 (first string), 3 (third), 2 (the integer).
    assert_eq!(stub.calls("IrisPop"), 1 + 3 + 2);

    stub.mode(Mode::NewFails);
    let error = connection.invoke(&object, "Run", &arguments).unwrap_err();
    assert_eq!(error, CallinError::Failure { function: "IrisExStrNew" });
    assert_eq!(stub.live_strings(), 0);
}

#[test]
fn answers_that_cannot_be_are_errors() {
    let stub = Stub::new();
    let (connection, object) = stub.object();
    let malformed = CallinError::Malformed { function: "IrisPopExStr" };
    for mode in [Mode::HugeLength, Mode::NullWithLength] {
        stub.mode(mode);
        assert_eq!(connection.invoke(&object, "Run", &[]).unwrap_err(), malformed);
        assert_eq!(stub.live_strings(), 0);
    }
    stub.mode(Mode::FailWithString);
    stub.fail("IrisPopExStr", -14);
    let error = connection.invoke(&object, "Run", &[]).unwrap_err();
    assert_eq!(error, CallinError::StringInUse { function: "IrisPopExStr" });
    assert_eq!(stub.live_strings(), 0);
    stub.fail("IrisPopExStr", 0);

    stub.mode(Mode::NullEmpty);
    assert!(connection.invoke(&object, "Run", &[]).unwrap().is_empty());

    stub.mode(Mode::Plain);
    stub.answer(0);
    assert!(connection.invoke(&object, "Run", &[]).unwrap().is_empty());
    assert_eq!(stub.live_strings(), 0);
    assert_eq!(
        connection.new_object("IrisPG.Session").unwrap_err(),
        CallinError::NoObject { class: "IrisPG.Session".to_owned() }
    );
}

#[test]
fn the_error_text_survives_scribbling_and_grows_once() {
    let stub = Stub::new();
    let (connection, object) = stub.object();
    stub.fail("IrisInvokeMethod", 18);
    let zerror = || match connection.invoke(&object, "Run", &[]).unwrap_err() {
        CallinError::Iris { zerror, .. } => zerror,
        other => panic!("{other:?}"),
    };
    stub.mode(Mode::ScribbleError);
    assert_eq!(zerror(), "ä".repeat(32_767));
    stub.mode(Mode::LongError);
    assert_eq!(zerror(), "x".repeat(1_000));
    assert!(stub.log().ends_with("error 512 2048;error 32767 32767;"), "{}", stub.log());
    stub.mode(Mode::Plain);
    stub.fail("IrisErrorA", -4);
    assert_eq!(zerror(), "");
    stub.fail("IrisErrxlateA", -9);
    assert!(connection.invoke(&object, "Run", &[]).unwrap_err().to_string().contains("<ERROR 18>"));
}

#[test]
fn a_session_ends_with_the_last_answer_that_uses_it() {
    let stub = Stub::new();
    let (connection, object) = stub.object();
    let first: Block = connection.invoke(&object, "Run", &[]).unwrap();
    let second = connection.invoke(&object, "Run", &[]).unwrap();
    assert_eq!(connection.end().unwrap_err(), CallinError::AnswersInUse { count: 2 });
    drop(first);
    assert_eq!((stub.calls("IrisEnd"), &*second), (0, &b"aaaaa"[..]));
    drop(second);
    assert_eq!((stub.calls("IrisEnd"), stub.live_strings()), (1, 0));
}

#[test]
fn an_interrupter_reaches_its_session_and_no_other() {
    let stub = Stub::new();
    let connection = stub.start();
    let interrupter = connection.interrupter();
    std::thread::scope(|scope| {
        scope.spawn(|| interrupter.abort(Abort::ControlC).unwrap());
    });
    interrupter.clone().abort(Abort::ResetJob).unwrap();
    assert!(stub.log().ends_with("abort 1;abort 2;"));
    stub.fail("IrisAbort", -11);
    assert_eq!(interrupter.abort(Abort::ControlC).unwrap_err(), CallinError::NotInIris);
    stub.fail("IrisAbort", 0);
    connection.end().unwrap();
    let second = stub.start();
    let calls = stub.calls("IrisAbort");
    assert_eq!(interrupter.abort(Abort::ControlC).unwrap_err(), CallinError::NotConnected);
    assert_eq!(stub.calls("IrisAbort"), calls);
    second.interrupter().abort(Abort::ControlC).unwrap();
}

#[test]
fn a_late_interrupt_is_swallowed_and_other_errors_are_not() {
    let stub = Stub::new();
    let connection = stub.start();
    connection.swallow_interrupt().unwrap();
    for code in [-6, 7] {
        stub.fail("IrisEvalA", code);
        connection.swallow_interrupt().unwrap();
    }
    stub.fail("IrisEvalA", -4);
    assert_eq!(connection.swallow_interrupt().unwrap_err(), CallinError::ConnectionBroken);
}

#[test]
fn the_transaction_level_is_a_value_and_not_a_status() {
    let stub = Stub::new();
    let connection = stub.start();
    for level in [0, 1, 255] {
        stub.fail("IrisTLevel", level);
        assert_eq!(connection.transaction_level().unwrap(), u32::try_from(level).unwrap());
    }
    stub.fail("IrisTLevel", -7);
    assert_eq!(connection.transaction_level().unwrap_err(), CallinError::NotConnected);
}

#[test]
fn the_small_calls_say_what_they_mean() {
    let stub = Stub::new();
    let connection = stub.start();
    assert_eq!(connection.version().unwrap(), "a stub");
    connection.roll_back().unwrap();
    connection.release_all_locks().unwrap();
    assert!(stub.log().ends_with("eval $ZVERSION;rollback 0;"));
    assert_eq!(stub.calls("IrisReleaseAllLocks"), 1);
    connection.end().unwrap();
    Connection::change_password(stub.library, "Ann", "a", "b").unwrap();
    assert!(stub.log().ends_with("change Ann/a/b;"));
    let wide = Connection::change_password(stub.library, "Ann", "a", "Ω").unwrap_err();
    assert_eq!(wide, CallinError::NotExported { function: "IrisChangePassword" });
}

#[test]
fn names_of_classes_and_methods_are_plain() {
    let stub = Stub::new();
    let (connection, object) = stub.object();
    for method in ["", "Läuft"] {
        let error = connection.invoke(&object, method, &[]).unwrap_err();
        assert_eq!(error, CallinError::BadArgument { function: "IrisPushMethod" });
    }
}

#[test]
fn a_library_that_cannot_serve_says_why() {
    let absent = Path::new("/nowhere/libirisdb.so");
    let error = Library::open(absent).unwrap_err();
    assert!(matches!(&error, LoadError::Open { path, .. } if path == absent));
    assert!(error.to_string().contains("/nowhere/libirisdb.so"), "{error}");

    let lacking = compile(&["-DWITHOUT_INVOKE"]);
    let error = Library::open(&lacking).unwrap_err();
    assert!(
        matches!(&error, LoadError::Missing { path, function: "IrisInvokeClassMethod" }
            if *path == lacking),
        "{error}"
    );

    let old = Library::open(&compile(&["-DWITHOUT_ABORT", "-DWITHOUT_START_W"])).unwrap();
    let wide = StartOptions { user: "Ω", ..options() };
    assert_eq!(
        Connection::start(old, &wide).unwrap_err(),
        CallinError::NotExported { function: "IrisSecureStartW" }
    );
    let connection = Connection::start(old, &options()).unwrap();
    assert_eq!(
        connection.interrupter().abort(Abort::ControlC).unwrap_err(),
        CallinError::NotExported { function: "IrisAbort" }
    );
}

#[test]
fn a_connection_refuses_another_thread() {
    /// The compiler forbids this; the check is there for what it cannot see.
    struct Forced<T>(T);
    // SAFETY: this is what must not be done, done for the test; the stub has no threads.
    unsafe impl<T> Send for Forced<T> {}

    let stub = Stub::new();
    let forced = Forced(stub.object());
    let forced = std::thread::spawn(move || {
        let forced = forced;
        let (connection, object) = &forced.0;
        assert_eq!(
            connection.invoke(object, "Run", &[]).unwrap_err(),
            CallinError::WrongThread { function: "IrisPushMethod" }
        );
        forced
    })
    .join()
    .unwrap();
    let (connection, object) = forced.0;
    connection.invoke(&object, "Run", &[]).unwrap();
}

/// Runs one of the tests below in a process of its own.
fn child(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture", "--test-threads=1"]);
    command
}

/// How the process of one of the tests below ended.
fn status_of(test: &str) -> ExitStatus {
    let mut process = child(test).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(status) = process.try_wait().unwrap() {
            return status;
        }
        if Instant::now() > deadline {
            process.kill().unwrap();
            panic!("the process outlived the thread of its session");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_process_ends_when_iris_ends_the_thread_of_its_session() {
    // Where the C library can unwind to Rust's frames, they stop it by an abort; where it cannot,
    // the thread's own data are destroyed, and end the process.
    assert_eq!(status_of("process_whose_thread_is_unwound").code(), None);
    let status = status_of("process_whose_thread_is_ended");
    assert_eq!(status.code(), Some(process::THREAD_ENDED_STATUS), "{status}");
}

#[test]
#[ignore = "runs in a process of its own, started by the test before it"]
fn process_whose_thread_is_unwound() {
    lose_the_thread(&[]);
}

#[test]
#[ignore = "runs in a process of its own, started by the test before it"]
fn process_whose_thread_is_ended() {
    lose_the_thread(&["-fno-asynchronous-unwind-tables", "-fno-exceptions"]);
}

fn lose_the_thread(flags: &[&str]) {
    let stub = Stub::compiled_with(flags);
    let (connection, object) = stub.object();
    // Another thread that would keep the process alive.
    std::thread::spawn(|| std::thread::sleep(Duration::from_secs(60)));
    stub.mode(Mode::ThreadExit);
    drop(connection.invoke(&object, "Run", &[]));
    unreachable!("the thread was ended inside of the call");
}

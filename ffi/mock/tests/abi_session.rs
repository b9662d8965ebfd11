//! Start, end, identity, errors, expressions and commands (facts, callin §3, §4 and §7).
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod caller;

use caller::*;
use irisdb::callin::abi::ShortString;
use irisdb::callin::{calls, evaluation, sessions, transactions};
use std::path::{Path, PathBuf};
use std::ptr;

/// A directory for an instance of its own, removed at the end.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str, administration: &str) -> Self {
        let path = std::env::temp_dir().join(format!("irismock-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        std::fs::write(path.join("irismock.conf"), administration).unwrap();
        assert_eq!(set_directory(&path), 0);
        Self(path)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        sessions::IrisEnd();
        assert_eq!(set_directory(Path::new("")), 0);
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

/// §4: −2 for a second start, −7 for an end without a session, and a session after another.
#[test]
fn a_process_has_one_session_at_a_time() {
    let _turn = turn();
    let _directory = Directory::new("one", "");
    assert_eq!(sessions::IrisContext(), 0);
    assert_eq!(sessions::IrisEnd(), -7);
    for _ in 0..3 {
        assert_eq!(start("_SYSTEM", "SYS", SERVER), 0);
        assert_eq!(sessions::IrisContext(), 1);
        assert_eq!(start("_SYSTEM", "SYS", SERVER), -2);
        assert_eq!(sessions::IrisEnd(), 0);
    }
    assert_eq!(sessions::IrisEndAll(), 0);
}

/// §4: −15 whether user or password is wrong; user names have no case, passwords do.
#[test]
fn wrong_credentials_tell_nothing() {
    let _turn = turn();
    let _directory = Directory::new("wrong", "");
    for (user, password) in
        [("_SYSTEM", "sys"), ("_SYSTEM", ""), ("nobody", "SYS"), ("", ""), ("_SYSTEM ", "SYS")]
    {
        assert_eq!(start(user, password, SERVER), -15, "{user}/{password}");
        assert_eq!(sessions::IrisContext(), 0);
    }
    let null = ptr::null_mut();
    // SAFETY: every string may be null.
    assert_eq!(unsafe { sessions::IrisSecureStartA(null, null, null, SERVER, 5, null, null) }, -15);
    // SAFETY: as above.
    assert_eq!(unsafe { sessions::IrisStartA(SERVER, 5, null, null) }, -15);
    assert_eq!(start("_system", "SYS", SERVER), 0);
    assert_eq!(evaluate("$username"), Ok("_SYSTEM".to_owned()));
}

#[test]
fn users_of_the_administration_file_log_in() {
    let _turn = turn();
    let _directory = Directory::new(
        "users",
        "user Ada password=\"love lace\" startup=LAB\nnamespace LAB\n\
         user Zoë password=Grüße\nuser Off password=x flags=disabled\n",
    );
    assert_eq!(start("ADA", "love lace", SERVER), 0);
    assert_eq!(evaluate("$USERNAME"), Ok("Ada".to_owned()));
    assert_eq!(evaluate("$NAMESPACE"), Ok("LAB".to_owned()));
    assert_eq!(execute("ZN \"%SYS\""), 27);
    assert_eq!(error(), "<PROTECT>");
    assert_eq!(sessions::IrisEnd(), 0);
    assert_eq!(start("Off", "x", SERVER), -15);
    let (mut user, mut password) = (wide("zoË"), wide("Grüße"));
    let null = ptr::null_mut();
    // SAFETY: the strings are counted strings, the others may be null.
    let status = unsafe {
        sessions::IrisSecureStartW(&mut *user, &mut *password, null, SERVER, 5, null, null)
    };
    assert_eq!(status, 0);
}

/// §4: −16, then IrisChangePassword before the next try.
#[test]
fn a_password_that_must_be_changed_can_be() {
    let _turn = turn();
    let _directory = Directory::new("change", "user Eve password=old flags=change\n");
    let change = |user: &str, old: &str, new: &str| {
        let [mut user, mut old, mut new] = [user, old, new].map(|t| short(t.as_bytes()));
        // SAFETY: the strings are counted strings.
        unsafe { sessions::IrisChangePasswordA(&mut *user, &mut *old, &mut *new) }
    };
    assert_eq!(start("Eve", "old", SERVER), -16);
    assert_eq!(start("Eve", "other", SERVER), -15);
    assert_eq!(change("Eve", "other", "new"), -1);
    assert_eq!(change("nobody", "old", "new"), -1);
    assert_eq!(change("eve", "old", "new"), 0);
    assert_eq!(start("Eve", "old", SERVER), -15);
    assert_eq!(start("Eve", "new", SERVER), 0);
    assert_eq!(change("Eve", "new", "newer"), -1);
}

/// §4: a wrong directory gives −17; one that is missing is made.
#[test]
fn the_directory_decides_where_the_instance_lives() {
    let _turn = turn();
    let directory = Directory::new("where", "");
    assert_eq!(set_directory(&directory.0.join("irismock.conf")), 0);
    assert_eq!(start("_SYSTEM", "SYS", SERVER), -17);
    assert_eq!(set_directory(&directory.0.join("none/below")), 0);
    assert_eq!(start("_SYSTEM", "SYS", SERVER), -17);
    let fresh = directory.0.join("fresh");
    assert_eq!(set_directory(&fresh), 0);
    assert_eq!(start("_SYSTEM", "SYS", SERVER), 0);
    assert!(fresh.is_dir());
    // SAFETY: a null pointer is refused.
    assert_eq!(unsafe { sessions::IrisSetDir(ptr::null_mut()) }, -12);
}

#[test]
fn an_administration_file_with_a_mistake_starts_nothing() {
    let _turn = turn();
    let _directory = Directory::new("mistake", "usr Ada\n");
    assert_eq!(start("_SYSTEM", "SYS", SERVER), -1);
}

/// §3: a unit that is used up refuses the start, and comes back late.
#[test]
fn licence_units_come_back_late() {
    let _turn = turn();
    let _directory = Directory::new("licence", "licence units=1 per_user=1 release=300\n");
    assert_eq!(start("_SYSTEM", "SYS", SERVER), 0);
    assert_eq!(sessions::IrisEnd(), 0);
    assert_eq!(start("_SYSTEM", "SYS", SERVER), 104);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while start("_SYSTEM", "SYS", SERVER) != 0 {
        assert!(std::time::Instant::now() < deadline, "the unit did not come back");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

/// §4: without PROGMODE a run-time error breaks the connection, with it the session lives on.
#[test]
fn programmer_mode_keeps_a_session_with_errors() {
    let _turn = turn();
    let _directory = Directory::new("mode", "");
    assert_eq!(start("_SYSTEM", "SYS", 8), 0);
    assert_eq!(pop_int(), Err(-13));
    assert_eq!(push(b"a refusal of the interface is no run-time error"), 0);
    assert_eq!(execute("what is this"), -4);
    assert_eq!(push(b"x"), -4);
    assert_eq!(error_with(512, 512), Err(-4));
    assert_eq!(start("_SYSTEM", "SYS", 8), -4);
    assert_eq!(sessions::IrisAbort(1), -4);
    assert_eq!(sessions::IrisEnd(), 0);
    assert_eq!(start("_SYSTEM", "SYS", SERVER), 0);
    assert_eq!(execute("what is this"), 3);
    assert_eq!(error(), "<SYNTAX>");
    assert_eq!(evaluate("$zerror"), Ok("<SYNTAX>".to_owned()));
}

#[test]
fn halt_ends_the_connection() {
    let _session = started();
    assert_eq!(execute("halt"), -4);
    assert_eq!(evaluate("$ZVERSION"), Err(-4));
}

/// §1.2 and §8.2: special variables, and the form of the version.
#[test]
fn special_variables_have_their_values() {
    let _turn = turn();
    let _directory = Directory::new("variables", "");
    assert_eq!(start("_SYSTEM", "SYS", SERVER), 0);
    let version = evaluate("$ZVersion").unwrap();
    assert!(version.starts_with("IRIS for UNIX ("), "{version}");
    assert!(version.contains(" 2025.1 (Build "), "{version}");
    assert!(version.to_lowercase().contains("simulator"), "{version}");
    assert_eq!(evaluate("$job"), Ok(std::process::id().to_string()));
    assert_eq!(evaluate("$TLEVEL"), Ok("0".to_owned()));
    assert_eq!(evaluate("$NAMESPACE"), Ok("USER".to_owned()));
    assert_eq!(evaluate("$ROLES"), Ok("%All".to_owned()));
    let horolog = evaluate("$H").unwrap();
    let (days, seconds) = horolog.split_once(',').unwrap();
    // 66 000 is in September 2021; the seconds are those of a day.
    assert!(days.parse::<i64>().unwrap() > 66_000 && seconds.parse::<i64>().unwrap() < 86_400);
    assert_eq!(evaluate("1/0"), Err(3));
}

/// Table: −10 when a part was returned, −12 for a bad type, −13 without a value.
#[test]
fn an_evaluation_is_converted_to_what_is_asked_for() {
    let _session = started();
    let convert = |kind, place: *mut std::ffi::c_void| {
        // SAFETY: each caller below gives a place of the type that it asks for.
        unsafe { evaluation::IrisConvert(kind, place) }
    };
    let mut number = 0_i64;
    assert_eq!(convert(7, ptr::from_mut(&mut number).cast()), -13);
    assert_eq!(evaluate("$JOB"), Ok(std::process::id().to_string()));
    assert_eq!(irisdb::callin::pops::IrisType(), 2);
    assert_eq!(convert(7, ptr::from_mut(&mut number).cast()), 0);
    assert_eq!(number, i64::from(std::process::id()));
    let mut byte = 0_u8;
    let fits = u8::try_from(number).is_ok();
    assert_eq!(convert(8, ptr::from_mut(&mut byte).cast()), if fits { 0 } else { -10 });
    let mut double = 0.0_f64;
    assert_eq!(convert(2, ptr::from_mut(&mut double).cast()), 0);
    assert_eq!(double, number as f64);
    assert_eq!(convert(99, ptr::from_mut(&mut number).cast()), -12);
    assert!(evaluate("$ZVERSION").is_ok());
    let mut small = room(4);
    assert_eq!(convert(3, ptr::from_mut::<ShortString>(&mut small).cast()), -10);
    assert_eq!(text(&small), "IRIS");
}

/// §4: ZN and set $namespace; 83 for one that is unknown.
#[test]
fn namespaces_are_changed_by_command() {
    let _session = started();
    assert_eq!(execute("zn \"%sys\""), 0);
    assert_eq!(evaluate("$NAMESPACE"), Ok("%SYS".to_owned()));
    assert_eq!(execute("set $namespace=\"USER\""), 0);
    assert_eq!(evaluate("$NAMESPACE"), Ok("USER".to_owned()));
    assert_eq!(execute("ZN \"NONE\""), 83);
    assert_eq!(error(), "<NAMESPACE>");
    assert_eq!(evaluate("$NAMESPACE"), Ok("USER".to_owned()));
    assert_eq!(execute("set x=1"), 3);
    assert_eq!(execute("zn USER"), 3);
    assert_eq!(execute(""), 0);
}

#[test]
fn a_namespace_without_the_package_has_no_class() {
    let _turn = turn();
    let _directory = Directory::new("bare", "namespace BARE package=no\n");
    assert_eq!(start("_SYSTEM", "SYS", SERVER), 0);
    let oref = object();
    assert_eq!(execute("ZN \"BARE\""), 0);
    assert_eq!(push_class_method("IrisPG.Session", "%New", 1), 0);
    assert_eq!(calls::IrisInvokeClassMethod(0), 122);
    assert_eq!(push_method(oref, "Commit", 1), 0);
    assert_eq!(calls::IrisInvokeMethod(0), 122);
}

/// §7: −8 and nothing returned when a room is too small.
#[test]
fn error_texts_need_room() {
    let _session = started();
    assert_eq!(error(), "");
    assert_eq!(execute("?"), 3);
    assert_eq!(error_with(7, 0), Err(-8));
    assert_eq!(error_with(8, 0), Ok("<SYNTAX>".to_owned()));
}

/// §2.5: 206 names, 1 to 207 without 53; −9 for the rest, −10 when the name was cut.
#[test]
fn error_numbers_have_names() {
    let _turn = turn();
    let translate = |number, capacity| {
        let mut name = room(capacity);
        // SAFETY: it is a counted string with its room.
        let status = unsafe { sessions::IrisErrxlateA(number, &mut *name) };
        (status, text(&name))
    };
    let known = (-300..500).filter(|&number| translate(number, 100).0 == 0).count();
    assert_eq!(known, 206);
    for (number, name) in [
        (5, "<MAXSTRING>"),
        (9, "<UNDEFINED>"),
        (17, "<NOROUTINE>"),
        (18, "<DIVIDE>"),
        (119, "<INVALID OREF>"),
        (120, "<METHOD DOES NOT EXIST>"),
        (121, "<PROPERTY DOES NOT EXIST>"),
        (122, "<CLASS DOES NOT EXIST>"),
        (163, "<INVALID OREF>"),
        (183, "<THROW>"),
        (207, "<REMOTE EXECUTE INVALID WRITE>"),
    ] {
        assert_eq!(translate(number, 100), (0, name.to_owned()));
    }
    for number in [0, 53, 208, -1, i32::MIN, i32::MAX] {
        assert_eq!(translate(number, 100).0, -9, "{number}");
    }
    assert_eq!(translate(18, 4), (-10, "<DIV".to_owned()));
    assert_eq!(translate(18, 0), (-10, String::new()));
}

/// §1.2 and DESIGN §4: levels, 255 at most; TCOMMIT without a transaction is `<COMMAND>`.
#[test]
fn transactions_have_levels() {
    let _session = started();
    assert_eq!(transactions::IrisTLevel(), 0);
    assert_eq!(transactions::IrisTCommit(), 12);
    assert_eq!(transactions::IrisTRollback(0), 0);
    for level in 1..=255 {
        assert_eq!(transactions::IrisTStart(), 0);
        assert_eq!(transactions::IrisTLevel(), level);
    }
    assert_eq!(transactions::IrisTStart(), 173);
    assert_eq!(transactions::IrisTRollback(1), 0);
    assert_eq!(transactions::IrisTCommit(), 0);
    assert_eq!(transactions::IrisTLevel(), 253);
    assert_eq!(transactions::IrisTRollback(0), 0);
    assert_eq!(transactions::IrisTLevel(), 0);
    assert_eq!(transactions::IrisReleaseAllLocks(), 0);
}

/// §5: −12 for a bad kind, −7 without a session, −11 when nothing runs.
#[test]
fn an_abort_needs_something_that_runs() {
    {
        let _session = started();
        assert_eq!(sessions::IrisAbort(3), -12);
        assert_eq!(sessions::IrisAbort(1), -11);
        assert_eq!(sessions::IrisAbort(2), -11);
        assert_eq!(sessions::IrisSignal(2), -11);
        assert_eq!(sessions::IrisCtrl(1), 0);
        assert_eq!(sessions::IrisEnableMultiThread(), 0);
        assert_eq!(push(b"the session is as it was"), 0);
    }
    let _turn = turn();
    assert_eq!(sessions::IrisAbort(1), -7);
    assert_eq!(sessions::IrisSignal(2), -7);
    assert_eq!(transactions::IrisTLevel(), -7);
    assert_eq!(sessions::IrisEnableMultiThread(), -7);
}

/// §3: a session blocks the signals that end a process, ignores those that nobody handles, and
/// restores both.
#[test]
fn a_session_has_its_way_with_signals() {
    let blocked = |number| {
        let mut mask = std::mem::MaybeUninit::<libc::sigset_t>::uninit();
        // SAFETY: a null set changes nothing; the present mask is written to valid memory.
        let status =
            unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, ptr::null(), mask.as_mut_ptr()) };
        assert_eq!(status, 0);
        // SAFETY: the mask was written by the call above.
        unsafe { libc::sigismember(mask.as_ptr(), number) == 1 }
    };
    let ignored = |number| {
        let mut action = std::mem::MaybeUninit::<libc::sigaction>::uninit();
        // SAFETY: a null action asks for the present one, which is written to valid memory.
        let status = unsafe { libc::sigaction(number, ptr::null(), action.as_mut_ptr()) };
        assert_eq!(status, 0);
        // SAFETY: the action was written by the call above.
        let action = unsafe { action.assume_init() };
        action.sa_sigaction == libc::SIG_IGN
    };
    let signals = [libc::SIGTERM, libc::SIGINT, libc::SIGHUP, libc::SIGCHLD];
    let before = {
        let _turn = turn();
        signals.map(|number| (blocked(number), ignored(number)))
    };
    {
        let _session = started();
        assert!(blocked(libc::SIGTERM) && blocked(libc::SIGINT) && blocked(libc::SIGCHLD));
        assert!(ignored(libc::SIGINT) && ignored(libc::SIGHUP));
        assert!(!blocked(libc::SIGSEGV) && !ignored(libc::SIGTERM));
    }
    let _turn = turn();
    assert_eq!(signals.map(|number| (blocked(number), ignored(number))), before);
}

/// §3: the session belongs to the process, so another thread may use it.
#[test]
fn the_session_is_the_processs() {
    let _session = started();
    let thread = std::thread::spawn(|| (start("_SYSTEM", "SYS", SERVER), push(b"from afar")));
    assert_eq!(thread.join().unwrap(), (-2, 0));
    assert_eq!(pop(), Ok(b"from afar".to_vec()));
}

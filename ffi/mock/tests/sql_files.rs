//! The files of an instance: another layout, a page that is gone, cut short or another's, a full
//! disk. What cannot be used is refused at the start, with its reason (DESIGN §5).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::let_underscore_must_use,
    missing_docs
)]

#[path = "sql_support/sessions.rs"]
mod sessions;
mod sql_support;

use std::path::Path;
use std::process::{Command, Stdio};

use irisdb::sql::{Instance, OpenError, Version};
use sessions::{SHORT, client, table};
use sql_support::{Data, World, data, run};

const PLACE: &str = "IRIS_MOCK_FILES_PLACE";
const LIMIT: &str = "IRIS_MOCK_FILES_LIMIT";

/// A closed instance with three rows.
fn closed() -> Data {
    let World { session, instance, data } = table(3);
    drop((session, instance));
    data
}

/// Why a start is refused.
fn refusal(dir: &Path) -> String {
    match Instance::open(dir, Version::new(2025, 1)) {
        Ok(_) => panic!("it opens"),
        Err(OpenError::Store(text)) => text,
        Err(other) => panic!("{other}"),
    }
}

fn bytes(file: &Path, change: impl Fn(&mut Vec<u8>)) {
    let mut all = std::fs::read(file).unwrap();
    change(&mut all);
    std::fs::write(file, all).unwrap();
}

/// Bytes 60 to 63 of a SQLite file are its `user_version`.
fn set_layout(dir: &Path, number: u8) {
    bytes(&dir.join("iris.sqlite"), |all| all[63] = number);
}

#[test]
fn an_instance_opens_again() {
    let data = closed();
    assert_eq!(client(&data.0, SHORT).sql("SELECT COUNT(*), SUM(v) FROM t"), ["3|60"]);
}

#[test]
fn a_data_file_of_another_layout_is_refused() {
    let data = closed();
    for (number, says) in [(0, "layout 0 instead"), (99, "layout 99 instead")] {
        set_layout(&data.0, number);
        let text = refusal(&data.0);
        assert!(text.contains("iris.sqlite") && text.contains(says), "{text}");
    }
    set_layout(&data.0, 1);
    assert_eq!(client(&data.0, SHORT).sql("SELECT COUNT(*) FROM t"), ["3"]);
}

#[test]
fn what_is_no_data_file_is_refused() {
    let data = data();
    std::fs::create_dir_all(&data.0).unwrap();
    std::fs::write(data.0.join("iris.sqlite"), [b'x'; 5_000]).unwrap();
    assert!(refusal(&data.0).contains("not a database"));
}

#[test]
fn a_page_of_another_layout_is_refused() {
    let data = closed();
    let page = data.0.join("iris.page");
    // The layout's number stands first.
    bytes(&page, |all| all[0] ^= 0x40);
    let text = refusal(&data.0);
    assert!(text.contains("iris.page has the layout"), "{text}");
    bytes(&page, |all| all[0] ^= 0x40);
    // Another build's may be shorter or longer.
    for change in [-8_i64, 8] {
        let file = std::fs::File::options().write(true).open(&page).unwrap();
        let length = file.metadata().unwrap().len();
        file.set_len(length.strict_add_signed(change)).unwrap();
        let text = refusal(&data.0);
        assert!(text.contains("iris.page has") && text.contains("cut short"), "{text}");
        file.set_len(length).unwrap();
    }
    assert_eq!(client(&data.0, SHORT).sql("SELECT COUNT(*) FROM t"), ["3"]);
}

#[test]
fn a_page_that_is_gone_or_empty_is_refused() {
    let data = closed();
    let page = data.0.join("iris.page");
    let kept = data.0.join("kept");
    std::fs::rename(&page, &kept).unwrap();
    for _ in 0..2 {
        let text = refusal(&data.0);
        assert!(text.contains("iris.page"), "{text}");
        assert!(!page.exists());
    }
    std::fs::write(&page, b"").unwrap();
    assert!(refusal(&data.0).contains("cut short"));
    // All zeros are a valid new page, but not that of a data file that had one.
    std::fs::write(&page, vec![0; std::fs::metadata(&kept).unwrap().len() as usize]).unwrap();
    assert!(refusal(&data.0).contains("does not belong"));
    std::fs::rename(&kept, &page).unwrap();
    assert_eq!(client(&data.0, SHORT).sql("SELECT COUNT(*) FROM t"), ["3"]);
}

#[test]
fn a_page_of_another_data_file_is_refused() {
    let (one, other) = (closed(), closed());
    std::fs::copy(other.0.join("iris.page"), one.0.join("iris.page")).unwrap();
    assert!(refusal(&one.0).contains("does not belong"));
    // Nor does an old page serve a new data file.
    std::fs::remove_file(other.0.join("iris.sqlite")).unwrap();
    for rest in ["iris.sqlite-wal", "iris.sqlite-shm"] {
        let _ = std::fs::remove_file(other.0.join(rest));
    }
    assert!(refusal(&other.0).contains("does not belong"));
    std::fs::remove_file(other.0.join("iris.page")).unwrap();
    assert_eq!(client(&other.0, SHORT).sql("SELECT 1"), ["1"]);
}

/// Several processes make one instance.
#[test]
fn many_starts_at_once_make_one_instance() {
    for _ in 0..10 {
        let data = data();
        std::thread::scope(|scope| {
            for n in 0..6 {
                let dir = &data.0;
                scope.spawn(move || {
                    let mut c = client(dir, 20.0);
                    c.sql(&format!("CREATE TABLE t{n} (a INT)"));
                    c.sql(&format!("INSERT INTO t{n} VALUES ({n})"));
                });
            }
        });
        let mut c = client(&data.0, SHORT);
        for n in 0..6 {
            assert_eq!(c.sql(&format!("SELECT a FROM t{n}")), [n.to_string()]);
        }
    }
}

/// A started process whose files may not grow; without a place it is no test.
#[test]
fn child() {
    let Ok(place) = std::env::var(PLACE) else { return };
    let limit: u64 = std::env::var(LIMIT).unwrap().parse().unwrap();
    let dir = Path::new(&place);
    let most = libc::rlimit { rlim_cur: limit, rlim_max: limit };
    // SAFETY: ignoring a signal installs no code.
    unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
    // SAFETY: the limits live through the call.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_FSIZE, &most) }, 0);
    if limit < 1_000_000 {
        // Not even the page has room.
        let text = refusal(dir);
        assert!(text.contains("iris.page") || text.contains("disk"), "{text}");
        return;
    }
    let mut c = client(dir, SHORT);
    c.sql("CREATE TABLE big (a INT PRIMARY KEY, v VARCHAR(4000))");
    c.session.tstart().unwrap();
    c.sql("INSERT INTO big VALUES (0, 'first')");
    let filler = "x".repeat(3_900);
    let mut rows = 1;
    let failure = loop {
        match run(&mut c.session, &format!("INSERT INTO big VALUES ({rows}, '{filler}')"), |_| {}) {
            Ok(_) => rows += 1,
            Err(failure) => break failure,
        }
        assert!(rows < 20_000, "the limit does not hold");
    };
    assert_eq!(failure.sqlcode, -400, "{failure}");
    assert!(failure.message.contains("<DATABASE>"), "{failure}");
    // The statement is undone, the session goes on, and so does its transaction.
    assert_eq!(c.sql("SELECT COUNT(*) FROM big"), [rows.to_string()]);
    assert_eq!(c.refused("INSERT INTO big VALUES (0, 'twice')").sqlcode, -119);
    c.session.tcommit().unwrap();
    assert!(c.is_clean());
    assert_eq!(c.sql("SELECT COUNT(*) FROM big"), [rows.to_string()]);
}

fn limited(dir: &Path, limit: u64) {
    let out = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture", "--test-threads=1"])
        .env(PLACE, dir)
        .env(LIMIT, limit.to_string())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{:?}: {text}", out.status);
}

/// A disk that is full: −400 (iris-sql Appendix A), the statement undone, the session usable.
#[test]
fn a_full_disk_is_an_error_of_the_statement() {
    let data = data();
    limited(&data.0, 12 << 20);
    // Others, who have room, go on.
    let mut c = client(&data.0, SHORT);
    let rows: u64 = c.sql("SELECT COUNT(*) FROM big")[0].parse().unwrap();
    assert!(rows > 100, "{rows}");
    assert_eq!(c.done("DELETE FROM big"), (0, rows as i64));
}

/// A start without room is refused; one with room then goes on.
#[test]
fn a_start_on_a_full_disk_is_refused() {
    let data = data();
    limited(&data.0, 300_000);
    assert_eq!(client(&data.0, SHORT).sql("SELECT 1"), ["1"]);
}

//! A small door to the SQL engine for tests.
#![allow(dead_code, unreachable_pub)]

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use irisdb::list::{Element, ListReader, ListWriter, latin_to_utf8, wide_to_utf8};
use irisdb::sql::{Identity, Instance, Prepared, SqlFailure, SqlSession, Version};

/// A data directory that goes away with the test.
pub struct Data(pub PathBuf);

impl Drop for Data {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

static NEXT: AtomicU64 = AtomicU64::new(0);

pub fn data() -> Data {
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    let dir = std::env::temp_dir().join(format!("iris-mock-sql-{}-{n}", std::process::id()));
    Data(dir)
}

pub fn identity() -> Identity {
    Identity {
        user: "_SYSTEM".to_owned(),
        pid: std::process::id(),
        namespace: "USER".to_owned(),
        zversion: "IRIS for UNIX (Simulator) 2025.1".to_owned(),
    }
}

/// An instance with one session.
pub struct World {
    pub session: SqlSession,
    pub instance: Instance,
    pub data: Data,
}

pub fn world_of(version: Version) -> World {
    let data = data();
    let instance = Instance::open(&data.0, version).unwrap();
    let session = instance.session(identity()).unwrap();
    World { session, instance, data }
}

pub fn world() -> World {
    world_of(Version::new(2025, 1))
}

/// Values of a row as text; NULL is `<null>`.
pub fn row_text(row: &[u8]) -> String {
    let cells: Vec<String> = ListReader::new(row).map(|e| cell(e.unwrap())).collect();
    cells.join("|")
}

fn cell(element: Element<'_>) -> String {
    match element {
        Element::Undefined | Element::Bytes([]) => "<null>".to_owned(),
        Element::Bytes([0]) => String::new(),
        Element::Bytes(bytes) => String::from_utf8(latin_to_utf8(bytes)).unwrap(),
        Element::Wide(bytes) => String::from_utf8(wide_to_utf8(bytes)).unwrap(),
        Element::Integer(n) => n.to_string(),
        Element::Decimal { mantissa, exponent } => format!("{mantissa}e{exponent}"),
        Element::Double(value) => format!("d{value}"),
    }
}

pub fn rows(block: &[u8]) -> Vec<String> {
    ListReader::new(block)
        .map(|row| match row.unwrap() {
            Element::Bytes(bytes) => row_text(bytes),
            other => format!("{other:?}"),
        })
        .collect()
}

/// Runs a statement; `Ok` holds SQLCODE, row count, and rows.
pub fn run(
    session: &mut SqlSession,
    text: &str,
    build: impl Fn(&mut ListWriter),
) -> Result<(i32, i64, Vec<String>), SqlFailure> {
    let prepared = session.prepare(text)?;
    let mut params = ListWriter::new();
    build(&mut params);
    let mut block = Vec::new();
    let mut done = session.execute(&prepared, params.as_bytes(), &mut block, 32 << 10)?;
    let mut out = rows(&block);
    while let Some(rest) = &mut done.rest {
        let mut block = Vec::new();
        let (count, last) = rest.fill(&mut block, 256 << 10)?;
        let more = rows(&block);
        assert_eq!(more.len() as i64, count);
        out.extend(more);
        if last {
            break;
        }
    }
    Ok((done.sqlcode, done.row_count, out))
}

/// Runs a statement without parameters that must succeed, and gives its rows.
pub fn sql(session: &mut SqlSession, text: &str) -> Vec<String> {
    match run(session, text, |_| {}) {
        Ok((_, _, rows)) => rows,
        Err(failure) => panic!("{text}: {failure}"),
    }
}

/// The SQLCODE of a statement.
pub fn code(session: &mut SqlSession, text: &str) -> i32 {
    match run(session, text, |_| {}) {
        Ok((code, _, _)) => code,
        Err(failure) => failure.sqlcode,
    }
}

pub fn failure(session: &mut SqlSession, text: &str) -> SqlFailure {
    run(session, text, |_| {}).expect_err(text)
}

pub fn names(prepared: &Prepared) -> Vec<&str> {
    prepared.columns.iter().map(|c| c.name.as_str()).collect()
}

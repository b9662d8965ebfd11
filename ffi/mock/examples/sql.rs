//! A prompt on the SQL engine, without the Callin side: statements, one per line, from standard
//! input: `cargo run -p iris-mock --example sql [directory] [version]`.
//!
//! Answers are lines as `tests/sql/iris/README.md` has them: `columns:`, `parameters:`, `row:`, and
//! last `code:` with SQLCODE and %ROWCOUNT, or `error:` with SQLCODE and `%msg`. The line
//! `params: 1, 'text'` gives values to the next statement; without it one with `?` is described,
//! not run. `mode: logical`, `odbc` or `display` sets the mode for what follows. Without a
//! directory the data goes away at the end.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write as _;
use std::io::{BufRead, Write};
use std::path::PathBuf;

use irisdb::list::{Element, ListReader, ListWriter, latin_to_utf8, wide_to_utf8};
use irisdb::sql::{Identity, Instance, Prepared, SelectMode, SqlFailure, SqlSession, Version};

/// A value: NULL is `<null>`, a double has the prefix `d`, decimals are `mantissa`e`exponent`.
fn cell(element: Element<'_>) -> String {
    let text = match element {
        Element::Undefined | Element::Bytes([]) => return "<null>".to_owned(),
        Element::Bytes([0]) => String::new(),
        Element::Bytes(bytes) => String::from_utf8_lossy(&latin_to_utf8(bytes)).into_owned(),
        Element::Wide(bytes) => String::from_utf8_lossy(&wide_to_utf8(bytes)).into_owned(),
        Element::Integer(n) => n.to_string(),
        Element::Decimal { mantissa, exponent } => return decimal(mantissa, exponent),
        Element::Double(value) => format!("d{value}"),
    };
    text.replace('\\', "\\\\").replace('|', "\\|").replace('\n', "\\n")
}

/// A canonical number: no leading zero, no trailing zeros (iris-sql §4.1).
fn decimal(mantissa: i64, exponent: i8) -> String {
    let places = usize::from(exponent.unsigned_abs());
    if exponent >= 0 {
        return format!("{mantissa}{}", "0".repeat(places));
    }
    let sign = if mantissa < 0 { "-" } else { "" };
    let digits = format!("{:0>places$}", mantissa.unsigned_abs());
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let fraction = fraction.trim_end_matches('0');
    match (whole, fraction) {
        ("", "") => "0".to_owned(),
        (whole, "") => format!("{sign}{whole}"),
        (whole, fraction) => format!("{sign}{whole}.{fraction}"),
    }
}

fn write_rows(block: &[u8], out: &mut String) -> i64 {
    let mut count = 0;
    for row in ListReader::new(block) {
        let Ok(Element::Bytes(row)) = row else { panic!("a row that is no list") };
        let cells: Vec<String> = ListReader::new(row).map(|value| cell(value.unwrap())).collect();
        writeln!(out, "row: {}", cells.join("|")).unwrap();
        count += 1;
    }
    count
}

fn describe(prepared: &Prepared, out: &mut String) {
    let column = |c: &irisdb::sql::ColumnMeta| {
        let (name, class) = (&c.name, &c.type_class);
        format!("{name}:{}:{}:{}:{}:{class}", c.odbc, c.precision, c.scale, c.nullable)
    };
    if !prepared.columns.is_empty() {
        let columns: Vec<String> = prepared.columns.iter().map(column).collect();
        writeln!(out, "columns: {}", columns.join("|")).unwrap();
    }
    if !prepared.parameters.is_empty() {
        let parameters = prepared.parameters.iter();
        let parameters: Vec<String> =
            parameters.map(|p| format!("{}:{}:{}", p.odbc, p.precision, p.scale)).collect();
        writeln!(out, "parameters: {}", parameters.join("|")).unwrap();
    }
}

/// Values as the files write them, none of which holds a comma and a blank.
fn values(text: &str) -> Vec<u8> {
    let mut list = ListWriter::new();
    for value in text.split(", ").filter(|value| !value.is_empty()) {
        let quoted = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
        let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
        match quoted {
            Some(text) => list.text(text),
            None if value == "NULL" => list.null(),
            None => {
                let mantissa = format!("{whole}{fraction}").parse().expect("a number");
                list.decimal(mantissa, -i8::try_from(fraction.len()).expect("few decimals"));
            }
        }
    }
    list.into_bytes()
}

fn answer(
    session: &mut SqlSession,
    text: &str,
    parameters: Option<&str>,
    out: &mut String,
) -> Result<(), SqlFailure> {
    let prepared = session.prepare(text)?;
    describe(&prepared, out);
    if parameters.is_none() && !prepared.parameters.is_empty() {
        writeln!(out, "code: 0").unwrap();
        return Ok(());
    }
    let mut block = Vec::new();
    let parameters = values(parameters.unwrap_or_default());
    let mut done = session.execute(&prepared, &parameters, &mut block, 32 << 10)?;
    let mut count = write_rows(&block, out);
    while let Some(rest) = &mut done.rest {
        block.clear();
        let (_, last) = rest.fill(&mut block, 256 << 10)?;
        count += write_rows(&block, out);
        if last {
            break;
        }
    }
    let count = if prepared.columns.is_empty() { done.row_count } else { count };
    writeln!(out, "code: {} {count}", done.sqlcode).unwrap();
    Ok(())
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let given = arguments.next().map(PathBuf::from);
    let version = arguments.next().unwrap_or_else(|| "2025.1".to_owned());
    let (major, minor) = version.split_once('.').expect("a version such as 2025.1");
    let version = Version::new(major.parse().unwrap(), minor.parse().unwrap());
    let own = std::env::temp_dir().join(format!("iris-mock-prompt-{}", std::process::id()));
    let directory = given.clone().unwrap_or_else(|| own.clone());
    let instance = Instance::open(&directory, version).unwrap();
    let identity = Identity {
        user: "_SYSTEM".to_owned(),
        pid: std::process::id(),
        namespace: "USER".to_owned(),
        zversion: format!("IRIS for UNIX (Simulator) {major}.{minor}"),
    };
    let mut session = instance.session(identity).unwrap();
    let mut parameters = None;
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let mut out = String::new();
        match line.trim() {
            "" => continue,
            "mode: logical" => session.set_select_mode(SelectMode::Logical),
            "mode: odbc" => session.set_select_mode(SelectMode::Odbc),
            "mode: display" => session.set_select_mode(SelectMode::Display),
            text if text.starts_with("params:") => {
                parameters = text.strip_prefix("params:").map(|values| values.trim().to_owned());
            }
            text => {
                let parameters = parameters.take();
                let done = answer(&mut session, text, parameters.as_deref(), &mut out);
                if let Err(failure) = done {
                    let message = failure.message.replace('\n', "\\n");
                    writeln!(out, "error: {} {message}", failure.sqlcode).unwrap();
                }
            }
        }
        std::io::stdout().write_all(out.as_bytes()).unwrap();
        std::io::stdout().flush().unwrap();
    }
    drop(session);
    drop(instance);
    if given.is_none() {
        std::fs::remove_dir_all(own).unwrap();
    }
}

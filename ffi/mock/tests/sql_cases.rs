//! Runs `tests/sql/iris/*.cases`: IRIS SQL with what the facts say of it.
//!
//! Every group has an instance of its own. All failures are listed together.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::let_underscore_must_use,
    clippy::print_stdout,
    missing_docs
)]

#[path = "sql_support/cases.rs"]
mod cases;
mod sql_support;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use cases::{ANY_ERROR, Case, Group, Param, Topic};
use irisdb::list::{Element, ListReader, ListWriter, latin_to_utf8, wide_to_utf8};
use irisdb::sql::{Prepared, SqlFailure, SqlSession, Version};

/// Cases that there are at least, a third of them refusals.
const CASES_MIN: usize = 800;

/// A fatal error is no refusal by a rule of grammar: `error: any` does not mean it.
const FATAL: i32 = -400;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/sql/iris")
}

/// A statement that did not do what its case says.
#[derive(Debug)]
struct Failure {
    file: String,
    group: String,
    line: usize,
    sql: String,
    reason: String,
}

impl Failure {
    fn text(&self) -> String {
        let Failure { file, group, line, sql, reason } = self;
        format!("{file}:{line}: {group}\n  {}\n  {reason}", one_line(sql))
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// All topics, and what is wrong with their files.
fn topics() -> (Vec<Topic>, Vec<String>) {
    let mut names: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "cases"))
        .collect();
    names.sort();
    let (mut topics, mut errors) = (Vec::new(), Vec::new());
    for path in names {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        match cases::read(&name, &std::fs::read_to_string(&path).unwrap()) {
            Ok(topic) => topics.push(topic),
            Err(wrong) => errors.extend(wrong),
        }
    }
    (topics, errors)
}

/// What a statement gave.
struct Outcome {
    prepared: Option<std::rc::Rc<Prepared>>,
    done: Result<Done, SqlFailure>,
}

#[derive(Default)]
struct Done {
    code: i32,
    count: i64,
    row_id: String,
    rows: Vec<Vec<Option<String>>>,
}

fn perform(session: &mut SqlSession, case: &Case) -> Outcome {
    session.set_select_mode(case.mode);
    let prepared = match session.prepare(&case.sql) {
        Ok(prepared) => prepared,
        Err(failure) => return Outcome { prepared: None, done: Err(failure) },
    };
    // Without values for its parameters a statement is described, not run.
    let done = if case.params.is_none() && !prepared.parameters.is_empty() {
        Ok(Done::default())
    } else {
        execute(session, &prepared, case.params.as_deref().unwrap_or_default())
    };
    Outcome { prepared: Some(prepared), done }
}

fn execute(
    session: &mut SqlSession,
    prepared: &std::rc::Rc<Prepared>,
    params: &[Param],
) -> Result<Done, SqlFailure> {
    let mut list = ListWriter::new();
    for param in params {
        match param {
            Param::Null => list.null(),
            Param::Undefined => list.undefined(),
            Param::Integer(n) => list.integer(*n),
            Param::Decimal(mantissa, exponent) => list.decimal(*mantissa, *exponent),
            Param::Double(value) => list.double(*value),
            Param::Text(text) => list.text(text),
            Param::Bytes(bytes) => list.bytes(bytes),
        }
    }
    let mut block = Vec::new();
    let mut run = session.execute(prepared, list.as_bytes(), &mut block, 32 << 10)?;
    let mut rows = rows(&block);
    while let Some(rest) = &mut run.rest {
        block.clear();
        let (_, last) = rest.fill(&mut block, 256 << 10)?;
        rows.extend(self::rows(&block));
        if last {
            break;
        }
    }
    let query = !prepared.columns.is_empty();
    let count = if query { i64::try_from(rows.len()).unwrap() } else { run.row_count };
    Ok(Done { code: run.sqlcode, count, row_id: run.row_id, rows })
}

fn rows(block: &[u8]) -> Vec<Vec<Option<String>>> {
    ListReader::new(block)
        .map(|row| match row.unwrap() {
            Element::Bytes(row) => ListReader::new(row).map(|cell| text(cell.unwrap())).collect(),
            other => vec![Some(format!("{other:?}"))],
        })
        .collect()
}

/// A value as the files write it; NULL is `None`.
fn text(element: Element<'_>) -> Option<String> {
    Some(match element {
        Element::Undefined | Element::Bytes([]) => return None,
        Element::Bytes([0]) => String::new(),
        Element::Bytes(bytes) => String::from_utf8(latin_to_utf8(bytes)).unwrap(),
        Element::Wide(bytes) => String::from_utf8(wide_to_utf8(bytes)).unwrap(),
        Element::Integer(n) => n.to_string(),
        Element::Decimal { mantissa, exponent } => {
            canonical(&mantissa.to_string(), i32::from(exponent))
        }
        Element::Double(value) => format!("d{value}"),
    })
}

/// A canonical number (iris-sql §4.1): no leading zero, no trailing zeros.
fn canonical(mantissa: &str, exponent: i32) -> String {
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", mantissa),
    };
    if exponent >= 0 {
        return format!("{sign}{digits}{}", "0".repeat(exponent.unsigned_abs() as usize));
    }
    let scale = exponent.unsigned_abs() as usize;
    let digits = format!("{digits:0>width$}", width = scale);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    let whole = if whole.is_empty() && fraction.is_empty() { "0" } else { whole };
    format!("{sign}{whole}{point}{fraction}")
}

fn show(rows: &[Vec<Option<String>>]) -> String {
    let show = |row: &Vec<Option<String>>| {
        let cells: Vec<&str> = row.iter().map(|c| c.as_deref().unwrap_or("<null>")).collect();
        cells.join("|")
    };
    match rows {
        [] => "no rows".to_owned(),
        rows => rows.iter().map(show).collect::<Vec<_>>().join(" // "),
    }
}

/// Why the outcome is not what the case says.
fn verdict(case: &Case, outcome: &Outcome) -> Result<(), String> {
    let differ = |what: &str, expected: String, found: String| {
        if expected == found {
            Ok(())
        } else {
            Err(format!("{what}: expected {expected}, got {found}"))
        }
    };
    if let Some(prepared) = &outcome.prepared {
        described(case, prepared)?;
    }
    let done = match (&outcome.done, case.error) {
        (Err(failure), Some(expected))
            if failure.sqlcode == expected || expected == ANY_ERROR && failure.sqlcode != FATAL =>
        {
            return match case.messages.iter().find(|part| !failure.message.contains(*part)) {
                Some(part) => differ("%msg", format!("…{part}…"), failure.message.clone()),
                None => Ok(()),
            };
        }
        (Err(failure), Some(expected)) => {
            return Err(format!("expected error {expected}, got {failure}"));
        }
        (Err(failure), None) => return Err(format!("expected success, got {failure}")),
        (Ok(done), Some(expected)) => {
            let expected = if expected == ANY_ERROR { "any".into() } else { expected.to_string() };
            return Err(format!("expected error {expected}, got success, {}", show(&done.rows)));
        }
        (Ok(done), None) => done,
    };
    if let Some(code) = case.code {
        differ("SQLCODE", code.to_string(), done.code.to_string())?;
    }
    if let Some(count) = case.count {
        differ("%ROWCOUNT", count.to_string(), done.count.to_string())?;
    }
    if let Some(row_id) = &case.row_id {
        differ("%ROWID", row_id.clone(), done.row_id.clone())?;
    }
    if let Some(rows) = &case.rows
        && *rows != done.rows
    {
        return Err(format!("rows: expected {}, got {}", show(rows), show(&done.rows)));
    }
    Ok(())
}

/// Metadata (iris-sql §5.3). `*` and what is left out is not asserted.
fn described(case: &Case, prepared: &Prepared) -> Result<(), String> {
    if let Some(expected) = case.statement_type
        && expected != prepared.statement_type
    {
        return Err(format!(
            "statement type: expected {expected}, got {}",
            prepared.statement_type
        ));
    }
    let columns: Vec<Vec<String>> = prepared
        .columns
        .iter()
        .map(|c| {
            let numbers = [c.odbc, c.precision, c.scale, c.nullable].map(|n| n.to_string());
            let mut entry = vec![c.name.clone()];
            entry.extend(numbers);
            entry.push(c.type_class.clone());
            entry
        })
        .collect();
    let types: Vec<Vec<String>> =
        prepared.columns.iter().map(|c| vec![c.odbc.to_string()]).collect();
    let parameters: Vec<Vec<String>> = prepared
        .parameters
        .iter()
        .map(|p| [p.odbc, p.precision, p.scale].map(|n| n.to_string()).to_vec())
        .collect();
    let wanted: Option<Vec<Vec<String>>> =
        case.types.as_ref().map(|t| t.iter().map(|t| vec![t.clone()]).collect());
    table("columns", case.columns.as_ref(), &columns)?;
    table("types", wanted.as_ref(), &types)?;
    table("parameters", case.parameters.as_ref(), &parameters)
}

fn table(
    what: &str,
    expected: Option<&Vec<Vec<String>>>,
    found: &[Vec<String>],
) -> Result<(), String> {
    let Some(expected) = expected else { return Ok(()) };
    let same = expected.len() == found.len()
        && expected.iter().zip(found).all(|(e, f)| {
            e.iter().zip(f).all(|(expected, found)| expected == "*" || expected == found)
        });
    let show =
        |rows: &[Vec<String>]| rows.iter().map(|r| r.join(":")).collect::<Vec<_>>().join("|");
    if same {
        Ok(())
    } else {
        Err(format!("{what}: expected {}, got {}", show(expected), show(found)))
    }
}

/// Runs a group on one version.
fn run_group(file: &str, group: &Group, version: Version, failures: &Mutex<Vec<Failure>>) {
    let note = |line: usize, sql: &str, reason: String| {
        let (file, group) = (file.to_owned(), group.name.clone());
        let reason = match version == Version::new(2025, 1) {
            true => reason,
            false => format!("{}.{}: {reason}", version.major, version.minor),
        };
        failures.lock().unwrap().push(Failure { file, group, line, sql: sql.to_owned(), reason });
    };
    let mut world = sql_support::world_of(version);
    for (line, sql) in &group.setup {
        let case = Case { line: *line, sql: sql.clone(), code: Some(0), ..Case::default() };
        if let Err(reason) = attempt(&mut world.session, &case) {
            // What follows would fail for this reason alone.
            note(case.line, &case.sql, format!("setup: {reason}"));
            return;
        }
    }
    for case in &group.cases {
        if let Err(reason) = attempt(&mut world.session, case) {
            note(case.line, &case.sql, reason);
        }
    }
}

fn attempt(session: &mut SqlSession, case: &Case) -> Result<(), String> {
    let outcome = catch_unwind(AssertUnwindSafe(|| perform(session, case)));
    match outcome {
        Ok(outcome) => verdict(case, &outcome),
        Err(_) => Err("a panic".to_owned()),
    }
}

/// Runs everything, groups side by side.
fn run_all(topics: &[Topic]) -> Vec<Failure> {
    let work: Vec<(&str, &Group, Version)> = topics
        .iter()
        .flat_map(|topic| topic.groups.iter().map(move |group| (topic.name.as_str(), group)))
        .flat_map(|(name, group)| group.versions.iter().map(move |v| (name, group, *v)))
        .collect();
    let failures = Mutex::new(Vec::new());
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((file, group, version)) =
                    work.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    run_group(file, group, *version, &failures);
                }
            });
        }
    });
    let mut failures = failures.into_inner().unwrap();
    failures.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    failures
}

fn totals(topics: &[Topic]) -> (usize, usize) {
    let mut table = BTreeMap::new();
    for topic in topics {
        let cases = topic.groups.iter().flat_map(|group| &group.cases);
        let negative = cases.clone().filter(|case| case.error.is_some()).count();
        table.insert(topic.name.as_str(), (cases.count(), negative));
    }
    for (name, (cases, negative)) in &table {
        println!("{name:40} {cases:5} cases {negative:5} refused");
    }
    let sum = table.values().fold((0, 0), |sum, row| (sum.0 + row.0, sum.1 + row.1));
    println!("{:40} {:5} cases {:5} refused", "all", sum.0, sum.1);
    sum
}

#[test]
fn cases_hold() {
    let (topics, mut wrong) = topics();
    let (cases, refused) = totals(&topics);
    assert!(cases >= CASES_MIN, "{cases} cases, at least {CASES_MIN}");
    assert!(refused * 3 >= cases, "{refused} of {cases} cases are refusals, at least a third");
    wrong.extend(run_all(&topics).iter().map(Failure::text));
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_format_is_strict() {
    let good = "## g\nfact: iris-sql §1.1 what it says\nsql: SELECT 1,\n    2\nrow: 1|2\n";
    let topic = cases::read("x", good).ok().unwrap();
    assert_eq!(topic.groups[0].cases[0].sql, "SELECT 1,\n2");
    let head = "## g\nfact: iris-sql §1.1 what it says\n";
    for (text, reason) in [
        ("", "no group"),
        ("## g\nsql: SELECT 1\ncode: 0\n", "names no fact"),
        ("## g\nfact: iris-sql §1.9 what it says\n", "has no §1.9"),
        ("## g\nfact: iris-sql appendix D what it says\n", "no section"),
        ("## g\nfact: DESIGN §6 what it says\n", "has no §6"),
        ("## g\nfact: hearsay §1.1 what it says\n", "no source of facts"),
        ("## g\nfact: iris-sql §1.1\n", "needs words"),
        ("row: 1\n", "before the first group"),
        (&format!("{head}sql: SELECT 1\n"), "asserts nothing"),
        (&format!("{head}sql: SELECT 1\nresult: 1\n"), "an unknown word"),
        (&format!("{head}sql: SELECT 1\nmsg: x\nrow: 1\n"), "`msg:` without `error:`"),
        (&format!("{head}sql: SELECT 1\nerror: -1\nrow: 1\n"), "beside what only a success has"),
        (&format!("{head}sql: SELECT 1\nerror: 30\n"), "negative"),
        (&format!("{head}sql: SELECT 1\nrow: \\q\n"), "an unknown escape"),
        (&format!("{head}row: 1\n"), "without a `sql:`"),
        (&format!("{head}versions: 2020.1\n"), "no version"),
        (&format!("{head}mode: native\n"), "no select mode"),
        (&format!("{head}sql: SELECT ?\nparams: 'x\nrow: x\n"), "text without an end"),
        (&format!("{head}sql: SELECT 1\nrow: 1\nsetup: SELECT 1\n"), "after the first case"),
        (&format!("{good}{good}"), "a second group of this name"),
    ] {
        let errors = cases::read("x", text).err().unwrap_or_default().join("\n");
        assert!(errors.contains(reason), "{text}: {errors:?} lacks {reason:?}");
    }
}

#[test]
fn a_wrong_answer_is_noticed() {
    let text = "## g\nfact: iris-sql §1.1 what it says\n\
                sql: SELECT 1\nrow: 2\nsql: SELECT 1\nerror: -1\nsql: SELECT 1 AS a\ncolumns: b\n\
                sql: SELECT\nrow: 1\nsql: SELECT 1\ntypes: 12|12\nsql: SELECT 1\ncode: 0\n";
    let topics = [cases::read("x", text).ok().unwrap()];
    let lines: Vec<usize> = run_all(&topics).iter().map(|failure| failure.line).collect();
    assert_eq!(lines, [3, 5, 7, 9, 11]);
    assert_eq!(canonical("-5", -1), "-.5");
    assert_eq!(canonical("1200", -2), "12");
    assert_eq!(canonical("0", -2), "0");
    assert_eq!(canonical("12", 2), "1200");
}

//! Statements and what becomes of them, in `tests/sql/golden/*.txt`.
//!
//! A case is an input of lines beginning with `> `, after an optional line of options beginning
//! with `@ `, and the answer below it. `IRISPG_BLESS=1` writes the answers anew, to be read before
//! they are committed.

use super::options;
use crate::sql::*;
use crate::types::pg::PgType;
use std::fmt::Write as _;
use std::path::PathBuf;

fn place(bound: &Place) -> String {
    match bound {
        Place::Parameter(n, None) => format!("${}", n + 1),
        Place::Parameter(n, Some(ty)) => format!("${}::{}", n + 1, ty.name()),
        Place::Constant(Constant::Text(text)) => format!("{text:?}"),
        Place::Constant(Constant::Typed(ty, text)) => format!("{} {text:?}", ty.name()),
        Place::Constant(Constant::Null) => "null".to_owned(),
        Place::Constant(Constant::Integer(n)) => n.to_string(),
        Place::Constant(Constant::Decimal(n)) => format!("decimal {n}"),
        Place::Constant(Constant::Boolean(truth)) => truth.to_string(),
        Place::Session(value) => format!("{value:?}"),
        Place::Stored { value, ty, store } => {
            format!("{} as {} for {}", place(value), ty.name(), store.column)
        }
        other => format!("{other:?}"),
    }
}

fn list(out: &mut String, label: &str, items: Vec<String>) {
    if !items.is_empty() {
        writeln!(out, "{label} {}", items.join(", ")).unwrap();
    }
}

fn output(output: &Output) -> String {
    match output {
        Output::Wildcard => "*".to_owned(),
        Output::Column { name, ty, typmod, scale, origin: _ } => {
            let name = name.as_deref().unwrap_or("(label)");
            let typmod = if *typmod < 0 { String::new() } else { format!(" modifier {typmod}") };
            let scale = scale.map(|scale| format!(" scale {scale}")).unwrap_or_default();
            format!("{name}: {}{typmod}{scale}", ty.map_or("-", PgType::name))
        }
    }
}

fn statement(out: &mut String, statement: &IrisStatement) {
    writeln!(out, "= {}", statement.text).unwrap();
    list(out, "  places", statement.places.iter().map(place).collect());
    let table =
        |table: &TableName| format!("{} (at {})", table.name, table.position.unwrap_or_default());
    if statement.tables.len() > 1 {
        list(out, "  tables", statement.tables.iter().map(table).collect());
    }
    let ty = |ty: &Option<PgType>| ty.map_or("-", PgType::name).to_owned();
    list(out, "  parameters", statement.parameters.iter().map(ty).collect());
    list(out, "  outputs", statement.outputs.iter().map(output).collect());
    let limit = |limit: &Limit| format!("{:?} at {}", limit.kind, limit.place);
    list(out, "  limits", statement.limits.iter().map(limit).collect());
    if statement.verb != Verb::Select {
        writeln!(out, "  verb {:?}", statement.verb).unwrap();
    }
}

fn planned(out: &mut String, plan: &Plan) {
    if let Rows::Values(rows) = &plan.rows {
        rows.iter().for_each(|row| list(out, "  row", row.iter().map(place).collect()));
    }
    for (what, one) in plan.parts() {
        writeln!(out, "{what} = {}", one.text).unwrap();
        list(out, "  places", one.places.iter().map(place).collect());
        let limit = |limit: &Limit| format!("{:?} at {}", limit.kind, limit.place);
        list(out, "  limits", one.limits.iter().map(limit).collect());
    }
    let ty = |ty: &Option<PgType>| ty.map_or("-", PgType::name).to_owned();
    list(out, "  parameters", plan.parameters.iter().map(ty).collect());
    list(out, "  outputs", plan.outputs.iter().map(output).collect());
    writeln!(out, "  verb {:?}", plan.verb).unwrap();
}

fn error(out: &mut String, error: &SqlError) {
    write!(out, "! {} {}", error.sqlstate, error.message).unwrap();
    if let Some(position) = error.position {
        write!(out, " (at {position})").unwrap();
    }
    out.push('\n');
}

fn answer(input: &str, directives: &str) -> String {
    let schema = schema();
    let mut options = Options { columns: Some(&schema), ..options() };
    let mut declared = Vec::new();
    for directive in directives.split_whitespace() {
        match directive.split_once('=') {
            Some(("version", version)) => {
                let (major, minor) = version.split_once('.').unwrap();
                options.version =
                    Version { major: major.parse().unwrap(), minor: minor.parse().unwrap() };
            }
            Some(("declared", types)) => {
                declared = types
                    .split(',')
                    .map(|name| name.replace('_', " "))
                    .map(|name| crate::types::pg::ALL.iter().copied().find(|ty| ty.name() == name))
                    .collect();
            }
            None if directive == "iris" => options.dialect = Dialect::Iris,
            None if directive == "offline" => options.columns = None,
            _ => panic!("unknown directive {directive}"),
        }
    }
    options.declared = &declared;
    let mut out = String::new();
    let parsed = match parse(input, &options) {
        Ok(parsed) => parsed,
        Err(refused) => {
            error(&mut out, &refused);
            return out;
        }
    };
    for found in &parsed {
        for notice in &found.notices {
            writeln!(out, "notice {} {}", notice.sqlstate, notice.message).unwrap();
        }
        match &found.action {
            Action::Iris(one) => statement(&mut out, one),
            Action::Several(several) => several.iter().for_each(|one| statement(&mut out, one)),
            Action::Batch(batch) => {
                writeln!(out, "= {}", batch.text).unwrap();
                for row in &batch.rows {
                    list(&mut out, "  row", row.iter().map(place).collect());
                }
            }
            Action::Plan(plan) => planned(&mut out, plan),
            Action::Refused(refused) => error(&mut out, refused),
            other => writeln!(out, "= {other:?}").unwrap(),
        }
    }
    out
}

/// The golden files.
fn files() -> Vec<PathBuf> {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/sql/golden");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    files
}

/// The tables that the statements name, as PostgreSQL defines them.
pub(super) const DEFINITIONS: &str = include_str!("../../../tests/sql/golden/schema.sql");

/// The same as a catalog.
pub(super) fn schema() -> Schema {
    Schema::read(DEFINITIONS).unwrap()
}

/// Every statement of the golden files.
pub(super) fn inputs() -> Vec<String> {
    let mut all = Vec::new();
    for file in files() {
        let text = std::fs::read_to_string(&file).unwrap();
        for block in text.split("\n\n") {
            let input: Vec<&str> = block.lines().filter_map(|l| l.strip_prefix("> ")).collect();
            if !input.is_empty() {
                all.push(input.join("\n"));
            }
        }
    }
    all
}

#[test]
fn golden() {
    let bless = std::env::var_os("IRISPG_BLESS").is_some();
    let files = files();
    let (mut cases, mut wrong) = (0, Vec::new());
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let mut made = String::new();
        for block in text.split("\n\n").map(|block| block.trim_matches('\n')) {
            let lines: Vec<&str> = block.lines().collect();
            let input: Vec<&str> = lines.iter().filter_map(|l| l.strip_prefix("> ")).collect();
            if input.is_empty() {
                writeln!(made, "{block}\n").unwrap();
                continue;
            }
            cases += 1;
            let directives: String =
                lines.iter().filter_map(|l| l.strip_prefix("@ ")).collect::<Vec<_>>().join(" ");
            let head: Vec<&str> = lines
                .iter()
                .copied()
                .filter(|l| l.starts_with("> ") || l.starts_with("@ ") || l.starts_with("# "))
                .collect();
            let wanted: Vec<&str> =
                lines.iter().copied().filter(|line| !head.contains(line)).collect();
            let got = answer(&input.join("\n"), &directives);
            if wanted.join("\n") != got.trim_end() {
                wrong.push(format!(
                    "{}\nwanted:\n{}\ngot:\n{got}",
                    input.join("\n"),
                    wanted.join("\n")
                ));
            }
            writeln!(made, "{}\n{got}", head.join("\n")).unwrap();
        }
        if bless {
            std::fs::write(&file, format!("{}\n", made.trim_end())).unwrap();
        }
    }
    assert!(cases >= 150, "only {cases} cases");
    assert!(bless || wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

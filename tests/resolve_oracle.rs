//! PostgreSQL is the judge of the room that chooses operators, functions, casts and common types:
//! for every pair of types it must be the same row, or the same error.
//!
//! `tests/resolve/run.sh` starts a private PostgreSQL and runs this; alone it has no judge.

#![allow(clippy::unwrap_used, missing_docs)]

#[path = "resolve/casts.rs"]
mod casts;
#[path = "resolve/functions.rs"]
mod functions;
#[path = "resolve/judge.rs"]
mod judge;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::Command;

use irispg::sql::resolve::{self, operators_named};
use irispg::types::PgType;

use judge::{
    Comparison, Rows, answers, array, ask, fewer, operand, quoted, results, said, slot_name,
};

fn operator_names() -> BTreeSet<String> {
    let sql =
        "SELECT DISTINCT oprname FROM pg_operator WHERE oprnamespace = 'pg_catalog'::regnamespace;";
    let names: BTreeSet<String> = ask(sql).into_iter().collect();
    assert!(names.iter().all(|name| !operators_named(name).is_empty()));
    names
}

#[test]
#[ignore = "needs PostgreSQL: tests/resolve/run.sh"]
fn operators() {
    let names = operator_names();
    let mut sql = String::new();
    let types = fewer();
    let all = array(&types, operand);
    for name in &names {
        let has_prefix = operators_named(name).iter().any(|row| row.left.is_none());
        let name = quoted(name);
        writeln!(sql, "SELECT pg_temp.calls({name}, '$1 ' || {name} || ' $2', {all}, {all});")
            .unwrap();
        if has_prefix {
            writeln!(sql, "SELECT pg_temp.calls({name}, {name} || ' $1', {all}, ARRAY['-']);")
                .unwrap();
        }
    }
    let theirs = answers(ask(&sql));
    let mut comparison = Comparison::default();
    let mut rows = Rows::default();
    for name in &names {
        for right in types.iter().copied() {
            for left in types.iter().copied().map(Some).chain([None]) {
                let ours = resolve::operator(name, left, right);
                let (one, other, expression) = match left.map(operand) {
                    Some(left) => {
                        let right = operand(right);
                        let expression = format!("{left} {name} {right}");
                        (left, right, expression)
                    }
                    None => (operand(right), "-".to_owned(), format!("{name} {}", operand(right))),
                };
                let theirs = theirs.get(&format!("{name}\t{one}\t{other}"));
                comparison.see(
                    &expression,
                    said(&ours).as_deref(),
                    theirs.map_or("42883", String::as_str),
                );
                if let Ok(found) = ours {
                    let left = found.row.left.map_or("-".to_owned(), slot_name);
                    rows.add(expression, format!("{left} {name} {}", slot_name(found.row.right)));
                }
            }
        }
    }
    comparison.finish("operators");
    rows.compare("operators");
}

#[test]
#[ignore = "needs PostgreSQL: tests/resolve/run.sh"]
fn operators_on_elements() {
    let mut asked = Vec::new();
    for name in ["=", "<>", "<", "~~", "~~*", "~", "@>"] {
        for left in fewer() {
            for right in fewer() {
                if right != PgType::Unknown && right.element().is_none() {
                    continue;
                }
                asked.push((
                    format!("{} {name} ANY ({})", operand(left), operand(right)),
                    name,
                    left,
                    right,
                ));
            }
        }
    }
    let expressions: Vec<String> = asked.iter().map(|one| one.0.clone()).collect();
    let mut comparison = Comparison::default();
    let mut rows = Rows::default();
    for ((expression, name, left, right), theirs) in asked.into_iter().zip(results(&expressions)) {
        let ours = resolve::element_operator(name, left, right);
        comparison.see(&expression, said(&ours).as_deref(), &theirs);
        if let Ok(found) = ours {
            let left = found.row.left.map_or("-".to_owned(), slot_name);
            rows.add(expression, format!("{left} {name} {}", slot_name(found.row.right)));
        }
    }
    comparison.finish("operators on elements");
    rows.compare("operators on elements");
}

/// The tables are what the script makes of this server's catalog.
#[test]
#[ignore = "needs PostgreSQL: tests/resolve/run.sh"]
fn tables() {
    let done = Command::new("scripts/resolve-tables").arg("--check").status().unwrap();
    assert!(done.success());
}

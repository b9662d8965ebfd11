//! What a statement became, for people: `irispg explain` and `EXPLAIN`.

use super::error::SqlError;
use super::statement::{Action, Constant, IrisStatement, Output, Place, Rows, Statement, Version};
use super::translate;
use crate::types::pg::PgType;
use irispg_grammar::ast::{DescribeAlias, Statement as Tree, UtilityOption};

/// The page about the statements of a query string.
#[must_use]
pub fn page(sql: &str, statements: &[Statement], version: Version) -> String {
    let mut page = String::new();
    for (index, statement) in statements.iter().enumerate() {
        if index > 0 {
            page.push('\n');
        }
        let input = sql.get(statement.source.clone()).unwrap_or_default();
        line(&mut page, "PostgreSQL", input);
        action(&mut page, &statement.action, version);
        for notice in &statement.notices {
            line(&mut page, "notice", &format!("{} {}", notice.sqlstate, notice.message));
        }
        for rule in &statement.rules {
            line(&mut page, "rule", rule);
        }
    }
    page
}

/// The page about a refused query string.
#[must_use]
pub fn refused(refused: &SqlError) -> String {
    let mut page = String::new();
    refusal(&mut page, refused);
    page
}

/// The statement inside an EXPLAIN; `None` for any other statement.
///
/// # Errors
///
/// 0A000 for options that ask for what is not known before a statement runs, or for another form.
pub(super) fn inside(tree: &Tree) -> Result<Option<&Tree>, SqlError> {
    let Tree::Explain {
        describe_alias,
        analyze,
        verbose: _,
        query_plan,
        estimate,
        statement,
        format,
        options,
    } = tree
    else {
        return Ok(None);
    };
    if *describe_alias != DescribeAlias::Explain || *query_plan || *estimate {
        return Err(translate::refuse("this form of EXPLAIN is not supported"));
    }
    let asked = |option: &UtilityOption| {
        matches!(option.name.value.as_str(), "verbose" | "costs" | "summary" | "settings")
    };
    let other = options.iter().flatten().any(|option| !asked(option));
    if *analyze || format.is_some() || other {
        return Err(translate::refuse("this option of EXPLAIN is not supported")
            .hint("EXPLAIN shows the SQL that IRIS is sent, as text, and does not run it."));
    }
    Ok(Some(statement))
}

/// The rows of `EXPLAIN`: what is sent to IRIS.
pub(super) fn rows(explained: &Action, rules: &[&'static str], version: Version) -> Vec<String> {
    let mut page = String::new();
    action(&mut page, explained, version);
    for rule in rules {
        line(&mut page, "rule", rule);
    }
    page.lines().map(str::to_owned).collect()
}

fn line(page: &mut String, label: &str, text: &str) {
    page.push_str(&format!("{label:<12}{text}\n"));
}

fn action(page: &mut String, action: &Action, version: Version) {
    let iris = format!("IRIS {}.{}", version.major, version.minor);
    match action {
        Action::Iris(one) => {
            line(page, &iris, &one.text);
            details(page, one);
        }
        Action::Several(all) => {
            for one in all {
                line(page, &iris, &one.text);
                details(page, one);
            }
        }
        Action::Plan(plan) => {
            if let Rows::Values(rows) = &plan.rows {
                for row in rows.iter().filter(|row| !row.is_empty()) {
                    line(page, "row", &list(row.iter().map(place)));
                }
            }
            for (what, one) in plan.parts() {
                line(page, what, &one.text);
                if !one.places.is_empty() {
                    line(page, "bound", &list(one.places.iter().map(place)));
                }
            }
            parameters(page, &plan.parameters);
            if !plan.outputs.is_empty() {
                line(page, "result", &list(plan.outputs.iter().map(output)));
            }
        }
        Action::Batch(batch) => {
            line(page, &iris, &batch.text);
            for row in &batch.rows {
                line(page, "row", &list(row.iter().map(place)));
            }
            parameters(page, &batch.parameters);
        }
        Action::Refused(refused) => refusal(page, refused),
        Action::Explained(rows) => {
            for row in rows {
                line(page, "answer", row);
            }
        }
        Action::Nothing(tag) => line(page, "answer", &format!("{tag}, and nothing is sent")),
        Action::Transaction(_) | Action::Setting(_) | Action::Asked(_) | Action::Deallocate(_) => {
            line(page, "answer", "the session carries it out itself");
        }
    }
}

fn details(page: &mut String, statement: &IrisStatement) {
    if !statement.places.is_empty() {
        line(page, "bound", &list(statement.places.iter().map(place)));
    }
    parameters(page, &statement.parameters);
    if !statement.outputs.is_empty() {
        line(page, "result", &list(statement.outputs.iter().map(output)));
    }
}

fn refusal(page: &mut String, refused: &SqlError) {
    let position = refused.position.map(|at| format!(" (at {at})")).unwrap_or_default();
    line(page, "refused", &format!("{} {}{position}", refused.sqlstate, refused.message));
    for (label, text) in [("detail", &refused.detail), ("hint", &refused.hint)] {
        if let Some(text) = text {
            line(page, label, text);
        }
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

fn parameters(page: &mut String, parameters: &[Option<PgType>]) {
    if parameters.is_empty() {
        return;
    }
    let shown = parameters.iter().enumerate().map(|(index, ty)| {
        let ty = ty.map_or("as IRIS describes it", PgType::name);
        format!("${} {ty}", index.saturating_add(1))
    });
    line(page, "parameters", &list(shown));
}

fn place(bound: &Place) -> String {
    let nth = |number: &usize| number.saturating_add(1);
    match bound {
        Place::Parameter(number, None) => format!("${}", nth(number)),
        Place::Parameter(number, Some(ty)) => format!("${}::{}", nth(number), ty.name()),
        Place::Constant(Constant::Null) => "NULL".to_owned(),
        Place::Constant(Constant::Text(text)) => format!("{text:?}"),
        Place::Constant(Constant::Integer(number)) => number.to_string(),
        Place::Constant(Constant::Decimal(digits)) => digits.clone(),
        Place::Constant(Constant::Boolean(truth)) => truth.to_string(),
        Place::Constant(Constant::Typed(ty, text)) => format!("{} {text:?}", ty.name()),
        Place::Session(value) => format!("{value:?} of the session"),
        Place::Stored { value, store, .. } => format!("{} for {}", place(value), store.column),
        Place::Elements(number) => format!("elements of ${}", nth(number)),
        Place::HasNull(number) => format!("whether ${} has NULL", nth(number)),
        Place::Pattern { value, .. } => place(value),
        Place::Length(number) => format!("length of ${}", nth(number)),
        Place::First(number) => format!("value of query {}", nth(number)),
        Place::Cell(number) => format!("cell {}", nth(number)),
        Place::RowId => "row id".to_owned(),
    }
}

fn output(output: &Output) -> String {
    match output {
        Output::Wildcard => "*".to_owned(),
        Output::Column { name, ty, .. } => {
            let name = name.as_deref().unwrap_or("(IRIS's name)");
            let ty = ty.map_or("as IRIS describes it", PgType::name);
            format!("{name} {ty}")
        }
    }
}

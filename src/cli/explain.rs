//! `irispg explain`: what a statement becomes, without a server.

use super::{complain, say};
use clap::{Arg, ArgMatches, Command};
use irispg::sql::{
    Action, Columns, Constant, Dialect, IrisStatement, Options, Output, Place, Schema, SqlError,
    Version,
};
use irispg::types::PgType;
use std::process::ExitCode;

/// The release that is assumed when none is named: the newest that the simulator knows.
const NEWEST: Version = Version { major: 2025, minor: 1 };

pub(super) fn command() -> Command {
    Command::new("explain")
        .about("Show the IRIS SQL that a statement becomes, and why")
        .long_about(
            "Shows for each statement the IRIS SQL that is sent, what is bound to each ?, the \
             types of the parameters and of the result as far as the translator knows them, and \
             which rules changed the statement. No server is needed.",
        )
        .arg(
            Arg::new("release")
                .long("version")
                .value_name("RELEASE")
                .default_value("2025.1")
                .help("The release of IRIS that is to read the statement"),
        )
        .arg(
            Arg::new("schema")
                .long("schema")
                .value_name("FILE")
                .help("CREATE TABLE statements of the tables that the statement names"),
        )
        .arg(
            Arg::new("dialect")
                .long("dialect")
                .value_name("NAME")
                .default_value("postgres")
                .help("postgres, or iris for IRIS's own SQL"),
        )
        .arg(Arg::new("sql").value_name("SQL").required(true).help("One statement or several"))
}

pub(super) fn run(flags: &ArgMatches) -> ExitCode {
    let text = |name: &str| flags.get_one::<String>(name).map(String::as_str);
    let Some(version) = text("release").map_or(Some(NEWEST), release) else {
        return complain("explain: --version is a year and a number, such as 2023.1");
    };
    let dialect = match text("dialect") {
        None | Some("postgres") => Dialect::Postgres,
        Some("iris") => Dialect::Iris,
        Some(other) => return complain(format_args!("explain: there is no dialect {other}")),
    };
    let schema = match text("schema").map(std::fs::read_to_string) {
        None => None,
        Some(Err(error)) => return complain(format_args!("explain: --schema: {error}")),
        Some(Ok(definitions)) => match Schema::read(&definitions) {
            Ok(schema) => Some(schema),
            Err(refused) => return complain(format_args!("explain: --schema: {refused}")),
        },
    };
    let options = Options {
        version,
        dialect,
        declared: &[],
        columns: schema.as_ref().map(|schema| schema as &dyn Columns),
    };
    let sql = text("sql").unwrap_or_default();
    match explain(sql, &options) {
        Ok(page) => say(page.trim_end()),
        Err(refused) => {
            let mut page = String::new();
            refusal(&mut page, &refused);
            complain(page.trim_end())
        }
    }
}

/// `2023.1`
fn release(written: &str) -> Option<Version> {
    let (major, minor) = written.split_once('.')?;
    Some(Version { major: major.parse().ok()?, minor: minor.parse().ok()? })
}

/// The page about a query string.
fn explain(sql: &str, options: &Options<'_>) -> Result<String, SqlError> {
    let mut page = String::new();
    for (index, statement) in irispg::sql::parse(sql, options)?.iter().enumerate() {
        if index > 0 {
            page.push('\n');
        }
        let input = sql.get(statement.source.clone()).unwrap_or_default();
        line(&mut page, "PostgreSQL", input);
        action(&mut page, &statement.action, options.version);
        for notice in &statement.notices {
            line(&mut page, "notice", &format!("{} {}", notice.sqlstate, notice.message));
        }
        for rule in &statement.rules {
            line(&mut page, "rule", rule);
        }
    }
    Ok(page)
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
            for one in plan.statements() {
                line(page, &iris, &one.text);
                details(page, one);
            }
            parameters(page, &plan.parameters);
        }
        Action::Batch(batch) => {
            line(page, &iris, &batch.text);
            for row in &batch.rows {
                line(page, "row", &list(row.iter().map(place)));
            }
            parameters(page, &batch.parameters);
        }
        Action::Refused(refused) => refusal(page, refused),
        Action::Nothing(tag) => line(page, "answer", &format!("{tag}, and nothing is sent")),
        Action::Transaction(_) | Action::Setting(_) | Action::Deallocate(_) => {
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
        format!("${} {ty}", index + 1)
    });
    line(page, "parameters", &list(shown));
}

fn place(bound: &Place) -> String {
    match bound {
        Place::Parameter(number, None) => format!("${}", number + 1),
        Place::Parameter(number, Some(ty)) => format!("${}::{}", number + 1, ty.name()),
        Place::Constant(Constant::Null) => "NULL".to_owned(),
        Place::Constant(Constant::Text(text)) => format!("{text:?}"),
        Place::Constant(Constant::Integer(number)) => number.to_string(),
        Place::Constant(Constant::Decimal(digits)) => digits.clone(),
        Place::Constant(Constant::Boolean(truth)) => truth.to_string(),
        Place::Constant(Constant::Typed(ty, text)) => format!("{} {text:?}", ty.name()),
        Place::Session(value) => format!("{value:?} of the session"),
        Place::Stored { value, store, .. } => format!("{} for {}", place(value), store.column),
        Place::Elements(number) => format!("elements of ${}", number + 1),
        Place::HasNull(number) => format!("whether ${} has NULL", number + 1),
        Place::Length(number) => format!("length of ${}", number + 1),
        Place::First(number) => format!("value of query {}", number + 1),
        Place::Cell(number) => format!("cell {}", number + 1),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn page(sql: &str, version: &str, definitions: &str) -> String {
        let schema = Schema::read(definitions).unwrap();
        let options = Options {
            version: release(version).unwrap(),
            dialect: Dialect::Postgres,
            declared: &[],
            columns: Some(&schema),
        };
        explain(sql, &options).unwrap()
    }

    #[test]
    fn a_query_is_shown_with_types_and_rules() {
        let definitions = "create table person (id integer primary key, name varchar(50));";
        let sql = "select id, name from public.person where name = $1 limit 3 offset $2";
        let shown = page(sql, "2023.1", definitions);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines[0], format!("PostgreSQL  {sql}"));
        assert!(lines[1].starts_with("IRIS 2023.1 SELECT * FROM (SELECT id"), "{shown}");
        assert!(lines.contains(&"parameters  $1 text, $2 bigint"), "{shown}");
        assert!(lines.contains(&"result      id as IRIS describes it, name as IRIS describes it"));
        assert!(shown.contains("rule        the schema public is IRIS's SQLUser"), "{shown}");
        assert!(shown.contains("%VID"), "{shown}");
        let newer = page(sql, "2025.2", definitions);
        assert!(newer.contains("LIMIT 3 OFFSET ?") && !newer.contains("%VID"), "{newer}");
    }

    #[test]
    fn what_is_refused_is_shown_with_its_hint() {
        let shown = page("select 1; create table t (a int check (a > 0))", "2025.1", "");
        assert!(shown.contains("refused     0A000 CHECK constraints are not supported"), "{shown}");
    }

    #[test]
    fn a_release_is_a_year_and_a_number() {
        assert_eq!(release("2024.1"), Some(Version { major: 2024, minor: 1 }));
        assert_eq!(release("2024"), None);
        assert_eq!(release("x.1"), None);
    }
}

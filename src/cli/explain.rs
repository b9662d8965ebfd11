//! `irispg explain`: what a statement becomes, with definitions from a file or from IRIS.

use super::{complain, probe, say, user_flag, with_flags, with_settings};
use clap::{Arg, ArgMatches, Command};
use irispg::config::library::{self, Surroundings};
use irispg::sql::{Columns, Dialect, Options, Schema, SqlError, Version};
use std::process::ExitCode;

/// The release that is assumed when none is named: the newest that the simulator knows.
const NEWEST: Version = Version { major: 2025, minor: 1 };

pub(super) fn command() -> Command {
    with_flags(Command::new("explain"))
        .about("Show the IRIS SQL that a statement becomes, and why")
        .long_about(
            "Shows for each statement the IRIS SQL that is sent, what is bound to each ?, the \
             types of the parameters and of the result as far as the translator knows them, and \
             which rules changed the statement. The definitions of its tables come from a file \
             (--schema), or, with --user and a password in the environment variable \
             IRISPG_PASSWORD, from IRIS itself, whose release is then the one that counts.",
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
        .arg(user_flag().conflicts_with_all(["schema", "release"]))
        .arg(
            Arg::new("namespace")
                .long("namespace")
                .value_name("NAME")
                .requires("user")
                .default_value(probe::NAMESPACE)
                .help("The namespace that has the definitions"),
        )
        .arg(Arg::new("sql").value_name("SQL").required(true).help("One statement or several"))
}

pub(super) fn run(flags: &ArgMatches) -> ExitCode {
    let text = |name: &str| flags.get_one::<String>(name).map(String::as_str);
    if let Some(user) = flags.get_one::<String>("user") {
        let namespace = text("namespace").unwrap_or(probe::NAMESPACE);
        let arguments =
            ["--namespace", namespace, "--dialect", text("dialect").unwrap_or("postgres"), "--"];
        let arguments = arguments.into_iter().chain(text("sql")).collect::<Vec<&str>>();
        return with_settings(flags, |settings| {
            match library::locate(settings, &Surroundings::of_process()) {
                Ok(located) => probe::in_child(settings, &located, Some(user), &arguments),
                Err(error) => complain(error),
            }
        });
    }
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
        utc: true,
        dialect,
        declared: &[],
        columns: schema.as_ref().map(|schema| schema as &dyn Columns),
    };
    let sql = text("sql").unwrap_or_default();
    match explain(sql, &options) {
        Ok(page) => say(page.trim_end()),
        Err(refused) => complain(irispg::sql::explain::refused(&refused).trim_end()),
    }
}

/// `2023.1`
fn release(written: &str) -> Option<Version> {
    let (major, minor) = written.split_once('.')?;
    Some(Version { major: major.parse().ok()?, minor: minor.parse().ok()? })
}

/// The page about a query string.
fn explain(sql: &str, options: &Options<'_>) -> Result<String, SqlError> {
    let statements = irispg::sql::parse(sql, options)?;
    Ok(irispg::sql::explain::page(sql, &statements, options.version))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(sql: &str, version: &str, definitions: &str) -> String {
        let schema = Schema::read(definitions).unwrap();
        let options = Options {
            version: release(version).unwrap(),
            dialect: Dialect::Postgres,
            utc: true,
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
        let iris = "IRIS 2023.1 SELECT irispg_q1.id, irispg_q1.name FROM (SELECT person.id AS id";
        assert!(lines[1].starts_with(iris), "{shown}");
        assert!(lines.contains(&"parameters  $1 text, $2 bigint"), "{shown}");
        assert!(lines.contains(&"result      id integer, name character varying"), "{shown}");
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

//! The one map from IRIS's SQLCODEs to PostgreSQL's SQLSTATEs and words.
//!
//! Sources: facts iris-sql §1.7 (codes, `%msg` samples) and reliability §7 O. What no arm names is
//! XX000, with IRIS's own text in the log only.
//!
//! IRIS's text reaches the client as a detail where the error is about the client's own statement
//! or data; any other may name routines, globals or files of the server (facts reliability M4).

use crate::engine::{Answer, Status};
use crate::protocol::report::Report;

/// The report for an answer that is not a success.
pub(crate) fn report(answer: &Answer) -> Report {
    match answer.status {
        Status::Done | Status::SqlError => sql_error(answer.sqlcode, &answer.message),
        Status::Interrupted => match answer.sqlcode {
            -450 => Report::error("57014", "canceling statement due to statement timeout"),
            _ => Report::error("57014", "canceling statement due to user request"),
        },
        Status::ObjectScriptError => objectscript(&answer.message),
        Status::Misuse | Status::Version | Status::Refused => {
            tracing::error!(status = ?answer.status, message = %answer.message, "call refused");
            Report::error("XX000", "internal error")
        }
    }
}

/// An error that ObjectScript raised, by the name in its text.
fn objectscript(message: &str) -> Report {
    let sqlstate = named_state(message).unwrap_or("XX000");
    match sqlstate {
        "22012" => Report::error("22012", "division by zero"),
        // <MAXNUMBER>: a number that IRIS has no room for, such as the least bigint.
        "22003" => Report::error("22003", "value out of range"),
        "42501" => Report::error("42501", "permission denied"),
        "XX000" => {
            tracing::error!(%message, "ObjectScript error");
            Report::error("XX000", "internal error in InterSystems IRIS")
        }
        other => {
            tracing::warn!(sqlstate = other, %message, "ObjectScript error");
            Report::error(other, "InterSystems IRIS could not execute the statement")
        }
    }
}

/// SQLSTATE of the error names that may appear in a message.
pub(super) fn named_state(message: &str) -> Option<&'static str> {
    const NAMES: &[(&str, &str)] = &[
        ("<DIVIDE>", "22012"),
        ("<ILLEGAL VALUE>", "22023"),
        ("<MAXNUMBER>", "22003"),
        ("<MAXSTRING>", "54000"),
        ("<STORE>", "53200"),
        ("<WIDE CHAR>", "22P05"),
        ("<PROTECT>", "42501"),
        ("<LIST>", "XX001"),
        ("<FILEFULL>", "53100"),
        ("<LOCKLOST>", "53000"),
        ("<MAX LOCKS>", "53000"),
        ("<LICENSE", "53300"),
    ];
    NAMES.iter().find(|(name, _)| message.contains(name)).map(|(_, state)| *state)
}

/// The report for a negative SQLCODE.
fn sql_error(sqlcode: i64, message: &str) -> Report {
    let report = match sqlcode {
        -30 | -87 => missing_table(message),
        -29 => missing_column(message),
        -23 => Report::error("42P01", "missing FROM-clause entry for table"),
        -27 => Report::error("42702", "column reference is ambiguous"),
        -201 => existing_table(message),
        -99 => Report::error("42501", "permission denied"),
        -108 => not_null(message),
        -119 | -120 | -125 => unique(message),
        -124..=-121 | -126 | -127 => foreign_key(sqlcode, message),
        -110 | -114 => Report::error("55P03", "canceling statement due to lock timeout")
            .with_hint("Another session has changed the row and has not ended its transaction."),
        -400 | -415 | -149 => return fatal_error(sqlcode, message),
        _ => listed(sqlcode),
    };
    if report.detail.is_some() || message.is_empty() {
        return report;
    }
    if is_about_the_statement(report.sqlstate) {
        return report.with_detail(format!("SQLCODE {sqlcode}: {}", message.trim()));
    }
    tracing::warn!(sqlcode, %message, sqlstate = report.sqlstate, "IRIS SQL error");
    report
}

/// Whether errors of this state are about the client's own data (classes 22 and 23) or its own
/// statement and the definitions that it names (42).
fn is_about_the_statement(sqlstate: &str) -> bool {
    ["22", "23", "42"].iter().any(|class| sqlstate.starts_with(class))
}

/// Codes whose SQLSTATE follows from the code alone.
fn listed(sqlcode: i64) -> Report {
    let (sqlstate, message) = match sqlcode {
        -1 | -4 | -12 | -14 | -15 | -25 | -51 | -80 | -81 => ("42601", "syntax error in IRIS SQL"),
        -62 | -116 => ("42601", "INSERT has not as many expressions as target columns"),
        -386 => ("42601", "TOP, LIMIT and FETCH cannot be combined"),
        -5 => ("42P10", "ORDER BY position is not in select list"),
        -7 => ("22003", "value out of range"),
        -9 => ("42601", "each UNION query must have the same number of columns"),
        -10 => ("42601", "subquery must return only one column"),
        -19 => ("42803", "aggregate functions are not allowed here"),
        -20 => ("42712", "table name specified more than once"),
        -26 => ("42601", "missing FROM clause"),
        -98 => ("53300", "no licence unit is free"),
        -104 | -105 => ("22000", "value is not valid for its column"),
        -107 | -111 | -138 => ("428C9", "column is generated and cannot be written"),
        -136 | -137 => ("44000", "new row violates check option for view"),
        -139 => ("40001", "could not serialize access due to concurrent update"),
        -141 => ("22P02", "invalid input for CONVERT"),
        -146 => ("22007", "invalid input syntax for type date"),
        -147 => ("22007", "invalid input syntax for type time"),
        -144 => ("0A000", "a subquery is not allowed in VALUES"),
        -300 => ("42809", "DDL is not allowed on this table"),
        -304 | -305 => ("23502", "column contains null values"),
        -306 => ("42701", "column already exists"),
        -307 | -308 => ("42P16", "the table has such a key already"),
        -312 => ("42602", "invalid schema name"),
        -314 | -316 | -319 => {
            ("42830", "there is no unique constraint matching given keys for referenced table")
        }
        -310 => ("42P01", "referenced table does not exist"),
        -315 | -333 => ("42704", "constraint or index does not exist"),
        -317 | -320 | -321 | -322 => ("2BP01", "other objects depend on it"),
        -324 | -311 => ("42P07", "relation already exists"),
        -359 | -360 | -361 | -362 | -428 => ("42883", "function does not exist"),
        -367 => ("42P20", "window functions are not allowed here"),
        -376 => ("42846", "cannot cast to this type"),
        -377 => ("42701", "column specified more than once"),
        -378 => ("42804", "types do not match"),
        -380 | -381 => ("42883", "function is called with a wrong number of arguments"),
        -259..=-257 => ("22000", "vectors do not match"),
        -402 => ("28P01", "password authentication failed"),
        -461..=-401 => ("08006", "connection failure inside InterSystems IRIS"),
        -462 => ("53200", "out of memory"),
        -473 => ("3F000", "schema does not exist"),
        -476 => ("42P06", "schema already exists"),
        -481 => ("0A000", "EXPLAIN of this statement is not supported"),
        -482 | -475 => ("2BP01", "schema is not empty"),
        _ => {
            let message = format!("InterSystems IRIS refused the statement with SQLCODE {sqlcode}");
            return Report::error("XX000", message);
        }
    };
    Report::error(sqlstate, message)
}

/// SQLCODE −400 and its kin: the name in the message decides.
fn fatal_error(sqlcode: i64, message: &str) -> Report {
    match named_state(message) {
        Some("22012") => Report::error("22012", "division by zero"),
        Some("22003") => Report::error("22003", "value out of range"),
        Some(state) => {
            tracing::warn!(sqlcode, %message, sqlstate = state, "IRIS reported a fatal error");
            Report::error(state, "InterSystems IRIS could not execute the statement")
        }
        None if message.contains("ERROR #") => {
            Report::error("42704", "InterSystems IRIS could not compile the definition")
                .with_detail(message.trim().to_owned())
        }
        None => {
            tracing::error!(sqlcode, %message, "IRIS reported a fatal error");
            Report::error("XX000", "internal error in InterSystems IRIS")
        }
    }
}

fn missing_table(message: &str) -> Report {
    match quoted(message).map(relation) {
        Some(name) => Report::error("42P01", format!("relation \"{name}\" does not exist")),
        None => Report::error("42P01", "relation does not exist"),
    }
}

fn existing_table(message: &str) -> Report {
    match quoted(message).map(relation) {
        Some(name) => Report::error("42P07", format!("relation \"{name}\" already exists")),
        None => Report::error("42P07", "relation already exists"),
    }
}

fn missing_column(message: &str) -> Report {
    match quoted(message) {
        Some(name) => {
            let name = name.rsplit('.').next().unwrap_or(name).to_lowercase();
            Report::error("42703", format!("column \"{name}\" does not exist"))
        }
        None => Report::error("42703", "column does not exist"),
    }
}

/// `'F' in table 'S.T' is a required field`.
fn not_null(message: &str) -> Report {
    let mut names = message.split('\'').skip(1).step_by(2);
    let (Some(column), Some(table)) = (names.next(), names.next()) else {
        return Report::error("23502", "null value violates not-null constraint");
    };
    let column = column.rsplit('.').next().unwrap_or(column);
    let mut report = Report::error(
        "23502",
        format!(
            "null value in column \"{column}\" of relation \"{}\" violates not-null constraint",
            relation(table)
        ),
    );
    report = report.with_column(column);
    on_table(report, table)
}

/// `Table 'S.T', Constraint 'C', Field(s) a="1",b="2"; failed unique check`.
fn unique(message: &str) -> Report {
    let mut names = message.split('\'').skip(1).step_by(2);
    let (table, constraint) = (names.next(), names.next());
    let mut report = Report::error(
        "23505",
        format!(
            "duplicate key value violates unique constraint \"{}\"",
            constraint.unwrap_or("unknown").to_lowercase()
        ),
    );
    if let Some(constraint) = constraint {
        report = report.with_constraint(constraint.to_lowercase());
    }
    if let Some((columns, values)) = key_values(message) {
        report = report.with_detail(format!("Key ({columns})=({values}) already exists."));
    }
    match table {
        Some(table) => on_table(report, table),
        None => report,
    }
}

/// The columns and the values of a unique check's message, each joined as PostgreSQL joins them.
fn key_values(message: &str) -> Option<(String, String)> {
    let (_, rest) = message.split_once("Field(s) ")?;
    let (mut rest, _) = rest.rsplit_once("; failed unique check")?;
    let mut columns: Vec<&str> = Vec::new();
    let mut values: Vec<&str> = Vec::new();
    loop {
        let (column, after) = rest.split_once('=')?;
        columns.push(column.trim());
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => match after.split_once(',') {
                Some((value, _)) => (value, after.get(value.len()..)?),
                None => (after, ""),
            },
        };
        values.push(if value == "$c(0)" { "" } else { value });
        match after.strip_prefix(',') {
            Some(more) => rest = more,
            None => break,
        }
    }
    Some((columns.join(", "), values.join(", ")))
}

/// `Table 'S.T', Foreign Key Constraint 'C' (Field 'F') failed referential integrity check`.
fn foreign_key(sqlcode: i64, message: &str) -> Report {
    let mut names = message.split('\'').skip(1).step_by(2);
    let (table, constraint) = (names.next(), names.next());
    let of = table.map(relation).unwrap_or_default();
    let name = constraint.unwrap_or("unknown").to_lowercase();
    let message = match sqlcode {
        -121 | -122 => {
            format!("insert or update on table \"{of}\" violates foreign key constraint \"{name}\"")
        }
        // IRIS names the table that refers, not the one that lost a row.
        _ => {
            format!("update or delete violates foreign key constraint \"{name}\" on table \"{of}\"")
        }
    };
    let mut report = Report::error("23503", message);
    if let Some(constraint) = constraint {
        report = report.with_constraint(constraint.to_lowercase());
    }
    match table {
        Some(table) => on_table(report, table),
        None => report,
    }
}

fn on_table(report: Report, name: &str) -> Report {
    let (schema, table) = name.rsplit_once('.').unwrap_or(("SQLUser", name));
    let schema = match schema.eq_ignore_ascii_case("SQLUser") {
        true => "public",
        false => schema,
    };
    report.with_table(schema, table)
}

/// The first name in single quotes.
fn quoted(message: &str) -> Option<&str> {
    message.split('\'').nth(1).filter(|name| !name.is_empty())
}

/// A table's name as a PostgreSQL user knows it: without the default schema, and in lower case
/// when IRIS shows it in capitals only.
pub(crate) fn relation(name: &str) -> String {
    let name = match name.split_once('.') {
        Some((schema, table)) if schema.eq_ignore_ascii_case("SQLUser") => table,
        _ => name,
    };
    match name.chars().any(char::is_lowercase) {
        true => name.to_owned(),
        false => name.to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_as_the_client_knows_them() {
        let report = sql_error(-30, "Table 'SQLUSER.FOO' not found");
        assert_eq!(report.sqlstate, "42P01");
        assert_eq!(report.message, "relation \"foo\" does not exist");
        let report =
            sql_error(-29, " Field 'GAME' not found in the applicable tables^ SELECT game");
        assert_eq!(report.message, "column \"game\" does not exist");
    }

    #[test]
    fn a_unique_violation_names_key_and_constraint() {
        let message = "Table 'SQLUser.t', Constraint 'T_PKEY1', Field(s) a=\"1\",b=$c(0); failed unique check";
        let report = sql_error(-119, message);
        assert_eq!(report.sqlstate, "23505");
        assert_eq!(report.constraint.as_deref(), Some("t_pkey1"));
        assert_eq!(report.schema.as_deref(), Some("public"));
        assert_eq!(report.detail.as_deref(), Some("Key (a, b)=(1, ) already exists."));
    }

    #[test]
    fn a_division_by_zero_is_told_as_postgresql_tells_it() {
        let report = sql_error(-400, "Unexpected error occurred: <DIVIDE>zExecute+3^x");
        assert_eq!((report.sqlstate, &*report.message), ("22012", "division by zero"));
    }

    #[test]
    fn what_iris_says_of_its_own_insides_stays_in_the_log() {
        for code in -900..0 {
            let report = sql_error(code, "<STORE>zRun+7^IrisPG.Session.1 in /iris/mgr");
            let own = ["22", "23", "42"].iter().any(|class| report.sqlstate.starts_with(class));
            assert!(own || report.detail.is_none(), "{code}: {:?}", report.detail);
        }
        let report = objectscript("<MAXSTRING>zRun+7^IrisPG.Session.1");
        assert_eq!((report.sqlstate, report.detail.as_deref()), ("54000", None));
        let report = sql_error(-400, "Unexpected error occurred: <MAXNUMBER>zExecute+3^x");
        assert_eq!((report.sqlstate, report.detail.as_deref()), ("22003", None));
        let report = sql_error(-104, "Field 'SQLUser.t.v' (value 'x') failed validation");
        assert!(report.detail.as_deref().is_some_and(|detail| detail.contains("'x'")));
    }

    #[test]
    fn every_code_has_a_report() {
        for code in -900..0 {
            assert_eq!(sql_error(code, "").sqlstate.len(), 5, "{code}");
        }
    }
}

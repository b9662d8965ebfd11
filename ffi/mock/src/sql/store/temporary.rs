//! GLOBAL TEMPORARY tables (iris-sql §1.4): the definition is everybody's, the rows are the
//! process's own. The table of the data file stays empty; every connection has one of the same name
//! among SQLite's temporary tables, which comes before it.
//!
//! UNVERIFIED(iris): the rows live in process-private globals, which take no locks and which a
//! rollback does not restore.

use rusqlite::{Connection, OptionalExtension};

use super::super::api::SqlFailure;
use super::super::store::catalog::Table;
use super::broken;

/// Makes the connection's own table as the definition is now; rows that it has stay, in the columns
/// that both know.
pub(in crate::sql) fn ready(connection: &Connection, table: &Table) -> Result<(), SqlFailure> {
    if !table.temporary {
        return Ok(());
    }
    let made = texts(connection, table.id)?;
    let text = made.join(";");
    let run = |sql: &str| connection.execute_batch(sql).map_err(|e| broken(&e));
    run("CREATE TEMP TABLE IF NOT EXISTS shadows(tab INTEGER PRIMARY KEY, definition TEXT)")?;
    let known: Option<String> = connection
        .query_row("SELECT definition FROM temp.shadows WHERE tab = ?1", [table.id], |r| r.get(0))
        .optional()
        .map_err(|e| broken(&e))?;
    if known.as_deref() == Some(text.as_str()) {
        return Ok(());
    }
    run("SAVEPOINT shadow")?;
    let outcome = remake(connection, table.id, &made, known.is_some()).and_then(|()| {
        let sql = "INSERT OR REPLACE INTO temp.shadows VALUES (?1, ?2)";
        connection.execute(sql, (table.id, &text)).map_err(|e| broken(&e))?;
        Ok(())
    });
    if outcome.is_err() {
        run("ROLLBACK TO shadow")?;
    }
    run("RELEASE shadow")?;
    outcome
}

/// What made the table and its indexes, the table first.
fn texts(connection: &Connection, id: i64) -> Result<Vec<String>, SqlFailure> {
    let sql = "SELECT sql FROM main.sqlite_schema WHERE tbl_name = ?1 AND sql IS NOT NULL
               ORDER BY type DESC, name";
    let mut statement = connection.prepare(sql).map_err(|e| broken(&e))?;
    let rows = statement.query_map([format!("t{id}")], |row| row.get(0)).map_err(|e| broken(&e))?;
    rows.collect::<Result<_, _>>().map_err(|e| broken(&e))
}

fn remake(
    connection: &Connection,
    id: i64,
    made: &[String],
    known: bool,
) -> Result<(), SqlFailure> {
    let run = |sql: &str| connection.execute_batch(sql).map_err(|e| broken(&e));
    let before = columns(connection, id)?;
    if known {
        let sql = "SELECT name FROM temp.sqlite_schema WHERE tbl_name = ?1 AND type = 'index'";
        let mut statement = connection.prepare(sql).map_err(|e| broken(&e))?;
        let names: Result<Vec<String>, _> =
            statement.query_map([format!("t{id}")], |row| row.get(0)).and_then(Iterator::collect);
        for name in names.map_err(|e| broken(&e))? {
            run(&format!("DROP INDEX temp.{name}"))?;
        }
        run(&format!("ALTER TABLE temp.t{id} RENAME TO old{id}"))?;
    }
    for text in made {
        // The counter of AUTOINCREMENT would hide the data file's own.
        let text = text
            .replacen(&format!("CREATE TABLE t{id}"), &format!("CREATE TABLE temp.t{id}"), 1)
            .replacen(&format!("INDEX t{id}_"), &format!("INDEX temp.t{id}_"), 1)
            .replacen(" AUTOINCREMENT", "", 1);
        run(&text)?;
    }
    if known {
        let now = columns(connection, id)?;
        let both: Vec<&str> =
            before.iter().filter(|name| now.contains(name)).map(String::as_str).collect();
        let both = both.join(", ");
        run(&format!(
            "INSERT INTO temp.t{id}({both}) SELECT {both} FROM temp.old{id}; DROP TABLE temp.old{id}"
        ))?;
    }
    Ok(())
}

fn columns(connection: &Connection, id: i64) -> Result<Vec<String>, SqlFailure> {
    let sql = "SELECT name FROM pragma_table_info(?1, 'temp')";
    let mut statement = connection.prepare(sql).map_err(|e| broken(&e))?;
    let rows = statement.query_map([format!("t{id}")], |row| row.get(0)).map_err(|e| broken(&e))?;
    rows.collect::<Result<_, _>>().map_err(|e| broken(&e))
}

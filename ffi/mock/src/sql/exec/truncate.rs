//! TRUNCATE TABLE (iris-sql §1.3).

use rusqlite::types::Value;

use super::super::api::{Execution, SqlFailure};
use super::super::ast::{Delete, Name, Options, Statement};
use super::super::bind::{self, Action};
use super::super::core::{Core, Trouble};
use super::super::parser::{Echo, Parsed};
use super::super::store::catalog::{self, Table};
use super::super::store::{broken, undo};
use super::change::{self, Change};
use super::{Values, keys};

/// Row count −1 (iris-sql §1.3).
fn done() -> Execution {
    Execution { row_count: -1, ..Execution::default() }
}

/// The counters but ROWVERSION's begin again. Outside of a transaction nothing can be undone, as
/// TRUNCATE is not inside the automatic one; in one that was begun, the rows come back with its
/// rollback (iris-sql §1.3). UNVERIFIED(iris): the counters do not, but new RowIDs are those that
/// no row has; and rows that other tables point to keep it from happening, −124, whatever the
/// keys' actions say; %NOCHECK leaves that away.
pub(in crate::sql) fn run(
    core: &Core,
    name: &Name,
    options: Options,
) -> Result<Execution, SqlFailure> {
    let emptied = core.changing(|| {
        let table = &core.named_table(name)?;
        if table.view.is_some() {
            return Ok(false);
        }
        if !options.no_lock {
            core.check_table(table)?;
        }
        let rows = rows_of(core, table)?;
        if !options.no_check {
            unreferenced(core, table, &rows)?;
        }
        if change::logged(core, table) {
            let change = Change::of(core, Options { no_check: true, ..options });
            for row in rows {
                core.check_interrupt()?;
                change.delete(table, row)?;
            }
            core.restart_counters(table);
            return Ok(true);
        }
        let sql = format!("DELETE FROM t{}", table.id);
        core.connection.execute(&sql, []).map_err(|e| broken(&e))?;
        core.forget_rows(table)?;
        Ok(true)
    })?;
    if emptied { Ok(done()) } else { through(core, name, options) }
}

fn rows_of(core: &Core, table: &Table) -> Result<Vec<i64>, SqlFailure> {
    let sql = format!("SELECT rid FROM t{}", table.id);
    let mut statement = core.connection.prepare_cached(&sql).map_err(|e| broken(&e))?;
    let rows = statement.query_map([], |row| row.get(0)).and_then(Iterator::collect);
    rows.map_err(|e| broken(&e))
}

/// −124 for a row that another table points to (iris-sql §1.7).
fn unreferenced(core: &Core, table: &Table, rows: &[i64]) -> Result<(), Trouble> {
    let rules = core.rules(table)?;
    for reference in rules.incoming.iter().filter(|key| key.table.id != table.id) {
        for row in rows {
            let image = undo::image_of(&core.connection, table, *row)?.unwrap_or_default();
            let old = undo::values(table, &image);
            let before = |id: i64| {
                let found = old.iter().find(|(other, _)| *other == id);
                found.map_or(Value::Null, |(_, value)| value.clone())
            };
            if !keys::pointing(core, reference, *row, &before)?.is_empty() {
                return Err(keys::refused(-124, &reference.table, &reference.key).into());
            }
        }
    }
    Ok(())
}

/// A view deletes its rows, with what holds for DELETE through it: −35 for one that takes no
/// changes (iris-sql Appendix A). UNVERIFIED(iris): that this keeps rows which the view does not
/// show, and that the counters begin again only with an empty table.
fn through(core: &Core, name: &Name, options: Options) -> Result<Execution, SqlFailure> {
    let delete = Delete {
        table: name.clone(),
        alias: None,
        from: (Vec::new(), Vec::new()),
        filter: None,
        options,
    };
    let parsed = Parsed {
        statement: Statement::Delete(delete),
        parameters: 0,
        echo: Echo::default(),
        version: core.version,
    };
    let namespace = &core.identity.namespace;
    let mut lookup =
        |schema: &str, name: &str| catalog::find(&core.connection, namespace, schema, name);
    core.planned.set(core.page.schema());
    let plan = bind::bind(parsed, &core.default_schema, core.select_mode, &mut lookup)?;
    let Action::Delete(delete) = &plan.action else { return Ok(done()) };
    let values = Values { elements: Vec::new() };
    change::delete(core, &plan, delete, &values)?;
    if rows_of(core, &delete.table)?.is_empty() {
        core.changing(|| {
            core.restart_counters(&delete.table);
            Ok(())
        })?;
    }
    Ok(done())
}

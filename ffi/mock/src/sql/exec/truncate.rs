//! TRUNCATE TABLE (iris-sql §1.3).

use super::super::api::{Execution, SqlFailure};
use super::super::ast::Options;
use super::super::core::Core;
use super::super::store::catalog::Table;
use super::super::store::{broken, undo};
use super::keys;

/// Row count −1, the counters but ROWVERSION's begin again, nothing is undone (iris-sql §1.3).
/// UNVERIFIED(iris): rows that other tables point to keep it from happening, −124, whatever the
/// keys' actions say; %NOCHECK leaves that away.
pub(in crate::sql) fn run(
    core: &Core,
    table: &Table,
    options: Options,
) -> Result<Execution, SqlFailure> {
    core.changing(|| {
        if !options.no_lock {
            core.check_table(table)?;
        }
        let rules = core.rules(table)?;
        let foreign = rules.incoming.iter().filter(|key| key.table.id != table.id);
        for reference in foreign.filter(|_| !options.no_check) {
            let sql = format!("SELECT rid FROM t{}", table.id);
            let mut statement = core.connection.prepare_cached(&sql).map_err(|e| broken(&e))?;
            let rows: Result<Vec<i64>, _> =
                statement.query_map([], |row| row.get(0)).and_then(Iterator::collect);
            for row in rows.map_err(|e| broken(&e))? {
                let image = undo::image_of(&core.connection, table, row)?.unwrap_or_default();
                let old = undo::values(table, &image);
                let before = |id: i64| {
                    let found = old.iter().find(|(other, _)| *other == id);
                    found.map_or(rusqlite::types::Value::Null, |(_, value)| value.clone())
                };
                if !keys::pointing(core, reference, row, &before)?.is_empty() {
                    return Err(keys::refused(-124, &reference.table, &reference.key).into());
                }
            }
        }
        let sql = format!("DELETE FROM t{}", table.id);
        core.connection.execute(&sql, []).map_err(|e| broken(&e))?;
        core.forget_rows(table)?;
        Ok(Execution { row_count: -1, ..Execution::default() })
    })
}

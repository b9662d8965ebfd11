//! Uniqueness and references (iris-sql §1.3, §1.7).

use rusqlite::OptionalExtension;
use rusqlite::types::Value;

use super::super::api::SqlFailure;
use super::super::core::{Against, Block, Core, Trouble, Verb};
use super::super::functions::upper_key;
use super::super::sqlcode::fail;
use super::super::store::catalog::{self, Column, Key, KeyKind, Table};
use super::super::store::{broken, undo};
use super::super::types::Kept;
use super::super::value::Input;

/// A row as it shall be: values by column number.
pub(super) type NewRow<'a> = &'a dyn Fn(i64) -> Value;

fn collate(column: &Column) -> &'static str {
    if column.upper && column.ty.is_text() { " COLLATE SQLUPPER" } else { "" }
}

/// A row with these key values, other than `not`.
fn find(
    core: &Core,
    table: &Table,
    columns: &[&Column],
    values: &[Value],
    not: i64,
) -> Result<Option<i64>, SqlFailure> {
    let conditions: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| format!("{} = ?{}{}", column.stored(), at + 2, collate(column)))
        .collect();
    let sql = format!(
        "SELECT rid FROM t{} WHERE {} AND rid <> ?1 LIMIT 1",
        table.id,
        conditions.join(" AND ")
    );
    let mut statement = core.connection.prepare_cached(&sql).map_err(|e| broken(&e))?;
    let all = std::iter::once(Value::Integer(not)).chain(values.iter().cloned());
    statement
        .query_row(rusqlite::params_from_iter(all), |row| row.get(0))
        .optional()
        .map_err(|e| broken(&e))
}

fn columns_of<'t>(table: &'t Table, ids: &[i64]) -> Vec<&'t Column> {
    ids.iter().filter_map(|id| table.column(*id)).collect()
}

/// Checks all unique sets that `touched` meets. A conflict with a row that another session holds
/// is waited for, as it may yet go away. UNVERIFIED(iris): whether IRIS waits or refuses at once.
pub(super) fn unique(
    core: &Core,
    table: &Table,
    row: i64,
    new: NewRow<'_>,
    touched: &dyn Fn(i64) -> bool,
    verb: Verb,
) -> Result<(), Trouble> {
    for (name, ids) in table.unique_sets() {
        if !ids.iter().any(|id| touched(*id)) {
            continue;
        }
        let columns = columns_of(table, ids);
        let values: Vec<Value> = ids.iter().map(|id| new(*id)).collect();
        if values.contains(&Value::Null) {
            // Several NULLs are allowed (iris-sql §4.2).
            continue;
        }
        if let Some(found) = find(core, table, &columns, &values, row)? {
            if core.others() {
                core.check_row(table, found, verb)?;
            }
            return Err(Trouble::Fail(not_unique(table, name, &columns, &values, verb)));
        }
        if core.others() {
            freed(core, table, &columns, &values, row, verb)?;
        }
    }
    Ok(())
}

/// −119 or −120 with the filer's text (iris-sql §1.7).
fn not_unique(
    table: &Table,
    name: &str,
    columns: &[&Column],
    values: &[Value],
    verb: Verb,
) -> SqlFailure {
    let fields: Vec<String> = columns
        .iter()
        .zip(values)
        .map(|(column, value)| {
            let text = Input::Kept(value.clone(), column.ty).text();
            let shown = if text.is_empty() { "$c(0)".to_owned() } else { format!("\"{text}\"") };
            format!("{}={shown}", column.name)
        })
        .collect();
    let code = if verb == Verb::Insert { -119 } else { -120 };
    let (full, fields) = (table.full(), fields.join(","));
    fail(
        code,
        format!("Table '{full}', Constraint '{name}', Field(s) {fields}; failed unique check"),
    )
}

/// A key that another session's open transaction gave up may come back with its rollback: wait. The
/// text is that of any row lock (iris-sql §1.7).
fn freed(
    core: &Core,
    table: &Table,
    columns: &[&Column],
    values: &[Value],
    row: i64,
    verb: Verb,
) -> Result<(), Trouble> {
    let given_up = undo::given_up(&core.connection, &core.page, table.id, core.slot.get())?;
    for (number, image) in given_up.into_iter().filter(|(number, _)| *number != row) {
        let old = undo::values(table, &image);
        let same = columns.iter().zip(values).all(|(column, value)| {
            let before = old.iter().find(|(id, _)| *id == column.id).map(|(_, v)| v);
            before.is_some_and(|before| equal(column, before, value))
        });
        if same {
            let full = table.full();
            let word = if verb == Verb::Insert { "INSERT" } else { "UPDATE" };
            let failure = fail(
                -110,
                format!(
                    "Unable to acquire lock for {word} of table '{full}' on row with RowID = \
                     '{number}'"
                ),
            );
            let against = Against::Changing;
            let block = Block { table: table.id, row: number, against, failure };
            return Err(Trouble::Blocked(block));
        }
    }
    Ok(())
}

fn equal(column: &Column, a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) if column.upper && column.ty.kept() == Kept::Text => {
            upper_key(a) == upper_key(b)
        }
        _ => a == b,
    }
}

/// Checks the table's own foreign keys: −121 and −122 (iris-sql §1.7, Appendix A).
pub(super) fn references(
    core: &Core,
    table: &Table,
    new: NewRow<'_>,
    touched: &dyn Fn(i64) -> bool,
    verb: Verb,
) -> Result<(), SqlFailure> {
    for key in table.keys.iter().filter(|key| key.kind == KeyKind::Foreign) {
        let Some((target, ids)) = &key.target else { continue };
        if !key.columns.iter().any(|id| touched(*id)) {
            continue;
        }
        let values: Vec<Value> = key.columns.iter().map(|id| new(*id)).collect();
        if values.contains(&Value::Null) {
            continue;
        }
        let Some(target) = catalog::by_id(&core.connection, *target)? else { continue };
        let found = if ids.is_empty() {
            row_exists(core, &target, &values)?
        } else {
            find(core, &target, &columns_of(&target, ids), &values, i64::MIN)?.is_some()
        };
        if !found {
            let code = if verb == Verb::Insert { -121 } else { -122 };
            return Err(refused(code, table, key));
        }
    }
    Ok(())
}

fn row_exists(core: &Core, table: &Table, values: &[Value]) -> Result<bool, SqlFailure> {
    let sql = format!("SELECT 1 FROM t{} WHERE rid = ?1", table.id);
    let mut statement = core.connection.prepare_cached(&sql).map_err(|e| broken(&e))?;
    statement.exists([values.first()]).map_err(|e| broken(&e))
}

fn refused(code: i32, table: &Table, key: &Key) -> SqlFailure {
    let (full, name) = (table.full(), &key.name);
    let field = key.columns.first().and_then(|id| table.column(*id)).map(|c| c.name.clone());
    let field = field.unwrap_or_default();
    let text = format!(
        "Table '{full}', Foreign Key Constraint '{name}' (Field '{field}') failed referential \
         integrity check"
    );
    fail(code, text)
}

/// Checks that no other row points to key values that go away: −123 and −124 (iris-sql §1.7,
/// Appendix A).
pub(super) fn referenced(
    core: &Core,
    table: &Table,
    row: i64,
    old: NewRow<'_>,
    changed: &dyn Fn(i64) -> bool,
    verb: Verb,
) -> Result<(), SqlFailure> {
    for (other, key) in core.references_to(table)? {
        let Some((_, ids)) = &key.target else { continue };
        if !(ids.iter().any(|id| changed(*id)) || ids.is_empty() && verb == Verb::Delete) {
            continue;
        }
        let values: Vec<Value> = if ids.is_empty() {
            vec![Value::Integer(row)]
        } else {
            ids.iter().map(|id| old(*id)).collect()
        };
        if values.contains(&Value::Null) {
            continue;
        }
        let columns = columns_of(&other, &key.columns);
        let itself = if other.id == table.id { row } else { i64::MIN };
        if find(core, &other, &columns, &values, itself)?.is_some() {
            let code = if verb == Verb::Delete { -124 } else { -123 };
            return Err(refused(code, &other, &key));
        }
    }
    Ok(())
}

/// Whether any table points to this one.
pub(super) fn is_referenced(core: &Core, table: &Table) -> Result<bool, SqlFailure> {
    Ok(!core.references_to(table)?.is_empty())
}

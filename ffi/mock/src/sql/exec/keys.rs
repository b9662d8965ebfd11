//! Uniqueness and references (iris-sql §1.3, §1.7).

use rusqlite::types::Value;
use rusqlite::{OptionalExtension, params_from_iter};

use super::super::api::SqlFailure;
use super::super::core::{Against, Block, Core, Trouble, Verb};
use super::super::functions::upper_key;
use super::super::sqlcode::fail;
use super::super::store::catalog::{Column, Key, Table};
use super::super::store::{broken, undo};
use super::super::types::Kept;
use super::super::value;
use super::graph::{Incoming, Rules, Unique, across};

/// A row as it shall be: values by column number.
pub(super) type NewRow<'a> = &'a dyn Fn(i64) -> Value;

/// The first row that a text of [`super::graph`] finds.
fn first(core: &Core, find: &str, values: &[Value]) -> Result<Option<i64>, SqlFailure> {
    let mut statement = core.connection.prepare_cached(find).map_err(|e| broken(&e))?;
    statement
        .query_row(params_from_iter(values), |row| row.get(0))
        .optional()
        .map_err(|e| broken(&e))
}

/// A row, other than `row`, that has the values of a unique set. NULLs are never equal: several
/// are allowed (iris-sql §4.2).
pub(super) fn twin(
    core: &Core,
    set: &Unique,
    row: i64,
    new: NewRow<'_>,
) -> Result<Option<i64>, SqlFailure> {
    let mut values = vec![Value::Integer(row)];
    values.extend(set.columns.iter().map(|column| new(column.id)));
    if values.contains(&Value::Null) {
        return Ok(None);
    }
    first(core, &set.find, &values)
}

/// Checks all unique sets that `touched` meets. A conflict with a row that another session holds
/// is waited for, as it may yet go away. UNVERIFIED(iris): whether IRIS waits or refuses at once.
pub(super) fn unique(
    core: &Core,
    table: &Table,
    rules: &Rules,
    row: i64,
    new: NewRow<'_>,
    touched: &dyn Fn(i64) -> bool,
    verb: Verb,
) -> Result<(), Trouble> {
    for set in &rules.unique {
        if !set.columns.iter().any(|column| touched(column.id)) {
            continue;
        }
        if let Some(found) = twin(core, set, row, new)? {
            if core.others() {
                core.check_row(table, found, verb)?;
            }
            return Err(Trouble::Fail(not_unique(table, set, new, verb)));
        }
        if core.others() {
            freed(core, table, set, new, row, verb)?;
        }
    }
    Ok(())
}

/// −119 or −120 with the filer's text; `''` shows as `$c(0)` (iris-sql §1.7).
fn not_unique(table: &Table, set: &Unique, new: NewRow<'_>, verb: Verb) -> SqlFailure {
    let fields: Vec<String> = set
        .columns
        .iter()
        .map(|column| {
            let value = new(column.id);
            let text = value::kept(&value, column.ty).text();
            let shown = if text.is_empty() { "$c(0)".to_owned() } else { format!("\"{text}\"") };
            format!("{}={shown}", column.name)
        })
        .collect();
    let code = if verb == Verb::Insert { -119 } else { -120 };
    let (full, name, fields) = (table.full(), &set.name, fields.join(","));
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
    set: &Unique,
    new: NewRow<'_>,
    row: i64,
    verb: Verb,
) -> Result<(), Trouble> {
    let values: Vec<Value> = set.columns.iter().map(|column| new(column.id)).collect();
    if values.contains(&Value::Null) {
        return Ok(());
    }
    let given_up = undo::given_up(&core.connection, &core.page, table.id, core.slot.get())?;
    for (number, image) in given_up.into_iter().filter(|(number, _)| *number != row) {
        let pairs = set.columns.iter().zip(&values);
        if had(&undo::values(table, &image), pairs) {
            return Err(Trouble::Blocked(held_row(table, number, verb)));
        }
    }
    Ok(())
}

/// The block of a row that another session changed (iris-sql §1.7).
fn held_row(table: &Table, row: i64, verb: Verb) -> Block {
    let (full, word) = (table.full(), if verb == Verb::Insert { "INSERT" } else { "UPDATE" });
    let word = if verb == Verb::Delete { "DELETE" } else { word };
    let failure = fail(
        -110,
        format!("Unable to acquire lock for {word} of table '{full}' on row with RowID = '{row}'"),
    );
    Block { table: table.id, row, against: Against::Changing, failure }
}

/// Whether a before-image has these values.
fn had<'v>(old: &[(i64, Value)], mut pairs: impl Iterator<Item = (&'v Column, &'v Value)>) -> bool {
    pairs.all(|(column, value)| {
        let before = old.iter().find(|(id, _)| *id == column.id).map(|(_, v)| v);
        before.is_some_and(|before| equal(column, before, value))
    })
}

/// A row that pointed to the key until another session's open transaction changed or deleted it
/// may come back with its rollback: wait, as for a key that was given up. UNVERIFIED(iris):
/// IRIS may let the referenced row go, and have a row that points nowhere after that rollback.
pub(super) fn let_go(
    core: &Core,
    reference: &Incoming,
    row: i64,
    old: NewRow<'_>,
    verb: Verb,
) -> Result<(), Trouble> {
    let table = &reference.table;
    let values: Vec<Value> = match reference.columns.as_slice() {
        [] => vec![Value::Integer(row)],
        columns => columns.iter().map(|id| old(*id)).collect(),
    };
    let columns: Vec<&Column> =
        reference.key.columns.iter().filter_map(|id| table.column(*id)).collect();
    let given_up = undo::given_up(&core.connection, &core.page, table.id, core.slot.get())?;
    for (number, image) in given_up {
        if had(&undo::values(table, &image), columns.iter().copied().zip(&values)) {
            return Err(Trouble::Blocked(held_row(table, number, verb)));
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

/// Checks the table's own foreign keys: −121 and −122 (iris-sql §1.7). A referenced row that
/// another session has changed is waited for: IRIS takes a shared lock on it. UNVERIFIED(iris):
/// −114 when that fails.
pub(super) fn references(
    core: &Core,
    table: &Table,
    rules: &Rules,
    new: NewRow<'_>,
    touched: &dyn Fn(i64) -> bool,
    verb: Verb,
) -> Result<(), Trouble> {
    for reference in &rules.outgoing {
        let key = &reference.key;
        if !key.columns.iter().any(|id| touched(*id)) {
            continue;
        }
        let values: Vec<Value> = key.columns.iter().map(|id| new(*id)).collect();
        if values.contains(&Value::Null) {
            continue;
        }
        let ids = key.target.as_ref().map(|(_, ids)| ids.as_slice()).unwrap_or_default();
        let there = values.iter().enumerate().map(|(at, value)| {
            let mine = key.columns.get(at).and_then(|id| table.column(*id));
            let theirs = ids.get(at).and_then(|id| reference.target.column(*id));
            match (mine, theirs) {
                (Some(mine), Some(theirs)) => across(value.clone(), mine.ty, theirs),
                _ => Some(value.clone()),
            }
        });
        let found = match there.collect::<Option<Vec<Value>>>() {
            Some(values) => first(core, &reference.find, &values)?,
            None => None,
        };
        let Some(found) = found else {
            let code = if verb == Verb::Insert { -121 } else { -122 };
            return Err(refused(code, table, key).into());
        };
        if core.others() {
            shared(core, &reference.target, found)?;
        }
    }
    Ok(())
}

/// −114, the text of a shared lock that cannot be had (iris-sql §1.7).
fn shared(core: &Core, target: &Table, row: i64) -> Result<(), Trouble> {
    let against = Against::Reading;
    if core.blocker(target.id, row, against).is_none() {
        return Ok(());
    }
    let full = target.full();
    let text = format!("Unable to acquire shared lock on table {full} for RowID value: {row}");
    let failure = fail(-114, text);
    Err(Trouble::Blocked(Block { table: target.id, row, against, failure }))
}

/// −121 to −124 with the filer's text (iris-sql §1.7).
pub(super) fn refused(code: i32, table: &Table, key: &Key) -> SqlFailure {
    let (full, name) = (table.full(), &key.name);
    let field = key.columns.first().and_then(|id| table.column(*id)).map(|c| c.name.clone());
    let field = field.unwrap_or_default();
    let text = format!(
        "Table '{full}', Foreign Key Constraint '{name}' (Field '{field}') failed referential \
         integrity check"
    );
    fail(code, text)
}

/// The rows that point to a row with these old values.
pub(super) fn pointing(
    core: &Core,
    reference: &Incoming,
    row: i64,
    old: NewRow<'_>,
) -> Result<Vec<i64>, SqlFailure> {
    let values: Vec<Value> = match reference.columns.as_slice() {
        [] => vec![Value::Integer(row)],
        columns => columns.iter().map(|id| old(*id)).collect(),
    };
    if values.contains(&Value::Null) {
        return Ok(Vec::new());
    }
    let mine = values.into_iter().enumerate().map(|(at, value)| {
        let column = reference.key.columns.get(at).and_then(|id| reference.table.column(*id));
        match (reference.types.get(at), column) {
            (Some(from), Some(column)) => across(value, *from, column),
            _ => Some(value),
        }
    });
    let Some(values) = mine.collect::<Option<Vec<Value>>>() else { return Ok(Vec::new()) };
    let mut statement = core.connection.prepare_cached(&reference.find).map_err(|e| broken(&e))?;
    let rows = statement.query_map(params_from_iter(&values), |row| row.get(0));
    rows.and_then(Iterator::collect).map_err(|e| broken(&e))
}

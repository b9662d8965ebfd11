//! UPDATE and DELETE, with what foreign keys do to other rows (iris-sql §1.3, §1.4).

use std::rc::Rc;

use rusqlite::types::{ToSqlOutput, Value};

use super::super::api::{Execution, SqlFailure};
use super::super::ast::Options;
use super::super::bind::{DeletePlan, Plan, UpdatePlan};
use super::super::core::{Core, Trouble, Verb};
use super::super::sqlcode::{bare, fail};
use super::super::store::catalog::{Fallback, KeyAction, Table};
use super::super::store::{broken, undo};
use super::super::types::{Filled, Ty};
use super::super::{validation, value};
use super::graph::{Incoming, Rules};
use super::{Values, counters, insert, keys};

/// How many rows one statement may change by foreign keys: ten million. Not IRIS's: it bounds what
/// a defect here could do; keys that point in a circle end by themselves.
const CASCADE_MAX: usize = 10_000_000;

/// What a statement that changes rows answers. No row found is 100, a success (iris-sql §1.3).
pub(super) fn done(count: i64, last: i64) -> Execution {
    Execution {
        sqlcode: if count == 0 { 100 } else { 0 },
        row_count: count,
        row_id: if count == 0 { String::new() } else { last.to_string() },
        ..Execution::default()
    }
}

/// Whether changes of a table are undone by a rollback; those of temporary tables are not.
pub(super) fn logged(core: &Core, table: &Table) -> bool {
    core.in_transaction() && !table.temporary
}

/// Claims a row for a change, unless the statement or the table goes without locks (iris-sql §1.3).
pub(super) fn claim(
    core: &Core,
    table: &Table,
    row: i64,
    verb: Verb,
    options: Options,
) -> Result<(), Trouble> {
    // A before-image needs its lock, so that %NOLOCK leaves only the waiting away.
    if table.temporary || options.no_lock && !core.in_transaction() {
        return Ok(());
    }
    core.claim(table, row, verb)
}

/// A row that was filed through a view with CHECK OPTION is in it: −136 and −137 (iris-sql
/// Appendix A). UNVERIFIED(iris): the row is looked for when its fields are valid and unique, so
/// that −104, −108 and −119 come before, and −121 after.
pub(super) fn checked(
    core: &Core,
    plan: &Plan,
    values: &Values<'_>,
    checks: &[String],
    row: i64,
    verb: Verb,
) -> Result<(), SqlFailure> {
    for check in checks {
        let sql = format!("{check}{row}");
        let mut statement = core.connection.prepare(&sql).map_err(|e| broken(&e))?;
        super::bind(core, plan, values, &mut statement)?;
        if statement.raw_query().next().map_err(|e| broken(&e))?.is_none() {
            return Err(bare(if verb == Verb::Insert { -136 } else { -137 }));
        }
    }
    Ok(())
}

fn number(row: &[Value]) -> i64 {
    match row.first() {
        Some(Value::Integer(row)) => *row,
        _ => 0,
    }
}

pub(in crate::sql) fn update(
    core: &Core,
    plan: &Plan,
    update: &UpdatePlan,
    values: &Values<'_>,
) -> Result<Execution, SqlFailure> {
    core.changing(|| {
        core.still_planned()?;
        let mut rows = super::rows_of(core, plan, values, &update.query)?;
        // A join may find a row several times. UNVERIFIED(iris): it is changed once, by the first
        // match.
        rows.dedup_by_key(|row| number(row));
        let change = Change::of(core, update.options);
        for row in &rows {
            core.check_interrupt()?;
            let sets = new_values(core, plan, update, values, row)?;
            change.update(&update.table, number(row), sets)?;
            checked(core, plan, values, &update.checks, number(row), Verb::Update)?;
        }
        let last = rows.last().map_or(0, |row| number(row));
        Ok(done(i64::try_from(rows.len()).unwrap_or(i64::MAX), last))
    })
}

/// The values that UPDATE sets in a row; the checks stand in the filer's order.
fn new_values(
    core: &Core,
    plan: &Plan,
    update: &UpdatePlan,
    values: &Values<'_>,
    row: &[Value],
) -> Result<Vec<(i64, Value)>, SqlFailure> {
    let table = &*update.table;
    let mut new = Vec::with_capacity(update.cells.len() + 1);
    for (place, cell) in &update.cells {
        let Some(column) = table.columns.get(*place) else { continue };
        let input = super::cell_input(cell, values, row, column.ty);
        let value = match insert::defaulted(column, &input) {
            true => super::default_value(core, column),
            false => value::to_owned(&validation::stored(table, column, &input, plan.mode, false)?),
        };
        new.push((column.id, value));
    }
    Ok(new)
}

pub(in crate::sql) fn delete(
    core: &Core,
    plan: &Plan,
    delete: &DeletePlan,
    values: &Values<'_>,
) -> Result<Execution, SqlFailure> {
    core.changing(|| {
        core.still_planned()?;
        let mut rows = super::rows_of(core, plan, values, &delete.query)?;
        rows.dedup_by_key(|row| number(row));
        let change = Change::of(core, delete.options);
        let (mut count, mut last) = (0, 0);
        for row in &rows {
            core.check_interrupt()?;
            // A row that a foreign key of the same table took away with an earlier one is gone.
            if change.delete(&delete.table, number(row))? {
                (count, last) = (count + 1, number(row));
            }
        }
        Ok(done(count, last))
    })
}

/// A change that a foreign key asks for.
enum Work {
    Delete(Rc<Table>, i64),
    Set(Rc<Table>, i64, Vec<(i64, Value)>),
}

/// Changes rows, and the rows that point to them.
pub(super) struct Change<'c> {
    core: &'c Core,
    options: Options,
}

impl<'c> Change<'c> {
    pub(super) fn of(core: &'c Core, options: Options) -> Change<'c> {
        Change { core, options }
    }

    /// Updates a row and follows the foreign keys that point to it.
    pub(super) fn update(
        &self,
        table: &Rc<Table>,
        row: i64,
        sets: Vec<(i64, Value)>,
    ) -> Result<(), Trouble> {
        let mut todo = Vec::new();
        self.set(table, row, sets, &mut todo)?;
        self.follow(todo)
    }

    /// Deletes a row and follows the foreign keys that point to it; gives whether there was one.
    pub(super) fn delete(&self, table: &Rc<Table>, row: i64) -> Result<bool, Trouble> {
        let mut todo = Vec::new();
        let found = self.remove(table, row, &mut todo)?;
        self.follow(todo)?;
        Ok(found)
    }

    /// A list instead of a recursion: chains may be long. A circle ends where a row is gone or has
    /// its value already. UNVERIFIED(iris): the code beyond the limit, which IRIS has not.
    fn follow(&self, mut todo: Vec<Work>) -> Result<(), Trouble> {
        let mut count = 0;
        while let Some(work) = todo.pop() {
            self.core.check_interrupt()?;
            count += 1;
            if count > CASCADE_MAX {
                return Err(fail(-400, "Unexpected error occurred: <FRAMESTACK>").into());
            }
            match work {
                Work::Delete(table, row) => {
                    self.remove(&table, row, &mut todo)?;
                }
                Work::Set(table, row, sets) => self.set(&table, row, sets, &mut todo)?,
            }
        }
        Ok(())
    }

    fn set(
        &self,
        table: &Rc<Table>,
        row: i64,
        mut new: Vec<(i64, Value)>,
        todo: &mut Vec<Work>,
    ) -> Result<(), Trouble> {
        let core = self.core;
        required(table, &new)?;
        let rules = core.rules(table)?;
        claim(core, table, row, Verb::Update, self.options)?;
        let touched = |id: i64| new.iter().any(|(other, _)| *other == id);
        let pointed = rules.incoming.iter().any(|key| key.columns.iter().any(|id| touched(*id)));
        let counter = table.columns.iter().any(|c| c.filled == Filled::Counter && touched(c.id));
        let image = if pointed || counter || logged(core, table) {
            match undo::image_by(&core.connection, &rules.image, table, row)? {
                Some(image) => Some(image),
                None => return Ok(()),
            }
        } else {
            None
        };
        if logged(core, table) {
            core.keep(table, row, image.as_deref())?;
        }
        let old = undo::values(table, image.as_deref().unwrap_or_default());
        counters_kept(table, &old, &new)?;
        self.filled_by_table(table, &mut new)?;
        let touched = |id: i64| new.iter().any(|(other, _)| *other == id);
        let keyed = rules.unique.iter().any(|set| set.columns.iter().any(|c| touched(c.id)));
        if keyed && core.others() {
            whole_unique(core, table, &rules, row, &new)?;
        }
        if let Err(error) = write(core, &rules, row, &new) {
            whole_unique(core, table, &rules, row, &new)?;
            return Err(Trouble::Fail(broken(&error)));
        }
        if self.options.no_check {
            return Ok(());
        }
        if rules.outgoing.iter().any(|reference| reference.key.columns.iter().any(|c| touched(*c)))
        {
            let image =
                undo::image_by(&core.connection, &rules.image, table, row)?.unwrap_or_default();
            let now = undo::values(table, &image);
            keys::references(core, table, &rules, &|id| lookup(&now, id), &touched, Verb::Update)?;
        }
        if pointed {
            let changed = |id: i64| touched(id) && lookup(&new, id) != lookup(&old, id);
            for reference in &rules.incoming {
                if reference.columns.iter().any(|id| changed(*id)) {
                    self.key_changed(reference, row, &old, &new, todo)?;
                }
            }
        }
        Ok(())
    }

    /// What the table itself fills: ROWVERSION counts on, ON UPDATE columns take their value
    /// (iris-sql §1.4, §1.5), also where the statement gives another one: that was checked, as the
    /// vendor's page on CREATE TABLE says, and is not used.
    fn filled_by_table(
        &self,
        table: &Table,
        new: &mut Vec<(i64, Value)>,
    ) -> Result<(), SqlFailure> {
        for column in &table.columns {
            if column.filled == Filled::RowVersion {
                let version = counters::version(self.core)?;
                new.push((column.id, Value::Integer(version)));
            } else if column.on_update != Fallback::None {
                new.retain(|(id, _)| *id != column.id);
                let value = super::fallback_value(self.core, column, &column.on_update);
                new.push((column.id, value));
            }
        }
        Ok(())
    }

    /// The rows that point to a key that was changed: −123, or the action (iris-sql §1.4).
    fn key_changed(
        &self,
        reference: &Incoming,
        row: i64,
        old: &[(i64, Value)],
        new: &[(i64, Value)],
        todo: &mut Vec<Work>,
    ) -> Result<(), Trouble> {
        let before = |id: i64| lookup(old, id);
        let rows = keys::pointing(self.core, reference, row, &before)?;
        if self.core.others() {
            keys::let_go(self.core, reference, row, &before, Verb::Update)?;
        }
        let action = reference.key.on_update;
        let now = |id: i64| {
            let changed = new.iter().find(|(other, _)| *other == id).map(|(_, v)| v.clone());
            changed.unwrap_or_else(|| lookup(old, id))
        };
        for other in rows {
            let sets = match action {
                KeyAction::NoAction => {
                    return Err(self.restricted(-123, reference, other, Verb::Update));
                }
                KeyAction::Cascade => {
                    let ends = reference.columns.iter().zip(&reference.types);
                    let pairs = reference.key.columns.iter().zip(ends);
                    pairs
                        .map(|(mine, (theirs, ty))| {
                            (*mine, cascaded(reference, *mine, now(*theirs), *ty))
                        })
                        .collect()
                }
                action => self.emptied(reference, action),
            };
            todo.push(Work::Set(Rc::clone(&reference.table), other, sets));
        }
        Ok(())
    }

    /// The values of SET NULL and SET DEFAULT.
    fn emptied(&self, reference: &Incoming, action: KeyAction) -> Vec<(i64, Value)> {
        let columns = reference.key.columns.iter().filter_map(|id| reference.table.column(*id));
        columns
            .map(|column| match action {
                KeyAction::SetDefault => (column.id, super::default_value(self.core, column)),
                _ => (column.id, Value::Null),
            })
            .collect()
    }

    /// −123 or −124 for a row that points to what goes away; one that another session has changed
    /// is waited for, as it may yet go away itself.
    fn restricted(&self, code: i32, reference: &Incoming, row: i64, verb: Verb) -> Trouble {
        let held = match self.core.others() {
            true => self.core.check_row(&reference.table, row, verb).err(),
            false => None,
        };
        held.unwrap_or_else(|| keys::refused(code, &reference.table, &reference.key).into())
    }

    fn remove(&self, table: &Rc<Table>, row: i64, todo: &mut Vec<Work>) -> Result<bool, Trouble> {
        let core = self.core;
        claim(core, table, row, Verb::Delete, self.options)?;
        let rules = core.rules(table)?;
        let pointed = !rules.incoming.is_empty() && !self.options.no_check;
        let image = if pointed || logged(core, table) {
            undo::image_by(&core.connection, &rules.image, table, row)?
        } else {
            None
        };
        if image.is_some() && logged(core, table) {
            core.keep(table, row, image.as_deref())?;
        }
        let mut statement =
            core.connection.prepare_cached(&rules.delete).map_err(|e| broken(&e))?;
        if statement.execute([row]).map_err(|e| broken(&e))? == 0 {
            return Ok(false);
        }
        if !pointed {
            return Ok(true);
        }
        let old = undo::values(table, image.as_deref().unwrap_or_default());
        for reference in &rules.incoming {
            let before = |id: i64| lookup(&old, id);
            if core.others() {
                keys::let_go(core, reference, row, &before, Verb::Delete)?;
            }
            for other in keys::pointing(core, reference, row, &before)? {
                let other_table = Rc::clone(&reference.table);
                todo.push(match reference.key.on_delete {
                    KeyAction::NoAction => {
                        return Err(self.restricted(-124, reference, other, Verb::Delete));
                    }
                    KeyAction::Cascade => Work::Delete(other_table, other),
                    action => Work::Set(other_table, other, self.emptied(reference, action)),
                });
            }
        }
        Ok(true)
    }
}

/// A key's new value as the pointing column keeps it. UNVERIFIED(iris): one that this cannot hold
/// is stored as it would be by an assignment.
fn cascaded(reference: &Incoming, mine: i64, new: Value, from: Ty) -> Value {
    match reference.table.column(mine) {
        Some(column) if column.ty.kept() != from.kept() => {
            validation::fallback(column, &value::kept(&new, from))
        }
        _ => new,
    }
}

fn lookup(values: &[(i64, Value)], id: i64) -> Value {
    values.iter().find(|(other, _)| *other == id).map_or(Value::Null, |(_, v)| v.clone())
}

/// −108 for a required field that would lose its value (iris-sql §1.7).
fn required(table: &Table, new: &[(i64, Value)]) -> Result<(), SqlFailure> {
    for (id, value) in new {
        if let (Value::Null, Some(column)) = (value, table.column(*id))
            && column.not_null
        {
            return Err(insert::missing_field(table, &column.name));
        }
    }
    Ok(())
}

/// A SERIAL field that has a value keeps it: −105. UNVERIFIED(iris): the vendor's page on the type
/// says so, no collected fact does; AUTO_INCREMENT fields may be changed.
fn counters_kept(
    table: &Table,
    old: &[(i64, Value)],
    new: &[(i64, Value)],
) -> Result<(), SqlFailure> {
    for (id, value) in new {
        let Some(column) = table.column(*id).filter(|c| c.class == "%Library.Counter") else {
            continue;
        };
        let before = lookup(old, *id);
        if !matches!(before, Value::Null | Value::Integer(0)) && before != *value {
            let text = value::kept(value, column.ty).text();
            return Err(validation::invalid(table, column, &text, false));
        }
    }
    Ok(())
}

fn write(core: &Core, rules: &Rules, row: i64, new: &[(i64, Value)]) -> rusqlite::Result<()> {
    let mut statement = core.connection.prepare_cached(&rules.update(new))?;
    statement.raw_bind_parameter(1, row)?;
    for (at, (_, value)) in new.iter().enumerate() {
        statement.raw_bind_parameter(at + 2, ToSqlOutput::Borrowed(value.into()))?;
    }
    statement.raw_execute().map(|_| ())
}

/// Unique sets need the values that do not change, too.
fn whole_unique(
    core: &Core,
    table: &Table,
    rules: &Rules,
    row: i64,
    new: &[(i64, Value)],
) -> Result<(), Trouble> {
    let image = undo::image_by(&core.connection, &rules.image, table, row)?.unwrap_or_default();
    let old = undo::values(table, &image);
    let touched = |id: i64| new.iter().any(|(other, _)| *other == id);
    let value = |id: i64| if touched(id) { lookup(new, id) } else { lookup(&old, id) };
    keys::unique(core, table, rules, row, &value, &touched, Verb::Update)
}

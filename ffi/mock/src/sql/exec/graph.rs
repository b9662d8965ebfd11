//! What must be unique and what points where, for the tables of a namespace: read once per
//! definition of them, so that filing a row asks no catalogue.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use rusqlite::types::Value;

use super::super::api::SqlFailure;
use super::super::core::Core;
use super::super::sqlcode::bare;
use super::super::store::catalog::{self, Column, Key, KeyKind, Table};
use super::super::store::undo;
use super::super::types::Ty;
use super::super::{validation, value};

/// The tables of a namespace.
#[derive(Debug)]
pub(in crate::sql) struct Graph {
    tables: HashMap<i64, Rc<Table>>,
    rules: RefCell<HashMap<i64, Rc<Rules>>>,
}

/// What holds for the rows of one table.
#[derive(Debug)]
pub(in crate::sql) struct Rules {
    pub(in crate::sql) unique: Vec<Unique>,
    /// Foreign keys of the table. NOCHECK ones are not enforced (iris-sql §1.4).
    pub(in crate::sql) outgoing: Vec<Outgoing>,
    /// Foreign keys that point to the table.
    pub(in crate::sql) incoming: Vec<Incoming>,
    /// Deletes a row.
    pub(in crate::sql) delete: String,
    /// Reads a row for its image.
    pub(in crate::sql) image: String,
    /// Texts that set these columns of a row.
    updates: RefCell<Vec<(Vec<i64>, Rc<str>)>>,
    table: i64,
}

impl Rules {
    /// The text that sets these columns in the row ?1, to ?2 and following.
    pub(in crate::sql) fn update(&self, new: &[(i64, Value)]) -> Rc<str> {
        let mut updates = self.updates.borrow_mut();
        let same = |ids: &[i64]| ids.iter().eq(new.iter().map(|(id, _)| id));
        if let Some((_, text)) = updates.iter().find(|(ids, _)| same(ids)) {
            return Rc::clone(text);
        }
        let sets: Vec<String> =
            new.iter().enumerate().map(|(at, (id, _))| format!("c{id} = ?{}", at + 2)).collect();
        let text = format!("UPDATE t{} SET {} WHERE rid = ?1", self.table, sets.join(", "));
        let text: Rc<str> = Rc::from(text);
        if updates.len() >= UPDATES_KEPT {
            updates.clear();
        }
        updates.push((new.iter().map(|(id, _)| *id).collect(), Rc::clone(&text)));
        text
    }
}

/// Texts of UPDATE kept per table: 64 sets of columns, above what an application's statements have.
const UPDATES_KEPT: usize = 64;

/// Columns that must be unique together.
#[derive(Debug)]
pub(in crate::sql) struct Unique {
    pub(in crate::sql) name: String,
    pub(in crate::sql) columns: Vec<Column>,
    /// The row number of a row with these values, ?2 and following, other than ?1.
    pub(in crate::sql) find: String,
}

/// A foreign key, seen from the table that has it.
#[derive(Debug)]
pub(in crate::sql) struct Outgoing {
    pub(in crate::sql) key: Key,
    pub(in crate::sql) target: Rc<Table>,
    /// The row number of the referenced row.
    pub(in crate::sql) find: String,
}

/// A foreign key, seen from the table it points to.
#[derive(Debug)]
pub(in crate::sql) struct Incoming {
    pub(in crate::sql) key: Key,
    /// The table that has the key.
    pub(in crate::sql) table: Rc<Table>,
    /// Referenced columns; none for the RowID.
    pub(in crate::sql) columns: Vec<i64>,
    /// Their types.
    pub(in crate::sql) types: Vec<Ty>,
    /// The row numbers of referencing rows.
    pub(in crate::sql) find: String,
}

fn columns_of(table: &Table, ids: &[i64]) -> Vec<Column> {
    ids.iter().filter_map(|id| table.column(*id)).cloned().collect()
}

/// Finds rows by values from `?1` or `?2` on, compared as the columns' collations say.
fn finding(table: &Table, columns: &[Column], first: usize) -> String {
    let mut sql = format!("SELECT rid FROM t{} WHERE ", table.id);
    for (at, column) in columns.iter().enumerate() {
        let collate = if column.upper && column.ty.is_text() { " COLLATE SQLUPPER" } else { "" };
        let and = if at == 0 { "" } else { " AND " };
        sql.push_str(&format!("{and}{} = ?{}{collate}", column.stored(), at + first));
    }
    sql
}

impl Graph {
    fn read(core: &Core) -> Result<Graph, SqlFailure> {
        let all = catalog::all(&core.connection, &core.identity.namespace)?;
        let tables = all.into_iter().map(|table| (table.id, Rc::new(table))).collect();
        Ok(Graph { tables, rules: RefCell::default() })
    }

    pub(in crate::sql) fn rules(&self, table: &Table) -> Rc<Rules> {
        if let Some(known) = self.rules.borrow().get(&table.id) {
            return Rc::clone(known);
        }
        let rules = Rc::new(self.make(table));
        self.rules.borrow_mut().insert(table.id, Rc::clone(&rules));
        rules
    }

    fn make(&self, table: &Table) -> Rules {
        let unique = table
            .unique_sets()
            .map(|(name, ids)| {
                let columns = columns_of(table, ids);
                let find = format!("{} AND rid <> ?1 LIMIT 1", finding(table, &columns, 2));
                Unique { name: name.to_owned(), columns, find }
            })
            .collect();
        let enforced = |key: &&Key| key.kind == KeyKind::Foreign && !key.no_check;
        let outgoing = table.keys.iter().filter(enforced).filter_map(|key| {
            let (target, ids) = key.target.as_ref()?;
            let target = self.tables.get(target)?;
            let find = match ids.as_slice() {
                [] => format!("SELECT rid FROM t{} WHERE rid = ?1", target.id),
                ids => format!("{} LIMIT 1", finding(target, &columns_of(target, ids), 1)),
            };
            Some(Outgoing { key: key.clone(), target: Rc::clone(target), find })
        });
        let outgoing = outgoing.collect();
        let mut incoming = Vec::new();
        let mut tables: Vec<&Rc<Table>> = self.tables.values().collect();
        tables.sort_by_key(|other| other.id);
        for other in tables {
            for key in other.keys.iter().filter(enforced) {
                let Some((_, columns)) = key.target.as_ref().filter(|(to, _)| *to == table.id)
                else {
                    continue;
                };
                incoming.push(Incoming {
                    key: key.clone(),
                    table: Rc::clone(other),
                    columns: columns.clone(),
                    types: columns_of(table, columns).iter().map(|column| column.ty).collect(),
                    find: finding(other, &columns_of(other, &key.columns), 1),
                });
            }
        }
        Rules {
            unique,
            outgoing,
            incoming,
            delete: format!("DELETE FROM t{} WHERE rid = ?1", table.id),
            image: undo::image_text(table),
            updates: RefCell::default(),
            table: table.id,
        }
    }
}

/// A key's value as the column at the other end of the key keeps it, where types differ; `None`
/// when that column cannot hold it (iris-sql §1.4).
pub(in crate::sql) fn across(value: Value, from: Ty, to: &Column) -> Option<Value> {
    if from.kept() == to.ty.kept() || value == Value::Null {
        return Some(value);
    }
    let before = value::kept(&value, from);
    let after = validation::fallback(to, &before);
    let same = before.text() == value::kept(&after, to.ty).text();
    same.then_some(after)
}

impl Core {
    /// Inside of a write transaction: whether the definitions are still those for which the
    /// running statement was prepared. The failure, −478 (iris-sql Appendix A), makes the session
    /// prepare it again.
    pub(in crate::sql) fn still_planned(&self) -> Result<(), SqlFailure> {
        if self.page.schema() == self.planned.get() { Ok(()) } else { Err(bare(-478)) }
    }

    /// What holds for the rows of a table, as the definitions are now.
    pub(in crate::sql) fn rules(&self, table: &Table) -> Result<Rc<Rules>, SqlFailure> {
        let schema = self.page.schema();
        let mut graph = self.graph.borrow_mut();
        if let Some((seen, graph)) = graph.as_ref()
            && *seen == schema
        {
            return Ok(graph.rules(table));
        }
        let (_, graph) = graph.insert((schema, Graph::read(self)?));
        Ok(graph.rules(table))
    }
}

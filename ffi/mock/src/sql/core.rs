//! What a session's statements share: the connection, the page, and the session's locks and undo.

mod group;
mod locking;
mod transaction;

pub(in crate::sql) use group::Group;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rusqlite::Connection;

use super::api::{Identity, SelectMode, SqlFailure, Version};
use super::ast::Name;
use super::bind::{DEFAULT_SCHEMA, missing_table};
use super::control::CommitMode;
use super::exec::table_lock::TableLock;
use super::store::catalog::{self, Key, Table};
use super::store::counters::{self, Counted};
use super::store::death::point;
use super::store::locks::{self, Holder};
use super::store::page::Page;
use super::store::{self, broken, undo};

/// What a new row is checked under, before it has a number: any lock of the whole table blocks it.
pub(in crate::sql) const NEW_ROW: i64 = locks::WHOLE_TABLE;

/// How a statement ended that did not succeed.
#[derive(Debug)]
pub(in crate::sql) enum Trouble {
    Fail(SqlFailure),
    /// Another session holds a lock; the statement is undone and tried again.
    Blocked(Block),
}

/// A lock that another session holds.
#[derive(Debug, Clone)]
pub(in crate::sql) struct Block {
    pub(in crate::sql) table: i64,
    pub(in crate::sql) row: i64,
    pub(in crate::sql) against: Against,
    /// What to say when the wait was in vain.
    pub(in crate::sql) failure: SqlFailure,
}

/// Which locks of others are against what a session wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum Against {
    /// To read a row: its lock and that of its table.
    Reading,
    /// To change a row: shared locks of its table as well.
    Changing,
    /// To share a table: all but shared locks.
    Sharing,
    /// To have a table alone: any lock of it.
    Having,
}

impl From<SqlFailure> for Trouble {
    fn from(failure: SqlFailure) -> Trouble {
        Trouble::Fail(failure)
    }
}

/// The verbs that take locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum Verb {
    Insert,
    Update,
    Delete,
}

impl Verb {
    fn name(self) -> &'static str {
        match self {
            Verb::Insert => "INSERT",
            Verb::Update => "UPDATE",
            Verb::Delete => "DELETE",
        }
    }
}

/// The graph of a namespace's keys, read at this schema number.
type Known = Option<(i64, super::exec::graph::Graph)>;

/// Referencing tables by referenced table, read at this schema number.
type Referencing = (i64, HashMap<i64, Vec<(Rc<Table>, Key)>>);

pub(in crate::sql) struct Core {
    pub(in crate::sql) connection: Connection,
    pub(in crate::sql) page: Arc<Page>,
    pub(in crate::sql) dir: PathBuf,
    pub(in crate::sql) version: Version,
    pub(in crate::sql) identity: Identity,
    pub(in crate::sql) holder: Holder,
    pub(in crate::sql) interrupt: Arc<AtomicBool>,
    /// A rollback runs, which nothing stops.
    pub(in crate::sql) firm: Arc<AtomicBool>,
    pub(in crate::sql) lock_timeout: Duration,
    pub(in crate::sql) read_committed: bool,
    /// For statements that are prepared from now on.
    pub(in crate::sql) select_mode: SelectMode,
    pub(in crate::sql) commit_mode: CommitMode,
    pub(in crate::sql) default_schema: String,
    /// This session's slot in shared memory; taken by its first change in a transaction.
    pub(in crate::sql) slot: Cell<Option<usize>>,
    /// The number of the open transaction, 0 before its first change.
    owner: Cell<i64>,
    /// Number of the next before-image.
    pub(in crate::sql) seq: Cell<i64>,
    /// Where each open level began among the before-images.
    pub(in crate::sql) levels: RefCell<Vec<i64>>,
    /// Savepoints by SQL: their level and the key of their name.
    pub(in crate::sql) savepoints: RefCell<Vec<(usize, String)>>,
    taken: RefCell<HashMap<i64, Taken>>,
    /// Locks that the running statement took.
    fresh: RefCell<Vec<(i64, i64)>>,
    pub(in crate::sql) table_locks: RefCell<Vec<TableLock>>,
    emptied: RefCell<Vec<Emptied>>,
    /// A statement found no slot in shared memory.
    crowded: Cell<bool>,
    /// The process that made the session: a fork of it does not end its transaction.
    process: u32,
    /// Several statements share one SQLite transaction.
    grouped: Cell<bool>,
    /// The schema number for which the running statement was prepared.
    pub(in crate::sql) planned: Cell<i64>,
    referencing: RefCell<Referencing>,
    pub(in crate::sql) graph: RefCell<Known>,
}

/// A table that the SQLite transaction which runs empties.
#[derive(Debug, Clone, Copy)]
struct Emptied {
    table: i64,
    /// How far its row numbers had come.
    reached: Option<i64>,
    /// No rollback brings the rows back.
    for_good: bool,
}

/// What a transaction holds of one table.
#[derive(Debug, Clone, Copy, Default)]
struct Taken {
    rows: u64,
    whole: bool,
}

impl Core {
    pub(in crate::sql) fn new(
        connection: Connection,
        page: Arc<Page>,
        dir: PathBuf,
        version: Version,
        identity: Identity,
        holder: Holder,
    ) -> Core {
        Core {
            connection,
            page,
            dir,
            version,
            identity,
            holder,
            interrupt: Arc::new(AtomicBool::new(false)),
            firm: Arc::new(AtomicBool::new(false)),
            lock_timeout: Duration::from_secs(10),
            read_committed: false,
            select_mode: SelectMode::default(),
            commit_mode: CommitMode::Implicit,
            default_schema: DEFAULT_SCHEMA.to_owned(),
            slot: Cell::new(None),
            owner: Cell::new(0),
            seq: Cell::new(0),
            levels: RefCell::new(Vec::new()),
            savepoints: RefCell::new(Vec::new()),
            taken: RefCell::new(HashMap::new()),
            fresh: RefCell::new(Vec::new()),
            table_locks: RefCell::new(Vec::new()),
            emptied: RefCell::new(Vec::new()),
            crowded: Cell::new(false),
            process: std::process::id(),
            grouped: Cell::new(false),
            planned: Cell::new(0),
            referencing: RefCell::new((-1, HashMap::new())),
            graph: RefCell::new(None),
        }
    }

    /// Whether another session may hold locks: a look into shared memory.
    pub(in crate::sql) fn others(&self) -> bool {
        let me = self.slot.get();
        self.page.slots().any(|(at, slot)| {
            let busy = slot.transaction.load(Ordering::SeqCst) != 0
                || slot.holding.load(Ordering::SeqCst) != 0;
            busy && me != Some(at)
        })
    }

    pub(in crate::sql) fn in_transaction(&self) -> bool {
        !self.levels.borrow().is_empty()
    }

    /// −456 when somebody asked for it.
    pub(in crate::sql) fn check_interrupt(&self) -> Result<(), SqlFailure> {
        if self.interrupt.swap(false, Ordering::SeqCst) {
            return Err(store::interrupted());
        }
        Ok(())
    }

    /// The rows of a table are gone for good when the SQLite transaction that runs is; its counters
    /// then begin again. Inside of a write transaction.
    pub(in crate::sql) fn forget_rows(&self, table: &Table) -> Result<(), SqlFailure> {
        undo::forget(&self.connection, table.id)?;
        let sql = "DELETE FROM counters WHERE tab = ?1";
        self.connection.execute(sql, [table.id]).map_err(|e| broken(&e))?;
        self.emptied.borrow_mut().push(self.emptied(table.id, true));
        Ok(())
    }

    /// The counters of a table begin again when the SQLite transaction that runs is final, though
    /// its rows may come back with a rollback; inside of a write transaction.
    pub(in crate::sql) fn restart_counters(&self, table: &Table) {
        self.emptied.borrow_mut().push(self.emptied(table.id, false));
    }

    fn emptied(&self, table: i64, for_good: bool) -> Emptied {
        let rows = Counted { table, column: counters::ROW_NUMBER };
        Emptied { table, reached: counters::reached(&self.page, rows), for_good }
    }

    /// What these two left for the time after: shared memory must not run ahead of the
    /// data file, as a process that dies in between would leave rows under counters that begin
    /// again. One that dies here leaves counters that go on.
    pub(in crate::sql) fn after_commit(&self) {
        if self.emptied.borrow().is_empty() {
            return;
        }
        for emptied in self.emptied.take() {
            // The rows are gone: a failure from here on leaves counters that go on, too.
            store::writing::<(), SqlFailure>(&self.connection, || self.restart(&emptied)).ok();
        }
    }

    fn restart(&self, emptied: &Emptied) -> Result<(), SqlFailure> {
        let table = emptied.table;
        if catalog::by_id(&self.connection, table)?.is_none() {
            counters::free(&self.page, table);
            return Ok(());
        }
        let sql = format!("SELECT EXISTS(SELECT 1 FROM main.t{table})");
        let filled: bool =
            self.connection.query_row(&sql, [], |row| row.get(0)).map_err(|e| broken(&e))?;
        let rows = Counted { table, column: counters::ROW_NUMBER };
        // Whoever filed a row in between has a number that is not to come again.
        if !filled && counters::reached(&self.page, rows) == emptied.reached {
            if emptied.for_good {
                undo::forget_ranges(&self.page, table);
                point("ranges forgotten");
            }
            counters::reset(&self.page, table);
        }
        Ok(())
    }

    /// The next number of a column's counter, or of the table's rows; in a write transaction.
    pub(in crate::sql) fn next_number(&self, table: i64, column: i64) -> Result<i64, SqlFailure> {
        counters::next(&self.connection, &self.page, Counted { table, column })
    }

    /// Later numbers of a counter are greater than this one; inside of a write transaction.
    pub(in crate::sql) fn number_at_least(
        &self,
        table: i64,
        column: i64,
        value: i64,
    ) -> Result<(), SqlFailure> {
        counters::at_least(&self.connection, &self.page, Counted { table, column }, value)
    }

    /// This session's number among the owners of locks and before-images, 0 without any.
    pub(in crate::sql) fn transaction(&self) -> i64 {
        self.owner.get()
    }

    /// A table by a name as written.
    pub(in crate::sql) fn named_table(&self, name: &Name) -> Result<Rc<Table>, SqlFailure> {
        let schema = name.schema.as_deref().unwrap_or(&self.default_schema);
        catalog::find(&self.connection, &self.identity.namespace, schema, &name.name)?
            .ok_or_else(|| missing_table(schema, &name.name))
    }

    /// Foreign keys of other tables that point to `table`.
    pub(in crate::sql) fn references_to(
        &self,
        table: &Table,
    ) -> Result<Vec<(Rc<Table>, Key)>, SqlFailure> {
        let schema = self.page.schema();
        let mut cache = self.referencing.borrow_mut();
        if cache.0 != schema {
            let mut map: HashMap<i64, Vec<(Rc<Table>, Key)>> = HashMap::new();
            for other in catalog::all(&self.connection, &self.identity.namespace)? {
                let other = Rc::new(other);
                for key in &other.keys {
                    if let Some((target, _)) = &key.target {
                        map.entry(*target).or_default().push((Rc::clone(&other), key.clone()));
                    }
                }
            }
            *cache = (schema, map);
        }
        Ok(cache.1.get(&table.id).cloned().unwrap_or_default())
    }

    /// Forgets what was cached for a namespace.
    pub(in crate::sql) fn forget(&self) {
        self.referencing.borrow_mut().0 = -1;
        self.graph.replace(None);
    }
}

//! What a session's statements share: the connection, the page, and the session's locks and undo.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::api::{Identity, SelectMode, SqlFailure, Version};
use super::sqlcode::fail;
use super::store::catalog::{self, Key, Table};
use super::store::locks::{self, Holder};
use super::store::page::Page;
use super::store::{self, undo};

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
    /// What to say when the wait was in vain.
    pub(in crate::sql) failure: SqlFailure,
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
    pub(in crate::sql) lock_timeout: Duration,
    pub(in crate::sql) read_committed: bool,
    /// For statements that are prepared from now on.
    pub(in crate::sql) select_mode: SelectMode,
    /// This session's entry among the owners, 0 for none.
    pub(in crate::sql) owner: Cell<i64>,
    /// The entry was made by the running statement and is not committed yet.
    pending: Cell<bool>,
    /// Number of the next before-image.
    pub(in crate::sql) seq: Cell<i64>,
    /// Where each open level began among the before-images.
    pub(in crate::sql) levels: RefCell<Vec<i64>>,
    taken: RefCell<HashMap<i64, u64>>,
    pub(in crate::sql) last_row: Cell<i64>,
    referencing: RefCell<Referencing>,
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
            lock_timeout: Duration::from_secs(10),
            read_committed: false,
            select_mode: SelectMode::default(),
            owner: Cell::new(0),
            pending: Cell::new(false),
            seq: Cell::new(0),
            levels: RefCell::new(Vec::new()),
            taken: RefCell::new(HashMap::new()),
            last_row: Cell::new(0),
            referencing: RefCell::new((-1, HashMap::new())),
        }
    }

    /// Whether another session may hold locks: one load.
    pub(in crate::sql) fn others(&self) -> bool {
        self.page.owners() > i64::from(self.owner.get() != 0)
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

    /// Runs a changing statement: one SQLite transaction, tried again while others hold its rows.
    pub(in crate::sql) fn changing<T>(
        &self,
        mut work: impl FnMut() -> Result<T, Trouble>,
    ) -> Result<T, SqlFailure> {
        let deadline = Instant::now() + self.lock_timeout;
        loop {
            let seq = self.seq.get();
            let outcome = store::writing(&self.connection, &mut work);
            let pending = self.pending.replace(false);
            match outcome {
                Ok(value) => return Ok(value),
                Err(trouble) => {
                    self.seq.set(seq);
                    // The statement's locks are gone, perhaps a table lock among them: count anew.
                    self.taken.borrow_mut().clear();
                    if pending {
                        self.owner.set(0);
                        let page = &self.page;
                        store::writing::<_, SqlFailure>(&self.connection, || {
                            locks::count(&self.connection, page)
                        })?;
                    }
                    match trouble {
                        Trouble::Fail(failure) => return Err(failure),
                        Trouble::Blocked(block) => self.wait(&block, deadline)?,
                    }
                }
            }
        }
    }

    /// Waits until a lock is gone, rolls a dead owner back, or gives up.
    pub(in crate::sql) fn wait(&self, block: &Block, deadline: Instant) -> Result<(), SqlFailure> {
        let mut step = Duration::from_micros(100);
        loop {
            self.check_interrupt()?;
            let connection = &self.connection;
            let me = self.owner.get();
            let Some(owner) = locks::blocker(connection, block.table, block.row, me)? else {
                return Ok(());
            };
            if self.bury(owner)? {
                return Ok(());
            }
            let now = Instant::now();
            if now >= deadline {
                return Err(block.failure.clone());
            }
            std::thread::sleep(step.min(deadline - now));
            // Steps of 100 µs to 2 ms: a short transaction ends soon, a long one costs no CPU.
            step = (step * 5 / 4).min(Duration::from_millis(2));
        }
    }

    /// Rolls an owner back if its process is dead; gives whether it was.
    fn bury(&self, owner: i64) -> Result<bool, SqlFailure> {
        let Some(holder) = locks::holder(&self.connection, owner)? else { return Ok(false) };
        if holder.pid == self.holder.pid && holder.start == self.holder.start
            || locks::start_time(holder.pid) == holder.start
        {
            return Ok(false);
        }
        undo::roll_back(&self.connection, &self.page, owner)?;
        Ok(true)
    }

    /// Rolls back everything that dead processes left.
    pub(in crate::sql) fn bury_all(&self) -> Result<(), SqlFailure> {
        let owners = locks::all(&self.connection)?;
        for owner in &owners {
            self.bury(*owner)?;
        }
        if owners.is_empty() && self.page.owners() == 0 {
            return Ok(());
        }
        store::writing(&self.connection, || locks::count(&self.connection, &self.page))
    }

    /// This session's entry among the owners; inside of a write transaction.
    fn owned(&self) -> Result<i64, SqlFailure> {
        if self.owner.get() == 0 {
            let owner = locks::register(&self.connection, &self.page, self.holder)?;
            self.owner.set(owner);
            self.pending.set(true);
        }
        Ok(self.owner.get())
    }

    /// Claims a row for a change: others' locks block, and in a transaction a lock is taken.
    pub(in crate::sql) fn claim(&self, table: &Table, row: i64, verb: Verb) -> Result<(), Trouble> {
        if self.others() {
            self.check_row(table, row, verb)?;
        }
        if !self.in_transaction() {
            return Ok(());
        }
        let owner = self.owned()?;
        let mut taken = self.taken.borrow_mut();
        let count = taken.entry(table.id).or_insert(0);
        if *count <= locks::ESCALATION {
            if locks::take(&self.connection, table.id, row, owner)? {
                *count += 1;
            }
            if *count > locks::ESCALATION && !locks::escalate(&self.connection, table.id, owner)? {
                // Others hold rows of the table: row locks go on. UNVERIFIED(iris).
                *count = 0;
            }
        }
        Ok(())
    }

    /// Blocks when another session holds the row or the table (iris-sql §1.6, §1.7).
    pub(in crate::sql) fn check_row(
        &self,
        table: &Table,
        row: i64,
        verb: Verb,
    ) -> Result<(), Trouble> {
        let found = locks::blocker(&self.connection, table.id, row, self.owner.get())?;
        if found.is_none() {
            return Ok(());
        }
        let (name, full) = (verb.name(), table.full());
        let text = if row == locks::WHOLE_TABLE {
            format!("Unable to acquire exclusive table lock for table '{full}'")
        } else {
            format!(
                "Unable to acquire lock for {name} of table '{full}' on row with RowID = '{row}'"
            )
        };
        Err(Trouble::Blocked(Block { table: table.id, row, failure: fail(-110, text) }))
    }

    /// Keeps a before-image in a transaction; inside of a write transaction, after [`Self::claim`].
    pub(in crate::sql) fn keep(
        &self,
        table: &Table,
        row: i64,
        image: Option<&[u8]>,
    ) -> Result<(), SqlFailure> {
        let seq = self.seq.get();
        undo::keep(&self.connection, self.owner.get(), seq, table, row, image)?;
        self.seq.set(seq + 1);
        Ok(())
    }

    /// Ends the transaction: the changes stay or go, the locks go.
    pub(in crate::sql) fn finish(&self, keep: bool) -> Result<(), SqlFailure> {
        let owner = self.owner.get();
        if owner != 0 {
            if keep {
                store::writing::<_, SqlFailure>(&self.connection, || {
                    locks::release(&self.connection, owner)?;
                    let sql = "DELETE FROM undo WHERE owner = ?1";
                    let broken = |e: rusqlite::Error| store::broken(&e);
                    let mut statement = self.connection.prepare_cached(sql).map_err(broken)?;
                    statement.execute([owner]).map_err(broken)?;
                    locks::unregister(&self.connection, &self.page, owner)
                })?;
            } else {
                undo::roll_back(&self.connection, &self.page, owner)?;
            }
        }
        self.owner.set(0);
        self.seq.set(0);
        self.levels.borrow_mut().clear();
        self.taken.borrow_mut().clear();
        Ok(())
    }

    /// Undoes the innermost level's changes; its locks stay until the end.
    pub(in crate::sql) fn undo_level(&self, from: i64) -> Result<(), SqlFailure> {
        let owner = self.owner.get();
        if owner == 0 || self.seq.get() == from {
            return Ok(());
        }
        store::writing::<_, SqlFailure>(&self.connection, || {
            undo::apply(&self.connection, owner, from)
        })?;
        self.seq.set(from);
        Ok(())
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
    }
}

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
use super::ast::Name;
use super::bind::{DEFAULT_SCHEMA, missing_table};
use super::control::CommitMode;
use super::exec::table_lock::TableLock;
use super::sqlcode::fail;
use super::store::catalog::{self, Key, Table};
use super::store::counters::{self, Counted};
use super::store::locks::{self, Holder};
use super::store::page::{Page, Range, Slot};
use super::store::{self, undo};

/// What a new row is checked under, before it has a number: any lock of the whole table blocks it.
pub(in crate::sql) const NEW_ROW: i64 = locks::WHOLE_TABLE;

/// A group of statements lasts 5 ms at most, so that other writers get their turn.
const GROUP_MAX: Duration = Duration::from_millis(5);

/// A waiter asks at most every 20 ms whether the holder's process lives.
const LIFE_SIGN: Duration = Duration::from_millis(20);

/// Before-images that are left for the next transaction to replace: 4 096, well above what
/// transactions of single rows need.
const UNDO_KEPT: i64 = 4_096;

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
    /// Several statements share one SQLite transaction.
    grouped: Cell<bool>,
    referencing: RefCell<Referencing>,
    pub(in crate::sql) graph: RefCell<Known>,
}

/// A state to come back to: the next before-image, and ranges of inserted rows.
#[derive(Debug, Clone, Copy)]
pub(in crate::sql) struct Mark {
    seq: i64,
    ranges: (i64, i64),
}

/// Statements that share a SQLite transaction.
#[derive(Debug)]
pub(in crate::sql) struct Group {
    mark: Mark,
    begun: Instant,
}

impl Group {
    /// Whether it lasts long enough.
    pub(in crate::sql) fn is_over(&self) -> bool {
        self.begun.elapsed() > GROUP_MAX
    }
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
            grouped: Cell::new(false),
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

    /// Runs a changing statement: one SQLite transaction, tried again while others hold its rows.
    pub(in crate::sql) fn changing<T>(
        &self,
        mut work: impl FnMut() -> Result<T, Trouble>,
    ) -> Result<T, SqlFailure> {
        if self.grouped.get() {
            return work().map_err(|trouble| match trouble {
                Trouble::Fail(failure) => failure,
                Trouble::Blocked(block) => block.failure,
            });
        }
        self.changing_within(self.lock_timeout, work)
    }

    /// As [`Self::changing`], with a patience of its own, and never in a group.
    pub(in crate::sql) fn changing_within<T>(
        &self,
        patience: Duration,
        mut work: impl FnMut() -> Result<T, Trouble>,
    ) -> Result<T, SqlFailure> {
        let deadline = Instant::now() + patience;
        loop {
            match self.undoable(|| store::writing(&self.connection, &mut work)) {
                Ok(value) => return Ok(value),
                Err(Trouble::Fail(failure)) => return Err(failure),
                Err(Trouble::Blocked(block)) => self.wait(&block, deadline)?,
            }
        }
    }

    /// Runs what changes rows inside of one SQLite transaction; when it fails, what it noted in
    /// shared memory goes as well.
    fn undoable<T, E>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let mark = self.mark();
        let outcome = work();
        if outcome.is_err() {
            self.back_to(mark);
        }
        outcome
    }

    fn mark(&self) -> Mark {
        self.fresh.borrow_mut().clear();
        let slot = self.slot.get().filter(|_| self.owner.get() != 0);
        let ranges = slot.map(|at| self.page.slot(at)).map(|slot| {
            let used = slot.ranges_used.load(Ordering::Acquire);
            let last = usize::try_from(used - 1).ok().and_then(|last| slot.ranges.get(last));
            (used, last.map_or(0, |range| range.last.load(Ordering::Acquire)))
        });
        Mark { seq: self.seq.get(), ranges: ranges.unwrap_or_default() }
    }

    fn back_to(&self, mark: Mark) {
        self.seq.set(mark.seq);
        if let Some(slot) = self.slot.get().map(|at| self.page.slot(at)) {
            let (used, end) = mark.ranges;
            slot.ranges_used.store(used, Ordering::Release);
            let last = usize::try_from(used - 1).ok().and_then(|last| slot.ranges.get(last));
            if let Some(range) = last {
                range.last.store(end, Ordering::Release);
            }
        }
        let mut taken = self.taken.borrow_mut();
        for (table, row) in self.fresh.borrow_mut().drain(..) {
            locks::release(&self.page, table, row, self.owner.get());
            let count = taken.entry(table).or_default();
            if row == locks::WHOLE_TABLE {
                count.whole = false;
            } else {
                count.rows = count.rows.saturating_sub(1);
            }
        }
    }

    /// Begins a group of changing statements that share one SQLite transaction, so that a long
    /// batch does not pay for one each. `None` where another session holds locks: a statement could
    /// meet them and would have to wait. Nobody can take one while the group lasts.
    pub(in crate::sql) fn begin_group(&self) -> Result<Option<Group>, SqlFailure> {
        if self.others() {
            return Ok(None);
        }
        store::run(&self.connection, "BEGIN IMMEDIATE")?;
        if self.others() {
            store::run(&self.connection, "COMMIT")?;
            return Ok(None);
        }
        self.grouped.set(true);
        Ok(Some(Group { mark: self.mark(), begun: Instant::now() }))
    }

    /// Ends a group; all of its statements are undone unless `keep`.
    pub(in crate::sql) fn end_group(&self, group: Group, keep: bool) -> Result<(), SqlFailure> {
        self.grouped.set(false);
        let ended = if keep { store::run(&self.connection, "COMMIT") } else { Ok(()) };
        if !self.connection.is_autocommit() {
            store::run(&self.connection, "ROLLBACK")?;
        }
        if !keep || ended.is_err() {
            self.back_to(group.mark);
        }
        ended
    }

    /// Who holds a lock that is against what the session wants.
    pub(in crate::sql) fn blocker(&self, table: i64, row: i64, against: Against) -> Option<i64> {
        let (page, me) = (&*self.page, self.slot.get());
        match against {
            Against::Reading => locks::reader_blocker(page, table, row, me),
            Against::Changing => locks::blocker(page, table, row, me),
            Against::Sharing | Against::Having if !self.others() => None,
            Against::Sharing | Against::Having => {
                locks::table_blocker(page, table, me, against == Against::Sharing)
            }
        }
    }

    /// Waits until a lock is gone, rolls a dead owner back, or gives up.
    pub(in crate::sql) fn wait(&self, block: &Block, deadline: Instant) -> Result<(), SqlFailure> {
        let mut step = Duration::from_micros(50);
        let mut looked: Option<Instant> = None;
        let mut holder = None;
        loop {
            self.check_interrupt()?;
            let now = Instant::now();
            let due = looked.is_none_or(|at| now - at > LIFE_SIGN);
            // Who holds any lock of a table is a long search: not while the one that was found is
            // still there.
            let table = matches!(block.against, Against::Sharing | Against::Having);
            let known = holder.filter(|owner| table && !due && self.page.is_active(*owner));
            holder = known.or_else(|| self.blocker(block.table, block.row, block.against));
            let Some(owner) = holder else { return Ok(()) };
            // Whether a process lives is a question to the kernel: not at every step.
            if due {
                looked = Some(now);
                if self.bury(owner)? {
                    return Ok(());
                }
            }
            if now >= deadline {
                return Err(block.failure.clone());
            }
            std::thread::sleep(step.min(deadline - now));
            // Steps of 50 µs to 1 ms: a short transaction ends soon, a long one costs no CPU.
            step = (step * 5 / 4).min(Duration::from_millis(1));
        }
    }

    /// Rolls an owner back if its process is dead; gives whether it is gone.
    fn bury(&self, owner: i64) -> Result<bool, SqlFailure> {
        if !self.page.is_active(owner) {
            return Ok(true);
        }
        let slot = self.page.slot_of(owner);
        if !self.is_dead(slot) {
            return Ok(false);
        }
        let still = || slot.transaction.load(Ordering::SeqCst) == owner && self.is_dead(slot);
        undo::roll_back(&self.connection, &self.page, owner, still)?;
        slot.holding.compare_exchange(owner, 0, Ordering::SeqCst, Ordering::SeqCst).ok();
        Ok(true)
    }

    fn is_dead(&self, slot: &Slot) -> bool {
        let pid = slot.pid.load(Ordering::Acquire);
        let start = slot.start.load(Ordering::Acquire);
        if pid == i64::from(self.holder.pid) && start == self.holder.start {
            return false;
        }
        u32::try_from(pid).map_or(true, |pid| locks::start_time(pid) != start)
    }

    /// Rolls back everything that dead processes left.
    pub(in crate::sql) fn bury_all(&self) -> Result<(), SqlFailure> {
        let slots: Vec<usize> = self.page.slots().map(|(at, _)| at).collect();
        for at in slots {
            let slot = self.page.slot(at);
            for place in [&slot.transaction, &slot.holding] {
                let owner = place.load(Ordering::Acquire);
                if owner != 0 {
                    self.bury(owner)?;
                }
            }
        }
        Ok(())
    }

    /// This session's slot; inside of a write transaction. UNVERIFIED(iris): the code where there
    /// is none left; the number of processes is not limited by SQL there.
    pub(in crate::sql) fn own_slot(&self) -> Result<usize, SqlFailure> {
        if let Some(slot) = self.slot.get() {
            return Ok(slot);
        }
        let holder = self.holder;
        let slot = self
            .page
            .take_slot(i64::from(holder.pid), holder.start, &|slot| self.is_dead(slot))
            .ok_or_else(|| fail(-400, "Unexpected error occurred: <TOO MANY PROCESSES>"))?;
        self.slot.set(Some(slot));
        Ok(slot)
    }

    /// The number of this session's transaction; inside of a write transaction.
    pub(in crate::sql) fn owned(&self) -> Result<i64, SqlFailure> {
        if self.owner.get() == 0 {
            let at = self.own_slot()?;
            let owner = self.page.new_owner(at);
            let slot = self.page.slot(at);
            slot.ranges_used.store(0, Ordering::Release);
            slot.given_up.store(0, Ordering::Release);
            slot.transaction.store(owner, Ordering::SeqCst);
            self.owner.set(owner);
        }
        Ok(self.owner.get())
    }

    /// Claims a row for a change: others' locks block, and in a transaction a lock is taken.
    pub(in crate::sql) fn claim(&self, table: &Table, row: i64, verb: Verb) -> Result<(), Trouble> {
        if table.temporary {
            return Ok(());
        }
        let others = self.others();
        if others {
            self.check_row(table, row, verb)?;
        }
        if !self.in_transaction() {
            return Ok(());
        }
        let owner = self.owned()?;
        let mut taken = self.taken.borrow_mut();
        let count = taken.entry(table.id).or_default();
        if count.whole {
            return Ok(());
        }
        let page = &self.page;
        if locks::take(page, table.id, row, owner)? {
            self.fresh.borrow_mut().push((table.id, row));
            count.rows += 1;
        }
        if count.rows <= page.escalation() {
            return Ok(());
        }
        if others && self.blocker(table.id, row, Against::Having).is_some() {
            // Others hold rows of the table: row locks go on. UNVERIFIED(iris).
            count.rows = 0;
        } else {
            count.whole = true;
            if locks::take(page, table.id, locks::WHOLE_TABLE, owner)? {
                self.fresh.borrow_mut().push((table.id, locks::WHOLE_TABLE));
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
        if self.blocker(table.id, row, Against::Changing).is_none() {
            return Ok(());
        }
        let against = Against::Changing;
        if row == NEW_ROW {
            let block = self.table_block(table);
            return Err(Trouble::Blocked(Block { against, ..block }));
        }
        let (name, full) = (verb.name(), table.full());
        let text = format!(
            "Unable to acquire lock for {name} of table '{full}' on row with RowID = '{row}'"
        );
        Err(Trouble::Blocked(Block { table: table.id, row, against, failure: fail(-110, text) }))
    }

    /// What keeps a table from being changed as a whole (iris-sql §1.7).
    pub(in crate::sql) fn table_block(&self, table: &Table) -> Block {
        let full = table.full();
        let text = format!("Unable to acquire exclusive table lock for table '{full}'");
        let (row, against) = (locks::WHOLE_TABLE, Against::Having);
        Block { table: table.id, row, against, failure: fail(-110, text) }
    }

    /// Blocks when another session holds any lock of the table.
    pub(in crate::sql) fn check_table(&self, table: &Table) -> Result<(), Trouble> {
        match self.blocker(table.id, locks::WHOLE_TABLE, Against::Having) {
            Some(_) => Err(Trouble::Blocked(self.table_block(table))),
            None => Ok(()),
        }
    }

    /// Keeps a before-image in a transaction; inside of a write transaction, after [`Self::claim`].
    pub(in crate::sql) fn keep(
        &self,
        table: &Table,
        row: i64,
        image: Option<&[u8]>,
    ) -> Result<(), SqlFailure> {
        if table.temporary {
            return Ok(());
        }
        let seq = self.seq.get();
        let owner = self.owned()?;
        let slot = self.page.slot_of(owner);
        if image.is_none() {
            let level = self.levels.borrow().last().copied().unwrap_or(0);
            if let Some(begun) = undo::keep_inserted(slot, seq, level, table.id, row) {
                self.seq.set(seq + i64::from(begun));
                return Ok(());
            }
        } else if table.unique_sets().next().is_some() {
            slot.given_up.fetch_or(1 << (table.id & 63), Ordering::AcqRel);
        }
        undo::keep(&self.connection, owner, seq, table, row, image)?;
        self.seq.set(seq + 1);
        Ok(())
    }

    /// Ends the transaction: the changes stay or go, the locks go.
    pub(in crate::sql) fn finish(&self, keep: bool) -> Result<(), SqlFailure> {
        let owner = self.owner.get();
        if owner != 0 {
            if !keep && self.seq.get() > 0 {
                undo::roll_back(&self.connection, &self.page, owner, || true)?;
            }
            // This is the end: the locks and before-images are void from here on.
            self.page.slot_of(owner).transaction.store(0, Ordering::SeqCst);
            if keep {
                self.clear_away(owner)?;
            }
        }
        self.owner.set(0);
        self.seq.set(0);
        self.levels.borrow_mut().clear();
        self.savepoints.borrow_mut().clear();
        self.taken.borrow_mut().clear();
        self.release_table_locks();
        Ok(())
    }

    /// A short transaction's before-images are replaced by those of the next one; many of them are
    /// deleted, a part in each SQLite transaction, so that others may write between.
    fn clear_away(&self, owner: i64) -> Result<(), SqlFailure> {
        let count = self.seq.get();
        let mut from = UNDO_KEPT;
        while from < count {
            let to = from.saturating_add(UNDO_KEPT);
            store::writing(&self.connection, || undo::discard(&self.connection, owner, from, to))?;
            from = to;
        }
        Ok(())
    }

    /// Gives the session's place in shared memory back, at its end.
    pub(in crate::sql) fn leave(&self) {
        // Nobody is left to hear of a failure; the next one who meets the locks tries again.
        let Some(at) = self.slot.get() else { return };
        if self.finish(false).is_ok() {
            let slot = self.page.slot(at);
            slot.holding.store(0, Ordering::SeqCst);
            slot.pid.store(0, Ordering::SeqCst);
        }
    }

    /// Locks and before-images of this session.
    pub(in crate::sql) fn held(&self) -> (u64, u64) {
        let taken = self.taken.borrow();
        let rows: u64 = taken.values().map(|t| if t.whole { 1 } else { t.rows }).sum();
        let tables = self.table_locks.borrow().len() as u64;
        (rows + tables, u64::try_from(self.seq.get()).unwrap_or(0))
    }

    /// Undoes the innermost level's changes; its locks stay until the end.
    pub(in crate::sql) fn undo_level(&self, from: i64) -> Result<(), SqlFailure> {
        let owner = self.owner.get();
        if owner == 0 || self.seq.get() == from {
            return Ok(());
        }
        store::writing::<_, SqlFailure>(&self.connection, || {
            undo::apply(&self.connection, &self.page, owner, from)
        })?;
        let slot = self.page.slot_of(owner);
        let begun = |range: &&Range| range.seq.load(Ordering::Acquire) < from;
        let used = usize::try_from(slot.ranges_used.load(Ordering::Acquire)).unwrap_or(0);
        let kept = slot.ranges.iter().take(used).filter(begun).count();
        slot.ranges_used.store(i64::try_from(kept).unwrap_or(0), Ordering::Release);
        self.seq.set(from);
        Ok(())
    }

    /// The rows of a table are gone for good, and its counters begin again; inside of a write
    /// transaction.
    pub(in crate::sql) fn forget_rows(&self, table: &Table) -> Result<(), SqlFailure> {
        undo::forget(&self.connection, &self.page, table.id)?;
        counters::reset(&self.connection, &self.page, table.id)
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

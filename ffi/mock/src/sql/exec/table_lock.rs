//! LOCK TABLE and UNLOCK TABLE (iris-sql §1.6).

use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::super::api::SqlFailure;
use super::super::ast::Name;
use super::super::control::LockMode;
use super::super::core::{Against, Block, Core, Trouble};
use super::super::sqlcode::fail;
use super::super::store::catalog::Table;
use super::super::store::death::point;
use super::super::store::locks;

/// A table lock that a statement asked for. Locks are counted, as those of ObjectScript are.
/// UNVERIFIED(iris): that each LOCK needs its UNLOCK.
#[derive(Debug, Clone, Copy)]
pub(in crate::sql) struct TableLock {
    table: i64,
    mode: LockMode,
    /// Who holds it: the transaction, or outside of one the session.
    owner: i64,
    /// Whether the lock is this one's alone, and not one that row locks had become.
    own: bool,
    count: u32,
    /// Unlocked inside of the transaction: the lock goes at its end.
    ended: bool,
}

fn row_of(mode: LockMode) -> i64 {
    match mode {
        LockMode::Exclusive => locks::WHOLE_TABLE,
        LockMode::Share => locks::SHARED_TABLE,
    }
}

impl Core {
    /// A table for LOCK and UNLOCK (iris-sql §1.6): −400 for a view, as the vendor's pages on both
    /// say.
    pub(in crate::sql) fn lockable(&self, name: &Name) -> Result<Rc<Table>, SqlFailure> {
        let table = self.named_table(name)?;
        if table.view.is_some() {
            let full = table.full();
            return Err(fail(-400, format!("Unexpected error occurred: '{full}' is a view")));
        }
        Ok(table)
    }

    /// Waits until nobody else holds what is against the lock, and takes it. Inside of a
    /// transaction it lasts until the end of that.
    pub(in crate::sql) fn lock_table(
        &self,
        table: &Table,
        mode: LockMode,
        wait: Option<Duration>,
    ) -> Result<(), SqlFailure> {
        let (owner, own) = self.changing_within(wait.unwrap_or(self.lock_timeout), || {
            let block = self.lock_block(table, mode);
            if self.blocker(block.table, block.row, block.against).is_some() {
                return Err(Trouble::Blocked(block));
            }
            let owner = if self.in_transaction() { self.owned()? } else { self.holding()? };
            Ok((owner, locks::take(&self.page, table.id, row_of(mode), owner)?))
        })?;
        let mut held = self.table_locks.borrow_mut();
        let found = held.iter_mut().find(|l| (l.table, l.mode, l.owner) == (table.id, mode, owner));
        match found {
            Some(lock) => {
                lock.count += 1;
                lock.ended = false;
            }
            None => {
                held.push(TableLock { table: table.id, mode, owner, own, count: 1, ended: false })
            }
        }
        Ok(())
    }

    /// −110 of a table lock (iris-sql §1.7). UNVERIFIED(iris): the text for SHARE.
    fn lock_block(&self, table: &Table, mode: LockMode) -> Block {
        let block = self.table_block(table);
        if mode == LockMode::Exclusive {
            return block;
        }
        let text = format!("Unable to acquire shared table lock for table '{}'", table.full());
        Block { against: Against::Sharing, failure: fail(-110, text), ..block }
    }

    /// Gives a lock back; inside of a transaction at its end unless it shall go at once. One that
    /// is not held is no error. UNVERIFIED(iris).
    pub(in crate::sql) fn unlock_table(&self, table: &Table, mode: LockMode, immediate: bool) {
        let inside = self.in_transaction();
        let mut held = self.table_locks.borrow_mut();
        let at = held.iter().rposition(|l| (l.table, l.mode) == (table.id, mode) && !l.ended);
        let Some(lock) = at.and_then(|at| held.get_mut(at)) else { return };
        lock.count = lock.count.saturating_sub(1);
        if lock.count > 0 {
            return;
        }
        if inside && !immediate {
            lock.ended = true;
            return;
        }
        self.release(lock);
        held.retain(|lock| lock.count > 0 || lock.ended);
        self.end_holding(&held);
    }

    fn release(&self, lock: &TableLock) {
        // Where row locks of the transaction became one of the table, this is it.
        let needed = lock.mode == LockMode::Exclusive && self.has_whole(lock.table, lock.owner);
        if lock.own && !needed {
            locks::release(&self.page, lock.table, row_of(lock.mode), lock.owner);
        }
    }

    /// At the end of a transaction: its locks are void already, others go if they were unlocked.
    pub(in crate::sql) fn release_table_locks(&self) {
        let mut held = self.table_locks.borrow_mut();
        if held.is_empty() {
            return;
        }
        held.retain(|lock| {
            let stays = !lock.ended && self.page.is_active(lock.owner);
            if !stays {
                self.release(lock);
            }
            stays
        });
        self.end_holding(&held);
    }

    /// The owner of locks that belong to no transaction; inside of a write transaction.
    fn holding(&self) -> Result<i64, SqlFailure> {
        let at = self.own_slot()?;
        let place = &self.page.slot(at).holding;
        let owner = place.load(Ordering::Acquire);
        if owner != 0 {
            return Ok(owner);
        }
        let owner = self.page.new_owner(at);
        place.store(owner, Ordering::SeqCst);
        point("holding");
        Ok(owner)
    }

    /// The session holds nothing any more that others would have to look at.
    fn end_holding(&self, held: &[TableLock]) {
        let Some(at) = self.slot.get() else { return };
        let place = &self.page.slot(at).holding;
        let owner = place.load(Ordering::Acquire);
        if !held.iter().any(|lock| lock.owner == owner) {
            place.store(0, Ordering::SeqCst);
        }
    }
}

//! What a transaction keeps, and how it ends.

use std::sync::atomic::Ordering;

use super::super::api::SqlFailure;
use super::super::store::catalog::Table;
use super::super::store::death::point;
use super::super::store::page::Range;
use super::super::store::{self, undo};
use super::Core;

/// Before-images that are left for the next transaction to replace: 4 096, well above what
/// transactions of single rows need.
const UNDO_KEPT: i64 = 4_096;

/// Whether rows of the table point to others.
fn points_elsewhere(table: &Table) -> bool {
    table.keys.iter().any(|key| key.target.is_some())
}

impl Core {
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
        } else if table.unique_sets().next().is_some() || points_elsewhere(table) {
            slot.given_up.fetch_or(1 << (table.id & 63), Ordering::AcqRel);
            point("key given up");
        }
        undo::keep(&self.connection, owner, seq, table, row, image)?;
        self.seq.set(seq + 1);
        Ok(())
    }

    /// Undoes changes whatever interrupts it: TROLLBACK is one command, which goes through. An
    /// interrupt that came just before is passed over.
    fn uninterrupted<T>(
        &self,
        mut work: impl FnMut() -> Result<T, SqlFailure>,
    ) -> Result<T, SqlFailure> {
        self.firm.store(true, Ordering::SeqCst);
        let outcome = match work() {
            Err(failure) if failure == store::interrupted() => work(),
            outcome => outcome,
        };
        self.firm.store(false, Ordering::SeqCst);
        outcome
    }

    /// Whether the transaction could still be rolled back, whole or any of its levels, with the
    /// definitions as they are now; inside of a write transaction.
    pub(in crate::sql) fn could_roll_back(&self) -> Result<bool, SqlFailure> {
        let owner = self.owner.get();
        let levels = self.levels.borrow().clone();
        for from in levels.into_iter().filter(|_| owner != 0) {
            store::run(&self.connection, "SAVEPOINT trial")?;
            let whole = undo::apply(&self.connection, &self.page, owner, from);
            store::run(&self.connection, "ROLLBACK TO trial")?;
            store::run(&self.connection, "RELEASE trial")?;
            if !whole? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Keys of a table may have been given up before they were keys; inside of a write
    /// transaction.
    pub(in crate::sql) fn mark_given_up(&self, table: &Table) {
        if self.owner.get() != 0 {
            let slot = self.page.slot_of(self.owner.get());
            slot.given_up.fetch_or(1 << (table.id & 63), Ordering::AcqRel);
        }
    }

    /// Ends the transaction: the changes stay or go, the locks go.
    pub(in crate::sql) fn finish(&self, keep: bool) -> Result<(), SqlFailure> {
        let owner = self.owner.get();
        if owner != 0 {
            if !keep && self.seq.get() > 0 {
                self.uninterrupted(|| {
                    undo::roll_back(&self.connection, &self.page, owner, || true)
                })?;
            }
            // This is the end: the locks and before-images are void from here on.
            point("ending");
            self.page.slot_of(owner).transaction.store(0, Ordering::SeqCst);
            point("ended");
            if keep {
                // Void before-images hurt nobody, and what is final is no failure any more.
                self.clear_away(owner).ok();
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
        let Some(at) = self.slot.get().filter(|_| self.process == std::process::id()) else {
            return;
        };
        if self.finish(false).is_ok() {
            let slot = self.page.slot(at);
            slot.holding.store(0, Ordering::SeqCst);
            point("nearly gone");
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
        self.uninterrupted(|| {
            store::writing::<_, SqlFailure>(&self.connection, || {
                undo::apply(&self.connection, &self.page, owner, from).map(|_| ())
            })
        })?;
        let slot = self.page.slot_of(owner);
        let begun = |range: &&Range| range.seq.load(Ordering::Acquire) < from;
        let used = usize::try_from(slot.ranges_used.load(Ordering::Acquire)).unwrap_or(0);
        let kept = slot.ranges.iter().take(used).filter(begun).count();
        slot.ranges_used.store(i64::try_from(kept).unwrap_or(0), Ordering::Release);
        point("ranges gone");
        slot.undone.fetch_add(1, Ordering::AcqRel);
        self.seq.set(from);
        Ok(())
    }
}

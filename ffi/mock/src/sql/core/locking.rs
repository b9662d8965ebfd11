//! Whose lock is against what a session wants, and how it waits for it (iris-sql §1.6, §1.7).

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::super::api::SqlFailure;
use super::super::sqlcode::fail;
use super::super::store::catalog::Table;
use super::super::store::death::point;
use super::super::store::page::Slot;
use super::super::store::{self, locks, undo};
use super::{Against, Block, Core, NEW_ROW, Trouble, Verb};

/// A waiter asks at most every 20 ms whether the holder's process lives.
const LIFE_SIGN: Duration = Duration::from_millis(20);

impl Core {
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

    /// Rolls back everything that dead processes left; gives whether there was something.
    pub(in crate::sql) fn bury_all(&self) -> Result<bool, SqlFailure> {
        let mut some = false;
        if self.page.is_schema_unsettled() {
            store::writing::<(), SqlFailure>(&self.connection, || {
                self.page.settle_schema();
                Ok(())
            })?;
        }
        let slots: Vec<usize> = self.page.slots().map(|(at, _)| at).collect();
        for at in slots {
            let slot = self.page.slot(at);
            for place in [&slot.transaction, &slot.holding] {
                let owner = place.load(Ordering::Acquire);
                if owner != 0 && self.bury(owner)? {
                    some = true;
                }
            }
        }
        Ok(some)
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
            .ok_or_else(|| {
                // Dead ones with open transactions are in the way until they are rolled back.
                self.crowded.set(true);
                fail(-400, "Unexpected error occurred: <TOO MANY PROCESSES>")
            })?;
        self.slot.set(Some(slot));
        Ok(slot)
    }

    /// The number of this session's transaction; inside of a write transaction.
    pub(in crate::sql) fn owned(&self) -> Result<i64, SqlFailure> {
        if self.owner.get() == 0 {
            let at = self.own_slot()?;
            let owner = self.page.new_owner(at);
            let slot = self.page.slot(at);
            point("owner numbered");
            slot.ranges_used.store(0, Ordering::Release);
            slot.undone.store(0, Ordering::Release);
            slot.given_up.store(0, Ordering::Release);
            slot.transaction.store(owner, Ordering::SeqCst);
            point("transaction open");
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
            point("escalating");
            if locks::take(page, table.id, locks::WHOLE_TABLE, owner)? {
                self.fresh.borrow_mut().push((table.id, locks::WHOLE_TABLE));
            }
        }
        Ok(())
    }

    /// Whether the transaction `owner` goes without row locks of a table, as it has all of it.
    pub(in crate::sql) fn has_whole(&self, table: i64, owner: i64) -> bool {
        let taken = self.taken.borrow();
        self.owner.get() == owner && taken.get(&table).is_some_and(|taken| taken.whole)
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
}

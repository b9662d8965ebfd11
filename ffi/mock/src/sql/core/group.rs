//! Changing statements: each is one SQLite transaction, or several share one.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::super::api::SqlFailure;
use super::super::store::death::point;
use super::super::store::{self, locks};
use super::{Core, Trouble};

/// A group of statements lasts 5 ms at most, so that other writers get their turn.
const GROUP_MAX: Duration = Duration::from_millis(5);

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

impl Core {
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
            match self.undoable(&mut work) {
                Ok(value) => return Ok(value),
                Err(Trouble::Fail(_)) if self.crowded.replace(false) && self.bury_all()? => {}
                Err(Trouble::Fail(failure)) => return Err(failure),
                Err(Trouble::Blocked(block)) => self.wait(&block, deadline)?,
            }
        }
    }

    /// Runs what changes rows inside of one SQLite transaction; when it fails, what it noted in
    /// shared memory goes first, so that nobody meets it between the two.
    fn undoable<T>(&self, work: impl FnOnce() -> Result<T, Trouble>) -> Result<T, Trouble> {
        let mut done = None;
        let outcome = store::writing(&self.connection, || {
            let mark = self.mark();
            let outcome = work();
            match outcome {
                Ok(_) => done = Some(mark),
                Err(_) => self.back_to(mark),
            }
            outcome
        });
        match (&outcome, done) {
            (Ok(_), _) => self.after_commit(),
            // The end of the SQLite transaction failed.
            (Err(_), Some(mark)) => self.back_to(mark),
            (Err(_), None) => {}
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
        self.emptied.borrow_mut().clear();
        self.seq.set(mark.seq);
        if let Some(slot) = self.slot.get().map(|at| self.page.slot(at)) {
            let (used, end) = mark.ranges;
            slot.ranges_used.store(used, Ordering::Release);
            point("ranges taken back");
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
        if !keep {
            self.back_to(group.mark);
            point("group given up");
            return store::run(&self.connection, "ROLLBACK");
        }
        point("group worked");
        let ended = store::run(&self.connection, "COMMIT");
        point("group committed");
        if ended.is_ok() {
            self.after_commit();
            return Ok(());
        }
        self.back_to(group.mark);
        if !self.connection.is_autocommit() {
            store::run(&self.connection, "ROLLBACK")?;
        }
        ended
    }
}

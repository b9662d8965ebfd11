//! Memory that all processes of an instance share: counters, who has a transaction open, and the
//! table of locks. It is a mapped file, so that it outlives any of the processes; whatever is
//! written here in several steps is written so that a process may be killed between any two.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicI64, Ordering};

use super::super::api::OpenError;
use super::death::point;

/// The page's name.
const FILE: &str = "iris.page";

/// "IRISP" and the number of this layout, which every change of [`Shared`] raises.
const LAYOUT: i64 = 0x4952_4953_5000_0003;

/// Sessions that may have changed something: 1 024, well above the processes of any test.
pub(in crate::sql) const SLOTS: usize = 1 << SLOT_BITS;

/// The low bits of an owner's number tell its slot.
const SLOT_BITS: u32 = 10;

/// Ranges of inserted rows that a transaction keeps here before it writes undo rows: 16.
pub(in crate::sql) const RANGES: usize = 16;

/// Places for locks: 131 072 in each of two halves, 3 MiB each, of which a half is used.
pub(in crate::sql) const LOCKS: usize = 1 << 17;

/// Places for counters: 16 384. IRIS has no limit; beyond them the data file counts.
pub(in crate::sql) const COUNTERS: usize = 1 << 14;

/// Rows inserted one after the other by a transaction; what its rollback deletes.
#[repr(C)]
#[derive(Debug)]
pub(in crate::sql) struct Range {
    pub(in crate::sql) table: AtomicI64,
    pub(in crate::sql) first: AtomicI64,
    pub(in crate::sql) last: AtomicI64,
    /// Its place among the transaction's before-images.
    pub(in crate::sql) seq: AtomicI64,
}

/// A session.
#[repr(C)]
#[derive(Debug)]
pub(in crate::sql) struct Slot {
    /// The open transaction's owner number, 0 for none. Clearing it is what ends a transaction: its
    /// locks and before-images are void from then on.
    pub(in crate::sql) transaction: AtomicI64,
    /// The owner number of locks that belong to no transaction, 0 for none.
    pub(in crate::sql) holding: AtomicI64,
    /// The process, 0 for a free slot.
    pub(in crate::sql) pid: AtomicI64,
    pub(in crate::sql) start: AtomicI64,
    /// One bit per table (its number modulo 64) in which the transaction may have given keys up.
    pub(in crate::sql) given_up: AtomicI64,
    pub(in crate::sql) ranges_used: AtomicI64,
    /// Levels that the transaction has undone and then forgotten the ranges of.
    pub(in crate::sql) undone: AtomicI64,
    pub(in crate::sql) ranges: [Range; RANGES],
}

/// A lock.
#[repr(C)]
#[derive(Debug)]
pub(in crate::sql) struct Entry {
    pub(in crate::sql) owner: AtomicI64,
    pub(in crate::sql) table: AtomicI64,
    pub(in crate::sql) row: AtomicI64,
}

/// A counter of a table.
#[repr(C)]
#[derive(Debug)]
pub(in crate::sql) struct Counter {
    /// The table's number plus one, 0 for a free place; written last.
    pub(in crate::sql) table: AtomicI64,
    pub(in crate::sql) column: AtomicI64,
    pub(in crate::sql) last: AtomicI64,
}

/// What the file holds. A new file is all zeros, which is a valid state.
#[repr(C)]
#[derive(Debug)]
pub(in crate::sql) struct Shared {
    /// [`LAYOUT`]; 0 in a new file.
    layout: AtomicI64,
    /// The number of the data file that the page belongs to; 0 in a new file.
    pub(in crate::sql) instance: AtomicI64,
    /// Raised by every DDL of any process, by two; odd while one becomes final.
    schema: AtomicI64,
    /// More row locks of one table than this become a table lock; 0 for IRIS's default.
    escalation: AtomicI64,
    /// Transactions that were ever begun.
    begun: AtomicI64,
    /// Raised by every rollback, after the changes are undone and before its locks go.
    rollbacks: AtomicI64,
    /// Slots beyond this were never used.
    slots_used: AtomicI64,
    /// Which half of the lock table is used (its parity); raised by every change of the half.
    pub(in crate::sql) generation: AtomicI64,
    /// Places of the half that are or were in use.
    pub(in crate::sql) locks_used: AtomicI64,
    slots: [Slot; SLOTS],
    pub(in crate::sql) counters: [Counter; COUNTERS],
    pub(in crate::sql) locks: [[Entry; LOCKS]; 2],
}

/// The mapped file; unmapped when dropped.
#[derive(Debug)]
pub(in crate::sql) struct Page {
    at: NonNull<Shared>,
}

// SAFETY: the page is shared memory of atomics, which any thread may use through a reference.
unsafe impl Send for Page {}
// SAFETY: as above.
unsafe impl Sync for Page {}

impl Page {
    /// Maps the page of the instance in `dir`. It is made where it is missing, unless the data file
    /// is `paired` with one: what stood in that one is lost, and nobody could say any more which of
    /// the data file's rows belong to open transactions.
    pub(in crate::sql) fn open(dir: &Path, paired: bool) -> Result<Page, OpenError> {
        let length = size_of::<Shared>() as u64;
        let store = |error: io::Error| OpenError::Store(format!("{FILE}: {error}"));
        let file: File = File::options()
            .read(true)
            .write(true)
            .create(!paired)
            .truncate(false)
            .open(dir.join(FILE))
            .map_err(store)?;
        let found = file.metadata().map_err(store)?.len();
        if found > length || paired && found < length {
            return Err(OpenError::Store(format!(
                "{FILE} has {found} bytes instead of {length}: it was cut short, or another build \
                 of the simulator made it"
            )));
        }
        if found < length {
            reserve(&file, length).map_err(store)?;
        }
        let page = Page::map(&file).map_err(store)?;
        point("page made");
        let layout = &page.shared().layout;
        let found = layout.compare_exchange(0, LAYOUT, Ordering::SeqCst, Ordering::SeqCst);
        match found {
            Err(found) if found != LAYOUT => Err(OpenError::Store(format!(
                "{FILE} has the layout {found:#x} instead of {LAYOUT:#x}: another build of the \
                 simulator made it"
            ))),
            _ => Ok(page),
        }
    }

    fn map(file: &File) -> io::Result<Page> {
        let length = size_of::<Shared>();
        // SAFETY: the descriptor is open, the file at least `length` long, and the address is
        // chosen by the kernel; the mapping outlives the descriptor.
        let at = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                length,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                file.as_raw_fd(),
                0,
            )
        };
        if at == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let at = NonNull::new(at.cast()).ok_or_else(io::Error::last_os_error)?;
        Ok(Page { at })
    }

    /// What is mapped.
    pub(in crate::sql) fn shared(&self) -> &Shared {
        // SAFETY: the mapping has the size of `Shared`, is page-aligned, and lives as long as
        // `self`; all of its content is atomics, for which every bit pattern is valid.
        unsafe { self.at.as_ref() }
    }

    /// The number of the present schema. While a change of definitions becomes final, each answer
    /// is another one, so that nobody keeps what was read then.
    pub(in crate::sql) fn schema(&self) -> i64 {
        static LAST: AtomicI64 = AtomicI64::new(-1);
        match self.shared().schema.load(Ordering::Acquire) {
            number if number & 1 == 0 => number,
            _ => LAST.fetch_sub(1, Ordering::Relaxed) - 1,
        }
    }

    /// Definitions are about to change; inside of a write transaction, before its end. A process
    /// that dies behind that end leaves everybody asking again until [`Self::settle_schema`].
    pub(in crate::sql) fn unsettle_schema(&self) {
        self.shared().schema.fetch_or(1, Ordering::AcqRel);
        point("schema unsettled");
    }

    /// Tells all processes that definitions changed.
    pub(in crate::sql) fn raise_schema(&self) {
        let next = |number: i64| Some((number | 1) + 1);
        // It cannot fail, as `next` always gives a number.
        self.shared().schema.fetch_update(Ordering::AcqRel, Ordering::Acquire, next).ok();
        point("schema raised");
    }

    /// Ends what a process left that died while it changed definitions; inside of a write
    /// transaction.
    pub(in crate::sql) fn settle_schema(&self) {
        if self.is_schema_unsettled() {
            self.raise_schema();
        }
    }

    /// Whether definitions become final now, or a process died while they did.
    pub(in crate::sql) fn is_schema_unsettled(&self) -> bool {
        self.shared().schema.load(Ordering::Acquire) & 1 == 1
    }

    /// More row locks of one table than this become a table lock: 1 000 unless the option
    /// LOCK_ESCALATION_THRESHOLD says otherwise (iris-sql §1.6).
    pub(in crate::sql) fn escalation(&self) -> u64 {
        let rows = self.shared().escalation.load(Ordering::Relaxed);
        u64::try_from(rows).ok().filter(|rows| *rows > 0).unwrap_or(super::locks::ESCALATION)
    }

    /// Sets the threshold for the whole instance.
    pub(in crate::sql) fn set_escalation(&self, rows: i64) {
        self.shared().escalation.store(rows, Ordering::Relaxed);
    }

    /// A slot; any number has one.
    pub(in crate::sql) fn slot(&self, at: usize) -> &Slot {
        let slots = &self.shared().slots;
        slots.get(at % SLOTS).unwrap_or(&slots[0])
    }

    /// The slot of an owner.
    pub(in crate::sql) fn slot_of(&self, owner: i64) -> &Slot {
        self.slot(slot_number(owner))
    }

    /// Slots that were ever used.
    pub(in crate::sql) fn slots(&self) -> impl Iterator<Item = (usize, &Slot)> {
        let used = usize::try_from(self.shared().slots_used.load(Ordering::Acquire)).unwrap_or(0);
        self.shared().slots.iter().enumerate().take(used)
    }

    /// Whether the owner's transaction is open, or its locks are held.
    pub(in crate::sql) fn is_active(&self, owner: i64) -> bool {
        let slot = self.slot_of(owner);
        owner != 0
            && (slot.transaction.load(Ordering::Acquire) == owner
                || slot.holding.load(Ordering::Acquire) == owner)
    }

    /// Takes a slot for a session; inside of a write transaction. `None` when all are taken.
    pub(in crate::sql) fn take_slot(
        &self,
        pid: i64,
        start: i64,
        is_dead: &dyn Fn(&Slot) -> bool,
    ) -> Option<usize> {
        let slots = &self.shared().slots;
        let used = usize::try_from(self.shared().slots_used.load(Ordering::Acquire)).unwrap_or(0);
        let idle = |slot: &Slot| slot.transaction.load(Ordering::Acquire) == 0;
        let free = |slot: &Slot| slot.pid.load(Ordering::Acquire) == 0 && idle(slot);
        // Those that were never used come last, since every look at all slots passes over them.
        let at = slots
            .iter()
            .take(used)
            .position(free)
            .or_else(|| slots.iter().take(used).position(|slot| idle(slot) && is_dead(slot)))
            .or_else(|| slots.iter().position(|slot| free(slot) || idle(slot) && is_dead(slot)))?;
        let slot = self.slot(at);
        slot.holding.store(0, Ordering::Release);
        point("slot begun");
        slot.start.store(start, Ordering::Release);
        point("slot without pid");
        slot.pid.store(pid, Ordering::Release);
        point("slot taken");
        let used = i64::try_from(at + 1).unwrap_or(i64::MAX);
        self.shared().slots_used.fetch_max(used, Ordering::AcqRel);
        point("slot counted");
        Some(at)
    }

    /// A new owner number for a slot.
    pub(in crate::sql) fn new_owner(&self, slot: usize) -> i64 {
        let number = self.shared().begun.fetch_add(1, Ordering::SeqCst) + 1;
        number << SLOT_BITS | i64::try_from(slot).unwrap_or(0)
    }

    /// How many transactions were ever begun.
    pub(in crate::sql) fn begun(&self) -> i64 {
        self.shared().begun.load(Ordering::SeqCst)
    }

    /// How many rollbacks there were.
    pub(in crate::sql) fn rollbacks(&self) -> i64 {
        self.shared().rollbacks.load(Ordering::SeqCst)
    }

    /// Ends a transaction whose changes are undone: readers that saw one of them look again.
    pub(in crate::sql) fn end_rolled_back(&self, owner: i64) {
        self.shared().rollbacks.fetch_add(1, Ordering::SeqCst);
        point("rollback told");
        let transaction = &self.slot_of(owner).transaction;
        // Whoever else undid the same dead transaction may have been faster.
        transaction.compare_exchange(owner, 0, Ordering::SeqCst, Ordering::SeqCst).ok();
    }
}

/// Takes the room for the whole file: writing into a mapped hole of a full disk is a SIGBUS.
fn reserve(file: &File, length: u64) -> io::Result<()> {
    let length = libc::off_t::try_from(length).map_err(io::Error::other)?;
    // SAFETY: the descriptor is open for as long as `file` is borrowed.
    match unsafe { libc::posix_fallocate(file.as_raw_fd(), 0, length) } {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}

/// The slot in an owner's number.
pub(in crate::sql) fn slot_number(owner: i64) -> usize {
    usize::try_from(owner & ((1 << SLOT_BITS) - 1)).unwrap_or(0)
}

impl Drop for Page {
    fn drop(&mut self) {
        // SAFETY: mapped by `open` with this length, and no reference outlives `self`.
        let _ = unsafe { libc::munmap(self.at.as_ptr().cast(), size_of::<Shared>()) };
    }
}

//! Row and table locks, and their owners: processes that may die (iris-sql §1.6).
//!
//! The locks stand in shared memory. They are taken only inside a SQLite write transaction, which
//! makes the takers one after the other; anybody may look at any time. A lock is void when its
//! owner is not active any more, so that the end of a transaction releases all its locks at once.

use std::sync::OnceLock;
use std::sync::atomic::Ordering;

use super::super::api::SqlFailure;
use super::super::sqlcode::fail;
use super::death::point;
use super::page::{Entry, LOCKS, Page, slot_number};

/// The lock of a whole table stands under this row number.
pub(in crate::sql) const WHOLE_TABLE: i64 = i64::MIN;

/// The shared lock of a whole table stands under this row number, once for each holder.
pub(in crate::sql) const SHARED_TABLE: i64 = i64::MIN + 1;

/// More row locks of one table than this become a table lock: 1 000 (iris-sql §1.6).
pub(in crate::sql) const ESCALATION: u64 = 1_000;

/// The half is made anew when so many of its places are or were used: half of them.
const CROWDED: i64 = (LOCKS / 2) as i64;

/// An entry that is being written.
const WRITING: i64 = -1;

/// A session that may own locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) struct Holder {
    pub(in crate::sql) pid: u32,
    /// When it started, see [`start_time`], so that a reused pid is another process.
    pub(in crate::sql) start: i64,
}

/// When a process started, 0 when there is none: field 22 of its `stat`, in clock ticks since boot,
/// mixed with the boot's own number, since the same pid may start at the same tick of every boot.
pub(in crate::sql) fn start_time(pid: u32) -> i64 {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else { return 0 };
    // The second field is the program's name in parentheses and may hold anything.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let dead = fields.split_whitespace().next().is_some_and(|state| matches!(state, "Z" | "X"));
    if dead {
        return 0;
    }
    let ticks = fields.split_whitespace().nth(19).and_then(|text| text.parse::<i64>().ok());
    ticks.map_or(0, |ticks| of_boot(ticks, boot()))
}

/// A time since boot as one of this boot; never 0.
fn of_boot(ticks: i64, boot: i64) -> i64 {
    (ticks ^ boot) | 1 << 62
}

/// A number of the running boot; 0 where the kernel does not tell.
fn boot() -> i64 {
    static BOOT: OnceLock<i64> = OnceLock::new();
    *BOOT.get_or_init(|| {
        let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let digits = text.bytes().filter(u8::is_ascii_hexdigit).map(char::from);
        let first: String = digits.take(12).collect();
        i64::from_str_radix(&first, 16).unwrap_or(0)
    })
}

fn place_of(table: i64, row: i64) -> usize {
    let mixed = (table as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (row as u64);
    let mixed = mixed.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    // The high bits are the well mixed ones.
    (mixed >> 40) as usize % LOCKS
}

/// Places of a half, from that of a key on.
fn chain(page: &Page, generation: i64, table: i64, row: i64) -> impl Iterator<Item = &Entry> {
    let half = &page.shared().locks[usize::from(generation & 1 == 1)];
    let first = place_of(table, row);
    (0..LOCKS).filter_map(move |by| half.get((first + by) % LOCKS))
}

/// The other owner that holds this very row or table, if any. `me` is the asker's slot.
fn other(page: &Page, table: i64, row: i64, me: Option<usize>) -> Option<i64> {
    loop {
        let generation = page.shared().generation.load(Ordering::Acquire);
        let mut found = None;
        for entry in chain(page, generation, table, row) {
            let owner = entry.owner.load(Ordering::Acquire);
            if owner == 0 {
                break;
            }
            let same = entry.table.load(Ordering::Acquire) == table
                && entry.row.load(Ordering::Acquire) == row
                && entry.owner.load(Ordering::Acquire) == owner;
            if same && me != Some(slot_number(owner)) && page.is_active(owner) {
                found = Some(owner);
                break;
            }
        }
        if page.shared().generation.load(Ordering::Acquire) == generation {
            return found;
        }
    }
}

/// The other owner that keeps a reader from the row, if any.
pub(in crate::sql) fn reader_blocker(
    page: &Page,
    table: i64,
    row: i64,
    me: Option<usize>,
) -> Option<i64> {
    other(page, table, row, me).or_else(|| other(page, table, WHOLE_TABLE, me))
}

/// The other owner that keeps a writer from the row, if any.
pub(in crate::sql) fn blocker(page: &Page, table: i64, row: i64, me: Option<usize>) -> Option<i64> {
    reader_blocker(page, table, row, me).or_else(|| other(page, table, SHARED_TABLE, me))
}

/// The other owner of any lock of the table, if any; `shared` passes over shared ones.
pub(in crate::sql) fn table_blocker(
    page: &Page,
    table: i64,
    me: Option<usize>,
    shared: bool,
) -> Option<i64> {
    loop {
        let generation = page.shared().generation.load(Ordering::Acquire);
        let half = &page.shared().locks[usize::from(generation & 1 == 1)];
        let found = half.iter().find_map(|entry| {
            let owner = entry.owner.load(Ordering::Acquire);
            if owner == 0 || entry.table.load(Ordering::Acquire) != table {
                return None;
            }
            let row = entry.row.load(Ordering::Acquire);
            let counts = me != Some(slot_number(owner)) && !(shared && row == SHARED_TABLE);
            (counts && page.is_active(owner)).then_some(owner)
        });
        if page.shared().generation.load(Ordering::Acquire) == generation {
            return found;
        }
    }
}

/// −400. UNVERIFIED(iris): the code; IRIS's lock table is finite, too.
fn full() -> SqlFailure {
    fail(-400, "Unexpected error occurred: <LOCK TABLE FULL>")
}

/// Takes a lock; inside of a write transaction, after [`blocker`] gave none. Gives whether it is
/// new.
///
/// # Errors
/// −400 when the lock table is full.
pub(in crate::sql) fn take(
    page: &Page,
    table: i64,
    row: i64,
    owner: i64,
) -> Result<bool, SqlFailure> {
    let shared = page.shared();
    if shared.locks_used.load(Ordering::Acquire) >= CROWDED {
        renew(page);
        if shared.locks_used.load(Ordering::Acquire) >= CROWDED {
            return Err(full());
        }
    }
    let generation = shared.generation.load(Ordering::Acquire);
    let mut free: Option<&Entry> = None;
    for entry in chain(page, generation, table, row) {
        let holder = entry.owner.load(Ordering::Acquire);
        if holder == 0 {
            if free.is_none() {
                shared.locks_used.fetch_add(1, Ordering::AcqRel);
                free = Some(entry);
            }
            break;
        }
        let same = entry.table.load(Ordering::Acquire) == table
            && entry.row.load(Ordering::Acquire) == row;
        if same && holder == owner {
            return Ok(false);
        }
        if free.is_none() && !page.is_active(holder) {
            free = Some(entry);
        }
    }
    let entry = free.ok_or_else(full)?;
    entry.owner.store(WRITING, Ordering::Release);
    point("lock begun");
    entry.table.store(table, Ordering::Release);
    point("lock half written");
    entry.row.store(row, Ordering::Release);
    entry.owner.store(owner, Ordering::Release);
    point("lock taken");
    Ok(true)
}

/// Gives one lock back before its owner ends. That may be at any time, also while another process
/// copies the locks into the other half: what is given back in the one that it copies from, it
/// either sees or has written already.
pub(in crate::sql) fn release(page: &Page, table: i64, row: i64, owner: i64) {
    loop {
        let generation = page.shared().generation.load(Ordering::SeqCst);
        for half in [generation, generation + 1] {
            free(page, half, table, row, owner);
        }
        if page.shared().generation.load(Ordering::SeqCst) == generation {
            return;
        }
    }
}

fn free(page: &Page, generation: i64, table: i64, row: i64, owner: i64) {
    for entry in chain(page, generation, table, row) {
        let holder = entry.owner.load(Ordering::SeqCst);
        if holder == 0 {
            return;
        }
        let same = entry.table.load(Ordering::Acquire) == table
            && entry.row.load(Ordering::Acquire) == row;
        if same && holder == owner {
            entry.owner.compare_exchange(owner, WRITING, Ordering::SeqCst, Ordering::SeqCst).ok();
            return;
        }
    }
}

/// Copies the locks that are held into the other half, which then is the one in use. A process that
/// is killed in between leaves the present half as it is.
fn renew(page: &Page) {
    let shared = page.shared();
    let generation = shared.generation.load(Ordering::Acquire);
    let (old, new) = (usize::from(generation & 1 == 1), usize::from(generation & 1 == 0));
    for entry in &shared.locks[new] {
        entry.owner.store(0, Ordering::SeqCst);
    }
    point("half cleared");
    let mut used = 0;
    for entry in &shared.locks[old] {
        let owner = entry.owner.load(Ordering::SeqCst);
        if owner == 0 || !page.is_active(owner) {
            continue;
        }
        let (table, row) = (entry.table.load(Ordering::Acquire), entry.row.load(Ordering::Acquire));
        let mut places = chain(page, generation + 1, table, row);
        if let Some(place) = places.find(|place| place.owner.load(Ordering::Acquire) == 0) {
            place.table.store(table, Ordering::Release);
            place.row.store(row, Ordering::Release);
            place.owner.store(owner, Ordering::SeqCst);
            // The owner may have given it back meanwhile, see [`release`].
            if entry.owner.load(Ordering::SeqCst) != owner {
                place.owner.store(WRITING, Ordering::SeqCst);
            }
            used += 1;
            point("lock copied");
        }
    }
    // In this order: who is killed in between leaves a count that is too high, and the next taker
    // does this again.
    point("half copied");
    shared.generation.store(generation + 1, Ordering::SeqCst);
    point("half in use");
    shared.locks_used.store(used, Ordering::Release);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(name: &str) -> (std::path::PathBuf, Page) {
        let dir = std::env::temp_dir().join(format!("iris-mock-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let page = Page::open(&dir, false).unwrap();
        (dir, page)
    }

    fn begin(page: &Page, start: i64) -> (usize, i64) {
        let slot = page.take_slot(1, start, &|_| false).unwrap();
        let owner = page.new_owner(slot);
        page.slot(slot).transaction.store(owner, Ordering::SeqCst);
        (slot, owner)
    }

    #[test]
    fn locks_are_void_when_their_owner_ends() {
        let (dir, page) = page("void");
        let (mine, owner) = begin(&page, 1);
        let (other, _) = begin(&page, 2);
        assert!(take(&page, 7, 1, owner).unwrap());
        assert!(!take(&page, 7, 1, owner).unwrap());
        assert_eq!(blocker(&page, 7, 1, Some(other)), Some(owner));
        assert_eq!(blocker(&page, 7, 1, Some(mine)), None);
        assert_eq!(blocker(&page, 7, 2, Some(other)), None);
        assert_eq!(table_blocker(&page, 7, Some(other), false), Some(owner));
        page.slot(mine).transaction.store(0, Ordering::SeqCst);
        assert_eq!(blocker(&page, 7, 1, Some(other)), None);
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn one_lock_goes_back_alone() {
        let (dir, page) = page("alone");
        let (_, owner) = begin(&page, 1);
        for row in [1, 2, SHARED_TABLE] {
            take(&page, 7, row, owner).unwrap();
        }
        release(&page, 7, 1, owner);
        assert_eq!(blocker(&page, 7, 3, None), Some(owner));
        release(&page, 7, SHARED_TABLE, owner);
        assert_eq!(blocker(&page, 7, 1, None), None);
        assert_eq!(blocker(&page, 7, 2, None), Some(owner));
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn held_locks_survive_many_others_and_a_full_table_is_told() {
        let (dir, page) = page("full");
        let (_, keeper) = begin(&page, 1);
        let (busy, _) = begin(&page, 2);
        for row in 0..50 {
            take(&page, 1, row, keeper).unwrap();
        }
        // Void locks of transactions that ended are cleared away.
        for _ in 0..200 {
            let owner = page.new_owner(busy);
            page.slot(busy).transaction.store(owner, Ordering::SeqCst);
            for row in 0..900 {
                assert!(take(&page, owner, row, owner).unwrap());
            }
        }
        assert!(page.shared().generation.load(Ordering::SeqCst) > 1);
        assert!((0..50).all(|row| blocker(&page, 1, row, Some(busy)) == Some(keeper)));
        // Held ones are not.
        let all: Result<Vec<bool>, _> = (0..=CROWDED).map(|r| take(&page, 2, r, keeper)).collect();
        assert_eq!(all.unwrap_err().sqlcode, -400);
        std::fs::remove_dir_all(dir).unwrap();
    }
}

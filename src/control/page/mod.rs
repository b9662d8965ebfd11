//! The page that all processes share: what each worker does, and one generation per namespace.
//!
//! A slot is written by its one worker and read by anybody. A writer never waits: it makes the
//! slot's sequence number odd, stores, makes it even; a reader tries again when it saw an odd or a
//! changed number. All words are atomics, so a torn read is only a wrong value, which the sequence
//! number reveals. The memory is a sealed memfd: nobody can shorten it under the others.

mod map;
mod slot;

pub use slot::{Activity, Counters, SlotWriter, State, TEXT_BYTES_MAX, Times};

use map::Map;
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, ftruncate, memfd_create};
use slot::SLOT_WORDS;
use std::hash::{DefaultHasher, Hasher};
use std::io;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU64, Ordering};

/// Generation counters in a page. Two namespaces that share one only read their metadata again
/// needlessly; 1 024 makes that rare (IRIS instances have some dozens of namespaces).
const GENERATIONS: usize = 1024;
/// Words before the generations: format number, count of slots, and room to grow.
const HEAD_WORDS: usize = 64;
/// Changes whenever the layout does: supervisor and worker must be the same build.
const FORMAT: u64 = 0x4952_4953_5047_0001;

/// The shared page, mapped.
pub struct Page {
    map: Map,
    slots: u32,
}

fn words(slots: u32) -> usize {
    let slots = usize::try_from(slots).unwrap_or(usize::MAX);
    SLOT_WORDS.saturating_mul(slots).saturating_add(HEAD_WORDS + GENERATIONS)
}

impl Page {
    /// A new page for this many workers, and its descriptor for [`super::Hello`].
    ///
    /// # Errors
    /// When the kernel has no memory or no descriptors left.
    pub fn create(slots: u32) -> io::Result<(Self, OwnedFd)> {
        let fd = memfd_create("irispg-page", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
        let bytes = u64::try_from(words(slots).saturating_mul(8)).unwrap_or(u64::MAX);
        ftruncate(&fd, bytes)?;
        fcntl_add_seals(&fd, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
        let map = Map::new(&fd, words(slots))?;
        let page = Self { map, slots };
        page.word(0).store(FORMAT, Ordering::Relaxed);
        page.word(1).store(u64::from(slots), Ordering::Release);
        Ok((page, fd))
    }

    /// Maps the page behind a descriptor.
    ///
    /// # Errors
    /// `InvalidData` when it is not a page of this build.
    pub fn open(fd: OwnedFd) -> io::Result<Self> {
        let alien = || io::Error::new(io::ErrorKind::InvalidData, "not this build's shared page");
        let bytes = usize::try_from(rustix::fs::fstat(&fd)?.st_size).map_err(|_| alien())?;
        if bytes < words(0) * 8 || bytes % 8 != 0 {
            return Err(alien());
        }
        let map = Map::new(&fd, bytes / 8)?;
        let mut page = Self { map, slots: 0 };
        let slots = u32::try_from(page.word(1).load(Ordering::Acquire)).map_err(|_| alien())?;
        if page.word(0).load(Ordering::Relaxed) != FORMAT || words(slots) != bytes / 8 {
            return Err(alien());
        }
        page.slots = slots;
        Ok(page)
    }

    /// How many slots there are.
    pub fn slots(&self) -> u32 {
        self.slots
    }

    /// The writer of a slot; `None` when there is no such slot. Only the worker to which the
    /// supervisor gave the slot may ask for it, once.
    pub fn slot(&self, slot: u32) -> Option<SlotWriter<'_>> {
        Some(SlotWriter::new(self.slot_words(slot)?))
    }

    /// What the worker of a slot does; `None` when the slot is empty, does not exist, or is being
    /// written all the time (a worker that died while writing, until the slot is cleared).
    pub fn read(&self, slot: u32) -> Option<Activity> {
        slot::read(self.slot_words(slot)?)
    }

    /// Empties a slot whose worker is dead. Only the supervisor does this.
    pub fn clear(&self, slot: u32) {
        if let Some(words) = self.slot_words(slot) {
            slot::clear(words);
        }
    }

    /// The counter of a namespace (names are compared without case).
    pub fn generation(&self, namespace: &str) -> Generation<'_> {
        let mut hasher = DefaultHasher::new();
        for byte in namespace.bytes() {
            hasher.write_u8(byte.to_ascii_uppercase());
        }
        let index = usize::try_from(hasher.finish() % 1024).unwrap_or(0);
        Generation(self.word(HEAD_WORDS + index))
    }

    fn word(&self, index: usize) -> &AtomicU64 {
        // Indexes come from the constants above, all below `words(0)`; the first word of the
        // page stands in for the impossible rest.
        self.map.words().get(index).unwrap_or(&NOWHERE)
    }

    fn slot_words(&self, slot: u32) -> Option<&[AtomicU64]> {
        if slot >= self.slots {
            return None;
        }
        let start = words(slot);
        self.map.words().get(start..start + SLOT_WORDS)
    }
}

static NOWHERE: AtomicU64 = AtomicU64::new(0);

/// The generation of a namespace's metadata: raised after DDL, compared before each statement.
#[derive(Clone, Copy)]
pub struct Generation<'a>(&'a AtomicU64);

impl Generation<'_> {
    /// The present value: one load.
    pub fn load(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// Raises it, after IRIS reported that the DDL succeeded; gives the new value.
    pub fn raise(&self) -> u64 {
        self.0.fetch_add(1, Ordering::AcqRel).wrapping_add(1)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicBool;

    #[test]
    fn a_slot_shows_what_its_worker_does() {
        let (page, _fd) = Page::create(2).unwrap();
        assert_eq!(page.read(0), None);
        let mut slot = page.slot(1).unwrap();
        slot.open(42, "192.0.2.1:5000");
        assert_eq!(page.read(1).unwrap().state, State::Starting);
        slot.identify("_SYSTEM", "USER", "psql");
        slot.begin("SELECT 1", true);
        let busy = page.read(1).unwrap();
        assert_eq!((busy.pid, busy.state), (42, State::Active));
        assert_eq!(
            (&*busy.user, &*busy.namespace, &*busy.application),
            ("_SYSTEM", "USER", "psql")
        );
        assert_eq!((&*busy.query, &*busy.address), ("SELECT 1", "192.0.2.1:5000"));
        assert_eq!(busy.times.query_start, busy.times.transaction_start);
        slot.counters().rows += 3;
        slot.rest(State::IdleInTransaction);
        let idle = page.read(1).unwrap();
        assert_eq!((idle.counters.rows, idle.counters.statements), (3, 1));
        assert_eq!(idle.times.transaction_start, busy.times.transaction_start);
        slot.rest(State::Idle);
        assert_eq!(page.read(1).unwrap().times.transaction_start, 0);
        assert_eq!(page.read(0), None, "the neighbour stays empty");
        page.clear(1);
        assert_eq!(page.read(1), None);
        assert!(page.slot(2).is_none());
    }

    #[test]
    fn a_text_that_is_too_long_is_cut_between_characters() {
        let (page, _fd) = Page::create(1).unwrap();
        let mut slot = page.slot(0).unwrap();
        slot.open(1, "[local]");
        slot.begin(&format!("x{}", "é".repeat(600)), false);
        let query = page.read(0).unwrap().query;
        assert_eq!(query.len(), 1023);
        assert!(query.ends_with('é'));
    }

    #[test]
    fn all_who_map_the_page_see_the_same() {
        let (page, fd) = Page::create(5).unwrap();
        let other = Page::open(fd).unwrap();
        assert_eq!(other.slots(), 5);
        assert_eq!(page.generation("USER").raise(), 1);
        assert_eq!(other.generation("user").load(), 1);
        assert_eq!(other.generation("%SYS").load(), 0);
    }

    #[test]
    fn a_file_that_is_no_page_is_refused() {
        let loose = memfd_create("x", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING).unwrap();
        ftruncate(&loose, 1 << 20).unwrap();
        assert!(Page::open(loose.try_clone().unwrap()).is_err(), "not sealed");
        fcntl_add_seals(&loose, SealFlags::SHRINK).unwrap();
        assert!(Page::open(loose).is_err(), "no format number");
    }

    /// Two texts of one letter each are written in turns; a reader must never see a mixture.
    #[test]
    fn a_reader_never_sees_half_a_write() {
        let (page, _fd) = Page::create(1).unwrap();
        let done = AtomicBool::new(false);
        let (long, short) = ("a".repeat(1024), "b".repeat(900));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut slot = page.slot(0).unwrap();
                slot.open(1, "[local]");
                for turn in 0..20_000 {
                    slot.publish(State::Active, if turn % 2 == 0 { &long } else { &short });
                }
                done.store(true, Ordering::Release);
            });
            let mut seen = 0;
            while !done.load(Ordering::Acquire) || seen == 0 {
                if let Some(activity) = page.read(0).filter(|found| !found.query.is_empty()) {
                    let query = activity.query;
                    assert!(query == long || query == short, "torn: {query}");
                    seen += 1;
                }
            }
        });
    }
}

//! The mapping itself: the only `unsafe` of the control room.

use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};
use std::io;
use std::os::fd::AsFd;
use std::ptr::{NonNull, null_mut};
use std::sync::atomic::AtomicU64;

/// A shared mapping, seen as atomic words.
pub(super) struct Map {
    start: NonNull<AtomicU64>,
    words: usize,
}

// SAFETY: the mapping is plain memory that belongs to no thread; all access goes through atomics.
unsafe impl Send for Map {}
// SAFETY: as above: `words` hands out shared references to atomics only.
unsafe impl Sync for Map {}

impl Map {
    /// Maps `words` words of a memfd that is sealed against shrinking and at least that long.
    pub(super) fn new(fd: impl AsFd, words: usize) -> io::Result<Self> {
        let bytes = words.checked_mul(8).ok_or(io::ErrorKind::OutOfMemory)?;
        let length = rustix::fs::fstat(&fd)?.st_size;
        let sealed = rustix::fs::fcntl_get_seals(&fd)?.contains(rustix::fs::SealFlags::SHRINK);
        if !sealed || usize::try_from(length).is_ok_and(|length| length < bytes) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "not a sealed page"));
        }
        let protection = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: a new mapping at an address of the kernel's choice overlaps nothing of ours; the
        // file is sealed against shrinking and long enough, so no access can fault.
        let start = unsafe { mmap(null_mut(), bytes, protection, MapFlags::SHARED, &fd, 0) }?;
        let start = NonNull::new(start.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Self { start, words })
    }

    /// The words. Other processes change them at any time, which atomics allow.
    pub(super) fn words(&self) -> &[AtomicU64] {
        // SAFETY: `start` is page aligned, `words` words from it are mapped readable and writable
        // until `self` is dropped, every bit pattern is an `AtomicU64`, and nobody in any process
        // touches them except through atomics.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.words) }
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        // SAFETY: exactly the mapping made in `new`; no reference outlives `self`.
        let unmapped = unsafe { munmap(self.start.as_ptr().cast(), self.words * 8) };
        debug_assert!(unmapped.is_ok(), "a mapping of ours can always be removed");
    }
}

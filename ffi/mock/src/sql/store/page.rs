//! A page that all processes of an instance map: two counters that make the common case of a read
//! free of questions to the data file.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicI64, Ordering};

/// The page's length in bytes.
const LENGTH: usize = 4096;

/// What the page holds, at its beginning.
#[repr(C)]
struct Counters {
    /// Sessions that hold locks. Only written inside a SQLite write transaction, which makes the
    /// writers one after the other. It may be too high after a crash (readers then look at the lock
    /// table in vain), and is set right by the next writer.
    owners: AtomicI64,
    /// Raised by every DDL of any process.
    schema: AtomicI64,
}

/// The mapped page; unmapped when dropped.
#[derive(Debug)]
pub(in crate::sql) struct Page {
    at: NonNull<Counters>,
}

// SAFETY: the page is shared memory of atomics, which any thread may use through a reference.
unsafe impl Send for Page {}
// SAFETY: as above.
unsafe impl Sync for Page {}

impl Page {
    /// Maps the page of the instance in `dir`, making it where it is missing.
    pub(in crate::sql) fn open(dir: &Path) -> io::Result<Page> {
        let path = dir.join("iris.page");
        let file: File =
            File::options().read(true).write(true).create(true).truncate(false).open(path)?;
        if file.metadata()?.len() < LENGTH as u64 {
            file.set_len(LENGTH as u64)?;
        }
        // SAFETY: the descriptor is open, the file at least LENGTH long, and the address is chosen
        // by the kernel; the mapping outlives the descriptor.
        let at = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                LENGTH,
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

    fn counters(&self) -> &Counters {
        // SAFETY: the mapping is LENGTH bytes, page-aligned, and lives as long as `self`; all of
        // its content is atomics, for which every bit pattern is valid.
        unsafe { self.at.as_ref() }
    }

    /// How many sessions hold locks, at most.
    pub(in crate::sql) fn owners(&self) -> i64 {
        self.counters().owners.load(Ordering::Acquire)
    }

    /// Inside of a write transaction only.
    pub(in crate::sql) fn set_owners(&self, count: i64) {
        self.counters().owners.store(count, Ordering::Release);
    }

    /// The number of the present schema.
    pub(in crate::sql) fn schema(&self) -> i64 {
        self.counters().schema.load(Ordering::Acquire)
    }

    /// Tells all processes that definitions changed.
    pub(in crate::sql) fn raise_schema(&self) {
        self.counters().schema.fetch_add(1, Ordering::AcqRel);
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // SAFETY: mapped by `open` with this length, and no reference outlives `self`.
        let _ = unsafe { libc::munmap(self.at.as_ptr().cast(), LENGTH) };
    }
}

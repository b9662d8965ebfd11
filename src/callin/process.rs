//! What a process that connects to IRIS owes to itself: an end when IRIS ends its thread.

use std::ffi::c_void;
use std::ptr;
use std::sync::OnceLock;

/// Exit status of a process whose session's thread was ended by IRIS: `EX_SOFTWARE` of sysexits.
pub const THREAD_ENDED_STATUS: i32 = 70;

/// Ends the process when the session's thread ends with the session still open.
///
/// IRIS answers a fault in a connected thread by disconnecting it and calling `pthread_exit`. If
/// that thread is the main one and another is still there, the process would live on without
/// anybody who serves the client. Thread-specific data are what a thread leaves through on that
/// way: Rust's own `thread_local!` destructors do not run for the main thread.
#[derive(Debug)]
pub(super) struct ThreadWatch(libc::pthread_key_t);

impl ThreadWatch {
    /// Watches this thread; `None` when the process has no key left, which only costs the watch.
    pub(super) fn set() -> Option<Self> {
        static KEY: OnceLock<Option<libc::pthread_key_t>> = OnceLock::new();
        let key = (*KEY.get_or_init(|| {
            let mut key: libc::pthread_key_t = 0;
            // SAFETY: the pointer is valid for the call, and the destructor may run on any thread.
            let code = unsafe { libc::pthread_key_create(&mut key, Some(end_process)) };
            (code == 0).then_some(key)
        }))?;
        // The value is never read; the destructor runs for any that is not null.
        let value = ptr::NonNull::<c_void>::dangling().as_ptr();
        // SAFETY: the key was made above and is never deleted.
        let code = unsafe { libc::pthread_setspecific(key, value) };
        (code == 0).then_some(Self(key))
    }

    /// The session ended in order, so that this thread may end too.
    pub(super) fn clear(self) {
        // SAFETY: the key was made by `set` and is never deleted.
        let code = unsafe { libc::pthread_setspecific(self.0, ptr::null()) };
        debug_assert_eq!(code, 0);
    }
}

/// Called by the C library when a watched thread ends. Nothing here can panic, allocate or wait.
extern "C" fn end_process(_value: *mut c_void) {
    // SAFETY: it ends the process at once, without running anything else of it.
    unsafe { libc::_exit(THREAD_ENDED_STATUS) }
}

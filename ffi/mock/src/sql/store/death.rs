//! Points at which a test lets the process die; nothing outside of the crate's own tests.

/// A step of what is done in several steps. A process may be killed between any two.
#[cfg(not(test))]
#[inline]
pub(in crate::sql) fn point(_name: &str) {}

#[cfg(test)]
pub(in crate::sql) use armed::{arm, point};

#[cfg(test)]
mod armed {
    use std::cell::Cell;
    use std::io::Write as _;

    thread_local! {
        /// Points that are left until death; `None` while nothing is armed.
        static LEFT: Cell<Option<u64>> = const { Cell::new(None) };
    }

    /// This thread's process dies at the point number `at` from here on, the first being 1. It
    /// writes every point's name to standard error.
    pub(in crate::sql) fn arm(at: u64) {
        LEFT.set(Some(at));
    }

    pub(in crate::sql) fn point(name: &str) {
        let Some(left) = LEFT.get() else { return };
        writeln!(std::io::stderr(), "{name}").ok();
        if left <= 1 {
            // SAFETY: ends this process, as a kill by another one would.
            unsafe { libc::raise(libc::SIGKILL) };
        }
        LEFT.set(Some(left - 1));
    }
}

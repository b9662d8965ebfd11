//! The only room that crosses into C: library loading, value stack, strings, errors, and the safe
//! API over them.
//!
//! The rungs, from the bottom: `bindings` (made from the header), [`Library`] (the loaded
//! `libirisdb.so`, its functions resolved), [`Connection`] (one session, bound to its thread), and
//! the calls on it. No raw pointer leaves this room, and nothing of this workspace's memory is ever
//! freed by the library or the other way round. `SAFETY.md` has the contract as a whole: threads,
//! signals, who frees what.
//!
//! C never calls back into this room: no function pointer is handed over but a signal handler that
//! does nothing and a destructor that ends the process, neither of which can panic.

#[cfg(callin_header_installed)]
#[expect(missing_docs, reason = "made by bindgen from the header of the installed IRIS")]
#[allow(clippy::all, clippy::pedantic, clippy::expect_used, clippy::unwrap_used, reason = "made")]
#[allow(clippy::undocumented_unsafe_blocks, clippy::multiple_unsafe_ops_per_block, reason = "made")]
#[allow(dead_code, unreachable_pub, reason = "the header declares more than is called")]
#[allow(non_camel_case_types, non_snake_case, non_upper_case_globals, reason = "names of the ABI")]
mod bindings {
    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
}
#[cfg(not(callin_header_installed))]
#[allow(missing_docs, reason = "made by bindgen from ffi/include")]
#[allow(clippy::all, clippy::pedantic, clippy::expect_used, clippy::unwrap_used, reason = "made")]
#[allow(clippy::undocumented_unsafe_blocks, clippy::multiple_unsafe_ops_per_block, reason = "made")]
#[allow(dead_code, unreachable_pub, reason = "the header declares more than is called")]
#[allow(non_camel_case_types, non_snake_case, non_upper_case_globals, reason = "names of the ABI")]
mod bindings;

mod connection;
mod error;
mod interrupt;
mod library;
pub mod process;
mod session;
pub mod signals;
mod strings;

pub use connection::{Arg, Connection, Oref, StartOptions};
pub use error::CallinError;
pub use interrupt::{Abort, Interrupter};
pub use library::{Library, LoadError};
pub use strings::Block;

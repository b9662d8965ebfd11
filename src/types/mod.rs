//! PostgreSQL types and IRIS values: codecs in both directions, and the `$LIST` format. Pure.
//!
//! * [`pg`] says what PostgreSQL calls a type;
//! * [`list`] reads and writes IRIS's `$LIST` bytes;
//! * [`iris`] turns a column's description by IRIS into a PostgreSQL type;
//! * [`encode`] writes IRIS values as PostgreSQL sends them;
//! * [`decode`] reads parameters as PostgreSQL does and writes what IRIS takes;
//! * [`relation`] numbers tables, as PostgreSQL does;
//! * [`error`] names everything that can be wrong with a value.

#![forbid(unsafe_code)]
#![deny(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

mod calendar;
pub mod decode;
mod digits;
pub mod encode;
pub mod error;
mod float;
pub mod interval;
pub mod iris;
pub mod list;
pub mod pg;
pub mod relation;
mod uuid;
pub mod zone;

pub use error::ValueError;
pub use pg::{Format, PgType};
pub use zone::Zone;

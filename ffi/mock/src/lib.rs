//! A simulator of InterSystems IRIS behind the Callin C ABI, built as `libirisdb.so`.
//!
//! `README.md` says what is simulated and what is not.

mod admin;
pub mod callin;
pub(crate) mod contract;
mod fault;
pub mod list;
mod process;
pub mod sql;

//! The Callin interface: the exported functions, and what lies between them and the session.
//!
//! Prototypes, return codes and order of calls are those of facts, callin §1; where the facts
//! leave something open, the place says `UNVERIFIED(iris)`. Every function catches panics.

pub mod abi;
pub mod calls;
pub(crate) mod control;
pub(crate) mod errors;
pub mod evaluation;
pub(crate) mod gate;
pub mod lists;
pub mod long_strings;
pub mod pops;
pub mod pushes;
pub(crate) mod raise;
pub mod sessions;
pub(crate) mod signals;
pub(crate) mod stack;
pub(crate) mod storage;
pub(crate) mod text;
pub mod transactions;
pub(crate) mod value;

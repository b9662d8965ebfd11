//! The simulator.

pub mod list;
pub mod sql;

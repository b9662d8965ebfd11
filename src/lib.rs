//! IrisPG lets every PostgreSQL client use InterSystems IRIS.
//!
//! `ARCHITECTURE.md` has the map; each room below says what it is for.

pub mod callin;
pub mod config;
pub mod control;
pub mod engine;
pub mod protocol;
pub mod session;
pub mod sql;
pub mod supervisor;
pub mod types;
pub mod worker;

//! The simulator's SQL engine: it reads IRIS SQL with a grammar of its own, types every expression
//! as IRIS does, keeps rows in SQLite and gives IRIS's SQLCODE, message and metadata.
//!
//! SQLite stores rows and evaluates bound statements; transactions, locks and undo are IRIS's own
//! (`store`). Whoever looks for a rule finds the fact it stands on beside it (`iris-sql §…`).

mod api;
mod ast;
mod bind;
mod calendar;
mod control;
mod core;
#[cfg(test)]
mod deaths;
mod decimal;
mod describe;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::string_slice)]
mod emitted;
mod exec;
mod functions;
pub mod fuzz;
mod json;
mod lexer;
mod parser;
mod session;
mod spool;
mod sqlcode;
mod store;
mod token;
mod types;
mod validation;
mod value;

pub use api::{
    ColumnDescription, ColumnMeta, Execution, Identity, Interrupter, KeyDescription, KeyKind,
    OpenError, OpenThings, ParameterMeta, Prepared, SelectMode, SqlFailure, TableDescription,
    TableKind, Version,
};
pub use session::{Instance, SqlSession};
pub use spool::SpooledRows;
pub use sqlcode::text as sqlcode_text;

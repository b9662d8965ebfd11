//! The process that accepts, admits, spawns and counts; it runs no SQL and never calls Callin.

#![forbid(unsafe_code)]

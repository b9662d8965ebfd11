//! From PostgreSQL's SQL to IRIS SQL: lexing, parsing, classification, rewriting, printing. Pure.

#![forbid(unsafe_code)]

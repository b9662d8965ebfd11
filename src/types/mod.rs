//! PostgreSQL types and IRIS values: codecs in both directions, and the `$LIST` format. Pure.

#![forbid(unsafe_code)]

//! One table of settings: flag, environment, file and documentation all come from it.

#![forbid(unsafe_code)]

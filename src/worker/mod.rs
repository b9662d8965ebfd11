//! The life of one client connection, from its first byte to its last.

#![forbid(unsafe_code)]

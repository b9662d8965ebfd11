//! The one trait through which the rest sees IRIS, and its Callin implementation.

#![forbid(unsafe_code)]

//! Any bytes as a `$LIST`: reading never panics, and what was read is written and read again alike.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| irispg::types::list::fuzz_list(bytes));

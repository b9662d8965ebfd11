//! Packets before the login.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| irispg::protocol::fuzz::fuzz_first_packet(bytes));

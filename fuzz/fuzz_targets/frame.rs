//! Frames after the startup packet, in every phase.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| irispg::protocol::fuzz::fuzz_frame(bytes));

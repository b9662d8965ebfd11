//! Any text as SQL for the simulator: it becomes a statement or an SQLCODE.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| irisdb::sql::fuzz::fuzz_parser(text));

//! Any text is bound to tables of all column types and run: SQLite refuses nothing of it.
#![no_main]

use std::cell::RefCell;

use irisdb::sql::fuzz::FuzzWorld;

thread_local!(static WORLD: RefCell<FuzzWorld> = RefCell::new(FuzzWorld::new().unwrap()));

/// The list 1, 'x', 2.5, NULL, '2020-02-29', in the bytes of `$LIST`.
const PARAMETERS: &[u8] = b"\x03\x04\x01\x03\x01x\x04\x06\xff\x19\x02\x01\x0c\x012020-02-29";

libfuzzer_sys::fuzz_target!(|text: &str| {
    WORLD.with_borrow_mut(|world| world.run(text, PARAMETERS).unwrap());
});

//! Any bytes as the parameters of prepared statements of the simulator.
#![no_main]

use std::cell::RefCell;

use irisdb::sql::fuzz::{FuzzWorld, WITH_PARAMETERS};

thread_local!(static WORLD: RefCell<FuzzWorld> = RefCell::new(FuzzWorld::new().unwrap()));

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // The first byte picks the statement.
    let Some((pick, parameters)) = bytes.split_first() else { return };
    let text = WITH_PARAMETERS[usize::from(*pick) % WITH_PARAMETERS.len()];
    WORLD.with_borrow_mut(|world| world.run(text, parameters).unwrap());
});

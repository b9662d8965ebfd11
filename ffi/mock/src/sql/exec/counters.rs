//! Counters of SERIAL, AUTO_INCREMENT, ROWVERSION and the RowID. They never go back: `$INCREMENT`
//! leaves no undo (DESIGN §5), so what a failed statement took stays taken.

use super::super::api::SqlFailure;
use super::super::core::Core;

/// The counters of ROWVERSION stand under this table number, each with its namespace's number in
/// the place of the column.
const NAMESPACE_COUNTER: i64 = 0;

/// ROWVERSION's next value, of a counter for the whole namespace (iris-sql §1.5).
pub(super) fn version(core: &Core) -> Result<i64, SqlFailure> {
    // The namespace's number among the counters: FNV-1a of its name.
    let number = core.identity.namespace.bytes().fold(0xCBF2_9CE4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    });
    core.next_number(NAMESPACE_COUNTER, i64::from_le_bytes(number.to_le_bytes()))
}

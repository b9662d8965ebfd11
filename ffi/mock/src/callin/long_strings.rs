//! The life of long strings: new, and killed (facts, callin §7).
#![allow(non_snake_case)]

use super::abi::{LongPointer, LongString, code};
use super::errors;
use super::gate;
use super::storage;
use super::text;
use std::ffi::c_int;
use std::ptr;

/// Characters that one long string may be asked to hold: more than the longest string of IRIS, so
/// that what is too long is refused where it is pushed.
const LARGEST: c_int = 1 << 28;

/// Fills a long string with new storage; null when that is not possible.
///
/// # Safety
/// `string` is null or writable.
unsafe fn renew<T>(
    name: &'static str,
    string: *mut LongString,
    size: c_int,
    allocate: impl FnOnce(usize) -> *mut T,
) -> *mut T {
    let mut storage = ptr::null_mut();
    // A planned fault of a function that returns a pointer is a null pointer.
    let _status = gate::outside(name, || {
        let Some(count) = usize::try_from(size).ok().filter(|_| size <= LARGEST) else {
            return code::BAD_ARGUMENT;
        };
        if string.is_null() {
            return code::BAD_ARGUMENT;
        }
        let fresh = allocate(count);
        let len = u32::try_from(count).unwrap_or_default();
        let long = LongString { len, str: LongPointer { ch: fresh.cast() } };
        // SAFETY: the caller vouches for the string, and it is not null.
        if unsafe { text::store(string, long) }.is_ok() {
            storage = fresh;
        }
        code::SUCCESS
    });
    storage
}

/// Storage for `size` 8-bit characters; fills length and pointer. Null when that is not possible.
///
/// # Safety
/// `string` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisExStrNew(string: *mut LongString, size: c_int) -> *mut u8 {
    // SAFETY: the caller vouches for the string.
    unsafe { renew("IrisExStrNew", string, size, storage::new_bytes) }
}

/// Storage for `size` UTF-16 code units.
///
/// # Safety
/// `string` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisExStrNewW(string: *mut LongString, size: c_int) -> *mut u16 {
    // SAFETY: the caller vouches for the string.
    unsafe { renew("IrisExStrNewW", string, size, storage::new_units) }
}

/// Storage for `size` 32-bit characters.
///
/// # Safety
/// `string` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisExStrNewH(string: *mut LongString, size: c_int) -> *mut i32 {
    // SAFETY: the caller vouches for the string.
    unsafe { renew("IrisExStrNewH", string, size, storage::new_full) }
}

/// Releases the storage and empties the long string. 0, 22 when it had none.
///
/// # Safety
/// `string` is null or a long string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisExStrKill(string: *mut LongString) -> c_int {
    gate::outside("IrisExStrKill", || {
        // SAFETY: the caller vouches for the string.
        let Ok((_, address)) = (unsafe { text::long(string) }) else { return code::BAD_ARGUMENT };
        if address.is_null() || !storage::kill(address.addr()) {
            return errors::STRING_UNDEFINED;
        }
        let empty = LongString { len: 0, str: LongPointer { ch: ptr::null_mut() } };
        // SAFETY: the caller vouches for the string.
        match unsafe { text::store(string, empty) } {
            Ok(()) => code::SUCCESS,
            Err(_) => code::BAD_ARGUMENT,
        }
    })
}

//! Values that come from the stack.
#![allow(non_snake_case)]

use super::abi::{LongString, code, kind};
use super::errors;
use super::gate;
use super::raise::{Outcome, Raise};
use super::value::Value;
use super::{storage, text};
use crate::process::Process;
use std::ffi::{c_double, c_int, c_longlong, c_uint, c_void};
use std::sync::OnceLock;

/// Chooses what `IrisType` says of strings: 15 as a real Unicode instance does, or 3.
const STRING_TYPE: &str = "IRIS_MOCK_STRTYPE";

fn string_type() -> c_int {
    static CHOSEN: OnceLock<c_int> = OnceLock::new();
    *CHOSEN.get_or_init(|| {
        let text = std::env::var(STRING_TYPE).unwrap_or_default();
        text.parse().unwrap_or(kind::WSTRING)
    })
}

/// A null pointer is refused before anything is popped.
fn check<T>(pointer: *const T) -> Outcome {
    if pointer.is_null() { Err(Raise::Interface(code::BAD_ARGUMENT)) } else { Ok(()) }
}

/// Pops a number.
///
/// # Safety
/// `place` is null or writable.
unsafe fn pop_number<T>(
    process: &mut Process,
    place: *mut T,
    convert: impl FnOnce(&Value) -> T,
) -> Outcome {
    check(place)?;
    let value = process.pop()?;
    let number = convert(&value);
    process.keep(Some(value));
    // SAFETY: the caller vouches for the place.
    unsafe { text::store(place, number) }
}

/// Pops an integer, the numeric prefix of a string. 0, −4, −7, −13. UNVERIFIED(iris): what
/// becomes of one that does not fit; here it is the nearest that does.
///
/// # Safety
/// `value` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisPopInt(value: *mut c_int) -> c_int {
    gate::enter("IrisPopInt", |process| {
        let convert = |value: &Value| {
            let wide = value.to_integer().clamp(c_int::MIN.into(), c_int::MAX.into());
            c_int::try_from(wide).unwrap_or_default()
        };
        // SAFETY: the caller vouches for the place.
        unsafe { pop_number(process, value, convert) }
    })
}

/// Pops a 64-bit integer. 0, −4, −7, −13.
///
/// # Safety
/// `value` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisPopInt64(value: *mut c_longlong) -> c_int {
    gate::enter("IrisPopInt64", |process| {
        // SAFETY: the caller vouches for the place.
        unsafe { pop_number(process, value, Value::to_integer) }
    })
}

/// Pops a double. 0, −4, −7, −13.
///
/// # Safety
/// `value` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisPopDbl(value: *mut c_double) -> c_int {
    gate::enter("IrisPopDbl", |process| {
        // SAFETY: the caller vouches for the place.
        unsafe { pop_number(process, value, Value::to_double) }
    })
}

/// Pops an object; its count is the caller's. 0, −4, −7, −13, 163 for what is none.
///
/// # Safety
/// `oref` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisPopOref(oref: *mut c_uint) -> c_int {
    gate::enter("IrisPopOref", |process| {
        check(oref)?;
        let value = process.pop()?;
        process.keep(None);
        match value {
            // SAFETY: the caller vouches for the place.
            Value::Oref(number) => unsafe { text::store(oref, number) },
            _ => Err(Raise::error(errors::NOT_AN_OREF, "")),
        }
    })
}

/// The code of characters and of the place where their length goes.
///
/// # Safety
/// `length` and `pointer` are null or writable.
unsafe fn hand<T>(
    length: *mut c_int,
    pointer: *mut *mut T,
    count: usize,
    characters: *mut T,
) -> Outcome {
    let count = c_int::try_from(count).unwrap_or(c_int::MAX);
    // SAFETY: the caller vouches for the length.
    unsafe { text::store(length, count) }?;
    // SAFETY: the caller vouches for the pointer.
    unsafe { text::store(pointer, characters) }
}

/// Pops a string, also a long one, into storage of ours that lives until the next pop and has a
/// spare byte. 0, −4, −7, −13, 89 for wide characters.
///
/// UNVERIFIED(iris): a string that does not fit stays on the stack here.
///
/// # Safety
/// `length` and `characters` are null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisPopStr(length: *mut c_int, characters: *mut *mut u8) -> c_int {
    gate::enter("IrisPopStr", |process| {
        check(length)?;
        check(characters)?;
        let popped = narrow(process)?;
        let (mut buffer, start) = popped.into_parts();
        // The spare byte: a known client writes a zero behind the string (facts, callin §7).
        buffer.reserve(1);
        let pointer = buffer.as_mut_ptr().wrapping_add(start);
        let kept = super::value::Characters::new(buffer, start);
        let count = kept.as_bytes().len();
        process.keep(Some(Value::Text(kept)));
        // SAFETY: the caller vouches for both places.
        unsafe { hand(length, characters, count, pointer) }
    })
}

/// Pops the top as 8-bit characters, unless it is wide.
fn narrow(process: &mut Process) -> Outcome<super::value::Characters> {
    if let Some(Value::Wide(_)) = process.stack.top() {
        return Err(Raise::error(errors::WIDE_CHARACTER, ""));
    }
    let value = process.pop()?;
    process.release(std::slice::from_ref(&value));
    value.into_characters()
}

/// Pops the top as UTF-16 code units.
fn units(process: &mut Process) -> Outcome<Vec<u16>> {
    let value = process.pop()?;
    process.release(std::slice::from_ref(&value));
    Ok(value.into_units())
}

/// Pops a string as UTF-16, as [`IrisPopStr`].
///
/// # Safety
/// `length` and `characters` are null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisPopStrW(length: *mut c_int, characters: *mut *mut u16) -> c_int {
    gate::enter("IrisPopStrW", |process| {
        check(length)?;
        check(characters)?;
        let mut units = units(process)?;
        units.reserve(1);
        let (count, pointer) = (units.len(), units.as_mut_ptr());
        process.keep(Some(Value::Wide(units)));
        // SAFETY: the caller vouches for both places.
        unsafe { hand(length, characters, count, pointer) }
    })
}

/// Fails unless a long string is empty, so that nothing is lost by filling it.
///
/// # Safety
/// As [`text::long`].
unsafe fn check_empty(string: *const LongString) -> Outcome {
    // SAFETY: the caller vouches for the string.
    let (length, address) = unsafe { text::long(string) }?;
    if length != 0 || !address.is_null() {
        return Err(Raise::Interface(code::LONG_STRING_IN_USE));
    }
    Ok(())
}

/// Writes length and storage of a long string.
///
/// # Safety
/// `string` is writable.
unsafe fn fill_long(string: *mut LongString, count: usize, characters: *mut u8) -> Outcome {
    let len = u32::try_from(count).unwrap_or(u32::MAX);
    let str = super::abi::LongPointer { ch: characters };
    // SAFETY: the caller vouches for the string.
    unsafe { text::store(string, LongString { len, str }) }
}

/// Pops a string into a long string, which must be empty and is killed later. 0, −4, −7, −13,
/// −14, 89.
///
/// # Safety
/// `string` is null or a long string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisPopExStr(string: *mut LongString) -> c_int {
    gate::enter("IrisPopExStr", |process| {
        // SAFETY: the caller vouches for the string.
        unsafe { check_empty(string) }?;
        let characters = narrow(process)?;
        process.keep(None);
        let count = characters.as_bytes().len();
        let pointer = storage::hand_out(characters);
        // SAFETY: the caller vouches for the string.
        unsafe { fill_long(string, count, pointer) }
    })
}

/// [`IrisPopExStr`] as UTF-16.
///
/// # Safety
/// `string` is null or a long string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisPopExStrW(string: *mut LongString) -> c_int {
    gate::enter("IrisPopExStrW", |process| {
        // SAFETY: the caller vouches for the string.
        unsafe { check_empty(string) }?;
        let units = units(process)?;
        process.keep(None);
        let count = units.len();
        let pointer = storage::hand_out_units(units);
        // SAFETY: the caller vouches for the string.
        unsafe { fill_long(string, count, pointer.cast()) }
    })
}

/// Pops the top entry as it is; the pointer means something to [`IrisUnPop`] alone. 0, −13.
///
/// # Safety
/// `entry` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisPop(entry: *mut *mut c_void) -> c_int {
    gate::enter("IrisPop", |process| {
        check(entry)?;
        let value = process.pop()?;
        process.keep(Some(value));
        let address = process.popped.as_mut().map_or(std::ptr::null_mut(), std::ptr::from_mut);
        // SAFETY: the caller vouches for the place.
        unsafe { text::store(entry, address.cast()) }
    })
}

/// Puts the entry that was popped last back. 0, −13 when there is none: also after
/// `IrisPopExStr`, which gave it away, and after `IrisPopOref`.
#[unsafe(no_mangle)]
pub extern "C" fn IrisUnPop() -> c_int {
    gate::enter("IrisUnPop", |process| match process.popped.take() {
        Some(value) => process.push(value),
        None => Err(Raise::Interface(code::NO_RESULT)),
    })
}

/// The type of the last result: of the evaluation if that came last, else of the top of the
/// stack. A type code, −4, −7 or −13 (facts, callin §1.3).
#[unsafe(no_mangle)]
pub extern "C" fn IrisType() -> c_int {
    gate::measure("IrisType", |process| {
        let evaluated = process.evaluated.as_ref();
        let result = match process.evaluation_is_last {
            true => evaluated,
            false => process.stack.top().or(evaluated),
        };
        let value = result.ok_or(Raise::Interface(code::NO_RESULT))?;
        Ok(value.type_code(string_type()))
    })
}

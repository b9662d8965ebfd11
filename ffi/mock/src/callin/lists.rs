//! `$LIST`s whose string elements are translated between IRIS and the 8-bit character set
//! (facts, callin §7).
#![allow(non_snake_case)]

use super::abi::{LONGEST_STRING, LongString, SHORT_STRING, code};
use super::errors;
use super::gate;
use super::pops::{IrisPopExStr, IrisPopStr};
use super::raise::{Outcome, Raise};
use super::text;
use super::value::Value;
use crate::list::{Element, ListReader};
use std::ffi::c_int;

/// The elements must make a list; with `narrow`, all its strings must be 8-bit. The 8-bit
/// character set here has the characters 0 to 255, so nothing else is to be translated.
fn check_list(list: &[u8], narrow: bool) -> Outcome {
    let mut reader = ListReader::new(list);
    loop {
        match reader.read() {
            Ok(None) => return Ok(()),
            Ok(Some(Element::Wide(_))) if narrow => {
                return Err(Raise::error(errors::WIDE_CHARACTER, ""));
            }
            Ok(Some(_)) => {}
            Err(_) => return Err(Raise::error(errors::LIST, "")),
        }
    }
}

/// The list on top must be one that can be translated. UNVERIFIED(iris): what becomes of a wide
/// element; the documentation says that one that cannot be translated is an error.
fn check_top() -> c_int {
    gate::enter("list", |process| match process.stack.top() {
        Some(Value::Text(characters)) => check_list(characters.as_bytes(), true),
        Some(Value::Wide(_)) => Err(Raise::error(errors::LIST, "")),
        _ => Ok(()),
    })
}

/// Pushes a list of at most 32 767 bytes. 0, −3, −4, −7, −12, 25, 82 for what is none.
///
/// # Safety
/// `list` has `length` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisPushList(length: c_int, list: *const u8) -> c_int {
    gate::enter("IrisPushList", |process| {
        // SAFETY: the caller vouches for the bytes.
        let list = unsafe { text::counted(length, list) }?;
        if list.len() > SHORT_STRING {
            return Err(Raise::Interface(code::STRING_TOO_LONG));
        }
        check_list(list, false)?;
        process.push(Value::text(list))
    })
}

/// Pushes a long list. 0, −4, −7, −12, 5, 25, 82.
///
/// # Safety
/// `list` is a long string that `IrisExStrNew` filled.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisPushExList(list: *mut LongString) -> c_int {
    gate::enter("IrisPushExList", |process| {
        // SAFETY: the caller vouches for the string.
        let bytes = unsafe { text::long_characters::<u8>(list) }?;
        if bytes.len() > LONGEST_STRING {
            return Err(Raise::error(errors::MAXIMUM_STRING, ""));
        }
        check_list(bytes, false)?;
        process.push(Value::text(bytes))
    })
}

/// Pops a list, as `IrisPopStr`. 0, −4, −7, −13, 82, 89 for a wide element.
///
/// # Safety
/// `length` and `list` are null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisPopList(length: *mut c_int, list: *mut *mut u8) -> c_int {
    match check_top() {
        // SAFETY: the caller vouches for both places.
        code::SUCCESS => unsafe { IrisPopStr(length, list) },
        status => status,
    }
}

/// Pops a list, as `IrisPopExStr`. 0, −4, −7, −13, −14, 82, 89.
///
/// # Safety
/// `list` is null or a long string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisPopExList(list: *mut LongString) -> c_int {
    match check_top() {
        // SAFETY: the caller vouches for the string.
        code::SUCCESS => unsafe { IrisPopExStr(list) },
        status => status,
    }
}

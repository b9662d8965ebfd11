//! Values and references that go on the stack.
#![allow(non_snake_case)]

use super::abi::{LONGEST_STRING, LongString, SHORT_STRING, code};
use super::errors;
use super::gate;
use super::raise::{Outcome, Raise};
use super::text;
use super::value::{MethodName, Target, Value};
use crate::contract::Method;
use crate::process::Process;
use std::ffi::{c_double, c_int, c_longlong, c_uint};

/// A string of the short types.
///
/// # Safety
/// As [`text::counted`].
unsafe fn short<'a, T>(length: c_int, pointer: *const T) -> Outcome<&'a [T]> {
    // SAFETY: the caller vouches for the characters.
    let characters = unsafe { text::counted(length, pointer) }?;
    if characters.len() > SHORT_STRING {
        return Err(Raise::Interface(code::STRING_TOO_LONG));
    }
    Ok(characters)
}

/// A name of a class, method or property.
///
/// # Errors
/// −12 for an empty one.
fn name(text: String) -> Outcome<Box<str>> {
    if text.is_empty() { Err(Raise::Interface(code::BAD_ARGUMENT)) } else { Ok(text.into()) }
}

fn check_length(length: usize) -> Outcome {
    if length > LONGEST_STRING {
        return Err(Raise::error(errors::MAXIMUM_STRING, ""));
    }
    Ok(())
}

/// Pushes a 32-bit integer. 0, −4, −7, 25.
#[unsafe(no_mangle)]
pub extern "C" fn IrisPushInt(value: c_int) -> c_int {
    gate::enter("IrisPushInt", |process| process.push(Value::Integer(value.into())))
}

/// Pushes a 64-bit integer. 0, −4, −7, 25.
#[unsafe(no_mangle)]
pub extern "C" fn IrisPushInt64(value: c_longlong) -> c_int {
    gate::enter("IrisPushInt64", |process| process.push(Value::Integer(value)))
}

/// Pushes a decimal number. 0, −4, −7, 25.
#[unsafe(no_mangle)]
pub extern "C" fn IrisPushDbl(value: c_double) -> c_int {
    gate::enter("IrisPushDbl", |process| process.push(Value::Decimal(value)))
}

/// Pushes a `$DOUBLE`. 0, −4, −7, 25.
#[unsafe(no_mangle)]
pub extern "C" fn IrisPushIEEEDbl(value: c_double) -> c_int {
    gate::enter("IrisPushIEEEDbl", |process| process.push(Value::Double(value)))
}

/// Pushes an omitted argument. 0, −4, −7, 25.
#[unsafe(no_mangle)]
pub extern "C" fn IrisPushUndef() -> c_int {
    gate::enter("IrisPushUndef", |process| process.push(Value::Undefined))
}

/// Pushes an object; the entry holds a count of it. 0, −4, −7, 25, 119.
#[unsafe(no_mangle)]
pub extern "C" fn IrisPushOref(oref: c_uint) -> c_int {
    gate::enter("IrisPushOref", |process| {
        process.objects.count(oref)?;
        let pushed = process.push(Value::Oref(oref));
        if pushed.is_err() {
            process.objects.close(oref)?;
        }
        pushed
    })
}

/// Pushes a copy of an 8-bit string of at most 32 767 characters. 0, −3, −4, −7, −12, 25.
///
/// # Safety
/// `characters` has `length` readable characters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisPushStr(length: c_int, characters: *const u8) -> c_int {
    gate::enter("IrisPushStr", |process| {
        // SAFETY: the caller vouches for the characters.
        process.push(Value::text(unsafe { short(length, characters) }?))
    })
}

/// [`IrisPushStr`] with UTF-16 code units.
///
/// # Safety
/// `characters` has `length` readable code units.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisPushStrW(length: c_int, characters: *const u16) -> c_int {
    gate::enter("IrisPushStrW", |process| {
        // SAFETY: the caller vouches for the code units.
        process.push(Value::wide(unsafe { short(length, characters) }?))
    })
}

/// [`IrisPushStr`] with 32-bit characters, kept as UTF-16.
///
/// # Safety
/// `characters` has `length` readable characters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisPushStrH(length: c_int, characters: *const i32) -> c_int {
    gate::enter("IrisPushStrH", |process| {
        // SAFETY: the caller vouches for the characters.
        let characters = unsafe { short(length, characters) }?;
        process.push(Value::unicode(&text::utf32(characters)))
    })
}

/// Pushes a copy of a long 8-bit string, which stays the caller's. 0, −4, −7, −12, 5, 25.
///
/// # Safety
/// `string` is a long string that `IrisExStrNew` or `IrisPopExStr` filled.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisPushExStr(string: *mut LongString) -> c_int {
    gate::enter("IrisPushExStr", |process| {
        // SAFETY: the caller vouches for the string.
        let characters = unsafe { text::long_characters::<u8>(string) }?;
        check_length(characters.len())?;
        process.push(Value::text(characters))
    })
}

/// [`IrisPushExStr`] with UTF-16 code units.
///
/// # Safety
/// `string` is a long string that `IrisExStrNewW` or `IrisPopExStrW` filled.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisPushExStrW(string: *mut LongString) -> c_int {
    gate::enter("IrisPushExStrW", |process| {
        // SAFETY: the caller vouches for the string.
        let units = unsafe { text::long_characters::<u16>(string) }?;
        check_length(units.len())?;
        process.push(Value::wide(units))
    })
}

/// [`IrisPushExStr`] with 32-bit characters.
///
/// # Safety
/// `string` is a long string that `IrisExStrNewH` filled.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisPushExStrH(string: *mut LongString) -> c_int {
    gate::enter("IrisPushExStrH", |process| {
        // SAFETY: the caller vouches for the string.
        let text = text::utf32(unsafe { text::long_characters::<i32>(string) }?);
        check_length(text.encode_utf16().count())?;
        process.push(Value::unicode(&text))
    })
}

fn push_class_method(
    process: &mut Process,
    class: String,
    method: String,
    returns: c_int,
) -> Outcome {
    let (class, method) = (name(class)?, name(method)?);
    process.push(Value::Target(Target::ClassMethod { class, method, returns: returns != 0 }))
}

/// Pushes a class method; whether it exists shows when it is invoked. The flag says whether its
/// result is wanted. 0, −4, −7, −12, 25.
///
/// # Safety
/// The names have as many readable characters as their lengths say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisPushClassMethod(
    class_length: c_int,
    class: *const u8,
    method_length: c_int,
    method: *const u8,
    returns: c_int,
) -> c_int {
    gate::enter("IrisPushClassMethod", |process| {
        // SAFETY: the caller vouches for the names.
        let class = unsafe { short(class_length, class) }?;
        // SAFETY: as above.
        let method = unsafe { short(method_length, method) }?;
        push_class_method(process, text::latin(class), text::latin(method), returns)
    })
}

/// [`IrisPushClassMethod`] with UTF-16 names.
///
/// # Safety
/// The names have as many readable code units as their lengths say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisPushClassMethodW(
    class_length: c_int,
    class: *const u16,
    method_length: c_int,
    method: *const u16,
    returns: c_int,
) -> c_int {
    gate::enter("IrisPushClassMethodW", |process| {
        // SAFETY: the caller vouches for the names.
        let class = unsafe { short(class_length, class) }?;
        // SAFETY: as above.
        let method = unsafe { short(method_length, method) }?;
        push_class_method(process, text::utf16(class), text::utf16(method), returns)
    })
}

/// The object that a reference names must exist. UNVERIFIED(iris): the documentation has −12 for
/// a bad reference here, and 119 for `IrisPushOref` (facts, callin §7).
fn check_object(process: &Process, oref: c_uint) -> Outcome {
    if process.objects.contains(oref) {
        return Ok(());
    }
    Err(Raise::Interface(code::BAD_ARGUMENT))
}

fn push_method(process: &mut Process, oref: c_uint, method: MethodName, returns: c_int) -> Outcome {
    check_object(process, oref)?;
    process.push(Value::Target(Target::Method { oref, method, returns: returns != 0 }))
}

/// Pushes a method of an object. 0, −4, −7, −12, 25.
///
/// # Safety
/// `method` has `length` readable characters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisPushMethod(
    oref: c_uint,
    length: c_int,
    method: *const u8,
    returns: c_int,
) -> c_int {
    gate::enter("IrisPushMethod", |process| {
        // SAFETY: the caller vouches for the name.
        let method = unsafe { short(length, method) }?;
        let method = match Method::named(method) {
            Some(method) => MethodName::Contract(method),
            None => MethodName::Other(name(text::latin(method))?),
        };
        push_method(process, oref, method, returns)
    })
}

/// [`IrisPushMethod`] with a UTF-16 name.
///
/// # Safety
/// `method` has `length` readable code units.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisPushMethodW(
    oref: c_uint,
    length: c_int,
    method: *const u16,
    returns: c_int,
) -> c_int {
    gate::enter("IrisPushMethodW", |process| {
        // SAFETY: the caller vouches for the name.
        let method = name(text::utf16(unsafe { short(length, method) }?))?;
        let method = match Method::named(method.as_bytes()) {
            Some(method) => MethodName::Contract(method),
            None => MethodName::Other(method),
        };
        push_method(process, oref, method, returns)
    })
}

/// Pushes a property of an object. 0, −4, −7, −12, 25.
///
/// # Safety
/// `property` has `length` readable characters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisPushProperty(
    oref: c_uint,
    length: c_int,
    property: *const u8,
) -> c_int {
    gate::enter("IrisPushProperty", |process| {
        // SAFETY: the caller vouches for the name.
        let name = name(text::latin(unsafe { short(length, property) }?))?;
        check_object(process, oref)?;
        process.push(Value::Target(Target::Property { oref, name }))
    })
}

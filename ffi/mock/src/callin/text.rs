//! Strings that cross the border in the caller's memory.

use super::abi::{LongString, ShortFull, ShortString, ShortWide, code};
use super::raise::{Outcome, Raise};
use super::storage;
use std::ffi::c_int;
use std::ptr;

/// Characters that `length` and `pointer` name.
///
/// # Errors
/// −12 for a negative length, or none behind a length.
///
/// # Safety
/// `pointer` is null or points to `length` readable elements that nobody changes in the meantime.
pub(crate) unsafe fn counted<'a, T>(length: c_int, pointer: *const T) -> Outcome<&'a [T]> {
    let refused = Raise::Interface(code::BAD_ARGUMENT);
    let length = usize::try_from(length).map_err(|_| refused.clone())?;
    match (length, pointer.is_null()) {
        (0, _) => Ok(&[]),
        (_, true) => Err(refused),
        // SAFETY: not null, and the caller vouches for `length` elements.
        _ => Ok(unsafe { std::slice::from_raw_parts(pointer, length) }),
    }
}

/// A counted string type of the ABI: where its length and its first character are.
///
/// # Safety
/// `place` gives addresses inside of the pointed-to structure without reading it.
pub(crate) unsafe trait Counted {
    /// Type of a character.
    type Unit: Copy;
    /// Type of the length.
    type Length: Copy + Into<u32> + TryFrom<usize>;
    /// Addresses of the length and of the first character.
    fn place(pointer: *mut Self) -> (*mut Self::Length, *mut Self::Unit);
}

macro_rules! counted {
    ($name:ty, $length:ty, $unit:ty) => {
        // SAFETY: both addresses are fields of the structure, and nothing is read.
        unsafe impl Counted for $name {
            type Unit = $unit;
            type Length = $length;
            fn place(pointer: *mut Self) -> (*mut $length, *mut $unit) {
                let offset = std::mem::offset_of!($name, str);
                (pointer.cast(), pointer.cast::<u8>().wrapping_add(offset).cast())
            }
        }
    };
}

counted!(ShortString, u16, u8);
counted!(ShortWide, u16, u16);
counted!(ShortFull, u32, i32);

/// The characters of a counted string; `None` for a null pointer.
///
/// # Errors
/// −3 when the length is beyond 32 767.
///
/// # Safety
/// `pointer` is null or points to the length and as many characters as it says, unchanged in the
/// meantime. (The structure need not be whole: facts, callin §2.1.)
pub(crate) unsafe fn read<'a, S: Counted>(pointer: *mut S) -> Outcome<Option<&'a [S::Unit]>> {
    if pointer.is_null() {
        return Ok(None);
    }
    let (length, characters) = S::place(pointer);
    // SAFETY: not null, so the caller vouches for the length.
    let length: u32 = unsafe { length.read() }.into();
    if length > 32_767 {
        return Err(Raise::Interface(code::STRING_TOO_LONG));
    }
    let length = c_int::try_from(length).unwrap_or_default();
    // SAFETY: the caller vouches for as many characters as the length says.
    unsafe { counted(length, characters.cast_const()) }.map(Some)
}

/// The capacity that the caller set in a counted string that is to be filled.
///
/// # Errors
/// −12 for a null pointer.
///
/// # Safety
/// `pointer` is null or points to a readable length.
pub(crate) unsafe fn capacity<S: Counted>(pointer: *mut S) -> Outcome<usize> {
    if pointer.is_null() {
        return Err(Raise::Interface(code::BAD_ARGUMENT));
    }
    // SAFETY: not null, so the caller vouches for the length.
    let length: u32 = unsafe { S::place(pointer).0.read() }.into();
    Ok(usize::try_from(length).unwrap_or_default())
}

/// Fills a counted string up to its capacity; true when all of `characters` had room.
///
/// # Errors
/// −12 for a null pointer.
///
/// # Safety
/// `pointer` is null or points to a length and as much writable room as it says.
pub(crate) unsafe fn fill<S: Counted>(pointer: *mut S, characters: &[S::Unit]) -> Outcome<bool> {
    // SAFETY: the caller vouches for the length.
    let capacity = unsafe { capacity(pointer) }?;
    let kept = characters.get(..capacity).unwrap_or(characters);
    let (length, first) = S::place(pointer);
    // SAFETY: `kept` is no longer than the room that the caller vouches for; it is ours, so the
    // two do not overlap.
    unsafe { ptr::copy_nonoverlapping(kept.as_ptr(), first, kept.len()) };
    if let Ok(count) = S::Length::try_from(kept.len()) {
        // SAFETY: the length is writable, as the caller vouches.
        unsafe { length.write(count) };
    }
    Ok(kept.len() == characters.len())
}

/// Writes through a pointer of the caller.
///
/// # Errors
/// −12 for a null pointer.
///
/// # Safety
/// `pointer` is null or writable.
pub(crate) unsafe fn store<T>(pointer: *mut T, value: T) -> Outcome {
    if pointer.is_null() {
        return Err(Raise::Interface(code::BAD_ARGUMENT));
    }
    // SAFETY: not null, so the caller vouches for it.
    unsafe { pointer.write(value) };
    Ok(())
}

/// The length and the address that a long string holds.
///
/// # Errors
/// −12 for a null pointer.
///
/// # Safety
/// `pointer` is null or points to a readable long string.
pub(crate) unsafe fn long(pointer: *const LongString) -> Outcome<(u32, *mut u8)> {
    if pointer.is_null() {
        return Err(Raise::Interface(code::BAD_ARGUMENT));
    }
    // SAFETY: not null, so the caller vouches for it.
    let long = unsafe { pointer.read() };
    // SAFETY: every member of the union is a pointer of the same size.
    let address = unsafe { long.str.ch };
    Ok((long.len, address))
}

/// The characters of a long string that `IrisExStrNew*` made.
///
/// # Errors
/// −12 when its storage is not ours or has less room than the length says. UNVERIFIED(iris):
/// the real library trusts the caller here.
///
/// # Safety
/// `pointer` is null or points to a readable long string; nobody changes its storage meanwhile.
pub(crate) unsafe fn long_characters<'a, T>(pointer: *const LongString) -> Outcome<&'a [T]> {
    // SAFETY: the caller vouches for the long string.
    let (length, address) = unsafe { long(pointer) }?;
    let address = address.cast::<T>();
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if !storage::holds(address, length) {
        return Err(Raise::Interface(code::BAD_ARGUMENT));
    }
    // SAFETY: the register knows `address` as storage of at least `length` elements of this
    // width, all initialised when it was made.
    Ok(unsafe { std::slice::from_raw_parts(address.cast_const(), length) })
}

/// Text of 8-bit characters.
pub(crate) fn latin(bytes: &[u8]) -> String {
    bytes.iter().map(|&b| char::from(b)).collect()
}

/// Text of UTF-16 code units; lone surrogates become the replacement character.
pub(crate) fn utf16(units: &[u16]) -> String {
    String::from_utf16_lossy(units)
}

/// Text of 32-bit characters; what is no character becomes the replacement character.
pub(crate) fn utf32(characters: &[i32]) -> String {
    let character = |&c: &i32| u32::try_from(c).ok().and_then(char::from_u32);
    characters.iter().map(|c| character(c).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

//! A caller of the Callin functions, as a C program would be one. The session is the process's, so
//! tests that use it take turns.
#![allow(dead_code)]

pub(crate) mod contract;

use irisdb::callin::abi::{LongPointer, LongString, ShortString, ShortWide};
use irisdb::callin::{calls, evaluation, long_strings, pops, pushes, sessions};
use irisdb::list::{Element, ListReader};
use std::ffi::{CString, c_int, c_ulong};
use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// IRIS_PROGMODE | IRIS_TTNEVER.
pub(crate) const SERVER: c_ulong = 32 | 8;

static TURN: Mutex<()> = Mutex::new(());

/// Waits for its turn with the session of this process, and begins without one.
pub(crate) fn turn() -> MutexGuard<'static, ()> {
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    sessions::IrisEnd();
    turn
}

/// A session of `_SYSTEM`, which ends when it is dropped.
pub(crate) struct Started(MutexGuard<'static, ()>);

/// Starts a session as servers do.
pub(crate) fn started() -> Started {
    let turn = turn();
    assert_eq!(start("_SYSTEM", "SYS", SERVER), 0);
    Started(turn)
}

impl Drop for Started {
    fn drop(&mut self) {
        sessions::IrisEnd();
    }
}

/// A counted string.
pub(crate) fn short(text: &[u8]) -> Box<ShortString> {
    let mut string = room(u16::try_from(text.len()).unwrap());
    string.str[..text.len()].copy_from_slice(text);
    string
}

/// A counted string to be filled, with this capacity.
pub(crate) fn room(capacity: u16) -> Box<ShortString> {
    Box::new(ShortString { len: capacity, str: [0; 32_767] })
}

/// A counted UTF-16 string.
pub(crate) fn wide(text: &str) -> Box<ShortWide> {
    let mut string = Box::new(ShortWide { len: 0, str: [0; 32_767] });
    for unit in text.encode_utf16() {
        string.str[usize::from(string.len)] = unit;
        string.len += 1;
    }
    string
}

/// The text of a counted string.
pub(crate) fn text(string: &ShortString) -> String {
    String::from_utf8_lossy(&string.str[..usize::from(string.len)]).into_owned()
}

pub(crate) fn start(user: &str, password: &str, flags: c_ulong) -> c_int {
    let (mut user, mut password) = (short(user.as_bytes()), short(password.as_bytes()));
    let null = ptr::null_mut();
    // SAFETY: the strings are counted strings, the others may be null.
    unsafe { sessions::IrisSecureStartA(&mut *user, &mut *password, null, flags, 5, null, null) }
}

pub(crate) fn set_directory(path: &std::path::Path) -> c_int {
    let path = CString::new(path.to_str().unwrap()).unwrap();
    // SAFETY: the string ends with a zero.
    unsafe { sessions::IrisSetDir(path.as_ptr().cast_mut()) }
}

pub(crate) fn push(characters: &[u8]) -> c_int {
    let length = c_int::try_from(characters.len()).unwrap();
    // SAFETY: the characters are there.
    unsafe { pushes::IrisPushStr(length, characters.as_ptr()) }
}

pub(crate) fn push_wide(units: &[u16]) -> c_int {
    let length = c_int::try_from(units.len()).unwrap();
    // SAFETY: the code units are there.
    unsafe { pushes::IrisPushStrW(length, units.as_ptr()) }
}

pub(crate) fn push_class_method(class: &str, method: &str, returns: c_int) -> c_int {
    let lengths = [class.len(), method.len()].map(|l| c_int::try_from(l).unwrap());
    let (class, method) = (class.as_ptr(), method.as_ptr());
    // SAFETY: the names are there.
    unsafe { pushes::IrisPushClassMethod(lengths[0], class, lengths[1], method, returns) }
}

pub(crate) fn push_method(oref: u32, method: &str, returns: c_int) -> c_int {
    let length = c_int::try_from(method.len()).unwrap();
    // SAFETY: the name is there.
    unsafe { pushes::IrisPushMethod(oref, length, method.as_ptr(), returns) }
}

pub(crate) fn push_property(oref: u32, name: &str) -> c_int {
    let length = c_int::try_from(name.len()).unwrap();
    // SAFETY: the name is there.
    unsafe { pushes::IrisPushProperty(oref, length, name.as_ptr()) }
}

pub(crate) fn pop_int() -> Result<c_int, c_int> {
    let mut value = 0;
    // SAFETY: the place is writable.
    coded(unsafe { pops::IrisPopInt(&mut value) }).map(|()| value)
}

pub(crate) fn pop_int64() -> Result<i64, c_int> {
    let mut value = 0;
    // SAFETY: the place is writable.
    coded(unsafe { pops::IrisPopInt64(&mut value) }).map(|()| value)
}

pub(crate) fn pop_double() -> Result<f64, c_int> {
    let mut value = 0.0;
    // SAFETY: the place is writable.
    coded(unsafe { pops::IrisPopDbl(&mut value) }).map(|()| value)
}

pub(crate) fn pop_oref() -> Result<u32, c_int> {
    let mut value = 0;
    // SAFETY: the place is writable.
    coded(unsafe { pops::IrisPopOref(&mut value) }).map(|()| value)
}

pub(crate) fn pop() -> Result<Vec<u8>, c_int> {
    let (mut length, mut characters) = (0, ptr::null_mut());
    // SAFETY: both places are writable.
    coded(unsafe { pops::IrisPopStr(&mut length, &mut characters) })?;
    let length = usize::try_from(length).unwrap();
    // SAFETY: the characters are ours until the next pop, and one byte behind them is writable.
    unsafe { characters.wrapping_add(length).write(0) };
    // SAFETY: as above.
    Ok(unsafe { std::slice::from_raw_parts(characters, length) }.to_vec())
}

pub(crate) fn pop_wide() -> Result<Vec<u16>, c_int> {
    let (mut length, mut units) = (0, ptr::null_mut());
    // SAFETY: both places are writable.
    coded(unsafe { pops::IrisPopStrW(&mut length, &mut units) })?;
    // SAFETY: the code units are ours until the next pop.
    Ok(unsafe { std::slice::from_raw_parts(units, usize::try_from(length).unwrap()) }.to_vec())
}

/// An empty long string.
pub(crate) fn empty() -> LongString {
    LongString { len: 0, str: LongPointer { ch: ptr::null_mut() } }
}

/// A long string with these characters.
pub(crate) fn long(characters: &[u8]) -> LongString {
    let mut string = empty();
    let size = c_int::try_from(characters.len()).unwrap();
    // SAFETY: the string is writable.
    let storage = unsafe { long_strings::IrisExStrNew(&mut string, size) };
    assert!(!storage.is_null());
    // SAFETY: the storage has room for the characters.
    unsafe { ptr::copy_nonoverlapping(characters.as_ptr(), storage, characters.len()) };
    string
}

pub(crate) fn kill(string: &mut LongString) -> c_int {
    // SAFETY: it is a long string.
    unsafe { long_strings::IrisExStrKill(string) }
}

pub(crate) fn push_long(string: &mut LongString) -> c_int {
    // SAFETY: it is a long string.
    unsafe { pushes::IrisPushExStr(string) }
}

pub(crate) fn pop_into(string: &mut LongString) -> c_int {
    // SAFETY: it is a long string.
    unsafe { pops::IrisPopExStr(string) }
}

/// The characters of a long string.
pub(crate) fn characters(string: &LongString) -> Vec<u8> {
    // SAFETY: the string holds 8-bit characters.
    let pointer = unsafe { string.str.ch };
    let length = usize::try_from(string.len).unwrap();
    // SAFETY: the storage is the string's until it is killed.
    unsafe { std::slice::from_raw_parts(pointer, length) }.to_vec()
}

pub(crate) fn pop_long() -> Result<Vec<u8>, c_int> {
    let mut string = empty();
    coded(pop_into(&mut string))?;
    let copy = characters(&string);
    assert_eq!(kill(&mut string), 0);
    Ok(copy)
}

pub(crate) fn evaluate(expression: &str) -> Result<String, c_int> {
    let mut expression = short(expression.as_bytes());
    // SAFETY: it is a counted string.
    coded(unsafe { evaluation::IrisEvalA(&mut *expression) })?;
    let mut value = room(32_767);
    // SAFETY: 3 asks for a counted string, which this is.
    coded(unsafe { evaluation::IrisConvert(3, ptr::from_mut(&mut *value).cast()) })?;
    Ok(text(&value))
}

pub(crate) fn execute(command: &str) -> c_int {
    let mut command = short(command.as_bytes());
    // SAFETY: it is a counted string.
    unsafe { evaluation::IrisExecuteA(&mut *command) }
}

/// `$ZERROR` by `IrisErrorA`, with rooms of these sizes.
pub(crate) fn error_with(message: u16, source: u16) -> Result<String, c_int> {
    let (mut message, mut source, mut offset) = (room(message), room(source), 7);
    // SAFETY: the strings are counted strings and the number is writable.
    let status = unsafe { sessions::IrisErrorA(&mut *message, &mut *source, &mut offset) };
    coded(status).map(|()| text(&message))
}

pub(crate) fn error() -> String {
    error_with(512, 512).unwrap()
}

/// A new session object.
pub(crate) fn object() -> u32 {
    assert_eq!(push_class_method("IrisPG.Session", "%New", 1), 0);
    assert_eq!(calls::IrisInvokeClassMethod(0), 0);
    assert_eq!(pops::IrisType(), 16);
    pop_oref().unwrap()
}

/// An argument of a method.
pub(crate) enum Arg<'a> {
    Int(i64),
    Bytes(&'a [u8]),
}

/// Calls a method; its answer, or the code.
pub(crate) fn call(oref: u32, method: &str, arguments: &[Arg<'_>]) -> Result<Answer, c_int> {
    coded(push_method(oref, method, 1))?;
    for argument in arguments {
        coded(match argument {
            Arg::Int(number) => pushes::IrisPushInt64(*number),
            Arg::Bytes(bytes) if bytes.len() < 32_767 => push(bytes),
            Arg::Bytes(bytes) => {
                let mut string = long(bytes);
                let status = push_long(&mut string);
                assert_eq!(kill(&mut string), 0);
                status
            }
        })?;
    }
    coded(calls::IrisInvokeMethod(c_int::try_from(arguments.len()).unwrap()))?;
    pop_long().map(Answer)
}

/// An answer of the session contract.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer(pub(crate) Vec<u8>);

impl Answer {
    fn element(&self, number: usize) -> Element<'_> {
        let elements: Vec<_> = ListReader::new(&self.0).collect::<Result<_, _>>().unwrap();
        assert_eq!(elements.len(), 14);
        elements[number - 1]
    }

    /// An integer element, by its number in §2 of the contract.
    pub(crate) fn integer(&self, number: usize) -> i64 {
        match self.element(number) {
            Element::Integer(value) => value,
            other => panic!("element {number} is {other:?}"),
        }
    }

    /// A string or list element.
    pub(crate) fn bytes(&self, number: usize) -> Vec<u8> {
        match self.element(number) {
            Element::Bytes(value) => value.to_vec(),
            other => panic!("element {number} is {other:?}"),
        }
    }

    /// Status, SQLCODE and message.
    pub(crate) fn outcome(&self) -> (i64, i64, String) {
        let message = String::from_utf8(self.bytes(4)).unwrap();
        (self.integer(2), self.integer(3), message)
    }
}

/// Success, or the code.
pub(crate) fn coded(status: c_int) -> Result<(), c_int> {
    if status == 0 { Ok(()) } else { Err(status) }
}

//! The storage of long strings (`IRIS_EXSTR`): whose it is, and how it is used again.
//!
//! Storage belongs to the process, not to the session: `IrisExStrKill` has no code for a missing
//! session (facts, callin §1.3), and a string may be killed after `IrisEnd`.

use super::value::Characters;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Buffers that are kept for the next answer. One is in use and one is being read at a time.
const SPARE_BUFFERS: usize = 4;

/// Largest capacity, in bytes, of a buffer that is kept: a block and its frame.
const SPARE_CAPACITY: usize = 512 * 1024;

enum Content {
    Bytes(Vec<u8>),
    Units(Vec<u16>),
    Full(Vec<i32>),
}

impl Content {
    /// Initialised characters from `address` on.
    fn room(&self, address: usize) -> usize {
        let (begin, bytes, width) = match self {
            Self::Bytes(b) => (b.as_ptr().addr(), b.len(), 1),
            Self::Units(u) => (u.as_ptr().addr(), u.len().saturating_mul(2), 2),
            Self::Full(f) => (f.as_ptr().addr(), f.len().saturating_mul(4), 4),
        };
        begin.saturating_add(bytes).saturating_sub(address) / width
    }
}

#[derive(Default)]
struct Register {
    open: Vec<(usize, Content)>,
    spare: Vec<Vec<u8>>,
}

static REGISTER: Mutex<Register> = Mutex::new(Register { open: Vec::new(), spare: Vec::new() });

fn register() -> MutexGuard<'static, Register> {
    REGISTER.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Register {
    fn find(&self, address: usize) -> Option<usize> {
        self.open.iter().rposition(|&(known, _)| known == address)
    }
}

/// An empty buffer, used before where there is one.
pub(crate) fn buffer() -> Vec<u8> {
    register().spare.pop().unwrap_or_default()
}

/// Gives a buffer back that was not handed out.
pub(crate) fn give_back(mut buffer: Vec<u8>) {
    if (1..=SPARE_CAPACITY).contains(&buffer.capacity()) {
        buffer.clear();
        let mut register = register();
        if register.spare.len() < SPARE_BUFFERS {
            register.spare.push(buffer);
        }
    }
}

/// New storage for `length` 8-bit characters and a spare one.
pub(crate) fn new_bytes(length: usize) -> *mut u8 {
    let mut buffer = buffer();
    buffer.resize(length.saturating_add(1), 0);
    hand_out(Characters::new(buffer, 0))
}

/// New storage for `length` UTF-16 code units and a spare one.
pub(crate) fn new_units(length: usize) -> *mut u16 {
    hand_out_units(vec![0; length.saturating_add(1)])
}

/// New storage for `length` 32-bit characters and a spare one.
pub(crate) fn new_full(length: usize) -> *mut i32 {
    let mut buffer = vec![0; length.saturating_add(1)];
    let pointer = buffer.as_mut_ptr();
    register().open.push((pointer.addr(), Content::Full(buffer)));
    pointer
}

/// Makes a value's characters a caller's, without a copy.
pub(crate) fn hand_out(characters: Characters) -> *mut u8 {
    let (mut buffer, start) = characters.into_parts();
    // The spare writable byte of facts, callin §7; it also gives empty strings an address.
    buffer.reserve(1);
    let pointer = buffer.as_mut_ptr().wrapping_add(start);
    register().open.push((pointer.addr(), Content::Bytes(buffer)));
    pointer
}

/// Makes a value's code units a caller's.
pub(crate) fn hand_out_units(mut units: Vec<u16>) -> *mut u16 {
    units.reserve(1);
    let pointer = units.as_mut_ptr();
    register().open.push((pointer.addr(), Content::Units(units)));
    pointer
}

/// Whether `length` characters may be read at `pointer`.
pub(crate) fn holds<T>(pointer: *const T, length: usize) -> bool {
    let register = register();
    let Some((_, content)) = register.find(pointer.addr()).and_then(|i| register.open.get(i))
    else {
        return false;
    };
    let width = match content {
        Content::Bytes(_) => 1,
        Content::Units(_) => 2,
        Content::Full(_) => 4,
    };
    width == size_of::<T>() && length <= content.room(pointer.addr())
}

/// Releases storage; false when it is not ours, or was released before.
pub(crate) fn kill(address: usize) -> bool {
    let mut register = register();
    let Some(index) = register.find(address) else { return false };
    let (_, content) = register.open.swap_remove(index);
    drop(register);
    if let Content::Bytes(buffer) = content {
        give_back(buffer);
    }
    true
}

/// Strings handed out and not killed.
pub(crate) fn open() -> usize {
    register().open.len()
}

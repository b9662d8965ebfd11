//! The interface's three forms of strings, each with its owner.

use std::os::raw::c_int;
use std::ptr;
use std::rc::Rc;

use super::bindings as c;
use super::error::CallinError;
use super::session::Session;

/// Characters in a short string.
pub(super) const SHORT_CHARS_MAX: usize = c::IRIS_MAXSTRLEN as usize;
/// Characters in any string of IRIS.
pub(super) const STRING_CHARS_MAX: usize = c::IRIS_MAXLOSTSZ as usize;

/// Text of the interface's 8-bit form. The 8-bit character set is the instance's own; on a Unicode
/// instance its codes are the characters 0 to 255 (facts: Callin §7), which is what this takes them
/// for.
pub(super) fn latin1(characters: &[u8]) -> String {
    characters.iter().map(|&character| char::from(character)).collect()
}

/// The 8-bit form of a text, if it has one.
fn narrow(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect()
}

/// A short 8-bit string, on the heap because of its 32 770 bytes.
pub(super) struct NarrowBuffer(Box<c::IRIS_ASTR>);

impl NarrowBuffer {
    pub(super) const CAPACITY_MAX: u16 = c::IRIS_MAXSTRLEN as u16;

    /// An empty buffer that lets the library write up to `capacity` characters.
    pub(super) fn with_capacity(capacity: u16) -> Self {
        debug_assert!(capacity <= Self::CAPACITY_MAX);
        Self(Box::new(c::IRIS_ASTR { len: capacity, str_: [0; SHORT_CHARS_MAX] }))
    }

    pub(super) fn holding(characters: &[u8]) -> Option<Self> {
        let len = u16::try_from(characters.len()).ok().filter(|len| *len <= Self::CAPACITY_MAX)?;
        let mut buffer = Self::with_capacity(len);
        buffer.0.str_.get_mut(..characters.len())?.copy_from_slice(characters);
        Some(buffer)
    }

    pub(super) fn as_ptr(&mut self) -> *mut c::IRIS_ASTR {
        &raw mut *self.0
    }

    /// What the library wrote; a length beyond the buffer, which it must not answer, is cut.
    pub(super) fn characters(&self) -> &[u8] {
        let len = usize::from(self.0.len).min(SHORT_CHARS_MAX);
        self.0.str_.get(..len).unwrap_or_default()
    }
}

struct WideBuffer(Box<c::IRISWSTR>);

impl WideBuffer {
    fn holding(text: &str) -> Option<Self> {
        let mut buffer = Box::new(c::IRISWSTR { len: 0, str_: [0; SHORT_CHARS_MAX] });
        for unit in text.encode_utf16() {
            *buffer.str_.get_mut(usize::from(buffer.len))? = unit;
            buffer.len += 1;
        }
        Some(Self(buffer))
    }
}

/// A set of texts for one call whose functions exist in an 8-bit and a UTF-16 form: all 8-bit where
/// they can be, else all wide. They are overwritten when they go, because passwords travel in them.
pub(super) enum Texts<const N: usize> {
    Narrow([NarrowBuffer; N]),
    Wide([WideText; N]),
}

/// A short UTF-16 string.
pub(super) struct WideText(WideBuffer);

impl WideText {
    pub(super) fn as_ptr(&mut self) -> *mut c::IRISWSTR {
        &raw mut *self.0.0
    }
}

impl<const N: usize> Texts<N> {
    /// `None` when a text is too long for a short string.
    pub(super) fn new(texts: [&str; N]) -> Option<Self> {
        let narrowed = texts.map(narrow);
        if narrowed.iter().all(Option::is_some) {
            let buffers = narrowed.map(|text| NarrowBuffer::holding(&text.unwrap_or_default()));
            return all(buffers).map(Self::Narrow);
        }
        all(texts.map(|text| WideBuffer::holding(text).map(WideText))).map(Self::Wide)
    }
}

fn all<T, const N: usize>(items: [Option<T>; N]) -> Option<[T; N]> {
    let items: Vec<T> = items.into_iter().collect::<Option<_>>()?;
    items.try_into().ok()
}

impl<const N: usize> Drop for Texts<N> {
    fn drop(&mut self) {
        match self {
            Self::Narrow(buffers) => {
                for buffer in buffers {
                    buffer.0.str_.fill(0);
                    // The compiler must not find out that nobody reads the zeros.
                    std::hint::black_box(&buffer.0.str_);
                }
            }
            Self::Wide(buffers) => {
                for buffer in buffers {
                    buffer.0.0.str_.fill(0);
                    std::hint::black_box(&buffer.0.0.str_);
                }
            }
        }
    }
}

/// A string of any length whose characters belong to the library. They are freed exactly once, on
/// every path.
pub(super) struct LongString {
    raw: c::IRIS_EXSTR,
    session: Rc<Session>,
}

impl LongString {
    /// The empty one, as a pop wants it.
    fn empty(session: &Rc<Session>) -> Self {
        let raw =
            c::IRIS_EXSTR { len: 0, str_: c::IRIS_EXSTR__bindgen_ty_1 { ch: ptr::null_mut() } };
        Self { raw, session: Rc::clone(session) }
    }

    /// A copy of `bytes` in the library's memory, ready to be pushed.
    pub(super) fn copy_of(session: &Rc<Session>, bytes: &[u8]) -> Result<Self, CallinError> {
        const FUNCTION: &str = "IrisExStrNew";
        if bytes.len() > STRING_CHARS_MAX {
            return Err(CallinError::TooLong { function: FUNCTION });
        }
        let len = c_int::try_from(bytes.len())
            .map_err(|_| CallinError::TooLong { function: FUNCTION })?;
        let mut string = Self::empty(session);
        let raw = &raw mut string.raw;
        let mut room: *mut u8 = ptr::null_mut();
        session.enter(FUNCTION, &session.library.api.IrisExStrNew, |new| {
            // SAFETY: `raw` is valid and empty; the library fills it in.
            room = unsafe { new(raw, len) };
            if room.is_null() { c::IRIS_FAILURE } else { c::IRIS_SUCCESS }
        })?;
        // SAFETY: the library allocated `len` characters at `room`, which nobody else knows yet.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), room, bytes.len()) };
        Ok(string)
    }

    /// Takes the top of the stack.
    pub(super) fn pop(session: &Rc<Session>) -> Result<Self, CallinError> {
        const FUNCTION: &str = "IrisPopExStr";
        let mut string = Self::empty(session);
        let raw = &raw mut string.raw;
        session.enter(FUNCTION, &session.library.api.IrisPopExStr, |pop| {
            // SAFETY: `raw` is valid and empty, as the function demands.
            unsafe { pop(raw) }
        })?;
        let len = usize::try_from(string.raw.len).unwrap_or(usize::MAX);
        if len > STRING_CHARS_MAX || (len > 0 && string.characters().is_null()) {
            return Err(CallinError::Malformed { function: FUNCTION });
        }
        Ok(string)
    }

    pub(super) fn as_ptr(&mut self) -> *mut c::IRIS_EXSTR {
        &raw mut self.raw
    }

    fn characters(&self) -> *mut u8 {
        // SAFETY: all members of the union are pointers of one size, and any bits are a pointer.
        unsafe { self.raw.str_.ch }
    }

    fn as_bytes(&self) -> &[u8] {
        let characters = self.characters();
        if characters.is_null() {
            return &[];
        }
        let len = usize::try_from(self.raw.len).unwrap_or_default();
        // SAFETY: `pop` checked the length; the library keeps that many characters there until the
        // string is killed, which happens when this value goes, and it does not write to them.
        unsafe { std::slice::from_raw_parts(characters, len) }
    }
}

impl Drop for LongString {
    fn drop(&mut self) {
        // Killing what holds nothing is an error (<UNIMPLEMENTED>), so it is not tried.
        if self.characters().is_null() {
            return;
        }
        let raw = &raw mut self.raw;
        let killed = match &self.session.library.api.IrisExStrKill {
            // SAFETY: the string came from the library, is not killed yet, and this is the
            // session's thread, since neither this value nor the session can leave it.
            Ok(kill) => unsafe { kill(raw) },
            Err(_) => c::IRIS_FAILURE,
        };
        if killed != c::IRIS_SUCCESS {
            tracing::debug!(code = killed, "IRIS did not free a string");
        }
    }
}

/// The answer of a call: bytes in the library's memory, not copied, freed when this goes. It keeps
/// the session alive.
pub struct Block(LongString);

impl Block {
    pub(super) fn pop(session: &Rc<Session>) -> Result<Self, CallinError> {
        LongString::pop(session).map(Self)
    }
}

impl std::ops::Deref for Block {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl AsRef<[u8]> for Block {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl std::fmt::Debug for Block {
    /// Its size alone: the bytes are a client's data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Block").field("bytes", &self.len()).finish()
    }
}

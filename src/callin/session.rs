//! The owner of the session: the one place where a call enters C, and the one where a code becomes
//! an error.

use std::cell::Cell;
use std::os::raw::c_int;
use std::sync::Arc;
use std::thread::{self, ThreadId};

use super::bindings as c;
use super::error::CallinError;
use super::interrupt::Gate;
use super::library::Library;
use super::process::ThreadWatch;
use super::strings::{NarrowBuffer, latin1};

/// Room for `$ZERROR` on the first attempt, in characters; the longest seen in documentation is far
/// below it.
const MESSAGE_CHARS: u16 = 512;
/// Room for the source line on the first attempt, in characters: the longest line of ObjectScript
/// that editors allow easily.
const SOURCE_CHARS: u16 = 2048;
/// Room for the `<NAME>` of an error, in characters; the longest of the known ones has 50.
const NAME_CHARS: u16 = 256;

thread_local! {
    /// `thread::current()` counts references on each call, and the check below stands in front of
    /// every one.
    static HERE: ThreadId = thread::current().id();
}

/// A session from its start to its end. It is shared, by reference count on one thread, by the
/// connection and the answers that still hold strings of it, and it ends when the last of them
/// goes.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) library: &'static Library,
    pub(super) gate: Arc<Gate>,
    thread: ThreadId,
    /// Set by the first answer that says so; after it nothing but IrisEnd enters C.
    broken: Cell<bool>,
    ended: Cell<bool>,
    watch: Option<ThreadWatch>,
}

impl Session {
    /// Takes over a session that was just started on this thread.
    pub(super) fn adopt(library: &'static Library) -> Self {
        Self {
            library,
            gate: Arc::new(Gate::open(library)),
            thread: HERE.with(|id| *id),
            broken: Cell::new(false),
            ended: Cell::new(false),
            watch: ThreadWatch::set(),
        }
    }

    /// Enters C: checks the thread and the session, calls, and turns any code but 0 into an error.
    ///
    /// `symbol` is the member of the library's table that `name` names; `call` calls it, and does
    /// nothing else. A longjmp or an exception out of the function would skip Rust frames and is
    /// undefined; IRIS does neither, its way out of a fault is `pthread_exit` (see
    /// [`ThreadWatch`]).
    pub(super) fn enter<F: Copy>(
        &self,
        name: &'static str,
        symbol: &Result<F, libloading::Error>,
        call: impl FnOnce(F) -> c_int,
    ) -> Result<(), CallinError> {
        match self.enter_for_value(name, symbol, call)? {
            0 => Ok(()),
            code => Err(self.explain(name, code)),
        }
    }

    /// The same for the functions whose answer is a value when it is not negative: `IrisTLevel`,
    /// `IrisType`.
    pub(super) fn enter_for_value<F: Copy>(
        &self,
        name: &'static str,
        symbol: &Result<F, libloading::Error>,
        call: impl FnOnce(F) -> c_int,
    ) -> Result<c_int, CallinError> {
        if HERE.with(|id| *id) != self.thread {
            return Err(CallinError::WrongThread { function: name });
        }
        if self.broken.get() {
            return Err(CallinError::ConnectionBroken);
        }
        let Ok(function) = symbol else {
            return Err(CallinError::NotExported { function: name });
        };
        match call(*function) {
            code if code < 0 => Err(self.explain(name, code)),
            value => Ok(value),
        }
    }

    /// Turns a code into an error, with the texts that IRIS still holds for it.
    pub(super) fn explain(&self, function: &'static str, code: c_int) -> CallinError {
        if code > 0 {
            let name = error_name(self.library, code);
            return CallinError::Iris { function, code, name, zerror: self.zerror() };
        }
        let error = CallinError::from_negative(function, code);
        if error.session_is_lost() {
            self.broken.set(true);
        }
        error
    }

    /// `$ZERROR` of the last failure; empty when IRIS has none to give, which is no second error.
    fn zerror(&self) -> String {
        let Ok(read) = &self.library.api.IrisErrorA else { return String::new() };
        let mut message = NarrowBuffer::with_capacity(MESSAGE_CHARS);
        let mut source = NarrowBuffer::with_capacity(SOURCE_CHARS);
        for _ in 0..2 {
            let mut offset: c_int = 0;
            // SAFETY: both buffers have room for the lengths they state, and the session is this
            // thread's.
            let code = unsafe { read(message.as_ptr(), source.as_ptr(), &mut offset) };
            match code {
                // A cut text is still the best there is.
                c::IRIS_SUCCESS | c::IRIS_RETTRUNC => return latin1(message.characters()),
                c::IRIS_RETTOOSMALL => {
                    message = NarrowBuffer::with_capacity(NarrowBuffer::CAPACITY_MAX);
                    source = NarrowBuffer::with_capacity(NarrowBuffer::CAPACITY_MAX);
                }
                _ => break,
            }
        }
        String::new()
    }

    /// Ends the session. Later calls of it do nothing.
    pub(super) fn end(&self) -> Result<(), CallinError> {
        if self.ended.replace(true) {
            return Ok(());
        }
        // First the gate: no interrupt can start any more, and one that has started has returned.
        self.gate.close();
        // A broken session has to be ended as well, so this does not go through `enter`.
        let Ok(end) = &self.library.api.IrisEnd else {
            return Err(CallinError::NotExported { function: "IrisEnd" });
        };
        if HERE.with(|id| *id) != self.thread {
            return Err(CallinError::WrongThread { function: "IrisEnd" });
        }
        // SAFETY: it takes no arguments, and this thread started the session.
        match unsafe { end() } {
            c::IRIS_SUCCESS => Ok(()),
            code if code < 0 => Err(CallinError::from_negative("IrisEnd", code)),
            code => Err(CallinError::Iris {
                function: "IrisEnd",
                code,
                name: error_name(self.library, code),
                zerror: String::new(),
            }),
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            tracing::debug!(%error, "the session did not end in order");
        }
        if let Some(watch) = self.watch.take() {
            watch.clear();
        }
    }
}

/// The `<NAME>` of an error number; numbers that the library does not know become `<ERROR n>`.
pub(super) fn error_name(library: &Library, code: c_int) -> String {
    let unknown = || format!("<ERROR {code}>");
    let Ok(translate) = &library.api.IrisErrxlateA else { return unknown() };
    let mut name = NarrowBuffer::with_capacity(NAME_CHARS);
    // SAFETY: the buffer has room for the length it states.
    match unsafe { translate(code, name.as_ptr()) } {
        c::IRIS_SUCCESS | c::IRIS_RETTRUNC if !name.characters().is_empty() => {
            latin1(name.characters())
        }
        _ => unknown(),
    }
}

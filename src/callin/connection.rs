//! One session with IRIS, and the calls that can be made in it.

use std::ffi::CString;
use std::marker::PhantomData;
use std::os::raw::{c_int, c_uint, c_ulong};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr;
use std::rc::Rc;

use super::bindings as c;
use super::error::CallinError;
use super::interrupt::Interrupter;
use super::library::Library;
use super::session::{Session, error_name};
use super::strings::{Block, LongString, NarrowBuffer, SHORT_CHARS_MAX, Texts, latin1};

/// How a session begins.
#[derive(Clone, Copy)]
pub struct StartOptions<'a> {
    /// The instance's manager directory. Without one the library finds its own way.
    pub manager_dir: Option<&'a Path>,
    /// The user. It may not be empty, which IRIS would take for the operating system's user.
    pub user: &'a str,
    /// The user's password.
    pub password: &'a str,
    /// Free text that names this program in IRIS's process list and audit log.
    pub exename: &'a str,
    /// Seconds to wait for a free partition of the instance; 0, which to IRIS is for ever, is taken
    /// for 1.
    pub timeout_seconds: u32,
}

/// An argument of a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arg<'a> {
    /// A 64-bit integer.
    Integer(i64),
    /// An 8-bit string: text in UTF-8, or a `$LIST`. At most 3 641 144 bytes.
    Bytes(&'a [u8]),
}

/// A reference to an object in IRIS, with one count of its own, which ends with the session at the
/// latest.
#[derive(Debug, PartialEq, Eq)]
pub struct Oref {
    number: c_uint,
    /// It means something in one session alone, and so on one thread alone.
    not_send: PhantomData<*const ()>,
}

/// A session. It belongs to the thread that started it, which in a program that has other threads
/// too should be the main thread: IRIS ends the thread of a session on a fault.
///
/// It cannot leave that thread:
///
/// ```compile_fail
/// fn send<T: Send>() {}
/// send::<irispg::callin::Connection>();
/// ```
#[derive(Debug)]
pub struct Connection {
    session: Rc<Session>,
}

impl Connection {
    /// Begins a session as the given user.
    ///
    /// # Errors
    ///
    /// [`CallinError::AccessDenied`] for a wrong user or password,
    /// [`CallinError::MustChangePassword`] for an expired one, [`CallinError::AlreadyConnected`]
    /// when this process has a session. Any error means that there is no session.
    pub fn start(
        library: &'static Library,
        options: &StartOptions<'_>,
    ) -> Result<Self, CallinError> {
        if options.user.is_empty() {
            return Err(CallinError::AccessDenied);
        }
        if let Some(directory) = options.manager_dir {
            set_manager_directory(library, directory)?;
        }
        match secure_start(library, options)? {
            c::IRIS_SUCCESS => Ok(Self { session: Rc::new(Session::adopt(library)) }),
            c::IRIS_CONBROKEN => {
                // What is left of an earlier session is in the way of the next start. The adopted
                // remains end at once.
                drop(Session::adopt(library));
                Err(CallinError::ConnectionBroken)
            }
            code => Err(start_error(library, "IrisSecureStart", code)),
        }
    }

    /// Sets a new password for a user whose session could not begin because of
    /// [`CallinError::MustChangePassword`]. Only a process without a session can do it.
    ///
    /// # Errors
    ///
    /// [`CallinError::Failure`] when IRIS refuses; it does not say why.
    pub fn change_password(
        library: &'static Library,
        user: &str,
        old: &str,
        new: &str,
    ) -> Result<(), CallinError> {
        const FUNCTION: &str = "IrisChangePassword";
        let texts = Texts::new([user, old, new]);
        let code = match texts.ok_or(CallinError::TooLong { function: FUNCTION })? {
            Texts::Narrow(ref mut texts) => {
                let [user, old, new] = texts.each_mut().map(NarrowBuffer::as_ptr);
                let change = exported(&library.api.IrisChangePasswordA, FUNCTION)?;
                // SAFETY: the three strings are valid for the call.
                unsafe { change(user, old, new) }
            }
            Texts::Wide(ref mut texts) => {
                let [user, old, new] = texts.each_mut().map(|text| text.as_ptr());
                let change = exported(&library.api.IrisChangePasswordW, FUNCTION)?;
                // SAFETY: the three strings are valid for the call.
                unsafe { change(user, old, new) }
            }
        };
        match code {
            c::IRIS_SUCCESS => Ok(()),
            code => Err(start_error(library, FUNCTION, code)),
        }
    }

    /// Makes an object by the class method `%New` without arguments.
    ///
    /// # Errors
    ///
    /// [`CallinError::Iris`] with `<CLASS DOES NOT EXIST>` (122) for an unknown class,
    /// [`CallinError::NoObject`] when the constructor gave none.
    pub fn new_object(&self, class: &str) -> Result<Oref, CallinError> {
        self.call(Target::Class(class), "%New", &[])?;
        let api = &self.session.library.api;
        let mut number: c_uint = 0;
        self.session.enter("IrisPopOref", &api.IrisPopOref, |pop| {
            // SAFETY: the pointer is valid for the call.
            unsafe { pop(&mut number) }
        })?;
        if number == 0 {
            return Err(CallinError::NoObject { class: class.to_owned() });
        }
        Ok(Oref { number, not_send: PhantomData })
    }

    /// Gives an object back.
    ///
    /// # Errors
    ///
    /// [`CallinError::Iris`] with `<INVALID OREF>` (119) for one that is gone.
    pub fn close_object(&self, object: Oref) -> Result<(), CallinError> {
        self.session.enter("IrisCloseOref", &self.session.library.api.IrisCloseOref, |close| {
            // SAFETY: it takes no pointers; an unknown number is an error of IRIS.
            unsafe { close(object.number) }
        })
    }

    /// Calls a method of an object and gives its value.
    ///
    /// # Errors
    ///
    /// [`CallinError`]; after [`ConnectionBroken`](CallinError::ConnectionBroken) every further
    /// call gives the same.
    pub fn invoke(
        &self,
        object: &Oref,
        method: &str,
        arguments: &[Arg<'_>],
    ) -> Result<Block, CallinError> {
        self.call(Target::Object(object.number), method, arguments)?;
        Block::pop(&self.session)
    }

    /// Calls a class method and gives its value.
    ///
    /// # Errors
    ///
    /// As [`Connection::invoke`].
    pub fn invoke_class(
        &self,
        class: &str,
        method: &str,
        arguments: &[Arg<'_>],
    ) -> Result<Block, CallinError> {
        self.call(Target::Class(class), method, arguments)?;
        Block::pop(&self.session)
    }

    /// `$TLEVEL`: the open levels of the transaction, 0 without one.
    ///
    /// # Errors
    ///
    /// [`CallinError::NotConnected`] and its like.
    pub fn transaction_level(&self) -> Result<u32, CallinError> {
        let symbol = &self.session.library.api.IrisTLevel;
        let level = self.session.enter_for_value("IrisTLevel", symbol, |level| {
            // SAFETY: it takes no arguments.
            unsafe { level() }
        })?;
        u32::try_from(level).map_err(|_| CallinError::Malformed { function: "IrisTLevel" })
    }

    /// Rolls back all levels of the transaction; without one nothing happens.
    ///
    /// # Errors
    ///
    /// [`CallinError`]
    pub fn roll_back(&self) -> Result<(), CallinError> {
        self.session.enter("IrisTRollback", &self.session.library.api.IrisTRollback, |roll_back| {
            // SAFETY: it takes no pointers; 0 means all levels.
            unsafe { roll_back(0) }
        })
    }

    /// Releases all locks of the session, as `LOCK` without arguments.
    ///
    /// # Errors
    ///
    /// [`CallinError`]
    pub fn release_all_locks(&self) -> Result<(), CallinError> {
        let symbol = &self.session.library.api.IrisReleaseAllLocks;
        self.session.enter("IrisReleaseAllLocks", symbol, |release| {
            // SAFETY: it takes no arguments.
            unsafe { release() }
        })
    }

    /// `$ZVERSION`: the long name of the version of IRIS.
    ///
    /// # Errors
    ///
    /// [`CallinError`]
    pub fn version(&self) -> Result<String, CallinError> {
        self.evaluate("$ZVERSION")?;
        let mut text = NarrowBuffer::with_capacity(NarrowBuffer::CAPACITY_MAX);
        let buffer = text.as_ptr().cast();
        self.session.enter("IrisConvert", &self.session.library.api.IrisConvert, |convert| {
            // SAFETY: the type asks for a short 8-bit string, and `buffer` is one with its capacity
            // set.
            unsafe { convert(c::IRIS_ASTRING as c_ulong, buffer) }
        })?;
        Ok(latin1(text.characters()))
    }

    /// Makes one harmless call, for an interrupt that came after the call it was meant for. That
    /// interrupt is no error.
    ///
    /// # Errors
    ///
    /// Everything but [`CallinError::Interrupted`].
    // UNVERIFIED(iris): that a late interrupt is delivered to the next call, and that this
    // expression is one that takes it.
    pub fn swallow_interrupt(&self) -> Result<(), CallinError> {
        match self.evaluate("$ZVERSION") {
            // ERINTERRUPT reaches us as −6; by its number it would mean the same.
            Err(CallinError::Interrupted | CallinError::Iris { code: c::IRIS_ERINTERRUPT, .. }) => {
                Ok(())
            }
            other => other,
        }
    }

    /// What another thread interrupts this session with.
    pub fn interrupter(&self) -> Interrupter {
        Interrupter(self.session.gate.clone())
    }

    /// Ends the session. Without this, dropping the connection ends it too, and nobody hears of an
    /// error.
    ///
    /// # Errors
    ///
    /// [`CallinError::AnswersInUse`] while a [`Block`] lives: the session then ends with the last
    /// of them.
    pub fn end(self) -> Result<(), CallinError> {
        match Rc::strong_count(&self.session) {
            1 => self.session.end(),
            holders => Err(CallinError::AnswersInUse { count: holders - 1 }),
        }
    }

    fn evaluate(&self, expression: &'static str) -> Result<(), CallinError> {
        const FUNCTION: &str = "IrisEvalA";
        let mut text = NarrowBuffer::holding(expression.as_bytes())
            .ok_or(CallinError::TooLong { function: FUNCTION })?;
        let text = text.as_ptr();
        self.session.enter(FUNCTION, &self.session.library.api.IrisEvalA, |evaluate| {
            // SAFETY: the string is valid for the call.
            unsafe { evaluate(text) }
        })
    }

    /// Pushes reference and arguments and runs the method; its value is then on the stack.
    fn call(
        &self,
        target: Target<'_>,
        method: &str,
        arguments: &[Arg<'_>],
    ) -> Result<(), CallinError> {
        let session = &*self.session;
        let api = &session.library.api;
        let count = c_int::try_from(arguments.len())
            .map_err(|_| CallinError::BadArgument { function: target.invoke_name() })?;
        self.push_target(target, method)?;
        for (pushed, argument) in arguments.iter().enumerate() {
            if let Err(error) = self.push(*argument) {
                self.discard(pushed + 1);
                return Err(error);
            }
        }
        // What stays on the stack when the method fails is IRIS's to drop: no program in the field
        // cleans up after that.
        // UNVERIFIED(iris): facts/callin.md §9, item 2.
        match target {
            Target::Class(_) => {
                session.enter(target.invoke_name(), &api.IrisInvokeClassMethod, |invoke| {
                    // SAFETY: it takes no pointers; the stack holds the reference and `count`
                    // arguments.
                    unsafe { invoke(count) }
                })
            }
            Target::Object(_) => {
                session.enter(target.invoke_name(), &api.IrisInvokeMethod, |invoke| {
                    // SAFETY: it takes no pointers; the stack holds the reference and `count`
                    // arguments.
                    unsafe { invoke(count) }
                })
            }
        }
    }

    fn push_target(&self, target: Target<'_>, method: &str) -> Result<(), CallinError> {
        /// The method's value is wanted.
        const RETURNS: c_int = 1;
        let api = &self.session.library.api;
        match target {
            Target::Class(class) => {
                const FUNCTION: &str = "IrisPushClassMethod";
                let (class_len, class) = name(class, FUNCTION)?;
                let (method_len, method) = name(method, FUNCTION)?;
                self.session.enter(FUNCTION, &api.IrisPushClassMethod, |push| {
                    // SAFETY: both names are valid for the call, which copies them.
                    unsafe { push(class_len, class, method_len, method, RETURNS) }
                })
            }
            Target::Object(number) => {
                const FUNCTION: &str = "IrisPushMethod";
                let (len, method) = name(method, FUNCTION)?;
                self.session.enter(FUNCTION, &api.IrisPushMethod, |push| {
                    // SAFETY: the name is valid for the call, which copies it; an unknown number is
                    // an error of IRIS.
                    unsafe { push(number, len, method, RETURNS) }
                })
            }
        }
    }

    fn push(&self, argument: Arg<'_>) -> Result<(), CallinError> {
        let api = &self.session.library.api;
        match argument {
            Arg::Integer(value) => {
                self.session.enter("IrisPushInt64", &api.IrisPushInt64, |push| {
                    // SAFETY: it takes no pointers.
                    unsafe { push(value) }
                })
            }
            Arg::Bytes(bytes) if bytes.len() < SHORT_CHARS_MAX => {
                let len = c_int::try_from(bytes.len()).unwrap_or_default();
                self.session.enter("IrisPushStr", &api.IrisPushStr, |push| {
                    // SAFETY: the bytes are valid for the call, which copies them.
                    unsafe { push(len, bytes.as_ptr()) }
                })
            }
            Arg::Bytes(bytes) => {
                let mut string = LongString::copy_of(&self.session, bytes)?;
                let raw = string.as_ptr();
                self.session.enter("IrisPushExStr", &api.IrisPushExStr, |push| {
                    // SAFETY: the string is the library's own and lives until after the call.
                    unsafe { push(raw) }
                })
            }
        }
    }

    /// Takes what was pushed for a call that will not be made off the stack again.
    fn discard(&self, entries: usize) {
        for _ in 0..entries {
            let mut entry = ptr::null_mut();
            let popped = self.session.enter("IrisPop", &self.session.library.api.IrisPop, |pop| {
                // SAFETY: the pointer is valid for the call; what it receives is not used.
                unsafe { pop(&mut entry) }
            });
            if popped.is_err() {
                return;
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Target<'a> {
    Class(&'a str),
    Object(c_uint),
}

impl Target<'_> {
    const fn invoke_name(self) -> &'static str {
        match self {
            Self::Class(_) => "IrisInvokeClassMethod",
            Self::Object(_) => "IrisInvokeMethod",
        }
    }
}

/// A name of a class or method for the 8-bit functions. Ours are ASCII, where all character sets
/// agree.
fn name(name: &str, function: &'static str) -> Result<(c_int, *const u8), CallinError> {
    if !name.is_ascii() || name.is_empty() {
        return Err(CallinError::BadArgument { function });
    }
    let len = c_int::try_from(name.len()).map_err(|_| CallinError::TooLong { function })?;
    Ok((len, name.as_ptr()))
}

fn exported<F: Copy>(
    symbol: &Result<F, libloading::Error>,
    function: &'static str,
) -> Result<F, CallinError> {
    symbol.as_ref().map_or(Err(CallinError::NotExported { function }), |symbol| Ok(*symbol))
}

fn set_manager_directory(library: &Library, directory: &Path) -> Result<(), CallinError> {
    const FUNCTION: &str = "IrisSetDir";
    let directory = CString::new(directory.as_os_str().as_bytes())
        .map_err(|_| CallinError::BadArgument { function: FUNCTION })?;
    let set = exported(&library.api.IrisSetDir, FUNCTION)?;
    // SAFETY: the path is terminated and valid for the call. The function takes a mutable pointer
    // by an old habit of C, and no program in the field gives it anything but constants.
    match unsafe { set(directory.as_ptr().cast_mut()) } {
        c::IRIS_SUCCESS => Ok(()),
        code => Err(start_error(library, FUNCTION, code)),
    }
}

/// PROGMODE keeps the session alive after an error and its text readable; TTNEVER leaves the
/// terminal alone.
const START_FLAGS: c_ulong = (c::IRIS_PROGMODE | c::IRIS_TTNEVER) as c_ulong;

fn secure_start(library: &Library, options: &StartOptions<'_>) -> Result<c_int, CallinError> {
    let seconds = c_int::try_from(options.timeout_seconds).unwrap_or(c_int::MAX).max(1);
    let texts = Texts::new([options.user, options.password, options.exename]);
    let mut texts = texts.ok_or(CallinError::TooLong { function: "IrisSecureStart" })?;
    match &mut texts {
        Texts::Narrow(texts) => {
            let [user, password, program] = texts.each_mut().map(NarrowBuffer::as_ptr);
            let (input, output) = (ptr::null_mut(), ptr::null_mut());
            let start = exported(&library.api.IrisSecureStartA, "IrisSecureStartA")?;
            // SAFETY: the strings are valid for the call; null devices are documented as the null
            // device.
            Ok(unsafe { start(user, password, program, START_FLAGS, seconds, input, output) })
        }
        Texts::Wide(texts) => {
            let [user, password, program] = texts.each_mut().map(|text| text.as_ptr());
            let (input, output) = (ptr::null_mut(), ptr::null_mut());
            let start = exported(&library.api.IrisSecureStartW, "IrisSecureStartW")?;
            // SAFETY: as above, in the UTF-16 form.
            Ok(unsafe { start(user, password, program, START_FLAGS, seconds, input, output) })
        }
    }
}

/// An error while there is no session, whose `$ZERROR` therefore cannot be read.
fn start_error(library: &Library, function: &'static str, code: c_int) -> CallinError {
    if code < 0 {
        return CallinError::from_negative(function, code);
    }
    let name = error_name(library, code);
    CallinError::Iris { function, code, name, zerror: String::new() }
}

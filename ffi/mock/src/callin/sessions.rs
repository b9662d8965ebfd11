//! Start and end of a session, and what is asked about it from outside.
#![allow(non_snake_case)]

use super::abi::{ShortFull, ShortString, ShortWide, abort, code};
use super::gate;
use super::raise::Outcome;
use super::text::{self, Counted};
use super::{control, errors};
use crate::process::{Login, Process, directory};
use std::ffi::{CStr, OsStr, c_char, c_int, c_ulong};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Once;

/// Reads a counted string that may be missing.
///
/// # Safety
/// As [`text::read`].
unsafe fn optional<S: Counted>(
    pointer: *mut S,
    decode: fn(&[S::Unit]) -> String,
) -> Outcome<Option<String>> {
    // SAFETY: the caller vouches for the string.
    Ok(unsafe { text::read(pointer) }?.map(decode))
}

/// The code of an outcome outside of a session.
fn status<T>(outcome: Outcome<T>) -> Result<T, c_int> {
    outcome.map_err(|raise| match raise {
        super::raise::Raise::Interface(status) => status,
        _ => code::FAILURE,
    })
}

/// Starts the session of this process.
fn start(user: Option<String>, password: Option<String>, flags: c_ulong) -> c_int {
    let mut session = gate::session();
    if session.0.is_some() {
        let broken = control::is_broken();
        return if broken { code::CONNECTION_BROKEN } else { code::ALREADY_CONNECTED };
    }
    // An empty user is as good as none: the process's own identity (facts, callin §4).
    let credentials =
        user.filter(|user| !user.is_empty()).map(|u| (u, password.unwrap_or_default()));
    match Process::start(&Login { credentials, flags }) {
        Ok(process) => {
            session.0 = Some(Box::new(process));
            drop(session);
            watch_exit();
            code::SUCCESS
        }
        Err(status) => status,
    }
}

/// A process that exits without `IrisEnd` still has its transaction undone and its report written.
fn watch_exit() {
    extern "C" fn at_exit() {
        let _caught = gate::guarded(|| {
            if let Some(mut session) = gate::idle_session()
                && let Some(process) = session.0.as_deref_mut()
            {
                process.leave();
            }
            directory::remove_private();
        });
    }
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        // SAFETY: the handler is a plain function of a library that is never unloaded while a
        // session is possible, and it catches panics.
        let _status = unsafe { libc::atexit(at_exit) };
    });
}

/// Opens the session: user, password, name of the program, flags, time-out in seconds, principal
/// input and output. 0, −1, −2, −3, −4, −15, −16, −17, −21 or the number of
/// `<LICENSE LIMIT EXCEEDED>` (facts, callin §4).
///
/// # Safety
/// Each string is null or a counted string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisSecureStartA(
    username: *mut ShortString,
    password: *mut ShortString,
    exename: *mut ShortString,
    flags: c_ulong,
    _timeout: c_int,
    _input: *mut ShortString,
    _output: *mut ShortString,
) -> c_int {
    gate::outside("IrisSecureStartA", || {
        // SAFETY: the caller vouches for the strings.
        let user = unsafe { optional(username, text::latin) };
        // SAFETY: as above.
        let password = unsafe { optional(password, text::latin) };
        // SAFETY: as above.
        let program = unsafe { optional(exename, text::latin) };
        begin([user, password, program], flags)
    })
}

/// [`IrisSecureStartA`] with UTF-16 strings.
///
/// # Safety
/// Each string is null or a counted string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisSecureStartW(
    username: *mut ShortWide,
    password: *mut ShortWide,
    exename: *mut ShortWide,
    flags: c_ulong,
    _timeout: c_int,
    _input: *mut ShortWide,
    _output: *mut ShortWide,
) -> c_int {
    gate::outside("IrisSecureStartW", || {
        // SAFETY: the caller vouches for the strings.
        let user = unsafe { optional(username, text::utf16) };
        // SAFETY: as above.
        let password = unsafe { optional(password, text::utf16) };
        // SAFETY: as above.
        let program = unsafe { optional(exename, text::utf16) };
        begin([user, password, program], flags)
    })
}

/// [`IrisSecureStartA`] with 32-bit strings.
///
/// # Safety
/// Each string is null or a counted string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisSecureStartH(
    username: *mut ShortFull,
    password: *mut ShortFull,
    exename: *mut ShortFull,
    flags: c_ulong,
    _timeout: c_int,
    _input: *mut ShortFull,
    _output: *mut ShortFull,
) -> c_int {
    gate::outside("IrisSecureStartH", || {
        // SAFETY: the caller vouches for the strings.
        let user = unsafe { optional(username, text::utf32) };
        // SAFETY: as above.
        let password = unsafe { optional(password, text::utf32) };
        // SAFETY: as above.
        let program = unsafe { optional(exename, text::utf32) };
        begin([user, password, program], flags)
    })
}

fn begin(texts: [Outcome<Option<String>>; 3], flags: c_ulong) -> c_int {
    let [user, password, program] = texts.map(status);
    match (user, password, program) {
        (Ok(user), Ok(password), Ok(_)) => start(user, password, flags),
        (Err(status), ..) | (_, Err(status), _) | (.., Err(status)) => status,
    }
}

/// The deprecated start without credentials.
///
/// # Safety
/// The strings are not read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisStartA(
    flags: c_ulong,
    _timeout: c_int,
    _input: *mut ShortString,
    _output: *mut ShortString,
) -> c_int {
    gate::outside("IrisStartA", || start(None, None, flags))
}

/// Ends the session, also a broken one. 0 or −7.
#[unsafe(no_mangle)]
pub extern "C" fn IrisEnd() -> c_int {
    gate::outside("IrisEnd", || match gate::session().0.take() {
        Some(process) => {
            process.end("end");
            code::SUCCESS
        }
        None => code::NOT_CONNECTED,
    })
}

/// Ends every session of the process. 0.
#[unsafe(no_mangle)]
pub extern "C" fn IrisEndAll() -> c_int {
    gate::outside("IrisEndAll", || {
        if let Some(process) = gate::session().0.take() {
            process.end("end");
        }
        code::SUCCESS
    })
}

/// Sets the manager directory for the next start. 0.
///
/// # Safety
/// `directory` is null or a string that ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisSetDir(directory: *mut c_char) -> c_int {
    gate::outside("IrisSetDir", || {
        if directory.is_null() {
            return code::BAD_ARGUMENT;
        }
        // SAFETY: not null, so the caller vouches for the ending zero.
        let path = unsafe { CStr::from_ptr(directory) };
        directory::choose(Path::new(OsStr::from_bytes(path.to_bytes())));
        code::SUCCESS
    })
}

/// Gives a user another password, while there is no session: user, old and new password. 0 or −1.
///
/// # Safety
/// Each string is null or a counted string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisChangePasswordA(
    username: *mut ShortString,
    old: *mut ShortString,
    new: *mut ShortString,
) -> c_int {
    gate::outside("IrisChangePasswordA", || {
        // SAFETY: the caller vouches for the strings.
        let user = unsafe { optional(username, text::latin) };
        // SAFETY: as above.
        let old = unsafe { optional(old, text::latin) };
        // SAFETY: as above.
        let new = unsafe { optional(new, text::latin) };
        change([user, old, new])
    })
}

/// [`IrisChangePasswordA`] with UTF-16 strings.
///
/// # Safety
/// Each string is null or a counted string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisChangePasswordW(
    username: *mut ShortWide,
    old: *mut ShortWide,
    new: *mut ShortWide,
) -> c_int {
    gate::outside("IrisChangePasswordW", || {
        // SAFETY: the caller vouches for the strings.
        let user = unsafe { optional(username, text::utf16) };
        // SAFETY: as above.
        let old = unsafe { optional(old, text::utf16) };
        // SAFETY: as above.
        let new = unsafe { optional(new, text::utf16) };
        change([user, old, new])
    })
}

fn change(texts: [Outcome<Option<String>>; 3]) -> c_int {
    let [Ok(Some(user)), Ok(Some(old)), Ok(Some(new))] = texts else { return code::FAILURE };
    if control::is_connected() {
        return code::FAILURE;
    }
    let changed = directory::administration()
        .is_ok_and(|mut admin| admin.change_password(&user, &old, &new).is_ok());
    if changed { code::SUCCESS } else { code::FAILURE }
}

/// 1 in a program with a session, else 0. (−1, inside of `$ZF`, cannot be here.)
#[unsafe(no_mangle)]
pub extern "C" fn IrisContext() -> c_int {
    gate::outside("IrisContext", || c_int::from(control::is_connected()))
}

/// Interrupts what runs, from any thread. 0, −4, −7, −11 or −12.
#[unsafe(no_mangle)]
pub extern "C" fn IrisAbort(kind: c_ulong) -> c_int {
    gate::outside("IrisAbort", || control::request(kind))
}

/// Hands over a signal. 0, −4, −7 or −11. UNVERIFIED(iris): which signals interrupt; here SIGINT
/// is Ctrl-C, the others that end a process reset the job, and the rest does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn IrisSignal(number: c_int) -> c_int {
    gate::outside("IrisSignal", || match number {
        libc::SIGINT => control::request(abort::CONTROL_C),
        libc::SIGTERM | libc::SIGHUP | libc::SIGQUIT => control::request(abort::RESET_JOB),
        _ if control::is_connected() => code::SUCCESS,
        _ => code::NOT_CONNECTED,
    })
}

/// Switches Ctrl-C off or on; `IrisAbort` works all the same (facts, callin §5). 0.
#[unsafe(no_mangle)]
pub extern "C" fn IrisCtrl(_flags: c_ulong) -> c_int {
    gate::outside("IrisCtrl", || code::SUCCESS)
}

/// Flushes the principal output, of which there is none.
#[unsafe(no_mangle)]
pub extern "C" fn IrisOflush() {
    gate::outside("IrisOflush", || code::SUCCESS);
}

/// Lets several threads use the session, which here they always may. 0.
#[unsafe(no_mangle)]
pub extern "C" fn IrisEnableMultiThread() -> c_int {
    gate::enter("IrisEnableMultiThread", |_| Ok(()))
}

/// The name of an error number, such as `<UNDEFINED>`. 0, −9 for a number that has none, −10 when
/// it was cut. Needs no session.
///
/// # Safety
/// `name` is null or a counted string whose length is its room.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisErrxlateA(number: c_int, name: *mut ShortString) -> c_int {
    gate::outside("IrisErrxlateA", || {
        let Some(text) = errors::name(number) else { return code::UNKNOWN_ERROR };
        // SAFETY: the caller vouches for the room.
        match status(unsafe { text::fill(name, text.as_bytes()) }) {
            Ok(true) => code::SUCCESS,
            Ok(false) => code::TRUNCATED,
            Err(status) => status,
        }
    })
}

/// The last error: `$ZERROR`, the source line (always empty here) and the offset in it. 0, −4, −7,
/// or −8 with nothing returned when a string has no room.
///
/// # Safety
/// The strings are null or counted strings whose lengths are their room; `offset` is null or
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IrisErrorA(
    message: *mut ShortString,
    source: *mut ShortString,
    offset: *mut c_int,
) -> c_int {
    gate::enter("IrisErrorA", |process| {
        let zerror = super::value::Value::unicode(&process.zerror);
        let characters = zerror.into_characters().unwrap_or_default();
        // SAFETY: the caller vouches for the room of the string.
        if unsafe { text::capacity(message) }? < characters.as_bytes().len() {
            return Err(super::raise::Raise::Interface(code::TOO_SMALL));
        }
        // SAFETY: as above.
        unsafe { text::fill(message, characters.as_bytes()) }?;
        // SAFETY: as above.
        unsafe { text::fill(source, &[]) }?;
        // SAFETY: the caller vouches for the number.
        unsafe { text::store(offset, 0) }
    })
}

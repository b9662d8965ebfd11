//! The callout: a shared library whose functions ObjectScript calls with `$ZF(-3)` or `$ZF(-5)`, to
//! ask which gateway is installed beside the classes without starting a program.
//!
//! ```text
//! write $ZF(-3, "…/libirispg_callout.so", "version", "")    0.1.0
//! write $ZF(-3, "…/libirispg_callout.so", "contract", 0)    1
//! ```
//!
//! IRIS loads the library into one of its own processes: nothing here keeps state, makes threads,
//! touches signals or calls back into IRIS, and no panic leaves a function.

use std::cell::UnsafeCell;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::panic::catch_unwind;
use std::ptr;

/// A function succeeded.
const ZF_SUCCESS: c_int = 0;
/// It failed; ObjectScript sees the error `<FUNCTION>`.
const ZF_FAILURE: c_int = 1;

/// The version of the session contract (`docs/session-contract.md`) that this gateway speaks.
pub const CONTRACT_VERSION: c_int = 1;

/// The version of the gateway, terminated for C.
const VERSION: &CStr =
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => c"",
    };

/// The shape in which the table names a function; the letters beside it decide how it is called.
type Function = unsafe extern "C" fn() -> c_int;

/// `struct zfestr` of `ffi/include/iris-cdzf.h`: 24 bytes, the layout is checked in `ffi/layout.c`.
#[repr(C)]
pub struct Entry {
    name: *const c_char,
    letters: *const c_char,
    function: Option<Function>,
}

/// The table lies in writable memory as it does in a library that C wrote, for nobody promises that
/// IRIS only reads it.
struct Table(UnsafeCell<[Entry; 3]>);

// SAFETY: this library never reads or writes the table after its construction; it only gives its
// address away.
unsafe impl Sync for Table {}

static TABLE: Table = Table(UnsafeCell::new([
    // `C`: a terminated string that the function may change; `P`: a pointer to an integer likewise.
    // UNVERIFIED(iris): the room behind a `C` argument is taken to be that of the longest $ZF
    // string (32 767 by default). SAFETY: IRIS calls the function with one pointer, as the letter
    // says, and never by this type.
    Entry::new(c"version", c"C", unsafe {
        std::mem::transmute::<unsafe extern "C" fn(*mut c_char) -> c_int, Function>(version)
    }),
    // SAFETY: the same.
    Entry::new(c"contract", c"P", unsafe {
        std::mem::transmute::<unsafe extern "C" fn(*mut c_int) -> c_int, Function>(contract)
    }),
    Entry { name: ptr::null(), letters: ptr::null(), function: None },
]));

impl Entry {
    const fn new(name: &'static CStr, letters: &'static CStr, function: Function) -> Self {
        Self { name: name.as_ptr(), letters: letters.as_ptr(), function: Some(function) }
    }
}

/// What IRIS calls when it loads the library. Its own tables, through which a function could call
/// back, are not kept.
#[unsafe(no_mangle)]
pub extern "C" fn GetZFTable(_services: *const c_void, _functions: *const c_void) -> *mut Entry {
    TABLE.0.get().cast()
}

/// `version`: the gateway's version.
///
/// # Safety
///
/// `answer` has room for the version and its terminating zero, or is null.
unsafe extern "C" fn version(answer: *mut c_char) -> c_int {
    guarded(
        || {
            let version = VERSION.to_bytes_with_nul();
            // SAFETY: the caller gives the room, and the two cannot overlap.
            unsafe { ptr::copy_nonoverlapping(version.as_ptr().cast(), answer, version.len()) };
        },
        answer.is_null(),
    )
}

/// `contract`: the version of the session contract.
///
/// # Safety
///
/// `answer` points to an integer, or is null.
unsafe extern "C" fn contract(answer: *mut c_int) -> c_int {
    guarded(
        || {
            // SAFETY: the caller gives the integer.
            unsafe { answer.write(CONTRACT_VERSION) };
        },
        answer.is_null(),
    )
}

fn guarded(work: impl FnOnce() + std::panic::UnwindSafe, refuse: bool) -> c_int {
    if refuse {
        return ZF_FAILURE;
    }
    catch_unwind(work).map_or(ZF_FAILURE, |()| ZF_SUCCESS)
}

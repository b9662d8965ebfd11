//! The types and constants of the Callin ABI (facts, callin §2), as this library sees them.

use std::ffi::c_int;

/// Characters that the short string types hold.
pub const SHORT_STRING: usize = 32_767;

/// Characters that the longest string holds; beyond it the error is `<MAXSTRING>`.
pub const LONGEST_STRING: usize = 3_641_144;

/// `IRIS_ASTR`: a counted 8-bit string. `len` is the capacity when the callee fills it.
#[repr(C)]
pub struct ShortString {
    /// Characters in use.
    pub len: u16,
    /// The characters, not ended by a zero.
    pub str: [u8; SHORT_STRING],
}

/// `IRISWSTR`: a counted UTF-16 string.
#[repr(C)]
pub struct ShortWide {
    /// Code units in use.
    pub len: u16,
    /// The code units, not ended by a zero.
    pub str: [u16; SHORT_STRING],
}

/// `IRISHSTR`: a counted string of 32-bit characters.
#[repr(C)]
pub struct ShortFull {
    /// Characters in use.
    pub len: u32,
    /// The characters, not ended by a zero.
    pub str: [i32; SHORT_STRING],
}

/// The pointer of an `IRIS_EXSTR`.
#[repr(C)]
#[derive(Clone, Copy)]
pub union LongPointer {
    /// 8-bit characters.
    pub ch: *mut u8,
    /// UTF-16 code units.
    pub wch: *mut u16,
    /// 32-bit characters.
    pub lch: *mut i32,
}

/// `IRIS_EXSTR`: a long string whose storage belongs to IRIS.
#[repr(C)]
pub struct LongString {
    /// Characters in use.
    pub len: u32,
    /// The storage.
    pub str: LongPointer,
}

/// Interface codes (facts, callin §2.4).
pub mod code {
    use super::c_int;

    /// It worked.
    pub const SUCCESS: c_int = 0;
    /// `IRIS_FAILURE`.
    pub const FAILURE: c_int = -1;
    /// `IRIS_ALREADYCON`: a session exists.
    pub const ALREADY_CONNECTED: c_int = -2;
    /// `IRIS_STRTOOLONG`.
    pub const STRING_TOO_LONG: c_int = -3;
    /// `IRIS_CONBROKEN`: only `IrisEnd` is of use.
    pub const CONNECTION_BROKEN: c_int = -4;
    /// `IRIS_INTERRUPT`: the interrupt was not trapped.
    pub const INTERRUPTED: c_int = -6;
    /// `IRIS_NOCON`: no session.
    pub const NOT_CONNECTED: c_int = -7;
    /// `IRIS_RETTOOSMALL`: nothing was returned.
    pub const TOO_SMALL: c_int = -8;
    /// `IRIS_ERUNKNOWN`: no such error number.
    pub const UNKNOWN_ERROR: c_int = -9;
    /// `IRIS_RETTRUNC`: a part was returned.
    pub const TRUNCATED: c_int = -10;
    /// `IRIS_NOTINIRIS`: nothing runs.
    pub const NOT_IN_IRIS: c_int = -11;
    /// `IRIS_BADARG`.
    pub const BAD_ARGUMENT: c_int = -12;
    /// `IRIS_NORES`: the stack is empty.
    pub const NO_RESULT: c_int = -13;
    /// `IRIS_EXSTR_INUSE`: the long string was not empty.
    pub const LONG_STRING_IN_USE: c_int = -14;
    /// `IRIS_ACCESSDENIED`.
    pub const ACCESS_DENIED: c_int = -15;
    /// `IRIS_CHANGEPASSWORD`.
    pub const CHANGE_PASSWORD: c_int = -16;
    /// `IRIS_INVALID_INSTANCE`: no instance in this directory.
    pub const INVALID_INSTANCE: c_int = -17;
    /// `IRIS_ATTACH`: the operating system refuses the instance's memory.
    pub const ATTACH: c_int = -21;
}

/// Flags of `IrisSecureStart` (facts, callin §2.2).
pub mod flag {
    /// `IRIS_PROGMODE`: an error is reported and the session lives on.
    pub const PROGRAMMER_MODE: std::ffi::c_ulong = 32;
}

/// Arguments of `IrisAbort` (facts, callin §2.2).
pub mod abort {
    /// `IRIS_CTRLC`: as if Ctrl-C had been pressed.
    pub const CONTROL_C: std::ffi::c_ulong = 1;
    /// `IRIS_RESJOB`: ends the connection.
    pub const RESET_JOB: std::ffi::c_ulong = 2;
}

/// Type codes of `IrisType` and `IrisConvert` (facts, callin §2.3).
pub mod kind {
    use super::c_int;

    /// `IRIS_INT`.
    pub const INT: c_int = 1;
    /// `IRIS_DOUBLE`.
    pub const DOUBLE: c_int = 2;
    /// `IRIS_ASTRING`.
    pub const ASTRING: c_int = 3;
    /// `IRIS_CHAR`.
    pub const CHAR: c_int = 4;
    /// `IRIS_INT2`.
    pub const INT2: c_int = 5;
    /// `IRIS_INT4`.
    pub const INT4: c_int = 6;
    /// `IRIS_INT8`.
    pub const INT8: c_int = 7;
    /// `IRIS_UCHAR`.
    pub const UCHAR: c_int = 8;
    /// `IRIS_UINT2`.
    pub const UINT2: c_int = 9;
    /// `IRIS_UINT4`.
    pub const UINT4: c_int = 10;
    /// `IRIS_UINT8`.
    pub const UINT8: c_int = 11;
    /// `IRIS_FLOAT`.
    pub const FLOAT: c_int = 12;
    /// `IRIS_UINT`.
    pub const UINT: c_int = 14;
    /// `IRIS_WSTRING`.
    pub const WSTRING: c_int = 15;
    /// `IRIS_OREF`.
    pub const OREF: c_int = 16;
    /// `IRIS_IEEE_DBL`.
    pub const IEEE_DOUBLE: c_int = 19;
    /// `IRIS_HSTRING`.
    pub const HSTRING: c_int = 20;
    /// `IRIS_UNDEF`.
    pub const UNDEFINED: c_int = 21;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::{align_of, offset_of, size_of};

    /// Sizes and offsets of facts, callin §2.1.
    #[test]
    fn layouts_are_those_of_the_abi() {
        assert_eq!((size_of::<ShortString>(), align_of::<ShortString>()), (32_770, 2));
        assert_eq!(offset_of!(ShortString, str), 2);
        assert_eq!((size_of::<ShortWide>(), align_of::<ShortWide>()), (65_536, 2));
        assert_eq!(offset_of!(ShortWide, str), 2);
        assert_eq!((size_of::<ShortFull>(), align_of::<ShortFull>()), (131_072, 4));
        assert_eq!(offset_of!(ShortFull, str), 4);
        assert_eq!((size_of::<LongString>(), align_of::<LongString>()), (16, 8));
        assert_eq!(offset_of!(LongString, str), 8);
    }
}

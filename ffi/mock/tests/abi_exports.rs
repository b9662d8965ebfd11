//! The built library: its names and nothing else, and that a program can load it.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::ffi::{CStr, CString, c_int};
use std::path::PathBuf;
use std::process::Command;

/// The functions that the gateway's path uses, and those that exist because their neighbours do.
const EXPORTS: &str = "
    IrisAbort IrisChangePasswordA IrisChangePasswordW IrisCloseOref IrisContext IrisConvert
    IrisCtrl IrisEnableMultiThread IrisEnd IrisEndAll IrisErrorA IrisErrxlateA IrisEvalA
    IrisExStrKill IrisExStrNew IrisExStrNewH IrisExStrNewW IrisExecuteA IrisGetProperty
    IrisIncrementCountOref IrisInvokeClassMethod IrisInvokeMethod IrisOflush IrisPop IrisPopDbl
    IrisPopExList IrisPopExStr IrisPopExStrW IrisPopInt IrisPopInt64 IrisPopList IrisPopOref
    IrisPopStr IrisPopStrW IrisPushClassMethod IrisPushClassMethodW IrisPushDbl IrisPushExList
    IrisPushExStr IrisPushExStrH IrisPushExStrW IrisPushIEEEDbl IrisPushInt IrisPushInt64
    IrisPushList IrisPushMethod IrisPushMethodW IrisPushOref IrisPushProperty IrisPushStr
    IrisPushStrH IrisPushStrW IrisPushUndef IrisReleaseAllLocks IrisSecureStartA IrisSecureStartH
    IrisSecureStartW IrisSetDir IrisSetProperty IrisSignal IrisStartA IrisTCommit IrisTLevel
    IrisTRollback IrisTStart IrisType IrisUnPop";

/// The library that cargo built beside this test.
fn library() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test.parent().unwrap().parent().unwrap().join("libirisdb.so");
    assert!(path.is_file(), "{} is missing", path.display());
    path
}

#[test]
fn the_library_exports_the_interface_and_nothing_else() {
    let output = Command::new("nm").args(["-D", "--defined-only"]).arg(library()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let exported: BTreeSet<&str> =
        text.lines().filter_map(|line| line.split_whitespace().nth(2)).collect();
    let expected: BTreeSet<&str> = EXPORTS.split_whitespace().collect();
    assert_eq!(exported, expected);
}

#[test]
fn the_library_has_the_name_that_programs_look_for() {
    let output = Command::new("readelf").arg("-d").arg(library()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("soname: [libirisdb.so]"), "{text}");
}

#[test]
fn a_program_loads_the_library_and_calls_it() {
    let path = CString::new(library().to_str().unwrap()).unwrap();
    // SAFETY: the library has no constructors that do anything.
    let handle = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
    assert!(!handle.is_null());
    let name: &CStr = c"IrisContext";
    // SAFETY: the handle is open and the name ends with a zero.
    let symbol = unsafe { libc::dlsym(handle, name.as_ptr()) };
    assert!(!symbol.is_null());
    // SAFETY: IrisContext takes nothing and gives an int.
    let context =
        unsafe { std::mem::transmute::<*mut libc::c_void, extern "C" fn() -> c_int>(symbol) };
    assert_eq!(context(), 0);
}

//! Where the instance lives: the directory of `IrisSetDir`, else of `IRIS_MOCK_DATA`, else a
//! private one that goes with the process.

use crate::admin::Admin;
use crate::callin::abi::code;
use std::ffi::c_int;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Names the directory where `IrisSetDir` did not.
const VARIABLE: &str = "IRIS_MOCK_DATA";

static CHOSEN: Mutex<Option<PathBuf>> = Mutex::new(None);
static PRIVATE: OnceLock<PathBuf> = OnceLock::new();

/// `IrisSetDir`; an empty path takes the choice back.
pub(crate) fn choose(path: &Path) {
    let named = !path.as_os_str().is_empty();
    *CHOSEN.lock().unwrap_or_else(PoisonError::into_inner) = named.then(|| path.to_owned());
}

/// The directory, made if it is missing.
///
/// # Errors
/// −17 when there can be none of this name, −21 when the operating system does not let us in
/// (facts, callin §4: a wrong directory gives one of the two).
pub(crate) fn current() -> Result<PathBuf, c_int> {
    let chosen = CHOSEN.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let named = chosen.or_else(|| std::env::var_os(VARIABLE).map(PathBuf::from));
    let path = named.unwrap_or_else(|| PRIVATE.get_or_init(private).clone());
    match std::fs::DirBuilder::new().mode(0o700).create(&path) {
        Ok(()) => Ok(path),
        Err(error) => match error.kind() {
            std::io::ErrorKind::AlreadyExists if path.is_dir() => Ok(path),
            std::io::ErrorKind::PermissionDenied => Err(code::ATTACH),
            _ => Err(code::INVALID_INSTANCE),
        },
    }
}

fn private() -> PathBuf {
    let began = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default()
        .as_nanos();
    std::env::temp_dir().join(format!("irismock-{}-{began:x}", std::process::id()))
}

/// Removes the private directory, if there was one.
pub(crate) fn remove_private() {
    if let Some(path) = PRIVATE.get()
        && let Err(error) = std::fs::remove_dir_all(path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        eprintln!("simulator: {}: {error}", path.display());
    }
}

/// The administration of the instance.
///
/// # Errors
/// As [`current`]; −1 when it cannot be read, with the reason on standard error.
pub(crate) fn administration() -> Result<Admin, c_int> {
    Admin::open(&current()?).map_err(|error| {
        eprintln!("simulator: {}: {error}", crate::admin::FILE);
        code::FAILURE
    })
}

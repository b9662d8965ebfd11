//! The loaded library.

use std::path::{Path, PathBuf};

use libloading::os::unix::{Library as Handle, RTLD_GLOBAL, RTLD_NOW};

use super::bindings::IrisApi;

/// Why a library cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The dynamic loader refused it: no such file, another architecture, a library that it needs
    /// is missing.
    #[error("cannot load the IRIS library {path}: {reason}")]
    Open {
        /// The path that was asked for.
        path: PathBuf,
        /// The loader's own words.
        reason: String,
    },
    /// It was loaded, and lacks a function without which no session is possible.
    #[error("the IRIS library {path} has no function {function}")]
    Missing {
        /// The path that was asked for.
        path: PathBuf,
        /// The first missing function.
        function: &'static str,
    },
}

/// `libirisdb.so`, with its functions resolved. It is never unloaded: IRIS installs signal handlers
/// that point into it.
pub struct Library {
    path: PathBuf,
    pub(super) api: IrisApi,
}

impl Library {
    /// Loads the library at `path` and resolves every function the gateway can call; it calls none
    /// of them.
    ///
    /// The symbols become global, as they are in a program that was linked with the library,
    /// because IRIS loads further libraries later which may need them. All are bound at once, so
    /// that a broken installation shows here.
    ///
    /// # Errors
    ///
    /// [`LoadError`] names the path and what is wrong with it.
    pub fn open(path: &Path) -> Result<&'static Self, LoadError> {
        // SAFETY: loading runs the library's constructors. The path is the operator's choice of an
        // IRIS installation, or the simulator beside this program; who may choose it may run any
        // code in this process already.
        let handle = unsafe { Handle::open(Some(path), RTLD_NOW | RTLD_GLOBAL) }
            .map_err(|error| LoadError::Open { path: path.into(), reason: error.to_string() })?;
        // SAFETY: the prototypes come from the header whose ABI the library implements; nothing is
        // called here.
        let api = unsafe { IrisApi::from_library(handle) }
            .map_err(|error| LoadError::Open { path: path.into(), reason: error.to_string() })?;
        if let Some(function) = first_missing(&api) {
            return Err(LoadError::Missing { path: path.into(), function });
        }
        Ok(Box::leak(Box::new(Self { path: path.into(), api })))
    }

    /// The path it was loaded from.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl std::fmt::Debug for Library {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Library").field("path", &self.path).finish_non_exhaustive()
    }
}

/// The functions without which no statement can run. All of them were seen exported by real
/// libraries (facts: Callin §8.1); the others are looked for when they are needed, and answer
/// [`NotExported`](super::CallinError::NotExported) if absent.
fn first_missing(api: &IrisApi) -> Option<&'static str> {
    macro_rules! first_missing_of {
        ($($function:ident),* $(,)?) => {
            [$((stringify!($function), api.$function.is_err())),*]
                .into_iter()
                .find_map(|(function, missing)| missing.then_some(function))
        };
    }
    first_missing_of!(
        IrisSetDir,
        IrisSecureStartA,
        IrisEnd,
        IrisErrorA,
        IrisErrxlateA,
        IrisEvalA,
        IrisConvert,
        IrisPushInt64,
        IrisPushStr,
        IrisPushExStr,
        IrisPopExStr,
        IrisPopOref,
        IrisExStrNew,
        IrisExStrKill,
        IrisPushClassMethod,
        IrisInvokeClassMethod,
        IrisPushMethod,
        IrisInvokeMethod,
        IrisCloseOref,
        IrisTLevel,
        IrisTRollback,
        IrisReleaseAllLocks,
    )
}

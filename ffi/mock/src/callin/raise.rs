//! How a call fails, before it becomes a return code.

use super::errors;
use std::ffi::c_int;

/// Why a call did not do its work.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Raise {
    /// The interface refuses: a negative code, no `$ZERROR`.
    Interface(c_int),
    /// An ObjectScript error: its number and the text of `$ZERROR`.
    Error {
        /// Number in the table of [`errors`].
        number: c_int,
        /// `$ZERROR`, beginning with the name in angle brackets.
        text: String,
    },
    /// `<INTERRUPT>` that nobody trapped: the code is −6 (facts, callin §2.5).
    Interrupted,
    /// The connection broke: the code is −4, now and until `IrisEnd`.
    Broken,
}

impl Raise {
    /// An ObjectScript error whose `$ZERROR` is the name and what follows it.
    pub(crate) fn error(number: c_int, detail: &str) -> Self {
        let name = errors::name(number).unwrap_or("<SYSTEM>");
        Self::Error { number, text: format!("{name}{detail}") }
    }
}

/// Result of the inside of a call.
pub(crate) type Outcome<T = ()> = Result<T, Raise>;

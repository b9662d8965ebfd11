//! What can go wrong between the gateway and IRIS, apart from the answers IRIS gives.

use thiserror::Error;

/// A call failed in a way that is not an answer.
#[derive(Debug, Error)]
pub enum EngineError {
    /// The call was interrupted at our own request, and the session goes on.
    #[error("the call was interrupted")]
    Interrupted,
    /// An argument is longer than a string of IRIS can be; nothing was called.
    #[error("an argument is longer than a string of IRIS")]
    TooLong,
    /// The IRIS session is gone; nothing more can be asked of it.
    #[error("the IRIS session is broken: {0}")]
    Broken(String),
    /// An answer did not have the form of the contract.
    #[error("answer of the session class is malformed: {0}")]
    Malformed(&'static str),
    /// IRIS raised an error that the session class did not catch.
    #[error("IRIS error {code} {name} in {function}: {detail}")]
    Iris {
        /// The Callin function that reported it.
        function: &'static str,
        /// The number of the error.
        code: i32,
        /// Its name, such as `<CLASS DOES NOT EXIST>`.
        name: String,
        /// `$ZERROR` at that moment.
        detail: String,
    },
    /// The interface answered with a code that the call cannot have.
    #[error("unexpected answer {code} of {function}")]
    Unexpected {
        /// The Callin function.
        function: &'static str,
        /// Its return code.
        code: i32,
    },
}

impl EngineError {
    /// Whether the session can be used for another call.
    pub fn session_survives(&self) -> bool {
        matches!(self, EngineError::Interrupted | EngineError::TooLong | EngineError::Iris { .. })
    }
}

/// Why IRIS did not let a user in.
#[derive(Debug, Error)]
pub enum LoginError {
    /// User or password are wrong, or the service does not admit them; IRIS does not say which.
    #[error("access denied")]
    Denied,
    /// The password must be changed before a session can be had.
    #[error("the password must be changed")]
    MustChangePassword,
    /// No licence unit is free.
    #[error("no licence unit is free")]
    NoLicence,
    /// The instance is starting, stopping, or does not admit sessions.
    #[error("the instance does not admit sessions: {0}")]
    NotReady(String),
    /// The instance cannot be reached at all.
    #[error("the instance cannot be reached: {0}")]
    Unreachable(String),
    /// The password or the name cannot be passed on.
    #[error("user name or password is too long")]
    TooLong,
}

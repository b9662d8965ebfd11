//! What can go wrong in a call, by name.

use std::os::raw::c_int;

use super::bindings as c;

/// `IRIS_ATTACH`, which headers of 2019 lack: the process may not attach IRIS's shared memory
/// (facts: Callin §2.4).
const ATTACH: c_int = -21;

/// A failed call. Positive codes of the interface become [`CallinError::Iris`]; each negative one
/// that is known has a name, and every other one is [`CallinError::Unknown`]: newer versions of
/// IRIS have codes that no public header lists.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallinError {
    /// Wrong user or password, or `%Service_CallIn` is disabled: IRIS tells the reason to its audit
    /// log alone (−15).
    #[error("IRIS refused the login")]
    AccessDenied,
    /// The password was right and has to be changed before a session can begin (−16).
    #[error("the password has to be changed before a session can begin")]
    MustChangePassword,
    /// The process has a session already; `libirisdb.so` holds one per process (−2).
    #[error("this process has a session already")]
    AlreadyConnected,
    /// The session is gone; the process should end (−4).
    #[error("the connection to IRIS is broken")]
    ConnectionBroken,
    /// The call was interrupted by [`Interrupter::abort`](super::Interrupter::abort), the session
    /// stays (−6).
    #[error("the call was interrupted")]
    Interrupted,
    /// This thread has no session (−7).
    #[error("this thread has no session")]
    NotConnected,
    /// The interface failed without saying why (−1).
    #[error("{function} failed")]
    Failure {
        /// The Callin function.
        function: &'static str,
    },
    /// A string is longer than the interface or IRIS takes (−3, or found before the call).
    #[error("a string is too long for {function}")]
    TooLong {
        /// The Callin function.
        function: &'static str,
    },
    /// A buffer was too small: nothing (−8) or only a part (−10) was returned.
    #[error("the answer of {function} does not fit its buffer")]
    AnswerTooLong {
        /// The Callin function.
        function: &'static str,
    },
    /// IRIS runs nothing that could be interrupted (−11).
    #[error("IRIS runs nothing for this session")]
    NotInIris,
    /// The interface rejected an argument (−12), or one cannot be expressed in it (a zero byte in a
    /// path, say).
    #[error("{function} rejected an argument")]
    BadArgument {
        /// The Callin function.
        function: &'static str,
    },
    /// The value stack is empty, the call left no result (−13).
    #[error("{function} found no result")]
    NoResult {
        /// The Callin function.
        function: &'static str,
    },
    /// A string that should have been empty was not (−14): a defect of this room.
    #[error("{function} was given a string in use")]
    StringInUse {
        /// The Callin function.
        function: &'static str,
    },
    /// The manager directory belongs to no instance (−17).
    #[error("the manager directory belongs to no running IRIS instance")]
    InvalidInstance,
    /// The operating system's user may not attach the instance's shared memory; it has to be in its
    /// group (−21).
    #[error("this operating system user may not attach to the IRIS instance")]
    CannotAttach,
    /// An error of IRIS itself, as ObjectScript names it.
    #[error("{function}: {name} ({code}) {zerror}")]
    Iris {
        /// The Callin function.
        function: &'static str,
        /// The error number, `IRIS_ER…`.
        code: i32,
        /// The name in angle brackets, such as `<CLASS DOES NOT EXIST>`.
        name: String,
        /// The text of `$ZERROR`, empty when it could not be read.
        zerror: String,
    },
    /// A negative code that no known header lists. During a start it means that there is no
    /// session.
    #[error("{function} answered {code}, which is no known code")]
    Unknown {
        /// The Callin function.
        function: &'static str,
        /// The code as it came.
        code: i32,
    },
    /// A class method that should have made an object made none.
    #[error("{class} made no object")]
    NoObject {
        /// The class.
        class: String,
    },
    /// The library answered success and something that cannot be: a length beyond every limit, a
    /// missing pointer.
    #[error("the answer of {function} cannot be")]
    Malformed {
        /// The Callin function.
        function: &'static str,
    },
    /// The loaded library lacks this function.
    #[error("the IRIS library has no function {function}")]
    NotExported {
        /// The Callin function.
        function: &'static str,
    },
    /// The connection was used on another thread than the one that started it: a defect of the
    /// gateway.
    #[error("{function} was called on another thread than its session's")]
    WrongThread {
        /// The Callin function.
        function: &'static str,
    },
    /// [`Connection::end`](super::Connection::end) found answers still in use; the session ends
    /// with the last of them.
    #[error("{count} answers are still in use")]
    AnswersInUse {
        /// How many.
        count: usize,
    },
}

impl CallinError {
    /// Whether the session is beyond use after this error, so that the process should end.
    pub const fn session_is_lost(&self) -> bool {
        matches!(self, Self::ConnectionBroken | Self::NotConnected)
    }

    /// The error number of IRIS, for errors that have one.
    pub const fn iris_code(&self) -> Option<i32> {
        match self {
            Self::Iris { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// Whether IRIS refused for want of a licence unit. Units come back late, so that another
    /// attempt can succeed.
    pub const fn is_licence_refusal(&self) -> bool {
        matches!(
            self,
            Self::Iris {
                code: c::IRIS_ERLICENSE
                    | c::IRIS_ERNOLICSERV
                    | c::IRIS_ERLICENSEALLOC
                    | c::IRIS_ERUNLICENSED,
                ..
            }
        )
    }

    /// Gives a negative code its name. Positive ones need the session's help: see
    /// `Session::explain`.
    pub(super) const fn from_negative(function: &'static str, code: c_int) -> Self {
        match code {
            c::IRIS_FAILURE => Self::Failure { function },
            c::IRIS_ALREADYCON => Self::AlreadyConnected,
            c::IRIS_STRTOOLONG => Self::TooLong { function },
            c::IRIS_CONBROKEN => Self::ConnectionBroken,
            c::IRIS_INTERRUPT => Self::Interrupted,
            c::IRIS_NOCON => Self::NotConnected,
            c::IRIS_RETTOOSMALL | c::IRIS_RETTRUNC => Self::AnswerTooLong { function },
            c::IRIS_NOTINIRIS => Self::NotInIris,
            c::IRIS_BADARG => Self::BadArgument { function },
            c::IRIS_NORES => Self::NoResult { function },
            c::IRIS_EXSTR_INUSE => Self::StringInUse { function },
            c::IRIS_ACCESSDENIED => Self::AccessDenied,
            c::IRIS_CHANGEPASSWORD => Self::MustChangePassword,
            c::IRIS_INVALID_INSTANCE => Self::InvalidInstance,
            ATTACH => Self::CannotAttach,
            _ => Self::Unknown { function, code },
        }
    }
}

//! How a statement, or the whole session, can fail.

use std::io;

use crate::engine::EngineError;
use crate::protocol::report::Report;
use crate::sql::SqlError;
use crate::types::ValueError;

/// A failure and what becomes of the session.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The statement failed; the session goes on.
    Statement(Report),
    /// The session ends with this message.
    Fatal(Report),
    /// The client is gone; there is nobody to tell.
    Gone(io::Error),
}

impl From<Report> for Failure {
    fn from(report: Report) -> Self {
        Failure::Statement(report)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Gone(error)
    }
}

impl From<SqlError> for Failure {
    fn from(error: SqlError) -> Self {
        let mut report = Report::error(error.sqlstate, error.message);
        if let Some(detail) = error.detail {
            report = report.with_detail(detail);
        }
        if let Some(hint) = error.hint {
            report = report.with_hint(hint);
        }
        if let Some(position) = error.position.and_then(|at| u32::try_from(at).ok()) {
            report = report.at(position);
        }
        report.into()
    }
}

impl From<ValueError> for Failure {
    fn from(error: ValueError) -> Self {
        let mut report = Report::error(error.sqlstate(), error.to_string());
        if let Some(detail) = error.detail() {
            report = report.with_detail(detail);
        }
        if let Some(hint) = error.hint() {
            report = report.with_hint(hint);
        }
        report.into()
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Interrupted => {
                Report::error("57014", "canceling statement due to user request").into()
            }
            EngineError::Iris { ref name, .. } => {
                tracing::error!(%error, "an error escaped from the session class");
                let message = format!("internal error in InterSystems IRIS: {name}");
                Report::error("XX000", message).into()
            }
            EngineError::TooLong => {
                Report::error("54000", "the values of the statement are too long together")
                    .with_detail("A string of InterSystems IRIS has at most 3641144 characters.")
                    .into()
            }
            EngineError::Broken(_) => {
                tracing::error!(%error, "the IRIS session is lost");
                Failure::Fatal(Report::fatal(
                    "57P01",
                    "terminating connection because the IRIS session ended",
                ))
            }
            EngineError::Malformed(_) | EngineError::Unexpected { .. } => {
                tracing::error!(%error, "the session class answered out of contract");
                Failure::Fatal(Report::fatal("XX000", "internal error"))
            }
        }
    }
}

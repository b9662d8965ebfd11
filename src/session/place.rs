//! The places of errors that the session finds, and of those in a statement that is one of several.

use std::ops::Range;

use super::failure::Failure;
use crate::sql;

impl Failure {
    /// Adds the place of the first parameter of a simple query, which has no values for any. The
    /// statement is the part `source` of `text`.
    pub(super) fn at_parameter(mut self, text: &str, source: Range<usize>) -> Self {
        let Failure::Statement(report) = &mut self else { return self };
        if report.sqlstate != "42P02" || report.position.is_some() {
            return self;
        }
        let start = source.start;
        report.position = text.get(source).and_then(sql::first_parameter);
        self.moved(text, start)
    }

    /// Turns a place in a part of `text` into one of the whole; the part begins at byte `start`.
    pub(super) fn moved(mut self, text: &str, start: usize) -> Self {
        if let Failure::Statement(report) = &mut self
            && let Some(position) = report.position
        {
            let before = text.get(..start).unwrap_or_default().chars().count();
            let before = u32::try_from(before).unwrap_or(u32::MAX);
            report.position = Some(position.saturating_add(before));
        }
        self
    }
}

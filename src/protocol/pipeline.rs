//! What a message means at its place in a pipeline: whether it is run or skipped, and when
//! ReadyForQuery is due. The rules are those of PostgreSQL's `PostgresMain` and its page "Message
//! Flow".
//!
//! An error in the extended protocol makes everything up to the next Sync be skipped, simple
//! queries included; the Sync then answers once. An error in a simple query is answered at once.

use super::frame::Phase;
use super::message::{Frontend, is_extended};
use super::violation::Fate;

/// What to do with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Run it; ReadyForQuery is due after it, whether it fails or not.
    Simple,
    /// Run it; ReadyForQuery is due at the next Sync.
    Extended,
    /// End of a pipeline: end the implicit transaction, send ReadyForQuery, flush.
    Sync,
    /// Send what there is.
    Flush,
    /// Nothing: it is skipped, or it is what remains of a COPY.
    Ignore,
    /// The client goes.
    End,
}

/// What is due after an error was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// ReadyForQuery, and a flush.
    ReadyForQuery,
    /// Nothing until the next Sync.
    Nothing,
    /// The connection is closed when all is sent.
    Close,
}

/// The state of a pipeline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pipeline {
    skipping: bool,
    extended: bool,
}

impl Pipeline {
    /// The state after the login.
    pub fn new() -> Self {
        Self::default()
    }

    /// What [`super::frame::next`] is to be told.
    pub fn phase(&self) -> Phase {
        if self.skipping { Phase::Skip } else { Phase::Ready }
    }

    /// Whether messages are skipped up to the next Sync.
    pub fn is_skipping(&self) -> bool {
        self.skipping
    }

    /// A message came: what is to be done with it.
    pub fn turn(&mut self, message: &Frontend) -> Turn {
        match message {
            Frontend::Terminate => return Turn::End,
            Frontend::Sync => {
                *self = Self::default();
                return Turn::Sync;
            }
            _ if self.skipping => return Turn::Ignore,
            _ => {}
        }
        self.extended = is_extended(message.type_byte());
        match message {
            Frontend::Query(_) | Frontend::FunctionCall => Turn::Simple,
            Frontend::Flush => Turn::Flush,
            Frontend::CopyData(_)
            | Frontend::CopyDone
            | Frontend::CopyFail(_)
            | Frontend::Password(_)
            | Frontend::Sync
            | Frontend::Terminate => Turn::Ignore,
            Frontend::Parse { .. }
            | Frontend::Bind { .. }
            | Frontend::Describe { .. }
            | Frontend::Execute { .. }
            | Frontend::Close { .. } => Turn::Extended,
        }
    }

    /// The message whose turn it is failed, and its ErrorResponse was written.
    pub fn failed(&mut self) -> Due {
        if self.extended {
            self.skipping = true;
            Due::Nothing
        } else {
            Due::ReadyForQuery
        }
    }

    /// A message broke the protocol, and the answer to the violation was written. A malformed Sync
    /// ends the skipping all the same.
    pub fn refused(&mut self, fate: Fate) -> Due {
        match fate {
            Fate::Continue => {
                *self = Self::default();
                Due::ReadyForQuery
            }
            Fate::SkipToSync => {
                self.skipping = true;
                Due::Nothing
            }
            Fate::CloseAfterMessage | Fate::CloseSilently => Due::Close,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Due, Frontend, Phase, Pipeline, Turn};
    use crate::protocol::violation::Fate;

    fn query() -> Frontend {
        Frontend::Query("select 1".into())
    }

    fn execute() -> Frontend {
        Frontend::Execute { portal: String::new(), max_rows: 0 }
    }

    #[test]
    fn a_simple_query_is_answered_at_once() {
        let mut pipeline = Pipeline::new();
        assert_eq!(pipeline.turn(&query()), Turn::Simple);
        assert_eq!(pipeline.failed(), Due::ReadyForQuery);
        assert_eq!(pipeline.phase(), Phase::Ready);
    }

    /// D2, D3: after an error in the extended protocol all is skipped, also a Query, up to Sync.
    #[test]
    fn an_extended_error_skips_to_sync() {
        let mut pipeline = Pipeline::new();
        assert_eq!(pipeline.turn(&execute()), Turn::Extended);
        assert_eq!(pipeline.failed(), Due::Nothing);
        assert_eq!(pipeline.phase(), Phase::Skip);
        for skipped in [query(), execute(), Frontend::Flush, Frontend::FunctionCall] {
            assert_eq!(pipeline.turn(&skipped), Turn::Ignore, "{skipped:?}");
        }
        assert_eq!(pipeline.turn(&Frontend::Sync), Turn::Sync);
        assert_eq!(pipeline.phase(), Phase::Ready);
        assert_eq!(pipeline.turn(&query()), Turn::Simple);
    }

    #[test]
    fn terminate_ends_even_a_skipped_pipeline() {
        let mut pipeline = Pipeline::new();
        assert_eq!(pipeline.refused(Fate::SkipToSync), Due::Nothing);
        assert!(pipeline.is_skipping());
        assert_eq!(pipeline.turn(&Frontend::Terminate), Turn::End);
    }

    /// An error that Sync itself brings (a commit that fails) is answered at once.
    #[test]
    fn an_error_at_sync_is_answered_at_once() {
        let mut pipeline = Pipeline::new();
        assert_eq!(pipeline.turn(&execute()), Turn::Extended);
        assert_eq!(pipeline.turn(&Frontend::Sync), Turn::Sync);
        assert_eq!(pipeline.failed(), Due::ReadyForQuery);
    }

    #[test]
    fn violations_have_their_fate() {
        let mut pipeline = Pipeline::new();
        assert_eq!(pipeline.refused(Fate::SkipToSync), Due::Nothing);
        // A Sync with a body is an error, and still the end of the skipping.
        assert_eq!(pipeline.refused(Fate::Continue), Due::ReadyForQuery);
        assert_eq!(pipeline.phase(), Phase::Ready);
        assert_eq!(pipeline.refused(Fate::CloseAfterMessage), Due::Close);
        assert_eq!(pipeline.refused(Fate::CloseSilently), Due::Close);
    }

    #[test]
    fn what_remains_of_a_copy_is_ignored() {
        let mut pipeline = Pipeline::new();
        for message in [Frontend::CopyDone, Frontend::CopyFail(String::new())] {
            assert_eq!(pipeline.turn(&message), Turn::Ignore);
        }
    }
}

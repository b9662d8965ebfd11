//! Portals: a statement with its parameters, and how far its rows have been sent.

use std::rc::Rc;

use super::kept::Lease;
use super::statement::{Shape, Translated};
use crate::engine::Answer;
use crate::sql::{Causes, Verb};
use crate::types::Zone;
use crate::types::encode::Codec;

/// One portal.
pub(crate) struct Portal {
    /// The client's text.
    pub(crate) text: Rc<str>,
    /// The statement; none for an empty query.
    pub(crate) statement: Option<Rc<Translated>>,
    /// The parameter list for `Run`, the rows for `Batch`, or the parameters of a plan.
    pub(crate) parameters: Vec<u8>,
    /// The session's zone when it was bound.
    pub(crate) zone: Zone,
    /// Result formats as Bind gave them: none, one for all, or one each.
    pub(crate) formats: Vec<i16>,
    /// The columns that the client was told; rows must keep to them.
    pub(crate) told: Option<Rc<Shape>>,
    /// How far it has come.
    pub(crate) progress: Progress,
}

/// How far a portal has come.
pub(crate) enum Progress {
    /// Not run yet.
    Fresh,
    /// Some rows are still to be sent.
    Rows(Box<Rows>),
    /// All rows of a query, or of a change, were sent.
    Drained(Verb),
    /// Run; it cannot be run again.
    Done,
}

/// Rows that IRIS has shipped, and the cursor for the others.
pub(crate) struct Rows {
    /// The answer whose block is being sent.
    pub(crate) answer: Answer,
    /// Bytes of the block that were sent.
    pub(crate) offset: usize,
    /// Rows of the block that were sent.
    pub(crate) row: i64,
    /// How each column is sent.
    pub(crate) codecs: Vec<Codec>,
    /// For the command tag: what returns the rows. As in PostgreSQL it counts the rows that one
    /// Execute sends, of a change too.
    pub(crate) verb: Verb,
    /// What IRIS's errors mean when it gives the others.
    pub(crate) causes: Rc<Causes>,
    /// The cursor's hold on its statement, while it is open.
    pub(crate) lease: Option<Lease>,
}

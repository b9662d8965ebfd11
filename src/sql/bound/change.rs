//! INSERT, UPDATE and DELETE.

use super::expr::Expr;
use super::query::{From, Item, Query, Source};
use crate::sql::statement::TableName;

/// A change of a table's rows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change {
    /// INSERT
    Insert(Insert),
    /// UPDATE
    Update(Update),
    /// DELETE
    Delete(Delete),
}

/// The table that is changed. In its statement's expressions it is source 0 of level 0.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Target {
    /// The table.
    pub(crate) table: TableName,
    /// Alias and columns, as of a source in FROM.
    pub(crate) source: Source,
    /// The table's columns as the catalog has them, in the same order.
    pub(crate) columns: Vec<crate::sql::statement::Column>,
}

/// A value for a column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Assigned {
    /// DEFAULT
    Default,
    /// An expression, cast to the column's type and modifier by assignment (`explicit: false`).
    Value(Expr),
}

/// INSERT.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Insert {
    /// The table.
    pub(crate) target: Target,
    /// Which columns are given, by position in the table.
    pub(crate) columns: Vec<usize>,
    /// Their values.
    pub(crate) rows: Rows,
    /// ON CONFLICT
    pub(crate) conflict: Option<Conflict>,
    /// RETURNING, over the target; empty without it.
    pub(crate) returning: Vec<Item>,
}

/// What is inserted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Rows {
    /// DEFAULT VALUES
    Defaults,
    /// VALUES: per row one for each column given.
    Values(Vec<Vec<Assigned>>),
    /// A query with one column for each column given, cast by assignment. Where a cast is needed,
    /// the query's items carry it (of a SELECT), or the query is a SELECT around the client's.
    Query(Box<Query>),
}

/// ON CONFLICT.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Conflict {
    /// The columns of the unique key that decides, by position; `None` where none was named.
    pub(crate) key: Option<Vec<usize>>,
    /// What happens.
    pub(crate) resolution: Resolution,
}

/// What ON CONFLICT does.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Resolution {
    /// DO NOTHING
    Nothing,
    /// DO UPDATE
    Update {
        /// Column and value; values may be [`super::Node::Excluded`].
        set: Vec<(usize, Assigned)>,
        /// WHERE
        filter: Option<Expr>,
    },
}

/// UPDATE.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Update {
    /// The table.
    pub(crate) target: Target,
    /// Column and value.
    pub(crate) set: Vec<(usize, Assigned)>,
    /// Further sources, counted from 1 in expressions: element n of this list is source n + 1.
    pub(crate) sources: Vec<Source>,
    /// FROM over those sources, which it counts from 0 as they stand in the list.
    pub(crate) from: Vec<From>,
    /// WHERE
    pub(crate) filter: Option<Expr>,
    /// RETURNING; empty without it.
    pub(crate) returning: Vec<Item>,
}

/// DELETE.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Delete {
    /// The table.
    pub(crate) target: Target,
    /// As in [`Update`].
    pub(crate) sources: Vec<Source>,
    /// USING over those sources, as FROM of [`Update`].
    pub(crate) using: Vec<From>,
    /// WHERE
    pub(crate) filter: Option<Expr>,
    /// RETURNING; empty without it.
    pub(crate) returning: Vec<Item>,
}

//! The bound tree: a statement whose every name is resolved and whose every expression has a
//! PostgreSQL type.
//!
//! `bind` makes it from the grammar's tree and the catalog and raises PostgreSQL's own errors;
//! `emit` prints it as IRIS SQL. Nothing in it depends on a release of IRIS. What holds of every
//! tree that leaves `bind`:
//!
//! * no expression has the type `unknown`: literals and parameters were given one;
//! * every conversion that PostgreSQL makes by itself stands there as a [`Cast`] with
//!   `explicit: false`, so both sides of an operator have exactly the types of its row;
//! * `*` is expanded, USING and NATURAL are conditions, positions and aliases in GROUP BY and ORDER
//!   BY are expressions, named windows are written out, a simple CASE keeps its operand;
//! * aggregates stand only where PostgreSQL lets them stand.

mod change;
mod expr;
mod query;
mod walk;

pub(crate) use change::{
    Assigned, Change, Conflict, Delete, Insert, Resolution, Rows, Target, Update,
};
pub(crate) use expr::{
    Aggregate, At, Call, Case, Cast, ColumnRef, Expr, Frame, FrameBound, FrameUnit, Like, List,
    Literal, Node, Operation, Quantified, Subquery, SubqueryKind, Truth, WindowCall,
};
pub(crate) use query::{
    Body, Column, Distinct, From, Item, Join, JoinKind, Lock, Origin, Query, Select, SetKind,
    SetOperation, SortKey, Source, SourceColumn, SourceKind,
};

use super::statement::{Notice, TableName};
use crate::types::pg::PgType;

/// A bound statement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Statement {
    /// What it does.
    pub(crate) kind: Kind,
    /// The type of `$1`, `$2`, …; all are decided.
    pub(crate) parameters: Vec<PgType>,
    /// The tables and views named, in order, each once.
    pub(crate) tables: Vec<TableName>,
    /// What PostgreSQL says besides.
    pub(crate) notices: Vec<Notice>,
}

/// What a bound statement does.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// It gives rows.
    Query(Box<Query>),
    /// It changes rows.
    Change(Box<Change>),
}

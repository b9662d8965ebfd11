//! Queries.

use super::expr::Expr;
use crate::sql::statement::TableName;
use crate::types::pg::PgType;
use std::rc::Rc;

/// A query: what a SELECT statement, a subquery, a view or a WITH query is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Query {
    /// The rows.
    pub(crate) body: Body,
    /// ORDER BY. Of a SELECT the keys are expressions over its sources; of a set operation or
    /// VALUES they are [`Node::Output`].
    pub(crate) order: Vec<SortKey>,
    /// LIMIT or FETCH, `bigint`; LIMIT ALL is none.
    pub(crate) limit: Option<Expr>,
    /// OFFSET, `bigint`.
    pub(crate) offset: Option<Expr>,
    /// FETCH … WITH TIES
    pub(crate) ties: bool,
    /// FOR UPDATE and its kin.
    pub(crate) lock: Option<Lock>,
    /// The result columns.
    pub(crate) columns: Vec<Column>,
}

/// A row lock asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lock {
    /// FOR SHARE or FOR KEY SHARE rather than FOR UPDATE or FOR NO KEY UPDATE.
    pub(crate) share: bool,
    /// NOWAIT
    pub(crate) nowait: bool,
    /// SKIP LOCKED
    pub(crate) skip_locked: bool,
}

/// Where the rows of a query come from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Body {
    /// SELECT
    Select(Box<Select>),
    /// UNION, INTERSECT, EXCEPT
    Set(Box<SetOperation>),
    /// VALUES; every column of one type.
    Values(Vec<Vec<Expr>>),
}

/// A result column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Column {
    /// PostgreSQL's name for it.
    pub(crate) name: String,
    /// Its type.
    pub(crate) ty: PgType,
    /// The type's modifier, −1 for none.
    pub(crate) typmod: i32,
    /// As in [`Expr`].
    pub(crate) scale: Option<u16>,
    /// Whether it may be NULL.
    pub(crate) nullable: bool,
    /// The table's column that it shows unchanged, for RowDescription.
    pub(crate) origin: Option<Origin>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Origin {
    /// The table.
    pub(crate) table: TableName,
    /// The column's number, counted from 1.
    pub(crate) number: u16,
}

/// SELECT.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Select {
    /// ALL, DISTINCT, DISTINCT ON
    pub(crate) distinct: Distinct,
    /// The select list, as many as the query has columns.
    pub(crate) items: Vec<Item>,
    /// Every table and query of FROM, wherever it stands in it.
    pub(crate) sources: Vec<Source>,
    /// FROM, elements between commas; empty without FROM.
    pub(crate) from: Vec<From>,
    /// WHERE
    pub(crate) filter: Option<Expr>,
    /// Whether rows are grouped: GROUP BY, HAVING or an aggregate.
    pub(crate) grouped: bool,
    /// GROUP BY
    pub(crate) groups: Vec<Expr>,
    /// HAVING
    pub(crate) having: Option<Expr>,
}

/// DISTINCT.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Distinct {
    /// All rows.
    No,
    /// Each row once.
    Yes,
    /// The first row of each group of equal values.
    On(Vec<Expr>),
}

/// An item of the select list.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    /// The expression.
    pub(crate) expr: Expr,
    /// PostgreSQL's name for the column.
    pub(crate) name: String,
}

/// A sort key.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SortKey {
    /// What is sorted by.
    pub(crate) expr: Expr,
    /// The result column that it is, if it is one.
    pub(crate) item: Option<usize>,
    /// DESC
    pub(crate) descending: bool,
    /// NULLS FIRST; PostgreSQL's default (last, first with DESC) is filled in.
    pub(crate) nulls_first: bool,
}

/// A table or query in FROM.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Source {
    /// The alias, or the table's own name: what qualifies its columns.
    pub(crate) alias: String,
    /// What it is.
    pub(crate) kind: SourceKind,
    /// Its columns, under the names that column aliases gave them.
    pub(crate) columns: Vec<SourceColumn>,
}

/// What a source is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SourceKind {
    /// A table or view.
    Table(TableName),
    /// A query in FROM.
    Query(Rc<Query>),
    /// A WITH query under its name. Each place that names it shares the tree.
    Cte {
        /// The name in WITH.
        name: String,
        /// The query.
        query: Rc<Query>,
    },
    /// A function that gives rows, such as `generate_series(1, 3)`.
    Function(super::expr::Call),
}

/// A column of a source.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SourceColumn {
    /// The name by which the statement can name it.
    pub(crate) name: String,
    /// The name under which the table or query has it.
    pub(crate) inner: String,
    /// Its type.
    pub(crate) ty: PgType,
    /// The type's modifier, −1 for none.
    pub(crate) typmod: i32,
    /// As in [`Expr`].
    pub(crate) scale: Option<u16>,
    /// Whether it may be NULL where the source stands (outer joins make it so).
    pub(crate) nullable: bool,
    /// The table's column that it shows unchanged.
    pub(crate) origin: Option<Origin>,
}

/// An element of FROM.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum From {
    /// A source, by its index.
    Source(usize),
    /// A join.
    Join(Box<Join>),
}

/// A join.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Join {
    /// Which.
    pub(crate) kind: JoinKind,
    /// The left side.
    pub(crate) left: From,
    /// The right side.
    pub(crate) right: From,
    /// The condition; none for CROSS.
    pub(crate) on: Option<Expr>,
}

/// Kinds of joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JoinKind {
    /// INNER
    Inner,
    /// LEFT
    Left,
    /// RIGHT
    Right,
    /// FULL
    Full,
    /// CROSS
    Cross,
}

/// UNION, INTERSECT or EXCEPT of two queries whose columns have the same types.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SetOperation {
    /// Which.
    pub(crate) kind: SetKind,
    /// ALL
    pub(crate) all: bool,
    /// The left side, already cast to the common types.
    pub(crate) left: Query,
    /// The right side, likewise.
    pub(crate) right: Query,
}

/// Kinds of set operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SetKind {
    /// UNION
    Union,
    /// INTERSECT
    Intersect,
    /// EXCEPT
    Except,
}

impl Query {
    /// A query that is a body and nothing else.
    pub(crate) fn plain(body: Body, columns: Vec<Column>) -> Self {
        Self {
            body,
            order: Vec::new(),
            limit: None,
            offset: None,
            ties: false,
            lock: None,
            columns,
        }
    }
}

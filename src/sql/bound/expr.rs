//! Expressions.

use super::query::{Query, SortKey};
use crate::sql::resolve::{Function, Operator};
use crate::sql::statement::SessionValue;
use crate::types::pg::PgType;

/// Where an expression begins in the query string, in bytes. Two expressions that mean the same
/// are equal wherever they stand.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct At(pub(crate) Option<usize>);

impl PartialEq for At {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// An expression with its type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Expr {
    /// What it is.
    pub(crate) node: Node,
    /// Its type; never `unknown`.
    pub(crate) ty: PgType,
    /// The type's modifier, −1 for none (`exprTypmod`).
    pub(crate) typmod: i32,
    /// Of a `numeric`: how many digits after the point all its values have, where that is known.
    /// IRIS drops trailing zeros, PostgreSQL shows them.
    pub(crate) scale: Option<u16>,
    /// Whether it may be NULL.
    pub(crate) nullable: bool,
    /// Where it begins.
    pub(crate) at: At,
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// A constant; the expression's type says how to read it.
    Literal(Literal),
    /// A parameter, counted from 0, with exactly the type that the statement gives it.
    Parameter(usize),
    /// What the session knows, such as `current_date`.
    Session(SessionValue),
    /// A column of a table or query in FROM.
    Column(ColumnRef),
    /// The row id of a source (`%ID` written by the client, or asked for by a plan): `bigint` as
    /// far as PostgreSQL is concerned.
    RowId {
        /// As in [`ColumnRef`].
        level: usize,
        /// As in [`ColumnRef`].
        source: usize,
    },
    /// A column of the row that INSERT … ON CONFLICT wanted to file, by its position in the table.
    Excluded(usize),
    /// A result column of the query itself, in ORDER BY of a set operation.
    Output(usize),
    /// A scalar function.
    Call(Call),
    /// An operator.
    Operation(Operation),
    /// An aggregate over the rows of a group.
    Aggregate(Box<Aggregate>),
    /// A window function, or an aggregate with OVER.
    Window(Box<WindowCall>),
    /// A conversion to the expression's type and modifier.
    Cast(Cast),
    /// AND of two or more.
    And(Vec<Expr>),
    /// OR of two or more.
    Or(Vec<Expr>),
    /// NOT.
    Not(Box<Expr>),
    /// `IS [NOT] NULL`
    IsNull {
        /// What is asked about; never a row.
        expr: Box<Expr>,
        /// NOT
        negated: bool,
    },
    /// `IS [NOT] TRUE | FALSE | UNKNOWN`
    IsTruth {
        /// A condition.
        expr: Box<Expr>,
        /// Which.
        truth: Truth,
        /// NOT
        negated: bool,
    },
    /// `IS [NOT] DISTINCT FROM`; the operation is the `=` of both.
    Distinct {
        /// `left = right`
        equal: Operation,
        /// NOT: IS NOT DISTINCT FROM.
        negated: bool,
    },
    /// `x [NOT] BETWEEN [SYMMETRIC] low AND high`, each bound in its own comparison's types.
    Between {
        /// `x >= low`
        low: Operation,
        /// `x <= high`
        high: Operation,
        /// SYMMETRIC
        symmetric: bool,
        /// NOT
        negated: bool,
    },
    /// `x [NOT] IN (…)`
    In(List),
    /// `[NOT] LIKE`, `[NOT] ILIKE`
    Like(Box<Like>),
    /// CASE
    Case(Box<Case>),
    /// `COALESCE`, all of one type.
    Coalesce(Vec<Expr>),
    /// `NULLIF(left, right)`: the operation is their `=`; the result is `result`, which is the left
    /// one before any conversion for the comparison.
    NullIf {
        /// What is compared.
        equal: Operation,
        /// What is given when they differ.
        result: Box<Expr>,
    },
    /// `GREATEST` or `LEAST`, all of one type.
    Extreme {
        /// LEAST
        least: bool,
        /// The arguments.
        arguments: Vec<Expr>,
    },
    /// `ARRAY[…]`, all of one type.
    Array(Vec<Expr>),
    /// A row, `(a, b)` or `ROW(a, b)`.
    Row(Vec<Expr>),
    /// Two rows compared. For `=` and `<>` one operation per column; for `<`, `<=`, `>`, `>=`
    /// likewise, each with the operator that was written.
    RowCompare {
        /// The operator as written.
        operator: &'static str,
        /// One per column.
        columns: Vec<Operation>,
    },
    /// `x op ANY (array)` or `x op ALL (array)`
    Quantified(Box<Quantified>),
    /// A query in an expression.
    Subquery(Box<Subquery>),
}

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    /// NULL
    Null,
    /// A truth value.
    Boolean(bool),
    /// An integer, for int2, int4, int8 and oid.
    Integer(i64),
    /// Plain digits with sign and point, for `numeric`.
    Decimal(String),
    /// The contents of a text type; for every other type its input text, which was checked.
    Text(String),
}

/// Which column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ColumnRef {
    /// How many queries further out: 0 is the SELECT (or UPDATE, DELETE, INSERT's target) that the
    /// expression belongs to.
    pub(crate) level: usize,
    /// Index into that SELECT's sources; for INSERT, UPDATE and DELETE the target is source 0.
    pub(crate) source: usize,
    /// Index into the source's columns.
    pub(crate) column: usize,
}

/// A call of a scalar function.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Call {
    /// Which; its name and argument types name it.
    pub(crate) function: &'static Function,
    /// With the types that the function's row asks for.
    pub(crate) arguments: Vec<Expr>,
}

/// An operator between, or before, expressions.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Operation {
    /// Which.
    pub(crate) operator: &'static Operator,
    /// One or two, with the types that the operator's row asks for.
    pub(crate) operands: Vec<Expr>,
}

/// An aggregate.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Aggregate {
    /// Which.
    pub(crate) function: &'static Function,
    /// None for `count(*)`.
    pub(crate) arguments: Vec<Expr>,
    /// DISTINCT
    pub(crate) distinct: bool,
    /// ORDER BY inside the call.
    pub(crate) order: Vec<SortKey>,
    /// FILTER
    pub(crate) filter: Option<Expr>,
}

/// A window function.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct WindowCall {
    /// Which window function or aggregate.
    pub(crate) function: &'static Function,
    /// None for `count(*)`.
    pub(crate) arguments: Vec<Expr>,
    /// FILTER, of aggregates only.
    pub(crate) filter: Option<Expr>,
    /// PARTITION BY
    pub(crate) partition: Vec<Expr>,
    /// ORDER BY
    pub(crate) order: Vec<SortKey>,
    /// The frame; PostgreSQL's default (RANGE, from the first row to the present one's last peer)
    /// when none was written.
    pub(crate) frame: Frame,
}

/// A window frame.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Frame {
    /// ROWS, RANGE, GROUPS
    pub(crate) unit: FrameUnit,
    /// Where it begins.
    pub(crate) start: FrameBound,
    /// Where it ends.
    pub(crate) end: FrameBound,
    /// Whether it has an EXCLUDE other than NO OTHERS.
    pub(crate) excludes: bool,
}

/// What a frame counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FrameUnit {
    /// ROWS
    Rows,
    /// RANGE
    Range,
    /// GROUPS
    Groups,
}

/// An end of a frame.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum FrameBound {
    /// UNBOUNDED PRECEDING
    First,
    /// `n` PRECEDING
    Preceding(Box<Expr>),
    /// CURRENT ROW
    Current,
    /// `n` FOLLOWING
    Following(Box<Expr>),
    /// UNBOUNDED FOLLOWING
    Last,
}

/// A conversion.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cast {
    /// What is converted; its type differs from the expression's, or its modifier does.
    pub(crate) expr: Box<Expr>,
    /// Whether the client wrote it; it matters for `varchar(n)`, which cuts only then.
    pub(crate) explicit: bool,
}

/// What `IS` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Truth {
    /// TRUE
    True,
    /// FALSE
    False,
    /// UNKNOWN
    Unknown,
}

/// `x [NOT] IN (…)`: one `=` per element. Where all have the same operator, which is the rule, the
/// left sides are equal, too.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct List {
    /// `x = element`, for each.
    pub(crate) equals: Vec<Operation>,
    /// NOT
    pub(crate) negated: bool,
}

/// LIKE.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Like {
    /// What is looked at, a text type.
    pub(crate) expr: Expr,
    /// The pattern, `text`.
    pub(crate) pattern: Expr,
    /// ESCAPE: `None` for the backslash, an empty literal for none.
    pub(crate) escape: Option<Expr>,
    /// ILIKE
    pub(crate) insensitive: bool,
    /// NOT
    pub(crate) negated: bool,
}

/// CASE. With an operand, each condition is `operand = value` as an [`Node::Operation`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Case {
    /// Condition and result.
    pub(crate) branches: Vec<(Expr, Expr)>,
    /// ELSE; NULL when there is none.
    pub(crate) otherwise: Option<Expr>,
}

/// `x op ANY (array)` or `ALL`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Quantified {
    /// Which operator; its right type is the array's element type.
    pub(crate) operator: &'static Operator,
    /// The left side, with the type that the operator asks for.
    pub(crate) left: Expr,
    /// The array.
    pub(crate) array: Expr,
    /// ALL
    pub(crate) all: bool,
}

/// A query in an expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Subquery {
    /// What is asked of it.
    pub(crate) kind: SubqueryKind,
    /// The query.
    pub(crate) query: Query,
    /// Whether it names a column of a query around it.
    pub(crate) correlated: bool,
}

/// What is asked of a query in an expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SubqueryKind {
    /// The value of its only column; `single` says that it cannot have two rows (an aggregate
    /// without GROUP BY, LIMIT 1, all columns of a key set equal to something, VALUES of one row).
    Scalar {
        /// At most one row for certain.
        single: bool,
    },
    /// EXISTS
    Exists,
    /// `x op ANY (query)`, `x IN (query)`, `ALL`: one operator per column.
    Compare {
        /// The operator as written; IN is `=`, NOT IN is `<>` with `all`.
        operator: &'static str,
        /// Per column the operation whose right operand is [`Node::Output`] of the query (cast
        /// where the operator asks for it).
        columns: Vec<Operation>,
        /// ALL
        all: bool,
    },
    /// `ARRAY(query)`
    Array,
}

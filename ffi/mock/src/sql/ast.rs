//! What the parser makes: statements as written, not yet bound to tables or types.

pub(in crate::sql) mod ddl;

/// A place in the text, as the number of a token; messages echo the text up to it.
pub(in crate::sql) type Place = usize;

/// A statement.
#[derive(Debug, Clone)]
pub(in crate::sql) enum Statement {
    Query(Query),
    Control(super::control::Control),
    Insert(Insert),
    Update(Update),
    Delete(Delete),
    /// EXPLAIN, and the text of what it explains.
    Explain(Box<Statement>, String),
    Ddl(Box<ddl::Ddl>),
    Truncate {
        name: Name,
        options: Options,
    },
}

/// A table's name.
#[derive(Debug, Clone)]
pub(in crate::sql) struct Name {
    pub(in crate::sql) schema: Option<String>,
    pub(in crate::sql) name: String,
}

/// A query with its ordering.
#[derive(Debug, Clone)]
pub(in crate::sql) struct Query {
    pub(in crate::sql) with: Vec<(String, Query)>,
    pub(in crate::sql) body: Body,
    pub(in crate::sql) order: Vec<Order>,
    pub(in crate::sql) limit: Option<Limit>,
}

/// SELECT or UNION.
#[derive(Debug, Clone)]
pub(in crate::sql) enum Body {
    Select(Box<Select>),
    Union { all: bool, legs: Vec<Query> },
}

/// LIMIT/OFFSET or OFFSET/FETCH.
#[derive(Debug, Clone)]
pub(in crate::sql) struct Limit {
    pub(in crate::sql) count: Option<Expr>,
    pub(in crate::sql) offset: Option<Expr>,
}

/// One ORDER BY item.
#[derive(Debug, Clone)]
pub(in crate::sql) struct Order {
    pub(in crate::sql) expr: Expr,
    pub(in crate::sql) descending: bool,
}

/// How many rows TOP keeps.
#[derive(Debug, Clone)]
pub(in crate::sql) enum Top {
    All,
    Count(Expr),
}

/// DISTINCT and DISTINCT BY (…).
#[derive(Debug, Clone)]
pub(in crate::sql) enum Distinct {
    No,
    Rows,
    By(Vec<Expr>),
}

/// A hint after FROM that names an index or a table.
#[derive(Debug, Clone)]
pub(in crate::sql) enum Hint {
    /// %IGNOREINDEX, the index last.
    Index(Vec<String>),
    /// %FIRSTTABLE, %STARTTABLE.
    Table(String, Place),
}

/// One SELECT.
#[derive(Debug, Clone)]
pub(in crate::sql) struct Select {
    pub(in crate::sql) distinct: Distinct,
    pub(in crate::sql) top: Option<Top>,
    pub(in crate::sql) no_lock: bool,
    /// %ROWOFFSET and %ROWLIMIT.
    pub(in crate::sql) page: Option<Limit>,
    pub(in crate::sql) items: Vec<Item>,
    pub(in crate::sql) from: Vec<From>,
    pub(in crate::sql) hints: Vec<Hint>,
    pub(in crate::sql) filter: Option<Cond>,
    pub(in crate::sql) group: Vec<Expr>,
    pub(in crate::sql) having: Option<Cond>,
}

/// One select item.
#[derive(Debug, Clone)]
pub(in crate::sql) enum Item {
    /// `*` or `t.*`.
    Star(Option<String>, Place),
    Value {
        expr: Expr,
        alias: Option<String>,
    },
}

/// A member of the FROM list.
#[derive(Debug, Clone)]
pub(in crate::sql) enum From {
    Table { name: Name, alias: Option<String> },
    Derived { query: Box<Query>, alias: Option<String> },
    Join { left: Box<From>, right: Box<From>, kind: JoinKind, on: JoinOn },
}

/// How the rows of a join find each other.
#[derive(Debug, Clone)]
pub(in crate::sql) enum JoinOn {
    /// CROSS JOIN.
    Nothing,
    Cond(Box<Cond>),
    Using(Vec<(String, Place)>),
    Natural,
}

/// Kinds of joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum JoinKind {
    Inner,
    Left,
    Right,
    Full,
    Cross,
}

/// Operators between values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum Op {
    Add,
    Subtract,
    Multiply,
    Divide,
    /// `\`, whole division.
    Whole,
    /// `#`, remainder.
    Modulo,
    Concat,
}

/// A value.
#[derive(Debug, Clone)]
pub(in crate::sql) enum Expr {
    Param(usize),
    Text(String),
    Number(String),
    Null,
    /// `{d '…'}`, `{t '…'}`, `{ts '…'}`.
    Escape(EscapeKind, String),
    Column {
        schema: Option<String>,
        table: Option<String>,
        name: String,
        at: Place,
    },
    /// `column->field`, the implicit join over a reference, which no column of a DDL table is.
    Arrow(Box<Expr>),
    Negate(Box<Expr>),
    Binary(Op, Box<Expr>, Box<Expr>),
    Case {
        operand: Option<Box<Expr>>,
        whens: Vec<(When, Expr)>,
        other: Option<Box<Expr>>,
    },
    Cast(Box<Expr>, TypeName),
    /// CONVERT in either form.
    Convert(Box<Conversion>),
    Call {
        name: String,
        args: Vec<Expr>,
        escape: bool,
        at: Place,
    },
    Aggregate(Box<AggregateCall>),
    /// A function with OVER.
    Window(Box<WindowCall>),
    /// CURRENT_DATE, USER, $TLEVEL, …, with a precision if one was written.
    Special {
        name: String,
        precision: Option<u8>,
    },
    Collate(Collation, Box<Expr>),
    Subquery(Box<Query>),
}

/// What follows WHEN.
#[derive(Debug, Clone)]
pub(in crate::sql) enum When {
    Value(Expr),
    Cond(Cond),
}

/// Kinds of escape literals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum EscapeKind {
    Date,
    Time,
    Timestamp,
}

/// `CONVERT(type, value[, style])` and `{fn CONVERT(value, SQL_type)}`.
#[derive(Debug, Clone)]
pub(in crate::sql) struct Conversion {
    pub(in crate::sql) value: Expr,
    pub(in crate::sql) ty: TypeName,
    pub(in crate::sql) style: Option<Expr>,
}

/// An aggregate function with what its parentheses hold.
#[derive(Debug, Clone)]
pub(in crate::sql) struct AggregateCall {
    pub(in crate::sql) function: Aggregate,
    pub(in crate::sql) distinct: bool,
    /// `DISTINCT BY (…)`.
    pub(in crate::sql) by: Vec<Expr>,
    /// `None` for `*`.
    pub(in crate::sql) arg: Option<Expr>,
    /// `%FOREACH (…)`.
    pub(in crate::sql) for_each: Vec<Expr>,
    pub(in crate::sql) after_having: bool,
}

/// Aggregate functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum Aggregate {
    Count,
    Sum,
    Avg,
    Min,
    Max,
    /// STDDEV and VARIANCE: of the sample or the population, and whether the root is taken.
    Spread {
        sample: bool,
        root: bool,
    },
    List,
    /// `%DLIST`.
    DList,
    JsonArray,
    Xml,
    /// APPROX_COUNT_DISTINCT.
    Approximate,
}

/// `function(args) OVER (…)`.
#[derive(Debug, Clone)]
pub(in crate::sql) struct WindowCall {
    /// In upper case.
    pub(in crate::sql) name: String,
    /// Empty for `COUNT(*)`.
    pub(in crate::sql) args: Vec<Expr>,
    pub(in crate::sql) partition: Vec<Expr>,
    pub(in crate::sql) order: Vec<Order>,
    pub(in crate::sql) frame: Option<(Bound, Bound)>,
}

/// A border of a ROWS frame.
#[derive(Debug, Clone)]
pub(in crate::sql) enum Bound {
    UnboundedPreceding,
    Preceding(Expr),
    CurrentRow,
    Following(Expr),
    UnboundedFollowing,
}

/// Collation functions and clauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum Collation {
    Exact,
    SqlUpper,
    SqlString,
}

/// Comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum Compare {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

/// Quantifiers of a compared subquery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum Quantifier {
    Any,
    All,
}

/// What IS JSON asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum Json {
    Any,
    Scalar,
    Array,
    Object,
}

/// A condition, which is no value (iris-sql §1.1).
#[derive(Debug, Clone)]
pub(in crate::sql) enum Cond {
    And(Vec<Cond>),
    Or(Vec<Cond>),
    Not(Box<Cond>),
    Compare(Compare, Expr, Expr),
    Quantified(Compare, Expr, Quantifier, Box<Query>),
    Between(Expr, Expr, Expr),
    InList(Expr, Vec<Expr>),
    InQuery(Expr, Box<Query>),
    Like {
        value: Expr,
        pattern: Expr,
        escape: Option<Expr>,
    },
    StartsWith(Expr, Expr),
    /// `[`.
    Contains(Expr, Expr),
    /// `]`.
    Follows(Expr, Expr),
    /// `value %INLIST list`.
    InListValue(Expr, Expr),
    Matches {
        value: Expr,
        pattern: Expr,
        escape: Option<Expr>,
    },
    Pattern(Expr, Expr),
    IsJson(Expr, Json),
    IsNull(Expr),
    Exists(Box<Query>),
}

/// A type as written, the name in upper case.
#[derive(Debug, Clone)]
pub(in crate::sql) struct TypeName {
    pub(in crate::sql) name: String,
    pub(in crate::sql) args: Vec<String>,
}

/// Keywords after INSERT, UPDATE, DELETE and TRUNCATE that change what is done (iris-sql §1.3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::sql) struct Options {
    /// %NOCHECK: references are not checked and not followed. UNVERIFIED(iris): uniqueness is
    /// checked all the same, as two rows of one key cannot be stored here.
    pub(in crate::sql) no_check: bool,
    /// %NOLOCK: rows are not locked.
    pub(in crate::sql) no_lock: bool,
}

/// INSERT.
#[derive(Debug, Clone)]
pub(in crate::sql) struct Insert {
    pub(in crate::sql) table: Name,
    pub(in crate::sql) columns: Option<Vec<(String, Place)>>,
    pub(in crate::sql) source: Source,
    /// INSERT OR UPDATE.
    pub(in crate::sql) or_update: bool,
    pub(in crate::sql) options: Options,
}

/// Where INSERT takes its rows from.
#[derive(Debug, Clone)]
pub(in crate::sql) enum Source {
    Values(Vec<Expr>),
    Defaults,
    Query(Box<Query>),
}

/// UPDATE.
#[derive(Debug, Clone)]
pub(in crate::sql) struct Update {
    pub(in crate::sql) table: Name,
    pub(in crate::sql) alias: Option<String>,
    pub(in crate::sql) sets: Vec<(String, Place, Expr)>,
    pub(in crate::sql) from: (Vec<Hint>, Vec<From>),
    pub(in crate::sql) filter: Option<Cond>,
    pub(in crate::sql) options: Options,
}

/// DELETE.
#[derive(Debug, Clone)]
pub(in crate::sql) struct Delete {
    pub(in crate::sql) table: Name,
    pub(in crate::sql) alias: Option<String>,
    pub(in crate::sql) from: (Vec<Hint>, Vec<From>),
    pub(in crate::sql) filter: Option<Cond>,
    pub(in crate::sql) options: Options,
}

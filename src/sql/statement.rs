//! What a query string becomes: the statements that the session carries out.

use super::error::SqlError;
use crate::types::pg::PgType;
use std::ops::Range;

/// A release of IRIS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The year, such as 2025.
    pub major: u16,
    /// The release within the year.
    pub minor: u16,
}

/// Whose SQL a session speaks (`irispg.dialect`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Dialect {
    /// PostgreSQL's; IRIS's own constructs are understood where PostgreSQL has no meaning for them.
    #[default]
    Postgres,
    /// IRIS's: `?` is a parameter, unquoted names and string rules stay PostgreSQL's.
    Iris,
}

/// A column as the catalog describes it, for deciding types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The column's name as defined; compared without case.
    pub name: String,
    /// Its PostgreSQL type.
    pub ty: PgType,
    /// Its modifier, −1 for none.
    pub typmod: i32,
    /// Whether it may hold NULL.
    pub nullable: bool,
    /// Whether IRIS fills it by itself where INSERT gives nothing: a default, a counter.
    pub filled: bool,
    /// Whether IRIS numbers it (`serial`, identity).
    pub counted: bool,
}

/// A primary key or unique constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The constraint's name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// Whether it is the primary key.
    pub primary: bool,
}

/// Where the translator asks for the columns of a table.
///
/// It asks only when a statement's meaning depends on a type, so an implementation may fetch
/// lazily and should cache.
pub trait Columns {
    /// The columns of `table` in order, or `None` when the table is not known.
    fn columns(&self, table: &TableName) -> Option<std::rc::Rc<[Column]>>;

    /// The primary key and the unique constraints of `table`; none when nothing is known of them.
    fn keys(&self, _table: &TableName) -> Vec<Key> {
        Vec::new()
    }

    /// The tables with a foreign key to `table`; none when nothing is known of them.
    fn referencing(&self, _table: &TableName) -> Vec<TableName> {
        Vec::new()
    }
}

/// What the translation depends on besides the text.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The release of IRIS that will read the result.
    pub version: Version,
    /// The session's dialect.
    pub dialect: Dialect,
    /// Whether the session's zone is UTC, in which IRIS keeps and computes `timestamptz`.
    pub utc: bool,
    /// Types given in Parse for `$1`, `$2`, …; `None` where the client left it open.
    pub declared: &'a [Option<PgType>],
    /// The catalog, if it can be asked; without it, whatever needs a column's type is refused.
    pub columns: Option<&'a dyn Columns>,
}

impl std::fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("version", &self.version)
            .field("dialect", &self.dialect)
            .field("utc", &self.utc)
            .field("declared", &self.declared)
            .field("columns", &self.columns.is_some())
            .finish()
    }
}

/// One statement of a query string.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Its bytes in the query string, without comments around it and without the semicolon.
    pub source: Range<usize>,
    /// What to do.
    pub action: Action,
    /// What PostgreSQL would have said besides, such as that a name was cut.
    pub notices: Vec<Notice>,
    /// The rules that changed more than names and punctuation, for `irispg explain`.
    pub rules: Vec<&'static str>,
}

/// A notice that the translation gives rise to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The SQLSTATE: 42622 for a name that was cut.
    pub sqlstate: &'static str,
    /// PostgreSQL's message.
    pub message: String,
}

/// What a statement asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Transaction control; carried out by the session.
    Transaction(TransactionVerb),
    /// Settings; carried out by the session.
    Setting(SettingVerb),
    /// A query of functions that the session carries out.
    Asked(Asked),
    /// `DEALLOCATE name`, or all when there is no name.
    Deallocate(Option<String>),
    /// One IRIS statement.
    Iris(IrisStatement),
    /// Multi-row `VALUES`: one INSERT and the rows for it.
    Batch(IrisBatch),
    /// A statement that takes several of IRIS's, row by row.
    Plan(Box<Plan>),
    /// Several IRIS statements under one command tag, in order, all or nothing where IRIS can.
    Several(Vec<IrisStatement>),
    /// Nothing is to be done, as with `IF EXISTS` on what does not exist; only the tag is sent.
    Nothing(&'static str),
    /// `EXPLAIN`: the rows of its answer.
    Explained(Vec<String>),
    /// A statement behind the first that the grammar reads and the translator refuses: as in
    /// PostgreSQL, those before it run, and this one fails when its turn comes. Its meaning may
    /// also depend on what the statements before it create, so it may be parsed again then.
    Refused(SqlError),
}

/// Transaction control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransactionVerb {
    /// `BEGIN` or `START TRANSACTION`.
    Begin {
        /// The modes given.
        modes: Modes,
        /// Whether it was spelt `START TRANSACTION`, which is then the command tag.
        start: bool,
    },
    /// `COMMIT` or `END`.
    Commit {
        /// `AND CHAIN`
        chain: bool,
    },
    /// `ROLLBACK` or `ABORT`.
    Rollback {
        /// `AND CHAIN`
        chain: bool,
    },
    /// `SAVEPOINT name`
    Savepoint(String),
    /// `RELEASE [SAVEPOINT] name`
    Release(String),
    /// `ROLLBACK TO [SAVEPOINT] name`
    RollbackTo(String),
    /// `SET TRANSACTION modes`: for the present transaction; tag `SET`.
    SetTransaction(Modes),
    /// `SET SESSION CHARACTERISTICS AS TRANSACTION modes`: defaults of the session; tag `SET`.
    SetCharacteristics(Modes),
}

/// `SELECT current_setting('x'), set_config('y', $1, false)`: calls that the session carries out,
/// in their order, for one row.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// One per column.
    pub calls: Vec<Ask>,
    /// The types of `$n`.
    pub parameters: Vec<Option<PgType>>,
    /// The columns.
    pub outputs: Vec<Output>,
}

/// A function that the session carries out. The places are of type `text` or `boolean`.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// `current_setting(name, missing_ok)`
    Setting {
        /// The setting.
        name: Place,
        /// Whether NULL is given where there is no such setting.
        missing_ok: Place,
    },
    /// `set_config(name, value, is_local)`
    Set {
        /// The setting.
        name: Place,
        /// The value; NULL for the default.
        value: Place,
        /// Whether it holds until the end of the transaction.
        local: Place,
    },
    /// `pg_advisory_unlock_all()`: there is no lock of the kind.
    UnlockAll,
}

/// Transaction modes; `None` where none was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Modes {
    /// `ISOLATION LEVEL …`
    pub isolation: Option<Isolation>,
    /// `READ ONLY` (true) or `READ WRITE` (false)
    pub read_only: Option<bool>,
    /// `[NOT] DEFERRABLE`
    pub deferrable: Option<bool>,
}

/// An isolation level as the client named it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// `READ UNCOMMITTED`
    ReadUncommitted,
    /// `READ COMMITTED`
    ReadCommitted,
    /// `REPEATABLE READ`
    RepeatableRead,
    /// `SERIALIZABLE`
    Serializable,
}

/// Settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingVerb {
    /// `SET name`
    Set {
        /// The setting, lower case.
        name: String,
        /// The value as PostgreSQL keeps it (lists joined by `, `); `None` for DEFAULT.
        value: Option<String>,
        /// For how long.
        scope: Scope,
    },
    /// `RESET name`
    Reset(String),
    /// `RESET ALL`
    ResetAll,
    /// `SHOW name`
    Show(String),
    /// `SHOW ALL`
    ShowAll,
    /// `DISCARD …`
    Discard(Discard),
}

/// For how long a setting holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Until changed (undone when the transaction rolls back).
    Session,
    /// Until the end of the transaction.
    Local,
}

/// What `DISCARD` throws away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discard {
    /// `DISCARD ALL`
    All,
    /// `DISCARD PLANS`
    Plans,
    /// `DISCARD SEQUENCES`
    Sequences,
    /// `DISCARD TEMP`
    Temp,
}

/// One statement for IRIS.
#[derive(Debug, Clone, PartialEq)]
pub struct IrisStatement {
    /// IRIS SQL, printed from our own tree.
    pub text: String,
    /// One per `?` in `text`, in order.
    pub places: Vec<Place>,
    /// Per `$n`: the type declared, or known from a cast or the context.
    pub parameters: Vec<Option<PgType>>,
    /// One per result column, or [`Output::Wildcard`] for as many as IRIS reports there.
    pub outputs: Vec<Output>,
    /// For the command tag.
    pub verb: Verb,
    /// The tables named, in order, each once.
    pub tables: Vec<TableName>,
    /// Places that are row counts, which PostgreSQL checks when the statement begins.
    pub limits: Vec<Limit>,
    /// Whether every name was resolved and every parameter, output and stored value has its type,
    /// so that IRIS is asked nothing before it runs the statement.
    pub resolved: bool,
    /// What IRIS's errors mean in this statement.
    pub causes: std::rc::Rc<Causes>,
}

/// What PostgreSQL says where IRIS stops at something in this statement, as far as its translator
/// knows. Where one of IRIS's errors may have several causes, IRIS's own words stand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Causes {
    /// What takes the root of a negative number, be it the client's or a check of the translator's
    /// (`<ILLEGAL VALUE>`).
    pub illegal: Vec<Fault>,
    /// What may divide by zero (`<DIVIDE>`).
    pub divide: Vec<Fault>,
    /// What may compute a number that is too great for IRIS (`<MAXNUMBER>`).
    pub range: Vec<Fault>,
    /// The columns that computed values go to (SQLCODE −104).
    pub stores: Vec<std::rc::Rc<Store>>,
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// 22003: a value is beyond its type.
    OutOfRange(PgType),
    /// 22003: a number has too many digits for `numeric` with this modifier.
    Overflow(i32),
    /// 2201F: the root of a negative number.
    NegativeRoot,
    /// 22012
    DivisionByZero,
    /// 23502: NULL for a column that refuses it.
    Null(std::rc::Rc<Store>),
}

/// A multi-row INSERT.
#[derive(Debug, Clone, PartialEq)]
pub struct IrisBatch {
    /// `INSERT … VALUES (?, …)`, with only `?` for values.
    pub text: String,
    /// Per row one place for each `?`.
    pub rows: Vec<Vec<Place>>,
    /// As in [`IrisStatement`].
    pub parameters: Vec<Option<PgType>>,
    /// The table.
    pub table: TableName,
    /// As in [`IrisStatement`].
    pub resolved: bool,
}

/// What one statement of the client becomes when it takes several of IRIS's: RETURNING, ON
/// CONFLICT, rows that must pass through the gateway. The session carries it out inside one
/// transaction, its own where none is open.
///
/// First each of `firsts` runs; then, for every row of `rows`, what `each` says; where a row was
/// filed, changed or deleted and there is a `returning`, that statement gives the row's result.
/// The session describes a plan without asking IRIS, so every output has a name and a type, and so
/// has every parameter. A value of [`Place::First`] or [`Place::Cell`] is bound as IRIS gave it,
/// in ODBC mode; where it is to be of another type than IRIS gives it, the query casts it.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// `CREATE TABLE AS`: the table that is created before anything else.
    pub creation: Option<Creation>,
    /// Queries of one column whose only value is bound where [`Place::First`] names them, counted
    /// from 0. No row is NULL; more than one is 21000, as for a scalar subquery. One may name those
    /// before it.
    pub firsts: Vec<IrisStatement>,
    /// What is worked on. A row is a list of cells, which [`Place::Cell`] names.
    pub rows: Rows,
    /// What is done for each row.
    pub each: Each,
    /// RETURNING: a query of one row by the row's id ([`Place::RowId`]), with the columns of
    /// `outputs`. It may name the cells of the row, such as those of another table of FROM.
    pub returning: Option<IrisStatement>,
    /// The types of `$n`.
    pub parameters: Vec<Option<PgType>>,
    /// One per result column; empty without rows.
    pub outputs: Vec<Output>,
    /// For the command tag; the count is of the rows filed, changed or deleted, or, for
    /// [`Verb::Select`], of the rows given.
    pub verb: Verb,
    /// The tables named.
    pub tables: Vec<TableName>,
}

impl Plan {
    /// Every statement of the plan, in the order in which they can run.
    #[must_use]
    pub fn statements(&self) -> Vec<&IrisStatement> {
        self.parts().into_iter().map(|(_, one)| one).collect()
    }

    /// The same, each with what it is for.
    #[must_use]
    pub fn parts(&self) -> Vec<(&'static str, &IrisStatement)> {
        let mut all: Vec<(&'static str, &IrisStatement)> = Vec::new();
        all.extend(self.creation.iter().map(|creation| ("create", &creation.create)));
        all.extend(self.firsts.iter().map(|first| ("first", first)));
        if let Rows::Query(query) = &self.rows {
            all.push(("rows", query));
        }
        match &self.each {
            Each::Give(one) => all.push(("give", one)),
            Each::Run(one) => all.push(("run", one)),
            Each::Update(one) => all.push(("change", one)),
            Each::Insert { inserts, conflict } => {
                all.extend(inserts.iter().map(|one| ("insert", one)));
                for conflict in conflict.iter() {
                    all.extend(conflict.find.iter().map(|one| ("find", one)));
                    all.extend(conflict.update.iter().map(|one| ("update", one)));
                }
            }
            Each::Delete { lock, delete } => all.extend([("lock", lock), ("delete", delete)]),
        }
        all.extend(self.returning.iter().map(|one| ("returning", one)));
        all.extend(self.creation.iter().map(|creation| ("on error", &creation.drop)));
        all
    }
}

/// The table of `CREATE TABLE AS`. IRIS does not undo its definition, so what fails behind it has
/// it dropped again.
#[derive(Debug, Clone, PartialEq)]
pub struct Creation {
    /// CREATE TABLE.
    pub create: IrisStatement,
    /// DROP TABLE, for when the table cannot be filled.
    pub drop: IrisStatement,
}

/// The rows that a plan works on.
#[derive(Debug, Clone, PartialEq)]
pub enum Rows {
    /// One row of no cells.
    One,
    /// Rows of values that are bound.
    Values(Vec<Vec<Place>>),
    /// The rows of a query, all fetched before the first is worked on.
    Query(IrisStatement),
}

/// What a plan does for each row.
#[derive(Debug, Clone, PartialEq)]
pub enum Each {
    /// Gives the rows of a query: [`Plan::firsts`] are the reason that it is a plan.
    Give(IrisStatement),
    /// Runs one change that touches any number of rows; no RETURNING.
    Run(IrisStatement),
    /// Files one row.
    Insert {
        /// The INSERT of one row, one per row of [`Rows::Values`] or the same for all when there is
        /// one.
        inserts: Vec<IrisStatement>,
        /// ON CONFLICT.
        conflict: Option<OnConflict>,
    },
    /// Changes the row whose id is the first cell: the statement's own condition stands in it once
    /// more, so a row that somebody changed in between is left alone (count 0), as PostgreSQL's
    /// READ COMMITTED does. An id that comes again is passed over: PostgreSQL changes a row once
    /// in a statement, however often FROM joins it.
    Update(IrisStatement),
    /// Deletes the row whose id is the first cell.
    Delete {
        /// Changes the row to itself under the statement's own condition, which takes its lock;
        /// count 0 leaves the row alone.
        lock: IrisStatement,
        /// The DELETE, after `returning` has read the row.
        delete: IrisStatement,
    },
}

/// ON CONFLICT, row by row: the INSERT is tried; where IRIS says that a unique constraint fails,
/// the row that stands in the way is looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct OnConflict {
    /// Finds the id of the row that has the key's values, its only column; `None` where every
    /// unique constraint counts, which DO UPDATE never has. If there is no such row, the INSERT is
    /// tried again, since the row may have gone; then IRIS's error stands, since another
    /// constraint failed.
    pub find: Option<IrisStatement>,
    /// DO UPDATE: changes the row by its id ([`Place::RowId`]), if it still has the key's values,
    /// under the WHERE of DO UPDATE. Count 0 leaves the row alone if `find` still finds it, else
    /// all begins anew. A row that this statement has filed or changed is 21000. `None` is DO
    /// NOTHING.
    pub update: Option<IrisStatement>,
}

/// A column that a value is stored in, for PostgreSQL's assignment cast and checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// The table.
    pub table: TableName,
    /// The column's name.
    pub column: String,
    /// Its type.
    pub ty: PgType,
    /// Its modifier, −1 for none.
    pub typmod: i32,
    /// Whether NULL is refused (23502); IRIS would put the default in its place.
    pub not_null: bool,
    /// Whether IRIS fills it where it is given no value, or NULL.
    pub filled: bool,
}

/// What is bound to one `?`.
#[derive(Debug, Clone, PartialEq)]
pub enum Place {
    /// The client's parameter (`$1` is 0), and the type that a cast here demands.
    ///
    /// The bytes that the client sends are of the type in `parameters`. A type given here is either
    /// the same, or the parameter's is a text type (`text`, `varchar`, `name`) and the text is to
    /// be read as input of the type given here, as PostgreSQL's cast from text does.
    Parameter(usize, Option<PgType>),
    /// A constant of the text. [`Constant::Text`] and [`Constant::Decimal`] in INSERT and UPDATE
    /// are to be read as input of the column's type, as PostgreSQL reads untyped literals.
    Constant(Constant),
    /// A value that the session knows.
    Session(SessionValue),
    /// A value of the given type that is stored in a column: it is rounded, measured and checked as
    /// PostgreSQL's assignment does it.
    Stored {
        /// The value; a constant without a type is read as `ty`, or as the column's type where
        /// that is `unknown`.
        value: Box<Place>,
        /// The type of the value, before assignment. Casts for which PostgreSQL has more than the
        /// value's text, and which the session does not know, are refused (0A000).
        ty: PgType,
        /// The column.
        store: std::rc::Rc<Store>,
    },
    /// A pattern of LIKE, which must not end with its escape character (22025).
    Pattern {
        /// The pattern.
        value: Box<Place>,
        /// The escape character.
        escape: char,
    },
    /// The elements of an array parameter that are not NULL, as one `$LIST` for `%INLIST`: each in
    /// the form in which a parameter of the element's type is bound. Without such elements the list
    /// has one that is undefined and equals nothing. NULL if the array is.
    Elements(usize),
    /// 1 if an array parameter has an element that is NULL, else 0; NULL if the array is.
    HasNull(usize),
    /// The number of elements of an array parameter; NULL if the array is.
    Length(usize),
    /// In a plan: the value that one of [`Plan::firsts`] gave, counted from 0.
    First(usize),
    /// In a plan: the n-th cell of the present row, counted from 0.
    Cell(usize),
    /// In a plan: the id of the row that was filed, found or is being worked on.
    RowId,
}

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    /// NULL
    Null,
    /// A string literal without a type.
    Text(String),
    /// An integer literal.
    Integer(i64),
    /// A numeric literal with a fraction, or beyond 64 bits, in plain digits.
    Decimal(String),
    /// TRUE or FALSE
    Boolean(bool),
    /// A literal with a type (`date '2021-01-01'`, `'1'::int4`), as the type's input text.
    Typed(PgType, String),
}

/// A value that only the session can give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SessionValue {
    /// `version()`: text
    Version,
    /// `current_database()`, `current_catalog`: name
    Database,
    /// `current_schema()`: name
    Schema,
    /// `current_user`, `user`, `current_role`: name
    CurrentUser,
    /// `session_user`: name
    SessionUser,
    /// `pg_backend_pid()`: int4
    BackendPid,
    /// `now()`, `current_timestamp`: timestamptz at which the transaction began (UTC in IRIS)
    TransactionTimestamp,
    /// `statement_timestamp()`: timestamptz
    StatementTimestamp,
    /// `localtimestamp`: timestamp in the session's zone at which the transaction began
    LocalTimestamp,
    /// `current_date`: date in the session's zone at which the transaction began
    CurrentDate,
    /// `localtime`: time in the session's zone at which the transaction began
    LocalTime,
}

impl SessionValue {
    /// The PostgreSQL type of the value.
    #[must_use]
    pub const fn ty(self) -> PgType {
        match self {
            Self::Version => PgType::Text,
            Self::Database | Self::Schema | Self::CurrentUser | Self::SessionUser => PgType::Name,
            Self::BackendPid => PgType::Int4,
            Self::TransactionTimestamp | Self::StatementTimestamp => PgType::Timestamptz,
            Self::LocalTimestamp => PgType::Timestamp,
            Self::CurrentDate => PgType::Date,
            Self::LocalTime => PgType::Time,
        }
    }
}

/// A row count among the places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Index into `places`.
    pub place: usize,
    /// Which count. Negative values are 2201W (a LIMIT) and 2201X (OFFSET); NULL means no limit,
    /// to be bound as 9223372036854775807, or no offset, to be bound as 0.
    pub kind: LimitKind,
}

/// Which row count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitKind {
    /// `LIMIT`
    Limit,
    /// `OFFSET`
    Offset,
    /// `LIMIT` of a subquery whose value stands in an expression and names columns around it: IRIS
    /// takes the first row in silence, so that more than one is 0A000.
    OneRow,
}

/// What the translator knows of result columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// `*` or `t.*`: as many columns as IRIS reports, with their own names and types.
    Wildcard,
    /// One column.
    Column {
        /// PostgreSQL's name for it; `None`: IRIS's label.
        name: Option<String>,
        /// Its type when the translator knows better than IRIS.
        ty: Option<PgType>,
        /// The type's modifier, −1 for none; it counts when `ty` is given.
        typmod: i32,
        /// Of a `numeric` with `ty` given: how many digits PostgreSQL shows after the point at
        /// least, where all values of the column share that; `price + 1` has none in its modifier.
        scale: Option<u16>,
        /// The table's column that it shows unchanged, and the column's number counted from 1.
        origin: Option<(TableName, u16)>,
    },
}

/// What kind of statement it is; gives the command tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// `SELECT n`
    Select,
    /// `INSERT 0 n`
    Insert,
    /// `UPDATE n`
    Update,
    /// `DELETE n`
    Delete,
    /// `CALL`
    Call,
    /// DDL, with its tag, such as `CREATE TABLE`.
    Ddl(&'static str),
    /// Anything else, with its tag.
    Other(&'static str),
}

/// A table as IRIS knows it. Two are equal when they name the same table, wherever they stand.
#[derive(Debug, Clone)]
pub struct TableName {
    /// IRIS's schema; `None` when the statement named none.
    pub schema: Option<String>,
    /// The table.
    pub name: String,
    /// Where the query string names it first: the position of PostgreSQL's 42P01, in characters
    /// counted from 1.
    pub position: Option<u32>,
}

impl PartialEq for TableName {
    fn eq(&self, other: &Self) -> bool {
        self.schema == other.schema && self.name == other.name
    }
}

impl Eq for TableName {}

impl std::hash::Hash for TableName {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.schema.hash(state);
        self.name.hash(state);
    }
}

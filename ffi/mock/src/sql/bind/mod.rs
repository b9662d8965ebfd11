//! From statements as written to plans: names are found, every expression gets its IRIS type, and
//! SQLite's text is made from typed pieces only.

mod aggregates;
mod calls;
mod cast;
mod cond;
mod dml;
mod explain;
mod expr;
mod from;
mod items;
mod json;
mod parts;
mod piece;
mod scope;
mod select;
mod survey;
mod through;
mod unions;
mod view;
mod windows;
mod xml;

use std::rc::Rc;

use super::api::{SelectMode, SqlFailure, Version};
use super::ast::{Name, Options, Statement};
use super::decimal::Decimal;
use super::parser::{Echo, Parsed};
use super::sqlcode::{fail, too_deep};
use super::store::catalog::Table;
use super::types::Ty;

pub(in crate::sql) use dml::ROW_ID;
pub(in crate::sql) use piece::{Bound, Coll, Origin};
use scope::{Scope, Source};
pub(in crate::sql) use view::{is_updatable, query_alone};

/// A value that is no text of the statement's SQLite form.
#[derive(Debug, Clone)]
pub(in crate::sql) enum Constant {
    Text(String),
    Special(String, u8),
}

/// What a `?` must become before SQLite sees it.
#[derive(Debug, Clone)]
pub(in crate::sql) struct Slot {
    pub(in crate::sql) ty: Ty,
    /// Compared with a kept number: a value between two kept ones must stay between them.
    pub(in crate::sql) compared: bool,
    pub(in crate::sql) column: String,
    pub(in crate::sql) nullable: i64,
}

/// A result column.
#[derive(Debug, Clone)]
pub(in crate::sql) struct Output {
    pub(in crate::sql) name: String,
    pub(in crate::sql) ty: Ty,
    pub(in crate::sql) nullable: i64,
    pub(in crate::sql) schema: String,
    pub(in crate::sql) table: String,
    pub(in crate::sql) class: String,
    pub(in crate::sql) flags: i64,
}

/// A query for SQLite.
#[derive(Debug, Clone)]
pub(in crate::sql) struct QueryPlan {
    pub(in crate::sql) sql: String,
    pub(in crate::sql) outputs: Vec<Output>,
    /// The same query with the row numbers of these tables at the end, for READ COMMITTED.
    pub(in crate::sql) locked: Option<(String, Vec<Rc<Table>>)>,
}

/// Where a stored value comes from.
#[derive(Debug, Clone)]
pub(in crate::sql) enum Cell {
    Param(usize),
    Null,
    Text(String),
    Number(Decimal),
    /// A column of the plan's query, with its type.
    Computed(usize, Ty),
}

/// INSERT.
#[derive(Debug, Clone)]
pub(in crate::sql) struct InsertPlan {
    pub(in crate::sql) table: Rc<Table>,
    /// One per column that is given, by position in the table.
    pub(in crate::sql) cells: Vec<(usize, Cell)>,
    /// Which cell a column of the table takes.
    pub(in crate::sql) by_place: Vec<Option<usize>>,
    /// A query over the source rows, or over no table for computed values.
    pub(in crate::sql) query: Option<String>,
    /// Files a row: its number, which may be NULL, then every stored column.
    pub(in crate::sql) sql: String,
    /// Finds a row, whose number is to follow, in what views' CHECK OPTIONs demand.
    pub(in crate::sql) checks: Vec<String>,
    pub(in crate::sql) or_update: bool,
    pub(in crate::sql) options: Options,
}

/// UPDATE.
#[derive(Debug, Clone)]
pub(in crate::sql) struct UpdatePlan {
    pub(in crate::sql) table: Rc<Table>,
    /// Row number first, then the computed values.
    pub(in crate::sql) query: String,
    pub(in crate::sql) cells: Vec<(usize, Cell)>,
    /// As those of INSERT.
    pub(in crate::sql) checks: Vec<String>,
    pub(in crate::sql) options: Options,
}

/// DELETE.
#[derive(Debug, Clone)]
pub(in crate::sql) struct DeletePlan {
    pub(in crate::sql) table: Rc<Table>,
    pub(in crate::sql) query: String,
    pub(in crate::sql) options: Options,
}

/// What a statement becomes.
#[derive(Debug, Clone)]
pub(in crate::sql) enum Action {
    Query(QueryPlan),
    Insert(InsertPlan),
    Update(UpdatePlan),
    Delete(DeletePlan),
    Ddl(Box<Statement>),
    Control(super::control::Control),
}

/// A bound statement.
#[derive(Debug)]
pub(in crate::sql) struct Plan {
    pub(in crate::sql) action: Action,
    pub(in crate::sql) statement_type: i64,
    pub(in crate::sql) slots: Vec<Slot>,
    pub(in crate::sql) constants: Vec<Constant>,
    /// In which it was prepared (iris-sql §4.1, §5.1).
    pub(in crate::sql) mode: SelectMode,
}

/// How the binder finds tables.
pub(in crate::sql) type Lookup<'a> =
    &'a mut dyn FnMut(&str, &str) -> Result<Option<Rc<Table>>, SqlFailure>;

/// The default schema (iris-sql §1.1).
pub(in crate::sql) const DEFAULT_SCHEMA: &str = "SQLUser";

/// Binds a statement.
///
/// # Errors
/// The SQLCODE of a name, type or rule that does not hold.
pub(in crate::sql) fn bind(
    parsed: Parsed,
    schema: &str,
    mode: SelectMode,
    lookup: Lookup<'_>,
) -> Result<Plan, SqlFailure> {
    let mut binder = Binder::new(parsed.echo, parsed.parameters, parsed.version, lookup);
    schema.clone_into(&mut binder.schema);
    binder.mode = mode;
    let statement_type = statement_type(&parsed.statement);
    let action = match parsed.statement {
        Statement::Query(query) => Action::Query(binder.top_query(&query)?),
        Statement::Insert(insert) => Action::Insert(binder.insert(&insert)?),
        Statement::Update(update) => Action::Update(binder.update(&update)?),
        Statement::Delete(delete) => Action::Delete(binder.delete(&delete)?),
        Statement::Control(control) => {
            control.table().map(|name| binder.table(name)).transpose()?;
            Action::Control(control)
        }
        Statement::Explain(inner, text) => binder.explained(&inner, &text)?,
        ddl => Action::Ddl(Box::new(ddl)),
    };
    let (slots, constants) = (binder.slots, binder.constants);
    Ok(Plan { action, statement_type, slots, constants, mode })
}

/// iris-sql §5.4. TRUNCATE has no number of its own there; UNVERIFIED(iris): it reports as DELETE.
fn statement_type(statement: &Statement) -> i64 {
    match statement {
        // EXPLAIN reports type 1, too (iris-sql §5.1).
        Statement::Query(_) | Statement::Explain(..) => 1,
        Statement::Control(control) => control.statement_type(),
        Statement::Insert(_) => 2,
        Statement::Update(_) => 3,
        Statement::Delete(_) | Statement::Truncate { .. } => 4,
        Statement::Ddl(ddl) => ddl.statement_type(),
    }
}

/// What an aggregate function is where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Aggregates {
    /// −19.
    Refused,
    /// −73, in ORDER BY.
    RefusedInOrder,
    /// Over the group.
    Grouped,
    /// Over all rows, repeated on each (iris-sql §1.2).
    Repeated,
    /// Over all rows, in the HAVING that comes before a %AFTERHAVING (iris-sql §1.2).
    Apart,
}

struct Binder<'a> {
    lookup: Lookup<'a>,
    echo: Echo,
    slots: Vec<Slot>,
    constants: Vec<Constant>,
    scopes: Vec<Scope>,
    with: Vec<(String, super::ast::Query)>,
    aliases: usize,
    aggregates: Aggregates,
    /// In HAVING, where no window function may stand.
    having: bool,
    /// HAVING of the SELECT that is bound, and the rows that it filters, for %AFTERHAVING.
    having_of: Option<(super::ast::Cond, String)>,
    depth: usize,
    /// The innermost FROM list that a column was found in, from 1, since this was last set to 0.
    reached: usize,
    version: Version,
    /// The schema of names without one.
    schema: String,
    /// How many views are being bound, one inside the other.
    views: usize,
    /// Tables and views that the statement itself names.
    uses: Vec<i64>,
    mode: SelectMode,
    /// Queries bound so far, and how deep the present one stands in others.
    queries: usize,
    nesting: usize,
}

/// How many queries a statement may come to when CTEs are put in: 1 000, because each use of one
/// is bound anew and uses may double from one CTE to the next.
const QUERIES_MAX: usize = 1_000;

/// How deep queries may stand in one another: 48, which SQLite's own parser can read.
const NESTING_MAX: usize = 48;

/// How long the SQLite text of one piece may get: 4 MiB, because operands may be repeated in it.
const PIECE_MAX: usize = 4 << 20;

/// How high a tree of values may be: 300, so that binding fits a stack of 2 MiB.
const HEIGHT_MAX: usize = 300;

impl<'a> Binder<'a> {
    fn new(echo: Echo, parameters: usize, version: Version, lookup: Lookup<'a>) -> Binder<'a> {
        let slot = Slot { ty: Ty::Unknown, compared: false, column: String::new(), nullable: 1 };
        Binder {
            lookup,
            echo,
            slots: vec![slot; parameters],
            constants: Vec::new(),
            scopes: Vec::new(),
            with: Vec::new(),
            aliases: 0,
            aggregates: Aggregates::Refused,
            having: false,
            having_of: None,
            depth: 0,
            reached: 0,
            queries: 0,
            nesting: 0,
            version,
            schema: DEFAULT_SCHEMA.to_owned(),
            views: 0,
            uses: Vec::new(),
            mode: SelectMode::default(),
        }
    }
}

impl Binder<'_> {
    /// Finds a table; −30 with the name in upper case (iris-sql §1.7).
    fn table(&mut self, name: &Name) -> Result<Rc<Table>, SqlFailure> {
        let schema = name.schema.as_deref().unwrap_or(&self.schema);
        let found = (self.lookup)(schema, &name.name)?;
        let table = found.ok_or_else(|| missing_table(schema, &name.name))?;
        if self.views == 0 {
            self.uses.push(table.id);
        }
        Ok(table)
    }

    fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("a{}", self.aliases)
    }

    /// A constant as SQLite sees it: a parameter after those of the statement.
    fn constant(&mut self, constant: Constant) -> String {
        self.constants.push(constant);
        format!("?{}", self.slots.len() + self.constants.len())
    }
}

/// −30, with schema and name in upper case (iris-sql §1.7).
pub(in crate::sql) fn missing_table(schema: &str, name: &str) -> SqlFailure {
    fail(-30, format!("Table '{}.{}' not found", schema.to_uppercase(), name.to_uppercase()))
}

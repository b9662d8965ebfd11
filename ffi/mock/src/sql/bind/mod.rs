//! From statements as written to plans: names are found, every expression gets its IRIS type, and
//! SQLite's text is made from typed pieces only.

mod aggregates;
mod calls;
mod cast;
mod cond;
mod dml;
mod expr;
mod piece;
mod select;

use std::rc::Rc;

use super::api::SqlFailure;
use super::ast::{Name, Place, Statement};
use super::decimal::Decimal;
use super::parser::{Echo, Parsed};
use super::sqlcode::fail;
use super::store::catalog::{Table, same};
use super::types::{Filled, Ty};

pub(in crate::sql) use dml::ROW_ID;
pub(in crate::sql) use piece::{Bound, Coll, Origin};

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
    Default,
    /// A column of the plan's query, with its type.
    Computed(usize, Ty),
}

/// INSERT.
#[derive(Debug, Clone)]
pub(in crate::sql) struct InsertPlan {
    pub(in crate::sql) table: Rc<Table>,
    /// One per column that is given, by position in the table.
    pub(in crate::sql) cells: Vec<(usize, Cell)>,
    /// A query over the source rows, or over no table for computed values.
    pub(in crate::sql) query: Option<String>,
}

/// UPDATE.
#[derive(Debug, Clone)]
pub(in crate::sql) struct UpdatePlan {
    pub(in crate::sql) table: Rc<Table>,
    /// Row number first, then the computed values.
    pub(in crate::sql) query: String,
    pub(in crate::sql) cells: Vec<(usize, Cell)>,
}

/// DELETE.
#[derive(Debug, Clone)]
pub(in crate::sql) struct DeletePlan {
    pub(in crate::sql) table: Rc<Table>,
    pub(in crate::sql) query: String,
}

/// What a statement becomes.
#[derive(Debug, Clone)]
pub(in crate::sql) enum Action {
    Query(QueryPlan),
    Insert(InsertPlan),
    Update(UpdatePlan),
    Delete(DeletePlan),
    Ddl(Statement),
}

/// A bound statement.
#[derive(Debug)]
pub(in crate::sql) struct Plan {
    pub(in crate::sql) action: Action,
    pub(in crate::sql) statement_type: i64,
    pub(in crate::sql) slots: Vec<Slot>,
    pub(in crate::sql) constants: Vec<Constant>,
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
pub(in crate::sql) fn bind(parsed: Parsed, lookup: Lookup<'_>) -> Result<Plan, SqlFailure> {
    let slot = Slot { ty: Ty::Unknown, compared: false, column: String::new(), nullable: 1 };
    let mut binder = Binder {
        lookup,
        echo: parsed.echo,
        slots: vec![slot; parsed.parameters],
        constants: Vec::new(),
        scopes: Vec::new(),
        with: Vec::new(),
        aliases: 0,
        aggregates: Aggregates::Refused,
        depth: 0,
    };
    let statement_type = statement_type(&parsed.statement);
    let action = match parsed.statement {
        Statement::Query(query) => Action::Query(binder.top_query(&query)?),
        Statement::Insert(insert) => Action::Insert(binder.insert(&insert)?),
        Statement::Update(update) => Action::Update(binder.update(&update)?),
        Statement::Delete(delete) => Action::Delete(binder.delete(&delete)?),
        ddl => Action::Ddl(ddl),
    };
    let (slots, constants) = (binder.slots, binder.constants);
    Ok(Plan { action, statement_type, slots, constants })
}

/// iris-sql §5.4. TRUNCATE has no number of its own there; UNVERIFIED(iris): it reports as DELETE.
fn statement_type(statement: &Statement) -> i64 {
    match statement {
        Statement::Query(_) => 1,
        Statement::Insert(_) => 2,
        Statement::Update(_) => 3,
        Statement::Delete(_) | Statement::Truncate(_) => 4,
        Statement::CreateTable(_) => 9,
        Statement::AddColumns { .. }
        | Statement::AddConstraint { .. }
        | Statement::DropColumns { .. } => 10,
        Statement::DropTable { .. } => 11,
        Statement::CreateIndex(_) => 15,
        Statement::DropIndex { .. } => 17,
        Statement::CreateSchema { .. } => 70,
        Statement::DropSchema { .. } => 71,
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
}

/// A member of a FROM list.
#[derive(Debug, Clone)]
struct Source {
    label: String,
    /// SQLite's alias.
    alias: String,
    table: Option<Rc<Table>>,
    /// Columns of a derived table.
    outputs: Vec<Output>,
    colls: Vec<Coll>,
    /// Whether the row is on the inner side of an outer join.
    optional: bool,
    /// Tables whose row numbers a derived table gives in `k0`, `k1`, … when locks matter.
    behind: Vec<Rc<Table>>,
}

/// The FROM list of one SELECT.
#[derive(Debug, Clone, Default)]
struct Scope {
    sources: Vec<Source>,
    /// Aliases of derived tables whose `%VID` is used.
    numbered: Vec<String>,
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
    depth: usize,
}

/// How high a tree of values may be: 300, so that binding fits a stack of 2 MiB.
const HEIGHT_MAX: usize = 300;

impl Binder<'_> {
    /// Finds a table; −30 with the name in upper case (iris-sql §1.7).
    fn table(&mut self, name: &Name) -> Result<Rc<Table>, SqlFailure> {
        let schema = name.schema.as_deref().unwrap_or(DEFAULT_SCHEMA);
        (self.lookup)(schema, &name.name)?.ok_or_else(|| missing_table(schema, &name.name))
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

    /// −29 in the form of iris-sql §1.7.
    fn missing_field(&self, name: &str, at: Place) -> SqlFailure {
        let echo = self.echo.up_to(at);
        let name = name.to_uppercase();
        fail(-29, format!(" Field '{name}' not found in the applicable tables^ {echo}"))
    }

    fn ambiguous(&self, name: &str, at: Place) -> SqlFailure {
        let echo = self.echo.up_to(at);
        let name = name.to_uppercase();
        fail(-27, format!(" Field '{name}' is ambiguous among the applicable tables^ {echo}"))
    }

    fn missing_label(&self, label: &str, at: Place) -> SqlFailure {
        let echo = self.echo.up_to(at);
        let label = label.to_uppercase();
        fail(-23, format!("Label '{label}' is not listed among the applicable tables^ {echo}"))
    }

    /// Finds a column, in the innermost FROM list that has it.
    fn column(&mut self, label: Option<&str>, name: &str, at: Place) -> Result<Bound, SqlFailure> {
        let mut label_seen = label.is_none();
        for depth in (0..self.scopes.len()).rev() {
            let mut found: Option<Bound> = None;
            let Some(scope) = self.scopes.get_mut(depth) else { continue };
            let Scope { sources, numbered } = scope;
            for source in sources.iter() {
                if label.is_some_and(|label| !same(label, &source.label)) {
                    continue;
                }
                label_seen = true;
                let Some(bound) = column_of(source, name, numbered) else { continue };
                if found.is_some() {
                    return Err(self.ambiguous(name, at));
                }
                found = Some(bound);
            }
            if let Some(bound) = found {
                return Ok(bound);
            }
        }
        match label {
            Some(label) if !label_seen => Err(self.missing_label(label, at)),
            _ => Err(self.missing_field(name, at)),
        }
    }
}

/// −30.
pub(in crate::sql) fn missing_table(schema: &str, name: &str) -> SqlFailure {
    fail(-30, format!("Table '{}.{}' not found", schema.to_uppercase(), name.to_uppercase()))
}

fn column_of(source: &Source, name: &str, numbered: &mut Vec<String>) -> Option<Bound> {
    let Some(table) = &source.table else {
        if name == "%VID" {
            numbered.push(source.alias.clone());
            let sql = format!("{}.vid", source.alias);
            return Some(Bound::expression(sql, Ty::Integer));
        }
        let at = source.outputs.iter().position(|output| same(&output.name, name))?;
        let output = source.outputs.get(at)?.clone();
        let mut bound = Bound::expression(format!("{}.o{at}", source.alias), output.ty);
        bound.coll = source.colls.get(at).copied().unwrap_or(Coll::None);
        bound.nullable = output.nullable;
        bound.origin = Origin::Derived(Box::new(output));
        return Some(bound);
    };
    let nullable = |fixed: bool| i64::from(!fixed || source.optional);
    if let Some(column) = table.named(name) {
        let mut bound =
            Bound::expression(format!("{}.{}", source.alias, column.stored()), column.ty);
        if column.ty.is_text() {
            bound.coll = Coll::Column(column.upper);
        }
        bound.nullable = nullable(column.not_null || column.filled != Filled::Given);
        bound.origin = Origin::Column(Rc::clone(table), column.id);
        return Some(bound);
    }
    match name.to_ascii_uppercase().as_str() {
        "%TABLENAME" => {
            let text = table.name.replace('\'', "''");
            return Some(Bound::expression(format!("'{text}'"), Ty::Varchar(128)));
        }
        "%ID" => {}
        other if same(other, &table.row_id_name()) => {}
        _ => return None,
    }
    let mut bound = Bound::expression(format!("{}.rid", source.alias), Ty::BigInt);
    bound.nullable = nullable(true);
    bound.origin = Origin::RowId(Rc::clone(table));
    Some(bound)
}

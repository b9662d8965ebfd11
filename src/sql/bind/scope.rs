//! Which tables and columns can be named where.

use super::clause::Clause;
use super::{Binder, refuse};
use crate::sql::bound::{At, Expr, Frame, Node, Query, SortKey, Source};
use crate::sql::error::SqlError;
use crate::sql::statement::TableName;
use irispg_grammar as grammar;
use irispg_grammar::ast::Ident;
use std::rc::Rc;

/// The names of one query.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// Every table and query of FROM so far.
    pub(super) sources: Vec<Source>,
    /// What can be named, in the order of `*`; nothing while FROM is being read, since its elements
    /// do not see each other.
    pub(super) names: Vec<Named>,
    /// The windows that the query names.
    pub(super) windows: Vec<(String, Window)>,
    /// Whether this is the border of a WITH query: the names further out cannot be used.
    pub(super) border: bool,
}

/// A table, query or join whose columns can be named.
#[derive(Debug, Clone)]
pub(super) struct Named {
    /// What qualifies the columns; none for a join without an alias.
    pub(super) name: Option<String>,
    /// The table, if it can be qualified by its schema.
    pub(super) table: Option<TableName>,
    /// Index of the source, if it is one.
    pub(super) source: Option<usize>,
    /// The columns in order.
    pub(super) columns: Vec<NamedColumn>,
    /// Whether the columns can be named with the table.
    pub(super) qualified: bool,
    /// Whether the columns can be named without the table.
    pub(super) bare: bool,
}

/// A column that can be named.
#[derive(Debug, Clone)]
pub(super) struct NamedColumn {
    /// Its name.
    pub(super) name: String,
    /// What it is, seen from its own query.
    pub(super) expr: Expr,
    /// Whether it is a table's, whose names IRIS compares without case.
    pub(super) stored: bool,
}

/// A WITH query.
#[derive(Debug, Clone)]
pub(super) struct Cte {
    /// Its name.
    pub(super) name: String,
    /// The query; none while it is being bound under WITH RECURSIVE.
    pub(super) query: Option<Rc<Query>>,
    /// The names that the list behind the name gives to its first columns.
    pub(super) names: Vec<String>,
}

/// What OVER means.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Window {
    /// PARTITION BY
    pub(super) partition: Vec<Expr>,
    /// ORDER BY
    pub(super) order: Vec<SortKey>,
    /// The frame.
    pub(super) frame: Frame,
    /// Whether the frame was written: a window that begins with this one must not have it then.
    pub(super) framed: bool,
}

/// What looking a column up in one place gave.
enum Found {
    Column(Expr),
    Nothing,
}

fn start(parts: &[Ident]) -> Option<usize> {
    let column = parts.first()?.span.start.column;
    usize::try_from(column).ok()?.checked_sub(1)
}

/// Sets the place of an error to that of a name.
pub(super) fn located(error: SqlError, parts: &[Ident]) -> SqlError {
    match start(parts) {
        Some(offset) => error.at(offset),
        None => error,
    }
}

impl Named {
    /// The column of a name; a table's are compared without case where none is the same.
    fn column(&self, name: &str) -> Result<Found, SqlError> {
        let mut same = self.columns.iter().filter(|column| column.name == name);
        let found = match same.next() {
            Some(found) if same.next().is_some() => return Err(ambiguous(&found.name)),
            Some(found) => Some(found),
            None => {
                let alike =
                    |column: &&NamedColumn| column.stored && column.name.eq_ignore_ascii_case(name);
                self.columns.iter().find(alike)
            }
        };
        Ok(found.map_or(Found::Nothing, |column| Found::Column(column.expr.clone())))
    }

    fn is_called(&self, schema: Option<&str>, name: &str) -> bool {
        match schema {
            None => self.name.as_deref() == Some(name),
            Some(schema) => self.table.as_ref().is_some_and(|table| {
                let own = table.schema.as_deref().unwrap_or(PUBLIC);
                table.name == name && own.eq_ignore_ascii_case(schema)
            }),
        }
    }
}

/// IRIS's name of the schema in which tables without one are.
const PUBLIC: &str = "SQLUser";

/// IRIS's name of a schema.
pub(super) fn schema(name: &str) -> &str {
    if name == "public" { PUBLIC } else { name }
}

fn ambiguous(name: &str) -> SqlError {
    SqlError::new("42702", format!("column reference \"{name}\" is ambiguous"))
}

/// The expression of a column seen from a query `levels` further in.
fn raised(mut expr: Expr, levels: usize) -> Expr {
    raise(&mut expr, levels);
    expr
}

/// Only what joins make of columns needs to be raised: columns, casts and COALESCE.
fn raise(expr: &mut Expr, levels: usize) {
    match &mut expr.node {
        Node::Column(column) => column.level = column.level.saturating_add(levels),
        Node::RowId { level, .. } => *level = level.saturating_add(levels),
        Node::Cast(cast) => raise(&mut cast.expr, levels),
        Node::Coalesce(all) => all.iter_mut().for_each(|one| raise(one, levels)),
        _ => {}
    }
}

impl Binder<'_> {
    /// The column that a name of one part or several means.
    pub(super) fn column(&mut self, parts: &[Ident]) -> Result<Expr, SqlError> {
        let bound = match parts {
            [name] => self.bare_column(name),
            [table, name] => self.table_column(None, &table.value, name),
            [schema, table, name] => {
                self.table_column(Some(self::schema(&schema.value)), &table.value, name)
            }
            _ => {
                let shown: Vec<&str> = parts.iter().map(|part| part.value.as_str()).collect();
                let message =
                    format!("cross-database references are not implemented: {}", shown.join("."));
                Err(refuse(message))
            }
        };
        let mut expr = bound.map_err(|error| located(error, parts))?;
        expr.at = At(start(parts));
        Ok(expr)
    }

    fn bare_column(&mut self, name: &Ident) -> Result<Expr, SqlError> {
        if name.quote_style.is_none() {
            if name.value == "default" {
                let message = "DEFAULT is not allowed in this context";
                return Err(SqlError::new("42601", message));
            }
            if name.value.starts_with('%') {
                return self.pseudo(None, &name.value);
            }
        }
        let mut border = false;
        for (level, scope) in self.scopes.iter().rev().enumerate() {
            let mut found = None;
            for named in scope.names.iter().filter(|named| named.bare) {
                if let Found::Column(expr) = named.column(&name.value)? {
                    if found.is_some() {
                        return Err(ambiguous(&name.value));
                    }
                    found = Some(expr);
                }
            }
            if let Some(found) = found {
                return outside(border, raised(found, level));
            }
            border |= scope.border;
        }
        if self.table_called(None, &name.value)?.is_some() {
            return Err(refuse("a whole row as a value is not supported").hint("Name the columns."));
        }
        let message = format!("column \"{}\" does not exist", name.value);
        let error = SqlError::new("42703", message);
        let sources = self.scopes.iter().rev().flat_map(|scope| &scope.sources);
        let mut holders = sources.filter(|source| source.has(&name.value));
        Err(match holders.next() {
            None => error,
            Some(source) => error.hint(format!(
                "There is a column named \"{}\" in table \"{}\", but it cannot be referenced \
                 from this part of the query.",
                name.value, source.alias
            )),
        })
    }

    fn table_column(
        &mut self,
        schema: Option<&str>,
        table: &str,
        name: &Ident,
    ) -> Result<Expr, SqlError> {
        let Some((level, border, named)) = self.table_called(schema, table)? else {
            return Err(self.no_table(table));
        };
        if name.quote_style.is_none() && name.value.starts_with('%') {
            return self.pseudo(Some(table), &name.value);
        }
        match named.column(&name.value)? {
            Found::Column(expr) => outside(border, raised(expr, level)),
            Found::Nothing => {
                let message = format!("column {table}.{} does not exist", name.value);
                Err(SqlError::new("42703", message))
            }
        }
    }

    /// Whether the innermost query has a column of this name.
    pub(super) fn has_column(&self, name: &str) -> Result<bool, SqlError> {
        let names = self.scopes.last().map(|scope| scope.names.as_slice()).unwrap_or_default();
        for named in names.iter().filter(|named| named.bare) {
            if let Found::Column(_) = named.column(name)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What a table's name means here: how many queries further out, whether across the border of
    /// a WITH query, and what.
    pub(super) fn table_called(
        &self,
        schema: Option<&str>,
        table: &str,
    ) -> Result<Option<(usize, bool, &Named)>, SqlError> {
        let mut border = false;
        for (level, scope) in self.scopes.iter().rev().enumerate() {
            let seen = scope.names.iter().filter(|named| named.qualified);
            let mut called = seen.filter(|named| named.is_called(schema, table));
            if let Some(found) = called.next() {
                if called.next().is_some() {
                    let message = format!("table reference \"{table}\" is ambiguous");
                    return Err(SqlError::new("42P09", message));
                }
                return Ok(Some((level, border, found)));
            }
            border |= scope.border;
        }
        Ok(None)
    }

    /// 42P01 for a qualifier that is no table here.
    pub(super) fn no_table(&self, table: &str) -> SqlError {
        let sources = self.scopes.iter().rev().flat_map(|scope| &scope.sources);
        let mut alike = sources.filter(|source| source.alias == table || source.is_table(table));
        let Some(source) = alike.next() else {
            let message = format!("missing FROM-clause entry for table \"{table}\"");
            return SqlError::new("42P01", message);
        };
        let message = format!("invalid reference to FROM-clause entry for table \"{table}\"");
        let error = SqlError::new("42P01", message);
        if source.alias != table && matches!(self.table_called(None, &source.alias), Ok(Some(_))) {
            let alias = &source.alias;
            return error
                .hint(format!("Perhaps you meant to reference the table alias \"{alias}\"."));
        }
        let shown = &source.alias;
        error.hint(format!(
            "There is an entry for table \"{shown}\", but it cannot be referenced from this part \
             of the query."
        ))
    }

    /// IRIS's own columns: `%ID` is the row's id.
    fn pseudo(&mut self, table: Option<&str>, name: &str) -> Result<Expr, SqlError> {
        if name != "%id" {
            return Err(refuse(format!("{} is not supported", name.to_ascii_uppercase())));
        }
        let found = match table {
            Some(table) => self
                .table_called(None, table)?
                .and_then(|(level, _, named)| named.source.map(|source| (level, source))),
            None => {
                let mut sources = self
                    .scopes
                    .last()
                    .into_iter()
                    .flat_map(|scope| scope.names.iter().filter_map(|one| one.source));
                match (sources.next(), sources.next()) {
                    (Some(only), None) => Some((0, only)),
                    (None, _) => None,
                    _ => return Err(ambiguous("%ID")),
                }
            }
        };
        let Some((level, source)) = found else {
            return Err(SqlError::new("42703", "column \"%ID\" does not exist"));
        };
        Ok(Expr {
            node: Node::RowId { level, source },
            ty: crate::types::pg::PgType::Int8,
            typmod: -1,
            scale: None,
            nullable: false,
            at: At(None),
        })
    }

    /// The window that a name means.
    pub(super) fn named_window(&self, name: &Ident) -> Result<Window, SqlError> {
        let windows = self.scopes.last().map(|scope| scope.windows.as_slice());
        let found = windows.unwrap_or_default().iter().find(|(own, _)| *own == name.value);
        found.map(|(_, window)| window.clone()).ok_or_else(|| {
            let message = format!("window \"{}\" does not exist", name.value);
            located(SqlError::new("42704", message), std::slice::from_ref(name))
        })
    }

    /// Binds with the names of a new, innermost query; gives them back.
    pub(super) fn scoped<T>(
        &mut self,
        scope: Scope,
        bind: impl FnOnce(&mut Self) -> Result<T, SqlError>,
    ) -> Result<(T, Scope), SqlError> {
        self.scopes.push(scope);
        let done = self.inside(Clause::Select, bind);
        let scope = self.scopes.pop().unwrap_or_default();
        done.map(|done| (done, scope))
    }
}

impl Source {
    /// Whether it has a column of this name.
    fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.name == name)
    }

    /// Whether it is a table of this name, whatever its alias.
    fn is_table(&self, name: &str) -> bool {
        use crate::sql::bound::SourceKind;
        match &self.kind {
            SourceKind::Table(table) => table.name == name,
            SourceKind::Cte { name: own, .. } => own == name,
            _ => false,
        }
    }
}

/// A column found across the border of a WITH query cannot be carried to where the query is named.
fn outside(border: bool, expr: Expr) -> Result<Expr, SqlError> {
    if !border {
        return Ok(expr);
    }
    Err(refuse("a WITH query that names a column of a query around it is not supported")
        .hint("Use a subquery."))
}

/// Where a name begins.
pub(super) fn place(parts: &[Ident]) -> At {
    At(start(parts))
}

/// Where an expression begins, if there is one.
pub(super) fn place_of(expr: Option<&grammar::ast::Expr>) -> At {
    At(expr.and_then(grammar::start))
}

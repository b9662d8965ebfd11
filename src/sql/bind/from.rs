//! FROM: tables, queries and functions.

use super::clause::Clause;
use super::scope::{Named, NamedColumn, Scope};
use super::with::column_names;
use super::{Binder, at, refuse};
use crate::sql::bound::{
    At, Call, Column, ColumnRef, Expr, From, Node, Origin, Query, Source, SourceColumn, SourceKind,
};
use crate::sql::error::SqlError;
use crate::sql::resolve::{self, Context, Failure};
use crate::sql::statement::{self, TableName};
use crate::sql::translate::table_name;
use crate::types::iris::numeric_scale;
use crate::types::pg::PgType;
use irispg_grammar as grammar;
use irispg_grammar::ast::{
    self, FunctionArg, FunctionArgExpr, ObjectName, TableAlias, TableFactor, TableWithJoins,
};
use std::ops::Range;
use std::rc::Rc;

/// An element of FROM while FROM is being read.
#[derive(Debug)]
pub(super) struct Part {
    /// The element.
    pub(super) from: From,
    /// What it lets the query name.
    pub(super) names: Vec<Named>,
    /// Its sources, by their indexes.
    pub(super) sources: Range<usize>,
}

impl Binder<'_> {
    /// Binds FROM and fills the innermost scope with it.
    pub(super) fn from(&mut self, tables: &[TableWithJoins]) -> Result<Vec<From>, SqlError> {
        let mut from = Vec::with_capacity(tables.len());
        let mut names: Vec<Named> = Vec::new();
        for table in tables {
            let part = self.joined(table)?;
            check_names(&names, &part.names)?;
            names.extend(part.names);
            from.push(part.from);
        }
        if let Some(scope) = self.scopes.last_mut() {
            check_names(&scope.names, &names)?;
            scope.names.extend(names);
        }
        Ok(from)
    }

    /// A table with what is joined to it.
    pub(super) fn joined(&mut self, table: &TableWithJoins) -> Result<Part, SqlError> {
        let mut left = self.factor(&table.relation)?;
        for join in &table.joins {
            left = self.within(|own| own.join(left, join))?;
        }
        Ok(left)
    }

    pub(super) fn factor(&mut self, factor: &TableFactor) -> Result<Part, SqlError> {
        match factor {
            TableFactor::Table {
                name,
                alias,
                args,
                with_hints,
                version: None,
                with_ordinality: false,
                partitions,
                json_path: None,
                sample: None,
                index_hints,
            } if with_hints.is_empty() && partitions.is_empty() && index_hints.is_empty() => {
                match args {
                    None => self.table(name, alias.as_ref()),
                    Some(args) if args.settings.is_none() => {
                        self.table_function(name, &args.args, alias.as_ref())
                    }
                    Some(_) => Err(refuse("this item of FROM is not supported")),
                }
            }
            TableFactor::Derived { lateral: false, subquery, alias, sample: None } => {
                let Some(alias) = alias else {
                    let error = SqlError::new("42601", "subquery in FROM must have an alias");
                    let error = error.hint("For example, FROM (SELECT ...) [AS] foo.");
                    return Err(at(error, self.places.query_parenthesis(subquery)));
                };
                let query = self.query(subquery)?;
                let columns = query.columns.clone();
                let kind = SourceKind::Query(Rc::new(query));
                self.add(alias.name.value.clone(), kind, of_query(&columns), Some(alias), None)
            }
            TableFactor::NestedJoin { table_with_joins, alias } => {
                let part = self.within(|own| own.joined(table_with_joins))?;
                match alias {
                    None => Ok(part),
                    Some(alias) => renamed_join(part, alias),
                }
            }
            TableFactor::Derived { lateral: true, .. }
            | TableFactor::Function { lateral: true, .. } => Err(lateral()),
            TableFactor::Table { sample: Some(_), .. }
            | TableFactor::Derived { sample: Some(_), .. } => {
                Err(refuse("TABLESAMPLE is not supported"))
            }
            TableFactor::Table { with_ordinality: true, .. }
            | TableFactor::Function { with_ordinality: true, .. } => {
                Err(refuse("WITH ORDINALITY is not supported"))
            }
            TableFactor::UNNEST { .. } => Err(refuse("unnest in FROM is not supported")),
            _ => Err(refuse("this item of FROM is not supported")),
        }
    }

    /// A table, a view, or a WITH query.
    fn table(&mut self, name: &ObjectName, alias: Option<&TableAlias>) -> Result<Part, SqlError> {
        if let [part] = name.0.as_slice()
            && let Some(ident) = part.as_ident()
            && let Some(cte) = self.ctes.iter().rev().find(|cte| cte.name == ident.value)
        {
            let Some(query) = cte.query.clone() else {
                return Err(refuse("recursive WITH queries are not supported"));
            };
            let (name, names) = (cte.name.clone(), cte.names.clone());
            let mut columns = of_query(&query.columns);
            for (column, name) in columns.iter_mut().zip(names) {
                column.name = name;
            }
            let kind = SourceKind::Cte { name: name.clone(), query };
            return self.add(name, kind, columns, alias, None);
        }
        let table = table_name(name)?;
        let columns = of_table(&table, &self.known(&table)?);
        self.note(&table);
        let named = if alias.is_none() { Some(table.clone()) } else { None };
        let kind = SourceKind::Table(table.clone());
        self.add(table.name.clone(), kind, columns, alias, named)
    }

    /// A table's columns as the catalog has them.
    pub(super) fn known(&self, table: &TableName) -> Result<Rc<[statement::Column]>, SqlError> {
        let place = At(table.position.and_then(|offset| usize::try_from(offset).ok()));
        let Some(catalog) = self.options.columns else {
            let message = format!("the columns of \"{}\" are not known", table.name);
            let error = refuse(message).hint("Give the tables' definitions with --schema.");
            return Err(at(error, place));
        };
        catalog.columns(table).ok_or_else(|| {
            let shown = match table.schema.as_deref() {
                None => table.name.clone(),
                Some("SQLUser") => format!("public.{}", table.name),
                Some(schema) => format!("{schema}.{}", table.name),
            };
            at(SqlError::new("42P01", format!("relation \"{shown}\" does not exist")), place)
        })
    }

    /// Notes that the statement names a table.
    pub(super) fn note(&mut self, table: &TableName) {
        if !self.tables.contains(table) {
            self.tables.push(table.clone());
        }
    }

    /// A function that gives rows of one column.
    fn table_function(
        &mut self,
        name: &ObjectName,
        arguments: &[FunctionArg],
        alias: Option<&TableAlias>,
    ) -> Result<Part, SqlError> {
        let place = At(grammar::start_of_name(name));
        let [part] = name.0.as_slice() else {
            return Err(at(refuse("this function in FROM is not supported"), place));
        };
        let function = part.as_ident().map(|ident| ident.value.clone()).unwrap_or_default();
        let mut bound = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) = argument else {
                return Err(at(refuse("this argument of a function is not supported"), place));
            };
            bound.push(self.argument(expr)?);
        }
        let types: Vec<PgType> = bound.iter().map(|expr| expr.ty).collect();
        let found = resolve::function(&function, &types)
            .map_err(|failure| at(unresolved(failure, &function, &types), place))?;
        let integers = matches!(found.result, PgType::Int4 | PgType::Int8);
        if !found.row.set || function != "generate_series" || !integers {
            let message = format!("function {function} in FROM is not supported");
            return Err(at(refuse(message), place));
        }
        let mut coerced = Vec::with_capacity(bound.len());
        for (expr, ty) in bound.into_iter().zip(&found.arguments) {
            coerced.push(self.coerce(expr, *ty, -1, Context::Implicit)?);
        }
        let column = SourceColumn {
            name: alias.map_or_else(|| function.clone(), |alias| alias.name.value.clone()),
            inner: function.clone(),
            ty: found.result,
            typmod: -1,
            scale: None,
            nullable: false,
            origin: None,
        };
        let kind = SourceKind::Function(Call { function: found.row, arguments: coerced });
        self.add(function, kind, vec![column], alias, None)
    }

    /// An argument of a function in FROM. It could name what stands before it in FROM, as if
    /// LATERAL were written, so that this must be told from a name that there is not.
    fn argument(&mut self, expr: &ast::Expr) -> Result<Expr, SqlError> {
        let sources = self.scopes.last().map(|scope| scope.sources.clone()).unwrap_or_default();
        let named = sources.iter().enumerate().map(|(index, source)| named(index, source, None));
        let beside = Scope { names: named.collect(), ..Scope::default() };
        let before = match self.scopes.last_mut() {
            Some(scope) => std::mem::replace(&mut scope.names, beside.names),
            None => Vec::new(),
        };
        let bound = self.inside(Clause::FromFunction, |own| own.expression(expr));
        if let Some(scope) = self.scopes.last_mut() {
            scope.names = before;
        }
        let bound = bound?;
        let mut sideways = false;
        bound.deep(0, &mut |expr, depth| {
            sideways |= matches!(&expr.node, Node::Column(column) if column.level == depth);
        });
        if sideways { Err(lateral()) } else { Ok(bound) }
    }

    /// Adds a source to the innermost scope.
    fn add(
        &mut self,
        own: String,
        kind: SourceKind,
        mut columns: Vec<SourceColumn>,
        alias: Option<&TableAlias>,
        table: Option<TableName>,
    ) -> Result<Part, SqlError> {
        let alias_name = match alias {
            None => own,
            Some(alias) => {
                let names = column_names(&alias.columns)?;
                check_count(&alias.name.value, columns.len(), names.len())?;
                for (column, name) in columns.iter_mut().zip(names) {
                    column.name.clone_from(&name.value);
                }
                alias.name.value.clone()
            }
        };
        let source = Source { alias: alias_name, kind, columns };
        let Some(scope) = self.scopes.last_mut() else {
            return Err(SqlError::new("XX000", "a table stands outside of a query"));
        };
        let index = scope.sources.len();
        let named = named(index, &source, table);
        scope.sources.push(source);
        let sources = index..index.saturating_add(1);
        Ok(Part { from: From::Source(index), names: vec![named], sources })
    }
}

fn lateral() -> SqlError {
    refuse("LATERAL is not supported").hint("Join with a condition in ON, or use a subquery.")
}

/// What a source lets the query name.
pub(super) fn named(index: usize, source: &Source, table: Option<TableName>) -> Named {
    let columns = source.columns.iter().enumerate().map(|(at, column)| NamedColumn {
        name: column.name.clone(),
        expr: Expr {
            node: Node::Column(ColumnRef { level: 0, source: index, column: at }),
            ty: column.ty,
            typmod: column.typmod,
            scale: column.scale,
            nullable: column.nullable,
            at: At(None),
        },
        stored: column.origin.is_some(),
    });
    Named {
        name: Some(source.alias.clone()),
        table,
        source: Some(index),
        columns: columns.collect(),
        qualified: true,
        bare: true,
    }
}

/// A table's columns as a source's.
pub(super) fn of_table(table: &TableName, columns: &[statement::Column]) -> Vec<SourceColumn> {
    let numbered = (1_u16..).zip(columns);
    numbered
        .map(|(number, column)| SourceColumn {
            name: column.name.clone(),
            inner: column.name.clone(),
            ty: column.ty,
            typmod: column.typmod,
            scale: if column.ty == PgType::Numeric { numeric_scale(column.typmod) } else { None },
            nullable: column.nullable,
            origin: Some(Origin { table: table.clone(), number }),
        })
        .collect()
}

/// A query's columns as a source's.
pub(super) fn of_query(columns: &[Column]) -> Vec<SourceColumn> {
    columns
        .iter()
        .map(|column| SourceColumn {
            name: column.name.clone(),
            inner: column.name.clone(),
            ty: column.ty,
            typmod: column.typmod,
            scale: column.scale,
            nullable: column.nullable,
            origin: column.origin.clone(),
        })
        .collect()
}

/// A source that is a query made by the binder itself.
pub(super) fn source_of(query: Query, alias: &str) -> Source {
    let columns = of_query(&query.columns);
    Source { alias: alias.to_owned(), kind: SourceKind::Query(Rc::new(query)), columns }
}

/// An alias of a whole join hides what was joined.
fn renamed_join(part: Part, alias: &TableAlias) -> Result<Part, SqlError> {
    let Part { from, names, sources } = part;
    let mut columns: Vec<NamedColumn> =
        names.into_iter().filter(|named| named.bare).flat_map(|named| named.columns).collect();
    let given = column_names(&alias.columns)?;
    check_count(&alias.name.value, columns.len(), given.len())?;
    for (column, name) in columns.iter_mut().zip(given) {
        column.name.clone_from(&name.value);
    }
    let name = Some(alias.name.value.clone());
    let named = Named { name, table: None, source: None, columns, qualified: true, bare: true };
    Ok(Part { from, names: vec![named], sources })
}

fn check_count(table: &str, available: usize, given: usize) -> Result<(), SqlError> {
    if given <= available {
        return Ok(());
    }
    let message = format!(
        "table \"{table}\" has {available} columns available but {given} columns specified"
    );
    Err(SqlError::new("42P10", message))
}

/// 42712 for two tables of one name side by side.
pub(super) fn check_names(left: &[Named], right: &[Named]) -> Result<(), SqlError> {
    for named in right.iter().filter(|named| named.qualified) {
        let same = |other: &&Named| {
            let tables = other.table.as_ref().zip(named.table.as_ref());
            other.qualified && other.name == named.name && tables.is_none_or(|(a, b)| a == b)
        };
        if named.name.is_some() && left.iter().any(|other| same(&other)) {
            let name = named.name.as_deref().unwrap_or_default();
            let message = format!("table name \"{name}\" specified more than once");
            return Err(SqlError::new("42712", message));
        }
    }
    Ok(())
}

/// Why no function was found, in PostgreSQL's words.
fn unresolved(failure: Failure, function: &str, types: &[PgType]) -> SqlError {
    let types: Vec<&str> = types.iter().map(|ty| ty.name()).collect();
    let shown = format!("{function}({})", types.join(", "));
    match failure {
        Failure::Ambiguous => SqlError::new("42725", format!("function {shown} is not unique"))
            .hint(
                "Could not choose a best candidate function. You might need to add explicit type \
                 casts.",
            ),
        Failure::Missing => SqlError::new("42883", format!("function {shown} does not exist"))
            .hint(
                "No function matches the given name and argument types. You might need to add \
                 explicit type casts.",
            ),
        _ => refuse(format!("function {shown} is not supported")),
    }
}

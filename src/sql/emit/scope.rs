//! Under which names the columns of the sources are printed.

use super::{Emitter, refuse};
use crate::sql::bound::{ColumnRef, Expr, Node};
use crate::sql::error::SqlError;
use crate::sql::statement::Place;
use crate::types::pg::PgType;

/// The sources of one SELECT, UPDATE, DELETE or INSERT.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// In the order of the bound tree.
    pub(super) sources: Vec<Shown>,
    /// Expressions that a query in FROM has computed already, and the columns that hold them. Where
    /// there are any, the sources themselves cannot be seen.
    pub(super) computed: Option<Computed>,
    /// In a plan: the columns of every source but the first are cells of the present row.
    pub(super) cells: Option<Cells>,
    /// What [`Node::Excluded`] means, by the column's position; `None` for what is not known.
    pub(super) excluded: Vec<Option<(Place, PgType)>>,
    /// Of a SELECT: sets of expressions that no two rows have all alike.
    pub(super) unique: Vec<Vec<Expr>>,
    /// The result columns that [`Node::Output`] names: alias and name of each.
    pub(super) outputs: Vec<(String, String)>,
}

/// A source as it is printed.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// Its alias in the printed text.
    pub(super) alias: String,
    /// Its columns' names.
    pub(super) columns: Vec<String>,
}

/// Columns that a plan's query has fetched. They are numbered as they are asked for, from 1: the
/// first cell is the row's id.
#[derive(Debug, Default)]
pub(super) struct Cells {
    /// The types of every source's columns.
    pub(super) types: Vec<Vec<PgType>>,
    /// Source and column of each cell so far.
    pub(super) used: Vec<(usize, usize)>,
}

/// What a query in FROM has computed.
#[derive(Debug)]
pub(super) struct Computed {
    /// The alias of that query.
    pub(super) alias: String,
    /// Expression and column.
    pub(super) exprs: Vec<(Expr, String)>,
}

impl Emitter<'_> {
    fn scope(&self, level: usize) -> Result<&Scope, SqlError> {
        let at = self.scope_at(level)?;
        self.scopes.get(at).ok_or_else(lost)
    }

    fn scope_at(&self, level: usize) -> Result<usize, SqlError> {
        let at = self.scopes.len().checked_sub(level.saturating_add(1)).ok_or_else(lost)?;
        if self.walls.iter().any(|wall| at < *wall) {
            let message =
                "a query in FROM that names a column of a query around it is not supported";
            return Err(refuse(message)
                .hint("Join the tables, or use a subquery in the select list or in WHERE."));
        }
        Ok(at)
    }

    /// Prints a column, with the alias of its source.
    pub(super) fn column(&mut self, column: ColumnRef) -> Result<(), SqlError> {
        if column.source > 0
            && let Some((place, ty)) = self.cell(column)?
        {
            self.typed(place, ty, false);
            return Ok(());
        }
        let scope = self.scope(column.level)?;
        let (alias, name) = match &scope.computed {
            None => {
                let source = scope.sources.get(column.source).ok_or_else(lost)?;
                let name = source.columns.get(column.column).ok_or_else(lost)?;
                (source.alias.clone(), name.clone())
            }
            Some(computed) => {
                let same = |expr: &Expr| match expr.node {
                    Node::Column(own) => {
                        own.level == 0 && own.source == column.source && own.column == column.column
                    }
                    _ => false,
                };
                let found = computed.exprs.iter().find(|(expr, _)| same(expr));
                let (_, name) = found.ok_or_else(hidden)?;
                (computed.alias.clone(), name.clone())
            }
        };
        self.qualified(&alias, &name)
    }

    /// The cell that holds a column in a plan, if one does.
    pub(super) fn cell(&mut self, column: ColumnRef) -> Result<Option<(Place, PgType)>, SqlError> {
        let at = self.scope_at(column.level)?;
        let Some(cells) = self.scopes.get_mut(at).and_then(|scope| scope.cells.as_mut()) else {
            return Ok(None);
        };
        let types = cells.types.get(column.source).ok_or_else(lost)?;
        let ty = *types.get(column.column).ok_or_else(lost)?;
        let wanted = (column.source, column.column);
        let number = match cells.used.iter().position(|used| *used == wanted) {
            Some(number) => number,
            None => {
                cells.used.push(wanted);
                cells.used.len().saturating_sub(1)
            }
        };
        Ok(Some((Place::Cell(number.saturating_add(1)), ty)))
    }

    /// Prints `alias.name`.
    pub(super) fn qualified(&mut self, alias: &str, name: &str) -> Result<(), SqlError> {
        self.out.name(alias)?.dot().name(name)?;
        Ok(())
    }

    /// Prints the row id of a source.
    ///
    /// UNVERIFIED(iris): that UPDATE and DELETE, too, take `alias.%ID` of the table that they
    /// change: the reference shows it behind an alias in SELECT only.
    pub(super) fn row_id(&mut self, level: usize, source: usize) -> Result<(), SqlError> {
        let scope = self.scope(level)?;
        if scope.computed.is_some() {
            return Err(hidden());
        }
        let alias = scope.sources.get(source).ok_or_else(lost)?.alias.clone();
        self.out.name(&alias)?.dot().word("%ID");
        Ok(())
    }

    /// Prints the column in which a query in FROM holds what this expression gives, if one does.
    /// `value`, `condition` and `operand` ask this before anything else.
    pub(super) fn computed(&mut self, expr: &Expr) -> Result<bool, SqlError> {
        let Some(computed) = self.scopes.last().and_then(|scope| scope.computed.as_ref()) else {
            return Ok(false);
        };
        let Some((_, name)) = computed.exprs.iter().find(|(own, _)| own == expr) else {
            return Ok(false);
        };
        let (alias, name) = (computed.alias.clone(), name.clone());
        self.qualified(&alias, &name)?;
        Ok(true)
    }

    /// Prints a result column of the query that is being sorted or compared.
    pub(super) fn output(&mut self, index: usize) -> Result<(), SqlError> {
        let found = self.scopes.last().and_then(|scope| scope.outputs.get(index)).cloned();
        let (alias, name) =
            found.ok_or_else(|| SqlError::new("XX000", "a result column is not there"))?;
        self.qualified(&alias, &name)
    }

    /// Prints a value of the row that ON CONFLICT keeps from being filed.
    pub(super) fn excluded(&mut self, index: usize) -> Result<(), SqlError> {
        let (place, ty) = self.excluded_place(index)?;
        self.typed(place, ty, false);
        Ok(())
    }

    /// The place of such a value, and its type.
    pub(super) fn excluded_place(&self, index: usize) -> Result<(Place, PgType), SqlError> {
        let place = self.scopes.iter().rev().find_map(|scope| scope.excluded.get(index));
        place.cloned().flatten().ok_or_else(|| {
            refuse("excluded is not supported for a column that takes its default")
                .hint("Give the column a value.")
        })
    }

    /// A name that the statement has nowhere else.
    pub(super) fn fresh(&mut self, kind: &'static str) -> String {
        self.made = self.made.saturating_add(1);
        format!("irispg_{kind}{}", self.made)
    }
}

fn lost() -> SqlError {
    SqlError::new("XX000", "a column is not where the statement says")
}

fn hidden() -> SqlError {
    refuse("a column is not there where it is computed with")
        .hint("Compute it in a subquery of FROM.")
}

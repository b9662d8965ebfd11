//! Under which names the columns of the sources are printed.

use super::{Emitter, refuse};
use crate::sql::bound::{ColumnRef, Expr, Node};
use crate::sql::error::SqlError;
use crate::sql::statement::Place;

/// The sources of one SELECT, UPDATE, DELETE or INSERT.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// In the order of the bound tree.
    pub(super) sources: Vec<Shown>,
    /// Expressions that a query in FROM has computed already, and the columns that hold them. Where
    /// there are any, the sources themselves cannot be seen.
    pub(super) computed: Option<Computed>,
    /// Whether a query around this one cannot be seen from here: IRIS's queries in FROM see neither
    /// the tables beside them nor those further out.
    pub(super) walled: bool,
    /// What [`Node::Excluded`] and, in a plan, the target's columns are: places by position.
    pub(super) excluded: Vec<Place>,
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
        let lost = || SqlError::new("XX000", "a column's query is not there");
        let at = self.scopes.len().checked_sub(level.saturating_add(1)).ok_or_else(lost)?;
        if self.scopes.iter().skip(at.saturating_add(1)).any(|scope| scope.walled) {
            return Err(refuse("a query in FROM that names a column of a query around it")
                .hint("Join the tables, or use a subquery in the select list or in WHERE."));
        }
        self.scopes.get(at).ok_or_else(lost)
    }

    /// Prints a column, with the alias of its source.
    pub(super) fn column(&mut self, column: ColumnRef) -> Result<(), SqlError> {
        let scope = self.scope(column.level)?;
        let (alias, name) = match &scope.computed {
            None => {
                let lost = || SqlError::new("XX000", "a column's source is not there");
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

    /// Prints `alias.name`.
    pub(super) fn qualified(&mut self, alias: &str, name: &str) -> Result<(), SqlError> {
        self.out.name(alias)?.dot().name(name)?;
        Ok(())
    }

    /// Prints the row id of a source.
    pub(super) fn row_id(&mut self, level: usize, source: usize) -> Result<(), SqlError> {
        let scope = self.scope(level)?;
        if scope.computed.is_some() {
            return Err(hidden());
        }
        let lost = || SqlError::new("XX000", "a column's source is not there");
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
        let place = self.scopes.iter().rev().find_map(|scope| scope.excluded.get(index));
        let place = place.cloned();
        let place = place.ok_or_else(|| refuse("this use of excluded is not supported"))?;
        self.out.place(place);
        Ok(())
    }

    /// A name that the statement has nowhere else.
    pub(super) fn fresh(&mut self, kind: &'static str) -> String {
        self.named = self.named.saturating_add(1);
        format!("irispg_{kind}{}", self.named)
    }
}

fn hidden() -> SqlError {
    refuse("a column is not there where it is computed with")
        .hint("Compute it in a subquery of FROM.")
}

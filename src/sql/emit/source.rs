//! FROM: tables, queries in their place, and joins.

use super::query::Role;
use super::scope::Shown;
use super::{Emitter, refuse};
use crate::sql::bound::{From, Join, JoinKind, Source, SourceKind};
use crate::sql::error::SqlError;
use crate::sql::statement::TableName;

/// How the names that are made here begin.
const PREFIX: &str = "irispg_";

/// What IRIS calls PostgreSQL's schema `public`.
const PUBLIC: &str = "SQLUser";

impl Emitter<'_> {
    /// A table as the statement names it first.
    pub(super) fn named(&self, table: &TableName) -> TableName {
        let named = self.bound.tables.iter().find(|named| *named == table);
        named.unwrap_or(table).clone()
    }

    /// Prints a table's name.
    pub(super) fn table(&mut self, table: &TableName) -> Result<(), SqlError> {
        if let Some(schema) = &table.schema {
            if schema == PUBLIC {
                self.rule("the schema public is IRIS's SQLUser");
            }
            self.out.name(schema)?.dot();
        }
        self.out.name(&table.name)?;
        Ok(())
    }

    /// The alias by which a source is printed: its own, unless a source around it has the same to
    /// IRIS, which does not tell upper from lower case.
    pub(super) fn alias(&mut self, wanted: &str) -> String {
        let taken = |own: &Shown| own.alias.eq_ignore_ascii_case(wanted);
        let taken = self.scopes.iter().any(|scope| scope.sources.iter().any(taken));
        if taken || crate::sql::name::check(wanted).is_err() || !plain(wanted) {
            return self.fresh("t");
        }
        wanted.to_owned()
    }

    /// Prints a table with its alias and gives the names of its columns.
    pub(super) fn table_source(
        &mut self,
        table: &TableName,
        source: &Source,
    ) -> Result<Shown, SqlError> {
        self.table(table)?;
        let alias = self.alias(&source.alias);
        self.out.word("AS").name(&alias)?;
        let columns = source.columns.iter().map(|column| column.inner.clone()).collect();
        Ok(Shown { alias, columns })
    }

    /// Prints what stands behind FROM; the innermost scope must have a place for each source.
    pub(super) fn from(&mut self, from: &[From], sources: &[Source]) -> Result<(), SqlError> {
        self.elements(from, sources, 0)
    }

    /// The same where the sources begin behind `first` others.
    pub(super) fn elements(
        &mut self,
        from: &[From],
        sources: &[Source],
        first: usize,
    ) -> Result<(), SqlError> {
        for (index, element) in from.iter().enumerate() {
            self.out.separate(index);
            self.element(element, sources, first)?;
        }
        Ok(())
    }

    fn element(
        &mut self,
        element: &From,
        sources: &[Source],
        first: usize,
    ) -> Result<(), SqlError> {
        self.enter()?;
        match element {
            From::Source(index) => {
                let lost = || SqlError::new("XX000", "a source of FROM is not there");
                let source = sources.get(*index).ok_or_else(lost)?;
                let shown = self.source(source)?;
                let scope = self.scopes.last_mut();
                let at = index.saturating_add(first);
                let place = scope.and_then(|scope| scope.sources.get_mut(at));
                *place.ok_or_else(lost)? = shown;
            }
            From::Join(join) => self.join(join, sources, first)?,
        }
        self.leave();
        Ok(())
    }

    fn join(&mut self, join: &Join, sources: &[Source], first: usize) -> Result<(), SqlError> {
        self.element(&join.left, sources, first)?;
        self.out.word(match join.kind {
            JoinKind::Inner => "INNER JOIN",
            JoinKind::Left => "LEFT JOIN",
            JoinKind::Right => "RIGHT JOIN",
            JoinKind::Full => "FULL JOIN",
            JoinKind::Cross => "CROSS JOIN",
        });
        let nested = matches!(join.right, From::Join(_));
        if nested {
            self.out.open();
        }
        self.element(&join.right, sources, first)?;
        if nested {
            self.out.close();
        }
        if let Some(condition) = &join.on {
            self.out.word("ON");
            self.condition(condition)?;
        }
        Ok(())
    }

    fn source(&mut self, source: &Source) -> Result<Shown, SqlError> {
        match &source.kind {
            SourceKind::Table(table) => self.table_source(table, source),
            SourceKind::Query(query) => self.derived(query, &source.alias),
            SourceKind::Cte { query, .. } => {
                self.rule("a WITH query is written out where it is named");
                self.derived(query, &source.alias)
            }
            SourceKind::Function(call) => {
                let Some(printed) = self.series(call)? else {
                    return Err(refuse(format!(
                        "the function {} is not supported in FROM",
                        call.function.name
                    )));
                };
                let alias = self.alias(&source.alias);
                self.out.word("AS").name(&alias)?;
                Ok(Shown { alias, columns: printed })
            }
        }
    }

    /// Prints a query in the place of a table.
    fn derived(
        &mut self,
        query: &crate::sql::bound::Query,
        wanted: &str,
    ) -> Result<Shown, SqlError> {
        self.out.open();
        let columns = self.query(query, Role::Derived)?;
        self.out.close().word("AS");
        let alias = self.alias(wanted);
        self.out.name(&alias)?;
        Ok(Shown { alias, columns })
    }
}

/// Whether a name is made of ASCII letters, digits and `_` and begins with a letter, and is none of
/// those made here.
pub(super) fn plain(name: &str) -> bool {
    name.bytes().next().is_some_and(|b| b.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !name.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
}

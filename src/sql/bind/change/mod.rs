//! INSERT, UPDATE and DELETE.

mod assign;
mod conflict;
mod delete;
mod insert;
mod listed;
mod returning;
mod update;

use super::from::{check_names, named, of_table};
use super::{Binder, at, refuse};
use crate::sql::bound::{self, Change, From, Kind, Source, SourceKind, Target};
use crate::sql::error::SqlError;
use crate::sql::translate::table_name;
use irispg_grammar::ast::{self, ObjectName, SetExpr, Statement, TableFactor, TableWithJoins};

impl Binder<'_> {
    /// Binds a query or a change.
    pub(super) fn kind(&mut self, tree: &Statement) -> Result<Kind, SqlError> {
        let change = match tree {
            Statement::Query(query) => return self.query_or_change(query),
            Statement::Insert(insert) => Change::Insert(self.insert(insert)?),
            Statement::Update(update) => Change::Update(self.update(update)?),
            Statement::Delete(delete) => Change::Delete(self.delete(delete)?),
            _ => return Err(refuse("this statement is not supported")),
        };
        Ok(Kind::Change(Box::new(change)))
    }

    /// The grammar takes a change behind WITH for a query.
    fn query_or_change(&mut self, query: &ast::Query) -> Result<Kind, SqlError> {
        match query.body.as_ref() {
            SetExpr::Insert(change) | SetExpr::Update(change) | SetExpr::Delete(change) => {
                if let Some(with) = &query.with {
                    self.with(with)?;
                }
                self.kind(change)
            }
            _ => Ok(Kind::Query(Box::new(self.query(query)?))),
        }
    }

    /// The table that is changed, as source 0 of the innermost scope, which cannot name it yet.
    fn changed_table(
        &mut self,
        name: &ObjectName,
        alias: Option<&str>,
    ) -> Result<Target, SqlError> {
        let table = table_name(name)?;
        let columns = self.known(&table)?;
        self.note(&table);
        let source = Source {
            alias: alias.unwrap_or(&table.name).to_owned(),
            kind: SourceKind::Table(table.clone()),
            columns: of_table(&table, &columns),
        };
        if let Some(scope) = self.scopes.last_mut() {
            scope.sources.push(source.clone());
        }
        Ok(Target { table, source, columns: columns.to_vec() })
    }

    /// The table that UPDATE or DELETE changes.
    fn joined_target(&mut self, table: &TableWithJoins) -> Result<Target, SqlError> {
        let TableFactor::Table { name, alias, args: None, sample: None, .. } = &table.relation
        else {
            return Err(refuse("changing anything but a table is not supported"));
        };
        if !table.joins.is_empty() {
            return Err(refuse("changing a join is not supported"));
        }
        match alias {
            None => self.changed_table(name, None),
            Some(alias) if alias.columns.is_empty() && alias.at.is_none() => {
                self.changed_table(name, Some(&alias.name.value))
            }
            Some(_) => Err(refuse("column aliases of a table that is changed are not supported")),
        }
    }

    /// Lets the target's columns be named, before those of the sources beside it.
    fn reveal(&mut self, target: &Target, aliased: bool) -> Result<(), SqlError> {
        let table = if aliased { None } else { Some(target.table.clone()) };
        let own = vec![named(0, &target.source, table)];
        if let Some(scope) = self.scopes.last_mut() {
            check_names(&own, &scope.names)?;
            scope.names.splice(0..0, own);
        }
        Ok(())
    }

    /// 42601 for ORDER BY behind a change, which the grammar lets pass.
    fn misplaced_order(&self, key: &ast::OrderByExpr) -> SqlError {
        let error = SqlError::new("42601", "syntax error at or near \"ORDER\"");
        at(error, self.places.before(&key.expr, 2))
    }

    /// The sources beside the target, in FROM or USING.
    fn beside(
        &mut self,
        target: &Target,
        aliased: bool,
        tables: &[TableWithJoins],
    ) -> Result<Vec<From>, SqlError> {
        let mut from = self.from(tables)?;
        from.iter_mut().for_each(lower);
        self.reveal(target, aliased)?;
        Ok(from)
    }
}

/// FROM counts the sources beside the target from 0.
fn lower(from: &mut From) {
    match from {
        From::Source(index) => *index = index.saturating_sub(1),
        From::Join(join) => {
            lower(&mut join.left);
            lower(&mut join.right);
        }
    }
}

/// Whether the table that is changed has an alias.
fn is_aliased(table: &TableWithJoins) -> bool {
    matches!(&table.relation, TableFactor::Table { alias: Some(_), .. })
}

/// The sources beside the target.
fn others(mut sources: Vec<bound::Source>) -> Vec<bound::Source> {
    if !sources.is_empty() {
        sources.remove(0);
    }
    sources
}

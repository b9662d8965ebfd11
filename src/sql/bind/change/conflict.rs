//! ON CONFLICT.

use super::super::clause::Clause;
use super::super::from::named;
use super::super::scope::{Named, place};
use super::super::{Binder, at, refuse};
use super::assign::column;
use crate::sql::bound::{Conflict, Node, Resolution, Source, Target};
use crate::sql::error::SqlError;
use irispg_grammar::ast::{
    ConflictTarget, DoUpdate, Ident, ObjectName, OnConflictAction, OnInsert,
};

impl Binder<'_> {
    pub(super) fn conflict(
        &mut self,
        on: Option<&OnInsert>,
        target: &Target,
    ) -> Result<Option<Conflict>, SqlError> {
        let on = match on {
            None => return Ok(None),
            Some(OnInsert::OnConflict(on)) => on,
            Some(_) => return Err(refuse("this form of INSERT is not supported")),
        };
        let key = match &on.conflict_target {
            None => None,
            Some(ConflictTarget::Columns(names)) => Some(self.key_of(names, target)?),
            Some(ConflictTarget::OnConstraint(name)) => Some(self.constraint(name, target)?),
        };
        let resolution = match &on.action {
            OnConflictAction::DoNothing => Resolution::Nothing,
            OnConflictAction::DoUpdate(_) if key.is_none() => {
                let message =
                    "ON CONFLICT DO UPDATE requires inference specification or constraint name";
                let error =
                    SqlError::new("42601", message).hint("For example, ON CONFLICT (column_name).");
                return Err(at(error, self.places.words("on", "conflict")));
            }
            OnConflictAction::DoUpdate(update) => self.do_update(update, target)?,
        };
        Ok(Some(Conflict { key, resolution }))
    }

    /// The columns of the unique key that are named, in whatever order.
    fn key_of(&mut self, names: &[Ident], target: &Target) -> Result<Vec<usize>, SqlError> {
        let mut columns = Vec::with_capacity(names.len());
        for name in names {
            let index = column(target, name).map_err(|_| {
                let message = format!("column \"{}\" does not exist", name.value);
                let list = names.first().map(std::slice::from_ref).unwrap_or_default();
                at(SqlError::new("42703", message), self.places.parenthesis(place(list)))
            })?;
            if !columns.contains(&index) {
                columns.push(index);
            }
        }
        let catalog = self.options.columns;
        let keys = catalog.map(|catalog| catalog.keys(&target.table)).unwrap_or_default();
        let matching = keys.iter().any(|key| {
            let own = positions(&key.columns, target);
            own.len() == columns.len() && own.iter().all(|column| columns.contains(column))
        });
        if matching {
            return Ok(columns);
        }
        let message =
            "there is no unique or exclusion constraint matching the ON CONFLICT specification";
        Err(SqlError::new("42P10", message))
    }

    /// The columns of the constraint that is named.
    fn constraint(&self, name: &ObjectName, target: &Target) -> Result<Vec<usize>, SqlError> {
        let wanted = name.0.last().and_then(|part| part.as_ident());
        let wanted = wanted.map(|ident| ident.value.as_str()).unwrap_or_default();
        let catalog = self.options.columns;
        let keys = catalog.map(|catalog| catalog.keys(&target.table)).unwrap_or_default();
        let found = keys.iter().find(|key| key.name.eq_ignore_ascii_case(wanted));
        found.map(|key| positions(&key.columns, target)).ok_or_else(|| {
            let table = &target.table.name;
            let message = format!("constraint \"{wanted}\" for table \"{table}\" does not exist");
            SqlError::new("42704", message)
        })
    }

    /// SET and WHERE of DO UPDATE, which see the row that is there and the one to be filed.
    fn do_update(&mut self, update: &DoUpdate, target: &Target) -> Result<Resolution, SqlError> {
        if let Some(scope) = self.scopes.last_mut() {
            // RETURNING cannot name it, but PostgreSQL says then that it is there.
            let source = Source { alias: "excluded".to_owned(), ..target.source.clone() };
            scope.names.push(excluded(&source));
            scope.sources.push(source);
        }
        let set = self.assignments(&update.assignments, target)?;
        let filter = update
            .selection
            .as_ref()
            .map(|expr| self.inside(Clause::Where, |own| own.condition(expr, "WHERE")))
            .transpose()?;
        if let Some(scope) = self.scopes.last_mut() {
            scope.names.pop();
        }
        Ok(Resolution::Update { set, filter })
    }
}

/// The positions of a key's columns.
fn positions(names: &[String], target: &Target) -> Vec<usize> {
    let position = |name: &String| {
        target.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name))
    };
    names.iter().filter_map(position).collect()
}

/// The row that INSERT wanted to file, as a table beside the target.
fn excluded(source: &Source) -> Named {
    let mut named = named(0, source, None);
    for (index, column) in named.columns.iter_mut().enumerate() {
        column.expr.node = Node::Excluded(index);
    }
    Named { source: None, ..named }
}

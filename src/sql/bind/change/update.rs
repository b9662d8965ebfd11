//! UPDATE.

use super::super::clause::Clause;
use super::super::scope::Scope;
use super::super::{Binder, refuse};
use crate::sql::bound::Update;
use crate::sql::error::SqlError;
use irispg_grammar::ast::{self, UpdateTableFromKind};

impl Binder<'_> {
    pub(super) fn update(&mut self, update: &ast::Update) -> Result<Update, SqlError> {
        let ast::Update {
            update_token: _,
            optimizer_hints,
            table,
            assignments,
            from,
            selection,
            returning,
            output,
            or,
            order_by,
            limit,
        } = update;
        if let Some(key) = order_by.first() {
            return Err(self.misplaced_order(key));
        }
        let foreign = output.is_some()
            || or.is_some()
            || !order_by.is_empty()
            || limit.is_some()
            || !optimizer_hints.is_empty();
        if foreign {
            return Err(refuse("this form of UPDATE is not supported"));
        }
        let tables = match from {
            None => &[][..],
            Some(UpdateTableFromKind::AfterSet(tables)) => tables.as_slice(),
            Some(UpdateTableFromKind::BeforeSet(_)) => {
                return Err(refuse("this form of UPDATE is not supported"));
            }
        };
        let (mut bound, scope) = self.scoped(Scope::default(), |own| {
            let target = own.joined_target(table)?;
            let aliased = super::is_aliased(table);
            let from = own.beside(&target, aliased, tables)?;
            // PostgreSQL reads the new values last, which decides who errs first.
            let filter = selection.as_ref();
            let filter = filter
                .map(|expr| own.inside(Clause::Where, |own| own.condition(expr, "WHERE")))
                .transpose()?;
            let returning = own.returning(returning.as_ref())?;
            let set = own.assignments(assignments, &target)?;
            Ok(Update { target, set, sources: Vec::new(), from, filter, returning })
        })?;
        bound.sources = super::others(scope.sources);
        Ok(bound)
    }
}

//! DELETE.

use super::super::clause::Clause;
use super::super::scope::Scope;
use super::super::{Binder, refuse};
use crate::sql::bound::Delete;
use crate::sql::error::SqlError;
use irispg_grammar::ast::{self, FromTable};

impl Binder<'_> {
    pub(super) fn delete(&mut self, delete: &ast::Delete) -> Result<Delete, SqlError> {
        let ast::Delete {
            delete_token: _,
            optimizer_hints,
            tables,
            from,
            using,
            selection,
            returning,
            output,
            order_by,
            limit,
        } = delete;
        if let Some(key) = order_by.first() {
            return Err(self.misplaced_order(key));
        }
        let foreign = !tables.is_empty()
            || output.is_some()
            || !order_by.is_empty()
            || limit.is_some()
            || !optimizer_hints.is_empty();
        let FromTable::WithFromKeyword(from) = from else {
            return Err(refuse("DELETE without FROM is not supported"));
        };
        let ([table], false) = (from.as_slice(), foreign) else {
            return Err(refuse("this form of DELETE is not supported"));
        };
        let (mut bound, scope) = self.scoped(Scope::default(), |own| {
            let target = own.joined_target(table)?;
            let aliased = super::is_aliased(table);
            let tables = using.as_deref().unwrap_or_default();
            let using = own.beside(&target, aliased, tables)?;
            let filter = selection.as_ref();
            let filter = filter
                .map(|expr| own.inside(Clause::Where, |own| own.condition(expr, "WHERE")))
                .transpose()?;
            let returning = own.returning(returning.as_ref())?;
            Ok(Delete { target, sources: Vec::new(), using, filter, returning })
        })?;
        bound.sources = super::others(scope.sources);
        Ok(bound)
    }
}

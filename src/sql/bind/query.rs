//! Queries: WITH, what gives the rows, and what surrounds it.

use super::{Binder, refuse};
use crate::sql::bound;
use crate::sql::error::SqlError;
use irispg_grammar::ast;

impl Binder<'_> {
    /// Binds a query; literals and parameters of its list that nothing decides are `text`.
    pub(super) fn query(&mut self, query: &ast::Query) -> Result<bound::Query, SqlError> {
        let _ = query;
        Err(refuse("queries are not supported"))
    }
}

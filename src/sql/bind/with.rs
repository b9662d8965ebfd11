//! WITH.

use super::scope::{Cte, Scope, located};
use super::{Binder, refuse};
use crate::sql::error::SqlError;
use irispg_grammar::ast::{Ident, SetExpr, With};
use std::rc::Rc;

impl Binder<'_> {
    /// Binds the queries of a WITH, in order; each can name those before it.
    pub(super) fn with(&mut self, with: &With) -> Result<(), SqlError> {
        for (index, cte) in with.cte_tables.iter().enumerate() {
            let name = &cte.alias.name;
            let before = with.cte_tables.iter().take(index);
            if before.into_iter().any(|other| other.alias.name.value == name.value) {
                let message =
                    format!("WITH query name \"{}\" specified more than once", name.value);
                return Err(located(SqlError::new("42712", message), std::slice::from_ref(name)));
            }
        }
        let known = self.ctes.len();
        if with.recursive {
            let names = with.cte_tables.iter().map(|cte| &cte.alias.name.value);
            let pending = names.map(|name| Cte { name: name.clone(), query: None, names: vec![] });
            self.ctes.extend(pending);
        }
        for (index, cte) in with.cte_tables.iter().enumerate() {
            if cte.alias.at.is_some() || cte.from.is_some() {
                return Err(refuse("this form of a WITH query is not supported"));
            }
            let changes = matches!(
                cte.query.body.as_ref(),
                SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_)
            );
            if changes {
                return Err(refuse("a change in WITH is not supported")
                    .hint("Send the change as a statement of its own."));
            }
            let border = Scope { border: true, ..Scope::default() };
            let (query, _) = self.scoped(border, |own| own.query(&cte.query))?;
            let names = column_names(&cte.alias.columns)?;
            if names.len() > query.columns.len() {
                let message = format!(
                    "WITH query \"{}\" has {} columns available but {} columns specified",
                    cte.alias.name.value,
                    query.columns.len(),
                    names.len()
                );
                let error = SqlError::new("42P10", message);
                return Err(located(error, std::slice::from_ref(&cte.alias.name)));
            }
            let bound = Cte {
                name: cte.alias.name.value.clone(),
                query: Some(Rc::new(query)),
                names: names.into_iter().map(|name| name.value.clone()).collect(),
            };
            match self.ctes.get_mut(known.saturating_add(index)) {
                Some(slot) => *slot = bound,
                None => self.ctes.push(bound),
            }
        }
        Ok(())
    }
}

/// The names of a list of column aliases.
pub(super) fn column_names(
    columns: &[irispg_grammar::ast::TableAliasColumnDef],
) -> Result<Vec<&Ident>, SqlError> {
    columns
        .iter()
        .map(|column| match &column.data_type {
            None => Ok(&column.name),
            Some(_) => Err(refuse("types in a list of column aliases are not supported")),
        })
        .collect()
}

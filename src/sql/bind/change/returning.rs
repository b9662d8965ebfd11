//! RETURNING.

use super::super::Binder;
use super::super::clause::Clause;
use crate::sql::bound::Item;
use crate::sql::error::SqlError;
use irispg_grammar::ast::SelectItem;

impl Binder<'_> {
    /// The list of RETURNING, over what the innermost scope can name.
    pub(super) fn returning(
        &mut self,
        list: Option<&Vec<SelectItem>>,
    ) -> Result<Vec<Item>, SqlError> {
        let Some(list) = list else { return Ok(Vec::new()) };
        let mut items = self.inside(Clause::Returning, |own| own.items(list))?;
        for index in 0..items.len() {
            self.decide_item(&mut items, index)?;
        }
        Ok(items)
    }
}

//! COMMENT ON.
//!
//! IRIS has no statement that keeps a comment. Migrations write them beside the definitions that
//! matter, so that they are taken with a notice, where what they speak of exists.

use super::view::commented;
use crate::sql::error::SqlError;
use crate::sql::statement::Action;
use crate::sql::translate::table::table_name;
use crate::sql::translate::{Translator, refuse};
use irispg_grammar::ast::{CommentObject, ObjectName};

impl Translator<'_> {
    pub(super) fn comment(
        &mut self,
        object: CommentObject,
        name: &ObjectName,
    ) -> Result<Action, SqlError> {
        let (table, column) = match object {
            CommentObject::Table | CommentObject::View => (name.clone(), None),
            CommentObject::Column => {
                let mut parts = name.0.clone();
                let column = parts.pop().filter(|_| !parts.is_empty());
                let column = column.as_ref().and_then(|part| part.as_ident()).cloned();
                let column = column
                    .ok_or_else(|| SqlError::new("42601", "column name must be qualified"))?;
                (ObjectName(parts), Some(column.value))
            }
            _ => return Err(refuse(format!("COMMENT ON {object} is not supported"))),
        };
        let table = table_name(&table)?;
        if self.options.columns.is_some() {
            commented(&table, column.as_deref(), self.columns_of(&table).as_deref())?;
        }
        let message = "InterSystems IRIS keeps no comments: this one is not stored".to_owned();
        self.remark("01000", message);
        Ok(Action::Nothing("COMMENT"))
    }
}

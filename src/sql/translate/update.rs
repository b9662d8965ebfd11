//! UPDATE and DELETE.

use super::insert::{columns, is_default};
use super::scope::{Scope, SourceKind};
use super::table::{alias_name, table_name};
use super::value::bare;
use super::{Translator, refuse};
use crate::sql::error::SqlError;
use crate::sql::statement::{Action, TableName, Verb};
use irispg_grammar::ast::{
    Assignment, AssignmentTarget, Delete, Expr, FromTable, TableFactor, TableWithJoins, Update,
    UpdateTableFromKind,
};

impl Translator<'_> {
    pub(super) fn update(&mut self, update: &Update) -> Result<Action, SqlError> {
        let Update {
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
        if returning.is_some() {
            return Err(refuse("RETURNING is not supported").hint("Select the rows by their keys."));
        }
        let foreign = output.is_some()
            || or.is_some()
            || !order_by.is_empty()
            || limit.is_some()
            || !optimizer_hints.is_empty();
        if foreign {
            return Err(refuse("this form of UPDATE is not supported"));
        }
        self.out.word("UPDATE");
        let target = self.target(table)?;
        let others = match from {
            None => None,
            Some(UpdateTableFromKind::AfterSet(others)) => {
                Some(self.matched(&target, others, selection.as_ref())?)
            }
            Some(UpdateTableFromKind::BeforeSet(_)) => {
                return Err(refuse("this form of UPDATE is not supported"));
            }
        };
        self.out.word("SET");
        self.no_aggregates = Some("UPDATE");
        let mut index = 0_usize;
        for assignment in assignments {
            for (column, value) in pairs(assignment)? {
                self.out.separate(index);
                index = index.saturating_add(1);
                self.out.name(column)?.word("=");
                let ty = self.column_types(&target, &[column], 1).into_iter().next().flatten();
                if is_default(value) {
                    return Err(refuse("SET column = DEFAULT is not supported"));
                }
                match &others {
                    None => self.assigned(value, ty)?,
                    Some(others) => self.fetched(others, value, ty)?,
                }
            }
        }
        match &others {
            None => self.condition_of(selection.as_ref())?,
            Some(others) => self.exists_match(others)?,
        }
        self.finish(Vec::new(), Verb::Update).map(Action::Iris)
    }

    pub(super) fn delete(&mut self, delete: &Delete) -> Result<Action, SqlError> {
        let Delete {
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
        if returning.is_some() {
            return Err(refuse("RETURNING is not supported").hint("Select the rows first."));
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
        self.out.word("DELETE FROM");
        let target = self.target(table)?;
        match using {
            None => self.condition_of(selection.as_ref())?,
            Some(others) => self.using(&target, others, selection.as_ref())?,
        }
        self.finish(Vec::new(), Verb::Delete).map(Action::Iris)
    }

    /// Prints the table that is changed and makes its columns known.
    fn target(&mut self, table: &TableWithJoins) -> Result<TableName, SqlError> {
        let TableFactor::Table { name, alias, args: None, sample: None, .. } = &table.relation
        else {
            return Err(refuse("changing anything but a table is not supported"));
        };
        if !table.joins.is_empty() {
            return Err(refuse("changing a join is not supported"));
        }
        let target = table_name(name)?;
        self.note(&target);
        self.print_table(&target)?;
        let alias = alias_name(alias.as_ref())?;
        if let Some(alias) = alias {
            self.out.word("AS").name(alias)?;
        }
        self.scopes.push(Scope::default());
        let alias = alias.unwrap_or(&target.name).to_owned();
        self.add_source(alias, SourceKind::Table(target.clone()));
        Ok(target)
    }

    fn condition_of(&mut self, selection: Option<&Expr>) -> Result<(), SqlError> {
        let Some(condition) = selection else { return Ok(()) };
        self.out.word("WHERE");
        self.no_aggregates = Some("WHERE");
        self.predicate(condition, "WHERE")
    }
}

/// Columns and their new values.
fn pairs(assignment: &Assignment) -> Result<Vec<(&str, &Expr)>, SqlError> {
    match &assignment.target {
        AssignmentTarget::ColumnName(name) => {
            let names = columns(std::slice::from_ref(name))?;
            Ok(names.into_iter().map(|name| (name, &assignment.value)).collect())
        }
        AssignmentTarget::Tuple(names) => {
            let names = columns(names)?;
            match bare(&assignment.value) {
                Expr::Tuple(values) if values.len() == names.len() => {
                    Ok(names.into_iter().zip(values).collect())
                }
                Expr::Tuple(_) => {
                    Err(SqlError::new("42601", "number of columns does not match number of values"))
                }
                _ => Err(refuse("this form of SET is not supported")),
            }
        }
    }
}

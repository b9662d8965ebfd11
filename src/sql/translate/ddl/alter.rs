//! ALTER TABLE.

use super::constraint;
use super::create::declared;
use crate::sql::error::SqlError;
use crate::sql::statement::{Action, TableName};
use crate::sql::translate::table::table_name;
use crate::sql::translate::{Translator, refuse};
use irispg_grammar::ast::{
    AlterColumnOperation, AlterTable, AlterTableOperation as Op, DropBehavior, RenameTableNameKind,
};

impl Translator<'_> {
    pub(super) fn alter_table(&mut self, alter: &AlterTable) -> Result<Action, SqlError> {
        let AlterTable {
            name,
            if_exists,
            only,
            operations,
            location,
            on_cluster,
            table_type,
            end_token: _,
        } = alter;
        let foreign = *if_exists
            || *only
            || location.is_some()
            || on_cluster.is_some()
            || table_type.is_some();
        let ([operation], false) = (operations.as_slice(), foreign) else {
            return Err(refuse("this form of ALTER TABLE is not supported")
                .hint("One change by one statement, without IF EXISTS and ONLY, is supported."));
        };
        let table = table_name(name)?;
        self.note(&table);
        self.out.word("ALTER TABLE");
        self.print_table(&table)?;
        self.operation_of(&table, operation)?;
        self.ended("ALTER TABLE")
    }

    fn operation_of(&mut self, table: &TableName, operation: &Op) -> Result<(), SqlError> {
        match operation {
            Op::AddColumn {
                column_keyword: _,
                if_not_exists: false,
                column_def,
                column_position: None,
            } => {
                let column = declared(&table.name, column_def)?;
                if !column.keys.is_empty() {
                    return Err(refuse("keys of an added column are not supported")
                        .hint("Add the column, then the constraint."));
                }
                if column.fills() {
                    // IRIS leaves the rows that are there NULL, PostgreSQL fills them.
                    return Err(refuse("adding a column with a default is not supported")
                        .hint("Declare it NOT NULL, or set the default later."));
                }
                self.out.word("ADD COLUMN");
                self.declare(&column)
            }
            Op::AddConstraint { constraint, not_valid: false } => {
                let key = constraint::read(&table.name, None, constraint)?;
                self.out.word("ADD");
                self.print_constraint(&key)
            }
            Op::DropConstraint { if_exists: false, name, drop_behavior: None } => {
                self.out.word("DROP CONSTRAINT").name(&name.value)?;
                Ok(())
            }
            Op::DropColumn {
                has_column_keyword: _,
                column_names,
                if_exists: false,
                drop_behavior: None | Some(DropBehavior::Restrict),
            } => {
                let [name] = column_names.as_slice() else {
                    return Err(refuse("dropping several columns is not supported"));
                };
                self.out.word("DROP COLUMN").name(&name.value)?;
                Ok(())
            }
            Op::RenameColumn { old_column_name, new_column_name } => {
                self.out.word("ALTER COLUMN").name(&old_column_name.value)?;
                self.out.word("RENAME").name(&new_column_name.value)?;
                Ok(())
            }
            Op::RenameTable { table_name: RenameTableNameKind::To(new) } => {
                let [part] = new.0.as_slice() else {
                    return Err(refuse("moving a table to another schema is not supported"));
                };
                let new = part.as_ident().map(|i| i.value.as_str()).unwrap_or_default();
                self.out.word("RENAME").name(new)?;
                Ok(())
            }
            Op::AlterColumn { column_name, op: AlterColumnOperation::SetNotNull } => {
                self.out.word("ALTER COLUMN").name(&column_name.value)?.word("NOT NULL");
                Ok(())
            }
            Op::AlterColumn { column_name, op: AlterColumnOperation::DropNotNull } => {
                self.out.word("ALTER COLUMN").name(&column_name.value)?.word("NULL");
                Ok(())
            }
            Op::AlterColumn { column_name, op: AlterColumnOperation::DropDefault } => {
                self.out.word("ALTER COLUMN").name(&column_name.value)?.word("DROP DEFAULT");
                Ok(())
            }
            _ => Err(refuse("this form of ALTER TABLE is not supported")),
        }
    }
}

//! ALTER TABLE.
//!
//! IRIS takes one change by one statement and undoes no definition, so that what becomes several
//! statements here must be such that the later ones cannot fail once the first one has not.

use super::constraint;
use super::create::Declared;
use super::known;
use crate::sql::error::SqlError;
use crate::sql::statement::{Action, Column, IrisStatement, TableName, Verb};
use crate::sql::translate::table::table_name;
use crate::sql::translate::types;
use crate::sql::translate::{Translator, refuse};
use irispg_grammar::ast::{
    AlterColumnOperation, AlterTable, AlterTableOperation as Op, DropBehavior, Expr, Ident,
    RenameTableNameKind, Value,
};

const TAG: &str = "ALTER TABLE";

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
        let foreign = *only || location.is_some() || on_cluster.is_some() || table_type.is_some();
        if foreign {
            return Err(refuse("this form of ALTER TABLE is not supported"));
        }
        let table = table_name(name)?;
        self.note(&table);
        if *if_exists && !self.exists(&table)? {
            self.skipped("relation", &table.name, "does not exist");
            return Ok(Action::Nothing(TAG));
        }
        let columns = self.columns_of(&table);
        if let Some(added) = added(operations) {
            return self.add_columns(&table, added, columns.as_deref());
        }
        let [operation] = operations.as_slice() else {
            return Err(refuse("several changes by one ALTER TABLE are not supported").hint(
                "IRIS cannot undo the first when the second fails: use one statement each.",
            ));
        };
        if self.skips(&table, operation, columns.as_deref()) {
            return Ok(Action::Nothing(TAG));
        }
        self.out.word("ALTER TABLE");
        self.print_table(&table)?;
        self.table_change(&table, operation, columns.as_deref())?;
        self.ended(TAG)
    }

    /// Whether IF EXISTS makes the change one that need not be made.
    fn skips(&mut self, table: &TableName, operation: &Op, columns: Option<&[Column]>) -> bool {
        let Op::DropColumn { column_names, if_exists: true, .. } = operation else { return false };
        let [name] = column_names.as_slice() else { return false };
        let missing = columns.is_some_and(|columns| known(columns, &name.value).is_none());
        if missing {
            let what = format!("column \"{}\" of relation \"{}\"", name.value, table.name);
            self.remark("00000", format!("{what} does not exist, skipping"));
        }
        missing
    }

    /// `ADD COLUMN`, once or several times.
    fn add_columns(
        &mut self,
        table: &TableName,
        added: Vec<Added<'_>>,
        columns: Option<&[Column]>,
    ) -> Result<Action, SqlError> {
        let mut new = Vec::with_capacity(added.len());
        for one in &added {
            let there = known(columns.unwrap_or_default(), &one.column.name.value).is_some();
            if one.if_not_exists {
                if columns.is_none() {
                    return Err(refuse("ADD COLUMN IF NOT EXISTS needs the table's columns"));
                }
                if there {
                    let name = &one.column.name.value;
                    let what = format!("column \"{name}\" of relation \"{}\"", table.name);
                    self.remark("42701", format!("{what} already exists, skipping"));
                    continue;
                }
            } else if there {
                let name = &one.column.name.value;
                let message =
                    format!("column \"{name}\" of relation \"{}\" already exists", table.name);
                return Err(SqlError::new("42701", message));
            }
            new.push(self.declared(&table.name, one.column)?);
        }
        for column in &new {
            addable(column)?;
        }
        if new.is_empty() {
            return Ok(Action::Nothing(TAG));
        }
        let mut keys: Vec<_> =
            new.iter_mut().flat_map(|column| std::mem::take(&mut column.keys)).collect();
        // IRIS fills the rows that are there only when the column is NOT NULL, PostgreSQL always:
        // such a column is added NOT NULL and freed afterwards, which IRIS has no reason to refuse.
        let freed: Vec<String> =
            new.iter_mut().filter_map(Declared::fill).map(str::to_owned).collect();
        self.out.word("ALTER TABLE");
        self.print_table(table)?;
        self.out.word(if new.len() == 1 { "ADD COLUMN" } else { "ADD" });
        if new.len() > 1 {
            self.out.open();
        }
        for (index, column) in new.iter().enumerate() {
            self.out.separate(index);
            self.declare(column)?;
        }
        if new.len() > 1 {
            self.out.close();
        }
        if freed.is_empty() && keys.is_empty() {
            return self.ended(TAG);
        }
        let mut all = vec![self.finish(Verb::Ddl(TAG))?];
        if !freed.is_empty() {
            self.rule("the rows that are there get the default, as a NOT NULL column's do");
        }
        for name in &freed {
            all.push(self.change(table, |own| {
                own.out.word("ALTER COLUMN").name(name)?.word("NULL");
                Ok(())
            })?);
        }
        for key in keys.drain(..) {
            all.push(self.change(table, |own| {
                own.out.word("ADD");
                own.print_constraint(&key)
            })?);
        }
        Ok(Action::Several(all))
    }

    /// One ALTER TABLE of several.
    fn change(
        &mut self,
        table: &TableName,
        print: impl FnOnce(&mut Self) -> Result<(), SqlError>,
    ) -> Result<IrisStatement, SqlError> {
        self.note(table);
        self.out.word("ALTER TABLE");
        self.print_table(table)?;
        print(self)?;
        self.finish(Verb::Ddl(TAG))
    }

    fn table_change(
        &mut self,
        table: &TableName,
        operation: &Op,
        columns: Option<&[Column]>,
    ) -> Result<(), SqlError> {
        match operation {
            Op::AddConstraint { constraint, not_valid: false } => {
                let key = constraint::read(&table.name, None, constraint)?;
                self.out.word("ADD");
                self.print_constraint(&key)
            }
            Op::AddConstraint { .. } => Err(refuse("NOT VALID constraints are not supported")
                .hint("IRIS checks the rows that are there at once.")),
            Op::DropConstraint { if_exists: false, name, drop_behavior } => {
                restricted(*drop_behavior)?;
                self.out.word("DROP CONSTRAINT").name(&name.value)?;
                Ok(())
            }
            Op::DropConstraint { .. } => Err(refuse("DROP CONSTRAINT IF EXISTS is not supported")),
            Op::DropColumn { has_column_keyword: _, column_names, if_exists, drop_behavior } => {
                restricted(*drop_behavior)?;
                let [name] = column_names.as_slice() else {
                    return Err(refuse("dropping several columns is not supported"));
                };
                if *if_exists && columns.is_none() {
                    return Err(refuse("DROP COLUMN IF EXISTS needs the table's columns"));
                }
                column(table, name, columns)?;
                self.out.word("DROP COLUMN").name(&name.value)?;
                Ok(())
            }
            Op::RenameColumn { old_column_name, new_column_name } => {
                if let Some(columns) = columns
                    && known(columns, &old_column_name.value).is_none()
                {
                    let message = format!("column \"{}\" does not exist", old_column_name.value);
                    return Err(SqlError::new("42703", message));
                }
                if known(columns.unwrap_or_default(), &new_column_name.value).is_some() {
                    let message = format!(
                        "column \"{}\" of relation \"{}\" already exists",
                        new_column_name.value, table.name
                    );
                    return Err(SqlError::new("42701", message));
                }
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
            Op::AlterColumn { column_name, op } => {
                let column = column(table, column_name, columns)?;
                self.alter_column(column_name, op, column)
            }
            Op::RenameConstraint { .. } => Err(refuse("RENAME CONSTRAINT is not supported")
                .hint("Drop the constraint and add it under its new name.")),
            Op::OwnerTo { .. } => Err(refuse("OWNER TO is not supported")
                .hint("Privileges in IRIS are granted, not owned.")),
            _ => Err(refuse("this form of ALTER TABLE is not supported")),
        }
    }

    fn alter_column(
        &mut self,
        name: &Ident,
        operation: &AlterColumnOperation,
        column: Option<&Column>,
    ) -> Result<(), SqlError> {
        use AlterColumnOperation as Change;
        self.out.word("ALTER COLUMN").name(&name.value)?;
        match operation {
            Change::SetNotNull => self.out.word("NOT NULL"),
            Change::DropNotNull => self.out.word("NULL"),
            Change::DropDefault => self.out.word("DROP DEFAULT"),
            Change::SetDefault { value } if is_null(value) => self.out.word("DROP DEFAULT"),
            Change::SetDefault { value } => {
                let column = column.ok_or_else(unknown)?;
                self.out.word("SET");
                return self.default(value, types::of_column(column.ty, column.typmod));
            }
            Change::SetDataType { data_type, using: None, had_set: _ } => {
                let column = column.ok_or_else(unknown)?;
                let old = types::of_column(column.ty, column.typmod);
                let new = types::spec(data_type)?;
                if new.serial || !types::widens(old, new) {
                    let message =
                        format!("changing a column's type to {data_type} is not supported");
                    return Err(refuse(message).hint(
                        "Only changes that keep every value as it is are supported: longer \
                         integers, longer texts, more digits.",
                    ));
                }
                return types::declare(&mut self.out, new);
            }
            Change::SetDataType { .. } => {
                return Err(refuse("ALTER COLUMN … TYPE … USING is not supported")
                    .hint("Add a column, fill it with UPDATE, and drop the old one."));
            }
            Change::AddGenerated { .. } => {
                return Err(refuse("making a column an identity column is not supported")
                    .hint("Declare it when the table is created."));
            }
        };
        Ok(())
    }
}

/// A column to be added.
struct Added<'t> {
    if_not_exists: bool,
    column: &'t irispg_grammar::ast::ColumnDef,
}

/// The columns, when every change is ADD COLUMN.
fn added(operations: &[Op]) -> Option<Vec<Added<'_>>> {
    operations
        .iter()
        .map(|operation| match operation {
            Op::AddColumn {
                column_keyword: _,
                if_not_exists,
                column_def,
                column_position: None,
            } => Some(Added { if_not_exists: *if_not_exists, column: column_def }),
            _ => None,
        })
        .collect()
}

/// Refuses columns whose addition could fail half way, or gives other values than PostgreSQL.
fn addable(column: &Declared<'_>) -> Result<(), SqlError> {
    if column.counts() {
        return Err(refuse("adding a counting column is not supported")
            .hint("PostgreSQL numbers the rows that are there; declare it with the table."));
    }
    if column.keys.iter().any(|key| key.primary || key.foreign.is_some()) {
        return Err(refuse("primary and foreign keys of an added column are not supported")
            .hint("Add the column, then the constraint."));
    }
    if !column.keys.is_empty() && column.has_default() {
        return Err(refuse("adding a unique column with a default is not supported")
            .hint("Add the column, then the constraint."));
    }
    Ok(())
}

/// What is known of a column; 42703 when the table has none of that name.
fn column<'c>(
    table: &TableName,
    name: &Ident,
    columns: Option<&'c [Column]>,
) -> Result<Option<&'c Column>, SqlError> {
    let Some(columns) = columns else { return Ok(None) };
    match known(columns, &name.value) {
        Some(column) => Ok(Some(column)),
        None => {
            let what = format!("column \"{}\" of relation \"{}\"", name.value, table.name);
            Err(SqlError::new("42703", format!("{what} does not exist")))
        }
    }
}

fn unknown() -> SqlError {
    refuse("this change needs the column's type, which is not known")
}

fn is_null(value: &Expr) -> bool {
    matches!(value, Expr::Value(value) if value.value == Value::Null)
}

/// CASCADE would drop what IRIS keeps.
fn restricted(behavior: Option<DropBehavior>) -> Result<(), SqlError> {
    match behavior {
        None | Some(DropBehavior::Restrict) => Ok(()),
        Some(DropBehavior::Cascade) => {
            Err(refuse("CASCADE is not supported here").hint("Drop first what depends on it."))
        }
    }
}

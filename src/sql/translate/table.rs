//! The names of tables.

use super::{Translator, refuse};
use crate::sql::error::SqlError;
use crate::sql::statement::TableName;
use irispg_grammar as grammar;
use irispg_grammar::ast::ObjectName;

/// PostgreSQL's schema of a session's own tables, and what IRIS calls it.
pub(super) const PUBLIC: (&str, &str) = ("public", "SQLUser");

/// A table's name as IRIS knows it.
pub(in crate::sql) fn table_name(name: &ObjectName) -> Result<TableName, SqlError> {
    let parts: Option<Vec<&str>> =
        name.0.iter().map(|part| part.as_ident().map(|ident| ident.value.as_str())).collect();
    // A byte offset, until `locate` has counted characters.
    let position = grammar::start_of_name(name).and_then(|at| u32::try_from(at).ok());
    match parts {
        Some(parts) => of_parts(&parts, position),
        None => Err(refuse("this table name is not supported")),
    }
}

/// The same of the parts of a name; `position` is a byte offset.
pub(super) fn of_parts(parts: &[&str], position: Option<u32>) -> Result<TableName, SqlError> {
    let (schema, table) = match parts {
        [table] => (None, *table),
        [schema, table] => (Some(*schema), *table),
        _ => {
            let message =
                format!("cross-database references are not implemented: {}", parts.join("."));
            return Err(refuse(message));
        }
    };
    match schema {
        Some("pg_temp") => Err(refuse("temporary tables are not supported")),
        Some("pg_catalog" | "information_schema" | "pg_toast") => Err(catalog(table)),
        None if table.starts_with("pg_") => Err(catalog(table)),
        Some(schema) => {
            let schema = if schema == PUBLIC.0 { PUBLIC.1 } else { schema };
            Ok(TableName { schema: Some(schema.to_owned()), name: table.to_owned(), position })
        }
        None => Ok(TableName { schema: None, name: table.to_owned(), position }),
    }
}

fn catalog(table: &str) -> SqlError {
    refuse(format!("system catalog \"{table}\" is not supported"))
}

impl Translator<'_> {
    /// Notes that the statement names a table.
    pub(super) fn note(&mut self, table: &TableName) {
        if !self.tables.contains(table) {
            self.tables.push(table.clone());
        }
    }

    /// Prints a table's name.
    pub(super) fn print_table(&mut self, table: &TableName) -> Result<(), SqlError> {
        if let Some(schema) = &table.schema {
            if schema == PUBLIC.1 {
                self.rule("the schema public is IRIS's SQLUser");
            }
            self.out.name(schema)?.dot();
        }
        self.out.name(&table.name)?;
        Ok(())
    }
}

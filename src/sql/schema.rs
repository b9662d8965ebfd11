//! A catalog from definitions in a file, for translating without a server.

use super::error::SqlError;
use super::statement::{Column, Columns, Dialect, Key, Options, TableName, Version};
use super::translate::{self, types};
use super::{lexer, split};
use crate::types::iris::{character_typmod, numeric_typmod};
use crate::types::pg::PgType;
use irispg_grammar::ast::{ColumnOption, Statement};
use std::collections::HashMap;
use std::rc::Rc;

/// Tables as CREATE TABLE statements define them.
#[derive(Debug, Default)]
pub struct Schema {
    tables: HashMap<(String, String), Table>,
}

#[derive(Debug)]
struct Table {
    columns: Rc<[Column]>,
    keys: Vec<Key>,
}

/// Schema and name in lower case, as IRIS compares them; the default schema by its own name.
fn key(table: &TableName) -> (String, String) {
    let schema = table.schema.as_deref().unwrap_or("SQLUser");
    (schema.to_lowercase(), table.name.to_lowercase())
}

impl Schema {
    /// Reads the CREATE TABLE statements of a text; other statements are passed over.
    ///
    /// # Errors
    ///
    /// What cannot be read, and column types that are not supported.
    pub fn read(text: &str) -> Result<Self, SqlError> {
        let options = Options {
            version: Version { major: u16::MAX, minor: 0 },
            dialect: Dialect::Postgres,
            utc: true,
            declared: &[],
            columns: None,
        };
        let mut tables = HashMap::new();
        for tokens in split::statements(lexer::lex(text)?.tokens) {
            let mut words = tokens.iter();
            let create = words.next().is_some_and(|token| token.kind.is_word("create"));
            if !create || !words.next().is_some_and(|token| token.kind.is_word("table")) {
                continue;
            }
            let tree = translate::read(text, &tokens, &options)
                .map_err(|refused| refused.located(text))?;
            if let Statement::CreateTable(create) = tree {
                let columns =
                    create.columns.iter().map(column).collect::<Result<Rc<[Column]>, _>>()?;
                let table = Table { columns, keys: translate::keys(&create)? };
                tables.insert(key(&translate::table_name(&create.name)?), table);
            }
        }
        Ok(Self { tables })
    }
}

impl Columns for Schema {
    fn columns(&self, table: &TableName) -> Option<Rc<[Column]>> {
        self.tables.get(&key(table)).map(|table| Rc::clone(&table.columns))
    }

    fn keys(&self, table: &TableName) -> Vec<Key> {
        self.tables.get(&key(table)).map(|table| table.keys.clone()).unwrap_or_default()
    }
}

fn column(written: &irispg_grammar::ast::ColumnDef) -> Result<Column, SqlError> {
    let spec = types::spec(&written.data_type)?;
    let required = written
        .options
        .iter()
        .any(|option| matches!(option.option, ColumnOption::NotNull | ColumnOption::PrimaryKey(_)));
    let typmod = match (spec.ty, spec.digits) {
        (PgType::Numeric, Some((precision, scale))) => {
            let digits = i64::try_from(precision).ok().zip(i64::try_from(scale).ok());
            digits.map_or(-1, |(precision, scale)| numeric_typmod(precision, scale))
        }
        (PgType::Varchar | PgType::Bpchar, _) => character_typmod(spec.length),
        (PgType::Timestamp | PgType::Timestamptz, _) => {
            spec.length.and_then(|digits| i32::try_from(digits).ok()).unwrap_or(-1)
        }
        _ => -1,
    };
    let filled = written.options.iter().any(|option| {
        matches!(option.option, ColumnOption::Default(_) | ColumnOption::Generated { .. })
    });
    Ok(Column {
        name: written.name.value.clone(),
        ty: spec.ty,
        typmod,
        nullable: !required && !spec.serial,
        filled: filled || spec.serial,
        counted: spec.serial,
    })
}

//! CREATE, ALTER, DROP and TRUNCATE.

mod alter;
mod comment;
mod constraint;
mod create;
mod created_as;
mod drop;
mod view;

use super::table::{PUBLIC, table_name};
use super::{Translator, refuse};
use crate::sql::error::SqlError;
use crate::sql::lexer::Token;
use crate::sql::statement::{Action, Column, Key, Notice, TableName, Verb, Version};
use constraint::Constraint;
pub(in crate::sql) use created_as::{made, read as created_as};
use irispg_grammar::ast::{
    CreateIndex, CreateTable, Expr, IndexColumn, IndexType, ObjectName, OrderBySort, SchemaName,
    Statement, Truncate, TruncateIdentityOption,
};
use std::rc::Rc;

/// The first release that surely takes IF EXISTS and IF NOT EXISTS on tables. UNVERIFIED(iris): the
/// sources put it between 2021.2 and 2023.1.
const IF_EXISTS_SINCE: Version = Version { major: 2023, minor: 1 };

/// `CREATE TABLE name` and no more.
fn is_bare(tokens: &[Token]) -> bool {
    let word = |token: Option<&Token>, word: &str| token.is_some_and(|own| own.kind.is_word(word));
    word(tokens.first(), "create") && word(tokens.get(1), "table") && tokens.len() == 3
}

impl Translator<'_> {
    pub(super) fn ddl(&mut self, tree: &Statement, tokens: &[Token]) -> Result<Action, SqlError> {
        match tree {
            Statement::CreateTable(create)
                if create.columns.is_empty() && create.query.is_none() && is_bare(tokens) =>
            {
                Err(SqlError::syntax_end(tokens.last().map_or(0, |token| token.end)))
            }
            Statement::CreateTable(create) => self.create_table(create),
            Statement::CreateIndex(create) => self.create_index(create),
            Statement::CreateSchema {
                schema_name: SchemaName::Simple(name),
                or_replace: false,
                if_not_exists,
                with: None,
                options: None,
                default_collate_spec: None,
                clone: None,
            } => {
                self.out.word("CREATE SCHEMA");
                if *if_not_exists && self.options.version < IF_EXISTS_SINCE {
                    return Err(refuse("IF NOT EXISTS is not supported by this release of IRIS"));
                }
                if *if_not_exists {
                    self.out.word("IF NOT EXISTS");
                }
                self.schema(name)?;
                self.ended("CREATE SCHEMA")
            }
            Statement::CreateView(create) => self.create_view(create, tokens),
            Statement::Comment { object_type, object_name, comment: _, if_exists: false } => {
                self.comment(*object_type, object_name)
            }
            Statement::AlterTable(alter) => self.alter_table(alter),
            Statement::Truncate(truncate) => self.truncate(truncate),
            Statement::Drop {
                object_type,
                if_exists,
                names,
                cascade,
                restrict,
                purge: false,
                temporary: false,
                table: None,
            } => {
                let behaviour = drop::Behaviour { cascade: *cascade, restrict: *restrict };
                self.drop(*object_type, *if_exists, names, behaviour)
            }
            _ => Err(refuse("this statement is not supported")),
        }
    }

    /// The columns of a table, if the catalog can be asked and has it.
    fn columns_of(&self, table: &TableName) -> Option<Rc<[Column]>> {
        self.options.columns.and_then(|catalog| catalog.columns(table))
    }

    /// Whether a table or view exists.
    fn exists(&self, table: &TableName) -> Result<bool, SqlError> {
        let catalog = self.options.columns.ok_or_else(|| refuse("the catalog is not known"))?;
        Ok(catalog.columns(table).is_some())
    }

    /// A notice that is sent before the statement runs.
    fn remark(&mut self, sqlstate: &'static str, message: String) {
        self.notices.push(Notice { sqlstate, message });
    }

    /// PostgreSQL's notice of something that is left out.
    fn skipped(&mut self, kind: &str, name: &str, why: &str) {
        self.remark("00000", format!("{kind} \"{name}\" {why}, skipping"));
    }

    /// Ends a DDL statement.
    fn ended(&mut self, tag: &'static str) -> Result<Action, SqlError> {
        self.finish(Verb::Ddl(tag)).map(Action::Iris)
    }

    fn schema(&mut self, name: &ObjectName) -> Result<(), SqlError> {
        let [part] = name.0.as_slice() else {
            return Err(refuse("qualified names of schemas are not supported"));
        };
        let name = part.as_ident().map(|ident| ident.value.as_str()).unwrap_or_default();
        self.out.name(if name == "public" { "SQLUser" } else { name })?;
        Ok(())
    }

    /// The tables in an order in which each comes after those that reference it; `None` where some
    /// reference each other.
    fn referencing_first(&self, mut tables: Vec<TableName>) -> Option<Vec<TableName>> {
        let Some(catalog) = self.options.columns else { return Some(tables) };
        let mut ordered: Vec<TableName> = Vec::with_capacity(tables.len());
        while !tables.is_empty() {
            let free = tables.iter().position(|table| {
                let pointing = catalog.referencing(table);
                !pointing.iter().any(|other| {
                    !same_table(other, table) && tables.iter().any(|one| same_table(one, other))
                })
            })?;
            ordered.push(tables.remove(free));
        }
        Some(ordered)
    }

    /// One of the tables, and a table that references it and is not among them.
    fn referenced<'t>(&self, tables: &'t [TableName]) -> Option<(&'t TableName, TableName)> {
        let catalog = self.options.columns?;
        tables.iter().find_map(|table| {
            let pointing = catalog.referencing(table);
            let outside = |other: &TableName| !tables.iter().any(|one| same_table(one, other));
            pointing.into_iter().find(outside).map(|other| (table, other))
        })
    }

    /// PostgreSQL refuses to truncate a table that others reference unless they are truncated with
    /// it; IRIS would carry out their ON DELETE actions.
    fn truncated(&self, tables: Vec<TableName>) -> Result<Vec<TableName>, SqlError> {
        let Some(tables) = self.referencing_first(tables) else {
            return Err(refuse("TRUNCATE of tables that reference each other is not supported"));
        };
        let Some((table, other)) = self.referenced(&tables) else { return Ok(tables) };
        Err(SqlError::new(
            "0A000",
            "cannot truncate a table referenced in a foreign key constraint",
        )
        .detail(format!("Table \"{}\" references \"{}\".", other.name, table.name))
        .hint(format!(
            "Truncate table \"{}\" at the same time, or use TRUNCATE ... CASCADE.",
            other.name
        )))
    }

    /// IRIS's TRUNCATE starts counters anew, PostgreSQL's only when told to: without RESTART
    /// IDENTITY all rows are deleted instead.
    fn truncate(&mut self, truncate: &Truncate) -> Result<Action, SqlError> {
        let Truncate {
            table_names,
            partitions,
            table: _,
            if_exists,
            identity,
            cascade,
            on_cluster,
        } = truncate;
        let only = table_names.iter().any(|target| target.only || target.has_asterisk);
        if partitions.is_some() || *if_exists || cascade.is_some() || on_cluster.is_some() || only {
            return Err(refuse("options of TRUNCATE are not supported"));
        }
        let restart = *identity == Some(TruncateIdentityOption::Restart);
        let mut tables = Vec::with_capacity(table_names.len());
        for target in table_names {
            let table = table_name(&target.name)?;
            if self.options.columns.is_some() && !self.exists(&table)? {
                let message = format!("relation \"{}\" does not exist", table.name);
                return Err(SqlError::new("42P01", message));
            }
            tables.push(table);
        }
        let tables = self.truncated(tables)?;
        self.each(&tables, |own, table| {
            let verb = if restart {
                own.out.word("TRUNCATE TABLE");
                Verb::Ddl("TRUNCATE TABLE")
            } else {
                own.rule("rows are deleted, as IRIS's TRUNCATE starts counters anew");
                own.out.word("DELETE FROM");
                Verb::Other("TRUNCATE TABLE")
            };
            own.print_table(table)?;
            own.finish(verb)
        })
    }

    fn create_index(&mut self, create: &CreateIndex) -> Result<Action, SqlError> {
        let CreateIndex {
            name,
            table_name: on,
            using,
            columns,
            unique,
            concurrently,
            r#async,
            if_not_exists,
            include,
            nulls_distinct,
            with,
            predicate,
            index_options,
            alter_options,
        } = create;
        if *if_not_exists {
            return Err(refuse("CREATE INDEX IF NOT EXISTS is not supported"));
        }
        let foreign = *concurrently
            || *r#async
            || !include.is_empty()
            || *nulls_distinct == Some(false)
            || !with.is_empty()
            || predicate.is_some()
            || !index_options.is_empty()
            || !alter_options.is_empty()
            || !matches!(using, None | Some(IndexType::BTree));
        if foreign {
            return Err(refuse("this form of CREATE INDEX is not supported")
                .hint("Plain and unique indexes over columns are supported."));
        }
        let table = table_name(on)?;
        self.note(&table);
        let columns: Vec<&str> = columns.iter().map(index_column).collect::<Result<_, _>>()?;
        if let Some(there) = self.columns_of(&table)
            && let Some(missing) = columns.iter().find(|name| known(&there, name).is_none())
        {
            return Err(SqlError::new("42703", format!("column \"{missing}\" does not exist")));
        }
        let name = match name.as_ref().map(|name| name.0.as_slice()) {
            None => constraint::generated(&table.name, &columns, "idx"),
            Some([part]) => part.as_ident().map(|i| i.value.clone()).unwrap_or_default(),
            Some(_) => return Err(refuse("qualified names of indexes are not supported")),
        };
        self.out.word(if *unique { "CREATE UNIQUE INDEX" } else { "CREATE INDEX" }).name(&name)?;
        self.out.word("ON TABLE");
        self.print_table(&table)?;
        self.column_list(&columns)?;
        self.ended("CREATE INDEX")
    }

    /// `(a, b)`
    fn column_list<S: AsRef<str>>(&mut self, columns: &[S]) -> Result<(), SqlError> {
        self.out.open();
        for (index, column) in columns.iter().enumerate() {
            self.out.separate(index);
            self.out.name(column.as_ref())?;
        }
        self.out.close();
        Ok(())
    }

    /// Prints a constraint of a table.
    fn print_constraint(&mut self, constraint: &Constraint) -> Result<(), SqlError> {
        self.rule("keys are constraints of the table under PostgreSQL's names");
        self.out.word("CONSTRAINT").name(&constraint.name)?;
        match &constraint.foreign {
            None => {
                self.out.word(if constraint.primary { "PRIMARY KEY" } else { "UNIQUE" });
                self.column_list(&constraint.columns)
            }
            Some(foreign) => {
                self.out.word("FOREIGN KEY");
                self.column_list(&constraint.columns)?;
                self.out.word("REFERENCES");
                self.note(&foreign.table);
                self.print_table(&foreign.table)?;
                if !foreign.columns.is_empty() {
                    self.column_list(&foreign.columns)?;
                }
                if let Some(action) = foreign.on_delete {
                    self.out.word("ON DELETE").word(action);
                }
                if let Some(action) = foreign.on_update {
                    self.out.word("ON UPDATE").word(action);
                }
                Ok(())
            }
        }
    }
}

/// The columns of each primary key and unique constraint that CREATE TABLE declares.
pub(in crate::sql) fn keys(create: &CreateTable) -> Result<Vec<Key>, SqlError> {
    let mut all = Vec::new();
    let table = table_name(&create.name)?.name;
    for column in &create.columns {
        all.append(&mut create::declared(&table, column)?.keys);
    }
    for written in &create.constraints {
        all.push(constraint::read(&table, None, written)?);
    }
    let unique = all.into_iter().filter(|key| key.foreign.is_none());
    let key = |key: constraint::Constraint| Key {
        name: key.name,
        columns: key.columns,
        primary: key.primary,
    };
    Ok(unique.map(key).collect())
}

/// A column of an index or key; the order of an index decides no answer.
fn index_column(column: &IndexColumn) -> Result<&str, SqlError> {
    let plain = column.operator_class.is_none()
        && column.column.with_fill.is_none()
        && column.column.options.nulls_first.is_none()
        && matches!(column.column.options.sort, None | Some(OrderBySort::Asc | OrderBySort::Desc));
    match &column.column.expr {
        Expr::Identifier(name) if plain => Ok(&name.value),
        _ => Err(refuse("indexes and keys are supported over plain columns only")),
    }
}

/// A column among others; IRIS compares names without case.
fn known<'c>(columns: &'c [Column], name: &str) -> Option<&'c Column> {
    columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))
}

/// Whether two names, as IRIS compares them, are of one table.
fn same_table(a: &TableName, b: &TableName) -> bool {
    let schema = |table: &TableName| table.schema.clone().unwrap_or_else(|| PUBLIC.1.to_owned());
    a.name.eq_ignore_ascii_case(&b.name) && schema(a).eq_ignore_ascii_case(&schema(b))
}

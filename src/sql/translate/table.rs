//! FROM: tables, queries in their place, and joins.

use super::output::named;
use super::scope::{Source, SourceKind};
use super::{Translator, refuse, values};
use crate::sql::error::SqlError;
use crate::sql::statement::TableName;
use irispg_grammar as grammar;
use irispg_grammar::ast::{
    Join, JoinConstraint, JoinOperator, ObjectName, Query, TableAlias, TableFactor, TableWithJoins,
};
use std::rc::Rc;

/// PostgreSQL's schema of a session's own tables, and what IRIS calls it.
pub(super) const PUBLIC: (&str, &str) = ("public", "SQLUser");

/// A table's name as IRIS knows it.
pub(in crate::sql) fn table_name(name: &ObjectName) -> Result<TableName, SqlError> {
    let parts: Option<Vec<&str>> =
        name.0.iter().map(|part| part.as_ident().map(|ident| ident.value.as_str())).collect();
    let (schema, table) = match parts.as_deref() {
        Some([table]) => (None, *table),
        Some([schema, table]) => (Some(*schema), *table),
        Some(_) => {
            let shown = name.to_string();
            let message = format!("cross-database references are not implemented: {shown}");
            return Err(refuse(message));
        }
        None => return Err(refuse("this table name is not supported")),
    };
    // A byte offset, until `locate` has counted characters.
    let position = grammar::start_of_name(name).and_then(|at| u32::try_from(at).ok());
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

    /// Prints what stands behind FROM, and fills the innermost scope with it.
    pub(super) fn from(&mut self, tables: &[TableWithJoins]) -> Result<(), SqlError> {
        for (index, table) in tables.iter().enumerate() {
            self.out.separate(index);
            self.joined(table)?;
        }
        Ok(())
    }

    fn joined(&mut self, table: &TableWithJoins) -> Result<(), SqlError> {
        self.factor(&table.relation)?;
        for join in &table.joins {
            self.join(join)?;
        }
        Ok(())
    }

    fn join(&mut self, join: &Join) -> Result<(), SqlError> {
        use JoinOperator as J;
        let (word, constraint, outer) = match &join.join_operator {
            J::Join(constraint) | J::Inner(constraint) => ("INNER JOIN", constraint, false),
            J::Left(constraint) | J::LeftOuter(constraint) => ("LEFT JOIN", constraint, true),
            J::Right(constraint) | J::RightOuter(constraint) => ("RIGHT JOIN", constraint, true),
            J::FullOuter(constraint) => ("FULL JOIN", constraint, true),
            J::CrossJoin(constraint) => ("CROSS JOIN", constraint, false),
            _ => return Err(refuse("this kind of join is not supported")),
        };
        if join.global {
            return Err(refuse("this kind of join is not supported"));
        }
        if outer && let Some(scope) = self.scopes.last_mut() {
            scope.outer = true;
        }
        self.out.word(word);
        self.factor(&join.relation)?;
        let cross = matches!(join.join_operator, J::CrossJoin(_));
        match constraint {
            JoinConstraint::None if cross => Ok(()),
            JoinConstraint::On(condition) if !cross => {
                self.out.word("ON");
                let before = self.no_aggregates.replace("JOIN conditions");
                self.predicate(condition, "JOIN/ON")?;
                self.no_aggregates = before;
                Ok(())
            }
            JoinConstraint::Using(columns) if !cross => {
                self.out.word("USING").open();
                for (index, column) in columns.iter().enumerate() {
                    self.out.separate(index);
                    let [part] = column.0.as_slice() else {
                        return Err(refuse("qualified names in USING are not supported"));
                    };
                    let name = part.as_ident().map(|i| i.value.as_str()).unwrap_or_default();
                    self.out.name(name)?;
                }
                self.out.close();
                Ok(())
            }
            JoinConstraint::Natural => {
                Err(refuse("NATURAL JOIN is not supported")
                    .hint("Name the columns with USING or ON."))
            }
            _ => Err(SqlError::new("42601", "a join needs a condition")),
        }
    }

    fn factor(&mut self, factor: &TableFactor) -> Result<(), SqlError> {
        self.enter()?;
        match factor {
            TableFactor::Table {
                name,
                alias,
                args: None,
                with_hints,
                version: None,
                with_ordinality: false,
                partitions,
                json_path: None,
                sample: None,
                index_hints,
            } if with_hints.is_empty() && partitions.is_empty() && index_hints.is_empty() => {
                self.table(name, alias.as_ref())?;
            }
            TableFactor::Derived { lateral: false, subquery, alias, sample: None } => {
                let ctes = self.ctes.len();
                match alias {
                    Some(alias) if !alias.columns.is_empty() && alias.at.is_none() => {
                        let query = values::renamed(subquery, alias)?;
                        self.derived(&query, Some(&alias.name.value), ctes)?;
                    }
                    _ => self.derived(subquery, alias_name(alias.as_ref())?, ctes)?,
                }
            }
            TableFactor::NestedJoin { table_with_joins, alias: None } => {
                self.out.open();
                self.joined(table_with_joins)?;
                self.out.close();
            }
            TableFactor::Derived { lateral: true, .. } | TableFactor::Function { .. } => {
                return Err(refuse("LATERAL is not supported"));
            }
            TableFactor::Table { args: Some(_), .. } | TableFactor::UNNEST { .. } => {
                return Err(refuse("functions in FROM are not supported"));
            }
            _ => return Err(refuse("this item of FROM is not supported")),
        }
        self.leave();
        Ok(())
    }

    fn table(&mut self, name: &ObjectName, alias: Option<&TableAlias>) -> Result<(), SqlError> {
        let alias = alias_name(alias)?;
        if let [part] = name.0.as_slice()
            && let Some(ident) = part.as_ident()
            && let Some(at) = self.ctes.iter().rposition(|(cte, _)| *cte == ident.value)
            && let Some((_, query)) = self.ctes.get(at)
        {
            let query = Rc::clone(query);
            self.rule("a WITH query is written out where it is named");
            let alias = alias.unwrap_or(&ident.value).to_owned();
            return self.derived(&query, Some(&alias), at);
        }
        let table = table_name(name)?;
        self.note(&table);
        self.print_table(&table)?;
        if let Some(alias) = alias {
            self.out.word("AS").name(alias)?;
        }
        let alias = alias.unwrap_or(&table.name).to_owned();
        self.add_source(alias, SourceKind::Table(table));
        Ok(())
    }

    /// A query in the place of a table, which sees the first `ctes` WITH queries.
    fn derived(&mut self, query: &Query, alias: Option<&str>, ctes: usize) -> Result<(), SqlError> {
        self.out.open();
        // Neither a query in FROM nor a WITH query sees the tables beside it.
        let scopes = std::mem::take(&mut self.scopes);
        let hidden = self.ctes.split_off(ctes);
        let before = self.no_aggregates.take();
        let columns = self.query(query, super::query::Role::Derived)?;
        self.no_aggregates = before;
        self.ctes.extend(hidden);
        self.scopes = scopes;
        self.out.close().word("AS");
        let alias = match alias {
            Some(alias) => alias.to_owned(),
            None => self.fresh(),
        };
        self.out.name(&alias)?;
        self.add_source(alias, SourceKind::Query(named(&columns)));
        Ok(())
    }

    /// A name for a query that has none.
    pub(super) fn fresh(&mut self) -> String {
        self.derived = self.derived.saturating_add(1);
        format!("irispg_q{}", self.derived)
    }

    pub(super) fn add_source(&mut self, alias: String, kind: SourceKind) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.sources.push(Source { alias, kind });
        }
    }
}

/// An alias without a column list, which IRIS does not have.
pub(super) fn alias_name(alias: Option<&TableAlias>) -> Result<Option<&str>, SqlError> {
    match alias {
        None => Ok(None),
        Some(TableAlias { explicit: _, name, columns, at: None }) if columns.is_empty() => {
            Ok(Some(&name.value))
        }
        Some(_) => Err(refuse("column aliases of a table are not supported")
            .hint("Name the columns inside the subquery.")),
    }
}

//! INSERT, UPDATE, DELETE, TRUNCATE (iris-sql §1.3).

use super::super::api::SqlFailure;
use super::super::ast::{Assigned, Delete, Insert, Place, Source, Statement, Update};
use super::Parser;

/// Options after the verb. Each %NOxxx needs a privilege, which the owner of a table has (iris-sql
/// §1.3).
const OPTIONS: [&str; 8] = [
    "%NOCHECK",
    "%NOFPLAN",
    "%NOINDEX",
    "%NOJOURN",
    "%NOLOCK",
    "%NOTRIGGER",
    "%PROFILE",
    "%PROFILE_ALL",
];

impl Parser {
    fn options(&mut self) {
        while OPTIONS.iter().any(|option| self.word(option)) {}
    }

    pub(super) fn insert(&mut self) -> Result<Statement, SqlFailure> {
        self.need_word("INSERT")?;
        self.options();
        self.word("INTO");
        let table = self.table_name()?;
        let mut columns = None;
        if self.is_symbol("(") && !self.opens_query(0) {
            columns = Some(self.list(Self::placed_column)?);
        }
        if self.words(&["DEFAULT", "VALUES"]) {
            return Ok(Statement::Insert(Insert { table, columns, source: Source::Defaults }));
        }
        if columns.is_none() && self.word("SET") {
            let sets = self.assignments()?;
            let names = sets.iter().map(|(name, at, _)| (name.clone(), *at)).collect();
            let values = sets.into_iter().map(|(_, _, value)| value).collect();
            let source = Source::Values(values);
            return Ok(Statement::Insert(Insert { table, columns: Some(names), source }));
        }
        let source = if self.word("VALUES") {
            // One row only; a second row is input after the end (iris-sql §1.3).
            Source::Values(self.list(Self::assigned)?)
        } else if self.is_word("SELECT") || self.opens_query(0) {
            Source::Query(Box::new(self.query(false)?))
        } else {
            return Err(self.expected("VALUES"));
        };
        Ok(Statement::Insert(Insert { table, columns, source }))
    }

    fn placed_column(&mut self) -> Result<(String, Place), SqlFailure> {
        let at = self.at;
        if self.word("%ID") {
            return Ok(("%ID".to_owned(), at));
        }
        Ok((self.identifier()?, at))
    }

    fn assigned(&mut self) -> Result<Assigned, SqlFailure> {
        if self.opens_query(0) {
            // iris-sql §1.3: a subquery inside VALUES is −144.
            let text = "A subquery is not allowed in an insert statement's set/values clause";
            return Err(self.error(-144, text));
        }
        if self.word("DEFAULT") {
            return Ok(Assigned::Default);
        }
        self.value().map(Assigned::Value)
    }

    fn assignments(&mut self) -> Result<Vec<(String, Place, Assigned)>, SqlFailure> {
        let mut out = Vec::new();
        loop {
            let (mut name, mut at) = self.placed_column()?;
            if self.symbol(".") {
                (name, at) = self.placed_column()?;
            }
            self.need_symbol("=")?;
            let value = if self.word("DEFAULT") {
                Assigned::Default
            } else {
                Assigned::Value(self.value()?)
            };
            out.push((name, at, value));
            if !self.symbol(",") {
                return Ok(out);
            }
        }
    }

    /// `SET c = expr` or `(cols) VALUES (…)`: −62 for too few values, −116 for too many (iris-sql
    /// §1.3).
    pub(super) fn update(&mut self) -> Result<Statement, SqlFailure> {
        self.need_word("UPDATE")?;
        self.options();
        let table = self.table_name()?;
        let alias =
            if self.word("AS") || self.at_plain_alias() { Some(self.identifier()?) } else { None };
        let sets = if self.is_symbol("(") {
            let names = self.list(Self::placed_column)?;
            self.need_word("VALUES")?;
            let values = self.list(Self::assigned)?;
            if values.len() < names.len() {
                return Err(self.error(-62, "Additional new values expected for INSERT/UPDATE"));
            }
            if values.len() > names.len() {
                return Err(self.error(-116, super::super::sqlcode::text(-116).unwrap_or("")));
            }
            names.into_iter().zip(values).map(|((name, at), value)| (name, at, value)).collect()
        } else {
            self.need_word("SET")?;
            self.assignments()?
        };
        let filter = if self.word("WHERE") { Some(self.condition()?) } else { None };
        Ok(Statement::Update(Update { table, alias, sets, filter }))
    }

    pub(super) fn delete(&mut self) -> Result<Statement, SqlFailure> {
        self.need_word("DELETE")?;
        self.options();
        self.word("FROM");
        let table = self.table_name()?;
        let alias =
            if self.word("AS") || self.at_plain_alias() { Some(self.identifier()?) } else { None };
        let filter = if self.word("WHERE") { Some(self.condition()?) } else { None };
        Ok(Statement::Delete(Delete { table, alias, filter }))
    }

    pub(super) fn truncate(&mut self) -> Result<Statement, SqlFailure> {
        self.need_word("TRUNCATE")?;
        self.need_word("TABLE")?;
        self.options();
        Ok(Statement::Truncate(self.table_name()?))
    }
}

//! INSERT, UPDATE, DELETE, TRUNCATE (iris-sql §1.3).

use super::super::api::SqlFailure;
use super::super::ast::{
    Delete, Expr, From, Hint, Insert, Options, Place, Source, Statement, Update, When,
};
use super::super::sqlcode;
use super::Parser;

/// Keywords after the verb (iris-sql §1.3). Each %NOxxx needs a privilege, which the owner of a
/// table has.
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

/// A column that gets a value.
type Assignment = (String, Place, Expr);

impl Parser {
    fn options(&mut self) -> Options {
        let mut options = Options::default();
        while let Some(found) = OPTIONS.iter().find(|option| self.word(option)) {
            options.no_check |= *found == "%NOCHECK";
            options.no_lock |= *found == "%NOLOCK";
        }
        options
    }

    pub(super) fn insert(&mut self) -> Result<Statement, SqlFailure> {
        self.need_word("INSERT")?;
        let or_update = self.words(&["OR", "UPDATE"]);
        let options = self.options();
        self.word("INTO");
        let table = self.table_name()?;
        let mut columns = None;
        if self.is_symbol("(") && !self.opens_query(0) {
            columns = Some(self.list(Self::placed_column)?);
        }
        let source = if columns.is_none() && self.words(&["DEFAULT", "VALUES"]) {
            Source::Defaults
        } else if columns.is_none() && self.word("SET") {
            let sets = self.assignments(true)?;
            columns = Some(sets.iter().map(|(name, at, _)| (name.clone(), *at)).collect());
            Source::Values(sets.into_iter().map(|(_, _, value)| value).collect())
        } else if self.word("VALUES") {
            // One row only; a second row is input after the end (iris-sql §1.3).
            Source::Values(self.list(Self::inserted)?)
        } else if self.is_word("SELECT") || self.opens_query(0) {
            Source::Query(Box::new(self.query(false)?))
        } else {
            return Err(self.expected("VALUES"));
        };
        Ok(Statement::Insert(Insert { table, columns, source, or_update, options }))
    }

    fn placed_column(&mut self) -> Result<(String, Place), SqlFailure> {
        let at = self.at;
        if self.word("%ID") {
            return Ok(("%ID".to_owned(), at));
        }
        let name = self.identifier()?;
        if self.is_symbol("->") {
            // A field behind a reference is read, not filed (iris-sql Appendix A).
            return Err(self.error(-21, sqlcode::text(-21).unwrap_or_default()));
        }
        Ok((name, at))
    }

    /// A value of INSERT; a subquery in it is −144 (iris-sql §1.3). There is no keyword DEFAULT.
    fn inserted(&mut self) -> Result<Expr, SqlFailure> {
        let begin = self.at;
        let value = match self.opens_query(0) {
            true => None,
            false => Some(self.value()?),
        };
        match value {
            Some(value) if !has_query(&value) => Ok(value),
            _ => {
                self.at = begin;
                Err(self.error(-144, sqlcode::text(-144).unwrap_or_default()))
            }
        }
    }

    /// `column = value, …`.
    fn assignments(&mut self, insert: bool) -> Result<Vec<Assignment>, SqlFailure> {
        let mut out = Vec::new();
        loop {
            let (name, at) = self.placed_column()?;
            self.need_symbol("=")?;
            let value = if insert { self.inserted()? } else { self.value()? };
            out.push((name, at, value));
            if !self.symbol(",") {
                return Ok(out);
            }
        }
    }

    pub(super) fn update(&mut self) -> Result<Statement, SqlFailure> {
        self.need_word("UPDATE")?;
        let options = self.options();
        let table = self.table_name()?;
        let alias = self.target_alias()?;
        let sets = if self.is_symbol("(") {
            let names = self.list(Self::placed_column)?;
            self.need_word("VALUES")?;
            let values = self.list(Self::value)?;
            // iris-sql §1.3: fewer values −62, more −116.
            if values.len() != names.len() {
                let code = if values.len() < names.len() { -62 } else { -116 };
                return Err(self.error(code, sqlcode::text(code).unwrap_or_default()));
            }
            names.into_iter().zip(values).map(|((name, at), value)| (name, at, value)).collect()
        } else {
            self.need_word("SET")?;
            self.assignments(false)?
        };
        let from = self.further_sources()?;
        let filter = self.filter()?;
        Ok(Statement::Update(Update { table, alias, sets, from, filter, options }))
    }

    pub(super) fn delete(&mut self) -> Result<Statement, SqlFailure> {
        self.need_word("DELETE")?;
        let options = self.options();
        self.word("FROM");
        let table = self.table_name()?;
        let alias = self.target_alias()?;
        let from = self.further_sources()?;
        let filter = self.filter()?;
        Ok(Statement::Delete(Delete { table, alias, from, filter, options }))
    }

    fn target_alias(&mut self) -> Result<Option<String>, SqlFailure> {
        let named = self.word("AS") || self.at_plain_alias();
        named.then(|| self.identifier()).transpose()
    }

    /// The FROM of UPDATE and DELETE, with its hints (iris-sql §1.3).
    fn further_sources(&mut self) -> Result<(Vec<Hint>, Vec<From>), SqlFailure> {
        if self.word("FROM") { self.sources() } else { Ok((Vec::new(), Vec::new())) }
    }

    fn filter(&mut self) -> Result<Option<super::super::ast::Cond>, SqlFailure> {
        if !self.word("WHERE") {
            return Ok(None);
        }
        if self.is_word("CURRENT") && self.is_word_at(1, "OF") {
            // Cursors exist in Embedded SQL only (iris-sql §1.3). UNVERIFIED(iris): the code.
            return Err(self.error(-52, sqlcode::text(-52).unwrap_or_default()));
        }
        self.condition().map(Some)
    }

    pub(super) fn truncate(&mut self) -> Result<Statement, SqlFailure> {
        self.need_word("TRUNCATE")?;
        self.need_word("TABLE")?;
        let options = self.options();
        Ok(Statement::Truncate { name: self.table_name()?, options })
    }
}

/// Whether a value has a subquery in it.
fn has_query(value: &Expr) -> bool {
    match value {
        Expr::Subquery(_) => true,
        Expr::Negate(inner) | Expr::Cast(inner, _) | Expr::Collate(_, inner) => has_query(inner),
        Expr::Binary(_, left, right) => has_query(left) || has_query(right),
        Expr::Call { args, .. } => args.iter().any(has_query),
        Expr::Case { operand, whens, other } => {
            operand.iter().chain(other).any(|inner| has_query(inner))
                || whens.iter().any(|(when, then)| {
                    has_query(then) || matches!(when, When::Value(inner) if has_query(inner))
                })
        }
        _ => false,
    }
}

//! DELETE … USING and UPDATE … FROM.
//!
//! A row is deleted once however many rows of the other tables it meets, so that the condition is
//! whether there is one: `WHERE EXISTS (SELECT 1 FROM others WHERE condition)`. A row is updated
//! from one of the rows that it meets, PostgreSQL does not say which; so that every column gets
//! its value from the same one, there must not be two: the other table is joined by a key.
//!
//! In a subquery the names of the other tables come before those of the target, which PostgreSQL
//! has side by side: a name without a table must be in one of them only.

use super::group::children;
use super::insert::Target;
use super::scope::{Scope, Source, SourceKind};
use super::value::bare;
use super::{Translator, refuse};
use crate::sql::error::SqlError;
use crate::sql::statement::TableName;
use irispg_grammar::ast::{BinaryOperator, Expr, Ident, TableWithJoins};

/// The tables beside the one that is changed.
pub(super) struct Others<'t> {
    tables: &'t [TableWithJoins],
    condition: Option<&'t Expr>,
    outer: Vec<Source>,
    inner: Vec<Source>,
}

impl Translator<'_> {
    /// The other tables and the condition, checked; the target is the innermost scope's source.
    fn others<'t>(
        &mut self,
        target: &TableName,
        tables: &'t [TableWithJoins],
        condition: Option<&'t Expr>,
    ) -> Result<Others<'t>, SqlError> {
        let outer = self.scopes.last().map(|scope| scope.sources.clone()).unwrap_or_default();
        self.scopes.push(Scope::default());
        self.apart(|own| own.from(tables))?;
        let inner = self.scopes.pop().map(|scope| scope.sources).unwrap_or_default();
        for (index, source) in inner.iter().enumerate() {
            let before = outer.iter().chain(inner.iter().take(index));
            if before.into_iter().any(|other| other.alias == source.alias) {
                let name = &source.alias;
                let message = format!("table name \"{name}\" specified more than once");
                return Err(SqlError::new("42712", message));
            }
            if let SourceKind::Table(table) = &source.kind
                && self.options.columns.is_some_and(|catalog| catalog.columns(table).is_none())
            {
                let message = format!("relation \"{}\" does not exist", table.name);
                let error = SqlError::new("42P01", message);
                let offset = table.position.and_then(|at| usize::try_from(at).ok());
                return Err(offset.map_or(error.clone(), |offset| error.at(offset)));
            }
            // UNVERIFIED(iris): whether rows that are changed already are seen as they were.
            let itself = match &source.kind {
                SourceKind::Table(table) => table.name.eq_ignore_ascii_case(&target.name),
                SourceKind::Query(_) => false,
            };
            if itself {
                return Err(refuse("joining the table that is changed to itself is not supported")
                    .hint("Select the keys first."));
            }
        }
        let others = Others { tables, condition, outer, inner };
        if let Some(condition) = condition {
            self.check_names(condition, &others)?;
        }
        Ok(others)
    }

    /// Prints the condition of a DELETE with USING.
    pub(super) fn using(
        &mut self,
        target: &TableName,
        tables: &[TableWithJoins],
        condition: Option<&Expr>,
    ) -> Result<(), SqlError> {
        self.rule("USING is an EXISTS over the other tables");
        let others = self.others(target, tables, condition)?;
        self.exists_match(&others)
    }

    /// Prints the condition that a row meets one of the other tables.
    pub(super) fn exists_match(&mut self, others: &Others<'_>) -> Result<(), SqlError> {
        self.out.word("WHERE EXISTS");
        self.met(others, |own| {
            own.out.count(1);
            Ok(())
        })
    }

    /// Prints `(SELECT … FROM others WHERE condition)`.
    fn met(
        &mut self,
        others: &Others<'_>,
        item: impl FnOnce(&mut Self) -> Result<(), SqlError>,
    ) -> Result<(), SqlError> {
        self.scopes.push(Scope::default());
        let from = self.apart(|own| own.from(others.tables))?;
        self.out.open().word("SELECT");
        item(self)?;
        self.out.word("FROM").append(from);
        if let Some(condition) = others.condition {
            self.out.word("WHERE");
            self.no_aggregates = Some("WHERE");
            self.predicate(condition, "WHERE")?;
        }
        self.out.close();
        self.scopes.pop();
        Ok(())
    }

    /// The other table of an UPDATE, of which a row meets one row at most.
    pub(super) fn matched<'t>(
        &mut self,
        target: &TableName,
        tables: &'t [TableWithJoins],
        condition: Option<&'t Expr>,
    ) -> Result<Others<'t>, SqlError> {
        self.rule("UPDATE … FROM takes values by subqueries over the other table's key");
        let others = self.others(target, tables, condition)?;
        let single = match others.inner.as_slice() {
            [Source { alias, kind: SourceKind::Table(table) }] => Some((alias, table)),
            _ => None,
        };
        let keyed = single.is_some_and(|(alias, table)| self.is_keyed(alias, table, &others));
        if keyed {
            return Ok(others);
        }
        Err(refuse("UPDATE … FROM is supported over one other table joined by a key only")
            .hint("Compare all columns of its primary key or of a unique constraint with =."))
    }

    /// Whether the condition compares every column of a key of the other table with something
    /// that does not come from it.
    fn is_keyed(&self, alias: &str, table: &TableName, others: &Others<'_>) -> bool {
        let mut fixed: Vec<&str> = Vec::new();
        let mut rest: Vec<&Expr> = others.condition.into_iter().collect();
        while let Some(expr) = rest.pop() {
            let Expr::BinaryOp { left, op, right } = bare(expr) else { continue };
            match op {
                BinaryOperator::And => rest.extend([left.as_ref(), right.as_ref()]),
                BinaryOperator::Eq => {
                    for (column, value) in [(left, right), (right, left)] {
                        let name = self.own_column(alias, column, others);
                        if let Some(name) = name.filter(|_| !self.takes(value, others)) {
                            fixed.push(name);
                        }
                    }
                }
                _ => {}
            }
        }
        let keys = self.options.columns.map(|catalog| catalog.keys(table)).unwrap_or_default();
        keys.iter().any(|key| {
            key.columns
                .iter()
                .all(|column| fixed.iter().any(|name| name.eq_ignore_ascii_case(column)))
        })
    }

    /// The name of a column of the other table.
    fn own_column<'e>(&self, alias: &str, expr: &'e Expr, others: &Others<'_>) -> Option<&'e str> {
        match bare(expr) {
            Expr::CompoundIdentifier(parts) => match parts.as_slice() {
                [table, name] if table.value == alias => Some(&name.value),
                _ => None,
            },
            Expr::Identifier(name) => {
                let own = others
                    .inner
                    .iter()
                    .any(|source| self.holds(source, &name.value).unwrap_or(false));
                own.then_some(name.value.as_str())
            }
            _ => None,
        }
    }

    /// Whether an expression has a column of the other tables, or may have one.
    fn takes(&self, expr: &Expr, others: &Others<'_>) -> bool {
        let mut rest = vec![expr];
        while let Some(expr) = rest.pop() {
            match expr {
                Expr::Identifier(name) => {
                    let own = |source: &Source| self.holds(source, &name.value).unwrap_or(true);
                    if others.inner.iter().any(own) {
                        return true;
                    }
                }
                Expr::CompoundIdentifier(parts) => {
                    let table = parts.first().map(|part| part.value.as_str());
                    if !others.outer.iter().any(|source| Some(source.alias.as_str()) == table) {
                        return true;
                    }
                }
                Expr::Value(_) | Expr::TypedString(_) => {}
                other => match children(other) {
                    parts if parts.is_empty() => return true,
                    parts => rest.extend(parts),
                },
            }
        }
        false
    }

    /// Prints a column's new value, from the other table where it has columns of it.
    pub(super) fn fetched(
        &mut self,
        others: &Others<'_>,
        value: &Expr,
        column: Option<Target>,
    ) -> Result<(), SqlError> {
        self.check_names(value, others)?;
        if !self.takes(value, others) {
            return self.assigned(value, column);
        }
        let before = self.no_aggregates;
        self.met(others, |own| own.assigned(value, column))?;
        self.no_aggregates = before;
        Ok(())
    }

    /// 42702 for a column that more than one table has; 0A000 for what cannot be looked through.
    fn check_names(&self, expr: &Expr, others: &Others<'_>) -> Result<(), SqlError> {
        let mut rest = vec![expr];
        while let Some(expr) = rest.pop() {
            match expr {
                Expr::Identifier(name) => {
                    let mut holders = 0_usize;
                    for source in others.outer.iter().chain(&others.inner) {
                        let holds = self.holds(source, &name.value).ok_or_else(|| {
                            refuse(format!("the table of column \"{}\" is not known", name.value))
                                .hint("Qualify the column with its table.")
                        })?;
                        holders = holders.saturating_add(usize::from(holds));
                    }
                    if holders > 1 {
                        let message = format!("column reference \"{}\" is ambiguous", name.value);
                        return Err(SqlError::new("42702", message).of(expr));
                    }
                }
                Expr::CompoundIdentifier(_) | Expr::Value(_) | Expr::TypedString(_) => {}
                Expr::InSubquery { .. } => return Err(too_much()),
                other => match children(other) {
                    parts if parts.is_empty() && !matches!(other, Expr::Function(_)) => {
                        return Err(too_much());
                    }
                    parts => rest.extend(parts),
                },
            }
        }
        Ok(())
    }

    /// The table of a column that is named without one inside a subquery and belongs to a query
    /// around it. IRIS would look for it inside first, where `ID` is the row id of any table.
    pub(super) fn outer_table(&self, name: &str) -> Option<String> {
        let (innermost, around) = self.scopes.split_last()?;
        self.options.columns?;
        let lacks = |source: &Source| self.holds(source, name) == Some(false);
        if around.is_empty() || !innermost.sources.iter().all(lacks) {
            return None;
        }
        for scope in around.iter().rev() {
            let mut holders = scope.sources.iter().filter(|source| !lacks(source));
            let holder = holders.next();
            if let Some(holder) = holder {
                let sure = holders.next().is_none() && self.holds(holder, name) == Some(true);
                return sure.then(|| holder.alias.clone());
            }
        }
        None
    }

    /// Whether surely no source that a column of this name may belong to has it.
    pub(super) fn lacks(&self, table: Option<&Ident>, name: &str) -> bool {
        let lacks = |source: &Source| self.holds(source, name) == Some(false);
        match table {
            None => {
                let mut sources = self.scopes.iter().flat_map(|scope| &scope.sources).peekable();
                sources.peek().is_some() && sources.all(lacks)
            }
            Some(table) => self
                .scopes
                .iter()
                .rev()
                .find_map(|scope| scope.sources.iter().find(|one| one.alias == table.value))
                .is_some_and(lacks),
        }
    }

    /// Whether a source has a column; `None` when that is not known.
    fn holds(&self, source: &Source, name: &str) -> Option<bool> {
        match &source.kind {
            SourceKind::Query(columns) => {
                columns.as_ref().map(|columns| columns.iter().any(|(column, _)| column == name))
            }
            SourceKind::Table(table) => {
                let columns = self.options.columns?.columns(table)?;
                Some(columns.iter().any(|column| column.name.eq_ignore_ascii_case(name)))
            }
        }
    }
}

fn too_much() -> SqlError {
    refuse("a subquery or such beside USING or FROM is not supported")
        .hint("Use subqueries in WHERE and SET instead of USING or FROM.")
}

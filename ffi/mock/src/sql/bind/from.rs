//! The FROM list (iris-sql §1.2).

use std::collections::HashMap;

use super::super::api::SqlFailure;
use super::super::ast::{From, JoinKind, Name, Query};
use super::super::sqlcode::{bare, fail};
use super::super::store::catalog::same;
use super::select::Inner;
use super::{Binder, Source};

/// Derived tables by alias: as they are, and with the row numbers behind them.
pub(super) type Derived = HashMap<String, (String, String)>;

impl Binder<'_> {
    pub(super) fn from(
        &mut self,
        list: &[From],
        derived: &mut Derived,
    ) -> Result<String, SqlFailure> {
        let mut texts = Vec::new();
        for from in list {
            texts.push(self.source(from, false, derived)?);
        }
        Ok(texts.join(", "))
    }

    fn source(
        &mut self,
        from: &From,
        optional: bool,
        derived: &mut Derived,
    ) -> Result<String, SqlFailure> {
        match from {
            From::Table { name, alias } => {
                if let Some((at, query)) = self.common_table(name) {
                    let label = alias.clone().unwrap_or_else(|| name.name.clone());
                    // Not recursive (iris-sql §1.2): inside, only those before it are known.
                    let hidden = self.with.split_off(at);
                    let bound = self.derived(&query, label, optional, derived);
                    self.with.extend(hidden);
                    return bound;
                }
                let table = self.table(name)?;
                let label = alias.clone().unwrap_or_else(|| table.name.clone());
                if table.view.is_some() {
                    return self.view(&table, label, optional, derived);
                }
                let sql_alias = self.alias();
                let text = format!("t{} AS {sql_alias}", table.id);
                self.add_source(Source {
                    label,
                    alias: sql_alias,
                    table: Some(table),
                    outputs: Vec::new(),
                    colls: Vec::new(),
                    optional,
                    behind: Vec::new(),
                })?;
                Ok(text)
            }
            From::Derived { query, alias } => {
                let label = alias.clone().unwrap_or_default();
                self.derived(query, label, optional, derived)
            }
            From::Join { left, right, kind, on } => {
                let left_optional = optional || matches!(kind, JoinKind::Right | JoinKind::Full);
                let right_optional = optional || matches!(kind, JoinKind::Left | JoinKind::Full);
                let left = self.source(left, left_optional, derived)?;
                let right_text = self.source(right, right_optional, derived)?;
                let nested = matches!(**right, From::Join { .. });
                let right = if nested { format!("({right_text})") } else { right_text };
                let word = match kind {
                    JoinKind::Inner | JoinKind::Cross => "JOIN",
                    JoinKind::Left => "LEFT JOIN",
                    JoinKind::Right => "RIGHT JOIN",
                    JoinKind::Full => "FULL JOIN",
                };
                let on = match on {
                    Some(cond) => format!(" ON {}", self.condition(cond)?),
                    None => String::new(),
                };
                Ok(format!("{left} {word} {right}{on}"))
            }
        }
    }

    /// A CTE by its name, and its place among those that are known.
    fn common_table(&self, name: &Name) -> Option<(usize, Query)> {
        if name.schema.is_some() {
            return None;
        }
        let at = self.with.iter().rposition(|(known, _)| same(known, &name.name))?;
        Some((at, self.with.get(at)?.1.clone()))
    }

    fn derived(
        &mut self,
        query: &Query,
        label: String,
        optional: bool,
        derived: &mut Derived,
    ) -> Result<String, SqlFailure> {
        // A derived table does not see the FROM list it stands in.
        let scope = self.scopes.pop().unwrap_or_default();
        let inner = self.subquery(query);
        self.scopes.push(scope);
        self.add_derived(inner?, label, optional, derived)
    }

    /// A bound query as a member of the FROM list.
    pub(super) fn add_derived(
        &mut self,
        inner: Inner,
        label: String,
        optional: bool,
        derived: &mut Derived,
    ) -> Result<String, SqlFailure> {
        let alias = self.alias();
        let (numbers, behind) = inner.locked.unwrap_or_else(|| (inner.sql.clone(), Vec::new()));
        derived.insert(alias.clone(), (inner.sql, numbers));
        let text = format!("\u{1}{alias}\u{1} AS {alias}");
        self.add_source(Source {
            label,
            alias,
            table: None,
            outputs: inner.outputs,
            colls: inner.colls,
            optional,
            behind,
        })?;
        Ok(text)
    }

    fn add_source(&mut self, source: Source) -> Result<(), SqlFailure> {
        let Some(scope) = self.scopes.last_mut() else { return Err(bare(-26)) };
        let taken = !source.label.is_empty()
            && scope.sources.iter().any(|other| same(&other.label, &source.label));
        if taken {
            let label = source.label.to_uppercase();
            return Err(fail(-20, format!("Name conflict in the FROM list over label '{label}'")));
        }
        scope.sources.push(source);
        Ok(())
    }
}

//! The FROM list (iris-sql §1.2).

use std::collections::HashMap;
use std::ops::Range;

use super::super::api::SqlFailure;
use super::super::ast::{From, Hint, JoinKind, JoinOn, Place, Query};
use super::super::sqlcode::{bare, fail};
use super::super::store::catalog::same;
use super::scope::Merged;
use super::select::Inner;
use super::{Binder, Bound, Source, too_deep};

/// How many tables one FROM list may join: 64, as SQLite can. About 20 are reported to be the
/// optimizer's own limit (iris-sql §1.2).
const SOURCES_MAX: usize = 64;

/// Derived tables by alias: as they are, and with the row numbers behind them.
pub(super) type Derived = HashMap<String, (String, String)>;

impl Binder<'_> {
    pub(super) fn from(
        &mut self,
        list: &[From],
        hints: &[Hint],
        derived: &mut Derived,
    ) -> Result<String, SqlFailure> {
        let mut texts = Vec::new();
        for from in list {
            let text = self.source(from, false, derived)?;
            // A comma binds less than JOIN does; to SQLite both are one chain.
            let apart = list.len() > 1 && matches!(from, From::Join { .. });
            texts.push(if apart { format!("({text})") } else { text });
        }
        self.check_hints(hints)?;
        Ok(texts.join(", "))
    }

    /// Hints change no result, but their names must exist: −151 for an index (iris-sql Appendix
    /// A). UNVERIFIED(iris): −23 for a table.
    fn check_hints(&self, hints: &[Hint]) -> Result<(), SqlFailure> {
        let Some(scope) = self.scopes.last() else { return Ok(()) };
        for hint in hints {
            match hint {
                Hint::Table(label, at) => {
                    if !scope.sources.iter().any(|source| same(&source.label, label)) {
                        return Err(self.missing_label(label, *at));
                    }
                }
                Hint::Index(names) => {
                    let Some((index, owner)) = names.split_last() else { continue };
                    let owned = scope.sources.iter().filter_map(|s| s.table.as_ref()).any(|t| {
                        owner.last().is_none_or(|table| same(table, &t.name))
                            && (t.indexes.iter().any(|i| same(&i.name, index))
                                || t.keys.iter().any(|k| same(&k.name, index)))
                    });
                    if !owned {
                        return Err(bare(-151));
                    }
                }
            }
        }
        Ok(())
    }

    /// A member of the FROM list: a table, a view, a subquery or a join (iris-sql §1.2).
    fn source(
        &mut self,
        from: &From,
        optional: bool,
        derived: &mut Derived,
    ) -> Result<String, SqlFailure> {
        match from {
            From::Table { name, alias } => {
                let common = self.with.iter().position(|(known, _)| same(known, &name.name));
                if let Some(at) = common.filter(|_| name.schema.is_none()) {
                    let label = alias.clone().unwrap_or_else(|| name.name.clone());
                    return self.common_table(at, label, optional, derived);
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
                let start = self.sources_known();
                let left = self.source(left, left_optional, derived)?;
                let middle = self.sources_known();
                let right_text = self.source(right, right_optional, derived)?;
                let nested = matches!(**right, From::Join { .. });
                let right = if nested { format!("({right_text})") } else { right_text };
                let word = match kind {
                    JoinKind::Inner | JoinKind::Cross => "JOIN",
                    JoinKind::Left => "LEFT JOIN",
                    JoinKind::Right => "RIGHT JOIN",
                    JoinKind::Full => "FULL JOIN",
                };
                let on = self.joined(on, *kind, start, middle)?;
                Ok(format!("{left} {word} {right}{on}"))
            }
        }
    }

    fn sources_known(&self) -> usize {
        self.scopes.last().map_or(0, |scope| scope.sources.len())
    }

    /// The condition of a join whose left side begins at source `start` and ends at `middle`.
    fn joined(
        &mut self,
        on: &JoinOn,
        kind: JoinKind,
        start: usize,
        middle: usize,
    ) -> Result<String, SqlFailure> {
        let names = match on {
            JoinOn::Nothing => return Ok(String::new()),
            JoinOn::Cond(cond) => {
                // UNVERIFIED(iris): ON sees the tables of its own join only, as in the standard.
                let before = self.scopes.last_mut().map(|s| std::mem::replace(&mut s.first, start));
                let cond = self.condition(cond);
                if let (Some(scope), Some(before)) = (self.scopes.last_mut(), before) {
                    scope.first = before;
                }
                return Ok(format!(" ON {}", cond?));
            }
            JoinOn::Using(columns) => columns.clone(),
            JoinOn::Natural => self.common_names(start, middle),
        };
        let mut conditions = Vec::new();
        for (name, _) in &names {
            conditions.push(self.merge(name, kind, start, middle)?);
        }
        if conditions.is_empty() {
            // NATURAL without a common column joins all with all.
            return Ok(" ON 1".to_owned());
        }
        Ok(format!(" ON {}", conditions.join(" AND ")))
    }

    /// Visible columns that both sides have, in the order of the left one.
    fn common_names(&self, start: usize, middle: usize) -> Vec<(String, Place)> {
        let end = self.sources_known();
        let right = self.visible(middle..end);
        let mut out: Vec<(String, Place)> = Vec::new();
        for (name, _) in self.visible(start..middle) {
            let known = out.iter().any(|(other, _)| same(other, &name));
            if !known && right.iter().any(|(other, _)| same(other, &name)) {
                out.push((name, 0));
            }
        }
        out
    }

    /// Compares the column on both sides and makes one of them. UNVERIFIED(iris): a name that one
    /// side lacks, or has twice, is −31 (iris-sql Appendix A).
    fn merge(
        &mut self,
        name: &str,
        kind: JoinKind,
        start: usize,
        middle: usize,
    ) -> Result<String, SqlFailure> {
        let end = self.sources_known();
        let mut one = |range: Range<usize>| {
            let found = self.scopes.last_mut().map(|s| s.named(name, range)).unwrap_or_default();
            match <[(usize, Bound); 1]>::try_from(found) {
                Ok([(_, bound)]) => Ok(bound),
                Err(_) => Err(bare(-31)),
            }
        };
        let (left, right) = (one(start..middle)?, one(middle..end)?);
        let condition = self.compare("=", left.clone(), right.clone())?;
        let bound = match kind {
            JoinKind::Right => right,
            JoinKind::Full => {
                let origin = left.origin.clone();
                let coll = left.coll;
                let (ty, texts) = self.unified(vec![left, right]);
                let mut both = Bound::expression(format!("coalesce({})", texts.join(",")), ty);
                both.coll = coll;
                both.with_origin(origin)
            }
            _ => left,
        };
        let Some(scope) = self.scopes.last_mut() else { return Err(bare(-26)) };
        let mut members = Vec::new();
        for at in start..end {
            if !scope.named(name, at..at + 1).is_empty() {
                members.push(at);
            }
        }
        let inside = |merged: &Merged| merged.members.iter().any(|at| members.contains(at));
        scope.merged.retain(|merged| !(same(&merged.name, name) && inside(merged)));
        scope.merged.push(Merged { name: name.to_owned(), members, bound });
        Ok(condition)
    }

    /// The visible columns of some sources with their names; the RowID of a DDL table is private
    /// (iris-sql §1.2).
    pub(super) fn visible(&self, range: Range<usize>) -> Vec<(String, Bound)> {
        let Some(scope) = self.scopes.last() else { return Vec::new() };
        let mut out = Vec::new();
        for source in scope.sources.get(range).unwrap_or_default() {
            if let Some(table) = &source.table {
                for name in table.visible() {
                    let bound = source.table_column(table, &name);
                    out.extend(bound.map(|bound| (name, bound)));
                }
            }
            for (at, output) in source.outputs.iter().enumerate() {
                out.extend(source.derived_column(at).map(|bound| (output.name.clone(), bound)));
            }
        }
        out
    }

    /// What `*` stands for: columns of USING and NATURAL once and first, as the standard has it.
    pub(super) fn all_columns(&self) -> Vec<Bound> {
        let Some(scope) = self.scopes.last() else { return Vec::new() };
        let mut out: Vec<Bound> = scope.merged.iter().map(|merged| merged.bound.clone()).collect();
        for at in 0..scope.sources.len() {
            for (name, bound) in self.visible(at..at + 1) {
                let merged = |m: &Merged| same(&m.name, &name) && m.members.contains(&at);
                if !scope.merged.iter().any(merged) {
                    out.push(bound);
                }
            }
        }
        out
    }

    /// A CTE by its name: it knows those defined before it, and nothing of the statement that uses
    /// it (iris-sql §1.2, not recursive).
    fn common_table(
        &mut self,
        at: usize,
        label: String,
        optional: bool,
        derived: &mut Derived,
    ) -> Result<String, SqlFailure> {
        let later = self.with.split_off(at);
        let outer = self.scopes.pop().into_iter().collect();
        let outer = std::mem::replace(&mut self.scopes, outer);
        let text = match later.first() {
            Some((_, query)) => self.derived(query, label, optional, derived),
            None => Err(bare(-30)),
        };
        let here = std::mem::replace(&mut self.scopes, outer);
        self.scopes.extend(here);
        self.with.truncate(at);
        self.with.extend(later);
        text
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

    /// −20: two sources under one label (iris-sql Appendix A).
    pub(super) fn add_source(&mut self, source: Source) -> Result<(), SqlFailure> {
        let Some(scope) = self.scopes.last_mut() else { return Err(bare(-26)) };
        if scope.sources.len() >= SOURCES_MAX {
            return Err(too_deep());
        }
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

//! The names a statement may use: sources of FROM lists and their columns.

use std::ops::Range;
use std::rc::Rc;

use super::super::api::SqlFailure;
use super::super::ast::Place;
use super::super::sqlcode::{bare, fail};
use super::super::store::catalog::{Table, same};
use super::super::types::{Filled, Ty};
use super::{Binder, Bound, Coll, Origin, Output};

/// A member of a FROM list.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) label: String,
    /// SQLite's alias.
    pub(super) alias: String,
    pub(super) table: Option<Rc<Table>>,
    /// Columns of a derived table.
    pub(super) outputs: Vec<Output>,
    pub(super) colls: Vec<Coll>,
    /// Whether the row is on the inner side of an outer join.
    pub(super) optional: bool,
    /// Tables whose row numbers a derived table gives in `k0`, `k1`, … when locks matter.
    pub(super) behind: Vec<Rc<Table>>,
}

/// A column that USING or NATURAL made of several.
#[derive(Debug, Clone)]
pub(super) struct Merged {
    pub(super) name: String,
    /// Places of the sources that it stands for.
    pub(super) members: Vec<usize>,
    pub(super) bound: Bound,
}

/// The FROM list of one SELECT.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    pub(super) sources: Vec<Source>,
    /// Aliases of derived tables whose `%VID` is used.
    pub(super) numbered: Vec<String>,
    pub(super) merged: Vec<Merged>,
    /// The first source that may be named: an ON clause sees its own join only.
    pub(super) first: usize,
    /// Row numbers that subqueries of this SELECT met, with their tables, for READ COMMITTED.
    pub(super) watches: Vec<(String, Rc<Table>)>,
    /// Aggregates over all rows that stand on every row.
    pub(super) hoisted: Vec<String>,
    /// Whether an aggregate is a window, which counts the rows that are there when it is computed.
    pub(super) windowed: bool,
}

impl Scope {
    /// All columns that a bare name may mean in these sources, with their places.
    pub(super) fn named(&mut self, name: &str, range: Range<usize>) -> Vec<(usize, Bound)> {
        let Scope { sources, numbered, .. } = self;
        let mut out = Vec::new();
        for (at, source) in sources.iter().enumerate() {
            if range.contains(&at) {
                let found = columns_of(source, name, numbered);
                out.extend(found.into_iter().map(|bound| (at, bound)));
            }
        }
        let merged = self.merged.iter().find(|merged| {
            same(&merged.name, name) && out.iter().any(|(at, _)| merged.members.contains(at))
        });
        if let Some(merged) = merged {
            out.retain(|(at, _)| !merged.members.contains(at));
            let first = merged.members.first().copied().unwrap_or_default();
            out.push((first, merged.bound.clone()));
        }
        out
    }
}

impl Binder<'_> {
    /// −29 in the form of iris-sql §1.7.
    pub(super) fn missing_field(&self, name: &str, at: Place) -> SqlFailure {
        let echo = self.echo.up_to(at);
        let name = name.to_uppercase();
        fail(-29, format!(" Field '{name}' not found in the applicable tables^ {echo}"))
    }

    /// −27, in the form of −29 (iris-sql §1.7).
    pub(super) fn ambiguous(&self, name: &str, at: Place) -> SqlFailure {
        let echo = self.echo.up_to(at);
        let name = name.to_uppercase();
        fail(-27, format!(" Field '{name}' is ambiguous among the applicable tables^ {echo}"))
    }

    /// −23 in the form of iris-sql §1.7.
    pub(super) fn missing_label(&self, label: &str, at: Place) -> SqlFailure {
        let echo = self.echo.up_to(at);
        let label = label.to_uppercase();
        fail(-23, format!("Label '{label}' is not listed among the applicable tables^ {echo}"))
    }

    /// Finds a column, in the innermost FROM list that has it.
    pub(super) fn column(&mut self, label: Label<'_>, name: &str) -> Result<Bound, SqlFailure> {
        let mut label_seen = label.table.is_none();
        for depth in (0..self.scopes.len()).rev() {
            let Some(scope) = self.scopes.get_mut(depth) else { continue };
            let range = scope.first..scope.sources.len();
            let mut found = match label.table {
                None => scope.named(name, range),
                Some(_) => {
                    let Scope { sources, numbered, merged, .. } = scope;
                    let mut found = Vec::new();
                    for at in range {
                        let Some(source) = sources.get(at).filter(|s| label.fits(s)) else {
                            continue;
                        };
                        label_seen = true;
                        if merged.iter().any(|m| same(&m.name, name) && m.members.contains(&at)) {
                            // UNVERIFIED(iris): a column of USING or NATURAL has no qualifier, as
                            // the text of −77 says (iris-sql Appendix A).
                            return Err(bare(-77));
                        }
                        let all = columns_of(source, name, numbered);
                        found.extend(all.into_iter().map(|bound| (at, bound)));
                    }
                    found
                }
            };
            if found.len() > 1 {
                return Err(self.ambiguous(name, label.at));
            }
            if let Some((_, bound)) = found.pop() {
                self.reached = self.reached.max(depth + 1);
                return Ok(bound);
            }
        }
        match label.table {
            Some(table) if !label_seen => Err(self.missing_label(table, label.at)),
            _ => Err(self.missing_field(name, label.at)),
        }
    }
}

/// What stands before a column's name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Label<'a> {
    pub(super) schema: Option<&'a str>,
    pub(super) table: Option<&'a str>,
    pub(super) at: Place,
}

impl Label<'_> {
    /// Whether the source is meant; a schema fits only where the table stands under its own name.
    fn fits(&self, source: &Source) -> bool {
        self.table.is_some_and(|label| same(label, &source.label))
            && self.schema.is_none_or(|schema| {
                // A view's columns carry its name.
                let (of, name) = match (&source.table, source.outputs.first()) {
                    (Some(table), _) => (&table.schema, &table.name),
                    (None, Some(output)) => (&output.schema, &output.table),
                    (None, None) => return false,
                };
                same(schema, of) && same(name, &source.label)
            })
    }
}

fn columns_of(source: &Source, name: &str, numbered: &mut Vec<String>) -> Vec<Bound> {
    let Some(table) = &source.table else {
        if name.eq_ignore_ascii_case("%VID") {
            numbered.push(source.alias.clone());
            let sql = format!("{}.vid", source.alias);
            return vec![Bound::expression(sql, Ty::Integer)];
        }
        let places = 0..source.outputs.len();
        return places
            .filter(|at| source.outputs.get(*at).is_some_and(|output| same(&output.name, name)))
            .filter_map(|at| source.derived_column(at))
            .collect();
    };
    source.table_column(table, name).into_iter().collect()
}

impl Source {
    /// A column of a derived table by its place.
    pub(super) fn derived_column(&self, at: usize) -> Option<Bound> {
        let output = self.outputs.get(at)?.clone();
        let mut bound = Bound::expression(format!("{}.o{at}", self.alias), output.ty);
        bound.coll = self.colls.get(at).copied().unwrap_or(Coll::None);
        bound.nullable = if self.optional { 1 } else { output.nullable };
        bound.origin = Origin::Derived(Box::new(output));
        Some(bound)
    }

    pub(super) fn row_id(&self, table: &Rc<Table>) -> Bound {
        let mut bound = Bound::expression(format!("{}.rid", self.alias), Ty::BigInt);
        bound.nullable = i64::from(self.optional);
        bound.origin = Origin::RowId(Rc::clone(table));
        bound
    }

    /// A column of a table, or a pseudo column (iris-sql §1.2).
    pub(super) fn table_column(&self, table: &Rc<Table>, name: &str) -> Option<Bound> {
        if let Some(column) = table.named(name) {
            let mut bound =
                Bound::expression(format!("{}.{}", self.alias, column.stored()), column.ty);
            if column.ty.is_text() {
                bound.coll = Coll::Column(column.upper);
            }
            let fixed = column.not_null || column.filled != Filled::Given;
            bound.nullable = i64::from(!fixed || self.optional);
            bound.origin = Origin::Column(Rc::clone(table), column.id);
            return Some(bound);
        }
        let constant = |text: &str| {
            let text = text.replace('\'', "''");
            let mut bound = Bound::expression(format!("'{text}'"), Ty::Varchar(128));
            bound.nullable = 0;
            Some(bound.with_origin(Origin::Pseudo))
        };
        match name.to_ascii_uppercase().as_str() {
            "%TABLENAME" => constant(&table.name),
            "%CLASSNAME" => constant(&class_name(table)),
            "%ID" => Some(self.row_id(table)),
            other if same(other, &table.row_id_name()) => Some(self.row_id(table)),
            _ => None,
        }
    }
}

/// The class behind a table: package `User` for `SQLUser`, `_` in schemas for dots, nothing but
/// letters and digits in the class's own name (iris-sql §1.1).
fn class_name(table: &Table) -> String {
    let package = match table.schema.as_str() {
        schema if same(schema, super::DEFAULT_SCHEMA) => "User".to_owned(),
        schema => schema.replace('_', "."),
    };
    let class: String = table.name.chars().filter(|c| c.is_alphanumeric()).collect();
    format!("{package}.{class}")
}

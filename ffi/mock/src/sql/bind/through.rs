//! Tables that INSERT, UPDATE and DELETE change, named directly or through a view (iris-sql §1.4).

use std::rc::Rc;

use super::super::api::SqlFailure;
use super::super::ast::{Body, Expr, From, Item, Name, Place, Query, Select};
use super::super::parser;
use super::super::sqlcode::{bare, fail};
use super::super::store::catalog::{Table, ViewMode, same};
use super::super::types::Filled;
use super::dml::ROW_ID;
use super::scope::Scope;
use super::{Binder, view};

/// What a statement changes.
pub(super) struct Through {
    /// The table that has the rows.
    pub(super) table: Rc<Table>,
    /// What the statement named: that table, or a view.
    pub(super) named: Rc<Table>,
    /// The columns under the names that the statement knows, with their places in the table.
    columns: Vec<(String, usize)>,
    /// Finds a changed row, whose number is to follow, in what a CHECK OPTION demands.
    pub(super) checks: Vec<String>,
}

impl Through {
    /// The place of a column; −29 when there is none (iris-sql §1.7).
    pub(super) fn place(
        &self,
        binder: &Binder<'_>,
        name: &str,
        at: Place,
    ) -> Result<usize, SqlFailure> {
        if let Some((_, place)) = self.columns.iter().find(|(known, _)| same(known, name)) {
            return Ok(*place);
        }
        let row_id = self.named.view.is_none() && same(name, &self.table.row_id_name());
        if row_id || name.eq_ignore_ascii_case("%ID") {
            return Ok(ROW_ID);
        }
        Err(binder.missing_field(name, at))
    }

    /// The places that an INSERT without a column list fills.
    pub(super) fn all(&self) -> Vec<usize> {
        let given = |place: &usize| {
            let counted = [Filled::Identity, Filled::RowVersion];
            let column = self.table.columns.get(*place);
            column.is_some_and(|column| {
                // UNVERIFIED(iris): PRIVATE columns are given by name only, as in `SELECT *`.
                !counted.contains(&column.filled) && (self.named.view.is_some() || !column.private)
            })
        };
        self.columns.iter().map(|(_, place)| *place).filter(given).collect()
    }
}

/// The one query of an updatable view.
struct Part {
    select: Select,
    under: Name,
}

impl Binder<'_> {
    /// What a name leads to when rows are to be changed; −35 for a view that takes no changes
    /// (iris-sql Appendix A).
    pub(super) fn through(&mut self, name: &Name) -> Result<Through, SqlFailure> {
        let named = self.table(name)?;
        if named.view.is_none() {
            let columns = named.columns.iter().enumerate().map(|(at, c)| (c.name.clone(), at));
            let columns = columns.collect();
            let table = Rc::clone(&named);
            return Ok(Through { table, named, columns, checks: Vec::new() });
        }
        let mut depth = 0;
        self.under(&named, &mut depth)
    }

    fn part(&self, named: &Table) -> Result<Part, SqlFailure> {
        let Some(view) = &named.view else { return Err(not_updatable()) };
        let query = parser::view_query(&view.text, self.version)?;
        if view.mode == ViewMode::ReadOnly || !view::is_updatable(&query) {
            return Err(not_updatable());
        }
        let Body::Select(select) = query.body else { return Err(not_updatable()) };
        let under = match select.from.first() {
            Some(From::Table { name, .. }) => name.clone(),
            _ => return Err(not_updatable()),
        };
        Ok(Part { select: *select, under })
    }

    /// A view down to the table that has its rows (iris-sql Appendix A).
    fn under(&mut self, named: &Rc<Table>, depth: &mut usize) -> Result<Through, SqlFailure> {
        *depth += 1;
        if *depth > view::VIEWS_MAX {
            return Err(fail(-400, "Unexpected error occurred: <FRAMESTACK>"));
        }
        // Names without a schema mean in the view what they meant when it was made.
        let made = named.view.as_ref().map(|view| view.schema.clone()).unwrap_or_default();
        let outer = std::mem::replace(&mut self.schema, made);
        let found = self.below(named, depth);
        self.schema = outer;
        found
    }

    fn below(&mut self, named: &Rc<Table>, depth: &mut usize) -> Result<Through, SqlFailure> {
        let part = self.part(named)?;
        let mut inner = {
            let table = self.table(&part.under)?;
            if table.view.is_some() {
                self.under(&table, depth)?
            } else {
                self.through(&part.under)?
            }
        };
        let mut columns = Vec::new();
        for (column, name) in named.columns.iter().zip(shown(&part.select, &inner)) {
            let place = inner.place(self, &name, 0)?;
            columns.push((column.name.clone(), place));
        }
        let mode = named.view.as_ref().map(|view| view.mode);
        if let Some(mode @ (ViewMode::LocalCheck | ViewMode::CascadedCheck)) = mode {
            let check = self.check(&part, mode == ViewMode::LocalCheck)?;
            inner.checks.push(check);
        }
        Ok(Through { named: Rc::clone(named), columns, ..inner })
    }

    /// The text that finds a row in a view. LOCAL asks for the view's own condition only.
    fn check(&mut self, part: &Part, local: bool) -> Result<String, SqlFailure> {
        let mut select = part.select.clone();
        if local {
            select.from = vec![self.without_filter(part, 0)?];
        }
        let scopes = std::mem::take(&mut self.scopes);
        let with = std::mem::take(&mut self.with);
        let inner = self.subquery(&plain(select));
        (self.scopes, self.with) = (scopes, with);
        let inner = inner?;
        let Some((sql, tables)) = inner.locked else { return Err(not_updatable()) };
        let last = tables.len().saturating_sub(1);
        Ok(format!("SELECT 1 FROM ({sql}) AS v WHERE v.k{last} = "))
    }

    /// What a view is made from, as it is without the conditions of the views in it.
    fn without_filter(&mut self, part: &Part, depth: usize) -> Result<From, SqlFailure> {
        let table = self.table(&part.under)?;
        let written = part.select.from.first();
        let alias = match written {
            Some(From::Table { alias: Some(alias), .. }) => alias.clone(),
            _ => table.name.clone(),
        };
        if table.view.is_none() || depth >= view::VIEWS_MAX {
            return Ok(From::Table { name: part.under.clone(), alias: Some(alias) });
        }
        let inner = self.part(&table)?;
        let below = self.without_filter(&inner, depth + 1)?;
        let known = self.through(&part.under)?;
        let names = shown_names(&inner.select, &mut || {
            self.through(&inner.under).map(|t| t.columns.into_iter().map(|(n, _)| n).collect())
        })?;
        let items = known.columns.iter().zip(names).map(|((shown, _), name)| Item::Value {
            expr: Expr::Column { schema: None, table: None, name, at: 0 },
            alias: Some(shown.clone()),
        });
        let select = Select {
            items: items.collect(),
            from: vec![below],
            filter: None,
            ..inner.select.clone()
        };
        Ok(From::Derived { query: Box::new(plain(select)), alias: Some(alias) })
    }

    /// Puts a view that is changed into the FROM list; gives its text and what names the row.
    pub(super) fn changed_view(
        &mut self,
        named: &Rc<Table>,
        label: String,
    ) -> Result<(String, String), SqlFailure> {
        if self.scopes.is_empty() {
            self.scopes.push(Scope::default());
        }
        let mut derived = super::from::Derived::default();
        let text = self.view(named, label, false, &mut derived)?;
        let text = self.placed(text, &derived, true);
        let source = self.scopes.last().and_then(|scope| scope.sources.last());
        let Some(source) = source else { return Err(not_updatable()) };
        let last = source.behind.len().saturating_sub(1);
        let number = format!("{}.k{last}", source.alias);
        Ok((text, number))
    }
}

/// −35 (iris-sql Appendix A).
fn not_updatable() -> SqlFailure {
    bare(-35)
}

fn plain(select: Select) -> Query {
    Query { with: Vec::new(), body: Body::Select(Box::new(select)), order: Vec::new(), limit: None }
}

/// The names, in what lies under a view, of the view's columns.
fn shown(select: &Select, inner: &Through) -> Vec<String> {
    let visible = || {
        let columns = inner.columns.iter().filter(|(_, place)| {
            inner.named.view.is_some()
                || inner.table.columns.get(*place).is_some_and(|column| !column.private)
        });
        Ok(columns.map(|(name, _)| name.clone()).collect())
    };
    shown_names(select, &mut { visible }).unwrap_or_default()
}

fn shown_names(
    select: &Select,
    all: &mut dyn FnMut() -> Result<Vec<String>, SqlFailure>,
) -> Result<Vec<String>, SqlFailure> {
    let mut out = Vec::new();
    for item in &select.items {
        match item {
            Item::Star(..) => out.extend(all()?),
            Item::Value { expr: Expr::Column { name, .. }, .. } => out.push(name.clone()),
            Item::Value { .. } => {}
        }
    }
    Ok(out)
}

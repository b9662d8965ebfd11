//! INSERT, UPDATE, DELETE (iris-sql §1.3).

use std::collections::HashMap;
use std::rc::Rc;

use super::super::api::SqlFailure;
use super::super::ast::{Cond, Delete, Expr, From, Hint, Insert, Place, Source as Rows, Update};
use super::super::sqlcode::{bare, fail};
use super::super::store::catalog::{Column, Table, same};
use super::super::types::{Filled, Ty};
use super::scope::{Scope, Source};
use super::through::Through;
use super::{Aggregates, Binder, Cell, DeletePlan, InsertPlan, Origin, UpdatePlan};

/// Stands for the RowID among the positions of columns.
pub(in crate::sql) const ROW_ID: usize = usize::MAX;

impl InsertPlan {
    /// What a column of the table is given, `None` when nothing.
    pub(in crate::sql) fn cell(&self, place: usize) -> Option<&Cell> {
        if place == ROW_ID {
            return self.cells.iter().find(|(at, _)| *at == ROW_ID).map(|(_, cell)| cell);
        }
        let at = self.by_place.get(place).copied().flatten()?;
        self.cells.get(at).map(|(_, cell)| cell)
    }
}

/// The FROM of an UPDATE or DELETE and what names the row that is changed.
struct Target {
    from: String,
    number: String,
}

impl Binder<'_> {
    pub(super) fn insert(&mut self, insert: &Insert) -> Result<InsertPlan, SqlFailure> {
        let through = self.through(&insert.table)?;
        let places = match &insert.columns {
            Some(columns) => self.places(&through, columns)?,
            None => through.all(),
        };
        let Through { table, checks, .. } = through;
        let (cells, query) = match &insert.source {
            Rows::Defaults => (Vec::new(), None),
            Rows::Values(values) => {
                counts(values.len(), places.len())?;
                let mut computed = Vec::new();
                let mut cells = Vec::new();
                for (place, value) in places.iter().zip(values) {
                    cells.push((*place, self.cell(&table, *place, value, &mut computed, 0)?));
                }
                let query =
                    (!computed.is_empty()).then(|| format!("SELECT {}", computed.join(", ")));
                (cells, query)
            }
            Rows::Query(query) => {
                let inner = self.subquery(query)?;
                if inner.outputs.len() != places.len() {
                    // iris-sql Appendix A: −64 for the select list of an INSERT.
                    return Err(bare(-64));
                }
                let cells = places.iter().enumerate().map(|(at, place)| {
                    let ty = inner.outputs.get(at).map_or(Ty::Unknown, |o| o.ty);
                    convertible(ty, table.columns.get(*place))?;
                    Ok((*place, Cell::Computed(at, ty)))
                });
                (cells.collect::<Result<_, SqlFailure>>()?, Some(inner.sql))
            }
        };
        let mut by_place = vec![None; table.columns.len()];
        for (at, (place, _)) in cells.iter().enumerate() {
            if let Some(slot) = by_place.get_mut(*place) {
                *slot = Some(at);
            }
        }
        let (or_update, options) = (insert.or_update, insert.options);
        let sql = filing(&table);
        Ok(InsertPlan { table, cells, by_place, query, sql, checks, or_update, options })
    }

    /// Positions of named columns; a name twice is −377, an unknown one −29, ROWVERSION −138
    /// (iris-sql §1.3, Appendix A).
    fn places(
        &self,
        through: &Through,
        names: &[(String, Place)],
    ) -> Result<Vec<usize>, SqlFailure> {
        let mut out = Vec::new();
        for (name, at) in names {
            let place = through.place(self, name, *at)?;
            if out.contains(&place) {
                return Err(repeated(name));
            }
            if let Some(column) = through.table.columns.get(place)
                && column.filled == Filled::RowVersion
            {
                return Err(read_only(column));
            }
            out.push(place);
        }
        Ok(out)
    }

    /// A value to store. `before` columns stand in the query before the computed ones.
    fn cell(
        &mut self,
        table: &Rc<Table>,
        place: usize,
        expr: &Expr,
        computed: &mut Vec<String>,
        before: usize,
    ) -> Result<Cell, SqlFailure> {
        let column = table.columns.get(place);
        if let Expr::Negate(inner) = expr
            && let Expr::Number(_) = **inner
            && let Origin::Number(number) = self.value(inner)?.origin
        {
            return Ok(Cell::Number(number.negate()));
        }
        let bound = self.value(expr)?;
        convertible(bound.ty, column)?;
        Ok(match &bound.origin {
            Origin::Param(n) if bound.ty == Ty::Unknown => {
                if let (Some(slot), Some(column)) = (self.slots.get_mut(*n), column) {
                    slot.ty = column.ty;
                    slot.column.clone_from(&column.name);
                    slot.nullable = i64::from(!column.not_null);
                }
                Cell::Param(*n)
            }
            Origin::Null => Cell::Null,
            Origin::Text(text) => Cell::Text(text.clone()),
            Origin::Number(number) => Cell::Number(*number),
            _ => {
                computed.push(bound.sql.clone());
                Cell::Computed(before + computed.len() - 1, bound.ty)
            }
        })
    }

    /// Opens the scope of an UPDATE or DELETE. A table of its FROM that has the name of the changed
    /// one is that one; else the changed table joins the list (iris-sql §1.3). UNVERIFIED(iris):
    /// that the first holds for IRIS as it does where the clause comes from.
    fn target(
        &mut self,
        through: &Through,
        alias: Option<&String>,
        (hints, list): &(Vec<Hint>, Vec<From>),
    ) -> Result<Target, SqlFailure> {
        let (table, named) = (&through.table, &through.named);
        let label = alias.cloned().unwrap_or_else(|| named.name.clone());
        self.scopes.push(Scope::default());
        self.aggregates = Aggregates::Refused;
        let mut derived = HashMap::new();
        let text = self.from(list, hints, &mut derived)?;
        let from = self.placed(text, &derived, false);
        if named.view.is_some() {
            let (own, number) = self.changed_view(named, label)?;
            return Ok(Target { from: joined(own, list, &from), number });
        }
        let known = self.scopes.last().and_then(|scope| {
            let mut sources = scope.sources.iter();
            sources.find(|s| {
                same(&s.label, &label) && s.table.as_ref().is_some_and(|t| t.id == table.id)
            })
        });
        if let Some(source) = known {
            return Ok(Target { from, number: format!("{}.rid", source.alias) });
        }
        let alias = self.alias();
        self.add_source(Source {
            label,
            alias: alias.clone(),
            table: Some(Rc::clone(table)),
            outputs: Vec::new(),
            colls: Vec::new(),
            optional: false,
            behind: Vec::new(),
        })?;
        let own = format!("t{} AS {alias}", table.id);
        Ok(Target { from: joined(own, list, &from), number: format!("{alias}.rid") })
    }

    fn filtered(&mut self, target: &Target, filter: Option<&Cond>) -> Result<String, SqlFailure> {
        let found = format!("{} IS NOT NULL", target.number);
        match filter {
            Some(cond) => Ok(format!("{found} AND {}", self.condition(cond)?)),
            None => Ok(found),
        }
    }

    pub(super) fn update(&mut self, update: &Update) -> Result<UpdatePlan, SqlFailure> {
        let through = self.through(&update.table)?;
        let target = self.target(&through, update.alias.as_ref(), &update.from)?;
        let table = Rc::clone(&through.table);
        let mut items = vec![target.number.clone()];
        let mut cells: Vec<(usize, Cell)> = Vec::new();
        for (name, at, value) in &update.sets {
            let place = through.place(self, name, *at)?;
            match table.columns.get(place) {
                Some(column) if column.filled == Filled::RowVersion => {
                    return Err(read_only(column));
                }
                Some(column) if column.filled != Filled::Identity => {}
                _ => {
                    // iris-sql §1.7.
                    let name = table.row_id_name();
                    let text = format!("Updating any of the RowID Fields ('{name}') not allowed");
                    return Err(fail(-107, text));
                }
            }
            if cells.iter().any(|(other, _)| *other == place) {
                return Err(repeated(name));
            }
            let mut computed = Vec::new();
            let cell = self.cell(&table, place, value, &mut computed, items.len())?;
            items.extend(computed);
            cells.push((place, cell));
        }
        let filter = self.filtered(&target, update.filter.as_ref())?;
        let (items, from) = (items.join(", "), &target.from);
        let query = format!("SELECT {items} FROM {from} WHERE {filter} ORDER BY 1");
        let checks = through.checks;
        Ok(UpdatePlan { table, query, cells, checks, options: update.options })
    }

    pub(super) fn delete(&mut self, delete: &Delete) -> Result<DeletePlan, SqlFailure> {
        let through = self.through(&delete.table)?;
        let target = self.target(&through, delete.alias.as_ref(), &delete.from)?;
        let filter = self.filtered(&target, delete.filter.as_ref())?;
        let Target { from, number } = &target;
        let query = format!("SELECT {number} FROM {from} WHERE {filter} ORDER BY 1");
        Ok(DeletePlan { table: through.table, query, options: delete.options })
    }
}

/// The changed table before the further ones. A comma binds less than JOIN does; to SQLite both
/// are one chain.
fn joined(own: String, list: &[From], from: &str) -> String {
    match list {
        [] => own,
        [From::Join { .. }] => format!("{own}, ({from})"),
        _ => format!("{own}, {from}"),
    }
}

/// SQLite's text that files a row.
fn filing(table: &Table) -> String {
    let mut names = "rid".to_owned();
    let mut marks = "?1".to_owned();
    for (at, column) in table.stored_columns().enumerate() {
        names.push_str(&format!(",c{}", column.id));
        marks.push_str(&format!(",?{}", at + 2));
    }
    format!("INSERT INTO t{}({names}) VALUES ({marks})", table.id)
}

/// −303: a stream is not converted to another field (iris-sql Appendix A).
fn convertible(ty: Ty, column: Option<&Column>) -> Result<(), SqlFailure> {
    if ty.is_stream() && column.is_some_and(|column| !column.ty.is_stream()) {
        return Err(bare(-303));
    }
    Ok(())
}

/// −138, at prepare (iris-sql §1.3). UNVERIFIED(iris): also for NULL, as the field is read only.
fn read_only(column: &Column) -> SqlFailure {
    let name = &column.name;
    fail(-138, format!("Cannot INSERT/UPDATE a value for read only field '{name}'"))
}

/// −377 (iris-sql Appendix A).
fn repeated(name: &str) -> SqlFailure {
    fail(-377, format!("Field '{name}' appears more than once"))
}

/// −62 for too few values, −116 for too many (iris-sql §1.3).
fn counts(values: usize, columns: usize) -> Result<(), SqlFailure> {
    match values.cmp(&columns) {
        std::cmp::Ordering::Less => Err(bare(-62)),
        std::cmp::Ordering::Greater => Err(bare(-116)),
        std::cmp::Ordering::Equal => Ok(()),
    }
}

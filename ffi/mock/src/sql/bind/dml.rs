//! INSERT, UPDATE, DELETE.

use std::rc::Rc;

use super::super::api::SqlFailure;
use super::super::ast::{Assigned, Cond, Delete, Insert, Place, Source as Rows, Update};
use super::super::sqlcode::{bare, fail};
use super::super::store::catalog::{Table, same};
use super::super::types::{Filled, Ty};
use super::{Aggregates, Binder, Cell, DeletePlan, InsertPlan, Origin, Scope, Source, UpdatePlan};

/// Stands for the RowID among the positions of columns.
pub(in crate::sql) const ROW_ID: usize = usize::MAX;

impl Binder<'_> {
    pub(super) fn insert(&mut self, insert: &Insert) -> Result<InsertPlan, SqlFailure> {
        let table = self.table(&insert.table)?;
        let places = match &insert.columns {
            Some(columns) => self.places(&table, columns)?,
            None => (0..table.columns.len())
                .filter(|at| {
                    let filled = table.columns.get(*at).map(|c| c.filled);
                    !matches!(filled, Some(Filled::Identity | Filled::RowVersion))
                })
                .collect(),
        };
        match &insert.source {
            Rows::Defaults => Ok(InsertPlan { table, cells: Vec::new(), query: None }),
            Rows::Values(values) => {
                counts(values.len(), places.len())?;
                let mut computed = Vec::new();
                let mut cells = Vec::new();
                for (place, value) in places.iter().zip(values) {
                    cells.push((*place, self.cell(&table, *place, value, &mut computed, 0)?));
                }
                let query =
                    (!computed.is_empty()).then(|| format!("SELECT {}", computed.join(", ")));
                Ok(InsertPlan { table, cells, query })
            }
            Rows::Query(query) => {
                let inner = self.subquery(query)?;
                if inner.outputs.len() != places.len() {
                    // iris-sql Appendix A: −64 for the select list of an INSERT.
                    return Err(bare(-64));
                }
                let cells = places
                    .iter()
                    .enumerate()
                    .map(|(at, place)| {
                        let ty = inner.outputs.get(at).map_or(Ty::Unknown, |o| o.ty);
                        (*place, Cell::Computed(at, ty))
                    })
                    .collect();
                Ok(InsertPlan { table, cells, query: Some(inner.sql) })
            }
        }
    }

    /// Positions of named columns; a name twice is −377, an unknown one −29 (iris-sql Appendix A).
    fn places(&self, table: &Table, names: &[(String, Place)]) -> Result<Vec<usize>, SqlFailure> {
        let mut out = Vec::new();
        for (name, at) in names {
            let place = self.place(table, name, *at)?;
            if out.contains(&place) {
                return Err(fail(-377, format!("Field '{name}' appears more than once")));
            }
            out.push(place);
        }
        Ok(out)
    }

    fn place(&self, table: &Table, name: &str, at: Place) -> Result<usize, SqlFailure> {
        if let Some(place) = table.columns.iter().position(|c| same(&c.name, name)) {
            return Ok(place);
        }
        if name.eq_ignore_ascii_case("%ID") || same(name, &table.row_id_name()) {
            return Ok(ROW_ID);
        }
        Err(self.missing_field(name, at))
    }

    /// A value to store. `before` columns stand in the query before the computed ones.
    fn cell(
        &mut self,
        table: &Rc<Table>,
        place: usize,
        value: &Assigned,
        computed: &mut Vec<String>,
        before: usize,
    ) -> Result<Cell, SqlFailure> {
        let Assigned::Value(expr) = value else { return Ok(Cell::Default) };
        let bound = self.value(expr)?;
        Ok(match &bound.origin {
            Origin::Param(n) if bound.ty == Ty::Unknown => {
                if let (Some(slot), Some(column)) =
                    (self.slots.get_mut(*n), table.columns.get(place))
                {
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

    /// The FROM and WHERE of an UPDATE or DELETE.
    fn target(&mut self, table: &Rc<Table>, alias: Option<&String>) -> String {
        let label = alias.cloned().unwrap_or_else(|| table.name.clone());
        let sql_alias = self.alias();
        let text = format!("t{} AS {sql_alias}", table.id);
        let source = Source {
            label,
            alias: sql_alias,
            table: Some(Rc::clone(table)),
            outputs: Vec::new(),
            colls: Vec::new(),
            optional: false,
            behind: Vec::new(),
        };
        self.scopes.push(Scope::of(source));
        self.aggregates = Aggregates::Refused;
        text
    }

    fn filtered(&mut self, filter: Option<&Cond>) -> Result<String, SqlFailure> {
        match filter {
            Some(cond) => Ok(format!(" WHERE {}", self.condition(cond)?)),
            None => Ok(String::new()),
        }
    }

    pub(super) fn update(&mut self, update: &Update) -> Result<UpdatePlan, SqlFailure> {
        let table = self.table(&update.table)?;
        let from = self.target(&table, update.alias.as_ref());
        let mut computed = Vec::new();
        let mut cells: Vec<(usize, Cell)> = Vec::new();
        for (name, at, value) in &update.sets {
            let place = self.place(&table, name, *at)?;
            let filled = table.columns.get(place).map(|column| column.filled);
            match filled {
                // iris-sql §1.7.
                None | Some(Filled::Identity) => {
                    let name = table.row_id_name();
                    let text = format!("Updating any of the RowID Fields ('{name}') not allowed");
                    return Err(fail(-107, text));
                }
                Some(Filled::RowVersion) => return Err(bare(-138)),
                Some(_) => {}
            }
            if cells.iter().any(|(other, _)| *other == place) {
                return Err(fail(-377, format!("Field '{name}' appears more than once")));
            }
            let cell = self.cell(&table, place, value, &mut computed, 1)?;
            cells.push((place, cell));
        }
        let filter = self.filtered(update.filter.as_ref())?;
        let alias = self.scopes.last().and_then(|s| s.sources.first()).map(|s| s.alias.clone());
        let mut items = vec![format!("{}.rid", alias.unwrap_or_default())];
        items.extend(computed);
        let query = format!("SELECT {} FROM {from}{filter}", items.join(", "));
        Ok(UpdatePlan { table, query, cells })
    }

    pub(super) fn delete(&mut self, delete: &Delete) -> Result<DeletePlan, SqlFailure> {
        let table = self.table(&delete.table)?;
        let from = self.target(&table, delete.alias.as_ref());
        let filter = self.filtered(delete.filter.as_ref())?;
        let alias = self.scopes.last().and_then(|s| s.sources.first()).map(|s| s.alias.clone());
        let query = format!("SELECT {}.rid FROM {from}{filter}", alias.unwrap_or_default());
        Ok(DeletePlan { table, query })
    }
}

/// −62 for too few values, −116 for too many (iris-sql §1.3).
fn counts(values: usize, columns: usize) -> Result<(), SqlFailure> {
    match values.cmp(&columns) {
        std::cmp::Ordering::Less => Err(bare(-62)),
        std::cmp::Ordering::Greater => Err(bare(-116)),
        std::cmp::Ordering::Equal => Ok(()),
    }
}

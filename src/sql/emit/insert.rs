//! INSERT.

use super::change::{Value, store, unmeasured};
use super::query::Role;
use super::{Emitter, check_places, refuse};
use crate::sql::bound::{Assigned, Body, Expr, Insert, Node, Rows as Source, Target};
use crate::sql::error::SqlError;
use crate::sql::statement::{
    Action, Constant, Each, IrisBatch, IrisStatement, Output, Place, Rows, Verb,
};
use crate::types::pg::PgType;

/// The rows of a plan's INSERT.
struct Filed {
    rows: Rows,
    /// Which columns are filled from the cells, in their order.
    columns: Vec<usize>,
    /// What each cell stores.
    cells: Vec<Place>,
    inserts: Vec<IrisStatement>,
}

/// Whether IRIS would store a column's default for a NULL that PostgreSQL refuses.
fn defaults(target: &Target, column: usize, nullable: bool) -> bool {
    nullable && target.columns.get(column).is_some_and(|own| !own.nullable && own.filled)
}

fn has_subquery(expr: &Expr) -> bool {
    expr.any(&|expr| matches!(expr.node, Node::Subquery(_)))
}

impl Emitter<'_> {
    pub(super) fn insert(&mut self, insert: &Insert) -> Result<Action, SqlError> {
        let planned = insert.conflict.is_some() || !insert.returning.is_empty();
        if !planned {
            if let Some(done) = self.insert_directly(insert)? {
                return Ok(done);
            }
            self.out = crate::sql::printer::Printer::default();
            self.firsts.clear();
        }
        let filed = match &insert.rows {
            Source::Defaults => self.default_row(insert)?,
            Source::Values(rows) => self.value_rows(insert, rows)?,
            Source::Query(query) => {
                self.rule("rows are fetched, checked as PostgreSQL does it, and filed one by one");
                self.query(query, Role::Fetched)?;
                let outputs = query.columns.iter().map(super::query::output).collect();
                let statement = self.finish(outputs, Verb::Select)?;
                let types = match &query.body {
                    Body::Select(select) => {
                        select.items.iter().map(|item| unmeasured(&item.expr).ty).collect()
                    }
                    _ => query.columns.iter().map(|column| column.ty).collect(),
                };
                let columns = insert.columns.clone();
                self.filed(&insert.target, columns, Rows::Query(statement), types)?
            }
        };
        let returning = self.returning(&insert.target, &[], &insert.returning, None)?;
        let conflict = match &insert.conflict {
            None => None,
            Some(conflict) => {
                Some(self.conflict(&insert.target, conflict, &filed.columns, &filed.cells)?)
            }
        };
        let each = Each::Insert { inserts: filed.inserts, conflict };
        let plan = self.plan(filed.rows, each, returning, Verb::Insert);
        Ok(Action::Plan(Box::new(plan)))
    }

    /// One IRIS statement, or one with rows; `None` where it takes a plan.
    fn insert_directly(&mut self, insert: &Insert) -> Result<Option<Action>, SqlError> {
        let target = &insert.target;
        match &insert.rows {
            Source::Defaults => {
                self.into(target, &[])?;
                self.out.word("DEFAULT VALUES");
                self.finish(Vec::new(), Verb::Insert).map(Action::Iris).map(Some)
            }
            Source::Query(query) => {
                let mut columns = query.columns.iter().zip(&insert.columns);
                if columns.any(|(own, column)| defaults(target, *column, own.nullable)) {
                    return Ok(None);
                }
                self.into(target, &insert.columns)?;
                let stores = insert.columns.iter().map(|column| store(target, *column));
                self.stores = stores.collect::<Result<_, _>>()?;
                self.query(query, Role::Filed)?;
                self.changed(Verb::Insert).map(Some)
            }
            Source::Values(rows) => {
                let kept = kept(rows, insert.columns.len());
                let Some(kept) = kept else { return Ok(None) };
                let columns: Vec<usize> =
                    kept.iter().filter_map(|at| insert.columns.get(*at)).copied().collect();
                match rows.as_slice() {
                    [row] => self.insert_row(target, &columns, row, &kept),
                    _ => self.batch(target, &columns, rows, &kept),
                }
            }
        }
    }

    /// One row, whose expressions IRIS computes.
    fn insert_row(
        &mut self,
        target: &Target,
        columns: &[usize],
        row: &[Assigned],
        kept: &[usize],
    ) -> Result<Option<Action>, SqlError> {
        self.into(target, columns)?;
        if columns.is_empty() {
            self.out.word("DEFAULT VALUES");
            return self.changed(Verb::Insert).map(Some);
        }
        let mut values = Vec::with_capacity(columns.len());
        for (at, column) in kept.iter().zip(columns) {
            let Some(value) = row.get(*at) else { continue };
            let value = self.assigned(value, target, *column)?;
            if let Value::Computed(expr, _) = &value
                && defaults(target, *column, expr.nullable)
            {
                return Ok(None);
            }
            values.push(value);
        }
        // IRIS has no subqueries inside VALUES (−144).
        let queried = values
            .iter()
            .any(|value| matches!(value, Value::Computed(expr, _) if has_subquery(expr)));
        match queried {
            true => self.out.word("SELECT"),
            false => self.out.word("VALUES").open(),
        };
        for (index, value) in values.into_iter().enumerate() {
            self.out.separate(index);
            match value {
                Value::Place(place) if queried => self.stored_place_by_query(place),
                value => self.print_assigned(value)?,
            }
        }
        if !queried {
            self.out.close();
        }
        self.changed(Verb::Insert).map(Some)
    }

    /// Several rows of bound values: one INSERT whose values are all bound.
    fn batch(
        &mut self,
        target: &Target,
        columns: &[usize],
        rows: &[Vec<Assigned>],
        kept: &[usize],
    ) -> Result<Option<Action>, SqlError> {
        if columns.is_empty() {
            return Ok(None);
        }
        let Some(bound) = self.bound_rows(target, columns, rows, kept)? else { return Ok(None) };
        self.rule("rows of VALUES are filed one by one in one call, all or none");
        self.into(target, columns)?;
        self.out.word("VALUES").open();
        for index in 0..columns.len() {
            self.out.separate(index);
            self.out.place(Place::Constant(Constant::Null));
        }
        self.out.close();
        let printed = std::mem::take(&mut self.out).finish()?;
        check_places(&printed.places)?;
        Ok(Some(Action::Batch(IrisBatch {
            text: printed.text,
            rows: bound,
            parameters: self.bound.parameters.iter().copied().map(Some).collect(),
            table: self.named(&target.table),
            resolved: true,
        })))
    }

    /// The places of rows in which nothing is computed.
    fn bound_rows(
        &mut self,
        target: &Target,
        columns: &[usize],
        rows: &[Vec<Assigned>],
        kept: &[usize],
    ) -> Result<Option<Vec<Vec<Place>>>, SqlError> {
        let mut bound = Vec::with_capacity(rows.len());
        for row in rows {
            let mut cells = Vec::with_capacity(columns.len());
            for (at, column) in kept.iter().zip(columns) {
                let Some(value) = row.get(*at) else { continue };
                let Value::Place(place) = self.assigned(value, target, *column)? else {
                    return Ok(None);
                };
                cells.push(place);
            }
            bound.push(cells);
        }
        Ok(Some(bound))
    }

    /// Prints `INSERT INTO t (columns)`.
    fn into(&mut self, target: &Target, columns: &[usize]) -> Result<(), SqlError> {
        self.out.word("INSERT INTO");
        self.table(&target.table)?;
        for (index, column) in columns.iter().enumerate() {
            match index {
                0 => self.out.open(),
                _ => self.out.comma(),
            };
            let column = target.columns.get(*column);
            let column = column.ok_or_else(|| SqlError::new("XX000", "a column is not there"))?;
            self.out.name(&column.name)?;
        }
        if !columns.is_empty() {
            self.out.close();
        }
        Ok(())
    }

    fn default_row(&mut self, insert: &Insert) -> Result<Filed, SqlError> {
        self.into(&insert.target, &[])?;
        self.out.word("DEFAULT VALUES");
        let inserts = vec![self.finish(Vec::new(), Verb::Insert)?];
        Ok(Filed { rows: Rows::One, columns: Vec::new(), cells: Vec::new(), inserts })
    }

    /// Rows of VALUES in a plan: bound ones, computed ones, and such with DEFAULT in some rows.
    fn value_rows(&mut self, insert: &Insert, rows: &[Vec<Assigned>]) -> Result<Filed, SqlError> {
        let target = &insert.target;
        let Some(kept) = kept(rows, insert.columns.len()) else {
            return self.uneven_rows(insert, rows);
        };
        let columns: Vec<usize> =
            kept.iter().filter_map(|at| insert.columns.get(*at)).copied().collect();
        if columns.is_empty() {
            self.into(target, &[])?;
            self.out.word("DEFAULT VALUES");
            let inserts = vec![self.finish(Vec::new(), Verb::Insert)?];
            let rows = Rows::Values(rows.iter().map(|_| Vec::new()).collect());
            return Ok(Filed { rows, columns, cells: Vec::new(), inserts });
        }
        if let Some(bound) = self.bound_rows(target, &columns, rows, &kept)? {
            let cells: Vec<Place> = (0..columns.len()).map(Place::Cell).collect();
            let inserts = vec![self.filing(target, &columns, &cells)?];
            return Ok(Filed { rows: Rows::Values(bound), columns, cells, inserts });
        }
        self.rule("the values are computed by a query, checked as PostgreSQL does it, and filed");
        let (mut outputs, mut types) = (Vec::new(), Vec::new());
        for (index, row) in rows.iter().enumerate() {
            self.out.word(if index == 0 { "SELECT" } else { "UNION ALL SELECT" });
            for (place, at) in kept.iter().enumerate() {
                let Some(Assigned::Value(expr)) = row.get(*at) else { continue };
                self.out.separate(place);
                let expr = unmeasured(expr);
                self.value(expr)?;
                if index == 0 {
                    types.push(expr.ty);
                    outputs.push(Output::Column {
                        name: Some(format!("irispg_c{}", place.saturating_add(1))),
                        ty: Some(expr.ty),
                        typmod: -1,
                        scale: None,
                        origin: None,
                    });
                }
            }
        }
        let statement = self.finish(outputs, Verb::Select)?;
        self.filed(target, columns, Rows::Query(statement), types)
    }

    /// Rows of which some take a default where others have a value: one INSERT for each.
    fn uneven_rows(&mut self, insert: &Insert, rows: &[Vec<Assigned>]) -> Result<Filed, SqlError> {
        let target = &insert.target;
        self.rule("rows of VALUES with DEFAULT are filed one by one");
        let (mut bound, mut inserts) = (Vec::new(), Vec::new());
        for row in rows {
            let (mut cells, mut own, mut columns) = (Vec::new(), Vec::new(), Vec::new());
            for (index, (value, column)) in row.iter().zip(&insert.columns).enumerate() {
                if matches!(value, Assigned::Default) {
                    cells.push(Place::Constant(Constant::Null));
                    continue;
                }
                let Value::Place(place) = self.assigned(value, target, *column)? else {
                    let message = "expressions beside DEFAULT in VALUES of several rows are not \
                                   supported";
                    return Err(refuse(message).hint("Insert the row by itself."));
                };
                cells.push(place);
                own.push(Place::Cell(index));
                columns.push(*column);
            }
            inserts.push(match columns.is_empty() {
                true => {
                    self.into(target, &[])?;
                    self.out.word("DEFAULT VALUES");
                    self.finish(Vec::new(), Verb::Insert)?
                }
                false => self.filing(target, &columns, &own)?,
            });
            bound.push(cells);
        }
        if insert.conflict.is_some() {
            return Err(refuse("ON CONFLICT beside DEFAULT in some rows is not supported")
                .hint("Insert those rows by a statement of their own."));
        }
        let rows = Rows::Values(bound);
        Ok(Filed { rows, columns: Vec::new(), cells: Vec::new(), inserts })
    }

    /// `INSERT … VALUES (?, …)` of a row of these places.
    fn filing(
        &mut self,
        target: &Target,
        columns: &[usize],
        cells: &[Place],
    ) -> Result<IrisStatement, SqlError> {
        self.into(target, columns)?;
        self.out.word("VALUES").open();
        for (index, place) in cells.iter().enumerate() {
            self.out.separate(index);
            self.out.place(place.clone());
        }
        self.out.close();
        self.finish(Vec::new(), Verb::Insert)
    }

    /// Rows that a query gives, checked on their way into the columns.
    fn filed(
        &mut self,
        target: &Target,
        columns: Vec<usize>,
        rows: Rows,
        types: Vec<PgType>,
    ) -> Result<Filed, SqlError> {
        let mut cells = Vec::with_capacity(columns.len());
        for (index, (column, ty)) in columns.iter().zip(types).enumerate() {
            let store = store(target, *column)?;
            cells.push(Place::Stored { value: Box::new(Place::Cell(index)), ty, store });
        }
        let inserts = vec![self.filing(target, &columns, &cells)?];
        Ok(Filed { rows, columns, cells, inserts })
    }
}

/// The positions of the columns that have values; `None` where some rows only take a default.
fn kept(rows: &[Vec<Assigned>], count: usize) -> Option<Vec<usize>> {
    let mut kept = Vec::with_capacity(count);
    for at in 0..count {
        let default = |row: &&Vec<Assigned>| matches!(row.get(at), Some(Assigned::Default) | None);
        match rows.iter().filter(default).count() {
            0 => kept.push(at),
            all if all == rows.len() => {}
            _ => return None,
        }
    }
    Some(kept)
}

//! What INSERT, UPDATE and DELETE have in common: the table that is changed, values on their way
//! into its columns, and RETURNING.

use super::constant::is_text;
use super::scope::{Cells, Scope, Shown};
use super::{Emitter, quotient, refuse, shown};
use crate::sql::bound::{Assigned, Cast, Expr, Item, Node, Source, Target};
use crate::sql::error::SqlError;
use crate::sql::statement::{
    Constant, Each, IrisStatement, Output, Place, Plan, Rows, Store, Verb,
};
use crate::types::pg::PgType;
use std::rc::Rc;

/// A value for a column.
pub(super) enum Value<'t> {
    /// It is bound.
    Place(Place),
    /// IRIS computes it.
    Computed(&'t Expr, Rc<Store>),
}

/// A value before PostgreSQL measures it for its column, which the gateway does: IRIS would cut
/// what is too long.
pub(super) fn unmeasured(expr: &Expr) -> &Expr {
    let mut inside = expr;
    while let Node::Cast(Cast { expr: inner, explicit: false }) = &inside.node
        && (inner.ty == inside.ty || (is_text(inner.ty) && is_text(inside.ty)))
    {
        inside = inner;
    }
    inside
}

/// What RETURNING becomes.
#[derive(Default)]
pub(super) struct Returning {
    /// The query, if there is a RETURNING.
    pub(super) query: Option<IrisStatement>,
    /// Its columns.
    pub(super) outputs: Vec<Output>,
    /// The cells that are used up to now.
    pub(super) cells: Option<Cells>,
}

/// What a column keeps.
pub(super) fn store(target: &Target, column: usize) -> Result<Rc<Store>, SqlError> {
    let found = target.columns.get(column);
    let found = found.ok_or_else(|| SqlError::new("XX000", "a column is not there"))?;
    Ok(Rc::new(Store {
        table: target.table.clone(),
        column: found.name.clone(),
        ty: found.ty,
        typmod: found.typmod,
        not_null: !found.nullable,
        filled: found.filled,
    }))
}

impl Emitter<'_> {
    /// A value on its way into a column.
    pub(super) fn assigned<'t>(
        &mut self,
        value: &'t Assigned,
        target: &Target,
        column: usize,
    ) -> Result<Value<'t>, SqlError> {
        let store = store(target, column)?;
        let Assigned::Value(expr) = value else {
            let filled = target.columns.get(column).is_some_and(|column| column.filled);
            if filled {
                return Err(refuse("SET column = DEFAULT is not supported for this column")
                    .hint("Give the value itself."));
            }
            let ty = store.ty;
            let value = Box::new(Place::Constant(Constant::Null));
            return Ok(Value::Place(Place::Stored { value, ty, store }));
        };
        if let Some(place) = self.stored_place(expr, &store) {
            return Ok(Value::Place(place));
        }
        let mut inner = expr;
        while let Node::Cast(Cast { expr, explicit: false }) = &inner.node {
            inner = expr;
        }
        let known = match inner.node {
            Node::Excluded(index) => Some(self.excluded_place(index)?),
            Node::Column(column) if column.source > 0 => self.cell(column)?,
            _ => None,
        };
        Ok(match known {
            Some((place, ty)) => Value::Place(Place::Stored { value: Box::new(place), ty, store }),
            None => Value::Computed(expr, store),
        })
    }

    /// Prints a value on its way into a column.
    pub(super) fn print_assigned(&mut self, value: Value<'_>) -> Result<(), SqlError> {
        match value {
            Value::Place(place) => {
                self.out.place(place);
                Ok(())
            }
            Value::Computed(expr, store) => self.stored(expr, store),
        }
    }

    /// Prints the table that is changed, and makes it the first source of a scope.
    pub(super) fn target(&mut self, target: &Target, others: usize) -> Result<(), SqlError> {
        let shown = self.table_source(&target.table, &target.source)?;
        let mut sources = vec![shown];
        sources.resize_with(others.saturating_add(1), Shown::default);
        self.scopes.push(Scope { sources, ..Scope::default() });
        Ok(())
    }

    /// The query of RETURNING: one row by its id. `others` are the tables of FROM or USING.
    pub(super) fn returning(
        &mut self,
        target: &Target,
        others: &[Source],
        items: &[Item],
        cells: Option<Cells>,
    ) -> Result<Returning, SqlError> {
        if items.is_empty() {
            return Ok(Returning { query: None, outputs: Vec::new(), cells });
        }
        let sources = std::slice::from_ref(&target.source);
        if items.iter().any(|item| shown::hides(&item.expr, sources)) {
            return Err(quotient::unshown());
        }
        let from = self.apart(|own| own.target(target, 0))?;
        if let Some(scope) = self.scopes.last_mut() {
            scope.cells = cells;
        }
        self.out.word("SELECT");
        for (index, item) in items.iter().enumerate() {
            self.out.separate(index);
            self.value(&item.expr)?;
        }
        self.out.word("FROM").append(from);
        self.out.word("WHERE");
        self.row_id(0, 0)?;
        self.out.word("=").place(Place::RowId);
        let cells = self.scopes.pop().and_then(|scope| scope.cells);
        let outputs: Vec<Output> =
            items.iter().map(|item| returned(item, target, others)).collect();
        let query = Some(self.finish(outputs.clone(), Verb::Select)?);
        Ok(Returning { query, outputs, cells })
    }

    /// A plan of this statement.
    pub(super) fn plan(
        &mut self,
        rows: Rows,
        each: Each,
        returning: Returning,
        verb: Verb,
    ) -> Plan {
        Plan {
            creation: None,
            firsts: std::mem::take(&mut self.firsts),
            rows,
            each,
            returning: returning.query,
            parameters: self.bound.parameters.iter().copied().map(Some).collect(),
            outputs: returning.outputs,
            verb,
            tables: self.bound.tables.clone(),
        }
    }
}

/// What the client is told of an item of RETURNING.
fn returned(item: &Item, target: &Target, others: &[Source]) -> Output {
    let expr = &item.expr;
    let origin = match &expr.node {
        Node::Column(column) if column.level == 0 => {
            let source = std::iter::once(&target.source).chain(others).nth(column.source);
            let shown = source.and_then(|source| source.columns.get(column.column));
            let origin = shown.and_then(|shown| shown.origin.as_ref());
            origin.map(|origin| (origin.table.clone(), origin.number))
        }
        _ => None,
    };
    Output::Column {
        name: Some(item.name.clone()),
        ty: Some(expr.ty),
        typmod: expr.typmod,
        scale: expr.scale.filter(|_| expr.ty == PgType::Numeric),
        origin,
    }
}

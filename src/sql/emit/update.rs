//! UPDATE and DELETE.
//!
//! A row is deleted once however many rows of USING it meets, so that the condition is whether
//! there is one: `WHERE EXISTS (SELECT 1 FROM others WHERE condition)`. A row is updated from one
//! of the rows of FROM that it meets, PostgreSQL does not say which, but every column takes its
//! value from the same one. Where the other table is joined by a key there cannot be two, and each
//! value is a subquery. Otherwise, and for RETURNING, the rows are fetched first, each with the
//! values of the other tables, and changed one by one under the condition once more, as PostgreSQL
//! does it when somebody else has changed a row in between.

use super::change::Returning;
use super::scope::{Cells, Shown};
use super::{Emitter, refuse};
use crate::sql::bound::{
    Assigned, Body, ColumnRef, Delete, Expr, From, Item, Node, Query, Source, SourceKind,
    SubqueryKind, Target, Update,
};
use crate::sql::error::SqlError;
use crate::sql::statement::{Action, Each, IrisStatement, Output, Place, Rows, Verb};
use crate::types::pg::PgType;

/// The parts that UPDATE and DELETE share.
struct Change<'t> {
    target: &'t Target,
    sources: &'t [Source],
    from: &'t [From],
    filter: Option<&'t Expr>,
    returning: &'t [Item],
}

impl Change<'_> {
    /// Whether the table that is changed stands among the others, too.
    /// UNVERIFIED(iris): whether rows that are changed already are seen as they were.
    fn meets_itself(&self) -> bool {
        self.sources.iter().any(|source| match &source.kind {
            SourceKind::Table(table) => table.name.eq_ignore_ascii_case(&self.target.table.name),
            _ => true,
        })
    }
}

impl Change<'_> {
    /// Refuses a query over the table that is changed: row by row it would see the rows that were
    /// changed before. One with LIMIT that chooses the rows, as of a queue, is asked again for each
    /// so that two sessions do not take the same one.
    fn refuse_own(&self, expr: &Expr, limited: bool) -> Result<(), SqlError> {
        let mut own = false;
        expr.deep(0, &mut |part, _| {
            if let Node::Subquery(subquery) = &part.node {
                let chosen = limited && subquery.query.limit.is_some();
                // The value of one that names nothing around it is taken before the first change.
                let first = matches!(subquery.kind, SubqueryKind::Scalar { .. });
                let chosen = chosen || (first && !subquery.correlated);
                own |= !chosen && reads(&subquery.query, &self.target.table.name);
            }
        });
        if !own {
            return Ok(());
        }
        Err(refuse("a query over the table that is changed is not supported here")
            .detail("The rows are changed one by one, and it would see those changed before.")
            .hint("Select the keys first, or leave out RETURNING and FROM."))
    }
}

/// Whether a query has a table of a name in FROM.
pub(super) fn reads(query: &Query, table: &str) -> bool {
    match &query.body {
        Body::Select(select) => select.sources.iter().any(|source| match &source.kind {
            SourceKind::Table(name) => name.name.eq_ignore_ascii_case(table),
            SourceKind::Query(query) | SourceKind::Cte { query, .. } => reads(query, table),
            SourceKind::Function(_) => false,
        }),
        Body::Set(set) => reads(&set.left, table) || reads(&set.right, table),
        Body::Values(_) => false,
    }
}

impl Emitter<'_> {
    pub(super) fn update(&mut self, update: &Update) -> Result<Action, SqlError> {
        let change = Change {
            target: &update.target,
            sources: &update.sources,
            from: &update.from,
            filter: update.filter.as_ref(),
            returning: &update.returning,
        };
        let joined = !change.sources.is_empty();
        let direct = change.returning.is_empty()
            && (!joined || (!change.meets_itself() && self.is_keyed(&change)));
        if !direct {
            return self.update_rows(&change, &update.set);
        }
        self.out.word("UPDATE");
        self.target(change.target, change.sources.len())?;
        if joined {
            self.rule("UPDATE … FROM takes values by subqueries over the other table's key");
            self.out.word("SET");
            for (index, (column, value)) in update.set.iter().enumerate() {
                self.out.separate(index);
                self.set_column(change.target, *column)?;
                let takes = matches!(value, Assigned::Value(expr) if takes(expr));
                let value = self.assigned(value, change.target, *column)?;
                match takes {
                    false => self.print_assigned(value)?,
                    true => self.met(&change, |own| own.print_assigned(value))?,
                }
            }
            self.exists_match(&change)?;
        } else {
            self.set(change.target, &update.set)?;
            self.where_(change.filter)?;
        }
        self.scopes.pop();
        self.changed(Verb::Update)
    }

    pub(super) fn delete(&mut self, delete: &Delete) -> Result<Action, SqlError> {
        let change = Change {
            target: &delete.target,
            sources: &delete.sources,
            from: &delete.using,
            filter: delete.filter.as_ref(),
            returning: &delete.returning,
        };
        let joined = !change.sources.is_empty();
        if !change.returning.is_empty() || (joined && change.meets_itself()) {
            return self.delete_rows(&change);
        }
        self.out.word("DELETE FROM");
        self.target(change.target, change.sources.len())?;
        if joined {
            self.rule("USING is an EXISTS over the other tables");
            self.exists_match(&change)?;
        } else {
            self.where_(change.filter)?;
        }
        self.scopes.pop();
        self.changed(Verb::Delete)
    }

    /// UPDATE row by row.
    fn update_rows(
        &mut self,
        change: &Change<'_>,
        set: &[(usize, Assigned)],
    ) -> Result<Action, SqlError> {
        for (_, value) in set {
            if let Assigned::Value(value) = value {
                change.refuse_own(value, false)?;
            }
        }
        self.out.word("UPDATE");
        self.row_target(change, Some(cells(change)))?;
        self.set(change.target, set)?;
        self.this_row(change)?;
        let cells = self.scopes.pop().and_then(|scope| scope.cells);
        let update = self.finish(Vec::new(), Verb::Update)?;
        self.planned(change, Each::Update(update), cells, Verb::Update)
    }

    /// DELETE row by row.
    fn delete_rows(&mut self, change: &Change<'_>) -> Result<Action, SqlError> {
        self.out.word("UPDATE");
        self.row_target(change, Some(cells(change)))?;
        let own = change.target.columns.iter().position(|column| !column.counted);
        let own = own.ok_or_else(|| {
            refuse("a table of nothing but counters cannot be locked row by row")
                .hint("Select the rows first.")
        })?;
        self.out.word("SET");
        self.set_column(change.target, own)?;
        self.column(ColumnRef { level: 0, source: 0, column: own })?;
        self.this_row(change)?;
        let cells = self.scopes.pop().and_then(|scope| scope.cells);
        let lock = self.finish(Vec::new(), Verb::Update)?;
        self.out.word("DELETE FROM");
        self.row_target(change, None)?;
        self.out.word("WHERE");
        self.row_id(0, 0)?;
        self.out.word("=").place(Place::RowId);
        self.scopes.pop();
        let delete = self.finish(Vec::new(), Verb::Delete)?;
        self.planned(change, Each::Delete { lock, delete }, cells, Verb::Delete)
    }

    fn row_target(&mut self, change: &Change<'_>, cells: Option<Cells>) -> Result<(), SqlError> {
        self.target(change.target, change.sources.len())?;
        self.changing = Some(change.target.table.name.clone());
        if let Some(scope) = self.scopes.last_mut() {
            scope.cells = cells;
        }
        Ok(())
    }

    /// Prints that this row, which meets the condition, is meant.
    fn this_row(&mut self, change: &Change<'_>) -> Result<(), SqlError> {
        self.out.word("WHERE");
        self.row_id(0, 0)?;
        self.out.word("=").place(Place::RowId);
        if let Some(filter) = change.filter {
            change.refuse_own(filter, true)?;
            self.out.word("AND").open();
            self.condition(filter)?;
            self.out.close();
        }
        Ok(())
    }

    /// The plan, whose query gives row ids and the values of the other tables.
    fn planned(
        &mut self,
        change: &Change<'_>,
        each: Each,
        cells: Option<Cells>,
        verb: Verb,
    ) -> Result<Action, SqlError> {
        self.rule("the rows are fetched first and changed one by one, each under the condition");
        let mut returning =
            self.returning(change.target, change.sources, change.returning, cells)?;
        let cells = returning.cells.take().unwrap_or_default();
        let query = self.row_query(change, &cells)?;
        let plan = self.plan(Rows::Query(query), each, returning, verb);
        Ok(Action::Plan(Box::new(plan)))
    }

    fn row_query(&mut self, change: &Change<'_>, cells: &Cells) -> Result<IrisStatement, SqlError> {
        let from = self.apart(|own| {
            own.target(change.target, change.sources.len())?;
            if !change.from.is_empty() {
                own.out.comma();
                own.others(change)?;
            }
            Ok(())
        })?;
        self.out.word("SELECT");
        self.row_id(0, 0)?;
        let column = |name: String, ty: PgType| Output::Column {
            name: Some(name),
            ty: Some(ty),
            typmod: -1,
            scale: None,
            origin: None,
        };
        let mut outputs = vec![column("id".to_owned(), PgType::Int8)];
        for (index, (source, at)) in cells.used.iter().enumerate() {
            self.out.comma();
            self.column(ColumnRef { level: 0, source: *source, column: *at })?;
            let ty = cells.types.get(*source).and_then(|types| types.get(*at)).copied();
            outputs.push(column(format!("irispg_c{index}"), ty.unwrap_or(PgType::Text)));
        }
        self.out.word("FROM").append(from);
        self.where_(change.filter)?;
        self.scopes.pop();
        self.finish(outputs, Verb::Select)
    }

    /// Prints the other tables, which are the sources from 1 on.
    fn others(&mut self, change: &Change<'_>) -> Result<(), SqlError> {
        if let Some(scope) = self.scopes.last_mut() {
            for source in scope.sources.iter_mut().skip(1) {
                *source = Shown::default();
            }
        }
        // The target is source 0 in expressions, and the list begins behind it.
        self.elements(change.from, change.sources, 1)
    }

    /// Prints `WHERE` and a condition.
    fn where_(&mut self, filter: Option<&Expr>) -> Result<(), SqlError> {
        match filter {
            None => Ok(()),
            Some(filter) => {
                self.out.word("WHERE");
                self.condition(filter)
            }
        }
    }

    /// Prints `SET` and the new values.
    pub(super) fn set(
        &mut self,
        target: &Target,
        set: &[(usize, Assigned)],
    ) -> Result<(), SqlError> {
        self.out.word("SET");
        for (index, (column, value)) in set.iter().enumerate() {
            self.out.separate(index);
            self.set_column(target, *column)?;
            let value = self.assigned(value, target, *column)?;
            self.print_assigned(value)?;
        }
        Ok(())
    }

    fn set_column(&mut self, target: &Target, column: usize) -> Result<(), SqlError> {
        let column = target.columns.get(column);
        let column = column.ok_or_else(|| SqlError::new("XX000", "a column is not there"))?;
        self.out.name(&column.name)?.word("=");
        Ok(())
    }

    /// Prints the condition that a row meets one of the other tables.
    fn exists_match(&mut self, change: &Change<'_>) -> Result<(), SqlError> {
        self.out.word("WHERE EXISTS");
        self.met(change, |own| {
            own.out.count(1);
            Ok(())
        })
    }

    /// Prints `(SELECT … FROM others WHERE condition)`.
    fn met(
        &mut self,
        change: &Change<'_>,
        item: impl FnOnce(&mut Self) -> Result<(), SqlError>,
    ) -> Result<(), SqlError> {
        let from = self.apart(|own| own.others(change))?;
        self.out.open().word("SELECT");
        item(self)?;
        self.out.word("FROM").append(from);
        self.where_(change.filter)?;
        self.out.close();
        Ok(())
    }

    /// Whether a row meets one row of the only other table at most: the condition compares every
    /// column of a key of it with something that does not come from it.
    fn is_keyed(&self, change: &Change<'_>) -> bool {
        let [Source { kind: SourceKind::Table(table), columns, .. }] = change.sources else {
            return false;
        };
        let mut fixed: Vec<&str> = Vec::new();
        let mut rest: Vec<&Expr> = change.filter.into_iter().collect();
        while let Some(expr) = rest.pop() {
            match &expr.node {
                Node::And(all) => rest.extend(all),
                Node::Operation(equal) if equal.operator.name == "=" => {
                    let [left, right] = equal.operands.as_slice() else { continue };
                    for (own, value) in [(left, right), (right, left)] {
                        let Node::Column(column) = own.node else { continue };
                        if column.level == 0 && column.source == 1 && !takes(value) {
                            fixed.extend(columns.get(column.column).map(|own| own.inner.as_str()));
                        }
                    }
                }
                _ => {}
            }
        }
        let keys = self.options.columns.map(|catalog| catalog.keys(table)).unwrap_or_default();
        keys.iter().any(|key| {
            let has = |column: &String| fixed.iter().any(|own| own.eq_ignore_ascii_case(column));
            key.columns.iter().all(has)
        })
    }

    /// A statement that changes rows, with the queries that must run before it.
    pub(super) fn changed(&mut self, verb: Verb) -> Result<Action, SqlError> {
        let statement = self.finish(Vec::new(), verb)?;
        if self.firsts.is_empty() {
            return Ok(Action::Iris(statement));
        }
        let plan = self.plan(Rows::One, Each::Run(statement), Returning::default(), verb);
        Ok(Action::Plan(Box::new(plan)))
    }
}

/// Whether an expression has, or may have, a column of the other tables.
fn takes(expr: &Expr) -> bool {
    expr.any(&|expr| match &expr.node {
        Node::Column(column) => column.level == 0 && column.source > 0,
        Node::RowId { level, source } => *level == 0 && *source > 0,
        Node::Subquery(subquery) => subquery.correlated,
        _ => false,
    })
}

/// The types of all sources' columns, to be fetched where they are used.
fn cells(change: &Change<'_>) -> Cells {
    let types = |source: &Source| source.columns.iter().map(|column| column.ty).collect();
    let own = std::iter::once(&change.target.source);
    Cells { types: own.chain(change.sources).map(types).collect(), used: Vec::new() }
}

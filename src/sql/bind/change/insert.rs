//! INSERT.

use super::super::clause::Clause;
use super::super::scope::{Scope, located, place_of};
use super::super::set::exprs_of;
use super::super::values::check_lengths;
use super::super::{Binder, at, refuse};
use super::assign::{column, only};
use super::listed;
use crate::sql::bound::{Assigned, At, Insert, Rows, Target};
use crate::sql::error::SqlError;
use irispg_grammar::ast::{self, ObjectName, SetExpr, TableObject, Values};

impl Binder<'_> {
    pub(super) fn insert(&mut self, insert: &ast::Insert) -> Result<Insert, SqlError> {
        check(insert)?;
        let TableObject::TableName(name) = &insert.table else {
            return Err(refuse("INSERT into anything but a table is not supported"));
        };
        let alias = insert.table_alias.as_ref().map(|alias| alias.alias.value.as_str());
        let (bound, _) = self.scoped(Scope::default(), |own| {
            let target = own.changed_table(name, alias)?;
            let columns = columns(&insert.columns, &target)?;
            let (columns, rows) = own.rows_of(insert, &target, columns)?;
            own.reveal(&target, alias.is_some())?;
            let conflict = own.conflict(insert.on.as_ref(), &target)?;
            let returning = own.returning(insert.returning.as_ref())?;
            Ok(Insert { target, columns, rows, conflict, returning })
        })?;
        Ok(bound)
    }

    /// What is filed, and in which columns.
    fn rows_of(
        &mut self,
        insert: &ast::Insert,
        target: &Target,
        columns: Vec<usize>,
    ) -> Result<(Vec<usize>, Rows), SqlError> {
        let Some(source) = &insert.source else {
            return Ok((Vec::new(), Rows::Defaults));
        };
        if let Some(values) = plain_values(source) {
            check_lengths(values)?;
            let width = values.rows.first().map_or(0, |row| row.content.len());
            let extra = values.rows.first().and_then(|row| row.content.get(columns.len()));
            let columns = fitted(insert, columns, width, place_of(extra))?;
            let rows = self.values_of(values, target, &columns)?;
            return Ok((columns, Rows::Values(rows)));
        }
        // The query sees nothing of the target.
        let query = self.open_query(source)?;
        let mut exprs = exprs_of(&query);
        let extra = exprs.get(columns.len()).map(|expr| expr.at).unwrap_or_default();
        let columns = fitted(insert, columns, exprs.len(), extra)?;
        for (expr, index) in exprs.iter_mut().zip(&columns) {
            if let Some(column) = target.columns.get(*index) {
                *expr = self.assign(expr.clone(), column)?;
            }
        }
        let query = self.cast_leg(query, exprs);
        match listed::rows(&query) {
            Some(rows) => Ok((columns, Rows::Values(rows))),
            None => Ok((columns, Rows::Query(Box::new(query)))),
        }
    }

    fn values_of(
        &mut self,
        values: &Values,
        target: &Target,
        columns: &[usize],
    ) -> Result<Vec<Vec<Assigned>>, SqlError> {
        let mut rows = Vec::with_capacity(values.rows.len());
        for row in &values.rows {
            let mut cells = Vec::with_capacity(columns.len());
            for (value, index) in row.content.iter().zip(columns) {
                cells.push(self.assigned(value, target, *index, Clause::Values)?);
            }
            rows.push(cells);
        }
        Ok(rows)
    }
}

/// The columns given; all of the table's without a list.
fn columns(names: &[ObjectName], target: &Target) -> Result<Vec<usize>, SqlError> {
    if names.is_empty() {
        return Ok((0..target.columns.len()).collect());
    }
    let mut columns = Vec::with_capacity(names.len());
    for name in names {
        let name = only(name)?;
        let index = column(target, name)?;
        if columns.contains(&index) {
            let message = format!("column \"{}\" specified more than once", name.value);
            let error = SqlError::new("42701", message);
            return Err(located(error, std::slice::from_ref(name)));
        }
        columns.push(index);
    }
    Ok(columns)
}

/// As many columns as there are values; with a list of columns none may be left over.
fn fitted(
    insert: &ast::Insert,
    mut columns: Vec<usize>,
    values: usize,
    extra: At,
) -> Result<Vec<usize>, SqlError> {
    if values > columns.len() {
        let message = "INSERT has more expressions than target columns";
        return Err(at(SqlError::new("42601", message), extra));
    }
    if let Some(missing) = insert.columns.get(values) {
        let message = "INSERT has more target columns than expressions";
        let error = SqlError::new("42601", message);
        return Err(located(error, std::slice::from_ref(only(missing)?)));
    }
    columns.truncate(values);
    Ok(columns)
}

/// The rows of a VALUES list with nothing around it.
fn plain_values(source: &ast::Query) -> Option<&Values> {
    let alone = source.with.is_none()
        && source.order_by.is_none()
        && source.limit_clause.is_none()
        && source.fetch.is_none()
        && source.locks.is_empty();
    match source.body.as_ref() {
        SetExpr::Values(values) if alone && !values.explicit_row => Some(values),
        _ => None,
    }
}

/// Refuses the parts of an INSERT that PostgreSQL does not have; every part is named here.
fn check(insert: &ast::Insert) -> Result<(), SqlError> {
    let ast::Insert {
        insert_token: _,
        optimizer_hints,
        or,
        ignore,
        into,
        table: _,
        table_alias: _,
        columns: _,
        overwrite,
        source: _,
        assignments,
        partitioned,
        after_columns,
        has_table_keyword,
        on: _,
        returning: _,
        output,
        replace_into,
        priority,
        insert_alias,
        settings,
        format_clause,
        multi_table_insert_type,
        multi_table_into_clauses,
        multi_table_when_clauses,
        multi_table_else_clause,
    } = insert;
    let foreign = or.is_some()
        || *ignore
        || !*into
        || *overwrite
        || !assignments.is_empty()
        || partitioned.is_some()
        || !after_columns.is_empty()
        || *has_table_keyword
        || output.is_some()
        || *replace_into
        || priority.is_some()
        || insert_alias.is_some()
        || settings.is_some()
        || format_clause.is_some()
        || multi_table_insert_type.is_some()
        || !multi_table_into_clauses.is_empty()
        || !multi_table_when_clauses.is_empty()
        || multi_table_else_clause.is_some()
        || !optimizer_hints.is_empty();
    if foreign {
        return Err(refuse("this form of INSERT is not supported"));
    }
    Ok(())
}

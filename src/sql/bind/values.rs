//! VALUES as a query.

use super::clause::Clause;
use super::query::Tail;
use super::scope::{Scope, place_of};
use super::{Binder, at, refuse};
use crate::sql::bound::{Body, Column, Expr, Query};
use crate::sql::error::SqlError;
use irispg_grammar::ast::{self, Values};

impl Binder<'_> {
    /// VALUES with what stands behind it.
    pub(super) fn values_query(
        &mut self,
        values: &Values,
        tail: Tail<'_>,
    ) -> Result<Query, SqlError> {
        check_lengths(values)?;
        if tail.is_some_and(|query| !query.locks.is_empty()) {
            return Err(refuse("FOR UPDATE cannot be applied to VALUES"));
        }
        // Its own level of names, though it has none.
        let (rows, _) = self
            .scoped(Scope::default(), |own| own.inside(Clause::Values, |own| own.rows(values)))?;
        let columns = columns(&rows);
        let mut query = Query::plain(Body::Values(rows), columns);
        self.tail_of_outputs(&mut query, tail, "VALUES")?;
        Ok(query)
    }

    /// The rows, every column of one type.
    fn rows(&mut self, values: &Values) -> Result<Vec<Vec<Expr>>, SqlError> {
        let width = values.rows.first().map_or(0, |row| row.content.len());
        let mut columns: Vec<Vec<Expr>> = vec![Vec::with_capacity(values.rows.len()); width];
        for row in &values.rows {
            for (column, expr) in columns.iter_mut().zip(&row.content) {
                column.push(self.expression(expr)?);
            }
        }
        let mut rows = vec![Vec::with_capacity(width); values.rows.len()];
        for column in columns {
            for (row, expr) in rows.iter_mut().zip(self.common(column, "VALUES")?) {
                row.push(expr);
            }
        }
        Ok(rows)
    }
}

/// 42601 for rows of different lengths.
pub(super) fn check_lengths(values: &Values) -> Result<(), SqlError> {
    let width = values.rows.first().map_or(0, |row| row.content.len());
    match values.rows.iter().find(|row| row.content.len() != width) {
        None => Ok(()),
        Some(other) => {
            let error = SqlError::new("42601", "VALUES lists must all be the same length");
            Err(at(error, place_of(first(other))))
        }
    }
}

fn first(row: &ast::Parens<Vec<ast::Expr>>) -> Option<&ast::Expr> {
    row.content.first()
}

/// `column1`, `column2` and so on.
fn columns(rows: &[Vec<Expr>]) -> Vec<Column> {
    let first = rows.first().map(Vec::as_slice).unwrap_or_default();
    let numbered = first.iter().enumerate();
    numbered
        .map(|(index, expr)| {
            let all = || rows.iter().filter_map(|row| row.get(index));
            let same = all().all(|other| other.typmod == expr.typmod);
            Column {
                name: format!("column{}", index.saturating_add(1)),
                ty: expr.ty,
                typmod: if same { expr.typmod } else { -1 },
                scale: expr.scale.filter(|_| all().all(|other| other.scale == expr.scale)),
                nullable: all().any(|other| other.nullable),
                origin: None,
            }
        })
        .collect()
}

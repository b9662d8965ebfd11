//! VALUES as a query, and names given to the columns of a query in FROM.
//!
//! IRIS has neither. A list of rows becomes a UNION ALL of their SELECTs; names given from outside
//! are written into the query.

use super::insert::is_default;
use super::refuse;
use crate::sql::error::SqlError;
use irispg_grammar as grammar;
use irispg_grammar::ast::{
    Expr, Ident, Query, Select, SelectItem, SetExpr, SetOperator, SetQuantifier, Statement,
    TableAlias, TableAliasColumnDef, Values,
};

/// How many rows a VALUES list may have that is no INSERT's: IRIS gets one SELECT for each.
const MAX_ROWS: usize = 500;

/// The rows as a query's body, its columns called `column1`, `column2` and so on.
pub(super) fn united(values: &Values) -> Result<SetExpr, SqlError> {
    let rows: Vec<&[Expr]> = values.rows.iter().map(|row| row.content.as_slice()).collect();
    let width = rows.first().map_or(0, |row| row.len());
    if let Some(other) = rows.iter().find(|row| row.len() != width) {
        let error = SqlError::new("42601", "VALUES lists must all be the same length");
        return Err(other.iter().take(1).fold(error, SqlError::of));
    }
    if rows.iter().any(|row| row.iter().any(is_default)) {
        return Err(SqlError::new("42601", "DEFAULT is not allowed in this context"));
    }
    if rows.len() > MAX_ROWS {
        let message = format!("VALUES of more than {MAX_ROWS} rows are supported in INSERT only");
        return Err(refuse(message));
    }
    let template = template()?;
    let mut body: Option<SetExpr> = None;
    for row in rows {
        let mut select = template.clone();
        select.projection = row
            .iter()
            .enumerate()
            .map(|(index, expr)| {
                let name = format!("column{}", index.saturating_add(1));
                SelectItem::ExprWithAlias { expr: expr.clone(), alias: Ident::new(name) }
            })
            .collect();
        let leg = SetExpr::Select(Box::new(select));
        body = Some(match body {
            None => leg,
            Some(before) => SetExpr::SetOperation {
                op: SetOperator::Union,
                set_quantifier: SetQuantifier::All,
                left: Box::new(before),
                right: Box::new(leg),
            },
        });
    }
    body.ok_or_else(|| SqlError::new("42601", "VALUES needs a row"))
}

/// A SELECT of nothing but a list, to be filled.
fn template() -> Result<Select, SqlError> {
    let tokens = vec![
        grammar::token(grammar::word("select", false), 0),
        grammar::token(grammar::Token::Number("1".to_owned(), false), 7),
    ];
    match grammar::parse(tokens) {
        Ok(Statement::Query(query)) => match *query.body {
            SetExpr::Select(select) => Ok(*select),
            _ => Err(SqlError::new("XX000", "a SELECT was read as something else")),
        },
        _ => Err(SqlError::new("XX000", "a SELECT could not be read")),
    }
}

/// The query with the names that an alias gives its columns.
pub(super) fn renamed(query: &Query, alias: &TableAlias) -> Result<Query, SqlError> {
    let mut query = query.clone();
    rename(&mut query, &alias.columns, &alias.name.value)?;
    Ok(query)
}

fn rename(query: &mut Query, names: &[TableAliasColumnDef], table: &str) -> Result<(), SqlError> {
    if names.iter().any(|name| name.data_type.is_some()) {
        return Err(refuse("types in a list of column aliases are not supported"));
    }
    if query.order_by.is_some() {
        return Err(refuse("column aliases of a query with ORDER BY are not supported")
            .hint("Name the columns inside the query."));
    }
    rename_body(&mut query.body, names, table)
}

fn rename_body(
    body: &mut SetExpr,
    names: &[TableAliasColumnDef],
    table: &str,
) -> Result<(), SqlError> {
    if let SetExpr::Values(values) = body {
        *body = united(values)?;
    }
    match body {
        SetExpr::Query(query) => rename(query, names, table),
        SetExpr::SetOperation { left, .. } => rename_body(left, names, table),
        SetExpr::Select(select) => {
            let found = select.projection.len();
            for item in select.projection.iter_mut() {
                if !matches!(item, SelectItem::UnnamedExpr(_) | SelectItem::ExprWithAlias { .. }) {
                    return Err(refuse("column aliases of a query with * are not supported")
                        .hint("Name the columns inside the query."));
                }
            }
            if names.len() > found {
                let message = format!(
                    "table \"{table}\" has {found} columns available but {} columns specified",
                    names.len()
                );
                return Err(SqlError::new("42P10", message));
            }
            for (item, name) in select.projection.iter_mut().zip(names) {
                let (SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }) = item
                else {
                    continue;
                };
                let expr = expr.clone();
                *item = SelectItem::ExprWithAlias { expr, alias: name.name.clone() };
            }
            Ok(())
        }
        _ => Err(refuse("column aliases of this query are not supported")),
    }
}

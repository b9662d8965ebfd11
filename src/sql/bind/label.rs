//! The names that PostgreSQL gives to columns without an alias (`FigureColname`).

use super::typename;
use crate::types::pg::PgType;
use irispg_grammar::ast::{DataType, Expr, SelectItem, SetExpr, TrimWhereField};

/// The name of a column that is this expression.
pub(super) fn of(expr: &Expr) -> String {
    strong(expr).map_or_else(|| "?column?".to_owned(), |(name, _)| name)
}

/// The name, and whether it is stronger than that of a cast or CASE around it.
fn strong(expr: &Expr) -> Option<(String, bool)> {
    let fixed = |name: &str| Some((name.to_owned(), true));
    match expr {
        Expr::Nested(inner) => strong(inner),
        Expr::Identifier(name) => fixed(&name.value),
        Expr::CompoundIdentifier(parts) => fixed(&parts.last()?.value),
        Expr::Function(called) => {
            fixed(called.name.0.last().and_then(|part| part.as_ident())?.value.as_str())
        }
        Expr::Cast { expr, data_type, .. } => match strong(expr) {
            Some((name, true)) => Some((name, true)),
            _ => Some((cast_name(data_type)?, false)),
        },
        Expr::Collate { expr, .. } => strong(expr),
        Expr::TypedString(typed) => Some((cast_name(&typed.data_type)?, false)),
        Expr::Interval(_) => Some(("interval".to_owned(), false)),
        Expr::Case { else_result, .. } => match else_result.as_deref().and_then(strong) {
            Some((name, true)) => Some((name, true)),
            _ => Some(("case".to_owned(), false)),
        },
        Expr::Exists { negated: false, .. } => fixed("exists"),
        Expr::Array(_) => fixed("array"),
        Expr::Tuple(_) => fixed("row"),
        Expr::AtTimeZone { .. } => fixed("timezone"),
        Expr::Substring { shorthand: true, .. } => fixed("substr"),
        Expr::Substring { .. } => fixed("substring"),
        Expr::Position { .. } => fixed("position"),
        Expr::Overlay { .. } => fixed("overlay"),
        Expr::Extract { .. } => fixed("extract"),
        Expr::Ceil { .. } => fixed("ceil"),
        Expr::Floor { .. } => fixed("floor"),
        Expr::Trim { trim_where, .. } => fixed(match trim_where {
            None | Some(TrimWhereField::Both) => "btrim",
            Some(TrimWhereField::Leading) => "ltrim",
            Some(TrimWhereField::Trailing) => "rtrim",
        }),
        Expr::Subquery(query) => of_query(&query.body),
        _ => None,
    }
}

/// A subquery has the name of its only column.
fn of_query(body: &SetExpr) -> Option<(String, bool)> {
    match body {
        SetExpr::Select(select) => match select.projection.first()? {
            SelectItem::UnnamedExpr(expr) => strong(expr),
            SelectItem::ExprWithAlias { alias, .. } => Some((alias.value.clone(), true)),
            _ => None,
        },
        SetExpr::Query(query) => of_query(&query.body),
        SetExpr::SetOperation { left, .. } => of_query(left),
        SetExpr::Values(_) => Some(("column1".to_owned(), true)),
        _ => None,
    }
}

/// The name of a type in `pg_type`, as a cast to it is called.
fn cast_name(data_type: &DataType) -> Option<String> {
    let ty = typename::named(data_type).ok()?.ty;
    let ty = ty.element().unwrap_or(ty);
    Some(
        match ty {
            PgType::Bool => "bool",
            PgType::Int2 => "int2",
            PgType::Int4 => "int4",
            PgType::Int8 => "int8",
            PgType::Float4 => "float4",
            PgType::Float8 => "float8",
            PgType::Bpchar => "bpchar",
            PgType::Varchar => "varchar",
            PgType::Time => "time",
            PgType::Timetz => "timetz",
            PgType::Timestamp => "timestamp",
            PgType::Timestamptz => "timestamptz",
            other => other.name(),
        }
        .to_owned(),
    )
}

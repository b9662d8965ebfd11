//! The names that PostgreSQL gives to result columns, and what is known of their types.

use super::function;
use super::scope::Shown;
use super::types;
use super::value::bare;
use crate::sql::statement::Output;
use crate::types::pg::PgType;
use irispg_grammar::ast::{Expr, SelectItem, SetExpr, TrimWhereField};

/// A result column during translation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Column {
    /// `*` or `t.*`
    Wildcard,
    /// One column.
    Named {
        /// PostgreSQL's name.
        name: String,
        /// Its type, when it is known.
        shown: Option<Shown>,
        /// Whether it is a table's column, whose type IRIS knows best.
        stored: bool,
    },
}

impl Column {
    /// What the statement's caller is told.
    pub(super) fn output(&self) -> Output {
        match self {
            Column::Wildcard => Output::Wildcard,
            Column::Named { name, shown, stored } => {
                let ty = match shown.map(|shown| shown.ty) {
                    Some(PgType::Unknown) => Some(PgType::Text),
                    Some(_) if *stored => None,
                    ty => ty,
                };
                let shown = shown.filter(|_| ty.is_some());
                let typmod = shown.map_or(-1, |shown| shown.typmod);
                let scale =
                    shown.filter(|shown| shown.ty == PgType::Numeric).and_then(|shown| shown.scale);
                // IRIS names its pseudo columns itself.
                let name = if name.starts_with('%') { None } else { Some(name.clone()) };
                Output::Column { name, ty, typmod, scale, origin: None }
            }
        }
    }
}

/// The columns of a query by name and type, unless a wildcard hides them.
pub(super) fn named(columns: &[Column]) -> Option<Vec<(String, Option<Shown>)>> {
    columns
        .iter()
        .map(|column| match column {
            Column::Wildcard => None,
            Column::Named { name, shown, .. } => Some((name.clone(), *shown)),
        })
        .collect()
}

/// PostgreSQL's name for an expression without an alias (`FigureColname`).
pub(super) fn name(expr: &Expr) -> String {
    strong(expr).map_or_else(|| "?column?".to_owned(), |(name, _)| name)
}

/// The name, and whether it is stronger than that of a cast or CASE around it.
fn strong(expr: &Expr) -> Option<(String, bool)> {
    let fixed = |name: &str| Some((name.to_owned(), true));
    match bare(expr) {
        Expr::Identifier(name) => fixed(&name.value),
        Expr::CompoundIdentifier(parts) => fixed(&parts.last()?.value),
        Expr::Function(called) => Some((function::label(called), true)),
        Expr::Cast { expr, data_type, .. } => match strong(expr) {
            Some((name, true)) => Some((name, true)),
            _ => Some((type_name(types::spec(data_type).ok()?.ty).to_owned(), false)),
        },
        Expr::TypedString(typed) => {
            let ty = types::spec(&typed.data_type).ok()?.ty;
            Some((type_name(ty).to_owned(), false))
        }
        Expr::Case { else_result, .. } => match else_result.as_deref().and_then(strong) {
            Some((name, true)) => Some((name, true)),
            _ => Some(("case".to_owned(), false)),
        },
        Expr::Exists { negated: false, .. } => fixed("exists"),
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
        Expr::Subquery(query) => match query.body.as_ref() {
            SetExpr::Select(select) => match select.projection.first()? {
                SelectItem::UnnamedExpr(expr) => strong(expr),
                SelectItem::ExprWithAlias { alias, .. } => fixed(&alias.value),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// The name of a type in `pg_type`.
fn type_name(ty: PgType) -> &'static str {
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
        PgType::Timestamp => "timestamp",
        PgType::Timestamptz => "timestamptz",
        other => other.name(),
    }
}

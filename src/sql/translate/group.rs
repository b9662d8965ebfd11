//! GROUP BY and aggregates by PostgreSQL's rules: IRIS would give some row's value for a column
//! that is neither grouped nor aggregated.

use super::function;
use super::value::bare;
use crate::sql::error::SqlError;
use irispg_grammar::ast::{Expr, Function, WindowType};

/// The expressions directly inside an expression; those of subqueries are not.
pub(super) fn children(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Nested(e) | Expr::UnaryOp { expr: e, .. } | Expr::Cast { expr: e, .. } => vec![e],
        Expr::IsNull(e) | Expr::IsNotNull(e) | Expr::IsTrue(e) | Expr::IsNotTrue(e) => vec![e],
        Expr::IsFalse(e) | Expr::IsNotFalse(e) | Expr::IsUnknown(e) => vec![e],
        Expr::IsNotUnknown(e) | Expr::Ceil { expr: e, .. } | Expr::Floor { expr: e, .. } => vec![e],
        Expr::InSubquery { expr: e, .. } => vec![e],
        Expr::BinaryOp { left, right, .. } => vec![left, right],
        Expr::AnyOp { left, right, .. } | Expr::AllOp { left, right, .. } => vec![left, right],
        Expr::IsDistinctFrom(a, b) | Expr::IsNotDistinctFrom(a, b) => vec![a, b],
        Expr::Position { expr, r#in } => vec![expr, r#in],
        Expr::Extract { expr, .. } => vec![expr],
        Expr::Tuple(members) => members.iter().collect(),
        Expr::Array(array) => array.elem.iter().collect(),
        Expr::Overlay { expr, overlay_what, overlay_from, overlay_for } => {
            let mut all: Vec<&Expr> = vec![expr, overlay_what, overlay_from];
            all.extend(overlay_for.as_deref());
            all
        }
        Expr::InList { expr, list, .. } => std::iter::once(&**expr).chain(list).collect(),
        Expr::Between { expr, low, high, .. } => vec![expr, low, high],
        Expr::Like { expr, pattern, .. } | Expr::ILike { expr, pattern, .. } => {
            vec![expr, pattern]
        }
        Expr::Function(function) => function_children(function),
        Expr::Case { operand, conditions, else_result, .. } => {
            let mut all: Vec<&Expr> = operand.as_deref().into_iter().collect();
            for when in conditions {
                all.push(&when.condition);
                all.push(&when.result);
            }
            all.extend(else_result.as_deref());
            all
        }
        Expr::Substring { expr, substring_from, substring_for, .. } => std::iter::once(&**expr)
            .chain(substring_from.as_deref())
            .chain(substring_for.as_deref())
            .collect(),
        Expr::Trim { trim_what, expr, trim_characters, .. } => std::iter::once(&**expr)
            .chain(trim_what.as_deref())
            .chain(trim_characters.iter().flatten())
            .collect(),
        _ => Vec::new(),
    }
}

fn function_children(function: &Function) -> Vec<&Expr> {
    let mut all = function::arguments(function);
    all.extend(function.filter.as_deref());
    if let Some(WindowType::WindowSpec(spec)) = &function.over {
        all.extend(&spec.partition_by);
        all.extend(spec.order_by.iter().map(|key| &key.expr));
    }
    all
}

/// Whether an aggregate over the rows of a group stands in the expression.
pub(super) fn aggregated(expr: &Expr) -> bool {
    calls(expr, function::is_aggregate)
}

/// Whether a window function stands in the expression.
pub(super) fn windowed(expr: &Expr) -> bool {
    calls(expr, |function| function.over.is_some())
}

/// 42803 for a window function inside an aggregate over the rows of a group.
pub(super) fn check_windows(expr: &Expr) -> Result<(), SqlError> {
    let mut rest = vec![expr];
    while let Some(expr) = rest.pop() {
        let Expr::Function(function) = expr else {
            rest.extend(children(expr));
            continue;
        };
        let inside = function::arguments(function);
        if !function::is_aggregate(function) {
            rest.extend(inside);
        } else if let Some(window) = inside.into_iter().find(|inner| windowed(inner)) {
            let message = "aggregate function calls cannot contain window function calls";
            return Err(SqlError::new("42803", message).of(window));
        }
    }
    Ok(())
}

fn calls(expr: &Expr, wanted: impl Fn(&Function) -> bool) -> bool {
    let mut rest = vec![expr];
    while let Some(expr) = rest.pop() {
        if let Expr::Function(function) = expr
            && wanted(function)
        {
            return true;
        }
        rest.extend(children(expr));
    }
    false
}

/// Whether two expressions are the same to GROUP BY; a qualifier may be left out.
fn same(a: &Expr, b: &Expr) -> bool {
    match (bare(a), bare(b)) {
        (Expr::Identifier(a), Expr::Identifier(b)) => a.value == b.value,
        (Expr::Identifier(a), Expr::CompoundIdentifier(b))
        | (Expr::CompoundIdentifier(b), Expr::Identifier(a)) => {
            b.last().is_some_and(|last| last.value == a.value)
        }
        (a, b) => a == b,
    }
}

/// 42803 for a column that is neither grouped nor inside an aggregate. `table` is the only table
/// of the query, if there is but one, for the message.
pub(super) fn check(expr: &Expr, grouped: &[&Expr], table: Option<&str>) -> Result<(), SqlError> {
    let mut rest = vec![expr];
    while let Some(expr) = rest.pop() {
        if grouped.iter().any(|group| same(group, expr)) {
            continue;
        }
        let column = match expr {
            Expr::Function(function) if function::is_aggregate(function) => continue,
            Expr::Identifier(name) => match table {
                Some(table) => format!("{table}.{}", name.value),
                None => name.value.clone(),
            },
            Expr::CompoundIdentifier(parts) => {
                let parts: Vec<&str> = parts.iter().map(|part| part.value.as_str()).collect();
                parts.join(".")
            }
            other => {
                rest.extend(children(other));
                continue;
            }
        };
        return Err(ungrouped(&column).of(expr));
    }
    Ok(())
}

/// 42803 for a column.
pub(super) fn ungrouped(column: &str) -> SqlError {
    let message = format!(
        "column \"{column}\" must appear in the GROUP BY clause or be used in an aggregate function"
    );
    SqlError::new("42803", message)
}

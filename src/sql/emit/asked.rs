//! Queries of functions that the session carries out: settings, and locks that it does not have.

use super::query::output;
use super::refuse;
use super::store::place_of;
use crate::sql::bound::{Body, Call, Distinct, Expr, Item, Kind, Node, Statement};
use crate::sql::error::SqlError;
use crate::sql::statement::{Ask, Asked, Constant, Place};

/// What the session carries out, by the name of its function.
const FUNCTIONS: [&str; 3] = ["current_setting", "pg_advisory_unlock_all", "set_config"];

fn call(expr: &Expr) -> Option<&Call> {
    match &expr.node {
        Node::Call(call) if FUNCTIONS.contains(&call.function.name) => Some(call),
        _ => None,
    }
}

/// Reads a SELECT of nothing but such calls; `None` for any other statement.
///
/// # Errors
///
/// 0A000 for arguments that would have to be computed.
pub(super) fn read(bound: &Statement) -> Result<Option<Asked>, SqlError> {
    let Some(items) = items(bound) else { return Ok(None) };
    let mut calls = Vec::with_capacity(items.len());
    for item in items {
        let Some(call) = call(&item.expr) else { return Ok(None) };
        let places = call.arguments.iter().map(place).collect::<Result<Vec<_>, _>>()?;
        calls.push(match (call.function.name, places.as_slice()) {
            ("current_setting", [name]) => {
                let missing_ok = Place::Constant(Constant::Boolean(false));
                Ask::Setting { name: name.clone(), missing_ok }
            }
            ("current_setting", [name, missing_ok]) => {
                Ask::Setting { name: name.clone(), missing_ok: missing_ok.clone() }
            }
            ("set_config", [name, value, local]) => {
                Ask::Set { name: name.clone(), value: value.clone(), local: local.clone() }
            }
            _ => Ask::UnlockAll,
        });
    }
    let Kind::Query(query) = &bound.kind else { return Ok(None) };
    let outputs = query.columns.iter().map(output).collect();
    let parameters = bound.parameters.iter().copied().map(Some).collect();
    Ok(Some(Asked { calls, parameters, outputs }))
}

/// The select list of a query that is nothing else.
fn items(bound: &Statement) -> Option<&[Item]> {
    let Kind::Query(query) = &bound.kind else { return None };
    let Body::Select(select) = &query.body else { return None };
    let bare = query.order.is_empty()
        && query.limit.is_none()
        && query.offset.is_none()
        && select.distinct == Distinct::No
        && select.from.is_empty()
        && select.filter.is_none()
        && !select.grouped
        && !select.items.is_empty();
    bare.then_some(&select.items)
}

fn place(expr: &Expr) -> Result<Place, SqlError> {
    place_of(expr).map(|(place, _)| place).ok_or_else(|| {
        refuse("computed names and values of settings are not supported")
            .hint("Compute them in the client, and pass them as parameters.")
    })
}

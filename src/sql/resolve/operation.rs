//! Operators.

use super::candidate::{self, Candidate};
use super::coerce::Source;
use super::row::{Operator, Slot};
use super::{Failure, Resolved, polymorphic, table};
use crate::types::PgType;

/// The operator that PostgreSQL would use; `left` is `None` for a prefix operator.
///
/// # Errors
///
/// [`Failure`], where PostgreSQL would refuse the expression.
pub fn operator(
    name: &str,
    left: Option<PgType>,
    right: PgType,
) -> Result<Resolved<Operator>, Failure> {
    let rows = operators_named(name);
    let both = [left.unwrap_or(right), right];
    let skipped = usize::from(left.is_none());
    let types = both.get(skipped..).unwrap_or_default();
    // A literal beside a typed operand is first taken to be of that type.
    let assumed = match (left, right) {
        (Some(PgType::Unknown), right) => (Some(right), right),
        (Some(left), PgType::Unknown) => (Some(left), left),
        pair => pair,
    };
    let exact = (assumed.0.map(Slot::Is), Slot::Is(assumed.1));
    if let Some(row) = rows.iter().find(|row| (row.left, row.right) == exact) {
        return resolved(row, types);
    }
    let sources = both.map(Source::new);
    let sources = sources.get(skipped..).unwrap_or_default();
    let fitting = rows
        .iter()
        .filter(|row| row.left.is_some() == left.is_some())
        .filter(|row| candidate::fits(slots(row).zip(sources.iter().copied())))
        .map(|row| Candidate { row, slots: slots(row).collect() })
        .collect();
    resolved(candidate::best(fitting, types)?.row, types)
}

/// The operator that `left name ANY (right)` and `ALL` apply to each element of `right`, an array
/// or a literal of unknown type. The second of the arguments is the type of the array as a whole.
///
/// # Errors
///
/// [`Failure`], where PostgreSQL would refuse the expression. That `right` is an array is for the
/// caller to see (42809, `op ANY/ALL (array) requires array on right side`).
pub fn element_operator(
    name: &str,
    left: PgType,
    right: PgType,
) -> Result<Resolved<Operator>, Failure> {
    let mut found = operator(name, Some(left), right.element().unwrap_or(right))?;
    if let Some(last) = found.arguments.last_mut() {
        *last = polymorphic::array(*last)?;
    }
    Ok(found)
}

/// Every operator of this name.
#[must_use]
pub fn operators_named(name: &str) -> &'static [Operator] {
    table::range(table::OPERATORS, name, |row| row.name)
}

fn resolved(row: &'static Operator, types: &[PgType]) -> Result<Resolved<Operator>, Failure> {
    let given = slots(row).zip(types.iter().copied());
    let (arguments, result) = polymorphic::decide(given, row.result)?;
    Ok(Resolved { row, arguments, result })
}

fn slots(row: &Operator) -> impl Iterator<Item = Slot> + Clone + use<> {
    row.left.into_iter().chain([row.right])
}

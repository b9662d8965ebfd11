//! The tables, sorted by name, and how they are looked up.

mod build;
mod cast;
mod function;
mod operator;

pub(super) use build::Cast;
pub(super) use cast::{CALLED_CASTS, CASTS, FOREIGN_CASTS, FOREIGN_TYPES};
pub(super) use function::FUNCTIONS;
pub(super) use operator::OPERATORS;

/// The rows between which the key is the one asked for; the table is sorted by it.
pub(super) fn range<T, K: Ord>(
    table: &'static [T],
    asked: K,
    key: impl Fn(&T) -> K,
) -> &'static [T] {
    let start = table.partition_point(|row| key(row) < asked);
    let rest = table.get(start..).unwrap_or_default();
    let end = rest.partition_point(|row| key(row) <= asked);
    rest.get(..end).unwrap_or_default()
}

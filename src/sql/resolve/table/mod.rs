//! The tables, sorted by name.

mod function;
mod operator;

pub(super) use function::FUNCTIONS;
pub(super) use operator::OPERATORS;

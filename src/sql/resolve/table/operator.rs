//! Operators.

use super::super::row::{Operator, Slot};
use crate::types::PgType;

pub(in super::super) static OPERATORS: &[Operator] = &[Operator {
    name: "=",
    left: Some(Slot::Is(PgType::Int4)),
    right: Slot::Is(PgType::Int4),
    result: Slot::Is(PgType::Bool),
    function: "int4eq",
    strict: true,
    commutator: Some("="),
    negator: Some("<>"),
}];

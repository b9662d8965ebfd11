//! Functions.

use super::super::row::{Function, Kind, Slot, Volatility};
use crate::types::PgType;

pub(in super::super) static FUNCTIONS: &[Function] = &[Function {
    name: "count",
    arguments: &[],
    names: &[],
    defaults: 0,
    variadic: false,
    result: Slot::Is(PgType::Int8),
    columns: &[],
    set: false,
    kind: Kind::Aggregate,
    strict: false,
    volatility: Volatility::Immutable,
}];

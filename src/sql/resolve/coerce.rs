//! What can become what.

use super::row::Slot;
use super::{Context, Method, table};
use crate::types::PgType;

/// How a value of one type becomes one of another, if PostgreSQL does that in this context.
///
/// Of [`PgType::Unknown`] anything can be made.
#[must_use]
pub fn cast(from: PgType, to: PgType, context: Context) -> Option<Method> {
    if from == to {
        return Some(Method::Same);
    }
    if from == PgType::Unknown {
        return Some(Method::InOut);
    }
    if let Some(row) = casts(table::CASTS, from).iter().find(|row| row.to == Slot::Is(to)) {
        return (context >= row.context).then_some(row.method);
    }
    if let (Some(from), Some(to)) = (from.element(), to.element())
        && cast(from, to, context).is_some()
    {
        return Some(Method::Elements);
    }
    let by_text = (context >= Context::Assignment && category(to) == STRING)
        || (context >= Context::Explicit && category(from) == STRING);
    by_text.then_some(Method::InOut)
}

/// As [`cast()`], to a type that the gateway does not know.
pub(super) fn foreign_cast(from: PgType, to: &str, context: Context) -> Option<Method> {
    if from == PgType::Unknown {
        return Some(Method::InOut);
    }
    let mut rows = casts(table::FOREIGN_CASTS, from).iter();
    if let Some(row) = rows.find(|row| matches!(row.to, Slot::Foreign(name) if name == to)) {
        return (context >= row.context).then_some(row.method);
    }
    if let (Some(from), Some(to)) = (from.element(), to.strip_suffix("[]"))
        && foreign_cast(from, to, context).is_some()
    {
        return Some(Method::Elements);
    }
    (context == Context::Explicit && category(from) == STRING).then_some(Method::InOut)
}

fn casts(rows: &'static [table::Cast], from: PgType) -> &'static [table::Cast] {
    table::range(rows, from.oid(), |row| row.from.oid())
}

/// A type with the casts from it, looked up once for many candidates.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source {
    pub(super) ty: PgType,
    casts: &'static [table::Cast],
    foreign: &'static [table::Cast],
}

impl Source {
    pub(super) fn new(ty: PgType) -> Self {
        let [casts, foreign] = [table::CASTS, table::FOREIGN_CASTS].map(|rows| casts(rows, ty));
        Self { ty, casts, foreign }
    }
}

/// Whether a candidate's argument takes a value of this type without being asked. Polymorphic ones
/// take anything here; whether they agree with one another is seen by `polymorphic`.
pub(super) fn accepts(slot: Slot, from: Source) -> bool {
    let ty = from.ty;
    let implicit = |row: &table::Cast| row.to == slot && row.context == Context::Implicit;
    match slot {
        Slot::Is(to) if ty == to || ty == PgType::Unknown => true,
        Slot::Is(to) if ty.element().is_some() => cast(ty, to, Context::Implicit).is_some(),
        Slot::Is(_) => from.casts.iter().any(implicit),
        // Not even a literal is taken for a value of an enumeration that nothing names.
        Slot::Foreign("anyenum") => false,
        Slot::Foreign(_) if ty == PgType::Unknown => true,
        Slot::Foreign(to) if ty.element().is_some() => {
            foreign_cast(ty, to, Context::Implicit).is_some()
        }
        Slot::Foreign(_) => from.foreign.iter().any(implicit),
        _ => true,
    }
}

/// `pg_type.typcategory` of the string types.
pub(super) const STRING: char = 'S';
/// That of the pseudo-types.
const PSEUDO: char = 'P';

/// `pg_type.typcategory`.
#[must_use]
pub const fn category(ty: PgType) -> char {
    match ty {
        _ if ty.element().is_some() => 'A',
        PgType::Bool => 'B',
        PgType::Name | PgType::Text | PgType::Bpchar | PgType::Varchar => STRING,
        PgType::Int2
        | PgType::Int4
        | PgType::Int8
        | PgType::Float4
        | PgType::Float8
        | PgType::Numeric
        | PgType::Oid => 'N',
        PgType::Date | PgType::Time | PgType::Timetz | PgType::Timestamp | PgType::Timestamptz => {
            'D'
        }
        PgType::Interval => 'T',
        PgType::Unknown => 'X',
        PgType::Record => PSEUDO,
        _ => 'U',
    }
}

/// `pg_type.typispreferred`.
#[must_use]
pub const fn is_preferred(ty: PgType) -> bool {
    matches!(
        ty,
        PgType::Bool
            | PgType::Text
            | PgType::Float8
            | PgType::Oid
            | PgType::Timestamptz
            | PgType::Interval
    )
}

/// Category of a candidate's argument, and whether its type is preferred there.
pub(super) fn class(slot: Slot) -> (char, bool) {
    match slot {
        Slot::Is(ty) => (category(ty), is_preferred(ty)),
        Slot::Foreign(name) => table::range(table::FOREIGN_TYPES, name, |(name, _, _)| *name)
            .first()
            .map_or((PSEUDO, false), |(_, category, preferred)| (*category, *preferred)),
        _ => (PSEUDO, false),
    }
}

//! The one type of several values: `UNION`, `CASE`, `COALESCE`, `ARRAY`, `GREATEST`, `VALUES`.

use super::Context;
use super::coerce::{cast, category, is_preferred};
use crate::types::PgType;

/// Two types that cannot be matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mismatch {
    /// They are of different categories: 42804, `CASE types … and … cannot be matched`.
    Category {
        /// The type found so far.
        left: PgType,
        /// The one that does not go with it.
        right: PgType,
        /// Which of the types that is, counted from 0.
        at: usize,
    },
    /// One is not converted to the other without being asked: 42846, `CASE could not convert type
    /// … to …`.
    Conversion {
        /// The type of the value.
        from: PgType,
        /// The type of the whole.
        to: PgType,
        /// Which of the types the first is, counted from 0.
        at: usize,
    },
}

/// The type of all, `None` where they cannot be matched. See [`match_types`].
#[must_use]
pub fn common_type(types: &[PgType]) -> Option<PgType> {
    match_types(types).ok()
}

/// The type of all: `text` of nothing but literals.
///
/// The order matters: PostgreSQL looks at the result of `ELSE` first, then at those of `WHEN`; of
/// `UNION` at two queries at a time.
///
/// # Errors
///
/// [`Mismatch`], where PostgreSQL refuses the expression.
pub fn match_types(types: &[PgType]) -> Result<PgType, Mismatch> {
    let found = candidate(types)?;
    let stuck = types.iter().position(|ty| cast(*ty, found, Context::Implicit).is_none());
    match stuck.and_then(|at| Some((at, *types.get(at)?))) {
        Some((at, from)) => Err(Mismatch::Conversion { from, to: found, at }),
        None => Ok(found),
    }
}

/// The type that the values shall have, whether or not they can.
fn candidate(types: &[PgType]) -> Result<PgType, Mismatch> {
    let mut found = types.first().copied().unwrap_or(PgType::Unknown);
    if types.iter().all(|ty| *ty == found) && found != PgType::Unknown {
        return Ok(found);
    }
    for (at, ty) in types.iter().copied().enumerate() {
        if ty == PgType::Unknown || ty == found {
            continue;
        }
        if found == PgType::Unknown {
            found = ty;
        } else if category(ty) != category(found) {
            return Err(Mismatch::Category { left: found, right: ty, at });
        } else if !is_preferred(found)
            && cast(found, ty, Context::Implicit).is_some()
            && cast(ty, found, Context::Implicit).is_none()
        {
            found = ty;
        }
    }
    Ok(if found == PgType::Unknown { PgType::Text } else { found })
}

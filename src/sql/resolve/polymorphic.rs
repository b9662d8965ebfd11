//! What `anyelement`, `anycompatible` and their kin stand for in a call.
//!
//! All of the first family stand for one type and its arrays, and arguments must be of just that
//! type. Those of the second family stand for the type to which all of their arguments can be
//! converted, as in `UNION`.

use super::Failure;
use super::row::Slot;
use super::supertype::common_type;
use crate::types::PgType;

/// What the families stand for; `None` while nothing but literals of unknown type say so.
#[derive(Debug, Clone, Copy, Default)]
struct Meaning {
    element: Option<PgType>,
    compatible: Option<PgType>,
}

/// Whether the arguments agree with one another.
pub(super) fn agree(given: impl Iterator<Item = (Slot, PgType)>) -> bool {
    meaning(given).is_some()
}

/// The types to which the arguments are to be converted, and the result's.
pub(super) fn decide(
    given: impl Iterator<Item = (Slot, PgType)> + Clone,
    result: Slot,
) -> Result<(Vec<PgType>, PgType), Failure> {
    let meaning = meaning(given.clone()).ok_or(Failure::Missing)?;
    let mut arguments = Vec::with_capacity(given.size_hint().0);
    for (slot, ty) in given {
        arguments.push(meaning.of(slot, ty)?);
    }
    Ok((arguments, meaning.of(result, PgType::Unknown)?))
}

impl Meaning {
    /// The type for which the slot stands; `any` stands for whatever is there.
    fn of(self, slot: Slot, ty: PgType) -> Result<PgType, Failure> {
        let compatible = self.compatible.unwrap_or(PgType::Text);
        match slot {
            Slot::Is(ty) => Ok(ty),
            Slot::Any => Ok(ty),
            Slot::Element | Slot::NonArray => self.element.ok_or(Failure::Undecided),
            Slot::Array => array(self.element.ok_or(Failure::Undecided)?),
            Slot::Compatible | Slot::CompatibleNonArray => Ok(compatible),
            Slot::CompatibleArray => array(compatible),
            Slot::Foreign(name) => Err(Failure::Foreign(name)),
        }
    }
}

pub(super) fn array(element: PgType) -> Result<PgType, Failure> {
    match element {
        PgType::Record => Err(Failure::Foreign("record[]")),
        _ => element.array().ok_or(Failure::NoArray(element)),
    }
}

/// What the families stand for; `None` if the arguments contradict one another.
fn meaning(given: impl Iterator<Item = (Slot, PgType)>) -> Option<Meaning> {
    let mut element = None;
    let mut compatible: Vec<PgType> = Vec::new();
    let (mut no_array, mut no_compatible_array) = (false, false);
    for (slot, ty) in given {
        no_array |= slot == Slot::NonArray;
        no_compatible_array |= slot == Slot::CompatibleNonArray;
        if ty == PgType::Unknown {
            continue;
        }
        match slot {
            Slot::Element | Slot::NonArray | Slot::Array => {
                let ty = if slot == Slot::Array { ty.element()? } else { ty };
                if *element.get_or_insert(ty) != ty {
                    return None;
                }
            }
            Slot::Compatible | Slot::CompatibleNonArray => compatible.push(ty),
            Slot::CompatibleArray => compatible.push(ty.element()?),
            _ => {}
        }
    }
    let compatible = match compatible.as_slice() {
        [] => None,
        types => Some(common_type(types)?),
    };
    let is_array = |ty: Option<PgType>| ty.is_some_and(|ty| ty.element().is_some());
    let wrong = (no_array && is_array(element)) || (no_compatible_array && is_array(compatible));
    (!wrong).then_some(Meaning { element, compatible })
}

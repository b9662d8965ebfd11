//! The choice of the best candidate, in the steps of the manual's §10.2 and §10.3.

use super::coerce::{self, STRING, Source, category};
use super::row::Slot;
use super::{Failure, polymorphic};
use crate::types::PgType;

/// A row that may be what is meant, with what it takes in the place of each argument.
#[derive(Debug)]
pub(super) struct Candidate<T: 'static> {
    pub(super) row: &'static T,
    pub(super) slots: Vec<Slot>,
}

/// Whether a row takes these arguments without being asked to convert them.
pub(super) fn fits(given: impl Iterator<Item = (Slot, Source)> + Clone) -> bool {
    given.clone().all(|(slot, from)| coerce::accepts(slot, from))
        && polymorphic::agree(given.map(|(slot, from)| (slot, from.ty)))
}

impl<T> Candidate<T> {
    /// Whether it takes these arguments without being asked to convert them.
    pub(super) fn accepts(&self, types: &[Source]) -> bool {
        fits(self.slots.iter().copied().zip(types.iter().copied()))
    }

    /// In how many places the condition holds for a known type.
    fn count(&self, types: &[PgType], holds: impl Fn(Slot, PgType) -> bool) -> usize {
        let known = types.iter().zip(&self.slots).filter(|(ty, _)| **ty != PgType::Unknown);
        known.filter(|(ty, slot)| holds(**slot, **ty)).count()
    }
}

fn is_exact(slot: Slot, ty: PgType) -> bool {
    slot == Slot::Is(ty)
}

/// Whether it is the type itself, or the preferred one of its category.
fn is_exact_or_preferred(slot: Slot, ty: PgType) -> bool {
    is_exact(slot, ty) || coerce::class(slot) == (category(ty), true)
}

/// The best of the candidates, all of which accept the types.
pub(super) fn best<T>(
    mut candidates: Vec<Candidate<T>>,
    types: &[PgType],
) -> Result<Candidate<T>, Failure> {
    if candidates.is_empty() {
        return Err(Failure::Missing);
    }
    for holds in [is_exact, is_exact_or_preferred] {
        let most = candidates.iter().map(|one| one.count(types, holds)).max();
        candidates.retain(|one| Some(one.count(types, holds)) == most);
        if candidates.len() == 1 {
            return candidates.pop().ok_or(Failure::Missing);
        }
    }
    if !types.contains(&PgType::Unknown) {
        return Err(Failure::Ambiguous);
    }
    if let Some(wanted) = unknown_classes(&candidates, types) {
        let fits = |one: &Candidate<T>| {
            one.slots.iter().zip(&wanted).all(|(slot, wanted)| {
                let (category, preferred) = coerce::class(*slot);
                wanted.is_none_or(|(wanted, must)| category == wanted && (preferred || !must))
            })
        };
        if candidates.iter().any(fits) {
            candidates.retain(fits);
        }
        if candidates.len() == 1 {
            return candidates.pop().ok_or(Failure::Missing);
        }
    }
    by_known_type(candidates, types)
}

/// For each literal of unknown type the category that it shall have, and whether only the preferred
/// type of it will do: strings if any candidate takes one there, else the one category in which all
/// agree. `None` when one place is undecided.
fn unknown_classes<T>(
    candidates: &[Candidate<T>],
    types: &[PgType],
) -> Option<Vec<Option<(char, bool)>>> {
    let mut wanted = Vec::with_capacity(types.len());
    for (place, ty) in types.iter().enumerate() {
        if *ty != PgType::Unknown {
            wanted.push(None);
            continue;
        }
        let classes = || {
            let slots = candidates.iter().filter_map(|one| one.slots.get(place));
            slots.map(|slot| coerce::class(*slot))
        };
        let (first, _) = classes().next()?;
        let chosen = if classes().any(|(category, _)| category == STRING) { STRING } else { first };
        if chosen != STRING && classes().any(|(category, _)| category != chosen) {
            return None;
        }
        let preferred = classes().any(|class| class == (chosen, true));
        wanted.push(Some((chosen, preferred)));
    }
    Some(wanted)
}

/// The last resort: if all known arguments are of one type, the unknown ones are taken to be of it
/// as well, and exactly one candidate must accept that.
fn by_known_type<T>(
    mut candidates: Vec<Candidate<T>>,
    types: &[PgType],
) -> Result<Candidate<T>, Failure> {
    let mut known = types.iter().copied().filter(|ty| *ty != PgType::Unknown);
    let first = known.next().ok_or(Failure::Ambiguous)?;
    if known.any(|ty| ty != first) {
        return Err(Failure::Ambiguous);
    }
    let all = vec![Source::new(first); types.len()];
    candidates.retain(|one| one.accepts(&all));
    match candidates.len() {
        1 => candidates.pop().ok_or(Failure::Missing),
        _ => Err(Failure::Ambiguous),
    }
}

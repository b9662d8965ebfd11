//! Functions.

use super::candidate::{self, Candidate};
use super::coerce::{STRING, Source, cast, category, foreign_cast};
use super::row::{Function, Slot};
use super::{Context, Failure, Method, Resolved, polymorphic, table};
use crate::types::PgType;

/// A call, as far as the choice of the function depends on it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Call<'a> {
    /// The function's name.
    pub name: &'a str,
    /// The types of the arguments without a name, which come first. Of an aggregate with `WITHIN
    /// GROUP` the direct arguments, then those of `ORDER BY`.
    pub positional: &'a [PgType],
    /// Names and types of the arguments with `=>`.
    pub named: &'a [(&'a str, PgType)],
    /// Whether the last argument is marked `VARIADIC`.
    pub variadic: bool,
}

/// The function that PostgreSQL would call. `count(*)` has no arguments.
///
/// `date('2024-01-01')` and the like, where the name is a type's, are casts in PostgreSQL as well:
/// such a row is of [`Kind::Cast`](super::Kind::Cast).
///
/// # Errors
///
/// [`Failure`], where PostgreSQL would refuse the call.
pub fn function(name: &str, arguments: &[PgType]) -> Result<Resolved<Function>, Failure> {
    call(&Call { name, positional: arguments, ..Call::default() })
}

/// As [`function`], for calls of any form. The types of [`Resolved::arguments`] are in the order of
/// the call; which parameters they belong to, [`positions`] says.
///
/// # Errors
///
/// [`Failure`], where PostgreSQL would refuse the call.
pub fn call(call: &Call<'_>) -> Result<Resolved<Function>, Failure> {
    let plain = call.named.is_empty() && !call.variadic;
    let exact = functions_named(call.name).iter().find(|row| {
        let slots = || row.arguments.iter().copied();
        plain && !row.variadic && slots().eq(call.positional.iter().copied().map(Slot::Is))
    });
    if let Some(row) = exact {
        return resolved(row, row.arguments, call.positional);
    }
    let types: Vec<PgType> =
        call.positional.iter().copied().chain(call.named.iter().map(|(_, ty)| *ty)).collect();
    let mut candidates = candidates(call, types.len());
    let is_exact = |one: &Candidate<Function>| {
        one.slots.iter().copied().eq(types.iter().copied().map(Slot::Is))
    };
    if let Some(one) = candidates.iter().find(|one| is_exact(one)) {
        return resolved(one.row, &one.slots, &types);
    }
    if let ([from], []) = (types.as_slice(), call.named)
        && let Some(row) = called_cast(call.name, *from)
    {
        return resolved(row, row.arguments, &types);
    }
    let sources: Vec<Source> = types.iter().copied().map(Source::new).collect();
    candidates.retain(|one| one.accepts(&sources));
    let best = candidate::best(candidates, &types)?;
    let is_array = |ty: &PgType| ty.element().is_some();
    if call.variadic && best.slots.last() == Some(&Slot::Any) && !types.last().is_some_and(is_array)
    {
        return Err(Failure::NoVariadicArray);
    }
    resolved(best.row, &best.slots, &types)
}

/// Every function of this name.
#[must_use]
pub fn functions_named(name: &str) -> &'static [Function] {
    table::range(table::FUNCTIONS, name, |row| row.name)
}

/// Which parameter of the function each argument of a call is for, counted from 0: those without a
/// name first, then those with one. `None` if the function cannot be called so.
#[must_use]
pub fn positions(row: &Function, positional: usize, names: &[&str]) -> Option<Vec<usize>> {
    let mut found: Vec<usize> = (0..positional).collect();
    for name in names {
        let at = row.names.iter().position(|own| own == name && !own.is_empty())?;
        if found.contains(&at) {
            return None;
        }
        found.push(at);
    }
    let count = row.arguments.len();
    let needed = count.checked_sub(usize::from(row.defaults))?;
    let complete = (0..needed).all(|place| found.contains(&place));
    (complete && found.iter().all(|place| *place < count)).then_some(found)
}

/// The functions that have this name and can be called with so many arguments.
fn candidates(call: &Call<'_>, count: usize) -> Vec<Candidate<Function>> {
    let mut found: Vec<Candidate<Function>> = Vec::new();
    for row in functions_named(call.name) {
        let slots = if call.named.is_empty() {
            positional_slots(row, count, call.variadic)
        } else {
            named_slots(row, call)
        };
        let Some(slots) = slots else { continue };
        // A function that takes these types one by one is preferred to one that gathers them.
        match found.iter_mut().find(|one| one.slots == slots) {
            Some(one) if one.row.variadic && !row.variadic => *one = Candidate { row, slots },
            Some(_) if row.variadic => {}
            _ => found.push(Candidate { row, slots }),
        }
    }
    found
}

/// What the function takes in each place of a call with so many arguments.
fn positional_slots(row: &Function, count: usize, as_array: bool) -> Option<Vec<Slot>> {
    let arity = row.arguments.len();
    if row.variadic && !as_array && count >= arity {
        let (last, first) = row.arguments.split_last()?;
        let mut slots = first.to_vec();
        slots.resize(count, gathered(*last));
        return Some(slots);
    }
    let needed = arity.checked_sub(usize::from(row.defaults))?;
    let fits = (needed..=arity).contains(&count) && (row.variadic || !as_array);
    fits.then(|| row.arguments.get(..count).unwrap_or_default().to_vec())
}

fn named_slots(row: &Function, call: &Call<'_>) -> Option<Vec<Slot>> {
    if row.variadic && !call.variadic {
        return None;
    }
    let names: Vec<&str> = call.named.iter().map(|(name, _)| *name).collect();
    let places = positions(row, call.positional.len(), &names)?;
    places.iter().map(|place| row.arguments.get(*place).copied()).collect()
}

/// What a variadic parameter takes of each argument.
fn gathered(slot: Slot) -> Slot {
    match slot {
        Slot::Is(ty) => ty.element().map_or(slot, Slot::Is),
        Slot::Array => Slot::Element,
        Slot::CompatibleArray => Slot::Compatible,
        Slot::Foreign(name) => name.strip_suffix("[]").map_or(slot, Slot::Foreign),
        _ => slot,
    }
}

/// The cast for which a call of this name and one argument is taken, where no function has just
/// that argument: of a literal, by relabelling or by the text form, but not by a cast function.
fn called_cast(name: &str, from: PgType) -> Option<&'static Function> {
    let row = table::range(table::CALLED_CASTS, name, |row| row.name).first()?;
    let method = match row.result {
        Slot::Is(to) => cast(from, to, Context::Explicit)?,
        Slot::Foreign(to) => foreign_cast(from, to, Context::Explicit)?,
        _ => return None,
    };
    let is_string = matches!(row.result, Slot::Is(to) if category(to) == STRING);
    match method {
        Method::Same | Method::Relabel => Some(row),
        Method::InOut if from == PgType::Record && is_string => None,
        Method::InOut => Some(row),
        Method::Function(_) | Method::Elements => None,
    }
}

fn resolved(
    row: &'static Function,
    slots: &[Slot],
    types: &[PgType],
) -> Result<Resolved<Function>, Failure> {
    let given = slots.iter().copied().zip(types.iter().copied());
    let (arguments, result) = polymorphic::decide(given, row.result)?;
    Ok(Resolved { row, arguments, result })
}

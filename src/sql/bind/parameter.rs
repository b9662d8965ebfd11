//! The types of `$1`, `$2`, …: declared, or found by PostgreSQL's rules for variable parameters.

use crate::sql::bound::At;
use crate::sql::error::SqlError;
use crate::types::pg::PgType;

/// What is known of a statement's parameters.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    /// Per number: `None` while it was not named, `unknown` while its type is open.
    types: Vec<Option<PgType>>,
    /// References that were bound while the type was open, and never coerced since.
    open: Vec<(usize, At)>,
}

impl Parameters {
    /// With the types that Parse declared.
    pub(super) fn declared(declared: &[Option<PgType>]) -> Self {
        let types = declared.iter().map(|ty| ty.filter(|ty| *ty != PgType::Unknown)).collect();
        Self { types, open: Vec::new() }
    }

    /// The type of a parameter that is named here.
    pub(super) fn named(&mut self, index: usize, at: At) -> PgType {
        if self.types.len() <= index {
            self.types.resize(index.saturating_add(1), None);
        }
        let Some(slot) = self.types.get_mut(index) else { return PgType::Unknown };
        let ty = *slot.get_or_insert(PgType::Unknown);
        if ty == PgType::Unknown {
            self.open.push((index, at));
        }
        ty
    }

    /// Gives an open reference a type.
    pub(super) fn decide(&mut self, index: usize, at: At, ty: PgType) -> Result<(), SqlError> {
        if ty == PgType::Unknown {
            return Ok(());
        }
        let Some(Some(known)) = self.types.get_mut(index) else { return Ok(()) };
        if *known != PgType::Unknown && *known != ty {
            let message =
                format!("inconsistent types deduced for parameter ${}", index.saturating_add(1));
            let error = SqlError::new("42P08", message).detail(format!(
                "{} versus {}",
                known.name(),
                ty.name()
            ));
            return Err(super::at(error, at));
        }
        *known = ty;
        self.open.retain(|(other, place)| *other != index || place.0 != at.0);
        Ok(())
    }

    /// Every type, at the end of the statement.
    pub(super) fn settled(&self) -> Result<Vec<PgType>, SqlError> {
        for (index, at) in &self.open {
            if self.types.get(*index).copied().flatten() != Some(PgType::Unknown) {
                return Err(super::at(undetermined("42P08", *index), *at));
            }
        }
        let all = self.types.iter().enumerate();
        all.map(|(index, ty)| match ty {
            Some(ty) if *ty != PgType::Unknown => Ok(*ty),
            _ => Err(undetermined("42P18", index)),
        })
        .collect()
    }
}

fn undetermined(sqlstate: &'static str, index: usize) -> SqlError {
    let number = index.saturating_add(1);
    SqlError::new(sqlstate, format!("could not determine data type of parameter ${number}"))
}

//! ON CONFLICT: finding the row that stands in the way, and changing it.

use super::Emitter;
use crate::sql::bound::{Conflict, Resolution, Target};
use crate::sql::error::SqlError;
use crate::sql::statement::{Constant, OnConflict, Place, Verb};
use crate::types::pg::PgType;

impl Emitter<'_> {
    /// What is done when a row of these cells cannot be filed.
    pub(super) fn conflict(
        &mut self,
        target: &Target,
        conflict: &Conflict,
        columns: &[usize],
        cells: &[Place],
    ) -> Result<OnConflict, SqlError> {
        let wanted: Vec<Option<(Place, PgType)>> = target
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| {
                let at = columns.iter().position(|own| *own == index);
                match at.and_then(|at| cells.get(at)) {
                    Some(place) => Some((place.clone(), column.ty)),
                    None if column.filled => None,
                    None => Some((Place::Constant(Constant::Null), column.ty)),
                }
            })
            .collect();
        let find = match &conflict.key {
            None => None,
            Some(key) => {
                let from = self.apart(|own| own.target(target, 0))?;
                self.out.word("SELECT");
                self.row_id(0, 0)?;
                self.out.word("FROM").append(from);
                self.key(target, key, &wanted, "WHERE")?;
                self.scopes.pop();
                let id = crate::sql::statement::Output::Column {
                    name: Some("id".to_owned()),
                    ty: Some(PgType::Int8),
                    typmod: -1,
                    scale: None,
                    origin: None,
                };
                Some(self.finish(vec![id], Verb::Select)?)
            }
        };
        let update = match &conflict.resolution {
            Resolution::Nothing => None,
            Resolution::Update { set, filter } => {
                self.out.word("UPDATE");
                self.target(target, 0)?;
                if let Some(scope) = self.scopes.last_mut() {
                    scope.excluded.clone_from(&wanted);
                }
                self.set(target, set)?;
                self.out.word("WHERE");
                self.row_id(0, 0)?;
                self.out.word("=").place(Place::RowId);
                self.key(target, conflict.key.as_deref().unwrap_or_default(), &wanted, "AND")?;
                if let Some(filter) = filter {
                    self.out.word("AND").open();
                    self.condition(filter)?;
                    self.out.close();
                }
                self.scopes.pop();
                Some(self.finish(Vec::new(), Verb::Update)?)
            }
        };
        Ok(OnConflict { find, update })
    }

    /// Prints that the row has the key's values.
    fn key(
        &mut self,
        target: &Target,
        key: &[usize],
        wanted: &[Option<(Place, PgType)>],
        first: &'static str,
    ) -> Result<(), SqlError> {
        let alias = self.scopes.last().and_then(|scope| scope.sources.first());
        let alias = alias.map(|source| source.alias.clone()).unwrap_or_default();
        for (index, column) in key.iter().enumerate() {
            let lost = || SqlError::new("XX000", "a column of a key is not there");
            let own = target.columns.get(*column).ok_or_else(lost)?;
            // A default cannot be known here; if it stands in the way, IRIS's error stands.
            let value = wanted.get(*column).cloned().flatten();
            let (place, _) = value.unwrap_or((Place::Constant(Constant::Null), own.ty));
            self.out.word(if index == 0 { first } else { "AND" });
            self.qualified(&alias, &own.name)?;
            self.out.word("=").place(place);
        }
        Ok(())
    }
}

//! The names a statement may use: sources of FROM lists and their columns.

use std::rc::Rc;

use super::super::api::SqlFailure;
use super::super::ast::Place;
use super::super::sqlcode::fail;
use super::super::store::catalog::{Table, same};
use super::super::types::{Filled, Ty};
use super::{Binder, Bound, Coll, Origin, Output};

/// A member of a FROM list.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) label: String,
    /// SQLite's alias.
    pub(super) alias: String,
    pub(super) table: Option<Rc<Table>>,
    /// Columns of a derived table.
    pub(super) outputs: Vec<Output>,
    pub(super) colls: Vec<Coll>,
    /// Whether the row is on the inner side of an outer join.
    pub(super) optional: bool,
    /// Tables whose row numbers a derived table gives in `k0`, `k1`, … when locks matter.
    pub(super) behind: Vec<Rc<Table>>,
}

/// The FROM list of one SELECT.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    pub(super) sources: Vec<Source>,
    /// Aliases of derived tables whose `%VID` is used.
    pub(super) numbered: Vec<String>,
}

impl Binder<'_> {
    /// −29 in the form of iris-sql §1.7.
    pub(super) fn missing_field(&self, name: &str, at: Place) -> SqlFailure {
        let echo = self.echo.up_to(at);
        let name = name.to_uppercase();
        fail(-29, format!(" Field '{name}' not found in the applicable tables^ {echo}"))
    }

    pub(super) fn ambiguous(&self, name: &str, at: Place) -> SqlFailure {
        let echo = self.echo.up_to(at);
        let name = name.to_uppercase();
        fail(-27, format!(" Field '{name}' is ambiguous among the applicable tables^ {echo}"))
    }

    pub(super) fn missing_label(&self, label: &str, at: Place) -> SqlFailure {
        let echo = self.echo.up_to(at);
        let label = label.to_uppercase();
        fail(-23, format!("Label '{label}' is not listed among the applicable tables^ {echo}"))
    }

    /// Finds a column, in the innermost FROM list that has it.
    pub(super) fn column(
        &mut self,
        label: Option<&str>,
        name: &str,
        at: Place,
    ) -> Result<Bound, SqlFailure> {
        let mut label_seen = label.is_none();
        for depth in (0..self.scopes.len()).rev() {
            let mut found: Option<Bound> = None;
            let Some(scope) = self.scopes.get_mut(depth) else { continue };
            let Scope { sources, numbered } = scope;
            for source in sources.iter() {
                if label.is_some_and(|label| !same(label, &source.label)) {
                    continue;
                }
                label_seen = true;
                let Some(bound) = column_of(source, name, numbered) else { continue };
                if found.is_some() {
                    return Err(self.ambiguous(name, at));
                }
                found = Some(bound);
            }
            if let Some(bound) = found {
                return Ok(bound);
            }
        }
        match label {
            Some(label) if !label_seen => Err(self.missing_label(label, at)),
            _ => Err(self.missing_field(name, at)),
        }
    }
}

pub(super) fn column_of(source: &Source, name: &str, numbered: &mut Vec<String>) -> Option<Bound> {
    let Some(table) = &source.table else {
        if name == "%VID" {
            numbered.push(source.alias.clone());
            let sql = format!("{}.vid", source.alias);
            return Some(Bound::expression(sql, Ty::Integer));
        }
        let at = source.outputs.iter().position(|output| same(&output.name, name))?;
        let output = source.outputs.get(at)?.clone();
        let mut bound = Bound::expression(format!("{}.o{at}", source.alias), output.ty);
        bound.coll = source.colls.get(at).copied().unwrap_or(Coll::None);
        bound.nullable = output.nullable;
        bound.origin = Origin::Derived(Box::new(output));
        return Some(bound);
    };
    let nullable = |fixed: bool| i64::from(!fixed || source.optional);
    if let Some(column) = table.named(name) {
        let mut bound =
            Bound::expression(format!("{}.{}", source.alias, column.stored()), column.ty);
        if column.ty.is_text() {
            bound.coll = Coll::Column(column.upper);
        }
        bound.nullable = nullable(column.not_null || column.filled != Filled::Given);
        bound.origin = Origin::Column(Rc::clone(table), column.id);
        return Some(bound);
    }
    match name.to_ascii_uppercase().as_str() {
        "%TABLENAME" => {
            let text = table.name.replace('\'', "''");
            return Some(Bound::expression(format!("'{text}'"), Ty::Varchar(128)));
        }
        "%ID" => {}
        other if same(other, &table.row_id_name()) => {}
        _ => return None,
    }
    let mut bound = Bound::expression(format!("{}.rid", source.alias), Ty::BigInt);
    bound.nullable = nullable(true);
    bound.origin = Origin::RowId(Rc::clone(table));
    Some(bound)
}

//! Keys: primary, unique and foreign, under the names that PostgreSQL gives them.

use super::index_column;
use crate::sql::error::SqlError;
use crate::sql::name;
use crate::sql::statement::TableName;
use crate::sql::translate::refuse;
use crate::sql::translate::table::table_name;
use irispg_grammar::ast::{
    ConstraintCharacteristics, DeferrableInitial, ForeignKeyConstraint, Ident, KeyOrIndexDisplay,
    NullsDistinctOption, PrimaryKeyConstraint, ReferentialAction, TableConstraint,
    UniqueConstraint,
};

/// A key.
#[derive(Debug)]
pub(super) struct Constraint {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    pub(super) primary: bool,
    pub(super) foreign: Option<Foreign>,
    /// Where it is written, if it stands among the columns: a byte offset.
    pub(super) at: Option<usize>,
}

/// What a foreign key refers to.
#[derive(Debug)]
pub(super) struct Foreign {
    pub(super) table: TableName,
    pub(super) columns: Vec<String>,
    pub(super) on_delete: Option<&'static str>,
    pub(super) on_update: Option<&'static str>,
}

/// PostgreSQL's name for an object without one: `table_columns_label`.
pub(super) fn generated(table: &str, columns: &[&str], label: &str) -> String {
    let mut full = table.to_owned();
    for column in columns {
        full.push('_');
        full.push_str(column);
    }
    let suffix = format!("_{label}");
    let room = 63_usize.saturating_sub(suffix.len());
    if full.len() > room {
        let mut end = room;
        while !full.is_char_boundary(end) {
            end = end.saturating_sub(1);
        }
        full.truncate(end);
    }
    full.push_str(&suffix);
    name::cut(&full).unwrap_or(full)
}

fn named(name: Option<&Ident>, table: &str, columns: &[String], label: &str) -> String {
    match name {
        Some(name) => name.value.clone(),
        None => {
            let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
            generated(table, &columns, label)
        }
    }
}

/// Deferrable and unenforced constraints are not what IRIS has.
fn plain(characteristics: Option<ConstraintCharacteristics>) -> Result<(), SqlError> {
    let Some(given) = characteristics else { return Ok(()) };
    let immediate = given.deferrable != Some(true)
        && given.enforced != Some(false)
        && given.initially != Some(DeferrableInitial::Deferred);
    if immediate { Ok(()) } else { Err(refuse("deferrable constraints are not supported")) }
}

/// A constraint of the table, or of the one column `own`.
pub(super) fn read(
    table: &str,
    own: Option<&str>,
    constraint: &TableConstraint,
) -> Result<Constraint, SqlError> {
    match constraint {
        TableConstraint::PrimaryKey(key) => primary(table, own, key),
        TableConstraint::Unique(key) => unique(table, own, key),
        TableConstraint::ForeignKey(key) => foreign(table, own, key),
        TableConstraint::Check(_) => Err(refuse("CHECK constraints are not supported")),
        TableConstraint::Exclude(_) => Err(refuse("EXCLUDE constraints are not supported")),
        _ => Err(refuse("this kind of constraint is not supported")),
    }
}

pub(super) fn primary(
    table: &str,
    own: Option<&str>,
    key: &PrimaryKeyConstraint,
) -> Result<Constraint, SqlError> {
    plain(key.characteristics)?;
    let foreign = key.index_name.is_some()
        || key.index_type.is_some()
        || !key.include.is_empty()
        || !key.index_options.is_empty();
    if foreign {
        return Err(refuse("options of a primary key are not supported"));
    }
    let columns = match own {
        Some(own) => vec![own.to_owned()],
        None => listed(&key.columns)?,
    };
    let name = named(key.name.as_ref(), table, &[], "pkey");
    Ok(Constraint { name, columns, primary: true, foreign: None, at: None })
}

pub(super) fn unique(
    table: &str,
    own: Option<&str>,
    key: &UniqueConstraint,
) -> Result<Constraint, SqlError> {
    plain(key.characteristics)?;
    let foreign = key.index_name.is_some()
        || key.index_type.is_some()
        || key.index_type_display != KeyOrIndexDisplay::None
        || !key.include.is_empty()
        || !key.index_options.is_empty()
        || key.nulls_distinct == NullsDistinctOption::NotDistinct;
    if foreign {
        return Err(refuse("options of a unique constraint are not supported"));
    }
    let columns = match own {
        Some(own) => vec![own.to_owned()],
        None => listed(&key.columns)?,
    };
    let name = named(key.name.as_ref(), table, &columns, "key");
    Ok(Constraint { name, columns, primary: false, foreign: None, at: None })
}

fn listed(columns: &[irispg_grammar::ast::IndexColumn]) -> Result<Vec<String>, SqlError> {
    columns.iter().map(|column| index_column(column).map(str::to_owned)).collect()
}

pub(super) fn foreign(
    table: &str,
    own: Option<&str>,
    key: &ForeignKeyConstraint,
) -> Result<Constraint, SqlError> {
    plain(key.characteristics)?;
    if key.index_name.is_some() || key.match_kind.is_some() {
        return Err(refuse("MATCH and other options of a foreign key are not supported"));
    }
    let columns: Vec<String> = match own {
        Some(own) => vec![own.to_owned()],
        None => key.columns.iter().map(|column| column.value.clone()).collect(),
    };
    let name = named(key.name.as_ref(), table, &columns, "fkey");
    let action = |action: Option<ReferentialAction>| {
        action.map(|action| match action {
            // Without deferrable constraints RESTRICT and NO ACTION refuse the same changes.
            ReferentialAction::Restrict | ReferentialAction::NoAction => "NO ACTION",
            ReferentialAction::Cascade => "CASCADE",
            ReferentialAction::SetNull => "SET NULL",
            ReferentialAction::SetDefault => "SET DEFAULT",
        })
    };
    let foreign = Foreign {
        table: table_name(&key.foreign_table)?,
        columns: key.referred_columns.iter().map(|column| column.value.clone()).collect(),
        on_delete: action(key.on_delete),
        on_update: action(key.on_update),
    };
    Ok(Constraint { name, columns, primary: false, foreign: Some(foreign), at: None })
}

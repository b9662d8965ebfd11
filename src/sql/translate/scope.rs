//! Which tables a query names, and what their columns are.

use crate::sql::statement::{Columns, TableName};
use crate::types::iris::numeric_scale;
use crate::types::pg::PgType;
use irispg_grammar::ast::WindowSpec;

/// A table, or a query in its place, under the name by which columns are qualified.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// The alias, or the table's own name.
    pub(super) alias: String,
    /// What it is.
    pub(super) kind: SourceKind,
}

/// What a source is.
#[derive(Debug, Clone)]
pub(super) enum SourceKind {
    /// A table or view.
    Table(TableName),
    /// A query's columns, as far as they are known by name; `None` when it has a wildcard.
    Query(Option<Vec<(String, Option<Shown>)>>),
}

/// A type as a client sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shown {
    /// The type.
    pub(super) ty: PgType,
    /// Its modifier, −1 for none.
    pub(super) typmod: i32,
    /// Of a number: the digits after the point that all values have, if that is known.
    pub(super) scale: Option<u16>,
}

/// What is known of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    /// Its type.
    pub(super) ty: PgType,
    /// The type's modifier, −1 for none.
    pub(super) typmod: i32,
    /// Of a number: the digits after the point that all values have, if that is known.
    pub(super) scale: Option<u16>,
    /// Whether it may be NULL.
    pub(super) nullable: bool,
    /// Whether it is a table's own, of which IRIS tells the same.
    pub(super) stored: bool,
}

/// The sources of one query.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    /// In the order of FROM.
    pub(super) sources: Vec<Source>,
    /// Whether an outer join may make any column NULL.
    pub(super) outer: bool,
    /// The windows that the query names.
    pub(super) windows: Vec<(String, WindowSpec)>,
}

/// What asking one source for a column gave.
enum Found {
    Column(Known),
    Nothing,
    Unknown,
}

impl Source {
    fn column(&self, name: &str, catalog: Option<&dyn Columns>) -> Found {
        match &self.kind {
            SourceKind::Query(None) => Found::Unknown,
            SourceKind::Query(Some(columns)) => {
                match columns.iter().find(|(column, _)| column == name) {
                    Some((_, Some(shown))) => Found::Column(Known {
                        ty: shown.ty,
                        typmod: shown.typmod,
                        scale: shown.scale,
                        nullable: true,
                        stored: false,
                    }),
                    Some((_, None)) => Found::Unknown,
                    None => Found::Nothing,
                }
            }
            SourceKind::Table(table) => {
                let Some(columns) = catalog.and_then(|catalog| catalog.columns(table)) else {
                    return Found::Unknown;
                };
                match columns.iter().find(|column| column.name.eq_ignore_ascii_case(name)) {
                    Some(column) => Found::Column(Known {
                        ty: column.ty,
                        typmod: column.typmod,
                        scale: match column.ty {
                            PgType::Numeric => numeric_scale(column.typmod),
                            _ => None,
                        },
                        nullable: column.nullable,
                        stored: true,
                    }),
                    None => Found::Nothing,
                }
            }
        }
    }
}

/// Looks a column up, from the innermost query outwards. `None` when nothing is known of it.
pub(super) fn find(
    scopes: &[Scope],
    qualifier: Option<&str>,
    name: &str,
    catalog: Option<&dyn Columns>,
) -> Option<Known> {
    for scope in scopes.iter().rev() {
        let mut named = false;
        for source in &scope.sources {
            if qualifier.is_some_and(|qualifier| qualifier != source.alias) {
                continue;
            }
            named = true;
            match source.column(name, catalog) {
                Found::Column(known) => {
                    return Some(Known { nullable: known.nullable || scope.outer, ..known });
                }
                Found::Unknown => return None,
                Found::Nothing => {}
            }
        }
        if named && qualifier.is_some() {
            return None;
        }
    }
    None
}

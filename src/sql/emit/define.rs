//! Queries that definitions are made of: of a view, and of CREATE TABLE AS.

use super::query::{Role, names};
use super::{Emitter, Remarks, refuse, zone};
use crate::sql::bound::{Column, Kind, Statement};
use crate::sql::error::SqlError;
use crate::sql::printer::Printer;
use crate::sql::statement::Options;

/// A query, printed.
pub(in crate::sql) struct Defining<'b> {
    /// The query; its columns have `names`.
    pub(in crate::sql) text: Printer,
    /// Different names for its columns.
    pub(in crate::sql) names: Vec<String>,
    /// Its columns as PostgreSQL has them.
    pub(in crate::sql) columns: &'b [Column],
    /// What is to be said of it.
    pub(in crate::sql) remarks: Remarks,
}

/// Prints the query of a definition, in which nothing can be bound.
///
/// # Errors
///
/// As [`super::statement`].
pub(in crate::sql) fn defining<'b>(
    bound: &'b Statement,
    options: &Options<'_>,
) -> Result<Defining<'b>, SqlError> {
    let Kind::Query(query) = &bound.kind else {
        return Err(refuse("this statement is not supported in a definition"));
    };
    // Whoever reads a view has a zone of their own.
    zone::check(bound)?;
    let mut emitter = Emitter::new(bound, options);
    // None is left to be bound.
    emitter.constants = usize::MAX;
    emitter.query(query, Role::Derived)?;
    if !emitter.firsts.is_empty() {
        let message = "a subquery that may give several rows is not supported in a definition";
        return Err(refuse(message).hint("Add LIMIT 1, or use an aggregate such as max()."));
    }
    let remarks = Remarks { notices: bound.notices.clone(), rules: emitter.rules };
    Ok(Defining {
        text: emitter.out,
        names: names(&query.columns),
        columns: &query.columns,
        remarks,
    })
}

//! CREATE VIEW.
//!
//! The columns of a view are those that PostgreSQL would give it: they are listed by name, and a
//! computed column is cast to the type that it has in PostgreSQL, because whoever reads the view
//! learns its types from IRIS.

use super::known;
use crate::sql::bind;
use crate::sql::bound::Column;
use crate::sql::emit::{self, Defining};
use crate::sql::error::SqlError;
use crate::sql::lexer::Token;
use crate::sql::statement::{Action, Column as Stored, TableName};
use crate::sql::translate::table::table_name;
use crate::sql::translate::types::{self, TypeSpec};
use crate::sql::translate::{Translator, refuse};
use crate::types::pg::PgType;
use irispg_grammar::ast::{CreateTableOptions, CreateView, Statement};

/// What PostgreSQL calls a column without a name.
const UNNAMED: &str = "?column?";

/// IRIS keeps this many digits exactly.
const NUMERIC_DIGITS: u64 = 18;

impl Translator<'_> {
    pub(super) fn create_view(
        &mut self,
        create: &CreateView,
        tokens: &[Token],
    ) -> Result<Action, SqlError> {
        check(create)?;
        let view = table_name(&create.name)?;
        self.note(&view);
        let tree = Statement::Query(create.query.clone());
        let bound = bind::statement(&tree, tokens, self.options)?;
        let Defining { text, names: inside, columns, remarks } =
            emit::defining(&bound, self.options)?;
        bound.tables.iter().for_each(|table| self.note(table));
        self.notices.extend(remarks.notices);
        remarks.rules.into_iter().for_each(|rule| self.rule(rule));
        let names = view_names(create, columns)?;
        if create.or_replace
            && let Some(old) = self.columns_of(&view)
        {
            replaceable(&old, &names, columns)?;
        }
        let mut specs = Vec::with_capacity(columns.len());
        for (column, name) in columns.iter().zip(&names) {
            let stored = column.origin.is_some();
            specs.push(if stored { None } else { Some(view_type(name, column)?) });
        }
        self.out.word(if create.or_replace { "CREATE OR REPLACE VIEW" } else { "CREATE VIEW" });
        self.print_table(&view)?;
        self.column_list(&names)?;
        self.out.word("AS");
        if specs.iter().all(Option::is_none) {
            self.out.append(text);
            return self.ended("CREATE VIEW");
        }
        self.rule("computed columns of a view are cast to the types that they have in PostgreSQL");
        self.out.word("SELECT");
        for (index, (name, spec)) in inside.iter().zip(&specs).enumerate() {
            self.out.separate(index);
            let Some(spec) = spec else {
                self.out.name(name)?;
                continue;
            };
            self.out.call("CAST").name(name)?.word("AS");
            if !types::cast_target(&mut self.out, *spec) {
                return Err(untyped(name));
            }
            self.out.close().word("AS").name(name)?;
        }
        self.out.word("FROM").open().append(text);
        self.out.close().word("AS").name("irispg_v")?;
        self.ended("CREATE VIEW")
    }
}

/// Refuses the parts of CREATE VIEW that are not translated; every part is named here.
fn check(create: &CreateView) -> Result<(), SqlError> {
    let CreateView {
        or_alter,
        or_replace: _,
        materialized,
        secure,
        name: _,
        name_before_not_exists,
        columns,
        query: _,
        options,
        cluster_by,
        comment,
        with_no_schema_binding,
        if_not_exists,
        temporary,
        copy_grants,
        to,
        params,
    } = create;
    if *materialized {
        return Err(refuse("materialized views are not supported")
            .hint("IRIS has none: use a view, or a table that you fill."));
    }
    if *temporary {
        return Err(refuse("temporary views are not supported"));
    }
    let typed = columns.iter().any(|column| column.data_type.is_some() || column.options.is_some());
    let foreign = *or_alter
        || *secure
        || *name_before_not_exists
        || typed
        || *options != CreateTableOptions::None
        || !cluster_by.is_empty()
        || comment.is_some()
        || *with_no_schema_binding
        || *if_not_exists
        || *copy_grants
        || to.is_some()
        || params.is_some();
    if foreign { Err(refuse("this form of CREATE VIEW is not supported")) } else { Ok(()) }
}

fn untyped(name: &str) -> SqlError {
    refuse(format!("the type of the view's column \"{name}\" cannot be kept by IRIS"))
        .hint("Cast the column, such as to numeric(18,4), text or bigint.")
}

/// The names of the view's columns: those listed, then those of the query.
fn view_names(create: &CreateView, columns: &[Column]) -> Result<Vec<String>, SqlError> {
    if create.columns.len() > columns.len() {
        let message = "CREATE VIEW specifies more column names than columns";
        return Err(SqlError::new("42601", message));
    }
    let listed = create.columns.iter().map(|column| column.name.value.clone());
    let rest = columns.iter().skip(create.columns.len()).map(|column| column.name.clone());
    let names: Vec<String> = listed.chain(rest).collect();
    if names.iter().any(|name| name == UNNAMED) {
        return Err(refuse("a view's column without a name is not supported")
            .hint("Name it in the query, or list the names of the view's columns."));
    }
    if let Some(name) = twice(&names) {
        let message = format!("column \"{name}\" specified more than once");
        return Err(SqlError::new("42701", message));
    }
    Ok(names)
}

/// A name that IRIS would take for the same as one before it.
fn twice<S: AsRef<str>>(names: &[S]) -> Option<&str> {
    names.iter().enumerate().find_map(|(index, name)| {
        let mut before = names.iter().take(index);
        let same = before.any(|other| other.as_ref().eq_ignore_ascii_case(name.as_ref()));
        same.then_some(name.as_ref())
    })
}

/// What a computed column is cast to.
fn view_type(name: &str, column: &Column) -> Result<TypeSpec, SqlError> {
    match column.ty {
        PgType::Numeric => {
            let scale = column.scale.ok_or_else(|| untyped(name))?;
            let mut spec = TypeSpec::plain(PgType::Numeric);
            spec.digits = Some((NUMERIC_DIGITS, u64::from(scale)));
            Ok(spec)
        }
        ty => Ok(types::of_column(ty, column.typmod)),
    }
}

/// PostgreSQL's OR REPLACE may only add columns at the end.
fn replaceable(old: &[Stored], names: &[String], columns: &[Column]) -> Result<(), SqlError> {
    if names.len() < old.len() {
        return Err(SqlError::new("42P16", "cannot drop columns from view"));
    }
    for ((before, after), column) in old.iter().zip(names).zip(columns) {
        if before.name != *after {
            let message =
                format!("cannot change name of view column \"{}\" to \"{after}\"", before.name);
            return Err(SqlError::new("42P16", message));
        }
        if column.ty != before.ty {
            let message = format!("cannot change data type of view column \"{after}\"");
            return Err(SqlError::new("42P16", message));
        }
    }
    Ok(())
}

/// 42P01 or 42703 for a COMMENT on what the catalog does not have.
pub(super) fn commented(
    table: &TableName,
    column: Option<&str>,
    columns: Option<&[Stored]>,
) -> Result<(), SqlError> {
    let Some(columns) = columns else {
        let message = format!("relation \"{}\" does not exist", table.name);
        return Err(SqlError::new("42P01", message));
    };
    match column.filter(|column| known(columns, column).is_none()) {
        None => Ok(()),
        Some(column) => {
            let what = format!("column \"{column}\" of relation \"{}\"", table.name);
            Err(SqlError::new("42703", format!("{what} does not exist")))
        }
    }
}

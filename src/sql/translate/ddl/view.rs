//! CREATE VIEW.
//!
//! The columns of a view are those that PostgreSQL would give it: `*` is written out from the
//! catalog, names are listed, and a computed column is cast to the type that it has in PostgreSQL,
//! because whoever reads the view learns its types from IRIS.

use super::known;
use crate::sql::error::SqlError;
use crate::sql::statement::{Action, Column as Stored, TableName};
use crate::sql::translate::output::{self, Column};
use crate::sql::translate::query::Role;
use crate::sql::translate::scope::Shown;
use crate::sql::translate::table::{alias_name, table_name};
use crate::sql::translate::types::{self, TypeSpec};
use crate::sql::translate::value::is_column;
use crate::sql::translate::{Translator, refuse};
use crate::types::pg::PgType;
use irispg_grammar::ast::{
    CreateTableOptions, CreateView, Expr, Ident, Query, SelectItem,
    SelectItemQualifiedWildcardKind, SetExpr, TableFactor, TableWithJoins, With,
};

/// What columns without a name are called inside.
const UNNAMED: &str = "irispg_c";

/// IRIS keeps this many digits exactly.
const NUMERIC_DIGITS: u64 = 18;

impl Translator<'_> {
    pub(super) fn create_view(&mut self, create: &CreateView) -> Result<Action, SqlError> {
        check(create)?;
        let view = table_name(&create.name)?;
        self.note(&view);
        let mut query = create.query.as_ref().clone();
        self.expand_query(&mut query)?;
        if query != *create.query {
            self.rule("* is written out, and columns are named, when a view is made");
        }
        let inner = self.apart_columns(&query)?;
        let (text, columns) = inner;
        let columns: Vec<(String, Option<Shown>, bool)> = columns
            .into_iter()
            .map(|column| match column {
                Column::Named { name, shown, stored } => Ok((name, shown, stored)),
                Column::Wildcard => Err(unnamed()),
            })
            .collect::<Result<_, _>>()?;
        let names = view_names(create, &columns)?;
        if create.or_replace
            && let Some(old) = self.columns_of(&view)
        {
            replaceable(&old, &names, &columns)?;
        }
        let mut specs = Vec::with_capacity(columns.len());
        for ((_, shown, stored), name) in columns.iter().zip(&names) {
            specs.push(if *stored { None } else { Some(view_type(name, *shown)?) });
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
        let inside: Vec<&str> = columns.iter().map(|(name, ..)| name.as_str()).collect();
        if let Some(name) = twice(&inside) {
            let message = format!("two columns \"{name}\" in a view's query are not supported");
            return Err(refuse(message).hint("Name the columns inside the query."));
        }
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
        let alias = self.fresh();
        self.out.close().word("AS").name(&alias)?;
        self.ended("CREATE VIEW")
    }

    fn apart_columns(
        &mut self,
        query: &Query,
    ) -> Result<(crate::sql::printer::Printer, Vec<Column>), SqlError> {
        let mut columns = Vec::new();
        let text = self.apart(|own| {
            columns = own.query(query, Role::Derived)?;
            Ok(())
        })?;
        Ok((text, columns))
    }

    /// Writes `*` out, as PostgreSQL does when the view is made.
    fn expand_query(&self, query: &mut Query) -> Result<(), SqlError> {
        let Query { with, body, .. } = query;
        self.expand(with.as_ref(), body)
    }

    fn expand(&self, with: Option<&With>, body: &mut SetExpr) -> Result<(), SqlError> {
        match body {
            SetExpr::Query(query) => self.expand_query(query),
            SetExpr::SetOperation { left, right, .. } => {
                self.expand(with, left)?;
                self.expand(with, right)
            }
            SetExpr::Select(select) => {
                let mut items = Vec::with_capacity(select.projection.len());
                for item in std::mem::take(&mut select.projection) {
                    let qualifier = match &item {
                        SelectItem::Wildcard(_) => None,
                        SelectItem::QualifiedWildcard(
                            SelectItemQualifiedWildcardKind::ObjectName(name),
                            _,
                        ) => match name.0.as_slice() {
                            [part] => part.as_ident().map(|ident| ident.value.clone()),
                            _ => return Err(unnamed()),
                        },
                        SelectItem::QualifiedWildcard(..) => return Err(unnamed()),
                        SelectItem::UnnamedExpr(expr) if !is_column(expr) => {
                            // A subquery's columns have no name for who reads them, and what
                            // PostgreSQL calls `?column?` several may be.
                            let name = match output::name(expr) {
                                name if name == "?column?" => format!("{UNNAMED}{}", items.len()),
                                name => name,
                            };
                            let alias = Ident::with_quote('"', name);
                            items.push(SelectItem::ExprWithAlias { expr: expr.clone(), alias });
                            continue;
                        }
                        _ => {
                            items.push(item);
                            continue;
                        }
                    };
                    items.extend(self.starred(with, &select.from, qualifier.as_deref())?);
                }
                select.projection = items;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The columns that `*` stands for.
    fn starred(
        &self,
        with: Option<&With>,
        from: &[TableWithJoins],
        qualifier: Option<&str>,
    ) -> Result<Vec<SelectItem>, SqlError> {
        let mut items = Vec::new();
        let factors = from.iter().flat_map(|table| {
            let joined = table.joins.iter().map(|join| &join.relation);
            std::iter::once(&table.relation).chain(joined)
        });
        for factor in factors {
            let TableFactor::Table { name, alias, args: None, .. } = factor else {
                return Err(unnamed());
            };
            let table = table_name(name)?;
            let alias = alias_name(alias.as_ref())?.unwrap_or(&table.name);
            if qualifier.is_some_and(|qualifier| qualifier != alias) {
                continue;
            }
            let ctes = with.iter().flat_map(|with| &with.cte_tables);
            let shadowed = table.schema.is_none()
                && ctes.into_iter().any(|cte| cte.alias.name.value == table.name);
            let columns = self.columns_of(&table).filter(|_| !shadowed).ok_or_else(unnamed)?;
            items.extend(columns.iter().map(|column| {
                let parts =
                    vec![Ident::with_quote('"', alias), Ident::with_quote('"', &column.name)];
                SelectItem::UnnamedExpr(Expr::CompoundIdentifier(parts))
            }));
        }
        if items.is_empty() { Err(unnamed()) } else { Ok(items) }
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

fn unnamed() -> SqlError {
    refuse("* over this FROM is not supported in a view").hint("Name the columns.")
}

fn untyped(name: &str) -> SqlError {
    refuse(format!("the type of the view's column \"{name}\" cannot be kept by IRIS"))
        .hint("Cast the column, such as to numeric(18,4), text or bigint.")
}

/// The names of the view's columns: those listed, then those of the query.
fn view_names(
    create: &CreateView,
    columns: &[(String, Option<Shown>, bool)],
) -> Result<Vec<String>, SqlError> {
    if create.columns.len() > columns.len() {
        let message = "CREATE VIEW specifies more column names than columns";
        return Err(SqlError::new("42601", message));
    }
    let listed = create.columns.iter().map(|column| column.name.value.clone());
    let rest = columns.iter().skip(create.columns.len()).map(|(name, ..)| name.clone());
    let names: Vec<String> = listed.chain(rest).collect();
    if names.iter().any(|name| name.starts_with(UNNAMED)) {
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
fn view_type(name: &str, shown: Option<Shown>) -> Result<TypeSpec, SqlError> {
    let shown = shown.ok_or_else(|| untyped(name))?;
    match shown.ty {
        PgType::Unknown => Ok(TypeSpec::plain(PgType::Text)),
        PgType::Numeric => {
            let scale = shown.scale.ok_or_else(|| untyped(name))?;
            let mut spec = TypeSpec::plain(PgType::Numeric);
            spec.digits = Some((NUMERIC_DIGITS, u64::from(scale)));
            Ok(spec)
        }
        ty => Ok(types::of_column(ty, shown.typmod)),
    }
}

/// PostgreSQL's OR REPLACE may only add columns at the end.
fn replaceable(
    old: &[Stored],
    names: &[String],
    columns: &[(String, Option<Shown>, bool)],
) -> Result<(), SqlError> {
    if names.len() < old.len() {
        return Err(SqlError::new("42P16", "cannot drop columns from view"));
    }
    for ((before, after), (_, shown, _)) in old.iter().zip(names).zip(columns) {
        if before.name != *after {
            let message =
                format!("cannot change name of view column \"{}\" to \"{after}\"", before.name);
            return Err(SqlError::new("42P16", message));
        }
        let ty = shown.map(|shown| match shown.ty {
            PgType::Unknown => PgType::Text,
            ty => ty,
        });
        if ty.is_some_and(|ty| ty != before.ty) {
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

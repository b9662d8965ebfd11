//! The select list: `*` written out, and names for its columns.

use super::label;
use super::scope::located;
use super::select::Items;
use super::{Binder, at, refuse};
use crate::sql::bound::{At, Expr, Item};
use crate::sql::error::SqlError;
use irispg_grammar as grammar;
use irispg_grammar::ast::{
    Ident, ObjectName, SelectItem, SelectItemQualifiedWildcardKind, WildcardAdditionalOptions,
};

impl Binder<'_> {
    /// Binds a select list. Literals and parameters in it are still `unknown`.
    pub(super) fn items(&mut self, list: &[SelectItem]) -> Result<Items, SqlError> {
        let mut items = Vec::with_capacity(list.len());
        for item in list {
            match item {
                SelectItem::UnnamedExpr(expr) => {
                    let bound = self.expression(expr)?;
                    items.push(Item { expr: bound, name: label::of(expr) });
                }
                SelectItem::ExprWithAlias { expr, alias } => {
                    check_alias(alias)?;
                    let bound = self.expression(expr)?;
                    items.push(Item { expr: bound, name: alias.value.clone() });
                }
                SelectItem::Wildcard(options) => {
                    check_options(options)?;
                    self.star(options, &mut items)?;
                }
                SelectItem::QualifiedWildcard(
                    SelectItemQualifiedWildcardKind::ObjectName(name),
                    options,
                ) => {
                    check_options(options)?;
                    self.table_star(name, &mut items)?;
                }
                _ => return Err(refuse("this item of the select list is not supported")),
            }
        }
        Ok(items)
    }

    /// `*`
    fn star(
        &mut self,
        options: &WildcardAdditionalOptions,
        items: &mut Items,
    ) -> Result<(), SqlError> {
        let place = At(grammar::start_of_star(options));
        let names = self.scopes.last().map(|scope| scope.names.as_slice()).unwrap_or_default();
        let seen: Vec<_> = names.iter().filter(|named| named.bare).collect();
        if seen.is_empty() {
            let message = "SELECT * with no tables specified is not valid";
            return Err(at(SqlError::new("42601", message), place));
        }
        let columns = seen.into_iter().flat_map(|named| &named.columns);
        items.extend(columns.map(|column| item(&column.name, &column.expr, place)));
        Ok(())
    }

    /// `t.*`
    fn table_star(&mut self, name: &ObjectName, items: &mut Items) -> Result<(), SqlError> {
        let place = At(grammar::start_of_name(name));
        let parts: Vec<&str> = name
            .0
            .iter()
            .map(|part| part.as_ident().map(|ident| ident.value.as_str()).unwrap_or_default())
            .collect();
        let (schema, table) = match parts.as_slice() {
            [table] => (None, *table),
            [schema, table] => (Some(super::scope::schema(schema)), *table),
            _ => return Err(at(refuse("this form of * is not supported"), place)),
        };
        let found = self.table_called(schema, table).map_err(|error| at(error, place))?;
        let Some((level, _, named)) = found else {
            return Err(at(self.no_table(table), place));
        };
        if level > 0 {
            return Err(at(refuse("* of a query further out is not supported"), place));
        }
        items.extend(named.columns.iter().map(|column| item(&column.name, &column.expr, place)));
        Ok(())
    }
}

fn item(name: &str, expr: &Expr, place: At) -> Item {
    Item { expr: Expr { at: place, ..expr.clone() }, name: name.to_owned() }
}

fn check_options(options: &WildcardAdditionalOptions) -> Result<(), SqlError> {
    if *options == WildcardAdditionalOptions::default() {
        return Ok(());
    }
    Err(refuse("options of * are not supported"))
}

/// 42601 for a string that stands as an alias, which the grammar lets pass.
fn check_alias(alias: &Ident) -> Result<(), SqlError> {
    if alias.quote_style != Some('\'') {
        return Ok(());
    }
    let shown = alias.value.replace('\'', "''");
    let error = SqlError::new("42601", format!("syntax error at or near \"'{shown}'\""));
    Err(located(error, std::slice::from_ref(alias)))
}

//! INSERT.

use super::cast::check_input;
use super::output::Column as Shown;
use super::query::Role;
use super::table::table_name;
use super::types::{is_integer, is_number};
use super::value::{bare, negated_number, placeholder, text};
use super::{Translator, check_places, literal, refuse};
use crate::sql::error::SqlError;
use crate::sql::statement::{Action, Column, Constant, IrisBatch, Place, TableName, Verb};
use crate::types::iris::character_length;
use crate::types::pg::PgType;
use irispg_grammar::ast::{Expr, Insert, ObjectName, Query, SetExpr, TableObject, Value, Values};

/// A column that a value is assigned to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    ty: PgType,
    typmod: i32,
}

/// 22001 for a text that is longer than its column. One with nothing but blanks beyond the end,
/// which PostgreSQL cuts, is left to IRIS, which refuses it.
fn check_length(column: Target, text: &str) -> Result<(), SqlError> {
    let Some(length) = character_length(column.typmod).filter(|_| column.ty == PgType::Varchar)
    else {
        return Ok(());
    };
    if text.chars().skip(length).all(|c| c == ' ') {
        return Ok(());
    }
    let message = format!("value too long for type character varying({length})");
    Err(SqlError::new("22001", message))
}

/// Whether an expression is the word DEFAULT.
pub(super) fn is_default(expr: &Expr) -> bool {
    matches!(expr, Expr::Identifier(name) if name.value == "default" && name.quote_style.is_none())
}

impl Translator<'_> {
    pub(super) fn insert(&mut self, insert: &Insert) -> Result<Action, SqlError> {
        check(insert)?;
        let TableObject::TableName(name) = &insert.table else {
            return Err(refuse("INSERT into anything but a table is not supported"));
        };
        let table = table_name(name)?;
        self.note(&table);
        let columns = columns(&insert.columns)?;
        let Some(source) = &insert.source else {
            self.begin_insert(&table, &columns)?;
            self.out.word("DEFAULT VALUES");
            return self.finish(Vec::new(), Verb::Insert).map(Action::Iris);
        };
        match values(source) {
            Some(values) => self.rows_of_values(&table, columns, values),
            None => {
                self.begin_insert(&table, &columns)?;
                let shown = self.query(source, Role::Inner)?;
                self.check_whole(&table, &columns, &shown)?;
                self.finish(Vec::new(), Verb::Insert).map(Action::Iris)
            }
        }
    }

    fn begin_insert(&mut self, table: &TableName, columns: &[&str]) -> Result<(), SqlError> {
        self.out.word("INSERT INTO");
        self.print_table(table)?;
        if columns.is_empty() {
            return Ok(());
        }
        self.out.open();
        for (index, column) in columns.iter().enumerate() {
            self.out.separate(index);
            self.out.name(column)?;
        }
        self.out.close();
        Ok(())
    }

    fn rows_of_values(
        &mut self,
        table: &TableName,
        mut columns: Vec<&str>,
        values: &Values,
    ) -> Result<Action, SqlError> {
        let mut rows: Vec<Vec<&Expr>> =
            values.rows.iter().map(|row| row.content.iter().collect()).collect();
        check_lengths(&columns, &rows)?;
        drop_defaults(&mut columns, &mut rows)?;
        let types = self.column_types(table, &columns, rows.first().map_or(0, Vec::len));
        self.no_aggregates = Some("VALUES");
        self.begin_insert(table, &columns)?;
        match rows.as_slice() {
            [row] if row.is_empty() => {
                self.out.word("DEFAULT VALUES");
                self.finish(Vec::new(), Verb::Insert).map(Action::Iris)
            }
            [row] => {
                self.out.word("VALUES").open();
                for (index, (expr, ty)) in row.iter().zip(&types).enumerate() {
                    self.out.separate(index);
                    self.assigned(expr, *ty)?;
                }
                self.out.close();
                self.finish(Vec::new(), Verb::Insert).map(Action::Iris)
            }
            _ => self.batch(table, &rows, &types),
        }
    }

    /// Several rows: one INSERT whose values are all bound.
    fn batch(
        &mut self,
        table: &TableName,
        rows: &[Vec<&Expr>],
        types: &[Option<Target>],
    ) -> Result<Action, SqlError> {
        if types.is_empty() {
            return Err(refuse("several rows of nothing but DEFAULT are not supported"));
        }
        self.rule("rows of VALUES are filed one by one in one call, all or none");
        self.out.word("VALUES").open();
        for index in 0..types.len() {
            self.out.separate(index);
            self.out.place(Place::Constant(Constant::Null));
        }
        self.out.close();
        let mut bound = Vec::with_capacity(rows.len());
        for row in rows {
            let mut cells = Vec::with_capacity(row.len());
            for (expr, ty) in row.iter().zip(types) {
                let cell = self.cell(expr, *ty)?.ok_or_else(|| {
                    refuse("expressions in VALUES of several rows are not supported")
                        .hint("Insert the row by itself, or bind its values as parameters.")
                })?;
                cells.push(cell);
            }
            bound.push(cells);
        }
        let printed = std::mem::take(&mut self.out).finish()?;
        check_places(&printed.places)?;
        let parameters = self.settled()?;
        Ok(Action::Batch(IrisBatch {
            text: printed.text,
            rows: bound,
            parameters,
            table: table.clone(),
            resolved: false,
        }))
    }

    /// The types of the columns that are filled, as far as the catalog tells.
    pub(super) fn column_types(
        &self,
        table: &TableName,
        columns: &[&str],
        count: usize,
    ) -> Vec<Option<Target>> {
        let target = |column: &Column| Target { ty: column.ty, typmod: column.typmod };
        let known = self.options.columns.and_then(|catalog| catalog.columns(table));
        let Some(known) = known else { return vec![None; count] };
        if columns.is_empty() {
            return (0..count).map(|at| known.get(at).map(target)).collect();
        }
        columns
            .iter()
            .map(|name| {
                let found = known.iter().find(|column| column.name.eq_ignore_ascii_case(name));
                found.map(target)
            })
            .collect()
    }

    /// Prints a value that is assigned to a column.
    pub(super) fn assigned(&mut self, expr: &Expr, column: Option<Target>) -> Result<(), SqlError> {
        match self.cell(expr, column)? {
            Some(place) => {
                self.out.place(place);
                Ok(())
            }
            None => self.computed(expr, column),
        }
    }

    /// A computed value for a column. IRIS cuts a fraction off where PostgreSQL's assignment
    /// rounds it (facts iris-sql §1.3), so that the value must be whole before it gets there.
    fn computed(&mut self, expr: &Expr, column: Option<Target>) -> Result<(), SqlError> {
        let Some(column) = column.filter(|column| is_integer(column.ty)) else {
            return self.value(expr, true);
        };
        let ty = match bare(expr) {
            Expr::Subquery(query) => self.shown_query(query)?.map(|shown| shown.ty),
            other => self.infer(other),
        };
        match ty {
            Some(PgType::Numeric) => {
                self.rule("a fraction is rounded before it gets to an integer column");
                self.out.call("ROUND");
                self.value(expr, false)?;
                self.out.comma().count(0).close();
                Ok(())
            }
            ty => {
                whole(column.ty, ty)?;
                self.value(expr, true)
            }
        }
    }

    /// The same for the columns of `INSERT … SELECT`, which are not printed anew: what is not
    /// whole by its type is refused.
    fn check_whole(
        &self,
        table: &TableName,
        columns: &[&str],
        shown: &[Shown],
    ) -> Result<(), SqlError> {
        let targets = self.column_types(table, columns, shown.len().max(columns.len()));
        let integers = targets.iter().flatten().any(|target| is_integer(target.ty));
        let starred = shown.iter().any(|column| matches!(column, Shown::Wildcard));
        if !starred {
            for (target, column) in targets.iter().zip(shown) {
                let target = target.filter(|target| is_integer(target.ty));
                if let (Some(target), Shown::Named { shown, .. }) = (target, column) {
                    whole(target.ty, shown.map(|shown| shown.ty))?;
                }
            }
            return Ok(());
        }
        let sources = self.tables.iter().filter(|source| *source != table);
        for source in sources.filter(|_| integers) {
            let known = self.options.columns.and_then(|catalog| catalog.columns(source));
            for column in known.iter().flat_map(|columns| columns.iter()) {
                if is_number(column.ty) && !is_integer(column.ty) {
                    return Err(fraction().hint("Name the columns, and cast them to integer."));
                }
            }
        }
        Ok(())
    }

    /// A value that can be bound: a constant, a parameter, or what the session knows.
    fn cell(&mut self, expr: &Expr, column: Option<Target>) -> Result<Option<Place>, SqlError> {
        if is_default(expr) {
            return Err(refuse("DEFAULT is not supported here"));
        }
        let inner = bare(expr);
        if let Some(number) = negated_number(inner) {
            let number = number?;
            if let Some(column) = column.filter(|column| is_integer(column.ty)) {
                let whole = literal::round(&number.digits, 0).parse::<i64>().ok();
                if !whole.is_some_and(|value| literal::fits(column.ty, value)) {
                    let message = format!("{} out of range", column.ty.name());
                    return Err(SqlError::new("22003", message));
                }
            }
            return Ok(Some(Place::Constant(number.constant())));
        }
        if let Some(text) = text(inner) {
            if let Some(column) = column {
                check_input(column.ty, text).map_err(|error| error.of(inner))?;
                check_length(column, text)?;
            }
            return Ok(Some(Place::Constant(Constant::Text(text.to_owned()))));
        }
        if let Some(written) = placeholder(inner) {
            if let Some(column) = column {
                self.settle(inner, column.ty)?;
            }
            return Ok(Some(Place::Parameter(self.number(written)?, None)));
        }
        if let Expr::Value(value) = inner {
            match value.value {
                Value::Null => return Ok(Some(Place::Constant(Constant::Null))),
                Value::Boolean(truth) => {
                    return Ok(Some(Place::Constant(Constant::Boolean(truth))));
                }
                _ => {}
            }
        }
        if !matches!(inner, Expr::Cast { .. } | Expr::TypedString(_) | Expr::Function(_)) {
            return Ok(None);
        }
        // A cast of a constant or a parameter is printed as one `?` or one constant.
        let printed = self.apart(|own| own.value(inner, true))?.finish()?;
        if printed.text == "?" {
            return Ok(printed.places.into_iter().next());
        }
        let literal = |text: &str| {
            let inside = text.strip_prefix('\'')?.strip_suffix('\'')?.replace("''", "'");
            Some(Place::Constant(Constant::Typed(PgType::Text, inside)))
        };
        if printed.text == "NULL" {
            return Ok(Some(Place::Constant(Constant::Null)));
        }
        if let Ok(value) = printed.text.parse::<i64>() {
            return Ok(Some(Place::Constant(Constant::Integer(value))));
        }
        let digits = printed.text.trim_start_matches('-');
        if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            return Ok(Some(Place::Constant(Constant::Decimal(printed.text))));
        }
        let constant = matches!(inner, Expr::Cast { expr, .. } if text(expr).is_some())
            || matches!(inner, Expr::TypedString(_));
        if constant && printed.places.is_empty() {
            return Ok(literal(&printed.text));
        }
        Ok(None)
    }
}

/// Refuses a value that may have a fraction, or is no number, for an integer column.
fn whole(column: PgType, value: Option<PgType>) -> Result<(), SqlError> {
    match value {
        Some(PgType::Unknown) => Ok(()),
        Some(ty) if is_integer(ty) => Ok(()),
        Some(ty) if !is_number(ty) => {
            let column = column.name();
            let message =
                format!("column is of type {column} but expression is of type {}", ty.name());
            Err(SqlError::new("42804", message).hint("Cast the expression."))
        }
        _ => Err(fraction()),
    }
}

fn fraction() -> SqlError {
    refuse("a value that may have a fraction cannot be assigned to an integer column")
        .hint("Cast the value to integer.")
}

/// The rows of a plain VALUES list.
fn values(source: &Query) -> Option<&Values> {
    let alone = source.with.is_none()
        && source.order_by.is_none()
        && source.limit_clause.is_none()
        && source.fetch.is_none()
        && source.locks.is_empty();
    match source.body.as_ref() {
        SetExpr::Values(values) if alone && !values.explicit_row => Some(values),
        _ => None,
    }
}

/// The names of a column list.
pub(super) fn columns(names: &[ObjectName]) -> Result<Vec<&str>, SqlError> {
    names
        .iter()
        .map(|name| match name.0.as_slice() {
            [part] => part
                .as_ident()
                .map(|ident| ident.value.as_str())
                .ok_or_else(|| refuse("this column name is not supported")),
            _ => Err(refuse("qualified names in a column list are not supported")),
        })
        .collect()
}

fn check_lengths(columns: &[&str], rows: &[Vec<&Expr>]) -> Result<(), SqlError> {
    let first = rows.first().map_or(0, Vec::len);
    if rows.iter().any(|row| row.len() != first) {
        return Err(SqlError::new("42601", "VALUES lists must all be the same length"));
    }
    if columns.is_empty() || columns.len() == first {
        return Ok(());
    }
    Err(SqlError::new(
        "42601",
        if first > columns.len() {
            "INSERT has more expressions than target columns"
        } else {
            "INSERT has more target columns than expressions"
        },
    ))
}

/// A column that every row gives DEFAULT is left out; one that some do cannot be.
fn drop_defaults(columns: &mut Vec<&str>, rows: &mut [Vec<&Expr>]) -> Result<(), SqlError> {
    let count = rows.first().map_or(0, Vec::len);
    for at in (0..count).rev() {
        let defaults = rows.iter().filter(|row| row.get(at).is_some_and(|e| is_default(e))).count();
        if defaults == 0 {
            continue;
        }
        if defaults != rows.len() {
            return Err(refuse("DEFAULT in some rows of VALUES only is not supported")
                .hint("Insert those rows by a statement of their own."));
        }
        if columns.is_empty() {
            return Err(refuse("DEFAULT in VALUES without a column list is not supported")
                .hint("Name the columns."));
        }
        columns.remove(at);
        for row in rows.iter_mut() {
            row.remove(at);
        }
    }
    Ok(())
}

/// Refuses the parts of an INSERT that are not translated; every part is named here.
fn check(insert: &Insert) -> Result<(), SqlError> {
    let Insert {
        insert_token: _,
        optimizer_hints,
        or,
        ignore,
        into,
        table: _,
        table_alias,
        columns: _,
        overwrite,
        source: _,
        assignments,
        partitioned,
        after_columns,
        has_table_keyword,
        on,
        returning,
        output,
        replace_into,
        priority,
        insert_alias,
        settings,
        format_clause,
        multi_table_insert_type,
        multi_table_into_clauses,
        multi_table_when_clauses,
        multi_table_else_clause,
    } = insert;
    if on.is_some() {
        return Err(refuse("ON CONFLICT is not supported")
            .hint("Look for the row first, inside a transaction."));
    }
    if returning.is_some() {
        return Err(refuse("RETURNING is not supported").hint("Select the row by its key."));
    }
    let foreign = or.is_some()
        || *ignore
        || !*into
        || table_alias.is_some()
        || *overwrite
        || !assignments.is_empty()
        || partitioned.is_some()
        || !after_columns.is_empty()
        || *has_table_keyword
        || output.is_some()
        || *replace_into
        || priority.is_some()
        || insert_alias.is_some()
        || settings.is_some()
        || format_clause.is_some()
        || multi_table_insert_type.is_some()
        || !multi_table_into_clauses.is_empty()
        || !multi_table_when_clauses.is_empty()
        || multi_table_else_clause.is_some()
        || !optimizer_hints.is_empty();
    if foreign {
        return Err(refuse("this form of INSERT is not supported"));
    }
    Ok(())
}

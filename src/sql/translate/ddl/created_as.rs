//! CREATE TABLE AS.
//!
//! The grammar wants types beside the names of columns and knows no WITH NO DATA, so everything
//! around the query is read here. What comes out is the table's definition and, as a plan, the
//! INSERT … SELECT behind it.

use super::create::twice;
use crate::sql::bound::{self, Change, Insert, Kind, SourceKind};
use crate::sql::emit::{self, Remarks};
use crate::sql::error::SqlError;
use crate::sql::lexer::Token;
use crate::sql::statement::{
    Action, Column, Creation, Each, IrisStatement, Options, Plan, Rows, TableName, Verb,
};
use crate::sql::translate::table::of_parts;
use crate::sql::translate::types::{self, TypeSpec};
use crate::sql::translate::{Translator, refuse};
use crate::sql::utility::reader::Reader;
use crate::types::pg::PgType;
use std::ops::Range;

/// The command tag where no rows are filed.
const TAG: &str = "CREATE TABLE AS";

/// What PostgreSQL calls a column without a name.
const UNNAMED: &str = "?column?";

/// A CREATE TABLE AS, but for its query.
#[derive(Debug)]
pub(in crate::sql) struct Head {
    /// The table; its position is a byte offset.
    pub(in crate::sql) table: TableName,
    if_not_exists: bool,
    /// The names that are listed, and where.
    columns: Vec<(String, usize)>,
    /// The tokens of the query.
    pub(in crate::sql) query: Range<usize>,
    /// Whether rows are filed.
    data: bool,
}

/// Reads what stands around the query; `None` for any other statement.
pub(in crate::sql) fn read(text: &str, tokens: &[Token]) -> Result<Option<Head>, SqlError> {
    let mut reader = Reader::new(text, tokens);
    if !reader.take("create") {
        return Ok(None);
    }
    let temporary = reader.take("temporary") || reader.take("temp");
    if !reader.take("table") {
        return Ok(None);
    }
    let if_not_exists = reader.take("if");
    if if_not_exists && !(reader.take("not") && reader.take("exists")) {
        return Ok(None);
    }
    let position = reader.peek().and_then(|token| u32::try_from(token.start).ok());
    let Some(name) = names(&mut reader, ".") else { return Ok(None) };
    let listed = reader.take_mark("(");
    let mut columns = Vec::new();
    if listed {
        // Whatever else stands in the parentheses, it defines columns.
        let Some(found) = names(&mut reader, ",") else { return Ok(None) };
        if !reader.take_mark(")") {
            return Ok(None);
        }
        columns = found;
    }
    if matches!(reader.peek_word(), Some("with" | "without" | "using" | "on" | "tablespace")) {
        return Ok(None);
    }
    if !reader.take("as") {
        let wrong = listed || reader.peek().is_none();
        return if wrong { Err(reader.unexpected()) } else { Ok(None) };
    }
    if temporary {
        return Err(refuse("temporary tables are not supported"));
    }
    if reader.peek_word() == Some("execute") {
        return Err(refuse("CREATE TABLE AS EXECUTE is not supported"));
    }
    let (end, data) = ending(tokens);
    if reader.position() >= end {
        return Err(reader.unexpected());
    }
    let parts: Vec<&str> = name.iter().map(|(part, _)| part.as_str()).collect();
    Ok(Some(Head {
        table: of_parts(&parts, position)?,
        if_not_exists,
        columns,
        query: reader.position()..end,
        data,
    }))
}

/// Names with a mark between them; `None` where something else stands.
fn names(reader: &mut Reader<'_>, mark: &str) -> Option<Vec<(String, usize)>> {
    let mut found = Vec::new();
    loop {
        let at = reader.peek()?.start;
        found.push((reader.name().ok()?, at));
        if !reader.take_mark(mark) {
            return Some(found);
        }
    }
}

/// The token at which WITH [NO] DATA begins, or the end; and whether rows are filed.
fn ending(tokens: &[Token]) -> (usize, bool) {
    let (no, words) = match tokens {
        [.., with, no, data] if with.kind.is_word("with") && data.kind.is_word("data") => {
            (no.kind.is_word("no"), 3)
        }
        [.., with, data] if with.kind.is_word("with") && data.kind.is_word("data") => (false, 2),
        _ => (false, 0),
    };
    (tokens.len().saturating_sub(words), !no)
}

/// What becomes of it, once its query is bound.
pub(in crate::sql) fn made(
    head: Head,
    query: bound::Statement,
    options: &Options<'_>,
) -> Result<(Action, Remarks), SqlError> {
    let mut translator = Translator::new(options, &[]);
    let action = translator.create_as(head, query)?;
    Ok((action, Remarks { notices: translator.notices, rules: translator.rules }))
}

impl Translator<'_> {
    fn create_as(&mut self, head: Head, mut bound: bound::Statement) -> Result<Action, SqlError> {
        let Kind::Query(query) = bound.kind else {
            return Err(SqlError::new("XX000", "a query is not one"));
        };
        let names = column_names(&head, &query.columns)?;
        if head.if_not_exists && self.exists(&head.table)? {
            self.remark(
                "42P07",
                format!("relation \"{}\" already exists, skipping", head.table.name),
            );
            return Ok(Action::Nothing(TAG));
        }
        let columns: Vec<Column> = names.into_iter().zip(&query.columns).map(own).collect();
        let mut create = self.creation(&head.table, &columns)?;
        if !head.data {
            create.parameters = bound.parameters.iter().copied().map(Some).collect();
            return Ok(Action::Iris(create));
        }
        self.out.word("DROP TABLE");
        self.print_table(&head.table)?;
        let drop = self.finish(Verb::Ddl("DROP TABLE"))?;
        bound.tables.push(head.table.clone());
        bound.kind = Kind::Change(Box::new(Change::Insert(Insert {
            columns: (0..columns.len()).collect(),
            target: target(head.table, columns),
            rows: bound::Rows::Query(query),
            conflict: None,
            returning: Vec::new(),
        })));
        let (fill, remarks) = emit::statement(&bound, self.options)?;
        self.notices.extend(remarks.notices);
        remarks.rules.into_iter().for_each(|rule| self.rule(rule));
        self.rule("the table is created, then filled, and dropped again if that fails");
        let mut plan = plan(fill)?;
        plan.creation = Some(Creation { create, drop });
        plan.verb = Verb::Select;
        Ok(Action::Plan(Box::new(plan)))
    }

    /// The definition of the table.
    fn creation(
        &mut self,
        table: &TableName,
        columns: &[Column],
    ) -> Result<IrisStatement, SqlError> {
        self.note(table);
        // IF NOT EXISTS is not passed on: a table that another session creates in between must
        // not be filled here, nor dropped.
        self.out.word("CREATE TABLE");
        self.print_table(table)?;
        self.out.open();
        for (index, column) in columns.iter().enumerate() {
            self.out.separate(index);
            let spec = stored(column)?;
            self.declare_plain(&column.name, spec)?;
        }
        self.out.close();
        self.finish(Verb::Ddl(TAG))
    }
}

/// A column of the table.
fn own((name, column): (String, &bound::Column)) -> Column {
    Column {
        name,
        ty: column.ty,
        typmod: column.typmod,
        nullable: true,
        filled: false,
        counted: false,
    }
}

/// What files the rows, as a plan.
fn plan(fill: Action) -> Result<Plan, SqlError> {
    match fill {
        Action::Plan(plan) => Ok(*plan),
        Action::Iris(fill) => Ok(Plan {
            creation: None,
            firsts: Vec::new(),
            rows: Rows::One,
            parameters: fill.parameters.clone(),
            tables: fill.tables.clone(),
            each: Each::Run(fill),
            returning: None,
            outputs: Vec::new(),
            verb: Verb::Select,
        }),
        _ => Err(SqlError::new("XX000", "rows are not filed by a query")),
    }
}

/// The names of the table's columns: those listed, then those of the query.
fn column_names(head: &Head, columns: &[bound::Column]) -> Result<Vec<String>, SqlError> {
    if head.columns.len() > columns.len() {
        return Err(SqlError::new("42601", "too many column names were specified"));
    }
    let listed = head.columns.iter().map(|(name, _)| name.clone());
    let rest = columns.iter().skip(head.columns.len()).map(|column| column.name.clone());
    let names: Vec<String> = listed.chain(rest).collect();
    if names.iter().any(|name| name == UNNAMED) {
        return Err(refuse("a table's column without a name is not supported")
            .hint("Name it in the query, or list the names of the table's columns."));
    }
    match twice(&names) {
        Some(error) => Err(error),
        None => Ok(names),
    }
}

/// What keeps the values of a column of the query.
fn stored(column: &Column) -> Result<TypeSpec, SqlError> {
    let spec = types::of_column(column.ty, column.typmod);
    if column.ty == PgType::Numeric && spec.digits.is_none() {
        return Err(refuse(format!(
            "column \"{}\" of type numeric without a precision is not supported",
            column.name
        ))
        .hint("Cast it in the query, such as to numeric(18,4)."));
    }
    Ok(spec)
}

/// The new table, as INSERT names it.
fn target(table: TableName, columns: Vec<Column>) -> bound::Target {
    let source = bound::Source {
        alias: table.name.clone(),
        kind: SourceKind::Table(table.clone()),
        columns: Vec::new(),
    };
    bound::Target { table, source, columns }
}

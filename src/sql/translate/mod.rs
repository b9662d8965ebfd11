//! From the grammar's tree to IRIS SQL, subject by subject.

mod cast;
mod compare;
mod ddl;
mod function;
mod group;
mod infer;
mod insert;
mod interval;
mod limit;
mod literal;
mod order;
mod output;
mod predicate;
mod query;
mod quotient;
mod row;
mod scale;
mod scope;
mod select;
mod table;
pub(super) mod types;
mod update;
mod using;
mod value;
mod values;

use super::emit::Remarks;
use super::error::SqlError;
use super::lexer::Token;
use super::printer::Printer;
use super::statement::{Action, IrisStatement, Notice, Options, Output, Place, TableName, Verb};
use super::{MAX_DEPTH, feed};
use crate::types::pg::PgType;
pub(super) use ddl::keys;
use irispg_grammar::{self as grammar, GrammarError, ast};
use scope::Scope;
use std::rc::Rc;
pub(super) use table::table_name;

/// How many nodes of the tree may be visited. A boolean value prints its condition twice and a
/// WITH query is printed where it is named, so short texts could grow without bounds.
const MAX_STEPS: usize = 1_000_000;

/// How many `?` a statement may have: IRIS's `%Execute` takes 380 arguments in an array.
/// UNVERIFIED(iris): newer releases may take more.
pub(crate) const MAX_PLACES: usize = 380;

/// 0A000 with a message.
pub(super) fn refuse(message: impl Into<std::borrow::Cow<'static, str>>) -> SqlError {
    SqlError::unsupported(message)
}

/// 42601 for a string that stands as an alias, which `sqlparser` lets pass.
pub(super) fn check_alias(alias: &ast::Ident) -> Result<(), SqlError> {
    if alias.quote_style != Some('\'') {
        return Ok(());
    }
    let shown = alias.value.replace('\'', "''");
    Err(SqlError::new("42601", format!("syntax error at or near \"'{shown}'\"")))
}

/// Reads one statement: the grammar's part, whose errors refuse the whole query string.
pub(super) fn read(
    text: &str,
    tokens: &[Token],
    options: &Options<'_>,
) -> Result<ast::Statement, SqlError> {
    if let [only] = tokens
        && only.kind.is_word("select")
    {
        return Err(refuse("SELECT without a select list is not supported"));
    }
    if let [first, .., check, option] = tokens
        && first.kind.is_word("create")
        && check.kind.is_word("check")
        && option.kind.is_word("option")
    {
        return Err(refuse("WITH CHECK OPTION is not supported"));
    }
    let fed = feed::feed(text, tokens, options)?;
    grammar::parse(fed).map_err(|error| match error {
        GrammarError::At(offset) => {
            let token = tokens.iter().find(|t| t.start <= offset && offset < t.end);
            match token.and_then(|t| text.get(t.start..t.end).map(|written| (t.start, written))) {
                Some((start, written)) => SqlError::syntax(written, start),
                None => SqlError::syntax_end(tokens.last().map_or(0, |t| t.end)),
            }
        }
        GrammarError::End => SqlError::syntax_end(tokens.last().map_or(0, |t| t.end)),
        GrammarError::Depth => SqlError::new("54001", "stack depth limit exceeded"),
    })
}

/// Translates one statement's tree; also gives what is to be remarked.
pub(super) fn statement(
    tree: &ast::Statement,
    tokens: &[Token],
    options: &Options<'_>,
) -> Result<(Action, Remarks), SqlError> {
    let mut translator = Translator::new(options);
    let action = match tree {
        ast::Statement::Query(query) => translator.top_query(query),
        ast::Statement::Insert(insert) => translator.insert(insert),
        ast::Statement::Update(update) => translator.update(update),
        ast::Statement::Delete(delete) => translator.delete(delete),
        other => translator.ddl(other, tokens),
    }?;
    Ok((action, Remarks { notices: translator.notices, rules: translator.rules }))
}

/// The state of one statement's translation.
struct Translator<'a> {
    options: &'a Options<'a>,
    out: Printer,
    /// Types of `$n` so far.
    parameters: Vec<Option<PgType>>,
    /// Which `$n` were met.
    seen: Vec<bool>,
    tables: Vec<TableName>,
    notices: Vec<Notice>,
    /// Rules that changed the statement, each once.
    rules: Vec<&'static str>,
    /// The queries around the present place, innermost last.
    scopes: Vec<Scope>,
    /// WITH queries that can be named here.
    ctes: Vec<(String, Rc<ast::Query>)>,
    /// Nesting of the present node.
    depth: usize,
    steps: usize,
    /// How many tables without a name of their own were named.
    derived: usize,
    /// Where aggregates are not allowed, the name of the clause.
    no_aggregates: Option<&'static str>,
}

impl<'a> Translator<'a> {
    fn new(options: &'a Options<'a>) -> Self {
        let parameters: Vec<Option<PgType>> =
            options.declared.iter().map(|ty| ty.filter(|ty| *ty != PgType::Unknown)).collect();
        Self {
            options,
            out: Printer::default(),
            seen: vec![false; parameters.len()],
            parameters,
            tables: Vec::new(),
            notices: Vec::new(),
            rules: Vec::new(),
            scopes: Vec::new(),
            ctes: Vec::new(),
            depth: 0,
            steps: 0,
            derived: 0,
            no_aggregates: None,
        }
    }

    /// Enters a node of the tree; [`Self::leave`] must follow.
    fn enter(&mut self) -> Result<(), SqlError> {
        self.depth = self.depth.saturating_add(1);
        self.steps = self.steps.saturating_add(1);
        if self.depth > MAX_DEPTH.saturating_mul(2) {
            return Err(SqlError::new("54001", "stack depth limit exceeded"));
        }
        if self.steps > MAX_STEPS {
            return Err(SqlError::new("54000", "statement is too long after translation"));
        }
        Ok(())
    }

    /// Notes that a rule changed the statement.
    fn rule(&mut self, rule: &'static str) {
        if !self.rules.contains(&rule) {
            self.rules.push(rule);
        }
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Prints a part apart from the text so far.
    fn apart(
        &mut self,
        part: impl FnOnce(&mut Self) -> Result<(), SqlError>,
    ) -> Result<Printer, SqlError> {
        let outside = std::mem::take(&mut self.out);
        let done = part(self);
        let inside = std::mem::replace(&mut self.out, outside);
        done.map(|()| inside)
    }

    /// The 0-based number of a placeholder `$n`.
    fn number(&mut self, written: &str) -> Result<usize, SqlError> {
        let number = written.strip_prefix('$').and_then(|digits| digits.parse::<usize>().ok());
        let index = number
            .and_then(|n| n.checked_sub(1))
            .ok_or_else(|| SqlError::new("42P02", format!("there is no parameter {written}")))?;
        if self.parameters.len() <= index {
            self.parameters.resize(index.saturating_add(1), None);
            self.seen.resize(index.saturating_add(1), false);
        }
        if let Some(seen) = self.seen.get_mut(index) {
            *seen = true;
        }
        Ok(index)
    }

    /// The type of a parameter, when it is settled.
    fn parameter_type(&self, written: &str) -> Option<PgType> {
        let number = written.strip_prefix('$')?.parse::<usize>().ok()?.checked_sub(1)?;
        self.parameters.get(number).copied().flatten()
    }

    /// Settles the type of an expression that is a parameter without one.
    fn settle(&mut self, expr: &ast::Expr, ty: PgType) -> Result<(), SqlError> {
        if ty == PgType::Unknown {
            return Ok(());
        }
        if let Some(written) = value::placeholder(expr) {
            let number = self.number(written)?;
            if let Some(slot) = self.parameters.get_mut(number)
                && slot.is_none()
            {
                *slot = Some(ty);
            }
        }
        Ok(())
    }

    /// The settled parameters; 42P18 for a number that was neither used nor declared.
    fn settled(&mut self) -> Result<Vec<Option<PgType>>, SqlError> {
        let missing =
            self.seen.iter().zip(&self.parameters).position(|(seen, ty)| !seen && ty.is_none());
        if let Some(missing) = missing {
            let number = missing.saturating_add(1);
            let message = format!("could not determine data type of parameter ${number}");
            return Err(SqlError::new("42P18", message));
        }
        Ok(std::mem::take(&mut self.parameters))
    }

    /// Ends a statement for IRIS.
    fn finish(&mut self, outputs: Vec<Output>, verb: Verb) -> Result<IrisStatement, SqlError> {
        let printed = std::mem::take(&mut self.out).finish()?;
        let parameters = self.settled()?;
        let ddl = matches!(verb, Verb::Ddl(_));
        if ddl && !printed.places.is_empty() {
            return Err(refuse("parameters and such constants are not supported in DDL"));
        }
        check_places(&printed.places)?;
        Ok(IrisStatement {
            text: printed.text,
            places: printed.places,
            parameters,
            outputs,
            verb,
            tables: std::mem::take(&mut self.tables),
            limits: printed.limits,
            resolved: false,
        })
    }
}

/// Refuses more places than IRIS binds.
fn check_places(places: &[Place]) -> Result<(), SqlError> {
    if places.len() <= MAX_PLACES {
        return Ok(());
    }
    let message = format!("cannot bind more than {MAX_PLACES} values in one statement");
    Err(SqlError::new("54000", message)
        .detail(format!("The statement has {} places for values.", places.len())))
}

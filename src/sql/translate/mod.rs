//! From the grammar's tree of a definition to IRIS SQL; queries and changes go through the bound
//! tree.

mod constant;
mod ddl;
mod table;
pub(super) mod types;

use super::emit::Remarks;
use super::error::SqlError;
use super::lexer::{Kind, Token};
use super::printer::Printer;
use super::statement::{Action, IrisStatement, Notice, Options, TableName, Verb};
use super::{feed, misplaced};
pub(super) use ddl::{created_as, keys, made};
use irispg_grammar::{self as grammar, GrammarError, ast};
pub(super) use table::table_name;

/// 0A000 with a message.
pub(super) fn refuse(message: impl Into<std::borrow::Cow<'static, str>>) -> SqlError {
    SqlError::unsupported(message)
}

/// Reads one statement: the grammar's part, whose errors refuse the whole query string.
pub(super) fn read(
    text: &str,
    tokens: &[Token],
    options: &Options<'_>,
) -> Result<ast::Statement, SqlError> {
    let all = tokens.get(1).is_none_or(|second| second.kind.is_word("all"));
    if let [first] | [first, _] = tokens
        && first.kind.is_word("select")
        && all
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
    let written = table_command(tokens);
    let tokens = written.as_deref().unwrap_or(tokens);
    let fed = feed::feed(text, tokens, options)?;
    let read = grammar::parse(fed);
    let misplaced = misplaced::first(text, tokens);
    match (read, misplaced) {
        (Err(GrammarError::Depth), _) => Err(SqlError::new("54001", "stack depth limit exceeded")),
        (Err(GrammarError::At(offset)), Some(wrong)) if offset < wrong.from => {
            Err(unexpected(text, tokens, offset))
        }
        (_, Some(wrong)) => Err(wrong.error),
        (Err(GrammarError::At(offset)), None) => Err(unexpected(text, tokens, offset)),
        (Err(GrammarError::End), None) => Err(end(text, tokens)),
        (Ok(tree), None) => Ok(tree),
    }
}

/// 42601 at the token that covers a byte.
fn unexpected(text: &str, tokens: &[Token], offset: usize) -> SqlError {
    let token = tokens.iter().find(|token| token.start <= offset && offset < token.end);
    match token.and_then(|token| text.get(token.start..token.end).map(|own| (token.start, own))) {
        Some((start, written)) => SqlError::syntax(written, start),
        None => end(text, tokens),
    }
}

fn end(text: &str, tokens: &[Token]) -> SqlError {
    misplaced::end(text, tokens.last().map_or(0, |token| token.end))
}

/// `TABLE t` as `SELECT * FROM t`, which it is short for.
fn table_command(tokens: &[Token]) -> Option<Vec<Token>> {
    let (table, rest) = tokens.split_first()?;
    if !table.kind.is_word("table") {
        return None;
    }
    let kinds = [
        Kind::Word("select".to_owned()),
        Kind::Operator("*".to_owned()),
        Kind::Word("from".to_owned()),
    ];
    let own = kinds.into_iter().map(|kind| Token { kind, ..table.clone() });
    Some(own.chain(rest.iter().cloned()).collect())
}

/// Translates a definition's tree; also gives what is to be remarked.
pub(super) fn statement(
    tree: &ast::Statement,
    tokens: &[Token],
    options: &Options<'_>,
) -> Result<(Action, Remarks), SqlError> {
    let mut translator = Translator::new(options, tokens);
    let action = translator.ddl(tree, tokens)?;
    Ok((action, Remarks { notices: translator.notices, rules: translator.rules }))
}

/// The state of one definition's translation.
struct Translator<'a> {
    options: &'a Options<'a>,
    /// The statement's tokens, which know where things stand.
    tokens: &'a [Token],
    out: Printer,
    tables: Vec<TableName>,
    notices: Vec<Notice>,
    /// Rules that changed the statement, each once.
    rules: Vec<&'static str>,
}

impl<'a> Translator<'a> {
    fn new(options: &'a Options<'a>, tokens: &'a [Token]) -> Self {
        Self {
            options,
            tokens,
            out: Printer::default(),
            tables: Vec::new(),
            notices: Vec::new(),
            rules: Vec::new(),
        }
    }

    /// Which of the tokens a name is.
    fn token(&self, name: &ast::Ident) -> Option<usize> {
        let start = grammar::begin(name.span)?;
        self.tokens.binary_search_by_key(&start, |token| token.start).ok()
    }

    /// Where the token behind a name begins.
    fn behind(&self, name: &ast::Ident) -> Option<usize> {
        let at = self.token(name)?.saturating_add(1);
        self.tokens.get(at).map(|token| token.start)
    }

    /// Notes that a rule changed the statement.
    fn rule(&mut self, rule: &'static str) {
        if !self.rules.contains(&rule) {
            self.rules.push(rule);
        }
    }

    /// Ends a statement for IRIS.
    fn finish(&mut self, verb: Verb) -> Result<IrisStatement, SqlError> {
        let printed = std::mem::take(&mut self.out).finish()?;
        if matches!(verb, Verb::Ddl(_)) && !printed.places.is_empty() {
            return Err(refuse("parameters and such constants are not supported in DDL"));
        }
        Ok(IrisStatement {
            text: printed.text,
            places: printed.places,
            parameters: Vec::new(),
            outputs: Vec::new(),
            verb,
            tables: std::mem::take(&mut self.tables),
            limits: printed.limits,
            resolved: false,
            causes: Default::default(),
        })
    }
}

//! From PostgreSQL's SQL to IRIS SQL: lexing, parsing, classification, rewriting, printing. Pure.
//!
//! A query string goes through these rooms, in this order:
//!
//! * `lexer`: PostgreSQL's lexical rules; no byte is lost;
//! * `split`: statements between semicolons;
//! * `utility`: transaction control and settings, read by hand;
//! * `feed`: our tokens as the grammar's, limits on depth, what no grammar needs to see;
//! * `irispg-grammar`: the tree;
//! * `resolve`: PostgreSQL's operators, functions and casts, and how it chooses among them;
//! * `bind`: the tree with every name looked up and every expression typed, which is `bound`;
//! * `emit`: the bound tree as IRIS SQL;
//! * `explain`: what became of a statement, for people;
//! * `translate`: definitions, which go from the grammar's tree to IRIS SQL.
//!
//! No text of the client reaches IRIS but as a literal that `printer` quotes, a name that it
//! quotes, or a bound value.

#![forbid(unsafe_code)]
#![deny(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

mod bind;
mod bound;
mod emit;
mod error;
pub mod explain;
mod feed;
mod lexer;
mod misplaced;
mod name;
mod printer;
mod reserved;
pub mod resolve;
mod schema;
mod split;
pub mod statement;
mod translate;
mod utility;

use irispg_grammar::ast::Statement as Tree;

pub use error::SqlError;
pub use schema::Schema;
pub use statement::{
    Action, Ask, Asked, Causes, Column, Columns, Constant, Creation, Dialect, Discard, Each, Fault,
    IrisBatch, IrisStatement, Isolation, Key, Limit, LimitKind, Modes, Notice, OnConflict, Options,
    Output, Place, Plan, Rows, Scope, SessionValue, SettingVerb, Statement, Store, TableName,
    TransactionVerb, Verb, Version,
};

/// The longest query string, in bytes. PostgreSQL allows 1 GiB; a translation keeps several copies
/// of the text, and no driver sends more.
pub const MAX_TEXT: usize = 16 << 20;

/// How deep parentheses, CASE and the like may be nested. PostgreSQL's limit follows from
/// `max_stack_depth` and lies at several thousand; the tree is walked by recursion here too.
pub const MAX_DEPTH: usize = 200;

/// The highest number of a parameter, PostgreSQL's.
pub const MAX_PARAMETER: u32 = 65_535;

/// Translates a query string.
///
/// The result has one entry per statement; it is empty for an empty query.
///
/// # Errors
///
/// [`SqlError`] for the first statement that cannot be read (42601 and others of PostgreSQL's
/// lexer and grammar) or must not be translated (0A000 mostly). As in PostgreSQL's grammar, a
/// syntax error anywhere refuses the whole string.
pub fn parse(text: &str, options: &Options<'_>) -> Result<Vec<Statement>, SqlError> {
    if text.len() > MAX_TEXT {
        let message = format!("query string of {} bytes is too long", text.len());
        return Err(SqlError::new("54000", message)
            .detail(format!("A query string may have {MAX_TEXT} bytes.")));
    }
    read(text, options).map_err(|error| error.located(text))
}

fn read(text: &str, options: &Options<'_>) -> Result<Vec<Statement>, SqlError> {
    let lexed = lexer::lex(text)?;
    let mut notices = lexed.notices.into_iter().peekable();
    let mut found: Vec<Statement> = Vec::new();
    for tokens in split::statements(lexed.tokens) {
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { continue };
        let source = first.start..last.end;
        let action = match utility::read(text, &tokens) {
            Ok(Some(action)) => Ok((action, emit::Remarks::default())),
            Ok(None) => one(text, &tokens, options),
            Err(error) => Err(error),
        };
        let (action, mut own) = match action {
            Ok(done) => done,
            // PostgreSQL reads the whole string before it runs any of it.
            Err(error) if found.is_empty() || error.sqlstate == "42601" => return Err(error),
            Err(error) => (Action::Refused(error.located(text)), emit::Remarks::default()),
        };
        while let Some((_, notice)) = notices.next_if(|(at, _)| *at < source.end) {
            own.notices.push(notice);
        }
        let emit::Remarks { notices, rules } = own;
        found.push(Statement { source, action, notices, rules });
    }
    Ok(found)
}

/// What a statement becomes that is not read by hand.
fn one(
    text: &str,
    tokens: &[lexer::Token],
    options: &Options<'_>,
) -> Result<(Action, emit::Remarks), SqlError> {
    let Some(mut head) = translate::created_as(text, tokens)? else {
        let tree = translate::read(text, tokens, options)?;
        return translated(text, &tree, tokens, options);
    };
    let inside = tokens.get(head.query.clone()).unwrap_or_default();
    let tree = translate::read(text, inside, options)?;
    if !matches!(tree, Tree::Query(_)) {
        let first = inside.first().map_or(0..0, |token| token.start..token.end);
        let written = text.get(first.clone()).unwrap_or_default();
        return Err(SqlError::syntax(written, first.start));
    }
    let mut bound = bind::statement(&tree, inside, options)?;
    bound.tables.iter_mut().for_each(|table| located(table, text));
    located(&mut head.table, text);
    translate::made(head, bound, options)
}

/// Where the first `$n` of a text stands: characters, counted from 1.
#[must_use]
pub fn first_parameter(text: &str) -> Option<u32> {
    let lexed = lexer::lex(text).ok()?;
    let found =
        lexed.tokens.iter().find(|token| matches!(token.kind, lexer::Kind::Parameter(_)))?;
    let before = text.get(..found.start)?.chars().count();
    u32::try_from(before).ok()?.checked_add(1)
}

/// What a statement becomes, or what an EXPLAIN says of it.
fn translated(
    text: &str,
    tree: &Tree,
    tokens: &[lexer::Token],
    options: &Options<'_>,
) -> Result<(Action, emit::Remarks), SqlError> {
    let Some(inside) = explain::inside(tree)? else {
        return action(text, tree, tokens, options);
    };
    let (action, mut remarks) = action(text, inside, tokens, options)?;
    let rules = std::mem::take(&mut remarks.rules);
    Ok((Action::Explained(explain::rows(&action, &rules, options.version)), remarks))
}

/// What a statement that is not the session's own becomes.
fn action(
    text: &str,
    tree: &Tree,
    tokens: &[lexer::Token],
    options: &Options<'_>,
) -> Result<(Action, emit::Remarks), SqlError> {
    if matches!(tree, Tree::Query(_) | Tree::Insert(_) | Tree::Update(_) | Tree::Delete(_)) {
        let mut bound = bind::statement(tree, tokens, options)?;
        bound.tables.iter_mut().for_each(|table| located(table, text));
        return emit::statement(&bound, options);
    }
    let (mut action, remarks) = translate::statement(tree, tokens, options)?;
    match &mut action {
        Action::Iris(one) => one.tables.iter_mut().for_each(|table| located(table, text)),
        Action::Several(all) => {
            let tables = all.iter_mut().flat_map(|one| &mut one.tables);
            tables.for_each(|table| located(table, text));
        }
        Action::Batch(batch) => located(&mut batch.table, text),
        _ => {}
    }
    Ok((action, remarks))
}

/// Turns the byte offset of a table into a position.
fn located(table: &mut TableName, text: &str) {
    table.position = table.position.and_then(|offset| {
        let before = text.get(..usize::try_from(offset).ok()?)?.chars().count();
        u32::try_from(before.saturating_add(1)).ok()
    });
}

#[cfg(test)]
#[allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]
mod tests;

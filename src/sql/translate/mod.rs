//! From the grammar's tree to IRIS SQL, subject by subject.

use super::error::SqlError;
use super::lexer::Token;
use super::statement::{Action, IrisStatement, Options, Output, Verb};
use super::{feed, printer::Printer};
use crate::types::pg::PgType;
use irispg_grammar::{self as grammar, GrammarError, ast};

/// Translates one statement.
pub(super) fn statement(
    text: &str,
    tokens: &[Token],
    options: &Options<'_>,
) -> Result<Action, SqlError> {
    let tree = read(text, tokens, options)?;
    let ast::Statement::Query(_) = tree else {
        return Err(SqlError::unsupported("this statement is not supported"));
    };
    if tree.to_string() != "SELECT 1" {
        return Err(SqlError::unsupported("this statement is not supported"));
    }
    let mut out = Printer::default();
    out.word("SELECT").number("1")?;
    let (text, places) = out.finish()?;
    Ok(Action::Iris(IrisStatement {
        text,
        places,
        parameters: Vec::new(),
        outputs: vec![Output::Column { name: Some("?column?".to_owned()), ty: Some(PgType::Int4) }],
        verb: Verb::Select,
        tables: Vec::new(),
        limits: Vec::new(),
    }))
}

/// The tree of one statement's tokens.
fn read(text: &str, tokens: &[Token], options: &Options<'_>) -> Result<ast::Statement, SqlError> {
    let fed = feed::feed(text, tokens, options)?;
    grammar::parse(fed).map_err(|error| match error {
        GrammarError::At(offset) => {
            let token = tokens.iter().find(|t| t.start <= offset && offset < t.end);
            match token.and_then(|t| text.get(t.start..t.end).map(|written| (t.start, written))) {
                Some((start, written)) => SqlError::syntax(written, start),
                None => SqlError::syntax_end(text.trim_end().len()),
            }
        }
        GrammarError::End => {
            let end = tokens.last().map_or(0, |t| t.end);
            SqlError::syntax_end(end)
        }
        GrammarError::Depth => SqlError::new("54001", "stack depth limit exceeded"),
    })
}

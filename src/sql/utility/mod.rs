//! Statements that the session carries out itself, read by hand.

pub(super) mod reader;
mod setting;
mod transaction;

use super::error::SqlError;
use super::lexer::Token;
use super::statement::Action;
use reader::Reader;

/// PostgreSQL's statements that are known and not carried out, by their first words.
const REFUSED: [&[&str]; 52] = [
    &["alter", "database"],
    &["alter", "default"],
    &["alter", "extension"],
    &["alter", "function"],
    &["alter", "group"],
    &["alter", "materialized"],
    &["alter", "policy"],
    &["alter", "procedure"],
    &["alter", "role"],
    &["alter", "schema"],
    &["alter", "sequence"],
    &["alter", "system"],
    &["alter", "type"],
    &["alter", "user"],
    &["alter", "view"],
    &["analyze"],
    &["call"],
    &["checkpoint"],
    &["close"],
    &["cluster"],
    &["copy"],
    &["create", "database"],
    &["create", "extension"],
    &["create", "function"],
    &["create", "materialized"],
    &["create", "policy"],
    &["create", "procedure"],
    &["create", "recursive"],
    &["create", "role"],
    &["create", "rule"],
    &["create", "sequence"],
    &["create", "trigger"],
    &["create", "type"],
    &["create", "user"],
    &["declare"],
    &["do"],
    &["execute"],
    &["fetch"],
    &["grant"],
    &["listen"],
    &["load"],
    &["lock"],
    &["merge"],
    &["move"],
    &["notify"],
    &["prepare"],
    &["reassign"],
    &["refresh"],
    &["reindex"],
    &["revoke"],
    &["unlisten"],
    &["vacuum"],
];

/// Reads a statement that the session carries out; `None` when it is for IRIS.
pub(crate) fn read(text: &str, tokens: &[Token]) -> Result<Option<Action>, SqlError> {
    let mut reader = Reader::new(text, tokens);
    let Some(first) = reader.peek_word() else { return Ok(None) };
    let action = match first {
        "begin" | "start" | "commit" | "end" | "rollback" | "abort" | "savepoint" | "release" => {
            transaction::read(&mut reader)?
        }
        "prepare" if reader.second_is("transaction") => {
            return Err(SqlError::unsupported("prepared transactions are not supported"));
        }
        "set" | "reset" | "show" | "discard" => setting::read(&mut reader)?,
        // There are no cursors and no channels yet that were opened by a statement.
        "close" if reader.second_is("all") => nothing(&mut reader, "CLOSE CURSOR ALL"),
        "unlisten" if reader.second_is_mark("*") => nothing(&mut reader, "UNLISTEN"),
        "deallocate" => deallocate(&mut reader)?,
        "comment" => return comment(&mut reader).map(|()| None),
        _ => return refused(&reader).map_or(Ok(None), Err),
    };
    reader.end()?;
    Ok(Some(action))
}

/// Two words that ask for nothing.
fn nothing(reader: &mut Reader<'_>, tag: &'static str) -> Action {
    reader.skip();
    reader.skip();
    Action::Nothing(tag)
}

fn deallocate(reader: &mut Reader<'_>) -> Result<Action, SqlError> {
    reader.expect("deallocate")?;
    if reader.peek_word() == Some("prepare") && reader.has_second() {
        reader.expect("prepare")?;
    }
    if reader.take("all") {
        return Ok(Action::Deallocate(None));
    }
    Ok(Action::Deallocate(Some(reader.name()?)))
}

/// Refuses COMMENT ON what the grammar does not know.
fn comment(reader: &mut Reader<'_>) -> Result<(), SqlError> {
    reader.expect("comment")?;
    reader.expect("on")?;
    match reader.peek_word() {
        Some("table" | "view" | "column") | None => Ok(()),
        Some(word) => {
            let word = word.to_uppercase();
            Err(SqlError::unsupported(format!("COMMENT ON {word} is not supported")))
        }
    }
}

fn refused(reader: &Reader<'_>) -> Option<SqlError> {
    let found = REFUSED.iter().find(|words| match words {
        [first] => reader.peek_word() == Some(*first),
        [first, second] => reader.peek_word() == Some(*first) && reader.second_is(second),
        _ => false,
    })?;
    let verb = found.join(" ").to_uppercase();
    Some(SqlError::unsupported(format!("{verb} is not supported")))
}

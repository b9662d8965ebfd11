//! BEGIN, COMMIT, ROLLBACK, savepoints and transaction modes.

use super::reader::Reader;
use crate::sql::error::SqlError;
use crate::sql::statement::{Action, Isolation, Modes, TransactionVerb};

pub(super) fn read(reader: &mut Reader<'_>) -> Result<Action, SqlError> {
    let first = reader.peek_word().unwrap_or_default();
    reader.skip();
    let verb = match first {
        "begin" => {
            noise(reader);
            TransactionVerb::Begin { modes: modes(reader, false)?, start: false }
        }
        "start" => {
            reader.expect("transaction")?;
            TransactionVerb::Begin { modes: modes(reader, false)?, start: true }
        }
        "commit" | "end" => {
            if first == "commit" && reader.take("prepared") {
                return Err(SqlError::unsupported("prepared transactions are not supported"));
            }
            noise(reader);
            TransactionVerb::Commit { chain: chain(reader)? }
        }
        "rollback" | "abort" => rollback(reader, first == "rollback")?,
        "savepoint" => TransactionVerb::Savepoint(reader.name()?),
        _ => {
            savepoint_word(reader);
            TransactionVerb::Release(reader.name()?)
        }
    };
    Ok(Action::Transaction(verb))
}

fn rollback(reader: &mut Reader<'_>, may_name: bool) -> Result<TransactionVerb, SqlError> {
    if may_name && reader.take("prepared") {
        return Err(SqlError::unsupported("prepared transactions are not supported"));
    }
    noise(reader);
    if may_name && reader.take("to") {
        savepoint_word(reader);
        return Ok(TransactionVerb::RollbackTo(reader.name()?));
    }
    Ok(TransactionVerb::Rollback { chain: chain(reader)? })
}

/// `WORK` and `TRANSACTION` say nothing.
fn noise(reader: &mut Reader<'_>) {
    if !reader.take("work") {
        reader.take("transaction");
    }
}

/// `SAVEPOINT` before a name; alone it is the name.
fn savepoint_word(reader: &mut Reader<'_>) {
    if reader.peek_word() == Some("savepoint") && reader.has_second() {
        reader.skip();
    }
}

/// `[AND [NO] CHAIN]`
fn chain(reader: &mut Reader<'_>) -> Result<bool, SqlError> {
    if !reader.take("and") {
        return Ok(false);
    }
    let chain = !reader.take("no");
    reader.expect("chain")?;
    Ok(chain)
}

/// Transaction modes, with or without commas between.
pub(super) fn modes(reader: &mut Reader<'_>, needed: bool) -> Result<Modes, SqlError> {
    let mut modes = Modes::default();
    if reader.peek().is_none() && !needed {
        return Ok(modes);
    }
    loop {
        mode(reader, &mut modes)?;
        let comma = reader.take_mark(",");
        if reader.peek().is_none() && !comma {
            return Ok(modes);
        }
    }
}

fn mode(reader: &mut Reader<'_>, modes: &mut Modes) -> Result<(), SqlError> {
    if reader.take("isolation") {
        reader.expect("level")?;
        modes.isolation = Some(isolation(reader)?);
    } else if reader.take("read") {
        if reader.take("only") {
            modes.read_only = Some(true);
        } else {
            reader.expect("write")?;
            modes.read_only = Some(false);
        }
    } else if reader.take("not") {
        reader.expect("deferrable")?;
        modes.deferrable = Some(false);
    } else {
        reader.expect("deferrable")?;
        modes.deferrable = Some(true);
    }
    Ok(())
}

fn isolation(reader: &mut Reader<'_>) -> Result<Isolation, SqlError> {
    if reader.take("serializable") {
        return Ok(Isolation::Serializable);
    }
    if reader.take("repeatable") {
        reader.expect("read")?;
        return Ok(Isolation::RepeatableRead);
    }
    reader.expect("read")?;
    if reader.take("committed") {
        return Ok(Isolation::ReadCommitted);
    }
    reader.expect("uncommitted")?;
    Ok(Isolation::ReadUncommitted)
}

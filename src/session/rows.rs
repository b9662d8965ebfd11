//! Sending rows: block after block while IRIS has some, and long rows piece by piece.

use super::failure::Failure;
use super::portal::Rows;
use super::{Client, Session, sqlcode};
use crate::engine::{Answer, Forget, Status};
use crate::protocol::report::Report;
use crate::types::encode::{self, Codec};
use crate::types::list::{Item, Reader, Writer};
use crate::types::{PgType, ValueError};

/// A value that `Stream` brings in pieces may have this many characters at most: longer strings do
/// not exist in IRIS (facts callin §7).
const STREAMED_VALUE_MAX: usize = 3_641_144;

impl Session {
    /// Closes a cursor whose rows nobody will read, after a failure that is told anyway.
    pub(super) fn abandon(&mut self, cursor: i64) {
        if cursor != 0
            && let Err(error) = self.engine.close(Forget::Cursor(cursor))
        {
            tracing::debug!(%error, "a cursor could not be closed");
        }
    }

    /// Sends rows until `limit` (0: all of them). True when rows may be left. After a failure
    /// the cursor is closed.
    pub(super) fn send_rows(
        &mut self,
        rows: &mut Rows,
        limit: u64,
        client: &mut dyn Client,
    ) -> Result<(u64, bool), Failure> {
        let outcome = self.send_blocks(rows, limit, client);
        if let Err(Failure::Statement(_)) = outcome {
            self.abandon(rows.answer.cursor);
        }
        outcome
    }

    fn send_blocks(
        &mut self,
        rows: &mut Rows,
        limit: u64,
        client: &mut dyn Client,
    ) -> Result<(u64, bool), Failure> {
        let mut sent: u64 = 0;
        loop {
            let at_limit = self.send_block(rows, limit, &mut sent, client)?;
            if at_limit {
                return Ok((sent, true));
            }
            if rows.answer.cursor == 0 {
                return Ok((sent, false));
            }
            let answer = self.engine.fetch(rows.answer.cursor)?;
            self.judge(&answer, &rows.causes)?;
            if answer.cursor == 0 {
                rows.lease = None;
            }
            rows.answer = answer;
            rows.offset = 0;
            rows.row = 0;
        }
    }

    /// Sends what is left of the present block; true when the limit was reached.
    fn send_block(
        &mut self,
        rows: &mut Rows,
        limit: u64,
        sent: &mut u64,
        client: &mut dyn Client,
    ) -> Result<bool, Failure> {
        let block = rows.answer.block().get(rows.offset..).unwrap_or_default();
        let start = rows.offset;
        let limit_bytes = self.limits.row_bytes_max;
        let mut reader = Reader::new(block);
        while let Some(item) = reader.next() {
            match item {
                Ok(Item::Bytes(row)) => send_row(client, &rows.codecs, row, limit_bytes)?,
                Ok(Item::Undefined) => {
                    let row = self.assemble(&rows.answer, rows.row, rows.codecs.len())?;
                    send_row(client, &rows.codecs, &row, limit_bytes)?;
                }
                _ => return Err(Failure::Fatal(Report::fatal("XX000", "internal error"))),
            }
            rows.row = rows.row.saturating_add(1);
            rows.offset = start.saturating_add(reader.position());
            *sent = sent.saturating_add(1);
            client.relieve()?;
            if *sent == limit {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Puts together a row that was too long for a block, column by column.
    pub(super) fn assemble(
        &mut self,
        answer: &Answer,
        row: i64,
        columns: usize,
    ) -> Result<Vec<u8>, Failure> {
        let mut list = Writer::new();
        for number in 1..=columns {
            let column = i64::try_from(number).unwrap_or(i64::MAX);
            self.assemble_value(answer.cursor, row, column, &mut list)?;
        }
        Ok(list.into_bytes())
    }

    fn assemble_value(
        &mut self,
        cursor: i64,
        row: i64,
        column: i64,
        list: &mut Writer,
    ) -> Result<(), Failure> {
        let mut text = String::new();
        let mut bytes: Vec<u8> = Vec::new();
        let mut offset: i64 = 0;
        loop {
            let answer = self.engine.stream(cursor, row, column, offset)?;
            if answer.status != Status::Done {
                return Err(sqlcode::report(&answer).into());
            }
            if answer.extra < 0 {
                list.null();
                return Ok(());
            }
            let got = match Reader::new(answer.block()).next() {
                Some(Ok(Item::Bytes(chunk))) if text.is_empty() => {
                    bytes.extend_from_slice(chunk);
                    chunk.len()
                }
                Some(Ok(Item::Bytes(chunk))) => {
                    text.extend(chunk.iter().map(|&byte| char::from(byte)));
                    chunk.len()
                }
                Some(Ok(Item::Wide(chunk))) => {
                    text.extend(std::mem::take(&mut bytes).into_iter().map(char::from));
                    push_utf16(&mut text, chunk)?;
                    chunk.len() / 2
                }
                Some(Ok(other)) => {
                    list.item(other);
                    return Ok(());
                }
                _ => 0,
            };
            offset = offset.saturating_add(i64::try_from(got).unwrap_or(i64::MAX));
            if got == 0 || offset >= answer.extra {
                break;
            }
            if text.len().max(bytes.len()) > STREAMED_VALUE_MAX.saturating_mul(4) {
                return Err(Report::error("54000", "value is too long").into());
            }
        }
        match text.is_empty() {
            true => list.bytes(&bytes),
            false => list.text(&text),
        }
        Ok(())
    }
}

/// One row into the send buffer; a row that cannot be sent leaves nothing behind.
fn send_row(
    client: &mut dyn Client,
    codecs: &[Codec],
    row: &[u8],
    bytes_max: usize,
) -> Result<(), Failure> {
    let outbox = client.outbox();
    let before = outbox.len();
    let mark = outbox.begin_row();
    match encode::row(outbox.buffer(), codecs, row) {
        Ok(()) => {
            let length = outbox.len().saturating_sub(before);
            if outbox.end_row(mark).is_err() || length > bytes_max {
                outbox.truncate(before);
                return Err(Report::error("54000", "row is too long").into());
            }
            Ok(())
        }
        Err(error) => {
            outbox.truncate(before);
            Err(computed(error))
        }
    }
}

/// The failure of a value that IRIS computed and the column's type cannot hold. The words for a
/// text that is no such number would blame the client.
fn computed(error: ValueError) -> Failure {
    match error {
        ValueError::OutOfRange {
            ty: ty @ (PgType::Int2 | PgType::Int4 | PgType::Int8), ..
        } => Report::error("22003", format!("{} out of range", ty.name())).into(),
        error => error.into(),
    }
}

fn push_utf16(text: &mut String, bytes: &[u8]) -> Result<(), Failure> {
    let units = bytes.chunks_exact(2).map(|pair| match pair {
        [low, high] => u16::from_le_bytes([*low, *high]),
        _ => 0,
    });
    for unit in char::decode_utf16(units) {
        let unit = unit.map_err(|_| {
            Report::error("22P05", "a surrogate without its partner cannot be sent as UTF-8")
        })?;
        text.push(unit);
    }
    Ok(())
}

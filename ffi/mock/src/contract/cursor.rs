//! Cursors: the rows of a result that were not shipped yet (contract §4 and §6).

use super::answer::{Answer, Trap, put_string};
use super::arguments::{Arguments, element_text};
use super::{CURSORS, Session};
use crate::list::{Element, ListReader, put_bytes, put_header};
use crate::sql::SpooledRows;

/// Limit of a later block, in bytes, when the caller names none.
const NEXT_BLOCK: usize = 262_144;

/// Largest limit of a block, in bytes: with one more row the answer stays below the longest string.
const LARGEST_BLOCK: usize = 2_000_000;

/// Longest chunk of `Stream`, in characters.
const CHUNK: usize = 1_000_000;

/// A result that was not read to its end.
pub(super) struct Cursor {
    /// The statement that opened it, 0 when that was not kept.
    pub(super) statement: i64,
    pub(super) statement_type: i64,
    /// `$TLEVEL` when it was opened.
    pub(super) level: u32,
    /// A first row that was read and not asked for.
    pub(super) ahead: Option<Ahead>,
    /// The rows that are left; `None` when the end only has to be noticed.
    pub(super) rest: Option<SpooledRows>,
    /// The row that was too large for the last block.
    pub(super) large: Option<Large>,
}

/// Rows that the engine gave before they were fetched.
pub(super) struct Ahead {
    /// Their part of a block.
    pub(super) block: Vec<u8>,
    pub(super) rows: i64,
    /// The list of the last of them, when that is too large for a block.
    pub(super) large: Option<Vec<u8>>,
}

/// A row that `Stream` serves.
pub(super) struct Large {
    /// Its number in the last block, from 0.
    pub(super) row: i64,
    /// Its list.
    pub(super) list: Vec<u8>,
}

impl Cursor {
    /// Writes the next rows into the answer's block until it holds `limit` bytes.
    fn fill(&mut self, limit: usize, answer: &mut Answer) -> Result<(), Trap> {
        self.large = None;
        if let Some(ahead) = self.ahead.take() {
            answer.block().extend_from_slice(&ahead.block);
            answer.rows = ahead.rows;
            self.hold(ahead.large, answer.rows);
        }
        let room = limit.saturating_sub(answer.block_length());
        if self.large.is_some() || room == 0 {
            return Ok(());
        }
        if let Some(rest) = &mut self.rest {
            let (rows, last) = rest.fill(answer.block(), room)?;
            answer.rows = answer.rows.saturating_add(rows);
            let large = rest.oversized().map(<[u8]>::to_vec);
            if last {
                self.rest = None;
            }
            self.hold(large, answer.rows);
        }
        Ok(())
    }

    /// Keeps the last of `rows` rows for `Stream`, if it is too large for a block.
    fn hold(&mut self, list: Option<Vec<u8>>, rows: i64) {
        self.large = list.map(|list| Large { row: rows.saturating_sub(1), list });
    }
}

/// The limit of a block: what was asked for, within what a string holds.
pub(super) fn limit(asked: i64, default: usize) -> usize {
    match usize::try_from(asked) {
        Ok(asked) if asked > 0 => asked.min(LARGEST_BLOCK),
        _ => default,
    }
}

impl Session {
    /// Keeps a cursor and gives its handle.
    pub(super) fn keep_cursor(&mut self, cursor: Cursor) -> i64 {
        self.last_cursor = self.last_cursor.saturating_add(1);
        self.cursors.insert(self.last_cursor, cursor);
        self.last_cursor
    }

    /// Misuse when no further cursor may be opened.
    pub(super) fn check_cursors(&self) -> Result<(), Trap> {
        if self.cursors.len() < CURSORS {
            return Ok(());
        }
        Err(Trap::misuse(format!("a session keeps at most {CURSORS} cursors")))
    }

    /// Closes the cursors that a statement opened.
    pub(super) fn close_cursors_of(&mut self, statement: i64) {
        if statement != 0 && !self.cursors.is_empty() {
            self.cursors.retain(|_, cursor| cursor.statement != statement);
        }
    }

    /// Closes the cursors that were opened at this transaction level or a deeper one.
    pub(super) fn close_cursors_from(&mut self, level: u32) {
        if !self.cursors.is_empty() {
            self.cursors.retain(|_, cursor| cursor.level < level);
        }
    }

    fn cursor(&mut self, handle: i64) -> Result<&mut Cursor, Trap> {
        self.cursors
            .get_mut(&handle)
            .ok_or_else(|| Trap::misuse(format!("there is no cursor {handle}")))
    }

    /// `Fetch`.
    pub(super) fn fetch(
        &mut self,
        arguments: &Arguments<'_>,
        answer: &mut Answer,
    ) -> Result<(), Trap> {
        let handle = arguments.integer(0);
        let limit = limit(arguments.integer(1), NEXT_BLOCK);
        let cursor = self.cursor(handle)?;
        answer.cursor = handle;
        answer.statement_type = cursor.statement_type;
        cursor.fill(limit, answer)?;
        // A block that is full was not read past its last row: that nothing follows is noticed
        // by the next call.
        if cursor.rest.is_none() && cursor.large.is_none() && answer.block_length() < limit {
            self.cursors.remove(&handle);
            answer.cursor = 0;
            answer.sqlcode = 100;
        }
        Ok(())
    }

    /// `Stream`.
    pub(super) fn stream(
        &mut self,
        arguments: &Arguments<'_>,
        answer: &mut Answer,
    ) -> Result<(), Trap> {
        let [handle, row, column, offset] = [0, 1, 2, 3].map(|index| arguments.integer(index));
        let cursor = self.cursor(handle)?;
        let held = cursor.large.as_ref().filter(|large| large.row == row);
        let place = column.checked_sub(1).and_then(|column| usize::try_from(column).ok());
        let value = held
            .zip(place)
            .and_then(|(large, place)| ListReader::new(&large.list).nth(place))
            .and_then(Result::ok)
            .ok_or_else(|| {
                Trap::misuse(format!(
                    "row {row}, column {column} of the last block is not held for streaming"
                ))
            })?;
        let offset = usize::try_from(offset)
            .map_err(|_| Trap::misuse(format!("the offset {offset} is negative")))?;
        answer.extra = put_chunk(answer.block(), &value, offset);
        Ok(())
    }
}

/// Writes a chunk of a value and gives the value's length in characters, −1 for NULL.
fn put_chunk(block: &mut Vec<u8>, value: &Element<'_>, offset: usize) -> i64 {
    let length = match value {
        Element::Undefined | Element::Bytes([]) => {
            put_bytes(block, &[]);
            return -1;
        }
        Element::Bytes(bytes) => {
            put_bytes(block, part(bytes, offset, 1));
            bytes.len()
        }
        Element::Wide(bytes) => {
            put_units(block, part(bytes, offset, 2));
            bytes.len() / 2
        }
        number => {
            // The text of a number is ASCII.
            let text = element_text(number);
            put_string(block, text.get(offset..).unwrap_or_default());
            text.len()
        }
    };
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// At most [`CHUNK`] characters of `width` bytes from an offset in characters on.
fn part(bytes: &[u8], offset: usize, width: usize) -> &[u8] {
    let begin = offset.saturating_mul(width).min(bytes.len());
    let rest = bytes.get(begin..).unwrap_or_default();
    rest.get(..CHUNK.saturating_mul(width)).unwrap_or(rest)
}

/// Writes a string of UTF-16 code units, in 8 bits where that loses nothing: a part of a wide
/// string may be narrow.
fn put_units(block: &mut Vec<u8>, units: &[u8]) {
    let narrow = units.chunks_exact(2).all(|unit| matches!(unit, [_, 0]));
    if narrow {
        let bytes: Vec<u8> = units.iter().step_by(2).copied().collect();
        put_bytes(block, &bytes);
    } else {
        put_header(block, units.len(), 2);
        block.extend_from_slice(units);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_stay_within_what_a_string_holds() {
        assert_eq!(limit(0, 7), 7);
        assert_eq!(limit(-5, 7), 7);
        assert_eq!(limit(9, 7), 9);
        assert_eq!(limit(i64::MAX, 7), 2_000_000);
    }

    #[test]
    fn chunks_are_cut_by_characters() {
        let chunk = |value: Element<'_>, offset| {
            let mut block = Vec::new();
            let length = put_chunk(&mut block, &value, offset);
            (length, block)
        };
        assert_eq!(chunk(Element::Bytes(b"abc"), 1), (3, vec![4, 1, b'b', b'c']));
        assert_eq!(chunk(Element::Bytes(b"abc"), 9), (3, vec![2, 1]));
        assert_eq!(chunk(Element::Undefined, 0), (-1, vec![2, 1]));
        assert_eq!(chunk(Element::Bytes(b""), 0), (-1, vec![2, 1]));
        assert_eq!(chunk(Element::Bytes(&[0]), 0), (1, vec![3, 1, 0]));
        assert_eq!(chunk(Element::Integer(-17), 1), (3, vec![4, 1, b'1', b'7']));
        let wide = Element::Wide(&[0x60, 0x4F, 65, 0]);
        assert_eq!(chunk(wide, 0), (2, vec![6, 2, 0x60, 0x4F, 65, 0]));
        assert_eq!(chunk(wide, 1), (2, vec![3, 1, 65]));
    }
}

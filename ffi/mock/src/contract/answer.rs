//! The answer of a method: one list of 14 elements (contract §2).

use super::VERSION;
use crate::callin::abi::LONGEST_STRING;
use crate::callin::value::Characters;
use crate::callin::{errors, storage};
use crate::list::{Units, put_bytes, put_header, put_integer};
use crate::sql::SqlFailure;

/// Bytes kept free before the block, so that the elements that precede it can be written after it
/// without moving it. Eleven integers of at most 10 bytes, a row id and the frame of the block fit.
const HEADROOM: usize = 160;

/// Element 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// 0: the statement ran.
    Done,
    /// 1: SQLCODE is negative.
    Sql,
    /// 2: an ObjectScript error was trapped.
    ObjectScript,
    /// 3: the call was interrupted.
    Interrupted,
    /// 4: a defect of the caller.
    Misuse,
    /// 5: another version of the contract was asked for.
    Version,
    /// 6: the namespace is closed.
    Refused,
}

/// What ends a method early.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Trap {
    status: Status,
    sqlcode: i64,
    message: String,
}

impl Trap {
    /// A defect of the caller.
    pub(super) fn misuse(message: impl Into<String>) -> Self {
        Self { status: Status::Misuse, sqlcode: 0, message: message.into() }
    }

    /// An ObjectScript error.
    pub(super) fn error(number: i32, place: &str) -> Self {
        let name = errors::name(number).unwrap_or("<SYSTEM>");
        Self { status: Status::ObjectScript, sqlcode: 0, message: format!("{name}{place}") }
    }

    /// An interrupt that was trapped outside of SQL.
    pub(super) fn interrupted() -> Self {
        Self { status: Status::Interrupted, sqlcode: 0, message: String::new() }
    }

    /// Another status with its message.
    pub(super) fn of(status: Status, message: String) -> Self {
        Self { status, sqlcode: 0, message }
    }
}

/// An SQL error, or an interrupt where that is what the error means (contract §2, status 3).
impl From<SqlFailure> for Trap {
    fn from(failure: SqlFailure) -> Self {
        let sqlcode = i64::from(failure.sqlcode);
        if matches!(sqlcode, -456 | -450) {
            return Self { sqlcode, ..Self::interrupted() };
        }
        Self { status: Status::Sql, sqlcode, message: failure.message }
    }
}

/// The elements of an answer.
pub(super) struct Answer {
    status: Status,
    pub(super) sqlcode: i64,
    message: String,
    pub(super) statement_type: i64,
    pub(super) rows: i64,
    pub(super) row_id: String,
    pub(super) level: i64,
    pub(super) generation: i64,
    pub(super) statement: i64,
    pub(super) cursor: i64,
    pub(super) metadata: Vec<u8>,
    pub(super) extra: i64,
    /// [`HEADROOM`] bytes, then the block.
    block: Vec<u8>,
}

impl Answer {
    /// An answer in which nothing has happened yet.
    pub(super) fn blank() -> Self {
        let mut block = storage::buffer();
        block.resize(HEADROOM, 0);
        Self {
            status: Status::Done,
            sqlcode: 0,
            message: String::new(),
            statement_type: 0,
            rows: 0,
            row_id: String::new(),
            level: 0,
            generation: 0,
            statement: 0,
            cursor: 0,
            metadata: Vec::new(),
            extra: 0,
            block,
        }
    }

    /// Where rows are appended.
    pub(super) fn block(&mut self) -> &mut Vec<u8> {
        &mut self.block
    }

    /// Bytes in the block.
    pub(super) fn block_length(&self) -> usize {
        self.block.len().saturating_sub(HEADROOM)
    }

    /// Takes the block out of the answer.
    pub(super) fn take_block(&mut self) -> Vec<u8> {
        self.block.split_off(HEADROOM)
    }

    /// An answer that says how the call failed: rows, block, metadata and cursor are gone.
    pub(super) fn fail(&mut self, trap: Trap) {
        self.status = trap.status;
        self.sqlcode = trap.sqlcode;
        self.message = trap.message;
        (self.rows, self.cursor) = (0, 0);
        self.row_id.clear();
        self.metadata.clear();
        self.block.truncate(HEADROOM);
    }

    /// Whether a string holds the answer.
    pub(super) fn fits(&self) -> bool {
        let texts = self.message.len().saturating_add(self.row_id.len()).saturating_mul(2);
        let lists = self.metadata.len().saturating_add(self.block.len());
        texts.saturating_add(lists).saturating_add(2 * HEADROOM) <= LONGEST_STRING
    }

    /// The list. The block is written where it is; what precedes it goes into the room before it.
    pub(super) fn write(mut self, prefix: &mut Vec<u8>) -> Characters {
        prefix.clear();
        for number in [VERSION, self.status.into(), self.sqlcode] {
            put_integer(prefix, number);
        }
        put_string(prefix, &self.message);
        put_integer(prefix, self.statement_type);
        put_integer(prefix, self.rows);
        put_string(prefix, &self.row_id);
        for number in [self.level, self.generation, self.statement, self.cursor] {
            put_integer(prefix, number);
        }
        put_bytes(prefix, &self.metadata);
        put_integer(prefix, self.extra);
        put_header(prefix, self.block_length(), 1);
        match HEADROOM.checked_sub(prefix.len()) {
            Some(start) => {
                if let Some(room) = self.block.get_mut(start..HEADROOM) {
                    room.copy_from_slice(prefix);
                }
                Characters::new(self.block, start)
            }
            None => {
                self.block.splice(..HEADROOM, prefix.iter().copied());
                Characters::new(self.block, 0)
            }
        }
    }
}

/// A string of Unicode text as a list element. Unlike a value of SQL the empty one is `02 01`.
pub(super) fn put_string(out: &mut Vec<u8>, text: &str) {
    if text.is_ascii() {
        return put_bytes(out, text.as_bytes());
    }
    let units: Vec<u16> = Units::new(text.as_bytes()).collect();
    match units.iter().map(|&unit| u8::try_from(unit)).collect::<Result<Vec<u8>, _>>() {
        Ok(bytes) => put_bytes(out, &bytes),
        Err(_) => {
            put_header(out, units.len().saturating_mul(2), 2);
            out.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(answer: Answer) -> Vec<u8> {
        answer.write(&mut Vec::new()).as_bytes().to_vec()
    }

    #[test]
    fn a_blank_answer_is_fourteen_elements() {
        let expected: Vec<u8> = [
            &[3, 4, 1][..],                  // contract version 1
            &[2, 4, 2, 4, 2, 1, 2, 4, 2, 4], // status, SQLCODE, message, type, rows
            &[2, 1],                         // row id
            &[2, 4, 2, 4, 2, 4, 2, 4],       // level, generation, statement, cursor
            &[2, 1, 2, 4, 2, 1],             // metadata, extra, block
        ]
        .concat();
        assert_eq!(written(Answer::blank()), expected);
    }

    #[test]
    fn the_block_is_written_in_place_or_moved_by_what_precedes_it() {
        for size in [0, 1, 60, 5_000] {
            let mut answer = Answer::blank();
            answer.metadata = vec![1; size];
            answer.block().extend_from_slice(&[4, 1, 3, 4]);
            let list = written(answer);
            let elements: Vec<_> =
                crate::list::ListReader::new(&list).collect::<Result<_, _>>().unwrap();
            assert_eq!(elements.len(), 14);
            assert_eq!(elements[11], crate::list::Element::Bytes(&vec![1; size]));
            assert_eq!(elements[13], crate::list::Element::Bytes(&[4, 1, 3, 4]));
        }
    }

    #[test]
    fn a_failure_empties_what_the_call_had() {
        let mut answer = Answer::blank();
        answer.metadata = vec![1];
        answer.rows = 3;
        answer.cursor = 4;
        answer.statement = 9;
        answer.block().push(1);
        answer.fail(SqlFailure { sqlcode: -456, message: "x".to_owned() }.into());
        let mut expected = Answer::blank();
        expected.status = Status::Interrupted;
        expected.sqlcode = -456;
        expected.statement = 9;
        assert_eq!(written(answer), written(expected));
    }
}

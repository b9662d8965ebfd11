//! The answer of the session class: one `$LIST` of fourteen elements (contract §2).

use std::ops::Range;

use super::EngineError;
use crate::callin::Block;
use crate::types::list::{Item, Reader};

/// The version of the contract that this gateway speaks.
pub(super) const CONTRACT_VERSION: i64 = 1;

/// How a call ended, as far as the session class could tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The statement ran; SQLCODE is 0 or 100.
    Done,
    /// IRIS SQL refused or failed; SQLCODE is negative.
    SqlError,
    /// An ObjectScript error outside of SQL.
    ObjectScriptError,
    /// The statement was interrupted.
    Interrupted,
    /// The gateway called wrongly.
    Misuse,
    /// The class speaks another version of the contract.
    Version,
    /// The namespace cannot be entered.
    Refused,
}

/// The bytes of an answer, wherever they live.
#[derive(Debug)]
pub enum AnswerBytes {
    /// In storage of the Callin library, released when dropped.
    Callin(Block),
    /// In our own memory.
    Owned(Vec<u8>),
}

impl std::ops::Deref for AnswerBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            AnswerBytes::Callin(block) => block,
            AnswerBytes::Owned(bytes) => bytes,
        }
    }
}

/// A decoded answer. The block stays where the library put it and is read in place.
#[derive(Debug)]
pub struct Answer {
    /// How the call ended.
    pub status: Status,
    /// `%SQLCODE`.
    pub sqlcode: i64,
    /// `%Message` or `$ZERROR`.
    pub message: String,
    /// `%StatementType`.
    pub statement_type: i64,
    /// `%ROWCOUNT`, or the number of rows in the block.
    pub row_count: i64,
    /// `%ROWID` of the last row that INSERT or UPDATE filed, else empty.
    pub row_id: String,
    /// `$TLEVEL` after the call.
    pub level: i64,
    /// The namespace's generation stamp.
    pub generation: i64,
    /// Handle of the kept statement, or 0.
    pub statement: i64,
    /// Handle of the open cursor, or 0.
    pub cursor: i64,
    /// Columns and parameters, when they were shipped.
    pub metadata: Option<Metadata>,
    /// The element that each method uses for itself.
    pub extra: i64,
    bytes: AnswerBytes,
    block: Range<usize>,
}

/// What IRIS says about a statement (contract §3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The result columns, in order.
    pub columns: Vec<ColumnMeta>,
    /// The parameters, one per `?`.
    pub parameters: Vec<ParameterMeta>,
}

/// One result column as IRIS describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnMeta {
    /// Column name or alias.
    pub name: String,
    /// ODBC type number.
    pub odbc_type: i64,
    /// Precision in digits or characters.
    pub precision: i64,
    /// Digits after the point.
    pub scale: i64,
    /// Schema of the column's table, or empty.
    pub schema: String,
    /// The column's table, or empty.
    pub table: String,
    /// Name of the data type class.
    pub type_class: String,
}

/// One parameter as IRIS guesses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterMeta {
    /// ODBC type number; 12 when IRIS does not know.
    pub odbc_type: i64,
    /// Precision in digits or characters.
    pub precision: i64,
    /// Digits after the point.
    pub scale: i64,
    /// The column that it is compared with or stored into, or empty.
    pub column: String,
}

impl Answer {
    /// Decodes an answer.
    pub(super) fn decode(bytes: AnswerBytes) -> Result<Self, EngineError> {
        let mut fields = Fields::new(&bytes);
        if fields.integer()? != CONTRACT_VERSION {
            return Err(EngineError::Malformed("contract version"));
        }
        let status = status(fields.integer()?)?;
        let sqlcode = fields.integer()?;
        let message = fields.text()?;
        let statement_type = fields.integer()?;
        let row_count = fields.integer()?;
        let row_id = fields.text()?;
        let level = fields.integer()?;
        let generation = fields.integer()?;
        let statement = fields.integer()?;
        let cursor = fields.integer()?;
        let metadata = match fields.list()? {
            [] => None,
            list => Some(Metadata::decode(list)?),
        };
        let extra = fields.integer()?;
        let block = fields.list()?;
        let block = match block.is_empty() {
            true => 0..0,
            false => range_within(&bytes, block),
        };
        Ok(Self {
            status,
            sqlcode,
            message,
            statement_type,
            row_count,
            row_id,
            level,
            generation,
            statement,
            cursor,
            metadata,
            extra,
            bytes,
            block,
        })
    }

    /// Rows that were gathered here, in the form of an answer that has no more of them: `list` has
    /// one element per row.
    pub fn of_rows(list: Vec<u8>) -> Self {
        let block = 0..list.len();
        Self {
            status: Status::Done,
            sqlcode: 0,
            message: String::new(),
            statement_type: 0,
            row_count: 0,
            row_id: String::new(),
            level: 0,
            generation: 0,
            statement: 0,
            cursor: 0,
            metadata: None,
            extra: 0,
            bytes: AnswerBytes::Owned(list),
            block,
        }
    }

    /// The block: a list with one element per row, or what the method says.
    pub fn block(&self) -> &[u8] {
        self.bytes.get(self.block.clone()).unwrap_or_default()
    }
}

/// Where `part`, a slice of `whole`, lies in it.
fn range_within(whole: &[u8], part: &[u8]) -> Range<usize> {
    let start = (part.as_ptr().addr()).saturating_sub(whole.as_ptr().addr());
    start..start.saturating_add(part.len())
}

fn status(number: i64) -> Result<Status, EngineError> {
    Ok(match number {
        0 => Status::Done,
        1 => Status::SqlError,
        2 => Status::ObjectScriptError,
        3 => Status::Interrupted,
        4 => Status::Misuse,
        5 => Status::Version,
        6 => Status::Refused,
        _ => return Err(EngineError::Malformed("status")),
    })
}

impl Metadata {
    fn decode(list: &[u8]) -> Result<Self, EngineError> {
        let mut halves = Fields::new(list);
        let columns = rows(halves.list()?, |column| {
            let name = column.text()?;
            let odbc_type = column.integer()?;
            let precision = column.integer()?;
            let scale = column.integer()?;
            column.skip()?;
            column.skip()?;
            let schema = column.text()?;
            let table = column.text()?;
            let type_class = column.text()?;
            Ok(ColumnMeta { name, odbc_type, precision, scale, schema, table, type_class })
        })?;
        let parameters = rows(halves.list()?, |parameter| {
            let odbc_type = parameter.integer()?;
            let precision = parameter.integer()?;
            let scale = parameter.integer()?;
            parameter.skip()?;
            let column = parameter.text()?;
            Ok(ParameterMeta { odbc_type, precision, scale, column })
        })?;
        Ok(Self { columns, parameters })
    }
}

/// Decodes a list of lists.
fn rows<T>(
    list: &[u8],
    mut decode: impl FnMut(&mut Fields<'_>) -> Result<T, EngineError>,
) -> Result<Vec<T>, EngineError> {
    let mut found = Vec::new();
    for item in Reader::new(list) {
        match item {
            Ok(Item::Bytes(row)) => found.push(decode(&mut Fields::new(row))?),
            _ => return Err(EngineError::Malformed("metadata")),
        }
    }
    Ok(found)
}

/// Reads the elements of a list one by one, each with the form it must have.
pub(super) struct Fields<'a>(Reader<'a>);

impl<'a> Fields<'a> {
    pub(super) fn new(list: &'a [u8]) -> Self {
        Self(Reader::new(list))
    }

    fn item(&mut self) -> Result<Item<'a>, EngineError> {
        match self.0.next() {
            Some(Ok(item)) => Ok(item),
            _ => Err(EngineError::Malformed("list ends early")),
        }
    }

    pub(super) fn skip(&mut self) -> Result<(), EngineError> {
        self.item().map(|_| ())
    }

    /// An integer; IRIS may hold it as a canonical string, and an empty one is 0.
    pub(super) fn integer(&mut self) -> Result<i64, EngineError> {
        match self.item()? {
            Item::Integer(number) => Ok(number),
            Item::Undefined => Ok(0),
            Item::Bytes(b"") => Ok(0),
            Item::Bytes(digits) => std::str::from_utf8(digits)
                .ok()
                .and_then(|text| text.parse().ok())
                .ok_or(EngineError::Malformed("integer")),
            Item::Decimal { mantissa, exponent } => decimal_integer(mantissa, exponent),
            _ => Err(EngineError::Malformed("integer")),
        }
    }

    /// A string of either width, or a number in its canonical form.
    pub(super) fn text(&mut self) -> Result<String, EngineError> {
        match self.item()? {
            Item::Undefined => Ok(String::new()),
            Item::Bytes(bytes) => Ok(bytes.iter().map(|&byte| char::from(byte)).collect()),
            Item::Wide(units) => {
                let units = units.chunks_exact(2).map(|pair| match pair {
                    [low, high] => u16::from_le_bytes([*low, *high]),
                    _ => 0,
                });
                Ok(char::decode_utf16(units)
                    .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
                    .collect())
            }
            Item::Integer(number) => Ok(number.to_string()),
            Item::Decimal { mantissa, exponent } => Ok(format!("{mantissa}E{exponent}")),
            Item::Double(number) => Ok(number.to_string()),
        }
    }

    pub(super) fn list(&mut self) -> Result<&'a [u8], EngineError> {
        match self.item()? {
            Item::Bytes(bytes) => Ok(bytes),
            Item::Undefined => Ok(&[]),
            _ => Err(EngineError::Malformed("list")),
        }
    }
}

/// IRIS may hold 10 as 1E1; an integer field must still come out whole.
fn decimal_integer(mantissa: i64, exponent: i8) -> Result<i64, EngineError> {
    let bad = EngineError::Malformed("integer");
    match u32::try_from(exponent) {
        Ok(power) => {
            10_i64.checked_pow(power).and_then(|factor| mantissa.checked_mul(factor)).ok_or(bad)
        }
        Err(_) => Err(bad),
    }
}

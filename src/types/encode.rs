//! IRIS values as PostgreSQL sends them.

use bytes::BytesMut;

use super::error::ValueError;
use super::list::Item;
use super::pg::{Format, PgType};

/// How one column is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Codec {
    /// The type that RowDescription announced.
    pub ty: PgType,
    /// Its modifier, −1 for none.
    pub typmod: i32,
    /// The format that Bind asked for.
    pub format: Format,
}

/// Writes the body of a DataRow: a 16-bit count, then for each column a 32-bit length and the
/// bytes, or −1 for NULL. `row` is a `$LIST` with one element per column.
///
/// # Errors
/// [`ValueError`] when a value does not fit its type or the row is malformed. What was written so
/// far stays in `out`: the caller cuts it off.
pub fn row(out: &mut BytesMut, codecs: &[Codec], row: &[u8]) -> Result<(), ValueError> {
    let _ = (out, codecs, row);
    Err(ValueError::ColumnCount { expected: codecs.len() })
}

/// Writes one column: its 32-bit length and its bytes, or −1 for NULL.
///
/// # Errors
/// [`ValueError`] when the value does not fit the type.
pub fn value(out: &mut BytesMut, codec: &Codec, item: Item<'_>) -> Result<(), ValueError> {
    let _ = (out, codec, item);
    Err(ValueError::ColumnCount { expected: 0 })
}

//! Parameters as PostgreSQL reads them, and as IRIS takes them.

use super::error::ValueError;
use super::list::Writer;
use super::pg::{Format, PgType};

/// Reads a parameter and appends it to `list` in ODBC mode; `None` is NULL.
///
/// # Errors
/// [`ValueError`] with PostgreSQL's words when the bytes are no value of the type.
pub fn parameter(
    ty: PgType,
    format: Format,
    bytes: Option<&[u8]>,
    list: &mut Writer,
) -> Result<(), ValueError> {
    let _ = (format, bytes, list);
    Err(ValueError::InvalidText { ty, text: String::new() })
}

/// Reads the text of a literal as a parameter in text format is read.
///
/// # Errors
/// As for [`parameter`].
pub fn literal_text(ty: PgType, text: &str, list: &mut Writer) -> Result<(), ValueError> {
    parameter(ty, Format::Text, Some(text.as_bytes()), list)
}

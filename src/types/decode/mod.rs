//! Parameters as PostgreSQL reads them, and as IRIS takes them: elements of a `$LIST` in ODBC mode.
//!
//! PostgreSQL's input and receive functions say what is accepted and which error answers the rest.
//! What PostgreSQL has and IRIS has not (infinite dates, years beyond 1 to 9999, `NaN` of type
//! numeric, more digits than 64 bits hold) is refused, never bent.

mod binary;
mod bytea;
mod clock;
mod moment;
mod number;
mod text;

#[cfg(test)]
mod tests;

use super::error::ValueError;
use super::interval::Interval;
use super::list::{STRING_LENGTH_MAX, Writer};
use super::pg::{Format, PgType};
use super::uuid;

/// Reads a parameter and appends it to `list` in ODBC mode; `None` is NULL.
///
/// # Errors
/// [`ValueError`] with PostgreSQL's words when the bytes are no value of the type. Nothing was
/// appended then. The caller names the parameter with [`ValueError::at_parameter`].
pub fn parameter(
    ty: PgType,
    format: Format,
    bytes: Option<&[u8]>,
    list: &mut Writer,
) -> Result<(), ValueError> {
    match (bytes, format) {
        (None, _) => {
            list.null();
            Ok(())
        }
        (Some(bytes), Format::Text) => literal_text(ty, text::utf8(bytes)?, list),
        (Some(bytes), Format::Binary) => binary::parameter(ty, bytes, list),
    }
}

/// Reads the text of a literal as a parameter in text format is read.
///
/// # Errors
/// As for [`parameter`].
pub fn literal_text(ty: PgType, text: &str, list: &mut Writer) -> Result<(), ValueError> {
    match ty {
        PgType::Text
        | PgType::Varchar
        | PgType::Bpchar
        | PgType::Name
        | PgType::Json
        | PgType::Unknown => text::append(text, list),
        PgType::Int2 | PgType::Int4 | PgType::Int8 | PgType::Oid => {
            list.integer(number::integer(ty, text)?);
            Ok(())
        }
        PgType::Numeric => number::numeric(text, list),
        PgType::Float4 => {
            list.double(f64::from(number::single(text)?));
            Ok(())
        }
        PgType::Float8 => {
            list.double(number::double(text)?);
            Ok(())
        }
        PgType::Bool => {
            list.integer(i64::from(number::boolean(text)?));
            Ok(())
        }
        PgType::Bytea => append_bytes(&bytea::read(text)?, list),
        PgType::Uuid => {
            let bytes = uuid::parse(text.as_bytes()).ok_or_else(|| invalid(ty, text))?;
            list.bytes(&uuid::text(bytes));
            Ok(())
        }
        PgType::Date | PgType::Time | PgType::Timestamp | PgType::Timestamptz => {
            list.bytes(moment::read(ty, text)?.as_bytes());
            Ok(())
        }
        PgType::Interval => {
            list.bytes(Interval::read(text)?.kept().as_bytes());
            Ok(())
        }
        _ => Err(ValueError::NoCodec { ty }),
    }
}

/// Appends a byte string.
///
/// The empty one is refused: as a string of length zero it would be NULL, as `$CHAR(0)` one byte.
/// UNVERIFIED(iris): `$CHAR(0)` is documented as the empty value of character types only.
fn append_bytes(bytes: &[u8], list: &mut Writer) -> Result<(), ValueError> {
    if bytes.is_empty() {
        return Err(ValueError::EmptyBytes);
    }
    if bytes.len() > STRING_LENGTH_MAX {
        return Err(ValueError::TooLong { length: bytes.len() });
    }
    list.bytes(bytes);
    Ok(())
}

/// The error of a text that is no value of the type.
fn invalid(ty: PgType, text: &str) -> ValueError {
    ValueError::InvalidText { ty, text: text.to_owned() }
}

/// The error of a number beyond the type.
fn out_of_range(ty: PgType, text: &str) -> ValueError {
    ValueError::OutOfRange { ty, text: text.to_owned() }
}

/// C's `isspace` in the C locale, which PostgreSQL's input functions use.
pub(super) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | 0x0B | 0x0C | b'\r')
}

/// Text without the blanks around it.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| u8::try_from(c).is_ok_and(is_space))
}

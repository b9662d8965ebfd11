//! Parameters as PostgreSQL reads them, and as IRIS takes them: elements of a `$LIST` in ODBC mode.
//!
//! PostgreSQL's input and receive functions say what is accepted and which error answers the rest.
//! What PostgreSQL has and IRIS has not (infinite dates, years beyond 1 to 9999, `NaN` of type
//! numeric, more digits than 64 bits hold) is refused, never bent.

mod array;
mod binary;
mod bytea;
mod clock;
mod json;
mod moment;
mod number;
mod text;

#[cfg(test)]
mod tests;

use super::error::ValueError;
use super::interval::Interval;
use super::list::{Item, Reader, STRING_LENGTH_MAX, Writer};
use super::pg::{Format, PgType};
use super::uuid;
use super::zone::Zone;

/// How values are read in a session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Decoder {
    /// The zone of a `timestamptz` whose text names none.
    pub zone: Zone,
}

/// Reads a parameter as [`Decoder::parameter`] does in UTC.
///
/// # Errors
/// As there.
pub fn parameter(
    ty: PgType,
    format: Format,
    bytes: Option<&[u8]>,
    list: &mut Writer,
) -> Result<(), ValueError> {
    Decoder::default().parameter(ty, format, bytes, list)
}

/// Reads the text of a literal as [`Decoder::literal_text`] does in UTC.
///
/// # Errors
/// As there.
pub fn literal_text(ty: PgType, text: &str, list: &mut Writer) -> Result<(), ValueError> {
    Decoder::default().literal_text(ty, text, list)
}

impl Decoder {
    /// Reads a parameter and appends it to `list` in ODBC mode; `None` is NULL.
    ///
    /// # Errors
    /// [`ValueError`] with PostgreSQL's words when the bytes are no value of the type. Nothing was
    /// appended then. The caller names the parameter with [`ValueError::at_parameter`].
    pub fn parameter(
        self,
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
            (Some(bytes), Format::Text) => self.literal_text(ty, text::utf8(bytes)?, list),
            (Some(bytes), Format::Binary) => match ty.element() {
                Some(element) => array::binary(self, element, bytes, list),
                None => binary::parameter(ty, bytes, list),
            },
        }
    }

    /// Appends the elements of an array that are not NULL, and gives how many it has with the
    /// NULLs, and whether there are such.
    ///
    /// # Errors
    /// As for [`Decoder::parameter`].
    pub fn elements(
        self,
        ty: PgType,
        format: Format,
        bytes: &[u8],
        list: &mut Writer,
    ) -> Result<(usize, bool), ValueError> {
        let Some(element) = ty.element() else { return Err(ValueError::NoCodec { ty }) };
        let mut all = Writer::new();
        match format {
            Format::Text => array::text(self, element, text::utf8(bytes)?, &mut all)?,
            Format::Binary => array::binary(self, element, bytes, &mut all)?,
        }
        let (mut count, mut has_null) = (0_usize, false);
        if let Some(Item::Bytes(own)) = Reader::new(all.as_bytes()).next().transpose()? {
            for item in Reader::new(own) {
                match item? {
                    Item::Undefined => continue,
                    item if item.is_null() => has_null = true,
                    item => list.item(item),
                }
                count = count.saturating_add(1);
            }
        }
        Ok((count, has_null))
    }

    /// Reads the text of a literal as a parameter in text format is read.
    ///
    /// # Errors
    /// As for [`Decoder::parameter`].
    pub fn literal_text(self, ty: PgType, text: &str, list: &mut Writer) -> Result<(), ValueError> {
        match ty {
            PgType::Text | PgType::Varchar | PgType::Unknown => text::append(text, list)?,
            PgType::Bpchar => text::append(text::unpadded(text), list)?,
            PgType::Name => text::append(text::name(text), list)?,
            PgType::Json => {
                json::check(text)?;
                text::append(text, list)?;
            }
            PgType::Int2 | PgType::Int4 | PgType::Int8 | PgType::Oid => {
                list.integer(number::integer(ty, text)?);
            }
            PgType::Numeric => number::numeric(text, list)?,
            PgType::Float4 => number::append_double(ty, f64::from(number::single(text)?), list)?,
            PgType::Float8 => number::append_double(ty, number::double(text)?, list)?,
            PgType::Bool => list.integer(i64::from(number::boolean(text)?)),
            PgType::Bytea => append_bytes(&bytea::read(text)?, list)?,
            PgType::Uuid => {
                let bytes = uuid::parse(text.as_bytes()).ok_or_else(|| invalid(ty, text))?;
                list.bytes(&uuid::text(bytes));
            }
            PgType::Date | PgType::Time | PgType::Timestamp | PgType::Timestamptz => {
                list.bytes(moment::read(ty, text, self.zone)?.as_bytes());
            }
            PgType::Interval => list.bytes(Interval::read(text)?.kept().as_bytes()),
            _ => match ty.element() {
                Some(element) => array::text(self, element, text, list)?,
                None => return Err(ValueError::NoCodec { ty }),
            },
        }
        Ok(())
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

//! Characters: UTF-8 is checked here, with PostgreSQL's idea of which bytes to show.

use super::super::error::ValueError;
use super::super::list::{STRING_LENGTH_MAX, Writer};

/// The bytes as text without a character 0.
pub(super) fn utf8(bytes: &[u8]) -> Result<&str, ValueError> {
    let (sound, broken) = match std::str::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let (sound, rest) = bytes.split_at_checked(error.valid_up_to()).unwrap_or((&[], bytes));
            (std::str::from_utf8(sound).unwrap_or_default(), Some(rest))
        }
    };
    if sound.as_bytes().contains(&0) {
        return Err(ValueError::InvalidUtf8 { bytes: vec![0] });
    }
    match broken {
        None => Ok(sound),
        Some(rest) => Err(ValueError::InvalidUtf8 { bytes: announced(rest).to_vec() }),
    }
}

/// As many bytes as the first one announces. Source: `report_invalid_encoding`, `pg_utf_mblen`.
fn announced(bytes: &[u8]) -> &[u8] {
    let length = match bytes.first() {
        Some(0xC0..=0xDF) => 2,
        Some(0xE0..=0xEF) => 3,
        Some(0xF0..=0xF7) => 4,
        _ => 1,
    };
    bytes.get(..length).unwrap_or(bytes)
}

/// Bytes of a `name` at most (`NAMEDATALEN` − 1).
const NAME_BYTES_MAX: usize = 63;

/// As much of a text as a `name` holds; PostgreSQL cuts the rest off. Source: `namein`.
pub(super) fn name(text: &str) -> &str {
    let mut end = NAME_BYTES_MAX.min(text.len());
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    text.get(..end).unwrap_or(text)
}

/// A `char(n)` without the blanks at its end, which do not count: it is kept like that.
pub(super) fn unpadded(text: &str) -> &str {
    text.trim_end_matches(' ')
}

/// Appends text; `""` as SQL's `''`.
pub(super) fn append(text: &str, list: &mut Writer) -> Result<(), ValueError> {
    let too_long = text.len() > STRING_LENGTH_MAX
        && (text.is_ascii() || text.encode_utf16().count() > STRING_LENGTH_MAX);
    if too_long {
        return Err(ValueError::TooLong { length: text.len() });
    }
    list.text(text);
    Ok(())
}

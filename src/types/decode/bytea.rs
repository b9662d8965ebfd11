//! `bytea` in its two text forms: `\x` with hexadecimal digits, and escapes.

use super::super::error::ValueError;
use super::super::uuid::digit;
use super::is_space;

/// The bytes that the text spells.
pub(super) fn read(text: &str) -> Result<Vec<u8>, ValueError> {
    match text.strip_prefix("\\x") {
        Some(digits) => hexadecimal(digits),
        None => escaped(text.as_bytes()),
    }
}

/// Pairs of digits, with blanks between the pairs. Source: `hex_decode_safe`.
fn hexadecimal(text: &str) -> Result<Vec<u8>, ValueError> {
    let mut bytes = Vec::with_capacity(text.len().div_euclid(2));
    let mut characters = text.chars();
    while let Some(first) = characters.next() {
        if u8::try_from(first).is_ok_and(|byte| byte != 0x0B && byte != 0x0C && is_space(byte)) {
            continue;
        }
        let high = value(first)?;
        let low = value(characters.next().ok_or(ValueError::HexOdd)?)?;
        bytes.push((high << 4) | low);
    }
    Ok(bytes)
}

fn value(character: char) -> Result<u8, ValueError> {
    u8::try_from(character)
        .ok()
        .and_then(digit)
        .ok_or_else(|| ValueError::HexDigit { digit: character.to_string() })
}

/// `\\` is a backslash, `\ooo` a byte in octal, everything else itself. Source: `byteain`.
fn escaped(text: &[u8]) -> Result<Vec<u8>, ValueError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = match (byte, tail) {
            (b'\\', [b'\\', tail @ ..]) => {
                bytes.push(b'\\');
                tail
            }
            (b'\\', [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', tail @ ..]) => {
                bytes.push(((a & 3) << 6) | ((b & 7) << 3) | (c & 7));
                tail
            }
            (b'\\', _) => return Err(ValueError::ByteaEscape),
            (byte, tail) => {
                bytes.push(byte);
                tail
            }
        };
    }
    Ok(bytes)
}

//! A value as ObjectScript knows it, and its conversions.

use super::abi::kind;
use super::errors;
use super::raise::{Outcome, Raise};
use crate::contract::Method;
use std::ffi::c_int;

/// 8-bit characters that begin at an offset of their buffer, so that an answer can be written
/// before the size of what precedes it is known, and be handed out without a copy.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Characters {
    buffer: Vec<u8>,
    start: usize,
}

impl Characters {
    /// The characters of `buffer` from `start` on.
    pub(crate) fn new(buffer: Vec<u8>, start: usize) -> Self {
        let start = start.min(buffer.len());
        Self { buffer, start }
    }

    /// The characters.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    /// The buffer and the offset at which the characters begin.
    pub(crate) fn into_parts(self) -> (Vec<u8>, usize) {
        (self.buffer, self.start)
    }
}

impl From<&[u8]> for Characters {
    fn from(bytes: &[u8]) -> Self {
        Self { buffer: bytes.to_vec(), start: 0 }
    }
}

/// What a reference on the stack names.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Target {
    /// A class method; the flag tells whether its result is wanted.
    ClassMethod {
        /// The class.
        class: Box<str>,
        /// The method.
        method: Box<str>,
        /// Whether the result is pushed.
        returns: bool,
    },
    /// A method of an object.
    Method {
        /// The object.
        oref: u32,
        /// The method.
        method: MethodName,
        /// Whether the result is pushed.
        returns: bool,
    },
    /// A property of an object.
    Property {
        /// The object.
        oref: u32,
        /// The property.
        name: Box<str>,
    },
}

/// The name of an instance method.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum MethodName {
    /// One of the session contract.
    Contract(Method),
    /// Any other.
    Other(Box<str>),
}

/// An entry of the value stack.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// An omitted argument.
    Undefined,
    /// An integer.
    Integer(i64),
    /// A decimal number.
    Decimal(f64),
    /// A `$DOUBLE`.
    Double(f64),
    /// A string whose characters all fit into 8 bits.
    Text(Characters),
    /// A string with at least one wider character, as UTF-16.
    Wide(Vec<u16>),
    /// A reference to an object; the entry holds one count of it.
    Oref(u32),
    /// What the next action works on.
    Target(Target),
}

impl Value {
    /// A string of 8-bit characters.
    pub(crate) fn text(bytes: &[u8]) -> Self {
        Self::Text(Characters::from(bytes))
    }

    /// A string of UTF-16 code units, kept in 8 bits where that loses nothing.
    pub(crate) fn wide(units: &[u16]) -> Self {
        match units.iter().map(|&unit| u8::try_from(unit)).collect::<Result<Vec<u8>, _>>() {
            Ok(bytes) => Self::text(&bytes),
            Err(_) => Self::Wide(units.to_vec()),
        }
    }

    /// A string of Unicode text.
    pub(crate) fn unicode(text: &str) -> Self {
        if text.is_ascii() {
            return Self::text(text.as_bytes());
        }
        Self::wide(&text.encode_utf16().collect::<Vec<u16>>())
    }

    /// The type code that `IrisType` reports. `strings` is what strings are reported as: a
    /// Unicode instance says 15 for almost all of them and 2 for numbers (facts, callin §2.3).
    pub(crate) fn type_code(&self, strings: c_int) -> c_int {
        match self {
            Self::Undefined => kind::UNDEFINED,
            Self::Integer(_) if strings == kind::ASTRING => kind::INT,
            Self::Integer(_) | Self::Decimal(_) => kind::DOUBLE,
            Self::Double(_) => kind::IEEE_DOUBLE,
            Self::Wide(_) => kind::WSTRING,
            Self::Oref(_) => kind::OREF,
            Self::Text(_) | Self::Target(_) => strings,
        }
    }

    /// The value as 8-bit characters.
    ///
    /// # Errors
    /// `<WIDE CHAR>` when a character does not fit. UNVERIFIED(iris): the number 89 is inferred
    /// (facts, callin §7).
    pub(crate) fn into_characters(self) -> Outcome<Characters> {
        match self {
            Self::Text(characters) => Ok(characters),
            Self::Wide(_) => Err(Raise::error(errors::WIDE_CHARACTER, "")),
            other => Ok(Characters::from(other.to_display().as_bytes())),
        }
    }

    /// The value as UTF-16 code units.
    pub(crate) fn into_units(self) -> Vec<u16> {
        match self {
            Self::Wide(units) => units,
            Self::Text(characters) => characters.as_bytes().iter().map(|&b| b.into()).collect(),
            other => other.to_display().encode_utf16().collect(),
        }
    }

    /// The text of anything that is not a string.
    fn to_display(&self) -> String {
        match self {
            Self::Integer(number) => number.to_string(),
            Self::Decimal(number) | Self::Double(number) => canonical(*number),
            Self::Oref(oref) => format!("{oref}@IrisPG.Session"),
            Self::Undefined | Self::Target(_) | Self::Text(_) | Self::Wide(_) => String::new(),
        }
    }

    /// The value as an integer: the numeric prefix of a string, cut towards zero.
    /// UNVERIFIED(iris): a number that does not fit is taken as the nearest one that does.
    pub(crate) fn to_integer(&self) -> i64 {
        match self {
            Self::Integer(number) => *number,
            Self::Text(characters) => prefix(characters.as_bytes()).0,
            Self::Wide(units) => prefix(&narrow(units)).0,
            Self::Oref(oref) => i64::from(*oref),
            // A cast of a float saturates, and a NaN is 0.
            other => other.to_double() as i64,
        }
    }

    /// The value as a double.
    pub(crate) fn to_double(&self) -> f64 {
        match self {
            Self::Integer(number) => *number as f64,
            Self::Decimal(number) | Self::Double(number) => *number,
            Self::Text(characters) => prefix(characters.as_bytes()).1,
            Self::Wide(units) => prefix(&narrow(units)).1,
            Self::Oref(oref) => f64::from(*oref),
            Self::Undefined | Self::Target(_) => 0.0,
        }
    }
}

/// The 8-bit characters a string begins with: enough to read its number.
fn narrow(units: &[u16]) -> Vec<u8> {
    units.iter().map_while(|&unit| u8::try_from(unit).ok()).collect()
}

/// A number in canonical form: no leading zero, no trailing zeros (facts, iris-sql §4.1).
pub(crate) fn canonical(number: f64) -> String {
    if number.is_nan() {
        return "NAN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "INF" } else { "-INF" }.to_owned();
    }
    if number == 0.0 {
        return "0".to_owned();
    }
    let text = number.to_string();
    match (text.strip_prefix("0."), text.strip_prefix("-0.")) {
        (Some(rest), _) => format!(".{rest}"),
        (_, Some(rest)) => format!("-.{rest}"),
        _ => text,
    }
}

/// The number that a string begins with, as ObjectScript's unary plus reads it: signs, digits, a
/// point, an exponent; 0 where there is none.
fn prefix(bytes: &[u8]) -> (i64, f64) {
    let signs = bytes.iter().take_while(|b| matches!(b, b'+' | b'-')).count();
    let (sign, rest) = bytes.split_at(signs);
    let negative = sign.iter().filter(|&&b| b == b'-').count() % 2 == 1;
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let mut end = digits;
    if rest.get(end) == Some(&b'.') {
        end += 1;
        end += rest.iter().skip(end).take_while(|b| b.is_ascii_digit()).count();
    }
    let plain = end == digits;
    if matches!(rest.get(end), Some(b'E' | b'e')) && end > 0 {
        let sign = usize::from(matches!(rest.get(end + 1), Some(b'+' | b'-')));
        let places = rest.iter().skip(end + 1 + sign).take_while(|b| b.is_ascii_digit()).count();
        if places > 0 {
            end += 1 + sign + places;
        }
    }
    let number = rest.get(..end).and_then(|n| std::str::from_utf8(n).ok()).unwrap_or_default();
    let magnitude: f64 = number.parse().unwrap_or(0.0);
    let double = if negative { -magnitude } else { magnitude };
    let exact = match (plain && end == digits).then(|| number.parse::<i128>()) {
        Some(Ok(whole)) => if negative { -whole } else { whole }
            .clamp(i64::MIN.into(), i64::MAX.into())
            .try_into()
            .unwrap_or_default(),
        _ => double as i64,
    };
    (exact, double)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_gives_the_number_it_begins_with() {
        for (text, integer) in [
            ("", 0),
            ("abc", 0),
            ("12abc", 12),
            ("-7", -7),
            ("--7", 7),
            ("1.9", 1),
            (".5", 0),
            ("1E2x", 100),
            ("1E", 1),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
            ("99999999999999999999", i64::MAX),
        ] {
            assert_eq!(Value::text(text.as_bytes()).to_integer(), integer, "{text}");
        }
        assert_eq!(Value::text(b"-1.25E1z").to_double(), -12.5);
    }

    #[test]
    fn numbers_print_in_canonical_form() {
        for (number, text) in [(0.5, ".5"), (-0.5, "-.5"), (3.0, "3"), (-0.0, "0"), (1.25, "1.25")]
        {
            assert_eq!(canonical(number), text);
        }
    }

    #[test]
    fn wide_strings_stay_narrow_where_they_can() {
        assert_eq!(Value::wide(&[65, 255]), Value::text(&[65, 255]));
        assert_eq!(Value::wide(&[65, 256]), Value::Wide(vec![65, 256]));
        let refused = Value::Wide(vec![65, 256]).into_characters();
        assert_eq!(refused, Err(Raise::error(89, "")));
    }
}

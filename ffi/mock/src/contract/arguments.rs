//! The arguments of a method (contract §1).

use super::answer::Trap;
use crate::callin::errors;
use crate::callin::value::Value;
use crate::list::{Element, ListReader, latin_to_utf8, wide_to_utf8};
use std::borrow::Cow;

/// The arguments of one call. One that was not given has its default.
pub(super) struct Arguments<'a> {
    values: &'a [Value],
}

impl<'a> Arguments<'a> {
    pub(super) fn new(values: &'a [Value]) -> Self {
        Self { values }
    }

    fn get(&self, index: usize) -> Option<&'a Value> {
        self.values.get(index).filter(|value| !matches!(value, Value::Undefined))
    }

    /// An integer; 0 when it was not given.
    pub(super) fn integer(&self, index: usize) -> i64 {
        self.get(index).map_or(0, Value::to_integer)
    }

    /// 8-bit characters; none when they were not given.
    ///
    /// # Errors
    /// `<WIDE CHAR>` for wider ones, which no caller of the contract sends.
    pub(super) fn bytes(&self, index: usize) -> Result<Cow<'a, [u8]>, Trap> {
        match self.get(index) {
            None => Ok(Cow::Borrowed(&[])),
            Some(Value::Text(characters)) => Ok(Cow::Borrowed(characters.as_bytes())),
            Some(other) => match other.clone().into_characters() {
                Ok(characters) => Ok(Cow::Owned(characters.as_bytes().to_vec())),
                Err(_) => Err(Trap::error(errors::WIDE_CHARACTER, "")),
            },
        }
    }

    /// A text that came as UTF-8.
    ///
    /// # Errors
    /// `<TRANSLATE>` when it is none. UNVERIFIED(iris): what $ZCONVERT makes of bytes that are no
    /// UTF-8 depends on the instance's settings.
    pub(super) fn text(&self, index: usize) -> Result<Cow<'a, str>, Trap> {
        let wrong = || Trap::error(errors::TRANSLATE, "");
        match self.bytes(index)? {
            Cow::Borrowed(bytes) => {
                std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| wrong())
            }
            Cow::Owned(bytes) => String::from_utf8(bytes).map(Cow::Owned).map_err(|_| wrong()),
        }
    }

    /// A list, with the number of its elements.
    ///
    /// # Errors
    /// Misuse with this message when it is none.
    pub(super) fn list(&self, index: usize, message: &str) -> Result<(Cow<'a, [u8]>, usize), Trap> {
        let bytes = self.bytes(index)?;
        let count = count(&bytes).ok_or_else(|| Trap::misuse(message))?;
        Ok((bytes, count))
    }
}

/// The number of elements, `None` when the bytes are no list: `$LISTVALID`.
pub(super) fn count(list: &[u8]) -> Option<usize> {
    let mut reader = ListReader::new(list);
    let mut count = 0_usize;
    while reader.read().ok()?.is_some() {
        count = count.saturating_add(1);
    }
    Some(count)
}

/// An element as text; an undefined one is empty.
pub(super) fn element_text(element: &Element<'_>) -> String {
    let lossy = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    match *element {
        Element::Undefined => String::new(),
        Element::Bytes(bytes) => lossy(latin_to_utf8(bytes)),
        Element::Wide(bytes) => lossy(wide_to_utf8(bytes)),
        Element::Integer(number) => number.to_string(),
        Element::Decimal { mantissa, exponent } => decimal(mantissa, exponent),
        Element::Double(number) => crate::callin::value::canonical(number),
    }
}

/// The canonical text of a decimal: no leading zero, no trailing zeros (facts, iris-sql §4.1).
fn decimal(mantissa: i64, exponent: i8) -> String {
    let sign = if mantissa < 0 { "-" } else { "" };
    let mut digits = mantissa.unsigned_abs().to_string();
    let places = usize::from(exponent.unsigned_abs());
    if mantissa == 0 {
        return digits;
    }
    if exponent >= 0 {
        digits.extend(std::iter::repeat_n('0', places));
        return format!("{sign}{digits}");
    }
    if digits.len() < places {
        digits.insert_str(0, &"0".repeat(places - digits.len()));
    }
    let (whole, fraction) = digits.split_at(digits.len() - places);
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_print_in_canonical_form() {
        for (mantissa, exponent, text) in [
            (125, -2, "1.25"),
            (5, -1, ".5"),
            (-5, -3, "-.005"),
            (1_200, -2, "12"),
            (12, 3, "12000"),
            (0, -5, "0"),
        ] {
            assert_eq!(decimal(mantissa, exponent), text);
        }
    }

    #[test]
    fn arguments_that_are_not_given_have_defaults() {
        let values = [Value::Undefined, Value::text(b"7x")];
        let arguments = Arguments::new(&values);
        assert_eq!(arguments.integer(0), 0);
        assert_eq!(arguments.integer(1), 7);
        assert_eq!(arguments.integer(2), 0);
        assert_eq!(arguments.text(5).unwrap(), "");
        assert_eq!(arguments.list(1, "no list"), Err(Trap::misuse("no list")));
    }
}

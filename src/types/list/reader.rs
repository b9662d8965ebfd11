//! Reading a list. Nothing is copied, and no bytes can make it panic.

use super::{Item, ListError, code};

/// Iterates over the elements of a list. After an error it ends.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
    at: usize,
}

/// An element as it lies in the list: its type byte and data; `None` for an undefined element.
pub type Raw<'a> = Option<(u8, &'a [u8])>;

impl<'a> Reader<'a> {
    /// A reader at the start of `list`.
    #[must_use]
    pub const fn new(list: &'a [u8]) -> Self {
        Self { rest: list, at: 0 }
    }

    /// Bytes from the start of the list to the next element.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.at
    }

    /// What has not been read yet.
    #[must_use]
    pub const fn remainder(&self) -> &'a [u8] {
        self.rest
    }

    /// True after the last element, or after an error.
    #[must_use]
    pub const fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Counts the elements that are left, without looking into them.
    ///
    /// # Errors
    /// [`ListError`] when the bytes are no list.
    pub fn count_elements(&self) -> Result<usize, ListError> {
        let mut probe = self.clone();
        let mut count: usize = 0;
        while let Some(raw) = probe.next_raw() {
            raw?;
            count = count.saturating_add(1);
        }
        Ok(count)
    }

    /// Passes over one element. `false` at the end of the list.
    ///
    /// # Errors
    /// [`ListError`] when the bytes are no list.
    pub fn skip_one(&mut self) -> Result<bool, ListError> {
        self.next_raw().transpose().map(|raw| raw.is_some())
    }

    /// The next element as it lies in the list.
    pub fn next_raw(&mut self) -> Option<Result<Raw<'a>, ListError>> {
        let at = self.at;
        let (&first, rest) = self.rest.split_first()?;
        if first == 1 {
            self.rest = rest;
            self.at = at.saturating_add(1);
            return Some(Ok(None));
        }
        let whole = self.rest;
        let parsed = split_element(first, rest, at);
        match parsed {
            Ok((raw, remainder)) => {
                self.at = at.saturating_add(whole.len().saturating_sub(remainder.len()));
                self.rest = remainder;
                Some(Ok(raw))
            }
            Err(error) => {
                self.rest = &[];
                Some(Err(error))
            }
        }
    }
}

impl<'a> Iterator for Reader<'a> {
    type Item = Result<Item<'a>, ListError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let at = self.at;
        let item = match self.next_raw()? {
            Ok(None) => Ok(Item::Undefined),
            Ok(Some((code, data))) => item(code, data, at),
            Err(error) => Err(error),
        };
        if item.is_err() {
            self.rest = &[];
        }
        Some(item)
    }
}

/// Splits the element with the header byte `first` (0 or 2…255) from what follows it.
#[inline]
fn split_element(first: u8, rest: &[u8], at: usize) -> Result<(Raw<'_>, &[u8]), ListError> {
    let truncated = ListError::Truncated { at };
    let (length, rest) = match first {
        0 => long_header(rest).ok_or(truncated)?,
        short => (usize::from(short).saturating_sub(1), rest),
    };
    let (element, remainder) = rest.split_at_checked(length).ok_or(truncated)?;
    let (&code, data) = element.split_first().ok_or(ListError::Typeless { at })?;
    Ok((Some((code, data)), remainder))
}

/// The length after a zero byte: 16 bits, or 32 bits when those are zero.
fn long_header(rest: &[u8]) -> Option<(usize, &[u8])> {
    let (short, rest) = rest.split_first_chunk::<2>()?;
    match u16::from_le_bytes(*short) {
        0 => {
            let (long, rest) = rest.split_first_chunk::<4>()?;
            Some((usize::try_from(u32::from_le_bytes(*long)).ok()?, rest))
        }
        length => Some((usize::from(length), rest)),
    }
}

#[inline]
fn item(code: u8, data: &[u8], at: usize) -> Result<Item<'_>, ListError> {
    let wrong = ListError::Length { at, code, length: data.len() };
    match code {
        code::BYTES => Ok(Item::Bytes(data)),
        code::WIDE if data.len().is_multiple_of(2) => Ok(Item::Wide(data)),
        code::INTEGER => integer(data, 0).map(Item::Integer).ok_or(wrong),
        code::INTEGER_NEGATIVE => integer(data, 0xFF).map(Item::Integer).ok_or(wrong),
        code::DECIMAL => decimal(data, 0).ok_or(wrong),
        code::DECIMAL_NEGATIVE => decimal(data, 0xFF).ok_or(wrong),
        code::DOUBLE if data.len() == 8 => high_bytes(data).map(double).ok_or(wrong),
        code::DOUBLE => high_bytes(data)
            .map(|bytes| Item::Double(f64::from(f32::from_le_bytes(bytes))))
            .ok_or(wrong),
        code::DOUBLE_COMPACT => high_bytes(data).map(double).ok_or(wrong),
        code::WIDE => Err(wrong),
        code => Err(ListError::UnknownType { at, code }),
    }
}

/// Up to eight little-endian bytes, filled up with `fill` at the high end.
///
/// Both forms of the vendor's encoders come out right: with all high zero bytes dropped
/// (`FF` is 255) and in minimal signed width (`FF 00` is 255). Eight bytes `FF` of a positive
/// type read as −1, as the vendor's drivers do.
#[inline]
fn integer(data: &[u8], fill: u8) -> Option<i64> {
    let mut bytes = [fill; 8];
    bytes.get_mut(..data.len())?.copy_from_slice(data);
    Some(i64::from_le_bytes(bytes))
}

fn decimal(data: &[u8], fill: u8) -> Option<Item<'_>> {
    let (&exponent, digits) = data.split_first()?;
    let mantissa = integer(digits, fill)?;
    Some(Item::Decimal { mantissa, exponent: i8::from_le_bytes([exponent]) })
}

/// `data` as the high-order end of `N` little-endian bytes, zeros below.
fn high_bytes<const N: usize>(data: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let start = N.checked_sub(data.len())?;
    bytes.get_mut(start..)?.copy_from_slice(data);
    Some(bytes)
}

fn double(bytes: [u8; 8]) -> Item<'static> {
    Item::Double(f64::from_le_bytes(bytes))
}

//! A decimal number as the digits of its text: exact, of any length, without a copy.

/// PostgreSQL's greatest count of digits before the point of a `numeric`.
pub(super) const WHOLE_DIGITS_MAX: i64 = 131_072;

/// PostgreSQL's greatest count of digits after the point of a `numeric` (`NUMERIC_DSCALE_MAX`).
pub(super) const FRACTION_DIGITS_MAX: i64 = 16_383;

/// ± 0.d₀d₁d₂… × 10^`point`, with neither a leading nor a trailing zero among the digits.
///
/// The digits lie in two slices because a text has its point between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Digits<'a> {
    negative: bool,
    head: &'a [u8],
    tail: &'a [u8],
    point: i64,
}

impl<'a> Digits<'a> {
    /// Reads `[+-] digits [. digits] [e [+-] digits]`, with a digit somewhere before the `e`.
    pub(super) fn parse(text: &'a [u8]) -> Option<Self> {
        let (negative, rest) = match text.split_first() {
            Some((b'-', rest)) => (true, rest),
            Some((b'+', rest)) => (false, rest),
            _ => (false, text),
        };
        let (whole, rest) = split_digits(rest);
        let (fraction, rest) = match rest.split_first() {
            Some((b'.', rest)) => split_digits(rest),
            _ => (Default::default(), rest),
        };
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let exponent = match rest.split_first() {
            None => 0,
            Some((b'e' | b'E', power)) => parse_power(power)?,
            Some(_) => return None,
        };
        Some(Self::new(negative, whole, fraction, exponent))
    }

    /// ± `whole`.`fraction` × 10^`exponent`; both slices hold ASCII digits only.
    pub(super) fn new(negative: bool, whole: &'a [u8], fraction: &'a [u8], exponent: i64) -> Self {
        let mut point = count(whole).saturating_add(exponent);
        let head = trim_start(whole);
        let mut tail = trim_end(fraction);
        point = point.saturating_sub(count(whole).saturating_sub(count(head)));
        let mut head = head;
        if head.is_empty() {
            let trimmed = trim_start(tail);
            point = point.saturating_sub(count(tail).saturating_sub(count(trimmed)));
            tail = trimmed;
        }
        if tail.is_empty() {
            head = trim_end(head);
        }
        let zero = head.is_empty() && tail.is_empty();
        Self { negative: negative && !zero, head, tail, point: if zero { 0 } else { point } }
    }

    pub(super) const fn is_negative(&self) -> bool {
        self.negative
    }

    pub(super) const fn is_zero(&self) -> bool {
        self.head.is_empty() && self.tail.is_empty()
    }

    /// The number of significant digits.
    pub(super) fn len(&self) -> i64 {
        count(self.head).saturating_add(count(self.tail))
    }

    /// How many digits lie before the point; negative when zeros follow it.
    pub(super) const fn point(&self) -> i64 {
        self.point
    }

    /// How many digits lie after the point.
    pub(super) fn scale(&self) -> i64 {
        self.len().saturating_sub(self.point).max(0)
    }

    /// The ASCII digit number `index` from the first significant one; zeros surround the number.
    pub(super) fn digit(&self, index: i64) -> u8 {
        let Ok(index) = usize::try_from(index) else { return b'0' };
        let in_tail = index.saturating_sub(self.head.len());
        let found = self.head.get(index).or_else(|| match index < self.head.len() {
            true => None,
            false => self.tail.get(in_tail),
        });
        found.copied().unwrap_or(b'0')
    }

    /// The value of digit number `index`, 0 to 9.
    pub(super) fn digit_value(&self, index: i64) -> u8 {
        self.digit(index).saturating_sub(b'0')
    }

    /// True when nothing follows the point.
    pub(super) fn is_integral(&self) -> bool {
        self.len() <= self.point
    }

    /// The number as an integer; `None` when it is none or has more than 64 bits.
    pub(super) fn to_i64(self) -> Option<i64> {
        (self.is_integral() && self.point <= 19).then(|| self.leading_integer(self.point))?
    }

    /// The number as mantissa and power of ten; `None` when either does not fit.
    pub(super) fn to_decimal(self) -> Option<(i64, i8)> {
        let length = self.len();
        if length > 19 {
            return None;
        }
        let exponent = self.point.saturating_sub(length);
        let fitting = exponent.min(i64::from(i8::MAX));
        let digits = length.checked_add(exponent.saturating_sub(fitting)).filter(|n| *n <= 19)?;
        Some((self.leading_integer(digits)?, i8::try_from(fitting).ok()?))
    }

    /// The first `digits` (at most 19) digits as an integer.
    fn leading_integer(&self, digits: i64) -> Option<i64> {
        let mut value: i128 = 0;
        for index in 0..digits {
            value = value.checked_mul(10)?.checked_add(i128::from(self.digit_value(index)))?;
        }
        let signed = if self.negative { value.checked_neg()? } else { value };
        i64::try_from(signed).ok()
    }

    /// True when PostgreSQL's `numeric` can hold the number.
    pub(super) fn fits_numeric(&self) -> bool {
        self.point <= WHOLE_DIGITS_MAX && self.scale() <= FRACTION_DIGITS_MAX
    }

    /// Hands the plain decimal text to `write`, byte by byte: at least `scale` digits after the
    /// point, and a zero before it when `leading_zero` is set (IRIS writes `.5`).
    pub(super) fn plain(&self, scale: i64, leading_zero: bool, mut write: impl FnMut(u8)) {
        if self.negative {
            write(b'-');
        }
        let scale = self.scale().max(scale);
        if self.point > 0 {
            (0..self.point).for_each(|index| write(self.digit(index)));
        } else if leading_zero || scale == 0 {
            write(b'0');
        }
        if scale > 0 {
            write(b'.');
            let end = self.point.saturating_add(scale);
            (self.point..end).for_each(|index| write(self.digit(index)));
        }
    }
}

fn count(digits: &[u8]) -> i64 {
    i64::try_from(digits.len()).unwrap_or(i64::MAX)
}

fn split_digits(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, &[]))
}

/// A power of ten with its sign; one beyond any use is cut at 10⁹, which no limit lets pass.
fn parse_power(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() {
        return None;
    }
    let mut power: i64 = 0;
    for byte in digits {
        let digit = byte.is_ascii_digit().then(|| i64::from(byte.saturating_sub(b'0')))?;
        power = power.saturating_mul(10).saturating_add(digit).min(1_000_000_000);
    }
    Some(if negative { power.saturating_neg() } else { power })
}

fn trim_start(mut digits: &[u8]) -> &[u8] {
    while let Some((b'0', rest)) = digits.split_first() {
        digits = rest;
    }
    digits
}

fn trim_end(mut digits: &[u8]) -> &[u8] {
    while let Some((b'0', rest)) = digits.split_last() {
        digits = rest;
    }
    digits
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
mod tests {
    use super::*;

    fn plain(text: &str, scale: i64) -> String {
        let mut out = String::new();
        let digits = Digits::parse(text.as_bytes()).unwrap();
        digits.plain(scale, true, |byte| out.push(char::from(byte)));
        out
    }

    #[test]
    fn numbers_are_written_plainly() {
        let cases = [
            (".5", 0, "0.5"),
            ("-.5", 0, "-0.5"),
            ("1.5", 2, "1.50"),
            ("0", 2, "0.00"),
            ("-0.000", 0, "0"),
            ("00120.0340", 0, "120.034"),
            ("1e5", 0, "100000"),
            ("1.25E-3", 0, "0.00125"),
            ("12345e-2", 1, "123.45"),
            ("100", 0, "100"),
            ("+7.", 0, "7"),
            ("0.00012e2", 0, "0.012"),
        ];
        for (text, scale, expected) in cases {
            assert_eq!(plain(text, scale), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", ".", "-", "e5", "1e", "1e+", "1 ", "0x10", "1_0", "1.2.3", "--1"] {
            assert_eq!(Digits::parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn integers_and_decimals_keep_every_digit() {
        let integer = |text: &str| Digits::parse(text.as_bytes()).unwrap().to_i64();
        assert_eq!(integer("9223372036854775807"), Some(i64::MAX));
        assert_eq!(integer("-9223372036854775808"), Some(i64::MIN));
        assert_eq!(integer("9223372036854775808"), None);
        assert_eq!(integer("12e2"), Some(1200));
        assert_eq!(integer("1200e-2"), Some(12));
        assert_eq!(integer("1.5"), None);
        assert_eq!(integer("1e19"), None);
        let decimal = |text: &str| Digits::parse(text.as_bytes()).unwrap().to_decimal();
        assert_eq!(decimal("1.50"), Some((15, -1)));
        assert_eq!(decimal("1e128"), Some((10, 127)));
        assert_eq!(decimal("1e200"), None);
        assert_eq!(decimal("1e-128"), Some((1, -128)));
        assert_eq!(decimal("1e-129"), None);
        assert_eq!(decimal("0.12345678901234567890"), Some((1_234_567_890_123_456_789, -19)));
        assert_eq!(decimal("12345678901234567890.1"), None);
        assert_eq!(decimal("0"), Some((0, 0)));
    }
}

//! IRIS's decimal numbers: a 64-bit mantissa and a power of ten (iris-sql §4.1, canonical numbers).

use std::cmp::Ordering;
use std::fmt;

/// A decimal: `mantissa / 10^scale`. Kept normal: no trailing zeros, so equal numbers are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) struct Decimal {
    mantissa: i128,
    scale: i32,
}

/// Numbers keep at most 19 digits, as many as a signed 64-bit mantissa holds (iris-sql §4.3).
const MANTISSA_MAX: i128 = i64::MAX as i128;

/// Places before and after the point beyond which a number is taken for the nearest one that has
/// them: 800, more than the 1.7E308 of iris-sql §1.1 needs, so that its text stays short.
const SCALE_MAX: i32 = 800;

fn ten(power: i32) -> Option<i128> {
    u32::try_from(power).ok().and_then(|p| 10_i128.checked_pow(p))
}

/// Division that rounds half away from zero.
fn divide_rounded(value: i128, by: i128) -> i128 {
    let (quotient, rest) = (value / by, value % by);
    if rest.unsigned_abs() >= by.unsigned_abs().div_ceil(2) {
        quotient + if (value < 0) == (by < 0) { 1 } else { -1 }
    } else {
        quotient
    }
}

impl Decimal {
    pub(in crate::sql) const ZERO: Decimal = Decimal { mantissa: 0, scale: 0 };

    pub(in crate::sql) fn new(mantissa: i128, scale: i32) -> Decimal {
        let (mut mantissa, mut scale) = (mantissa, scale);
        while mantissa.unsigned_abs() > MANTISSA_MAX.unsigned_abs() {
            mantissa = divide_rounded(mantissa, 10);
            scale -= 1;
        }
        if mantissa == 0 {
            return Decimal::ZERO;
        }
        while mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        if scale > SCALE_MAX {
            return Decimal::ZERO;
        }
        Decimal { mantissa, scale: scale.max(-SCALE_MAX) }
    }

    /// The number at the beginning of a text, 0 when there is none, as ObjectScript's `+` reads it.
    pub(in crate::sql) fn prefix(text: &str) -> Decimal {
        let bytes = text.as_bytes();
        let (mut at, mut negative) = (0, false);
        while let Some(sign @ (b'+' | b'-')) = bytes.get(at) {
            negative ^= *sign == b'-';
            at += 1;
        }
        let (mut mantissa, mut scale, mut point, mut digits) = (0_i128, 0_i32, false, 0);
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'0'..=b'9' => {
                    digits += 1;
                    if mantissa < MANTISSA_MAX * 1_000_000 {
                        mantissa = mantissa * 10 + i128::from(byte - b'0');
                        scale += i32::from(point);
                    } else {
                        scale -= i32::from(!point);
                    }
                }
                b'.' if !point => point = true,
                _ => break,
            }
            at += 1;
        }
        if digits == 0 {
            return Decimal::ZERO;
        }
        if let Some(b'e' | b'E') = bytes.get(at) {
            let rest = text.get(at + 1..).unwrap_or_default();
            let length = rest
                .bytes()
                .enumerate()
                .take_while(|(i, b)| b.is_ascii_digit() || *i == 0 && matches!(b, b'+' | b'-'))
                .count();
            let exponent = rest.get(..length).unwrap_or_default().parse::<i32>().unwrap_or(0);
            scale = scale.saturating_sub(exponent.clamp(-400, 400));
        }
        Decimal::new(if negative { -mantissa } else { mantissa }, scale)
    }

    /// Whether the whole text is a number.
    pub(in crate::sql) fn is_number(text: &str) -> bool {
        let body = text.trim_start_matches(['+', '-']);
        body.bytes().any(|b| b.is_ascii_digit())
            && body.bytes().next().is_some_and(|b| b.is_ascii_digit() || b == b'.')
            && body.parse::<f64>().is_ok()
    }

    pub(in crate::sql) fn of_double(value: f64) -> Decimal {
        if value.is_finite() { Decimal::prefix(&format!("{value:e}")) } else { Decimal::ZERO }
    }

    pub(in crate::sql) fn to_double(self) -> f64 {
        self.to_string().parse().unwrap_or(0.0)
    }

    pub(in crate::sql) fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// The mantissa for a fixed number of decimals, `None` when it passes 64 bits; and whether
    /// nothing was cut off. Rounds half away from zero.
    pub(in crate::sql) fn scaled(self, scale: u8) -> Option<(i64, bool)> {
        let shift = i32::from(scale) - self.scale;
        if shift >= 0 {
            let value = self.mantissa.checked_mul(ten(shift)?)?;
            return i64::try_from(value).ok().map(|v| (v, true));
        }
        let Some(by) = ten(-shift) else { return Some((0, self.mantissa == 0)) };
        let value = divide_rounded(self.mantissa, by);
        i64::try_from(value).ok().map(|v| (v, self.mantissa % by == 0))
    }

    /// The whole part, towards zero.
    pub(in crate::sql) fn truncated(self) -> Option<i64> {
        if self.scale <= 0 {
            return i64::try_from(self.mantissa.checked_mul(ten(-self.scale)?)?).ok();
        }
        let Some(by) = ten(self.scale) else { return Some(0) };
        i64::try_from(self.mantissa / by).ok()
    }

    pub(in crate::sql) fn floor(self) -> Decimal {
        let Some(by) = ten(self.scale.max(0)) else {
            return Decimal::new(if self.mantissa < 0 { -1 } else { 0 }, 0);
        };
        if self.scale <= 0 { self } else { Decimal::new(self.mantissa.div_euclid(by), 0) }
    }

    pub(in crate::sql) fn round(self, places: i32, truncate: bool) -> Decimal {
        if self.scale <= places {
            return self;
        }
        let Some(by) = ten(self.scale - places) else { return Decimal::ZERO };
        let cut = if truncate { self.mantissa / by } else { divide_rounded(self.mantissa, by) };
        Decimal::new(cut, places)
    }

    pub(in crate::sql) fn negate(self) -> Decimal {
        Decimal { mantissa: -self.mantissa, scale: self.scale }
    }

    pub(in crate::sql) fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// Both mantissas at one scale; far apart numbers give up the small one's digits.
    fn aligned(self, other: Decimal) -> (i128, i128, i32) {
        let scale = self.scale.max(other.scale);
        let raise = |d: Decimal| ten(scale - d.scale).and_then(|by| d.mantissa.checked_mul(by));
        match (raise(self), raise(other)) {
            (Some(a), Some(b)) => (a, b, scale),
            _ if self.magnitude() >= other.magnitude() => (self.mantissa, 0, self.scale),
            _ => (0, other.mantissa, other.scale),
        }
    }

    /// Whether a double could hold it: up to 1.7E308 (iris-sql §1.1).
    pub(in crate::sql) fn is_bounded(self) -> bool {
        self.magnitude() < 308 || self.to_double().is_finite()
    }

    fn magnitude(self) -> i32 {
        let digits = i32::try_from(self.mantissa.unsigned_abs().checked_ilog10().unwrap_or(0));
        digits.unwrap_or(0) - self.scale
    }

    pub(in crate::sql) fn add(self, other: Decimal) -> Decimal {
        let (a, b, scale) = self.aligned(other);
        Decimal::new(a + b, scale)
    }

    pub(in crate::sql) fn multiply(self, other: Decimal) -> Decimal {
        Decimal::new(self.mantissa * other.mantissa, self.scale.saturating_add(other.scale))
    }

    /// `None` for a division by zero.
    pub(in crate::sql) fn divide(self, other: Decimal) -> Option<Decimal> {
        if other.mantissa == 0 {
            return None;
        }
        // Both mantissas are below 2^63 < 10^19; 19 more digits leave at least 19 in the quotient.
        let raise = 10_i128.pow(19);
        let whole = self.mantissa / other.mantissa;
        let rest = self.mantissa % other.mantissa;
        let high = whole.checked_mul(raise);
        let low = divide_rounded(rest * raise, other.mantissa);
        let scale = self.scale - other.scale;
        match high.and_then(|h| h.checked_add(low)) {
            Some(quotient) => Some(Decimal::new(quotient, scale + 19)),
            None => Some(Decimal::new(whole, scale)),
        }
    }

    /// The square root to 19 digits, `None` for a negative number.
    pub(in crate::sql) fn square_root(self) -> Option<Decimal> {
        if self.mantissa < 0 {
            return None;
        }
        let (mut value, mut scale) = (self.mantissa.unsigned_abs(), self.scale);
        // As many digits as 127 bits hold, and an even scale, so that its half is whole.
        let room = u128::MAX >> 1;
        while value != 0 && value <= room / 100 {
            value *= 100;
            scale = scale.saturating_add(2);
        }
        if scale % 2 != 0 {
            (value, scale) = match value.checked_mul(10).filter(|v| *v <= room) {
                Some(value) => (value, scale.saturating_add(1)),
                None => (value / 10, scale.saturating_sub(1)),
            };
        }
        let root = value.isqrt();
        let up = value - root * root > root;
        Some(Decimal::new(i128::try_from(root).ok()? + i128::from(up), scale / 2))
    }

    /// With exactly so many decimals, rounded, and a zero before the point.
    pub(in crate::sql) fn fixed(self, decimals: u8) -> String {
        let text = self.round(i32::from(decimals), false).to_string();
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", text.as_str()),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let whole = if whole.is_empty() { "0" } else { whole };
        if decimals == 0 {
            return format!("{sign}{whole}");
        }
        format!("{sign}{whole}.{fraction:0<width$}", width = usize::from(decimals))
    }

    /// The remainder with the dividend's sign, `None` for a division by zero.
    pub(in crate::sql) fn modulo(self, other: Decimal) -> Option<Decimal> {
        if other.mantissa == 0 {
            return None;
        }
        let (a, b, scale) = self.aligned(other);
        if b == 0 { Some(Decimal::ZERO) } else { Some(Decimal::new(a % b, scale)) }
    }

    /// Mantissa and exponent as a `$LIST` decimal holds them, when they fit.
    pub(in crate::sql) fn parts(self) -> Option<(i64, i8)> {
        let mantissa = i64::try_from(self.mantissa).ok()?;
        if self.scale < 0
            && let Some(whole) = self.truncated()
        {
            return Some((whole, 0));
        }
        Some((mantissa, i8::try_from(-self.scale).ok()?))
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let (a, b, _) = self.aligned(*other);
        a.cmp(&b)
    }
}

impl fmt::Display for Decimal {
    /// The canonical form: no leading zero, no trailing zeros (`.5`, `-.5`, `12`).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.mantissa.unsigned_abs().to_string();
        if self.mantissa < 0 {
            f.write_str("-")?;
        }
        let Ok(scale) = usize::try_from(self.scale) else {
            let zeros = usize::try_from(self.scale.unsigned_abs()).unwrap_or(0);
            return write!(f, "{digits}{:0<zeros$}", "");
        };
        if scale == 0 {
            return f.write_str(&digits);
        }
        match digits.len().checked_sub(scale) {
            Some(point) if point > 0 => {
                let (whole, fraction) = digits.split_at(point);
                write!(f, "{whole}.{fraction}")
            }
            _ => write!(f, ".{digits:0>scale$}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn d(text: &str) -> Decimal {
        Decimal::prefix(text)
    }

    /// A text may have more digits than a number: formatting it must not end the process.
    #[test]
    fn long_texts_are_short_numbers() {
        assert_eq!(d(&"7".repeat(100_000)).to_string().len(), 819);
        assert_eq!(d(&format!(".{}1", "0".repeat(100_000))), Decimal::ZERO);
    }

    #[test]
    fn canonical_forms() {
        // iris-sql §4.1.
        for (text, shown) in [
            ("0.50", ".5"),
            ("-0.5", "-.5"),
            ("12.00", "12"),
            ("1e3", "1000"),
            ("abc", "0"),
            ("12abc", "12"),
            ("7E-3", ".007"),
            ("--5", "5"),
            ("", "0"),
            ("1200", "1200"),
        ] {
            assert_eq!(d(text).to_string(), shown, "{text}");
        }
    }

    #[test]
    fn arithmetic_is_decimal() {
        // iris-sql §1.1: 17/7 and 7/2.
        assert_eq!(d("17").divide(d("7")).unwrap().to_string(), "2.428571428571428571");
        assert_eq!(d("7").divide(d("2")).unwrap().to_string(), "3.5");
        assert_eq!(d(".1").add(d(".2")).to_string(), ".3");
        assert_eq!(d("-7").modulo(d("3")).unwrap().to_string(), "-1");
        assert_eq!(d("1").divide(d("0")), None);
        assert_eq!(d("98.765").truncated(), Some(98));
        assert_eq!(d("98.765").scaled(2), Some((9877, false)));
        assert_eq!(d("-1.5").floor().to_string(), "-2");
    }

    #[test]
    fn roots_and_fixed_decimals() {
        let root = |text: &str| d(text).square_root().map(|r| r.to_string());
        assert_eq!(root("2").as_deref(), Some("1.414213562373095049"));
        assert_eq!(root("144").as_deref(), Some("12"));
        assert_eq!(root(".25").as_deref(), Some(".5"));
        assert_eq!(root("0").as_deref(), Some("0"));
        assert_eq!(root("-1"), None);
        assert_eq!(d(".5").fixed(2), "0.50");
        assert_eq!(d("-12.345").fixed(2), "-12.35");
        assert_eq!(d("7").fixed(0), "7");
    }

    proptest! {
        #[test]
        fn exact_squares(n in 0_u32..3_000_000_000, scale in 0_i32..9) {
            let n = Decimal::new(i128::from(n), scale);
            prop_assert_eq!(n.multiply(n).square_root(), Some(n));
        }

        #[test]
        fn division_undoes_multiplication(a in -99_999_i64..99_999, b in 1_i64..99_999) {
            let (a, b) = (Decimal::new(i128::from(a), 2), Decimal::new(i128::from(b), 3));
            prop_assert_eq!(a.multiply(b).divide(b), Some(a));
            let (q, r) = (a.divide(b).map(|q| q.round(0, true)), a.modulo(b));
            let (Some(q), Some(r)) = (q, r) else { panic!("b is not 0") };
            prop_assert_eq!(q.multiply(b).add(r), a);
        }

        #[test]
        fn no_input_panics(
            a in "\\PC{0,30}",
            b in "[-+]?[0-9]{0,25}[.]?[0-9]{0,25}(e-?[0-9]{1,9})?",
        ) {
            let (a, b) = (d(&a), d(&b));
            let _ = (a.add(b), a.multiply(b), a.divide(b), a.modulo(b), b.divide(a), b.multiply(b));
            let _ = (b.scaled(9), b.truncated(), b.floor(), b.round(2, false));
            let _ = (b.parts(), a.cmp(&b), a.square_root(), b.square_root(), b.fixed(9));
            prop_assert_eq!(d(&b.to_string()), b);
        }

        #[test]
        fn whole_sums_are_exact(a in any::<i32>(), b in any::<i32>()) {
            let sum = i64::from(a) + i64::from(b);
            prop_assert_eq!(d(&a.to_string()).add(d(&b.to_string())).truncated(), Some(sum));
        }
    }
}

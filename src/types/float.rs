//! Floating point as PostgreSQL prints it: the shortest text that reads back as the same value.

use bytes::{BufMut, BytesMut};

use super::digits::Digits;

/// From this power of ten on PostgreSQL prints a double with an exponent (`DBL_DIG`).
const DOUBLE_PLAIN_MAX: i64 = 15;
/// The same for a single (`FLT_DIG`).
const SINGLE_PLAIN_MAX: i64 = 6;
/// Below this power of ten both are printed with an exponent.
const PLAIN_MIN: i64 = -4;

/// PostgreSQL's text of NaN and the infinities.
pub(super) fn special_text(value: f64) -> &'static [u8] {
    if value.is_nan() {
        b"NaN"
    } else if value > 0.0 {
        b"Infinity"
    } else {
        b"-Infinity"
    }
}

/// IRIS's text of NaN and the infinities.
pub(super) fn iris_text(value: f64) -> &'static [u8] {
    if value.is_nan() {
        b"NAN"
    } else if value > 0.0 {
        b"INF"
    } else {
        b"-INF"
    }
}

/// The value of IRIS's `NAN`, `INF` and `-INF`.
pub(super) fn iris_special(text: &[u8]) -> Option<f64> {
    match text {
        b"NAN" | b"-NAN" => Some(f64::NAN),
        b"INF" | b"+INF" => Some(f64::INFINITY),
        b"-INF" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

/// Below 2⁵² no double has a decimal of 17 digits on its boundary: half-way points have 54 bits,
/// and each digit after the point multiplies them by five.
const DOUBLE_BOUNDARY_MIN: f64 = 4_503_599_627_370_496.0;
/// The same for a single: 2²², with 25 bits and nine digits.
const SINGLE_BOUNDARY_MIN: f32 = 4_194_304.0;

/// Appends a double's text.
pub(super) fn write_double(out: &mut BytesMut, value: f64) {
    if !value.is_finite() {
        out.put_slice(special_text(value));
        return;
    }
    let mut buffer = ryu::Buffer::new();
    let text = buffer.format_finite(value);
    if (1e-4..1e15).contains(&value.abs()) {
        out.put_slice(text.strip_suffix(".0").unwrap_or(text).as_bytes());
        return;
    }
    let mantissa = Significand::of(value.to_bits(), f64::MANTISSA_DIGITS);
    if value.abs() >= DOUBLE_BOUNDARY_MIN && on_boundary(text, mantissa) {
        let spell = |digits| format!("{value:.digits$e}");
        let found = inside(17, mantissa, spell, |text| text.parse() == Ok(value));
        return arrange(out, value.is_sign_negative(), &found, DOUBLE_PLAIN_MAX);
    }
    arrange(out, value.is_sign_negative(), text, DOUBLE_PLAIN_MAX);
}

/// Appends a single's text.
pub(super) fn write_single(out: &mut BytesMut, value: f32) {
    if !value.is_finite() {
        out.put_slice(special_text(f64::from(value)));
        return;
    }
    let mut buffer = ryu::Buffer::new();
    let text = buffer.format_finite(value);
    if (1e-4..1e6).contains(&value.abs()) {
        out.put_slice(text.strip_suffix(".0").unwrap_or(text).as_bytes());
        return;
    }
    let mantissa = Significand::of(u64::from(value.to_bits()), f32::MANTISSA_DIGITS);
    if value.abs() >= SINGLE_BOUNDARY_MIN && on_boundary(text, mantissa) {
        let spell = |digits| format!("{value:.digits$e}");
        let found = inside(9, mantissa, spell, |text| text.parse() == Ok(value));
        return arrange(out, value.is_sign_negative(), &found, SINGLE_PLAIN_MAX);
    }
    arrange(out, value.is_sign_negative(), text, SINGLE_PLAIN_MAX);
}

/// The significand m of a float, as an integer.
#[derive(Clone, Copy)]
struct Significand {
    value: u64,
    /// At a power of two the neighbour below is only half as far away.
    is_power_of_two: bool,
}

impl Significand {
    /// From the bits of a float with `width` significant bits. The hidden bit is set for subnormal
    /// values too; those have no short decimal on a boundary.
    fn of(bits: u64, width: u32) -> Self {
        let hidden = 1_u64.checked_shl(width.saturating_sub(1)).unwrap_or(0);
        let value = (bits & hidden.saturating_sub(1)) | hidden;
        Self { value, is_power_of_two: value == hidden }
    }

    /// True for the odd part of a half-way point: 2m ± 1, or 4m − 1 below a power of two.
    fn has_boundary(self, odd: u64) -> bool {
        let double = self.value.saturating_mul(2);
        odd == double.saturating_add(1)
            || odd == double.saturating_sub(1)
            || (self.is_power_of_two && odd == double.saturating_mul(2).saturating_sub(1))
    }
}

/// True when the decimal lies exactly half-way between two neighbours.
///
/// Such a decimal reads back as the neighbour with the even significand, so that it is the shortest
/// text of that value; PostgreSQL nevertheless prints a text inside of the interval (1e23 is
/// `9.999999999999999e+22`). As the decimal is near the value, an equal odd part is enough to know.
/// Source: `d2s.c`, `acceptBounds`.
fn on_boundary(text: &str, mantissa: Significand) -> bool {
    let Some(digits) = Digits::parse(text.as_bytes()) else { return false };
    let length = digits.len();
    let power = digits.point().saturating_sub(length);
    // 5²⁴ has more than the 54 bits of a half-way point, and no 17 digits are divisible by 5²⁵.
    if digits.is_zero() || length > 19 || !(-24..24).contains(&power) {
        return false;
    }
    let whole = (0..length).try_fold(0_u64, |value, index| {
        value.checked_mul(10)?.checked_add(u64::from(digits.digit_value(index)))
    });
    let Ok(fives) = u32::try_from(power.unsigned_abs()) else { return false };
    let (Some(whole), Some(scale)) = (whole, 5_u64.checked_pow(fives)) else { return false };
    let scaled = if power >= 0 {
        whole.checked_mul(scale)
    } else {
        whole.is_multiple_of(scale).then(|| whole.checked_div(scale)).flatten()
    };
    let Some(scaled) = scaled.filter(|scaled| *scaled > 0) else { return false };
    let odd = scaled.checked_shr(scaled.trailing_zeros()).unwrap_or(scaled);
    mantissa.has_boundary(odd)
}

/// The shortest of the correctly rounded texts with up to `most` digits that reads back and is
/// not on a boundary. This is the one case that uses the heap.
fn inside(
    most: usize,
    mantissa: Significand,
    spell: impl Fn(usize) -> String,
    reads_back: impl Fn(&str) -> bool,
) -> String {
    (0..most)
        .map(&spell)
        .find(|text| reads_back(text) && !on_boundary(text, mantissa))
        .unwrap_or_else(|| spell(most.saturating_sub(1)))
}

/// Arranges the shortest digits as PostgreSQL does: plainly, or as `d.ddde+XX`.
fn arrange(out: &mut BytesMut, negative: bool, text: &str, plain_max: i64) {
    let Some(digits) = Digits::parse(text.as_bytes()) else { return };
    if digits.is_zero() {
        out.put_slice(if negative { b"-0" } else { b"0" });
        return;
    }
    let power = digits.point().saturating_sub(1);
    if (PLAIN_MIN..plain_max).contains(&power) {
        digits.plain(0, true, |byte| out.put_u8(byte));
        return;
    }
    if negative {
        out.put_u8(b'-');
    }
    out.put_u8(digits.digit(0));
    if digits.len() > 1 {
        out.put_u8(b'.');
        (1..digits.len()).for_each(|index| out.put_u8(digits.digit(index)));
    }
    out.put_slice(if power < 0 { b"e-" } else { b"e+" });
    let power = power.unsigned_abs();
    if power < 10 {
        out.put_u8(b'0');
    }
    out.put_slice(itoa::Buffer::new().format(power).as_bytes());
}

/// The double nearest to an integer.
#[allow(clippy::as_conversions, clippy::cast_precision_loss)]
pub(super) const fn from_integer(value: i64) -> f64 {
    // `as` rounds to nearest even, and nothing else in the language converts these two.
    value as f64
}

/// The double nearest to a decimal text; an infinity when it is too large.
pub(super) fn parse(text: &[u8]) -> Option<f64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// The double nearest to `mantissa` × 10^`exponent`.
pub(super) fn from_decimal(mantissa: i64, exponent: i8) -> Option<f64> {
    /// `-9223372036854775808e-128`, in bytes.
    const LENGTH: usize = 25;
    let mut text = [0; LENGTH];
    let mut integer = itoa::Buffer::new();
    let mut power = itoa::Buffer::new();
    let parts = [integer.format(mantissa), "e", power.format(exponent)];
    let mut length: usize = 0;
    for byte in parts.into_iter().flat_map(str::bytes) {
        *text.get_mut(length)? = byte;
        length = length.saturating_add(1);
    }
    parse(text.get(..length)?)
}

/// The single nearest to a double; `None` when that is an infinity or zero that the double is not.
#[allow(clippy::as_conversions, clippy::cast_possible_truncation)]
pub(super) fn narrow(value: f64) -> Option<f32> {
    // `as` rounds to nearest even, and nothing else in the language converts these two.
    let single = value as f32;
    let overflow = single.is_infinite() && value.is_finite();
    let underflow = single == 0.0 && value != 0.0;
    (!overflow && !underflow).then_some(single)
}

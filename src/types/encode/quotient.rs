//! Quotients of `numeric`, divided here because IRIS's have other digits than PostgreSQL's.
//!
//! A column that is a quotient arrives as the text `dividend/divisor/scale`: two numbers, and the
//! digits after the point that the operands show. Source: `numeric.c`, `select_div_scale`.

use super::super::digits::Digits;
use super::super::error::ValueError;

/// How many significant digits a quotient has at least (`NUMERIC_MIN_SIG_DIGITS`).
const SIGNIFICANT_MIN: i64 = 16;

/// Greatest scale of a quotient, in digits (`NUMERIC_MAX_DISPLAY_SCALE`).
const SCALE_MAX: i64 = 1000;

/// Decimal digits in one of PostgreSQL's (`DEC_DIGITS`).
const GROUP: i64 = 4;

/// Longest divisor, in digits, so that its remainders times ten fit 128 bits. IRIS's numbers end
/// at 19 digits.
const DIVISOR_DIGITS_MAX: i64 = 36;

/// Whether a text is a quotient.
pub(super) fn is_quotient(text: &[u8]) -> bool {
    text.contains(&b'/')
}

/// The quotient's digits and its scale; `None` for a text that is none.
pub(super) fn divide(text: &[u8]) -> Result<Option<(Vec<u8>, i64)>, ValueError> {
    let mut parts = text.split(|byte| *byte == b'/');
    let (Some(dividend), Some(divisor), Some(scale), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Ok(None);
    };
    let scale = std::str::from_utf8(scale).ok().and_then(|scale| scale.parse::<u16>().ok());
    let (Some(dividend), Some(divisor), Some(scale)) =
        (Digits::parse(dividend), Digits::parse(divisor), scale)
    else {
        return Ok(None);
    };
    if divisor.is_zero() {
        return Err(ValueError::DivisionByZero);
    }
    let scale = quotient_scale(&dividend, &divisor, i64::from(scale));
    Ok(long_division(&dividend, &divisor, scale).map(|digits| (digits, scale)))
}

/// The weight and the value of the first group of four digits; zero has weight 0.
fn first_group(digits: &Digits<'_>) -> (i64, i64) {
    if digits.is_zero() {
        return (0, 0);
    }
    let weight = digits.point().saturating_sub(1).div_euclid(GROUP);
    let start = digits.point().saturating_sub(GROUP).saturating_sub(weight.saturating_mul(GROUP));
    let value = (start..start.saturating_add(GROUP)).fold(0_i64, |value, index| {
        value.saturating_mul(10).saturating_add(i64::from(digits.digit_value(index)))
    });
    (weight, value)
}

/// PostgreSQL's choice of a scale: it guesses the quotient's weight from the first groups.
fn quotient_scale(dividend: &Digits<'_>, divisor: &Digits<'_>, shown: i64) -> i64 {
    let (weight, first) = first_group(dividend);
    let (other_weight, other_first) = first_group(divisor);
    let guess = weight.saturating_sub(other_weight).saturating_sub(i64::from(first <= other_first));
    let wanted = SIGNIFICANT_MIN.saturating_sub(guess.saturating_mul(GROUP));
    wanted.max(shown).clamp(0, SCALE_MAX)
}

/// Divides digit by digit and rounds half away from zero.
fn long_division(dividend: &Digits<'_>, divisor: &Digits<'_>, scale: i64) -> Option<Vec<u8>> {
    let unit = |digits: &Digits<'_>| digits.point().saturating_sub(digits.len());
    let shift = unit(dividend).saturating_sub(unit(divisor)).saturating_add(scale);
    let fill = shift.checked_neg()?.max(0);
    if divisor.len().saturating_add(fill) > DIVISOR_DIGITS_MAX {
        return None;
    }
    let by = (0..divisor.len().saturating_add(fill)).fold(0_u128, |value, index| {
        value.saturating_mul(10).saturating_add(u128::from(digit(divisor, index)))
    });
    let mut digits = vec![b'0'];
    let mut rest = 0_u128;
    for index in 0..dividend.len().saturating_add(shift.max(0)) {
        rest = rest.saturating_mul(10).saturating_add(u128::from(digit(dividend, index)));
        let next = u8::try_from(rest.checked_div(by)?).ok()?;
        digits.push(b'0'.saturating_add(next));
        rest = rest.checked_rem(by)?;
    }
    if rest.saturating_mul(2) >= by {
        for place in digits.iter_mut().rev() {
            if *place < b'9' {
                *place = place.saturating_add(1);
                break;
            }
            *place = b'0';
        }
    }
    let scale = usize::try_from(scale).ok()?;
    let missing = scale.saturating_add(1).saturating_sub(digits.len());
    digits.splice(0..0, std::iter::repeat_n(b'0', missing));
    digits.insert(digits.len().saturating_sub(scale), b'.');
    if dividend.is_negative() != divisor.is_negative() {
        digits.insert(0, b'-');
    }
    Some(digits)
}

/// A significant digit; zeros follow the last.
fn digit(digits: &Digits<'_>, index: i64) -> u8 {
    if index < digits.len() { digits.digit_value(index) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients_are_postgresqls() {
        // Computed by PostgreSQL 15.
        for (text, quotient, scale) in [
            ("1.5/3/2", "0.50000000000000000000", 20),
            ("108.86/6/2", "18.1433333333333333", 16),
            ("51/8/0", "6.3750000000000000", 16),
            ("1/1/0", "1.00000000000000000000", 20),
            ("-7/2/0", "-3.5000000000000000", 16),
            ("0/5/0", "0.00000000000000000000", 20),
            ("200/3/0", "66.6666666666666667", 16),
            ("-.5/.3/1", "-1.6666666666666667", 16),
            ("100000/3/0", "33333.333333333333", 12),
            ("1/100/0", "0.01000000000000000000", 20),
        ] {
            let (digits, found) = divide(text.as_bytes()).unwrap().unwrap();
            let shown = String::from_utf8(digits).unwrap();
            let trimmed = shown.trim_start_matches('-').trim_start_matches('0');
            let wanted = quotient.trim_start_matches('-').trim_start_matches('0');
            assert_eq!((trimmed, found), (wanted, scale), "{text}");
            assert_eq!(shown.starts_with('-'), quotient.starts_with('-'), "{text}");
        }
    }

    #[test]
    fn what_is_no_quotient_is_refused() {
        assert_eq!(divide(b"1/0/0"), Err(ValueError::DivisionByZero));
        for text in ["/", "1/2", "1/2/x", "a/2/0", "1/2/0/0", "1//0"] {
            assert_eq!(divide(text.as_bytes()), Ok(None), "{text}");
        }
    }
}

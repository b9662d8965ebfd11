//! Numbers by the formats of TO_CHAR (iris-sql §2).

use super::super::decimal::Decimal;

/// A number in a format of `9 0 $ . ,` with `S` or `MI` (iris-sql §2). UNVERIFIED(iris): `#` in all
/// places where the number is too long, a blank for the sign of a positive one.
pub(super) fn number_text(value: Decimal, format: &str) -> String {
    let upper = format.trim().to_ascii_uppercase();
    let (front_sign, body) = match upper.strip_prefix('S') {
        Some(rest) => (true, rest.to_owned()),
        None => (false, upper),
    };
    let (back_sign, body) = match body.strip_suffix('S') {
        Some(rest) => (true, rest.to_owned()),
        None => (false, body),
    };
    let (minus_behind, body) = match body.strip_suffix("MI") {
        Some(rest) => (true, rest.to_owned()),
        None => (false, body),
    };
    let (dollar, body) = (body.contains('$'), body.replace('$', ""));
    let (whole, fraction) = body.split_once('.').unwrap_or((body.as_str(), ""));
    let places = u8::try_from(fraction.chars().filter(|x| matches!(x, '9' | '0')).count());
    let text = value.fixed(places.unwrap_or(u8::MAX));
    let negative = text.starts_with('-');
    let text = text.trim_start_matches('-');
    let (given, decimals) = text.split_once('.').unwrap_or((text, ""));
    let given = if given == "0" && !fraction.is_empty() { "" } else { given };
    let width = body.len() + usize::from(dollar) + 1;
    if given.len() > whole.chars().filter(|x| matches!(x, '9' | '0')).count() {
        return "#".repeat(width);
    }
    let mut left = given.chars().rev();
    let mut zero = whole.chars().filter(|x| *x == '0').count();
    let mut out = Vec::new();
    let mut open = true;
    for place in whole.chars().rev() {
        match place {
            '9' | '0' => match left.next() {
                Some(digit) => {
                    out.push(digit);
                    zero = zero.saturating_sub(usize::from(place == '0'));
                }
                // Zeros stand up to the first `0` of the format.
                None if zero > 0 => {
                    out.push('0');
                    zero -= usize::from(place == '0');
                }
                None => open = false,
            },
            ',' if open && (left.clone().next().is_some() || zero > 0) => out.push(','),
            _ => {}
        }
    }
    let mut digits: String = out.into_iter().rev().collect();
    if dollar {
        digits.insert(0, '$');
    }
    if !fraction.is_empty() {
        digits = format!("{digits}.{decimals}");
    }
    let sign = if negative { "-" } else { "+" };
    let shown = match (front_sign, back_sign, minus_behind) {
        (true, _, _) => format!("{sign}{digits}"),
        (_, true, _) => format!("{digits}{sign}"),
        (_, _, true) => format!("{digits}{}", if negative { "-" } else { " " }),
        _ => format!("{}{digits}", if negative { "-" } else { " " }),
    };
    // `format!` takes no width beyond 16 bits.
    format!("{}{shown}", " ".repeat(width.saturating_sub(shown.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_by_their_format() {
        let of = |text: &str, format| number_text(Decimal::prefix(text), format);
        assert_eq!(of("1234.5", "9,999.99"), " 1,234.50");
        assert_eq!(of("12", "9999"), "   12");
        assert_eq!(of("-12", "9999"), "  -12");
        assert_eq!(of("12", "0099"), " 0012");
        assert_eq!(of("12", "S99"), "+12");
        assert_eq!(of("-12", "99S"), "12-");
        assert_eq!(of("1234", "$9,999"), " $1,234");
        assert_eq!(of("12345", "999"), "####");
    }
}

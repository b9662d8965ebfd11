//! UUIDs in the spellings that PostgreSQL reads, and in the one that it writes.

/// Reads 32 hexadecimal digits of either case, with optional hyphens after any group of four and
/// optional braces around it all. Source: `uuid_in`.
pub(super) fn parse(text: &[u8]) -> Option<[u8; 16]> {
    let inner = match text.split_first() {
        Some((b'{', rest)) => rest.strip_suffix(b"}")?,
        _ => text,
    };
    let mut bytes = [0; 16];
    let mut rest = inner;
    for (index, place) in bytes.iter_mut().enumerate() {
        let ([high, low], tail) = rest.split_first_chunk::<2>()?;
        *place = (digit(*high)? << 4) | digit(*low)?;
        let hyphen_may_follow = index.checked_rem(2) == Some(1) && index < 15;
        rest = match tail.split_first() {
            Some((b'-', after)) if hyphen_may_follow => after,
            _ => tail,
        };
    }
    rest.is_empty().then_some(bytes)
}

/// The value of a hexadecimal digit.
pub(super) fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// The 36 characters `8-4-4-4-12`, in lower case.
pub(super) fn text(bytes: [u8; 16]) -> [u8; 36] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let spelled = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0');
    let mut text = [b'-'; 36];
    let places = (0..36).filter(|place| !matches!(place, 8 | 13 | 18 | 23));
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0F]);
    for (place, nibble) in places.zip(nibbles) {
        if let Some(spot) = text.get_mut(place) {
            *spot = spelled(nibble);
        }
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn all_spellings_mean_the_same() {
        let plain = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
        for spelling in [
            plain,
            "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
            "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}",
            "a0eebc999c0b4ef8bb6d6bb9bd380a11",
            "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11",
        ] {
            let bytes = parse(spelling.as_bytes()).unwrap();
            assert_eq!(text(bytes), plain.as_bytes(), "{spelling}");
        }
        for wrong in ["", "{}", "a0eebc99", "{a0eebc999c0b4ef8bb6d6bb9bd380a11", "a-0eebc99"] {
            assert_eq!(parse(wrong.as_bytes()), None, "{wrong}");
        }
    }
}

//! Text from clients: UTF-8, checked by PostgreSQL's rules and refused in its words.

use std::fmt;

/// The bytes that PostgreSQL would show for the first character that is not UTF-8: as many as its
/// first byte announces, at most what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidBytes {
    bytes: [u8; 4],
    len: usize,
}

impl InvalidBytes {
    /// The offending bytes, one to four of them.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or(&self.bytes)
    }

    fn at_start_of(rest: &[u8]) -> Self {
        let announced = rest.first().map_or(1, |first| announced_length(*first));
        let mut bytes = [0; 4];
        let mut len = 0_usize;
        for (to, from) in bytes.iter_mut().zip(rest).take(announced) {
            *to = *from;
            len = len.saturating_add(1);
        }
        InvalidBytes { bytes, len }
    }
}

/// PostgreSQL's message for SQLSTATE 22021, with exactly its bytes.
impl fmt::Display for InvalidBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid byte sequence for encoding \"UTF8\":")?;
        self.bytes().iter().try_for_each(|byte| write!(f, " 0x{byte:02x}"))
    }
}

/// How long the character is that begins with this byte, as `pg_utf_mblen` has it: 1 for bytes that
/// cannot begin one.
fn announced_length(first: u8) -> usize {
    match first {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf7 => 4,
        _ => 1,
    }
}

/// Reads text, or says which bytes are none. A NUL is not looked for: in messages it ends a string.
pub fn text(bytes: &[u8]) -> Result<&str, InvalidBytes> {
    std::str::from_utf8(bytes).map_err(|error| {
        InvalidBytes::at_start_of(bytes.get(error.valid_up_to()..).unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::text;

    /// C9 of the catalogue: recorded from PostgreSQL 15.18, and the byte classes around them.
    #[test]
    fn names_postgresqls_bytes() {
        let cases: &[(&[u8], &str)] = &[
            (b"select '\xff'", "0xff"),
            (b"select '\xc0\xaf'", "0xc0 0xaf"),
            (b"select '\xed\xa0\x80'", "0xed 0xa0 0x80"),
            (b"select '\xe2\x82'", "0xe2 0x82 0x27"),
            (b"\xf5\x80\x80\x80\x80", "0xf5 0x80 0x80 0x80"),
            (b"\xf8\x88\x80\x80\x80", "0xf8"),
            (b"abc\x80def", "0x80"),
            (b"\xe2\x82", "0xe2 0x82"),
        ];
        for (bytes, shown) in cases {
            let message = text(bytes).expect_err("not UTF-8").to_string();
            assert_eq!(message, format!("invalid byte sequence for encoding \"UTF8\": {shown}"));
        }
    }

    #[test]
    fn leaves_good_text_alone() {
        assert_eq!(text("Grüße, 世界 😀".as_bytes()), Ok("Grüße, 世界 😀"));
        assert_eq!(text(b""), Ok(""));
    }
}

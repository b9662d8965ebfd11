//! Whether a text is JSON, and of which kind.

/// Kinds of JSON values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum Kind {
    Object,
    Array,
    Scalar,
}

/// How deep arrays and objects may go: 100 levels, so that reading fits any stack. The vendor's
/// own limit is not published.
const DEPTH_MAX: usize = 100;

/// The kind of a JSON text, `None` for what is no JSON (RFC 8259).
pub(in crate::sql) fn kind(text: &str) -> Option<Kind> {
    let mut reader = Reader { rest: text.as_bytes() };
    let found = reader.value(0)?;
    reader.blanks();
    reader.rest.is_empty().then_some(found)
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn blanks(&mut self) {
        while let [b' ' | b'\t' | b'\r' | b'\n', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    fn byte(&mut self, wanted: u8) -> Option<()> {
        self.blanks();
        match self.rest {
            [first, rest @ ..] if *first == wanted => {
                self.rest = rest;
                Some(())
            }
            _ => None,
        }
    }

    /// Any value, for IS JSON (iris-sql §2, Appendix C).
    fn value(&mut self, depth: usize) -> Option<Kind> {
        if depth > DEPTH_MAX {
            return None;
        }
        self.blanks();
        match self.rest.first()? {
            b'{' => {
                self.byte(b'{')?;
                self.members(b'}', |reader| {
                    reader.blanks();
                    reader.string()?;
                    reader.byte(b':')?;
                    reader.value(depth + 1).map(|_| ())
                })?;
                Some(Kind::Object)
            }
            b'[' => {
                self.byte(b'[')?;
                self.members(b']', |reader| reader.value(depth + 1).map(|_| ()))?;
                Some(Kind::Array)
            }
            b'"' => self.string().map(|()| Kind::Scalar),
            b'-' | b'0'..=b'9' => self.number().map(|()| Kind::Scalar),
            _ => {
                let word = ["true", "false", "null"]
                    .into_iter()
                    .find(|word| self.rest.starts_with(word.as_bytes()))?;
                self.rest = self.rest.get(word.len()..)?;
                Some(Kind::Scalar)
            }
        }
    }

    fn members(&mut self, end: u8, mut read: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        if self.byte(end).is_some() {
            return Some(());
        }
        loop {
            read(self)?;
            if self.byte(b',').is_none() {
                return self.byte(end);
            }
        }
    }

    /// A string with its escapes, for IS JSON (iris-sql §2, Appendix C).
    fn string(&mut self) -> Option<()> {
        self.byte(b'"')?;
        loop {
            let (first, rest) = self.rest.split_first()?;
            self.rest = rest;
            match first {
                b'"' => return Some(()),
                b'\\' => {
                    let (escaped, rest) = self.rest.split_first()?;
                    self.rest = rest;
                    match escaped {
                        b'u' => {
                            let (digits, rest) = self.rest.split_at_checked(4)?;
                            if !digits.iter().all(u8::is_ascii_hexdigit) {
                                return None;
                            }
                            self.rest = rest;
                        }
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                        _ => return None,
                    }
                }
                0..=0x1f => return None,
                _ => {}
            }
        }
    }

    fn digits(&mut self) -> usize {
        let count = self.rest.iter().take_while(|b| b.is_ascii_digit()).count();
        self.rest = self.rest.get(count..).unwrap_or_default();
        count
    }

    fn mark(&mut self, wanted: &[u8]) -> bool {
        match self.rest {
            [first, rest @ ..] if wanted.contains(first) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn number(&mut self) -> Option<()> {
        self.mark(b"-");
        let zero = self.rest.first() == Some(&b'0');
        let whole = self.digits();
        if whole == 0 || zero && whole > 1 || self.mark(b".") && self.digits() == 0 {
            return None;
        }
        if self.mark(b"eE") {
            self.mark(b"+-");
            if self.digits() == 0 {
                return None;
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_their_kinds() {
        for (text, found) in [
            ("{}", Some(Kind::Object)),
            (" {\"a\" : [1, -2.5e3, \"x\\u00e9\\n\", null] } ", Some(Kind::Object)),
            ("[]", Some(Kind::Array)),
            ("\"x\"", Some(Kind::Scalar)),
            ("true", Some(Kind::Scalar)),
            ("", None),
            ("{a:1}", None),
            ("[1,]", None),
            ("01", None),
            ("1.", None),
            ("\"\\x\"", None),
            ("{} x", None),
        ] {
            assert_eq!(kind(text), found, "{text}");
        }
        assert_eq!(kind(&"[".repeat(100_000)), None);
    }
}

//! Strings and quoted identifiers.

use super::{Kind, Lexer, SqlError, is_space};

/// How the inside of a string is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rules {
    /// `'…'`: a backslash is data.
    Standard,
    /// `E'…'`
    Escapes,
    /// `U&'…'`
    Unicode,
}

/// 42601 with a message of the lexer.
pub(super) fn invalid(message: &str, at: usize) -> SqlError {
    SqlError::new("42601", message.to_owned()).at(at)
}

fn bad_bytes(bytes: &[u8], at: usize) -> SqlError {
    let hex: Vec<String> = bytes.iter().map(|b| format!("0x{b:02x}")).collect();
    let hex = hex.join(" ");
    let message = format!("invalid byte sequence for encoding \"UTF8\": {hex}");
    SqlError::new("22021", message).at(at)
}

impl Lexer<'_> {
    /// A string literal whose prefix is `prefix` bytes long, and the parts that continue it.
    pub(super) fn text(&mut self, rules: Rules, prefix: usize) -> Result<Kind, SqlError> {
        let start = self.cursor.at();
        self.cursor.skip(prefix);
        let mut bytes = Vec::new();
        loop {
            self.cursor.skip(1);
            self.part(rules, &mut bytes, start)?;
            if !self.continued() {
                break;
            }
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let from = error.utf8_error().valid_up_to();
            let wrong = error.as_bytes().get(from..).unwrap_or_default();
            bad_bytes(wrong.get(..wrong.len().min(2)).unwrap_or_default(), start)
        })?;
        if rules == Rules::Unicode {
            return self.unicode(&text, start).map(Kind::Text);
        }
        Ok(Kind::Text(text))
    }

    /// One part up to its closing quote.
    fn part(&mut self, rules: Rules, out: &mut Vec<u8>, start: usize) -> Result<(), SqlError> {
        loop {
            let Some(c) = self.cursor.next_char() else {
                let token = self.cursor.since(start);
                let message = format!("unterminated quoted string at or near \"{token}\"");
                return Err(invalid(&message, start));
            };
            match c {
                '\'' if self.cursor.byte(0) == Some(b'\'') => {
                    self.cursor.skip(1);
                    out.push(b'\'');
                }
                '\'' => return Ok(()),
                '\\' if rules == Rules::Escapes => self.escape(out, start)?,
                c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
    }

    /// Literals join when blanks with a newline, and comments to the end of line, stand between.
    fn continued(&mut self) -> bool {
        let back = self.cursor.at();
        let mut newline = false;
        loop {
            match (self.cursor.byte(0), self.cursor.byte(1)) {
                (Some(b), _) if is_space(b) => {
                    newline |= b == b'\n' || b == b'\r';
                    self.cursor.skip(1);
                }
                (Some(b'-'), Some(b'-')) => {
                    self.cursor.skip_while(|b| b != b'\n' && b != b'\r');
                }
                (Some(b'\''), _) if newline => return true,
                _ => {
                    self.cursor.go(back);
                    return false;
                }
            }
        }
    }

    /// What follows a backslash in `E'…'`.
    fn escape(&mut self, out: &mut Vec<u8>, start: usize) -> Result<(), SqlError> {
        let at = self.cursor.at().saturating_sub(1);
        let Some(c) = self.cursor.next_char() else {
            let token = self.cursor.since(start);
            let message = format!("unterminated quoted string at or near \"{token}\"");
            return Err(invalid(&message, start));
        };
        match c {
            'b' => out.push(8),
            'f' => out.push(12),
            'n' => out.push(b'\n'),
            'r' => out.push(b'\r'),
            't' => out.push(b'\t'),
            '0'..='7' => {
                let more = self.digits(2, 8);
                let value = u32::from_str_radix(&format!("{c}{more}"), 8).unwrap_or(0) & 0xff;
                push_byte(out, value, at)?;
            }
            'x' if self.cursor.byte(0).is_some_and(|b| b.is_ascii_hexdigit()) => {
                let digits = self.digits(2, 16);
                push_byte(out, u32::from_str_radix(&digits, 16).unwrap_or(0), at)?;
            }
            'u' | 'U' => {
                let width = if c == 'u' { 4 } else { 8 };
                let unit = self.code(width, at)?;
                let scalar = self.pair(unit, at)?;
                out.extend_from_slice(scalar.encode_utf8(&mut [0; 4]).as_bytes());
            }
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        Ok(())
    }

    /// Up to `most` digits of a radix.
    fn digits(&mut self, most: usize, radix: u32) -> String {
        let mut found = String::new();
        while found.len() < most {
            match self.cursor.char() {
                Some(c) if c.is_digit(radix) => {
                    found.push(c);
                    self.cursor.skip(1);
                }
                _ => break,
            }
        }
        found
    }

    /// Exactly `width` hexadecimal digits.
    fn code(&mut self, width: usize, at: usize) -> Result<u32, SqlError> {
        let digits = self.digits(width, 16);
        if digits.len() != width {
            return Err(SqlError::new("22025", "invalid Unicode escape")
                .hint("Unicode escapes must be \\uXXXX or \\UXXXXXXXX.")
                .at(at));
        }
        Ok(u32::from_str_radix(&digits, 16).unwrap_or(u32::MAX))
    }

    /// The character of a code, with the second half of a surrogate pair read from the text.
    fn pair(&mut self, unit: u32, at: usize) -> Result<char, SqlError> {
        if !(0xD800..0xDC00).contains(&unit) {
            return scalar(unit, at);
        }
        let width = match (self.cursor.byte(0), self.cursor.byte(1)) {
            (Some(b'\\'), Some(b'u')) => 4,
            (Some(b'\\'), Some(b'U')) => 8,
            _ => return Err(invalid("invalid Unicode surrogate pair", at)),
        };
        self.cursor.skip(2);
        let second = self.code(width, at)?;
        join(unit, second, at)
    }

    /// `"…"`
    pub(super) fn quoted(&mut self) -> Result<Kind, SqlError> {
        let start = self.cursor.at();
        self.cursor.skip(1);
        let inside = self.quoted_part(start)?;
        Ok(Kind::Quoted(self.cut(inside, start)))
    }

    /// `U&"…"`
    pub(super) fn unicode_quoted(&mut self) -> Result<Kind, SqlError> {
        let start = self.cursor.at();
        self.cursor.skip(3);
        let inside = self.quoted_part(start)?;
        let inside = self.unicode(&inside, start)?;
        Ok(Kind::Quoted(self.cut(inside, start)))
    }

    fn quoted_part(&mut self, start: usize) -> Result<String, SqlError> {
        let mut inside = String::new();
        loop {
            match self.cursor.next_char() {
                Some('"') if self.cursor.byte(0) == Some(b'"') => {
                    self.cursor.skip(1);
                    inside.push('"');
                }
                Some('"') => break,
                Some(c) => inside.push(c),
                None => {
                    let token = self.cursor.since(start);
                    let message = format!("unterminated quoted identifier at or near \"{token}\"");
                    return Err(invalid(&message, start));
                }
            }
        }
        if inside.is_empty() {
            let token = self.cursor.since(start);
            let message = format!("zero-length delimited identifier at or near \"{token}\"");
            return Err(invalid(&message, start));
        }
        Ok(inside)
    }

    /// Decodes `\XXXX` and `\+XXXXXX`, with the escape character that UESCAPE names.
    fn unicode(&mut self, text: &str, start: usize) -> Result<String, SqlError> {
        let escape = self.uescape()?;
        let mut out = String::new();
        let mut chars = text.chars();
        let mut high: Option<u32> = None;
        while let Some(c) = chars.next() {
            if c != escape {
                if high.is_some() {
                    return Err(invalid("invalid Unicode surrogate pair", start));
                }
                out.push(c);
                continue;
            }
            let mut ahead = chars.clone();
            if ahead.next() == Some(escape) {
                chars = ahead;
                out.push(escape);
                continue;
            }
            let mut ahead = chars.clone();
            let width = if ahead.next() == Some('+') {
                chars = ahead;
                6
            } else {
                4
            };
            let digits: String = chars.by_ref().take(width).collect();
            let good = digits.len() == width && digits.bytes().all(|b| b.is_ascii_hexdigit());
            let Some(unit) = u32::from_str_radix(&digits, 16).ok().filter(|_| good) else {
                return Err(SqlError::new("42601", "invalid Unicode escape")
                    .hint("Unicode escapes must be \\XXXX or \\+XXXXXX.")
                    .at(start));
            };
            match high.take() {
                Some(first) => out.push(join(first, unit, start)?),
                None if (0xD800..0xDC00).contains(&unit) => high = Some(unit),
                None => out.push(scalar(unit, start)?),
            }
        }
        if high.is_some() {
            return Err(invalid("invalid Unicode surrogate pair", start));
        }
        Ok(out)
    }

    /// `UESCAPE 'c'` behind the string, if it is there.
    fn uescape(&mut self) -> Result<char, SqlError> {
        let back = self.cursor.at();
        self.space()?;
        let word = self.cursor.rest().get(..7).unwrap_or_default();
        if !word.eq_ignore_ascii_case("uescape") {
            self.cursor.go(back);
            return Ok('\\');
        }
        self.cursor.skip(7);
        self.space()?;
        let at = self.cursor.at();
        let mut chars = self.cursor.rest().chars();
        let found = (chars.next(), chars.next(), chars.next());
        match found {
            (Some('\''), Some(c), Some('\''))
                if !c.is_ascii_hexdigit()
                    && !matches!(c, '+' | '\'' | '"')
                    && !c.is_whitespace() =>
            {
                self.cursor.skip(2_usize.saturating_add(c.len_utf8()));
                Ok(c)
            }
            _ => Err(invalid("invalid Unicode escape character", at)),
        }
    }
}

fn push_byte(out: &mut Vec<u8>, value: u32, at: usize) -> Result<(), SqlError> {
    match u8::try_from(value) {
        Ok(0) | Err(_) => Err(bad_bytes(&[0], at)),
        Ok(byte) => {
            out.push(byte);
            Ok(())
        }
    }
}

fn scalar(code: u32, at: usize) -> Result<char, SqlError> {
    match char::from_u32(code) {
        Some('\0') | None if (0xDC00..0xE000).contains(&code) => {
            Err(invalid("invalid Unicode surrogate pair", at))
        }
        Some('\0') | None => Err(invalid("invalid Unicode escape value", at)),
        Some(c) => Ok(c),
    }
}

fn join(high: u32, low: u32, at: usize) -> Result<char, SqlError> {
    if !(0xDC00..0xE000).contains(&low) {
        return Err(invalid("invalid Unicode surrogate pair", at));
    }
    let high = (high & 0x3ff) << 10;
    scalar(0x1_0000_u32.saturating_add(high).saturating_add(low & 0x3ff), at)
}

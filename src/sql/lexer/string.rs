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

/// The same with the text that PostgreSQL's lexer has just read.
fn near(message: &str, token: &str, at: usize) -> SqlError {
    SqlError::new("42601", format!("{message} at or near \"{token}\"")).at(at)
}

/// PostgreSQL finds these when the whole literal is read, and names no place.
fn bad_bytes(bytes: &[u8]) -> SqlError {
    let hex: Vec<String> = bytes.iter().map(|b| format!("0x{b:02x}")).collect();
    let hex = hex.join(" ");
    let message = format!("invalid byte sequence for encoding \"UTF8\": {hex}");
    SqlError::new("22021", message).late()
}

/// The length of the character that the first byte announces, as PostgreSQL shows it.
fn announced(bytes: &[u8]) -> usize {
    match bytes.first() {
        Some(0xC2..=0xDF) => 2,
        Some(0xE0..=0xEF) => 3,
        Some(0xF0..=0xF4) => 4,
        _ => 1,
    }
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
            let length = announced(wrong).min(wrong.len());
            bad_bytes(wrong.get(..length).unwrap_or_default())
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
                push_byte(out, value)?;
            }
            'x' if self.cursor.byte(0).is_some_and(|b| b.is_ascii_hexdigit()) => {
                let digits = self.digits(2, 16);
                push_byte(out, u32::from_str_radix(&digits, 16).unwrap_or(0))?;
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
            return scalar(unit).map_err(|wrong| near(wrong, self.cursor.since(at), at));
        }
        let second = self.cursor.at();
        let width = match (self.cursor.byte(0), self.cursor.byte(1)) {
            (Some(b'\\'), Some(b'u')) => 4,
            (Some(b'\\'), Some(b'U')) => 8,
            _ => {
                self.cursor.next_char();
                return Err(near(UNPAIRED, self.cursor.since(second), second));
            }
        };
        self.cursor.skip(2);
        let low = self.code(width, second)?;
        join(unit, low).map_err(|wrong| near(wrong, self.cursor.since(second), second))
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

    /// Decodes `\XXXX` and `\+XXXXXX`, with the escape character that UESCAPE names. PostgreSQL
    /// counts the place of an error in the text without its quotes.
    fn unicode(&mut self, text: &str, start: usize) -> Result<String, SqlError> {
        let escape = self.uescape()?;
        let place = |within: usize| start.saturating_add(PREFIX).saturating_add(within);
        let mut out = String::new();
        let mut chars = text.char_indices();
        let mut high: Option<u32> = None;
        while let Some((at, c)) = chars.next() {
            let next = chars.clone().next().map(|(_, next)| next);
            if c != escape || next == Some(escape) {
                if high.is_some() {
                    return Err(invalid(UNPAIRED, place(at)));
                }
                if c == escape {
                    chars.next();
                }
                out.push(c);
                continue;
            }
            let width = if next == Some('+') {
                chars.next();
                6
            } else {
                4
            };
            let digits: String = chars.by_ref().take(width).map(|(_, digit)| digit).collect();
            let good = digits.len() == width && digits.bytes().all(|b| b.is_ascii_hexdigit());
            let Some(unit) = u32::from_str_radix(&digits, 16).ok().filter(|_| good) else {
                return Err(SqlError::new("42601", "invalid Unicode escape")
                    .hint("Unicode escapes must be \\XXXX or \\+XXXXXX.")
                    .at(place(at)));
            };
            let decoded = match high.take() {
                Some(first) => join(first, unit),
                None if (0xD800..0xDC00).contains(&unit) => {
                    high = Some(unit);
                    continue;
                }
                None => scalar(unit),
            };
            out.push(decoded.map_err(|wrong| invalid(wrong, place(at)))?);
        }
        if high.is_some() {
            return Err(invalid(UNPAIRED, place(text.len())));
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
        if self.cursor.byte(0) != Some(b'\'') {
            self.cursor.next_char();
            let message = "UESCAPE must be followed by a simple string literal";
            return Err(near(message, self.cursor.since(at), at));
        }
        self.cursor.skip(1);
        let mut inside = Vec::new();
        self.part(Rules::Standard, &mut inside, at)?;
        let inside = String::from_utf8_lossy(&inside);
        let mut chars = inside.chars();
        match (chars.next(), chars.next()) {
            (Some(c), None)
                if !c.is_ascii_hexdigit()
                    && !matches!(c, '+' | '\'' | '"')
                    && !c.is_whitespace() =>
            {
                Ok(c)
            }
            _ => Err(near("invalid Unicode escape character", self.cursor.since(at), at)),
        }
    }
}

/// What half a character in UTF-16 is called.
const UNPAIRED: &str = "invalid Unicode surrogate pair";

/// Bytes of `U&'`.
const PREFIX: usize = 3;

fn push_byte(out: &mut Vec<u8>, value: u32) -> Result<(), SqlError> {
    match u8::try_from(value) {
        Ok(0) | Err(_) => Err(bad_bytes(&[0])),
        Ok(byte) => {
            out.push(byte);
            Ok(())
        }
    }
}

fn scalar(code: u32) -> Result<char, &'static str> {
    match char::from_u32(code) {
        Some('\0') | None if (0xDC00..0xE000).contains(&code) => Err(UNPAIRED),
        Some('\0') | None => Err("invalid Unicode escape value"),
        Some(c) => Ok(c),
    }
}

fn join(high: u32, low: u32) -> Result<char, &'static str> {
    if !(0xDC00..0xE000).contains(&low) {
        return Err(UNPAIRED);
    }
    let high = (high & 0x3ff) << 10;
    scalar(0x1_0000_u32.saturating_add(high).saturating_add(low & 0x3ff))
}

//! `json`: a text that PostgreSQL would take. It is kept as it was written. Source: `json_in`.

use super::super::error::ValueError;

/// Arrays and objects within one another at most. PostgreSQL has no number for it: it ends where
/// its stack does, which with the usual 2 MB is at about this depth (measured on 15.18).
const DEPTH_MAX: usize = 14_500;

/// What may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Value,
    /// A value, or the end of an array that has none.
    FirstValue,
    /// A key, or the end of an object that has none.
    FirstKey,
    Key,
    /// A comma, or the end of what is open.
    After,
}

/// Refuses what is no JSON.
pub(super) fn check(text: &str) -> Result<(), ValueError> {
    let mut scan = Scan { rest: text.as_bytes() };
    match scan.document() {
        Ok(()) => Ok(()),
        Err(Fault::Syntax) => Err(ValueError::Json),
        Err(Fault::Depth) => Err(ValueError::Depth),
    }
}

enum Fault {
    Syntax,
    Depth,
}

struct Scan<'a> {
    rest: &'a [u8],
}

impl Scan<'_> {
    fn document(&mut self) -> Result<(), Fault> {
        // The brackets that are open: true for an object.
        let mut open: Vec<bool> = Vec::new();
        let mut next = Next::Value;
        loop {
            self.blanks();
            let Some(byte) = self.peek() else {
                let done = next == Next::After && open.is_empty();
                return if done { Ok(()) } else { Err(Fault::Syntax) };
            };
            next = match (next, byte) {
                (Next::Value | Next::FirstValue, b'{' | b'[') => {
                    self.skip();
                    if open.len() >= DEPTH_MAX {
                        return Err(Fault::Depth);
                    }
                    open.push(byte == b'{');
                    if byte == b'{' { Next::FirstKey } else { Next::FirstValue }
                }
                (Next::FirstValue | Next::After, b']') if open.last() == Some(&false) => {
                    self.close(&mut open)
                }
                (Next::FirstKey | Next::After, b'}') if open.last() == Some(&true) => {
                    self.close(&mut open)
                }
                (Next::Value | Next::FirstValue, _) => {
                    self.scalar(byte)?;
                    Next::After
                }
                (Next::FirstKey | Next::Key, b'"') => {
                    self.string()?;
                    self.blanks();
                    if !self.take(b':') {
                        return Err(Fault::Syntax);
                    }
                    Next::Value
                }
                (Next::After, b',') => {
                    self.skip();
                    match open.last() {
                        Some(true) => Next::Key,
                        Some(false) => Next::Value,
                        None => return Err(Fault::Syntax),
                    }
                }
                _ => return Err(Fault::Syntax),
            };
        }
    }

    fn close(&mut self, open: &mut Vec<bool>) -> Next {
        self.skip();
        open.pop();
        Next::After
    }

    fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    fn skip(&mut self) {
        self.rest = self.rest.get(1..).unwrap_or_default();
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.skip();
        }
        found
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.skip();
        }
    }

    fn scalar(&mut self, byte: u8) -> Result<(), Fault> {
        match byte {
            b'"' => return self.string(),
            b'-' | b'0'..=b'9' => self.number()?,
            _ => {
                let words: [&[u8]; 3] = [b"true", b"false", b"null"];
                let word = words.iter().find_map(|word| self.rest.strip_prefix(*word));
                self.rest = word.ok_or(Fault::Syntax)?;
            }
        }
        // A letter that follows belongs to the same word, which is none then.
        match self.peek() {
            Some(byte) if byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii() => {
                Err(Fault::Syntax)
            }
            _ => Ok(()),
        }
    }

    fn number(&mut self) -> Result<(), Fault> {
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            if !self.take(b'+') {
                self.take(b'-');
            }
            self.digits()?;
        }
        Ok(())
    }

    /// At least one digit.
    fn digits(&mut self) -> Result<(), Fault> {
        let end = self.rest.iter().position(|byte| !byte.is_ascii_digit());
        let end = end.unwrap_or(self.rest.len());
        self.rest = self.rest.get(end..).unwrap_or_default();
        if end == 0 { Err(Fault::Syntax) } else { Ok(()) }
    }

    /// A string; what `\u` names is not looked at, as PostgreSQL does for `json`.
    fn string(&mut self) -> Result<(), Fault> {
        self.skip();
        loop {
            let byte = self.peek().ok_or(Fault::Syntax)?;
            self.skip();
            match byte {
                b'"' => return Ok(()),
                0..=0x1F => return Err(Fault::Syntax),
                b'\\' => self.escape()?,
                _ => {}
            }
        }
    }

    fn escape(&mut self) -> Result<(), Fault> {
        let byte = self.peek().ok_or(Fault::Syntax)?;
        self.skip();
        match byte {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(()),
            b'u' => {
                let digits = self.rest.get(..4).ok_or(Fault::Syntax)?;
                if !digits.iter().all(u8::is_ascii_hexdigit) {
                    return Err(Fault::Syntax);
                }
                self.rest = self.rest.get(4..).unwrap_or_default();
                Ok(())
            }
            _ => Err(Fault::Syntax),
        }
    }
}

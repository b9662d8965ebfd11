//! An interval's text as fields. Source: `ParseDateTime`.

/// The most fields that a text may have (`MAXDATEFIELDS`).
const FIELDS_MAX: usize = 25;

/// The most bytes of all fields, each with a byte that ends it: `interval_in`'s work buffer.
const FIELD_BYTES_MAX: usize = 256;

/// Short words that PostgreSQL knows for dates (`datetktbl`). A digit may follow only these at
/// once: after others the text is taken for a date.
const DATE_WORDS: &[&[u8]] = &[
    b"ad", b"am", b"at", b"bc", b"d", b"dec", b"h", b"j", b"jd", b"m", b"mm", b"mon", b"on", b"pm",
    b"s", b"t", b"y",
];

/// What a field is, from its first characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `1:02:03`
    Time,
    /// `1-2`, `1/2/3`, a word with signs in it
    Date,
    /// `12`, `1.5`, `.5`
    Number,
    /// `+1.5`, `-1:02`
    Signed,
    /// Letters, in lower case.
    Word,
    /// Letters after a sign.
    Special,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) kind: Kind,
    pub(super) text: Vec<u8>,
}

/// The fields of a text; `None` when it has no such form.
pub(super) fn split(text: &[u8]) -> Option<Vec<Field>> {
    let mut scan = Scan { rest: text, field: Vec::new() };
    let mut fields = Vec::new();
    let mut bytes: usize = 0;
    while let Some(byte) = scan.peek() {
        if is_space(byte) {
            scan.skip();
            continue;
        }
        if fields.len() >= FIELDS_MAX {
            return None;
        }
        let kind = match byte {
            b'0'..=b'9' => scan.digits_first(),
            b'.' => scan.point_first(),
            b'a'..=b'z' | b'A'..=b'Z' => scan.letters_first(),
            b'+' | b'-' => scan.sign_first()?,
            byte if byte.is_ascii_punctuation() => {
                scan.skip();
                continue;
            }
            _ => return None,
        };
        let text = std::mem::take(&mut scan.field);
        bytes = bytes.saturating_add(text.len()).saturating_add(1);
        if bytes > FIELD_BYTES_MAX {
            return None;
        }
        fields.push(Field { kind, text });
    }
    Some(fields)
}

/// C's `isspace` in the C locale.
fn is_space(byte: u8) -> bool {
    super::super::decode::is_space(byte)
}

/// What is left, and the field being read.
struct Scan<'a> {
    rest: &'a [u8],
    field: Vec<u8>,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    fn skip(&mut self) {
        self.rest = self.rest.get(1..).unwrap_or_default();
    }

    fn at(&self, wanted: impl Fn(u8) -> bool) -> bool {
        self.peek().is_some_and(wanted)
    }

    fn take(&mut self) {
        self.field.extend(self.peek().map(|byte| byte.to_ascii_lowercase()));
        self.skip();
    }

    fn take_while(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.at(&wanted) {
            self.take();
        }
    }

    /// A time, a date or a number.
    fn digits_first(&mut self) -> Kind {
        self.take_while(|byte| byte.is_ascii_digit());
        match self.peek() {
            Some(b':') => {
                self.take_while(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.'));
                Kind::Time
            }
            Some(mark @ (b'-' | b'/' | b'.')) => {
                self.take();
                if !self.at(|byte| byte.is_ascii_digit()) {
                    self.take_while(|byte| byte.is_ascii_alphanumeric() || byte == mark);
                    return Kind::Date;
                }
                self.take_while(|byte| byte.is_ascii_digit());
                if self.peek() == Some(mark) {
                    self.take_while(|byte| byte.is_ascii_digit() || byte == mark);
                    return Kind::Date;
                }
                if mark == b'.' { Kind::Number } else { Kind::Date }
            }
            _ => Kind::Number,
        }
    }

    fn point_first(&mut self) -> Kind {
        self.take();
        self.take_while(|byte| byte.is_ascii_digit());
        Kind::Number
    }

    /// A word, or a date in words.
    fn letters_first(&mut self) -> Kind {
        self.take_while(|byte| byte.is_ascii_alphabetic());
        let is_date = match self.peek() {
            Some(b'-' | b'/' | b'.') => true,
            Some(byte) if byte == b'+' || byte.is_ascii_digit() => {
                !DATE_WORDS.contains(&self.field.as_slice())
            }
            _ => false,
        };
        if !is_date {
            return Kind::Word;
        }
        self.take_while(|byte| byte.is_ascii_alphanumeric() || b"+-/_.:".contains(&byte));
        Kind::Date
    }

    /// A signed number or time, or a word with a sign.
    fn sign_first(&mut self) -> Option<Kind> {
        self.take();
        while self.at(is_space) {
            self.skip();
        }
        match self.peek()? {
            b'0'..=b'9' | b'.' => {
                self.take_while(|byte| byte.is_ascii_digit() || b":.-".contains(&byte));
                Some(Kind::Signed)
            }
            byte if byte.is_ascii_alphabetic() => {
                self.take_while(|byte| byte.is_ascii_alphabetic());
                Some(Kind::Special)
            }
            _ => None,
        }
    }
}

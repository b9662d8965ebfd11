//! A place in the text.

/// Reads a text byte by byte and knows where it is.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The byte offset.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The byte `ahead` bytes from here.
    pub(super) fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at.saturating_add(ahead)).copied()
    }

    /// The character here.
    pub(super) fn char(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    /// Goes on by one character and gives it.
    pub(super) fn next_char(&mut self) -> Option<char> {
        let c = self.char()?;
        self.at = self.at.saturating_add(c.len_utf8());
        Some(c)
    }

    /// Goes on by `count` bytes, which the caller has seen to be ASCII.
    pub(super) fn skip(&mut self, count: usize) {
        self.at = self.at.saturating_add(count).min(self.text.len());
    }

    /// Goes on while `test` holds of the byte here.
    pub(super) fn skip_while(&mut self, test: impl Fn(u8) -> bool) {
        while self.byte(0).is_some_and(&test) {
            self.at = self.at.saturating_add(1);
        }
    }

    /// The text from `start` to here.
    pub(super) fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// The text from here to the end.
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Goes to a place seen before.
    pub(super) fn go(&mut self, at: usize) {
        self.at = at;
    }
}

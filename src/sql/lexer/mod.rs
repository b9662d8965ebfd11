//! PostgreSQL's lexical rules, with `standard_conforming_strings` on.
//!
//! Source: PostgreSQL 15, `src/backend/parser/scan.l`, and the manual's chapter 4.1. No byte is
//! lost: the tokens of a text cover it from end to end.

mod cursor;
mod number;
mod string;
mod token;

#[cfg(test)]
mod tests;

use super::error::SqlError;
use super::name;
use super::statement::Notice;
use cursor::Cursor;
pub(crate) use token::{Kind, Token};

/// The tokens of a text, and what PostgreSQL would have remarked.
#[derive(Debug)]
pub(crate) struct Lexed {
    /// All tokens, blanks included.
    pub(crate) tokens: Vec<Token>,
    /// Each with the offset of its token.
    pub(crate) notices: Vec<(usize, Notice)>,
}

/// Cuts a text into tokens.
pub(crate) fn lex(text: &str) -> Result<Lexed, SqlError> {
    if let Some(at) = memchr::memchr(0, text.as_bytes()) {
        return Err(
            SqlError::new("22021", "invalid byte sequence for encoding \"UTF8\": 0x00").at(at)
        );
    }
    let mut lexer =
        Lexer { cursor: Cursor::new(text), tokens: Vec::with_capacity(16), notices: Vec::new() };
    while lexer.cursor.char().is_some() {
        let start = lexer.cursor.at();
        let kind = lexer.token()?;
        let end = lexer.cursor.at();
        lexer.tokens.push(Token { kind, start, end });
    }
    Ok(Lexed { tokens: lexer.tokens, notices: lexer.notices })
}

/// Characters of operators.
const OPERATOR: &[u8] = b"+-*/<>=~!@#%^&|`?";

struct Lexer<'a> {
    cursor: Cursor<'a>,
    tokens: Vec<Token>,
    notices: Vec<(usize, Notice)>,
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

fn starts_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn continues_word(byte: u8) -> bool {
    starts_word(byte) || byte.is_ascii_digit() || byte == b'$'
}

impl Lexer<'_> {
    fn token(&mut self) -> Result<Kind, SqlError> {
        let (first, second) = (self.cursor.byte(0).unwrap_or(0), self.cursor.byte(1));
        match first {
            b if is_space(b) => self.space(),
            b'-' if second == Some(b'-') => self.space(),
            b'/' if second == Some(b'*') => self.space(),
            b'\'' => self.text(string::Rules::Standard, 0),
            b'"' => self.quoted(),
            b'$' => self.dollar(),
            b'0'..=b'9' => self.number(),
            b'.' if second.is_some_and(|b| b.is_ascii_digit()) => self.number(),
            b'e' | b'E' if second == Some(b'\'') => self.text(string::Rules::Escapes, 1),
            b'b' | b'B' | b'x' | b'X' if second == Some(b'\'') => {
                self.text(string::Rules::Standard, 1).map(|_| Kind::Bits)
            }
            b'n' | b'N' if second == Some(b'\'') => {
                Ok(match self.text(string::Rules::Standard, 1)? {
                    Kind::Text(text) => Kind::National(text),
                    other => other,
                })
            }
            b'u' | b'U' if second == Some(b'&') && self.cursor.byte(2) == Some(b'\'') => {
                self.text(string::Rules::Unicode, 2)
            }
            b'u' | b'U' if second == Some(b'&') && self.cursor.byte(2) == Some(b'"') => {
                self.unicode_quoted()
            }
            b if starts_word(b) => Ok(self.word()),
            b if OPERATOR.contains(&b) => Ok(self.operator()),
            _ => self.mark(),
        }
    }

    /// Blanks and comments, as many as follow each other.
    fn space(&mut self) -> Result<Kind, SqlError> {
        loop {
            match (self.cursor.byte(0), self.cursor.byte(1)) {
                (Some(b), _) if is_space(b) => self.cursor.skip_while(is_space),
                (Some(b'-'), Some(b'-')) => {
                    self.cursor.skip_while(|b| b != b'\n' && b != b'\r');
                }
                (Some(b'/'), Some(b'*')) => self.comment()?,
                _ => return Ok(Kind::Space),
            }
        }
    }

    /// A block comment; they nest.
    fn comment(&mut self) -> Result<(), SqlError> {
        let start = self.cursor.at();
        let mut depth = 0_usize;
        loop {
            match (self.cursor.byte(0), self.cursor.byte(1)) {
                (Some(b'/'), Some(b'*')) => {
                    depth = depth.saturating_add(1);
                    self.cursor.skip(2);
                }
                (Some(b'*'), Some(b'/')) => {
                    depth = depth.saturating_sub(1);
                    self.cursor.skip(2);
                    if depth == 0 {
                        return Ok(());
                    }
                }
                (Some(_), _) => {
                    self.cursor.next_char();
                }
                (None, _) => {
                    let rest: String = self.cursor.since(start).to_owned();
                    return Err(SqlError::new(
                        "42601",
                        format!("unterminated /* comment at or near \"{rest}\""),
                    )
                    .at(start));
                }
            }
        }
    }

    fn word(&mut self) -> Kind {
        let start = self.cursor.at();
        self.cursor.skip_while(continues_word);
        let folded = name::fold(self.cursor.since(start));
        Kind::Word(self.cut(folded, start))
    }

    /// PostgreSQL cuts names to 63 bytes and says so.
    fn cut(&mut self, full: String, start: usize) -> String {
        let Some(cut) = name::cut(&full) else { return full };
        let message = format!("identifier \"{full}\" will be truncated to \"{cut}\"");
        self.notices.push((start, Notice { sqlstate: "42622", message }));
        cut
    }

    fn operator(&mut self) -> Kind {
        let start = self.cursor.at();
        let rest = self.cursor.rest().as_bytes();
        let run = rest.iter().take_while(|b| OPERATOR.contains(b)).count();
        let mut run = rest.get(..run).unwrap_or_default();
        // A comment inside the run ends the operator.
        let comment = run.windows(2).position(|pair| pair == b"--" || pair == b"/*");
        if let Some(at) = comment {
            run = run.get(..at).unwrap_or_default();
        }
        // A trailing + or - belongs to what follows, unless the operator has one of these.
        while run.len() > 1 && !run.iter().any(|b| b"~!@#%^&|`?".contains(b)) {
            match run.split_last() {
                Some((b'+' | b'-', before)) => run = before,
                _ => break,
            }
        }
        if run.starts_with(b"=>") && run.len() == 2 {
            self.cursor.skip(2);
            return Kind::Mark("=>");
        }
        self.cursor.skip(run.len().max(1));
        let written = self.cursor.since(start);
        Kind::Operator(if written == "!=" { "<>".to_owned() } else { written.to_owned() })
    }

    fn mark(&mut self) -> Result<Kind, SqlError> {
        const MARKS: [&str; 13] =
            ["::", ":=", "..", "(", ")", "[", "]", "{", "}", ",", ";", ".", ":"];
        let rest = self.cursor.rest();
        if let Some(mark) = MARKS.iter().find(|mark| rest.starts_with(**mark)) {
            self.cursor.skip(mark.len());
            return Ok(Kind::Mark(mark));
        }
        let at = self.cursor.at();
        let c = self.cursor.char().unwrap_or_default();
        Err(SqlError::syntax(&c.to_string(), at))
    }
}

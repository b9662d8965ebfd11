//! The words of a wire script, and of the messages that servers send: both are lists of tokens, and
//! comparing them is comparing lists.

use std::fmt;

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// Letters, digits, punctuation: anything without a blank or a quote.
    Word(String),
    /// Bytes: `"text"` with `\n \r \t \0 \" \\ \xHH`, or `x"68656c6c6f"`.
    Bytes(Vec<u8>),
    /// `*`: any one token. Stands in expectations only.
    Any,
    /// `...`: any number of tokens up to the end. Stands in expectations only.
    Rest,
    /// A detail that begins with a SQLCODE, or nothing. It comes from the list of differences only.
    SqlcodeDetail,
}

impl Token {
    /// A word.
    pub(crate) fn word(text: impl Into<String>) -> Token {
        Token::Word(text.into())
    }

    /// Bytes.
    pub(crate) fn bytes(bytes: impl Into<Vec<u8>>) -> Token {
        Token::Bytes(bytes.into())
    }
}

/// Splits a line into tokens.
pub(crate) fn tokens(line: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let (token, after) = if let Some(hex) = rest.strip_prefix("x\"") {
            let end = hex.find('"').ok_or_else(|| format!("no closing quote in {line}"))?;
            (Token::Bytes(from_hex(&hex[..end])?), &hex[end + 1..])
        } else if let Some(text) = rest.strip_prefix('"') {
            quoted(text).ok_or_else(|| format!("bad string in {line}"))?
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(rest.len());
            let token = match &rest[..end] {
                "*" => Token::Any,
                "..." => Token::Rest,
                word => Token::word(word),
            };
            (token, &rest[end..])
        };
        tokens.push(token);
        rest = after.trim_start();
    }
    Ok(tokens)
}

/// The token of a string whose opening quote is gone, and what follows its closing one.
fn quoted(text: &str) -> Option<(Token, &str)> {
    let mut bytes = Vec::new();
    let mut rest = text;
    loop {
        let c = rest.chars().next()?;
        rest = &rest[c.len_utf8()..];
        match c {
            '"' => return Some((Token::Bytes(bytes), rest)),
            '\\' => {
                let escape = rest.chars().next()?;
                rest = &rest[escape.len_utf8()..];
                match escape {
                    'n' => bytes.push(b'\n'),
                    'r' => bytes.push(b'\r'),
                    't' => bytes.push(b'\t'),
                    '0' => bytes.push(0),
                    'x' => {
                        bytes.extend(from_hex(rest.get(..2)?).ok()?);
                        rest = &rest[2..];
                    }
                    other => bytes.extend(other.to_string().bytes()),
                }
            }
            other => bytes.extend(other.to_string().bytes()),
        }
    }
}

fn from_hex(digits: &str) -> Result<Vec<u8>, String> {
    let digits: Vec<u8> = digits.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    digits
        .chunks(2)
        .map(|pair| {
            let pair = std::str::from_utf8(pair).map_err(|error| error.to_string())?;
            u8::from_str_radix(pair, 16).map_err(|_| format!("{pair} is no byte"))
        })
        .collect()
}

/// Whether a message is what was expected.
pub(crate) fn matches(expected: &[Token], actual: &[Token]) -> bool {
    match (expected, actual) {
        ([Token::Rest, ..], _) | ([], []) => true,
        ([Token::SqlcodeDetail, expected @ ..], _) => match actual {
            [Token::Word(word), Token::Bytes(detail), actual @ ..]
                if word == "detail=" && detail.starts_with(b"SQLCODE -") =>
            {
                matches(expected, actual)
            }
            _ => matches(expected, actual),
        },
        ([Token::Any, expected @ ..], [_, actual @ ..]) => matches(expected, actual),
        ([first, expected @ ..], [other, actual @ ..]) => {
            first == other && matches(expected, actual)
        }
        _ => false,
    }
}

/// Text that can be read is shown as text, other bytes in hexadecimal.
impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Token::Word(word) => f.write_str(word),
            Token::Any => f.write_str("*"),
            Token::Rest => f.write_str("..."),
            Token::SqlcodeDetail => f.write_str("[detail=\"SQLCODE …\"]"),
            Token::Bytes(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) if !text.chars().any(|c| c.is_control() && c != '\n') => {
                    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
                    write!(f, "\"{}\"", text.replace('\n', "\\n"))
                }
                _ => {
                    f.write_str("x\"")?;
                    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
                    f.write_str("\"")
                }
            },
        }
    }
}

/// The tokens as one line.
pub(crate) fn line(tokens: &[Token]) -> String {
    let mut line = String::new();
    for (index, token) in tokens.iter().enumerate() {
        // `detail="…"`: the word and its value belong together.
        let glued =
            index > 0 && matches!(&tokens[index - 1], Token::Word(word) if word.ends_with('='));
        if index > 0 && !glued {
            line.push(' ');
        }
        line.push_str(&token.to_string());
    }
    line
}

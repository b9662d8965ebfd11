//! A small lexer of IRIS's lexical rules, written for the tests alone and knowing nothing of the
//! printer: what it finds in a printed statement is what IRIS would find.

/// A token of IRIS SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Word(String),
    Delimited(String),
    Text(String),
    Number(String),
    Question,
    Symbol(char),
}

/// Cuts a statement into tokens; an error for what the printer must never print.
pub(super) fn lex(sql: &str) -> Result<Vec<Token>, String> {
    let chars: Vec<char> = sql.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    let peek = |at: usize| chars.get(at).copied();
    while let Some(c) = peek(at) {
        match c {
            ' ' => at += 1,
            '\'' | '"' => {
                let mut inside = String::new();
                at += 1;
                loop {
                    match (peek(at), peek(at + 1)) {
                        (Some(q), Some(again)) if q == c && again == c => {
                            inside.push(c);
                            at += 2;
                        }
                        (Some(q), _) if q == c => break,
                        (Some(other), _) => {
                            inside.push(other);
                            at += 1;
                        }
                        (None, _) => return Err(format!("unterminated {c}")),
                    }
                }
                at += 1;
                found.push(if c == '"' { Token::Delimited(inside) } else { Token::Text(inside) });
            }
            '-' if peek(at + 1) == Some('-') => return Err("a comment".to_owned()),
            '/' if peek(at + 1) == Some('*') => return Err("a comment".to_owned()),
            c if c.is_ascii_digit() => {
                let start = at;
                while peek(at).is_some_and(|c| c.is_ascii_digit() || c == '.') {
                    at += 1;
                }
                found.push(Token::Number(chars[start..at].iter().collect()));
            }
            c if c.is_alphabetic() || c == '_' || c == '%' => {
                let start = at;
                at += 1;
                while peek(at).is_some_and(|c| c.is_alphanumeric() || "_@#$".contains(c)) {
                    at += 1;
                }
                found.push(Token::Word(chars[start..at].iter().collect()));
            }
            '?' => {
                found.push(Token::Question);
                at += 1;
            }
            '(' | ')' | ',' | '.' | '=' | '<' | '>' | '+' | '-' | '*' | '/' | '\\' | '|' => {
                found.push(Token::Symbol(c));
                at += 1;
            }
            other => return Err(format!("character {other:?}")),
        }
    }
    Ok(found)
}

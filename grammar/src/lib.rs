//! The grammar of the SQL that IrisPG accepts: `sqlparser` with a dialect of its own.
//!
//! The parser never sees client text: it is given tokens that the gateway's own lexer made, and
//! each token carries the byte offset at which it began. What comes back is `sqlparser`'s tree.
//! The crate stands alone because `sqlparser` takes long to compile.

#![forbid(unsafe_code)]

mod dialect;

pub use dialect::IrisPg;
pub use sqlparser::ast;
pub use sqlparser::keywords;
pub use sqlparser::tokenizer::{Location, Span, Token, TokenWithSpan, Word};

use sqlparser::ast::Spanned;
use sqlparser::parser::{Parser, ParserError};

/// How deep `sqlparser` may recurse, in calls of its own. The gateway's limit on nesting (200) is
/// checked on tokens before; one level of nesting costs the parser up to four calls.
const RECURSION_LIMIT: usize = 1_000;

/// How much stack a step of a recursion may need, in bytes.
const RED_ZONE: usize = 256 << 10;

/// How much stack is added when less than that is left, in bytes.
const STACK_STEP: usize = 2 << 20;

/// Calls `step` on a stack that is deep enough for it, whatever the thread's.
///
/// Trees are walked by recursion, as `sqlparser` builds them by recursion with the same help.
pub fn deeper<T>(step: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(RED_ZONE, STACK_STEP, step)
}

/// Why the tokens of a statement could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GrammarError {
    /// A token was not expected; the byte offset at which it begins.
    At(usize),
    /// The statement ended too early.
    End,
    /// The statement is nested too deeply.
    Depth,
}

/// A token that begins at the byte offset `start`.
#[must_use]
pub fn token(token: Token, start: usize) -> TokenWithSpan {
    let column = u64::try_from(start).unwrap_or(u64::MAX).saturating_add(1);
    let at = Location::new(1, column);
    TokenWithSpan::new(token, Span::new(at, at))
}

/// The byte offset at which an expression's first token begins, where the tree keeps it.
#[must_use]
pub fn start(expr: &ast::Expr) -> Option<usize> {
    begin(deeper(|| expr.span()))
}

/// The byte offset at which a name begins.
#[must_use]
pub fn start_of_name(name: &ast::ObjectName) -> Option<usize> {
    begin(name.span())
}

/// The byte offset of a `*` of a select list.
#[must_use]
pub fn start_of_star(options: &ast::WildcardAdditionalOptions) -> Option<usize> {
    begin(options.wildcard_token.0.span)
}

/// The byte offset at which a value begins.
#[must_use]
pub fn start_of_value(value: &ast::ValueWithSpan) -> Option<usize> {
    begin(value.span)
}

/// The byte offset at which a span begins.
#[must_use]
pub fn begin(span: Span) -> Option<usize> {
    usize::try_from(span.start.column).ok()?.checked_sub(1)
}

/// The token of a word. Unquoted words may be keywords, quoted ones never are.
#[must_use]
pub fn word(value: &str, quoted: bool) -> Token {
    Token::make_word(value, if quoted { Some('"') } else { None })
}

/// A word that is no keyword whatever it says, though it was not quoted.
#[must_use]
pub fn plain_word(value: String) -> Token {
    Token::Word(Word { value, quote_style: None, keyword: keywords::Keyword::NoKeyword })
}

/// Reads the tokens of exactly one statement.
///
/// # Errors
///
/// [`GrammarError`] names the place at which the parser gave up.
pub fn parse(tokens: Vec<TokenWithSpan>) -> Result<ast::Statement, GrammarError> {
    let misplaced = reserved_for_table(&tokens);
    match (read(tokens), misplaced) {
        (Ok(_) | Err(GrammarError::End), Some(wrong)) => Err(GrammarError::At(wrong)),
        (Err(GrammarError::At(at)), Some(wrong)) => Err(GrammarError::At(at.min(wrong))),
        (parsed, _) => parsed,
    }
}

/// Reserved words that begin neither a table nor an expression. `sqlparser` takes any word for the
/// name of a table. Source: PostgreSQL 15, appendix C. Sorted.
const RESERVED: [&str; 41] = [
    "and",
    "as",
    "asc",
    "check",
    "collate",
    "column",
    "constraint",
    "create",
    "default",
    "deferrable",
    "desc",
    "do",
    "else",
    "end",
    "except",
    "fetch",
    "for",
    "foreign",
    "from",
    "grant",
    "group",
    "having",
    "in",
    "initially",
    "intersect",
    "into",
    "limit",
    "offset",
    "on",
    "or",
    "order",
    "primary",
    "references",
    "returning",
    "then",
    "to",
    "union",
    "using",
    "when",
    "where",
    "window",
];

/// The offset of the first reserved word that stands where FROM, JOIN or INTO wants a table.
fn reserved_for_table(tokens: &[TokenWithSpan]) -> Option<usize> {
    let unquoted = |token: &TokenWithSpan| match &token.token {
        Token::Word(word) if word.quote_style.is_none() => Some(word.value.clone()),
        _ => None,
    };
    let wrong = tokens.windows(2).find(|pair| {
        let [before, token] = pair else { return false };
        matches!(unquoted(before).as_deref(), Some("from" | "join" | "into"))
            && unquoted(token).is_some_and(|word| RESERVED.binary_search(&word.as_str()).is_ok())
    })?;
    let column = wrong.last()?.span.start.column;
    usize::try_from(column).ok()?.checked_sub(1)
}

fn read(tokens: Vec<TokenWithSpan>) -> Result<ast::Statement, GrammarError> {
    let mut parser = Parser::new(&IrisPg)
        .with_recursion_limit(RECURSION_LIMIT)
        .with_tokens_with_locations(tokens);
    let statement = parser.parse_statement().map_err(|error| place(&error))?;
    let rest = parser.peek_token_ref();
    if rest.token == Token::EOF {
        return Ok(statement);
    }
    Err(offset(rest.span.start.column))
}

fn offset(column: u64) -> GrammarError {
    match usize::try_from(column) {
        Ok(column) if column > 0 => GrammarError::At(column.saturating_sub(1)),
        _ => GrammarError::End,
    }
}

/// The parser tells the place only at the end of its message: « at Line: 1, Column: 8».
fn place(error: &ParserError) -> GrammarError {
    let message = match error {
        ParserError::RecursionLimitExceeded => return GrammarError::Depth,
        ParserError::ParserError(message) | ParserError::TokenizerError(message) => message,
    };
    let column = message
        .rsplit_once("at Line: 1, Column: ")
        .and_then(|(_, digits)| digits.trim().parse::<u64>().ok());
    offset(column.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(list: &[&str]) -> Vec<TokenWithSpan> {
        let mut at = 0;
        list.iter()
            .map(|w| {
                let made = match *w {
                    "," => Token::Comma,
                    "(" => Token::LParen,
                    n if n.starts_with(|c: char| c.is_ascii_digit()) => {
                        Token::Number(n.to_owned(), false)
                    }
                    w => word(w, false),
                };
                let made = token(made, at);
                at += w.len() + 1;
                made
            })
            .collect()
    }

    #[test]
    fn reads_a_select() {
        let parsed = parse(words(&["select", "1"]));
        assert!(matches!(parsed, Ok(ast::Statement::Query(_))), "{parsed:?}");
    }

    #[test]
    fn names_the_place_of_a_wrong_token() {
        assert_eq!(parse(words(&["select", "1", "from", "from"])), Err(GrammarError::At(14)));
        assert_eq!(parse(words(&["select", "1", "2"])), Err(GrammarError::At(9)));
        assert_eq!(parse(words(&["select", "from", "from", "x", "2"])), Err(GrammarError::At(12)));
    }

    #[test]
    fn the_reserved_words_are_sorted() {
        assert!(RESERVED.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn from_inside_an_expression_is_no_table() {
        let written = ["select", "1", "is", "distinct", "from", "null"];
        assert!(parse(words(&written)).is_ok());
    }

    #[test]
    fn names_the_end() {
        assert_eq!(parse(words(&["select", "(", "1"])), Err(GrammarError::End));
    }
}

//! Cuts a query string's tokens into statements.

use super::lexer::{Kind, Token};

/// The statements of a token list: every run between semicolons that holds more than blanks.
///
/// A semicolon inside a string, a comment or a quoted name is no token of its own, so it cannot
/// split. Blanks are left out; each statement's tokens are in order.
pub(crate) fn statements(tokens: Vec<Token>) -> Vec<Vec<Token>> {
    let mut found = Vec::new();
    let mut current = Vec::new();
    for token in tokens {
        match token.kind {
            Kind::Space => {}
            Kind::Mark(";") => {
                if !current.is_empty() {
                    found.push(std::mem::take(&mut current));
                }
            }
            _ => current.push(token),
        }
    }
    if !current.is_empty() {
        found.push(current);
    }
    found
}

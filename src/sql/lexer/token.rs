//! Tokens of PostgreSQL's lexical rules.

/// A token and the bytes of the query string that it covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: Kind,
    /// First byte.
    pub(crate) start: usize,
    /// Byte behind the last.
    pub(crate) end: usize,
}

/// What a token is. Text of the client lives in `Word`, `Quoted` and `Text` alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Blanks and comments between tokens.
    Space,
    /// An unquoted identifier or keyword, folded to lower case and cut to 63 bytes.
    Word(String),
    /// A quoted identifier, decoded and cut to 63 bytes.
    Quoted(String),
    /// A string literal, decoded, parts joined.
    Text(String),
    /// A bit string (`B''`, `X''`).
    Bits,
    /// `N''`, which PostgreSQL gives the type `character`.
    National(String),
    /// A numeric literal as written.
    Number(String),
    /// `$n`
    Parameter(u32),
    /// An operator.
    Operator(String),
    /// One of `( ) [ ] { } , ; . :` and `::`, `:=`, `=>`, `..`.
    Mark(&'static str),
}

impl Kind {
    /// Whether it is this punctuation.
    pub(crate) fn is_mark(&self, mark: &str) -> bool {
        matches!(self, Kind::Mark(m) if *m == mark)
    }

    /// Whether it is this unquoted word (lower case).
    pub(crate) fn is_word(&self, word: &str) -> bool {
        matches!(self, Kind::Word(w) if w == word)
    }

    /// Whether it is this operator.
    pub(crate) fn is_operator(&self, operator: &str) -> bool {
        matches!(self, Kind::Operator(o) if o == operator)
    }
}

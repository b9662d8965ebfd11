//! Our tokens as the grammar's.

use super::error::SqlError;
use super::lexer::{Kind, Token};
use super::statement::{Dialect, Options};
use super::{MAX_DEPTH, MAX_PARAMETER};
use irispg_grammar as grammar;

/// How many operators may follow each other without a comma. The tree of such a chain is as deep
/// as the chain is long, and is freed by recursion.
const MAX_CHAIN: usize = 4_000;

/// Words that `sqlparser` gives a meaning which PostgreSQL does not; as plain words they are names.
const FOREIGN: [&str; 36] = [
    "anti",
    "apply",
    "asof",
    "cluster",
    "connect",
    "convert",
    "dictionary",
    "distkey",
    "distribute",
    "div",
    "exclude",
    "force",
    "format",
    "global",
    "high_priority",
    "ignore",
    "map",
    "match",
    "match_recognize",
    "minus",
    "output",
    "pivot",
    "prewhere",
    "prior",
    "qualify",
    "regexp",
    "rlike",
    "safe_cast",
    "sample",
    "semi",
    "settings",
    "sort",
    "straight_join",
    "struct",
    "try_cast",
    "unpivot",
];

/// PostgreSQL's operators as the grammar's tokens. Those that can stand before ANY, and those whose
/// precedence is not that of operators in general, have one of their own.
fn operator(operator: &str) -> grammar::Token {
    use grammar::Token as T;
    match operator {
        "+" => T::Plus,
        "-" => T::Minus,
        "*" => T::Mul,
        "/" => T::Div,
        "%" => T::Mod,
        "^" => T::Caret,
        "=" => T::Eq,
        "<>" => T::Neq,
        "<" => T::Lt,
        ">" => T::Gt,
        "<=" => T::LtEq,
        ">=" => T::GtEq,
        "||" => T::StringConcat,
        "~" => T::Tilde,
        "~*" => T::TildeAsterisk,
        "!~" => T::ExclamationMarkTilde,
        "!~*" => T::ExclamationMarkTildeAsterisk,
        "~~" => T::DoubleTilde,
        "~~*" => T::DoubleTildeAsterisk,
        "!~~" => T::ExclamationMarkDoubleTilde,
        "!~~*" => T::ExclamationMarkDoubleTildeAsterisk,
        other => T::CustomBinaryOperator(other.to_owned()),
    }
}

fn mark(mark: &str) -> Option<grammar::Token> {
    use grammar::Token as T;
    Some(match mark {
        "(" => T::LParen,
        ")" => T::RParen,
        "{" => T::LBrace,
        "}" => T::RBrace,
        "[" => T::LBracket,
        "]" => T::RBracket,
        "," => T::Comma,
        "." => T::Period,
        "::" => T::DoubleColon,
        _ => return None,
    })
}

/// IRIS's pseudo columns, which may stand where PostgreSQL has no operand before a `%`.
const PSEUDO: [&str; 4] = ["id", "vid", "tablename", "classname"];

/// Turns a statement's tokens into the grammar's.
pub(crate) fn feed(
    text: &str,
    tokens: &[Token],
    options: &Options<'_>,
) -> Result<Vec<grammar::TokenWithSpan>, SqlError> {
    let mut feeder = Feeder {
        text,
        tokens,
        out: Vec::with_capacity(tokens.len()),
        levels: vec![Level::default()],
        cases: 0,
        questions: 0,
    };
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at = at.saturating_add(feeder.one(at, token, options)?);
    }
    Ok(feeder.out)
}

/// The longest chain of operators in one pair of parentheses.
#[derive(Debug, Default, Clone, Copy)]
struct Level {
    current: usize,
    longest: usize,
}

struct Feeder<'a> {
    text: &'a str,
    tokens: &'a [Token],
    out: Vec<grammar::TokenWithSpan>,
    levels: Vec<Level>,
    /// How many CASE are open.
    cases: usize,
    /// How many `?` were read.
    questions: u32,
}

impl Feeder<'_> {
    fn push(&mut self, token: grammar::Token, start: usize) {
        self.out.push(grammar::token(token, start));
    }

    fn written(&self, token: &Token) -> &str {
        self.text.get(token.start..token.end).unwrap_or_default()
    }

    fn syntax(&self, token: &Token) -> SqlError {
        SqlError::syntax(self.written(token), token.start)
    }

    /// Feeds the token at `at`; gives how many tokens were used up.
    fn one(&mut self, at: usize, token: &Token, options: &Options<'_>) -> Result<usize, SqlError> {
        let start = token.start;
        match &token.kind {
            Kind::Space => {}
            Kind::Word(word) => return self.word(at, word, start),
            Kind::Quoted(name) => self.push(grammar::word(name, true), start),
            Kind::Text(text) => {
                let before = at.checked_sub(1).and_then(|at| self.tokens.get(at)).map(|t| &t.kind);
                // The grammar would take it for an alias.
                if let Some(
                    Kind::Text(_) | Kind::Number(_) | Kind::Parameter(_) | Kind::Quoted(_),
                ) = before
                {
                    return Err(self.syntax(token));
                }
                if before.is_some_and(|kind| kind.is_mark(")")) && !self.behind_type(at) {
                    return Err(self.syntax(token));
                }
                self.push(grammar::Token::SingleQuotedString(text.clone()), start);
            }
            Kind::Number(number) => {
                self.push(grammar::Token::Number(number.clone(), false), start);
            }
            Kind::Parameter(number) => self.parameter(*number, start)?,
            Kind::Bits => {
                return Err(SqlError::unsupported("bit strings are not supported").at(start));
            }
            Kind::National(_) => {
                let refused = SqlError::unsupported("national character strings are not supported");
                return Err(refused.hint("Leave out the N before the quote.").at(start));
            }
            Kind::Operator(written) => return self.operator(at, written, token, options),
            Kind::Mark(written) => self.mark(written, token)?,
        }
        Ok(1)
    }

    fn parameter(&mut self, number: u32, start: usize) -> Result<(), SqlError> {
        if number == 0 || number > MAX_PARAMETER {
            let message = format!("there is no parameter ${number}");
            return Err(SqlError::new("42P02", message).at(start));
        }
        self.push(grammar::Token::Placeholder(format!("${number}")), start);
        Ok(())
    }

    fn mark(&mut self, written: &'static str, token: &Token) -> Result<(), SqlError> {
        match written {
            "(" => {
                self.levels.push(Level::default());
                self.check_depth(token.start)?;
            }
            ")" => self.close(token)?,
            "," => {
                if let Some(level) = self.levels.last_mut() {
                    level.longest = level.longest.max(level.current);
                    level.current = 0;
                }
            }
            "::" => self.chain(token.start)?,
            "=>" | ":=" if self.is_argument(token.start) => {
                let refused = SqlError::unsupported("named arguments are not supported");
                let hint = "Give the arguments in their order.";
                return Err(refused.hint(hint).at(token.start));
            }
            "[" => {
                self.levels.push(Level::default());
                self.check_depth(token.start)?;
            }
            "]" => self.close(token)?,
            _ => {}
        }
        let made = mark(written).ok_or_else(|| self.syntax(token))?;
        self.push(made, token.start);
        Ok(())
    }

    /// Whether the name of an argument stands before a byte.
    fn is_argument(&self, start: usize) -> bool {
        let at = self.tokens.iter().position(|token| token.start == start);
        let before = |count| at.and_then(|at| at.checked_sub(count));
        let kind = |count| before(count).and_then(|at| self.tokens.get(at)).map(|own| &own.kind);
        matches!(kind(1), Some(Kind::Word(_) | Kind::Quoted(_)))
            && kind(2).is_some_and(|kind| kind.is_mark("(") || kind.is_mark(","))
            && self.levels.len() > 1
    }

    fn check_depth(&self, start: usize) -> Result<(), SqlError> {
        if self.levels.len().saturating_add(self.cases) > MAX_DEPTH {
            return Err(too_deep(start));
        }
        Ok(())
    }

    fn close(&mut self, token: &Token) -> Result<(), SqlError> {
        let inner = if self.levels.len() > 1 { self.levels.pop() } else { None };
        let Some(inner) = inner else { return Err(self.syntax(token)) };
        if let Some(level) = self.levels.last_mut() {
            let inside = inner.longest.max(inner.current);
            level.current = level.current.saturating_add(inside);
            if level.current > MAX_CHAIN {
                return Err(too_deep(token.start));
            }
        }
        Ok(())
    }

    /// Counts an operator.
    fn chain(&mut self, start: usize) -> Result<(), SqlError> {
        if let Some(level) = self.levels.last_mut() {
            level.current = level.current.saturating_add(1);
            if level.current > MAX_CHAIN {
                return Err(too_deep(start));
            }
        }
        Ok(())
    }

    fn word(&mut self, at: usize, word: &str, start: usize) -> Result<usize, SqlError> {
        match word {
            "like" | "ilike" if self.is_of_all(at) => {
                self.chain(start)?;
                let written = if word == "like" { "~~" } else { "~~*" };
                self.push(operator(written), start);
                return Ok(1);
            }
            "not" if self.follow(at, &["like"]) && self.is_of_all(at.saturating_add(1)) => {
                self.chain(start)?;
                self.push(operator("!~~"), start);
                return Ok(2);
            }
            "not" if self.follow(at, &["ilike"]) && self.is_of_all(at.saturating_add(1)) => {
                self.chain(start)?;
                self.push(operator("!~~*"), start);
                return Ok(2);
            }
            "and" | "or" | "not" | "is" | "like" | "ilike" | "in" | "between" | "union"
            | "intersect" | "except" | "collate" => self.chain(start)?,
            "case" => {
                self.chain(start)?;
                self.cases = self.cases.saturating_add(1);
                self.check_depth(start)?;
            }
            "end" => self.cases = self.cases.saturating_sub(1),
            "top" => return Ok(self.top(at, start)),
            "exclude" if self.is_exclusion(at) => {
                let refused = SqlError::unsupported("EXCLUDE constraints are not supported");
                return Err(refused.at(start));
            }
            "isnull" if self.behind_operand(at) => {
                self.push(grammar::word("is", false), start);
                self.push(grammar::word("null", false), start);
                return Ok(1);
            }
            // TRIM(BOTH FROM x) takes blanks away.
            "both" | "leading" | "trailing" if self.next_is_word(at, "from") => {
                self.push(grammar::word(word, false), start);
                self.push(grammar::Token::SingleQuotedString(" ".to_owned()), start);
                return Ok(1);
            }
            "from" if self.follows_trim(at) => return Ok(1),
            // IRIS's tables have no rows of others.
            "only" if self.is_only(at) => {
                let next = self.tokens.get(at.saturating_add(1)).map(|token| &token.kind);
                if next.is_some_and(|kind| kind.is_mark("(")) {
                    let refused =
                        SqlError::unsupported("parentheses behind ONLY are not supported");
                    return Err(refused.at(start));
                }
                return Ok(1);
            }
            "overriding" if self.follow(at, &["system", "value"]) => return Ok(3),
            "overriding" if self.follow(at, &["user", "value"]) => {
                let refused = SqlError::unsupported("OVERRIDING USER VALUE is not supported");
                return Err(refused.hint("Leave the column out.").at(start));
            }
            "for" if self.follow(at, &["no", "key", "update"]) => {
                self.push(grammar::word("for", false), start);
                return Ok(3);
            }
            "for" if self.follow(at, &["key", "share"]) => {
                self.push(grammar::word("for", false), start);
                return Ok(2);
            }
            "table" if at == 0 => {
                self.push(grammar::word("select", false), start);
                self.push(grammar::Token::Mul, start);
                self.push(grammar::word("from", false), start);
                return Ok(1);
            }
            _ => {}
        }
        if FOREIGN.binary_search(&word).is_ok() {
            self.push(grammar::plain_word(word.to_owned()), start);
        } else {
            self.push(grammar::word(word, false), start);
        }
        Ok(1)
    }

    fn next_is_word(&self, at: usize, word: &str) -> bool {
        self.follow(at, &[word])
    }

    /// Whether `ALL (` follows, behind LIKE, which the grammar does not know.
    fn is_of_all(&self, at: usize) -> bool {
        let behind = self.tokens.get(at.saturating_add(2)).map(|token| &token.kind);
        self.follow(at, &["all"]) && behind.is_some_and(|kind| kind.is_mark("("))
    }

    /// Whether these words follow.
    fn follow(&self, at: usize, words: &[&str]) -> bool {
        let mut rest = self.tokens.iter().skip(at.saturating_add(1));
        words.iter().all(|word| rest.next().is_some_and(|token| token.kind.is_word(word)))
    }

    /// Whether a type with its modifier, such as `interval(3)`, stands before.
    fn behind_type(&self, at: usize) -> bool {
        const TYPES: [&str; 10] = [
            "bpchar",
            "char",
            "character",
            "decimal",
            "float",
            "interval",
            "numeric",
            "time",
            "timestamp",
            "varchar",
        ];
        let before = |count: usize| {
            at.checked_sub(count).and_then(|at| self.tokens.get(at)).map(|token| &token.kind)
        };
        let word = match before(3) {
            Some(Kind::Mark("(")) => before(4),
            Some(Kind::Mark(",")) => before(6),
            _ => None,
        };
        word.is_some_and(|kind| TYPES.iter().any(|name| kind.is_word(name)))
    }

    /// Whether `TRIM(` stands before.
    fn follows_trim(&self, at: usize) -> bool {
        let before = |count: usize| {
            at.checked_sub(count).and_then(|at| self.tokens.get(at)).map(|token| &token.kind)
        };
        before(1).is_some_and(|kind| kind.is_mark("("))
            && before(2).is_some_and(|kind| kind.is_word("trim"))
    }

    /// Whether `EXCLUDE` begins a constraint: `EXCLUDE USING method`, or `EXCLUDE (`.
    fn is_exclusion(&self, at: usize) -> bool {
        let kind = |at: usize| self.tokens.get(at).map(|token| &token.kind);
        let next = kind(at.saturating_add(1));
        let table = kind(0).is_some_and(|kind| kind.is_word("create") || kind.is_word("alter"));
        let using = next.is_some_and(|kind| kind.is_word("using"))
            && !kind(at.saturating_add(2)).is_some_and(|kind| kind.is_mark("("));
        table && (using || next.is_some_and(|kind| kind.is_mark("(")))
    }

    /// Whether `ONLY` stands before a table, as opposed to the end of FETCH FIRST.
    fn is_only(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|at| self.tokens.get(at)).map(|t| &t.kind);
        let fetch = before.is_some_and(|kind| kind.is_word("rows") || kind.is_word("row"));
        !fetch && !before.is_some_and(|kind| kind.is_mark("."))
    }

    /// `TOP` is a keyword only behind SELECT, ALL or DISTINCT and before a count; its parameter
    /// is put into parentheses, which the grammar wants.
    fn top(&mut self, at: usize, start: usize) -> usize {
        let before = at.checked_sub(1).and_then(|at| self.tokens.get(at)).map(|t| &t.kind);
        let opens = before.is_some_and(|kind| {
            kind.is_word("select") || kind.is_word("all") || kind.is_word("distinct")
        });
        let next = self.tokens.get(at.saturating_add(1));
        let count = match next {
            Some(Token { kind: Kind::Number(number), start, .. }) if opens => {
                Some((grammar::Token::Number(number.clone(), false), *start))
            }
            Some(Token { kind: Kind::Parameter(number), start, .. }) if opens => {
                Some((grammar::Token::Placeholder(format!("${number}")), *start))
            }
            _ => None,
        };
        let Some((count, place)) = count else {
            self.push(grammar::plain_word("top".to_owned()), start);
            return 1;
        };
        self.push(grammar::word("top", false), start);
        self.push(grammar::Token::LParen, place);
        self.push(count, place);
        self.push(grammar::Token::RParen, place);
        2
    }

    fn operator(
        &mut self,
        at: usize,
        written: &str,
        token: &Token,
        options: &Options<'_>,
    ) -> Result<usize, SqlError> {
        let start = token.start;
        if written == "%" && !self.behind_operand(at) {
            let next = self.tokens.get(at.saturating_add(1));
            if let Some(Token { kind: Kind::Word(word), start: from, .. }) = next
                && *from == token.end
                && PSEUDO.contains(&word.as_str())
            {
                self.push(grammar::plain_word(format!("%{word}")), start);
                return Ok(2);
            }
        }
        if written == "?" && options.dialect == Dialect::Iris {
            self.questions = self.questions.saturating_add(1);
            self.parameter(self.questions, start)?;
            return Ok(1);
        }
        self.chain(start)?;
        self.push(operator(written), start);
        Ok(1)
    }

    /// Whether the token before can end an operand, so that `%` is modulo.
    fn behind_operand(&self, at: usize) -> bool {
        const OPENERS: [&str; 20] = [
            "all",
            "and",
            "by",
            "case",
            "distinct",
            "else",
            "having",
            "in",
            "is",
            "like",
            "not",
            "on",
            "or",
            "returning",
            "select",
            "set",
            "then",
            "union",
            "when",
            "where",
        ];
        let before = at.checked_sub(1).and_then(|at| self.tokens.get(at)).map(|t| &t.kind);
        match before {
            Some(Kind::Word(word)) => OPENERS.binary_search(&word.as_str()).is_err(),
            Some(Kind::Mark(mark)) => *mark == ")",
            Some(Kind::Operator(_)) | None => false,
            Some(_) => true,
        }
    }
}

fn too_deep(start: usize) -> SqlError {
    SqlError::new("54001", "stack depth limit exceeded")
        .hint("Simplify the statement: it is nested too deeply or chains too many operators.")
        .at(start)
}

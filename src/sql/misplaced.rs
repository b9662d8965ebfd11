//! Words that stand where PostgreSQL's grammar takes none though `sqlparser` does, or where it
//! tells of another place.

use super::error::SqlError;
use super::lexer::{Kind, Token};

/// Words that never follow a comma. Source: PostgreSQL 15, `gram.y`. Sorted.
const BEHIND_COMMA: [&str; 19] = [
    "and",
    "as",
    "else",
    "end",
    "except",
    "fetch",
    "from",
    "group",
    "having",
    "in",
    "intersect",
    "limit",
    "offset",
    "on",
    "or",
    "then",
    "union",
    "when",
    "where",
];

/// What the session knows, written as a word that no parenthesis follows. Sorted.
const BARE: [&str; 5] =
    ["current_catalog", "current_date", "current_role", "current_user", "session_user"];

/// A word that stands in the wrong place.
pub(super) struct Misplaced {
    /// Where what it belongs to begins: errors that the grammar finds behind it are this one.
    pub(super) from: usize,
    /// What PostgreSQL says.
    pub(super) error: SqlError,
}

/// The first such word.
pub(super) fn first(text: &str, tokens: &[Token]) -> Option<Misplaced> {
    found(text, tokens).map(|(from, _, error)| Misplaced { from, error })
}

fn found(text: &str, tokens: &[Token]) -> Option<(usize, usize, SqlError)> {
    let own = Statement { text, tokens };
    let start = own.start().map(|(place, error)| (0, place, error));
    let mut found = start.or_else(|| own.branches());
    for (at, token) in tokens.iter().enumerate() {
        let before = |place: usize| found.as_ref().is_none_or(|(_, other, _)| place < *other);
        if !before(token.start) {
            break;
        }
        if let Some((place, error)) = own.at(at)
            && before(place)
        {
            found = Some((token.start, place, error));
        }
    }
    found
}

struct Statement<'a> {
    text: &'a str,
    tokens: &'a [Token],
}

impl Statement<'_> {
    fn kind(&self, at: usize) -> Option<&Kind> {
        self.tokens.get(at).map(|token| &token.kind)
    }

    fn before(&self, at: usize, count: usize) -> Option<&Kind> {
        at.checked_sub(count).and_then(|at| self.kind(at))
    }

    fn word(&self, at: usize) -> Option<&str> {
        match self.kind(at) {
            Some(Kind::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn is_mark(&self, at: usize, mark: &str) -> bool {
        self.kind(at).is_some_and(|kind| kind.is_mark(mark))
    }

    /// A syntax error at a token, or at the end.
    fn syntax(&self, at: usize) -> (usize, SqlError) {
        match self.tokens.get(at) {
            Some(token) => {
                let written = self.text.get(token.start..token.end).unwrap_or_default();
                (token.start, SqlError::syntax(written, token.start))
            }
            None => {
                let last = self.tokens.last().map_or(0, |token| token.end);
                (last, end(self.text, last))
            }
        }
    }

    /// The token that closes the parenthesis at `open`, and the commas between them.
    fn closing(&self, open: usize) -> Option<(usize, Vec<usize>)> {
        let (mut depth, mut commas) = (0_usize, Vec::new());
        for (at, token) in self.tokens.iter().enumerate().skip(open) {
            match token.kind {
                Kind::Mark("(" | "[") => depth = depth.saturating_add(1),
                Kind::Mark(")" | "]") => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Some((at, commas));
                    }
                }
                Kind::Mark(",") if depth == 1 => commas.push(at),
                _ => {}
            }
        }
        None
    }

    /// The word that must follow the statement's first.
    fn start(&self) -> Option<(usize, SqlError)> {
        let wanted = match self.word(0) {
            Some("delete") => "from",
            Some("insert") => "into",
            _ => return None,
        };
        (self.word(1) != Some(wanted)).then(|| self.syntax(1))
    }

    /// A CASE whose words stand in the wrong order.
    fn branches(&self) -> Option<(usize, usize, SqlError)> {
        // For every CASE: where it begins, how many parentheses are open around it, and whether
        // WHEN waits.
        let mut cases: Vec<(usize, usize, bool)> = Vec::new();
        let mut depth = 0_usize;
        for at in 0..self.tokens.len() {
            let label =
                self.before(at, 1).is_some_and(|kind| kind.is_word("as") || kind.is_mark("."));
            let waits = cases.last().is_some_and(|(_, _, waits)| *waits);
            match self.kind(at) {
                Some(Kind::Mark("(")) => depth = depth.saturating_add(1),
                Some(Kind::Mark(")")) => {
                    depth = depth.saturating_sub(1);
                    if cases.last().is_some_and(|(_, around, _)| depth < *around) {
                        return self.branch(&cases, at);
                    }
                }
                Some(Kind::Word(word)) if !label => match word.as_str() {
                    "case" => {
                        let start = self.tokens.get(at).map_or(0, |token| token.start);
                        cases.push((start, depth, false));
                    }
                    "when" if waits => return self.branch(&cases, at),
                    "when" => {
                        if let Some((_, _, waits)) = cases.last_mut() {
                            *waits = true;
                        }
                    }
                    "then" if !cases.is_empty() => {
                        let bare = self.before(at, 1).is_some_and(|kind| kind.is_word("when"));
                        if bare || !waits {
                            return self.branch(&cases, at);
                        }
                        if let Some((_, _, waits)) = cases.last_mut() {
                            *waits = false;
                        }
                    }
                    "else" if waits => return self.branch(&cases, at),
                    "end" => {
                        if waits {
                            return self.branch(&cases, at);
                        }
                        cases.pop();
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        None
    }

    /// The error of a CASE at a token.
    fn branch(
        &self,
        cases: &[(usize, usize, bool)],
        at: usize,
    ) -> Option<(usize, usize, SqlError)> {
        let (from, ..) = cases.last()?;
        let (place, error) = self.syntax(at);
        Some((*from, place, error))
    }

    /// What is wrong at a token, if anything is.
    fn at(&self, at: usize) -> Option<(usize, SqlError)> {
        let token = self.tokens.get(at)?;
        if token.kind.is_operator("*") {
            let counts =
                self.before(at, 1)?.is_word("distinct") && self.before(at, 2)?.is_mark("(");
            return counts.then(|| self.syntax(at));
        }
        let Kind::Word(word) = &token.kind else { return None };
        let next = at.saturating_add(1);
        let label = self.before(at, 1).is_some_and(|kind| kind.is_word("as") || kind.is_mark("."));
        if label && word != "as" {
            return None;
        }
        let comma = self.before(at, 1).is_some_and(|kind| kind.is_mark(","));
        if comma && BEHIND_COMMA.binary_search(&word.as_str()).is_ok() {
            return Some(self.syntax(at));
        }
        if BARE.binary_search(&word.as_str()).is_ok() && self.is_mark(next, "(") {
            return Some(self.syntax(next));
        }
        match word.as_str() {
            "group" if self.is_other_group(at) => None,
            "order" | "group" if self.word(next) != Some("by") => Some(self.syntax(next)),
            "not" if self.kind(next).is_none() || self.is_mark(next, ")") => {
                Some(self.syntax(next))
            }
            "left" | "right" | "full" => {
                let next_word = self.word(next)?;
                (!matches!(next_word, "join" | "outer")).then(|| self.syntax(next))
            }
            "limit" => self.limit(at),
            "cast" if self.is_mark(next, "(") => self.cast(next),
            "coalesce" | "greatest" | "least" | "nullif" if self.is_mark(next, "(") => {
                self.members(word, next)
            }
            "value" if self.is_mark(next, "(") => self.value(at),
            "as" => self.join_alias(at),
            "exclude" => self.exclusion(at),
            _ => None,
        }
    }

    /// Whether GROUP belongs to WITHIN GROUP, to a frame or to a definition.
    fn is_other_group(&self, at: usize) -> bool {
        let words = ["alter", "create", "drop", "exclude", "to", "within"];
        self.before(at, 1).is_some_and(|kind| words.iter().any(|word| kind.is_word(word)))
    }

    /// `LIMIT 1, 2`
    fn limit(&self, at: usize) -> Option<(usize, SqlError)> {
        let count =
            matches!(self.kind(at.saturating_add(1)), Some(Kind::Number(_) | Kind::Parameter(_)));
        if !count || !self.is_mark(at.saturating_add(2), ",") {
            return None;
        }
        let start = self.tokens.get(at)?.start;
        let error = SqlError::new("42601", "LIMIT #,# syntax is not supported");
        let hint = "Use separate LIMIT and OFFSET clauses.";
        Some((start, error.hint(hint).at(start)))
    }

    /// `CAST(x)` without AS.
    fn cast(&self, open: usize) -> Option<(usize, SqlError)> {
        let (close, _) = self.closing(open)?;
        let mut depth = 0_usize;
        for at in open..close {
            match self.kind(at) {
                Some(Kind::Mark("(" | "[")) => depth = depth.saturating_add(1),
                Some(Kind::Mark(")" | "]")) => depth = depth.saturating_sub(1),
                Some(kind) if depth == 1 && kind.is_word("as") => return None,
                Some(Kind::Mark(",")) if depth == 1 => return Some(self.syntax(at)),
                _ => {}
            }
        }
        Some(self.syntax(close))
    }

    /// COALESCE and its kin without a member, NULLIF of more or fewer than two.
    fn members(&self, word: &str, open: usize) -> Option<(usize, SqlError)> {
        let (close, commas) = self.closing(open)?;
        if close == open.saturating_add(1) {
            return Some(self.syntax(close));
        }
        match commas.as_slice() {
            _ if word != "nullif" => None,
            [] => Some(self.syntax(close)),
            [_] => None,
            [_, second, ..] => Some(self.syntax(*second)),
        }
    }

    /// `INSERT INTO t VALUE (…)`
    fn value(&self, at: usize) -> Option<(usize, SqlError)> {
        let head = self.tokens.get(..at)?;
        let mut depth = 0_usize;
        for (index, token) in head.iter().enumerate() {
            match &token.kind {
                Kind::Mark("(") => depth = depth.saturating_add(1),
                Kind::Mark(")") => depth = depth.saturating_sub(1),
                Kind::Word(word) if index > 1 && depth == 0 => match word.as_str() {
                    "values" | "select" | "with" | "default" | "returning" | "table" => {
                        return None;
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        let inserts = self.word(0) == Some("insert") && self.word(1) == Some("into");
        let named = self.before(at, 1).is_some_and(|kind| !kind.is_word("into"));
        (inserts && depth == 0 && named).then(|| self.syntax(at))
    }

    /// `USING (…) AS name`
    fn join_alias(&self, at: usize) -> Option<(usize, SqlError)> {
        let mut depth = 0_usize;
        for before in (0..at).rev() {
            match self.kind(before) {
                Some(Kind::Mark(")")) => depth = depth.saturating_add(1),
                Some(Kind::Mark("(")) => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        let using =
                            self.before(before, 1).is_some_and(|kind| kind.is_word("using"));
                        let start = self.tokens.get(at)?.start;
                        let refused = SqlError::unsupported("an alias of USING is not supported");
                        let refused = refused.hint("Name the columns by their table.").at(start);
                        return using.then_some((start, refused));
                    }
                }
                _ if depth == 0 => return None,
                _ => {}
            }
        }
        None
    }

    /// EXCLUDE at the end of a window's frame.
    fn exclusion(&self, at: usize) -> Option<(usize, SqlError)> {
        let bound = match self.before(at, 1)? {
            Kind::Word(word) => matches!(word.as_str(), "row" | "preceding" | "following"),
            _ => false,
        };
        let what = self.word(at.saturating_add(1))?;
        if !bound || !matches!(what, "current" | "group" | "ties" | "no") {
            return None;
        }
        let start = self.tokens.get(at)?.start;
        Some((start, SqlError::unsupported("frames with EXCLUDE are not supported").at(start)))
    }
}

/// 42601 at the end of a statement: PostgreSQL points behind its last blank, or at the semicolon.
pub(super) fn end(text: &str, last: usize) -> SqlError {
    let rest = text.get(last..).unwrap_or_default();
    let blanks = rest.len().saturating_sub(rest.trim_start().len());
    let at = last.saturating_add(blanks);
    match rest.trim_start().chars().next() {
        Some(';') => SqlError::syntax(";", at),
        Some(_) => SqlError::syntax_end(text.len()),
        None => SqlError::syntax_end(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Option<usize> {
        let mut tokens = crate::sql::lexer::lex(text).unwrap().tokens;
        tokens.retain(|token| token.kind != Kind::Space);
        found(text, &tokens).map(|(_, place, _)| place)
    }

    #[test]
    fn the_words_are_sorted() {
        assert!(BEHIND_COMMA.is_sorted() && BARE.is_sorted());
    }

    #[test]
    fn tells_where_a_word_is_wrong() {
        let cases = [
            ("select a, from t", 10),
            ("select case when true end", 22),
            ("select case 1 when then 2 end", 19),
            ("select (case when a then b)", 26),
            ("select count(distinct *) from t", 22),
            ("select current_date()", 19),
            ("select cast(1)", 13),
            ("select nullif(1, 2, 3)", 18),
            ("delete t", 7),
            ("insert into t (a) value (1)", 18),
            ("select * from t limit 1, 2", 16),
            ("select * from t left u", 21),
            ("select * from t join u using (a) as j", 33),
        ];
        for (text, wrong) in cases {
            assert_eq!(place(text), Some(wrong), "{text}");
        }
    }

    #[test]
    fn leaves_alone_what_is_right() {
        let cases = [
            "select a.left, t.order as group from t",
            "select case a when 1 then case when b then 2 end else 3 end as end from t",
            "select left(a, 1), right (b, 2), cast(a as numeric(3, 2)) from t",
            "select distinct * from (select distinct * from t) q order by 1",
            "insert into t (value) values (1) returning value",
            "insert into value (a) values (1)",
            "insert into t select value (1)",
            "select nullif((select 1), f(2, 3)), coalesce(a) limit 1 offset 2",
            "select percentile_cont(0.5) within group (order by a) from t group by b",
            "select not (a), not b from t where not exists (select 1)",
            "commit and no chain",
            "begin",
            "end",
        ];
        for text in cases {
            assert_eq!(place(text), None, "{text}");
        }
    }
}

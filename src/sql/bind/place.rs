//! Where operators and keywords stand in the query string.
//!
//! The grammar's tree keeps the places of names and constants only; PostgreSQL points at operators
//! and keywords as well. They are found from the tokens around the operands: before the first
//! token of an operator's right side stands the operator.

use crate::sql::bound::At;
use crate::sql::lexer::{Kind, Token};
use irispg_grammar as grammar;
use irispg_grammar::ast::{CastKind, Expr, Query, SetExpr, UnaryOperator};

/// The tokens of the statement, without blanks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places<'a> {
    tokens: &'a [Token],
}

impl<'a> Places<'a> {
    /// Of a statement's tokens.
    pub(super) const fn new(tokens: &'a [Token]) -> Self {
        Self { tokens }
    }

    /// Where a token begins.
    pub(super) fn at(self, token: Option<usize>) -> At {
        At(token.and_then(|index| self.tokens.get(index)).map(|token| token.start))
    }

    /// The token that begins at an offset.
    pub(super) fn token(self, offset: Option<usize>) -> Option<usize> {
        self.tokens.binary_search_by_key(&offset?, |token| token.start).ok()
    }

    /// The keyword or operator that stands so many tokens before an expression.
    pub(super) fn before(self, expr: &Expr, count: usize) -> At {
        self.at(self.first(expr).and_then(|first| first.checked_sub(count)))
    }

    /// The operator before its right operand.
    pub(super) fn operator(self, right: &Expr) -> At {
        let Some(last) = self.first(right).and_then(|first| first.checked_sub(1)) else {
            return At(None);
        };
        // OPERATOR(pg_catalog.+)
        if self.is_mark(last, ")") {
            return self.at(self.opener(last).and_then(|open| open.checked_sub(1)));
        }
        self.at(Some(last))
    }

    /// The keyword before the parentheses around an expression, as of `CAST(…)`.
    pub(super) fn call(self, inside: &Expr) -> At {
        self.at(self.called(inside))
    }

    /// The keyword before a query in parentheses.
    pub(super) fn before_query(self, query: &Query, count: usize) -> At {
        self.at(self.query(query).and_then(|first| first.checked_sub(count)))
    }

    /// The parenthesis before a query.
    pub(super) fn query_parenthesis(self, query: &Query) -> At {
        self.before_query(query, 1)
    }

    /// Where the type of `type 'text'` begins, by the token of the text.
    pub(super) fn type_name(self, text: usize) -> Option<usize> {
        let mut at = text.checked_sub(1)?;
        if self.is_word(at, "zone") {
            at = at.checked_sub(3)?;
        }
        if self.is_mark(at, ")") {
            at = self.opener(at)?.checked_sub(1)?;
        }
        if self.is_word(at, "precision") || self.is_word(at, "varying") {
            at = at.checked_sub(1)?;
        }
        while at.checked_sub(1).is_some_and(|dot| self.is_mark(dot, ".")) {
            at = at.checked_sub(2)?;
        }
        Some(at)
    }

    /// The `::` behind an expression.
    pub(super) fn double_colon(self, expr: &Expr) -> Option<usize> {
        // Casts of casts have theirs before this one.
        let (mut before, mut inner) = (0_usize, expr);
        while let Expr::Cast { kind: CastKind::DoubleColon, expr, .. } = inner {
            before = before.saturating_add(1);
            inner = expr;
        }
        let mut at = self.first(inner)?;
        let mut depth = 0_usize;
        while let Some(token) = self.tokens.get(at) {
            match &token.kind {
                Kind::Mark("(" | "[") => depth = depth.saturating_add(1),
                Kind::Mark(")" | "]") => depth = depth.checked_sub(1)?,
                Kind::Word(word) if word == "case" => depth = depth.saturating_add(1),
                Kind::Word(word) if word == "end" => depth = depth.checked_sub(1)?,
                Kind::Mark("::") if depth == 0 && before == 0 => return Some(at),
                Kind::Mark("::") if depth == 0 => before = before.saturating_sub(1),
                _ => {}
            }
            at = at.saturating_add(1);
        }
        None
    }

    /// The type in `CAST(expr AS type)`.
    pub(super) fn cast_type(self, expr: &Expr) -> Option<usize> {
        let mut at = self.first(expr)?;
        let mut depth = 0_usize;
        while let Some(token) = self.tokens.get(at) {
            at = at.saturating_add(1);
            match &token.kind {
                Kind::Mark("(") => depth = depth.saturating_add(1),
                Kind::Mark(")") => depth = depth.checked_sub(1)?,
                Kind::Word(word) if word == "as" && depth == 0 => return Some(at),
                _ => {}
            }
        }
        None
    }

    /// The parenthesis behind OVER, by the token of the function's name.
    pub(super) fn over(self, name: Option<usize>) -> Option<usize> {
        let mut at = name?;
        let mut depth = 0_usize;
        while let Some(token) = self.tokens.get(at) {
            at = at.saturating_add(1);
            match &token.kind {
                Kind::Mark("(") => depth = depth.saturating_add(1),
                Kind::Mark(")") => depth = depth.checked_sub(1)?,
                Kind::Word(word) if word == "over" && depth == 0 => return Some(at),
                _ => {}
            }
        }
        None
    }

    /// Where the bounds of the frame behind OVER's parenthesis begin: the first one, and the last.
    pub(super) fn frame(self, parenthesis: Option<usize>) -> Option<(usize, usize)> {
        let mut at = parenthesis?.checked_add(1)?;
        let mut depth = 0_usize;
        let mut first = None;
        while let Some(token) = self.tokens.get(at) {
            at = at.saturating_add(1);
            match &token.kind {
                Kind::Mark("(") => depth = depth.saturating_add(1),
                Kind::Mark(")") if depth == 0 => return first.map(|first| (first, first)),
                Kind::Mark(")") => depth = depth.saturating_sub(1),
                Kind::Word(word) if depth == 0 => match (word.as_str(), first) {
                    ("rows" | "range" | "groups" | "between", _) => first = Some(at),
                    ("and", Some(first)) => return Some((first, at)),
                    _ => {}
                },
                _ => {}
            }
        }
        None
    }

    /// `ARRAY[]`, which has nothing in it that tells its place.
    pub(super) fn empty_array(self) -> At {
        let found = self.tokens.windows(3).find(|three| {
            matches!(three, [array, open, close]
                if array.kind.is_word("array") && open.kind.is_mark("[") && close.kind.is_mark("]"))
        });
        At(found.and_then(|three| three.first()).map(|token| token.start))
    }

    /// Whether the word INTERVAL, or its precision, stands before a literal.
    pub(super) fn is_interval(self, literal: At) -> bool {
        let before = self.token(literal.0).and_then(|text| text.checked_sub(1));
        before.is_some_and(|at| self.is_word(at, "interval") || self.is_mark(at, ")"))
    }

    /// The parenthesis that stands open before an offset.
    pub(super) fn parenthesis(self, inside: At) -> At {
        let mut at = self.token(inside.0);
        let mut depth = 0_usize;
        while let Some(index) = at.and_then(|at| at.checked_sub(1)) {
            match self.tokens.get(index).map(|token| &token.kind) {
                Some(Kind::Mark(")" | "]")) => depth = depth.saturating_add(1),
                Some(Kind::Mark("(")) if depth == 0 => return self.at(Some(index)),
                Some(Kind::Mark("(" | "[")) => depth = depth.saturating_sub(1),
                _ => {}
            }
            at = Some(index);
        }
        At(None)
    }

    /// Where two words stand side by side first.
    pub(super) fn words(self, first: &str, second: &str) -> At {
        let pair = |pair: &[Token]| match pair {
            [a, b] => a.kind.is_word(first) && b.kind.is_word(second),
            _ => false,
        };
        self.at(self.tokens.windows(2).position(pair))
    }

    /// The token so many places behind an offset.
    pub(super) fn behind(self, place: At, count: usize) -> At {
        self.at(self.token(place.0).map(|token| token.saturating_add(count)))
    }

    /// The first token of an expression, parentheses included.
    pub(super) fn first(self, expr: &Expr) -> Option<usize> {
        grammar::deeper(|| self.first_of(expr))
    }

    fn first_of(self, expr: &Expr) -> Option<usize> {
        match expr {
            Expr::Identifier(_)
            | Expr::CompoundIdentifier(_)
            | Expr::Value(_)
            | Expr::Function(_)
            | Expr::Case { .. } => self.token(grammar::start(expr)),
            Expr::CompoundFieldAccess { root, .. } => self.first(root),
            Expr::TypedString(typed) => {
                self.type_name(self.token(grammar::start_of_value(&typed.value))?)
            }
            Expr::Interval(interval) => self.first(&interval.value)?.checked_sub(1),
            Expr::Prefixed { value, .. } => self.first(value)?.checked_sub(1),
            Expr::Nested(inner) => self.first(inner)?.checked_sub(1),
            Expr::Tuple(all) => self.first(all.first()?)?.checked_sub(1),
            Expr::UnaryOp { op: UnaryOperator::PGPostfixFactorial, expr } => self.first(expr),
            Expr::UnaryOp { expr, .. } => self.first(expr)?.checked_sub(1),
            Expr::Cast { kind: CastKind::DoubleColon, expr, .. } => self.first(expr),
            Expr::Cast { expr, .. }
            | Expr::Extract { expr, .. }
            | Expr::Ceil { expr, .. }
            | Expr::Floor { expr, .. }
            | Expr::Position { expr, .. }
            | Expr::Substring { expr, .. }
            | Expr::Trim { expr, .. }
            | Expr::Overlay { expr, .. } => self.called(expr),
            Expr::Exists { subquery, negated } => {
                self.query(subquery)?.checked_sub(if *negated { 3 } else { 2 })
            }
            Expr::Subquery(query) => self.query(query)?.checked_sub(1),
            Expr::Array(array) => {
                self.first(array.elem.first()?)?.checked_sub(if array.named { 2 } else { 1 })
            }
            _ => self.first(leftmost(expr)?),
        }
    }

    fn called(self, inside: &Expr) -> Option<usize> {
        self.around(self.first(inside)?)?.checked_sub(1)
    }

    /// The parenthesis that is open at a token.
    fn around(self, token: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for at in (0..token).rev() {
            if self.is_mark(at, ")") {
                depth = depth.saturating_add(1);
            } else if self.is_mark(at, "(") {
                if depth == 0 {
                    return Some(at);
                }
                depth = depth.saturating_sub(1);
            }
        }
        None
    }

    /// The parenthesis that a closing one belongs to.
    fn opener(self, close: usize) -> Option<usize> {
        self.around(close)
    }

    fn query(self, query: &Query) -> Option<usize> {
        match &query.with {
            Some(with) => self.token(grammar::begin(with.with_token.0.span)),
            None => self.body(&query.body),
        }
    }

    fn body(self, body: &SetExpr) -> Option<usize> {
        match body {
            SetExpr::Select(select) => self.token(grammar::begin(select.select_token.0.span)),
            SetExpr::Query(inner) => self.query(inner)?.checked_sub(1),
            SetExpr::SetOperation { left, .. } => self.body(left),
            // VALUES (
            SetExpr::Values(values) => {
                self.first(values.rows.first()?.content.first()?)?.checked_sub(2)
            }
            _ => None,
        }
    }

    fn is_mark(self, token: usize, mark: &str) -> bool {
        self.tokens.get(token).is_some_and(|token| token.kind.is_mark(mark))
    }

    fn is_word(self, token: usize, word: &str) -> bool {
        self.tokens.get(token).is_some_and(|token| token.kind.is_word(word))
    }
}

/// The operand with which an expression begins.
fn leftmost(expr: &Expr) -> Option<&Expr> {
    Some(match expr {
        Expr::BinaryOp { left, .. }
        | Expr::AnyOp { left, .. }
        | Expr::AllOp { left, .. }
        | Expr::IsDistinctFrom(left, _)
        | Expr::IsNotDistinctFrom(left, _) => left,
        Expr::IsFalse(expr)
        | Expr::IsNotFalse(expr)
        | Expr::IsTrue(expr)
        | Expr::IsNotTrue(expr)
        | Expr::IsNull(expr)
        | Expr::IsNotNull(expr)
        | Expr::IsUnknown(expr)
        | Expr::IsNotUnknown(expr)
        | Expr::IsNormalized { expr, .. }
        | Expr::IsJson { expr, .. }
        | Expr::InList { expr, .. }
        | Expr::InSubquery { expr, .. }
        | Expr::InUnnest { expr, .. }
        | Expr::Between { expr, .. }
        | Expr::Like { expr, .. }
        | Expr::ILike { expr, .. }
        | Expr::SimilarTo { expr, .. }
        | Expr::Collate { expr, .. } => expr,
        Expr::AtTimeZone { timestamp, .. } => timestamp,
        _ => return None,
    })
}

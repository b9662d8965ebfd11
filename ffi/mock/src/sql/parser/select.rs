//! Queries (iris-sql §1.2).

use super::super::api::SqlFailure;
use super::super::ast::{Body, Expr, From, Item, JoinKind, Limit, Order, Query, Select, Top};
use super::super::token::{Kind, is_reserved};
use super::Parser;

/// Words after SELECT that change no result here.
const SELECT_HINTS: [&str; 5] = ["%NOFPLAN", "%NORUNTIME", "%PROFILE", "%PROFILE_ALL", "%PARALLEL"];

/// Words after FROM that change no result (iris-sql §1.2).
const FROM_HINTS: [&str; 11] = [
    "%ALLINDEX",
    "%FULL",
    "%INORDER",
    "%NOFLATTEN",
    "%NOMERGE",
    "%NOREDUCE",
    "%NOSVSO",
    "%NOTOPOPT",
    "%NOUNIONOROPT",
    "%PARALLEL",
    "%NOINDEX",
];

impl Parser {
    /// A query. `inner`: in parentheses, where ORDER BY needs TOP and LIMIT is not allowed.
    pub(super) fn query(&mut self, inner: bool) -> Result<Query, SqlFailure> {
        self.deeper()?;
        let with = if self.is_word("WITH") { self.common_tables(inner)? } else { Vec::new() };
        let body = self.body()?;
        let order = if self.words(&["ORDER", "BY"]) { self.order_list()? } else { Vec::new() };
        let limit = self.limit(&body)?;
        if inner {
            self.check_inner(&body, &order, limit.is_some())?;
        }
        self.depth -= 1;
        Ok(Query { with, body, order, limit })
    }

    /// ORDER BY in a subquery needs TOP, and LIMIT may not follow it there (iris-sql §1.2).
    fn check_inner(&self, body: &Body, order: &[Order], limit: bool) -> Result<(), SqlFailure> {
        let top = matches!(body, Body::Select(select) if select.top.is_some());
        if !order.is_empty() && (!top || limit) {
            return Err(self.error(-1, ") expected, ORDER found"));
        }
        Ok(())
    }

    fn common_tables(&mut self, inner: bool) -> Result<Vec<(String, Query)>, SqlFailure> {
        if inner || !self.version.has_cte() {
            return Err(self.error(-51, "SQL statement expected"));
        }
        self.advance();
        let mut out: Vec<(String, Query)> = Vec::new();
        loop {
            let name = self.identifier()?;
            if out.iter().any(|(other, _)| other.eq_ignore_ascii_case(&name)) {
                return Err(self.error(-382, "CTE name defined more than once"));
            }
            self.need_word("AS")?;
            self.need_symbol("(")?;
            let query = self.query(true)?;
            self.need_symbol(")")?;
            out.push((name, query));
            if !self.symbol(",") {
                break;
            }
        }
        if !self.is_word("SELECT") {
            // iris-sql §1.2: only a SELECT may follow.
            return Err(self.error(-383, "CTE used for any statement type other than select"));
        }
        Ok(out)
    }

    fn body(&mut self) -> Result<Body, SqlFailure> {
        let first = self.leg()?;
        if !self.is_word("UNION") {
            return match (first.body, first.order.is_empty()) {
                (body, true) => Ok(body),
                (body, false) => {
                    let query = Query { with: Vec::new(), body, order: first.order, limit: None };
                    Ok(Body::Union { all: true, legs: vec![query] })
                }
            };
        }
        let mut legs = vec![first];
        let mut every = None;
        while self.word("UNION") {
            let all = self.word("ALL");
            self.word("%PARALLEL");
            let next = self.leg()?;
            // A change from ALL to DISTINCT closes what is there as one leg.
            if every.is_some_and(|before| before != all) {
                let before = every.unwrap_or(all);
                let done = Query {
                    with: Vec::new(),
                    body: Body::Union { all: before, legs: std::mem::take(&mut legs) },
                    order: Vec::new(),
                    limit: None,
                };
                self.deeper()?;
                legs.push(done);
            }
            every = Some(all);
            legs.push(next);
        }
        Ok(Body::Union { all: every.unwrap_or(true), legs })
    }

    fn leg(&mut self) -> Result<Query, SqlFailure> {
        if self.symbol("(") {
            // A SELECT in parentheses follows the rules of subqueries (iris-sql §1.2).
            let query = self.query(true)?;
            self.need_symbol(")")?;
            return Ok(query);
        }
        let body = Body::Select(Box::new(self.select()?));
        Ok(Query { with: Vec::new(), body, order: Vec::new(), limit: None })
    }

    fn select(&mut self) -> Result<Select, SqlFailure> {
        self.need_word("SELECT")?;
        let mut no_lock = false;
        loop {
            if self.word("%NOLOCK") {
                no_lock = true;
            } else if !SELECT_HINTS.iter().any(|hint| self.word(hint)) {
                break;
            }
        }
        let distinct = self.word("DISTINCT");
        if !distinct {
            self.word("ALL");
        }
        let top = if self.is_word("TOP") { Some(self.top()?) } else { None };
        let items = self.items()?;
        let from = if self.word("FROM") { self.sources()? } else { Vec::new() };
        let filter = if self.word("WHERE") { Some(self.condition()?) } else { None };
        let mut group = Vec::new();
        if self.words(&["GROUP", "BY"]) {
            group.push(self.value()?);
            while self.symbol(",") {
                group.push(self.value()?);
            }
        }
        let having = if self.word("HAVING") { Some(self.condition()?) } else { None };
        Ok(Select { distinct, top, no_lock, items, from, filter, group, having })
    }

    /// `TOP {n|?|ALL}`, also `TOP(1)` (iris-sql §1.2, §1.8); no expressions.
    fn top(&mut self) -> Result<Top, SqlFailure> {
        self.advance();
        if self.word("ALL") {
            return Ok(Top::All);
        }
        let parenthesised = self.symbol("(");
        let count = self.count()?;
        if parenthesised {
            self.need_symbol(")")?;
        }
        Ok(Top::Count(count))
    }

    fn count(&mut self) -> Result<Expr, SqlFailure> {
        let negative = self.symbol("-");
        let count = match self.kind().clone() {
            Kind::Number(digits) if negative => Expr::Number(format!("-{digits}")),
            Kind::Number(digits) => Expr::Number(digits),
            Kind::Param(n) if !negative => Expr::Param(n),
            _ => {
                return Err(self.error(-65, "Positive integer constant or variable expected"));
            }
        };
        self.advance();
        Ok(count)
    }

    fn items(&mut self) -> Result<Vec<Item>, SqlFailure> {
        let mut out = vec![self.item()?];
        while self.symbol(",") {
            out.push(self.item()?);
        }
        Ok(out)
    }

    fn item(&mut self) -> Result<Item, SqlFailure> {
        let at = self.at;
        if self.symbol("*") {
            return Ok(Item::Star(None, at));
        }
        if self.at_identifier() && self.is_symbol_at(1, ".") {
            let dots = if self.is_symbol_at(3, ".") { 2 } else { 0 };
            if self.is_symbol_at(dots + 2, "*") {
                let mut label = self.identifier()?;
                self.advance();
                if dots > 0 {
                    label = self.identifier()?;
                    self.advance();
                }
                self.advance();
                return Ok(Item::Star(Some(label), at));
            }
        }
        let expr = self.value()?;
        let alias = self.table_alias()?;
        Ok(Item::Value { expr, alias })
    }

    /// Whether an alias without AS stands here: an identifier that begins no clause.
    fn at_alias(&self) -> bool {
        if !self.at_identifier() || self.is_word("ORDER") && self.is_word_at(1, "BY") {
            return false;
        }
        let limit = self.is_word("LIMIT") || self.is_word("OFFSET");
        // Before 2025.1 LIMIT is read as an alias (iris-sql §1.2).
        !(limit && self.version.has_limit())
    }

    fn sources(&mut self) -> Result<Vec<From>, SqlFailure> {
        while FROM_HINTS.iter().any(|hint| self.word(hint)) {}
        let mut out = vec![self.joined()?];
        while self.symbol(",") {
            out.push(self.joined()?);
        }
        Ok(out)
    }

    fn joined(&mut self) -> Result<From, SqlFailure> {
        let mut links = 0;
        let mut left = self.table_reference()?;
        while let Some(kind) = self.join_kind()? {
            self.longer(&mut links)?;
            let right = self.table_reference()?;
            let on = if kind == JoinKind::Cross {
                None
            } else {
                self.need_word("ON")?;
                Some(self.condition()?)
            };
            left = From::Join { left: Box::new(left), right: Box::new(right), kind, on };
        }
        Ok(left)
    }

    fn join_kind(&mut self) -> Result<Option<JoinKind>, SqlFailure> {
        let kind = if self.word("CROSS") {
            JoinKind::Cross
        } else if self.word("INNER") {
            JoinKind::Inner
        } else if self.is_word("LEFT") && !self.is_symbol_at(1, "(") {
            self.advance();
            self.word("OUTER");
            JoinKind::Left
        } else if self.is_word("RIGHT") && !self.is_symbol_at(1, "(") {
            self.advance();
            self.word("OUTER");
            JoinKind::Right
        } else if self.word("FULL") {
            self.word("OUTER");
            JoinKind::Full
        } else if self.is_word("JOIN") {
            JoinKind::Inner
        } else {
            return Ok(None);
        };
        self.need_word("JOIN")?;
        Ok(Some(kind))
    }

    fn table_reference(&mut self) -> Result<From, SqlFailure> {
        if self.is_symbol("(") {
            self.deeper()?;
            if self.opens_query(0) {
                self.advance();
                let query = Box::new(self.query(true)?);
                self.need_symbol(")")?;
                let alias = self.table_alias()?;
                self.depth -= 1;
                return Ok(From::Derived { query, alias });
            }
            self.advance();
            let inner = self.joined()?;
            self.need_symbol(")")?;
            self.depth -= 1;
            return Ok(inner);
        }
        let name = self.table_name()?;
        let alias = self.table_alias()?;
        Ok(From::Table { name, alias })
    }

    pub(super) fn table_alias(&mut self) -> Result<Option<String>, SqlFailure> {
        if self.word("AS") || self.at_alias() {
            return self.identifier().map(Some);
        }
        Ok(None)
    }

    fn order_list(&mut self) -> Result<Vec<Order>, SqlFailure> {
        let mut out = Vec::new();
        loop {
            let expr = self.value()?;
            let descending = self.word("DESC");
            if !descending {
                self.word("ASC");
            }
            out.push(Order { expr, descending });
            if !self.symbol(",") {
                return Ok(out);
            }
        }
    }

    /// LIMIT/OFFSET and OFFSET/FETCH exist since 2025.1; two styles at once are −386.
    fn limit(&mut self, body: &Body) -> Result<Option<Limit>, SqlFailure> {
        let present = self.is_word("LIMIT") || self.is_word("OFFSET") || self.is_word("FETCH");
        if !present || !self.version.has_limit() {
            return Ok(None);
        }
        let mut out = Limit { count: None, offset: None };
        let mixed = || "Cannot use more than one of TOP, LIMIT or ANSI styles";
        if self.word("LIMIT") {
            if !self.word("ALL") {
                out.count = Some(self.count()?);
            }
            if self.word("OFFSET") {
                out.offset = Some(self.count()?);
            }
        } else {
            if self.word("OFFSET") {
                out.offset = Some(self.count()?);
                let _ = self.word("ROWS") || self.word("ROW");
            }
            if self.word("FETCH") {
                let _ = self.word("FIRST") || self.word("NEXT");
                out.count = Some(self.count()?);
                let _ = self.word("ROWS") || self.word("ROW");
                self.word("ONLY");
            }
        }
        let again = self.is_word("LIMIT") || self.is_word("OFFSET") || self.is_word("FETCH");
        let top = matches!(body, Body::Select(s) if s.top.is_some());
        if again || top {
            return Err(self.error(-386, mixed()));
        }
        Ok(Some(out))
    }

    /// Whether the word begins no alias because it is reserved; used by DML with optional aliases.
    pub(super) fn at_plain_alias(&self) -> bool {
        matches!(self.kind(), Kind::Word(w) if !is_reserved(w))
            || matches!(self.kind(), Kind::Quoted(_))
    }
}

//! Queries (iris-sql §1.2).

use super::super::api::SqlFailure;
use super::super::ast::{Body, Distinct, Expr, Item, Limit, Order, Query, Select, Top};
use super::super::sqlcode;
use super::super::token::Kind;
use super::Parser;

/// Words after SELECT that change no result here (iris-sql §1.2); %NOLOCK does.
const HINTS: [&str; 4] = ["%NOFPLAN", "%NORUNTIME", "%PROFILE", "%PROFILE_ALL"];

impl Parser {
    /// A query. `inner`: in parentheses, where ORDER BY needs TOP and LIMIT may not follow it
    /// (iris-sql §1.2).
    pub(super) fn query(&mut self, inner: bool) -> Result<Query, SqlFailure> {
        self.deeper()?;
        let before = std::mem::replace(&mut self.in_on, false);
        let with = if self.is_word("WITH") { self.common_tables(inner)? } else { Vec::new() };
        let body = self.body()?;
        let mut order = Vec::new();
        if self.is_word("ORDER") && self.is_word_at(1, "BY") {
            let top = matches!(&body, Body::Select(select) if select.top.is_some());
            if inner && !top {
                return Err(self.expected(")"));
            }
            self.words(&["ORDER", "BY"]);
            order = self.order_list()?;
            if inner && self.version.has_limit() && self.at_limit() {
                return Err(self.expected(")"));
            }
        }
        let limit = self.limit(&body)?;
        self.in_on = before;
        self.depth -= 1;
        Ok(Query { with, body, order, limit })
    }

    /// `WITH name AS (query), …`; not in subqueries, no list of columns (iris-sql §1.2).
    fn common_tables(&mut self, inner: bool) -> Result<Vec<(String, Query)>, SqlFailure> {
        if inner || !self.version.has_cte() {
            return Err(self.error(-51, "SQL statement expected"));
        }
        self.advance();
        let mut out: Vec<(String, Query)> = Vec::new();
        let mut links = 0;
        loop {
            self.longer(&mut links)?;
            let name = self.identifier()?;
            if out.iter().any(|(other, _)| super::same(other, &name)) {
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

    /// UNVERIFIED(iris): INTERSECT and EXCEPT, which only the 2025.3 text has (iris-sql §1.2), are
    /// not of the versions here: −25.
    fn body(&mut self) -> Result<Body, SqlFailure> {
        let first = self.leg()?;
        if !self.is_word("UNION") {
            let plain = first.order.is_empty() && first.limit.is_none() && first.with.is_empty();
            return Ok(if plain {
                first.body
            } else {
                Body::Union { all: true, legs: vec![first] }
            });
        }
        let mut legs = vec![first];
        let mut every = None;
        let mut links = 0;
        while self.word("UNION") {
            self.longer(&mut links)?;
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
            } else if !HINTS.iter().any(|hint| self.word(hint)) {
                break;
            }
        }
        let distinct = self.distinct()?;
        let top = if self.is_word("TOP") { Some(self.top()?) } else { None };
        let page = self.page()?;
        if page.is_some() && top.is_some() {
            return Err(self.mixed_styles());
        }
        let items = self.items()?;
        if self.is_word("INTO") {
            // iris-sql Appendix A: INTO is for Embedded SQL.
            return Err(self.error(-422, sqlcode::text(-422).unwrap_or_default()));
        }
        let (hints, from) = if self.word("FROM") { self.sources()? } else { Default::default() };
        let filter = if self.word("WHERE") { Some(self.condition()?) } else { None };
        let group = if self.words(&["GROUP", "BY"]) { self.values()? } else { Vec::new() };
        let having = if self.word("HAVING") { Some(self.condition()?) } else { None };
        Ok(Select { distinct, top, no_lock, page, items, from, hints, filter, group, having })
    }

    /// `[ALL|DISTINCT [BY (columns)]]`, before TOP (iris-sql §1.2).
    fn distinct(&mut self) -> Result<Distinct, SqlFailure> {
        if !self.word("DISTINCT") {
            self.word("ALL");
            return Ok(Distinct::No);
        }
        if self.word("BY") {
            return Ok(Distinct::By(self.list(Self::value)?));
        }
        Ok(Distinct::Rows)
    }

    /// `%ROWOFFSET n %ROWLIMIT n`, undocumented, but sent by a dialect for 2025 (iris-sql §1.2).
    /// UNVERIFIED(iris): they exist where LIMIT does.
    fn page(&mut self) -> Result<Option<Limit>, SqlFailure> {
        if !self.version.has_limit() {
            return Ok(None);
        }
        let offset = if self.word("%ROWOFFSET") { Some(self.count()?) } else { None };
        let count = if self.word("%ROWLIMIT") { Some(self.count()?) } else { None };
        Ok((offset.is_some() || count.is_some()).then_some(Limit { count, offset }))
    }

    fn values(&mut self) -> Result<Vec<Expr>, SqlFailure> {
        let mut out = vec![self.value()?];
        while self.symbol(",") {
            out.push(self.value()?);
        }
        Ok(out)
    }

    /// `TOP {n|?|ALL}`, also `TOP(1)` (iris-sql §1.2, §1.8); no expressions.
    fn top(&mut self) -> Result<Top, SqlFailure> {
        self.advance();
        if self.word("ALL") {
            return Ok(Top::All);
        }
        let mut open = 0;
        while self.symbol("(") {
            self.longer(&mut open)?;
        }
        let count = self.count()?;
        for _ in 0..open {
            self.need_symbol(")")?;
        }
        Ok(Top::Count(count))
    }

    /// A whole number or `?`; a negative one counts as 0 (iris-sql §1.2).
    fn count(&mut self) -> Result<Expr, SqlFailure> {
        let negative = self.symbol("-");
        let whole = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit());
        let count = match self.kind().clone() {
            Kind::Number(digits) if whole(&digits) && negative => {
                Expr::Number(format!("-{digits}"))
            }
            Kind::Number(digits) if whole(&digits) => Expr::Number(digits),
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

    pub(super) fn order_list(&mut self) -> Result<Vec<Order>, SqlFailure> {
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

    fn at_limit(&self) -> bool {
        self.is_word("LIMIT") || self.is_word("OFFSET") || self.is_word("FETCH")
    }

    /// LIMIT/OFFSET and OFFSET/FETCH exist since 2025.1; two styles at once are −386
    /// (iris-sql §1.2). UNVERIFIED(iris): LIMIT ALL without a number counts nothing off.
    fn limit(&mut self, body: &Body) -> Result<Option<Limit>, SqlFailure> {
        if !self.version.has_limit() || !self.at_limit() {
            return Ok(None);
        }
        let mut out = Limit { count: None, offset: None };
        let limit_style = self.word("LIMIT");
        if limit_style {
            let all = self.word("ALL");
            let number = matches!(self.kind(), Kind::Number(_) | Kind::Param(_));
            if !all || number {
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
        let other = if limit_style { self.is_word("FETCH") } else { self.is_word("LIMIT") };
        let top = matches!(body, Body::Select(s) if s.top.is_some() || s.page.is_some());
        if other || top {
            return Err(self.mixed_styles());
        }
        Ok(Some(out))
    }

    /// −386 (iris-sql §1.2).
    fn mixed_styles(&self) -> SqlFailure {
        self.error(-386, sqlcode::text(-386).unwrap_or_default())
    }
}

//! Conditions. A condition is no value and a value is no condition (iris-sql §1.1).

use super::super::api::SqlFailure;
use super::super::ast::{
    Body, Compare, Cond, Distinct, Expr, Item, Json, Quantifier, Query, Select,
};
use super::super::sqlcode;
use super::super::token::Kind;
use super::Parser;

/// What a parenthesis or a predicate turned out to hold.
enum Either {
    Value(Expr),
    Cond(Cond),
}

/// Predicates that NOT may stand before (iris-sql §1.1, Appendix C).
const NEGATABLE: [&str; 9] = [
    "BETWEEN",
    "IN",
    "LIKE",
    "%STARTSWITH",
    "%INLIST",
    "%MATCHES",
    "%PATTERN",
    "%CONTAINS",
    "%CONTAINSTERM",
];

impl Parser {
    /// A condition; a bare value in its place is −14.
    pub(super) fn condition(&mut self) -> Result<Cond, SqlFailure> {
        self.deeper()?;
        let out = self.either_or()?;
        self.depth -= 1;
        self.must_be_condition(out)
    }

    /// A value is no condition: −14 (iris-sql §1.1).
    fn must_be_condition(&self, found: Either) -> Result<Cond, SqlFailure> {
        match found {
            Either::Cond(cond) => Ok(cond),
            Either::Value(_) => Err(self.error(-14, "A comparison operator is required here")),
        }
    }

    fn either_or(&mut self) -> Result<Either, SqlFailure> {
        let first = self.either_and()?;
        if !(self.is_word("OR") || self.is_symbol("!")) {
            return Ok(first);
        }
        let mut all = vec![self.must_be_condition(first)?];
        while self.word("OR") || self.symbol("!") {
            let next = self.either_and()?;
            all.push(self.must_be_condition(next)?);
        }
        Ok(Either::Cond(Cond::Or(all)))
    }

    fn either_and(&mut self) -> Result<Either, SqlFailure> {
        let first = self.either_not()?;
        if !(self.is_word("AND") || self.is_symbol("&")) {
            return Ok(first);
        }
        let mut all = vec![self.must_be_condition(first)?];
        while self.word("AND") || self.symbol("&") {
            let next = self.either_not()?;
            all.push(self.must_be_condition(next)?);
        }
        Ok(Either::Cond(Cond::And(all)))
    }

    /// NOT before a value is −15 (iris-sql Appendix A).
    fn either_not(&mut self) -> Result<Either, SqlFailure> {
        if self.word("NOT") {
            self.deeper()?;
            let inner = match self.either_not()? {
                Either::Cond(cond) => cond,
                Either::Value(_) => return Err(self.error(-15, "A condition expected after NOT")),
            };
            self.depth -= 1;
            return Ok(Either::Cond(Cond::Not(Box::new(inner))));
        }
        self.predicate()
    }

    fn predicate(&mut self) -> Result<Either, SqlFailure> {
        let start = self.at;
        self.predicate_inside().map_err(|failure| {
            // Where a condition may begin, a missing term is −4, not −12 (iris-sql Appendix A).
            if failure.sqlcode == -12 && self.at == start {
                let text = sqlcode::text(-4).unwrap_or_default();
                return self.error(-4, &format!("{text}, {} found", self.found()));
            }
            failure
        })
    }

    fn predicate_inside(&mut self) -> Result<Either, SqlFailure> {
        if self.is_word("FOR") {
            return self.for_some();
        }
        if self.word("EXISTS") {
            self.need_symbol("(")?;
            let query = self.query(true)?;
            self.need_symbol(")")?;
            return Ok(Either::Cond(Cond::Exists(Box::new(query))));
        }
        let left = if self.is_symbol("(") && !self.is_word_at(1, "SELECT") {
            self.advance();
            self.deeper()?;
            let inner = self.either_or()?;
            self.depth -= 1;
            self.need_symbol(")")?;
            match inner {
                Either::Cond(cond) => return Ok(Either::Cond(cond)),
                Either::Value(value) => self.value_from(value)?,
            }
        } else {
            self.value()?
        };
        self.comparison(left)
    }

    /// What may follow the left operand of a predicate.
    fn comparison(&mut self, left: Expr) -> Result<Either, SqlFailure> {
        if let Some(op) = self.compare_operator() {
            return self.right_operand(left, op).map(Either::Cond);
        }
        if self.is_symbol("=*") || self.is_symbol("*=") {
            return Err(self.legacy_join(&left));
        }
        if self.word("IS") {
            let negated = self.word("NOT");
            if self.word("JSON") {
                return Ok(Either::Cond(negate(Cond::IsJson(left, self.json_kind()), negated)));
            }
            self.need_word("NULL")?;
            return Ok(Either::Cond(negate(Cond::IsNull(left), negated)));
        }
        // `NOT[` and `NOT]` are operators, too (iris-sql §1.1).
        let negated = self.is_word("NOT")
            && (NEGATABLE.iter().any(|w| self.is_word_at(1, w))
                || self.is_symbol_at(1, "[")
                || self.is_symbol_at(1, "]"));
        if negated {
            self.advance();
        }
        let cond = if self.word("BETWEEN") {
            let low = self.value()?;
            self.need_word("AND")?;
            Cond::Between(left, low, self.value()?)
        } else if self.word("IN") {
            if self.parenthesis_is_query(0) {
                self.need_symbol("(")?;
                let query = self.query(true)?;
                self.need_symbol(")")?;
                Cond::InQuery(left, Box::new(query))
            } else {
                Cond::InList(left, self.list(Self::value)?)
            }
        } else if self.word("LIKE") {
            let pattern = self.value()?;
            let escape = if self.word("ESCAPE") { Some(self.value()?) } else { None };
            Cond::Like { value: left, pattern, escape }
        } else if self.word("%STARTSWITH") {
            Cond::StartsWith(left, self.value()?)
        } else if self.symbol("[") {
            Cond::Contains(left, self.value()?)
        } else if self.symbol("]") {
            Cond::Follows(left, self.value()?)
        } else if self.word("%INLIST") {
            let list = self.value()?;
            self.size_hint()?;
            Cond::InListValue(left, list)
        } else if self.word("%MATCHES") {
            let pattern = self.value()?;
            let escape = if self.word("ESCAPE") { Some(self.value()?) } else { None };
            Cond::Matches { value: left, pattern, escape }
        } else if self.word("%PATTERN") {
            Cond::Pattern(left, self.value()?)
        } else if self.word("%CONTAINS") || self.word("%CONTAINSTERM") {
            // No column of a DDL table supports %Text (iris-sql Appendix A).
            return Err(self.error(-309, sqlcode::text(-309).unwrap_or_default()));
        } else {
            return Ok(Either::Value(left));
        };
        Ok(Either::Cond(negate(cond, negated)))
    }

    /// `FOR SOME (table [AS alias]) (condition)`; without an index on the elements of a list
    /// `FOR SOME %ELEMENT` is −400 (iris-sql §1.8).
    fn for_some(&mut self) -> Result<Either, SqlFailure> {
        self.advance();
        if !self.word("SOME") {
            return Err(self.error(-16, sqlcode::text(-16).unwrap_or_default()));
        }
        if self.is_word("%ELEMENT") {
            return Err(self.error(-400, "FOR SOME %ELEMENT needs an ELEMENTS index"));
        }
        if !self.is_symbol("(") {
            return Err(self.error(-17, sqlcode::text(-17).unwrap_or_default()));
        }
        self.deeper()?;
        self.advance();
        let (hints, from) = self.sources()?;
        self.need_symbol(")")?;
        self.need_symbol("(")?;
        let filter = Some(self.condition()?);
        self.need_symbol(")")?;
        self.depth -= 1;
        let select = Select {
            distinct: Distinct::No,
            top: None,
            no_lock: false,
            page: None,
            items: vec![Item::Value { expr: Expr::Number("1".to_owned()), alias: None }],
            from,
            hints,
            filter,
            group: Vec::new(),
            having: None,
        };
        let body = Body::Select(Box::new(select));
        let query = Query { with: Vec::new(), body, order: Vec::new(), limit: None };
        Ok(Either::Cond(Cond::Exists(Box::new(query))))
    }

    /// The joins of old: −68 in ON, −32 unless between two fields (iris-sql Appendix A).
    /// UNVERIFIED(iris): not simulated, −94 stands for them.
    fn legacy_join(&mut self, left: &Expr) -> SqlFailure {
        if self.in_on {
            return self.error(-68, sqlcode::text(-68).unwrap_or_default());
        }
        self.advance();
        let fields = matches!(left, Expr::Column { .. }) && self.at_identifier();
        let code = if fields { -94 } else { -32 };
        self.error(code, sqlcode::text(code).unwrap_or_default())
    }

    /// `IS JSON [VALUE|SCALAR|ARRAY|OBJECT]` (iris-sql §2).
    fn json_kind(&mut self) -> Json {
        let found = [
            ("VALUE", Json::Any),
            ("SCALAR", Json::Scalar),
            ("ARRAY", Json::Array),
            ("OBJECT", Json::Object),
        ]
        .into_iter()
        .find(|(word, _)| self.is_word(word));
        if found.is_some() {
            self.advance();
        }
        found.map_or(Json::Any, |(_, kind)| kind)
    }

    /// `SIZE ((nn))`, a hint (iris-sql Appendix C).
    fn size_hint(&mut self) -> Result<(), SqlFailure> {
        if !(self.is_word("SIZE") && self.is_symbol_at(1, "(")) {
            return Ok(());
        }
        self.advance();
        let mut open = 0;
        while self.symbol("(") {
            self.longer(&mut open)?;
        }
        if !matches!(self.kind(), Kind::Number(_)) {
            return Err(self.error(-80, "Integer expected"));
        }
        self.advance();
        for _ in 0..open {
            self.need_symbol(")")?;
        }
        Ok(())
    }

    fn right_operand(&mut self, left: Expr, op: Compare) -> Result<Cond, SqlFailure> {
        for (word, quantifier) in
            [("ANY", Quantifier::Any), ("SOME", Quantifier::Any), ("ALL", Quantifier::All)]
        {
            if self.is_word(word) && self.opens_query(1) {
                self.advance();
                self.need_symbol("(")?;
                let query = self.query(true)?;
                self.need_symbol(")")?;
                return Ok(Cond::Quantified(op, left, quantifier, Box::new(query)));
            }
        }
        Ok(Cond::Compare(op, left, self.value()?))
    }

    fn compare_operator(&mut self) -> Option<Compare> {
        let op = match self.kind() {
            Kind::Symbol("=") => Compare::Equal,
            Kind::Symbol("<>" | "!=") => Compare::NotEqual,
            Kind::Symbol("<") => Compare::Less,
            Kind::Symbol("<=") => Compare::LessEqual,
            Kind::Symbol(">") => Compare::Greater,
            Kind::Symbol(">=") => Compare::GreaterEqual,
            _ => return None,
        };
        self.advance();
        Some(op)
    }

    /// Whether `(`, any number of them, and SELECT stand at `by`.
    pub(super) fn opens_query(&self, by: usize) -> bool {
        let mut by = by;
        if !self.is_symbol_at(by, "(") {
            return false;
        }
        while self.is_symbol_at(by, "(") {
            by += 1;
        }
        self.is_word_at(by, "SELECT")
    }
}

fn negate(cond: Cond, negated: bool) -> Cond {
    if negated { Cond::Not(Box::new(cond)) } else { cond }
}

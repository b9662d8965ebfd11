//! Values and conditions. A condition is no value and a value is no condition (iris-sql §1.1).

use super::super::api::SqlFailure;
use super::super::ast::{Compare, Cond, Expr, Op, Quantifier, When};
use super::super::token::{Kind, is_reserved};
use super::Parser;

/// What a parenthesis or a predicate turned out to hold.
enum Either {
    Value(Expr),
    Cond(Cond),
}

impl Parser {
    // Conditions.

    /// A condition; a bare value in its place is −14.
    pub(super) fn condition(&mut self) -> Result<Cond, SqlFailure> {
        self.deeper()?;
        let out = self.either_or()?;
        self.depth -= 1;
        self.must_be_condition(out)
    }

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
        if self.word("EXISTS") {
            self.need_symbol("(")?;
            let query = self.query(true)?;
            self.need_symbol(")")?;
            return Ok(Either::Cond(Cond::Exists(Box::new(query))));
        }
        let left = if self.is_symbol("(") && !self.opens_query(0) {
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
        if self.word("IS") {
            let negated = self.word("NOT");
            self.need_word("NULL")?;
            return Ok(Either::Cond(negate(Cond::IsNull(left), negated)));
        }
        let negated = self.is_word("NOT")
            && ["BETWEEN", "IN", "LIKE", "%STARTSWITH"].iter().any(|w| self.is_word_at(1, w));
        if negated {
            self.advance();
        }
        let cond = if self.word("BETWEEN") {
            let low = self.value()?;
            self.need_word("AND")?;
            Cond::Between(left, low, self.value()?)
        } else if self.word("IN") {
            if self.opens_query(0) {
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
        } else {
            return Ok(Either::Value(left));
        };
        Ok(Either::Cond(negate(cond, negated)))
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

    // Values.

    /// A value: sums, then products, then signs (ANSI precedence, iris-sql §1.1).
    pub(super) fn value(&mut self) -> Result<Expr, SqlFailure> {
        self.deeper()?;
        let first = self.signed()?;
        let out = self.chain(first)?;
        self.depth -= 1;
        Ok(out)
    }

    /// A value whose first term is known already.
    fn value_from(&mut self, first: Expr) -> Result<Expr, SqlFailure> {
        self.chain(first)
    }

    fn chain(&mut self, first: Expr) -> Result<Expr, SqlFailure> {
        let mut links = 0;
        let mut left = self.product(first)?;
        loop {
            let op = match self.kind() {
                Kind::Symbol("+") => Op::Add,
                Kind::Symbol("-") => Op::Subtract,
                Kind::Symbol("||") => Op::Concat,
                _ => break,
            };
            self.advance();
            self.longer(&mut links)?;
            let next = self.signed()?;
            let right = self.product(next)?;
            left = Expr::Binary(op, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn product(&mut self, first: Expr) -> Result<Expr, SqlFailure> {
        let mut links = 0;
        let mut left = first;
        loop {
            let op = match self.kind() {
                Kind::Symbol("*") => Op::Multiply,
                Kind::Symbol("/") => Op::Divide,
                Kind::Symbol("\\") => Op::Whole,
                Kind::Symbol("#") => Op::Modulo,
                _ => break,
            };
            self.advance();
            self.longer(&mut links)?;
            let right = self.signed()?;
            left = Expr::Binary(op, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn signed(&mut self) -> Result<Expr, SqlFailure> {
        let mut negative = false;
        let mut signs = 0_usize;
        loop {
            if self.symbol("-") {
                negative = !negative;
            } else if !self.symbol("+") {
                break;
            }
            signs += 1;
        }
        let term = self.term()?;
        match term {
            Expr::Number(digits) if negative => Ok(Expr::Number(format!("-{digits}"))),
            term if negative => Ok(Expr::Negate(Box::new(term))),
            term if signs > 0 && !matches!(term, Expr::Number(_)) => {
                Ok(Expr::Negate(Box::new(Expr::Negate(Box::new(term)))))
            }
            term => Ok(term),
        }
    }

    pub(super) fn term(&mut self) -> Result<Expr, SqlFailure> {
        match self.kind().clone() {
            Kind::Param(n) => {
                self.advance();
                Ok(Expr::Param(n))
            }
            Kind::Text(text) => {
                self.advance();
                Ok(Expr::Text(text))
            }
            Kind::Number(digits) => {
                self.advance();
                Ok(Expr::Number(digits))
            }
            Kind::Symbol("(") => self.parenthesised(),
            Kind::Symbol("{") => self.escape(),
            Kind::Quoted(_) => self.column(),
            Kind::Word(word) => self.word_term(&word),
            _ => Err(self.term_expected()),
        }
    }

    fn parenthesised(&mut self) -> Result<Expr, SqlFailure> {
        let query = self.opens_query(0) && self.is_word_at(1, "SELECT");
        self.need_symbol("(")?;
        self.deeper()?;
        let out = if query { Expr::Subquery(Box::new(self.query(true)?)) } else { self.value()? };
        self.depth -= 1;
        self.need_symbol(")")?;
        Ok(out)
    }

    pub(super) fn word_term(&mut self, word: &str) -> Result<Expr, SqlFailure> {
        let upper = word.to_ascii_uppercase();
        if let Some(out) = self.function(&upper)? {
            return Ok(out);
        }
        match upper.as_str() {
            "NULL" => {
                self.advance();
                Ok(Expr::Null)
            }
            "CASE" => self.case(),
            "%ID" | "%VID" | "%TABLENAME" | "%CLASSNAME" => self.pseudo(None),
            "NOT" | "EXISTS" => Err(self.term_expected()),
            _ if is_reserved(&upper) || upper.starts_with('$') => Err(self.term_expected()),
            _ => self.column(),
        }
    }

    fn column(&mut self) -> Result<Expr, SqlFailure> {
        let at = self.at;
        let first = self.identifier()?;
        if !self.symbol(".") {
            return Ok(Expr::Column { table: None, name: first, at });
        }
        if self.is_word("%ID") || self.is_word("%VID") {
            return self.pseudo(Some(first));
        }
        let second = self.identifier()?;
        if self.symbol(".") {
            // `schema.table.column`: the schema must agree, which the label decides.
            if self.is_word("%ID") {
                return self.pseudo(Some(second));
            }
            let third = self.identifier()?;
            return Ok(Expr::Column { table: Some(second), name: third, at });
        }
        if self.is_symbol("(") {
            // `schema.function(…)`.
            return self.arguments(format!("{first}.{second}").to_ascii_uppercase(), at);
        }
        Ok(Expr::Column { table: Some(first), name: second, at })
    }

    fn pseudo(&mut self, table: Option<String>) -> Result<Expr, SqlFailure> {
        let at = self.at;
        let Kind::Word(word) = self.kind() else { return Err(self.term_expected()) };
        let name = word.to_ascii_uppercase();
        self.advance();
        Ok(Expr::Column { table, name, at })
    }

    fn case(&mut self) -> Result<Expr, SqlFailure> {
        self.advance();
        let operand = if self.is_word("WHEN") { None } else { Some(Box::new(self.value()?)) };
        let mut whens = Vec::new();
        while self.word("WHEN") {
            let when = if operand.is_some() {
                When::Value(self.value()?)
            } else {
                When::Cond(self.condition()?)
            };
            self.need_word("THEN")?;
            whens.push((when, self.value()?));
        }
        if whens.is_empty() {
            return Err(self.expected("WHEN"));
        }
        let other = if self.word("ELSE") { Some(Box::new(self.value()?)) } else { None };
        self.need_word("END")?;
        Ok(Expr::Case { operand, whens, other })
    }
}

fn negate(cond: Cond, negated: bool) -> Cond {
    if negated { Cond::Not(Box::new(cond)) } else { cond }
}

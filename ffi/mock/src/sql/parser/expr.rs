//! Values (iris-sql §1.1); conditions stand in a file of their own.

use super::super::api::SqlFailure;
use super::super::ast::{Expr, Op, When};
use super::super::sqlcode;
use super::super::token::{Kind, is_reserved};
use super::Parser;

impl Parser {
    /// A value: sums, then products, then signs (ANSI precedence, iris-sql §1.1).
    pub(super) fn value(&mut self) -> Result<Expr, SqlFailure> {
        self.deeper()?;
        let first = self.signed()?;
        let out = self.chain(first)?;
        self.depth -= 1;
        Ok(out)
    }

    /// A value whose first term is known already.
    pub(super) fn value_from(&mut self, first: Expr) -> Result<Expr, SqlFailure> {
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
                // The concatenation of old (iris-sql §1.1); a longer word is a name.
                Kind::Word(word) if word == "_" => Op::Concat,
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
            Kind::Symbol(":") => Err(self.host_variable()),
            Kind::Word(word) if word.starts_with("$$") => Err(self.extrinsic()),
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

    /// A word as the begin of a term; a reserved one begins none, −12 (iris-sql Appendix A,
    /// Appendix B).
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
            "%ID" | "%VID" | "%TABLENAME" | "%CLASSNAME" => self.pseudo(None, None),
            "NOT" | "EXISTS" => Err(self.term_expected()),
            _ if is_reserved(&upper) || upper.starts_with('$') => Err(self.term_expected()),
            _ => self.column(),
        }
    }

    fn column(&mut self) -> Result<Expr, SqlFailure> {
        let mut out = self.plain_column()?;
        let mut links = 0;
        while matches!(out, Expr::Column { .. } | Expr::Arrow(..)) && self.is_symbol("->") {
            self.longer(&mut links)?;
            if self.in_on {
                // iris-sql §1.1: no implicit join in ON.
                return Err(self.error(-67, sqlcode::text(-67).unwrap_or_default()));
            }
            self.advance();
            self.identifier()?;
            out = Expr::Arrow(Box::new(out));
        }
        Ok(out)
    }

    /// `[[schema.]label.]column`, or a call of `schema.function(…)`.
    fn plain_column(&mut self) -> Result<Expr, SqlFailure> {
        let at = self.at;
        let first = self.identifier()?;
        if !self.symbol(".") {
            return Ok(Expr::Column { schema: None, table: None, name: first, at });
        }
        if self.at_pseudo() {
            return self.pseudo(None, Some(first));
        }
        let second = self.identifier()?;
        if self.symbol(".") {
            if self.at_pseudo() {
                return self.pseudo(Some(first), Some(second));
            }
            let name = self.identifier()?;
            return Ok(Expr::Column { schema: Some(first), table: Some(second), name, at });
        }
        if self.is_symbol("(") {
            return self.arguments(format!("{first}.{second}").to_ascii_uppercase(), at);
        }
        Ok(Expr::Column { schema: None, table: Some(first), name: second, at })
    }

    /// Pseudo columns (iris-sql §1.2).
    fn at_pseudo(&self) -> bool {
        ["%ID", "%VID", "%TABLENAME", "%CLASSNAME"].iter().any(|word| self.is_word(word))
    }

    /// `:name` is read as a host variable also in Dynamic SQL (iris-sql §1.1), where no such
    /// variable is known. UNVERIFIED(iris): how its absence shows.
    fn host_variable(&mut self) -> SqlFailure {
        self.advance();
        match self.kind() {
            Kind::Word(word) if word.starts_with(|c: char| c.is_alphabetic() || c == '%') => {
                let text = format!("Unexpected error occurred: <UNDEFINED>*{word}");
                self.error(-400, &text)
            }
            _ => self.error(-28, sqlcode::text(-28).unwrap_or_default()),
        }
    }

    /// `$$tag^routine(…)`: extrinsic functions are off unless an option allows them
    /// (iris-sql §2, −372); −41 when the form is another (Appendix A).
    fn extrinsic(&mut self) -> SqlFailure {
        let routine = matches!(self.ahead(1), Kind::Other('^'))
            && matches!(self.ahead(2), Kind::Word(_))
            && self.is_symbol_at(3, "(");
        let code = if routine { -372 } else { -41 };
        self.error(code, sqlcode::text(code).unwrap_or_default())
    }

    fn pseudo(
        &mut self,
        schema: Option<String>,
        table: Option<String>,
    ) -> Result<Expr, SqlFailure> {
        let at = self.at;
        let Kind::Word(word) = self.kind() else { return Err(self.term_expected()) };
        let name = word.to_ascii_uppercase();
        self.advance();
        Ok(Expr::Column { schema, table, name, at })
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

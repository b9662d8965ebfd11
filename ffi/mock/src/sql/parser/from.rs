//! The FROM list: tables, subqueries, joins and hints (iris-sql §1.2).

use super::super::api::SqlFailure;
use super::super::ast::{From, Hint, JoinKind, JoinOn};
use super::super::sqlcode;
use super::super::token::{Kind, is_reserved};
use super::Parser;

/// Words after FROM that change no result (iris-sql §1.2).
const HINTS: [&str; 10] = [
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
];

impl Parser {
    /// What follows FROM.
    pub(super) fn sources(&mut self) -> Result<(Vec<Hint>, Vec<From>), SqlFailure> {
        let hints = self.hints()?;
        let mut out = vec![self.joined()?];
        let mut links = 0;
        while self.symbol(",") {
            self.longer(&mut links)?;
            out.push(self.joined()?);
        }
        Ok((hints, out))
    }

    /// `%IGNOREINDEX i`, `%FIRSTTABLE t` and `%STARTTABLE t` take a name (iris-sql §1.2).
    fn hints(&mut self) -> Result<Vec<Hint>, SqlFailure> {
        let mut out = Vec::new();
        loop {
            if self.word("%IGNOREINDEX") || self.word("%IGNOREINDICES") {
                out.push(Hint::Index(self.dotted()?));
                while self.is_symbol(",") && self.at_hint_list() {
                    self.advance();
                    out.push(Hint::Index(self.dotted()?));
                }
            } else if self.word("%FIRSTTABLE") || self.word("%STARTTABLE") {
                let at = self.at;
                let names = self.dotted()?;
                out.extend(names.last().map(|name| Hint::Table(name.clone(), at)));
            } else if !HINTS.iter().any(|hint| self.word(hint)) {
                return Ok(out);
            }
        }
    }

    /// Whether the name after a comma is one more index, because another name follows it.
    fn at_hint_list(&self) -> bool {
        let mut by = 1;
        while matches!(self.ahead(by), Kind::Word(_) | Kind::Quoted(_))
            && self.is_symbol_at(by + 1, ".")
        {
            by += 2;
        }
        matches!(self.ahead(by + 1), Kind::Word(w) if !is_reserved(w))
            || matches!(self.ahead(by + 1), Kind::Quoted(_))
            || self.is_symbol_at(by + 1, ",")
    }

    fn dotted(&mut self) -> Result<Vec<String>, SqlFailure> {
        let mut out = vec![self.identifier()?];
        while self.symbol(".") {
            out.push(self.identifier()?);
        }
        Ok(out)
    }

    fn joined(&mut self) -> Result<From, SqlFailure> {
        let mut links = 0;
        let mut left = self.table_reference()?;
        while let Some((natural, kind)) = self.join_kind()? {
            self.longer(&mut links)?;
            let right = self.table_reference()?;
            let on = if natural {
                JoinOn::Natural
            } else if kind == JoinKind::Cross {
                JoinOn::Nothing
            } else {
                self.join_on()?
            };
            left = From::Join { left: Box::new(left), right: Box::new(right), kind, on };
        }
        Ok(left)
    }

    fn join_on(&mut self) -> Result<JoinOn, SqlFailure> {
        if self.word("USING") {
            let columns = self.list(|parser| {
                let at = parser.at;
                let name = parser.identifier()?;
                if parser.is_symbol(".") {
                    // iris-sql Appendix A.
                    let text = sqlcode::text(-77).unwrap_or_default();
                    return Err(parser.error(-77, text));
                }
                Ok((name, at))
            })?;
            return Ok(JoinOn::Using(columns));
        }
        self.need_word("ON")?;
        let before = std::mem::replace(&mut self.in_on, true);
        let cond = self.condition();
        self.in_on = before;
        Ok(JoinOn::Cond(Box::new(cond?)))
    }

    /// The kind of the join that begins here; whether it is NATURAL.
    fn join_kind(&mut self) -> Result<Option<(bool, JoinKind)>, SqlFailure> {
        let natural = self.word("NATURAL");
        let kind = if !natural && self.word("CROSS") {
            JoinKind::Cross
        } else if self.word("INNER") {
            JoinKind::Inner
        } else if self.word("LEFT") {
            self.word("OUTER");
            JoinKind::Left
        } else if self.word("RIGHT") {
            self.word("OUTER");
            JoinKind::Right
        } else if self.word("FULL") {
            self.word("OUTER");
            JoinKind::Full
        } else if natural || self.is_word("JOIN") {
            JoinKind::Inner
        } else {
            return Ok(None);
        };
        self.need_word("JOIN")?;
        Ok(Some((natural, kind)))
    }

    fn table_reference(&mut self) -> Result<From, SqlFailure> {
        if !self.is_symbol("(") {
            let name = self.table_name()?;
            if self.is_symbol("(") {
                // A table-valued function: none is defined (iris-sql §1.2, Appendix A).
                self.arguments(name.name, self.at)?;
                return Err(self.error(-428, sqlcode::text(-428).unwrap_or_default()));
            }
            let alias = self.table_alias()?;
            return Ok(From::Table { name, alias });
        }
        self.deeper()?;
        let query = self.parenthesis_is_query(0);
        self.advance();
        let out = if query {
            let query = Box::new(self.query(true)?);
            self.need_symbol(")")?;
            let alias = self.table_alias()?;
            From::Derived { query, alias }
        } else {
            if self.is_word("WITH") || self.is_word("VALUES") {
                // iris-sql §1.2: no CTE inside a subquery, no table constructor.
                return Err(self.expected("SELECT"));
            }
            let inner = self.joined()?;
            self.need_symbol(")")?;
            inner
        };
        self.depth -= 1;
        Ok(out)
    }

    /// Whether the parenthesis at `by` holds a query, and not a join or a list that begins with
    /// one: what follows the inner parenthesis tells.
    pub(super) fn parenthesis_is_query(&self, by: usize) -> bool {
        if !self.opens_query(by) {
            return false;
        }
        if self.is_word_at(by + 1, "SELECT") {
            return true;
        }
        let (mut at, mut open) = (by + 1, 0_usize);
        loop {
            match self.ahead(at) {
                Kind::Symbol("(") => open += 1,
                Kind::Symbol(")") => open = open.saturating_sub(1),
                Kind::End => return false,
                _ => {}
            }
            at += 1;
            if open == 0 {
                break;
            }
        }
        self.is_symbol_at(at, ")")
            || ["UNION", "ORDER", "LIMIT", "OFFSET", "FETCH"].iter().any(|w| self.is_word_at(at, w))
    }

    pub(super) fn table_alias(&mut self) -> Result<Option<String>, SqlFailure> {
        if self.word("AS") || self.at_alias() {
            return self.identifier().map(Some);
        }
        Ok(None)
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

    /// Whether the word begins no alias because it is reserved; used by DML with optional aliases.
    pub(super) fn at_plain_alias(&self) -> bool {
        matches!(self.kind(), Kind::Word(w) if !is_reserved(w))
            || matches!(self.kind(), Kind::Quoted(_))
    }
}

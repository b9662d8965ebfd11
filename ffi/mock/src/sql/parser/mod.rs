//! The grammar of IRIS SQL, by recursive descent over tokens.

mod alter;
mod calls;
mod column;
mod cond;
mod ddl;
mod dml;
mod explain;
mod expr;
mod from;
mod index;
mod markup;
mod routine;
mod select;
mod transaction;
mod view;

pub(in crate::sql) use view::view_query;

use super::api::{SqlFailure, Version};
use super::ast::{Name, Place, Statement};
use super::lexer;
use super::sqlcode::{fail, too_deep};
use super::store::catalog::same;
use super::token::{Kind, Token, is_reserved};

/// How deep parentheses and subqueries may go: 64, so that deeper text does not end this process,
/// whose stack may be 2 MiB.
const DEPTH_MAX: usize = 64;

/// How many operators may follow one another in one sum, product or join: 250, for the same reason.
const CHAIN_MAX: usize = 250;

/// A statement and what the binder needs of its text.
#[derive(Debug)]
pub(in crate::sql) struct Parsed {
    pub(in crate::sql) statement: Statement,
    pub(in crate::sql) parameters: usize,
    pub(in crate::sql) echo: Echo,
    pub(in crate::sql) version: Version,
}

/// The tokens, for messages that show the statement up to a place.
#[derive(Debug, Clone, Default)]
pub(in crate::sql) struct Echo(Vec<Token>);

impl Echo {
    /// The text up to and with the token after `place`, single spaces between tokens (iris-sql
    /// §1.7).
    pub(in crate::sql) fn up_to(&self, place: Place) -> String {
        let shown = self.0.iter().take(place.saturating_add(2)).filter(|t| t.kind != Kind::End);
        shown.map(Token::shown).collect::<Vec<_>>().join(" ")
    }
}

/// Reads one statement.
///
/// # Errors
/// The code and message of a syntax error.
pub(in crate::sql) fn parse(text: &str, version: Version) -> Result<Parsed, SqlFailure> {
    let tokens = lexer::tokens(text)?;
    let parameters = tokens.iter().filter(|t| matches!(t.kind, Kind::Param(_))).count();
    let mut parser = Parser::new(tokens, version);
    let statement = parser.statement()?;
    parser.end_of_statement()?;
    Ok(Parsed { statement, parameters, echo: Echo(parser.tokens), version })
}

/// How many operators a statement may have in all: 4 000, which bounds the height of its tree.
const LINKS_MAX: usize = 4_000;

/// The state of reading.
pub(in crate::sql) struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    links: usize,
    /// Inside an ON clause, where `->` is refused.
    in_on: bool,
    version: Version,
}

impl Parser {
    fn new(tokens: Vec<Token>, version: Version) -> Parser {
        Parser { tokens, at: 0, depth: 0, links: 0, in_on: false, version }
    }

    fn kind(&self) -> &Kind {
        self.ahead(0)
    }

    fn ahead(&self, by: usize) -> &Kind {
        self.tokens.get(self.at + by).map_or(&Kind::End, |t| &t.kind)
    }

    fn advance(&mut self) {
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
    }

    /// Enters one more level of nesting.
    fn deeper(&mut self) -> Result<(), SqlFailure> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(too_deep());
        }
        Ok(())
    }

    /// Counts one more link of a chain.
    fn longer(&mut self, links: &mut usize) -> Result<(), SqlFailure> {
        *links += 1;
        self.links += 1;
        if *links > CHAIN_MAX || self.links > LINKS_MAX {
            return Err(too_deep());
        }
        Ok(())
    }

    fn is_word_at(&self, by: usize, word: &str) -> bool {
        matches!(self.ahead(by), Kind::Word(w) if w.eq_ignore_ascii_case(word))
    }

    fn is_word(&self, word: &str) -> bool {
        self.is_word_at(0, word)
    }

    fn is_symbol_at(&self, by: usize, symbol: &str) -> bool {
        matches!(self.ahead(by), Kind::Symbol(s) if *s == symbol)
    }

    fn is_symbol(&self, symbol: &str) -> bool {
        self.is_symbol_at(0, symbol)
    }

    /// Takes the keyword if it is there.
    fn word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.advance();
        }
        found
    }

    /// Takes several keywords in a row, all or none.
    fn words(&mut self, words: &[&str]) -> bool {
        let found = words.iter().enumerate().all(|(i, w)| self.is_word_at(i, w));
        if found {
            words.iter().for_each(|_| self.advance());
        }
        found
    }

    fn symbol(&mut self, symbol: &str) -> bool {
        let found = self.is_symbol(symbol);
        if found {
            self.advance();
        }
        found
    }

    /// A failure at the present token, with the echo of the text up to it.
    fn error(&self, sqlcode: i32, what: &str) -> SqlFailure {
        let echo = Echo(self.tokens.clone()).up_to(self.at.saturating_sub(1));
        fail(sqlcode, format!("{what}^{echo}"))
    }

    /// How the present token is named in a message.
    fn found(&self) -> String {
        match self.kind() {
            Kind::Text(_) | Kind::Number(_) => ":".to_owned(),
            _ => self.tokens.get(self.at).map(Token::shown).unwrap_or_default(),
        }
    }

    /// −1 ` X expected, Y found` (iris-sql §1.4).
    fn expected(&self, what: &str) -> SqlFailure {
        self.error(-1, &format!("{what} expected, {} found", self.found()))
    }

    fn need_word(&mut self, word: &str) -> Result<(), SqlFailure> {
        if self.word(word) { Ok(()) } else { Err(self.expected(word)) }
    }

    fn need_symbol(&mut self, symbol: &str) -> Result<(), SqlFailure> {
        if self.symbol(symbol) { Ok(()) } else { Err(self.expected(symbol)) }
    }

    /// −25 for anything after the statement, also `;` (iris-sql §1.1).
    fn end_of_statement(&self) -> Result<(), SqlFailure> {
        if *self.kind() == Kind::End {
            return Ok(());
        }
        let what = format!("Input ({}) encountered after end of query", self.found());
        Err(self.error(-25, &what))
    }

    /// −12: a term was expected (iris-sql Appendix A).
    fn term_expected(&self) -> SqlFailure {
        let text = super::sqlcode::text(-12).unwrap_or_default();
        self.error(-12, &format!("{text}, {} found", self.found()))
    }

    /// Whether the present token may be an identifier.
    fn at_identifier(&self) -> bool {
        match self.kind() {
            Kind::Word(word) => !is_reserved(word) && !word.starts_with('$'),
            Kind::Quoted(_) => true,
            _ => false,
        }
    }

    /// An identifier; a reserved word must be quoted (iris-sql §1.1).
    fn identifier(&mut self) -> Result<String, SqlFailure> {
        let name = match self.kind() {
            Kind::Word(word) if !is_reserved(word) && !word.starts_with('$') => word.clone(),
            Kind::Quoted(word) => word.clone(),
            _ => return Err(self.expected("IDENTIFIER")),
        };
        self.advance();
        Ok(name)
    }

    /// `[schema.]table`; there is no catalog part, and a reserved word is −312 as a schema and −87
    /// as a table (iris-sql §1.1, Appendix A).
    fn table_name(&mut self) -> Result<Name, SqlFailure> {
        if let Kind::Word(word) = self.kind()
            && is_reserved(word)
        {
            let word = word.clone();
            if self.is_symbol_at(1, ".") || !self.starts_clause(&word) {
                let text = super::sqlcode::text(-312).unwrap_or_default();
                return Err(self.error(-312, text));
            }
        }
        let first = self.identifier()?;
        if !self.symbol(".") {
            return Ok(Name { schema: None, name: first });
        }
        let name = self.identifier()?;
        if self.is_symbol(".") {
            return Err(self.expected("end of table name"));
        }
        Ok(Name { schema: Some(first), name })
    }

    /// Words that begin a clause, so that a name is simply missing before them.
    fn starts_clause(&self, word: &str) -> bool {
        ["WHERE", "SET", "VALUES", "GROUP", "HAVING", "ON", "FROM", "AS", "DEFAULT"]
            .iter()
            .any(|w| w.eq_ignore_ascii_case(word))
    }

    /// A list in parentheses, each member read by `read`.
    fn list<T>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Result<T, SqlFailure>,
    ) -> Result<Vec<T>, SqlFailure> {
        self.need_symbol("(")?;
        let mut out = vec![read(self)?];
        while self.symbol(",") {
            out.push(read(self)?);
        }
        self.need_symbol(")")?;
        Ok(out)
    }

    /// An unknown verb is −51 (iris-sql Appendix A).
    fn statement(&mut self) -> Result<Statement, SqlFailure> {
        let Kind::Word(word) = self.kind() else {
            if self.is_symbol("(") {
                return Ok(Statement::Query(self.query(false)?));
            }
            return Err(self.error(-51, "SQL statement expected"));
        };
        match word.to_ascii_uppercase().as_str() {
            "SELECT" | "WITH" => Ok(Statement::Query(self.query(false)?)),
            "INSERT" => self.insert(),
            "UPDATE" => self.update(),
            "DELETE" => self.delete(),
            "CREATE" => self.create(),
            "DROP" => self.drop_thing(),
            "ALTER" => self.alter(),
            "TRUNCATE" => self.truncate(),
            "EXPLAIN" => self.explain(),
            "CALL" => self.call_procedure(),
            other => {
                let unknown = self.error(-51, "SQL statement expected");
                self.control(other).unwrap_or(Err(unknown))
            }
        }
    }
}

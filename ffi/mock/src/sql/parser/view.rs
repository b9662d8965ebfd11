//! CREATE VIEW and ALTER VIEW (iris-sql §1.4).

use super::super::api::SqlFailure;
use super::super::ast::ddl::{CreateView, Ddl, ViewVerb};
use super::super::ast::{Body, Query, Statement};
use super::super::lexer;
use super::super::sqlcode;
use super::super::store::catalog::ViewMode;
use super::super::token::Kind;
use super::ddl::statement;
use super::{Echo, Parser, Version};

/// Reads a kept view's query.
///
/// # Errors
/// The code and message of a syntax error.
pub(in crate::sql) fn view_query(text: &str, version: Version) -> Result<Query, SqlFailure> {
    let tokens = lexer::tokens(text)?;
    let mut parser = Parser::new(tokens, version);
    let query = parser.query(false)?;
    parser.end_of_statement()?;
    Ok(query)
}

impl Parser {
    /// After `CREATE [OR REPLACE] VIEW`; OR REPLACE may also follow (iris-sql §1.4).
    pub(super) fn create_view(&mut self, replace: bool) -> Result<Statement, SqlFailure> {
        let replace = replace || self.words(&["OR", "REPLACE"]);
        self.view(if replace { ViewVerb::Replace } else { ViewVerb::Create })
    }

    pub(super) fn alter_view(&mut self) -> Result<Statement, SqlFailure> {
        self.view(ViewVerb::Alter)
    }

    fn view(&mut self, verb: ViewVerb) -> Result<Statement, SqlFailure> {
        let name = self.table_name()?;
        self.checked_name(&name.name, -90)?;
        let columns = if self.is_symbol("(") { Some(self.list(Self::identifier)?) } else { None };
        self.need_word("AS")?;
        let from = self.at;
        let query = Box::new(self.query(false)?);
        let tokens = self.tokens.get(from..self.at).unwrap_or_default();
        let text: Vec<String> = tokens.iter().map(|token| written(&token.kind)).collect();
        if tokens.iter().any(|token| matches!(token.kind, Kind::Param(_))) {
            return Err(self.error(-148, sqlcode::text(-148).unwrap_or_default()));
        }
        // iris-sql §1.4: ORDER BY only with TOP.
        let top = matches!(&query.body, Body::Select(select) if select.top.is_some());
        if !query.order.is_empty() && !top {
            return Err(self.error(-143, "ORDER BY not valid in a view's query"));
        }
        let mode = self.view_mode()?;
        let text = text.join(" ");
        let echo = Echo(self.tokens.clone());
        Ok(statement(Ddl::CreateView(CreateView { verb, name, columns, query, text, mode, echo })))
    }

    fn view_mode(&mut self) -> Result<ViewMode, SqlFailure> {
        if self.words(&["WITH", "READ", "ONLY"]) {
            return Ok(ViewMode::ReadOnly);
        }
        if !self.word("WITH") {
            return Ok(ViewMode::Plain);
        }
        let mode = if self.word("LOCAL") {
            ViewMode::LocalCheck
        } else {
            self.word("CASCADED");
            ViewMode::CascadedCheck
        };
        if !self.words(&["CHECK", "OPTION"]) {
            return Err(self.expected("CHECK OPTION"));
        }
        Ok(mode)
    }
}

/// A token as source text again.
fn written(kind: &Kind) -> String {
    match kind {
        Kind::Word(word) | Kind::Number(word) => word.clone(),
        Kind::Quoted(name) => format!("\"{}\"", name.replace('"', "\"\"")),
        Kind::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Kind::Param(_) => "?".to_owned(),
        Kind::Symbol(mark) => (*mark).to_owned(),
        Kind::Other(c) => c.to_string(),
        Kind::End => String::new(),
    }
}

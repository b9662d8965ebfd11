//! The syntax of the functions that make JSON and XML (iris-sql §2, Appendix C).

use super::super::api::SqlFailure;
use super::super::ast::Expr;
use super::super::token::Kind;
use super::Parser;

impl Parser {
    /// `JSON_ARRAY(value, …)` and `JSON_OBJECT(key:value, …)`, both with `NULL ON NULL` or
    /// `ABSENT ON NULL` at the end (iris-sql §2).
    pub(super) fn json(&mut self, name: &str) -> Result<Expr, SqlFailure> {
        let at = self.at;
        self.advance();
        self.need_symbol("(")?;
        self.deeper()?;
        let mut args = vec![Expr::Text("NULL".to_owned())];
        loop {
            args.push(self.value()?);
            if name == "JSON_OBJECT" {
                self.need_symbol(":")?;
                args.push(self.value()?);
            }
            if !self.symbol(",") {
                break;
            }
        }
        if self.words(&["ABSENT", "ON", "NULL"]) {
            if let Some(first) = args.first_mut() {
                *first = Expr::Text("ABSENT".to_owned());
            }
        } else {
            self.words(&["NULL", "ON", "NULL"]);
        }
        self.depth -= 1;
        self.need_symbol(")")?;
        Ok(Expr::Call { name: name.to_owned(), args, escape: false, at })
    }

    /// `XMLELEMENT([NAME] tag[, XMLATTRIBUTES(value [AS name], …)], value, …)` (iris-sql Appendix
    /// C). The call's arguments are the tag, the number of attributes, their names and values, and
    /// the contents.
    pub(super) fn xml_element(&mut self) -> Result<Expr, SqlFailure> {
        let at = self.at;
        self.advance();
        self.need_symbol("(")?;
        self.deeper()?;
        if self.is_word("NAME") && !self.is_symbol_at(1, ",") && !self.is_symbol_at(1, ")") {
            self.advance();
        }
        let tag = self.tag()?;
        let (mut attributes, mut contents) = (Vec::new(), Vec::new());
        while self.symbol(",") {
            if contents.is_empty() && self.is_word("XMLATTRIBUTES") && self.is_symbol_at(1, "(") {
                self.advance();
                attributes = self.list(Self::tagged)?;
            } else {
                contents.push(self.value()?);
            }
        }
        self.depth -= 1;
        self.need_symbol(")")?;
        let mut args = vec![Expr::Text(tag), Expr::Number(attributes.len().to_string())];
        args.extend(attributes.into_iter().flat_map(|(name, value)| [Expr::Text(name), value]));
        args.extend(contents);
        Ok(Expr::Call { name: "XMLELEMENT".to_owned(), args, escape: false, at })
    }

    /// `XMLFOREST(value [AS tag], …)` (iris-sql Appendix C); tags and values take turns.
    pub(super) fn xml_forest(&mut self) -> Result<Expr, SqlFailure> {
        let at = self.at;
        self.advance();
        self.deeper()?;
        let all = self.list(Self::tagged)?;
        self.depth -= 1;
        let args = all.into_iter().flat_map(|(name, value)| [Expr::Text(name), value]).collect();
        Ok(Expr::Call { name: "XMLFOREST".to_owned(), args, escape: false, at })
    }

    fn tag(&mut self) -> Result<String, SqlFailure> {
        match self.kind().clone() {
            Kind::Text(text) => {
                self.advance();
                Ok(text)
            }
            _ => self.identifier(),
        }
    }

    /// `value [AS name]`; a column names itself.
    fn tagged(&mut self) -> Result<(String, Expr), SqlFailure> {
        let value = self.value()?;
        if self.word("AS") {
            return Ok((self.tag()?, value));
        }
        match &value {
            Expr::Column { name, .. } => Ok((name.clone(), value)),
            _ => Err(self.expected("AS")),
        }
    }
}

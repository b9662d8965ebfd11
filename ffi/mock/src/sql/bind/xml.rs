//! XMLELEMENT, XMLFOREST and XMLCONCAT (iris-sql Appendix C).

use super::super::api::SqlFailure;
use super::super::ast::Expr;
use super::super::types::Ty;
use super::{Binder, Bound};

impl Binder<'_> {
    /// UNVERIFIED(iris): the result is text, and so are the values, in logical form.
    pub(super) fn xml_text(&mut self, name: &str, args: &[Expr]) -> Result<Bound, SqlFailure> {
        let mut texts = Vec::new();
        let attributes = match (name, args.get(1)) {
            ("XMLELEMENT", Some(Expr::Number(count))) => count.parse::<usize>().unwrap_or(0),
            _ => 0,
        };
        for (at, arg) in args.iter().enumerate() {
            if name == "XMLELEMENT" && at == 1 {
                texts.push(attributes.to_string());
                continue;
            }
            let bound = self.value(arg)?;
            self.no_streams(&[&bound])?;
            let text = self.settled(bound, Ty::Varchar(0)).logical_text();
            let plain = match name {
                "XMLELEMENT" => at < 2 + 2 * attributes,
                "XMLFOREST" => at % 2 == 0,
                _ => true,
            };
            let made = matches!(arg, Expr::Call { name, .. } if name.starts_with("XML"));
            texts.push(if plain || made { text } else { format!("i_xmltext({text})") });
        }
        let function = match name {
            "XMLELEMENT" => "i_xmlelement",
            "XMLFOREST" => "i_xmlforest",
            _ => "i_join",
        };
        Ok(Bound::expression(format!("{function}({})", texts.join(",")), Ty::Varchar(0)))
    }
}

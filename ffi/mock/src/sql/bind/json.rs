//! JSON_ARRAY and JSON_OBJECT (iris-sql §2, §1.8).

use super::super::api::SqlFailure;
use super::super::ast::Expr;
use super::super::types::Ty;
use super::{Binder, Bound};

impl Binder<'_> {
    /// The parser puts what NULL becomes in front: `NULL` or `ABSENT`. Keys and values take turns
    /// in an object.
    pub(super) fn json_text(&mut self, name: &str, args: &[Expr]) -> Result<Bound, SqlFailure> {
        let absent = matches!(args.first(), Some(Expr::Text(word)) if word == "ABSENT");
        let mut texts = vec![i32::from(absent).to_string()];
        for (at, arg) in args.iter().skip(1).enumerate() {
            if name == "JSON_OBJECT" && at % 2 == 0 {
                let key = self.value(arg)?;
                self.no_streams(&[&key])?;
                texts.push(self.settled(key, Ty::Varchar(0)).logical_text());
            } else {
                texts.push(self.json_value(arg)?);
            }
        }
        let function = if name == "JSON_OBJECT" { "i_jsonobject" } else { "i_jsonarray" };
        Ok(Bound::expression(format!("{function}({})", texts.join(",")), Ty::Varchar(0)))
    }

    /// A value as JSON text; what is JSON by its making stays as it is.
    fn json_value(&mut self, arg: &Expr) -> Result<String, SqlFailure> {
        let bound = self.value(arg)?;
        self.no_streams(&[&bound])?;
        let bound = self.settled(bound, Ty::Varchar(0));
        let made = matches!(arg, Expr::Call { name, .. }
            if matches!(name.as_str(), "JSON_OBJECT" | "JSON_ARRAY"));
        Ok(if made { bound.sql } else { json_of(&bound) })
    }
}

/// A value as JSON text: numbers are numbers, everything else is a string.
pub(super) fn json_of(bound: &Bound) -> String {
    if bound.ty.is_number() {
        format!("i_jsonnumber({})", bound.logical_text())
    } else {
        format!("i_jsontext({})", bound.shown_text())
    }
}

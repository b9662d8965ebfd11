//! Functions of numbers.

use crate::sql::error::SqlError;
use crate::sql::translate::types::{is_integer, is_number};
use crate::sql::translate::{Translator, refuse, value};
use crate::types::pg::PgType;
use irispg_grammar::ast::Expr;

impl Translator<'_> {
    pub(super) fn numbers(
        &mut self,
        name: &'static str,
        arguments: &[&Expr],
    ) -> Result<(), SqlError> {
        self.out.call(name);
        for (index, argument) in arguments.iter().enumerate() {
            self.out.separate(index);
            match self.infer(argument) {
                Some(PgType::Unknown) => self.settle(argument, PgType::Float8)?,
                Some(ty) if !is_number(ty) => {
                    let message = format!("{} is supported for numbers only", name.to_lowercase());
                    return Err(refuse(message));
                }
                _ => {}
            }
            if value::text(argument).is_some() {
                return Err(refuse(format!(
                    "{} of a string is not supported",
                    name.to_lowercase()
                )));
            }
            self.value(argument, false)?;
        }
        self.out.close();
        Ok(())
    }

    /// Numeric values are rounded half away from zero on both sides; double precision is not.
    pub(super) fn round(&mut self, number: &Expr, scale: Option<&Expr>) -> Result<(), SqlError> {
        let exact = match self.infer(number) {
            Some(ty) => is_integer(ty) || ty == PgType::Numeric,
            // The form with a scale exists for numeric alone.
            None => scale.is_some(),
        };
        if !exact {
            return Err(refuse("round is supported for numeric values only")
                .hint("Cast the value to numeric."));
        }
        self.out.call("ROUND");
        self.value(number, false)?;
        self.out.comma();
        match scale {
            Some(scale) if self.infer(scale).is_some_and(is_integer) => self.value(scale, false)?,
            Some(_) => return Err(refuse("round is supported with an integer scale only")),
            None => {
                self.out.count(0);
            }
        }
        self.out.close();
        Ok(())
    }
}

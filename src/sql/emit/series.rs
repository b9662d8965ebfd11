//! `generate_series` of integers, as the numbers that the digits of a cross join of tables of ten
//! rows make.

use super::{Emitter, refuse};
use crate::sql::bound::{Call, Expr, Literal, Node};
use crate::sql::error::SqlError;
use crate::types::pg::PgType;

/// How many rows a series may have: IRIS makes each of them anew for every query.
const MAX_ROWS: u64 = 1_000_000;

/// The name of the only column.
const COLUMN: &str = "irispg_c1";

/// The integer that an expression is.
fn whole(expr: &Expr) -> Option<i64> {
    match &expr.node {
        Node::Literal(Literal::Integer(value)) => Some(*value),
        Node::Literal(Literal::Text(text)) => text.trim().parse().ok(),
        Node::Cast(cast) => whole(&cast.expr),
        _ => None,
    }
}

impl Emitter<'_> {
    /// Prints a series, in parentheses, and gives the names of its columns; `None` for another
    /// function.
    pub(super) fn series(&mut self, call: &Call) -> Result<Option<Vec<String>>, SqlError> {
        let integers = |expr: &Expr| matches!(expr.ty, PgType::Int4 | PgType::Int8);
        if call.function.name != "generate_series" || !call.arguments.iter().all(integers) {
            return Ok(None);
        }
        let constants: Option<Vec<i64>> = call.arguments.iter().map(whole).collect();
        let (start, stop, step) = match constants.as_deref() {
            Some([start, stop]) => (*start, *stop, 1),
            Some([start, stop, step]) => (*start, *stop, *step),
            _ => {
                return Err(refuse("generate_series is supported for constants only")
                    .hint("Generate the numbers in the client."));
            }
        };
        if step == 0 {
            return Err(SqlError::new("22023", "step size cannot equal zero"));
        }
        let distance = i128::from(stop).saturating_sub(i128::from(start));
        let count = match distance.checked_div(i128::from(step)) {
            Some(steps) if distance == 0 || (distance > 0) == (step > 0) => {
                u64::try_from(steps.saturating_add(1)).unwrap_or(u64::MAX)
            }
            _ => 0,
        };
        if count > MAX_ROWS {
            let message = format!("generate_series of more than {MAX_ROWS} rows is not supported");
            return Err(refuse(message));
        }
        self.rule("generate_series is a cross join of digits");
        self.print_series(start, step, count)?;
        Ok(Some(vec![COLUMN.to_owned()]))
    }

    fn print_series(&mut self, start: i64, step: i64, count: u64) -> Result<(), SqlError> {
        let mut places: u32 = 1;
        while 10_u64.saturating_pow(places) < count {
            places = places.saturating_add(1);
        }
        let digits: Vec<(String, u64)> = (0..places)
            .rev()
            .map(|place| (self.fresh("d"), 10_u64.saturating_pow(place)))
            .collect();
        self.out.open().word("SELECT TOP ALL");
        self.out.number(&start.to_string())?;
        self.out.word("+").number(&step.to_string())?;
        self.out.word("*").open();
        self.number_of(&digits)?;
        self.out.close().word("AS").name(COLUMN)?;
        self.out.word("FROM");
        for (index, (alias, _)) in digits.iter().enumerate() {
            if index > 0 {
                self.out.word("CROSS JOIN");
            }
            self.out.open();
            for digit in 0..10 {
                self.out.word(if digit == 0 { "SELECT" } else { "UNION ALL SELECT" });
                self.out.count(digit);
                if digit == 0 {
                    self.out.word("AS").name("irispg_n")?;
                }
            }
            self.out.close().word("AS").name(alias)?;
        }
        self.out.word("WHERE");
        self.number_of(&digits)?;
        self.out.word("<").count(count).word("ORDER BY");
        self.number_of(&digits)?;
        self.out.close();
        Ok(())
    }

    /// Prints the number that the digits make.
    fn number_of(&mut self, digits: &[(String, u64)]) -> Result<(), SqlError> {
        for (index, (alias, weight)) in digits.iter().enumerate() {
            if index > 0 {
                self.out.word("+");
            }
            if *weight > 1 {
                self.out.count(*weight).word("*");
            }
            self.qualified(alias, "irispg_n")?;
        }
        Ok(())
    }
}

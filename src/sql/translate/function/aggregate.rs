//! Aggregates.

use super::table::Aggregate;
use crate::sql::error::SqlError;
use crate::sql::translate::types::is_number;
use crate::sql::translate::{Translator, refuse};
use crate::types::pg::PgType;
use irispg_grammar::ast::{
    DuplicateTreatment, Expr, FunctionArg, FunctionArgExpr, FunctionArgumentList,
};

/// The «clause» that an aggregate's argument is.
pub(super) const INSIDE: &str = "aggregate function calls";

impl Translator<'_> {
    /// Prints an aggregate over the rows of a group.
    pub(super) fn aggregate(
        &mut self,
        aggregate: Aggregate,
        list: Option<&FunctionArgumentList>,
        star: bool,
        filter: Option<&Expr>,
    ) -> Result<(), SqlError> {
        if let Some(clause) = self.no_aggregates {
            if clause == INSIDE {
                return Err(SqlError::new("42803", "aggregate function calls cannot be nested"));
            }
            let message = format!("aggregate functions are not allowed in {clause}");
            return Err(SqlError::new("42803", message));
        }
        let distinct =
            list.and_then(|list| list.duplicate_treatment) == Some(DuplicateTreatment::Distinct);
        let argument = list.and_then(|list| match list.args.as_slice() {
            [FunctionArg::Unnamed(FunctionArgExpr::Expr(expr))] => Some(expr),
            _ => None,
        });
        let name = match aggregate {
            Aggregate::Count => "COUNT",
            Aggregate::Sum => "SUM",
            Aggregate::Avg => "AVG",
            // Truth values are 1 and 0.
            Aggregate::Min | Aggregate::All => "MIN",
            Aggregate::Max | Aggregate::Any => "MAX",
        };
        self.no_aggregates = Some(INSIDE);
        self.out.call(name);
        match (argument, star) {
            (None, true) if aggregate == Aggregate::Count && !distinct => match filter {
                None => {
                    self.out.word("*");
                }
                Some(filter) => self.filtered(filter, None)?,
            },
            (Some(argument), false) => {
                self.check_aggregated(aggregate, argument)?;
                if distinct {
                    self.out.word("DISTINCT");
                }
                match filter {
                    None => self.value(argument, false)?,
                    Some(filter) => self.filtered(filter, Some(argument))?,
                }
            }
            _ => {
                let message = "count(*) must be used to call a parameterless aggregate function";
                return Err(SqlError::new("42809", message));
            }
        }
        self.out.close();
        self.no_aggregates = None;
        Ok(())
    }

    /// `FILTER (WHERE p)`: aggregates pass over NULL, so a CASE says the same.
    pub(in crate::sql::translate) fn filtered(
        &mut self,
        filter: &Expr,
        argument: Option<&Expr>,
    ) -> Result<(), SqlError> {
        self.out.word("CASE WHEN");
        self.predicate(filter, "FILTER")?;
        self.out.word("THEN");
        match argument {
            Some(argument) => self.value(argument, false)?,
            None => {
                self.out.count(1);
            }
        }
        self.out.word("END");
        Ok(())
    }

    pub(super) fn check_aggregated(
        &self,
        aggregate: Aggregate,
        argument: &Expr,
    ) -> Result<(), SqlError> {
        let Some(ty) = self.infer(argument) else { return Ok(()) };
        let good = match aggregate {
            Aggregate::Count => true,
            Aggregate::Sum | Aggregate::Avg => is_number(ty),
            Aggregate::Min | Aggregate::Max => !matches!(ty, PgType::Bool | PgType::Uuid),
            Aggregate::All | Aggregate::Any => ty == PgType::Bool,
        };
        if good {
            return Ok(());
        }
        let name = match aggregate {
            Aggregate::Sum => Some("sum"),
            Aggregate::Avg => Some("avg"),
            Aggregate::All => Some("bool_and"),
            Aggregate::Any => Some("bool_or"),
            _ => None,
        };
        if let Some(name) = name.filter(|_| ty != PgType::Unknown) {
            let message = format!("function {name}({}) does not exist", ty.name());
            return Err(SqlError::new("42883", message).hint(
                "No function matches the given name and argument types. You might need to add \
                 explicit type casts.",
            ));
        }
        Err(refuse(format!("this aggregate is not supported for type {}", ty.name())))
    }
}

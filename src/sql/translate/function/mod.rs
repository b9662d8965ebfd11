//! Calls of functions. `table` says which functions there are; the other rooms print them.

mod aggregate;
mod moment;
mod number;
mod table;
mod text;
mod window;

use super::types::is_number;
use super::value::negated_number;
use super::{Translator, refuse};
use crate::sql::error::SqlError;
use crate::sql::statement::Place;
use crate::types::pg::PgType;
use irispg_grammar::ast::{
    BinaryOperator, DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr,
    FunctionArgumentList, FunctionArguments, Value,
};
pub(super) use moment::Field;
use table::{Aggregate, BARE, Form, Gives, Nulls, Row};

/// The function's name without `pg_catalog`; `None` for one of another schema.
fn plain_name(function: &Function) -> Option<&str> {
    let mut parts = function.name.0.iter().map(|part| part.as_ident());
    match (parts.next(), parts.next(), parts.next()) {
        (Some(Some(name)), None, _) => Some(&name.value),
        (Some(Some(schema)), Some(Some(name)), None) if schema.value == "pg_catalog" => {
            Some(&name.value)
        }
        _ => None,
    }
}

fn row(function: &Function) -> Option<&'static Row> {
    table::find(plain_name(function)?)
}

/// The arguments that are expressions; `*` gives none.
pub(super) fn arguments(function: &Function) -> Vec<&Expr> {
    match &function.args {
        FunctionArguments::List(list) => list
            .args
            .iter()
            .filter_map(|arg| match arg {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Whether the function is an aggregate over the rows of a group.
pub(super) fn is_aggregate(function: &Function) -> bool {
    function.over.is_none() && matches!(row(function), Some(Row { form: Form::Aggregate(_), .. }))
}

/// Whether the function never gives NULL.
pub(super) fn never_null(translator: &Translator<'_>, function: &Function) -> bool {
    match row(function).map(|row| row.nulls) {
        Some(Nulls::Never) => true,
        Some(Nulls::Strict) => {
            arguments(function).iter().all(|argument| translator.never_null(argument))
        }
        Some(Nulls::Own) | None => false,
    }
}

/// PostgreSQL's name for a column that is this function.
pub(super) fn label(function: &Function) -> String {
    let name = function.name.0.last().and_then(|part| part.as_ident());
    name.map_or_else(|| "?column?".to_owned(), |name| name.value.clone())
}

/// An `avg`: its argument, whether that is DISTINCT, and its FILTER.
pub(super) struct Average<'t> {
    pub(super) argument: &'t Expr,
    pub(super) distinct: bool,
    pub(super) filter: Option<&'t Expr>,
}

/// What an `avg` over the rows of a group is made of.
pub(super) fn average(function: &Function) -> Option<Average<'_>> {
    let FunctionArguments::List(list) = &function.args else { return None };
    if !is_average(function) || function.over.is_some() {
        return None;
    }
    Some(Average {
        argument: arguments(function).first().copied()?,
        distinct: list.duplicate_treatment == Some(DuplicateTreatment::Distinct),
        filter: function.filter.as_deref(),
    })
}

/// Whether the function is `avg`.
pub(super) fn is_average(function: &Function) -> bool {
    matches!(row(function), Some(Row { form: Form::Aggregate(Aggregate::Avg), .. }))
}

/// The arguments of a function whose result is one of them, for its modifier.
pub(super) fn shared(function: &Function) -> Option<Vec<&Expr>> {
    let mut arguments = arguments(function);
    let row = row(function)?;
    match row.form {
        Form::NullIf => arguments.truncate(1),
        _ if row.gives == Gives::Common => {}
        _ => return None,
    }
    Some(arguments)
}

/// The digits after the point that every value of a function has.
pub(super) fn scale(translator: &Translator<'_>, function: &Function) -> Option<u16> {
    let arguments = arguments(function);
    let first = || translator.scale(arguments.first()?);
    let row = row(function)?;
    match row.gives {
        Gives::Promoted => {
            let scales: Option<Vec<u16>> =
                arguments.iter().map(|argument| translator.scale(argument)).collect();
            scales?.into_iter().max()
        }
        Gives::Double => match row.form {
            Form::Numbers("CEILING" | "FLOOR" | "SIGN") => Some(0),
            _ => None,
        },
        Gives::Common => translator.common_scale(arguments.iter().copied()),
        Gives::Round => match arguments.get(1) {
            None => Some(0),
            Some(scale) => {
                let digits = negated_number(scale)?.ok()?.digits;
                u16::try_from(digits.parse::<i64>().ok()?.max(0)).ok()
            }
        },
        // The default of lag and lead may have other digits.
        Gives::First => match arguments.get(2) {
            Some(other) => translator.common_scale([*arguments.first()?, *other].into_iter()),
            None => first(),
        },
        Gives::FirstText | Gives::Sum => first(),
        _ => None,
    }
}

/// The type that a function gives.
pub(super) fn infer(translator: &Translator<'_>, function: &Function) -> Option<PgType> {
    let arguments = arguments(function);
    let first = || translator.infer(arguments.first()?);
    match row(function)?.gives {
        Gives::Is(ty) => Some(ty),
        Gives::Promoted => {
            let mut ty = first()?;
            for argument in arguments.iter().skip(1) {
                ty = super::types::promote(Some(ty), translator.infer(argument))?;
            }
            is_number(ty).then_some(ty)
        }
        Gives::Double => {
            let types: Option<Vec<PgType>> =
                arguments.iter().map(|argument| translator.infer(argument)).collect();
            let types = types?;
            let double = types.iter().any(|ty| matches!(ty, PgType::Float4 | PgType::Float8));
            let numeric = types.contains(&PgType::Numeric);
            Some(if numeric && !double { PgType::Numeric } else { PgType::Float8 })
        }
        Gives::Common => translator.common(arguments.iter().copied()),
        Gives::First => match arguments.get(2) {
            Some(other) => translator.common([*arguments.first()?, *other].into_iter()),
            None => first(),
        },
        // PostgreSQL has no functions of its own for `varchar`.
        Gives::FirstText => first().map(|ty| match ty {
            PgType::Varchar | PgType::Name => PgType::Text,
            ty => ty,
        }),
        Gives::Round => match (arguments.len(), first()?) {
            (1, PgType::Float8 | PgType::Float4) => Some(PgType::Float8),
            _ => Some(PgType::Numeric),
        },
        Gives::Sum => Some(match first()? {
            PgType::Int2 | PgType::Int4 => PgType::Int8,
            PgType::Int8 | PgType::Numeric => PgType::Numeric,
            ty @ (PgType::Float4 | PgType::Float8) => ty,
            _ => return None,
        }),
        Gives::Avg => Some(match first()? {
            PgType::Float4 | PgType::Float8 => PgType::Float8,
            ty if is_number(ty) => PgType::Numeric,
            _ => return None,
        }),
        // A date is taken for a timestamptz.
        Gives::Trunc => Some(match translator.infer(arguments.get(1)?)? {
            PgType::Timestamp => PgType::Timestamp,
            _ => PgType::Timestamptz,
        }),
        Gives::Nothing => None,
    }
}

impl Translator<'_> {
    /// Prints a call.
    pub(super) fn function(&mut self, function: &Function) -> Result<(), SqlError> {
        let Function {
            name: _,
            uses_odbc_syntax,
            parameters,
            args,
            filter,
            null_treatment,
            over,
            within_group,
        } = function;
        let shown = label(function);
        let unusual = || refuse(format!("this form of function {shown} is not supported"));
        if *uses_odbc_syntax {
            return Err(
                refuse("{fn …} is not supported").hint("Call the function without the escape.")
            );
        }
        if null_treatment.is_some()
            || !within_group.is_empty()
            || *parameters != FunctionArguments::None
        {
            return Err(unusual());
        }
        let Some(row) = row(function) else { return Err(self.missing(function)) };
        if let Form::Refused(hint) = row.form {
            return Err(refuse(format!("function {shown} is not supported")).hint(hint));
        }
        let list = match args {
            FunctionArguments::None if BARE.contains(&shown.as_str()) => None,
            FunctionArguments::List(list) if list.clauses.is_empty() => Some(list),
            _ => return Err(unusual()),
        };
        let arguments = arguments(function);
        let star = list.is_some_and(|list| {
            matches!(list.args.as_slice(), [FunctionArg::Unnamed(FunctionArgExpr::Wildcard)])
        });
        let given = list.map_or(0, |list| list.args.len());
        if given != arguments.len() && !star {
            return Err(unusual());
        }
        if matches!(row.form, Form::Session(_)) && precision_six(list) {
            return self.call(row.form, &[]);
        }
        if arguments.len() < row.least || arguments.len() > row.most {
            if BARE.contains(&shown.as_str()) {
                return Err(refuse(format!("{shown} with a precision is not supported"))
                    .hint("Leave out the precision: six digits are kept."));
            }
            return Err(self.missing(function));
        }
        let distinct = list.and_then(|list| list.duplicate_treatment);
        match (row.form, over) {
            (Form::Aggregate(aggregate), None) => {
                self.aggregate(aggregate, list, star, filter.as_deref())
            }
            (Form::Aggregate(_) | Form::Window(_), Some(over)) => {
                if distinct == Some(DuplicateTreatment::Distinct) {
                    let message = "DISTINCT is not implemented for window functions";
                    return Err(SqlError::new("0A000", message));
                }
                self.windowed(row.form, &arguments, star, filter.as_deref(), over)
            }
            (Form::Window(_), None) => {
                let message = format!("window function {shown} requires an OVER clause");
                Err(SqlError::new("42809", message))
            }
            (_, Some(_)) => {
                let message = format!(
                    "OVER specified, but {shown} is not a window function nor an aggregate function"
                );
                Err(SqlError::new("42809", message))
            }
            _ if filter.is_some() || distinct.is_some() || star => {
                let message = format!("{shown} is not an aggregate function");
                Err(SqlError::new("42809", message))
            }
            (form, None) => self.call(form, &arguments),
        }
    }

    /// 42883 with the types that are known.
    fn missing(&self, function: &Function) -> SqlError {
        let types: Option<Vec<&'static str>> = arguments(function)
            .into_iter()
            .map(|argument| self.infer(argument).map(PgType::name))
            .collect();
        let name: Vec<&str> = function
            .name
            .0
            .iter()
            .filter_map(|part| part.as_ident())
            .map(|part| part.value.as_str())
            .collect();
        let name = name.join(".");
        let message = match types {
            Some(types) => format!("function {name}({}) does not exist", types.join(", ")),
            None => format!("function {name} does not exist"),
        };
        SqlError::new("42883", message).hint(
            "No function that the gateway translates matches the given name and argument types.",
        )
    }

    fn call(&mut self, form: Form, arguments: &[&Expr]) -> Result<(), SqlError> {
        match (form, arguments) {
            (Form::Texts(name), _) => {
                self.out.call(name);
                for (index, argument) in arguments.iter().enumerate() {
                    self.out.separate(index);
                    self.text_argument(argument)?;
                }
                self.out.close();
                Ok(())
            }
            (Form::Numbers(name), _) => self.numbers(name, arguments),
            (Form::Common(name), _) => {
                let ty = self.common(arguments.iter().copied());
                self.out.call(name);
                for (index, argument) in arguments.iter().enumerate() {
                    self.out.separate(index);
                    self.member(argument, ty)?;
                }
                self.out.close();
                Ok(())
            }
            (Form::NullIf, [first, second]) => {
                let (a, b) = (self.infer(first), self.infer(second));
                self.check_comparable(a, "=", b)?;
                self.out.call("NULLIF");
                self.member(first, b.or(a))?;
                self.out.comma();
                self.member(second, a.or(b))?;
                self.out.close();
                Ok(())
            }
            (Form::Session(value), _) => {
                self.out.place(Place::Session(value));
                Ok(())
            }
            (Form::Round, [number, scale @ ..]) => self.round(number, scale.first().copied()),
            (Form::Extreme { least }, _) => self.extreme(least, arguments),
            (Form::CountNulls { null }, _) => self.count_nulls(null, arguments),
            (Form::Text(text), _) => self.text_function(text, arguments),
            (Form::Moment(moment), _) => self.moment_function(moment, arguments),
            _ => Err(refuse("this form of the function is not supported")),
        }
    }

    /// An argument among others of one type.
    fn member(&mut self, argument: &Expr, ty: Option<PgType>) -> Result<(), SqlError> {
        self.beside(argument, argument, ty)
    }

    /// The greatest or least of those that are not NULL. IRIS's functions give NULL if any is.
    fn extreme(&mut self, least: bool, arguments: &[&Expr]) -> Result<(), SqlError> {
        let op = if least { BinaryOperator::LtEq } else { BinaryOperator::GtEq };
        let ty = self.common(arguments.iter().copied());
        if ty.is_none() {
            return Err(super::value::untyped(if least { "least" } else { "greatest" }));
        }
        // Which argument it is decides how many digits PostgreSQL shows.
        if ty == Some(PgType::Numeric) && self.common_scale(arguments.iter().copied()).is_none() {
            let name = if least { "least" } else { "greatest" };
            return Err(refuse(format!(
                "{name} of numbers with different digits is not supported"
            ))
            .hint("Cast all arguments to one numeric type with a scale."));
        }
        for argument in arguments {
            self.settle(argument, ty.unwrap_or(PgType::Text))?;
        }
        let [others @ .., last] = arguments else { return Err(refuse("no argument")) };
        if others.is_empty() {
            return self.member(last, ty);
        }
        self.out.word("CASE");
        for (index, argument) in others.iter().enumerate() {
            // What stands before was less than something that follows, or NULL.
            self.out.word("WHEN");
            self.operand(argument, true)?;
            self.out.word("IS NOT NULL");
            for other in arguments.iter().skip(index.saturating_add(1)) {
                self.out.word("AND").open();
                self.comparison(argument, &op, other)?;
                self.out.word("OR");
                self.operand(other, true)?;
                self.out.word("IS NULL").close();
            }
            self.out.word("THEN");
            self.member(argument, ty)?;
        }
        self.out.word("ELSE");
        self.member(last, ty)?;
        self.out.word("END");
        Ok(())
    }

    fn count_nulls(&mut self, null: bool, arguments: &[&Expr]) -> Result<(), SqlError> {
        let (yes, no) = if null { (1, 0) } else { (0, 1) };
        self.out.open();
        for (index, argument) in arguments.iter().enumerate() {
            if index > 0 {
                self.out.word("+");
            }
            self.out.word("CASE WHEN");
            self.operand(argument, true)?;
            self.out.word("IS NULL THEN").count(yes).word("ELSE").count(no).word("END");
        }
        self.out.close();
        Ok(())
    }
}

/// `current_timestamp(6)`: PostgreSQL's own precision.
fn precision_six(list: Option<&FunctionArgumentList>) -> bool {
    let Some([FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Value(value)))]) =
        list.map(|list| list.args.as_slice())
    else {
        return false;
    };
    matches!(&value.value, Value::Number(number, _) if number == "6")
}

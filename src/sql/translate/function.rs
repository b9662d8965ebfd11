//! The functions that are translated: one table says which, into what, and what they give.

use super::types::{is_integer, is_number, is_text};
use super::value::negated_number;
use super::{Translator, refuse};
use crate::sql::error::SqlError;
use crate::sql::statement::{Place, SessionValue};
use crate::types::pg::PgType;
use irispg_grammar::ast::{
    DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList,
    FunctionArguments, TrimWhereField, Value,
};

/// What a function becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// The same call under IRIS's name; each argument is a text.
    Texts(&'static str, PgType),
    /// The same call under IRIS's name; each argument is a number.
    Numbers(&'static str),
    /// As `Numbers`, but PostgreSQL computes in double precision unless an argument is numeric.
    Powers(&'static str),
    /// The same call; arguments of one type, which is the result's.
    Common(&'static str),
    /// A value that the session knows.
    Session(SessionValue),
    /// An aggregate.
    Aggregate(Aggregate),
    /// `NULLIF`
    NullIf,
    /// `ROUND`, one or two arguments, numeric only.
    Round,
    /// `CONCAT`: NULL counts as nothing.
    Concat,
    /// `SUBSTRING(text, from [, length])`
    Substring,
    /// `TRIM` of a side.
    Trim(TrimWhereField),
    /// `LEFT(text, n)`
    Left,
    /// `STRPOS(text, part)`
    StrPos,
}

/// Aggregates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Aggregate {
    Count,
    Sum,
    Avg,
    Min,
    Max,
}

/// Name, least and greatest number of arguments, form. Sorted by name.
const FUNCTIONS: [(&str, usize, usize, Form); 48] = [
    ("abs", 1, 1, Form::Numbers("ABS")),
    ("avg", 1, 1, Form::Aggregate(Aggregate::Avg)),
    ("btrim", 1, 2, Form::Trim(TrimWhereField::Both)),
    ("ceil", 1, 1, Form::Powers("CEILING")),
    ("ceiling", 1, 1, Form::Powers("CEILING")),
    ("char_length", 1, 1, Form::Texts("CHAR_LENGTH", PgType::Int4)),
    ("character_length", 1, 1, Form::Texts("CHAR_LENGTH", PgType::Int4)),
    ("coalesce", 1, 99, Form::Common("COALESCE")),
    ("concat", 1, 99, Form::Concat),
    ("count", 0, 1, Form::Aggregate(Aggregate::Count)),
    ("current_catalog", 0, 0, Form::Session(SessionValue::Database)),
    ("current_database", 0, 0, Form::Session(SessionValue::Database)),
    ("current_date", 0, 0, Form::Session(SessionValue::CurrentDate)),
    ("current_role", 0, 0, Form::Session(SessionValue::CurrentUser)),
    ("current_schema", 0, 0, Form::Session(SessionValue::Schema)),
    ("current_timestamp", 0, 0, Form::Session(SessionValue::TransactionTimestamp)),
    ("current_user", 0, 0, Form::Session(SessionValue::CurrentUser)),
    ("floor", 1, 1, Form::Powers("FLOOR")),
    ("left", 2, 2, Form::Left),
    ("length", 1, 1, Form::Texts("CHAR_LENGTH", PgType::Int4)),
    ("localtime", 0, 0, Form::Session(SessionValue::LocalTime)),
    ("localtimestamp", 0, 0, Form::Session(SessionValue::LocalTimestamp)),
    ("lower", 1, 1, Form::Texts("LOWER", PgType::Text)),
    ("ltrim", 1, 2, Form::Trim(TrimWhereField::Leading)),
    ("max", 1, 1, Form::Aggregate(Aggregate::Max)),
    ("min", 1, 1, Form::Aggregate(Aggregate::Min)),
    ("mod", 2, 2, Form::Numbers("MOD")),
    ("now", 0, 0, Form::Session(SessionValue::TransactionTimestamp)),
    ("nullif", 2, 2, Form::NullIf),
    ("pg_backend_pid", 0, 0, Form::Session(SessionValue::BackendPid)),
    ("pow", 2, 2, Form::Powers("POWER")),
    ("power", 2, 2, Form::Powers("POWER")),
    ("replace", 3, 3, Form::Texts("REPLACE", PgType::Text)),
    ("reverse", 1, 1, Form::Texts("REVERSE", PgType::Text)),
    ("round", 1, 2, Form::Round),
    ("rtrim", 1, 2, Form::Trim(TrimWhereField::Trailing)),
    ("session_user", 0, 0, Form::Session(SessionValue::SessionUser)),
    ("sign", 1, 1, Form::Powers("SIGN")),
    ("sqrt", 1, 1, Form::Powers("SQRT")),
    ("statement_timestamp", 0, 0, Form::Session(SessionValue::StatementTimestamp)),
    ("strpos", 2, 2, Form::StrPos),
    ("substr", 2, 3, Form::Substring),
    ("substring", 2, 3, Form::Substring),
    ("sum", 1, 1, Form::Aggregate(Aggregate::Sum)),
    ("transaction_timestamp", 0, 0, Form::Session(SessionValue::TransactionTimestamp)),
    ("upper", 1, 1, Form::Texts("UPPER", PgType::Text)),
    ("user", 0, 0, Form::Session(SessionValue::CurrentUser)),
    ("version", 0, 0, Form::Session(SessionValue::Version)),
];

/// The «clause» that an aggregate's argument is.
const INSIDE: &str = "aggregate function calls";

/// The words that are functions without parentheses.
const BARE: [&str; 9] = [
    "current_catalog",
    "current_date",
    "current_role",
    "current_timestamp",
    "current_user",
    "localtime",
    "localtimestamp",
    "session_user",
    "user",
];

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

fn row(function: &Function) -> Option<(usize, usize, Form)> {
    let name = plain_name(function)?;
    let at = FUNCTIONS.binary_search_by(|row| row.0.cmp(name)).ok()?;
    FUNCTIONS.get(at).map(|row| (row.1, row.2, row.3))
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

/// Whether the function is an aggregate.
pub(super) fn is_aggregate(function: &Function) -> bool {
    matches!(row(function), Some((_, _, Form::Aggregate(_))))
}

/// Whether the function never gives NULL.
pub(super) fn never_null(function: &Function) -> bool {
    matches!(
        row(function),
        Some((_, _, Form::Aggregate(Aggregate::Count) | Form::Session(_) | Form::Concat))
    )
}

/// PostgreSQL's name for a column that is this function.
pub(super) fn label(function: &Function) -> String {
    function.name.0.last().and_then(|part| part.as_ident()).map_or_else(
        || "?column?".to_owned(),
        |name| match name.value.as_str() {
            "ceiling" => "ceiling".to_owned(),
            other => other.to_owned(),
        },
    )
}

/// The argument of an `avg` without FILTER, and whether it is DISTINCT.
pub(super) fn average(function: &Function) -> Option<(&Expr, bool)> {
    let (Form::Aggregate(Aggregate::Avg), FunctionArguments::List(list), None, None) =
        (row(function)?.2, &function.args, &function.filter, &function.over)
    else {
        return None;
    };
    let distinct = list.duplicate_treatment == Some(DuplicateTreatment::Distinct);
    arguments(function).first().map(|argument| (*argument, distinct))
}

/// Whether the function is `avg`.
pub(super) fn is_average(function: &Function) -> bool {
    matches!(row(function), Some((_, _, Form::Aggregate(Aggregate::Avg))))
}

/// The arguments of a function whose result is one of them, for its modifier.
pub(super) fn shared(function: &Function) -> Option<Vec<&Expr>> {
    let mut arguments = arguments(function);
    match row(function)?.2 {
        Form::Common(_) => {}
        Form::NullIf => arguments.truncate(1),
        _ => return None,
    }
    Some(arguments)
}

/// The digits after the point that every value of a function has.
pub(super) fn scale(translator: &Translator<'_>, function: &Function) -> Option<u16> {
    let arguments = arguments(function);
    let first = || translator.scale(arguments.first()?);
    match row(function)?.2 {
        Form::Numbers(_) => {
            let scales: Option<Vec<u16>> =
                arguments.iter().map(|argument| translator.scale(argument)).collect();
            scales?.into_iter().max()
        }
        Form::Powers("CEILING" | "FLOOR" | "SIGN") => Some(0),
        Form::Common(_) => translator.common_scale(arguments.iter().copied()),
        Form::NullIf => first(),
        Form::Round => match arguments.get(1) {
            None => Some(0),
            Some(scale) => {
                let digits = negated_number(scale)?.ok()?.digits;
                u16::try_from(digits.parse::<i64>().ok()?.max(0)).ok()
            }
        },
        Form::Aggregate(Aggregate::Sum | Aggregate::Min | Aggregate::Max) => first(),
        _ => None,
    }
}

/// The type that a function gives.
pub(super) fn infer(translator: &Translator<'_>, function: &Function) -> Option<PgType> {
    let (_, _, form) = row(function)?;
    let arguments = arguments(function);
    let first = || translator.infer(arguments.first()?);
    match form {
        Form::Texts(_, ty) => Some(ty),
        Form::Numbers(_) => {
            let mut ty = first()?;
            for argument in arguments.iter().skip(1) {
                ty = super::types::promote(Some(ty), translator.infer(argument))?;
            }
            is_number(ty).then_some(ty)
        }
        Form::Powers(_) => {
            let types: Option<Vec<PgType>> =
                arguments.iter().map(|argument| translator.infer(argument)).collect();
            let types = types?;
            let double = types.iter().any(|ty| matches!(ty, PgType::Float4 | PgType::Float8));
            let numeric = types.contains(&PgType::Numeric);
            Some(if numeric && !double { PgType::Numeric } else { PgType::Float8 })
        }
        Form::Common(_) => translator.common(arguments.iter().copied()),
        // PostgreSQL compares texts as text, and so the result is one.
        Form::NullIf => first().map(|ty| if ty == PgType::Varchar { PgType::Text } else { ty }),
        Form::Session(value) => Some(value.ty()),
        Form::Round => match (arguments.len(), first()?) {
            (1, PgType::Float8 | PgType::Float4) => Some(PgType::Float8),
            _ => Some(PgType::Numeric),
        },
        Form::Concat | Form::Substring | Form::Trim(_) | Form::Left => Some(PgType::Text),
        Form::StrPos => Some(PgType::Int4),
        Form::Aggregate(Aggregate::Count) => Some(PgType::Int8),
        Form::Aggregate(Aggregate::Min | Aggregate::Max) => match first()? {
            PgType::Varchar | PgType::Name => Some(PgType::Text),
            ty => Some(ty),
        },
        Form::Aggregate(Aggregate::Sum) => Some(match first()? {
            PgType::Int2 | PgType::Int4 => PgType::Int8,
            PgType::Int8 | PgType::Numeric => PgType::Numeric,
            ty @ (PgType::Float4 | PgType::Float8) => ty,
            _ => return None,
        }),
        Form::Aggregate(Aggregate::Avg) => Some(match first()? {
            PgType::Float4 | PgType::Float8 => PgType::Float8,
            ty if is_number(ty) => PgType::Numeric,
            _ => return None,
        }),
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
        if *uses_odbc_syntax {
            return Err(
                refuse("{fn …} is not supported").hint("Call the function without the escape.")
            );
        }
        if over.is_some() || null_treatment.is_some() {
            return Err(refuse("window functions are not supported"));
        }
        if !within_group.is_empty() || *parameters != FunctionArguments::None {
            return Err(refuse(format!("this form of function {shown} is not supported")));
        }
        let Some((least, most, form)) = row(function) else { return Err(self.missing(function)) };
        let list = match args {
            FunctionArguments::None if BARE.contains(&shown.as_str()) => None,
            FunctionArguments::List(list) if list.clauses.is_empty() => Some(list),
            _ => return Err(refuse(format!("this form of function {shown} is not supported"))),
        };
        let arguments = arguments(function);
        let star = list.is_some_and(|list| {
            matches!(list.args.as_slice(), [FunctionArg::Unnamed(FunctionArgExpr::Wildcard)])
        });
        let given = list.map_or(0, |list| list.args.len());
        let named = given != arguments.len() && !star;
        if named {
            return Err(refuse(format!("this form of function {shown} is not supported")));
        }
        if matches!(form, Form::Session(_)) && precision_six(list) {
            return self.call(form, &[]);
        }
        if arguments.len() < least || arguments.len() > most {
            if BARE.contains(&shown.as_str()) {
                return Err(refuse(format!("{shown} with a precision is not supported"))
                    .hint("Leave out the precision: six digits are kept."));
            }
            return Err(self.missing(function));
        }
        if let Form::Aggregate(aggregate) = form {
            return self.aggregate(aggregate, list, star, filter.as_deref());
        }
        if filter.is_some() || list.is_some_and(|list| list.duplicate_treatment.is_some()) || star {
            let message = format!("{shown} is not an aggregate function");
            return Err(SqlError::new("42809", message));
        }
        self.call(form, &arguments)
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
            (Form::Texts(name, _), _) => {
                self.out.call(name);
                for (index, argument) in arguments.iter().enumerate() {
                    self.out.separate(index);
                    self.text_argument(argument)?;
                }
                self.out.close();
                Ok(())
            }
            (Form::Numbers(name) | Form::Powers(name), _) => self.numbers(name, arguments),
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
            (Form::Concat, _) => self.concat(arguments),
            (Form::Substring, [text, from, length @ ..]) => {
                self.substring(text, Some(from), length.first().copied())
            }
            (Form::Trim(side), [text, what @ ..]) => {
                self.trim(Some(side), what.first().copied(), text)
            }
            (Form::Left, [text, count]) => {
                let whole = negated_number(count).and_then(Result::ok);
                if !whole.is_some_and(|n| is_integer(n.ty) && !n.digits.starts_with('-')) {
                    return Err(refuse("left is supported with a constant length only"));
                }
                let one = Expr::Value(Value::Number("1".to_owned(), false).into());
                self.substring(text, Some(&one), Some(count))
            }
            (Form::StrPos, [text, part]) => {
                self.out.call("POSITION");
                self.text_argument(part)?;
                self.out.word("IN");
                self.text_argument(text)?;
                self.out.close();
                Ok(())
            }
            _ => Err(refuse("this form of the function is not supported")),
        }
    }

    /// An argument among others of one type.
    fn member(&mut self, argument: &Expr, ty: Option<PgType>) -> Result<(), SqlError> {
        self.beside(argument, argument, ty)
    }

    fn numbers(&mut self, name: &'static str, arguments: &[&Expr]) -> Result<(), SqlError> {
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
            if super::value::text(argument).is_some() {
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
    fn round(&mut self, number: &Expr, scale: Option<&Expr>) -> Result<(), SqlError> {
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

    /// IRIS's STRING takes NULL for an empty string too.
    fn concat(&mut self, arguments: &[&Expr]) -> Result<(), SqlError> {
        self.out.call("STRING");
        for (index, argument) in arguments.iter().enumerate() {
            self.out.separate(index);
            match self.infer(argument) {
                Some(PgType::Unknown) => self.settle(argument, PgType::Text)?,
                Some(ty) if is_text(ty) || is_integer(ty) => {}
                Some(ty) => {
                    return Err(refuse(format!("concat of type {} is not supported", ty.name())));
                }
                None => return Err(super::value::untyped("concat")),
            }
            self.value(argument, false)?;
        }
        self.out.close();
        Ok(())
    }

    fn aggregate(
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
            Aggregate::Min => "MIN",
            Aggregate::Max => "MAX",
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
    fn filtered(&mut self, filter: &Expr, argument: Option<&Expr>) -> Result<(), SqlError> {
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

    fn check_aggregated(&self, aggregate: Aggregate, argument: &Expr) -> Result<(), SqlError> {
        let Some(ty) = self.infer(argument) else { return Ok(()) };
        let good = match aggregate {
            Aggregate::Count => true,
            Aggregate::Sum | Aggregate::Avg => is_number(ty),
            Aggregate::Min | Aggregate::Max => !matches!(ty, PgType::Bool | PgType::Uuid),
        };
        if good {
            return Ok(());
        }
        if matches!(aggregate, Aggregate::Sum | Aggregate::Avg) && ty != PgType::Unknown {
            let name = if aggregate == Aggregate::Sum { "sum" } else { "avg" };
            let message = format!("function {name}({}) does not exist", ty.name());
            return Err(SqlError::new("42883", message).hint(
                "No function matches the given name and argument types. You might need to add \
                 explicit type casts.",
            ));
        }
        Err(refuse(format!("this aggregate is not supported for type {}", ty.name())))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(FUNCTIONS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(BARE.iter().all(|name| FUNCTIONS.iter().any(|row| row.0 == *name)));
    }
}

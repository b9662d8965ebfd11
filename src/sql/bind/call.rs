//! Calls of functions.

use super::clause::Clause;
use super::coerce::{self, value};
use super::operation::unresolved;
use super::typename::NO_TYPMOD;
use super::{Binder, at, refuse};
use crate::sql::bound::{At, Call, Expr, Literal, Node};
use crate::sql::error::SqlError;
use crate::sql::resolve::{self, Context, Failure, Function, Kind, Resolved};
use crate::sql::statement::SessionValue;
use crate::types::pg::PgType;
use irispg_grammar as grammar;
use irispg_grammar::ast::{
    self, DuplicateTreatment, Expr as Tree, FunctionArg, FunctionArgExpr, FunctionArgumentClause,
    FunctionArguments, OrderByExpr,
};

/// PostgreSQL's hints for functions that cannot be chosen.
const NO_MATCH: &str = "No function matches the given name and argument types. You might need to \
                        add explicit type casts.";
const NOT_UNIQUE: &str = "Could not choose a best candidate function. You might need to add \
                          explicit type casts.";
const MISPLACED_ORDER: &str = "No aggregate function matches the given name and argument types. \
                               Perhaps you misplaced ORDER BY; ORDER BY must appear after all \
                               regular arguments of the aggregate.";

/// Functions whose result is NULL only where an argument is. Of others that are strict it is not
/// known what IRIS makes of an empty text.
const STRICT: [&str; 16] = [
    "abs",
    "ceil",
    "ceiling",
    "char_length",
    "character_length",
    "chr",
    "floor",
    "length",
    "lower",
    "mod",
    "power",
    "reverse",
    "round",
    "sign",
    "sqrt",
    "upper",
];

/// Functions whose result is never NULL.
const NEVER: [&str; 8] = [
    "concat",
    "count",
    "dense_rank",
    "num_nonnulls",
    "num_nulls",
    "pg_typeof",
    "rank",
    "row_number",
];

/// What a call says besides its arguments.
#[derive(Debug, Default)]
pub(super) struct Details<'t> {
    /// `f(*)`
    pub(super) star: bool,
    pub(super) distinct: bool,
    pub(super) order: &'t [OrderByExpr],
    pub(super) within: &'t [OrderByExpr],
    pub(super) filter: Option<&'t Tree>,
    pub(super) over: Option<&'t ast::WindowType>,
}

/// `name(type, …)`
pub(super) fn signature(name: &str, types: &[PgType]) -> String {
    let types: Vec<&str> = types.iter().map(|ty| ty.name()).collect();
    format!("{name}({})", types.join(", "))
}

/// Why no function was chosen.
pub(super) fn failed(failure: Failure, shown: &str) -> SqlError {
    match failure {
        Failure::Missing => {
            SqlError::new("42883", format!("function {shown} does not exist")).hint(NO_MATCH)
        }
        Failure::Ambiguous => {
            SqlError::new("42725", format!("function {shown} is not unique")).hint(NOT_UNIQUE)
        }
        other => unresolved(other, &format!("function {shown}")),
    }
}

impl Binder<'_> {
    /// A call as it is written with parentheses, or one of the words that need none.
    pub(super) fn function(&mut self, written: &ast::Function) -> Result<Expr, SqlError> {
        let place = At(grammar::start_of_name(&written.name));
        let parts: Vec<&ast::Ident> =
            written.name.0.iter().filter_map(|part| part.as_ident()).collect();
        let shown: Vec<&str> = parts.iter().map(|part| part.value.as_str()).collect();
        let shown = shown.join(".");
        let (name, word) = match parts.as_slice() {
            [name] => (name.value.as_str(), name.quote_style.is_none()),
            [schema, name] if schema.value == "pg_catalog" => (name.value.as_str(), false),
            _ => return Err(at(refuse("functions of a schema are not supported"), place)),
        };
        if written.uses_odbc_syntax {
            let refused = refuse("{fn …} is not supported");
            return Err(refused.hint("Call the function without the escape."));
        }
        if written.null_treatment.is_some() || written.parameters != FunctionArguments::None {
            return Err(at(
                refuse(format!("this form of function {shown} is not supported")),
                place,
            ));
        }
        let list = match &written.args {
            FunctionArguments::None => return self.word(name, place),
            FunctionArguments::Subquery(query) if name == "array" => {
                return self.array_query(query, place);
            }
            FunctionArguments::Subquery(_) => {
                return Err(at(refuse("this form of a call is not supported"), place));
            }
            FunctionArguments::List(list) => list,
        };
        let mut details = Details {
            distinct: list.duplicate_treatment == Some(DuplicateTreatment::Distinct),
            within: &written.within_group,
            filter: written.filter.as_deref(),
            over: written.over.as_ref(),
            ..Details::default()
        };
        for clause in &list.clauses {
            match clause {
                FunctionArgumentClause::OrderBy(order) => details.order = order,
                _ => {
                    let message = format!("this form of function {shown} is not supported");
                    return Err(at(refuse(message), place));
                }
            }
        }
        let mut arguments = Vec::with_capacity(list.args.len());
        for argument in &list.args {
            match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(argument)) => arguments.push(argument),
                FunctionArg::Unnamed(FunctionArgExpr::Wildcard) if list.args.len() == 1 => {
                    details.star = true;
                }
                FunctionArg::Unnamed(_) => {
                    return Err(at(refuse("a whole row as a value is not supported"), place));
                }
                FunctionArg::Named { .. } | FunctionArg::ExprNamed { .. } => {
                    let refused = refuse("named arguments are not supported");
                    return Err(at(refused.hint("Give the arguments in their order."), place));
                }
            }
        }
        if word && let Some(found) = self.special(name, &arguments, place) {
            return found;
        }
        let arguments = arguments
            .into_iter()
            .map(|argument| self.expression(argument))
            .collect::<Result<Vec<_>, _>>()?;
        self.called(&shown, name, arguments, &details, place)
    }

    /// What PostgreSQL's grammar takes for something of its own, though it looks like a call.
    fn special(
        &mut self,
        name: &str,
        arguments: &[&Tree],
        place: At,
    ) -> Option<Result<Expr, SqlError>> {
        let known =
            matches!(name, "coalesce" | "greatest" | "least" | "nullif" | "row" | "grouping")
                || TIMED.contains(&name);
        if !known {
            return None;
        }
        Some(self.special_form(name, arguments, place))
    }

    fn special_form(
        &mut self,
        name: &str,
        arguments: &[&Tree],
        place: At,
    ) -> Result<Expr, SqlError> {
        if name == "row" {
            return self.row(arguments.iter().copied(), place);
        }
        if name == "grouping" {
            return Err(at(refuse("GROUPING is not supported"), place));
        }
        if TIMED.contains(&name) {
            return self.timed(name, arguments, place);
        }
        let mut all =
            arguments.iter().map(|one| self.expression(one)).collect::<Result<Vec<_>, _>>()?;
        match (name, all.len()) {
            (_, 0) => Err(SqlError::new("42601", "syntax error at or near \")\"")),
            ("coalesce", _) => self.coalesce(all, place),
            ("nullif", 2) => {
                let right = all.pop();
                let left = all.pop();
                match (left, right) {
                    (Some(left), Some(right)) => self.nullif(left, right, place),
                    _ => Err(SqlError::new("42601", "syntax error at or near \")\"")),
                }
            }
            ("nullif", _) => {
                Err(at(SqlError::new("42601", "syntax error at or near \")\""), place))
            }
            (name, _) => self.extreme(all, name == "least", place),
        }
    }

    /// `current_timestamp(n)` and its kin.
    fn timed(&mut self, name: &str, arguments: &[&Tree], place: At) -> Result<Expr, SqlError> {
        let bound = self.word(name, place)?;
        let digits = match arguments {
            [] => return Ok(bound),
            [only] => self.expression(only)?,
            _ => return Err(at(SqlError::new("42601", "syntax error at or near \",\""), place)),
        };
        let Node::Literal(Literal::Integer(digits)) = digits.node else {
            return Err(at(refuse(format!("this form of {name} is not supported")), place));
        };
        let typmod = i32::try_from(digits.clamp(0, 6)).unwrap_or(6);
        let ty = bound.ty;
        Ok(coerce::cast(bound, ty, typmod, true))
    }

    /// A word that is a function without parentheses.
    pub(super) fn word(&mut self, name: &str, place: At) -> Result<Expr, SqlError> {
        let session = match name {
            "current_catalog" => SessionValue::Database,
            "current_schema" => SessionValue::Schema,
            "current_user" | "current_role" | "user" => SessionValue::CurrentUser,
            "session_user" => SessionValue::SessionUser,
            "current_date" => SessionValue::CurrentDate,
            "current_timestamp" => SessionValue::TransactionTimestamp,
            "localtimestamp" => SessionValue::LocalTimestamp,
            "localtime" => SessionValue::LocalTime,
            other => return Err(at(refuse(format!("{other} is not supported")), place)),
        };
        Ok(session_value(session, place))
    }

    /// A scalar function with arguments that are bound.
    pub(super) fn scalar(
        &mut self,
        shown: &str,
        name: &str,
        arguments: Vec<Expr>,
        place: At,
    ) -> Result<Expr, SqlError> {
        self.called(shown, name, arguments, &Details::default(), place)
    }

    /// A call with arguments that are bound (`ParseFuncOrColumn`).
    fn called(
        &mut self,
        shown: &str,
        name: &str,
        mut arguments: Vec<Expr>,
        details: &Details<'_>,
        place: At,
    ) -> Result<Expr, SqlError> {
        let within = self.plain_keys(details.within, Clause::OrderBy)?;
        arguments.extend(within.into_iter().map(|key| key.expr));
        let filter = self.filter(details)?;
        let types: Vec<PgType> = arguments.iter().map(|argument| argument.ty).collect();
        let found = resolve::function(name, &types).map_err(|failure| {
            let error = failed(failure, &signature(shown, &types));
            let misplaced = failure == Failure::Missing && details.order.len() > 1;
            at(if misplaced { error.hint(MISPLACED_ORDER) } else { error }, place)
        })?;
        check_kind(shown, found.row.kind, details).map_err(|error| at(error, place))?;
        if found.row.kind == Kind::Cast {
            let Some(argument) = arguments.pop() else {
                return Err(at(refuse("a cast of nothing is not supported"), place));
            };
            return self.coerce(argument, found.result, NO_TYPMOD, Context::Explicit);
        }
        let arguments = self.prepared(arguments, &found)?;
        self.check_set(found.row, place)?;
        match (found.row.kind, details.over) {
            (Kind::Scalar, _) => Ok(scalar(found, arguments, place)),
            (Kind::Cast, _) => Err(at(refuse("this cast is not supported"), place)),
            (Kind::OrderedSet(_) | Kind::Hypothetical, _) => {
                let message = format!("ordered-set aggregate {shown} is not supported");
                Err(at(refuse(message), place))
            }
            (_, Some(over)) => {
                self.window_call(shown, found, arguments, filter, details, over, place)
            }
            (_, None) => self.aggregate(shown, found, arguments, filter, details, place),
        }
    }

    /// Arguments with the types that the function's row asks for.
    fn prepared(
        &mut self,
        arguments: Vec<Expr>,
        found: &Resolved<Function>,
    ) -> Result<Vec<Expr>, SqlError> {
        let mut types = found.arguments.iter();
        let mut prepared = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let ty = types.next().copied().unwrap_or(argument.ty);
            prepared.push(match ty {
                PgType::Unknown => self.literal_decided(argument)?,
                ty => self.coerce(argument, ty, NO_TYPMOD, Context::Implicit)?,
            });
        }
        Ok(prepared)
    }

    /// Functions that give rows stand in FROM.
    fn check_set(&self, function: &Function, place: At) -> Result<(), SqlError> {
        if !function.set {
            return Ok(());
        }
        match self.clause.no_sets() {
            None => Ok(()),
            Some(message) => Err(at(SqlError::new("0A000", message), place)),
        }
    }
}

/// The words that may have a number of digits behind them.
const TIMED: [&str; 4] = ["current_time", "current_timestamp", "localtime", "localtimestamp"];

/// What a call must not say, by the kind of its function.
fn check_kind(shown: &str, kind: Kind, details: &Details<'_>) -> Result<(), SqlError> {
    let wrong = |message: String| Err(SqlError::new("42809", message));
    let within = !details.within.is_empty();
    match kind {
        Kind::Scalar | Kind::Cast => {
            let not =
                |what: &str| wrong(format!("{what}, but {shown} is not an aggregate function"));
            if details.star {
                return not(&format!("{shown}(*) specified"));
            }
            if details.distinct {
                return not("DISTINCT specified");
            }
            if within {
                return not("WITHIN GROUP specified");
            }
            if !details.order.is_empty() {
                return not("ORDER BY specified");
            }
            if details.filter.is_some() {
                return not("FILTER specified");
            }
            if details.over.is_some() {
                return wrong(format!(
                    "OVER specified, but {shown} is not a window function nor an aggregate function"
                ));
            }
            Ok(())
        }
        Kind::Aggregate if within => wrong(format!(
            "{shown} is not an ordered-set aggregate, so it cannot have WITHIN GROUP"
        )),
        Kind::Aggregate => Ok(()),
        Kind::OrderedSet(_) | Kind::Hypothetical if !within => {
            wrong(format!("WITHIN GROUP is required for ordered-set aggregate {shown}"))
        }
        Kind::OrderedSet(_) | Kind::Hypothetical if details.over.is_some() => {
            Err(refuse(format!("OVER is not supported for ordered-set aggregate {shown}")))
        }
        Kind::OrderedSet(_) | Kind::Hypothetical => Ok(()),
        Kind::Window if details.over.is_none() => {
            wrong(format!("window function {shown} requires an OVER clause"))
        }
        Kind::Window if within => {
            wrong(format!("window function {shown} cannot have WITHIN GROUP"))
        }
        Kind::Window => Ok(()),
    }
}

/// A value that the session knows.
fn session_value(session: SessionValue, place: At) -> Expr {
    Expr { nullable: false, ..value(Node::Session(session), session.ty(), place) }
}

/// A scalar call; those that ask for what the session knows are that.
fn scalar(found: Resolved<Function>, arguments: Vec<Expr>, place: At) -> Expr {
    let name = found.row.name;
    let session = match (name, arguments.as_slice()) {
        ("version", []) => Some(SessionValue::Version),
        ("current_database", []) => Some(SessionValue::Database),
        ("current_schema", []) => Some(SessionValue::Schema),
        ("pg_backend_pid", []) => Some(SessionValue::BackendPid),
        ("now" | "transaction_timestamp", []) => Some(SessionValue::TransactionTimestamp),
        ("statement_timestamp", []) => Some(SessionValue::StatementTimestamp),
        _ => None,
    };
    if let Some(session) = session {
        return session_value(session, place);
    }
    let scale = if found.result == PgType::Numeric { scale(name, &arguments) } else { None };
    let nullable = match name {
        _ if NEVER.contains(&name) => false,
        _ if STRICT.contains(&name) => arguments.iter().any(|one| one.nullable),
        _ => true,
    };
    let node = Node::Call(Call { function: found.row, arguments });
    Expr { scale, nullable, ..value(node, found.result, place) }
}

/// The digits after the point that all values of a function show (`numeric.c`).
fn scale(name: &str, arguments: &[Expr]) -> Option<u16> {
    let first = arguments.first()?;
    match name {
        "abs" => first.scale,
        "mod" => Some(first.scale?.max(arguments.get(1)?.scale?)),
        "ceil" | "ceiling" | "floor" | "sign" | "div" | "factorial" => Some(0),
        "round" | "trunc" => match arguments.get(1) {
            None => Some(0),
            Some(Expr { node: Node::Literal(Literal::Integer(digits)), .. }) => {
                u16::try_from((*digits).max(0)).ok()
            }
            Some(_) => None,
        },
        "extract" => extracted(first, arguments.get(1)?.ty),
        _ => None,
    }
}

/// The digits of a field (`timestamp_part_common`).
fn extracted(field: &Expr, ty: PgType) -> Option<u16> {
    let Node::Literal(Literal::Text(field)) = &field.node else { return None };
    match field.as_str() {
        "second" | "seconds" => Some(6),
        "epoch" => Some(if ty == PgType::Date { 0 } else { 6 }),
        "millisecond" | "milliseconds" => Some(3),
        "julian" if ty != PgType::Date => None,
        _ => Some(0),
    }
}

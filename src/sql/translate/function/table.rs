//! Which functions are translated: one line for each, sorted by name.
//!
//! A line says PostgreSQL's signature, what the call becomes, what type it gives and what NULL does
//! in it. A function that PostgreSQL has and IRIS cannot imitate exactly stands here too, with the
//! reason.

use crate::sql::statement::SessionValue;
use crate::types::pg::PgType;
use irispg_grammar::ast::TrimWhereField;

/// A function.
pub(super) struct Row {
    pub(super) name: &'static str,
    /// Least number of arguments.
    pub(super) least: usize,
    /// Greatest number of arguments.
    pub(super) most: usize,
    pub(super) form: Form,
    pub(super) gives: Gives,
    pub(super) nulls: Nulls,
}

/// What a call becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// The same call under IRIS's name; each argument is a text.
    Texts(&'static str),
    /// The same call under IRIS's name; each argument is a number.
    Numbers(&'static str),
    /// The same call under IRIS's name; arguments of one type.
    Common(&'static str),
    /// A value that the session knows.
    Session(SessionValue),
    /// An aggregate.
    Aggregate(Aggregate),
    /// A function that stands only before OVER.
    Window(Window),
    /// A rewriting of texts.
    Text(Text),
    /// A rewriting of dates and times.
    Moment(Moment),
    /// `NULLIF`
    NullIf,
    /// `ROUND`, one or two arguments, numeric only.
    Round,
    /// The greatest argument that is not NULL, or the least.
    Extreme { least: bool },
    /// How many arguments are NULL, or are not.
    CountNulls { null: bool },
    /// PostgreSQL has it, IRIS nothing that gives the same: why, and what helps.
    Refused(&'static str),
}

/// Aggregates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aggregate {
    Count,
    Sum,
    Avg,
    Min,
    Max,
    /// `bool_and`, which is the least of the truth values.
    All,
    /// `bool_or`, which is the greatest.
    Any,
}

/// Functions of windows that are no aggregates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Window {
    RowNumber,
    Rank,
    DenseRank,
    Ntile,
    Lag,
    Lead,
    First,
    Last,
    Nth,
}

/// Functions of texts that are built from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    Chr,
    Concat,
    ConcatWs,
    Left,
    Pad { left: bool },
    Repeat,
    Right,
    SplitPart,
    StartsWith,
    StrPos,
    Substring,
    Trim(TrimWhereField),
}

/// Functions of dates and times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    MakeDate,
    Part,
    ToChar,
    Trunc,
}

/// The type that a call gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gives {
    /// Always this one.
    Is(PgType),
    /// The type of its numbers, promoted.
    Promoted,
    /// Double precision unless an argument is numeric.
    Double,
    /// The type that all arguments share.
    Common,
    /// The type of the first argument.
    First,
    /// The type of the first argument, `text` for other texts.
    FirstText,
    /// What `round` gives.
    Round,
    /// What `sum` gives.
    Sum,
    /// What `avg` gives.
    Avg,
    /// What `date_trunc` gives.
    Trunc,
    /// No call comes to pass.
    Nothing,
}

/// What NULL does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nulls {
    /// NULL if an argument is, and only then.
    Strict,
    /// Never NULL.
    Never,
    /// NULL may come of other things, or not come of an argument.
    Own,
}

const fn row(
    name: &'static str,
    least: usize,
    most: usize,
    form: Form,
    gives: Gives,
    nulls: Nulls,
) -> Row {
    Row { name, least, most, form, gives, nulls }
}

const fn session(name: &'static str, value: SessionValue) -> Row {
    row(name, 0, 0, Form::Session(value), Gives::Is(value.ty()), Nulls::Never)
}

const fn refused(name: &'static str, hint: &'static str) -> Row {
    row(name, 0, MANY, Form::Refused(hint), Gives::Nothing, Nulls::Own)
}

/// The greatest number of arguments of a function that takes as many as one likes.
const MANY: usize = 99;

use Aggregate as A;
use Form as F;
use Gives::{Avg, Common, Double, First, FirstText, Is, Promoted, Sum};
use Nulls::{Never, Own, Strict};
use PgType::{Bool, Date, Float8, Int4, Int8, Text as T};
use SessionValue as S;
use Text as X;
use TrimWhereField::{Both, Leading, Trailing};
use Window as W;

/// The functions.
pub(super) const FUNCTIONS: &[Row] = &[
    row("abs", 1, 1, F::Numbers("ABS"), Promoted, Strict),
    refused("age", "Subtract one date from the other, which gives days."),
    refused("array_agg", "Fetch the rows and gather them in the client."),
    refused("ascii", "IRIS knows halves of characters beyond U+FFFF only."),
    row("avg", 1, 1, F::Aggregate(A::Avg), Avg, Own),
    row("bool_and", 1, 1, F::Aggregate(A::All), Is(Bool), Own),
    row("bool_or", 1, 1, F::Aggregate(A::Any), Is(Bool), Own),
    row("btrim", 1, 2, F::Text(X::Trim(Both)), Is(T), Own),
    row("ceil", 1, 1, F::Numbers("CEILING"), Double, Strict),
    row("ceiling", 1, 1, F::Numbers("CEILING"), Double, Strict),
    row("char_length", 1, 1, F::Texts("CHAR_LENGTH"), Is(Int4), Strict),
    row("character_length", 1, 1, F::Texts("CHAR_LENGTH"), Is(Int4), Strict),
    row("chr", 1, 1, F::Text(X::Chr), Is(T), Strict),
    row("coalesce", 1, MANY, F::Common("COALESCE"), Common, Own),
    row("concat", 1, MANY, F::Text(X::Concat), Is(T), Never),
    row("concat_ws", 2, MANY, F::Text(X::ConcatWs), Is(T), Own),
    row("count", 0, 1, F::Aggregate(A::Count), Is(Int8), Never),
    refused("cume_dist", "IRIS computes it in decimals of other digits."),
    session("current_catalog", S::Database),
    session("current_database", S::Database),
    session("current_date", S::CurrentDate),
    session("current_role", S::CurrentUser),
    session("current_schema", S::Schema),
    session("current_timestamp", S::TransactionTimestamp),
    session("current_user", S::CurrentUser),
    row("date_part", 2, 2, F::Moment(Moment::Part), Is(Float8), Own),
    row("date_trunc", 2, 2, F::Moment(Moment::Trunc), Gives::Trunc, Own),
    row("dense_rank", 0, 0, F::Window(W::DenseRank), Is(Int8), Never),
    row("every", 1, 1, F::Aggregate(A::All), Is(Bool), Own),
    row("first_value", 1, 1, F::Window(W::First), First, Own),
    row("floor", 1, 1, F::Numbers("FLOOR"), Double, Strict),
    row("greatest", 1, MANY, F::Extreme { least: false }, Common, Own),
    refused("initcap", "IRIS has no such function."),
    row("lag", 1, 3, F::Window(W::Lag), First, Own),
    row("last_value", 1, 1, F::Window(W::Last), First, Own),
    row("lead", 1, 3, F::Window(W::Lead), First, Own),
    row("least", 1, MANY, F::Extreme { least: true }, Common, Own),
    row("left", 2, 2, F::Text(X::Left), Is(T), Own),
    row("length", 1, 1, F::Texts("CHAR_LENGTH"), Is(Int4), Strict),
    session("localtime", S::LocalTime),
    session("localtimestamp", S::LocalTimestamp),
    row("lower", 1, 1, F::Texts("LOWER"), Is(T), Strict),
    row("lpad", 2, 3, F::Text(X::Pad { left: true }), Is(T), Own),
    row("ltrim", 1, 2, F::Text(X::Trim(Leading)), Is(T), Own),
    row("make_date", 3, 3, F::Moment(Moment::MakeDate), Is(Date), Strict),
    row("max", 1, 1, F::Aggregate(A::Max), FirstText, Own),
    refused("md5", "IRIS's SQL has SHA functions only."),
    row("min", 1, 1, F::Aggregate(A::Min), FirstText, Own),
    row("mod", 2, 2, F::Numbers("MOD"), Promoted, Strict),
    session("now", S::TransactionTimestamp),
    row("nth_value", 2, 2, F::Window(W::Nth), First, Own),
    row("ntile", 1, 1, F::Window(W::Ntile), Is(Int4), Never),
    row("nullif", 2, 2, F::NullIf, FirstText, Own),
    row("num_nonnulls", 1, MANY, F::CountNulls { null: false }, Is(Int4), Never),
    row("num_nulls", 1, MANY, F::CountNulls { null: true }, Is(Int4), Never),
    refused("percent_rank", "IRIS computes it in decimals of other digits."),
    session("pg_backend_pid", S::BackendPid),
    row("pow", 2, 2, F::Numbers("POWER"), Double, Strict),
    row("power", 2, 2, F::Numbers("POWER"), Double, Strict),
    row("rank", 0, 0, F::Window(W::Rank), Is(Int8), Never),
    row("repeat", 2, 2, F::Text(X::Repeat), Is(T), Own),
    row("replace", 3, 3, F::Texts("REPLACE"), Is(T), Own),
    row("reverse", 1, 1, F::Texts("REVERSE"), Is(T), Strict),
    row("right", 2, 2, F::Text(X::Right), Is(T), Own),
    row("round", 1, 2, F::Round, Gives::Round, Strict),
    row("row_number", 0, 0, F::Window(W::RowNumber), Is(Int8), Never),
    row("rpad", 2, 3, F::Text(X::Pad { left: false }), Is(T), Own),
    row("rtrim", 1, 2, F::Text(X::Trim(Trailing)), Is(T), Own),
    session("session_user", S::SessionUser),
    row("sign", 1, 1, F::Numbers("SIGN"), Double, Strict),
    row("split_part", 3, 3, F::Text(X::SplitPart), Is(T), Own),
    row("sqrt", 1, 1, F::Numbers("SQRT"), Double, Strict),
    row("starts_with", 2, 2, F::Text(X::StartsWith), Is(Bool), Strict),
    session("statement_timestamp", S::StatementTimestamp),
    refused("stddev", "IRIS computes it with other digits."),
    refused("stddev_pop", "IRIS computes it with other digits."),
    refused("stddev_samp", "IRIS computes it with other digits."),
    refused("string_agg", "IRIS's LIST has neither a separator nor an order."),
    row("strpos", 2, 2, F::Text(X::StrPos), Is(Int4), Strict),
    row("substr", 2, 3, F::Text(X::Substring), Is(T), Own),
    row("substring", 2, 3, F::Text(X::Substring), Is(T), Own),
    row("sum", 1, 1, F::Aggregate(A::Sum), Sum, Own),
    row("to_char", 2, 2, F::Moment(Moment::ToChar), Is(T), Own),
    refused("to_date", "Cast a text in the form YYYY-MM-DD to date."),
    refused("to_timestamp", "Cast a text in the form YYYY-MM-DD HH:MM:SS to timestamp."),
    session("transaction_timestamp", S::TransactionTimestamp),
    row("upper", 1, 1, F::Texts("UPPER"), Is(T), Strict),
    session("user", S::CurrentUser),
    refused("var_pop", "IRIS computes it with other digits."),
    refused("var_samp", "IRIS computes it with other digits."),
    refused("variance", "IRIS computes it with other digits."),
    session("version", S::Version),
];

/// The words that are functions without parentheses.
pub(super) const BARE: [&str; 9] = [
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

/// The line of a function.
pub(super) fn find(name: &str) -> Option<&'static Row> {
    let at = FUNCTIONS.binary_search_by(|row| row.name.cmp(name)).ok()?;
    FUNCTIONS.get(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(FUNCTIONS.windows(2).all(|pair| pair[0].name < pair[1].name));
        assert!(BARE.iter().all(|name| find(name).is_some()));
    }
}

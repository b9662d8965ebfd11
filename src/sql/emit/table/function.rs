//! The functions.

use super::{Aggregate as A, Form as F, Line, Moment as M, Text as X, Window as W};
use crate::sql::resolve::Slot::{self, Any, Array, Compatible, Element, Is};
use crate::types::pg::PgType;

const BOOL: Slot = Is(PgType::Bool);
const CHAR: Slot = Is(PgType::Bpchar);
const DATE: Slot = Is(PgType::Date);
const F4: Slot = Is(PgType::Float4);
const F8: Slot = Is(PgType::Float8);
const I2: Slot = Is(PgType::Int2);
const I4: Slot = Is(PgType::Int4);
const I8: Slot = Is(PgType::Int8);
const NUM: Slot = Is(PgType::Numeric);
const OID: Slot = Is(PgType::Oid);
const SPAN: Slot = Is(PgType::Interval);
const TEXT: Slot = Is(PgType::Text);
const TIME: Slot = Is(PgType::Time);
const TS: Slot = Is(PgType::Timestamp);
const TZ: Slot = Is(PgType::Timestamptz);

/// Functions of one number.
const NUMBER: &[&[Slot]] = &[&[I2], &[I4], &[I8], &[NUM], &[F8]];

/// Functions of one number that is exact or double precision.
const FRACTION: &[&[Slot]] = &[&[NUM], &[F8]];

/// What is summed.
const SUMMED: &[&[Slot]] = &[&[I2], &[I4], &[I8], &[NUM], &[F8]];

/// What has a least and a greatest.
const RANKED: &[&[Slot]] = &[
    &[I2],
    &[I4],
    &[I8],
    &[NUM],
    &[F4],
    &[F8],
    &[OID],
    &[TEXT],
    &[CHAR],
    &[DATE],
    &[TIME],
    &[TS],
    &[TZ],
];

/// Functions of a field and a moment.
const FIELDS: &[&[Slot]] = &[&[TEXT, DATE], &[TEXT, TIME], &[TEXT, TS], &[TEXT, TZ], &[TEXT, SPAN]];

/// Functions of one text, or of a text and the characters that are cut off.
const TRIMMED: &[&[Slot]] = &[&[TEXT], &[TEXT, TEXT]];

/// Functions of one text.
const ONE_TEXT: &[&[Slot]] = &[&[TEXT]];

/// Functions of any argument.
const ANY: &[&[Slot]] = &[&[Any]];

/// Functions without argument.
const NOTHING: &[&[Slot]] = &[&[]];

/// The neighbour of a row, its distance, and what is given where there is none.
const NEIGHBOUR: &[&[Slot]] = &[&[Element], &[Element, I4], &[Compatible, I4, Compatible]];

/// The first release that has the functions of neighbours and buckets.
/// UNVERIFIED(iris): they came one after another between 2021.2 and 2024.1.
const NEIGHBOURS_SINCE: (u16, u16) = (2024, 1);

const fn line(name: &'static str, signatures: &'static [&'static [Slot]], form: F) -> Line {
    Line::new(name, signatures, form)
}

const fn newer(name: &'static str, signatures: &'static [&'static [Slot]], form: F) -> Line {
    Line::new(name, signatures, form).since(NEIGHBOURS_SINCE.0, NEIGHBOURS_SINCE.1)
}

const fn refused(name: &'static str, hint: &'static str) -> Line {
    Line::new(name, &[], F::Refused(hint))
}

const NO_DIGITS: &str = "IRIS computes it with other digits.";
const NO_FUNCTION: &str = "IRIS has no such function.";
const IN_DOUBLE: &str =
    "IRIS computes it with other digits; cast the argument to double precision.";

const ALONE: &str = "It is supported in a SELECT of nothing else.";

/// The functions.
pub(super) const LINES: &[Line] = &[
    line("abs", NUMBER, F::Call("ABS")),
    refused("age", "Subtract one date from the other, which gives days."),
    refused("array_agg", "Fetch the rows and gather them in the client."),
    refused("ascii", "IRIS knows halves of characters beyond U+FFFF only."),
    line("avg", SUMMED, F::Aggregate(A::Avg)),
    line("bool_and", &[&[BOOL]], F::Aggregate(A::All)),
    line("bool_or", &[&[BOOL]], F::Aggregate(A::Any)),
    line("btrim", TRIMMED, F::Text(X::Trim("BOTH"))),
    line("cardinality", &[&[Array]], F::Cardinality),
    refused("cbrt", NO_FUNCTION),
    line("ceil", FRACTION, F::Call("CEILING")),
    line("ceiling", FRACTION, F::Call("CEILING")),
    line("char_length", &[&[TEXT], &[CHAR]], F::Texts("CHAR_LENGTH")),
    line("character_length", &[&[TEXT], &[CHAR]], F::Texts("CHAR_LENGTH")),
    line("chr", &[&[I4]], F::Text(X::Chr)),
    line("concat", ANY, F::Text(X::Concat)),
    line("concat_ws", &[&[TEXT, Any]], F::Text(X::ConcatWs)),
    line("count", &[&[], &[Any]], F::Aggregate(A::Count)),
    refused("cume_dist", "IRIS computes it in decimals of other digits."),
    refused("current_setting", ALONE),
    line("date_part", FIELDS, F::Moment(M::Part { double: true })),
    line("date_trunc", &[&[TEXT, TS], &[TEXT, TZ]], F::Moment(M::Trunc)),
    line("dense_rank", NOTHING, F::Window(W::DenseRank)),
    line("every", &[&[BOOL]], F::Aggregate(A::All)),
    refused("exp", NO_DIGITS),
    line("extract", FIELDS, F::Moment(M::Part { double: false })),
    line("first_value", &[&[Element]], F::Window(W::First)),
    line("floor", FRACTION, F::Call("FLOOR")),
    line("gen_random_uuid", NOTHING, F::NewUuid),
    refused("initcap", NO_FUNCTION),
    newer("lag", NEIGHBOUR, F::Window(W::Lag)),
    newer("last_value", &[&[Element]], F::Window(W::Last)),
    newer("lead", NEIGHBOUR, F::Window(W::Lead)),
    line("left", &[&[TEXT, I4]], F::Text(X::Left)),
    line("length", &[&[TEXT], &[CHAR]], F::Texts("CHAR_LENGTH")),
    refused("ln", NO_DIGITS),
    refused("log", NO_DIGITS),
    line("lower", ONE_TEXT, F::Texts("LOWER")),
    line("lpad", &[&[TEXT, I4], &[TEXT, I4, TEXT]], F::Text(X::Pad { left: true })),
    line("ltrim", TRIMMED, F::Text(X::Trim("LEADING"))),
    line("make_date", &[&[I4, I4, I4]], F::Moment(M::MakeDate)),
    line("max", RANKED, F::Aggregate(A::Max)),
    refused("md5", "IRIS's SQL has SHA functions only."),
    line("min", RANKED, F::Aggregate(A::Min)),
    line("mod", &[&[I2, I2], &[I4, I4], &[I8, I8], &[NUM, NUM]], F::Modulo),
    newer("nth_value", &[&[Element, I4]], F::Window(W::Nth)),
    newer("ntile", &[&[I4]], F::Window(W::Ntile)),
    line("num_nonnulls", ANY, F::CountNulls { null: false }),
    line("num_nulls", ANY, F::CountNulls { null: true }),
    refused("octet_length", "IRIS counts characters, not bytes."),
    line("overlay", &[&[TEXT, TEXT, I4], &[TEXT, TEXT, I4, I4]], F::Text(X::Overlay)),
    refused("percent_rank", "IRIS computes it in decimals of other digits."),
    refused("pg_advisory_unlock_all", ALONE),
    line("pi", NOTHING, F::Pi),
    line("position", &[&[TEXT, TEXT]], F::Text(X::Position)),
    line("pow", &[&[F8, F8]], F::Power),
    refused("pow", IN_DOUBLE),
    line("power", &[&[F8, F8]], F::Power),
    refused("power", IN_DOUBLE),
    refused("random", "IRIS's SQL has no random numbers."),
    line("rank", NOTHING, F::Window(W::Rank)),
    refused("regexp_replace", "IRIS has no regular expressions."),
    line("repeat", &[&[TEXT, I4]], F::Text(X::Repeat)),
    line("replace", &[&[TEXT, TEXT, TEXT]], F::Texts("REPLACE")),
    line("reverse", ONE_TEXT, F::Texts("REVERSE")),
    line("right", &[&[TEXT, I4]], F::Text(X::Right)),
    line("round", &[&[NUM], &[NUM, I4]], F::Round { cut: false }),
    line("round", &[&[F8]], F::RoundDouble),
    line("row_number", NOTHING, F::Window(W::RowNumber)),
    line("rpad", &[&[TEXT, I4], &[TEXT, I4, TEXT]], F::Text(X::Pad { left: false })),
    line("rtrim", TRIMMED, F::Text(X::Trim("TRAILING"))),
    refused("set_config", ALONE),
    line("sign", FRACTION, F::Call("SIGN")),
    line("split_part", &[&[TEXT, TEXT, I4]], F::Text(X::SplitPart)),
    line("sqrt", &[&[F8]], F::Call("SQRT")),
    refused("sqrt", IN_DOUBLE),
    line("starts_with", &[&[TEXT, TEXT]], F::Starts),
    refused("stddev", NO_DIGITS),
    refused("stddev_pop", NO_DIGITS),
    refused("stddev_samp", NO_DIGITS),
    line("string_agg", &[&[TEXT, TEXT]], F::Aggregate(A::Joined)),
    line("strpos", &[&[TEXT, TEXT]], F::Text(X::StrPos)),
    line("substr", &[&[TEXT, I4], &[TEXT, I4, I4]], F::Text(X::Substring)),
    line("substring", &[&[TEXT, I4], &[TEXT, I4, I4]], F::Text(X::Substring)),
    line("sum", SUMMED, F::Aggregate(A::Sum)),
    line("timezone", &[&[TEXT, TS], &[TEXT, TZ]], F::Moment(M::Zone)),
    line("to_char", &[&[TS, TEXT], &[TZ, TEXT]], F::Moment(M::ToChar)),
    refused("to_date", "Cast a text in the form YYYY-MM-DD to date."),
    line("to_timestamp", &[&[F8]], F::Moment(M::Epoch)),
    refused("to_timestamp", "Cast a text in the form YYYY-MM-DD HH:MM:SS to timestamp."),
    line("translate", &[&[TEXT, TEXT, TEXT]], F::Text(X::Translate)),
    line("trunc", &[&[NUM], &[NUM, I4]], F::Round { cut: true }),
    line("trunc", &[&[F8]], F::CutDouble),
    line("upper", ONE_TEXT, F::Texts("UPPER")),
    refused("var_pop", NO_DIGITS),
    refused("var_samp", NO_DIGITS),
    refused("variance", NO_DIGITS),
];

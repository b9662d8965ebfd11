//! The examples of the manual's chapter "Type Conversion", and what callers rely on.

use super::*;
use PgType::{
    Bool, Bpchar, Date, Float8, Int2, Int4, Int4Array, Int8, Interval, Numeric, Text, TextArray,
    Timestamp, Timestamptz, Unknown, Varchar,
};

fn op(
    name: &str,
    left: PgType,
    right: PgType,
) -> Result<(&'static str, Vec<PgType>, PgType), Failure> {
    operator(name, Some(left), right)
        .map(|found| (found.row.function, found.arguments, found.result))
}

fn fun(name: &str, types: &[PgType]) -> Result<(&'static [Slot], Vec<PgType>, PgType), Failure> {
    function(name, types).map(|found| (found.row.arguments, found.arguments, found.result))
}

#[test]
fn operators_of_the_manual() {
    // 10.1: square root of an integer.
    let root = operator("|/", None, Int4).unwrap();
    assert_eq!((root.arguments, root.result), (vec![Float8], Float8));
    // 10.2: text and literal; two literals; both ends of absolute value and bitwise not.
    assert_eq!(op("||", Text, Unknown), Ok(("textcat", vec![Text, Text], Text)));
    assert_eq!(op("||", Unknown, Unknown), Ok(("textcat", vec![Text, Text], Text)));
    assert_eq!(operator("@", None, Unknown).unwrap().row.function, "float8abs");
    assert_eq!(operator("~", None, Unknown).map(|found| found.result), Err(Failure::Ambiguous));
    // 10.6: array inclusion takes the literal for an array.
    assert_eq!(op("<@", Int4Array, Unknown), Ok(("arraycontained", vec![Int4Array; 2], Bool)));
}

#[test]
fn operands_of_several_types_meet() {
    assert_eq!(op("=", Int4, Int4), Ok(("int4eq", vec![Int4, Int4], Bool)));
    assert_eq!(op("+", Int4, Unknown), Ok(("int4pl", vec![Int4, Int4], Int4)));
    assert_eq!(op("+", Int2, Numeric), Ok(("numeric_add", vec![Numeric, Numeric], Numeric)));
    assert_eq!(op("/", Int4, Int8), Ok(("int48div", vec![Int4, Int8], Int8)));
    assert_eq!(op("-", Date, Unknown), Ok(("date_mi", vec![Date, Date], Int4)));
    assert_eq!(op("-", Date, Int4), Ok(("date_mii", vec![Date, Int4], Date)));
    assert_eq!(op("+", Timestamptz, Unknown).map(|found| found.1), Ok(vec![Timestamptz, Interval]));
    assert_eq!(op("=", Varchar, Bpchar), Ok(("bpchareq", vec![Bpchar, Bpchar], Bool)));
    assert_eq!(op("=", Int4, Text), Err(Failure::Missing));
    assert_eq!(op("||", Int4, Unknown), Ok(("anytextcat", vec![Int4, Text], Text)));
    assert_eq!(op("||", Int4Array, Int4).map(|found| found.0), Ok("array_append"));
    assert_eq!(op("no such", Int4, Int4), Err(Failure::Missing));
}

#[test]
fn operators_are_applied_to_elements() {
    let found = element_operator("=", Int8, Int4Array).unwrap();
    assert_eq!((found.row.function, found.arguments), ("int84eq", vec![Int8, Int4Array]));
    let found = element_operator("=", Varchar, TextArray).unwrap();
    assert_eq!((found.row.function, found.arguments), ("texteq", vec![Text, TextArray]));
    let found = element_operator("=", Int4, Unknown).unwrap();
    assert_eq!(found.arguments, [Int4, Int4Array]);
}

#[test]
fn functions_of_the_manual() {
    // 10.3: rounding, variadic functions, substrings.
    assert_eq!(fun("round", &[Int4, Int4]).map(|found| found.1), Ok(vec![Numeric, Int4]));
    assert_eq!(fun("substr", &[Unknown, Int4]).map(|found| found.1), Ok(vec![Text, Int4]));
    assert_eq!(fun("substr", &[Varchar, Int4]).map(|found| found.1), Ok(vec![Text, Int4]));
    assert_eq!(fun("substr", &[Int4, Int4]), Err(Failure::Missing));
    assert_eq!(
        fun("concat_ws", &[Unknown, Int4, Unknown]).map(|found| (found.1, found.2)),
        Ok((vec![Text, Int4, Unknown], Text))
    );
}

#[test]
fn functions_of_any_form() {
    assert_eq!(fun("count", &[]).map(|found| found.2), Ok(Int8));
    assert_eq!(fun("sum", &[Int4]).map(|found| found.2), Ok(Int8));
    assert_eq!(fun("max", &[Unknown]).map(|found| found.2), Ok(Text));
    assert_eq!(fun("lag", &[Int4, Int4, Numeric]).map(|found| found.2), Ok(Numeric));
    assert_eq!(fun("array_agg", &[Date]).map(|found| found.2), Ok(PgType::DateArray));
    assert_eq!(fun("unnest", &[Int4Array]).map(|found| found.2), Ok(Int4));
    assert_eq!(fun("unnest", &[Unknown]), Err(Failure::Ambiguous));
    assert_eq!(fun("array_length", &[Unknown, Int4]), Err(Failure::Undecided));
    assert_eq!(function("generate_series", &[Date, Date, Interval]).unwrap().result, Timestamptz);
    assert_eq!(function("date", &[Unknown]).unwrap().row.kind, Kind::Cast);
    assert_eq!(function("date", &[Timestamp]).unwrap().row.kind, Kind::Scalar);
    assert_eq!(function("json_each", &[PgType::Json]).unwrap().row.columns.len(), 2);
}

#[test]
fn arguments_have_names() {
    let named = [("days", Int4), ("secs", Int4)];
    let found = call(&Call { name: "make_interval", named: &named, ..Call::default() }).unwrap();
    assert_eq!(found.arguments, [Int4, Float8]);
    assert_eq!(positions(found.row, 0, &["days", "secs"]), Some(vec![3, 6]));
    assert_eq!(positions(found.row, 4, &["days"]), None);
    assert_eq!(positions(found.row, 0, &["day"]), None);
    let types = [Unknown, TextArray];
    let spread = Call { name: "concat_ws", positional: &types, variadic: true, ..Call::default() };
    assert_eq!(call(&spread).unwrap().arguments, [Text, TextArray]);
}

#[test]
fn casts_depend_on_where_they_stand() {
    assert_eq!(cast(Int4, Int8, Context::Implicit), Some(Method::Function("int8")));
    assert_eq!(cast(Int8, Int4, Context::Implicit), None);
    assert_eq!(cast(Int8, Int4, Context::Assignment), Some(Method::Function("int4")));
    assert_eq!(cast(Int4, Text, Context::Implicit), None);
    assert_eq!(cast(Int4, Text, Context::Assignment), Some(Method::InOut));
    assert_eq!(cast(Text, Int4, Context::Assignment), None);
    assert_eq!(cast(Text, Int4, Context::Explicit), Some(Method::InOut));
    assert_eq!(cast(Varchar, Text, Context::Implicit), Some(Method::Relabel));
    assert_eq!(cast(Int4Array, TextArray, Context::Assignment), Some(Method::Elements));
    assert_eq!(cast(Date, Int4, Context::Explicit), None);
    assert_eq!(cast(Unknown, Date, Context::Implicit), Some(Method::InOut));
}

#[test]
fn several_values_have_one_type() {
    // 10.5: literals, numbers, and an order that matters.
    assert_eq!(common_type(&[Text, Unknown]), Some(Text));
    assert_eq!(common_type(&[Numeric, Int4]), Some(Numeric));
    assert_eq!(common_type(&[Unknown, Unknown]), Some(Text));
    assert_eq!(common_type(&[Int4, PgType::Float4]), Some(PgType::Float4));
    assert_eq!(common_type(&[Date, Timestamp, Timestamptz]), Some(Timestamptz));
    let found = match_types(&[Unknown, Int4, Text]);
    assert_eq!(found, Err(Mismatch::Category { left: Int4, right: Text, at: 2 }));
    let found = match_types(&[Date, PgType::Time]);
    assert_eq!(found, Err(Mismatch::Conversion { from: PgType::Time, to: Date, at: 1 }));
}

#[test]
fn tables_are_sorted() {
    assert!(table::OPERATORS.is_sorted_by_key(|row| row.name));
    assert!(table::FUNCTIONS.is_sorted_by_key(|row| row.name));
    assert!(table::CALLED_CASTS.is_sorted_by_key(|row| row.name));
    assert!(table::FOREIGN_TYPES.is_sorted_by_key(|row| row.0));
    assert!(table::CASTS.is_sorted_by_key(|row| row.from.oid()));
    assert!(table::FOREIGN_CASTS.is_sorted_by_key(|row| row.from.oid()));
}

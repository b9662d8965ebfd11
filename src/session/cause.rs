//! What an error of IRIS means in the statement that met it: IRIS tells how it stopped, the
//! translator what could stop it ([`Causes`]).

use super::sqlcode;
use crate::engine::{Answer, Status};
use crate::protocol::report::Report;
use crate::sql::{Causes, Fault, Store};
use crate::types::PgType;
use crate::types::iris::{character_length, numeric_digits};

/// The report for an answer that is not a success, of a statement with these causes.
pub(super) fn report(answer: &Answer, causes: &Causes) -> Report {
    known(answer, causes).unwrap_or_else(|| sqlcode::report(answer))
}

fn known(answer: &Answer, causes: &Causes) -> Option<Report> {
    if !matches!(answer.status, Status::SqlError | Status::ObjectScriptError) {
        return None;
    }
    if answer.status == Status::SqlError && matches!(answer.sqlcode, -105 | -104) {
        return misfit(&answer.message, &causes.stores);
    }
    let faults = match sqlcode::named_state(&answer.message)? {
        "22023" => &causes.illegal,
        "22012" => &causes.divide,
        "22003" => &causes.range,
        _ => return None,
    };
    // Of several causes nobody knows which it was.
    match faults.as_slice() {
        [only] => Some(told(only)),
        _ => None,
    }
}

/// A fault in PostgreSQL's words.
fn told(fault: &Fault) -> Report {
    match fault {
        Fault::OutOfRange(ty) => out_of_range(*ty),
        Fault::Overflow(typmod) => overflow(*typmod),
        Fault::NegativeRoot => {
            Report::error("2201F", "cannot take square root of a negative number")
        }
        Fault::DivisionByZero => Report::error("22012", "division by zero"),
        Fault::Null(store) => null_refused(store),
    }
}

fn out_of_range(ty: PgType) -> Report {
    let message = match ty {
        PgType::Oid => "OID out of range".to_owned(),
        PgType::Numeric => "value overflows numeric format".to_owned(),
        PgType::Float4 | PgType::Float8 => "value out of range: overflow".to_owned(),
        ty => format!("{} out of range", ty.name()),
    };
    Report::error("22003", message)
}

fn overflow(typmod: i32) -> Report {
    let report = Report::error("22003", "numeric field overflow");
    let Some((precision, scale)) = numeric_digits(typmod) else { return report };
    let whole = precision.saturating_sub(scale);
    let below = if whole == 0 { "1".to_owned() } else { format!("10^{whole}") };
    report.with_detail(format!(
        "A field with precision {precision}, scale {scale} must round to an absolute value less \
         than {below}."
    ))
}

/// PostgreSQL's words for a NULL that a column refuses. The row that it shows in the detail is
/// known to IRIS only.
pub(super) fn null_refused(store: &Store) -> Report {
    let schema = store.table.schema.as_deref().unwrap_or("public");
    let schema = if schema.eq_ignore_ascii_case("SQLUser") { "public" } else { schema };
    let table = sqlcode::relation(&store.table.name);
    let message = format!(
        "null value in column \"{}\" of relation \"{table}\" violates not-null constraint",
        store.column
    );
    Report::error("23502", message).with_column(store.column.clone()).with_table(schema, table)
}

/// A computed value that its column refuses, by the field that IRIS names:
/// `Field 'S.T.F' (value 'x') failed validation`.
fn misfit(message: &str, stores: &[std::rc::Rc<Store>]) -> Option<Report> {
    let field = message.split('\'').nth(1)?;
    let column = field.rsplit('.').next().unwrap_or(field);
    let store = stores.iter().find(|store| store.column.eq_ignore_ascii_case(column))?;
    match store.ty {
        PgType::Int2 | PgType::Int4 | PgType::Int8 => Some(out_of_range(store.ty)),
        PgType::Numeric if store.typmod >= 0 => Some(overflow(store.typmod)),
        PgType::Varchar | PgType::Bpchar => {
            let length = character_length(store.typmod)?;
            // IRIS shows the value's beginning. Beyond U+FFFF it counts a character as two.
            if message.chars().any(|c| c.len_utf16() > 1) {
                return Some(counted_as_two(store.ty, length));
            }
            let message = format!("value too long for type {}({length})", store.ty.name());
            Some(Report::error("22001", message))
        }
        _ => None,
    }
}

/// A text that has no more characters than its column takes, but more of IRIS's.
pub(super) fn counted_as_two(ty: PgType, length: usize) -> Report {
    Report::error("0A000", format!("value too long for type {}({length}) in IRIS", ty.name()))
        .with_detail(
            "InterSystems IRIS counts a character beyond U+FFFF, such as an emoji, as two.",
        )
        .with_hint("Give the column a greater length.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::TableName;
    use std::rc::Rc;

    fn store(ty: PgType, typmod: i32) -> Rc<Store> {
        let table = TableName { schema: None, name: "t".into(), position: None };
        Rc::new(Store { table, column: "c".into(), ty, typmod, not_null: true, filled: false })
    }

    #[test]
    fn a_value_that_its_column_refuses_is_told_by_the_column_s_type() {
        let said = |ty, typmod, field: &str, value: &str| {
            let message = format!("Field 'SQLUser.t.{field}' (value '{value}') failed validation");
            misfit(&message, &[store(ty, typmod)])
                .map(|report| format!("{} {}", report.sqlstate, report.message))
        };
        for (ty, typmod, field, value, expected) in [
            (PgType::Int2, -1, "C", "40000", Some("22003 smallint out of range")),
            (PgType::Numeric, 262_150, "c", "1000", Some("22003 numeric field overflow")),
            (
                PgType::Varchar,
                9,
                "c",
                "abcdefg",
                Some("22001 value too long for type character varying(5)"),
            ),
            (
                PgType::Varchar,
                9,
                "c",
                "a😀😀",
                Some("0A000 value too long for type character varying(5) in IRIS"),
            ),
            (PgType::Date, -1, "c", "x", None),
            (PgType::Int2, -1, "d", "40000", None),
        ] {
            assert_eq!(said(ty, typmod, field, value).as_deref(), expected, "{field} {value}");
        }
    }

    #[test]
    fn only_a_single_cause_is_told() {
        let answer = |message: &str| {
            let mut answer = Answer::of_rows(Vec::new());
            answer.status = Status::SqlError;
            answer.sqlcode = -400;
            answer.message = message.to_owned();
            answer
        };
        let root = answer("Unexpected error occurred: <ILLEGAL VALUE>zExecute+3^x");
        let mut causes = Causes { illegal: vec![Fault::NegativeRoot], ..Causes::default() };
        assert_eq!(report(&root, &causes).sqlstate, "2201F");
        assert_eq!(report(&answer("<DIVIDE>zExecute"), &causes).sqlstate, "22012");
        causes.illegal.push(Fault::OutOfRange(PgType::Int4));
        assert_eq!(report(&root, &causes).sqlstate, "22023");
    }
}

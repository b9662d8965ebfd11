//! Values on their way out: from SQLite into `$LIST` bytes.

use rusqlite::types::ValueRef;

use super::super::calendar;
use super::super::decimal::Decimal;
use super::super::functions::shown_list;
use super::super::types::{Kept, Ty};
use crate::list::{put_bytes, put_decimal, put_double, put_integer, put_null, put_text};

/// Appends a value in ODBC form (iris-sql §4.1, session contract §4).
pub(super) fn put(out: &mut Vec<u8>, ty: Ty, value: ValueRef<'_>) {
    match value {
        ValueRef::Null => put_null(out),
        ValueRef::Integer(value) => match ty {
            Ty::Date => with_buffer(out, |text| calendar::put_date(text, value)),
            Ty::Time(_) => with_buffer(out, |text| calendar::put_time(text, value)),
            Ty::PosixTime => with_buffer(out, |text| {
                let (date, nanos) = calendar::of_posix(value);
                calendar::put_timestamp(text, date, nanos);
            }),
            Ty::Numeric { s, .. } if s > 0 => put_scaled(out, value, s),
            _ => put_integer(out, value),
        },
        ValueRef::Real(value) => put_double(out, value),
        ValueRef::Text(bytes) => match ty.kept() {
            Kept::Number => put_number(out, bytes),
            _ => put_text(out, bytes),
        },
        ValueRef::Blob(bytes) if ty == Ty::List => put_text(out, shown_list(bytes).as_bytes()),
        ValueRef::Blob(bytes) => put_bytes(out, bytes),
    }
}

/// Short text without a heap allocation of its own: written behind a gap for its header.
fn with_buffer(out: &mut Vec<u8>, write: impl Fn(&mut Vec<u8>)) {
    let at = out.len();
    out.extend_from_slice(&[0, 1]);
    write(out);
    if let (Ok(length), Some(head)) = (u8::try_from(out.len() - at), out.get_mut(at)) {
        *head = length;
    }
}

fn put_scaled(out: &mut Vec<u8>, value: i64, scale: u8) {
    let (mut mantissa, mut exponent) = (value, -i8::try_from(scale).unwrap_or(0));
    while exponent < 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        exponent += 1;
    }
    put_decimal(out, mantissa, exponent);
}

fn put_number(out: &mut Vec<u8>, text: &[u8]) {
    let number = Decimal::prefix(&String::from_utf8_lossy(text));
    match number.parts() {
        Some((mantissa, exponent)) => put_decimal(out, mantissa, exponent),
        None => put_text(out, text),
    }
}

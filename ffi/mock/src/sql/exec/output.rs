//! Values on their way out: from SQLite into `$LIST` bytes, in the select mode of the statement.

use rusqlite::types::ValueRef;

use super::super::api::SelectMode;
use super::super::calendar;
use super::super::decimal::Decimal;
use super::super::functions::shown_list;
use super::super::types::{Kept, Ty};
use crate::list::{put_bytes, put_decimal, put_double, put_integer, put_null, put_text};

/// What a result is shipped with.
#[derive(Debug)]
pub(super) struct Shipping {
    mode: SelectMode,
    /// Streams given as handles so far.
    handles: i64,
}

impl Shipping {
    pub(super) fn new(mode: SelectMode) -> Shipping {
        Shipping { mode, handles: 0 }
    }

    /// Appends a value. Only complete output expressions are converted (iris-sql §4.1); in ODBC
    /// mode a stream is its content, as the session class reads it (session contract §4).
    #[inline]
    pub(super) fn put(&mut self, out: &mut Vec<u8>, ty: Ty, value: ValueRef<'_>) {
        match self.mode {
            SelectMode::Odbc => put_odbc(out, ty, value),
            _ if ty.is_stream() && value != ValueRef::Null => self.put_handle(out, ty),
            SelectMode::Logical => put_logical(out, ty, value),
            SelectMode::Display => put_display(out, ty, value),
        }
    }

    /// A stream by its handle, as `%Display` shows one (iris-sql §4.1).
    fn put_handle(&mut self, out: &mut Vec<u8>, ty: Ty) {
        self.handles += 1;
        put_text(out, format!("{}@{}", self.handles, ty.class()).as_bytes());
    }
}

/// ODBC form (iris-sql §4.1, session contract §4).
fn put_odbc(out: &mut Vec<u8>, ty: Ty, value: ValueRef<'_>) {
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
        // UNVERIFIED(iris): an empty VARBINARY has no $CHAR(0) of its own and ships as NULL.
        ValueRef::Blob(bytes) => put_bytes(out, bytes),
    }
}

/// As stored: dates are days, times seconds, %PosixTime its encoded number (iris-sql §4.1).
fn put_logical(out: &mut Vec<u8>, ty: Ty, value: ValueRef<'_>) {
    match (value, ty) {
        (ValueRef::Integer(value), Ty::Date | Ty::PosixTime) => put_integer(out, value),
        (ValueRef::Integer(value), Ty::Time(_)) => put_scaled(out, value, 9),
        _ => put_odbc(out, ty, value),
    }
}

/// Display form: the locale's dates, numbers padded to their scale, `$CHAR(0)` shown as empty
/// (iris-sql §4.1, §4.2).
fn put_display(out: &mut Vec<u8>, ty: Ty, value: ValueRef<'_>) {
    match (value, ty) {
        (ValueRef::Integer(value), Ty::Date) => {
            with_buffer(out, |text| calendar::put_display_date(text, value));
        }
        (ValueRef::Integer(value), Ty::PosixTime) => with_buffer(out, |text| {
            let (date, nanos) = calendar::of_posix(value);
            calendar::put_display_date(text, date);
            text.push(b' ');
            calendar::put_time(text, nanos);
        }),
        (ValueRef::Integer(value), Ty::Numeric { s, .. }) if s > 0 => {
            put_text(out, padded(value, s).as_bytes());
        }
        (ValueRef::Text([]), _) => put_null(out),
        _ => put_odbc(out, ty, value),
    }
}

/// A number with all decimals of its scale. UNVERIFIED(iris): the zero before the point is left
/// out as in canonical numbers.
fn padded(value: i64, scale: u8) -> String {
    let places = usize::from(scale);
    let digits = format!("{:0places$}", value.unsigned_abs());
    let (whole, fraction) = digits.split_at(digits.len().saturating_sub(places));
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{whole}.{fraction}")
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

/// A decimal. One that its element cannot hold (iris-sql §4.3, exponents −128 to 127) is a double,
/// as a literal of that size is, and the largest one beyond those.
fn put_number(out: &mut Vec<u8>, text: &[u8]) {
    let number = Decimal::prefix(&String::from_utf8_lossy(text));
    match number.parts() {
        Some((mantissa, exponent)) => put_decimal(out, mantissa, exponent),
        None => put_double(out, number.to_double().clamp(f64::MIN, f64::MAX)),
    }
}

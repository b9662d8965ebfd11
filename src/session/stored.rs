//! A value on its way into a column ([`crate::sql::Place::Stored`]): PostgreSQL's assignment cast,
//! then the checks of the column, both before IRIS sees it.

use bytes::BytesMut;

use super::assignment::Target;
use super::cause::null_refused;
use super::failure::Failure;
use crate::protocol::report::Report;
use crate::sql::Store;
use crate::types::decode::Decoder;
use crate::types::encode::{self, Codec};
use crate::types::list::{Item, Reader, Writer};
use crate::types::{Format, PgType, decode, iris};

/// Digits that PostgreSQL takes of a `double precision` and a `real` when it makes a `numeric` of
/// it (`DBL_DIG`, `FLT_DIG`).
const DOUBLE_DIGITS: usize = 15;
const SINGLE_DIGITS: usize = 6;

/// How many digits of a second a moment has.
const FRACTION_DIGITS: u32 = 6;

/// Bytes of the length before an encoded value.
const LENGTH_BYTES: usize = 4;

/// Makes the last element of `list`, which begins at byte `start` and is of type `from`, what the
/// column keeps of it.
///
/// # Errors
///
/// 23502, 22001, 22003; 0A000 for a cast that is not done here.
pub(super) fn assign(
    list: &mut Writer,
    start: usize,
    from: PgType,
    store: &Store,
    decoder: Decoder,
) -> Result<(), Failure> {
    let Some(Ok(item)) = element(list, start) else {
        return Err(Report::error("XX000", "internal error").into());
    };
    if item.is_null() {
        return match store.not_null {
            true => Err(null_refused(store).into()),
            false => Ok(()),
        };
    }
    let changed = cast(item, from, store.ty, decoder)?;
    replace(list, start, changed);
    if let Some((precision, scale)) = digits(store) {
        let changed = match element(list, start) {
            Some(Ok(item)) => within(item, precision, scale)?,
            _ => None,
        };
        replace(list, start, changed);
        return Ok(());
    }
    if let Some(unit) = unit(store) {
        let changed = match element(list, start) {
            Some(Ok(item)) => rounded(item, unit, store.ty, decoder)?,
            _ => None,
        };
        replace(list, start, changed);
        return Ok(());
    }
    let target = Target { ty: store.ty, typmod: store.typmod };
    if target.minds(from) {
        let own = list.as_bytes().get(start..).unwrap_or_default().to_vec();
        list.truncate(start);
        target.store(&own, list)?;
    }
    Ok(())
}

fn element(list: &Writer, start: usize) -> Option<Result<Item<'_>, crate::types::list::ListError>> {
    Reader::new(list.as_bytes().get(start..).unwrap_or_default()).next()
}

/// Checks that the last element of `list`, which begins at byte `start`, is a pattern of LIKE.
///
/// # Errors
///
/// 22025 if it ends with its escape character. PostgreSQL says so when a text has matched that far.
pub(super) fn check_pattern(list: &Writer, start: usize, escape: char) -> Result<(), Failure> {
    let Some(Ok(item)) = element(list, start) else { return Ok(()) };
    let pattern = text(item);
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        if c == escape && rest.next().is_none() {
            let message = "LIKE pattern must not end with escape character";
            return Err(Report::error("22025", message).into());
        }
    }
    Ok(())
}

fn replace(list: &mut Writer, start: usize, changed: Option<Writer>) {
    if let Some(changed) = changed {
        list.truncate(start);
        list.append(changed.as_bytes());
    }
}

/// Precision and scale of a `numeric(p,s)` column.
fn digits(store: &Store) -> Option<(u64, u64)> {
    match store.ty {
        PgType::Numeric => iris::numeric_digits(store.typmod),
        _ => None,
    }
}

/// The microseconds to which a `timestamp(n)` column rounds. Source: `AdjustTimestampForTypmod`.
fn unit(store: &Store) -> Option<i64> {
    match store.ty {
        PgType::Timestamp | PgType::Timestamptz => {
            let digits = u32::try_from(store.typmod).ok()?;
            FRACTION_DIGITS.checked_sub(digits).and_then(|left| 10_i64.checked_pow(left))
        }
        _ => None,
    }
}

/// A moment, counted from 2000-01-01, rounded to a multiple of `unit`: a half goes away from it.
fn rounded(
    item: Item<'_>,
    unit: i64,
    ty: PgType,
    decoder: Decoder,
) -> Result<Option<Writer>, Failure> {
    let mut out = BytesMut::new();
    let codec = Codec { ty, typmod: -1, format: Format::Binary, zone: decoder.zone };
    encode::value(&mut out, &codec, item)?;
    let Some(micros) = out.get(LENGTH_BYTES..).and_then(|bytes| bytes.try_into().ok()) else {
        return Ok(None);
    };
    let micros = i64::from_be_bytes(micros);
    let rest = micros % unit;
    let away = if rest.saturating_abs() >= unit - rest.saturating_abs() { unit } else { 0 };
    let kept = micros - rest + away * micros.signum();
    let mut list = Writer::new();
    decoder.parameter(ty, Format::Binary, Some(&kept.to_be_bytes()), &mut list)?;
    Ok(Some(list))
}

/// The assignment cast from one type to another; nothing when the value stays as it is.
fn cast(
    item: Item<'_>,
    from: PgType,
    to: PgType,
    decoder: Decoder,
) -> Result<Option<Writer>, Failure> {
    use PgType::{
        Bool, Date, Float4, Float8, Int2, Int4, Int8, Json, Jsonb, Numeric, Oid, Time, Timestamp,
        Timestamptz, Unknown,
    };
    let mut list = Writer::new();
    match (from, to) {
        (from, to) if from == to || from == Unknown => return Ok(None),
        (from, to) if is_text(from) && is_text(to) => return Ok(None),
        (Json | Jsonb, Json | Jsonb) => return Ok(None),
        (Int2 | Int4 | Int8 | Oid, Int2 | Int4 | Int8 | Oid | Numeric | Float8) => {
            return Ok(None);
        }
        // Rounding and ranges of integers are the target's.
        (Numeric | Float4 | Float8, Int2 | Int4 | Int8) | (Float4, Float8) => return Ok(None),
        (Int2 | Int4 | Int8 | Numeric | Float8, Float4) => {
            decoder.literal_text(Float4, &number(item)?, &mut list)?
        }
        (Numeric, Float8) => decoder.literal_text(Float8, &number(item)?, &mut list)?,
        (Float8, Numeric) => significant(item, DOUBLE_DIGITS, &mut list)?,
        (Float4, Numeric) => significant(item, SINGLE_DIGITS, &mut list)?,
        // Without an offset the text is a time of the session's zone, or of none.
        (Date, Timestamp | Timestamptz) => {
            decoder.literal_text(to, &format!("{} 00:00:00", text(item)), &mut list)?;
        }
        (Timestamp, Timestamptz) => decoder.literal_text(to, &text(item), &mut list)?,
        (Timestamp | Timestamptz, Timestamp | Date | Time) => {
            let own = shown(item, from, decoder)?;
            let (date, time) = own.split_once(' ').unwrap_or((&own, ""));
            let time = time.split(['+', '-']).next().unwrap_or_default();
            match to {
                Date => list.text(date),
                Time => list.text(time),
                _ => decoder.literal_text(to, &format!("{date} {time}"), &mut list)?,
            }
        }
        (Bool, to) if is_text(to) => {
            let flag = matches!(item, Item::Integer(1) | Item::Bytes(b"1"));
            list.text(if flag { "true" } else { "false" });
        }
        // The scale of a `numeric` is lost when it is bound.
        (from, to) if is_text(to) && from != Numeric => {
            list.text(&shown(item, from, decoder)?);
        }
        (from, to) => {
            let message = format!(
                "storing a value of type {} in a column of type {} is not supported",
                from.name(),
                to.name()
            );
            return Err(Report::error("0A000", message)
                .with_hint("Cast the value to the type of the column.")
                .into());
        }
    }
    Ok(Some(list))
}

/// A value as PostgreSQL's output function shows it.
fn shown(item: Item<'_>, ty: PgType, decoder: Decoder) -> Result<String, Failure> {
    let mut out = BytesMut::new();
    let codec = Codec { ty, typmod: -1, format: Format::Text, zone: decoder.zone };
    encode::value(&mut out, &codec, item)?;
    Ok(String::from_utf8_lossy(out.get(LENGTH_BYTES..).unwrap_or_default()).into_owned())
}

fn is_text(ty: PgType) -> bool {
    matches!(ty, PgType::Text | PgType::Varchar | PgType::Bpchar | PgType::Name)
}

/// A number as text that PostgreSQL's input functions read.
fn number(item: Item<'_>) -> Result<String, Failure> {
    match item {
        Item::Decimal { mantissa, exponent } => Ok(format!("{mantissa}e{exponent}")),
        Item::Double(number) => Ok(number.to_string()),
        other => Ok(text(other)),
    }
}

/// `numeric` from a binary fraction: PostgreSQL takes its first digits.
fn significant(item: Item<'_>, digits: usize, list: &mut Writer) -> Result<(), Failure> {
    let text = match item {
        Item::Double(number) => format!("{number:.*e}", digits.saturating_sub(1)),
        other => text(other),
    };
    Ok(decode::literal_text(PgType::Numeric, &text, list)?)
}

/// The characters of an element.
fn text(item: Item<'_>) -> String {
    match item {
        Item::Bytes(b"\0") => String::new(),
        Item::Bytes(bytes) => bytes.iter().map(|&byte| char::from(byte)).collect(),
        Item::Wide(bytes) => {
            let units = bytes.chunks_exact(2).map(|pair| match pair {
                [low, high] => u16::from_le_bytes([*low, *high]),
                _ => 0,
            });
            char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect()
        }
        Item::Integer(number) => number.to_string(),
        Item::Decimal { mantissa, exponent } => format!("{mantissa}e{exponent}"),
        Item::Double(number) => number.to_string(),
        Item::Undefined => String::new(),
    }
}

/// A number as `numeric(precision,scale)` keeps it: a half goes away from zero.
fn within(item: Item<'_>, precision: u64, scale: u64) -> Result<Option<Writer>, Failure> {
    let mut own = Writer::new();
    let item = match item {
        Item::Bytes(_) | Item::Double(_) => {
            decode::literal_text(PgType::Numeric, &number(item)?, &mut own)?;
            Reader::new(own.as_bytes()).next().and_then(Result::ok).unwrap_or(item)
        }
        item => item,
    };
    let (mantissa, exponent) = match item {
        Item::Integer(number) => (number, 0),
        Item::Decimal { mantissa, exponent } => (mantissa, exponent),
        // More digits than 18 go as text; IRIS has no column that keeps them.
        _ => return Err(overflow(precision, scale).into()),
    };
    let kept = scaled(mantissa, exponent, scale);
    let limit = u32::try_from(precision).ok().and_then(|digits| 10_i128.checked_pow(digits));
    let kept = kept.filter(|kept| limit.is_none_or(|limit| kept.abs() < limit));
    let Some(kept) = kept else {
        return Err(overflow(precision, scale).into());
    };
    if u64::try_from(-i64::from(exponent)).map_or(true, |given| given <= scale) {
        return Ok(None);
    }
    let (Ok(kept), Ok(scale)) = (i64::try_from(kept), i8::try_from(scale)) else {
        return Err(overflow(precision, scale).into());
    };
    let mut list = Writer::new();
    match scale {
        0 => list.integer(kept),
        scale => list.decimal(kept, -scale),
    }
    Ok(Some(list))
}

/// `mantissa` × 10^`exponent` as a number of the last digit that `scale` keeps.
fn scaled(mantissa: i64, exponent: i8, scale: u64) -> Option<i128> {
    let shift = i64::from(exponent).checked_add(i64::try_from(scale).ok()?)?;
    let mantissa = i128::from(mantissa);
    let power = u32::try_from(shift.unsigned_abs()).ok().and_then(|by| 10_i128.checked_pow(by));
    match (shift >= 0, power) {
        _ if mantissa == 0 => Some(0),
        (true, power) => mantissa.checked_mul(power?),
        (false, None) => Some(0),
        (false, Some(power)) => {
            let (whole, rest) = (mantissa / power, mantissa % power);
            Some(match rest.unsigned_abs() >= power.unsigned_abs().div_ceil(2) {
                true => whole + mantissa.signum(),
                false => whole,
            })
        }
    }
}

/// PostgreSQL's words for a number beyond `numeric(precision,scale)`.
fn overflow(precision: u64, scale: u64) -> Report {
    let whole = precision.saturating_sub(scale);
    let below = if whole == 0 { "1".to_owned() } else { format!("10^{whole}") };
    Report::error("22003", "numeric field overflow").with_detail(format!(
        "A field with precision {precision}, scale {scale} must round to an absolute value less \
         than {below}."
    ))
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::sql::TableName;
    use crate::types::Zone;

    fn column(ty: PgType, typmod: i32, not_null: bool) -> Rc<Store> {
        let table = TableName { schema: None, name: "t".into(), position: None };
        Rc::new(Store { table, column: "c".into(), ty, typmod, not_null, filled: false })
    }

    fn stored(
        store: &Store,
        from: PgType,
        write: impl Fn(&mut Writer),
    ) -> Result<Vec<u8>, Box<Report>> {
        let mut list = Writer::new();
        list.text("before");
        let start = list.len();
        write(&mut list);
        match assign(&mut list, start, from, store, Decoder::default()) {
            Ok(()) => {
                assert_eq!(Reader::new(list.as_bytes()).count_elements(), Ok(2));
                Ok(list.as_bytes()[start..].to_vec())
            }
            Err(Failure::Statement(report)) => Err(Box::new(report)),
            Err(other) => panic!("{other:?}"),
        }
    }

    fn one(write: impl Fn(&mut Writer)) -> Vec<u8> {
        let mut list = Writer::new();
        write(&mut list);
        list.into_bytes()
    }

    #[test]
    fn null_goes_where_it_may() {
        let free = column(PgType::Int4, -1, false);
        assert_eq!(stored(&free, PgType::Int8, Writer::null).unwrap(), one(Writer::null));
        let report = stored(&column(PgType::Int4, -1, true), PgType::Int8, Writer::null);
        let report = report.unwrap_err();
        assert_eq!(
            (report.sqlstate, &*report.message),
            ("23502", "null value in column \"c\" of relation \"t\" violates not-null constraint")
        );
        let names = (report.schema.as_deref(), report.table.as_deref(), report.column.as_deref());
        assert_eq!(names, (Some("public"), Some("t"), Some("c")));
        assert_eq!(report.detail, None);
        let text = column(PgType::Text, -1, true);
        assert_eq!(stored(&text, PgType::Text, |l| l.text("")).unwrap(), one(|l| l.text("")));
    }

    #[test]
    fn numerics_are_rounded_and_measured() {
        let money = column(PgType::Numeric, iris::numeric_typmod(5, 2), false);
        let rounded = |mantissa, exponent| {
            stored(&money, PgType::Numeric, |list| list.decimal(mantissa, exponent))
        };
        assert_eq!(rounded(12_345, -3).unwrap(), one(|l| l.decimal(1_235, -2)));
        assert_eq!(rounded(-12_345, -3).unwrap(), one(|l| l.decimal(-1_235, -2)));
        assert_eq!(rounded(12_344, -3).unwrap(), one(|l| l.decimal(1_234, -2)));
        assert_eq!(rounded(1, 2).unwrap(), one(|l| l.decimal(1, 2)));
        assert_eq!(rounded(99_999, -2).unwrap(), one(|l| l.decimal(99_999, -2)));
        let report = rounded(999_995, -3).unwrap_err();
        assert_eq!((report.sqlstate, &*report.message), ("22003", "numeric field overflow"));
        assert_eq!(
            report.detail.as_deref(),
            Some(
                "A field with precision 5, scale 2 must round to an absolute value less than 10^3."
            )
        );
        assert_eq!(rounded(1, 3).unwrap_err().sqlstate, "22003");
        let whole = column(PgType::Numeric, iris::numeric_typmod(3, 0), false);
        let got = stored(&whole, PgType::Float8, |list| list.double(12.5));
        assert_eq!(got.unwrap(), one(|l| l.integer(13)));
    }

    #[test]
    fn values_take_the_type_of_their_column() {
        use PgType::{Bool, Date, Float8, Int4, Int8, Numeric, Text, Timestamp};
        type Write = fn(&mut Writer);
        let cases: [(PgType, Write, PgType, Write); 7] = [
            (Bool, |l| l.integer(1), Text, |l| l.text("true")),
            (Int4, |l| l.integer(7), Text, |l| l.text("7")),
            (Date, |l| l.text("2021-03-04"), Timestamp, |l| l.text("2021-03-04 00:00:00")),
            (Timestamp, |l| l.text("2021-03-04 05:06:07"), Date, |l| l.text("2021-03-04")),
            (Numeric, |l| l.decimal(25, -1), Int4, |l| l.integer(3)),
            (Float8, |l| l.double(2.5), Int8, |l| l.integer(2)),
            (Float8, |l| l.double(0.1), Numeric, |l| l.decimal(1, -1)),
        ];
        for (from, write, to, expected) in cases {
            let got = stored(&column(to, -1, false), from, write);
            assert_eq!(got.unwrap(), one(expected), "{} to {}", from.name(), to.name());
        }
    }

    #[test]
    fn moments_are_rounded_to_their_digits() {
        use PgType::{Timestamp, Timestamptz};
        let cases = [
            (Timestamp, 0, "2021-12-31 23:59:59.5", "2022-01-01 00:00:00"),
            (Timestamp, 0, "2021-12-31 23:59:59.499999", "2021-12-31 23:59:59"),
            (Timestamp, 3, "2021-03-04 05:06:07.123456", "2021-03-04 05:06:07.123"),
            (Timestamp, 3, "1999-03-04 05:06:07.1235", "1999-03-04 05:06:07.123"),
            (Timestamptz, 3, "2021-03-04 05:06:07.1235", "2021-03-04 05:06:07.124"),
            (Timestamptz, 6, "2021-03-04 05:06:07.123456", "2021-03-04 05:06:07.123456"),
        ];
        for (ty, digits, given, expected) in cases {
            let got = stored(&column(ty, digits, false), ty, |list| list.text(given)).unwrap();
            let got = Reader::new(&got).next().unwrap().unwrap();
            assert_eq!(text(got), expected, "{given}");
        }
    }

    #[test]
    fn moments_change_with_the_session_s_zone() {
        use PgType::{Date, Text, Time, Timestamp, Timestamptz};
        let decoder = Decoder { zone: Zone::of_name("Asia/Kolkata").unwrap() };
        let cases = [
            (Timestamptz, "2021-03-04 20:00:00", Timestamp, "2021-03-05 01:30:00"),
            (Timestamptz, "2021-03-04 20:00:00", Date, "2021-03-05"),
            (Timestamptz, "2021-03-04 20:00:00", Time, "01:30:00"),
            (Timestamptz, "2021-03-04 20:00:00", Text, "2021-03-05 01:30:00+05:30"),
            (Timestamp, "2021-03-05 01:30:00", Timestamptz, "2021-03-04 20:00:00"),
            (Date, "2021-03-05", Timestamptz, "2021-03-04 18:30:00"),
        ];
        for (from, given, to, expected) in cases {
            let mut list = Writer::new();
            list.text(given);
            assign(&mut list, 0, from, &column(to, -1, false), decoder).unwrap();
            let got = Reader::new(list.as_bytes()).next().unwrap().unwrap();
            assert_eq!(text(got), expected, "{} to {}", from.name(), to.name());
        }
    }

    #[test]
    fn what_a_cast_would_have_to_invent_is_refused() {
        for (from, to) in [(PgType::Numeric, PgType::Text), (PgType::Text, PgType::Int4)] {
            let report = stored(&column(to, -1, false), from, |list| list.decimal(15, -1));
            assert_eq!(report.unwrap_err().sqlstate, "0A000");
        }
    }

    #[test]
    fn texts_and_integers_keep_to_their_column() {
        let short = column(PgType::Varchar, 7, false);
        let report = stored(&short, PgType::Text, |list| list.text("abcd")).unwrap_err();
        assert_eq!(&*report.message, "value too long for type character varying(3)");
        assert!(stored(&short, PgType::Text, |list| list.text("abc ")).is_ok());
        let small = column(PgType::Int2, -1, false);
        let report = stored(&small, PgType::Int4, |list| list.integer(40_000)).unwrap_err();
        assert_eq!(&*report.message, "smallint out of range");
    }
}

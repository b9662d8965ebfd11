//! Parameters, with the answers of PostgreSQL 15.18 to the same inputs.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects
)]

mod further;

use proptest::prelude::*;

use super::super::encode::Codec;
use super::super::list::{Item, Reader};
use super::super::zone::Zone;
use super::*;

/// How the parameter arrives in IRIS, spelled out; or the state and message of its refusal.
fn read(ty: PgType, format: Format, bytes: &[u8]) -> String {
    let mut list = Writer::new();
    match parameter(ty, format, Some(bytes), &mut list) {
        Ok(()) => {
            let items: Vec<_> = Reader::new(list.as_bytes()).map(Result::unwrap).collect();
            assert_eq!(items.len(), 1);
            match items[0] {
                Item::Bytes(bytes) => {
                    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
                    format!("{text:?}")
                }
                Item::Integer(value) => value.to_string(),
                Item::Decimal { mantissa, exponent } => format!("{mantissa}e{exponent}"),
                Item::Double(value) => format!("{value:?}"),
                other => format!("{other:?}"),
            }
        }
        Err(error) => {
            assert!(list.is_empty(), "an element was left behind by {error}");
            format!("{} {}", error.sqlstate(), error.at_parameter(1))
        }
    }
}

fn text(ty: PgType, given: &str) -> String {
    read(ty, Format::Text, given.as_bytes())
}

fn binary(ty: PgType, given: &[u8]) -> String {
    read(ty, Format::Binary, given)
}

fn check(ty: PgType, cases: &[(&str, &str)]) {
    for (given, expected) in cases {
        assert_eq!(text(ty, given), *expected, "{given:?} as {}", ty.name());
    }
}

#[test]
fn null_and_empty_text_differ() {
    let mut list = Writer::new();
    parameter(PgType::Text, Format::Text, None, &mut list).unwrap();
    parameter(PgType::Text, Format::Text, Some(b""), &mut list).unwrap();
    parameter(PgType::Text, Format::Binary, Some(b""), &mut list).unwrap();
    parameter(PgType::Int4, Format::Binary, None, &mut list).unwrap();
    assert_eq!(list.as_bytes(), [2, 1, 3, 1, 0, 3, 1, 0, 2, 1]);
}

#[test]
fn integers() {
    check(
        PgType::Int4,
        &[
            ("12", "12"),
            (" \t-12\n", "-12"),
            ("+7", "7"),
            ("00123", "123"),
            ("-2147483648", "-2147483648"),
            ("2147483648", "22003 value \"2147483648\" is out of range for type integer"),
            ("99999999999x", "22003 value \"99999999999x\" is out of range for type integer"),
            ("x", "22P02 invalid input syntax for type integer: \"x\""),
            ("", "22P02 invalid input syntax for type integer: \"\""),
            ("1.5", "22P02 invalid input syntax for type integer: \"1.5\""),
            ("1 2", "22P02 invalid input syntax for type integer: \"1 2\""),
            ("- 1", "22P02 invalid input syntax for type integer: \"- 1\""),
        ],
    );
    check(
        PgType::Int2,
        &[("32768", "22003 value \"32768\" is out of range for type smallint"), ("1", "1")],
    );
    check(
        PgType::Int8,
        &[
            ("9223372036854775807", "9223372036854775807"),
            ("-9223372036854775808", "-9223372036854775808"),
            (
                "9223372036854775808",
                "22003 value \"9223372036854775808\" is out of range for type bigint",
            ),
        ],
    );
    check(PgType::Oid, &[("4294967295", "4294967295"), ("-1", "4294967295")]);
}

#[test]
fn numerics() {
    check(
        PgType::Numeric,
        &[
            ("1.50", "15e-1"),
            (".5", "5e-1"),
            ("-0.0", "0"),
            ("1e3", "1000"),
            ("1E-3", "1e-3"),
            ("1e30", "1e30"),
            (
                "1234567890123456789.5",
                "22003 value \"1234567890123456789.5\" has too many digits for type numeric",
            ),
            ("1e200000", "22003 value overflows numeric format"),
            ("NaN", "0A000 value \"NaN\" of type numeric is not supported"),
            ("-inf", "0A000 value \"-inf\" of type numeric is not supported"),
            ("1.5e", "22P02 invalid input syntax for type numeric: \"1.5e\""),
            ("", "22P02 invalid input syntax for type numeric: \"\""),
        ],
    );
}

#[test]
fn floats() {
    check(
        PgType::Float8,
        &[
            ("1.5", "1.5"),
            (" .5 ", "0.5"),
            ("1e400", "22003 \"1e400\" is out of range for type double precision"),
            ("1e-400", "22003 \"1e-400\" is out of range for type double precision"),
            ("nan", "0A000 value \"NaN\" of type double precision is not supported"),
            ("-Infinity", "-inf"),
            ("-0", "-0.0"),
            ("abc", "22P02 invalid input syntax for type double precision: \"abc\""),
            ("1.5x", "22P02 invalid input syntax for type double precision: \"1.5x\""),
        ],
    );
    check(
        PgType::Float4,
        &[("0.1", "0.10000000149011612"), ("1e39", "22003 \"1e39\" is out of range for type real")],
    );
}

#[test]
fn booleans() {
    let cases = [("t", "1"), (" TRUE ", "1"), ("y", "1"), ("on", "1"), ("1", "1"), ("of", "0")];
    check(PgType::Bool, &cases);
    check(PgType::Bool, &[("fals", "0"), ("N", "0"), ("0", "0")]);
    for wrong in ["o", "maybe", "2", "", "truex"] {
        let expected = format!("22P02 invalid input syntax for type boolean: \"{wrong}\"");
        assert_eq!(text(PgType::Bool, wrong), expected);
    }
}

#[test]
fn characters() {
    check(PgType::Unknown, &[("00123", "\"00123\""), ("1e5", "\"1e5\""), ("", "\"\\0\"")]);
    check(PgType::Varchar, &[("é", "\"é\""), ("佐", "Wide([80, 79])")]);
    let invalid = |bytes: &[u8]| read(PgType::Text, Format::Text, bytes);
    let nul = "22021 invalid byte sequence for encoding \"UTF8\": 0x00";
    assert_eq!(invalid(b"a\0\xFF"), nul);
    let four = "22021 invalid byte sequence for encoding \"UTF8\": 0xe4 0x62 0x63";
    assert_eq!(invalid(b"a\xE4bcd"), four);
    assert_eq!(invalid(b"\xFF"), "22021 invalid byte sequence for encoding \"UTF8\": 0xff");
    assert_eq!(binary(PgType::Text, b"a\0"), nul);
}

#[test]
fn byte_strings() {
    check(
        PgType::Bytea,
        &[
            ("\\x0aFF", "\"\\nÿ\""),
            ("\\x0a ff", "\"\\nÿ\""),
            ("\\x0", "22023 invalid hexadecimal data: odd number of digits"),
            ("\\x0g", "22023 invalid hexadecimal digit: \"g\""),
            ("a\\\\b\\101", "\"a\\\\bA\""),
            ("a\\9", "22P02 invalid input syntax for type bytea"),
            ("", "0A000 empty value of type bytea is not supported"),
        ],
    );
    assert_eq!(binary(PgType::Bytea, &[0, 255]), "\"\\0ÿ\"");
}

#[test]
fn dates() {
    check(
        PgType::Date,
        &[
            ("2024-1-5", "\"2024-01-05\""),
            ("20240105", "\"2024-01-05\""),
            ("2024/01/05", "\"2024-01-05\""),
            ("2024.01.05", "\"2024-01-05\""),
            ("01/05/2024", "\"2024-01-05\""),
            ("240105", "\"2024-01-05\""),
            ("2024-01-05 AD", "\"2024-01-05\""),
            ("2024-01-05 24:00:00", "\"2024-01-05\""),
            ("2024-01-05 10:11:12.5+02", "\"2024-01-05\""),
            ("epoch", "\"1970-01-01\""),
            ("2024-13-01", "22008 date/time field value out of range: \"2024-13-01\""),
            ("2024-02-30", "22008 date/time field value out of range: \"2024-02-30\""),
            ("0000-01-01", "22008 date/time field value out of range: \"0000-01-01\""),
            ("13/01/2024", "22008 date/time field value out of range: \"13/01/2024\""),
            ("24-01-05", "22008 date/time field value out of range: \"24-01-05\""),
            ("10000-01-01", "22008 date out of range: \"10000-01-01\""),
            ("2024-01-05 BC", "0A000 value \"2024-01-05 BC\" of type date is not supported"),
            ("infinity", "0A000 value \"infinity\" of type date is not supported"),
            ("2024", "22007 invalid input syntax for type date: \"2024\""),
            ("2024-01", "22007 invalid input syntax for type date: \"2024-01\""),
            ("xyz", "22007 invalid input syntax for type date: \"xyz\""),
            ("", "22007 invalid input syntax for type date: \"\""),
        ],
    );
    let hinted = parameter(PgType::Date, Format::Text, Some(b"2024-13-01"), &mut Writer::new());
    assert!(hinted.unwrap_err().hint().unwrap().contains("datestyle"));
}

#[test]
fn times() {
    check(
        PgType::Time,
        &[
            ("10:20", "\"10:20:00\""),
            ("10:1:1", "\"10:01:01\""),
            ("1000", "\"10:00:00\""),
            ("100000", "\"10:00:00\""),
            ("T10:00", "\"10:00:00\""),
            ("10:00 PM", "\"22:00:00\""),
            ("10:00:00+02", "\"10:00:00\""),
            ("10:00:00Z", "\"10:00:00\""),
            ("10:00:60", "\"10:01:00\""),
            ("10:00:00.", "\"10:00:00\""),
            ("10:00:00.1234567", "\"10:00:00.123457\""),
            ("2024-01-01 10:00", "\"10:00:00\""),
            ("24:00:00", "22008 time out of range: \"24:00:00\""),
            ("24:00:01", "22008 date/time field value out of range: \"24:00:01\""),
            ("25:00", "22008 date/time field value out of range: \"25:00\""),
            ("10:60", "22008 date/time field value out of range: \"10:60\""),
            ("10:00:61", "22008 date/time field value out of range: \"10:00:61\""),
            ("10", "22007 invalid input syntax for type time: \"10\""),
            ("xyz", "22007 invalid input syntax for type time: \"xyz\""),
        ],
    );
}

#[test]
fn timestamps() {
    check(
        PgType::Timestamp,
        &[
            ("2024-01-05", "\"2024-01-05 00:00:00\""),
            ("2024-01-05T10:11:12Z", "\"2024-01-05 10:11:12\""),
            ("2024-01-05 10:11:12+05", "\"2024-01-05 10:11:12\""),
            ("20240105T101112", "\"2024-01-05 10:11:12\""),
            ("20240105 101112.5", "\"2024-01-05 10:11:12.5\""),
            ("2024-01-05 24:00:00", "\"2024-01-06 00:00:00\""),
            ("epoch", "\"1970-01-01 00:00:00\""),
            ("2024-01-05T", "22007 invalid input syntax for type timestamp: \"2024-01-05T\""),
            ("2024-01-05 10", "22007 invalid input syntax for type timestamp: \"2024-01-05 10\""),
            (
                "2024-01-0510:11",
                "22007 invalid input syntax for type timestamp: \"2024-01-0510:11\"",
            ),
            ("99999-01-01", "22008 timestamp out of range: \"99999-01-01\""),
        ],
    );
    check(
        PgType::Timestamptz,
        &[
            ("2024-01-05 10:11:12", "\"2024-01-05 10:11:12\""),
            ("2024-01-05 10:11:12+0230", "\"2024-01-05 07:41:12\""),
            ("2024-01-05 10:11:12 +02:30:15", "\"2024-01-05 07:40:57\""),
            ("2024-01-05 10:11:12-8", "\"2024-01-05 18:11:12\""),
            ("2024-01-05T10:11:12.123456789+00:00", "\"2024-01-05 10:11:12.123457\""),
            ("2024-01-05 10:11:12 UTC", "\"2024-01-05 10:11:12\""),
            (
                "2024-01-05 10:11:12+16",
                "22009 time zone displacement out of range: \"2024-01-05 10:11:12+16\"",
            ),
            ("2024-01-05 10:11:12 Foo/Bar", "22023 time zone \"foo/bar\" not recognized"),
            (
                "2024-01-05 10:11:12 foo",
                "22007 invalid input syntax for type timestamp with time zone: \
                 \"2024-01-05 10:11:12 foo\"",
            ),
            ("0001-01-01 00:00:00+01", "22008 timestamp out of range: \"0001-01-01 00:00:00+01\""),
        ],
    );
}

#[test]
fn binary_values_have_exact_lengths() {
    let short = "08P01 insufficient data left in message";
    let long = "22P03 incorrect binary data format in bind parameter 1";
    for (ty, size) in [(PgType::Bool, 1), (PgType::Int2, 2), (PgType::Int4, 4), (PgType::Int8, 8)] {
        assert_eq!(binary(ty, &vec![0; size - 1]), short);
        assert_eq!(binary(ty, &vec![0; size]), "0");
        assert_eq!(binary(ty, &vec![0; size + 1]), long);
    }
    assert_eq!(binary(PgType::Bool, &[2]), "1");
    assert_eq!(binary(PgType::Float8, &1.5_f64.to_be_bytes()), "1.5");
    assert_eq!(binary(PgType::Uuid, &[0; 15]), short);
    assert_eq!(binary(PgType::Uuid, &[0; 16]), "\"00000000-0000-0000-0000-000000000000\"");
}

#[test]
fn binary_moments() {
    assert_eq!(binary(PgType::Date, &0_i32.to_be_bytes()), "\"2000-01-01\"");
    assert_eq!(binary(PgType::Date, &(-730_120_i32).to_be_bytes()), "22008 date out of range");
    let infinite = "0A000 value \"infinity\" of type date is not supported";
    assert_eq!(binary(PgType::Date, &i32::MAX.to_be_bytes()), infinite);
    assert_eq!(binary(PgType::Time, &1_i64.to_be_bytes()), "\"00:00:00.000001\"");
    assert_eq!(binary(PgType::Time, &(-1_i64).to_be_bytes()), "22008 time out of range");
    let last = 252_455_615_999_999_999_i64;
    let text = "\"9999-12-31 23:59:59.999999\"";
    assert_eq!(binary(PgType::Timestamp, &last.to_be_bytes()), text);
    let beyond = "22008 timestamp out of range";
    assert_eq!(binary(PgType::Timestamptz, &(last + 1).to_be_bytes()), beyond);
}

#[test]
fn binary_numerics() {
    assert_eq!(binary(PgType::Numeric, &[0, 0, 0, 0, 0, 0, 0, 0]), "0");
    let number = [0, 2, 0, 0, 0x40, 0, 0, 1, 0, 1, 0x13, 0x88];
    assert_eq!(binary(PgType::Numeric, &number), "-15e-1");
    let cut = [0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0x13, 0x88];
    assert_eq!(binary(PgType::Numeric, &cut), "1");
    let field = |bytes: &[u8]| binary(PgType::Numeric, bytes);
    let message = |name: &str| format!("22P03 invalid {name} in external \"numeric\" value");
    assert_eq!(field(&[0, 0, 0, 0, 0x80, 0, 0, 0]), message("sign"));
    assert_eq!(field(&[0, 0, 0, 0, 0, 0, 0x40, 0]), message("scale"));
    assert_eq!(field(&[0, 1, 0, 0, 0, 0, 0, 0, 0x27, 0x10]), message("digit"));
    assert_eq!(field(&[0, 1, 0, 0, 0, 0, 0, 0]), "08P01 insufficient data left in message");
    let nan = "0A000 value \"NaN\" of type numeric is not supported";
    assert_eq!(field(&[0, 0, 0, 0, 0xC0, 0, 0, 0]), nan);
}

#[test]
fn uuids_and_json() {
    let upper = "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11";
    assert_eq!(text(PgType::Uuid, upper), format!("{:?}", upper.to_lowercase()));
    assert_eq!(text(PgType::Uuid, "x"), "22P02 invalid input syntax for type uuid: \"x\"");
    assert_eq!(text(PgType::Json, "{}"), "\"{}\"");
}

proptest! {
    #[test]
    fn any_bytes_are_answered_without_harm(
        bytes in proptest::collection::vec(any::<u8>(), 0..40),
        ty in proptest::sample::select(super::super::pg::ALL),
    ) {
        read(ty, Format::Text, &bytes);
        read(ty, Format::Binary, &bytes);
    }

    #[test]
    fn almost_dates_are_answered_without_harm(
        text in "[0-9TZ:./+ -]{0,30}",
        ty in proptest::sample::select(
            &[PgType::Date, PgType::Time, PgType::Timestamp, PgType::Timestamptz][..]
        ),
    ) {
        read(ty, Format::Text, text.as_bytes());
    }

    #[test]
    fn text_arrives_as_it_was_given(given in "[^\\x00]{1,60}") {
        for ty in [PgType::Text, PgType::Unknown, PgType::Varchar] {
            let mut list = Writer::new();
            let mut back = bytes::BytesMut::new();
            literal_text(ty, &given, &mut list).unwrap();
            let codec = Codec { ty, typmod: -1, format: Format::Text, zone: Zone::UTC };
            super::super::encode::row(&mut back, &[codec], list.as_bytes()).unwrap();
            prop_assert_eq!(&back[6..], given.as_bytes());
        }
    }

    #[test]
    fn values_come_back_in_both_formats(value in any::<i64>(), scale in 0_u32..19) {
        let whole = value / 10_i64.pow(scale);
        let rest = (value % 10_i64.pow(scale)).unsigned_abs();
        let sign = if value < 0 && whole == 0 { "-" } else { "" };
        let number = match scale {
            0 => value.to_string(),
            scale => format!("{sign}{whole}.{rest:0width$}", width = scale as usize),
        };
        let mut list = Writer::new();
        literal_text(PgType::Numeric, &number, &mut list).unwrap();
        let typmod = super::super::iris::numeric_typmod(19, i64::from(scale));
        let send = |format, list: &[u8]| {
            let mut out = bytes::BytesMut::new();
            let codec = Codec { ty: PgType::Numeric, typmod, format, zone: Zone::UTC };
            super::super::encode::row(&mut out, &[codec], list).unwrap();
            out[6..].to_vec()
        };
        let expected = if value == 0 { number.replace('-', "") } else { number };
        prop_assert_eq!(send(Format::Text, list.as_bytes()), expected.as_bytes());
        let bytes = send(Format::Binary, list.as_bytes());
        let mut again = Writer::new();
        parameter(PgType::Numeric, Format::Binary, Some(&bytes), &mut again).unwrap();
        prop_assert_eq!(again.as_bytes(), list.as_bytes());
    }
}

//! Values from IRIS as PostgreSQL 15 shows and sends the same values.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects
)]

use bytes::BytesMut;
use proptest::prelude::*;

use super::super::iris::numeric_typmod;
use super::super::list::{Item, Writer};
use super::super::zone::Zone;
use super::*;

fn send(ty: PgType, typmod: i32, format: Format, item: Item<'_>) -> Result<Vec<u8>, ValueError> {
    let mut out = BytesMut::new();
    value(&mut out, &Codec { ty, typmod, format, zone: Zone::UTC }, item)?;
    let length = i32::from_be_bytes(out[..4].try_into().unwrap());
    assert_eq!(usize::try_from(length).ok(), Some(out.len() - 4), "{ty:?} {item:?}");
    Ok(out[4..].to_vec())
}

fn text(ty: PgType, item: Item<'_>) -> String {
    String::from_utf8(send(ty, -1, Format::Text, item).unwrap()).unwrap()
}

fn binary(ty: PgType, item: Item<'_>) -> Vec<u8> {
    send(ty, -1, Format::Binary, item).unwrap()
}

fn refused(ty: PgType, item: Item<'_>) -> String {
    let states = [Format::Text, Format::Binary].map(|format| {
        let error = send(ty, -1, format, item).unwrap_err();
        format!("{} {error}", error.sqlstate())
    });
    assert_eq!(states[0], states[1]);
    states[0].clone()
}

fn decimal(mantissa: i64, exponent: i8) -> Item<'static> {
    Item::Decimal { mantissa, exponent }
}

#[test]
fn null_has_the_length_minus_one() {
    for item in [Item::Undefined, Item::Bytes(b""), Item::Wide(b"")] {
        for ty in super::super::pg::ALL.iter().copied() {
            let mut out = BytesMut::new();
            value(
                &mut out,
                &Codec { ty, typmod: -1, format: Format::Binary, zone: Zone::UTC },
                item,
            )
            .unwrap();
            assert_eq!(out[..], [255, 255, 255, 255]);
        }
    }
}

#[test]
fn integers_come_in_any_shape() {
    for item in [Item::Integer(-42), decimal(-42, 0), Item::Bytes(b"-42"), Item::Double(-42.0)] {
        assert_eq!(text(PgType::Int4, item), "-42");
        assert_eq!(binary(PgType::Int4, item), (-42_i32).to_be_bytes());
        assert_eq!(binary(PgType::Int2, item), (-42_i16).to_be_bytes());
        assert_eq!(binary(PgType::Int8, item), (-42_i64).to_be_bytes());
    }
    assert_eq!(text(PgType::Int4, decimal(12, 2)), "1200");
    assert_eq!(text(PgType::Int8, Item::Bytes(b"9223372036854775807")), i64::MAX.to_string());
}

#[test]
fn integers_that_do_not_fit_are_refused() {
    let range = "22003 value \"300000\" is out of range for type smallint";
    assert_eq!(refused(PgType::Int2, Item::Integer(300_000)), range);
    assert_eq!(refused(PgType::Int2, Item::Bytes(b"300000")), range);
    let syntax = "22P02 invalid input syntax for type integer: \"abc\"";
    assert_eq!(refused(PgType::Int4, Item::Bytes(b"abc")), syntax);
    let fraction = "22P02 invalid input syntax for type integer: \"15e-1\"";
    assert_eq!(refused(PgType::Int4, decimal(15, -1)), fraction);
    let wide = "22P02 invalid input syntax for type bigint: \"12\"";
    assert_eq!(refused(PgType::Int8, Item::Wide(b"1\x002\x00")), wide);
    let huge = "22003 value \"9223372036854775808\" is out of range for type bigint";
    assert_eq!(refused(PgType::Int8, Item::Bytes(b"9223372036854775808")), huge);
}

#[test]
fn numerics_are_padded_to_their_scale_and_never_cut() {
    let shown = |precision, scale, item| {
        let typmod = numeric_typmod(precision, scale);
        String::from_utf8(send(PgType::Numeric, typmod, Format::Text, item).unwrap()).unwrap()
    };
    assert_eq!(shown(10, 2, decimal(15, -1)), "1.50");
    assert_eq!(shown(10, 2, Item::Bytes(b".5")), "0.50");
    assert_eq!(shown(10, 2, Item::Integer(7)), "7.00");
    assert_eq!(shown(10, 2, Item::Bytes(b"-.125")), "-0.125");
    assert_eq!(text(PgType::Numeric, Item::Bytes(b".5")), "0.5");
    assert_eq!(text(PgType::Numeric, Item::Integer(-3)), "-3");
    assert_eq!(text(PgType::Numeric, decimal(12, 3)), "12000");
    assert_eq!(text(PgType::Numeric, Item::Double(f64::NAN)), "NaN");
    assert_eq!(text(PgType::Numeric, Item::Bytes(b"-INF")), "-Infinity");
    let refusal = "22P02 invalid input syntax for type numeric: \"x\"";
    assert_eq!(refused(PgType::Numeric, Item::Bytes(b"x")), refusal);
}

/// The expected bytes are those of `numeric_send` in PostgreSQL 15.18.
#[test]
fn binary_numerics_are_those_of_numeric_send() {
    let cases: &[(&str, &[u8])] = &[
        ("0", &[0, 0, 0, 0, 0, 0, 0, 0]),
        ("1", &[0, 1, 0, 0, 0, 0, 0, 0, 0, 1]),
        ("-1.5", &[0, 2, 0, 0, 0x40, 0, 0, 1, 0, 1, 0x13, 0x88]),
        ("12345.678", &[0, 3, 0, 1, 0, 0, 0, 3, 0, 1, 0x09, 0x29, 0x1A, 0x7C]),
        ("0.0001", &[0, 1, 0xFF, 0xFF, 0, 0, 0, 4, 0, 1]),
        ("0.00001", &[0, 1, 0xFF, 0xFE, 0, 0, 0, 5, 0x03, 0xE8]),
        ("100000000", &[0, 1, 0, 2, 0, 0, 0, 0, 0, 1]),
    ];
    for (number, expected) in cases {
        assert_eq!(binary(PgType::Numeric, Item::Bytes(number.as_bytes())), *expected, "{number}");
    }
    let nan = [0, 0, 0, 0, 0xC0, 0, 0, 0];
    assert_eq!(binary(PgType::Numeric, Item::Double(f64::NAN)), nan);
}

/// The expected texts are PostgreSQL 15.18's.
#[test]
fn doubles_are_shown_as_postgresql_shows_them() {
    let cases = [
        (1e20, "1e+20"),
        (1e15, "1e+15"),
        (123_456_789_012_345.0, "123456789012345"),
        (0.1, "0.1"),
        (1e-4, "0.0001"),
        (1e-5, "1e-05"),
        (1.5e300, "1.5e+300"),
        (-0.0, "-0"),
        (1e23, "9.999999999999999e+22"),
        (9_007_199_254_740_992.0, "9.007199254740992e+15"),
        (5e-324, "5e-324"),
        (f64::NAN, "NaN"),
        (f64::NEG_INFINITY, "-Infinity"),
    ];
    for (number, expected) in cases {
        assert_eq!(text(PgType::Float8, Item::Double(number)), expected);
    }
    assert_eq!(text(PgType::Float8, Item::Bytes(b".84147098480789650487")), "0.8414709848078965");
    assert_eq!(text(PgType::Float8, decimal(125, -2)), "1.25");
    assert_eq!(text(PgType::Float8, Item::Integer(7)), "7");
    assert_eq!(text(PgType::Float8, Item::Bytes(b"INF")), "Infinity");
    assert_eq!(text(PgType::Float4, Item::Double(16_777_216.0)), "1.6777216e+07");
    assert_eq!(text(PgType::Float4, Item::Double(0.1)), "0.1");
    assert_eq!(text(PgType::Float4, Item::Integer(100_000)), "100000");
    assert_eq!(binary(PgType::Float4, Item::Double(1.5)), 1.5_f32.to_be_bytes());
    let overflow = "22003 \"1E400\" is out of range for type double precision";
    assert_eq!(refused(PgType::Float8, Item::Bytes(b"1E400")), overflow);
    assert!(refused(PgType::Float4, Item::Double(1e300)).starts_with("22003 "));
    let syntax = "22P02 invalid input syntax for type double precision: \"inf\"";
    assert_eq!(refused(PgType::Float8, Item::Bytes(b"inf")), syntax);
}

#[test]
fn booleans_are_zero_or_one() {
    assert_eq!(text(PgType::Bool, Item::Integer(1)), "t");
    assert_eq!(text(PgType::Bool, Item::Bytes(b"0")), "f");
    assert_eq!(binary(PgType::Bool, Item::Integer(1)), [1]);
    assert!(refused(PgType::Bool, Item::Integer(2)).starts_with("22P02 "));
}

#[test]
fn text_becomes_utf8_or_an_error() {
    assert_eq!(text(PgType::Text, Item::Bytes(b"plain")), "plain");
    assert_eq!(text(PgType::Varchar, Item::Bytes(&[0])), "");
    assert_eq!(text(PgType::Varchar, Item::Bytes(b"caf\xE9 \xFF!")), "café ÿ!");
    assert_eq!(text(PgType::Text, Item::Wide(&[0x3D, 0xD8, 0x00, 0xDE, 0x41, 0])), "😀A");
    assert_eq!(text(PgType::Varchar, Item::Integer(12)), "12");
    assert_eq!(text(PgType::Varchar, decimal(-5, -1)), "-.5");
    let lone = refused(PgType::Text, Item::Wide(&[0x41, 0, 0x00, 0xD8]));
    assert!(lone.starts_with("22P05 character with byte sequence 0xd8 0x00"), "{lone}");
    let nul = "22021 invalid byte sequence for encoding \"UTF8\": 0x00";
    assert_eq!(refused(PgType::Text, Item::Bytes(b"a\0b")), nul);
    assert_eq!(refused(PgType::Text, Item::Wide(&[0, 0, 0x41, 0x4F])), nul);
}

#[test]
fn byte_strings_keep_every_byte() {
    assert_eq!(text(PgType::Bytea, Item::Bytes(&[0, 1, 0xAB, 0xFF])), "\\x0001abff");
    assert_eq!(binary(PgType::Bytea, Item::Bytes(&[0])), [0]);
    assert_eq!(text(PgType::Bytea, Item::Integer(12)), "\\x3132");
    assert_eq!(binary(PgType::Bytea, Item::Integer(12)), b"12");
    assert_eq!(binary(PgType::Bytea, Item::Wide(&[0xE9, 0])), [0xE9]);
    assert!(refused(PgType::Bytea, Item::Wide(&[0x60, 0x4F])).starts_with("22P02 "));
}

#[test]
fn moments_are_shown_and_counted_from_2000() {
    assert_eq!(text(PgType::Date, Item::Bytes(b"1999-12-31")), "1999-12-31");
    assert_eq!(binary(PgType::Date, Item::Bytes(b"1999-12-31")), (-1_i32).to_be_bytes());
    assert_eq!(text(PgType::Time, Item::Bytes(b"10:20:30.500")), "10:20:30.5");
    let micros = 1_i64;
    let item = Item::Bytes(b"2000-01-01 00:00:00.000001");
    assert_eq!(binary(PgType::Timestamp, item), micros.to_be_bytes());
    assert_eq!(text(PgType::Timestamptz, item), "2000-01-01 00:00:00.000001+00");
    let long = Item::Bytes(b"1999-12-31 23:59:59.999999999");
    assert_eq!(text(PgType::Timestamp, long), "2000-01-01 00:00:00");
    for wrong in ["2023-02-29", "2023-13-01", "0000-01-01", "2023-1-1", "65000", "2023-01-01x"] {
        let message = refused(PgType::Date, Item::Bytes(wrong.as_bytes()));
        assert_eq!(message, format!("22007 invalid input syntax for type date: \"{wrong}\""));
    }
    assert!(refused(PgType::Time, Item::Bytes(b"24:00:00")).starts_with("22007 "));
    assert!(refused(PgType::Date, Item::Integer(65_000)).starts_with("22007 "));
}

#[test]
fn uuids_are_shown_in_lower_case() {
    let item = Item::Bytes(b"A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11");
    assert_eq!(text(PgType::Uuid, item), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
    assert_eq!(binary(PgType::Uuid, item)[..3], [0xA0, 0xEE, 0xBC]);
    assert!(refused(PgType::Uuid, Item::Bytes(b"no")).starts_with("22P02 "));
}

#[test]
fn a_row_has_as_many_columns_as_its_description() {
    let codecs = [
        Codec { ty: PgType::Int4, typmod: -1, format: Format::Text, zone: Zone::UTC },
        Codec { ty: PgType::Text, typmod: -1, format: Format::Text, zone: Zone::UTC },
    ];
    let mut list = Writer::new();
    list.integer(5);
    let mut out = BytesMut::new();
    let mismatch = ValueError::ColumnCount { expected: 2 };
    assert_eq!(row(&mut out, &codecs, list.as_bytes()), Err(mismatch.clone()));
    list.null();
    out.clear();
    row(&mut out, &codecs, list.as_bytes()).unwrap();
    assert_eq!(out[..], [0, 2, 0, 0, 0, 1, b'5', 255, 255, 255, 255]);
    list.null();
    assert_eq!(row(&mut out, &codecs, list.as_bytes()), Err(mismatch));
    assert!(matches!(row(&mut out, &codecs, &[9, 1]), Err(ValueError::List(_))));
}

proptest! {
    #[test]
    fn a_double_is_read_back_from_its_text(value in any::<f64>()) {
        let shown = text(PgType::Float8, Item::Double(value));
        if value.is_finite() {
            prop_assert_eq!(shown.parse::<f64>().unwrap().to_bits(), value.to_bits());
        }
    }

    #[test]
    fn utf16_survives(string in "[^\\x00]{1,60}") {
        let wide: Vec<u8> = string.encode_utf16().flat_map(u16::to_le_bytes).collect();
        prop_assert_eq!(text(PgType::Text, Item::Wide(&wide)), string);
    }

    #[test]
    fn latin_survives(bytes in proptest::collection::vec(1_u8.., 1..80)) {
        let expected: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        prop_assert_eq!(text(PgType::Text, Item::Bytes(&bytes)), expected);
    }

    #[test]
    fn any_row_is_answered_without_harm(
        bytes in proptest::collection::vec(any::<u8>(), 0..60),
        ty in proptest::sample::select(super::super::pg::ALL),
        is_binary in any::<bool>(),
    ) {
        let format = if is_binary { Format::Binary } else { Format::Text };
        let codec = Codec { ty, typmod: numeric_typmod(10, 4), format, zone: Zone::UTC };
        let mut out = BytesMut::new();
        if row(&mut out, &[codec], &bytes).is_ok() {
            let length = i32::from_be_bytes(out[2..6].try_into().unwrap());
            prop_assert_eq!(out.len(), 6 + usize::try_from(length).unwrap_or(0));
        }
        out.clear();
        if value(&mut out, &codec, Item::Bytes(&bytes)).is_ok() {
            prop_assert!(out.len() >= 4);
        }
    }
}

#[test]
fn characters_are_filled_up_to_their_length() {
    let shown = |typmod, item| send(PgType::Bpchar, typmod, Format::Text, item).unwrap();
    assert_eq!(shown(9, Item::Bytes(b"ab")), b"ab   ");
    assert_eq!(shown(7, Item::Bytes(&[0])), b"   ");
    assert_eq!(shown(7, Item::Bytes(&[0xE4])), "ä  ".as_bytes());
    assert_eq!(shown(6, Item::Integer(12)), b"12");
    assert_eq!(shown(-1, Item::Bytes(b"ab")), b"ab");
}

//! The worked examples of the `$LIST` description, and properties over all bytes.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects
)]

use proptest::prelude::*;

use super::{Item, ListError, Reader, Writer, same_item};

fn read(bytes: &[u8]) -> Result<Vec<Item<'_>>, ListError> {
    Reader::new(bytes).collect()
}

fn written(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::new();
    write(&mut writer);
    writer.into_bytes()
}

#[test]
fn worked_examples_are_read() {
    let cases: &[(&[u8], Item<'_>)] = &[
        (&[0x03, 0x01, 0x41], Item::Bytes(b"A")),
        (&[0x03, 0x04, 0x01], Item::Integer(1)),
        (&[0x02, 0x04], Item::Integer(0)),
        (&[0x03, 0x04, 0xFF], Item::Integer(255)),
        (&[0x04, 0x04, 0xFF, 0x00], Item::Integer(255)),
        (&[0x04, 0x04, 0x80, 0x00], Item::Integer(128)),
        (&[0x04, 0x04, 0x00, 0x01], Item::Integer(256)),
        (&[0x0A, 4, 255, 255, 255, 255, 255, 255, 255, 255], Item::Integer(-1)),
        (&[0x03, 0x05, 0xFB], Item::Integer(-5)),
        (&[0x02, 0x05], Item::Integer(-1)),
        (&[0x03, 0x05, 0xFE], Item::Integer(-2)),
        (&[0x03, 0x05, 0x00], Item::Integer(-256)),
        (&[0x04, 0x05, 0xFF, 0xFE], Item::Integer(-257)),
        (&[0x04, 0x06, 0xFE, 0x7D], Item::Decimal { mantissa: 125, exponent: -2 }),
        (&[0x04, 0x06, 0xFF, 0x05], Item::Decimal { mantissa: 5, exponent: -1 }),
        (&[0x04, 0x07, 0xFE, 0x83], Item::Decimal { mantissa: -125, exponent: -2 }),
        (&[0x01], Item::Undefined),
        (&[0x02, 0x01], Item::Bytes(b"")),
        (&[0x03, 0x01, 0x00], Item::Bytes(&[0])),
        (&[0x04, 0x02, 0x60, 0x4F], Item::Wide(&[0x60, 0x4F])),
        (&[0x0A, 8, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F], Item::Double(1.5)),
        (&[0x04, 0x08, 0xC0, 0x3F], Item::Double(1.5)),
        (&[0x04, 0x09, 0xF8, 0x3F], Item::Double(1.5)),
        (&[0x02, 0x08], Item::Double(0.0)),
        (&[0x00, 0x02, 0x00, 0x01, 0x41], Item::Bytes(b"A")),
        (&[0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x01, 0x41], Item::Bytes(b"A")),
    ];
    for (bytes, expected) in cases {
        assert_eq!(read(bytes).unwrap(), [*expected], "{bytes:02x?}");
    }
    assert_eq!(read(&[1, 1]).unwrap(), [Item::Undefined, Item::Undefined]);
    assert_eq!(read(&[]).unwrap(), []);
}

#[test]
fn worked_examples_are_written() {
    assert_eq!(written(|w| w.text("A")), [0x03, 0x01, 0x41]);
    assert_eq!(written(|w| w.text("")), [0x03, 0x01, 0x00]);
    assert_eq!(written(Writer::null), [0x02, 0x01]);
    assert_eq!(written(Writer::undefined), [0x01]);
    assert_eq!(written(|w| w.integer(0)), [0x02, 0x04]);
    assert_eq!(written(|w| w.integer(1)), [0x03, 0x04, 0x01]);
    assert_eq!(written(|w| w.integer(128)), [0x04, 0x04, 0x80, 0x00]);
    assert_eq!(written(|w| w.integer(255)), [0x04, 0x04, 0xFF, 0x00]);
    assert_eq!(written(|w| w.integer(256)), [0x04, 0x04, 0x00, 0x01]);
    assert_eq!(written(|w| w.integer(-1)), [0x02, 0x05]);
    assert_eq!(written(|w| w.integer(-5)), [0x03, 0x05, 0xFB]);
    assert_eq!(written(|w| w.integer(-256)), [0x03, 0x05, 0x00]);
    assert_eq!(written(|w| w.integer(-257)), [0x04, 0x05, 0xFF, 0xFE]);
    assert_eq!(written(|w| w.decimal(125, -2)), [0x04, 0x06, 0xFE, 0x7D]);
    assert_eq!(written(|w| w.double(1.5)), [0x0A, 8, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F]);
    assert_eq!(written(|w| w.text("佐")), [0x04, 0x02, 0x50, 0x4F]);
    assert_eq!(written(|w| w.text("é")), [0x03, 0x01, 0xE9]);
    assert_eq!(written(|w| w.text("😀")), [0x06, 0x02, 0x3D, 0xD8, 0x00, 0xDE]);
}

#[test]
fn headers_change_at_their_limits() {
    let headers: [(usize, &[u8]); 6] = [
        (253, &[255, 1]),
        (254, &[0, 255, 0, 1]),
        (255, &[0, 0, 1, 1]),
        (65_534, &[0, 255, 255, 1]),
        (65_535, &[0, 0, 0, 0, 0, 1, 0, 1]),
        (70_000, &[0, 0, 0, 0x71, 0x11, 1, 0, 1]),
    ];
    for (length, header) in headers {
        let data = vec![b'x'; length];
        let list = written(|w| w.bytes(&data));
        assert_eq!(&list[..header.len()], header, "{length}");
        assert_eq!(read(&list).unwrap(), [Item::Bytes(&data)]);
    }
}

#[test]
fn malformed_lists_are_named() {
    let cases: &[(&[u8], ListError)] = &[
        (&[3, 1], ListError::Truncated { at: 0 }),
        (&[1, 9, 1, 65], ListError::Truncated { at: 1 }),
        (&[0], ListError::Truncated { at: 0 }),
        (&[0, 1], ListError::Truncated { at: 0 }),
        (&[0, 0, 0, 1, 0, 0], ListError::Truncated { at: 0 }),
        (&[0, 0, 0, 255, 255, 255, 255, 1], ListError::Truncated { at: 0 }),
        (&[0, 0, 0, 0, 0, 0, 0], ListError::Typeless { at: 0 }),
        (&[2, 3], ListError::UnknownType { at: 0, code: 3 }),
        (&[3, 12, 0], ListError::UnknownType { at: 0, code: 12 }),
        (&[3, 2, 0], ListError::Length { at: 0, code: 2, length: 1 }),
        (&[2, 6], ListError::Length { at: 0, code: 6, length: 0 }),
        (&[11, 4, 1, 2, 3, 4, 5, 6, 7, 8, 9], ListError::Length { at: 0, code: 4, length: 9 }),
        (&[7, 8, 1, 2, 3, 4, 5], ListError::Length { at: 0, code: 8, length: 5 }),
    ];
    for (bytes, expected) in cases {
        let mut reader = Reader::new(bytes);
        let error = reader.find_map(Result::err);
        assert_eq!(error, Some(*expected), "{bytes:02x?}");
        assert!(reader.next().is_none(), "the reader goes on after {expected}");
    }
}

#[test]
fn a_reader_skips_counts_and_says_where_it_is() {
    let list = written(|w| {
        w.text("abc");
        w.undefined();
        w.integer(7);
    });
    let mut reader = Reader::new(&list);
    assert_eq!(reader.count_elements(), Ok(3));
    assert_eq!(reader.skip_one(), Ok(true));
    assert_eq!(reader.position(), 5);
    assert_eq!(reader.next(), Some(Ok(Item::Undefined)));
    assert_eq!(reader.next_raw(), Some(Ok(Some((4, &[7][..])))));
    assert!(reader.is_at_end());
    assert_eq!(reader.skip_one(), Ok(false));
}

#[derive(Debug, Clone)]
enum Owned {
    Undefined,
    Bytes(Vec<u8>),
    Wide(Vec<u16>),
    Integer(i64),
    Decimal(i64, i8),
    Double(f64),
}

fn owned() -> impl Strategy<Value = Owned> {
    prop_oneof![
        Just(Owned::Undefined),
        proptest::collection::vec(any::<u8>(), 0..600).prop_map(Owned::Bytes),
        proptest::collection::vec(any::<u16>(), 0..300).prop_map(Owned::Wide),
        any::<i64>().prop_map(Owned::Integer),
        (-70_000_i64..70_000).prop_map(Owned::Integer),
        (any::<i64>(), any::<i8>()).prop_map(|(m, e)| Owned::Decimal(m, e)),
        any::<f64>().prop_map(Owned::Double),
    ]
}

fn wide_bytes(units: &[u16]) -> Vec<u8> {
    units.iter().flat_map(|unit| unit.to_le_bytes()).collect()
}

fn write_owned(writer: &mut Writer, value: &Owned) {
    match value {
        Owned::Undefined => writer.undefined(),
        Owned::Bytes(bytes) => writer.bytes(bytes),
        Owned::Wide(units) => writer.item(Item::Wide(&wide_bytes(units))),
        Owned::Integer(value) => writer.integer(*value),
        Owned::Decimal(mantissa, exponent) => writer.decimal(*mantissa, *exponent),
        Owned::Double(value) => writer.double(*value),
    }
}

fn matches(item: &Item<'_>, value: &Owned) -> bool {
    match value {
        Owned::Undefined => *item == Item::Undefined,
        Owned::Bytes(bytes) => *item == Item::Bytes(bytes),
        Owned::Wide(units) => *item == Item::Wide(&wide_bytes(units)),
        Owned::Integer(value) => *item == Item::Integer(*value),
        Owned::Decimal(m, e) => *item == Item::Decimal { mantissa: *m, exponent: *e },
        Owned::Double(value) => same_item(item, &Item::Double(*value)),
    }
}

proptest! {
    #[test]
    fn what_was_written_is_read_back(values in proptest::collection::vec(owned(), 0..20)) {
        let list = written(|w| values.iter().for_each(|value| write_owned(w, value)));
        let items = read(&list).unwrap();
        prop_assert_eq!(items.len(), values.len());
        for (item, value) in items.iter().zip(&values) {
            prop_assert!(matches(item, value), "{:?} read as {:?}", value, item);
        }
    }

    #[test]
    fn text_comes_back_from_its_characters(text in any::<String>()) {
        let list = written(|w| w.text(&text));
        let back: String = match read(&list).unwrap()[..] {
            [Item::Bytes([0])] => String::new(),
            [Item::Bytes(bytes)] => bytes.iter().map(|byte| char::from(*byte)).collect(),
            [Item::Wide(wide)] => {
                let units: Vec<u16> =
                    wide.chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
                String::from_utf16(&units).unwrap()
            }
            ref other => panic!("{other:?}"),
        };
        prop_assert!(back == text || text == "\0");
    }

    #[test]
    fn any_bytes_are_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        super::fuzz_list(&bytes);
        let mut reader = Reader::new(&bytes);
        let counted = reader.count_elements();
        while let Ok(true) = reader.skip_one() {}
        prop_assert_eq!(counted.is_ok(), reader.position() == bytes.len());
    }

    #[test]
    fn concatenated_lists_are_one_list(
        first in proptest::collection::vec(owned(), 0..6),
        second in proptest::collection::vec(owned(), 0..6),
    ) {
        let mut whole = written(|w| first.iter().for_each(|value| write_owned(w, value)));
        let tail = written(|w| second.iter().for_each(|value| write_owned(w, value)));
        whole.extend_from_slice(&tail);
        let items = read(&whole).unwrap();
        prop_assert_eq!(items.len(), first.len() + second.len());
        let all = first.iter().chain(&second);
        prop_assert!(items.iter().zip(all).all(|(item, value)| matches(item, value)));
    }

    #[test]
    fn both_integer_forms_mean_the_same(value in any::<i64>()) {
        let all = value.to_le_bytes();
        let fill = if value < 0 { 0xFF } else { 0 };
        let kept = all.iter().rposition(|byte| *byte != fill).map_or(0, |last| last + 1);
        let code = if value < 0 { 5 } else { 4 };
        let mut dropped = vec![kept as u8 + 2, code];
        dropped.extend_from_slice(&all[..kept]);
        prop_assert_eq!(read(&dropped).unwrap(), [Item::Integer(value)]);
    }
}

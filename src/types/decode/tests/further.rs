//! Arrays, JSON, names and zones.

use super::*;

/// The elements that IRIS gets, spelled out; or the state and message of the refusal.
fn elements(ty: PgType, format: Format, bytes: &[u8]) -> String {
    let mut list = Writer::new();
    if let Err(error) = parameter(ty, format, Some(bytes), &mut list) {
        return format!("{} {error}", error.sqlstate());
    }
    let Some(Ok(Item::Bytes(inner))) = Reader::new(list.as_bytes()).next() else { panic!() };
    let shown = |item: Result<Item<'_>, _>| match item.unwrap() {
        Item::Undefined => "hole".to_owned(),
        Item::Bytes(b"") => "NULL".to_owned(),
        Item::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Item::Integer(value) => value.to_string(),
        other => format!("{other:?}"),
    };
    Reader::new(inner).map(shown).collect::<Vec<_>>().join("|")
}

#[test]
fn arrays_in_text_format() {
    for (given, expected) in [
        ("{}", "hole"),
        (" { } ", "hole"),
        ("{1,NULL,-3}", "1|NULL|-3"),
        ("{ 1 , null }", "1|NULL"),
        ("[1:2]={1,2}", "1|2"),
        ("[2]={1,2}", "1|2"),
        ("{NULL}", "NULL"),
        ("{1,}", "22P02 malformed array literal: \"{1,}\""),
        ("1,2", "22P02 malformed array literal: \"1,2\""),
        ("{1,2", "22P02 malformed array literal: \"{1,2\""),
        ("{1}x", "22P02 malformed array literal: \"{1}x\""),
        ("[1:3]={1,2}", "22P02 malformed array literal: \"[1:3]={1,2}\""),
        ("[0:1]={1,2}", "0A000 arrays with a lower bound other than 1 are not supported"),
        ("{{1},{2}}", "0A000 arrays of more than one dimension are not supported"),
        ("{1,x}", "22P02 invalid input syntax for type integer: \"x\""),
        ("{99999999999}", "22003 value \"99999999999\" is out of range for type integer"),
    ] {
        assert_eq!(
            elements(PgType::Int4Array, Format::Text, given.as_bytes()),
            expected,
            "{given}"
        );
    }
    for (given, expected) in [
        (r#"{a, b c ,"d,e","f\"g"}"#, r#"a|b c|d,e|f"g"#),
        (r#"{"NULL",\null,"",x\ }"#, "NULL|null|\0|x "),
        (r#"{a"b"}"#, r#"22P02 malformed array literal: "{a"b"}""#),
    ] {
        assert_eq!(
            elements(PgType::TextArray, Format::Text, given.as_bytes()),
            expected,
            "{given}"
        );
    }
}

#[test]
fn elements_without_the_nulls() {
    let mut list = Writer::new();
    let read = |text: &[u8], list: &mut Writer| {
        Decoder::default().elements(PgType::Int2Array, Format::Text, text, list).unwrap()
    };
    assert_eq!(read(b"{7,NULL,-1}", &mut list), (3, true));
    let items: Vec<_> = Reader::new(list.as_bytes()).map(Result::unwrap).collect();
    assert_eq!(items, [Item::Integer(7), Item::Integer(-1)]);
    let length = list.len();
    assert_eq!(read(b"{}", &mut list), (0, false));
    assert_eq!(list.len(), length);
}

#[test]
fn arrays_in_binary_format() {
    let array = |dimensions: i32, oid: u32, count: i32, lower: i32, rest: &[u8]| {
        let mut bytes = dimensions.to_be_bytes().to_vec();
        bytes.extend(1_i32.to_be_bytes());
        bytes.extend(oid.to_be_bytes());
        if dimensions > 0 {
            bytes.extend(count.to_be_bytes());
            bytes.extend(lower.to_be_bytes());
        }
        bytes.extend(rest);
        elements(PgType::Int2Array, Format::Binary, &bytes)
    };
    let two: &[u8] = &[0, 0, 0, 2, 0, 7, 0xFF, 0xFF, 0xFF, 0xFF];
    assert_eq!(array(1, 21, 2, 1, two), "7|NULL");
    assert_eq!(array(0, 21, 0, 0, &[]), "hole");
    assert_eq!(array(1, 23, 2, 1, two), "42804 wrong element type");
    assert_eq!(array(1, 21, 3, 1, two), "08P01 insufficient data left in message");
    assert_eq!(array(1, 21, 1, 1, two), "22P03 incorrect binary data format in bind parameter 0");
    assert!(array(1, 21, 2, 0, two).starts_with("0A000"));
    assert!(array(2, 21, 2, 1, two).starts_with("0A000"));
    assert!(array(-1, 21, 2, 1, two).starts_with("22P03"));
}

#[test]
fn json_is_kept_as_written() {
    check(PgType::Json, &[(" {\"a\" :1}", "\" {\\\"a\\\" :1}\"")]);
    check(PgType::Json, &[("{a:1}", "22P02 invalid input syntax for type json")]);
    assert!(text(PgType::Json, &"[".repeat(20_000)).starts_with("54001"));
}

#[test]
fn names_are_cut() {
    check(PgType::Name, &[(&"ä".repeat(40), &format!("{:?}", "ä".repeat(31)))]);
}

#[test]
fn the_sessions_zone_is_that_of_texts_without_one() {
    let decoder = Decoder { zone: Zone::of_name("Europe/Zurich").unwrap() };
    for (given, expected) in [
        ("2024-07-01 12:00", "2024-07-01 10:00:00"),
        ("2024-01-01 12:00", "2024-01-01 11:00:00"),
        ("2024-03-31 02:30", "2024-03-31 01:30:00"),
        ("2024-10-27 02:30", "2024-10-27 01:30:00"),
        ("2024-07-01 12:00+00", "2024-07-01 12:00:00"),
        ("2024-07-01 12:00 america/new_york", "2024-07-01 16:00:00"),
    ] {
        let mut list = Writer::new();
        decoder.literal_text(PgType::Timestamptz, given, &mut list).unwrap();
        assert_eq!(&list.as_bytes()[2..], expected.as_bytes(), "{given}");
    }
}

fn binary_of(ty: PgType, bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut list = Writer::new();
    parameter(ty, Format::Binary, Some(bytes), &mut list).map_err(|error| error.to_string())?;
    let mut out = bytes::BytesMut::new();
    let codec = Codec { ty, typmod: -1, format: Format::Binary, zone: Zone::UTC };
    super::super::super::encode::row(&mut out, &[codec], list.as_bytes()).unwrap();
    Ok(out[6..].to_vec())
}

proptest! {
    #[test]
    fn binary_values_come_back(bits in any::<[u8; 16]>(), days in -730_119_i32..2_921_940) {
        let micros = i64::from(days) * 86_400_000_000;
        let within = i64::from_be_bytes(bits[..8].try_into().unwrap()).rem_euclid(86_400_000_000);
        let mut cases = vec![
            (PgType::Bool, vec![bits[0] & 1]),
            (PgType::Int2, bits[..2].to_vec()),
            (PgType::Int4, bits[..4].to_vec()),
            (PgType::Oid, bits[..4].to_vec()),
            (PgType::Int8, bits[..8].to_vec()),
            (PgType::Uuid, bits.to_vec()),
            (PgType::Interval, bits.to_vec()),
            (PgType::Bytea, bits.to_vec()),
            (PgType::Date, days.to_be_bytes().to_vec()),
            (PgType::Time, within.to_be_bytes().to_vec()),
            (PgType::Timestamp, (micros + within).to_be_bytes().to_vec()),
            (PgType::Timestamptz, (micros + within).to_be_bytes().to_vec()),
        ];
        if f64::from_be_bytes(bits[..8].try_into().unwrap()).is_finite() {
            cases.push((PgType::Float8, bits[..8].to_vec()));
        }
        if f32::from_be_bytes(bits[..4].try_into().unwrap()).is_finite() {
            cases.push((PgType::Float4, bits[..4].to_vec()));
        }
        for (ty, given) in cases {
            let back = binary_of(ty, &given);
            prop_assert_eq!(back.as_deref(), Ok(given.as_slice()), "{}", ty.name());
            // The same as the one element of an array, behind a NULL.
            let array = ty.array().unwrap();
            let mut bytes = vec![0, 0, 0, 1, 0, 0, 0, 1];
            bytes.extend(ty.oid().to_be_bytes());
            bytes.extend([0, 0, 0, 2, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF]);
            bytes.extend(u32::try_from(given.len()).unwrap().to_be_bytes());
            bytes.extend(&given);
            let back = binary_of(array, &bytes);
            prop_assert_eq!(back.as_deref(), Ok(bytes.as_slice()), "{}", array.name());
        }
    }

    #[test]
    fn nothing_is_left_of_what_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        for ty in super::super::super::pg::ALL.iter().copied() {
            for format in [Format::Text, Format::Binary] {
                let mut list = Writer::new();
                match parameter(ty, format, Some(&bytes), &mut list) {
                    Ok(()) => prop_assert!(!list.is_empty()),
                    Err(error) => {
                        prop_assert!(list.is_empty(), "{} left by {error}", ty.name());
                        prop_assert_eq!(error.sqlstate().len(), 5);
                    }
                }
            }
        }
    }

    #[test]
    fn moments_come_back_in_every_zone(
        seconds in -63_082_281_600_i64..252_455_615_999,
        zone in prop::sample::select(vec!["Europe/Zurich", "America/New_York", "-7", "UTC"]),
    ) {
        let zone = Zone::of_setting(zone).unwrap();
        let given = (seconds * 1_000_000).to_be_bytes();
        let mut list = Writer::new();
        parameter(PgType::Timestamptz, Format::Binary, Some(&given), &mut list).unwrap();
        let mut out = bytes::BytesMut::new();
        let codec =
            Codec { ty: PgType::Timestamptz, typmod: -1, format: Format::Text, zone };
        super::super::super::encode::row(&mut out, &[codec], list.as_bytes()).unwrap();
        let shown = std::str::from_utf8(&out[6..]).unwrap();
        let mut again = Writer::new();
        // A text before the year 1, of a zone behind UTC, is refused with its era.
        match (Decoder { zone }).literal_text(PgType::Timestamptz, shown, &mut again) {
            Ok(()) => prop_assert_eq!(again.as_bytes(), list.as_bytes(), "{}", shown),
            Err(error) => prop_assert!(shown.ends_with("BC"), "{shown}: {error}"),
        }
    }
}

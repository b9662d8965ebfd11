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
    assert!(text(PgType::Json, &"[".repeat(7000)).starts_with("54001"));
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

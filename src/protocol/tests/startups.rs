//! Packets before the login: section A of the catalogue, as recorded from PostgreSQL 15.18.

use bytes::BytesMut;

use super::{Fate, answered};
use crate::protocol::startup::{FirstPacket, Opening, Startup, first_packet};
use crate::protocol::violation::Violation;

/// A startup packet of this version with this body.
fn packet(major: u16, minor: u16, body: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(body.len() + 8).unwrap().to_be_bytes().to_vec();
    bytes.extend(major.to_be_bytes());
    bytes.extend(minor.to_be_bytes());
    bytes.extend(body);
    bytes
}

fn read(bytes: &[u8]) -> Result<Option<FirstPacket>, Violation> {
    first_packet(&mut BytesMut::from(bytes))
}

fn startup(minor: u16, body: &[u8]) -> Startup {
    match read(&packet(3, minor, body)) {
        Ok(Some(FirstPacket::Startup(startup))) => startup,
        other => panic!("not a startup: {other:?}"),
    }
}

/// A3, A6: the length decides, before anything else has come.
#[test]
fn impossible_lengths_close_silently() {
    for length in [0, 3, 4, 7, 10_005, 0x7fff_ffff, u32::MAX] {
        let violation = read(&length.to_be_bytes()).expect_err("impossible");
        assert_eq!(violation.answer(), (None, Fate::CloseSilently), "{length}");
    }
    for other in [&b"GET / HTTP/1.1\r\n"[..], b"\x16\x03\x01\x02\x00\x01", b"\xffSMB\0\0\0\0"] {
        let violation = read(other).expect_err("another protocol");
        assert_eq!(violation.answer(), (None, Fate::CloseSilently), "{other:?}");
    }
    assert_eq!(read(&10_004_u32.to_be_bytes()), Ok(None));
    assert_eq!(read(&8_u32.to_be_bytes()), Ok(None));
    assert_eq!(read(&[0, 0, 0x27]), Ok(None));
}

/// A4.
#[test]
fn layouts_end_with_a_terminator() {
    let cases: &[&[u8]] = &[
        b"",
        b"user\0me\0",
        b"user\0me\0\0junk",
        b"user\0me\0\0\0",
        b"user\0",
        b"user",
        b"user\0me\0x\0\0",
    ];
    for body in cases {
        let violation = read(&packet(3, 0, body)).expect_err("bad layout");
        let message = "invalid startup packet layout: expected terminator as last byte".to_owned();
        let expected = ("08P01", message, Fate::CloseAfterMessage);
        assert_eq!(answered(&violation), expected, "{body:?}");
    }
}

/// A5, A7, A8.
#[test]
fn users_must_have_names() {
    let none = "no PostgreSQL user name specified in startup packet";
    let long = [b"user\0", [b'u'; 64].as_slice(), b"\0\0"].concat();
    let cases: &[(&[u8], &str)] = &[
        (b"database\0d\0\0", none),
        (b"\0", none),
        (b"user\0\0\0", none),
        (b"user\0b\xffb\0\0", "user or database name is not valid UTF-8"),
        (b"user\0b\0database\0\xff\0\0", "user or database name is not valid UTF-8"),
        (&long, "user name is too long"),
    ];
    for (body, message) in cases {
        let violation = read(&packet(3, 0, body)).expect_err("no user");
        let expected = ("28000", (*message).to_owned(), Fate::CloseAfterMessage);
        assert_eq!(answered(&violation), expected, "{body:?}");
    }
    let longest = [b"user\0", [b'u'; 63].as_slice(), b"\0\0"].concat();
    assert_eq!(startup(0, &longest).user().len(), 63);
}

/// A9.
#[test]
fn other_versions_are_refused() {
    for (major, minor) in [(1, 0), (2, 0), (4, 0), (0, 0), (1234, 5677)] {
        let violation = read(&packet(major, minor, b"user\0me\0\0")).expect_err("version");
        let message =
            format!("unsupported frontend protocol {major}.{minor}: server supports 3.0 to 3.2");
        assert_eq!(answered(&violation), ("0A000", message, Fate::CloseAfterMessage));
        assert_eq!(violation.is_before_version_3(), major < 3);
    }
}

/// A7, A10 and the database that is not given.
#[test]
fn parameters_are_read_in_order() {
    let body = b"user\0first\0_pq_.foo\x001\0search_path\0a,b\0user\0last\0_pq_.bar\0\0\0";
    let startup = startup(9999, body);
    assert_eq!(startup.user(), "last");
    assert_eq!(startup.database(), "last");
    assert_eq!(startup.get("search_path"), Some("a,b"));
    assert_eq!(startup.get("_pq_.foo"), None);
    assert_eq!(startup.unknown_options, ["_pq_.foo", "_pq_.bar"]);
    assert!(startup.must_negotiate());
    assert_eq!(startup.minor_spoken(), 2);
}

#[test]
fn versions_3_0_and_3_2_need_no_negotiation() {
    for (minor, long_keys) in [(0, false), (1, false), (2, true)] {
        let startup = startup(minor, b"user\0me\0database\0db\0\0");
        assert_eq!(startup.database(), "db");
        assert!(!startup.must_negotiate());
        assert_eq!(startup.takes_long_keys(), long_keys);
    }
    assert!(startup(0, b"user\0me\0_pq_.x\0\0\0").must_negotiate());
}

#[test]
fn other_parameters_are_text_too() {
    let named = startup(0, b"user\0me\0application_name\0caf\xe9\nbar\0\0");
    assert_eq!(named.get("application_name"), Some("caf??bar"));
    let violation = read(&packet(3, 0, b"user\0me\0options\0\xff\0\0")).expect_err("no text");
    let message = "invalid byte sequence for encoding \"UTF8\": 0xff".to_owned();
    assert_eq!(answered(&violation), ("22021", message, Fate::CloseAfterMessage));
}

/// A24.
#[test]
fn cancel_requests_have_a_key() {
    let cancel = packet(1234, 5678, b"\0\0\x12\x34keyk");
    let expected = FirstPacket::Cancel { pid: 0x1234, key: "keyk".into() };
    assert_eq!(read(&cancel), Ok(Some(expected)));
    let long = packet(1234, 5678, &[7; 4 + 256]);
    assert!(matches!(read(&long), Ok(Some(FirstPacket::Cancel { key, .. })) if key.len() == 256));
    for body in [&[7; 7][..], &[], &[7; 4 + 257]] {
        let violation = read(&packet(1234, 5678, body)).expect_err("bad key");
        assert_eq!(violation.answer(), (None, Fate::CloseSilently));
    }
}

/// A16: each encryption may be asked for once, in either order.
#[test]
fn encryption_is_asked_for_once() {
    let (ssl, gss) = (packet(1234, 5679, b""), packet(1234, 5680, b""));
    let mut opening = Opening::default();
    let mut next = |packet: &[u8]| opening.next(&mut BytesMut::from(packet));
    assert_eq!(next(&gss), Ok(Some(FirstPacket::GssEnc)));
    assert_eq!(next(&ssl), Ok(Some(FirstPacket::Ssl)));
    let violation = next(&gss).expect_err("again");
    let (sqlstate, message, fate) = answered(&violation);
    assert_eq!((sqlstate, fate), ("0A000", Fate::CloseAfterMessage));
    assert!(message.starts_with("unsupported frontend protocol 1234.5680:"), "{message}");

    let mut inside = Opening::default();
    inside.encrypted();
    assert!(inside.next(&mut BytesMut::from(&ssl[..])).is_err());
}

/// A17: bytes behind a request for encryption end the connection, after the request was answered.
#[test]
fn nothing_stands_behind_a_request_for_encryption() {
    for (minor, name) in [(5679, "SSL"), (5680, "GSSAPI encryption")] {
        let startup = packet(3, 0, b"user\0me\0\0");
        let mut buf = BytesMut::from(&[packet(1234, minor, b""), startup].concat()[..]);
        let mut opening = Opening::default();
        assert!(matches!(opening.next(&mut buf), Ok(Some(_))), "the request itself is answered");
        let violation = opening.next(&mut buf).expect_err("stuffed");
        let message = format!("received unencrypted data after {name} request");
        assert_eq!(answered(&violation), ("08P01", message, Fate::CloseAfterMessage));
    }
}

//! Frames after the login: sections B, C and D of the catalogue, as recorded from PostgreSQL 15.18.

use super::{Fate, Frontend, Phase, answered, frame, read};
use crate::protocol::message::Kind;

/// C5 to C9, D10: what is wrong with a body, what is answered, and what the answer means for the
/// pipeline. The next message is untouched each time.
#[test]
fn bodies_are_refused_in_postgresqls_words() {
    use Fate::{Continue, SkipToSync};
    let utf8 = "invalid byte sequence for encoding \"UTF8\": ";
    let cases: &[(u8, &[u8], &str, &str, Fate)] = &[
        (b'Q', b"select 1", "08P01", "invalid string in message", Continue),
        (b'Q', b"", "08P01", "invalid string in message", Continue),
        (b'Q', b"select 1\0x", "08P01", "invalid message format", Continue),
        (b'Q', b"select 1\0select 2\0", "08P01", "invalid message format", Continue),
        (b'Q', b"select '\xff'\0", "22021", &format!("{utf8}0xff"), Continue),
        (b'Q', b"select '\xc0\xaf'\0", "22021", &format!("{utf8}0xc0 0xaf"), Continue),
        (b'Q', b"select '\xe2\x82'\0", "22021", &format!("{utf8}0xe2 0x82 0x27"), Continue),
        (b'S', b"x", "08P01", "invalid message format", Continue),
        (b'H', b"x", "08P01", "invalid message format", SkipToSync),
        (b'P', b"s\0select 1\0\0", "08P01", "insufficient data left in message", SkipToSync),
        (b'P', b"\0\0\x7f\xff", "08P01", "insufficient data left in message", SkipToSync),
        (b'P', b"\0\0\0\0x", "08P01", "invalid message format", SkipToSync),
        (b'P', b"\xff\0\0\0\0", "22021", &format!("{utf8}0xff"), SkipToSync),
        (b'B', b"", "08P01", "invalid string in message", SkipToSync),
        (b'B', b"\0\0\0\0\0\0\0\0x", "08P01", "invalid message format", SkipToSync),
        (
            b'B',
            b"\0\0\0\0\0\x01\xff\xff\xff\xfe\0\0",
            "08P01",
            "insufficient data left in message",
            SkipToSync,
        ),
        (
            b'B',
            b"\0\0\0\0\0\x01\x7f\xff\xff\xffab\0\0",
            "08P01",
            "insufficient data left in message",
            SkipToSync,
        ),
        (b'D', b"", "08P01", "no data left in message", SkipToSync),
        (b'D', b"X\0", "08P01", "invalid DESCRIBE message subtype 88", SkipToSync),
        (b'D', b"S", "08P01", "invalid string in message", SkipToSync),
        (b'C', b"X\0", "08P01", "invalid CLOSE message subtype 88", SkipToSync),
        (b'C', b"Sa\0b", "08P01", "invalid message format", SkipToSync),
        (b'E', b"\0\0\0\0", "08P01", "insufficient data left in message", SkipToSync),
        (b'E', b"\0\0\0\0\0\0", "08P01", "invalid message format", SkipToSync),
    ];
    for (kind, body, sqlstate, message, fate) in cases {
        let mut bytes = frame(*kind, body);
        bytes.extend(frame(b'S', b""));
        let (result, left) = read(&bytes, Phase::Ready);
        let violation = result.expect_err("malformed");
        let shown = format!("{} {body:?}", char::from(*kind));
        assert_eq!(answered(&violation), (*sqlstate, (*message).to_owned(), *fate), "{shown}");
        assert_eq!(left, 5, "the next frame begins where the length says: {shown}");
    }
}

/// C2, C4: lengths are judged from the header alone.
#[test]
fn impossible_lengths_close_silently() {
    let cases: &[(u8, u32)] = &[
        (b'Q', 0),
        (b'Q', 3),
        (b'Q', u32::MAX),
        (b'Q', 0x7fff_ffff),
        (b'Q', 0x3fff_ffff),
        (b'S', 20_000),
        (b'H', 10_001),
        (b'X', 10_001),
        (b'C', 10_001),
        (b'D', 10_001),
        (b'E', 10_001),
        (b'c', 10_001),
        (b'f', 10_001),
    ];
    for (kind, length) in cases {
        let mut bytes = vec![*kind];
        bytes.extend(length.to_be_bytes());
        let violation = read(&bytes, Phase::Ready).0.expect_err("impossible");
        assert_eq!(violation.answer(), (None, Fate::CloseSilently), "{kind} {length}");
    }
}

/// C3: above the operator's limit the client hears why, from the header alone.
#[test]
fn large_messages_are_refused_in_words() {
    let mut bytes = vec![b'P'];
    bytes.extend((64 * 1024 * 1024 + 1_u32).to_be_bytes());
    let violation = read(&bytes, Phase::Ready).0.expect_err("too large");
    let (sqlstate, message, fate) = answered(&violation);
    assert_eq!((sqlstate, message.as_str()), ("08P01", "message too large"));
    assert_eq!(fate, Fate::CloseAfterMessage);
    bytes[1..].copy_from_slice(&(64 * 1024 * 1024_u32).to_be_bytes());
    assert_eq!(read(&bytes, Phase::Ready).0, Ok(None));
}

/// C1: the type alone ends it, without a length.
#[test]
fn unknown_types_are_fatal() {
    let known = b"QPBDECSHXFdcf";
    for kind in 0..=u8::MAX {
        let (result, _) = read(&[kind], Phase::Ready);
        if known.contains(&kind) {
            assert_eq!(result, Ok(None));
        } else {
            let answer = answered(&result.expect_err("unknown"));
            let message = format!("invalid frontend message type {kind}");
            assert_eq!(answer, ("08P01", message, Fate::CloseAfterMessage));
        }
    }
}

/// B2 to B5.
#[test]
fn the_password_phase_takes_a_password() {
    let (result, left) = read(&frame(b'p', b"secret\0"), Phase::Password);
    assert_eq!(result, Ok(Some(Frontend::Password("secret".into()))));
    assert_eq!(left, 0);
    let latin1 = frame(b'p', b"caf\xe9\0");
    let password = Frontend::Password(b"caf\xe9"[..].into());
    assert_eq!(read(&latin1, Phase::Password).0, Ok(Some(password)));

    let cases: &[(&[u8], &str, &str)] = &[
        (b"\0", "28P01", "empty password returned by client"),
        (b"", "08P01", "invalid password packet size"),
        (b"abc", "08P01", "invalid password packet size"),
        (b"a\0bc\0", "08P01", "invalid password packet size"),
        (&[b'x'; 2_000], "28P01", "password is too long"),
    ];
    for (body, sqlstate, message) in cases {
        let violation = read(&frame(b'p', body), Phase::Password).0.expect_err("malformed");
        let expected = (*sqlstate, (*message).to_owned(), Fate::CloseAfterMessage);
        assert_eq!(answered(&violation), expected, "{body:?}");
    }
    let violation = read(&frame(b'p', &[0; 70_000]), Phase::Password).0.expect_err("too long");
    assert_eq!(violation.answer(), (None, Fate::CloseSilently));
    for kind in (0..=u8::MAX).filter(|kind| *kind != b'p') {
        let message = format!("expected password response, got message type {kind}");
        let violation = read(&[kind], Phase::Password).0.expect_err("not a password");
        assert_eq!(answered(&violation), ("08P01", message, Fate::CloseAfterMessage));
    }
}

/// D9, D10: parameters are slices of the frame, in order, and -1 is NULL.
#[test]
fn bind_is_read_whole() {
    let body = b"p\0s\0\0\x01\0\x01\0\x03\0\0\0\x02ab\xff\xff\xff\xff\0\0\0\0\0\x02\0\0\0\x01";
    let (result, left) = read(&frame(b'B', body), Phase::Ready);
    let expected = Frontend::Bind {
        portal: "p".into(),
        statement: "s".into(),
        parameter_formats: vec![1],
        parameters: vec![Some("ab".into()), None, Some("".into())],
        result_formats: vec![0, 1],
    };
    assert_eq!(result, Ok(Some(expected)));
    assert_eq!(left, 0);

    let mut many = b"\0\0\0\0\xff\xff".to_vec();
    many.extend([0xff; 4].repeat(65_535));
    many.extend([0, 0]);
    let Ok(Some(Frontend::Bind { parameters, .. })) = read(&frame(b'B', &many), Phase::Ready).0
    else {
        panic!("65 535 parameters are lawful");
    };
    assert_eq!(parameters, vec![None; 65_535]);
}

#[test]
fn other_messages_are_read_whole() {
    let execute = |max_rows| Frontend::Execute { portal: "c".into(), max_rows };
    let parse = Frontend::Parse { name: "n".into(), sql: "select $1".into(), types: vec![23, 0] };
    let cases: Vec<(Vec<u8>, Frontend)> = vec![
        (frame(b'Q', "select 'ä'\0".as_bytes()), Frontend::Query("select 'ä'".into())),
        (frame(b'P', b"n\0select $1\0\0\x02\0\0\0\x17\0\0\0\0"), parse),
        (frame(b'E', b"c\0\0\0\0\x05"), execute(5)),
        (frame(b'E', b"c\0\xff\xff\xff\xff"), execute(-1)),
        (frame(b'D', b"Ss\0"), Frontend::Describe { kind: Kind::Statement, name: "s".into() }),
        (frame(b'D', b"P\0"), Frontend::Describe { kind: Kind::Portal, name: String::new() }),
        (frame(b'C', b"Pp\0"), Frontend::Close { kind: Kind::Portal, name: "p".into() }),
        (frame(b'C', b"S\0"), Frontend::Close { kind: Kind::Statement, name: String::new() }),
        (frame(b'S', b""), Frontend::Sync),
        (frame(b'H', b""), Frontend::Flush),
        (frame(b'X', b""), Frontend::Terminate),
        (frame(b'X', b"and more"), Frontend::Terminate),
        (frame(b'F', b"anything"), Frontend::FunctionCall),
        (frame(b'd', b"1\t2\n"), Frontend::CopyData("1\t2\n".into())),
        (frame(b'c', b""), Frontend::CopyDone),
        (frame(b'f', b"\xff no terminator"), Frontend::CopyFail(String::new())),
    ];
    for (bytes, message) in cases {
        let (result, left) = read(&bytes, Phase::Ready);
        assert_eq!((result, left), (Ok(Some(message)), 0));
    }
}

/// D2, D3: what is skipped is not looked at; Sync ends it, Terminate too.
#[test]
fn skipping_reads_no_bodies() {
    let mut bytes = frame(b'B', b"malformed");
    bytes.extend(frame(b'Q', b"select '\xff'"));
    bytes.extend(frame(b'H', b""));
    bytes.extend(frame(b'S', b""));
    bytes.extend(frame(b'Q', b"select 1\0"));
    let (result, left) = read(&bytes, Phase::Skip);
    assert_eq!(result, Ok(Some(Frontend::Sync)));
    assert_eq!(left, 14);
    assert_eq!(read(&frame(b'X', b""), Phase::Skip).0, Ok(Some(Frontend::Terminate)));
    assert!(read(&frame(b'z', b""), Phase::Skip).0.is_err());
}

/// E3, E4: the rules of COPY.
#[test]
fn copy_takes_its_own_messages() {
    let failed = read(&frame(b'f', b"because\0"), Phase::Copy).0;
    assert_eq!(failed, Ok(Some(Frontend::CopyFail("because".into()))));
    assert_eq!(read(&frame(b'H', b""), Phase::Copy).0, Ok(Some(Frontend::Flush)));
    let (sqlstate, message, fate) = answered(&read(b"Q", Phase::Copy).0.expect_err("a query"));
    assert_eq!(sqlstate, "08P01");
    assert_eq!(message, "unexpected message type 0x51 during COPY from stdin");
    assert_eq!(fate, Fate::CloseAfterMessage);
}

//! What is sent, to the byte.

use bytes::BufMut;

use super::Fate;
use crate::protocol::outbox::{Field, Outbox, RETAINED_BYTES_MAX, Status};
use crate::protocol::report::Report;
use crate::protocol::violation::Violation;

/// What this writes.
fn written(write: impl FnOnce(&mut Outbox)) -> Vec<u8> {
    let mut outbox = Outbox::new();
    write(&mut outbox);
    outbox.take().to_vec()
}

/// Bytes as PostgreSQL's page "Message Formats" has them.
#[test]
fn messages_have_postgresqls_bytes() {
    let cases: Vec<(Vec<u8>, &[u8])> = vec![
        (written(|o| o.authentication_ok()), b"R\0\0\0\x08\0\0\0\0"),
        (written(|o| o.authentication_cleartext()), b"R\0\0\0\x08\0\0\0\x03"),
        (written(|o| o.parameter_status("a", "b")), b"S\0\0\0\x08a\0b\0"),
        (written(|o| o.backend_key_data(258, b"keyk")), b"K\0\0\0\x0c\0\0\x01\x02keyk"),
        (
            written(|o| o.negotiate_protocol_version(2, &["_pq_.a".into()])),
            b"v\0\0\0\x13\0\x03\0\x02\0\0\0\x01_pq_.a\0",
        ),
        (written(|o| o.ready(Status::Idle)), b"Z\0\0\0\x05I"),
        (written(|o| o.ready(Status::InTransaction)), b"Z\0\0\0\x05T"),
        (written(|o| o.ready(Status::Failed)), b"Z\0\0\0\x05E"),
        (written(|o| o.command_complete("SELECT 1")), b"C\0\0\0\x0dSELECT 1\0"),
        (written(|o| o.empty_query()), b"I\0\0\0\x04"),
        (written(|o| o.no_data()), b"n\0\0\0\x04"),
        (written(|o| o.parse_complete()), b"1\0\0\0\x04"),
        (written(|o| o.bind_complete()), b"2\0\0\0\x04"),
        (written(|o| o.close_complete()), b"3\0\0\0\x04"),
        (written(|o| o.portal_suspended()), b"s\0\0\0\x04"),
        (written(|o| o.parameter_description(&[23, 25])), b"t\0\0\0\x0e\0\x02\0\0\0\x17\0\0\0\x19"),
        (written(|o| o.encryption_refused()), b"N"),
    ];
    for (bytes, expected) in cases {
        assert_eq!(bytes.escape_ascii().to_string(), expected.escape_ascii().to_string());
    }
}

#[test]
fn rows_are_described_and_written_in_place() {
    let field = Field {
        name: "id".into(),
        table_oid: 16_384,
        attnum: 1,
        type_oid: 23,
        type_len: 4,
        typmod: -1,
        format: 1,
    };
    let bytes = written(|o| o.row_description(&[field]));
    let expected = b"T\0\0\0\x1b\0\x01id\0\0\0\x40\0\0\x01\0\0\0\x17\0\x04\xff\xff\xff\xff\0\x01";
    assert_eq!(bytes, expected);

    let row = written(|outbox| {
        outbox.parse_complete();
        let mark = outbox.begin_row();
        outbox.buffer().put_slice(b"\0\x01\0\0\0\x01x");
        outbox.end_row(mark).expect("short");
        let mark = outbox.begin_row();
        outbox.buffer().put_slice(b"half a row");
        outbox.abandon_row(mark);
    });
    assert_eq!(row, b"1\0\0\0\x04D\0\0\0\x0b\0\x01\0\0\0\x01x");
}

#[test]
fn reports_are_errors_or_notices() {
    let error = Report::error("42601", "syntax error").at(8);
    let bytes = written(|o| o.error(&error));
    assert_eq!(bytes, b"E\0\0\0\x2bSERROR\0VERROR\0C42601\0Msyntax error\0P8\0\0");
    let warning = Report::warning("25P01", "no\0transaction");
    let bytes = written(|o| o.notice(&warning));
    assert_eq!(bytes, b"N\0\0\0\x2eSWARNING\0VWARNING\0C25P01\0Mno?transaction\0\0");
}

/// A name with a NUL would shift all that follows.
#[test]
fn no_text_ends_early() {
    assert_eq!(written(|o| o.command_complete("A\0B")), b"C\0\0\0\x08A?B\0");
}

/// A9: clients before version 3 read a letter, a line and a NUL.
#[test]
fn old_clients_are_refused_in_their_form() {
    let mut outbox = Outbox::new();
    let old = Violation::UnsupportedProtocol { major: 2, minor: 0 };
    assert_eq!(outbox.refusal(&old), Fate::CloseAfterMessage);
    let text = "unsupported frontend protocol 2.0: server supports 3.0 to 3.2";
    assert_eq!(outbox.take(), format!("EFATAL:  {text}\n\0").as_bytes());

    assert_eq!(outbox.refusal(&Violation::StartupLength(0)), Fate::CloseSilently);
    assert!(outbox.is_empty());

    let unsent = outbox.refusal(&Violation::DuringCopy(b'Q'));
    assert_eq!(unsent, Fate::CloseAfterMessage);
    let bytes = outbox.take().escape_ascii().to_string();
    assert!(bytes.contains("0x51 during COPY from stdin"), "{bytes}");
    assert!(bytes.contains("FATAL"), "{bytes}");
    assert!(bytes.contains("protocol synchronization was lost"), "{bytes}");
}

/// The memory is used again, and a large row's is given back.
#[test]
fn the_buffer_is_used_again() {
    let mut outbox = Outbox::new();
    outbox.buffer().reserve(8_192);
    let home = outbox.as_bytes().as_ptr();
    for _ in 0..1_000 {
        for _ in 0..100 {
            outbox.parse_complete();
        }
        assert_eq!(outbox.len(), 500);
        outbox.advance(123);
        outbox.advance(377);
        assert!(outbox.is_empty());
    }
    outbox.buffer().reserve(8_000);
    assert_eq!(outbox.as_bytes().as_ptr(), home, "nothing was allocated");

    outbox.buffer().put_bytes(0, RETAINED_BYTES_MAX + 1);
    outbox.advance(RETAINED_BYTES_MAX);
    outbox.advance(1);
    outbox.buffer().reserve(1);
    assert!(outbox.buffer().capacity() < RETAINED_BYTES_MAX, "the memory was given back");
}

//! Properties of everything that reads bytes from strangers.

use bytes::BytesMut;
use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};

use super::frame;
use crate::protocol::encoding;
use crate::protocol::frame::{Limits, Phase, next};
use crate::protocol::fuzz::{fuzz_first_packet, fuzz_frame};
use crate::protocol::message::Frontend;
use crate::protocol::startup::first_packet;
use crate::protocol::violation::{Fate, Violation};

/// What a reader makes of a stream that comes in pieces: messages and violations, up to the one
/// that ends the connection.
fn feed(pieces: &[&[u8]], phase: Phase) -> Vec<Result<Frontend, Violation>> {
    let mut buf = BytesMut::new();
    let mut seen = Vec::new();
    for piece in pieces {
        buf.extend_from_slice(piece);
        loop {
            match next(&mut buf, phase, &Limits::default()) {
                Ok(Some(message)) => seen.push(Ok(message)),
                Ok(None) => break,
                Err(violation) => {
                    let fate = violation.answer().1;
                    seen.push(Err(violation));
                    if matches!(fate, Fate::CloseAfterMessage | Fate::CloseSilently) {
                        return seen;
                    }
                }
            }
        }
    }
    seen
}

/// Bodies that are nearly right: strings, counts and lengths in any order.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            b"\0".to_vec(), b"\0\0".to_vec(), b"\0\x01".to_vec(), b"\0\0\0\0".to_vec(),
            b"\xff\xff\xff\xff".to_vec(), b"\0\0\0\x02".to_vec(), b"S".to_vec(), b"P".to_vec(),
            b"select 1\0".to_vec(), b"name\0".to_vec(), b"\xc3\xa4\0".to_vec(), b"\xff".to_vec(),
        ]),
        1 => vec(any::<u8>(), 0..6),
    ];
    vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// A stream of frames, most of them with a lawful type and a true length.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let kind =
        prop_oneof![20 => prop::sample::select(b"QPBDECSHXFdcfp".to_vec()), 1 => any::<u8>()];
    let one = (kind, body(), prop_oneof![20 => 0..1_i32, 1 => -6..6_i32]).prop_map(
        |(kind, body, error)| {
            let mut bytes = frame(kind, &body);
            let length = i32::from_be_bytes(bytes[1..5].try_into().unwrap());
            bytes[1..5].copy_from_slice(&length.wrapping_add(error).to_be_bytes());
            bytes
        },
    );
    vec(one, 0..8).prop_map(|frames| frames.concat())
}

fn phase() -> impl Strategy<Value = Phase> {
    prop::sample::select(vec![Phase::Password, Phase::Ready, Phase::Skip, Phase::Copy])
}

/// A startup packet that is nearly right.
fn packet() -> impl Strategy<Value = Vec<u8>> {
    let code = prop_oneof![
        4 => prop::sample::select(vec![196_608_u32, 196_610, 196_609, 206_607]),
        2 => prop::sample::select(vec![80_877_102_u32, 80_877_103, 80_877_104]),
        1 => any::<u32>(),
    ];
    (code, vec(prop_oneof!["user", "database", "_pq_.x", "[a-z]{0,3}"], 0..7), any::<bool>())
        .prop_map(|(code, strings, terminated)| {
            let mut body: Vec<u8> = strings.iter().flat_map(|s| s.bytes().chain([0])).collect();
            body.extend(terminated.then_some(0));
            let mut bytes = u32::try_from(body.len() + 8).unwrap().to_be_bytes().to_vec();
            bytes.extend(code.to_be_bytes());
            bytes.extend(body);
            bytes
        })
}

proptest! {
    /// C10: however the stream is cut, the answers are the same.
    #[test]
    fn any_split_reads_as_the_whole(
        stream in stream(),
        cut in any::<prop::sample::Index>(),
        phase in phase(),
    ) {
        let whole = feed(&[&stream], phase);
        let at = cut.index(stream.len() + 1);
        prop_assert_eq!(&feed(&[&stream[..at], &stream[at..]], phase), &whole);
        let single: Vec<&[u8]> = stream.chunks(1).collect();
        prop_assert_eq!(&feed(&single, phase), &whole);
    }

    #[test]
    fn any_split_of_a_packet_reads_as_the_whole(
        packet in packet(),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut whole = BytesMut::from(&packet[..]);
        let expected = first_packet(&mut whole);
        let at = cut.index(packet.len() + 1);
        let mut buf = BytesMut::from(&packet[..at]);
        let got = match first_packet(&mut buf) {
            Ok(None) => {
                buf.extend_from_slice(&packet[at..]);
                first_packet(&mut buf)
            }
            early => early,
        };
        prop_assert_eq!(got, expected);
    }

    #[test]
    fn random_packets_keep_the_invariants(bytes in vec(any::<u8>(), 0..64)) {
        fuzz_first_packet(&bytes);
    }

    #[test]
    fn likely_packets_keep_the_invariants(packets in vec(packet(), 0..4)) {
        fuzz_first_packet(&packets.concat());
    }

    #[test]
    fn random_frames_keep_the_invariants(bytes in vec(any::<u8>(), 0..64)) {
        fuzz_frame(&bytes);
    }

    #[test]
    fn likely_frames_keep_the_invariants(stream in stream()) {
        fuzz_frame(&stream);
    }

    /// C9: text is refused exactly when the standard library refuses it.
    #[test]
    fn text_is_utf8(bytes in vec(any::<u8>(), 0..12)) {
        prop_assert_eq!(encoding::text(&bytes).ok(), std::str::from_utf8(&bytes).ok());
        if let Err(invalid) = encoding::text(&bytes) {
            let shown = invalid.bytes();
            prop_assert_eq!(bytes.windows(shown.len()).any(|window| window == shown), true);
        }
    }
}

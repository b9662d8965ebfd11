//! The targets of `fuzz/` as plain functions: they also run in the ordinary tests, under random and
//! under almost valid input. Each panics when an invariant of this room does not hold.

use bytes::BytesMut;

use super::frame::{self, Limits, Phase};
use super::startup;

/// Reads packets before the login until the bytes end or break a rule.
pub fn fuzz_first_packet(bytes: &[u8]) {
    let mut buf = BytesMut::from(bytes);
    loop {
        let before = buf.clone();
        match startup::first_packet(&mut buf) {
            Ok(Some(_)) => {
                let consumed = before.len().abs_diff(buf.len());
                assert_eq!(Some(consumed), length_word(&before, 0), "consumed is the length");
                assert!(before.ends_with(&buf), "the rest is left alone");
            }
            Ok(None) => return assert_eq!(before, buf, "an incomplete packet is left alone"),
            Err(violation) => {
                let (report, _) = violation.answer();
                assert!(report.is_none_or(|report| report.sqlstate.len() == 5));
                return;
            }
        }
    }
}

/// Reads frames in every phase until the bytes end or break a rule that ends the connection.
pub fn fuzz_frame(bytes: &[u8]) {
    for phase in [Phase::Password, Phase::Ready, Phase::Skip, Phase::Copy] {
        frames(bytes, phase);
    }
}

fn frames(bytes: &[u8], phase: Phase) {
    let limits = Limits::default();
    let mut buf = BytesMut::from(bytes);
    loop {
        let before = buf.clone();
        let result = frame::next(&mut buf, phase, &limits);
        let consumed = before.len().abs_diff(buf.len());
        assert!(before.ends_with(&buf), "the rest is left alone");
        let goes_on = match result {
            Ok(Some(_)) => true,
            Ok(None) => return,
            Err(violation) => {
                use super::violation::Fate::{Continue, SkipToSync};
                matches!(violation.answer().1, Continue | SkipToSync)
            }
        };
        if !goes_on {
            return;
        }
        if phase != Phase::Skip {
            let frame_length = length_word(&before, 1).and_then(|length| length.checked_add(1));
            assert_eq!(Some(consumed), frame_length, "consumed is the length");
        }
    }
}

fn length_word(bytes: &[u8], at: usize) -> Option<usize> {
    let word = bytes.get(at..)?.first_chunk::<4>()?;
    usize::try_from(u32::from_be_bytes(*word)).ok()
}

//! The value stack, strings and their codes (facts, callin §1.1 to §1.3 and §7).
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod caller;

use caller::*;
use irisdb::callin::{calls, lists, pops, pushes};

#[test]
fn values_come_back_in_reverse_order() {
    let _session = started();
    assert_eq!(pushes::IrisPushInt(-5), 0);
    assert_eq!(pushes::IrisPushInt64(i64::MIN), 0);
    assert_eq!(pushes::IrisPushDbl(0.5), 0);
    assert_eq!(pushes::IrisPushIEEEDbl(1.5), 0);
    assert_eq!(push(b"12abc"), 0);
    assert_eq!(pushes::IrisPushUndef(), 0);
    assert_eq!(pop(), Ok(Vec::new()));
    assert_eq!(pop_int(), Ok(12));
    assert_eq!(pop_double(), Ok(1.5));
    assert_eq!(pop(), Ok(b".5".to_vec()));
    assert_eq!(pop_int64(), Ok(i64::MIN));
    assert_eq!(pop(), Ok(b"-5".to_vec()));
}

/// §1.1: −13 on an empty stack, −7 without a session.
#[test]
fn an_empty_stack_and_no_session_have_their_codes() {
    {
        let _session = started();
        assert_eq!(pop(), Err(-13));
        assert_eq!(pop_int(), Err(-13));
        assert_eq!(pop_oref(), Err(-13));
        assert_eq!(pop_long(), Err(-13));
        assert_eq!(pops::IrisType(), -13);
        assert_eq!(pops::IrisUnPop(), -13);
    }
    let _turn = turn();
    assert_eq!(pop(), Err(-7));
    assert_eq!(push(b"x"), -7);
    assert_eq!(pops::IrisType(), -7);
    assert_eq!(calls::IrisInvokeMethod(0), -7);
    assert_eq!(evaluate("$ZVERSION"), Err(-7));
}

/// §2.3: a Unicode instance reports strings as 15 and numbers as 2.
#[test]
fn types_are_those_of_a_unicode_instance() {
    let _session = started();
    for (push, code) in [
        (push(b"ascii"), 15),
        (push_wide(&[0x4F60]), 15),
        (pushes::IrisPushInt(1), 2),
        (pushes::IrisPushDbl(1.0), 2),
        (pushes::IrisPushIEEEDbl(1.0), 19),
        (pushes::IrisPushUndef(), 21),
    ]
    .into_iter()
    .rev()
    .collect::<Vec<_>>()
    {
        assert_eq!(push, 0);
        assert_eq!(pops::IrisType(), code);
        pop_wide().unwrap();
    }
}

/// §7: characters that do not fit make PopStr fail; the W functions give them.
#[test]
fn wide_characters_need_the_wide_functions() {
    let _session = started();
    assert_eq!(push_wide(&[0x4F60, 65]), 0);
    assert_eq!(pop(), Err(89));
    assert_eq!(error(), "<WIDE CHAR>");
    assert_eq!(pop_wide(), Ok(vec![0x4F60, 65]));
    assert_eq!(push_wide(&[0xE4, 65]), 0);
    assert_eq!(pop(), Ok(vec![0xE4, 65]));
    assert_eq!(push(&[0xE4]), 0);
    assert_eq!(pop_wide(), Ok(vec![0xE4]));
}

/// §7: 32 767 characters by PushStr, 3 641 144 by PushExStr, `<MAXSTRING>` beyond; PopStr also
/// gives long strings, with a spare byte (which `pop` writes).
#[test]
fn strings_have_their_lengths() {
    let _session = started();
    assert_eq!(push(&[7; 32_767]), 0);
    assert_eq!(pop().unwrap().len(), 32_767);
    assert_eq!(push(&[7; 32_768]), -3);
    let mut string = long(&vec![9; 3_641_144]);
    assert_eq!(push_long(&mut string), 0);
    assert_eq!(kill(&mut string), 0);
    assert_eq!(pop().unwrap(), vec![9; 3_641_144]);
    let mut string = long(&vec![9; 3_641_145]);
    assert_eq!(push_long(&mut string), 5);
    assert_eq!(error(), "<MAXSTRING>");
    assert_eq!(kill(&mut string), 0);
    // SAFETY: a negative length and a null pointer are refused before anything is read.
    assert_eq!(unsafe { pushes::IrisPushStr(-1, b"x".as_ptr()) }, -12);
    // SAFETY: as above.
    assert_eq!(unsafe { pushes::IrisPushStr(1, std::ptr::null()) }, -12);
    // SAFETY: an empty string may be a null pointer.
    assert_eq!(unsafe { pushes::IrisPushStr(0, std::ptr::null()) }, 0);
    assert_eq!(pop(), Ok(Vec::new()));
}

/// §7: the life of an EXSTR; −14 when it is in use, 22 for the kill of an empty one.
#[test]
fn long_strings_live_until_they_are_killed() {
    let _session = started();
    let mut string = long(b"abcdef");
    string.len = 3;
    assert_eq!(push_long(&mut string), 0);
    assert_eq!(pop_into(&mut string), -14);
    assert_eq!(kill(&mut string), 0);
    assert_eq!(kill(&mut string), 22);
    assert_eq!(pop_into(&mut string), 0);
    assert_eq!(characters(&string), b"abc");
    assert_eq!(push_long(&mut string), 0);
    assert_eq!(kill(&mut string), 0);
    assert_eq!(pop_long(), Ok(b"abc".to_vec()));
    let mut foreign = empty();
    let mut byte = 0;
    foreign.str.ch = &mut byte;
    assert_eq!(push_long(&mut foreign), -12);
    assert_eq!(kill(&mut foreign), 22);
    let mut beyond = long(b"ab");
    beyond.len = 400;
    assert_eq!(push_long(&mut beyond), -12);
    assert_eq!(kill(&mut beyond), 0);
}

#[test]
fn what_was_popped_can_be_put_back_once() {
    let _session = started();
    assert_eq!(push(b"a"), 0);
    assert_eq!(pop(), Ok(b"a".to_vec()));
    assert_eq!(pops::IrisUnPop(), 0);
    let mut entry = std::ptr::null_mut();
    // SAFETY: the place is writable.
    assert_eq!(unsafe { pops::IrisPop(&mut entry) }, 0);
    assert_eq!(pops::IrisUnPop(), 0);
    assert_eq!(pops::IrisUnPop(), -13);
    assert_eq!(pop(), Ok(b"a".to_vec()));
}

/// §7: PushList and PopList translate elements, so they look at them.
#[test]
fn lists_are_lists() {
    let _session = started();
    let push_list = |list: &[u8]| {
        // SAFETY: the bytes are there.
        unsafe { lists::IrisPushList(i32::try_from(list.len()).unwrap(), list.as_ptr()) }
    };
    let pop_list = || {
        let (mut length, mut bytes) = (0, std::ptr::null_mut());
        // SAFETY: both places are writable.
        (unsafe { lists::IrisPopList(&mut length, &mut bytes) }, length)
    };
    assert_eq!(push_list(&[3, 1, 65]), 0);
    assert_eq!(pop_list(), (0, 3));
    assert_eq!(push_list(&[9, 1, 65]), 82);
    assert_eq!(push_list(&[4, 2, 0x60, 0x4F]), 0);
    assert_eq!(pop_list(), (89, 0));
    assert_eq!(pop_long(), Ok(vec![4, 2, 0x60, 0x4F]));
    assert_eq!(pop_list(), (-13, 0));
}

/// §1.1 and the table: an action takes reference and arguments, and leaves what is below.
#[test]
fn actions_drop_their_inputs_also_when_they_fail() {
    let _session = started();
    assert_eq!(push(b"junk"), 0);
    assert_eq!(push_class_method("No.Such", "M", 1), 0);
    assert_eq!(push(b"argument"), 0);
    assert_eq!(calls::IrisInvokeClassMethod(1), 122);
    assert_eq!(error(), "<CLASS DOES NOT EXIST> *No.Such");
    assert_eq!(pop(), Ok(b"junk".to_vec()));
    assert_eq!(pop(), Err(-13));
    assert_eq!(calls::IrisInvokeMethod(0), -12);
    assert_eq!(calls::IrisInvokeMethod(-1), -12);
    assert_eq!(push_class_method("", "M", 1), -12);
}

/// §7: 120 for a method, 121 for a property, 119 and −12 for a bad reference, 163 for no object.
#[test]
fn objects_have_their_errors() {
    let _session = started();
    assert_eq!(push_class_method("IrisPG.Session", "None", 1), 0);
    assert_eq!(calls::IrisInvokeClassMethod(0), 120);
    let oref = object();
    assert_eq!(push_method(oref, "run", 1), 0);
    assert_eq!(calls::IrisInvokeMethod(0), 120);
    assert_eq!(error(), "<METHOD DOES NOT EXIST> *run,IrisPG.Session");
    assert_eq!(push_property(oref, "Color"), 0);
    assert_eq!(calls::IrisGetProperty(), 121);
    assert_eq!(push_property(oref, "Color"), 0);
    assert_eq!(push(b"red"), 0);
    assert_eq!(calls::IrisSetProperty(), 121);
    assert_eq!(pushes::IrisPushOref(oref + 1), 119);
    assert_eq!(push_method(oref + 1, "Run", 1), -12);
    assert_eq!(push_property(oref + 1, "X"), -12);
    assert_eq!(push(b"1"), 0);
    assert_eq!(pop_oref(), Err(163));
    assert_eq!(calls::IrisCloseOref(oref + 1), 119);
    assert_eq!(calls::IrisIncrementCountOref(oref + 1), 119);
}

#[test]
fn objects_live_while_they_are_counted() {
    let _session = started();
    let oref = object();
    assert_eq!(calls::IrisIncrementCountOref(oref), 0);
    assert_eq!(calls::IrisCloseOref(oref), 0);
    assert_eq!(pushes::IrisPushOref(oref), 0);
    assert_eq!(calls::IrisCloseOref(oref), 0);
    assert_eq!(pops::IrisType(), 16);
    assert_eq!(pop_oref(), Ok(oref));
    assert_eq!(push_method(oref, "Close", 0), 0);
    assert_eq!(pushes::IrisPushInt(3), 0);
    assert_eq!(calls::IrisInvokeMethod(1), 0);
    assert_eq!(pop(), Err(-13));
    assert_eq!(calls::IrisCloseOref(oref), 0);
    assert_eq!(calls::IrisCloseOref(oref), 119);
}

/// Table: `<ARGSTACK>` exists; the depth is the simulator's.
#[test]
fn a_full_stack_is_an_error_that_can_be_cleared() {
    let _session = started();
    let mut depth = 0;
    let status = loop {
        match pushes::IrisPushInt(1) {
            0 => depth += 1,
            other => break other,
        }
    };
    assert_eq!(status, 25);
    for _ in 0..depth {
        assert_eq!(pop_int(), Ok(1));
    }
    assert_eq!(pop_int(), Err(-13));
}

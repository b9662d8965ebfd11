//! Whatever a caller pushes, pops and invokes, the library answers with a code.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod caller;

use caller::*;
use irisdb::callin::{calls, pops, pushes, sessions, transactions};
use irisdb::list::ListReader;
use proptest::prelude::*;

/// A step of a caller that has lost its way.
#[derive(Debug, Clone)]
enum Step {
    PushInt(i64),
    PushDouble(f64),
    PushUndef,
    Push(Vec<u8>),
    PushWide(Vec<u16>),
    PushLong(Vec<u8>),
    PushOref(u32),
    PushClassMethod(String, String, i32),
    PushMethod(u32, &'static str, i32),
    PushProperty(u32, String),
    InvokeClassMethod(i32),
    InvokeMethod(i32),
    GetProperty,
    SetProperty,
    PopInt,
    PopDouble,
    Pop,
    PopWide,
    PopLong,
    PopOref,
    UnPop,
    Type,
    CloseOref(u32),
    Transaction(u8),
    Evaluate(String),
    Execute(String),
    Abort(u8),
}

const METHODS: [&str; 16] = [
    "Open",
    "Run",
    "Prepare",
    "Fetch",
    "Batch",
    "Close",
    "Begin",
    "Savepoint",
    "Release",
    "RollbackTo",
    "Commit",
    "Rollback",
    "Describe",
    "Stream",
    "None",
    "",
];

fn step() -> impl Strategy<Value = Step> {
    let bytes = || proptest::collection::vec(any::<u8>(), 0..40);
    let oref = 0_u32..4;
    prop_oneof![
        (-3_i64..9).prop_map(Step::PushInt),
        any::<i64>().prop_map(Step::PushInt),
        any::<f64>().prop_map(Step::PushDouble),
        Just(Step::PushUndef),
        bytes().prop_map(Step::Push),
        proptest::collection::vec(any::<u16>(), 0..20).prop_map(Step::PushWide),
        bytes().prop_map(Step::PushLong),
        oref.clone().prop_map(Step::PushOref),
        ("(IrisPG.Session|[A-Z%.]{0,9})", "(%New|[A-Za-z]{0,9})", 0..2)
            .prop_map(|(c, m, flag)| Step::PushClassMethod(c, m, flag)),
        (oref.clone(), 0..METHODS.len(), 0..2)
            .prop_map(|(oref, m, flag)| Step::PushMethod(oref, METHODS[m], flag)),
        (oref.clone(), "[A-Z]{0,5}").prop_map(|(oref, name)| Step::PushProperty(oref, name)),
        (-1..6).prop_map(Step::InvokeClassMethod),
        (-1..6).prop_map(Step::InvokeMethod),
        Just(Step::GetProperty),
        Just(Step::SetProperty),
        Just(Step::PopInt),
        Just(Step::PopDouble),
        Just(Step::Pop),
        Just(Step::PopWide),
        Just(Step::PopLong),
        Just(Step::PopOref),
        Just(Step::UnPop),
        Just(Step::Type),
        oref.prop_map(Step::CloseOref),
        (0_u8..4).prop_map(Step::Transaction),
        "(\\$[a-zA-Z]{1,9}|.{0,12})".prop_map(Step::Evaluate),
        "(zn \"[A-Z%]{0,5}\"|set \\$namespace=.{0,6}|[^hH].{0,12})".prop_map(Step::Execute),
        (0_u8..4).prop_map(Step::Abort),
    ]
}

fn latin(text: &str) -> String {
    text.chars().filter(char::is_ascii).collect()
}

/// Carries a step out; its code where it has one.
fn carry_out(step: &Step) -> i32 {
    let code = |result: Result<(), i32>| result.err().unwrap_or(0);
    match step {
        Step::PushInt(number) => pushes::IrisPushInt64(*number),
        Step::PushDouble(number) => pushes::IrisPushDbl(*number),
        Step::PushUndef => pushes::IrisPushUndef(),
        Step::Push(bytes) => push(bytes),
        Step::PushWide(units) => push_wide(units),
        Step::PushLong(bytes) => {
            let mut string = long(bytes);
            let status = push_long(&mut string);
            assert_eq!(kill(&mut string), 0);
            status
        }
        Step::PushOref(oref) => pushes::IrisPushOref(*oref),
        Step::PushClassMethod(class, method, flag) => push_class_method(class, method, *flag),
        Step::PushMethod(oref, method, flag) => push_method(*oref, method, *flag),
        Step::PushProperty(oref, name) => push_property(*oref, name),
        Step::InvokeClassMethod(count) => calls::IrisInvokeClassMethod(*count),
        Step::InvokeMethod(count) => calls::IrisInvokeMethod(*count),
        Step::GetProperty => calls::IrisGetProperty(),
        Step::SetProperty => calls::IrisSetProperty(),
        Step::PopInt => code(pop_int().map(drop)),
        Step::PopDouble => code(pop_double().map(drop)),
        Step::Pop => code(pop().map(drop)),
        Step::PopWide => code(pop_wide().map(drop)),
        Step::PopLong => code(pop_long().map(drop)),
        Step::PopOref => code(pop_oref().map(drop)),
        Step::UnPop => pops::IrisUnPop(),
        Step::Type => pops::IrisType(),
        Step::CloseOref(oref) => calls::IrisCloseOref(*oref),
        Step::Transaction(0) => transactions::IrisTStart(),
        Step::Transaction(1) => transactions::IrisTCommit(),
        Step::Transaction(n) => transactions::IrisTRollback((*n).into()),
        Step::Evaluate(text) => code(evaluate(&latin(text)).map(drop)),
        Step::Execute(text) => execute(&latin(text)),
        Step::Abort(kind) => sessions::IrisAbort((*kind).into()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_order_of_calls_gets_documented_codes(
        steps in proptest::collection::vec(step(), 1..60),
    ) {
        let _session = started();
        for step in &steps {
            let status = carry_out(step);
            // Nothing that this caller does breaks the connection or has no session.
            prop_assert!(status != -4 && status != -7, "{step:?} gave {status}");
            prop_assert!(status != 10, "{step:?} ended in <SYSTEM>: {}", error());
            prop_assert!((-15..=207).contains(&status), "{step:?} gave {status}");
        }
        while pop_wide().is_ok() {}
        prop_assert_eq!(pop_int(), Err(-13));
        let oref = object();
        prop_assert_eq!(pushes::IrisPushOref(oref), 0);
        prop_assert_eq!(pop_oref(), Ok(oref));
    }

    /// Every method answers any arguments with a list of 14 elements, or says `<PARAMETER>`.
    #[test]
    fn every_method_answers_any_arguments(
        method in 0..14_usize,
        arguments in proptest::collection::vec(
            prop_oneof![
                any::<i64>().prop_map(|n| (n, Vec::new())),
                proptest::collection::vec(any::<u8>(), 1..60).prop_map(|b| (0, b)),
            ],
            0..6,
        ),
        open in any::<bool>(),
    ) {
        let _session = started();
        let oref = object();
        if open {
            let answer = call(oref, "Open", &[Arg::Int(1), Arg::Bytes(b"USER")]).unwrap();
            prop_assert_eq!(answer.outcome(), (0, 0, String::new()));
        }
        let arguments: Vec<Arg<'_>> = arguments
            .iter()
            .map(|(n, b)| if b.is_empty() { Arg::Int(*n) } else { Arg::Bytes(b) })
            .collect();
        match call(oref, METHODS[method], &arguments) {
            Ok(answer) => {
                let elements: Result<Vec<_>, _> = ListReader::new(&answer.0).collect();
                prop_assert_eq!(elements.unwrap().len(), 14);
                prop_assert!((0..=6).contains(&answer.integer(2)));
                prop_assert_eq!(answer.integer(1), 1);
            }
            Err(status) => prop_assert_eq!(status, 40),
        }
    }
}

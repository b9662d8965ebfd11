//! The session contract over real SQL (docs/session-contract.md; the numbers are its sections).
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod caller;

use caller::contract::*;
use caller::*;
use irisdb::callin::{pushes, sessions, transactions};
use irisdb::list::{Element, ListReader, ListWriter};
use std::time::{Duration, Instant};

#[test]
fn open_enters_the_namespace_and_says_who_is_there() {
    let _session = started();
    let oref = object();
    let open = |arguments: &[Arg<'_>]| call(oref, "Open", arguments).unwrap();
    let text = "the class implements version 1 of the contract, not 2";
    assert_eq!(open(&[Arg::Int(2), Arg::Bytes(b"USER")]).outcome(), (5, 0, text.to_owned()));
    let options = [Arg::Int(1), Arg::Bytes(b"USER"), Arg::Bytes(b""), Arg::Bytes(&[9, 9])];
    assert_eq!(open(&options).outcome(), misuse("the options are not a list"));
    for name in ["", "^/tmp/", "NONE"] {
        let (status, sqlcode, message) =
            open(&[Arg::Int(1), Arg::Bytes(name.as_bytes())]).outcome();
        assert_eq!((status, sqlcode), (6, 0), "{name}");
        assert!(message.starts_with("<NAMESPACE>"), "{message}");
    }
    let answer = open(&[Arg::Int(1), Arg::Bytes(b"%sys")]);
    assert_eq!(answer.outcome(), (0, 0, String::new()));
    assert_eq!(answer.integer(13), 1);
    let block = answer.bytes(14);
    let elements: Vec<_> = ListReader::new(&block).map(Result::unwrap).collect();
    assert_eq!(elements[0], Element::Bytes(evaluate("$ZVERSION").unwrap().as_bytes()));
    assert_eq!(elements[1], Element::Bytes(b"%SYS"));
    assert_eq!(elements[2], Element::Bytes(b"_SYSTEM"));
    assert_eq!(elements[3], Element::Integer(std::process::id().into()));
    assert_eq!(elements.len(), 4);
}

/// §6: any call but `Open`, `Close` and the transaction methods before `Open` is misuse.
#[test]
fn nothing_runs_before_open() {
    let _session = started();
    let oref = object();
    for (method, arguments) in [
        ("Run", vec![Arg::Int(0), Arg::Bytes(b"SELECT 1")]),
        ("Run", vec![Arg::Int(7)]),
        ("Prepare", vec![Arg::Bytes(b"SELECT 1")]),
        ("Batch", vec![Arg::Int(0), Arg::Bytes(b"DELETE FROM t")]),
        ("Describe", vec![]),
    ] {
        let answer = call(oref, method, &arguments).unwrap();
        assert_eq!(answer.outcome(), misuse("the session is not open"), "{method}");
    }
    assert_eq!(call(oref, "Close", &[Arg::Int(3)]).unwrap().outcome().0, 0);
    assert_eq!(call(oref, "Begin", &[]).unwrap().integer(8), 1);
    assert_eq!(call(oref, "Rollback", &[]).unwrap().integer(8), 0);
}

#[test]
fn too_many_arguments_are_an_error_of_objectscript() {
    let open = open("none");
    assert_eq!(call(open.oref, "Begin", &[Arg::Int(1)]), Err(40));
    assert_eq!(error(), "<PARAMETER>zBegin^IrisPG.Session.1");
    assert_eq!(call(open.oref, "Fetch", &[Arg::Int(1), Arg::Int(1), Arg::Int(1)]), Err(40));
    let answer = open.call("Close", &[]);
    assert_eq!(answer.outcome(), misuse("there is no kind 0 to close"));
}

/// §2 to byte: a SELECT of one row, prepared, executed and described by one call.
#[test]
fn a_select_is_one_answer() {
    let open = open("contract_select");
    open.numbers(1);
    let answer = open.run("SELECT n, t FROM % WHERE n = ?", &[P::Int(1)], METADATA, 0);
    assert_eq!(answer.outcome(), (0, 100, String::new()));
    assert_eq!([5, 6, 8, 10, 11, 13].map(|n| answer.integer(n)), [1, 1, 0, 0, 0, 0]);
    assert_eq!(answer.bytes(7), b"");
    assert_eq!(answer.bytes(14), b"\x0a\x01\x03\x04\x01\x05\x01row");
    let metadata = answer.bytes(12);
    let parts: Vec<_> = ListReader::new(&metadata).map(Result::unwrap).collect();
    let [Element::Bytes(columns), Element::Bytes(parameters)] = parts[..] else { panic!() };
    assert_eq!(ListReader::new(columns).count(), 2);
    assert_eq!(ListReader::new(parameters).count(), 1);
    let Element::Bytes(first) = ListReader::new(columns).next().unwrap().unwrap() else { panic!() };
    let first: Vec<_> = ListReader::new(first).map(Result::unwrap).collect();
    assert_eq!(first.len(), 10);
    assert_eq!((first[0], first[1]), (Element::Bytes(b"n"), Element::Integer(4)));
}

/// §2 and §6: what a change reports; the row id is given where a row was filed.
#[test]
fn changes_report_rows_and_row_ids() {
    let open = open("contract_changes");
    open.numbers(0);
    let insert = open.done("INSERT INTO % (n, t) VALUES (1, 'a')", &[]);
    assert_eq!([3, 5, 6].map(|n| insert.integer(n)), [0, 2, 1]);
    assert_eq!(insert.bytes(7), b"1");
    assert_eq!(insert.bytes(14), b"");
    let update = open.done("UPDATE % SET t = ? WHERE n = 1", &[P::Text("b")]);
    assert_eq!([3, 5, 6].map(|n| update.integer(n)), [0, 3, 1]);
    let nothing = open.done("UPDATE % SET t = 'c' WHERE n = 9", &[]);
    assert_eq!([3, 5, 6].map(|n| nothing.integer(n)), [100, 3, 0]);
    assert_eq!(nothing.bytes(7), b"");
    let delete = open.done("DELETE FROM % WHERE n = 1", &[]);
    assert_eq!([3, 5, 6].map(|n| delete.integer(n)), [0, 4, 1]);
    assert_eq!(delete.bytes(7), b"");
}

/// §2: an SQL error is data; §6: wrong parameters are misuse.
#[test]
fn errors_are_data() {
    let open = open("contract_errors");
    open.numbers(1);
    let answer = open.run("SELECT n FROM contract_none", &[], METADATA | KEEP, 0);
    assert_eq!((answer.integer(2), answer.integer(3)), (1, -30));
    assert!(!answer.bytes(4).is_empty());
    assert_eq!([6, 10, 11].map(|n| answer.integer(n)), [0, 0, 0]);
    assert_eq!((answer.bytes(12), answer.bytes(14)), (Vec::new(), Vec::new()));
    let again = open.run("INSERT INTO % (n) VALUES (?)", &[P::Int(1)], 0, 0);
    assert_eq!((again.integer(2), again.integer(3)), (1, -119));
    for (given, message) in [
        (list(&[]), "the statement takes 1 parameters, not 0"),
        (list(&[P::Null, P::Null]), "the statement takes 1 parameters, not 2"),
        (vec![1; 381], "IRIS takes at most 380 parameters, not 381"),
        (vec![9, 1], "the parameters are not a list"),
    ] {
        let text = format!("SELECT n FROM {} WHERE n = ?", open.table);
        let (text, given) = (Arg::Bytes(text.as_bytes()), Arg::Bytes(&given));
        let answer = open.call("Run", &[Arg::Int(0), text, given]);
        assert_eq!(answer.outcome(), misuse(message));
    }
    let bad = open.call("Run", &[Arg::Int(0), Arg::Bytes(&[0xFF, 0xFE])]);
    assert_eq!(bad.outcome(), (2, 0, "<TRANSLATE>".to_owned()));
}

/// §6: handles; `Close`; a handle is never used twice.
#[test]
fn statements_are_kept_until_they_are_closed() {
    let open = open("contract_kept");
    open.numbers(2);
    let first = open.run("SELECT n FROM % WHERE n = ?", &[P::Int(1)], KEEP, 0);
    let handle = first.integer(10);
    assert!(handle > 0);
    let second = open.run_kept(handle, &[P::Int(2)]);
    assert_eq!((integers(&second), second.integer(10)), (vec![2], handle));
    assert_eq!(open.call("Close", &[Arg::Int(1), Arg::Int(handle)]).outcome().0, 0);
    assert_eq!(open.call("Close", &[Arg::Int(1), Arg::Int(handle)]).outcome().0, 0);
    let gone = open.run_kept(handle, &[P::Int(2)]);
    assert_eq!(gone.outcome(), misuse(&format!("there is no statement {handle}")));
    let text = format!("SELECT n FROM {}", open.table);
    let prepared = open.call("Prepare", &[Arg::Bytes(text.as_bytes()), Arg::Int(KEEP)]);
    assert_eq!(prepared.integer(10), handle + 1);
    assert_eq!((prepared.integer(5), prepared.integer(6)), (1, 0));
    assert!(!prepared.bytes(12).is_empty());
    assert_eq!(integers(&open.run_kept(handle + 1, &[])), [1, 2]);
}

/// §6: a DDL statement is closed inside of the call, whatever `want` says, and raises the stamp.
#[test]
fn ddl_is_not_kept_and_raises_the_generation() {
    let open = open("contract_ddl");
    let before = open.call("Commit", &[]).integer(9);
    let answer = open.run("CREATE TABLE % (n INTEGER)", &[], KEEP | METADATA, 0);
    assert_eq!(answer.outcome(), (0, 0, String::new()));
    assert_eq!((answer.integer(5), answer.integer(10)), (9, 0));
    assert_eq!(answer.integer(9), before + 1);
    assert_eq!(answer.bytes(12), [2, 1, 2, 1]);
    assert_eq!(open.done("SELECT n FROM %", &[]).integer(9), before + 1);
    let text = format!("DROP TABLE {}", open.table);
    let prepared = open.call("Prepare", &[Arg::Bytes(text.as_bytes()), Arg::Int(KEEP)]);
    assert_eq!((prepared.integer(2), prepared.integer(10)), (0, 0));
}

/// §4 and §6: blocks end after the row that reaches their limit; the end is noticed by the next.
/// §6: COMMIT closes every cursor, ROLLBACK TO those of its level and above.
/// §6: levels, and what is misuse.
#[test]
fn savepoints_are_levels() {
    let open = open("contract_savepoints");
    open.numbers(1);
    let level = |method: &str, arguments: &[Arg<'_>]| open.call(method, arguments).integer(8);
    let count = || integers(&open.done("SELECT COUNT(*) FROM %", &[]))[0];
    assert_eq!(level("Begin", &[]), 1);
    let begun = open.call("Begin", &[]).outcome();
    assert_eq!(begun, misuse("a transaction is open already, at level 1"));
    open.done("INSERT INTO % (n) VALUES (2)", &[]);
    assert_eq!(level("Savepoint", &[]), 2);
    open.done("INSERT INTO % (n) VALUES (3)", &[]);
    assert_eq!(level("Savepoint", &[]), 3);
    open.done("INSERT INTO % (n) VALUES (4)", &[]);
    assert_eq!(count(), 4);
    assert_eq!(level("RollbackTo", &[Arg::Int(3)]), 3);
    assert_eq!(count(), 3);
    assert_eq!(level("Release", &[Arg::Int(3)]), 2);
    let text = "level 3 is not that of a savepoint; the transaction is at level 2";
    assert_eq!(open.call("Release", &[Arg::Int(3)]).outcome(), misuse(text));
    let text = "level 1 is not that of a savepoint; the transaction is at level 2";
    assert_eq!(open.call("RollbackTo", &[Arg::Int(1)]).outcome(), misuse(text));
    assert_eq!(level("RollbackTo", &[Arg::Int(2)]), 2);
    assert_eq!(count(), 2);
    assert_eq!(transactions::IrisTLevel(), 2);
    assert_eq!(level("Rollback", &[]), 0);
    assert_eq!(count(), 1);
    assert_eq!(level("Rollback", &[]), 0);
    assert_eq!(level("Commit", &[]), 0);
}

/// §6: all rows or none, in a level of its own.
#[test]
fn a_batch_is_all_or_nothing() {
    let open = open("contract_batch");
    open.numbers(0);
    let batch = |text: &str, rows: &[Vec<u8>]| {
        let mut list = ListWriter::new();
        rows.iter().for_each(|row| list.list(row));
        let text = text.replace('%', open.table);
        let arguments = [Arg::Int(0), Arg::Bytes(text.as_bytes()), Arg::Bytes(list.as_bytes())];
        open.call("Batch", &arguments)
    };
    let row = |n| list(&[P::Int(n), P::Text("x")]);
    let insert = "INSERT INTO % (n, t) VALUES (?, ?)";
    let done = batch(insert, &[row(1), row(2), row(3)]);
    assert_eq!(done.outcome(), (0, 0, String::new()));
    assert_eq!([5, 6, 8, 13].map(|n| done.integer(n)), [2, 3, 0, 3]);
    assert_eq!(done.bytes(7), b"3");
    let failed = batch(insert, &[row(4), row(5), row(2), row(6)]);
    assert_eq!((failed.integer(2), failed.integer(3)), (1, -119));
    assert_eq!([6, 8, 13].map(|n| failed.integer(n)), [0, 0, 3]);
    assert_eq!(integers(&open.done("SELECT COUNT(*) FROM %", &[])), [3]);
    let wrong = batch(insert, &[row(7), list(&[P::Int(8)])]);
    assert_eq!(wrong.outcome(), misuse("the statement takes 2 parameters, not 1"));
    assert_eq!(wrong.integer(13), 2);
    let text = "a batch takes INSERT, UPDATE or DELETE, not a statement of type 1";
    assert_eq!(batch("SELECT n FROM %", &[]).outcome(), misuse(text));
    let update = batch("UPDATE % SET t = ? WHERE n > ?", &[list(&[P::Text("y"), P::Int(1)])]);
    assert_eq!((update.integer(6), update.integer(13)), (2, 1));
}

/// §4: a row beyond 1 MiB is an undefined element, and comes in chunks.
/// §7: one list per table, empty for one that is not there.
#[test]
fn tables_are_described() {
    let open = open("contract_describe");
    open.numbers(0);
    let names = list(&[P::Text("sqluser.CONTRACT_DESCRIBE"), P::Text("SQLUser.contract_none")]);
    let answer = open.call("Describe", &[Arg::Bytes(&names)]);
    let tables = rows(&answer);
    assert_eq!(tables.len(), 2);
    assert_eq!(tables[1], Some(Vec::new()));
    let table = tables[0].clone().unwrap();
    let parts: Vec<_> = ListReader::new(&table).map(Result::unwrap).collect();
    assert_eq!(parts.len(), 5);
    assert_eq!(
        parts[..3],
        [b"SQLUser" as &[u8], b"contract_describe", b"TABLE"].map(Element::Bytes)
    );
    let Element::Bytes(columns) = parts[3] else { panic!() };
    for column in ListReader::new(columns) {
        let Element::Bytes(column) = column.unwrap() else { panic!() };
        assert_eq!(ListReader::new(column).count(), 11);
    }
    assert_eq!(ListReader::new(columns).count(), 2);
    let message = misuse("the names of the tables are not a list");
    assert_eq!(open.call("Describe", &[Arg::Bytes(&[5, 1])]).outcome(), message);
}

/// §2, status 3: the interrupt is trapped, the session and its transaction live on.
#[test]
fn a_running_statement_is_interrupted_from_another_thread() {
    let open = open("contract_interrupt");
    open.numbers(60);
    assert_eq!(open.call("Begin", &[]).integer(8), 1);
    let other = std::thread::spawn(|| {
        let deadline = Instant::now() + Duration::from_secs(10);
        // The statement runs for hours; a first success may have met the call before it.
        std::thread::sleep(Duration::from_millis(200));
        while sessions::IrisAbort(1) == -11 && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(1));
        }
    });
    let text = "SELECT COUNT(*) FROM % a, % b, % c, % d, % e, % f, % g WHERE a.n + g.n < 0";
    let answer = open.run(text, &[], 0, 0);
    other.join().unwrap();
    assert_eq!((answer.integer(2), answer.bytes(4)), (3, Vec::new()));
    assert!([0, -456].contains(&answer.integer(3)), "{:?}", answer.outcome());
    assert_eq!(answer.integer(8), 1);
    assert_eq!(integers(&open.done("SELECT COUNT(*) FROM %", &[])), [60]);
}

#[test]
fn arguments_may_be_left_out_and_results_unwanted() {
    let open = open("contract_arguments");
    open.numbers(1);
    let text = format!("SELECT n FROM {}", open.table);
    assert_eq!(push_method(open.oref, "Run", 1), 0);
    assert_eq!(pushes::IrisPushUndef(), 0);
    assert_eq!(push(text.as_bytes()), 0);
    assert_eq!(irisdb::callin::calls::IrisInvokeMethod(2), 0);
    assert_eq!(integers(&Answer(pop_long().unwrap())), [1]);
    assert_eq!(push_method(open.oref, "Commit", 0), 0);
    assert_eq!(irisdb::callin::calls::IrisInvokeMethod(0), 0);
    assert_eq!(pop(), Err(-13));
}

/// Callin §5: RESJOB breaks the connection in the middle of a statement; what was open is undone.
#[test]
fn a_reset_in_a_statement_undoes_the_transaction() {
    let open = open("contract_reset");
    open.numbers(60);
    assert_eq!(open.call("Begin", &[]).integer(8), 1);
    open.done("DELETE FROM % WHERE n > 1", &[]);
    for n in 2..=60 {
        open.done("INSERT INTO % (n) VALUES (?)", &[P::Int(n + 100)]);
    }
    let other = std::thread::spawn(|| {
        std::thread::sleep(Duration::from_millis(200));
        sessions::IrisAbort(2)
    });
    let text = "SELECT COUNT(*) FROM % a, % b, % c, % d, % e, % f, % g WHERE a.n + g.n < 0";
    let text = text.replace('%', open.table);
    let arguments = [Arg::Int(0), Arg::Bytes(text.as_bytes())];
    assert_eq!(call(open.oref, "Run", &arguments), Err(-4));
    assert_eq!(other.join().unwrap(), 0);
    assert_eq!(call(open.oref, "Commit", &[]), Err(-4));
    assert_eq!(sessions::IrisEnd(), 0);
    assert_eq!(start("_SYSTEM", "SYS", SERVER), 0);
    let oref = object();
    call(oref, "Open", &[Arg::Int(1), Arg::Bytes(b"USER")]).unwrap();
    let text = format!("SELECT COUNT(*), MAX(n) FROM {}", open.table);
    let answer = call(oref, "Run", &[Arg::Int(0), Arg::Bytes(text.as_bytes())]).unwrap();
    assert_eq!(rows(&answer), [Some(vec![3, 4, 60, 3, 4, 60])]);
}

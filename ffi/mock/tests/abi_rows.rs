//! Blocks, cursors and streams (docs/session-contract.md; the numbers are its sections).
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod caller;

use caller::contract::*;
use caller::*;
use irisdb::list::{Element, ListReader};

#[test]
fn rows_come_in_blocks() {
    let open = open("contract_blocks");
    open.numbers(5);
    // A row with the integer n is `03 04 n`, and 5 bytes in the block.
    let first = open.run("SELECT n FROM % ORDER BY n", &[], 0, 6);
    assert_eq!((integers(&first), first.integer(6), first.integer(3)), (vec![1, 2], 2, 0));
    let cursor = first.integer(11);
    assert!(cursor > 0);
    let fetch = |bytes| open.call("Fetch", &[Arg::Int(cursor), Arg::Int(bytes)]);
    let second = fetch(1);
    assert_eq!((integers(&second), second.integer(11), second.integer(5)), (vec![3], cursor, 1));
    let third = fetch(10);
    assert_eq!((integers(&third), third.integer(11), third.integer(3)), (vec![4, 5], cursor, 0));
    let last = fetch(0);
    assert_eq!((integers(&last), last.integer(11), last.integer(3)), (vec![], 0, 100));
    assert_eq!(fetch(0).outcome(), misuse(&format!("there is no cursor {cursor}")));
    let whole = open.run("SELECT n FROM % ORDER BY n", &[], 0, 26);
    assert_eq!(
        (integers(&whole), whole.integer(11), whole.integer(3)),
        (vec![1, 2, 3, 4, 5], 0, 100)
    );
}

#[test]
fn a_cursor_may_stand_before_its_first_row() {
    let open = open("contract_nofetch");
    open.numbers(2);
    let answer = open.run("SELECT n FROM % ORDER BY n", &[], NO_FETCH | KEEP, 0);
    assert_eq!((answer.integer(3), answer.integer(6)), (0, 0));
    assert_eq!(answer.bytes(14), b"");
    let (statement, cursor) = (answer.integer(10), answer.integer(11));
    assert!(cursor > 0);
    let block = open.call("Fetch", &[Arg::Int(cursor)]);
    assert_eq!((integers(&block), block.integer(11)), (vec![1, 2], 0));
    let empty = open.run("SELECT n FROM % WHERE n > 9", &[], NO_FETCH, 0);
    let block = open.call("Fetch", &[Arg::Int(empty.integer(11))]);
    assert_eq!((rows(&block), block.integer(3), block.integer(11)), (vec![], 100, 0));
    // §6: running the statement again closes its cursor, and closing it does.
    let want = |want| {
        let statement = Arg::Int(statement);
        open.call("Run", &[statement, Arg::Bytes(b""), Arg::Bytes(b""), Arg::Int(want)])
    };
    let one = want(NO_FETCH).integer(11);
    let two = want(NO_FETCH).integer(11);
    assert_eq!(open.call("Fetch", &[Arg::Int(one)]).integer(2), 4);
    open.call("Close", &[Arg::Int(1), Arg::Int(statement)]);
    assert_eq!(open.call("Fetch", &[Arg::Int(two)]).integer(2), 4);
}

#[test]
fn transactions_close_the_cursors_they_make_invalid() {
    let open = open("contract_levels");
    open.numbers(3);
    let cursor = || open.run("SELECT n FROM %", &[], NO_FETCH, 0).integer(11);
    let alive = |cursor| open.call("Fetch", &[Arg::Int(cursor), Arg::Int(1)]).integer(2) == 0;
    assert_eq!(open.call("Begin", &[]).integer(8), 1);
    let outer = cursor();
    let savepoint = open.call("Savepoint", &[]);
    assert_eq!((savepoint.integer(8), savepoint.integer(13)), (2, 2));
    let inner = cursor();
    assert_eq!(open.call("RollbackTo", &[Arg::Int(2)]).integer(8), 2);
    assert!(alive(outer));
    assert!(!alive(inner));
    assert_eq!(open.call("Commit", &[]).integer(8), 0);
    assert!(!alive(outer));
}

#[test]
fn a_large_row_is_streamed() {
    let open = open("contract_stream");
    open.done("CREATE TABLE % (n INTEGER, t VARCHAR(3000000))", &[]);
    let text: String = ('a'..='z').cycle().take(2_400_000).collect();
    open.done("INSERT INTO % (n, t) VALUES (?, ?)", &[P::Int(7), P::Text(&text)]);
    open.done("INSERT INTO % (n, t) VALUES (8, NULL)", &[]);
    let answer = open.run("SELECT n, t FROM % ORDER BY n", &[], 0, 0);
    assert_eq!((rows(&answer), answer.integer(6)), (vec![None], 1));
    let cursor = answer.integer(11);
    let chunk = |column: i64, offset: i64| {
        let arguments = [cursor, 0, column, offset].map(Arg::Int);
        let answer = open.call("Stream", &arguments);
        let block = answer.bytes(14);
        let text = match ListReader::new(&block).next().unwrap().unwrap() {
            Element::Bytes(bytes) => bytes.to_vec(),
            other => panic!("{other:?}"),
        };
        (answer.integer(13), text)
    };
    assert_eq!(chunk(1, 0), (1, b"7".to_vec()));
    let mut read = Vec::new();
    while read.len() < text.len() {
        let (length, part) = chunk(2, i64::try_from(read.len()).unwrap());
        assert_eq!(length, 2_400_000);
        assert!((1..=1_000_000).contains(&part.len()));
        read.extend(part);
    }
    assert!(read == text.as_bytes());
    assert_eq!(chunk(2, 2_400_000), (2_400_000, Vec::new()));
    let none = open.call("Stream", &[Arg::Int(cursor), Arg::Int(0), Arg::Int(3), Arg::Int(0)]);
    let message = "row 0, column 3 of the last block is not held for streaming";
    assert_eq!(none.outcome(), misuse(message));
    let last = open.call("Fetch", &[Arg::Int(cursor)]);
    assert_eq!((integers(&last), last.integer(11)), (vec![8], 0));
}

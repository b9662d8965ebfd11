//! Plans, branch by branch.

use super::play::{Play, Reply, column, execute, iris, prepared};
use crate::protocol::message::{Frontend, Kind};
use crate::sql::{
    Constant, Creation, Each, IrisStatement, OnConflict, Place, Plan, Rows, Store, TableName, Verb,
};
use crate::types::PgType;
use std::rc::Rc;

const UNIQUE: Reply = Reply::Refused(
    -119,
    "Table 'SQLUser.t', Constraint 'T_A', Field(s) a=\"1\"; failed unique check",
);

fn plan(rows: Rows, each: Each, verb: Verb) -> Plan {
    Plan {
        creation: None,
        firsts: Vec::new(),
        rows,
        each,
        returning: None,
        parameters: Vec::new(),
        outputs: Vec::new(),
        verb,
        tables: Vec::new(),
    }
}

fn returning(mut plan: Plan, outputs: &[&str]) -> Plan {
    plan.returning = Some(iris("read", vec![Place::RowId]));
    plan.outputs = outputs.iter().map(|name| column(name, PgType::Int4)).collect();
    plan
}

/// `INSERT INTO t VALUES (1), (2) …`
fn insert(values: &[i64], conflict: Option<OnConflict>) -> Plan {
    let rows = values.iter().map(|value| vec![Place::Constant(Constant::Integer(*value))]);
    let inserts = vec![iris("insert", vec![Place::Cell(0)])];
    plan(Rows::Values(rows.collect()), Each::Insert { inserts, conflict }, Verb::Insert)
}

fn update() -> Plan {
    let change = iris("update", vec![Place::Cell(1), Place::Cell(0)]);
    plan(Rows::Query(iris("rows", Vec::new())), Each::Update(change), Verb::Update)
}

fn upsert(update: bool) -> OnConflict {
    OnConflict {
        find: Some(iris("find", vec![Place::Cell(0)])),
        update: update.then(|| iris("change", vec![Place::Cell(0), Place::RowId])),
    }
}

#[test]
fn returning_reads_each_row_that_was_filed() {
    let mut play = Play::of(returning(insert(&[10, 20], None), &["a", "b"]));
    play.replies([
        Reply::Count(1, "7"),
        Reply::Rows(&[&["10", "NULL"]]),
        Reply::Count(1, "8"),
        Reply::Rows(&[&["20", "5"]]),
    ]);
    let heard = play.query("plan");
    assert_eq!(heard, ["gives a:0 b:0", "row 10 NULL", "row 20 5", "INSERT 0 2", "ready I"]);
    let asked = ["begin", "insert (10)", "read (7)", "#insert (20)", "#read (8)", "commit"];
    assert_eq!(play.asked(), asked);
}

#[test]
fn rows_wait_in_the_portal_and_the_tag_counts_those_sent() {
    let mut play = Play::of(returning(insert(&[10, 20], None), &["a"]));
    play.send(prepared("plan", &[], &[1]));
    let describe = Frontend::Describe { kind: Kind::Portal, name: String::new() };
    assert_eq!(play.send([describe]), ["gives a:1"]);
    assert_eq!(play.asked(), [""; 0], "a description runs nothing");
    play.replies([
        Reply::Count(1, "7"),
        Reply::Rows(&[&["10"]]),
        Reply::Count(1, "8"),
        Reply::Rows(&[&["20"]]),
    ]);
    assert_eq!(play.send([execute(1)]), ["row [00, 00, 00, 0a]", "suspended"]);
    assert_eq!(play.send([execute(1)]), ["row [00, 00, 00, 14]", "suspended"]);
    assert_eq!(play.send([execute(0)]), ["INSERT 0 0"]);
    assert_eq!(play.send([execute(1)]), ["INSERT 0 0"]);
    assert_eq!(play.send([Frontend::Sync]), ["ready I"]);
    assert_eq!(play.send([execute(1)])[0], "34000 | portal \"\" does not exist");
}

#[test]
fn a_statement_is_described_without_iris() {
    let mut made = returning(insert(&[], None), &["a"]);
    made.parameters = vec![Some(PgType::Int4), Some(PgType::Date)];
    let mut play = Play::of(made);
    play.send([Frontend::Parse { name: String::new(), sql: "plan".into(), types: Vec::new() }]);
    let describe = Frontend::Describe { kind: Kind::Statement, name: String::new() };
    assert_eq!(play.send([describe]), ["takes [23, 1082]", "gives a:0"]);
}

#[test]
fn what_fails_undoes_the_rows_before_it() {
    let mut play = Play::of(returning(insert(&[10, 20], None), &["a"]));
    play.replies([Reply::Count(1, "7"), Reply::Rows(&[&["10"]]), UNIQUE]);
    let heard = play.query("plan");
    assert!(heard[0].starts_with("23505 | duplicate key value"), "{heard:?}");
    assert_eq!(heard[1..], ["ready I"]);
    assert_eq!(play.asked().last().unwrap(), "rollback");
}

#[test]
fn a_cancel_between_two_rows_undoes_the_first() {
    let mut play = Play::of(returning(insert(&[10, 20], None), &["a"]));
    play.replies([Reply::Count(1, "7"), Reply::Rows(&[&["10"]]), Reply::Cancelled]);
    let heard = play.query("plan");
    assert_eq!(heard, ["57014 | canceling statement due to user request", "ready I"]);
    assert_eq!(play.asked().last().unwrap(), "rollback");
}

#[test]
fn a_lost_session_ends_with_the_plan() {
    let mut play = Play::of(returning(insert(&[10], None), &["a"]));
    play.replies([Reply::Count(1, "7"), Reply::Broken]);
    let heard = play.query("plan");
    assert!(heard[0].starts_with("57P01"), "{heard:?}");
    assert!(play.is_over);
}

#[test]
fn in_a_block_the_plan_belongs_to_it() {
    let mut play = Play::of(returning(insert(&[10], None), &["a"]));
    play.query("begin");
    play.replies([Reply::Count(1, "7"), Reply::Rows(&[&["10"]])]);
    assert_eq!(play.query("plan").last().unwrap(), "ready T");
    play.replies([UNIQUE]);
    assert_eq!(play.query("plan").last().unwrap(), "ready E");
    assert!(play.query("plan")[0].starts_with("25P02"));
    assert_eq!(play.query("commit"), ["ROLLBACK", "ready I"]);
    let asked = ["begin", "insert (10)", "read (7)", "#insert (10)", "rollback"];
    assert_eq!(play.asked(), asked);
}

#[test]
fn a_read_only_transaction_changes_nothing() {
    let mut play = Play::of(returning(insert(&[10], None), &["a"]));
    play.query("begin read only");
    let heard = play.query("plan");
    assert_eq!(heard[0], "25006 | cannot execute INSERT in a read-only transaction");
    assert_eq!(play.asked(), ["begin"]);
}

#[test]
fn one_row_without_anything_behind_it_commits_by_itself() {
    let mut made = insert(&[], Some(upsert(false)));
    made.rows = Rows::One;
    made.each = Each::Insert {
        inserts: vec![iris("insert", Vec::new())],
        conflict: Some(OnConflict { find: None, update: None }),
    };
    let mut play = Play::of(made);
    play.replies([Reply::Count(1, "7"), UNIQUE]);
    assert_eq!(play.query("plan"), ["INSERT 0 1", "ready I"]);
    assert_eq!(play.query("plan"), ["INSERT 0 0", "ready I"]);
    assert_eq!(play.asked(), ["insert ()", "#insert ()"]);
}

#[test]
fn do_nothing_leaves_the_row_in_the_way() {
    let mut play = Play::of(returning(insert(&[1, 2], Some(upsert(false))), &["a"]));
    play.replies([UNIQUE, Reply::Rows(&[&["7"]]), Reply::Count(1, "8"), Reply::Rows(&[&["2"]])]);
    assert_eq!(play.query("plan"), ["gives a:0", "row 2", "INSERT 0 1", "ready I"]);
    let asked = ["begin", "insert (1)", "find (1)", "insert (2)", "read (8)", "commit"];
    assert_eq!(play.asked(), asked);
}

#[test]
fn do_update_changes_the_row_in_the_way() {
    let mut play = Play::of(returning(insert(&[1, 2], Some(upsert(true))), &["a"]));
    play.replies([
        UNIQUE,
        Reply::Rows(&[&["7"]]),
        Reply::Count(1, "7"),
        Reply::Rows(&[&["100"]]),
        Reply::Count(1, "8"),
        Reply::Rows(&[&["2"]]),
    ]);
    let heard = play.query("plan");
    assert_eq!(heard, ["gives a:0", "row 100", "row 2", "INSERT 0 2", "ready I"]);
    let asked = [
        "begin",
        "insert (1)",
        "find (1)",
        "change (1, 7)",
        "read (7)",
        "insert (2)",
        "#read (8)",
        "commit",
    ];
    assert_eq!(play.asked(), asked);
}

#[test]
fn a_where_of_do_update_leaves_the_row_alone() {
    let mut play = Play::of(returning(insert(&[1], Some(upsert(true))), &["a"]));
    let found: Reply = Reply::Rows(&[&["7"]]);
    play.replies([UNIQUE, found, Reply::Count(0, ""), Reply::Rows(&[&["7"]])]);
    assert_eq!(play.query("plan"), ["gives a:0", "INSERT 0 0", "ready I"]);
    play.asked();
}

#[test]
fn a_row_met_twice_is_an_error() {
    // The row that is in the way was filed by the same statement.
    let mut play = Play::of(insert(&[1, 1], Some(upsert(true))));
    play.replies([Reply::Count(1, "7"), UNIQUE, Reply::Rows(&[&["7"]])]);
    let heard = play.query("plan");
    let expected = "21000 | ON CONFLICT DO UPDATE command cannot affect row a second time \
                    | Ensure that no rows proposed for insertion within the same command have \
                    duplicate constrained values.";
    assert_eq!(heard, [expected, "ready I"]);
    assert_eq!(play.asked().last().unwrap(), "rollback");
    // The same row is in the way of two.
    let mut play = Play::of(insert(&[1, 1], Some(upsert(true))));
    let found = || Reply::Rows(&[&["7"]]);
    play.replies([UNIQUE, found(), Reply::Count(1, "7"), UNIQUE, found()]);
    assert_eq!(play.query("plan"), [expected, "ready I"]);
    // A row that was left alone may be met again.
    let mut play = Play::of(insert(&[1, 1], Some(upsert(true))));
    play.replies([UNIQUE, found(), Reply::Count(0, ""), found()]);
    play.replies([UNIQUE, found(), Reply::Count(0, ""), found()]);
    assert_eq!(play.query("plan"), ["INSERT 0 0", "ready I"]);
}

#[test]
fn a_row_that_has_gone_is_no_longer_in_the_way() {
    let mut play = Play::of(insert(&[1], Some(upsert(true))));
    // Gone before it is found, then gone before it is changed.
    play.replies([UNIQUE, Reply::Rows(&[])]);
    play.replies([UNIQUE, Reply::Rows(&[&["7"]]), Reply::Count(0, ""), Reply::Rows(&[])]);
    play.replies([Reply::Count(1, "9")]);
    assert_eq!(play.query("plan"), ["INSERT 0 1", "ready I"]);
    assert_eq!(play.asked().iter().filter(|call| call.starts_with("insert")).count(), 3);
}

#[test]
fn another_constraint_refuses_the_row() {
    let mut play = Play::of(insert(&[1], Some(upsert(false))));
    for _ in 0..5 {
        play.replies([UNIQUE, Reply::Rows(&[])]);
    }
    let heard = play.query("plan");
    assert!(heard[0].starts_with("23505"), "{heard:?}");
    play.asked();
    // What is no conflict is no matter of ON CONFLICT.
    let mut play = Play::of(insert(&[1], Some(upsert(false))));
    play.replies([Reply::Refused(-121, "")]);
    assert!(play.query("plan")[0].starts_with("23503"));
}

#[test]
fn an_update_changes_every_row_once() {
    let mut play = Play::of(returning(update(), &["a"]));
    play.replies([
        Reply::More(&[&["1", "10"], &["2", "20"]], 5),
        Reply::Rows(&[&["1", "30"], &["3", "30"]]),
        Reply::Count(1, "1"),
        Reply::Rows(&[&["10"]]),
        Reply::Count(0, ""),
        Reply::Count(1, "3"),
        Reply::Rows(&[&["30"]]),
    ]);
    let heard = play.query("plan");
    assert_eq!(heard, ["gives a:0", "row 10", "row 30", "UPDATE 2", "ready I"]);
    let asked = [
        "begin",
        "rows ()",
        "fetch 5",
        "update (10, 1)",
        "read (1)",
        "#update (20, 2)",
        "#update (30, 3)",
        "#read (3)",
        "commit",
    ];
    assert_eq!(play.asked(), asked);
}

#[test]
fn a_delete_locks_reads_and_deletes() {
    let lock = iris("lock", vec![Place::RowId]);
    let delete = iris("delete", vec![Place::RowId]);
    let made =
        plan(Rows::Query(iris("rows", Vec::new())), Each::Delete { lock, delete }, Verb::Delete);
    let mut play = Play::of(returning(made, &["a"]));
    play.replies([
        Reply::Rows(&[&["1"], &["2"], &["3"]]),
        Reply::Count(1, "1"),
        Reply::Rows(&[&["10"]]),
        Reply::Count(1, ""),
        Reply::Count(0, ""),
        Reply::Count(1, "3"),
        Reply::Rows(&[&["30"]]),
        Reply::Count(0, ""),
    ]);
    assert_eq!(play.query("plan"), ["gives a:0", "row 10", "DELETE 1", "ready I"]);
    let asked = [
        "begin",
        "rows ()",
        "lock (1)",
        "read (1)",
        "delete (1)",
        "#lock (2)",
        "#lock (3)",
        "#read (3)",
        "#delete (3)",
        "commit",
    ];
    assert_eq!(play.asked(), asked);
}

/// `CREATE TABLE t AS SELECT …`
fn creating() -> Plan {
    let mut made = plan(Rows::One, Each::Run(iris("fill", Vec::new())), Verb::Select);
    let definition =
        |text| IrisStatement { verb: Verb::Ddl("CREATE TABLE AS"), ..iris(text, vec![]) };
    made.creation = Some(Creation { create: definition("create"), drop: definition("drop") });
    made
}

#[test]
fn a_table_that_cannot_be_filled_is_dropped_again() {
    let mut play = Play::of(creating());
    play.replies([Reply::Count(0, ""), Reply::Count(2, "")]);
    assert_eq!(play.query("plan"), ["SELECT 2", "ready I"]);
    assert_eq!(play.asked(), ["create ()", "fill ()"]);
    let mut play = Play::of(creating());
    play.replies([Reply::Count(0, ""), Reply::Refused(-400, "<DIVIDE>"), Reply::Count(0, "")]);
    assert_eq!(play.query("plan"), ["22012 | division by zero", "ready I"]);
    assert_eq!(play.asked(), ["create ()", "fill ()", "drop ()"]);
}

#[test]
fn a_table_that_was_there_is_neither_filled_nor_dropped() {
    let mut play = Play::of(creating());
    play.replies([Reply::Refused(-201, "Table 'SQLUser.t' already exists")]);
    let heard = play.query("plan");
    assert!(heard[0].starts_with("42P07 | relation \"t\" already exists"), "{heard:?}");
    assert_eq!(play.asked(), ["create ()"]);
}

/// `UPDATE t SET a = (SELECT …)` with two first queries, the second of which names the first.
fn with_firsts() -> Plan {
    let change = iris("update", vec![Place::First(0), Place::First(1)]);
    let mut made = plan(Rows::One, Each::Run(change), Verb::Update);
    made.firsts = vec![iris("one", Vec::new()), iris("two", vec![Place::First(0)])];
    made
}

#[test]
fn the_values_of_first_queries_are_bound() {
    let mut play = Play::of(with_firsts());
    play.replies([Reply::Rows(&[&["x"]]), Reply::Rows(&[]), Reply::Count(3, "")]);
    assert_eq!(play.query("plan"), ["UPDATE 3", "ready I"]);
    assert_eq!(play.asked(), ["one ()", "two (x)", "update (x, NULL)"]);
}

#[test]
fn a_first_query_has_one_row_at_most() {
    let refused = "21000 | more than one row returned by a subquery used as an expression";
    let mut play = Play::of(with_firsts());
    play.replies([Reply::Rows(&[&["x"], &["y"]])]);
    assert_eq!(play.query("plan"), [refused, "ready I"]);
    // The second row may be in the second block, and the cursor of neither stays open.
    play.replies([Reply::More(&[&["x"]], 4), Reply::More(&[&["y"]], 4)]);
    assert_eq!(play.query("plan"), [refused, "ready I"]);
    assert_eq!(play.asked(), ["one ()", "#one ()", "fetch 4", "close Cursor(4)"]);
    play.replies([Reply::More(&[&["x"]], 4), Reply::Rows(&[])]);
    play.replies([Reply::Rows(&[&["y"]]), Reply::Count(1, "")]);
    assert_eq!(play.query("plan"), ["UPDATE 1", "ready I"]);
}

#[test]
fn a_query_gives_rows_as_they_are_asked_for() {
    let mut made = plan(Rows::One, Each::Give(iris("query", vec![Place::First(0)])), Verb::Select);
    made.firsts = vec![iris("one", Vec::new())];
    made.outputs = vec![column("a", PgType::Text)];
    let mut play = Play::of(made);
    play.replies([Reply::Rows(&[&["x"]]), Reply::More(&[&["p"]], 6), Reply::Rows(&[&["q"]])]);
    play.send(prepared("plan", &[], &[]));
    assert_eq!(play.send([execute(1)]), ["row p", "suspended"]);
    assert_eq!(play.send([execute(0)]), ["row q", "SELECT 1"]);
    assert_eq!(play.send([execute(0), Frontend::Sync]), ["SELECT 0", "ready I"]);
    assert_eq!(play.asked(), ["one ()", "query (x)", "fetch 6"]);
}

#[test]
fn parameters_are_read_at_bind_and_bound_where_they_are_named() {
    let places = vec![
        Place::Parameter(1, None),
        Place::Parameter(0, None),
        Place::Parameter(0, Some(PgType::Int4)),
    ];
    let mut made = plan(Rows::Values(vec![places]), insert(&[], None).each, Verb::Insert);
    made.each = Each::Insert {
        inserts: vec![iris("insert", vec![Place::Cell(2), Place::Cell(1), Place::Cell(0)])],
        conflict: None,
    };
    made.parameters = vec![Some(PgType::Text), Some(PgType::Int4)];
    let mut play = Play::of(made);
    play.send(prepared("plan", &["7", "NULL"], &[]));
    play.replies([Reply::Count(1, "1")]);
    assert_eq!(play.send([execute(0), Frontend::Sync]), ["INSERT 0 1", "ready I"]);
    assert_eq!(play.asked(), ["begin", "insert (7, 7, NULL)", "commit"]);
    let heard = play.send(prepared("plan", &["7", "x"], &[]));
    let refused = "22P02 | invalid input syntax for type integer: \"x\"";
    assert_eq!(heard.len(), 2, "{heard:?}");
    assert!(heard[1].starts_with(refused), "{heard:?}");
}

#[test]
fn a_null_is_refused_before_iris_fills_it() {
    let table = TableName { schema: None, name: "t".into(), position: None };
    let (ty, column) = (PgType::Int4, "a".into());
    let store = Store { table, column, ty, typmod: -1, not_null: true, filled: false };
    let value = Place::Stored {
        value: Box::new(Place::Constant(Constant::Null)),
        ty: PgType::Int4,
        store: Rc::new(store),
    };
    let mut made = insert(&[], None);
    made.rows = Rows::Values(vec![vec![value]]);
    let mut play = Play::of(made);
    let expected = "23502 | null value in column \"a\" of relation \"t\" violates \
                    not-null constraint | public | t | a";
    assert_eq!(play.query("plan"), [expected, "ready I"]);
    assert_eq!(play.asked(), ["begin", "rollback"]);
}

#[test]
fn too_many_rows_are_refused_before_memory_is() {
    const LONG: &str = "0123456789012345678901234567890123456789012345678901234567890123456789";
    static ROWS: [&[&str]; 1000] = [&["1", LONG]; 1000];
    let mut play = Play::of(update());
    let blocks = (64 << 20) / (1000 * LONG.len());
    play.replies((0..=blocks).map(|_| Reply::More(&ROWS, 5)));
    let heard = play.query("plan");
    assert!(heard[0].starts_with("54000 | the statement has too many rows to work on"));
    assert_eq!(heard[1..], ["ready I"]);
    assert_eq!(play.asked_anyway().last().unwrap(), "rollback");
}

#[test]
fn a_pipeline_commits_its_plans_together() {
    let mut play = Play::of(returning(insert(&[10], None), &["a"]));
    play.replies([Reply::Count(1, "7"), Reply::Rows(&[&["10"]]), UNIQUE]);
    play.send(prepared("plan", &[], &[]));
    assert_eq!(play.send([execute(0)]), ["row 10", "INSERT 0 1"]);
    play.send(prepared("plan", &[], &[]));
    let heard = play.send([execute(0), Frontend::Sync]);
    assert!(heard[0].starts_with("23505"), "{heard:?}");
    assert_eq!(play.asked(), ["begin", "insert (10)", "read (7)", "#insert (10)", "rollback"]);
}

/// The same statements serve the next execution by their handles, until a definition changes.
#[test]
fn handles_are_kept_from_one_execution_to_the_next() {
    let mut play = Play::of(returning(insert(&[10], None), &["a"]));
    let row = || [Reply::Count(1, "7"), Reply::Rows(&[&["10"]])];
    play.replies(row());
    play.query("plan");
    play.asked();
    play.replies(row());
    play.query("plan");
    assert_eq!(play.asked(), ["begin", "#insert (10)", "#read (7)", "commit"]);
    play.raise();
    play.replies(row());
    play.query("plan");
    let asked =
        ["begin", "close Statement(1)", "insert (10)", "close Statement(2)", "read (7)", "commit"];
    assert_eq!(play.asked(), asked);
}

#[test]
fn an_insert_may_differ_from_row_to_row() {
    let mut made = insert(&[1, 2], None);
    let one = |text: &str| -> IrisStatement { iris(text, vec![Place::Cell(0)]) };
    made.each = Each::Insert { inserts: vec![one("first"), one("second")], conflict: None };
    let mut play = Play::of(made);
    play.replies([Reply::Count(1, "7"), Reply::Count(1, "8")]);
    assert_eq!(play.query("plan"), ["INSERT 0 2", "ready I"]);
    assert_eq!(play.asked(), ["begin", "first (1)", "second (2)", "commit"]);
}

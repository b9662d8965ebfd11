//! Statements by handle, and statements of which everything is known.

use super::play::{Play, Reply, column, execute, iris, prepared};
use crate::protocol::message::{Frontend, Kind};
use crate::sql::{Action, Constant, IrisStatement, Output, Place, SessionValue, TableName};
use crate::types::{PgType, relation};

fn query(value: i64) -> IrisStatement {
    let mut made = iris("query", vec![Place::Constant(Constant::Integer(value))]);
    made.outputs = vec![column("a", PgType::Int4)];
    made
}

#[test]
fn queries_that_differ_in_literals_share_a_handle() {
    let mut play = Play::new();
    for value in [1, 2, 3] {
        play.means(&format!("q{value}"), Action::Iris(query(value)));
        play.replies([Reply::Rows(&[&["5"]])]);
        let heard = play.query(&format!("q{value}"));
        assert_eq!(heard, ["gives a:0", "row 5", "SELECT 1", "ready I"]);
    }
    assert_eq!(play.asked(), ["query (1)", "#query (2)", "#query (3)"]);
}

#[test]
fn a_text_without_constants_is_kept_when_it_comes_again() {
    let mut play = Play::new();
    let mut made = query(0);
    made.places.clear();
    play.means("q", Action::Iris(made));
    for _ in 0..3 {
        play.replies([Reply::Rows(&[])]);
        play.query("q");
    }
    assert_eq!(play.asked(), ["query ()", "query ()", "#query ()"]);
}

#[test]
fn a_cursor_is_not_closed_by_another_portal() {
    let mut play = Play::new();
    play.means("p", Action::Iris(query(1)));
    play.means("q", Action::Iris(query(2)));
    play.query("begin");
    play.replies([Reply::More(&[&["1"]], 4)]);
    play.send(prepared("p", &[], &[]).map(|message| named(message, "first")));
    let first = || Frontend::Execute { portal: "first".into(), max_rows: 1 };
    assert_eq!(play.send([first()]), ["row 1", "suspended"]);
    play.replies([Reply::Rows(&[&["2"]])]);
    play.send(prepared("q", &[], &[]));
    assert_eq!(play.send([execute(0)]), ["row 2", "SELECT 1"]);
    assert_eq!(play.asked(), ["begin", "query (1)", "query (2)"]);
    // Once the cursor is closed, the handle serves again.
    play.replies([Reply::Rows(&[&["3"]]), Reply::Rows(&[])]);
    assert_eq!(play.send([first()]), ["row 3", "suspended"]);
    play.send(prepared("q", &[], &[]));
    play.send([execute(0)]);
    assert_eq!(play.asked(), ["fetch 4", "#query (2)"]);
}

fn named(message: Frontend, name: &str) -> Frontend {
    match message {
        Frontend::Bind { statement, parameter_formats, parameters, result_formats, .. } => {
            let portal = name.to_owned();
            Frontend::Bind { portal, statement, parameter_formats, parameters, result_formats }
        }
        other => other,
    }
}

#[test]
fn a_description_names_the_table_of_a_column() {
    let table = TableName { schema: Some("SQLUser".into()), name: "t".into(), position: None };
    let shown = |ty, origin| Output::Column {
        name: Some("a".into()),
        ty: Some(ty),
        typmod: -1,
        scale: None,
        origin,
    };
    let outputs = [shown(PgType::Int4, Some((table, 3))), shown(PgType::Text, None)];
    let shape = crate::session::statement::Shape::of_outputs(&outputs).unwrap();
    let origin = |index: usize| (shape.fields[index].table_oid, shape.fields[index].attnum);
    assert_eq!(origin(0), (relation::oid("public", "T"), 3));
    assert_eq!(origin(1), (0, 0));
}

#[test]
fn parse_and_describe_ask_iris_nothing() {
    let mut play = Play::new();
    let mut made = query(1);
    made.places = vec![Place::Parameter(0, None)];
    made.parameters = vec![Some(PgType::Int8)];
    made.tables = vec![TableName { schema: None, name: "t".into(), position: None }];
    play.means("q", Action::Iris(made));
    let [parse, bind] = prepared("q", &["5"], &[]);
    assert_eq!(play.send([parse]), ["parsed"]);
    let describe = |kind| Frontend::Describe { kind, name: String::new() };
    assert_eq!(play.send([describe(Kind::Statement)]), ["takes [20]", "gives a:0"]);
    assert_eq!(play.send([bind, describe(Kind::Portal)]), ["bound", "gives a:0"]);
    assert_eq!(play.asked(), [""; 0]);
    play.replies([Reply::Rows(&[&["5"]])]);
    assert_eq!(play.send([execute(0), Frontend::Sync]), ["row 5", "SELECT 1", "ready I"]);
    assert_eq!(play.asked(), ["query (5)"]);
}

#[test]
fn the_transaction_begins_with_the_first_message() {
    let mut play = Play::new();
    let mut made = query(1);
    made.places = vec![Place::Session(SessionValue::TransactionTimestamp)];
    play.means("q", Action::Iris(made));
    for _ in 0..2 {
        play.replies([Reply::Rows(&[])]);
        play.send(prepared("q", &[], &[]));
        play.send([execute(0), Frontend::Sync]);
    }
    let asked = play.asked();
    let moment = |call: &str| call.split('(').nth(1).unwrap().to_owned();
    assert!(moment(&asked[0]).as_str() > "2021", "{asked:?}");
    assert!(moment(&asked[1]) > moment(&asked[0]), "{asked:?}");
}

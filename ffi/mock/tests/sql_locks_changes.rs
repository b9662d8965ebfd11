//! Locks that key actions, upserts, joined updates and views take, and what ROLLBACK and death make
//! of them (iris-sql §1.3, §1.4, §1.6, DESIGN §5).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::let_underscore_must_use,
    missing_docs
)]

#[path = "sql_support/sessions.rs"]
mod sessions;
mod sql_support;

use sessions::{Client, LONG, client, table, two, while_waiting};
use sql_support::{World, sql, world};

/// `p (k)` with 1 to 3 and `c (a, r)` that refers to it with the actions named.
fn family(actions: &str) -> World {
    let mut w = world();
    let s = &mut w.session;
    sql(s, "CREATE TABLE p (k INT PRIMARY KEY, v INT)");
    sql(s, &format!("CREATE TABLE c (a INT PRIMARY KEY, r INT REFERENCES p (k) {actions})"));
    for n in 1..=3 {
        sql(s, &format!("INSERT INTO p VALUES ({n}, 0)"));
        sql(s, &format!("INSERT INTO c VALUES ({n}0, {n})"));
    }
    w
}

fn children(client: &mut Client) -> Vec<String> {
    client.sql("SELECT a, r FROM c ORDER BY a")
}

/// A cascade changes rows of another table, so it waits for their locks like any writer.
#[test]
fn a_cascade_meets_the_lock_of_a_child() {
    let w = family("ON DELETE CASCADE");
    let (mut a, mut b) = two(&w);
    a.session.tstart().unwrap();
    a.sql("UPDATE c SET a = 11 WHERE a = 10");
    assert_eq!(b.refused("DELETE FROM p WHERE k = 1").sqlcode, -110);
    assert_eq!(b.sql("SELECT k FROM p ORDER BY k"), ["1", "2", "3"]);
    assert_eq!(b.done("DELETE FROM p WHERE k = 2"), (0, 1));
    assert_eq!(children(&mut b), ["11|1", "30|3"]);
    let path = w.data.0.clone();
    let delete = move || client(&path, LONG).done("DELETE FROM p WHERE k = 1");
    let done = while_waiting(delete, |waits| {
        assert!(waits());
        a.session.trollback().unwrap();
    });
    assert_eq!(done, (0, 1));
    assert_eq!(children(&mut b), ["30|3"]);
}

/// And it locks them until the end of its own transaction.
#[test]
fn a_cascade_locks_the_children() {
    let w = family("ON DELETE SET NULL ON UPDATE CASCADE");
    let (mut a, mut b) = two(&w);
    a.session.tstart().unwrap();
    a.sql("UPDATE p SET k = 9 WHERE k = 1");
    a.sql("DELETE FROM p WHERE k = 2");
    assert_eq!(children(&mut b), ["10|9", "20|<null>", "30|3"]);
    assert_eq!(b.refused("DELETE FROM c WHERE a = 10").sqlcode, -110);
    assert_eq!(b.refused("UPDATE c SET a = 21 WHERE a = 20").sqlcode, -110);
    assert_eq!(b.done("UPDATE c SET a = 31 WHERE a = 30"), (0, 1));
    b.session.set_isolation(true);
    assert_eq!(b.refused("SELECT r FROM c WHERE a = 10").sqlcode, -114);
    a.session.trollback().unwrap();
    assert_eq!(children(&mut b), ["10|1", "20|2", "31|3"]);
    assert_eq!(b.done("DELETE FROM c"), (0, 3));
    assert!(a.is_clean() && b.is_clean());
}

/// §1.3: a cascade that fails at its last child leaves nothing of the whole statement.
#[test]
fn a_cascade_that_fails_leaves_nothing() {
    let w = family("ON DELETE CASCADE");
    let (mut a, mut b) = two(&w);
    a.sql("CREATE TABLE g (r INT REFERENCES c (a))");
    a.sql("INSERT INTO g VALUES (30)");
    assert_eq!(a.refused("DELETE FROM p").sqlcode, -124);
    assert!(a.is_clean());
    assert_eq!(children(&mut b), ["10|1", "20|2", "30|3"]);
    a.session.tstart().unwrap();
    a.sql("DELETE FROM p WHERE k = 1");
    assert_eq!(a.refused("DELETE FROM p").sqlcode, -124);
    assert_eq!(children(&mut b), ["20|2", "30|3"]);
    a.session.trollback().unwrap();
    assert_eq!(children(&mut b), ["10|1", "20|2", "30|3"]);
    assert_eq!(b.sql("SELECT COUNT(*) FROM p"), ["3"]);
}

/// A chain of tables and a table that refers to itself go as far as they reach, and come back.
#[test]
fn long_cascades_come_back_whole() {
    let w = family("ON DELETE CASCADE");
    let (mut a, mut b) = two(&w);
    a.sql("CREATE TABLE tree (k INT PRIMARY KEY, up INT REFERENCES tree (k) ON DELETE CASCADE)");
    a.sql("INSERT INTO tree VALUES (1, NULL)");
    for n in 2..=60 {
        a.sql(&format!("INSERT INTO tree VALUES ({n}, {})", n / 2));
    }
    a.session.tstart().unwrap();
    assert_eq!(a.done("DELETE FROM tree WHERE k = 2"), (0, 1));
    // Below 2 are 4, 5, 8 to 11, 16 to 23 and 32 to 47.
    assert_eq!(b.sql("SELECT COUNT(*) FROM tree"), ["29"]);
    a.session.tstart().unwrap();
    assert_eq!(a.done("DELETE FROM tree WHERE k = 1"), (0, 1));
    assert_eq!(b.sql("SELECT COUNT(*) FROM tree"), ["0"]);
    a.session.trollback_one().unwrap();
    assert_eq!(b.sql("SELECT COUNT(*) FROM tree"), ["29"]);
    a.session.trollback().unwrap();
    assert_eq!(b.sql("SELECT COUNT(*), SUM(up) FROM tree"), ["60|900"]);
}

/// §1.3: INSERT OR UPDATE writes the row that it finds, so it waits for it.
#[test]
fn an_upsert_waits_for_the_row_it_finds() {
    let w = table(2);
    let (mut a, mut b) = two(&w);
    a.session.tstart().unwrap();
    a.sql("UPDATE t SET v = 99 WHERE a = 1");
    assert_eq!(b.refused("INSERT OR UPDATE t VALUES (1, 5)").sqlcode, -110);
    assert_eq!(b.done("INSERT OR UPDATE t VALUES (2, 5)"), (0, 1));
    assert_eq!(b.done("INSERT OR UPDATE t VALUES (3, 5)"), (0, 1));
    let path = w.data.0.clone();
    let upsert = move || client(&path, LONG).done("INSERT OR UPDATE t VALUES (1, 6)");
    let done = while_waiting(upsert, |waits| {
        assert!(waits());
        a.session.tcommit().unwrap();
    });
    assert_eq!(done, (0, 1));
    assert_eq!(b.sql("SELECT a, v FROM t ORDER BY a"), ["1|6", "2|5", "3|5"]);
    a.session.tstart().unwrap();
    a.sql("INSERT OR UPDATE t VALUES (1, 7)");
    a.sql("INSERT OR UPDATE t VALUES (4, 7)");
    assert_eq!(b.refused("UPDATE t SET v = 0 WHERE a = 1").sqlcode, -110);
    assert_eq!(b.refused("UPDATE t SET v = 0 WHERE a = 4").sqlcode, -110);
    a.session.trollback().unwrap();
    assert_eq!(b.sql("SELECT a, v FROM t ORDER BY a"), ["1|6", "2|5", "3|5"]);
}

/// §1.3: UPDATE ... FROM locks the rows it changes, not those it reads.
#[test]
fn a_joined_update_locks_what_it_changes() {
    let w = table(3);
    let (mut a, mut b) = two(&w);
    a.sql("INSERT INTO u VALUES (1, '100')");
    a.sql("INSERT INTO u VALUES (2, '200')");
    a.session.tstart().unwrap();
    assert_eq!(a.done("UPDATE t SET v = u.a + 1000 FROM u WHERE t.a = u.a"), (0, 2));
    assert_eq!(b.sql("SELECT v FROM t ORDER BY a"), ["1001", "1002", "30"]);
    assert_eq!(b.refused("UPDATE t SET v = 0 WHERE a = 2").sqlcode, -110);
    assert_eq!(b.done("UPDATE t SET v = 0 WHERE a = 3"), (0, 1));
    assert_eq!(b.done("UPDATE u SET v = 'x'"), (0, 2));
    assert_eq!(a.done("DELETE FROM t FROM u WHERE t.a = u.a AND u.a = 1"), (0, 1));
    a.session.trollback().unwrap();
    assert_eq!(b.sql("SELECT a, v FROM t ORDER BY a"), ["1|10", "2|20", "3|0"]);
}

/// Changes through a view lock the rows of its table (§1.4).
#[test]
fn a_view_locks_the_rows_of_its_table() {
    let w = table(3);
    let (mut a, mut b) = two(&w);
    a.sql("CREATE VIEW low AS SELECT a, v FROM t WHERE a < 3");
    a.session.tstart().unwrap();
    assert_eq!(a.done("UPDATE low SET v = v + 1"), (0, 2));
    assert_eq!(b.refused("UPDATE t SET v = 0 WHERE a = 1").sqlcode, -110);
    assert_eq!(b.refused("DELETE FROM low WHERE a = 2").sqlcode, -110);
    assert_eq!(b.done("UPDATE t SET v = 0 WHERE a = 3"), (0, 1));
    a.session.trollback().unwrap();
    assert_eq!(b.sql("SELECT v FROM t ORDER BY a"), ["10", "20", "0"]);
    assert_eq!(b.done("DELETE FROM low WHERE a = 2"), (0, 1));
}

/// Rows that a cascade took count towards the thousand, in their own table (§1.6).
#[test]
fn the_locks_of_a_cascade_escalate() {
    let w = family("ON DELETE CASCADE");
    let (mut a, mut b) = two(&w);
    a.session.tstart().unwrap();
    for n in 100..1_200 {
        a.sql(&format!("INSERT INTO c VALUES ({n}, 1)"));
    }
    a.session.tcommit().unwrap();
    a.session.tstart().unwrap();
    a.sql("DELETE FROM p WHERE k = 1");
    assert_eq!(b.refused("UPDATE c SET a = 31 WHERE a = 30").sqlcode, -110);
    assert_eq!(b.done("UPDATE p SET v = 1 WHERE k = 2"), (0, 1));
    a.session.trollback().unwrap();
    assert_eq!(b.done("UPDATE c SET a = 31 WHERE a = 30"), (0, 1));
    assert_eq!(b.sql("SELECT COUNT(*) FROM c"), ["1103"]);
}

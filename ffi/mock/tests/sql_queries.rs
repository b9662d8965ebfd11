//! Queries and what they give.

mod sql_support;

use sql_support::{names, run, sql, world};

#[test]
fn create_insert_select() {
    let mut w = world();
    let s = &mut w.session;
    sql(s, "CREATE TABLE t (a INT PRIMARY KEY, Name VARCHAR(20), price NUMERIC(10,2), d DATE)");
    sql(s, "INSERT INTO t VALUES (1, 'Ann', 12.5, '2021-03-04')");
    sql(s, "INSERT INTO t (a, name) VALUES (2, 'bob')");
    sql(s, "INSERT INTO t SET a = 3, name = '', price = -.255");
    assert_eq!(
        sql(s, "SELECT a, NAME, price, d FROM t ORDER BY a"),
        ["1|Ann|125e-1|2021-03-04", "2|bob|<null>|<null>", "3||-26e-2|<null>",]
    );
    let found = run(s, "SELECT name FROM t WHERE a = ?", |p| p.integer(2)).unwrap();
    assert_eq!(found.2, ["bob"]);
    // SQLUPPER: comparisons ignore case (iris-sql §1.1).
    assert_eq!(sql(s, "SELECT a FROM t WHERE name = 'ANN'"), ["1"]);
    assert_eq!(sql(s, "SELECT a FROM t WHERE %EXACT(name) = 'ANN'"), Vec::<String>::new());
    let p = s.prepare("SELECT Name, 1, ?, a+1, COUNT(*), (SELECT 1), NULL FROM t").unwrap();
    assert_eq!(
        names(&p),
        [
            "Name",
            "HostVar_2",
            "HostVar_3",
            "Expression_4",
            "Aggregate_5",
            "Subquery_6",
            "Literal_7"
        ]
    );
}

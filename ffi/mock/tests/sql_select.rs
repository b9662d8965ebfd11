//! What SELECT binds to: names in scope, types of results, metadata, limits, and the rows that READ
//! COMMITTED waits for (iris-sql §1.1, §1.2, §1.6, §5.3).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::let_underscore_must_use,
    missing_docs
)]

mod sql_support;

use irisdb::sql::{SqlSession, Version};
use sql_support::{World, code, failure, identity, names, run, sql, world, world_of};

fn filled() -> World {
    let mut w = world();
    let s = &mut w.session;
    for text in [
        "CREATE TABLE t (a INT PRIMARY KEY, Name VARCHAR(10), n NUMERIC(6,2), d DATE, b BIT, \
         s SMALLINT, ti TINYINT, bi BIGINT, x DOUBLE, e VARCHAR(10) %EXACT)",
        "CREATE TABLE u (a INT, name VARCHAR(10), c INT)",
        "INSERT INTO t (a, name, n, s, ti, bi, x, b, d, e) \
         VALUES (1, 'one', 1.5, 2, 3, 4, 1.5, 1, '2021-01-01', 'One')",
        "INSERT INTO t (a, name, n, e) VALUES (2, 'two', 2.5, 'ONE')",
        "INSERT INTO t (a, e) VALUES (3, 'one')",
        "INSERT INTO u VALUES (1, 'ONE', 10)",
        "INSERT INTO u VALUES (4, 'four', 40)",
    ] {
        sql(s, text);
    }
    w
}

/// Query, rows, fact.
const ROWS: &[(&str, &[&str], &str)] = &[
    ("SELECT a, c FROM t JOIN u USING (a)", &["1|10"], "§1.2 USING"),
    ("SELECT a, c FROM t FULL JOIN u USING (a) ORDER BY a", FULL, "§1.2 one column of both"),
    ("SELECT a FROM t RIGHT JOIN u USING (a) ORDER BY 1", &["1", "4"], "§1.2 the right one"),
    ("SELECT * FROM u NATURAL JOIN (SELECT a, n FROM t) z", &["1|ONE|10|15e-1"], "§1.2"),
    ("SELECT x.a FROM u x, t RIGHT JOIN u y ON t.a = y.a", &["1", "1", "4", "4"], "§1.2 commas"),
    ("SELECT a FROM ((SELECT a FROM t) z JOIN u USING (a))", &["1"], "§1.2 a join in parentheses"),
    ("SELECT a FROM t WHERE a IN ((SELECT 1), 2)", &["1", "2"], "§1.2 a list with a subquery"),
    ("SELECT a FROM t WHERE ((SELECT 2) = a)", &["2"], "§1.2"),
    ("(SELECT TOP 2 a FROM t ORDER BY a DESC)", &["3", "2"], "§1.2 outer parentheses"),
    ("SELECT %ROWOFFSET 1 %ROWLIMIT 1 a FROM t ORDER BY a", &["2"], "§1.2 as one dialect pages"),
    ("(SELECT a FROM t LIMIT 1)", &["1"], "§1.2 LIMIT in parentheses counts"),
    ("SELECT a FROM t UNION ALL (SELECT a FROM u LIMIT 1) ORDER BY 1 DESC", UNION, "§1.2"),
    ("SELECT DISTINCT BY (b) a FROM t ORDER BY a DESC", &["3", "1"], "§1.2 DISTINCT BY"),
    ("SELECT DISTINCT BY (%EXACT(e)) e FROM t ORDER BY e", &["ONE", "One", "one"], "§1.2"),
    ("SELECT e FROM t ORDER BY %SQLUPPER(e), a", &["One", "ONE", "one"], "§1.1 collation"),
    ("SELECT COUNT(*) FROM t GROUP BY %SQLUPPER(e)", &["3"], "§1.1"),
    ("SELECT COUNT(*) FROM (SELECT name FROM t UNION SELECT name FROM u) z", &["4"], "§1.1"),
    ("SELECT UPPER(name) FROM u UNION SELECT LOWER(name) FROM u WHERE a = 1", CASES, "§1.1 EXACT"),
    ("SELECT a, COUNT(*) FROM t HAVING a > 1 ORDER BY a DESC", &["3|3", "2|3"], "§1.2 HAVING"),
    ("SELECT 1 FROM t HAVING COUNT(*) > 2", &["1", "1", "1"], "§1.2 HAVING filters rows"),
    (
        "SELECT a, COUNT(DISTINCT b), MAX(a) - a FROM t ORDER BY a DESC",
        REPEATED,
        "§1.2 on each row",
    ),
    ("SELECT a FROM t HAVING COUNT(*) > ALL (SELECT a - 1 FROM t) ORDER BY 1", ALL, "Appendix C"),
    ("SELECT b FROM t GROUP BY b HAVING COUNT(*) >= ALL (SELECT 1)", &["<null>", "1"], "App. C"),
    ("SELECT a FROM t WHERE NOT (a > ANY (SELECT a FROM t WHERE a > 9))", ALL, "Appendix C"),
    ("SELECT a FROM t WHERE a <> ANY (SELECT a FROM u WHERE a = 1)", &["2", "3"], "Appendix C"),
    ("SELECT a FROM t WHERE a < ALL (SELECT c FROM u) AND a >= ALL (SELECT 2)", &["2", "3"], "C"),
    ("SELECT a FROM t WHERE n > ALL (SELECT n FROM t)", &[], "Appendix C: NULL leaves it open"),
    ("SELECT a FROM t WHERE FOR SOME (u AS z) (z.a = t.a)", &["1"], "Appendix C"),
    ("SELECT a FROM t WHERE e ] 'One'", &["3"], "§1.1 follows"),
    ("SELECT a FROM t WHERE e NOT [ 'n' AND e NOT ] 'A'", &[], "§1.1 NOT["),
    ("SELECT a FROM t WHERE e %MATCHES '[A-Z]n?'", &["1"], "§2"),
    ("SELECT a FROM t WHERE e %PATTERN '1U2L'", &["1"], "§2"),
    ("SELECT a FROM t WHERE '[1]' IS JSON ARRAY AND e IS NOT JSON AND a = 1", &["1"], "§2"),
    ("SELECT 'a' _ 'b' || 'c'", &["abc"], "§1.1 concatenation of old"),
    ("SELECT %TABLENAME, u.%CLASSNAME FROM u WHERE a = 1", &["u|User.u"], "§1.2"),
    (
        "WITH p AS (SELECT a FROM t), q AS (SELECT p.a FROM p JOIN p o ON p.a = o.a) \
         SELECT q.a FROM q WHERE q.a < 2",
        &["1"],
        "§1.2 a CTE uses an earlier one",
    ),
];

const FULL: &[&str] = &["1|10", "2|<null>", "3|<null>", "4|40"];
const ALL: &[&str] = &["1", "2", "3"];
const REPEATED: &[&str] = &["3|1|0", "2|1|1", "1|1|2"];
const UNION: &[&str] = &["3", "2", "1", "1"];
const CASES: &[&str] = &["FOUR", "ONE", "one"];

#[test]
fn queries_bind_to_what_the_facts_say() {
    let mut w = filled();
    for (text, rows, fact) in ROWS {
        let found = run(&mut w.session, text, |_| {});
        let found = found.unwrap_or_else(|e| panic!("{text}: {e}, {fact}")).2;
        let mut sorted = found.clone();
        sorted.sort();
        let mut wanted: Vec<String> = rows.iter().map(|row| (*row).to_owned()).collect();
        if !text.contains("ORDER BY") {
            wanted.sort();
            assert_eq!(sorted, wanted, "{text}, {fact}");
        } else {
            assert_eq!(found, wanted, "{text}, {fact}");
        }
    }
}

/// Statement, SQLCODE, fact.
const REFUSED: &[(&str, i32, &str)] = &[
    ("SELECT t.a FROM t JOIN u USING (a)", -77, "Appendix A: no qualifier on what was joined"),
    ("SELECT 1 FROM t JOIN u USING (t.a)", -77, "Appendix A"),
    ("SELECT 1 FROM t JOIN u USING (c)", -31, "Appendix A: in both tables"),
    (
        "SELECT 1 FROM t JOIN u ON t.a = u.a JOIN u v USING (a)",
        -31,
        "Appendix A: twice on the left",
    ),
    ("SELECT x.a FROM u x, t JOIN u y ON x.a = y.a", -23, "§1.7 ON sees its own join"),
    ("SELECT wrong.t.a FROM t", -23, "§1.1 schema.table.column"),
    ("SELECT x FROM (SELECT a AS x, n AS x FROM t) z", -27, "Appendix A: two columns of a name"),
    ("SELECT a AS x, n AS x FROM t ORDER BY x", -24, "Appendix A"),
    ("SELECT a->b FROM t", -31, "§1.1 no reference column"),
    ("SELECT 1 FROM t JOIN u ON t.a->b = u.a", -67, "§1.1"),
    ("SELECT a FROM t UNION SELECT d FROM t", -378, "§1.2 DATE needs a CAST"),
    ("SELECT a FROM t UNION SELECT a FROM u ORDER BY a + 1", -6, "§1.2"),
    ("(SELECT a FROM t ORDER BY a)", -1, "§1.2 ORDER BY needs TOP"),
    ("SELECT a FROM (SELECT TOP ALL a FROM t ORDER BY a LIMIT 1) z", -1, "§1.2"),
    ("SELECT a FROM t WHERE", -4, "Appendix A: where a condition begins"),
    ("SELECT a FROM t WHERE a = 1 AND )", -4, "Appendix A"),
    ("SELECT a FROM t WHERE a =", -12, "Appendix A"),
    ("SELECT a FROM t WHERE FOR ALL (t) (a = 1)", -16, "Appendix A"),
    ("SELECT a FROM t WHERE FOR SOME t (a = 1)", -17, "Appendix A"),
    ("SELECT a FROM t WHERE a = :x", -400, "§1.1 a host variable"),
    ("SELECT a FROM t WHERE a = :1", -28, "Appendix A"),
    ("SELECT a INTO :x FROM t", -422, "Appendix A"),
    ("SELECT $$f^r(1)", -372, "§2"),
    ("SELECT $$f(1)", -41, "Appendix A"),
    ("SELECT t.a FROM t, u WHERE t.a =* u.a", -94, "Appendix A"),
    ("SELECT a FROM t WHERE a =* 1", -32, "Appendix A"),
    ("SELECT %ROWLIMIT 1 a FROM t LIMIT 1", -386, "§1.2"),
    ("SELECT a FROM t JOIN u ON t.a =* u.a", -68, "Appendix A"),
    ("SELECT a FROM %IGNOREINDEX nosuch t", -151, "Appendix A"),
    ("SELECT a FROM %FIRSTTABLE nosuch t", -23, "§1.7"),
    ("SELECT a FROM f(1)", -428, "Appendix A"),
    ("SELECT a FROM t LIMIT 1.5", -65, "Appendix A"),
    ("SELECT a AS q FROM t GROUP BY q", -29, "§1.2 repeat the expression"),
    ("SELECT a AS q FROM t WHERE q = 1", -29, "§1.2"),
    ("SELECT a FROM t WHERE (SELECT COUNT(t.a) FROM u) = 2", -19, "§1.2 of the outer query"),
    ("WITH q AS (SELECT a FROM q) SELECT a FROM q", -30, "§1.2 not recursive"),
    ("WITH p AS (SELECT t.a) SELECT (SELECT a FROM p) FROM t", -23, "§1.2 nothing from outside"),
    ("EXPLAIN SELECT nosuch FROM t", -29, "§1.3"),
    ("EXPLAIN INSERT INTO u VALUES (1, 'x', 1)", -481, "§1.3"),
];

#[test]
fn queries_are_refused_with_the_codes_of_the_facts() {
    let mut w = filled();
    for (text, sqlcode, fact) in REFUSED {
        assert_eq!(code(&mut w.session, text), *sqlcode, "{text}, {fact}");
    }
}

/// Name, ODBC type, precision, scale and nullability of each result column.
fn shape(s: &mut SqlSession, text: &str) -> Vec<String> {
    let prepared = s.prepare(text).unwrap_or_else(|e| panic!("{text}: {e}"));
    let columns = prepared.columns.iter();
    columns.map(|c| format!("{}:{}:{}:{}", c.odbc, c.precision, c.scale, c.nullable)).collect()
}

#[test]
fn results_have_the_types_of_the_facts() {
    let mut w = filled();
    let s = &mut w.session;
    // iris-sql §1.1: sums of integers, products and quotients, their scales.
    assert_eq!(
        shape(s, "SELECT a + a, s + s, ti + ti, bi + a, a * a, a / a, n / n, n + a FROM t"),
        [
            "-5:19:0:2",
            "4:10:0:2",
            "5:5:0:2",
            "-5:19:0:2",
            "2:20:0:2",
            "2:21:11:2",
            "2:15:9:2",
            "2:13:2:2"
        ]
    );
    // iris-sql §2: a date with an integer is an INTEGER; §1.5: DOUBLE is above NUMERIC.
    assert_eq!(shape(s, "SELECT d + 1, x * n FROM t"), ["4:10:0:2", "8:20:0:2"]);
    // iris-sql §1.2: a UNION takes the highest type, the first leg's names.
    assert_eq!(shape(s, "SELECT ti FROM t UNION SELECT s FROM t"), ["5:5:0:1"]);
    assert_eq!(shape(s, "SELECT a FROM t UNION SELECT n FROM t"), ["2:12:2:1"]);
    assert_eq!(shape(s, "SELECT x FROM t UNION SELECT n FROM t"), ["8:20:0:1"]);
    assert_eq!(shape(s, "SELECT a FROM t UNION SELECT name FROM t"), ["12:10:0:1"]);
    assert_eq!(shape(s, "SELECT NULL UNION ALL SELECT d FROM t"), ["9:10:0:2"]);
    // iris-sql §5.3: columns keep their nullability, outer joins take it away.
    assert_eq!(
        shape(s, "SELECT t.a, v.a FROM t LEFT JOIN (SELECT a FROM t) v ON v.a = t.a"),
        ["4:10:0:0", "4:10:0:1"]
    );
}

#[test]
fn results_have_the_names_of_the_facts() {
    let mut w = filled();
    let s = &mut w.session;
    // iris-sql §1.2: computed names by kind and place, columns as the table defined them.
    let text = "SELECT NAME, {d '2021-01-01'}, 1, 'x', ?, -5, NULL, %TABLENAME, a + 1, COUNT(*), \
                (SELECT 1), name AS Alias, %ID FROM t";
    let prepared = s.prepare(text).unwrap();
    let wanted = [
        "Name",
        "HostVar_2",
        "HostVar_3",
        "HostVar_4",
        "HostVar_5",
        "HostVar_6",
        "Literal_7",
        "Literal_8",
        "Expression_9",
        "Aggregate_10",
        "Subquery_11",
        "Alias",
        "ID",
    ];
    assert_eq!(names(&prepared), wanted);
    let name = &prepared.columns[0];
    assert_eq!((name.schema.as_str(), name.table.as_str()), ("SQLUser", "t"));
    assert_eq!((name.type_class.as_str(), name.flags), ("%Library.String", 0));
    assert_eq!(prepared.columns[8].flags, 16);
    assert_eq!(prepared.columns[12].flags & 1, 1);
    let explained = s.prepare("EXPLAIN SELECT a FROM t WHERE a = ?").unwrap();
    assert_eq!((names(&explained), explained.statement_type), (vec!["Plan"], 1));
}

#[test]
fn parameters_take_the_type_of_their_neighbour() {
    let mut w = filled();
    // iris-sql §5.3: a guess; VARCHAR 12 where nothing is known.
    let text = "SELECT ?, CASE WHEN a = ? THEN ? ELSE n END FROM t WHERE ? > d AND n IN (1, ?) \
                AND name LIKE ? ORDER BY a LIMIT ?";
    let prepared = w.session.prepare(text).unwrap();
    let found: Vec<(i64, &str)> =
        prepared.parameters.iter().map(|p| (p.odbc, p.column.as_str())).collect();
    let types: Vec<i64> = found.iter().map(|(odbc, _)| *odbc).collect();
    assert_eq!(types, [12, 4, 2, 9, 2, 12, -5]);
    assert_eq!((found[1].1, found[3].1, found[4].1), ("a", "d", "n"));
}

#[test]
fn older_versions_read_limit_as_an_alias() {
    let mut w = world_of(Version::new(2024, 1));
    let s = &mut w.session;
    sql(s, "CREATE TABLE t (a INT)");
    // iris-sql §1.2.
    let refused = failure(s, "SELECT a FROM t LIMIT 10");
    assert_eq!(refused.sqlcode, -25);
    assert!(refused.message.starts_with("Input (:) encountered after end of query"));
    assert_eq!(code(s, "SELECT limit.a FROM t LIMIT"), 0);
    assert_eq!(code(s, "SELECT a FROM t FETCH FIRST 1 ROWS ONLY"), -25);
}

fn nested(open: &str, inner: &str, close: &str, depth: usize) -> String {
    format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
}

#[test]
fn texts_that_grow_when_they_are_bound_end_in_an_error() {
    let mut w = filled();
    let s = &mut w.session;
    let mut doubling = "WITH c0 AS (SELECT 1 AS x)".to_owned();
    let mut chain = doubling.clone();
    for n in 1..60 {
        let m = n - 1;
        doubling.push_str(&format!(", c{n} AS (SELECT a.x FROM c{m} a JOIN c{m} b ON a.x = b.x)"));
        chain.push_str(&format!(", c{n} AS (SELECT x FROM c{m})"));
    }
    for text in [
        format!("{doubling} SELECT x FROM c59"),
        format!("{chain} SELECT x FROM c59"),
        format!("SELECT 1 WHERE {}", nested("1 >= ANY (SELECT a FROM t WHERE ", "1=1", ")", 20)),
        format!("SELECT {}", nested("CASE ", "a", " WHEN 1 THEN 1 WHEN 2 THEN 2 END", 50))
            + " FROM t",
        format!("SELECT a FROM {}", nested("(SELECT a FROM ", "t", ") z", 60)),
    ] {
        let refused = failure(s, &text);
        assert_eq!(refused.message, "Unexpected error occurred: <FRAMESTACK>");
    }
    // What is not deep stays allowed.
    assert_eq!(sql(s, &format!("{chain} SELECT x FROM c30")), ["1"]);
    assert_eq!(
        sql(
            s,
            &format!("SELECT 1 WHERE {}", nested("1 IN (SELECT a FROM t WHERE ", "1=1", ")", 15))
        ),
        ["1"]
    );
}

#[test]
fn read_committed_waits_for_the_rows_that_from_reads() {
    let mut w = filled();
    let mut other = w.instance.session(identity()).unwrap();
    other.set_lock_timeout(0.05);
    other.set_isolation(true);
    w.session.tstart().unwrap();
    sql(&mut w.session, "UPDATE t SET n = 99 WHERE a = 2");
    // iris-sql §1.6, in whatever way FROM comes to the row.
    for waits in [
        "SELECT a FROM t",
        "SELECT u.a FROM u LEFT JOIN t ON t.a = 2",
        "SELECT a FROM u UNION ALL SELECT a FROM t",
        "SELECT a FROM t UNION ALL SELECT a FROM u ORDER BY 1",
        "SELECT z.a FROM (SELECT a FROM u UNION ALL SELECT a FROM t) z WHERE z.a = 2",
        "WITH q AS (SELECT a FROM t UNION ALL SELECT a FROM u) SELECT a FROM q",
        "SELECT z.a FROM u JOIN (SELECT a FROM t) z ON z.a = u.a + 1",
        "SELECT a FROM t FULL JOIN u USING (a)",
        "SELECT a FROM u WHERE a + 1 IN (SELECT a FROM t)",
        "SELECT a FROM u WHERE EXISTS (SELECT 1 FROM t WHERE t.a = u.a + 1)",
        "SELECT a FROM u WHERE 50 < ANY (SELECT n FROM t)",
        "SELECT a, (SELECT n FROM t WHERE t.a = u.a + 1) FROM u",
        "SELECT a FROM u WHERE EXISTS (SELECT 1 FROM u v WHERE v.a IN (SELECT a - 1 FROM t))",
    ] {
        assert_eq!(code(&mut other, waits), -114, "{waits}");
    }
    // Rows that are not read do not matter; aggregates, DISTINCT and GROUP BY never wait (§1.6).
    for goes_on in [
        "SELECT a FROM t WHERE a <> 2",
        "SELECT a FROM u UNION ALL SELECT a FROM t WHERE a = 1",
        "SELECT DISTINCT a FROM t",
        "SELECT DISTINCT BY (a) a FROM t",
        "SELECT a FROM t GROUP BY a",
        "SELECT MAX(a) FROM t UNION ALL SELECT a FROM u",
        "SELECT z.m FROM (SELECT MAX(n) AS m FROM t) z",
        "SELECT a, COUNT(*) FROM t",
        "SELECT a FROM u WHERE a IN (SELECT a FROM t)",
        "SELECT a, (SELECT MAX(n) FROM t) FROM u",
        "SELECT a, (SELECT n FROM t WHERE t.a = u.a) FROM u",
    ] {
        assert_eq!(code(&mut other, goes_on), 0, "{goes_on}");
    }
    w.session.trollback().unwrap();
    assert_eq!(code(&mut other, "SELECT a FROM u UNION ALL SELECT a FROM t"), 0);
}

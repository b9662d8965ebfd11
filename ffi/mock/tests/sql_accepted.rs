//! What IRIS accepts and refuses, each with the fact it stands on.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::let_underscore_must_use,
    missing_docs
)]

mod sql_support;

use irisdb::sql::Version;
use sql_support::{World, code, failure, sql, world, world_of};

fn filled() -> World {
    let mut w = world();
    let s = &mut w.session;
    sql(
        s,
        "CREATE TABLE t (a INT PRIMARY KEY, name VARCHAR(10) NOT NULL, n NUMERIC(6,2), d DATE, \
         b BIT, x VARCHAR(5) %EXACT, u INT UNIQUE, dflt INT DEFAULT 7 NOT NULL)",
    );
    sql(s, "CREATE TABLE parent (id INT PRIMARY KEY, v INT)");
    sql(s, "CREATE TABLE child (k INT, p INT REFERENCES parent(id))");
    sql(s, "CREATE TABLE auto (i IDENTITY, s SERIAL, r ROWVERSION, v INT)");
    sql(s, "CREATE TABLE big (a INT, body LONGVARCHAR)");
    sql(s, "INSERT INTO t (a, name, n, u) VALUES (1, 'one', 1.5, 10)");
    sql(s, "INSERT INTO parent VALUES (1, 1)");
    sql(s, "INSERT INTO child VALUES (1, 1)");
    w
}

/// Statement, SQLCODE, fact.
const CASES: &[(&str, i32, &str)] = &[
    // Lexical rules.
    ("SELECT 1;", -25, "§1.1 trailing semicolon"),
    ("SELECT 1; SELECT 2", -25, "§5.1 one statement"),
    ("SELECT \"\" FROM t", -1, "§1.1 empty delimited identifier"),
    ("SELECT 'x", -3, "Appendix A"),
    ("SELECT 1E", -2, "Appendix A"),
    ("SELECT 1E309", -7, "§1.1"),
    ("SELECT a::int FROM t", -25, "§1.1 no :: cast"),
    ("SELECT $1", -12, "§1.1 $1 is no parameter"),
    ("SELECT a FROM t -- comment", 0, "§1.1"),
    ("SELECT /* c */ a FROM t", 0, "§1.1"),
    ("SELECT a FROM \"T\"", 0, "§1.1 delimited names ignore case"),
    ("SELECT 3 - -1", 0, "§1.1"),
    ("", -51, "Appendix A"),
    ("EXPLODE t", -51, "Appendix A"),
    ("VALUES (1)", -51, "§1.3 VALUES is no statement"),
    // Conditions and values.
    ("SELECT a=1 FROM t", -25, "§1.1 condition as a value"),
    ("SELECT (a=1) FROM t", -1, "§1.1"),
    ("SELECT (a=1 AND u=1) FROM t", -1, "§1.1"),
    ("SELECT NOT (a=1) FROM t", -12, "§1.1"),
    ("SELECT EXISTS(SELECT 1) FROM t", -12, "§1.1"),
    ("SELECT a FROM t WHERE b", -14, "§1.1 bare BIT"),
    ("SELECT a FROM t WHERE 1", -14, "§1.1 bare number"),
    ("SELECT a FROM t WHERE a=1 OR 0", -14, "§1.1"),
    ("SELECT a FROM t WHERE (a)", -14, "§1.1"),
    ("SELECT a FROM t WHERE NOT a", -15, "Appendix A"),
    ("SELECT a FROM t WHERE b<>0", 0, "§1.1"),
    ("SELECT a FROM t WHERE 1=0", 0, "§1.1"),
    ("SELECT a FROM t WHERE ((a) + 1) = 2 AND (a=1 OR (a=2))", 0, "§1.1"),
    ("SELECT TRUE", -12, "§1.1 no TRUE literal"),
    ("SELECT a FROM t WHERE a = TRUE", -12, "§1.1"),
    ("SELECT CASE WHEN a=1 THEN 1 ELSE 0 END FROM t", 0, "§1.1"),
    ("SELECT CASE WHEN a THEN 1 END FROM t", -14, "§1.1"),
    ("SELECT a FROM t WHERE a=1 & u=10 ! a=3", 0, "§1.1 & and !"),
    ("SELECT a FROM t WHERE name ILIKE 'x'", -14, "§2 no ILIKE"),
    ("SELECT a FROM t WHERE name %STARTSWITH 'o'", 0, "§1.1"),
    ("SELECT a FROM t WHERE name [ 'n'", 0, "§1.1"),
    ("SELECT a FROM t WHERE (a,u) IN ((1,2))", -1, "§1.2 no row values"),
    ("SELECT a FROM t WHERE a IS TRUE", -1, "§1.1"),
    ("SELECT a FROM t WHERE a > ANY (SELECT 0)", 0, "Appendix C"),
    ("SELECT a FROM t WHERE d = 'nodate'", -146, "§4.1"),
    ("SELECT {ts '2021-13-01 00:00:00'}", -146, "§4.1"),
    ("SELECT {t '25:00:00'}", -147, "§4.1"),
    ("SELECT {d '2021-02-03'}", 0, "Appendix C"),
    ("SELECT {fn UCASE('a')}", 0, "§2"),
    ("SELECT {oj a}", -40, "Appendix A"),
    ("SELECT 1 ^ 2", -25, "§1.1 no ^"),
    ("SELECT a % 2 FROM t", -25, "§1.1 no % modulo"),
    ("SELECT 7 # 2", 0, "§1.1"),
    ("SELECT 7 \\ 2", 0, "§1.1"),
    ("SELECT 1/0", -400, "§1.1 <DIVIDE>"),
    ("SELECT 1 / (a-1) FROM t", -400, "§1.1 <DIVIDE>"),
    // Names.
    ("SELECT missing FROM t", -29, "§1.7"),
    ("SELECT a FROM missing", -30, "§1.7"),
    ("SELECT q.a FROM t", -23, "§1.7"),
    ("SELECT a FROM t x, t y", -27, "Appendix A"),
    ("SELECT x.a FROM t x, t x", -20, "Appendix A"),
    ("SELECT a FROM x.y.t", -1, "§1.1 no catalog part"),
    ("SELECT a FROM SQLUser.t", 0, "§1.1"),
    ("SELECT a FROM sqluser.T", 0, "§1.1"),
    ("SELECT ID, %ID FROM t", 0, "§1.2"),
    ("SELECT * FROM select", -312, "§1.1 reserved word as a table"),
    ("SELECT date FROM t", -12, "Appendix B"),
    ("SELECT a AS value, u AS name FROM t", 0, "§1.1"),
    ("SELECT a AS user FROM t", -1, "Appendix B"),
    ("SELECT a count FROM t", -25, "§1.8 aggregate names as bare aliases"),
    ("SELECT *", -26, "Appendix A"),
    ("SELECT nosuch(1)", -359, "§1.8"),
    ("SELECT COALESCE(1)", -380, "Appendix A"),
    ("SELECT UPPER('a','b')", -381, "Appendix A"),
    ("SELECT CAST(1 AS JSON)", -376, "§1.5"),
    ("SELECT CAST('x' AS DATE), CAST('abc' AS INTEGER)", 0, "§2"),
    ("SELECT CAST('x' AS TIMESTAMP)", -400, "§2"),
    ("SELECT DATEPART('nonsense', '2021-01-01')", -8, "§1.8"),
    // SELECT.
    ("SELECT 1", 0, "§1.2 FROM is optional"),
    ("SELECT TOP 1 a FROM t", 0, "§1.2"),
    ("SELECT TOP(1) a FROM t", 0, "§1.8"),
    ("SELECT DISTINCT TOP 1 a FROM t", 0, "§1.2"),
    ("SELECT TOP x a FROM t", -65, "Appendix A"),
    ("SELECT a FROM t LIMIT 1", 0, "§1.2"),
    ("SELECT a FROM t LIMIT 1 OFFSET 0", 0, "§1.2"),
    ("SELECT a FROM t OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY", 0, "§1.2"),
    ("SELECT a FROM t FETCH FIRST 20", 0, "§1.2"),
    ("SELECT TOP 1 a FROM t LIMIT 1", -386, "§1.2"),
    ("SELECT a FROM t LIMIT 1 FETCH FIRST 1 ROWS ONLY", -386, "§1.2"),
    ("SELECT a FROM (SELECT a FROM t ORDER BY a) z", -1, "§1.2 ORDER BY in a subquery"),
    ("SELECT a FROM (SELECT TOP ALL a FROM t ORDER BY a) z WHERE %VID BETWEEN 1 AND 2", 0, "§1.2"),
    ("SELECT a FROM t WHERE a=1 GROUP BY a HAVING COUNT(*)>0 ORDER BY a", 0, "§1.2"),
    ("SELECT a FROM t ORDER BY a WHERE a=1", -25, "§1.2 clause order"),
    ("SELECT a FROM t WHERE COUNT(*)=1", -19, "§1.2"),
    ("SELECT a FROM t GROUP BY COUNT(*)", -19, "§1.2"),
    ("SELECT a FROM t ORDER BY COUNT(*)", -73, "Appendix A"),
    ("SELECT * FROM t ORDER BY 1", -22, "§1.2"),
    ("SELECT a FROM t ORDER BY 1", 0, "§1.2"),
    ("SELECT a FROM t ORDER BY 2", -5, "Appendix A"),
    ("SELECT a FROM t ORDER BY a NULLS FIRST", -25, "§1.1"),
    ("SELECT a FROM t FOR UPDATE", -25, "§1.2"),
    ("SELECT name, COUNT(*) FROM t", 0, "§1.2 not ANSI"),
    ("SELECT name FROM t GROUP BY a", 0, "§1.2 not ANSI"),
    ("SELECT name FROM t GROUP BY 1", 0, "§1.2 no ordinal"),
    ("SELECT a FROM t UNION SELECT a, u FROM t", -9, "§1.2"),
    ("SELECT a FROM t UNION ALL SELECT u FROM t ORDER BY zzz", -6, "§1.2"),
    ("SELECT a FROM t UNION ALL SELECT u FROM t ORDER BY 1", 0, "§1.2"),
    ("SELECT (SELECT a, u FROM t) FROM t", -10, "Appendix A"),
    ("SELECT a FROM t WHERE a IN (SELECT a, u FROM t)", -10, "Appendix A"),
    ("SELECT a FROM t JOIN parent ON a = parent.id", 0, "§1.2"),
    ("SELECT a FROM t JOIN parent ON a = id", -27, "§1.4 the hidden RowID of t is ID, too"),
    ("SELECT a FROM t JOIN parent", -1, "§1.2"),
    ("SELECT a FROM t CROSS JOIN parent", 0, "§1.2"),
    ("WITH q AS (SELECT a FROM t) SELECT a FROM q", 0, "§1.2"),
    ("WITH q AS (SELECT 1 AS x), q AS (SELECT 2) SELECT x FROM q", -382, "§1.2"),
    ("WITH q AS (SELECT 1 AS x) DELETE FROM t", -383, "§1.2"),
    ("SELECT body FROM big WHERE body = 'x'", -313, "§1.5"),
    ("SELECT UPPER(body) FROM big", -37, "§1.5"),
    ("SELECT a FROM big ORDER BY body", -72, "Appendix A"),
    // DML.
    ("INSERT INTO t (a, name, u) VALUES (2, 'two', 20)", 0, "§1.3"),
    ("INSERT t (a, name, u) VALUES (3, 'three', 30)", 0, "§1.3 INTO is optional"),
    ("INSERT INTO t SET a=4, name='four'", 0, "§1.3"),
    ("INSERT INTO t (a, name) VALUES (5, 'five'), (6, 'six')", -25, "§1.3 single row"),
    ("INSERT INTO t (a, name) VALUES (5)", -62, "§1.3"),
    ("INSERT INTO t (a) VALUES (5, 'x')", -116, "§1.3"),
    ("INSERT INTO t (a, a) VALUES (5, 5)", -377, "Appendix A"),
    ("INSERT INTO t (a, zz) VALUES (5, 5)", -29, "Appendix A"),
    ("INSERT INTO t (a) VALUES (5)", -108, "§1.3"),
    ("INSERT INTO t (a, name) VALUES (1, 'dup')", -119, "§1.3"),
    ("INSERT INTO t (a, name, u) VALUES (8, 'dup', 10)", -119, "§1.3"),
    ("INSERT INTO t (a, name) VALUES (9, '12345678901')", -104, "§1.5 no truncation"),
    ("INSERT INTO t (a, name) VALUES ('x', 'y')", -104, "§1.3"),
    ("INSERT INTO t (a, name) VALUES (3000000000, 'y')", -104, "§1.5"),
    ("INSERT INTO t (a, name, n) VALUES (9, 'y', 99999)", -104, "§1.5"),
    ("INSERT INTO t (a, name, b) VALUES (9, 'y', 2)", -104, "§4.1"),
    ("INSERT INTO t (a, name, d) VALUES (9, 'y', '2021-02-30')", -146, "§4.1"),
    ("INSERT INTO t (a, name) VALUES ((SELECT 1), 'y')", -144, "§1.3"),
    ("INSERT INTO t (ID, a, name) VALUES (1, 11, 'y')", -111, "§1.3 RowID"),
    ("INSERT INTO auto (i, v) VALUES (5, 1)", -111, "§1.4 IDENTITY"),
    ("INSERT INTO auto (i, v) VALUES (NULL, 1)", 0, "§1.3"),
    ("INSERT INTO auto (r) VALUES (1)", -138, "§1.3"),
    ("INSERT INTO auto DEFAULT VALUES", 0, "§1.3"),
    ("INSERT INTO child VALUES (2, 99)", -121, "§1.3"),
    ("INSERT INTO child VALUES (2, NULL)", 0, "§1.3"),
    ("INSERT INTO child SELECT id, id FROM parent", 0, "§1.3"),
    ("INSERT INTO child SELECT id FROM parent", -64, "Appendix A"),
    ("INSERT INTO t (a, name) VALUES (1,'x') RETURNING a", -25, "§1.3 no RETURNING"),
    ("INSERT INTO t (a, name) VALUES (1,'x') ON CONFLICT DO NOTHING", -25, "§1.3"),
    ("UPDATE t SET name = 'uno' WHERE a = 1", 0, "§1.3"),
    ("UPDATE t SET name = 'x' WHERE a = 99", 100, "§1.3"),
    ("UPDATE t (name, n) VALUES ('x', 2) WHERE a = 1", 0, "§1.3"),
    ("UPDATE t SET name = NULL WHERE a = 1", -108, "§1.3"),
    ("UPDATE t SET name = '12345678901' WHERE a = 1", -105, "Appendix A"),
    ("UPDATE t SET a = 2 WHERE a = 1", -120, "§1.7"),
    ("UPDATE t SET ID = 2 WHERE a = 1", -107, "§1.7"),
    ("UPDATE auto SET i = 2", -107, "§1.4"),
    ("UPDATE t SET zz = 2", -29, "Appendix A"),
    ("UPDATE t SET n = 1, n = 2", -377, "Appendix A"),
    ("UPDATE child SET p = 7", -122, "Appendix A"),
    ("UPDATE parent SET id = 3 WHERE id = 1", -123, "Appendix A"),
    ("DELETE FROM parent WHERE id = 1", -124, "Appendix A"),
    ("DELETE t WHERE a = 77", 100, "§1.3 FROM is optional"),
    ("DELETE FROM t WHERE COUNT(*) = 1", -19, "§1.2"),
    ("MERGE INTO t USING parent ON 1=1", -51, "§1.3 no MERGE"),
    // DDL.
    ("CREATE TABLE t (a INT)", -201, "Appendix A"),
    ("CREATE TABLE IF NOT EXISTS t (a INT)", 0, "§1.4"),
    ("CREATE TABLE z1 (a BOOLEAN)", -400, "§1.5 no BOOLEAN"),
    ("CREATE TABLE z1 (a JSON)", -400, "§1.5"),
    ("CREATE TABLE z1 (a INT4)", -400, "§1.5"),
    ("CREATE TABLE z1 (a)", -86, "Appendix A"),
    ("CREATE TABLE z1 (a INT, A INT)", -306, "Appendix A"),
    ("CREATE TABLE z1 (a INT CHECK (a > 0))", -1, "§1.4 no CHECK"),
    ("CREATE TABLE z1 (a INT DEFAULT (1+1))", -1, "§1.4 literals only"),
    ("CREATE TABLE z1 (a IDENTITY, b IDENTITY)", -308, "§1.4"),
    ("CREATE TABLE z1 (a INT PRIMARY KEY, b INT PRIMARY KEY)", -307, "Appendix A"),
    ("CREATE TABLE z1 (a INT, PRIMARY KEY (b))", -31, "Appendix A"),
    ("CREATE TABLE z1 (select INT)", -1, "Appendix B"),
    ("CREATE TABLE z1 (\"select\" INT, \"a b\" VARCHAR(5))", 0, "§1.1"),
    ("CREATE TABLE z2 (a INT REFERENCES nowhere(x))", -310, "Appendix A"),
    ("CREATE TABLE z2 (a INT REFERENCES parent(zz))", -316, "Appendix A"),
    ("CREATE TABLE z2 (a INT REFERENCES parent(v))", -314, "Appendix A"),
    ("CREATE TABLE z3 (a INT, b VARCHAR, c VARCHAR(10) COLLATE EXACT, PRIMARY KEY (a))", 0, "§1.4"),
    (
        "CREATE TABLE z4 (t TIME(3), ts TIMESTAMP, ts2 TIMESTAMP2, g UNIQUEIDENTIFIER, m MONEY)",
        0,
        "§1.5",
    ),
    ("CREATE TABLE z5 (a INT NOT NULL DEFAULT -5, d DATE DEFAULT CURRENT_DATE)", 0, "§1.4"),
    ("CREATE TABLE z6 (a INT, b INT, FOREIGN KEY (b) REFERENCES z6(a), UNIQUE (a))", 0, "§1.4"),
    ("DROP TABLE parent", -320, "§1.4"),
    ("DROP TABLE nosuch", -30, "Appendix A"),
    ("DROP TABLE IF EXISTS nosuch", 0, "§1.4"),
    ("CREATE INDEX IF NOT EXISTS i1 ON t (n)", -1, "§1.4"),
    ("CREATE INDEX i1 ON t (n)", 0, "§1.4"),
    ("CREATE INDEX i1 ON TABLE t (n)", -324, "Appendix A"),
    ("CREATE INDEX i2 ON nosuch (n)", -30, "§1.7"),
    ("CREATE INDEX i2 ON t (zz)", -29, "Appendix A"),
    ("DROP INDEX i1 ON t", 0, "§1.4"),
    ("DROP INDEX i1", -333, "Appendix A"),
    ("DROP INDEX IF EXISTS i1", 0, "§1.4"),
    ("CREATE SCHEMA shop", 0, "§1.4"),
    ("CREATE SCHEMA shop", -476, "§1.4"),
    ("CREATE SCHEMA IF NOT EXISTS shop", 0, "§1.4"),
    ("CREATE TABLE shop.item (a INT)", 0, "§1.4"),
    ("DROP SCHEMA shop", -482, "§1.4"),
    ("DROP SCHEMA shop CASCADE", 0, "§1.4"),
    ("DROP SCHEMA shop", -473, "§1.4"),
    ("DROP SCHEMA IF EXISTS shop", 0, "§1.4"),
    ("ALTER TABLE t ADD COLUMN e VARCHAR(5)", 0, "§1.4"),
    ("ALTER TABLE t ADD e INT", -306, "Appendix A"),
    ("ALTER TABLE t ADD f INT NOT NULL", -304, "§1.4"),
    ("ALTER TABLE t ADD f INT DEFAULT 3 NOT NULL", 0, "§1.4"),
    ("ALTER TABLE t DROP COLUMN e", 0, "§1.4"),
    ("ALTER TABLE t DROP COLUMN u", -322, "§1.8"),
    ("TRUNCATE TABLE child", 0, "§1.3"),
    ("BEGIN", -51, "§1.6"),
    ("RELEASE SAVEPOINT x", -51, "§1.6"),
];

#[test]
fn statements_have_the_codes_of_the_facts() {
    let mut w = filled();
    let mut wrong = Vec::new();
    for (text, expected, fact) in CASES {
        let found = code(&mut w.session, text);
        if found != *expected {
            let message = match sql_support::run(&mut w.session, text, |_| {}) {
                Err(e) => e.message,
                Ok(_) => String::new(),
            };
            wrong.push(format!("{text}\n   expected {expected}, found {found} {message} ({fact})"));
        }
    }
    assert!(CASES.len() >= 120);
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn reserved_words_are_refused_as_columns() {
    // iris-sql Appendix B; §1.1 names the ones that are free.
    let mut w = world();
    for word in ["ABSOLUTE", "USER", "DATE", "VALUES", "END", "%ID", "TOP", "SHARD"] {
        assert_eq!(code(&mut w.session, &format!("CREATE TABLE r ({word} INT)")), -1, "{word}");
    }
    for (n, word) in ["INDEX", "KEY", "LIMIT", "OFFSET", "ORDER", "UNKNOWN", "VIEW", "NAME", "TYPE"]
        .iter()
        .enumerate()
    {
        assert_eq!(code(&mut w.session, &format!("CREATE TABLE r{n} ({word} INT)")), 0, "{word}");
    }
}

#[test]
fn older_versions_lack_limit() {
    // iris-sql §1.2: LIMIT is read as an alias before 2025.1.
    let mut w = world_of(Version::new(2024, 1));
    sql(&mut w.session, "CREATE TABLE t (a INT)");
    let refused = failure(&mut w.session, "SELECT a FROM t LIMIT 10");
    assert_eq!(refused.sqlcode, -25);
    assert!(refused.message.contains("Input (:) encountered after end of query"), "{refused}");
    let mut w = world_of(Version::new(2022, 1));
    assert_eq!(code(&mut w.session, "WITH q AS (SELECT 1 AS x) SELECT x FROM q"), -51);
}

#[test]
fn messages_have_the_texts_of_the_facts() {
    // iris-sql §1.7.
    let mut w = filled();
    let s = &mut w.session;
    let text = |s: &mut irisdb::sql::SqlSession, sql: &str| failure(s, sql).message;
    assert_eq!(text(s, "SELECT 1 FROM foo"), "Table 'SQLUSER.FOO' not found");
    assert_eq!(
        text(s, "SELECT TOP 5 game , a FROM t"),
        " Field 'GAME' not found in the applicable tables^ SELECT TOP ? game ,"
    );
    assert_eq!(
        text(s, "INSERT INTO t (a, name) VALUES (7, 'this is far too long')"),
        "Field 'SQLUser.t.name' (value 'this is far too long') failed validation"
    );
    assert_eq!(
        text(s, "INSERT INTO t (a) VALUES (7)"),
        "'name' in table 'SQLUser.t' is a required field"
    );
    assert_eq!(
        text(s, "INSERT INTO t (a, name) VALUES (1, 'x')"),
        "Table 'SQLUser.t', Constraint 'T_PKEY1', Field(s) a=\"1\"; failed unique check"
    );
    assert_eq!(
        text(s, "INSERT INTO child VALUES (2, 99)"),
        "Table 'SQLUser.child', Foreign Key Constraint 'CHILD_FKEY1' (Field 'p') failed \
         referential integrity check"
    );
    assert_eq!(
        text(s, "UPDATE t SET ID = 1"),
        "Updating any of the RowID Fields ('ID') not allowed"
    );
    assert_eq!(text(s, "CREATE TABLE t (a INT)"), "Table 'SQLUser.t' already exists");
    assert!(text(s, "CREATE INDEX IF NOT EXISTS i ON t (a)").starts_with("ON expected, NOT found"));
    assert_eq!(
        text(s, "SELECT a FROM t WHERE d = 'nodate'"),
        "Error: 'nodate' is an invalid ODBC/JDBC Date value"
    );
}

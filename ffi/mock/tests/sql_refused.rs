//! What the facts say that IRIS does not take, where they do not say with which SQLCODE: any
//! negative one will do, and nothing may change. Where the code is known, `tests/sql/iris` has it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::let_underscore_must_use,
    missing_docs
)]

mod sql_support;

use irisdb::sql::SqlSession;
use sql_support::{code, sql, world};

/// Statement and fact (iris-sql).
const REFUSED: &[(&str, &str)] = &[
    // Columns and constraints.
    ("CREATE TABLE x (a INT GENERATED ALWAYS AS IDENTITY)", "§1.4 no GENERATED ALWAYS"),
    ("CREATE TABLE x (a INT, b INT GENERATED ALWAYS AS (a + 1))", "§1.4 no GENERATED ALWAYS"),
    ("CREATE TABLE x (a INT DEFAULT (1 + 1))", "§1.4 no other expression defaults"),
    ("CREATE TABLE x (a INT DEFAULT 1 + 1)", "§1.4 no other expression defaults"),
    ("CREATE TABLE x (a VARCHAR(5) DEFAULT UPPER('a'))", "§1.4 no other expression defaults"),
    ("CREATE TABLE x (a INT DEFAULT (SELECT MAX(a) FROM t))", "§1.4 no other expression defaults"),
    ("CREATE TABLE x (a INT REFERENCES t (a) DEFERRABLE)", "§1.4 no deferrable constraints"),
    (
        "CREATE TABLE x (a INT REFERENCES t (a) INITIALLY DEFERRED)",
        "§1.4 no deferrable constraints",
    ),
    ("CREATE TABLE x (a INT UNIQUE DEFERRABLE)", "§1.4 no deferrable constraints"),
    ("CREATE TABLE x (r ROWVERSION, q ROWVERSION)", "§1.5 ROWVERSION, one per table"),
    ("CREATE TABLE x (a INT AUTO_INCREMENT, b INT AUTO_INCREMENT)", "§1.4 one per table"),
    ("CREATE TABLE x (a VARCHAR(5) AUTO_INCREMENT)", "§1.4 after an integer type"),
    ("CREATE TABLE x (a NUMERIC(20,0))", "§1.5 p at most 19 + s"),
    ("CREATE TABLE x (a NUMERIC(30,2))", "§1.5 p at most 19 + s"),
    ("CREATE TABLE x (a NUMERIC(20,19))", "§1.5 s at most 18"),
    ("CREATE TABLE x (a INT[])", "§1.5 no ARRAY"),
    ("CREATE TABLE x (a INTERVAL)", "§1.5 no INTERVAL"),
    ("CREATE TABLE x (a TIMESTAMP WITH TIME ZONE)", "§1.5 no TIMESTAMPTZ"),
    ("CREATE TABLE x (\"a.b\" INT)", "§1.1 a dot inside a column name is refused even quoted"),
    ("CREATE TABLE x AS SELECT a FROM t WHERE a = ?", "§1.4 no ? in the query"),
    ("CREATE TABLE x (LIKE t)", "§1.4 the grammar of CREATE TABLE"),
    ("CREATE OR REPLACE TABLE x (a INT)", "§1.4 OR REPLACE for VIEW and code only"),
    ("CREATE TEMP TABLE x (a INT)", "§1.4 GLOBAL TEMPORARY"),
    ("CREATE UNLOGGED TABLE x (a INT)", "§1.4 the grammar of CREATE TABLE"),
    // Things that do not exist.
    ("CREATE SEQUENCE x", "§1.4 no sequences"),
    ("CREATE DOMAIN x AS INT", "§1.4 no domains"),
    ("CREATE TYPE x AS ENUM ('a')", "§1.4 no enums"),
    ("CREATE MATERIALIZED VIEW x AS SELECT a FROM t", "§1.4 no materialised views"),
    ("DROP SEQUENCE x", "§1.4 no sequences"),
    ("CREATE EXTENSION x", "§1.4 what can be created"),
    // Indexes.
    ("CREATE INDEX x ON t (UPPER(b))", "§1.4 no expression indexes"),
    ("CREATE INDEX x ON t (a + 1)", "§1.4 no expression indexes"),
    ("CREATE INDEX x ON t (a) WHERE a > 1", "§1.4 no partial indexes"),
    ("CREATE INDEX CONCURRENTLY x ON t (a)", "§1.4 the grammar of CREATE INDEX"),
    ("CREATE INDEX x ON t USING btree (a)", "§1.4 the grammar of CREATE INDEX"),
    ("CREATE INDEX ON t (a)", "§1.4 an index has a name"),
    ("CREATE UNIQUE INDEX IF NOT EXISTS x ON t (a)", "§1.4 no IF NOT EXISTS"),
    ("CREATE INDEX x ON t (nosuch)", "§1.4 an index has columns of its table"),
    // ALTER TABLE.
    ("ALTER TABLE t RENAME TO x", "§1.4 no RENAME TO"),
    ("ALTER TABLE t RENAME COLUMN a TO x", "§1.4 ALTER COLUMN f RENAME n"),
    ("ALTER TABLE t ALTER COLUMN a TYPE BIGINT", "§1.4 no TYPE"),
    ("ALTER TABLE t ALTER COLUMN a SET NOT NULL", "§1.4 ALTER COLUMN f NOT NULL"),
    ("ALTER TABLE t ALTER COLUMN a SET DATA TYPE BIGINT", "§1.4 no TYPE"),
    ("ALTER TABLE IF EXISTS t ADD COLUMN x INT", "§1.4 no IF EXISTS in ALTER"),
    ("ALTER TABLE t ADD COLUMN IF NOT EXISTS x INT", "§1.4 no IF EXISTS in ALTER"),
    ("ALTER TABLE t DROP COLUMN IF EXISTS b", "§1.4 no IF EXISTS in ALTER"),
    ("ALTER TABLE t ADD COLUMN x INT, ADD COLUMN y INT", "§1.4 one action verb per statement"),
    ("ALTER TABLE t ADD COLUMN x INT DROP COLUMN b", "§1.4 one action verb per statement"),
    ("ALTER TABLE t OWNER TO x", "§1.4 the verbs of ALTER TABLE"),
    ("ALTER TABLE t ALTER COLUMN nosuch NOT NULL", "§1.4 a column of the table"),
    ("ALTER TABLE t DROP COLUMN nosuch", "§1.4 a column of the table"),
    // DROP and TRUNCATE.
    ("DROP TABLE t, u", "§1.4 DROP TABLE t"),
    ("DROP TABLE", "§1.4 DROP TABLE t"),
    ("TRUNCATE TABLE t, u", "§1.3 TRUNCATE TABLE t"),
    ("TRUNCATE TABLE t CASCADE", "§1.3 TRUNCATE TABLE t"),
    ("TRUNCATE TABLE t RESTART IDENTITY", "§1.3 TRUNCATE TABLE t"),
    // DML.
    ("UPDATE t SET (a, b) = (5, 'x')", "§1.2 no row values"),
    ("DELETE FROM t USING u WHERE t.a = u.a", "§1.3 DELETE ... FROM tables"),
    ("DELETE FROM t WHERE (a, b) IN ((1, 'x'))", "§1.2 no tuple IN"),
    ("INSERT INTO t (a, b) VALUES ROW (5, 'x')", "§1.3 the grammar of INSERT"),
    ("INSERT IGNORE INTO t VALUES (5, 'x')", "§1.3 the grammar of INSERT"),
    ("INSERT OR REPLACE INTO t VALUES (1, 'x')", "§1.3 INSERT OR UPDATE alone"),
    ("INSERT OR IGNORE INTO t VALUES (1, 'x')", "§1.3 INSERT OR UPDATE alone"),
    ("INSERT INTO t OVERRIDING SYSTEM VALUE VALUES (5, 'x')", "§1.3 the grammar of INSERT"),
    ("UPDATE t, u SET t.a = 5", "§1.3 UPDATE ... FROM tables"),
    ("UPDATE t JOIN u ON t.a = u.a SET t.a = 5", "§1.3 UPDATE ... FROM tables"),
    ("UPDATE t SET a = 5 WHERE CURRENT OF nosuch", "§1.3 a cursor"),
    ("UPDATE ONLY t SET a = 5", "§1.3 the grammar of UPDATE"),
    ("UPDATE t SET a = 5 WHERE a", "§1.1 a value is no condition"),
    ("UPDATE t SET a = a > 1", "§1.1 a condition is no value"),
    ("UPDATE t SET a = EXISTS (SELECT 1 FROM u)", "§1.1 a condition is no value"),
    ("INSERT INTO t VALUES ((1 = 1), 'x')", "§1.1 a condition is no value"),
    ("UPDATE t SET a = a % 2", "§1.1 no % modulo"),
    ("UPDATE t SET a = a::int", "§1.1 no :: cast"),
    ("UPDATE t SET a = a & 1", "§1.1 no bitwise operators"),
    ("UPDATE t SET b = E'x'", "§1.1 no E''"),
    ("UPDATE t SET b = $$x$$", "§1.1 no dollar quoting"),
    ("UPDATE t SET b = U&'x'", "§1.1 no U&"),
    ("INSERT INTO t VALUES ($1, 'x')", "§1.1 $1 is no parameter"),
    // Transactions.
    (
        "START TRANSACTION ISOLATION LEVEL READ COMMITTED, %COMMITMODE EXPLICIT",
        "§1.6 not both in one statement",
    ),
    (
        "SET TRANSACTION %COMMITMODE NONE, ISOLATION LEVEL READ COMMITTED",
        "§1.6 not both in one statement",
    ),
    ("SET TRANSACTION %COMMITMODE SOMETIMES", "§1.6 IMPLICIT, EXPLICIT, NONE"),
    ("SET TRANSACTION ISOLATION LEVEL SNAPSHOT", "§1.6 the levels"),
    ("START", "§1.6 START TRANSACTION"),
    ("BEGIN WORK", "§1.6 BEGIN does not exist"),
    ("ROLLBACK PREPARED 'x'", "§1.6 ROLLBACK [WORK]"),
    ("COMMIT TRANSACTION", "§1.6 COMMIT [WORK]"),
    ("SAVEPOINT a b", "§1.6 SAVEPOINT n"),
    ("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", "§1.6 SET TRANSACTION"),
    ("LOCK TABLE t", "§1.6 LOCK TABLE t IN ... MODE"),
    ("LOCK TABLE t IN ROW EXCLUSIVE MODE", "§1.6 SHARE and EXCLUSIVE"),
    ("LOCK TABLE t, u IN SHARE MODE", "§1.6 LOCK TABLE t"),
    ("LOCK TABLE t IN SHARE MODE WAIT x", "§1.6 WAIT n"),
    ("SET OPTION", "§1.6 SET OPTION has a keyword"),
    ("SET OPTION NOSUCH = 1", "§1.6 the keywords"),
    ("SET OPTION COMPILEMODE = SOMETIMES", "§1.6 DEFERRED, IMMEDIATE, INSTALL, NOCHECK"),
];

fn picture(s: &mut SqlSession) -> Vec<String> {
    let mut out = sql(s, "SELECT * FROM t ORDER BY a");
    out.extend(sql(s, "SELECT * FROM u ORDER BY a"));
    out.extend(sql(s, "SELECT $TLEVEL"));
    out.push(code(s, "SELECT 1 FROM x").to_string());
    out
}

#[test]
fn what_iris_does_not_have_is_refused() {
    let mut w = world();
    let s = &mut w.session;
    sql(s, "CREATE TABLE t (a INT PRIMARY KEY, b VARCHAR(10))");
    sql(s, "CREATE TABLE u (a INT)");
    sql(s, "INSERT INTO t VALUES (1, 'one')");
    sql(s, "INSERT INTO t VALUES (2, 'two')");
    sql(s, "INSERT INTO u VALUES (1)");
    let before = picture(s);
    let mut wrong = Vec::new();
    for (text, fact) in REFUSED {
        let found = code(s, text);
        if found >= 0 {
            wrong.push(format!("{text}: {found} ({fact})"));
            s.trollback().unwrap();
        }
        let now = picture(s);
        if now != before {
            wrong.push(format!("{text}: changed something: {now:?}"));
            break;
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

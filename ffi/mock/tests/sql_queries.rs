//! Queries and what they give.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::let_underscore_must_use,
    missing_docs
)]

mod sql_support;

use irisdb::sql::KeyKind;
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

fn shop() -> sql_support::World {
    let mut w = world();
    let s = &mut w.session;
    sql(
        s,
        "CREATE TABLE item (n INT PRIMARY KEY, Name VARCHAR(20), grp VARCHAR(5), price NUMERIC(8,2), q INT)",
    );
    for (n, name, grp, price, q) in [
        (1, "'pear'", "'a'", "1.50", "3"),
        (2, "'Apple'", "'A'", "2.25", "NULL"),
        (3, "'fig'", "'b'", "NULL", "7"),
        (4, "''", "NULL", "10", "1"),
    ] {
        sql(s, &format!("INSERT INTO item VALUES ({n}, {name}, {grp}, {price}, {q})"));
    }
    sql(s, "CREATE TABLE sale (item INT, day DATE, amount INT)");
    for (item, day, amount) in
        [(1, "2021-01-01", 5), (1, "2021-01-02", 6), (3, "2021-01-01", 7), (9, "2021-01-03", 1)]
    {
        sql(s, &format!("INSERT INTO sale VALUES ({item}, '{day}', {amount})"));
    }
    w
}

/// Query, rows, fact.
const QUERIES: &[(&str, &[&str], &str)] = &[
    ("SELECT 7/2, 17/7, 7\\2, 7 # 4, 2*3", &["35e-1|2428571428571428571e-18|3|3|6"], "§1.1"),
    ("SELECT 1.5 + 2, .1 + .2, 10 - .5, -(3), - -3", &["35e-1|3e-1|95e-1|-3|3"], "§1.1"),
    ("SELECT 'a' || 'b', 1 || 2, 'x' || NULL", &["ab|12|<null>"], "§1.1"),
    ("SELECT '' || 'a', LENGTH(''), LENGTH('a  '), CHAR_LENGTH('a  ')", &["a|0|1|3"], "§2, §4.2"),
    ("SELECT '5' + 1, '12abc' + 1, 'x' + 1", &["6|13|1"], "§4.2"),
    ("SELECT name FROM item ORDER BY name", &["", "Apple", "fig", "pear"], "§1.1"),
    ("SELECT grp FROM item ORDER BY grp DESC, n", &["b", "a", "A", "<null>"], "§1.1 NULLs first"),
    ("SELECT n FROM item WHERE name LIKE 'A%'", &["2"], "§2"),
    ("SELECT n FROM item WHERE name LIKE 'a%'", &["2"], "§2 follows the collation"),
    ("SELECT n FROM item WHERE %EXACT(name) LIKE 'a%'", &[], "§2"),
    ("SELECT n FROM item WHERE UPPER(name) = 'Apple'", &[], "§1.1 expressions are EXACT"),
    ("SELECT n FROM item WHERE 'a' = 'A'", &[], "§1.1 literals compare with case"),
    ("SELECT n FROM item WHERE name = ''", &["4"], "§4.2"),
    ("SELECT n FROM item WHERE grp IS NULL", &["4"], "§4.2"),
    ("SELECT n FROM item WHERE name IN ('APPLE', 'FIG') ORDER BY n", &["2", "3"], "§1.1"),
    ("SELECT n FROM item WHERE n IN (1, 2.5, 3) ORDER BY 1", &["1", "3"], "exact numbers"),
    ("SELECT n FROM item WHERE price = 1.5", &["1"], "exact numbers"),
    ("SELECT n FROM item WHERE price = 1.505", &[], "exact numbers"),
    ("SELECT n FROM item WHERE price > 1.495 AND price < 1.505", &["1"], "exact numbers"),
    ("SELECT n FROM item WHERE n > 2.5 ORDER BY n", &["3", "4"], "exact numbers"),
    ("SELECT n FROM item WHERE price BETWEEN 1 AND 2.25 ORDER BY n", &["1", "2"], "Appendix C"),
    ("SELECT n FROM item WHERE NOT (n = 1 OR n = 2) ORDER BY n DESC", &["4", "3"], "§1.1"),
    (
        "SELECT COUNT(*), COUNT(q), SUM(q), AVG(q), MIN(q), MAX(q) FROM item",
        &["4|3|11|3666666666666666667e-18|1|7"],
        "§2",
    ),
    (
        "SELECT SUM(price), AVG(price), MAX(name) FROM item",
        &["1375e-2|4583333333333333333e-18|PEAR"],
        "§1.8 upper case",
    ),
    ("SELECT COUNT(*), SUM(q) FROM item WHERE n > 99", &["0|<null>"], "§1.2"),
    ("SELECT n, COUNT(*) FROM item WHERE n > 99 GROUP BY n", &[], "§1.2"),
    ("SELECT COUNT(DISTINCT grp) FROM item", &["2"], "§1.1"),
    ("SELECT COUNT(*) FROM item GROUP BY grp ORDER BY 1", &["1", "1", "2"], "§1.1"),
    ("SELECT COUNT(*) FROM item GROUP BY 1", &["4"], "§1.2 no ordinal"),
    ("SELECT n, COUNT(*) FROM item WHERE n < 3", &["1|2", "2|2"], "§1.2 repeated"),
    ("SELECT n FROM item HAVING n > 2 ORDER BY n", &["3", "4"], "§1.2"),
    ("SELECT n, MAX(n) FROM item HAVING n < 3 ORDER BY n", &["1|4", "2|4"], "§1.2"),
    (
        "SELECT grp, SUM(n) FROM item GROUP BY grp HAVING SUM(n) = 3 ORDER BY grp",
        &["a|3", "b|3"],
        "§1.2",
    ),
    (
        "SELECT i.name, s.amount FROM item i JOIN sale s ON s.item = i.n ORDER BY 2",
        &["pear|5", "pear|6", "fig|7"],
        "§1.2",
    ),
    (
        "SELECT i.n, s.amount FROM item i LEFT JOIN sale s ON s.item = i.n AND s.amount > 5 ORDER BY 1",
        &["1|6", "2|<null>", "3|7", "4|<null>"],
        "§1.2",
    ),
    (
        "SELECT s.item, i.n FROM item i RIGHT OUTER JOIN sale s ON s.item = i.n WHERE i.n IS NULL",
        &["9|<null>"],
        "§1.2",
    ),
    ("SELECT COUNT(*) FROM item, sale", &["16"], "§1.2"),
    ("SELECT COUNT(*) FROM item CROSS JOIN sale", &["16"], "§1.2"),
    (
        "SELECT n FROM item WHERE EXISTS (SELECT 1 FROM sale WHERE item = n) ORDER BY n",
        &["1", "3"],
        "Appendix C",
    ),
    ("SELECT n FROM item WHERE n NOT IN (SELECT item FROM sale) ORDER BY n", &["2", "4"], "App. C"),
    (
        "SELECT n, (SELECT SUM(amount) FROM sale WHERE item = n) FROM item ORDER BY n",
        &["1|11", "2|<null>", "3|7", "4|<null>"],
        "§1.2",
    ),
    (
        "SELECT n FROM item WHERE n > ALL (SELECT item FROM sale WHERE item < 3) ORDER BY n",
        &["2", "3", "4"],
        "Appendix C",
    ),
    (
        "SELECT n FROM item UNION SELECT item FROM sale ORDER BY 1",
        &["1", "2", "3", "4", "9"],
        "§1.2",
    ),
    ("SELECT n, price FROM item WHERE n = 1 UNION ALL SELECT 5, 7", &["1|15e-1", "5|7"], "§1.2"),
    ("SELECT TOP 2 n FROM item ORDER BY n DESC", &["4", "3"], "§1.2"),
    ("SELECT TOP -1 n FROM item", &[], "§1.2 negative is 0"),
    ("SELECT n FROM item ORDER BY n LIMIT 2 OFFSET 1", &["2", "3"], "§1.2"),
    ("SELECT n FROM item ORDER BY n OFFSET 3 ROWS", &["4"], "§1.2"),
    (
        "SELECT n, %VID FROM (SELECT TOP ALL n FROM item ORDER BY n DESC) q WHERE %VID BETWEEN 2 AND 3",
        &["3|2", "2|3"],
        "§1.2",
    ),
    (
        "WITH a AS (SELECT n FROM item WHERE n > 1), b AS (SELECT n FROM a WHERE n < 4) \
      SELECT SUM(n) FROM b",
        &["5"],
        "§1.2",
    ),
    (
        "SELECT CASE grp WHEN 'A' THEN 1 ELSE 2.5 END FROM item ORDER BY n",
        &["1", "1", "25e-1", "25e-1"],
        "Appendix C",
    ),
    (
        "SELECT COALESCE(q, -1), ISNULL(q, 0), NVL(q, 0), NULLIF(n, 2) FROM item WHERE n = 2",
        &["-1|0|0|<null>"],
        "§2",
    ),
    (
        "SELECT IFNULL(NULL, 1), IFNULL(5, 1), IFNULL(5, 1, 2), {fn IFNULL(5, 1)}",
        &["1|<null>|2|5"],
        "§2",
    ),
    (
        "SELECT UPPER('aé'), LOWER('AÉ'), REPLACE('abc','b','xx'), SUBSTRING('hello',2,3)",
        &["AÉ|aé|axxc|ell"],
        "§2",
    ),
    (
        "SELECT SUBSTRING('hello' FROM 2 FOR 2), TRIM('  a '), TRIM(LEADING 'x' FROM 'xxa'), LEFT('abc',2)",
        &["el|a|a|ab"],
        "§2",
    ),
    (
        "SELECT CHARINDEX('l','hello'), POSITION('lo' IN 'hello'), INSTR('hello','e'), REVERSE('abc')",
        &["3|4|2|cba"],
        "§2",
    ),
    (
        "SELECT ABS(-2), ROUND(2.567,2), FLOOR(-1.5), CEILING(1.2), MOD(-7,3), POWER(2,10), SQRT(9)",
        &["2|257e-2|-2|2|-1|1024|3"],
        "§2",
    ),
    (
        "SELECT CAST(98.765 AS INTEGER), CAST('abc' AS INTEGER), CAST(1.256 AS NUMERIC(5,2)), \
      CAST('abc' AS CHAR(2)), CAST(3 AS VARCHAR)",
        &["98|0|126e-2|ab|3"],
        "§1.5",
    ),
    (
        "SELECT CAST('2021-02-29' AS DATE), CAST('2021-02-28' AS DATE), CAST('x' AS TIME)",
        &["1840-12-31|2021-02-28|00:00:00"],
        "§2",
    ),
    (
        "SELECT day, day + 1, day || '' FROM sale WHERE day = '2021-01-02'",
        &["2021-01-02|65747|65746"],
        "§2, §4.1",
    ),
    ("SELECT YEAR(day), MONTH(day), DAY(day) FROM sale WHERE amount = 6", &["2021|1|2"], "§2"),
    (
        "SELECT DATEADD(month, 1, '2021-01-31'), DATEDIFF('dd', '2021-01-01', '2021-02-01'), \
      DATEPART(yy, '2021-05-06')",
        &["2021-02-28 00:00:00|31|2021"],
        "§2",
    ),
    (
        "SELECT $NAMESPACE, USER, $TLEVEL, %TABLENAME FROM item WHERE n = 1",
        &["USER|_SYSTEM|0|item"],
        "§2",
    ),
    ("SELECT DISTINCT grp FROM item ORDER BY grp", &["<null>", "a", "b"], "§1.1"),
    ("SELECT GREATEST(1, 3, 2), LEAST(2.5, 1)", &["3|1"], "Appendix C"),
    ("SELECT STRING('a', NULL, 'b'), {fn CONCAT('a','b')}", &["ab|ab"], "§2"),
];

#[test]
fn queries_give_what_the_facts_say() {
    let mut w = shop();
    let mut wrong = Vec::new();
    for (text, expected, fact) in QUERIES {
        match run(&mut w.session, text, |_| {}) {
            Ok((_, _, rows)) if rows == *expected => {}
            other => {
                wrong.push(format!("{text}\n  expected {expected:?}\n  found {other:?} ({fact})"))
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn values_survive_every_type() {
    let mut w = world();
    let s = &mut w.session;
    sql(
        s,
        "CREATE TABLE v (b BIT, t TINYINT, sm SMALLINT, i INT, bi BIGINT, n NUMERIC(18,4), dbl DOUBLE, \
         c VARCHAR(20), l LONGVARCHAR, vb VARBINARY(10), d DATE, ti TIME(3), ts TIMESTAMP, \
         ts2 TIMESTAMP2, g UNIQUEIDENTIFIER)",
    );
    let insert = "INSERT INTO v VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
    let done = run(s, insert, |p| {
        p.integer(1);
        p.integer(-128);
        p.text("32767");
        p.integer(-5);
        p.integer(i64::MAX);
        p.decimal(12_345, -2);
        p.double(0.1);
        p.text("grüß \u{1F600}");
        p.text(&"long ".repeat(50_000));
        p.bytes(&[0, 255, 7]);
        p.text("2024-02-29");
        p.text("10:20:30.125");
        p.text("1969-12-31 23:59:59.5");
        p.text("2021-03-04 05:06:07.123456789");
        p.text("0f8fad5b-d9cb-469f-a165-70867728950e");
    });
    assert_eq!(done.unwrap().1, 1);
    let rows = sql(s, "SELECT b, t, sm, i, bi, n, dbl, c, LENGTH(l), d, ti, ts, ts2, g FROM v");
    assert_eq!(
        rows,
        [format!(
            "1|-128|32767|-5|{}|12345e-2|d0.1|grüß \u{1F600}|249999|2024-02-29|10:20:30.125|\
         1969-12-31 23:59:59.5|2021-03-04 05:06:07.123456789|0f8fad5b-d9cb-469f-a165-70867728950e",
            i64::MAX
        )]
    );
    assert_eq!(sql(s, "SELECT vb FROM v"), ["\u{0}ÿ\u{7}"]);
    for (column, value) in
        [("d", "2024-02-29"), ("ti", "10:20:30.125"), ("ts", "1969-12-31 23:59:59.5")]
    {
        let query = format!("SELECT i FROM v WHERE {column} = ?");
        assert_eq!(run(s, &query, |p| p.text(value)).unwrap().2, ["-5"], "{column}");
    }
    // NULL and '' stay apart, bound and read (iris-sql §4.2).
    sql(s, "DELETE FROM v");
    run(s, "INSERT INTO v (c) VALUES (?)", |p| p.text("")).unwrap();
    run(s, "INSERT INTO v (c) VALUES (?)", |p| p.null()).unwrap();
    run(s, "INSERT INTO v (c) VALUES (?)", |p| p.undefined()).unwrap();
    assert_eq!(sql(s, "SELECT c FROM v ORDER BY c"), ["<null>", "<null>", ""]);
}

#[test]
fn metadata_has_odbc_types() {
    let mut w = shop();
    let s = &mut w.session;
    let p = s.prepare("SELECT n, name, price, price*2, day, COUNT(*) FROM item, sale").unwrap();
    let types: Vec<_> = p.columns.iter().map(|c| (c.odbc, c.precision, c.scale)).collect();
    assert_eq!(types[..3], [(4, 10, 0), (12, 20, 0), (2, 8, 2)]);
    assert_eq!((types[3].0, types[4], types[5].0), (2, (9, 10, 0), -5));
    assert_eq!(p.columns[0].nullable, 0);
    assert_eq!((p.columns[1].schema.as_str(), p.columns[1].table.as_str()), ("SQLUser", "item"));
    assert_eq!(p.columns[1].name, "Name");
    let p = s.prepare("SELECT n FROM item WHERE price > ? AND ? = name AND ? IS NULL").unwrap();
    let types: Vec<_> = p.parameters.iter().map(|c| (c.odbc, c.column.as_str())).collect();
    assert_eq!(types, [(2, "price"), (12, "Name"), (12, "")]);
    let p = s.prepare("UPDATE item SET q = ? WHERE n = ?").unwrap();
    assert_eq!((p.statement_type, p.parameters[0].odbc, p.parameters[1].odbc), (3, 4, 4));
}

#[test]
fn long_results_are_spooled_and_large_rows_go_apart() {
    let mut w = world();
    let s = &mut w.session;
    sql(s, "CREATE TABLE big (n INT, body LONGVARCHAR)");
    for n in 0..30 {
        let body = "x".repeat(if n == 20 { 1_100_000 } else { 100_000 });
        run(s, "INSERT INTO big VALUES (?, ?)", |p| {
            p.integer(n);
            p.text(&body);
        })
        .unwrap();
    }
    let p = s.prepare("SELECT n, body FROM big ORDER BY n").unwrap();
    let mut block = Vec::new();
    let mut done = s.execute(&p, &[], &mut block, 32 << 10).unwrap();
    assert_eq!(done.rows, 1);
    let rest = done.rest.as_mut().unwrap();
    let (mut rows, mut apart) = (1, 0);
    loop {
        block.clear();
        let (count, last) = rest.fill(&mut block, 256 << 10).unwrap();
        rows += count;
        if let Some(row) = rest.oversized() {
            assert!(row.len() > 1_100_000 && block.ends_with(&[1]));
            apart += 1;
        }
        if last {
            break;
        }
    }
    assert_eq!((rows, apart), (30, 1));
}

#[test]
fn namespaces_and_changed_definitions() {
    let mut w = shop();
    let mut other = w.instance.session(sql_support::identity()).unwrap();
    let p = other.prepare("SELECT * FROM sale").unwrap();
    sql(&mut w.session, "ALTER TABLE sale ADD COLUMN note VARCHAR(10)");
    let failure = other.execute(&p, &[], &mut Vec::new(), 1 << 15).unwrap_err();
    assert_eq!(failure.sqlcode, -478);
    let p = other.prepare("SELECT item FROM sale WHERE amount = 7").unwrap();
    sql(&mut w.session, "CREATE INDEX si ON sale (amount)");
    let mut block = Vec::new();
    assert_eq!(other.execute(&p, &[], &mut block, 1 << 15).unwrap().rows, 1);
    other.set_namespace("%SYS");
    assert_eq!(sql_support::code(&mut other, "SELECT 1 FROM sale"), -30);
    assert_eq!(other.generation(), 0);
    let d = w.session.describe("sqluser", "ITEM").unwrap();
    assert_eq!((d.schema.as_str(), d.table.as_str(), d.keys.len()), ("SQLUser", "item", 1));
    assert_eq!(
        (d.columns[0].name.as_str(), d.columns[0].nullable, d.columns[0].unique),
        ("n", false, true)
    );
}

#[test]
fn constraints_have_computed_names() {
    // iris-sql §1.4: n counts all unnamed constraints of the table.
    let mut w = world();
    let s = &mut w.session;
    sql(
        s,
        "CREATE TABLE k (a INT PRIMARY KEY, b INT UNIQUE, c INT, FOREIGN KEY (c) REFERENCES k(a), \
         UNIQUE (b, c), CONSTRAINT own UNIQUE (c))",
    );
    let keys = s.describe("", "K").unwrap().keys;
    let own = keys.iter().filter(|key| key.kind != KeyKind::Incoming);
    let mut names: Vec<&str> = own.map(|key| key.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["KFKey3", "KUnique4", "K_PKEY1", "K_UNIQUE2", "own"]);
}

#[test]
fn counters_and_defaults() {
    let mut w = world();
    let s = &mut w.session;
    sql(
        s,
        "CREATE TABLE c (k IDENTITY, s SERIAL, r ROWVERSION, v VARCHAR(5) DEFAULT 'x' NOT NULL, a INT)",
    );
    sql(s, "INSERT INTO c (a) VALUES (1)");
    sql(s, "INSERT INTO c (v, s) VALUES (NULL, 10)");
    sql(s, "INSERT INTO c DEFAULT VALUES");
    assert_eq!(
        sql(s, "SELECT k, s, v, a, %ID FROM c ORDER BY k"),
        ["1|1|x|1|1", "2|10|x|<null>|2", "3|11|x|<null>|3"]
    );
    let before = sql(s, "SELECT r FROM c WHERE k = 1");
    sql(s, "UPDATE c SET a = 2 WHERE k = 1");
    assert_ne!(sql(s, "SELECT r FROM c WHERE k = 1"), before);
    assert_eq!(run(s, "TRUNCATE TABLE c", |_| {}).unwrap().1, -1);
    sql(s, "INSERT INTO c (a) VALUES (5)");
    assert_eq!(sql(s, "SELECT k, s FROM c"), ["1|1"]);
}

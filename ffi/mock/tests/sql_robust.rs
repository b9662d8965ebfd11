//! No text and no bytes bring the engine down.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::let_underscore_must_use,
    missing_docs
)]

mod sql_support;

use std::cell::RefCell;

use irisdb::list::ListWriter;
use irisdb::sql::fuzz::{FuzzWorld, WITH_PARAMETERS, fuzz_lexer, fuzz_parser};
use proptest::prelude::*;
use sql_support::{code, sql, world};

thread_local!(static WORLD: RefCell<FuzzWorld> = RefCell::new(FuzzWorld::new().unwrap()));

/// Runs a text on tables of all column types: no panic, and nothing that SQLite refuses.
fn answered(text: &str, parameters: &[u8]) {
    fuzz_lexer(text);
    fuzz_parser(text);
    WORLD.with_borrow_mut(|world| world.run(text, parameters).unwrap());
}

/// The grammar's words, apart from those that the pieces below have.
const WORDS: &str = include_str!("sql_words/words.txt");

/// Columns of the table `t a`, one of each type, and what may stand for a column.
const COLUMNS: &str = include_str!("sql_words/columns.txt");

const LITERALS: &str = include_str!("sql_words/literals.txt");

/// Values of values, which stand for `@`.
const VALUES: &str = include_str!("sql_words/values.txt");

/// Conditions of values.
const CONDITIONS: &str = include_str!("sql_words/conditions.txt");

const AGGREGATES: &str = include_str!("sql_words/aggregates.txt");

const WINDOWS: &str = include_str!("sql_words/windows.txt");

/// Sources, and whole statements around them: `§` stands for a condition, `^` for a result,
/// `~` for a column and `#` for a value that names none.
const QUERIES: &str = include_str!("sql_words/queries.txt");

/// Definitions and statements of transactions: `~` stands for a type and `#` for a literal.
const DEFINITIONS: &str = include_str!("sql_words/definitions.txt");

const TYPES: &str = include_str!("sql_words/types.txt");

fn one_of(words: &'static str) -> impl Strategy<Value = String> + Clone {
    let words: Vec<&'static str> = words.lines().collect();
    prop::sample::select(words).prop_map(str::to_owned)
}

/// Puts one of `values` in the place of each `sign`, in turn.
fn filled(template: &str, sign: char, values: &[String]) -> String {
    let mut turn = values.iter().cycle();
    let put = |c: char| if c == sign { turn.next().cloned() } else { Some(c.to_string()) };
    template.chars().filter_map(put).collect()
}

fn value() -> BoxedStrategy<String> {
    let leaf = prop_oneof![3 => one_of(COLUMNS), 2 => one_of(LITERALS)];
    leaf.prop_recursive(3, 12, 4, |inner| {
        (one_of(VALUES), prop::collection::vec(inner, 4))
            .prop_map(|(template, values)| filled(&template, '@', &values))
    })
    .boxed()
}

/// What a template makes of values.
fn of_values(templates: &'static str) -> impl Strategy<Value = String> {
    (one_of(templates), prop::collection::vec(value(), 4))
        .prop_map(|(template, values)| filled(&template, '@', &values))
}

/// A whole statement of the right shape: most are about values, and so reach SQLite.
fn statement() -> BoxedStrategy<String> {
    let columns = "ti\nsi\nbi\nbt\nn\nnn\nm\ndb\nc\nv\ne\nvu\ntx\nvb\nbl\nd\ntm\nts\nt2\ndt\npx\ng";
    prop_oneof![8 => shaped(QUERIES, columns), 1 => shaped(DEFINITIONS, TYPES)].boxed()
}

fn shaped(
    templates: &'static str,
    columns: &'static str,
) -> impl Strategy<Value = String> + 'static {
    let result = prop_oneof![6 => value(), 2 => of_values(AGGREGATES), 1 => of_values(WINDOWS)];
    // The values of a VALUES clause may not name columns.
    let plain = prop_oneof![
        3 => one_of(LITERALS),
        1 => (one_of(VALUES), prop::collection::vec(one_of(LITERALS), 4))
            .prop_map(|(template, values)| filled(&template, '@', &values)),
    ];
    let several = |one: BoxedStrategy<String>| prop::collection::vec(one, 3);
    (
        one_of(templates),
        several(result.boxed()),
        several(of_values(CONDITIONS).boxed()),
        several(one_of(columns).boxed()),
        several(plain.boxed()),
        several(value()),
    )
        .prop_map(|(query, results, conditions, columns, plain, values)| {
            // What is put in may hold the signs of the templates.
            let mut all = query.replace('#', "\u{2}");
            let values = [('@', values), ('~', columns), ('^', results), ('§', conditions)];
            for (sign, values) in values.into_iter().chain([('\u{2}', plain)]) {
                all = filled(&all, sign, &values);
            }
            all
        })
}

/// Parameters of every kind that a list can hold.
fn parameters() -> BoxedStrategy<Vec<u8>> {
    let one = prop_oneof![
        Just(None),
        any::<i64>().prop_map(|n| Some((0, n, 0, String::new()))),
        (any::<i64>(), any::<i8>()).prop_map(|(n, e)| Some((1, n, e, String::new()))),
        any::<i64>().prop_map(|n| Some((2, n, 0, String::new()))),
        one_of(LITERALS).prop_map(|t| Some((3, 0, 0, t.trim_matches('\'').to_owned()))),
        "\\PC{0,9}".prop_map(|t| Some((3, 0, 0, t))),
    ];
    let all = prop::collection::vec(one, 0..10).prop_map(|all| {
        let mut list = ListWriter::new();
        for one in all {
            match one {
                None => list.null(),
                Some((0, n, _, _)) => list.integer(n),
                Some((1, n, e, _)) => list.decimal(n, e),
                Some((2, bits, _, _)) => list.double(f64::from_bits(bits.cast_unsigned())),
                Some((_, _, _, text)) => list.text(&text),
            }
        }
        list.into_bytes()
    });
    all.boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::default())]

    #[test]
    fn any_text_is_answered(text in "\\PC{0,80}") {
        answered(&text, &[]);
    }

    #[test]
    fn any_words_are_answered(words in prop::collection::vec(one_of(WORDS), 0..25)) {
        answered(&words.join(" "), &[]);
    }

    #[test]
    fn any_statement_is_answered(text in statement(), parameters in parameters()) {
        answered(&text, &parameters);
    }

    #[test]
    fn any_parameters_are_answered(at in 0..WITH_PARAMETERS.len(), parameters in parameters()) {
        answered(WITH_PARAMETERS[at], &parameters);
    }

    #[test]
    fn any_parameter_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        let mut w = world();
        let s = &mut w.session;
        sql(s, "CREATE TABLE t (a INT, n NUMERIC(8,2), d DATE, ts TIMESTAMP, c VARCHAR(9), b VARBINARY(9))");
        for text in [
            "SELECT ?, ? + 1 FROM t WHERE a = ? AND n < ? AND d = ? AND ts = ?",
            "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)",
            "SELECT TOP ? a FROM t WHERE c LIKE ?",
        ] {
            let p = s.prepare(text).unwrap();
            let _ = s.execute(&p, &bytes, &mut Vec::new(), 1 << 15);
        }
        prop_assert_eq!(code(s, "SELECT 1"), 0);
    }
}

#[test]
fn deep_texts_end_in_an_error() {
    let mut w = world();
    let s = &mut w.session;
    for text in [
        format!("SELECT {}1{}", "(".repeat(10_000), ")".repeat(10_000)),
        format!("SELECT 1{}", "+1".repeat(10_000)),
        format!("SELECT {}1", "- ".repeat(10_000)),
        format!("SELECT 1 WHERE {}1=1", "NOT ".repeat(10_000)),
        format!("SELECT 1 WHERE {}1=1{}", "(".repeat(10_000), ")".repeat(10_000)),
        format!("SELECT 1{}", " UNION SELECT 1".repeat(2_000)),
        format!("SELECT 1 FROM {}", "(SELECT 1 FROM ".repeat(5_000)),
        format!("SELECT {}1{}", "CASE WHEN 1=1 THEN ".repeat(5_000), " END".repeat(5_000)),
        format!("SELECT {}1{}", "UPPER(".repeat(5_000), ")".repeat(5_000)),
        format!("SELECT {}1", "%EXACT ".repeat(10_000)),
        format!("SELECT {}1{}", "(".repeat(60), format!("{})", "+1".repeat(249)).repeat(60)),
    ] {
        let _ = code(s, &text);
    }
    assert_eq!(code(s, &format!("SELECT 1 WHERE 1=1{}", " AND 1=1".repeat(800))), 0);
    assert_eq!(code(s, &format!("SELECT 1 WHERE 1 IN (1{})", ",1".repeat(5_000))), 0);
}

/// What random texts found once.
#[test]
fn texts_that_were_found_are_answered() {
    for text in [
        // A date literal in GROUP BY was taken for the number of a result column.
        "SELECT i AS x FROM t a GROUP BY {d '2020-02-29'}",
        "SELECT i FROM t a ORDER BY {d '2020-02-29'}",
        // A number of more digits than a width may have.
        "SELECT i + i FROM t a WHERE CHAR(REPEAT({d '2020-02-29'}, d)) = i",
        // An aggregate of the outer query's columns is one of that query to SQLite.
        "SELECT n FROM t WHERE n > (SELECT AVG(n))",
        "SELECT n FROM t a WHERE n > (SELECT MAX(a.n) FROM u)",
        "SELECT (SELECT MAX(a.n) FROM u) FROM t a",
        // %SQLUPPER of a number is a text.
        "SELECT %SQLUPPER(0) FROM t",
        // A view has no rows of its own.
        "UPDATE w SET b = 'x' WHERE c = 0",
        "SELECT STR(1, 70000), TO_CHAR(1, REPEAT('9', 70000))",
    ] {
        answered(text, &[]);
    }
}

/// DESIGN §5: limits are the engine's own, and no message of SQLite's comes to light.
#[test]
fn wide_tables_can_be_read_or_are_refused() {
    let mut world = world();
    let s = &mut world.session;
    let columns = |many: usize| {
        let all: Vec<String> = (0..many).map(|n| format!("c{n} INT")).collect();
        all.join(", ")
    };
    sql(s, &format!("CREATE TABLE wide ({})", columns(1_400)));
    sql(s, "INSERT INTO wide (c1399) VALUES (7)");
    assert_eq!(sql(s, "SELECT * FROM wide").len(), 1);
    assert_eq!(sql(s, "SELECT DISTINCT * FROM wide").len(), 1);
    for refused in [
        format!("CREATE TABLE wider ({})", columns(1_401)),
        format!("CREATE TABLE wider ({})", columns(2_100)),
        "ALTER TABLE wide ADD COLUMN more INT".to_owned(),
        "SELECT * FROM wide a, wide b".to_owned(),
    ] {
        let failure = sql_support::failure(s, &refused);
        assert_eq!(failure.sqlcode, -400);
        assert!(failure.message.ends_with("<FRAMESTACK>"), "{}", failure.message);
    }
}

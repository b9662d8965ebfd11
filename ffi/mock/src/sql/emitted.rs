//! What the generator may leave to SQLite (DESIGN §5): every operator, word and function of
//! SQLite's own that stands in a generated text is listed here. What computes with numbers, texts
//! and moments by IRIS's rules is a registered function, whose name begins with `i_`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::api::{Identity, Version};
use super::bind::Action;
use super::session::{Instance, SqlSession};

/// Operators with what makes SQLite's the same as IRIS's.
const OPERATORS: &[(&str, &str)] = &[
    ("=", "both sides have one form, and a collation where they are texts"),
    ("<>", "as `=`"),
    ("<", "as `=`; NUMERIC is aligned to one scale first"),
    ("<=", "as `<`"),
    (">", "as `<`"),
    (">=", "as `<`"),
    ("||", "of values that were made texts"),
    ("+", "of doubles alone"),
    ("-", "of doubles alone, and before a literal"),
    ("*", "of COUNT, and of doubles alone"),
];

/// Words that compute or compare.
const WORDS: &[(&str, &str)] = &[
    ("AND", "three-valued in both"),
    ("OR", "as AND"),
    ("NOT", "as AND"),
    ("BETWEEN", "two comparisons; also of frames"),
    ("IS", "before NULL, and to find equal rows"),
    ("CASE", "its conditions are comparisons"),
    ("COLLATE", "SQLUPPER, BINARY, or of numbers kept as text"),
    ("DISTINCT", "by the collation of its columns"),
    ("UNION", "as DISTINCT"),
    ("RANGE", "in the count of peers that CUME_DIST is made of"),
    ("FILTER", "carries the condition of %AFTERHAVING"),
];

/// Functions of SQLite's own. Those in capitals stand for IRIS's of the same name.
const FUNCTIONS: &[(&str, &str)] = &[
    ("CAST", "of a text to the bytes it is made of"),
    ("COALESCE", "of values of one form"),
    ("COUNT", "a number of rows in both"),
    ("MAX", "of one form, by its collation"),
    ("MIN", "as MAX"),
    ("SUM", "of 64-bit integers, whose overflow is an error, and of doubles"),
    ("NULLIF", "of a count and 0"),
    ("EXISTS", "of rows in both"),
    ("DENSE_RANK", "of the order alone"),
    ("FIRST_VALUE", "of an explicit frame"),
    ("LAG", "of the order alone"),
    ("LAST_VALUE", "of an explicit frame"),
    ("LEAD", "of the order alone"),
    ("NTH_VALUE", "of an explicit frame"),
    ("NTILE", "of the order alone"),
    ("RANK", "of the order alone"),
    ("ROW_NUMBER", "of the order alone"),
    ("row_number", "%VID, and pages where LIMIT is none"),
    ("coalesce", "of a count that may be NULL"),
    ("max", "of a count and 0"),
    ("substr", "of bytes"),
    ("IN", "a list of one form"),
];

/// Words that only arrange a text.
const FRAME: &[&str] = &[
    "ALL",
    "AS",
    "BINARY",
    "BLOB",
    "BY",
    "CURRENT",
    "DESC",
    "ELSE",
    "END",
    "FOLLOWING",
    "FROM",
    "FULL",
    "GROUP",
    "HAVING",
    "IN",
    "INSERT",
    "INTO",
    "IRISDEC",
    "JOIN",
    "LEFT",
    "LIMIT",
    "NULL",
    "OFFSET",
    "ON",
    "ORDER",
    "OVER",
    "PARTITION",
    "PRECEDING",
    "RIGHT",
    "ROW",
    "ROWS",
    "SELECT",
    "SQLUPPER",
    "THEN",
    "VALUES",
    "UNBOUNDED",
    "WHEN",
    "WHERE",
];

/// The names that the generator gives without a number behind.
const NAMES: &[&str] = &["dn", "hv", "q", "rid", "u", "v", "vid"];

#[test]
fn only_listed_operators_are_left_to_sqlite() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/sql/iris");
    let dir = std::env::temp_dir().join(format!("iris-mock-emitted-{}", std::process::id()));
    let mut unlisted = BTreeMap::new();
    let mut used = BTreeSet::new();
    let mut texts = 0_usize;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "cases") {
            let dir = dir.join(path.file_stem().unwrap());
            for text in generated(&dir, &std::fs::read_to_string(path).unwrap()) {
                texts += 1;
                for token in tokens(&text) {
                    used.insert(token.trim_end_matches('(').to_owned());
                    if !is_listed(&token) {
                        unlisted.entry(token).or_insert_with(|| text.clone());
                    }
                }
            }
        }
    }
    std::fs::remove_dir_all(&dir).unwrap();
    assert!(texts > 2_000, "{texts} texts, which is too few to mean anything");
    let listed = OPERATORS.iter().chain(WORDS).chain(FUNCTIONS).map(|(name, _)| *name);
    let unused: Vec<&str> = listed.filter(|name| !used.contains(*name)).collect();
    assert!(unused.is_empty(), "listed, and in no text: {unused:?}");
    assert!(unlisted.is_empty(), "not listed, with a text that has it: {unlisted:#?}");
}

#[test]
fn what_is_not_listed_is_found() {
    let found = tokens("SELECT 'a%b' || a1.c2, typeof(x1), i_abs(?3) FROM t7 WHERE a1.c2 % 2");
    let found: Vec<&str> = found.iter().map(String::as_str).filter(|t| !is_listed(t)).collect();
    assert_eq!(found, ["typeof(", "%"]);
}

fn is_listed(token: &str) -> bool {
    if let Some(function) = token.strip_suffix('(') {
        return function.starts_with("i_") || FUNCTIONS.iter().any(|(name, _)| *name == function);
    }
    let explained = OPERATORS.iter().chain(WORDS).any(|(name, _)| *name == token);
    explained || FRAME.contains(&token) || NAMES.contains(&token)
}

/// The SQLite texts of a file's statements; its groups' definitions are run on the way.
fn generated(dir: &Path, file: &str) -> Vec<String> {
    let instance = Instance::open(dir, Version::new(2025, 1)).unwrap();
    let mut texts = Vec::new();
    for (n, group) in file.split("\n## ").skip(1).enumerate() {
        let identity = Identity {
            user: "_SYSTEM".to_owned(),
            pid: std::process::id(),
            namespace: format!("G{n}"),
            zversion: String::new(),
        };
        let mut session = instance.session(identity).unwrap();
        for line in group.replace("\n    ", " ").lines() {
            let sql = line.strip_prefix("setup: ").or_else(|| line.strip_prefix("sql: "));
            let Some(sql) = sql else { continue };
            texts.extend(of_statement(&mut session, sql));
        }
    }
    texts
}

fn of_statement(session: &mut SqlSession, sql: &str) -> Vec<String> {
    let Ok(prepared) = session.prepare(sql) else { return Vec::new() };
    match &prepared.plan.action {
        Action::Query(query) => {
            let locked = query.locked.as_ref().map(|(text, _)| text);
            [&query.sql].into_iter().chain(locked).cloned().collect()
        }
        Action::Insert(insert) => {
            [&insert.sql].into_iter().chain(&insert.query).chain(&insert.checks).cloned().collect()
        }
        Action::Update(update) => {
            [&update.query].into_iter().chain(&update.checks).cloned().collect()
        }
        Action::Delete(delete) => vec![delete.query.clone()],
        Action::Ddl(_) => {
            // Whether it is refused does not matter: only later texts do.
            drop(session.execute(&prepared, &[], &mut Vec::new(), 1 << 10));
            Vec::new()
        }
        Action::Control(_) => Vec::new(),
    }
}

/// Operators and words of a generated text, functions with their parenthesis; literals, parameters,
/// and names that are a letter and a number are left out.
fn tokens(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' | '"' => rest[1..].find(first).map_or(rest.len(), |at| at + 2),
            '?' => 1 + digits(&rest[1..]),
            '0'..='9' => span(rest, |c| c.is_ascii_alphanumeric() || c == '.'),
            c if c.is_ascii_alphabetic() || c == '_' => {
                let mut length = span(rest, |c| c.is_ascii_alphanumeric() || c == '_');
                let numbered = length > 1 && 1 + digits(&rest[1..]) == length;
                if !numbered {
                    length += usize::from(rest[length..].starts_with('('));
                    out.push(rest[..length].to_owned());
                }
                length
            }
            c if c.is_whitespace() || "(),.".contains(c) => c.len_utf8(),
            _ => {
                let length = span(rest, |c| "<>=!|&".contains(c)).max(first.len_utf8());
                out.push(rest[..length].to_owned());
                length
            }
        };
        rest = &rest[length..];
    }
    out
}

fn digits(text: &str) -> usize {
    span(text, |c| c.is_ascii_digit())
}

fn span(text: &str, of: impl Fn(char) -> bool) -> usize {
    text.find(|c| !of(c)).unwrap_or(text.len())
}

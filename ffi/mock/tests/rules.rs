//! Every rule of IRIS that the simulator's SQL and its session class hold names the fact it comes
//! from, and what no fact decides is listed in the README (DESIGN §5: each rule cites its fact).
//!
//! `RULES_WRITE=1 cargo test -p iris-mock --test rules` writes the README's table and list anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod rust_source;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use rust_source::{Item, Piece, items, pieces, remarks};

/// The parts of the simulator whose rules are counted.
const COUNTED: [&str; 2] = ["sql", "contract"];

/// The documents that a rule may name, with the sections they have.
const SECTIONS: [(&str, &[&str]); 4] = [
    (
        "iris-sql",
        &[
            "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "2", "3", "4.1", "4.2", "4.3",
            "4.4", "5.1", "5.2", "5.3", "5.4", "5.5", "5.6", "6", "7", "8", "9", "10", "11",
        ],
    ),
    (
        "callin",
        &[
            "1", "1.1", "1.2", "1.3", "1.4", "1.5", "2", "2.1", "2.2", "2.3", "2.4", "2.5", "3",
            "4", "5", "6", "7", "8", "8.1", "8.2", "8.4", "9",
        ],
    ),
    ("DESIGN", &["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]),
    ("contract", &["1", "2", "3", "4", "5", "6", "7"]),
];

/// What stands for a decision that no fact supports.
const MARK: &str = "UNVERIFIED(iris)";

/// The shortest reason for such a decision, in words.
const REASON_WORDS: usize = 4;

/// Why a list or a match is a rule.
const TABLE: &str = "is a table";

/// Functions that make a failure of the SQLCODE they are given.
const MAKERS: [&str; 7] = ["fail", "bare", "failure", "error", "text", "refused", "Failure"];

/// A match with as many arms from or to a literal is a table.
const TABLE_ARMS: usize = 4;

/// A rule, or several that stand in one function or table.
struct Rule {
    name: String,
    why: &'static str,
    cited: bool,
    marked: bool,
}

/// What one file holds.
#[derive(Default)]
struct Findings {
    rules: Vec<Rule>,
    /// Item and reason of each decision without a fact.
    marks: Vec<(String, String)>,
    wrong: Vec<String>,
}

/// Files that hold no rules: the fuzzer's door, and the list of what is left to SQLite.
const WITHOUT: [&str; 2] = ["sql/emitted.rs", "sql/fuzz.rs"];

/// Whether a file holds rules.
fn counted(path: &str) -> bool {
    COUNTED.iter().any(|part| path.starts_with(part)) && !WITHOUT.contains(&path)
}

/// The rules of a file. The tables of the store are forms of its own.
fn rules(path: &str, source: &str) -> Vec<Rule> {
    let mut rules = look(source).rules;
    rules.retain(|rule| rule.why != TABLE || !path.starts_with("sql/store/"));
    rules
}

fn sources(below: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut open = vec![root.join(below)];
    let mut found = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|e| e == "rs") {
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
            found.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
    found.sort();
    found
}

/// The citations of a remark: whether there is one, and those of sections that do not exist.
fn citations(remark: &str, wrong: &mut Vec<String>) -> bool {
    let mut source: Option<&[&str]> = None;
    let mut found = false;
    let mut appendix = false;
    for word in remark.split_whitespace() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '§');
        if appendix && matches!(bare, "A" | "B" | "C") {
            found = true;
        }
        appendix = bare.eq_ignore_ascii_case("appendix");
        if let Some((_, sections)) = SECTIONS.iter().find(|(name, _)| *name == bare) {
            source = Some(sections);
        }
        for section in bare.split('§').skip(1) {
            let section = section.trim_end_matches(|c: char| !c.is_ascii_digit());
            match source {
                Some(sections) if sections.contains(&section) => found = true,
                _ => wrong.push(format!("§{section} is in no document of that name: {remark}")),
            }
        }
    }
    found
}

/// The sentence in which the mark stands, without the mark; the one before it when that is too
/// short to be a reason.
fn reason(remark: &str) -> String {
    let mut sentences: Vec<String> = vec![String::new()];
    for word in remark.split_whitespace() {
        let last = sentences.last_mut().unwrap();
        let starts = word.chars().next().is_some_and(|c| c.is_uppercase() || !c.is_alphabetic());
        if last.ends_with('.') && starts {
            sentences.push(word.to_owned());
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    let at = sentences.iter().position(|s| s.contains(MARK)).unwrap_or(0);
    let clean = |text: &str| {
        let text = text.replace(&format!("{MARK}: "), "").replace(MARK, "");
        text.trim_matches(|c: char| c.is_whitespace() || ":,;(".contains(c)).to_owned()
    };
    let own = clean(&sentences[at]);
    let text = if own.split_whitespace().count() < REASON_WORDS && at > 0 {
        format!("{}: {own}", sentences[at - 1].trim_end_matches('.'))
    } else {
        own
    };
    let text = text.trim_end_matches(['.', ' ', ':']).replace("  ", " ");
    let open = text.matches('(').count() > text.matches(')').count();
    let mut letters = text.chars();
    let mut first = letters.next().map_or_else(String::new, |c| c.to_string());
    if !text.starts_with("iris-sql") {
        first = first.to_uppercase();
    }
    format!("{first}{}{}.", letters.as_str(), if open { ")" } else { "" })
}

/// What makes an item a rule.
fn why(item: &Item) -> Option<&'static str> {
    let body: Vec<&Piece> = item.body.iter().filter(|p| !matches!(p, Piece::Comment(..))).collect();
    if !codes(&body).is_empty() {
        return Some("gives an SQLCODE");
    }
    if item.name.is_empty() {
        return None;
    }
    if !item.function {
        let value = body.iter().position(|p| p.is('=')).unwrap_or(body.len());
        let listed = body[value..].iter().any(|p| p.is('['))
            && body[value..].iter().filter(|p| p.is(',')).count() > 1;
        return listed.then_some(TABLE);
    }
    let versioned = body
        .windows(4)
        .any(|w| w[0].word() == Some("Version") && w[1].is(':') && w[3].word() == Some("new"));
    if versioned && body.iter().any(|p| matches!(p, Piece::Number(_))) {
        return Some("depends on the version");
    }
    (arms(&body) >= TABLE_ARMS).then_some(TABLE)
}

/// The negative numbers that are handed to a maker of failures, or stand where a code stands.
fn codes(body: &[&Piece]) -> Vec<i32> {
    let mut found = Vec::new();
    for (at, pair) in body.windows(2).enumerate() {
        let Piece::Number(number) = pair[1] else { continue };
        if !pair[0].is('-') || at < 2 {
            continue;
        }
        let (name, before) = (body[at - 2], body[at - 1]);
        let given = match before {
            Piece::Sign('(') => name.word().is_some_and(|name| MAKERS.contains(&name)),
            Piece::Sign('{' | '|') => number != "1",
            Piece::Sign('>') => name.is('=') && number != "1",
            Piece::Sign(':' | ',') => name.word() == Some("sqlcode"),
            // An SQLCODE has three digits at most.
            Piece::Sign('=') => number != "1" && matches!(number.len(), 2 | 3),
            _ => false,
        };
        if given {
            found.extend(number.parse::<i32>().map(|code| -code));
        }
    }
    found
}

/// Arms of a match from a text, or to a text or a number.
fn arms(body: &[&Piece]) -> usize {
    let literal = |piece: &Piece| matches!(piece, Piece::Text | Piece::Number(_));
    body.windows(2)
        .enumerate()
        .filter(|(_, pair)| pair[0].is('=') && pair[1].is('>'))
        .filter(|(at, _)| {
            let after = body[at + 2..].iter().take(4);
            let after = after.take_while(|p| !p.is('!') && !p.is('{'));
            let to = after.take(3).find(|p| !p.is('(') && !p.is('-') && p.word().is_none());
            *at > 0 && literal(body[at - 1]) || to.is_some_and(|p| literal(p))
        })
        .count()
}

fn look(source: &str) -> Findings {
    let mut findings = Findings::default();
    for item in items(source) {
        let mut all = remarks(&item.docs);
        all.extend(remarks(&item.body));
        let mut cited = false;
        for remark in &all {
            cited |= citations(remark, &mut findings.wrong);
        }
        // In backticks it is the word and not the decision.
        let decisions: Vec<&String> =
            all.iter().filter(|r| r.replace(&format!("`{MARK}`"), "").contains(MARK)).collect();
        for remark in &decisions {
            let reason = reason(remark);
            if reason.split_whitespace().count() < REASON_WORDS {
                findings.wrong.push(format!("no reason: {remark}"));
            }
            findings.marks.push((item.name.clone(), reason));
        }
        if let Some(why) = why(&item) {
            let (name, marked) = (item.name.clone(), !decisions.is_empty());
            findings.rules.push(Rule { name, why, cited, marked });
        }
    }
    findings
}

/// The README with the table and the list that `src` gives.
fn readme(old: &str) -> String {
    let mut modules: BTreeMap<String, (usize, usize, usize)> = BTreeMap::new();
    for (path, source) in sources("").into_iter().filter(|(path, _)| counted(path)) {
        let module = Path::new(&path).parent().map(PathBuf::from).unwrap_or_default();
        let counts = modules.entry(module.to_str().unwrap().to_owned()).or_default();
        let (rules, marks) = (rules(&path, &source), look(&source).marks.len());
        let cited = rules.iter().filter(|rule| rule.cited).count();
        let open = rules.iter().filter(|rule| !rule.cited && !rule.marked).count();
        counts.0 += cited + open + marks;
        counts.1 += cited;
        counts.2 += marks;
    }
    let mut table = "| module | rules | cited | UNVERIFIED(iris) |\n|---|---|---|---|\n".to_owned();
    let mut sum = (0, 0, 0);
    for (module, (rules, cited, marks)) in &modules {
        writeln!(table, "| `src/{module}` | {rules} | {cited} | {marks} |").unwrap();
        sum = (sum.0 + rules, sum.1 + cited, sum.2 + marks);
    }
    writeln!(table, "| all | {} | {} | {} |", sum.0, sum.1, sum.2).unwrap();
    let mut list = String::new();
    for (path, source) in sources("") {
        for (name, reason) in look(&source).marks {
            let name = if name.is_empty() { name } else { format!(", `{name}`") };
            writeln!(list, "* `{path}`{name}: {reason}").unwrap();
        }
    }
    let with_table = between(old, "rules", &table);
    between(&with_table, "decided", &list)
}

/// Replaces what stands between the two marks of a part of the README.
fn between(text: &str, part: &str, new: &str) -> String {
    let (begin, end) = (format!("<!-- {part}: generated -->\n"), format!("<!-- {part}: end -->"));
    let (head, rest) = text.split_once(&begin).expect("the README has the begin of the part");
    let (_, tail) = rest.split_once(&end).expect("the README has the end of the part");
    format!("{head}{begin}{new}{end}{tail}")
}

/// The rules that name no fact and are not marked.
fn uncited() -> Vec<String> {
    let mut uncited = Vec::new();
    for (path, source) in sources("").into_iter().filter(|(path, _)| counted(path)) {
        for rule in rules(&path, &source).iter().filter(|rule| !rule.cited && !rule.marked) {
            uncited.push(format!("src/{path}: `{}` {}", rule.name, rule.why));
        }
    }
    uncited
}

#[test]
fn every_rule_names_its_fact() {
    let uncited = uncited();
    assert!(
        uncited.is_empty(),
        "Each of these names no fact; write `iris-sql §…` or {MARK} with a reason beside it:\n{uncited:#?}"
    );
}

#[test]
fn facts_that_are_named_exist() {
    let mut wrong = Vec::new();
    for (path, source) in sources("") {
        wrong.extend(look(&source).wrong.into_iter().map(|text| format!("src/{path}: {text}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn codes_that_are_given_are_of_appendix_a() {
    let mut strange = Vec::new();
    for (path, source) in sources("").into_iter().filter(|(path, _)| counted(path)) {
        for item in items(&source) {
            let body: Vec<&Piece> = item.body.iter().collect();
            let unknown = codes(&body);
            let unknown =
                unknown.into_iter().filter(|code| irisdb::sql::sqlcode_text(*code).is_none());
            strange.extend(unknown.map(|code| format!("src/{path}: `{}` gives {code}", item.name)));
        }
    }
    assert!(strange.is_empty(), "{strange:#?}");
}

#[test]
fn the_readme_lists_what_was_decided_without_a_fact() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let old = std::fs::read_to_string(&path).unwrap();
    let new = readme(&old);
    if std::env::var_os("RULES_WRITE").is_some() {
        std::fs::write(&path, &new).unwrap();
    } else {
        assert!(
            old == new,
            "the README's table or list is old: RULES_WRITE=1 cargo test -p iris-mock --test rules"
        );
    }
}

#[test]
fn the_scanner_sees_rules() {
    let rule = |source: &str| look(source).rules.len();
    assert_eq!(rule("fn f() -> E { return Err(bare(-37)); }"), 1);
    assert_eq!(rule("fn f() { let code = if insert { -119 } else { -120 }; }"), 1);
    assert_eq!(rule("fn f() { fail(\n  -400, \"x\") }"), 1);
    assert_eq!(rule("fn f() { x.clamp(-400, 400); let y = \"bare(-1)\"; /// bare(-1)\n }"), 0);
    assert_eq!(rule("const WORDS: &[&str] = &[\"A\", \"B\", \"C\"];"), 1);
    assert_eq!(rule("const LEVELS: usize = 255;"), 0);
    assert_eq!(
        rule("fn f(x: &str) { match x { \"A\" => 1, \"B\" => 2, \"C\" => 3, \"D\" => 4, } }"),
        1
    );
    assert_eq!(rule("#[cfg(test)]\nmod tests { fn f() { bare(-1) } }"), 0);
    assert_eq!(rule("impl V { fn f(self) -> bool { self >= Version::new(2025, 1) } }"), 1);
    let cited = |source: &str| look(source).rules.iter().all(|rule| rule.cited);
    assert!(cited("/// iris-sql §1.3.\npub(in crate::sql) fn f() { bare(-37) }"));
    assert!(cited("fn f() {\n // (facts, callin §1.1\n // and §2.5)\n bare(-37) }"));
    assert!(cited("/// Appendix A.\nimpl X { fn f() { bare(-37) } }"));
    assert!(!cited("fn f() { bare(-37) }\n/// iris-sql §1.3\nfn g() {}"));
    assert!(!cited("/// iris-sql says so.\nfn f() { bare(-37) }"));
    assert_eq!(look("// iris-sql §1.9\nfn f() {}").wrong.len(), 1);
    assert_eq!(look("// See §1.1.\nfn f() {}").wrong.len(), 1);
    assert_eq!(look("// UNVERIFIED(iris).\nfn f() {}").wrong.len(), 1);
    let marks = look("/// Rows go on. UNVERIFIED(iris).\nfn f() {}").marks;
    assert_eq!(marks, [("f".to_owned(), "Rows go on.".to_owned())]);
    assert_eq!(pieces("'a' 'b r#\"x\"y\"# 0..5").len(), 8);
}

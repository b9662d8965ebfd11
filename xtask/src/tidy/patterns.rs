//! SQL is parsed, never searched: no regular expressions anywhere, and no search for words in a
//! text where statements are handled.

use super::scan::lines;
use super::{File, Finding};

/// Crates that match patterns.
const CRATES: [&str; 5] = ["regex", "regex-lite", "fancy-regex", "pcre2", "aho-corasick"];
/// Where statements are handled.
const ROOMS: [&str; 2] = ["src/sql", "src/session"];
/// Methods that search a text.
const METHODS: [&str; 16] = [
    "contains",
    "find",
    "rfind",
    "replacen",
    "split",
    "splitn",
    "rsplit",
    "split_once",
    "rsplit_once",
    "matches",
    "match_indices",
    "starts_with",
    "ends_with",
    "strip_prefix",
    "strip_suffix",
    "trim_start_matches",
];
/// Files that search a text which is no SQL, and which one that is.
const OTHERS: [(&str, &str); 2] = [
    ("src/session/sqlcode.rs", "what IRIS says in %msg"),
    ("src/sql/translate/table.rs", "a name's prefix pg_, which PostgreSQL reserves"),
];

pub(crate) fn of_statements(file: &File) -> Vec<Finding> {
    if file.path.ends_with("Cargo.toml") {
        return lines(&file.text)
            .filter(|(_, line)| {
                let name = line.split(['=', '.']).next().unwrap_or_default().trim();
                CRATES.contains(&name)
            })
            .map(|(number, _)| Finding::new(file, number, "a crate that matches patterns"))
            .collect();
    }
    let Some(views) = &file.views else { return Vec::new() };
    let tests = file.path.contains("/tests/") || file.path.ends_with("/tests.rs");
    let handled = ROOMS.iter().any(|room| file.is_below(room));
    if !handled || tests || OTHERS.iter().any(|(path, _)| *path == file.path) {
        return Vec::new();
    }
    lines(&views.code_and_strings)
        .filter(|(_, line)| searches_for_a_word(line))
        .map(|(number, _)| Finding::new(file, number, "searches a text for a word"))
        .collect()
}

/// Whether a line calls a search with a literal that has two letters in a row.
fn searches_for_a_word(line: &str) -> bool {
    METHODS.iter().any(|method| {
        line.match_indices(&format!(".{method}(\"")).any(|(at, call)| {
            let literal = line.get(at.saturating_add(call.len())..).unwrap_or_default();
            let literal = literal.split('"').next().unwrap_or_default();
            literal.as_bytes().windows(2).any(|pair| pair.iter().all(u8::is_ascii_alphabetic))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::findings_of;
    use super::*;

    #[test]
    fn searches_for_words_are_found_where_statements_are_handled() {
        let bad = "fn f(sql: &str) -> bool {\n    sql.contains(\"LIMIT\")\n}";
        assert_eq!(findings_of(of_statements, "src/sql/a.rs", bad), [2]);
        assert_eq!(findings_of(of_statements, "src/session/a.rs", bad), [2]);
        assert_eq!(findings_of(of_statements, "src/sql/tests/a.rs", bad), []);
        assert_eq!(findings_of(of_statements, "src/config/a.rs", bad), []);
        assert_eq!(findings_of(of_statements, "src/session/sqlcode.rs", bad), []);
        let fine = "number.split_once(\".\"); all.contains(&x); name.starts_with(\"?\");";
        assert_eq!(findings_of(of_statements, "src/sql/a.rs", fine), []);
        let spoken = "// sql.contains(\"LIMIT\") would be wrong";
        assert_eq!(findings_of(of_statements, "src/sql/a.rs", spoken), []);
    }

    #[test]
    fn crates_that_match_patterns_are_found() {
        let manifest = "[dependencies]\nregex = \"1\"\nbytes = \"1\"";
        assert_eq!(findings_of(of_statements, "Cargo.toml", manifest), [2]);
        assert_eq!(findings_of(of_statements, "grammar/Cargo.toml", "regex.workspace = true"), [1]);
        assert_eq!(findings_of(of_statements, "Cargo.toml", "# regex = \"1\""), []);
    }
}

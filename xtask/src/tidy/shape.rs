//! Length of lines and files, and names of files and modules.

use super::scan::{has_word, lines};
use super::{File, Finding};

/// Columns of a line of Rust.
const COLUMNS_MAX: usize = 100;
/// Lines of a source file: above the first a warning, above the second an error.
const LINES_WARN: usize = 500;
const LINES_MAX: usize = 800;

/// What counts as source, by the ending of its name.
const SOURCES: [&str; 6] = [".rs", ".c", ".h", ".cls", ".py", ".sh"];

/// Files that may be of any length and width, and why.
const TABLES: [(&str, &str); 6] = [
    ("src/callin/bindings.rs", "made by bindgen from ffi/include, compared by a test"),
    ("src/sql/resolve/table/cast.rs", "made by scripts/resolve-tables, compared by a test"),
    ("src/sql/resolve/table/function.rs", "made by scripts/resolve-tables, compared by a test"),
    ("src/sql/resolve/table/operator.rs", "made by scripts/resolve-tables, compared by a test"),
    ("ffi/mock/src/sql/sqlcode.rs", "one row per SQLCODE, with IRIS's own text"),
    ("objectscript/IrisPG/Session.cls", "a class is one file, and a session is one class"),
];

/// Words that say nothing about what is in a module.
const VAGUE: [&str; 8] =
    ["utils", "util", "common", "helpers", "helper", "manager", "managers", "misc"];

fn is_table(file: &File) -> bool {
    TABLES.iter().any(|(path, _)| file.path == *path)
}

pub(crate) fn long_lines(file: &File) -> Vec<Finding> {
    if !file.path.ends_with(".rs") || is_table(file) {
        return Vec::new();
    }
    lines(&file.text)
        .filter(|(_, line)| line.chars().count() > COLUMNS_MAX && !is_one_string(line))
        .map(|(number, line)| {
            let columns = line.chars().count();
            Finding::new(file, number, format!("{columns} columns, at most {COLUMNS_MAX}"))
        })
        .collect()
}

/// A statement or a message in quotes that takes most of the line: breaking it would make it harder
/// to read and to search for, and rustfmt leaves it alone.
fn is_one_string(line: &str) -> bool {
    let inside = line.split('"').skip(1).step_by(2).map(|part| part.chars().count()).max();
    inside.is_some_and(|longest| longest >= COLUMNS_MAX / 2)
}

pub(crate) fn long_files(file: &File) -> Vec<Finding> {
    if !SOURCES.iter().any(|ending| file.path.ends_with(ending)) || is_table(file) {
        return Vec::new();
    }
    match file.text.lines().count() {
        count if count > LINES_MAX => {
            vec![Finding::new(file, 0, format!("{count} lines, at most {LINES_MAX}"))]
        }
        count if count > LINES_WARN => {
            vec![Finding::warning(file, format!("{count} lines, {LINES_WARN} are enough"))]
        }
        _ => Vec::new(),
    }
}

pub(crate) fn vague_names(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    if SOURCES.iter().any(|ending| file.path.ends_with(ending)) {
        for part in file.path.split('/') {
            let stem = part.split('.').next().unwrap_or(part).to_lowercase();
            if stem.split(['_', '-']).any(|word| VAGUE.contains(&word)) {
                findings.push(Finding::new(file, 0, format!("the name {part} says nothing")));
            }
        }
    }
    if let Some(views) = &file.views {
        for (number, line) in lines(&views.code) {
            if VAGUE.iter().any(|word| has_word(line, &format!("mod {word}"))) {
                findings.push(Finding::new(file, number, "the module's name says nothing"));
            }
        }
    }
    findings
}

pub(crate) fn tabs_and_trailing_spaces(file: &File) -> Vec<Finding> {
    if !file.path.ends_with(".rs") || is_table(file) {
        return Vec::new();
    }
    lines(&file.text)
        .filter(|(_, line)| line.starts_with('\t') || line.ends_with([' ', '\t', '\r']))
        .map(|(number, _)| Finding::new(file, number, "a tab, or white space at the end"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::findings_of;
    use super::*;

    #[test]
    fn lines_are_counted_in_characters() {
        let line = "é".repeat(100);
        assert_eq!(findings_of(long_lines, "a.rs", &line), []);
        assert_eq!(findings_of(long_lines, "a.rs", &format!("\n{line}x")), [2]);
        assert_eq!(findings_of(long_lines, "a.md", &format!("{line}x")), []);
        assert_eq!(findings_of(long_lines, "src/callin/bindings.rs", &format!("{line}x")), []);
    }

    #[test]
    fn long_files_warn_and_then_fail() {
        let find = |count| long_files(&File::new("a.c", &"x\n".repeat(count)));
        assert_eq!(find(500), []);
        assert!(find(501).iter().all(|finding| finding.warning) && find(501).len() == 1);
        assert!(find(801).iter().all(|finding| !finding.warning) && find(801).len() == 1);
        assert_eq!(findings_of(long_files, "a.csv", &"x\n".repeat(900)), []);
    }

    #[test]
    fn names_say_what_is_inside() {
        assert_eq!(findings_of(vague_names, "src/sql/utils.rs", ""), [0]);
        assert_eq!(findings_of(vague_names, "src/common/limits.rs", ""), [0]);
        assert_eq!(findings_of(vague_names, "src/session_manager.rs", ""), [0]);
        assert_eq!(findings_of(vague_names, "src/a.rs", "x\npub mod helpers {}"), [2]);
        assert_eq!(findings_of(vague_names, "src/portal.rs", "mod uncommon;"), []);
    }

    #[test]
    fn white_space_is_where_it_is_seen() {
        assert_eq!(findings_of(tabs_and_trailing_spaces, "a.rs", "a\nb \n\tc\n d\n"), [2, 3]);
    }
}

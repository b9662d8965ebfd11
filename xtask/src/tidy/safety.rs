//! Where `unsafe` may stand, and what has to stand above it.

use super::scan::{has_word, lines};
use super::{File, Finding};

/// The rooms that may: the C boundary, the shared page, the simulator, and the tests of these.
const UNSAFE_ROOMS: [&str; 4] = ["src/callin/", "src/control/", "ffi/", "tests/callin_"];

/// Made by a tool, which explains nothing.
const GENERATED: [&str; 1] = ["src/callin/bindings.rs"];

/// Rooms of the gateway that exist in any case, so that a lost file is noticed.
const ROOMS: [&str; 8] =
    ["config", "engine", "protocol", "session", "sql", "supervisor", "types", "worker"];

/// Lines of one statement that may stand between the comment and the block.
const STATEMENT_LINES_MAX: usize = 6;

pub(crate) fn unsafe_outside_of_its_rooms(file: &File) -> Vec<Finding> {
    let Some(views) = &file.views else { return Vec::new() };
    if UNSAFE_ROOMS.iter().any(|room| file.path.starts_with(room)) {
        return Vec::new();
    }
    lines(&views.code)
        .filter(|(_, line)| has_word(line, "unsafe"))
        .map(|(number, _)| Finding::new(file, number, "unsafe outside of its rooms"))
        .collect()
}

/// Each unsafe block and implementation needs a `// SAFETY:` above its statement.
pub(crate) fn unexplained(file: &File) -> Vec<Finding> {
    let Some(views) = &file.views else { return Vec::new() };
    if GENERATED.contains(&file.path.as_str()) {
        return Vec::new();
    }
    let code: Vec<&str> = views.code.lines().collect();
    let comments: Vec<&str> = views.comments.lines().collect();
    let mut findings = Vec::new();
    for (index, line) in code.iter().enumerate() {
        let next = code.get(index + 1).copied().unwrap_or_default();
        if opens_unsafe(line, next) && !is_explained(&code, &comments, index) {
            findings.push(Finding::new(file, index + 1, "unsafe without // SAFETY:"));
        }
    }
    findings
}

/// Whether the keyword on this line begins a block or an implementation; a function that is unsafe
/// to call explains itself in its documentation.
fn opens_unsafe(line: &str, next: &str) -> bool {
    line.match_indices("unsafe").any(|(at, word)| {
        let alone = has_word(line.get(at.saturating_sub(1)..).unwrap_or(line), word);
        let rest = line.get(at + word.len()..).unwrap_or_default().trim_start();
        let rest = if rest.is_empty() { next.trim_start() } else { rest };
        alone && (rest.starts_with('{') || has_word(rest.get(..4).unwrap_or_default(), "impl"))
    })
}

fn is_explained(code: &[&str], comments: &[&str], index: usize) -> bool {
    let comment = |at: usize| comments.get(at).is_some_and(|line| line.contains("SAFETY:"));
    if comment(index) {
        return true;
    }
    let mut statement_lines = 0;
    for at in (0..index).rev() {
        if comment(at) {
            return true;
        }
        let line = code.get(at).copied().unwrap_or_default().trim();
        let is_comment = comments.get(at).is_some_and(|line| !line.trim().is_empty());
        if line.is_empty() && is_comment {
            continue;
        }
        statement_lines += 1;
        if line.is_empty() || line.ends_with([';', '}']) || statement_lines > STATEMENT_LINES_MAX {
            return false;
        }
    }
    false
}

/// Every other room forbids it by the compiler's own lint, at the top of its first file.
pub(crate) fn rooms_without_the_lint(file: &File) -> Vec<Finding> {
    let Some(views) = &file.views else { return Vec::new() };
    let is_room = file.path.strip_prefix("src/").is_some_and(|rest| {
        rest.strip_suffix("/mod.rs")
            .is_some_and(|room| !room.contains('/') && !matches!(room, "callin" | "control"))
    });
    let is_crate = matches!(file.path.as_str(), "grammar/src/lib.rs" | "xtask/src/main.rs");
    let forbids = views.code.replace(' ', "").contains("#![forbid(unsafe_code)]");
    if (is_room || is_crate) && !forbids {
        return vec![Finding::new(file, 0, "#![forbid(unsafe_code)] is missing")];
    }
    Vec::new()
}

/// The rooms whose first file is not where the rule above looks for it.
pub(crate) fn missing_rooms(paths: &[String]) -> Vec<Finding> {
    ROOMS
        .iter()
        .map(|room| format!("src/{room}/mod.rs"))
        .filter(|path| !paths.contains(path))
        .map(|path| Finding::new(&File::new(&path, ""), 0, "the room has no first file"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::findings_of;
    use super::*;

    #[test]
    fn unsafe_has_its_rooms() {
        let text = "// unsafe\nlet a = \"unsafe\";\nunsafe { f() }";
        assert_eq!(findings_of(unsafe_outside_of_its_rooms, "src/sql/a.rs", text), [3]);
        assert_eq!(findings_of(unsafe_outside_of_its_rooms, "src/callin/a.rs", text), []);
        assert_eq!(findings_of(unsafe_outside_of_its_rooms, "tests/wire.rs", text), [3]);
    }

    #[test]
    fn each_block_is_explained() {
        let find = |text| findings_of(unexplained, "src/callin/a.rs", text);
        assert_eq!(find("unsafe { f() }"), [1]);
        assert_eq!(find("unsafe\n{ f() }"), [1]);
        assert_eq!(find("unsafe impl Send for A {}"), [1]);
        assert_eq!(find("// SAFETY: a\nlet b = c();\nlet x = unsafe { f() };"), [3]);
        assert_eq!(find("// SAFETY: a\n\nunsafe { f() }"), [3]);
        assert_eq!(find("// SAFETY: a\n// b\nunsafe { f() }"), []);
        assert_eq!(find("// SAFETY: a\nlet x =\n    g(1,\n    unsafe { f() });"), []);
        assert_eq!(find("x; // SAFETY: a\nunsafe impl Send for A {}"), []);
        assert_eq!(find("unsafe fn f() {}\ntype F = unsafe extern \"C\" fn();"), []);
        assert_eq!(find("#[unsafe(no_mangle)]\nfn f() {}"), []);
    }

    #[test]
    fn rooms_forbid_it() {
        let find = |path, text| findings_of(rooms_without_the_lint, path, text);
        assert_eq!(find("src/sql/mod.rs", "// #![forbid(unsafe_code)]"), [0]);
        assert_eq!(find("src/sql/mod.rs", "//! Doc.\n#![forbid(unsafe_code)]\n"), []);
        assert_eq!(find("src/sql/lexer/mod.rs", ""), []);
        assert_eq!(find("src/callin/mod.rs", ""), []);
        assert_eq!(find("grammar/src/lib.rs", ""), [0]);
    }

    #[test]
    fn rooms_exist() {
        let paths: Vec<String> =
            ROOMS.iter().skip(1).map(|room| format!("src/{room}/mod.rs")).collect();
        let found = missing_rooms(&paths);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].path, "src/config/mod.rs");
    }
}

//! Dependencies point downwards, and the gateway does not know the simulator.

use super::scan::{has_word, lines};
use super::{File, Finding};

/// Rooms that know nothing of IRIS or of sockets.
const PURE: [&str; 3] = ["src/protocol", "src/sql", "src/types"];
/// Rooms above them.
const ABOVE: [&str; 7] =
    ["callin", "control", "engine", "session", "supervisor", "worker", "config"];
/// The only rooms that may name the C boundary.
const CALLIN: [&str; 2] = ["src/callin", "src/engine"];
/// Names the gateway's code must not have: it may not ask what it runs on.
const SIMULATOR: [&str; 2] = ["mock", "simulator"];

pub(crate) fn upward(file: &File) -> Vec<Finding> {
    if !PURE.iter().any(|room| file.is_below(room)) {
        return Vec::new();
    }
    named_rooms(file)
        .filter(|(_, room)| ABOVE.contains(&room.as_str()))
        .map(|(line, room)| Finding::new(file, line, format!("a pure room names crate::{room}")))
        .collect()
}

pub(crate) fn callin_above_engine(file: &File) -> Vec<Finding> {
    if !file.is_below("src") || CALLIN.iter().any(|room| file.is_below(room)) {
        return Vec::new();
    }
    named_rooms(file)
        .filter(|(_, room)| room == "callin")
        .map(|(line, _)| Finding::new(file, line, "only the engine may name crate::callin"))
        .collect()
}

pub(crate) fn simulator_in_the_gateway(file: &File) -> Vec<Finding> {
    let Some(views) = &file.views else { return Vec::new() };
    if !file.is_below("src") {
        return Vec::new();
    }
    let code = lines(&views.code);
    let strings = lines(&views.code_and_strings);
    code.zip(strings)
        .filter(|((_, code), (_, strings))| {
            let code = code.to_lowercase();
            SIMULATOR.iter().any(|word| code.contains(word))
                || strings.to_lowercase().contains("iris_mock")
        })
        .map(|((number, _), _)| {
            Finding::new(file, number, "the gateway must not know that there is a simulator")
        })
        .collect()
}

/// Each room that is named from the root of the crate, `crate::a` and `crate::{a, b::c}`, also by
/// the crate's own name from its executable, with its line.
fn named_rooms(file: &File) -> impl Iterator<Item = (usize, String)> {
    let code = file.views.as_ref().map_or("", |views| views.code.as_str());
    let mut found = Vec::new();
    for root in ["crate::", "irispg::"] {
        for (at, _) in code.match_indices(root) {
            let before = code.get(..at).unwrap_or_default();
            if before.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let line = before.matches('\n').count() + 1;
            let rest = code.get(at + root.len()..).unwrap_or_default();
            found.extend(first_names(rest).into_iter().map(|name| (line, name)));
        }
    }
    found.into_iter()
}

/// The first name of a path, or those of each path in a group.
fn first_names(path: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let Some(group) = path.trim_start().strip_prefix('{') else { return vec![name(path)] };
    let mut depth = 0_usize;
    let mut names = vec![name(group)];
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(name(group.get(at + 1..).unwrap_or_default())),
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty() && !has_word(name, "self"));
    names
}

#[cfg(test)]
mod tests {
    use super::super::findings_of;
    use super::*;

    #[test]
    fn pure_rooms_look_down_alone() {
        let find = |text| findings_of(upward, "src/sql/a.rs", text);
        assert_eq!(find("use crate::engine::Row;"), [1]);
        assert_eq!(find("\nfn f() -> crate::session::State {}"), [2]);
        assert_eq!(find("use crate::{\n    types::{engine, pg},\n    worker,\n};"), [1]);
        assert_eq!(find("use crate::types::engine; // crate::engine\nuse mycrate::engine;"), []);
        assert_eq!(findings_of(upward, "src/worker/a.rs", "use crate::engine::Row;"), []);
    }

    #[test]
    fn the_engine_alone_names_callin() {
        let find = |path, text| findings_of(callin_above_engine, path, text);
        assert_eq!(find("src/worker/mod.rs", "use crate::callin;"), [1]);
        assert_eq!(find("src/main.rs", "irispg::callin::Library::open()"), [1]);
        assert_eq!(find("src/engine/mod.rs", "use crate::callin::Block;"), []);
        assert_eq!(find("tests/callin_errors.rs", "use irispg::callin::Block;"), []);
    }

    #[test]
    fn the_gateway_knows_no_simulator() {
        let find = |text| findings_of(simulator_in_the_gateway, "src/engine/a.rs", text);
        assert_eq!(find("if is_mock() {}"), [1]);
        assert_eq!(find("env::var(\"IRIS_MOCK_DATA\")"), [1]);
        assert_eq!(find("const SIMULATOR: u8 = 1;"), [1]);
        assert_eq!(find("// the simulator, a mock\nlet s = \"no IRIS: simulator\";"), []);
        assert_eq!(findings_of(simulator_in_the_gateway, "tests/a.rs", "mock()"), []);
    }
}

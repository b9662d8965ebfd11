//! What is left behind: unfinished work, places of one machine, tests without their reason.

use super::scan::{has_word, lines};
use super::{File, Finding};

/// Marks of unfinished work, as words of their own.
const MARKS: [&str; 4] = ["TODO", "FIXME", "XXX", "HACK"];
/// The same in prose, in any case.
const PROSE: [&str; 1] = ["for now"];
/// The same as code.
const MACROS: [&str; 2] = ["todo!", "unimplemented!"];

/// Hosts of package registries, by their last two labels, apart so that they are named nowhere: a
/// build takes what its tools are configured to take.
const HOSTS: [(&str, &str); 6] = [
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("npmjs", "org"),
    ("maven", "org"),
    ("golang", "org"),
    ("debian", "org"),
];
/// Directories that exist on one machine alone.
const PLACES: [&str; 3] = [concat!("/", "work/"), "/home/", "/root/"];

/// The rules and their samples name what they look for.
fn is_exempt(file: &File) -> bool {
    file.is_below("xtask/src/tidy")
}

pub(crate) fn unfinished(file: &File) -> Vec<Finding> {
    if is_exempt(file) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (number, line) in lines(&file.text) {
        let lower = line.to_lowercase();
        let mark = MARKS.iter().find(|mark| has_word(line, mark));
        if let Some(mark) = mark.or_else(|| PROSE.iter().find(|words| has_word(&lower, words))) {
            findings.push(Finding::new(file, number, format!("{mark}: finish it or leave it out")));
        }
    }
    if let Some(views) = &file.views {
        for (number, line) in lines(&views.code) {
            if MACROS.iter().any(|name| line.contains(name)) {
                findings.push(Finding::new(file, number, "code that is not written"));
            }
        }
    }
    findings
}

/// Whether a line has a URL whose host ends in `name.top`.
fn names_host(line: &str, name: &str, top: &str) -> bool {
    let host = format!("{name}.{top}");
    line.split("://").skip(1).any(|rest| {
        let end = rest.find(|letter: char| !(letter.is_alphanumeric() || ".-_".contains(letter)));
        rest.get(..end.unwrap_or(rest.len())).is_some_and(|found| found.ends_with(&host))
    })
}

pub(crate) fn places(file: &File) -> Vec<Finding> {
    if is_exempt(file) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (number, line) in lines(&file.text) {
        if HOSTS.iter().any(|(name, top)| names_host(line, name, top)) {
            findings.push(Finding::new(file, number, "names the host of a registry"));
        }
        if let Some(place) = PLACES.iter().find(|place| begins_a_path(line, place)) {
            findings.push(Finding::new(file, number, format!("a path of one machine: {place}")));
        }
    }
    findings
}

/// Whether `place` stands in `line` as the beginning of a path and not in the middle of one.
fn begins_a_path(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        before
            .is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '.' | '_' | '-' | '}' | ')' | '*'))
    })
}

pub(crate) fn ignored_without_reason(file: &File) -> Vec<Finding> {
    let Some(views) = &file.views else { return Vec::new() };
    lines(&views.code)
        .filter(|(_, line)| line.replace(' ', "").contains("#[ignore]"))
        .map(|(number, _)| Finding::new(file, number, "#[ignore] without a reason"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::findings_of;
    use super::*;

    #[test]
    fn unfinished_work_is_found_in_every_kind_of_file() {
        for text in ["// TODO: x", "a FIXME", "XXX", "# HACK", "Good enough For Now."] {
            assert_eq!(findings_of(unfinished, "a.md", &format!("x\n{text}")), [2], "{text}");
        }
        assert_eq!(
            findings_of(unfinished, "a.rs", "fn f() { todo!() }\nunimplemented!();"),
            [1, 2]
        );
        let fine = "let s = \"todo!\"; // XXXX, mastodon, for nowhere";
        assert_eq!(findings_of(unfinished, "a.rs", fine), []);
        assert_eq!(findings_of(unfinished, "xtask/src/tidy/a.rs", "TODO"), []);
    }

    #[test]
    fn hosts_and_places_are_found() {
        let (name, top) = HOSTS[0];
        let host = format!("index-url = https://{name}.{top}/simple");
        for text in [&*host, "see /root/x", "\"/home/ann/.cargo\"", "/root/x"] {
            assert_eq!(findings_of(places, "a.sh", text), [1], "{text}");
        }
        for text in ["a/root/b", "${HOME}/home/x", "/homes/", "https://example.org/"] {
            assert_eq!(findings_of(places, "a.sh", text), [], "{text}");
        }
    }

    #[test]
    fn an_ignored_test_says_why() {
        let text = "#[test]\n#[ignore]\nfn a() {}\n#[ignore = \"needs IRIS\"]\nfn b() {}";
        assert_eq!(findings_of(ignored_without_reason, "a.rs", text), [2]);
    }
}

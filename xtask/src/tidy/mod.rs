//! The house style as a test. Each rule is a function from a file to its findings, with samples of
//! what it finds beside it.

mod layers;
mod leavings;
mod links;
mod patterns;
mod safety;
mod scan;
mod shape;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use scan::Views;

/// A file of the repository, with its path from the root and `/` between the parts.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
    /// For Rust alone: the text apart from comments and strings.
    pub(crate) views: Option<Views>,
}

impl File {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let views = path.ends_with(".rs").then(|| Views::of(text));
        Self { path: path.to_owned(), text: text.to_owned(), views }
    }

    pub(crate) fn is_below(&self, directory: &str) -> bool {
        self.path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
    }
}

/// What a rule found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    path: String,
    /// From 1; 0 for the file as a whole.
    line: usize,
    message: String,
    /// A warning is shown and fails nothing.
    warning: bool,
}

impl Finding {
    pub(crate) fn new(file: &File, line: usize, message: impl Into<String>) -> Self {
        Self { path: file.path.clone(), line, message: message.into(), warning: false }
    }

    pub(crate) fn warning(file: &File, message: impl Into<String>) -> Self {
        Self { warning: true, ..Self::new(file, 0, message) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.warning { "warning: " } else { "" };
        match self.line {
            0 => write!(f, "{}: {kind}{}", self.path, self.message),
            line => write!(f, "{}:{line}: {kind}{}", self.path, self.message),
        }
    }
}

type Rule = fn(&File) -> Vec<Finding>;

const RULES: [Rule; 14] = [
    shape::long_lines,
    shape::long_files,
    shape::vague_names,
    leavings::unfinished,
    leavings::places,
    leavings::ignored_without_reason,
    safety::unsafe_outside_of_its_rooms,
    safety::unexplained,
    safety::rooms_without_the_lint,
    layers::upward,
    layers::callin_above_engine,
    layers::simulator_in_the_gateway,
    patterns::of_statements,
    shape::tabs_and_trailing_spaces,
];

/// Checks every file that is tracked, or would be.
pub(crate) fn run(root: &Path) -> Result<String, String> {
    let paths = tracked(root)?;
    let mut findings = Vec::new();
    let mut count = 0_usize;
    for path in &paths {
        // What is no text is no business of these rules.
        let Ok(text) = std::fs::read_to_string(root.join(path)) else { continue };
        let file = File::new(path, &text);
        findings.extend(RULES.iter().flat_map(|rule| rule(&file)));
        findings.extend(links::dead(&file, root));
        count += 1;
    }
    findings.extend(safety::missing_rooms(&paths));
    findings.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
    let report: Vec<String> = findings.iter().map(ToString::to_string).collect();
    let errors = findings.iter().filter(|finding| !finding.warning).count();
    let summary = format!("tidy: {count} files, {errors} errors");
    let report = [report, vec![summary]].concat().join("\n");
    if errors == 0 { Ok(report) } else { Err(report) }
}

fn tracked(root: &Path) -> Result<Vec<String>, String> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .map_err(|error| format!("git: {error}"))?;
    if !output.status.success() {
        return Err(format!("git ls-files: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let mut paths: Vec<String> = output
        .stdout
        .split(|byte| *byte == 0)
        .filter_map(|path| std::str::from_utf8(path).ok())
        .filter(|path| !path.is_empty())
        // A deleted file is still listed until the deletion is committed.
        .filter(|path| PathBuf::from(root).join(path).is_file())
        .map(str::to_owned)
        .collect();
    paths.sort();
    paths.dedup();
    Ok(paths)
}

/// The files of a sample, checked by one rule; for the tests of the rules.
#[cfg(test)]
pub(crate) fn findings_of(rule: Rule, path: &str, text: &str) -> Vec<usize> {
    rule(&File::new(path, text)).iter().map(|finding| finding.line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_says_where() {
        let file = File::new("src/a.rs", "");
        assert_eq!(Finding::new(&file, 3, "wrong").to_string(), "src/a.rs:3: wrong");
        assert_eq!(Finding::warning(&file, "long").to_string(), "src/a.rs: warning: long");
        assert!(file.is_below("src") && !file.is_below("sr"));
    }

    #[test]
    fn the_repository_is_listed() {
        let paths = tracked(&crate::root()).unwrap();
        assert!(paths.iter().any(|path| path == "xtask/src/tidy/mod.rs"));
        assert!(!paths.iter().any(|path| path.starts_with("target/")));
    }
}

//! Reads `tests/sql/iris/*.cases`; `tests/sql/iris/README.md` describes the format. Whatever is not
//! in that page is an error here, so that a misspelt word cannot make a case assert nothing.

use irisdb::sql::{SelectMode, Version};

/// The sections of the facts that a group may name (`iris-sql §…`).
const SECTIONS: [&str; 21] = [
    "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "2", "3", "4.1", "4.2", "4.3", "4.4",
    "5.1", "5.2", "5.3", "5.4", "5.5", "5.6", "6",
];
/// Versions that the simulator can pretend to be (iris-sql, DESIGN §5).
const VERSIONS: [(&str, Version); 4] = [
    ("2022.1", Version::new(2022, 1)),
    ("2023.1", Version::new(2023, 1)),
    ("2024.1", Version::new(2024, 1)),
    ("2025.1", Version::new(2025, 1)),
];

/// `error: any`: the facts say that it is refused, and not with which SQLCODE.
pub(crate) const ANY_ERROR: i32 = 0;

/// One file.
pub(crate) struct Topic {
    pub(crate) name: String,
    pub(crate) groups: Vec<Group>,
}

/// Statements that share an instance.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) facts: Vec<String>,
    pub(crate) versions: Vec<Version>,
    pub(crate) setup: Vec<(usize, String)>,
    pub(crate) cases: Vec<Case>,
}

/// A parameter's value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Param {
    Null,
    Undefined,
    Integer(i64),
    Decimal(i64, i8),
    Double(f64),
    Text(String),
    Bytes(Vec<u8>),
}

/// What one statement must do. What is `None` or empty is not asserted.
#[derive(Debug, Default)]
pub(crate) struct Case {
    pub(crate) line: usize,
    pub(crate) mode: SelectMode,
    pub(crate) sql: String,
    pub(crate) params: Option<Vec<Param>>,
    pub(crate) error: Option<i32>,
    pub(crate) messages: Vec<String>,
    pub(crate) code: Option<i32>,
    pub(crate) count: Option<i64>,
    pub(crate) statement_type: Option<i64>,
    pub(crate) row_id: Option<String>,
    pub(crate) columns: Option<Vec<Vec<String>>>,
    pub(crate) types: Option<Vec<String>>,
    pub(crate) parameters: Option<Vec<Vec<String>>>,
    /// Rows of cells; `None` in a cell is NULL.
    pub(crate) rows: Option<Vec<Vec<Option<String>>>>,
}

impl Case {
    fn asserts(&self) -> bool {
        self.error.is_some()
            || self.code.is_some()
            || self.count.is_some()
            || self.statement_type.is_some()
            || self.row_id.is_some()
            || self.columns.is_some()
            || self.types.is_some()
            || self.parameters.is_some()
            || self.rows.is_some()
    }
}

/// Reads a file; all that is wrong with it, each with its line.
pub(crate) fn read(name: &str, text: &str) -> Result<Topic, Vec<String>> {
    let mut reader = Reader::default();
    for (number, line) in lines(text) {
        if let Err(reason) = reader.line(number, &line) {
            reader.errors.push(format!("{name}:{number}: {reason}"));
        }
    }
    let found = std::mem::take(&mut reader.groups);
    if found.is_empty() {
        reader.errors.push(format!("{name}: no group"));
    }
    for (at, group) in found.iter().enumerate() {
        if found[..at].iter().any(|other| other.name == group.name) {
            reader.errors.push(format!("{name}:{}: a second group of this name", group.line));
        }
        let wrong = complaints(group);
        reader
            .errors
            .extend(wrong.into_iter().map(|(line, what)| format!("{name}:{line}: {what}")));
    }
    if reader.errors.is_empty() {
        Ok(Topic { name: name.to_owned(), groups: found })
    } else {
        Err(reader.errors)
    }
}

/// Lines with their numbers, those that begin with four blanks joined to the one before.
fn lines(text: &str) -> Vec<(usize, String)> {
    let mut out: Vec<(usize, String)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        match (line.strip_prefix("    "), out.last_mut()) {
            (Some(more), Some((_, last))) if !last.is_empty() => {
                last.push('\n');
                last.push_str(more);
            }
            _ => out.push((index + 1, line.to_owned())),
        }
    }
    out
}

fn complaints(group: &Group) -> Vec<(usize, String)> {
    let mut wrong = Vec::new();
    if group.facts.is_empty() {
        wrong.push((group.line, "the group names no fact".to_owned()));
    }
    if group.cases.is_empty() {
        wrong.push((group.line, "the group has no case".to_owned()));
    }
    for case in &group.cases {
        if !case.asserts() {
            wrong.push((case.line, "the case asserts nothing (`code: 0`?)".to_owned()));
        }
        if !case.messages.is_empty() && case.error.is_none() {
            wrong.push((case.line, "`msg:` without `error:`".to_owned()));
        }
        let success = case.code.is_some() || case.count.is_some() || case.rows.is_some();
        if case.error.is_some() && (success || case.row_id.is_some()) {
            wrong.push((case.line, "`error:` beside what only a success has".to_owned()));
        }
    }
    wrong
}

#[derive(Default)]
struct Reader {
    groups: Vec<Group>,
    errors: Vec<String>,
    mode: SelectMode,
    /// A case is being read, so that what describes a case may follow.
    in_case: bool,
}

impl Reader {
    fn line(&mut self, number: usize, line: &str) -> Result<(), String> {
        if line.trim().is_empty() || line.starts_with("# ") {
            return Ok(());
        }
        if let Some(name) = line.strip_prefix("## ") {
            self.mode = SelectMode::default();
            self.in_case = false;
            self.groups.push(Group {
                name: name.trim().to_owned(),
                line: number,
                facts: Vec::new(),
                versions: vec![Version::new(2025, 1)],
                setup: Vec::new(),
                cases: Vec::new(),
            });
            return Ok(());
        }
        let (word, rest) = line.split_once(':').ok_or("neither `word:` nor a remark (`# `)")?;
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        let group = self.groups.last_mut().ok_or("before the first group")?;
        match word {
            "fact" | "versions" | "setup" if !group.cases.is_empty() => {
                Err(format!("`{word}:` after the first case of the group"))
            }
            "fact" => fact(rest).map(|()| group.facts.push(rest.to_owned())),
            "versions" => versions(rest).map(|found| group.versions = found),
            "setup" => {
                group.setup.push((number, rest.to_owned()));
                Ok(())
            }
            "mode" => {
                self.mode = mode(rest)?;
                self.in_case = false;
                Ok(())
            }
            "sql" => {
                let sql = rest.to_owned();
                group.cases.push(Case { line: number, mode: self.mode, sql, ..Case::default() });
                self.in_case = true;
                Ok(())
            }
            _ if !self.in_case => Err(format!("`{word}:` without a `sql:` before it")),
            _ => match group.cases.last_mut() {
                Some(case) => detail(case, word, rest),
                None => Err("no case".to_owned()),
            },
        }
    }
}

/// What follows a `sql:` line.
fn detail(case: &mut Case, word: &str, rest: &str) -> Result<(), String> {
    match word {
        "params" => once(&mut case.params, params(rest)?),
        "error" if rest == "any" => once(&mut case.error, ANY_ERROR),
        "error" => match number(rest)? {
            code if code < 0 => once(&mut case.error, code),
            _ => Err("an error's SQLCODE is negative".to_owned()),
        },
        "msg" if rest.trim().is_empty() => Err("an empty `msg:`".to_owned()),
        "msg" => {
            case.messages.push(rest.to_owned());
            Ok(())
        }
        "code" => match number(rest)? {
            code @ (0 | 100) => once(&mut case.code, code),
            _ => Err("`code:` is 0 or 100; errors are `error:`".to_owned()),
        },
        "count" => once(&mut case.count, number(rest)?),
        "statement" => once(&mut case.statement_type, number(rest)?),
        "rowid" => once(&mut case.row_id, rest.to_owned()),
        "columns" => once(&mut case.columns, table(rest, 6)?),
        "parameters" => once(&mut case.parameters, table(rest, 3)?),
        "types" => once(&mut case.types, rest.split('|').map(|t| t.trim().to_owned()).collect()),
        "rows" if rest != "none" => Err("only `rows: none`".to_owned()),
        "rows" => once(&mut case.rows, Vec::new()),
        "row" => match &mut case.rows {
            Some(rows) if rows.is_empty() => Err("`row:` after `rows: none`".to_owned()),
            rows => {
                rows.get_or_insert_default().push(cells(rest)?);
                Ok(())
            }
        },
        _ => Err(format!("an unknown word, `{word}:`")),
    }
}

fn once<T>(place: &mut Option<T>, value: T) -> Result<(), String> {
    if place.is_some() {
        return Err("a second line of this word".to_owned());
    }
    *place = Some(value);
    Ok(())
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.trim().parse().map_err(|_| format!("no number: {text:?}"))
}

fn mode(text: &str) -> Result<SelectMode, String> {
    match text.trim() {
        "logical" => Ok(SelectMode::Logical),
        "odbc" => Ok(SelectMode::Odbc),
        "display" => Ok(SelectMode::Display),
        other => Err(format!("no select mode: {other:?}")),
    }
}

fn versions(text: &str) -> Result<Vec<Version>, String> {
    text.split_whitespace()
        .map(|word| {
            let found = VERSIONS.iter().find(|(name, _)| *name == word);
            found.map(|(_, version)| *version).ok_or_else(|| format!("no version: {word:?}"))
        })
        .collect()
}

/// A fact names its source first: `iris-sql §1.2, §4.1 …`, `iris-sql appendix B …`, `DESIGN §5 …`
/// or `UNVERIFIED …`, and then says in words what it says.
fn fact(text: &str) -> Result<(), String> {
    let (source, rest) = text.split_once(' ').ok_or("a fact without words")?;
    let sections: Vec<&str> = rest
        .split('§')
        .skip(1)
        .map(|part| {
            let end = part.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(part.len());
            part[..end].trim_end_matches('.')
        })
        .collect();
    let appendix = ["appendix A ", "appendix B ", "appendix C "].iter().any(|a| rest.contains(a));
    let allowed: &[&str] = match source {
        "iris-sql" if sections.is_empty() && !appendix => return Err("no section".to_owned()),
        "DESIGN" if sections.is_empty() => return Err("no section".to_owned()),
        "iris-sql" | "UNVERIFIED" => &SECTIONS,
        "DESIGN" => &["5"],
        other => return Err(format!("no source of facts: {other:?}")),
    };
    if let Some(odd) = sections.iter().find(|section| !allowed.contains(section)) {
        return Err(format!("{source} has no §{odd}"));
    }
    let words = rest.split_whitespace().filter(|word| !word.starts_with('§')).count();
    if words < 3 {
        return Err("a fact needs words, not only its place".to_owned());
    }
    Ok(())
}

/// `a:4:10|b:12`: entries of at most `width` parts.
fn table(text: &str, width: usize) -> Result<Vec<Vec<String>>, String> {
    if text.trim() == "none" {
        return Ok(Vec::new());
    }
    text.split('|')
        .map(|entry| {
            let parts: Vec<String> = entry.split(':').map(|p| p.trim().to_owned()).collect();
            if parts.len() > width || parts[0].is_empty() {
                return Err(format!("an entry of 1 to {width} parts, not {entry:?}"));
            }
            Ok(parts)
        })
        .collect()
}

/// `1|x|<null>`, with `\|`, `\\`, `\n` and `\xHH`.
pub(crate) fn cells(text: &str) -> Result<Vec<Option<String>>, String> {
    let mut out = Vec::new();
    let mut cell = String::new();
    let mut plain = true;
    let mut chars = text.chars();
    let mut close = |cell: &mut String, plain: &mut bool| {
        let text = std::mem::take(cell);
        let null = *plain && text == "<null>";
        *plain = true;
        out.push((!null).then_some(text));
    };
    while let Some(c) = chars.next() {
        match c {
            '|' => close(&mut cell, &mut plain),
            '\\' => {
                plain = false;
                cell.push(match chars.next() {
                    Some('n') => '\n',
                    Some('x') => {
                        let digits: String = chars.by_ref().take(2).collect();
                        let code = u8::from_str_radix(&digits, 16);
                        char::from(code.map_err(|_| format!("no byte: \\x{digits}"))?)
                    }
                    Some(other @ ('|' | '\\')) => other,
                    other => return Err(format!("an unknown escape: {other:?}")),
                });
            }
            other => cell.push(other),
        }
    }
    close(&mut cell, &mut plain);
    Ok(out)
}

/// `1, 'text', NULL, 1.5, d0.5, x'00ff', undefined`.
fn params(text: &str) -> Result<Vec<Param>, String> {
    let mut out = Vec::new();
    let mut rest = text.trim();
    loop {
        let (value, after) = match rest.strip_prefix('\'') {
            Some(inside) => quoted(inside)?,
            None => {
                let (word, after) = match rest.strip_prefix("x'") {
                    Some(hex) => hex.split_once('\''),
                    None => Some(rest.split_at(rest.find(',').unwrap_or(rest.len()))),
                }
                .ok_or("bytes without an end")?;
                let bytes = rest.starts_with("x'");
                (if bytes { Param::Bytes(hex(word)?) } else { plain(word.trim())? }, after)
            }
        };
        out.push(value);
        match after.trim_start().strip_prefix(',') {
            Some(more) => rest = more.trim_start(),
            None if after.trim().is_empty() => return Ok(out),
            None => return Err(format!("a comma expected at {after:?}")),
        }
    }
}

/// The text up to a quote that is not doubled, and what follows it.
fn quoted(text: &str) -> Result<(Param, &str), String> {
    let mut value = String::new();
    let mut rest = text;
    loop {
        let (part, after) = rest.split_once('\'').ok_or("text without an end")?;
        value.push_str(part);
        match after.strip_prefix('\'') {
            Some(more) => {
                value.push('\'');
                rest = more;
            }
            None => return Ok((Param::Text(value), after)),
        }
    }
}

fn hex(text: &str) -> Result<Vec<u8>, String> {
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| {
            let digits = std::str::from_utf8(pair).map_err(|e| e.to_string())?;
            u8::from_str_radix(digits, 16).map_err(|_| format!("no byte: {digits:?}"))
        })
        .collect()
}

fn plain(word: &str) -> Result<Param, String> {
    if word == "NULL" {
        return Ok(Param::Null);
    }
    if word == "undefined" {
        return Ok(Param::Undefined);
    }
    if let Some(double) = word.strip_prefix('d') {
        return number(double).map(Param::Double);
    }
    match word.split_once('.') {
        None => number(word).map(Param::Integer),
        Some((whole, fraction)) => {
            let exponent = i8::try_from(fraction.len()).map_err(|e| e.to_string())?;
            number(&format!("{whole}{fraction}")).map(|m| Param::Decimal(m, -exponent))
        }
    }
}

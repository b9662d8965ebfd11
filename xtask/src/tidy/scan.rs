//! Tells code, strings and comments of a Rust source apart, as far as the rules need it.

/// The same text three times, each with what does not belong to it blanked out by spaces. Lines
/// stay lines, and a character stays at its byte offset unless it is blanked.
pub(crate) struct Views {
    /// Without comments and without the insides of strings.
    pub(crate) code: String,
    /// Without comments.
    pub(crate) code_and_strings: String,
    /// Comments alone.
    pub(crate) comments: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Code,
    Text,
    Comment,
}

impl Views {
    pub(crate) fn of(text: &str) -> Self {
        let kinds = classify(text);
        let view = |shown: &[Kind]| -> String {
            text.char_indices()
                .map(|(at, character)| {
                    let kind = kinds.get(at).copied().unwrap_or(Kind::Code);
                    if character == '\n' || shown.contains(&kind) { character } else { ' ' }
                })
                .collect()
        };
        Self {
            code: view(&[Kind::Code]),
            code_and_strings: view(&[Kind::Code, Kind::Text]),
            comments: view(&[Kind::Comment]),
        }
    }
}

/// One kind per byte.
fn classify(text: &str) -> Vec<Kind> {
    let mut kinds = Vec::with_capacity(text.len());
    let mut rest = text;
    let mut in_word = false;
    while let Some(first) = rest.chars().next() {
        let (kind, len) = if rest.starts_with("//") {
            (Kind::Comment, rest.find('\n').unwrap_or(rest.len()))
        } else if rest.starts_with("/*") {
            (Kind::Comment, block_comment(rest))
        } else if let Some(len) = raw_string(rest).filter(|_| !in_word) {
            (Kind::Text, len)
        } else if first == '"' {
            (Kind::Text, quoted(rest))
        } else if let Some(len) = character(rest) {
            (Kind::Text, len)
        } else {
            (Kind::Code, first.len_utf8())
        };
        in_word = kind == Kind::Code && (first.is_alphanumeric() || first == '_');
        kinds.extend(std::iter::repeat_n(kind, len));
        rest = rest.get(len..).unwrap_or_default();
    }
    kinds
}

/// Length of a block comment; they nest.
fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// Length of a raw string at the start of `text`: `r"…"`, `br##"…"##`.
fn raw_string(text: &str) -> Option<usize> {
    let prefix = ["br", "cr", "r"].into_iter().find(|prefix| text.starts_with(prefix))?;
    let rest = text.get(prefix.len()..)?;
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    let body = rest.get(hashes..)?.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let start = prefix.len() + hashes + 1;
    Some(body.find(&end).map_or(text.len(), |at| start + at + end.len()))
}

/// Length of a string with escapes; `text` begins with its quotation mark.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Length of a character literal; a lifetime is none.
fn character(text: &str) -> Option<usize> {
    let body = text.strip_prefix('\'')?;
    let mut characters = body.char_indices();
    let (_, first) = characters.next()?;
    if first == '\\' {
        let (after, _) = characters.nth(1)?;
        return body.get(after..)?.find('\'').map(|at| 1 + after + at + 1).or(Some(text.len()));
    }
    let (after, second) = characters.next()?;
    (second == '\'').then_some(1 + after + 1)
}

/// Line numbers, from 1, of the lines of a view.
pub(crate) fn lines(view: &str) -> impl Iterator<Item = (usize, &str)> {
    view.lines().enumerate().map(|(index, line)| (index + 1, line))
}

/// Whether `line` has `word` with no letter, digit or underscore beside it.
pub(crate) fn has_word(line: &str, word: &str) -> bool {
    let joins =
        |character: Option<char>| character.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line.get(at + word.len()..).and_then(|text| text.chars().next());
        !joins(before) && !joins(after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_strings_and_comments_are_told_apart() {
        let text = "let a = \"// no \\\" comment\"; // yes \"\nlet b = 'x'; /* a /* b */ c */ d\n";
        let views = Views::of(text);
        assert_eq!(
            views.code.split_whitespace().collect::<Vec<_>>().join(" "),
            "let a = ; let b = ; d"
        );
        assert!(views.code_and_strings.contains("// no \\\" comment"));
        assert_eq!(
            views.comments.split_whitespace().collect::<Vec<_>>().join(" "),
            "// yes \" /* a /* b */ c */"
        );
        assert_eq!(views.code.lines().count(), text.lines().count());
    }

    #[test]
    fn quotation_marks_that_open_no_string_are_code() {
        let views = Views::of(
            "fn f<'a>(x: &'a str) -> char { '\"' } // z\nlet c = '\\'';let d='\\u{1F}';e",
        );
        assert!(views.code.contains("fn f<'a>(x: &'a str) -> char {"));
        assert!(views.code.ends_with(";e") && !views.code.contains("1F"));
        assert!(views.comments.contains("// z"));
    }

    #[test]
    fn raw_strings_end_where_they_end() {
        let views = Views::of("let a = r#\"x \" // y\"#; let for_r = b; br\"\\\"; done");
        assert!(views.code.contains("let for_r = b;") && views.code.ends_with("; done"));
        assert!(!views.comments.contains('y'));
    }

    #[test]
    fn words_have_borders() {
        assert!(has_word("a unsafe {", "unsafe") && has_word("unsafe", "unsafe"));
        assert!(!has_word("forbid(unsafe_code)", "unsafe") && !has_word("é_unsafe", "unsafe"));
    }
}

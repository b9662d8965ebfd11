//! As much of Rust as the test of the rules reads: comments, items and their bodies.

/// A piece of source. What lies between two pieces is blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A line comment without its slashes; `true` when it describes an item (`///`).
    Comment(String, bool),
    /// A string literal. A character is a sign, its quote.
    Text,
    Number(String),
    Word(String),
    Sign(char),
}

impl Piece {
    pub(crate) fn is(&self, sign: char) -> bool {
        *self == Piece::Sign(sign)
    }

    pub(crate) fn word(&self) -> Option<&str> {
        match self {
            Piece::Word(word) => Some(word),
            _ => None,
        }
    }
}

/// Splits a file into its pieces.
pub(crate) fn pieces(source: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '/' if rest.starts_with("//") => {
                let end = rest.find('\n').unwrap_or(rest.len());
                let line = rest.get(..end).unwrap_or_default();
                let doc = line.starts_with("///");
                let text = line.trim_start_matches('/').trim_start_matches('!').trim();
                pieces.push(Piece::Comment(text.to_owned(), doc));
                end
            }
            '"' => {
                pieces.push(Piece::Text);
                text_length(rest)
            }
            'r' | 'b' if prefixed_text(rest).is_some() => {
                let byte = rest.starts_with("b'");
                pieces.push(if byte { Piece::Sign('\'') } else { Piece::Text });
                prefixed_text(rest).unwrap_or(1)
            }
            '\'' => character_length(rest, &mut pieces),
            c if c.is_ascii_digit() => {
                let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'));
                let mut end = end.unwrap_or(rest.len());
                // `0..5` is a range and `0.max(x)` a call.
                if let Some(dot) = rest.get(..end).and_then(|number| number.find('.'))
                    && !rest.get(dot + 1..).is_some_and(|r| r.starts_with(char::is_numeric))
                {
                    end = dot;
                }
                pieces.push(Piece::Number(rest.get(..end).unwrap_or_default().replace('_', "")));
                end
            }
            c if c.is_alphabetic() || c == '_' => {
                let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
                let end = end.unwrap_or(rest.len());
                pieces.push(Piece::Word(rest.get(..end).unwrap_or_default().to_owned()));
                end
            }
            c if c.is_whitespace() => c.len_utf8(),
            c => {
                pieces.push(Piece::Sign(c));
                c.len_utf8()
            }
        };
        rest = rest.get(length.max(1)..).unwrap_or_default();
    }
    pieces
}

/// The bytes of a text that begins with `"`.
fn text_length(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// The bytes of a text such as `b"…"`, `r"…"`, `r#"…"#`, `b'x'`.
fn prefixed_text(rest: &str) -> Option<usize> {
    let bare = rest.trim_start_matches(['r', 'b']);
    let letters = rest.len() - bare.len();
    let hashes = bare.len() - bare.trim_start_matches('#').len();
    let quoted = bare.get(hashes..)?;
    if letters > 2 {
        return None;
    }
    if rest.starts_with("b'") {
        return quoted.get(2..)?.find('\'').map(|end| letters + end + 3);
    }
    if !quoted.starts_with('"') {
        return None;
    }
    if rest.starts_with("b\"") {
        return Some(letters + text_length(quoted));
    }
    let closing = format!("\"{}", "#".repeat(hashes));
    let end = quoted.get(1..)?.find(&closing)?;
    Some(letters + hashes + 1 + end + closing.len())
}

/// The bytes of a character such as `'x'`; a lifetime is a sign and a word.
fn character_length(rest: &str, pieces: &mut Vec<Piece>) -> usize {
    let mut characters = rest.char_indices().skip(1);
    let escaped = rest.starts_with("'\\");
    if escaped {
        pieces.push(Piece::Sign('\''));
        let from = 3;
        return rest.get(from..).and_then(|r| r.find('\'')).map_or(1, |end| from + end + 1);
    }
    characters.next();
    match characters.next() {
        Some((at, '\'')) => {
            pieces.push(Piece::Sign('\''));
            at + 1
        }
        _ => {
            pieces.push(Piece::Sign('\''));
            1
        }
    }
}

/// A function, a constant or what surrounds them.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) name: String,
    pub(crate) function: bool,
    /// Its own description, and those of the `impl` around it.
    pub(crate) docs: Vec<Piece>,
    /// Everything from its keyword to its end.
    pub(crate) body: Vec<Piece>,
}

/// The functions and constants of a file, and one item without a name for all that lies between.
/// What only tests see is left out.
pub(crate) fn items(source: &str) -> Vec<Item> {
    let mut found = Vec::new();
    let mut between = Item { name: String::new(), function: false, docs: vec![], body: vec![] };
    collect(&pieces(source), &[], &mut found, &mut between);
    found.push(between);
    found
}

fn collect(all: &[Piece], around: &[Piece], found: &mut Vec<Item>, between: &mut Item) {
    let mut at = 0;
    let mut docs: Vec<Piece> = Vec::new();
    let mut tested = false;
    while let Some(piece) = all.get(at) {
        let rest = all.get(at..).unwrap_or_default();
        match piece {
            Piece::Comment(..) => {
                docs.push(piece.clone());
                at += 1;
            }
            Piece::Sign('#') => {
                let length = closed(rest, '[', ']');
                let inner = rest.get(..length).unwrap_or_default();
                tested |= inner.iter().any(|p| p.word() == Some("test"));
                at += length.max(1);
            }
            Piece::Word(word) if starts_item(word, rest) => {
                let length = extent(rest);
                let body = rest.get(..length).unwrap_or_default().to_vec();
                let function = body.iter().take(3).any(|p| p.word() == Some("fn"));
                let name = named(&body);
                if !tested {
                    let mut all_docs = std::mem::take(&mut docs);
                    all_docs.extend(around.iter().cloned());
                    found.push(Item { name, function, docs: all_docs, body });
                }
                (docs, tested) = (Vec::new(), false);
                at += length.max(1);
            }
            Piece::Word(word) if matches!(word.as_str(), "impl" | "mod" | "trait") => {
                let length = extent(rest);
                let open = rest.iter().position(|p| p.is('{')).unwrap_or(length);
                if !tested && open < length {
                    let inner = rest.get(open + 1..length - 1).unwrap_or_default();
                    let docs = if word == "mod" { Vec::new() } else { docs.clone() };
                    collect(inner, &docs, found, between);
                }
                (docs, tested) = (Vec::new(), false);
                at += length.max(1);
            }
            Piece::Word(word) if word == "pub" => {
                let limited = rest.get(1).is_some_and(|next| next.is('('));
                at += 1;
                if limited {
                    at += closed(rest.get(1..).unwrap_or_default(), '(', ')');
                }
            }
            _ => {
                // A type, a use: what stands in it belongs to no item of ours.
                let length = extent(rest);
                if !tested {
                    between.body.append(&mut docs);
                    between.body.extend(rest.get(..length).unwrap_or_default().iter().cloned());
                }
                (docs, tested) = (Vec::new(), false);
                at += length.max(1);
            }
        }
    }
    between.body.append(&mut docs);
}

fn starts_item(word: &str, rest: &[Piece]) -> bool {
    matches!(word, "fn" | "static" | "const" | "unsafe" | "extern")
        && !matches!(rest.get(1).and_then(Piece::word), Some("impl" | "crate"))
}

fn named(body: &[Piece]) -> String {
    let mut words = body.iter().filter_map(Piece::word);
    let name = words.find(|w| !matches!(*w, "fn" | "static" | "const" | "unsafe" | "extern"));
    name.unwrap_or_default().to_owned()
}

/// Pieces up to the end of the item that begins here: a closed body, or a semicolon.
fn extent(rest: &[Piece]) -> usize {
    let constant = matches!(rest.first().and_then(Piece::word), Some("const" | "static"))
        && rest.get(1).and_then(Piece::word) != Some("fn");
    let ends_with_brace = !constant && rest.first().and_then(Piece::word) != Some("use");
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(piece) = rest.get(at) {
        match piece {
            Piece::Sign('{' | '(' | '[') => depth += 1,
            Piece::Sign('}' | ')' | ']') => {
                depth = depth.saturating_sub(1);
                if depth == 0 && piece.is('}') && ends_with_brace {
                    return at + 1;
                }
            }
            Piece::Sign(';') if depth == 0 => return at + 1,
            _ => {}
        }
        at += 1;
    }
    rest.len()
}

fn closed(rest: &[Piece], open: char, close: char) -> usize {
    let mut depth = 0_usize;
    for (at, piece) in rest.iter().enumerate() {
        if piece.is(open) {
            depth += 1;
        } else if piece.is(close) {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return at + 1;
            }
        }
    }
    rest.len()
}

/// Comments that follow each other without anything between, each as one line of text.
pub(crate) fn remarks(pieces: &[Piece]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut open: Option<bool> = None;
    for piece in pieces {
        match piece {
            Piece::Comment(text, doc) if open == Some(*doc) => {
                if let Some(last) = all.last_mut() {
                    last.push(' ');
                    last.push_str(text);
                }
            }
            Piece::Comment(text, doc) => {
                all.push(text.clone());
                open = Some(*doc);
            }
            _ => open = None,
        }
    }
    all
}

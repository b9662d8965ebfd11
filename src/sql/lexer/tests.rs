use super::*;
use proptest::prelude::*;

fn kinds(text: &str) -> Vec<Kind> {
    let lexed = lex(text).unwrap();
    lexed.tokens.into_iter().map(|t| t.kind).filter(|kind| *kind != Kind::Space).collect()
}

fn text(text: &str) -> Kind {
    Kind::Text(text.to_owned())
}

fn operators(text: &str) -> Vec<String> {
    kinds(text)
        .into_iter()
        .filter_map(|kind| match kind {
            Kind::Operator(operator) => Some(operator),
            _ => None,
        })
        .collect()
}

#[test]
fn strings_are_decoded() {
    for (written, decoded) in [
        ("'a\\'", "a\\"),
        ("'it''s'", "it's"),
        ("E'a\\'b'", "a'b"),
        ("e'\\x41\\101\\u0042\\U00000043\\n\\q'", "AABC\nq"),
        ("E'\\ud83d\\ude00'", "\u{1f600}"),
        ("E'\\xc3\\xa9'", "é"),
        ("$$a'b$$", "a'b"),
        ("$t$a$$b$x$ $t$", "a$$b$x$ "),
        ("U&'d\\0061t\\+000061'", "data"),
        ("u&'d!0061' uescape '!'", "da"),
        ("U&'\\\\'", "\\"),
        ("'a' -- b\n -- c\n'd'", "ad"),
    ] {
        assert_eq!(kinds(written), [text(decoded)], "{written}");
    }
}

#[test]
fn strings_on_one_line_do_not_join() {
    assert_eq!(kinds("'a' 'b'"), [text("a"), text("b")]);
    assert_eq!(kinds("'a' /* \n */ 'b'"), [text("a"), text("b")]);
}

#[test]
fn wrong_texts_have_postgres_states() {
    for (written, state) in [
        ("'a", "42601"),
        ("E'a\\'", "42601"),
        ("\"a", "42601"),
        ("\"\"", "42601"),
        ("/* /* */", "42601"),
        ("$a$ x", "42601"),
        ("1e5x", "42601"),
        ("$1a", "42601"),
        ("0x1F", "42601"),
        ("1_000", "42601"),
        ("E'\\0'", "22021"),
        ("E'\\xff'", "22021"),
        ("E'\\u12'", "22025"),
        ("E'\\ud83d'", "42601"),
        ("U&'\\00zz'", "42601"),
        ("U&'x' uescape '+'", "42601"),
        ("a\0b", "22021"),
        ("\\", "42601"),
    ] {
        assert_eq!(lex(written).unwrap_err().sqlstate, state, "{written:?}");
    }
}

#[test]
fn operators_end_where_postgres_ends_them() {
    assert_eq!(operators("a<-1"), ["<", "-"]);
    assert_eq!(operators("a@-1"), ["@-"]);
    assert_eq!(operators("a*-b"), ["*", "-"]);
    assert_eq!(operators("a--b"), Vec::<String>::new());
    assert_eq!(operators("a<--b"), ["<"]);
    assert_eq!(operators("a+/* x */b"), ["+"]);
    assert_eq!(operators("a != b"), ["<>"]);
    assert_eq!(operators("a<>-b"), ["<>", "-"]);
}

#[test]
fn numbers_parameters_and_names() {
    let number = |n: &str| Kind::Number(n.to_owned());
    let word = |w: &str| Kind::Word(w.to_owned());
    assert_eq!(kinds("1..2"), [number("1"), Kind::Mark(".."), number("2")]);
    assert_eq!(kinds("1.5e-3.a"), [number("1.5e-3"), Kind::Mark("."), word("a")]);
    assert_eq!(kinds(".5 5."), [number(".5"), number("5.")]);
    assert_eq!(kinds("$12 a$b ÉA"), [Kind::Parameter(12), word("a$b"), word("Éa")]);
    assert_eq!(kinds("\"A\"\"b\""), [Kind::Quoted("A\"b".to_owned())]);
    assert_eq!(kinds("a::b"), [word("a"), Kind::Mark("::"), word("b")]);
}

proptest! {
    /// Every byte of a text belongs to exactly one token.
    #[test]
    fn no_byte_is_lost(text in "\\PC{0,60}|[a-z0-9 '\"$*/;.\n-]{0,60}") {
        if let Ok(lexed) = lex(&text) {
            let mut at = 0;
            for token in &lexed.tokens {
                prop_assert_eq!(token.start, at);
                prop_assert!(token.end > token.start);
                at = token.end;
            }
            prop_assert_eq!(at, text.len());
        }
    }
}

//! Properties that hold for every text.

use super::iris_lexer::{Token, lex};
use super::options;
use crate::sql::*;
use proptest::prelude::*;

/// Every text printed for IRIS.
fn printed(text: &str) -> Vec<(String, usize)> {
    let mut all = Vec::new();
    for statement in parse(text, &options()).unwrap_or_default() {
        match statement.action {
            Action::Iris(one) => all.push((one.text, one.places.len())),
            Action::Several(several) => {
                all.extend(several.into_iter().map(|one| (one.text, one.places.len())));
            }
            Action::Batch(batch) => {
                let width = batch.rows[0].len();
                assert!(batch.rows.iter().all(|row| row.len() == width));
                all.push((batch.text, width));
            }
            Action::Plan(plan) => {
                let parts = plan.statements().into_iter();
                all.extend(parts.map(|one| (one.text.clone(), one.places.len())));
            }
            _ => {}
        }
    }
    all
}

fn check(text: &str) {
    for (sql, places) in printed(text) {
        let tokens = lex(&sql).unwrap_or_else(|why| panic!("{why} in {sql} from {text}"));
        let questions = tokens.iter().filter(|token| **token == Token::Question).count();
        assert_eq!(questions, places, "{sql}");
        assert!(!tokens.contains(&Token::Symbol(';')), "{sql}");
    }
}

/// Pieces from which texts are put together that the grammar often reads.
const PIECES: [&str; 64] = [
    "select",
    "from",
    "where",
    "t",
    "a",
    "b",
    "1",
    "2.5",
    "'x'",
    "'it''s'",
    "$1",
    "$2",
    "(",
    ")",
    ",",
    "and",
    "or",
    "not",
    "=",
    "<>",
    "<",
    "+",
    "-",
    "*",
    "/",
    "%",
    "||",
    "::",
    "int",
    "text",
    "is null",
    "in",
    "between",
    "like",
    "case when",
    "then",
    "else",
    "end",
    "group by",
    "order by",
    "limit",
    "offset",
    "insert into",
    "values",
    "update",
    "set",
    "delete from",
    "create table",
    "drop table",
    "as",
    "\"Q x\"",
    "count(*)",
    "lower(",
    "date '2021-01-01'",
    "union all",
    "join",
    "on",
    "distinct",
    "null",
    "true",
    "E'\\n'",
    "$$d$$",
    "--",
    ";",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,60}") {
        check(&text);
    }

    #[test]
    fn no_text_of_our_alphabet_makes_it_panic(
        text in "[a-z0-9 '\"$%;:?(){}\\[\\]*/+.,<>=|\\\\\n-]{0,80}"
    ) {
        check(&text);
    }

    #[test]
    fn no_sequence_of_pieces_makes_it_panic(
        pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..30)
    ) {
        check(&pieces.join(" "));
    }

    #[test]
    fn a_literal_stays_one_literal(text in "\\PC{0,40}", other in "\\PC{0,40}") {
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
        let sql = format!("select {} as x, {}", quoted(&text), quoted(&other));
        let parsed = parse(&sql, &options()).unwrap();
        prop_assert_eq!(parsed.len(), 1);
        let Action::Iris(statement) = &parsed[0].action else { panic!("not a statement") };
        let wanted = vec![
            Token::Word("SELECT".to_owned()),
            Token::Text(text),
            Token::Symbol(','),
            Token::Text(other),
        ];
        prop_assert_eq!(lex(&statement.text).unwrap(), wanted);
    }

    #[test]
    fn a_name_stays_one_name(name in "[a-zA-Z_ ;'?$éü-]{1,20}") {
        let sql = format!("select \"{name}\" from \"{name}\" where \"{name}\" = 'x;'");
        if let Ok(parsed) = parse(&sql, &options()) {
            prop_assert_eq!(parsed.len(), 1);
            let Action::Iris(statement) = &parsed[0].action else { panic!("not a statement") };
            let tokens = lex(&statement.text).unwrap();
            prop_assert_eq!(tokens.len(), 8);
            for at in [1, 3, 5] {
                let same = match &tokens[at] {
                    Token::Word(word) | Token::Delimited(word) => *word == name,
                    _ => false,
                };
                prop_assert!(same, "{}", statement.text);
            }
        }
    }

    #[test]
    fn nothing_inside_splits(inside in "[^'\"$*/\\\\\0]{0,30}") {
        for text in [
            format!("select 'a{inside};b'"),
            format!("select $q$a{inside};b$q$"),
            format!("select 1 /* a{inside};b */"),
            format!("select /* {inside} /* ; */ ; */ 1"),
            format!("select E'a{inside}\\';b'"),
        ] {
            prop_assert_eq!(parse(&text, &options()).unwrap().len(), 1, "{}", text);
        }
    }
}

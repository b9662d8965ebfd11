//! What the printer meant is what IRIS reads.
//!
//! The reader is the simulator's lexer, which was written from IRIS's rules by another hand
//! (`facts/reliability.md` K: the most valuable single test). A name, a literal or a number that
//! ran into its neighbour, a comment or a semicolon would show as another sequence of tokens.

use super::options;
use crate::sql::printer::meant::{self, Token};
use crate::sql::{Columns, Dialect, Options, Version, parse};
use irisdb::sql::fuzz::{Seen, seen};
use proptest::prelude::*;

/// Every release whose forms differ.
const RELEASES: [(u16, u16); 4] = [(2022, 1), (2023, 1), (2024, 1), (2025, 2)];

/// Translates for every release and compares; gives how many statements were printed.
fn check(text: &str) -> usize {
    check_over(text, &super::OneTable)
}

fn check_over(text: &str, columns: &dyn Columns) -> usize {
    let mut count = 0;
    for (major, minor) in RELEASES {
        for dialect in [Dialect::Postgres, Dialect::Iris] {
            let columns = Some(columns);
            let version = Version { major, minor };
            drop(meant::take());
            drop(parse(text, &Options { version, dialect, columns, ..options() }));
            for (printed, meant) in meant::take() {
                compare(text, &printed, &meant);
                count += 1;
            }
        }
    }
    count
}

fn compare(text: &str, printed: &str, meant: &[Token]) {
    let found = seen(printed).unwrap_or_else(|why| panic!("{why} in {printed} from {text}"));
    let mut rest = found.as_slice();
    for token in meant {
        rest = after(token, rest)
            .unwrap_or_else(|| panic!("{token:?} is not next in {rest:?}: {printed} from {text}"));
    }
    assert!(rest.is_empty(), "{rest:?} was not meant: {printed} from {text}");
}

/// What follows the token, if it comes first.
fn after<'s>(token: &Token, found: &'s [Seen]) -> Option<&'s [Seen]> {
    match token {
        Token::Fixed(words) => {
            let own = seen(words).expect("the program's own words");
            found.strip_prefix(own.as_slice())
        }
        Token::Name(name) => match found.split_first()? {
            (Seen::Word(word) | Seen::Quoted(word), rest) if word == name => Some(rest),
            _ => None,
        },
        Token::Text(text) => {
            let (first, rest) = found.split_first()?;
            (*first == Seen::Text(text.clone())).then_some(rest)
        }
        Token::Number(number) => {
            let (digits, found) = match number.strip_prefix('-') {
                Some(digits) => (digits, found.strip_prefix(&[Seen::Symbol("-".to_owned())])?),
                None => (number.as_str(), found),
            };
            let (first, rest) = found.split_first()?;
            (*first == Seen::Number(digits.to_owned())).then_some(rest)
        }
        Token::Place => found.strip_prefix(&[Seen::Param]),
    }
}

/// Texts with the lexical traps of `facts/reliability.md` K1 to K30.
const TRAPS: [&str; 30] = [
    r"select 'a\' as x, 'b'",
    r"select E'\'', E'\x41 \u0042 \103'",
    r"select U&'d\0061t\+000061', U&'!0061' UESCAPE '!'",
    "select $$it's$$, $tag$ $$ ; -- $tag$",
    "select 'a'\n  'b'",
    "select 1 /* a /* b */ ; */ + 2",
    "select /*#OPTIONS {\"DynamicSQL\":1} */ 1",
    "select 1 -- x ; y\n + 2",
    "select 1--1\n",
    "select 1 - -1, 1 - (-1), - - 1, -(-1), 5 - -2.5",
    "select $1::int - $2::int, -$1::int",
    r#"select t.id as "a b", t.id as "select", t.id as "A" from t"#,
    "select 'x' as \"a;b\", 'y' as \"--\"",
    "select 'a;b', ';' ; select '--', '/*', '*/', '{d', '$$f', '?', ':x', '^a(1)'",
    "select 10 % 3, 7 / 2, 2 * 3 + 4, 3 + 3 * 5",
    "select not true and false or true",
    r"select 'a%c' like 'a\%c', 'x' like '%s', 'a_b' like 'a!_b' escape '!'",
    "select '' as empty, null as nothing",
    "select '\u{a0}\u{feff}\u{2028}\u{ff07}\u{2019}' as odd",
    "select 'call version() here', 'B minus', 'costs $5', '{\"a\":1}', 'a[0]'",
    "select * from t where name = 'set_config' limit 3 offset 2",
    "insert into t (id, name) values (1, 'pg_dump log'), (2, E'tab\\t')",
    "update t set name = 'it''s; --' where id = 1",
    "delete from t where name = '\"' or name = ''''",
    "select 1 as \"\u{e4}\u{f6}\", 2 as \"$x\"",
    "select .5, 5., 1e3, 1.5e-3, 00012, 123456789012345678",
    "select date '2021-01-01', time '10:00', timestamp '2021-01-01 10:00:00'",
    "select 'a' || 'b' || 'c', upper('x') || '''' ",
    "create table \"Odd name\" (\"a b\" int, \"order\" text default 'it''s')",
    "select name, count(*) from t group by name having count(*) > 1 order by 1 desc",
];

#[test]
fn every_trap_is_read_as_it_was_meant() {
    for text in TRAPS {
        assert!(check(text) > 0, "nothing printed for {text}");
    }
}

#[test]
fn every_golden_statement_is_read_as_it_was_meant() {
    let schema = super::golden::schema();
    let inputs = super::golden::inputs();
    let printed: usize = inputs.iter().map(|input| check_over(input, &schema)).sum();
    assert!(printed > 1_500, "{printed} statements");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_contents_are_read_as_they_were_meant(
        text in "\\PC{0,40}",
        name in "[a-zA-Z_ ;?$\u{e9}'%(){}*/-]{1,20}",
        number in any::<i32>(),
        fraction in "[0-9]{1,8}\\.[0-9]{0,8}",
    ) {
        let quoted = text.replace('\'', "''");
        check(&format!(
            "select '{quoted}' as \"{name}\", {number}, - {number}, {fraction}, name || '{quoted}' \
             from t as \"{name}\" \
             where id - {number} < -{fraction} and \"{name}\".name <> '{quoted}'"
        ));
        check(&format!("select '{quoted}' as \"{name}\", {number}, - {number}, {fraction}"));
        check(&format!("insert into t (id, name) values ({number}, '{quoted}')"));
        check(&format!("update t set name = '{quoted}' where id = - {number}"));
        check(&format!("create table \"{name}\" (\"{name}\" text default '{quoted}')"));
    }
}

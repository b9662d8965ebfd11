//! Random changes in random levels: whatever a level did, its rollback gives exactly what was there
//! before, and a statement that failed changed nothing (iris-sql §1.3, §1.6, DESIGN §5).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::let_underscore_must_use,
    missing_docs
)]

#[path = "sql_support/sessions.rs"]
mod sessions;
mod sql_support;

use irisdb::sql::SqlSession;
use sessions::{SHORT, client};
use sql_support::{code, sql, world};

/// Random numbers without a crate; a seed gives the same ones again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) % sides
    }
}

const TABLES: [&str; 3] = [
    "CREATE TABLE p (k INT PRIMARY KEY, s VARCHAR(5) UNIQUE, n NUMERIC(6,2))",
    "CREATE TABLE c (k INT PRIMARY KEY, r INT REFERENCES p (k) ON DELETE CASCADE ON UPDATE CASCADE, \
     b TINYINT NOT NULL, body LONGVARCHAR)",
    "CREATE TABLE d (k INT UNIQUE, r INT REFERENCES c (k) ON DELETE SET NULL, v VARCHAR(3) %EXACT)",
];

/// Every row with its RowID.
fn picture(s: &mut SqlSession) -> Vec<String> {
    let mut out = sql(s, "SELECT 'p', %ID, k, s, n FROM p ORDER BY %ID");
    out.extend(sql(s, "SELECT 'c', %ID, k, r, b, body FROM c ORDER BY %ID"));
    out.extend(sql(s, "SELECT 'd', %ID, k, r, v FROM d ORDER BY %ID"));
    out
}

/// A statement that may well fail.
fn statement(dice: &mut Dice) -> String {
    let (a, b, c) = (dice.roll(12), dice.roll(12), dice.roll(140));
    match dice.roll(20) {
        0..=2 => format!("INSERT INTO p VALUES ({a}, 's{b}', {c}.25)"),
        3 | 4 => format!("INSERT INTO c VALUES ({a}, {b}, {c}, 'text {c}')"),
        5 => format!("INSERT INTO c (k, b) VALUES ({a}, {c})"),
        6 => format!("INSERT INTO d VALUES ({a}, {b}, 'v{}')", c % 30),
        7 => format!("INSERT OR UPDATE p VALUES ({a}, 'S{b}', {c})"),
        8 => format!("INSERT OR UPDATE c (k, r, b) VALUES ({a}, {b}, {c})"),
        9 => format!("INSERT INTO d (k, r) SELECT k + {a}, k FROM c WHERE b < {c}"),
        10 => format!("UPDATE p SET k = k + {a} WHERE k > {b}"),
        11 => format!("UPDATE p SET n = n * {c}, s = s || 'x' WHERE k < {a}"),
        12 => format!("UPDATE c SET b = b + {c} WHERE k < {a}"),
        13 => format!("UPDATE c SET r = {a}, body = 'changed' WHERE k = {b}"),
        14 => format!("UPDATE c SET body = NULL, k = k + 20 WHERE b > {c}"),
        15 => format!("UPDATE d SET v = p.s FROM p WHERE d.k = p.k AND p.k < {a}"),
        16 => format!("UPDATE c SET b = 100 / (k - {a})"),
        17 => format!("DELETE FROM p WHERE k = {a}"),
        18 => format!("DELETE FROM c WHERE k > {} AND k < {}", a.min(b), a.max(b)),
        _ => format!("DELETE FROM d WHERE k = {a}"),
    }
}

/// One history; gives how many statements succeeded and how many were refused.
fn play(seed: u64) -> (u32, u32) {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut w = world();
    let s = &mut w.session;
    for text in TABLES {
        sql(s, text);
    }
    let (mut done, mut refused) = (0, 0);
    let mut pictures: Vec<Vec<String>> = Vec::new();
    for step in 0..150 {
        let at = format!("seed {seed}, step {step}");
        match dice.roll(12) {
            0 | 1 if pictures.len() < 6 => {
                pictures.push(picture(s));
                s.tstart().unwrap();
            }
            2 if !pictures.is_empty() => {
                s.trollback_one().unwrap();
                assert_eq!(picture(s), pictures.pop().unwrap(), "{at}: one level back");
            }
            3 if !pictures.is_empty() => {
                s.tcommit().unwrap();
                pictures.pop();
            }
            4 if pictures.len() > 2 => {
                s.trollback().unwrap();
                let first = pictures.swap_remove(0);
                pictures.clear();
                assert_eq!(picture(s), first, "{at}: all levels back");
            }
            _ => {
                let text = statement(&mut dice);
                let before = picture(s);
                if code(s, &text) < 0 {
                    refused += 1;
                    assert_eq!(picture(s), before, "{at}: {text} failed and changed something");
                } else {
                    done += 1;
                }
            }
        }
        assert_eq!(s.level() as usize, pictures.len(), "{at}");
        if pictures.is_empty() {
            assert_eq!(s.report(), irisdb::sql::OpenThings::default(), "{at}");
        }
        sound(s, &at);
    }
    s.trollback().unwrap();
    if let Some(first) = pictures.first() {
        assert_eq!(&picture(s), first, "seed {seed}: the end");
    }
    let mut other = client(&w.data.0, SHORT);
    for table in ["p", "c", "d"] {
        other.sql(&format!("UPDATE {table} SET k = k"));
    }
    (done, refused)
}

/// Keys and references hold at every moment.
fn sound(s: &mut SqlSession, at: &str) {
    let orphans = [
        "SELECT COUNT(*) FROM c WHERE r IS NOT NULL AND NOT EXISTS (SELECT 1 FROM p WHERE p.k = c.r)",
        "SELECT COUNT(*) FROM d WHERE r IS NOT NULL AND NOT EXISTS (SELECT 1 FROM c WHERE c.k = d.r)",
        "SELECT COUNT(*) FROM c WHERE b IS NULL OR b > 127",
        "SELECT COUNT(*) FROM p x, p y WHERE x.k = y.k AND x.%ID < y.%ID",
        "SELECT COUNT(*) FROM p x, p y WHERE x.s = y.s AND x.%ID < y.%ID",
        "SELECT COUNT(*) FROM d x, d y WHERE x.k = y.k AND x.%ID < y.%ID",
    ];
    for text in orphans {
        assert_eq!(sql(s, text), ["0"], "{at}: {text}");
    }
}

#[test]
fn every_level_goes_back_to_what_it_found() {
    let (mut done, mut refused) = (0, 0);
    for seed in 1..=25 {
        let (d, r) = play(seed);
        done += d;
        refused += r;
    }
    assert!(done > 500 && refused > 500, "{done} done, {refused} refused");
}

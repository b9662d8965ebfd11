//! Any text as a client's SQL: it becomes IRIS SQL that IRIS can read, or an error.
#![no_main]

use irisdb::sql::fuzz::{Seen, reads, seen};
use irispg::sql::{Action, Dialect, Options, Schema, Version, parse};
use std::cell::OnceCell;

thread_local! {
    static SCHEMA: OnceCell<Schema> = const { OnceCell::new() };
}

libfuzzer_sys::fuzz_target!(|text: &str| {
    SCHEMA.with(|schema| {
        let definitions = include_str!("../../tests/sql/golden/schema.sql");
        let schema = schema.get_or_init(|| Schema::read(definitions).expect("the golden tables"));
        for (major, minor) in [(2022, 1), (2023, 1), (2025, 1)] {
            let options = Options {
                version: Version { major, minor },
                dialect: Dialect::Postgres,
                utc: true,
                declared: &[],
                columns: Some(schema),
            };
            for statement in parse(text, &options).unwrap_or_default() {
                check(text, &statement.action, (major, minor));
            }
        }
    });
});

fn check(text: &str, action: &Action, release: (u16, u16)) {
    match action {
        Action::Iris(one) => printed(text, &one.text, one.places.len(), release),
        Action::Several(all) => {
            all.iter().for_each(|one| printed(text, &one.text, one.places.len(), release));
        }
        Action::Plan(plan) => {
            let all = plan.statements();
            all.iter().for_each(|one| printed(text, &one.text, one.places.len(), release));
        }
        Action::Batch(batch) => {
            let places = batch.rows.first().map_or(0, Vec::len);
            assert!(batch.rows.iter().all(|row| row.len() == places), "{text}");
            printed(text, &batch.text, places, release);
        }
        _ => {}
    }
}

fn printed(text: &str, iris: &str, places: usize, (major, minor): (u16, u16)) {
    let tokens = seen(iris).unwrap_or_else(|why| panic!("{why}: {iris} from {text}"));
    let marks = tokens.iter().filter(|token| **token == Seen::Param).count();
    assert_eq!(marks, places, "{iris} from {text}");
    assert!(!tokens.contains(&Seen::Symbol(";".to_owned())), "{iris} from {text}");
    if let Err(why) = reads(iris, major, minor) {
        panic!("{major}.{minor}: {why}: {iris} from {text}");
    }
}

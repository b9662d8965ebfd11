//! Every statement that is printed for a release is read by that release: the simulator prepares
//! each golden statement over the golden tables.

use super::golden;
use crate::sql::{Action, Dialect, IrisStatement, Options, Verb, parse};
use irisdb::sql::{Identity, Instance, SqlSession, Version};
use std::path::PathBuf;

/// Every release that the simulator knows.
const RELEASES: [(u16, u16); 4] = [(2022, 1), (2023, 1), (2024, 1), (2025, 1)];

/// A session of the simulator with the golden tables.
struct World {
    session: SqlSession,
    directory: PathBuf,
}

impl World {
    fn new((major, minor): (u16, u16)) -> Self {
        let name = format!("irispg-accepted-{}-{major}-{minor}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        let identity = Identity {
            user: "_SYSTEM".to_owned(),
            pid: std::process::id(),
            namespace: "USER".to_owned(),
            zversion: format!("IRIS (Simulator) {major}.{minor}"),
        };
        let instance = Instance::open(&directory, Version::new(major, minor)).unwrap();
        let mut session = instance.session(identity).unwrap();
        let options = Options { columns: None, ..options((major, minor)) };
        for statement in parse(golden::DEFINITIONS, &options).unwrap() {
            let action = statement.action;
            let Action::Iris(definition) = action else { panic!("not a definition: {action:?}") };
            let text = &definition.text;
            let prepared = session.prepare(text).unwrap_or_else(|why| panic!("{why}: {text}"));
            session.execute(&prepared, &[], &mut Vec::new(), 1).unwrap();
        }
        Self { session, directory }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // What is left of a directory of its own harms nobody.
        std::fs::remove_dir_all(&self.directory).ok();
    }
}

fn options((major, minor): (u16, u16)) -> Options<'static> {
    Options {
        version: crate::sql::Version { major, minor },
        dialect: Dialect::Postgres,
        utc: true,
        declared: &[],
        columns: None,
    }
}

/// The texts of a statement that query or change data.
fn texts(action: &Action) -> Vec<&str> {
    let data = |one: &&IrisStatement| {
        matches!(one.verb, Verb::Select | Verb::Insert | Verb::Update | Verb::Delete)
    };
    match action {
        Action::Iris(one) => [one].into_iter().filter(data).map(|one| one.text.as_str()).collect(),
        Action::Batch(batch) => vec![&batch.text],
        // The table is not there yet for what fills it.
        Action::Plan(plan) if plan.creation.is_some() => Vec::new(),
        Action::Plan(plan) => plan.statements().into_iter().map(|one| one.text.as_str()).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn every_release_reads_what_is_printed_for_it() {
    let schema = golden::schema();
    let (mut count, mut refused) = (0, Vec::new());
    for release in RELEASES {
        let mut world = World::new(release);
        for input in golden::inputs() {
            let options = Options { columns: Some(&schema), ..options(release) };
            for statement in parse(&input, &options).unwrap_or_default() {
                for text in texts(&statement.action) {
                    count += 1;
                    if let Err(why) = world.session.prepare(text) {
                        refused.push(format!("{release:?} {why}\n  {text}\n  {input}"));
                    }
                }
            }
        }
    }
    assert!(refused.is_empty(), "{} of {count}:\n{}", refused.len(), refused.join("\n"));
    assert!(count > 800, "{count} statements");
}

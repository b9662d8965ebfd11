//! The shared values and failing statements, and the runner that prints a line for each test
//! (`report.py` says which form).

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// No test waits for anything that takes longer than a few seconds.
const TEST_SECONDS: u64 = 30;

/// Why a test failed.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
/// What a test does.
pub type Body = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>>;

/// A type with its texts.
pub type Texts = (String, Vec<String>);

fn lines(name: &str) -> Result<Vec<Vec<String>>, Failure> {
    let text = std::fs::read_to_string(format!("../{name}"))?;
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect())
}

fn unescaped(text: &str) -> String {
    let mut letters = text.chars();
    let mut out = String::new();
    while let Some(letter) = letters.next() {
        out.push(match letter {
            '\\' => match letters.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                other => other.unwrap_or('\\'),
            },
            other => other,
        });
    }
    out
}

/// Each type with its texts: the ordinary ones or the extreme ones.
pub fn by_type(extreme: bool) -> Result<Vec<Texts>, Failure> {
    let mut found: Vec<Texts> = Vec::new();
    for fields in lines("values.txt")? {
        if (fields.len() > 2) != extreme {
            continue;
        }
        let text = unescaped(&fields[1]);
        match found.iter_mut().find(|(kind, _)| *kind == fields[0]) {
            Some((_, texts)) => texts.push(text),
            None => found.push((fields[0].clone(), vec![text])),
        }
    }
    Ok(found)
}

/// Pairs of an SQLSTATE and a statement that fails with it.
pub fn errors(table: &str) -> Result<Vec<(String, String)>, Failure> {
    Ok(lines("errors.txt")?
        .into_iter()
        .map(|fields| {
            let words = fields[1].split(' ').map(|word| if word == "T" { table } else { word });
            let words: Vec<&str> = words.collect();
            (fields[0].clone(), words.join(" "))
        })
        .collect())
}

/// The statement that makes the table of `errors`.
pub fn error_table(table: &str) -> String {
    format!(
        "CREATE TABLE {table} (id int PRIMARY KEY, word varchar(3) NOT NULL, \
         parent int REFERENCES {table} (id), small smallint)"
    )
}

/// The type as a part of a test's name.
pub fn label(kind: &str) -> &str {
    kind.split_once('(').map_or(kind, |(label, _)| label)
}

/// Compares, and says both sides.
pub fn equal<T: PartialEq<U> + Debug, U: Debug>(found: T, expected: U) -> Result<(), Failure> {
    match found == expected {
        true => Ok(()),
        false => Err(format!("found {found:?}, expected {expected:?}").into()),
    }
}

/// Runs each test and prints what became of it.
pub async fn run(tests: Vec<(String, Body)>) {
    let count = tests.len();
    for (name, body) in tests {
        let limit = Duration::from_secs(TEST_SECONDS);
        let outcome = match tokio::time::timeout(limit, tokio::spawn(body)).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(panic)) => Err(panic.into()),
            Err(_) => Err(format!("the test took longer than {TEST_SECONDS} s").into()),
        };
        match outcome {
            Ok(()) => println!("ok {name}"),
            Err(error) => println!("failed {name}: {}", told(&*error)),
        }
    }
    println!("done {count}");
}

/// An error with its causes, in one line.
fn told(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text.replace('\n', " | ").chars().take(500).collect()
}

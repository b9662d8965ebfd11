//! PostgreSQL is the judge: what it says of a statement before it runs it, the binder must say.
//!
//! `tests/sql/bind/run.sh` asks it and runs this; alone there is no judge.

use crate::sql::statement::{Dialect, Options, Version};
use crate::sql::{Schema, SqlError, bound, lexer, split, translate};

/// A line of the answers.
struct Asked {
    place: String,
    listed: bool,
    text: String,
    answer: String,
}

fn unescaped(cell: &str) -> String {
    cell.replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\")
}

fn asked(line: &str) -> Asked {
    let cells: Vec<String> = line.split('\t').map(unescaped).collect();
    Asked {
        place: cells[0].clone(),
        listed: !cells[1].is_empty(),
        text: cells[2].clone(),
        answer: cells[3].clone(),
    }
}

fn bind(text: &str, schema: &Schema) -> Result<bound::Statement, SqlError> {
    let options = Options {
        version: Version { major: 2025, minor: 1 },
        dialect: Dialect::Postgres,
        declared: &[],
        columns: Some(schema),
    };
    let tokens = split::statements(lexer::lex(text)?.tokens).remove(0);
    let tree = translate::read(text, &tokens, &options)?;
    super::statement(&tree, &tokens, &options)
}

fn shown(result: Result<bound::Statement, SqlError>, text: &str) -> String {
    let bound = match result.map_err(|error| error.located(text)) {
        Ok(bound) => bound,
        Err(error) => {
            let position = error.position.map_or_else(String::new, |at| at.to_string());
            let hint = error.hint.unwrap_or_default();
            return format!("error {}|{position}|{}|{hint}", error.sqlstate, error.message);
        }
    };
    let columns: Vec<String> = match &bound.kind {
        bound::Kind::Query(query) => {
            let typed = |one: &bound::Column| format!("{}:{}", one.ty.oid(), one.typmod);
            query.columns.iter().map(typed).collect()
        }
        bound::Kind::Change(change) => {
            let returning = match &**change {
                bound::Change::Insert(one) => &one.returning,
                bound::Change::Update(one) => &one.returning,
                bound::Change::Delete(one) => &one.returning,
            };
            let typed = |one: &bound::Item| format!("{}:{}", one.expr.ty.oid(), one.expr.typmod);
            returning.iter().map(typed).collect()
        }
    };
    let parameters: Vec<String> = bound.parameters.iter().map(|ty| ty.oid().to_string()).collect();
    format!("types {} / {}", columns.join(" "), parameters.join(" "))
}

/// Whether two answers are the same. What is listed as a difference may be one of the emitter's;
/// tables that are made in other ways than by CREATE TABLE are not known here.
fn agree(asked: &Asked, own: &str) -> bool {
    if asked.listed && asked.place.starts_with("expressions") {
        return own.starts_with("error 0A000") && own != asked.answer;
    }
    // What does not fit a column, PostgreSQL finds when it plans the statement.
    let planned = own.starts_with("error 22001||") || own.starts_with("error 22003||");
    own == asked.answer || asked.listed || own.starts_with("error 42P01") || planned
}

#[test]
#[ignore = "tests/sql/bind/run.sh starts the judge"]
fn the_binder_says_what_postgresql_says() {
    let answers = std::fs::read_to_string(std::env::var("IRISPG_ANSWERS").unwrap()).unwrap();
    let (mut file, mut definitions) = (String::new(), String::new());
    let mut schema = Schema::default();
    // Whether tables are no longer what CREATE TABLE made of them.
    let mut stale = false;
    let (mut count, mut wrong) = (0_usize, 0_usize);
    for line in answers.lines() {
        let asked = asked(line);
        let own_file = asked.place.split(':').next().unwrap_or_default();
        if own_file != file {
            file = own_file.to_owned();
            definitions.clear();
            stale = false;
            schema = Schema::default();
        }
        if asked.answer == "run" {
            let more = format!("{definitions}{};\n", asked.text);
            match Schema::read(&more) {
                Ok(read) if asked.text.starts_with("create table") => {
                    (schema, definitions) = (read, more);
                }
                _ => stale = true,
            }
            continue;
        }
        if stale {
            continue;
        }
        count += 1;
        let own = shown(bind(&asked.text, &schema), &asked.text);
        if !agree(&asked, &own) {
            wrong += 1;
            println!(
                "{}: {}\n  postgres {}\n  bound    {own}",
                asked.place, asked.text, asked.answer
            );
        }
    }
    println!("{count} statements, {wrong} differences");
    assert_eq!(wrong, 0);
}

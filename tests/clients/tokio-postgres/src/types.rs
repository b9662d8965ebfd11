//! Every type: as a parameter and as a column, in binary, and as a text of the simple protocol.

use crate::cases::{Body, Failure, by_type, equal, label};
use crate::value::Value;
use crate::{connect, table};
use tokio_postgres::SimpleQueryMessage;

/// All tests of all types.
pub fn all() -> Result<Vec<(String, Body)>, Failure> {
    let mut tests: Vec<(String, Body)> = Vec::new();
    for extreme in [false, true] {
        for (kind, texts) in by_type(extreme)? {
            let name = format!("{}{}", label(&kind), if extreme { "_extremes" } else { "" });
            let body = parameter(kind.clone(), texts.clone());
            tests.push((format!("{name}_parameter"), Box::pin(body)));
            let body = column(kind.clone(), texts.clone());
            tests.push((format!("{name}_column"), Box::pin(body)));
            let body = simple(kind.clone(), texts);
            tests.push((format!("{name}_simple"), Box::pin(body)));
            if !extreme {
                tests.push((format!("{name}_null"), Box::pin(null(kind))));
            }
        }
    }
    Ok(tests)
}

async fn parameter(kind: String, texts: Vec<String>) -> Result<(), Failure> {
    let client = connect().await?;
    let same = client.prepare(&format!("SELECT $1::{kind}")).await?;
    let shown = client.prepare(&format!("SELECT ($1::{kind})::text")).await?;
    for text in texts {
        let sent = Value::of(&kind, &text)?;
        let row = client.query_one(&same, &[sent.sql()]).await?;
        equal(Value::read(&kind, &row)?.as_ref(), Some(&sent))?;
        // char loses its blanks, and the driver writes json anew.
        if !["char", "json"].contains(&label(&kind)) {
            let row = client.query_one(&shown, &[sent.sql()]).await?;
            equal(row.try_get::<_, &str>(0)?, text.as_str())?;
        }
    }
    Ok(())
}

async fn null(kind: String) -> Result<(), Failure> {
    let client = connect().await?;
    let rows = client.query(&format!("SELECT NULL::{kind}"), &[]).await?;
    equal(Value::read(&kind, &rows[0])?, None)?;
    let row = client.query_one(&format!("SELECT $1::{kind} IS NULL"), &[&Absent]).await?;
    equal(row.try_get::<_, bool>(0)?, true)
}

/// NULL of any type.
#[derive(Debug)]
struct Absent;

impl tokio_postgres::types::ToSql for Absent {
    fn to_sql(
        &self,
        _: &tokio_postgres::types::Type,
        _: &mut tokio_postgres::types::private::BytesMut,
    ) -> Result<tokio_postgres::types::IsNull, Failure> {
        Ok(tokio_postgres::types::IsNull::Yes)
    }

    fn accepts(_: &tokio_postgres::types::Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}

async fn column(kind: String, texts: Vec<String>) -> Result<(), Failure> {
    let client = connect().await?;
    let columns = format!("id int PRIMARY KEY, v {kind}");
    let name = table(&client, &format!("tokio_{}", label(&kind)), &columns).await?;
    let insert = client.prepare(&format!("INSERT INTO {name} VALUES ($1, $2)")).await?;
    let mut sent = Vec::new();
    for (id, text) in (0_i32..).zip(&texts) {
        let value = Value::of(&kind, text)?;
        equal(client.execute(&insert, &[&id, value.sql()]).await?, 1)?;
        sent.push(Some(value));
    }
    client.execute(&insert, &[&-1_i32, &Absent]).await?;
    sent.insert(0, None);
    let rows = client.query(&format!("SELECT v FROM {name} ORDER BY id"), &[]).await?;
    let found: Result<Vec<_>, _> = rows.iter().map(|row| Value::read(&kind, row)).collect();
    equal(&found?, &sent)?;
    if kind != "json" {
        let select = client.prepare(&format!("SELECT id FROM {name} WHERE v = $1")).await?;
        for (id, value) in (0_i32..).zip(sent.iter().flatten()) {
            let row = client.query_one(&select, &[value.sql()]).await?;
            equal(row.try_get::<_, i32>(0)?, id)?;
        }
    }
    Ok(())
}

async fn simple(kind: String, texts: Vec<String>) -> Result<(), Failure> {
    let client = connect().await?;
    for text in texts {
        let query = format!("SELECT '{}'::{kind}", text.replace('\'', "''"));
        let expected = match (kind.as_str(), text.as_str()) {
            ("bool", "true") => "t",
            ("bool", "false") => "f",
            (_, text) => text,
        };
        let messages = client.simple_query(&query).await?;
        let found = messages.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        equal(found, Some(expected))?;
    }
    Ok(())
}

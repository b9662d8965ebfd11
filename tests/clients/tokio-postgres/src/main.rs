//! tokio-postgres: the driver's ordinary life. It speaks the extended protocol in binary only.
//!
//! What it does on the wire (0.7.18):
//!
//! * At connect: with `NoTls` no SSLRequest; a startup message with client_encoding=UTF8, user,
//!   database, and application_name and options if given. No statement.
//! * A statement: Parse with a name (s0, s1 and so on) and no types, Describe of the statement,
//!   Sync; then Bind with parameters and results in binary, Execute, Sync; Close and Sync when the
//!   statement is dropped. `query_typed`: Parse without a name and with types, Bind, Describe,
//!   Execute, Sync at once. What is polled together is sent together: many Syncs before an answer.
//! * `batch_execute` and `simple_query`: Query. A transaction: START TRANSACTION, SAVEPOINT,
//!   ROLLBACK TO, COMMIT by Query; its portals p0, p1 are bound before a Sync of their own and read
//!   by Execute with a row count.
//! * A type whose OID it does not know is looked up in pg_type. None of the types here is.
//! * Cancel: CancelRequest on a second connection. A dropped client: Terminate.
//!
//! Every test here passes against PostgreSQL; none asks which server it talks to.

#![forbid(unsafe_code)]

mod cases;
mod types;
mod value;

use cases::{Body, Failure, equal, error_table, errors};
use futures_util::future::{join_all, try_join_all};
use futures_util::{TryStreamExt, pin_mut};
use std::sync::Mutex;
use std::time::Duration;
use tokio_postgres::error::{DbError, ErrorPosition, SqlState};
use tokio_postgres::types::Type;
use tokio_postgres::{AsyncMessage, Client, Config, IsolationLevel, NoTls, SimpleQueryMessage};

/// Tables that tests have made, to be dropped at the end.
static TABLES: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn config() -> Config {
    let variable = |name| std::env::var(name).unwrap_or_default();
    let mut config = Config::new();
    config
        .host(variable("PGHOST"))
        .port(variable("PGPORT").parse().unwrap_or_default())
        .user(variable("PGUSER"))
        .password(variable("PGPASSWORD"))
        .dbname(variable("PGDATABASE"))
        .connect_timeout(Duration::from_secs(10));
    config
}

async fn connect_with(config: Config) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = config.connect(NoTls).await?;
    tokio::spawn(async move {
        // It ends when the client is dropped; its errors are those of the client's calls.
        drop(connection.await);
    });
    Ok(client)
}

async fn connect() -> Result<Client, Failure> {
    Ok(connect_with(config()).await?)
}

async fn table(client: &Client, name: &str, columns: &str) -> Result<String, Failure> {
    if let Ok(mut tables) = TABLES.lock() {
        tables.push(name.to_owned());
    }
    client.batch_execute(&format!("DROP TABLE IF EXISTS {name}")).await?;
    client.batch_execute(&format!("CREATE TABLE {name} ({columns})")).await?;
    Ok(name.to_owned())
}

async fn words(client: &Client) -> Result<String, Failure> {
    table(client, "tokio_words", "id int PRIMARY KEY, word varchar(20)").await
}

/// The rows of a table of words, as another connection sees them.
async fn seen_by_others(name: &str) -> Result<Vec<(i32, String)>, Failure> {
    let rows = connect().await?.query(&format!("SELECT * FROM {name} ORDER BY id"), &[]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

async fn shown(client: &Client, name: &str) -> Result<String, Failure> {
    Ok(client.query_one(&format!("SHOW {name}"), &[]).await?.try_get(0)?)
}

/// The error of the server, with its SQLSTATE.
fn refused<T>(
    outcome: Result<T, tokio_postgres::Error>,
    state: &SqlState,
) -> Result<DbError, Failure> {
    match outcome {
        Ok(_) => Err(format!("no error, expected {}", state.code()).into()),
        Err(error) => {
            let found = error.as_db_error().cloned().ok_or(error)?;
            equal(found.code(), state)?;
            Ok(found)
        }
    }
}

// Connecting and settings.

async fn connects_and_knows_the_server() -> Result<(), Failure> {
    let (client, mut connection) = config().connect(NoTls).await?;
    equal(connection.parameter("client_encoding"), Some("UTF8"))?;
    equal(connection.parameter("server_version").is_some_and(|v| v.starts_with("15.")), true)?;
    equal(connection.parameter("integer_datetimes"), Some("on"))?;
    let task = tokio::spawn(async move {
        std::future::poll_fn(|context| connection.poll_message(context)).await.is_none()
    });
    equal(client.query_one("SELECT 1", &[]).await?.get::<_, i32>(0), 1)?;
    drop(client);
    equal(task.await?, true)
}

async fn settings_of_connect_are_kept_and_shown() -> Result<(), Failure> {
    let mut config = config();
    config.application_name("ward 7").options("-c statement_timeout=5000 -c search_path=public");
    let client = connect_with(config).await?;
    equal(shown(&client, "application_name").await?, "ward 7")?;
    equal(shown(&client, "statement_timeout").await?, "5s")?;
    equal(shown(&client, "client_encoding").await?, "UTF8")
}

async fn notices_arrive() -> Result<(), Failure> {
    let (client, mut connection) = config().connect(NoTls).await?;
    let task = tokio::spawn(async move {
        let mut notices = Vec::new();
        while let Some(Ok(message)) = std::future::poll_fn(|c| connection.poll_message(c)).await {
            if let AsyncMessage::Notice(notice) = message {
                notices.push(notice.code().code().to_owned());
            }
        }
        notices
    });
    client.batch_execute("COMMIT").await?;
    drop(client);
    equal(task.await?, ["25P01"])
}

async fn a_wrong_password_is_28p01() -> Result<(), Failure> {
    let mut config = config();
    config.password("not the password");
    refused(connect_with(config).await, &SqlState::INVALID_PASSWORD).map(drop)
}

async fn an_unknown_database_is_3d000() -> Result<(), Failure> {
    let mut config = config();
    config.dbname("NOSUCHDATABASE");
    refused(connect_with(config).await, &SqlState::INVALID_CATALOG_NAME).map(drop)
}

// Statements.

async fn a_prepared_statement_is_reused() -> Result<(), Failure> {
    let client = connect().await?;
    let name = words(&client).await?;
    let insert = client.prepare(&format!("INSERT INTO {name} VALUES ($1, $2)")).await?;
    equal(insert.params(), [Type::INT4, Type::VARCHAR])?;
    let select = client.prepare(&format!("SELECT id, word FROM {name} WHERE id = $1")).await?;
    let columns: Vec<_> = select.columns().iter().map(|c| (c.name(), c.type_().clone())).collect();
    equal(columns, [("id", Type::INT4), ("word", Type::VARCHAR)])?;
    for id in 0..20_i32 {
        equal(client.execute(&insert, &[&id, &format!("word {id}")]).await?, 1)?;
        let row = client.query_one(&select, &[&id]).await?;
        equal(row.try_get::<_, &str>("word")?, format!("word {id}"))?;
    }
    equal(client.query_opt(&select, &[&99_i32]).await?.is_none(), true)
}

async fn parameters_have_the_declared_types() -> Result<(), Failure> {
    let client = connect().await?;
    let query = "SELECT $1 || 'x', $2 + 1";
    let statement = client.prepare_typed(query, &[Type::TEXT, Type::INT8]).await?;
    equal(statement.params(), [Type::TEXT, Type::INT8])?;
    let row = client.query_one(&statement, &[&"00123", &(1_i64 << 40)]).await?;
    equal((row.get::<_, &str>(0), row.get::<_, i64>(1)), ("00123x", (1_i64 << 40) + 1))?;
    let rows =
        client.query_typed("SELECT $1, $2", &[(&7_i32, Type::INT4), (&"a", Type::TEXT)]).await?;
    equal((rows[0].get::<_, i32>(0), rows[0].get::<_, &str>(1)), (7, "a"))
}

async fn queries_are_pipelined() -> Result<(), Failure> {
    let client = connect().await?;
    let statement = client.prepare("SELECT $1::int4 * 2").await?;
    let numbers: Vec<i32> = (0..100).collect();
    let rows = try_join_all(numbers.iter().map(|n| {
        let (client, statement) = (&client, &statement);
        async move { client.query_one(statement, &[n]).await }
    }));
    let found: Vec<i32> = rows.await?.iter().map(|row| row.get(0)).collect();
    equal(found, numbers.iter().map(|n| n * 2).collect::<Vec<_>>())
}

async fn an_error_in_a_pipeline_is_that_of_its_query() -> Result<(), Failure> {
    let client = connect().await?;
    let statement = client.prepare("SELECT 6 / $1::int4").await?;
    let answers = join_all([1_i32, 0, 2].iter().map(|n| {
        let (client, statement) = (&client, &statement);
        async move { client.query_one(statement, &[n]).await }
    }));
    let mut answers = answers.await.into_iter();
    equal(answers.next().transpose()?.map(|row| row.get::<_, i32>(0)), Some(6))?;
    refused(answers.next().transpose(), &SqlState::DIVISION_BY_ZERO)?;
    equal(answers.next().transpose()?.map(|row| row.get::<_, i32>(0)), Some(3))
}

async fn rows_stream() -> Result<(), Failure> {
    let client = connect().await?;
    let name = words(&client).await?;
    let insert = client.prepare(&format!("INSERT INTO {name} VALUES ($1, $2)")).await?;
    for id in 0..50_i32 {
        client.execute(&insert, &[&id, &"w"]).await?;
    }
    let query = format!("SELECT id FROM {name} WHERE id >= $1 ORDER BY id");
    let stream = client.query_raw(&query, [5_i32]).await?;
    pin_mut!(stream);
    let mut seen = Vec::new();
    while let Some(row) = stream.try_next().await? {
        seen.push(row.get::<_, i32>(0));
    }
    equal(seen, (5..50).collect::<Vec<i32>>())
}

async fn a_portal_reads_in_parts() -> Result<(), Failure> {
    let mut client = connect().await?;
    let name = words(&client).await?;
    for id in 0..25_i32 {
        client.execute(&format!("INSERT INTO {name} VALUES ($1, 'w')"), &[&id]).await?;
    }
    let transaction = client.transaction().await?;
    let portal = transaction.bind(&format!("SELECT id FROM {name} ORDER BY id"), &[]).await?;
    let mut parts = Vec::new();
    for _ in 0..4 {
        parts.push(transaction.query_portal(&portal, 10).await?.len());
    }
    equal(parts, [10, 10, 5, 0])?;
    Ok(transaction.commit().await?)
}

async fn several_statements_in_one_string() -> Result<(), Failure> {
    let client = connect().await?;
    let name = words(&client).await?;
    client
        .batch_execute(&format!(
            "INSERT INTO {name} VALUES (1, 'a;'); INSERT INTO {name} VALUES (2, NULL)"
        ))
        .await?;
    let messages =
        client.simple_query(&format!("SELECT word FROM {name} ORDER BY id; SELECT 1")).await?;
    let mut found = Vec::new();
    for message in &messages {
        match message {
            SimpleQueryMessage::Row(row) => found.push(format!("{:?}", row.get(0))),
            SimpleQueryMessage::CommandComplete(count) => found.push(count.to_string()),
            _ => {}
        }
    }
    equal(found, ["Some(\"a;\")", "None", "2", "Some(\"1\")", "1"])
}

async fn returning_gives_the_rows() -> Result<(), Failure> {
    let client = connect().await?;
    let name = table(&client, "tokio_serial", "id serial PRIMARY KEY, word varchar(20)").await?;
    let insert = format!("INSERT INTO {name} (word) VALUES ($1), ($2) RETURNING id, word");
    let rows = client.query(&insert, &[&"a", &"b"]).await?;
    let found: Vec<(i32, &str)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    equal(found, [(1, "a"), (2, "b")])?;
    let row = client
        .query_one(&format!("DELETE FROM {name} WHERE id = $1 RETURNING *"), &[&1_i32])
        .await?;
    equal(row.get::<_, &str>("word"), "a")
}

async fn upsert_inserts_and_updates() -> Result<(), Failure> {
    let client = connect().await?;
    let name = words(&client).await?;
    let upsert = format!(
        "INSERT INTO {name} VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET word = excluded.word"
    );
    let upsert = client.prepare(&upsert).await?;
    client.execute(&upsert, &[&1_i32, &"first"]).await?;
    client.execute(&upsert, &[&1_i32, &"second"]).await?;
    let nothing = format!("INSERT INTO {name} VALUES (1, 'x') ON CONFLICT DO NOTHING");
    equal(client.execute(&nothing, &[]).await?, 0)?;
    equal(seen_by_others(&name).await?, [(1, "second".to_owned())])
}

async fn equal_to_any_of_an_array() -> Result<(), Failure> {
    let client = connect().await?;
    let name = words(&client).await?;
    client
        .batch_execute(&format!("INSERT INTO {name} VALUES (1, 'a'), (2, 'b'), (3, 'it''s')"))
        .await?;
    let query = format!("SELECT id FROM {name} WHERE id = ANY($1) ORDER BY id");
    let rows = client.query(&query, &[&vec![1_i32, 3, 9]]).await?;
    equal(rows.iter().map(|row| row.get(0)).collect::<Vec<i32>>(), [1, 3])?;
    let query = format!("SELECT id FROM {name} WHERE word = ANY($1)");
    let rows = client.query(&query, &[&vec!["it's", "x"]]).await?;
    equal(rows.iter().map(|row| row.get(0)).collect::<Vec<i32>>(), [3])
}

async fn limit_and_offset_are_parameters() -> Result<(), Failure> {
    let client = connect().await?;
    let name = words(&client).await?;
    client
        .batch_execute(&format!("INSERT INTO {name} VALUES (1, 'a'), (2, 'b'), (3, 'c')"))
        .await?;
    let query = format!("SELECT id FROM {name} ORDER BY id LIMIT $1 OFFSET $2");
    let rows = client.query(&query, &[&1_i64, &1_i64]).await?;
    equal(rows.iter().map(|row| row.get(0)).collect::<Vec<i32>>(), [2])
}

async fn null_and_empty_text_stay_different() -> Result<(), Failure> {
    let client = connect().await?;
    let name = words(&client).await?;
    let insert = client.prepare(&format!("INSERT INTO {name} VALUES ($1, $2)")).await?;
    let all = [Some(""), None, Some(" ")];
    for (id, word) in (0_i32..).zip(&all) {
        client.execute(&insert, &[&id, word]).await?;
    }
    let rows = client.query(&format!("SELECT word FROM {name} ORDER BY id"), &[]).await?;
    equal(rows.iter().map(|row| row.get(0)).collect::<Vec<Option<&str>>>(), all)?;
    let row = client.query_one(&format!("SELECT id FROM {name} WHERE word = $1"), &[&""]).await?;
    equal(row.get::<_, i32>(0), 0)
}

async fn long_values_arrive_whole() -> Result<(), Failure> {
    let client = connect().await?;
    let name = table(&client, "tokio_long", "id int PRIMARY KEY, t text, b bytea").await?;
    let insert = client.prepare(&format!("INSERT INTO {name} VALUES ($1, $2, $3)")).await?;
    for (id, length) in (0_i32..).zip([1, 32_766, 32_767, 65_536, 1_100_000]) {
        let (text, bytes) = ("é".repeat(length), vec![200_u8; length]);
        client.execute(&insert, &[&id, &text, &bytes]).await?;
        let row =
            client.query_one(&format!("SELECT t, b FROM {name} WHERE id = $1"), &[&id]).await?;
        equal(row.get::<_, &str>(0) == text && row.get::<_, &[u8]>(1) == bytes, true)?;
    }
    Ok(())
}

// Transactions.

async fn transactions_commit_and_roll_back() -> Result<(), Failure> {
    let mut client = connect().await?;
    let name = words(&client).await?;
    let transaction = client.transaction().await?;
    transaction.execute(&format!("INSERT INTO {name} VALUES (1, 'kept')"), &[]).await?;
    transaction.commit().await?;
    let transaction = client.transaction().await?;
    transaction.execute(&format!("INSERT INTO {name} VALUES (2, 'undone')"), &[]).await?;
    transaction.rollback().await?;
    // One that is dropped rolls back by itself.
    let transaction = client.transaction().await?;
    transaction.execute(&format!("INSERT INTO {name} VALUES (3, 'dropped')"), &[]).await?;
    drop(transaction);
    client.execute(&format!("INSERT INTO {name} VALUES (4, 'after')"), &[]).await?;
    equal(seen_by_others(&name).await?, [(1, "kept".to_owned()), (4, "after".to_owned())])
}

async fn a_savepoint_undoes_its_part_only() -> Result<(), Failure> {
    let mut client = connect().await?;
    let name = words(&client).await?;
    let insert = client.prepare(&format!("INSERT INTO {name} VALUES ($1, $2)")).await?;
    let mut transaction = client.transaction().await?;
    transaction.execute(&insert, &[&1_i32, &"outer"]).await?;
    let inner = transaction.transaction().await?;
    inner.execute(&insert, &[&2_i32, &"inner"]).await?;
    refused(inner.execute(&insert, &[&1_i32, &"again"]).await, &SqlState::UNIQUE_VIOLATION)?;
    inner.rollback().await?;
    let named = transaction.savepoint("a_point").await?;
    named.execute(&insert, &[&3_i32, &"after"]).await?;
    named.commit().await?;
    transaction.commit().await?;
    equal(seen_by_others(&name).await?, [(1, "outer".to_owned()), (3, "after".to_owned())])
}

async fn a_failed_block_refuses_until_its_end() -> Result<(), Failure> {
    let mut client = connect().await?;
    let name = words(&client).await?;
    let transaction = client.transaction().await?;
    transaction.execute(&format!("INSERT INTO {name} VALUES (1, 'lost')"), &[]).await?;
    refused(
        transaction.query("SELECT * FROM no_such_table", &[]).await,
        &SqlState::UNDEFINED_TABLE,
    )?;
    refused(transaction.query("SELECT 1", &[]).await, &SqlState::IN_FAILED_SQL_TRANSACTION)?;
    transaction.commit().await?;
    equal(seen_by_others(&name).await?, [])
}

async fn transactions_have_modes() -> Result<(), Failure> {
    let mut client = connect().await?;
    let name = words(&client).await?;
    let builder = client.build_transaction().isolation_level(IsolationLevel::ReadCommitted);
    let transaction = builder.read_only(true).start().await?;
    let row = transaction.query_one("SHOW transaction_read_only", &[]).await?;
    equal(row.get::<_, &str>(0), "on")?;
    let insert = format!("INSERT INTO {name} VALUES (1, 'no')");
    refused(transaction.execute(&insert, &[]).await, &SqlState::READ_ONLY_SQL_TRANSACTION)?;
    transaction.rollback().await?;
    equal(shown(&client, "transaction_read_only").await?, "off")?;
    equal(client.execute(&insert, &[]).await?, 1)
}

// Errors, waiting, ending.

async fn fails_with(state: String, statement: String) -> Result<(), Failure> {
    let client = connect().await?;
    table(&client, "tokio_errors", "x int").await?;
    client.batch_execute("DROP TABLE tokio_errors").await?;
    client.batch_execute(&error_table("tokio_errors")).await?;
    client.batch_execute("INSERT INTO tokio_errors VALUES (1, 'a', NULL, NULL)").await?;
    let state = SqlState::from_code(&state);
    refused(client.batch_execute(&statement).await, &state)?;
    refused(client.execute(&statement, &[]).await, &state)?;
    equal(client.query_one("SELECT 1", &[]).await?.get::<_, i32>(0), 1)
}

async fn an_error_names_what_was_violated() -> Result<(), Failure> {
    let client = connect().await?;
    let name = words(&client).await?;
    client.batch_execute(&format!("INSERT INTO {name} VALUES (1, 'a')")).await?;
    let insert = format!("INSERT INTO {name} VALUES ($1, 'b')");
    let error = refused(client.execute(&insert, &[&1_i32]).await, &SqlState::UNIQUE_VIOLATION)?;
    equal((error.schema(), error.table()), (Some("public"), Some(name.as_str())))?;
    equal(error.constraint(), Some(format!("{name}_pkey").as_str()))?;
    let error = refused(client.prepare("SELECT 1 FRM x y").await, &SqlState::SYNTAX_ERROR)?;
    equal(error.position(), Some(&ErrorPosition::Original(14)))
}

/// A connection whose open transaction holds the row 1.
async fn holder(client: &Client, name: &str) -> Result<Client, Failure> {
    client.batch_execute(&format!("INSERT INTO {name} VALUES (1, 'a')")).await?;
    let holder = connect().await?;
    holder.batch_execute("BEGIN").await?;
    holder.batch_execute(&format!("UPDATE {name} SET word = 'held' WHERE id = 1")).await?;
    Ok(holder)
}

async fn cancel_ends_the_statement() -> Result<(), Failure> {
    let client = connect().await?;
    let name = words(&client).await?;
    let _holder = holder(&client, &name).await?;
    let token = client.cancel_token();
    let canceller = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(300)).await;
        token.cancel_query(NoTls).await
    });
    let update = format!("UPDATE {name} SET word = 'b' WHERE id = 1");
    refused(client.execute(&update, &[]).await, &SqlState::QUERY_CANCELED)?;
    canceller.await??;
    equal(client.query_one("SELECT 1", &[]).await?.get::<_, i32>(0), 1)
}

async fn statement_timeout_is_57014() -> Result<(), Failure> {
    let client = connect().await?;
    let name = words(&client).await?;
    let _holder = holder(&client, &name).await?;
    client.batch_execute("SET statement_timeout = 300").await?;
    let update = format!("UPDATE {name} SET word = 'b' WHERE id = 1");
    refused(client.execute(&update, &[]).await, &SqlState::QUERY_CANCELED)?;
    equal(client.query_one("SELECT 1", &[]).await?.get::<_, i32>(0), 1)
}

async fn dropping_the_client_ends_its_transaction() -> Result<(), Failure> {
    let client = connect().await?;
    let name = words(&client).await?;
    let other = connect().await?;
    other.batch_execute("BEGIN").await?;
    other.batch_execute(&format!("INSERT INTO {name} VALUES (1, 'lost')")).await?;
    drop(other);
    equal(client.execute(&format!("INSERT INTO {name} VALUES (1, 'mine')"), &[]).await?, 1)
}

/// The named functions as tests.
macro_rules! tests {
    ($($name:ident),* $(,)?) => {
        vec![$((stringify!($name).to_owned(), Box::pin($name()) as Body)),*]
    };
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let mut tests = tests![
        connects_and_knows_the_server,
        settings_of_connect_are_kept_and_shown,
        notices_arrive,
        a_wrong_password_is_28p01,
        an_unknown_database_is_3d000,
        a_prepared_statement_is_reused,
        parameters_have_the_declared_types,
        queries_are_pipelined,
        an_error_in_a_pipeline_is_that_of_its_query,
        rows_stream,
        a_portal_reads_in_parts,
        several_statements_in_one_string,
        returning_gives_the_rows,
        upsert_inserts_and_updates,
        equal_to_any_of_an_array,
        limit_and_offset_are_parameters,
        null_and_empty_text_stay_different,
        long_values_arrive_whole,
        transactions_commit_and_roll_back,
        a_savepoint_undoes_its_part_only,
        a_failed_block_refuses_until_its_end,
        transactions_have_modes,
        an_error_names_what_was_violated,
        cancel_ends_the_statement,
        statement_timeout_is_57014,
        dropping_the_client_ends_its_transaction,
    ];
    tests.extend(types::all()?);
    for (state, statement) in errors("tokio_errors")? {
        tests.push((format!("error_{state}"), Box::pin(fails_with(state, statement))));
    }
    cases::run(tests).await;
    let client = connect().await?;
    let tables = TABLES.lock().map(|tables| tables.clone()).unwrap_or_default();
    for name in tables {
        client.batch_execute(&format!("DROP TABLE IF EXISTS {name}")).await?;
    }
    Ok(())
}

// node-postgres (pg): the driver's ordinary life.
//
// What it does on the wire (8.23.1):
//
// * At connect: no SSLRequest, a startup message with user, database, client_encoding=UTF8 and those of application_name,
//   statement_timeout, lock_timeout, idle_in_transaction_session_timeout and options that are given. No statement.
// * A text without values or name: Query. Any other: Parse without parameter types, Bind with all parameters as texts (a Buffer
//   as bytes in binary, a Date with its offset, a list as '{"a","b"}', an object as JSON) and results as texts, Describe of the
//   portal, Execute, Sync, all at once. A named statement is parsed once and then only bound. binary: true asks for all results
//   in binary, which the driver can read of some types only.
// * Queries are queued: the next is sent when the last one's ReadyForQuery has come.
// * pg-cursor: Parse, Bind of portal C_1, Describe, Flush; for each part Execute with a row count and Flush; then Close of the
//   portal and Sync.
// * It has no cancel. end(): Terminate.
//
// Every test here passes against PostgreSQL; none asks which server it talks to.

"use strict";

const assert = require("node:assert/strict");
const { Client, DatabaseError, Pool } = require("pg");
const Cursor = require("pg-cursor");
const { byType, errors, errorTable, label, run } = require("./cases.js");

const tests = [];
// Clients that the present test has opened, and tables that it has made.
let opened = [];
let tables = [];

async function connect(options = {}) {
  const client = new Client({ connectionTimeoutMillis: 10_000, ...options });
  client.on("error", () => {});
  opened.push(client);
  await client.connect();
  return client;
}

/** Declares a test; it gets a connection, which is closed behind it. */
function test(name, body) {
  tests.push([
    name,
    async () => {
      opened = [];
      tables = [];
      try {
        await body(await connect());
      } finally {
        // An open transaction would keep the tables from being dropped.
        await Promise.all(opened.map((client) => client.end()));
        if (tables.length) {
          const client = await connect();
          for (const name of tables) await client.query(`DROP TABLE IF EXISTS ${name}`);
          await client.end();
        }
      }
    },
  ]);
}

async function table(client, name, columns) {
  tables.push(name);
  await client.query(`DROP TABLE IF EXISTS ${name}`);
  await client.query(`CREATE TABLE ${name} (${columns})`);
  return name;
}

const words = (client) => table(client, "node_words", "id int PRIMARY KEY, word varchar(20)");

/** The rows as lists. */
async function rows(client, text, values) {
  return (await client.query({ text, values, rowMode: "array" })).rows;
}

async function refused(promise, state) {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof DatabaseError, `${error}`);
    assert.equal(error.code, state);
    return true;
  });
}

// Connecting and settings.

test("connects_and_knows_the_server", async (client) => {
  const statuses = {};
  const other = new Client({});
  opened.push(other);
  other.connection.on("parameterStatus", ({ parameterName, parameterValue }) => {
    statuses[parameterName] = parameterValue;
  });
  await other.connect();
  assert.match(statuses.server_version, /^15\./);
  assert.equal(statuses.client_encoding, "UTF8");
  assert.equal(statuses.standard_conforming_strings, "on");
  assert.ok(other.processID > 0);
  assert.deepEqual(await rows(client, "SELECT 1"), [[1]]);
});

test("settings_of_connect_are_kept_and_shown", async () => {
  const client = await connect({
    application_name: "ward 7",
    statement_timeout: 5000,
    idle_in_transaction_session_timeout: 60_000,
    options: "-c search_path=public",
  });
  assert.deepEqual(await rows(client, "SHOW application_name"), [["ward 7"]]);
  assert.deepEqual(await rows(client, "SHOW statement_timeout"), [["5s"]]);
  assert.deepEqual(await rows(client, "SHOW idle_in_transaction_session_timeout"), [["1min"]]);
  assert.deepEqual(await rows(client, "SHOW client_encoding"), [["UTF8"]]);
});

test("set_is_reported_and_kept", async (client) => {
  const reported = [];
  client.connection.on("parameterStatus", (message) => reported.push(message));
  await client.query("SET application_name = 'later'");
  assert.deepEqual(
    reported.map(({ parameterName, parameterValue }) => [parameterName, parameterValue]),
    [["application_name", "later"]],
  );
  assert.deepEqual(await rows(client, "SHOW application_name"), [["later"]]);
});

test("two_settings_in_one_query", async (client) => {
  // What Sequelize sends at connect.
  await client.query("SET client_min_messages TO warning;SET TIME ZONE 'UTC';");
  assert.deepEqual(await rows(client, "SHOW client_min_messages"), [["warning"]]);
  assert.deepEqual(await rows(client, "SHOW timezone"), [["UTC"]]);
});

test("a_wrong_password_is_28p01", async () => {
  await refused(connect({ password: "not the password" }), "28P01");
});

test("an_unknown_database_is_3d000", async () => {
  await refused(connect({ database: "NOSUCHDATABASE" }), "3D000");
});

test("a_pool_serves_many_at_once", async () => {
  const pool = new Pool({ max: 4 });
  try {
    const numbers = Array.from({ length: 40 }, (_, index) => index);
    const found = await Promise.all(numbers.map((n) => pool.query("SELECT $1::int AS n", [n])));
    assert.deepEqual(found.map((result) => result.rows[0].n), numbers);
  } finally {
    await pool.end();
  }
});

// Statements.

test("javascript_values_go_and_come", async (client) => {
  const moment = new Date(Date.UTC(2024, 1, 29, 12, 30, 15, 250));
  const result = await client.query(
    "SELECT $1::int AS i, $2::text AS t, $3::bool AS b, $4::timestamptz AS m, $5::bytea AS y, $6::float8 AS f," +
      " $7::int8 AS l, $8::numeric(9, 2) AS n, $9::text AS u",
    [-7, "Zoë's 😀", false, moment, Buffer.from("00ff61", "hex"), 0.1, 2n ** 62n, "12.5", null],
  );
  assert.deepEqual(result.rows, [
    {
      i: -7,
      t: "Zoë's 😀",
      b: false,
      m: moment,
      y: Buffer.from("00ff61", "hex"),
      f: 0.1,
      l: "4611686018427387904",
      n: "12.50",
      u: null,
    },
  ]);
  assert.deepEqual(result.fields.map((field) => field.dataTypeID), [23, 25, 16, 1184, 17, 701, 20, 1700, 25]);
  assert.deepEqual([result.command, result.rowCount], ["SELECT", 1]);
});

test("binary_results", async (client) => {
  const result = await client.query({
    text: "SELECT 7::int4 AS i, true AS b, 'Zoë'::text AS t, 5::int2 AS s",
    binary: true,
    values: [],
  });
  assert.deepEqual(result.rows, [{ i: 7, b: true, t: "Zoë", s: 5 }]);
});

test("a_named_statement_is_reused", async (client) => {
  const name = await words(client);
  for (let number = 0; number < 20; number += 1) {
    const insert = { name: "insert", text: `INSERT INTO ${name} VALUES ($1, $2)`, values: [number, `word ${number}`] };
    assert.equal((await client.query(insert)).rowCount, 1);
    const select = { name: "select", text: `SELECT word FROM ${name} WHERE id = $1`, values: [number] };
    assert.deepEqual((await client.query(select)).rows, [{ word: `word ${number}` }]);
  }
});

test("queries_are_answered_in_order", async (client) => {
  const numbers = Array.from({ length: 50 }, (_, index) => index);
  const found = await Promise.all(
    numbers.map((n) => (n % 7 === 3 ? client.query("SELECT 1 / 0").catch((e) => e.code) : client.query("SELECT $1::int AS n", [n]))),
  );
  assert.deepEqual(found.map((r) => r.rows?.[0].n ?? r), numbers.map((n) => (n % 7 === 3 ? "22012" : n)));
});

test("several_statements_in_one_string", async (client) => {
  const name = await words(client);
  const results = await client.query(
    `INSERT INTO ${name} VALUES (1, 'a;'), (2, 'b'); UPDATE ${name} SET word = 'c' WHERE id = 2; SELECT * FROM ${name} ORDER BY id`,
  );
  assert.deepEqual(results.map((result) => [result.command, result.rowCount]), [["INSERT", 2], ["UPDATE", 1], ["SELECT", 2]]);
  assert.deepEqual(results[2].rows, [{ id: 1, word: "a;" }, { id: 2, word: "c" }]);
});

test("an_empty_query_is_answered", async (client) => {
  assert.deepEqual((await client.query("")).rows, []);
  assert.deepEqual((await client.query("-- ping")).rows, []);
  assert.deepEqual((await client.query(";")).rows, []);
});

test("names_of_columns_keep_their_case", async (client) => {
  const result = await client.query('SELECT 1 AS "Mixed Case", 2 AS lower, 3 AS UPPER');
  assert.deepEqual(result.rows, [{ "Mixed Case": 1, lower: 2, upper: 3 }]);
});

test("a_cursor_reads_in_parts", async (client) => {
  const cursor = client.query(new Cursor("SELECT n FROM generate_series(1, 25) AS n", [], { rowMode: "array" }));
  const parts = [];
  for (let part = await cursor.read(10); part.length; part = await cursor.read(10)) parts.push(part.length);
  await cursor.close();
  assert.deepEqual(parts, [10, 10, 5]);
  const half = client.query(new Cursor("SELECT n FROM generate_series(1, 25) AS n"));
  assert.equal((await half.read(3)).length, 3);
  await half.close();
  assert.deepEqual(await rows(client, "SELECT 1"), [[1]]);
});

test("a_cursor_reads_a_table_in_parts", async (client) => {
  const name = await words(client);
  for (let id = 0; id < 25; id += 1) await client.query(`INSERT INTO ${name} VALUES ($1, $2)`, [id, `w${id}`]);
  const cursor = client.query(new Cursor(`SELECT id FROM ${name} WHERE id >= $1 ORDER BY id`, [5]));
  const seen = [];
  for (let part = await cursor.read(7); part.length; part = await cursor.read(7)) seen.push(...part.map((row) => row.id));
  await cursor.close();
  assert.deepEqual(seen, Array.from({ length: 20 }, (_, index) => index + 5));
});

test("returning_gives_the_rows", async (client) => {
  const name = await table(client, "node_serial", "id serial PRIMARY KEY, word varchar(20)");
  const inserted = await client.query(`INSERT INTO ${name} (word) VALUES ($1), ($2) RETURNING *`, ["a", "b"]);
  assert.deepEqual(inserted.rows, [{ id: 1, word: "a" }, { id: 2, word: "b" }]);
  const deleted = await client.query(`DELETE FROM ${name} WHERE word = $1 RETURNING id`, ["a"]);
  assert.deepEqual([deleted.rows, deleted.rowCount], [[{ id: 1 }], 1]);
});

test("upsert_inserts_and_updates", async (client) => {
  const name = await words(client);
  const upsert = `INSERT INTO ${name} VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET word = excluded.word`;
  await client.query(upsert, [1, "first"]);
  await client.query(upsert, [1, "second"]);
  assert.equal((await client.query(`INSERT INTO ${name} VALUES (1, 'x') ON CONFLICT DO NOTHING`)).rowCount, 0);
  assert.deepEqual(await rows(client, `SELECT * FROM ${name}`), [[1, "second"]]);
});

test("equal_to_any_of_an_array", async (client) => {
  const name = await words(client);
  await client.query(`INSERT INTO ${name} VALUES (1, 'a'), (2, 'b'), (3, 'it''s "c"')`);
  assert.deepEqual(await rows(client, `SELECT id FROM ${name} WHERE id = ANY($1) ORDER BY id`, [[1, 3, 9]]), [[1], [3]]);
  assert.deepEqual(await rows(client, `SELECT id FROM ${name} WHERE word = ANY($1::text[])`, [['it\'s "c"']]), [[3]]);
  assert.deepEqual(await rows(client, `SELECT id FROM ${name} WHERE id = ANY($1::int[])`, [[]]), []);
});

test("json_of_objects", async (client) => {
  const value = { a: [1, "ü", null], b: { c: true } };
  const result = await client.query("SELECT $1::json AS v", [value]);
  assert.deepEqual(result.rows, [{ v: value }]);
});

test("parameters_out_of_order_and_repeated", async (client) => {
  const found = await rows(client, "SELECT $2::text, $1::int, $2::text, $1::int + 1", [7, "x"]);
  assert.deepEqual(found, [["x", 7, "x", 8]]);
});

test("limit_and_offset_are_parameters", async (client) => {
  const name = await words(client);
  await client.query(`INSERT INTO ${name} VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd')`);
  assert.deepEqual(await rows(client, `SELECT id FROM ${name} ORDER BY id LIMIT $1 OFFSET $2`, [2, 1]), [[2], [3]]);
});

test("null_and_empty_text_stay_different", async (client) => {
  const name = await words(client);
  for (const [id, word] of [[1, ""], [2, null], [3, " "]]) await client.query(`INSERT INTO ${name} VALUES ($1, $2)`, [id, word]);
  assert.deepEqual(await rows(client, `SELECT word FROM ${name} ORDER BY id`), [[""], [null], [" "]]);
  assert.deepEqual(await rows(client, `SELECT id FROM ${name} WHERE word = $1`, [""]), [[1]]);
  assert.deepEqual(await rows(client, `SELECT id FROM ${name} WHERE word IS NULL`), [[2]]);
});

test("long_values_arrive_whole", async (client) => {
  const name = await table(client, "node_long", "id int PRIMARY KEY, t text, b bytea");
  const lengths = [1, 32_766, 32_767, 65_536, 1_100_000];
  for (const [id, length] of lengths.entries()) {
    await client.query(`INSERT INTO ${name} VALUES ($1, $2, $3)`, [id, "é".repeat(length), Buffer.alloc(length, 200)]);
  }
  const found = await rows(client, `SELECT t, b FROM ${name} ORDER BY id`);
  for (const [id, length] of lengths.entries()) {
    assert.ok(found[id][0] === "é".repeat(length), `text of ${length}`);
    assert.ok(found[id][1].equals(Buffer.alloc(length, 200)), `bytes of ${length}`);
  }
});

// Transactions.

test("transactions_commit_and_roll_back", async (client) => {
  const name = await words(client);
  await client.query("BEGIN");
  await client.query(`INSERT INTO ${name} VALUES ($1, $2)`, [1, "kept"]);
  await client.query("COMMIT");
  await client.query("BEGIN ISOLATION LEVEL READ COMMITTED");
  await client.query(`INSERT INTO ${name} VALUES ($1, $2)`, [2, "undone"]);
  await client.query("ROLLBACK");
  assert.deepEqual(await rows(await connect(), `SELECT * FROM ${name}`), [[1, "kept"]]);
});

test("a_savepoint_undoes_its_part_only", async (client) => {
  const name = await words(client);
  await client.query("BEGIN");
  await client.query(`INSERT INTO ${name} VALUES (1, 'outer')`);
  await client.query("SAVEPOINT a");
  await refused(client.query(`INSERT INTO ${name} VALUES ($1, $2)`, [1, "again"]), "23505");
  await client.query("ROLLBACK TO SAVEPOINT a");
  await client.query(`INSERT INTO ${name} VALUES (3, 'after')`);
  await client.query("RELEASE SAVEPOINT a");
  await client.query("COMMIT");
  assert.deepEqual(await rows(await connect(), `SELECT * FROM ${name} ORDER BY id`), [[1, "outer"], [3, "after"]]);
});

test("a_failed_block_refuses_until_its_end", async (client) => {
  const name = await words(client);
  await client.query("BEGIN");
  await client.query(`INSERT INTO ${name} VALUES (1, 'lost')`);
  await refused(client.query("SELECT * FROM no_such_table"), "42P01");
  await refused(client.query("SELECT $1::int", [1]), "25P02");
  assert.equal((await client.query("COMMIT")).command, "ROLLBACK");
  assert.deepEqual(await rows(client, `SELECT * FROM ${name}`), []);
});

// Errors, waiting, ending.

test("an_error_names_what_was_violated", async (client) => {
  const name = await words(client);
  await client.query(`INSERT INTO ${name} VALUES (1, 'a')`);
  const error = await client.query(`INSERT INTO ${name} VALUES ($1, 'b')`, [1]).catch((caught) => caught);
  assert.deepEqual(
    [error.severity, error.code, error.schema, error.table, error.constraint],
    ["ERROR", "23505", "public", name, `${name}_pkey`],
  );
  assert.equal((await client.query("SELECT 1 FRM x y").catch((caught) => caught)).position, "14");
});

test("a_value_that_the_server_refuses_leaves_the_session_usable", async (client) => {
  await refused(client.query("SELECT $1::int", ["x"]), "22P02");
  await refused(client.query("SELECT $1::int, $2::int", [1]), "08P01");
  assert.deepEqual(await rows(client, "SELECT $1::int", [1]), [[1]]);
});

/** Another connection's open transaction holds the row 1. */
async function block(client, name) {
  await client.query(`INSERT INTO ${name} VALUES (1, 'a')`);
  const holder = await connect();
  await holder.query("BEGIN");
  await holder.query(`UPDATE ${name} SET word = 'held' WHERE id = 1`);
}

test("statement_timeout_is_57014", async (client) => {
  const name = await words(client);
  await block(client, name);
  await client.query("SET statement_timeout = 300");
  await refused(client.query(`UPDATE ${name} SET word = 'b' WHERE id = 1`), "57014");
  assert.deepEqual(await rows(client, "SELECT 1"), [[1]]);
});

test("end_ends_the_session_and_its_transaction", async (client) => {
  const name = await words(client);
  const other = await connect();
  await other.query("BEGIN");
  await other.query(`INSERT INTO ${name} VALUES (1, 'lost')`);
  await other.end();
  assert.equal((await client.query(`INSERT INTO ${name} VALUES (1, 'mine')`)).rowCount, 1);
});

// Every type. All values are sent as texts, bytea also as bytes, and read as the server writes them.

const raw = { getTypeParser: () => (text) => text };
const shown = (kind, text) => (kind === "bool" ? text[0] : text);

function parameter(kind, texts) {
  return async () => {
    const client = await connect({ types: raw });
    for (const text of texts) {
      assert.deepEqual(await rows(client, `SELECT $1::${kind}`, [text]), [[shown(kind, text)]]);
      if (label(kind) !== "char") assert.deepEqual(await rows(client, `SELECT ($1::${kind})::text`, [text]), [[text]]);
      if (kind === "bytea") {
        assert.deepEqual(await rows(client, "SELECT $1::bytea", [Buffer.from(text.slice(2), "hex")]), [[text]]);
      }
    }
  };
}

function column(kind, texts) {
  return async () => {
    const client = await connect({ types: raw });
    const name = await table(client, `node_${label(kind)}`, `id int PRIMARY KEY, v ${kind}`);
    const insert = { name: "insert", text: `INSERT INTO ${name} VALUES ($1, $2)` };
    for (const [id, text] of [...texts, null].entries()) await client.query({ ...insert, values: [id, text] });
    const wanted = [...texts.map((text) => [shown(kind, text)]), [null]];
    assert.deepEqual(await rows(client, `SELECT v FROM ${name} ORDER BY id`), wanted);
    if (kind !== "json") {
      for (const [id, text] of texts.entries()) {
        assert.deepEqual(await rows(client, `SELECT id FROM ${name} WHERE v = $1`, [text]), [[`${id}`]]);
      }
    }
  };
}

for (const [kind, texts] of byType()) {
  test(`${label(kind)}_parameter`, parameter(kind, texts));
  test(`${label(kind)}_null`, async (client) => {
    assert.deepEqual(await rows(client, `SELECT $1::${kind}`, [null]), [[null]]);
  });
  test(`${label(kind)}_column`, column(kind, texts));
}
for (const [kind, texts] of byType(true)) {
  test(`${label(kind)}_extremes_parameter`, parameter(kind, texts));
  test(`${label(kind)}_extremes_column`, column(kind, texts));
}
for (const [state, statement] of errors("node_errors")) {
  test(`error_${state}`, async (client) => {
    await table(client, "node_errors", "x int");
    await client.query("DROP TABLE node_errors");
    await client.query(errorTable("node_errors"));
    await client.query("INSERT INTO node_errors VALUES (1, 'a', NULL, NULL)");
    // Without values the statement goes by the simple protocol, with them by the extended one.
    await refused(client.query(statement), state);
    await refused(client.query({ text: statement, name: "failing" }), state);
    assert.deepEqual(await rows(client, "SELECT 1"), [[1]]);
  });
}

run(tests);

"""asyncpg: the driver's ordinary life. It speaks the extended protocol in binary only.

What it does on the wire (0.32.0):

* At connect: SSLRequest, then a startup message with client_encoding='utf-8' (with the quotes), user, database and the
  server_settings. No statement. It reads server_version from the ParameterStatus messages and refuses to go on without.
* A statement without parameters by execute(): Query. Any other: Parse with a name (__asyncpg_stmt_1__ and so on) and no
  parameter types, Describe of the statement, Flush; it waits for the answer and encodes each parameter by the type that the
  server named; then Bind with every parameter and every result in binary, Execute, Sync. The next use of the text is Bind,
  Execute, Sync. executemany: many Bind and Execute before one Sync. fetchval and fetchrow limit Execute to one row.
* A cursor: Bind of a portal __asyncpg_portal_1__ and Sync, then Execute with a row count and Sync for each part.
* A transaction: BEGIN; SAVEPOINT __asyncpg_savepoint_1__; RELEASE SAVEPOINT …; COMMIT; by Query.
* Back in a pool: SELECT pg_advisory_unlock_all(); CLOSE ALL; UNLISTEN *; RESET ALL; in one Query.
* A time-out or a cancelled task: CancelRequest on a second connection. close(): Terminate.
* Types without a codec: SELECT current_setting('jit') AS cur, set_config('jit', 'off', false) AS new, then a recursive query
  over pg_type. None of the types here needs it.

Every test here passes against PostgreSQL; none asks which server it talks to.
"""

import asyncio
import decimal
import unittest
import warnings

import asyncpg
import values

TEXTS = values.by_type()
EXTREMES = values.by_type(extreme=True)
# The driver takes Python's first and last dates for -infinity and infinity.
INFINITE = [
    "0001-01-01",
    "9999-12-31",
    "0001-01-01 00:00:00",
    "9999-12-31 23:59:59.999999",
    "9999-12-31 23:59:59.999999+00",
]
CLASSES = {
    "22001": asyncpg.StringDataRightTruncationError,
    "22003": asyncpg.NumericValueOutOfRangeError,
    "22008": asyncpg.DatetimeFieldOverflowError,
    "22012": asyncpg.DivisionByZeroError,
    "22P02": asyncpg.InvalidTextRepresentationError,
    "23502": asyncpg.NotNullViolationError,
    "23503": asyncpg.ForeignKeyViolationError,
    "23505": asyncpg.UniqueViolationError,
    "25P01": asyncpg.NoActiveSQLTransactionError,
    "42601": asyncpg.PostgresSyntaxError,
    "42703": asyncpg.UndefinedColumnError,
    "42803": asyncpg.GroupingError,
    "42804": asyncpg.DatatypeMismatchError,
    "42883": asyncpg.UndefinedFunctionError,
    "42P01": asyncpg.UndefinedTableError,
    "42P07": asyncpg.DuplicateTableError,
}


class Asyncpg(unittest.IsolatedAsyncioTestCase):
    """One connection for each test, and tables that are dropped behind it."""

    async def asyncSetUp(self):
        # A connection that a failed test leaves open would be told of as a warning as well.
        warnings.simplefilter("ignore", ResourceWarning)
        # The test case's loop is one for debugging, which is slow.
        asyncio.get_running_loop().set_debug(False)
        self.connection = await asyncpg.connect(timeout=10, command_timeout=15)
        self.tables = []
        self.holder = None

    async def asyncTearDown(self):
        # A failed test may have left the connection anywhere, and an open one may keep tables from being dropped.
        self.connection.terminate()
        if self.holder:
            await self.holder.close()
        if self.tables:
            other = await asyncpg.connect()
            for name in self.tables:
                await other.execute(f"DROP TABLE IF EXISTS {name}")
            await other.close()

    async def table(self, name, columns):
        self.tables.append(name)
        await self.connection.execute(f"DROP TABLE IF EXISTS {name}")
        await self.connection.execute(f"CREATE TABLE {name} ({columns})")
        return name

    async def words(self):
        return await self.table("asyncpg_words", "id int PRIMARY KEY, word varchar(20)")

    async def seen_by_others(self, query):
        other = await asyncpg.connect()
        try:
            return [tuple(row) for row in await other.fetch(query)]
        finally:
            await other.close()

    # Connecting and settings.

    async def test_connects_and_knows_the_server(self):
        version = self.connection.get_server_version()
        self.assertGreaterEqual(version.major, 15)
        settings = self.connection.get_settings()
        self.assertEqual(settings.client_encoding.lower(), "utf8")
        self.assertEqual(settings.standard_conforming_strings, "on")
        self.assertEqual(settings.integer_datetimes, "on")
        self.assertTrue(settings.DateStyle.startswith("ISO"))
        self.assertGreater(self.connection.get_server_pid(), 0)
        self.assertEqual(await self.connection.fetchval("SELECT 1"), 1)

    async def test_settings_of_connect_are_kept_and_shown(self):
        other = await asyncpg.connect(
            server_settings={"application_name": "ward 7", "statement_timeout": "5000", "search_path": "public"}
        )
        try:
            self.assertEqual(await other.fetchval("SHOW application_name"), "ward 7")
            self.assertEqual(await other.fetchval("SHOW statement_timeout"), "5s")
            self.assertEqual(await other.fetchval("SHOW client_encoding"), "UTF8")
            self.assertEqual(other.get_settings().application_name, "ward 7")
        finally:
            await other.close()

    async def test_set_is_reported_kept_and_reset(self):
        await self.connection.execute("SET application_name = 'later'")
        self.assertEqual(self.connection.get_settings().application_name, "later")
        await self.connection.execute("SET statement_timeout = '2min'")
        self.assertEqual(await self.connection.fetchval("SHOW statement_timeout"), "2min")
        await self.connection.execute("RESET ALL")
        self.assertEqual(await self.connection.fetchval("SHOW statement_timeout"), "0")
        self.assertEqual(self.connection.get_settings().application_name, "")

    async def test_jit_is_asked_for_and_set_by_functions(self):
        """What asyncpg sends around an introspection of types."""
        row = await self.connection.fetchrow(
            "SELECT current_setting('jit') AS cur, set_config('jit', 'off', false) AS new"
        )
        self.assertEqual(row["new"], "off")
        self.assertEqual(await self.connection.fetchval("SHOW jit"), "off")

    async def test_a_wrong_password_has_its_class(self):
        with self.assertRaises(asyncpg.InvalidPasswordError) as caught:
            await asyncpg.connect(password="not the password")
        self.assertEqual(caught.exception.sqlstate, "28P01")

    async def test_an_unknown_database_has_its_class(self):
        with self.assertRaises(asyncpg.InvalidCatalogNameError):
            await asyncpg.connect(database="NOSUCHDATABASE")

    async def test_a_pool_gives_clean_connections(self):
        """Between two users asyncpg sends pg_advisory_unlock_all, CLOSE ALL, UNLISTEN * and RESET ALL."""
        async with asyncpg.create_pool(min_size=1, max_size=1) as pool:
            async with pool.acquire() as connection:
                await connection.execute("SET application_name = 'first user'")
            async with pool.acquire() as connection:
                self.assertEqual(await connection.fetchval("SHOW application_name"), "")

    # Statements.

    async def test_a_prepared_statement_is_reused(self):
        table = await self.words()
        insert = await self.connection.prepare(f"INSERT INTO {table} VALUES ($1, $2)")
        self.assertEqual([kind.name for kind in insert.get_parameters()], ["int4", "varchar"])
        for number in range(20):
            await insert.fetch(number, f"word {number}")
        self.assertEqual(insert.get_statusmsg(), "INSERT 0 1")
        select = await self.connection.prepare(f"SELECT id, word FROM {table} WHERE id = $1")
        self.assertEqual([(a.name, a.type.name) for a in select.get_attributes()], [("id", "int4"), ("word", "varchar")])
        for number in range(20):
            self.assertEqual(tuple(await select.fetchrow(number)), (number, f"word {number}"))
        self.assertIsNone(await select.fetchrow(99))

    async def test_statement_tags_count_rows(self):
        table = await self.words()
        self.assertEqual(await self.connection.execute(f"INSERT INTO {table} VALUES (1, 'a'), (2, 'b')"), "INSERT 0 2")
        self.assertEqual(await self.connection.execute(f"UPDATE {table} SET word = $1", "c"), "UPDATE 2")
        self.assertEqual(await self.connection.execute(f"DELETE FROM {table} WHERE id = $1", 7), "DELETE 0")

    async def test_several_statements_in_one_string(self):
        await self.words()
        await self.connection.execute(
            "INSERT INTO asyncpg_words VALUES (1, 'a'); INSERT INTO asyncpg_words VALUES (2, 'b; c')"
        )
        self.assertEqual(await self.connection.fetchval("SELECT count(*) FROM asyncpg_words"), 2)

    async def test_executemany_is_all_or_nothing(self):
        table = await self.words()
        insert = f"INSERT INTO {table} VALUES ($1, $2)"
        await self.connection.executemany(insert, [(number, str(number)) for number in range(500)])
        with self.assertRaises(asyncpg.UniqueViolationError):
            await self.connection.executemany(insert, [(1000, "new"), (1, "there")])
        self.assertEqual(await self.connection.fetchval(f"SELECT count(*) FROM {table}"), 500)

    async def test_fetchmany_binds_each_row(self):
        table = await self.words()
        found = await self.connection.fetchmany(
            f"INSERT INTO {table} VALUES ($1, $2) RETURNING id, word", [(1, "a"), (2, "b")]
        )
        self.assertEqual([tuple(row) for row in found], [(1, "a"), (2, "b")])

    async def test_a_cursor_fetches_in_parts(self):
        table = await self.words()
        await self.connection.executemany(f"INSERT INTO {table} VALUES ($1, $2)", [(n, str(n)) for n in range(25)])
        async with self.connection.transaction():
            cursor = await self.connection.cursor(f"SELECT id FROM {table} ORDER BY id")
            self.assertEqual([row[0] for row in await cursor.fetch(10)], list(range(10)))
            self.assertEqual([row[0] for row in await cursor.fetch(10)], list(range(10, 20)))
            self.assertEqual([row[0] for row in await cursor.fetch(10)], list(range(20, 25)))
            self.assertEqual(await cursor.fetch(10), [])
            seen = [row[0] async for row in self.connection.cursor(f"SELECT id FROM {table} ORDER BY id", prefetch=7)]
            self.assertEqual(seen, list(range(25)))

    async def test_returning_gives_the_rows(self):
        table = await self.table("asyncpg_serial", "id serial PRIMARY KEY, word varchar(20)")
        rows = await self.connection.fetch(f"INSERT INTO {table} (word) VALUES ($1), ($2) RETURNING id, word", "a", "b")
        self.assertEqual([tuple(row) for row in rows], [(1, "a"), (2, "b")])
        row = await self.connection.fetchrow(f"UPDATE {table} SET word = word || '!' WHERE id = $1 RETURNING word", 2)
        self.assertEqual(row["word"], "b!")
        self.assertEqual(await self.connection.fetchval(f"DELETE FROM {table} WHERE id = 1 RETURNING word"), "a")

    async def test_upsert_inserts_and_updates(self):
        table = await self.words()
        upsert = f"INSERT INTO {table} VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET word = excluded.word"
        await self.connection.execute(upsert, 1, "first")
        await self.connection.execute(upsert, 1, "second")
        await self.connection.execute(f"INSERT INTO {table} VALUES (1, 'third') ON CONFLICT DO NOTHING")
        self.assertEqual(await self.connection.fetchval(f"SELECT word FROM {table}"), "second")

    async def test_equal_to_any_of_an_array(self):
        table = await self.words()
        await self.connection.executemany(f"INSERT INTO {table} VALUES ($1, $2)", [(n, f"w{n}") for n in range(9)])
        rows = await self.connection.fetch(f"SELECT id FROM {table} WHERE id = ANY($1) ORDER BY id", [7, 1, 99])
        self.assertEqual([row["id"] for row in rows], [1, 7])
        rows = await self.connection.fetch(f"SELECT id FROM {table} WHERE word = ANY($1::text[])", ["w3", "it's"])
        self.assertEqual([row["id"] for row in rows], [3])
        self.assertEqual(await self.connection.fetch(f"SELECT id FROM {table} WHERE id = ANY($1::int[])", []), [])

    async def test_parameters_are_of_the_type_that_the_server_says(self):
        statement = await self.connection.prepare("SELECT $1::text, $2::int8 + 1, $3::numeric(9,2), $4::bool")
        self.assertEqual([kind.name for kind in statement.get_parameters()], ["text", "int8", "numeric", "bool"])
        row = await statement.fetchrow("00123", 2**40, decimal.Decimal("12.5"), False)
        self.assertEqual(tuple(row), ("00123", 2**40 + 1, decimal.Decimal("12.50"), False))
        with self.assertRaises(asyncpg.DataError):
            await statement.fetchrow(123, 1, decimal.Decimal(1), True)

    async def test_limit_and_offset_are_parameters(self):
        table = await self.words()
        await self.connection.executemany(f"INSERT INTO {table} VALUES ($1, $2)", [(n, str(n)) for n in range(30)])
        rows = await self.connection.fetch(f"SELECT id FROM {table} ORDER BY id LIMIT $1 OFFSET $2", 3, 20)
        self.assertEqual([row["id"] for row in rows], [20, 21, 22])

    async def test_null_and_empty_text_stay_different(self):
        table = await self.words()
        await self.connection.executemany(f"INSERT INTO {table} VALUES ($1, $2)", [(1, ""), (2, None), (3, " ")])
        rows = await self.connection.fetch(f"SELECT word FROM {table} ORDER BY id")
        self.assertEqual([row["word"] for row in rows], ["", None, " "])
        self.assertEqual(await self.connection.fetchval(f"SELECT id FROM {table} WHERE word = $1", ""), 1)
        self.assertEqual(await self.connection.fetchval(f"SELECT id FROM {table} WHERE word IS NULL"), 2)

    async def test_long_values_arrive_whole(self):
        table = await self.table("asyncpg_long", "id int PRIMARY KEY, t text, b bytea")
        lengths = [1, 32_766, 32_767, 65_536, 1_048_570, 1_100_000]
        for number, length in enumerate(lengths):
            await self.connection.execute(f"INSERT INTO {table} VALUES ($1, $2, $3)", number, "é" * length, bytes(length))
        rows = await self.connection.fetch(f"SELECT t, b FROM {table} ORDER BY id")
        self.assertEqual([(row["t"], row["b"]) for row in rows], [("é" * length, bytes(length)) for length in lengths])

    # Transactions.

    async def test_transactions_commit_and_roll_back(self):
        table = await self.words()
        async with self.connection.transaction():
            self.assertTrue(self.connection.is_in_transaction())
            await self.connection.execute(f"INSERT INTO {table} VALUES (1, 'kept')")
        transaction = self.connection.transaction()
        await transaction.start()
        await self.connection.execute(f"INSERT INTO {table} VALUES (2, 'undone')")
        await transaction.rollback()
        self.assertFalse(self.connection.is_in_transaction())
        self.assertEqual(await self.seen_by_others(f"SELECT * FROM {table}"), [(1, "kept")])

    async def test_nested_transactions_are_savepoints(self):
        table = await self.words()
        async with self.connection.transaction():
            await self.connection.execute(f"INSERT INTO {table} VALUES (1, 'outer')")
            with self.assertRaises(asyncpg.UniqueViolationError):
                async with self.connection.transaction():
                    await self.connection.execute(f"INSERT INTO {table} VALUES (2, 'inner')")
                    await self.connection.execute(f"INSERT INTO {table} VALUES (1, 'again')")
            async with self.connection.transaction():
                await self.connection.execute(f"INSERT INTO {table} VALUES (3, 'second inner')")
        self.assertEqual(
            await self.seen_by_others(f"SELECT * FROM {table} ORDER BY id"), [(1, "outer"), (3, "second inner")]
        )

    async def test_a_failed_block_refuses_until_its_end(self):
        table = await self.words()
        await self.connection.execute("BEGIN")
        await self.connection.execute(f"INSERT INTO {table} VALUES (1, 'lost')")
        with self.assertRaises(asyncpg.UndefinedTableError):
            await self.connection.fetch("SELECT * FROM no_such_table")
        with self.assertRaises(asyncpg.InFailedSQLTransactionError):
            await self.connection.fetch("SELECT 1")
        self.assertEqual(await self.connection.execute("COMMIT"), "ROLLBACK")
        self.assertEqual(await self.seen_by_others(f"SELECT * FROM {table}"), [])

    async def test_a_read_only_transaction_refuses_to_write(self):
        table = await self.words()
        with self.assertRaises(asyncpg.ReadOnlySQLTransactionError):
            async with self.connection.transaction(readonly=True):
                await self.connection.execute(f"INSERT INTO {table} VALUES (1, 'no')")

    # Errors, waiting, ending.

    async def test_an_error_names_what_was_violated(self):
        table = await self.words()
        await self.connection.execute(f"INSERT INTO {table} VALUES (1, 'a')")
        with self.assertRaises(asyncpg.UniqueViolationError) as caught:
            await self.connection.execute(f"INSERT INTO {table} VALUES (1, 'b')")
        self.assertEqual(caught.exception.constraint_name, f"{table}_pkey")
        self.assertEqual(caught.exception.table_name, table)
        self.assertEqual(caught.exception.schema_name, "public")
        with self.assertRaises(asyncpg.PostgresSyntaxError) as caught:
            await self.connection.execute("SELECT 1 FRM x y")
        self.assertEqual(caught.exception.position, "14")

    async def blocked(self, table):
        """Another connection, whose open transaction holds the row 1."""
        self.holder = await asyncpg.connect()
        await self.connection.execute(f"INSERT INTO {table} VALUES (1, 'a')")
        await self.holder.execute("BEGIN")
        await self.holder.execute(f"UPDATE {table} SET word = 'held' WHERE id = 1")

    async def test_a_cancelled_task_cancels_its_statement(self):
        table = await self.words()
        await self.blocked(table)
        task = asyncio.create_task(self.connection.execute(f"UPDATE {table} SET word = 'b' WHERE id = 1"))
        await asyncio.sleep(0.3)
        task.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await task
        self.assertEqual(await self.connection.fetchval("SELECT 1"), 1)

    async def test_a_timeout_of_the_driver_cancels_the_statement(self):
        table = await self.words()
        await self.blocked(table)
        with self.assertRaises(asyncio.TimeoutError):
            await self.connection.execute(f"UPDATE {table} SET word = 'b' WHERE id = 1", timeout=0.3)
        self.assertEqual(await self.connection.fetchval("SELECT 1"), 1)

    async def test_statement_timeout_is_57014(self):
        table = await self.words()
        await self.blocked(table)
        await self.connection.execute("SET statement_timeout = 300")
        with self.assertRaises(asyncpg.QueryCanceledError):
            await self.connection.execute(f"UPDATE {table} SET word = 'b' WHERE id = 1")
        self.assertEqual(await self.connection.fetchval("SELECT 1"), 1)

    async def test_close_ends_the_session_and_its_transaction(self):
        table = await self.words()
        other = await asyncpg.connect()
        await other.execute("BEGIN")
        await other.execute(f"INSERT INTO {table} VALUES (1, 'lost')")
        await other.close()
        self.assertTrue(other.is_closed())
        self.assertEqual(await self.connection.fetch(f"SELECT * FROM {table}"), [])


def parameter(kind, texts):
    async def test(self):
        for text in texts:
            with self.subTest(text=text[:40]):
                sent = values.value(kind, text)
                found = await self.connection.fetchval(f"SELECT $1::{kind}", sent)
                self.assertEqual(found, sent)
                self.assertIsInstance(found, type(sent))
                if values.label(kind) != "char":
                    # What the server made of the bytes, in its own words.
                    self.assertEqual(await self.connection.fetchval(f"SELECT ($1::{kind})::text", sent), text)

    return test


def text_format(kind, texts):
    async def test(self):
        name = {"char": "bpchar"}.get(values.label(kind), values.label(kind))
        await self.connection.set_type_codec(name, schema="pg_catalog", format="text", encoder=str, decoder=str)
        for text in texts:
            with self.subTest(text=text[:40]):
                shown = {"true": "t", "false": "f"}.get(text, text) if kind == "bool" else text
                self.assertEqual(await self.connection.fetchval(f"SELECT $1::{kind}", text), shown)

    return test


def null(kind):
    async def test(self):
        self.assertIsNone(await self.connection.fetchval(f"SELECT $1::{kind}", None))

    return test


def column(kind, texts):
    async def test(self):
        table = await self.table(f"asyncpg_{values.label(kind)}", f"id int PRIMARY KEY, v {kind}")
        sent = [values.value(kind, text) for text in texts] + [None]
        await self.connection.executemany(f"INSERT INTO {table} VALUES ($1, $2)", list(enumerate(sent)))
        rows = await self.connection.fetch(f"SELECT v FROM {table} ORDER BY id")
        self.assertEqual([row["v"] for row in rows], sent)
        if kind != "json":
            for number, wanted in enumerate(sent[:-1]):
                with self.subTest(value=wanted):
                    found = await self.connection.fetch(f"SELECT id FROM {table} WHERE v = $1", wanted)
                    self.assertEqual([row["id"] for row in found], [number])
        await self.connection.execute(f"UPDATE {table} SET v = $1", sent[0])
        rows = await self.connection.fetch(f"SELECT v FROM {table}")
        self.assertEqual([row["v"] for row in rows], [sent[0]] * len(sent))

    return test


def error(state, statement):
    async def test(self):
        await self.table("asyncpg_errors", "x int")
        await self.connection.execute("DROP TABLE asyncpg_errors")
        await self.connection.execute(values.ERROR_TABLE.format("asyncpg_errors"))
        await self.connection.execute("INSERT INTO asyncpg_errors VALUES (1, 'a', NULL, NULL)")
        for run in (self.connection.execute, self.connection.fetch):
            with self.assertRaises(asyncpg.PostgresError) as caught:
                await run(statement)
            self.assertEqual(caught.exception.sqlstate, state)
            self.assertIsInstance(caught.exception, CLASSES[state])
        self.assertEqual(await self.connection.fetchval("SELECT 1"), 1)

    return test


for KIND in TEXTS:
    NAME = f"test_{values.label(KIND)}"
    ORDINARY = [text for text in TEXTS[KIND] if text not in INFINITE]
    setattr(Asyncpg, f"{NAME}_parameter", parameter(KIND, ORDINARY))
    setattr(Asyncpg, f"{NAME}_text_format", text_format(KIND, TEXTS[KIND]))
    setattr(Asyncpg, f"{NAME}_null", null(KIND))
    setattr(Asyncpg, f"{NAME}_column", column(KIND, ORDINARY))
for KIND in EXTREMES:
    NAME = f"test_{values.label(KIND)}_extremes"
    EXTREME = [text for text in EXTREMES[KIND] if text not in INFINITE]
    if EXTREME:
        setattr(Asyncpg, f"{NAME}_parameter", parameter(KIND, EXTREME))
        setattr(Asyncpg, f"{NAME}_column", column(KIND, EXTREME))
for STATE, STATEMENT in values.errors("asyncpg_errors"):
    setattr(Asyncpg, f"test_error_{STATE}", error(STATE, STATEMENT))

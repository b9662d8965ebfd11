"""psycopg2: the driver's ordinary life. It writes every value into the statement as a literal and sends Query only.

What it does on the wire (2.9.13 on libpq 17):

* At connect: SSLRequest, then a startup message with user, database and what else the connection string gives (options,
  application_name). No statement, unless DateStyle is not reported as ISO or client_encoding is missing.
* A statement: one Query with the values as literals: 'it''s', E'back\\\\slash', '2020-01-01'::date, '\\x0061'::bytea,
  ARRAY[1,2], (1, 3) for a tuple, NULL. Before the first one of a transaction a Query BEGIN, or BEGIN ISOLATION LEVEL
  READ COMMITTED READ ONLY after set_session; commit() and rollback() are Query COMMIT and ROLLBACK. executemany is one
  Query for each row, execute_values and execute_batch put many rows into one.
* set_client_encoding: SET client_encoding TO 'LATIN1'. reset(): ABORT in a transaction, then DISCARD ALL.
* A named cursor: DECLARE "name" CURSOR WITHOUT HOLD FOR …; FETCH FORWARD 10 FROM "name"; CLOSE "name".
* cancel(): CancelRequest on a second connection. close(): Terminate, without a ROLLBACK.

Every test here passes against PostgreSQL; none asks which server it talks to.
"""

import io
import threading
import time
import unittest

import psycopg2
import psycopg2.errorcodes
import psycopg2.errors
import psycopg2.extensions as extensions
import psycopg2.extras
import values

TEXTS = values.by_type()
EXTREMES = values.by_type(extreme=True)
# The driver parses json by itself unless told not to, and hands bytea out as a memoryview.
psycopg2.extras.register_default_json(loads=lambda text: text)
psycopg2.extras.register_uuid()


def connect(**options):
    return psycopg2.connect("", connect_timeout=10, **options)


class Psycopg2(unittest.TestCase):
    """One connection for each test, and tables that are dropped behind it."""

    def setUp(self):
        self.connection = connect()
        self.others = []
        self.tables = []

    def tearDown(self):
        # An open transaction would keep the tables from being dropped.
        for connection in [self.connection, *self.others]:
            connection.close()
        other = self.other(autocommit=True)
        for name in self.tables:
            other.cursor().execute(f"DROP TABLE IF EXISTS {name}")
        other.close()

    def other(self, autocommit=False, **options):
        connection = connect(**options)
        connection.autocommit = autocommit
        self.others.append(connection)
        return connection

    def table(self, name, columns):
        self.tables.append(name)
        other = self.other(autocommit=True)
        other.cursor().execute(f"DROP TABLE IF EXISTS {name}")
        other.cursor().execute(f"CREATE TABLE {name} ({columns})")
        return name

    def words(self):
        return self.table("psycopg2_words", "id int PRIMARY KEY, word varchar(20)")

    def fetch(self, query, parameters=None, connection=None):
        with (connection or self.connection).cursor() as cursor:
            cursor.execute(query, parameters)
            return cursor.fetchall()

    def run_statement(self, query, parameters=None):
        with self.connection.cursor() as cursor:
            cursor.execute(query, parameters)
            return cursor.rowcount

    # Connecting and settings.

    def test_connects_and_knows_the_server(self):
        self.assertGreaterEqual(self.connection.server_version, 150000)
        self.assertEqual(self.connection.encoding, "UTF8")
        self.assertEqual(self.connection.get_parameter_status("standard_conforming_strings"), "on")
        self.assertTrue(self.connection.get_parameter_status("DateStyle").startswith("ISO"))
        self.assertEqual(self.connection.get_parameter_status("integer_datetimes"), "on")
        self.assertEqual(self.connection.get_transaction_status(), extensions.TRANSACTION_STATUS_IDLE)
        self.assertGreater(self.connection.get_backend_pid(), 0)

    def test_settings_of_connect_are_kept_and_shown(self):
        other = self.other(application_name="ward 7", options="-c statement_timeout=5000 -c search_path=public")
        self.assertEqual(self.fetch("SHOW application_name", connection=other), [("ward 7",)])
        self.assertEqual(self.fetch("SHOW statement_timeout", connection=other), [("5s",)])
        self.assertEqual(other.get_parameter_status("application_name"), "ward 7")

    def test_client_encoding_is_set_and_reported(self):
        self.connection.set_client_encoding("UTF8")
        self.assertEqual(self.connection.encoding, "UTF8")
        self.assertEqual(self.fetch("SHOW client_encoding"), [("UTF8",)])

    def test_datestyle_is_set_and_shown(self):
        self.run_statement("SET DATESTYLE TO 'ISO'")
        self.assertEqual(self.fetch("SHOW datestyle"), [("ISO, MDY",)])
        self.connection.commit()
        self.assertEqual(self.fetch("SHOW datestyle"), [("ISO, MDY",)])

    def test_a_setting_of_a_rolled_back_transaction_is_undone(self):
        self.run_statement("SET application_name = 'kept'")
        self.connection.commit()
        self.run_statement("SET application_name = 'undone'")
        self.assertEqual(self.connection.get_parameter_status("application_name"), "undone")
        self.connection.rollback()
        self.assertEqual(self.connection.get_parameter_status("application_name"), "kept")
        self.assertEqual(self.fetch("SHOW application_name"), [("kept",)])

    def test_isolation_is_set_and_shown(self):
        self.connection.set_session(isolation_level="READ COMMITTED", readonly=True)
        self.assertEqual(self.fetch("SHOW transaction_isolation"), [("read committed",)])
        self.assertEqual(self.fetch("SHOW transaction_read_only"), [("on",)])

    def test_reset_gives_a_clean_session(self):
        self.run_statement("SET application_name = 'somebody'")
        self.connection.commit()
        self.connection.reset()
        self.assertEqual(self.fetch("SHOW application_name"), [("",)])

    def test_a_wrong_password_is_refused(self):
        with self.assertRaises(psycopg2.OperationalError) as caught:
            connect(password="not the password")
        self.assertIn("password authentication failed for user", str(caught.exception))

    def test_an_unknown_database_is_refused(self):
        with self.assertRaises(psycopg2.OperationalError) as caught:
            connect(dbname="NOSUCHDATABASE")
        self.assertIn('database "NOSUCHDATABASE" does not exist', str(caught.exception))

    # Statements.

    def test_placeholders_are_literals(self):
        row = self.fetch("SELECT %(b)s, %(a)s, %(a)s, '%%', 100 %% 7", {"a": "it's 5%", "b": 7})
        self.assertEqual(row, [(7, "it's 5%", "it's 5%", "%", 2)])
        self.assertEqual(self.fetch("SELECT %s, %s", ("back\\slash", None)), [("back\\slash", None)])

    def test_description_has_types_and_names(self):
        with self.connection.cursor() as cursor:
            cursor.execute('SELECT 1 AS a, 1.50::numeric(5, 2) AS "B c", \'x\'::varchar(9), true')
            self.assertEqual([column.name for column in cursor.description], ["a", "B c", "varchar", "?column?"])
            self.assertEqual([column.type_code for column in cursor.description], [23, 1700, 1043, 16])
            self.assertEqual((cursor.description[1].precision, cursor.description[1].scale), (5, 2))
            self.assertEqual((cursor.rowcount, cursor.statusmessage), (1, "SELECT 1"))

    def test_rowcount_counts_what_was_changed(self):
        table = self.words()
        self.assertEqual(self.run_statement(f"INSERT INTO {table} VALUES (1, 'a'), (2, 'b'), (3, 'c')"), 3)
        self.assertEqual(self.run_statement(f"UPDATE {table} SET word = %s WHERE id > %s", ("x", 1)), 2)
        self.assertEqual(self.run_statement(f"DELETE FROM {table} WHERE id = 99"), 0)

    def test_several_statements_in_one_string(self):
        table = self.words()
        self.run_statement(f"INSERT INTO {table} VALUES (1, 'a;'); INSERT INTO {table} VALUES (2, 'b')")
        self.assertEqual(self.fetch(f"SELECT id FROM {table}; SELECT word FROM {table} ORDER BY id"), [("a;",), ("b",)])

    def test_execute_values_and_batch(self):
        table = self.words()
        rows = [(number, f"word {number}") for number in range(250)]
        with self.connection.cursor() as cursor:
            psycopg2.extras.execute_values(cursor, f"INSERT INTO {table} VALUES %s", rows[:150], page_size=50)
            psycopg2.extras.execute_batch(cursor, f"INSERT INTO {table} VALUES (%s, %s)", rows[150:], page_size=50)
        self.assertEqual(self.fetch(f"SELECT * FROM {table} ORDER BY id"), rows)

    def test_execute_values_returns_the_rows(self):
        table = self.table("psycopg2_serial", "id serial PRIMARY KEY, word varchar(20)")
        with self.connection.cursor() as cursor:
            query = f"INSERT INTO {table} (word) VALUES %s RETURNING id, word"
            found = psycopg2.extras.execute_values(cursor, query, [("a",), ("b",)], fetch=True)
        self.assertEqual(found, [(1, "a"), (2, "b")])

    def test_upsert_inserts_and_updates(self):
        table = self.words()
        upsert = f"INSERT INTO {table} VALUES (%s, %s) ON CONFLICT (id) DO UPDATE SET word = excluded.word"
        self.run_statement(upsert, (1, "first"))
        self.run_statement(upsert, (1, "second"))
        self.run_statement(f"INSERT INTO {table} VALUES (1, 'third') ON CONFLICT DO NOTHING")
        self.assertEqual(self.fetch(f"SELECT word FROM {table}"), [("second",)])

    def test_lists_are_arrays_and_tuples_are_in(self):
        table = self.words()
        self.run_statement(f"INSERT INTO {table} VALUES (1, 'a'), (2, 'b'), (3, 'it''s')")
        self.assertEqual(self.fetch(f"SELECT id FROM {table} WHERE id IN %s ORDER BY id", ((1, 3),)), [(1,), (3,)])
        self.assertEqual(self.fetch(f"SELECT id FROM {table} WHERE id = ANY(%s) ORDER BY id", ([1, 2],)), [(1,), (2,)])
        self.assertEqual(self.fetch(f"SELECT id FROM {table} WHERE word = ANY(%s)", (["it's", "x"],)), [(3,)])

    def test_a_named_cursor_fetches_in_parts(self):
        with self.connection.cursor("psycopg2 named") as cursor:
            cursor.itersize = 7
            cursor.execute("SELECT n FROM generate_series(1, 25) AS n")
            self.assertEqual(cursor.fetchmany(10), [(n,) for n in range(1, 11)])
            self.assertEqual(list(cursor), [(n,) for n in range(11, 26)])

    def test_prepare_and_execute_as_statements(self):
        self.run_statement("PREPARE plan (int, text) AS SELECT $1 + 1, $2")
        self.assertEqual(self.fetch("EXECUTE plan (%s, %s)", (41, "x")), [(42, "x")])
        self.run_statement("DEALLOCATE plan")
        with self.assertRaises(psycopg2.errors.InvalidSqlStatementName):
            self.run_statement("EXECUTE plan (1, 'x')")

    def test_copy_is_right_or_refused(self):
        table = self.words()
        self.run_statement(f"INSERT INTO {table} VALUES (1, 'a')")
        self.connection.commit()
        out = io.StringIO()
        try:
            with self.connection.cursor() as cursor:
                cursor.copy_expert(f"COPY {table} TO STDOUT", out)
            self.assertEqual(out.getvalue(), "1\ta\n")
        except psycopg2.errors.FeatureNotSupported:
            self.assertEqual(out.getvalue(), "")
            self.connection.rollback()
        self.assertEqual(self.fetch(f"SELECT * FROM {table}"), [(1, "a")])

    def test_null_and_empty_text_stay_different(self):
        table = self.words()
        with self.connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {table} VALUES (%s, %s)", [(1, ""), (2, None), (3, " ")])
        self.assertEqual(self.fetch(f"SELECT word FROM {table} ORDER BY id"), [("",), (None,), (" ",)])
        self.assertEqual(self.fetch(f"SELECT id FROM {table} WHERE word = %s", ("",)), [(1,)])
        self.assertEqual(self.fetch(f"SELECT id FROM {table} WHERE word IS %s", (None,)), [(2,)])

    def test_long_literals_arrive_whole(self):
        table = self.table("psycopg2_long", "id int PRIMARY KEY, t text, b bytea")
        lengths = [1, 999, 1_001, 32_767, 65_536, 1_100_000]
        for number, length in enumerate(lengths):
            row = (number, "é" * length, bytes(range(256)) * (length // 256))
            self.run_statement(f"INSERT INTO {table} VALUES (%s, %s, %s)", (*row[:2], psycopg2.Binary(row[2]) if row[2] else None))
        found = self.fetch(f"SELECT t, b FROM {table} ORDER BY id")
        self.assertEqual([len(t) for t, _ in found], lengths)
        self.assertEqual({t.strip("é") for t, _ in found}, {""})
        self.assertEqual([bytes(b) for _, b in found if b], [bytes(range(256)) * (n // 256) for n in lengths if n >= 256])

    # Transactions.

    def test_transactions_commit_and_roll_back(self):
        table = self.words()
        with self.connection:
            self.run_statement(f"INSERT INTO {table} VALUES (1, 'kept')")
            self.assertEqual(self.connection.get_transaction_status(), extensions.TRANSACTION_STATUS_INTRANS)
        with self.assertRaises(ZeroDivisionError), self.connection:
            self.run_statement(f"INSERT INTO {table} VALUES (2, 'undone')")
            raise ZeroDivisionError
        self.assertEqual(self.fetch(f"SELECT * FROM {table}", connection=self.other()), [(1, "kept")])

    def test_a_savepoint_undoes_its_part_only(self):
        table = self.words()
        self.run_statement(f"INSERT INTO {table} VALUES (1, 'outer')")
        self.run_statement('SAVEPOINT "A point"')
        with self.assertRaises(psycopg2.errors.UniqueViolation):
            self.run_statement(f"INSERT INTO {table} VALUES (2, 'inner'), (1, 'again')")
        self.assertEqual(self.connection.get_transaction_status(), extensions.TRANSACTION_STATUS_INERROR)
        self.run_statement('ROLLBACK TO SAVEPOINT "A point"')
        self.run_statement(f"INSERT INTO {table} VALUES (3, 'after')")
        self.run_statement('RELEASE SAVEPOINT "A point"')
        self.connection.commit()
        found = self.fetch(f"SELECT * FROM {table} ORDER BY id", connection=self.other())
        self.assertEqual(found, [(1, "outer"), (3, "after")])

    def test_a_failed_block_refuses_until_its_end(self):
        table = self.words()
        self.run_statement(f"INSERT INTO {table} VALUES (1, 'lost')")
        with self.assertRaises(psycopg2.errors.UndefinedTable):
            self.fetch("SELECT * FROM no_such_table")
        with self.assertRaises(psycopg2.errors.InFailedSqlTransaction):
            self.fetch("SELECT 1")
        self.connection.commit()
        self.assertEqual(self.fetch(f"SELECT * FROM {table}"), [])

    def test_autocommit_commits_each_statement(self):
        table = self.words()
        self.connection.autocommit = True
        self.run_statement(f"INSERT INTO {table} VALUES (1, 'kept')")
        with self.assertRaises(psycopg2.errors.UniqueViolation):
            self.run_statement(f"INSERT INTO {table} VALUES (1, 'again')")
        self.assertEqual(self.fetch(f"SELECT * FROM {table}", connection=self.other()), [(1, "kept")])

    # Errors, waiting, ending.

    def test_an_error_names_what_was_violated(self):
        table = self.words()
        self.run_statement(f"INSERT INTO {table} VALUES (1, 'a')")
        with self.assertRaises(psycopg2.errors.UniqueViolation) as caught:
            self.run_statement(f"INSERT INTO {table} VALUES (1, 'b')")
        found = caught.exception.diag
        self.assertEqual((found.severity_nonlocalized, found.sqlstate), ("ERROR", "23505"))
        self.assertEqual((found.schema_name, found.table_name, found.constraint_name), ("public", table, f"{table}_pkey"))
        self.connection.rollback()
        with self.assertRaises(psycopg2.errors.SyntaxError) as caught:
            self.run_statement("SELECT 1 FRM x y")
        self.assertEqual(caught.exception.diag.statement_position, "14")

    def blocked(self, table):
        """Another connection's open transaction holds the row 1."""
        self.run_statement(f"INSERT INTO {table} VALUES (1, 'a')")
        self.connection.commit()
        holder = self.other()
        holder.cursor().execute(f"UPDATE {table} SET word = 'held' WHERE id = 1")

    def test_cancel_ends_the_statement(self):
        table = self.words()
        self.blocked(table)
        canceller = threading.Timer(0.3, self.connection.cancel)
        canceller.start()
        began = time.monotonic()
        with self.assertRaises(psycopg2.errors.QueryCanceled):
            self.run_statement(f"UPDATE {table} SET word = 'b' WHERE id = 1")
        canceller.join()
        self.assertLess(time.monotonic() - began, 5)
        self.connection.rollback()
        self.assertEqual(self.fetch("SELECT 1"), [(1,)])

    def test_statement_timeout_is_57014(self):
        table = self.words()
        self.blocked(table)
        self.run_statement("SET statement_timeout = 300")
        with self.assertRaises(psycopg2.errors.QueryCanceled):
            self.run_statement(f"UPDATE {table} SET word = 'b' WHERE id = 1")
        self.connection.rollback()
        self.assertEqual(self.fetch("SELECT 1"), [(1,)])

    def test_close_ends_the_session_and_its_transaction(self):
        table = self.words()
        other = self.other()
        other.cursor().execute(f"INSERT INTO {table} VALUES (1, 'lost')")
        other.close()
        self.assertEqual(other.closed, 1)
        with self.assertRaises(psycopg2.InterfaceError):
            other.cursor()
        # The insert's row would keep the same key waiting.
        self.assertEqual(self.run_statement(f"INSERT INTO {table} VALUES (1, 'mine')"), 1)


def adapted(kind, text):
    sent = values.value(kind, text)
    return psycopg2.Binary(sent) if kind == "bytea" else sent


def received(kind, found):
    return bytes(found) if kind == "bytea" and found is not None else found


def parameter(kind, texts):
    def test(self):
        for text in texts:
            with self.subTest(text=text[:40]):
                expected = values.value(kind, text)
                # A minus sign binds less than a cast, so a number needs the brackets.
                found = self.fetch(f"SELECT (%s)::{kind}", (adapted(kind, text),))
                self.assertEqual(received(kind, found[0][0]), shortened(kind, expected))
                self.assertIsInstance(received(kind, found[0][0]), type(expected))
                if values.label(kind) != "char":
                    self.assertEqual(self.fetch(f"SELECT ((%s)::{kind})::text", (adapted(kind, text),)), [(text,)])

    return test


def shortened(kind, expected):
    """A float4 as the text of its shortest form has it: the driver reads that as a double."""
    return float(f"{expected:.8g}") if kind == "float4" else expected


def null(kind):
    def test(self):
        self.assertEqual(self.fetch(f"SELECT %s::{kind}", (None,)), [(None,)])

    return test


def column(kind, texts):
    def test(self):
        table = self.table(f"psycopg2_{values.label(kind)}", f"id int PRIMARY KEY, v {kind}")
        expected = [shortened(kind, values.value(kind, text)) for text in texts] + [None]
        with self.connection.cursor() as cursor:
            rows = [(number, adapted(kind, text)) for number, text in enumerate(texts)]
            cursor.executemany(f"INSERT INTO {table} VALUES (%s, %s)", [*rows, (len(rows), None)])
        found = self.fetch(f"SELECT v FROM {table} ORDER BY id")
        self.assertEqual([received(kind, v) for (v,) in found], expected)
        if kind != "json":
            for number, text in enumerate(texts):
                with self.subTest(text=text[:40]):
                    # A literal of a float4 column's value is a numeric: only its cast compares equal.
                    cast = "::float4" if kind == "float4" else ""
                    where = f"SELECT id FROM {table} WHERE v = %s{cast}"
                    self.assertEqual(self.fetch(where, (adapted(kind, text),)), [(number,)])

    return test


def error(state, statement):
    def test(self):
        self.table("psycopg2_errors", "x int")
        self.connection.autocommit = True
        self.run_statement("DROP TABLE psycopg2_errors")
        self.run_statement(values.ERROR_TABLE.format("psycopg2_errors"))
        self.run_statement("INSERT INTO psycopg2_errors VALUES (1, 'a', NULL, NULL)")
        with self.assertRaises(psycopg2.errors.lookup(state)) as caught:
            self.run_statement(statement)
        self.assertEqual(caught.exception.pgcode, state)
        self.assertEqual(self.fetch("SELECT 1"), [(1,)])

    return test


for KIND in TEXTS:
    NAME = f"test_{values.label(KIND)}"
    setattr(Psycopg2, f"{NAME}_parameter", parameter(KIND, TEXTS[KIND]))
    setattr(Psycopg2, f"{NAME}_null", null(KIND))
    setattr(Psycopg2, f"{NAME}_column", column(KIND, TEXTS[KIND]))
for KIND in EXTREMES:
    NAME = f"test_{values.label(KIND)}_extremes"
    setattr(Psycopg2, f"{NAME}_parameter", parameter(KIND, EXTREMES[KIND]))
    setattr(Psycopg2, f"{NAME}_column", column(KIND, EXTREMES[KIND]))
for STATE, STATEMENT in values.errors("psycopg2_errors"):
    setattr(Psycopg2, f"test_error_{STATE}", error(STATE, STATEMENT))

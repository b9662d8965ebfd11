"""Defects that another PostgreSQL gateway for IRIS is known to have (facts peer §0), one test each, under its number there.

Each of them gave wrong data without an error, or let values become SQL. Every test here passes against PostgreSQL; none asks
which server it talks to. Where the right thing may also be a refusal (a statement that belongs to a later stage), the test takes
PostgreSQL's answer or an error with SQLSTATE 0A000, and never a third thing.

The driver is psycopg 3 without placeholders of its own: a statement without parameters is a simple query, one with parameters
is Parse, Bind, Describe, Execute, Sync with $1, $2 as they stand here.
"""

import datetime
import decimal
import subprocess
import unittest
import uuid

import psycopg
from psycopg import pq

NUMERIC_WITHOUT_LIMIT = "12345678901234567890.12"


def connect(**options):
    return psycopg.connect(connect_timeout=10, autocommit=True, cursor_factory=psycopg.RawCursor, **options)


def psql(query):
    """What psql prints, without decoration."""
    command = ["psql", "--no-psqlrc", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "--command", query]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout


class Peer(unittest.TestCase):
    """One connection for each test, and tables that are dropped behind it."""

    def setUp(self):
        self.connection = connect()
        self.addCleanup(self.connection.close)
        self.tables = []

    def tearDown(self):
        self.connection.close()
        with connect() as connection:
            for name in self.tables:
                connection.execute(f"DROP TABLE IF EXISTS {name}")

    def table(self, name, columns):
        self.tables.append(name)
        self.connection.execute(f"DROP TABLE IF EXISTS {name}")
        self.connection.execute(f"CREATE TABLE {name} ({columns})")

    def rows(self, query, parameters=None, binary=False, connection=None):
        return (connection or self.connection).execute(query, parameters, binary=binary).fetchall()

    def right_or_refused(self, right, query, parameters=None, states=("0A000",), binary=False):
        """PostgreSQL's answer, or an error with one of these SQLSTATEs; afterwards the session is usable."""
        try:
            self.assertEqual(self.rows(query, parameters, binary), right)
        except psycopg.Error as error:
            self.assertIn(error.sqlstate, states, error)
        self.assertEqual(self.rows("SELECT 1"), [(1,)])

    def test_w01_like_percent_s(self):
        self.table("peer_w01", "id int PRIMARY KEY, name varchar(30)")
        names = ["smith", "blacksmith", "smithy", "jones", "%s", "?mith"]
        for number, name in enumerate(names):
            self.connection.execute("INSERT INTO peer_w01 VALUES ($1, $2)", (number, name))
        smiths = [("smith",), ("blacksmith",), ("smithy",)]
        order = "ORDER BY id"
        self.assertEqual(self.rows(f"SELECT name FROM peer_w01 WHERE name LIKE '%smith%' {order}"), smiths)
        self.assertEqual(
            self.rows(f"SELECT name FROM peer_w01 WHERE name LIKE '%smith%' AND id >= $1 {order}", (0,)), smiths
        )
        self.assertEqual(self.rows(f"SELECT name FROM peer_w01 WHERE name LIKE $1 {order}", ("%smith%",)), smiths)
        self.assertEqual(self.rows("SELECT id FROM peer_w01 WHERE name = '%s'"), [(4,)])
        self.assertEqual(self.rows("SELECT '%s %d ?' AS \"%s\""), [("%s %d ?",)])

    def test_w02_limit_with_offset(self):
        self.table("peer_w02", "id int PRIMARY KEY")
        self.connection.execute("INSERT INTO peer_w02 VALUES " + ", ".join(f"({number})" for number in range(45)))
        for offset in (0, 10, 20, 40, 60):
            page = [(number,) for number in range(offset, min(offset + 10, 45))]
            query = "SELECT id FROM peer_w02 ORDER BY id LIMIT "
            self.assertEqual(self.rows(f"{query} 10 OFFSET {offset}"), page)
            self.assertEqual(self.rows(f"{query} $1 OFFSET $2", (10, offset)), page)
            self.assertEqual(self.rows(f"{query} $2 OFFSET $1", (offset, 10)), page)

    def test_w03_order_of_parameters(self):
        self.assertEqual(self.rows("SELECT $2::text, $1::text", ("first", "second")), [("second", "first")])
        self.assertEqual(self.rows("SELECT $1::int, $1::int + $2::int, $1::int", (1, 10)), [(1, 11, 1)])
        self.table("peer_w03", "a int PRIMARY KEY, b varchar(10), c varchar(10)")
        self.connection.execute("INSERT INTO peer_w03 (c, b, a) VALUES ($3, $2, $1)", (1, "b", "c"))
        self.connection.execute("UPDATE peer_w03 SET c = $2 WHERE a = $1 AND b = $3", (1, "new", "b"))
        self.assertEqual(self.rows("SELECT a, b, c FROM peer_w03 WHERE c = $1 OR b = $1", ("new",)), [(1, "b", "new")])

    def test_w04_texts_stay_texts(self):
        texts = ["00123", "1e5", "1_000", "12.50", "+7", "0x10", "NaN", "true", "2024-01-01", " 5 ", NUMERIC_WITHOUT_LIMIT]
        self.table("peer_w04", "id int PRIMARY KEY, t varchar(40), n numeric(18, 2)")
        for number, text in enumerate(texts):
            for binary in (False, True):
                self.assertEqual(self.rows("SELECT $1::text", (text,), binary), [(text,)])
            self.connection.execute("INSERT INTO peer_w04 (id, t) VALUES ($1, $2)", (number, text))
            self.assertEqual(self.rows("SELECT id, t FROM peer_w04 WHERE t = $1", (text,)), [(number, text)])
        money = decimal.Decimal("1234567890123456.78")
        self.connection.execute("INSERT INTO peer_w04 (id, n) VALUES (100, $1)", (money,))
        self.assertEqual(self.rows("SELECT n FROM peer_w04 WHERE n = $1", (money,)), [(money,)])
        beyond = decimal.Decimal(NUMERIC_WITHOUT_LIMIT)
        for binary in (False, True):
            self.right_or_refused([(beyond,)], "SELECT $1::numeric", (beyond,), ("0A000", "22003"), binary)
        with self.assertRaises(psycopg.errors.NumericValueOutOfRange):
            self.connection.execute("INSERT INTO peer_w04 (id, n) VALUES (101, $1)", (beyond,))

    def test_w05_bigints_are_no_moments(self):
        self.table("peer_w05", "id bigint PRIMARY KEY, t varchar(30)")
        numbers = [500_000_000_000_000, 1_000_000_000_000_000, 1_500_000_000_000_000, 1_700_000_000_000, 1_152_921_504_606_846_976]
        for number in numbers:
            for binary in (False, True):
                self.assertEqual(self.rows("SELECT $1::bigint", (number,), binary), [(number,)])
            self.connection.execute("INSERT INTO peer_w05 VALUES ($1, $2)", (number, str(number)))
            self.assertEqual(self.rows("SELECT id, t FROM peer_w05 WHERE id = $1", (number,)), [(number, str(number))])

    def test_w06_binary_values_keep_their_type(self):
        texts = ["", "A", "ab", "abcd", "\x01\x02\x03\x04", "abcdefgh", "é", "sixteen letters!"]
        rest = [
            uuid.UUID(int=5),
            decimal.Decimal("0.00010"),
            decimal.Decimal("-12345.6789"),
            b"\xde\xad\xbe\xef",
            b"\x00",
            datetime.time(12, 30, 15, 250000),
            datetime.date(2024, 2, 29),
            datetime.datetime(2024, 2, 29, 12, 30, 15, 250000),
            True,
            -2.5,
        ]
        casts = {uuid.UUID: "uuid", decimal.Decimal: "numeric", bytes: "bytea", bool: "bool", float: "float8", str: "text"}
        casts |= {datetime.time: "time", datetime.date: "date", datetime.datetime: "timestamp"}
        for value in texts + rest:
            with self.subTest(value=value):
                # psycopg's %b is Raw's $1 with a binary dumper.
                with self.connection.cursor(binary=True) as cursor:
                    cursor.adapters.register_dumper(str, psycopg.types.string.StrBinaryDumper)
                    cursor.adapters.register_dumper(bytes, psycopg.types.string.BytesBinaryDumper)
                    cursor.adapters.register_dumper(decimal.Decimal, psycopg.types.numeric.DecimalBinaryDumper)
                    cursor.adapters.register_dumper(uuid.UUID, psycopg.types.uuid.UUIDBinaryDumper)
                    cursor.execute(f"SELECT $1::{casts[type(value)]}", (value,))
                    self.assertEqual(cursor.fetchall(), [(value,)])
        # Types of a later stage are told apart as well, or refused.
        interval = datetime.timedelta(days=1, seconds=5)
        self.right_or_refused([(interval,)], "SELECT $1::interval", (interval,))
        json = psycopg.types.json.Jsonb({"a": [1, None]})
        self.right_or_refused([({"a": [1, None]},)], "SELECT $1::jsonb", (json,))

    def test_w07_literals_survive(self):
        texts = [
            "B minus",
            "costs $5",
            "2024-01-01",
            "2024-01-01T10:00:00+02:00",
            "a[0]",
            '{"a":1}',
            "SELECT 1 LIMIT 5",
            "a::text",
            "NULL",
            "IFNULL(a, b)",
            "ILIKE -- /* public.t */",
            "it's ; \"quoted\"",
        ]
        self.table("peer_w07", "id int PRIMARY KEY, t varchar(60)")
        for number, text in enumerate(texts):
            literal = "'" + text.replace("'", "''") + "'"
            self.assertEqual(self.rows(f"SELECT {literal}"), [(text,)])
            self.connection.execute(f"INSERT INTO peer_w07 VALUES ({number}, {literal})")
            self.assertEqual(self.rows(f"SELECT id, t FROM peer_w07 WHERE t = {literal}"), [(number, text)])
        self.assertEqual(self.rows("SELECT t FROM peer_w07 ORDER BY id"), [(text,) for text in texts])
        moment = datetime.datetime(2024, 1, 1, 8, tzinfo=datetime.timezone.utc)
        self.assertEqual(self.rows("SELECT '2024-01-01 10:00:00+02:00'::timestamptz"), [(moment,)])

    def test_w08_words_of_the_catalog_swallow_nothing(self):
        self.table("peer_w08", "id int PRIMARY KEY, t varchar(60), pg_code int, set_config int")
        words = ["call version() here", "set_config", "pg_dump log", "information_schema.tables", "pg_catalog.pg_type"]
        words += ["pg_advisory_unlock_all()", "SHOW", "DISCARD ALL", "BEGIN", "current_database()", "train model m"]
        for number, text in enumerate(words):
            cursor = self.connection.execute(f"INSERT INTO peer_w08 VALUES ({number}, '{text}', {number}, 1)")
            self.assertEqual(cursor.statusmessage, "INSERT 0 1")
            cursor = self.connection.execute("UPDATE peer_w08 SET pg_code = pg_code + 1 WHERE t = $1", (text,))
            self.assertEqual(cursor.statusmessage, "UPDATE 1")
            cursor = self.connection.execute(f"UPDATE peer_w08 SET set_config = 2 WHERE t = '{text}'")
            self.assertEqual(cursor.statusmessage, "UPDATE 1")
        expected = [(number, text, number + 1, 2) for number, text in enumerate(words)]
        self.assertEqual(self.rows("SELECT id, t, pg_code, set_config FROM peer_w08 ORDER BY id"), expected)
        self.assertEqual(self.rows("SELECT pg_code FROM peer_w08 WHERE pg_code = 1"), [(1,)])

    def test_w09_pipelined_inserts_go_where_they_belong(self):
        self.table("peer_w09_a", "id int PRIMARY KEY, t varchar(10)")
        self.table("peer_w09_b", "id int PRIMARY KEY, t varchar(10)")
        with self.connection.pipeline():
            for number in range(10):
                for name in "ab":
                    self.connection.execute(f"INSERT INTO peer_w09_{name} VALUES ($1, $2)", (number, f"{name}{number}"))
        for name in "ab":
            expected = [(number, f"{name}{number}") for number in range(10)]
            self.assertEqual(self.rows(f"SELECT id, t FROM peer_w09_{name} ORDER BY id"), expected)

    def test_w10_counts_are_those_of_the_execution(self):
        self.table("peer_w10", "id int PRIMARY KEY, version int, t varchar(5)")
        insert = self.connection.execute("INSERT INTO peer_w10 VALUES ($1, 1, 'a'), ($2, 1, 'b'), ($3, 1, 'c')", (1, 2, 3))
        self.assertEqual((insert.statusmessage, insert.rowcount), ("INSERT 0 3", 3))
        self.assertEqual(self.connection.execute("INSERT INTO peer_w10 VALUES (4, 1, 'd')").statusmessage, "INSERT 0 1")
        # Optimistic locking: the second of two changes finds nothing.
        change = "UPDATE peer_w10 SET version = version + 1 WHERE id = $1 AND version = $2"
        self.assertEqual(self.connection.execute(change, (1, 1)).statusmessage, "UPDATE 1")
        self.assertEqual(self.connection.execute(change, (1, 1)).statusmessage, "UPDATE 0")
        self.assertEqual(self.connection.execute("DELETE FROM peer_w10 WHERE id > $1", (2,)).statusmessage, "DELETE 2")
        self.assertEqual(self.connection.execute("DELETE FROM peer_w10 WHERE id > 90").statusmessage, "DELETE 0")
        # One that fails has no tag: its only answer is the error.
        for query, values in (
            ("INSERT INTO peer_w10 VALUES ($1, 1, 'x')", [b"1"]),
            ("UPDATE peer_w10 SET t = $1", [b"too long"]),
        ):
            found = self.connection.pgconn.exec_params(query.encode(), values)
            self.assertEqual(found.status, pq.ExecStatus.FATAL_ERROR)
            self.assertEqual(found.command_status, b"")
        self.assertEqual(self.rows("SELECT * FROM peer_w10 ORDER BY id"), [(1, 2, "a"), (2, 1, "b")])

    def test_w11_empty_text_is_not_null(self):
        self.table("peer_w11", "id int PRIMARY KEY, t varchar(5)")
        self.connection.execute("INSERT INTO peer_w11 VALUES (1, ''), (2, NULL), (3, $1), (4, $2)", ("", None))
        for binary in (False, True):
            found = self.rows("SELECT t FROM peer_w11 ORDER BY id", binary=binary)
            self.assertEqual(found, [("",), (None,), ("",), (None,)])
        self.assertEqual(self.rows("SELECT id FROM peer_w11 WHERE t IS NULL ORDER BY id"), [(2,), (4,)])
        self.assertEqual(self.rows("SELECT id FROM peer_w11 WHERE t = '' ORDER BY id"), [(1,), (3,)])
        self.assertEqual(self.rows("SELECT id, length(t) FROM peer_w11 WHERE t = $1 ORDER BY id", ("",)), [(1, 0), (3, 0)])
        self.assertEqual(self.rows("SELECT '' AS a, ''::varchar AS b, NULL::text AS c"), [("", "", None)])

    def test_w12_dates_in_text_are_dates(self):
        self.table("peer_w12", "id int PRIMARY KEY, d date")
        days = [datetime.date(2024, 1, 2), datetime.date(1840, 12, 31), datetime.date(1999, 12, 31), datetime.date(2000, 1, 1)]
        for number, day in enumerate(days):
            self.connection.execute("INSERT INTO peer_w12 VALUES ($1, $2)", (number, day))
        for binary in (False, True):
            found = self.rows("SELECT d FROM peer_w12 ORDER BY id", binary=binary)
            self.assertEqual(found, [(day,) for day in days])
        self.assertEqual(psql("SELECT d FROM peer_w12 ORDER BY id"), "".join(f"{day}\n" for day in days))
        self.assertEqual(psql("SELECT '2024-01-02'::date"), "2024-01-02\n")

    def test_w13_copy_to_is_right_or_refused(self):
        self.table("peer_w13", "id int PRIMARY KEY, t varchar(10)")
        self.connection.execute("INSERT INTO peer_w13 VALUES (1, 'a'), (2, NULL), (3, '')")
        for query in ("COPY peer_w13 TO STDOUT", "COPY (SELECT * FROM peer_w13 ORDER BY id) TO STDOUT"):
            try:
                with self.connection.cursor().copy(query) as copy:
                    found = b"".join(bytes(part) for part in copy)
                self.assertEqual(found, b"1\ta\n2\t\\N\n3\t\n")
            except psycopg.errors.FeatureNotSupported:
                pass
        self.assertEqual(self.rows("SELECT * FROM peer_w13 ORDER BY id"), [(1, "a"), (2, None), (3, "")])

    def test_w14_copy_from_is_right_or_refused(self):
        self.table("peer_w14", "id int PRIMARY KEY, t varchar(20), n int")
        self.connection.execute("INSERT INTO peer_w14 VALUES (0, 'there', 0)")
        cases = [
            ("COPY peer_w14 (t, id) FROM STDIN", b"a\\tb\t1\n\\N\t2\n\t3\n", [(1, "a\tb", None), (2, None, None), (3, "", None)]),
            (
                "COPY public.peer_w14 FROM STDIN WITH (FORMAT csv, HEADER)",
                b'id,t,n\n1,"two\nlines",\n2,"",7\n',
                [(1, "two\nlines", None), (2, "", 7)],
            ),
            ("COPY peer_w14 FROM STDIN CSV", b"1,,\n", [(1, None, None)]),
        ]
        for query, data, expected in cases:
            with self.subTest(query=query):
                try:
                    with self.connection.cursor().copy(query) as copy:
                        copy.write(data)
                except psycopg.errors.FeatureNotSupported:
                    expected = []
                self.assertEqual(self.rows("SELECT id, t, n FROM peer_w14 WHERE id > 0 ORDER BY id"), expected)
                self.assertEqual(self.rows("SELECT t FROM peer_w14 WHERE id = 0"), [("there",)])
                self.connection.execute("DELETE FROM peer_w14 WHERE id > 0")

    def test_w15_a_statement_runs_once(self):
        for query in ("TRAIN MODEL m", "CREATE MODEL m PREDICTING (a) FROM t", "SELECT PREDICT(m)"):
            with self.assertRaises(psycopg.Error) as caught:
                self.connection.execute(query)
            self.assertIn(caught.exception.sqlstate, ("42601", "42703", "42883", "0A000"), query)
        # A counting column tells how often an INSERT ran, whichever way it came.
        self.table("peer_w15", "id serial PRIMARY KEY, t varchar(10)")
        self.connection.execute("INSERT INTO peer_w15 (t) VALUES ('simple')")
        self.connection.execute("INSERT INTO peer_w15 (t) VALUES ($1)", ("extended",))
        for _ in range(3):
            self.connection.execute("INSERT INTO peer_w15 (t) VALUES ($1)", ("prepared",), prepare=True)
        # Described beforehand, as JDBC and asyncpg do: Describe runs nothing.
        self.connection.pgconn.prepare(b"peer", b"INSERT INTO peer_w15 (t) VALUES ($1)")
        self.connection.pgconn.describe_prepared(b"peer")
        self.connection.pgconn.exec_prepared(b"peer", [b"described"])
        expected = list(enumerate(["simple", "extended", "prepared", "prepared", "prepared", "described"], start=1))
        self.assertEqual(self.rows("SELECT id, t FROM peer_w15 ORDER BY id"), expected)

    def test_w16_information_schema_is_right_or_refused(self):
        self.table("peer_w16", "id int PRIMARY KEY, t varchar(10)")
        unknown = ("0A000", "42P01", "3F000")
        for parameters, name in ((None, "'peer_w16'"), (("peer_w16",), "$1")):
            self.right_or_refused(
                [("public", "peer_w16", "BASE TABLE")],
                "SELECT table_schema, table_name, table_type FROM information_schema.tables WHERE table_name = " + name,
                parameters,
                unknown,
            )
            self.right_or_refused(
                [("id", "integer"), ("t", "character varying")],
                "SELECT column_name, data_type FROM information_schema.columns"
                f" WHERE table_name = {name} ORDER BY ordinal_position",
                parameters,
                unknown,
            )
            self.right_or_refused(
                [("peer_w16",)], f"SELECT relname FROM pg_catalog.pg_class WHERE relname = {name}", parameters, unknown
            )

    def test_w17_limits_of_with_and_union(self):
        self.table("peer_w17", "id int PRIMARY KEY")
        self.connection.execute("INSERT INTO peer_w17 VALUES (1), (2), (3), (4), (5), (6)")
        order = "ORDER BY id LIMIT 3"
        high = f"WITH high AS (SELECT id FROM peer_w17 WHERE id > 1) SELECT id FROM high WHERE id <> 2 {order}"
        self.assertEqual(self.rows(high), [(3,), (4,), (5,)])
        summed = "WITH every AS (SELECT id FROM peer_w17) SELECT count(*), sum(id) FROM every LIMIT 1"
        self.assertEqual(self.rows(summed), [(6, 21)])
        union = f"SELECT id FROM peer_w17 WHERE id < 3 UNION ALL SELECT id FROM peer_w17 WHERE id > 4 {order}"
        self.assertEqual(self.rows(union), [(1,), (2,), (5,)])
        self.assertEqual(self.rows(union + " OFFSET 3"), [(6,)])
        for parameters, bound in ((None, "90"), ((90,), "$1")):
            cursor = self.connection.execute(
                f"WITH none AS (SELECT id FROM peer_w17 WHERE id > {bound}) SELECT id AS a, 'x' AS b FROM none", parameters
            )
            self.assertEqual([column.name for column in cursor.description], ["a", "b"])
            self.assertEqual((cursor.fetchall(), cursor.statusmessage), ([], "SELECT 0"))

    def test_w18_sessions_share_nothing(self):
        self.table("peer_w18", "id int PRIMARY KEY, t varchar(10)")
        self.connection.execute("INSERT INTO peer_w18 VALUES (1, 'a')")
        with connect() as other:
            # Settings, and prepared statements of one name.
            self.connection.execute("SET application_name = 'mine'")
            self.connection.execute("SET statement_timeout = '7s'")
            self.assertEqual(self.rows("SHOW application_name", connection=other), [("",)])
            self.assertEqual(self.rows("SHOW statement_timeout", connection=other), [("0",)])
            self.connection.pgconn.prepare(b"same", b"SELECT 'mine'::text")
            other.pgconn.prepare(b"same", b"SELECT 'other'::text, 2")
            self.assertEqual(self.connection.pgconn.exec_prepared(b"same", []).get_value(0, 0), b"mine")
            self.assertEqual(other.pgconn.exec_prepared(b"same", []).get_value(0, 0), b"other")
            self.connection.execute("DEALLOCATE same")
            self.assertEqual(other.pgconn.exec_prepared(b"same", []).get_value(0, 1), b"2")
            # A transaction that is open, and one that has failed.
            self.connection.execute("BEGIN")
            self.connection.execute("UPDATE peer_w18 SET t = 'changed' WHERE id = 1")
            self.assertEqual(other.info.transaction_status, pq.TransactionStatus.IDLE)
            self.assertEqual(self.rows("SELECT 1", connection=other), [(1,)])
            self.connection.execute("ROLLBACK")
            # What one session knew of a table does not outlive the table: right columns or an error, never old ones.
            read = "SELECT * FROM peer_w18"
            self.assertEqual(self.rows(read, connection=other), [(1, "a")])
            self.connection.execute("DROP TABLE peer_w18")
            self.connection.execute("CREATE TABLE peer_w18 (t varchar(10), extra int, id int PRIMARY KEY)")
            self.connection.execute("INSERT INTO peer_w18 VALUES ('new', 5, 9)")
            self.assertEqual(self.rows(read, connection=other), [("new", 5, 9)])

    def test_s4_parameters_never_become_sql(self):
        self.table("peer_s4_patients", "id int PRIMARY KEY")
        self.connection.execute("INSERT INTO peer_s4_patients VALUES (1), (2)")
        self.table("peer_s4", "a varchar(200), b varchar(200)")
        evil = [
            ("who?", ", 0); DELETE FROM peer_s4_patients --"),
            ("?", "?"),
            ("$1", "$2"),
            ("'; DROP TABLE peer_s4_patients; --", "' OR '1'='1"),
            ("\\'; DELETE FROM peer_s4_patients; --", "\\"),
            ("''", "'"),
            ("%s ?1 :1 {0}", "/* ? */ -- ?"),
            ("&sql(DELETE FROM peer_s4_patients)", "{fn NOW()}"),
            ("\r\n;\nDELETE FROM peer_s4_patients\n", "\x01\x02"),
            ("ʼ＇’′", "“”"),
        ]
        for values in evil:
            with self.subTest(values=values):
                self.connection.execute("INSERT INTO peer_s4 VALUES ($1, $2)", values)
                found = self.rows("SELECT a, b FROM peer_s4 WHERE a = $1 AND b = $2", values)
                self.assertEqual(found, [values])
                changed = self.connection.execute("UPDATE peer_s4 SET a = $2, b = $1 WHERE a = $1 AND b = $2", values)
                self.assertEqual(changed.rowcount, 1)
                literals = ["'" + value.replace("'", "''") + "'" for value in values]
                self.assertEqual(self.rows(f"SELECT {literals[0]}, {literals[1]}"), [values])
                removed = self.connection.execute(f"DELETE FROM peer_s4 WHERE a = {literals[1]} AND b = {literals[0]}")
                self.assertEqual(removed.rowcount, 1)
        self.assertEqual(self.rows("SELECT id FROM peer_s4_patients ORDER BY id"), [(1,), (2,)])
        self.assertEqual(self.rows("SELECT count(*) FROM peer_s4"), [(0,)])


if __name__ == "__main__":
    unittest.main()

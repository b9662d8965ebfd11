"""psycopg 3: the driver's ordinary life, with text and binary parameters and results.

What it does on the wire (3.3.9 on libpq 18):

* At connect: SSLRequest, then a startup message with user, database and what else the connection string gives. No statement.
* A statement without parameters: Query. With parameters: Parse without a name, with the types of the values (int2, int4, int8
  by size, 0 for a string), Bind, Describe of the portal, Execute, Sync, all at once, with texts unless %b or binary=True says
  otherwise. From its sixth use on it is named _pg3_0. Outside of autocommit BEGIN comes first, by Query.
* executemany and pipeline(): many of those before one Sync. transaction(): BEGIN or SAVEPOINT "_pg3_1", RELEASE, ROLLBACK TO.
* cancel(): CancelRequest on a second connection. close(): Terminate.

Every test here passes against PostgreSQL; none asks which server it talks to.
"""

import datetime
import decimal
import os
import unittest
import uuid

import psycopg
import psycopg.types.json
import values
from psycopg.pq import TransactionStatus

TYPES = """
    CREATE TABLE psycopg3_types (
        id int PRIMARY KEY,
        flag boolean,
        small smallint,
        big bigint,
        money numeric(12, 2),
        ratio double precision,
        name varchar(60),
        day date,
        clock time(6),
        moment timestamp(6),
        code uuid,
        raw bytea
    )
"""

VALUES = {
    "flag": True,
    "small": -32768,
    "big": 2**62,
    "money": decimal.Decimal("-1234567.50"),
    "ratio": 0.1,
    "name": "Zoë's 😀 “text” \\ % ?",
    "day": datetime.date(1969, 7, 20),
    "clock": datetime.time(23, 59, 58, 123000),
    "moment": datetime.datetime(2024, 2, 29, 12, 30, 15, 250000),
    "code": uuid.UUID("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
    "raw": bytes(range(256)),
}


class Psycopg3(unittest.TestCase):
    """One connection for each test, and tables that it leaves behind for nobody."""

    def setUp(self):
        self.connection = psycopg.connect(connect_timeout=10)
        self.addCleanup(self.connection.close)

    def table(self, definition):
        """Creates a table that is dropped at the end, and again before, should one be left."""
        name = definition.split()[2]
        self.drop(name)
        with psycopg.connect(autocommit=True) as connection:
            connection.execute(definition)
        # The connection ends first: its transaction may hold the table.
        self.addCleanup(self.drop, name)
        self.addCleanup(self.connection.close)

    @staticmethod
    def drop(name):
        with psycopg.connect(autocommit=True) as connection:
            connection.execute(f"DROP TABLE IF EXISTS {name}")

    def test_it_connects_and_knows_the_server(self):
        self.assertGreaterEqual(self.connection.info.server_version, 150000)
        self.assertEqual(self.connection.info.encoding, "utf-8")
        self.assertEqual(self.connection.info.user.lower(), "_system")
        self.assertEqual(self.connection.info.dbname, os.environ["PGDATABASE"])
        self.assertIs(self.connection.info.transaction_status, TransactionStatus.IDLE)

    def test_parameters_in_text_and_binary(self):
        for binary in (False, True):
            with self.subTest(binary=binary):
                cursor = self.connection.cursor(binary=binary)
                cursor.execute("SELECT %s::int + 1, %s::varchar(20)", (41, "text"))
                self.assertEqual(cursor.fetchone(), (42, "text"))
                cursor.execute("SELECT %b::bigint, %t::numeric(9,2)", (2**40, decimal.Decimal("2.5")))
                self.assertEqual(cursor.fetchone(), (2**40, decimal.Decimal("2.50")))

    def test_types_round_trip(self):
        self.table(TYPES)
        columns = ", ".join(VALUES)
        for row, binary in enumerate((False, True), start=1):
            mark = "%b" if binary else "%t"
            marks = ", ".join([mark] * (len(VALUES) + 1))
            self.connection.execute(
                f"INSERT INTO psycopg3_types (id, {columns}) VALUES ({marks})",
                (row, *VALUES.values()),
            )
            for read_binary in (False, True):
                with self.subTest(written_binary=binary, read_binary=read_binary):
                    cursor = self.connection.cursor(binary=read_binary)
                    cursor.execute(f"SELECT {columns} FROM psycopg3_types WHERE id = %s", (row,))
                    self.assertEqual(
                        [column.name for column in cursor.description], list(VALUES)
                    )
                    self.assertEqual(dict(zip(VALUES, cursor.fetchone())), VALUES)

    def test_null_and_empty_text_stay_different(self):
        self.table("CREATE TABLE psycopg3_empty (id int PRIMARY KEY, t varchar(10))")
        cursor = self.connection.cursor()
        cursor.executemany(
            "INSERT INTO psycopg3_empty VALUES (%s, %s)", [(1, ""), (2, None), (3, " ")]
        )
        for binary in (False, True):
            cursor = self.connection.cursor(binary=binary)
            cursor.execute("SELECT t FROM psycopg3_empty ORDER BY id")
            self.assertEqual(cursor.fetchall(), [("",), (None,), (" ",)])
        cursor.execute("SELECT id FROM psycopg3_empty WHERE t IS NULL")
        self.assertEqual(cursor.fetchall(), [(2,)])

    def test_a_query_becomes_prepared_by_use(self):
        self.table("CREATE TABLE psycopg3_numbers (id int PRIMARY KEY, square int)")
        with self.connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO psycopg3_numbers (id, square) VALUES (%s, %s)",
                [(number, number * number) for number in range(50)],
            )
            self.assertEqual(cursor.rowcount, 50)
        # From the sixth execution on psycopg uses a named statement.
        for number in range(20):
            found = self.connection.execute(
                "SELECT square FROM psycopg3_numbers WHERE id = %s", (number,)
            )
            self.assertEqual(found.fetchall(), [(number * number,)])

    def test_transactions_end_as_they_are_told(self):
        self.table("CREATE TABLE psycopg3_words (id int PRIMARY KEY, word varchar(20))")
        insert = "INSERT INTO psycopg3_words VALUES (%s, %s)"
        self.connection.execute(insert, (1, "kept"))
        self.assertIs(self.connection.info.transaction_status, TransactionStatus.INTRANS)
        self.connection.commit()
        self.assertIs(self.connection.info.transaction_status, TransactionStatus.IDLE)
        self.connection.execute(insert, (2, "undone"))
        self.connection.rollback()
        self.assertEqual(self.words(), [(1, "kept")])

    def test_a_savepoint_undoes_its_part_only(self):
        self.table("CREATE TABLE psycopg3_words (id int PRIMARY KEY, word varchar(20))")
        insert = "INSERT INTO psycopg3_words VALUES (%s, %s)"
        with self.connection.transaction():
            self.connection.execute(insert, (1, "outer"))
            with self.assertRaises(psycopg.errors.UniqueViolation):
                with self.connection.transaction():
                    self.connection.execute(insert, (2, "inner"))
                    self.connection.execute(insert, (1, "again"))
            with self.connection.transaction():
                self.connection.execute(insert, (3, "second inner"))
        self.assertEqual(self.words(), [(1, "outer"), (3, "second inner")])

    def words(self):
        """What another connection sees."""
        with psycopg.connect() as other:
            return other.execute("SELECT id, word FROM psycopg3_words ORDER BY id").fetchall()

    def test_an_error_fails_the_transaction_until_its_rollback(self):
        with self.assertRaises(psycopg.errors.UndefinedTable) as caught:
            self.connection.execute("SELECT * FROM psycopg3_no_such_table")
        self.assertEqual(caught.exception.sqlstate, "42P01")
        self.assertIs(self.connection.info.transaction_status, TransactionStatus.INERROR)
        with self.assertRaises(psycopg.errors.InFailedSqlTransaction):
            self.connection.execute("SELECT 1")
        self.connection.rollback()
        self.assertEqual(self.connection.execute("SELECT 1").fetchone(), (1,))

    def test_errors_have_their_classes(self):
        self.connection.autocommit = True
        self.table("CREATE TABLE psycopg3_strict (id int PRIMARY KEY, word varchar(3) NOT NULL)")
        cases = [
            ("SELEC 1", (), psycopg.errors.SyntaxError),
            ("SELECT nope FROM psycopg3_strict", (), psycopg.errors.UndefinedColumn),
            ("INSERT INTO psycopg3_strict (id) VALUES (1)", (), psycopg.errors.NotNullViolation),
            ("SELECT %t::int", ("x",), psycopg.errors.InvalidTextRepresentation),
            ("SELECT %t::int", ("2147483648",), psycopg.errors.NumericValueOutOfRange),
            ("SELECT %t::date", ("2024-02-30",), psycopg.errors.DatetimeFieldOverflow),
        ]
        for query, parameters, expected in cases:
            with self.subTest(query=query), self.assertRaises(expected):
                self.connection.execute(query, parameters)
        self.assertEqual(self.connection.execute("SELECT 1").fetchone(), (1,))

    def test_a_pipeline_answers_in_order(self):
        with self.connection.pipeline():
            cursors = [self.connection.execute("SELECT %s::int", (n,)) for n in range(30)]
        self.assertEqual([cursor.fetchone() for cursor in cursors], [(n,) for n in range(30)])

    def test_long_results_and_long_values_arrive_whole(self):
        """Results beyond 64 KiB, values around the limits of short strings and of blocks."""
        self.table("CREATE TABLE psycopg3_long (id int PRIMARY KEY, t text, b bytea)")
        lengths = [1, 32_766, 32_767, 65_535, 65_536, 1_048_570, 1_100_000]
        for number, length in enumerate(lengths):
            text = ("é" if number % 2 else "x") * length
            row = (number, text, bytes(length))
            self.connection.execute("INSERT INTO psycopg3_long VALUES (%s, %s, %s)", row)
        rows = self.connection.execute("SELECT t, b FROM psycopg3_long ORDER BY id").fetchall()
        self.assertEqual([(len(t), len(b)) for t, b in rows], [(n, n) for n in lengths])
        self.table("CREATE TABLE psycopg3_many (id int PRIMARY KEY, v varchar(100))")
        with self.connection.cursor() as cursor:
            rows = [(number, "v" * 90) for number in range(5_000)]
            cursor.executemany("INSERT INTO psycopg3_many VALUES (%s, %s)", rows)
        found = self.connection.execute("SELECT id, v FROM psycopg3_many ORDER BY id").fetchall()
        self.assertEqual(found, rows)

    def test_a_wrong_password_is_28p01(self):
        with self.assertRaises(psycopg.OperationalError) as caught:
            psycopg.connect(password="not the password").close()
        self.assertIn("password authentication failed for user", str(caught.exception))


def sent(kind, text):
    """The value that the driver takes for a type's text."""
    value = values.value(kind, text)
    if kind == "json":
        return psycopg.types.json.Json(value, dumps=str)
    return psycopg.types.numeric.Float4(value) if kind == "float4" else value


def received(kind, text, binary):
    """The value that the driver gives: in text a float4 is the double of its shortest form."""
    return float(text) if kind == "float4" and not binary else values.value(kind, text)


def json_text(data):
    """The text of a json as it came, which the driver hands over as bytes."""
    return bytes(data).decode()


def parameter(kind, texts, binary):
    def test(self):
        psycopg.types.json.set_json_loads(json_text, self.connection)
        mark = "%b" if binary else "%t"
        for text in texts:
            with self.subTest(text=text[:40]):
                cursor = self.connection.cursor(binary=binary)
                cursor.execute(f"SELECT ({mark})::{kind}", (sent(kind, text),))
                self.assertEqual(cursor.fetchall(), [(received(kind, text, binary),)])
                if values.label(kind) != "char":
                    cursor.execute(f"SELECT (({mark})::{kind})::text", (sent(kind, text),))
                    self.assertEqual(cursor.fetchall(), [(text,)])

    return test


def column(kind, texts, binary):
    def test(self):
        psycopg.types.json.set_json_loads(json_text, self.connection)
        name = f"psycopg3_{values.label(kind)}"
        self.table(f"CREATE TABLE {name} (id int PRIMARY KEY, v {kind})")
        mark = "%b" if binary else "%t"
        cursor = self.connection.cursor(binary=binary)
        for number, text in enumerate([*texts, None]):
            cursor.execute(f"INSERT INTO {name} VALUES ({mark}, {mark})", (number, text if text is None else sent(kind, text)))
        cursor.execute(f"SELECT v FROM {name} ORDER BY id")
        expected = [received(kind, text, binary) for text in texts] + [None]
        self.assertEqual([v for (v,) in cursor.fetchall()], expected)
        if kind != "json":
            # In binary a string is a text, which does not compare with char as char does.
            cast = f"::{kind}" if values.label(kind) == "char" else ""
            for number, text in enumerate(texts):
                cursor.execute(f"SELECT id FROM {name} WHERE v = {mark}{cast}", (sent(kind, text),))
                self.assertEqual(cursor.fetchall(), [(number,)])

    return test


for EXTREME in (False, True):
    for KIND, KIND_TEXTS in values.by_type(EXTREME).items():
        NAME = f"test_{values.label(KIND)}" + ("_extremes" if EXTREME else "")
        for BINARY in (False, True):
            FORMAT = "binary" if BINARY else "text"
            setattr(Psycopg3, f"{NAME}_parameter_{FORMAT}", parameter(KIND, KIND_TEXTS, BINARY))
            setattr(Psycopg3, f"{NAME}_column_{FORMAT}", column(KIND, KIND_TEXTS, BINARY))


if __name__ == "__main__":
    unittest.main()

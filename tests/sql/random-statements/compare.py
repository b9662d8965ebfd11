"""Runs random statements on PostgreSQL and on IrisPG and prints every one that both answer differently.

    compare.py SEED COUNT

The environment names PostgreSQL; IRISPG_… the other. Errors and refusals are no answers: only what both answer is compared, and
the contents of a table after a change.
"""

import collections
import os
import random
import sys

from psycopg import pq

from statements import TABLES, Generator

NUMERIC, DOUBLE = 1700, 701  # OIDs
ROUND = 250  # Statements on the same rows.
COMPUTED = {"22003", "22012", "22023"}
ERRORS_THAT_ARE_NONE = {"XX000", "XX001", "57P01", "08006", None}


def connect(prefix):
    settings = {key: os.environ[prefix + name] for key, name in
                (("host", "PGHOST"), ("port", "PGPORT"), ("user", "PGUSER"), ("password", "PGPASSWORD"), ("dbname", "PGDATABASE"))}
    text = " ".join(f"{key}={value}" for key, value in settings.items())
    connection = pq.PGconn.connect(f"{text} sslmode=disable client_encoding=utf8".encode())
    if connection.status != pq.ConnStatus.OK:
        raise SystemExit(connection.get_error_message())
    return connection


def run(connection, text):
    """('error', SQLSTATE, message) or ('rows', types, rows)."""
    result = connection.exec_(text.encode())
    if result.status not in (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK):
        state = result.error_field(pq.DiagnosticField.SQLSTATE)
        message = result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) or b""
        return "error", state and state.decode(), message.decode()
    columns = range(result.nfields)
    rows = [[result.get_value(row, at) for at in columns] for row in range(result.ntuples)]
    types = [result.ftype(at) for at in columns]
    return "rows", (result.command_status.decode(), types), [tuple(map(shown, row, types)) for row in rows]


def shown(value, kind):
    """A value without the zeros at the end of a fraction and without the sign of a zero: tests/sql/pg has those that are kept."""
    text = None if value is None else value.decode()
    if kind == NUMERIC and text and "." in text:
        return text.rstrip("0").rstrip(".")
    return "0" if text == "-0" and kind == DOUBLE else text


def sort(rows):
    return sorted(rows, key=lambda row: tuple((cell is None, cell or "") for cell in row))


class Comparison:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.seed = seed
        self.generator = Generator(self.random)
        self.both = connect(""), connect("IRISPG_")
        self.tally = collections.Counter()
        self.refused = collections.Counter()
        self.example = {}

    def each(self, text):
        return [run(connection, text) for connection in self.both]

    def fill(self):
        for name in TABLES:
            self.each(f"delete from {name}")
        for text in self.generator.filling():
            first, second = self.each(text)
            if (first[0], second[0]) != ("rows", "rows"):
                raise SystemExit(f"{text}: {first} {second}")

    def differ(self, text, first, second):
        self.tally["different"] += 1
        print(f"-- seed {self.seed}\n{text};\n   PostgreSQL: {first}\n   IrisPG:     {second}", flush=True)

    def judge(self, text, ordered):
        first, second = self.each(text)
        if second[0] == "error" and (second[1] in ERRORS_THAT_ARE_NONE):
            self.differ(text, first, second)
        elif first[0] == "error" and second[0] == "error":
            self.tally["both fail"] += 1
        elif second[0] == "error":
            self.tally["refused" if second[1] == "0A000" else "failed"] += 1
            self.refused[(second[1], second[2])] += 1
            self.example[(second[1], second[2])] = text
        elif first[0] == "error":
            # PostgreSQL may compute what it does not give: with LIMIT, say.
            if first[1] in COMPUTED and (" limit " in text or not second[2]):
                self.tally["computed"] += 1
            else:
                self.differ(text, first, second)
        else:
            self.tally["compared"] += 1
            a, b = (first[2], second[2]) if ordered else (sort(first[2]), sort(second[2]))
            if first[1] != second[1] or a != b:
                self.differ(text, (first[1], a), (second[1], b))
        return first[0], second[0]

    def change(self, text):
        for connection in self.both:
            run(connection, "begin")
        outcome = self.judge(text, False)
        if outcome == ("rows", "rows"):
            for name in TABLES:
                first, second = self.each(f"select * from {name} order by id")
                if first != second:
                    self.differ(f"{text}; -- then {name}", first, second)
        for connection in self.both:
            run(connection, "rollback")

    def go(self, count):
        for text in self.generator.creation():
            for one in self.each(text):
                if one[0] == "error":
                    raise SystemExit(f"{text}: {one}")
        for number in range(count):
            if number % ROUND == 0:
                self.fill()
            if self.random.random() < 0.25:
                self.change(self.generator.change())
            else:
                text = self.generator.query()
                self.judge(text, " order by " in text.split(") ")[-1] and "over (" not in text)
        if os.environ.get("IRISPG_REFUSED"):
            for reason, number in self.refused.most_common(60):
                print(number, *reason, "" if reason[0] == "0A000" else self.example[reason])


def main():
    seed, count = map(int, sys.argv[1:])
    comparison = Comparison(seed)
    comparison.go(count)
    print("random-statements:", ", ".join(f"{number} {what}" for what, number in sorted(comparison.tally.items())))
    raise SystemExit(1 if comparison.tally["different"] else 0)


main()

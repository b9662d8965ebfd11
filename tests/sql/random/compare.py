"""Runs random queries on PostgreSQL and on the simulator's engine and prints every difference.

    compare.py PROMPT SEED COUNT
"""

import collections
import datetime
import decimal
import os
import random
import re
import subprocess
import sys

import psycopg

from queries import MIXED, WORDS, Generator, schema, split

ROUND = 400  # Queries on the same rows.
PARAMETER = re.compile("⟨([^⟩]*)⟩")
# ODBC types of whole numbers, and the first number above each (iris-sql §5.3).
INTEGERS = {-6: 1 << 7, 5: 1 << 15, 4: 1 << 31, -5: 1 << 63}


def misfit(column, value):
    """Why a value is none of a column that is described so; None if it is one."""
    name, kind, precision, scale, nullable = column[0], *map(int, column[1:5])
    if value == "<null>":
        return f"{name}: NULL is not allowed" if nullable == 0 else None
    digits = value.lstrip("-").partition(".")
    if kind in INTEGERS:
        limit = INTEGERS[kind]
        fits = re.fullmatch("-?[0-9]+", value) and -limit <= int(value) < limit
    elif kind == 2:
        fits = re.fullmatch("-?[0-9]*[.]?[0-9]*", value) and len(digits[2]) <= scale
        fits = fits and len(digits[0]) <= max(precision - scale, 1)
    elif kind == 9:
        fits = re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value)
    elif kind == 12:
        fits = len(value) <= precision
    else:
        fits = False
    return None if fits else f"{':'.join(column)}: {value}"


class Prompt:
    """The example program `sql`."""

    def __init__(self, program):
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([program], stdin=pipe, stdout=pipe, text=True, encoding="utf-8")

    def run(self, text):
        """The rows of a statement, or its error as text."""
        values = PARAMETER.findall(text)
        if values:
            self.process.stdin.write(f"params: {', '.join(values)}\n")
            text = PARAMETER.sub("?", text)
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        rows, columns = [], []
        for line in self.process.stdout:
            word, _, rest = line.rstrip("\n").partition(": ")
            if word == "columns":
                columns = [column.split(":") for column in rest.split("|")]
            elif word == "row":
                rows.append(tuple(rest.split("|")))
                wrong = [misfit(column, value) for column, value in zip(columns, rows[-1], strict=True)]
                if any(wrong):
                    return f"metadata {next(filter(None, wrong))}"
            elif word == "error":
                return rest
            elif word == "code":
                return rows
        raise SystemExit(f"the simulator went away after: {text}")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def cell(value):
    """A value of PostgreSQL as the simulator prints it."""
    if value is None:
        return "<null>"
    if isinstance(value, float):
        # TRUNC of a quotient of two counts.
        value = decimal.Decimal(repr(value))
    if isinstance(value, (int, decimal.Decimal)):
        text = f"{decimal.Decimal(value):f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
        if digits.startswith("0."):
            digits = digits[1:]
        return "0" if digits == "0" else sign + digits
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value


def oracle(cursor, text):
    """The rows of a statement on PostgreSQL, or None where it is refused."""
    try:
        cursor.execute(text)
    except psycopg.Error as error:
        return str(error).splitlines()[0]
    if cursor.description is None:
        return []
    return [tuple(cell(value) for value in row) for row in cursor.fetchall()]


def main(program, seed, count):
    done, refused, differences = 0, 0, 0
    kinds = collections.Counter()
    with psycopg.connect(os.environ.get("PG_CONNINFO", ""), autocommit=True) as connection:
        cursor = connection.cursor()
        while done < count:
            rng = random.Random(seed)
            words = MIXED if seed % 2 else WORDS
            generator = Generator(rng, words)
            prompt = Prompt(program)
            cursor.execute(f"DROP SCHEMA IF EXISTS s{os.getpid()} CASCADE")
            cursor.execute(f"CREATE SCHEMA s{os.getpid()}")
            cursor.execute(f"SET search_path TO s{os.getpid()}")
            cursor.execute("SET statement_timeout TO '10s'")
            for text in schema(rng, words):
                mine, theirs = split(text)
                cursor.execute(theirs)
                answer = prompt.run(mine)
                if isinstance(answer, str):
                    raise SystemExit(f"{mine}: {answer}")
            for _ in range(min(ROUND, count - done)):
                text, ordered = generator.statement()
                mine, theirs = split(text)
                done += 1
                expected = oracle(cursor, theirs)
                if isinstance(expected, str):
                    refused += 1
                    kinds[expected.split("\n")[0][:60]] += 1
                    continue
                found = prompt.run(mine)
                if not ordered and not isinstance(found, str):
                    expected, found = sorted(expected), sorted(found)
                if found != expected:
                    differences += 1
                    print(f"-- seed {seed}\n{mine}\n  PostgreSQL: {theirs}\n  expected {expected}\n  found    {found}\n", flush=True)
            cursor.execute(f"DROP SCHEMA s{os.getpid()} CASCADE")
            prompt.close()
            seed += 1
    for kind, number in kinds.most_common(12):
        print(f"-- refused {number}: {kind}")
    print(f"sql: random: {done} queries, {refused} that PostgreSQL refuses, {differences} differences")
    return differences != 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))

"""Runs random histories of changes on PostgreSQL and on the simulator's engine; after each step the outcome, the number of
rows and the contents of all tables must be equal. Prints every difference with the history that leads to it.

    compare.py PROMPT SEED COUNT
"""

import collections
import datetime
import decimal
import random
import subprocess
import sys

import psycopg

from histories import Generator, split

STEPS = 30  # Statements of a history.
# What a refusal is about: SQLCODE (iris-sql Appendix A) and SQLSTATE.
CLASSES = {
    "value": ({-104, -105, -146, -147, -400}, {"22001", "22003", "22007", "22008"}),
    "required": ({-108, -304, -305}, {"23502"}),
    "unique": ({-119, -120, -125}, {"23505"}),
    "foreign": ({-121, -122, -123, -124, -127}, {"23503"}),
    "used": ({-317}, {"2BP01"}),
    "name": ({-314, -316}, {"42830"}),
}
BY_ROW = {"unique", "foreign", "required"}


def kind_of(code, side):
    return next((name for name, sides in CLASSES.items() if code in sides[side]), str(code))


class Simulator:
    """The example program `sql`."""

    def __init__(self, program):
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([program], stdin=pipe, stdout=pipe, text=True, encoding="utf-8")

    def run(self, text):
        """Kind of error or None, %ROWCOUNT or the message, rows."""
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        rows = []
        for line in self.process.stdout:
            word, _, rest = line.rstrip("\n").partition(": ")
            if word == "row":
                rows.append(tuple(rest.split("|")))
            elif word == "error":
                return int(rest.split()[0]), rest, []
            elif word == "code":
                code, count = rest.split()
                if (code == "100") != (count == "0") and not rows and text[:3] in ("INS", "UPD", "DEL"):
                    raise SystemExit(f"SQLCODE {code} with {count} rows: {text}")
                return None, int(count), rows
        raise SystemExit(f"the simulator went away after: {text}")


def cell(value):
    """A value of PostgreSQL as the simulator prints it."""
    if value is None:
        return "<null>"
    if isinstance(value, (int, decimal.Decimal)):
        text = f"{decimal.Decimal(value):f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
        digits = digits[1:] if digits.startswith("0.") else digits
        return "0" if digits == "0" else sign + digits
    return value.isoformat() if isinstance(value, datetime.date) else value


class Oracle:
    """PostgreSQL. Every statement runs after a savepoint, so that an error leaves the transaction open (iris-sql §1.6)."""

    def __init__(self, cursor):
        self.cursor = cursor
        self.open = False

    def control(self, text):
        self.cursor.execute(text)
        self.open = text.startswith(("START", "SAVEPOINT", "ROLLBACK TO"))

    def run(self, text):
        """As the simulator's; `settle` ends it."""
        self.cursor.execute("SAVEPOINT _step" if self.open else "BEGIN; SAVEPOINT _step")
        try:
            self.cursor.execute(text)
            return None, self.cursor.rowcount, []
        except psycopg.Error as error:
            return error.sqlstate, str(error).splitlines()[0], []

    def settle(self, keep):
        end = "" if keep else "ROLLBACK TO SAVEPOINT _step; "
        self.cursor.execute(end + "RELEASE SAVEPOINT _step" + ("" if self.open else "; COMMIT"))

    def rows(self, text):
        self.cursor.execute(text)
        return [tuple(cell(value) for value in row) for row in self.cursor.fetchall()]


class History:
    def __init__(self, seed, simulator, cursor, tally):
        self.seed, self.simulator, self.tally = seed, simulator, tally
        self.generator = Generator(random.Random(seed))
        self.oracle = Oracle(cursor)
        self.log = []
        cursor.execute("ROLLBACK; DROP SCHEMA IF EXISTS h CASCADE; CREATE SCHEMA h; SET search_path TO h")

    def differ(self, what):
        print(f"-- seed {self.seed}: {what}")
        print("".join(f"   {line}\n" for line in self.log), flush=True)
        return False

    def run(self):
        """Whether both agreed to the end."""
        for text in self.generator.creation():
            self.log.append(text)
            found, expected = self.simulator.run(text), self.oracle.run(text)
            self.oracle.settle(expected[0] is None)
            if found[0] or expected[0]:
                return self.differ(f"{found[1]} / {expected[1]}")
        for _ in range(STEPS):
            outcome = self.step(self.generator.step())
            if outcome is not None:
                return outcome
        return True

    def step(self, step):
        """None to go on."""
        mine, theirs = split(step.text)
        self.log.append(step.text)
        self.tally[step.kind] += 1
        found = self.simulator.run(mine)
        if step.kind in ("start", "savepoint", "rollback-to", "commit", "rollback"):
            if found[0]:
                return self.differ(found[1])
            self.oracle.control(theirs)
        elif step.refused is not None:
            return None if found[0] == step.refused else self.differ(f"{step.refused} expected: {found[1]}")
        else:
            expected = self.oracle.run(theirs)
            kinds = [kind and kind_of(kind, side) for side, kind in enumerate((found[0], expected[0]))]
            self.log[-1] += f"   -- {kinds[0] or found[1]}"
            if kinds[0] != kinds[1]:
                if kinds == [None, "value"] and found[1] == 0:
                    # PostgreSQL works a literal out before it looks for rows.
                    self.oracle.settle(False)
                    return None
                if step.several and all(kinds):
                    # Which of several rows, or of their checks, is refused first.
                    self.oracle.settle(False)
                    return self.equal_contents()
                if step.by_row and kinds[0] in BY_ROW:
                    self.tally["(by row)"] += 1
                    self.oracle.settle(False)
                    return None
                if step.by_row and kinds[0] is None and kinds[1] in BY_ROW:
                    # Undone here only: the history ends.
                    self.tally["(by row, ended)"] += 1
                    return True
                return self.differ(f"{found[1]} / {expected[1]}")
            self.oracle.settle(expected[0] is None)
            if found[0]:
                self.tally["(refused)"] += 1
                return self.equal_contents()
            counted = step.kind.startswith(("insert", "update", "delete"))
            if counted and found[1] != expected[1] and not step.by_row:
                return self.differ(f"{found[1]} rows / {expected[1]} rows")
        if step.change:
            step.change()
        return self.equal_contents()

    def equal_contents(self):
        for table in self.generator.tables:
            names = ", ".join(column.name for column in table.columns)
            text = f"SELECT {names} FROM {table.name}"
            found, expected = sorted(self.simulator.run(text)[2]), sorted(self.oracle.rows(text))
            if found != expected:
                return self.differ(f"{table.name} ({names})\n   found    {found}\n   expected {expected}")
        return None

    def clear(self):
        self.simulator.run("ROLLBACK")
        for table in self.generator.tables:
            for key in table.foreign:
                self.simulator.run(f"ALTER TABLE {table.name} DROP CONSTRAINT {key.name}")
        for table in reversed(self.generator.tables):
            found = self.simulator.run(f"DROP TABLE IF EXISTS {table.name}")
            if found[0]:
                raise SystemExit(f"DROP TABLE {table.name}: {found[1]}")


def main(program, seed, count):
    tally, differences = collections.Counter(), 0
    simulator = Simulator(program)
    with psycopg.connect("", autocommit=True) as connection:
        cursor = connection.cursor()
        cursor.execute("SET client_min_messages TO error")
        for number in range(seed, seed + count):
            history = History(number, simulator, cursor, tally)
            differences += not history.run()
            history.clear()
            cursor.execute("ROLLBACK")
    print("; ".join(f"{kind} {number}" for kind, number in tally.most_common()))
    print(f"sql: random changes: {count} histories, {differences} differences")
    return differences != 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))

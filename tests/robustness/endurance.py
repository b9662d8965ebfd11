"""What one long-lived worker may cost, and what is left when the supervisor is killed.

The short form takes seconds; IRISPG_LONG=1 makes it thorough.
"""

import os
import pathlib
import signal
import unittest

import psycopg

from server import Server, wait_until

LONG = bool(os.environ.get("IRISPG_LONG"))
STATEMENTS = 200_000 if LONG else 10_000
WARM_UP = 2_000

# What a worker may gain once its caches are warm: allocator slack, in bytes.
WORKER_SLACK = 4 * 1024 * 1024


def worker_memory(pid):
    """Private bytes of a process: what is shared with others costs nothing."""
    rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    lines = (line.split() for line in rollup.splitlines())
    return 1024 * sum(int(line[1]) for line in lines if line[0].startswith("Private_"))


def worker_descriptors(pid):
    """How many descriptors a process has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))


class Endurance(unittest.TestCase):
    """A worker does much, and stays as it was."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server().start()
        cls.addClassCleanup(cls.server.remove)
        with cls.server.connect() as connection:
            connection.execute("CREATE TABLE endurance (id integer PRIMARY KEY, t varchar(40))")
            connection.execute("INSERT INTO endurance VALUES (1, 'one'), (2, 'two')")

    def check(self, statement):
        """Runs a statement many times; neither memory nor descriptors may go on growing."""
        with self.server.connect(autocommit=True) as connection:
            pid = connection.info.backend_pid
            for number in range(WARM_UP):
                statement(connection, number)
            memory, descriptors = worker_memory(pid), worker_descriptors(pid)
            for number in range(WARM_UP, WARM_UP + STATEMENTS):
                statement(connection, number)
            self.assertLessEqual(worker_descriptors(pid), descriptors)
            grown = worker_memory(pid) - memory
            self.assertLess(grown, WORKER_SLACK, f"the worker grew by {grown} bytes")

    def test_the_same_statement(self):
        def statement(connection, number):
            row = connection.execute("SELECT t FROM endurance WHERE id = %s", (1 + number % 2,))
            self.assertEqual(len(row.fetchall()), 1)

        self.check(statement)

    def test_ever_new_statements(self):
        # A new text each time: every cache of texts must have an end.
        self.check(lambda connection, number: connection.execute(f"SELECT {number} AS c{number}"))

    def test_errors(self):
        def statement(connection, number):
            with self.assertRaises(psycopg.Error):
                connection.execute(f"SELECT x{number % 7} FROM endurance")

        self.check(statement)

    def test_transactions(self):
        def statement(connection, number):
            with connection.transaction(force_rollback=number % 2 == 0):
                connection.execute("UPDATE endurance SET t = %s WHERE id = 1", (f"{number}",))

        self.check(statement)

    def test_wide_rows_in_both_formats(self):
        def statement(connection, number):
            text = "é" * (number % 500)
            cursor = connection.cursor(binary=number % 2 == 0)
            row = cursor.execute("SELECT CAST(%s AS varchar(600))", (text,)).fetchone()
            self.assertEqual(row, (text,))

        self.check(statement)


class Killed(unittest.TestCase):
    """kill -9 of the supervisor."""

    def test_a_killed_supervisor_leaves_nothing_but_what_was_committed(self):
        server = Server()
        self.addCleanup(server.remove)
        server.start()
        with server.connect() as connection:
            connection.execute("CREATE TABLE kept (id integer PRIMARY KEY)")
            connection.execute("INSERT INTO kept VALUES (1)")
        connection = server.connect()
        connection.execute("INSERT INTO kept VALUES (2)")
        workers = server.workers()
        self.assertIn(connection.info.backend_pid, workers)
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        wait_until(
            "the workers to end with their supervisor",
            lambda: not any(os.path.exists(f"/proc/{pid}") for pid in workers),
        )
        with self.assertRaises(psycopg.OperationalError):
            connection.execute("SELECT 1")
        connection.close()
        server.start()
        with server.connect() as again:
            self.assertEqual(again.execute("SELECT id FROM kept").fetchall(), [(1,)])


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""RETURNING and ON CONFLICT while others do the same: every row that is given back is one that this statement touched."""

import collections
import os
import threading
import unittest

import psycopg

from server import Server

LONG = bool(os.environ.get("IRISPG_LONG"))
SESSIONS = 4
ROUNDS = 1000 if LONG else 100


def at_once(server, work):
    """Runs `work` in several sessions at once and gives what each of them gave."""
    given, failed = [None] * SESSIONS, []

    def session(number):
        try:
            with server.connect(autocommit=True) as connection:
                given[number] = list(work(connection, number))
        except Exception as error:  # whatever it is, the test must fail by it
            failed.append(error)

    threads = [threading.Thread(target=session, args=(number,)) for number in range(SESSIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return [one for own in given for one in own]


class Plans(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server().start()
        cls.addClassCleanup(cls.server.remove)

    def setUp(self):
        self.connection = self.server.connect(autocommit=True)
        self.addCleanup(self.connection.close)
        self.run_all = self.connection.execute

    def test_update_returns_what_it_made(self):
        self.run_all("create table plans_counter (id integer primary key, n integer)")
        self.run_all("insert into plans_counter values (1, 0), (2, 0)")

        def count(connection, number):
            for turn in range(ROUNDS):
                key = (turn + number) % 2 + 1
                row = connection.execute(
                    "update plans_counter set n = n + 1 where id = %s returning id, n", (key,)
                )
                yield row.fetchone()

        seen = at_once(self.server, count)
        total = collections.Counter(key for key, _ in seen)
        for key in (1, 2):
            numbers = sorted(n for own, n in seen if own == key)
            self.assertEqual(numbers, list(range(1, total[key] + 1)))
        left = self.run_all("select id, n from plans_counter order by id").fetchall()
        self.assertEqual(left, sorted(total.items()))

    def test_delete_gives_each_row_to_one_session(self):
        self.run_all("create table plans_queue (id integer primary key, kind integer)")
        for start in range(0, ROUNDS, 50):
            values = ", ".join(f"({start + n}, {n % 3})" for n in range(50))
            self.run_all(f"insert into plans_queue values {values}")

        def take(connection, number):
            for turn in range(ROUNDS):
                rows = connection.execute("delete from plans_queue where id = %s returning id, kind", (turn,))
                yield from rows.fetchall()

        seen = at_once(self.server, take)
        self.assertEqual(sorted(key for key, _ in seen), list(range(ROUNDS)))
        self.assertEqual(self.run_all("select count(*) from plans_queue").fetchone(), (0,))

    def test_do_nothing_files_each_row_once(self):
        self.run_all("create table plans_once (id integer primary key, owner integer)")

        def file(connection, number):
            for turn in range(ROUNDS):
                rows = connection.execute(
                    "insert into plans_once values (%s, %s), (%s, %s) on conflict do nothing returning id, owner",
                    (turn, number, turn + 1, number),
                )
                for key, owner in rows.fetchall():
                    self.assertEqual(owner, number)
                    yield key

        seen = at_once(self.server, file)
        self.assertEqual(sorted(seen), list(range(ROUNDS + 1)))

    def test_do_update_loses_no_count(self):
        self.run_all("create table plans_upsert (id integer primary key, n integer not null)")

        def count(connection, number):
            for turn in range(ROUNDS):
                row = connection.execute(
                    "insert into plans_upsert values (%s, 1) on conflict (id) do update set n = plans_upsert.n + 1"
                    " returning id, n",
                    (turn % 5,),
                )
                yield row.fetchone()

        seen = at_once(self.server, count)
        for key in range(5):
            numbers = sorted(n for own, n in seen if own == key)
            self.assertEqual(numbers, list(range(1, SESSIONS * ROUNDS // 5 + 1)))

    def test_do_update_finds_rows_that_come_and_go(self):
        self.run_all("create table plans_flicker (id integer primary key, n integer not null)")

        def flicker(connection, number):
            for _ in range(ROUNDS):
                if number == 0:
                    connection.execute("delete from plans_flicker where id = 1")
                    continue
                row = connection.execute(
                    "insert into plans_flicker values (1, 0) on conflict (id) do update set n = excluded.n returning id, n"
                )
                yield row.fetchall()

        seen = at_once(self.server, flicker)
        self.assertEqual(set(map(tuple, seen)), {((1, 0),)})

    def test_a_cancelled_change_leaves_nothing(self):
        self.run_all("create table plans_cancel (id integer primary key)")
        values = ", ".join(f"({n})" for n in range(3000))
        with self.assertRaises(psycopg.errors.QueryCanceled):
            with self.server.connect(autocommit=True) as connection:
                connection.execute("set statement_timeout = '30ms'")
                connection.execute(f"insert into plans_cancel values {values} returning id")
        self.assertEqual(self.run_all("select count(*) from plans_cancel").fetchone(), (0,))
        # The same in a block, where the client has the last word.
        with self.server.connect() as connection:
            connection.execute("insert into plans_cancel values (-1)")
            connection.execute("savepoint s")
            connection.execute("set local statement_timeout = '30ms'")
            with self.assertRaises(psycopg.errors.QueryCanceled):
                connection.execute(f"insert into plans_cancel values {values} returning id")
            connection.execute("rollback to s")
            connection.commit()
        self.assertEqual(self.run_all("select id from plans_cancel").fetchall(), [(-1,)])


if __name__ == "__main__":
    unittest.main()

"""What must hold when clients are many, silent, rude or gone: run against the real program, from outside.

The short form takes well under a minute; IRISPG_LONG=1 makes it thorough.
"""

import os
import pathlib
import random
import resource
import signal
import socket
import statistics
import struct
import threading
import time
import unittest

import psycopg

from server import Server, wait_until

LONG = bool(os.environ.get("IRISPG_LONG"))
SILENT = 3000 if LONG else 1000
OPENED = 2000 if LONG else 200
STATEMENTS = 100_000 if LONG else 10_000
SAVEPOINTS = 10_000 if LONG else 1_000
CLIENTS = 32
SECONDS = 60 if LONG else 5

# What the supervisor may keep of a storm: allocator slack, in bytes.
SLACK = 8 * 1024 * 1024


def login_time(server):
    """The median time of a login, in seconds."""
    times = []
    for _ in range(7):
        begin = time.perf_counter()
        server.connect().close()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def closed_by_server(peer):
    """Reads until the server closes, and gives what came before."""
    received = b""
    try:
        while chunk := peer.recv(65_536):
            received += chunk
    except ConnectionResetError:
        pass
    return received


def said_to(peer, greeting):
    """What a server answers to a peer that says one thing and then no more. It may have closed before that."""
    try:
        peer.sendall(greeting)
        peer.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    return closed_by_server(peer)


class Robustness(unittest.TestCase):
    """One server for all tests; after each it must be as it was at rest."""

    @classmethod
    def setUpClass(cls):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        cls.server = Server().start()
        cls.addClassCleanup(cls.server.remove)
        with cls.server.connect() as connection:
            connection.execute("CREATE TABLE robust (id integer PRIMARY KEY, v integer)")
        wait_until("the spare workers to be there", lambda: len(cls.server.workers()) >= 2)
        print(f"\nrobustness: at first {cls.server.figures()}", flush=True)

    @classmethod
    def tearDownClass(cls):
        wait_until("the workers of closed connections to be gone", lambda: len(cls.server.workers()) <= 16)
        print(f"\nrobustness: at last {cls.server.figures()}", flush=True)

    def setUp(self):
        with self.server.connect() as connection:
            connection.execute("DELETE FROM robust")
        self.at_rest()
        self.descriptors = self.server.descriptors()
        self.memory = self.server.memory()

    def tearDown(self):
        self.at_rest()
        # A spare worker more or less has its descriptors in the supervisor; sixteen are the most there may be.
        wait_until(
            f"the supervisor's descriptors to fall from {self.server.descriptors()} to {self.descriptors}",
            lambda: self.server.descriptors() <= self.descriptors + 2 * 16,
        )
        self.assertLess(self.server.memory(), self.memory * 1.1 + SLACK, "the supervisor's memory grew")

    def at_rest(self):
        """Waits until no worker is left but spare ones."""
        wait_until("the workers of closed connections to be gone", lambda: len(self.server.workers()) <= 16)

    def settled(self):
        """The workers, once nobody has come or gone for a while: a spare one replaces one that was used."""
        for _ in range(20):
            seen = self.server.workers()
            time.sleep(0.3)
            if self.server.workers() == seen:
                return seen
        raise AssertionError("the number of spare workers never settles")

    def rows(self):
        """How many rows others see."""
        with self.server.connect() as connection:
            return connection.execute("SELECT count(*) FROM robust").fetchone()[0]

    def test_silent_connections_cost_no_process(self):
        usual = login_time(self.server)
        before = len(self.settled())
        peers = []
        try:
            for _ in range(SILENT):
                peers.append(self.server.raw())
            self.assertLessEqual(len(self.server.workers()), before + 1)
            self.assertLess(login_time(self.server), usual * 2 + 0.02, "an honest client must not notice")
        finally:
            for peer in peers:
                peer.close()

    def test_a_cancel_request_needs_no_worker(self):
        before = self.settled()
        for _ in range(5):
            with self.server.raw() as peer:
                peer.sendall(struct.pack("!IIII", 16, 80_877_102, 4711, 815))
                self.assertEqual(closed_by_server(peer), b"", "a cancel request gets no answer")
        self.assertEqual(self.server.workers(), before)

    def test_nonsense_harms_nobody(self):
        dice = random.Random(1)
        greetings = [
            b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            struct.pack("!II", 0x7FFF_FFFF, 196_608),
            struct.pack("!II", 8, 196_608),
            struct.pack("!II", 7, 0),
            b"\0\0\0\0\0\0\0\0",
            b"SSH-2.0-OpenSSH_9.2\r\n",
        ]
        greetings += [dice.randbytes(dice.randrange(1, 200)) for _ in range(200 if LONG else 40)]
        with self.server.connect() as bystander:
            for greeting in greetings:
                with self.server.raw() as peer:
                    answer = said_to(peer, greeting)
                    self.assertTrue(answer == b"" or answer[:1] in b"ENv", f"{greeting!r} was answered {answer!r}")
            self.assertEqual(bystander.execute("SELECT 1").fetchone(), (1,))

    def test_a_message_of_two_gigabytes_after_login(self):
        connection = self.server.connect()
        with socket.fromfd(connection.fileno(), socket.AF_INET, socket.SOCK_STREAM) as peer:
            peer.setblocking(True)
            peer.settimeout(10)
            peer.sendall(b"Q" + struct.pack("!I", 0x7FFF_FFFF) + b"select 1")
            answer = closed_by_server(peer)
        connection.close()
        # PostgreSQL closes without a word; a reason is as good.
        self.assertTrue(answer == b"" or b"C08P01\0" in answer, answer)

    def test_connections_opened_used_and_closed(self):
        for number in range(OPENED):
            with self.server.connect() as connection:
                self.assertEqual(connection.execute("SELECT %s + 0", (number,)).fetchone()[0], number)

    def test_many_statements_on_one_connection(self):
        with self.server.connect(autocommit=True) as connection:
            for number in range(STATEMENTS):
                row = connection.execute("SELECT CAST(%s AS integer)", (number,), prepare=True).fetchone()
                self.assertEqual(row, (number,))
            worker = connection.info.backend_pid
            self.assertIn(worker, self.server.workers())

    def test_many_statements_in_one_transaction(self):
        with self.server.connect() as connection:
            for number in range(STATEMENTS):
                connection.execute("INSERT INTO robust (id, v) VALUES (%s, %s)", (number, -number))
            connection.rollback()
        self.assertEqual(self.rows(), 0)

    def test_many_savepoints(self):
        with self.server.connect() as connection:
            for number in range(SAVEPOINTS):
                connection.execute("SAVEPOINT s")
                if number % 10 == 0:
                    connection.execute("INSERT INTO robust (id, v) VALUES (%s, 0)", (number,))
                if number % 20 == 0:
                    connection.execute("ROLLBACK TO SAVEPOINT s")
                connection.execute("RELEASE SAVEPOINT s")
            connection.commit()
        self.assertEqual(self.rows(), SAVEPOINTS // 20)

    def test_many_clients_at_once(self):
        end = time.monotonic() + SECONDS
        failures, counts = [], [0] * CLIENTS

        def client(number):
            try:
                with self.server.connect(autocommit=True) as connection:
                    connection.execute("INSERT INTO robust (id, v) VALUES (%s, 0)", (number,))
                    while time.monotonic() < end:
                        connection.execute("UPDATE robust SET v = v + 1 WHERE id = %s", (number,))
                        counts[number] += 1
                    (value,) = connection.execute("SELECT v FROM robust WHERE id = %s", (number,)).fetchone()
                    if value != counts[number]:
                        failures.append(f"client {number} counted {counts[number]}, the row says {value}")
            except psycopg.Error as error:
                failures.append(f"client {number}: {error}")

        threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        self.assertGreater(min(counts), 0, "a client starved")

    def test_a_killed_worker_costs_one_connection(self):
        bystander = self.server.connect(autocommit=True)
        victim = self.server.connect()
        victim.execute("INSERT INTO robust (id, v) VALUES (1, 1)")
        bystander.execute("INSERT INTO robust (id, v) VALUES (2, 2)")
        os.kill(victim.info.backend_pid, signal.SIGKILL)
        with self.assertRaises(psycopg.OperationalError):
            victim.execute("SELECT 1")
        victim.close()
        self.assertEqual(bystander.execute("SELECT 1").fetchone(), (1,))
        # Its open transaction is undone, and its row lock is gone.
        wait_until("the killed worker's row to be gone", lambda: self.rows() == 1)
        bystander.execute("INSERT INTO robust (id, v) VALUES (1, 3)")
        bystander.close()

    def test_a_client_that_vanishes_is_rolled_back(self):
        connection = self.server.connect()
        connection.execute("INSERT INTO robust (id, v) VALUES (1, 1)")
        worker = connection.info.backend_pid
        # The process ends without a Terminate message.
        with socket.fromfd(connection.fileno(), socket.AF_INET, socket.SOCK_STREAM) as peer:
            peer.shutdown(socket.SHUT_RDWR)
        wait_until("its worker to be gone", lambda: worker not in self.server.workers(), 5)
        self.assertEqual(self.rows(), 0)
        connection.close()


class Lifecycle(unittest.TestCase):
    """Starting, filling and stopping a server."""

    def test_data_survive_a_restart(self):
        server = Server()
        self.addCleanup(server.remove)
        server.start()
        with server.connect() as connection:
            connection.execute("CREATE TABLE kept (id integer PRIMARY KEY)")
            connection.execute("INSERT INTO kept VALUES (7)")
        self.assertEqual(server.stop(), 0)
        server.start()
        with server.connect() as connection:
            self.assertEqual(connection.execute("SELECT id FROM kept").fetchall(), [(7,)])

    def test_a_stop_ends_sessions_with_their_reason(self):
        server = Server()
        self.addCleanup(server.remove)
        server.start()
        idle = server.connect(autocommit=True)
        inside = server.connect()
        inside.execute("SELECT 1")
        workers = server.workers()
        self.assertEqual(server.stop(), 0)
        for connection in (idle, inside):
            with self.assertRaises(psycopg.OperationalError) as caught:
                connection.execute("SELECT 1")
            self.assertIn(caught.exception.sqlstate, ("57P01", None))
            self.assertIn("terminat", str(caught.exception))
            connection.close()
        for pid in workers:
            self.assertFalse(os.path.exists(f"/proc/{pid}"), f"worker {pid} outlived its server")

    def test_no_process_may_leave_a_core_file(self):
        server = Server()
        self.addCleanup(server.remove)
        server.start()
        with server.connect():
            for pid in server.workers() | {server.process.pid}:
                limits = pathlib.Path(f"/proc/{pid}/limits").read_text().splitlines()
                (core,) = [line.split()[4:6] for line in limits if line.startswith("Max core file size")]
                self.assertEqual(core, ["0", "0"], f"of process {pid}")

    def test_one_client_too_many_is_told_so(self):
        server = Server("--connections-max", "3")
        self.addCleanup(server.remove)
        server.start()
        held = [server.connect() for _ in range(3)]
        with self.assertRaises(psycopg.OperationalError) as caught:
            server.connect()
        self.assertIn("too many", str(caught.exception))
        held.pop().close()

        def admitted():
            try:
                server.connect().close()
            except psycopg.OperationalError:
                return False
            return True

        wait_until("the freed place to be given away", admitted)
        for connection in held:
            connection.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)

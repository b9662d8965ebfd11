"""A private IrisPG on the simulator, seen from outside: its processes, descriptors and memory, by /proc."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import psycopg

ROOT = pathlib.Path(__file__).resolve().parents[2]

# A test waits for a state, never for a time; this is when it gives up, in seconds.
PATIENCE = 10.0


def wait_until(what, condition, patience=PATIENCE):
    """Waits until a condition holds and gives its value; says what it waited for if it never does."""
    end = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {patience} s for {what}")
        time.sleep(0.01)


def free_port():
    """A TCP port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One server process with a data directory of its own, which outlives a restart."""

    def __init__(self, *arguments):
        self.program = os.path.realpath(os.environ.get("IRISPG", ROOT / "target/debug/irispg"))
        self.arguments = arguments
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="irispg-robustness."))
        self.log = self.directory / "log"
        self.process = None
        self.port = None

    def start(self):
        """Starts the program and waits until it listens."""
        self.port = free_port()
        environment = {k: v for k, v in os.environ.items() if k not in ("ISC_PACKAGE_INSTALLDIR", "IRISPG")}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.program, "serve", "--listen", f"127.0.0.1:{self.port}", "--data", str(self.directory / "data"),
                 "--shutdown-grace", "1s", *self.arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment,
            )
        wait_until("the server to listen", self.listens)
        # The first login makes the simulator's files, so that what follows is measured on a server at rest.
        self.connect().close()
        return self

    def listens(self):
        """Whether the port is open."""
        if self.process.poll() is not None:
            raise AssertionError(f"the server ended:\n{self.log.read_text()[-3000:]}")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self):
        """Asks the server to stop and gives its exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"the server did not stop within {PATIENCE} s") from None

    def remove(self):
        """Stops the server if it runs and removes its data."""
        if self.process is not None and self.process.poll() is None:
            self.stop()
        shutil.rmtree(self.directory)

    def connect(self, **options):
        """A logged-in connection."""
        given = {"user": "_SYSTEM", "password": "SYS", "dbname": "USER", "connect_timeout": 10, **options}
        return psycopg.connect(host="127.0.0.1", port=self.port, **given)

    def raw(self):
        """A connection that has sent nothing."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def workers(self):
        """The process ids of the workers, idle ones included."""
        pids = set()
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            pids.update(int(pid) for pid in (task / "children").read_text().split())
        return pids

    def descriptors(self):
        """How many descriptors the supervisor has open."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def memory(self):
        """Resident bytes of the supervisor."""
        pages = int(pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def figures(self):
        """What the server costs at the moment, as a line to read."""
        return (f"{len(self.workers())} workers, {self.descriptors()} descriptors and "
                f"{self.memory() // 1024} KiB in the supervisor")

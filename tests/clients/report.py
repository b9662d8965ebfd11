"""Runs the unittest modules of a driver and prints one line per test, which judge.py reads.

    python report.py MODULE…

Lines are «ok NAME», «failed NAME: MESSAGE» and at the end «done COUNT». A test that takes longer than 30 s fails.
"""

import signal
import sys
import traceback
import unittest

# No test waits for anything that takes longer than a few seconds.
TEST_SECONDS = 30


class Lines(unittest.TestResult):
    """Prints what became of each test when it is over; failed parts of a test make it fail once."""

    def __init__(self):
        super().__init__()
        self.message = None

    def startTest(self, test):
        super().startTest(test)
        self.message = None
        signal.alarm(TEST_SECONDS)

    def note(self, error, part=None):
        if error is not None and self.message is None:
            text = "".join(traceback.format_exception_only(error[0], error[1])).strip()
            where = f"{part._subDescription()} " if part else ""
            self.message = " | ".join((where + text).splitlines())[:500]

    def addError(self, test, err):
        self.note(err)

    def addFailure(self, test, err):
        self.note(err)

    def addSubTest(self, test, subtest, err):
        self.note(err, subtest)

    def stopTest(self, test):
        signal.alarm(0)
        super().stopTest(test)
        name = test._testMethodName.removeprefix("test_")
        print(f"ok {name}" if self.message is None else f"failed {name}: {self.message}", flush=True)


def expired(signum, frame):
    raise TimeoutError(f"the test took longer than {TEST_SECONDS} s")


def main(modules):
    signal.signal(signal.SIGALRM, expired)
    result = Lines()
    unittest.defaultTestLoader.loadTestsFromNames(modules).run(result)
    print(f"done {result.testsRun}")


if __name__ == "__main__":
    main(sys.argv[1:])

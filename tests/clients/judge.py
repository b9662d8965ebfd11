"""Judges what one driver's tests printed against PostgreSQL and against IrisPG.

    python judge.py DRIVER POSTGRES_OUTPUT IRISPG_OUTPUT DIFFERENCES

PostgreSQL must pass every test: it says that the tests are right. IrisPG must pass every test but those that DIFFERENCES
lists, each as «NAME: REASON»; a listed test that passes, or that does not exist, is an error, so that the list shrinks.
With CLIENTS_SHRINK=1 in the environment those that pass are taken off the list; nothing is ever put on it.
"""

import os
import pathlib
import sys


def outcomes(path, problems):
    """From each test's name to None or to its message. An output without its end is a problem."""
    found, done = {}, None
    for line in path.read_text(encoding="utf-8", errors="replace").split("\n"):
        word, _, rest = line.partition(" ")
        name, _, message = rest.partition(": ")
        if word in ("ok", "failed"):
            if name in found:
                problems.append(f"{path.name}: {name} ran twice")
            found[name] = None if word == "ok" else message or "no message"
        elif word == "done":
            done = int(rest)
    if done is None or done != len(found):
        problems.append(f"{path.name}: ended after {len(found)} of {done or 'unknown'} tests")
    return found


def differences(path):
    """The listed names with their reasons."""
    listed = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line and not line.startswith("#"):
                name, _, reason = line.partition(": ")
                listed[name] = reason
    return listed


def judge(postgres, irispg, listed):
    """What is wrong, as lines."""
    for name, message in postgres.items():
        if message is not None:
            yield f"{name} fails on PostgreSQL: {message}"
    for name in sorted(set(postgres) ^ set(irispg)):
        yield f"{name} ran on one of the two servers only"
    for name, message in irispg.items():
        if message is not None and name not in listed:
            yield f"{name} fails: {message}"
        if message is None and name in listed:
            yield f"{name} passes: take it off the list of differences"
    for name, reason in listed.items():
        if name not in irispg:
            yield f"{name} is listed as a difference and does not exist"
        if not reason:
            yield f"{name} is listed without a reason"


def shrink(path, irispg):
    """Takes the tests that pass off the list; an empty list is no file."""
    kept = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        name = line.partition(": ")[0]
        if name not in irispg or irispg[name] is not None:
            kept.append(line)
    if any(line and not line.startswith("#") for line in kept):
        path.write_text("\n".join(kept), encoding="utf-8")
    else:
        path.unlink()


def main(driver, postgres_output, irispg_output, listing):
    problems = []
    postgres = outcomes(pathlib.Path(postgres_output), problems)
    irispg = outcomes(pathlib.Path(irispg_output), problems)
    if os.environ.get("CLIENTS_SHRINK") and pathlib.Path(listing).exists():
        shrink(pathlib.Path(listing), irispg)
    listed = differences(pathlib.Path(listing))
    problems += judge(postgres, irispg, listed)
    for problem in problems:
        print(f"clients: {driver}: {problem}")
    passed = sum(message is None for message in irispg.values())
    print(
        f"clients: {driver}: PostgreSQL passes {sum(m is None for m in postgres.values())} of {len(postgres)},"
        f" IrisPG {passed} of {len(irispg)} with {len(listed)} listed differences"
    )
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""Runs the statements of SQL files on the server that the environment names and prints the answers as JSON.

    answers.py FILE…

A statement ends with a semicolon at the end of a line. Lines before it may say more about it:

    --$ 1|abc|\\N      values for $1, $2, … in text form, each in place of the one before; \\N is NULL
    --! 0A000 reason   IrisPG answers with this SQLSTATE where PostgreSQL does something else
    --! answer reason  IrisPG gives another answer, for that reason
    --< 2024.1 0A000 reason   so it is on releases of IRIS before that one
    -- anything        a comment
"""

import json
import sys
from pathlib import Path

from psycopg import pq


def statements(path):
    """Yields line number, text, list of parameter rows, expected difference (or None)."""
    rows, difference, text, first = [], None, [], 0

    def noted(words, since=None):
        kind, _, reason = words.partition(" ")
        if not reason:
            raise SystemExit(f"{path}:{number}: a difference needs a reason")
        return kind, reason, since

    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not text and line.startswith("--$ "):
            rows.append([None if cell == "\\N" else cell for cell in line[4:].split("|")])
        elif not text and line.startswith("--! "):
            difference = noted(line[4:])
        elif not text and line.startswith("--< "):
            since, _, words = line[4:].partition(" ")
            difference = noted(words, since)
        elif not text and (line.startswith("--") or not line.strip()):
            continue
        else:
            first = first or number
            text.append(line)
            if line.rstrip().endswith(";"):
                yield first, "\n".join(text).rstrip()[:-1], rows, difference
                rows, difference, text, first = [], None, [], 0
    if text:
        raise SystemExit(f"{path}:{first}: the last statement has no semicolon")


def field(result, code):
    value = result.error_field(code)
    return None if value is None else value.decode()


def answer(result):
    """What a client sees of a result. Origins of columns and hints are not compared."""
    if result.status in (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK):
        columns = range(result.nfields)
        cells = [[result.get_value(row, column) for column in columns] for row in range(result.ntuples)]
        return {
            "tag": result.command_status.decode(),
            "columns": [
                f"{result.fname(at).decode()} {result.ftype(at)} {result.fmod(at)}" for at in columns
            ],
            "rows": [[None if cell is None else cell.decode() for cell in row] for row in cells],
        }
    return {
        "error": field(result, pq.DiagnosticField.SQLSTATE),
        "message": field(result, pq.DiagnosticField.MESSAGE_PRIMARY),
        "position": field(result, pq.DiagnosticField.STATEMENT_POSITION),
    }


def run(connection, text, rows):
    """The answers to one statement: one, or with parameters the types and one for each row."""
    if not rows:
        return [answer(connection.exec_(text.encode()))]
    prepared = connection.prepare(b"", text.encode())
    if prepared.status != pq.ExecStatus.COMMAND_OK:
        return [answer(prepared)]
    described = connection.describe_prepared(b"")
    answers = [{"parameters": [described.param_type(at) for at in range(described.nparams)]}]
    for row in rows:
        values = [None if cell is None else cell.encode() for cell in row]
        answers.append(answer(connection.exec_prepared(b"", values)))
    return answers


def main():
    connection = pq.PGconn.connect(b"sslmode=disable client_encoding=utf8")
    if connection.status != pq.ConnStatus.OK:
        raise SystemExit(connection.get_error_message())
    collected = []
    for name in sys.argv[1:]:
        for line, text, rows, difference in statements(Path(name)):
            if connection.status != pq.ConnStatus.OK:
                connection.reset()
            collected.append(
                {
                    "place": f"{Path(name).name}:{line}",
                    "text": text,
                    "difference": difference,
                    "answers": run(connection, text, rows),
                }
            )
    json.dump(collected, sys.stdout, ensure_ascii=False, indent=1)


main()

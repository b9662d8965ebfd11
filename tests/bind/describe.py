"""Prints what a running PostgreSQL says of statements, one line for each.

    describe.py SCHEMA FILE

A statement ends with a semicolon at the end of a line. The answer is either

    ok | types of the parameters | name type modifier table.number | …

or SQLSTATE, position and message of the error.
"""

import sys
from pathlib import Path

from psycopg import pq


def statements(path):
    text = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not text and (line.startswith("--") or not line.strip()):
            continue
        text.append(line)
        if line.rstrip().endswith(";"):
            yield "\n".join(text).rstrip()[:-1]
            text = []


def names(connection, query):
    """Rows of number and name."""
    result = connection.exec_(query)
    rows = range(result.ntuples)
    return {int(result.get_value(row, 0)): result.get_value(row, 1).decode() for row in rows}


def main():
    schema, file = (Path(argument) for argument in sys.argv[1:])
    connection = pq.PGconn.connect(b"")
    result = connection.exec_(schema.read_text(encoding="utf-8").encode())
    if result.status != pq.ExecStatus.COMMAND_OK:
        raise SystemExit(result.error_message.decode())
    types = names(connection, b"SELECT oid, format_type(oid, NULL) FROM pg_type")
    tables = names(connection, b"SELECT oid, relname FROM pg_class")
    for statement in statements(file):
        result = connection.prepare(b"", statement.encode())
        if result.status != pq.ExecStatus.COMMAND_OK:
            state, place, message = (
                (result.error_field(code) or b"-").decode()
                for code in (
                    pq.DiagnosticField.SQLSTATE,
                    pq.DiagnosticField.STATEMENT_POSITION,
                    pq.DiagnosticField.MESSAGE_PRIMARY,
                )
            )
            print(state, place, message)
            continue
        result = connection.describe_prepared(b"")
        parts = ["ok", ", ".join(types[result.param_type(n)] for n in range(result.nparams))]
        for column in range(result.nfields):
            table = tables.get(result.ftable(column))
            origin = f"{table}.{result.ftablecol(column)}" if table else "-"
            name = result.fname(column).decode()
            parts.append(f"{name} {types[result.ftype(column)]} {result.fmod(column)} {origin}")
        print(" | ".join(parts))


main()

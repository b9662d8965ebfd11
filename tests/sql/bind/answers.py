"""Asks PostgreSQL what it makes of the statements of SQL files before it runs them: types of results and parameters,
or the error. One line for each statement, for src/sql/bind/tests.rs:

    answers.py FILE…

A statement ends with a semicolon at the end of a line; other lines are taken as in answers.py of the directory above.
Of expressions.sql a line is an expression unless it begins like a statement.
"""

import sys
from pathlib import Path

from psycopg import pq

STATEMENTS = ("select", "insert", "update", "delete", "values", "with", "create", "drop", "alter", "table")


def statements(path):
    """Yields line number, text and whether a difference is listed before it."""
    text, first, listed = [], None, False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not text and (line.startswith("--") or not line.strip()):
            listed = listed or line.startswith(("--! ", "--< "))
            continue
        first = first or number
        text.append(line)
        if line.rstrip().endswith(";"):
            whole = "\n".join(text).rstrip()[:-1]
            if path.name == "expressions.sql" and not whole.lstrip("(").startswith(STATEMENTS):
                whole = f"select {whole} from thing"
            yield first, whole, listed
            text, first, listed = [], None, False


def field(result, code):
    value = result.error_field(code)
    return "" if value is None else value.decode()


def answer(connection, text):
    """What PostgreSQL says of a statement; DDL is run."""
    prepared = connection.prepare(b"", text.encode())
    if prepared.status != pq.ExecStatus.COMMAND_OK:
        codes = pq.DiagnosticField
        parts = (codes.SQLSTATE, codes.STATEMENT_POSITION, codes.MESSAGE_PRIMARY, codes.MESSAGE_HINT)
        return "error " + "|".join(field(prepared, code) for code in parts)
    described = connection.describe_prepared(b"")
    columns = [f"{described.ftype(at)}:{described.fmod(at)}" for at in range(described.nfields)]
    parameters = [str(described.param_type(at)) for at in range(described.nparams)]
    if not columns and not text.lower().startswith(("insert", "update", "delete")):
        connection.exec_(text.encode())
        return "run"
    return f"types {' '.join(columns)} / {' '.join(parameters)}"


def main():
    connection = pq.PGconn.connect(b"sslmode=disable client_encoding=utf8")
    if connection.status != pq.ConnStatus.OK:
        raise SystemExit(connection.get_error_message())
    for name in sys.argv[1:]:
        for line, text, listed in statements(Path(name)):
            cells = [f"{Path(name).name}:{line}", "listed" if listed else "", text, answer(connection, text)]
            print("\t".join(cell.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t") for cell in cells))


main()

#!/bin/sh
# psycopg 2 against a server at HOST PORT, with user _SYSTEM, password SYS and database USER.
#
#   tests/clients/psycopg2/run.sh HOST PORT
# The Python environment is the one that scripts/setup makes.
set -eu

[ $# -eq 2 ] || { echo "tests/clients/psycopg2/run.sh: HOST and PORT are needed" >&2; exit 2; }
cd "$(dirname "$0")"
python=../../../.venv/bin/python
[ -x "$python" ] || { echo "tests/clients/psycopg2: run scripts/setup test first" >&2; exit 2; }
PGHOST=$1 PGPORT=$2 PGUSER=${PGUSER:-_SYSTEM} PGPASSWORD=${PGPASSWORD:-SYS} PGDATABASE=${PGDATABASE:-USER} \
    PYTHONPATH=. PYTHONDONTWRITEBYTECODE=1 exec "$python" ../report.py test_psycopg2

#!/bin/sh
# Defects that are known of another gateway, tried on a server at HOST PORT with user _SYSTEM, password SYS and database USER.
#
#   tests/clients/peer/run.sh HOST PORT
# The Python environment is the one that scripts/setup makes.
set -eu

[ $# -eq 2 ] || { echo "tests/clients/peer/run.sh: HOST and PORT are needed" >&2; exit 2; }
cd "$(dirname "$0")"
python=../../../.venv/bin/python
[ -x "$python" ] || { echo "tests/clients/peer: run scripts/setup test first" >&2; exit 2; }
PGHOST=$1 PGPORT=$2 PGUSER=${PGUSER:-_SYSTEM} PGPASSWORD=${PGPASSWORD:-SYS} PGDATABASE=${PGDATABASE:-USER} \
    PYTHONPATH=. PYTHONDONTWRITEBYTECODE=1 exec "$python" ../report.py test_peer

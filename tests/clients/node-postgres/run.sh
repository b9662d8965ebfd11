#!/bin/sh
# node-postgres against a server at HOST PORT, with user _SYSTEM, password SYS and database USER.
#
#   tests/clients/node-postgres/run.sh HOST PORT
set -eu

[ $# -eq 2 ] || { echo "tests/clients/node-postgres/run.sh: HOST and PORT are needed" >&2; exit 2; }
cd "$(dirname "$0")"
PGHOST=$1 PGPORT=$2 PGUSER=${PGUSER:-_SYSTEM} PGPASSWORD=${PGPASSWORD:-SYS} PGDATABASE=${PGDATABASE:-USER} \
    TZ=UTC exec node tests.js

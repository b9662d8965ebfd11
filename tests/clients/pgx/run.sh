#!/bin/sh
# pgx against a server at HOST PORT, with user _SYSTEM, password SYS and database USER.
#
#   tests/clients/pgx/run.sh HOST PORT
# What prepare.sh built is in target/clients/pgx.
set -eu

[ $# -eq 2 ] || { echo "tests/clients/pgx/run.sh: HOST and PORT are needed" >&2; exit 2; }
cd "$(dirname "$0")"
PGHOST=$1 PGPORT=$2 PGUSER=${PGUSER:-_SYSTEM} PGPASSWORD=${PGPASSWORD:-SYS} PGDATABASE=${PGDATABASE:-USER} TZ=UTC \
    exec ../../../target/clients/pgx/tests

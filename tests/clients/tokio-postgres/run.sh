#!/bin/sh
# tokio-postgres against a server at HOST PORT, with user _SYSTEM, password SYS and database USER.
#
#   tests/clients/tokio-postgres/run.sh HOST PORT
# What prepare.sh built is in target/debug.
set -eu

[ $# -eq 2 ] || { echo "tests/clients/tokio-postgres/run.sh: HOST and PORT are needed" >&2; exit 2; }
cd "$(dirname "$0")"
PGHOST=$1 PGPORT=$2 PGUSER=${PGUSER:-_SYSTEM} PGPASSWORD=${PGPASSWORD:-SYS} PGDATABASE=${PGDATABASE:-USER} \
    exec ../../../target/debug/irispg-test-tokio-postgres

#!/bin/bash
# Random statements, the same ones every time, on PostgreSQL and on IrisPG: whatever both answer, they must answer alike.
# IRISPG_LONG=1 runs 40 000; IRISPG_SEED begins with other ones.
set -euo pipefail

cd "$(dirname "$0")"
count=500
[ "${IRISPG_LONG:-}" != 1 ] || count=40000
# shellcheck disable=SC2016 # The inner shell is to expand them.
exec ../../../scripts/with-irispg bash -c '
    for name in PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE; do export "IRISPG_$name=${!name}"; done
    exec ../../../scripts/with-postgres ../../../.venv/bin/python compare.py "$@"' compare "${IRISPG_SEED:-1}" "${IRISPG_COUNT:-$count}"

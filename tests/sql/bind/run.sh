#!/bin/bash
# Compares what the binder says of statements with what PostgreSQL says: types of results and parameters, errors.
#
#   tests/sql/bind/run.sh [FILE]…
set -euo pipefail

cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- expressions.sql statements.sql ../pg/*.sql
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
../../../scripts/with-postgres ../../../.venv/bin/python answers.py "$@" > "$scratch/answers"
cd ../../..
IRISPG_ANSWERS=$scratch/answers cargo test --locked --lib sql::bind::tests -- --ignored --nocapture

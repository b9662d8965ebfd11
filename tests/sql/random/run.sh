#!/bin/bash
# Random queries, the same ones every time, on PostgreSQL and on the simulator's engine: each difference is a failure.
# IRISPG_LONG=1 runs 200 000; IRISPG_SEED begins with other ones.
set -euo pipefail

cd "$(dirname "$0")"
count=1000
[ "${IRISPG_LONG:-}" != 1 ] || count=200000
cargo build --quiet --locked --package iris-mock --example sql
exec ../../../scripts/with-postgres ../../../.venv/bin/python compare.py \
    "${CARGO_TARGET_DIR:-../../../target}/debug/examples/sql" "${IRISPG_SEED:-1}" "$count"

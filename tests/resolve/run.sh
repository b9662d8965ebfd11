#!/bin/sh
# Compares the choice of operators, functions, casts and common types with a private PostgreSQL, and the tables with its catalog.
set -eu

cd "$(dirname "$0")/../.."
exec scripts/with-postgres cargo test --locked --test resolve_oracle -- --ignored --nocapture --test-threads 2

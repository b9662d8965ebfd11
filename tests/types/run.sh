#!/bin/sh
# Compares the types room with a private PostgreSQL: texts, bytes and messages.
set -eu

cd "$(dirname "$0")/../.."
exec scripts/with-postgres cargo test --locked --test types_oracle -- --ignored --nocapture --test-threads 1

#!/bin/bash
# Runs the SQL files in tests/sql/pg on PostgreSQL and on IrisPG, on the newest simulated release and on one without LIMIT.
# Equal answers are demanded but where a file lists a difference with its reason.
#
#   tests/sql/run.sh [FILE]…
#
# Without a file, random queries follow (random/run.sh), then random changes
# (random-changes/run.sh) and random statements (random-statements/run.sh).
set -euo pipefail

cd "$(dirname "$0")"
random=no
[ $# -gt 0 ] || { set -- pg/*.sql; random=yes; }
python=../../.venv/bin/python
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

../../scripts/with-postgres "$python" answers.py "$@" > "$scratch/postgres"
status=0
for version in 2025.1 2023.1; do
    echo "sql: IRIS $version"
    IRIS_MOCK_VERSION=$version ../../scripts/with-irispg "$python" answers.py "$@" > "$scratch/irispg"
    "$python" compare.py "$scratch/postgres" "$scratch/irispg" "$version" || status=1
done
for set in random random-changes random-statements; do
    [ $random = no ] || "$set/run.sh" || status=1
done
exit $status

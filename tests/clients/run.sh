#!/bin/bash
# Runs every driver's tests against PostgreSQL, which says that the tests are right, and against IrisPG, both at once.
#
#   tests/clients/run.sh [DRIVER]…
#
# A directory here is a driver: run.sh HOST PORT runs its tests and prints a line for each (report.py says which form),
# prepare.sh, where there is one, fetches and builds what it needs, and differences.txt lists the tests that IrisPG does not
# pass, each with its reason; CLIENTS_SHRINK=1 takes those off it that pass by now. The outputs are in target/clients.
set -euo pipefail

cd "$(dirname "$0")"
if [ $# -eq 0 ]; then
    set -- */run.sh
    set -- "${@%/run.sh}"
fi
output=$(realpath ../..)/target/clients
mkdir -p "$output"
for driver in "$@"; do
    if [ -x "$driver/prepare.sh" ]; then
        "$driver/prepare.sh" > "$output/$driver.prepare.log" 2>&1 || {
            cat "$output/$driver.prepare.log"
            echo "clients: $driver: prepare.sh failed"
            exit 1
        }
    fi
done

# Runs all drivers, one after the other, against the one server that listens at PGHOST and PGPORT. What a driver says of
# itself goes to a log, because its outcome is judged by what became of each test.
against() {
    local server=$1 driver
    shift
    for driver in "$@"; do
        timeout 300 "./$driver/run.sh" "$PGHOST" "$PGPORT" > "$output/$driver.$server" 2> "$output/$driver.$server.log" || true
    done
}
export -f against
export output
# The functions and variables are those of the command inside.
# shellcheck disable=SC2016
../../scripts/with-postgres bash -c 'against postgres "$@"' bash "$@" &
oracle=$!
failed=0
# shellcheck disable=SC2016
../../scripts/with-irispg bash -c 'against irispg "$@"' bash "$@" || failed=1
wait "$oracle" || failed=1

for driver in "$@"; do
    python3 judge.py "$driver" "$output/$driver.postgres" "$output/$driver.irispg" "$driver/differences.txt" || {
        failed=1
        for server in postgres irispg; do
            tail -20 "$output/$driver.$server.log"
        done
    }
done
exit "$failed"

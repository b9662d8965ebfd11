#!/bin/bash
# Runs every driver's tests against PostgreSQL, which says that the tests are right, and then against IrisPG.
#
#   tests/clients/run.sh [DRIVER]…
set -euo pipefail

cd "$(dirname "$0")"
if [ $# -eq 0 ]; then
    set -- */run.sh
    set -- "${@%/run.sh}"
fi
for driver in "$@"; do
    for server in postgres irispg; do
        echo "clients: $driver against $server"
        # The port is known to the command inside only.
        # shellcheck disable=SC2016
        ../../scripts/with-$server sh -c '"./$1/run.sh" "$PGHOST" "$PGPORT"' driver "$driver"
    done
done

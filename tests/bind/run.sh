#!/bin/sh
# Compares the recorded answers of the files here with those of a private PostgreSQL; with --record writes them.
# What the binder says of the same statements is compared with the record by the unit tests of src/sql/bind.
set -eu

cd "$(dirname "$0")"
record=no
[ "${1:-}" != --record ] || record=yes
status=0
for file in expressions queries changes statements; do
    fresh=$(mktemp)
    ../../scripts/with-postgres ../../.venv/bin/python describe.py schema.sql "$file.sql" > "$fresh"
    if [ $record = yes ]; then
        cp "$fresh" "$file.txt"
    else
        diff -u "$file.txt" "$fresh" || status=1
    fi
    rm -f "$fresh"
done
exit $status

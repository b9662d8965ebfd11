#!/bin/sh
# Builds the tests into target/clients/pgx; go keeps what it fetched.
set -eu

cd "$(dirname "$0")"
command -v go > /dev/null || PATH=$PATH:/usr/local/go/bin
go build -o ../../../target/clients/pgx/tests .

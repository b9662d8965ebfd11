#!/bin/sh
# pgjdbc against a server at HOST PORT, with user _SYSTEM, password SYS and database USER.
#
#   tests/clients/pgjdbc/run.sh HOST PORT
# What prepare.sh fetched and compiled is in target/clients/pgjdbc.
set -eu

[ $# -eq 2 ] || { echo "tests/clients/pgjdbc/run.sh: HOST and PORT are needed" >&2; exit 2; }
cd "$(dirname "$0")"
target=../../../target/clients/pgjdbc
PGUSER=${PGUSER:-_SYSTEM} PGPASSWORD=${PGPASSWORD:-SYS} PGDATABASE=${PGDATABASE:-USER} \
    exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -Dfile.encoding=UTF-8 -Duser.timezone=UTC \
    -cp "$target/dependency/*:$target/classes" Tests "$1" "$2"

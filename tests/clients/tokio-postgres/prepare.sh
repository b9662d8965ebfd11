#!/bin/sh
# Builds the tests into the target directory of the program.
set -eu

cd "$(dirname "$0")"
CARGO_TARGET_DIR=../../../target cargo build --quiet --locked

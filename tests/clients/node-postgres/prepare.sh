#!/bin/sh
# Installs the packages of package-lock.json beside it, unless they are there.
set -eu

cd "$(dirname "$0")"
cmp -s package-lock.json node_modules/.installed && exit 0
npm ci --no-fund --no-audit
cp package-lock.json node_modules/.installed

#!/bin/sh
# Checks the ObjectScript package without an IRIS: grammar, contract, module.xml, and that the checker itself notices breaks.
# The Python environment is the one that scripts/setup makes.
set -eu

cd "$(dirname "$0")"
python=../../.venv/bin/python
[ -x "$python" ] || { echo "tests/objectscript: run scripts/setup first" >&2; exit 2; }
"$python" check.py
"$python" test_check.py
